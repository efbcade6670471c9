"""Till rolls as printers get them: supermarket, pharmacy, petrol, restaurant, taxi, toll, bus, market
stall.
"""

from datetime import date
from decimal import Decimal

from tests.corpus.wild.pen import Wild, dni, invoice, roll, row, ruc, spelled, symbol, wild

_GOOD = ("proven", "consistent")
_LINE = "-" * 40


@wild
def supermercado() -> Wild:
    """Codes before names, weights on a line of their own, discounts as negative lines, bags, rounding,
    points, change.
    """
    truth = invoice(
        "03", "B215-334501", date(2026, 11, 21), "67.30", "8.63",
        [("LECHE EVAP AZUL 400G PK6", "25.20"), ("PLATANO SEDA X KG", "4.36"),
            ("DETERGENTE FLORAL 2KG", "27.90"), ("PAN MOLDE BLANCO GDE", "9.50"),
            ("PALTA FUERTE X KG", "6.85")],
        supplier=ruc("super"), name="CADENA COMERCIAL DEL PACIFICO S.A.",
    )  # fmt: skip
    body = f"""
>CADENA COMERCIAL DEL PACIFICO S.A.
>RUC {truth.supplier.ruc}
>Av. La Molina 1080 La Molina - Lima
>TIENDA 215 LA MOLINA

>BOLETA DE VENTA ELECTRONICA
>B215-00334501
FECHA 21/11/2026  HORA 18:42  CAJA 007
CAJERO 40912 MILAGROS R.
{_LINE}
7750151001234 LECHE EVAP AZUL 400G PK6
{row("   1 UN X 25.20", "25.20")}
0000000004011 PLATANO SEDA X KG
{row("   1.455 KG X 3.00", "4.36")}
7750822000551 DETERGENTE FLORAL 2KG
{row("   1 UN X 27.90", "27.90")}
{row("   DSCTO TARJETA", "-7.00")}
7751271009876 PAN MOLDE BLANCO GDE
{row("   1 UN X 9.50", "9.50")}
0000000004225 PALTA FUERTE X KG
{row("   0.980 KG X 6.99", "6.85")}
2 BOLSA PLASTICA BIODEG    ICBPER
{_LINE}
{row("OP. GRAVADAS", "47.97")}
{row("OP. EXONERADAS", "11.21")}
{row("IGV 18%", "8.63")}
{row("ICBPER", "0.50")}
{row("TOTAL DESCUENTOS", "7.00")}
{row("REDONDEO", "-0.01")}
{row("TOTAL S/", "68.30")}
"""
    # 25.20+27.90-7.00+9.50 = 55.60 taxed gross less 17.36 … the sums below are the till's own
    gross = 25.20 + 27.90 - 7.00 + 9.50
    base = round(gross / 1.18, 2)
    igv = round(gross - base, 2)
    total = round(gross + 11.21 + 0.50 - 0.01, 2)
    body = body.replace("47.97", f"{base:.2f}").replace("8.63", f"{igv:.2f}").replace("68.30", f"{total:.2f}")
    body += f"""
{row("EFECTIVO", "100.00")}
{row("VUELTO", f"{100 - total:.2f}")}
{row("TOTAL DE ARTICULOS", "5")}
SON: {spelled(f"{total:.2f}")}
PUNTOS ACUMULADOS HOY: 67
Representacion impresa de la boleta de
venta electronica. Consulte en
www.cadena.example/cpe
"""
    truth = truth.model_copy(update={"total": Decimal(f"{total:.2f}"), "igv": Decimal(f"{igv:.2f}")})
    return Wild(
        "supermercado", roll(body, qr=symbol(truth)), (truth,), ("proven", "consistent", "needs_review")
    )


@wild
def farmacia() -> Wild:
    """Fractions of a box, generic names over two lines, a buyer by DNI."""
    truth = invoice(
        "03", "BB12-45120", date(2026, 11, 20), "41.30", "6.30",
        [("PARACETAMOL 500MG TAB CJA X 100", "12.00"), ("AMOXICILINA 500MG CAP", "15.30"),
            ("ALCOHOL 70 FCO 1L", "14.00")],
        supplier=ruc("botica"), name="BOTICAS SANA SALUD S.A.C.", customer=dni("botica"), buyer="FARFAN ROSA",
    )  # fmt: skip
    body = f"""
>BOTICAS SANA SALUD S.A.C.
>RUC: {truth.supplier.ruc}
>JR. CUSCO 455 - AYACUCHO

>BOLETA DE VENTA ELECTRONICA
>BB12-00045120
Fec.Emision: 20/11/2026 09:15:33
DNI: {truth.customer.id}
Cliente: FARFAN ROSA
{_LINE}
CANT  DESCRIPCION       P.UNIT   IMPORTE
{_LINE}
1     PARACETAMOL 500MG TAB CJA X 100
      GENERICO           12.00     12.00
F30   AMOXICILINA 500MG CAP
      LABORATORIO ANDES   0.51     15.30
2     ALCOHOL 70 FCO 1L   7.00     14.00
{_LINE}
{row("OP. GRAVADA   S/", "35.00")}
{row("OP. EXONERADA S/", "0.00")}
{row("IGV (18%)     S/", "6.30")}
{row("IMPORTE TOTAL S/", "41.30")}
SON: {spelled("41.30")}
{row("VISA ****1234", "41.30")}
Quimico Farmaceutico: Q.F. L. HUAMAN
Autorizado por Res. 0180050001234/SUNAT
"""
    return Wild("farmacia", roll(body, qr=symbol(truth)), (truth,), ("proven", "consistent", "needs_review"))


@wild
def grifo() -> Wild:
    """Petrol: gallons of three decimals, plate and odometer, perception paid on top."""
    truth = invoice(
        "01", "F045-78120", date(2026, 11, 19), "250.01", "38.14", [("DIESEL B5 S-50 UV", "250.01")],
        supplier=ruc("grifo"), name="ESTACION DE SERVICIOS AMAUTA S.R.L.", customer=ruc("grifo/b"),
        buyer="TRANSPORTES QORI INTI S.A.C.",
    )  # fmt: skip
    body = f"""
>ESTACION DE SERVICIOS AMAUTA S.R.L.
>R.U.C. {truth.supplier.ruc}
>PANAMERICANA SUR KM 142 - CAÑETE
>TELF 01-5812233

>FACTURA ELECTRONICA
>F045 - 00078120
Fecha Emision : 19/11/2026 06:31:08
RUC     : {truth.customer.id}
Cliente : TRANSPORTES QORI INTI S.A.C.
Direccion: AV. GRAU 100 - ICA
Placa: ABC-123   Km: 145220  Lado: 03
{_LINE}
Producto            Cant   Precio  Total
{_LINE}
DIESEL B5 S-50 UV
          GAL   15.347    16.29   250.01
{_LINE}
{row("OP.GRAVADA  S/", "211.87")}
{row("I.G.V. 18%  S/", "38.14")}
{row("TOTAL VENTA S/", "250.01")}
{row("PERCEPCION 1% S/", "2.50")}
{row("TOTAL A PAGAR S/", "252.51")}
SON: {spelled("250.01")}
FORMA DE PAGO: CONTADO  EFECTIVO
"""
    return Wild("grifo", roll(body, qr=symbol(truth)), (truth,), _GOOD)


@wild
def restaurante() -> Wild:
    """10.5 % and a service charge outside its base; table, waiter, tip suggested."""
    truth = invoice(
        "03", "B003-9087", date(2026, 11, 14), "137.73", "11.87",
        [("CEVICHE CARRETILLERO", "42.00"), ("ARROZ CON MARISCOS", "45.90"), ("CHICHA MORADA JARRA", "22.00"),
            ("SUSPIRO A LA LIMEÑA", "15.00")],
        supplier=ruc("resto"), name="INVERSIONES GASTRONOMICAS CHALLWA E.I.R.L.", buyer="VARIOS",
    )  # fmt: skip
    body = f"""
>*** EL HUARANGO CEVICHERIA ***
>INVERSIONES GASTRONOMICAS CHALLWA
>E.I.R.L.
>RUC {truth.supplier.ruc}
>Av. La Paz 777 Miraflores

>BOLETA DE VENTA ELECTRONICA
>B003-009087
FECHA: 14/11/2026   HORA: 14:05
MESA: 12   MOZO: JESUS   PAX: 2
CLIENTE: VARIOS
{_LINE}
CANT PRODUCTO            P.U.    TOTAL
{_LINE}
{row("1 CEVICHE CARRETILLERO 42.00", "42.00")}
{row("1 ARROZ CON MARISCOS 45.90", "45.90")}
{row("1 CHICHA MORADA JARRA 22.00", "22.00")}
{row("1 SUSPIRO A LA LIMEÑA 15.00", "15.00")}
{_LINE}
{row("OP. GRAVADA", "113.03")}
{row("IGV 10.5%", "11.87")}
{row("RECARGO AL CONSUMO 10%", "12.49")}
{row("REDONDEO", "0.34")}
{row("TOTAL S/", "137.73")}
SON: {spelled("137.73")}
PROPINA SUGERIDA: 13.00
PAGO: YAPE
"""
    return Wild("restaurante", roll(body, qr=symbol(truth)), (truth,), _GOOD)


@wild
def taxi() -> Wild:
    """Three lines of a driver's app: no table, one service."""
    truth = invoice(
        "03", "B001-5512", date(2026, 11, 8), "23.60", "3.60",
        [("SERVICIO DE TAXI MIRAFLORES - AEROPUERTO", "23.60")],
        supplier=ruc("taxi", "10"), name="SEGUNDO SIMON NUÑEZ RIOS", buyer="CLIENTE VARIOS",
    )  # fmt: skip
    body = f"""
>SEGUNDO SIMON NUÑEZ RIOS
>RUC {truth.supplier.ruc}
>BOLETA DE VENTA ELECTRONICA
>B001-5512
Emitido: 2026-11-08 22:10
Cliente: CLIENTE VARIOS
SERVICIO DE TAXI MIRAFLORES - AEROPUERTO
{row("1 x 23.60", "23.60")}
{row("Gravada", "20.00")}
{row("IGV", "3.60")}
{row("Total", "S/ 23.60")}
"""
    return Wild("taxi", roll(body, qr=symbol(truth)), (truth,), _GOOD)


@wild
def peaje() -> Wild:
    """A toll: everything in nine lines, no name of the buyer, no symbol."""
    truth = invoice(
        "03", "B118-2201987", date(2026, 11, 22), "7.50", "1.14", [("PEAJE CATEGORIA 1", "7.50")],
        supplier=ruc("peaje"), name="CONCESIONARIA VIAL RIO RIMAC S.A.",
    )  # fmt: skip
    body = f"""
>CONCESIONARIA VIAL RIO RIMAC S.A.
>RUC: {truth.supplier.ruc}
>BOLETA DE VENTA ELECTRONICA
>B118-02201987
22/11/2026 08:14:55   VIA 04   EST. CHILCA
{row("PEAJE CATEGORIA 1", "7.50")}
{row("OP.GRAVADA", "6.36")}
{row("IGV 18%", "1.14")}
{row("TOTAL", "S/ 7.50")}
"""
    return Wild("peaje", roll(body), (truth,), ("consistent", "needs_review"))


@wild
def pasaje() -> Wild:
    """An electronic bus ticket issued as boleta: origin, destination, seat, two dates."""
    truth = invoice(
        "03", "B077-110234", date(2026, 11, 10), "85.00", "0.00",
        [("SERVICIO DE TRANSPORTE LIMA - CHICLAYO", "85.00")], supplier=ruc("bus"),
        name="TURISMO NOR ORIENTE S.A.C.", customer=dni("bus"), buyer="CASTAÑEDA LLONTOP ANA LUCIA",
    )  # fmt: skip
    body = f"""
>TURISMO NOR ORIENTE S.A.C.
>R.U.C. {truth.supplier.ruc}
>BOLETA DE VENTA ELECTRONICA
>B077 - 00110234
FECHA EMISION: 10/11/2026 17:20
PASAJERO: CASTAÑEDA LLONTOP ANA LUCIA
DNI: {truth.customer.id}
ORIGEN : LIMA (JAVIER PRADO)
DESTINO: CHICLAYO
FECHA VIAJE: 15/11/2026  HORA: 21:30
ASIENTO: 14  SERVICIO: BUS CAMA
{_LINE}
DESCRIPCION                     IMPORTE
{_LINE}
SERVICIO DE TRANSPORTE
{row("LIMA - CHICLAYO", "85.00")}
{_LINE}
{row("OP. EXONERADA", "85.00")}
{row("I.G.V.", "0.00")}
{row("IMPORTE TOTAL S/", "85.00")}
SON: {spelled("85")}
"""
    return Wild("pasaje", roll(body, qr=symbol(truth)), (truth,), _GOOD)


@wild
def bodega() -> Wild:
    """A short roll of 32 letters: name, quantity x price = amount in one line each; title cut in two."""
    truth = invoice(
        "03", "B001-77", date(2026, 11, 22), "31.00", "4.73",
        [("GASEOSA 3L", "13.00"), ("GALLETA SODA PACK", "12.00"), ("JABON LAVAR", "6.00")],
        supplier=ruc("bodega", "10"), name="Flor de Maria Ccori", customer=dni("bodega"),
    )  # fmt: skip
    body = f"""
>BODEGA LA ÑUSTA
>de: Flor de Maria Ccori
>RUC {truth.supplier.ruc}
>Boleta de venta
>electronica
>B001-00000077
22-11-2026 07:58 am
DNI {truth.customer.id}
{"-" * 32}
GASEOSA 3L
{row("2 x 6.50 =", "13.00", 32)}
GALLETA SODA PACK
{row("3 x 4.00 =", "12.00", 32)}
JABON LAVAR
{row("2 x 3.00 =", "6.00", 32)}
{"-" * 32}
{row("Op.Gravada S/", "26.27", 32)}
{row("IGV 18% S/", "4.73", 32)}
{row("TOTAL S/", "31.00", 32)}
Son: {spelled("31").title()}
"""
    return Wild("bodega", roll(body, width=32, size=8, qr=symbol(truth)), (truth,), _GOOD)


@wild
def maquina() -> Wild:
    """A cash register's ticket: no electronic series, its machine's number, no breakdown."""
    truth = invoice(
        "12", "001-45871", date(2026, 10, 30), "18.50", None,
        [("CAFE PASADO", "8.50"), ("SANDWICH MIXTO", "10.00")], supplier=ruc("maquina"),
        name="PANIFICADORA SEÑOR DE SIPAN S.R.L.",
    )  # fmt: skip
    body = f"""
>PANIFICADORA SEÑOR DE SIPAN S.R.L.
>RUC {truth.supplier.ruc}
>TICKET BOLETA DE VENTA
>MAQ. REG. SERIE FFGF012345
TICKET N. 001-0045871
FECHA 30/10/2026     HORA 07:40
{row("CAFE PASADO", "8.50")}
{row("SANDWICH MIXTO", "10.00")}
{row("TOTAL S/", "18.50")}
{row("EFECTIVO", "20.00")}
{row("VUELTO", "1.50")}
"""
    return Wild("maquina", roll(body), (truth,), ("consistent", "needs_review"))
