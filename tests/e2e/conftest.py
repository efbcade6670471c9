"""The whole stack, once a session, for tests over HTTP."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, create_engine, text

from infra.local.simulator import Conversation, Message, Simulator, read
from infra.local.stack import Stack, Where
from infra.local.whatsapp.switches import Switches
from infra.settings import BUDGET

SAMPLES = Path(__file__).parents[2] / "infra/local/samples"
SETTINGS = {
    "LANE_GATHER_S": "1", "GEMINI": "off", "OCR_DEADLINE_S": "8", "OPENING_S": "5", "GEMINI_S": "4",
    "BEGIN_BY_S": "2", "WORKER_TIMEOUT_S": "11",
    "LEASE_S": "12", "LANE_LEASE_S": "4", "GRAPH_S": "3",
}  # fmt: skip
"""Everything shorter than in the cloud, in proportion, so that what a kill leaves behind is taken up soon."""
UNHURRIED = {
    name.upper(): str(getattr(BUDGET, name))
    for name in (
        "ocr_deadline_s",
        "opening_s",
        "gemini_s",
        "begin_by_s",
        "worker_timeout_s",
        "lease_s",
        "graph_s",
        "lane_lease_s",
    )
}
"""The deadlines and leases of the cloud, for whoever waits for a slow model, or takes pictures of what a busy
machine reads.
"""
QUEUE = {"min_backoff": 0.1, "max_backoff": 2, "sweep_every": 5}
"""Waits scaled down together: a killed worker's document is free again after 12 s, not 75."""


T = TypeVar("T")


def eventually(look: Callable[[], T], timeout: float = 20.0) -> T:
    """What `look` finds, as soon as it finds something: an answer is on the phone before its row says so and
    its line is written.
    """
    until = time.monotonic() + timeout
    while not (found := look()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
    return found


@dataclass(frozen=True)
class Running:
    """A stack that runs: `sim` is every phone, `sql` every row (row-level security does not bind it)."""

    stack: Stack
    where: Where
    sim: Simulator
    admin: Engine

    def ask(self, sender: str, *, timeout: float = 60.0, **sent: Any) -> tuple[list[Message], Conversation]:
        """Send as `sender` and wait for the answers: what was sent, and the conversation read."""
        messages = self.sim.send(sender, **sent)
        return messages, self.sim.wait_answers(sender, messages, timeout=timeout)

    def sql(self, statement: str, **values: Any) -> Sequence[dict[str, Any]]:
        """Rows of a statement, as dicts."""
        with self.admin.connect() as connection:
            return [dict(row) for row in connection.execute(text(statement), values).mappings()]

    def read(self, sender: str, numbers: dict[str, int]) -> Conversation:
        """The conversation of a sender whose webhooks may have overtaken one another, by the numbers that his
        messages really got.
        """
        sends = {
            str(row["id"]): row["members"] for row in self.sql("select id, members from messaging.sends")
        }
        return read(self.sim.conversation(sender), numbers, sends)

    def logs(self, name: str) -> str:
        """Everything that a service wrote."""
        return self.stack.log_path(name).read_text("utf-8")

    def line(self, name: str, **fields: object) -> dict[str, Any]:
        """The first request line of a service that has these fields, as soon as it is written."""
        wanted = {"message": "request"} | {key: str(value) for key, value in fields.items()}

        def written() -> list[dict[str, Any]]:
            lines = (
                json.loads(line)
                for line in self.logs(name).splitlines(keepends=True)
                if line.startswith("{") and line.endswith("\n")
            )
            return [line for line in lines if wanted.items() <= line.items()]

        return eventually(written)[0]


def boot(home: Path, settings: dict[str, str] | None = None) -> Running:
    """Start a stack of its own on `home`; end it with `shut`."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)  # as root Postgres runs as nobody, who must get in
    stack = Stack(home, settings=SETTINGS | (settings or {}), queue=QUEUE)
    where = stack.start()
    return Running(
        stack,
        where,
        Simulator(where.simulator),
        create_engine(where.admin_dsn.replace("postgresql://", "postgresql+pg8000://")),
    )


def shut(running: Running) -> None:
    """Stop what `boot` started."""
    running.sim.close()
    running.admin.dispose()
    running.stack.stop()


@pytest.fixture(scope="session")
def _running() -> Iterator[Running]:
    home = Path(tempfile.mkdtemp(prefix="cuadra-stack-"))
    running = boot(home)
    watcher = threading.Thread(target=running.stack.watch, daemon=True)
    watcher.start()
    yield running
    shut(running)
    watcher.join()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def stack(_running: Running) -> Running:
    """The session's stack, with every switch back at rest."""
    _running.sim.post("/switches", Switches().model_dump())
    _running.sim.put("/faults", [])
    return _running


@pytest.fixture
def ana(stack: Running) -> str:
    """A new sender's id."""
    found: str = stack.sim.add_sender(name="Ana Torres")["id"]
    return found
