"""The sums that the amounts and lines of an invoice must come to: before or after tax, as layouts and billing
systems print and round them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from functions.extractor.invoice import Invoice, Item
from functions.extractor.peru.rates import rates
from functions.extractor.peru.tokens import decimals
from functions.extractor.reading.reading import Side

CENT = Decimal("0.01")
TOLERANCE = Decimal("0.05")
"""How far printed sums may be off where nothing is to be proven, in the invoice's currency."""


def summed(*parts: Decimal | None) -> Decimal:
    """Returns the sum of the parts that are there."""
    return sum((p for p in parts if p is not None), Decimal(0))


def beside_the_base(invoice: Invoice) -> Decimal:
    """Returns the sum of what enters the total beside the taxed base and its IGV."""
    return summed(
        invoice.exempt,
        invoice.unaffected,
        invoice.isc,
        invoice.icbper,
        invoice.other_charges,
        invoice.rounded,
    )


def whole(invoice: Invoice) -> Decimal:
    """Returns the sum of base, taxes and charges, before discounts and advances are subtracted."""
    return summed(invoice.taxable, invoice.igv) + beside_the_base(invoice)


def adds_up(invoice: Invoice, side: Side, slack: Decimal = TOLERANCE) -> bool | None:
    """True where base + taxes + charges = total; None without a total or a breakdown. Discounts and advances
    may or may not be in the base already, as layouts differ.
    """
    if invoice.total is None:
        return None
    if not any((invoice.taxable, invoice.exempt, invoice.unaffected)):
        return None  # no breakdown: NRUS boletas print none
    less = {
        Decimal(0),
        summed(invoice.discounts),
        summed(side.advances),
        summed(invoice.discounts, side.advances),
    }
    return any(abs(whole(invoice) - gone - invoice.total) <= slack for gone in less)


def worth(item: Item) -> Decimal | None:
    """Returns a line's amount, or where none is printed the product of quantity and price."""
    if item.amount is None and item.quantity is not None and item.unit_price is not None:
        return (item.quantity * item.unit_price).quantize(CENT, ROUND_HALF_UP)
    return item.amount


def targets(invoice: Invoice, total: Decimal, side: Side) -> list[Decimal]:
    """Returns the sums that the lines may come to: base or total, with or without charges, discounts,
    advances and gifts.
    """
    roots = [total]
    if any(base is not None for base in (invoice.taxable, invoice.exempt, invoice.unaffected)):
        roots.append(summed(invoice.taxable, invoice.exempt, invoice.unaffected))
    beside: list[Decimal] = [Decimal(0)]
    for part in (invoice.icbper, invoice.other_charges, invoice.rounded, invoice.isc):
        if part:
            beside += [b - part for b in beside]
    if invoice.other_charges and invoice.kind == "14":  # a bill's charges behind its tax are among its lines
        beside += [b + invoice.other_charges for b in beside]
    for part in (invoice.discounts, side.advances, invoice.free):
        if part:
            beside += [b + part for b in beside]
    for part in (invoice.discounts, side.advances):  # printed net in the totals, gross with tax in the lines
        if part:
            beside += [part * (1 + rate) for rate in rates(invoice.issue_date)]
    return [root + b for root in roots for b in beside]


def own_rates(invoice: Invoice) -> list[Decimal]:
    """Returns those of the day's rates that the invoice's IGV shows."""
    return [
        r
        for r in rates(invoice.issue_date)
        if invoice.igv and abs((invoice.taxable or 0) * r - invoice.igv) <= TOLERANCE
    ]


def factors(day_rates: Sequence[Decimal]) -> list[Decimal]:
    """Returns the factors that may turn a product into its amount: none, the tax added, or the tax taken
    out.
    """
    return [Decimal(1), *(1 + r for r in day_rates), *(1 / (1 + r) for r in day_rates)]


def rounding(quantity: Decimal, price: Decimal, *, to_the_cent: bool) -> Decimal:
    """Returns how far the amount may be from the product, by the decimals that the price shows."""
    rounded = max(Decimal(0), abs(quantity) - 1) * Decimal("0.51").scaleb(-decimals(price))
    return Decimal("0.0051") if to_the_cent else min(Decimal("0.0051") + rounded, TOLERANCE)


def multiplies(
    quantity: Decimal,
    price: Decimal,
    amount: Decimal,
    day_rates: Sequence[Decimal],
    slack: Decimal | None = None,
) -> bool:
    """True where the amount is quantity by price, before or after tax; without `slack` to half a cent for
    each unit.
    """
    product = quantity * price
    if slack is None:
        slack = max(Decimal("0.02"), abs(quantity) * Decimal("0.0051"))
    return any(abs(product * f - amount) <= slack * max(f, Decimal(1)) for f in factors(day_rates))
