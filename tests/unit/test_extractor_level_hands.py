"""Tables whose cells are set at their middle or foot: what belongs together stands half a line apart."""

from dataclasses import replace

import pytest

from functions.extractor.page import Box
from functions.extractor.reading import column_names, reader
from functions.extractor.reading.answers import value
from functions.extractor.reading.form import of
from functions.extractor.reading.reading import Reading
from functions.extractor.sheets import papers
from functions.extractor.sheets.rows import Sheet, lay
from tests.sheets import CUSTOMER, HEAD, SUPPLIER, boxes, lines, sheet

pytestmark = pytest.mark.unit

TITLE = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}


Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA


                                                   F001-00000123


"""
SUMS = """


                                                     OP. GRAVADA    S/   100.00


                                                     IGV 18%        S/    18.00


                                                     IMPORTE TOTAL  S/   118.00
"""


def halves(art: str) -> Sheet:
    """The drawing as a page of half lines: a row of it stands 6 below the one before."""
    drawn = [replace(box, y0=box.y0 * 6 / 14, y1=box.y0 * 6 / 14 + 10) for box in boxes(art)]
    return lay(drawn, width=700, height=900)


def read(art: str) -> Reading:
    return reader.read([halves(art)], "text")


def dates(art: str) -> list[str]:
    found = read(TITLE + art + SUMS)
    return [str(found.get(name)) for name in ("issue_date", "due_date")]


def test_the_label_of_a_date_stands_halfway_between_its_rows() -> None:
    """A day that wraps before its year is named by the label at its middle, whose own second row may stand
    beside the year.
    """
    assert dates("""
Cliente    EMPRESA INVENTADA SAC                              19 de mayo de

                                        Fecha de emisión      2026


                                        Fecha de              3 de junio de

                                        vencimiento           2026
""") == ["2026-05-19", "2026-06-03"]
    assert dates("""
                                                       19 de mayo de
                               Fecha de emisión
                                                       2026


                               Fecha de                3 de junio de

                               vencimiento             2026
""") == ["2026-05-19", "2026-06-03"]


def test_a_date_stands_halfway_between_the_rows_of_its_label() -> None:
    """A label over two rows names the date between them."""
    assert dates("""
Fecha de emisión                         30/09/2025


Fecha de
                                         30/10/2025
vencimiento


Orden de servicio                        OS-0844
""") == ["2025-09-30", "2025-10-30"]


@pytest.mark.parametrize("above", [True, False])
def test_a_value_stands_half_a_line_from_its_label(above: bool) -> None:
    """A spreadsheet sets the name higher or lower than its label, which still names it."""
    name, label = (
        "              CHUNGA YARLEQUE SANTOS",
        "Cliente                                      Fecha  05/11/2026",
    )
    first, second = (name, label) if above else (label, name)
    page = halves(f"{TITLE}\n{first}\n{second}\n\n\nDNI           02846613")
    form = of(page)
    (client,) = (p for row in form for p in row if p.label == "CLIENTE")
    assert [p.text for p in value(form, client, page.em)][:1] == ["CHUNGA YARLEQUE SANTOS"]


def test_a_name_has_no_room_beside_a_label_half_a_line_lower() -> None:
    """What stands beside a name's label, though half a line lower, bounds the name, which goes on below."""
    found = read(f"""{TITLE}
Av. Los Inventores 123, Urbanización de las Flores Nuevas
Cliente
                                                    RUC


CENTRO ODONTOLOGICO INTEGRAL SONRISAS INVENTADAS
                                                    {CUSTOMER}

DEL CENTRO SOCIEDAD ANONIMA CERRADA
""")
    assert found.get("customer.name") == (
        "CENTRO ODONTOLOGICO INTEGRAL SONRISAS INVENTADAS DEL CENTRO SOCIEDAD ANONIMA CERRADA"
    )


MIDDLE = """
SERVICIO                                              PAX    TARIFA    TOTAL



CUSCO CIUDAD



Traslado al hotel                                     1      95.00     95.00



Hotel en habitacion triple,
                                                      24     84.00     2016.00
con desayuno



{title}



Bus de subida y bajada                                24     20.00     480.00



Almuerzo de campo                                     2      30.00     60.00
"""


def test_capitals_in_a_row_of_their_own_head_a_section() -> None:
    """Also where words stand around their numbers capitals apart from the rows of names are nobody's."""
    found = reader.read(
        [halves(HEAD.replace("\n", "\n\n\n") + MIDDLE.format(title="MACHU PICCHU"))], "text"
    ).items
    assert [item["description"].value for item in found] == [
        "Traslado al hotel",
        "Hotel en habitacion triple, con desayuno",
        "Bus de subida y bajada",
        "Almuerzo de campo",
    ]


def test_a_line_may_have_its_words_beside_its_numbers_among_others_that_have_none() -> None:
    """In a table whose words wrap around their numbers, a short name stands beside its own."""
    art = (
        HEAD.replace("\n", "\n\n\n")
        + """
CANT.   U.M.    DETALLE                               AF.   VALOR U.    VALOR VENTA


                AZUCAR RUBIA INVENTADA BOLSA X
18      BOLSA                                         G     118.64      2135.52
                50 KG


150     KG      FREJOL CANARIO SELECCIONADO           E     6.90        1035.00


                ACEITE VEGETAL INVENTADO CAJA X
12      CAJA                                          G     66.10       793.20
                12 BOTELLAS DE 900 ML
"""
    )
    found = reader.read([halves(art)], "text").items
    assert [item["description"].value for item in found] == [
        "AZUCAR RUBIA INVENTADA BOLSA X 50 KG",
        "FREJOL CANARIO SELECCIONADO",
        "ACEITE VEGETAL INVENTADO CAJA X 12 BOTELLAS DE 900 ML",
    ]


def test_the_second_row_of_a_heading_is_nobodys_name() -> None:
    """Words under another column than the descriptions' are none of them."""
    art = (
        HEAD.replace("\n", "\n\n\n")
        + """
CANT.   U.M.    DETALLE                               ITEM   AF.   VALOR U.   VALOR VENTA


                                                      PESO KG


                ARROZ SUPERIOR INVENTADO
3       SACO                                          147.00   E     131.50     394.50
                SACO X 49 KG


                AZUCAR RUBIA INVENTADA
1       BOLSA                                         50.00    G     118.64     118.64
                BOLSA X 50 KG
"""
    )
    found = reader.read([halves(art)], "text").items
    assert [item["description"].value for item in found] == [
        "ARROZ SUPERIOR INVENTADO SACO X 49 KG",
        "AZUCAR RUBIA INVENTADA BOLSA X 50 KG",
    ]


def test_a_title_in_small_letters_stands_nearly_as_far_as_the_lines_do() -> None:
    """A section's title above the first line is nobody's, also where a picture has it a little closer."""
    art = """
Detalle                              Cant.    Precio     Importe


Banquete


Menu criollo inventado               80       42.00      3360.00


Torta de tres pisos                  1        380.00     380.00


Chicha morada en jarra               20       14.50      290.00
"""
    page = halves(HEAD.replace("\n", "\n\n\n") + art)
    low = [
        replace(cell.box, y0=cell.box.y0 + 1.5, y1=cell.box.y1 + 1.5) if cell.text == "Banquete" else cell.box
        for row in page.rows
        for cell in row.cells
    ]
    found = reader.read([lay(low, width=700, height=900)], "text").items
    assert found[0]["description"].value == "Menu criollo inventado"


@pytest.mark.parametrize(
    ("heading", "column"), [("N° de muestras", "quantity"), ("Ensayo", "description"), ("N°", "order")]
)
def test_trades_have_headings_of_their_own(heading: str, column: str) -> None:
    """What is counted and what is sold is told by its own name."""
    assert column_names.name_of(heading) == column


def test_samples_are_counted_and_tests_are_sold() -> None:
    """`N° de muestras` heads quantities, and what a laboratory sells is called a test."""
    found = lines("""
Ítem   Ensayo                      Método          N° de muestras    Costo unitario    Subtotal
1      Detección de Salmonella     ISO 6579              10              70.00         700.00
2      Acidez titulable            AOAC 942               4              25.00         100.00
""")
    assert found == [
        ("Detección de Salmonella", "10", "-", "70.00", "700.00"),
        ("Acidez titulable", "4", "-", "25.00", "100.00"),
    ]


def test_sizes_are_no_units_where_a_column_has_the_units() -> None:
    """Of two columns that may head units the sizes' is another."""
    found = lines("""
PZAS   MEDIDA       DESCRIPCIÓN            U.M.   CANT.     P. UNIT.   IMPORTE
18     2"x4"x10'    Tornillo cepillado     PT     120.00    6.80       816.00
24     2"x5"x8'     Cachimbo aserrado      PT     160.00    4.20       672.00
""")
    assert found == [
        ("Tornillo cepillado", "120.00", "PT", "6.80", "816.00"),
        ("Cachimbo aserrado", "160.00", "PT", "4.20", "672.00"),
    ]


def test_a_number_of_a_size_goes_on_with_the_name() -> None:
    """`N.8` is a size and no label, `SN.8` is one."""
    for more, name in (("N.8", "BOYA ENSARTADA NARANJA N.8"), ("SN.8841", "BOYA ENSARTADA NARANJA")):
        found = lines(f"""
CODIGO    ARTICULO                  U/M    CANTIDAD   PRECIO    IMPORTE
BY-0008   BOYA ENSARTADA NARANJA    UND     240.00     3.15      756.00
          {more}
PL-0250   PLOMO TUBULAR 250 GR      KG       60.00    14.80      888.00
""")
        assert [line[0] for line in found] == [name, "PLOMO TUBULAR 250 GR"]


def test_a_surname_may_begin_as_a_label_goes_on() -> None:
    """`DE LA CRUZ` below a label is the answer and not the label's second row."""
    found = reader.read(
        [
            sheet(f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        BOLETA DE VENTA ELECTRÓNICA
                                                   B001-00000123
CLIENTE                                            D.N.L.: 10447839
DE LA CRUZ OBREGON, WASHINGTON
""")
        ],
        "text",
    )
    assert (found.get("customer.name"), found.get("customer.id")) == (
        "DE LA CRUZ OBREGON, WASHINGTON",
        "10447839",
    )


@pytest.mark.parametrize(
    ("first", "size", "name"),
    [
        ("TRANSPORTES DE CARGA PESADA", 9.0, "TRANSPORTES DE CARGA PESADA RUTA INVENTADA S.A.C."),
        ("TRANSPORTES DE CARGA PESADA", 11.0, "RUTA INVENTADA S.A.C."),
        ("TRANSPORTES QANTU", 9.0, "RUTA INVENTADA S.A.C."),
    ],
)
def test_what_a_firm_does_begins_its_name(first: str, size: float, name: str) -> None:
    """Two lines of one size of which the first says what a firm does are one name; a larger first line, or
    one with a name of its own, is the trade name.
    """
    art = f"""
{first:<51}R.U.C. {SUPPLIER}
RUTA INVENTADA S.A.C.                              FACTURA ELECTRÓNICA
Av. Los Próceres 123 - Lima                        F001-00000123
"""
    drawn = [replace(box, size=size if box.text == first else 9.0) for box in boxes(art)]
    found = reader.read([lay(drawn, width=620, height=900)], "text")
    assert found.get("supplier.name") == name


def test_a_document_that_a_sentence_names_is_no_second_paper() -> None:
    """A note of debit for a factura paid late is one paper, however far its columns stand apart."""
    art = f"""
MAQUINARIAS INVENTADAS S.A.                                   RUC {SUPPLIER}
Av. Argentina 2833                                            NOTA DE DÉBITO ELECTRÓNICA
                                                              FD01-0000039
Cliente    TEJIDOS INVENTADOS S.A.C.
RUC        {CUSTOMER}                                         Fecha emisión   02/09/2025

Descripción                                          Cant.    Precio unit.    Valor total
Intereses por mora de 17 días en pago de factura       1           71.40          71.40
F001-0005528

Importe en letras:
OCHENTA Y CUATRO CON 25/100 DÓLARES                           IGV 18 %            12.85
                                                              Importe total       84.25
"""
    drawn: list[Box] = boxes(art)

    def again(part: object, _: object) -> Sheet:
        assert isinstance(part, list)
        return lay(part, width=620, height=900)

    assert len(papers.split(again(drawn, ()), again)) == 1
