"""Finds the supplier's name: the phrase that stands with its RUC and its address, told from logos, trade
names and slogans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from functions.extractor.invoice import Rival
from functions.extractor.peru.firms import FORM, INSTITUTIONS
from functions.extractor.peru.tokens import lettered, serials
from functions.extractor.reading import weights
from functions.extractor.reading.form import Form
from functions.extractor.reading.heading import Head
from functions.extractor.reading.names import (
    OWN_LABEL,
    Line,
    bare,
    ends_legal,
    is_address,
    is_form,
    is_name,
    is_person,
    phrases,
    whole,
)
from functions.extractor.reading.reading import Doubt, Place, Reading, Seen, place
from functions.extractor.reading.totals import money
from functions.extractor.reading.weights import SHOWN, Reasons
from functions.extractor.sheets.rows import Cell, Row, Sheet

_SLOGAN = (
    "DE", "VENTA", "SERVICI", "COMERCI", "FABRICA", "IMPORTACI", "EXPORT", "DISTRIBU", "NOTARIO", "ABOGAD",
    "CONTADOR", "MEDICO",
)  # fmt: skip
"""How lines begin that say what a firm does."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A phrase that may be the supplier's name, with the lines over which it is written, and how much speaks
    for it.

    `headed`: it stands above all amounts, or at an address or the RUC.
    """

    score: float
    reasons: tuple[tuple[str, float], ...]
    text: str
    lines: tuple[Line, ...]
    legal: bool
    doubt: str | None
    headed: bool

    def where(self, sheet: Sheet) -> Place:
        """Returns the place of all its lines."""
        spots = []
        for row, cell in self.lines:
            at = row.text.find(cell.text)
            spots.append(place(sheet, row, at, at + len(cell.text)) if at >= 0 else place(sheet, row))
        return (
            sheet.index,
            min(p[1] for p in spots),
            min(p[2] for p in spots),
            max(p[3] for p in spots),
            max(p[4] for p in spots),
        )


def name(
    sheet: Sheet, pieces: Form, head: Head | None, reading: Reading, seller: tuple[int, int] | None
) -> None:
    """Fills the supplier's name. `seller` is the row of the RUC and its offset there. A rival name becomes a
    doubt.
    """
    ruc = reading.get("supplier.ruc") or ""
    person = ruc.startswith("10")
    found = sorted(
        _named(sheet, pieces, head, reading, seller, persons=1.0 if person else 0.5 * ruc.startswith("1")),
        key=lambda n: -n.score,
    )
    reading.rivals += [Rival("supplier.name", n.text, n.score, n.reasons) for n in found[:SHOWN]]
    if not found or found[0].score <= -2.0:
        return
    best = found[0]
    if person and is_person(best.text, least=2) and not is_person(best.text):
        best = next(
            (n for n in found if n.headed and is_person(n.text)), best
        )  # a trade: INGENIERA AMBIENTAL
    if not best.legal and not person:
        # A trade name or a logo whose firm signs at the foot: CUMBRERA, Cumbrera Ingeniería S.A.C. | Av. …
        best = next((n for n in found if n.legal and _holds(n.text, best.text)), best)
    reading.put("supplier.name", Seen(best.text, best.lines[0][1].text, best.where(sheet)))
    rival = best.doubt or next((n.text for n in found[1:] if _rivals(best, n, person=person)), None)
    if rival is None and person and not is_person(best.text):
        rival = best.text  # a person's shop: the RUC names the person and not the shop
    if rival is not None:
        reading.doubts.add(Doubt.OTHER_NAME)


def _holds(name: str, part: str) -> bool:
    """True where a name has the words of another, one after the other."""
    words, others = (" ".join(re.findall(r"\w+", lettered(text))) for text in (name, part))
    return f" {others} " in f" {words} "


def _rivals(best: _Named, other: _Named, *, person: bool) -> bool:
    """True where another phrase might as well be the name."""
    if bare(other.text) in bare(best.text) or bare(best.text) in bare(other.text):
        return False
    if person:
        return is_person(other.text) and other.score > best.score - 2.5
    if best.legal and not other.legal:
        # A firm's name has its legal form, a slogan has none; but the form may be that of the firm's group.
        return (
            bool(re.match(r"GRUPO\b", lettered(best.text)))
            and len(other.text.split()) > 1
            and other.score > best.score - 4.0
        )
    margin = (3.8 if other.headed else 2.0) if best.legal else 0.6
    return other.score > best.score - margin


def _named(
    sheet: Sheet,
    pieces: Form,
    head: Head | None,
    reading: Reading,
    seller: tuple[int, int] | None,
    *,
    persons: float,
) -> Iterator[_Named]:
    """Yields every phrase that may be the name. `persons` is how likely the RUC is a natural person's: one
    that begins with 10 is, with 15 or 17 it may be.
    """
    customer = reading.fields.get("customer.name")
    goods = next((n for n, row in enumerate(sheet.rows) if money(row.text)), len(sheet.rows))
    asking = {id(p.cell) for row in pieces for p in row if p.role is not None and p.left <= p.cell.x0}
    for number, row in enumerate(sheet.rows):
        labels = [p for p in pieces[number] if p.role is not None]
        for cell in phrases(row):
            piece = next((p for p in labels if p.cell.x0 <= cell.x0 <= p.cell.x1 + 0.1), None)
            own = bool(OWN_LABEL.match(lettered(cell.text)))
            if (
                piece is not None
                and not own
                and piece.left < cell.x0 + sheet.em
                and not (piece.role == "name" and not piece.colon and ends_legal(lettered(cell.text)))
            ):
                continue
            lines, text, doubt = whole(sheet, row, cell, person=persons == 1.0)
            legal = bool(FORM.search(lettered(text)))
            if (
                _is_sentence(lettered(text))
                or any(
                    id(c) in asking and not OWN_LABEL.match(lettered(c.text))
                    for _, c in lines
                    if c is not cell
                )
                or not is_name(text)
                or is_form(text)
                or serials(text)
                or _is_in(customer, sheet, row, cell, text)
            ):
                continue
            if seller is None and head is None and not legal:
                continue  # a torn sheet: its first phrase may be anything
            folded = lettered(text)
            beside = _company(sheet, pieces, number, lines[-1][1], seller)
            near = "address right below" in beside or not beside.keys().isdisjoint(_AT_RUC)
            placed = near or number < goods
            a_person = persons > 0 and is_person(text, least=2)
            full = a_person and is_person(text)
            reasons = {
                "legal form": float(legal),
                "label of its own": float(own),
                "large letters": min(1.5, cell.height / sheet.em - 1.0),
                "capitals": float(text == text.upper()),
                "institution": float(folded.startswith(INSTITUTIONS)),
                "short": float(len(text) < 8),
                "one word": float(len(text.split()) == 1),
                "tens of rows above": number / 10,
                "the customer's name": float(customer is not None and bare(customer.value) == bare(text)),
                "a person's RUC and whole name": persons * (full and placed),
                "a person's RUC and name": persons * (a_person and not full and placed),
                "a person's RUC and a name elsewhere": persons * (a_person and not placed),
                "a person's RUC and a firm": float(not a_person and persons == 1.0 and legal),
                "says what is done": float(not a_person and folded.startswith(_SLOGAN) and not legal),
                **beside,
            }
            told = tuple((name, value) for name, value in reasons.items() if value)
            score = weights.score("supplier.name", reasons)
            yield _Named(score, told, text, lines, legal, doubt, placed)


def _is_sentence(line: str) -> bool:
    """True where words stand on both sides of a firm's name: `En el proceso contra X S.A.C. ante`."""
    form = FORM.search(line)
    behind = [] if form is None else re.findall(r"[A-Z]{2,}", line[form.end() :])
    return form is not None and line[: form.start()].count(" ") > _LONG and len(behind) > _LONG / 2


_LONG = 6
"""Words before a firm's legal form, from which as many as half of them behind it make a sentence."""


def _company(sheet: Sheet, pieces: Form, number: int, cell: Cell, seller: tuple[int, int] | None) -> Reasons:
    """Returns what speaks for a phrase by its neighbours: an address without a label right below it, and the
    RUC beside it, or above or below it in its column.
    """
    reasons: Reasons = {}
    below = [
        c for row in sheet.rows[number + 1 : number + 4] for c in row.cells if _is_under(c, cell, sheet.em)
    ]
    labelled = {id(p.cell) for row in pieces[number + 1 : number + 4] for p in row if p.role is not None}
    if any(is_address(c.text) and id(c) not in labelled for c in below):
        reasons["address right below"] = 1.0
    if seller is not None:
        word = sheet.rows[seller[0]].word_at(seller[1]).cell
        away = abs(word.y - cell.y) / max(sheet.em, 0.8 * cell.height)
        column = min(abs(word.x0 - cell.x0), abs(word.x - cell.x) / 3) < 2 * sheet.em
        reach = next((name for limit, name in _REACHES[column] if away < limit), None)
        if reach is not None:
            reasons[reach] = 1.0
        reasons["tens of lines from the RUC"] = min(away, 40) / 10
    return reasons


_AT_RUC = ("RUC right at it", "RUC near it")
_REACHES = {
    True: ((2.2, "RUC right at it"), (4.0, "RUC near it"), (7.0, "RUC in its column")),
    False: ((6.0, "RUC beside its column"),),
}
"""By whether the RUC stands in a phrase's column: the line heights between them, and what that is called."""


def _is_under(low: Cell, high: Cell, em: float) -> bool:
    aligned = abs(low.x0 - high.x0) < 1.5 * em or abs(low.x - high.x) < 2 * em
    return aligned and 0 < low.y - high.y < 3.4 * max(em, 0.8 * high.height)


def _is_in(customer: Seen | None, sheet: Sheet, row: Row, cell: Cell, text: str) -> bool:
    """True where a phrase stands where the customer's name was read, or is the heading right above it."""
    if customer is None or customer.box is None:
        return False
    at = row.text.find(cell.text)
    spot = place(sheet, row, at, at + len(cell.text)) if at >= 0 else place(sheet, row)
    _, x0, y0, x1, y1 = customer.box
    if not FORM.search(lettered(text)) and _heads(customer, sheet, row, cell):
        return True
    alike = bare(text) in bare(customer.value) or bare(customer.value) in bare(cell.text)
    return alike and spot[1] < x1 and x0 < spot[3] and spot[2] < y1 and y0 < spot[4]


def _heads(customer: Seen, sheet: Sheet, row: Row, cell: Cell) -> bool:
    """True where a phrase stands right above the customer's name, at its edge: unless it is a firm's, it says
    whose name it is, `SOLICITANTE / PAGADOR`.
    """
    number = sheet.rows.index(row)
    below = [c for r in sheet.rows[number + 1 : number + 3] for c in r.cells]
    return any(
        abs(c.x0 - cell.x0) < sheet.em
        and 0 < c.y - cell.y < 1.9 * max(sheet.em, cell.height)
        and bare(c.text)
        and bare(customer.value).startswith(bare(c.text))
        for c in below
    )
