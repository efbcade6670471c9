"""Steps 6 to 9 for one message: from its task to a reply that is ready, whatever crashes on the way.

Every number ends in one reply, a body or void; that is what keeps the sender's lane moving. Each step may be repeated from any point: the
document's row carries a lease, the attempts are counted before the file is opened, and the results, the reply and the document's end are one transaction.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from functions.extractor.invoice import ErrorCode, Extraction
from functions.extractor.opening import document
from functions.whatsapp import helpers, result
from functions.whatsapp.client import Action, GraphError, MediaGone, MediaTooLarge
from functions.whatsapp.ledger import Claim, Records
from functions.whatsapp.model import READABLE_KINDS, Media, media_name
from functions.whatsapp.ports import Clock, Gone, MediaStore, Unwell
from functions.whatsapp.tasks import MessageTask

log = logging.getLogger("cuadra")

ATTEMPTS = 5
"""The attempt that is no longer made: a file that brought the worker down this often gets our failure sentence."""
_MEDIA_FOR = timedelta(hours=12)
"""A file that Meta does not hand over for this long is answered as gone, while the user may still be written to (24 hours)."""
_FETCH_S = 20.0
_STORE_S = 10.0
_SLOT_BY_S = 25.0
"""Seconds into a task after which no reading is begun: with the reading's 30 it still ends before the function's 60 and the lease's 75."""


class Reader(Protocol):
    """What the processor needs of the extractor."""

    def extract(self, data: bytes, *, uri: str | None = None) -> Extraction:
        """Read one file; never raises, holds its own deadline."""


class MediaSource(Protocol):
    """What the processor needs of the Graph client."""

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        """The file's bytes. Raises MediaGone, MediaTooLarge, GraphError, Unwell."""

    def mark_read(self, wamid: str, typing: bool = True) -> None:  # noqa: FBT001, FBT002 - Graph's own word
        """Two blue ticks and "typing…"; best effort."""


class Retry(Exception):
    """This task must be tried again; the message says why, in one snake_case word."""


@dataclass(slots=True)
class Story:
    """What happened to one task, for the canonical log line: ids, outcome and each step's milliseconds."""

    fields: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure a step; repeated steps add up."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.fields[f"{name}_ms"] = self.fields.get(f"{name}_ms", 0) + round((time.monotonic() - started) * 1000)


@dataclass(frozen=True, slots=True)
class Processor:
    """Makes replies ready. `background` runs what nobody waits for (read and typing); `slots` are the readings at once."""

    records: Records
    media: MediaStore
    graph: MediaSource
    reader: Reader
    background: Executor
    slots: threading.Semaphore
    lease_s: float = 75.0
    daily_cap: int = 300
    help_contact: str = ""
    privacy_url: str = ""
    clock: Clock = lambda: datetime.now(UTC)

    def process(self, task: MessageTask, story: Story) -> None:
        """Bring the message to its reply. Raises Retry and Unwell: nothing is lost, the same task comes again."""
        message, tenant = task.message, task.tenant
        story.fields |= {
            "tenant": str(tenant.id),
            "user": str(tenant.user_id),
            "seq": task.seq,
            "kind": message.kind,
            "generation": task.generation,
        }
        with story.step("open"):
            opened = self.records.open(task, helpers.WELCOME_TEXT if tenant.welcome == "text" else helpers.WELCOME_FILE)
        if opened.purged:
            story.fields["outcome"] = "purged"
            return
        if opened.answered:
            story.fields["outcome"] = "already_answered"
            return
        self.background.submit(self._read_receipt, message.wamid)
        if message.kind not in READABLE_KINDS or message.media is None or task.first_over_cap:
            body = None if task.seq == 1 and tenant.welcome == "text" and message.kind == "text" else self._sentence(task)
            with story.step("finish"):
                self.records.answer(task, body)
            story.fields["outcome"] = "over_cap" if task.first_over_cap else "answered"
            return
        self._document(task, message.media, story)

    def _document(self, task: MessageTask, media: Media, story: Story) -> None:
        with story.step("claim"):
            claim = self.records.claim(task, self.lease_s)
        if claim is None:
            raise Retry("document_busy")
        story.fields["document"] = str(claim.document_id)
        try:
            self._read(task, media, claim, story)
        except Exception:
            # Back at once: the retry need not wait for the lease to end. A worker that dies instead leaves the lease to do it.
            self._give_back(claim)
            raise

    def _read(self, task: MessageTask, media: Media, claim: Claim, story: Story) -> None:
        try:
            with story.step("media"):
                uri, data = self._original(task, media, claim)
        except MediaGone:
            return self._finish(task, claim, story, None, "media_expired", helpers.MEDIA_EXPIRED)
        except MediaTooLarge:
            return self._finish(task, claim, story, None, "too_large", helpers.error_sentence("too_large"))
        story.fields["bytes"] = len(data)
        with self._slot(story):
            return self._extract(task, media, claim, story, uri, data)

    @contextmanager
    def _slot(self, story: Story) -> Iterator[None]:
        """One of the readings that may run at once. It is had before the attempt is counted: waiting in a burst is no fault of the file."""
        with story.step("slot"):
            left = _SLOT_BY_S - (time.monotonic() - story.started)
            mine = left > 0 and self.slots.acquire(timeout=left)
        if not mine:
            raise Retry("no_slot")
        try:
            yield
        finally:
            self.slots.release()

    def _extract(self, task: MessageTask, media: Media, claim: Claim, story: Story, uri: str, data: bytes) -> None:
        with story.step("claim"):
            attempt = self.records.attempt(claim, storage_uri=uri, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        if attempt is None:
            raise Retry("lease_lost")
        story.fields["attempt"] = attempt.number
        if attempt.number >= ATTEMPTS:
            log.error("attempts_exhausted", extra={"fields": {"document": str(claim.document_id)}})
            return self._finish(task, claim, story, None, "internal", helpers.error_sentence("internal"))
        if attempt.twin:
            with story.step("finish"):
                if not self.records.finish_as(claim, task, attempt.twin):
                    raise Retry("lease_lost")
            story.fields |= {"outcome": "same_file", "engine": "none"}
            return None
        with story.step("extract"):
            extraction = self.reader.extract(data, uri=uri)
        story.fields |= _told(extraction)
        code: ErrorCode | None = extraction.error.code if extraction.error else None
        if code == "internal":
            raise Retry("extractor_failed")
        return self._finish(task, claim, story, extraction, code, result.format_extraction(extraction, filename=media.filename))

    def _finish(self, task: MessageTask, claim: Claim, story: Story, extraction: Extraction | None, failure: str | None, body: str) -> None:
        filename = task.message.media.filename if task.message.media else None
        title = result.title(extraction, filename)
        with story.step("finish"):
            if not self.records.finish(claim, task, title=title, body=body, extraction=extraction, failure=failure):
                raise Retry("lease_lost")
        story.fields["outcome"] = failure or (extraction.verdict if extraction else "failed")

    def _original(self, task: MessageTask, media: Media, claim: Claim) -> tuple[str, bytes]:
        """The stored original, stored now if the webhook could not: nothing is read that is not kept."""
        name = media_name(task.tenant.id, task.message.wamid)
        uri = task.media_uri or claim.storage_uri or self.media.find(name, timeout=_STORE_S)
        if uri:
            try:
                return uri, self.media.load(uri, timeout=_STORE_S)
            except Gone:
                log.error("original_missing", extra={"fields": {"document": str(claim.document_id)}})  # noqa: TRY400 - the line says all
        try:
            data = self.graph.fetch_media(media, budget_s=_FETCH_S, limit_bytes=document.MAX_BYTES)
        except (GraphError, Unwell) as error:
            if isinstance(error, GraphError):
                log.log(
                    logging.ERROR if error.code == 190 else logging.WARNING,
                    "media_unwell", extra={"fields": {"code": error.code, "http": error.http}},
                )  # fmt: skip
            ours = isinstance(error, GraphError) and error.action is Action.HOLD  # a token to renew: the file waits at Meta, and so do we
            if not ours and self.clock() - task.received_at > _MEDIA_FOR:
                log.error("media_given_up", extra={"fields": {"document": str(claim.document_id), "reason": str(error)}})  # noqa: TRY400 - the line says all
                raise MediaGone("given up") from error
            raise Retry("media_unwell") from error
        return self.media.save(name, data, media.mime or "application/octet-stream", timeout=_STORE_S), data

    def _sentence(self, task: MessageTask) -> str:
        if task.first_over_cap:
            return helpers.over_cap(self.daily_cap, task.message.media.filename if task.message.media else None)
        return helpers.reply_to(task.message, contact=self.help_contact, privacy_url=self.privacy_url)

    def _give_back(self, claim: Claim) -> None:
        try:
            self.records.unclaim(claim)
        except Unwell:
            log.warning("unclaim_failed", extra={"fields": {"document": str(claim.document_id)}})

    def _read_receipt(self, wamid: str) -> None:
        try:
            self.graph.mark_read(wamid)
        except (GraphError, Unwell) as error:
            log.info("read_receipt_failed", extra={"fields": {"error": type(error).__name__}})


def _told(read: Extraction) -> dict[str, Any]:
    """An extraction's fields of the canonical line."""
    return {
        "engine": read.engine, "verdict": read.verdict, "model": read.model, "pages": read.pages, "invoices": len(read.invoices),
        "media_type": read.media_type, "tokens": read.tokens, "cost_usd": float(read.cost_usd), "failure": read.error.code if read.error else None,
        "error": read.error.message if read.error else None, "failed_checks": sorted({one.name for one in read.checks if one.ok is False}),
    } | {f"{'opening' if name == 'open' else name}_ms": ms for name, ms in read.steps.items()}  # fmt: skip
