"""Answers that were there before the foreign key of 0023 are held to it too.

Revision ID: 0024
"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Validates the key in a transaction of its own, which lets rows be read and written meanwhile."""
    op.execute("alter table messaging.replies validate constraint document")
