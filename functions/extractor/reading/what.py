"""Tells what a document is when it is no comprobante, so that it is named and not forced into one.

Titles decide: the comprobante's own with its series and number, or another paper's title before it. Where
neither does, what speaks for a comprobante is weighed against the words of `peru/natures.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from functions.extractor.invoice import NotInvoice
from functions.extractor.peru import natures
from functions.extractor.peru.kinds import GUIDES, TITLE
from functions.extractor.peru.qr import Qr
from functions.extractor.peru.tokens import days, fold, lettered, rucs, serials
from functions.extractor.peru.wording import Wording
from functions.extractor.reading import modified, pairing
from functions.extractor.reading.pairing import Titled
from functions.extractor.reading.reading import Reading
from functions.extractor.reading.title import Reason
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Sheet

_SAID = Wording(
    (
        ("disowned", "NO COMPROBANTE, NO TRIBUTARIO, SIN TRIBUTARIO, SIN FISCAL"),
        ("told", "HA EMITIDO, HA RECIBIDO FACTURA, HA RECIBIDO BOLETA, ENCUENTRA VENCIDA"),
        ("told", "CANJEE BOLETA, CANJEE FACTURA, CANJEAR BOLETA, CANJEAR FACTURA, CANJEABLE BOLETA"),
    ),
    between="ES TIENE VALIDO COMO VALOR UN UNA ESTE ESTA TICKET DOCUMENTO ELECTRONICA VENTA PAGO",
    titles=True,
)
"""Phrases of papers that say that they are no comprobante, or that write about one or promise one."""
_SERVED = Wording(
    (
        (
            "service",
            (
                "SUMINISTRO, LECTURA, CONSUMO, MEDIDOR, TELEFONO, TELEFONIA, ABONADO, INTERNET, PLAN, "
                "SERVICIO, KWH, M3, ALCANTARILLADO, ENERGIA, AGUA"
            ),
        ),
    )
)
"""Words of services: a receipt is a service bill only where it has one of them."""
_TAX = Wording(
    (
        ("tax", "IGV"),
        ("taxable", "OPERACION GRAVADA"),
        ("electronic", "COMPROBANTE ELECTRONICO, COMPROBANTE PAGO ELECTRONICO"),
        ("printed", "REPRESENTACION IMPRESA"),
        ("administration", "SUNAT"),
        ("taxpayer", "RUC"),
    )
)
_SHOWN = 4
"""Points from which a paper shows what it is: one phrase that no other paper has, or two that few others
have.
"""
_ENOUGH = 5
"""Points from which a page speaks for a comprobante; one less suffices a picture, which may have lost its
title.
"""


_SMALLER = 0.9
"""The height of a phrase that is no title, at most, beside that of the title."""
_PRODUCT = {"quantity", "unit_price", "amount"}
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Nature:
    """The nature of pages. `what` is None for a comprobante, or for pages that may be one. `shown`: they say
    so themselves; otherwise too little was found.
    """

    what: NotInvoice | None
    shown: bool = True


def judge(sheets: Sequence[Sheet], reading: Reading | None, codes: Sequence[Qr]) -> NotInvoice | None:
    """Returns what the pages are, or None when they are a comprobante (or may be one)."""
    return nature(sheets, reading, codes).what


def nature(sheets: Sequence[Sheet], reading: Reading | None, codes: Sequence[Qr]) -> Nature:
    """Returns what the pages are, and whether they show it by a title, a symbol, or words that only such a
    paper has.
    """
    kinds = {c.kind for c in codes if c.kind is not None}
    if kinds:
        return Nature(
            None if any(c.is_invoice for c in codes) else "delivery_guide" if kinds & {*GUIDES} else "other"
        )
    if reading is None or sum(c.isalnum() for s in sheets for c in s.text) < 20:  # a face, a wall, a table
        return Nature("photo", shown=False)
    text = lettered(fold(" ".join(s.text for s in sheets)))
    choice = pairing.choose(sheets, modified.regions(sheets))
    points = natures.points(text)
    best = max(points, key=lambda name: points[name], default=None)
    if best == "bank_transfer":  # a wallet's payment looks like a bank's and names the wallet
        wallets: list[NotInvoice] = [wallet for wallet in points if wallet in ("yape", "plin")]
        best = wallets[0] if wallets else best
    titled, numbered = _titled(sheets, choice)
    if titled == "other" and best is not None and points[best] >= _SHOWN:
        titled = best
    whole = _is_whole(choice, text) and not (titled and numbered)
    against = 0 if best is None else points[best]
    said = _SAID.names(text)
    told = "disowned" in said or ("told" in said and not (reading.items and whole))
    if best == "foreign" and _is_foreign(text, reading, against, whole=whole):
        return Nature("foreign")
    if told or (titled is not None and not whole) or _is_listed(choice):
        return Nature(titled or best or "other")
    if whole or _is_likely(reading, choice, text, against):
        return Nature(None)
    return _short_of_one(best, against, reading, titled=choice.head is not None and choice.head.own)


def _is_listed(choice: Titled) -> bool:
    """True where the number is one of a list of comprobantes: a statement of account, what is to be paid, what
    was. Each row of such a list has another number with its day and amount.
    """
    numbered = choice.numbered
    if numbered is None:
        return False
    listed = {
        id(row): serials(row.text)[:1]
        for row in numbered.sheet.rows
        if serials(row.text) and days(row.text) and money(row.text)
    }
    others = {(one.series, one.number) for first in listed.values() for one in first}
    return len(others) > 1 and id(numbered.row) in listed


def _short_of_one(best: NotInvoice | None, against: int, reading: Reading, *, titled: bool) -> Nature:
    """Returns what pages are if too little was found for a comprobante and nothing calls them by another
    name.
    """
    if against < _SHOWN and best in (None, "other") and not titled and _goes_on(reading):
        return Nature("continuation", shown=False)
    return Nature(best or "other", shown=best not in (None, "other") and against >= _SHOWN)


def _goes_on(reading: Reading) -> bool:
    """True where a page without issuer and number shows its sums or lines that multiply, as later pages of a
    comprobante do.
    """
    if any(reading.get(path) is not None for path in ("supplier.ruc", "series", "number")):
        return False
    lines = [
        [item[part].value for part in ("quantity", "unit_price", "amount")]
        for item in reading.items
        if item.keys() >= _PRODUCT
    ]
    sums = sum(reading.get(path) is not None for path in ("taxable", "igv", "total"))
    return sums >= 2 or sum(abs(quantity * price - amount) <= _CENT for quantity, price, amount in lines) >= 2


def _titled(sheets: Sequence[Sheet], choice: Titled) -> tuple[NotInvoice | None, bool]:
    """Returns the other paper whose title stands before a comprobante's own, and whether a number of its own
    stands with it or below it.

    The title is a phrase of its own in the upper part of the first page, no label, and not set smaller than the
    comprobante's: `GUIA DE REMISION T001-54691` in its form.
    """
    sheet, head, numbered = sheets[0], choice.head, choice.numbered
    for number, row in enumerate(sheet.rows):
        if number > 0.4 * len(sheet.rows) + 4 or (head and head.own and row is head.row):
            break
        for cell in row.cells:
            line = lettered(cell.text)
            what = natures.titled(line) if len(line) < TITLE else None
            small = head is not None and head.own and cell.height < _SMALLER * head.cell.height
            if what is None or ":" in line or small:
                continue
            below = [
                c
                for r in sheet.rows[number + 1 : number + 3]
                for c in r.cells
                if c.x0 < cell.x1 and cell.x0 < c.x1
            ]
            return what, any(
                serials(c.text) and not (numbered and c is numbered.cell) for c in [*below, cell]
            )
    return None, False


def _is_whole(choice: Titled, text: str) -> bool:
    """True where a comprobante's own title stands with a series and number that fit it, on a page with a RUC
    or words of the tax law.
    """
    head, numbered = choice.head, choice.numbered
    if head is None or numbered is None or not head.own or head.labelled:
        return False
    together = {*pairing.together(head, numbered)}
    family = Reason.FAMILY in numbered.reasons or head.kind == "12"  # a till's series is that of the machine
    named = any(r.valid for r in rucs(text)) or (Reason.TOUCH in together and bool(_TAX.find(text)))
    return {Reason.FITS, Reason.NEAR} <= together and family and named


def _is_foreign(text: str, reading: Reading, points: int, *, whole: bool) -> bool:
    """True where the paper is another country's: it has its words, and no sign of an issuer here, neither a
    RUC nor IGV.

    Where many words say so, a RUC without a title and number that fit is its customer's.
    """
    ours = (
        reading.get("supplier.ruc") is not None
        or any(r.valid for r in rucs(text))
        or "IGV" in text.replace(".", "")
    )
    return points >= 2 and (not ours or (points >= _ENOUGH and not whole))


def _is_likely(reading: Reading, choice: Titled, text: str, against: int) -> bool:
    """True where enough speaks for a comprobante: title, issuer, series and number, a total, words of the tax
    law.

    A text layer has lost nothing: it must have series, number and total. A picture may have been cut or
    misread, and needs less.
    """
    drawn = reading.source == "ocr"
    head = (
        choice.head
        if choice.head and choice.head.own and not (choice.head.kind == "14" and not _SERVED.find(text))
        else None
    )
    serial, ruc, total = (reading.get(path) is not None for path in ("series", "supplier.ruc", "total"))
    if not ((serial and total) or (drawn and serial + ruc + total >= 2 and (head or serial))):
        return False
    tall = head is not None and len(head.reasons) >= _ENOUGH
    points = 3 * (head is not None) + 2 * tall + 2 * ruc + 2 * serial + min(2, len(_TAX.names(text)))
    if against >= max(2, points) and not (serial and tall):
        return False
    return points >= (_ENOUGH if head is not None else _ENOUGH - 1) and (drawn or head is not None)
