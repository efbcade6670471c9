"""Our own files that leave with a reply: where each is stored, what it goes out as, and Meta's id of the
upload.

Revision ID: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds two columns, null where a message brings no file. Code before this one sends the caption alone."""
    op.execute("alter table messaging.replies add column file jsonb")
    op.execute("alter table messaging.sends add column file jsonb")
