"""An electricity bill: the customer's name larger than the company's, consumption history, items without
quantities, due date by the total.
"""

from datetime import timedelta
from decimal import Decimal
from random import Random

from functions.extractor.invoice import Item
from tests.corpus import people
from tests.corpus.cases import CENT, Case, build, cents
from tests.corpus.layouts.parts import Drawn
from tests.corpus.paper import GREY, Paper

CHARGES: tuple[tuple[str, str, str], ...] = (
    ("Cargo fijo", "", "3.1"),
    ("Cargo por energía", "", "88"),
    ("Alumbrado público", "", "9.4"),
    ("Mantenimiento y reposición", "", "1.6"),
    ("Cargo por reposición", "", "2.2"),
)
_LEVY = "Aporte FISE Ley 29852"
"""What the bill charges behind its tax."""


def fill(rng: Random) -> Case:
    """One month's bill: kind 14, series S, IGV, rounding down to ten cents."""
    case = build(rng, kind="14", trap="rounding", catalogue=CHARGES, count=rng.randrange(3, 6))
    inv = case.invoice
    for line in case.lines:
        line.item.quantity, line.item.unit, line.item.unit_price = None, None, None
        line.item.amount = cents(line.unit_value)
    base = sum((item.amount or Decimal(0) for item in inv.items), Decimal(0))
    igv = cents(base * Decimal("0.18"))
    fise = cents(Decimal(rng.randrange(50, 400)).scaleb(-2))
    exact = base + igv + fise
    inv.total = exact.quantize(Decimal("0.1"), "ROUND_DOWN").quantize(CENT)
    inv.rounding = inv.total - exact
    if not inv.rounding:
        inv.rounding = None
    inv.taxable, inv.igv, inv.other_charges = base, igv, fise
    inv.items.append(Item(description=_LEVY, amount=fise))
    inv.exempt = inv.unaffected = inv.free = None
    assert inv.issue_date
    inv.due_date = inv.issue_date + timedelta(days=rng.randrange(12, 20))
    inv.amount_in_words = None
    case.rows = [
        ("taxable", base),
        ("igv", igv),
        ("fise", fise),
        *([("rounding", inv.rounding)] if inv.rounding else []),
        ("total", inv.total),
    ]
    case.customer = people.buyer(rng, business=rng.random() < 0.35)
    inv.customer.id_type, inv.customer.id, inv.customer.name = (
        case.customer.id_type,
        case.customer.id,
        case.customer.name,
    )
    trade = rng.choice(["ELECTRO CHALLWA", "LUZ DEL VALLE", "ENERGÍA ÑUSTA", "ELECTRO QORI"])
    inv.supplier.name = f"{trade} S.A.A."
    inv.supplier.ruc = people.ruc(rng, "20")
    case.issuer = type(case.issuer)(
        **{**vars(case.issuer), "name": inv.supplier.name, "trade_name": trade, "id": inv.supplier.ruc}
    )
    case.date_style = rng.choice([0, 3])
    case.symbol = "S/"
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    paper = Paper()
    font, bold = "RobotoCondensed", "RobotoCondensed-Bold"
    blue = rng.choice([(0.05, 0.3, 0.6), (0.0, 0.45, 0.35), (0.75, 0.35, 0.0)])
    paper.text(40, 58, case.issuer.trade_name, bold, 22, colour=blue)
    paper.text(40, 72, f"{inv.supplier.name}  {case.issuer.address}  {case.issuer.place}"[:88], font, 7.5)
    paper.text(40, 83, f"R.U.C. {inv.supplier.ruc}", bold, 9)
    paper.text(555, 50, "RECIBO DE SERVICIO PÚBLICO", bold, 10, "r")
    paper.text(555, 66, f"Recibo Nº {case.serial}", bold, 12, "r")
    paper.box(40, 100, 320, 86, line=0.8, radius=5)
    who = case.customer
    y = paper.block(50, 120, who.name, 300, bold, 13)
    y = paper.block(50, y, who.address.upper(), 300, font, 9)
    paper.text(50, y, who.place, font, 9)
    paper.text(50, y + 13, f"{'RUC' if who.id_type == '6' else 'DNI'} {who.id}", font, 9)
    supply = f"{rng.randrange(10**6, 10**7)}"
    paper.box(372, 100, 183, 86, (0.94, 0.96, 0.99), None, radius=5)
    paper.text(382, 118, "Nº de suministro", font, 9)
    paper.text(545, 118, supply, bold, 12, "r")
    rows = (
        ("Fecha de emisión", case.day()),
        ("Fecha de vencimiento", case.day(inv.due_date)),
        ("Mes facturado", f"{inv.issue_date:%m/%Y}"),
    )
    for index, (label, value) in enumerate(rows):
        paper.text(382, 136 + index * 15, label, font, 9)
        paper.text(545, 136 + index * 15, value, bold, 9, "r")
    paper.text(40, 208, "DATOS DEL CONSUMO", bold, 10, colour=blue)
    before, used = rng.randrange(2000, 60000), rng.randrange(60, 400)
    for index, (label, value) in enumerate(
        (
            ("Lectura actual", str(before + used)),
            ("Lectura anterior", str(before)),
            ("Consumo (kWh)", str(used)),
            ("Tarifa", "BT5B"),
        )
    ):
        paper.text(40, 224 + index * 13, label, font, 9)
        paper.text(200, 224 + index * 13, value, font, 9, "r")
    for month in range(12):
        tall = rng.randrange(15, 60)
        paper.box(240 + month * 9, 275 - tall, 6, tall, blue, None)
    paper.text(240, 288, "Consumo de los últimos 12 meses", font, 7, colour=GREY)
    paper.text(40, 312, "DETALLE DE IMPORTES", bold, 10, colour=blue)
    paper.text(360, 312, "S/", bold, 9, "r")
    y = 328
    for line in case.lines:
        paper.text(40, y, line.item.description or "", font, 9.5)
        paper.text(360, y, case.money(line.item.amount or Decimal(0)), font, 9.5, "r")
        y += 15
    paper.line(40, y - 9, 360, y - 9)
    y += 4
    names = {
        "taxable": "SUBTOTAL (base imponible)",
        "igv": "I.G.V. 18%",
        "fise": _LEVY,
        "rounding": "Redondeo",
    }
    for key, amount in case.rows[:-1]:
        paper.text(40, y, names[key], font, 9.5)
        paper.text(360, y, f"{'-' if amount < 0 else ''}{case.money(abs(amount))}", font, 9.5, "r")
        y += 15
    paper.box(372, 300, 183, 70, blue, None, radius=5)
    paper.text(463, 322, "TOTAL A PAGAR", bold, 12, "c", (1, 1, 1))
    paper.text(463, 350, f"S/ {case.money(inv.total or Decimal(0))}", bold, 22, "c", (1, 1, 1))
    paper.text(463, 388, f"Vence el {case.day(inv.due_date)}", bold, 10, "c")
    paper.text(372, 410, "Deuda anterior", font, 9)
    paper.text(555, 410, "0.00", font, 9, "r")
    y = max(y + 30, 470)
    paper.line(40, y, 555, y, dash=True)
    paper.text(40, y + 16, "TALÓN DE PAGO", bold, 9)
    paper.text(40, y + 30, f"Suministro {supply}", font, 9)
    paper.text(555, y + 30, f"S/ {case.money(inv.total or Decimal(0))}", bold, 11, "r")
    for bar in range(70):
        paper.box(180 + bar * 3, y + 14, rng.choice([0.8, 1.6]), 28, (0, 0, 0), None)
    return Drawn(paper, case, qr=False)
