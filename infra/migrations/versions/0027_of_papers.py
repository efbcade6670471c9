"""Rows that were there before the foreign keys of 0026 are held to them too.

Revision ID: 0027
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FOLLOW = {
    "extractor.extractions": "document_id_of_tenant",
    "books.entries": "entries_document_id_tenant_id_fkey",
    "books.corrections": "corrections_entry_id_tenant_id_fkey",
    "books.inquiries": "inquiries_entry_id_tenant_id_fkey",
}


def upgrade() -> None:
    """Validates the keys in a transaction of its own, which lets rows be read and written meanwhile."""
    for table, key in FOLLOW.items():
        op.execute(f"alter table {table} validate constraint {key}")
