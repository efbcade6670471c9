"""Makes the books: what each business holds to be true of its papers, apart from what was read.

Revision ID: 0008
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BOOKS = """
alter table auth.tenants add column ruc text, add column name text;
create schema books;

create function books.folded(said text) returns text language sql immutable parallel safe as
    $$ select translate(upper(said), 'ÁÉÍÓÚÜÑÀÈÌÒÙ', 'AEIOUUNAEIOU') $$;
create function books.said(invoice jsonb, note text) returns tsvector language sql immutable parallel safe as
    $$
    select to_tsvector('simple', books.folded(concat_ws(' ', invoice #>> '{supplier,name}', note,
        (select string_agg(item ->> 'description', ' ')
            from jsonb_array_elements(coalesce(invoice -> 'items', '[]')) item))))
$$;

create table books.entries (
    id uuid primary key,
    tenant_id uuid not null references auth.tenants on delete cascade,
    document_id uuid not null,
    ordinal integer not null,
    user_id uuid not null,
    received_at timestamptz not null,
    month date not null,
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
    note text,
    deleted_at timestamptz,
    words tsvector generated always as (books.said(data, note)) stored,
    created_at timestamptz not null default now(),
    unique (document_id, ordinal),
    foreign key (document_id, tenant_id) references documents.documents (id, tenant_id) on delete cascade,
    foreign key (user_id, tenant_id) references auth.users (id, tenant_id) on delete cascade
);
create index on books.entries (tenant_id, month);
create index on books.entries (tenant_id, received_at);
create index on books.entries (tenant_id, supplier_ruc, kind, series, number);
create index on books.entries (tenant_id, series, number);
create index on books.entries (user_id);
create index on books.entries using gin (words);
"""
"""`month` is the first day of the month of issue; where no date was read, of the month in which the paper
came, by the calendar of Lima.
"""

_BEFORE = """
insert into books.entries (id, tenant_id, document_id, ordinal, user_id, received_at, month, verdict,
    supplier_ruc, supplier_name, customer_ruc,
                           kind, series, number, issue_date, currency, igv, total, data, created_at)
select x.id, x.tenant_id, x.document_id, x.ordinal, d.user_id, d.received_at,
       date_trunc('month', coalesce(x.issue_date, (d.received_at at time zone '-05')::date))::date, x.verdict,
           x.supplier_ruc, x.supplier_name,
       x.customer_ruc, x.kind, x.series, x.number, x.issue_date, x.currency, x.igv, x.total, x.data,
           x.created_at
from extractor.extractions x join documents.documents d on d.id = x.document_id
on conflict do nothing
"""

_ENTER = """
create function books.enter() returns trigger language plpgsql as $$
begin
    insert into books.entries (id, tenant_id, document_id, ordinal, user_id, received_at, month, verdict,
        supplier_ruc, supplier_name, customer_ruc,
                               kind, series, number, issue_date, currency, igv, total, data)
    select new.id, new.tenant_id, new.document_id, new.ordinal, d.user_id, d.received_at,
           date_trunc('month', coalesce(new.issue_date, (d.received_at at time zone '-05')::date))::date,
               new.verdict, new.supplier_ruc,
           new.supplier_name, new.customer_ruc, new.kind, new.series, new.number, new.issue_date,
               new.currency, new.igv, new.total, new.data
    from documents.documents d where d.id = new.document_id
    on conflict do nothing;
    return null;
end $$;
create trigger enter after insert on extractor.extractions for each row execute function books.enter();
"""


def upgrade() -> None:
    """Makes the table and fills it with what was read before. While the code before still runs, a trigger
    enters what it reads; the code after enters it itself.
    """
    op.execute(_BOOKS)
    mine = "tenant_id = nullif(current_setting('app.tenant', true), '')::uuid"
    op.execute("alter table books.entries enable row level security")
    op.execute("alter table books.entries force row level security")
    op.execute(f"create policy tenant on books.entries to cuadra_runtime using ({mine}) with check ({mine})")
    op.execute("create policy migrations on books.entries to cuadra_owner using (true) with check (true)")
    op.execute("create policy operators on books.entries to cuadra_operator using (true) with check (true)")
    op.execute("grant usage on schema books to cuadra_runtime, cuadra_operator")
    op.execute("grant select, insert, update on books.entries to cuadra_runtime")
    op.execute("grant select, insert, update, delete on books.entries to cuadra_operator")
    op.execute(_ENTER)
    op.execute(_BEFORE)
