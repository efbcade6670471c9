"""A search by words reads its index: under row-level security only a leakproof operator may, and the operator
of text search is not leakproof.

Revision ID: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_FOUND = """
create function books.found(query tsquery, most integer) returns table (entry uuid, at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
    return query execute 'select e.id, e.received_at from books.entries e
        where e.tenant_id = $1 and e.deleted_at is null and e.words @@ $2
            order by e.received_at desc limit $3'
        using nullif(current_setting('app.tenant', true), '')::uuid, query, most;
end $$
"""
"""Finds the newest `most` papers of the transaction's own tenant, which it names as the table's policy does.
It is planned anew each time, for the words that are searched.
"""


def upgrade() -> None:
    """Adds a function that names papers of one tenant and shows nothing of them; the policy decides as before
    who reads them.
    """
    op.execute("create policy finder on books.entries for select to cuadra_sweeper using (true)")
    op.execute("grant usage on schema books to cuadra_sweeper")
    op.execute("grant select on books.entries to cuadra_sweeper")
    op.execute(_FOUND)
    op.execute("revoke all on function books.found(tsquery, integer) from public")
    op.execute("grant execute on function books.found(tsquery, integer) to cuadra_runtime")
    op.execute("grant create on schema books to cuadra_sweeper")
    op.execute("alter function books.found(tsquery, integer) owner to cuadra_sweeper")
    op.execute("revoke create on schema books from cuadra_sweeper")
