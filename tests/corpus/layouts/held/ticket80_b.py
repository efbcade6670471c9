"""80 mm ticket, left-aligned in a proportional type: quantity x price before the name, totals named short,
card payment below; shop or restaurant.
"""

from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import ZERO, Case, build, by_hand
from tests.corpus.layouts.parts import Drawn, labelled, trap, variant
from tests.corpus.paper import MM, Paper, wrap

SHOP: dict[str, float] = {
    "plain": 40,
    "icbper": 16,
    "rounding": 10,
    "exempt": 6,
    "mixed": 8,
    "nrus": 6,
    "free": 4,
    "perception": 4,
    "line_discount": 6,
}
MEAL: dict[str, float] = {"plain": 30, "mype": 35, "service_charge": 30, "rounding": 5}
TOTALS = {
    "taxable": "GRAVADO", "exempt": "EXONERADO", "unaffected": "INAFECTO", "free": "GRATUITO",
    "igv": "I.G.V. {rate}%", "icbper": "I.C.B.P.E.R.", "discounts": "DESCUENTOS", "other_charges": "R.C. 10%",
    "rounding": "REDONDEO", "total": "IMPORTE TOTAL", "perception": "PERCEPCIÓN (2%)",
    "net_with_perception": "TOTAL A COBRAR",
}  # fmt: skip


def fill(rng: Random) -> Case:
    """Mostly boletas."""
    meal = rng.random() < 0.4
    what = trap(rng, MEAL if meal else SHOP)
    kind = "03" if what == "nrus" else rng.choices(["01", "03"], [30, 70])[0]
    case = build(
        rng, kind=kind, trap=what, catalogue=people.FOOD if meal else people.SHOP, count=rng.randrange(1, 10),
        net_items=False,
        zeros=rng.random() < 0.2, upper_items=rng.random() < 0.8,
    )  # fmt: skip
    case.date_style = rng.choice([0, 1, 2])
    case.by_hand = by_hand(case)
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    case.omit("due_date")
    paper = Paper(80 * MM, None)
    font, bold, size, left, right = "RobotoCondensed", "RobotoCondensed-Bold", 9.2, 5 * MM, 75 * MM
    wide = right - left
    mid = 40 * MM
    y = paper.block(mid, 30, case.issuer.trade_name, wide, bold, 15, "c")
    y = paper.block(left, y + 2, case.issuer.name.upper(), wide, bold, size)
    paper.text(left, y, f"RUC {inv.supplier.ruc}", font, size)
    y = paper.block(left, y + 11, f"{case.issuer.address} / {case.issuer.place}", wide, font, 8)
    paper.text(left, y, f"Tlf {case.issuer.phone}", font, 8)
    y += 16
    name = "Factura Electrónica" if inv.kind == "01" else "Boleta de Venta Electrónica"
    paper.text(left, y, case.title(name), bold, 10.5)
    paper.text(right, y, f"{inv.series}-{case.printed_number}", bold, 10.5, "r")
    y += 14
    paper.text(left, y, f"Emisión {case.day()} {case.time}", font, size)
    paper.text(right, y, f"Caja {rng.randrange(1, 20)}", font, size, "r")
    y += 12
    paper.line(left, y - 6, right, y - 6, 0.8)
    y += 6
    for line in case.lines:
        item = line.item
        paper.text(left, y, f"{item.quantity:f} x {case.money(item.unit_price or ZERO)}", font, size)
        paper.text(right, y, case.money(item.amount or ZERO), font, size, "r")
        parts = wrap(item.description or "", wide - 104, font, size)
        for part in parts:
            paper.text(left + 62, y, part, font, size)
            y += 10.6
        y += 1.5
    case.omit("items.unit")
    paper.line(left, y - 5, right, y - 5, 0.8)
    y += 8
    for key, label, amount in labelled(case, TOTALS):
        big = 12.5 if key == "total" else size
        face = bold if key == "total" else font
        y += 4 if key == "total" else 0
        paper.text(right - 66, y, label, face, big, "r")
        paper.text(right, y, f"{case.symbol}{amount}", face, big, "r")
        y += big + 2.5
    y = paper.block(left, y + 2, f"{inv.amount_in_words}", wide, font, 8) + 4
    who = case.customer
    if inv.kind == "03" and rng.random() < 0.45:
        case.omit("customer")
    else:
        paper.text(left, y, f"{'RUC' if who.id_type == '6' else 'DNI'} CLIENTE {who.id}", font, size)
        y = paper.block(left, y + 11, who.name, wide, font, size)
    pay = rng.choice(["VISA ****", "MASTERCARD ****", "YAPE ***"])
    paper.text(left, y + 2, f"{pay}{rng.randrange(1000, 9999)}", font, size)
    paper.text(right, y + 2, case.money(inv.net_payable or inv.total or ZERO), font, size, "r")
    y += 14
    has_qr = rng.random() < 0.88 and not case.by_hand
    if has_qr:
        side = 32 * MM
        paper.qr(left, y, side, qr.payload(case, variant(rng, case)))
        paper.block(
            left + side + 6,
            y + 24,
            "Representación impresa. Verifique en la web del emisor.",
            wide - side - 8,
            font,
            7.5,
        )
        y += side + 10
    paper.text(mid, y + 4, "Vuelva pronto", font, size, "c")
    return Drawn(paper, case, qr=has_qr)
