"""What photographs of other people's papers brought: creases, zeros for letters, figures of other lines."""

from dataclasses import replace

import pytest

from functions.extractor.page import Box
from functions.extractor.reading import reader
from functions.extractor.reading.names import is_person
from functions.extractor.reading.table_columns import columns_of
from functions.extractor.sheets.rows import lay
from functions.extractor.sheets.spelling import mended
from tests.sheets import CUSTOMER, HEAD, SUPPLIER, boxes, lines, read, sheet

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("seen", "read_as"),
    [
        ("MUSG0 PREPARADO B0LSA 10 KG", "MUSGO PREPARADO BOLSA 10 KG"),
        ("cam0te", "camote"),
        ("2 FC0", "2 FCO"),
        ("F0AB-123", "F0AB-123"),
        ("B001-00012", "B001-00012"),
        ("A0 BP00 R0A1 0.5 KG", "A0 BP00 R0A1 0.5 KG"),
    ],
)
def test_a_zero_among_letters_is_an_o(seen: str, read_as: str) -> None:
    """In a word of letters a single zero is the letter; codes, series and numbers stay as they are."""
    assert mended(seen) == read_as


def test_a_word_that_is_letters_away_from_a_label_stays() -> None:
    """A menu *ejecutivo* is not paid in *efectivo*."""
    assert mended("MENU MARINO EJECUTIVO") == "MENU MARINO EJECUTIVO"


def test_a_crease_breaks_no_heading() -> None:
    """Two pieces of a label whose boxes overlap are one word, as wide as both."""
    art = f"""{HEAD}
CANT.  U.M.   DESCRIPCION                            P. UNIT    IMPORTE
40     BLS    CEMENTO DE PRUEBA TIPO I X 42.5 KG      26.80     1072.00
25     VAR    FIERRO CORRUGADO DE PRUEBA GRADO 60     38.50      962.50
"""
    drawn: list[Box] = []
    for box in boxes(art):
        if box.text == "DESCRIPCION":
            drawn += [replace(box, text="DESCRIP", x1=box.x0 + 45), replace(box, text="CION", x0=box.x0 + 40)]
        else:
            drawn.append(box)
    page = lay([replace(box, conf=0.95) for box in drawn], width=620, height=900, slanted=True)
    (heading,) = (cell for row in page.rows for cell in row.cells if cell.text.startswith("DESC"))
    assert (heading.text, round(heading.x1 - heading.x0)) == ("DESCRIPCION", 66)


def test_a_title_begins_where_the_numbers_of_the_lines_do() -> None:
    """Under no heading of its own a column counts the lines; what begins in it is a title and no name."""
    for head in ("   Repuesto / Servicio", "N°  Repuesto / Servicio"):
        art = f"""{HEAD}
{head}                     Cant    P.Venta      Total
1  FILTRO DE ACEITE DE PRUEBA             1      42.00      42.00
2  FOCO H4 12V                            2      18.50      37.00
MANO DE OBRA
3  CAMBIO DE ACEITE                       1      45.00      45.00
4  CAMBIO DE PASTILLAS                    1     180.00     180.00
"""
        large = [replace(box, y1=box.y0 + 14) for box in boxes(art)]
        found = reader.read([lay(large, width=620, height=900)], "text").items
        assert [item["description"].value for item in found] == [
            "FILTRO DE ACEITE DE PRUEBA",
            "FOCO H4 12V",
            "CAMBIO DE ACEITE",
            "CAMBIO DE PASTILLAS",
        ]


def test_a_label_above_a_name_is_no_part_of_it() -> None:
    """A section's `Paciente: …` is nobody's name."""
    found = lines("""
Consulta de prueba
   1 und    x 50.00                 50.00
Paciente: MICHI (felino)
Corte de garras
   1 und    x 15.00                 15.00

Op. gravadas                        55.08
IGV 18%                              9.92
TOTAL                               65.00
""")
    assert [line[0] for line in found] == ["Consulta de prueba", "Corte de garras"]


def test_a_weight_belongs_to_the_line_right_above_it() -> None:
    """What is written below another line does not complete this one, however near its product comes."""
    found = lines("""
PAPA DE PRUEBA MALLA 3KG            10.50
QUESO FRESCO DE PRUEBA              11.65
  0.354 kg x S/ 32.90 /kg
BOLSA MEDIANA                        0.40
  2 x 0.20

OP. GRAVADA                         19.11
IGV 18%                              3.44
TOTAL                               22.55
""")
    assert [line[:2] for line in found] == [
        ("PAPA DE PRUEBA MALLA 3KG", "-"),
        ("QUESO FRESCO DE PRUEBA", "0.354"),
        ("BOLSA MEDIANA", "2"),
    ]


def test_what_was_paid_names_no_buyer() -> None:
    """A number below the sums of a till has no name above it, only below."""
    till = f"""
TIENDAS INVENTADAS S.A.C.
RUC {SUPPLIER}
FACTURA ELECTRONICA
F014-00091256
CAFE MOLIDO DE PRUEBA               118.00
OP. GRAVADA                         100.00
IGV 18%                              18.00
TOTAL                               118.00
MASTERCARD                          118.00
RUC {CUSTOMER}
{{firm}}
21-05-2026 20:17
"""
    firm = "CONSULTORES INVENTADOS S.A.C."
    assert [read(till.format(firm=name)).get("customer.name") for name in (firm, "")] == [firm, None]


def test_a_long_word_in_brackets_heads_no_column() -> None:
    """What a heading says in brackets at length names no further column."""
    (row,) = sheet("Detalle de cargos (importes sin IGV, en soles)").rows
    assert [column.name for column in columns_of(row)] == ["description"]


def test_who_signs_at_the_foot_with_name_number_and_address_sells() -> None:
    """On a bill that begins with its payer, large and with a RUC, the issuer is who signs below."""
    found = read(f"""
                                         RECIBO DE SERVICIOS PÚBLICOS
fibrainventada                           S001-0418337
ASERRADERO INVENTADO E.I.R.L.
RUC {CUSTOMER}                           TOTAL A PAGAR
Carretera Iquitos Km 4.5                 S/ 350.00
Detalle de cargos                        VENCE EL 20/05/2026
Internet de prueba 400 Mbps                296.61
Base imponible                             296.61
IGV (18%)                                   53.39
Total del recibo                           350.00

FIBRA INVENTADA TELECOMUNICACIONES S.A.C. · RUC {SUPPLIER} · Jr. Arica 533, Iquitos, Loreto
""")
    assert (found.get("supplier.ruc"), found.get("customer.id")) == (SUPPLIER, CUSTOMER)


def test_a_shop_is_no_person() -> None:
    """`El` and a trade's word are of no person's name."""
    names = ("VIVERO LAS FLORES NUEVAS", "PALTO EL REY NORTEÑO", "QUISPE MAMANI ROSA")
    assert [is_person(name) for name in names] == [
        False, False, True,
    ]  # fmt: skip


def test_what_multiplies_comes_before_what_a_discount_made_cheaper() -> None:
    """A price written above its line completes that one, and not the line before, which it would cheapen."""
    found = lines("""
7759185001  PAPEL DE PRUEBA 12R         18.50
4 x 6.10
7861001     ATUN DE PRUEBA 140G         24.40
7752077019  FOSFORO X 10                 2.00

OP. GRAVADA                             38.05
IGV 18%                                  6.85
TOTAL                                   44.90
""")
    assert [line[:2] for line in found] == [
        ("PAPEL DE PRUEBA 12R", "-"),
        ("ATUN DE PRUEBA 140G", "4"),
        ("FOSFORO X 10", "-"),
    ]


def test_a_seat_is_no_quantity() -> None:
    """A number behind words is in no order of the headings; the quantity stands in its column above."""
    found = lines("""
Cant    Descripción                          Importe
1       PASAJE DE PRUEBA SERV. BUS
        CAMA 160°ASIENTO 23                  85.00

Op. Exonerada                                85.00
TOTAL                                        85.00
""")
    assert [line[1] for line in found] == ["1"]


def test_a_code_in_brackets_is_printed_with_the_name() -> None:
    """Systems that print a code in brackets before the name, in the same column, call the thing so."""
    found = lines("""
CANT.   DESCRIPCION                               P. UNIT     IMPORTE
1.00    [WEB-11] Mantenimiento de sitio web       50.00        50.00
7.50    [LIC-ANU] Retoque [digital]               10.00        75.00
""")
    assert [line[0] for line in found] == [
        "[WEB-11] Mantenimiento de sitio web",
        "[LIC-ANU] Retoque [digital]",
    ]


def test_a_notary_is_a_person_whose_trade_stands_behind_a_dash() -> None:
    """The name of a RUC 10 ends before what the person is."""
    found = read("""
NOTARÍA QUISPE INVENTADA
QUISPE INVENTADA HUMBERTO OCTAVIO — Notario de Piura
Calle Tacna 644, Piura · R.U.C. 10063372141
BOLETA DE VENTA ELECTRÓNICA
B001 - 00019870
TOTAL S/  104.01
""")
    assert found.get("supplier.name") == "QUISPE INVENTADA HUMBERTO OCTAVIO"


@pytest.mark.parametrize("label", ["Responsable:", "Apoderado:", "Padre o madre:"])
def test_who_answers_for_a_pupil_pays(label: str) -> None:
    """A school bills the parent, and not the pupil whom another label names."""
    found = read(f"""
ASOCIACION EDUCATIVA INVENTADA             BOLETA DE VENTA ELECTRÓNICA
R.U.C. {SUPPLIER}                          B002-00008104
{label}        PATRICIA MEDRANO LUCAR
DNI:                22471830
Alumno:             TELLO MEDRANO, Adriano
Grado:              4° B primaria
""")
    assert found.get("customer.name") == "PATRICIA MEDRANO LUCAR"


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("E.I.R.L.", "EVENTOS Y CATERING INVENTADOS E.I.R.L."),
        ("                              S.A.C.", None),
        ("\n\nE.I.R.L.", None),
    ],
    ids=["below", "in another column", "far below"],
)
def test_a_firms_form_stands_in_a_row_of_its_own_below_its_name(form: str, name: str | None) -> None:
    """A till without labels prints the buyer's name below the number, over two rows of one column."""
    found = read(f"""
PANIFICADORA INVENTADA S.R.L.
R.U.C. {SUPPLIER}
FACTURA ELECTRONICA
F001-0049010
07-01-2026  16:40
RUC {CUSTOMER}
EVENTOS Y CATERING INVENTADOS
{form}

PAN DE MOLDE                 118.00
TOTAL S/.                    118.00
""")
    assert found.get("customer.name") == name


def test_a_title_is_told_by_the_sum_that_is_called_by_it() -> None:
    """What a part's sum is called stands above the part's first line, and is no part of its name."""
    art = f"""{HEAD}
CODIGO      DESCRIPCION                      CANTIDAD   P. UNITARIO    IMPORTE
            COPAGOS
COP-01      DEDUCIBLE DE PRUEBA                 1          42.3729       42.37
COP-02      COASEGURO 15%                       1           6.3600        6.36
                          SUB TOTAL COPAGOS                              48.73
"""
    close = [replace(box, y1=box.y0 + 13) for box in boxes(art)]
    found = reader.read([lay(close, width=620, height=900)], "text").items
    assert [item["description"].value for item in found] == ["DEDUCIBLE DE PRUEBA", "COASEGURO 15%"]


def test_a_size_in_whole_numbers_multiplies_nothing() -> None:
    """Without cents or a currency what a sign joins is a price only where it makes the amount."""
    found = lines("""
Servicio                                             Importe
Urna de prueba 20 x 15 cm                             380.00
Arreglo floral                                        150.00

Op. exonerada                                         530.00
TOTAL                                                 530.00
""")
    assert found == [
        ("Urna de prueba 20 x 15 cm", "-", "-", "-", "380.00"),
        ("Arreglo floral", "-", "-", "-", "150.00"),
    ]


def test_a_name_goes_on_below_itself_where_codes_stand_before_it() -> None:
    """No name begins in a column of codes that no heading names: its second row stands further right."""
    found = lines("""
Articulo                                        Lote       Cant.    Unitario      Venta
MP10187  PARACETAMOL DE PRUEBA JBE. FCO. X 60   25F0442      144      1.00        144.00
         ML
DM00071  JERINGA DE PRUEBA 21G                  20251103      25     10.00        250.00
         CAJA X 100
""")
    assert [line[0] for line in found] == [
        "PARACETAMOL DE PRUEBA JBE. FCO. X 60 ML",
        "JERINGA DE PRUEBA 21G CAJA X 100",
    ]


def test_what_pays_beside_a_patient_is_no_name() -> None:
    """An unknown label right above an identity names its owner only with a person's name."""
    found = read(f"""
LABORATORIO INVENTADO S.A.C.               BOLETA DE VENTA ELECTRÓNICA
R.U.C. {SUPPLIER}                          B002-00008104
Paciente:           FLORES ZEGARRA TERESA
DNI:                22471830
Convenio:           Particular
""")
    assert found.get("customer.name") == "FLORES ZEGARRA TERESA"


def test_who_answers_for_a_sale_buys_nothing() -> None:
    """`Responsable:` beside a buyer's own label is somebody of the shop."""
    found = read(f"""
COMERCIAL INVENTADA S.A.C.                 FACTURA ELECTRÓNICA
R.U.C. {SUPPLIER}                          F002-00008104
Razón social:       DISTRIBUIDORA INVENTADA S.A.C.
RUC:                {CUSTOMER}
Responsable:        YESENIA MEDRANO LUCAR
""")
    assert found.get("customer.name") == "DISTRIBUIDORA INVENTADA S.A.C."
