"""Makes the four schemas: who writes to us, what they sent, what was read, what was answered.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = """
create schema auth;
create schema documents;
create schema extractor;
create schema messaging;
create schema sweep;

create table auth.tenants (
    id uuid primary key,
    whatsapp_number text,
    created_at timestamptz not null
);

create table auth.users (
    id uuid primary key,
    tenant_id uuid not null references auth.tenants on delete cascade,
    source text not null default 'whatsapp',
    phone text,
    bsuid text,
    role text not null default 'owner',
    onboarding_step text not null default 'complete',
    address_version integer not null default 0,
    last_inbound_at timestamptz,
    created_at timestamptz not null
);
create index on auth.users (tenant_id);

create table auth.tombstones (
    tenant_id uuid primary key,
    purged_at timestamptz not null default now()
);

create table documents.documents (
    id uuid primary key,
    tenant_id uuid not null references auth.tenants on delete cascade,
    user_id uuid not null references auth.users on delete cascade,
    wamid text not null unique,
    seq integer not null,
    received_at timestamptz not null,
    filename text,
    media_type text,
    bytes bigint,
    sha256 text,
    storage_uri text,
    pages integer,
    pages_read integer,
    status text not null check (status in ('working', 'done', 'failed')),
    verdict text,
    what text,
    failure text,
    duplicate_of uuid,
    attempts integer not null default 0,
    lease_token uuid,
    lease_until timestamptz,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    unique (user_id, seq)
);
create index on documents.documents (tenant_id, received_at);
create index on documents.documents (tenant_id, sha256) where status = 'done';
create index on documents.documents (lease_until) where status = 'working';
create index on documents.documents (user_id, seq) where status = 'working';
create index on documents.documents (received_at);

create table extractor.extractions (
    id uuid primary key,
    tenant_id uuid not null references auth.tenants on delete cascade,
    document_id uuid not null references documents.documents on delete cascade,
    ordinal integer not null,
    engine text not null,
    model text,
    verdict text not null,
    supplier_ruc text,
    supplier_name text,
    customer_ruc text,
    kind text,
    series text,
    number text,
    issue_date date,
    currency text,
    igv numeric(14, 2),
    total numeric(14, 2),
    data jsonb not null,
    evidence jsonb not null,
    checks jsonb not null,
    tokens integer not null default 0,
    cost_usd numeric(12, 6) not null default 0,
    elapsed_ms integer not null default 0,
    created_at timestamptz not null default now(),
    unique (document_id, ordinal)
);
create index on extractor.extractions (tenant_id, supplier_ruc, kind, series, number);
create index on extractor.extractions (tenant_id, issue_date);
create index on extractor.extractions (created_at);

create table messaging.lanes (
    user_id uuid primary key references auth.users on delete cascade,
    tenant_id uuid not null references auth.tenants on delete cascade,
    next integer not null default 0,
    held boolean not null default false,
    failures integer not null default 0,
    not_before timestamptz,
    lease_token uuid,
    lease_until timestamptz
);
create index on messaging.lanes (tenant_id);

create table messaging.sends (
    id uuid primary key,
    tenant_id uuid not null references auth.tenants on delete cascade,
    user_id uuid not null references auth.users on delete cascade,
    members integer[] not null,
    text text not null,
    quote text,
    state text not null check (state in ('frozen', 'sent', 'failed', 'undeliverable')),
    calls integer not null default 1,
    called_at timestamptz not null default clock_timestamp(),
    sent_wamid text,
    error_code integer,
    error text,
    created_at timestamptz not null default now()
);
create index on messaging.sends (tenant_id);
create index on messaging.sends (user_id);

create table messaging.replies (
    user_id uuid not null references auth.users on delete cascade,
    seq integer not null,
    tenant_id uuid not null references auth.tenants on delete cascade,
    wamid text unique,
    document_id uuid references documents.documents on delete cascade,
    title text not null default '',
    body text,
    state text not null check (state in ('ready', 'void', 'sent', 'undeliverable')),
    send_id uuid,
    tries integer not null default 0,
    ready_at timestamptz not null default clock_timestamp(),
    sent_at timestamptz,
    primary key (user_id, seq),
    check ((state = 'void') = (body is null))
);
create index on messaging.replies (tenant_id);
create index on messaging.replies (document_id);
create index on messaging.replies (ready_at) where state = 'ready';
create index on messaging.replies (user_id, seq) where state = 'ready';
"""

_TENANT_TABLES = {
    "auth.tenants": "id",
    "auth.users": "tenant_id",
    "auth.tombstones": "tenant_id",
    "documents.documents": "tenant_id",
    "extractor.extractions": "tenant_id",
    "messaging.lanes": "tenant_id",
    "messaging.sends": "tenant_id",
    "messaging.replies": "tenant_id",
}

_SWEEP = """
create function sweep.overdue_documents(limit_ integer) returns table (tenant_id uuid, document_id uuid, wamid
    text)
language sql stable security definer set search_path = '' as $$
    select d.tenant_id, d.id, d.wamid from documents.documents d
    where d.status = 'working' and d.lease_until < clock_timestamp() order by d.lease_until limit limit_
$$;

create function sweep.waiting_lanes(limit_ integer) returns table (tenant_id uuid, user_id uuid)
language sql stable security definer set search_path = '' as $$
    select l.tenant_id, l.user_id
    from (select r.user_id, min(r.ready_at) as since from messaging.replies r
        where r.state = 'ready' group by r.user_id) w
    join messaging.lanes l on l.user_id = w.user_id
    join auth.users u on u.id = w.user_id
    where not l.held
      and (l.not_before is null or l.not_before <= clock_timestamp())
      and (l.lease_until is null or l.lease_until < clock_timestamp())
      and u.last_inbound_at > clock_timestamp() - interval '24 hours'
    order by w.since limit limit_
$$;
"""


def upgrade() -> None:
    """Makes the tables, forced row-level security, and the two functions that look across tenants."""
    op.execute(_TABLES)
    for table, column in _TENANT_TABLES.items():
        mine = f"{column} = nullif(current_setting('app.tenant', true), '')::uuid"
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy tenant on {table} to cuadra_runtime using ({mine}) with check ({mine})")
        op.execute(f"create policy migrations on {table} to cuadra_owner using (true) with check (true)")
        op.execute(f"create policy sweeper on {table} for select to cuadra_sweeper using (true)")
        op.execute(f"create policy operators on {table} to cuadra_operator using (true) with check (true)")
    for schema in ("auth", "documents", "extractor", "messaging"):
        op.execute(f"grant usage on schema {schema} to cuadra_runtime, cuadra_sweeper, cuadra_operator")
        op.execute(f"grant select, insert, update on all tables in schema {schema} to cuadra_runtime")
        op.execute(
            f"grant select, insert, update, delete on all tables in schema {schema} to cuadra_operator"
        )
    op.execute("revoke insert, update on auth.tombstones from cuadra_runtime")
    op.execute(
        "grant select on auth.users, documents.documents, messaging.replies, messaging.lanes to "
        "cuadra_sweeper"
    )
    op.execute("grant usage, create on schema sweep to cuadra_sweeper")
    op.execute("grant usage on schema sweep to cuadra_runtime, cuadra_operator")
    op.execute(_SWEEP)
    for function in ("overdue_documents", "waiting_lanes"):
        op.execute(f"revoke all on function sweep.{function}(integer) from public")
        op.execute(f"grant execute on function sweep.{function}(integer) to cuadra_runtime, cuadra_operator")
        op.execute(f"alter function sweep.{function}(integer) owner to cuadra_sweeper")
    op.execute("revoke create on schema sweep from cuadra_sweeper")
