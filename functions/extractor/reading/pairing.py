"""Chooses the title and the series and number for which most speaks together, and tells the near rivals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from functions.extractor.peru.kinds import fits
from functions.extractor.reading.modified import Region
from functions.extractor.reading.reading import Doubt
from functions.extractor.reading.title import Head, Numbered, Reason, numbers, titles
from functions.extractor.sheets.rows import Sheet


@dataclass(frozen=True, slots=True)
class Titled:
    """The title and the series and number that fit together best. Either may be missing."""

    head: Head | None
    numbered: Numbered | None
    doubts: frozenset[Doubt] = frozenset()


_MARGIN = 1
"""Reasons by which a rival may lag behind and still be a doubt."""
_UNFIT = 4
"""Reasons that a pair loses if its kind cannot carry the series."""


def choose(sheets: Sequence[Sheet], region: Region) -> Titled:
    """Returns the pair for which most speaks, with the doubts that a near rival leaves."""
    heads: list[Head | None] = [*titles(sheets, region)]
    marks: list[Numbered | None] = [*numbers(sheets, region)]
    if not any(h.own for h in heads if h):
        # Without a title only a letter that belongs to some kind shows a comprobante's series and number.
        heads.append(None)
        marks = [n for n in marks if n and Reason.FAMILY in n.reasons]
    pairs = sorted(
        ((_count(h, n), i, h, n) for i, (h, n) in enumerate((h, n) for h in heads for n in (*marks, None))),
        key=lambda p: (-p[0], p[1]),
    )
    if not pairs:
        return Titled(None, None)
    top, _, head, numbered = pairs[0]
    close = [(h, n) for count, _, h, n in pairs if count >= top - _MARGIN]
    doubts = set()
    if head and any(h and h.kind != head.kind and not h.spoken for h, _ in close):
        doubts.add(Doubt.OTHER_KIND)
    if numbered and any(n and n.value != numbered.value and not n.serial.series.isdigit() for _, n in close):
        doubts.add(Doubt.OTHER_SERIAL)
    return Titled(head, numbered, frozenset(doubts))


def _count(head: Head | None, numbered: Numbered | None) -> int:
    """Returns the number of reasons for a pair."""
    count = 0
    if head:
        count += len(head.reasons) + 2 * (Reason.BLOCK in head.reasons) - 4 * head.spoken - 2 * head.labelled
    if numbered:
        count += len(numbered.reasons) - 2 * numbered.serial.series.isdigit()
    if head and numbered:
        count += len(together(head, numbered))
        series = (numbered.serial.series, numbered.serial.alt)
        count -= 0 if any(s and fits(head.kind, s) for s in series) else _UNFIT
    return count


def together(head: Head, numbered: Numbered) -> list[Reason]:
    """Returns what speaks for a title and a series and number as a pair."""
    sheet, em = head.sheet, head.sheet.em
    if numbered.sheet is not sheet:
        return []
    apart = sheet.rows.index(numbered.row) - sheet.rows.index(head.row)
    column = abs(numbered.cell.x - head.x) < 8 * em or (
        numbered.cell.x0 < head.cell.x1 and head.cell.x0 < numbered.cell.x1
    )
    touch = numbered.cell is head.cell or (
        column and 0 < numbered.cell.y - head.cell.y < 3 * max(em, head.cell.height)
    )
    held = {
        Reason.SAME_SHEET: True,
        Reason.FITS: fits(head.kind, numbered.serial.series),
        Reason.NEAR: -2 <= apart <= 5,
        Reason.COLUMN: column and -2 <= apart <= 6,
        Reason.TOUCH: touch,
    }
    return [r for r, holds in held.items() if holds]
