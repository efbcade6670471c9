"""Tables and rolls as different hands set them: units, headings, codes and sums of parts where they are
seldom looked for.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from functions.extractor.reading import reader
from functions.extractor.reading.column_names import name_of
from functions.extractor.reading.cutting import tokens
from functions.extractor.reading.numbers import Columns, assign
from functions.extractor.reading.parts import section
from functions.extractor.sheets.rows import lay
from tests.sheets import HEAD, boxes, invoice

pytestmark = pytest.mark.unit

D = Decimal


def lines(rows: str, *more: str) -> list[tuple[object, ...]]:
    """Description, quantity, unit, price and amount of each item of a paper; `more` are its other pages."""
    return [
        (i.description, i.quantity, i.unit, i.unit_price, i.amount) for i in invoice(HEAD + rows, *more).items
    ]


def test_a_word_in_the_quantitys_own_cell_is_its_unit() -> None:
    """CAJ and kWh are units by their place, whatever list of units lacks them."""
    rows = """
CANTIDAD    DESCRIPCION                P. UNITARIO    IMPORTE
12 CAJ      CERVEZA RUBIA 620ML X12          62.00     744.00
30 PQT      AGUA SIN GAS 625ML X15           14.50     435.00
142 kWh     ENERGIA ACTIVA                  0.7125     101.18
"""
    assert [(line[0], line[2]) for line in lines(rows)] == [
        ("CERVEZA RUBIA 620ML X12", "CAJ"),
        ("AGUA SIN GAS 625ML X15", "PQT"),
        ("ENERGIA ACTIVA", "kWh"),
    ]


def test_the_whole_of_a_heading_is_its_columns() -> None:
    """Words stand under the first word of a heading, though only its last is known."""
    rows = """
Cant.    Acto notarial / servicio                Precio unitario    Total
1        Escritura pública de poder                       650.00    650.00
2        Parte para los registros                          45.00     90.00
4        Copia certificada                                 22.50     90.00
"""
    assert [line[0] for line in lines(rows)] == [
        "Escritura pública de poder",
        "Parte para los registros",
        "Copia certificada",
    ]


def test_a_box_at_the_left_is_no_part_of_the_table() -> None:
    """Beside a table, and beside its sums, stands what a sidebar says."""
    rows = """
                      Prestación                   Cant.   Precio    Importe
CLINICA INVENTADA     Consulta médica              1       180.00    180.00
Av. San Luis 2044     Ecografía abdominal          1       220.00    220.00
PACIENTE              Hemograma completo           1        45.00     45.00

HISTORIA                                 Operación gravada           377.12
0118842                                  IGV 18%                      67.88
MEDICO                                   TOTAL                       445.00
"""
    assert [line[0] for line in lines(rows)] == [
        "Consulta médica",
        "Ecografía abdominal",
        "Hemograma completo",
    ]


def test_a_lines_amount_is_what_its_discount_leaves() -> None:
    """Of two amounts with a discount between them the last is the line's."""
    rows = """
CANT    DESCRIPCION                P. UNIT    IMPORTE    DSCTO    NETO
35      GASEOSA NEGRA 3 L X 4        31.90   1,116.50    27.91    1,088.59
6       NECTAR DE DURAZNO            41.70     250.20     0.00      250.20
"""
    assert [line[4] for line in lines(rows)] == [D("1088.59"), D("250.20")]


def test_amounts_at_the_right_of_a_wide_box_are_the_lines() -> None:
    """Amounts are set at the right edge of a column whose heading stands at its left."""
    rows = """
Producto                     Cantidad      P. Unit         Importe S/
GASOHOL PREMIUM                   14.025          18.390                257.92
GLP AUTOMOTRIZ                    31.500           2.090                 65.84
LAVADO DE CAMIONETA                1.000          45.000                 45.00
"""
    assert [line[4] for line in lines(rows)] == [D("257.92"), D("65.84"), D("45.00")]


def test_what_one_costs_below_an_item_is_no_description() -> None:
    """A pharmacy's roll says the price of one and the lot in a row of their own."""
    rows = """
CANT    DESCRIPCION / P.UNIT            IMPORTE
4       PANADOL ANTIGRIPAL                11.20
        2.80 c/u   Lote 4B771
2       MASCARILLA QUIRURGICA             15.80
        7.90 c/u   Lote S/L
"""
    assert [(line[0], line[3]) for line in lines(rows)] == [
        ("PANADOL ANTIGRIPAL", D("2.80")),
        ("MASCARILLA QUIRURGICA", D("7.90")),
    ]


def test_headings_in_two_languages_are_no_item() -> None:
    """The second row of headings says the first again."""
    rows = """
CANTIDAD    UND    DESCRIPCIÓN                     PRECIO UNIT.    IMPORTE
QUANTITY    UNIT   DESCRIPTION OF GOODS            UNIT PRICE      AMOUNT
5,280.00    CJA    FRESH HASS AVOCADOS                   7.8500    41,448.00
1,056.00    CJA    FRESH MANGOES                         7.1000     7,497.60
"""
    assert [line[0] for line in lines(rows)] == ["FRESH HASS AVOCADOS", "FRESH MANGOES"]


def test_the_foot_of_a_page_was_not_sold() -> None:
    """How the maker is reached and the page's number stand alone below a table."""
    rows = """
DESCRIPCION                  CANTIDAD    PRECIO    IMPORTE
CARPA PARA CUATRO                2.00    180.00     360.00
hola@inventada.example · 1 445 7781 · Página: 1 / 1
"""
    assert [line[0] for line in lines(rows)] == ["CARPA PARA CUATRO"]


def test_a_size_in_the_words_is_no_price() -> None:
    """A sign of multiplication joins a dose and a count of tablets; the count of what was sold stands in its
    column.
    """
    rows = """
CANT   DESCRIPCION / P.UNIT                IMPORTE
2      METFORMINA 850 MG x 30 TAB            22.80
       11.40 c/u  Lote M8812
1      CREMA HIDRATANTE                      38.50
       38.50 c/u  Lote U10-4
"""
    assert [line[:2] for line in lines(rows)] == [
        ("METFORMINA 850 MG x 30 TAB", D("2")),
        ("CREMA HIDRATANTE", D("1")),
    ]


def test_fees_for_something_are_sold() -> None:
    """A line that begins with what a fee's total is called, and says what for, ends no table."""
    rows = """
Por concepto de                                            Importe S/
Honorarios por patrocinio en procedimiento tributario        8,400.00
Gastos de movilidad                                            312.50

                                          Valor de venta:    8,712.50
                                          IGV (18 %):        1,568.25
                                          Importe total:    10,280.75
"""
    assert [line[4] for line in lines(rows)] == [D("8400.00"), D("312.50")]


def test_a_unit_before_the_quantity_needs_no_heading() -> None:
    """A row of numbers below the words may begin with the unit, or with a code and the unit."""
    rows = """
PRODUCTO                     CANT    PRECIO    TOTAL
GASOHOL REGULAR
GLN                         5.123    16.290    83.45
ACEITE DE MOTOR
Cod. MB-101      UND            2     40.00    80.00
"""
    assert lines(rows) == [
        ("GASOHOL REGULAR", D("5.123"), "GLN", D("16.290"), D("83.45")),
        ("ACEITE DE MOTOR", D(2), "UND", D("40.00"), D("80.00")),
    ]


def test_a_lot_and_its_last_day_are_no_description() -> None:
    """Beside the numbers stand a lot and a day, and above them what was sold."""
    rows = """
PRODUCTO                     CANT          P.UNI    TOTAL
PARACETAMOL 500MG X100
  L:A23019  V:08/27          20  TAB        0.20     4.00
ALCOHOL 70 250ML
  L:0012  V:12/29             1  FCO        6.80     6.80
"""
    assert lines(rows) == [
        ("PARACETAMOL 500MG X100", D(20), "TAB", D("0.20"), D("4.00")),
        ("ALCOHOL 70 250ML", D(1), "FCO", D("6.80"), D("6.80")),
    ]


def test_what_a_price_is_for_is_no_description() -> None:
    """`x S/ 9.90 /kg` is a quantity and a price, and the words stand above."""
    rows = """
POLLO ENTERO
  2.345 kg   x S/ 9.90 /kg         S/ 23.22
BISTEC DE RES
  0.845 kg   x S/ 32.00 /kg        S/ 27.04
OP. GRAVADA                        S/ 42.59
"""
    assert lines(rows) == [
        ("POLLO ENTERO", D("2.345"), "kg", D("9.90"), D("23.22")),
        ("BISTEC DE RES", D("0.845"), "kg", D("32.00"), D("27.04")),
    ]


def test_headings_may_stand_over_two_rows_that_share_no_column() -> None:
    """A narrow roll heads its numbers in a second row; a quantity then opens the row of words."""
    rows = """
CANT DESCRIPCION
           P.UNIT     IMPORTE
3     CUADERNO ESPIRAL A4
      CUADRICULADO
           11.90        35.70
1     BORRADOR
            0.80         0.80
"""
    assert lines(rows) == [
        ("CUADERNO ESPIRAL A4 CUADRICULADO", D(3), None, D("11.90"), D("35.70")),
        ("BORRADOR", D(1), None, D("0.80"), D("0.80")),
    ]


def test_a_heading_may_span_two_columns() -> None:
    """Unitario and Total stand below Valor, lower than the other headings."""
    rows = """
                                                      Valor (S/)
Descripción                  Cant.    U.M.
                                              Unitario       Total
Bocaditos salados              3      CTO        90.00      270.00
Menaje completo                2      SERV      260.00      520.00
"""
    assert lines(rows) == [
        ("Bocaditos salados", D(3), "CTO", D("90.00"), D("270.00")),
        ("Menaje completo", D(2), "SERV", D("260.00"), D("520.00")),
    ]


def test_a_heading_may_begin_in_the_row_above() -> None:
    """Importe over de Venta is one heading, and names the amounts."""
    rows = """
          Unidad                                Valor                  Importe
Cantidad  Medida   Descripción                Unitario   Descuento   de Venta   ICBPER
2.00      UNIDAD   ALQUILER DE LOCAL            900.00        0.00    1800.00     0.00
"""
    assert lines(rows) == [("ALQUILER DE LOCAL", D("2.00"), "UNIDAD", D("900.00"), D("1800.00"))]


def test_headings_that_nobody_knows_are_told_by_what_stands_below() -> None:
    """What begins the rows was sold, and what quantity and price make is the amount, whatever the headings
    say.
    """
    rows = """
Procedimiento                Horas    Tarifa US$    Honorario US$
CURACION CON RESINA            6.5        120.00           780.00
RADIOGRAFIA                   3.25        120.00           390.00
"""
    assert lines(rows) == [
        ("CURACION CON RESINA", D("6.5"), None, D("120.00"), D("780.00")),
        ("RADIOGRAFIA", D("3.25"), None, D("120.00"), D("390.00")),
    ]


def test_amounts_may_stand_in_one_of_two_columns() -> None:
    """What bears IGV stands in one column and what does not in another: each line has the one that it
    shows.
    """
    rows = """
COD.   CONCEPTO                       AFECTO     INAFECTO
C01    COMISION DE AGENCIAMIENTO      450.00
R02    REEMBOLSO ALMACENAJE                        325.40
"""
    assert lines(rows) == [
        ("COMISION DE AGENCIAMIENTO", None, None, None, D("450.00")),
        ("REEMBOLSO ALMACENAJE", None, None, None, D("325.40")),
    ]


def test_a_title_over_a_table_is_no_heading_where_the_table_has_its_own() -> None:
    """Concepto and Monto are the headings below Detalle de cargos, and no words of the first line."""
    rows = """
DETALLE DE CARGOS DEL MES
Concepto                        Monto S/
Plan ilimitado 99                  83.90
Alquiler de equipo                 12.71
"""
    assert [line[0] for line in lines(rows)] == ["Plan ilimitado 99", "Alquiler de equipo"]


def test_parts_of_the_items_have_a_heading_and_a_sum() -> None:
    """Neither ** ABARROTES ** nor its sum was sold, whatever signs stand around the name."""
    rows = """
CT  DESCRIPCION            P.UNI    TOTAL
** ABARROTES **
1   ARROZ EXTRA 5KG        22.90    22.90
2   AZUCAR RUBIA 1KG        3.70     7.40
    SUBTOTAL ABARROTES              30.30
** LIMPIEZA **
1   LEJIA 1LT               4.50     4.50
    SUBTOTAL LIMPIEZA                4.50
"""
    assert [line[0] for line in lines(rows)] == ["ARROZ EXTRA 5KG", "AZUCAR RUBIA 1KG", "LEJIA 1LT"]


def test_what_a_page_carries_over_was_not_sold() -> None:
    """VAN and VIENEN show what the lines before came to."""
    heads = "CANT   DESCRIPCION            P.UNIT    IMPORTE\n"
    first = (
        heads
        + "10     TUBO PVC                 8.50      85.00\n40     CODO PVC                 1.20      48.00\n"
    )
    first += "                              VAN S/    133.00\n"
    second = (
        heads
        + "                           VIENEN S/    133.00\n4      VALVULA                 48.00     192.00\n"
    )
    second += (
        "\n                      OP. GRAVADA S/    275.42\n                           IGV S/    49.58\n     "
        "                    TOTAL S/   325.00\n"
    )
    assert [line[0] for line in lines(first, second)] == ["TUBO PVC", "CODO PVC", "VALVULA"]


def test_an_apostrophe_parts_thousands() -> None:
    """1'250,000.00 is one number, in a line and in a total."""
    rows = """
CANT   DESCRIPCION                P.UNIT          IMPORTE
2      LOTE MZ C            1'250,000.00     2'500,000.00

                       OP. GRAVADA S/        2'500,000.00
                       IGV 18% S/              450,000.00
                       TOTAL S/              2'950,000.00
"""
    assert lines(rows) == [("LOTE MZ C", D(2), None, D("1250000.00"), D("2500000.00"))]
    assert invoice(HEAD + rows).total == D("2950000.00")


def test_two_lines_above_a_total_are_no_levy_on_it() -> None:
    """A late fee that is by chance one of the rates of a detracción stays what was sold."""
    rows = """
CONCEPTO                             IMPORTE
PENSION DE ENSEÑANZA                  420.00
MORA                                    6.00

                        Op. Inafecta  426.00
                        Total S/      426.00
"""
    found = invoice(HEAD + rows)
    assert (found.detraction, found.net_payable, found.total) == (None, None, D("426.00"))


def test_a_count_in_parentheses_takes_nothing_away() -> None:
    """(2) before a dish is how many there were."""
    rows = """
(2) Cappuccino grande            S/ 24.00
(1) Torta de zanahoria           S/ 14.50
Op. gravada                      S/ 34.84
"""
    assert [line[:2] for line in lines(rows)] == [("Cappuccino grande", D(2)), ("Torta de zanahoria", D(1))]


def test_an_at_sign_leads_a_price() -> None:
    """@ 21.90 is what each costs; how many there were opens the words above."""
    rows = """
Qty   Item                       Total
2     1/4 POLLO + PAPAS +
      ENSALADA
      @ 21.90                    43.80
1     GASEOSA 1L
      @ 8.00                      8.00
"""
    assert lines(rows) == [
        ("1/4 POLLO + PAPAS + ENSALADA", D(2), None, D("21.90"), D("43.80")),
        ("GASEOSA 1L", D(1), None, D("8.00"), D("8.00")),
    ]


def test_a_bar_code_begins_an_item() -> None:
    """What stands below a row with a bar code goes on with it, and the next bar code is another item's."""
    rows = """
2001789456123 POLO HOMBRE ALGODON
  TALLA M                        39.90
2001789456987 JEAN SLIM MUJER
  TALLA 28                       99.90
GRAVADA                         118.47
"""
    assert [line[0] for line in lines(rows)] == ["POLO HOMBRE ALGODON TALLA M", "JEAN SLIM MUJER TALLA 28"]


def test_a_column_that_nobody_knows_before_the_description() -> None:
    """A pet's name or a budget's number stands under its own heading, and is no word of what was sold."""
    pets = """
Mascota    Atención                      Cant.    Valor S/    Total S/
Rocky      Consulta veterinaria            1         60.00       60.00
Luna       Vacuna canina                   2         55.00      110.00
"""
    works = """
Partida    Descripción                   Und     Metrado    P.U. (S/)    Importe (S/)
01.01      Pintado de fachada            m2       320.00        14.50        4,640.00
02.01      Eliminación de desmonte       viaje      3.00       250.00          750.00
"""
    assert [line[0] for line in lines(pets)] == ["Consulta veterinaria", "Vacuna canina"]
    assert [line[0] for line in lines(works)] == ["Pintado de fachada", "Eliminación de desmonte"]


def test_numbers_between_two_rows_of_words_leave_the_order_alone() -> None:
    """The item's number stands beside its numbers, between the two rows of its description."""
    rows = """
N°   Descripción del servicio             Cant    U.M    V. Unit US$    V. Total US$
     Licencia anual de usuarios
1                                           25    LIC          96.00        2,400.00
     (25 usuarios)
2    Bolsa de horas de soporte              40    H-H          35.00        1,400.00
"""
    assert [line[0] for line in lines(rows)] == [
        "Licencia anual de usuarios (25 usuarios)",
        "Bolsa de horas de soporte",
    ]


def test_numbers_at_the_middle_of_two_lines_of_words_have_both() -> None:
    """A web page's table sets a row's numbers at the middle of its words: the words above them are not the
    item before, nor those below the next one.
    """
    drawn = [
        (0.0, "CANT    PRODUCTO                  P.U.    IMPORTE"),
        (13.0, "2       CEVICHE MIXTO            32.00     64.00"),
        (25.0, "        ARROZ CON"),
        (30.5, "1                                35.00     35.00"),
        (35.0, "        MARISCOS"),
        (47.0, "        CHICHA MORADA"),
        (52.5, "3                                 8.00     24.00"),
        (57.0, "        DE LA CASA"),
    ]
    paper = boxes(HEAD)
    below = max(b.y1 for b in paper) + 20
    table = [replace(b, y0=b.y0 + below + y, y1=b.y1 + below + y) for y, line in drawn for b in boxes(line)]
    found = reader.read([lay([*paper, *table], width=620, height=900)], "text")
    assert [item["description"].value for item in found.items] == [
        "CEVICHE MIXTO",
        "ARROZ CON MARISCOS",
        "CHICHA MORADA DE LA CASA",
    ]


def test_a_heading_that_has_a_name_keeps_it_under_another_word() -> None:
    """PRECIO over TOTAL names amounts as TOTAL does, and so does PRECIO TOTAL, whether prices stand beside
    them or not.
    """
    below = """
2       MARTILLO DE UÑA                  20.00
3       ALICATE UNIVERSAL                45.00
"""
    for heads in (
        "\n                                        PRECIO\nCANT.   DESCRIPCION                      TOTAL",
        "\nCANT.   DESCRIPCION                PRECIO TOTAL",
    ):
        assert lines(heads + below) == [
            ("MARTILLO DE UÑA", D(2), None, None, D("20.00")),
            ("ALICATE UNIVERSAL", D(3), None, None, D("45.00")),
        ]
    rows = """
                             PRECIO      PRECIO
CANT.   DESCRIPCION          UNITARIO     TOTAL
2       MARTILLO DE UÑA         10.00     18.00
3       ALICATE UNIVERSAL       15.00     40.50
"""
    assert lines(rows) == [
        ("MARTILLO DE UÑA", D(2), None, D("10.00"), D("18.00")),
        ("ALICATE UNIVERSAL", D(3), None, D("15.00"), D("40.50")),
    ]


def test_titles_of_sections_are_no_descriptions() -> None:
    """A row of words as far from its neighbours as the lines are, whose first word had place in the line
    above and begins anew, names what follows; the rest of a long description does not.
    """
    rows = """
DESCRIPCION                                       IMPORTE
SERVICIOS DEL HOGAR
Internet de fibra 600 Mbps                          76.19
Televisión esencial                                 42.37
OTROS
Alquiler de un repetidor inalámbrico de doble        8.39
antena
"""
    assert [(line[0], line[4]) for line in lines(rows)] == [
        ("Internet de fibra 600 Mbps", D("76.19")),
        ("Televisión esencial", D("42.37")),
        ("Alquiler de un repetidor inalámbrico de doble antena", D("8.39")),
    ]


@pytest.mark.parametrize(
    ("title", "first"),
    [("REPUESTOS", "Cambio de aceite"), ("Repuestos", "Cambio de aceite Repuestos")],
)
def test_a_title_in_capitals_may_stand_a_little_nearer(title: str, first: str) -> None:
    """Where the lines are written small, a row in capitals is a title although it stands nearer to a line than
    lines do to each other.
    """
    rows = [""] * 24
    rows[0] = "DESCRIPCION                                       IMPORTE"
    rows[2], rows[7], rows[12] = "Cambio de aceite", title, "Filtro de aire"
    for number, amount in ((2, "50.00"), (12, "20.00"), (18, "30.00")):
        rows[number] = f"{rows[number] or 'Filtro de aceite':50}  {amount}"
    assert [line[0] for line in lines("\n".join(rows))] == [first, "Filtro de aire", "Filtro de aceite"]


def test_a_row_that_reaches_under_the_numbers_is_no_title() -> None:
    """What stands above a line and says something in its other columns too belongs to the line."""
    rows = """
CANT    DESCRIPCION             P.UNIT    IMPORTE
1       PARACETAMOL 500MG          TAB CJA X 100
        GENERICO                 12.00      12.00
2       ALCOHOL 70               7.00       14.00
1       ALGODON                  5.00        5.00
"""
    assert str(lines(rows)[0][0]).startswith("PARACETAMOL 500MG")


def test_a_sections_title_heads_no_table() -> None:
    """CONCEPTOS between lines whose amounts stand in one column begins no table: the lines above stay."""
    rows = """
SERVICIOS DEL HOGAR
Internet de fibra 300 Mbps                          76.27
Televisión esencial                                 42.37

OTROS CONCEPTOS
Intereses por mora                                   1.16

TOTAL GRAVADO                                      119.80
IGV 18%                                             21.56
TOTAL                                              141.36
"""
    assert [line[4] for line in lines(rows)] == [D("76.27"), D("42.37"), D("1.16")]


@pytest.mark.parametrize("unit", ["BTO", "PQTE", "FARDO", "KWH", "BE"])
def test_what_goods_are_packed_in_is_a_unit_on_a_roll(unit: str) -> None:
    """Behind a quantity stand SUNAT's codes and how sellers shorten what goods come in."""
    rows = f"""
2 {unit} PAPA CANCHAN              20.00
1 {unit} CAMOTE AMARILLO           25.00

TOTAL                            45.00
"""
    assert [(line[0], line[2]) for line in lines(rows)] == [("PAPA CANCHAN", unit), ("CAMOTE AMARILLO", unit)]


def test_a_sum_of_some_items_is_no_end() -> None:
    """Items go on below a subtotal, with or without a name, wherever its amount stands; a part's title in capitals
    and its sum are no items.
    """
    rows = """
IMPORTE    SERVICIOS Y MEDICAMENTOS                CANT.    V. UNIT.
 152.54    Consulta médica                             1      152.54

 152.54    Sub total

           LABORATORIO

  46.61    Hemograma completo                          1       46.61

  59.32    Proteína C reactiva                         1       59.32

 105.93    Sub total honorarios

 258.47    Operación gravada
  46.52    IGV 18%
 304.99    TOTAL
"""
    assert [(line[0], line[4]) for line in lines(rows)] == [
        ("Consulta médica", D("152.54")),
        ("Hemograma completo", D("46.61")),
        ("Proteína C reactiva", D("59.32")),
    ]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("TOTAL OBRAS CIVILES   500.00", "OBRAS CIVILES"),
        ("500.00   TOTAL OBRAS CIVILES", "OBRAS CIVILES"),
        ("SUB TOTAL   500.00", ""),
        ("500.00   Sub total honorarios", ""),
        ("TOTAL   500.00", None),
        ("SUB TOTAL OBRAS   IGV   18.00", None),
    ],
)
def test_a_parts_sum_has_its_name(row: str, name: str | None) -> None:
    """Behind its label, wherever the amount stands; a subtotal needs none."""
    assert section(lay(boxes(row), width=620, height=900).rows[0]) == name


def test_a_nameless_sum_takes_nothing_with_it() -> None:
    """Rows of words alone stay with their lines where a subtotal names no part."""
    rows = """
DESCRIPCION                        CANT.   P. UNIT      IMPORTE
Mantenimiento preventivo de
equipos de cómputo                   1      100.00       100.00
SUB TOTAL                                                100.00
Instalación de cableado
estructurado categoría 6             2       50.00       100.00
OP. GRAVADA                                              200.00
IGV 18%                                                   36.00
TOTAL                                                    236.00
"""
    assert [line[0] for line in lines(rows)] == [
        "Mantenimiento preventivo de equipos de cómputo",
        "Instalación de cableado estructurado categoría 6",
    ]


def test_a_price_less_two_discounts_makes_the_amount() -> None:
    """The second percentage is taken from what the first leaves."""
    rows = """
DESCRIPCION                 CANT.   VALOR     % DSCTO.         VALOR
                                    UNIT.      1       2       VENTA
IBUPROFENO 400 MG TAB          30   7.9320    8.00    2.00    214.54
PARACETAMOL 500 MG TAB         12  18.6440    8.00    2.00    201.71
"""
    assert [line[1:] for line in lines(rows)] == [
        (D(30), None, D("7.9320"), D("214.54")),
        (D(12), None, D("18.6440"), D("201.71")),
    ]


def test_a_row_that_adds_the_lines_up_ends_them() -> None:
    """It may show a count or a weight too, and charges stand below it."""
    rows = """
CAJAS   DESCRIPCION                      KG NETO     US$ x KG    TOTAL
 1320   PALTA HASS CAT I CAL. 16        5,280.00        2.350    12,408.00
 2112   PALTA HASS CAT I CAL. 18        8,448.00        2.275    19,219.20
 3432   TOTAL BOXES / NET WEIGHT       13,728.00                 31,627.20
                                              FLETE              5,200.00
                                              IMPORTE TOTAL     36,827.20
"""
    assert [line[0] for line in lines(rows)] == ["PALTA HASS CAT I CAL. 16", "PALTA HASS CAT I CAL. 18"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            """
Partida   Descripción                    Und.   Metrado            P.U.     Valorizado
01.02     Caseta de guardianía           mes       6.00    1.00    850.00     850.00
02.01     Excavación manual              m3      148.50   32.75     61.38   2,010.20
""",
            [(D(1), "mes", D(850), D(850)), (D("32.75"), "m3", D("61.38"), D("2010.20"))],
        ),
        (
            """
Partida   Descripción                    Und.   Metrado       Valorizado
01.02     Caseta de guardianía           mes       1.00           850.00
02.01     Excavación manual              m3       32.75         2,010.20
""",
            [(D(1), "mes", None, D(850)), (D("32.75"), "m3", None, D("2010.20"))],
        ),
    ],
    ids=["with a price", "without"],
)
def test_what_was_valued_is_told_by_its_own_words(rows: str, told: list[tuple[object, ...]]) -> None:
    """Works are measured and valued: of what was contracted, done before and done now, the product shows the
    quantity.
    """
    assert [line[1:] for line in lines(rows)] == told


def test_what_is_noted_below_an_item_is_not_its_name() -> None:
    """What a dish comes with or how it is wanted, and a lot with its last month, are no words of the description;
    a sign before the words themselves is.
    """
    rows = """
Cant   Plato / Bebida                 P.U.     Importe
2      Ceviche mixto                  38.00      76.00
       > sin ají
1      Parrilla familiar              90.00      90.00
       * Lomo fino 400g
       + Papas y ensalada
3      Protector solar                10.00      30.00
       Lote AX0182 V.11/27
"""
    assert [line[0] for line in lines(rows)] == ["Ceviche mixto", "Parrilla familiar", "Protector solar"]


@pytest.mark.parametrize("sign", "+-")
def test_a_name_that_goes_on_after_a_plus_is_whole(sign: str) -> None:
    """One row behind a plus or a dash, or a size behind an asterisk, is the rest of the words above."""
    rows = f"""
Cant   Descripción                    P.U.     Importe
2      Kit mouse inalámbrico         38.00      76.00
       {sign} teclado
1      Plancha de acero 1.20         90.00      90.00
       *2.40 m
"""
    assert [line[0] for line in lines(rows)] == [
        f"Kit mouse inalámbrico {sign} teclado",
        "Plancha de acero 1.20 *2.40 m",
    ]


@pytest.mark.parametrize(
    "note",
    [
        "Periodo: 01/03/2026 al 31/03/2026",
        "N° serie: QI250-8841003",
        "COLOR: 1001",
        "LOTE 26-0311",
        "Incluye: traslado",
    ],
)
def test_what_a_label_says_below_an_item_is_not_its_name(note: str) -> None:
    """A row below the words that is labelled says more of the item, and so do the rows below it."""
    rows = f"""
CANT.   DESCRIPCION                         P. UNIT     IMPORTE
2.00    Servicio de vigilancia privada       50.00       100.00
        turno de noche
        {note}
        según contrato
3.00    Servicio de ronda motorizada         10.00        30.00
"""
    assert [line[0] for line in lines(rows)] == [
        "Servicio de vigilancia privada turno de noche",
        "Servicio de ronda motorizada",
    ]


@pytest.mark.parametrize(
    ("size", "name"), [(6.0, "Rodillo liso"), (8.0, "Rodillo liso Partes diarios 4401 al 4427")]
)
def test_what_is_set_smaller_below_an_item_is_not_its_name(size: float, name: str) -> None:
    """Where fonts tell their sizes, a row in smaller letters is a note."""
    rows = """
CANT.   DESCRIPCION                         P. UNIT     IMPORTE
2.00    Rodillo liso                         50.00       100.00
        Partes diarios 4401 al 4427
3.00    Grupo electrógeno                    10.00        30.00
"""
    drawn = [replace(box, size=size if box.text.startswith("Partes") else 8.0) for box in boxes(HEAD + rows)]
    found = reader.read([lay(drawn, width=620, height=900)], "text").items
    assert [item["description"].value for item in found] == [name, "Grupo electrógeno"]


@pytest.mark.parametrize(
    ("broad", "high", "name"),
    [
        (0.8, 0.8, "Rodillo liso"),
        (1.0, 0.7, "Rodillo liso Partes diarios 4401 al 4427"),
        (0.8, 1.0, "Rodillo liso Partes diarios 4401 al 4427"),
    ],
)
def test_what_a_picture_shows_smaller_below_an_item_is_not_its_name(
    broad: float, high: float, name: str
) -> None:
    """Without fonts, a row whose letters are both less broad and lower than the name's is a note."""
    rows = """
CANT.   DESCRIPCION                         P. UNIT     IMPORTE
2.00    Rodillo liso                         50.00       100.00
        Partes diarios 4401 al 4427
3.00    Grupo electrógeno                    10.00        30.00
"""
    drawn = [
        replace(box, x1=box.x0 + broad * (box.x1 - box.x0), y1=box.y0 + high * (box.y1 - box.y0))
        if box.text.startswith("Partes")
        else box
        for box in boxes(HEAD + rows)
    ]
    found = reader.read([lay(drawn, width=620, height=900)], "ocr").items
    assert [item["description"].value for item in found] == [name, "Grupo electrógeno"]


def test_a_large_title_makes_no_note_of_the_name_below_it() -> None:
    """Notes are smaller than the words beside the numbers, whatever is set larger above these."""
    rows = """
CANT.   DESCRIPCION                         P. UNIT     IMPORTE
        REPUESTOS
2.00    Filtro de aceite para                50.00       100.00
        motor de petróleo
        con garantía
3.00    Bujía                                10.00        30.00
"""
    sizes = {"REPUESTOS": 10.0, "con garantía": 6.0}
    drawn = [replace(box, size=sizes.get(box.text, 8.0)) for box in boxes(HEAD + rows)]
    found = reader.read([lay(drawn, width=620, height=900)], "text").items[0]["description"].value
    assert found == "REPUESTOS Filtro de aceite para motor de petróleo"


def test_what_is_named_above_its_numbers_keeps_them_beyond_a_lot() -> None:
    """A lot between an item's words and its numbers moves neither to another item."""
    rows = """
Cant. Und    P.Unit    Importe

PAÑAL BEBITO TALLA G
   1 PQT      64.90       64.90
INSULINA GLARGINA 100 UI
   L:IG552 V:09/2027
   3 LAP      58.00      174.00
VITAMINA C EFERVESCENTE
   L:VC31 V:02/2028
   2 TUB      13.25       26.50
TOTAL                    265.40
"""
    assert [(line[0], line[4]) for line in lines(rows)] == [
        ("PAÑAL BEBITO TALLA G", D("64.90")),
        ("INSULINA GLARGINA 100 UI", D("174.00")),
        ("VITAMINA C EFERVESCENTE", D("26.50")),
    ]


def test_headings_are_told_by_their_phrases() -> None:
    """Where half of a row's phrases head columns the others do too, however long; a code and an amount make a
    table.
    """
    rows = """
CODIGO    POR LO SIGUIENTE                            PERIODO      MONTO
P04       PENSION DE ENSEÑANZA                        ABR-2026     480.00
"""
    assert lines(rows) == [("PENSION DE ENSEÑANZA", None, None, None, D("480.00"))]


@pytest.mark.parametrize(
    ("title", "words", "apart", "name"),
    [
        ("HOSPEDAJE", "Hospedaje felino,", 4, "Hospedaje felino, noche"),
        ("HOSPEDAJE", "Hospedaje felino,", 0, "HOSPEDAJE Hospedaje felino, noche"),
        ("HOSPEDAJE", "FELINO POR UNA   ", 4, "HOSPEDAJE FELINO POR UNA noche"),
        ("Hospedaje", "felino por una   ", 4, "Hospedaje felino por una noche"),
    ],
)
def test_a_title_above_the_only_line_is_no_part_of_it(
    title: str, words: str, apart: float, name: str
) -> None:
    """In capitals where the line is not, and further from it than its rows are from each other."""
    rows = f"""
DESCRIPCION                    CANT.    P. UNIT     IMPORTE
{title}
{words}                  12      38.90       466.80
noche
"""
    drawn = boxes(HEAD + rows)
    line = next(box.y0 for box in drawn if box.text == words.strip())
    moved = [replace(b, y0=b.y0 + apart, y1=b.y1 + apart) if b.y0 >= line else b for b in drawn]
    found = reader.read([lay(moved, width=620, height=900)], "text").items[0]["description"].value
    assert found == name


LABOUR = """
MANO DE OBRA
Trabajo realizado                 Horas    Tarifa     Importe
Afinamiento de motor               2.50     90.00      225.00
Escaneo de códigos                 1.00     60.00       60.00
                                 Total mano de obra    285.00
"""
PARTS = """
REPUESTOS
Cant.   Und   Código    Repuesto             P. Unit.    Importe
1       UND   KE-2218   Kit de embrague       640.00      640.00
4       UND   BU-0441   Bujía de iridio        38.50      154.00
                                   Total repuestos        794.00
"""
MADE = """
OP. GRAVADA                        1,079.00
IGV 18%                              194.22
TOTAL                              1,273.22
"""
SERVED = [
    ("Afinamiento de motor", D("225.00")),
    ("Escaneo de códigos", D("60.00")),
    ("Kit de embrague", D("640.00")),
    ("Bujía de iridio", D("154.00")),
]


@pytest.mark.parametrize(
    ("rows", "served"),
    [
        (LABOUR + PARTS + MADE, SERVED),
        (PARTS + LABOUR + MADE, SERVED[2:] + SERVED[:2]),
        (LABOUR.replace("225.00", "224.00") + PARTS + MADE, SERVED[2:]),
    ],
    ids=["above", "below", "that make no sum"],
)
def test_another_table_is_sold_too_where_both_make_the_sum(
    rows: str, served: list[tuple[str, Decimal]]
) -> None:
    """A workshop's labour has columns of its own; what does not add up with the parts stays unread."""
    assert [(line[0], line[4]) for line in lines(rows)] == served


def test_headings_that_are_printed_again_end_no_table() -> None:
    """Each section may repeat them, also where none of them is known to head the descriptions."""
    rows = """
Código    Repuesto             Cant.   P. Unit.    Importe
KE-2218   Kit de embrague          1     640.00      640.00
Código    Repuesto             Cant.   P. Unit.    Importe
BU-0441   Bujía de iridio          4      38.50      154.00
OP. GRAVADA                         900.00
IGV 18%                             162.00
TOTAL                             1,062.00
"""
    assert [line[0] for line in lines(rows)] == ["Kit de embrague", "Bujía de iridio"]


def test_words_that_head_columns_may_name_what_was_sold() -> None:
    """A phrase below a line is no row of headings, and goes on with its name; a code between does not."""
    rows = """
CANT.   DESCRIPCION                         P. UNIT     IMPORTE
2.00    Servicio de conteo físico             50.00      100.00
        detalle de cantidad por unidad
3.00    Rodillo liso                          10.00       30.00
        Cod. RL-4471
        de acero
"""
    assert [line[0] for line in lines(rows)] == [
        "Servicio de conteo físico detalle de cantidad por unidad",
        "Rodillo liso de acero",
    ]


def test_once_the_lines_make_any_printed_sum_they_are_whole() -> None:
    """Prices with IGV make the total, which is not the first sum printed: the next page's order is none."""
    sold = """
CANT.   DESCRIPCION                         P. UNIT     IMPORTE
2.00    CEMENTO PORTLAND                      59.00      118.00
OP. GRAVADA                                   100.00
IGV 18%                                        18.00
TOTAL                                         118.00
"""
    order = """
ORDEN DE COMPRA 4471
CANT.   DESCRIPCION                         P. UNIT     IMPORTE
7.00    FIERRO CORRUGADO                      10.00       70.00
"""
    assert [line[0] for line in lines(sold, order)] == ["CEMENTO PORTLAND"]


def test_a_narrow_cell_holds_the_unit_under_the_quantity() -> None:
    """A unit right below the quantity, flush with it, is the line's."""
    rows = """
Descripción                                    Cantidad    Precio     Importe
Comedor rectangular seis sillas                    1.00   1,525.00    1,525.00
acabado nogal                                  Unidades
Despacho a domicilio                               2.00      50.00      100.00
                                                  Horas
"""
    assert lines(rows) == [
        ("Comedor rectangular seis sillas acabado nogal", D(1), "Unidades", D(1525), D(1525)),
        ("Despacho a domicilio", D(2), "Horas", D(50), D(100)),
    ]


def test_a_title_that_begins_before_the_descriptions_is_none() -> None:
    """A section's title is set from the table's left edge on, over the column that counts the lines."""
    rows = """
 N°     CONCEPTO                                     IMPORTE
GASTOS POR CUENTA DEL CLIENTE
 1      Descarga en el puerto                         412.50
SERVICIOS DE AGENCIAMIENTO
 2      Comisión de aduana                            385.00
"""
    assert [line[0] for line in lines(rows)] == ["Descarga en el puerto", "Comisión de aduana"]


def test_the_sum_of_the_page_before_hides_no_heading() -> None:
    """Headings that nobody knows are the table's on a page that begins with what it carries over, too."""
    head = """
Pos.  Material                 Cantidad   UM     Precio     Valor de venta
"""
    first = f"""{head}
10    10004518                   12.000   UN     100.00           1,200.00
      PLANCHA DE ACERO
20    10004533                    8.000   UN      50.00             400.00
      PLANCHA ESTRIADA
                                       Suma y sigue               1,600.00
"""
    second = f"""{head}
                                       Suma anterior              1,600.00
30    10004600                    2.000   UN     100.00             200.00
      BRIDA CIEGA
40    10004700                    1.000   UN     200.00             200.00
      FLETE A OBRA

                                       Op. gravada                2,000.00
                                       IGV 18%                      360.00
                                       IMPORTE TOTAL              2,360.00
"""
    assert [line[0] for line in lines(first, second)] == [
        *("PLANCHA DE ACERO", "PLANCHA ESTRIADA", "BRIDA CIEGA", "FLETE A OBRA")
    ]


def test_an_item_may_cost_what_those_before_it_do() -> None:
    """Where no line has a price an amount that they make is no total, if lines follow."""
    rows = """
DESCRIPCION                              IMPORTE
Asesoría tributaria                        10.00
Declaración mensual                         5.00
Libros electrónicos                        15.00
Planillas                                  20.00
"""
    assert [line[4] for line in lines(rows)] == [D("10.00"), D("5.00"), D("15.00"), D("20.00")]


@pytest.mark.parametrize(
    ("row", "quantity"),
    [
        ("8.00  2.00  30  7.9320  214.54", True),
        ("8  2  30  7.9320  214.54", False),
        ("8  30  7.9320  218.92", True),
    ],
)
def test_bare_numbers_are_no_discounts_of_each_other(row: str, quantity: bool) -> None:
    """A line's number and a model's are no percentages one after the other, though they would make the amount;
    what is written with decimals is.
    """
    drawn = lay(boxes(row), width=620, height=900).rows[0]
    assert ("quantity" in assign(tokens(drawn, -1e9, 1e9), Columns((), 10.0)).tokens) == quantity


def test_what_comes_in_an_envelope_is_named_so() -> None:
    """A whole word after the quantity of a till roll names the goods; its abbreviation counts them."""
    rows = """
2 SOBRE MANILA A4          0.50      1.00
3 TUBO PVC 4 PULG         10.00     30.00
TOTAL             S/    31.00
"""
    assert [line[0] for line in lines(rows)] == ["SOBRE MANILA A4", "TUBO PVC 4 PULG"]


def test_a_discounts_column_and_a_tax_in_words_end_no_table() -> None:
    """`IGV 18%` stands in each line; quantity by price less the discount beside them is the amount, however far from
    their headings they stand.
    """
    rows = """
Descripción                       Cantidad    Precio unitario    Desc.%    Impuestos      Total
BOTON CAMISERO               40.00 gr                    4.20      5.00    IGV 18%       159.60
CIERRE NYLON N°3         600.00 Unidades                 0.42     10.00    IGV 18%       226.80
CIERRE METAL N°5         450.00 Unidades                 1.15     10.00    IGV 18%       465.75
Importe sin impuestos                                                                    852.15
"""
    assert [line[0] for line in lines(rows)] == ["BOTON CAMISERO", "CIERRE NYLON N°3", "CIERRE METAL N°5"]


def test_a_name_that_goes_on_behind_of_begins_with_no_unit() -> None:
    """`4 SERVICIO DE`: a unit's word that goes on in the next row is the thing's."""
    rows = """
Cant   Descripción               Importe
4      SERVICIO DE                 26.00
       ESTACIONAMIENTO HORA
       O FRACCION
Valor Venta                        22.03
"""
    assert [line[:3] for line in lines(rows)] == [("SERVICIO DE ESTACIONAMIENTO HORA O FRACCION", D(4), None)]


@pytest.mark.parametrize(
    "names",
    [
        ("4410-3391-37 ZAPATO DAMA", "9002-0001 LUSTRADOR NEGRO"),
        ("7751158001044ZAPATO DAMA", "7750243053037LUSTRADOR NEGRO"),
    ],
    ids=["groups of digits", "a bar code that touches"],
)
def test_a_code_before_a_name_is_none_of_it(names: tuple[str, str]) -> None:
    """Groups of digits are a code where most lines begin so, and thirteen digits wherever they stand."""
    rows = f"""
{names[0]}             111.93
{names[1]}               14.90
"""
    assert [line[0] for line in lines(rows)] == ["ZAPATO DAMA", "LUSTRADOR NEGRO"]


def test_a_word_alone_under_the_codes_is_one() -> None:
    """`DELIV` in the codes' column, beside a name in its own, is no word of it, nor is what SAP counts by."""
    shop = """
SKU        Producto                           Cant.    Precio     Total
HF10233    Licuadora de prueba                 1       189.90    189.90
DELIV      Despacho a domicilio                1        12.90     12.90
"""
    guard = """
Pos.   Código     Descripción                       Cant.   U.M.    Valor unitario    Valor venta
10     SV-24H     DESCUENTO POR PUESTO              3.00    DIA             100.00         300.00
"""
    assert [line[0] for line in lines(shop)] == ["Licuadora de prueba", "Despacho a domicilio"]
    assert [line[0] for line in lines(guard)] == ["DESCUENTO POR PUESTO"]


def test_a_code_in_a_column_of_its_own_is_none_of_a_name() -> None:
    """`MAT-01` stands under the heading of the words, far before them."""
    rows = """
REPUESTOS Y MATERIALES                         CANT.   UND    P. UNIT.    TOTAL
MAT-01      MATERIALES DE PINTURA                1      UN      110.17   110.17
"""
    assert [line[0] for line in lines(rows)] == ["MATERIALES DE PINTURA"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("TRACTOR USADO JD 6603, AÑO 2012,", "SERIE P06603X041276, 118 HP"),
        ("QUINUA BLANCA BOLSA 25 KG, LOTE", "QB-2605"),
    ],
    ids=["comma", "lot"],
)
def test_a_row_that_ends_open_goes_on_below(first: str, second: str) -> None:
    """Behind a comma, or behind what asks for a code, the next row is a part of the name and no note."""
    rows = f"""
CANT.   UM     DESCRIPCIÓN                               P. UNIT    IMPORTE
1.00    NIU    {first:40}  98,000.00  98,000.00
               {second}
2.00    NIU    RASTRA DE DISCOS                         100.00     200.00
"""
    assert [line[0] for line in lines(rows)] == [f"{first} {second}", "RASTRA DE DISCOS"]


def test_a_serial_number_below_a_whole_name_is_a_note() -> None:
    """A label and its answer below a name that ends say more of the thing, and not what it is called."""
    rows = """
CANT.   UM     DESCRIPCIÓN                               P. UNIT    IMPORTE
1.00    NIU    TRACTOR USADO JD 6603                   98,000.00  98,000.00
               SERIE P06603X041276
2.00    NIU    RASTRA DE DISCOS                         100.00     200.00
"""
    assert [line[0] for line in lines(rows)] == ["TRACTOR USADO JD 6603", "RASTRA DE DISCOS"]


def test_a_builders_parcial_is_the_amount() -> None:
    """Of one thing price and amount are one number, and its heading tells which is which."""
    assert [name_of(text) for text in ("P. Unit. S/", "Parcial")] == ["unit_price", "amount"]


def test_a_workshops_parts_stand_under_what_they_are() -> None:
    """`REPUESTOS Y MATERIALES` heads the descriptions, and its codes of letters and digits a column without a
    heading.
    """
    rows = """
REPUESTOS Y MATERIALES                           CANT.   UND    P. UNIT.     TOTAL
LF-DOT4           LIQUIDO DE FRENOS DOT4 500 ML      2   UND       22.03     44.06
FC8850            FILTRO DE CABINA                   1   UND       59.32     59.32
"""
    assert [line[:2] for line in lines(rows)] == [
        ("LIQUIDO DE FRENOS DOT4 500 ML", D(2)),
        ("FILTRO DE CABINA", D(1)),
    ]
