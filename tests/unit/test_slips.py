"""The measure of misread digits: what it seeds, and how it counts what came of it."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from bench.slips import LIKE, ended, slipped
from functions.extractor.page import Page
from tests.sheets import CUSTOMER, FACTURA, SUPPLIER, boxes

pytestmark = pytest.mark.unit

PAGES = [Page(0, 620, 900, boxes(FACTURA))]


@pytest.mark.parametrize(
    "value", [SUPPLIER, CUSTOMER, date(2026, 11, 5), Decimal("118.00"), Decimal("18.00")]
)
def test_a_slip_is_one_digit_that_looks_like_another(value: str | date | Decimal) -> None:
    """One character of one phrase changes, into a digit that engines take the printed one for."""
    wrong = slipped(PAGES, value, Random(1))
    assert wrong is not None
    pairs = [
        (a, b)
        for old, new in zip(PAGES[0].boxes, wrong[0].boxes, strict=True)
        for a, b in zip(old.text, new.text, strict=True)
    ]
    changed = [(a, b) for a, b in pairs if a != b]
    assert len(changed) == 1
    assert changed[0][1] in LIKE[changed[0][0]]


def test_a_value_that_is_not_printed_has_no_slip() -> None:
    """Nothing is seeded where the page does not print the value."""
    assert slipped(PAGES, Decimal("999.99"), Random(1)) is None


def test_a_slip_in_a_ruc_is_told_and_one_in_nothing_is_none() -> None:
    """A RUC whose check digit fails is to be reviewed; a page without a slip shows what it prints."""
    wrong = slipped(PAGES, SUPPLIER, Random(1))
    assert wrong is not None
    assert (ended(PAGES, "ruc", SUPPLIER), ended(wrong, "ruc", SUPPLIER)) == ("right or null", "needs_review")
