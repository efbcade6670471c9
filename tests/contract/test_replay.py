"""`ops replay` over either Inbox: what came in is enqueued again, all of it, or told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from functions.errors import Unwell
from functions.whatsapp.model import Address, Inbound
from functions.whatsapp.onboarding import Admissions
from infra.ops import story

pytestmark = pytest.mark.contract

AT = datetime.now(UTC)


class Nothing:
    """A database that was brought back empty."""

    def execute(self, _query: object, values: dict[str, Any]) -> Any:
        return [] if "wamids" in values else SimpleNamespace(first=lambda: None)


@dataclass
class Desk:
    """An operator's desk at an Inbox, an empty database and a queue that does `push`."""

    inbox: Any
    pushed: list[str] = field(default_factory=list)
    fails: Callable[[int], bool] = lambda _: False

    @property
    def admissions(self) -> Admissions:
        return Admissions(self.inbox, lambda: AT, 300)

    @property
    def queue(self) -> Any:
        return self

    def push(self, name: str, _body: bytes) -> None:
        self.pushed.append(name)
        if self.fails(len(self.pushed)):
            raise Unwell("queue: 503")

    @contextmanager
    def sql(self) -> Iterator[Nothing]:
        yield Nothing()


def admitted(desk: Desk, count: int) -> None:
    """`count` messages of one POST, enqueued and lost by the queue."""
    for admission in desk.admissions.admit(
        [Inbound(f"wamid.{n}", Address("51983446294"), AT, "text", text="hola") for n in range(count)]
    ):
        desk.admissions.mark_enqueued(admission)


def test_all_of_one_post_are_enqueued_again(inbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """More messages than a page, received at the same instant, are enqueued each once."""
    monkeypatch.setattr(story, "_PAGE", 3)
    desk: Any = Desk(inbox)
    admitted(desk, 8)
    lines = list(story.replay(desk, AT - timedelta(hours=1)))
    assert (len(set(desk.pushed)), len(desk.pushed)) == (8, 8)
    assert re.fullmatch(r"8 enqueued again of 8 received since .*Z", lines[-1])


def test_what_could_not_be_enqueued_is_counted(inbox: Any) -> None:
    """A queue that refuses two of five leaves the others enqueued, and the two are told and counted, with
    what to do.
    """
    desk: Any = Desk(inbox, fails=lambda number: number in {2, 4})
    admitted(desk, 5)
    said: list[str] = []
    with pytest.raises(story.Refused, match=r"^2 documents were not enqueued again: run this once more$"):
        said.extend(story.replay(desk, AT - timedelta(hours=1)))
    assert len(desk.pushed) == 5
    assert sum("was not enqueued: queue: 503" in line for line in said) == 2
    assert re.fullmatch(r"3 enqueued again of 5 received since .*Z, 2 were not", said[-1])
