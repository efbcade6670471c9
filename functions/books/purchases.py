"""An accountant's month: every paper in exactly one place, with the reasons why it stands there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from functions.books import rce, wording
from functions.books.entry import Own, own
from functions.books.figures import GIVES
from functions.books.filed import Filed, Register, Unfiled
from functions.books.months import Month
from functions.books.ports import Books, Business
from functions.books.rce import Rates, Row
from functions.books.wording import PLACES, Place
from functions.books.workbook import Column, Value, Worksheet
from functions.lima import LIMA

Reason = Literal[
    "repeated", "other_month", "no_credit", "note_of_boleta", "refused", "no_kind", "unproven", "not_own",
    "unread_buyer", "no_total", "no_currency", "no_date",
    "no_series", "no_rate", "other_currency", "no_sum", "no_issuer",
] | int  # fmt: skip
"""The reason why a paper stands in its place; a number is that of an error of SUNAT's validator."""
_NEVER = frozenset({"02", "03"})
"""Kinds that give no credit, to whomever they are made out. This is a setting of ours, since practice varies
in whether they are registered.
"""
_TICKET = "12"


@dataclass(frozen=True, slots=True)
class Placed:
    """A paper, its place, the reasons for it, and the paper's row of the register."""

    paper: Filed
    place: Place
    reasons: tuple[Reason, ...]
    own: Own
    row: Row


def placed(paper: Filed, business: Business, month: Month, rates: Rates) -> Placed:
    """Returns a paper in its place in a business's month. A paper that is made out to another has no amounts
    in its row, so that it is in no sum.
    """
    rate, whose = rce.in_soles(paper, rates), own(paper.entry.invoice.customer, business.ruc)
    place, why = _place(paper, whose, month)
    values = rce.row(
        paper,
        business,
        month,
        rate,
        credit=place != "no_credit" and _gives(paper, whose) is None,
        summed=whose != "no",
    )
    reasons = (
        why
        if place in {"unregistered", "no_credit", "other_month"}
        else (*why, *_doubts(paper, whose, rate, values, month))
    )
    return Placed(paper, "review" if place == "purchases" and reasons else place, reasons, whose, values)


@dataclass(frozen=True, slots=True)
class Kept:
    """A business's month, from which its files are made: all its papers in their places, and the files that
    are no papers. `left_out` as in `Register`.
    """

    business: Business
    month: Month
    papers: Sequence[Placed]
    unfiled: Sequence[Unfiled] = ()
    left_out: int = 0

    def at(self, place: Place) -> list[Placed]:
        """The papers that stand in a place."""
        return [one for one in self.papers if one.place == place]


def kept(books: Books, tenant: UUID, month: Month, holder: Business | None = None) -> Kept:
    """Returns a business's month from its books. What is known of the `holder` takes the place of what the
    business told. Raises Unwell as the books do.
    """
    register, business = books.register(tenant, month.first), books.business(tenant)
    if holder is not None:
        business = Business(holder.ruc or business.ruc, holder.name or business.name)
    papers = month_of(register, business, month, books.rates(rate_days(register)))
    return Kept(business, month, papers, register.unfiled, register.left_out)


def rate_days(register: Register) -> set[date]:
    """Returns the days whose exchange rate the month's papers need."""
    return {
        day
        for paper in register.papers
        if paper.entry.invoice.currency == rce.RATED and (day := rce.rate_day(paper))
    }


def month_of(register: Register, business: Business, month: Month, rates: Rates) -> list[Placed]:
    """Returns all papers of a register, each in its place."""
    return [placed(paper, business, month, rates) for paper in register.papers]


def _place(paper: Filed, whose: Own, month: Month) -> tuple[Place, tuple[Reason, ...]]:
    if paper.entry.repeated:
        return "unregistered", ("repeated",)
    if Month.of(paper.month) != month:
        return "other_month", ("other_month",)
    if why := _gives(paper, whose):
        return "no_credit", (why,)
    return "purchases", ()


def _gives(paper: Filed, whose: Own) -> Reason | None:
    """Returns the reason why the paper's kind gives no credit (Reglamento de Comprobantes de Pago, art. 4);
    None where it may give credit, or the kind was not read.

    A ticket gives it with the buyer's RUC and the IGV apart; a note gives it where the paper that it modifies
    does.
    """
    invoice = paper.entry.invoice
    modified = invoice.modifies
    if (
        invoice.kind in rce.NOTES
        and modified
        and (modified.kind in _NEVER or (modified.series or "").upper().startswith("B"))
    ):
        return "note_of_boleta"
    credited = (
        invoice.kind is None
        or invoice.kind in GIVES
        or (invoice.kind == _TICKET and whose == "yes" and paper.entry.igv is not None)
    )
    return None if credited else "no_credit"


def _doubts(paper: Filed, whose: Own, rate: object, values: Row, month: Month) -> Iterator[Reason]:
    """Yields the reasons that keep a paper out of the register until a person has looked at it, in the order
    in which a person would look.
    """
    entry, invoice = paper.entry, paper.entry.invoice
    reasons: tuple[tuple[Reason, bool], ...] = (
        ("refused", paper.refused),
        ("no_kind", invoice.kind is None),
        ("not_own", whose == "no"),
        ("unread_buyer", whose == "unread"),
        ("unproven", entry.verdict not in {"proven", "consistent"}),
        ("no_date", entry.day is None),
        ("no_series", not invoice.series),
        ("no_issuer", not invoice.supplier.ruc),
        ("no_total", invoice.total is None),
        ("no_currency", invoice.currency is None),
        ("other_currency", invoice.currency not in {None, "PEN", rce.RATED}),
        ("no_rate", invoice.currency == rce.RATED and rate is None),
        ("no_sum", invoice.total is not None and not rce.sums_up(invoice)),
    )
    found: list[Reason] = [reason for reason, holds in reasons if holds]
    yield from found
    told = {"no_issuer": 422, "no_rate": 427, "no_currency": 427, "other_currency": 427}
    said = {told[reason] for reason in found if reason in told}
    yield from (number for number in rce.errors(values, month) if number not in said)


Told = Callable[[Filed], Sequence[str]]
"""A function that says in words what of a reading a person should look at: the checks that failed, the fields
that were doubtful.
"""
Link = Callable[[Filed | Unfiled], str | None]
"""A function that gives an address which opens the original for a week; None where there is none."""

_RCE = tuple(
    Column(
        title,
        "date" if at in {5, 6, 28} else "money" if 15 <= at <= 25 else "rate" if at == 27 else "text",
        width,
        total=15 <= at <= 25,
    )
    for at, (title, width) in enumerate(wording.RCE, 1)
)
_OURS = (
    Column("Estado", width=14), Column("Qué mirar", width=46), Column("Nota", width=24),
    Column("Enviado por", width=14), Column("Recibido", "date"), Column("Detracción S/", "money"),
    Column("Percepción", "money"), Column("¿A tu RUC?", width=12), Column("Documento del cliente", width=16),
    Column("SUNAT", width=20), Column("Base US$", "money", total=True),
    Column("IGV US$", "money", total=True), Column("Total US$", "money", total=True),
    Column("Otra moneda", width=16), Column("Archivo", width=24), Column("Original (una semana)", "link", 14),
)  # fmt: skip
_SHEETS_COLUMNS = (*_RCE, *_OURS)
_UNREGISTERED = (
    Column("Recibido", "date"), Column("Enviado por", width=14), Column("Archivo", width=30),
    Column("Comprobante", width=20),
    Column("Motivo", width=60), Column("Original (una semana)", "link", 14),
)  # fmt: skip
_ITEMS = (
    Column("Fecha de emisión", "date"), Column("Tipo", width=6), Column("Serie", width=8),
    Column("Número", width=12), Column("RUC proveedor", width=13), Column("Proveedor", width=32),
    Column("Descripción", width=50), Column("Cantidad", "quantity", 10), Column("Unidad", width=8),
    Column("Precio unitario", "quantity"), Column("Importe", "money"), Column("Moneda", width=8),
    Column("Hoja", width=14),
)  # fmt: skip
_SHEETS: tuple[Place, ...] = ("purchases", "review", "no_credit", "other_month")


def sheets(papers: Sequence[Placed], unfiled: Sequence[Unfiled], told: Told, link: Link) -> list[Worksheet]:
    """Returns the month's workbook, for `workbook.written`: six sheets, of which the last has the items."""
    tables = [
        Worksheet(PLACES[place], _SHEETS_COLUMNS, _rows(papers, place, told, link), "TOTAL S/")
        for place in _SHEETS
    ]
    lost = Worksheet(PLACES["unregistered"], _UNREGISTERED, _lost(papers, unfiled, link))
    return [*tables, lost, Worksheet("Ítems", _ITEMS, _items(papers))]


def _rows(papers: Sequence[Placed], place: Place, told: Told, link: Link) -> Iterator[Sequence[Value]]:
    for one in papers:
        if one.place == place:
            yield (*one.row, None, None, None, None, *_ours(one, told, link))


def _ours(one: Placed, told: Told, link: Link) -> Sequence[Value]:
    paper, entry, invoice = one.paper, one.paper.entry, one.paper.entry.invoice
    looked = [*(wording.reason(reason) for reason in one.reasons), *told(paper)]
    summed = invoice.currency == rce.RATED and one.own != "no"
    base = entry.sign * abs(invoice.taxable) if summed and invoice.taxable else None
    other = (
        f"{invoice.currency} {entry.total}"
        if invoice.currency not in {None, "PEN", rce.RATED} and entry.total is not None
        else None
    )
    if one.own == "no" and entry.total is not None:
        other = f"{invoice.currency or ''} {entry.total}".strip()
    return (
        wording.VERDICTS[entry.verdict],
        "; ".join(dict.fromkeys(looked)),
        entry.note,
        paper.sender,
        entry.received_at.astimezone(LIMA).date(),
        invoice.detraction,
        invoice.perception,
        wording.OWN[one.own],
        invoice.customer.id,
        paper.sunat,
        base,
        entry.igv if summed else None,
        entry.total if summed else None,
        other,
        paper.filename,
        link(paper),
    )


def _lost(papers: Sequence[Placed], unfiled: Sequence[Unfiled], link: Link) -> Iterator[Sequence[Value]]:
    for one in papers:
        if one.place == "unregistered":
            paper, invoice = one.paper, one.paper.entry.invoice
            reason = "; ".join(wording.reason(each) for each in one.reasons)
            said = wording.named(invoice)
            yield (
                paper.entry.received_at.astimezone(LIMA).date(),
                paper.sender,
                paper.filename,
                said,
                reason,
                link(paper),
            )
    for file in unfiled:
        yield (
            file.received_at.astimezone(LIMA).date(),
            file.sender,
            file.filename,
            file.said,
            wording.unfiled(file.why),
            link(file),
        )


def _items(papers: Sequence[Placed]) -> Iterator[Sequence[Value]]:
    for one in papers:
        if one.place == "unregistered":
            continue
        entry, invoice = one.paper.entry, one.paper.entry.invoice
        head = (
            entry.day,
            invoice.kind,
            invoice.series,
            rce.bare(invoice.number),
            invoice.supplier.ruc,
            invoice.supplier.name,
        )
        for item in invoice.items:
            amount = None if item.amount is None else entry.sign * abs(item.amount)
            yield (
                *head,
                item.description,
                item.quantity,
                item.unit,
                item.unit_price,
                amount,
                invoice.currency,
                PLACES[one.place],
            )
