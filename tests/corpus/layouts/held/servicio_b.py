"""A telephone bill: the customer at the top left as in a window envelope, company at the right foot of the
heading, period, total above the detail.
"""

from datetime import timedelta
from decimal import Decimal
from random import Random

from tests.corpus import people
from tests.corpus.cases import CENT, Case, build, cents
from tests.corpus.layouts.parts import Drawn
from tests.corpus.paper import GREY, Paper

CHARGES: tuple[tuple[str, str, str], ...] = (
    ("Plan Hogar Fibra 400 Mbps", "", "75.5"),
    ("Telefonía fija ilimitada", "", "18.6"),
    ("Plan móvil 32 GB", "", "46.5"),
    ("Alquiler de equipo", "", "8.4"),
    ("Paquete canales HD", "", "21.1"),
)
WATER: tuple[tuple[str, str, str], ...] = (
    ("Volumen de agua potable", "", "42"),
    ("Servicio de alcantarillado", "", "19.5"),
    ("Cargo fijo", "", "4.9"),
)


def fill(rng: Random) -> Case:
    """One month's bill of telephone or water: kind 14."""
    water = rng.random() < 0.45
    case = build(
        rng,
        kind="14",
        trap="plain",
        catalogue=WATER if water else CHARGES,
        count=3 if water else rng.randrange(1, 5),
    )
    inv = case.invoice
    for line in case.lines:
        line.item.quantity, line.item.unit, line.item.unit_price = None, None, None
        line.item.amount = cents(line.unit_value)
    base = sum((item.amount or Decimal(0) for item in inv.items), Decimal(0))
    igv = cents(base * Decimal("0.18"))
    exact = base + igv
    inv.total = exact.quantize(Decimal("0.1"), "ROUND_DOWN").quantize(CENT) if water else exact
    inv.rounding = (inv.total - exact) or None
    inv.taxable, inv.igv = base, igv
    inv.exempt = inv.unaffected = inv.free = inv.other_charges = None
    assert inv.issue_date
    inv.due_date = inv.issue_date + timedelta(days=rng.randrange(10, 22))
    case.rows = [
        ("taxable", base),
        ("igv", igv),
        *([("rounding", inv.rounding)] if inv.rounding else []),
        ("total", inv.total),
    ]
    inv.amount_in_words = None
    case.customer = people.buyer(rng, business=rng.random() < 0.35)
    inv.customer.id_type, inv.customer.id, inv.customer.name = (
        case.customer.id_type,
        case.customer.id,
        case.customer.name,
    )
    trade = rng.choice(
        ["AGUAS DEL ALTIPLANO", "SEDA PUQUIO"]
        if water
        else ["TELECHASKI PERÚ", "RED ANDINA", "FIBRA QHAPAQ ÑAN"]
    )
    inv.supplier.name = f"{trade} S.A."
    inv.supplier.ruc = people.ruc(rng, "20")
    case.issuer = type(case.issuer)(
        **{**vars(case.issuer), "name": inv.supplier.name, "trade_name": trade, "id": inv.supplier.ruc}
    )
    case.date_style = rng.choice([0, 2])
    case.symbol = "S/"
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    paper = Paper()
    font, bold = "Helvetica", "Helvetica-Bold"
    ink = rng.choice([(0.8, 0.05, 0.1), (0.0, 0.5, 0.75), (0.3, 0.15, 0.55)])
    paper.box(0, 0, 595, 14, ink, None)
    who = case.customer
    paper.text(50, 60, "Sr(a).", font, 8, colour=GREY)
    y = paper.block(50, 73, who.name, 240, bold, 11)
    y = paper.block(50, y, who.address, 240, font, 9)
    y = paper.block(50, y, who.place, 240, font, 9)
    paper.text(50, y, f"Documento: {'RUC' if who.id_type == '6' else 'DNI'} {who.id}", font, 9)
    y = paper.block(545, 52, case.issuer.trade_name, 240, bold, 17, "r", ink)
    paper.text(545, y, inv.supplier.name or "", font, 8.5, "r")
    paper.text(545, y + 11, f"RUC: {inv.supplier.ruc}", font, 8.5, "r")
    paper.text(545, y + 22, f"{case.issuer.address} {case.issuer.place}"[:52], font, 7.5, "r")
    paper.text(545, y + 42, "Recibo por servicios públicos", bold, 10, "r")
    paper.text(545, y + 56, f"N° {inv.series}-{case.printed_number}", bold, 10, "r")
    top = 168
    paper.box(50, top, 495, 62, (0.96, 0.96, 0.96), None, radius=6)
    code = f"{rng.randrange(10**7, 10**8)}"
    for x, label, value, face in (
        (62, "Código de cliente", code, bold),
        (170, "Fecha de emisión", case.day(), bold),
        (275, "Último día de pago", case.day(inv.due_date), bold),
        (385, "Monto total a pagar", f"S/ {case.money(inv.total or Decimal(0))}", bold),
    ):
        paper.text(x, top + 22, label, font, 8.2, colour=GREY)
        paper.text(x, top + 42, value, face, 13 if x == 385 else 10.5)
    y = top + 88
    assert inv.issue_date
    first = inv.issue_date.replace(day=1)
    paper.text(
        50,
        y,
        f"Período facturado: {first - timedelta(days=30):%d/%m/%Y} al {first - timedelta(days=1):%d/%m/%Y}",
        font,
        9,
    )
    y += 24
    paper.text(50, y, "Resumen de tu recibo", bold, 11, colour=ink)
    y += 18
    for line in case.lines:
        paper.text(60, y, line.item.description or "", font, 9.5)
        paper.text(535, y, case.money(line.item.amount or Decimal(0)), font, 9.5, "r")
        y += 17
    paper.line(50, y - 8, 545, y - 8, 0.5, GREY)
    y += 6
    names = {
        "taxable": "Valor de venta",
        "igv": "IGV (18%)",
        "rounding": "Ajuste por redondeo",
        "total": "Total del recibo",
    }
    for key, amount in case.rows:
        face = bold if key == "total" else font
        paper.text(400, y, names[key], face, 9.5)
        paper.text(535, y, f"S/ {'-' if amount < 0 else ''}{case.money(abs(amount))}", face, 9.5, "r")
        y += 16
    y += 20
    paper.block(
        50,
        y,
        "Paga con tu código de cliente en bancos y agentes. Si ya pagaste, omite este aviso. Tasa de interés "
        "moratorio según ley.",
        495,
        font,
        8,
        colour=GREY,
    )
    return Drawn(paper, case, qr=False)
