"""Keeps which file of a month was given: its workbook, CONTASIS's or SUNAT's register.

Revision ID: 0021
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds a column that the code before does not know: what that code gives is a workbook."""
    op.execute("alter table books.given add column file text not null default 'excel'")
