"""Reads the document that a note modifies: the block that names it, and what stands in it.

The block feeds `modifies` alone. A title, series, number or date in it is the other document's, whatever it
looks like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from functions.extractor.peru.kinds import mentions
from functions.extractor.peru.referring import MODIFIED
from functions.extractor.peru.tokens import Serial, days, lettered, serials
from functions.extractor.peru.wording import Wording
from functions.extractor.reading.reading import Reading, Seen, place
from functions.extractor.sheets.rows import Cell, Row, Sheet

_OPENS_NO = ("F ", "F.", "FEC", "MOTIVO", "SUSTENTO", "TIPO DE NOTA")
"""The beginnings of captions that name something other than the document."""
_MEMBER = Wording(
    (("member", "FACTURA, BOLETA, TICKET, TIPO, SERIE, NUMERO, FECHA, COMPROBANTE, DOCUMENTO"),), titles=True
)
_VALUE = re.compile(r"\W*(?:N\W|N[°ºRUO]|F\.|FEC|DOC|\d|[FBE][A-Z0-9]{3}\s?-)")
"""The beginnings of rows that go on with the block."""
_CLOSES = ("MOTIVO", "SUSTENTO", "RAZON DE", "TIPO DE NOTA")
_FAR_EM = 2.4
"""Line heights from row to row beyond which a block has ended."""


@dataclass(slots=True)
class Region:
    """The cells of such blocks by identity: `own` are those in a block's column, `beside` those to its right,
    which may belong to another block.
    """

    own: set[int] = field(default_factory=set)
    beside: set[int] = field(default_factory=set)

    def holds(self, cell: Cell) -> bool:
        """True where the cell stands in the column of a block."""
        return id(cell) in self.own


def regions(sheets: Sequence[Sheet]) -> Region:
    """Returns the cells in which the pages speak of another document."""
    found = Region()
    for sheet in sheets:
        for number, row in enumerate(sheet.rows):
            for index, cell in enumerate(row.cells):
                if id(cell) not in found.own and _opens(lettered(cell.text)):
                    _grow(sheet, number, index, found)
    return found


def _opens(line: str) -> bool:
    """True where a phrase names another document before any colon."""
    return MODIFIED.found_in(line.lstrip(" :.-*").partition(":")[0]) and not _begins(f"{line} ", _OPENS_NO)


def _begins(line: str, words: tuple[str, ...]) -> bool:
    return re.sub(r"^\W+", "", line).startswith(words)


def _grow(sheet: Sheet, number: int, index: int, found: Region) -> None:
    """Adds the caption's cell, its value to the right, and the rows below that go on with the block."""
    row = sheet.rows[number]
    caption, *right = row.cells[index:]
    block = [caption]
    line = lettered(caption.text)
    if right and _is_bare(line):
        block.append(right[0])
    elif not right and number and _is_bare(line):
        block += _first_half(sheet, sheet.rows[number - 1], caption)
    left, x1 = caption.x0 - sheet.em, max(c.x1 for c in block) + sheet.em
    beside: list[Cell] = []
    last = row
    for below in sheet.rows[number + 1 : number + 8]:
        if below.y - last.y > _FAR_EM * sheet.em:
            break
        column = [c for c in below.cells if c.x0 < x1 and left < c.x1 and c.x0 > left - 2 * sheet.em]
        if not column:
            last = below if any(c.x0 >= x1 for c in below.cells) else last
            continue
        text = lettered(column[0].text)
        second = any(days(c.text) for c in column) and any(days(c.text) for c in block)
        goes_on = _MEMBER.first(text) or _VALUE.match(text) or _is_torn(lettered(block[-1].text))
        if _begins(text, _CLOSES) or not goes_on or second:
            # The block has one date: a second one is the note's own.
            break
        block += column
        beside += [c for c in below.cells if c.x0 >= x1]
        last = below
    if any(serials(c.text) or (c is not caption and _title(c.text)) for c in block):
        found.own |= {id(c) for c in block}
        found.beside |= {id(c) for c in beside}
    else:
        found.own.add(id(caption))


def _is_torn(line: str) -> bool:
    """True where a member's label goes on in the row below: `FECHA / DE EMISION: 04-10-2026`."""
    return _MEMBER.first(line) is not None and not re.search(r"[:\d]", line)


def _first_half(sheet: Sheet, above: Row, caption: Cell) -> list[Cell]:
    """Returns two cells of the row above: the first half of a label that wraps around its value's height, and
    the value (Documento de | F001-1 / referencia).
    """
    index = next((i for i, c in enumerate(above.cells) if abs(c.x0 - caption.x0) < sheet.em), None)
    if (
        index is None
        or above.cells[index].text.rstrip().endswith(":")
        or caption.y - above.y > _FAR_EM * sheet.em
    ):
        return []
    return (
        above.cells[index : index + 2]
        if any(serials(c.text) for c in above.cells[index + 1 : index + 2])
        else []
    )


def _is_bare(line: str) -> bool:
    """True where a caption has no value behind it in its own cell."""
    return not serials(line) and not re.search(r":\s*\S", line)


def _title(text: str) -> str | None:
    """Returns the kind of comprobante that a phrase names, or None; a note's kind is left out, as no note
    modifies one.
    """
    return next(
        (found.code for found in mentions(lettered(text)) if found.code not in ("07", "08")),
        None,
    )


def read(sheets: Sequence[Sheet], region: Region, reading: Reading) -> None:
    """Fills `modifies`: with the series and number in such a block, else with a comprobante's that is not the
    note's own.
    """
    own = reading.get("series"), reading.get("number")
    found: list[tuple[int, Sheet, Row, Serial]] = []
    for sheet in sheets[:2]:
        for row in sheet.rows:
            for serial in serials(row.text):
                if (serial.series, serial.number) == own or serial.series[0] in "TV" or not serial.strong:
                    continue
                cell = row.word_at(serial.start).cell
                reasons = (
                    region.holds(cell),
                    region.holds(cell) or id(cell) in region.beside,
                    MODIFIED.found_in(lettered(row.text)),
                    _title(row.text) is not None,
                    serial.series[0] in "FBE",
                    "GUIA" not in lettered(row.text),
                )
                found.append((sum(reasons), sheet, row, serial))
    best = max(found, key=lambda f: f[0], default=None)
    if best is None or best[0] < _ENOUGH:
        return
    _, sheet, row, serial = best
    where, shown = place(sheet, row, serial.start, serial.end), row.text[serial.start : serial.end]
    reading.put("modifies.series", Seen(serial.series, shown, where, alt=serial.alt))
    reading.put("modifies.number", Seen(serial.number, shown, where))
    reading.put("modifies.kind", Seen(_kind(sheet, row, serial, region), shown, where))


_ENOUGH = 2
"""Reasons from which a series and number that is not the note's own is what the note modifies: a
comprobante's letter in a row without a guía is enough.
"""


def _kind(sheet: Sheet, row: Row, serial: Serial, region: Region) -> str | None:
    """Returns the kind by the letter of the series; for a series of SUNAT's portal or of a printed paper, by
    the words beside it, or else in the block.
    """
    letter = "03" if serial.series.startswith("EB") else {"F": "01", "B": "03"}.get(serial.series[0])
    if letter:
        return letter
    at = sheet.rows.index(row)
    near = [
        row.text,
        *(r.text for r in sheet.rows[max(0, at - 1) : at]),
        *(c.text for r in sheet.rows for c in r.cells if region.holds(c)),
    ]
    return next((kind for text in near if (kind := _title(text))), None)
