"""Tells over which lines a buyer's name is written, from the words with which it begins."""

from __future__ import annotations

import re

from functions.extractor.peru.firms import is_nobody, is_said
from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import lettered
from functions.extractor.peru.wording import Wording
from functions.extractor.reading.form import Form, Piece
from functions.extractor.reading.names import breaks_form, ends_legal, goes_on, is_address, is_name, is_person
from functions.extractor.reading.table_columns import columns_of, in_row
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row, Sheet

_CLOSE = 6.0
"""Line heights from a label to an answer that may go on below the label, at most."""
_FLUSH = 0.3
"""Line heights within which two lines end at the same edge."""
_LEVEL = 0.9
"""Line heights between two labels that stand beside each other, at most."""
_CODED = re.compile(r"\W*\d{3,}\s*[-–—|]\s*(?=[^\W\d_]{2})")
"""The code that a seller gives a customer, before the name."""
_STOP = re.compile(r"\s+\(?(?:\d{8,11}\b|\d{1,2}[/-]\d{1,2}[/-]\d{2,4})")
_STOPS = Wording(
    (
        (
            "another column",
            (
                "FECHA, EMISION, LECTURA, MONEDA, DIRECCION, TELEFONO, VENCIMIENTO, PAGINA, RUC, DNI, "
                "FORMA PAGO, TIPO PAGO, TIPO VENTA, TIPO CAMBIO, TIPO OPERACION, TIPO DOCUMENTO, "
                "CONDICION PAGO, CONDICION VENTA, ORDEN COMPRA, ORDEN SERVICIO, GUIA REMISION, DIA MES"
            ),
        ),
    ),
    whole=True,
)
"""Labels that an engine reads in one phrase with the name before them."""
_NO_NAME = frozenset([
    "IDENTIFICADO", "IDENTIFICADA", "DOMICILIADO", "DOMICILIADA", "FACTURA", "BOLETA", "NOTA", "RECIBO",
    "FECHA", "IMPORTE", "TOTAL", "CANT", "CANTIDAD", "DESCRIPCION", "EFECTIVO", "VUELTO",
])  # fmt: skip
"""Words with which no customer's name begins."""


def is_no_name(line: str) -> bool:
    """True where a folded phrase begins with a word with which no buyer's name does."""
    words = re.findall(r"\w+", line)
    return bool(words) and (words[0] in _NO_NAME or words[-1] == "ELECTRONICA")


def trimmed(piece: Piece) -> tuple[str, Piece]:
    """Returns the name in a piece, without the code before it, and up to a number, a date or another column's
    label.
    """
    stop = _STOP.search(piece.folded)
    said = [label.start for label in _STOPS.find(piece.folded) if label.start and label.likeness == 1.0]
    end = min([*said, len(piece.text) if stop is None else stop.start()])
    name = piece.text[:end].rstrip(" (")
    return _CODED.sub("", name).strip(" :-–—|,"), piece


def beside(pieces: Form, piece: Piece) -> list[tuple[str, Piece]]:
    """Returns words of the name that stand in boxes of their own: engines cut a line of a picture at wide
    spaces.
    """
    found: list[tuple[str, Piece]] = []
    last = piece
    for after in pieces[piece.row]:
        if (
            after.at > last.at
            and after.role is None
            and after.cell.box.conf < 1.0
            and after.x0 - last.x1 < 1.5 * last.cell.height
            and is_name(after.text)
        ):
            found.append((after.text, after))
            last = after
    return found


def further(sheet: Sheet, pieces: Form, label: Piece, piece: Piece) -> list[tuple[str, Piece]]:
    """Returns the further lines of a name: those below its beginning without a label of their own."""
    found = _to_its_form(sheet, pieces, label, piece)
    last = found[-1][1] if found else piece
    text = " ".join([trimmed(piece)[0], *(words for words, _ in found)])
    pitch = 1.9 * sheet.em
    close = piece.x0 < label.x1 + _CLOSE * sheet.em
    while len(found) < 6:
        below = [
            p
            for row in pieces[last.row + 1 : last.row + 3]
            for p in row
            if p.role is None
            and not p.answered
            and (goes_on(text, p.text) or not _is_anothers(pieces, p, label))
            and re.search(r"\w", p.text)
            and 0 < p.y - last.y < min(1.9 * max(sheet.em, last.cell.height), 1.5 * pitch)
            and (
                abs(p.x0 - piece.x0) < 2.2 * sheet.em
                or (label.row == piece.row and close and abs(p.x0 - label.left) < sheet.em)
                or (abs(p.x1 - piece.x1) < _FLUSH * sheet.em and p.x0 > label.left + 2.2 * sheet.em)
            )
            and (not _is_heading(sheet.rows[p.row], p) or breaks_form(text, p.text))
        ]
        nxt = min(below, key=lambda p: min(abs(p.x0 - piece.x0), abs(p.x0 - label.left)), default=None)
        if nxt is None or not (
            _ends_person(pieces, last, text, nxt) or _continues(sheet, label, last, text, nxt)
        ):
            break
        more = [(nxt.text, nxt), *beside(pieces, nxt)]
        found += more
        pitch, last, text = nxt.y - last.y, more[-1][1], " ".join([text, *(words for words, _ in more)])
    return found


def _is_heading(row: Row, piece: Piece) -> bool:
    """True where a phrase stands in a row of headings of an item table, and not before the first of them."""
    return in_row(row) and any(c.x0 < piece.x1 for c in columns_of(row) if c.name != "other")


def _to_its_form(sheet: Sheet, pieces: Form, label: Piece, piece: Piece) -> list[tuple[str, Piece]]:
    """Returns the next lines of a value beside its label, up to the line that ends in a legal form. Returns
    none where none of the next three does, or where another label comes first.
    """
    found: list[tuple[str, Piece]] = []
    text, last = trimmed(piece)[0], piece
    if label.row != piece.row or piece.x0 < label.left + 2 * sheet.em or ends_legal(lettered(text)):
        return []
    for row in pieces[piece.row + 1 : piece.row + 4]:
        nxt = next((p for p in row if abs(p.x0 - piece.x0) < 1.5 * sheet.em), None)
        if nxt is None or nxt.role is not None or nxt.y - last.y > 1.5 * sheet.em:
            return []
        found.append((nxt.text, nxt))
        text, last = f"{text} {nxt.text}", nxt
        if not is_name(text) or is_address(nxt.text) or is_no_name(nxt.folded):
            return []
        if ends_legal(lettered(nxt.text)):
            return found
    return []


def _is_anothers(pieces: Form, piece: Piece, label: Piece) -> bool:
    """True where a phrase is the value of another label to its left."""
    before = [p for p in pieces[piece.row] if p.left < piece.left]
    return piece.colon or (
        bool(before) and before[-1] is not label and before[-1].role is not None and not before[-1].text
    )


def _ends_person(pieces: Form, last: Piece, text: str, nxt: Piece) -> bool:
    """True where one word below two makes a person's name with them, at one edge: of a form that asks for the
    address elsewhere.
    """
    flush = min(abs(nxt.x0 - last.x0), abs(nxt.x1 - last.x1)) < _FLUSH * last.cell.height
    return (
        flush
        and " " not in nxt.text.strip()
        and is_person(text, least=2)
        and not is_person(text)
        and is_person(f"{text} {nxt.text}")
        and any(p.role == "address" for row in pieces[nxt.row :] for p in row)
    )


def _continues(sheet: Sheet, label: Piece, last: Piece, text: str, nxt: Piece) -> bool:
    line, row = nxt.folded, lettered(sheet.rows[nxt.row].text)
    if is_no_name(line) or is_nobody(lettered(text)) or (labels_in(row) and money(row)):
        return False
    if goes_on(text, nxt.text):
        return True
    if (
        ends_legal(lettered(text))
        or is_address(nxt.text)
        or is_said(line)
        or not is_name(f"{text} {nxt.text}")
    ):
        return False
    if any(c.isdigit() for c in line) and not ends_legal(line):
        return False
    if nxt.x0 > label.left + sheet.em and abs(nxt.x0 - last.x0) < 0.3 * sheet.em and ends_legal(line):
        return True  # in the values' own column nothing but the rest of a name ends in a legal form
    first = line.split()[0]
    unit = (last.x1 - last.x0) / max(1, len(last.text))
    rows = sheet.rows[max(0, label.row - 12) : label.row + 12]
    level = [row for row in rows if abs(row.y - sheet.rows[label.row].y) < _LEVEL * sheet.em]
    beside = [c.x0 for row in level for c in row.cells if c.x0 > max(last.x1, label.x1)]
    edge = max(c.x1 for row in rows for c in row.cells if label.left - sheet.em <= c.x0 < last.x1)
    edge = min(edge, *(x - sheet.em for x in beside)) if beside and label.row != last.row else edge
    return last.x1 + unit * (len(first) + 1) > edge  # the next word had no room in its row
