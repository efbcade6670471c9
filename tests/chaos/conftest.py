"""Nothing here kills Postgres, so it need not wait for the disk: these lives commit thousands of times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from infra.database import connect
from tests.conftest import LOGINS, Database


@pytest.fixture
def database(postgres: Database) -> Iterator[Database]:
    """The session's Postgres by connections of its own, whose commits do not wait for the disk; nobody else's change."""
    app = connect(postgres.server.url("cuadra_app", LOGINS["cuadra_app"]), pool=8)

    @event.listens_for(app, "connect")
    def _hasty(raw: Any, _record: Any) -> None:
        raw.cursor().execute("set synchronous_commit = off")
        raw.commit()

    yield replace(postgres, app=app)
    app.dispose()


bad_inputs: Counter[str] = Counter()
"""What the fuzzing sent, by sort."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the bad inputs that were survived."""
    if bad_inputs:
        terminalreporter.section(f"bad inputs, {bad_inputs.total()}")
        for sort, count in sorted(bad_inputs.items()):
            terminalreporter.write_line(f"{count:5} {sort}")
