"""Messages, misfortunes, crashes at any step, several holders and time passing, in any order, against what
must come of them.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from functions.whatsapp import tasks
from infra.local import faults
from infra.local.simulator import read
from tests.chaos.world import World
from tests.conftest import Database
from tests.scale import draws

pytestmark = pytest.mark.contract

LABELS = [*faults.labels("webhook"), *faults.labels("worker")]
MISFORTUNES = ["lost", "echo", "throttle", "failed", "stall", "window", "gone"]
"""What Graph may do to a send, by `Meta`; of these lost, echo and stall leave us not knowing, once each."""


class Passes(logging.Handler):
    """The lanes that were passed, as an operator is told: (user, from, to)."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, int, int]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "lane_passed":
            fields: dict[str, Any] = record.__dict__["fields"]
            self.seen.append((fields["user"], fields["from"], fields["to"]))


class AnyOrder(RuleBasedStateMachine):
    def __init__(self, database: Database, home: Path) -> None:
        super().__init__()
        self.world = World(database, home)
        self.world.meta.stalled = self.stalled
        self.phones = [f"519{uuid4().int % 10**8:08}" for _ in range(2)]
        self.number = 1000
        self.unknown = self.gone = 0
        self.passes = Passes()
        logging.getLogger("cuadra").addHandler(self.passes)

    def stalled(self) -> None:
        """A holder's call takes longer than its lease: another one takes the lane meanwhile."""
        self.world.later(76)
        for tenant, user in self.world.sql(
            "select tenant_id, user_id from messaging.lanes where tenant_id = any(:mine)"
        ):
            self.world.worker.lanes.release(tenant, user)

    # what can happen

    @rule(
        who=st.integers(0, 1),
        what=st.lists(st.sampled_from(["text", "file", "same", "unwell"]), min_size=1, max_size=3),
    )
    def says(self, who: int, what: list[str]) -> None:
        messages: list[dict[str, Any]] = []
        for one in what:
            self.number += one != "same"
            file = f"%PDF {self.number}".encode()
            messages.append(
                {"text": f"texto {self.number}"}
                if one == "text"
                else {"file": file, "unwell": 3 * (one == "unwell")}
            )
        self.world.says(self.phones[who], *messages)

    @rule(how=st.sampled_from(MISFORTUNES))
    def misfortune(self, how: str) -> None:
        self.world.meta.faults.append(("", how))
        self.unknown += how in {"lost", "echo", "stall"}
        self.gone += how == "gone"

    @rule(label=st.sampled_from(LABELS))
    def crash_at(self, label: str) -> None:
        self.world.crashes_at = [label]

    @rule(queue=st.booleans(), store=st.booleans())
    def outage(self, *, queue: bool, store: bool) -> None:
        self.world.queue.down, self.world.store.down = queue, store

    @rule()
    def deliver(self) -> None:
        self.world.deliver()

    @rule(place=st.integers(0, 30))
    def redeliver(self, place: int) -> None:
        if known := self.world.acknowledged:
            self.world.posts.append(known[place % len(known)])

    @rule(place=st.integers(0, 30))
    def one_task(self, place: int) -> None:
        if waiting := list(self.world.queue.waiting.items()):
            name, (_, body) = waiting[place % len(waiting)]
            if self.world.do(body) == 200:
                del self.world.queue.waiting[name]

    @rule()
    def work(self) -> None:
        self.world.work()

    @rule()
    def sweep(self) -> None:
        self.world.do(tasks.dump(tasks.SweepTask()))

    @rule(seconds=st.sampled_from([1, 6, 21, 31, 76, 200]))
    def later(self, seconds: int) -> None:
        self.world.later(seconds)

    @rule()
    def next_day(self) -> None:
        self.world.later(25 * 3600)

    @rule(told=st.booleans())
    def statuses(self, *, told: bool) -> None:
        self.world.meta.statuses = told

    # what must come of it

    def teardown(self) -> None:
        try:
            self.judge()
        finally:
            logging.getLogger("cuadra").removeHandler(self.passes)
            self.world.close()

    def judge(self) -> None:
        world = self.world
        crashes = len(world.died)
        world.crashes_at, world.meta.faults, world.meta.statuses = [], [], True
        world.queue.down = world.store.down = False
        for phone in self.phones:
            world.says(phone, {"text": "¿y bien?"})  # opens a window that had closed
        world.settle()
        assert world.quiet()
        for phone in self.phones:
            self.judge_phone(phone)
        ((again,),) = world.sql(
            "select coalesce(sum(calls - 1), 0) from messaging.sends where tenant_id = any(:mine)"
        )
        assert world.meta.needless == [], "a receipt is believed"
        # A call that Meta refused for certain is no repetition of anything, and leaves the doubt as it was.
        assert world.repeated() <= again - world.meta.refused_again <= self.unknown + crashes
        assert len(world.blind) <= self.unknown + crashes, "only what left us not knowing may be said twice"
        assert (
            world.sql("select 1 from documents.documents where status = 'working' and tenant_id = any(:mine)")
            == []
        )

    def judge_phone(self, phone: str) -> None:
        world = self.world
        reading = world.reading(phone)
        rows = world.sql(
            "select r.wamid, r.seq, r.state, r.user_id, r.kind from messaging.replies r join auth.users u on "
            "u.id = r.user_id where u.phone = :phone and wamid is not null",
            phone=phone,
        )
        assert sorted(seq for _, seq, _, _, _ in rows) == list(range(1, len(reading.questions) + 1)), (
            "gapless numbers, one a message"
        )
        sends = world.sql(
            "select user_id, members from messaging.sends where state = 'undeliverable' and error_code = "
            "131026 and tenant_id = any(:mine)"
        )
        assert len(sends) <= self.gone, "nothing is given up that Meta did not refuse"
        # A first text has the welcome.
        answered_by = [(wamid, user, 0 if state == "void" else seq) for wamid, seq, state, user, _ in rows]
        silenced = {wamid for wamid, _, state, _, kind in rows if state == "void" and kind}
        refused = {
            wamid
            for wamid, user, seq in answered_by
            if any(user == theirs and seq in members for theirs, members in sends)
        }
        assert {one["wamid"] for one in reading.missing} <= refused | silenced, (
            "nothing is lost but what is silenced for being the same once more"
        )
        blind = world.sql(
            "select user_id, members from messaging.sends where id = any(:blind)",
            blind=[one.rpartition(":")[2] for one in world.blind],
        )
        unheard = {
            wamid
            for wamid, user, seq in answered_by
            if any(user == theirs and seq in members for theirs, members in blind)
        }
        assert {one["wamid"] for one in reading.repeated} <= unheard, (
            "nothing is answered by two sends, but for what failed before we could hear that it had arrived"
        )
        assert reading.strays == ()
        passed = {
            seq
            for user, start, end in self.passes.seen
            for _, seq, _, mine, _ in rows
            if str(mine) == user and start <= seq < end
        }
        failed = "".join(one["text"] for one in world.meta.out if one["failed"])
        numbers = {wamid: seq for wamid, seq, _, _, _ in rows}
        free = passed | {
            numbers[one["wamid"]]
            for one in reading.questions
            if any(part in failed for part in reading.answers.get(one["wamid"], []))
        }
        order = [numbers[reading.questions[place]["wamid"]] for place in reading.order]
        strict = [seq for seq in order if seq not in free]
        assert strict == sorted(strict), "in order"


@pytest.mark.long
@pytest.mark.slow("each draw is a life of many days")
def test_any_order_of_everything_keeps_the_promises(database: Database) -> None:
    """Whatever happens in whatever order: every message is answered once, in order, but for what Meta
    refused, failed or left unknown.
    """
    with tempfile.TemporaryDirectory() as home:
        run_state_machine_as_test(
            lambda: AnyOrder(database, Path(home)),
            settings=settings(
                max_examples=draws(10, 100),
                stateful_step_count=25,
                deadline=None,
                print_blob=True,
                suppress_health_check=[
                    HealthCheck.too_slow,
                    HealthCheck.data_too_large,
                    HealthCheck.filter_too_much,
                ],
            ),
        )


def test_reading_without_repetitions_is_what_the_machine_judges() -> None:
    """The judge's own ruler: two sends with one answer are seen as a repetition."""
    asked = {"direction": "in", "kind": "text", "wamid": "a", "text": "x", "failed": None}
    told = [
        {"direction": "out", "kind": "text", "wamid": name, "text": "y", "quoted": "a", "failed": None}
        for name in "bc"
    ]
    assert [one["wamid"] for one in read([asked, *told]).repeated] == ["a"]
