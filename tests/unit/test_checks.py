"""Each check of one invoice at its edges: what holds, what fails, and of what nothing can be said."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from functions.extractor.invoice import Customer, Invoice, Item
from functions.extractor.judging import checks
from functions.extractor.judging.arithmetic import own_rates, targets
from functions.extractor.reading.reading import Side
from tests.sheets import TODAY

pytestmark = pytest.mark.unit

DAY = date(2026, 11, 5)
ABSENT = "absent"


def check(name: str, **values: Any) -> bool | str | None:
    """What the check says of an invoice of these values; "absent" where it is not made."""
    return {c.name: c.ok for c in checks.run(Invoice(**values), 0, today=TODAY)}.get(name, ABSENT)


@pytest.mark.parametrize(
    ("day", "ok"),
    [
        (date(2009, 12, 31), False),
        (date(2010, 1, 1), True),
        (TODAY + timedelta(days=1), True),
        (TODAY + timedelta(days=2), False),
    ],
)
def test_a_day_of_electronic_invoices(day: date, *, ok: bool) -> None:
    """From 2010 on until tomorrow, as clocks differ."""
    assert check("date", issue_date=day) is ok


@pytest.mark.parametrize(
    ("values", "ok"),
    [
        ({"due_date": DAY, "issue_date": DAY}, True),
        ({"due_date": DAY - timedelta(days=1), "issue_date": DAY}, False),
        ({"due_date": DAY}, ABSENT),
        ({"due_date": DAY, "issue_date": DAY, "kind": "07"}, ABSENT),
    ],
)
def test_nothing_is_due_before_it_is_issued(values: dict[str, Any], ok: object) -> None:
    """On the day itself it may be; a note's due date is the other paper's."""
    assert check("due_date", **values) is ok


@pytest.mark.parametrize(
    ("customer", "ok"),
    [
        (Customer(id_type="6", id="20512345671"), True),
        (Customer(id_type="6", id="20512345672"), False),
        (Customer(id_type="6"), ABSENT),
        (Customer(id_type="1", id="12345678"), ABSENT),
    ],
)
def test_only_a_ruc_has_a_check_digit(customer: Customer, ok: object) -> None:
    """A buyer with a DNI, or of whom no number was read, fails nothing."""
    assert check("customer_ruc", customer=customer) is ok


@pytest.mark.parametrize(
    ("values", "ok"),
    [
        ({"igv": D(0)}, True),
        ({"igv": D(18)}, None),
        ({"igv": D(18), "total": D(118)}, True),
        ({"igv": D(18), "total": D(200)}, False),
        ({"igv": D(0), "taxable": D(0)}, True),
        ({"igv": D(0), "taxable": D(100)}, False),
        ({"igv": D("18.05"), "taxable": D(100)}, True),
        ({"igv": D("18.06"), "taxable": D(100)}, False),
    ],
)
def test_the_tax_is_a_rate_of_its_base(values: dict[str, Any], *, ok: bool | None) -> None:
    """Where no base is printed what the total leaves; five cents are forgiven."""
    assert check("igv_rate", issue_date=DAY, **values) is ok


@pytest.mark.parametrize(("amount", "ok"), [("100.05", True), ("100.06", False), (None, None)])
def test_lines_make_the_total(amount: str | None, *, ok: bool | None) -> None:
    """Five cents are forgiven; a line without an amount says nothing."""
    items = [Item(amount=amount and D(amount))]
    assert check("items", items=items, total=D(100)) is ok


@pytest.mark.parametrize(
    ("values", "levies", "payable"),
    [
        ({}, ABSENT, ABSENT),
        ({"detraction": D(121)}, True, ABSENT),
        ({"detraction": D(123)}, None, ABSENT),
        ({"perception": D("20.01")}, True, ABSENT),
        ({"perception": D("20.02")}, None, ABSENT),
        ({"detraction": D(120), "net_payable": D("880.50")}, True, True),
        ({"detraction": D(120), "net_payable": D(881)}, True, True),
        ({"detraction": D(120), "net_payable": D("881.01")}, None, False),
        ({"detraction": D(120), "net_payable": D(500)}, None, False),
        ({"net_payable": D(900)}, None, None),
        ({"net_payable": D(1001)}, None, True),
        ({"net_payable": D(1100)}, None, False),
    ],
)
def test_what_is_payable_follows_from_total_and_levies(
    values: dict[str, Any], levies: object, payable: object
) -> None:
    """Detractions are paid in whole soles; less than the total without a reason says nothing, and more is
    wrong.
    """
    found = (check("levies", total=D(1000), **values), check("payable", total=D(1000), **values))
    assert found == (levies, payable)


def test_lines_may_make_the_total_or_a_base_that_is_printed() -> None:
    """Without a base the total alone."""
    assert targets(Invoice(), D(118), Side()) == [D(118)]
    assert targets(Invoice(taxable=D(100)), D(118), Side()) == [D(118), D(100)]


@pytest.mark.parametrize(("igv", "own"), [("18.05", [D("0.18")]), ("18.06", [])])
def test_a_tax_shows_its_rate_within_five_cents(igv: str, own: list[D]) -> None:
    """The rate that the printed tax is of its base."""
    assert own_rates(Invoice(taxable=D(100), igv=D(igv), issue_date=DAY)) == own


@pytest.mark.parametrize(("code", "ok"), [("PEN", True), ("EUR", True), ("ARS", False), (None, None)])
def test_money_that_the_books_know(code: str | None, *, ok: bool | None) -> None:
    """Soles, dollars and euros."""
    assert check("currency", currency=code) is ok


@pytest.mark.parametrize(
    ("words", "ok"),
    [("BOLETA ELECTRÓNICA", False), ("FACTURAS IMPRESAS", True), ("Balanza electrónica", True)],
)
def test_a_title_is_no_item(words: str, ok: bool) -> None:
    """Lines one of which is called as a title is are paired a row apart, though they make the total."""
    assert check("items", items=[Item(description=words, amount=D(100))], total=D(100)) is ok
