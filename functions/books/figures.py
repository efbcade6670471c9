"""A month in figures: what adds up, in each currency apart, and what was left out and why. Every paper is in exactly one bucket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from functions.books.entry import Entry, own

Left = Literal["repeated", "no_total", "no_currency"]
"""Why a paper is in no sum: it came before, or what it is worth could not be read."""


@dataclass(slots=True)
class Sum:
    """Papers of one currency: how many, of them notes of credit (which subtract), and their total and IGV."""

    papers: int = 0
    credits: int = 0
    total: Decimal = Decimal(0)
    igv: Decimal = Decimal(0)

    def add(self, entry: Entry) -> None:
        """One paper with a total."""
        self.papers += 1
        self.credits += entry.sign < 0
        self.total += entry.total or 0
        self.igv += entry.igv or 0


@dataclass(frozen=True, slots=True)
class Summary:
    """A month's papers. `review` of those that are summed are still to be looked at by a person; `others` are made out to somebody else."""

    sums: dict[str, Sum]
    kinds: Counter[str]
    left: Counter[Left]
    review: int = 0
    others: int = 0

    @property
    def papers(self) -> int:
        """All of the month, summed or not."""
        return sum(each.papers for each in self.sums.values()) + self.left.total()


def summary(entries: Sequence[Entry], ruc: str | None) -> Summary:
    """The month's figures. `ruc` is the business's own, None where it is not known."""
    found = Summary({}, Counter(), Counter())
    review = others = 0
    for entry in entries:
        why = _left(entry)
        if why is not None:
            found.left[why] += 1
            continue
        found.sums.setdefault(entry.invoice.currency or "", Sum()).add(entry)
        found.kinds[entry.invoice.kind or ""] += 1
        review += entry.verdict not in {"proven", "consistent"}
        others += own(entry.invoice, ruc) == "no"
    return Summary(found.sums, found.kinds, found.left, review, others)


def _left(entry: Entry) -> Left | None:
    if entry.repeated:
        return "repeated"
    if entry.invoice.total is None:
        return "no_total"
    return "no_currency" if entry.invoice.currency is None else None


@dataclass(frozen=True, slots=True)
class Supplier:
    """What was bought from one issuer, by currency. `name` is the one of its latest paper."""

    ruc: str | None
    name: str | None
    sums: dict[str, Sum]


def suppliers(entries: Sequence[Entry]) -> list[Supplier]:
    """The issuers of the summed papers, those with the largest sum in soles first, then in other currencies, then by name."""
    found: dict[str, tuple[Entry, dict[str, Sum]]] = {}
    for entry in entries:
        if _left(entry) is None:
            key = entry.invoice.supplier.ruc or entry.invoice.supplier.name or ""
            latest, sums = found.setdefault(key, (entry, {}))
            found[key] = (max(latest, entry, key=lambda e: e.received_at), sums)
            sums.setdefault(entry.invoice.currency or "", Sum()).add(entry)
    all_of_them = [Supplier(e.invoice.supplier.ruc, e.invoice.supplier.name, sums) for e, sums in found.values()]
    return sorted(all_of_them, key=lambda s: (-_in(s, "PEN"), -max(one.total for one in s.sums.values()), s.name or ""))


def _in(supplier: Supplier, currency: str) -> Decimal:
    return supplier.sums[currency].total if currency in supplier.sums else Decimal(0)


Bucket = Literal["counted", "credit_note", "no_credit", "not_own", "unread_buyer", "no_igv", "foreign", "old", "repeated", "review"]
"""Where a paper stands in the question of the IGV: `counted` ones add, notes of credit subtract, the rest is told apart and summed nowhere.

`no_credit`: boletas, honorarios and tickets give none (Reglamento de Comprobantes de Pago, art. 4). `old`: issued more than twelve months
before the month that is asked for (Ley 29215, art. 2). `review`: to be looked at first.
"""
GIVES: frozenset[str] = frozenset({"01", "08", "07", "14", "05", "13", "16", "04"})
"""Kinds whose IGV may be credit."""
_MONTHS_OF_CREDIT = 12


@dataclass(frozen=True, slots=True)
class Igv:
    """The IGV that a month's papers show. `total`: in soles, notes of credit subtracted; `buckets` counts every paper once."""

    total: Decimal
    buckets: Counter[Bucket]
    detractions: int = 0
    detracted: Decimal = field(default=Decimal(0))


def igv(entries: Sequence[Entry], ruc: str, until: date) -> Igv:
    """The month's IGV as printed, of papers made out to `ruc`. `until`: the first day after the month."""
    total, buckets, detractions, detracted = Decimal(0), Counter[Bucket](), 0, Decimal(0)
    for entry in entries:
        bucket = _bucket(entry, ruc, until)
        buckets[bucket] += 1
        if bucket in {"counted", "credit_note"}:
            total += entry.igv or 0
            if entry.invoice.detraction:
                detractions, detracted = detractions + 1, detracted + entry.invoice.detraction
    return Igv(total, buckets, detractions, detracted)


def _bucket(entry: Entry, ruc: str, until: date) -> Bucket:
    """The first reason that keeps a paper out of the sum, in the order of what its owner would look at first."""
    whose = own(entry.invoice, ruc)
    age = (until.year - entry.day.year) * 12 + until.month - entry.day.month if entry.day else 0
    reasons: tuple[tuple[Bucket, bool], ...] = (
        ("repeated", entry.repeated),
        ("review", entry.verdict not in {"proven", "consistent"}),
        ("no_credit", entry.invoice.kind not in GIVES),
        ("not_own", whose == "no"),
        ("unread_buyer", whose != "yes"),
        ("foreign", entry.invoice.currency != "PEN"),
        ("no_igv", entry.igv is None),
        ("old", age > _MONTHS_OF_CREDIT + 1),
    )
    return next((bucket for bucket, holds in reasons if holds), "credit_note" if entry.sign < 0 else "counted")
