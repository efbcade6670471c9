"""SUNAT's Registro de Compras Electrónico: a paper as its row, the errors that keep it out, and the file that
replaces SUNAT's proposal.

The fields and their order follow Anexo 11 (RS 112-2021, RS 040-2022), the file's name Tabla 13, the writing
of text and amounts Tabla 12. Amounts are in soles, as in SUNAT's own proposal. What no norm settles is a
constant here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from functions.books.filed import Filed
from functions.books.months import Month
from functions.books.ports import Business
from functions.books.workbook import Value
from functions.extractor.invoice import Invoice, Modifies
from functions.extractor.peru.tokens import valid_ruc

TAIL = "|||||"
"""The end of a line after field 37: fields 38 to 41, empty, and a last pipe. The norm does not say it; a file
that was filed in August 2026 has it (contaperu).
"""
ENCODING, LINE_END = "ascii", "\r\n"
"""The norm does not settle these either. Letters beyond ASCII lose their accents."""
NOTES_AT_THE_MODIFIEDS_RATE = True
"""A note in dollars is converted at the rate of the day of the paper that it modifies."""
TOLERANCE = Decimal("0.10")
"""How far the sum of a row's parts may be from its total, in its currency: the rounding of printed papers."""
RATED = "USD"
"""The currency whose rate SUNAT publishes daily; other foreign currencies are left out."""

WITH_DUE_DATE = frozenset({"14", "46", "50", "51", "52", "53", "54"})
NOTES = frozenset({"07", "08", "87", "88"})
_CREDITS = frozenset({"07", "87"})
_EITHER_SIGN = frozenset({"14", "36"})
_REFUSED = frozenset({"91", "97", "98"})
_NOT_MODIFIED = frozenset({"02", "03", "12", "13"})
_CENT = Decimal("0.01")
_DATES, _AMOUNTS, _RATE = (5, 6, 28), range(15, 26), 27

Row = tuple[Value, ...]
"""The fields 1 to 37, typed; an amount that is not there is None. `row[n - 1]` is field n."""
Rates = Mapping[date, Decimal]
"""Soles for a dollar, SUNAT's selling rate, by day."""


def in_soles(paper: Filed, rates: Rates) -> Decimal | None:
    """Returns the soles for one unit of the paper's currency: 1 for soles; None where that is not known, and
    then nothing is converted.
    """
    invoice = paper.entry.invoice
    if invoice.currency == "PEN":
        return Decimal(1)
    if invoice.currency != RATED or (day := rate_day(paper)) is None:
        return None
    return rates.get(day)


def rate_day(paper: Filed) -> date | None:
    """Returns the day whose rate counts (Reglamento de la Ley del IGV, art. 5.17)."""
    noted = NOTES_AT_THE_MODIFIEDS_RATE and paper.entry.invoice.kind in NOTES
    return paper.modified_on if noted else paper.entry.day


def row(
    paper: Filed,
    business: Business,
    period: Month,
    rate: Decimal | None,
    *,
    credit: bool = True,
    summed: bool = True,
) -> Row:
    """Returns the paper's fields. Where `credit` is False, its base and IGV stand in field 21 with what is
    not taxed; where `summed` is False, or no `rate` is known, it has no amounts.
    """
    invoice, noted = paper.entry.invoice, paper.entry.invoice.kind in NOTES
    modified = (invoice.modifies if noted else None) or Modifies()
    foreign = invoice.currency not in {None, "PEN"}
    amounts = _amounts(paper, rate, credit=credit) if summed and rate is not None else (None,) * len(_AMOUNTS)
    return (
        business.ruc,
        business.name,
        f"{period.year}{period.number:02d}",
        None,
        paper.entry.day,
        invoice.due_date if invoice.kind in WITH_DUE_DATE else None,
        invoice.kind,
        invoice.series and invoice.series.upper(),
        None,
        bare(invoice.number),
        None,
        "6" if invoice.supplier.ruc else None,
        invoice.supplier.ruc,
        invoice.supplier.name,
        *amounts,
        invoice.currency,
        rate if foreign else None,
        paper.modified_on if noted else None,
        modified.kind,
        modified.series,
        None,
        bare(modified.number),
        None,
        None,
        None,
        None,
        None,
    )


def bare(number: str | None) -> str | None:
    """Returns a number without leading zeros."""
    return (number.lstrip("0") or "0") if number and number.isdigit() else number


def parts(invoice: Invoice) -> tuple[Decimal, ...]:
    """Returns the parts that make a total, in the order of fields 15, 16, 21, 22, 23 and 24, in the paper's
    currency.

    The printed base is taken to be less the discount already, except on papers that reach their total only
    when it is subtracted.
    """
    taken = [
        sum((v for v in values if v is not None), Decimal(0))
        for values in (
            (invoice.taxable,),
            (invoice.igv,),
            (invoice.exempt, invoice.unaffected),
            (invoice.isc,),
            (invoice.icbper,),
            (invoice.other_charges, invoice.rounded),
        )
    ]
    if invoice.discounts and invoice.total is not None:
        discount = abs(invoice.discounts)
        whole = sum(taken, Decimal(0))
        if abs(whole - invoice.total) > TOLERANCE >= abs(whole - discount - invoice.total):
            taken[5] -= discount
    return tuple(taken)


def sums_up(invoice: Invoice) -> bool:
    """True where the parts that the row would show add up to the total that is printed."""
    return invoice.total is not None and abs(sum(parts(invoice), Decimal(0)) - invoice.total) <= TOLERANCE


def _amounts(paper: Filed, rate: Decimal, *, credit: bool) -> tuple[Decimal | None, ...]:
    """Returns fields 15 to 25 in soles, each rounded half up. What the sum lacks after rounding goes to the
    larger of fields 15 and 21, since it may go to no tax.
    """
    invoice = paper.entry.invoice
    if invoice.total is None:
        return (None,) * len(_AMOUNTS)
    sign = paper.entry.sign * (-1 if invoice.total < 0 else 1)
    base, igv, untaxed, isc, icbper, others = parts(invoice)
    if not credit:
        base, igv, untaxed = Decimal(0), Decimal(0), invoice.total - isc - icbper - others
    printed = [base, igv, untaxed, isc, icbper, others]
    soles = [(value * rate * sign).quantize(_CENT, ROUND_HALF_UP) for value in printed]
    total = (invoice.total * rate * sign).quantize(_CENT, ROUND_HALF_UP)
    if sum(printed, Decimal(0)) == invoice.total:
        soles[0 if abs(soles[0]) >= abs(soles[2]) else 2] += total - sum(soles, Decimal(0))
    base, igv, untaxed, isc, icbper, others = soles
    return (
        *(value or None for value in (base, igv, None, None, None, None, untaxed, isc, icbper, others)),
        total,
    )


def line(values: Row) -> str:
    """Returns the row as the file has it."""
    return "|".join(_field(at, value) for at, value in enumerate(values, 1)) + TAIL


def _field(at: int, value: Value) -> str:
    if at in _AMOUNTS:
        return f"{value if isinstance(value, Decimal) else Decimal(0):.2f}"
    if at == _RATE:
        return f"{value:.3f}" if isinstance(value, Decimal) else ""
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return written(str(value)) if value is not None else ""


def written(said: str) -> str:
    """Returns a text as Tabla 12 takes it: no pipe, no control character, hyphens for slashes, single blanks,
    letters without accents, at most 1,500 characters.
    """
    plain = re.sub(r"[\x00-\x1f\x7f|]", " ", said)
    folded = unicodedata.normalize("NFKD", plain).encode(ENCODING, "ignore").decode(ENCODING)
    return " ".join(re.sub(r"[/\\]", "-", folded).split())[:1500].rstrip()


def file_name(ruc: str, period: Month) -> str:
    """Returns the file's name by Tabla 13. Its digits say: the register of purchases, replaced, of a firm
    that operates, with information, in soles, by the SIRE.
    """
    return f"LE{ruc}{period.year}{period.number:02d}00080400021112.TXT"


def file(rows: Sequence[Row]) -> bytes:
    """Returns the file's bytes, a line for each row."""
    return "".join(line(each) + LINE_END for each in rows).encode(ENCODING)


def errors(values: Row, period: Month) -> tuple[int, ...]:
    """Returns the numbers of the errors with which SUNAT's validator (PVSIRE 1.7.0) would refuse the row.

    414 and 417 are of one family (414, 415, 417). Its rule is public, but not which number belongs to which
    half of the rule. 404 and 424 cannot occur: fields 38 to 41 are always empty, and no row is of a range.
    """
    return tuple(number for number, holds in _RULES if holds(_Fields(values, period)))


class _Fields:
    """A row whose fields are found by their numbers, from 1."""

    def __init__(self, values: Row, period: Month) -> None:
        self._values, self.period = values, period

    def __getitem__(self, at: int) -> Value:
        return self._values[at - 1]

    @property
    def kind(self) -> str:
        return str(self[7] or "")

    def amounts(self, *fields: int) -> Iterator[Decimal]:
        yield from (value for at in fields if isinstance(value := self[at], Decimal))

    def missing(self, *fields: int) -> bool:
        return any(not self[at] for at in fields)

    def after(self, at: int, last: date) -> bool:
        value = self[at]
        return isinstance(value, date) and value >= last


_SIGNED = tuple(at for at in _AMOUNTS if at != 24)
"""Fields that must have the sign of the kind; field 24 is a net amount that may subtract."""

_RULES: tuple[tuple[int, Callable[[_Fields], bool]], ...] = (
    (403, lambda f: not re.fullmatch(r"\d{1,20}", str(f[10] or "")) or not int(str(f[10]))),
    (410, lambda f: f[4] is not None),
    (414, lambda f: f.kind in WITH_DUE_DATE and f.missing(6)),
    (417, lambda f: f.kind == "14" and f.after(6, f.period.after.after.first)),
    (418, lambda f: f.kind in _REFUSED),
    (421, lambda f: f[11] is not None and any(f.amounts(*range(15, 21)))),
    (422, lambda f: f.missing(13)),
    (423, lambda f: f[12] == "6" and bool(f[13]) and not valid_ruc(str(f[13]))),
    (
        425,
        lambda f: any(
            amount > 0 if f.kind in _CREDITS else f.kind not in _EITHER_SIGN and amount < 0
            for amount in f.amounts(*(_AMOUNTS if f.kind in _CREDITS else _SIGNED))
        ),
    ),
    (
        427,
        lambda f: (
            f[26] != "PEN"
            and not (
                isinstance(rate := f[27], Decimal) and re.fullmatch(r"\d\.\d{3}", f"{rate:.3f}") and rate > 0
            )
        ),
    ),
    (428, lambda f: f.kind in NOTES and f.missing(28, 29, 30, 32)),
    (429, lambda f: f.kind not in NOTES and any(f[at] is not None for at in (28, 29, 30, 32))),
    (431, lambda f: f.after(28, f.period.after.first)),
    (432, lambda f: f.kind in NOTES and f[29] in _NOT_MODIFIED),
    (499, lambda f: f[26] == "PEN" and f[27] is not None),
)
