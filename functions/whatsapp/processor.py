"""Steps 6 to 9 for one message: from its task to a reply that is ready, whatever crashes on the way.

Every number ends in one reply, a body or void; that is what keeps the sender's lane moving. Each step may be
repeated from any point: the document's row carries a lease, the attempts are counted before the file is
opened, and the results, the reply and the document's end are one transaction.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol, get_args

from functions.books.ask import Ask, Intent, understand
from functions.books.mapping import Asking
from functions.books.ports import Interpreter
from functions.errors import ComeAgain, Gone, Unwell
from functions.extractor.invoice import Customer, ErrorCode, Extraction
from functions.extractor.opening import document
from functions.extractor.page import OpeningFailed
from functions.extractor.peru.tokens import valid_ruc
from functions.lima import LIMA
from functions.whatsapp import accounts, editing, filing, guide, helpers, people, privacy, result, sunat, taps
from functions.whatsapp.clerk import FILES, Clerk
from functions.whatsapp.client import Action, GraphError, MediaGone, MediaTooLarge
from functions.whatsapp.doorkeeper import PEOPLE, TELLS_WHERE, Doorkeeper
from functions.whatsapp.editing import author_of
from functions.whatsapp.format import size, unbroken
from functions.whatsapp.inquiry import again
from functions.whatsapp.ledger import ERASE, Busy, Claim, Finished, Records
from functions.whatsapp.model import (
    FILE_KINDS,
    Enclosed,
    Made,
    Media,
    Notice,
    Offer,
    Said,
    Seat,
    is_ours,
    made_name,
    media_name,
)
from functions.whatsapp.places import Places
from functions.whatsapp.ports import Clock, MediaStore, Queue
from functions.whatsapp.roles import may
from functions.whatsapp.tasks import MessageTask, PurgeTask, dump
from functions.whatsapp.ticks import Ticks

log = logging.getLogger("cuadra")

ATTEMPTS = 5
"""The attempt that is no longer made: a file that brought the worker down this often gets our failure
sentence.
"""
_MEDIA_FOR = timedelta(hours=12)
"""A file that Meta does not hand over for this long is answered as gone, while the user may still be written
to (24 hours).
"""
_LONGEST = 3900
"""UTF-16 units of an answer: a combined message adds its number and name, and the notice of a duplicate."""
_EARLIER_FOR = timedelta(minutes=10)
"""For so long a change of the books, or a month's file, waits for the sender's earlier messages; then nothing
is changed, and he is told so.
"""
_FILE_NOT_DELIVERED = 131052
"""Meta's code of an `unsupported` message that is a file too large to hand over: each file has its answer, so
that none is silenced.
"""
_ON_ITS_WAY_S = 120.0
"""Seconds that a task which was put back may be later than it was asked for, in a queue that is full; then
its document is overdue.
"""


_COMPARED = Extraction(verdict="not_an_invoice", engine="none", media_type=document.TABLE, incomplete=True)
"""How SUNAT's proposal ends: without a paper, and incomplete, so that the same bytes are compared anew when
the books have changed.
"""
_FIXED: dict[Intent, Said] = {
    "thanks": Said(""),
    "wrong": Said(accounts.HOW_TO_CORRECT),
    "erase": Said(privacy.ASK, kind=ERASE),
}
"""What is answered whatever the books hold."""


class Reader(Protocol):
    """What the processor needs of the extractor."""

    def extract(self, data: bytes, *, uri: str | None = None) -> Extraction:
        """Read one file; never raises, holds its own deadline."""

    def table(self, data: bytes) -> list[list[str]] | None:
        """The rows of a file that is a table, None for what is none. Raises OpeningFailed where it is our
        failure.
        """


class MediaSource(Protocol):
    """What the processor needs of the Graph client."""

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        """The file's bytes. Raises MediaGone, MediaTooLarge, GraphError, Unwell."""


class Retry(ComeAgain):
    """This task must be tried again; the message says why, in one snake_case word."""


class NoPlace(ComeAgain):
    """No file can be read here now: the task is to come again in `back_s` seconds, and has cost nothing."""

    def __init__(self, back_s: float) -> None:
        super().__init__(back_s)
        self.back_s = back_s


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
            self.fields[f"{name}_ms"] = self.fields.get(f"{name}_ms", 0) + round(
                (time.monotonic() - started) * 1000
            )


@dataclass(frozen=True, slots=True)
class Processor:
    """Makes replies ready. Of seconds: a document is its worker's for `lease_s`, a file is fetched within
    `fetch_s` and stored or loaded within `store_s`, and no reading is begun later than `begin_by_s` into its
    task.
    """

    records: Records
    media: MediaStore
    graph: MediaSource
    reader: Reader
    ticks: Ticks
    places: Places
    clerk: Clerk
    queue: Queue
    doorkeeper: Doorkeeper
    lease_s: float = 75.0
    fetch_s: float = 20.0
    store_s: float = 10.0
    begin_by_s: float = 25.0
    daily_cap: int = 300
    help_contact: str = ""
    privacy_url: str = ""
    company: str = ""
    kept_days: int = 30
    clock: Clock = lambda: datetime.now(UTC)
    interpreter: Interpreter | None = None

    def process(self, task: MessageTask, story: Story) -> None:
        """Bring the message to its reply. Raises Retry, NoPlace and Unwell: nothing is lost, the same task
        comes again.
        """
        with story.step("open"):
            welcome = helpers.WELCOME_TEXT if task.tenant.welcome == "text" else helpers.WELCOME_FILE
            notice = (
                privacy.notice(self.company, self.privacy_url) if self.company and self.privacy_url else None
            )
            opened = self.records.open(task, welcome, notice)
        story.fields |= {"business": str(task.business), "role": task.role} if task.seat else {}
        if opened.purged:
            story.fields["outcome"] = "purged"
        elif opened.answered is not None:
            if (
                opened.answered != task.seq
            ):  # by an earlier admission, which the inbox has forgotten: this number keeps nobody waiting
                self.records.answer(task, None)
            story.fields["outcome"] = "already_answered"
        elif task.business != task.tenant.id and not self.records.stands(task.business):
            self._answer(task, story, Said(people.GONE))
        elif task.message.kind == "choice":
            self._tapped(task, story)
        elif task.file is None:
            self._answer(task, story)
        else:
            self._document(task, task.file, story)

    @contextmanager
    def thread(self, task: MessageTask) -> Iterator[None]:
        """Hold this thread for the task; whatever brings no file may have any. Raises NoPlace, at once."""
        if task.file is None:
            yield
            return
        with self.places.thread(task.tenant.user_id) as had:
            if not had:
                raise self._put_off(task)
            yield

    def _tapped(self, task: MessageTask, story: Story) -> None:
        """A tap is answered as the text for which it stands; what was never offered to this sender gets
        nothing.
        """
        chosen = self.records.choose(task)
        if chosen is None:
            self.records.answer(task, None)
            story.fields["outcome"] = "not_offered"
        elif chosen.past:
            self._answer(task, story)
        elif not chosen.text:
            self._answer(task, story, Said(helpers.UNCHANGED))
        else:
            self._answer(
                replace(
                    task, message=replace(task.message, kind="text", text=chosen.text, quoted=chosen.about)
                ),
                story,
            )

    def _answer(self, task: MessageTask, story: Story, wanted: Said | None = None) -> None:
        wanted = wanted or self.doorkeeper.admitted(task)
        first = (
            wanted is None and task.seq == 1 and task.tenant.welcome == "text" and task.message.kind == "text"
        )
        brings_file = task.message.kind in FILE_KINDS or task.message.error_code == _FILE_NOT_DELIVERED
        if wanted is None and not first and not task.first_over_cap and task.message.kind == "text":
            task, wanted = self._there(task, self.clock())
            wanted = wanted or self._asked(task, story)
            if wanted and wanted.seat:
                task = replace(task, seat=wanted.seat)
        kind = (
            None
            if first or task.first_over_cap or brings_file
            else wanted.kind
            if wanted
            else task.message.kind
        )
        said = wanted or Said(self._sentence(task))
        ours = is_ours(task.message.wamid)
        file = self._kept(task, said.made, story) if said.made else None
        with story.step("finish"):
            answered = self.records.answer(
                task,
                None if first else unbroken(said.text) or None,
                title=helpers.headed(task.message),
                kind=None if ours else kind,
                about=said.about,
                file=file,
                offer=said.offer,
                notice=said.notice,
                gives=said.gives,
            )
        if (
            answered.begins and kind != "text"
        ):  # of the instructions the second within ten minutes is silent, which is no loop yet
            log.warning(
                "loop_silenced",
                extra={"fields": {"user": str(task.tenant.user_id), "kind": task.message.kind}},
            )
        if answered.written and not answered.silenced and not ours:
            self.ticks.show(
                task.message.wamid, typing=False
            )  # the answer is quicker than "typing…", which would stay under it
        story.fields["silenced"] = int(answered.silenced)
        story.fields["outcome"] = (
            "over_cap" if task.first_over_cap else "silenced" if answered.silenced else "answered"
        )

    def _there(self, task: MessageTask, now: datetime) -> tuple[MessageTask, Said | None]:
        """A text that quotes what stands in another business of its sender's acts there, as what he is there
        now; where he is nothing there any more, a sentence says so. What is quoted may still be being read.
        """
        if task.message.quoted and task.seat:
            self._settled(task, now)
        found = self.records.quoted_in(task) if task.message.quoted else frozenset()
        if len(found) != 1 or found == {task.business}:
            return task, None
        seat = self.doorkeeper.seat(task, tenant=min(found))
        return (replace(task, seat=seat), None) if seat else (task, Said(people.NOT_THERE))

    def _asked(self, task: MessageTask, story: Story) -> Said | None:
        """The answer to a text that asks something of the books: empty where it wants none, None where nobody
        knows what it asks.
        """
        now = self.clock()
        today = now.astimezone(LIMA).date()
        said = task.message.text or ""
        if (
            task.role == "owner"
            and said.strip() == privacy.CONFIRMS
            and self.records.asked_to_erase(task, task.received_at - privacy.ASKED_FOR)
        ):
            story.fields["ask"] = "erased"
            return self._erased(task)
        ask = self._meant(task, said, today, story)
        story.fields["ask"] = ask.intent if ask else None
        if ask is None:
            return None
        if not may(task.role, ask.intent):
            story.fields["refused"] = task.role
            return self._named(task, Said(people.not_yours(task.role)))
        if ask.intent in PEOPLE:
            told = self.doorkeeper.answer(ask, task)
            return told if ask.intent in TELLS_WHERE else self._named(task, told)
        return self._named(task, self._done(ask, task, now, story))

    def _done(self, ask: Ask, task: MessageTask, now: datetime, story: Story) -> Said | None:
        """What is asked for, by who may."""
        if ask.intent in _FIXED:
            return _FIXED[ask.intent]
        if ask.intent == "help":
            return Said(f"{self._sentence(task)}\n\n{guide.helped(task.role, several=task.seat is not None)}")
        if ask.intent == "belongs":
            return self._filed(ask, task, now)
        with story.step("books"):
            answer = self._by_books(ask, task, now)
            if (
                answer is None or not answer.text or answer.made or answer.offer
            ):  # a caption, and a text with buttons, are short
                return answer
            return replace(answer, notice=self._missing(task))

    def _meant(self, task: MessageTask, said: str, today: date, story: Story) -> Ask | None:
        """What a text asks for, by its words, and what they do not know by the model, which only ever
        asks.
        """
        ask = understand(said, today)
        if ask is None and self.interpreter is not None:
            with story.step("mapping"):
                ask = self.interpreter.ask(
                    replace(author_of(task), tenant=task.tenant.id), said, today
                )  # counted as the person's
            if ask is not None and ask.intent not in get_args(Asking):
                log.error("mapped_to_a_change", extra={"fields": {"ask": ask.intent}})
                ask = None
        return ask

    def _by_books(self, ask: Ask, task: MessageTask, now: datetime) -> Said | None:
        if ask.intent in editing.EDITS:
            return self._edited(ask, task, now)
        if ask.intent == "my_data":
            return self.clerk.everything(author_of(task), now, self.doorkeeper.places(task))
        if ask.intent in FILES:
            self._settled(
                task, now
            )  # what was sent before is in it; where that takes too long, it goes without
            called = self.doorkeeper.named(task) if task.seat else None
            return self.clerk.file(ask, task.business, now, called)
        if task.role != "helper":
            answer = self.clerk.answer(ask, task.business, now.astimezone(LIMA).date())
            if answer and ask.intent in {"my_ruc", "my_name"} and ask.text:
                self.doorkeeper.renamed(task.business)
            return answer
        answer = self.clerk.sent_by(task.tenant.user_id).answer(
            ask, task.business, now.astimezone(LIMA).date()
        )
        return answer and replace(answer, text=people.only_yours(answer.text))

    def _named(self, task: MessageTask, said: Said | None) -> Said | None:
        """An answer under its business's name, for who has several; as it is for everybody else, and where
        there is nothing to say.
        """
        if not said or not said.text:
            return said
        where = replace(task, seat=said.seat or task.seat)
        return replace(said, text=self._heading(where) + said.text)

    def _heading(self, task: MessageTask) -> str:
        return people.heading(self.doorkeeper.named(task)) if task.seat else ""

    def _missing(self, task: MessageTask) -> Notice | None:
        return self.clerk.missing(author_of(task)) if may(task.role, "sunat") else None

    def _kept(self, task: MessageTask, made: Made, story: Story) -> Enclosed:
        """A file of ours, stored under its business's name before the answer that brings it is written."""
        with story.step("store"):
            uri = self.media.save(
                made_name(task.business, task.message.wamid, made.data),
                made.data,
                made.mime,
                timeout=self.store_s,
            )
        return Enclosed(uri, made.name, made.mime)

    def _erased(self, task: MessageTask) -> Said:
        """The farewell. What deletes is on its way before it is written, and waits until it has left: a crash
        between the two forgets neither.
        """
        purge = PurgeTask(task.tenant.id, task.tenant.user_id, task.seq, task.received_at)
        self.queue.push(purge.name, dump(purge))
        return Said(privacy.farewell(task.received_at, self.kept_days, self.help_contact))

    def _edited(self, ask: Ask, task: MessageTask, now: datetime) -> Said:
        """What is changed waits for every earlier message: it may be of a paper that is still being read, or
        of a value that is still being corrected.
        """
        if not self._settled(task, now):
            return Said(accounts.BUSY)
        if task.message.quoted and len(self.records.quoted_in(task)) > 1:
            return Said(people.QUOTES_SEVERAL)
        return editing.answer(self.clerk.books, ask, task, now)

    def _filed(self, ask: Ask, task: MessageTask, now: datetime) -> Said | None:
        """A file stands where its sender says, once it was read."""
        if not self._settled(task, now):
            return Said(accounts.BUSY)
        return filing.filed(self.doorkeeper, self.records, self.media, task, ask, store_s=self.store_s)

    def _settled(self, task: MessageTask, now: datetime) -> bool:
        """Whether every earlier message of the sender has its reply; False when that took too long. Raises
        Retry until then.
        """
        if self.records.settled(task):
            return True
        if now - task.received_at < _EARLIER_FOR:
            raise Retry("earlier_unanswered")
        return False

    def _document(self, task: MessageTask, media: Media, story: Story) -> None:
        with story.step("claim"):
            claim = self.records.claim(task, self.lease_s)
        match claim:
            case Busy():
                raise Retry("document_busy")
            case Finished():
                # By another task since this one began; should there be an end without a reply, the user is
                # told what to do about it.
                answered = self.records.answer(task, helpers.error_sentence("internal"))
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
        ):  # an earlier attempt found whose it is, and may have ended before its first place was cleared
            self.media.delete(media_name(task.business, task.message.wamid))
            seat = self.doorkeeper.seat(task, tenant=claim.tenant_id) or Seat(claim.tenant_id, "helper")
            task = replace(task, seat=seat, media_uri=None)
        if claim.new:
            self.ticks.show(task.message.wamid, typing=True)
        try:
            self._read(task, media, claim, story)
        except NoPlace as why:
            self._give_back(claim, back_s=why.back_s + _ON_ITS_WAY_S)
            raise
        except Exception as why:
            # Back at once: the retry need not wait for the lease to end. A worker that dies instead leaves
            # the lease to do it.
            self._give_back(claim, problem=_problem(why))
            raise

    def _read(self, task: MessageTask, media: Media, claim: Claim, story: Story) -> None:
        try:
            uri, data = self._original(task, media, claim, story)
            with self._place(task, story):
                if data is None:
                    with story.step("media"):
                        uri, data = self._loaded(task, media, claim, uri)
                story.fields["bytes"] = len(data)
                if time.monotonic() - story.started > self.begin_by_s:
                    raise self._put_off(task)
                return self._extract(task, media, claim, story, uri, data)
        except MediaGone:
            return self._finish(task, claim, story, None, "media_expired", helpers.MEDIA_EXPIRED)
        except MediaTooLarge:
            return self._finish(task, claim, story, None, "too_large", helpers.error_sentence("too_large"))

    @contextmanager
    def _place(self, task: MessageTask, story: Story) -> Iterator[None]:
        """One of the readings that may run at once. It is had before the attempt is counted: waiting in a
        burst is no fault of the file.
        """
        with ExitStack() as held:
            with story.step("place"):
                had = held.enter_context(self.places.place(task.tenant.user_id, task.seq))
            if not had:
                raise self._put_off(task)
            yield

    def _put_off(self, task: MessageTask) -> NoPlace:
        return NoPlace(self.places.back_in(task.tenant.user_id, task.seq, task.turn))

    def _extract(
        self, task: MessageTask, media: Media, claim: Claim, story: Story, uri: str, data: bytes
    ) -> None:
        with story.step("claim"):
            attempt = self.records.attempt(
                claim, storage_uri=uri, sha256=hashlib.sha256(data).hexdigest(), size=len(data)
            )
        if attempt is None:
            raise Retry("lease_lost")
        story.fields["attempt"] = attempt.number
        if attempt.number >= ATTEMPTS:
            log.error("attempts_exhausted", extra={"fields": {"document": str(claim.document_id)}})
            return self._finish(task, claim, story, None, "internal", helpers.error_sentence("internal"))
        if attempt.twin:
            with story.step("finish"):
                if not self.records.finish_as(
                    claim, task, attempt.twin, noted=accounts.noted(task.message.text)
                ):
                    raise Retry("twin_lost")
            story.fields |= {"outcome": "same_file", "engine": "none"}
            return None
        with story.step("extract"):
            extraction = self.reader.extract(data, uri=uri)
        story.fields |= _told(extraction)
        code: ErrorCode | None = extraction.error.code if extraction.error else None
        if code == "internal":
            raise Retry("extractor_failed")
        if code == "not_supported" and (said := self._compared(task, data, story)) is not None:
            file = self._kept(task, said.made, story) if said.made else None
            return self._finish(task, claim, story, _COMPARED, None, said.text, file=file)
        task, claim = self._routed(task, media, claim, extraction, data)
        asked = filing.question(self.doorkeeper, task, extraction.invoices)
        tail, question, notice = self._tail(task, extraction, story, asked)
        head = self._heading(task)
        room = (
            _LONGEST
            - size(head)
            - size(tail)
            - (size(question.text) if question else 0)
            - (size(notice.text) if notice else 0)
        )
        body = head + result.format_extraction(extraction, filename=media.filename, limit=room) + tail
        return self._finish(
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
        self, task: MessageTask, media: Media, claim: Claim, extraction: Extraction, data: bytes
    ) -> tuple[MessageTask, Claim]:
        """With somebody of several businesses, the paper goes to the one of his whose RUC is its buyer's; its
        original too, before anything is filed.
        """
        buyers = filing.buyers(extraction.invoices)
        seat = self.doorkeeper.seat(task, ruc=buyers.pop()) if task.seat and len(buyers) == 1 else None
        if seat is None or seat.business == claim.tenant_id:
            return task, claim
        before = media_name(claim.tenant_id, task.message.wamid)
        uri = self.media.save(
            media_name(seat.business, task.message.wamid),
            data,
            media.mime or "application/octet-stream",
            timeout=self.store_s,
        )
        task = replace(task, seat=seat, media_uri=None)
        moved = self.records.refile(claim, task, storage_uri=uri)
        if moved is None:
            raise Retry("lease_lost")
        self.media.delete(before)
        return task, moved

    def _compared(self, task: MessageTask, data: bytes, story: Story) -> Said | None:
        """What a file that is SUNAT's proposal says beside the books; None for all others."""
        with story.step("extract"):
            try:
                rows = self.reader.table(data)
            except OpeningFailed as error:
                raise Retry("extractor_failed") from error
        if rows is None:
            return None
        if not may(task.role, "compare"):
            return self._named(task, Said(people.NOT_COMPARED))
        with story.step("books"):
            return self._named(task, self.clerk.compared(rows, task.business))

    def _tail(
        self, task: MessageTask, extraction: Extraction, story: Story, asked: Said | None
    ) -> tuple[str, Said | None, Notice | None]:
        """What follows the values: whose the papers are, where the business told its RUC, the words that came
        with the file, and what is `asked` about it; and, once each, a question and what SUNAT does not have.
        """
        if not extraction.invoices:
            return "", None, None
        with story.step("books"):
            business = self.clerk.books.business(task.business)
            buyer = None if business.ruc or not may(task.role, "my_ruc") else self._buyer(task, extraction)
            missing = self._missing(task) if business.ruc else None
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

    def _buyer(self, task: MessageTask, extraction: Extraction) -> Customer | None:
        """The buyer of a third factura with one and the same RUC: perhaps the business itself, which nobody
        asked yet.
        """
        one = extraction.invoices[0]
        if (
            len(extraction.invoices) > 1
            or one.kind != "01"
            or one.customer.id_type != "6"
            or not valid_ruc(one.customer.id or "")
        ):
            return None
        return one.customer if self.clerk.books.may_ask_ruc(author_of(task), one) else None

    def _finish(
        self, task: MessageTask, claim: Claim, story: Story, extraction: Extraction | None,
        failure: str | None, body: str,
        question: Said | None = None, file: Enclosed | None = None, notice: Notice | None = None,
        offer: Offer | None = None,
    ) -> None:  # fmt: skip
        filename = task.message.media.filename if task.message.media else None
        with story.step("finish"):
            if not self.records.finish(
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
        self._keep_heard(claim, extraction)
        story.fields["outcome"] = failure or (extraction.verdict if extraction else "failed")

    def _keep_heard(self, claim: Claim, extraction: Extraction | None) -> None:
        """What SUNAT said during the reading, beside the papers that were filed; where that fails it is asked
        again in a day.
        """
        asking = self.clerk.inquirer
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
        self, task: MessageTask, media: Media, claim: Claim, story: Story
    ) -> tuple[str, bytes | None]:
        """Where the original is stored, and its bytes when it is stored only now: nothing is read that is not
        kept.
        """
        with story.step("media"):
            uri = (
                task.media_uri
                or claim.storage_uri
                or self.media.find(media_name(task.business, task.message.wamid), timeout=self.store_s)
            )
            return (uri, None) if uri else self._fetched(task, media, claim)

    def _loaded(self, task: MessageTask, media: Media, claim: Claim, uri: str) -> tuple[str, bytes]:
        """The stored original, once its place is had: whoever waits holds no file in memory."""
        try:
            return uri, self.media.load(uri, timeout=self.store_s)
        except Gone:
            log.error("original_missing", extra={"fields": {"document": str(claim.document_id)}})
            return self._fetched(task, media, claim)

    def _fetched(self, task: MessageTask, media: Media, claim: Claim) -> tuple[str, bytes]:
        try:
            data = self.graph.fetch_media(media, budget_s=self.fetch_s, limit_bytes=document.MAX_BYTES)
        except (GraphError, Unwell) as error:
            if isinstance(error, GraphError):
                log.log(
                    logging.ERROR if error.code == 190 else logging.WARNING,
                    "media_unwell", extra={"fields": {"code": error.code, "http": error.http}},
                )  # fmt: skip
            ours = (
                isinstance(error, GraphError) and error.action is Action.HOLD
            )  # a token to renew: the file waits at Meta, and so do we
            if not ours and self.clock() - task.received_at > _MEDIA_FOR:
                log.error(
                    "media_given_up",
                    extra={"fields": {"document": str(claim.document_id), "reason": str(error)}},
                )
                raise MediaGone("given up") from error
            raise Retry("media_unwell") from error
        name = media_name(task.business, task.message.wamid)
        return self.media.save(
            name, data, media.mime or "application/octet-stream", timeout=self.store_s
        ), data

    def _sentence(self, task: MessageTask) -> str:
        if task.first_over_cap:
            return helpers.over_cap(
                self.daily_cap, task.message.media.filename if task.message.media else None
            )
        return helpers.reply_to(task.message, contact=self.help_contact, privacy_url=self.privacy_url)

    def _give_back(self, claim: Claim, *, back_s: float | None = None, problem: str | None = None) -> None:
        try:
            self.records.unclaim(claim, back_s=back_s, problem=problem)
        except Unwell:
            log.warning("unclaim_failed", extra={"fields": {"document": str(claim.document_id)}})


def _problem(why: Exception) -> str:
    """What an operator is told of an attempt that failed: its outcome and what lies behind it."""
    cause = f": {why.__cause__}" if why.__cause__ else ""
    return f"{why}{cause}" if isinstance(why, Retry | Unwell) else type(why).__name__


def _told(read: Extraction) -> dict[str, Any]:
    """An extraction's fields of the canonical line."""
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
