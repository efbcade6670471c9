"""Finds the holes in a table's column of quantities, and what a closer look at that column adds.

An OCR passes over figures that stand alone on a large page, a `1` above all, or is unsure of them. Asked
about their column alone it reads them. The column is where the items' other quantities stand, or below its
heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from functions.extractor.engines.ocr import Eyes, RasterLines
from functions.extractor.page import Box, Part, turned
from functions.extractor.reading.numbers import near
from functions.extractor.reading.reading import Reading, Seen
from functions.extractor.reading.table_columns import columns_of
from functions.extractor.sheets.rows import Sheet

_SURE = 0.9
"""The confidence from which a figure stands as it was read."""
_FIGURES = re.compile(r"\d{1,4}(?:[.,]\d{1,3})?")
_MOST = 8
"""The most characters that figures have: a 3 may have been taken for an M, but not for a phrase."""
_MARGIN = 1.0
"""Line heights around the column that are looked at too."""
_WIDEST = 6.0
"""Line heights of a heading at most; a wider one is a phrase with other words."""
_FIGURE = 0.8
"""Line heights of one figure at most, and of what may stand around them all."""
_AWAY = 4.0
"""Line heights from the middle of a column to what stands in it, at most."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The part of a page that is worth a closer look, and where in it quantities make no amount."""

    part: Part
    doubted: Sequence[Part] = ()


def look(
    eyes: Eyes, raster: bytes, lines: RasterLines, reading: Reading, sheet: Sheet, *, seconds: float
) -> RasterLines | None:
    """Returns a page's lines with what a closer look at its quantities adds; None where nobody need look, or
    nothing was added. Raises OcrFailed.
    """
    found = column(reading, sheet)
    if found is None:
        return None
    close = eyes.read(raster, turn=lines.turn, part=found.part, seconds=seconds)
    return added(lines, close, found.doubted)


def column(reading: Reading, sheet: Sheet) -> Strip | None:
    """Returns where quantities of a page's items stand that were not read, or that do not make their lines'
    amounts; None where there are none, or nothing tells where they stand.
    """
    (width, height), em = sheet.frame, sheet.em
    known, holes, beside = list[tuple[Part, Part]](), list[Part](), list[Part]()
    doubted = list[Part]()
    for item in reading.items:
        words, counted = item.get("description"), item.get("quantity")
        if words is None or words.box is None or words.box[0] != sheet.index:
            continue
        name = turned(words.box[1:], sheet.turn)
        if counted is not None and counted.box is not None:
            at = turned(counted.box[1:], sheet.turn)
            known.append((at, name))
            doubted += [] if _multiplies(item) else [at]
            if at[2] - at[0] > _FIGURE * (len(counted.text) + 1) * em / width:
                return None  # in one phrase with other words there is no column
        if counted is None:
            holes.append(name)
        beside += [turned(s.box[1:], sheet.turn) for s in item.values() if s is not counted and s.box]
    places = [*_moved(known, holes)] or [*_headed(sheet, holes)]
    x, y = _MARGIN * em / width, _MARGIN * em / height
    if not (holes or doubted) or not places or any(p[2] - p[0] > _WIDEST * em / width for p in places):
        return None
    middle = median_low(p[0] for p in places)
    places = [p for p in places if abs(p[0] - middle) < _AWAY * em / width]
    left, right = min(p[0] for p in places), max(p[2] for p in places)
    part = (
        max(0.0, left - x, *(b[2] for b in beside if b[2] <= left)),
        max(0.0, min(p[1] for p in [*places, *holes]) - y),
        min(1.0, right + x, *(b[0] for b in beside if b[0] >= right)),
        min(1.0, max(p[3] for p in [*places, *holes]) + y),
    )
    return Strip(part, doubted)


def _multiplies(item: dict[str, Seen]) -> bool:
    """True where quantity and price make the amount, or one of them is missing."""
    price, amount = item.get("unit_price"), item.get("amount")
    counted = item["quantity"].value
    return price is None or amount is None or near(counted * price.value, amount.value, counted)


def _moved(known: Sequence[tuple[Part, Part]], holes: Sequence[Part]) -> Iterator[Part]:
    """Yields the known quantities' places, and where they would stand beside the other items' words."""
    for counted, name in known:
        yield counted
        for hole in holes:
            right, down = hole[0] - name[0], hole[1] - name[1]
            yield (counted[0] + right, counted[1] + down, counted[2] + right, counted[3] + down)


def _headed(sheet: Sheet, holes: Sequence[Part]) -> Iterator[Part]:
    """Yields where quantities stand below their heading, moved as the items' words are on a slanting page."""
    width = sheet.frame[0]
    for row in sheet.rows:
        head = next((c for c in columns_of(row) if c.name == "quantity"), None)
        cell = next((c for c in row.cells if head and c.x0 <= head.x0 < c.x1), None)
        if head is None or cell is None:
            continue
        each = (cell.box.x1 - cell.box.x0) / (cell.x1 - cell.x0)
        left = (cell.box.x0 + (head.x0 - cell.x0) * each) / width
        right = (cell.box.x0 + (head.x1 - cell.x0) * each) / width
        for hole in holes:
            moved = hole[0] - holes[0][0]
            yield (left + moved, hole[1], right + moved, hole[3])
        return


def added(lines: RasterLines, close: RasterLines, doubted: Sequence[Part] = ()) -> RasterLines | None:
    """Returns a page's lines with the figures that a closer look at a part of it saw where nothing was read,
    or nothing surely, or what is `doubted`; None where there are none.
    """
    new, gone = list[Box](), set[int]()
    for box in (_figures(each) for each in close.boxes):
        if box is None or box.conf < _SURE:
            continue
        before = next((b for b in lines.boxes if _meet(b, box)), None)
        if before is None or not _stands(before, box, doubted, lines):
            new.append(box)
            gone.add(id(before))
    kept = [box for box in lines.boxes if id(box) not in gone]
    return RasterLines([*kept, *new], lines.width, lines.height, lines.turn) if new else None


def _figures(box: Box) -> Box | None:
    """Returns the figures with which a box begins, without what a slanting page brings of the next column."""
    found = _FIGURES.match(box.text)
    if found is None or box.text[found.end() : found.end() + 1].strip():
        return None
    each = (box.x1 - box.x0) / len(box.text)
    return replace(box, text=found[0], x1=box.x0 + each * found.end())


def _stands(before: Box, box: Box, doubted: Sequence[Part], lines: RasterLines) -> bool:
    """True where what was read before stands: a phrase, or what was read surely and makes its line's amount,
    or is read the same.
    """
    x, y = (before.x0 + before.x1) / 2 / lines.width, (before.y0 + before.y1) / 2 / lines.height
    wrong = before.text != box.text and any(p[0] <= x <= p[2] and p[1] <= y <= p[3] for p in doubted)
    return len(before.text) > _MOST or (before.conf >= _SURE and not wrong)


def _meet(one: Box, other: Box) -> bool:
    """True where the middle of a box stands in another, either way."""
    return any(
        a.x0 < (b.x0 + b.x1) / 2 < a.x1 and a.y0 < (b.y0 + b.y1) / 2 < a.y1
        for a, b in ((one, other), (other, one))
    )
