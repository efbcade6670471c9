"""The edges of what is forgiven: where an amount stops being what its line makes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from functions.extractor.invoice import Item
from functions.extractor.judging import proof
from functions.extractor.judging.arithmetic import multiplies

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("amount", "made"), [("9.97", False), ("9.98", True), ("10.02", True), ("10.03", False)]
)
def test_two_cents_are_forgiven_and_no_third(amount: str, *, made: bool) -> None:
    """Two at 5.00 make 10.00, and 9.98 or 10.02 at the edge."""
    assert multiplies(Decimal(2), Decimal("5.00"), Decimal(amount), []) is made


@pytest.mark.parametrize(
    ("quantity", "price", "payment"),
    [(None, None, True), (Decimal(1), None, False), (None, Decimal("5.00"), False)],
)
def test_only_a_bare_line_reads_as_a_payment(
    quantity: Decimal | None, price: Decimal | None, *, payment: bool
) -> None:
    """A line without words that has a quantity or a price is one of goods."""
    assert (
        proof._may_be_a_payment(
            Item(description="--", quantity=quantity, unit_price=price, amount=Decimal("5.00"))
        )
        is payment
    )
