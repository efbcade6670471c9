"""Keeps which users want nothing but answers.

Revision ID: 0020
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds a person's wish, which the code before it neither reads nor writes."""
    op.execute("alter table auth.users add column quiet boolean not null default false")
