"""Tests of one invoice. They warn; they never change a value. `ok` None says that a test could not be made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from functions.extractor.invoice import Check, Invoice, Item
from functions.extractor.peru.kinds import fits
from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.rates import LEVIES, rates
from functions.extractor.peru.tokens import days, fold_same, valid_ruc
from functions.extractor.reading import words

CENT = Decimal("0.01")
TOLERANCE = Decimal("0.05")


def run(invoice: Invoice, index: int, *, today: date, advances: Decimal | None = None, retention: Decimal | None = None) -> list[Check]:
    """Every check of one invoice."""

    def check(name: str, ok: bool | None, detail: str = "", *fields: str) -> Check:  # noqa: FBT001 - the value is what it tells
        return Check(index, name, ok, detail, fields)

    ruc = invoice.supplier.ruc
    found = [check("supplier_ruc", None if ruc is None else valid_ruc(ruc), "check digit", "supplier.ruc")]
    if invoice.customer.id_type == "6" and invoice.customer.id:
        found.append(check("customer_ruc", valid_ruc(invoice.customer.id), "check digit", "customer.id"))
    found.append(check("series", _series(invoice), "pattern of the kind", "kind", "series", "number"))
    found.append(check("date", _date(invoice.issue_date, today), "not in the future, not before electronic invoices", "issue_date"))
    if invoice.due_date is not None and invoice.issue_date is not None:
        found.append(check("due_date", invoice.due_date >= invoice.issue_date, "not before the issue", "due_date"))
    found.append(check("igv_rate", _rate(invoice), "IGV against the rates of the day", "taxable", "igv"))
    found.append(
        check("sum", _sum(invoice, advances), "base, taxes and charges make the total", "taxable", "exempt", "unaffected", "igv", "total")
    )
    found.append(check("items", _items(invoice, advances), "the items make the base or the total", "items"))
    found.append(check("lines", _lines(invoice), "quantity by price makes each line's amount", "items"))
    found.append(check("words", _words(invoice), "the amount in words", "amount_in_words", "total"))
    if invoice.detraction or invoice.perception or invoice.net_payable is not None:
        found.append(
            check(
                "levies", _levies(invoice, retention), "detraction and perception are a known part of the total", "detraction", "perception"
            )
        )
    if invoice.net_payable is not None and invoice.total is not None:
        found.append(
            check(
                "payable", _payable(invoice, retention), "total, perception, detraction and retention make what is payable", "net_payable"
            )
        )
    return found


def _series(invoice: Invoice) -> bool | None:
    if invoice.series is None or invoice.kind is None:
        return None
    return fits(invoice.kind, invoice.series)


def _date(day: date | None, today: date) -> bool | None:
    return None if day is None else date(2010, 1, 1) <= day <= today + timedelta(days=1)


def _rate(invoice: Invoice) -> bool | None:
    igv, base = invoice.igv, invoice.taxable
    if igv is None:
        return None
    if base is None:
        if igv == 0:
            return True
        if invoice.total is None:
            return None
        base = invoice.total - igv - _rest(invoice)
    if igv == 0:
        return base == 0
    taxed = {base, base + (invoice.isc or 0)}
    slack = max(TOLERANCE, Decimal("0.01") * len(invoice.items))
    return any(abs(b * rate - igv) <= slack for b in taxed for rate in rates(invoice.issue_date))


def _rest(invoice: Invoice) -> Decimal:
    """What enters the total beside the taxed base and its IGV."""
    parts = (invoice.exempt, invoice.unaffected, invoice.isc, invoice.icbper, invoice.other_charges, invoice.rounding)
    return sum((p for p in parts if p is not None), Decimal(0))


def tight(invoice: Invoice, advances: Decimal | None, *, every: bool) -> bool:
    """Whether sums come out to the cent: what is proven has no slack in which a misread digit could hide.

    Lines that were rounded may each be half a cent off, as systems round them one by one; one that is its product to the cent was not.
    `every`: digits were told from pixels, where a cent too many looks like such a rounding.
    """
    amounts = [_amount(i) for i in invoice.items]
    money = [*amounts, invoice.taxable, invoice.exempt, invoice.unaffected, invoice.igv, invoice.total]
    if any(m is not None and m != m.quantize(CENT) for m in money) or not amounts or None in amounts:
        return False
    products = [None if i.quantity is None or i.unit_price is None else i.quantity * i.unit_price for i in invoice.items]
    factors = _factors(_own_rates(invoice))
    rounded = sum(p is not None and all(p * f != a for f in factors) for p, a in zip(products, amounts, strict=True))
    slack = Decimal(0) if every or None in products or len(amounts) == 1 else Decimal("0.005") * rounded
    whole = sum((a for a in amounts if a is not None), Decimal(0))
    return _sum(invoice, advances, Decimal(0)) is True and any(abs(whole - one) <= slack for one in _whole(invoice, advances))


def _whole(invoice: Invoice, advances: Decimal | None) -> set[Decimal]:
    """What the lines must sum up to, before or after tax. Each charge is either one of the lines or in none, so that no digit hides in it."""
    assert invoice.total is not None
    bases = sum((b for b in (invoice.taxable, invoice.exempt, invoice.unaffected) if b is not None), Decimal(0))
    net, gross = {bases}, {invoice.total}
    for name in ("icbper", "other_charges", "rounding"):
        part = getattr(invoice, name)
        if part and _is_line(invoice, name, part):
            net = {n + part for n in net}
        elif part:
            gross = {g - part for g in gross}
    taken = {"discounts": invoice.discounts or Decimal(0), "advances": advances or Decimal(0)}
    above = (invoice.taxable or 0) + (invoice.igv or 0) + _rest(invoice) - invoice.total
    for name, part in taken.items():
        if not part or _is_line(invoice, name, -part) or _is_line(invoice, name, part):
            continue
        if above not in (part, sum(taken.values())):  # the base is less by it already
            net = {n + part for n in net}
        gross = {g + p for g in gross for p in (part, *(part * (1 + r) for r in _own_rates(invoice)))}
    found = net | gross
    if invoice.isc:
        found |= {f - invoice.isc for f in found}
    free = [a for i in invoice.items if (a := _amount(i)) and (a == invoice.free or _is_called(i, "free"))]
    if invoice.free and invoice.free in (sum(free), *free):  # what is given away stands among the lines with its worth
        found = {f + invoice.free for f in found}
    return found


def _is_line(invoice: Invoice, name: str, part: Decimal) -> bool:
    """Whether the sum of that name is one of the lines: a deduction told by its sign, anything else by what it is called."""
    return any(_amount(i) == part and (part < 0 or _is_called(i, name)) for i in invoice.items)


def _is_called(item: Item, name: str) -> bool:
    line = fold_same(item.description or "")
    return any(label[0] == name for label in labels_in(line)) or (name == "icbper" and "BOLSA" in line)


def _sum(invoice: Invoice, advances: Decimal | None, slack: Decimal = TOLERANCE) -> bool | None:
    """Base + taxes + charges = total. Discounts and advances may or may not be in the base already, as layouts differ."""
    if invoice.total is None:
        return None
    bases = [b for b in (invoice.taxable, invoice.exempt, invoice.unaffected) if b is not None]
    if not any(bases):
        return None  # no breakdown: NRUS boletas print none
    whole = (
        sum(bases, Decimal(0))
        + (invoice.igv or 0)
        + sum((p for p in (invoice.isc, invoice.icbper, invoice.other_charges, invoice.rounding) if p is not None), Decimal(0))
    )
    less = {
        Decimal(0),
        invoice.discounts or Decimal(0),
        advances or Decimal(0),
        (invoice.discounts or Decimal(0)) + (advances or Decimal(0)),
    }
    return any(abs(whole - gone - invoice.total) <= slack for gone in less)


def _items(invoice: Invoice, advances: Decimal | None) -> bool | None:
    """The items' amounts make the base or the total, with or without the free ones, discounts, advances, charges and rounding."""
    amounts = [_amount(i) for i in invoice.items]
    if not amounts or any(a is None for a in amounts):
        return None
    if invoice.total is None:
        return None
    whole = sum((a for a in amounts if a is not None), Decimal(0))
    return any(abs(whole - target) <= max(TOLERANCE, Decimal("0.01") * len(amounts)) for target in _targets(invoice, advances))


def _amount(item: Item) -> Decimal | None:
    """What a line is worth: its amount, or where none is printed what quantity and price make."""
    if item.amount is None and item.quantity is not None and item.unit_price is not None:
        return (item.quantity * item.unit_price).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return item.amount


def _targets(invoice: Invoice, advances: Decimal | None) -> list[Decimal]:
    assert invoice.total is not None
    bases = [b for b in (invoice.taxable, invoice.exempt, invoice.unaffected) if b is not None]
    roots = [invoice.total]
    if bases:
        roots.append(sum(bases, Decimal(0)))
    beside: list[Decimal] = [Decimal(0)]
    for part in (invoice.icbper, invoice.other_charges, invoice.rounding, invoice.isc):
        if part:
            beside += [b - part for b in beside]
    for part in (invoice.discounts, advances, invoice.free):
        if part:
            beside += [b + part for b in beside]
    for part in (invoice.discounts, advances):  # printed net in the totals, gross with tax in the lines
        if part:
            beside += [part * (1 + rate) for rate in rates(invoice.issue_date)]
    return [root + b for root in roots for b in beside]


def _lines(invoice: Invoice) -> bool | None:
    """Whether every line's product comes out, before or after IGV; None where lines show no quantity or price."""
    judged = [i for i in invoice.items if i.quantity is not None and i.unit_price is not None and i.amount is not None]
    if invoice.free:
        judged = [i for i in judged if i.amount != 0]  # given away
    if not judged:
        return None
    return all(_line(i.quantity, i.unit_price, i.amount, rates(invoice.issue_date)) for i in judged)  # type: ignore[arg-type]  # judged has all three


def exact(invoice: Invoice, *, every: bool) -> bool:
    """Whether each quantity and price that is shown makes its line's amount, no discount granted.

    `every`: digits were told from pixels. Then one without the other, which nothing can confirm, does not pass either, nor a line
    without both among lines with them; a quantity with decimals must make the amount to the cent, since in the room that a rounded
    price leaves its last digits could be any; and no digit may be shown that does not move the amount.
    """
    if len(invoice.items) == 1 and _may_be_a_payment(invoice.items[0]):
        return False
    given = sum((i.quantity * i.unit_price for i in invoice.items if i.amount == 0 and i.quantity and i.unit_price), Decimal(0))
    if given and given != invoice.free:
        return False
    day_rates = _own_rates(invoice)
    sold = [i for i in invoice.items if i.amount != 0]
    bare = [i for i in sold if i.quantity is None and i.unit_price is None]
    if every and 0 < len(bare) < len(sold):
        return False
    return all(_confirmed(i, day_rates, every=every) for i in sold if i not in bare)


def _confirmed(item: Item, day_rates: Sequence[Decimal], *, every: bool) -> bool:
    quantity, price = item.quantity, item.unit_price
    if quantity is None or price is None or item.amount is None:
        return not every
    if every and (price == 1 < quantity or (_decimals(quantity) > 0 == _decimals(price)) or not _tells(quantity, price)):
        return False  # nothing tells quantity and price apart, or they look the other way round, or a digit could be any
    return _product(quantity, price, item.amount, day_rates, closely=True, to_the_cent=every and quantity % 1 != 0)


def _may_be_a_payment(item: Item) -> bool:
    """Whether an only line without quantity and price, which is the total once more, reads as an instalment does."""
    said = item.description or ""
    bare = item.quantity is None and item.unit_price is None
    return bare and (bool(days(said)) or _is_called(item, "payment") or not re.search(r"[^\W\d_]{3}", said))


def _tells(quantity: Decimal, price: Decimal) -> bool:
    """Whether the last digit shown of either would move the product by more than is forgiven."""
    slack = _slack(quantity, price, to_the_cent=quantity % 1 != 0)
    return all(abs(other).scaleb(-_decimals(one)) > slack for one, other in ((quantity, price), (price, quantity)))


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _own_rates(invoice: Invoice) -> list[Decimal]:
    """Those rates of the day that its IGV shows."""
    return [r for r in rates(invoice.issue_date) if invoice.igv and abs((invoice.taxable or 0) * r - invoice.igv) <= TOLERANCE]


def _factors(day_rates: Sequence[Decimal]) -> list[Decimal]:
    """By what a product may be multiplied to make its amount: before or after tax."""
    return [Decimal(1), *(1 + r for r in day_rates), *(1 / (1 + r) for r in day_rates)]


def _slack(quantity: Decimal, price: Decimal, *, to_the_cent: bool) -> Decimal:
    """How far the amount may be from the product, as near as the decimals that the price shows."""
    rounded = max(Decimal(0), abs(quantity) - 1) * Decimal("0.51").scaleb(-_decimals(price))
    return Decimal("0.0051") if to_the_cent else min(Decimal("0.0051") + rounded, TOLERANCE)


def _line(quantity: Decimal, price: Decimal, amount: Decimal, day_rates: Sequence[Decimal]) -> bool:
    return _product(quantity, price, amount, day_rates) or quantity * price >= amount > 0  # a line's own discount


def _product(
    quantity: Decimal, price: Decimal, amount: Decimal, day_rates: Sequence[Decimal], *, closely: bool = False, to_the_cent: bool = False
) -> bool:
    """Whether the amount is quantity by price, before or after tax. `closely`: as near as the decimals that the price shows."""
    product = quantity * price
    slack = max(Decimal("0.02"), abs(quantity) * Decimal("0.0051"))
    if closely:
        slack = _slack(quantity, price, to_the_cent=to_the_cent)
    return any(abs(product * f - amount) <= slack * max(f, Decimal(1)) for f in _factors(day_rates))


def _words(invoice: Invoice) -> bool | None:
    """The total in words, or the net where a detraction is printed."""
    if invoice.amount_in_words is None or invoice.total is None:
        return None
    sums = [s for s in (invoice.total, invoice.net_payable) if s is not None]
    if any(words.agrees(invoice.amount_in_words, s) for s in sums):
        return True
    value = re.match(r"(?:.*\bSON\b\s*:?)?(.*?)\s*(\d{2})\s?/\s?1[0O]{2}", invoice.amount_in_words.upper())
    said = words.understood(value[1]) if value else None
    if said is None or value is None:
        return None
    return said + Decimal(int(value[2])) / 100 in sums


def _levies(invoice: Invoice, retention: Decimal | None) -> bool | None:
    """Whether both are a known part of the total and leave what is payable, to the cent or in whole soles; None otherwise: other bases exist."""
    if invoice.total is None:
        return None
    soles = invoice.detraction is not None and invoice.detraction % 1 == 0
    for name, known in LEVIES.items():
        value = getattr(invoice, name)
        if value and not any(abs(invoice.total * r - value) <= (1 if soles and name == "detraction" else CENT) for r in known):
            return None
    if invoice.net_payable is None:
        return True
    soles = bool(invoice.detraction) and (soles or invoice.net_payable % 1 == 0)
    return _payable(invoice, retention, Decimal(1) if soles else CENT) or None


def _payable(invoice: Invoice, retention: Decimal | None, slack: Decimal = Decimal(1)) -> bool:
    """`slack`: detractions are paid in whole soles."""
    assert invoice.total is not None
    assert invoice.net_payable is not None
    less = [p for p in (invoice.detraction, retention) if p is not None]
    more = invoice.perception or Decimal(0)
    options = [invoice.total + more, invoice.total + more - sum(less, Decimal(0)), *(invoice.total + more - p for p in less)]
    return any(abs(o + r - invoice.net_payable) <= slack for o in options for r in (Decimal(0), invoice.rounding or Decimal(0)))
