"""What a large business sent is taken away piece by piece, each of which is found by an index.

Revision ID: 0018
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The wider index serves what the older one did."""
    op.execute("create index sends_pieces_idx on messaging.sends (tenant_id, id)")
    op.execute("drop index messaging.sends_tenant_id_idx")
