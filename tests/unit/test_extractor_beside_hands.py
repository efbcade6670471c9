"""Tables of what was sold beside other boxes: notes, sums, a letterhead, a form; and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from functions.extractor.page import Box, Edge, Rules
from functions.extractor.reading import reader
from functions.extractor.sheets.rows import Cell, Row, Sheet, lay
from functions.extractor.sheets.ruled import joined
from tests.sheets import CUSTOMER, HEAD, SUPPLIER, boxes, invoice, lines

pytestmark = pytest.mark.unit

SUMS = """
                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
"""


def names(rows: str, paper: str = HEAD) -> list[str | None]:
    """What the lines of a drawing are called."""
    return [line[0] for line in lines(rows, paper)]


def test_a_lone_letter_begins_a_name() -> None:
    """`S` before words is no sign of soles."""
    row = "2.00 S A 2 MM BROCA COBALTO               50.00      100.00"
    assert names(f"CANT.  DESCRIPCIÓN                         P. UNIT    IMPORTE\n{row}\n{SUMS}") == [
        "S A 2 MM BROCA COBALTO"
    ]


def test_a_name_of_one_word_is_no_unit() -> None:
    """`3  FORK` among lines with longer names, on a roll without headings."""
    roll = f"""
BAZAR FICTICIO S.A.C.
R.U.C. {SUPPLIER}
BOLETA DE VENTA ELECTRONICA
B001-00000123
Fecha: 05/11/2026

12   ANILLO DE RETENCION PARA EJE        1737.72
     CON SEGURO DE ACERO
3    FORK                                 181.59

TOTAL                                    1919.31
"""
    found = invoice(roll).items
    assert [(i.description, i.unit) for i in found] == [
        ("ANILLO DE RETENCION PARA EJE CON SEGURO DE ACERO", None),
        ("FORK", None),
    ]


def test_a_name_below_its_heading_is_no_unit_because_of_its_colour() -> None:
    """`2.00 FORK` in one phrase under `CANT. DESCRIPCIÓN`, with a size and a colour behind."""
    rows = """
ITEM  CANT. DESCRIPCIÓN             TLL.   COL.     P. UNIT   IMPORTE
1     2.00 FORK                     S      BLANCO     25.00     50.00
2     1.00 3 EN 1 ACEITE            L      NEGRO      50.00     50.00
"""
    found = [line[:3] for line in lines(rows + SUMS)]
    assert found == [("FORK", "2.00", "-"), ("3 EN 1 ACEITE", "1.00", "-")]


def test_a_garments_size_is_no_unit() -> None:
    """XL behind a quantity, under a heading of both."""
    rows = """
N°   Cantidad Tll.   Col.      P.U.     Total
DESCRIPCION
     MARTILLO DE UÑA
1    2 XL            NEGRO     25.00    50.00
     BOLSA DE PLASTICO
2    1 XL            AZUL      50.00    50.00
"""
    assert [line[2] for line in lines(rows + SUMS)] == ["-", "-"]


def test_a_code_and_a_number_begin_a_phrase() -> None:
    """`771947796 20 W FOCO LED` under `Cód. Prod.`, which is one heading."""
    rows = """
Cód. Prod.         Concepto                 Cant.   P. Unit    Importe
771947796 20 W FOCO LED                     2.00     50.00     100.00
"""
    assert names(rows + SUMS) == ["20 W FOCO LED"]


def test_a_number_begins_a_name_under_the_codes_heading() -> None:
    """`3 en 1 aceite` stands in a row of its own, above its numbers; a code has a cell of its own or more
    digits.
    """
    rows = """
CÓDIGO DETALLE   UNIDAD   CANT.   P. UNIT    IMPORTE
Polea
P82940           NIU      1.00      40.00      40.00
3 en 1 aceite
57070            NIU      6.00      10.00      60.00
"""
    assert names(rows + SUMS) == ["Polea", "3 en 1 aceite"]


def test_a_box_of_something_is_no_till() -> None:
    """CAJA before DE asks for nothing, so that it may be the first line of a roll."""
    roll = f"""
BAZAR FICTICIO S.A.C.
RUC {SUPPLIER}
BOLETA DE VENTA ELECTRONICA
B001-00000123
FECHA       05/11/2026

CAJA DE HERRAMIENTAS 17 PIEZAS
1 UND x 106.55                      106.55
FOCO LED LUZ FRÍA
10 UND x 7.75                        77.50
SON CIENTO OCHENTA Y CUATRO CON 05/100 SOLES
TOTAL                               184.05
"""
    assert [i.description for i in invoice(roll).items] == [
        "CAJA DE HERRAMIENTAS 17 PIEZAS",
        "FOCO LED LUZ FRÍA",
    ]


@pytest.mark.parametrize("counts", [("1.000", "2.000"), ("1.00", "2.00")])
def test_a_count_with_decimals_is_a_quantity(counts: Sequence[str]) -> None:
    """One and two are how much of the first and the second line, where they are written so; 1 and 2 may count
    the lines.
    """
    rows = f"""
{counts[0]}   Martillo de uña                33.28
{counts[1]}   Polea de acero                 84.72

TOTAL   118.00
"""
    assert [line[1] for line in lines(rows)] == list(counts)


CODED = """
Nro.   Código    Tono     Talla   Cant.   Und.   P. Unit    Importe
Concepto
1      7722635   AZUL     S       2.00    GLN      20.00      40.00
         93536
  GALÓN DE PINTURA
2      7769975   BLANCO   L       1.00    UND      60.00      60.00
         82994
  ESTANTE DE MELAMINA
"""


def test_a_code_that_wraps_is_no_words_of_the_next_line() -> None:
    """Names stand below their numbers and below the codes' second rows, so that they are nearer to the next
    numbers.
    """
    assert names(CODED + SUMS) == ["GALÓN DE PINTURA", "ESTANTE DE MELAMINA"]


def test_names_below_beside_a_sidebar() -> None:
    """A row of the buyer's block stands in the row of the description's heading, and its words reach near the
    table.
    """
    rows = """
Sr(es).:                        Nro.   Código    Tono     Talla   Cant.   Und.   P. Unit    Importe
INVENTADA QUISPE LUZ            Concepto
                                1      A72700    BLANCO   38      1.00    ZZ       60.00      60.00
Operación sujeta al Sistema       HORA DE TÉCNICO
de Pago del Gobierno Central    2      B26433    AZUL     L       1.00    ZZ       40.00      40.00
                                  MES DE VIGILANCIA
"""
    assert names(rows + SUMS) == ["HORA DE TÉCNICO", "MES DE VIGILANCIA"]


def test_a_form_beside_the_headings_heads_nothing() -> None:
    """`DNI N°:` stands with its number in the row of the headings, or a label that is answered below it."""
    rows = """
DNI N°:   04372927     N°  CODIGO   TONO    CANT.  UNIDAD   P. UNIT   IMPORTE
RECEPTOR:              ARTICULO
                       1   A83657   ROJO    1.00   UND       100.00    100.00
                        CAJA DE CLAVOS
"""
    assert names(rows + SUMS) == ["CAJA DE CLAVOS"]


def test_a_paper_may_head_its_headings_with_three_rows() -> None:
    """P. / UNIT. / USD and CÓD. / PROD., of which a letterhead stands beside some, and the description's below
    all.
    """
    rows = """
CANT.    CÓD.      UND.      P.        I.G.V.    IMPORTE
         PROD.               UNIT.               USD
DESCRIPCIÓN
SACO DE YUTE
2.00     77801     C/U       50.00     18.00     100.00
"""
    assert names(rows + SUMS) == ["SACO DE YUTE"]


def test_a_name_goes_on_beside_a_sidebar() -> None:
    """A bank's account stands in the row of a name's last words."""
    rows = """
                            CANT.   UND.   ARTÍCULO               P. UNIT    IMPORTE
                            1.00    UND    Saco de yute             20.00      20.00
                            1.00    UND    Estante de melamina      40.00      40.00
Banco Cta.: 977-6961909                    niveles regulables
                            1.00    UND    Polea                    20.00      20.00
                            1.00    UND    Martillo                 20.00      20.00
"""
    assert names(rows + SUMS)[1] == "Estante de melamina niveles regulables"


def test_a_name_goes_on_beside_the_heading_of_instalments() -> None:
    """The heading ends what was sold only where nothing of the table stands beside it."""
    rows = """
                            CANT.   UND.   ARTÍCULO               P. UNIT    IMPORTE
                            1.00    UND    Polea                    40.00      40.00
                            1.00    UND    Galón de pintura -       60.00      60.00
Información del crédito                    mod. de esmalte
N° Cuota Fec. Venc. Monto
1 02/07/2026 118.00
"""
    assert names(rows + SUMS)[1] == "Galón de pintura - mod. de esmalte"


@pytest.mark.parametrize(("name", "rest"), [("KIT ACCESORIO - MOD.", "AZULES"), ("KIT ACCESORIO", "B22")])
def test_an_open_name_goes_on_with_its_model(name: str, rest: str) -> None:
    """The row below had room above it, but without a word, or behind `mod.`, it is no title of a section."""
    rows = f"""
COD.     DETALLE                          CANT.   P. UNIT    IMPORTE
A71124   BOLSA DE PLASTICO                 2.00     20.00      40.00
P51635   {name:<33} 1.00     60.00      60.00
         {rest}
"""
    assert names(rows + SUMS) == ["BOLSA DE PLASTICO", f"{name} {rest}"]


def test_words_beyond_the_last_column_are_another_boxs() -> None:
    """An address begins there, beside the row in which a code goes on."""
    rows = """
Código    Cant.   Und.   P. Unit   Importe
DESCRIPCIÓN
7776480   2.00    UND      50.00    100.00
 294469                                      CALLE LAS BEGONIAS
 CAJA DE CLAVOS                              LIMA - LIMA - LIMA
"""
    assert names(rows + SUMS) == ["CAJA DE CLAVOS"]


@pytest.mark.parametrize("sums", ["VALOR VENTA : 100.00", "VALOR VENTA :   100.00"])
def test_sums_beside_the_headings_are_no_headings(sums: str) -> None:
    """A bill's sums begin in the row of its headings: each label has its amount."""
    bill = f"""
LUZ FICTICIA S.A.A.
RUC {SUPPLIER}                                   RECIBO DE SERVICIO PUBLICO
DNI 40112233   INVENTADA QUISPE LUZ              S001-00000123
FECHA DE EMISION: 05/11/2026

DETALLE                    VALOR VENTA    {sums}
Cargo por energía                88.00    IGV 18% : 18.00
Alumbrado público                12.00    FISE LEY 29852 : 2.00
                                          TOTAL : 120.00
"""
    assert [i.description for i in invoice(bill).items] == [
        "Cargo por energía",
        "Alumbrado público",
        "FISE LEY 29852",
    ]


def test_sums_set_beside_one_another_head_no_items() -> None:
    """Labels over their amounts, of which one is the tax."""
    rows = """
DISCO DE CORTE DE RETENCION                   24.00       2.50       60.00
MARTILLO DE UÑA                                1.00      40.00       40.00

Total Op. Gravadas            IGV              Precio de Venta
100.00                        18.00                     118.00
"""
    assert names(rows) == ["DISCO DE CORTE DE RETENCION", "MARTILLO DE UÑA"]


def test_sums_before_their_labels_stand_beside_notes() -> None:
    """The notes' words do not make lines of them."""
    rows = """
1   ASESORÍA TRIBUTARIA                                                60.00
1   SERVICIO DE TRANSPORTE                                             40.00

El cliente es agente de retención del IGV (3%).    100.00   Operaciones Gravadas
Banco Cta.: 651-5284991                             18.00   I.G.V.
Autorizado mediante Resolución                     118.00   Total Venta
"""
    assert names(rows) == ["ASESORÍA TRIBUTARIA", "SERVICIO DE TRANSPORTE"]


def test_an_amount_stands_before_its_label_beside_a_box_of_notes() -> None:
    """The discount's label has the notes' words to its right, in another box."""
    rows = """
2.00   SACO DE YUTE                                        60.00     120.00

120.00   Valor bruto            Autorizado mediante Resolución de Intendencia
 20.00   Total Descuentos       034-005/SUNAT
100.00   Base imponible
 18.00   IGV
118.00   Importe Total
"""
    assert str(invoice(HEAD + rows).discounts) == "20.00"


def test_a_dollars_sign_of_letters_stands_before_an_amount() -> None:
    """`USD 1,510.87  SALDO NETO`: the label behind is the amount's."""
    rows = """
CANT.   DESCRIPCIÓN                         P. UNIT    IMPORTE
1.00    Asesoría contable                  1,320.00   1,320.00
              USD 1,320.00   BASE IMPONIBLE
              USD 237.60     IGV (18%)
              USD 1,557.60   TOTAL VENTA
              USD 46.73      MONTO RETENCIÓN
              USD 1,510.87   SALDO NETO
"""
    assert str(invoice(HEAD + rows).net_payable) == "1510.87"


def test_amounts_are_no_left_edge_of_a_table() -> None:
    """Three amounts that begin where the first heading does are below it by chance: a short name begins far to
    its left.
    """
    rows = """
                  ARTÍCULO            UND.   CANT.   IMPORTE
Asesoría tributaria                   ZZ      1.00    100.00
                  100.00              BASE IMPONIBLE
                  18.00               IGV (18%)
                  118.00              TOTAL VENTA
                  118.00              SALDO NETO
"""
    assert names(rows) == ["Asesoría tributaria"]


@pytest.mark.parametrize(
    "below",
    [
        "LA CANTIDAD DE CIENTO DIECIOCHO CON\n00/100 SOLES",
        "Adquiriente    INVENTADA QUISPE LUZ\nDNI 40112233\nDomicilio Av. Grau 12",
    ],
)
def test_what_follows_the_lines_is_none_of_their_words(below: str) -> None:
    """An amount in words over two rows, or the buyer's block, below names that stand below their numbers."""
    roll = f"""
BAZAR FICTICIO S.A.C.
RUC {SUPPLIER}
BOLETA DE VENTA ELECTRONICA
B001-00000123
FECHA 05/11/2026

2 GLN              40.00        80.00
Galón de pintura
1 C/U              38.00        38.00
Polea de acero
{below}
OP. GRAVADA                    100.00
IGV 18%                         18.00
TOTAL                          118.00
"""
    assert [i.description for i in invoice(roll).items] == ["Galón de pintura", "Polea de acero"]


def test_what_a_meter_showed_is_none_of_a_bills_words() -> None:
    """Readings stand close below the charges, at their edge."""
    bill = f"""
LUZ FICTICIA S.A.A.
RUC {SUPPLIER}                                   RECIBO DE SERVICIO PUBLICO
DNI 40112233   INVENTADA QUISPE LUZ              S001-00000123
FECHA DE EMISION: 05/11/2026

DETALLE                          IMPORTE
Cargo por energía                  88.00
Alumbrado público                  12.00
LECTURA ANTERIOR                   59022
LECTURA ACTUAL                     59287
CONSUMO                           265 m3
                                          OP. GRAVADA        100.00
                                          IGV 18%             18.00
                                          TOTAL              118.00
"""
    assert [i.description for i in invoice(bill).items] == ["Cargo por energía", "Alumbrado público"]


def test_the_rest_of_an_address_is_no_item() -> None:
    """`Lt. 10` in a row of its own, above lines whose names stand below their numbers."""
    roll = f"""
BAZAR FICTICIO S.A.C.
RUC {SUPPLIER}
BOLETA DE VENTA ELECTRONICA
B001-00000123
FECHA 05/11/2026
DNI 40112233
Direccion fiscal: Av. Los Proceres 1221 Mz. B
Lt. 10
2 GLN              40.00        80.00
Galón de pintura
1 C/U              38.00        38.00
Polea de acero

TOTAL                          118.00
"""
    assert [i.description for i in invoice(roll).items] == ["Galón de pintura", "Polea de acero"]


def test_a_headless_line_beside_a_letterhead_is_one() -> None:
    """Its words stand behind a gutter, and the sums are said below labels that stand beside each other."""
    art = f"""
RUC: {SUPPLIER}
FACTURA ELECTRONICA                      COMERCIAL FICTICIA S.A.C.
F001-00000123                            Av. Grau 12
ADQUIRIENTE INVENTADA QUISPE LUZ
RUC CLIENTE {CUSTOMER}
DIRECCION                                Kit accesorio            2.00 50.00 100.00
DEL RECEPTOR DE LA FACTURA
AV. LOS PROCERES 1960
                                         GRAVADA       IGV 18%    TOTAL A PAGAR
FECHA 05/11/2026                         100.00        18.00      118.00
"""
    assert [i.description for i in invoice(art).items] == ["Kit accesorio"]


def test_what_a_bill_charges_behind_its_tax_is_called_behind_its_amount() -> None:
    """`S/ 3.36 Electrificación rural` in one phrase, beside a charge of the table."""
    bill = f"""
AGUAS FICTICIAS S.A.A.
RUC {SUPPLIER}                                   RECIBO DE SERVICIO PUBLICO
DNI 40112233   INVENTADA QUISPE LUZ              S001-00000123
FECHA DE EMISION: 05/11/2026

Descripción             V. Total     S/ 100.00 Base imponible
Cargo fijo                 40.00     S/ 18.00 IGV (18%)
Alcantarillado             30.00     S/ 3.36 Electrificación rural
Alumbrado                  30.00     S/ 121.36 Importe del mes
"""
    found = [(i.description, str(i.amount)) for i in invoice(bill).items]
    assert found[-1] == ("Electrificación rural", "3.36")


def test_a_sidebar_parts_no_ruled_table() -> None:
    """Rows of a table without rules between its lines are one band, whatever stands beside some of them; and
    where a heading spans cells names do too, so that no cell is joined.
    """

    def cell(text: str, x: float, y: float) -> Cell:
        x1 = x + 6 * len(text)
        return Cell(text, x, y, x1, y + 10, Box(text, x, y, x1, y + 10, size=9))

    rows = [
        Row([cell("CANT.", 210, 72), cell("U.M.", 260, 72), cell("DETALLE", 300, 72), cell("IMP.", 520, 72)]),
        Row([cell("12", 210, 85), cell("PZA", 260, 85), cell("ANILLO", 300, 85), cell("1444.32", 520, 85)]),
        Row([cell("DNI", 10, 95), cell("DE ACERO", 300, 95)]),
        Row([cell("Sr.", 10, 105), cell("5", 210, 105), cell("FORK", 300, 105), cell("213.75", 520, 105)]),
    ]  # fmt: skip
    level = tuple(Edge(at, 200, 580) for at in (68.0, 80.0, 118.0))
    upright = tuple(Edge(at, 68, 118) for at in (200.0, 250.0, 290.0, 510.0, 580.0))
    sheet = Sheet(0, 600, 800, rows, 10.0, rules=Rules(level=level, upright=upright))
    assert [row.text for row in joined(sheet).rows] == [row.text for row in rows]
    spanning = replace(sheet, rows=[Row([cell("DESCRIPCION DEL PRODUCTO", 205, 72)]), *rows[1:3]])
    assert [row.text for row in joined(spanning).rows] == [row.text for row in spanning.rows]


TILL = """
SACO DE YUTE
2 UND x 20.00      40.00
POLEA DE ACERO
1 UND x 18.00      18.00
CAJA DE CLAVOS
3 UND x 10.00      30.00
MARTILLO DE UÑA
1 UND x 30.00      30.00

TOTAL 118.00
"""


@pytest.mark.parametrize("rows", [CODED + SUMS, TILL])
def test_a_page_may_begin_anywhere(rows: str) -> None:
    """A straightened picture has its origin in its middle: places may be below zero."""

    def named(away: float) -> list[object]:
        drawn = [Box(b.text, b.x0 + away, b.y0 + away, b.x1 + away, b.y1 + away) for b in boxes(HEAD + rows)]
        found = reader.read([lay(drawn, width=620, height=900)], "text")
        return [{name: seen.value for name, seen in item.items()} for item in found.items]

    assert named(-3000.0) == named(0.0)


def test_a_document_named_among_the_lines_is_sold() -> None:
    """A series and number far below the title, in the name above its numbers, ends no heading."""
    roll = f"""
BAZAR FICTICIO S.A.C.
RUC {SUPPLIER}
BOLETA DE VENTA ELECTRONICA
B001-00000123
FECHA 05/11/2026
DNI 40112233
CAJERO 3337

INTERESES FACTURA F102-44120
1 UND x 118.00                     118.00

TOTAL                              118.00
"""
    assert [i.description for i in invoice(roll).items] == ["INTERESES FACTURA F102-44120"]


def test_a_lot_of_something_is_sold_below_an_address() -> None:
    """`LOTE DE CAMISAS` goes on with no address, as `Lt. 10` does."""
    roll = f"""
BAZAR FICTICIO S.A.C.
RUC {SUPPLIER}
BOLETA DE VENTA ELECTRONICA
B001-00000123
FECHA 05/11/2026
DNI 40112233
Direccion: Av. Grau 12
LOTE DE CAMISAS
1 UND x 118.00                     118.00

TOTAL                              118.00
"""
    assert [i.description for i in invoice(roll).items] == ["LOTE DE CAMISAS"]
