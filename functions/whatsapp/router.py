"""GET and POST /webhook/whatsapp: steps 1 to 5 of a message's way.

A message is acknowledged only when it is admitted and its task is enqueued; whatever else fails, the answer
is 500 and Meta sends the same again for seven days (Meta, webhooks/overview). What is signed yet unreadable
gets 200: it would only be repeated.
"""

from __future__ import annotations

import hmac
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

from functions.errors import Gone, Unwell
from functions.whatsapp import originals, synthetic
from functions.whatsapp.model import (
    READABLE_KINDS,
    Address,
    Admission,
    Inbound,
    Media,
    NumberChange,
    media_name,
)
from functions.whatsapp.onboarding import tasks_of
from functions.whatsapp.outcome import Outcome
from functions.whatsapp.payload import NotAWebhook, Status, Updates, by_sender, parse
from functions.whatsapp.ports import Clock, MediaStore, Queue
from functions.whatsapp.tasks import MessageTask, MovedTask, StatusTask, Task, dump

T = TypeVar("T")
log = logging.getLogger("cuadra")

PATH = "/webhook/whatsapp"
LARGEST_BODY = 3 * 1024 * 1024
"""Bytes of the largest webhook body (Meta, webhooks/overview: up to 3 MB)."""
_LARGEST_FILE = 8 * 1024 * 1024
"""Bytes of the largest file worth trying inside the budget; the worker takes the larger ones."""
_MOST_FILES = 8
"""The most files of one body that are fetched here: a body of hundreds must not fill the memory. The worker
takes the others.
"""
_MOST_ERRORS = 5
"""The most different account errors of one body that get a log line each."""


_OPEN_S = 10.0
"""Seconds in which an original is found, and again in which it is loaded."""


class WebhookInbox(Protocol):
    """The part of the Inbox that the webhook needs."""

    def admit(self, messages: Sequence[Inbound]) -> list[Admission]:
        """Admit one sender's messages. Raises Unwell."""

    def move(self, change: NumberChange) -> list[MovedTask]:
        """Move a sender's address. Raises Unwell."""

    def mark_enqueued(self, admission: Admission) -> None:
        """Note that the task is in the queue. Raises Unwell."""

    def note_status(
        self,
        tenant_id: UUID,
        send_id: UUID,
        status: str,
        wamid: str,
        at: datetime,
        code: int | None = None,
        detail: str = "",
    ) -> None:
        """Keep a receipt. Raises Unwell."""


class Fetcher(Protocol):
    """The part of the Graph client that the webhook needs."""

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        """Return the file's bytes. Any exception leaves the file to the worker."""


@dataclass(frozen=True, slots=True)
class Services:
    """The outside world, connected on first use: a handshake or a rejected signature connects to none of
    it.
    """

    desk: WebhookInbox
    graph: Fetcher
    media: MediaStore
    queue: Queue


@dataclass(slots=True)
class Router:
    """Answers Meta's requests. Each instance has one, shared by its threads.

    `secrets` are the app secrets that are accepted: the current one, then the previous one while it is being
    rotated. After `total_s` seconds no further sender of a large batch is begun: Meta repeats the body and
    finds the first ones done.
    """

    secrets: tuple[str, ...]
    verify_token: str
    phone_number_id: str
    connect: Callable[[], Services]
    media_budget_s: float = 0.8
    total_s: float = 25.0
    clock: Clock = lambda: datetime.now(UTC)
    senders: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(16, "sender"))
    files: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(32, "file"))

    def __post_init__(self) -> None:
        if not self.secrets or not all(self.secrets):
            raise ValueError("the webhook needs its app secret")

    def handle(
        self,
        method: str,
        path: str,
        *,
        args: Mapping[str, str],
        headers: Mapping[str, str],
        read: Callable[[int], bytes],
        trace: str | None = None,
    ) -> Outcome:
        """Answer one request. `read(n)` gives up to n bytes of the body; `trace` goes on to the tasks."""
        if method == "GET" and path.startswith(f"{PATH}{originals.PATH}"):
            return self._original(path.removeprefix(f"{PATH}{originals.PATH}"))
        if path.rstrip("/") != PATH:
            return Outcome(404, "not found", {"outcome": "not_found"})
        if method == "GET":
            return self._handshake(args)
        if method != "POST":
            return Outcome(405, "method not allowed", {"outcome": "method_not_allowed"})
        return self._receive(headers, read, trace)

    def _original(self, token: str) -> Outcome:
        """Return the file that a link signed by us opens."""
        from functions.whatsapp import helpers  # a handshake needs none of it

        name = originals.named(token, self.secrets, self.clock())
        if name is None:  # as with a bad signature, nothing is connected for it
            return Outcome(404, helpers.NO_ORIGINAL, {"outcome": "no_original"})
        try:
            media = self.connect().media
            uri = media.find(name, timeout=_OPEN_S)
            data = media.load(uri, timeout=_OPEN_S) if uri else None
        except Gone:
            data = None
        except Unwell as why:
            return Outcome(503, helpers.ORIGINAL_LATER, {"outcome": "outside_unwell", "reason": str(why)})
        if data is None:
            return Outcome(404, helpers.NO_ORIGINAL, {"outcome": "no_original"})
        return Outcome(
            200, data, {"outcome": "original", "bytes": len(data)}, originals.headers(originals.kind(data))
        )

    def _handshake(self, args: Mapping[str, str]) -> Outcome:
        token = args.get("hub.verify_token", "")
        if args.get("hub.mode") == "subscribe" and hmac.compare_digest(
            token.encode(), self.verify_token.encode()
        ):
            return Outcome(200, args.get("hub.challenge", ""), {"outcome": "handshake"})
        log.warning("bad_verify_token")
        return Outcome(403, "forbidden", {"outcome": "bad_verify_token"})

    def _receive(
        self, headers: Mapping[str, str], read: Callable[[int], bytes], trace: str | None
    ) -> Outcome:
        started = time.monotonic()
        length = headers.get("Content-Length") or ""
        raw = b"" if length.isdecimal() and int(length) > LARGEST_BODY else read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY or (length.isdecimal() and int(length) > LARGEST_BODY):
            return Outcome(413, "too large", {"outcome": "too_large"})
        if not signed(raw, headers.get("X-Hub-Signature-256") or "", self.secrets):
            log.warning("bad_signature", extra={"fields": {"bytes": len(raw)}})
            return Outcome(401, "bad signature", {"outcome": "bad_signature"})
        fields: dict[str, Any] = {"bytes": len(raw), "verify_ms": _ms(started)}
        parsing = time.monotonic()
        try:
            updates = parse(raw, self.phone_number_id, now=self.clock())
        except NotAWebhook as error:
            log.error("not_a_webhook", extra={"fields": {"bytes": len(raw), "reason": str(error)}})
            return Outcome(200, "ignored", fields | {"outcome": "not_a_webhook"})
        fields["parse_ms"] = _ms(parsing)
        return self._take(updates, fields, started, trace)

    def _take(self, updates: Updates, fields: dict[str, Any], started: float, trace: str | None) -> Outcome:
        if updates.ignored["other_number"]:
            log.warning(
                "other_phone_number_id", extra={"fields": {"changes": updates.ignored["other_number"]}}
            )
        if updates.ignored["too_old"]:
            log.warning("too_old", extra={"fields": {"updates": updates.ignored["too_old"]}})
        for (code, told), count in updates.errors.most_common(_MOST_ERRORS):
            log.error("account_error", extra={"fields": {"code": code, "title": told, "count": count}})
        fields |= {
            "errors": updates.errors.total(),
            "messages": len(updates.messages),
            "statuses": len(updates.statuses),
            "moves": len(updates.moves),
        }
        fields["ignored"] = dict(updates.ignored)
        if updates.messages and all(one.address == synthetic.ADDRESS for one in updates.messages):
            fields["synthetic"] = True
        receipts = [status for status in updates.statuses if status.status != "read"]
        if not (updates.messages or updates.moves or receipts):
            return Outcome(200, "ok", fields | {"outcome": "nothing_to_do"})
        try:
            services = self.connect()
        except Unwell as error:
            log.warning("unwell", extra={"fields": {"service": str(error)}})
            return Outcome(500, "try again", fields | {"outcome": "try_again"})
        batch = _Batch(self, services, started, trace)
        left, held = batch.changes(updates)
        ready = [group for group in by_sender(left) if not _shared([one.address for one in group], held)]
        jobs: list[tuple[Callable[[Any], None], Any]] = [(batch.sender, group) for group in ready]
        jobs += [(batch.status, status) for status in receipts]
        done = _together(self.senders, [partial(batch.guarded, *job) for job in jobs])
        fields |= batch.counts | batch.slowest | batch.ids
        if all(done) and not held:
            return Outcome(200, "ok", fields | {"outcome": "ok"})
        return Outcome(500, "try again", fields | {"outcome": "try_again"})


def signed(raw: bytes, header: str, secrets: Iterable[str]) -> bool:
    """True where `header` is `sha256=` and the HMAC of the raw bytes under one of `secrets`; all are tried,
    in constant time.
    """
    given = header.removeprefix("sha256=").encode() if header.startswith("sha256=") else b""
    # Not hmac.digest: it releases the interpreter's lock for every body, which costs more than the sum itself
    # when all threads are busy.
    matches = [
        hmac.compare_digest(hmac.new(secret.encode(), raw, "sha256").hexdigest().encode(), given)
        for secret in secrets
    ]
    return any(matches)


def _shared(some: Iterable[Address], others: Sequence[Address]) -> bool:
    """True where a phone or a BSUID is in both."""
    return any(one.shares(other) for one in some for other in others)


class _Batch:
    """The work of one body, spread over its senders; counts what happened for the canonical line."""

    def __init__(self, router: Router, services: Services, started: float, trace: str | None) -> None:
        self.router = router
        self.services = services
        self.started = started
        self.deadline = started + router.media_budget_s
        self.trace = trace
        self.files_left = _MOST_FILES
        self.lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.slowest: dict[str, int] = {}
        self.ids: dict[str, Any] = {}

    def guarded(self, work: Callable[[T], None], item: T) -> bool:
        """True where `work` did its part; where it fails, only this item fails."""
        try:
            if time.monotonic() - self.started > self.router.total_s:
                raise Unwell("webhook: batch took too long")
            work(item)
        except Unwell as error:
            log.warning("unwell", extra={"fields": {"service": str(error)}})
        except Exception:
            # Not the outside world's fault: still nothing may be lost, and an operator must see it.
            log.exception("webhook_failed")
        else:
            return True
        return False

    def changes(self, updates: Updates) -> tuple[list[Inbound], list[Address]]:
        """Make the changes of address one after another, since their order has a meaning, each after
        admitting what was written before it.

        Returns the messages that are left, and the addresses of the changes that could not be made. Whatever
        has one of these must wait for the body to come again: admitted now, it would register a known person
        anew.
        """
        left, held = updates.messages, list[Address]()
        for change in updates.moves:
            before = {
                one.wamid: one for one in left if one.sent_at <= change.at and one.address.shares(change.old)
            }
            left = [one for one in left if one.wamid not in before]
            ends = [change.old, change.new]
            if not _shared(ends, held):
                done = [self.guarded(self.sender, group) for group in by_sender([*before.values()])]
                if all(done) and self.guarded(self.move, change):
                    continue
            held += ends
        return left, held

    def move(self, change: NumberChange) -> None:
        """Give a sender a new address."""
        for task in self.services.desk.move(change):
            self._push(task)

    def status(self, status: Status) -> None:
        """Keep a receipt; one that says a send failed goes to the worker too."""
        self.services.desk.note_status(
            status.tenant_id,
            status.send_id,
            status.status,
            status.wamid,
            status.at,
            status.code,
            status.detail,
        )
        if status.status == "failed":
            code = -1 if status.code is None else status.code
            self._push(
                StatusTask(
                    status.tenant_id, status.user_id, status.send_id, status.wamid, code, status.detail
                )
            )

    def sender(self, messages: list[Inbound]) -> None:
        """Take one sender's messages: fetch their files while they are admitted, then store, enqueue and
        mark.
        """
        fetches = {message.wamid: fetch for message in messages if (fetch := self._fetch(message))}
        begun = time.monotonic()
        try:
            admissions = self.services.desk.admit(messages)
        except BaseException:
            _cancel(fetches.values())
            raise
        self._spent("admit", begun)
        pending = [one for one in admissions if one.state == "admitted"]
        self._tell(admissions)
        waiting = {one.message.wamid for one in pending}
        _cancel(fetch for wamid, fetch in fetches.items() if wamid not in waiting)
        begun = time.monotonic()
        uris = self._store(
            [(one, fetches[one.message.wamid]) for one in pending if one.message.wamid in fetches]
        )
        if fetches:
            self._spent("media", begun)
        begun = time.monotonic()
        errors = _together(
            self.router.files, [partial(self._enqueue, one, uris.get(one.message.wamid)) for one in pending]
        )
        self._spent("enqueue", begun)
        if failed := next((error for error in errors if error), None):
            raise failed

    def _fetch(self, message: Inbound) -> Future[bytes] | None:
        if message.kind not in READABLE_KINDS or message.media is None:
            return None
        with self.lock:
            if self.files_left <= 0:
                return None
            self.files_left -= 1
        media = message.media

        def fetch() -> bytes:
            budget = self.deadline - time.monotonic()
            if budget <= 0:
                raise Unwell("webhook: media budget spent")
            return self.services.graph.fetch_media(media, budget_s=budget, limit_bytes=_LARGEST_FILE)

        return self.router.files.submit(fetch)

    def _store(self, fetched: list[tuple[Admission, Future[bytes]]]) -> dict[str, str]:
        """Return the URIs, by wamid, of the files that could be fetched and stored in time."""
        saves: dict[str, Future[str]] = {}
        for one, fetch in fetched:
            data = self._in_time(fetch, "fetch")
            if data is not None:
                saves[one.message.wamid] = self.router.files.submit(self._save, one, data)
        uris = {wamid: uri for wamid, save in saves.items() if (uri := self._in_time(save, "store"))}
        with self.lock:
            self.counts["media_stored"] += len(uris)
            self.counts["media_deferred"] += len(fetched) - len(uris)
        return uris

    def _save(self, one: Admission, data: bytes) -> str:
        budget = self.deadline - time.monotonic()
        if budget <= 0:
            raise Unwell("webhook: media budget spent")
        mime = (one.message.media.mime if one.message.media else None) or "application/octet-stream"
        return self.services.media.save(
            media_name(one.business, one.message.wamid), data, mime, timeout=budget
        )

    def _in_time(self, future: Future[T], step: str) -> T | None:
        """Return the result, or None: whatever went wrong with a file here, the worker does it again."""
        try:
            return future.result(max(0.0, self.deadline - time.monotonic()))
        except FutureTimeout:
            future.cancel()
            reason = "timeout"
        except Exception as error:  # noqa: BLE001 - the worker meets it again and answers it
            reason = type(error).__name__
        log.info("media_deferred", extra={"fields": {"step": step, "reason": reason}})
        return None

    def _enqueue(self, one: Admission, uri: str | None) -> Exception | None:
        try:
            for task in tasks_of(one, media_uri=uri, trace=self.trace):
                self._push(task)
        except Exception as error:  # noqa: BLE001 - its neighbours are enqueued first, then it is raised
            return error
        try:
            self.services.desk.mark_enqueued(one)
        except Unwell as error:
            # It is enqueued; unmarked, the sweep enqueues it once more, and the worker knows it.
            log.warning("not_marked", extra={"fields": {"service": str(error)}})
        return None

    def _push(self, task: MessageTask | MovedTask | StatusTask) -> None:
        whole: Task = task
        self.services.queue.push(task.name, dump(whole))

    def _tell(self, admissions: list[Admission]) -> None:
        with self.lock:
            for one in admissions:
                self.counts[
                    "admitted"
                    if one.state == "admitted"
                    else "duplicates"
                    if one.state == "enqueued"
                    else one.state
                ] += 1
            for tenant in {one.tenant.user_id: one.tenant for one in admissions}.values():
                told = {"tenant": str(tenant.id), "user": str(tenant.user_id)}
                self.ids = told if self.ids in ({}, told) else {"tenant": "several", "user": "several"}

    def _spent(self, step: str, begun: float) -> None:
        """Keep the time of the slowest sender for each step, since the steps of several senders overlap."""
        self.slowest[f"{step}_ms"] = max(self.slowest.get(f"{step}_ms", 0), _ms(begun))


def _together(pool: ThreadPoolExecutor, work: Sequence[Callable[[], T]]) -> list[T]:
    """Return the results in order; a single piece of work, the usual case, needs no other thread."""
    if len(work) == 1:
        return [work[0]()]
    return [future.result() for future in [pool.submit(one) for one in work]]


def _cancel(futures: Iterable[Future[Any]]) -> None:
    for future in futures:
        future.cancel()


def _ms(since: float) -> int:
    return round((time.monotonic() - since) * 1000)
