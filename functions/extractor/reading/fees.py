"""Reads what a recibo por honorarios charges for: one line, beside its label, below it, or in a table of one
row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from functions.extractor.peru.tokens import lettered
from functions.extractor.reading.form_labels import labels_of
from functions.extractor.reading.notes import LAW
from functions.extractor.reading.reading import Place, Reading, Seen, place
from functions.extractor.reading.region import wraps
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row, Sheet

_FOR = re.compile(
    r"\W*(?:POR\s*(?:EL\s*|LOS\s*)?CONCEPTOS?|POR\s*LA\s*PRESTACION|CONCEPTO"
    r"|(?:DESCRIPCION\s*|DETALLE\s*|POR\s*)(?:DEL?\s*|"
    r"LOS?\s*)?SERVICIOS?(?:\s*PRESTADOS?)?\s*(?=[:|]|\W*$))(?:\s*DE\b)?\s*[:.|-]*"
)
"""The label before what a fee is for, at the beginning of a row."""
_AMOUNT = re.compile(r"\W*(?:IMPORTE|MONTO|VALOR|TOTAL)\b\W*(?:S/|SOLES)?\W*")
"""The heading beside `Concepto` where both head a table."""


def read(sheets: Sequence[Sheet], reading: Reading) -> list[dict[str, Seen]]:
    """Returns what the fee is for, with the fee as its amount: the text under a label, else the table's line
    that is the whole fee, else all its lines.
    """
    for sheet in sheets:
        for number, row in enumerate(sheet.rows):
            label = _FOR.match(lettered(row.text))
            if label is None or _AMOUNT.fullmatch(lettered(row.text[label.end() :])):
                continue
            text, where = _beside(sheet, row, label.end()) or _below(sheet, number) or ("", None)
            if len(text) < 3:
                continue
            item = {"description": Seen(text, text, where)}
            if "total" in reading.fields:
                item["amount"] = reading.fields["total"]
            return [item]
    whole = [
        item for item in reading.items if "amount" in item and item["amount"].value == reading.get("total")
    ]
    return whole[:1] or reading.items


def _beside(sheet: Sheet, row: Row, start: int) -> tuple[str, Place] | None:
    """Returns the text after a label that ends at `start`, with the rows below that go on under the text or
    under the label.
    """
    text = row.text[start:].strip(" :.-|")
    if not text:
        return None
    word = row.word_at(start + 1)
    begin = word.cell.x0 if word.cell.text.startswith(":") else word.x0
    return _continued(sheet, row, text, (begin, word.x0), row.cells[0].x0), place(
        sheet, row, start + 1, len(row.text)
    )


def _below(sheet: Sheet, number: int) -> tuple[str, Place] | None:
    """Returns the row below a label that stands alone, with the rows that go on under it."""
    below = sheet.rows[number + 1] if number + 1 < len(sheet.rows) else None
    if below is None:
        return None
    left = below.cells[0].x0
    return _continued(sheet, below, below.text.strip(" :.-|"), (left, left), left), place(sheet, below)


def _continued(sheet: Sheet, row: Row, text: str, left: tuple[float, float], label: float) -> str:
    """Returns a text with the rows below that begin under it or the colon before it, at `left`, or under its
    label where the row above was full.
    """
    last = row
    for number, below in enumerate(sheet.rows[sheet.rows.index(row) + 1 :], sheet.rows.index(row) + 1):
        said, x0 = lettered(below.text), below.cells[0].x0
        under = left[0] - sheet.em < x0 < left[1] + sheet.em
        full = abs(x0 - label) < sheet.em and wraps(sheet, number)
        if (
            len(below.cells) > 1
            or not (under or full)
            or ":" in said
            or said.startswith("SON ")
            or LAW.search(said)
            or next(labels_of(said), None)
            or money(said)
            or below.y - last.y > 1.9 * sheet.em
        ):
            break
        text, last = f"{text} {below.text}", below
    return text
