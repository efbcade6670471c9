from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import uuid4

import pytest

from functions.books import purchases, rce, wording
from functions.books.filed import Filed, Register, Unfiled, Why
from functions.books.months import Month
from functions.books.ports import Business
from functions.books.purchases import Placed, month_of, sheets
from functions.books.workbook import Value
from functions.extractor.invoice import Customer, Invoice, Modifies
from tests.builders import an_invoice
from tests.papers import NOVEMBER, OTHER, OWN, RATES
from tests.recomputed import wrong
from tests.scale import draws

pytestmark = pytest.mark.unit

MINE = Customer(id_type="6", id=OWN.ruc)
NUMBERS = [column.title for column in purchases._SHEETS_COLUMNS]


def a_filed(invoice: Invoice, **changes: object) -> Filed:
    """A consistent paper of November."""
    from functions.books.entry import Entry

    entry = Entry(uuid4(), datetime(2026, 11, 21, 15, tzinfo=UTC), "consistent", invoice)
    month = (invoice.issue_date or date(2026, 11, 1)).replace(day=1)
    return replace(Filed(entry, uuid4(), month, "f.pdf"), **changes)


def place(invoice: Invoice, **changes: object) -> Placed:
    return month_of(Register([a_filed(invoice, **changes)]), OWN, NOVEMBER, RATES)[0]


def laid(papers: list[Placed]) -> dict[str, list[tuple[Value, ...]]]:
    made = sheets(papers, [], lambda _: [], lambda _: None)
    return {sheet.name: [tuple(row) for row in sheet.rows] for sheet in made}


@pytest.mark.long
def test_months_add_up() -> None:
    """In every month each paper is in exactly one place, the one that the rules give, and every column of
    every sheet sums to what the papers come to.
    """
    assert [said for seed in range(draws(150, 10_000)) for said in wrong(seed)] == []


@pytest.mark.long
def test_months_add_up_in_the_file_that_is_sent() -> None:
    """So they do when the workbook is read back."""
    assert [said for seed in range(draws(5, 200)) for said in wrong(seed, 12, through_a_file=True)] == []


def test_a_wrong_sum_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recomputation is no echo: a cent that goes astray, and a sign, are told."""
    amounts = rce._amounts
    for change in (
        lambda values: tuple(value and value + Decimal("0.01") for value in values),
        lambda values: tuple(value and -value for value in values),
    ):
        monkeypatch.setattr(
            rce, "_amounts", lambda *given, change=change, **how: change(amounts(*given, **how))
        )
        assert list(wrong(1))


# --- one by one ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, ("purchases", ())),
        ({"kind": "03", "series": "B001"}, ("no_credit", ("no_credit",))),
        ({"kind": "12", "customer": Customer()}, ("no_credit", ("no_credit",))),
        ({"kind": "12"}, ("purchases", ())),
        ({"kind": "02"}, ("no_credit", ("no_credit",))),
        ({"customer": Customer(id_type="6", id=OTHER)}, ("review", ("not_own",))),
        ({"customer": Customer(id_type="6", id="20512345672")}, ("review", ("unread_buyer",))),
        ({"customer": Customer()}, ("review", ("unread_buyer",))),
        ({"issue_date": date(2026, 10, 31)}, ("other_month", ("other_month",))),
        ({"total": Decimal("460.00")}, ("review", ("no_sum",))),
        ({"number": "000"}, ("review", (403,))),
        ({"kind": "14", "series": "S001"}, ("review", (414,))),
        ({"kind": "14", "series": "S001", "due_date": date(2026, 12, 31)}, ("purchases", ())),
        ({"kind": "14", "series": "S001", "due_date": date(2027, 1, 2)}, ("review", (417,))),
        ({"kind": "07", "series": "FC01"}, ("review", (428,))),
        ({"kind": "07", "series": "BC01", "modifies": Modifies(kind="03", series="B001", number="4")},
            ("no_credit", ("note_of_boleta",))),
        ({"currency": "USD", "issue_date": date(2026, 11, 5)}, ("review", ("no_rate",))),
        ({"currency": "EUR"}, ("review", ("other_currency",))),
    ],
)  # fmt: skip
def test_a_paper_stands_where_its_traits_put_it(
    changes: dict[str, object], wanted: tuple[str, tuple[object, ...]]
) -> None:
    """A boleta, another's factura, one of October, one that does not add up, a note without its original…
    each has its place and its reason.
    """
    found = place(an_invoice(**{"customer": MINE} | changes))
    assert (found.place, found.reasons) == wanted


def test_what_sunat_refuses_is_to_be_looked_at() -> None:
    """A factura that SUNAT has as annulled, or never authorised, is in no register until a person has
    looked.
    """
    found = place(an_invoice(customer=MINE), refused=True)
    assert (found.place, found.reasons) == ("review", ("refused",))


def test_what_is_anothers_has_no_amounts() -> None:
    """A factura to another RUC is shown with its total apart and adds to no column."""
    found = place(an_invoice(customer=Customer(id_type="6", id=OTHER)))
    row = laid([found])["Por revisar"][0]
    assert (row[14:25], row[NUMBERS.index("Otra moneda")]) == ((None,) * 11, "PEN 450.00")


def test_dollars_stand_apart_with_their_soles_beside() -> None:
    """A factura of US$ 450.00 has soles at the day's rate in the register's columns and its dollars in their
    own.
    """
    found = place(an_invoice(customer=MINE, currency="USD", issue_date=date(2026, 11, 20)))
    row = laid([found])["Compras"][0]
    rate = RATES[date(2026, 11, 20)]
    assert (row[24], row[26], row[NUMBERS.index("Total US$")]) == (
        (Decimal(450) * rate).quantize(Decimal("0.01"), ROUND_HALF_UP), rate, Decimal("450.00"),
    )  # fmt: skip


def test_a_note_of_credit_subtracts_however_it_is_printed() -> None:
    """A note printed positive and one printed negative have the same negative row."""
    printed = {
        "kind": "07",
        "series": "FC01",
        "customer": MINE,
        "modifies": Modifies(kind="01", series="F001", number="1"),
    }
    plus = place(an_invoice(**printed), modified_on=date(2026, 11, 2))
    minus = place(
        an_invoice(**printed, taxable=Decimal("-381.36"), igv=Decimal("-68.64"), total=Decimal("-450.00")),
        modified_on=date(2026, 11, 2),
    )
    assert (
        plus.row[14:25]
        == minus.row[14:25]
        == (Decimal("-381.36"), Decimal("-68.64"), *[None] * 8, Decimal("-450.00"))
    )
    assert plus.place == minus.place == "purchases"


def test_a_boleta_stands_whole_in_what_is_not_taxed() -> None:
    """What gives no credit fills neither base nor IGV."""
    assert place(an_invoice(kind="03", series="B001")).row[14:25] == (
        *[None] * 6,
        Decimal("450.00"),
        None,
        None,
        None,
        Decimal("450.00"),
    )


def test_what_was_not_registered_is_listed_with_its_reason() -> None:
    """A Yape, a paper that was taken out and one that came twice are on one sheet, each with why."""
    again = a_filed(an_invoice(customer=MINE))
    again = replace(again, entry=replace(again.entry, repeated=True))
    at = datetime(2026, 11, 3, 2, tzinfo=UTC)
    lost = [
        Unfiled(uuid4(), at, "yape", "yape.jpg"),
        Unfiled(uuid4(), at, "taken_out", "x.pdf", said="F001-9"),
    ]
    made = sheets(
        month_of(Register([again]), OWN, NOVEMBER, RATES),
        lost,
        lambda _: [],
        lambda file: f"https://x.pe/{file.filename}",
    )
    rows = [tuple(row) for sheet in made if sheet.name == "No registrados" for row in sheet.rows]
    assert rows == [
        (
            date(2026, 11, 21),
            None,
            "f.pdf",
            "F001-123",
            "repetido: ya estaba registrado",
            "https://x.pe/f.pdf",
        ),
        (date(2026, 11, 2), None, "yape.jpg", "", "captura de Yape", "https://x.pe/yape.jpg"),
        (
            date(2026, 11, 2),
            None,
            "x.pdf",
            "F001-9",
            "sacado de los registros por su dueño",
            "https://x.pe/x.pdf",
        ),
    ]


def test_every_reason_has_its_words() -> None:
    """Nothing that can be a reason is without a Spanish sentence."""
    from typing import get_args

    reasons, _ = get_args(purchases.Reason)
    numbers = [number for number, _ in rce._RULES]
    assert all(wording.reason(why) for why in (*get_args(reasons), *numbers))
    whys = [word for part in get_args(Why) for word in get_args(part)]
    assert all(wording.unfiled(why) for why in whys)


def test_a_business_without_a_ruc_has_its_month_too() -> None:
    """Where the business has not said its RUC nothing is taken for another's."""
    found = month_of(
        Register([a_filed(an_invoice(customer=Customer(id_type="6", id=OTHER)))]), Business(), NOVEMBER, RATES
    )[0]
    assert (found.place, found.own) == ("purchases", "unknown")


def test_a_month_of_nothing_has_its_six_sheets() -> None:
    """An empty month is six sheets without rows."""
    made = sheets(month_of(Register([]), OWN, Month(2026, 12), RATES), [], lambda _: [], lambda _: None)
    assert [(sheet.name, len(list(sheet.rows))) for sheet in made] == [
        ("Compras", 0),
        ("Por revisar", 0),
        ("Sin crédito", 0),
        ("Otros meses", 0),
        ("No registrados", 0),
        ("Ítems", 0),
    ]
