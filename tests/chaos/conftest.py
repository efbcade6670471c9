"""Nothing here kills Postgres, so it need not wait for the disk: these lives commit thousands of times."""

from __future__ import annotations

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
