"""Merges several sources into one invoice, and keeps which source says what and which ones agree."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from functions.extractor.invoice import Customer, Evidence, Invoice, Item, Modifies, Source, Supplier
from functions.extractor.judging import lists
from functions.extractor.peru.qr import Qr
from functions.extractor.peru.tokens import fold, valid_ruc
from functions.extractor.reading.reading import Doubt, Reading, Seen, Side
from functions.extractor.witness import FEES_BY, Key

STRENGTH: tuple[Source, ...] = ("sunat", "qr", "text", "gemini", "ocr", "net")
NAMES = ("supplier.name", "customer.name", "amount_in_words")
"""The fields that sources may spell differently."""
WEIGHED = ("supplier.ruc", "kind", "series", "number", "issue_date", "currency", "igv", "total")
"""The fields in which the second reader's word is heard where another source's stands alone."""

KEY = ("supplier.ruc", "kind", "series", "number", "issue_date", "total")
"""The fields that identify a comprobante and value it: those of a symbol that a page tells too, and those
that SUNAT is asked about.
"""

FILLED = ("kind", "series", "number", "issue_date", "total")
"""The fields that the second reader may say alone, for a person to look at: never a RUC, which it may take
from the buyer.
"""


def from_qr(qr: Qr, box: tuple[int, float, float, float, float] | None = None) -> Reading:
    """Returns the symbol as a reading."""
    reading = Reading("qr")
    for path, value in (
        ("supplier.ruc", qr.ruc),
        ("kind", qr.kind),
        ("series", qr.series),
        ("number", qr.number),
        ("igv", qr.igv),
        ("total", qr.total),
        ("issue_date", qr.issue_date),
        ("customer.id_type", qr.customer_type if qr.customer_id else None),
        ("customer.id", qr.customer_id),
    ):
        if value is not None:
            reading.put(path, Seen(value, str(value), box))
    if qr.nobody:
        reading.doubts.add(Doubt.NO_BUYER)
    return reading


def from_word(key: Key) -> Reading:
    """Returns what SUNAT accepted as a reading: the six fields that it was asked about, each seen by another
    source.
    """
    values = (key.ruc, key.kind, key.series, key.number, key.day, key.total)
    paths = (*(path for path in KEY if path != "total"), FEES_BY if key.kind == "02" else "total")
    return Reading(
        "sunat", {path: Seen(value, show(value)) for path, value in zip(paths, values, strict=True)}
    )


def from_invoice(invoice: Invoice, source: Source) -> Reading:
    """Returns a model's answer as a reading."""
    reading = Reading(source)
    for path, value in invoice.model_dump(exclude={"items"}).items():
        nested = value if isinstance(value, dict) else {"": value}
        for name, inner in nested.items():
            if inner is not None:
                full = f"{path}.{name}" if name else path
                reading.put(full, Seen(inner, str(inner)))
    reading.items = [
        {k: Seen(v, str(v)) for k, v in item.model_dump().items() if v is not None} for item in invoice.items
    ]
    return reading


def merge(readings: Sequence[Reading], index: int) -> tuple[Invoice, list[Evidence]]:
    """Returns one invoice and the evidence of its fields: for each the strongest source's value, and which
    sources agree or disagree with it.
    """
    ordered = sorted((r for r in readings if r.source != "net"), key=lambda r: STRENGTH.index(r.source))
    second = next((r for r in readings if r.source == "net"), None)
    paths = dict.fromkeys(path for r in ordered for path in r.fields)
    values: dict[str, Any] = {}
    evidence: list[Evidence] = []
    for path in paths:
        voices: list[tuple[Source, Seen]] = [(r.source, r.fields[path]) for r in ordered if path in r.fields]
        if path == "supplier.ruc":  # a symbol whose issuer's RUC fails its check digit comes after the page
            voices.sort(key=lambda v: v[0] == "qr" and not valid_ruc(v[1].value))
        source, seen = voices[0]
        if path == "issue_date" and source == "qr":
            seen = _unambiguous(seen, [s for _, s in voices[1:]])
        seen = _proven_repair(seen, [s for _, s in voices[1:]])
        agree: tuple[Source, ...] = tuple(
            dict.fromkeys(s for s, v in voices[1:] if same(path, seen.value, v.value) or v.alt == seen.value)
        )
        disagree: tuple[tuple[Source, str], ...] = tuple(
            (s, show(v.value))
            for s, v in voices[1:]
            if not same(path, seen.value, v.value) and v.alt != seen.value
        )
        repaired = seen.repaired or next(
            (str(v.value) for _, v in voices[1:] if v.alt is not None and v.alt == seen.value), None
        )
        box = (
            seen.box
            if source not in ("sunat", "qr")
            else next((v.box for s, v in voices[1:] if v.box and s in agree), seen.box)
        )
        values[path] = seen.value
        evidence.append(
            _heard(
                Evidence(index, path, show(seen.value), source, agree, disagree, repaired, box), seen, second
            )
        )
    if second is not None:
        for path in (name for name in FILLED if name not in values and name in second.fields):
            seen = second.fields[path]
            values[path] = seen.value
            evidence.append(Evidence(index, path, show(seen.value), "net", box=seen.box))
    bare = _invoice(values, [])
    items, more = _items(ordered, second, bare, index)
    invoice = bare.model_copy(update={"items": items})
    evidence += more
    astray = [e.field for e in evidence if show(invoice.at(e.field)) != e.value]
    assert not astray, f"the evidence says another value than the invoice: {astray}"
    return invoice, evidence


def side(readings: Sequence[Reading]) -> Side:
    """Returns what is printed beside the fields, each amount from the first reading that has it."""
    return Side(
        advances=next((r.side.advances for r in readings if r.side.advances is not None), None),
        retention=next((r.side.retention for r in readings if r.side.retention is not None), None),
        debt=next((r.side.debt for r in readings if r.side.debt is not None), None),
        foreign=any(r.side.foreign for r in readings),
    )


def quarrels(evidence: Sequence[Evidence]) -> bool:
    """True where sources differ about anything but the spelling of a name, and SUNAT's word does not settle
    it.
    """
    return any(e.disagree for e in evidence if e.field not in NAMES and e.source != "sunat")


def _heard(each: Evidence, seen: Seen, second: Reading | None) -> Evidence:
    """Returns the evidence with the second reader's vote. It read the same words, so that its other value
    does not count where another source confirms or disputes the one that was taken.
    """
    other = None if second is None else second.fields.get(each.field)
    if other is None:
        return each
    if same(each.field, seen.value, other.value) or seen.value == other.alt or seen.alt == other.value:
        return replace(each, agree=(*each.agree, "net"))
    if each.field in WEIGHED and not each.agree and not each.disagree:
        return replace(each, disagree=(*each.disagree, ("net", show(other.value))))
    return each


def _proven_repair(seen: Seen, others: Sequence[Seen]) -> Seen:
    """Returns the value with its look-alikes put right, where another source reads it so."""
    if seen.alt is not None and any(o.value == seen.alt for o in others):
        return Seen(seen.alt, seen.text, seen.box, repaired=str(seen.value))
    return seen


def _unambiguous(seen: Seen, others: Sequence[Seen]) -> Seen:
    """Returns the symbol's date, with day and month swapped where the page says so: issuers write it day
    first or month first.
    """
    day: date = seen.value
    if (
        day.day <= 12
        and day.day != day.month
        and any(o.value == date(day.year, day.day, day.month) for o in others)
        and "-" not in seen.text[:5]
    ):
        return Seen(date(day.year, day.day, day.month), seen.text, seen.box)
    return seen


def same(path: str, one: Any, other: Any) -> bool:
    """True where two sources say the same; names and phrases may differ in spaces, accents and a letter."""
    if path in NAMES or path.endswith("description"):
        a, b = re.sub(r"\W", "", fold(str(one))), re.sub(r"\W", "", fold(str(other)))
        return a == b or difflib.SequenceMatcher(None, a, b).ratio() >= 0.85
    return bool(one == other)


def show(value: Any) -> str:
    """Returns a value as evidence prints it."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _items(
    ordered: Sequence[Reading], second: Reading | None, bare: Invoice, index: int
) -> tuple[list[Item], list[Evidence]]:
    """Returns the items of the strongest source that has any, or of the second reader where its items are
    sounder, and their evidence, line by line.

    The other sources agree where the same line shows the same. The second reader is never held to disagree
    about a line, nor another source with its lines.
    """
    with_items = [r for r in ordered if r.items]
    if second is not None and second.items:
        first = with_items[0].items if with_items else []
        found = lists.sounder(first, second.items, bare, side(ordered))
        with_items = [*with_items, second] if found is first else [replace(second, items=found), *with_items]
    if not with_items:
        return [], []
    chosen = with_items[0]
    evidence: list[Evidence] = []
    for at, item in enumerate(chosen.items):
        for name, seen in item.items():
            agree, disagree = [], []
            for other in with_items[1:]:
                if len(other.items) != len(chosen.items) or name not in other.items[at]:
                    continue
                theirs = other.items[at][name].value
                if same(name, seen.value, theirs):
                    agree.append(other.source)
                elif name in ("amount", "quantity", "unit_price") and "net" not in (
                    chosen.source,
                    other.source,
                ):
                    disagree.append((other.source, show(theirs)))
            evidence.append(
                Evidence(
                    index,
                    f"items.{at}.{name}",
                    show(seen.value),
                    chosen.source,
                    tuple(agree),
                    tuple(disagree),
                    seen.repaired,
                    seen.box,
                )
            )
    return lists.items_of(chosen.items), evidence


def _invoice(values: dict[str, Any], items: list[Item]) -> Invoice:
    flat = {k: v for k, v in values.items() if "." not in k}
    nested = {
        name: {k.split(".")[1]: v for k, v in values.items() if k.startswith(f"{name}.")}
        for name in ("supplier", "customer", "modifies")
    }
    return Invoice(
        **flat,
        supplier=Supplier(**nested["supplier"]),
        customer=Customer(**nested["customer"]),
        modifies=Modifies(**nested["modifies"]) if nested["modifies"] else None,
        items=items,
    )
