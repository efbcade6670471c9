"""Counts how many texts of a sender and day a model was asked about, and what that cost: the day's limit
counts that cost too.

Revision ID: 0014
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MAPPINGS = """
create table books.mappings (
    tenant_id uuid not null references auth.tenants on delete cascade,
    user_id uuid not null,
    day date not null,
    asked integer not null,
    cost_usd numeric(12, 6) not null default 0,
    primary key (user_id, day),
    foreign key (user_id, tenant_id) references auth.users (id, tenant_id) on delete cascade
);
create index on books.mappings (tenant_id);
create index on books.mappings (day) include (cost_usd) where cost_usd > 0
"""
_SPENT = """
create or replace function sweep.spent(since timestamptz) returns numeric
language sql stable security definer set search_path = '' as $$
    select (select coalesce(sum(d.cost_usd), 0) from documents.documents d where d.cost_usd > 0
        and d.finished_at >= since)
         + (select coalesce(sum(m.cost_usd), 0) from books.mappings m where m.cost_usd > 0
             and m.day >= (since at time zone '-05')::date)
$$
"""


def upgrade() -> None:
    """Makes the table, with the same policy of its tenant as all others, and counts its costs in the sum of a
    day.
    """
    op.execute(_MAPPINGS)
    ours = "tenant_id = nullif(current_setting('app.tenant', true), '')::uuid"
    op.execute("alter table books.mappings enable row level security")
    op.execute("alter table books.mappings force row level security")
    op.execute(f"create policy tenant on books.mappings to cuadra_runtime using ({ours}) with check ({ours})")
    op.execute("create policy migrations on books.mappings to cuadra_owner using (true) with check (true)")
    op.execute("create policy sweeper on books.mappings for select to cuadra_sweeper using (true)")
    op.execute("create policy operators on books.mappings to cuadra_operator using (true) with check (true)")
    op.execute("grant select, insert, update on books.mappings to cuadra_runtime")
    op.execute("grant select on books.mappings to cuadra_sweeper")
    op.execute("grant select, insert, update, delete on books.mappings to cuadra_operator")
    op.execute("grant create on schema sweep to cuadra_sweeper")
    op.execute("set local role cuadra_sweeper")  # the function belongs to this role
    op.execute(_SPENT)
    op.execute("set local role cuadra_owner")
    op.execute("revoke create on schema sweep from cuadra_sweeper")
