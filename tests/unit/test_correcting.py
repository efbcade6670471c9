"""What may be corrected in a paper, what is refused and why, and what the corrected paper promises."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from functions.books.changes import Change
from functions.books.correcting import (
    Correction,
    RefusedValue,
    corrected,
    differences,
    failing,
    judged,
    with_values,
)
from functions.extractor.invoice import Customer, Invoice, Supplier
from tests.builders import an_invoice

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 26)
PAPER = an_invoice(customer=Customer(id_type="6", id="20512345671"))


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"total": "118,0.0"}, RefusedValue("total", "118,0.0", "amount")),
        ({"total": Decimal(-5)}, RefusedValue("total", "-5", "amount")),
        ({"igv": Decimal("1.005")}, RefusedValue("igv", "1.005", "amount")),
        ({"total": Decimal(1000000000000)}, RefusedValue("total", "1000000000000", "amount")),
        ({"issue_date": "31/02/2026"}, RefusedValue("issue_date", "31/02/2026", "date")),
        ({"issue_date": date(2026, 11, 27)}, RefusedValue("issue_date", "2026-11-27", "future")),
        ({"issue_date": date(1999, 1, 2)}, RefusedValue("issue_date", "1999-01-02", "old")),
        ({"supplier.ruc": "20609173426"}, RefusedValue("supplier.ruc", "20609173426", "ruc")),
        ({"supplier.ruc": "2060917342"}, RefusedValue("supplier.ruc", "2060917342", "ruc")),
        ({"supplier.ruc": "20512345671"}, RefusedValue("supplier.ruc", "20512345671", "customers_ruc")),
        ({"kind": "03"}, RefusedValue("series", "F001", "series")),
        ({"series": "B001", "number": "1"}, RefusedValue("series", "B001", "series")),
        ({"currency": "CLP"}, RefusedValue("currency", "CLP", "unknown")),
        (
            {"total": Decimal(5), "supplier.ruc": "20609173426"},
            RefusedValue("supplier.ruc", "20609173426", "ruc"),
        ),
    ],
)
def test_what_cannot_stand_is_refused_with_its_reason(
    changes: dict[str, Change], refused: RefusedValue
) -> None:
    """An amount or a day that is none, a RUC that fails its digit, a series of another kind: one of them and
    nothing is changed.
    """
    assert corrected(PAPER, changes, TODAY) == [refused]


def test_several_values_are_corrected_at_once_and_can_be_taken_back() -> None:
    """Old and new are told field by field, in one order, and the old ones make the paper what it was."""
    changes: dict[str, Change] = {
        "total": Decimal("118.00"), "issue_date": date(2026, 10, 2), "supplier.ruc": "20609173425",
        "kind": "03", "series": "B001", "number": "9",
        "igv": Decimal("68.64"),
    }  # fmt: skip
    after = corrected(PAPER, changes, TODAY)
    assert isinstance(after, Invoice)
    told = differences(PAPER, after)
    assert told == [
        Correction("supplier.ruc", "20123456786", "20609173425"),
        Correction("kind", "01", "03"),
        Correction("series", "F001", "B001"),
        Correction("number", "123", "9"),
        Correction("issue_date", "2026-11-20", "2026-10-02"),
        Correction("total", "450.00", "118.00"),
    ]
    assert with_values(after, {one.field: one.old for one in told}) == PAPER


def test_a_value_that_was_not_read_is_given_and_taken_back_to_nothing() -> None:
    """Nothing becomes a value, and the value nothing again."""
    unread = an_invoice(total=None, supplier=Supplier())
    after = corrected(unread, {"total": Decimal(5), "supplier.name": "Luz SAC"}, TODAY)
    assert isinstance(after, Invoice)
    assert differences(unread, after) == [
        Correction("supplier.name", None, "Luz SAC"),
        Correction("total", None, "5"),
    ]
    assert with_values(after, {"supplier.name": None, "total": None}) == unread


@pytest.mark.parametrize(
    ("doubted", "after", "promised"),
    [
        ((), PAPER, "consistent"),
        (("total",), PAPER, "needs_review"),
        (("total",), PAPER.model_copy(update={"total": Decimal("450.01")}), "consistent"),
        (("items.7.amount",), PAPER, "needs_review"),
        ((), PAPER.model_copy(update={"total": Decimal(118)}), "needs_review"),
        ((), PAPER.model_copy(update={"number": None}), "needs_review"),
    ],
)
def test_a_corrected_paper_promises_what_its_checks_allow(
    doubted: tuple[str, ...], after: Invoice, promised: str
) -> None:
    """Never proven; to be looked at while a sum fails, a key field is missing or a doubtful value still
    stands as it was read.
    """
    assert judged(PAPER, doubted, after, TODAY) == promised


def test_only_what_begins_to_fail_is_told() -> None:
    """A total that no longer is what base, taxes and items make names those checks; one that failed before
    names none.
    """
    wrong = PAPER.model_copy(update={"total": Decimal(118)})
    assert (failing(PAPER, wrong, TODAY), failing(wrong, wrong, TODAY)) == (["items", "sum"], [])
