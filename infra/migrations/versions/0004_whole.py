"""Marks documents that were not read whole and answers by their kind, and holds each row to one tenant.

Revision ID: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PARENTS = {"auth.users": "users_tenant", "documents.documents": "documents_tenant"}
CHILDREN = {
    ("documents.documents", "user_id"): "auth.users",
    ("messaging.lanes", "user_id"): "auth.users",
    ("messaging.sends", "user_id"): "auth.users",
    ("messaging.replies", "user_id"): "auth.users",
    ("messaging.replies", "document_id"): "documents.documents",
    ("extractor.extractions", "document_id"): "documents.documents",
}
"""The columns that refer to a row of a tenant, each with the table of that row."""


def upgrade() -> None:
    """Adds columns that the code before does not ask for, and foreign keys that bind every new row at once;
    0005 looks at the old rows.

    `incomplete`: the reading is not known to be whole, so that it is no twin for the same bytes. The code
    before does not write it, and took a failure of its own for a statement about the file; those answers must
    not be given a second time. `anew`: an operator asked for the reading again, so that it takes no twin.
    `kind` of a reply: which fixed sentence it is.
    """
    op.execute(
        "alter table documents.documents add column incomplete boolean not null default true, add column "
        "anew boolean not null default false"
    )
    op.execute("alter table messaging.replies add column kind text")
    for table, name in PARENTS.items():
        op.execute(f"create unique index {name} on {table} (id, tenant_id)")
    for (table, column), parent in CHILDREN.items():
        op.execute(
            f"alter table {table} add constraint {column}_of_tenant foreign key ({column}, tenant_id)"
            f" references {parent} (id, tenant_id) on delete cascade not valid"
        )
