"""Keeps what owners changed in their books, value by value, and which papers an answer is about.

Revision ID: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_CORRECTIONS = """
alter table books.entries add unique (id, tenant_id);
create index on books.entries (user_id, deleted_at) where deleted_at is not null;

create table books.corrections (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references auth.tenants on delete cascade,
    entry_id uuid not null,
    field text not null,
    old text,
    new text,
    user_id uuid not null,
    wamid text not null,
    undoes text,
    at timestamptz not null default now(),
    unique (tenant_id, wamid, field),
    foreign key (entry_id, tenant_id) references books.entries (id, tenant_id) on delete cascade,
    foreign key (user_id, tenant_id) references auth.users (id, tenant_id) on delete cascade
);
create index on books.corrections (entry_id);
create index on books.corrections (user_id, at);
create index on books.corrections (tenant_id, undoes) where undoes is not null;

alter table messaging.replies add column about uuid[];
create index on messaging.sends (sent_wamid);
create index on auth.users (bsuid) where bsuid is not null;
"""
"""One message corrects one paper, once: `wamid` is that message's id. `undoes` is the id of the message whose
correction was taken back.

`replies.about` are entries, in the order in which an answer that brings no document names them.
"""


def upgrade() -> None:
    """Makes a table that its writer can only add to."""
    op.execute(_CORRECTIONS)
    ours = "tenant_id = nullif(current_setting('app.tenant', true), '')::uuid"
    op.execute("alter table books.corrections enable row level security")
    op.execute("alter table books.corrections force row level security")
    op.execute(
        f"create policy tenant on books.corrections to cuadra_runtime using ({ours}) with check ({ours})"
    )
    op.execute("create policy migrations on books.corrections to cuadra_owner using (true) with check (true)")
    op.execute(
        "create policy operators on books.corrections to cuadra_operator using (true) with check (true)"
    )
    op.execute("grant select, insert on books.corrections to cuadra_runtime")
    op.execute("grant select, insert, update, delete on books.corrections to cuadra_operator")
