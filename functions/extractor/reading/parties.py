"""Finds who sells and who buys: every number that may be a party's, what speaks for either, and the pair that
fits together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from functions.extractor.peru.qr import Qr
from functions.extractor.peru.tokens import valid_ruc
from functions.extractor.reading import addressee, customer, form, supplier
from functions.extractor.reading.heading import Head
from functions.extractor.reading.identities import Number, numbers_in
from functions.extractor.reading.reading import Doubt, Reading, Seen
from functions.extractor.reading.table_columns import in_row
from functions.extractor.reading.weighing import is_second, weighed
from functions.extractor.sheets.rows import Sheet

_FOR_GOOD = 2.0
"""The `buys` from which the number that was taken for the seller's is doubted as the customer's."""
_PERSON = 3.0
"""What a person's RUC speaks for the one who sells a fee, and a firm's against it."""
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
    named = [p for p in customer.labels(pieces) if p.colon or not in_row(sheet.rows[p.row])]
    found = [*numbers_in(sheet, pieces)]
    numbers = [
        weighed(n, order, sheet, pieces, named, head, qr, second=not named and is_second(n, found))
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
        reading.put("customer.name", addressee.name(sheet, reading.get("supplier.name")))


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
