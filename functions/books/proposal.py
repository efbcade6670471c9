"""Compares SUNAT's proposal of purchases with the books: which papers are in both, which ones one of them
lacks, and where they differ.

A file is taken for a proposal by its header (facts of SUNAT's download: the names of fields 1 to 41),
whatever its name. SUNAT's rows are shown as they are; nobody corrects them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Literal, NamedTuple

from functions.books import rce, wording
from functions.books.months import Month
from functions.books.purchases import Placed
from functions.books.workbook import Column, Value, Worksheet
from functions.extractor.peru.tokens import a_date, fold

Key = tuple[str, str, str, str]
"""Kind, series, number and the supplier's RUC. Without the RUC, papers of two suppliers would be taken for
one (8 of 623 in a real month).
"""
Difference = Literal["total", "day", "unread"]

_HEADINGS = {
    "ruc": "RUC", "period": "PERIODO", "car": "CARSUNAT", "day": "FECHADEEMISION", "kind": "TIPOCPDOC",
    "series": "SERIEDELCDP", "number": "NROCPODOCNROINICIALRANGO", "supplier": "NRODOCIDENTIDAD",
    "name": "APELLIDOSNOMBRESRAZONSOCIAL", "total": "TOTALCP",
    "currency": "MONEDA", "rate": "TIPODECAMBIO",
}  # fmt: skip
_MARK = "BIGRAVADODG"
"""A heading that the proposal of sales does not have."""
_NEEDED = frozenset({"car", "day", "kind", "series", "number", "supplier", "total"})
_HEAD_ROWS = 20
"""Rows in which the header is looked for; a workbook may have a title above it."""
_EPOCH = date(1899, 12, 30)
"""Day 0 of a spreadsheet's dates."""
_CENT, _OF_A_RATE = Decimal("0.01"), Decimal("0.05")
"""The unit to which soles are rounded, and how far totals may differ where a rate was applied: the rounding
of their parts. Totals in soles may not differ.
"""
_ELECTRONIC = re.compile(r"[A-Z]")
NEVER_ADDED, ADDED_LATER = frozenset({"07"}), frozenset({"01", "08"})
"""Electronic papers of these kinds are never added to a proposal, or only when they were issued before its
month (RS 040-2022, Tabla 11; 412).
"""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A row of SUNAT's proposal. `total` as SUNAT has it: in soles, with the sign of its kind; `rate` is None
    for soles.
    """

    car: str
    kind: str
    series: str
    number: str
    supplier: str
    name: str
    day: date | None
    total: Decimal | None
    currency: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file that is a proposal. `ruc` and `period` are the first that its rows have; `broken`: how many rows
    are too short to be one.
    """

    rows: Sequence[Proposed]
    ruc: str | None
    period: Month | None
    broken: int = 0


def read(rows: Sequence[Sequence[str]]) -> Proposal | None:
    """Returns the proposal that a table's rows hold; None where no header says that it is one of
    purchases.
    """
    for at, row in enumerate(rows[:_HEAD_ROWS]):
        names = [re.sub(r"[^A-Z0-9]", "", fold(cell)) for cell in row]
        places = {name: names.index(heading) for name, heading in _HEADINGS.items() if heading in names}
        if places.keys() >= _NEEDED and _MARK in names:
            return _read(rows[at + 1 :], places)
    return None


def _read(rows: Sequence[Sequence[str]], places: Mapping[str, int]) -> Proposal:
    found, broken, ruc, period = list[Proposed](), 0, None, None
    needed = max(places[name] for name in _NEEDED)
    for row in rows:
        if len(row) <= needed:
            broken += 1
            continue
        cell = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
        ruc, period = (
            ruc or _digits(cell.get("ruc", "")) or None,
            period or _period(_digits(cell.get("period", ""))),
        )
        currency = cell.get("currency", "").upper() or "PEN"
        found.append(
            Proposed(
                cell["car"],
                _digits(cell["kind"]).zfill(2),
                cell["series"].upper(),
                rce.bare(_digits(cell["number"])) or "",
                _digits(cell["supplier"]),
                cell.get("name", ""),
                _day(cell["day"]),
                _amount(cell["total"]),
                currency,
                None if currency == "PEN" else _amount(cell.get("rate", "")),
            )
        )
    return Proposal(found, ruc, period, broken)


def _digits(said: str) -> str:
    """Returns a code as text, also where a spreadsheet made a number of it, as in `2.0100070970E10` and
    `1.0`.
    """
    if re.fullmatch(r"\d+(?:\.\d+)?[eE]\+?\d{1,2}|\d+\.0+", said):
        value = Decimal(said)
        return str(int(value)) if value == value.to_integral_value() else said
    return said


def _amount(said: str) -> Decimal | None:
    try:
        value = Decimal(said.replace(",", "")) if said else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() and abs(value) < 10**15 else None


def _day(said: str) -> date | None:
    if hit := re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})", said):
        return a_date(int(hit[3]), int(hit[2]), int(hit[1]))
    if hit := re.match(r"(\d{4})-(\d{2})-(\d{2})", said):
        return a_date(int(hit[1]), int(hit[2]), int(hit[3]))
    return _EPOCH + timedelta(days=int(float(said))) if re.fullmatch(r"[345]\d{4}(?:\.\d+)?", said) else None


def _period(said: str) -> Month | None:
    return (
        Month(int(said[:4]), int(said[4:6]))
        if re.fullmatch(r"20\d\d(?:0[1-9]|1[0-2])(?:00)?", said)
        else None
    )


# --- side by side -------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    """One paper that is in both, and in what the two differ; `unread`: ours has no total or no date to
    compare.
    """

    sunat: Proposed
    ours: Placed
    differs: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class OnlyHere:
    """A paper that SUNAT's proposal lacks. `may_be_added`: by the complement of that proposal; otherwise only
    its issuer can add it.
    """

    ours: Placed
    may_be_added: bool
    car: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A proposal compared with a month: `same`, `different`, `only_sunat`, `only_here`."""

    same: list[Pair] = field(default_factory=list)
    different: list[Pair] = field(default_factory=list)
    only_sunat: list[Proposed] = field(default_factory=list)
    only_here: list[OnlyHere] = field(default_factory=list)

    @property
    def not_to_be_added(self) -> int:
        """The number of papers here that only their issuer can bring into the proposal: they cost the month
        its credit.
        """
        return sum(not one.may_be_added for one in self.only_here)


def compare(proposal: Proposal, papers: Sequence[Placed], month: Month) -> Comparison:
    """Compares the proposal of `month` with the business's papers of it.

    A paper is matched in whatever place it stands, except `unregistered`. Of the papers that the proposal
    lacks, only those that may give credit are told.
    """
    keys = [_key(one) for one in papers]
    left = {key: one for key, one in zip(keys, papers, strict=True) if key and one.place != "unregistered"}
    found = Comparison()
    for row in proposal.rows:
        one = left.pop((row.kind, row.series, row.number, row.supplier), None)
        if one is None:
            found.only_sunat.append(row)
        elif differs := _differences(row, one):
            found.different.append(Pair(row, one, differs))
        else:
            found.same.append(Pair(row, one))
    for key, one in zip(keys, papers, strict=True):
        if (key is None or key in left) and one.place in {"purchases", "review"} and one.own != "no":
            found.only_here.append(OnlyHere(one, may_be_added(one, month), car(one)))
    return found


def _key(one: Placed) -> Key | None:
    invoice = one.paper.entry.invoice
    kind, series, number = invoice.kind, invoice.series, rce.bare(invoice.number)
    ruc = invoice.supplier.ruc
    return (kind, series.upper(), number, ruc) if kind and series and number and ruc else None


def _differences(row: Proposed, one: Placed) -> tuple[Difference, ...]:
    entry = one.paper.entry
    total, day = entry.total, entry.day
    if total is not None and day is not None and total == row.total and day == row.day and row.rate is None:
        return ()  # most of a month
    found = list[Difference]()
    if total is None or day is None:
        found.append("unread")
    if total is not None and row.total is not None and (row.rate or total != row.total):
        worth = total if row.rate is None else (total * row.rate).quantize(_CENT, ROUND_HALF_UP)
        if abs(worth - row.total) > (_OF_A_RATE if row.rate else 0):
            found.append("total")
    if day is not None and row.day is not None and day != row.day:
        found.append("day")
    return tuple(found)


def may_be_added(one: Placed, month: Month) -> bool:
    """True where a paper that the proposal of `month` lacks may be added to it, as far as its kind, its
    series and its day say.
    """
    entry, invoice = one.paper.entry, one.paper.entry.invoice
    if not _ELECTRONIC.match((invoice.series or "").upper()):
        return True
    if invoice.kind in NEVER_ADDED:
        return False
    return invoice.kind not in ADDED_LATER or (entry.day is not None and entry.day < month.first)


def car(one: Placed) -> str | None:
    """Returns SUNAT's code of a paper: the supplier's RUC, the kind, the series and the number in ten digits;
    None where one of them is missing or does not fit in it.
    """
    key = _key(one)
    if key is None:
        return None
    kind, series, number, ruc = key
    whole = len(ruc) == 11 and len(kind) == 2 and len(series) == 4 and number.isdigit() and len(number) <= 10
    return f"{ruc}{kind}{series}{number:0>10}" if whole else None


_COLUMNS = (
    Column("CAR SUNAT", width=30), Column("Fecha de emisión", "date"), Column("Tipo", width=6),
    Column("Serie", width=8), Column("Número", width=12),
    Column("RUC proveedor", width=13), Column("Proveedor", width=36), Column("Moneda", width=8),
)  # fmt: skip
_TOTAL = (Column("Total según SUNAT S/", "money", 14),)
_HERE = (
    Column("Total del comprobante", "money", 14),
    Column("Hoja del Excel", width=14),
    Column("Qué hacer", width=60),
)
_BOTH = (
    *_TOTAL,
    Column("Fecha aquí", "date"),
    Column("Total aquí", "money", 14),
    Column("Diferencia", width=30),
)


def sheets(found: Comparison) -> list[Worksheet]:
    """Returns the three lists, for `workbook.written`: only at SUNAT, only here, different."""
    return [
        Worksheet(
            "Solo en SUNAT", (*_COLUMNS, *_TOTAL), ((*_of_sunat(row), row.total) for row in found.only_sunat)
        ),
        Worksheet("Solo aquí", (*_COLUMNS, *_HERE), (_only_here(one) for one in found.only_here)),
        Worksheet("Diferentes", (*_COLUMNS, *_BOTH), (_different(pair) for pair in found.different)),
    ]


def _of_sunat(row: Proposed) -> tuple[Value, ...]:
    return row.car, row.day, row.kind, row.series, row.number, row.supplier, row.name, row.currency


def _only_here(one: OnlyHere) -> Sequence[Value]:
    entry, invoice = one.ours.paper.entry, one.ours.paper.entry.invoice
    head = (
        one.car,
        entry.day,
        invoice.kind,
        invoice.series,
        rce.bare(invoice.number),
        invoice.supplier.ruc,
        invoice.supplier.name,
        invoice.currency,
    )
    return (*head, entry.total, wording.PLACES[one.ours.place], wording.ADDED[one.may_be_added])


def _different(pair: Pair) -> Sequence[Value]:
    entry = pair.ours.paper.entry
    return (
        *_of_sunat(pair.sunat),
        pair.sunat.total,
        entry.day,
        entry.total,
        ", ".join(wording.DIFFERENCES[one] for one in pair.differs),
    )
