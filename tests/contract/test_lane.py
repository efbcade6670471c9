"""Ordered release on the real Postgres, with a scripted Graph."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, text

from functions.errors import Gone, Unwell
from functions.whatsapp import tasks
from functions.whatsapp.client import Action, GraphError
from functions.whatsapp.helpers import duplicates_notice
from functions.whatsapp.lane import Lanes
from functions.whatsapp.ledger import Chosen, Claim, Frozen, Lease, Refusal
from functions.whatsapp.model import XLSX, Address, Choice, Enclosed, Mime, Offer, Tenant
from functions.whatsapp.ports import MediaStore
from functions.whatsapp.tasks import LaneTask, MessageTask, StatusTask
from infra.database import tenant_transaction
from infra.ops import story
from infra.ops.desk import Desk
from infra.outbox import PostgresOutbox
from infra.records import PostgresRecords
from tests.builders import a_task, a_tenant, an_extraction, an_invoice
from tests.conftest import Database

pytestmark = pytest.mark.contract


@dataclass
class Graph:
    """Accepts everything but what its scripts say: an error to raise, by call; keeps (address, text, quote),
    the opaques, uploads and documents.
    """

    script: list[GraphError | None] = field(default_factory=list)
    uploads: list[GraphError | None] = field(default_factory=list)
    sent: list[tuple[Address, str, str | None]] = field(default_factory=list)
    opaque: list[str | None] = field(default_factory=list)
    uploaded: list[tuple[bytes, str, str]] = field(default_factory=list)
    documents: list[Enclosed] = field(default_factory=list)
    offers: list[Offer | None] = field(default_factory=list)
    calls: int = 0

    def send_text(
        self,
        address: Address,
        text: str,
        *,
        quote: str | None = None,
        opaque: str | None = None,
        offer: Offer | None = None,
    ) -> str:
        self.calls += 1
        error = self.script.pop(0) if self.script else None
        self.opaque.append(opaque)
        self.offers.append(offer)
        if error:
            raise error
        self.sent.append((address, text, quote))
        return f"wamid.out{self.calls}"

    def send_document(
        self,
        address: Address,
        file: Enclosed,
        *,
        caption: str,
        quote: str | None = None,
        opaque: str | None = None,
    ) -> str:
        wamid = self.send_text(address, caption, quote=quote, opaque=opaque)
        self.documents.append(file)
        return wamid

    def upload(self, data: bytes, name: str, mime: Mime) -> str:
        if error := self.uploads.pop(0) if self.uploads else None:
            raise error
        self.uploaded.append((data, name, mime))
        return f"media{len(self.uploaded)}"

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _ in self.sent]


@dataclass
class Queue:
    pushed: list[tasks.Task] = field(default_factory=list)

    def push(self, name: str, body: bytes, *, at: datetime | None = None) -> None:
        self.pushed.append(tasks.load(body))


@dataclass
class Store:
    """Files by their address; `down` is what every call raises."""

    objects: dict[str, bytes] = field(default_factory=dict)
    down: Exception | None = None

    def load(self, uri: str, *, timeout: float) -> bytes:
        if self.down:
            raise self.down
        return self.objects[uri]


@dataclass
class Stage:
    """One tenant's lane with everything around it."""

    postgres: Database
    tenant: Tenant
    graph: Graph
    queue: Queue
    store: Store
    receipts: dict[UUID, dict[str, object]]
    records: PostgresRecords
    lanes: Lanes

    def message(self, seq: int, kind: str = "text", **changes: object) -> MessageTask:
        task = a_task(self.tenant, seq, kind, **changes)
        self.records.open(task, "¡Hola!")
        return task

    def answer(self, seq: int, body: str | None, offer: Offer | None = None) -> None:
        self.records.answer(self.message(seq), body, offer=offer)

    def tap(self, seq: int, choice: str, **changes: Any) -> Chosen | None:
        """What number `seq`, a tap, stands for."""
        task = self.message(seq, "choice")
        return self.records.choose(replace(task, message=replace(task.message, choice=choice), **changes))

    def file(self, seq: int, caption: str) -> MessageTask:
        task = self.message(seq)
        file = Enclosed(f"gs://b/{seq}", f"compras-{seq}.xlsx", XLSX)
        self.store.objects[file.uri] = f"xlsx {seq}".encode()
        self.records.answer(task, caption, file=file)
        return task

    def document(self, seq: int, body: str, number: str, **changes: object) -> MessageTask:
        task = self.message(seq, "document")
        claim = self.records.claim(task, 60)
        assert isinstance(claim, Claim)
        assert self.records.finish(
            claim,
            task,
            title=f"F001-{number}",
            body=body,
            extraction=an_extraction(an_invoice(number), **changes),
            failure=None,
        )
        return task

    def release(self) -> dict[str, object]:
        return self.lanes.release(self.tenant.id, self.tenant.user_id).fields()

    def sql(self, query: str, **values: object) -> list[tuple[object, ...]]:
        with self.postgres.admin.begin() as connection:
            result = connection.execute(text(query), {"u": self.tenant.user_id} | values)
            return [tuple(row) for row in result] if result.returns_rows else []

    def replies(self) -> list[tuple[object, ...]]:
        return self.sql("select seq, state from messaging.replies where user_id = :u order by seq")


@pytest.fixture
def stage(postgres: Database) -> Stage:
    graph, queue, store, receipts = Graph(), Queue(), Store(), dict[UUID, dict[str, object]]()
    lanes = Lanes(
        PostgresOutbox(postgres.app),
        graph,
        receipts.get,
        queue,
        cast("MediaStore", store),
        lease_s=30,
        gather_s=0.6,
        patience_s=180,
        receipt_wait_s=20,
    )
    return Stage(postgres, a_tenant(), graph, queue, store, receipts, PostgresRecords(postgres.app), lanes)


@pytest.fixture
def welcomed(stage: Stage) -> Stage:
    """A lane whose welcome was sent."""
    stage.message(1)
    stage.release()
    stage.graph.sent.clear()
    return stage


def test_the_welcome_leaves_first_and_alone(stage: Stage) -> None:
    """The welcome is number 0: its own message, before the first answer, quoting nothing."""
    task = stage.message(1)
    stage.records.answer(task, "uno")
    told = {name: count for name, count in stage.release().items() if name != "graph_ms"}
    assert told == {"sent": 2, "released": 2}
    assert stage.graph.sent == [
        (stage.tenant.address, "¡Hola!", None),
        (stage.tenant.address, "uno", task.message.wamid),
    ]


def test_replies_wait_for_those_before_them(welcomed: Stage) -> None:
    """A reply that is ready early leaves only after the earlier numbers, and then all leave as one numbered
    message.
    """
    welcomed.answer(3, "tres")
    welcomed.answer(2, "dos")
    welcomed.release()
    assert welcomed.graph.sent == []
    welcomed.answer(1, "uno")
    welcomed.release()
    assert len(welcomed.graph.sent) == 1
    combined = welcomed.graph.texts[0]
    assert combined.index("uno") < combined.index("dos") < combined.index("tres")
    assert [state for _, state in welcomed.replies()] == ["sent"] * 4


def test_void_numbers_are_passed_over(welcomed: Stage) -> None:
    """A number that has nothing to say does not stop the next ones."""
    welcomed.answer(1, None)
    welcomed.answer(2, "dos")
    welcomed.release()
    assert welcomed.graph.texts == ["dos"]


def test_a_lone_reply_quotes_its_message_and_never_waits(welcomed: Stage) -> None:
    """With nothing else being worked on, a reply leaves at once."""
    task = welcomed.message(1)
    welcomed.records.answer(task, "uno")
    started = time.monotonic()
    welcomed.release()
    assert time.monotonic() - started < 0.5
    assert welcomed.graph.sent == [(welcomed.tenant.address, "uno", task.message.wamid)]


def test_a_release_gathers_while_more_is_being_worked_on(welcomed: Stage) -> None:
    """While a later document is being read, a release waits a little and sends both as one message."""
    welcomed.answer(1, "uno")
    task = welcomed.message(2, "document")
    claim = welcomed.records.claim(task, 60)
    assert isinstance(claim, Claim)

    def finish_soon() -> None:
        time.sleep(0.25)
        welcomed.records.finish(
            claim, task, title="F001-9", body="dos", extraction=an_extraction(), failure=None
        )

    thread = threading.Thread(target=finish_soon)
    thread.start()
    welcomed.release()
    thread.join()
    assert len(welcomed.graph.texts) == 1
    assert "dos" in welcomed.graph.texts[0]


def test_a_combined_message_quotes_its_first_file(welcomed: Stage) -> None:
    """Its sender sees by the picture which files it begins with; where no file is among what it answers,
    nothing is quoted.
    """
    welcomed.answer(1, "uno")
    (file,) = [welcomed.document(2, "dos", "9"), welcomed.document(3, "tres", "10")][:1]
    welcomed.release()
    welcomed.answer(4, "cuatro")
    welcomed.answer(5, "cinco")
    welcomed.release()
    assert [quote for _, _, quote in welcomed.graph.sent] == [file.message.wamid, None]


def test_gathering_ends(welcomed: Stage) -> None:
    """A document that takes long does not hold the earlier answers beyond the gathering time."""
    welcomed.answer(1, "uno")
    assert welcomed.records.claim(welcomed.message(2, "document"), 60)
    welcomed.release()
    assert welcomed.graph.texts == ["uno"]


def test_messages_are_cut_at_whole_replies(welcomed: Stage) -> None:
    """Replies that do not fit 3,000 characters together leave as several messages, none cut."""
    for seq in range(1, 6):
        welcomed.answer(seq, f"{seq}" * 1400)
    welcomed.release()
    assert len(welcomed.graph.texts) == 3
    assert all(len(text) <= 3000 for text in welcomed.graph.texts)
    assert all(f"{seq}" * 1400 in "".join(welcomed.graph.texts) for seq in range(1, 6))


def test_many_releases_at_once_send_each_reply_once_in_order(stage: Stage) -> None:
    """Twenty-four workers that finish and release at the same time send every reply once, in order."""
    numbers = list(range(1, 25))

    def work(seq: int) -> None:
        stage.answer(seq, f"<{seq}>")
        stage.release()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, reversed(numbers)))
    everything = "".join(stage.graph.texts)
    positions = [everything.index(f"<{seq}>") for seq in numbers]
    assert positions == sorted(positions)
    assert [everything.count(f"<{seq}>") for seq in numbers] == [1] * len(numbers)
    assert {state for _, state in stage.replies()} == {"sent"}


def test_a_duplicate_is_told_with_its_first_date(welcomed: Stage) -> None:
    """The same invoice in a later message is answered, told, and its row marked; the first one is never
    accused.
    """
    first = welcomed.document(1, "primero", "77")
    welcomed.release()
    second = welcomed.document(2, "segundo", "77")
    welcomed.release()
    assert welcomed.graph.texts[0] == "primero"
    assert welcomed.graph.texts[1].startswith("segundo\n\n")
    assert len(welcomed.graph.texts[1]) > len("segundo\n\n")
    marked = welcomed.sql(
        "select wamid, duplicate_of is not null from documents.documents where user_id = :u order by seq"
    )
    assert marked == [(first.message.wamid, False), (second.message.wamid, True)]


def test_a_file_that_brings_a_new_invoice_too_is_no_copy(welcomed: Stage) -> None:
    """Of two invoices in one file only the one that came before is told as such, and the file is not marked;
    a file is not told of itself.
    """
    welcomed.document(1, "primero", "77")
    welcomed.release()
    for seq, body, numbers in ((2, "segundo", ("77", "78")), (3, "tercero", ("79", "80", "79"))):
        task = welcomed.message(seq, "document")
        claim = welcomed.records.claim(task, 60)
        assert isinstance(claim, Claim)
        read = an_extraction(*(an_invoice(number) for number in numbers))
        assert welcomed.records.finish(claim, task, title="dos", body=body, extraction=read, failure=None)
        welcomed.release()
    assert "F001-77" in welcomed.graph.texts[1]
    assert "F001-78" not in welcomed.graph.texts[1]
    assert welcomed.graph.texts[2] == "tercero"
    assert (
        welcomed.sql("select 1 from documents.documents where user_id = :u and duplicate_of is not null")
        == []
    )


def test_a_duplicate_within_one_message_is_told_too(welcomed: Stage) -> None:
    """Two copies that leave in one combined message: the second one says so, whichever was read first."""
    welcomed.document(2, "segundo", "78")
    welcomed.document(1, "primero", "78")
    welcomed.release()
    (combined,) = welcomed.graph.texts
    between = combined[combined.index("primero") + len("primero") : combined.index("segundo")]
    assert "F001-78" in combined[combined.index("segundo") :]
    assert "ya me" not in between
    assert welcomed.sql(
        "select seq from documents.documents where user_id = :u and duplicate_of is not null"
    ) == [(2,)]


def test_an_uncertain_send_waits_for_a_receipt_and_is_called_again_without_one(welcomed: Stage) -> None:
    """After a timeout the same text is not sent again before the receipt's time is over; then exactly it
    is.
    """
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(131000, 500, "x")]
    assert welcomed.release()["lane"] == "awaiting_receipt"
    assert [type(task) for task in welcomed.queue.pushed] == [LaneTask]
    welcomed.answer(2, "dos")
    welcomed.release()
    assert welcomed.graph.sent == []
    welcomed.sql(
        "update messaging.sends set called_at = called_at - interval '25 seconds' where user_id = :u"
    )
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.release()
    assert welcomed.graph.texts == ["uno", "dos"]
    assert welcomed.graph.opaque[1] == welcomed.graph.opaque[2] != welcomed.graph.opaque[3]


def test_a_receipt_ends_the_uncertainty(welcomed: Stage) -> None:
    """When Meta's status shows that the uncertain send went out, it is not called again."""
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(None, None, "timeout")]
    welcomed.release()
    ((send,),) = welcomed.sql("select id from messaging.sends where user_id = :u and state = 'frozen'")
    assert isinstance(send, UUID)
    welcomed.receipts[send] = {"sent": {"at": datetime.now(UTC), "wamid": "wamid.real"}}
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.release()
    assert welcomed.graph.sent == []
    assert welcomed.sql("select state, sent_wamid from messaging.sends where id = :s", s=send) == [
        ("sent", "wamid.real")
    ]


def test_a_crash_between_freeze_and_call_is_resolved_by_the_next_holder(welcomed: Stage) -> None:
    """A send frozen by a worker that died is neither forgotten nor sent before its receipt had time."""
    task = welcomed.message(1)
    welcomed.records.answer(task, "uno")
    outbox = welcomed.lanes.outbox
    lease = outbox.lease(welcomed.tenant.id, welcomed.tenant.user_id, -1)
    assert lease
    assert isinstance(outbox.freeze(lease, [1], "uno", task.message.wamid, {}, -1, version=1), Frozen)
    assert welcomed.release()["lane"] == "awaiting_receipt"
    welcomed.sql(
        "update messaging.sends set called_at = called_at - interval '25 seconds' where user_id = :u"
    )
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.release()
    assert welcomed.graph.sent == [(welcomed.tenant.address, "uno", task.message.wamid)]


def test_a_holder_that_lost_its_lease_sends_nothing(welcomed: Stage) -> None:
    """A frozen lane belongs to its token: the old holder can neither freeze nor call again."""
    welcomed.answer(1, "uno")
    outbox = welcomed.lanes.outbox
    old = outbox.lease(welcomed.tenant.id, welcomed.tenant.user_id, -1)
    new = outbox.lease(welcomed.tenant.id, welcomed.tenant.user_id, 30)
    assert old
    assert new
    assert outbox.view(old) is None
    assert outbox.freeze(old, [1], "uno", None, {}, 30, version=1) == "lost"
    assert welcomed.sql("select count(*) from messaging.sends where user_id = :u and text = 'uno'") == [(0,)]


@pytest.mark.parametrize(("code", "seconds"), [(131056, 4), (130429, 5), (4, 5), (131016, 5)])
def test_throttling_puts_the_lane_off_and_wakes_it(welcomed: Stage, code: int, seconds: int) -> None:
    """A refusal for now keeps the reply, sets the lane's time and a task for that moment, and is a new send
    afterwards.
    """
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(code, 400, "slow down")]
    before = datetime.now(UTC)
    welcomed.release()
    (wake,) = welcomed.queue.pushed
    assert isinstance(wake, LaneTask)
    assert timedelta(seconds=seconds - 0.5) < wake.not_before - before < timedelta(seconds=seconds + 2)
    assert welcomed.release() == {"lane": "busy"}
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.release()
    assert welcomed.graph.texts == ["uno"]
    assert welcomed.graph.opaque[1] != welcomed.graph.opaque[2]


def test_an_expired_token_holds_replies_and_never_finishes_them(
    welcomed: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """What an operator must fix keeps every reply, is an error line, and goes on when it is fixed."""
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(190, 401, "expired")]
    welcomed.release()
    assert ("ERROR", "sending_blocked") in [(record.levelname, record.message) for record in caplog.records]
    assert welcomed.replies()[1] == (1, "ready")
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.release()
    assert welcomed.graph.texts == ["uno"]


def test_what_can_never_be_delivered_does_not_stop_the_lane(welcomed: Stage) -> None:
    """A recipient that cannot be reached ends as undeliverable and the next reply leaves."""
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(131026, 400, "undeliverable")]
    welcomed.release()
    welcomed.answer(2, "dos")
    welcomed.release()
    assert welcomed.graph.texts == ["dos"]
    assert welcomed.replies() == [(0, "sent"), (1, "undeliverable"), (2, "sent")]


def test_past_the_24_hours_replies_lead_the_next_conversation(welcomed: Stage) -> None:
    """Once the window is closed nothing is called; the user's next message sends what was held, first."""
    welcomed.answer(1, "uno")
    welcomed.sql("update auth.users set last_inbound_at = now() - interval '25 hours' where id = :u")
    assert welcomed.release()["lane"] == "window_closed"
    assert welcomed.graph.calls == 1
    welcomed.answer(2, "dos")
    welcomed.release()
    (combined,) = welcomed.graph.texts
    assert combined.index("uno") < combined.index("dos")


def test_meta_may_close_the_window_first(welcomed: Stage) -> None:
    """Error 131047 holds the replies until the user writes."""
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(131047, 400, "re-engage")]
    assert welcomed.release()["lane"] == "window_closed"
    assert welcomed.release() == {"lane": "busy"}
    welcomed.answer(2, "dos")
    welcomed.release()
    assert "uno" in welcomed.graph.texts[0]


def test_a_user_without_address_is_undeliverable(welcomed: Stage) -> None:
    """Nobody to write to ends the reply, without a call."""
    welcomed.answer(1, "uno")
    welcomed.records.move(replace(welcomed.tenant, address=Address(None, None), version=9))
    welcomed.release()
    assert welcomed.replies()[1] == (1, "undeliverable")
    assert welcomed.graph.sent == []


def test_each_send_uses_the_address_of_the_moment(welcomed: Stage) -> None:
    """An address that moved meanwhile is the one that is written to."""
    welcomed.answer(1, "uno")
    welcomed.records.move(replace(welcomed.tenant, address=Address(None, "PE.77"), version=9))
    welcomed.release()
    assert welcomed.graph.sent[0][0] == Address(None, "PE.77")


def test_a_gap_is_passed_after_patience_and_its_late_reply_leaves_quoting(welcomed: Stage) -> None:
    """A number that does not come stops the lane for its patience, no longer; when it comes after all it is
    answered at once, alone.
    """
    late = welcomed.message(1)
    welcomed.answer(2, "dos")
    welcomed.release()
    assert welcomed.graph.sent == []
    welcomed.sql(
        "update messaging.replies set ready_at = ready_at - interval '200 seconds' where user_id = :u and "
        "state = 'ready'"
    )
    assert welcomed.release()["passed"] == 1
    assert welcomed.graph.texts == ["dos"]
    welcomed.records.answer(late, "uno")
    welcomed.release()
    assert welcomed.graph.sent[1] == (welcomed.tenant.address, "uno", late.message.wamid)


@pytest.mark.parametrize("code", [190, 131042, 131047, 131056, 130429])
def test_what_is_not_the_replys_fault_never_ends_it(
    welcomed: Stage, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    """An unpaid account, an expired token, a closed window or a throttle, told by status after status, keeps
    the reply; ours to mend is an error line.
    """
    welcomed.answer(1, "uno")
    for _ in range(7):
        welcomed.sql("update messaging.lanes set not_before = null, held = false where user_id = :u")
        welcomed.release()
        assert welcomed.lanes.failed(_status(welcomed, code)) == "again"
    assert welcomed.replies()[1] == (1, "ready")
    blocked = ("ERROR", "sending_blocked") in [
        (record.levelname, record.message) for record in caplog.records
    ]
    assert blocked is (code in {190, 131042})


def test_a_failed_status_wakes_its_lane(welcomed: Stage) -> None:
    """A send that Meta reports failed for now is tried again at the lane's own time, by a task for that
    moment.
    """
    welcomed.answer(1, "uno")
    welcomed.release()
    welcomed.queue.pushed.clear()
    welcomed.lanes.failed(_status(welcomed, 130429))
    assert [type(task) for task in welcomed.queue.pushed] == [LaneTask]


def test_refusals_for_now_are_no_failures_of_the_reply(welcomed: Stage) -> None:
    """However often a send was throttled before it was accepted, its first failed status sends it again."""
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(131056, 400, "slow down")] * 6
    for _ in range(7):
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
        welcomed.release()
    assert welcomed.graph.texts == ["uno"]
    assert welcomed.lanes.failed(_status(welcomed, 131016)) == "again"


def test_a_user_written_to_too_often_is_written_to_every_six_seconds(welcomed: Stage) -> None:
    """After Meta's pair limit a lane keeps six seconds between messages for a while, and has a task for each
    of those moments.
    """
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(131056, 400, "slow down")]
    welcomed.release()
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.queue.pushed.clear()
    before = datetime.now(UTC)
    assert welcomed.release()["lane"] == "paced"
    (wake,) = welcomed.queue.pushed
    assert isinstance(wake, LaneTask)
    assert timedelta(seconds=5.5) < wake.not_before - before < timedelta(seconds=8)
    welcomed.answer(2, "dos")
    assert welcomed.release() == {"lane": "busy"}
    welcomed.sql("update messaging.lanes set not_before = null, paced_until = now() where user_id = :u")
    assert "lane" not in welcomed.release()
    assert welcomed.graph.texts == ["uno", "dos"]


def test_a_refusal_nobody_knows_ends_one_reply_at_last_and_no_other(welcomed: Stage) -> None:
    """A reply that Graph refuses by an unknown code is tried for about an hour, alone after a while, and then
    buried; its neighbour leaves.
    """
    welcomed.answer(1, "veneno")
    welcomed.answer(2, "dos")
    tried = 0
    while (1, "ready") in welcomed.replies():
        tried += 1
        welcomed.graph.script = [GraphError(131999, 400, "new")]
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
        welcomed.release()
        assert tried < 20
    assert tried == 12
    welcomed.release()
    assert welcomed.replies() == [(0, "sent"), (1, "undeliverable"), (2, "sent")]
    assert welcomed.graph.texts == ["dos"]


def test_of_two_calls_the_one_that_arrived_counts(welcomed: Stage) -> None:
    """A send that was called twice, of which one call failed and the other is with the user, is not called a
    third time.
    """
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(None, None, "timeout")]
    welcomed.release()
    ((send,),) = welcomed.sql("select id from messaging.sends where user_id = :u and state = 'frozen'")
    assert isinstance(send, UUID)
    now = datetime.now(UTC)
    welcomed.receipts[send] = {
        "failed": {"at": now, "wamid": "wamid.1", "code": 131016},
        "delivered": {"at": now, "wamid": "wamid.2"},
    }
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.release()
    assert welcomed.graph.sent == []
    assert welcomed.sql("select state, sent_wamid from messaging.sends where id = :s", s=send) == [
        ("sent", "wamid.2")
    ]


@pytest.mark.parametrize("code", [100, 131009, 132000])
def test_a_message_that_is_refused_for_what_is_in_it_takes_no_neighbour_down(
    welcomed: Stage, code: int
) -> None:
    """Refused as a whole, its replies go again, at last each alone and without a quote: only the one that is
    at fault is given up.
    """
    for number in (1, 2, 3):
        welcomed.answer(number, f"texto {number}")
    welcomed.graph.script = [
        GraphError(code, 400, "parameter")
    ] * 3  # together twice, then the first one alone
    for _ in range(5):
        welcomed.release()
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    assert welcomed.replies() == [(0, "sent"), (1, "undeliverable"), (2, "sent"), (3, "sent")]
    assert [(body, quote) for _, body, quote in welcomed.graph.sent] == [("texto 2", None), ("texto 3", None)]


def test_notices_of_duplicates_never_push_out_what_stands_before_them(welcomed: Stage) -> None:
    """A long answer whose many invoices came before says how many, in one line, and keeps its own last
    line.
    """
    invoices = tuple(an_invoice(str(n)) for n in range(30))
    body = f"{'x' * 3890}\n\n✅ fin"
    for seq in (1, 2):
        welcomed.document(seq, body, "0", invoices=invoices)
        welcomed.release()
    assert welcomed.graph.texts[-2:] == [body, f"{body}\n\n{duplicates_notice(30)}"]


def test_a_quote_that_is_refused_costs_only_the_quote(welcomed: Stage) -> None:
    """A lone reply that Graph refuses for what is in it leaves without quoting before it is given up."""
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(131009, 400, "context")] * 2
    for _ in range(3):
        welcomed.release()
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    assert welcomed.graph.sent == [(welcomed.tenant.address, "uno", None)]


def _called_twice_without_an_answer(stage: Stage) -> UUID:
    """A send of "uno" whose two calls got no answer, ready to be looked at again."""
    stage.answer(1, "uno")
    for _ in range(2):
        stage.graph.script = [GraphError(None, None, "timeout")]
        stage.release()
        stage.sql("update messaging.lanes set not_before = null where user_id = :u")
        stage.sql(
            "update messaging.sends set called_at = called_at - interval '100 seconds' where user_id = :u"
        )
    ((send, calls),) = stage.sql(
        "select id, calls from messaging.sends where user_id = :u and state = 'frozen'"
    )
    assert isinstance(send, UUID)
    assert calls == 2
    return send


def test_a_failed_status_of_one_call_says_nothing_of_the_other(welcomed: Stage) -> None:
    """While two calls are unanswered, the failure of one makes no new send: the other one arrived."""
    send = _called_twice_without_an_answer(welcomed)
    now = datetime.now(UTC)
    welcomed.receipts[send] = {
        "failed": {"at": now, "wamid": "wamid.1", "code": 131016},
        "delivered": {"at": now, "wamid": "wamid.2"},
    }
    assert (
        welcomed.lanes.failed(
            StatusTask(welcomed.tenant.id, welcomed.tenant.user_id, send, "wamid.1", 131016)
        )
        == "arrived"
    )
    welcomed.release()
    assert welcomed.graph.sent == []
    assert welcomed.sql("select state, sent_wamid from messaging.sends where id = :s", s=send) == [
        ("sent", "wamid.2")
    ]


def test_a_failed_call_waits_for_the_receipt_of_the_other(welcomed: Stage) -> None:
    """When only the failure of one of two calls is known, the other has its time to be told of before the
    reply goes in a new send.
    """
    send = _called_twice_without_an_answer(welcomed)
    welcomed.receipts[send] = {"failed": {"at": datetime.now(UTC), "wamid": "wamid.1", "code": 131016}}
    welcomed.sql("update messaging.sends set called_at = now() where id = :s", s=send)
    assert welcomed.release() == {"lane": "awaiting_receipt"}
    welcomed.sql(
        "update messaging.sends set called_at = now() - interval '100 seconds' where id = :s", s=send
    )
    for _ in range(2):
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
        welcomed.release()
    assert welcomed.graph.texts == ["uno"]
    assert welcomed.sql("select state from messaging.sends where id = :s", s=send) == [("failed",)]


def _looked_at_after_every_wait(stage: Stage, times: int) -> list[object]:
    """Why each of `times` releases stopped, each with all waits over."""
    stopped = []
    for _ in range(times):
        stage.sql("update messaging.lanes set not_before = null where user_id = :u")
        stage.sql(
            "update messaging.sends set called_at = called_at - interval '100 seconds' where user_id = :u"
        )
        stopped.append(stage.release().get("lane"))
    return stopped


def _never_certain(stage: Stage) -> UUID:
    """A send of "uno" whose eight calls came to nothing that anybody knows, and whose lane is held."""
    stage.answer(1, "uno")
    stage.graph.script = [GraphError(131000, 500, "x")] * 8
    assert _looked_at_after_every_wait(stage, 11) == ["awaiting_receipt"] * 8 + [
        "never_certain",
        "busy",
        "busy",
    ]
    ((send, calls),) = stage.sql(
        "select id, calls from messaging.sends where user_id = :u and state = 'frozen'"
    )
    assert isinstance(send, UUID)
    assert calls == 8
    return send


def test_a_send_that_stays_uncertain_holds_its_lane(
    welcomed: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """After eight calls without a certain answer nothing more is sent, once told as an error; what the user
    writes has it called once more.
    """
    send = _never_certain(welcomed)
    lines = [
        (record.levelname, record.__dict__["fields"])
        for record in caplog.records
        if record.message == "send_never_certain"
    ]
    assert lines == [("ERROR", {"send": str(send), "user": str(welcomed.tenant.user_id), "calls": 8})]
    assert welcomed.graph.calls == 1 + 8
    welcomed.graph.script = [GraphError(None, None, "timeout")]
    welcomed.answer(2, "dos")
    assert _looked_at_after_every_wait(welcomed, 3) == ["awaiting_receipt", "never_certain", "busy"]
    welcomed.answer(3, "tres")
    welcomed.release()
    assert welcomed.graph.texts[0] == "uno"
    assert [state for _, state in welcomed.replies()] == ["sent"] * 4


def test_a_late_receipt_ends_what_held_its_lane(welcomed: Stage) -> None:
    """When the receipt of an uncertain send came while its lane was held, the user's next message calls
    nothing again.
    """
    send = _never_certain(welcomed)
    welcomed.receipts[send] = {"delivered": {"at": datetime.now(UTC), "wamid": "wamid.real"}}
    welcomed.answer(2, "dos")
    welcomed.release()
    assert welcomed.graph.texts == ["dos"]
    assert welcomed.sql("select state, sent_wamid from messaging.sends where id = :s", s=send) == [
        ("sent", "wamid.real")
    ]


def test_an_outage_after_an_uncertain_call_is_no_uncertainty(welcomed: Stage) -> None:
    """A repeated call that an expired token refuses for longer than eight calls take holds nothing: the send
    leaves when the token is mended.
    """
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(None, None, "timeout"), *[GraphError(190, 401, "expired")] * 9]
    assert _looked_at_after_every_wait(welcomed, 11) == ["awaiting_receipt", *["hold"] * 9, None]
    assert welcomed.graph.texts == ["uno"]


def test_a_failed_receipt_makes_a_new_send_whatever_its_code(welcomed: Stage) -> None:
    """Once the failure of a send that was called twice is known, by the code of an uncertain call too, its
    reply leaves in a new send.
    """
    send = _called_twice_without_an_answer(welcomed)
    welcomed.receipts[send] = {"failed": {"at": datetime.now(UTC), "wamid": "wamid.1", "code": 131000}}
    _looked_at_after_every_wait(welcomed, 2)
    assert welcomed.graph.texts == ["uno"]
    assert welcomed.sql("select state from messaging.sends where id = :s", s=send) == [("failed",)]


def test_a_send_that_found_nobody_leaves_again_where_the_user_has_moved(welcomed: Stage) -> None:
    """The news of a change of number came while the answer was on its way to the old one: refused at once or
    by a status, it leaves again.
    """
    welcomed.answer(1, "uno")
    welcomed.release()
    (send, wamid) = welcomed.sql(
        "select id, sent_wamid from messaging.sends where user_id = :u and text = 'uno'"
    )[0]
    welcomed.records.move(replace(welcomed.tenant, address=Address("51900000888"), version=2))
    status = StatusTask(welcomed.tenant.id, welcomed.tenant.user_id, send, wamid, 131026)
    assert welcomed.lanes.failed(status) == "again"
    welcomed.release()
    welcomed.answer(2, "dos")
    lease = welcomed.lanes.outbox.lease(welcomed.tenant.id, welcomed.tenant.user_id, 30)
    assert lease
    frozen = welcomed.lanes.outbox.freeze(lease, [2], "dos", None, {}, 30, version=2)
    assert isinstance(frozen, Frozen)
    welcomed.records.move(replace(welcomed.tenant, address=Address("51900000999"), version=3))
    welcomed.lanes.outbox.bury(lease, frozen, Refusal(Action.UNDELIVERABLE, 131026, "nobody there"))
    welcomed.lanes.outbox.release(lease)
    welcomed.release()
    assert welcomed.graph.texts == ["uno", "uno", "dos"]
    assert welcomed.replies() == [(0, "sent"), (1, "sent"), (2, "sent")]


@dataclass(frozen=True)
class _Operator:
    """A desk whose only store is Postgres."""

    engine: Engine

    def sql(self) -> AbstractContextManager[Connection]:
        return self.engine.begin()


def test_an_operator_lets_a_held_lane_go_on(welcomed: Stage) -> None:
    """After `resume` the sweep finds the lane and the uncertain send is called once more; a lane that is not
    held is told as such.
    """
    _never_certain(welcomed)
    desk = cast("Desk", _Operator(welcomed.postgres.admin))
    lane = (welcomed.tenant.id, welcomed.tenant.user_id)
    assert lane not in welcomed.records.waiting(1000)
    assert str(welcomed.tenant.user_id) in story.resume(desk, welcomed.tenant.user_id)
    assert lane in welcomed.records.waiting(1000)
    welcomed.release()
    assert welcomed.graph.texts == ["uno"]
    with pytest.raises(story.NotFound):
        story.resume(desk, welcomed.tenant.user_id)


def test_an_operator_lets_all_held_lanes_go_on_that_may(welcomed: Stage) -> None:
    """After a Graph that hung for long one command frees every held lane whose user wrote in the last 24
    hours.
    """
    _never_certain(welcomed)
    desk = cast("Desk", _Operator(welcomed.postgres.admin))
    assert "senders go on" in story.resume(desk, None)
    assert (welcomed.tenant.id, welcomed.tenant.user_id) in welcomed.records.waiting(1000)
    welcomed.sql("update messaging.lanes set held = true where user_id = :u")
    welcomed.sql("update auth.users set last_inbound_at = now() - interval '25 hours' where id = :u")
    story.resume(desk, None)
    assert welcomed.sql("select held from messaging.lanes where user_id = :u") == [(True,)]


def test_a_task_that_comes_again_lets_no_held_lane_go_on(welcomed: Stage) -> None:
    """Only what the user writes anew does: an earlier message's task, tried again, would call an uncertain
    send a ninth time.
    """
    _never_certain(welcomed)
    welcomed.records.open(
        replace(a_task(welcomed.tenant, 2), received_at=datetime.now(UTC) - timedelta(hours=1)), ""
    )
    assert welcomed.sql("select held from messaging.lanes where user_id = :u") == [(True,)]
    welcomed.message(3)
    assert welcomed.sql("select held from messaging.lanes where user_id = :u") == [(False,)]


def test_a_lane_is_not_held_when_the_user_has_just_written(welcomed: Stage) -> None:
    """A message that comes between the lane's look and its hold would otherwise wait, with its answer, for
    the next one.
    """
    welcomed.answer(1, "uno")
    outbox = welcomed.lanes.outbox
    lease = outbox.lease(welcomed.tenant.id, welcomed.tenant.user_id, 30)
    assert lease
    view = outbox.view(lease)
    assert view
    send = outbox.freeze(lease, [1], "uno", None, {}, 30, version=1)
    assert isinstance(send, Frozen)
    welcomed.message(2)
    outbox.hold(lease, view.last_inbound_at, send)
    assert welcomed.sql("select held from messaging.lanes where user_id = :u") == [(False,)]
    assert welcomed.sql("select error from messaging.sends where id = :s", s=send.id) == [
        ("no certain answer",)
    ]
    newer = outbox.view(lease)
    assert newer
    outbox.hold(lease, newer.last_inbound_at)
    assert welcomed.sql("select held from messaging.lanes where user_id = :u") == [(True,)]


class _Overtaken(PostgresOutbox):
    """A member of the first send that is to be frozen ends between the lane's look and its freeze."""

    first: int | None = 1

    def freeze(
        self, lease: Lease, members: Sequence[int], *rest: Any, **more: Any
    ) -> Frozen | Literal["lost", "changed"]:
        if self.first in members:
            with tenant_transaction(self._engine, lease.tenant_id) as connection:
                connection.execute(
                    text(
                        "update messaging.replies set state = 'undeliverable' where user_id = :u and seq = "
                        ":seq"
                    ),
                    {"u": lease.user_id, "seq": self.first},
                )
            self.first = None
        return super().freeze(lease, members, *rest, **more)


def test_a_member_that_changed_at_the_last_moment_has_the_lane_looked_at_again(welcomed: Stage) -> None:
    """When a reply is not ready any more as its send is frozen, nothing of that send stays and the others
    leave in the same release.
    """
    welcomed.answer(1, "uno")
    welcomed.answer(2, "dos")
    lanes = replace(welcomed.lanes, outbox=_Overtaken(welcomed.postgres.app))
    assert lanes.release(welcomed.tenant.id, welcomed.tenant.user_id).fields().get("lane") is None
    assert welcomed.graph.texts == ["dos"]
    assert welcomed.sql("select count(*) from messaging.sends where user_id = :u and state = 'frozen'") == [
        (0,)
    ]


def test_an_oversized_reply_is_cut_to_one_message(welcomed: Stage) -> None:
    """A single reply longer than a message may be is frozen and sent as far as it fits."""
    welcomed.answer(1, "\n".join(["x" * 999] * 5))
    welcomed.release()
    assert welcomed.graph.texts == ["\n".join([*["x" * 999] * 4, "…"])]
    assert welcomed.sql("select length(text) from messaging.sends where user_id = :u and text like 'x%'") == [
        (4001,)
    ]


def test_a_window_that_closed_between_two_calls_keeps_the_send(welcomed: Stage) -> None:
    """Refused for the closed window after an unanswered call, a reply stays the same send: its late receipt
    ends it, and no second one leaves.
    """
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(None, None, "timeout"), GraphError(131047, 400, "re-engage")]
    welcomed.release()
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.sql(
        "update messaging.sends set called_at = called_at - interval '100 seconds' where user_id = :u"
    )
    assert welcomed.release()["lane"] == "window_closed"
    ((send,),) = welcomed.sql("select id from messaging.sends where user_id = :u and state = 'frozen'")
    assert isinstance(send, UUID)
    welcomed.receipts[send] = {"delivered": {"at": datetime.now(UTC), "wamid": "wamid.1"}}
    welcomed.answer(2, "dos")
    welcomed.release()
    assert welcomed.graph.texts == ["dos"]


def test_past_the_24_hours_nothing_is_called_again(welcomed: Stage) -> None:
    """An unanswered call is not repeated once the window is closed."""
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(None, None, "timeout")]
    welcomed.release()
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.sql(
        "update messaging.sends set called_at = called_at - interval '100 seconds' where user_id = :u"
    )
    welcomed.sql("update auth.users set last_inbound_at = now() - interval '25 hours' where id = :u")
    assert welcomed.release() == {"lane": "window_closed"}


def test_a_send_that_is_refused_again_and_again_after_an_unanswered_call_ends(welcomed: Stage) -> None:
    """By a reason that nobody knows, it stays the same send for about an hour; then it is given up and the
    next reply leaves.
    """
    welcomed.answer(1, "uno")
    welcomed.graph.script = [GraphError(None, None, "timeout"), *[GraphError(131999, 400, "new")] * 12]
    for _ in range(13):
        welcomed.release()
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
        welcomed.sql(
            "update messaging.sends set called_at = called_at - interval '100 seconds' where user_id = :u"
        )
    assert welcomed.sql(
        "select state, calls from messaging.sends where user_id = :u order by created_at desc limit 1"
    ) == [("undeliverable", 13)]
    welcomed.answer(2, "dos")
    welcomed.release()
    assert welcomed.graph.texts == ["dos"]


def test_a_late_word_that_a_send_was_taken_ends_no_wait(welcomed: Stage) -> None:
    """A status that failed a send while its call was still under way stands, its wait too, when the call's
    answer is written after it.
    """
    welcomed.answer(1, "uno")
    outbox = welcomed.lanes.outbox
    lease = outbox.lease(welcomed.tenant.id, welcomed.tenant.user_id, 30)
    assert lease
    send = outbox.freeze(lease, [1], "uno", None, {}, 30, version=1)
    assert isinstance(send, Frozen)
    assert (
        welcomed.lanes.failed(
            StatusTask(welcomed.tenant.id, welcomed.tenant.user_id, send.id, "wamid.1", 131016)
        )
        == "again"
    )
    until = outbox.sent(lease, send, "wamid.1")
    assert until
    assert until > datetime.now(UTC)
    assert welcomed.replies()[1] == (1, "ready")


def test_each_call_of_a_send_may_fail_by_a_task_of_its_own() -> None:
    """Two wamids of one send make two status tasks; the same status told twice makes one."""
    send = UUID(int=5)
    one, two = (StatusTask(UUID(int=1), UUID(int=2), send, wamid, 131016) for wamid in ("wamid.1", "wamid.2"))
    assert len({one.name, two.name, replace(one).name}) == 2


def test_a_reply_behind_a_void_number_is_seen_at_the_release(welcomed: Stage) -> None:
    """What became ready behind a number that has nothing to say, while the lane was held, is looked at again
    by its holder.
    """
    outbox = welcomed.lanes.outbox
    lease = outbox.lease(welcomed.tenant.id, welcomed.tenant.user_id, 30)
    assert lease
    welcomed.answer(1, None)
    welcomed.answer(2, "dos")
    assert outbox.release(lease) is True
    welcomed.release()
    assert welcomed.graph.texts == ["dos"]


def test_a_reply_behind_a_gap_asks_for_no_second_look(welcomed: Stage) -> None:
    """A number that is still being worked on keeps the later ones, and nobody spins on them."""
    welcomed.message(1)
    welcomed.answer(2, "dos")
    lease = welcomed.lanes.outbox.lease(welcomed.tenant.id, welcomed.tenant.user_id, 30)
    assert lease
    assert welcomed.lanes.outbox.release(lease) is False


def _status(stage: Stage, code: int) -> StatusTask:
    ((send, wamid),) = stage.sql(
        "select id, sent_wamid from messaging.sends where user_id = :u order by created_at desc limit 1"
    )
    assert isinstance(send, UUID)
    return StatusTask(stage.tenant.id, stage.tenant.user_id, send, str(wamid), code)


def test_a_failed_status_that_may_work_again_is_sent_again(welcomed: Stage) -> None:
    """An accepted send that Meta reports failed leaves again as a new send, a few times and no more."""
    welcomed.answer(1, "uno")
    welcomed.release()
    outcomes = []
    for _ in range(6):
        outcomes.append(welcomed.lanes.failed(_status(welcomed, 131016)))
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
        welcomed.release()
    assert outcomes == ["again", "again", "again", "again", "undeliverable", "unknown"]
    assert welcomed.graph.texts == ["uno"] * 5


def test_a_failed_status_is_taken_once(welcomed: Stage) -> None:
    """The same failed status twice sends nothing twice, and a later record of `sent` does not overwrite
    it.
    """
    welcomed.answer(1, "uno")
    welcomed.release()
    task = _status(welcomed, 131026)
    assert [welcomed.lanes.failed(task), welcomed.lanes.failed(task)] == ["undeliverable", "unknown"]
    assert welcomed.replies()[1] == (1, "undeliverable")


def test_a_database_statement_count_stays_small(stage: Stage) -> None:
    """One document costs at most 14 statements from its task to its record of being sent, the first message's
    welcome aside.
    """
    from sqlalchemy import event

    stage.message(1)
    stage.release()
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "set_config" not in statement:
            seen.append(statement)

    event.listen(stage.postgres.app, "before_cursor_execute", count)
    try:
        task = a_task(stage.tenant, 1)
        stage.records.open(task, "")
        claim = stage.records.claim(task, 60)
        assert isinstance(claim, Claim)
        stage.records.attempt(claim, storage_uri="gs://b/x", sha256="0", size=1)
        stage.records.finish(claim, task, title="t", body="b", extraction=an_extraction(), failure=None)
        stage.release()
    finally:
        event.remove(stage.postgres.app, "before_cursor_execute", count)
    assert stage.graph.texts[-1] == "b"
    assert len(seen) <= 14, seen


def test_a_file_is_a_message_of_its_own_with_its_caption(welcomed: Stage) -> None:
    """A reply with a file leaves in its place, quoting its question, alone; what stands before and behind it
    is combined as ever.
    """
    for seq in (1, 2, 4, 5):
        welcomed.answer(seq, f"<{seq}>")
    asked = welcomed.file(3, "27 comprobantes")
    welcomed.release()
    assert [text.count("<") for text in welcomed.graph.texts] == [2, 0, 2]
    assert welcomed.graph.sent[1] == (welcomed.tenant.address, "27 comprobantes", asked.message.wamid)
    assert welcomed.graph.uploaded == [(b"xlsx 3", "compras-3.xlsx", XLSX)]
    assert welcomed.graph.documents == [Enclosed("gs://b/3", "compras-3.xlsx", XLSX, "media1")]
    assert [state for _, state in welcomed.replies()] == ["sent"] * 6


def test_a_caption_is_cut_to_what_whatsapp_takes(welcomed: Stage) -> None:
    """A caption has at most 1,024 characters and ends at a line."""
    welcomed.file(1, "línea\n" * 400)
    welcomed.release()
    (caption,) = welcomed.graph.texts
    assert 1000 < len(caption) <= 1024
    assert caption.endswith("línea\n…")


@pytest.mark.parametrize("code", [100, 131009, 131053])
def test_trap_12_an_upload_that_meta_has_forgotten_is_made_again(welcomed: Stage, code: int) -> None:
    """A send whose media id is refused is followed by another, with an upload of its own; one document
    arrives.
    """
    welcomed.file(1, "uno")
    welcomed.graph.script = [GraphError(code, 400, "not a valid media id")]
    for _ in range(2):
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
        welcomed.release()
    assert [file.media for file in welcomed.graph.documents] == ["media2"]
    assert welcomed.sql("select state, file->>'media' from messaging.sends where user_id = :u and file is "
        "not null order by created_at") == [
        ("failed", "media1"), ("sent", "media2"),
    ]  # fmt: skip


def test_an_uncertain_document_is_called_again_as_the_same_send(welcomed: Stage) -> None:
    """A document of which nobody knows whether it left waits for its receipt, and is then the same send with
    a new upload.
    """
    welcomed.file(1, "uno")
    welcomed.graph.script = [GraphError(None, None, "timeout")]
    welcomed.release()
    welcomed.sql(
        "update messaging.sends set called_at = called_at - interval '21 seconds' where user_id = :u"
    )
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.release()
    assert [file.media for file in welcomed.graph.documents] == ["media2"]
    assert len(set(welcomed.graph.opaque[-2:])) == 1
    assert welcomed.sql(
        "select state, calls, file->>'media' from messaging.sends where user_id = :u and file is not null"
    ) == [("sent", 2, "media2")]


def test_an_upload_that_is_refused_for_now_keeps_the_file(welcomed: Stage) -> None:
    """A throttled, unanswered or expired upload puts the lane off, sends nothing and costs the reply no
    try.
    """
    welcomed.file(1, "uno")
    refusals = [(130429, 429), (None, None), (190, 401), (131016, 503)]
    welcomed.graph.uploads = [GraphError(code, http, "later", unsent=code is None) for code, http in refusals]
    for refusal in refusals:
        assert welcomed.release()["lane"], refusal
        assert welcomed.graph.sent == []
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.release()
    assert [file.name for file in welcomed.graph.documents] == ["compras-1.xlsx"]
    assert welcomed.sql("select tries from messaging.replies where user_id = :u and seq = 1") == [(0,)]


@pytest.mark.parametrize("why", ["refused", "gone"])
def test_a_file_that_cannot_leave_leaves_its_words(welcomed: Stage, why: str) -> None:
    """Where Meta never takes the file, or it is stored no more, its caption is sent with an apology after
    three tries.
    """
    welcomed.file(1, "27 comprobantes")
    if why == "gone":
        welcomed.store.down = Gone("gs://b/1")
    welcomed.graph.uploads = [GraphError(131053, 400, "no")] * 9
    for _ in range(5):
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
        welcomed.release()
    (text,) = welcomed.graph.texts
    assert text.startswith("27 comprobantes\n\n😔")
    assert welcomed.graph.documents == []
    assert welcomed.replies()[1] == (1, "sent")


def test_a_storage_that_is_down_freezes_nothing(welcomed: Stage) -> None:
    """Without the file's bytes nothing is decided: whoever released tries again, and the lane is free for
    it.
    """
    welcomed.file(1, "uno")
    welcomed.store.down = Unwell("media: 503")
    with pytest.raises(Unwell):
        welcomed.release()
    assert welcomed.sql("select count(*) from messaging.sends where user_id = :u and file is not null") == [
        (0,)
    ]
    welcomed.store.down = None
    welcomed.release()
    assert welcomed.graph.texts == ["uno"]


ASKED = Offer((Choice("Sí", "sí, borrar"), Choice("No", "")))
LISTED = Offer(
    (Choice("1. F001-1", "1 borrar", "Factura"), Choice("2. F001-2", "2 borrar")), label="Elegir", once=False
)


def _bare(offer: Offer | None) -> Offer | None:
    """An offer without its ids, which are random."""
    return offer and replace(offer, choices=tuple(replace(one, id="") for one in offer.choices))


def test_choices_leave_with_their_reply_each_under_an_id_of_its_own(welcomed: Stage) -> None:
    """A reply that offers choices goes out with them; a combined message offers those of its one member that
    has any.
    """
    welcomed.answer(1, "¿Lo borro?", ASKED)
    welcomed.release()
    welcomed.answer(3, "tres", LISTED)
    welcomed.answer(2, "dos")
    welcomed.release()
    assert ([_bare(one) for one in welcomed.graph.offers[1:]], len(welcomed.graph.sent)) == (
        [ASKED, LISTED],
        2,
    )
    ids = [choice.id for offer in welcomed.graph.offers[1:] if offer for choice in offer.choices]
    assert len(set(ids)) == 4
    assert [re.fullmatch(r"(\d)\.[A-Za-z0-9_-]{16}", each)[1] for each in ids] == ["1", "1", "3", "3"]


def test_two_replies_with_choices_are_two_messages(welcomed: Stage) -> None:
    """A message offers the choices of one reply: where a second one has some, it begins the next message."""
    welcomed.answer(3, "tres", LISTED)
    welcomed.answer(2, "dos", ASKED)
    welcomed.answer(1, "uno")
    welcomed.release()
    assert [_bare(one) for one in welcomed.graph.offers[1:]] == [ASKED, LISTED]
    assert [len(re.findall(r"^\*\d de 2 · ", text, re.MULTILINE)) for text in welcomed.graph.texts] == [2, 0]


def test_a_frozen_offer_is_sent_again_as_it_was(welcomed: Stage) -> None:
    """After a call without an answer the same text and the same choices, ids included, go out once more, and
    no third time.
    """
    welcomed.graph.script = [GraphError(None, None, "timeout")]
    welcomed.answer(1, "¿Lo borro?", ASKED)
    assert welcomed.release()["lane"] == "awaiting_receipt"
    welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    welcomed.sql(
        "update messaging.sends set called_at = called_at - interval '25 seconds' where user_id = :u"
    )
    welcomed.release()
    welcomed.release()
    first, second = welcomed.graph.offers[1:]
    assert (first, _bare(first), welcomed.graph.texts) == (second, ASKED, ["¿Lo borro?"])


def test_choices_that_meta_refuses_are_left_out(welcomed: Stage) -> None:
    """A reply that is refused for what is in it goes out in the end as its words alone, which say the
    same.
    """
    welcomed.graph.script = [GraphError(131009, 400, "bad"), GraphError(131009, 400, "bad")]
    welcomed.answer(1, "¿Lo borro?", ASKED)
    for _ in range(3):
        welcomed.release()
        welcomed.sql("update messaging.lanes set not_before = null where user_id = :u")
    assert ([_bare(one) for one in welcomed.graph.offers[1:]], welcomed.graph.texts) == (
        [ASKED, ASKED, None],
        ["¿Lo borro?"],
    )


def test_a_tap_stands_for_its_text_once(welcomed: Stage) -> None:
    """The first tap answers a question, also when its task comes again; the next one is past. A list may be
    tapped again.
    """
    welcomed.answer(1, "¿Lo borro?", ASKED)
    welcomed.answer(2, "¿Cuál?", LISTED)
    welcomed.release()
    asked, listed = (offer for offer in welcomed.graph.offers[1:] if offer)
    rows: Any = welcomed.sql("select seq, wamid from messaging.replies where user_id = :u")
    about: dict[int, str] = dict(rows)
    task = welcomed.message(3, "choice")
    task = replace(task, message=replace(task.message, choice=asked.choices[0].id))
    assert [welcomed.records.choose(task) for _ in range(2)] == [
        Chosen("sí, borrar", str(about[1]), past=False)
    ] * 2
    assert welcomed.tap(4, asked.choices[1].id) == Chosen("", str(about[1]), past=True)
    assert [welcomed.tap(5 + n, one.id) for n, one in enumerate(listed.choices)] == [
        Chosen("1 borrar", str(about[2]), past=False),
        Chosen("2 borrar", str(about[2]), past=False),
    ]


def test_a_tap_that_was_not_offered_to_its_sender_stands_for_nothing(welcomed: Stage) -> None:
    """Another sender's button, an invented id and one of a number that offers nothing are nobody's; after a
    day a choice is past.
    """
    welcomed.answer(1, "¿Cuál?", LISTED)
    welcomed.release()
    (offer,) = welcomed.graph.offers[1:]
    assert offer
    real = offer.choices[0].id
    stranger = replace(welcomed, tenant=a_tenant())
    colleague = replace(welcomed, tenant=replace(welcomed.tenant, user_id=uuid4()))
    assert colleague.tap(1, real) is None, "row-level security knows the business, not the person"
    assert [
        stranger.tap(1, real),
        welcomed.tap(2, "1." + "A" * 16),
        welcomed.tap(3, "999999999." + "A" * 16),
        welcomed.tap(4, "x"),
    ] == [None] * 4
    late = welcomed.tap(5, real, received_at=datetime.now(UTC) + timedelta(hours=25))
    assert late
    assert (late.text, late.past) == ("1 borrar", True)
