"""What the books need of Postgres. `infra` implements it; as all ports it raises `Unwell` when the database
is down, slow or refusing.
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
"""Papers that a search by words counts: a word that all papers of a large business hold is answered as
quickly as a rare one.
"""


@dataclass(frozen=True, slots=True)
class Business:
    """What a business has told of itself. `apart`: what tells it from another of its name, to who is in
    both.
    """

    ruc: str | None = None
    name: str | None = None
    apart: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Which file of a month a business received last, and as of when: what changed since is not in it."""

    month: Month
    file: MonthFile
    at: datetime


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """The first of the entries that were found, and how many there are, of a search by words up to `MOST`."""

    entries: tuple[Entry, ...]
    found: int


@dataclass(frozen=True, slots=True)
class Correctable:
    """An entry as who corrects it needs it, also one that was taken out. `read`: what was read of it;
    `doubted`: the fields that were doubtful then.

    `twin`: another paper in the books has the same issuer, kind, series and number.
    """

    entry: Entry
    deleted: bool
    read: Invoice
    doubted: tuple[str, ...] = ()
    twin: bool = False


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something in the business `tenant`, and the message that says so. `home`: his own business,
    where that is another one.
    """

    tenant: UUID
    user: UUID
    wamid: str
    home: UUID | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What one message changed: of which paper, and whose correction it took back, by that message's id."""

    wamid: str
    entry: UUID
    corrections: tuple[Correction, ...]
    undoes: str | None = None


class Interpreter(Protocol):
    """Who is asked about texts that the words do not know."""

    def ask(self, author: Author, text: str, today: date) -> Ask | None:
        """The question that the text asks, never a change; None where it asks none, nobody may be asked or
        nobody answers in 4 s. Never raises.
        """


class Books(Protocol):
    """Entries of one business, those that were taken out left out."""

    def sent_by(self, user: UUID) -> Books:
        """The same books, of which only the papers that this user sent are seen."""

    def business(self, tenant: UUID) -> Business:
        """What is known of it."""

    def may_ask_ruc(self, author: Author, factura: Invoice) -> bool:
        """Whether the answer to `factura` may ask its author if its buyer's RUC is the business's own.

        So it may where the business has not told its RUC, no other answer asked it, two other facturas in its
        books have the same buyer, and the author is not quiet.
        """

    def hush(self, author: Author, *, quiet: bool) -> None:
        """Keep whether the author, the person, gets nothing that was not asked for: neither notices nor
        questions of ours.
        """

    def name_business(self, tenant: UUID, *, ruc: str | None = None, name: str | None = None) -> None:
        """Keep its RUC or its name, or both."""

    def month(self, tenant: UUID, first: date) -> Sequence[Alike]:
        """All papers of the month that begins with `first`, as its figures need them."""

    def given(self, tenant: UUID, month: Month) -> Given | None:
        """The file of that month that an answer brought last; None where none did."""

    def everything(self, author: Author, most: int) -> Everything:
        """All that is kept of the author and his business, the newest `most` of each sort."""

    def register(self, tenant: UUID, first: date) -> Register:
        """The month that begins with `first` as its accountant needs it: papers issued in it or received in
        it (Lima), and files that are no papers.
        """

    def rates(self, days: Collection[date]) -> Mapping[date, Decimal]:
        """Soles for a dollar, SUNAT's selling rate of those of the days that have one."""

    def latest(self, tenant: UUID, limit: int) -> FoundEntries:
        """What came last, the newest first."""

    def search(self, tenant: UUID, words: Sequence[str], limit: int) -> FoundEntries:
        """Papers whose issuer, note or items hold all these folded words, each perhaps only its beginning;
        the newest first.
        """

    def by_ruc(self, tenant: UUID, ruc: str, limit: int) -> FoundEntries:
        """Papers of an issuer, the newest first."""

    def by_number(self, tenant: UUID, series: str, number: str, limit: int) -> FoundEntries:
        """Papers of this series and number."""

    def paper(self, tenant: UUID, entry: UUID) -> Correctable | None:
        """One paper, also if it was taken out."""

    def quoted(self, author: Author, wamid: str) -> Sequence[Correctable]:
        """The papers of a message that the author quotes, his own or our answer, in the order in which it
        names them.
        """

    def last(self, author: Author, before: int) -> Sequence[Correctable]:
        """The papers of the last file that the author sent before his message number `before`; none where
        nothing was read of that file.
        """

    def taken_out(self, author: Author, since: datetime) -> Sequence[Correctable]:
        """The paper that the author took out last, none where that was before `since`."""

    def done(self, author: Author) -> Done | None:
        """What the author's message changed already: a task may come again."""

    def last_done(self, author: Author, since: datetime) -> Done | None:
        """The author's last change since then that is neither taken back nor takes one back."""

    def change(
        self,
        author: Author,
        entry: UUID,
        invoice: Invoice,
        verdict: Verdict,
        done: Sequence[Correction],
        *,
        undoes: str | None = None,
    ) -> None:
        """Write a paper as it is from now on, and what the author changed in it, together. Raises Unwell when
        his message changed something already.
        """
