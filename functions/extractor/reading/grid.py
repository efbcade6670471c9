"""Finds labels by their place: a column of labels with the column of their values beside it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from functions.extractor.sheets.rows import Cell, Sheet

_EDGE = 0.6
"""Line heights within which phrases begin at the same edge."""
_NEXT = 2.4
"""Line heights between two rows of one block."""
_LEAST, _KNOWN = 3, 2
"""The rows that make a block, and how many of its labels must be known."""
_IDENTITY = 8
"""Digits that a party's number has at least."""
_LONGEST = 32
"""The most characters of a label."""


def captions(sheet: Sheet, known: Callable[[Cell], bool]) -> set[int]:
    """Returns the ids of the cells that are labels by their place: known labels stand in their column, and
    each has a value in the column beside it.

    An unknown label (`Nro. Historia`) is then not taken for another label's value. Where labels stand in the
    second column too, the rows are headings with their values below; where numbers stand among the labels, each
    is the label's above it.
    """
    numbers = [c for row in sheet.rows for c in row.cells if c.text.isdigit() and len(c.text) >= _IDENTITY]

    pairs = [*_pairs(sheet)]
    sure = {id(label) for label, _ in pairs if known(label)}
    heads = {id(label) for label, value in pairs if known(value)}
    found: set[int] = set()
    for label, value in pairs:
        if id(label) not in sure or id(label) in found:
            continue
        column = [
            a
            for a, b in pairs
            if abs(a.x0 - label.x0) < _EDGE * sheet.em
            and min(abs(b.x0 - value.x0), abs(b.x1 - value.x1)) < _EDGE * sheet.em
        ]
        for block in _blocks(column, _NEXT * sheet.em):
            if any(
                abs(c.x0 - label.x0) < _EDGE * sheet.em
                and c.y - block[0].y > 0
                and c.y < block[-1].y + _NEXT * sheet.em
                for c in numbers
            ):
                continue
            ids = {id(cell) for cell in block}
            if len(ids) >= _LEAST and len(ids & sure) >= max(_KNOWN, len(ids) / 3) and not ids & heads:
                found |= ids
    return found


def _pairs(sheet: Sheet) -> Iterator[tuple[Cell, Cell]]:
    """Yields neighbours in a row, of which the first may be the label of the second."""
    for row in sheet.rows:
        for label, value in itertools.pairwise(row.cells):
            text = label.text
            if (
                len(text) <= _LONGEST
                and text[:1].isalpha()
                and not any(c.isdigit() or c == ":" for c in text)
            ):
                yield label, value


def _blocks(column: list[Cell], reach: float) -> Iterator[list[Cell]]:
    """Yields the cells of a column, top down, as blocks with at most `reach` between two cells."""
    block: list[Cell] = []
    for cell in column:
        if block and cell.y - block[-1].y > reach:
            yield block
            block = []
        block.append(cell)
    if block:
        yield block
