"""One instance's threads under a sender of slow files: the real worker and Postgres, a queue and a reader
that take real time.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import pytest

from functions.extractor.invoice import Extraction
from functions.extractor.witness import Known
from functions.whatsapp import onboarding, tasks
from functions.whatsapp.clerk import Clerk
from functions.whatsapp.doorkeeper import Doorkeeper
from functions.whatsapp.lane import Lanes
from functions.whatsapp.model import Address, Media, Offer, Tenant
from functions.whatsapp.places import Places
from functions.whatsapp.processor import Processor
from functions.whatsapp.tasks import MessageTask
from functions.whatsapp.ticks import Ticks
from functions.whatsapp.worker import Worker
from infra.books import PostgresBooks
from infra.outbox import PostgresOutbox
from infra.records import PostgresRecords
from tests.builders import a_task, a_tenant, an_extraction
from tests.conftest import Database

pytestmark = pytest.mark.contract

THREADS, READINGS = 8, 2


@dataclass
class Instance:
    """An instance of the worker with its queue: tasks run in its threads when they are due, and one that is
    refused comes again.
    """

    worker: Worker | None = None
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS))
    names: set[str] = field(default_factory=set)
    dispatches: int = 0
    waited_ms: list[int] = field(default_factory=list)
    _due: list[tuple[float, int, bytes]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _over: bool = False

    def push(self, name: str, body: bytes, *, at: datetime | None = None) -> None:
        with self._changed:
            if name not in self.names:
                self.names.add(name)
                heapq.heappush(self._due, (at.timestamp() if at else time.time(), next(self._numbers), body))
                self._changed.notify()

    def send(self, task: MessageTask) -> None:
        self.push(task.name, tasks.dump(task))

    def run(self) -> None:
        """Dispatch until `close`."""
        with self._changed:
            while not self._over:
                wait = self._due[0][0] - time.time() if self._due else None
                if wait is not None and wait <= 0:
                    self.pool.submit(self._do, heapq.heappop(self._due)[2])
                else:
                    self._changed.wait(wait)

    def close(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()
        self.pool.shutdown(cancel_futures=True)

    def _do(self, body: bytes) -> None:
        assert self.worker
        self.dispatches += 1
        self.waited_ms.append(self.worker.handle(body).fields.get("place_ms", 0))


@dataclass
class Phones:
    """Graph: has every file, and knows when each address was sent its last message."""

    sent: dict[str, list[float]] = field(default_factory=dict)

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        return media.id.encode()

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        pass

    def send_text(
        self,
        address: Address,
        text: str,
        *,
        quote: str | None = None,
        opaque: str | None = None,
        offer: Offer | None = None,
    ) -> str:
        self.sent.setdefault(str(address.phone), []).append(time.monotonic())
        return f"wamid.{opaque}"

    def last_of(self, tenant: Tenant, messages: int, timeout: float = 30.0) -> float:
        """When the tenant was sent so many messages."""
        until = time.monotonic() + timeout
        while len(got := self.sent.get(str(tenant.address.phone), [])) < messages:
            assert time.monotonic() < until, f"{len(got)} of {messages} messages"
            time.sleep(0.005)
        return got[messages - 1]


class Store:
    """Keeps whatever it is given."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def save(self, name: str, data: bytes, mime: str, *, timeout: float) -> str:
        self.objects[name] = data
        return name

    def load(self, uri: str, *, timeout: float) -> bytes:
        return self.objects[uri]

    def find(self, name: str, *, timeout: float) -> str | None:
        return name if name in self.objects else None

    def delete(self, prefix: str, *, most: int | None = None) -> int:
        raise AssertionError(prefix)


@dataclass
class Reader:
    """Takes as long as the file's name says: `…:SECONDS`."""

    order: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def table(self, data: bytes) -> list[list[str]] | None:
        return None

    def extract(self, data: bytes, *, uri: str | None = None, known: Known | None = None) -> Extraction:
        name, _, seconds = data.decode().partition(":")
        self.over.wait(float(seconds))
        self.order.append(name)
        return an_extraction()


@contextmanager
def an_instance(postgres: Database) -> Iterator[tuple[Instance, Phones, Reader]]:
    instance, phones, reader = Instance(), Phones(), Reader()
    records = PostgresRecords(postgres.app)
    ticks = Ticks(phones, ThreadPoolExecutor(1))
    store = Store()
    books, nobody = (
        PostgresBooks(postgres.app),
        Doorkeeper(onboarding, onboarding, onboarding, instance, lambda: ""),
    )
    processor = Processor(
        records, store, phones, reader, ticks, Places(READINGS, THREADS), Clerk(books), instance, nobody
    )
    lanes = Lanes(PostgresOutbox(postgres.app), phones, lambda _: None, instance, store, gather_s=0.2)
    instance.worker = Worker(processor, lanes, records, instance, onboarding, lambda: datetime.now(UTC), None)
    dispatcher = threading.Thread(target=instance.run)
    dispatcher.start()
    try:
        yield instance, phones, reader
    finally:
        reader.over.set()
        instance.close()
        dispatcher.join()
        ticks.background.shutdown()


def a_file(tenant: Tenant, seq: int, seconds: float) -> MessageTask:
    return a_task(tenant, seq, media=Media(f"{seq}:{seconds}"))


def test_beside_a_sender_of_slow_files_others_are_answered_as_if_alone(
    postgres: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside twenty files that each take their whole time another's factura takes at most twice its time
    alone, another's text at most a second.

    No task waits for a place for two seconds.
    """
    with an_instance(postgres) as (instance, phones, _):

        def factura(tenant: Tenant) -> float:
            began = time.monotonic()
            instance.send(a_file(tenant, 1, 0.5))
            return phones.last_of(tenant, 2) - began  # the welcome, then its answer

        alone, slow = factura(a_tenant()), a_tenant()
        for seq in range(1, 21):
            instance.send(a_file(slow, seq, 12))
        facturas, texts = list[float](), list[float]()
        for _ in range(4):
            time.sleep(0.7)
            facturas.append(factura(a_tenant()))
            writer, began = a_tenant(welcome="text"), time.monotonic()
            instance.send(a_task(writer, 1, "text", text="Hola"))
            texts.append(phones.last_of(writer, 1) - began)
        with capsys.disabled():
            told = [f"{one:.2f}" for one in facturas], [f"{one:.2f}" for one in texts]
            print(
                f"\na factura alone {alone:.2f} s, beside {told[0]} s, a text {told[1]} s, "
                f"{instance.dispatches} dispatches"
            )
        assert max(facturas) <= 2 * alone
        assert max(texts) <= 1
        assert max(instance.waited_ms) < 2000


def test_an_honest_burst_is_read_in_order_and_without_pauses(
    postgres: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twenty photos of one sender at once, 0.3 s each, are read one after the other in little more than their
    sum, nearly in their order.
    """
    with an_instance(postgres) as (instance, _, reader):
        sender, began = a_tenant(), time.monotonic()
        for seq in range(1, 21):
            instance.send(a_file(sender, seq, 0.3))
        while len(reader.order) < 20:
            assert time.monotonic() - began < 30, reader.order
            time.sleep(0.02)
        took = time.monotonic() - began
        late = max(place - int(name) for place, name in enumerate(reader.order, 1))
        with capsys.disabled():
            print(
                f"\ntwenty photos of 0.3 s in {took:.1f} s, {instance.dispatches} dispatches, at most "
                f"{late} places late"
            )
        assert took < 1.5 * 20 * 0.3
        assert sorted(map(int, reader.order)) == list(range(1, 21))
        assert late <= 6
