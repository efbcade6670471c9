"""Reads invoices from pages: which pages and parts of a page belong together, then everything that each
invoice says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from functions.extractor.invoice import Source
from functions.extractor.peru.qr import Qr, parse
from functions.extractor.reading import currency, fees, heading, items, parties, totals, words
from functions.extractor.reading.reading import Reading, Seen
from functions.extractor.sheets import blocks
from functions.extractor.sheets.rows import Sheet

Identity = tuple[str, str]
"""Series and number."""


def read(sheets: Sequence[Sheet], source: Source, *, qr: Qr | None = None) -> Reading:
    """Returns everything that the sheets of one invoice say. The QR only helps to tell the supplier from
    others; its values are not copied.
    """
    reading = Reading(
        source, pages=tuple(s.index for s in sheets), conf=min((s.conf for s in sheets), default=0.0)
    )
    sheets = blocks.own(_originals(sheets))
    head = heading.read(sheets, reading)
    parties.read(sheets, head, reading, qr=qr)
    if reading.get("kind") == "04":
        # Its issuer is the buyer (Reglamento de Comprobantes de Pago, art. 6): the other party named sells.
        reading.fields = {
            path: seen for path, seen in reading.fields.items() if not path.startswith("customer.")
        }
    goods = items.read(sheets, head)
    spelled = words.find(sheets)
    values = [s.value for s in spelled if s.value is not None]
    behind = totals.read(sheets, reading, goods, words=values)
    reading.items = [*goods.items, *items.among(sheets, behind)]
    currency.read(sheets, reading)
    total = reading.get("total")
    if reading.get("kind") == "02":
        reading.items = fees.read(sheets, reading)
    if spelled:
        best = next((s for s in spelled if s.value == total), spelled[0])
        reading.put("amount_in_words", Seen(best.text, best.text, best.box))
    return reading


def _originals(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Returns the sheets without further copies (for the issuer, for SUNAT). A copy has a total, and its
    amounts are nearly all those of a sheet before it.
    """
    kept: list[tuple[Sheet, Counter[Decimal]]] = []
    for sheet in sheets:
        sums = Counter(a.value for row in sheet.rows for a in totals.money(row.text))
        whole = len(sheets) > 1 and any(c.name == "total" for c in totals.claims([sheet]))
        if not whole or not any(
            (sums & other).total() >= 0.85 * max(sums.total(), other.total(), 3) for _, other in kept
        ):
            kept.append((sheet, sums))
    return [sheet for sheet, _ in kept]


def group(sheets: Sequence[Sheet]) -> list[list[Sheet]]:
    """Returns the pages in order as groups of one invoice each. A page whose title or symbol has another
    series and number begins a new group.
    """
    groups: list[list[Sheet]] = []
    known: set[Identity] = set()
    for sheet in sheets:
        if not sheet.rows:
            continue
        found = _identities(sheet)
        if not groups or (found and known.isdisjoint(found)):
            groups.append([])
            known = set()
        groups[-1].append(sheet)
        known |= found
    return groups


def _identities(sheet: Sheet) -> set[Identity]:
    """Returns the series and number that a page's title and its symbols give it; none for a page that goes on
    with the one before it.
    """
    reading = Reading("text")
    titled = heading.read([sheet], reading) is not None
    symbols = [
        parsed for code in sheet.codes if (parsed := parse(code.text)) is not None and parsed.is_invoice
    ]
    serials = [(reading.get("series"), reading.get("number")), *((s.series, s.number) for s in symbols)]
    return {(series, number) for series, number in serials[0 if titled else 1 :] if series and number}
