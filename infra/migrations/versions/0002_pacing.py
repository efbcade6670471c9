"""A lane that Meta told to slow down (131056) is paced for a while.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only adds a column, which the code before it does not ask for."""
    op.execute("alter table messaging.lanes add column paced_until timestamptz")
