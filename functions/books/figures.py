"""A month in figures: the sums of each currency, and the papers that are in none, with the reason. Every
paper is in exactly one bucket.

A month comes as groups of papers that no rule here tells apart, so that the work grows with the groups and
not with the papers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from functions.books.entry import own, sign_of
from functions.extractor.invoice import Customer, Verdict

Left = Literal["repeated", "no_total", "no_currency"]
"""The reason why a paper is in no sum: it came before, or its total or its currency could not be read."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A group of `papers` of one month and one issuer that share all that the month's figures depend on.

    `total`, `igv`, `detracted`: the amounts that they print, added without signs; None where none of them
    prints the amount, or an IGV of zero. `detractions`: how many print a detraction. `issued`: the first day
    of their month of issue. `latest`: when the last of them came.
    """

    papers: int
    repeated: bool
    verdict: Verdict
    kind: str | None
    currency: str | None
    issued: date | None
    ruc: str | None
    name: str | None
    customer: Customer
    latest: datetime
    total: Decimal | None
    igv: Decimal | None
    detractions: int
    detracted: Decimal | None


@dataclass(slots=True)
class Sum:
    """The papers of one currency: their number, how many of them are notes of credit (which subtract), and
    their total and IGV.
    """

    papers: int = 0
    credits: int = 0
    total: Decimal = Decimal(0)
    igv: Decimal = Decimal(0)

    def add(self, group: Alike) -> None:
        """Adds a group of papers that have a total."""
        sign = sign_of(group.kind)
        self.papers += group.papers
        self.credits += group.papers * (sign < 0)
        self.total += sign * (group.total or 0)
        self.igv += sign * (group.igv or 0)


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a month's papers. Of the papers that are summed, `review` are still to be looked at by a
    person, and `others` are made out to somebody else.
    """

    sums: dict[str, Sum]
    kinds: Counter[str]
    left: Counter[Left]
    review: int = 0
    others: int = 0

    @property
    def papers(self) -> int:
        """The number of all papers of the month, summed or not."""
        return sum(each.papers for each in self.sums.values()) + self.left.total()


def summary(month: Sequence[Alike], ruc: str | None) -> Summary:
    """Returns the month's figures. `ruc` is the business's own, None where it is not known."""
    found = Summary({}, Counter(), Counter())
    review = others = 0
    for group in month:
        why = _left(group)
        if why is not None:
            found.left[why] += group.papers
            continue
        found.sums.setdefault(group.currency or "", Sum()).add(group)
        found.kinds[group.kind or ""] += group.papers
        review += group.papers * (group.verdict not in {"proven", "consistent"})
        others += group.papers * (own(group.customer, ruc) == "no")
    return Summary(found.sums, found.kinds, found.left, review, others)


def _left(group: Alike) -> Left | None:
    if group.repeated:
        return "repeated"
    if group.total is None:
        return "no_total"
    return "no_currency" if group.currency is None else None


@dataclass(frozen=True, slots=True)
class SupplierTotals:
    """The purchases from one issuer, by currency. `name` is the one on its latest paper."""

    ruc: str | None
    name: str | None
    sums: dict[str, Sum]


def suppliers(month: Sequence[Alike]) -> list[SupplierTotals]:
    """Returns the issuers of the summed papers, those with the largest sum in soles first, then in other
    currencies, then by name and RUC.
    """
    found: dict[str, tuple[Alike, dict[str, Sum]]] = {}
    for group in month:
        if _left(group) is None:
            key = group.ruc or group.name or ""
            latest, sums = found.setdefault(key, (group, {}))
            found[key] = (max(latest, group, key=lambda g: (g.latest, g.name or "")), sums)
            sums.setdefault(group.currency or "", Sum()).add(group)
    all_of_them = [SupplierTotals(latest.ruc, latest.name, sums) for latest, sums in found.values()]
    return sorted(
        all_of_them,
        key=lambda s: (-_in(s, "PEN"), -max(one.total for one in s.sums.values()), s.name or "", s.ruc or ""),
    )


def _in(supplier: SupplierTotals, currency: str) -> Decimal:
    return supplier.sums[currency].total if currency in supplier.sums else Decimal(0)


Bucket = Literal[
    "counted",
    "credit_note",
    "no_credit",
    "not_own",
    "unread_buyer",
    "no_igv",
    "foreign",
    "old",
    "repeated",
    "review",
]
"""The place of a paper in the answer about the IGV: `counted` papers add, notes of credit subtract, all
others are told apart and are in no sum.

`no_credit`: boletas, honorarios and tickets give none (Reglamento de Comprobantes de Pago, art. 4). `old`:
issued more than twelve months before the month that is asked for (Ley 29215, art. 2). `review`: a person must
look at it first.
"""
GIVES: frozenset[str] = frozenset({"01", "08", "07", "14", "05", "13", "16", "04"})
"""Kinds whose IGV may be credit."""
_MONTHS_OF_CREDIT = 12


@dataclass(frozen=True, slots=True)
class Igv:
    """The IGV that a month's papers show. `total`: in soles, notes of credit subtracted; `buckets` counts
    every paper once.
    """

    total: Decimal
    buckets: Counter[Bucket]
    detractions: int = 0
    detracted: Decimal = Decimal(0)


def igv(month: Sequence[Alike], ruc: str, until: date) -> Igv:
    """Returns the month's IGV as printed, of papers made out to `ruc`. `until`: the first day after the
    month.
    """
    total, buckets, detractions, detracted = Decimal(0), Counter[Bucket](), 0, Decimal(0)
    for group in month:
        bucket = _bucket(group, ruc, until)
        buckets[bucket] += group.papers
        if bucket in {"counted", "credit_note"}:
            total += sign_of(group.kind) * (group.igv or 0)
            detractions, detracted = detractions + group.detractions, detracted + (group.detracted or 0)
    return Igv(total, buckets, detractions, detracted)


def _bucket(group: Alike, ruc: str, until: date) -> Bucket:
    """Returns the first reason that keeps papers out of the sum, in the order in which their owner would look
    at the reasons, or the bucket of the papers that count.
    """
    whose = own(group.customer, ruc)
    age = (until.year - group.issued.year) * 12 + until.month - group.issued.month if group.issued else 0
    reasons: tuple[tuple[Bucket, bool], ...] = (
        ("repeated", group.repeated),
        ("review", group.verdict not in {"proven", "consistent"}),
        ("no_credit", group.kind not in GIVES),
        ("not_own", whose == "no"),
        ("unread_buyer", whose != "yes"),
        ("foreign", group.currency != "PEN"),
        ("no_igv", group.igv is None),
        ("old", age > _MONTHS_OF_CREDIT + 1),
        ("credit_note", sign_of(group.kind) < 0),
    )
    held: list[Bucket] = [bucket for bucket, holds in reasons if holds]
    return held[0] if held else "counted"
