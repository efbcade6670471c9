"""Several sources to one invoice: who says what, who agrees, and what may be called proven."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from functions.extractor.invoice import Check, Customer, Evidence, Invoice, Item, Modifies, Source, Supplier, Verdict
from functions.extractor.judging import checks as checks_of
from functions.extractor.peru.qr import Qr
from functions.extractor.peru.tokens import fold, valid_ruc
from functions.extractor.reading import words
from functions.extractor.reading.reading import Reading, Seen

STRENGTH: tuple[Source, ...] = ("qr", "text", "gemini", "ocr")
KEY = ("supplier.ruc", "kind", "series", "number", "issue_date", "total")
NAMES = ("supplier.name", "customer.name", "amount_in_words")


def from_qr(qr: Qr, box: tuple[int, float, float, float, float] | None = None) -> Reading:
    """The symbol as a reading."""
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
        reading.extras["no_buyer"] = Seen("-", "-", box)
    return reading


def from_invoice(invoice: Invoice, source: Source) -> Reading:
    """A model's answer as a reading."""
    reading = Reading(source)
    for path, value in invoice.model_dump(exclude={"items"}).items():
        nested = value if isinstance(value, dict) else {"": value}
        for name, inner in nested.items():
            if inner is not None:
                full = f"{path}.{name}" if name else path
                reading.put(full, Seen(inner, str(inner)))
    reading.items = [{k: Seen(v, str(v)) for k, v in item.model_dump().items() if v is not None} for item in invoice.items]
    return reading


def merge(readings: Sequence[Reading], index: int) -> tuple[Invoice, list[Evidence]]:
    """One invoice and the evidence of its fields: the strongest source's value, and who agrees or disagrees with it."""
    ordered = sorted(readings, key=lambda r: STRENGTH.index(r.source))
    paths = dict.fromkeys(path for r in ordered for path in r.fields)
    values: dict[str, Any] = {}
    evidence: list[Evidence] = []
    for path in paths:
        voices = [(r.source, r.fields[path]) for r in ordered if path in r.fields]
        source, seen = voices[0]
        if path == "issue_date" and source == "qr":
            seen = _unambiguous(seen, [s for _, s in voices[1:]])
        seen = _proven_repair(seen, [s for _, s in voices[1:]])
        agree = tuple(dict.fromkeys(s for s, v in voices[1:] if same(path, seen.value, v.value) or v.alt == seen.value))
        disagree = tuple((s, show(v.value)) for s, v in voices[1:] if not same(path, seen.value, v.value) and v.alt != seen.value)
        repaired = seen.repaired or next((str(v.value) for _, v in voices[1:] if v.alt is not None and v.alt == seen.value), None)
        box = seen.box if source != "qr" else next((v.box for s, v in voices[1:] if v.box and s in agree), seen.box)
        values[path] = seen.value
        evidence.append(Evidence(index, path, show(seen.value), source, agree, disagree, repaired, box))
    items, more = _items(ordered, index)
    return _invoice(values, items), evidence + more


def _proven_repair(seen: Seen, others: Sequence[Seen]) -> Seen:
    """A look-alike is put right where another source reads it so."""
    if seen.alt is not None and any(o.value == seen.alt for o in others):
        return Seen(seen.alt, seen.text, seen.box, repaired=str(seen.value))
    return seen


def _unambiguous(seen: Seen, others: Sequence[Seen]) -> Seen:
    """Issuers write the symbol's date day first or month first; the page itself tells which."""
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
    """Whether two sources say the same; names and phrases may differ in spaces, accents and a letter."""
    if path in NAMES or path.endswith("description"):
        a, b = re.sub(r"\W", "", fold(str(one))), re.sub(r"\W", "", fold(str(other)))
        return a == b or difflib.SequenceMatcher(None, a, b).ratio() >= 0.85
    return bool(one == other)


def show(value: Any) -> str:
    """A value as evidence prints it."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _items(ordered: Sequence[Reading], index: int) -> tuple[list[Item], list[Evidence]]:
    """The items of the strongest source that has any; the others agree where the same line shows the same amount."""
    with_items = [r for r in ordered if r.items]
    if not with_items:
        return [], []
    chosen = with_items[0]
    items = [Item(**{k: s.value for k, s in item.items()}) for item in chosen.items]
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
                elif name in ("amount", "quantity", "unit_price"):
                    disagree.append((other.source, show(theirs)))
            evidence.append(
                Evidence(
                    index, f"items.{at}.{name}", show(seen.value), chosen.source, tuple(agree), tuple(disagree), seen.repaired, seen.box
                )
            )
    return items, evidence


def _invoice(values: dict[str, Any], items: list[Item]) -> Invoice:
    flat = {k: v for k, v in values.items() if "." not in k}
    nested = {
        name: {k.split(".")[1]: v for k, v in values.items() if k.startswith(f"{name}.")} for name in ("supplier", "customer", "modifies")
    }
    return Invoice(
        **flat,
        supplier=Supplier(**nested["supplier"]),
        customer=Customer(**nested["customer"]),
        modifies=Modifies(**nested["modifies"]) if nested["modifies"] else None,
        items=items,
    )


def verdict(invoice: Invoice, evidence: Sequence[Evidence], checks: Sequence[Check], *, readings: Sequence[Reading]) -> Verdict:
    """What may be promised about one invoice."""
    if invoice.supplier.ruc is None and invoice.total is None and (invoice.series is None or invoice.number is None):
        return "unreadable"
    failed = [c for c in checks if c.ok is False]
    complete = all(
        v is not None
        for v in (invoice.supplier.ruc, invoice.kind, invoice.series, invoice.number, invoice.issue_date, invoice.total, invoice.currency)
    )
    quarrel = any(e.disagree for e in evidence if e.field not in NAMES)
    if failed or quarrel or not complete or _guessed(evidence, readings):
        return "needs_review"
    if proven(invoice, evidence, checks, readings):
        return "proven"
    return "consistent"


def _guessed(evidence: Sequence[Evidence], readings: Sequence[Reading]) -> bool:
    """Whether a key field was taken though the page speaks for another, and no second source says the same."""
    alone = {e.field for e in evidence if not e.agree}
    marks = {mark for r in readings for mark in r.extras}
    return any(path in alone and mark in marks for path, mark in (("supplier.ruc", "buyers_ruc"), ("issue_date", "other_date")))


def proven(invoice: Invoice, evidence: Sequence[Evidence], checks: Sequence[Check], readings: Sequence[Reading]) -> bool:  # noqa: PLR0911 - real paper's cases, one after the other
    """Whether the document proves itself: symbol and printed text read alone agree on all that identifies and values it.

    Each condition stands because a single slip (a digit misread, the wrong line taken for the total) must break at least one:
    the symbol's own error correction, the RUC's check digit, and three sums that share no operand by accident (lines, taxes, words).
    """
    symbol = next((r for r in readings if r.source == "qr"), None)
    printed = next((r for r in readings if r.source in ("text", "ocr")), None)
    if symbol is None or printed is None or not valid_ruc(invoice.supplier.ruc or ""):
        return False
    by_field = {e.field: e for e in evidence}
    for path in KEY:
        one, other = symbol.fields.get(path), printed.fields.get(path)
        if one is None or other is None or one.value != other.value:
            return False
        if by_field[path].repaired:
            return False
    if _in_doubt(invoice, symbol, printed):
        return False
    if invoice.igv is None or "igv" not in printed.fields or ("igv" in symbol.fields and symbol.get("igv") != printed.get("igv")):
        return False
    ok = {c.name: c.ok for c in checks}
    needed = ("supplier_ruc", "series", "date", "igv_rate", "sum", "items")
    if not all(ok.get(name) is True for name in needed) or ok.get("lines") is False or ok.get("levies", True) is None:
        return False
    advances = printed.extras["advances"].value if "advances" in printed.extras else None
    drawn = printed.source == "ocr"
    if not checks_of.exact(invoice, every=drawn) or not checks_of.tight(invoice, advances, every=drawn):
        return False
    if invoice.amount_in_words is None or invoice.total is None or not words.agrees(invoice.amount_in_words, invoice.total):
        return False
    return _currency_said(invoice, printed) and not any(e.disagree for e in evidence if e.field not in NAMES)


def _in_doubt(invoice: Invoice, symbol: Reading, printed: Reading) -> bool:
    """Whether something is shown that may be another's: a name with a rival or none, a second currency, an identity."""
    if invoice.supplier.name is None or {"other_currency", "other_name"} & printed.extras.keys():
        return True
    # an identity without a check digit, on a document that says it has no buyer: whose is it?
    return invoice.customer.id is not None and invoice.customer.id_type != "6" and "no_buyer" in symbol.extras


def _currency_said(invoice: Invoice, printed: Reading) -> bool:
    """The symbol is silent about currency: the page must spell it in words, or its sign stand beside the amounts; and no other's."""
    said = fold(invoice.amount_in_words or "")
    spelled = {"PEN": r"\bS[O0]L(?:ES)?\b", "USD": r"D[O0]LAR", "EUR": r"\bEUR[O0]"}
    named = {code for code, word in spelled.items() if re.search(word, said)}
    signed = printed.extras["currency_sign"].value if "currency_sign" in printed.extras else None
    return named == {invoice.currency} or (not named and signed is not None and signed == invoice.currency)


def quality(invoice: Invoice, checks: Sequence[Check]) -> tuple[int, int, Decimal]:
    """How good a reading is: fewer failed checks, more that hold, more fields."""
    key = (
        invoice.supplier.ruc,
        invoice.kind,
        invoice.series,
        invoice.number,
        invoice.issue_date,
        invoice.total,
        invoice.currency,
        invoice.igv,
    )
    return (
        sum(1 for k in key if k is not None) - sum(1 for c in checks if c.ok is False),
        sum(1 for c in checks if c.ok),
        Decimal(len(invoice.items)),
    )
