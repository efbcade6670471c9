"""Pages to invoices: which pages and parts of a page belong together, then everything that each one says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from functions.extractor import heading, items, parties, totals, words
from functions.extractor.invoice import Source
from functions.extractor.qr import Qr
from functions.extractor.reading import Reading, Seen
from functions.extractor.rows import Sheet


def read(sheets: Sequence[Sheet], source: Source, *, qr: Qr | None = None) -> Reading:
    """Everything that the sheets of one invoice say. The QR only helps to tell the supplier from others; its values are not copied."""
    reading = Reading(source, pages=tuple(s.index for s in sheets), conf=min((s.conf for s in sheets), default=0.0))
    sheets = _originals(sheets)
    head = heading.read(sheets, reading)
    parties.read(sheets, head, reading, qr_ruc=None if qr is None else qr.ruc)
    reading.items, starts, named = items.read(sheets, head)
    spelled = words.find(sheets)
    values = [s.value for s in spelled if s.value is not None]
    totals.read(sheets, reading, start=starts, table=named, words=values)
    heading.currency(sheets, reading)
    total = reading.get("total")
    if reading.get("kind") == "02":
        reading.items = items.fees(sheets, reading) or reading.items
    if spelled:
        best = next((s for s in spelled if s.value == total), spelled[0])
        reading.put("amount_in_words", Seen(best.text, best.text, best.box))
        if best.value is not None:
            reading.extras["spelled"] = Seen(best.value, best.text, best.box)
    return reading


def _originals(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets without further copies (for the issuer, for SUNAT): one with a total whose amounts are all those of a sheet before."""
    kept: list[tuple[Sheet, Counter[Decimal]]] = []
    for sheet in sheets:
        sums = Counter(a.value for row in sheet.rows for a in totals.money(row.text))
        whole = len(sheets) > 1 and any(c.name == "total" for c in totals.claims([sheet]))
        if not whole or not any((sums & other).total() >= 0.85 * max(sums.total(), other.total(), 3) for _, other in kept):
            kept.append((sheet, sums))
    return [sheet for sheet, _ in kept]


def identity(sheet: Sheet) -> tuple[str | None, str | None, str | None]:
    """Supplier, series and number as a page shows them, to tell whether it goes on with the page before."""
    reading = Reading("text")
    head = heading.read([sheet], reading)
    parties.read([sheet], head, reading)
    return reading.get("supplier.ruc"), reading.get("series"), reading.get("number")


def group(sheets: Sequence[Sheet]) -> list[list[Sheet]]:
    """Pages that belong to one invoice, in order: a page with another series and number begins a new one."""
    groups: list[list[Sheet]] = []
    last: tuple[str | None, str | None, str | None] | None = None
    for sheet in sheets:
        if not sheet.rows:
            continue
        mine = identity(sheet)
        new = last is None or (mine[1] is not None and mine[2] is not None and heading.titles([sheet]) and mine[1:] != last[1:])
        if new:
            groups.append([sheet])
            last = mine
        else:
            groups[-1].append(sheet)
    return groups
