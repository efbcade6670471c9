"""One message's way to its reply, over stores in memory: each step may be repeated from any point."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from functions.books.ports import Business
from functions.errors import Unwell
from functions.extractor.invoice import ExtractionError
from functions.extractor.witness import Known
from functions.whatsapp import helpers
from functions.whatsapp.clerk import Clerk
from functions.whatsapp.client import GraphError, MediaGone
from functions.whatsapp.download import MediaTooLarge
from functions.whatsapp.means import Retry, Story
from functions.whatsapp.model import Tenant
from functions.whatsapp.places import Places
from functions.whatsapp.processor import Processor
from functions.whatsapp.tasks import MessageTask
from functions.whatsapp.ticks import Ticks
from infra.records import document_id
from tests.builders import a_task, a_tenant, an_extraction
from tests.fakes.ledger import Memory, MemoryRecords
from tests.fakes.stage import Graph, Killed, Queue, Reader, Store

pytestmark = pytest.mark.unit

FAILED = an_extraction(
    verdict="unreadable", error=ExtractionError("internal", "opening: died"), incomplete=True
)


class NoBooks:
    """Books of a business that told nothing of itself."""

    def business(self, tenant: UUID) -> Business:
        return Business()

    def may_ask_ruc(self, author: object, factura: object) -> bool:
        return False


@dataclass
class Stage:
    """A processor between fakes; `now` is the database's."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    tenant: Tenant = field(default_factory=a_tenant)
    graph: Graph = field(default_factory=Graph)
    store: Store = field(default_factory=Store)
    reader: Reader = field(default_factory=Reader)

    def __post_init__(self) -> None:
        self.memory = Memory(lambda: self.now)
        self.records = MemoryRecords(self.memory)
        self.processor = Processor(
            self.records, self.store, self.graph, self.reader, Ticks(self.graph, ThreadPoolExecutor(1)),
            Places(1, 4), Clerk(NoBooks()), Queue(), SimpleNamespace(admitted=lambda _: None), lease_s=60,
        )  # fmt: skip

    def do(self, task: MessageTask) -> Any:
        """What a task came to; raises as the processor does."""
        story = Story()
        self.processor.process(task, story)
        return story.fields["outcome"]

    def paper(self, task: MessageTask) -> tuple[str, str | None, int, UUID | None]:
        """How a document stands: its status, its failure, its attempts, who has it."""
        one = self.memory.papers[document_id(task.message.wamid)]
        return one.status, one.failure, one.attempts, one.token

    def replies(self) -> list[tuple[int, str, str | None]]:
        """Each number of the lane with its state, and the message that it answers."""
        lane = self.memory.lanes[self.tenant.user_id]
        return [(seq, one.state, one.wamid) for seq, one in sorted(lane.replies.items()) if seq > 0]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_file_is_read_once_and_answered_once(stage: Stage) -> None:
    """However often its task comes, a file is kept, read and answered once."""
    task = a_task(stage.tenant)
    assert [stage.do(task) for _ in range(3)] == ["consistent", "already_answered", "already_answered"]
    assert stage.paper(task) == ("done", None, 1, None)
    assert stage.replies() == [(1, "ready", task.message.wamid)]
    assert (len(stage.reader.read), len(stage.store.objects)) == (1, 1)


def test_a_message_under_a_second_number_leaves_that_number_void(stage: Stage) -> None:
    """A message that was forgotten and numbered anew keeps nobody waiting and gets no second answer."""
    first = a_task(stage.tenant, wamid="wamid.x")
    assert stage.do(first) == "consistent"
    assert stage.do(a_task(stage.tenant, 2, wamid="wamid.x")) == "already_answered"
    assert stage.replies() == [(1, "ready", "wamid.x"), (2, "void", None)]


def test_a_death_at_work_is_counted_and_waits_for_its_lease(stage: Stage) -> None:
    """A worker that dies while it reads has its attempt counted; nobody else reads before its lease ends."""
    task = a_task(stage.tenant)
    stage.reader.answers = [Killed()]
    with pytest.raises(Killed):
        stage.do(task)
    assert stage.paper(task)[:3] == ("working", None, 1)
    with pytest.raises(Retry, match="document_busy"):
        stage.do(task)
    stage.now += timedelta(seconds=61)
    assert stage.do(task) == "consistent"
    assert stage.paper(task) == ("done", None, 2, None)


def test_the_fifth_attempt_is_not_made(stage: Stage) -> None:
    """A file that brought the worker down four times is answered as our failure, unread."""
    task = a_task(stage.tenant)
    stage.reader.answers = [Killed()] * 9
    for _ in range(4):
        with pytest.raises(Killed):
            stage.do(task)
        stage.now += timedelta(seconds=61)
    assert stage.do(task) == "internal"
    assert stage.paper(task) == ("failed", "internal", 5, None)
    assert len(stage.reader.read) == 4
    assert stage.memory.reply_to(task.message.wamid).body == helpers.error_sentence("internal")


def test_a_failing_extractor_gives_the_document_back_at_once(stage: Stage) -> None:
    """What failed on our side is read again by the next task, which need not wait for a lease."""
    task = a_task(stage.tenant)
    stage.reader.answers = [FAILED]
    with pytest.raises(Retry, match="extractor_failed"):
        stage.do(task)
    assert stage.paper(task) == ("working", None, 1, None)
    assert stage.replies() == []
    assert stage.do(task) == "consistent"
    assert stage.paper(task) == ("done", None, 2, None)


def test_who_lost_the_lease_writes_nothing(stage: Stage) -> None:
    """Two workers over one file: only who still has the lease gives its answer."""
    task = a_task(stage.tenant)

    class Slow(Reader):
        def extract(self, data: bytes, *, uri: str | None = None, known: Known | None = None) -> Any:
            stage.now += timedelta(seconds=61)
            assert stage.records.claim(task, 60)
            return super().extract(data)

    object.__setattr__(stage.processor, "reader", Slow())
    with pytest.raises(Retry, match="lease_lost"):
        stage.do(task)
    assert stage.replies() == []
    assert stage.paper(task)[:3] == ("working", None, 1)


def test_a_failing_graph_costs_no_attempt(stage: Stage) -> None:
    """A file that Graph does not hand over now is neither counted nor answered, and is fetched later."""
    task = a_task(stage.tenant)
    media = task.message.media.id
    stage.graph.files = {media: GraphError(2, 500, "a moment")}
    with pytest.raises(Retry):
        stage.do(task)
    assert (stage.paper(task), stage.replies()) == (("working", None, 0, None), [])
    stage.graph.files.clear()
    assert stage.do(task) == "consistent"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (MediaGone("x"), "media_expired", helpers.MEDIA_EXPIRED),
        (MediaTooLarge(), "too_large", helpers.error_sentence("too_large")),
    ],
)
def test_a_file_that_cannot_be_had_is_answered(stage: Stage, error: Exception, code: str, said: str) -> None:
    """What Meta no longer has, or what is too large, is told by its sentence and ends the document."""
    task = a_task(stage.tenant)
    stage.graph.files = {task.message.media.id: error}
    assert stage.do(task) == code
    assert stage.paper(task) == ("failed", code, 0, None)
    assert stage.memory.reply_to(task.message.wamid).body == said


def test_the_same_bytes_are_read_once(stage: Stage) -> None:
    """A file that was read whole already has that answer again, and no reader opens it."""
    first, again = a_task(stage.tenant), a_task(stage.tenant, 2)
    stage.graph.files = {task.message.media.id: b"%PDF same" for task in (first, again)}
    assert [stage.do(first), stage.do(again)] == ["consistent", "same_file"]
    assert len(stage.reader.read) == 1
    bodies = {stage.memory.reply_to(task.message.wamid).body for task in (first, again)}
    assert len(bodies) == 1


def test_the_same_bytes_are_read_again_where_the_first_reading_lacked_a_source(stage: Stage) -> None:
    """An incomplete answer is nobody's twin."""
    first, again = a_task(stage.tenant), a_task(stage.tenant, 2)
    stage.graph.files = {task.message.media.id: b"%PDF same" for task in (first, again)}
    stage.reader.answers = [an_extraction(incomplete=True)]
    assert [stage.do(first), stage.do(again)] == ["consistent", "consistent"]
    assert len(stage.reader.read) == 2


@pytest.mark.parametrize("breaks", ["memory", "store"])
def test_what_is_down_costs_nothing(stage: Stage, breaks: str) -> None:
    """While the database or the storage of files is down the task comes again, and nothing was written."""
    task = a_task(stage.tenant)
    getattr(stage, breaks).down = True
    with pytest.raises(Unwell):
        stage.do(task)
    getattr(stage, breaks).down = False
    assert (stage.reader.read, stage.graph.sent) == ([], [])
    assert stage.do(task) == "consistent"
    assert stage.replies() == [(1, "ready", task.message.wamid)]


def test_a_purged_business_gets_nothing(stage: Stage) -> None:
    """A late task of a business that was deleted ends at its tombstone."""
    stage.memory.purged.add(stage.tenant.id)
    assert stage.do(a_task(stage.tenant)) == "purged"
    assert (stage.memory.lanes, stage.memory.papers, stage.reader.read) == ({}, {}, [])


def test_two_programs_that_answer_each_other_end(stage: Stage) -> None:
    """The same fixed sentence is given three times within ten minutes, then its numbers are void."""
    tasks = [a_task(stage.tenant, seq, "location") for seq in range(1, 6)]
    assert [stage.do(task) for task in tasks] == ["answered"] * 3 + ["silenced"] * 2
    assert [state for _, state, _ in stage.replies()] == ["ready"] * 3 + ["void"] * 2
