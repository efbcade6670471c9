"""A worker on the real Postgres and Inbox, with a scripted Graph, reader, queue and media store that keep
what they were asked.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from functions.errors import Gone, Unwell
from functions.extractor.invoice import Extraction
from functions.extractor.witness import Known
from functions.whatsapp import tasks
from functions.whatsapp.clerk import Clerk
from functions.whatsapp.client import GraphError
from functions.whatsapp.doorkeeper import Doorkeeper
from functions.whatsapp.lane import Lanes
from functions.whatsapp.memberships import Memberships
from functions.whatsapp.model import Address, Enclosed, Media, Offer
from functions.whatsapp.onboarding import Admissions
from functions.whatsapp.outcome import Outcome
from functions.whatsapp.places import Places
from functions.whatsapp.processor import Processor
from functions.whatsapp.tasks import MessageTask
from functions.whatsapp.ticks import Ticks
from functions.whatsapp.worker import Worker
from infra.books import PostgresBooks
from infra.erasing import Erasing
from infra.local.inbox import SqliteInbox
from infra.outbox import PostgresOutbox
from infra.records import PostgresRecords, document_id
from tests.builders import an_extraction
from tests.conftest import Database

BYTES = b"%PDF-1.7 bytes"


class Killed(BaseException):
    """The process ends here, as a SIGKILL would have it."""


@dataclass
class Graph:
    """Has the files of `files` (an error is raised), and keeps what was sent and read."""

    files: dict[str, bytes | Exception] = field(default_factory=dict)
    refuses: list[GraphError] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    read: list[tuple[str, bool]] = field(default_factory=list)
    offers: list[Offer | None] = field(default_factory=list)
    documents: list[Enclosed] = field(default_factory=list)

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        found = self.files.get(media.id, BYTES + media.id.encode())
        if isinstance(found, Exception):
            raise found
        return found

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        self.read.append((wamid, typing))

    def send_text(
        self,
        address: Address,
        text: str,
        *,
        quote: str | None = None,
        opaque: str | None = None,
        offer: Offer | None = None,
    ) -> str:
        if self.refuses:
            raise self.refuses.pop(0)
        self.sent.append(text)
        self.offers.append(offer)
        return f"wamid.{len(self.sent)}"

    def send_document(
        self,
        address: Address,
        file: Enclosed,
        *,
        caption: str,
        quote: str | None = None,
        opaque: str | None = None,
    ) -> str:
        self.documents.append(file)
        return self.send_text(address, caption)

    def upload(self, data: bytes, name: str, mime: str) -> str:
        return f"media of {data!r}"


@dataclass
class Store:
    objects: dict[str, bytes] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    down: bool = False
    slow_s: float = 0.0

    def save(self, name: str, data: bytes, mime: str, *, timeout: float) -> str:
        if self.down:
            raise Unwell("cloud storage")
        time.sleep(self.slow_s)
        self.objects.setdefault(f"gs://b/{name}", data)
        return f"gs://b/{name}"

    def load(self, uri: str, *, timeout: float) -> bytes:
        if self.down:
            raise Unwell("cloud storage")
        if uri not in self.objects:
            raise Gone(uri)
        time.sleep(self.slow_s)
        return self.objects[uri]

    def find(self, name: str, *, timeout: float) -> str | None:
        return f"gs://b/{name}" if f"gs://b/{name}" in self.objects else None

    def delete(self, prefix: str, *, most: int | None = None) -> int:
        self.deleted.append(prefix)
        gone = [uri for uri in self.objects if uri.startswith(f"gs://b/{prefix}")][:most]
        for uri in gone:
            del self.objects[uri]
        return len(gone)


@dataclass
class Queue:
    pushed: list[tasks.Task] = field(default_factory=list)
    down: bool = False

    def push(self, name: str, body: bytes, *, at: datetime | None = None) -> None:
        if self.down:
            raise Unwell("queue")
        self.pushed.append(tasks.load(body))


@dataclass
class Reader:
    answers: list[Extraction | BaseException] = field(default_factory=list)
    read: list[bytes] = field(default_factory=list)

    def table(self, data: bytes) -> list[list[str]] | None:
        return None

    def extract(self, data: bytes, *, uri: str | None = None, known: Known | None = None) -> Extraction:
        self.read.append(data)
        answer = self.answers.pop(0) if self.answers else an_extraction()
        if isinstance(answer, BaseException):
            raise answer
        return answer


@dataclass
class Stage:
    postgres: Database
    graph: Graph
    store: Store
    queue: Queue
    reader: Reader
    admissions: Admissions
    worker: Worker
    background: ThreadPoolExecutor

    def do(self, task: tasks.Task) -> Outcome:
        return self.worker.handle(tasks.dump(task))

    def document(self, task: MessageTask) -> tuple[object, ...]:
        with self.postgres.admin.connect() as connection:
            row = connection.execute(
                text(
                    "select status, failure, attempts, storage_uri, lease_token from documents.documents "
                    "where id = :d"
                ),
                {"d": document_id(task.message.wamid)},
            ).one()
            return tuple(row)


@pytest.fixture
def stage_inbox(tmp_path: Path) -> Iterator[SqliteInbox]:
    with closing(SqliteInbox(tmp_path / "inbox.sqlite")) as made:
        yield made


@pytest.fixture
def stage(postgres: Database, stage_inbox: SqliteInbox) -> Stage:
    return staged(postgres, stage_inbox, Graph(), Store(), Queue())


def staged(postgres: Database, stage_inbox: SqliteInbox, graph: Graph, store: Store, queue: Queue) -> Stage:
    reader, background = Reader(), ThreadPoolExecutor(1)
    admissions = Admissions(stage_inbox, lambda: datetime.now(UTC), 300)
    records = PostgresRecords(postgres.app)
    processor = Processor(
        records,
        store,
        graph,
        reader,
        Ticks(graph, background),
        Places(1, 4),
        Clerk(PostgresBooks(postgres.app)),
        queue,
        Doorkeeper(
            admissions,
            Memberships(stage_inbox, admissions.clock),
            PostgresBooks(postgres.app),
            queue,
            lambda: "51900000000",
        ),
        daily_cap=300,
    )
    lanes = Lanes(PostgresOutbox(postgres.app), graph, admissions.receipt, queue, store, gather_s=0)
    return Stage(
        postgres,
        graph,
        store,
        queue,
        reader,
        admissions,
        Worker(
            processor,
            lanes,
            records,
            queue,
            admissions,
            lambda: datetime.now(UTC),
            Erasing(postgres.app, admissions, store),
        ),
        background,
    )
