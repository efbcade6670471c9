"""Bills of light, water, gas and telephone, where the customer stands first and sums have many rows; an
airline's ticket.
"""

from datetime import date

from tests.corpus.wild.pen import Pen, Wild, invoice, logo, ruc, wild

_FAIR = ("consistent", "needs_review")


@wild
def luz() -> Wild:
    """The customer largest, the issuer small in a corner, a graph of months, last month's debt, two dates of
    cutting off.
    """
    truth = invoice(
        "14", "S001-48812077", date(2026, 11, 6), "186.40", "27.42",
        [("Cargo Fijo", "3.12"), ("Mant. y Reposición de Conexión", "1.42"), ("Consumo de Energía", "132.80"),
            ("Alumbrado Público", "14.98"), ("Aporte Ley Nro. 28749", "6.66")],
        supplier=ruc("luz"), name="ELECTRICIDAD DEL LITORAL S.A.A.", buyer="ORDOÑEZ PEÑA MAXIMO",
    )  # fmt: skip
    pen = Pen()
    pen.paper.image(40, 30, 120, 36, logo("LITORAL", colour="#e07b00"))
    pen.t(40, 95, "ORDOÑEZ PEÑA MAXIMO", 14, b=True)
    pen.lines(40, 110, ["AV. TUPAC AMARU 2210 - COMAS"], 9)
    pen.pairs(
        40,
        135,
        [
            ("N° de Suministro", "1482207"),
            ("Tarifa", "BT5B - Residencial"),
            ("Medidor", "000655412 Monofásico"),
            ("Lectura anterior (05/10/2026)", "18,442.00"),
            ("Lectura actual (04/11/2026)", "18,642.00"),
            ("Consumo kWh", "200.00"),
            ("Precio unitario S/ kWh", "0.6640"),
        ],
        140,
        8,
    )
    pen.lines(
        555,
        40,
        ["ELECTRICIDAD DEL LITORAL S.A.A.", f"R.U.C. {truth.supplier.ruc}", "Av. Argentina 1400 - Lima"],
        8,
        "r",
    )
    pen.lines(555, 85, ["RECIBO ELECTRÓNICO", "S001-0048812077"], 11, "r", b=True)
    pen.pairs(
        340,
        125,
        [
            ("Mes facturado", "Noviembre 2026"),
            ("Fecha de emisión", "06-Nov-2026"),
            ("Fecha de vencimiento", "21-Nov-2026"),
            ("Corte a partir del", "24-Nov-2026"),
        ],
        110,
        8.5,
    )
    pen.t(40, 240, "DETALLE DE IMPORTES", 9, b=True)
    pen.t(290, 240, "S/", 9, "r", b=True)
    y = 255.0
    for label, value in (
        ("Cargo Fijo", "3.12"),
        ("Mant. y Reposición de Conexión", "1.42"),
        ("Consumo de Energía", "132.80"),
        ("Alumbrado Público", "14.98"),
        ("SUBTOTAL", "152.32"),
        ("I.G.V.", "27.42"),
        ("TOTAL Mes Actual", "179.74"),
        ("Aporte Ley Nro. 28749", "6.66"),
        ("Redondeo Mes Anterior", "0.04"),
        ("Redondeo Mes Actual", "-0.04"),
        ("TOTAL A PAGAR S/", "186.40"),
    ):
        pen.t(40, y, label, 8.5)
        pen.t(290, y, value, 8.5, "r")
        y += 13
    pen.t(340, 240, "Evolución de consumo (kWh)", 8)
    pen.lines(
        340, 255, ["Dic 180   Ene 195   Feb 210   Mar 220", "Abr 205   May 190   Jun 188   Jul 192"], 7.5
    )
    pen.paper.box(380, 330, 160, 50)
    pen.t(460, 348, "TOTAL A PAGAR", 9, "c", b=True)
    pen.t(460, 370, "S/ ******186.40", 14, "c", b=True)
    return Wild("luz", pen.save(), (truth,), _FAIR)


@wild
def agua() -> Wild:
    """Water and sewer, labels above values in boxes."""
    truth = invoice(
        "14", "S003-7701245", date(2026, 10, 19), "94.52", "14.42",
        [("Agua Potable", "52.10"), ("Alcantarillado", "23.00"), ("Cargo Fijo", "5.00")],
        supplier=ruc("agua"), name="SERVICIO DE AGUA POTABLE DEL VALLE S.A.", buyer="RESTAURANT EL HUARANGO",
    )  # fmt: skip
    pen = Pen()
    pen.lines(40, 45, ["SERVICIO DE AGUA POTABLE DEL VALLE S.A."], 10, b=True)
    pen.lines(40, 58, [f"RUC {truth.supplier.ruc}   Autopista Ramiro Prialé 210 - El Agustino"], 7.5)
    pen.t(555, 45, "RECIBO N° S003-07701245", 11, "r", b=True)
    pen.t(40, 90, "Titular de la conexión", 7)
    pen.t(40, 102, "RESTAURANT EL HUARANGO", 10, b=True)
    pen.t(40, 115, "Jr. Callao 330 - Cercado", 8)
    for x, label, value in (
        (40, "Suministro", "2214458-7"),
        (150, "Mes facturado", "OCTUBRE 2026"),
        (270, "Emisión", "19/10/2026"),
        (370, "Vencimiento", "05/11/2026"),
        (470, "Categoría", "COMERCIAL"),
    ):
        pen.t(x, 145, label, 7, b=True)
        pen.t(x, 157, value, 9)
    pen.table(
        190,
        [(40, "l"), (300, "r")],
        [
            ("Concepto", "Importe S/"),
            ("Agua Potable", "52.10"),
            ("Alcantarillado", "23.00"),
            ("Cargo Fijo", "5.00"),
            ("I.G.V.", "14.42"),
            ("TOTAL A PAGAR", "94.52"),
        ],
        9,
    )
    return Wild("agua", pen.save(), (truth,), _FAIR)


@wild
def telefono() -> Wild:
    """A mobile operator's factura: summary first, the client's RUC more prominent than its own."""
    truth = invoice(
        "01", "FT01-90012245", date(2026, 11, 1), "188.80", "28.80",
        [("Plan Empresas 50 GB x 2 líneas", "140.00"), ("Equipo en cuotas 6/12", "20.00")],
        supplier=ruc("movil"), name="TELECOMUNICACIONES ANDINAS S.A.A.", customer=ruc("movil/b"),
        buyer="MULTISERVICIOS NOR ORIENTE S.A.C.",
    )  # fmt: skip
    pen = Pen(font="OpenSans", bold="OpenSans-Bold")
    pen.paper.image(40, 30, 120, 40, logo("TELE", colour="#c00000"))
    pen.lines(
        40,
        95,
        ["MULTISERVICIOS NOR ORIENTE S.A.C.", "AV. JOSE PARDO 610 - CHIMBOTE", f"RUC: {truth.customer.id}"],
        10,
    )
    pen.lines(555, 45, ["FACTURA ELECTRÓNICA", "FT01-0090012245"], 12, "r", b=True)
    pen.pairs(
        340,
        95,
        [
            ("Código de cliente", "77410023"),
            ("Fecha de emisión", "01/11/2026"),
            ("Fecha de vencimiento", "16/11/2026"),
            ("Periodo", "01/10/2026 - 31/10/2026"),
        ],
        110,
        8,
    )
    pen.t(40, 165, "Total a pagar", 10, b=True)
    pen.t(160, 165, "S/ 188.80", 14, b=True)
    pen.table(
        200, [(40, "l"), (555, "r")],
        [("Detalle de cargos del mes", "Importe S/"), ("Plan Empresas 50 GB x 2 líneas", "140.00"),
            ("Equipo en cuotas 6/12", "20.00"), ("Operaciones gravadas", "160.00"), ("IGV 18%", "28.80"),
            ("Importe total", "188.80")], 9, step=1.7,
    )  # fmt: skip
    pen.lines(
        297,
        790,
        [
            (
                f"TELECOMUNICACIONES ANDINAS S.A.A. RUC {truth.supplier.ruc} Av. Javier Prado Este 3190, "
                "San Borja, Lima"
            ),
            "Representación impresa de la factura electrónica",
        ],
        7,
        "c",
    )
    return Wild("telefono", pen.save(), (truth,), _FAIR)


@wild
def aereo() -> Wild:
    """An airline's ticket as comprobante 05, in two languages."""
    truth = invoice(
        "01", "F501-220145", date(2026, 9, 12), "412.30", "55.80", [("TARIFA AEREA LIM-CUZ-LIM", "310.00")],
        supplier=ruc("aereo"), name="LINEAS AEREAS DEL INCA S.A.", customer=ruc("aereo/b"),
        buyer="CONSULTORES PUQUIO 27 S.A.C.",
    )  # fmt: skip
    pen = Pen()
    pen.lines(40, 50, ["LINEAS AEREAS DEL INCA S.A."], 12, b=True)
    pen.lines(
        480, 50, [f"RUC: {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", "F501-00220145"], 11, "c", b=True
    )
    pen.pairs(
        40,
        100,
        [
            ("Señor(es) / Customer:", "CONSULTORES PUQUIO 27 S.A.C."),
            ("RUC:", str(truth.customer.id)),
            ("Fecha de emisión / Issue date:", "12/09/2026"),
            ("Pasajero / Passenger:", "IBAÑEZ/ITALO MR"),
            ("Boleto / Ticket:", "544-2204458871"),
            ("Fecha de vuelo:", "20/09/2026"),
        ],
        150,
        8.5,
    )
    pen.table(
        205,
        [(40, "l"), (555, "r")],
        [("Concepto / Description", "Monto / Amount S/"), ("TARIFA AEREA LIM-CUZ-LIM", "310.00")],
        9,
    )
    for y, label, value in (
        (250, "Valor de venta gravado", "310.00"),
        (264, "IGV 18%", "55.80"),
        (278, "TUUA nacional (Otros cargos)", "46.50"),
        (292, "Importe total", "412.30"),
    ):
        pen.t(350, y, label, 9)
        pen.t(555, y, value, 9, "r")
    return Wild("aereo", pen.save(), (truth,), _FAIR)
