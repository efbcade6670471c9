"""Asks SUNAT again about papers that it did not have yet, and once about papers that were filed without
asking it: in the sweep, and when their owner asks.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from functions.books.ports import Author
from functions.errors import Unwell
from functions.extractor.witness import Heard, Key, Known, NotAsked, SunatWord, Witness
from functions.whatsapp.ports import Clock

log = logging.getLogger("cuadra")

_AFTER = (timedelta(days=3), timedelta(days=4))
"""The waits after a first and a second *not found*, so that SUNAT is asked again on the third and the seventh
day: boletas are reported days later.
"""
_RETRY = timedelta(hours=1)
"""The wait after a question without an answer. For the same time nobody else asks what somebody is asking."""
_LATELY = timedelta(hours=1)
"""The time for which a word answers whoever asks the same again, on any instance."""
_ASK_S = 3.0


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A filed paper and what SUNAT said of it last, if anything. `missed`: how often it was not found when it
    was due. `due`: when SUNAT is asked next.

    `copied`, for a paper that nobody asked about: what SUNAT said of another copy of it in the same books,
    which is asked about again at `copied_due`. `engine` read the paper, with this `verdict`.
    """

    tenant: UUID
    entry: UUID
    key: Key
    word: SunatWord | None
    missed: int
    due: datetime | None
    engine: str
    verdict: str
    currency: str | None
    copied: SunatWord | None = None
    copied_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A supplier's factura that SUNAT does not have after the last question about it."""

    entry: UUID
    series: str
    number: str
    supplier: str | None


class Inquiries(Protocol):
    """The store of the questions to SUNAT. Raises Unwell as all ports do."""

    def due(self, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """Return business and paper of each question whose time has come, over all businesses."""

    def inquiry(self, tenant: UUID, entry: UUID) -> Inquiry | None:
        """Return the inquiry of one paper; None where its six fields are not complete, or it was taken
        out.
        """

    def taken(self, tenant: UUID, entry: UUID, now: datetime, until: datetime) -> bool:
        """Take a question that is due for the caller, so that nobody else gets it before `until`; False where
        it is not due.
        """

    def known(self, tenant: UUID, key: Key, since: datetime) -> SunatWord | None:
        """Return the last word on a key about a paper of the business, where it was said after `since` or
        nothing changes it any more.
        """

    def keep(
        self,
        tenant: UUID,
        entry: UUID,
        word: SunatWord | None,
        due: datetime | None,
        *,
        missed: bool = False,
        of: Key | None = None,
    ) -> None:
        """Keep what SUNAT said last (None leaves what it said before) and when it is asked again, None for
        never. `missed`: the paper was not found one more time. `of`: the key that was asked; nothing is kept
        where the paper has another key by now.
        """

    def heard(self, tenant: UUID, document: UUID, heard: Heard, due: datetime | None) -> None:
        """Keep what SUNAT said of the invoice of a document while it was read."""

    def unasked(self, tenant: UUID, month: date, now: datetime) -> Sequence[UUID]:
        """Return the papers of a month (its first day) of which SUNAT said nothing yet and may be asked, and
        make them due from `now` on, for the next sweep.
        """

    def missing(self, author: Author) -> Sequence[Missing]:
        """Return the facturas with IGV, made out to the business's own RUC, that SUNAT still does not have a
        week on and that no answer told; none for a user who wants no notices.
        """


@dataclass(frozen=True, slots=True)
class Inquirer:
    """Asks SUNAT, and keeps what it says."""

    inquiries: Inquiries
    witness: Witness
    clock: Clock

    def ask_again(self, tenant: UUID, entry: UUID) -> bool:
        """Ask one question of the sweep; True where there is a word now. A question that another instance is
        asking is not asked. Neither is one about a copy of a paper that was asked about: the copy gets the
        other's word, and its next question is due an hour after the other's.
        """
        now = self.clock()
        if not self.inquiries.taken(tenant, entry, now, now + _RETRY):
            return False
        inquiry = self.inquiries.inquiry(tenant, entry)
        if inquiry is None:
            self.inquiries.keep(tenant, entry, None, None)
            return False
        if inquiry.copied is not None:
            later = inquiry.copied_due + _RETRY if inquiry.copied_due else None
            self.inquiries.keep(tenant, entry, inquiry.copied, later, of=inquiry.key)
            return True
        word = self._asked(inquiry, scheduled=True)
        if word is not None:
            told = {"code": word.state, "engine": inquiry.engine, "verdict": inquiry.verdict}
            log.info("sunat_later", extra={"fields": told})
        return word is not None

    def whole(self, tenant: UUID, month: date, *, seconds: float) -> int:
        """Ask about the papers of a month that nobody asked about, for `seconds` or until a question has no
        answer. Returns how many are left for the next sweeps.
        """
        waiting, until = (
            list(self.inquiries.unasked(tenant, month, self.clock())),
            self.clock() + timedelta(seconds=seconds),
        )
        while waiting and self.clock() < until and self.ask_again(tenant, waiting[0]):
            waiting.pop(0)
        return len(waiting)

    def known(self, tenant: UUID) -> Known:
        """Return a look-up of what SUNAT said lately of a business's papers; it finds nothing where the store
        is not well.
        """

        def lately(key: Key) -> SunatWord | None:
            try:
                return self.inquiries.known(tenant, key, self.clock() - _LATELY)
            except Unwell as why:
                log.warning("unwell", extra={"fields": {"service": str(why)}})
                return None

        return lately

    def now(self, tenant: UUID, entry: UUID) -> tuple[Inquiry, SunatWord | None] | None:
        """Return a paper's inquiry and SUNAT's word on it as of now, or the word that was kept where SUNAT
        cannot be asked. None where the paper has no six fields.
        """
        inquiry = self.inquiries.inquiry(tenant, entry)
        return (inquiry, self._asked(inquiry, scheduled=False) or inquiry.word) if inquiry else None

    def _asked(self, inquiry: Inquiry, *, scheduled: bool) -> SunatWord | None:
        """Return SUNAT's word, which is kept. A question asked before it is due that finds nothing does not
        change when it is due.
        """
        now = self.clock()
        try:
            word = self.known(inquiry.tenant)(inquiry.key) or self.witness.ask(inquiry.key, seconds=_ASK_S)
        except NotAsked as why:
            if scheduled:
                due = None if why.reason == "rejected" else now + _RETRY
                self.inquiries.keep(inquiry.tenant, inquiry.entry, None, due, of=inquiry.key)
            return None
        missed = word.state == "not_found"
        due = inquiry.due if missed and not scheduled else again(word, inquiry.missed, now)
        self.inquiries.keep(
            inquiry.tenant, inquiry.entry, word, due, missed=missed and scheduled, of=inquiry.key
        )
        return word


def again(word: SunatWord, missed: int, now: datetime) -> datetime | None:
    """Return when the same is asked once more, after it was not found `missed` times before; None for
    never.
    """
    return now + _AFTER[missed] if word.state == "not_found" and missed < len(_AFTER) else None
