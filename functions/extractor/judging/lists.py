"""Chooses the sounder of two lists of items of one paper: which sums up, multiplies and says what was
sold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from functions.extractor.invoice import Invoice, Item
from functions.extractor.judging.arithmetic import CENT, TOLERANCE, multiplies, summed, targets, worth
from functions.extractor.peru.rates import rates
from functions.extractor.reading.reading import Seen, Side

Lines = list[dict[str, Seen]]
_NUMBERS = ("unit_price", "amount")


def sounder(first: Lines, second: Lines, invoice: Invoice, side: Side) -> Lines:
    """Returns the second list where it is sounder than the first, else the first. Where both have as many
    lines, most of them with a number in common, the words are the first's, which are whole phrases.
    """
    if soundness(items_of(second), invoice, side) <= soundness(items_of(first), invoice, side):
        return first
    alike = sum(
        any(name in line and name in other and line[name].value == other[name].value for name in _NUMBERS)
        for line, other in zip(second, first, strict=False)
    )
    if len(first) != len(second) or 2 * alike <= len(second):
        return second
    return [
        line | {name: other[name] for name in ("description", "unit") if name in other}
        for line, other in zip(second, first, strict=True)
    ]


def items_of(lines: Lines) -> list[Item]:
    """Returns the lines as an invoice holds them."""
    return [Item(**{name: seen.value for name, seen in line.items()}) for line in lines]


def soundness(items: Sequence[Item], invoice: Invoice, side: Side) -> int:
    """Returns how many of these hold, from 0 to 3: the lines sum up to the base or the total, each has
    quantity and price that multiply, each has words. Returns -1 without lines.
    """
    if not items:
        return -1
    amounts = [worth(item) for item in items]
    slack = max(TOLERANCE, CENT * len(items))
    sums = (
        None not in amounts
        and invoice.total is not None
        and any(abs(summed(*amounts) - target) <= slack for target in targets(invoice, invoice.total, side))
    )
    day_rates = rates(invoice.issue_date)
    return (
        sums
        + all(_multiplies(item, day_rates) for item in items)
        + all(re.search(r"[^\W\d_]{3}", i.description or "") for i in items)
    )


def _multiplies(item: Item, day_rates: Sequence[Decimal]) -> bool:
    if item.quantity is None or item.unit_price is None or item.amount is None:
        return False
    return multiplies(item.quantity, item.unit_price, item.amount, day_rates)
