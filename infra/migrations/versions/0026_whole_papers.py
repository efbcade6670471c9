"""A file moves as a whole to another business of its sender: what was read, entered, corrected and asked of
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
"""The keys that hold a row to its paper and to that paper's business."""


def upgrade() -> None:
    """Makes each key anew, so that it binds every row from here on; 0027 looks at those that were there.

    `replies.business`: the business for which an answer was given, null for answers before this and for
    answers about a file, whose own row says it. It has no foreign key: an answer stays in its reader's chat
    when the business goes.
    """
    op.execute("alter table messaging.replies add column business uuid")
    for (table, key), (column, parent) in FOLLOW.items():
        op.execute(
            f"alter table {table} drop constraint {key},"
            f" add constraint {key} foreign key ({column}, tenant_id)"
            f" references {parent} (id, tenant_id) on delete cascade on update cascade not valid"
        )
