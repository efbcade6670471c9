"""Tells what speaks for a number's being the seller's, and the buyer's."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from functions.extractor.peru.firms import FORM, street_in
from functions.extractor.peru.qr import Qr
from functions.extractor.peru.tokens import lettered, serials, valid_ruc
from functions.extractor.peru.wording import Wording
from functions.extractor.reading import customer, weights
from functions.extractor.reading.form import Form, Piece
from functions.extractor.reading.heading import Head
from functions.extractor.reading.identities import BUYERS, PAYING, SELLERS, Number
from functions.extractor.reading.names import OWN_LABEL, ends_legal
from functions.extractor.sheets.rows import Sheet

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
    ),
    but=f"{PAYING}, INTERIOR",
)
"""Others whose numbers stand on a paper: carriers, printers (IMPRENTA; `INT.` in an address is none), those who
send it to SUNAT.
"""
COLUMN = 10.0
"""Line heights from the middle of the title within which its column is."""
_BANK = re.compile(r"\b(?:BANCO(?:\s[A-Z]+)?|ABON(?:E|AR)\s(?:A|EN))\s?:")
"""The label of a bank that pays or is paid."""


def weighed(
    n: Number,
    order: int,
    sheet: Sheet,
    pieces: Form,
    named: Sequence[Piece],
    head: Head | None,
    qr: Qr | None,
    *,
    kind: str | None,
    second: bool,
) -> Number:
    """Returns the number with what speaks for its being the seller's, and the buyer's. `second`: no label
    names a buyer, and another firm's number stands above it, so that a title below both is near to the buyer.

    Only natural persons issue a recibo por honorarios (Ley del Impuesto a la Renta, art. 33); only who has a
    RUC is sold to with a factura (Reglamento de Comprobantes de Pago, art. 4): a DNI on one is that of
    somebody who travels or drives.
    """
    line = lettered(sheet.rows[n.row].text)
    before = line[: n.start]
    valid = n.kind == "6" and valid_ruc(n.value)
    theirs = SELLERS.search(n.label) is None and BUYERS.search(n.label) is not None
    third = _is_thirds(sheet, n, before) or _goes_on_third(sheet, n) or _is_aside(sheet, pieces, n)
    close = max((customer.closeness(sheet, label, pieces, n.left, n.y) for label in named), default=0.0)
    selling = {
        "its check digit holds": float(valid),
        "numbers above": float(order),
        "how far down": n.row / max(1, len(sheet.rows)),
        "firm beside": float(any(FORM.search(p.folded) for p in _around(pieces, n, sheet.em))),
        "signs at the foot": float(_signs(before, line[n.end :])) if n.row > 0.8 * len(sheet.rows) else 0.0,
        "seller's label": float(SELLERS.search(n.label) is not None),
        "buyer's label": float(theirs),
        "another party's": float(third),
        "as the symbol": float(n.value == qr.ruc) if qr else 0.0,
        "a person for a fee": float(kind == "02" and n.value[0] == "1"),
        "a firm for a fee": float(kind == "02" and n.value[0] != "1"),
        **(_by_title(sheet, n, head, second=second) if head is not None and head.sheet is sheet else {}),
    }
    buying = {
        "at the buyer's label": close,
        "buyer's label": float(theirs),
        "no RUC": float(SELLERS.search(n.label) is None and not theirs and n.kind != "6"),
        "another party's": float(third),
        "as the symbol": float(n.value == qr.customer_id) if qr else 0.0,
        "DNI on a factura": float(kind == "01" and n.kind == "1"),
    }
    if not third and not n.label and named and -6 <= n.row - named[0].row <= 8:
        buying["beside the buyer's block"] = 1.0
    elif not third and valid:
        buying["its check digit holds"] = 1.0
    sells, buys = weights.score("seller", selling), weights.score("buyer", buying)
    return replace(n, selling=selling, buying=buying, sells=sells, buys=buys)


def _by_title(sheet: Sheet, n: Number, head: Head, *, second: bool) -> dict[str, float]:
    """Returns what speaks for a seller's number by where the title stands."""
    apart = sheet.rows.index(head.row) - n.row
    column = abs(sheet.rows[n.row].word_at(n.start).x - head.x) < COLUMN * sheet.em and -4 <= apart <= 7
    boxed = _is_boxed(sheet, n, head)
    return {
        "in the title's rows": float(-3 <= apart <= 5 and (boxed or not (second and apart > 0))),
        "in the title's column": float((boxed and not apart) or column),
        "in the title's box": float(boxed),
    }


def _is_boxed(sheet: Sheet, n: Number, head: Head) -> bool:
    """True where a number heads the box of the title, line on line or in its row, as the law asks for the
    issuer's (Reglamento de Comprobantes de Pago, art. 9).
    """
    row = sheet.rows[n.row]
    cell, last = row.word_at(n.start).cell, sheet.rows.index(head.row)
    if row is head.row and any(
        min(head.x, c.x) < cell.x < max(head.x, c.x) for c in row.cells if serials(c.text)
    ):
        return True
    over = [
        next((c for c in row.cells if c.x0 < cell.x1 and cell.x0 < c.x1), None)
        for row in sheet.rows[n.row : last + 1]
    ]
    lines = [c for c in over if c is not None]
    return (
        len(over) > 1
        and len(lines) == len(over)
        and all(b.y - a.y < 1.8 * max(sheet.em, a.height) for a, b in itertools.pairwise(lines))
    )


def is_second(n: Number, numbers: Sequence[Number]) -> bool:
    """True where another firm's number stands above a number."""
    return any(o.row < n.row and o.value != n.value and o.kind == "6" and valid_ruc(o.value) for o in numbers)


def _is_thirds(sheet: Sheet, n: Number, before: str) -> bool:
    """True where another party's label stands before a number in its row. A firm in a cell of its own whose
    name begins so (`TRANSPORTES QANTU S.A.C.`) is no label.
    """
    row = sheet.rows[n.row]
    own = row.word_at(n.start).cell
    cells = [row.word_at(found.start).cell for found in _THIRD.find(before)]
    cells += [row.word_at(found.start()).cell for found in _BANK.finditer(before)]
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


def _signs(before: str, after: str) -> int:
    """Returns how much a RUC's row is a signature: 1 behind a name with its legal form, or between a name and
    an address; 2 between such a name and an address.
    """
    named = sum(c.isalpha() for c in before) >= 10
    return bool(FORM.search(before)) + (named and street_in(after) is not None)
