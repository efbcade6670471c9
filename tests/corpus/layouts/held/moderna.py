"""A4 of a young online shop: logo picture, small grey labels above their values, no lines at all, big total,
EUR and dollars too.
"""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from tests.corpus import people, qr
from tests.corpus.cases import Case, build
from tests.corpus.layouts.parts import (
    A4_TRAPS,
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
from tests.corpus.paper import BLACK, GREY, Colour, Paper

TOTALS = {
    "subtotal": "Subtotal", "advances": "Anticipo", "discounts": "Descuento", "taxable": "Gravada",
    "exempt": "Exonerada", "unaffected": "Inafecta", "free": "Gratuita", "isc": "ISC",
    "igv": "IGV {rate}.00 %", "icbper": "ICBPER", "other_charges": "Cargos", "rounding": "Redondeo",
    "total": "Total", "perception": "Percepción", "net_with_perception": "Total a pagar",
    "detraction": "Detracción", "net_payable": "Neto a pagar",
    "retention": "Retención",
}  # fmt: skip
NAMES = {"01": "Factura electrónica", "03": "Boleta de venta electrónica"}
CURRENCIES = {"PEN": "Soles (PEN)", "USD": "Dólares (USD)", "EUR": "Euros (EUR)"}


def fill(rng: Random) -> Case:
    """Facturas and boletas."""
    what = trap(rng, A4_TRAPS)
    services = what == "detraction" or rng.random() < 0.25
    case = build(
        rng, kind="03" if what == "nrus" else rng.choices(["01", "03"], [65, 35])[0], trap=what,
        catalogue=people.SERVICES if services else people.GOODS + people.LONG_GOODS,
        count=rng.randrange(1, 3) if services else rng.randrange(1, 8),
        currency=money_of(rng, what), zeros=rng.random() < 0.2, net_items=rng.random() < 0.6,
    )  # fmt: skip
    case.date_style = rng.choices([3, 2, 1, 0], [35, 25, 20, 20])[0]
    case.money_style = rng.choices([0, 1], [85, 15])[0]
    return case


def _logo(rng: Random, colour: Colour) -> Image.Image:
    image = Image.new("RGB", (240, 240), "white")
    pen = ImageDraw.Draw(image)
    ink = tuple(round(c * 255) for c in colour)
    pen.ellipse((10, 10, 230, 230), fill=ink)
    for _ in range(3):
        x, y = rng.randrange(40, 150), rng.randrange(40, 150)
        pen.rectangle((x, y, x + 50, y + 50), outline="white", width=12)
    return image


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    colour: Colour = rng.choice([(0.93, 0.35, 0.1), (0.0, 0.55, 0.5), (0.45, 0.2, 0.6), (0.1, 0.35, 0.75)])
    paper = Paper()
    font, bold = "Vera", "Vera-Bold"
    picture = BytesIO()
    _logo(rng, colour).save(picture, "PNG")
    paper.image(44, 40, 62, 62, Image.open(picture))
    y = paper.block(118, 56, case.issuer.name, 240, bold, 11, colour=colour)
    y = paper.block(118, y, f"{case.issuer.address}, {case.issuer.place}", 230, font, 7.2, colour=GREY)
    paper.text(118, y, case.issuer.mail, font, 7.2, colour=GREY)
    paper.text(550, 58, NAMES[inv.kind or ""], bold, 12, "r", colour)
    paper.text(550, 78, case.serial, bold, 13, "r")
    paper.text(550, 95, f"RUC {inv.supplier.ruc}", font, 9.5, "r")

    def field(x: float, y: float, label: str, value: str, width: float = 240) -> None:
        paper.text(x, y, label, font, 6.8, colour=GREY)
        paper.block(x, y + 12, value, width, bold, 8.6)

    who = case.customer
    field(44, 136, "FACTURADO A", who.name, 250)
    field(44, 174, "RUC DEL CLIENTE" if who.id_type == "6" else "DNI", who.id)
    field(150, 174, "DIRECCIÓN", who.address, 200)
    field(372, 136, "FECHA DE EMISIÓN", case.day(), 120)
    field(372, 174, "MONEDA", CURRENCIES[inv.currency or ""])
    if inv.due_date:
        field(470, 136, "FECHA DE VENCIMIENTO", case.day(inv.due_date), 110)
    style = Style(font, bold, 7.8, 1.25, 8, places=2, width=215)
    columns = (
        Column("quantity", "Cant.", 72, "r"),
        Column("description", "Producto o servicio", 88),
        Column("unit", "Unid.", 330, "c"),
        Column("code", "Ref.", 388, "c"),
        Column("price", "Precio", 470, "r"),
        Column("amount", "Importe", 548, "r"),
    )
    paper.box(44, 206, 508, 20, tuple(0.85 + c * 0.15 for c in colour), None, radius=9)
    heads(paper, columns, 219, style, colour)
    y = items(paper, case, columns, 244, style) + 10
    top = y
    for key, label, amount in labelled(case, TOTALS):
        if key == "total":
            y += 8
            paper.text(380, y, label, bold, 13, colour=colour)
            paper.text(548, y, f"{case.symbol} {amount}", bold, 13, "r", colour)
            y += 20
        else:
            paper.text(380, y, label, font, 8.2, colour=BLACK)
            paper.text(548, y, f"{case.symbol} {amount}", font, 8.2, "r")
            y += 14
    paper.qr(44, top, 82, qr.payload(case, variant(rng, case)))
    note = paper.block(138, top + 14, f"Son {inv.amount_in_words}", 220, font, 7.6) + 6
    for text in case.notes:
        note = paper.block(138, note, text, 220, font, 6.8, colour=GREY)
    paper.text(
        44,
        800,
        "Gracias por elegirnos · Representación impresa del comprobante electrónico",
        font,
        7,
        colour=GREY,
    )
    return Drawn(paper, case, qr=True)
