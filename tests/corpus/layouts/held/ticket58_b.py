"""58 mm ticket with a heading row and four columns on one line, customer last, date as `Fecha/hora emision`;
bodegas, grifos and cafés.
"""

from decimal import Decimal
from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import Case, build
from tests.corpus.layouts.parts import Drawn, labelled, trap, variant
from tests.corpus.paper import MM, Paper, wrap

FUEL: tuple[tuple[str, str, str], ...] = (
    ("Gasohol Regular", "GAL", "13.2"),
    ("Diesel B5 S50", "GAL", "14.6"),
    ("Gasohol Premium", "GAL", "15.4"),
    ("GLP", "LT", "1.7"),
)
TRAPS: dict[str, float] = {
    "plain": 44,
    "mype": 14,
    "service_charge": 12,
    "icbper": 12,
    "exempt": 6,
    "nrus": 6,
    "rounding": 6,
}
TOTALS = {
    "taxable": "OP.GRAVADA", "exempt": "OP.EXONERADA", "unaffected": "OP.INAFECTA", "free": "OP.GRATUITA",
    "igv": "IGV({rate}%)", "icbper": "ICBPER",
    "other_charges": "RECARGO AL CONSUMO", "rounding": "REDONDEO", "total": "TOTAL VENTA",
}  # fmt: skip


def fill(rng: Random) -> Case:
    """Facturas are common here: drivers ask for them."""
    what = trap(rng, TRAPS)
    fuel = what == "plain" and rng.random() < 0.5
    catalogue = FUEL if fuel else people.FOOD if what in {"mype", "service_charge"} else people.SHOP
    kind = "03" if what == "nrus" else rng.choices(["01", "03"], [45, 55])[0]
    case = build(
        rng,
        kind=kind,
        trap=what,
        catalogue=catalogue,
        count=1 if fuel else rng.randrange(1, 7),
        net_items=False,
        upper_items=True,
    )
    case.date_style = rng.choice([0, 2])
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    case.omit("due_date")
    paper = Paper(58 * MM, None)
    font, bold, size, left, mid, right = "Courier", "Courier-Bold", 6.8, 2.5 * MM, 29 * MM, 55.5 * MM
    wide = right - left
    y = paper.block(mid, 22, case.issuer.name.upper(), wide, bold, 8.2, "c")
    y = paper.block(mid, y, f"RUC:{inv.supplier.ruc}", wide, font, 7.6, "c")
    y = paper.block(mid, y, f"{case.issuer.address} {case.issuer.place}".upper(), wide, font, 6.2, "c") + 4
    y = paper.block(
        mid,
        y,
        "FACTURA ELECTRONICA" if inv.kind == "01" else "BOLETA DE VENTA ELECTRONICA",
        wide,
        bold,
        7.4,
        "c",
    )
    y = paper.block(mid, y, f"Nro. {case.serial}", wide, bold, 8.2, "c") + 2
    y = paper.block(left, y, f"Fecha/hora emision: {case.day()} {case.time[:5]}", wide, font, 6.4) + 2
    paper.line(left, y - 5, right, y - 5, dash=True)
    for x, head, align in (
        (left, "CANT", "l"),
        (left + 28, "PRODUCTO", "l"),
        (right - 36, "P.U.", "r"),
        (right, "IMP.", "r"),
    ):
        paper.text(x, y + 3, head, bold, 6.4, align)
    y += 12
    for line in case.lines:
        item = line.item
        parts = wrap(item.description or "", wide - 28 - 64, font, 6.4)
        paper.text(left, y, f"{(item.quantity or Decimal(0)).normalize():f}"[:6], font, 6.4)
        paper.text(right - 36, y, case.money(item.unit_price or Decimal(0)), font, 6.4, "r")
        paper.text(right, y, case.money(item.amount or Decimal(0)), font, 6.4, "r")
        for part in parts:
            paper.text(left + 28, y, part, font, 6.4)
            y += 7.8
        y += 1
    case.omit("items.unit")
    paper.line(left, y - 4, right, y - 4, dash=True)
    y += 5
    for key, label, amount in labelled(case, TOTALS):
        face, big = (bold, 8) if key == "total" else (font, size)
        y += 2 if key == "total" else 0
        paper.text(left, y, f"{label} {case.symbol}", face, big)
        paper.text(right, y, amount, face, big, "r")
        y += big + 2.2
    y = paper.block(left, y + 2, f"SON {inv.amount_in_words}", wide, font, 6.2) + 3
    who = case.customer
    if inv.kind == "03" and rng.random() < 0.5:
        case.omit("customer")
        y = paper.block(left, y, "CLIENTE: PUBLICO EN GENERAL", wide, font, size)
    else:
        y = paper.block(left, y, f"CLIENTE: {who.name}", wide, font, size)
        y = paper.block(left, y, f"DOC: {who.id}", wide, font, size)
    if rng.random() < 0.4:
        y = paper.block(
            left,
            y,
            f"PLACA: {rng.choice('ABCDFT')}{rng.randrange(1, 9)}{rng.choice('XYZK')}"
            f"-{rng.randrange(100, 999)}",
            wide,
            font,
            size,
        )
    has_qr = rng.random() < 0.85
    if has_qr:
        side = 26 * MM
        paper.qr(mid - side / 2, y, side, qr.payload(case, variant(rng, case)))
        y += side + 8
    paper.block(
        mid,
        y,
        "Representacion impresa del comprobante electronico. Autorizado por SUNAT",
        wide,
        font,
        5.8,
        "c",
    )
    return Drawn(paper, case, qr=has_qr)
