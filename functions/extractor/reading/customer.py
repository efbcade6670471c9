"""Finds the customer's name: labels in all their places, and the value that goes with them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from functions.extractor.peru.firms import LINKS, is_nobody, is_said, is_street
from functions.extractor.peru.tokens import lettered
from functions.extractor.peru.wording import Wording
from functions.extractor.reading import form, unlabelled
from functions.extractor.reading.form import Form, Piece
from functions.extractor.reading.form_labels import BUYER, GUESTS, is_known
from functions.extractor.reading.identities import STAFF
from functions.extractor.reading.names import (
    breaks_form,
    ends_legal,
    goes_on,
    is_address,
    is_name,
    is_person,
)
from functions.extractor.reading.reading import Seen, place
from functions.extractor.reading.table_columns import columns_of, in_row
from functions.extractor.reading.unlabelled import BLOCK, Spot
from functions.extractor.sheets.rows import Row, Sheet

_RULED = 2.5
"""Line heights between a ruled row's text and the edge above it."""
_FLUSH = 0.3
"""Line heights within which two lines end at the same edge."""
_LEVEL = 0.9
"""Line heights between two labels that stand beside each other, at most."""
_EDGE = 0.6
"""Line heights within which two labels begin at the same edge."""
_BUYER = re.compile(rf"{BUYER}|FACTURA|VENDIDO|RECIB|EMPRESA")
_GUESTS = (*GUESTS, "TITULAR")
_COURTESY = re.compile(r"(?:SR(?:T?A)?|DRA?)\.?")
_ANYBODY = re.compile(r"VARIOS|GENERAL|FINAL")
"""In words that stand for buyers whom nobody asked for their names: they are what the paper prints."""
_LONG = 5
"""Words from which a phrase is no label."""
_CODED = re.compile(r"\W*\d{3,}\s*[-–—|]\s*(?=[^\W\d_]{2})")
"""The code that a seller gives a customer, before the name."""
_HEADING = re.compile(r"\W*(?:DATOS|INFORMACION)\b.*")
_DASHED, _DASH = re.compile(r":\s*[-–—]+\s*$"), re.compile(r"\s*[-–—]+(?:\s|$)")
"""The answer that there is none, in the label's phrase or in the next."""
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
    "FECHA", "IMPORTE", "TOTAL", "CANT", "CANTIDAD", "DESCRIPCION",
])  # fmt: skip
"""Words with which no customer's name begins."""


def labels(pieces: Form) -> list[Piece]:
    """Returns the labels under which a customer may be named; labels that can only name a customer come
    first.
    """
    found = [
        p
        for row in pieces
        for p in row
        if p.role == "name"
        and not re.match(r"DESDE |[\W\d]+$", p.folded)
        and (p.colon or not p.cell.text[:1].islower())  # a sentence's: `cliente declara conocer`
        and not any(q.label.startswith(_GUESTS) and not q.text and q.left < p.left for q in row)
    ]
    if all(p.label.startswith(_GUESTS) for p in found):
        found += _by_place(pieces)
    return sorted(found, key=lambda p: -_strength(p))


def _by_place(pieces: Form) -> list[Piece]:
    """Returns unknown labels that name the owner of an identity: they stand right above or below the
    identity's label, in its column of labels, and are answered with a name.
    """
    ids = [p for row in pieces for p in row if p.role == "id"]
    asked = [
        (p, value, label)
        for label in ids
        for row in pieces[max(0, label.row - 2) : label.row + 3]
        for p, value in itertools.pairwise([*row, None])
        if p is not None
        and p.role == "other"
        and not is_known(p.label)
        and STAFF.first(p.label) is None
        and abs(p.left - label.left) < _EDGE * label.cell.height
        and 0 < abs(p.y - label.y) < BLOCK * label.cell.height
    ]
    found = [
        replace(p, role="name")
        for p, value, label in asked
        if (p.text and label.text and p.colon and is_person(p.text))
        or (
            value is not None
            and label.answered
            and not (p.text or label.text or value.colon)
            and (p.answered or (p.colon and is_person(value.text)))
            and is_name(value.text)
        )
    ]
    return found or [p for label in ids if not label.text for p in _heads_names(pieces, label)]


def _heads_names(pieces: Form, label: Piece) -> Iterator[Piece]:
    """Yields unknown headings beside an identity's in a row of headings, below which a name stands beside the
    number: `RESPONSABLE DE LA MASCOTA | RUC`.
    """
    em = label.cell.height
    number = form.below(pieces, label, em)
    if number is None or not number.text[:8].isdigit():
        return
    for p in pieces[label.row]:
        value = form.below(pieces, p, em)
        if (
            p.left < label.left
            and p.role is None
            and STAFF.first(p.folded) is None
            and value is not None
            and value.row == number.row
            and (is_person(value.text) or ends_legal(value.folded) or _goes_on_below(pieces, value))
            and is_name(value.text)
        ):
            yield replace(p, role="name", label=p.folded, text="", at=p.end, x0=p.cell.x0, x1=p.cell.x1)


def _strength(label: Piece) -> float:
    """Returns how surely a label is the customer's. A label that any party may have weighs less, and so does
    one without a colon; least a courtesy in the answer to another label: `Huésped / Sr. …`.
    """
    if label.answered and not label.colon and _COURTESY.fullmatch(label.label):
        return 1.0
    guest = label.label.startswith(_GUESTS)
    who = 1.5 if not _BUYER.search(label.label) else 2.0 if guest else 3.0
    return who - 0.5 * (not label.colon and bool(label.text)) - 1.0 * guest


def closeness(sheet: Sheet, label: Piece, pieces: Form, left: float, y: float) -> float:
    """Returns how surely a number at `left`, `y` belongs to a customer's label: the label's strength times a
    share for nearness, most in the label's column below or above it, less behind it in its row; little above
    the edge of the label's box, unless it stands in a ruled row too.
    """
    em = sheet.em
    if label.text and is_nobody(label.folded):
        return 0.3 if abs(left - label.left) > 1.6 * em else 1.0
    bottom = max([label.y, *(p.y for p in form.value(pieces, label, em))])
    if abs(left - label.left) < 1.6 * em:
        away = (y - bottom if y > bottom else max(0.0, label.y - y)) / em
        near = next(
            (
                share
                for limit, share in ((1.9, 1.0), (2.9, 0.75), (4.2, 0.5), (6.5, 0.3), (10.0, 0.15))
                if away < limit
            ),
            0.05,
        )
        over = [e.at for e in sheet.rules.level if e.start <= left < e.stop]
        apart = any(y < at < label.y for at in over) and not any(y - _RULED * em < at < y for at in over)
        return _strength(label) * near * (1.0 if y >= label.y else 0.3 if apart else 0.85)
    behind = left > label.left and abs(y - label.y) < 0.8 * em
    return _strength(label) * (0.8 if behind else 0.2 if 0 <= y - label.y < 6 * em else 0.05)


def name(
    sheet: Sheet, pieces: Form, named: Sequence[Piece], buyer: Spot | None, seller: Spot | None
) -> Seen | None:
    """Returns the name behind, below or beside the likeliest label; where there is no label, the name above
    the customer's number, or the firm right below it.
    """
    best: tuple[float, Seen | None] | None = None
    for order, label in enumerate(named):
        found = _value(sheet, pieces, label)
        nobody = any(is_nobody(p.folded) for p in form.value(pieces, label, sheet.em))
        if found is None and not nobody:
            continue
        score = _strength(label) - 0.1 * order
        if buyer is not None:
            score += 1.0 * closeness(sheet, label, pieces, *buyer)
        if seller is not None and not _BUYER.search(label.label):
            score -= 1.5 * closeness(sheet, label, pieces, *seller)
        if score > 0.2 and (best is None or score > best[0]):
            best = (score, found)
    if best is not None:
        return best[1]
    if buyer is None or named:
        return None
    return unlabelled.name(sheet, pieces, buyer, seller)


def _is_no_name(line: str) -> bool:
    words = re.findall(r"\w+", line)
    return bool(words) and (words[0] in _NO_NAME or words[-1] == "ELECTRONICA")


def _value(sheet: Sheet, pieces: Form, label: Piece) -> Seen | None:
    line = sheet.rows[label.row].text
    dashed = _DASHED.search(line[: label.at]) or (label.colon and _DASH.match(line, label.at))
    if dashed and not label.text:
        return None
    for piece in form.value(pieces, label, sheet.em):
        text = piece.folded
        if is_nobody(text) and not _ANYBODY.search(text):
            return None
        if label.label == "USUARIO" and len(text.split()) < 2:
            return None  # the user who was logged in
        asked = piece is label or (piece.row == label.row and label.cell.text.rstrip().endswith(":"))
        broken = text.rpartition(" ")[2] in LINKS - {"&"}
        if not asked and broken and len(text.split()) < _LONG and not _goes_on_below(pieces, piece):
            continue  # an unknown label
        if (
            sum(c.isalpha() for c in text) < 4
            or (is_street(text) and not is_person(text) and not ends_legal(text))
            or _HEADING.fullmatch(text)
            or _is_no_name(text)
        ):
            continue
        lines = [_trimmed(piece), *_beside(pieces, piece), *_further(sheet, pieces, label, piece)]
        name = " ".join(text for text, _ in lines)
        spots = [place(sheet, sheet.rows[p.row], p.at, p.at + len(t)) for t, p in lines]
        box = (
            sheet.index,
            min(s[1] for s in spots),
            min(s[2] for s in spots),
            max(s[3] for s in spots),
            max(s[4] for s in spots),
        )
        return Seen(name, name, box)
    return None


def _goes_on_below(pieces: Form, piece: Piece) -> bool:
    """True where a phrase right below another, at its edge, ends in a legal form."""
    return any(
        abs(p.left - piece.left) < _EDGE * piece.cell.height and ends_legal(p.folded)
        for row in pieces[piece.row + 1 : piece.row + 2]
        for p in row
    )


def _trimmed(piece: Piece) -> tuple[str, Piece]:
    """Returns the name in a piece, without the code before it, and up to a number, a date or another column's
    label.
    """
    stop = _STOP.search(piece.folded)
    said = [label.start for label in _STOPS.find(piece.folded) if label.start and label.likeness == 1.0]
    end = min([*said, len(piece.text) if stop is None else stop.start()])
    name = piece.text[:end].rstrip(" (")
    return _CODED.sub("", name).strip(" :-–—|,"), piece


def _beside(pieces: Form, piece: Piece) -> list[tuple[str, Piece]]:
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


def _further(sheet: Sheet, pieces: Form, label: Piece, piece: Piece) -> list[tuple[str, Piece]]:
    """Returns the further lines of a name: those below its beginning without a label of their own."""
    found = _to_its_form(sheet, pieces, label, piece)
    last = found[-1][1] if found else piece
    text = " ".join([_trimmed(piece)[0], *(words for words, _ in found)])
    pitch = 1.9 * sheet.em
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
                or (label.row == piece.row and abs(p.x0 - label.left) < sheet.em)
                or (abs(p.x1 - piece.x1) < _FLUSH * sheet.em and p.x0 > label.left + 2.2 * sheet.em)
            )
            and (not _is_heading(sheet.rows[p.row], p) or breaks_form(text, p.text))
        ]
        nxt = min(below, key=lambda p: min(abs(p.x0 - piece.x0), abs(p.x0 - label.left)), default=None)
        if nxt is None or not _continues(sheet, label, last, text, nxt):
            break
        more = [(nxt.text, nxt), *_beside(pieces, nxt)]
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
    text, last = _trimmed(piece)[0], piece
    if label.row != piece.row or piece.x0 < label.left + 2 * sheet.em or ends_legal(lettered(text)):
        return []
    for row in pieces[piece.row + 1 : piece.row + 4]:
        nxt = row[0] if len(row) == 1 else None
        if (
            nxt is None
            or nxt.role is not None
            or abs(nxt.x0 - piece.x0) > 1.5 * sheet.em
            or nxt.y - last.y > 1.5 * sheet.em
        ):
            return []
        found.append((nxt.text, nxt))
        text, last = f"{text} {nxt.text}", nxt
        if not is_name(text) or is_address(nxt.text) or _is_no_name(nxt.folded):
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


def _continues(sheet: Sheet, label: Piece, last: Piece, text: str, nxt: Piece) -> bool:
    line = nxt.folded
    if _is_no_name(line):
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
