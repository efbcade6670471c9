"""Nothing here kills Postgres, so it need not wait for the disk: these lives commit thousands of times."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import text

from tests.conftest import Database


@pytest.fixture
def database(postgres: Database) -> Database:
    """The session's Postgres with commits that do not wait for the disk."""
    with postgres.admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("alter system set synchronous_commit = off"))
        connection.execute(text("select pg_reload_conf()"))
    return postgres


bad_inputs: Counter[str] = Counter()
"""What the fuzzing sent, by sort."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the bad inputs that were survived."""
    if bad_inputs:
        terminalreporter.section(f"bad inputs, {bad_inputs.total()}")
        for sort, count in sorted(bad_inputs.items()):
            terminalreporter.write_line(f"{count:5} {sort}")
