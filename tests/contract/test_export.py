"""A month's table against the real Postgres."""

from __future__ import annotations

from contextlib import closing
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from infra.ops.desk import Desk
from infra.ops.export import export
from infra.ops.target import Target
from tests.conftest import LOGINS, Database

pytestmark = pytest.mark.contract


def test_a_large_month_may_take_longer_than_a_request(postgres: Database) -> None:
    """The statement that reads the month has no limit of time, where every other of the operator's has ten seconds."""
    target = Target(google_cloud_project="p", database_url=postgres.server.url("cuadra_ops", LOGINS["cuadra_ops"]))
    limits = []
    with closing(Desk(target)) as desk:

        @event.listens_for(desk.engine, "before_cursor_execute")
        def _limit(_connection: object, cursor: object, statement: str, *_: object) -> None:
            if "extractor.extractions" in statement:
                cursor.execute("show statement_timeout")  # type: ignore[attr-defined]  # a DB-API cursor
                limits.append(cursor.fetchone()[0])  # type: ignore[attr-defined]  # as above

        with desk.sql() as sql:
            sql.execute(text("select count(*) from extractor.extractions"))
        table, left_out = export(desk, uuid4(), "2026-11")
    assert limits == ["10s", "0"]
    assert (table.count("\n"), left_out) == (1, [])
