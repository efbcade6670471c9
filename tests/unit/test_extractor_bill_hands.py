"""Bills of light, water, gas and telephone as those who send them out set them: what is charged behind the tax,
titles of sections, periods, other boxes.
"""

from decimal import Decimal

import pytest

from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import lettered
from functions.extractor.reading import parts
from functions.extractor.reading.cutting import tokens
from functions.extractor.reading.numbers import Columns, assign
from tests.sheets import SUPPLIER, invoice, judged, lines, sheet

pytestmark = pytest.mark.unit

D = Decimal
TOP = f"""
ELECTRICIDAD FICTICIA S.A.A.                       RUC {SUPPLIER}
                                                   RECIBO ELECTRONICO N° S001-4421
Fecha de emision: 10/03/2026                       Cliente: ROSA PRUEBA QUISPE

"""


def bill(rows: str) -> list[tuple[str | None, ...]]:
    """The lines of a bill, as `lines`."""
    return lines(rows, TOP)


BEHIND = """
Concepto                                                Importe S/
Cargo fijo                                                    3.00
Energia activa                                               97.00
SUBTOTAL                                                    100.00
I.G.V. 18%                                                   18.00
Aporte Ley N° 28749                                           8.34
Financiamiento de equipo cuota 05/12                         66.60
Devolucion por interrupcion                                  -4.55
Redondeo mes anterior                                         0.03
Redondeo mes actual                                          -0.02
TOTAL DEL MES                                               188.40
"""


def test_what_a_bill_charges_behind_its_tax_is_among_its_lines() -> None:
    """A law's contribution, an instalment and what is given back are lines; together they are its other charges, and
    two roundings are one.
    """
    found = invoice(TOP + BEHIND)
    assert [(i.description, i.amount) for i in found.items] == [
        ("Cargo fijo", D("3.00")),
        ("Energia activa", D("97.00")),
        ("Aporte Ley N° 28749", D("8.34")),
        ("Financiamiento de equipo cuota 05/12", D("66.60")),
        ("Devolucion por interrupcion", D("-4.55")),
    ]
    assert (found.taxable, found.igv, found.other_charges, found.rounding, found.total) == (
        D("100.00"),
        D("18.00"),
        D("70.39"),
        D("0.01"),
        D("188.40"),
    )


def test_lines_behind_the_tax_are_checked_with_the_others() -> None:
    """All lines make base and charges, and a wrong one is noticed."""
    assert judged(TOP + BEHIND)["items"] is True
    assert judged(TOP + BEHIND.replace(" 97.00", " 96.00"))["items"] is False


def test_a_factura_has_no_lines_behind_its_tax() -> None:
    """What stands there on another paper is a charge of its own."""
    paper = TOP.replace("RECIBO ELECTRONICO N° S001-4421", "FACTURA ELECTRONICA F001-4421")
    rows = """
Concepto                                                Importe S/
Reparacion                                                  100.00
SUBTOTAL                                                    100.00
I.G.V. 18%                                                   18.00
Propina                                                      10.00
TOTAL                                                       128.00
"""
    assert [line[0] for line in lines(rows, paper)] == ["Reparacion"]
    assert judged(paper + rows)["items"] is True
    dearer = rows.replace("100.00\nSUBTOTAL", "110.00\nSUBTOTAL")
    assert judged(paper + dearer)["items"] is False


@pytest.mark.parametrize(
    "rows",
    [
        """
Concepto               Importe
Cargo fijo                3.00      SUBTOTAL                         100.00
Energia activa           97.00      I.G.V. 18%                        18.00
Alumbrado de prueba       0.00      Aporte FISE                        8.34
                                    TOTAL DEL MES                    126.34
""",
        """
SUBTOTAL               100.00       Concepto                         Importe
I.G.V. 18%              18.00       Cargo fijo                          3.00
Aporte FISE              8.34       Energia activa                     97.00
TOTAL DEL MES          126.34
""",
        """
Concepto               Importe
Cargo fijo                3.00      100.00    SUBTOTAL
Energia activa           97.00       18.00    I.G.V. 18%
Alumbrado de prueba       0.00        8.34    Aporte FISE
                                    126.34    TOTAL DEL MES
""",
    ],
    ids=["right", "left", "labels-behind"],
)
def test_a_charge_is_told_from_the_box_beside_it(rows: str) -> None:
    """Beside the sums stand the lines, on either side; a name stands on either side of its amount."""
    assert ("Aporte FISE", "-", "-", "-", "8.34") in bill(rows)


def test_titles_of_sections_begin_left_of_the_lines() -> None:
    """Names are set in below their sections, and no title goes on with the line above it."""
    rows = """
Cargos fijos                                            Importe S/
  Plan de prueba                      05/02 - 04/03          70.00
  Servicio de identificador           05/02 - 04/03           5.00
Consumos adicionales
  Llamadas locales                                           12.00
  Llamadas larga distancia            18/02 - 24/02           8.00
Otros servicios
  Seguro de equipo                                            5.00
SUBTOTAL                                                    100.00
I.G.V. 18%                                                   18.00
TOTAL DEL MES                                               118.00
"""
    assert bill(rows) == [
        ("Plan de prueba", "-", "-", "-", "70.00"),
        ("Servicio de identificador", "-", "-", "-", "5.00"),
        ("Llamadas locales", "-", "-", "-", "12.00"),
        ("Llamadas larga distancia", "-", "-", "-", "8.00"),
        ("Seguro de equipo", "-", "-", "-", "5.00"),
    ]


def test_numbers_within_a_name_make_no_line_multiply() -> None:
    """5 lines at 65 with IGV are the amount without it; still the numbers are a name's."""
    found = assign(
        tokens(sheet("Plan Ilimitado 65 (5 lineas)        275.42").rows[0], -1e9, 1e9), Columns((), 8.0)
    )
    assert found.values() == {"amount": D("275.42")}


@pytest.mark.parametrize(
    ("sums", "last"),
    [
        (
            "                                SUBTOTAL                     80.00",
            [("Descuento promocional", "-20.00")],
        ),
        ("SUBTOTAL                                                     80.00", []),
    ],
    ids=["apart", "flush"],
)
def test_a_rebate_behind_all_lines_is_one_where_the_sums_begin_elsewhere(
    sums: str, last: list[tuple[str, str]]
) -> None:
    """Below the lines, at their edge, it is a line; flush with the sums it is the paper's own."""
    rows = f"""
Concepto                                                Importe S/
Plan de prueba                                               70.00
Llamadas locales                                             30.00
Descuento promocional                                       -20.00
{sums}
{sums.replace("SUBTOTAL", "IGV 18% ").replace("80.00", "14.40")}
{sums.replace("SUBTOTAL", "TOTAL   ").replace("80.00", "94.40")}
"""
    assert [(line[0], line[4]) for line in bill(rows)] == [
        ("Plan de prueba", "70.00"),
        ("Llamadas locales", "30.00"),
        *last,
    ]


def test_a_table_ends_where_another_begins_beside_it() -> None:
    """Behind the amounts stand the headings of a tariff; below them hardly a line has a number. A unit of what was
    consumed heads quantities, also without prices.
    """
    rows = """
CONCEPTO                        m3    IMPORTE      Rango m3     Agua S/ x m3
Volumen rango 0 - 20            20      40.00       0 - 20             2.000
Volumen rango 20 a mas           5      15.00      20 a mas            3.000
Alcantarillado rango 0 - 20     20      30.00     Consumos anteriores
Monitoreo del pozo de prueba    41       9.00
Cargo fijo                               6.00
SUBTOTAL                               100.00
I.G.V. 18%                              18.00
TOTAL DEL MES                          118.00
"""
    assert bill(rows) == [
        ("Volumen rango 0 - 20", "20", "m3", "-", "40.00"),
        ("Volumen rango 20 a mas", "5", "m3", "-", "15.00"),
        ("Alcantarillado rango 0 - 20", "20", "m3", "-", "30.00"),
        ("Monitoreo del pozo de prueba", "41", "m3", "-", "9.00"),
        ("Cargo fijo", "-", "-", "-", "6.00"),
    ]


def test_a_label_with_its_amount_heads_no_column() -> None:
    """`Actividad : Comercial` beside `I.G.V. 18.00` are answers, though either word may head a column."""
    rows = """
DATOS DEL SUMINISTRO                IMPORTES
Tarifa       : BT5B                 Cargo fijo                       3.00
Potencia     : 6 kW                 Energia activa                  97.00
Sistema      : SE0122               SUBTOTAL                       100.00
Actividad    : Comercial            I.G.V.                          18.00
                                    TOTAL MES ACTUAL               118.00
"""
    assert [(line[0], line[4]) for line in bill(rows)] == [
        ("Cargo fijo", "3.00"),
        ("Energia activa", "97.00"),
    ]


def test_words_behind_a_gap_call_the_amount_behind_them() -> None:
    """A meter's old reading (ANT.) beside interest takes no part in it."""
    rows = """
DATOS DE LECTURA                    IMPORTES
                                    Cargo fijo                       3.00
                                    Energia activa                  97.00
Lect. act.      812.44              SUBTOTAL                       100.00
Lect. reac.     790.10              I.G.V. 18%                      18.00
Lect. ant.    5,790.01              Interes moratorio                8.44
                                    TOTAL MES ACTUAL               126.44
"""
    found = invoice(TOP + rows)
    assert (found.other_charges, found.total) == (D("8.44"), D("126.44"))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Total cargos afectos al IGV 436.78", ["taxable"]),
        ("Otros conceptos no afectos 3.20", ["other_charges"]),
        ("Otros cargos 3.20", ["other_charges"]),
    ],
)
def test_charges_are_called_by_how_they_are_taxed(line: str, names: list[str]) -> None:
    """What is subject to the tax is its base; what is not stays a charge."""
    assert [name for name, *_ in labels_in(lettered(line))] == names


def test_what_is_owed_is_no_line() -> None:
    """`Deuda anterior` may stand among the lines, with an amount in their column."""
    page = sheet("Deuda anterior              0.00\nInternet de prueba         84.66")
    assert [row.text for row in parts.rows(page, 0, 2)] == ["Internet de prueba 84.66"]


def test_a_sentence_behind_an_amount_calls_it_nothing() -> None:
    """What is paid into an account is no detraction, though a sentence beside it names one."""
    rows = """
Concepto                                                Importe S/
Comision de prueba                                          100.00
SUBTOTAL                                                    100.00
IGV 18%                                                      18.00
TOTAL                                                       118.00
Pagado en tu cuenta          S/ 1,410.22     detraccion, depositala en la cuenta BN 00-005-417733
"""
    assert invoice(TOP + rows).detraction is None
