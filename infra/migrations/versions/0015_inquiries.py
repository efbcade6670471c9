"""Keeps what SUNAT said of each paper that is filed, and when it is asked again.

Revision ID: 0015
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INQUIRIES = """
create function books.is_askable(e books.entries) returns boolean language sql immutable parallel safe as $$
    select e.supplier_ruc is not null and e.kind in ('01', '03', '07', '08') and e.series is not null
        and e.number is not null
       and e.issue_date is not null and e.total > 0
$$;

create table books.inquiries (
    entry_id uuid primary key,
    tenant_id uuid not null references auth.tenants on delete cascade,
    state text,
    at timestamptz,
    taxpayer text,
    domicile text,
    missed integer not null default 0,
    due timestamptz,
    foreign key (entry_id, tenant_id) references books.entries (id, tenant_id) on delete cascade
);
create index on books.inquiries (tenant_id);
create index on books.inquiries (due) where due is not null;
create index on books.inquiries (at);
"""
"""`missed`: how often SUNAT did not find the paper. `due`: when it is asked next, null for never. There is
one question for each filed paper, from a day after it came.
"""

_INQUIRE = """
create function books.inquire() returns trigger language plpgsql as $$
begin
    if books.is_askable(new) then
        insert into books.inquiries (entry_id, tenant_id, due)
            values (new.id, new.tenant_id, clock_timestamp() + interval '1 day')
        on conflict (entry_id) do update set state = null, at = null, taxpayer = null, domicile = null,
            missed = 0, due = clock_timestamp();
    else
        update books.inquiries set state = null, at = null, taxpayer = null, domicile = null, missed = 0,
            due = null where entry_id = new.id;
    end if;
    return null;
end $$;
create trigger inquire after insert on books.entries for each row execute function books.inquire();
create trigger inquire_anew after update on books.entries for each row
    when ((old.supplier_ruc, old.kind, old.series, old.number, old.issue_date, old.total)
          is distinct from (new.supplier_ruc, new.kind, new.series, new.number, new.issue_date, new.total))
    execute function books.inquire();
"""
"""A corrected key is another question: what SUNAT said of the old key says nothing about it."""

_SWEEP = """
create function sweep.due_inquiries(limit_ integer) returns table (tenant_id uuid, entry_id uuid)
language sql stable security definer set search_path = '' as $$
    select i.tenant_id, i.entry_id from books.inquiries i where i.due <= clock_timestamp()
        order by i.due limit limit_
$$;
"""


def upgrade() -> None:
    """Makes a table that entries fill, and the function that looks across tenants."""
    op.execute(_INQUIRIES)
    ours = "tenant_id = nullif(current_setting('app.tenant', true), '')::uuid"
    op.execute("alter table books.inquiries enable row level security")
    op.execute("alter table books.inquiries force row level security")
    op.execute(
        f"create policy tenant on books.inquiries to cuadra_runtime using ({ours}) with check ({ours})"
    )
    op.execute("create policy migrations on books.inquiries to cuadra_owner using (true) with check (true)")
    op.execute("create policy operators on books.inquiries to cuadra_operator using (true) with check (true)")
    op.execute("create policy sweeper on books.inquiries for select to cuadra_sweeper using (true)")
    op.execute("grant select, insert, update on books.inquiries to cuadra_runtime")
    op.execute("grant select, insert, update, delete on books.inquiries to cuadra_operator")
    op.execute("grant usage on schema books to cuadra_sweeper")
    op.execute("grant select on books.inquiries to cuadra_sweeper")
    op.execute("grant create on schema sweep to cuadra_sweeper")
    op.execute(_INQUIRE)
    op.execute(_SWEEP)
    op.execute("revoke all on function sweep.due_inquiries(integer) from public")
    op.execute("grant execute on function sweep.due_inquiries(integer) to cuadra_runtime, cuadra_operator")
    op.execute("alter function sweep.due_inquiries(integer) owner to cuadra_sweeper")
    op.execute("revoke create on schema sweep from cuadra_sweeper")
