"""Finds who sells and who buys: every number that may be a party's, what speaks for either, and the pair that
fits together.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from functions.extractor.peru.firms import FORM
from functions.extractor.peru.qr import Qr
from functions.extractor.peru.tokens import lettered, rucs, valid_ruc
from functions.extractor.peru.wording import Wording
from functions.extractor.reading import customer, form, supplier
from functions.extractor.reading.form import Form, Piece
from functions.extractor.reading.form_labels import BUYER
from functions.extractor.reading.heading import Head
from functions.extractor.reading.names import OWN_LABEL, ends_legal
from functions.extractor.reading.reading import Doubt, Reading, Seen, place
from functions.extractor.reading.table import in_row
from functions.extractor.sheets.rows import Sheet

_BUYERS = re.compile(rf"D\W?\s?N\W?\s?[I1]\b|DOC|IDENT|\bC\.?E\b|CARNE|PASAP|{BUYER}")
"""Labels that an issuer's number never has."""
_SELLERS = re.compile(r"\b(?:EMISOR|PROVEEDOR)\W*$")
"""Labels that name the seller and never the buyer."""
_THIRD = Wording(
    (
        (
            "carries",
            (
                "TRANSPORTE, TRANSPORTISTA, CONDUCTOR, REMITENTE, CONSIGNADO, CONSIGNATARIO, NAVIERA, "
                "AGENTE ADUANA"
            ),
        ),
        (
            "sends",
            (
                "PSE, OSE, PROVEEDOR SERVICIOS ELECTRONICOS, PROVEEDOR AUTORIZADO, OPERADOR SERVICIOS, "
                "AUTORIZADO"
            ),
        ),
        ("prints", "IMPRENTA, GRAFICA"),
    )
)
"""Others whose numbers stand on a paper: carriers, printers, those who send it to SUNAT."""
_STAFF = Wording(
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
    )
)
"""Persons who are named on a comprobante and do not buy."""
_CARD = re.compile(r"\W*(?P<id>\d{11}|\d{8,9}|[A-Z]{1,2}\d{6,8})(?![\dA-Z])(?!-\d)")
_APART = 6.0
"""Line heights between a column and a box beside it."""
_FOR_GOOD = 2.0
"""The `buys` from which the number that was taken for the seller's is doubted as the customer's."""
_ASKED = 3.0
"""Line heights between a label and the label that answers it."""
_PERSON = 3.0
"""What a person's RUC speaks for the one who sells a fee, and a firm's against it."""
_NAMED, _MARGIN = 1.0, 3.5
"""The `buys` from which a label names a number's owner as buyer; and by how much `sells` of the seller must
exceed that of a rival whom no label names.
"""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may be a party's. `kind` as in SUNAT's catalogue 06; `read` is what stood there where a
    check digit proved a repair.

    `sells` and `buys` are how much speaks for the seller and for the buyer. `left` and `y` are where its
    label begins, or the number itself.
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


def read(sheets: Sequence[Sheet], head: Head | None, reading: Reading, *, qr: Qr | None = None) -> None:
    """Fills supplier and customer. A symbol's numbers speak for those that agree with them; they are not
    copied.
    """
    sheet = sheets[0]
    pieces = form.of(sheet)
    named = [p for p in customer.labels(pieces) if p.colon or not in_row(sheet.rows[p.row])]
    found = [*_numbers(sheet, pieces)]
    numbers = [
        _weighed(n, order, sheet, pieces, named, head, qr, second=not named and _is_second(n, found))
        for order, n in enumerate(found)
    ]
    if reading.get("kind") == "02":
        # Only natural persons issue one (Ley del Impuesto a la Renta, art. 33).
        numbers = [replace(n, sells=n.sells + (_PERSON if n.value[0] == "1" else -_PERSON)) for n in numbers]
    elif reading.get("kind") == "01":
        # Only who has a RUC is sold to with one (Reglamento de Comprobantes de Pago, art. 4): a DNI is that
        # of somebody who travels or drives.
        numbers = [replace(n, buys=n.buys - _PERSON * (n.kind == "1")) for n in numbers]
    seller, buyer = _pair(numbers)
    if seller is not None:
        if seller.buys >= _FOR_GOOD:
            reading.doubts.add(Doubt.BUYERS_RUC)
        if _may_be_other(seller, buyer, numbers):
            reading.doubts.add(Doubt.OTHER_SELLER)
        reading.put("supplier.ruc", seller.seen(sheet))
    if buyer is not None:
        seen = buyer.seen(sheet)
        reading.put("customer.id", seen)
        reading.put("customer.id_type", Seen(buyer.kind, buyer.label, seen.box))
    spots = [None if n is None else (n.left, n.y) for n in (buyer, seller)]
    reading.put("customer.name", customer.name(sheet, pieces, named, *spots))
    supplier.name(sheet, pieces, head, reading, None if seller is None else (seller.row, seller.start))
    if not named and "customer.name" not in reading.fields and reading.get("kind") == "14":
        reading.put("customer.name", customer.addressee(sheet, reading.get("supplier.name")))


def _may_be_other(seller: Number, buyer: Number | None, numbers: Sequence[Number]) -> bool:
    """True where another firm's number might as well be the seller's: no label makes it the buyer's, and
    little else tells the two apart.
    """
    named = buyer is not None and buyer.buys >= _NAMED
    rivals = (
        n
        for n in numbers
        if n.kind == "6" and n.value != seller.value and valid_ruc(n.value) and 0 <= n.buys < _NAMED
    )
    return not named and any(seller.sells - n.sells < _MARGIN for n in rivals)


def _numbers(sheet: Sheet, pieces: Form) -> Iterator[Number]:
    """Yields RUCs wherever they stand, and other numbers by their labels."""
    labelled = {
        id(p): label
        for row in pieces
        for label in row
        if label.role == "id" or _SELLERS.search(label.label)
        for p in form.value(pieces, label, sheet.em)
    }
    for number, row in enumerate(sheet.rows):
        taken: list[tuple[int, int]] = []
        for ruc in rucs(row.text):
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
            card = None if label is None else _CARD.match(piece.folded)
            if label is None or card is None or any(a <= piece.at + card.start("id") < b for a, b in taken):
                continue
            kind = _kind(card["id"], label.label)
            start = piece.at + card.start("id")
            if not _is_staffs(sheet, number, start, label.cell.x0) and (
                kind is not None or _BUYERS.search(label.label)
            ):
                yield Number(
                    card["id"], kind, number, start, start + len(card["id"]), label.left, label.y, label.label
                )


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


def _kind(digits: str, label: str) -> str | None:
    if len(digits) == 11:
        return "6"
    if len(digits) == 8 and digits.isdigit():
        return "1"
    return "4" if re.search(r"C\.?E\b|CARN|EXT", label) else "7" if "PAS" in label else None


def _is_staffs(sheet: Sheet, number: int, start: int, x0: float, *, boxed: bool = False) -> bool:
    """True where an identity is that of another person, who is named before it in its row, or right above it
    in its column.

    `boxed`: it may stand in a box of its own, to which words far to the left do not belong.
    """
    row = sheet.rows[number]
    gaps = [
        b
        for a, b in itertools.pairwise(row.cells)
        if b.x0 - a.x1 > _APART * sheet.em and b.x0 <= row.word_at(start).x0
    ]
    begin = row.text.index(gaps[-1].text) if boxed and gaps else 0
    before = lettered(row.text)[begin:start]
    if re.search(r"[A-Z]{4}", before):
        last = max((f.start for f in _STAFF.find(before)), default=-1)
        if last > max((m.start() for m in re.finditer(BUYER, before)), default=-1):
            return True
    above = next((c for c in sheet.rows[number - 1].cells if number and abs(c.x0 - x0) < 2 * sheet.em), None)
    return (
        above is not None
        and not ends_legal(lettered(above.text))
        and _STAFF.first(lettered(above.text)) is not None
        and ":" not in above.text.rstrip()[:-1]
    )


def _weighed(
    n: Number,
    order: int,
    sheet: Sheet,
    pieces: Form,
    named: Sequence[Piece],
    head: Head | None,
    qr: Qr | None,
    *,
    second: bool,
) -> Number:
    """Returns the number with what speaks for its being the seller's, and the buyer's. `second`: no label
    names a buyer, and another firm's number stands above it, so that a title below both is near to the buyer.
    """
    line = lettered(sheet.rows[n.row].text)
    before = line[: n.start]
    sells = (1.0 if valid_ruc(n.value) else -0.5) - 0.2 * order - 1.5 * n.row / max(1, len(sheet.rows))
    if head is not None and head.sheet is sheet:
        apart = sheet.rows.index(head.row) - n.row
        x = sheet.rows[n.row].word_at(n.start).x
        sells += 1.5 * (-3 <= apart <= 5 and not (second and apart > 0)) + 1.5 * (
            abs(x - head.x) < 10 * sheet.em and -4 <= apart <= 7
        )
    sells += 1.5 * any(FORM.search(p.folded) for p in _around(pieces, n, sheet.em))
    if n.row > 0.8 * len(sheet.rows) and _signs(before, line[n.end :]):
        sells += 2.5
    buys = max((customer.closeness(sheet, label, pieces, n.left, n.y) for label in named), default=0.0)
    if _SELLERS.search(n.label):
        sells += 3.0
    elif _BUYERS.search(n.label):
        buys, sells = buys + 3.0, sells - 6.0
    elif n.kind != "6":
        buys += 2.0
    if _is_thirds(sheet, n, before) or _goes_on_third(sheet, n) or _is_aside(sheet, pieces, n):
        buys, sells = buys - 4.0, sells - 4.0
    elif not n.label and named and -6 <= n.row - named[0].row <= 8:
        buys += 0.4
    elif n.kind == "6" and valid_ruc(n.value):
        buys += 0.3
    if qr is not None:
        sells += 8.0 * (n.value == qr.ruc)
        buys += 8.0 * (n.value == qr.customer_id)
    return Number(n.value, n.kind, n.row, n.start, n.end, n.left, n.y, n.label, n.read, sells, buys)


def _is_second(n: Number, numbers: Sequence[Number]) -> bool:
    """True where another firm's number stands above a number."""
    return any(o.row < n.row and o.value != n.value and o.kind == "6" and valid_ruc(o.value) for o in numbers)


def _is_thirds(sheet: Sheet, n: Number, before: str) -> bool:
    """True where another party's label stands before a number in its row. A firm in a cell of its own whose
    name begins so (`TRANSPORTES QANTU S.A.C.`) is no label.
    """
    row = sheet.rows[n.row]
    own = row.word_at(n.start).cell
    cells = [row.word_at(found.start).cell for found in _THIRD.find(before)]
    return any(cell is own or not ends_legal(lettered(cell.text)) for cell in cells)


def _is_aside(sheet: Sheet, pieces: Form, n: Number) -> bool:
    """True where a number stands in brackets in which a firm is named before it (a consortium's members, an
    agent), or in brackets in the answer to a label of neither party: `Intermediario: … (RUC …)`.
    """
    said = next((p for p in pieces[n.row] if p.role == "other" and p.at <= n.start < p.end), None)
    if said is not None and said.colon and "(" in said.text[: n.start - said.at]:
        return OWN_LABEL.match(f"{said.label}:") is None
    text = " ".join(
        [
            *(lettered(r.text) for r in sheet.rows[max(0, n.row - 3) : n.row]),
            lettered(sheet.rows[n.row].text)[: n.start],
        ]
    )
    return text.rfind("(") > text.rfind(")") and FORM.search(text, text.rfind("(")) is not None


def _goes_on_third(sheet: Sheet, n: Number) -> bool:
    """True where the line right above a number, in its column, begins with another party's label: the name
    wrapped before the number.
    """
    above = sheet.rows[n.row - 1].cells[0] if n.row else None
    cell = sheet.rows[n.row].word_at(n.start).cell
    near = above is not None and abs(above.x0 - cell.x0) < sheet.em and 0 < cell.y - above.y < 2.2 * sheet.em
    return (
        near
        and above is not None
        and _THIRD.first(lettered(above.text)) is not None
        and bool(FORM.match(lettered(cell.text)))
    )


def _around(pieces: Form, n: Number, em: float) -> Iterator[Piece]:
    """Yields the phrases without a label beside a number in its row, and right above or below it in its
    column.
    """
    own = next((p for p in pieces[n.row] if p.at <= n.start < p.end), None)
    for piece in (p for row in pieces[max(0, n.row - 2) : n.row + 3] for p in row if p.role is None):
        flush = own is not None and abs(piece.x1 - own.x1) < 0.5 * em
        if abs(piece.y - n.y) < 2.2 * em and (
            piece.row == n.row or flush or abs(piece.x0 - n.left) < 1.5 * em
        ):
            yield piece


def _signs(before: str, after: str) -> bool:
    """True where a RUC stands in a signature: behind a name with its legal form, or between a name and an
    address.
    """
    return bool(FORM.search(before)) or (
        sum(c.isalpha() for c in before) >= 10
        and bool(re.search(r"\b(?:AV|JR|CAL|CALLE|PSJE?|URB|CAR)\b", after))
    )


def _pair(numbers: Sequence[Number]) -> tuple[Number | None, Number | None]:
    """Returns the seller's and the buyer's number: the two that fit together best. Either may be missing.

    What stands with a customer's label weighs against the seller as much as for the buyer, so that a page's
    only number is not taken for the seller's where it stands with such a label.
    """
    sellers = [n for n in numbers if n.kind == "6"]
    best: tuple[float, Number | None, Number | None] = (0.0, None, None)
    for seller in (*sellers, None):
        for buyer in (*(n for n in numbers if n.buys > 0), None):
            if seller is not None and (
                buyer is seller or (buyer is not None and seller.value == buyer.value)
            ):
                continue
            if (
                seller is not None
                and seller.sells - seller.buys <= -1.0
                and (buyer is None or buyer.buys < seller.buys + 1.0)
            ):
                continue
            score = (0.0 if seller is None else 2.0 + seller.sells - max(0.0, seller.buys)) + (
                0.0 if buyer is None else buyer.buys
            )
            if score > best[0]:
                best = (score, seller, buyer)
    return best[1], best[2]
