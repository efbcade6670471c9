"""A file moves to another business of its sender's as a whole: what was read, entered, corrected and asked of
it follows its row.

Revision ID: 0026
"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FOLLOW = {
    ("extractor.extractions", "document_id_of_tenant"): ("document_id", "documents.documents"),
    ("books.entries", "entries_document_id_tenant_id_fkey"): ("document_id", "documents.documents"),
    ("books.corrections", "corrections_entry_id_tenant_id_fkey"): ("entry_id", "books.entries"),
    ("books.inquiries", "inquiries_entry_id_tenant_id_fkey"): ("entry_id", "books.entries"),
}
"""Keys that hold a row to its paper and to the business of that."""


def upgrade() -> None:
    """Each key is made anew, held by every row from here on; 0027 looks at those that were there.

    `replies.business`: for which business an answer was given, null for those before this and those about a
    file, whose own row says it. No foreign key: an answer stays in its reader's chat when the business goes.
    """
    op.execute("alter table messaging.replies add column business uuid")
    for (table, key), (column, parent) in FOLLOW.items():
        op.execute(
            f"alter table {table} drop constraint {key},"
            f" add constraint {key} foreign key ({column}, tenant_id)"
            f" references {parent} (id, tenant_id) on delete cascade on update cascade not valid"
        )
