"""Pages whose lines, boxes and coloured areas show what belongs together."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from functions.extractor.invoice import Invoice
from functions.extractor.judging import merge
from functions.extractor.opening import rules
from functions.extractor.page import Box, Edge, Rules
from functions.extractor.reading import phrases, reader, ruling
from functions.extractor.reading.column_names import name_of
from functions.extractor.reading.cutting import tokens
from functions.extractor.reading.numbers import Roles
from functions.extractor.reading.table_columns import Table, TableColumn
from functions.extractor.sheets import ruled
from functions.extractor.sheets.rows import Sheet, lay
from tests.sheets import CUSTOMER, SUPPLIER, boxes

pytestmark = pytest.mark.unit

D = Decimal
HEAD = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
Señor(es) : DISTRIBUIDORA INVENTADA SAC            Fecha de Emisión : 05/11/2026
RUC : {CUSTOMER}                                  Moneda : SOLES
"""


def drawn(art: str, *more: Edge, small: Sequence[str] = ()) -> Sheet:
    """The drawing as a page: a row of dashes is a level line, a bar an upright one over its row, `[` an upright
    one from the page's top to its foot. `more` are upright ones where letters stand, `small` the phrases in
    smaller letters.
    """
    rows = art.strip("\n").splitlines()
    level, upright, tall = list[Edge](), dict[int, list[int]](), set[int]()
    found: list[Box] = []
    for number, row in enumerate(rows):
        if set(row.strip()) == {"-"}:
            level.append(Edge(number * 14 + 5, row.index("-") * 6, len(row) * 6))
        for at, sign in enumerate(row):
            if sign == "|":
                upright.setdefault(at, []).append(number)
            if sign == "[":
                tall.add(at)
        words = "" if set(row.strip()) == {"-"} else row.replace("|", " ").replace("[", " ")
        found += [
            replace(b, y0=number * 14, y1=number * 14 + 10, size=6.0 if b.text in small else 8.0)
            for b in boxes(words)
        ]
    edges = [*more, *(Edge(at * 6 + 3, 0, 900) for at in tall)]
    for at, numbers in upright.items():
        edges += [Edge(at * 6 + 3, numbers[0] * 14 - 2, numbers[-1] * 14 + 12)]
    drawn_rules = Rules(tuple(sorted(edges, key=lambda e: e.at)), tuple(level))
    return ruled.joined(lay(found, width=620, height=900, rules=drawn_rules))


def lines(art: str, *more: Edge) -> list[tuple[str | None, Decimal | None, Decimal | None, Decimal | None]]:
    """Description, quantity, price and amount of each item of a paper with these rows."""
    page = drawn(HEAD + art, *more)
    found: Invoice = merge.merge([reader.read([page], "text")], 0)[0]
    return [(i.description, i.quantity, i.unit_price, i.amount) for i in found.items]


def test_a_cells_rows_are_one_text() -> None:
    """In a table that is ruled into cells a code and a description wrap each in its cell, around numbers that
    stand at the middle; a part's title between two lines is no line's.
    """
    art = """
---------------------------------------------------------------------------------
|  N° PARTE | DESCRIPCION                 | ORIGEN | CANT | V. UNIT  | V. VENTA |
---------------------------------------------------------------------------------
|  VFD-075- | Variador de frecuencia      |        |      |          |          |
|           |                             |   TW   |    2 |   100.00 |   200.00 |
|  43B      | trifásico 380 V             |        |      |          |          |
---------------------------------------------------------------------------------
|  REPUESTOS                                                                    |
---------------------------------------------------------------------------------
|  ROD-1    | Rodamiento                  |   PE   |    4 |    10.00 |    40.00 |
---------------------------------------------------------------------------------
                                                     OP. GRAVADA          240.00
                                                     IGV 18%               43.20
                                                     TOTAL                283.20
"""
    assert lines(art) == [
        ("Variador de frecuencia trifásico 380 V", D(2), D(100), D(200)),
        ("Rodamiento", D(4), D(10), D(40)),
    ]


def test_what_stands_between_a_columns_edges_is_the_columns() -> None:
    """A value in a column of its own is no part of the description beside it, however near it stands, and a number
    in the codes' column no quantity.
    """
    art = """
------------------------------------------------------------------
| COD. | CONCEPTO                           | AF  |    IMPORTE   |
------------------------------------------------------------------
| 101  | COMISION DE AGENCIAMIENTO          |  A  |       168.77 |
| 204  | TRANSPORTE 40 HC                   |  A  |       290.00 |
------------------------------------------------------------------
                                      OP. GRAVADA        458.77
                                      IGV 18%             82.58
                                      TOTAL              541.35
"""
    assert lines(art) == [
        ("COMISION DE AGENCIAMIENTO", None, None, D("168.77")),
        ("TRANSPORTE 40 HC", None, None, D("290.00")),
    ]


def test_level_lines_tell_whose_row_a_text_is() -> None:
    """Where a line is drawn below each item, a row belongs to the item above the line; a note and a title between
    two lines belong to none.
    """
    art = """
Descripción                                Cantidad   Precio unitario   Importe
--------------------------------------------------------------------------------
Equipos
--------------------------------------------------------------------------------
Electrobomba centrífuga trifásica              2.00            100.00    200.00
7.5 HP
--------------------------------------------------------------------------------
No incluye obras civiles ni trabajos en altura
--------------------------------------------------------------------------------
Tablero de arranque directo                    1.00             50.00     50.00
--------------------------------------------------------------------------------
                                                   OP. GRAVADA        250.00
                                                   IGV 18%             45.00
                                                   TOTAL              295.00
"""
    assert lines(art) == [
        ("Electrobomba centrífuga trifásica 7.5 HP", D(2), D(100), D(200)),
        ("Tablero de arranque directo", D(1), D(50), D(50)),
    ]


def test_a_bar_beside_the_page_is_not_read_with_the_table() -> None:
    """A side bar from top to foot has rows of its own, at whatever height they stand."""
    side = drawn(
        """
Emisión             [  Plan Hogar Fibra        67.71
03-oct-2026         [  Alquiler de repetidor    8.47
"""
    )
    assert [row.text for row in side.rows] == [
        *("Emisión", "Plan Hogar Fibra 67.71", "03-oct-2026", "Alquiler de repetidor 8.47")
    ]


def test_a_forms_blocks_stay_rows() -> None:
    """Labels and values that stand in ruled blocks of several rows are not run together."""
    form = """
-----------------------------------------------------------------
| Señores:  | ACME S.A.C.     | Fecha:        | 05/11/2026    |
| RUC:      | 20601234565     | Vencimiento:  | 05/12/2026    |
-----------------------------------------------------------------
"""
    assert [row.text for row in drawn(form).rows] == [
        "Señores: ACME S.A.C. Fecha: 05/11/2026",
        "RUC: 20601234565 Vencimiento: 05/12/2026",
    ]


def page(*areas: tuple[int, int, int, int], shade: int = 0) -> Image.Image:
    """A white page of 300 by 200 pixels with areas (left, top, right, bottom) of a shade."""
    pixels = np.full((200, 300), 255, dtype=np.uint8)
    for x0, y0, x1, y1 in areas:
        pixels[y0:y1, x0:x1] = shade
    return Image.fromarray(pixels)


def test_edges_of_lines_and_areas_are_found() -> None:
    """A line is one edge, an area has four, and a line goes on where another crosses it."""
    line, area, across = (20, 10, 22, 150), (100, 50, 250, 100), (10, 80, 90, 82)
    assert rules.find(page(line, area, across), 1.0) == Rules(
        (Edge(21.0, 10.0, 150.0), Edge(100.0, 50.0, 100.0), Edge(250.0, 50.0, 100.0)),
        (Edge(50.0, 100.0, 250.0), Edge(81.0, 10.0, 90.0), Edge(100.0, 100.0, 250.0)),
    )


@pytest.mark.parametrize(
    "picture",
    [
        page((20, 10, 22, 20), (100, 10, 150, 12)),
        page((100, 50, 250, 100), shade=248),
        page(*((x, 60, x + 13, 62) for x in range(10, 290, 16))),
        page(*((x, y, x + 2, y + 12) for x in range(0, 300, 7) for y in range(0, 188, 17))),
        Image.new("L", (2, 2), 255),
    ],
    ids=["letters", "faint", "dashes", "pattern", "specks"],
)
def test_what_parts_no_columns_is_no_edge(picture: Image.Image) -> None:
    """Strokes as short as letters, shades as of the paper itself, dashes, patterns and a picture of a few pixels
    tell nothing.
    """
    assert rules.find(picture, 1.0) == Rules()


BLOCKS = {
    "a form of few blocks": """
-----------------------------------------------
| COMERCIAL    | R.U.C.        | Copia        |
| FICTICIA     |               |              |
-----------------------------------------------
""",
    "blocks of several rows": """
-----------------------------------------------------
| Av. Uno   | Av. Dos   | Av. Tres   | Cuenta       |
| Lima      | Cusco     | Piura      |              |
-----------------------------------------------------
""",
    "labels and values": """
-----------------------------------------------------------
| Señores:  | Orden  | Guía  | Moneda  | Fecha           |
| RUC:      |        |       |         |                 |
-----------------------------------------------------------
""",
    "words over the cells": """
-----------------------------------------------------------
|  COD.     |  CANT.    |  UNIDAD   |  PRECIO  | TOTAL    |
   ANILLO DE RETENCION PARA EJE TRASERO
-----------------------------------------------------------
""",
    "a form above a table": """
-----------------------------------------------------------
  Atendido    Caja 1       Turno 2     Mesa 3    Mozo 4
  Ana
-----------------------------------------------------------
|  2        |  UND      |  VASO     |    3.00  |    6.00  |
-----------------------------------------------------------
""",
}


@pytest.mark.parametrize("art", BLOCKS.values(), ids=BLOCKS)
def test_only_lines_of_tables_are_joined(art: str) -> None:
    """What stands below each other in a form is not one text, ruled or not."""
    rows = [" ".join(row.replace("|", " ").split()) for row in art.splitlines() if "--" not in row]
    assert [row.text for row in drawn(art).rows] == [row for row in rows if row]


def test_headings_are_parted_by_the_edges_below_them() -> None:
    """A coloured heading has no lines of its own; words of two rows over one column are one heading."""
    art = """
---------------------------------------------------------------------------------
                                                          V. UNIT     V. VENTA
   CODIGO     DESCRIPCION                 UND     CANT
                                                           US$          US$
---------------------------------------------------------------------------------
|  P-1      | Variador                  | PZA  |     2 |    100.00 |     200.00 |
---------------------------------------------------------------------------------
                                                     OP. GRAVADA          200.00
                                                     IGV 18%               36.00
                                                     TOTAL                236.00
"""
    assert lines(art) == [("Variador", D(2), D(100), D(200))]


STAMPED = """
Cant.    Descripción                                      P. Unit     Importe
  1      Estante                                           447.35      447.35
  2      Estante de melamina con cerradura y niveles        10.00       20.00
                                               OP. GRAVADA      467.35
                                               IGV 18%           84.12
                                               TOTAL            551.47
"""


@pytest.mark.parametrize(
    ("stamp", "table"),
    [((150, 190), (-3, 40, 400, 470)), ((90, 190), (-3, 40, 400, 470)), ((42, 160), ())],
    ids=["between two headings", "over a heading", "where no table is ruled"],
)
def test_a_stamp_parts_no_columns(stamp: tuple[float, ...], table: tuple[float, ...]) -> None:
    """A stamp's edges over the headings and the first line are no lines of the table."""
    top = HEAD.count("\n") * 14
    edges = [Edge(at, top - 20, top + 30) for at in stamp] + [Edge(at, top, top + 50) for at in table]
    assert lines(STAMPED, *edges) == [
        ("Estante", D(1), D("447.35"), D("447.35")),
        ("Estante de melamina con cerradura y niveles", D(2), D(10), D(20)),
    ]


def test_two_headings_without_an_edge_between_them_stay_two() -> None:
    """Only words that name no column are added to the heading beside them."""
    art = """
--------------------------------------------------------------------------
| DESCRIPCION                  | CANT. UND. | REF. S/  |   V.    IMPORTE |
--------------------------------------------------------------------------
| Cemento                      |    2  BLS  |  35.00   |          60.00 |
--------------------------------------------------------------------------
                                            OP. GRAVADA           60.00
                                            IGV 18%               10.80
                                            TOTAL                 70.80
"""
    assert lines(art) == [("Cemento", D(2), None, D(60))]


def test_a_tables_edges_are_its_columns_whatever_its_headings_reach() -> None:
    """Amounts that stand far from a heading in the middle of a wide column are its amounts; what stands beyond the
    table's last edge is another box's.
    """
    art = """
--------------------------------------------------------------------------
| COD.  |     CONCEPTO                 |          IMPORTE                 |
--------------------------------------------------------------------------
| A-101 |  Visto bueno                 |                           35.00  |   Sello 12.00
| A-204 |  Transporte                  |                          290.00  |
--------------------------------------------------------------------------
                                            OP. GRAVADA          325.00
                                            IGV 18%               58.50
                                            TOTAL                383.50
"""
    assert lines(art) == [("Visto bueno", None, None, D(35)), ("Transporte", None, None, D(290))]


@pytest.mark.parametrize(("wide", "high"), [(2, 12), (2, 3400), (9, 14)])
def test_a_hatched_page_costs_no_time(wide: int, high: int) -> None:
    """A hostile page of twelve million pixels may have edges in all of them."""
    pixels = np.full((3464, 3464), 255, dtype=np.uint8)
    for x in range(0, 3464, wide + 7):
        pixels[:, x : x + wide] = 0
    for y in range(0, 3464, high + 5):
        pixels[y : y + 5] = 255
    began = time.process_time()
    assert (rules.find(Image.fromarray(pixels), 1.0), time.process_time() - began < 3) == (Rules(), True)


Column = tuple[str, float, float, bool]


def columns(heads: str, *at: float, stamp: tuple[float, ...] = (), apart: bool = False) -> list[Column]:
    """Name, edges and whether it stands alone between them, of each heading, over a row that edges pass."""
    edges = [Edge(x, 10, 60) for x in at] + [Edge(x, 0, 40) for x in stamp]
    found = lay(
        boxes(f"{heads}\nX"), width=620, height=900, rules=Rules(tuple(sorted(edges, key=lambda e: e.at)))
    )
    named = [TableColumn(name_of(w.text), w.x0, w.x1, w.text) for w in found.rows[0].words]
    return [(c.name, c.left, c.right, c.own) for c in ruling.bounded(found, Table(named, apart=apart), 0)]


INF = math.inf
HEADS = "CANT.      DESCRIPCION                    IMPORTE"
RULED = [("quantity", -3, 50, True), ("description", 50, 200, True), ("amount", 200, 310, True)]


@pytest.mark.parametrize("stamp", [(), (90, 180)], ids=["none", "over a heading"])
def test_a_headings_column_goes_from_edge_to_edge(stamp: tuple[float, ...]) -> None:
    """The nearest edges beside a heading are its column's, and those of a stamp are nobody's."""
    assert columns(HEADS, -3, 50, 200, 310, stamp=stamp) == RULED


def test_two_edges_are_no_table() -> None:
    """A box around something, or a stamp, parts no columns."""
    assert columns(HEADS, 50, 200) == [(name, -INF, INF, False) for name, *_ in RULED]


def test_words_of_one_heading_are_one_and_two_headings_two() -> None:
    """Between two edges a word that names nothing belongs to its neighbour; two names are two columns."""
    assert columns("CANT. UND.   REF. Z9    IMPORTE", -3, 70, 135, 220) == [
        *(("quantity", -3, 70, False), ("unit", -3, 70, False)),
        *(("code", 70, 135, True), ("amount", 135, 220, True)),
    ]


def test_a_heading_over_several_columns_has_none() -> None:
    """A description's heading in a row of its own may stand over all the columns of its numbers."""
    heads = "DESCRIPCIONDELPRODUCTO          CANT.      IMPORTE"
    assert columns(heads, -3, 60, 186, 250, 310, apart=True) == [
        *(("description", -INF, INF, False), ("quantity", 186, 250, True), ("amount", 250, 310, True))
    ]


def test_a_word_is_its_columns_whatever_its_shape() -> None:
    """Two words in the column of numbers of lines are no description; nor is what stands behind the description's
    edge, though it begins near it.
    """
    heads = [
        TableColumn("order", 0, 20, "N°", -3, 70, own=True),
        TableColumn("description", 80, 140, "DESCRIPCION", 70, 200, own=True),
        TableColumn("unit", 240, 260, "UND", 200, 300, own=True),
    ]
    row = lay(boxes("VFD-075 43B  Variador 7.5 HP   TAMBOR"), width=620, height=900).rows[0]
    said = phrases.split(tokens(row, -INF, INF), Roles(), heads, 10.0)
    assert ([t.text for t in said.text], said.unit and said.unit.text) == (
        ["Variador", "7.5", "HP"],
        "TAMBOR",
    )


def test_a_number_far_from_its_heading_is_in_the_table() -> None:
    """A heading in the middle of a wide column is as narrow as its word."""
    art = """
-----------------------------------------------------
|        CANT. |  CONCEPTO     |  IMPORTE            |
-----------------------------------------------------
| 7            |  Visto bueno  |               35.00 |
| 3            |  Transporte   |            1,290.00 |
-----------------------------------------------------
                                OP. GRAVADA  1,325.00
                                IGV 18%        238.50
                                TOTAL        1,563.50
"""
    assert lines(art) == [("Visto bueno", D(7), None, D(35)), ("Transporte", D(3), None, D(1290))]


def test_what_stands_beside_a_table_is_not_joined_with_it() -> None:
    """A block at the left has rows of its own where the table's line is one."""
    art = """
                   ------------------------------------------------------------
                   | P-0  | Bomba         | PZA  |    1 |   10.00 |    10.00 |
                   ------------------------------------------------------------
F. EMISION: HOY    | P-1  | Variador      | PZA  |    2 |  100.00 |   200.00 |
VENCE: NUNCA       |      | trifásico     |      |      |         |          |
                   ------------------------------------------------------------
"""
    assert [row.text for row in drawn(art).rows] == [
        "P-0 Bomba PZA 1 10.00 10.00",
        "F. EMISION: HOY",
        "P-1 Variador trifásico PZA 2 100.00 200.00",
        "VENCE: NUNCA",
    ]


def test_words_and_numbers_that_a_line_parts_are_one_item() -> None:
    """Where every row is ruled, an item's words above its numbers are still its words."""
    art = f"""{HEAD}
   CODIGO        CANT.        P. UNIT      IMPORTE
 Cemento portland tipo I
   A-101            2           30.00        60.00
 Fierro corrugado
   A-204            3           10.00        30.00
                        OP. GRAVADA          90.00
                        IGV 18%              16.20
                        TOTAL               106.20
"""
    every = tuple(Edge(number * 14 - 2, 0, 330) for number in range(6, 13))
    page = lay(boxes(art), width=620, height=900, rules=Rules((), every))
    found = merge.merge([reader.read([page], "text")], 0)[0].items
    assert [(i.description, i.quantity) for i in found] == [
        *(("Cemento portland tipo I", D(2)), ("Fierro corrugado", D(3)))
    ]


@pytest.mark.parametrize(("line", "supplier"), [("-" * 75, SUPPLIER), ("", CUSTOMER)], ids=["parted", "not"])
def test_a_number_above_the_buyers_box_is_not_the_buyers(line: str, supplier: str) -> None:
    """Without an edge between them a number right above the buyer's label is his as much as one behind his
    name, and the title's column decides.
    """
    page = drawn(f"""
CLINICA FICTICIA S.A.C.                          FACTURA ELECTRONICA
Av. Uno 2730 - Lima                                    F101-00098213
RUC {SUPPLIER}                            Emitido el 08/04/2026
{line}
Señores:    DISTRIBUIDORA INVENTADA SAC       RUC:    {CUSTOMER}
Paciente:   JUAN BUSTIOS REY                  HC:     0118832

CANT.   DESCRIPCION                       P. UNIT    IMPORTE
1       CONSULTA                            100.00     100.00

                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
""")
    assert reader.read([page], "text").get("supplier.ruc") == supplier


@pytest.mark.parametrize(
    ("above", "name"),
    [("-" * 75, "DISTRIBUIDORA INVENTADA SAC"), ("", "MAMANI QUISPE ROSA")],
    ids=["in a ruled row", "in no row"],
)
def test_a_number_in_a_ruled_row_above_the_name_is_still_the_buyers(above: str, name: str) -> None:
    """A form of ruled rows has an edge between any two values, and the nearer label names the buyer."""
    page = drawn(f"""
CLINICA FICTICIA S.A.C.      RUC {SUPPLIER}      FACTURA ELECTRONICA
                                                  F101-00098213
Emitido el 08/04/2026               Receptor: MAMANI QUISPE ROSA
{above}
RUC:        {CUSTOMER}
---------------------------------------------------------------------------
Señores:    DISTRIBUIDORA INVENTADA SAC

CANT.   DESCRIPCION                       P. UNIT    IMPORTE
1       CONSULTA                            100.00     100.00

                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
""")
    assert reader.read([page], "text").get("customer.name") == name


def test_what_is_set_smaller_in_a_cell_is_a_row_of_its_own() -> None:
    """A note below the description in its cell is no part of it; a wrapped word is."""
    art = """
---------------------------------------------------------------------------------
|  N°  | CODIGO | DESCRIPCION                     | CANT | V. UNIT  | V. VENTA |
---------------------------------------------------------------------------------
|      |        | CONSULTA AMBULATORIA DE         |      |          |          |
|  1   | P0011  |                                 |  1   |  120.00  |  120.00  |
|      |        | traumatología                   |      |          |          |
---------------------------------------------------------------------------------
|      |        | BETAMETASONA 5 MG               |      |          |          |
|  2   | F8830  |                                 |  1   |   48.90  |   48.90  |
|      |        | para el hombro                  |      |          |          |
---------------------------------------------------------------------------------
"""
    small = ("para el hombro",)
    whole = drawn(HEAD + art, small=small)
    found = merge.merge([reader.read([whole], "text")], 0)[0].items
    assert [item.description for item in found] == [
        "CONSULTA AMBULATORIA DE traumatología",
        "BETAMETASONA 5 MG",
    ]


def test_labels_below_the_values_of_a_form_are_one_row() -> None:
    """What is set smaller below each value of a ruled form stays in a row of its own, all of it in one."""
    page = drawn(
        """
---------------------------------------------------------
|21/01/2026   |05/02/2026   |18/02/2026   |14/08/2024   |
|Emisión      |Vencimiento  |Lectura      |Revisión     |
---------------------------------------------------------
""",
        small=("Emisión", "Vencimiento", "Lectura", "Revisión"),
    )
    assert [[cell.text for cell in row.cells] for row in page.rows] == [
        ["21/01/2026", "05/02/2026", "18/02/2026", "14/08/2024"],
        ["Emisión", "Vencimiento", "Lectura", "Revisión"],
    ]
