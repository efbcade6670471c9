"""What was sold: whose each number and each word of a table or a till roll is."""

from decimal import Decimal

import pytest

from tests.sheets import invoice

pytestmark = pytest.mark.unit

D = Decimal

HEAD = """
COMERCIAL FICTICIA S.A.C.                          R.U.C. 20512345671
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
Señor(es) : DISTRIBUIDORA INVENTADA SAC            Fecha de Emisión : 05/11/2026
RUC : 20601234565                                  Moneda : SOLES

"""


def units(*rows: str) -> list[tuple[str | None, str | None]]:
    """Description and unit of each item of a table."""
    return [(item.description, item.unit) for item in invoice(HEAD + "\n".join(rows)).items]


@pytest.mark.parametrize(
    ("row", "description", "unit"),
    [
        (
            "1     Servicio de mantenimiento      2     ZZ     60.00    120.00",
            "Servicio de mantenimiento",
            "ZZ",
        ),
        ("1     KIT ESCOLAR                    2     UND    60.00    120.00", "KIT ESCOLAR", "UND"),
        ("1     BOLSA CAMISETA                 2     MIL    60.00    120.00", "BOLSA CAMISETA", "MIL"),
        ("1     Servicio de transporte         2     Z2     60.00    120.00", "Servicio de transporte", "ZZ"),
        ("1     KIT ESCOLAR                    2            60.00    120.00", "KIT ESCOLAR", None),
    ],
)
def test_the_unit_is_the_word_in_its_column(row: str, description: str, unit: str | None) -> None:
    """A description that begins with the name of a unit keeps it, whether the column shows another or none;
    Z2 is ZZ misread.
    """
    assert units("ITEM  DESCRIPCION                    CANT  UND    P.UNIT   IMPORTE", row) == [
        (description, unit)
    ]


@pytest.mark.parametrize(
    ("row", "description", "unit"),
    [
        (
            "2.00    SACO  ARROZ EXTRA AÑEJO X 50 KG            60.00      120.00",
            "ARROZ EXTRA AÑEJO X 50 KG",
            "SACO",
        ),
        (
            "2.00          ARROZ EXTRA AÑEJO X 50 KG            60.00      120.00",
            "ARROZ EXTRA AÑEJO X 50 KG",
            None,
        ),
        ("2.00    NIU   KIT DE LIMPIEZA                      60.00      120.00", "KIT DE LIMPIEZA", "NIU"),
    ],
)
def test_a_word_is_no_unit_because_it_stands_in_the_column(
    row: str, description: str, unit: str | None
) -> None:
    """A description that reaches under the unit's heading stays whole where the unit itself was not read."""
    assert units("CANT.   UNIDAD    DESCRIPCIÓN                      P. UNIT    IMPORTE", row) == [
        (description, unit)
    ]


def test_a_heading_of_two_words_is_over_one_column() -> None:
    """Unidad Medida heads the units, wherever below it they stand."""
    rows = (
        "CANTIDAD  UNIDAD  MEDIDA  DESCRIPCION                  P. UNIT    IMPORTE",
        "2.00      NIU             SILLA                        60.00      120.00",
    )
    assert units(*rows) == [("SILLA", "NIU")]


ROLL = """
BODEGA FICTICIA S.A.C.
RUC: 20512345671
BOLETA DE VENTA ELECTRONICA
B012-00008153
FECHA: 05/11/2026    HORA: 15:30
"""


def lines(*rows: str, roll: bool = False) -> list[tuple[object, ...]]:
    """Description, quantity, unit, price and amount of each item."""
    found = invoice((ROLL if roll else HEAD) + "\n".join(rows)).items
    return [(i.description, i.quantity, i.unit, i.unit_price, i.amount) for i in found]


@pytest.mark.parametrize(
    "numbers",
    ["2 x 45.00", "45.00 x 2", "2x45.00", "2×45.00", "45.00×2", "2 * 45.00", "2 UND X 45.00"],
)
def test_a_sign_parts_a_quantity_and_a_price_in_any_order(numbers: str) -> None:
    """Tills print quantity and price in both orders, glued or apart; the one with cents is the price."""
    unit = "UND" if "UND" in numbers else None
    rows = (
        "POLEA",
        f"  {numbers}                      90.00",
        "FORK",
        "  1 x 50.00                      50.00",
        "TOTAL   S/   140.00",
    )
    assert lines(*rows, roll=True)[0] == ("POLEA", D(2), unit, D("45.00"), D("90.00"))


def test_a_roll_of_one_line_an_item_has_quantities() -> None:
    """Where each line begins with a number and prints no price, that number is its quantity and the rest its
    words.
    """
    rows = (
        "50 3 en 1 aceite multiuso        672.50",
        "24 Disco 7 corte metal            99.60",
        "TOTAL   S/   772.10",
    )
    assert lines(*rows, roll=True) == [
        ("3 en 1 aceite multiuso", D(50), None, None, D("672.50")),
        ("Disco 7 corte metal", D(24), None, None, D("99.60")),
    ]


def test_a_short_text_under_a_wide_centred_heading_is_no_code() -> None:
    """Text begins far to the left of a heading that is centred over it: it stays the description."""
    rows = (
        "CODIGO               DESCRIPCION                 CANT    P.UNIT   IMPORTE",
        "CA04    POLEA                                    1.00     50.00     50.00",
        "CA05    FORK                                     1.00     50.00     50.00",
        "CA06    ANILLO DE RETENCION PARA EJE TRASERO     1.00     18.00     18.00",
    )
    assert [line[0] for line in lines(*rows)] == ["POLEA", "FORK", "ANILLO DE RETENCION PARA EJE TRASERO"]


def test_a_description_keeps_a_unit_where_no_unit_is_printed() -> None:
    """KIT, BOLSA, CAJA and GALON begin descriptions; without a column of units they are words."""
    rows = (
        "CANT.     DESCRIPCION                                 P.UNIT      TOTAL",
        "1         KIT ACCESORIO DE INSTALACION                 50.00      50.00",
        "10        BOLSA PLASTICA 30X40 CM                       1.00      10.00",
        "1         CAJA DE HERRAMIENTAS MARCA                   40.00      40.00",
        "2         GALON PINTURA LATEX                           9.00      18.00",
    )
    assert [line[:3] for line in lines(*rows)] == [
        ("KIT ACCESORIO DE INSTALACION", D(1), None),
        ("BOLSA PLASTICA 30X40 CM", D(10), None),
        ("CAJA DE HERRAMIENTAS MARCA", D(1), None),
        ("GALON PINTURA LATEX", D(2), None),
    ]


def test_sizes_and_discounts_are_no_words_of_a_description() -> None:
    """What stands under a heading that names no part of an item belongs to none."""
    rows = (
        "ITEM   CANT   DESCRIPCION                TALLA   COLOR    P.UNIT   DTO.   IMPORTE",
        "1      3.00   DISCO 7 CORTE METAL        S       ROJO      10.00   0%       30.00",
        "2      1.00   FORK                       XL      NEGRO     50.00   0%       50.00",
    )
    assert lines(*rows) == [
        ("DISCO 7 CORTE METAL", D(3), None, D("10.00"), D("30.00")),
        ("FORK", D(1), None, D("50.00"), D("50.00")),
    ]


@pytest.mark.parametrize("below", [True, False])
def test_every_line_gets_a_description_of_its_own(below: bool) -> None:
    """Descriptions stand below their numbers on some papers and above on others: no line takes its
    neighbour's.
    """
    numbers = (
        "3        UND       10.00       30.00",
        "1        KIT       50.00       50.00",
        "2        UND        9.50       19.00",
    )
    texts = ("MARTILLO DE UÑA", "KIT ACCESORIO DE INSTALACION", "POLEA")
    rows = [row for pair in zip(numbers, texts, strict=True) for row in (pair if below else pair[::-1])]
    found = lines("CANT     U.M.      P.UNIT      IMPORTE", *rows)
    assert [(line[0], line[2], line[4]) for line in found] == [
        ("MARTILLO DE UÑA", "UND", D("30.00")),
        ("KIT ACCESORIO DE INSTALACION", "KIT", D("50.00")),
        ("POLEA", "UND", D("19.00")),
    ]


def test_a_bar_code_over_two_rows_is_no_quantity() -> None:
    """Thirteen digits in a narrow column wrap; neither part counts goods nor is a word."""
    rows = (
        "CODIGO      DESCRIPCION                 CANT    P.UNIT   IMPORTE",
        "77584600    SILLA DE OFICINA            2.00     50.00    100.00",
        "42144",
        "77584601    MESA                        1.00     80.00     80.00",
        "42151",
    )
    assert [line[:2] + line[4:] for line in lines(*rows)] == [
        ("SILLA DE OFICINA", D(2), D("100.00")),
        ("MESA", D(1), D("80.00")),
    ]


def test_a_column_may_stand_in_any_order() -> None:
    """The amount may come before price and quantity: the headings say which is which."""
    rows = (
        "DESCRIPCION                        IMPORTE     P.UNIT     CANT",
        "MARTILLO DE UÑA                      30.00      10.00        3",
        "POLEA                                50.00      50.00        1",
    )
    assert lines(*rows) == [
        ("MARTILLO DE UÑA", D(3), None, D("10.00"), D("30.00")),
        ("POLEA", D(1), None, D("50.00"), D("50.00")),
    ]


def test_a_label_of_totals_without_its_dot_is_no_item() -> None:
    """OP GRAV and what follows it are totals."""
    rows = (
        "CANT   DESCRIPCION               P.UNIT   IMPORTE",
        "2      POLEA                      50.00    100.00",
        "       OP GRAV                             100.00",
        "       IGV                                  18.00",
        "       TOTAL                               118.00",
    )
    assert [line[0] for line in lines(*rows)] == ["POLEA"]


def test_instalments_below_are_no_words_of_the_last_item() -> None:
    """A table of payments between the items and the totals is nobody's description."""
    rows = (
        "CANT   DESCRIPCION               P.UNIT   IMPORTE",
        "2      POLEA                      50.00    100.00",
        "INFORMACION DEL CREDITO",
        "N° CUOTA     FEC. VENC.     MONTO",
        "1            05/12/2026     118.00",
        "       OP. GRAVADA                         100.00",
        "       IGV 18%                              18.00",
        "       IMPORTE TOTAL                       118.00",
    )
    assert lines(*rows) == [("POLEA", D(2), None, D("50.00"), D("100.00"))]


FEE = """
QUISPE MAMANI ROSA                                 RECIBO POR HONORARIOS ELECTRÓNICO
RUC: 10456789124                                   E001-33
Recibí de         : COMERCIAL FICTICIA S.A.C.
RUC               : 20601234565
"""


@pytest.mark.parametrize(
    "said",
    [
        "Por concepto de   : Asesoría contable de octubre",
        "Concepto            Asesoría contable de octubre",
        "Concepto | Asesoría contable de octubre",
        "Por la prestación de\nAsesoría contable de octubre",
        "Descripción del servicio\nAsesoría contable de octubre",
        "Por concepto de   : Asesoría contable\n                    de octubre",
        "Por concepto de   : Asesoría contable\n                  de octubre",
        "Por concepto de\nAsesoría contable\nde octubre\nForma de pago: Contado",
        "Por concepto de   : Asesoría contable de octubre\n                    Observación",
    ],
)
def test_what_a_fee_is_for(said: str) -> None:
    """The concept of a recibo por honorarios stands beside its label, over two rows, or below it."""
    art = FEE + said + "\n\nTotal por honorarios : 2,000.00 SOLES"
    assert [(i.description, i.amount) for i in invoice(art).items] == [
        ("Asesoría contable de octubre", D("2000.00"))
    ]


@pytest.mark.parametrize("unit", ["UND", "CTO", "C/U"])
def test_a_roll_may_set_quantity_and_unit_above_the_words(unit: str) -> None:
    """A short code alone beside the quantity is its unit where the words stand in a row of their own."""
    rows = (
        f"4 {unit}           15.00     60.00",
        "ACEITE MULTIUSO",
        f"2 {unit}           10.00     20.00",
        "MARTILLO DE UÑA",
        "TOTAL             S/    80.00",
    )
    assert lines(*rows, roll=True) == [
        ("ACEITE MULTIUSO", D(4), unit, D("15.00"), D("60.00")),
        ("MARTILLO DE UÑA", D(2), unit, D("10.00"), D("20.00")),
    ]
