"""Keeps what the model cost for a document, whether or not an invoice came of it.

Revision ID: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only adds columns with constant defaults, which rewrites no row and which the code before it does not
    ask for.
    """
    op.execute(
        "alter table documents.documents add column tokens integer not null default 0, add column cost_usd "
        "numeric(12, 6) not null default 0"
    )
