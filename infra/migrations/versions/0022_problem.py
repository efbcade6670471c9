"""Keeps what went wrong last with a document, for operators.

Revision ID: 0022
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds two columns that the code before neither reads nor writes."""
    op.execute("alter table documents.documents add column problem text, add column problem_at timestamptz")
