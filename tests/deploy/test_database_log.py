"""What Terraform lets the database log, tried on a real server."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from infra.local import postgres as embedded
from tests.conftest import free_port
from tests.deploy.conftest import Applied

pytestmark = pytest.mark.contract

SECRET = "51983446294"  # a phone, as it would be bound to a statement


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[embedded.Postgres, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="cuadra-log-"))
    folder.chmod(0o711)  # as root the server runs as nobody, who must get in
    running = embedded.start(folder, free_port(), lasting=False)
    yield running, folder / "log"
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


def logged(server: tuple[embedded.Postgres, Path], flags: dict[str, str]) -> str:
    """What the server writes with `flags` while a slow statement, a broken one and two violated constraints
    carry the phone.
    """
    running, log = server
    engine = create_engine(running.url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name, value in flags.items():
            connection.execute(text(f"alter system set {name} = '{value}'"))
        connection.execute(text("select pg_reload_conf()"))
    engine.dispose()
    before = log.stat().st_size
    with engine.connect() as connection:
        connection.execute(
            text("create temporary table people (phone text primary key, age int check (age > 0))")
        )
        connection.execute(text("select pg_sleep(1.1), cast(:phone as text)"), {"phone": SECRET})
        connection.execute(text("insert into people values (:phone, 1)"), {"phone": SECRET})
        for age in (1, 0):
            with pytest.raises(DBAPIError):
                connection.execute(
                    text("insert into people values (:phone, :age)"), {"phone": SECRET, "age": age}
                )
    engine.dispose()
    return log.read_bytes()[before:].decode()


@pytest.mark.slow("Terraform applies the whole deployment before it")
def test_no_value_of_a_statement_is_logged(
    runs: dict[str, Applied], server: tuple[embedded.Postgres, Path]
) -> None:
    """With the instance's flags neither a slow statement nor a violated constraint writes what was bound to
    it; the errors themselves are told.
    """
    settings = runs["deployed"].resources["google_sql_database_instance.main"]["settings"][0]
    flags = {
        f["name"]: f["value"]
        for f in settings["database_flags"]
        if "." not in f["name"] and f["name"] != "max_connections"
    }
    assert "log_lock_waits" in flags
    said = logged(server, flags)
    assert said.count("violates") == 2
    assert SECRET not in said


@pytest.mark.parametrize(
    ("milliseconds", "times"), [("-1", 2), ("1000", 3)], ids=["constraints", "durations too"]
)
def test_the_flags_are_why(server: tuple[embedded.Postgres, Path], milliseconds: str, times: int) -> None:
    """At the usual verbosity each violated constraint writes the phone, and so does the duration of a slow
    statement.
    """
    said = logged(server, {"log_error_verbosity": "default", "log_min_duration_statement": milliseconds})
    assert len([line for line in said.splitlines() if "DETAIL" in line and SECRET in line]) == times


def test_query_insights_keeps_statements_without_their_sender(runs: dict[str, Applied]) -> None:
    """Durations are seen in Query Insights, which keeps the normalised text and neither address nor tags."""
    insights = runs["deployed"].resources["google_sql_database_instance.main"]["settings"][0][
        "insights_config"
    ][0]
    assert insights["query_insights_enabled"]
    assert not insights["record_client_address"]
    assert not insights["record_application_tags"]
