"""The worker may delete rows of a business that has its tombstone, and may put up the tombstone of the
business that its transaction names.

Revision ID: 0016
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TABLES = {
    "auth.tenants": "id",
    "documents.documents": "tenant_id",
    "messaging.replies": "tenant_id",
    "messaging.sends": "tenant_id",
}
"""The tables that are deleted in pieces, and the row on which all else depends."""


def upgrade() -> None:
    """Adds, beside each table's own policy, which holds a transaction to its business, a policy that every
    deletion must meet too.
    """
    for table, column in _TABLES.items():
        named = "nullif(current_setting('app.tenant', true), '')::uuid"
        buried = f"{column} = (select t.tenant_id from auth.tombstones t where t.tenant_id = {named})"
        op.execute(
            f"create policy buried on {table} as restrictive for delete to cuadra_runtime using ({buried})"
        )
        op.execute(f"grant delete on {table} to cuadra_runtime")
    op.execute("grant insert on auth.tombstones to cuadra_runtime")
