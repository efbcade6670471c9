from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest

from functions.books import proposal, wording
from functions.books.entry import Entry
from functions.books.filed import Filed, Register
from functions.books.months import Month
from functions.books.proposal import Comparison, Pair, Proposal, Proposed, compare, read
from functions.books.purchases import Placed, month_of
from functions.extractor.invoice import Customer, Invoice, Supplier
from tests.builders import an_invoice
from tests.papers import NOVEMBER, OWN, RATES
from tests.scale import draws

pytestmark = pytest.mark.unit

HEAD = [title for title, _ in wording.RCE]
MINE = Customer(id_type="6", id=OWN.ruc)


def a_row(invoice: Invoice, **changes: str) -> list[str]:
    """A row of SUNAT's download, in soles, with 80 columns."""
    rate = RATES[date(2026, 11, 20)] if invoice.currency == "USD" else Decimal(1)
    assert invoice.issue_date
    assert invoice.total is not None
    total = (invoice.total * rate * (-1 if invoice.kind == "07" else 1)).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )
    found = dict.fromkeys(HEAD, "") | {
        "RUC": OWN.ruc or "",
        "Periodo": "202611",
        "CAR SUNAT": f"{invoice.supplier.ruc}{invoice.kind}{invoice.series}{invoice.number:0>10}",
        "Fecha de emisión": f"{invoice.issue_date:%d/%m/%Y}",
        "Tipo CP/Doc.": invoice.kind or "",
        "Serie del CDP": invoice.series or "",
        "Nro CP o Doc. Nro Inicial (Rango)": invoice.number or "",
        "Nro Doc Identidad": invoice.supplier.ruc or "",
        "Apellidos Nombres/ Razón Social": invoice.supplier.name or "",
        "Total CP": str(total),
        "Moneda": invoice.currency or "",
        "Tipo de Cambio": f"{rate:.3f}",
    }
    return [*(found | changes).values(), *[""] * 39]


def placed(*invoices: Invoice) -> list[Placed]:
    papers = [
        Filed(
            Entry(UUID(int=at), datetime(2026, 11, 21, tzinfo=UTC), "proven", one),
            UUID(int=at),
            (one.issue_date or date(2026, 11, 1)).replace(day=1),
        )
        for at, one in enumerate(invoices)
    ]
    return month_of(Register(papers), OWN, NOVEMBER, RATES)


def mine(number: str = "123", **changes: Any) -> Invoice:
    return an_invoice(number, **{"customer": MINE} | changes)


def proposed(*rows: Sequence[str]) -> Proposal:
    found = read([HEAD, *rows])
    assert found is not None
    return found


def test_a_row_is_read_by_its_headings() -> None:
    """Each value is found by its column's name, in whatever order; the rate of soles is none; the file's RUC
    and month are its rows'.
    """
    order = list(range(len(HEAD)))
    random.Random(1).shuffle(order)
    row = a_row(mine("7", currency="USD"))
    found = read(
        [
            ["Propuesta RCE"],
            [HEAD[at].upper().replace("RAZÓN SOCIAL", "Razón  Social") for at in order],
            [row[at] for at in order],
        ]
    )
    rate = RATES[date(2026, 11, 20)]
    assert found == Proposal(
        [Proposed("2012345678601F0010000000007", "01", "F001", "7", "20123456786", "Ejemplo SAC",
                date(2026, 11, 20),
                  (Decimal(450) * rate).quantize(Decimal("0.01")), "USD", rate)], OWN.ruc, NOVEMBER, 0,
    )  # fmt: skip
    assert proposed(a_row(mine())).rows[0].rate is None


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["a", "b"]],
        [HEAD[:10]],
        [
            [
                name.replace("BI Gravado DG", "Valor Facturado la Exportación")
                for name in HEAD
                if "DG" not in name or name == "BI Gravado DG"
            ]
        ],
        [["x"]] * 25 + [HEAD],
    ],
)
def test_another_table_is_no_proposal(rows: list[list[str]]) -> None:
    """A price list, half a header, the proposal of sales and a header far down are none."""
    assert read(rows) is None


@pytest.mark.parametrize(
    ("change", "name", "wanted"),
    [
        ({"Nro Doc Identidad": "2.0123456786E10"}, "supplier", "20123456786"),
        ({"Nro Doc Identidad": "20123456786.0"}, "supplier", "20123456786"),
        ({"Tipo CP/Doc.": "1"}, "kind", "01"),
        ({"Tipo CP/Doc.": "1.0"}, "kind", "01"),
        ({"Nro CP o Doc. Nro Inicial (Rango)": "00000123"}, "number", "123"),
        ({"Fecha de emisión": "46346"}, "day", date(2026, 11, 20)),
        ({"Fecha de emisión": "2026-11-20T00:00:00"}, "day", date(2026, 11, 20)),
        ({"Fecha de emisión": "31/02/2026"}, "day", None),
        ({"Total CP": "1,450.00"}, "total", Decimal(1450)),
        ({"Total CP": "NaN"}, "total", None),
        ({"Total CP": "9e999999"}, "total", None),
        ({"Total CP": "?"}, "total", None),
        ({"Moneda": ""}, "currency", "PEN"),
    ],
)
def test_a_cell_may_have_been_through_a_spreadsheet(
    change: dict[str, str], name: str, wanted: object
) -> None:
    """Codes that became numbers, dates that became days, and what is no amount at all."""
    assert getattr(proposed(a_row(mine(), **change)).rows[0], name) == wanted


def test_both_and_one_side_and_what_differs() -> None:
    """Papers in both, only at SUNAT, only here, of another amount and of another day are told apart, each
    once.
    """
    papers = placed(mine("1"), mine("2"), mine("3"), mine("4"), mine("6", total=None))
    found = compare(
        proposed(
            a_row(mine("1")),
            a_row(mine("2", total=Decimal(451))),
            a_row(mine("3", issue_date=date(2026, 11, 19))),
            a_row(mine("5")),
            a_row(mine("6")),
        ),
        papers,
        NOVEMBER,
    )
    told = (
        [pair.sunat.number for pair in found.same],
        [(pair.sunat.number, pair.differs) for pair in found.different],
        [row.number for row in found.only_sunat],
        [(one.ours.paper.entry.invoice.number, one.may_be_added, one.car) for one in found.only_here],
    )
    assert told == (
        ["1"], [("2", ("total",)), ("3", ("day",)), ("6", ("unread",))], ["5"],
        [("4", False, "2012345678601F0010000000004")],
    )  # fmt: skip
    assert found.not_to_be_added == 1


def test_dollars_and_notes_are_compared_as_sunat_writes_them() -> None:
    """A factura in dollars is worth its soles at SUNAT's rate, a note of credit what it takes away."""
    note = mine("2", kind="07", series="FC01")
    papers = placed(mine("1", currency="USD"), note)
    assert compare(proposed(a_row(mine("1", currency="USD")), a_row(note)), papers, NOVEMBER).different == []


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, False),
        ({"series": "E001"}, False),
        ({"kind": "08", "series": "FD01"}, False),
        ({"issue_date": date(2026, 10, 20)}, True),
        ({"series": "0001"}, True),
        ({"kind": "07", "series": "FC01", "issue_date": date(2026, 10, 20)}, False),
        ({"kind": "07", "series": "0001"}, True),
        ({"kind": "14", "series": "S001"}, True),
    ],
)
def test_what_may_be_added_to_a_proposal(changes: dict[str, Any], wanted: bool) -> None:
    """An electronic factura of the month is its issuer's to report; one of the month before, a printed one
    and a bill for services may be added.
    """
    assert proposal.may_be_added(placed(mine(**changes))[0], NOVEMBER) is wanted


def test_what_gives_no_credit_is_not_missed() -> None:
    """A boleta and another's factura that SUNAT does not propose are not told as missing; a repeated paper is
    matched once.
    """
    others = placed(
        an_invoice("1", kind="03", series="B001"),
        an_invoice("2", customer=Customer(id_type="6", id="20609173425")),
    )
    assert compare(proposed(), others, NOVEMBER).only_here == []
    [one] = placed(mine("1"))
    again = replace(one, place="unregistered")
    found = compare(proposed(a_row(mine("1")), a_row(mine("1"))), [one, again], NOVEMBER)
    assert (len(found.same), len(found.only_sunat), found.only_here) == (1, 1, [])


def test_the_workbook_has_three_lists() -> None:
    """Each list has the CAR of each paper, and what to do about what SUNAT lacks."""
    papers = placed(mine("1"), mine("2"))
    found = compare(proposed(a_row(mine("2", total=Decimal(1))), a_row(mine("3"))), papers, NOVEMBER)
    assert {sheet.name: [tuple(row) for row in sheet.rows] for sheet in proposal.sheets(found)} == {
        "Solo en SUNAT": [
            (
                "2012345678601F0010000000003",
                date(2026, 11, 20),
                "01",
                "F001",
                "3",
                "20123456786",
                "Ejemplo SAC",
                "PEN",
                Decimal("450.00"),
            )
        ],
        "Solo aquí": [
            (
                "2012345678601F0010000000001",
                date(2026, 11, 20),
                "01",
                "F001",
                "1",
                "20123456786",
                "Ejemplo SAC",
                "PEN",
                Decimal("450.00"),
                "Compras",
                "no se puede complementar: pregunta al proveedor si lo informó a SUNAT y con tu RUC",
            )
        ],
        "Diferentes": [
            (
                "2012345678601F0010000000002",
                date(2026, 11, 20),
                "01",
                "F001",
                "2",
                "20123456786",
                "Ejemplo SAC",
                "PEN",
                Decimal("1.00"),
                date(2026, 11, 20),
                Decimal("450.00"),
                "importe",
            )
        ],
    }


def collided(draw: random.Random, papers: int) -> list[Invoice]:
    """Papers of few series, numbers and suppliers, so that most share three of the four parts of a key with
    others; no two share four.
    """
    suppliers = [f"20{number:09d}" for number in range(12)]
    keys: dict[tuple[str, ...], None] = {}
    while len(keys) < papers:
        keys[
            draw.choice(["01", "08", "14"]),
            draw.choice(["F001", "E001", "F0A1"]),
            str(draw.randint(1, papers // 8)),
            draw.choice(suppliers),
        ] = None
    return [
        Invoice.model_construct(
            kind=kind,
            series=series,
            number=number,
            issue_date=date(2026, 11, 20),
            currency="PEN",
            supplier=Supplier(ruc=ruc, name="X"),
            customer=MINE,
            total=Decimal(draw.randint(100, 99999)) / 100,
            modifies=None,
            items=[],
        )
        for kind, series, number, ruc in keys
    ]


@pytest.mark.long
def test_thousands_beside_thousands() -> None:
    """No paper is taken for another where most share all but one part of their key, and twenty thousand
    beside as many take less than three seconds.
    """
    each = draws(1_000, 4_000)  # what stands on one side only; four times as much stands on both
    draw = random.Random(5)
    invoices = collided(draw, 6 * each)
    ours, theirs = invoices[: 5 * each], invoices[each:]
    papers = [Placed(a_filed(one, at), "purchases", (), "yes", ()) for at, one in enumerate(ours)]
    rows = [HEAD, *(a_row(one) for one in theirs)]
    began = time.process_time()
    read_back = read(rows)
    assert read_back is not None
    found = compare(read_back, papers, NOVEMBER)
    took = time.process_time() - began
    assert {(id(pair.ours.paper.entry.invoice), pair.sunat.total) for pair in found.same} == {
        (id(one), one.total) for one in invoices[each : 5 * each]
    }
    assert (len(found.same), found.different, len(found.only_sunat), len(found.only_here)) == (
        4 * each,
        [],
        each,
        each,
    )
    assert took < 3


def a_filed(invoice: Invoice, at: int) -> Filed:
    return Filed(
        Entry(UUID(int=at), datetime(2026, 11, 21, tzinfo=UTC), "proven", invoice),
        UUID(int=at),
        date(2026, 11, 1),
    )


def test_a_proposal_of_nothing_and_a_month_of_nothing() -> None:
    """Where either side is empty the other is told whole."""
    assert compare(proposed(), [], Month(2026, 11)) == Comparison()
    [one] = placed(mine())
    assert [pair.ours for pair in compare(proposed(), [one], NOVEMBER).only_here] == [one]
    assert isinstance(compare(proposed(a_row(mine())), [one], NOVEMBER).same[0], Pair)
