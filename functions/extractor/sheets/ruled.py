"""Joins what stands in one cell of a ruled table over several rows: a line of the table is then one row."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from functions.extractor.page import Box
from functions.extractor.sheets.rows import Cell, Row, Sheet

_Reach = tuple[float, float, float, float]
"""A table's left, top, right and foot."""
_LEAST = 4
"""The cells that make a line of a table; fewer are the blocks of a form."""
_HEADS = 3
"""The most rows of headings."""
_FAR = 3.0
"""Line heights between a line of a table and the edges that it stands between."""
_SMALLER = 0.95
"""The size of such letters at most, beside the first phrase's."""
_INTO = 1.0
"""Points by which a phrase may reach into the next cell."""
_APART = re.compile(r"\d[.,]\d\d(?!\d)|^:|:$")
"""An amount, a label, or a value behind its label's colon."""


def joined(sheet: Sheet) -> Sheet:
    """Returns the sheet with each line of its ruled tables as one row."""
    if not sheet.rows or not sheet.rules.level:
        return sheet
    tables = _tables(sheet)
    bands = [[*band] for _, band in itertools.groupby(sheet.rows, lambda row: _place(sheet, row, tables))]
    lines = [
        _line(band, below[0], sheet, _heads(band, sheet, tables)) if len(band) > 1 else band
        for band, below in itertools.pairwise([*bands, bands[-1]])
    ]
    return replace(sheet, rows=[row for line in lines for row in line])


def _tables(sheet: Sheet) -> list[_Reach]:
    """Returns the reach of tables: level edges that begin and end alike."""
    edges: dict[tuple[int, int], list[float]] = {}
    for e in sheet.rules.level:
        edges.setdefault((round(e.start), round(e.stop)), []).append(e.at)
    return [(x0, min(at), x1, max(at)) for (x0, x1), at in edges.items() if len(at) > 1]


def _place(sheet: Sheet, row: Row, tables: Sequence[_Reach]) -> int:
    """Returns how many level edges that pass all of a row's phrases stand above it; of a table's row those of
    its phrases that stand in the table, for another box may stand beside it.
    """
    own = ([c for c in row.cells if x0 < c.x < x1] for x0, top, x1, foot in tables if top < row.y < foot)
    cells = max(own, key=len, default=[]) or row.cells
    left, right = cells[0].x, cells[-1].x
    return sum(e.at < row.y for e in sheet.rules.level if e.start < left and right < e.stop)


def _heads(band: Sequence[Row], sheet: Sheet, tables: Sequence[_Reach]) -> list[Cell]:
    """Returns the headings right above some rows in their table: phrases without numbers."""
    y, at = band[0].y, sheet.rows.index(band[0])
    reach = next(((x0, x1) for x0, top, x1, foot in tables if top < y < foot), (0.0, 0.0))
    above = ([c for c in row.cells if reach[0] < c.x < reach[1]] for row in reversed(sheet.rows[:at]))
    heads = itertools.takewhile(lambda row: not any(re.search(r"[\d:]", c.text) for c in row), above)
    return [c for row in itertools.islice(heads, _HEADS) for c in row]


def _line(band: list[Row], below: Row, sheet: Sheet, heads: Sequence[Cell]) -> list[Row]:
    """Returns rows that stand between two level edges as one, where upright edges part them into cells, most of
    them with a single phrase; else as they are, also where one of the `heads` spans cells: names then do too. What
    stands beside the table stays in rows of its own, and so does what is set smaller below a cell's first phrase.
    """
    edges, (left, right) = _edges(band, below, sheet), _reach(band, sheet)
    cells: dict[int, list[Cell]] = {}
    beside: list[Row] = []
    notes: list[list[Cell]] = []
    for row in band:
        outer = [c for c in row.cells if not left < c.x < right]
        beside += [Row(outer)] if outer else []
        for cell in row.cells:
            if left < cell.x < right:
                own = cells.setdefault(bisect.bisect(edges, cell.x), [])
                if own and cell.box.size < _SMALLER * own[0].box.size:
                    level = [n for n in notes if abs(n[-1].y - cell.y) < 0.5 * cell.height]
                    notes = [*(n for n in notes if n not in level), [*itertools.chain(*level), cell]]
                else:
                    own.append(cell)
    single = sum(len(each) == 1 for each in cells.values())
    if (
        len(cells) < _LEAST
        or single * 2 < len(cells)
        or any(_overflows(c, edges) for c in heads)
        or any(_stacks(each) or any(_overflows(c, edges) for c in each) for each in cells.values())
    ):
        return band
    y = (band[0].y + band[-1].y) / 2
    line = Row([_one(each, y, sheet.em) for _, each in sorted(cells.items())])
    return sorted([*beside, line, *map(Row, notes)], key=lambda row: row.y)


def _edges(band: Sequence[Row], below: Row, sheet: Sheet) -> list[float]:
    """Returns the upright edges that pass some rows; of headings those below them where no others do."""
    upright = sheet.rules.upright
    edges = [e.at for e in upright if e.start < band[0].y and band[-1].y < e.stop]
    if len(edges) >= _LEAST or any(re.search(r"[\d:]", row.text) for row in band):
        return edges
    return [e.at for e in upright if e.start < below.y < e.stop]


def _reach(band: Sequence[Row], sheet: Sheet) -> tuple[float, float]:
    """Returns from where to where the table goes: the longest level edge near some rows."""
    top, foot = band[0].y - _FAR * sheet.em, band[-1].y + _FAR * sheet.em
    near = [e for e in sheet.rules.level if top < e.at < foot]
    longest = max(near, key=lambda e: e.stop - e.start, default=None)
    return (0.0, 0.0) if longest is None else (longest.start, longest.stop)


def _overflows(cell: Cell, edges: Sequence[float]) -> bool:
    """True where a phrase stands across an edge."""
    return bisect.bisect(edges, cell.x0 + _INTO) != bisect.bisect(edges, cell.x1 - _INTO)


def _stacks(cells: Sequence[Cell]) -> bool:
    """True where phrases are no text that wraps: they stand beside each other, or are amounts or labels."""
    level = any(abs(a.y - b.y) < 0.5 * a.height for a, b in itertools.combinations(cells, 2))
    return level or sum(_APART.search(c.text) is not None for c in cells) > 1


def _one(cells: Sequence[Cell], y: float, em: float) -> Cell:
    """Returns the phrases of a cell as one at a height."""
    if len(cells) == 1:
        return replace(cells[0], y0=y - cells[0].height / 2, y1=y + cells[0].height / 2)
    text = " ".join(c.text for c in cells)
    x0, x1 = min(c.x0 for c in cells), max(c.x1 for c in cells)
    box = Box(text, x0, min(c.box.y0 for c in cells), x1, max(c.box.y1 for c in cells))
    return Cell(text, x0, y - em / 2, x1, y + em / 2, box)
