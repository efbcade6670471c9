"""Comprobantes of every trade, each as its own system sets it: columns in other orders, lots, weights,
percentages, two languages.
"""

from datetime import date

from tests.corpus.wild.pen import Wild, dni, invoice, roll, row, ruc, spelled, symbol, typed, wild

_ANY = ("proven", "consistent")
_FAIR = ("consistent",)
_LINE = "-" * 40


@wild
def grifo_flota() -> Wild:
    """Petrol for a fleet: gallons with three decimals, plate and odometer among the lines."""
    one = invoice(
        "01", "F101-4512", date(2026, 11, 12), "220.85", "33.69", [("DIESEL B5 S-50 UV", "220.85")],
        supplier=ruc("flota"), name="ESTACION DE SERVICIOS EL PARAISO S.R.L.", customer=ruc("flota/b"),
        buyer="TRANSPORTES QORIKANCHA S.A.C.",
    )  # fmt: skip
    art = f"""
ESTACION DE SERVICIOS EL PARAISO S.R.L.                      RUC N° {one.supplier.ruc}
CAR. PANAMERICANA SUR KM 299 - ICA                           FACTURA ELECTRONICA
                                                             F101 - 0004512
CLIENTE   : TRANSPORTES QORIKANCHA S.A.C.                    FECHA : 12/11/2026 07:41
RUC       : {one.customer.id}                                      TURNO : 1  LADO : 4
PLACA     : A1B-845   KM : 120455                            GRIFERO: LUIS C.

PRODUCTO                         GALONES      PRECIO       IMPORTE
DIESEL B5 S-50 UV                 12.345      17.890        220.85

                                              OP. GRAVADA     S/     187.16
                                              IGV 18 %        S/      33.69
                                              TOTAL           S/     220.85
SON: {spelled("220.85")}
FORMA DE PAGO: CONTADO EFECTIVO
"""
    return Wild("grifo_flota", typed(art, qr=(0, 17, symbol(one))), (one,), _ANY)


@wild
def chifa_reducida() -> Wild:
    """A restaurant under the reduced rate of 2026: 10.5 %."""
    one = invoice(
        "03", "B003-8891", date(2026, 7, 18), "110.50", "10.50",
        [("AEROPUERTO ESPECIAL", "70.00"), ("TIPAKAY DE POLLO", "40.50")],
        supplier=ruc("chifa"), name="CHIFA LA MURALLA E.I.R.L.", customer=dni("chifa"),
    )  # fmt: skip
    body = f"""
>CHIFA LA MURALLA E.I.R.L.
>JR. PARURO 820 LIMA - LIMA - LIMA
>R.U.C. {one.supplier.ruc}
>BOLETA DE VENTA ELECTRÓNICA
>B003-00008891
FECHA/HORA: 18/07/2026 21:33:10
MESA: 07   MOZO: WILLY
DNI: {one.customer.id}
{_LINE}
CANT DESCRIPCION       P.UNIT    TOTAL
{_LINE}
2    AEROPUERTO ESPECIAL 35.00   70.00
1    TIPAKAY DE POLLO    40.50   40.50
{_LINE}
{row("OP. GRAVADA", "100.00")}
{row("IGV 10.5%", "10.50")}
{row("TOTAL A PAGAR S/", "110.50")}
SON CIENTO DIEZ CON 50/100 SOLES
{row("VISA", "110.50")}
"""
    return Wild("chifa_reducida", roll(body, qr=symbol(one)), (one,), _ANY)


@wild
def hotel_recargo() -> Wild:
    """Service charge outside the base, nights as quantities, guest and company both named."""
    one = invoice(
        "01", "F002-3310", date(2026, 5, 9), "482.00", "42.00",
        [("HABITACION DOBLE DESAYUNO INCLUIDO", "360.00"), ("LAVANDERIA", "40.00")], supplier=ruc("hotel2"),
        name="HOSTERIA VALLE SAGRADO S.A.C.", customer=ruc("hotel2/b"), buyer="MINERA CERRO PARDO S.A.A.",
    )  # fmt: skip
    art = f"""
#HOSTERIA VALLE SAGRADO S.A.C.                      RUC: {one.supplier.ruc}
Calle Grau 120, Urubamba - Cusco                    FACTURA ELECTRÓNICA
reservas@hosteria.example                           N° F002-00003310

Empresa: MINERA CERRO PARDO S.A.A.                  Emisión: 09/05/2026
RUC: {one.customer.id}                                    Check in: 07/05/2026
Huésped: SALAS VERA CARMEN                          Check out: 09/05/2026
Hab.: 204                                           Moneda: Soles

Fecha        Concepto                               Noches    Tarifa     Importe
07/05/2026   HABITACION DOBLE DESAYUNO INCLUIDO        2      180.00      360.00
08/05/2026   LAVANDERIA                                1       40.00       40.00

                                              Op. Gravada            400.00
                                              IGV (10.5%)             42.00
                                              Recargo al consumo 10%  40.00
                                              Importe Total S/       482.00
Son: {spelled("482")}
"""
    return Wild("hotel_recargo", typed(art, qr=(0, 17, symbol(one))), (one,), _ANY)


@wild
def botica_lotes() -> Wild:
    """Lots and expiry dates stand in their own columns beside each line."""
    one = invoice(
        "01", "F010-771", date(2026, 10, 20), "531.00", "81.00",
        [("PARACETAMOL 500MG TAB CJA X100", "200.00"), ("AMOXICILINA 500MG CAP CJA X50", "150.00"),
            ("ALCOHOL 70 GRADOS 1L", "100.00")],
        supplier=ruc("botica"), name="DROGUERIA SALUD ANDINA S.A.C.", customer=ruc("botica/b"),
        buyer="BOTICAS SAN MARTIN E.I.R.L.",
    )  # fmt: skip
    art = f"""
DROGUERIA SALUD ANDINA S.A.C.                                          R.U.C. {one.supplier.ruc}
AV. NICOLAS AYLLON 2241 ATE LIMA                                       FACTURA ELECTRÓNICA
TELF. 01-3334455                                                       F010-00000771

SEÑOR(ES)  : BOTICAS SAN MARTIN E.I.R.L.             R.U.C. : {one.customer.id}
DIRECCION  : JR. AREQUIPA 455 HUARAZ                 VENDEDOR : 014 - PEREZ
F. EMISION : 20/10/2026    F. VENCTO. : 19/11/2026   COND. PAGO : CREDITO 30 DIAS   MONEDA : SOLES

CODIGO   DESCRIPCION                       LOTE      F.VCTO     UND   CANT    P.UNIT     IMPORTE
001245   PARACETAMOL 500MG TAB CJA X100    2410A1    10/2028    CJA     20     10.00      200.00
001377   AMOXICILINA 500MG CAP CJA X50     AX8812    05/2027    CJA     10     15.00      150.00
002210   ALCOHOL 70 GRADOS 1L              0771B     12/2029    FCO     20      5.00      100.00

SON : {spelled("531")}
                                                              VALOR VENTA    S/      450.00
                                                              I.G.V. 18%     S/       81.00
                                                              TOTAL          S/      531.00
"""
    return Wild("botica_lotes", typed(art, qr=(0, 17, symbol(one))), (one,), _ANY)


@wild
def super_promociones() -> Wild:
    """Weights, promotions and bags on a supermarket's roll; prices with tax, exempt fruit."""
    one = invoice(
        "03", "BA12-990012", date(2026, 11, 3), "49.74", "4.88",
        [("ARROZ SUPERIOR 5KG", "22.00"), ("YOGURT FRESA 1L", "15.00"), ("PROMO 2DO AL 33%", "-5.00"),
            ("MANZANA ROJA", "9.24"), ("UVA RED GLOBE", "8.00")],
        supplier=ruc("super2"), name="HIPERMERCADOS DEL NORTE S.A.",
    )  # fmt: skip
    # taxed 37.00 - 5.00 = 32.00 (27.12 + 4.88), exempt 17.24, bag 0.50
    body = f"""
>HIPERMERCADOS DEL NORTE S.A.
>RUC {one.supplier.ruc}
>AV. VICTOR LARCO 1220 TRUJILLO
>BOLETA DE VENTA ELECTRONICA
>BA12-00990012
03/11/2026 19:20:44 C:012 CAJ:88712
{_LINE}
7751234000015
ARROZ SUPERIOR 5KG
{row("  1 X 22.00", "22.00")}
7759876000031
YOGURT FRESA 1L
{row("  2 X 7.50", "15.00")}
{row("  PROMO 2DO AL 33%", "-5.00")}
MANZANA ROJA
{row("  1.320 KG X 7.00", "9.24")}
UVA RED GLOBE
{row("  0.800 KG X 10.00", "8.00")}
BOLSA 1 UND
{_LINE}
{row("OP.GRAVADA", "27.12")}
{row("OP.EXONERADA", "17.24")}
{row("IGV", "4.88")}
{row("ICBPER", "0.50")}
{row("TOTAL", "S/ 49.74")}
{row("TARJETA DEBITO", "49.74")}
USTED AHORRO S/ 5.00
"""
    return Wild("super_promociones", roll(body, qr=symbol(one)), (one,), _ANY)


@wild
def ferreteria_58() -> Wild:
    """A narrow roll: one value a line."""
    one = invoice(
        "03", "B001-12345", date(2026, 11, 14), "48.00", "7.32",
        [("CINTA AISLANTE 3M", "9.00"), ("FOCO LED 12W", "24.00"), ("TOMACORRIENTE DOBLE", "15.00")],
        supplier=ruc("ferre58", "10"), name="QUISPE MAMANI ROSA", buyer="CLIENTES VARIOS",
    )  # fmt: skip
    body = f"""
>FERRETERIA ROSITA
>QUISPE MAMANI ROSA
>RUC: {one.supplier.ruc}
>BOLETA ELECTRONICA
>B001-00012345
FECHA: 14-11-2026 11:05
CLIENTE: CLIENTES VARIOS
--------------------------------
CINTA AISLANTE 3M
{row("2 UND x 4.50", "9.00", 32)}
FOCO LED 12W
{row("3 UND x 8.00", "24.00", 32)}
TOMACORRIENTE DOBLE
{row("1 UND x 15.00", "15.00", 32)}
--------------------------------
{row("GRAVADA", "40.68", 32)}
{row("IGV", "7.32", 32)}
{row("TOTAL S/", "48.00", 32)}
CUARENTA Y OCHO CON 00/100 SOLES
"""
    return Wild("ferreteria_58", roll(body, width=32, qr=symbol(one)), (one,), _ANY)


@wild
def viajes_app() -> Wild:
    """A ride by app as factura: route and times around one line."""
    one = invoice(
        "01", "FT01-88123", date(2026, 11, 8), "23.60", "3.60",
        [("SERVICIO DE TRANSPORTE DE PASAJEROS", "20.00")], supplier=ruc("app"),
        name="MOVILIDAD DIGITAL PERU S.A.C.", customer=ruc("app/b"), buyer="CONSULTORA INTI S.A.C.",
    )  # fmt: skip
    art = f"""
#MOVILIDAD DIGITAL PERU S.A.C.
RUC {one.supplier.ruc}
Av. El Derby 254, Santiago de Surco, Lima

#Factura electrónica
FT01-00088123
Fecha de emisión: 08/11/2026
Facturado a: CONSULTORA INTI S.A.C.
RUC: {one.customer.id}

Viaje del 08/11/2026 18:22     9.4 km     31 min
Origen: Av. Larco 345, Miraflores
Destino: Jr. de la Unión 300, Lima

Cantidad   Descripción                               Valor unitario   Total
1          SERVICIO DE TRANSPORTE DE PASAJEROS            20.00        20.00

Subtotal                                                               S/ 20.00
IGV (18%)                                                              S/ 3.60
Total                                                                  S/ 23.60
Pagado con tarjeta Visa ****4411
"""
    return Wild("viajes_app", typed(art), (one,), _FAIR)


@wild
def internet_hogar() -> Wild:
    """Internet and cable: a bill with the plan's lines, the debt of before, and a due date."""
    one = invoice(
        "14", "S002-4410233", date(2026, 11, 1), "141.60", "21.60",
        [("Internet Fibra 200 Mbps", "90.00"), ("Cable básico", "30.00")],
        supplier=ruc("fibra"), name="FIBRA DEL NORTE S.A.", customer=dni("fibra"), buyer="CARMEN SALAS VERA",
    )  # fmt: skip
    art = f"""
#FIBRA DEL NORTE S.A.                                       RECIBO ELECTRÓNICO
RUC {one.supplier.ruc}                                            S002-04410233
Av. España 2210 Trujillo

Titular: CARMEN SALAS VERA                                  Fecha de emisión: 01/11/2026
DNI: {one.customer.id}                                               Fecha de vencimiento: 18/11/2026
Código de cliente: 44120098                                 Periodo: 01/11/2026 al 30/11/2026

Detalle de servicios                                                        Importe
Internet Fibra 200 Mbps                                                       90.00
Cable básico                                                                  30.00

Sub total                                                                    120.00
IGV 18%                                                                       21.60
Total facturado                                                           S/ 141.60
Deuda anterior                                                            S/ 0.00
TOTAL A PAGAR                                                             S/ 141.60
"""
    return Wild("internet_hogar", typed(art), (one,), _FAIR)


@wild
def sol_boleta() -> Wild:
    """SUNAT's portal: a boleta of the NRUS, every sum zero but the total."""
    one = invoice(
        "03", "EB01-77", date(2026, 6, 2), "140.00", None, [("ARREGLO DE CALZADO", "140.00")],
        supplier=ruc("solb", "10"), name="HUANCA TITO MARIA ELENA", customer=dni("solb"),
        buyer="SALAS VERA CARMEN",
    )  # fmt: skip
    art = f"""
HUANCA TITO MARIA ELENA                                       BOLETA DE VENTA ELECTRONICA
JR. PUNO 455                                                  RUC: {one.supplier.ruc}
JULIACA - SAN ROMAN - PUNO                                    EB01-77

Fecha de Emisión    : 02/06/2026
Señor(es)           : SALAS VERA CARMEN
DNI                 : {one.customer.id}
Tipo de Moneda      : SOLES
Observación         :

Cantidad    Unidad Medida    Código    Descripción              Valor Unitario(*)    Descuento(*)    Importe de Venta(**)    ICBPER
1.00        UNIDAD                     ARREGLO DE CALZADO                  140.00            0.00                  140.00      0.00

                                                         Otros Cargos :     S/0.00
                                                         Otros Tributos :   S/0.00
                                                         Importe Total :    S/140.00
SON: CIENTO CUARENTA Y 00/100 SOLES
(*) Sin impuestos.
(**) Incluye impuestos, de ser Op. Gravada.
Op. Gravada :       S/ 0.00
Op. Exonerada :     S/ 0.00
Op. Inafecta :      S/ 0.00
ISC :               S/ 0.00
IGV :               S/ 0.00
ICBPER :            S/ 0.00
Importe Total :     S/ 140.00
Esta es una representación impresa de la Boleta de Venta Electrónica, generada en el Sistema de la SUNAT.
"""
    return Wild("sol_boleta", typed(art), (one,), _FAIR)


@wild
def facturador_sfs() -> Wild:
    """The SUNAT facturador's sheet: value, discount, sale value, price and amount all beside each other."""
    one = invoice(
        "01", "F001-3021", date(2026, 8, 30), "1121.00", "171.00",
        [("SILLA ERGONOMICA MALLA NEGRA", "450.00"), ("ESCRITORIO MELAMINE 1.20 M", "500.00")],
        supplier=ruc("sfs"), name="MUEBLES Y ESPACIOS S.A.C.", customer=ruc("sfs/b"),
        buyer="COLEGIO NUEVO MUNDO S.A.C.",
    )  # fmt: skip
    art = f"""
                                                              RUC {one.supplier.ruc}
MUEBLES Y ESPACIOS S.A.C.                                     FACTURA ELECTRÓNICA
AV. ANGAMOS ESTE 1540 SURQUILLO - LIMA - LIMA                 Nro. F001-00003021

Fecha de emisión :    2026-08-30          Fecha de vencimiento :   2026-09-29
Señor(es) :           COLEGIO NUEVO MUNDO S.A.C.
RUC :                 {one.customer.id}
Tipo de moneda :      SOL

Cantidad   Unidad medida   Código   Descripción                       Valor unit.   Descuento   Valor de venta   Precio unit.   Total
2.000      NIU             SE-01    SILLA ERGONOMICA MALLA NEGRA          225.00        0.00           450.00         265.50    531.00
1.000      NIU             ES-12    ESCRITORIO MELAMINE 1.20 M            500.00        0.00           500.00         590.00    590.00

                                                                           Operación Gravada     S/      950.00
                                                                           Operación Inafecta    S/        0.00
                                                                           Operación Exonerada   S/        0.00
                                                                           IGV                   S/      171.00
                                                                           ISC                   S/        0.00
                                                                           IMPORTE TOTAL         S/    1,121.00
IMPORTE EN LETRAS: {spelled("1121")}
"""
    truth = one.model_copy(
        update={
            "items": [i.model_copy(update={"amount": a}) for i, a in zip(one.items, (531, 590), strict=True)]
        }
    )
    return Wild("facturador_sfs", typed(art, qr=(0, 14, symbol(one))), (truth,), _ANY)


@wild
def vu_pu_dcto() -> Wild:
    """Item number first, value and price, a percentage of discount, the sale's value last."""
    one = invoice(
        "01", "FF01-123", date(2026, 11, 4), "637.20", "97.20",
        [("TONER NEGRO CF258A COMPATIBLE", "270.00"), ("PAPEL BOND A4 75 GR MILLAR", "270.00")],
        supplier=ruc("vupu"), name="SUMINISTROS GRAFICOS ORION S.R.L.", customer=ruc("vupu/b"),
        buyer="ESTUDIO JURIDICO PALOMINO S. CIVIL DE R.L.",
    )  # fmt: skip
    art = f"""
#SUMINISTROS GRAFICOS ORION S.R.L.                               R.U.C. {one.supplier.ruc}
Jr. Cailloma 455 Of. 203 - Cercado de Lima                       FACTURA ELECTRÓNICA
Central: 01 4270000                                              FF01 - 123

Cliente:    ESTUDIO JURIDICO PALOMINO S. CIVIL DE R.L.           Fecha emisión:     04/11/2026
RUC:        {one.customer.id}                                          Fecha vencimiento: 04/12/2026
Dirección:  Av. Arequipa 3300 San Isidro                         Moneda:            Soles

Item   Código    Descripción                         Und.   Cant.    V.Unit.    P.Unit.    % Dcto    V.Venta
1      TN258     TONER NEGRO CF258A COMPATIBLE       NIU     2.00     150.00     177.00     10.00     270.00
2      PB075     PAPEL BOND A4 75 GR MILLAR          MLL    12.00      25.00      29.50     10.00     270.00

                                                                  Op. Gravada    S/     540.00
                                                                  I.G.V. 18%     S/      97.20
                                                                  Total          S/     637.20
Son: {spelled("637.20")}
"""
    return Wild("vu_pu_dcto", typed(art, qr=(0, 16, symbol(one))), (one,), _ANY)


@wild
def detraccion_servicio() -> Wild:
    """Security services: detracción with its account, a net to pay, bank accounts in two currencies."""
    one = invoice(
        "01", "F001-890", date(2026, 10, 31), "5900.00", "900.00",
        [("SERVICIO DE VIGILANCIA PRIVADA - OCTUBRE 2026", "5000.00")], supplier=ruc("vigila"),
        name="CENTINELA SEGURIDAD INTEGRAL S.A.C.", customer=ruc("vigila/b"),
        buyer="CONDOMINIO LAS CASUARINAS",
    )  # fmt: skip
    art = f"""
CENTINELA SEGURIDAD INTEGRAL S.A.C.                           RUC: {one.supplier.ruc}
Calle Los Tulipanes 147 Surco - Lima                          FACTURA ELECTRÓNICA
                                                              F001-890
Fecha de Emisión: 31/10/2026       Fecha de Vencimiento: 15/11/2026
Señor(es): CONDOMINIO LAS CASUARINAS
RUC: {one.customer.id}            Dirección: Av. Casuarinas 500
Tipo de moneda: SOLES             Forma de pago: CRÉDITO

Nº   Descripción                                         Unidad   Cantidad   Precio Unitario   Importe
1    SERVICIO DE VIGILANCIA PRIVADA - OCTUBRE 2026       ZZ           1.00          5,000.00   5,000.00

Operación sujeta al SPOT - Cód. 022 - 12%               Sub Total         S/ 5,000.00
Cta. Detracciones BN: 00-068-123456                     IGV 18%           S/   900.00
Monto detracción: S/ 708.00                             Total             S/ 5,900.00
                                                        Neto a pagar      S/ 5,192.00
SON: {spelled("5900")}
Cuentas: BCP Soles 191-2233445-0-66   BBVA Dólares 0011-0123-0200456789
Cuota 1: S/ 5,192.00 vence 15/11/2026
"""
    return Wild("detraccion_servicio", typed(art, qr=(0, 20, symbol(one))), (one,), ("proven", "consistent"))


@wild
def credito_cuotas() -> Wild:
    """Three instalments with dates and amounts that are no totals."""
    one = invoice(
        "01", "E001-2210", date(2026, 9, 15), "3540.00", "540.00",
        [("ALQUILER DE ANDAMIOS SETIEMBRE", "2000.00"), ("TRANSPORTE Y MONTAJE", "1000.00")],
        supplier=ruc("cuotas"), name="ANDAMIOS Y ENCOFRADOS DEL SUR S.A.C.", customer=ruc("cuotas/b"),
        buyer="CONSTRUCTORA MISTI S.A.C.",
    )  # fmt: skip
    art = f"""
ANDAMIOS Y ENCOFRADOS DEL SUR S.A.C.                          FACTURA ELECTRONICA
AV. AVIACION KM 6.5 CERRO COLORADO                            RUC: {one.supplier.ruc}
AREQUIPA - AREQUIPA - CERRO COLORADO                          E001-2210

Fecha de Emisión      : 15/09/2026                            Forma de pago: Crédito
Señor(es)             : CONSTRUCTORA MISTI S.A.C.
RUC                   : {one.customer.id}
Tipo de Moneda        : SOLES

Cantidad    Unidad Medida    Descripción                              Valor Unitario       ICBPER
1.00        UNIDAD           ALQUILER DE ANDAMIOS SETIEMBRE                2000.00         0.00
1.00        UNIDAD           TRANSPORTE Y MONTAJE                          1000.00         0.00

                                                       Sub Total Ventas :      S/ 3,000.00
                                                       Anticipos :             S/ 0.00
                                                       Descuentos :            S/ 0.00
                                                       Valor Venta :           S/ 3,000.00
                                                       ISC :                   S/ 0.00
                                                       IGV :                   S/ 540.00
                                                       Otros Cargos :          S/ 0.00
                                                       Monto de redondeo :     S/ 0.00
                                                       Importe Total :         S/ 3,540.00
SON: TRES MIL QUINIENTOS CUARENTA Y 00/100 SOLES
Información del crédito
Monto neto pendiente de pago :  S/ 3,540.00
Total de Cuotas : 3
N° Cuota   Fec. Venc.    Monto      N° Cuota   Fec. Venc.    Monto      N° Cuota   Fec. Venc.    Monto
1          15/10/2026    1,180.00   2          15/11/2026    1,180.00   3          15/12/2026    1,180.00
"""
    return Wild("credito_cuotas", typed(art), (one,), _FAIR)


@wild
def nota_boleta() -> Wild:
    """A credit note on a boleta, on a roll, the reason spelled."""
    one = invoice(
        "07", "BC01-12", date(2026, 11, 10), "59.90", "9.14", [("ZAPATILLA URBANA T38", "59.90")],
        supplier=ruc("nboleta"), name="CALZADOS TREN DEL SUR S.A.C.", customer=dni("nboleta"),
    )  # fmt: skip
    body = f"""
>CALZADOS TREN DEL SUR S.A.C.
>RUC {one.supplier.ruc}
>NOTA DE CREDITO ELECTRONICA
>BC01-00000012
FECHA EMISION : 10/11/2026
DOC. MODIFICA : BOLETA B004-00011872
FECHA DOC.    : 02/11/2026
MOTIVO        : 06 DEVOLUCION TOTAL
DNI           : {one.customer.id}
{_LINE}
ZAPATILLA URBANA T38
{row("  1 NIU X 59.90", "59.90")}
{_LINE}
{row("OP. GRAVADA", "50.76")}
{row("I.G.V. 18%", "9.14")}
{row("TOTAL S/", "59.90")}
SON: CINCUENTA Y NUEVE CON 90/100 SOLES
"""
    return Wild("nota_boleta", roll(body, qr=symbol(one)), (one,), _ANY)


@wild
def nota_interes() -> Wild:
    """A debit note for interest."""
    one = invoice(
        "08", "FD01-3", date(2026, 11, 2), "94.40", "14.40",
        [("INTERES POR MORA FACTURA F001-1180", "80.00")], supplier=ruc("nd"), name="ACEROS DEL CENTRO S.A.",
        customer=ruc("nd/b"), buyer="METALMECANICA ROJAS E.I.R.L.",
    )  # fmt: skip
    art = f"""
ACEROS DEL CENTRO S.A.                                     R.U.C. N° {one.supplier.ruc}
Av. Argentina 2020 - Callao                                NOTA DE DÉBITO ELECTRÓNICA
                                                           N° FD01 - 00000003

Señores: METALMECANICA ROJAS E.I.R.L.                      Fecha de emisión: 02/11/2026
RUC: {one.customer.id}                                           Moneda: PEN
Documento que modifica: FACTURA ELECTRÓNICA F001-00001180 del 01/09/2026
Tipo de nota: 01 Intereses por mora

Cant.   Unid.   Descripción                                  P. Unit.     Importe
1.00    ZZ      INTERES POR MORA FACTURA F001-1180              80.00       80.00

                                                    OP. GRAVADA   S/        80.00
                                                    IGV (18%)     S/        14.40
                                                    TOTAL         S/        94.40
SON: {spelled("94.40")}
"""
    return Wild("nota_interes", typed(art, qr=(0, 15, symbol(one))), (one,), _ANY)


@wild
def dolares_tc() -> Wild:
    """Dollars, with the day's rate and the same in soles below as information."""
    one = invoice(
        "01", "F003-551", date(2026, 11, 11), "2360.00", "360.00",
        [("LICENCIA ANUAL SOFTWARE CAD", "1500.00"), ("SOPORTE TECNICO 10 HORAS", "500.00")],
        supplier=ruc("usd"), name="INGENIERIA DIGITAL ANDES S.A.C.", customer=ruc("usd/b"),
        buyer="PROYECTOS HIDRAULICOS TAMBO S.A.", currency="USD",
    )  # fmt: skip
    art = f"""
INGENIERIA DIGITAL ANDES S.A.C.                               RUC {one.supplier.ruc}
Av. Javier Prado 2550 San Borja                               FACTURA ELECTRÓNICA
                                                              F003-00000551
Cliente       PROYECTOS HIDRAULICOS TAMBO S.A.                Fecha emisión      11/11/2026
RUC           {one.customer.id}                                     Fecha vencimiento  11/12/2026
Orden compra  OC-4411                                         Moneda             DÓLARES AMERICANOS

Cantidad   Descripción                            Precio unitario    Subtotal
1          LICENCIA ANUAL SOFTWARE CAD            US$ 1,500.00       US$ 1,500.00
10         SOPORTE TECNICO 10 HORAS               US$ 50.00          US$ 500.00

                                                  Valor de venta     US$ 2,000.00
                                                  IGV 18%            US$ 360.00
                                                  Importe total      US$ 2,360.00
SON: {spelled("2360", "USD")}
Tipo de cambio referencial S/ 3.75 - Equivalente en soles S/ 8,850.00
"""
    return Wild("dolares_tc", typed(art, qr=(0, 18, symbol(one))), (one,), _ANY)


@wild
def muestra_gratis() -> Wild:
    """All is free: the total is zero, and the value stands as a free operation."""
    one = invoice(
        "01", "F001-66", date(2026, 11, 6), "0.00", "0.00", [("MUESTRA MEDICA VITAMINA C 10 TAB", "100.00")],
        supplier=ruc("gratis"), name="LABORATORIOS QUIMICA SUIZANA S.A.", customer=ruc("gratis/b"),
        buyer="CLINICA SANTA LUCIA S.A.",
    )  # fmt: skip
    art = f"""
LABORATORIOS QUIMICA SUIZANA S.A.                          RUC {one.supplier.ruc}
Av. República de Panamá 2577 La Victoria                   FACTURA ELECTRÓNICA
                                                           F001-00000066
Señor(es): CLINICA SANTA LUCIA S.A.                        Fecha de emisión: 06/11/2026
RUC: {one.customer.id}                                           Moneda: SOLES

Cant.   Descripción                                  V. Unit.     Importe
50      MUESTRA MEDICA VITAMINA C 10 TAB                 2.00       100.00

                                               Op. Gratuitas   S/     100.00
                                               Op. Gravadas    S/       0.00
                                               IGV             S/       0.00
                                               Importe total   S/       0.00
SON: CERO CON 00/100 SOLES
TRANSFERENCIA GRATUITA DE UN BIEN Y/O SERVICIO PRESTADO GRATUITAMENTE
"""
    return Wild(
        "muestra_gratis",
        typed(art, qr=(0, 17, symbol(one))),
        (one,),
        ("proven", "consistent", "needs_review"),
    )


@wild
def descuento_global() -> Wild:
    """A discount over all before the tax."""
    one = invoice(
        "01", "F005-41", date(2026, 10, 9), "1062.00", "162.00",
        [("PUERTA CONTRAPLACADA 0.80", "600.00"), ("MARCO DE CEDRO", "400.00")], supplier=ruc("dglobal"),
        name="CARPINTERIA SAN JOSE OBRERO E.I.R.L.", customer=ruc("dglobal/b"),
        buyer="INMOBILIARIA LOS SAUCES S.A.C.",
    )  # fmt: skip
    art = f"""
CARPINTERIA SAN JOSE OBRERO E.I.R.L.                       RUC: {one.supplier.ruc}
Parque Industrial Mz. C Lt. 12 - VES                       FACTURA ELECTRÓNICA
                                                           F005-00000041
RAZÓN SOCIAL : INMOBILIARIA LOS SAUCES S.A.C.              FECHA EMISIÓN : 09/10/2026
RUC          : {one.customer.id}                                 MONEDA        : SOLES

CÓDIGO   DESCRIPCIÓN                      CANTIDAD    UNIDAD    P. UNITARIO    TOTAL
P080     PUERTA CONTRAPLACADA 0.80            4.00       NIU         150.00   600.00
M001     MARCO DE CEDRO                       4.00       NIU         100.00   400.00

                                                    SUB TOTAL          S/   1,000.00
                                                    DSCTO GLOBAL 10%   S/     100.00
                                                    OP. GRAVADA        S/     900.00
                                                    IGV 18%            S/     162.00
                                                    TOTAL              S/   1,062.00
SON: {spelled("1062")}
"""
    return Wild("descuento_global", typed(art, qr=(0, 16, symbol(one))), (one,), _ANY)


@wild
def exportacion_bilingue() -> Wild:
    """Export in two languages: a customer abroad, no tax, dollars."""
    one = invoice(
        "01", "F001-2033", date(2026, 8, 21), "18750.00", "0.00",
        [("FRESH HASS AVOCADO CAT 1 BOX 4KG", "18750.00")], supplier=ruc("palta"),
        name="AGRICOLA VALLE CHINCHA S.A.C.", customer="HRB20451", buyer="FRUITS TRADING GMBH",
        currency="USD",
    )  # fmt: skip
    art = f"""
AGRICOLA VALLE CHINCHA S.A.C.                              RUC: {one.supplier.ruc}
Fundo San Regis s/n Chincha Alta - Ica - Perú              FACTURA ELECTRÓNICA
www.vallechincha.example                                   F001-2033

Cliente / Customer:    FRUITS TRADING GMBH                 Fecha / Date: 21/08/2026
Doc. / ID:             HRB20451                            Moneda / Currency: USD
Dirección / Address:   Hafenstrasse 12, Hamburg, Germany   Incoterm: FOB Callao
Tipo de operación: 0200 Exportación de bienes

Cantidad   Descripción                               Precio unit.     Importe
Quantity   Description                               Unit price       Amount
2500       FRESH HASS AVOCADO CAT 1 BOX 4KG                7.50     18,750.00

                                                  Op. Exportación   US$ 18,750.00
                                                  IGV               US$ 0.00
                                                  Importe total     US$ 18,750.00
SON: {spelled("18750", "USD")}
Partida arancelaria 0804.40.00.00   Contenedor MNBU3344551   Booking 771120
"""
    return Wild("exportacion_bilingue", typed(art, qr=(0, 20, symbol(one))), (one,), ("proven", "consistent"))


@wild
def cerveza_percepcion() -> Wild:
    """Drinks with selective tax and perception: what is paid is more than the total."""
    one = invoice(
        "01", "F071-33012", date(2026, 11, 19), "708.00", "108.00",
        [("CERVEZA RUBIA 620ML CJA X12", "500.00")], supplier=ruc("cerveza"),
        name="DISTRIBUIDORA CEBADA REAL S.A.", customer=ruc("cerveza/b"),
        buyer="LICORERIA EL TREBOL E.I.R.L.",
    )  # fmt: skip
    art = f"""
DISTRIBUIDORA CEBADA REAL S.A.                                RUC {one.supplier.ruc}
Av. Separadora Industrial 1455 Ate                            FACTURA ELECTRÓNICA
                                                              F071-00033012
Cliente : LICORERIA EL TREBOL E.I.R.L.      Fecha emisión : 19/11/2026   Hora : 08:14
RUC     : {one.customer.id}                 Ruta : 044   Vendedor : 7712
Moneda  : SOLES                             Cond. venta : CONTADO

Código    Descripción                       Cant     UM     Valor Unit    Valor Venta
100233    CERVEZA RUBIA 620ML CJA X12       10       CJ          50.00         500.00

                                                  Op. Gravada       500.00
                                                  ISC               100.00
                                                  IGV 18%           108.00
                                                  Importe Total     708.00
                                                  Percepción 2%      14.16
                                                  Total a Cobrar    722.16
SON: {spelled("708")}
"""
    return Wild("cerveza_percepcion", typed(art, qr=(0, 17, symbol(one))), (one,), _ANY)


@wild
def fecha_en_palabras() -> Wild:
    """The place and the day are written out above the customer."""
    one = invoice(
        "01", "F001-123", date(2026, 11, 12), "472.00", "72.00", [("LEGALIZACION DE LIBROS", "400.00")],
        supplier=ruc("notario", "10"), name="PAREDES SOTO JAIME ENRIQUE", customer=ruc("notario/b"),
        buyer="AGROINDUSTRIAS CAÑETE S.A.C.",
    )  # fmt: skip
    art = f"""
#NOTARIA PAREDES                                           R.U.C. N° {one.supplier.ruc}
de: PAREDES SOTO JAIME ENRIQUE                             FACTURA ELECTRÓNICA
Jr. O'Higgins 211 San Vicente de Cañete                    N° F001 N° 000123

San Vicente de Cañete, 12 de noviembre del 2026
Señor(es): AGROINDUSTRIAS CAÑETE S.A.C.
R.U.C.: {one.customer.id}

CANT.   DESCRIPCION                                P. UNITARIO    IMPORTE
1       LEGALIZACION DE LIBROS                          400.00     400.00

SON: {spelled("472")}
                                                   SUB TOTAL   S/  400.00
                                                   I.G.V.      S/   72.00
                                                   TOTAL       S/  472.00
"""
    return Wild("fecha_en_palabras", typed(art, qr=(0, 14, symbol(one))), (one,), _ANY)


@wild
def pension_colegio() -> Wild:
    """Teaching is not taxed; the pupil is named beside the parent."""
    one = invoice(
        "03", "B002-20441", date(2026, 11, 2), "650.00", "0.00",
        [("PENSION DE ENSEÑANZA NOVIEMBRE 2026 - 3RO PRIMARIA", "650.00")], supplier=ruc("colegio"),
        name="ASOCIACION EDUCATIVA SANTA ROSA", customer=dni("colegio"), buyer="MEZA LAZO ROBERTO",
    )  # fmt: skip
    art = f"""
ASOCIACION EDUCATIVA SANTA ROSA                            RUC {one.supplier.ruc}
Jr. Libertad 320 - Ayacucho                                BOLETA DE VENTA ELECTRÓNICA
                                                           B002-00020441
Señor(a): MEZA LAZO ROBERTO                                Fecha de emisión: 02/11/2026
DNI: {one.customer.id}                                              Fecha de vencimiento: 30/11/2026
Alumno: MEZA CARDENAS LUCIA                                Moneda: SOLES

Cant.   Descripción                                              P. Unit.     Importe
1       PENSION DE ENSEÑANZA NOVIEMBRE 2026 - 3RO PRIMARIA         650.00      650.00

                                                 OP. INAFECTA     S/   650.00
                                                 OP. EXONERADA    S/     0.00
                                                 IGV              S/     0.00
                                                 IMPORTE TOTAL    S/   650.00
SON: {spelled("650")}
"""
    return Wild("pension_colegio", typed(art, qr=(0, 17, symbol(one))), (one,), ("proven", "consistent"))


@wild
def clinica_copago() -> Wild:
    """A clinic: insurer, patient, deducible, percentages between the sums."""
    one = invoice(
        "03", "B101-88120", date(2026, 11, 16), "118.00", "18.00",
        [("CONSULTA MEDICINA INTERNA - DEDUCIBLE", "60.00"), ("COASEGURO LABORATORIO 20%", "40.00")],
        supplier=ruc("clinica"), name="CLINICA CORDILLERA BLANCA S.A.C.", customer=dni("clinica"),
        buyer="ROJAS LEON PATRICIA",
    )  # fmt: skip
    art = f"""
#CLINICA CORDILLERA BLANCA S.A.C.                          RUC: {one.supplier.ruc}
Av. Luzuriaga 990 Huaraz                                   BOLETA DE VENTA ELECTRÓNICA
                                                           B101-00088120
Paciente  : ROJAS LEON PATRICIA                            Fecha emisión: 16/11/2026 09:40
DNI       : {one.customer.id}                                       Moneda: SOLES
Compañía  : SEGUROS DEL PACIFICO SUR   Historia: 44120     Médico: DR. VEGA

Cant.  Código  Descripción                                     Valor Unit.   Importe
1      50.01   CONSULTA MEDICINA INTERNA - DEDUCIBLE                 60.00     60.00
1      80.20   COASEGURO LABORATORIO 20%                             40.00     40.00

                                                       Op. gravada  S/  100.00
                                                       IGV          S/   18.00
                                                       Total        S/  118.00
Son: {spelled("118")}
"""
    return Wild("clinica_copago", typed(art, qr=(0, 16, symbol(one))), (one,), _ANY)


@wild
def arroz_ivap() -> Wild:
    """Milled rice pays four per cent."""
    one = invoice(
        "01", "F001-777", date(2026, 10, 3), "4992.00", "192.00",
        [("ARROZ PILADO SUPERIOR SACO 50 KG", "4800.00")], supplier=ruc("ivap"), name="MOLINO TALLAN S.R.L.",
        customer=ruc("ivap/b"), buyer="COMERCIAL DON PEPE E.I.R.L.",
    )  # fmt: skip
    art = f"""
MOLINO TALLAN S.R.L.                                       RUC {one.supplier.ruc}
Carretera Piura - Sullana Km 3                             FACTURA ELECTRÓNICA
                                                           F001-00000777
Señores: COMERCIAL DON PEPE E.I.R.L.                       Fecha de emisión: 03/10/2026
RUC: {one.customer.id}                                           Moneda: SOLES

CANTIDAD   U.M.   DESCRIPCION                              V. UNITARIO    IMPORTE
40.00      SAC    ARROZ PILADO SUPERIOR SACO 50 KG              120.00   4,800.00

                                             BASE IMPONIBLE IVAP   S/   4,800.00
                                             IVAP 4%               S/     192.00
                                             TOTAL                 S/   4,992.00
SON: {spelled("4992")}
OPERACIÓN SUJETA AL IVAP
"""
    return Wild(
        "arroz_ivap", typed(art, qr=(0, 14, symbol(one))), (one,), ("proven", "consistent", "needs_review")
    )


@wild
def factura_impresa() -> Wild:
    """A printed form of an imprenta: numeric series, no symbol, blank day boxes filled."""
    one = invoice(
        "01", "0001-451", date(2026, 11, 7), "590.00", "90.00",
        [("Confección de polos publicitarios", "500.00")], supplier=ruc("imprenta"),
        name="CONFECCIONES GAMARRA STYLE S.A.C.", customer=ruc("imprenta/b"), buyer="Gimnasio Titán S.R.L.",
    )  # fmt: skip
    art = f"""
#CONFECCIONES GAMARRA STYLE S.A.C.                         R.U.C. {one.supplier.ruc}
Jr. Gamarra 811 Int. 404 La Victoria                       #FACTURA
                                                           0001 - N° 000451

Señor(es): Gimnasio Titán S.R.L.
RUC: {one.customer.id}                                           Fecha: 07/11/2026
Dirección: Av. Brasil 2210

CANT.   DESCRIPCION                                   P. UNIT.     IMPORTE
20      Confección de polos publicitarios                25.00      500.00

Son: Quinientos noventa y 00/100 soles                SUB TOTAL     500.00
                                                      I.G.V. 18%     90.00
                                                      TOTAL S/      590.00
Gráfica Amauta RUC 20512345671 Serie 0001 del 000001 al 001000 Aut. N° 0441223011
"""
    return Wild("factura_impresa", typed(art), (one,), ("consistent", "needs_review"))


@wild
def encomienda() -> Wild:
    """A parcel by bus: sender and receiver both named."""
    one = invoice(
        "03", "B311-5521", date(2026, 11, 18), "15.00", "2.29", [("1 CAJA MEDIANA ROPA USADA", "15.00")],
        supplier=ruc("bus2"), name="EXPRESO TURISMO CHANCAS S.A.C.", customer=dni("bus2"),
    )  # fmt: skip
    body = f"""
>EXPRESO TURISMO CHANCAS S.A.C.
>RUC: {one.supplier.ruc}
>AV. 28 DE JULIO 1890 - LA VICTORIA
>BOLETA DE VENTA ELECTRONICA
>B311-00005521
>SERVICIO DE ENCOMIENDAS
F. EMISION: 18/11/2026 16:02
REMITENTE: LUNA PAZ CARLOS
DNI: {one.customer.id}
CONSIGNADO: PAZ RIOS ELSA
ORIGEN: LIMA  DESTINO: ANDAHUAYLAS
{_LINE}
{row("1 CAJA MEDIANA ROPA USADA", "15.00")}
{_LINE}
{row("OP GRAVADA", "12.71")}
{row("IGV 18%", "2.29")}
{row("IMPORTE TOTAL S/", "15.00")}
SON: QUINCE CON 00/100 SOLES
CLAVE: 4 DIGITOS
"""
    return Wild("encomienda", roll(body, qr=symbol(one)), (one,), _ANY)


@wild
def comision_delivery() -> Wild:
    """A platform's commission, quantity one, period as description over two lines."""
    one = invoice(
        "01", "FA77-120987", date(2026, 11, 15), "354.92", "54.14",
        [("Comisión por intermediación del 01/11/2026 al 15/11/2026", "300.78")], supplier=ruc("plataforma"),
        name="ENTREGAS RAPIDAS DEL PERU S.A.C.", customer=ruc("plataforma/b"),
        buyer="POLLERIA EL GALLO DE ORO E.I.R.L.",
    )  # fmt: skip
    art = f"""
ENTREGAS RAPIDAS DEL PERU S.A.C.
Av. Benavides 1238, Miraflores, Lima
RUC: {one.supplier.ruc}
                                     #FACTURA ELECTRÓNICA
                                     FA77-00120987
DATOS DEL CLIENTE                                     DATOS DEL COMPROBANTE
Razón Social: POLLERIA EL GALLO DE ORO E.I.R.L.       Fecha de Emisión: 15/11/2026
RUC: {one.customer.id}                                      Fecha de Vencimiento: 15/11/2026
Dirección: Jr. Cusco 455, Huancayo                    Moneda: Soles

Código   Descripción                                         Cantidad   Valor Unitario   Valor de Venta
COM      Comisión por intermediación del                     1.00              300.78           300.78
         01/11/2026 al 15/11/2026

Op. Gravada: S/ 300.78
IGV 18%: S/ 54.14
Importe Total: S/ 354.92
Monto en letras: {spelled("354.92")}
"""
    return Wild("comision_delivery", typed(art, qr=(60, 15, symbol(one))), (one,), _ANY)


@wild
def totales_arriba() -> Wild:
    """The total stands in the head in large letters; the table's headings are in two lines."""
    one = invoice(
        "01", "F900-77120", date(2026, 11, 20), "1003.00", "153.00",
        [("PUBLICIDAD EN REDES CAMPAÑA NAVIDAD", "850.00")], supplier=ruc("agencia"),
        name="AGENCIA CREATIVA WAYRA S.A.C.", customer=ruc("agencia/b"), buyer="TIENDAS PUKARA S.A.C.",
    )  # fmt: skip
    art = f"""
#AGENCIA CREATIVA WAYRA S.A.C.                               #S/ 1,003.00
RUC {one.supplier.ruc}                                             Total a pagar
Calle Schell 310 Miraflores                                  Vence el 20/12/2026

FACTURA ELECTRÓNICA F900-77120                               Emitida el 20/11/2026
Para
TIENDAS PUKARA S.A.C.
RUC {one.customer.id}

Descripción                                 Cant.     Precio        Importe
                                                      (sin IGV)     (sin IGV)
PUBLICIDAD EN REDES CAMPAÑA NAVIDAD         1         850.00         850.00

Subtotal                                                             850.00
IGV 18%                                                              153.00
Total                                                              1,003.00
{spelled("1003")}
"""
    return Wild("totales_arriba", typed(art, qr=(0, 17, symbol(one))), (one,), _ANY)


@wild
def rhe_sin_retencion() -> Wild:
    """Fees below the limit: nothing is withheld."""
    one = invoice(
        "02", "E001-55", date(2026, 10, 30), "1500.00", None,
        [("SERVICIO DE DISEÑO GRAFICO OCTUBRE", "1500.00")], supplier=ruc("rhe2", "10"),
        name="FLORES INCA DIANA", customer=ruc("rhe2/b"), buyer="AGENCIA CREATIVA WAYRA S.A.C.",
    )  # fmt: skip
    art = f"""
FLORES INCA DIANA                                          R.U.C. {one.supplier.ruc}
Jr. Ica 455                                                RECIBO POR HONORARIOS ELECTRONICO
CUSCO CUSCO CUSCO                                          Nro: E001- 55
TELÉFONO: 984000111

Recibí de: AGENCIA CREATIVA WAYRA S.A.C.
Identificado con RUC número {one.customer.id}
Domiciliado en CAL. SCHELL 310 MIRAFLORES LIMA
Forma de Pago: AL CONTADO
La suma de: UN MIL QUINIENTOS Y 00/100 SOLES
Por concepto de SERVICIO DE DISEÑO GRAFICO OCTUBRE
Observación -
Inciso A DEL ARTÍCULO 33 DE LA LEY DEL IMPUESTO A LA RENTA
Fecha de emisión 30 de Octubre del 2026

                                  Total por honorarios :              1,500.00
                                  Retención (8 %) IR :                    0.00
                                  Total Neto Recibido :               1,500.00   SOLES
"""
    return Wild("rhe_sin_retencion", typed(art), (one,), _FAIR)


@wild
def alquiler_persona() -> Wild:
    """A rent by a natural person's factura, with the unit after the description."""
    one = invoice(
        "01", "F001-9", date(2026, 11, 1), "2950.00", "450.00",
        [("ALQUILER LOCAL COMERCIAL NOVIEMBRE 2026", "2500.00")], supplier=ruc("renta", "10"),
        name="VALDIVIA TEJADA OSCAR", customer=ruc("renta/b"), buyer="BOTICAS SAN MARTIN E.I.R.L.",
    )  # fmt: skip
    art = f"""
VALDIVIA TEJADA OSCAR                                        FACTURA ELECTRÓNICA
Av. Ejército 710 Yanahuara - Arequipa                        RUC: {one.supplier.ruc}
                                                             F001-00000009
NRO. DOC.   {one.customer.id}              FECHA EMISIÓN      01/11/2026
CLIENTE     BOTICAS SAN MARTIN E.I.R.L.    FECHA VENCIMIENTO  05/11/2026
DIRECCIÓN   JR. AREQUIPA 455 HUARAZ        MONEDA             SOLES

DESCRIPCIÓN                                      UNIDAD   CANT.   V. UNIT.    IMPORTE
ALQUILER LOCAL COMERCIAL NOVIEMBRE 2026          ZZ       1       2,500.00   2,500.00

OP. GRAVADA S/ 2,500.00    IGV 18% S/ 450.00    TOTAL S/ 2,950.00
SON {spelled("2950")}
"""
    return Wild("alquiler_persona", typed(art, qr=(0, 13, symbol(one))), (one,), _ANY)


@wild
def anticipo_en_linea() -> Wild:
    """The advance comes off as a negative line, naming its own factura."""
    one = invoice(
        "01", "F002-118", date(2026, 11, 9), "1180.00", "180.00",
        [("ESTRUCTURA METALICA TECHO 40 M2", "1500.00"),
            ("ANTICIPO F002-00000101 DEL 10/10/2026", "-500.00")],
        supplier=ruc("antic2"), name="METALICAS TUPAC S.A.C.", customer=ruc("antic2/b"),
        buyer="AVICOLA LA GRANJA S.A.C.",
    )  # fmt: skip
    art = f"""
METALICAS TUPAC S.A.C.                                     RUC {one.supplier.ruc}
Av. Tupac Amaru 3310 - Comas                               FACTURA ELECTRÓNICA
                                                           F002-00000118
Razón social: AVICOLA LA GRANJA S.A.C.                     Fecha de emisión: 09/11/2026
RUC: {one.customer.id}                                           Tipo de moneda: SOLES

Cantidad   Unidad   Descripción                                  Valor unitario      Importe
1.00       NIU      ESTRUCTURA METALICA TECHO 40 M2                    1,500.00     1,500.00
1.00       NIU      ANTICIPO F002-00000101 DEL 10/10/2026               -500.00      -500.00

                                                   Op. gravada     S/     1,000.00
                                                   IGV 18%         S/       180.00
                                                   Importe total   S/     1,180.00
SON: {spelled("1180")}
"""
    return Wild("anticipo_en_linea", typed(art, qr=(0, 14, symbol(one))), (one,), _ANY)


@wild
def puntos_de_miles() -> Wild:
    """A foreign system's factura: thousands by point, decimals by comma, in soles."""
    one = invoice(
        "01", "FE01-4471", date(2026, 9, 28), "14868.00", "2268.00",
        [("BOMBA CENTRIFUGA 5HP TRIFASICA", "8400.00"), ("TABLERO DE CONTROL AUTOMATICO", "4200.00")],
        supplier=ruc("bombas"), name="HIDROEQUIPOS IBERICA PERU S.A.C.", customer=ruc("bombas/b"),
        buyer="FUNDO LAS DUNAS S.A.",
    )  # fmt: skip
    art = f"""
HIDROEQUIPOS IBERICA PERU S.A.C.                           R.U.C.: {one.supplier.ruc}
Av. Materiales 2811 - Lima                                 FACTURA ELECTRÓNICA
                                                           FE01-00004471
Cliente: FUNDO LAS DUNAS S.A.                              Fecha: 28/09/2026
R.U.C.: {one.customer.id}                                        Moneda: Soles (S/)

Pos.   Referencia   Descripción                          Cant.       Precio       Importe
10     BC-5HP       BOMBA CENTRIFUGA 5HP TRIFASICA        2,00     4.200,00      8.400,00
20     TB-AUT       TABLERO DE CONTROL AUTOMATICO         1,00     4.200,00      4.200,00

                                              Base imponible      12.600,00
                                              IGV 18%              2.268,00
                                              Total S/            14.868,00
SON: {spelled("14868")}
"""
    return Wild("puntos_de_miles", typed(art, qr=(0, 14, symbol(one))), (one,), _ANY)


@wild
def kiosco_sin_desglose() -> Wild:
    """A stall's boleta: no table headings, prices with tax, IGV inside the total."""
    one = invoice(
        "03", "B001-9001", date(2026, 11, 13), "21.50", "3.28",
        [("GASEOSA 500ML", "7.00"), ("SANDWICH DE POLLO", "9.00"), ("GALLETAS", "5.50")],
        supplier=ruc("kiosco", "10"), name="CONDORI APAZA NANCY",
    )  # fmt: skip
    body = f"""
>CAFETIN NANCY
>CONDORI APAZA NANCY
>RUC {one.supplier.ruc}
>BOLETA DE VENTA ELECTRONICA B001-009001
13/11/2026 10:11 AM
2 GASEOSA 500ML            3.50     7.00
1 SANDWICH DE POLLO        9.00     9.00
1 GALLETAS                 5.50     5.50
{row("OP. GRAVADA", "18.22")}
{row("IGV", "3.28")}
{row("TOTAL S/", "21.50")}
"""
    return Wild("kiosco_sin_desglose", roll(body, qr=symbol(one)), (one,), ("proven", "consistent"))
