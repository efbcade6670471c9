"""Tells how far the table of what was sold reaches to the left and to the right, where other boxes stand beside
it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import amounts, lettered
from functions.extractor.reading.cutting import Token
from functions.extractor.reading.numbers import Columns
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row

_FLUSH = 3
"""Phrases that begin where the first heading does, from which nothing further left belongs to the table."""
_NAMED = re.compile(r"[^\W\d_]{4}")
"""In a phrase beyond the headings: it names an amount of another box."""


def edges(columns: Columns, rows: Sequence[Row], *, apart: bool) -> tuple[float, float]:
    """Returns the left and the right edge of the table. Text under a wide centred heading begins far to its
    left, but not in another box.
    """
    if not columns.heads:
        return -1e9, 1e9
    first, last, em = (
        min(columns.heads, key=lambda c: c.x0),
        max(columns.heads, key=lambda c: c.x1),
        columns.em,
    )
    left, right = first.x0 - 3 * em, last.x1 + (2 if last.name == "amount" else 6) * em
    priced = [c for c in columns.heads if c.name in ("amount", "unit_price", "tax")]
    found = [(row, [row.word_at(a.start) for a in money(row.text)]) for row in rows]
    wide = first.name in ("description", "code") and not apart and not is_flush(columns, rows)
    for row, sums in found if wide else ():
        cells = [
            c
            for c in row.cells
            if c.x0 < first.x1 and ":" not in c.text and not labels_in(lettered(row.text))
        ]
        while len(cells) > 1 and cells[-1].x0 - cells[-2].x1 < 0.6 * em:  # words of one phrase
            cells.pop()
        if cells and any(w.x1 > c.x0 - em and w.x0 < c.x1 + em for w in sums for c in priced):
            left = min(left, cells[-1].x0 - em)
    if last.name == "description":
        right = max([right, *(c.x1 for row, sums in found if sums for c in row.cells if c.x0 < last.x1)])
    ends = [
        sums[-1]
        for row, sums in found
        if sums
        and len(amounts(row.text)) > 1
        and not labels_in(lettered(row.text))
        and not any(last.x1 + em < c.x0 < sums[-1].x0 and _NAMED.search(c.text) for c in row.cells)
    ]
    if last.name == "amount" and sum(w.x0 > right for w in ends) * 2 > len(ends):
        # The amounts are set to the right, far from a heading that is not.
        right = max(w.x1 for w in ends) + em
    return (
        first.left if math.isfinite(first.left) else left,
        last.right if math.isfinite(last.right) else right,
    )


def before_the_edge(row: list[Token], columns: Columns) -> list[Token]:
    """Returns a row's words without those that begin behind the last column, where that is the amounts': another
    box stands there.
    """
    last = max(columns.heads, key=lambda c: c.x1)
    edge = last.x1 + columns.em / 2
    return [t for t in row if last.name != "amount" or t.number is not None or t.cell.x0 < edge]


def left_of(row: Row, left: float, columns: Columns, *, flush: bool) -> float:
    """Returns a row's left edge: what stands before the first heading is a box's beside the table if it is a
    number in a row that begins there, or words although the table's own begin below the heading (`flush`).
    """
    first = min((c.x0 for c in columns.heads), default=left)
    before = [c for c in row.cells if c.x1 < first]
    if not before:
        return left
    worded = re.search(r"[^\W\d_]{4}", before[-1].text) is not None
    boxed = flush or before[-1].x0 < left if worded else len(before) > 1 and before[0].x1 < left
    own = min((c.x0 for c in row.cells if c.x1 >= first), default=first)
    return min(first, own) - columns.em / 2 if boxed else left


def is_flush(columns: Columns, rows: Sequence[Row]) -> bool:
    """True where several phrases begin where the first heading does."""
    first = min((c.x0 for c in columns.heads), default=0.0)
    begin = (c for row in rows for c in row.cells if abs(c.x0 - first) < 0.3 * columns.em)
    return sum(not money(c.text) for c in begin) >= _FLUSH
