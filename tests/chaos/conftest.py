"""Nothing here kills Postgres, so it need not wait for the disk: these lives commit thousands of times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from infra.database import connect
from tests.conftest import BAD_INPUT, LOGINS, Database


@pytest.fixture
def database(postgres: Database) -> Iterator[Database]:
    """The session's Postgres by connections of its own, whose commits do not wait for the disk; nobody else's
    change.
    """
    app = connect(postgres.server.url("cuadra_app", LOGINS["cuadra_app"]), pool=8)

    @event.listens_for(app, "connect")
    def _hasty(raw: Any, _record: Any) -> None:
        raw.cursor().execute("set synchronous_commit = off")
        raw.commit()

    yield replace(postgres, app=app)
    app.dispose()


@pytest.fixture
def bad_input(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Counts one bad input of a sort; `tests/conftest.py` lists at the end what was survived, whichever
    process sent it.
    """

    def count(sort: str) -> None:
        request.node.user_properties.append((BAD_INPUT, sort))

    return count
