"""Labels, names, days and numbers that are written over several rows, or beside others'."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from functions.extractor.page import Box
from functions.extractor.peru.thousands import closed, thousands_apart
from functions.extractor.peru.tokens import valid_ruc
from functions.extractor.reading import reader, what
from functions.extractor.reading.reading import Doubt
from functions.extractor.sheets import blocks, papers
from functions.extractor.sheets.rows import Sheet, lay
from tests.sheets import CUSTOMER, SUPPLIER, boxes, invoice, read, sheet

pytestmark = pytest.mark.unit

SUMS = """
CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE
2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00

                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
"""
TOP = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
"""


def paper(block: str, *, top: str = TOP) -> str:
    """A factura of one line with a buyer's block."""
    return f"{top}{block}\n{SUMS}"


def buyer(block: str, *, top: str = TOP) -> tuple[str | None, str | None]:
    """The buyer's number and name on such a factura."""
    found = invoice(paper(block, top=top)).customer
    return found.id, found.name


DATED = f"Fecha: 05/11/2026\nRUC: {CUSTOMER}\n"


@pytest.mark.parametrize(
    "block",
    [
        "NOMBRE /     Inventada Dora Luz\nRAZÓN\nSOCIAL :\n" + DATED,
        "NOMBRE / RAZÓN     Inventada Dora Luz\nSOCIAL\n" + DATED,
        "NOMBRE / RAZÓN Inventada Dora Luz\nSOCIAL :\n" + DATED,
    ],
)
def test_a_buyers_label_over_several_rows(block: str) -> None:
    """The name stands beside its first row, or behind it in one phrase."""
    assert buyer(block) == (CUSTOMER, "Inventada Dora Luz")


def test_the_second_line_of_a_name_stands_behind_the_second_row_of_its_label() -> None:
    """Nombre / and Razón Social: each have a line of the name, and a third may follow."""
    block = f"""Nombre /       COMERCIAL PUMA &
Razón Social: CÓNDOR SOCIEDAD
               ANÓNIMA CERRADA
{DATED}"""
    assert buyer(block) == (
        CUSTOMER,
        "COMERCIAL PUMA & CÓNDOR SOCIEDAD ANÓNIMA CERRADA",
    )


def test_an_address_that_names_the_buyer_in_its_label_is_no_buyer() -> None:
    """`DIRECCIÓN DEL / RECEPTOR DE LA / FACTURA :` asks for an address over three rows."""
    block = f"""{DATED}NOMBRE / RAZÓN    BAZAR INVENTADO E.I.R.L.
SOCIAL:
DIRECCIÓN DEL     AV. TÚPAC AMARU 2894   FERIA DE CUSCO
RECEPTOR DE LA    LT. 23                 CERCADO
FACTURA :"""
    assert buyer(block) == (CUSTOMER, "BAZAR INVENTADO E.I.R.L.")


def test_a_label_two_rows_above_is_no_part_of_one_below() -> None:
    """`Cliente`, answered, and the second row of `Dirección del receptor / de la factura`."""
    art = paper(f"""R.U.C. No               {CUSTOMER}
Cliente                 INVENTADA S.A.C.
Dirección del receptor  Av. Grau 172
de la factura
Fecha                   05/11/2026""")
    drawn = [Box(b.text, b.x0, 0.75 * b.y0, b.x1, 0.75 * b.y0 + 10) for b in boxes(art)]
    found = reader.read([lay(drawn, width=620, height=900)], "text")
    assert found.get("customer.name") == "INVENTADA S.A.C."


@pytest.mark.parametrize(
    ("block", "name"),
    [
        ("Nombre / Razón Social | CLIENTES\nVARIOS", "CLIENTES VARIOS"),
        ("RECEPTOR              VARIOS\nEFECTIVO              120.00\nVUELTO                2.00", "VARIOS"),
    ],
)
def test_a_buyer_whom_nobody_asked(block: str, name: str | None) -> None:
    """What is printed in the place of a name is it, over two rows too; cash is nobody's name."""
    boleta = TOP.replace("FACTURA", "BOLETA DE VENTA").replace("F001", "B001").replace("R.U.C.", "RUC:")
    assert invoice(paper(f"Fecha: 05/11/2026\n{block}", top=boleta)).customer.name == name


@pytest.mark.parametrize(
    ("line", "name"), [("Razón Social: CLIENTES VARIOS", "CLIENTES VARIOS"), ("Razón Social -", None)]
)
def test_a_buyer_below_what_was_sold(line: str, name: str | None) -> None:
    """On a roll its label stands between the lines and the sums, in the column of the seller's number."""
    roll = f"""
BAZAR FICTICIO S.A.C.
Fecha: 12/10/2026
R.U.C. No {SUPPLIER}
BOLETA ELECTRONICA
B001-005672
SACO DE YUTE
50 NIU x 16.57                     828.50
{line}
Valor Venta                        702.12
IGV 18%                            126.38
Total                              828.50
"""
    found = invoice(roll)
    assert (found.customer.name, [i.description for i in found.items]) == (name, ["SACO DE YUTE"])


def test_answers_at_the_right_edge_are_not_what_stands_below_their_labels() -> None:
    """`SR(ES).:` of a roll is answered far to its right, as the day is; below it stands the first item."""
    roll = f"""
FECHA:                         12/10/2026
      BAZAR FICTICIO S.A.C.
BOLETA DE VENTA ELECTRONICA
B001-005672
RUC: {SUPPLIER}
SR(ES).:                    INVENTADA LUZ
SACO DE YUTE
50 NIU x 16.57                     828.50
GRAVADA                            702.12
IGV 18%                            126.38
IMPORTE TOTAL                      828.50
"""
    assert invoice(roll).customer.name == "INVENTADA LUZ"


def test_a_column_with_numbers_has_its_answers_in_it() -> None:
    """Labels with their answers below them stand beside another box, which answers none of them."""
    block = f"""Nombre / Razon Social            CALZADOS FICTICIOS S.A.
INVENTADA QUISPE LUZ             Psje. Ñuñoa 2052
R.U.C. No                        LIMA - LIMA - LIMA
{CUSTOMER}                      ventas@ficticios.example
Direccion fiscal                 Cel: 989000000
Jr. Andahuaylas 735
Fecha: 05/11/2026"""
    assert buyer(block) == (CUSTOMER, "INVENTADA QUISPE LUZ")


def test_the_last_of_a_persons_names_stands_below() -> None:
    """One word at the edge of two makes a person's name with them, where a label asks for the address."""
    block = f"{DATED}Razón Social:   INVENTADA QUISPE\n                LUZ\nDirección:      Av. Grau 12"
    assert buyer(block) == (CUSTOMER, "INVENTADA QUISPE LUZ")


def test_a_buyer_stands_beside_the_headings_of_the_table() -> None:
    """Its label and its answer stand before the first heading."""
    art = f"""{TOP}
Fecha: 05/11/2026
Receptor  Inventada        Cant.  Descripción      P. Unit  Importe
          E.I.R.L.
RUC: {CUSTOMER}              2.00  CEMENTO           50.00   100.00
                           OP. GRAVADA    S/   100.00
                           IGV 18%        S/    18.00
                           IMPORTE TOTAL  S/   118.00
"""
    assert invoice(art).customer.name == "Inventada E.I.R.L."


@pytest.mark.parametrize(
    "block",
    [
        "Cajero | 3337\nDNI | 40112233\nNombre / Razon Social | INVENTADA QUISPE LUZ",
        "Vendedor:     Ficticio Mayta Juan\nDNI:          40112233\nCliente:      INVENTADA QUISPE LUZ",
    ],
)
def test_a_dni_below_who_serves_is_the_buyers(block: str) -> None:
    """A till's number is nobody's name, and above the buyer's name stands the buyer's number."""
    boleta = TOP.replace("FACTURA", "BOLETA DE VENTA").replace("F001", "B001")
    assert buyer(f"Fecha: 05/11/2026\n{block}", top=boleta) == ("40112233", "INVENTADA QUISPE LUZ")


def test_what_stands_far_from_the_issuers_number_is_no_part_of_it() -> None:
    """A RUC that lost a digit and the quantity in the next box make none."""
    top = TOP.replace(f"R.U.C. {SUPPLIER}", f"R.U.C. {SUPPLIER[:10]}          {SUPPLIER[10]}")
    assert read(paper(DATED, top=top)).get("supplier.ruc") is None


def test_an_interior_prints_nothing_and_delivered_is_nobody() -> None:
    """`INT. 20` is no printer (IMPRENTA), and the observation ENTREGADO brings no goods: the numbers behind them
    are the buyer's and the issuer's.
    """
    block = f"""AV. GRAU 12 INT. 20          RUC: {CUSTOMER}
Fecha: 05/11/2026            Señores: INVENTADA S.A.C."""
    top = f"""
COMERCIAL FICTICIA S.A.C.
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
Observaciones:   ENTREGADO   RUC {SUPPLIER}   F001-00000123
"""
    found = invoice(paper(block, top=top))
    assert (found.supplier.ruc, found.customer.id) == (SUPPLIER, CUSTOMER)


def test_a_heading_a_little_below_the_printers_line_is_the_papers() -> None:
    """A browser's day and title stand on one line, the issuer's name beside them not quite."""
    top = Box("16/07/26, 08:09", 0, 0, 90, 10), Box("Comprobante electrónico", 400, 0, 538, 10)
    name = Box("COMERCIAL FICTICIA S.A.C.", 120, 4, 270, 14)
    rest = [Box(b.text, b.x0, b.y0 + 30, b.x1, b.y1 + 30) for b in boxes("FACTURA\nF001-123\nTOTAL 118.00")]
    (found,) = blocks.own([lay([*top, name, *rest], width=620, height=900)])
    assert found.rows[0].text == "COMERCIAL FICTICIA S.A.C."


def test_a_name_goes_on_behind_an_and() -> None:
    """`INVERSIONES PUMA & / CÓNDOR SOCIEDAD / ANÓNIMA CERRADA` is one name of three lines."""
    top = f"""
                    INVERSIONES PUMA &
                      CÓNDOR SOCIEDAD
                      ANÓNIMA CERRADA
                    R.U.C. {SUPPLIER}
                    Av. Los Próceres 123
FACTURA ELECTRÓNICA
F001-00000123
"""
    found = invoice(paper(DATED + "Señores: INVENTADA S.A.C.", top=top))
    assert found.supplier.name == "INVERSIONES PUMA & CÓNDOR SOCIEDAD ANÓNIMA CERRADA"


def test_a_persons_whole_name_outweighs_a_trade_name_in_large_letters() -> None:
    """A day above both is no amount: the person's name, at its address, heads the paper."""
    person = next(f"1040112233{d}" for d in range(10) if valid_ruc(f"1040112233{d}"))
    art = f"""
FECHA DE VENCIMIENTO   15.10.2026                  R.U.C. {person}
FECHA                  05.10.2026                  FACTURA
Señores                INVENTADA S.A.C.            F001-00000123
RUC                    {CUSTOMER}    SANTA ROSA

                                       Ficticio Quispe Luz
                                       Av. Grau 675 Urb. El Pino
{SUMS}"""
    drawn = [Box(b.text, b.x0, b.y0, b.x1, b.y1 + 10) if b.text == "SANTA ROSA" else b for b in boxes(art)]
    found = reader.read([lay(drawn, width=620, height=900)], "text")
    assert found.get("supplier.name") == "Ficticio Quispe Luz"


def test_a_days_label_breaks_beside_another_box() -> None:
    """`Fecha de / Vencimiento:`, with the day beside its first row and another label in its second."""
    block = f"""{DATED}Fecha de        09 de Noviembre del 2026
Vencimiento:                                          Serie del documento: 1"""
    assert invoice(paper(block)).due_date == date(2026, 11, 9)


def test_a_day_goes_on_below_its_number() -> None:
    """`10 de / Octubre del 2026`."""
    block = (
        f"Fecha de emision: 10 de\n                  Octubre del 2026\nCliente: INVENTADA\nRUC: {CUSTOMER}"
    )
    assert invoice(paper(block)).issue_date == date(2026, 10, 10)


def test_a_day_beside_the_table_is_no_items() -> None:
    """A word of the buyer's name in the row of the headings does not make the table as wide."""
    art = f"""{TOP}
Fecha:      05/11/2026
Señores:    INVENTADA
            S.A.C.             Cant.  Descripción      P. Unit  Importe
RUC:        {CUSTOMER}         2.00  CEMENTO           50.00   100.00
F. Venc.:   26/11/2026         1.00  CLAVOS            18.00    18.00
                               IMPORTE TOTAL  S/   118.00
"""
    assert invoice(art).due_date == date(2026, 11, 26)


def test_the_day_of_a_notes_document_is_asked_for_over_two_rows() -> None:
    """`FECHA / DE EMISIÓN:` in the block of what the note modifies is that document's."""
    note = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        NOTA DE CRÉDITO
                                                   FC01-00000123
COMPROBANTE
QUE MODIFICA: FACTURA F002-2839567
FECHA
DE EMISIÓN: 04-10-2026
MOTIVO
O SUSTENTO: DESCUENTO GLOBAL

FECHA
EMISIÓN: 10-11-2026
RUC: {CUSTOMER}
Señores: INVENTADA S.A.C.
{SUMS}"""
    found = invoice(note)
    assert (found.issue_date, found.discounts) == (date(2026, 11, 10), None)


def test_why_a_note_was_written_is_no_discount() -> None:
    """MOTIVO is answered by `DESCUENTO GLOBAL`, over the column of the amounts."""
    note = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        NOTA DE CRÉDITO
RUC: {CUSTOMER}                                   FC01-00000123
Señores: INVENTADA S.A.C.                          Fecha: 10-11-2026
DOCUMENTO DE REFERENCIA                                  FACTURA F002-37
MOTIVO                                                  DESCUENTO GLOBAL

2.000   CAJA DE HERRAMIENTAS                                      118.00
IGV 18%                                                            18.00
TOTAL                                                             118.00
"""
    assert invoice(note).discounts is None


def test_a_document_is_referred_to_from_across_the_page() -> None:
    """The number of what a note modifies, far to the right of its label, begins no second paper."""

    def again(drawn: list[Box], _: object) -> Sheet:
        return lay(drawn, width=620, height=900)

    note = f"""
NOTA DE CRÉDITO ELECTRÓNICA                        COMERCIAL FICTICIA S.A.C.
R.U.C. {SUPPLIER}
Comprobante FC01-9716
Referencia:                                                             Factura F001-99
Motivo:                                                                 Descuento
RUC {CUSTOMER}                                                          RUC {CUSTOMER}
Monto total 118.00                                                      IMPORTE TOTAL 118.00
"""
    assert len(papers.split(sheet(note), again)) == 1


@pytest.mark.parametrize(
    ("phrases", "apart"),
    [
        (["1 538.42", "276.91", "1 815.33"], True),
        (["884.00", "159.12", "1 043.12"], True),
        (["2 100.00", "100.00", "200.00"], False),
        (["1 538.42", "276.90", "1 815.99"], False),
    ],
)
def test_a_tax_tells_that_a_space_parts_thousands(phrases: list[str], *, apart: bool) -> None:
    """The tax is its rate of the number as a whole, or the number is the sum of base and tax."""
    assert thousands_apart(phrases, phrases) is apart


def test_a_number_closes_before_its_label() -> None:
    """Some totals have their labels to the right."""
    assert closed("S/ 2 232.00 OPERACIONES GRAVADAS") == "S/ 2,232.00 OPERACIONES GRAVADAS"
    assert thousands_apart([], ["S/ 2 232.00 OPERACIONES GRAVADAS"])


def test_an_accounts_currency_is_not_the_papers_where_its_number_wraps() -> None:
    """`BBVA Continental S/:` with the account's number in the next row."""
    art = paper(DATED + "Señores: INVENTADA S.A.C.").replace("S/ ", "   ")
    found = read(f"{art}\nBBVA Continental S/:\n715-4592188-0-60\n")
    assert found.get("currency") is None


def test_a_guides_number_is_no_title() -> None:
    """Set smaller than the comprobante's title and above it, it says what came with the goods."""
    drawn = boxes(
        f"COMERCIAL FICTICIA S.A.C.\nGUÍA DE REMISIÓN T001-54691\n\nBOLETA DE VENTA\nB001-1687804\n"
        f"RUC:{SUPPLIER}\n{SUMS}"
    )
    tall = [Box(b.text, b.x0, b.y0 - 3, b.x1, b.y1) if "BOLETA" in b.text else b for b in drawn]
    page = lay(tall, width=620, height=900)
    assert what.judge([page], reader.read([page], "text"), []) is None


def test_a_cut_number_beside_the_title_is_the_issuers() -> None:
    """Alone in its row, between the title and its number, wherever the box ends: the only whole RUC is the
    buyer's.
    """
    art = f"""
NOTA DE CRÉDITO
                              R.U.C.: {SUPPLIER[:10]}
N° FN01-1320828
COMERCIAL FICTICIA S.A.C.                  RUC  {CUSTOMER}
Av. Los Próceres 123 - Lima                Señor(es)  INVENTADA SOCIEDAD
                                                      ANÓNIMA CERRADA
Fecha: 10/11/2026
{SUMS}"""
    found = read(art)
    assert (found.get("supplier.ruc"), found.get("customer.id")) == (None, CUSTOMER)


def test_a_buyers_only_number_is_doubted_as_the_sellers() -> None:
    """It stands below a label's name and there is no other: a person looks."""
    art = f"""
COMERCIAL FICTICIA S.A.C.
FACTURA ELECTRÓNICA
F001-00000123
NOMBRE / RAZÓN SOCIAL | INVENTADA S.A.C.
FECHA | 05/11/2026
RUC | {CUSTOMER}
{SUMS}"""
    found = read(art)
    assert found.get("supplier.ruc") is None or Doubt.BUYERS_RUC in found.doubts


def test_no_name_of_a_seller_begins_with_a_buyers_label() -> None:
    """A legal form below `Razón Social | …` ends the buyer's name, with its label it is nobody's."""
    art = f"""
COMERCIAL FICTICIA
COMERCIAL FICTICIA SOCIEDAD ANONIMA
NOTA DE CREDITO ELECTRÓNICA
FN01-00000123
MONEDA | SOLES            NOMBRE / RAZÓN SOCIAL | INVENTADA DE LIMA
FECHA | 05/11/2026        SAC
                          RUC | {CUSTOMER}
{SUMS}"""
    assert invoice(art).supplier.name == "COMERCIAL FICTICIA SOCIEDAD ANONIMA"


def test_the_total_of_a_paper_is_what_its_thousands_say() -> None:
    """Labels over their amounts, of which no one is signed."""
    art = f"""{TOP}{DATED}
Señores: INVENTADA S.A.C.
Cantidad  U.M.  Descripción                 Precio Unitario    Importe
10.00     NIU   CEMENTO                              153.84    1 538.42

Total Op. Gravadas        IGV               Total a Pagar
1 538.42                  276.91            1 815.33
"""
    found = invoice(art)
    assert (found.taxable, found.total) == (Decimal("1538.42"), Decimal("1815.33"))
