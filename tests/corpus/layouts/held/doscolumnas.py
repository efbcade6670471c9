"""A4 in two columns: document and buyer at the left, issuer without a box at the right; totals left of the
QR, written dates, values drawn in no order.
"""

from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import Case, build, by_hand
from tests.corpus.layouts.parts import (
    A4_TRAPS,
    CURRENCY_WORDS,
    Column,
    Drawn,
    Style,
    heads,
    items,
    labelled,
    money_of,
    trap,
    variant,
)
from tests.corpus.paper import Paper

TOTALS = {
    "subtotal": "Total Valor de Venta", "advances": "Total Anticipos", "discounts": "Total Descuentos",
    "taxable": "Operaciones Gravadas", "exempt": "Operaciones Exoneradas",
    "unaffected": "Operaciones Inafectas", "free": "Operaciones Gratuitas", "isc": "Total ISC",
    "igv": "Total IGV ({rate} %)", "icbper": "Total ICBPER", "other_charges": "Otros Cargos",
    "rounding": "Redondeo", "total": "IMPORTE TOTAL DE LA VENTA", "perception": "Importe de la Percepción",
    "net_with_perception": "Importe Total a Cobrar", "detraction": "Importe de la Detracción",
    "net_payable": "Importe Neto a Pagar", "retention": "Importe de la Retención",
}  # fmt: skip
NAMES = {"01": "FACTURA DE VENTA ELECTRÓNICA", "03": "BOLETA DE VENTA ELECTRÓNICA"}


def fill(rng: Random) -> Case:
    """Facturas and boletas."""
    what = trap(rng, A4_TRAPS)
    services = what == "detraction" or rng.random() < 0.2
    case = build(
        rng, kind="03" if what == "nrus" else rng.choices(["01", "03"], [75, 25])[0], trap=what,
        catalogue=people.SERVICES if services else people.GOODS + people.LONG_GOODS,
        count=rng.randrange(1, 3) if services else rng.randrange(1, 9),
        currency=money_of(rng, what), zeros=rng.random() < 0.3, upper_items=rng.random() < 0.3,
    )  # fmt: skip
    case.date_style = rng.choices([4, 0, 2], [50, 30, 20])[0]
    case.money_style = rng.choices([0, 1, 3], [80, 17, 3])[0]
    case.by_hand = by_hand(case)
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    paper = Paper(shuffle=Random(rng.random()))
    font, bold = "Times-Roman", "Times-Bold"
    # left: the document
    paper.text(40, 60, case.title(NAMES[inv.kind or ""]), bold, 12.5)
    paper.text(40, 80, f"N° {inv.series} - {case.printed_number}", bold, 13)
    paper.text(40, 102, "Fecha de Emisión:", font, 9.5)
    paper.text(128, 102, case.day(), bold, 9.5)
    paper.text(40, 116, "Moneda:", font, 9.5)
    paper.text(128, 116, CURRENCY_WORDS[inv.currency or ""], bold, 9.5)
    if inv.due_date:
        paper.text(40, 130, "Vencimiento:", font, 9.5)
        paper.text(128, 130, case.day(inv.due_date), bold, 9.5)
    # right: the issuer
    y = paper.block(555, 58, case.issuer.name, 240, bold, 11.5, "r")
    paper.text(555, y, inv.supplier.ruc or "", bold, 11, "r")
    y = paper.block(555, y + 14, f"{case.issuer.address}", 250, font, 9, "r")
    y = paper.block(555, y, case.issuer.place, 250, font, 9, "r")
    paper.text(555, y, f"Teléfono {case.issuer.phone}", font, 9, "r")
    # the buyer, across
    paper.line(40, 146, 555, 146, 1.2)
    who = case.customer
    paper.text(40, 162, "Adquirente", bold, 10)
    paper.text(40, 177, "Razón Social:" if who.id_type == "6" else "Nombre:", font, 9.5)
    paper.text(110, 177, who.name, bold, 9.5)
    paper.text(420, 177, "R.U.C.:" if who.id_type == "6" else "D.N.I.:", font, 9.5)
    paper.text(465, 177, who.id, bold, 9.5)
    paper.text(40, 191, "Dirección:", font, 9.5)
    paper.text(110, 191, f"{who.address} {who.place}"[:80], font, 9.5)
    paper.line(40, 200, 555, 200, 1.2)
    style = Style(font, bold, 9.2, 1.15, 5, places=None, width=250)
    columns = (
        Column("description", "Descripción del bien o servicio", 40),
        Column("quantity", "Cant.", 330, "r"),
        Column("unit", "Und.", 352, "c"),
        Column("price", "Precio Unit.", 425, "r"),
        Column("discount", "Dscto.", 475, "r"),
        Column("amount", "Valor de Venta", 555, "r"),
    )
    heads(paper, columns, 216, style)
    paper.line(40, 222, 555, 222, 0.4)
    y = items(paper, case, columns, 236, style) + 6
    paper.line(40, y - 8, 555, y - 8, 1.2)
    top = y + 8
    y = top
    for key, label, amount in labelled(case, TOTALS):
        face = bold if key == "total" else font
        paper.text(40, y, label, face, 9.5)
        paper.text(232, y, case.symbol, face, 9.5, "r")
        paper.text(300, y, amount, face, 9.5, "r")
        y += 14
    if not case.by_hand:
        paper.qr(450, top - 4, 96, qr.payload(case, variant(rng, case)))
    y = max(y, top + 100) + 6
    y = paper.block(40, y, f"Importe en letras: {inv.amount_in_words}", 500, font, 9.5) + 4
    for text in case.notes:
        y = paper.block(40, y, text, 500, font, 8.5) + 2
    paper.text(40, y + 6, f"Resumen {case.digest}", font, 8)
    return Drawn(paper, case, qr=not case.by_hand)
