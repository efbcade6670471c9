from datetime import date
from decimal import Decimal as D

import pytest

from functions.extractor.invoice import Customer, Modifies, Supplier
from functions.extractor.page import Box
from functions.extractor.reading import reader, what
from functions.extractor.sheets.rows import lay
from tests.sheets import invoice as shown
from tests.sheets import judged, read, sheet

pytestmark = pytest.mark.unit


def a4(
    totals: str,
    *,
    title: str = "FACTURA ELECTRÓNICA",
    serial: str = "F001-00000123",
    items: str | None = None,
    extra: str = "",
) -> str:
    """A factura with the given totals."""
    items = items or "2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00"
    return f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. 20512345671
Av. Los Próceres 123 - Lima                        {title}
Telf.: 01-5550000                                  {serial}

Señor(es) : DISTRIBUIDORA INVENTADA E.I.R.L.       Fecha de Emisión : 05/11/2026
RUC : 20601234565                                  Moneda : SOLES
{extra}
CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE
{items}

{totals}
"""


PLAIN = """
                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
SON: CIENTO DIECIOCHO CON 00/100 SOLES
"""


def test_a_plain_factura_is_read_whole() -> None:
    """Parties, head, item and totals of an ordinary factura come out, and nothing else does."""
    got = shown(a4(PLAIN))
    assert got.supplier == Supplier(ruc="20512345671", name="COMERCIAL FICTICIA S.A.C.")
    assert got.customer == Customer(id_type="6", id="20601234565", name="DISTRIBUIDORA INVENTADA E.I.R.L.")
    assert (got.kind, got.series, got.number, got.issue_date, got.currency) == (
        "01",
        "F001",
        "123",
        date(2026, 11, 5),
        "PEN",
    )
    assert (got.taxable, got.igv, got.total) == (D("100.00"), D("18.00"), D("118.00"))
    assert [i.model_dump() for i in got.items] == [
        {
            "description": "CEMENTO PORTLAND TIPO I",
            "quantity": D("2.00"),
            "unit": "NIU",
            "unit_price": D("50.00"),
            "amount": D("100.00"),
        }
    ]
    assert (got.exempt, got.discounts, got.net_payable, got.due_date, got.modifies) == (
        None,
        None,
        None,
        None,
        None,
    )
    assert all(ok is not False for ok in judged(a4(PLAIN)).values())


def test_perception_is_paid_on_top() -> None:
    """The total stays what the comprobante says; percepción makes only what is to be paid larger."""
    got = shown(
        a4("""
                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          TOTAL          S/   118.00
                                          PERCEPCIÓN 2%  S/     2.36
                                          TOTAL A PAGAR  S/   120.36
""")
    )
    assert (got.total, got.perception, got.net_payable) == (D("118.00"), D("2.36"), D("120.36"))


def test_detraction_leaves_the_total_gross() -> None:
    """A detracción lowers the net that is paid to the supplier, not the total."""
    got = shown(
        a4("""
                                          OP. GRAVADA    S/ 1,000.00
                                          IGV 18%        S/   180.00
                                          IMPORTE TOTAL  S/ 1,180.00
                                          DETRACCIÓN 12% S/   142.00
                                          NETO A PAGAR   S/ 1,038.00
""")
    )
    assert (got.total, got.detraction, got.net_payable) == (D("1180.00"), D("142.00"), D("1038.00"))


def test_words_may_say_the_net() -> None:
    """Where a detracción is printed the amount in words may be the net one, and still agrees."""
    assert judged(
        a4("""
                                          OP. GRAVADA    S/ 1,000.00
                                          IGV 18%        S/   180.00
                                          IMPORTE TOTAL  S/ 1,180.00
                                          DETRACCIÓN 12% S/   142.00
                                          NETO A PAGAR   S/ 1,038.00
SON: MIL TREINTA Y OCHO CON 00/100 SOLES
""")
    )["words"]


def test_free_items_are_not_in_the_total() -> None:
    """Gratuitas are printed and shown, and add nothing."""
    drawn = a4("""
                                          OP. GRATUITAS  S/    25.00
                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
""")
    assert (shown(drawn).free, shown(drawn).total, judged(drawn)["sum"]) == (D("25.00"), D("118.00"), True)


def test_rounding_enters_the_sum() -> None:
    """A redondeo makes the sum come out."""
    drawn = a4("""
                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          REDONDEO       S/    -0.02
                                          IMPORTE TOTAL  S/   117.98
""")
    assert (shown(drawn).rounding, judged(drawn)["sum"]) == (D("-0.02"), True)


def test_bags_selective_tax_and_service_are_told_apart() -> None:
    """ICBPER, ISC and recargo al consumo each have their field, and the sum holds."""
    drawn = a4("""
                                          OP. GRAVADA          S/   100.00
                                          ISC                  S/    10.00
                                          IGV 18%              S/    19.80
                                          ICBPER               S/     0.50
                                          RECARGO AL CONSUMO   S/    10.00
                                          IMPORTE TOTAL        S/   140.30
""")
    got = shown(drawn)
    assert (got.isc, got.icbper, got.other_charges, judged(drawn)["sum"], judged(drawn)["igv_rate"]) == (
        D("10.00"),
        D("0.50"),
        D("10.00"),
        True,
        True,
    )


@pytest.mark.parametrize(
    ("rate", "igv", "total"),
    [("10%", "10.00", "110.00"), ("10.5%", "10.50", "110.50"), ("18%", "18.00", "118.00")],
)
def test_reduced_rates_are_rates(rate: str, igv: str, total: str) -> None:
    """Restaurants and hotels charge 10 or 10.5 % in 2026; the rate beside the label is no amount."""
    drawn = a4(f"""
                                          OP. GRAVADA      S/   100.00
                                          I.G.V. ({rate})    S/    {igv}
                                          IMPORTE TOTAL    S/   {total}
""")
    assert (shown(drawn).igv, judged(drawn)["igv_rate"]) == (D(igv), True)


def test_a_wrong_rate_is_noticed() -> None:
    """An IGV that no rate of the day makes fails its check, and its value stays."""
    drawn = a4(PLAIN.replace("    18.00", "    13.00"))
    assert (shown(drawn).igv, judged(drawn)["igv_rate"], judged(drawn)["sum"]) == (D("13.00"), False, False)


def test_exempt_and_unaffected_need_no_igv() -> None:
    """Exoneradas and inafectas make a total without tax."""
    drawn = a4("""
                                          OP. GRAVADA    S/     0.00
                                          OP. EXONERADA  S/    60.00
                                          OP. INAFECTA   S/    40.00
                                          IGV            S/     0.00
                                          IMPORTE TOTAL  S/   100.00
""")
    got = shown(drawn)
    assert (got.exempt, got.unaffected, got.igv, judged(drawn)["sum"]) == (
        D("60.00"),
        D("40.00"),
        D("0.00"),
        True,
    )


def test_a_boleta_without_breakdown_invents_none() -> None:
    """A boleta of the NRUS prints its total alone: base and IGV stay null, and the sum is not judged."""
    drawn = a4(
        """
                                          TOTAL          S/   100.00
""",
        title="BOLETA DE VENTA ELECTRÓNICA",
        serial="EB01-77",
    )
    got = shown(drawn)
    assert (got.kind, got.series, got.taxable, got.igv, got.total, judged(drawn)["sum"]) == (
        "03",
        "EB01",
        None,
        None,
        D("100.00"),
        None,
    )


def test_advances_come_off_the_base() -> None:
    """An anticipo explains a base that is smaller than its items."""
    drawn = a4("""
                                          Sub Total Ventas   S/   100.00
                                          Anticipos          S/    40.00
                                          Op. Gravada        S/    60.00
                                          IGV                S/    10.80
                                          Importe Total      S/    70.80
""")
    assert (shown(drawn).total, judged(drawn)["sum"], judged(drawn)["items"]) == (D("70.80"), True, True)


def test_discounts_come_off_the_items() -> None:
    """A global discount explains the difference between items and base."""
    drawn = a4("""
                                          SUB TOTAL        S/   100.00
                                          DESCUENTOS       S/    10.00
                                          OP. GRAVADA      S/    90.00
                                          IGV 18%          S/    16.20
                                          TOTAL            S/   106.20
""")
    assert (shown(drawn).discounts, shown(drawn).total, judged(drawn)["items"]) == (
        D("10.00"),
        D("106.20"),
        True,
    )


def test_dollars_are_dollars() -> None:
    """The currency is what the page says, and an account in soles beside it changes nothing."""
    drawn = a4(
        PLAIN.replace("S/", "US$").replace("SOLES", "DÓLARES AMERICANOS"),
        extra="Cta. Cte. Soles BCP 194-1234567-0-11",
    ).replace("Moneda : SOLES", "Moneda : DÓLARES AMERICANOS")
    assert shown(drawn).currency == "USD"


def test_a_note_names_what_it_modifies() -> None:
    """A credit note is told from the factura that it modifies, and names it."""
    drawn = a4(
        PLAIN,
        title="NOTA DE CRÉDITO ELECTRÓNICA",
        serial="FC01-00000007",
        extra="DOCUMENTO QUE MODIFICA\nFACTURA ELECTRÓNICA F001-00000988        Motivo: Anulación",
    )
    got = shown(drawn)
    assert (got.kind, got.series, got.number, got.modifies) == (
        "07",
        "FC01",
        "7",
        Modifies(kind="01", series="F001", number="988"),
    )


def test_fees_are_booked_gross() -> None:
    """A recibo por honorarios gives the fee as total, and what is received after the retention as net."""
    drawn = """
QUISPE MAMANI ROSA ELVIRA                          R.U.C. 10456789124
Jr. Huánuco 456 - Lima                             RECIBO POR HONORARIOS ELECTRÓNICO
                                                   Nro: E001-33

Recibí de         : DISTRIBUIDORA INVENTADA E.I.R.L.
Identificado con  : RUC número 20601234565
La suma de        : DOS MIL Y 00/100 SOLES
Por concepto de   : Asesoría contable de octubre
Fecha de emisión  : 05 de Noviembre del 2026

Total por honorarios :     2,000.00 SOLES
Retención (8 %) IR :         160.00 SOLES
Total Neto Recibido :      1,840.00 SOLES
"""
    got = shown(drawn)
    assert (got.kind, got.series, got.number, got.total, got.net_payable) == (
        "02",
        "E001",
        "33",
        D("2000.00"),
        D("1840.00"),
    )
    assert (got.supplier.ruc, got.customer.id, got.items[0].description, got.items[0].amount) == (
        "10456789124",
        "20601234565",
        "Asesoría contable de octubre",
        D("2000.00"),
    )
    assert judged(drawn)["payable"]


def test_a_service_bill_is_the_companys() -> None:
    """On a bill of light or water the customer stands first and in large letters; the supplier is who has the
    RUC beside the title.
    """
    got = shown("""
LUZ FICTICIA S.A.A.                                    RECIBO ELECTRÓNICO DE SERVICIO
R.U.C. 20512345671                                     S001-0045678

DISTRIBUIDORA INVENTADA E.I.R.L.                       N° de suministro   1234567
Titular: DISTRIBUIDORA INVENTADA E.I.R.L.
RUC 20601234565                                        Fecha de emisión   05/11/2026
                                                       Fecha de vencimiento   20/11/2026
DETALLE DE IMPORTES                    S/
Cargo fijo                             3.50
Cargo por energía                    96.50
SUBTOTAL                            100.00
I.G.V.                               18.00             TOTAL A PAGAR
                                                       S/ 118.00
""")
    assert (got.kind, got.supplier.ruc, got.customer.id, got.total) == (
        "14",
        "20512345671",
        "20601234565",
        D("118.00"),
    )
    assert (got.issue_date, got.due_date, [i.amount for i in got.items]) == (
        date(2026, 11, 5),
        date(2026, 11, 20),
        [D("3.50"), D("96.50")],
    )


def test_the_portals_document_reads_without_symbol() -> None:
    """SUNAT's own E001 facturas print no QR, no hash and no amount of a line; their columns are prices and
    ICBPER.
    """
    drawn = """
FACTURA ELECTRÓNICA                    RUC: 20512345671
COMERCIAL FICTICIA S.A.C.              E001-671
Fecha de Emisión   : 05/11/2026
Señor(es)          : DISTRIBUIDORA INVENTADA E.I.R.L.
RUC                : 20601234565
Tipo de Moneda     : SOLES
Cantidad   Unidad Medida   Descripción                     Valor Unitario   ICBPER
2.00       UNIDAD          CEMENTO PORTLAND                50.00            0.00
                                 Sub Total Ventas :   S/ 100.00
                                 Valor Venta :        S/ 100.00
                                 IGV :                S/ 18.00
                                 Importe Total :      S/ 118.00
SON: CIENTO DIECIOCHO Y 00/100 SOLES
"""
    got = shown(drawn)
    assert (got.series, got.number, got.total, got.items[0].amount, got.items[0].unit_price) == (
        "E001",
        "671",
        D("118.00"),
        None,
        D("50.00"),
    )
    assert judged(drawn)["items"]


def test_a_till_rolls_couplets_are_items() -> None:
    """On a till roll the description stands above its quantity, price and amount."""
    got = shown("""
BODEGA FICTICIA S.A.C.
RUC: 20512345671
BOLETA DE VENTA ELECTRONICA
B012-00008153
FECHA: 05/11/2026    HORA: 15:30
CANT DESCRIPCION               IMPORTE
GASEOSA FICTICIA 500 ML
  3 UND x 4.00                   12.00
GALLETAS DE VAINILLA
  2 UND x 1.50                    3.00
------
OP. GRAVADA         S/           12.71
IGV 18%             S/            2.29
TOTAL A PAGAR       S/           15.00
EFECTIVO                         20.00
VUELTO                            5.00
""")
    assert [(i.description, i.quantity, i.unit_price, i.amount) for i in got.items] == [
        ("GASEOSA FICTICIA 500 ML", D(3), D("4.00"), D("12.00")),
        ("GALLETAS DE VAINILLA", D(2), D("1.50"), D("3.00")),
    ]
    assert (got.total, got.igv, got.taxable) == (D("15.00"), D("2.29"), D("12.71"))


def test_totals_may_run_across_the_page() -> None:
    """A totals table whose amounts stand below their labels is read as well."""
    got = shown(
        a4("""
OP. GRAVADA      IGV 18%       IMPORTE TOTAL
100.00           18.00         118.00
""")
    )
    assert (got.taxable, got.igv, got.total) == (D("100.00"), D("18.00"), D("118.00"))


def test_wrapped_descriptions_stay_whole() -> None:
    """A description that goes on below its line belongs to it, and numbers in it are words."""
    got = shown(
        a4(
            PLAIN,
            items="2.00    NIU    ESTANTE METÁLICO DE ÁNGULO 2.00 X     50.00      100.00\n               "
            "0.90 X 0.40 M PINTADO AL HORNO",
        )
    )
    assert [i.description for i in got.items] == [
        "ESTANTE METÁLICO DE ÁNGULO 2.00 X 0.90 X 0.40 M PINTADO AL HORNO"
    ]


@pytest.mark.parametrize("code", ["Cód. AB-1029", "CÓDIGO: 00123", "SKU 778-A", "Ref.: X19/4"])
def test_a_code_below_an_item_is_no_word_of_it(code: str) -> None:
    """A row of its own that names an item's code stays out of the description, its own and the next one's."""
    items = f"""
1.00    NIU    CEMENTO PORTLAND TIPO I                60.00      60.00
               {code}
1.00    NIU    ARENA GRUESA                           40.00      40.00
               {code}
""".strip("\n")
    assert [item.description for item in shown(a4(PLAIN, items=items)).items] == [
        "CEMENTO PORTLAND TIPO I",
        "ARENA GRUESA",
    ]


def test_an_advance_in_the_table_is_a_line() -> None:
    """A numbered row that is called as a total is an item: an advance comes off as a line of its own."""
    items = """
1.00    NIU    ESTRUCTURA METÁLICA                    150.00     150.00
1.00    NIU    ANTICIPO F001-00000101                 -50.00     -50.00
""".strip("\n")
    got = shown(a4(PLAIN, items=items))
    assert ([i.amount for i in got.items], got.taxable, got.total) == (
        [D("150.00"), D("-50.00")],
        D("100.00"),
        D("118.00"),
    )


def test_headings_in_two_languages_are_headings() -> None:
    """The second row of a bilingual table's head is no item, and an export's value is no item either."""
    got = shown("""
AGRICOLA FICTICIA S.A.C.                           R.U.C. 20512345671
Ica - Perú                                         FACTURA ELECTRÓNICA
                                                   F001-00000033
Cliente / Customer: FRUITS TRADING GMBH            Fecha / Date: 05/11/2026

Cantidad   Descripción                             Precio unit.    Importe
Quantity   Description                             Unit price      Amount
2500       FRESH AVOCADO BOX                             7.50    18,750.00

                                                   Op. Exportación   US$ 18,750.00
                                                   IGV               US$ 0.00
                                                   Importe total     US$ 18,750.00
""")
    assert [(i.description, i.amount) for i in got.items] == [("FRESH AVOCADO BOX", D("18750.00"))]
    assert (got.unaffected, got.total, got.currency) == (D("18750.00"), D("18750.00"), "USD")


def test_a_person_is_named_by_the_persons_ruc() -> None:
    """Where the issuer's RUC is a natural person's, the name is the person's and not the shop's."""
    art = """
#FERRETERIA ROSITA
QUISPE MAMANI ROSA
RUC: 10401234565
BOLETA ELECTRONICA
B001-00012345
FECHA: 05/11/2026
TOTAL S/  48.00
"""
    assert shown(art).supplier.name == "QUISPE MAMANI ROSA"


def test_money_apart_is_no_word_of_a_description() -> None:
    """A price under a heading that was not understood stays out of the description beside it."""
    items = "1.00    NIU    FUMIGACIÓN DE ALMACÉN       100.000    118.00      100.00"
    assert [i.description for i in shown(a4(PLAIN, items=items)).items] == ["FUMIGACIÓN DE ALMACÉN"]


def test_a_name_in_several_boxes_is_one() -> None:
    """An engine's boxes that touch are one phrase: the whole name is the supplier's."""
    drawn = [
        Box("EXPRESO TURISMO", 60, 0, 150, 12, 0.9),
        Box("CHANCAS", 151, 0, 193, 12, 0.9),
        Box("S.A.C.", 195, 0, 230, 12, 0.9),
        Box("RUC: 20512345671", 90, 16, 190, 28, 0.9),
        Box("BOLETA DE VENTA ELECTRONICA", 70, 32, 220, 44, 0.9),
        Box("B311-00005521", 100, 48, 180, 60, 0.9),
        Box("TOTAL S/", 60, 80, 110, 92, 0.9),
        Box("15.00", 200, 80, 230, 92, 0.9),
    ]
    reading = reader.read([lay(drawn, width=300, height=120)], "ocr")
    assert reading.get("supplier.name") == "EXPRESO TURISMO CHANCAS S.A.C."


def test_a_misread_label_still_names_the_customer() -> None:
    """«Serñor(a)» and «Facturas a:» are how engines see the buyer's labels."""
    for label in ("Serñor(a):", "Seãor(es) :", "Facturas a:"):
        art = a4(PLAIN).replace("Señor(es) :", label)
        assert (label, shown(art).customer.name) == (label, "DISTRIBUIDORA INVENTADA E.I.R.L.")


def test_a_heading_goes_on_with_its_words() -> None:
    """An amount stands under the whole of its heading: under the end of «Importe de Venta» too, and ICBPER is
    not it.
    """
    got = shown("""
HUANCA TITO MARIA                                                  BOLETA DE VENTA ELECTRONICA
                                                                   RUC: 10401234565
                                                                   EB01-77
Fecha de Emisión : 05/11/2026
Cantidad  Descripción            Valor Unitario(*)  Descuento(*)  Importe de Venta(**)  ICBPER
1.00      ARREGLO DE CALZADO                140.00          0.00                140.00    0.00
                                                     Importe Total :  S/140.00
""")
    assert [(i.unit_price, i.amount) for i in got.items] == [(D("140.00"), D("140.00"))]


def test_one_invoice_over_pages_is_one() -> None:
    """Items go on over a page break, and the totals of the last page are the invoice's."""
    first = a4(
        "                                       VAN...",
        items="\n".join(
            f"1.00    NIU    PRODUCTO FICTICIO {c}                 25.00       25.00" for c in "ABC"
        ),
    )
    second = (
        "CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE\n1.00    NIU    PRODUCTO "
        "FICTICIO D                 25.00       25.00\n" + PLAIN
    )
    got = shown(first, second)
    assert ([i.amount for i in got.items], got.total) == ([D("25.00")] * 4, D("118.00"))


def test_a_value_that_is_not_there_is_null() -> None:
    """Nothing is derived, guessed or copied where the page is silent."""
    reading = read("COMERCIAL FICTICIA S.A.C.\nFACTURA ELECTRÓNICA\nTOTAL S/ 118.00")
    assert sorted(reading.fields) == ["currency", "kind", "supplier.name", "total"]


LATER = """
Cant.  Descripción            P. Unit    Importe
2      CEMENTO PORTLAND         25.00      50.00
3      FIERRO DE MEDIA          10.00      30.00
Vienen de la página anterior
"""


@pytest.mark.parametrize(
    ("art", "want"),
    [
        (LATER, "continuation"),
        ((
            "OP. GRAVADA    S/   100.00\nIGV 18%        S/    18.00\nIMPORTE TOTAL  S/   118.00\nSON: "
            "CIENTO DIECIOCHO CON 00/100 SOLES"
        ), "continuation"),
        ("¡Yapeaste!\nS/ 50.00\nRosa Quispe\n05 nov. 2026\nN° de operación 12345678", "yape"),
        ("¡Plineaste!\nS/ 30.00\nA Rosa Quispe\nDestino: Plin\n05 nov. 2026", "plin"),
        ((
            "Transferencia exitosa\nMonto S/ 500.00\nCuenta origen ****1234\nCuenta destino "
            "****9876\nNúmero de operación 0012345"
        ), "bank_transfer"),
        ((
            "NIUBIZ\nVENTA\nTERMINAL 12345\nLOTE 000123\nAP: 123456\nVISA ************1234\nTOTAL S/ "
            "45.00\nCOPIA CLIENTE"
        ), "card_slip"),
        ((
            "COMERCIAL FICTICIA S.A.C.   RUC 20512345671\nGUÍA DE REMISIÓN ELECTRÓNICA "
            "REMITENTE\nT001-00000123\nPunto de partida: Lima\nPunto de llegada: Ica\nMotivo de traslado: "
            "Venta"
        ), "delivery_guide"),
        ((
            "COMERCIAL FICTICIA S.A.C.   RUC 20512345671\nCOTIZACIÓN N° 0001-000123\nSeñor(es): Rosa "
            "Quispe\nCemento 2.00 50.00 100.00\nTOTAL S/ 118.00\nValidez de la oferta: 15 días"
        ), "quote"),
        ("ACME INC.\nINVOICE 1234\nBill to: Jane Doe\nSubtotal 100.00\nSales Tax 8.00\nAmount due $108.00",
            "foreign"),
        ((
            "EMPRESA CHILENA LTDA\nR.U.T.: 76.123.456-7\nFACTURA ELECTRONICA\nN° 123\nIVA 19%  "
            "19.000\nTOTAL 119.000"
        ), "foreign"),
        ("MENÚ DEL DÍA\nCeviche 25.00\nLomo saltado 28.00\nArroz con leche 8.00", "other"),
        ((
            "COMERCIAL FICTICIA S.A.C.\nRUC 20512345671\nBOLETA DE PAGO\nTrabajador: Rosa Quispe   DNI "
            "40123456\nRemuneración básica  1,500.00\nNeto a pagar S/ 1,350.00"
        ), "other"),
        ((
            "COMERCIAL FICTICIA S.A.C.  RUC 20512345671\nRECIBO DE EGRESO N° 001-000123\nConcepto: "
            "movilidad\nTOTAL S/ 500.00"
        ), "other"),
        ((
            "COMERCIAL FICTICIA S.A.C.  RUC 20512345671\nCOMPROBANTE DE RETENCIÓN "
            "ELECTRÓNICA\nR001-00000123\nF001-22 1,180.00 35.40\nTOTAL RETENIDO S/ 35.40"
        ), "other"),
        ((
            "COMERCIAL FICTICIA S.A.C.  RUC 20512345671\nORDEN DE SERVICIO N° 0001-000123\nMantenimiento "
            "100.00\nIGV 18.00\nTOTAL S/ 118.00"
        ), "quote"),
        ((
            "COMERCIAL FICTICIA S.A.C.  RUC 20512345671\nEstimado cliente: nuestra propuesta\nServicio de "
            "pintado 1,000.00\nIGV 180.00\nTOTAL S/ 1,180.00"
        ), "other"),
        ((
            "RESTAURANT FICTICIO S.A.C.\nRUC 20512345671\nTICKET B001-000012\n2 Ceviche 60.00\nTOTAL S/ "
            "60.00\nNO ES COMPROBANTE DE PAGO"
        ), "other"),
        ((
            "COMERCIAL FICTICIA S.A.C.  RUC 20512345671\nFACTURA PROFORMA N° FP01-000123\nCemento 2.00 "
            "50.00 100.00\nIGV 18.00\nTOTAL S/ 118.00"
        ), "quote"),
        ((
            "COMERCIAL FICTICIA S.A.C.  RUC 20512345671\nGUÍA DE REMISIÓN REMITENTE ELECTRÓNICA N° "
            "T001-00000123\nFactura relacionada: F001-22\nPunto de partida Lima"
        ), "delivery_guide"),
        ("RESTAURANT FICTICIO\nCARTA\nRUC 20512345671\nCausa 15.00\nLomo 35.00\nBoleta o factura: solicítela",
            "other"),
        ((
            "ACME CLOUD LLC\nInvoice AB12-0003\nBill to\nComercial Ficticia SAC\nPE RUC "
            "20512345671\nSubscription 20.00\nIGV 18% 3.60\nAmount due $23.60"
        ), "foreign"),
        ("Operación exitosa\nS/ 35.00\nEnviaste dinero por Plin\nPara Julia C.\nCódigo de operación 6612345",
            "plin"),
        ((
            "Constancia de depósito de detracción\nRUC proveedor 20512345671\nMonto del depósito S/ "
            "142.00\nTipo de comprobante FACTURA\nNúmero F001-1234"
        ), "bank_transfer"),
        ((
            "VISANET\nFARMACIA FICTICIA S.A.C.\nRUC 20512345671\nBOLETA / FACTURA: SOLICITE EN "
            "CAJA\nTERMINAL 0012  LOTE 88\nTOTAL S/ 41.50"
        ), "card_slip"),
        ((
            "De: ventas@ficticia.example\nAsunto: su factura electrónica F001-00004512\nRUC "
            "20512345671\nAdjuntamos la FACTURA ELECTRÓNICA F001-00004512"
        ), "other"),
        ((
            "RENDICIÓN DE GASTOS N° 001-000045\nRUC 20512345671\nF001-123  GRIFO FICTICIO  90.00\nB001-77  "
            "RESTAURANT  40.00\nTOTAL S/ 130.00"
        ), "other"),
        ((
            "Transferiste\nS/ 20.00\na Pedro H.\n12 nov 2026 10:30\nN° operación 123321\nBanco destino: "
            "Interbank"
        ), "bank_transfer"),
        ((
            "LETRA DE CAMBIO\nREF. F001-4512\nRUC 20512345671\nTOTAL S/ 1,180.00\nMIL CIENTO OCHENTA CON "
            "00/100 SOLES"
        ), "other"),
        ("GIMNASIO FICTICIO  RUC 20512345671\nRECIBO N° 001-000451\nMensualidad noviembre\nTOTAL S/ 90.00",
            "other"),
        ("", "photo"),
    ],
)  # fmt: skip
def test_what_is_no_invoice_is_named(art: str, want: str) -> None:
    """Captures, slips, guías, quotes and foreign papers are called what they are."""
    page = sheet(art)
    assert what.judge([page], read(art), []) == want


@pytest.mark.parametrize(
    "title", ["FACTURA ELECTRÓNICA", "FACTURA DE VENTA ELECTRÓNICA", "BOLETA DE VENTA ELECTRÓNICA"]
)
def test_an_invoice_is_not_named_away(title: str) -> None:
    """A comprobante that mentions a guía, an order or a card stays one."""
    serial = "B001-5" if title.startswith("B") else "F001-5"
    art = a4(
        PLAIN
        + "Guía de remisión: T001-55   Orden de compra: 4500\nTARJETA VISA ****1234 NIUBIZ   N° operación 99",
        title=title,
        serial=serial,
    )
    assert what.judge([sheet(art)], read(art), []) is None


def test_a_misread_unit_is_no_description() -> None:
    """What stands between quantity and price of a couplet is its unit, even where the engine read JND."""
    got = shown("""
BODEGA FICTICIA S.A.C.
RUC: 20512345671
BOLETA DE VENTA ELECTRONICA
B012-00008153
FECHA: 05/11/2026
CANT DESCRIPCION               IMPORTE
PAPEL FICTICIO A4
  1 MLL x 33.95                  33.95
RATÓN INALÁMBRICO
  2 JND x 41.43                  82.86
CEMENTO DE PRUEBA 42.5 KG - MOD.
D64
  4 BOL x 28.14                 112.56
TOTAL               S/          229.37
""")
    assert [(i.description, i.unit, i.amount) for i in got.items] == [
        ("PAPEL FICTICIO A4", "MLL", D("33.95")),
        ("RATÓN INALÁMBRICO", "JND", D("82.86")),
        ("CEMENTO DE PRUEBA 42.5 KG - MOD. D64", "BOL", D("112.56")),
    ]


def test_a_product_written_out_is_quantity_and_price() -> None:
    """`2x6.50=` at the end of a description is taken apart where it makes the amount, and stays text where it
    does not.
    """
    got = shown("""
BODEGA FICTICIA S.A.C.
RUC: 20512345671
BOLETA DE VENTA ELECTRONICA
B012-00008153
FECHA: 05/11/2026
DESCRIPCION                    IMPORTE
GASEOSA 3L 2x6.50=               13.00
TABLA PINO 2x4.00=                7.00
TOTAL               S/           20.00
""")
    assert [(i.description, i.quantity, i.unit_price) for i in got.items] == [
        ("GASEOSA 3L", D(2), D("6.50")),
        ("TABLA PINO 2x4.00=", None, None),
    ]


@pytest.mark.parametrize(
    ("headed", "row", "quantity", "price"),
    [
        ("ITEM   DESCRIPCIÓN              CANT.   P. UNIT    DSCTO    IMPORTE",
            "1      CHAMPU HERBAL            2         10.00    10.00      10.00", "2", "10.00"),
        ("COD    DESCRIPCIÓN              CANT.   P. UNIT    DSCTO    IMPORTE",
            "3      MENU EJECUTIVO           5         12.00    24.00      36.00", "5", "12.00"),
        ("DESCRIPCIÓN          UM         CANT.   P. UNIT    DSCTO    IMPORTE",
            "GUANTE DE CUERO      NIU        2.00      15.00    10.00      20.00", "2.00", "15.00"),
        ("DESCRIPCIÓN                 V. UNIT     CANT.       TOTAL",
            "FILTRO DE AIRE                90.00      4.00      360.00", "4.00", "90.00"),
    ],
)  # fmt: skip
def test_a_number_is_what_its_heading_says(headed: str, row: str, quantity: str, price: str) -> None:
    """An order, a code or a discount may multiply to the amount by accident: it is no quantity and no
    price.
    """
    item = shown(a4(PLAIN).replace("CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE",
            headed).replace(
        "2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00", row)).items[0]  # fmt: skip
    assert (item.quantity, item.unit_price) == (D(quantity), D(price))


@pytest.mark.parametrize(
    "note",
    [
        "SISTEMA DE DETRACCIONES    Código: 022    Porcentaje de detracción: 12.00    Monto: 566.40",
        "DETRACCION   TASA 12.00   MONTO S/ 566.40   CTA. BN 00-051-223344",
        "Detracción (12%): S/ 566.40   Cta. Bco. Nación 00-068-112233",
        "Porcentaje de detracción 12.00     Monto de detracción  S/ 566.40",
    ],
)
def test_a_rate_is_no_detraction(note: str) -> None:
    """Beside its amount stand the rate, its code and the account."""
    assert shown(a4(PLAIN, extra="") + note).detraction == D("566.40")


def test_the_base_is_no_perception() -> None:
    """What is taken stands after the base from which it is taken."""
    got = shown(
        a4(PLAIN)
        + "PERCEPCION: Base S/ 2,950.00  Tasa 2.00  Monto S/ 59.00\nTotal incluido percepción S/ 3,009.00"
    )
    assert (got.perception, got.net_payable) == (D("59.00"), D("3009.00"))
