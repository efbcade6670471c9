"""A4 of a cloud billing service: coloured band with the name in white, table without rules, QR right of the
totals, words above them.
"""

from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import Case, build
from tests.corpus.layouts.parts import (
    A4_TRAPS,
    CURRENCY_WORDS,
    HEADINGS,
    Column,
    Drawn,
    Style,
    heads,
    items,
    labelled,
    money_of,
    pairs,
    trap,
    variant,
)
from tests.corpus.paper import GREY, WHITE, Paper

TOTALS = {
    "subtotal": "SUB TOTAL VENTAS", "advances": "ANTICIPOS", "discounts": "TOTAL DSCTO",
    "taxable": "OP. GRAVADAS", "exempt": "OP. EXONERADAS", "unaffected": "OP. INAFECTAS",
    "free": "OP. GRATUITAS", "isc": "ISC", "igv": "IGV {rate}%", "icbper": "ICBPER",
    "other_charges": "OTROS CARGOS", "rounding": "MONTO DE REDONDEO", "total": "TOTAL",
    "perception": "PERCEPCIÓN", "net_with_perception": "TOTAL A PAGAR CON PERCEPCIÓN",
    "detraction": "DETRACCIÓN", "net_payable": "NETO A PAGAR", "retention": "RETENCIÓN",
}  # fmt: skip
BANDS = ((0.10, 0.27, 0.48), (0.55, 0.1, 0.13), (0.05, 0.42, 0.33), (0.2, 0.2, 0.22))


def fill(rng: Random) -> Case:
    """Facturas and boletas."""
    what = trap(rng, A4_TRAPS)
    services = what == "detraction" or rng.random() < 0.2
    case = build(
        rng, kind="03" if what == "nrus" else rng.choices(["01", "03"], [70, 30])[0], trap=what,
        catalogue=people.SERVICES if services else people.GOODS + people.LONG_GOODS,
        count=rng.randrange(1, 3) if services else rng.randrange(2, 10),
        currency=money_of(rng, what), zeros=rng.random() < 0.25, net_items=rng.random() < 0.5,
    )  # fmt: skip
    case.date_style = rng.choices([1, 0, 3], [50, 35, 15])[0]
    case.money_style = rng.choices([0, 1], [85, 15])[0]
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    colour = rng.choice(BANDS)
    paper = Paper()
    sans, bold = "OpenSans", "OpenSans-Bold"
    paper.box(0, 0, 595, 96, colour, None)
    paper.block(36, 40, case.issuer.trade_name, 330, bold, 17, colour=WHITE)
    paper.text(36, 82, f"{case.issuer.address} · {case.issuer.place}"[:78], sans, 7.5, colour=WHITE)
    paper.text(559, 34, f"RUC {inv.supplier.ruc}", bold, 11, "r", WHITE)
    paper.text(559, 54, HEADINGS[inv.kind or ""], bold, 12, "r", WHITE)
    paper.text(559, 74, f"{inv.series}-{case.printed_number}", bold, 12, "r", WHITE)
    paper.text(36, 116, f"Razón social: {case.issuer.name}", bold, 8.5)
    style = Style(sans, bold, 8.2, 1.25, 6, places=2, width=225)
    who = case.customer
    left = [
        ("Cliente", who.name),
        ("RUC" if who.id_type == "6" else "DNI", who.id),
        ("Dirección", who.address),
    ]
    right = [
        ("Fecha de emisión", case.day()),
        ("Moneda", CURRENCY_WORDS[inv.currency or ""].title()),
        ("Condición de pago", case.payment.title()),
    ]
    if inv.due_date:
        right.insert(1, ("Fecha de vencimiento", case.day(inv.due_date)))
    paper.box(36, 126, 523, 66, (0.96, 0.96, 0.97), None, radius=3)
    pairs(paper, left, 44, 96, 142, style, 240)
    pairs(paper, right, 362, 458, 142, style, 110)
    columns = (
        Column("code", "CÓDIGO", 40),
        Column("description", "DESCRIPCIÓN", 98),
        Column("unit", "UM", 345, "c"),
        Column("quantity", "CANT", 400, "r"),
        Column("price", "V. UNIT" if case.net_items else "P. UNIT", 475, "r"),
        Column("amount", "IMPORTE", 553, "r"),
    )
    paper.box(36, 204, 523, 18, colour, None)
    heads(paper, columns, 216, style, WHITE)
    y = items(paper, case, columns, 236, style, shade=(36, 559, (0.97, 0.97, 0.98)))
    paper.line(36, y, 559, y, 0.8, colour)
    y += 16
    y = paper.block(36, y, f"SON: {inv.amount_in_words}", 520, bold, 8) + 8
    top = y
    for key, label, amount in labelled(case, TOTALS):
        font = bold if key == "total" else sans
        if key == "total":
            paper.box(330, y - 10, 229, 15, (0.9, 0.9, 0.93), None)
        paper.text(480, y, label, font, 8.5, "r")
        paper.text(553, y, f"{case.symbol} {amount}", font, 8.5, "r")
        y += 15
    paper.qr(40, top - 6, 92, qr.payload(case, variant(rng, case)))
    note = top + 8
    for text in case.notes:
        note = paper.block(140, note, text, 170, sans, 7)
    bottom = max(y, note, top + 96) + 12
    paper.text(36, bottom, f"Código hash: {case.digest}", sans, 7, colour=GREY)
    paper.text(
        36,
        bottom + 10,
        f"Representación impresa de la {HEADINGS[inv.kind or ''].lower()}, consulte en www.cpe.example",
        sans,
        7,
        colour=GREY,
    )
    paper.text(36, bottom + 20, f"Contacto: {case.issuer.phone} - {case.issuer.mail}", sans, 7, colour=GREY)
    return Drawn(paper, case, qr=True)
