"""What a large business sent is deleted piece by piece, and an index finds each piece.

Revision ID: 0018
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes a wider index, which also serves what the older one did."""
    op.execute("create index sends_pieces_idx on messaging.sends (tenant_id, id)")
    op.execute("drop index messaging.sends_tenant_id_idx")
