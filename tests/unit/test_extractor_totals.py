import time
from datetime import date
from decimal import Decimal

import pytest

from functions.extractor.invoice import Invoice
from functions.extractor.judging import checks
from functions.extractor.reading.reading import Side
from functions.extractor.reading.totals import claims
from tests.sheets import read, sheet

pytestmark = pytest.mark.unit

HEAD = """
COMERCIAL FICTICIA S.A.C.                          R.U.C. 20512345671
FACTURA ELECTRONICA                                F001-00000123
Fecha de Emision : 05/11/2026

CANT.   DESCRIPCION                            P. UNIT    IMPORTE
2.00    CEMENTO PORTLAND TIPO I                600.00     1,200.00

"""


def sums(art: str) -> dict[str, Decimal]:
    """The money fields of a factura with these totals."""
    return {
        name: seen.value for name, seen in read(HEAD + art).fields.items() if isinstance(seen.value, Decimal)
    }


def money(**values: str) -> dict[str, Decimal]:
    """Fields by name."""
    return {name: Decimal(value) for name, value in values.items()}


@pytest.mark.parametrize(
    "art",
    [
        "Operaciones gravadas  1,200.00\nIGV 18%   216.00\nMonto total   1,416.00",
        "1,200.00  Operaciones gravadas\n  216.00  IGV 18%\n1,416.00  Monto total",
        "1,200.00  Operaciones\n          gravadas\n  216.00  IGV 18%\n1,416.00  Monto\n          total",
        "Operaciones\ngravadas      1,200.00\nIGV 18%         216.00\nMonto total   1,416.00",
        "VALOR       TOTAL IGV   PRECIO DE\nVENTA       18%         VENTA\n1,200.00    216.00      1,416.00",
        "Operaciones gravadas  1 200.00\nIGV 18%   216.00\nMonto total   1 416.00",
        "Operaciones gravadas  1,200.00\nIGV 18%   216 00\nMonto total   1,416. 00",
        "Operaciones gravadas  1,200.00\nIGV 18%   216.00\nXXXXX XXX   1,416.00",
        (
            "Operaciones gravadas....: S/ 1,200.00\nIGV 18%.......: 216.00\nMonto "
            "total........S../..1...4..16: .00"
        ),
    ],
    ids=[
        "left",
        "right",
        "right-wrapped",
        "left-wrapped",
        "strip-wrapped",
        "thousands-apart",
        "faint-dot",
        "label-lost",
        "under-a-leader",
    ],
)
def test_amounts_meet_their_labels_wherever_these_stand(art: str) -> None:
    """Beside, behind, wrapped over or under: the same three amounts."""
    assert sums(art) == money(taxable="1200.00", igv="216.00", total="1416.00")


def test_links_without_end_between_two_words_cost_no_time() -> None:
    """A hostile paper writes `TOTAL DELADELADELA… IGV`: no way to part it is tried twice."""
    began = time.process_time()
    assert sums(f"TOTAL {23 * 'DELA'}9 IGV 216.00\nTotal a pagar 1,416.00").get("total") == Decimal("1416.00")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "art",
    [
        "Importe total\n                              77.00",
        "Gravada 5.00      Importe total\n 9.00                                    8.00",
    ],
)
def test_only_a_row_of_labels_names_amounts_by_their_turn(art: str) -> None:
    """A label alone, or beside an amount, names no amount that stands in another column."""
    assert [c.value for c in claims([sheet(art)]) if c.name == "total"] == []


def test_what_a_charge_is_not_subject_to_is_no_sum_of_its_own() -> None:
    """A law's contribution says in parentheses that no IGV is taken from it."""
    art = (
        "Subtotal afecto al IGV           1,200.00\nI.G.V. (18%)                       216.00\n"
        "Aporte Ley N° 28749 (no afecto)      1.69\nTOTAL RECIBO DEL MES             1,417.69"
    )
    assert sums(art) == money(taxable="1200.00", igv="216.00", other_charges="1.69", total="1417.69")


def test_a_row_of_labels_names_as_many_amounts_below_it_in_turn() -> None:
    """In boxes a label stands at the left and its amount at the right, nearer to the next label."""
    art = (
        "Gravada       Exonerada    Inafecta     IGV          Total\n"
        "     1,000.00        200.00         0.00       180.00     1,380.00"
    )
    assert sums(art) == money(
        taxable="1000.00", exempt="200.00", unaffected="0.00", igv="180.00", total="1380.00"
    )


@pytest.mark.parametrize(
    "base",
    [
        "Neto gravado",
        "B. Imponible",
        "Monto afecto al IGV",
        "Op. Grav",
        "Base",
        "Valor de venta neto",
        "Zona 4",
    ],
)
@pytest.mark.parametrize("tax", ["Imp. General Ventas", "Impto. 18%", "I.G.V. 18%", "Tributos", "Rubro"])
@pytest.mark.parametrize(
    "total", ["Total incluido IGV", "Gran total", "Importe final", "Precio total", "A cancelar", "Total neto"]
)
def test_amounts_are_told_by_many_names_and_by_what_they_make(base: str, tax: str, total: str) -> None:
    """A name in any of its forms tells an amount; one under an unknown name is told by the rate and the
    sum.
    """
    art = f"{base}  1,200.00\n{tax}  216.00\n{total}  1,416.00"
    assert sums(art) == money(taxable="1200.00", igv="216.00", total="1416.00")


def test_headings_side_by_side_are_each_their_own_label() -> None:
    """A label does not go on over the gap to the next column, though its words could."""
    art = (
        "VALOR VENTA        ISC           IGV 18%       TOTAL A PAGAR\n1,200.00           120.00        "
        "237.60        1,557.60"
    )
    assert sums(art) == money(taxable="1200.00", isc="120.00", igv="237.60", total="1557.60")


@pytest.mark.parametrize(
    ("part", "name", "net"),
    [
        ("170.00", "detraction", "1246.00"),
        ("28.32", "perception", "1444.32"),
        ("42.48", "retention", "1373.52"),
    ],
)
def test_a_levy_under_an_unknown_label_is_told_by_its_rate_and_what_it_leaves(
    part: str, name: str, net: str
) -> None:
    """Its rate of the total and the printed rest say which levy it is."""
    art = f"Op. Gravada  1,200.00\nIGV 18%  216.00\nImporte total  1,416.00\nRubro 7  {part}\nAplicado  {net}"
    got = read(HEAD + art)
    levied = got.side.retention if name == "retention" else got.get(name)
    assert (got.get("total"), levied, got.get("net_payable")) == (
        Decimal("1416.00"),
        Decimal(part),
        Decimal(net),
    )


def test_fees_are_the_gross_whatever_it_is_called() -> None:
    """Of gross, what is retained and net the gross is the total, though the words spell the net."""
    art = (
        "Ingreso bruto  3,705.50\nRubro  296.44\nTotal neto  3,409.06\nSON: TRES MIL CUATROCIENTOS NUEVE "
        "CON 06/100 SOLES"
    )
    got = read(art.join(["RECIBO POR HONORARIOS ELECTRONICO   E001-12\nR.U.C. 10012348717\n\n", "\n"]))
    assert (got.get("total"), got.side.retention, got.get("net_payable")) == (
        Decimal("3705.50"),
        Decimal("296.44"),
        Decimal("3409.06"),
    )


def test_a_months_total_is_neither_the_debt_nor_what_is_to_be_paid_with_it() -> None:
    """A bill's month is its total; the debt goes beside it, and an amount under an unknown label explains the
    rest.
    """
    art = (
        "Valor venta  100.00\nIGV  18.00\nAporte rural  2.05\nRedondeo  -0.05\nTotal del mes  120.00\nDeuda "
        "anterior  40.00\nTotal a pagar  160.00"
    )
    assert sums(art) == money(
        taxable="100.00",
        igv="18.00",
        other_charges="2.05",
        rounding="-0.05",
        total="120.00",
        net_payable="160.00",
    )
    assert read(HEAD + art).side.debt == Decimal("40.00")


def test_a_product_that_is_called_like_a_charge_is_no_charge() -> None:
    """A plastic bag that is sold, or a ring for retention, is no tax and no retention."""
    drawn = (
        HEAD.replace("CEMENTO PORTLAND TIPO I ", "BOLSA PLASTICA RETENCION")
        + "Gravada  1,200.00\nIGV  216.00\nTotal  1,416.00"
    )
    reading = read(drawn)
    assert ({"icbper", "net_payable"} & reading.fields.keys(), reading.side) == (set(), Side())


@pytest.mark.parametrize(
    ("net", "detraction", "debt", "ok"),
    [
        ("104.00", "14.00", None, True),
        ("104.00", None, None, None),
        ("158.00", None, "40.00", True),
        ("104.00", "30.00", None, False),
        ("158.00", None, None, False),
    ],
    ids=["said", "unsaid", "debt", "other", "more"],
)
def test_what_is_to_be_paid_follows_from_what_is_printed(
    net: str, detraction: str | None, debt: str | None, ok: bool | None
) -> None:
    """Less to pay that nothing explains cannot be judged, more is wrong."""
    one = Invoice(
        total=Decimal("118.00"),
        net_payable=Decimal(net),
        detraction=Decimal(detraction) if detraction else None,
    )
    found = checks.run(one, 0, today=date(2026, 11, 22), side=Side(debt=Decimal(debt) if debt else None))
    assert next(c.ok for c in found if c.name == "payable") is ok


def test_a_notes_due_date_is_not_judged() -> None:
    """A note repeats the due date of what it modifies, which may be before its own day."""
    one = Invoice(kind="07", issue_date=date(2026, 11, 5), due_date=date(2026, 10, 1))
    assert "due_date" not in {c.name for c in checks.run(one, 0, today=date(2026, 11, 22))}


def test_sums_above_what_looks_like_headings_are_read() -> None:
    """A sentence below the sums that has the words of headings does not hide them."""
    art = """
COLEGIO FICTICIO S.A.C.                            R.U.C. 20512345671
                                                   FACTURA ELECTRONICA
                                                   F001-123
Fecha de emision : 05/11/2026
PENSION DE NOVIEMBRE     140.00
Gravado S/ 100.00    Inafecto S/ 22.00    IGV S/ 18.00    Total S/ 140.00
Servicio educativo: cantidad, descripcion y precio unitario segun contrato, importe en soles
"""
    got = read(art)
    names = ("taxable", "unaffected", "igv", "total")
    assert [str(got.get(name)) for name in names] == ["100.00", "22.00", "18.00", "140.00"]
