"""Tables in which numbers multiply by accident, blocks that look like items, sums that come out in two ways,
totals set unusually.
"""

import io
from collections.abc import Sequence
from datetime import date

import pypdfium2 as pdfium

from functions.extractor.invoice import Invoice, Verdict
from tests.corpus.wild.pen import Wild, invoice, roll, row, ruc, spelled, symbol, typed, wild

_ANY: tuple[Verdict, ...] = ("proven", "consistent")
_FAIR: tuple[Verdict, ...] = ("consistent",)
_DOUBT: tuple[Verdict, ...] = ("consistent", "needs_review")
_LINE = "-" * 40


def _one(
    seed: str, name: str, total: str, igv: str, items: Sequence[tuple[str, str]], kind: str = "01"
) -> Invoice:
    return invoice(
        kind, f"{'F' if kind == '01' else 'B'}007-{1200 + len(seed)}", date(2026, 11, 9), total, igv, items,
        supplier=ruc(seed), name=name, customer=ruc(f"{seed}/b") if kind == "01" else None,
        buyer="MINERA AURORA S.A.",
    )  # fmt: skip


def _art(one: Invoice, table: str, totals: str, copy: str = "") -> str:
    title = "FACTURA ELECTRÓNICA" if one.kind == "01" else "BOLETA DE VENTA ELECTRÓNICA"
    return f"""
#{one.supplier.name}
Av. Larco 1150 - Trujillo                                  RUC {one.supplier.ruc}
{copy:<58} {title}
                                                           {one.series}-0000{one.number}
Señores: {one.customer.name:<34}                Fecha de Emisión: 09/11/2026
RUC: {one.customer.id or "-":<38}                Moneda: SOLES

{table.strip(chr(10))}

{totals.strip(chr(10))}
SON: {spelled(str(one.total))}
"""


def _totals(base: str, igv: str, total: str) -> str:
    return f"""
                                     OP. GRAVADA    S/ {base:>9}
                                     IGV 18%        S/ {igv:>9}
                                     TOTAL          S/ {total:>9}"""


def _paper(
    name: str, one: Invoice, table: str, totals: str, verdicts: tuple[Verdict, ...], *, signed: bool = True
) -> Wild:
    return Wild(
        name, typed(_art(one, table, totals), qr=(0, 22, symbol(one)) if signed else None), (one,), verdicts
    )


@wild
def orden_multiplica() -> Wild:
    """The item's order by its discount makes its amount; quantity and price, less the discount, stand under
    their own headings.
    """
    one = _one(
        "orden",
        "PERFUMERIA LOS ANGELES S.A.C.",
        "82.00",
        "12.51",
        [("CHAMPU HERBAL 400ML", "10.00"), ("JABON LIQUIDO 1L", "36.00"), ("CREMA DE MANOS", "36.00")],
        "03",
    )
    table = """
ITEM  DESCRIPCIÓN                     CANT.   P. UNIT.   DSCTO.   IMPORTE
1     CHAMPU HERBAL 400ML                 2      10.00    10.00     10.00
2     JABON LIQUIDO 1L                    3      12.00     0.00     36.00
3     CREMA DE MANOS                      4      12.00    12.00     36.00"""
    return _paper("orden_multiplica", one, table, _totals("69.49", "12.51", "82.00"), ("proven", *_FAIR))


@wild
def descuento_multiplica() -> Wild:
    """A quantity by its discount makes the amount: the price is the one under its heading."""
    one = _one(
        "dscto",
        "TORNILLOS DEL NORTE E.I.R.L.",
        "47.20",
        "7.20",
        [("GUANTE DE CUERO PAR", "20.00"), ("LENTE SEGURIDAD", "20.00")],
    )
    table = """
DESCRIPCION                UND    CANT    V.UNIT    DSCTO    V.VENTA
GUANTE DE CUERO PAR        NIU    2.00     15.00    10.00      20.00
LENTE SEGURIDAD            NIU    4.00      5.00     0.00      20.00"""
    return _paper("descuento_multiplica", one, table, _totals("40.00", "7.20", "47.20"), ("proven", *_FAIR))


@wild
def solo_una_cuota() -> Wild:
    """What was sold has no amount of its own, the only instalment has: it is no item, and nothing is proven
    by it.
    """
    one = _one("cuota", "GESTION HUMANA ANDINA S.R.L.", "1180.00", "180.00", [])
    table = """
Por lo siguiente: ASESORIA LABORAL OCTUBRE

CRONOGRAMA DE PAGOS
N° CUOTA    DETALLE             VENCE          MONTO
1           CUOTA UNICA         03/12/2026     1,180.00"""
    return _paper("solo_una_cuota", one, table, _totals("1,000.00", "180.00", "1,180.00"), _FAIR)


@wild
def spot_entre_lineas_y_totales() -> Wild:
    """The block of the detraction stands right below the items, whose words go on with ACONDICIONADO."""
    one = _one(
        "spot",
        "CLIMA FRIO INGENIEROS S.A.C.",
        "4720.00",
        "720.00",
        [("SERVICIO DE MANTENIMIENTO DE AIRE ACONDICIONADO SEDE LIMA", "4000.00")],
    )
    table = """
Cantidad   Unidad Medida   Descripción                               Valor Unitario    Importe
1.00       SERVICIO        SERVICIO DE MANTENIMIENTO DE AIRE                4000.00    4000.00
                           ACONDICIONADO SEDE LIMA

Operación sujeta al Sistema de Pago de Obligaciones Tributarias (SPOT)
Bien o Servicio  022 Otros servicios empresariales     Nro. Cta. Banco de la Nación  00068123456
Porcentaje de detracción  12.00     Monto de detracción  S/ 566.00
Información del crédito
Monto neto pendiente de pago : S/ 4,154.00"""
    return _paper("spot_entre_lineas_y_totales", one, table, _totals("4,000.00", "720.00", "4,720.00"), _ANY)


@wild
def partidas_con_subtotal() -> Wild:
    """Works in parts, each with its heading and its sum, before the totals."""
    one = _one(
        "partidas",
        "CONSTRUCTORA WARI S.A.C.",
        "1180.00",
        "180.00",
        [("ZANJA MANUAL", "200.00"), ("SOLADO CONCRETO", "300.00"), ("PINTURA LATEX", "500.00")],
    )
    table = """
CANT   UND   DESCRIPCION              V.UNIT     TOTAL
             A. OBRAS CIVILES
10     MTR   ZANJA MANUAL              20.00    200.00
5      MTK   SOLADO CONCRETO           60.00    300.00
             TOTAL OBRAS CIVILES                500.00
             B. ACABADOS
50     MTK   PINTURA LATEX             10.00    500.00
             TOTAL ACABADOS                     500.00"""
    return _paper("partidas_con_subtotal", one, table, _totals("1,000.00", "180.00", "1,180.00"), _ANY)


@wild
def descuento_es_una_linea() -> Wild:
    """The discount is an item, with a quantity and a price below zero."""
    one = _one(
        "linea",
        "MUEBLES PRACTICOS S.A.C.",
        "424.80",
        "64.80",
        [("SILLA GIRATORIA", "400.00"), ("DESCUENTO POR CAMPAÑA", "-40.00")],
    )
    table = """
CANT   UND   DESCRIPCION              V.UNIT     TOTAL
4      NIU   SILLA GIRATORIA          100.00    400.00
1      ZZ    DESCUENTO POR CAMPAÑA    -40.00    -40.00"""
    return _paper("descuento_es_una_linea", one, table, _totals("360.00", "64.80", "424.80"), _ANY)


@wild
def obsequio_a_cero() -> Wild:
    """A gift has a price and the amount 0.00; its worth stands among the totals."""
    one = _one(
        "gift",
        "CONFECCIONES INTI S.A.C.",
        "118.00",
        "18.00",
        [("POLO CORPORATIVO", "100.00"), ("GORRA PROMOCIONAL (GRATUITO)", "0.00")],
    )
    table = """
CANT   UND   DESCRIPCION                         V.UNIT     TOTAL
10     NIU   POLO CORPORATIVO                     10.00    100.00
5      NIU   GORRA PROMOCIONAL (GRATUITO)          5.00      0.00"""
    free = "                                     OP. GRATUITA   S/     25.00"
    return _paper("obsequio_a_cero", one, table, free + _totals("100.00", "18.00", "118.00"), _ANY)


@wild
def centavo_de_mas() -> Wild:
    """One line is a cent more than quantity, price and tax make: as a misread 70.80 would be."""
    one = _one(
        "cent", "EPP ANDINOS S.A.C.", "141.60", "21.60", [("MANDIL PVC", "70.80"), ("BOTA JEBE", "70.81")]
    )
    table = """
N°   CANT   DESCRIPCION               V.UNIT    V.VENTA      IGV    P.VENTA
1       6   MANDIL PVC                 10.00      60.00    10.80      70.80
2       3   BOTA JEBE                  20.00      60.00    10.80      70.81"""
    return _paper("centavo_de_mas", one, table, _totals("120.00", "21.60", "141.60"), _DOUBT)


@wild
def bolsa_es_una_linea() -> Wild:
    """The bag's tax is a line of its own; another line is wrong by just as much, and so is nothing proven."""
    one = _one(
        "bolsa",
        "BODEGA LA UNION E.I.R.L.",
        "17.38",
        "2.57",
        [("DETERGENTE 2KG", "16.38"), ("BOLSA PLASTICA ICBPER", "0.50")],
        "03",
    )
    body = f"""
>{one.supplier.name}
>RUC {one.supplier.ruc}
>BOLETA DE VENTA ELECTRONICA
>{one.series}-0000{one.number}
FECHA: 09/11/2026 10:10:10
CLIENTE: MINERA AURORA S.A.
{_LINE}
CANT DESCRIPCION                 IMPORTE
{row("1    DETERGENTE 2KG", "16.38")}
{row("1    BOLSA PLASTICA ICBPER", "0.50")}
{_LINE}
{row("OP.GRAVADA S/", "14.31")}
{row("IGV 18%    S/", "2.57")}
{row("ICBPER     S/", "0.50")}
{row("TOTAL      S/", "17.38")}
SON: {spelled("17.38")}
"""
    return Wild("bolsa_es_una_linea", roll(body, qr=symbol(one)), (one,), _DOUBT)


@wild
def adquirente_y_emisor() -> Wild:
    """The customer's copy and the issuer's as two pages of one file."""
    one = _one(
        "copias",
        "ANDAMIOS Y ENCOFRADOS PERU S.A.C.",
        "354.00",
        "54.00",
        [("ALQUILER DE ANDAMIOS NOVIEMBRE", "300.00")],
    )
    table = """
CANT   UND   DESCRIPCION                         V.UNIT     TOTAL
1      ZZ    ALQUILER DE ANDAMIOS NOVIEMBRE      300.00    300.00"""
    whole = pdfium.PdfDocument.new()
    for copy in ("COPIA ADQUIRENTE", "COPIA EMISOR"):
        page = typed(_art(one, table, _totals("300.00", "54.00", "354.00"), copy), qr=(0, 20, symbol(one)))
        whole.import_pages(pdfium.PdfDocument(page))
    out = io.BytesIO()
    whole.save(out)
    return Wild("adquirente_y_emisor", out.getvalue(), (one,), _ANY)


@wild
def etiquetas_a_la_derecha() -> Wild:
    """The totals' labels stand to the right of their amounts."""
    one = _one(
        "derecha",
        "RADIO ONDA ANDINA S.A.C.",
        "1180.00",
        "180.00",
        [("PUBLICIDAD EN RADIO NOVIEMBRE", "1000.00")],
    )
    table = """
CANT   UND   DESCRIPCION                         V.UNIT    IMPORTE
1      ZZ    PUBLICIDAD EN RADIO NOVIEMBRE     1,000.00   1,000.00"""
    totals = """
     1,000.00  OP. GRAVADA
       180.00  IGV 18%
     1,180.00  TOTAL A PAGAR"""
    return _paper("etiquetas_a_la_derecha", one, table, totals, _ANY)


@wild
def miles_por_espacio() -> Wild:
    """Thousands are parted by a space, everywhere on the page; no symbol."""
    one = _one(
        "espacio",
        "MAQUINARIAS PESADAS TITAN S.A.C.",
        "23600.00",
        "3600.00",
        [("EXCAVADORA ALQUILER HORAS", "20000.00")],
    )
    table = """
CANT    UND   DESCRIPCION                        V.UNIT         TOTAL
80.00   HUR   EXCAVADORA ALQUILER HORAS          250.00     20 000.00"""
    return _paper(
        "miles_por_espacio", one, table, _totals("20 000.00", "3 600.00", "23 600.00"), _FAIR, signed=False
    )


@wild
def totales_abreviados() -> Wild:
    """A row of totals in short, amounts below."""
    one = _one(
        "cortos", "EXTINTORES FUEGO CERO S.A.C.", "118.00", "18.00", [("RECARGA EXTINTOR PQS 6KG", "100.00")]
    )
    table = """
CANT    UND   DESCRIPCION                        V.UNIT         TOTAL
4       NIU   RECARGA EXTINTOR PQS 6KG            25.00        100.00"""
    totals = """
T.GRAV.   T.EXON.   T.INAF.   T.GRAT.   T.DSCTO   T.IGV    T.ICBPER    T.PAGAR
100.00       0.00      0.00      0.00      0.00    18.00        0.00     118.00"""
    return _paper("totales_abreviados", one, table, totals, _FAIR, signed=False)
