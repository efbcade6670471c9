"""Parts a page at the blank strips between boxes that stand beside each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row, Sheet

_WIDE = 0.8
"""Line heights of the narrowest strip."""
_MOST = 4
"""The most strips that are tried, the widest first."""


def parted(sheet: Sheet) -> Iterator[tuple[float, tuple[Sheet, Sheet]]]:
    """Yields the middle of each strip that no phrase of the page's rows with amounts crosses, from the first
    such row to the last, and the page as two sheets, left and right of it.
    """
    priced = [number for number, row in enumerate(sheet.rows) if money(row.text)]
    rows = sheet.rows[priced[0] : priced[-1] + 1] if priced else []
    spans = sorted((c.x0, c.x1) for row in rows for c in row.cells)
    ends = [*itertools.accumulate((x1 for _, x1 in spans), max)]
    strips = [(x0 - end, x0 - (x0 - end) / 2) for end, (x0, _) in zip(ends, spans[1:], strict=False)]
    for wide, x in sorted(strips, reverse=True)[:_MOST]:
        if wide > _WIDE * sheet.em:
            yield x, (_side(sheet, -1e9, x), _side(sheet, x, 1e9))


def _side(sheet: Sheet, left: float, right: float) -> Sheet:
    cells = ([c for c in row.cells if left < c.x0 < right] for row in sheet.rows)
    return replace(sheet, rows=[Row(each) for each in cells if each])
