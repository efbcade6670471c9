"""What every test may ask for: one embedded Postgres a session, with the schema and the roles as in the
cloud.
"""

from __future__ import annotations

import gc
import os
import shutil
import socket
import tempfile
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from xdist.scheduler import LoadScopeScheduling

from infra import database
from infra.local import postgres as embedded
from infra.local.here import bypass_proxies
from tests.scale import LONG

# Numpy's threads of two processes would wait for one another on two cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
gc.disable()  # until all is imported
bypass_proxies()  # the suite talks to its own servers on this machine only

LOGINS = {"cuadra_migrator": "migrator-test", "cuadra_app": "app-test", "cuadra_ops": "ops-test"}
PRISTINE = "pristine"
"""The database that has the schema and no row, for copies."""


@dataclass(frozen=True)
class Database:
    """A running server with the newest schema. `app` is the worker's own engine; `admin` bypasses row-level
    security, for assertions.
    """

    server: embedded.Postgres
    app: Engine
    admin: Engine

    def engine(self, login: str) -> Engine:
        return create_engine(self.server.url(login, LOGINS[login]))

    @contextmanager
    def copied(self, name: str, of: str = PRISTINE) -> Iterator[Database]:
        """A database beside it that begins as a copy of another one, to which nobody is connected: in a tenth
        of the time that its rows took, or a migration.
        """
        with self.admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"create database {name} template {of}"))
        admin = create_engine(self.server.url(database=name))
        app = database.connect(self.server.url("cuadra_app", LOGINS["cuadra_app"], name), pool=8)
        yield Database(self.server, app, admin)
        app.dispose()
        admin.dispose()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a machine lacks is told in one line, however many tests need it."""
    report: Any = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        report.longrepr = ("tests", None, report.longrepr[2])
    return report


BAD_INPUT = "bad input"
"""The property of a test's report that names a sort of bad input which it sent."""

SLOW = "slow"
"""The mark, and the property of a report, that says why a test takes its time."""

LANES = {
    "stack": ("tests/e2e/",),
    "chaos": ("tests/chaos/test_kills.py", "tests/chaos/test_troubles.py"),
    "deploy": ("tests/deploy/",),
    "firestore": tuple(
        f"tests/contract/test_{name}.py" for name in ("inbox", "memberships", "onboarding", "replay")
    ),
}
"""Files that share what is dear to start: a whole stack and its browser, stacks that are killed, an
initialised Terraform, Google's emulator. The longest lane stands first.
"""


class Lanes(LoadScopeScheduling):
    """What one of the processes runs whole: a lane of `LANES`, else a file."""

    def _split_scope(self, nodeid: str) -> str:
        lane = next((name for name, files in LANES.items() if nodeid.startswith(files)), None)
        return lane or nodeid.split("::", 1)[0]


def pytest_collection_finish() -> None:
    """What was imported stays to the end, so garbage is sought in what came since, and less often than every
    700 objects.
    """
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lanes:
    """No lane is divided between processes; what has none fills the time of those that are free."""
    return Lanes(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Lanes begin, the longest first; the many short files come last, so that all processes end together.

    What bears the mark `only_long` is left to `make long` where the whole suite runs; who names a folder or a
    file gets all of it.
    """
    if not LONG and [Path(name).name for name in config.args] == config.getini("testpaths"):
        left = [item for item in items if item.get_closest_marker("only_long")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    order = list(LANES.values())
    items.sort(
        key=lambda item: next(
            (at for at, files in enumerate(order) if item.nodeid.startswith(files)), len(order)
        )
    )


@cache
def _step_back() -> None:
    """From here on this process takes what those leave that hold a running stack to its times."""
    os.nice(5)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test's reason to be slow, or its module's, goes with its report; what holds no stack to its times
    steps back, beside a process that does.
    """
    if "PYTEST_XDIST_WORKER" in os.environ and not item.nodeid.startswith(LANES["stack"] + LANES["chaos"]):
        _step_back()
    if mark := item.get_closest_marker(SLOW):
        item.user_properties.append((SLOW, mark.args[0]))


def _slowest(reports: list[pytest.TestReport]) -> list[str]:
    """The ten tests that took longest, all their cases and what they waited for together, each with its
    reason.
    """
    took: dict[str, float] = defaultdict(float)
    why: dict[str, str] = {}
    for report in reports:
        name = report.nodeid.partition("[")[0]
        took[name] += report.duration
        why.update((name, str(reason)) for key, reason in report.user_properties if key == SLOW)
    longest = sorted(took, key=took.__getitem__, reverse=True)[:10]
    return [
        f"{took[name]:6.1f} s  {name}: {why.get(name, 'no reason is given')}"
        for name in longest
        if took[name] >= 1
    ]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was slow and why, and the bad inputs that were survived."""
    every = [
        report
        for kind in ("", "passed", "failed", "error")
        for report in terminalreporter.stats.get(kind, [])
    ]
    reports = [report for report in every if isinstance(report, pytest.TestReport)]
    if slow := _slowest(reports):
        terminalreporter.section("what took longest, and why")
        for line in slow:
            terminalreporter.write_line(line)
        if not LONG:
            terminalreporter.write_line(
                "whole stacks that are killed or waited for, and most of what is drawn, run in make long"
            )
    sent = Counter(
        str(sort)
        for report in reports
        for name, sort in report.user_properties
        if name == BAD_INPUT and report.when == "call"
    )
    if sent:
        terminalreporter.section(f"bad inputs, {sent.total()}")
        for sort, count in sorted(sent.items()):
            terminalreporter.write_line(f"{count:5} {sort}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[embedded.Postgres]:
    """An empty server on a free port, stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="cuadra-postgres-"))
    folder.chmod(0o711)  # as root the server runs as nobody, who must get in
    server = embedded.start(folder, free_port(), lasting=False)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(postgres_server: embedded.Postgres) -> Iterator[Database]:
    """The server with roles and schema."""
    embedded.prepare(postgres_server, LOGINS)
    beside = create_engine(postgres_server.url(database="template1"), isolation_level="AUTOCOMMIT")
    with beside.connect() as connection:
        connection.execute(text(f"create database {PRISTINE} template postgres"))
    beside.dispose()
    admin = create_engine(postgres_server.url())
    app = database.connect(postgres_server.url("cuadra_app", LOGINS["cuadra_app"]), pool=8)
    yield Database(postgres_server, app, admin)
    app.dispose()
    admin.dispose()


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
