"""Scripted models of the bench: what they say, and how their mistakes are counted."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from bench.accuracy_model import ORDERED, Answer, Count, add, computes, errs, obeys, right, values
from functions.extractor.invoice import Evidence, Extraction, Invoice, Item, Supplier

pytestmark = pytest.mark.unit

TRUTH = Invoice(
    kind="01",
    series="F001",
    number="12",
    issue_date=date(2026, 11, 3),
    supplier=Supplier(ruc="20512345671", name="MADERAS SANTA LUZ S.A.C."),
    total=Decimal("118.00"),
    items=[Item(description="TABLON", amount=Decimal("118.00"))],
)


def test_a_play_that_is_right_says_the_truth() -> None:
    """The model that is right offers nothing wrong."""
    assert right(TRUTH, Random(1)) == Answer(TRUTH)


def test_a_play_that_errs_names_each_wrong_value() -> None:
    """What a model that errs says differs from the truth in exactly the values that it names as wrong."""
    answer = errs(0.5)(TRUTH, Random(3))
    said, true = values(answer.invoice), values(TRUTH)
    assert answer.wrong
    assert {path for path in true if said[path] != true[path]} == set(answer.wrong)


def test_a_play_that_computes_fills_what_is_not_printed() -> None:
    """A model that computes makes up IGV and base, and a quantity where none is printed."""
    assert computes(TRUTH, Random(1)).wrong == {
        "igv": Decimal("18.00"),
        "taxable": Decimal("100.00"),
        "due_date": date(2026, 11, 3),
        "items.0.quantity": Decimal(1),
        "items.0.unit": "NIU",
    }


def test_a_wrong_value_is_counted_by_how_it_was_shown() -> None:
    """A wrong value that is shown counts as hushed under a good verdict, and not where a source speaks
    against it.
    """
    answer = obeys(TRUTH, Random(1))
    shown = Invoice(supplier=Supplier(ruc=ORDERED.supplier.ruc), total=ORDERED.total)
    against = Evidence(0, "total", "1.00", "gemini", disagree=(("text", "118.00"),))
    count = Count()
    add(
        count,
        answer,
        Extraction("consistent", "text+gemini", invoices=(shown,), evidence=(against,)),
        asked=True,
    )
    assert count == Count(papers=1, asked=1, offered=4, shown=2, hushed=1, consistent=2)
