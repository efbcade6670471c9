"""Finds the numbers on a page that may be a party's: RUCs wherever they stand, others by their labels."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from functions.extractor.peru.tokens import lettered, rucs
from functions.extractor.peru.wording import Wording
from functions.extractor.reading import answers
from functions.extractor.reading.form import Form, Piece
from functions.extractor.reading.form_labels import BUYER
from functions.extractor.reading.names import ends_legal, is_person
from functions.extractor.reading.reading import Seen, place
from functions.extractor.reading.weights import Reasons
from functions.extractor.sheets.parting import STAMPED
from functions.extractor.sheets.rows import Row, Sheet

BUYERS = re.compile(rf"D\W?\s?N\W?\s?[I1]\b|DOC|IDENT|\bC\.?E\b|CARNE|PASAP|{BUYER}")
"""Labels that an issuer's number never has."""
SELLERS = re.compile(r"\b(?:EMISOR|PROVEEDOR)\W*$")
"""Labels that name the seller and never the buyer."""
PAYING = "CONDICION VENTA, CONDICION PAGO, CONDICIONES VENTA, CONDICIONES PAGO"
"""How it is paid: abbreviated, `COND. VENTA` is no driver's (CONDUCTOR)."""
STAFF = Wording(
    (
        (
            "brings",
            (
                "MOTORIZADO, REPARTIDOR, DELIVERY, CHOFER, CONDUCTOR, TRANSPORTISTA, RECIBIDO CONFORME, "
                "ENTREGADO, REMITENTE, CONSIGNADO, CONSIGNATARIO"
            ),
        ),
        ("serves", "VENDEDOR, CAJERO, ASESOR, MOZO, ATENDIDO, PROMOTOR"),
        ("stands for", "GERENTE, CONTACTO, AUTORIZADO, REPRESENTANTE"),
    ),
    but=PAYING,
)
"""Persons who are named on a comprobante and do not buy."""
_CARD = re.compile(r"\W*(?P<id>\d{11}|\d{8,9}|[A-Z]{1,2}\d{6,8})(?![\dA-Z])(?!-\d)")
_ABROAD = re.compile(
    r"\W*(?P<id>(?=(?:[A-Z. -]*\d){5})[A-Z\d](?:[A-Z\d.-]| (?=\d)){5,18}[A-Z\d]|"
    r"(?=(?:[A-Z]*\d){3})[A-Z\d]{6,12})(?![\dA-Z])"
)
"""A passport's number, of which three signs are digits in one word, or a tax number of another country."""
_NAMED = re.compile(r"\W*(?P<id>\d{8})\s?[-–]\s?(?=[A-ZÑ])")
"""A DNI without a label before its owner's name: `44120981 - TICONA CRUZ MARIA`."""
_APART = 6.0
"""Line heights between a column and a box beside it."""
_DIGITS = 2.0
"""Line heights between digits of one number, at most."""
_BOX = 20.0
"""Line heights from a row's beginning to a label that heads a column of its own."""
_ASKED = 3.0
"""Line heights between a label and the label that answers it."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may be a party's. `kind` as in SUNAT's catalogue 06; `read` is what stood there where a
    check digit proved a repair.

    `selling` and `buying` are what speaks for its being the seller's and the buyer's, `sells` and `buys` how
    much. `left` and `y` are where its label begins, or the number itself.
    """

    value: str
    kind: str | None
    row: int
    start: int
    end: int
    left: float
    y: float
    label: str = ""
    read: str | None = None
    selling: Reasons = field(default_factory=dict, compare=False)
    buying: Reasons = field(default_factory=dict, compare=False)
    sells: float = field(default=0.0, compare=False)
    buys: float = field(default=0.0, compare=False)

    def seen(self, sheet: Sheet) -> Seen:
        """Returns the value with its place."""
        row = sheet.rows[self.row]
        return Seen(
            self.value,
            row.text[self.start : self.end],
            place(sheet, row, self.start, self.end),
            repaired=self.read,
        )


def numbers_in(sheet: Sheet, pieces: Form) -> Iterator[Number]:
    """Yields RUCs wherever they stand, and other numbers by their labels."""
    labelled = {
        id(p): label
        for row in pieces
        for label in row
        if label.role == "id" or SELLERS.search(label.label)
        for p in answers.value(pieces, label, sheet.em)
    }
    for number, row in enumerate(sheet.rows):
        taken: list[tuple[int, int]] = []
        for ruc in rucs(row.text):
            if _is_torn(row, ruc.start, ruc.end, sheet.em):
                continue
            piece = next((p for p in pieces[number] if p.at <= ruc.start < max(p.end, p.at + 1)), None)
            label = (
                None
                if piece is None
                else piece
                if piece.role == "id"
                else labelled.get(id(piece))
                if piece.role is None
                else piece
            )
            outer = None if label is None else _asked_by(pieces[label.row], label, sheet.em)
            left = outer.left if outer is not None else row.word_at(ruc.start).x0
            words = (
                ""
                if label is None or outer is None
                else label.label
                if outer is label
                else f"{outer.label} {label.label}"
            )
            edge = row.word_at(ruc.start).cell.x0 if label is None else label.cell.x0
            y = row.word_at(ruc.start).cell.y if label is None else label.y
            if not _is_staffs(sheet, number, ruc.start, edge, boxed=True):
                yield Number(ruc.value, "6", number, ruc.start, ruc.end, left, y, words, ruc.read)
            taken.append((ruc.start, ruc.end))
        for piece in pieces[number]:
            label = piece if piece.role == "id" and piece.text else labelled.get(id(piece))
            if piece.role is None and label is None and (own := _NAMED.match(piece.text)) is not None:
                if is_person(piece.text[own.end() :]):
                    start = piece.at + own.start("id")
                    yield Number(own["id"], "1", number, start, start + 8, piece.left, piece.y)
                continue
            card = None if label is None else _card(piece, label)
            if label is None or card is None or any(a <= piece.at + card.start("id") < b for a, b in taken):
                continue
            kind = _kind(card["id"], label.label)
            start = piece.at + card.start("id")
            beside = label.row == number and label.left - sheet.rows[number].cells[0].x0 > _BOX * sheet.em
            if not _is_staffs(sheet, number, start, label.cell.x0, boxed=beside) and (
                kind is not None or BUYERS.search(label.label)
            ):
                yield Number(
                    card["id"], kind, number, start, start + len(card["id"]), label.left, label.y, label.label
                )


def _is_torn(row: Row, start: int, end: int, em: float) -> bool:
    """True where digits of a row stand too far apart for one number: a number with a digit too few, and the
    quantity in the next box.
    """
    words = [w for w in row.words if row.word_at(start).x0 <= w.x0 <= row.word_at(end - 1).x0]
    return any(b.x0 - a.x1 > _DIGITS * em for a, b in itertools.pairwise(words))


def _asked_by(row: Sequence[Piece], label: Piece, em: float) -> Piece:
    """Returns the label that this label answers (`Documento: RUC 2060…`), else the label itself."""
    before = next((p for p, after in itertools.pairwise(row) if after is label), None)
    asks = (
        before is not None
        and before.role == label.role == "id"
        and not before.text
        and label.left - before.x1 < _ASKED * em
    )
    return before if before is not None and asks else label


def _card(piece: Piece, label: Piece) -> re.Match[str] | None:
    """Returns the identity with which a phrase begins. Its label tells that it may be another country's."""
    abroad = re.search(r"PASAP|\b(?:TAX|VAT)\b", label.label)
    return _CARD.match(piece.folded) or (_ABROAD.match(piece.text.upper()) if abroad else None)


def _kind(digits: str, label: str) -> str | None:
    if re.search(r"\b(?:TAX|VAT)\b", label):
        return "0"
    if len(digits) == 11:
        return "6"
    if len(digits) == 8 and digits.isdigit():
        return "1"
    return "4" if re.search(r"C\.?E\b|CARN|EXT", label) else "7" if "PAS" in label else None


def _is_staffs(sheet: Sheet, number: int, start: int, x0: float, *, boxed: bool = False) -> bool:
    """True where an identity is that of another person, who is named before it in its row, or right above it
    in its column.

    `boxed`: it may stand in a box of its own, to which words far to the left do not belong, nor who serves, in
    the line above.
    """
    row = sheet.rows[number]
    gaps = [
        b
        for a, b in itertools.pairwise(row.cells)
        if b.x0 - a.x1 > _APART * sheet.em and b.x0 <= row.word_at(start).x0
    ]
    begin = row.text.index(gaps[-1].text) if boxed and gaps else 0
    before = lettered(row.text)[begin:start]
    for cell in row.cells:  # an observation, ENTREGADO, is nobody
        before = before.replace(lettered(cell.text), " ") if lettered(cell.text) in STAMPED else before
    if re.search(r"[A-Z]{4}", before):
        last = max((f.start for f in STAFF.find(before)), default=-1)
        if last > max((m.start() for m in re.finditer(BUYER, before)), default=-1):
            return True
    cells = sheet.rows[number - 1].cells if number else []
    at, above = next(((i, c) for i, c in enumerate(cells) if abs(c.x0 - x0) < 2 * sheet.em), (0, None))
    who = None if above is None else STAFF.first(lettered(above.text))
    if any(not re.search(r"[^\W\d_]", c.text) for c in cells[at + 1 : at + 2]):
        return False  # a till's number, and nobody's name
    below = sheet.rows[number + 1].cells if number + 1 < len(sheet.rows) else []
    if any(abs(c.x0 - x0) < 2 * sheet.em and re.match(BUYER, lettered(c.text)) for c in below):
        return False  # the buyer's, who is named below it
    return (
        above is not None
        and who is not None
        and not (boxed and who.name == "serves")
        and not ends_legal(lettered(above.text))
        and not re.search(r"[:|]", above.text.rstrip()[:-1])
    )
