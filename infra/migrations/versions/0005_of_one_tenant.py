"""Rows that were there before the foreign keys of 0004 are held to them too.

Revision ID: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHILDREN = (
    ("documents.documents", "user_id"),
    ("messaging.lanes", "user_id"),
    ("messaging.sends", "user_id"),
    ("messaging.replies", "user_id"),
    ("messaging.replies", "document_id"),
    ("extractor.extractions", "document_id"),
)


def upgrade() -> None:
    """Validates the keys in a transaction of its own, which lets rows be read and written meanwhile; then
    drops the keys that say less.
    """
    for table, column in CHILDREN:
        op.execute(f"alter table {table} validate constraint {column}_of_tenant")
    for table, column in CHILDREN:
        op.execute(f"alter table {table} drop constraint {table.split('.')[1]}_{column}_fkey")
