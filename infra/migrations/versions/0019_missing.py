"""Keeps which answer told an owner that SUNAT still does not have one of the business's facturas.

Revision ID: 0019
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TOLD = """
alter table books.inquiries add column told text;
create index on books.inquiries (tenant_id) where state = 'not_found' and missed > 2;
"""
"""`told` is the message whose answer said so; nobody is told twice about one paper."""


def upgrade() -> None:
    """Adds a column, and the index that an answer looks through."""
    op.execute(_TOLD)
