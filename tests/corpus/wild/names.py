"""Names that look like labels, names over two lines, names beside other names; currencies, dates and identities that belong to somebody else."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from functions.extractor.invoice import Customer, Invoice, Verdict
from tests.corpus.wild.pen import Wild, invoice, roll, ruc, spelled, symbol, typed, wild

_DAY = date(2026, 11, 10)
_BUYER = "CORPORACION AGUA CLARA S.A.C."
_PROVEN: tuple[Verdict, ...] = ("proven",)
_DOUBT: tuple[Verdict, ...] = ("consistent", "needs_review")


def _truth(seed: str, name: str, *, serial: str = "F008-512", prefix: str = "20", currency: str = "PEN") -> Invoice:
    return invoice(
        "01" if serial.startswith("F") else "03", serial, _DAY, "236.00", "36.00", [("SERVICIO DE REPARACION", "200.00")],
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
    name: str, truth: Invoice, header: Sequence[str], *, verdicts: tuple[Verdict, ...] = _PROVEN, buyer: str | None = None, table: str = _TABLE,
    totals: str | None = None, words: str | None = None, proof: bool = True,
) -> Wild:  # fmt: skip
    """An ordinary factura whose header stands on four lines at the left, RUC, title and number at the right."""
    right = [f"RUC {truth.supplier.ruc}", "FACTURA ELECTRÓNICA", f"{truth.series}-{int(truth.number or 0):08d}", ""]
    left = [*header, "", "", "", ""][:4]
    parties = buyer or f"Cliente: {truth.customer.name}                Fecha de emisión: 10/11/2026\nRUC: {truth.customer.id}"
    art = "\n".join(f"{a:<64}{b}".rstrip() for a, b in zip(left, right, strict=True))
    art += f"\n\n{parties}\n{table}{_totals() if totals is None else totals}\nSON: {words or spelled('236', truth.currency or 'PEN')}\n"
    return Wild(name, typed(art, qr=(0, art.count("\n") + 1, symbol(truth)) if proof else None), (truth,), verdicts)


def _ticket(name: str, truth: Invoice, header: Sequence[str], *, verdicts: tuple[Verdict, ...] = _PROVEN) -> Wild:
    truth = _to(truth, Customer())
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
1    SERVICIO DE REPARACION       236.00
----------------------------------------
OP.GRAVADA S/                     200.00
IGV 18%    S/                      36.00
TOTAL      S/                     236.00
SON: {spelled("236")}
""",
            qr=symbol(truth),
        ),
        (truth.model_copy(update={"items": [truth.items[0].model_copy(update={"amount": Decimal("236.00")})]}),),
        verdicts,
    )


def _to(truth: Invoice, customer: Customer) -> Invoice:
    """The same invoice to somebody else, or to nobody."""
    return truth.model_copy(update={"customer": customer})


@wild
def nombre_rotulo() -> Wild:
    """A firm may call itself by any word that is a label elsewhere."""
    truth = _truth("nombre_rotulo", "DIRECCION Y GESTION ELECTRONICA S.A.C.")
    return _a4("nombre_rotulo", truth, [f"#{truth.supplier.name}", "Jr. Huallaga 450 - Lima", "Telf. 4271122  ventas@correo.pe"])


@wild
def nombre_cliente() -> Wild:
    """The word for the buyer in the seller's name; a slogan of capitals below."""
    truth = _truth("nombre_cliente", "CLIENTE FELIZ S.A.C.")
    return _a4("nombre_cliente", truth, [f"#{truth.supplier.name}", "SOLUCIONES CONFIABLES PARA TU HOGAR", "Jr. Huallaga 450 - Lima"])


@wild
def nombre_representante() -> Wild:
    """Another firm is named whose agent the seller is."""
    truth = _truth("nombre_representante", "TELEFONIA Y REDES DEL SUR E.I.R.L.")
    return _a4("nombre_representante", truth, [f"#{truth.supplier.name}", "Representante oficial de MOTOROLA SOLUTIONS PERU S.A."])


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
    truth = _truth("nombre_forma_larga", "SERVICIOS INDUSTRIALES DEL NORTE PERUANO SOCIEDAD COMERCIAL DE RESPONSABILIDAD LIMITADA")
    return _a4(
        "nombre_forma_larga",
        truth,
        ["ACME", "SERVICIOS INDUSTRIALES DEL NORTE PERUANO", "SOCIEDAD COMERCIAL DE RESPONSABILIDAD LIMITADA", "Jr. Lima 200"],
    )


@wild
def nombre_persona() -> Wild:
    """The RUC is a person's: the shop's name above is not whom it names."""
    truth = _truth("nombre_persona", "QUISPE ROJAS ABEL", prefix="10")
    return _a4("nombre_persona", truth, ["TALLERES EL PISTON", "de QUISPE ROJAS ABEL", "Venta de repuestos, soldadura y torno en general"])


@wild
def nombre_dudoso() -> Wild:
    """A line of the same letters above the name: it may belong to it or be a trade name. That is no proof."""
    truth = _truth("nombre_dudoso", "GARCIA LOPEZ S.A.C.", serial="B007-3")
    return _ticket("nombre_dudoso", truth, ["CONSTRUCTORA HERMANOS", "GARCIA LOPEZ S.A.C."], verdicts=_DOUBT)
