"""Keeps to which RUC's credentials SUNAT said «issued to somebody else», and asks about recibos por
honorarios too.

Revision ID: 0025
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_NOT_TO = "alter table books.inquiries add column not_to text"
"""`not_to` is the RUC that asked, where SUNAT says that the paper is another's: only that RUC's business is
told.
"""

_ASKABLE = """
create or replace function books.is_askable(e books.entries) returns boolean
language sql immutable parallel safe as $$
    select e.supplier_ruc is not null and e.kind in ('01', '02', '03', '07', '08')
       and e.series is not null and e.number is not null and e.issue_date is not null and e.total > 0
$$;
insert into books.inquiries (entry_id, tenant_id)
select e.id, e.tenant_id from books.entries e where e.kind = '02' and books.is_askable(e)
on conflict do nothing;
"""
"""Recibos that are already filed are asked about when their owner asks, and by no sweep."""

_INQUIRE = """
create or replace function books.inquire() returns trigger language plpgsql as $$
begin
    if books.is_askable(new) then
        insert into books.inquiries (entry_id, tenant_id, due)
        values (new.id, new.tenant_id, clock_timestamp() + interval '1 day')
        on conflict (entry_id) do update set state = null, at = null, taxpayer = null, domicile = null,
            not_to = null, missed = 0, due = clock_timestamp();
    else
        update books.inquiries set state = null, at = null, taxpayer = null, domicile = null, not_to = null,
            missed = 0, due = null where entry_id = new.id;
    end if;
    return null;
end $$;
"""


def upgrade() -> None:
    """Adds a column that the code before it neither reads nor writes, and one more kind to ask about."""
    op.execute(_NOT_TO)
    op.execute(_ASKABLE)
    op.execute(_INQUIRE)
