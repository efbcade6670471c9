"""How often a transaction waits for Postgres: each wait is the network's latency, a dozen transactions a
document.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from functions.errors import Unwell
from infra.database import tenant_transaction
from tests.builders import a_tenant
from tests.conftest import Database

pytestmark = pytest.mark.contract


class Counted:
    """A connection's file, whose flushes are counted: an answer is waited for after each."""

    def __init__(self, file: Any) -> None:
        self._file, self.flushes = file, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def flush(self) -> None:
        self.flushes += 1
        self._file.flush()


@contextmanager
def counted(postgres: Database) -> Iterator[Counted]:
    """The pool's last used connection, which is the one that it hands out next."""
    with postgres.app.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
    file = raw._sock
    raw._sock = counting = Counted(file)
    try:
        yield counting
    finally:
        raw._sock = file


def settings(connection: Connection) -> tuple[str, ...]:
    names = ("app.tenant", "synchronous_commit")
    return tuple(
        connection.execute(text("select current_setting(:name)"), {"name": name}).scalar_one()
        for name in names
    )


def test_a_transaction_waits_three_times_for_one_statement(postgres: Database) -> None:
    """One wait begins it and names its tenant, one is the statement's with its values, one is the
    commit's.
    """
    with counted(postgres) as file, tenant_transaction(postgres.app, a_tenant().id) as connection:
        assert connection.execute(text("select cast(:value as int)"), {"value": 7}).scalar_one() == 7
        assert file.flushes == 2
    assert file.flushes == 3


def test_what_a_transaction_begins_with_is_its_own(postgres: Database) -> None:
    """The tenant and the light commit of one transaction are gone in the next one, which names none, on the
    same connection.
    """
    tenant = a_tenant().id
    with counted(postgres):
        with tenant_transaction(postgres.app, tenant, durable=False) as connection:
            assert settings(connection) == (str(tenant), "off")
        with tenant_transaction(postgres.app, None) as connection:
            assert settings(connection) == ("", "on")


def test_a_statement_that_fails_leaves_a_connection_that_works(postgres: Database) -> None:
    """What Postgres refuses, while parsing or while executing, and a value that cannot be written, undo their
    transaction alone.
    """
    broken = [
        ("select nothing from nowhere where 1 = :value", "1"),
        ("select 1 / cast(:value as int)", 0),
        ("select cast(:value as text)", "\ud800"),
    ]
    for statement, value in broken:
        with (
            pytest.raises((DBAPIError, Unwell, UnicodeEncodeError)),
            tenant_transaction(postgres.app, a_tenant().id) as connection,
        ):
            connection.execute(text(statement), {"value": value})
        with tenant_transaction(postgres.app, a_tenant().id) as connection:
            assert connection.execute(text("select cast(:value as int)"), {"value": 7}).scalar_one() == 7
