"""Decides what may be promised about one invoice, and how good a reading of it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from functions.extractor.invoice import Check, Evidence, Invoice, Verdict
from functions.extractor.judging.merge import quarrels
from functions.extractor.judging.proof import promised, proven
from functions.extractor.reading.reading import Doubt, Reading, Seen

_DOUBTED = {
    Doubt.OTHER_SELLER: ("supplier.ruc",),
    Doubt.BUYERS_RUC: ("supplier.ruc",),
    Doubt.OTHER_KIND: ("kind",),
    Doubt.OTHER_SERIAL: ("series", "number"),
    Doubt.OTHER_DATE: ("issue_date",),
    Doubt.OTHER_TOTAL: ("total",),
}
"""The key fields that each doubt is about."""
_BESIDE = {
    Doubt.OTHER_NAME: "supplier.name",
    Doubt.OTHER_CHARGE: "other_charges",
    Doubt.NO_BUYER: "customer.id",
}
"""Fields that are never promised: a doubt about one of them changes no verdict, and the field is shown as
doubtful.
"""


def verdict(
    invoice: Invoice, evidence: Sequence[Evidence], checks: Sequence[Check], *, readings: Sequence[Reading]
) -> Verdict:
    """Returns what may be promised about one invoice."""
    if (
        invoice.supplier.ruc is None
        and invoice.total is None
        and (invoice.series is None or invoice.number is None)
    ):
        return "unreadable"
    failed = any(c.ok is False for c in checks)
    if failed or quarrels(evidence) or None in keys(invoice).values() or doubted_fields(evidence, readings):
        return "needs_review"
    return "proven" if proven(invoice, evidence, checks, readings) else "consistent"


def quality(invoice: Invoice, checks: Sequence[Check]) -> tuple[int, int, Decimal]:
    """Returns how good a reading is, to be compared: more key fields and fewer failed checks, then more
    checks that hold, then more items.
    """
    return (
        sum(value is not None for value in (*keys(invoice).values(), invoice.igv))
        - sum(c.ok is False for c in checks),
        sum(c.ok is True for c in checks),
        Decimal(len(invoice.items)),
    )


def keys(invoice: Invoice) -> dict[str, object]:
    """Returns the seven fields of which none may be missing, or a person must look, by their paths."""
    return {
        "supplier.ruc": invoice.supplier.ruc,
        "kind": invoice.kind,
        "series": invoice.series,
        "number": invoice.number,
        "issue_date": invoice.issue_date,
        "total": invoice.total,
        "currency": invoice.currency,
    }


def trusted(
    invoice: Invoice, evidence: Sequence[Evidence], found: Verdict, *, readings: Sequence[Reading]
) -> list[Evidence]:
    """Returns the evidence with the trust that each value has under the verdict."""
    beside = {_BESIDE[doubt] for r in readings for doubt in r.doubts & _BESIDE.keys()}
    if invoice.customer.id_type == "6":  # the RUC's check digit confirms it
        beside.discard("customer.id")
    doubted = doubted_fields(evidence, readings) | beside
    sure = promised(invoice, evidence) if found == "proven" else frozenset()
    return [
        replace(e, trust="doubted" if e.field in doubted else "proven" if e.field in sure else "read")
        for e in evidence
    ]


def doubted_fields(evidence: Sequence[Evidence], readings: Sequence[Reading]) -> set[str]:
    """Returns the key fields that were taken though the page speaks for another value, and no second source
    says the same; a series off a picture in which an O may be a zero; and the fields that only `net` says.

    The word of `net` counts as a second source's but for such a series, which it reads by the same letters,
    and for a RUC: where that stands in the buyer's block, it may make the same mistake.
    """
    fields = {field for r in readings for doubt in r.doubts for field in _DOUBTED.get(doubt, ())}
    alike = (
        {"series"}
        if any(r.source == "ocr" and may_be_zero(r.fields.get("series")) for r in readings)
        else set()
    )
    fields |= alike
    alone = {
        e.field
        for e in evidence
        if not (set(e.agree) - {"net"} if e.field in {"supplier.ruc", *alike} else e.agree)
    }
    return alone & fields | {
        e.field for e in evidence if e.source == "net" and not e.field.startswith("items.")
    }


def may_be_zero(series: Seen | None) -> bool:
    """True where a series has an O that looks like the zero of another: BRO1."""
    return series is not None and ("O", "0") in zip(str(series.value), str(series.alt), strict=False)
