"""A month in figures: sums by currency, suppliers, the IGV, and where each paper stands."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.books.entry import Entry, own
from functions.books.figures import Igv, Sum, Summary, SupplierTotals, igv, summary, suppliers
from functions.extractor.invoice import Customer, Verdict
from functions.extractor.invoice import Supplier as Issuer
from tests.builders import alike, an_invoice

pytestmark = pytest.mark.unit

OURS = "20512345671"
PERSON = "10457812346"


def an_entry(*, verdict: Verdict = "proven", repeated: bool = False, **invoice: Any) -> Entry:
    values: dict[str, Any] = {"customer": Customer(id_type="6", id=OURS)}
    return Entry(
        uuid4(),
        datetime(2026, 11, 20, tzinfo=UTC),
        verdict,
        an_invoice(**values | invoice),
        repeated=repeated,
    )


@pytest.mark.parametrize(
    ("customer", "ruc", "whose"),
    [
        (Customer(id_type="6", id=OURS), OURS, "yes"),
        (Customer(id_type="6", id="20609173425"), OURS, "no"),
        (Customer(id_type="6", id="20512345677"), OURS, "unread"),
        (Customer(id_type="1", id="45781234"), PERSON, "yes"),
        (Customer(id_type="1", id="45781235"), PERSON, "no"),
        (Customer(), OURS, "unread"),
        (Customer(id_type="6", id=OURS), None, "unknown"),
    ],
)
def test_whose_paper_it_is(customer: Customer, ruc: str | None, whose: str) -> None:
    """A RUC says whose a paper is; one digit off that fails its check says nothing, and a DNI within the
    owner's RUC 10 is the owner's.
    """
    assert own(customer, ruc) == whose


def test_a_month_is_summed_by_currency_and_counts_what_it_leaves_out() -> None:
    """Notes of credit subtract, currencies stay apart, repetitions and papers without a total are counted and
    not summed.
    """
    month = [
        an_entry(),
        an_entry(kind="07", total=Decimal("50.00"), igv=Decimal("7.63")),
        an_entry(
            currency="USD",
            total=Decimal("100.00"),
            igv=None,
            customer=Customer(id_type="6", id="20609173425"),
        ),
        an_entry(verdict="needs_review"),
        an_entry(repeated=True),
        an_entry(total=None),
        an_entry(currency=None),
    ]
    found = summary(alike(month), OURS)
    assert found == Summary(
        {
            "PEN": Sum(3, 1, Decimal("850.00"), Decimal("129.65")),
            "USD": Sum(1, 0, Decimal("100.00"), Decimal(0)),
        },
        Counter({"01": 3, "07": 1}),
        Counter({"repeated": 1, "no_total": 1, "no_currency": 1}),
        review=1,
        others=1,
    )
    assert found.papers == len(month)


def test_suppliers_are_those_of_the_summed_papers_the_largest_first() -> None:
    """Each issuer is told once, by its RUC, with its sums and the name of its latest paper."""
    small = Issuer(ruc="20609173425", name="Papelera Lima SAC")
    found = suppliers(
        alike(
            [
                an_entry(supplier=small, total=Decimal("10.00"), igv=None),
                an_entry(),
                an_entry(),
                an_entry(repeated=True),
            ]
        )
    )
    assert found == [
        SupplierTotals(
            "20123456786", "Ejemplo SAC", {"PEN": Sum(2, 0, Decimal("900.00"), Decimal("137.28"))}
        ),
        SupplierTotals("20609173425", "Papelera Lima SAC", {"PEN": Sum(1, 0, Decimal("10.00"), Decimal(0))}),
    ]


def test_each_paper_stands_in_one_bucket_of_the_igv() -> None:
    """Only papers with our RUC and their IGV apart, in soles and of the last twelve months, are summed; all
    others are counted by their reason.
    """
    month = [
        an_entry(detraction=Decimal("54.00")),
        an_entry(kind="07", igv=Decimal("8.64")),
        an_entry(kind="03"),
        an_entry(customer=Customer(id_type="6", id="20609173425")),
        an_entry(customer=Customer()),
        an_entry(igv=None),
        an_entry(currency="USD"),
        an_entry(issue_date=date(2025, 10, 31)),
        an_entry(repeated=True),
        an_entry(verdict="needs_review"),
    ]
    names = (
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
    )
    assert igv(alike(month), OURS, date(2026, 12, 1)) == Igv(
        Decimal("60.00"), Counter(names), 1, Decimal("54.00")
    )


amounts = st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2)
entries = st.lists(
    st.builds(
        lambda kind, currency, total, verdict, repeated: an_entry(
            kind=kind, currency=currency, total=total, verdict=verdict, repeated=repeated
        ),
        st.sampled_from(["01", "03", "07", "08", "02", "14"]),
        st.sampled_from(["PEN", "USD", None]),
        st.none() | amounts,
        st.sampled_from(["proven", "consistent", "needs_review"]),
        st.booleans(),
    ),
    max_size=30,
)


@given(entries)
def test_sums_are_those_of_a_plain_recomputation(month: list[Entry]) -> None:
    """Whatever the month holds, each currency's total is what adding its papers by hand gives, and every
    paper is counted once.
    """
    plain: dict[str, Decimal] = {}
    for each in month:
        if not each.repeated and each.invoice.total is not None and each.invoice.currency:
            sign = -1 if each.invoice.kind == "07" else 1
            plain[each.invoice.currency] = (
                plain.get(each.invoice.currency, Decimal(0)) + sign * each.invoice.total
            )
    found = summary(alike(month), OURS)
    assert {currency: each.total for currency, each in found.sums.items()} == plain
    assert (found.papers, igv(alike(month), OURS, date(2026, 12, 1)).buckets.total()) == (
        len(month),
        len(month),
    )
    assert sum(each.sums[c].total for each in suppliers(alike(month)) for c in each.sums) == sum(
        plain.values()
    )


_AMOUNTS = st.none() | st.decimals(min_value=0, max_value=100_000, places=2)
_PAPERS = st.builds(
    an_entry,
    verdict=st.sampled_from(["proven", "consistent", "needs_review"]),
    repeated=st.booleans(),
    kind=st.sampled_from([None, "01", "03", "07", "08", "02", "14"]),
    currency=st.sampled_from([None, "PEN", "USD", "EUR"]),
    total=_AMOUNTS,
    igv=_AMOUNTS,
    supplier=st.builds(
        Issuer,
        ruc=st.sampled_from([None, "20123456786", "20609173425"]),
        name=st.sampled_from([None, "A", "B"]),
    ),
    customer=st.builds(
        Customer, id_type=st.just("6"), id=st.sampled_from([None, OURS, "20512345677", "20609173425"])
    ),
    issue_date=st.none() | st.dates(date(2024, 1, 1), date(2026, 11, 30)),
)


@given(st.lists(_PAPERS, max_size=30))
def test_a_random_months_sums_are_those_of_a_plain_recomputation(month: list[Entry]) -> None:
    """Repetitions are out, notes of credit subtract, currencies stay apart, suppliers add up to the month,
    and every paper is in one bucket of each question.
    """
    plain: dict[str, Decimal] = {}
    taxes: dict[str, Decimal] = {}
    for paper in month:
        one = paper.invoice
        if not paper.repeated and one.total is not None and one.currency is not None:
            sign = -1 if one.kind == "07" else 1
            plain[one.currency] = plain.get(one.currency, Decimal(0)) + sign * one.total
            taxes[one.currency] = taxes.get(one.currency, Decimal(0)) + sign * (one.igv or 0)
    found = summary(alike(month), OURS)
    assert {currency: each.total for currency, each in found.sums.items()} == plain
    assert {currency: each.igv for currency, each in found.sums.items()} == taxes
    assert found.papers == len(month) == sum(each.papers for each in found.sums.values()) + found.left.total()
    by_supplier: dict[str, Decimal] = {}
    for supplier in suppliers(alike(month)):
        for currency, each in supplier.sums.items():
            by_supplier[currency] = by_supplier.get(currency, Decimal(0)) + each.total
    assert by_supplier == plain
    tax = igv(alike(month), OURS, date(2026, 12, 1))
    assert tax.buckets.total() == len(month)
    counted = [
        p
        for p in month
        if p.verdict != "needs_review"
        and not p.repeated
        and p.invoice.customer.id == OURS
        and p.invoice.currency == "PEN"
    ]
    young = [p for p in counted if p.invoice.issue_date is None or p.invoice.issue_date >= date(2025, 11, 1)]
    assert tax.total == sum(
        (
            (-1 if p.invoice.kind == "07" else 1) * (p.invoice.igv or 0)
            for p in young
            if p.invoice.kind in {"01", "07", "08", "14"}
        ),
        Decimal(0),
    )
