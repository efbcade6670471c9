"""Adds up what a model cost since a moment, over all tenants, so that its spending stops at a day's limit.

Revision ID: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SPENT = """
create function sweep.spent(since timestamptz) returns numeric
language sql stable security definer set search_path = '' as $$
    select coalesce(sum(d.cost_usd), 0) from documents.documents d where d.cost_usd > 0
        and d.finished_at >= since
$$
"""


def upgrade() -> None:
    """Adds a function that returns a sum and no row, and the index that it reads, which holds only documents
    that cost something.
    """
    op.execute(
        "create index documents_that_cost on documents.documents (finished_at) include (cost_usd) where "
        "cost_usd > 0"
    )
    op.execute("grant create on schema sweep to cuadra_sweeper")
    op.execute(_SPENT)
    op.execute("revoke all on function sweep.spent(timestamptz) from public")
    op.execute("grant execute on function sweep.spent(timestamptz) to cuadra_runtime, cuadra_operator")
    op.execute("alter function sweep.spent(timestamptz) owner to cuadra_sweeper")
    op.execute("revoke create on schema sweep from cuadra_sweeper")
