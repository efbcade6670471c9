"""Finds who sells and who buys: every number that may be a party's, what speaks for either, and the pair that
fits together.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from functions.extractor.invoice import Rival
from functions.extractor.peru.qr import Qr
from functions.extractor.peru.tokens import valid_ruc
from functions.extractor.reading import addressee, customer, form, supplier
from functions.extractor.reading.heading import Head
from functions.extractor.reading.identities import Number, numbers_in
from functions.extractor.reading.reading import Doubt, Reading, Seen
from functions.extractor.reading.table_columns import columns_of, in_row
from functions.extractor.reading.weighing import COLUMN, is_second, weighed
from functions.extractor.reading.weights import SHOWN
from functions.extractor.sheets.rows import Sheet

_FOR_GOOD, _ALONE = 2.0, 1.0
"""The `buys` from which the number that was taken for the seller's is doubted as the customer's; where no other
number is the customer's.
"""
_CUT_RUC = re.compile(r"\W*(?:\d{9,10}|\d{12,13})\W*")
"""The answer to a RUC's label that is none: a digit or two too few or too many."""
_ABOVE = 7
"""Rows above the title within which its box is."""
_BOXED = 2
"""Rows from the title to a number that stands alone in its row, of one box with it."""
_ASIDE = 3
"""Rows below a label in which a line of its own block shows."""
_CLOSE = 0.5
"""What a pair must be worth more than the best one with another seller, or with none."""
_SOMEBODY_SELLS = 2.0
"""What a pair with a seller is worth before anything speaks for it."""
_NAMED, _MARGIN = 1.0, 3.5
"""The `buys` from which a label names a number's owner as buyer; and by how much `sells` of the seller must
exceed that of a rival whom no label names.
"""


def read(sheets: Sequence[Sheet], head: Head | None, reading: Reading, *, qr: Qr | None = None) -> None:
    """Fills supplier and customer. A symbol's numbers speak for those that agree with them; they are not
    copied.
    """
    sheet = sheets[0]
    pieces = form.of(sheet)
    named = [
        p for p in customer.labels(pieces) if p.colon or not in_row(sheet.rows[p.row]) or _is_aside(sheet, p)
    ]
    found = [*numbers_in(sheet, pieces)]
    numbers = [
        weighed(
            n,
            order,
            sheet,
            pieces,
            named,
            head,
            qr,
            kind=reading.get("kind"),
            second=not named and is_second(n, found),
        )
        for order, n in enumerate(found)
    ]
    sellers = [n for n in numbers if n.kind == "6" and not _is_instead(n, sheet, pieces, head)]
    pairs = heapq.nlargest(SHOWN, _pairs(sellers, numbers), key=lambda p: p[0])  # the first of equals
    reading.rivals += [_rival(*pair) for pair in pairs]
    best, seller, buyer = pairs[0]
    second = next((score for score, other, _ in pairs if other is not seller), best - _CLOSE)
    if seller is not None:
        if seller.buys >= (_ALONE if buyer is None else _FOR_GOOD):
            reading.doubts.add(Doubt.BUYERS_RUC)
        if best - second < _CLOSE or _may_be_other(seller, buyer, numbers):
            reading.doubts.add(Doubt.OTHER_SELLER)
        reading.put("supplier.ruc", seller.seen(sheet))
    if buyer is not None:
        seen = buyer.seen(sheet)
        reading.put("customer.id", seen)
        reading.put("customer.id_type", Seen(buyer.kind, buyer.label, seen.box))
    spots = [None if n is None else (n.left, n.y) for n in (buyer, seller)]
    reading.put("customer.name", customer.name(sheet, pieces, named, *spots))
    supplier.name(sheet, pieces, head, reading, None if seller is None else (seller.row, seller.start))
    addressed = buyer is not None or reading.get("kind") == "14"
    if not named and "customer.name" not in reading.fields and addressed:
        reading.put("customer.name", addressee.name(sheet, reading.get("supplier.name")))


def _is_aside(sheet: Sheet, label: form.Piece) -> bool:
    """True where a label beside a table's headings heads a block of its own: its answer stands before the first
    heading, or of the lines below it, at its edge, one stands beside no line of the table.
    """
    row = sheet.rows[label.row]
    first = next((c.x0 for c in columns_of(row) if c.name != "other"), -1e9)
    if label.cell is row.cells[0] and sum(c.x1 < first for c in row.cells) > 1:
        return True
    below = sheet.rows[label.row + 1 : label.row + 1 + _ASIDE]
    alone = [row.cells[0].x0 for row in below if len(row.cells) == 1]
    return any(abs(x0 - label.left) < 0.5 * sheet.em for x0 in alone)


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


def _is_instead(seller: Number, sheet: Sheet, pieces: form.Form, head: Head | None) -> bool:
    """True where a number outside of the title's column was taken for the seller's while a RUC in that column
    has too few digits or too many: that is the issuer's, and the one taken may be the buyer's.
    """
    if head is None or head.sheet is not sheet or seller.selling.get("in the title's column"):
        return False
    at = sheet.rows.index(head.row)
    return any(
        piece.role == "id"
        and re.sub(r"\W", "", piece.label).startswith("RUC")
        and _CUT_RUC.fullmatch(piece.text) is not None
        and (abs(piece.left - head.x) < COLUMN * sheet.em or (len(row) == 1 and abs(number - at) < _BOXED))
        for number, row in enumerate(pieces[: at + _BOXED])
        for piece in row
        if number >= at - _ABOVE
    )


def _pairs(
    sellers: Sequence[Number], numbers: Sequence[Number]
) -> Iterator[tuple[float, Number | None, Number | None]]:
    """Yields every seller's and buyer's number that may go together, with how well they do. Either may be
    missing.

    What stands with a customer's label weighs against the seller as much as for the buyer, so that a page's
    only number is not taken for the seller's where it stands with such a label.
    """
    for seller in (*sellers, None):
        for buyer in (*(n for n in numbers if n.buys > 0), None):
            if seller is None:
                yield 0.0 if buyer is None else buyer.buys, None, buyer
                continue
            if buyer is not None and (buyer is seller or seller.value == buyer.value):
                continue
            if _is_buyers(seller) and (buyer is None or buyer.buys < seller.buys + 1.0):
                continue
            score = _SOMEBODY_SELLS + seller.sells - max(0.0, seller.buys)
            yield score + (0.0 if buyer is None else buyer.buys), seller, buyer


def _is_buyers(seller: Number) -> bool:
    """True where more speaks for a number's being the buyer's."""
    return seller.sells - seller.buys <= -0.5


def _rival(score: float, seller: Number | None, buyer: Number | None) -> Rival:
    """Returns a pair as a candidate, its reasons summed over both."""
    reasons = Counter[str]()
    if seller is not None:
        reasons.update({f"seller: {name}": value for name, value in seller.selling.items()})
        if seller.buys > 0:
            reasons.subtract({f"buyer: {name}": value for name, value in seller.buying.items()})
    if buyer is not None:
        reasons.update({f"buyer: {name}": value for name, value in buyer.buying.items()})
    told = " > ".join("-" if n is None else n.value for n in (seller, buyer))
    return Rival("parties", told, score, tuple((name, value) for name, value in reasons.items() if value))
