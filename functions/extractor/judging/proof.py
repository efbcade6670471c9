"""When a document proves itself: symbol and printed text, read apart, agree, and its sums leave a misread digit no room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from functions.extractor.invoice import Check, Evidence, Invoice, Item
from functions.extractor.judging.arithmetic import CENT, adds_up, factors, multiplies, own_rates, rounding, summed, whole, worth
from functions.extractor.judging.merge import quarrels
from functions.extractor.peru.currency import spelled
from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import days, decimals, fold, lettered, valid_ruc
from functions.extractor.reading import words
from functions.extractor.reading.reading import Doubt, Reading, Side

KEY = ("supplier.ruc", "kind", "series", "number", "issue_date", "total")
SUMMED = ("taxable", "exempt", "unaffected", "isc", "igv", "icbper", "other_charges", "rounding", "total")
"""What makes the total, so that one of them cannot be wrong alone."""


def proven(invoice: Invoice, evidence: Sequence[Evidence], checks: Sequence[Check], readings: Sequence[Reading]) -> bool:
    """Whether the document proves itself: symbol and printed text read alone agree on all that identifies and values it.

    Each condition stands because a single slip (a digit misread, the wrong line taken for the total) must break at least one:
    the symbol's own error correction, the RUC's check digit, and three sums that share no operand by accident (lines, taxes, words).
    A model's values prove nothing: one that fills a gap of the page makes the sums agree with itself.
    """
    symbol = next((r for r in readings if r.source == "qr"), None)
    printed = next((r for r in readings if r.source in ("text", "ocr")), None)
    if symbol is None or printed is None or any(r.source == "gemini" for r in readings) or any(e.source == "net" for e in evidence):
        return False
    drawn = printed.source == "ocr"
    return (
        valid_ruc(invoice.supplier.ruc or "")
        and _identified(evidence, symbol, printed)
        and not _in_doubt(invoice, symbol, printed)
        and "igv" in printed.fields
        and symbol.get("igv") in (None, printed.get("igv"))
        and _passed(checks)
        and exact(invoice, every=drawn)
        and tight(invoice, printed.side, every=drawn)
        and _spelled_out(invoice)
        and _currency_said(invoice, printed)
        and not quarrels(evidence)
    )


def promised(invoice: Invoice, evidence: Sequence[Evidence]) -> frozenset[str]:
    """What a proven document has proven, by field: what symbol and page both say, the currency, and the amounts that sums confirm.

    No symbol and no sum tells a name, a description, a unit, a due date, the modified document, or what is paid beside the total: those are
    shown as they were read, and promised to nobody.
    """
    told = {e.field for e in evidence if e.source == "qr" and {"text", "ocr"} & {*e.agree}}
    summed_up = {"currency", *(name for name in SUMMED if getattr(invoice, name) is not None)}
    for at, item in enumerate(invoice.items):
        if item.amount is not None:
            summed_up.add(f"items.{at}.amount")
        if worth(item) and item.quantity is not None and item.unit_price is not None:
            summed_up |= {f"items.{at}.quantity", f"items.{at}.unit_price"}
    return frozenset(told | summed_up)


def _identified(evidence: Sequence[Evidence], symbol: Reading, printed: Reading) -> bool:
    """Whether symbol and page say the same of each key field, nothing repaired."""
    repaired = {e.field for e in evidence if e.repaired}
    return all(
        path in symbol.fields and path in printed.fields and symbol.get(path) == printed.get(path) and path not in repaired for path in KEY
    )


def _passed(checks: Sequence[Check]) -> bool:
    """Whether each check that a proof needs was made and holds, and those that it does not need do not speak against it."""
    ok = {c.name: c.ok for c in checks}
    needed = ("supplier_ruc", "series", "date", "igv_rate", "sum", "items")
    return all(ok.get(name) is True for name in needed) and ok.get("lines") is not False and ok.get("levies", True) is not None


def _in_doubt(invoice: Invoice, symbol: Reading, printed: Reading) -> bool:
    """Whether something is shown that may be another's: a name with a rival or none, a second currency, a line's words, an identity."""
    if invoice.supplier.name is None or {Doubt.OTHER_CURRENCY, Doubt.OTHER_NAME} & printed.doubts:
        return True
    if not all(_is_worded(item) for item in invoice.items):
        return True
    # an identity without a check digit may be anybody's on a document that says it has no buyer
    return invoice.customer.id is not None and invoice.customer.id_type != "6" and Doubt.NO_BUYER in symbol.doubts


def _spelled_out(invoice: Invoice) -> bool:
    return invoice.amount_in_words is not None and invoice.total is not None and words.agrees(invoice.amount_in_words, invoice.total)


def _currency_said(invoice: Invoice, printed: Reading) -> bool:
    """The symbol is silent about currency: the page must spell it in words, or its sign stand beside the amounts; and no other's."""
    named = spelled(fold(invoice.amount_in_words or ""))
    return named == {invoice.currency} or (not named and printed.signed is not None and printed.signed == invoice.currency)


# --- sums -----------------------------------------------------------------------------------------------------------------


def tight(invoice: Invoice, side: Side, *, every: bool) -> bool:
    """Whether sums come out to the cent: what is proven has no slack in which a misread digit could hide.

    Lines that were rounded may each be half a cent off, as systems round them one by one; a line that is its product to the cent may
    not. `every`: digits were told from pixels, where a cent too many looks like such a rounding.
    """
    amounts = [worth(i) for i in invoice.items]
    money = [*amounts, invoice.taxable, invoice.exempt, invoice.unaffected, invoice.igv, invoice.total]
    if invoice.total is None or any(m is not None and m != m.quantize(CENT) for m in money) or not amounts or None in amounts:
        return False
    products = [None if i.quantity is None or i.unit_price is None else i.quantity * i.unit_price for i in invoice.items]
    by = factors(own_rates(invoice))
    rounded = sum(p is not None and all(p * f != a for f in by) for p, a in zip(products, amounts, strict=True))
    slack = Decimal(0) if every or None in products or len(amounts) == 1 else Decimal("0.005") * rounded
    lines = _line_sums(invoice, invoice.total, side)
    return adds_up(invoice, side, Decimal(0)) is True and any(abs(summed(*amounts) - lines_sum) <= slack for lines_sum in lines)


def _line_sums(invoice: Invoice, total: Decimal, side: Side) -> set[Decimal]:
    """What the lines must sum up to, before or after tax. Each charge is either one of the lines or in none, so that its digits are checked."""
    net, gross = {summed(invoice.taxable, invoice.exempt, invoice.unaffected)}, {total}
    for name in ("icbper", "other_charges", "rounding"):
        part = getattr(invoice, name)
        if part and _is_line(invoice, name, part):
            net = {n + part for n in net}
        elif part:
            gross = {g - part for g in gross}
    taken = {"discounts": summed(invoice.discounts), "advances": summed(side.advances)}
    above = whole(invoice) - total
    for name, part in taken.items():
        if not part or _is_line(invoice, name, -part) or _is_line(invoice, name, part):
            continue
        if above not in (part, sum(taken.values())):  # the base is less by it already
            net = {n + part for n in net}
        gross = {g + p for g in gross for p in (part, *(part * (1 + r) for r in own_rates(invoice)))}
    found = net | gross
    if invoice.isc:
        found |= {f - invoice.isc for f in found}
    free = [a for i in invoice.items if (a := worth(i)) and (a == invoice.free or _is_called(i, "free"))]
    if invoice.free and invoice.free in (sum(free), *free):  # what is given away stands among the lines with its worth
        found = {f + invoice.free for f in found}
    return found


def _is_line(invoice: Invoice, name: str, part: Decimal) -> bool:
    """Whether the sum of that name is one of the lines: a deduction told by its sign, anything else by what it is called."""
    return any(worth(i) == part and (part < 0 or _is_called(i, name)) for i in invoice.items)


def _is_called(item: Item, name: str) -> bool:
    line = lettered(item.description or "")
    return any(label[0] == name for label in labels_in(line)) or (name == "icbper" and "BOLSA" in line)


# --- lines ----------------------------------------------------------------------------------------------------------------

_FOREIGN = re.compile(r"\b\d{11}\b|(?:^|\s)\d+(?:\.\d+)?\s?%$|\s\d[\d,]*\.\d{2}$")
"""In a description: a RUC, or at its end the percentage or the amount of a column beside it."""


def _is_worded(item: Item) -> bool:
    """Whether a line says in words what was sold, and in these words no number of another column, nor of its own quantity."""
    said = item.description or ""
    if not re.search(r"[^\W\d_]{2}", said) or _FOREIGN.search(said):
        return False
    return item.quantity is not None or not re.match(r"\d+(?:[.,]\d+)?\s", said)


def exact(invoice: Invoice, *, every: bool) -> bool:
    """Whether each quantity and price that is shown makes its line's amount, no discount granted.

    `every`: digits were told from pixels. Then one without the other, which nothing can confirm, does not pass either, nor a line
    without both among lines with them; a quantity with decimals must make the amount to the cent, since in the room that a rounded
    price leaves its last digits could be any; and no digit may be shown that does not move the amount.
    """
    if len(invoice.items) == 1 and _may_be_a_payment(invoice.items[0]):
        return False
    given = summed(*(i.quantity * i.unit_price for i in invoice.items if i.amount == 0 and i.quantity and i.unit_price))
    if given and given != invoice.free:
        return False
    day_rates = own_rates(invoice)
    sold = [i for i in invoice.items if i.amount != 0]
    bare = [i for i in sold if i.quantity is None and i.unit_price is None]
    if every and 0 < len(bare) < len(sold):
        return False
    return all(_confirmed(i, day_rates, every=every) for i in sold if i not in bare)


def _confirmed(item: Item, day_rates: Sequence[Decimal], *, every: bool) -> bool:
    quantity, price = item.quantity, item.unit_price
    if quantity is None or price is None or item.amount is None:
        return not every and quantity != item.amount
    if every and (price == 1 < quantity or (decimals(quantity) > 0 == decimals(price)) or not _tells(quantity, price)):
        return False  # nothing tells quantity and price apart, or they look the other way round, or a digit could be any
    slack = rounding(quantity, price, to_the_cent=every and quantity % 1 != 0)
    return multiplies(quantity, price, item.amount, day_rates, slack)


def _may_be_a_payment(item: Item) -> bool:
    """Whether an only line without quantity and price, which is the total once more, reads as an instalment does."""
    said = item.description or ""
    bare = item.quantity is None and item.unit_price is None
    return bare and (bool(days(said)) or _is_called(item, "payment") or not re.search(r"[^\W\d_]{3}", said))


def _tells(quantity: Decimal, price: Decimal) -> bool:
    """Whether the last digit shown of either would move the product by more than is forgiven."""
    slack = rounding(quantity, price, to_the_cent=quantity % 1 != 0)
    return all(abs(other).scaleb(-decimals(shown)) > slack for shown, other in ((quantity, price), (price, quantity)))
