"""Tells the lines that were sold from sums, titles of sections, rebates and sizes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal

from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import lettered
from functions.extractor.reading.lines import Line
from functions.extractor.reading.numbers import RATES, Roles
from functions.extractor.reading.parts import section
from functions.extractor.reading.reading import Seen
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row

CENTS = Decimal("0.02")
_INSIDE = 8.0
"""Line heights from the edge of the amounts at which a number is none of them."""


def without_rebates(lines: list[Line], rows: Sequence[Row]) -> list[Line]:
    """Returns the lines without rebates, which made other lines cheaper, unless the sums below count the
    rebates: alone, or with one printed charge such as a tax on bags.
    """
    sold = [line for line in lines if not _is_rebate(line, lines)]
    if len(sold) == len(lines):
        return lines
    printed = {a.value for row in rows for a in money(row.text)}
    whole, counted = (sum((_worth(line) for line in each), Decimal(0)) for each in (sold, lines))
    charges = (printed - {whole - counted}) | {Decimal(0)}
    return (
        lines
        if not any(whole + c in printed for c in charges) and any(counted + c in printed for c in charges)
        else sold
    )


def adds_up(items: Sequence[dict[str, Seen]], rows: Sequence[Row]) -> bool:
    """True where the sum of the lines is printed below them, in rows among which IGV or a total is labelled.
    A row with the sum of a page or of a part does not count.
    """
    rows = [row for row in rows if not re.search(r"PAGINA|\bHOJA\b", lettered(row.text)) and not section(row)]
    named = {label[0] for row in rows for label in labels_in(lettered(row.text))}
    made = sum(map(amount_of, items))
    return bool(named & {"igv", "total"}) and any(
        abs(a.value - made) < Decimal("0.01") for row in rows for a in money(row.text)
    )


def amount_of(item: dict[str, Seen]) -> Decimal:
    """Returns an item's amount; where none was read, quantity times price, or zero without a price."""
    if "amount" in item:
        return Decimal(item["amount"].value)
    price = item["unit_price"].value if "unit_price" in item else Decimal(0)
    return Decimal(price * (item["quantity"].value if "quantity" in item else 1))


def amounts_for_prices(items: list[dict[str, Seen]], rows: Sequence[Row]) -> list[dict[str, Seen]]:
    """Returns items with their prices as their amounts, where none has an amount, all have a price, and the
    prices make a sum that is printed below while quantities times prices make none: `Cant. | Concepto |
    Precio`.
    """
    if any("amount" in item or "unit_price" not in item for item in items):
        return items
    moved = [
        {("amount" if name == "unit_price" else name): seen for name, seen in item.items()} for item in items
    ]
    return moved if adds_up(moved, rows) and not adds_up(items, rows) else items


def _is_rebate(line: Line, lines: Sequence[Line]) -> bool:
    """True where a line is a rebate on another: its amount is negative, and it shows no quantity or price
    where the other lines show quantities.
    """
    amount = line.roles.tokens.get("amount")
    counted = [x for x in lines if x is not line and "quantity" in x.roles.tokens]
    return (
        amount is not None
        and amount.number is not None
        and amount.number.value < 0
        and not {"quantity", "unit_price"} & line.roles.tokens.keys()
        and len(counted) * 2 >= len(lines)
    )


def is_size(roles: Roles, lines: Sequence[Line]) -> bool:
    """True where what might be a quantity and a price is the size of a thing, `1.8 ML CAJA X 50`: the price
    is in whole soles and all prices of lines show cents.
    """
    prices = [t.number for line in lines if (t := line.roles.tokens.get("unit_price"))]
    own = roles.tokens.get("unit_price")
    whole = own is not None and own.number is not None and not own.number.decimals
    return whole and not roles.multiplies and prices != [] and all(p and p.decimals for p in prices)


def is_inside(line: Line, lines: Sequence[Line], em: float) -> bool:
    """True where a line's only number is signed and stands within its words, far from the edge at which the
    other lines' amounts end: `ADD +1.50`.
    """
    ends = [t.x1 for x in lines if x is not line and (t := x.roles.tokens.get("amount"))]
    own = line.roles.tokens.get("amount")
    edge = max(ends, default=0.0)
    aligned = sum(abs(x1 - edge) < em for x1 in ends)
    return (
        own is not None
        and own.text[:1] in "+-"
        and line.roles.tokens.keys() == {"amount"}
        and aligned > 1
        and aligned * 2 > len(ends)
        and own.x1 < edge - _INSIDE * em
    )


def _worth(line: Line) -> Decimal:
    """Returns a line's amount, or else its quantity times its price."""
    told = line.roles.values()
    return told.get("amount", told.get("unit_price", Decimal(0)) * told.get("quantity", 1))


def without_sections(lines: list[Line], rows: Sequence[Row]) -> list[Line]:
    """Returns the lines without the titles of sections that show what the section's lines make: lines that
    only show an amount, above lines with quantities, where the sums below are those of the other lines alone.
    """
    titles = []
    for at, line in enumerate(lines):
        below = itertools.takewhile(lambda x: "quantity" in x.roles.tokens, lines[at + 1 :])
        alone = line.roles.tokens.keys() == {"amount"} and _worth(line) != 0
        if alone and _worth(line) in itertools.accumulate(map(_worth, below)):
            titles.append(line)
    sold = [line for line in lines if line not in titles]
    return sold if titles and _makes(sold, rows) and not _makes(lines, rows) else lines


def _makes(lines: Sequence[Line], rows: Sequence[Row]) -> bool:
    """True where the rows show what the lines make."""
    return sum(map(_worth, lines)) in {a.value for row in rows for a in money(row.text)}


def sum_at(lines: Sequence[Line], rows: Sequence[Row]) -> int:
    """Returns the index of the first line that is a total, or the number of lines. A total has one number,
    which is no quantity although the line before shows one, and is zero or what the lines before make, with
    or without IGV. A last line is one too if it shows only an amount that they make, or that the first two or
    more make where no row below shows the sum of all, and any line if it has no price where they all have
    one.
    """
    total = Decimal(0)
    made = {*list(itertools.accumulate(map(_worth, lines[:-1])))[1:]} if not _makes(lines, rows) else set()
    for at, line in enumerate(lines):
        told = line.roles.values()
        value = _worth(line)
        alone = "quantity" not in told and len(told) == 1 and at and "quantity" in lines[at - 1].roles.tokens
        if alone and (not value or any(abs(value * rate - total) <= CENTS for rate in (1, *RATES))):
            return at
        unpriced = "unit_price" not in told and all("unit_price" in x.roles.tokens for x in lines[:at])
        last = line is lines[-1] and {*told} <= {"amount"}
        if at > 1 and ((value == total and (last or unpriced)) or (last and value in made)):
            return at
        total += value
    return len(lines)


def is_sold(line: Line) -> bool:
    """True where a line says what was sold, or its numbers multiply."""
    return bool(line.text) or line.roles.multiplies
