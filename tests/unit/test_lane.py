"""Ordered release over a lane in memory: in order, once, frozen before the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from functions.whatsapp import lane
from functions.whatsapp.client import GraphError
from functions.whatsapp.lane import Lanes
from functions.whatsapp.model import Address, Tenant
from functions.whatsapp.tasks import LaneTask
from tests.builders import a_task, a_tenant
from tests.fakes.ledger import Memory, MemoryOutbox, MemoryRecords
from tests.fakes.stage import Graph, Killed, Queue, Store

pytestmark = pytest.mark.unit

UNCERTAIN = GraphError(None, None, "no answer")
THROTTLED = GraphError(130429, 429, "too many")


@dataclass
class Watched(Graph):
    """A Graph at whose calls somebody looks."""

    look: Callable[[], None] = lambda: None

    def send_text(self, address: Address, text: str, **more: Any) -> str:
        self.look()
        return super().send_text(address, text, **more)


@dataclass
class Stage:
    """One tenant's lane, whose welcome was sent; `now` is the database's."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    tenant: Tenant = field(default_factory=a_tenant)
    graph: Watched = field(default_factory=Watched)
    queue: Queue = field(default_factory=Queue)
    receipts: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.memory = Memory(lambda: self.now)
        self.records, self.outbox = MemoryRecords(self.memory), MemoryOutbox(self.memory)
        self.lanes = Lanes(
            self.outbox, self.graph, self.receipts.get, self.queue, Store(), gather_s=0, sleep=lambda _: None
        )
        self.records.open(a_task(self.tenant), "¡Hola!")
        self.release()
        self.graph.sent.clear()

    @property
    def lane(self) -> Any:
        return self.memory.lanes[self.tenant.user_id]

    def answer(self, seq: int, body: str | None) -> None:
        task = a_task(self.tenant, seq, "text")
        self.records.open(task, "¡Hola!")
        self.records.answer(task, body)

    def release(self, after_s: float = 0.0) -> str | None:
        """Why a release stopped, `after_s` seconds later."""
        self.now += timedelta(seconds=after_s)
        return self.lanes.release(self.tenant.id, self.tenant.user_id).stopped

    def sends(self) -> list[tuple[str, int]]:
        """Each send's state, and how often it was called."""
        return [(one.state, one.frozen.calls) for one in self.lane.sends.values()]


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.mark.parametrize("ready", [*permutations((1, 2, 3))])
def test_answers_leave_in_the_order_of_their_numbers(stage: Stage, ready: tuple[int, ...]) -> None:
    """In whatever order answers become ready, each number leaves once and after those before it."""
    for seq in ready:
        stage.answer(seq, f"respuesta {seq}")
        stage.release()
    stage.release()
    said = "\n".join(stage.graph.sent)
    assert [said.count(f"respuesta {seq}") for seq in (1, 2, 3)] == [1, 1, 1]
    assert said.index("respuesta 1") < said.index("respuesta 2") < said.index("respuesta 3")
    assert stage.lane.next == 4


def test_a_number_that_says_nothing_keeps_nobody_waiting(stage: Stage) -> None:
    """Void numbers are passed over."""
    stage.answer(1, None)
    stage.answer(2, "dos")
    stage.release()
    assert (stage.graph.sent, stage.lane.next) == (["dos"], 3)


def test_a_send_is_frozen_before_its_call(stage: Stage) -> None:
    """When Graph is called, the text stands in the database already, with its members."""
    seen: list[Any] = []
    stage.graph.look = lambda: seen.extend(
        (one.state, one.frozen.text, one.frozen.members)
        for one in stage.lane.sends.values()
        if one.state == "frozen"
    )
    stage.answer(1, "uno")
    stage.release()
    assert seen == [("frozen", "uno", (1,))]


def test_an_uncertain_send_is_repeated_exactly_and_only_after_its_receipt_is_late(stage: Stage) -> None:
    """Until its receipt is late nothing is called; then the same text is, whatever became ready meanwhile."""
    stage.answer(1, "uno")
    stage.graph.refuses = [UNCERTAIN]
    assert stage.release() == "awaiting_receipt"
    stage.answer(2, "dos")
    assert stage.release(10) == "busy"
    assert stage.graph.sent == []
    assert stage.release(11) is None
    assert stage.graph.sent == ["uno", "dos"]
    assert stage.sends()[1:] == [("sent", 2), ("sent", 1)]


def test_a_receipt_is_believed(stage: Stage) -> None:
    """A send that went out unheard is not called again once a status names it."""
    stage.answer(1, "uno")
    stage.graph.refuses = [UNCERTAIN]
    stage.release()
    (send,) = [one.frozen for one in stage.lane.sends.values() if one.state == "frozen"]
    stage.receipts[send.id] = {"sent": {"wamid": "wamid.out"}}
    assert stage.release(21) is None
    assert (stage.graph.sent, stage.lane.next) == ([], 2)
    assert stage.lane.sends[send.id].sent_wamid == "wamid.out"


def test_a_death_after_the_call_repeats_nothing_that_arrived(stage: Stage) -> None:
    """A worker that dies between Graph's answer and its row leaves a send that its receipt settles."""
    stage.answer(1, "uno")
    sent, stage.outbox.sent = stage.outbox.sent, _dies
    with pytest.raises(Killed):
        stage.release()
    stage.outbox.sent = sent
    (send,) = [one.frozen for one in stage.lane.sends.values() if one.state == "frozen"]
    stage.receipts[send.id] = {"delivered": {"wamid": "wamid.1"}}
    assert stage.release(31) is None
    assert (stage.graph.sent, stage.lane.next) == (["uno"], 2)


def _dies(*_: object) -> None:
    raise Killed


def test_who_lost_the_lease_sends_nothing(stage: Stage) -> None:
    """A holder whose lease another one took finds it lost before it calls."""
    stage.answer(1, "uno")
    view = stage.outbox.view

    def late(lease: Any) -> Any:
        found = view(lease)
        stage.lane.token = None
        return found

    stage.outbox.view = late
    assert stage.release() == "lost"
    assert (stage.graph.sent, stage.sends()) == ([], [("sent", 1)])


def test_a_throttled_lane_waits_and_then_sends_once(stage: Stage) -> None:
    """A refusal for a moment keeps the reply, wakes the lane after the wait, and costs no second copy."""
    stage.answer(1, "uno")
    stage.graph.refuses = [THROTTLED]
    assert stage.release() == "throttle"
    (wake,) = stage.queue.pushed
    assert isinstance(wake, LaneTask)
    assert stage.release(1) == "busy"
    stage.now = wake.not_before
    assert stage.release() is None
    assert stage.graph.sent == ["uno"]


def test_a_gap_is_passed_when_those_behind_it_waited_long_enough(stage: Stage) -> None:
    """A number that never comes keeps the next ones three minutes and no longer; a late one leaves alone."""
    stage.answer(2, "dos")
    stage.release(179)
    assert stage.graph.sent == []
    stage.release(2)
    assert (stage.graph.sent, stage.lane.next) == (["dos"], 3)
    stage.answer(1, "uno")
    stage.release()
    assert (stage.graph.sent, stage.lane.next) == (["dos", "uno"], 3)


def test_a_closed_window_keeps_everything_until_the_user_writes(stage: Stage) -> None:
    """After 24 hours of silence nothing is called; the next message of the user's lets the lane go on."""
    stage.answer(1, "uno")
    stage.now = stage.lane.last_inbound_at + timedelta(hours=24)
    assert stage.release() == "window_closed"
    assert (stage.graph.sent, stage.lane.held) == ([], True)
    task = a_task(stage.tenant, 2, "text")
    stage.records.open(replace(task, message=replace(task.message, sent_at=stage.now)), "¡Hola!")
    assert stage.release() is None
    assert stage.graph.sent == ["uno"]


def test_a_send_that_would_leave_out_a_reply_is_not_frozen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever chose the members: a ready reply between two of them stops the release, which lets go of the
    lane and has lost nothing.
    """
    for seq in (1, 2, 3):
        stage.answer(seq, f"respuesta {seq}")
    with monkeypatch.context() as broken:
        fitting = lane._fitting
        broken.setattr(lane, "_fitting", lambda run, now, may_grow: fitting(run[::2], now, may_grow=may_grow))
        with pytest.raises(AssertionError, match="leaves out"):
            stage.release()
    assert (stage.graph.sent, stage.sends()) == ([], [("sent", 1)])
    stage.release()
    assert stage.lane.next == 4


def test_a_void_number_between_two_replies_parts_no_message(stage: Stage) -> None:
    """What says nothing may stand between the members of one send."""
    for seq, body in ((1, "uno"), (2, None), (3, "tres")):
        stage.answer(seq, body)
    stage.release()
    assert [one.frozen.members for one in stage.lane.sends.values()][1:] == [(1, 3)]
