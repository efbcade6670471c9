"""Brings a file from its message to its reply: it is fetched and kept, read in its turn, and filed with its
business.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from functions.errors import Gone, Unwell
from functions.extractor.invoice import Customer, ErrorCode, Extraction
from functions.extractor.opening import document
from functions.extractor.page import OpeningFailed
from functions.extractor.peru.tokens import valid_ruc
from functions.whatsapp import accounts, filing, helpers, people, result, sunat, taps
from functions.whatsapp.client import Action, GraphError, MediaGone
from functions.whatsapp.download import MediaTooLarge
from functions.whatsapp.editing import author_of
from functions.whatsapp.format import size
from functions.whatsapp.inquiry import again
from functions.whatsapp.ledger import Busy, Claim, Finished
from functions.whatsapp.means import Means, NoPlace, Retry, Story
from functions.whatsapp.model import Enclosed, Media, Notice, Offer, Said, Seat, media_name
from functions.whatsapp.roles import may
from functions.whatsapp.tasks import MessageTask

log = logging.getLogger("cuadra")

ATTEMPTS = 5
"""The number of the attempt that is not made any more: a file that brought the worker down this often gets
the sentence that says the failure is ours.
"""
_MEDIA_FOR = timedelta(hours=12)
"""The time after which a file that Meta does not hand over is answered as gone, while the user may still be
written to (24 hours).
"""
_LONGEST = 3900
"""UTF-16 units of an answer: a combined message adds its number and name, and the notice of a duplicate."""
_ON_ITS_WAY_S = 120.0
"""Seconds by which a task that was put back may be late, in a queue that is full; then its document is
overdue.
"""
_COMPARED = Extraction(verdict="not_an_invoice", engine="none", media_type=document.TABLE, incomplete=True)
"""The end of SUNAT's proposal: without a paper, and incomplete, so that the same bytes are compared anew when
the books have changed.
"""


def read(means: Means, task: MessageTask, media: Media, story: Story) -> None:
    """Bring a file to its reply, or have its claim given back. Raises Retry, NoPlace and Unwell."""
    with story.step("claim"):
        claim = means.records.claim(task, means.lease_s)
    match claim:
        case Busy():
            raise Retry("document_busy")
        case Finished():
            # Another task finished it since this one began; should it have ended without a reply, the user
            # is told what to do about it.
            answered = means.records.answer(task, helpers.error_sentence("internal"))
            if answered.written:
                log.error(
                    "end_without_reply",
                    extra={"fields": {"user": str(task.tenant.user_id), "seq": task.seq}},
                )
            story.fields["outcome"] = "already_answered"
            return
    story.fields["document"] = str(claim.document_id)
    if (
        claim.tenant_id != task.business
    ):  # an earlier attempt filed it elsewhere, and may have ended before its first place was cleared
        means.media.delete(media_name(task.business, task.message.wamid))
        seat = means.doorkeeper.seat(task, tenant=claim.tenant_id) or Seat(claim.tenant_id, "helper")
        task = replace(task, seat=seat, media_uri=None)
    if claim.new:
        means.ticks.show(task.message.wamid, typing=True)
    try:
        _reading(means, task, media, claim, story)
    except NoPlace as why:
        _give_back(means, claim, back_s=why.back_s + _ON_ITS_WAY_S)
        raise
    except Exception as why:
        # The document is given back at once, so that the retry need not wait for the lease to end. When a
        # worker dies, only the lease's end gives it back.
        _give_back(means, claim, problem=_problem(why))
        raise


def _reading(means: Means, task: MessageTask, media: Media, claim: Claim, story: Story) -> None:
    try:
        uri, data = _original(means, task, media, claim, story)
        with _place(means, task, story):
            if data is None:
                with story.step("media"):
                    uri, data = _loaded(means, task, media, claim, uri)
            story.fields["bytes"] = len(data)
            if time.monotonic() - story.started > means.begin_by_s:
                raise means.put_off(task)
            return _extract(means, task, media, claim, story, uri, data)
    except MediaGone:
        return _finish(means, task, claim, story, None, "media_expired", helpers.MEDIA_EXPIRED)
    except MediaTooLarge:
        return _finish(means, task, claim, story, None, "too_large", helpers.error_sentence("too_large"))


@contextmanager
def _place(means: Means, task: MessageTask, story: Story) -> Iterator[None]:
    """Hold one of the readings that may run at once. The place is taken before the attempt is counted:
    waiting in a burst is no fault of the file.
    """
    with ExitStack() as held:
        with story.step("place"):
            had = held.enter_context(means.places.place(task.tenant.user_id, task.seq))
        if not had:
            raise means.put_off(task)
        yield


def _extract(
    means: Means, task: MessageTask, media: Media, claim: Claim, story: Story, uri: str, data: bytes
) -> None:
    with story.step("claim"):
        attempt = means.records.attempt(
            claim, storage_uri=uri, sha256=hashlib.sha256(data).hexdigest(), size=len(data)
        )
    if attempt is None:
        raise Retry("lease_lost")
    story.fields["attempt"] = attempt.number
    if attempt.number >= ATTEMPTS:
        log.error("attempts_exhausted", extra={"fields": {"document": str(claim.document_id)}})
        return _finish(means, task, claim, story, None, "internal", helpers.error_sentence("internal"))
    if attempt.twin:
        with story.step("finish"):
            if not means.records.finish_as(
                claim, task, attempt.twin, noted=accounts.noted(task.message.text)
            ):
                raise Retry("twin_lost")
        story.fields |= {"outcome": "same_file", "engine": "none"}
        return None
    asking = means.clerk.inquirer
    known = asking.known(claim.tenant_id) if asking else None
    with story.step("extract"):
        extraction = means.reader.extract(data, uri=uri, known=known)
    story.fields |= _told(extraction)
    code: ErrorCode | None = extraction.error.code if extraction.error else None
    if code == "internal":
        raise Retry("extractor_failed")
    if code == "not_supported" and (said := _compared(means, task, data, story)) is not None:
        file = means.kept(task, said.made, story) if said.made else None
        return _finish(means, task, claim, story, _COMPARED, None, said.text, file=file)
    task, claim = _routed(means, task, media, claim, extraction, data)
    asked = filing.question(means.doorkeeper, task, extraction.invoices)
    tail, question, notice = _tail(means, task, extraction, story, asked)
    head = means.heading(task)
    room = (
        _LONGEST
        - size(head)
        - size(tail)
        - (size(question.text) if question else 0)
        - (size(notice.text) if notice else 0)
    )
    body = head + result.format_extraction(extraction, filename=media.filename, limit=room) + tail
    return _finish(
        means,
        task,
        claim,
        story,
        extraction,
        code,
        body,
        question,
        notice=notice,
        offer=asked.offer if asked else None,
    )


def _routed(
    means: Means, task: MessageTask, media: Media, claim: Claim, extraction: Extraction, data: bytes
) -> tuple[MessageTask, Claim]:
    """For a sender of several businesses, file the paper with the one whose RUC is the buyer's. Its original
    goes there too, before anything is filed.
    """
    buyers = filing.buyers(extraction.invoices)
    seat = means.doorkeeper.seat(task, ruc=buyers.pop()) if task.seat and len(buyers) == 1 else None
    if seat is None or seat.business == claim.tenant_id:
        return task, claim
    before = media_name(claim.tenant_id, task.message.wamid)
    uri = means.media.save(
        media_name(seat.business, task.message.wamid),
        data,
        media.mime or "application/octet-stream",
        timeout=means.store_s,
    )
    task = replace(task, seat=seat, media_uri=None)
    moved = means.records.refile(claim, task, storage_uri=uri)
    if moved is None:
        raise Retry("lease_lost")
    means.media.delete(before)
    return task, moved


def _compared(means: Means, task: MessageTask, data: bytes, story: Story) -> Said | None:
    """Return the answer to a file that is SUNAT's proposal, compared with the books; None for all others."""
    with story.step("extract"):
        try:
            rows = means.reader.table(data)
        except OpeningFailed as error:
            raise Retry("extractor_failed") from error
    if rows is None:
        return None
    if not may(task.role, "compare"):
        return means.named(task, Said(people.NOT_COMPARED))
    with story.step("books"):
        return means.named(task, means.clerk.compared(rows, task.business, means.apart(task)))


def _tail(
    means: Means, task: MessageTask, extraction: Extraction, story: Story, asked: Said | None
) -> tuple[str, Said | None, Notice | None]:
    """Return what follows the values: whose the papers are, where the business told its RUC, the words that
    came with the file, and what is `asked` about it. Returns also a question and what SUNAT does not have,
    each told once.
    """
    if not extraction.invoices:
        return "", None, None
    with story.step("books"):
        business = means.clerk.books.business(task.business)
        buyer = None if business.ruc or not may(task.role, "my_ruc") else _buyer(means, task, extraction)
        missing = means.missing(task) if business.ruc else None
    whose = accounts.whose(extraction.invoices, business.ruc) or sunat.not_yours(
        (heard.word for heard in extraction.heard), business.ruc
    )
    noted = accounts.noted(task.message.text)
    if asked:
        return noted + asked.text, None, missing
    said = whose + noted
    if buyer is None or buyer.id is None:
        return said, None, missing
    return said, Said(taps.is_it_yours(buyer.name, buyer.id), offer=taps.own_ruc(buyer.id)), missing


def _buyer(means: Means, task: MessageTask, extraction: Extraction) -> Customer | None:
    """Return the buyer of a third factura with one and the same RUC: perhaps the business itself, which
    nobody asked yet.
    """
    one = extraction.invoices[0]
    if (
        len(extraction.invoices) > 1
        or one.kind != "01"
        or one.customer.id_type != "6"
        or not valid_ruc(one.customer.id or "")
    ):
        return None
    return one.customer if means.clerk.books.may_ask_ruc(author_of(task), one) else None


def _finish(
    means: Means, task: MessageTask, claim: Claim, story: Story, extraction: Extraction | None,
    failure: str | None, body: str,
    question: Said | None = None, file: Enclosed | None = None, notice: Notice | None = None,
    offer: Offer | None = None,
) -> None:  # fmt: skip
    filename = task.message.media.filename if task.message.media else None
    with story.step("finish"):
        if not means.records.finish(
            claim,
            task,
            title=result.title(extraction, filename),
            body=body,
            extraction=extraction,
            failure=failure,
            question=question,
            file=file,
            notice=notice,
            offer=offer,
        ):
            raise Retry("lease_lost")
    _keep_heard(means, claim, extraction)
    story.fields["outcome"] = failure or (extraction.verdict if extraction else "failed")


def _keep_heard(means: Means, claim: Claim, extraction: Extraction | None) -> None:
    """Keep what SUNAT said during the reading, beside the papers that were filed; where that fails SUNAT is
    asked again in a day.
    """
    asking = means.clerk.inquirer
    if extraction is None or asking is None:
        return
    for heard in extraction.heard:
        try:
            asking.inquiries.heard(
                claim.tenant_id, claim.document_id, heard, again(heard.word, 0, heard.word.at)
            )
        except Unwell as why:
            log.warning("unwell", extra={"fields": {"service": str(why)}})


def _original(
    means: Means, task: MessageTask, media: Media, claim: Claim, story: Story
) -> tuple[str, bytes | None]:
    """Return where the original is stored, and its bytes when it is stored only now: nothing is read that is
    not kept.
    """
    with story.step("media"):
        uri = (
            task.media_uri
            or claim.storage_uri
            or means.media.find(media_name(task.business, task.message.wamid), timeout=means.store_s)
        )
        return (uri, None) if uri else _fetched(means, task, media, claim)


def _loaded(means: Means, task: MessageTask, media: Media, claim: Claim, uri: str) -> tuple[str, bytes]:
    """Load the stored original, once its place is held: a task that waits holds no file in memory."""
    try:
        return uri, means.media.load(uri, timeout=means.store_s)
    except Gone:
        log.error("original_missing", extra={"fields": {"document": str(claim.document_id)}})
        return _fetched(means, task, media, claim)


def _fetched(means: Means, task: MessageTask, media: Media, claim: Claim) -> tuple[str, bytes]:
    try:
        data = means.graph.fetch_media(media, budget_s=means.fetch_s, limit_bytes=document.MAX_BYTES)
    except (GraphError, Unwell) as error:
        if isinstance(error, GraphError):
            log.log(
                logging.ERROR if error.code == 190 else logging.WARNING,
                "media_unwell", extra={"fields": {"code": error.code, "http": error.http}},
            )  # fmt: skip
        ours = (
            isinstance(error, GraphError) and error.action is Action.HOLD
        )  # the token must be renewed: the file waits at Meta, and so do we
        if not ours and means.clock() - task.received_at > _MEDIA_FOR:
            log.error(
                "media_given_up",
                extra={"fields": {"document": str(claim.document_id), "reason": str(error)}},
            )
            raise MediaGone("given up") from error
        raise Retry("media_unwell") from error
    name = media_name(task.business, task.message.wamid)
    return means.media.save(name, data, media.mime or "application/octet-stream", timeout=means.store_s), data


def _give_back(
    means: Means, claim: Claim, *, back_s: float | None = None, problem: str | None = None
) -> None:
    try:
        means.records.unclaim(claim, back_s=back_s, problem=problem)
    except Unwell:
        log.warning("unclaim_failed", extra={"fields": {"document": str(claim.document_id)}})


def _problem(why: Exception) -> str:
    """Return what an operator is told of an attempt that failed: its outcome and the cause behind it."""
    cause = f": {why.__cause__}" if why.__cause__ else ""
    return f"{why}{cause}" if isinstance(why, Retry | Unwell) else type(why).__name__


def _told(read: Extraction) -> dict[str, Any]:
    """Return an extraction's fields of the canonical line."""
    return {
        "engine": read.engine,
        "verdict": read.verdict,
        "model": read.model,
        "pages": read.pages,
        "invoices": len(read.invoices),
        "media_type": read.media_type,
        "tokens": read.tokens,
        "cost_usd": float(read.cost_usd),
        "failure": read.error.code if read.error else None,
        "error": read.error.message if read.error else None,
        "incomplete": read.incomplete,
        "failed_checks": sorted({one.name for one in read.checks if one.ok is False}),
    } | {f"{'opening' if name == 'open' else name}_ms": ms for name, ms in read.steps.items()}
