"""What may be promised about one invoice, and which of two readings of it is the better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from functions.extractor.invoice import Check, Evidence, Invoice, Verdict
from functions.extractor.judging.merge import quarrels
from functions.extractor.judging.proof import promised, proven
from functions.extractor.reading.reading import Doubt, Reading

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
"""What is never promised and so keeps nothing from its verdict, and is shown as doubtful."""


def verdict(
    invoice: Invoice, evidence: Sequence[Evidence], checks: Sequence[Check], *, readings: Sequence[Reading]
) -> Verdict:
    """What may be promised about one invoice."""
    if (
        invoice.supplier.ruc is None
        and invoice.total is None
        and (invoice.series is None or invoice.number is None)
    ):
        return "unreadable"
    failed = any(c.ok is False for c in checks)
    if failed or quarrels(evidence) or None in _key(invoice) or doubted_fields(evidence, readings):
        return "needs_review"
    return "proven" if proven(invoice, evidence, checks, readings) else "consistent"


def quality(invoice: Invoice, checks: Sequence[Check]) -> tuple[int, int, Decimal]:
    """How good a reading is: more key fields and fewer failed checks, then more checks that hold, then more
    items.
    """
    return (
        sum(value is not None for value in (*_key(invoice), invoice.igv))
        - sum(c.ok is False for c in checks),
        sum(c.ok is True for c in checks),
        Decimal(len(invoice.items)),
    )


def _key(invoice: Invoice) -> tuple[object, ...]:
    """The seven fields without which somebody must look."""
    return (
        invoice.supplier.ruc, invoice.kind, invoice.series, invoice.number, invoice.issue_date, invoice.total,
        invoice.currency,
    )  # fmt: skip


def trusted(
    invoice: Invoice, evidence: Sequence[Evidence], found: Verdict, *, readings: Sequence[Reading]
) -> list[Evidence]:
    """The evidence with what each value is worth under the verdict."""
    beside = {_BESIDE[doubt] for r in readings for doubt in r.doubts & _BESIDE.keys()}
    if invoice.customer.id_type == "6":  # its check digit tells whose it is
        beside.discard("customer.id")
    doubted = doubted_fields(evidence, readings) | beside
    sure = promised(invoice, evidence) if found == "proven" else frozenset()
    return [
        replace(e, trust="doubted" if e.field in doubted else "proven" if e.field in sure else "read")
        for e in evidence
    ]


def doubted_fields(evidence: Sequence[Evidence], readings: Sequence[Reading]) -> set[str]:
    """The key fields that were taken though the page speaks for another value, and no second source says the
    same; and what only `net` says.

    Its word is a second source's but for a RUC: of one in the buyer's block it may make the same mistake.
    """
    fields = {field for r in readings for doubt in r.doubts for field in _DOUBTED.get(doubt, ())}
    alone = {
        e.field for e in evidence if not (set(e.agree) - {"net"} if e.field == "supplier.ruc" else e.agree)
    }
    return alone & fields | {
        e.field for e in evidence if e.source == "net" and not e.field.startswith("items.")
    }
