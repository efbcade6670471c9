"""SUNAT's file against contaperu, whose authors compared theirs with files that SUNAT took."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from contaperu.drivers.contasis import proyeccion
from contaperu.drivers.sire import txt
from contaperu.modelo import Comprobante, Libro
from contaperu.tributos import validar

from functions.books import purchases, rce
from functions.books.entry import Entry
from functions.books.filed import Filed, Register
from functions.books.purchases import month_of
from functions.extractor.invoice import Customer, Modifies, Supplier
from tests.builders import an_invoice
from tests.papers import NOVEMBER, OWN, RATES, a_month
from tests.scale import draws

pytestmark = pytest.mark.unit

BOOK = Libro(ruc=OWN.ruc, razon_social=OWN.name, periodo="202611", tipo="compra")
MINE = Customer(id_type="6", id=OWN.ruc)


def theirs(paper: Filed) -> Comprobante:
    """The paper as contaperu is told of it: amounts positive and, as it leaves them in dollars, in soles by
    its own conversion of another register.
    """
    invoice = paper.entry.invoice
    names = ("taxable", "igv", "exempt", "unaffected", "isc", "icbper", "other_charges", "rounding")
    base, igv, exempt, unaffected, isc, icbper, charges, rounding = (
        getattr(invoice, name) or Decimal(0) for name in names
    )
    assert invoice.total is not None
    others = charges + rounding
    if invoice.discounts and abs(
        base + igv + exempt + unaffected + isc + icbper + others - invoice.total
    ) > Decimal("0.10"):
        others -= invoice.discounts
    amounts = {
        "J": base,
        "K": igv,
        "P": exempt + unaffected,
        "Q": isc,
        "R": others,
        "AW": icbper,
        "S": invoice.total,
    }
    rate = None
    if invoice.currency == "USD":
        rate = RATES[paper.modified_on if invoice.kind in {"07", "08"} else invoice.issue_date]
        amounts = proyeccion._en_soles(amounts, "compra", rate)
    modified = invoice.modifies if invoice.kind in {"07", "08"} else None
    return Comprobante(
        tipo_cp=invoice.kind,
        serie=(invoice.series or "").upper(),
        numero=invoice.number,
        fecha_emision=invoice.issue_date,
        fecha_vencimiento=invoice.due_date if invoice.kind == "14" else None,
        contraparte_doc=invoice.supplier.ruc,
        contraparte_nombre=invoice.supplier.name,
        moneda=invoice.currency,
        tipo_cambio=rate,
        base_gravada=amounts["J"],
        igv=amounts["K"],
        valor_no_gravado=amounts["P"],
        isc=amounts["Q"],
        otros=max(amounts["R"], Decimal(0)),
        dscto_otros=max(-amounts["R"], Decimal(0)),
        icbper=amounts["AW"],
        total=amounts["S"],
        ref_fecha=paper.modified_on if modified else None,
        ref_tipo_cp=modified.kind if modified else "",
        ref_serie=modified.series if modified else "",
        ref_numero=modified.number if modified else "",
    )


@pytest.mark.long
def test_thousands_of_papers_have_the_lines_of_an_independent_writer() -> None:
    """Each paper that may enter has contaperu's line, byte for byte but for field 24.

    Of a note of credit contaperu writes that field with the sign of a charge, positive, which SUNAT's
    validator refuses (425): ours is negative. Where a charge is the largest part of a paper in dollars, it
    takes the cent that ours gives to the base.
    """
    compared = 0
    for seed in range(months := draws(10, 100)):
        for one in month_of(Register(a_month(seed, 100)), OWN, NOVEMBER, RATES):
            if one.place != "purchases":
                continue
            parts = rce.parts(one.paper.entry.invoice)
            if one.paper.entry.invoice.currency == "USD" and max(parts) not in {parts[0], parts[2]}:
                continue
            told = theirs(one.paper)
            wanted = txt.linea_rce(told, BOOK, 1).split("|")
            if told.es_nota_credito and wanted[23] != "0.00":
                assert not wanted[23].startswith("-")
                wanted[23] = "-" + wanted[23]
            assert rce.line(one.row) == "|".join(wanted)
            validar.revisar([told], BOOK)
            assert [seen.codigo for seen in told.observaciones if seen.nivel == "error"] == []
            compared += 1
    assert compared > 30 * months


def test_the_files_name_and_bytes_are_an_independent_writers() -> None:
    """The name is Tabla 13's; the file is ASCII, a line a row, each ended as contaperu ends it."""
    papers = month_of(Register(a_month(7, 50)), OWN, NOVEMBER, RATES)
    rows = [one.row for one in papers if one.place == "purchases"]
    data = rce.file(rows)
    assert (rce.file_name(OWN.ruc or "", NOVEMBER), rce.file_name(OWN.ruc or "", NOVEMBER)) == (
        txt.nombre(BOOK), "LE2051234567120261100080400021112.TXT",
    )  # fmt: skip
    lines = data.decode("ascii").split("\r\n")
    assert (lines[-1], len(lines) - 1, {line.count("|") for line in lines[:-1]}) == ("", len(rows), {41})
    assert rce.file([]) == b""


# --- the validator's rules ----------------------------------------------------------------------------------


def row(invoice: Any, modified_on: date | None = None, **fields: Any) -> rce.Row:
    paper = Filed(
        Entry(uuid4(), datetime(2026, 11, 21, tzinfo=UTC), "proven", invoice),
        uuid4(),
        date(2026, 11, 1),
        modified_on=modified_on,
    )
    values = list(rce.row(paper, OWN, NOVEMBER, rce.in_soles(paper, RATES)))
    for name, value in fields.items():
        values[int(name[1:]) - 1] = value
    return tuple(values)


A_NOTE = an_invoice(
    kind="07", series="FC01", customer=MINE, modifies=Modifies(kind="01", series="F001", number="7")
)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (row(an_invoice()), ()),
        (row(A_NOTE, date(2026, 10, 2)), ()),
        (row(an_invoice(number="000")), (403,)),
        (row(an_invoice(number="12A")), (403,)),
        (row(an_invoice(), f4="2061033441601E0010000000001"), (410,)),
        (row(an_invoice(kind="14")), (414,)),
        (row(an_invoice(kind="14", due_date=date(2026, 12, 31))), ()),
        (row(an_invoice(kind="14", due_date=date(2027, 1, 1))), (417,)),
        (row(an_invoice(kind="91")), (418,)),
        (row(an_invoice(), f11="9"), (421,)),
        (row(an_invoice(supplier=Supplier())), (422,)),
        (row(an_invoice(supplier=Supplier(ruc="20123456787"))), (423,)),
        (row(A_NOTE, date(2026, 10, 2), f16=Decimal(1)), (425,)),
        (row(an_invoice(), f16=Decimal(-1)), (425,)),
        (row(an_invoice(), f24=Decimal(-1)), ()),
        (row(an_invoice(currency="USD"), f27=None), (427,)),
        (row(an_invoice(currency="USD"), f27=Decimal("33.831")), (427,)),
        (row(A_NOTE), (428,)),
        (row(A_NOTE.model_copy(update={"modifies": None}), date(2026, 10, 2)), (428,)),
        (row(an_invoice(), f29="01"), (429,)),
        (row(A_NOTE, date(2026, 12, 1)), (431,)),
        (
            row(
                A_NOTE.model_copy(update={"modifies": Modifies(kind="03", series="B001", number="7")}),
                date(2026, 10, 2),
            ),
            (432,),
        ),
        (row(an_invoice(), f27=Decimal("3.383")), (499,)),
    ],
)
def test_the_validators_rules_have_their_numbers(values: rce.Row, wanted: tuple[int, ...]) -> None:
    """Each rule of PVSIRE that a row may break is found under its number, and a sound row breaks none."""
    assert rce.errors(values, NOVEMBER) == wanted


# --- traps --------------------------------------------------------------------------------------------------


def test_dollars_are_written_in_soles_with_three_decimals_of_rate() -> None:
    """US$ 1,700.00 at 3.383 is 5751.10, as SUNAT's own proposal has it; the rate keeps its three decimals."""
    invoice = an_invoice(currency="USD", taxable=Decimal(1700), igv=Decimal(306), total=Decimal(2006))
    paper = Filed(
        Entry(uuid4(), datetime(2026, 11, 21, tzinfo=UTC), "proven", invoice), uuid4(), date(2026, 11, 1)
    )
    fields = rce.line(rce.row(paper, OWN, NOVEMBER, Decimal("3.383"))).split("|")
    assert (fields[14], fields[15], fields[24], fields[25], fields[26]) == (
        "5751.10",
        "1035.20",
        "6786.30",
        "USD",
        "3.383",
    )


def test_rounding_goes_to_the_base_and_to_no_tax() -> None:
    """Parts rounded one by one still add to the rounded total."""
    for at in range(1, 400):
        base, igv = Decimal(at) / 100, Decimal(at * 18 % 97) / 100
        invoice = an_invoice(currency="USD", taxable=base, igv=igv, exempt=base, total=base + igv + base)
        fields = row(invoice)
        amounts = [value for value in fields[14:24] if isinstance(value, Decimal)]
        rate = RATES[date(2026, 11, 20)]
        assert (sum(amounts), fields[15]) == (
            fields[24],
            (igv * rate).quantize(Decimal("0.01"), "ROUND_HALF_UP") or None,
        )


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("PEÑA & CÍA S.A.C. | Lima/Perú", "PENA & CIA S.A.C. Lima-Peru"),
        ("A\\B\nC\tD 🍵", "A-B C D"),
        ("=1+1", "=1+1"),
        ("x" * 2000, "x" * 1500),
        ("ＡＢ ﬁ", "AB fi"),
    ],
)
def test_a_text_is_written_as_sunat_takes_it(said: str, wanted: str) -> None:
    """No pipe, bar, break or letter beyond ASCII is in a field, and none is longer than 1,500."""
    assert rce.written(said) == wanted


def test_zeros_capitals_and_two_suppliers_of_one_number() -> None:
    """`00000123` is 123, a series is in capitals, and E001-1 of two suppliers is two rows."""
    one, two = (
        row(an_invoice("00000123", series="e001")),
        row(an_invoice("1", series="E001", supplier=Supplier(ruc="20100070970"))),
    )
    assert (one[7], one[9], two[7], two[9], two[12]) == ("E001", "123", "E001", "1", "20100070970")


def test_mixed_papers_keep_their_parts() -> None:
    """10.5 % of IGV, what is exempt, the bags, a charge for service, a cent of rounding, a discount and ISC
    stand in their fields and add up.
    """
    invoice = an_invoice(
        taxable=Decimal("100.00"), igv=Decimal("10.50"), exempt=Decimal("20.00"), unaffected=Decimal("5.00"),
        icbper=Decimal("0.50"), isc=Decimal("3.00"), other_charges=Decimal("10.00"), rounding=Decimal("0.01"),
        discounts=Decimal("4.00"), total=Decimal("145.01"),
    )  # fmt: skip
    assert row(invoice)[14:25] == tuple(
        value and Decimal(value)
        for value in ("100.00", "10.50", None, None, None, None, "25.00", "3.00", "0.50", "6.01", "145.01")
    )
    assert rce.sums_up(invoice)


def test_a_missing_rate_leaves_the_row_out_and_says_so() -> None:
    """A factura in dollars of a day without a rate is to be looked at, and nothing of it is summed."""
    invoice = an_invoice(customer=MINE, currency="USD", issue_date=date(2026, 11, 5))
    paper = Filed(
        Entry(uuid4(), datetime(2026, 11, 21, tzinfo=UTC), "proven", invoice), uuid4(), date(2026, 11, 1)
    )
    found = purchases.placed(paper, OWN, NOVEMBER, RATES)
    assert (found.place, found.reasons, found.row[14:25]) == ("review", ("no_rate",), (None,) * 11)
    assert (
        purchases.placed(paper, OWN, NOVEMBER, {**RATES, date(2026, 11, 5): Decimal("3.4")}).place
        == "purchases"
    )


def test_a_repeated_paper_is_in_no_file() -> None:
    """What came before is registered once."""
    paper = Filed(
        Entry(uuid4(), datetime(2026, 11, 21, tzinfo=UTC), "proven", an_invoice(customer=MINE)),
        uuid4(),
        date(2026, 11, 1),
    )
    again = replace(paper, entry=replace(paper.entry, repeated=True))
    assert [one.place for one in month_of(Register([paper, again]), OWN, NOVEMBER, RATES)] == [
        "purchases",
        "unregistered",
    ]
