"""Parts a page at the blank strips between boxes that stand beside each other, and tells what stands on both
sides of one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from functions.extractor.page import turned
from functions.extractor.reading.reading import Seen
from functions.extractor.reading.table_columns import Table
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


def is_in_a_row(item: dict[str, Seen], sheet: Sheet) -> bool:
    """True where a line's words stand at the height of its amount."""
    boxes = [item[part].box for part in ("description", "amount") if part in item]
    places = [turned(box[1:], sheet.turn) for box in boxes if box is not None]
    return len(places) == 2 and places[0][1] < (places[1][1] + places[1][3]) / 2 < places[0][3]


def strays(item: dict[str, Seen], sheet: Sheet, heads: Table | None, x: float) -> bool:
    """True where a line's words end before a gutter behind which their column's heading stands, or where
    there are no headings the line's other parts.
    """
    places = {name: turned(seen.box[1:], sheet.turn) for name, seen in item.items() if seen.box is not None}
    words = places.pop("description", None)
    if words is None or words[2] * sheet.frame[0] > x:
        return False
    if heads is not None:
        return any(c.x0 > x for c in heads.named("description"))
    return bool(places) and all(place[0] * sheet.frame[0] > x for place in places.values())


def _side(sheet: Sheet, left: float, right: float) -> Sheet:
    cells = ([c for c in row.cells if left < c.x0 < right] for row in sheet.rows)
    return replace(sheet, rows=[Row(each) for each in cells if each])
