"""SUNAT's exchange rates, the same for all businesses.

Revision ID: 0013
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_RATES = """
create table books.rates (
    day date not null,
    currency text not null,
    sell numeric(6, 3) not null check (sell > 0),
    primary key (day, currency)
);
"""


def upgrade() -> None:
    """Makes a table without a tenant, since what it holds is public: the worker adds days, an operator also
    mends them, and nobody deletes one.
    """
    op.execute(_RATES)
    op.execute("alter table books.rates enable row level security")
    op.execute("alter table books.rates force row level security")
    op.execute("create policy everybody on books.rates to cuadra_runtime using (true) with check (true)")
    op.execute("create policy migrations on books.rates to cuadra_owner using (true) with check (true)")
    op.execute("create policy operators on books.rates to cuadra_operator using (true) with check (true)")
    op.execute("grant select, insert on books.rates to cuadra_runtime")
    op.execute("grant select, insert, update on books.rates to cuadra_operator")
