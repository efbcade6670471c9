"""Lines whose parts are labelled in the line, spread over rows, touch each other, or stand under headings
that no list knows.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from functions.extractor.reading import reader
from functions.extractor.sheets.rows import lay
from tests.sheets import HEAD, boxes, invoice, lines

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "rows",
    [
        """
CARTULINA SIMPLE
Cant: 3  UM: UND  P.U: 0.50  Total: 1.50
PAPEL LUSTRE
Cant: 2  UM: UND  P.U: 0.40  Total: 0.80
""",
        """
3 UND CARTULINA SIMPLE                    1.50
   P.U. 0.50
2 UND PAPEL LUSTRE                        0.80
   P.U. 0.40
""",
        """
001 3 UND CARTULINA SIMPLE
                      0.50      1.50
002 2 UND PAPEL LUSTRE
                      0.40      0.80
""",
    ],
)
def test_an_item_may_take_its_numbers_from_two_rows(rows: str) -> None:
    """A label in the line says what its value is; a number of the row above or below belongs to the line that
    it completes to a product.
    """
    assert lines(rows + "\n\nOP. GRAVADA   1.95\nIGV   0.35\nTOTAL   2.30") == [
        ("CARTULINA SIMPLE", "3", "UND", "0.50", "1.50"),
        ("PAPEL LUSTRE", "2", "UND", "0.40", "0.80"),
    ]


def test_a_sign_of_multiplication_counts_what_follows() -> None:
    """`2 x` and `3x` before words are quantities, also where no price is printed."""
    rows = """
2 x ENTRADA GENERAL                       28.00
3x COMBO DUO                              97.50
TOTAL                                    125.50
"""
    assert lines(rows) == [
        ("ENTRADA GENERAL", "2", "-", "-", "28.00"),
        ("COMBO DUO", "3", "-", "-", "97.50"),
    ]


def test_halves_are_quantities_and_sizes_are_not() -> None:
    """`1/2` alone in the quantity's column and `1 1/2` before a unit are numbers; before a name they are its
    words.
    """
    rows = """
CANT      DETALLE                        P.UNIT       TOTAL
1/2       Ciento clavos                   12.00        6.00
1 1/2 KG  Alambre negro                    8.00       12.00
2         1/2 pulgada codo PVC             4.50        9.00
TOTAL                                                 27.00
"""
    assert lines(rows) == [
        ("Ciento clavos", "0.5", "-", "12.00", "6.00"),
        ("Alambre negro", "1.5", "KG", "8.00", "12.00"),
        ("1/2 pulgada codo PVC", "2", "-", "4.50", "9.00"),
    ]


def test_numbers_that_touch_are_parted_by_their_cents() -> None:
    """A wide number that runs into the next column's, and a unit into its quantity's, are two words."""
    rows = """
DESCRIPCION                     CANT     P.UNIT     DSCTO     TOTAL
CORREA INDUSTRIAL              10.00      48.50      0.00    485.00
SERVICIO DE INSTALACION         1.001,250.00        0.001,250.00
FAJA DENTADA                  5UNIDAD      2.00      0.00     10.00
TOTAL                                                      1,745.00
"""
    assert lines(rows) == [
        ("CORREA INDUSTRIAL", "10.00", "-", "48.50", "485.00"),
        ("SERVICIO DE INSTALACION", "1.00", "-", "1250.00", "1250.00"),
        ("FAJA DENTADA", "5", "UNIDAD", "2.00", "10.00"),
    ]


def test_what_stands_below_the_sums_teaches_no_columns() -> None:
    """An instalment that happens to multiply says nothing about where a table without headings sets its
    amounts.
    """
    rows = """
Prima comercial del seguro              1,180.00
Derecho de emision                         35.40
Valor venta                             1,215.40
IGV                                       218.77
Importe total                           1,434.17

Cronograma: cuota 1   30/11/2026   US$ 717.09; cuota 2   30/12/2026   US$ 717.08
"""
    assert lines(rows) == [
        ("Prima comercial del seguro", "-", "-", "-", "1180.00"),
        ("Derecho de emision", "-", "-", "-", "35.40"),
    ]


def test_of_unknown_headings_the_one_with_words_below_is_the_description() -> None:
    """However wide the heading of a count is that no list knows."""
    rows = """
Prenda             Primera quincena     Total piezas     Tarifa      Subtotal
Funda blanca                    200              200       2.80        560.00
Bata azul                        75               75       2.20        165.00
Total S/ 725.00
"""
    assert [line[0] for line in lines(rows)] == ["Funda blanca", "Bata azul"]


def test_a_heading_of_unknown_words_is_one_column() -> None:
    """Two words of one phrase head one column, so that the description under them keeps its first word."""
    rows = """
Importe        Cant.   Acto notarial                  P. unitario
S/.250           5     Poder fuera de registro                 50
S/.4             1     Copia certificada                        4
Total  S/.254
"""
    assert [line[0] for line in lines(rows)] == ["Poder fuera de registro", "Copia certificada"]


def test_what_stands_below_all_amounts_heads_no_table() -> None:
    """A footer that speaks of services, amounts and taxes is none, however many headings it names."""
    rows = """
Importe      Concepto
650.00       Matricula 2026
500.00       Cuota de ingreso
Total 1,150.00

Servicio educativo inafecto al IGV, monto sin impuesto. Codigo de recaudacion
"""
    assert [(line[0], line[4]) for line in lines(rows)] == [
        ("Matricula 2026", "650.00"),
        ("Cuota de ingreso", "500.00"),
    ]


def test_a_heading_level_with_two_rows_of_others_is_one_of_them() -> None:
    """Headings in two languages over two rows, the description's alone at their middle; a unit of several
    words stays whole.
    """
    drawn = [
        (0.0, "CANTIDAD   UNIDAD                                                     PRECIO UNIT.    TOTAL"),
        (5.0, "                               DESCRIPCION / DESCRIPTION"),
        (
            10.0,
            "QUANTITY   UNIT                                                       UNIT PRICE      AMOUNT",
        ),
        (26.0, "  654 CAJA x 4 KG     Paltas frescas                                       6.91    4,519.14"),
        (40.0, "  872 CAJA x 5 KG     Esparragos verdes                                    8.53    7,438.16"),
        (60.0, "TOTAL   11,957.30"),
    ]
    paper = boxes(HEAD)
    below = max(b.y1 for b in paper) + 20
    table = [replace(b, y0=b.y0 + below + y, y1=b.y1 + below + y) for y, line in drawn for b in boxes(line)]
    found = reader.read([lay([*paper, *table], width=620, height=900)], "text")
    assert [(i["description"].value, i["unit"].value) for i in found.items] == [
        ("Paltas frescas", "CAJA x 4 KG"),
        ("Esparragos verdes", "CAJA x 5 KG"),
    ]


def test_words_behind_a_quantity_are_its_unit_where_descriptions_stand_before() -> None:
    """A unit such as kVARh is one by its place alone."""
    rows = """
CONCEPTO                          CONSUMO       PRECIO UNIT.     IMPORTE
Energia reactiva capacitiva
de la planta                     210 kVARh            0.0512       10.75
Cargo fijo                                                          3.12
SUB TOTAL                                                          13.87
"""
    assert [line[1:3] for line in lines(rows)][:1] == [("210", "kVARh")]


def test_numbers_that_begin_every_line_are_quantities() -> None:
    """Where headings name none, what begins every line counts it; a sum of all lines is no line."""
    rows = """
Importe      Detalle
  48.00      3 Cerveza helada
  91.60      4 1/4 Pollo a la brasa
Consumo                            139.60
Op.Gravada                         118.31
IGV 18%                             21.29
"""
    assert [line[:2] for line in lines(rows)] == [("Cerveza helada", "3"), ("1/4 Pollo a la brasa", "4")]


@pytest.mark.parametrize(
    "name", ["R.SOCIAL: CONSTRUCTORA INVENTADA Y HIJOS\nS.A.C.", "CLIENTE: CONSTRUCTORA INVENTADA DE HIJOS\n"]
)
def test_what_goes_on_with_a_name_is_no_description(name: str) -> None:
    """What stands below a labelled name for which its row had no place is the name's, however the label is
    worded; what follows after a gap is an item's.
    """
    paper = f"""
FERRETERIA FICTICIA E.I.R.L.
RUC 20512345671
BOLETA DE VENTA ELECTRONICA
B002-059815
{name}
CHAPA DE DOS GOLPES
DERECHA CON LLAVE
12 JGO x 62.00                    744.00
THINNER ACRILICO
2 LTS x 9.80                       19.60
TOTAL S/.                         763.60
"""
    assert [i.description for i in invoice(paper).items] == [
        "CHAPA DE DOS GOLPES DERECHA CON LLAVE",
        "THINNER ACRILICO",
    ]


def test_a_total_above_the_lines_does_not_end_them() -> None:
    """A bill says what is to be paid in its head; the lines below that add up are still found."""
    paper = """
RECIBO DE SERVICIOS PUBLICOS
N° S001-0451277810
COMUNICACIONES FICTICIAS S.A.A.       Fecha de emision 05/11/2026
RUC 20512345671                       Vencimiento 22/11/2026
Av. Inventada 1155, Lima              Total a pagar S/ 119.80

FERRETERIA INVENTADA E.I.R.L.
RUC: 20601234565
Periodo facturado: 05/10/2026 al 04/11/2026

Cargo fijo mensual                    84.66
Internet adicional                    16.86
Sub total                            101.52
IGV 18%                               18.28
Total del mes                        119.80
"""
    assert [(i.description, str(i.amount)) for i in invoice(paper).items] == [
        ("Cargo fijo mensual", "84.66"),
        ("Internet adicional", "16.86"),
    ]


def test_unknown_headings_are_the_tables_where_words_stand_in_rows_of_their_own() -> None:
    """What was sold is named above its numbers, below headings that no list knows; a number in the first of
    them begins an item and is none of its words.
    """
    rows = """
Pos.  Material          Cantidad   UM     Val. Unitario     Valor Venta
00010 ACIDO DE BATERIA GRADO TECNICO PARA PLACAS
      40002003          30.00      L              3.00            90.00
      Lote AX-1190
00020 RESINA FUERTE
      40003777           8.00      L             12.00            96.00

Op. gravada                                                      186.00
IGV 18%                                                           33.48
IMPORTE TOTAL                                                    219.48
"""
    assert lines(rows) == [
        ("ACIDO DE BATERIA GRADO TECNICO PARA PLACAS", "30.00", "L", "3.00", "90.00"),
        ("RESINA FUERTE", "8.00", "L", "12.00", "96.00"),
    ]


def test_a_sign_before_an_amount_heads_no_column() -> None:
    """Rows of totals whose amounts follow S/ are no headings, so that what stands above them is no table's
    head and the tax is read.
    """
    rows = """
Enlace de 200 Mbps                1        1,850.00        1,850.00
Alquiler de equipo                2           60.00          120.00

Total valor de venta gravado                            S/ 1,970.00
Conceptos no afectos                                      S/ 210.50
IGV (18%)                                                 S/ 354.60
Total facturado del mes                                 S/ 2,535.10
"""
    paper = invoice(HEAD + rows)
    assert (paper.taxable, paper.igv, paper.total, len(paper.items)) == (
        Decimal("1970.00"), Decimal("354.60"), Decimal("2535.10"), 2,
    )  # fmt: skip
