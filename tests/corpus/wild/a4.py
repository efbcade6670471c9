"""Sheets of the billing systems that Peruvian businesses receive most, after the layouts that these systems
publish.
"""

from datetime import date
from random import Random

from tests.corpus.paper import WHITE
from tests.corpus.wild.pen import Pen, Wild, dni, invoice, logo, m, ruc, spelled, symbol, wild

_ANY_GOOD = ("proven", "consistent")


@wild
def greenter() -> Wild:
    """Title letter-spaced, logo painted, sums with their sign in the cell, a free line, "IGV Gratuito",
    instalments.
    """
    truth = invoice(
        "01", "F001-1204", date(2026, 11, 12), "1416.00", "216.00",
        [("LAPTOP CORPORATIVA 14 PULG 16GB", "1000.00"), ("MOUSE INALAMBRICO", "200.00"),
            ("MOCHILA DE CORTESIA", "0.00")],
        supplier=ruc("greenter"), name="TECNOLOGIA ANDINA DEL SUR S.A.C.", customer=ruc("greenter/b"),
        buyer="COMERCIAL LA ÑUSTA E.I.R.L.",
    )  # fmt: skip
    pen = Pen()
    pen.paper.image(60, 40, 150, 45, logo("TAS"))
    pen.t(430, 60, "FACTURA", 22, "c")
    pen.t(430, 78, "E L E C T R Ó N I C A", 14, "c")
    pen.t(430, 100, f"R.U.C.: {truth.supplier.ruc}", 11, "c")
    pen.t(430, 122, "F001-1204", 18, "c")
    pen.t(150, 112, "TECNOLOGIA ANDINA DEL SUR S.A.C.", 11, "c", b=True)
    pen.lines(
        40,
        128,
        ["Dirección: AV. LOS INCAS NRO. 455 - WANCHAQ - CUSCO", "Telf: (084) 245678 - ventas@tas.example"],
        8,
    )
    pen.pairs(
        40,
        165,
        [
            ("Razón Social:", "COMERCIAL LA ÑUSTA E.I.R.L."),
            ("Fecha Emisión:", "12/11/2026 10:42:11"),
            ("Fecha Vencimiento:", "12/12/2026"),
            ("Tipo Moneda:", "SOLES"),
        ],
        95,
    )
    pen.pairs(
        350,
        165,
        [("RUC:", str(truth.customer.id)), ("Dirección:", "JR. PUNO 123 - CUSCO"), ("O/C:", "4500012345")],
        60,
    )
    pen.table(
        250, [(70, "c"), (140, "c"), (290, "c"), (430, "c"), (520, "c")],
        [("Cantidad", "Código", "Descripción", "Valor Unitario", "Valor Total"),
            ("2 NIU", "LAP-14", "LAPTOP CORPORATIVA 14 PULG 16GB", "S/ 500.00", "S/ 1,000.00"),
         ("5 NIU", "MOU-02", "MOUSE INALAMBRICO", "S/ 40.00", "S/ 200.00"),
         ("1 NIU", "REG-01", "MOCHILA DE CORTESIA", "S/ 0.00", "S/ 0.00")],
        step=2.4,
    )  # fmt: skip
    pen.t(40, 370, f"SON {spelled('1416')}", 9, b=True)
    pen.lines(
        40,
        395,
        [
            "Información Adicional",
            "LEYENDA:      TRANSFERENCIA GRATUITA",
            "Cuotas",
            "Monto                 Fecha Pago",
            "S/ 1,416.00         12/12/2026",
        ],
        8,
    )
    y = 360.0
    for label, value in (
        ("Op. Gravadas:", "1,200.00"),
        ("Op. Gratuitas:", "60.00"),
        ("IGV Gratuito:", "10.80"),
        ("I.G.V. 18%:", "216.00"),
        ("Precio Venta:", "1,416.00"),
    ):
        pen.t(455, y, label, 9, "r", b=True)
        pen.t(550, y, f"S/ {value}", 9, "r")
        y += 16
    pen.paper.qr(450, 480, 80, symbol(truth))
    pen.lines(
        40,
        490,
        ["Representación Impresa de la FACTURA ELECTRÓNICA. Código Hash: kD8v0Qm3b1Zr7yLw5xTn2cPs9ug="],
        8,
    )
    return Wild("greenter", pen.save(), (truth,), _ANY_GOOD)


@wild
def greenter_nota() -> Wild:
    """A credit note that names its reason and the document it modifies."""
    truth = invoice(
        "07", "FC01-35", date(2026, 10, 2), "118.00", "18.00",
        [("DEVOLUCION PARCIAL DE MERCADERIA SEGUN F001-998", "100.00")], supplier=ruc("greenter"),
        name="TECNOLOGIA ANDINA DEL SUR S.A.C.", customer=ruc("greenter/b"),
        buyer="COMERCIAL LA ÑUSTA E.I.R.L.",
    )  # fmt: skip
    pen = Pen()
    pen.t(430, 60, "NOTA DE CRÉDITO", 20, "c")
    pen.t(430, 78, "E L E C T R Ó N I C A", 14, "c")
    pen.t(430, 100, f"R.U.C.: {truth.supplier.ruc}", 11, "c")
    pen.t(430, 122, "FC01-35", 18, "c")
    pen.t(150, 112, "TECNOLOGIA ANDINA DEL SUR S.A.C.", 11, "c", b=True)
    pen.pairs(
        40,
        165,
        [
            ("Razón Social:", "COMERCIAL LA ÑUSTA E.I.R.L."),
            ("Fecha Emisión:", "02/10/2026"),
            ("Tipo Doc. Ref.:", "FACTURA"),
            ("Tipo Moneda:", "SOLES"),
        ],
        95,
    )
    pen.pairs(
        350,
        165,
        [
            ("RUC:", str(truth.customer.id)),
            ("Dirección:", "JR. PUNO 123 - CUSCO"),
            ("Documento Ref.:", "F001-998"),
        ],
        80,
    )
    pen.table(
        250, [(70, "c"), (140, "c"), (290, "c"), (430, "c"), (520, "c")],
        [("Cantidad", "Código", "Descripción", "Valor Unitario", "Valor Total"),
            ("1 ZZ", "", "DEVOLUCION PARCIAL DE MERCADERIA SEGUN F001-998", "S/ 100.00", "S/ 100.00")],
        step=2.4,
    )  # fmt: skip
    pen.t(40, 330, f"SON {spelled('118')}", 9, b=True)
    pen.pairs(40, 360, [("MOTIVO DE EMISIÓN:", "07 - DEVOLUCIÓN POR ÍTEM")], 130, 8)
    y = 330.0
    for label, value in (("Op. Gravadas:", "100.00"), ("I.G.V. 18%:", "18.00"), ("Precio Venta:", "118.00")):
        pen.t(455, y, label, 9, "r", b=True)
        pen.t(550, y, f"S/ {value}", 9, "r")
        y += 16
    pen.paper.qr(450, 400, 80, symbol(truth))
    return Wild("greenter_nota", pen.save(), (truth,), _ANY_GOOD)


@wild
def nubefact() -> Wild:
    """The buyer's block begins with a bare word, the unit stands second, price without and with tax beside
    each other.
    """
    truth = invoice(
        "01", "FFF1-87", date(2026, 9, 30), "944.00", "144.00",
        [("SERVICIO DE FUMIGACION DE ALMACEN 450 M2", "590.00"), ("CERTIFICADO DE SANEAMIENTO", "354.00")],
        supplier=ruc("nubefact"), name="SANEAMIENTO INTEGRAL DEL NORTE SRL", customer=ruc("nubefact/b"),
        buyer="AGROEXPORTADORA VALLE VERDE S.A.C.",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 55, "SANEAMIENTO INTEGRAL DEL NORTE SRL", 12, b=True)
    pen.lines(
        40,
        70,
        ["AV. GRAU 1020 INT. 3 - PIURA - PIURA - PIURA", "SERVICIOS DE FUMIGACIÓN, DESINFECCIÓN Y LIMPIEZA"],
        7.5,
    )
    pen.paper.box(380, 40, 180, 62)
    pen.lines(470, 58, [f"RUC {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "FFF1-000087"], 12, "c", b=True)
    pen.lines(
        40,
        120,
        [
            "CLIENTE",
            f"RUC             :  {truth.customer.id}",
            "DENOMINACIÓN :  AGROEXPORTADORA VALLE VERDE S.A.C.",
            "DIRECCIÓN     :  CAR. PANAMERICANA NORTE KM 1010 - SULLANA - PIURA",
        ],
        8,
    )
    pen.pairs(
        380,
        131,
        [("FECHA EMISIÓN :", "30/09/2026"), ("FECHA DE VENC. :", "30/09/2026"), ("MONEDA :", "SOLES")],
        85,
        8,
    )
    pen.table(
        185, [(60, "r"), (75, "l"), (110, "l"), (165, "l"), (440, "r"), (495, "r"), (555, "r")],
        [("CANT.", "UM", "CÓD.", "DESCRIPCIÓN", "V/U", "P/U", "IMPORTE"),
            ("1", "ZZ", "S01", "SERVICIO DE FUMIGACION DE ALMACEN 450 M2", "500.000", "590.00", "590.00"),
         ("3", "ZZ", "S07", "CERTIFICADO DE SANEAMIENTO", "100.000", "118.00", "354.00")],
    )  # fmt: skip
    y = 240.0
    for label, value in (("GRAVADA", "800.00"), ("IGV 18.00 %", "144.00"), ("TOTAL", "944.00")):
        pen.t(450, y, label, 8, "r", b=True)
        pen.t(470, y, "S/", 8)
        pen.t(555, y, value, 8, "r")
        y += 12
    pen.t(40, 285, f"IMPORTE EN LETRAS: {spelled('944')}", 8, b=True)
    pen.lines(
        40,
        305,
        [
            "CONDICIÓN DE PAGO: CONTADO",
            "Representación impresa de la FACTURA ELECTRÓNICA, visita www.consulta.example/20",
            "Autorizado mediante Resolución de Intendencia No. 034-005-0005315",
        ],
        7,
    )
    pen.paper.qr(480, 300, 75, symbol(truth))
    return Wild("nubefact", pen.save(), (truth,), _ANY_GOOD)


@wild
def odoo() -> Wild:
    """The buyer unlabelled at the right, the title in one phrase with the number, the issuer's RUC in the
    footer alone.
    """
    truth = invoice(
        "01", "F002-431", date(2026, 8, 18), "2950.00", "450.00",
        [("[MESA-01] Mesa de reuniones de melamina", "1500.00"),
            ("[SILLA-9] Silla ergonómica con apoyabrazos", "1000.00")],
        supplier=ruc("odoo"), name="Muebles Ergonómicos Peruanos S.A.C.", customer=ruc("odoo/b"),
        buyer="Consultora Kallpa S.R.L.",
    )  # fmt: skip
    pen = Pen(font="OpenSans", bold="OpenSans-Bold")
    pen.paper.image(40, 35, 130, 40, logo("ERGO", colour="#71639e"))
    pen.lines(40, 90, ["Muebles Ergonómicos Peruanos S.A.C.", "Av. Industrial 675", "Lima 15", "Perú"], 8)
    pen.lines(
        360,
        120,
        [
            "Consultora Kallpa S.R.L.",
            "Calle Los Pinos 333",
            "Miraflores, Lima 18",
            "Perú",
            f"RUC: {truth.customer.id}",
        ],
        8,
    )
    pen.t(40, 205, "Factura electrónica F F002-00000431", 17, b=True)
    for x, label, value in (
        (40, "Fecha de factura", "18/08/2026"),
        (170, "Fecha de vencimiento", "17/09/2026"),
        (320, "Origen", "S00412"),
        (430, "Referencia", "F002-00000431"),
    ):
        pen.t(x, 235, label, 8, b=True)
        pen.t(x, 248, value, 8)
    pen.table(
        280, [(40, "l"), (330, "r"), (410, "r"), (470, "r"), (555, "r")],
        [("Descripción", "Cantidad", "Precio unitario", "Impuestos", "Importe"),
            ("[MESA-01] Mesa de reuniones de melamina", "1.00 Unidades", "1,500.00", "18%", "S/ 1,500.00"),
         ("[SILLA-9] Silla ergonómica con apoyabrazos", "4.00 Unidades", "250.00", "18%", "S/ 1,000.00")],
        step=1.8,
    )  # fmt: skip
    for y, label, value in (
        (345, "Importe sin impuestos", "S/ 2,500.00"),
        (360, "IGV", "S/ 450.00"),
        (375, "Total", "S/ 2,950.00"),
    ):
        pen.t(380, y, label, 9, b=True)
        pen.t(555, y, value, 9, "r")
    pen.t(40, 400, f"Son: {spelled('2950')}", 8)
    pen.t(40, 420, "Términos de pago: 30 días     Comunicación de pago: F002-00000431", 8)
    pen.paper.qr(40, 440, 80, symbol(truth))
    pen.t(
        297,
        815,
        f"Muebles Ergonómicos Peruanos S.A.C.  RUC: {truth.supplier.ruc}  +51 1 5550101  hola@ergo.example",
        7,
        "c",
    )
    return Wild("odoo", pen.save(), (truth,), _ANY_GOOD)


@wild
def alegra() -> Wild:
    """Every label above its value; sums named Subtotal, IGV (18%), Total; no words."""
    truth = invoice(
        "01", "F001-77", date(2026, 11, 3), "354.00", "54.00",
        [("Mantenimiento mensual de página web", "200.00"), ("Hosting básico", "100.00")],
        supplier=ruc("alegra", "10"), name="ROSA ELVIRA CONDORI PEÑA", customer=ruc("alegra/b"),
        buyer="Clínica Dental Sonríe S.A.C.",
    )  # fmt: skip
    pen = Pen(font="OpenSans", bold="OpenSans-Bold")
    pen.t(40, 60, "ROSA ELVIRA CONDORI PEÑA", 13, b=True)
    pen.lines(
        40,
        75,
        [f"RUC {truth.supplier.ruc}", "Urb. San Carlos Mz. C Lt. 8, Huancayo", "rosa@paginas.example"],
        8,
    )
    pen.t(555, 60, "Factura electrónica de venta", 12, "r", b=True)
    pen.t(555, 76, "No. F001-00000077", 12, "r")
    for x, label, value in (
        (40, "SEÑOR(ES)", "Clínica Dental Sonríe S.A.C."),
        (260, "RUC", str(truth.customer.id)),
        (380, "FECHA DE EXPEDICIÓN", "03/11/2026"),
        (490, "FECHA DE VENCIMIENTO", "18/11/2026"),
    ):
        pen.t(x, 130, label, 6.5, b=True)
        pen.t(x, 142, value, 8.5)
    pen.t(40, 160, "DIRECCIÓN", 6.5, b=True)
    pen.t(40, 172, "Jr. Real 456, Huancayo", 8.5)
    pen.table(
        205, [(40, "l"), (350, "r"), (400, "r"), (470, "r"), (555, "r")],
        [("Ítem", "Precio", "Cantidad", "Descuento", "Total"),
            ("Mantenimiento mensual de página web", "S/200.00", "1", "0.00%", "S/200.00"),
            ("Hosting básico", "S/50.00", "2", "0.00%", "S/100.00")],
        step=2,
    )  # fmt: skip
    for y, label, value in (
        (280, "Subtotal", "S/300.00"),
        (296, "IGV (18.00%)", "S/54.00"),
        (312, "Total", "S/354.00"),
    ):
        pen.t(400, y, label, 9, b=True)
        pen.t(555, y, value, 9, "r")
    pen.paper.qr(40, 280, 70, symbol(truth))
    return Wild("alegra", pen.save(), (truth,), _ANY_GOOD)


@wild
def contasis() -> Wild:
    """Date in words after the city, amounts of a pre-printed look, code last."""
    truth = invoice(
        "01", "F010-2214", date(2026, 7, 9), "1770.00", "270.00",
        [("CEMENTO PORTLAND TIPO I X 42.5 KG", "840.00"), ("FIERRO CORRUGADO 1/2 X 9 M", "930.00")],
        supplier=ruc("contasis"), name="FERRETERIA EL MAESTRO CONSTRUCTOR S.A.", customer=ruc("contasis/b"),
        buyer="CONSORCIO VIAL MANTARO",
    )  # fmt: skip
    pen = Pen(font="Times-Roman", bold="Times-Bold")
    pen.t(200, 55, "FERRETERIA EL MAESTRO CONSTRUCTOR S.A.", 13, "c", b=True)
    pen.lines(
        200,
        70,
        [
            "VENTA DE MATERIALES DE CONSTRUCCIÓN EN GENERAL",
            "AV. FERROCARRIL N° 1520 - EL TAMBO - HUANCAYO - JUNÍN",
        ],
        7.5,
        "c",
    )
    pen.lines(
        470,
        55,
        [f"R.U.C. N° {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "N° F010 - 0002214"],
        12,
        "c",
        b=True,
    )
    pen.t(40, 120, "Huancayo, 09 de Julio del 2026", 9)
    pen.lines(
        40,
        136,
        [
            "Señor(es) : CONSORCIO VIAL MANTARO",
            f"R.U.C.       : {truth.customer.id}                    Guía de Remisión : T001-5541",
            "Dirección : JR. ANCASH 900 - HUANCAYO",
        ],
        9,
    )
    pen.table(
        190, [(50, "c"), (85, "l"), (400, "r"), (470, "r"), (555, "r")],
        [("CANT.", "DESCRIPCIÓN", "P. UNIT.", "IMPORTE", "CÓDIGO"),
            ("30", "CEMENTO PORTLAND TIPO I X 42.5 KG", "28.00", "840.00", "0001234"),
            ("20", "FIERRO CORRUGADO 1/2 X 9 M", "46.50", "930.00", "0007781")],
    )  # fmt: skip
    pen.t(40, 250, f"SON: {spelled('1770')}", 9)
    for y, label, value in (
        (270, "VALOR VENTA S/", "1,500.00"),
        (284, "I.G.V. 18 % S/", "270.00"),
        (298, "PRECIO VENTA S/", "1,770.00"),
    ):
        pen.t(380, y, label, 9, b=True)
        pen.t(555, y, value, 9, "r")
    pen.paper.qr(40, 270, 70, symbol(truth))
    return Wild("contasis", pen.save(), (truth,), _ANY_GOOD)


@wild
def portal_detraccion() -> Wild:
    """SUNAT's own portal: no symbol, no line amounts, a detracción and the credit's net that is not the
    total.
    """
    truth = invoice(
        "01", "E001-412", date(2026, 11, 5), "11800.00", "1800.00",
        [("SERVICIO DE CONSULTORIA CONTABLE Y TRIBUTARIA CORRESPONDIENTE AL MES DE OCTUBRE 2026",
                "10000.00")],
        supplier=ruc("portal"), name="ESTUDIO CONTABLE HUAYNA S.A.C.", customer=ruc("portal/b"),
        buyer="MINERA RIO SECO S.A.",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 50, "ESTUDIO CONTABLE HUAYNA S.A.C.", 11, b=True)
    pen.lines(
        40,
        64,
        [
            "ESTUDIO CONTABLE HUAYNA S.A.C.",
            "CAL. MERCADERES 212 INT. 301 CERCADO",
            "AREQUIPA - AREQUIPA - AREQUIPA",
        ],
        8,
    )
    pen.paper.box(400, 38, 160, 50)
    pen.lines(480, 54, ["FACTURA ELECTRONICA", f"RUC: {truth.supplier.ruc}", "E001-412"], 10, "c", b=True)
    pen.lines(40, 115, [
        "Fecha de Vencimiento         :", "Fecha de Emisión                : 05/11/2026",
        "Señor(es)                              : MINERA RIO SECO S.A.",
        f"RUC                                     : {truth.customer.id}", "Dirección del Receptor de",
        "la factura                              : AV. LA MARINA 500 LIMA-LIMA-SAN MIGUEL",
        "Dirección del Cliente            : AV. LA MARINA 500 LIMA-LIMA-SAN MIGUEL",
        "Tipo de Moneda                  : SOLES", "Observación                         : OS 4400981",
        "Forma de pago: Crédito",
    ], 8)  # fmt: skip
    pen.table(
        235, [(75, "r"), (95, "l"), (160, "l"), (210, "l"), (480, "r"), (550, "r")],
        [("Cantidad", "Unidad Medida", "Código", "Descripción", "Valor Unitario", "ICBPER"),
            ("1.00", "UNIDAD", "",
                "SERVICIO DE CONSULTORIA CONTABLE Y\nTRIBUTARIA CORRESPONDIENTE AL MES DE\nOCTUBRE 2026",
                "10000.00", "0.00")],
    )  # fmt: skip
    pen.t(40, 320, "Valor de Venta de Operaciones Gratuitas : S/ 0.00", 8)
    pen.t(40, 345, f"SON: {spelled('11800').replace(' CON ', ' Y ')}", 8)
    y = 320.0
    for label, value in (
        ("Sub Total Ventas :", "10,000.00"),
        ("Anticipos :", "0.00"),
        ("Descuentos :", "0.00"),
        ("Valor Venta :", "10,000.00"),
        ("ISC :", "0.00"),
        ("IGV :", "1,800.00"),
        ("ICBPER :", "0.00"),
        ("Otros Cargos :", "0.00"),
        ("Otros Tributos :", "0.00"),
        ("Monto de redondeo :", "0.00"),
        ("Importe Total :", "11,800.00"),
    ):
        pen.t(470, y, label, 8, "r")
        pen.t(480, y, "S/", 8)
        pen.t(550, y, value, 8, "r")
        y += 12
    pen.lines(
        40,
        475,
        [
            (
                "Esta es una representación impresa de la factura electrónica, generada en el Sistema de "
                "SUNAT. Puede verificarla utilizando su clave SOL."
            )
        ],
        7,
    )
    pen.lines(
        40,
        500,
        [
            "Información del crédito",
            "Monto neto pendiente de pago :  S/ 10,384.00",
            "Total de Cuotas : 1",
            "N° Cuota     Fec. Venc.       Monto",
            "1                05/12/2026     10,384.00",
        ],
        8,
    )
    pen.lines(
        40,
        575,
        [
            "Información de la detracción",
            (
                "Leyenda : Operación sujeta al Sistema de Pago de Obligaciones Tributarias con el Gobierno "
                "Central"
            ),
            "Bien o Servicio : 022 Otros servicios empresariales",
            "Medio Pago : 001 Depósito en cuenta",
            "Nro. Cta. Banco de la Nación : 00-101-123456",
            "Porcentaje de detracción : 12.00",
            "Monto detracción : S/ 1,416.00",
        ],
        8,
    )
    return Wild("portal_detraccion", pen.save(), (truth,), ("consistent",))


@wild
def portal_boleta() -> Wild:
    """An EB01 of the simplified regime: no breakdown at all, the buyer has a DNI."""
    truth = invoice(
        "03", "EB01-58", date(2026, 10, 21), "140.00", "0.00", [("ALQUILER DE TOLDO Y SILLAS", "140.00")],
        supplier=ruc("nrus", "10"), name="MAMANI CCORI NELIDA", customer=dni("nrus"),
        buyer="PEÑA ACUÑA OSCAR IVAN",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 50, "MAMANI CCORI NELIDA", 11, b=True)
    pen.lines(40, 64, ["MZA. F LOTE. 12 A.H. VILLA EL SOL", "LIMA - LIMA - COMAS"], 8)
    pen.lines(
        480, 54, ["BOLETA DE VENTA ELECTRONICA", f"RUC: {truth.supplier.ruc}", "EB01-58"], 9, "c", b=True
    )
    pen.lines(
        40,
        110,
        [
            "Fecha de Vencimiento         :",
            "Fecha de Emisión                : 21/10/2026",
            "Señor(es)                              : PEÑA ACUÑA OSCAR IVAN",
            f"DNI                                     : {truth.customer.id}",
            "Tipo de Moneda                  : SOLES",
            "Observación                         :",
        ],
        8,
    )
    pen.table(
        190, [(75, "r"), (95, "l"), (170, "l"), (480, "r"), (550, "r")],
        [("Cantidad", "Unidad Medida", "Descripción", "Valor Unitario(*)", "Importe de Venta(**)"),
            ("1.00", "UNIDAD", "ALQUILER DE TOLDO Y SILLAS", "140.00", "140.00")],
    )  # fmt: skip
    y = 230.0
    for label, value in (
        ("Otros Cargos :", "0.00"),
        ("Otros Tributos :", "0.00"),
        ("Importe Total :", "140.00"),
    ):
        pen.t(470, y, label, 8, "r")
        pen.t(550, y, f"S/ {value}", 8, "r")
        y += 12
    pen.t(40, 275, f"SON: {spelled('140').replace(' CON ', ' Y ')}", 8)
    pen.lines(40, 290, ["(*) Sin impuestos.", "(**) Incluye impuestos, de ser Op. Gravada."], 7)
    y = 310.0
    for label in ("Op. Gravada :", "Op. Exonerada :", "Op. Inafecta :", "ISC :", "IGV :", "ICBPER :"):
        pen.t(470, y, label, 8, "r")
        pen.t(550, y, "S/ 0.00", 8, "r")
        y += 12
    pen.t(470, y, "Importe Total :", 8, "r")
    pen.t(550, y, "S/ 140.00", 8, "r")
    return Wild("portal_boleta", pen.save(), (truth,), ("consistent", "needs_review"))


@wild
def honorarios() -> Wild:
    """SUNAT's receipt for fees: sentences instead of fields, the date in words, the net below the gross."""
    truth = invoice(
        "02", "E001-33", date(2026, 11, 16), "3000.00", None,
        [("ASESORIA LEGAL EN MATERIA LABORAL POR EL MES DE NOVIEMBRE", "3000.00")], supplier=ruc("rhe", "10"),
        name="QUISPE SALAZAR JUAN CARLOS", customer=ruc("rhe/b"), buyer="TEXTILES QORI INTI S.A.C.",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 60, "QUISPE SALAZAR JUAN CARLOS", 11, b=True)
    pen.lines(40, 74, ["JR. LAMPA NRO. 1120 DPTO. 504", "LIMA LIMA LIMA", "TELÉFONO: 999888777"], 8)
    pen.lines(
        470,
        60,
        ["RECIBO POR HONORARIOS", "ELECTRÓNICO", f"R.U.C. {truth.supplier.ruc}", "Nro: E001- 33"],
        10,
        "c",
        b=True,
    )
    pen.lines(40, 150, [
        "Recibí de: TEXTILES QORI INTI S.A.C.", f"Identificado con RUC número {truth.customer.id}",
        "Domiciliado en AV. ARGENTINA 2400 LIMA LIMA CARMEN DE LA LEGUA", "Forma de Pago: AL CONTADO",
        "La suma de: TRES MIL Y 00/100 SOLES",
        "Por concepto de: ASESORIA LEGAL EN MATERIA LABORAL POR EL MES DE NOVIEMBRE", "Observación: -",
        "Inciso A DEL ARTÍCULO 33 DE LA LEY DEL IMPUESTO A LA RENTA",
        "Fecha de emisión 16 de Noviembre del 2026",
    ], 9, step=1.8)  # fmt: skip
    for y, label, value in (
        (310, "Total por honorarios :", "3,000.00"),
        (326, "Retención (8 %) IR :", "(240.00)"),
        (342, "Total Neto Recibido :", "2,760.00 SOLES"),
    ):
        pen.t(380, y, label, 9)
        pen.t(470, y, value, 9)
    return Wild("honorarios", pen.save(), (truth,), ("consistent", "needs_review"))


@wild
def importada() -> Wild:
    """Dollars with a rate of exchange and their value in soles below the total."""
    truth = invoice(
        "01", "F001-5521", date(2026, 6, 3), "7434.00", "1134.00",
        [("BOMBA CENTRIFUGA 5HP ACERO INOX AISI 316", "4800.00"),
            ("VARIADOR DE FRECUENCIA 7.5KW", "1500.00")],
        supplier=ruc("usd"), name="IMPORTADORA HIDRAULICA DEL PACIFICO S.A.", customer=ruc("usd/b"),
        buyer="AGRICOLA SANTA ROSA S.A.C.", currency="USD",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 50, "IMPORTADORA HIDRAULICA DEL PACIFICO S.A.", 12, b=True)
    pen.lines(
        40,
        64,
        [
            "Av. Argentina 3093, Callao - Central (01) 613-2200",
            "Cta. BCP Soles 191-1234567-0-11   Cta. BCP Dólares 191-7654321-1-22",
        ],
        7.5,
    )
    pen.lines(
        480, 50, [f"RUC N° {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "N° F001-00005521"], 11, "c", b=True
    )
    pen.pairs(
        40,
        110,
        [
            ("Cliente:", "AGRICOLA SANTA ROSA S.A.C."),
            ("RUC:", str(truth.customer.id)),
            ("Dirección:", "FUNDO SANTA ROSA S/N - ICA"),
        ],
        60,
        8.5,
    )
    pen.pairs(
        380,
        110,
        [
            ("Fecha Emisión:", "2026-06-03"),
            ("Fecha Venc.:", "2026-07-03"),
            ("Moneda:", "USD - Dólar Americano"),
            ("T. Cambio:", "3.745"),
        ],
        80,
        8.5,
    )
    pen.table(
        185, [(45, "c"), (70, "l"), (130, "l"), (420, "r"), (460, "l"), (555, "r")],
        [("Ítem", "Código", "Descripción", "Cant.", "U.M.", "Valor Venta US$"),
            ("1", "BC-5HP", "BOMBA CENTRIFUGA 5HP ACERO INOX AISI 316", "2.00", "NIU", "4,800.00"),
            ("2", "VF-75", "VARIADOR DE FRECUENCIA 7.5KW", "1.00", "NIU", "1,500.00")],
    )  # fmt: skip
    pen.t(40, 250, f"SON: {spelled('7434', 'USD')}", 8.5)
    for y, label, value in (
        (270, "OP. GRAVADA", "US$ 6,300.00"),
        (284, "OP. INAFECTA", "US$ 0.00"),
        (298, "IGV 18%", "US$ 1,134.00"),
        (312, "IMPORTE TOTAL", "US$ 7,434.00"),
        (330, "Equivalente en Soles", "S/ 27,840.33"),
    ):
        pen.t(380, y, label, 8.5, b=True)
        pen.t(555, y, value, 8.5, "r")
    pen.paper.qr(40, 280, 75, symbol(truth))
    return Wild("importada", pen.save(), (truth,), _ANY_GOOD)


@wild
def exportacion() -> Wild:
    """Two languages, a buyer abroad, no tax: "Op. Exportación"."""
    truth = invoice(
        "01", "FE01-19", date(2026, 5, 27), "48600.00", "0.00",
        [("FRESH HASS AVOCADO CAT. 1 / PALTA HASS FRESCA CAT. 1", "48600.00")], supplier=ruc("export"),
        name="AGROEXPORTACIONES CHALLWA S.A.C.", buyer="GREEN FRUITS ROTTERDAM B.V.", currency="USD",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 50, "AGROEXPORTACIONES CHALLWA S.A.C.", 12, b=True)
    pen.lines(40, 64, ["CAR. PANAMERICANA SUR KM 202 - CHINCHA - ICA - PERU"], 8)
    pen.lines(
        470,
        48,
        [
            "FACTURA ELECTRÓNICA DE EXPORTACIÓN",
            "COMMERCIAL INVOICE",
            f"R.U.C. {truth.supplier.ruc}",
            "FE01-00000019",
        ],
        9.5,
        "c",
        b=True,
    )
    pen.pairs(
        40,
        120,
        [
            ("Señores / Messrs:", "GREEN FRUITS ROTTERDAM B.V."),
            ("Tax ID:", "NL8123456789B01"),
            ("Dirección / Address:", "HANDELSWEG 20, BARENDRECHT, NETHERLANDS"),
            ("Fecha de emisión / Date:", "27/05/2026"),
            ("Moneda / Currency:", "DOLARES AMERICANOS"),
            ("Incoterm:", "FOB CALLAO"),
        ],
        130,
        8.5,
    )
    pen.table(
        220, [(60, "r"), (75, "l"), (130, "l"), (460, "r"), (555, "r")],
        [("Cant./Qty", "Unid.", "Descripción / Description", "P. Unit.", "Total"),
            ("2,700.00", "BX", "FRESH HASS AVOCADO CAT. 1 / PALTA HASS FRESCA CAT. 1", "18.00", "48,600.00")],
    )  # fmt: skip
    pen.t(40, 270, f"SON: {spelled('48600', 'USD')}", 8.5)
    for y, label, value in (
        (290, "Op. Gravada", "0.00"),
        (303, "Op. Exportación", "48,600.00"),
        (316, "IGV", "0.00"),
        (329, "IMPORTE TOTAL / TOTAL AMOUNT USD", "48,600.00"),
    ):
        pen.t(350, y, label, 8.5, b=True)
        pen.t(555, y, value, 8.5, "r")
    pen.paper.qr(40, 285, 75, symbol(truth, type="0", customer="NL8123456789B01"))
    return Wild("exportacion", pen.save(), (truth,), _ANY_GOOD)


@wild
def amazonia() -> Wild:
    """Exempt by place, with the legend that names it; unit prices of four decimals."""
    truth = invoice(
        "01", "F001-908", date(2026, 11, 9), "1287.50", "0.00",
        [("ARROZ EXTRA SACO X 49 KG", "950.00"), ("ACEITE VEGETAL 1 L", "337.50")], supplier=ruc("amazonia"),
        name="COMERCIAL RIO NANAY E.I.R.L.", customer=ruc("amazonia/b"), buyer="BODEGA DOÑA FLOR DE MARIA",
    )  # fmt: skip
    pen = Pen()
    pen.lines(40, 50, ["COMERCIAL RIO NANAY E.I.R.L."], 12, b=True)
    pen.lines(40, 66, ["Jr. Próspero 812 - Iquitos - Maynas - Loreto"], 8)
    pen.lines(
        480, 50, [f"R.U.C.: {truth.supplier.ruc}", "FACTURA ELECTRONICA", "F001 - 0000908"], 11, "c", b=True
    )
    pen.pairs(
        40,
        110,
        [
            ("Fec. Emisión", ": 09/11/2026"),
            ("Señor(es)", ": BODEGA DOÑA FLOR DE MARIA"),
            ("RUC", f": {truth.customer.id}"),
            ("Moneda", ": SOLES"),
        ],
        70,
        8.5,
    )
    pen.table(
        180, [(40, "l"), (110, "l"), (380, "r"), (420, "l"), (490, "r"), (555, "r")],
        [("Código", "Descripción", "Cantidad", "U.M.", "P. Unitario", "Importe"),
            ("P0012", "ARROZ EXTRA SACO X 49 KG", "5.00", "SACO", "190.0000", "950.00"),
            ("P0450", "ACEITE VEGETAL 1 L", "37.50", "LT", "9.0000", "337.50")],
    )  # fmt: skip
    for y, label, value in (
        (240, "Op. Gravadas", "0.00"),
        (253, "Op. Exoneradas", "1,287.50"),
        (266, "Op. Inafectas", "0.00"),
        (279, "I.G.V.", "0.00"),
        (292, "Importe Total", "1,287.50"),
    ):
        pen.t(400, y, label, 8.5, b=True)
        pen.t(555, y, f"S/ {value}", 8.5, "r")
    pen.lines(
        40,
        320,
        [
            f"SON: {spelled('1287.50')}",
            "BIENES TRANSFERIDOS EN LA AMAZONÍA REGIÓN SELVA PARA SER CONSUMIDOS EN LA MISMA",
        ],
        8,
    )
    pen.paper.qr(40, 340, 75, symbol(truth))
    return Wild("amazonia", pen.save(), (truth,), _ANY_GOOD)


@wild
def anticipo() -> Wild:
    """The advance already invoiced is deducted: its document and sum are printed above, the total is what is
    left.
    """
    truth = invoice(
        "01", "F003-66", date(2026, 10, 15), "5900.00", "900.00",
        [("FABRICACION E INSTALACION DE ESTRUCTURA METALICA", "10000.00")], supplier=ruc("anticipo"),
        name="METALMECANICA TUPAC S.R.L.", customer=ruc("anticipo/b"), buyer="COLEGIO PARTICULAR AMAUTA",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 50, "METALMECANICA TUPAC S.R.L.", 12, b=True)
    pen.lines(
        480, 50, [f"RUC: {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F003-00000066"], 11, "c", b=True
    )
    pen.pairs(
        40,
        100,
        [
            ("Cliente", ": COLEGIO PARTICULAR AMAUTA"),
            ("RUC", f": {truth.customer.id}"),
            ("Fecha emisión", ": 15/10/2026"),
            ("Tipo moneda", ": SOLES"),
        ],
        80,
        8.5,
    )
    pen.table(
        170, [(60, "c"), (90, "l"), (120, "l"), (450, "r"), (555, "r")],
        [("Cant.", "Und.", "Descripción", "V. Unitario", "V. Venta"),
            ("1", "NIU", "FABRICACION E INSTALACION DE ESTRUCTURA METALICA", "10,000.00", "10,000.00")],
    )  # fmt: skip
    pen.lines(
        40,
        215,
        ["ANTICIPOS:", "Documento F003-00000041 del 01/09/2026   Valor S/ 5,000.00   Total S/ 5,900.00"],
        8,
    )
    for y, label, value in (
        (250, "Sub Total Ventas", "10,000.00"),
        (263, "Anticipos", "-5,000.00"),
        (276, "Op. Gravada", "5,000.00"),
        (289, "IGV 18%", "900.00"),
        (302, "Importe Total", "5,900.00"),
    ):
        pen.t(400, y, label, 8.5, b=True)
        pen.t(555, y, f"S/ {value}", 8.5, "r")
    pen.t(40, 325, f"SON: {spelled('5900')}", 8.5)
    pen.paper.qr(40, 340, 75, symbol(truth))
    return Wild("anticipo", pen.save(), (truth,), _ANY_GOOD)


@wild
def debito() -> Wild:
    """A debit note for interest."""
    truth = invoice(
        "08", "FD01-4", date(2026, 9, 1), "59.00", "9.00",
        [("INTERESES POR MORA FACTURA F001-00001877", "50.00")], supplier=ruc("nd"),
        name="DISTRIBUIDORA TRES MARIAS S.A.C.", customer=ruc("nd/b"), buyer="MINIMARKET DON GOYO S.A.C.",
    )  # fmt: skip
    pen = Pen(font="RobotoCondensed", bold="RobotoCondensed-Bold")
    pen.t(40, 50, "DISTRIBUIDORA TRES MARIAS S.A.C.", 13, b=True)
    pen.lines(
        480, 50, [f"RUC {truth.supplier.ruc}", "NOTA DE DÉBITO ELECTRÓNICA", "FD01-00000004"], 11, "c", b=True
    )
    pen.pairs(
        40,
        100,
        [
            ("CLIENTE", "MINIMARKET DON GOYO S.A.C."),
            ("RUC", str(truth.customer.id)),
            ("FECHA DE EMISIÓN", "01/09/2026"),
            ("DOC. QUE MODIFICA", "FACTURA ELECTRÓNICA F001-00001877"),
            ("MOTIVO", "01 INTERESES POR MORA"),
            ("MONEDA", "SOLES"),
        ],
        110,
        8.5,
    )
    pen.table(
        200,
        [(40, "l"), (90, "l"), (555, "r")],
        [
            ("CANT.", "DESCRIPCIÓN", "VALOR VENTA"),
            ("1.00", "INTERESES POR MORA FACTURA F001-00001877", "50.00"),
        ],
    )
    for y, label, value in (
        (240, "OP. GRAVADA", "50.00"),
        (253, "I.G.V. (18%)", "9.00"),
        (266, "IMPORTE TOTAL", "59.00"),
    ):
        pen.t(430, y, label, 8.5, b=True)
        pen.t(555, y, value, 8.5, "r")
    pen.t(40, 290, f"SON: {spelled('59')}", 8.5)
    pen.paper.qr(40, 300, 75, symbol(truth))
    return Wild("debito", pen.save(), (truth,), _ANY_GOOD)


@wild
def agraria() -> Wild:
    """Kilograms of three decimals, several prices, all exempt by Appendix I."""
    truth = invoice(
        "01", "F001-3007", date(2026, 4, 30), "9168.44", "0.00",
        [("PAPA CANCHAN FRESCA", "1500.60"), ("CEBOLLA ROJA AREQUIPEÑA", "7667.84")],
        supplier=ruc("agro", "10"), name="YUPANQUI FARFAN WILFREDO", customer=ruc("agro/b"),
        buyer="SUPERMERCADOS PUQUIO 27 S.A.",
    )  # fmt: skip
    pen = Pen()
    pen.lines(40, 50, ["YUPANQUI FARFAN WILFREDO"], 12, b=True)
    pen.lines(40, 66, ["AGRICULTOR - ASOC. LA JOYA NUEVA PARCELA 88 - AREQUIPA"], 8)
    pen.lines(480, 50, [f"R.U.C. {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F001-3007"], 11, "c", b=True)
    pen.pairs(
        40,
        110,
        [
            ("Señores:", "SUPERMERCADOS PUQUIO 27 S.A."),
            ("RUC:", str(truth.customer.id)),
            ("F. Emisión:", "30-04-2026"),
            ("Moneda:", "S/"),
        ],
        60,
        8.5,
    )
    pen.table(
        180, [(90, "r"), (105, "l"), (160, "l"), (450, "r"), (555, "r")],
        [("Cantidad", "U.M.", "Descripción", "Precio", "Importe"),
            ("1,250.500", "KGM", "PAPA CANCHAN FRESCA", "1.20", "1,500.60"),
            ("4,792.400", "KGM", "CEBOLLA ROJA AREQUIPEÑA", "1.60", "7,667.84")],
    )  # fmt: skip
    for y, label, value in (
        (235, "TOTAL OP. GRAVADAS", "0.00"),
        (248, "TOTAL OP. EXONERADAS", "9,168.44"),
        (261, "TOTAL IGV", "0.00"),
        (274, "TOTAL A PAGAR", "9,168.44"),
    ):
        pen.t(400, y, label, 8.5, b=True)
        pen.t(555, y, value, 8.5, "r")
    pen.t(40, 300, f"SON: {spelled('9168.44')}", 8.5)
    pen.paper.qr(40, 310, 75, symbol(truth))
    return Wild("agraria", pen.save(), (truth,), _ANY_GOOD)


@wild
def descripcion_larga() -> Wild:
    """Descriptions of five lines with numbers in them, no unit column, sums a hand's width below."""
    first = (
        "SERVICIO DE MANTENIMIENTO PREVENTIVO Y CORRECTIVO DE GRUPO ELECTROGENO 250 KVA SERIE GX-4471 SEGUN "
        "ORDEN DE SERVICIO 4500.12 INCLUYE CAMBIO DE FILTROS, 24.50 LITROS DE ACEITE 15W40 Y PRUEBAS CON "
        "CARGA AL 75 % DURANTE 2.00 HORAS"
    )
    second = (
        "TRASLADO DE PERSONAL Y HERRAMIENTAS A LA UNIDAD MINERA UBICADA EN EL KM 48.5 DE LA CARRETERA "
        "CENTRAL, IDA Y VUELTA"
    )
    truth = invoice(
        "01", "F001-742", date(2026, 11, 18), "5310.00", "810.00", [(first, "3800.00"), (second, "700.00")],
        supplier=ruc("larga"), name="ENERGIA Y CONTROL MANTENIMIENTO S.A.C.", customer=ruc("larga/b"),
        buyer="COMPAÑIA MINERA ÑAHUI S.A.",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 50, "ENERGIA Y CONTROL MANTENIMIENTO S.A.C.", 12, b=True)
    pen.lines(
        480, 50, [f"RUC: {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F001-00000742"], 11, "c", b=True
    )
    pen.pairs(
        40,
        100,
        [
            ("Razón social:", "COMPAÑIA MINERA ÑAHUI S.A."),
            ("RUC:", str(truth.customer.id)),
            ("Fecha de emisión:", "18/11/2026"),
            ("Moneda:", "SOLES"),
        ],
        85,
        8.5,
    )
    broken = (
        "SERVICIO DE MANTENIMIENTO PREVENTIVO Y CORRECTIVO DE\nGRUPO ELECTROGENO 250 KVA SERIE GX-4471 "
        "SEGUN ORDEN DE\nSERVICIO 4500.12 INCLUYE CAMBIO DE FILTROS, 24.50 LITROS\nDE ACEITE 15W40 Y "
        "PRUEBAS CON CARGA AL 75 % DURANTE 2.00\nHORAS"
    )
    pen.table(
        180, [(60, "c"), (95, "l"), (460, "r"), (555, "r")],
        [("Cantidad", "Descripción", "Valor unitario", "Valor de venta"),
            ("1", broken, "3,800.00", "3,800.00"),
            ("2", (
                "TRASLADO DE PERSONAL Y HERRAMIENTAS A LA UNIDAD MINERA\nUBICADA EN EL KM 48.5 DE LA "
                "CARRETERA CENTRAL, IDA Y VUELTA"
            ), "350.00", "700.00")],
    )  # fmt: skip
    for y, label, value in (
        (360, "Total valor de venta - operaciones gravadas:", "4,500.00"),
        (374, "IGV 18%:", "810.00"),
        (388, "Importe total de la venta:", "5,310.00"),
    ):
        pen.t(460, y, label, 8.5, "r", b=True)
        pen.t(555, y, f"S/ {value}", 8.5, "r")
    pen.t(40, 420, f"SON: {spelled('5310')}", 8.5)
    pen.paper.qr(40, 430, 75, symbol(truth))
    return Wild("descripcion_larga", pen.save(), (truth,), _ANY_GOOD)


@wild
def valorizacion() -> Wild:
    """Construction: works done, guarantee fund and detracción deducted to a net; the total stays gross."""
    truth = invoice(
        "01", "F001-21", date(2026, 3, 31), "118000.00", "18000.00",
        [("VALORIZACION N° 04 - OBRA: MEJORAMIENTO DE PISTAS Y VEREDAS", "100000.00")], supplier=ruc("obra"),
        name="CONSTRUCTORA CORDILLERA BLANCA S.A.C.", customer=ruc("obra/b"),
        buyer="MUNICIPALIDAD DISTRITAL DE TAMBO ALTO",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 50, "CONSTRUCTORA CORDILLERA BLANCA S.A.C.", 12, b=True)
    pen.lines(480, 50, [f"R.U.C. {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F001-0021"], 11, "c", b=True)
    pen.pairs(
        40,
        100,
        [
            ("SEÑOR(ES):", "MUNICIPALIDAD DISTRITAL DE TAMBO ALTO"),
            ("RUC:", str(truth.customer.id)),
            ("FECHA EMISIÓN:", "31/03/2026"),
            ("FECHA VCTO:", "30/04/2026"),
            ("CONTRATO:", "CP-012-2025"),
            ("MONEDA:", "SOLES"),
        ],
        85,
        8.5,
    )
    pen.table(
        205, [(50, "c"), (75, "c"), (100, "l"), (470, "r"), (555, "r")],
        [("ITEM", "CANT", "DESCRIPCION", "P.UNIT", "TOTAL"),
            ("1", "1.00", "VALORIZACION N° 04 - OBRA: MEJORAMIENTO\nDE PISTAS Y VEREDAS", "100,000.00",
                "100,000.00")],
    )  # fmt: skip
    for y, label, value in (
        (260, "SUB TOTAL", "100,000.00"),
        (273, "IGV (18%)", "18,000.00"),
        (286, "TOTAL", "118,000.00"),
        (306, "FONDO DE GARANTIA 5%", "(5,900.00)"),
        (319, "DETRACCION 4%", "(4,720.00)"),
        (332, "NETO A PAGAR", "107,380.00"),
    ):
        pen.t(400, y, label, 8.5, b=True)
        pen.t(555, y, value, 8.5, "r")
    pen.t(40, 355, f"SON: {spelled('118000')}", 8.5)
    pen.lines(40, 370, ["OPERACIÓN SUJETA A DETRACCIÓN 4% - CTA. BANCO DE LA NACIÓN N° 00-555-012345"], 8)
    pen.paper.qr(40, 385, 75, symbol(truth))
    return Wild("valorizacion", pen.save(), (truth,), ("proven", "consistent", "needs_review"))


@wild
def vehiculo() -> Wild:
    """One line with the car's data below it, in dollars, with ISC of its own row."""
    truth = invoice(
        "01", "F105-8812", date(2026, 2, 20), "23600.00", "3600.00",
        [("CAMIONETA PICK UP 4X4 DOBLE CABINA AÑO MODELO 2026", "23600.00")], supplier=ruc("auto"),
        name="AUTOMOTRIZ PACIFICO AZUL S.A.", customer=ruc("auto/b"),
        buyer="TRANSPORTES HERMANOS ÑAUPARI S.R.L.", currency="USD",
    )  # fmt: skip
    pen = Pen()
    pen.paper.image(40, 35, 140, 40, logo("AUTO", colour="#123a7a"))
    pen.lines(40, 90, ["AUTOMOTRIZ PACIFICO AZUL S.A.", "Av. República de Panamá 4000 - Surquillo - Lima"], 8)
    pen.lines(480, 50, [f"RUC {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F105-00008812"], 11, "c", b=True)
    pen.pairs(
        40,
        125,
        [
            ("Señor(es):", "TRANSPORTES HERMANOS ÑAUPARI S.R.L."),
            ("RUC:", str(truth.customer.id)),
            ("Fecha de emisión:", "20/02/2026"),
            ("Moneda:", "US$"),
        ],
        85,
        8.5,
    )
    detail = "CAMIONETA PICK UP 4X4 DOBLE CABINA AÑO MODELO 2026"
    y = pen.table(
        200,
        [(50, "c"), (90, "l"), (470, "r"), (555, "r")],
        [("Cant.", "Descripción", "Precio Unit.", "Importe"), ("1.00", detail, "23,600.00", "23,600.00")],
    )
    pen.lines(
        90,
        y,
        [
            "MARCA: ANDES   MODELO: PUNA 2.8 TD",
            "N° MOTOR: 4D28X1234567   N° SERIE/VIN: 8AJKA8CD5P1234567",
            "COLOR: BLANCO   COMBUSTIBLE: DIESEL   CILINDRADA: 2,755 CC",
            "DUA: 118-2026-10-045678   PARTIDA: 8704.21.10.90",
        ],
        7.5,
    )
    for y, label, value in (
        (330, "Op. Gravada", "20,000.00"),
        (343, "I.S.C.", "0.00"),
        (356, "I.G.V. 18%", "3,600.00"),
        (369, "Importe Total", "23,600.00"),
    ):
        pen.t(400, y, label, 8.5, b=True)
        pen.t(555, y, f"US$ {value}", 8.5, "r")
    pen.t(40, 395, f"SON: {spelled('23600', 'USD')}", 8.5)
    pen.paper.qr(40, 405, 75, symbol(truth))
    return Wild("vehiculo", pen.save(), (truth,), _ANY_GOOD)


@wild
def totales_horizontales() -> Wild:
    """Head and sums as strips: labels in one row, values in the next, white letters on dark."""
    truth = invoice(
        "01", "F002-9001", date(2026, 1, 14), "2065.00", "315.00",
        [("TELA DRILL 100% ALGODON ANCHO 1.60", "1250.00"), ("HILO POLIESTER 40/2 CONO", "500.00")],
        supplier=ruc("tira"), name="TEXTILES SACHA INCHI S.A.", customer=ruc("tira/b"),
        buyer="CONFECCIONES K'ANTU E.I.R.L.",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 55, "TEXTILES SACHA INCHI S.A.", 13, b=True)
    pen.lines(40, 70, ["Av. Gamarra 1140 La Victoria - Lima"], 8)
    pen.lines(480, 50, [f"RUC {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F002-00009001"], 11, "c", b=True)
    pen.pairs(
        40, 105, [("Señor(es):", "CONFECCIONES K'ANTU E.I.R.L."), ("RUC:", str(truth.customer.id))], 60, 8.5
    )
    pen.paper.box(40, 138, 515, 14, fill=(0.1, 0.1, 0.1))
    strip = [
        (105, "FECHA EMISIÓN", "14/01/2026"),
        (215, "FECHA VENCIMIENTO", "13/02/2026"),
        (325, "MONEDA", "SOLES"),
        (420, "FORMA DE PAGO", "CREDITO 30 DIAS"),
        (510, "VENDEDOR", "V07"),
    ]
    for x, label, value in strip:
        pen.t(x, 148, label, 7, "c", b=True, colour=WHITE)
        pen.t(x, 163, value, 8, "c")
    pen.paper.box(40, 178, 515, 14, fill=(0.1, 0.1, 0.1))
    for (x, align), text in zip(
        [(50, "l"), (120, "l"), (400, "r"), (470, "r"), (550, "r")],
        ("CÓDIGO", "DESCRIPCIÓN", "CANTIDAD", "V. UNIT", "V. TOTAL"),
        strict=True,
    ):
        pen.t(x, 188, text, 7, align, b=True, colour=WHITE)
    pen.table(
        204,
        [(50, "l"), (120, "l"), (400, "r"), (470, "r"), (550, "r")],
        [
            ("TD-160", "TELA DRILL 100% ALGODON ANCHO 1.60", "100.00", "12.50", "1,250.00"),
            ("HP-402", "HILO POLIESTER 40/2 CONO", "50.00", "10.00", "500.00"),
        ],
        head=False,
    )
    pen.paper.box(40, 250, 515, 14, fill=(0.1, 0.1, 0.1))
    for x, label, value in (
        (90, "OP. GRAVADA", "1,750.00"),
        (180, "OP. EXONERADA", "0.00"),
        (270, "OP. INAFECTA", "0.00"),
        (350, "DESCUENTO", "0.00"),
        (430, "I.G.V. 18%", "315.00"),
        (515, "IMPORTE TOTAL", "2,065.00"),
    ):
        pen.t(x, 260, label, 7, "c", b=True, colour=WHITE)
        pen.t(x, 276, value, 8, "c")
    pen.t(40, 300, f"SON: {spelled('2065')}", 8.5)
    pen.paper.qr(40, 310, 75, symbol(truth))
    return Wild("totales_horizontales", pen.save(), (truth,), _ANY_GOOD)


@wild
def totales_izquierda() -> Wild:
    """The sums in a box at the left below the symbol, the RUC of a transporter as prominent as the others."""
    truth = invoice(
        "01", "F001-650", date(2026, 10, 8), "1062.00", "162.00",
        [("FLETE LIMA - TRUJILLO CARGA GENERAL 3.5 TN", "900.00")], supplier=ruc("flete"),
        name="CARGO EXPRESS RIO RIMAC S.A.C.", customer=ruc("flete/b"),
        buyer="REPRESENTACIONES SAN MARTIN S.A.C.",
    )  # fmt: skip
    pen = Pen()
    pen.paper.box(40, 40, 180, 60)
    pen.lines(
        130, 56, [f"R.U.C. {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F001-00000650"], 11, "c", b=True
    )
    pen.t(555, 56, "CARGO EXPRESS RIO RIMAC S.A.C.", 12, "r", b=True)
    pen.lines(555, 70, ["Av. Nicolás Arriola 1500 - La Victoria"], 8, "r")
    pen.pairs(
        40,
        120,
        [
            ("Cliente:", "REPRESENTACIONES SAN MARTIN S.A.C."),
            ("R.U.C.:", str(truth.customer.id)),
            ("Fecha:", "08/10/2026"),
        ],
        60,
        8.5,
    )
    pen.pairs(
        330,
        120,
        [
            ("Remitente:", "AGRO NORTE S.A."),
            ("R.U.C.:", ruc("flete/c")),
            ("Destinatario:", "FERRETERIA LOS ANDES"),
            ("R.U.C.:", ruc("flete/d")),
        ],
        75,
        8.5,
    )
    pen.table(
        200,
        [(60, "c"), (95, "l"), (470, "r"), (555, "r")],
        [
            ("Cant.", "Descripción del servicio", "V. Unit.", "Importe"),
            ("1", "FLETE LIMA - TRUJILLO CARGA GENERAL 3.5 TN", "900.00", "900.00"),
        ],
    )
    for y, label, value in (
        (250, "Valor Venta", "900.00"),
        (263, "IGV (18%)", "162.00"),
        (276, "Total S/", "1,062.00"),
    ):
        pen.t(130, y, label, 8.5, b=True)
        pen.t(280, y, value, 8.5, "r")
    pen.lines(
        300,
        250,
        [
            f"SON: {spelled('1062')}",
            "Guía transportista: V001-7781",
            "Detracción 4% S/ 42.00  Cta. BN 00-045-998877",
        ],
        7,
    )
    pen.paper.qr(40, 240, 75, symbol(truth))
    return Wild("totales_izquierda", pen.save(), (truth,), _ANY_GOOD)


@wild
def coma_decimal() -> Wild:
    """Decimals by comma and thousands by point, throughout."""
    truth = invoice(
        "01", "F001-15", date(2026, 11, 20), "1475.00", "225.00",
        [("Licencia anual de software de diseño", "1250.00")], supplier=ruc("coma"),
        name="SOLUCIONES NOR ORIENTE S.A.C.", customer=ruc("coma/b"), buyer="A & B INGENIEROS S.R.L.",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 50, "SOLUCIONES NOR ORIENTE S.A.C.", 12, b=True)
    pen.lines(
        480, 50, [f"RUC: {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F001-00000015"], 11, "c", b=True
    )
    pen.pairs(
        40,
        100,
        [
            ("Cliente:", "A & B INGENIEROS S.R.L."),
            ("RUC:", str(truth.customer.id)),
            ("Fecha emisión:", "20.11.2026"),
            ("Moneda:", "Soles (PEN)"),
        ],
        80,
        8.5,
    )
    pen.table(
        180,
        [(40, "l"), (330, "r"), (420, "r"), (555, "r")],
        [
            ("Descripción", "Cant.", "P. Unit.", "Importe"),
            ("Licencia anual de software de diseño", "1,00", "1.250,00", "1.250,00"),
        ],
    )
    for y, label, value in (
        (230, "Op. gravada", "1.250,00"),
        (243, "IGV 18 %", "225,00"),
        (256, "Importe total", "1.475,00"),
    ):
        pen.t(400, y, label, 8.5, b=True)
        pen.t(555, y, f"S/ {value}", 8.5, "r")
    pen.t(40, 280, f"SON: {spelled('1475')}", 8.5)
    pen.paper.qr(40, 290, 75, symbol(truth))
    return Wild("coma_decimal", pen.save(), (truth,), _ANY_GOOD)


@wild
def sin_decimales() -> Wild:
    """Whole soles without cents anywhere."""
    truth = invoice(
        "03", "B001-204", date(2026, 11, 1), "590", "90", [("ALQUILER DE LOCAL PARA EVENTO", "590")],
        supplier=ruc("entero", "10"), name="ZÚÑIGA RÍOS BEGOÑA", customer=dni("entero"),
        buyer="HUAMÁN CHÁVEZ LUIS ALBERTO",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 50, "ZÚÑIGA RÍOS BEGOÑA", 12, b=True)
    pen.lines(40, 65, ["SALÓN DE RECEPCIONES LA PERUANITA", "JR. UNION 440 - CAJAMARCA"], 8)
    pen.lines(
        480, 50, [f"RUC: {truth.supplier.ruc}", "BOLETA DE VENTA ELECTRÓNICA", "B001-204"], 10, "c", b=True
    )
    pen.pairs(
        40,
        110,
        [
            ("Señor(a):", "HUAMÁN CHÁVEZ LUIS ALBERTO"),
            ("DNI:", str(truth.customer.id)),
            ("Fecha:", "01/11/2026"),
        ],
        60,
        8.5,
    )
    pen.table(
        170,
        [(60, "c"), (95, "l"), (470, "r"), (555, "r")],
        [
            ("Cant.", "Descripción", "P. Unit.", "Importe"),
            ("1", "ALQUILER DE LOCAL PARA EVENTO", "S/ 590", "S/ 590"),
        ],
    )
    for y, label, value in (
        (220, "OP. GRAVADA", "S/ 500"),
        (233, "IGV 18%", "S/ 90"),
        (246, "TOTAL", "S/ 590"),
    ):
        pen.t(400, y, label, 8.5, b=True)
        pen.t(555, y, value, 8.5, "r")
    pen.t(40, 270, f"SON: {spelled('590')}", 8.5)
    pen.paper.qr(40, 280, 75, symbol(truth))
    return Wild("sin_decimales", pen.save(), (truth,), _ANY_GOOD)


@wild
def hotel() -> Wild:
    """Reduced rate of 2026, dates of stay beside the issue's, drawn out of order."""
    truth = invoice(
        "01", "F001-4410", date(2026, 8, 5), "773.50", "73.50",
        [("HOSPEDAJE HAB. 204 DOBLE DEL 02/08/2026 AL 05/08/2026", "663.00"),
            ("DESAYUNO BUFFET ADICIONAL", "110.50")],
        supplier=ruc("hotel"), name="HOTEL VIRGEN DE CHAPI S.A.C.", customer=ruc("hotel/b"),
        buyer="GRUPO CHALLWA S.A.",
    )  # fmt: skip
    pen = Pen(shuffle=Random("hotel"))
    pen.t(200, 50, "HOTEL VIRGEN DE CHAPI S.A.C.", 12, "c", b=True)
    pen.lines(200, 64, ["Calle Bolívar 202 - Cercado - Arequipa"], 8, "c")
    pen.lines(
        480, 50, [f"RUC: {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F001-00004410"], 11, "c", b=True
    )
    pen.pairs(
        40,
        105,
        [
            ("Huésped:", "SR. LLONTOP VÁSQUEZ, ÉDGAR"),
            ("Empresa:", "GRUPO CHALLWA S.A."),
            ("RUC:", str(truth.customer.id)),
            ("Check in:", "02/08/2026"),
            ("Check out:", "05/08/2026"),
        ],
        60,
        8.5,
    )
    pen.pairs(
        380, 105, [("Fecha de emisión:", "05/08/2026"), ("Moneda:", "SOLES"), ("Habitación:", "204")], 85, 8.5
    )
    pen.table(
        190, [(60, "c"), (95, "l"), (470, "r"), (555, "r")],
        [("Cant.", "Descripción", "P. Unit.", "Importe"),
            ("3", "HOSPEDAJE HAB. 204 DOBLE DEL 02/08/2026 AL 05/08/2026", "221.00", "663.00"),
            ("2", "DESAYUNO BUFFET ADICIONAL", "55.25", "110.50")],
    )  # fmt: skip
    for y, label, value in (
        (245, "OP. GRAVADA", "700.00"),
        (258, "I.G.V. 10.5%", "73.50"),
        (271, "IMPORTE TOTAL", "773.50"),
    ):
        pen.t(400, y, label, 8.5, b=True)
        pen.t(555, y, f"S/ {value}", 8.5, "r")
    pen.t(40, 295, f"SON: {spelled('773.50')}", 8.5)
    pen.paper.qr(40, 305, 75, symbol(truth))
    return Wild("hotel", pen.save(), (truth,), _ANY_GOOD)


@wild
def pie_con_nombre() -> Wild:
    """The head is a picture: name and RUC stand written in the footer alone."""
    truth = invoice(
        "01", "F001-3", date(2026, 11, 11), "236.00", "36.00", [("DISEÑO DE LOGOTIPO", "200.00")],
        supplier=ruc("pie"), name="ESTUDIO CREATIVO MAR & TIERRA S.A.C.", customer=ruc("pie/b"),
        buyer="CAFETERIA PUQUIO E.I.R.L.",
    )  # fmt: skip
    pen = Pen()
    pen.paper.image(40, 35, 200, 60, logo("MAR & TIERRA", colour="#0a6a6a"))
    pen.t(555, 60, "FACTURA ELECTRÓNICA", 14, "r", b=True)
    pen.t(555, 78, "F001-00000003", 12, "r")
    pen.pairs(
        40,
        120,
        [
            ("Facturar a:", "CAFETERIA PUQUIO E.I.R.L."),
            ("RUC:", str(truth.customer.id)),
            ("Fecha de emisión:", "11/11/2026"),
        ],
        90,
        9,
    )
    pen.table(
        190,
        [(40, "l"), (330, "r"), (430, "r"), (555, "r")],
        [("Concepto", "Cantidad", "Precio", "Subtotal"), ("DISEÑO DE LOGOTIPO", "1", "200.00", "200.00")],
    )
    for y, label, value in (
        (240, "Subtotal", "S/ 200.00"),
        (254, "IGV 18%", "S/ 36.00"),
        (268, "Total", "S/ 236.00"),
    ):
        pen.t(400, y, label, 9, b=True)
        pen.t(555, y, value, 9, "r")
    pen.t(40, 292, f"SON: {spelled('236')}", 9)
    pen.paper.qr(40, 300, 75, symbol(truth))
    pen.lines(
        297,
        790,
        [
            "ESTUDIO CREATIVO MAR & TIERRA S.A.C.",
            f"RUC {truth.supplier.ruc} - Psje. Las Orquídeas 120, Barranco",
            "hola@mar.example - 987 654 321",
        ],
        7.5,
        "c",
    )
    return Wild("pie_con_nombre", pen.save(), (truth,), _ANY_GOOD)


def _plain(name: str) -> tuple[Pen, Wild]:
    """An ordinary sheet that others vary."""
    truth = invoice(
        "01", "F001-880", date(2026, 11, 17), "1180.00", "180.00",
        [("ESTANTE METALICO 5 NIVELES", "600.00"), ("ARCHIVADOR DE 4 GAVETAS", "400.00")], supplier=ruc(name),
        name="MUEBLES DE OFICINA CORDILLERA S.A.C.", customer=ruc(f"{name}/b"), buyer="NOTARIA ORDOÑEZ",
    )  # fmt: skip
    pen = Pen()
    pen.t(40, 50, "MUEBLES DE OFICINA CORDILLERA S.A.C.", 12, b=True)
    pen.lines(40, 66, ["Av. Colonial 2210 - Lima"], 8)
    pen.lines(
        480, 50, [f"RUC: {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F001-00000880"], 11, "c", b=True
    )
    pen.pairs(
        40,
        100,
        [
            ("Señor(es):", "NOTARIA ORDOÑEZ"),
            ("RUC:", str(truth.customer.id)),
            ("Fecha de emisión:", "17/11/2026"),
            ("Moneda:", "SOLES"),
        ],
        85,
        8.5,
    )
    pen.table(
        180, [(60, "c"), (95, "l"), (470, "r"), (555, "r")],
        [("Cant.", "Descripción", "V. Unit.", "Importe"),
            ("2", "ESTANTE METALICO 5 NIVELES", "300.00", "600.00"),
            ("1", "ARCHIVADOR DE 4 GAVETAS", "400.00", "400.00")],
    )  # fmt: skip
    for y, label, value in (
        (235, "OP. GRAVADA", "1,000.00"),
        (248, "IGV 18%", "180.00"),
        (261, "IMPORTE TOTAL", "1,180.00"),
    ):
        pen.t(400, y, label, 8.5, b=True)
        pen.t(555, y, f"S/ {value}", 8.5, "r")
    pen.t(40, 285, f"SON: {spelled('1180')}", 8.5)
    return pen, Wild(name, b"", (truth,), _ANY_GOOD)


@wild
def marca_de_agua() -> Wild:
    """COPIA in huge grey letters across the lines."""
    pen, one = _plain("marca_de_agua")
    pen.paper.text(
        297, 225, "C O P I A   P A R A   E L   C L I E N T E", "Helvetica-Bold", 30, "c", (0.88, 0.88, 0.88)
    )
    pen.paper.qr(40, 300, 75, symbol(one.truth[0]))
    return Wild(one.name, pen.save(), one.truth, one.verdicts)


__all__ = ["_plain", "m"]
