"""Completes lines from the rows beside them: with a quantity, a unit or a price that they lack."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal

from functions.extractor.reading import column_names, phrases
from functions.extractor.reading.cutting import Token
from functions.extractor.reading.lines import Line
from functions.extractor.reading.numbers import (
    Columns,
    Roles,
    assign,
    times_between,
)
from functions.extractor.reading.phrases import has_words
from functions.extractor.sheets.rows import Row

_FEW = 5
"""Numbers in the rows beside a line from which nothing is told about them."""


def complete(
    lines: Sequence[Line], others: Sequence[tuple[Row, list[Token]]], cut: dict[int, list[Token]], em: float
) -> list[tuple[Row, list[Token]]]:
    """Completes lines that lack a price or a quantity from the rows above or below them, such as
    `2 UND x 6.50` below the amount or a price above it: first all that multiply, then those that a discount made
    cheaper. Returns what is left of `others`, top down.
    """
    left = list(others)
    for exact, line in itertools.product((True, False), lines):
        if {"quantity", "unit_price"} <= line.roles.tokens.keys():
            continue
        above = [o for o in left if 0 < line.row.y - o[0].y < 4 * em][::-1]
        below = [o for o in left if 0 < o[0].y - line.row.y < 3 * em]
        for rows in (below[:1], above[:1], above[1::-1], below[:2], above[2::-1]):
            taken = _completed(line, rows, cut[id(line.row)], em, exact=exact)
            if taken:
                rest = [(row, [t for t in text if t not in taken]) for row, text in rows]
                kept = [(row, text) for row, text in rest if has_words(worded(text))]
                left = [o for o in left if o not in rows] + kept
                break
    return sorted(left, key=lambda o: o[0].y)


def _completed(
    line: Line, rows: Sequence[tuple[Row, list[Token]]], own: Sequence[Token], em: float, *, exact: bool
) -> list[Token]:
    """Completes a line from rows above or below it, and returns their words that are its quantity, unit and
    price. They multiply to the line's amount, or unless `exact` would but for a discount, where a sign of
    multiplication joins them.
    """
    amount = line.roles.tokens.get("amount")
    found = [t for _, text in rows for t in text]
    numbers = [t for t in found if t.number is not None]
    if amount is None or amount.number is None or not numbers:
        return []
    made = [assign(text, Columns((), em)) for _, text in rows]
    if any(each.multiplies and each.values()["amount"] != amount.number.value for each in made):
        return []  # what makes another amount is another line's
    roles = assign([*found, *own], Columns((), em))
    if not roles.multiplies or roles.tokens["amount"] is not amount:
        roles = Roles() if exact else _cheapened(found, amount)
    taken = [t for t in roles.tokens.values() if t in found]
    if not taken:
        return []
    line.roles.tokens |= roles.tokens
    unit = phrases.beside_quantity(found, roles, lone=True)
    line.words.unit = unit
    return [*taken, *(t for t in found if t is unit or t.is_sign)]


def worded(row: Sequence[Token]) -> list[Token]:
    """Returns the words of a row without those that name a discount, which are no part of a description:
    `1 x S/ 55.00 · dscto. 20%`.
    """
    return [token for token in row if column_names.name_of(token.text) != "discount"]


def _cheapened(row: Sequence[Token], amount: Token) -> Roles:
    """Returns the quantity and price of a row whose product is somewhat more than the amount beside it."""
    numbers = [t for t in row if t.number is not None]
    for quantity, price in itertools.permutations(numbers, 2) if len(numbers) < _FEW else ():
        q, p, a = (t.number.value for t in (quantity, price, amount) if t.number is not None)
        if (
            times_between(row, quantity, price)
            and q * p / 2 < a < q * p
            and price.number
            and price.number.money
        ):
            return Roles({"quantity": quantity, "unit_price": price})
    return Roles()


def _is_coded(token: Token, columns: Columns) -> bool:
    """True where a word stands in the column of codes: the one that the page draws, or under its heading."""
    return any(
        c.name == "code" and (c.left < token.x < c.right if c.own else c.x0 < token.x1 and token.x0 < c.x1)
        for c in columns.heads
    )


def count_first(lines: Sequence[Line], rest: dict[int, list[Token]], columns: Columns) -> None:
    """Takes the number that begins each line as its quantity where no column tells the quantities and no line
    has a price, unless these numbers only count the lines; or, without headings, the number and the unit, of
    whatever name, that have a cell of their own in several lines: `18 participantes`.
    """
    if columns.supports("quantity") or any("unit_price" in line.roles.tokens for line in lines):
        return
    if not columns.heads and _count_cells(lines, rest):
        return
    words = [[t for t in rest[id(line.row)] if t is not line.roles.tokens.get("amount")] for line in lines]
    first = [row[0] for row in words if len(row) > 1 and not _is_coded(row[0], columns)]
    if (
        len(first) < len(lines)
        or (columns.heads and len(lines) < 2)
        or any(t.number is None or t.number.sign or len(t.folded) > 8 for t in first)
    ):
        return
    counted = [t.number.value for t in first if t.number and t.text.isdigit()]
    if len(lines) > 1 and counted == [Decimal(i) for i in range(1, len(lines) + 1)]:
        return
    for line, token in zip(lines, first, strict=True):
        if token is not line.roles.tokens["amount"]:
            line.roles.tokens["quantity"] = token


def _count_cells(lines: Sequence[Line], rest: dict[int, list[Token]]) -> bool:
    """Takes quantities and units from cells that hold nothing else; true where two lines or more have one."""
    cells = [
        [t for t in rest[id(line.row)] if t.cell is cell]
        for line in lines
        for cell in line.row.cells[1:-1]
        if re.fullmatch(r"\d{1,4} [^\W\d_]{2,}", cell.text)
    ]
    if len(cells) < 2 or len({round(cell[0].x0) for cell in cells}) > 1:
        return False
    for line in lines:
        for number, unit in (cell for cell in cells if cell[0].cell in line.row.cells):
            line.roles.tokens["quantity"], line.words.unit = number, unit
    return True
