"""Answers the owner's questions over the books: from what a text wants to the sentence that it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from functions.books import figures, proposal, purchases
from functions.books.ask import Ask, Intent
from functions.books.entry import Entry
from functions.books.months import Month
from functions.books.ports import Author, Books, Business, Given, MonthFile
from functions.extractor.peru.tokens import fold, serials, valid_ruc
from functions.whatsapp import accounts, compared, month_file, my_data, register_file, sunat
from functions.whatsapp.format import clean
from functions.whatsapp.inquiry import Inquirer
from functions.whatsapp.memberships import Place
from functions.whatsapp.model import Notice, Said

_LISTED = 6
"""Papers of a list that one screen holds."""
_ASKED = 2
"""The most papers of one series and number that SUNAT is asked about at once: those of two issuers, say."""
_ASKED_FOR_S = 8.0
"""Seconds that a month's file waits while SUNAT is asked about papers that nobody asked about, at one a
second.
"""
_PRICED = 60
"""Papers in which a product is looked for."""


FILES: frozenset[Intent] = frozenset({"excel", "originals", "contasis", "rce", "rce_file"})
"""The intents that are answered by a month's file."""
Opens = Callable[[str | None, datetime], str | None]
"""The address that opens the original stored at a place until a moment; None where there is none."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Answers over one store of books. Raises Unwell as the store does. `contact` is a human whom an answer
    may name.
    """

    books: Books
    inquirer: Inquirer | None = None
    opens: Opens = lambda _uri, _until: None
    contact: str = ""

    def sent_by(self, user: UUID) -> Clerk:
        """Return a clerk that answers only over what one person sent."""
        return replace(self, books=self.books.sent_by(user))

    def answer(self, ask: Ask, tenant: UUID, today: date) -> Said | None:
        """Return the answer to what a business asks; None for an intent that is not answered here. `today` is
        Lima's.
        """
        said: str | None = None
        match ask.intent:
            case "summary" | "suppliers" | "igv":
                said = (
                    accounts.NO_MONTH if ask.month is None else self._monthly(ask, ask.month, tenant, today)
                )
            case "latest":
                said = accounts.papers(accounts.LATEST, self.books.latest(tenant, _LISTED))
            case "search":
                said = self._search(ask.text, tenant)
            case "prices":
                words = _words(ask.text)
                said = accounts.prices(
                    ask.text, list(_lines(self.books.search(tenant, words, _PRICED).entries, words))
                )
            case "sunat":
                said = self._sunat(ask.text, tenant)
            case "my_ruc":
                said = self._ruc(ask.text, tenant)
            case "my_name":
                said = self._name(ask.text, tenant)
        return Said(said) if said is not None else None

    def file(
        self, ask: Ask, tenant: UUID, at: datetime, called: str | None = None, apart: str | None = None
    ) -> Said:
        """Return what a business asks of a month as a file, one of `FILES`, or a sentence where the file
        would be empty. `called` names a business that told neither name nor RUC; `apart` is as in `Business`.
        """
        if ask.month is None:
            return Said(accounts.NO_MONTH)
        unasked = self.inquirer.whole(tenant, ask.month.first, seconds=_ASKED_FOR_S) if self.inquirer else 0
        kept = purchases.kept(self.books, tenant, ask.month)
        if not kept.papers and not kept.unfiled:
            return Said(accounts.no_file(ask.month))
        if called and kept.business == Business():
            kept = replace(kept, business=Business(name=called))
        kept = replace(kept, business=replace(kept.business, apart=apart))
        file: MonthFile = "excel"
        if ask.intent in {"rce", "rce_file"}:
            file, said = (
                "rce",
                register_file.said(kept, at, confirmed=ask.intent == "rce_file", unasked=unasked),
            )
        elif ask.intent == "contasis":
            file, said = "contasis", month_file.contasis(kept, self.contact)
        else:
            few = (
                month_file.links(kept, lambda uri: self.opens(uri, at + month_file.ORIGINALS_FOR))
                if ask.intent == "originals"
                else None
            )
            said = few or month_file.said(
                kept, lambda uri: self.opens(uri, at + month_file.LINKS_FOR), unasked, self.contact
            )
        return replace(said, gives=Given(ask.month, file, at)) if said.made else said

    def compared(self, rows: Sequence[Sequence[str]], tenant: UUID, apart: str | None = None) -> Said | None:
        """Compare SUNAT's proposal with a business's books; None for a table that is no proposal. `apart` is
        as in `Business`.
        """
        found = proposal.read(rows)
        if found is None:
            return None
        if found.period is None:
            return Said(compared.NO_MONTH)
        own = self.books.business(tenant).ruc
        if own and found.ruc and found.ruc != own:
            return Said(compared.anothers(found.ruc, own))
        kept = purchases.kept(self.books, tenant, found.period)
        kept = replace(kept, business=replace(kept.business, apart=apart))
        return compared.said(proposal.compare(found, kept.papers, kept.month), kept, found.broken)

    def everything(self, author: Author, now: datetime, places: Sequence[Place] = ()) -> Said:
        """Return as a file all that is kept of the user who asks, of the user's business, and of the `places`
        to which the user belongs.
        """
        kept = self.books.everything(author, my_data.MOST)
        until = now + my_data.LINKS_FOR
        return my_data.said(kept, lambda uri: self.opens(uri, until), now, self.contact, places)

    def missing(self, author: Author) -> Notice | None:
        """Return the notice of facturas that SUNAT does not have, to follow an answer; None where there is
        none or nobody asks SUNAT.
        """
        return sunat.missing(self.inquirer.inquiries.missing(author)) if self.inquirer else None

    def _monthly(self, ask: Ask, month: Month, tenant: UUID, today: date) -> str:
        business = self.books.business(tenant)
        if ask.intent == "igv" and business.ruc is None:
            return accounts.NO_RUC_YET
        papers = self.books.month(tenant, month.first)
        if ask.intent == "suppliers":
            return accounts.suppliers(month, figures.suppliers(papers))
        if ask.intent == "igv" and business.ruc is not None:
            return accounts.igv(month, figures.igv(papers, business.ruc, month.after.first), business.ruc)
        return accounts.summary(month, figures.summary(papers, business.ruc), today)

    def _search(self, text: str, tenant: UUID) -> str:
        title = accounts.found(text)
        plain = fold(text)
        if plain.isdigit() and len(plain) == 11:
            return accounts.papers(title, self.books.by_ruc(tenant, plain, _LISTED))
        if serial := next((s for s in serials(plain) if s.end - s.start >= len(plain) - 1), None):
            return accounts.papers(title, self.books.by_number(tenant, serial.series, serial.number, _LISTED))
        return accounts.papers(title, self.books.search(tenant, _words(text), _LISTED))

    def _sunat(self, serial: str, tenant: UUID) -> str:
        if self.inquirer is None:
            return sunat.NOT_CONNECTED
        if not serial:
            return sunat.WHICH
        series, _, number = serial.partition("-")
        page = self.books.by_number(tenant, series, number.lstrip("0"), _ASKED)
        if not page.entries:
            return accounts.papers(accounts.found(serial), page)
        own = self.books.business(tenant).ruc
        return "\n\n".join(
            sunat.of_paper(entry, self.inquirer.now(tenant, entry.id), own) for entry in page.entries
        )

    def _ruc(self, said: str, tenant: UUID) -> str:
        if not said:
            known = self.books.business(tenant).ruc
            return accounts.ruc_told(known) if known else accounts.NO_RUC_YET
        if not valid_ruc(said):
            return accounts.wrong_ruc(said)
        self.books.name_business(tenant, ruc=said)
        return accounts.ruc_kept(said)

    def _name(self, said: str, tenant: UUID) -> str:
        if not said:
            known = self.books.business(tenant).name
            return accounts.name_told(known) if known else accounts.NO_NAME_YET
        name = clean(said, 120)
        self.books.name_business(tenant, name=name)
        return accounts.name_kept(name)


def _words(text: str) -> list[str]:
    """Return the words to look for. Those of one or two letters say nothing and are left out, unless there
    are no others.
    """
    words = fold(text).split()
    return [word for word in words if len(word) > 2] or words


def _lines(entries: Sequence[Entry], words: Sequence[str]) -> Iterator[tuple[Entry, int]]:
    """Yield the items that hold all the words, with their index; a word may be only the beginning of one in
    the item.
    """
    for entry in entries:
        for at, item in enumerate(entry.invoice.items):
            said = fold(item.description or "").split()
            if (
                words
                and not entry.repeated
                and all(any(part.startswith(word) for part in said) for word in words)
            ):
                yield entry, at
