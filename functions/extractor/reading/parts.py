"""Tells the rows of what was sold that are no lines, and what of a row is none of its line: sums and titles of
parts, rebates, sums carried over, the feet of pages, periods, other boxes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from functions.extractor.peru.currency import SIGN
from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import lettered
from functions.extractor.reading.cutting import tokens
from functions.extractor.reading.numbers import Columns, assign
from functions.extractor.reading.table_columns import in_row
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row, Sheet

FEES = "HONORARIOS"
"""A word of totals that what is sold may begin with."""
_NAMED = re.compile(r"\W*[^\W\d_]{2}")
"""The beginning of a phrase of words."""
_ELSEWHERE = 3.0
"""Line heights between the beginnings of lines and of sums that are set apart."""


def section(row: Row) -> str | None:
    """Returns the name of a part of the items if the row is that part's sum: TOTAL OBRAS CIVILES 500.00. A
    subtotal may have none.
    """
    sums, labels = money(row.text), labels_in(lettered(row.text))
    if (
        len(sums) != 1
        or len(labels) != 1
        or labels[0][0] not in ("total", "subtotal")
        or lettered(row.text).startswith(FEES, labels[0][1])
        or not begins_cell(row, labels[0][1])
    ):
        return None
    line = lettered(row.text)
    rest = line[labels[0][2] : sums[0].start] if sums[0].start > labels[0][1] else line[labels[0][2] :]
    name = re.match(rf"\W*([^\W\d_]{{3}}\D*?)?\W*{SIGN}?\s*$", rest)
    return None if name is None else name[1] or ("" if labels[0][0] == "subtotal" else None)


def begins_cell(row: Row, start: int) -> bool:
    """True where nothing but signs stands before the character in its cell."""
    cell = row.word_at(start).cell
    at = 0
    for each in row.cells:
        at = row.text.index(each.text, at)
        if each is cell:
            return not re.search(r"[^\W_]", row.text[at:start])
        at += len(each.text)
    return False


def _multiplies(row: Row) -> bool:
    """True where a quantity and a price of the row make its amount."""
    return assign(tokens(row, -1e9, 1e9), Columns((), 1.0)).multiplies


def is_discount(labels: Sequence[tuple[str, int, int, int]]) -> bool:
    """True where the labels name only a discount, and perhaps the card that earns it."""
    names = {x[0] for x in labels}
    return "discounts" in names and names <= {"discounts", "payment"}


def is_rebate(row: Row) -> bool:
    """True where a row is a discount printed below its item, and no item of its own."""
    labels = labels_in(lettered(row.text))
    sums = money(row.text)
    return (
        bool(labels and sums)
        and is_discount(labels)
        and sums[-1].value < 0
        and begins_cell(row, labels[0][1])
        and not _multiplies(row)  # with its own quantity and price it is an item
    )


def is_last_line(sheet: Sheet, number: int) -> bool:
    """True where a rebate begins where the line above it does and the sums below begin elsewhere: it is the
    last line, and not the paper's own.
    """
    near = sheet.rows[max(0, number - 1) : number + 2]
    if len(near) < 3 or not (money(near[0].text) and money(near[2].text)):
        return False
    above, own, below = (row.cells[0].x0 for row in near)
    return abs(above - own) < 0.5 * sheet.em and abs(below - own) > _ELSEWHERE * sheet.em


def _is_owed(row: Row) -> bool:
    """True where a row only says what is owed from before."""
    labels = labels_in(lettered(row.text))
    return bool(labels) and labels[0][0] == "debt" and not re.search(r"\w", row.text[: labels[0][1]])


_CARRIED = re.compile(
    r"\W*(?:VAN|VIENEN|SUMA\s*Y\s*SIGUE|SUMA\s*ANTERIOR)(?:\s*(?:A|DE)\s*LA\s*(?:PAGINA|HOJA)\s*[A-Z]*)?"
    r"[^A-Z\d]*(?:S/|US)?[^A-Z\d]*[\d.,]*"
)
"""A row that carries a sum to the next page, or over from the one before."""
_FOOT = re.compile(r"\bPAG(?:INA|\.)\s*:?\s*\d+\s*(?:/|DE)\s*\d|\w@\w+\.\w")
"""The foot of a page: its number, or how its maker is reached."""


def rows(sheet: Sheet, begin: int, end: int) -> list[Row]:
    """Returns the region's rows without rebates below items, repeated headings, and parts' names and sums. A
    rebate among the items that begins where they do is a line of its own.
    """
    lines = [r for r in sheet.rows[begin:end] if money(r.text) and not is_rebate(r)]
    beside = all(_NAMED.match(r.cells[0].text) for r in lines)  # names beside their amounts
    left = min((r.cells[0].x0 for r in (lines if beside else sheet.rows[begin:end])), default=0.0)
    last = max((r.y for r in lines), default=0.0)
    own = sheet.rows[end - 1] if end > begin and is_last_line(sheet, end - 1) else None
    found = [
        r
        for r in sheet.rows[begin:end]
        if (not is_rebate(r) or (r.cells[0].x0 < left + 0.5 * sheet.em and r.y < last) or r is own)
        and min(c.height for c in r.cells) < 1.8 * sheet.em
        and not (len(r.cells) == 1 and _FOOT.search(lettered(r.text)))
        and not _CARRIED.fullmatch(lettered(r.text))
        and not _is_owed(r)
        and not (len(r.cells) > 2 and in_row(r) and not re.search(r"\d", r.text))
    ]
    parts = [
        (name, r, i)
        for i, r in enumerate(sheet.rows[begin : end + 1], begin)
        if (name := section(r)) is not None
    ]
    if not any(i < end for _, _, i in parts):
        return found
    for name, total, _ in parts:  # neither a part's heading nor its sum was sold
        found = [
            r
            for r in found
            if r is not total
            and (money(r.text) or not name or not re.search(rf"{re.escape(name)}\W*$", lettered(r.text)))
        ]
    return found


_DAY = r"\d\d?[/.-]\d\d?(?:[/.-]\d{2,4})?"
_PERIOD = re.compile(rf"{_DAY}\s*(?:-|–|AL?)\s*{_DAY}")


def without_periods(sheet: Sheet) -> Sheet:
    """Returns a page without the days from which to which a line was charged, where they stand in a cell of
    their own: `05/02 - 04/03`.
    """
    kept = [[c for c in row.cells if not _PERIOD.fullmatch(lettered(c.text))] for row in sheet.rows]
    if all(len(own) == len(row.cells) for own, row in zip(kept, sheet.rows, strict=True)):
        return sheet
    rows = [
        Row(own) if own and len(own) < len(row.cells) else row
        for own, row in zip(kept, sheet.rows, strict=True)
    ]
    return replace(sheet, rows=rows)


def called(row: Row, end: float) -> Row:
    """Returns the part of a row that is one amount with its name, before it or behind: other boxes may stand beside
    these. `end`: where the amount ends.
    """
    cells = row.cells
    at = min(range(len(cells)), key=lambda i: (not cells[i].x0 < end <= cells[i].x1, abs(cells[i].x1 - end)))
    if money(row.cells[at].text) and re.search(r"[^\W\d_]{3}", row.cells[at].text):
        return Row(row.cells[at : at + 1])
    named = [_NAMED.match(cell.text) is not None for cell in row.cells]
    first = next((i for i in range(at, -1, -1) if named[i]), None)
    follows = named[at + 1 : at + 2] == [True]
    if first is None or (follows and any(money(cell.text) for cell in row.cells[first + 1 : at])):
        return Row(row.cells[at : at + 2])
    return Row(row.cells[first : at + 1])
