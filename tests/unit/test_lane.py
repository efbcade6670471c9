"""Ordered release over a lane in memory: in order, once, frozen before the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from functions.whatsapp import drafts, lane, synthetic
from functions.whatsapp.client import GraphError
from functions.whatsapp.lane import Lanes
from functions.whatsapp.model import Address, Enclosed, Tenant
from functions.whatsapp.tasks import LaneTask, StatusTask
from tests.builders import NOW, a_task, a_tenant, a_view
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
            self.outbox, self.graph, self.receipts.get, self.queue, Store(), gather_s=0,
            sleep=self.passes,
        )  # fmt: skip
        self.records.open(a_task(self.tenant), "¡Hola!")
        self.release()
        self.graph.sent.clear()

    @property
    def lane(self) -> Any:
        return self.memory.lanes[self.tenant.user_id]

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

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
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stage.outbox, "sent", _dies)
        with pytest.raises(Killed):
            stage.release()
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


@pytest.mark.parametrize(
    ("last", "closed"),
    [(None, True), (NOW - timedelta(hours=24), True), (NOW - timedelta(hours=23, minutes=59), False)],
)
def test_the_window_is_a_day_from_the_users_last_message(last: datetime | None, *, closed: bool) -> None:
    """At 24 hours it is closed; who never wrote has none."""
    assert lane._closed(a_view(last_inbound_at=last)) is closed


def test_a_send_that_would_leave_out_a_reply_is_not_frozen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever chose the members: a ready reply between two of them stops the release, which lets go of the
    lane and has lost nothing.
    """
    for seq in (1, 2, 3):
        stage.answer(seq, f"respuesta {seq}")
    with monkeypatch.context() as broken:
        fitting = drafts.fitting
        broken.setattr(
            drafts, "fitting", lambda run, now, may_grow: fitting(run[::2], now, may_grow=may_grow)
        )
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


def _frozen(stage: Stage) -> Any:
    (found,) = [one.frozen for one in stage.lane.sends.values() if one.state == "frozen"]
    return found


@pytest.mark.parametrize(
    ("calls", "waited_s", "stopped", "tries"),
    [(1, 1, "unknown", 1), (2, 39, "awaiting_receipt", 0), (2, 40, "unknown", 1)],
)
def test_a_failed_receipt_is_believed_once_no_other_call_may_have_arrived(
    stage: Stage, calls: int, waited_s: float, stopped: str, tries: int
) -> None:
    """That the only call failed is known at once; of two, the other one may still have arrived until its
    receipt is late.
    """
    stage.answer(1, "uno")
    stage.graph.refuses = [UNCERTAIN] * calls
    stage.release()
    for _ in range(calls - 1):
        stage.release(20.5)
    send = _frozen(stage)
    stage.lane.not_before = None
    stage.receipts[send.id] = {"failed": {"wamid": "wamid.1", "code": 999999, "detail": "no"}}
    stage.now = send.called_at
    assert (stage.release(waited_s), stage.lane.replies[1].tries) == (stopped, tries)
    assert stage.lane.sends[send.id].frozen.error == ("no" if tries else None)


def test_a_receipt_is_late_at_its_moment(stage: Stage) -> None:
    """Twenty seconds after the call it is made again, and not a moment before."""
    stage.answer(1, "uno")
    stage.graph.refuses = [UNCERTAIN]
    stage.release()
    stage.lane.not_before = None
    stage.now = _frozen(stage).called_at + timedelta(seconds=20)
    assert (stage.release(), stage.graph.sent) == (None, ["uno"])


def test_a_send_of_which_eight_calls_told_nothing_waits_for_a_person(stage: Stage) -> None:
    """The ninth is not made; one whose last call was certainly refused goes on."""
    stage.answer(1, "uno")
    stage.graph.refuses = [UNCERTAIN] * 8
    stopped = stage.release()
    while stage.lane.not_before and not stage.lane.held:
        stage.now = stage.lane.not_before
        stage.lane.not_before = None
        stopped = stage.release()
    assert (stopped, stage.sends()[1:], stage.lane.held) == ("never_certain", [("frozen", 8)], True)
    stage.lane.held = False
    stage.release(3600)
    assert stage.graph.sent == ["uno"]


@pytest.mark.parametrize(("waited_s", "sent"), [(179.999, []), (180, ["dos"])])
def test_a_gap_is_passed_at_its_moment(stage: Stage, waited_s: float, sent: list[str]) -> None:
    """Three minutes after the first reply behind it was ready; what is void behind it waits with it."""
    stage.answer(2, "dos")
    stage.answer(3, None)
    stage.release(waited_s)
    assert stage.graph.sent == sent


@pytest.mark.parametrize(
    ("address", "sent"),
    [(Address(None, "PE.1"), 1), (Address("51900000001", None), 1), (Address(None, None), 0)],
)
def test_one_address_is_enough(stage: Stage, address: Address, sent: int) -> None:
    """A phone or an id of WhatsApp's; without either the reply can never be sent."""
    stage.answer(1, "uno")
    stage.lane.address = address
    stage.release()
    assert len(stage.graph.sent) == sent
    assert stage.lane.replies[1].state == ("sent" if sent else "undeliverable")


def test_what_has_come_meanwhile_is_gathered(stage: Stage) -> None:
    """While a later number is being worked on the lane waits a little for it; for its own number it does
    not.
    """
    stage.lanes = replace(stage.lanes, gather_s=4)
    view, began = stage.outbox.view, stage.now
    working = 1
    stage.outbox.view = lambda lease: (found := view(lease)) and replace(found, working=working)
    stage.answer(1, "uno")
    stage.release()
    assert stage.now == began
    stage.passes(60)
    stage.answer(2, "dos")
    working = 3
    stage.release()
    assert (stage.now - began).total_seconds() == pytest.approx(64, abs=0.3)
    assert stage.graph.sent == ["uno", "dos"]


def test_a_number_that_others_overtook_is_waited_for(stage: Stage) -> None:
    """A reply that is ready behind a number without one shows that this is on its way: the lane gathers as if
    it were worked on, and no longer.
    """
    stage.lanes = replace(stage.lanes, gather_s=4)
    stage.passes(60)
    began = stage.now
    stage.answer(1, "uno")
    stage.answer(3, "tres")
    stage.release()
    assert (stage.now - began).total_seconds() == pytest.approx(4, abs=0.3)
    assert stage.graph.sent == ["uno"]
    stage.answer(2, "dos")
    stage.release()
    assert stage.graph.sent == ["uno", "*1 de 2 · Mensaje*\ndos\n\n*2 de 2 · Mensaje*\ntres"]


@pytest.mark.parametrize(("long", "left"), [(10, [4, 10]), (2000, [0, 6, 12, 18])])
def test_a_burst_is_answered_by_a_message_in_six_seconds_and_the_rest_at_its_end(
    stage: Stage, long: int, left: list[int]
) -> None:
    """While later numbers are being worked on no message follows another sooner than one user takes them, be
    it full or not; once nothing is, all that is ready leaves at once.
    """
    stage.lanes, working, sent = replace(stage.lanes, gather_s=4), 99, list[datetime]()
    view = stage.outbox.view
    stage.outbox.view = lambda lease: (found := view(lease)) and replace(found, working=working)
    stage.graph.look = lambda: sent.append(stage.now)
    stage.passes(60)
    began = stage.now
    for pair in ((1, 2), (3, 4)):
        for seq in pair:
            stage.answer(seq, f"{seq}" * long)
        stage.release()
    working = None
    for seq in (5, 6, 7):
        stage.answer(seq, f"{seq}" * 2000)
    stage.release()
    assert [round((one - began).total_seconds()) for one in sent] == [*left, *left[-1:] * 3]


def test_no_task_is_held_for_as_long_as_a_burst_lasts(stage: Stage) -> None:
    """A release that gathered for a lease's time lets go, and a wake-up goes on where no reading does."""
    stage.lanes = replace(stage.lanes, gather_s=4)
    view = stage.outbox.view
    stage.outbox.view = lambda lease: (found := view(lease)) and replace(found, working=99)
    began = stage.now
    for seq in range(1, 14):
        stage.answer(seq, f"{seq}" * 2000)
    assert stage.release() == "gathering"
    sent = len(stage.graph.sent)
    assert (stage.now - began).total_seconds() <= stage.lanes.lease_s
    (woken,) = stage.queue.pushed
    assert stage.release(after_s=6) == "gathering"
    assert 0 < sent < len(stage.graph.sent) < 13
    assert isinstance(woken, LaneTask)


def test_replies_before_a_file_are_not_kept_for_more(stage: Stage) -> None:
    """A run that ends at a message of its own grows no further, whoever works on later numbers."""
    stage.lanes, began = replace(stage.lanes, gather_s=5), stage.now
    stage.answer(1, "uno")
    stage.answer(2, "dos")
    stage.lane.replies[2].tries = 2
    stage.lane.replies[2].file = Enclosed("gs://b/x", "x.pdf", "application/pdf")
    view = stage.outbox.view
    stage.outbox.view = lambda lease: (found := view(lease)) and replace(found, working=3)
    stage.lanes.release(stage.tenant.id, stage.tenant.user_id)
    assert (stage.now, stage.graph.sent[0]) == (began, "uno")


def test_a_reply_that_was_refused_twice_takes_no_other_down(stage: Stage) -> None:
    """It leaves alone, and without its quote."""
    stage.answer(1, "uno")
    stage.answer(2, "dos")
    stage.lane.replies[1].tries = 2
    stage.release()
    assert stage.graph.sent == ["uno", "dos"]


@pytest.mark.parametrize(
    ("code", "result", "told", "wakes"),
    [
        (131026, "undeliverable", [("ERROR", "send_failed")], 0),
        (190, "again", [("WARNING", "send_failed"), ("ERROR", "sending_blocked")], 1),
        (131016, "again", [("WARNING", "send_failed")], 1),
    ],
)
def test_a_failed_status_alerts_by_what_it_means(
    stage: Stage, caplog: pytest.LogCaptureFixture, code: int, result: str, told: list[Any], wakes: int
) -> None:
    """An answer that never arrives and a blocked account are errors; what is tried again wakes the lane."""
    stage.answer(1, "uno")
    stage.release()
    send = list(stage.lane.sends.values())[-1]
    caplog.clear()
    task = StatusTask(stage.tenant.id, stage.tenant.user_id, send.frozen.id, send.sent_wamid or "", code)
    assert stage.lanes.failed(task) == result
    assert [(one.levelname, one.message) for one in caplog.records] == told
    assert len(stage.queue.pushed) == wakes


@pytest.mark.parametrize(
    ("status", "wamid", "result", "state"),
    [
        ("delivered", "wamid.first", "arrived", "sent"),
        ("read", "wamid.first", "arrived", "sent"),
        ("sent", "wamid.first", "again", "ready"),
        ("delivered", None, "again", "ready"),
    ],
)
def test_a_failed_call_is_not_made_up_for_where_another_one_arrived(
    stage: Stage, status: str, wamid: str | None, result: str, state: str
) -> None:
    """Of a send that was called twice one call fails by a status: the reply leaves again unless the other
    call is known to have reached the phone.
    """
    stage.answer(1, "uno")
    stage.graph.refuses = [UNCERTAIN]
    stage.release()
    stage.release(20.5)
    send = list(stage.lane.sends.values())[-1]
    failed = send.sent_wamid
    stage.receipts[send.frozen.id] = {status: {"wamid": wamid or failed}, "failed": {"wamid": failed}}
    task = StatusTask(stage.tenant.id, stage.tenant.user_id, send.frozen.id, failed, 131016)
    assert (stage.lanes.failed(task), stage.lane.replies[1].state) == (result, state)


def test_a_release_counts_what_it_did(stage: Stage) -> None:
    """How long the papers of a send had waited, from their arrival on, and none of a later send; texts do not
    count.
    """
    stage.answer(1, "uno")
    assert stage.lanes.release(stage.tenant.id, stage.tenant.user_id).fields() == {"sent": 1, "released": 1}
    stage.answer(2, "dos")
    stage.answer(3, "tres")
    stage.lane.replies[2].tries = 2
    view = stage.outbox.view
    arrived = {2: stage.now - timedelta(seconds=2), 3: stage.now - timedelta(seconds=9)}

    def seen(lease: Any) -> Any:
        found = view(lease)
        assert found is not None
        return replace(found, replies=tuple(replace(r, received_at=arrived[r.seq]) for r in found.replies))

    stage.outbox.view = seen
    stage.graph.look = lambda: arrived.update({3: stage.now - timedelta(seconds=1)})
    assert 2000 <= stage.lanes.release(stage.tenant.id, stage.tenant.user_id).answer_ms < 2900


def test_synthetic_traffic_is_told_apart(stage: Stage) -> None:
    """A release to the address of synthetic traffic says so in its log line, and no other does."""
    found = []
    for address in (stage.lane.address, synthetic.ADDRESS):
        stage.lane.address = address
        found.append(stage.lanes.release(stage.tenant.id, stage.tenant.user_id).synthetic)
    assert found == [False, True]


def test_a_reply_that_changed_since_it_was_seen_is_looked_at_again(stage: Stage) -> None:
    """The release goes on with a new view; it has not lost its lane."""
    stage.answer(1, "uno")
    answers: list[Any] = ["changed"]
    freeze = stage.outbox.freeze
    stage.outbox.freeze = lambda *a, **k: answers.pop() if answers else freeze(*a, **k)
    assert stage.release() is None
    assert stage.graph.sent == ["uno"]


def test_a_paced_lane_says_so(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """A send refused as one too many to this user (131056) paces the lane: the reply stays."""
    stage.answer(1, "uno")
    stage.graph.refuses = [GraphError(131056, 400, "too often")]
    assert stage.release() == "pair_limit"
    stage.now = stage.lane.not_before
    assert stage.release() == "paced"
    assert (stage.graph.sent, stage.lane.replies[1].tries) == (["uno"], 0)
