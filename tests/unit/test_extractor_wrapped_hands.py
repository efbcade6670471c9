"""What wraps, is shortened, is listed or stands in another box, as other people's systems print it."""

from __future__ import annotations

from datetime import date

import pytest

from functions.extractor.page import Box
from functions.extractor.peru.labels import labels_in
from functions.extractor.reading import reader, what
from functions.extractor.reading.names import goes_on, is_person
from functions.extractor.sheets.rows import lay
from tests.sheets import CUSTOMER, HEAD, SUPPLIER, invoice, read, sheet

pytestmark = pytest.mark.unit

FACTURA = f"""
{{seller}}                      R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
{{block}}

CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE
2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00

                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
"""
SELLER = "COMERCIAL FICTICIA S.A.C."


def paper(block: str, seller: str = SELLER) -> str:
    return FACTURA.format(seller=seller.ljust(28), block=block)


@pytest.mark.parametrize(
    "block",
    [
        (
            "Fecha        05/11/2026          Cliente     INVENTADA S.R.L.\n"
            f"Cond. venta  CONTADO             R.U.C. No   {CUSTOMER}"
        ),
        f"Razon: INVENTADA S.R.L.\nRUC: {CUSTOMER}\nFecha: 05/11/2026",
        (
            "Consignee / Señores    INVENTADA S.R.L.\nAddress                Handelsweg 120\n"
            f"RUC                    {CUSTOMER}\nFecha: 05/11/2026"
        ),
    ],
)
def test_the_buyer_is_named(block: str) -> None:
    """Beside how it is paid, behind half a label, over an English address."""
    found = invoice(paper(block))
    assert (found.customer.id, found.customer.name) == (CUSTOMER, "INVENTADA S.R.L.")


def test_a_sentence_about_clients_names_none() -> None:
    """`cliente declara conocer` goes on with the line above."""
    block = f"Doc. Identidad: {CUSTOMER}\nNombre / Razon Social: INVENTADA S.R.L.\nFecha: 05/11/2026"
    foot = "Las operaciones con puntos se rigen por el reglamento que el\ncliente declara conocer"
    assert invoice(f"{paper(block)}\n{foot}").customer.name == "INVENTADA S.R.L."


def test_a_cashier_above_the_sellers_number_has_none() -> None:
    """Who serves is named beside his own label."""
    found = invoice(f"""
Cajero :                      10679                COMERCIAL FICTICIA S.A.C.
R.U.C. N° : {SUPPLIER}                       Av. Los Próceres 123 - Lima
FACTURA ELECTRÓNICA                                Cliente: INVENTADA S.R.L.
F001-00000123                                      RUC: {CUSTOMER}
Fecha: 05/11/2026
CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE
2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00
                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
""")
    assert (found.supplier.ruc, found.customer.id) == (SUPPLIER, CUSTOMER)


BOLETA = f"""
MINIMARKET FICTICIO S.A.C.
RUC: {SUPPLIER}
BOLETA DE VENTA ELECTRONICA
B001-00000123
FECHA: 05/11/2026
{{who}}
2 CABLE FICTICIO                   9.00      18.00
TOTAL S/                                     18.00
"""


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("44120981 - TICONA CRUZ MARIA", "TICONA CRUZ MARIA"),
        ("DNI 44120981\nCHAVEZ RAMIREZ JOSE LUIS", "CHAVEZ RAMIREZ JOSE LUIS"),
        ("DNI 44120981\nGONZALES VDA. DE SOTO IRMA", "GONZALES VDA. DE SOTO IRMA"),
    ],
)
def test_a_person_is_named_beside_or_below_an_identity(who: str, name: str) -> None:
    """The identity needs no label before its owner's name; a widow is a person."""
    found = invoice(BOLETA.format(who=who))
    assert (found.customer.id_type, found.customer.id, found.customer.name) == ("1", "44120981", name)


@pytest.mark.parametrize("beside", ["Guía: -", "Orden de compra: —"])
def test_a_dash_of_another_label_takes_no_name(beside: str) -> None:
    """It answers the label beside the buyer's, whose name stands behind its own or below it."""
    behind = f"Cliente: INVENTADA S.R.L.          {beside}\nRUC: {CUSTOMER}\nFecha: 05/11/2026"
    below = (
        f"Cliente:                           {beside}\nINVENTADA S.R.L.\nRUC: {CUSTOMER}\nFecha: 05/11/2026"
    )
    assert [invoice(paper(block)).customer.name for block in (behind, below)] == ["INVENTADA S.R.L."] * 2


def test_a_dash_names_nobody() -> None:
    """A label that a dash answers has no name below it."""
    art = BOLETA.format(who="ABRAZADERA FICTICIA").replace(
        "TOTAL", "CLIENTE: -\nVALOR VENTA        S/     15.25\nTOTAL"
    )
    assert invoice(art).customer.name is None


def test_the_salesman_in_another_box_is_not_who_is_identified() -> None:
    """A DNI with its own label far to the right of him is the buyer's."""
    block = (
        "Fecha        05/11/2026                                        Nombre      MAYTA ROJAS DORA\n"
        "Vendedor     Mayta Quispe Saul                                 DNI N°      60526132"
    )
    found = invoice(paper(block).replace("FACTURA", "BOLETA").replace("F001", "B001"))
    assert (found.customer.id, found.customer.name) == ("60526132", "MAYTA ROJAS DORA")


@pytest.mark.parametrize(
    ("above", "below", "on"),
    [
        ("Repuestos Ficticios SOCIEDAD ANÓNIMA", "CERRADA", True),
        ("REPUESTOS FICTICIOS SOCIEDAD", "ANÓNIMA CERRADA", True),
        ("REPUESTOS FICTICIOS SOCIEDAD ANÓNIMA", "JR. INVENTADO 120", False),
    ],
)
def test_a_legal_form_wraps(above: str, below: str, *, on: bool) -> None:
    """Its last word belongs to the name, whatever letters the name is in."""
    assert bool(goes_on(above, below)) is on


def test_a_name_ends_with_the_form_below_it() -> None:
    """In the seller's block and in the buyer's, also beside the headings of the table."""
    found = invoice(f"""
Repuestos Ficticios SOCIEDAD ANÓNIMA               R.U.C. {SUPPLIER}
CERRADA                                            FACTURA ELECTRÓNICA
Av. Los Próceres 123                               F001-00000123
Fecha: 05/11/2026
RUC: {CUSTOMER}
Señores: INVENTADA SOCIEDAD ANÓNIMA
         CERRADA             CANT.   DESCRIPCIÓN           P. UNIT    IMPORTE
                             2.00    CEMENTO PORTLAND      50.00      100.00
                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
""")
    assert (found.supplier.name, found.customer.name) == (
        "Repuestos Ficticios SOCIEDAD ANÓNIMA CERRADA",
        "INVENTADA SOCIEDAD ANÓNIMA CERRADA",
    )


def test_a_persons_last_name_stands_above_the_ruc() -> None:
    """Alone in its line, it ends the name above it."""
    found = invoice(f"""
PALACIOS HUARCA
ELMER
R.U.C. 10355093781
AV. INVENTADA 265
BOLETA DE VENTA ELECTRÓNICA
B001-00000123
Fecha: 05/11/2026
RUC cliente: {CUSTOMER}
2 CABLE FICTICIO                   9.00      18.00
TOTAL S/                                     18.00
""")
    assert found.supplier.name == "PALACIOS HUARCA ELMER"


def test_a_trade_name_in_quotes_is_no_part_of_the_name() -> None:
    """On a roll, whose paper is too narrow for both, below a large heading."""
    lines = [
        "FICTIMAX", 'BODEGA "EL OLIVAR"', "NEGOCIACIONES FICTICIAS S.A.C.", f"R.U.C. {SUPPLIER}",
        "JR. INVENTADO 670", "BOLETA DE VENTA ELECTRONICA", "B001-00000123",
    ]  # fmt: skip
    drawn = [
        Box(text, 150 - 5 * len(text), 26 * at, 150 + 5 * len(text), 26 * at + (26 if at == 0 else 18))
        for at, text in enumerate(lines)
    ]
    found = reader.read([lay(drawn, width=300, height=300)], "text")
    assert found.get("supplier.name") == "NEGOCIACIONES FICTICIAS S.A.C."


@pytest.mark.parametrize(
    ("name", "person"), [("GONZALES VDA. DE SOTO IRMA", True), ("SOTO CIA. IRMA", False)]
)
def test_a_widow_is_a_person(name: str, *, person: bool) -> None:
    """Her husband's name follows a dot, which no other shortened word may have."""
    assert is_person(name) is person


def test_the_only_ruc_below_a_buyers_name_that_wraps_is_the_buyers() -> None:
    """A number below a label's name is its owner's over however many lines the name is written."""
    found = read(f"""
FACTURA DE VENTA
ELECTRÓNICA
N° FA01-00004843
COMERCIAL FICTICIO S.A.C.
Calle San Juan 148
Razón Social: INVENTADA DE LIMA
              S.R.L.
RUC: {CUSTOMER}
Domicilio: Av. 28 de Julio 2942
Emisión: 16/07/2026
Cant.   Descripción                      Total
10      MARTILLO DE UÑA                 362.50
Total Op. Gravadas :                    307.20
Total IGV 18% :                          55.30
Importe Total :                         362.50
""")
    assert (found.get("supplier.ruc"), found.get("customer.id")) == (None, CUSTOMER)


def test_a_day_in_words_wraps_before_its_year() -> None:
    """`17 de Noviembre / del 2026` is one day."""
    block = (
        f"Fecha de Emision: 17 de Noviembre\n                  del 2026\nCliente: FICTICIO\nRUC: {CUSTOMER}"
    )
    assert invoice(paper(block)).issue_date == date(2026, 11, 17)


def test_a_detergent_is_no_detraction() -> None:
    """DET. before another word is what a till sold; before a rate or an amount it is the tax's, and so is what
    shortens the tax's name further on.
    """
    found = invoice(f"""
SUPERMERCADO FICTICIO S.A.
RUC: {SUPPLIER}
BOLETA DE VENTA ELECTRONICA
B001-00000123
FECHA: 05/11/2026
CANT   DESCRIPCION                  P.UNIT    IMPORTE
1.00   DET. OPAL ULTRA 2KG           20.90      20.90
1.00   ARROZ EXTRA 750GR              4.59       4.59
TOTAL S/                                        25.49
""")
    assert found.detraction is None
    assert [name for name, *_ in labels_in("DETR. BCO NACION S/ 12.00")] == ["detraction"]


def test_a_list_of_facturas_is_none() -> None:
    """A statement of account has a row for each, with its day and amount; a factura's instalments do not make
    one of it.
    """
    statement = f"""
COMERCIAL FICTICIA S.A.C.                          RUC {SUPPLIER}
                                                   SALDOS DEL CLIENTE
Señores: INVENTADA S.R.L.   RUC {CUSTOMER}
DOCUMENTO             EMISION       VENCE         CARGO     SALDO
FACTURA F001-2200     03/04/2026    03/05/2026    418.00    418.00
FACTURA F001-2213     07/04/2026    07/05/2026    473.00    473.00
SALDO TOTAL S/                                              891.00
"""
    factura = paper(
        f"Fecha: 05/11/2026\nCliente: INVENTADA S.R.L.\nRUC: {CUSTOMER}\n"
        "Cuota F001-1    05/12/2026     59.00\nCuota F001-2    05/01/2027     59.00"
    )
    found = [what.judge([sheet(art)], read(art, source="ocr"), []) for art in (statement, factura)]
    assert found == ["other", None]


COLOURED = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
Fecha: 05/11/2026                                  F001-00000123
Cliente: INVENTADA S.R.L.
RUC: {CUSTOMER}

  N°  CÓD.  PROD.    COLOR     TALLA   CANT.   UND.     P. UNIT    IMPORTE
ARTÍCULO
  1   A31078         BLANCO    L       1       UNIDAD   31.68      31.68
  MARTILLO DE UÑA
  2   A61747         NEGRO     XL      2       UNIDAD   11.83      23.66
  BROCA DE COBALTO
Efectivo:                                                          100.00
Vuelto:                                                             44.66
                                          OP. GRAVADA    S/    46.90
                                          IGV 18%        S/     8.44
                                          IMPORTE TOTAL  S/    55.34
"""


def test_a_colour_is_no_description() -> None:
    """Nor is the cash above the totals sold, and a heading below the others is no item's word."""
    assert [(one.description, str(one.amount)) for one in invoice(COLOURED).items] == [
        ("MARTILLO DE UÑA", "31.68"),
        ("BROCA DE COBALTO", "23.66"),
    ]


def test_a_label_within_a_long_description_is_a_part_of_it() -> None:
    """Where the line above ends in a link, what follows goes on with it."""
    art = (
        paper(f"Fecha: 05/11/2026\nCliente: INVENTADA S.R.L.\nRUC: {CUSTOMER}")
        .replace(
            "CEMENTO PORTLAND TIPO I     ",
            "VALORIZACION N° 03 DE LA    ",
        )
        .replace("\n\n   ", "\n               OBRA: PUENTE SAN MARCOS\n\n   ", 1)
    )
    assert [one.description for one in invoice(art).items] == [
        "VALORIZACION N° 03 DE LA OBRA: PUENTE SAN MARCOS"
    ]


@pytest.mark.parametrize(
    "number",
    [
        "SERIE N°: F001 NÚMERO:                             1 2026-02-11 939.45\n00003507",
        "Serie N°: F001      Número: 00003507\n\n10       POLEA                         666.70",
    ],
)
def test_the_number_is_its_labels(number: str) -> None:
    """Neither an instalment's beside the label nor a quantity below the series is it."""
    found = invoice(
        f"RUC N°: {SUPPLIER}\nFACTURA ELECTRÓNICA\n{number}\nFecha: 05/11/2026\nTotal     S/ 939.45"
    )
    assert (found.series, found.number) == ("F001", "3507")


def test_a_fee_ends_at_its_amount_in_words() -> None:
    """What was done does not go on with them."""
    found = invoice(f"""
QUISPE ROJAS LUIS
R.U.C. N°: 10165156051
RECIBO POR HONORARIOS ELECTRÓNICO
E001-671
Fecha de emisión: 02/09/2024
Recibí de: INVENTADA S.R.L.
RUC: {CUSTOMER}
Por la prestación de:    Mes de vigilancia diurna
SON Mil quinientos con 00/100 soles
Total por honorarios      1,500.00
Retención (8 %)               0.00
Total neto recibido       1,500.00
""")
    assert [one.description for one in found.items] == ["Mes de vigilancia diurna"]


def test_a_day_to_pay_in_a_box_beside_the_table_is_one() -> None:
    """Its label and its day stand before the first heading, in cells of their own."""
    found = invoice(f"""
COMERCIAL FICTICIA S.A.C.          Ctd.   Unidad   Artículo           V. Unit.   V. Total
RUC: {SUPPLIER}                   12     UND      BROCA DE COBALTO      10.00     120.00
FACTURA ELECTRÓNICA
F001-00000095
Cliente:       INVENTADA S.R.L.
RUC:           {CUSTOMER}
Fec. Vcto.:    18/02/2026
Fec. Emisión:  11/02/2026
OP. GRAVADA    S/ 101.69
IGV 18%         S/ 18.31
TOTAL          S/ 120.00
""")
    assert (found.issue_date, found.due_date) == (date(2026, 2, 11), date(2026, 2, 18))


@pytest.mark.parametrize(
    "number",
    [
        "Serie N°: F001\n                                      Número: 02931675",
        "SERIE DEL DOCUMENTO:\nF001     NÚMERO: 2931675",
    ],
)
def test_series_and_number_stand_apart(number: str) -> None:
    """The number with its label in a row of its own, the series below its label."""
    found = invoice(
        f"{number}\nFACTURA ELECTRÓNICA\nRUC N°: {SUPPLIER}\nFecha: 05/11/2026\nTotal     S/ 939.45"
    )
    assert (found.series, found.number) == ("F001", "2931675")


def test_a_name_wraps_beside_headings_and_labels() -> None:
    """Before the first heading of the table, and in a column beside another label."""
    beside = invoice(f"""
RUC: {SUPPLIER}                FACTURA ELECTRÓNICA
COMERCIAL FICTICIA S.A.C.        F001-00000095
RUC N°: {CUSTOMER}
Razón Social: INVENTADA
              DEL SUR S.A.C.          Cant.   Descripción          P. Unit.    Total
                                      12      BROCA DE COBALTO      10.00     120.00
Fecha: 05/11/2026
IGV 18%         S/ 18.31
TOTAL          S/ 120.00
""")
    block = (
        "FECHA:                              RECEPTOR:\n"
        "05/11/2026                          INVENTADA DEL SUR SOCIEDAD\n"
        "VENCE EL:                           ANÓNIMA CERRADA\n"
        f"18/11/2026                          RUC: {CUSTOMER}"
    )
    assert [beside.customer.name, invoice(paper(block)).customer.name] == [
        "INVENTADA DEL SUR S.A.C.",
        "INVENTADA DEL SUR SOCIEDAD ANÓNIMA CERRADA",
    ]


def test_an_accounts_currency_is_not_the_papers() -> None:
    """Whatever stands beside it in the row: the paper's own is what its amount in words says, or its sign."""
    bare = f"{HEAD}2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00\n\n".replace(
        "Moneda : SOLES", ""
    )
    sums = [("OP. GRAVADA", "100.00"), ("IGV 18%", "18.00"), ("IMPORTE TOTAL", "118.00")]
    soles = [f"BCP Soles: 627-4093220-0-5{at}     {name:20}{value}" for at, (name, value) in enumerate(sums)]
    words = "SON: CIENTO DIECIOCHO CON 00/100 DÓLARES AMERICANOS"
    signed = [
        f"Banco Cta. Cte.: 655-3220723-0-3{at}     S/ {value}     {name}"
        for at, (name, value) in enumerate(sums)
    ]
    told = [[words, *soles], signed]
    found = [invoice(bare + "\n".join(lines)).currency for lines in told]
    assert found == ["USD", "PEN"]
