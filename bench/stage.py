"""The whole local stack in a folder of its own, for the benches that need it, and its handles."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bench.table import Row
from infra.local.simulator import Simulator
from infra.local.stack import QUEUE, Stack, Where

SAMPLES = Path(__file__).parents[1] / "infra/local/samples"
__all__ = ["QUEUE", "SAMPLES", "Row", "Stage", "settle", "stage", "until"]


@dataclass(frozen=True)
class Stage:
    """A stack that runs. `home` is its folder."""

    stack: Stack
    where: Where
    sim: Simulator
    home: Path

    def queue(self, **switches: Any) -> None:
        """Change the queue stand-in's switches."""
        requests.post(f"{self.where.tasks}/_tasks", json=switches, timeout=10).raise_for_status()

    def waiting(self) -> int:
        """Tasks that wait."""
        return len(self.look()["waiting"])

    def look(self) -> dict[str, Any]:
        """The queue stand-in's state."""
        found: dict[str, Any] = requests.get(f"{self.where.tasks}/_tasks", timeout=10).json()
        return found

    def tasks(self) -> list[bytes]:
        """The bodies of the tasks that wait, the oldest first."""
        import base64

        with closing(sqlite3.connect(self.home / "tasks.sqlite")) as db:
            rows = db.execute("select body from tasks where gone is null order by created").fetchall()
        return [base64.b64decode(json.loads(row[0])["httpRequest"]["body"]) for row in rows]

    def clear_queue(self) -> None:
        """Forget the tasks that wait."""
        with closing(sqlite3.connect(self.home / "tasks.sqlite", isolation_level=None)) as db:
            db.execute("delete from tasks where gone is null")

    def environment(self, name: str) -> dict[str, str]:
        """A function's environment in this stack."""
        return self.stack._environment(name)

    def lines(self, name: str) -> list[dict[str, Any]]:
        """A function's canonical log lines."""
        found = []
        for line in self.stack.log_path(name).read_text("utf-8").splitlines():
            if line.startswith("{"):
                told = json.loads(line)
                if told.get("message") == "request":
                    found.append(told)
        return found


def settle(at: Stage) -> None:
    """Until the queue has nothing to do."""
    until(lambda: not (found := at.look())["waiting"] and not found["running"], 900, 0.3)


def until(ready: Callable[[], bool], seconds: float = 120, every: float = 0.1) -> None:
    """Until it is `ready`. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError("the stack did not get there")
        time.sleep(every)


@contextmanager
def stage(
    settings: dict[str, str] | None = None, environment: dict[str, str] | None = None
) -> Iterator[Stage]:
    """Start a stack on a new folder; `environment` is for its processes (latencies)."""
    home = Path(tempfile.mkdtemp(prefix="cuadra-bench-"))
    home.chmod(0o711)  # as root Postgres runs as nobody, who must get in
    before = dict(os.environ)
    os.environ.update(environment or {})
    stack = Stack(home, settings={"GEMINI": "off"} | (settings or {}))
    try:
        where = stack.start()
        sim = Simulator(where.simulator)
        yield Stage(stack, where, sim, home)
        sim.close()
    finally:
        os.environ.clear()
        os.environ.update(before)
        stack.stop()
        shutil.rmtree(home, ignore_errors=True)
