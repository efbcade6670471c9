"""Tells from the lines and boxes that a page draws where a table's columns begin and end."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

from functions.extractor.reading.column_names import name_of
from functions.extractor.reading.table_columns import Table, TableColumn
from functions.extractor.sheets.rows import Sheet

_LEAST = 3
"""The edges of a table of two columns."""
_INTO = 0.3
"""Line heights by which an edge may reach into a heading beside it."""


def bounded(sheet: Sheet, table: Table, last: int) -> list[TableColumn]:
    """Returns the headings with the edges between which their columns stand: those that pass the first row
    below the headings, whose last row is `last`. Words of one heading are one.
    """
    columns = table.columns
    if last + 1 >= len(sheet.rows):
        return columns
    into = _INTO * sheet.em
    edges = _edges(sheet, table, sheet.rows[last + 1].y)
    if len(edges) < _LEAST:
        return columns
    placed = [_between(column, edges, into) for column in columns]
    found: list[TableColumn] = []
    for column in placed if len({c.left for c in placed}) > 2 else ():
        same = bool(found) and (found[-1].left, found[-1].right) == (column.left, column.right)
        if same and "other" in (column.name, found[-1].name) and column.x0 - found[-1].x1 < sheet.em:
            found[-1] = _one(found[-1], column)
        else:
            found.append(column)
    found = found or placed
    ruled = [c for c in found if math.isfinite(c.right - c.left)]
    return [
        replace(c, own=c in ruled and sum(o.left < c.right and c.left < o.right for o in ruled) == 1)
        for c in found
    ]


def _edges(sheet: Sheet, table: Table, y: float) -> list[float]:
    """Returns the upright edges at a height that part columns. A stamp's are none: one of them crosses a heading,
    or both stand between two.
    """
    passing = [e for e in sheet.rules.upright if e.start < y < e.stop]
    heads = [c for c in table.columns if not (table.apart and c.name == "description")]
    crossing = {(e.start, e.stop) for e in passing if any(c.x0 < e.at < c.x1 for c in heads)}
    edges = [e.at for e in passing if (e.start, e.stop) not in crossing]
    for first, second in itertools.pairwise(table.columns):
        between = [at for at in edges if first.x1 < at < second.x0]
        if between and between[-1] - between[0] > sheet.em:
            edges = [at for at in edges if at not in between]
    return edges


def _between(column: TableColumn, edges: Sequence[float], into: float) -> TableColumn:
    """Returns a heading with the edges beside its column. A heading that edges pass stands over several."""
    if any(column.x0 + into < at < column.x1 - into for at in edges):
        return column
    return replace(
        column,
        left=max((at for at in edges if at < column.x0 + into), default=column.left),
        right=min((at for at in edges if at > column.x1 - into), default=column.right),
    )


def _one(first: TableColumn, second: TableColumn) -> TableColumn:
    """Returns two headings of one column as one."""
    text = f"{first.text} {second.text}".strip()
    names = [name_of(text), first.name, second.name]
    name = next((name for name in names if name != "other"), "other")
    return replace(first, name=name, x0=min(first.x0, second.x0), x1=max(first.x1, second.x1), text=text)
