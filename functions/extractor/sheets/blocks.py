"""Takes from the sheets what is not the comprobante's own: lines of printers, faxes and scanners at a page's
edge, and documents behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from functions.extractor.peru.kinds import mentions
from functions.extractor.peru.natures import is_annex
from functions.extractor.peru.tokens import days, fold_same, lettered, rucs, serials
from functions.extractor.sheets.rows import Row, Sheet

_TOTAL = re.compile(r"\bTOTAL\b.*\d[.,]\d\d")
_CLOCK = re.compile(r",?\s+\d{1,2}:\d\d")
_SENT = ("FAX ", "ESCANEAD", "SCANNED")
_ADDRESS = re.compile(r"\W*HTTPS?://\S+(?:\s+\d+\s*/\s*\d+)?\W*|\W*FILE:/\S+")
_TOP_ROWS = 8
_LEVEL = 0.25
"""Heights of a printer's letters within which cells stand on its line."""


def own(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Returns the sheets of a comprobante without what is not its own: an annex and all behind it, and lines
    at a page's edge.
    """
    kept: list[Sheet] = []
    for number, sheet in enumerate(sheets):
        end = _annex(sheet, later=number > 0)
        rows = [
            left
            for at, row in enumerate(sheet.rows[:end])
            if (left := _off_edge(row) if _is_edge(sheet, at) else row) is not None
        ]
        if rows or number == 0:
            kept.append(sheet if rows == sheet.rows else replace(sheet, rows=rows))
        if end is not None:
            break
    return kept


def _annex(sheet: Sheet, *, later: bool) -> int | None:
    """Returns the row from which the sheet is another document's; None where there is no such row.

    A later page that begins with an annex's title is an annex. On the comprobante's own page the title stands
    in taller letters below the total, since a label over its value reads the same.
    """
    total = titled = False
    for number, row in enumerate(sheet.rows):
        line = fold_same(row.text)
        for cell in row.cells:
            if cell.text.rstrip().endswith(":") or not is_annex(lettered(cell.text)):
                continue
            tall = cell.height > 1.15 * sheet.em
            if (
                later
                and not titled
                and number < _TOP_ROWS
                and (tall or _identified(sheet.rows[number : number + 4]))
            ):
                return 0
            if total and tall:
                return number
        titled = titled or bool(mentions(line))
        total = total or bool(_TOTAL.search(line))
    return None


def _identified(rows: Sequence[Row]) -> bool:
    return any(rucs(row.text) or serials(row.text) for row in rows)


def _off_edge(row: Row) -> Row | None:
    """Returns the row of a page's edge without what stands on the printer's line; a heading beside it may stand a
    little lower. None where nothing is left.
    """
    line = min(row.cells, key=lambda c: c.x0)
    left = [c for c in row.cells if abs(c.y1 - line.y1) > _LEVEL * line.height]
    return Row(left) if left else None


def _is_edge(sheet: Sheet, number: int) -> bool:
    """True where a row at the top or the bottom is the printer's, fax's or scanner's: a day with a clock, or
    an address of the web, unlabelled.
    """
    if 0 < number < len(sheet.rows) - 1:
        return False
    line = fold_same(sheet.rows[number].text)
    if rucs(line) or serials(line) or mentions(line):
        return False
    begin = re.sub(r"^\W+", "", line)
    day = next((d for d in days(begin) if d.start == 0), None)
    clocked = day is not None and _CLOCK.match(begin, day.end) is not None
    return clocked or begin.startswith(_SENT) or _ADDRESS.fullmatch(line) is not None
