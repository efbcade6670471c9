"""Tests of one invoice. They warn; they never change a value. `ok` None says that a test could not be
made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from functions.extractor.invoice import Check, Invoice
from functions.extractor.judging.arithmetic import (
    CENT,
    TOLERANCE,
    adds_up,
    beside_the_base,
    multiplies,
    summed,
    targets,
    worth,
)
from functions.extractor.peru.currency import CURRENCIES
from functions.extractor.peru.kinds import fits, mentions
from functions.extractor.peru.rates import LEVIES, rates
from functions.extractor.peru.tokens import lettered, valid_ruc
from functions.extractor.reading import words
from functions.extractor.reading.reading import Side


@dataclass(frozen=True, slots=True)
class Rule:
    """The test that a check makes, and the fields that it is about."""

    what: str
    fields: tuple[str, ...]


CHECKS = {
    "supplier_ruc": Rule("check digit", ("supplier.ruc",)),
    "customer_ruc": Rule("check digit", ("customer.id",)),
    "series": Rule("pattern of the kind", ("kind", "series", "number")),
    "date": Rule("not in the future, not before electronic invoices", ("issue_date",)),
    "currency": Rule("soles, dollars or euros", ("currency",)),
    "due_date": Rule("not before the issue", ("due_date",)),
    "igv_rate": Rule("IGV against the rates of the day", ("taxable", "igv")),
    "sum": Rule(
        "base, taxes and charges make the total", ("taxable", "exempt", "unaffected", "igv", "total")
    ),
    "items": Rule("the items make the base or the total", ("items",)),
    "lines": Rule("quantity by price makes each line's amount", ("items",)),
    "words": Rule("the amount in words", ("amount_in_words", "total")),
    "levies": Rule("detraction and perception are a known part of the total", ("detraction", "perception")),
    "payable": Rule("total, perception, detraction and retention make what is payable", ("net_payable",)),
}


_ELECTRONIC = ("ELECTRONICA", "ELECTRONICO")
"""What the titles end in that no wares have: a printer's shop sells facturas."""
_KNOWN = {each.code for each in CURRENCIES}
"""The currencies that are told apart, by their ISO 4217 codes."""


def run(
    invoice: Invoice,
    index: int,
    *,
    today: date,
    side: Side = Side(),  # noqa: B008 - frozen
    slack: Decimal = TOLERANCE,
) -> list[Check]:
    """Makes every check of one invoice; a check of a field that not every invoice has, only where the field
    is there.

    Base, taxes and charges may be `slack` off the total, in the invoice's currency.
    """
    ruc = invoice.supplier.ruc
    found = {"supplier_ruc": None if ruc is None else valid_ruc(ruc)}
    if invoice.customer.id_type == "6" and invoice.customer.id:
        found["customer_ruc"] = valid_ruc(invoice.customer.id)
    found["series"] = (
        None if invoice.series is None or invoice.kind is None else fits(invoice.kind, invoice.series)
    )
    found["date"] = _date(invoice.issue_date, today)
    found["currency"] = _currency(invoice.currency, side)
    if invoice.due_date is not None and invoice.issue_date is not None and invoice.kind not in ("07", "08"):
        found["due_date"] = invoice.due_date >= invoice.issue_date
    found["igv_rate"] = _rate(invoice)
    found["sum"] = adds_up(invoice, side, slack)
    found["items"] = _items(invoice, side)
    found["lines"] = _lines(invoice)
    found["words"] = _words(invoice)
    if invoice.detraction or invoice.perception or invoice.net_payable is not None:
        found["levies"] = _levies(invoice, side)
    if invoice.net_payable is not None and invoice.total is not None:
        found["payable"] = _payable(invoice, invoice.total, invoice.net_payable, side)
    return [Check(index, name, ok, CHECKS[name].what, CHECKS[name].fields) for name, ok in found.items()]


def _date(day: date | None, today: date) -> bool | None:
    return None if day is None else date(2010, 1, 1) <= day <= today + timedelta(days=1)


def _currency(code: str | None, side: Side) -> bool | None:
    """True where the books know the currency. A page that names another country's money shows `$` beside it
    and means another dollar: the check fails.
    """
    if side.foreign:
        return False
    return None if code is None else code in _KNOWN


def _rate(invoice: Invoice) -> bool | None:
    igv, base = invoice.igv, invoice.taxable
    if igv is None:
        return None
    if base is None:
        if igv == 0:
            return True
        if invoice.total is None:
            return None
        base = invoice.total - igv - beside_the_base(invoice)
    if igv == 0:
        return base == 0
    taxed = {base, base + (invoice.isc or 0)}
    slack = max(TOLERANCE, CENT * len(invoice.items))
    return any(abs(b * rate - igv) <= slack for b in taxed for rate in rates(invoice.issue_date))


def _items(invoice: Invoice, side: Side) -> bool | None:
    """True where the items' amounts make the base or the total, with or without the free ones, discounts,
    advances, charges and rounding; None where an amount or the total is missing. A paper's title is no item:
    words and amounts were paired a row apart.
    """
    amounts = [worth(i) for i in invoice.items]
    if any(_is_title(i.description or "") for i in invoice.items):
        return False
    if not amounts or None in amounts or invoice.total is None:
        return None
    slack = max(TOLERANCE, CENT * len(amounts))
    return any(abs(summed(*amounts) - target) <= slack for target in targets(invoice, invoice.total, side))


def _is_title(words: str) -> bool:
    line = lettered(words).strip()
    return line.endswith(_ELECTRONIC) and any(said.start == 0 for said in mentions(line))


def _lines(invoice: Invoice) -> bool | None:
    """True where every line's product makes its amount, before or after IGV, or is more by a discount of the
    line's own; None where no line shows a product.
    """
    judged = [
        (i.quantity, i.unit_price, i.amount)
        for i in invoice.items
        if i.quantity is not None
        and i.unit_price is not None
        and i.amount is not None
        and not (invoice.free and i.amount == 0)
    ]
    if not judged:
        return None
    day_rates = rates(invoice.issue_date)
    return all(
        multiplies(q, price, amount, day_rates) or q * price >= amount > 0 for q, price, amount in judged
    )


def _words(invoice: Invoice) -> bool | None:
    """True where the amount in words is the total or what is payable; None where they cannot be compared."""
    if invoice.amount_in_words is None or invoice.total is None:
        return None
    said = words.said(invoice.amount_in_words)
    return None if said is None else said in (invoice.total, invoice.net_payable)


def _levies(invoice: Invoice, side: Side) -> bool | None:
    """True where detraction and perception are known parts of the total and leave what is payable, to the
    cent or in whole soles; None otherwise, since other bases exist.
    """
    if invoice.total is None:
        return None
    soles = invoice.detraction is not None and invoice.detraction % 1 == 0
    for name, known in LEVIES.items():
        value = getattr(invoice, name)
        if value and not any(
            abs(invoice.total * r - value) <= (1 if soles and name == "detraction" else CENT) for r in known
        ):
            return None
    if invoice.net_payable is None:
        return True
    soles = bool(invoice.detraction) and (soles or invoice.net_payable % 1 == 0)
    return _payable(invoice, invoice.total, invoice.net_payable, side, Decimal(1) if soles else CENT) or None


def _payable(
    invoice: Invoice, total: Decimal, net: Decimal, side: Side, slack: Decimal = Decimal(1)
) -> bool | None:
    """True where the total and what is added or taken make what is payable. None where less is to be paid and
    nothing printed says what was taken. `slack` is 1 by default, since detractions are paid in whole soles.
    """
    less = [p for p in (invoice.detraction, side.retention) if p is not None]
    gross = total + summed(invoice.perception, side.debt)
    options = [gross, gross - summed(*less), *(gross - p for p in less)]
    if any(abs(o + r - net) <= slack for o in options for r in (Decimal(0), summed(invoice.rounding))):
        return True
    return None if net < gross and not less else False
