"""How each service is broken, and mended. `down` refuses at once; `hang` takes a request and never
answers.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from infra.local.simulator import Simulator
from infra.local.stack import Stack

SERVICES = ("postgres", "storage", "tasks", "inbox", "graph", "gemini")
WAYS = ("down", "hang")


class Gemini:
    """The fake Gemini as a process that can be stopped like any other."""

    def __init__(self, port: int, answers: Path, log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command = [
            sys.executable,
            "-m",
            "infra.local.gemini",
            "--port",
            str(port),
            "--answers",
            str(answers),
        ]
        self._log = log
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(self._command, stdout=log, stderr=log, start_new_session=True)

    def start(self) -> None:
        """Start it again."""
        self.process = self._started()

    def stop(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()


class Outages:
    """Breaks one service for as long as a context lasts."""

    def __init__(self, stack: Stack, simulator: Simulator, gemini: Gemini, orders: Path) -> None:
        self._stack, self._simulator, self._gemini, self._orders = stack, simulator, gemini, orders

    @contextmanager
    def broken(self, service: str, way: str) -> Iterator[None]:
        """The service is down or hangs."""
        if service == "inbox":
            work = self._inbox_down() if way == "down" else self._inbox_locked()
        elif service == "graph" and way == "down":
            work = self._graph_down()
        elif way == "hang":
            work = self._frozen(self._pids(service))
        else:
            work = self._killed(service)
        with work:
            yield

    @contextmanager
    def _killed(self, service: str) -> Iterator[None]:
        if service == "gemini":
            self._gemini.stop()
            yield
            self._gemini.start()
            return
        self._stack.kill(service)
        yield
        self._stack.launch(service)

    @contextmanager
    def _frozen(self, pids: list[int]) -> Iterator[None]:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        yield
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def _pids(self, service: str) -> list[int]:
        if service == "gemini":
            return [self._gemini.process.pid]
        pid = self._stack.pid("whatsapp" if service == "graph" else service)
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    @contextmanager
    def _inbox_down(self) -> Iterator[None]:
        order = self._orders / "down" / "inbox"
        order.touch()
        yield
        order.unlink()

    @contextmanager
    def _inbox_locked(self) -> Iterator[None]:
        database = sqlite3.connect(
            self._stack.home / "inbox.sqlite", isolation_level=None, timeout=10, check_same_thread=False
        )
        database.execute("begin immediate")
        yield
        database.execute("rollback")
        database.close()

    @contextmanager
    def _graph_down(self) -> Iterator[None]:
        self._simulator.post("/switches", {"down": True})
        yield
        _patiently(lambda: self._simulator.post("/switches", {"down": False}))


def _patiently(call: object, seconds: float = 60.0) -> None:
    """The simulator may hang in the same pair of outages: until it hears."""
    assert callable(call)
    until = time.monotonic() + seconds
    while True:
        try:
            call()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return
