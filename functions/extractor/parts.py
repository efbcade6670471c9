"""Several papers in one picture: where one ends and the next begins.

Two papers lie at their own angles, so that their rows must be rebuilt apart. Each shows a title with its series and number; between
two of these a straight cut is looked for, upright or level, that crosses the fewest words.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from functions.extractor import heading
from functions.extractor.page import Box, Code
from functions.extractor.rows import Cell, Sheet
from functions.extractor.tokens import fold_same, rucs, serials

_TITLE = re.compile("|".join(f"(?:{pattern.pattern})" for _, pattern in heading.TITLES))
_REFERENCE = re.compile(r"M[O0]DIFICA|REFERENCIA|AFECTA|RELACI[O0]NAD|GUIA|ANTICIP[O0]|CANJE|REPRESENTACI|ADJUNT")

_TOTAL = re.compile(r"T\s?[O0]\s?T\s?A\s?L|IMP[O0]RTE|M[O0]NT[O0]|PRECI[O0]\s*(?:DE\s*)?VENTA")


@dataclass(frozen=True, slots=True)
class _Anchor:
    x: float
    y: float
    series: str
    number: str


def split(sheet: Sheet, again: Callable[[Sequence[Box], Sequence[Code]], Sheet]) -> list[Sheet]:
    """The papers on a sheet, left to right or top to bottom; the sheet itself where there is one. `again` lays a part's boxes anew."""
    anchors = _anchors(sheet)
    if len(anchors) < 2:
        return [sheet]
    cells = [c for row in sheet.rows for c in row.cells]
    groups = _cut(cells, anchors, sheet.em)
    if len(groups) < 2 or not all(_whole(group) for group in groups):
        return [sheet]
    codes = _shared(sheet, groups)
    return [again([c.box for c in group], mine) for group, mine in zip(groups, codes, strict=True)]


def _whole(group: Sequence[Cell]) -> bool:
    """Whether a part has what every comprobante has: an issuer's RUC and a total. A document named among the items has none."""
    return any(r.valid for c in group for r in rucs(c.text)) and any(_TOTAL.search(fold_same(c.text)) for c in group)


def _anchors(sheet: Sheet) -> list[_Anchor]:
    """Titles with their series and number, one for each; documents that are only referred to do not count."""
    cells = [c for row in sheet.rows for c in row.cells]
    found: dict[tuple[str, str], _Anchor] = {}
    for cell in cells:
        for serial in serials(cell.text):
            if not serial.strong or (serial.series[0] in "TV" and not serial.series.isdigit()) or (serial.series, serial.number) in found:
                continue
            near = [
                c
                for c in cells
                if -0.6 * sheet.em < cell.y - c.y < 4.5 * sheet.em and abs(c.x - cell.x) < max(9 * sheet.em, (c.x1 - c.x0) / 2)
            ]
            text = " ".join(fold_same(c.text) for c in near)
            if _TITLE.search(text) and not _REFERENCE.search(text):
                found[serial.series, serial.number] = _Anchor(cell.x, cell.y, serial.series, serial.number)
    return list(found.values())


def _cut(cells: Sequence[Cell], anchors: Sequence[_Anchor], em: float) -> list[list[Cell]]:
    """Groups of cells, one an anchor, cut pair by pair."""
    if len(anchors) < 2:
        return [list(cells)]
    best: tuple[float, float, float, bool] | None = None
    for level in (False, True):
        along = sorted((a.y if level else a.x) for a in anchors)
        gaps = [(b - a, a, b) for a, b in itertools.pairwise(along)]
        wide, low, high = max(gaps)
        if wide < 4 * em:
            continue
        for slope in (0.0, 0.05, -0.05, 0.1, -0.1, 0.16, -0.16):
            steps = max(8, int(wide / em * 2))
            for i in range(1, steps):
                at = low + (high - low) * i / steps
                crossed = sum(len(c.text) for c in cells if _side(c, at, slope, level=level, em=em) == 0)
                cost = crossed + 2.0 * abs(slope) + 0.5 * abs(i / steps - (0.75 if level else 0.5))
                if best is None or cost < best[0]:
                    best = (cost, at, slope, level)
    if best is None or best[0] > 12:
        return [list(cells)]
    _, at, slope, level = best
    first = [c for c in cells if _middle(c, slope, level=level) < at]
    second = [c for c in cells if _middle(c, slope, level=level) >= at]
    sides = [
        [a for a in anchors if (((a.y if level else a.x) + slope * (a.x if level else a.y)) < at) is before] for before in (True, False)
    ]
    if not all(sides):
        return [list(cells)]
    return [*_cut(first, sides[0], em), *_cut(second, sides[1], em)]


def _middle(cell: Cell, slope: float, *, level: bool) -> float:
    return (cell.y + slope * cell.x) if level else (cell.x + slope * cell.y)


def _side(cell: Cell, at: float, slope: float, *, level: bool, em: float) -> int:
    """-1 before the cut, 1 after it, 0 on it."""
    half = ((cell.y1 - cell.y0) if level else (cell.x1 - cell.x0)) / 2 - 0.2 * em
    middle = _middle(cell, slope, level=level)
    if middle + half <= at:
        return -1
    return 1 if middle - half >= at else 0


def _shared(sheet: Sheet, groups: Sequence[Sequence[Cell]]) -> list[list[Code]]:
    """Each symbol goes with the paper whose words stand nearest to it."""
    width, height = sheet.frame
    shared: list[list[Code]] = [[] for _ in groups]
    for code in sheet.codes:
        x, y = (code.box[0] + code.box[2]) / 2, (code.box[1] + code.box[3]) / 2
        if sheet.turn == 90:
            x, y = 1 - y, x
        elif sheet.turn == 180:
            x, y = 1 - x, 1 - y
        elif sheet.turn == 270:
            x, y = y, 1 - x
        distances = [
            min(
                math.hypot(max(c.box.x0 - x * width, 0, x * width - c.box.x1), max(c.box.y0 - y * height, 0, y * height - c.box.y1))
                for c in group
            )
            for group in groups
        ]
        shared[distances.index(min(distances))].append(code)
    return shared
