"""Keeps what an answer offers to be tapped, and which message took it up.

Revision ID: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_CHOICES = """
alter table messaging.replies add column offer jsonb, add column chosen text;
alter table messaging.sends add column offer jsonb;
alter table auth.tenants add column ruc_asked text;
create index on books.entries (tenant_id, customer_ruc) where kind = '01' and deleted_at is null;
"""
"""`offer`: its choices with their ids, frozen with the send as the text is. `chosen`: the message that
answered a question.

`ruc_asked`: the message whose answer asked the business whether a RUC is its own; nobody is asked twice.
"""


def upgrade() -> None:
    """Adds columns that the code before leaves empty."""
    op.execute(_CHOICES)
