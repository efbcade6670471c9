"""Documents that were not read whole, answers by their kind, and rows that can only be one tenant's.

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
"""Every column that refers to a row of a tenant."""


def upgrade() -> None:
    """Columns that the code before does not ask for, and foreign keys that every new row is held to at once;
    0005 looks at the old ones.

    `incomplete`: not known to be whole, so that the reading is no twin of the same bytes; the code before,
    which does not say it, took a failure of its own for a statement about the file, and those answers are to
    be given no second time. `anew`: an operator asked for the reading again, so that it takes no twin. `kind`
    of a reply: which fixed sentence it is.
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
