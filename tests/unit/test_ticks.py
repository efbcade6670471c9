"""Read receipts: once asked for, shown soon or never."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.whatsapp.client import GraphError
from functions.whatsapp.ticks import Ticks

pytestmark = pytest.mark.unit


@dataclass
class Graph:
    """Keeps what it is asked for; raises `error` where there is one."""

    error: Exception | None = None
    read: list[tuple[str, bool]] = field(default_factory=list)

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        self.read.append((wamid, typing))
        if self.error:
            raise self.error


@dataclass
class Later:
    """An executor that does its work when told to."""

    work: list[Callable[[], Any]] = field(default_factory=list)

    def submit(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        self.work.append(lambda: work(*args))
        return Future()

    def run(self) -> None:
        while self.work:
            self.work.pop(0)()


def test_a_receipt_that_comes_late_is_left_out() -> None:
    """What waited for over five seconds is not shown: the answer may stand there already."""
    graph, later, now = Graph(), Later(), [0.0]
    ticks = Ticks(graph, later, clock=lambda: now[0])
    ticks.show("a", typing=True)
    later.run()
    ticks.show("b", typing=False)
    now[0] = 5.1
    ticks.show("c", typing=False)
    later.run()
    assert graph.read == [("a", True), ("c", False)]


def test_no_more_receipts_wait_than_there_is_room_for() -> None:
    """While Graph hangs the receipts beyond sixty-four are left out; afterwards there is room again."""
    graph, later = Graph(), Later()
    ticks = Ticks(graph, later)
    for _ in range(2):
        for number in range(100):
            ticks.show(str(number), typing=True)
        assert len(later.work) == 64
        later.run()


@pytest.mark.parametrize(("error", "level"), [(GraphError(1, 500, "no"), "INFO"), (KeyError("x"), "WARNING")])
def test_what_breaks_is_told(error: Exception, level: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing vanishes in the executor: a refusal is a line, and whatever else it was a warning; the room is
    given back.
    """
    caplog.set_level(logging.INFO, "cuadra")
    later = Later()
    ticks = Ticks(Graph(error), later)
    for _ in range(65):
        ticks.show("a", typing=True)
        later.run()
    assert [(record.message, record.levelname) for record in caplog.records] == [
        ("read_receipt_failed", level)
    ] * 65
