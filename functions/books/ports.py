"""The port of the books to Postgres, and its values. `infra` implements it; like all ports it raises `Unwell`
when the database is down, slow or refusing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol
from uuid import UUID

from functions.books.ask import Ask
from functions.books.correcting import Correction
from functions.books.entry import Entry
from functions.books.everything import Everything
from functions.books.figures import Alike
from functions.books.filed import Register
from functions.books.months import Month
from functions.extractor.invoice import Invoice, Verdict

MonthFile = Literal["excel", "contasis", "rce"]
"""A file of a month, by the word that asks for it."""
MOST = 200
"""The most papers that a search by words counts, so that a word that all papers of a large business hold is
answered as quickly as a rare one.
"""


@dataclass(frozen=True, slots=True)
class Business:
    """A business, as it told of itself. `apart`: the words that distinguish it from another business of its
    name, for somebody who is in both.
    """

    ruc: str | None = None
    name: str | None = None
    apart: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """The file of a month that a business received last. `at`: later changes are not in it."""

    month: Month
    file: MonthFile
    at: datetime


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """The first of the entries that were found. `found`: how many there are; a search by words counts up to
    `MOST`.
    """

    entries: tuple[Entry, ...]
    found: int


@dataclass(frozen=True, slots=True)
class Correctable:
    """An entry, also one that was taken out, with what its correction needs. `read`: what was read of it;
    `doubted`: the fields that were doubtful then.

    `twin`: another paper in the books has the same issuer, kind, series and number. `changes`: how many values
    of it were changed so far.
    """

    entry: Entry
    deleted: bool
    read: Invoice
    doubted: tuple[str, ...] = ()
    twin: bool = False
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Author:
    """The person who changes something in the business `tenant`, and the message that says so. `home`: the
    person's own business, where that is another one.
    """

    tenant: UUID
    user: UUID
    wamid: str
    home: UUID | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The changes of one message: the paper, its corrections, and, where it took another message's correction
    back (`undoes`), the id of that message.
    """

    wamid: str
    entry: UUID
    corrections: tuple[Correction, ...]
    undoes: str | None = None


class Interpreter(Protocol):
    """The service that is asked about texts that their words do not explain."""

    def ask(self, author: Author, text: str, today: date) -> Ask | None:
        """Returns the question that the text asks, never a change; None where it asks none, nobody may be
        asked or no answer comes in 4 s. Never raises.
        """


class Books(Protocol):
    """The entries of one business, without those that were taken out."""

    def sent_by(self, user: UUID) -> Books:
        """Returns the same books, in which only the papers that this user sent are seen."""

    def business(self, tenant: UUID) -> Business:
        """Returns what is known of the business."""

    def may_ask_ruc(self, author: Author, factura: Invoice) -> bool:
        """True where the answer to `factura` may ask its author if its buyer's RUC is the business's own.

        It may where the business has not told its RUC, no other answer has asked it, two other facturas in
        its books have the same buyer, and the author is not quiet.
        """

    def hush(self, author: Author, *, quiet: bool) -> None:
        """Keep whether the author, as a person, is quiet: gets neither notices nor questions of ours that
        were not asked for.
        """

    def name_business(self, tenant: UUID, *, ruc: str | None = None, name: str | None = None) -> None:
        """Keep its RUC or its name, or both."""

    def month(self, tenant: UUID, first: date) -> Sequence[Alike]:
        """Returns all papers of the month that begins with `first`, in the groups that its figures need."""

    def given(self, tenant: UUID, month: Month) -> Given | None:
        """Returns the file of that month that an answer brought last; None where none did."""

    def everything(self, author: Author, most: int) -> Everything:
        """Returns all that is kept of the author and the author's business, the newest `most` of each
        sort.
        """

    def register(self, tenant: UUID, first: date) -> Register:
        """Returns the month that begins with `first` as its accountant needs it: papers issued in it or
        received in it (Lima), and files that are no papers.
        """

    def rates(self, days: Collection[date]) -> Mapping[date, Decimal]:
        """Returns SUNAT's selling rate, in soles for a dollar, of those of the days that have one."""

    def latest(self, tenant: UUID, limit: int) -> FoundEntries:
        """Returns the papers that came last, the newest first."""

    def search(self, tenant: UUID, words: Sequence[str], limit: int) -> FoundEntries:
        """Returns the papers whose issuer, note or items hold all these folded words, the newest first. A
        word may be only the beginning of one of theirs.
        """

    def by_ruc(self, tenant: UUID, ruc: str, limit: int) -> FoundEntries:
        """Papers of an issuer, the newest first."""

    def by_number(self, tenant: UUID, series: str, number: str, limit: int) -> FoundEntries:
        """Papers of this series and number."""

    def paper(self, tenant: UUID, entry: UUID) -> Correctable | None:
        """Returns one paper, also if it was taken out."""

    def quoted(self, author: Author, wamid: str) -> Sequence[Correctable]:
        """Returns the papers of the message that the author quotes (the author's own, or our answer), in the
        order in which it names them.
        """

    def last(self, author: Author, before: int) -> Sequence[Correctable]:
        """Returns the papers of the last file that the author sent before the author's message number
        `before`; none where nothing was read of that file.
        """

    def taken_out(self, author: Author, since: datetime) -> Sequence[Correctable]:
        """Returns the paper that the author took out last; none where that was before `since`."""

    def done(self, author: Author) -> Done | None:
        """Returns what the author's message has changed already, since a task may come again."""

    def last_done(self, author: Author, since: datetime) -> Done | None:
        """Returns the author's last change after `since` that is neither taken back nor takes another
        back.
        """

    def change(
        self,
        author: Author,
        entry: UUID,
        invoice: Invoice,
        verdict: Verdict,
        done: Sequence[Correction],
        *,
        seen: int,
        undoes: str | None = None,
    ) -> None:
        """Write a paper as it is from now on, together with what the author changed in it. Raises Unwell when
        the author's message has changed something already, or when the paper has been changed since it had
        had `seen` changes.
        """
