"""Tells several papers in one picture apart: where one ends and the next begins.

Each paper lies at its own angle, so that its rows must be rebuilt apart. Each shows a title with its series
and number, or a symbol that says them. Between two of these that straight cut is looked for, upright or
level, which crosses the fewest words.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from functions.extractor.page import Box, Code, Page, turned
from functions.extractor.peru import kinds, qr
from functions.extractor.peru.referring import LAW, MODIFIED
from functions.extractor.peru.tokens import lettered, rucs, serials
from functions.extractor.peru.wording import Stems
from functions.extractor.sheets import ruled
from functions.extractor.sheets.rows import Cell, Sheet, lay

_REFERENCE = MODIFIED | LAW | Stems("AFECTA GUIA ANTICIPO CANJE REPRESENTACI ADJUNT")
"""Words beside a series and number, or a resolution's number, that is not the paper's own."""

_SENTENCE = re.compile(r"(?:\w+\s+){3}(?:DEL?|LAS?|SUS?|EN)\s*$")
"""Words before a title that make it a part of a sentence: `por mora en el pago de factura`."""
_BEFORE = 60
"""Letters before a title in which a sentence would show."""
_TOTAL = re.compile(r"T\s?O\s?T\s?A\s?L|IMPORTE|MONTO|PRECIO\s*(?:DE\s*)?VENTA")


@dataclass(frozen=True, slots=True)
class _Anchor:
    x: float
    y: float


def printed(page: Page) -> list[Sheet]:
    """Returns the sheets of a page's text layer, one a paper."""

    def again(boxes: Sequence[Box], codes: Sequence[Code]) -> Sheet:
        sheet = ruled.joined(
            lay(boxes, width=page.width, height=page.height, index=page.index, rules=page.rules)
        )
        sheet.codes = list(codes)
        return sheet

    return split(again(page.boxes, page.codes), again)


def drawn(page: Page, boxes: Sequence[Box], *, width: float, height: float, turn: int) -> list[Sheet]:
    """Returns the sheets of a page that was read off its pixels, one a paper; sizes as turned. A symbol's own
    angle is the hint for the slant of its paper.
    """

    def again(boxes: Sequence[Box], codes: Sequence[Code]) -> Sheet:
        hint = None
        if codes:
            hint = (codes[0].angle + turn + 180) % 360 - 180
            hint = hint if abs(hint) <= 45 else None
        sheet = lay(boxes, width=width, height=height, index=page.index, slanted=True, hint=hint, turn=turn)
        sheet.codes = list(codes)
        return sheet

    return split(again(boxes, page.codes), again)


def split(sheet: Sheet, again: Callable[[Sequence[Box], Sequence[Code]], Sheet]) -> list[Sheet]:
    """Returns the papers on a sheet, left to right or top to bottom; the sheet itself where there is only
    one. `again` lays a part's boxes anew.
    """
    anchors = _anchors(sheet)
    if len(anchors) < 2:
        return [sheet]
    groups = _cut([c for row in sheet.rows for c in row.cells], anchors, sheet.em)
    if len(groups) < 2:
        return [sheet]
    codes = _shared(sheet, groups)
    return [again([c.box for c in group], mine) for group, mine in zip(groups, codes, strict=True)]


def _whole(group: Sequence[Cell]) -> bool:
    """True where a part has what every comprobante has: an issuer's RUC and a total. A document that is only
    named among the items has neither.
    """
    return any(_names_issuer(c.text) for c in group) and any(_names_total(c.text) for c in group)


@functools.lru_cache(maxsize=4096)
def _names_issuer(text: str) -> bool:
    return any(r.valid for r in rucs(text))


@functools.lru_cache(maxsize=4096)
def _names_total(text: str) -> bool:
    return bool(_TOTAL.search(lettered(text)))


def _anchors(sheet: Sheet) -> list[_Anchor]:
    """Returns the places of titles with their series and number, and of the symbols of other papers, one for
    each paper.
    """
    cells = [c for row in sheet.rows for c in row.cells]
    found: dict[tuple[str, str], _Anchor] = {}
    numbered = [(cell, each) for cell in cells if (each := serials(cell.text))]
    named = {
        (serial.series, serial.number)
        for cell, each in numbered
        if _REFERENCE.found_in(lettered(cell.text))
        for serial in each
    }
    for cell, each in numbered:
        for serial in each if len(cell.text) < kinds.TITLE else ():
            guide = serial.series[0] in "TV" and not serial.series.isdigit()
            if (
                serial.strong
                and not guide
                and (serial.series, serial.number) not in found
                and _titled(cell, cells, sheet.em, named=(serial.series, serial.number) in named)
            ):
                found[serial.series, serial.number] = _Anchor(cell.x, cell.y)
    # A text layer has lost no title: there a lone symbol is of the paper that it stands on, whatever it says.
    for code in sheet.codes if cells and (sheet.conf < 1.0 or len(sheet.codes) > 1) else ():
        said = qr.parse(code.text)
        if (
            said is not None
            and said.is_invoice
            and said.series
            and said.number
            and (said.series, said.number) not in found
        ):
            found[said.series, said.number] = _beside(sheet, cells, code)
    return list(found.values())


def _titled(cell: Cell, cells: Sequence[Cell], em: float, *, named: bool) -> bool:
    """True where a title stands over the cell, in it, or to its left; documents that are only referred to do
    not count. Of a document that is also `named` elsewhere on the page the title begins its phrase: an item
    may name it again, `INTERESES POR MORA FACTURA F102-44120`.
    """
    over = [
        c
        for c in cells
        if -0.6 * em < cell.y - c.y < 4.5 * em and abs(c.x - cell.x) < max(9 * em, (c.x1 - c.x0) / 2)
    ]
    before = [c for c in cells if abs(cell.y - c.y) < 1.2 * em and c.x1 < cell.x0]
    left = [c for c in before if cell.x0 - c.x1 < 18 * em]
    # a label asks for its answer across a page
    asking = [c for c in before if c.text.endswith(":") and abs(cell.y - c.y) < 0.6 * em]
    # `DOCUMENTO DE REFERENCIA` heads the label and not the number beside it
    headed = [c for c in cells if any(0 < o.y - c.y < 2.5 * em and abs(o.x0 - c.x0) < em for o in left)]
    if named and all(m.start for c in (*over, *left) for m in kinds.mentions(lettered(c.text))):
        return False
    text = " ".join(lettered(c.text) for c in (*over, *left))
    titled = any(
        not _SENTENCE.search(text[max(0, said.start - _BEFORE) : said.start]) for said in kinds.mentions(text)
    )
    return titled and not _REFERENCE.found_in(
        " ".join([text, *(lettered(c.text) for c in (*headed, *asking))])
    )


def _beside(sheet: Sheet, cells: Sequence[Cell], code: Code) -> _Anchor:
    """Returns a symbol's place among the straightened cells: as far from the nearest one as it was before."""
    x, y = _spot(sheet, code)
    near = min(cells, key=lambda c: math.hypot((c.box.x0 + c.box.x1) / 2 - x, (c.box.y0 + c.box.y1) / 2 - y))
    return _Anchor(near.x + x - (near.box.x0 + near.box.x1) / 2, near.y + y - (near.box.y0 + near.box.y1) / 2)


def _cut(cells: Sequence[Cell], anchors: Sequence[_Anchor], em: float) -> list[list[Cell]]:
    """Returns groups of cells, one an anchor, cut in two again and again: each time by the cheapest cut of
    which both sides are comprobantes.
    """
    if len(anchors) < 2:
        return [list(cells)]
    for cost, at, slope, level in sorted(_cuts(cells, anchors, em)):
        if cost > 12:
            break
        first = [c for c in cells if _middle(c, slope, level=level) < at]
        second = [c for c in cells if _middle(c, slope, level=level) >= at]
        before = [a for a in anchors if _middle(a, slope, level=level) < at]
        after = [a for a in anchors if _middle(a, slope, level=level) >= at]
        if before and after and _whole(first) and _whole(second):
            return [*_cut(first, before, em), *_cut(second, after, em)]
    return [list(cells)]


def _cuts(
    cells: Sequence[Cell], anchors: Sequence[_Anchor], em: float
) -> Iterator[tuple[float, float, float, bool]]:
    """Yields straight lines between the two neighbouring anchors that stand furthest apart: what each costs,
    its place, its slope, and whether it is level.

    A cut costs the letters that it crosses; among those that cross none, one with much empty table on both
    sides is the cheapest.
    """
    letters = np.array([len(c.text) for c in cells])
    for level in (False, True):
        along = sorted((a.y if level else a.x) for a in anchors)
        low, high = max(itertools.pairwise(along), key=lambda pair: pair[1] - pair[0])
        if high - low < 4 * em:
            continue
        half = np.array([((c.y1 - c.y0) if level else (c.x1 - c.x0)) / 2 - 0.2 * em for c in cells])
        steps = max(8, int((high - low) / em * 2))
        shares = np.arange(1, steps) / steps
        for slope in (0.0, 0.05, -0.05, 0.1, -0.1, 0.16, -0.16):
            middles = np.array([_middle(c, slope, level=level) for c in cells])
            apart = np.abs(middles[:, None] - (low + (high - low) * shares)) - half[:, None]
            crossed = (letters[:, None] * (apart < 0)).sum(axis=0)
            empty = apart.min(axis=0).clip(0, 4 * em) / em
            costs = crossed - 0.5 * empty + 2.0 * abs(slope) + 0.5 * np.abs(shares - (0.75 if level else 0.5))
            yield from (
                (float(cost), low + (high - low) * float(share), slope, level)
                for cost, share in zip(costs, shares, strict=True)
            )


def _middle(cell: Cell | _Anchor, slope: float, *, level: bool) -> float:
    return (cell.y + slope * cell.x) if level else (cell.x + slope * cell.y)


def _shared(sheet: Sheet, groups: Sequence[Sequence[Cell]]) -> list[list[Code]]:
    """Returns the symbols of each paper: a symbol goes with the paper whose words stand nearest to it."""
    shared: list[list[Code]] = [[] for _ in groups]
    for code in sheet.codes:
        x, y = _spot(sheet, code)
        distances = [
            min(
                math.hypot(max(c.box.x0 - x, 0, x - c.box.x1), max(c.box.y0 - y, 0, y - c.box.y1))
                for c in group
            )
            for group in groups
        ]
        shared[distances.index(min(distances))].append(code)
    return shared


def _spot(sheet: Sheet, code: Code) -> tuple[float, float]:
    """Returns the middle of a symbol in the coordinates of the sheet's own boxes: its place is told in
    fractions of the page as it was sent.
    """
    x0, y0, x1, y1 = turned(code.box, sheet.turn)
    width, height = sheet.frame
    return (x0 + x1) / 2 * width, (y0 + y1) / 2 * height
