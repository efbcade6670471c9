"""The edges of a proof and of a verdict: what keeps a paper from either, each by itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from functions.extractor.invoice import Check, Invoice, Item, Source, Supplier, Verdict
from functions.extractor.judging import merge, proof, verdict
from functions.extractor.judging.paper import Paper
from functions.extractor.peru.qr import Qr
from functions.extractor.reading.reading import Side
from functions.extractor.witness import Key
from tests.sheets import CUSTOMER, FACTURA, SUPPLIER, TODAY, read

pytestmark = pytest.mark.unit

DAY = date(2026, 11, 5)


def an_item(description: str | None = "Arroz", **values: Any) -> Item:
    """A line with these numbers."""
    return Item(description=description, **{name: v and D(v) for name, v in values.items()})


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "every", "confirmed"),
    [
        (None, "5", "10", False, False),
        ("2", None, "10", False, False),
        ("2", "5.00", "10.00", True, True),
        ("2", "5.00", None, False, True),
        ("2", "5.00", None, True, False),
        ("3", "1", "3", True, False),
        ("1", "1", "1", True, True),
        ("2.5", "4", "10", True, False),
        ("2.5", "4.00", "10.00", True, True),
        ("2.5", "4", "10", False, True),
        ("1", "5.00", "5.0051", False, True),
        ("1", "5.00", "5.0052", False, False),
    ],
)
def test_when_quantity_and_price_are_confirmed(
    quantity: str | None, price: str | None, amount: str | None, *, every: bool, confirmed: bool
) -> None:
    """Off a picture neither a price of one, nor a quantity that looks like a price, nor an amount that is not
    printed tells anything.
    """
    item = an_item(quantity=quantity, unit_price=price, amount=amount)
    assert proof._confirmed(item, D(1), every=every) is confirmed


@pytest.mark.parametrize(
    ("description", "name", "called"),
    [
        ("BOLSA PLASTICA", "icbper", True),
        ("BOLSA PLASTICA", "rounding", False),
        ("ARROZ", "icbper", False),
        ("REDONDEO", "rounding", True),
        ("REDONDEO", "other_charges", False),
    ],
)
def test_a_line_is_the_sum_that_it_is_called(description: str, name: str, *, called: bool) -> None:
    """The label of a sum stands for that sum and a bag for the tax on bags, and neither for any other."""
    assert proof._is_called(an_item(description), name) is called


@pytest.mark.parametrize(
    ("part", "description", "line"),
    [("-5", "ARROZ", True), ("0.50", "BOLSA", True), ("0.50", "ARROZ", False), ("0", "ARROZ", False)],
)
def test_a_charge_is_a_line_by_its_sign_or_its_name(part: str, description: str, *, line: bool) -> None:
    """A deduction is told by its sign, and anything else by what it is called."""
    invoice = Invoice(items=[an_item(description, amount=part)])
    assert proof._is_line(invoice, "icbper", D(part)) is line
    assert proof._is_line(invoice, "icbper", D(part) - 1) is False


@pytest.mark.parametrize(
    ("items", "igv", "every", "holds"),
    [
        ([an_item(amount="10")], None, True, True),
        ([an_item(amount="10"), an_item(amount="18")], "18", False, False),
        ([an_item(amount="10"), an_item(amount="5", quantity="1", unit_price="5")], None, False, True),
        ([an_item(amount="10"), an_item(amount="5", quantity="1", unit_price="5")], None, True, False),
        ([an_item(amount="10"), an_item(amount="20")], None, True, True),
        ([an_item(amount="5", quantity="1", unit_price="5")], None, True, True),
        ([an_item(amount="10", quantity="2", unit_price="6")], None, False, False),
        ([an_item(amount="18", quantity="1")], "18", False, True),
        ([an_item(amount="18", unit_price="18")], "18", False, True),
        ([an_item("A", amount="10", quantity="2", unit_price="5")], None, False, False),
        ([an_item(amount="0")], None, False, False),
    ],
)
def test_what_was_sold(items: list[Item], igv: str | None, *, every: bool, holds: bool) -> None:
    """A tax, or off a picture any bare row among whole ones, may be a row of the totals."""
    assert proof.sold(Invoice(items=items, igv=igv and D(igv)), every=every) is holds


@pytest.mark.parametrize(
    ("values", "rated", "taxed"),
    [
        ({"taxable": D(100), "igv": D(18)}, True, True),
        ({"taxable": D(100), "igv": D(18)}, False, False),
        ({"taxable": D(100)}, None, False),
        ({"exempt": D(100)}, None, True),
        ({"exempt": D(100), "igv": D(18)}, None, False),
    ],
)
def test_a_breakdown_shows_its_tax(values: dict[str, D], *, rated: bool | None, taxed: bool) -> None:
    """A base needs a tax that is a rate of it; what is exempt needs none. Other checks say nothing of it."""
    made = [Check(0, "sum", not rated), Check(0, "igv_rate", rated)]
    assert proof._taxed(Invoice(**values), [], made) is taxed


WHOLE = {
    "supplier": Supplier(ruc="20512345671"), "kind": "01", "series": "F001", "number": "1",
    "issue_date": DAY, "total": D(118), "currency": "PEN",
}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (WHOLE, "consistent"),
        (WHOLE | {"number": None}, "needs_review"),
        ({}, "unreadable"),
        ({"series": "F001"}, "unreadable"),
        ({"number": "1"}, "unreadable"),
        ({"series": "F001", "number": "1"}, "needs_review"),
        ({"total": D(1)}, "needs_review"),
        ({"supplier": Supplier(ruc="20512345671")}, "needs_review"),
    ],
)
def test_what_may_be_promised_of_these_fields(values: dict[str, Any], found: Verdict) -> None:
    """Neither issuer, nor total, nor a whole name is nothing read; one of them is for a person to look at."""
    assert verdict.verdict(Invoice(**values), [], [], readings=[]) == found


def test_a_reading_is_as_good_as_what_it_has_and_what_holds() -> None:
    """Key fields less failed checks first, then the checks that hold, then the lines."""
    told = {"sum": True, "words": True, "items": True, "date": False, "lines": None}
    made = [Check(0, name, ok) for name, ok in told.items()]
    assert verdict.quality(Invoice(**WHOLE, items=[Item()]), made) == (6, 3, D(1))


ROUNDED = [
    an_item(amount="60", quantity="3", unit_price="20.001"),
    an_item(amount="57.99", quantity="3", unit_price="19.331"),
]

GIFTS = [an_item("TRANSFERENCIA GRATUITA", amount="3"), an_item("TRANSFERENCIA GRATUITA", amount="4")]
TAKEN = {"taxable": D(100), "igv": D(18), "discounts": D(10)}
"""With a total of 118 the discount is in the base already, with one of 108 it is taken from the sum."""


@pytest.mark.parametrize(
    ("items", "values", "every", "holds"),
    [
        ([], {}, False, False),
        ([an_item(amount="118")], {}, True, True),
        ([an_item(amount="118")], {"total": None}, True, False),
        ([an_item(amount="118.005")], {"total": D("118.005")}, True, False),
        ([an_item(amount="118"), an_item()], {}, True, False),
        ([an_item(amount="118")], {"taxable": D(100), "igv": D(18)}, True, True),
        ([an_item(amount="100")], {"taxable": D(100), "igv": D(18)}, True, True),
        ([an_item(amount="100")], {"taxable": D(100), "igv": D("18.01")}, True, False),
        ([an_item(amount="117.99")], {}, False, False),
        ([an_item(amount="117.99", quantity="3", unit_price="39.331")], {}, False, False),
        ([an_item(amount="118", quantity="1")], {}, True, True),
        (
            ROUNDED,
            {},
            False,
            True,
        ),
        (
            ROUNDED,
            {},
            True,
            False,
        ),
        (
            [an_item(amount=a, quantity="3", unit_price=p) for a, p in (("60", "20"), ("57.99", "19.33"))],
            {},
            False,
            False,
        ),
        (
            [an_item(amount="60", quantity="3", unit_price="20.001"), an_item(amount="57.99")],
            {},
            False,
            False,
        ),
        (
            [an_item(amount="118"), an_item("BOLSA", amount="0.50")],
            {"icbper": D("0.50"), "total": D("118.50")},
            True,
            True,
        ),
        ([an_item(amount="118")], {"icbper": D("0.50"), "total": D("118.50")}, True, True),
        ([an_item(amount="128")], {"discounts": D(10)}, True, True),
        ([an_item(amount="110")], TAKEN, True, True),
        ([an_item(amount="100")], TAKEN | {"total": D(108)}, True, True),
        ([an_item(amount="110")], TAKEN | {"total": D(108)}, True, False),
        ([an_item(amount="128"), an_item(amount="-10")], {"discounts": D(10)}, True, True),
        ([an_item(amount="128"), an_item(amount="-10")], {}, True, True),
        ([an_item(amount="128")], {}, True, False),
        ([an_item(amount="118"), an_item(amount="7")], {"free": D(7)}, True, True),
        ([an_item(amount="118"), an_item(amount="7")], {"free": D(8)}, True, False),
        ([an_item(amount="120"), an_item(amount="5")], {"free": D(7)}, True, False),
        ([an_item(amount="118"), *GIFTS], {"free": D(7)}, True, True),
        ([an_item(amount="118"), an_item(amount="7")], {}, True, False),
    ],
)
def test_sums_that_leave_a_misread_digit_no_room(
    items: list[Item], values: dict[str, D | None], *, every: bool, holds: bool
) -> None:
    """Only lines that were rounded one by one may be half a cent off, and off a picture none; a charge, a
    discount or a gift is a line or is in none.
    """
    invoice = Invoice(items=items, issue_date=DAY, **{"total": D(118)} | values)
    assert proof.tight(invoice, Side(), every=every) is holds


@pytest.mark.parametrize(
    ("quantity", "price", "tells"),
    [("1", "5.00", True), ("2.55", "0.52", True), ("2.55", "0.51", False), ("900", "0.0001", False)],
)
def test_a_last_digit_tells_something_where_it_moves_the_amount(
    quantity: str, price: str, *, tells: bool
) -> None:
    """One more in it must change the amount by more than what is forgiven: by just as much it could be any
    other.
    """
    assert proof._tells(D(quantity), D(price)) is tells


def test_quantities_are_promised_beside_a_line_without_any() -> None:
    """What makes its line's amount is confirmed, whatever other lines do not show."""
    lines = [an_item(quantity="2", unit_price="5.00", amount="10.00"), an_item(amount="3.00")]
    assert proof.promised(Invoice(items=lines, total=D(13)), []) == {
        "currency",
        "total",
        "items.0.amount",
        "items.0.quantity",
        "items.0.unit_price",
        "items.1.amount",
    }


SYMBOL = Qr(SUPPLIER, "01", "F001", "123", D("18.00"), D("118.00"), DAY, "6", CUSTOMER)
BARE = FACTURA.replace(
    "100.00\n", " 60.00\nARENA GRUESA                                                   40.00\n", 1
).replace("50.00", "30.00")
"""A line without quantity and price beside one with them."""
BY_HAND = FACTURA.replace(
    "2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00",
    "3.00    NIU    CEMENTO PORTLAND TIPO I              13.331       39.99\n"
    "3.00    NIU    ARENA GRUESA                         20.001       60.00",
)
"""Lines that were rounded one by one, which together are a cent off."""


@pytest.mark.parametrize(
    ("drawing", "source", "found"),
    [
        (FACTURA, "text", "proven"),
        (FACTURA, "ocr", "proven"),
        (BARE, "text", "proven"),
        (BARE, "ocr", "consistent"),
        (BY_HAND, "text", "proven"),
        (BY_HAND, "ocr", "consistent"),
    ],
)
def test_what_was_read_off_pixels_is_proven_by_more(drawing: str, source: Source, found: Verdict) -> None:
    """There a bare row may be one of the totals, and a cent that a rounding explains a misread digit."""
    made = Paper([merge.from_qr(SYMBOL), read(drawing, source=source)])
    made.judge(0, TODAY)
    assert made.verdict == found


@pytest.mark.parametrize(
    ("sources", "holds"),
    [
        (("qr", "text"), True),
        (("qr",), False),
        (("text",), False),
        (("sunat", "text"), True),
        (("sunat",), False),
        (("qr", "text", "gemini"), False),
    ],
)
def test_a_proof_has_two_witnesses_and_no_model(sources: tuple[Source, ...], *, holds: bool) -> None:
    """A page, and beside it its symbol or SUNAT; what a model said anything of is not proven."""
    page = read(FACTURA)
    made = Paper([merge.from_qr(SYMBOL), page])
    made.judge(0, TODAY)
    told = {
        "qr": merge.from_qr(SYMBOL),
        "text": page,
        "sunat": merge.from_word(Key(SUPPLIER, "01", "F001", "123", DAY, D("118.00"))),
        "gemini": merge.from_invoice(made.invoice, "gemini"),
    }
    readings = [told[source] for source in sources]
    assert proof.proven(made.invoice, made.evidence, made.checks, readings) is holds
