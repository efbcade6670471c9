"""Names that look like labels, names over two lines, names beside other names; currencies, dates and
identities that belong to somebody else.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from functions.extractor.invoice import Customer, Invoice, Item, Verdict
from tests.corpus.wild.pen import Wild, invoice, roll, ruc, spelled, symbol, typed, wild

_DAY = date(2026, 11, 10)
_BUYER = "CORPORACION AGUA CLARA S.A.C."
_PROVEN: tuple[Verdict, ...] = ("proven",)
_DOUBT: tuple[Verdict, ...] = ("consistent", "needs_review")


def _truth(
    seed: str, name: str, *, serial: str = "F008-512", prefix: str = "20", currency: str = "PEN"
) -> Invoice:
    return invoice(
        "01" if serial.startswith("F") else "03", serial, _DAY, "236.00", "36.00",
        [("SERVICIO DE REPARACION", "200.00")],
        supplier=ruc(seed, prefix), name=name, customer=ruc("nombres/b"), buyer=_BUYER, currency=currency,
    )  # fmt: skip


def _totals(sign: str = "S/") -> str:
    return f"""
                                     OP. GRAVADA    {sign}    200.00
                                     IGV 18%        {sign}     36.00
                                     TOTAL          {sign}    236.00"""


_TABLE = """
CANT   UND   DESCRIPCION                       V.UNIT    IMPORTE
1      ZZ    SERVICIO DE REPARACION            200.00     200.00
"""


def _a4(
    name: str, truth: Invoice, header: Sequence[str], *, verdicts: tuple[Verdict, ...] = _PROVEN,
    buyer: str | None = None, table: str = _TABLE,
    totals: str | None = None, words: str | None = None, proof: bool = True,
) -> Wild:  # fmt: skip
    """An ordinary factura whose header stands on four lines at the left, RUC, title and number at the
    right.
    """
    right = [
        f"RUC {truth.supplier.ruc}",
        "FACTURA ELECTRÓNICA",
        f"{truth.series}-{int(truth.number or 0):08d}",
        "",
    ]
    left = [*header, "", "", "", ""][:4]
    parties = (
        buyer
        or f"Cliente: {truth.customer.name}                Fecha de emisión: 10/11/2026\nRUC: "
        f"{truth.customer.id}"
    )
    art = "\n".join(f"{a:<64}{b}".rstrip() for a, b in zip(left, right, strict=True))
    art += (
        f"\n\n{parties}\n{table}{_totals() if totals is None else totals}\nSON: "
        f"{words or spelled('236', truth.currency or 'PEN')}\n"
    )
    return Wild(
        name, typed(art, qr=(0, art.count("\n") + 1, symbol(truth)) if proof else None), (truth,), verdicts
    )


def _ticket(
    name: str, truth: Invoice, header: Sequence[str], *, verdicts: tuple[Verdict, ...] = _PROVEN
) -> Wild:
    truth = _to(truth, Customer(name="VARIOS"))
    art = "\n".join(f">{line}" for line in header)
    return Wild(
        name,
        roll(
            f"""
{art}
>RUC {truth.supplier.ruc}
>Av. Tacna 200 Lima
>BOLETA DE VENTA ELECTRONICA
>{truth.series}-{int(truth.number or 0):08d}
FECHA: 10/11/2026 10:10:10
CLIENTE: VARIOS
----------------------------------------
CANT DESCRIPCION         P.UNIT  IMPORTE
1    REPARACION DE MOTOR          236.00
----------------------------------------
OP.GRAVADA S/                     200.00
IGV 18%    S/                      36.00
TOTAL      S/                     236.00
SON: {spelled("236")}
""",
            width=50,
            qr=symbol(truth),
        ),
        (
            truth.model_copy(
                update={"items": [Item(description="REPARACION DE MOTOR", amount=Decimal("236.00"))]}
            ),
        ),
        verdicts,
    )


def _to(truth: Invoice, customer: Customer) -> Invoice:
    """The same invoice to somebody else, or to nobody."""
    return truth.model_copy(update={"customer": customer})


@wild
def nombre_rotulo() -> Wild:
    """A firm may call itself by any word that is a label elsewhere."""
    truth = _truth("nombre_rotulo", "DIRECCION Y GESTION ELECTRONICA S.A.C.")
    return _a4(
        "nombre_rotulo",
        truth,
        [f"#{truth.supplier.name}", "Jr. Huallaga 450 - Lima", "Telf. 4271122  ventas@correo.pe"],
    )


@wild
def nombre_cliente() -> Wild:
    """The word for the buyer in the seller's name; a slogan of capitals below."""
    truth = _truth("nombre_cliente", "CLIENTE FELIZ S.A.C.")
    return _a4(
        "nombre_cliente",
        truth,
        [f"#{truth.supplier.name}", "SOLUCIONES CONFIABLES PARA TU HOGAR", "Jr. Huallaga 450 - Lima"],
    )


@wild
def nombre_representante() -> Wild:
    """Another firm is named whose agent the seller is."""
    truth = _truth("nombre_representante", "TELEFONIA Y REDES DEL SUR E.I.R.L.")
    return _a4(
        "nombre_representante",
        truth,
        [f"#{truth.supplier.name}", "Representante oficial de MOTOROLA SOLUTIONS PERU S.A."],
    )


@wild
def nombre_dos_lineas() -> Wild:
    """The name breaks after a word that cannot end it."""
    truth = _truth("nombre_dos_lineas", "INVERSIONES GASTRONOMICAS DEL PACIFICO SUR S.A.C.", serial="B007-1")
    return _ticket("nombre_dos_lineas", truth, ["INVERSIONES GASTRONOMICAS DEL", "PACIFICO SUR S.A.C."])


@wild
def nombre_generico() -> Wild:
    """The upper line only says what kind of firm it is."""
    truth = _truth("nombre_generico", "EMPRESA DE TRANSPORTES CORDILLERA BLANCA S.A.C.", serial="B007-2")
    return _ticket("nombre_generico", truth, ["EMPRESA DE TRANSPORTES", "CORDILLERA BLANCA S.A.C."])


@wild
def nombre_forma_larga() -> Wild:
    """A trade name, the name, and its legal form written out on a line of its own."""
    truth = _truth(
        "nombre_forma_larga",
        "SERVICIOS INDUSTRIALES DEL NORTE PERUANO SOCIEDAD COMERCIAL DE RESPONSABILIDAD LIMITADA",
    )
    return _a4(
        "nombre_forma_larga",
        truth,
        [
            "ACME",
            "SERVICIOS INDUSTRIALES DEL NORTE PERUANO",
            "SOCIEDAD COMERCIAL DE RESPONSABILIDAD LIMITADA",
            "Jr. Lima 200",
        ],
    )


@wild
def nombre_persona() -> Wild:
    """The RUC is a person's: the shop's name above is not whom it names."""
    truth = _truth("nombre_persona", "QUISPE ROJAS ABEL", prefix="10")
    return _a4(
        "nombre_persona",
        truth,
        ["TALLERES EL PISTON", "de QUISPE ROJAS ABEL", "Venta de repuestos, soldadura y torno en general"],
    )


@wild
def nombre_dudoso() -> Wild:
    """A line of the same letters above the name, full to its edge: it is the name's beginning, though a trade name
    might look so too. No proof is about it.
    """
    truth = _truth("nombre_dudoso", "CONSTRUCTORA HERMANOS GARCIA LOPEZ S.A.C.", serial="B007-3")
    return _ticket(
        "nombre_dudoso", truth, ["CONSTRUCTORA HERMANOS", "GARCIA LOPEZ S.A.C."], verdicts=("proven", *_DOUBT)
    )


@wild
def emisor_al_pie() -> Wild:
    """The buyer's block stands under the title; who sells signs in the last line."""
    truth = _truth("emisor_al_pie", "EXTINTORES FUEGO CERO S.A.C.")
    return Wild(
        "emisor_al_pie",
        typed(f"""
FACTURA ELECTRÓNICA F008-00000512
Fecha de emisión: 10/11/2026

Cliente: {_BUYER}
RUC: {truth.customer.id}
Dirección: Av. Javier Prado 2000 San Isidro
Moneda: SOLES
{_TABLE}{_totals()}
SON: {spelled("236")}

{truth.supplier.name} - RUC {truth.supplier.ruc} - Av. Colonial 1200 Lima - www.fuegocero.pe
"""),
        (truth,),
        ("consistent",),
    )


@wild
def cliente_a_la_izquierda() -> Wild:
    """Buyer left, seller right, side by side: a name belongs to the RUC of its column."""
    truth = _truth("cliente_a_la_izquierda", "EXTINTORES FUEGO CERO S.A.C.")
    return Wild(
        "cliente_a_la_izquierda",
        typed(f"""
Facturar a:                                                {truth.supplier.name}
{_BUYER}                              RUC {truth.supplier.ruc}
RUC {truth.customer.id}                                     Av. Colonial 1200 Lima
Av. Javier Prado 2000 San Isidro                           FACTURA ELECTRÓNICA F008-00000512
                                                           Fecha de emisión 10/11/2026
{_TABLE}{_totals()}
SON: {spelled("236")}
"""),
        (truth,),
        ("consistent",),
    )


@wild
def dni_del_repartidor() -> Wild:
    """The identity printed is the rider's."""
    truth = _to(_truth("dni_del_repartidor", "POLLERIA EL CARBON S.A.C."), Customer(name="CLIENTES VARIOS"))
    return _a4(
        "dni_del_repartidor",
        truth,
        [f"#{truth.supplier.name}", "Av. Los Incas 230 - Cusco"],
        buyer="Señores: CLIENTES VARIOS                                   Fecha de emisión: "
        "10/11/2026\nRUC/DNI: -\nMotorizado: LUIS POMA   DNI: 45678912",
    )


@wild
def liquidacion_de_compra() -> Wild:
    """Nobody is called the buyer, and the farmer who sells is named with his DNI below the issuer."""
    truth = invoice(
        "04", "E001-31", _DAY, "980.00", "0.00", [("CACAO EN GRANO SECO", "980.00")],
        supplier=ruc("liquidacion_de_compra"), name="ACOPIADORA VALLE VERDE S.A.C.",
    )  # fmt: skip
    return Wild(
        "liquidacion_de_compra",
        typed(f"""
{truth.supplier.name}                              LIQUIDACION DE COMPRA ELECTRONICA
JR. ALFONSO UGARTE 230 JUANJUI                             RUC: {truth.supplier.ruc}
                                                           E001-31
Fecha de Emisión : 10/11/2026
Vendedor : PEDRO SATALAYA ISUIZA
DNI : 01122334
Tipo de Moneda : SOLES

Cantidad   Unidad Medida   Descripción               Valor Unitario    Valor de Venta
70.00      KILOGRAMO       CACAO EN GRANO SECO                14.00            980.00

                                              Valor de venta :     S/ 980.00
                                              IGV :                  S/ 0.00
                                              Importe Total :      S/ 980.00
SON: {spelled("980")}
"""),
        (truth,),
        _DOUBT,
    )


@wild
def dolares_equivalentes() -> Wild:
    """One dollar sign beside the total; the equivalent in soles is printed twice and the words name no
    currency.
    """
    truth = _truth("dolares_equivalentes", "SOLUCIONES TI NUBE S.A.C.", currency="USD")
    return _a4(
        "dolares_equivalentes",
        truth,
        [f"#{truth.supplier.name}", "Av. Javier Prado 500 San Isidro"],
        totals=f"{_totals('  ')[: _totals('  ').rindex('TOTAL')]}TOTAL         $      236.00\n"
        "                                     TOTAL EN SOLES S/    883.11\n                                  "
        "   TOTAL EN SOLES (DETRACCIÓN 12%) S/ 106.00",
        words="DOSCIENTOS TREINTA Y SEIS CON 00/100",
        verdicts=_DOUBT,
    )


@wild
def lote_que_vence() -> Wild:
    """What expires is the medicine."""
    truth = _truth("lote_que_vence", "BOTICAS VIDA SANA S.A.C.")
    return _a4(
        "lote_que_vence",
        truth,
        [f"#{truth.supplier.name}"],
        table=f"{_TABLE}       Lote: AX2231  Venc: 30/06/2028\n",
    )


@wild
def fechas_de_otros() -> Wild:
    """The dates of the order and of dispatch stand beside the document's."""
    truth = _truth("fechas_de_otros", "EXTINTORES FUEGO CERO S.A.C.")
    return _a4(
        "fechas_de_otros",
        truth,
        [f"#{truth.supplier.name}"],
        buyer=f"Señores: {_BUYER}     RUC: {truth.customer.id}\nFecha Pedido: 28/10/2026    Fecha Doc.: "
        f"10/11/2026    Fecha Despacho: 12/11/2026",
        proof=False,
        verdicts=("consistent",),
    )


@wild
def fecha_bajo_titulos() -> Wild:
    """Dates in a table: when it is due, when it was ordered, a condition between, and last its own."""
    truth = _truth("fecha_bajo_titulos", "INSTITUTO DE ALTURA ANDES S.A.C.").model_copy(
        update={"due_date": date(2026, 12, 10)}
    )
    return _a4(
        "fecha_bajo_titulos",
        truth,
        [f"#{truth.supplier.name}"],
        buyer=f"Señores: {_BUYER}\nRUC: {truth.customer.id}\n\n"
        "FECHA VENC.    O/COMPRA     FECHA O/C      CONDICIÓN         FECHA\n10-12-26       4500123      "
        "28-10-26       CREDITO 30 D      10-11-26",
        proof=False,
        verdicts=("consistent",),
    )


@wild
def dia_mes_anio() -> Wild:
    """Day, month and year stand in boxes of their own, on the buyer's lines."""
    truth = _truth("dia_mes_anio", "EXTINTORES FUEGO CERO S.A.C.")
    return _a4(
        "dia_mes_anio",
        truth,
        [f"#{truth.supplier.name}"],
        buyer=f"Señores: {_BUYER}                       DÍA    MES    AÑO\nRUC: {truth.customer.id}          "
        f"                          10     11     2026",
        proof=False,
        verdicts=("consistent",),
    )
