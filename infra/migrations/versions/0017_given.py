"""Keeps when a month was given as a file, so that a person who changes it afterwards is told.

Revision ID: 0017
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_GIVEN = """
create table books.given (
    tenant_id uuid not null references auth.tenants on delete cascade,
    month date not null,
    at timestamptz not null,
    primary key (tenant_id, month)
);
"""
"""`month` is its first day, `at` is when it was last asked for."""


def upgrade() -> None:
    """Makes a table with one row for each month of a business."""
    op.execute(_GIVEN)
    ours = "tenant_id = nullif(current_setting('app.tenant', true), '')::uuid"
    op.execute("alter table books.given enable row level security")
    op.execute("alter table books.given force row level security")
    op.execute(f"create policy tenant on books.given to cuadra_runtime using ({ours}) with check ({ours})")
    op.execute("create policy migrations on books.given to cuadra_owner using (true) with check (true)")
    op.execute("create policy operators on books.given to cuadra_operator using (true) with check (true)")
    op.execute("grant select, insert, update on books.given to cuadra_runtime")
    op.execute("grant select, insert, update, delete on books.given to cuadra_operator")
