"""The whole way of a message inside one process: the real router, worker, Postgres and embedded Inbox,
between fakes of Meta and the queue.

A crash is a BaseException raised at a label of `infra.local.faults`: from then on every call of that process
raises, until it is started again. Time passes by moving every stored moment back, so that nothing waits.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from functions.errors import Unwell
from functions.extractor.invoice import Customer, Extraction
from functions.extractor.witness import Known
from functions.whatsapp import tasks
from functions.whatsapp.clerk import Clerk
from functions.whatsapp.client import GraphError, MediaGone
from functions.whatsapp.doorkeeper import Doorkeeper
from functions.whatsapp.lane import Lanes
from functions.whatsapp.memberships import Memberships
from functions.whatsapp.model import Address, Enclosed, Media, Offer
from functions.whatsapp.onboarding import Admissions
from functions.whatsapp.places import Places
from functions.whatsapp.processor import Processor
from functions.whatsapp.router import PATH, Router, Services
from functions.whatsapp.ticks import Ticks
from functions.whatsapp.worker import Worker
from infra.books import PostgresBooks
from infra.erasing import Erasing
from infra.local import faults
from infra.local.inbox import SqliteInbox
from infra.local.simulator import Conversation, read
from infra.local.whatsapp.delivery import encode, sign
from infra.outbox import PostgresOutbox
from infra.records import PostgresRecords
from tests.builders import an_extraction, an_invoice
from tests.conftest import Database

NUMBER_ID, SECRET = "106540352242922", "a secret"

SHIFTS = (
    "update messaging.lanes set lease_until = lease_until - {s}, not_before = not_before - {s} where {mine}",
    "update documents.documents set lease_until = lease_until - {s} where status = 'working' and {mine}",
    "update messaging.sends set called_at = called_at - {s} where state = 'frozen' and {mine}",
    "update messaging.replies set ready_at = ready_at - {s} where state = 'ready' and {mine}",
    "update auth.users set last_inbound_at = last_inbound_at - {s} where {mine}",
    "update auth.tombstones set purged_at = purged_at - {s}",
)
"""Time passing, for the tenants of a list."""


class Crash(BaseException):
    """The process died here."""


class Inline:
    """An executor that does it at once, so that a crash happens where it is caused."""

    def submit(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args))
        except Exception as error:  # noqa: BLE001 - it is the future's, as with any executor
            done.set_exception(error)
        return done


@dataclass
class Meta:
    """WhatsApp: files, accepted messages in order, and the faults of the next send whose text holds a
    marker.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    unwell: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str]] = field(default_factory=list)
    out: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    statuses: bool = True
    heard: set[str] = field(default_factory=set)
    """Sends whose receipt the webhook has acknowledged."""
    needless: list[str] = field(default_factory=list)
    """Sends that were called again although their receipt was there."""
    called: set[str] = field(default_factory=set)
    refused_again: int = 0
    """Calls of a send that had been called before, which were refused for certain: none of them arrived."""
    stalled: Callable[[], None] = lambda: None

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        if self.unwell[media.id] > 0:
            self.unwell[media.id] -= 1
            raise Unwell("Graph media: timeout")
        if media.id not in self.files:
            raise MediaGone("no such file")
        return self.files[media.id]

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        pass

    def upload(self, data: bytes, name: str, mime: str) -> str:
        self.files[media := f"up{uuid4().hex}"] = data
        return media

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
        self.out[-1] |= {"kind": "document", "file": self.files[str(file.media)], "filename": file.name}
        return wamid

    def send_text(
        self,
        address: Address,
        text: str,
        *,
        quote: str | None = None,
        opaque: str | None = None,
        offer: Offer | None = None,
    ) -> str:
        if opaque in self.heard:
            self.needless.append(str(opaque))
        fault = next((one for one in self.faults if one[0] in text), None)
        how = fault[1] if fault else ""
        if fault:
            self.faults.remove(fault)
        self.refused_again += opaque in self.called and how in ("throttle", "gone", "window")
        self.called.add(str(opaque))
        match how:
            case "lost":
                raise GraphError(None, None, "timeout")
            case "stall":
                self.stalled()
            case "throttle":
                raise GraphError(130429, 429, "too fast")
            case "gone":
                raise GraphError(131026, 400, "undeliverable")
            case "window":
                raise GraphError(131047, 400, "re-engage")
        wamid = f"wamid.out.{uuid4().hex}"
        failed = 131016 if how == "failed" else None
        self.out.append(
            {
                "direction": "out",
                "kind": "text",
                "wamid": wamid,
                "text": text,
                "quoted": quote,
                "opaque": opaque,
                "failed": failed,
            }
            | {
                "to": address.bsuid or address.phone,
                "offered": [choice.id for choice in offer.choices] if offer else [],
            }
        )
        for status in ["failed"] if failed else ["sent", "delivered"] if self.statuses else []:
            one = {
                "id": wamid,
                "status": status,
                "timestamp": str(int(time.time())),
                "biz_opaque_callback_data": opaque,
            }
            self.told.append(one | ({"errors": [{"code": failed, "title": "x"}]} if failed else {}))
        if how == "echo":
            raise GraphError(131000, 500, "something went wrong")
        return wamid


@dataclass
class Store:
    objects: dict[str, bytes] = field(default_factory=dict)
    down: bool = False

    def _up(self) -> None:
        if self.down:
            raise Unwell("media: 503")

    def save(self, name: str, data: bytes, mime: str, *, timeout: float) -> str:
        self._up()
        self.objects.setdefault(f"gs://b/{name}", data)
        return f"gs://b/{name}"

    def load(self, uri: str, *, timeout: float) -> bytes:
        self._up()
        return self.objects[uri]

    def find(self, name: str, *, timeout: float) -> str | None:
        self._up()
        return f"gs://b/{name}" if f"gs://b/{name}" in self.objects else None

    def delete(self, prefix: str, *, most: int | None = None) -> int:
        self._up()
        gone = [uri for uri in self.objects if uri.startswith(f"gs://b/{prefix}")][:most]
        for uri in gone:
            del self.objects[uri]
        return len(gone)


@dataclass
class Queue:
    """Named tasks, at least once; a task stays until it was answered with 2xx."""

    down: bool = False
    waiting: dict[str, tuple[datetime | None, bytes]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def push(self, name: str, body: bytes, *, at: datetime | None = None) -> None:
        if self.down:
            raise Unwell("queue: 503")
        if name not in self.names:
            self.names.add(name)
            self.waiting[name] = (at, body)


class Reader:
    """Reads `%PDF 123` as the factura F001-123, `%PDF 123 20512345671` as one with that buyer."""

    def table(self, data: bytes) -> list[list[str]] | None:
        return None

    def extract(self, data: bytes, *, uri: str | None = None, known: Known | None = None) -> Extraction:
        number, *buyer = data.decode().split()[1:]
        return an_extraction(
            an_invoice(number, customer=Customer(id_type="6", id=buyer[0])) if buyer else an_invoice(number)
        )


class World:
    """One number's life, with any label's crash. It dies at each label of `crashes_at` when it first comes
    there; `passed` counts every label.
    """

    def __init__(self, postgres: Database, home: Path) -> None:
        self.postgres, self.ahead = postgres, timedelta(0)
        self.meta, self.store, self.queue = Meta(), Store(), Queue()
        self.inbox = SqliteInbox(home / f"{uuid4().hex}.sqlite")
        self.crashes_at: list[str] = []
        self.dead = False
        self.passed: Counter[str] = Counter()
        self.died: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.blind: set[str] = set()
        """Sends of which a call arrived, and which we heard to have failed before we heard of that."""
        self.acknowledged: list[bytes] = []
        self.posts: list[bytes] = []
        self._quiet_leftovers()
        self._records, self._outbox = PostgresRecords(postgres.app), PostgresOutbox(postgres.app)
        at_webhook, at_worker = (
            Admissions(self._labelled(self.inbox, name, "inbox"), self.now, 300)
            for name in ("webhook", "worker")
        )
        self.admissions = Admissions(self.inbox, self.now, 300)
        self.router = Router(
            (SECRET,),
            "token",
            NUMBER_ID,
            lambda: Services(
                at_webhook,
                self._labelled(self.meta, "webhook", "graph"),
                self._labelled(self.store, "webhook", "media"),
                self._labelled(self.queue, "webhook", "queue"),
            ),
            media_budget_s=5.0,
            clock=self.now,
            senders=Inline(),
            files=Inline(),
        )
        records, graph, queue = (
            self._labelled(one, "worker", name)
            for one, name in ((self._records, "records"), (self.meta, "graph"), (self.queue, "queue"))
        )
        books = self._labelled(PostgresBooks(postgres.app), "worker", "books")
        reader, store = (
            self._labelled(Reader(), "worker", "reader"),
            self._labelled(self.store, "worker", "media"),
        )
        doorkeeper = Doorkeeper(
            at_worker, Memberships(at_worker.inbox, self.now), books, queue, lambda: "51900000000"
        )
        lanes = Lanes(
            self._labelled(self._outbox, "worker", "outbox"),
            graph,
            at_worker.receipt,
            queue,
            store,
            gather_s=0,
        )
        self.worker = Worker(
            Processor(
                records,
                store,
                graph,
                reader,
                Ticks(graph, Inline()),
                Places(2, 4),
                Clerk(books),
                queue,
                doorkeeper,
            ),
            lanes,
            records,
            queue,
            at_worker,
            self.now,
            self._labelled(Erasing(postgres.app, at_worker, self.store), "worker", "erasing"),
        )

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def close(self) -> None:
        self.inbox.close()

    # crashes

    def strike(self, label: str) -> None:
        if self.dead:
            raise Crash(label)
        self.passed[label] += 1
        if label in self.crashes_at:
            self.crashes_at.remove(label)
            self.died.append(label)
            self.dead = True
            raise Crash(label)

    def _labelled(self, adapter: Any, function: str, name: str) -> Any:
        return faults.Labelled(adapter, f"{function}.{name}", faults.METHODS[function][name], self.strike)

    # phones

    def says(self, phone: str, *messages: dict[str, Any], bsuid: str | None = None) -> None:
        """One POST with these messages (`{"text": …}`, perhaps `quoted`, `{"tap": id, "quoted": …}` or
        `{"file": bytes}`).
        """
        told = []
        for message in messages:
            one: dict[str, Any] = {
                "id": f"wamid.in.{uuid4().hex}",
                "from": phone,
                "timestamp": str(int(self.now().timestamp())),
            }
            one |= {"from_user_id": bsuid} if bsuid else {}
            kind = "text" if "text" in message else "choice" if "tap" in message else "document"
            one |= {"context": {"id": message["quoted"]}} if "quoted" in message else {}
            if kind == "text":
                one |= {"type": "text", "text": {"body": message["text"]}}
            elif kind == "choice":
                tapped = {"id": message["tap"], "title": "Sí"}
                one |= {
                    "type": "interactive",
                    "interactive": {"type": "button_reply", "button_reply": tapped},
                }
            else:
                media = f"m{uuid4().hex}"
                self.meta.files[media] = message["file"]
                self.meta.unwell[media] = message.get("unwell", 0)
                one |= {
                    "type": "document",
                    "document": {"id": media, "filename": "f.pdf", "mime_type": "application/pdf"},
                }
            told.append(one)
            self.asked.append(
                {
                    "direction": "in",
                    "kind": kind,
                    "wamid": one["id"],
                    "text": message.get("text"),
                    "failed": None,
                    "from": phone,
                }
            )
        self.posts.append(self._body({"messages": told}))

    def _body(self, part: dict[str, Any]) -> bytes:
        return encode([{"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER_ID}} | part])

    # the world goes on

    def deliver(self) -> None:
        """Every waiting POST once; those without a 200 wait for the next time."""
        if self.meta.told:
            self.posts.append(self._body({"statuses": self.meta.told}))
            self.meta.told = []
        waiting, self.posts = self.posts, []
        for body in waiting:
            if self.post(body) == 200:
                self.acknowledged.append(body)
                told = json.loads(body)["entry"][0]["changes"][0]["value"].get("statuses", [])
                self.meta.heard |= {
                    one["biz_opaque_callback_data"] for one in told if one["status"] == "delivered"
                }
                failed = {one["biz_opaque_callback_data"] for one in told if one["status"] == "failed"}
                self.blind |= failed & {one["opaque"] for one in self._arrived()} - self.meta.heard
            else:
                self.posts.append(body)

    def post(self, body: bytes) -> int | None:
        """Meta's POST: the status, or None when the webhook died."""
        self.dead = False
        headers = {"X-Hub-Signature-256": sign(body, SECRET)}
        try:
            return self.router.handle(
                "POST", PATH, args={}, headers=headers, read=lambda most: body[:most]
            ).status
        except Crash:
            return None

    def work(self) -> None:
        """Every due task once."""
        for name, (at, body) in list(self.queue.waiting.items()):
            if (at is None or at <= self.now()) and self.do(body) == 200:
                self.queue.waiting.pop(name, None)

    def do(self, body: bytes) -> int | None:
        """One task: the status, or None when the worker died."""
        self.dead = False
        try:
            return self.worker.handle(body).status
        except Crash:
            return None

    def later(self, seconds: float) -> None:
        """Time passes."""
        self.ahead += timedelta(seconds=seconds)
        span = f"interval '{seconds} seconds'"
        with self.postgres.admin.begin() as connection:
            for shift in SHIFTS:
                connection.execute(
                    text(shift.format(s=span, mine="tenant_id = any(:mine)")), {"mine": self.tenants()}
                )

    def turn(self, seconds: float = 31.0) -> None:
        """Webhooks arrive, tasks run, the sweep looks, time passes."""
        self.deliver()
        self.work()
        self.do(tasks.dump(tasks.SweepTask()))
        self.work()
        self.later(seconds)

    def settle(self, turns: int = 40) -> None:
        """Turns until nothing is left to do."""
        for _ in range(turns):
            self.turn()
            if self.quiet():
                return

    def quiet(self) -> bool:
        """Whether nothing waits anywhere."""
        rows = self.sql(
            "select count(*) from messaging.replies where state = 'ready' and tenant_id = any(:mine)"
        )
        return not (
            self.posts
            or self.meta.told
            or self.queue.waiting
            or rows[0][0]
            or self.admissions.pending(self.now(), 1000)
        )

    # what came of it

    def tenants(self) -> list[Any]:
        return [doc["tenant_id"] for doc in self._documents("senders")]

    def sql(self, query: str, **values: Any) -> Sequence[tuple[Any, ...]]:
        with self.postgres.admin.begin() as connection:
            return [tuple(row) for row in connection.execute(text(query), {"mine": self.tenants()} | values)]

    def numbers(self) -> dict[str, int]:
        """The number of each message, by the Inbox."""
        return {doc["message"]["wamid"]: doc["seq"] for doc in self._documents("messages") if doc.get("seq")}

    def reading(self, phone: str) -> Conversation:
        """The conversation of one phone; one send that arrived twice, as `repeated` counts them, is read
        once.
        """
        mine = [one for one in self.asked if one["from"] == phone]
        numbers, wamids = self.numbers(), {one["wamid"] for one in mine}
        first = {one["opaque"]: one["wamid"] for one in reversed(self._arrived())}
        once = [one for one in self.meta.out if one["failed"] or first[one["opaque"]] == one["wamid"]]
        conversation = [*mine, *(one for one in once if one["to"] == phone)]
        sends = {
            str(send): members
            for send, members in self.sql(
                "select id, members from messaging.sends where tenant_id = any(:mine)"
            )
        }
        return read(conversation, {wamid: seq for wamid, seq in numbers.items() if wamid in wamids}, sends)

    def _arrived(self) -> list[dict[str, Any]]:
        return [one for one in self.meta.out if not one["failed"]]

    def repeated(self) -> int:
        """How often a send arrived more than once."""
        return len(self._arrived()) - len({one["opaque"] for one in self._arrived()})

    def told(self, number: int) -> set[str]:
        """Who was sent the factura of this number."""
        return {
            one["to"] for one in self.meta.out if f"Número: {number}" in one["text"] and not one["failed"]
        }

    def _documents(self, collection: str) -> list[dict[str, Any]]:
        # `where` wants a field: every document of these collections has its tenant or user
        found = self.inbox._found("select path, body from documents where path like ?", f"{collection}/%")
        return [doc for _, doc in found]

    def _quiet_leftovers(self) -> None:
        """What earlier tests left in the database is not this world's to sweep."""
        with self.postgres.admin.begin() as connection:
            connection.execute(text("update messaging.lanes set held = true where not held"))
            connection.execute(
                text("update documents.documents set lease_until = null where status = 'working'")
            )
