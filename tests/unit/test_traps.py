"""The traps of an accountant's month, each found by its number (`-k trap_07`); those that need the worker or
SUNAT are in the contract tests, under the same names.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import openpyxl
import pytest

from functions.books import proposal, rce, workbook
from functions.books.ask import understand
from functions.books.entry import Entry
from functions.books.filed import Filed, Register
from functions.books.months import Month
from functions.books.purchases import Placed, month_of, sheets
from functions.extractor.invoice import Customer, Modifies, Supplier
from functions.lima import LIMA
from tests.builders import an_invoice
from tests.papers import NOVEMBER, OWN, RATES
from tests.scale import draws

pytestmark = pytest.mark.unit

MINE = Customer(id_type="6", id=OWN.ruc)
OF_A_FACTURA, OF_A_BOLETA = (
    Modifies(kind="01", series="F001", number="7"),
    Modifies(kind="03", series="B001", number="7"),
)
RATED_DAY = date(2026, 11, 20)


def placed(*, modified_on: date | None = None, period: Month = NOVEMBER, **changes: Any) -> Placed:
    """A factura to the business, changed so, where it stands in November."""
    invoice = an_invoice(**{"customer": MINE} | changes)
    entry = Entry(uuid4(), datetime(2026, 11, 21, 15, tzinfo=UTC), "consistent", invoice)
    month = (invoice.issue_date or date(2026, 11, 1)).replace(day=1)
    return month_of(
        Register([Filed(entry, uuid4(), month, "f.pdf", modified_on=modified_on)]), OWN, period, RATES
    )[0]


def fields(one: Placed) -> list[str]:
    """The paper's line in SUNAT's file, field by field."""
    return rce.line(one.row).split("|")


def test_trap_01_a_note_of_credit() -> None:
    """Without the day of what it modifies it is to be looked at (428); of a boleta it gives no credit (432);
    printed positive it subtracts.
    """
    note = {"kind": "07", "series": "FC01"}
    undated, boletas = placed(**note, modifies=OF_A_FACTURA), placed(**note, modifies=OF_A_BOLETA)
    assert (undated.place, undated.reasons) == ("review", (428,))
    assert (boletas.place, boletas.reasons) == ("no_credit", ("note_of_boleta",))
    whole = placed(**note, modifies=OF_A_FACTURA, modified_on=date(2026, 11, 2))
    assert (whole.place, fields(whole)[14:16], fields(whole)[24], fields(whole)[27]) == (
        "purchases",
        ["-381.36", "-68.64"],
        "-450.00",
        "02/11/2026",
    )


def test_trap_02_dollars() -> None:
    """They are converted at the day's rate with three decimals; without a rate the paper stays out and says
    so; soles have no rate.
    """
    rate = RATES[RATED_DAY]
    dollars = placed(currency="USD", issue_date=RATED_DAY)
    assert (dollars.place, fields(dollars)[24:27]) == (
        "purchases",
        [f"{450 * rate:.2f}", "USD", f"{rate:.3f}"],
    )
    igv = (Decimal("68.64") * rate).quantize(Decimal("0.01"))
    assert fields(dollars)[14:16] == [f"{Decimal(fields(dollars)[24]) - igv}", f"{igv}"]
    unrated = placed(currency="USD", issue_date=date(2026, 11, 5))
    assert (unrated.place, unrated.reasons, unrated.row[14:25]) == ("review", ("no_rate",), (None,) * 11)
    assert fields(placed())[25:27] == ["PEN", ""]
    assert rce.errors((*placed().row[:26], Decimal("3.383"), *placed().row[27:]), NOVEMBER) == (499,)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("PEÑA | HIJOS / CÍA \\ S.A.C.\nLIMA", "PENA HIJOS - CIA - S.A.C. LIMA"),
        ("CAFÉ 🍵 ANDINO", "CAFE ANDINO"),
        ('=HYPERLINK("http://malo.example")', '=HYPERLINK("http:--malo.example")'), ("Á" * 1600, "A" * 1500),
    ],
)  # fmt: skip
def test_trap_03_names_of_suppliers(name: str, written: str) -> None:
    """Pipes, bars, breaks, accents, pictures and 1,500 signs and more are written as SUNAT takes them; in the
    workbook none of them is a formula.
    """
    one = placed(supplier=Supplier(ruc="20100070970", name=name))
    line = fields(one)
    assert (len(line), line[13]) == (42, written)
    data, _ = workbook.written(sheets([one], [], lambda _: [], lambda _: None))
    cell = openpyxl.load_workbook(io.BytesIO(data))["Compras"]["N2"]
    assert (cell.data_type, cell.value) == ("s", workbook.clean(name))


def test_trap_04_series_and_numbers() -> None:
    """Zeros before a number go, a number of zeros is none (403), a series is written in capitals; two
    suppliers' E001-1 are two papers.
    """
    assert fields(placed(number="00000123", series="f001"))[7:10] == ["F001", "", "123"]
    assert (placed(number="000").place, placed(number="000").reasons) == ("review", (403,))
    twins = [
        placed(number="1", series="E001", supplier=Supplier(ruc=ruc, name="X"))
        for ruc in ("20100070970", "20131312955")
    ]
    found = proposal.compare(proposal.Proposal([], OWN.ruc, NOVEMBER), twins, NOVEMBER)
    assert [(one.place, here.car) for one, here in zip(twins, found.only_here, strict=True)] == [
        ("purchases", "2010007097001E0010000000001"), ("purchases", "2013131295501E0010000000001"),
    ]  # fmt: skip


def test_trap_05_a_service_bill() -> None:
    """Without a due date it is to be looked at (414); due in the next month it goes with that day, later not
    (417); issued the month before it is that month's.
    """
    bill = {"kind": "14", "series": "S001"}
    assert placed(**bill).reasons == (414,)
    due = placed(**bill, due_date=date(2026, 12, 18))
    assert (due.place, fields(due)[5]) == ("purchases", "18/12/2026")
    assert placed(**bill, due_date=date(2027, 1, 4)).reasons == (417,)
    assert placed(**bill, issue_date=date(2026, 10, 30), due_date=date(2026, 11, 12)).place == "other_month"


def test_trap_06_a_factura_that_sunat_does_not_propose() -> None:
    """Of the month itself it cannot be added by whom it was sent to; of the month before it can, and so can a
    boleta of the month.
    """
    october = placed(issue_date=date(2026, 10, 30), period=NOVEMBER.before)
    found = [
        proposal.may_be_added(one, NOVEMBER) for one in (placed(), october, placed(kind="03", series="B001"))
    ]
    assert found == [False, True, True]


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ({"taxable": "100.00", "igv": "10.50", "total": "110.50"},
            "100.00|10.50|0.00|0.00|0.00|0.00|0.00|0.00|0.00|0.00|110.50"),
        ({"taxable": "100.00", "igv": "18.00", "exempt": "50.00", "total": "168.00"},
            "100.00|18.00|0.00|0.00|0.00|0.00|50.00|0.00|0.00|0.00|168.00"),
        ({"taxable": "100.00", "igv": "18.00", "icbper": "0.50", "total": "118.50"},
            "100.00|18.00|0.00|0.00|0.00|0.00|0.00|0.00|0.50|0.00|118.50"),
        ({"taxable": "100.00", "igv": "18.00", "rounding": "0.01", "total": "118.01"},
            "100.00|18.00|0.00|0.00|0.00|0.00|0.00|0.00|0.00|0.01|118.01"),
        ({"taxable": "100.00", "igv": "18.00", "other_charges": "10.00", "total": "128.00"},
            "100.00|18.00|0.00|0.00|0.00|0.00|0.00|0.00|0.00|10.00|128.00"),
        ({"taxable": "90.00", "discounts": "10.00", "igv": "16.20", "total": "106.20"},
            "90.00|16.20|0.00|0.00|0.00|0.00|0.00|0.00|0.00|0.00|106.20"),
        ({"taxable": "100.00", "discounts": "10.00", "igv": "18.00", "total": "108.00"},
            "100.00|18.00|0.00|0.00|0.00|0.00|0.00|0.00|0.00|-10.00|108.00"),
        ({"taxable": "100.00", "isc": "20.00", "igv": "21.60", "total": "141.60"},
            "100.00|21.60|0.00|0.00|0.00|0.00|0.00|20.00|0.00|0.00|141.60"),
    ],
    ids=["IGV of 10.5", "mixed", "bags", "rounding", "charges", "a discount inside the base",
        "a global discount", "ISC"],
)  # fmt: skip
def test_trap_07_what_a_total_is_made_of(printed: dict[str, str], written: str) -> None:
    """Each part stands in its field, and the fields add to the total."""
    one = placed(**{name: Decimal(value) for name, value in printed.items()})
    assert (one.place, "|".join(fields(one)[14:25])) == ("purchases", written)


@pytest.mark.parametrize(
    ("customer", "ruc", "wanted"),
    [
        (Customer(id_type="6", id="20512345672"), OWN.ruc, ("review", ("unread_buyer",))),
        (Customer(), OWN.ruc, ("review", ("unread_buyer",))),
        (Customer(id_type="1", id="45781234"), "10457812341", ("purchases", ())),
        (Customer(id_type="1", id="45781235"), "10457812341", ("review", ("not_own",))),
    ],
    ids=["a digit off", "none", "the DNI in the own RUC 10", "another's DNI"],
)
def test_trap_08_whose_a_paper_is(customer: Customer, ruc: str, wanted: tuple[str, tuple[str, ...]]) -> None:
    """A RUC one digit off and a missing one are to be looked at, and never taken for another's; a person's
    DNI is the person's RUC 10.
    """
    entry = Entry(
        uuid4(), datetime(2026, 11, 21, 15, tzinfo=UTC), "consistent", an_invoice(customer=customer)
    )
    [one] = month_of(
        Register([Filed(entry, uuid4(), date(2026, 11, 1), "f.pdf")]), replace(OWN, ruc=ruc), NOVEMBER, RATES
    )
    assert (one.place, one.reasons) == wanted


def test_trap_09_the_last_evening_of_the_year() -> None:
    """At 23:30 of 31 December in Lima, next year by UTC, `excel` is December's; in January `mes pasado` is
    the December before.
    """
    evening = datetime(2027, 1, 1, 4, 30, tzinfo=UTC).astimezone(LIMA).date()
    asked = [understand("excel", evening), understand("excel mes pasado", date(2027, 1, 5))]
    assert [ask and ask.month for ask in asked] == [Month(2026, 12), Month(2026, 12)]


@pytest.mark.long
def test_trap_11_a_month_of_three_thousand_papers() -> None:
    """Its workbook has a row each, none left out; `python -m bench.month` measures the seconds and the
    memory.
    """
    papers = [placed(number=str(at + 1)) for at in range(draws(300, 3_000))]
    data, left_out = workbook.written(sheets(papers, [], lambda _: [], lambda _: None))
    page = openpyxl.load_workbook(io.BytesIO(data), read_only=True)["Compras"]
    numbers = {row[0] for row in page.iter_rows(min_row=2, min_col=10, max_col=10, values_only=True)} - {None}
    assert (len(numbers), left_out) == (len(papers), 0)
