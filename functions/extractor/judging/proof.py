"""Decides whether a document proves itself: its symbol and its printed text, read apart, agree, and its sums
leave a misread digit no room.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal

from functions.extractor.invoice import Check, Evidence, Invoice, Item
from functions.extractor.judging.arithmetic import (
    CENT,
    adds_up,
    factors,
    multiplies,
    own_rates,
    rounding,
    summed,
    whole,
    worth,
)
from functions.extractor.judging.merge import KEY, quarrels
from functions.extractor.peru.currency import spelled
from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import days, decimals, fold, lettered, valid_ruc
from functions.extractor.reading.reading import Doubt, Reading, Side

SUMMED = ("taxable", "exempt", "unaffected", "isc", "igv", "icbper", "other_charges", "rounding", "total")
"""The amounts that make the total, and the total itself: none of them can be wrong alone."""


def proven(
    invoice: Invoice, evidence: Sequence[Evidence], checks: Sequence[Check], readings: Sequence[Reading]
) -> bool:
    """True where all that a proven document promises has two witnesses that do not share a mistake.

    Symbol and page, or SUNAT and either of them, tell issuer, kind, series, number, date and total, and the
    issuer's check digit holds. Words or signs of the page tell the currency. The sums tell the other amounts,
    beside the total that the symbol says too, and the lines' amounts; whichever reader chose these lines, a
    misread digit would break a sum. A value that is not promised keeps no document from its proof, unless it
    fails a check. A model's values prove nothing: a model that fills a gap of the page makes the sums agree
    with itself.
    """
    symbol = next((r for r in readings if r.source == "qr"), None)
    accepted = any(r.source == "sunat" for r in readings)
    printed = next((r for r in readings if r.source in ("text", "ocr")), None)
    if (symbol is None and not accepted) or printed is None or any(r.source == "gemini" for r in readings):
        return False
    return (
        valid_ruc(invoice.supplier.ruc or "")
        and (accepted or _identified(evidence, symbol, printed))
        and all(c.ok is not False for c in checks)
        and {"supplier_ruc", "series", "date", "items"} <= {c.name for c in checks if c.ok}
        and _taxed(invoice, evidence, checks)
        and tight(invoice, printed.side, every=printed.source == "ocr")
        and sold(invoice, every=printed.source == "ocr")
        and _currency_said(invoice, printed)
        and not quarrels(evidence)
    )


def promised(invoice: Invoice, evidence: Sequence[Evidence]) -> frozenset[str]:
    """Returns the fields that a proven document has proven: what symbol and page both say or SUNAT confirmed,
    the currency, and the amounts that sums confirm.

    No symbol and no sum confirms a name, a description, a unit, a due date, the modified document, a gift, or
    what is paid beside the total: those are shown as they were read, and promised to nobody. Nor are
    quantities and prices promised where they do not make their lines' amounts.
    """
    told = {
        e.field
        for e in evidence
        if e.source == "sunat" or (e.source == "qr" and {"text", "ocr"} & {*e.agree})
    }
    summed_up = {"currency", "total"}
    if _has_breakdown(invoice):
        summed_up |= {name for name in SUMMED if getattr(invoice, name) is not None}
    drawn = any("ocr" in (e.source, *e.agree) for e in evidence)
    summed_up |= {f"items.{at}.amount" for at, item in enumerate(invoice.items) if item.amount}
    priced = {
        at: item
        for at, item in enumerate(invoice.items)
        if worth(item) and item.quantity is not None and item.unit_price is not None
    }
    for by in factors(own_rates(invoice)):  # prices are of one column: all before tax or all with it
        if all(_confirmed(item, by, every=drawn) for item in priced.values()):
            summed_up |= {f"items.{at}.{part}" for at in priced for part in ("quantity", "unit_price")}
    return frozenset(told | summed_up)


def _identified(evidence: Sequence[Evidence], symbol: Reading | None, printed: Reading) -> bool:
    """True where symbol and page say the same of each key field, and no value was repaired."""
    repaired = {e.field for e in evidence if e.repaired}
    return symbol is not None and all(
        path in symbol.fields
        and path in printed.fields
        and symbol.get(path) == printed.get(path)
        and path not in repaired
        for path in KEY
    )


def _taxed(invoice: Invoice, evidence: Sequence[Evidence], checks: Sequence[Check]) -> bool:
    """True where the tax is a rate of its base; where no base is shown, true where the symbol says every tax
    and charge that is shown.
    """
    if _has_breakdown(invoice):
        rated = next((c.ok for c in checks if c.name == "igv_rate"), None)
        return rated is True or (invoice.igv is None and not invoice.taxable)
    alone = {e.field for e in evidence if e.source != "qr"}
    return not any(getattr(invoice, name) for name in SUMMED if name in alone - {"total"})


def _has_breakdown(invoice: Invoice) -> bool:
    return any((invoice.taxable, invoice.exempt, invoice.unaffected))


def _currency_said(invoice: Invoice, printed: Reading) -> bool:
    """True where the page spells the currency in words, or its sign stands beside the amounts, and no other
    currency is named. The symbol says nothing about the currency.
    """
    if Doubt.OTHER_CURRENCY in printed.doubts:
        return False
    named = spelled(fold(invoice.amount_in_words or ""))
    return named == {invoice.currency} or (
        not named and printed.signed is not None and printed.signed == invoice.currency
    )


# --- sums ---------------------------------------------------------------------------------------------------


def tight(invoice: Invoice, side: Side, *, every: bool) -> bool:
    """True where the sums come out to the cent: what is proven has no slack in which a misread digit could
    hide.

    Lines that were rounded may each be half a cent off, since systems round them one by one; a line that is
    its product to the cent may not. `every`: digits were read from pixels, where a cent too many looks like
    such a rounding.
    """
    amounts = [worth(i) for i in invoice.items]
    money = [*amounts, invoice.taxable, invoice.exempt, invoice.unaffected, invoice.igv, invoice.total]
    if (
        invoice.total is None
        or any(m is not None and m != m.quantize(CENT) for m in money)
        or not amounts
        or None in amounts
    ):
        return False
    products = [
        None if i.quantity is None or i.unit_price is None else i.quantity * i.unit_price
        for i in invoice.items
    ]
    by = factors(own_rates(invoice))
    rounded = sum(
        p is not None and all(p * f != a for f in by) for p, a in zip(products, amounts, strict=True)
    )
    slack = Decimal(0) if every or None in products or len(amounts) == 1 else Decimal("0.005") * rounded
    lines = _line_sums(invoice, invoice.total, side)
    adds = not _has_breakdown(invoice) or adds_up(invoice, side, Decimal(0)) is True
    return adds and any(abs(summed(*amounts) - lines_sum) <= slack for lines_sum in lines)


def _line_sums(invoice: Invoice, total: Decimal, side: Side) -> set[Decimal]:
    """Returns the sums that the lines may come to, before or after tax. Each charge is either one of the
    lines or in none, so that its digits are checked.
    """
    net = {summed(invoice.taxable, invoice.exempt, invoice.unaffected)} if _has_breakdown(invoice) else set()
    gross = {total}
    charges = {"icbper": invoice.icbper, "other_charges": invoice.other_charges, "rounding": invoice.rounded}
    for name, part in charges.items():
        if part and (_is_line(invoice, name, part) or (name == "other_charges" and _ends_in(invoice, part))):
            net = {n + part for n in net}
        elif part:
            gross = {g - part for g in gross}
    taken = {"discounts": summed(invoice.discounts), "advances": summed(side.advances)}
    above = whole(invoice) - total
    for name, part in taken.items():
        if not part or _is_line(invoice, name, -part) or _is_line(invoice, name, part):
            continue
        if above not in (part, sum(taken.values())):  # it is subtracted from the base already
            net = {n + part for n in net}
        gross = {g + p for g in gross for p in (part, *(part * (1 + r) for r in own_rates(invoice)))}
    found = net | gross
    if invoice.isc:
        found |= {f - invoice.isc for f in found}
    free = [a for i in invoice.items if (a := worth(i)) and (a == invoice.free or _is_called(i, "free"))]
    if invoice.free and invoice.free in (
        sum(free),
        *free,
    ):
        # Gifts stand among the lines with their worth.
        found = {f + invoice.free for f in found}
    return found


def _is_line(invoice: Invoice, name: str, part: Decimal) -> bool:
    """True where the amount of that name is one of the lines. A deduction is known by its sign, any other
    amount by the line's description.
    """
    return any(worth(i) == part and (part < 0 or _is_called(i, name)) for i in invoice.items)


def _ends_in(invoice: Invoice, part: Decimal) -> bool:
    """True where a bill's last lines make that amount: what it charges behind its tax."""
    amounts = [worth(i) or Decimal(0) for i in reversed(invoice.items)]
    return invoice.kind == "14" and part in itertools.accumulate(amounts)


def _is_called(item: Item, name: str) -> bool:
    line = lettered(item.description or "")
    return any(label[0] == name for label in labels_in(line)) or (name == "icbper" and "BOLSA" in line)


# --- lines --------------------------------------------------------------------------------------------------


def sold(invoice: Invoice, *, every: bool) -> bool:
    """True where each line says in words what was sold, an only line is no instalment, gifts are worth what
    is printed, and no line may be a row of the totals.

    A tax that is taken for a line makes the sum of all lines the total. `every`: rows were read from pixels,
    where a line without quantity and price among lines with them may be any row.
    """
    given = summed(
        *(i.quantity * i.unit_price for i in invoice.items if i.amount == 0 and i.quantity and i.unit_price)
    )
    sold = [i for i in invoice.items if i.amount != 0]
    bare = [i for i in sold if i.quantity is None and i.unit_price is None]
    if (
        not sold
        or (given and given != invoice.free)
        or (len(invoice.items) == 1 and _may_be_a_payment(invoice.items[0]))
    ):
        return False
    if any(i.amount == invoice.igv for i in bare) or (every and 0 < len(bare) < len(sold)):
        return False
    by = own_rates(invoice)
    if any(None not in (i.quantity, i.unit_price, i.amount) and not _multiplies(i, by) for i in sold):
        return False  # one of the three is misread, or a discount is not told
    return all(re.search(r"[^\W\d_]{2}", item.description or "") for item in invoice.items)


def _confirmed(item: Item, by: Decimal, *, every: bool) -> bool:
    """True where quantity and price make the line's amount with the factor `by`, without a discount. Where no
    amount is printed, the sum of all lines confirms them.

    `every`: digits were read from pixels. Then the amount must be printed. A quantity with decimals must make
    it to the cent, since within the slack of a rounded price its last digits could be any. And every digit
    that is shown must move the amount.
    """
    quantity, price, amount = item.quantity, item.unit_price, item.amount
    if quantity is None or price is None:
        return False
    if amount is None:
        return not every
    if every and (
        price == 1 < quantity or (decimals(quantity) > 0 == decimals(price)) or not _tells(quantity, price)
    ):
        # nothing tells quantity and price apart, or they look swapped, or a digit could be any other
        return False
    slack = rounding(quantity, price, to_the_cent=every and quantity % 1 != 0)
    return abs(quantity * price * by - amount) <= slack * max(by, Decimal(1))


def _multiplies(item: Item, day_rates: Sequence[Decimal]) -> bool:
    """True where quantity and price make the amount, as near as the decimals of the price allow."""
    quantity, price, amount = (
        item.quantity or Decimal(0),
        item.unit_price or Decimal(0),
        item.amount or Decimal(0),
    )
    return multiplies(quantity, price, amount, day_rates, rounding(quantity, price, to_the_cent=False))


def _may_be_a_payment(item: Item) -> bool:
    """True where an only line, without quantity and price and with the total as its amount, reads as an
    instalment does.
    """
    said = item.description or ""
    bare = item.quantity is None and item.unit_price is None
    return bare and (bool(days(said)) or _is_called(item, "payment") or not re.search(r"[^\W\d_]{3}", said))


def _tells(quantity: Decimal, price: Decimal) -> bool:
    """True where one more in the last digit shown, of either, would move the product by more than the
    slack.
    """
    slack = rounding(quantity, price, to_the_cent=quantity % 1 != 0)
    return all(
        abs(other).scaleb(-decimals(shown)) > slack for shown, other in ((quantity, price), (price, quantity))
    )
