"""What other systems brought: sums that are carried over, labels below their values, labels that are no
headings, boxes beside tables, units that most lines show.
"""

from dataclasses import replace
from datetime import date

import pytest

from functions.extractor.page import Box, Page
from functions.extractor.reading import modified, reader
from functions.extractor.reading.names import is_person
from functions.extractor.reading.title import Head, titles
from functions.extractor.sheets import papers
from functions.extractor.sheets.rows import Sheet, lay
from functions.extractor.sheets.spelling import mended
from tests.sheets import CUSTOMER, HEAD, SUPPLIER, boxes, lines, read, sheet

pytestmark = pytest.mark.unit


def drawn(art: str) -> Sheet:
    """The drawing as an engine reads it off a picture, straight."""
    return lay([replace(box, conf=0.95) for box in boxes(art)], width=620, height=900)


def names(art: str) -> list[str]:
    """The descriptions of a drawn picture's items."""
    return [str(item["description"].value) for item in reader.read([drawn(art)], "ocr").items]


@pytest.mark.parametrize("said", ["VAN A LA PAGINA SIGUIENTE", "SUMA Y SIGUE", "VAN S/"])
def test_what_is_carried_to_the_next_page_is_no_item(said: str) -> None:
    """The sum of a page, and the row that brings it over, are not sold; a thing called so is."""
    found = lines(f"""
CANT.   DESCRIPCIÓN                       P. UNIT      IMPORTE
2       CEMENTO DE PRUEBA                   25.00        50.00
        {said:<30}                      950.00
        VIENEN DE LA PAGINA ANTERIOR                    950.00
1       VAN DE JUGUETE                      50.00        50.00
""")
    assert [line[0] for line in found] == ["CEMENTO DE PRUEBA", "VAN DE JUGUETE"]


def test_a_year_behind_van_is_a_things() -> None:
    """A row that carries a sum over has one number."""
    found = lines("""
DESCRIPCIÓN                       CANT.   P. UNIT      IMPORTE
CEMENTO DE PRUEBA                 2         25.00        50.00
VAN 2020                          1         50.00        50.00
""")
    assert [line[0] for line in found] == ["CEMENTO DE PRUEBA", "VAN 2020"]


NOTE = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
                                                   NOTA DE DEBITO ELECTRONICA
                                                   FD02-00000093
Razon social : DISTRIBUIDORA INVENTADA SAC
RUC : {CUSTOMER}
Doc. que modifica : FACTURA F102-00044120 del 18.08.2025

Denominacion                                       Importe
INTERESES POR MORA FACTURA                          318.45
F102-00044120

IMPORTE TOTAL                                       375.77
"""
ITS_FACTURA = f"""



COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
                                                   FACTURA ELECTRONICA
                                                   F102-00044120
Razon social : DISTRIBUIDORA INVENTADA SAC

IMPORTE TOTAL                                       900.00
"""


@pytest.mark.parametrize(("more", "count"), [("", 1), (ITS_FACTURA, 2)], ids=["a note", "and its factura"])
def test_a_document_that_is_referred_to_is_no_second_paper(more: str, count: int) -> None:
    """What a label says is modified stays so where an item names it again; beside its note it is a paper."""
    page = Page(index=0, width=620, height=900, boxes=boxes(NOTE + more))
    assert len(papers.printed(page)) == count


REFERRING = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
                                                   NOTA DE CREDITO ELECTRONICA
                                                   FC01-00000212
Moneda : SOLES                                     Monto : 131.57



DOCUMENTO DE REFERENCIA
Tipo / Numero                 FACTURA F102-00044120 del 11-06-2025
Razon social                  DISTRIBUIDORA INVENTADA SAC
RUC                           {CUSTOMER}

DESCUENTO POR ITEM                                  131.57
IMPORTE TOTAL                                       131.57
"""


def test_a_block_is_headed_over_its_label() -> None:
    """`DOCUMENTO DE REFERENCIA` stands over the label, far to the left of the number beside it."""
    page = Page(index=0, width=620, height=900, boxes=boxes(REFERRING))
    assert len(papers.printed(page)) == 1


def test_an_ampersand_joins_no_persons_names() -> None:
    """`LUZ & FUERZA …` is a shop, whatever its words are."""
    assert [is_person(name) for name in ("LUZ & FUERZA INSTALACIONES", "LUZ FUERZA INVENTADA")] == [
        False,
        True,
    ]


@pytest.mark.parametrize(("gap", "found"), [(0, True), (-1, False)], ids=["nearer above", "nearer below"])
def test_labels_below_their_values_stand_nearer_to_them(gap: int, found: bool) -> None:
    """A form prints its labels below its lines; where the next row is as near they are above their values."""
    art = f"""
FERRETERIA FICTICIA S.A.C.       FACTURA ELECTRONICA    R.U.C. {SUPPLIER}
                                 F011-0029914

INVERSIONES INVENTADAS E.I.R.L.       {CUSTOMER}         NP11-4471
Razón social / Nombre                 RUC                 Pedido
Mz. B Lt. 7 Asoc. Rio Seco            20/02/2026          22/03/2026
Domicilio                             Fecha de emisión    Vence
"""
    near = {"Razón social / Nombre", "RUC", "Pedido", "Domicilio", "Fecha de emisión", "Vence"}
    up = [replace(b, y0=b.y0 - 4, y1=b.y1 - 4) if gap == 0 and b.text in near else b for b in boxes(art)]
    got = reader.read([lay(up, width=620, height=900)], "text")
    assert (got.get("customer.name") == "INVERSIONES INVENTADAS E.I.R.L.") == found
    days = (got.get("issue_date"), got.get("due_date"))
    assert not found or days == (date(2026, 2, 20), date(2026, 3, 22))


def test_a_label_that_is_answered_heads_no_column() -> None:
    """Each line may say `Cant. 1 MES` and `V. unit. US$ 412.00`: no line's labels head the others."""
    found = lines("""
Internet dedicado 1:1 de prueba
Cant. 1 MES            V. unit. S/ 412.00                S/ 412.00

Enlace L2L de prueba
Cant. 1 MES            V. unit. S/ 188.50                S/ 188.50

Bloque de prueba
Cant. 2 UND            V. unit. S/ 12.00                 S/ 24.00

Valor de venta gravado                                   S/ 624.50
IGV (18%)                                                S/ 112.41
IMPORTE TOTAL                                            S/ 736.91
""")
    assert found == [
        ("Internet dedicado 1:1 de prueba", "1", "MES", "412.00", "412.00"),
        ("Enlace L2L de prueba", "1", "MES", "188.50", "188.50"),
        ("Bloque de prueba", "2", "UND", "12.00", "24.00"),
    ]


def test_how_a_line_is_taxed_ends_no_items() -> None:
    """`Inafecto` in a column of its own behind an item's words is no total's label; alone it is one."""
    found = lines("""
Descripción                         N.o operac.   Afectación   Monto S/
Intereses de prueba                      882014     Inafecto   4,218.77
Comisión de prueba                       882377      Gravado     105.00

Gravado                                                          105.00
Inafecto                                                       4,218.77
IGV (18%)                                                         18.90
Importe total                                                  4,342.67
""")
    assert [line[0] for line in found] == ["Intereses de prueba", "Comisión de prueba"]


@pytest.mark.parametrize(
    "said", ["Forma de pago: CREDITO - CUOTA 1: 22/11/2026", "4 cuotas: 22/11/2026, 20/12/2026"]
)
def test_an_instalment_is_due_on_the_day_behind_its_name(said: str) -> None:
    """The first day behind `cuota` is the first to pay, and not the day of issue."""
    found = read(f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
                                                   FACTURA ELECTRÓNICA
Fecha de emisión : 05/11/2026                      F001-00000123
{said}
""")
    assert (found.get("issue_date"), found.get("due_date")) == (date(2026, 11, 5), date(2026, 11, 22))


def test_a_box_beside_the_table_is_none_of_it() -> None:
    """What stands left of the first heading, below which the items begin, is another box's."""
    found = lines("""
                              Concepto                Consumo    Precio    Importe
Ruta de prueba y tarifa                                163.00    0.7412     120.82
                              Energía activa              kWh
Datos de la medición          Cargo fijo mensual                              3.92
Lectura anterior   18,442.00  Alumbrado de prueba                             8.40
Lectura actual     18,605.00  Interés de prueba                               0.31

                              Subtotal                                      133.45
                              I.G.V. (18%)                                   24.02
                              TOTAL                                         157.47
""")
    assert [line[0] for line in found] == [
        "Energía activa", "Cargo fijo mensual", "Alumbrado de prueba", "Interés de prueba",
    ]  # fmt: skip


def test_an_amount_wraps_below_its_sign() -> None:
    """In a narrow column a web page sets `S/` above the amount; a heading's sign stays in the heading."""
    found = lines("""
Descripción                   Cantidad    Precio    Importe
Muro de prueba, soga             42.35     96.40         S/
de 18 huecos                                       4,082.54
Zócalo de prueba                 31.00     20.25         S/
                                                     627.75
""")
    assert found == [
        ("Muro de prueba, soga de 18 huecos", "42.35", "-", "96.40", "4082.54"),
        ("Zócalo de prueba", "31.00", "-", "20.25", "627.75"),
    ]
    headed = sheet("""
Concepto         Precio    Total
                     S/       S/
CAJA DE PRUEBA               8.40
""")
    assert [cell.text for cell in headed.rows[-1].cells] == ["CAJA DE PRUEBA", "8.40"]


def test_a_two_word_trade_is_not_the_person() -> None:
    """What a person is stands below the name, and loses to a name of three words or more."""
    art = """
PALACIOS INVENTADA MIRTHA GIOVANNA
                                               R.U.C. 10063372141
INGENIERA AMBIENTAL
                                               RECIBO POR HONORARIOS
AV. SAN FELIPE 712 LIMA                        ELECTRÓNICO Nro: E001-218
Recibí de:   CONSULTORA INVENTADA S.A.C.
"""
    close = [replace(b, y0=b.y0 * 0.6, y1=b.y0 * 0.6 + 10) for b in boxes(art)]
    found = reader.read([lay(close, width=620, height=900)], "text")
    assert found.get("supplier.name") == "PALACIOS INVENTADA MIRTHA GIOVANNA"


def test_a_name_of_two_words_stands_behind_its_identity() -> None:
    """`DNI 40718826 NELIDA OCHOA` names its owner; two words before a number may be anything."""
    found = read(f"""
AVICOLA INVENTADA S.A.C.
RUC {SUPPLIER}
MERCADO DE PRUEBA STAND 40
BOLETA DE VENTA
EB01-001077
DNI 40718826 NELIDA OCHOA
POLLO ENTERO        41.75
TOTAL S/            41.75
""")
    assert found.get("customer.name") == "NELIDA OCHOA"


@pytest.mark.parametrize(
    ("seen", "read_as"),
    [
        ("SHAMP00 MANZANILLA", "SHAMPOO MANZANILLA"),
        ("TALLA00 M00", "TALLAOO M00"),
        ("1, 950.00", "1,950.00"),
        ("2, 950 g", "2, 950 g"),
        ("DNI41209987", "DNI 41209987"),
        ("RUC20512345671", "RUC 20512345671"),
    ],
)
def test_an_engine_sets_and_leaves_out_blanks(seen: str, read_as: str) -> None:
    """Two zeros behind many letters are letters, thousands are one number, and a label stands apart."""
    assert mended(seen) == read_as


def test_most_lines_show_that_there_are_units() -> None:
    """Where most lines have a known unit behind their quantity, two or three capitals there are one too."""
    found = names(f"""{HEAD}
CANT DESCRIPCIÓN                           TOTAL
5 CJ GUANTES DE PRUEBA                    135.38
20 UN SUERO DE PRUEBA                     104.00
12 AM METOTREXATO DE PRUEBA               408.00
""")
    assert found == ["GUANTES DE PRUEBA", "SUERO DE PRUEBA", "METOTREXATO DE PRUEBA"]


def test_a_unit_that_fills_a_cell_with_its_quantity_is_no_word_of_the_name() -> None:
    """A count and its unit in one cell, close before the name's, belong together."""
    art = f"""{HEAD}
Cant.   Descripción                       P.Unit     Total
10 TAB IBUPROFENO DE PRUEBA                 0.30      3.00
30     TAMOXIFENO DE PRUEBA                 1.15     34.50
2 FCO  SUERO DE PRUEBA                      7.80     15.60
"""
    parted: list[Box] = []
    for box in boxes(art):
        if box.text.startswith("10 TAB"):
            parted += [
                replace(box, text="10 TAB", x1=box.x0 + 36),
                replace(box, text=box.text[7:], x0=box.x0 + 42),
            ]
        else:
            parted.append(box)
    page = lay([replace(b, conf=0.95) for b in parted], width=620, height=900)
    found = reader.read([page], "ocr").items
    assert [(i["description"].value, "unit" in i and i["unit"].value) for i in found] == [
        ("IBUPROFENO DE PRUEBA", "TAB"),
        ("TAMOXIFENO DE PRUEBA", False),
        ("SUERO DE PRUEBA", "FCO"),
    ]


def test_a_heading_names_any_unit_in_brackets() -> None:
    """`CANT. (UND)` counts units; a price `S/ por m3` is a unit price."""
    assert lines("""
CANT. (UND)   CONCEPTO                      PRECIO UNITARIO     TOTAL S/
2             Pensión de prueba                       60.00       120.00
""") == [("Pensión de prueba", "2", "UND", "60.00", "120.00")]
    assert lines("""
              Consumo          Tarifa      Importe
CONCEPTOS     m3            S/ por m3           S/
Agua de prueba   8             1.2450         9.96
Desagüe          8             0.7410         5.93
""") == [
        ("Agua de prueba", "8", "m3", "1.2450", "9.96"),
        ("Desagüe", "8", "m3", "0.7410", "5.93"),
    ]


def test_a_title_stands_further_from_what_is_above_it() -> None:
    """In a padded table a row of words alone that is nearer to the line below it heads a section."""
    art = f"""{HEAD}
Concepto                              Periodo       Monto sin IGV

Plan de prueba 200 Mbps               Febrero               67.71

Alquiler de prueba                    Febrero                8.47


Telefonía móvil 951 000 418

Plan Móvil 39 GB                      Febrero               33.05
"""
    close = [replace(b, conf=0.95, y0=b.y0 * 0.7, y1=b.y0 * 0.7 + 15) for b in boxes(art)]
    found = reader.read([lay(close, width=620, height=900)], "ocr").items
    assert [item["description"].value for item in found] == [
        "Plan de prueba 200 Mbps", "Alquiler de prueba", "Plan Móvil 39 GB",
    ]  # fmt: skip


def test_capitals_head_a_section_where_no_two_lines_are_neighbours() -> None:
    """Of names in small letters that all wrap, a row in capitals that stands apart from the next is none."""
    art = f"""{HEAD}
Plato / bebida           Cant. x P.U.      Importe
Cebiche de mero con       1 x 48.00          48.00
chicharrón de prueba
ENTRADAS

Arroz con pato a la       2 x 42.00          84.00
chiclayana
"""
    assert names(art) == ["Cebiche de mero con chicharrón de prueba", "Arroz con pato a la chiclayana"]


def test_a_title_stands_between_dashes() -> None:
    """A row from dash to dash heads a section."""
    found = names(f"""{HEAD}
Código   Concepto                          Importe
C0102    Consulta de prueba                 100.00
         - APOYO AL DIAGNÓSTICO -
R2210    Radiografía de prueba              130.00
""")
    assert found == ["Consulta de prueba", "Radiografía de prueba"]


def test_where_most_rows_below_names_are_notes_all_are_that_had_room() -> None:
    """A row that had room behind its name is what the others are; one that had none goes on with it."""
    art = f"""{HEAD}
Cant.   Servicio                                              Importe
1       Flete de prueba a granel                                100.00
        GRT V001-4410
1       Flete de prueba en sacos                                200.00
        Placa V8C
1       Acarreo de prueba desde el almacén hasta el puerto      300.00
        chico
1       Espera de prueba                                        400.00
        Acta 118
"""
    small = {"GRT V001-4410", "Placa V8C"}
    cut = [
        replace(b, conf=0.95, x1=b.x0 + 0.75 * (b.x1 - b.x0), y0=b.y0 + 2)
        if b.text in small
        else replace(b, conf=0.95)
        for b in boxes(art)
    ]
    found = reader.read([lay(cut, width=620, height=900)], "ocr").items
    assert [item["description"].value for item in found] == [
        "Flete de prueba a granel",
        "Flete de prueba en sacos",
        "Acarreo de prueba desde el almacén hasta el puerto chico",
        "Espera de prueba",
    ]


def test_a_title_in_two_languages_is_the_papers_own() -> None:
    """Behind a stroke the title may stand in another language, with blanks or without; not another title."""
    for title, own in (
        ("FACTURA ELECTRÓNICA/COMMERCIAL INVOICE", True),
        ("FACTURA/BOLETA DE CLIENTE", False),
    ):
        (head,) = (h for h in _titles(title) if h.kind == "01")
        assert head.own is own


def _titles(title: str) -> list[Head]:
    page = sheet(f"RUC {SUPPLIER}\n{title}\nF010-00000742")
    return titles([page], modified.regions([page]))


def test_a_banks_number_is_nobodys() -> None:
    """Who pays through which bank is said at the foot, with the bank's RUC."""
    found = read(f"""
AGROEXPORTADORA FICTICIA S.A.C.                NOTA DE CRÉDITO ELECTRÓNICA
RUC {SUPPLIER}                                 FN10-00000031
Cliente / Consignee:   GREENBAY INVENTED TRADING LLC
TOTAL FOB     US$ 2,083.55
Banco pagador: BANCO INVENTADO - SWIFT BLITPEPL - RUC {CUSTOMER} - Cta. US$ 0011
""")
    assert (found.get("customer.id"), found.get("customer.name")) == (None, "GREENBAY INVENTED TRADING LLC")


def test_a_buyers_name_goes_on_over_boxes_and_rows() -> None:
    """An engine cuts a row of a name in two; a row further off than the name's rows is another's."""
    art = f"""
ESTACION FICTICIA S.R.L.
RUC:{SUPPLIER}
FACTURA ELECTRONICA
F003-0091277
RUC        {CUSTOMER}
SR(ES):    ASOCIACIÓN DE TRANSPORTISTAS TURÍSTICOS Y DE
GENERALES INVENTADOS  HERMANOS DEL SUR
S.A.C.

HABITACIÓN
"""
    page = lay([replace(b, conf=0.95) for b in boxes(art)], width=620, height=900)
    name = reader.read([page], "ocr").get("customer.name")
    assert name == "ASOCIACIÓN DE TRANSPORTISTAS TURÍSTICOS Y DE GENERALES INVENTADOS HERMANOS DEL SUR S.A.C."


@pytest.mark.parametrize("rows", [("ENTIDAD DE SANEAMIENTO AGUAS", "DEL NEVADO INVENTADO S.A."),
                                  ("SUPERMERCADOS LA CANASTA DEL", "VALLE S.A.C.")])  # fmt: skip
def test_a_name_is_torn_at_a_link(rows: tuple[str, str]) -> None:
    """Where a row ends or begins with `del`, an engine's heights may differ more."""
    art = f"{rows[0]}\n{rows[1]}\nRUC {SUPPLIER}\nJR. CALLAO 350\nBOLETA ELECTRONICA\nB001-77\nTOTAL   11.00"
    tall = [
        replace(b, conf=0.95, y0=b.y0 - 4) if b.text == rows[1] else replace(b, conf=0.95) for b in boxes(art)
    ]
    page = lay(tall, width=620, height=900)
    assert reader.read([page], "ocr").get("supplier.name") == " ".join(rows)


def test_who_promotes_a_school_is_its_firm() -> None:
    """`Promotora:` labels the seller's own name, below the school's."""
    found = read(f"""
I.E.P. Luz Inventada                                      RUC {SUPPLIER}
Promotora: ASOCIACION EDUCATIVA LUZ INVENTADA             BOLETA DE VENTA ELECTRÓNICA
Av. Progreso 540                                          B003-0018420
TOTAL S/  774.00
""")
    assert found.get("supplier.name") == "ASOCIACION EDUCATIVA LUZ INVENTADA"


@pytest.mark.parametrize(
    ("between", "discount"), [("", "12.50"), ("REBAJA POR SOCIO            -1.00", None)]
)
def test_the_only_rebate_behind_all_lines_is_the_papers(between: str, discount: str | None) -> None:
    """A rebate below the last line lowers the paper; where lines have their own it is one of those."""
    found = read(f"""{HEAD}
CANT.   DESCRIPCION              IMPORTE
1       CAFE DE PRUEBA             60.00
        {between}
1       LEJIA DE PRUEBA            70.50
REBAJA POR INTERRUPCION           -12.50
OP. GRAVADA                       100.00
IGV 18%                            18.00
IMPORTE TOTAL                     118.00
""")
    said = found.get("discounts")
    assert (None if said is None else str(said)) == discount


def test_a_card_that_earns_a_discount_pays_nothing() -> None:
    """`DSCTO. TARJETA VECINO -12.50` is a discount, and no payment by card."""
    assert (
        str(
            read(f"""{HEAD}
OP. GRAVADA                       100.00
IGV 18%                            18.00
DSCTO. TARJETA VECINO             -12.50
IMPORTE TOTAL                     118.00
""").get("discounts")
        )
        == "12.50"
    )


def test_a_weight_beside_packages_is_no_quantity() -> None:
    """Under `Kg` stand quantities only where a price is for one of them."""
    found = lines("""
Descripción                     Kg        Importe
Encomienda de prueba           4.2          18.00
Sobre de prueba                0.3           8.00
""")
    assert [line[1:3] for line in found] == [("-", "-"), ("-", "-")]


def test_words_close_to_a_table_are_none_of_it() -> None:
    """Where the items begin below their heading, words to its left are a box's, however near they stand."""
    found = lines("""
                              DETALLE DE CONCEPTOS FACTURADOS (S/)
                              Cargo fijo                                        3.86
Tarifa      BT5B Residencial  Energía activa (88 kWh x S/ 0.7213)              63.47
Potencia             3.00 kW  Alumbrado de prueba                               6.12

                              SUBTOTAL                                         73.45
                              IGV                                              13.22
                              TOTAL                                            86.67
""")
    assert [line[0] for line in found] == ["Cargo fijo", "Energía activa", "Alumbrado de prueba"]


def test_a_name_begins_left_of_a_wide_heading() -> None:
    """Behind pieces and sizes that no heading names a name may begin far left of its centred heading."""
    found = lines("""
                                           DESCRIPCIÓN               U.M.    CANT.    P.UNIT.    IMPORTE
12     2"x4"x 10'         Copaiba de prueba aserrada          PT      80.00       4.60     368.00
                          Bisagra de prueba (par)             PAR      6.00       5.00      30.00
3"                        Clavos de prueba con cabeza         KG       4.50       6.40      28.80
""")
    assert [line[0] for line in found] == [
        "Copaiba de prueba aserrada", "Bisagra de prueba (par)", "Clavos de prueba con cabeza",
    ]  # fmt: skip


def test_a_word_that_had_no_room_goes_on_with_a_full_name() -> None:
    """A word alone below a name that fills its column is no note, though an engine saw it a bit narrower."""
    art = f"""{HEAD}
CANTIDAD  UND   DESCRIPCION                                        IMPORTE
1.284     M3    CUARTON DE PRUEBA DE DOS PULGADAS SECADO AL       3,017.40
                HORNO
46.50     M2    PISO DE PRUEBA                                    5,347.50
                GTE 25
"""
    tight = [
        replace(b, conf=0.95, x1=b.x0 + 0.95 * (b.x1 - b.x0), y0=b.y0 + 1) if b.text == "HORNO" else b
        for b in boxes(art)
    ]
    page = lay([replace(b, conf=0.95) for b in tight], width=620, height=900)
    (first, _) = reader.read([page], "ocr").items
    assert first["description"].value == "CUARTON DE PRUEBA DE DOS PULGADAS SECADO AL HORNO"


# --- who is named, and how ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label", ["A nombre de:", "Usuario del servicio ....:", "Propietario o inquilino:", "Anfitrión:"]
)
def test_buyers_have_many_labels(label: str) -> None:
    """A buyer is who a paper is made out to, by whatever label, above the identity."""
    found = read(f"""
SERVICIOS FICTICIOS S.A.                 FACTURA ELECTRÓNICA
R.U.C. {SUPPLIER}                        F010-00004410
{label} Teodoro Huamaní Inventado
DNI: 22471830
Finado: Q.E.V.F. Otro Huamaní Inventado
""")
    assert (found.get("customer.id"), found.get("customer.name")) == ("22471830", "Teodoro Huamaní Inventado")


@pytest.mark.parametrize("head", ["DOCUMENTO (DNI)", "DNI"])
def test_an_unknown_heading_beside_an_identitys_names_its_owner(head: str) -> None:
    """In a row of headings with their values below the name stands under the one left of the number's."""
    found = read(f"""
CLÍNICA ANIMAL FICTICIA S.R.L.                     FACTURA ELECTRÓNICA
R.U.C. {SUPPLIER}                                  FV02-00001847
RESPONSABLE DE LA MASCOTA     {head:<20}MÉDICO TRATANTE
LODGE VALLE SAGRADO DE        22471830            M.V. Karla Ugarte Inventada
URQUILLOS S.R.L.

Paciente: TOBY
Consulta de prueba                                      55.00
""")
    assert found.get("customer.name") == "LODGE VALLE SAGRADO DE URQUILLOS S.R.L."


@pytest.mark.parametrize(
    "said", ["Abone a: Caja Inventada, RUC", "Titular de la pasarela: Pagos Inventados S.A. RUC"]
)
def test_who_takes_the_money_does_not_buy(said: str) -> None:
    """A savings bank at the foot, or who clears the cards, is named with a number of its own."""
    found = read(f"""
NIMBO FICTICIA S.A.C.                              factura electrónica
R.U.C. {SUPPLIER}                                  FN01-00021774
Cobrado a
HUARCAYA INVENTADA DENISSE PAOLA
10433077186
total                                              USD 161.78
{said} {CUSTOMER}
""")
    assert (found.get("customer.id"), found.get("customer.name")) == (
        "10433077186", "HUARCAYA INVENTADA DENISSE PAOLA",
    )  # fmt: skip


def test_labels_are_told_by_the_right_edge_of_their_values() -> None:
    """A roll sets its labels left and their values right: each answers the label in its row."""
    found = read(f"""
ESTACIONAMIENTOS FICTICIOS S.A.C.
RUC {SUPPLIER}
FACTURA ELECTRONICA
F104-00003306
EMISION        31-08-26 18:02:33
RUC                  {CUSTOMER}
CLIENTE    CORREDORES DE SEGUROS
                 BALUARTE S.A.C.
ABONADO                   A-0217
VIGENCIA     01-09-26 a 30-09-26
""")
    assert found.get("customer.name") == "CORREDORES DE SEGUROS BALUARTE S.A.C."


def test_a_sellers_label_may_lack_its_colon() -> None:
    """`Razón Social` before a name is no part of it."""
    found = read(f"""
LLANTACENTRO FICTICIO                              BOLETA DE VENTA ELECTRÓNICA
Razón Social NEUMÁTICOS INVENTADOS S.C.R.L.        BL02-00019003
Carretera Central km 7.5, Ate                      RUC {SUPPLIER}
Cliente   EDWIN ORLANDO INVENTADO                  DNI   41880265
TOTAL 20.00
""")
    assert found.get("supplier.name") == "NEUMÁTICOS INVENTADOS S.C.R.L."


def test_prices_that_make_the_total_are_amounts() -> None:
    """Under `Precio` alone stand amounts where they make the total and times the quantities do not."""
    rows = """
Cant.   Concepto del servicio             Precio (S/)
4       Aparatos florales                      480.00
6       Cargadores de prueba                   540.00

Valor de venta                                 864.41
IGV 18%                                        155.59
TOTAL                                        1,020.00
"""
    assert lines(rows) == [
        ("Aparatos florales", "4", "-", "-", "480.00"),
        ("Cargadores de prueba", "6", "-", "-", "540.00"),
    ]
    priced = rows.replace("1,020.00", "5,160.00").replace("864.41", "4,372.88").replace("155.59", "787.12")
    assert [line[3:] for line in lines(priced)] == [("480.00", "-"), ("540.00", "-")]


def test_a_unit_may_stand_at_the_head_of_the_prices() -> None:
    """`S/ x KG` says what the quantities are counted in."""
    assert lines("""
PRODUCTO                 CANT.    S/ x KG    IMPORTE
Pollo de prueba          34.00       9.40     319.60
""") == [("Pollo de prueba", "34.00", "KG", "9.40", "319.60")]


def test_a_letter_under_a_heading_of_its_own_is_no_unit() -> None:
    """`Af.` over I and G says how a line is taxed."""
    found = lines("""
Curso o material          Af.    Cant.    Valor unitario    Valor total
Inglés de prueba           I         1            320.00         320.00
Libro de prueba            G         1             94.92          94.92
""")
    assert [line[2] for line in found] == ["-", "-"]


def test_sizes_under_medida_are_no_units() -> None:
    """`Medida` heads units, or sizes where none of the words below is a unit."""
    rows = """
Cant.   Artículo             Medida         Precio    Importe
4       Llanta de prueba     265/65 R17     100.00     400.00
"""
    assert [line[2] for line in lines(rows)] == ["-"]
    assert [line[2] for line in lines(rows.replace("265/65 R17", "UND       "))] == ["UND"]


def test_a_sign_alone_is_told_by_the_amount_behind_it() -> None:
    """An engine reads `S/` in a cell of its own as SI."""
    seen = [replace(b, conf=0.95) for b in boxes("TOTAL      SI      561.33\nSI  SE PAGA\nSI")]
    page = lay(seen, width=620, height=900, slanted=True)
    assert [row.text for row in page.rows] == ["TOTAL S/ 561.33", "SI SE PAGA", "SI"]


def test_what_is_to_be_paid_parts_its_thousands() -> None:
    """Where the amount to be paid is written `2 640.00`, so are the page's others."""
    art = (
        HEAD
        + """
Quechua de prueba       12      145.00      1 740.00
A pagar en soles                            1 740.00
"""
    )
    assert str(read(art).get("total")) == "1740.00"


def test_a_box_beside_the_items_says_when_to_pay() -> None:
    """A day left of the table is the paper's, although it stands between the rows of the items."""
    found = read(f"""
Cliente                      FACTURA ELECTRÓNICA F001-00000874
MINERA FICTICIA S.A.         EXPEDICIONES FICTICIAS S.A.C. RUC: {SUPPLIER}
Fecha de emisión
19-AGO-2026                  Servicio              Cant.   Valor unit.   Importe
Vencimiento                  Pasaje de prueba          3        128.40    385.20
18-SET-2026                  Fee de prueba             3         15.00     45.00
                             TOTAL                                        430.20
""")
    assert (found.get("issue_date"), found.get("due_date")) == (date(2026, 8, 19), date(2026, 9, 18))


def test_a_paper_is_made_out_to_its_buyer() -> None:
    """`A nombre de:` names the buyer, a fund without a legal form too."""
    found = read(f"""
SERVICIOS FICTICIOS S.A.                 FACTURA ELECTRÓNICA
R.U.C. {SUPPLIER}                        F010-00004410
A nombre de: FONDO MUTUAL INVENTADO — FOMUTEX
R.U.C.: {CUSTOMER}
Sepelio: 13/05/2026
TOTAL 20.00
""")
    assert found.get("customer.name") == "FONDO MUTUAL INVENTADO — FOMUTEX"


def test_a_customers_number_is_no_label_of_his_name() -> None:
    """Where only a number answers `N° de cliente:` the name stands above the identity."""
    found = read(f"""
GASODUCTOS FICTICIOS S.A.C. · RUC {SUPPLIER}
PISCONTE INVENTADA AURELIA               RECIBO POR CONSUMO DE GAS NATURAL
DNI 21449027                             S020-0077120
Calle Los Tulipanes 229, Ica
N.o de cliente: 3300817
""")
    assert found.get("customer.name") == "PISCONTE INVENTADA AURELIA"


def test_a_long_name_below_its_label_may_end_in_a_link() -> None:
    """A name of many words that wraps behind `del` is no unknown label; what stands beside the label is."""
    found = read(f"""
AUTOMOTRIZ FICTICIA S.A.C.                              Factura electrónica
RUC {SUPPLIER}                                          F004-00012806

Adquirente                                              Vehículo
ASOCIACIÓN DE TRANSPORTISTAS TURÍSTICOS RUTA DEL        Minibús C8T-756
SOL Y ANEXOS DE ATE                                     km 214 880
RUC {CUSTOMER}                                          OT 33107
""")
    assert (
        found.get("customer.name") == "ASOCIACIÓN DE TRANSPORTISTAS TURÍSTICOS RUTA DEL SOL Y ANEXOS DE ATE"
    )


def test_a_row_further_off_is_another_boxs() -> None:
    """A name's rows stand alike; a heading below them, one and a half times as far, is none of it."""
    art = f"""
HOSTERÍA FICTICIA S.A.C. — R.U.C. {SUPPLIER}
FACTURA ELECTRÓNICA F005-00000871
RAZÓN SOCIAL                     RUC
CORPORACIÓN DE INVESTIGACIÓN     {CUSTOMER}
AGRARIA Y FORESTAL INVENTADA
HABITACIÓN                       INGRESO
"""
    tall = [replace(b, y1=b.y0 + 13) for b in boxes(art)]
    heads = {"HABITACIÓN", "INGRESO"}
    down = [replace(b, y0=b.y0 + 9, y1=b.y1 + 9) if b.text in heads else b for b in tall]
    page = lay(down, width=620, height=900)
    assert reader.read([page], "text").get("customer.name") == (
        "CORPORACIÓN DE INVESTIGACIÓN AGRARIA Y FORESTAL INVENTADA"
    )


def test_a_day_belongs_to_the_label_below_it_only_if_that_is_nearer() -> None:
    """Centred below its line a label says what the day is; as near to the row below it is that row's."""
    art = f"""
GASODUCTOS FICTICIOS S.A.C. · RUC {SUPPLIER}      RECIBO DE GAS NATURAL S020-0077120
   21/01/2026        05/02/2026        18/02/2026
    Emisión         Vencimiento     Próxima lectura
   01/03/2026        02/03/2026        03/03/2026
"""
    near = [
        replace(b, y0=b.y0 - 4, y1=b.y1 - 4) if b.text in ("Emisión", "Vencimiento", "Próxima lectura") else b
        for b in boxes(art)
    ]
    found = [reader.read([lay(each, width=620, height=900)], "text") for each in (near, boxes(art))]
    assert [(r.get("issue_date"), r.get("due_date")) for r in found] == [
        (date(2026, 1, 21), date(2026, 2, 5)),
        (date(2026, 3, 1), date(2026, 3, 2)),
    ]


def test_the_heading_of_the_lines_discounts_names_none_of_the_papers() -> None:
    """Where labels stand below the sums, DSCTO at the head of the lines claims nothing."""
    found = read(f"""{HEAD}
CANTIDAD   DESCRIPCION              DSCTO    P.UNIT.    IMPORTE
30.00      TUBO DE PRUEBA                     28.39      851.70
80.00      CODO DE PRUEBA           36.95      9.24      702.01

1,553.71           0.00        1,553.71     279.67       1,833.38
SUB TOTAL S/   DESCUENTO S/  V. VENTA S/  I.G.V. 18 %    TOTAL S/
SON: UN MIL OCHOCIENTOS TREINTA Y TRES CON 38/100 SOLES
""")
    assert found.get("discounts") is None


def test_a_bill_is_addressed_to_who_lives_in_a_sector() -> None:
    """A name above an address of a settlement is the addressee of a bill without labels."""
    found = read(f"""
ELECTRIFICADORA FICTICIA S.A.                R.U.C. {SUPPLIER}
                                             Recibo S110-04417702
PRIMITIVO CAJAHUARINGA INVENTADO
Sector Alto Perú Mz. F Lt. 9 - Tarma
Emitido: 20.02.2026 Tarifa: BT5B
Energía activa        138 kWh      0.7214       99.55
TOTAL RECIBO DEL MES                           135.98
""")
    assert found.get("customer.name") == "PRIMITIVO CAJAHUARINGA INVENTADO"


@pytest.mark.parametrize(("word", "unit"), [("TB", "TB"), ("FR", "FR"), ("XX", None)])
def test_tablets_and_flasks_are_units(word: str, unit: str | None) -> None:
    """A drugstore counts TB and FR, also where a count touches them."""
    found = lines(f"""
CANT DESCRIPCIÓN                           TOTAL
10{word} AMOXICILINA DE PRUEBA                7.20
12 {word} JARABE DE PRUEBA                   16.07
""")
    assert [line[2] for line in found] == [unit or "-"] * 2


def test_a_price_for_one_is_no_word_of_a_wrapped_name() -> None:
    """`a c/und` behind a name that wraps around its numbers is left out of it."""
    (first, *_) = lines("""
2 und  Volante de prueba a todo color tira a S/ 45.00 c/und   S/ 90.00
       y retira
1 glb  Pauta de prueba a S/ 10.00 c/glb                       S/ 10.00

Op. gravada                                                   S/ 100.00
IGV 18%                                                       S/  18.00
Total                                                         S/ 118.00
""")
    assert first[0] == "Volante de prueba a todo color tira y retira"
