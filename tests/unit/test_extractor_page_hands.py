"""Pages as different hands lay them out: columns known by their place, cards, boxes beside each other, charges
and rebates among what was sold.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from functions.extractor.reading import reader
from functions.extractor.sheets.rows import lay
from tests.sheets import boxes, invoice, lines

pytestmark = pytest.mark.unit


def test_unknown_headings_are_told_by_the_cells_below_them() -> None:
    """A row of phrases over the cells of the next row, an amount under the last, is the table's head, of which
    only the description need be known.
    """
    assert lines("""
Fecha         Detalle                          Vale       Consumo US$
11/07/2026    HOSPEDAJE MATRIMONIAL            -                92.00
12/07/2026    LAVANDERIA                       R-5703           18.00

Op. gravada                                                    110.00
IGV 18%                                                         19.80
TOTAL US$                                                      129.80
""") == [
        ("HOSPEDAJE MATRIMONIAL", "-", "-", "-", "92.00"),
        ("LAVANDERIA", "-", "-", "-", "18.00"),
    ]


def test_labels_with_their_values_head_no_table() -> None:
    """A card says what each value is; a coupon before whose currency a minus stands lowers the sum."""
    assert lines("""
Audifonos con estuche de carga
Cantidad: 1            Precio: S/ 149.90            S/ 149.90

Cargador de 45 W
Cantidad: 2            Precio: S/ 59.00             S/ 118.00

Costo de envío                                       S/ 12.90

Cupón de bienvenida                                 -S/ 20.00

Op. gravada                                         S/ 221.02
IGV 18%                                              S/ 39.78
Total                                               S/ 260.80
""") == [
        ("Audifonos con estuche de carga", "1", "-", "149.90", "149.90"),
        ("Cargador de 45 W", "2", "-", "59.00", "118.00"),
        ("Costo de envío", "-", "-", "-", "12.90"),
        ("Cupón de bienvenida", "-", "-", "-", "-20.00"),
    ]


ROLL = """
DESCRIPCION
   CANT   UND    P.UNIT           IMPORTE
GASEOSA KOLA 1.5 LT
   2.000 UND  x  6.50              13.00
GALLETAS VAINITAS PACK X6
   3.000 UND  x  4.80              14.40
{rebate}
PLATANO SEDA KG (E)
   1.000 KG   x  3.20               3.20

OP. GRAVADA   S/                   19.15
OP. EXONERADA S/                    3.20
I.G.V. 18%    S/                    3.45
TOTAL         S/                   25.80
"""


def test_a_rebate_among_the_items_is_a_line_where_it_begins_where_they_do() -> None:
    """A till's rebate between two items is a line of its own, with the words beside its amount, and lowers what
    the lines make; set in below its item it cheapens that. The letter of exonerated goods is no part of their
    name.
    """
    sold = [
        ("GASEOSA KOLA 1.5 LT", "2.000", "UND", "6.50", "13.00"),
        ("GALLETAS VAINITAS PACK X6", "3.000", "UND", "4.80", "14.40"),
        ("PLATANO SEDA KG", "1.000", "KG", "3.20", "3.20"),
    ]
    rebate = ("DSCTO 3X2 GALLETAS VAINITAS", "-", "-", "-", "-4.80")
    assert lines(ROLL.format(rebate="DSCTO 3X2 GALLETAS VAINITAS        -4.80")) == [
        *sold[:2],
        rebate,
        sold[2],
    ]
    assert lines(ROLL.format(rebate="   DSCTO CLUB                      -4.80")) == sold


def test_a_size_is_no_price() -> None:
    """A name's second row that counts (`1.8 ML CAJA X 50`) is no line where all prices show cents."""
    assert lines("""
Cant. Und    P.Unit                  Importe
GUANTE DE NITRILO TALLA M CAJA X 100
  6 CJA      28.900                   173.40
LIDOCAINA CON EPINEFRINA CARTUCHO
1.8 ML CAJA X 50
  2 CJA      96.500                   193.00

Op. Gravada                           366.40
IGV 18%                                65.95
IMPORTE TOTAL                         432.35
""") == [
        ("GUANTE DE NITRILO TALLA M CAJA X 100", "6", "CJA", "28.900", "173.40"),
        ("LIDOCAINA CON EPINEFRINA CARTUCHO 1.8 ML CAJA X 50", "2", "CJA", "96.500", "193.00"),
    ]


def test_a_name_goes_on_with_a_hyphens_number_and_a_lone_letter() -> None:
    """A number that the row before broke at its hyphen belongs to the name without a space, and a single letter
    right below it with one.
    """
    assert lines("""
Cantidad   UM      Descripción                                  Valor Unitario   Importe
1.00       UNIDAD  MANTENIMIENTO SEGUN ORDEN DE SERVICIO OS-2026-      100.00    100.00
                   00318
2.00       UNIDAD  ACEITE MULTIGRADO                                    50.00    100.00

OP. GRAVADA                                                                      200.00
IGV 18%                                                                           36.00
IMPORTE TOTAL                                                                    236.00
""") == [
        ("MANTENIMIENTO SEGUN ORDEN DE SERVICIO OS-2026-00318", "1.00", "UNIDAD", "100.00", "100.00"),
        ("ACEITE MULTIGRADO", "2.00", "UNIDAD", "50.00", "100.00"),
    ]
    assert [
        name
        for name, *_ in lines("""
Pos.  Código       Cantidad   UM     Precio unit.     Valor de venta
      Denominación
10    10006142       2.000    UN         100.00             200.00
      TUBO RECTANGULAR 50 X 100 X 6.0
      M
20    10007701       1.000    UN          80.00              80.00
      VIGA H DE ACERO

Valor de venta                                              280.00
IGV 18%                                                      50.40
Importe total                                               330.40
""")
    ] == ["TUBO RECTANGULAR 50 X 100 X 6.0 M", "VIGA H DE ACERO"]


def test_any_word_below_a_quantity_is_its_unit_where_one_is_known() -> None:
    """In a column too narrow for both, the unit stands below the quantity at its edge, by any name."""
    assert lines("""
Descripción                          Cantidad   Precio     Importe
Suscripción anual                        5.00   118.00      590.00
                                     Usuarios
Taller presencial                        1.00   260.00      260.00
                                     Unidades

Op. gravada                                                 850.00
IGV 18%                                                     153.00
Total                                                     1,003.00
""") == [
        ("Suscripción anual", "5.00", "Usuarios", "118.00", "590.00"),
        ("Taller presencial", "1.00", "Unidades", "260.00", "260.00"),
    ]


def test_quantity_and_unit_have_a_cell_of_their_own_without_headings() -> None:
    """`18 participantes` between the words and the amount counts them, whatever the unit."""
    assert lines("""
Seguridad en trabajos de altura          18 participantes     5,400.00
Evaluación médica preliminar             18 participantes     1,260.00
Traslado del instructor                                         890.00

Op. gravada                                                   7,550.00
IGV 18%                                                       1,359.00
Total                                                         8,909.00
""") == [
        ("Seguridad en trabajos de altura", "18", "participantes", "-", "5400.00"),
        ("Evaluación médica preliminar", "18", "participantes", "-", "1260.00"),
        ("Traslado del instructor", "-", "-", "-", "890.00"),
    ]


def test_what_a_heading_names_otherwise_is_no_quantity() -> None:
    """`30 días` under a heading of its own is a term, and not how many were sold."""
    assert lines("""
Concepto                                 Plazo               Importe
Alquiler de grúa                         30 días            5,400.00
Alquiler de andamios                     15 días            1,260.00

Op. gravada                                                 6,660.00
IGV 18%                                                     1,198.80
Total                                                       7,858.80
""") == [
        ("Alquiler de grúa", "-", "-", "-", "5400.00"),
        ("Alquiler de andamios", "-", "-", "-", "1260.00"),
    ]


def test_sections_that_show_their_sum_were_not_sold() -> None:
    """A title with the sum of the lines below it is no line; the heading over the words is the description,
    whatever it is called, and not the one over their numbers.
    """
    assert lines("""
 Ítem                Partida                 Und.   Metrado    P.U.     Parcial
01     OBRAS PRELIMINARES                                                5486.93
01.01  Trazo, niveles y replanteo             m2      845.5     2.35     1986.93
01.02  Movilización y desmovilización         glb         1     3500     3500.00
02     MOVIMIENTO DE TIERRAS                                             5453.92
02.01  Excavación masiva                      m3      612.8      8.9     5453.92

Sub total                                                               10940.85
IGV 18%                                                                  1969.35
TOTAL S/                                                                12910.20
""") == [
        ("01.01 Trazo, niveles y replanteo", "845.5", "m2", "2.35", "1986.93"),
        ("01.02 Movilización y desmovilización", "1", "glb", "3500", "3500.00"),
        ("02.01 Excavación masiva", "612.8", "m3", "8.9", "5453.92"),
    ]


def test_a_charge_is_no_section_because_the_next_line_costs_as_much() -> None:
    """A line that only shows an amount is sold where the sum below counts it."""
    assert [
        name
        for name, *_ in lines("""
Descripción                                Und.   Cantidad      P.U.      Importe
Traslado e instalación                                                     100.00
Silla giratoria                            und           1    100.00       100.00
Mesa de reunión                            und           2    150.00       300.00

Sub total                                                                  500.00
IGV 18%                                                                     90.00
TOTAL S/                                                                   590.00
""")
    ] == ["Traslado e instalación", "Silla giratoria", "Mesa de reunión"]


def test_boxes_beside_each_other_are_read_one_by_one() -> None:
    """The lines of a bill that make a printed sum are its items although another box with a total stands beside
    them.
    """
    paper = """
COMUNICACIONES FICTICIAS S.A.A.             RECIBO POR SERVICIOS PÚBLICOS
R.U.C. 20512345671                          N° SB01-0012290045

DETALLE DE IMPORTES                         Fecha de emisión        06/10/2026
Internet fibra 600 Mbps      101.61         Último día de pago      22/10/2026
Alquiler de repetidor          8.47         TOTAL A PAGAR            S/ 184.80
Plan móvil ilimitado          46.53         SON: CIENTO OCHENTA Y CUATRO Y 80/100 SOLES

Operaciones gravadas      S/ 156.61
IGV 18%                    S/ 28.19
Importe total             S/ 184.80
"""
    assert lines("", paper) == [
        ("Internet fibra 600 Mbps", "-", "-", "-", "101.61"),
        ("Alquiler de repetidor", "-", "-", "-", "8.47"),
        ("Plan móvil ilimitado", "-", "-", "-", "46.53"),
    ]
    assert invoice(paper).total == Decimal("184.80")


@pytest.mark.parametrize(
    "labels",
    [
        "VENDEDOR:\nMayta Rufino Rómulo",
        "SR(ES).:\nQUISPE MAYTA MARIA",
        "PLACA | ABC-123",
        "Dirección fiscal:   Av. Túpac Amaru\n                    677 Mz. C Lt.\n                    14",
    ],
)
def test_the_value_of_the_last_label_was_not_sold(labels: str) -> None:
    """What stands right below a label, or goes on below the value beside it, is the label's, however low on a
    short roll the items begin and whether a stroke or a colon ends the label.
    """
    head = f"""
COMERCIAL FICTICIA S.A.C.
Av. Los Próceres 123
R.U.C. 20512345671
BOLETA DE VENTA ELECTRÓNICA
B001-00000123
FECHA: 05/11/2026
HORA: 19:04
MONEDA: SOLES
FORMA DE PAGO: CONTADO
CAJA: 02
TURNO: 1
MESA: 4
{labels}
"""
    sold = """
3 UND          65.07             195.21
JALEA FAMILIAR
3 UND          13.33              39.99
SUSPIRO A LA NARANJA
OP. GRAVADA                      199.32
IGV 18%                           35.88
TOTAL                            235.20
"""
    above, below = boxes(head), boxes(sold)
    down = above[-1].y1 + 9  # a little further than one row from the next
    page = lay([*above, *(replace(b, y0=b.y0 + down, y1=b.y1 + down) for b in below)], width=620, height=900)
    assert [
        (item["description"].value, item["quantity"].value) for item in reader.read([page], "text").items
    ] == [("JALEA FAMILIAR", 3), ("SUSPIRO A LA NARANJA", 3)]


def test_a_letterhead_beside_the_items_is_none_of_their_words() -> None:
    """Items without headings beside a column of labels are read in their own column where they make the sum
    there, count as many and are all called by a name.
    """
    paper = """
BOLETA DE VENTA ELECTRÓNICA      Fecha de emisión: 05/11/2026
B001-00000123                    Moneda: SOLES
COMERCIAL FICTICIA S.A.C.
R.U.C. 20512345671
DIRECCION DEL RECEPTOR DE LA     Forma de pago: CONTADO
FACTURA:
JR. ANDAHUAYLAS 2179             24.00   ARROZ SUPERIOR SACO           4,677.12
                                  2.00   ESTANTE DE MELAMINA             676.86
                                  4.00   POLEA                           220.00

                                 OPERACIONES EXONERADAS                5,573.98
                                 IGV                                       0.00
                                 MONTO TOTAL                           5,573.98
"""
    assert [line[0] for line in lines("", paper)] == ["ARROZ SUPERIOR SACO", "ESTANTE DE MELAMINA", "POLEA"]


def test_a_bar_code_that_touches_the_quantity_is_cut_off() -> None:
    """An engine reads a bar code and the quantity behind it as one; the code's check digit parts them."""
    assert lines("""
AGUA SIN GAS 2.5L
77501820004996 un x 2.80                16.80
GALLETA SURTIDA
7750106000031 2 un x 4.50                9.00

OP. GRAVADA                             21.86
IGV 18%                                  3.94
TOTAL                                   25.80
""") == [
        ("AGUA SIN GAS 2.5L", "6", "un", "2.80", "16.80"),
        ("GALLETA SURTIDA", "2", "un", "4.50", "9.00"),
    ]


def test_units_and_prices_have_more_names() -> None:
    """UOM heads units whatever they are, and what ends in UNIT. a price."""
    assert lines("""
IMPORTE    CONCEPTO                              CANTIDAD   UOM    FLETE UNIT.
4,900.00   TRANSPORTE DE CEMENTO EN BOLSAS              2   SHF       2,450.00
  125.00   30 TM DE CLINKER A GRANEL                    2   EA           62.50

Valor de venta                                                       5,025.00
IGV 18%                                                                904.50
IMPORTE TOTAL                                                        5,929.50
""") == [
        ("TRANSPORTE DE CEMENTO EN BOLSAS", "2", "SHF", "2450.00", "4900.00"),
        ("30 TM DE CLINKER A GRANEL", "2", "EA", "62.50", "125.00"),
    ]


def test_a_stamp_over_the_items_is_none_of_their_words() -> None:
    """What a stamp says in a cell of its own, its day too, is cut off behind a name."""
    assert [
        name
        for name, *_ in lines("""
ARROZ SUPERIOR SACO 50 KG
5 SACO x 180.40      CANCELADO         902.00
CAJA DE HERRAMIENTAS      V°B°
2 UND x 106.55       02/11/2026        213.10

OP. GRAVADA                            945.00
IGV 18%                                170.10
TOTAL                                1,115.10
""")
    ] == ["ARROZ SUPERIOR SACO 50 KG", "CAJA DE HERRAMIENTAS"]


def test_a_copy_is_sold() -> None:
    """A word of papers that shops sell too is an item's name, and no stamp."""
    assert lines("""
CANT.   DESCRIPCION                    P. UNIT    IMPORTE
10      COPIA                             0.10       1.00
2       ANILLADO                          4.50       9.00

OP. GRAVADA                                          8.47
IGV 18%                                              1.53
TOTAL                                               10.00
""") == [("COPIA", "10", "-", "0.10", "1.00"), ("ANILLADO", "2", "-", "4.50", "9.00")]
