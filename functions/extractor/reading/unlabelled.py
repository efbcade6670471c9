"""Finds the customer's name where no label names it: beside the customer's number, above it, or below."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from functions.extractor.peru.firms import FORM, LINKS
from functions.extractor.peru.tokens import lettered
from functions.extractor.reading.form import Form, Piece
from functions.extractor.reading.identities import STAFF
from functions.extractor.reading.names import ends_legal, goes_on, is_address, is_form, is_name, is_person
from functions.extractor.reading.reading import Seen, around, place
from functions.extractor.sheets.rows import Cell, Row, Sheet

Spot = tuple[float, float]
"""The place where a number's label begins: x, y."""
_APART = 12.0
"""Line heights from which the seller's number stands in another column than the buyer's."""
BLOCK = 2.2
"""Line heights between the lines of one address."""
_GREETING = re.compile(r"^(?:hola|estimad[oa]s?)\W+", re.IGNORECASE)


def name(sheet: Sheet, pieces: Form, buyer: Spot, seller: Spot | None) -> Seen | None:
    """Returns the name in the number's own phrase, else the one above it, else the one below it."""
    return (
        _in_its_phrase(sheet, pieces, buyer)
        or _above(sheet, pieces, buyer, seller)
        or _below(sheet, pieces, buyer)
    )


def _in_its_phrase(sheet: Sheet, pieces: Form, buyer: Spot) -> Seen | None:
    """Returns the name that stands behind a number in its phrase, or before its label:
    `DNI 08551240 MEZA TORIBIO DE ARIAS`, `Lucía Farfán de Córdova, DNI 03672281`.
    """
    own = next((p for row in pieces for p in row if (p.left, p.y) == buyer), None)
    if own is None:
        return None
    said = re.match(r"\W*\d{8,12}\W+", own.text)
    before = next((p for p in pieces[own.row] if p.cell is own.cell and p.role is None), None)
    name = own.text[said.end() :] if said else "" if before is None else before.text.rstrip(" ,-–·|")
    if not (is_name(name) and (is_person(name, least=2 if said else 3) or ends_legal(lettered(name)))):
        return None
    return Seen(name, name, around(sheet, [own.cell]))


def _above(sheet: Sheet, pieces: Form, buyer: Spot, seller: Spot | None) -> Seen | None:
    """Returns the name with which an address block without labels begins: the topmost line over the number,
    in the same column, flush left or right, below the seller's number and any amounts.
    """
    left, y = buyer
    own = next((p.cell for row in pieces for p in row if (p.left, p.y) == buyer), None)
    found: Seen | None = None
    legal = False
    apart = seller is not None and abs(seller[0] - left) > _APART * sheet.em
    last = y
    for number, above in reversed(
        [(n, row) for n, row in enumerate(sheet.rows) if row.y < y - 0.5 * sheet.em]
    ):
        cell = _in_column(pieces[number], left, own, sheet.em)
        if (
            _is_sold(above, cell)
            or y - above.y > 9 * sheet.em
            or (seller is not None and not apart and seller[1] >= above.y - 0.3 * sheet.em and seller[1] < y)
        ):
            break
        if cell is None:
            continue
        close = last - cell.y < BLOCK * sheet.em
        if not close and (apart or is_address(cell.text)):
            break
        last = cell.y
        at = above.text.index(cell.text)
        spot = place(sheet, above, at, at + len(cell.text))
        if legal:
            named = not LINKS.issuperset(lettered(cell.text).split())
            if found is not None and close and named and goes_on(cell.text, found.value):
                found = Seen(f"{cell.text} {found.value}", cell.text, spot)
            break
        if is_address(cell.text):
            found = None  # what was found below a street is its town
        legal = bool(FORM.search(lettered(cell.text))) and not is_form(cell.text)
        if is_name(cell.text) and (found is None or legal):
            form_below = next(
                (
                    p.text
                    for row in pieces[number + 1 : number + 3]
                    for p in row
                    if abs(p.left - left) < 2 * sheet.em and is_form(p.text)
                ),
                "",
            )
            text = _GREETING.sub("", f"{cell.text} {form_below}".strip())
            found = Seen(text, cell.text, spot)
            if form_below:
                break
    return found


def _in_column(row: Sequence[Piece], left: float, own: Cell | None, em: float) -> Cell | None:
    """Returns the phrase without a label that begins at an edge, or ends where a number's cell does."""
    return next(
        (
            p.cell
            for p in row
            if p.role is None
            and (abs(p.left - left) < 2 * em or (own is not None and abs(p.cell.x1 - own.x1) < 0.2 * em))
        ),
        None,
    )


def _is_sold(row: Row, cell: Cell | None) -> bool:
    """True where a row ends in an amount, unless that stands in a box beside a person's or a firm's name."""
    named = cell is not None and (is_person(cell.text) or FORM.search(lettered(cell.text)) is not None)
    return re.search(r"\d[.,]\d\d$", row.text) is not None and not named


def _below(sheet: Sheet, pieces: Form, buyer: Spot) -> Seen | None:
    """Returns the firm whose name stands right below a number, in its column, its legal form perhaps in a row
    of its own, or below a person's identity the person who is named there alone.
    """
    left, y = buyer
    own = next((p for row in pieces for p in row if (p.left, p.y) == buyer), None)
    person = own is not None and re.match(r"\W*(?:10\d{9}|\d{8})(?!\d)", own.text) is not None
    for row, after in itertools.zip_longest(sheet.rows, sheet.rows[1:]):
        for cell in row.cells if 0.5 * sheet.em < row.y - y < 2.2 * sheet.em else ():
            near = after.cells if after and after.y - row.y < BLOCK * sheet.em else ()
            forms = [c for c in near if is_form(c.text) and abs(c.x0 - left) < sheet.em]
            text = " ".join(c.text for c in (cell, *forms))
            if person and cell is row.cells[0] and is_person(row.text):
                text = row.text  # an engine parts a person's names at wide spaces
            alone = person and is_person(text) and text == row.text and STAFF.first(lettered(text)) is None
            named = ends_legal(lettered(text)) or alone
            if abs(cell.x0 - left) < 2 * sheet.em and named and is_name(text):
                return Seen(text, text, around(sheet, [cell, *forms]))
    return None
