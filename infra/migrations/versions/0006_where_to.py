"""A send knows to which of its user's addresses it went: one that found nobody is sent again where the user
has moved since.

Revision ID: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds a column, null in what was sent before and in what the code before sends: the address is not known
    there.
    """
    op.execute("alter table messaging.sends add column address_version integer")
