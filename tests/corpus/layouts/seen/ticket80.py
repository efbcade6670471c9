"""80 mm ticket of a shop: everything centred, one fixed-width font, description above quantity, price and
amount.
"""

from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import ZERO, Case, build, by_hand
from tests.corpus.layouts.parts import TICKET_TRAPS, Drawn, labelled, trap, variant
from tests.corpus.paper import MM, Paper, wrap

HEADS = {"01": "FACTURA ELECTRONICA", "03": "BOLETA DE VENTA ELECTRONICA"}
TOTALS = {
    "subtotal": "SUB TOTAL", "discounts": "DSCTO", "taxable": "OP. GRAVADA", "exempt": "OP. EXONERADA",
    "unaffected": "OP. INAFECTA", "free": "OP. GRATUITA", "isc": "ISC", "igv": "IGV {rate}%",
    "icbper": "ICBPER", "other_charges": "OTROS CARGOS", "rounding": "REDONDEO",
    "total": "TOTAL A PAGAR", "perception": "PERCEPCION 2%", "net_with_perception": "TOTAL CON PERCEPCION",
}  # fmt: skip


def fill(rng: Random) -> Case:
    """Mostly boletas."""
    what = trap(rng, TICKET_TRAPS)
    kind = "03" if what == "nrus" else rng.choices(["01", "03"], [30, 70])[0]
    case = build(
        rng, kind=kind, trap=what, catalogue=people.SHOP, count=rng.randrange(1, 12), net_items=False,
        zeros=rng.random() < 0.3,
        upper_items=True,
    )  # fmt: skip
    case.date_style = rng.choice([0, 0, 2])
    case.by_hand = by_hand(case)
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    case.omit("due_date")
    kind = inv.kind or ""
    paper = Paper(80 * MM, None)
    mono, bold, size, mid, left, right = "Courier", "Courier-Bold", 8.3, 40 * MM, 4 * MM, 76 * MM
    y = paper.block(mid, 26, case.issuer.trade_name.upper(), right - left, bold, 11, "c")
    y = paper.block(mid, y + 2, case.issuer.name, right - left, mono, size, "c")
    paper.text(mid, y, f"RUC: {inv.supplier.ruc}", bold, 9, "c")
    y = paper.block(
        mid, y + 11, f"{case.issuer.address} {case.issuer.place}".upper(), right - left, mono, 7.5, "c"
    )
    y += 6
    paper.text(mid, y, case.title(HEADS[kind]), bold, 9.5, "c")
    paper.text(mid, y + 12, case.serial, bold, 10, "c")
    y += 28
    paper.text(left, y, f"FECHA : {case.day()}", mono, size)
    paper.text(right, y, f"HORA: {case.time}", mono, size, "r")
    who = case.customer
    if kind == "03" and rng.random() < 0.5:
        case.omit("customer")
        case.invoice.customer.name = "CLIENTES VARIOS"
        lines = ["CLIENTE: CLIENTES VARIOS"]
    else:
        lines = [f"CLIENTE: {who.name}", f"{'RUC' if who.id_type == '6' else 'DNI'}    : {who.id}"]
        if kind == "01":
            lines.append(f"DIREC. : {who.address.upper()}")
    lines.append(f"CAJERO : CAJA {rng.randrange(1, 9):02d}")
    y += 11
    for text in lines:
        y = paper.block(left, y, text, right - left, mono, size)
    paper.line(left, y - 4, right, y - 4, dash=True)
    paper.text(left, y + 6, "CANT  DESCRIPCION", bold, size)
    paper.text(right, y + 6, "IMPORTE", bold, size, "r")
    paper.line(left, y + 10, right, y + 10, dash=True)
    y += 20
    for line in case.lines:
        item = line.item
        for part in wrap(item.description or "", right - left, mono, size):
            paper.text(left, y, part, mono, size)
            y += 10
        paper.text(
            left + 8, y, f"{item.quantity:f} {item.unit} x {case.money(item.unit_price or ZERO)}", mono, size
        )
        paper.text(right, y, case.money(item.amount or ZERO), mono, size, "r")
        y += 11
    paper.line(left, y - 5, right, y - 5, dash=True)
    y += 6
    for key, label, amount in labelled(case, TOTALS):
        font, big = (bold, 10.5) if key == "total" else (mono, size)
        y += 2 if key == "total" else 0
        paper.text(left, y, label, font, big)
        paper.text(right - 62, y, case.symbol, font, big, "r")
        paper.text(right, y, amount, font, big, "r")
        y += big + 3
    y = paper.block(left, y + 4, f"SON: {inv.amount_in_words}", right - left, mono, 7.6)
    if rng.random() < 0.5 and inv.total:
        paper.text(left, y + 2, "EFECTIVO", mono, size)
        paper.text(
            right,
            y + 2,
            case.money((inv.net_payable or inv.total).quantize(inv.total.to_integral_value()) + 10),
            mono,
            size,
            "r",
        )
        y += 12
    has_qr = rng.random() < 0.9 and not case.by_hand
    if has_qr:
        side = 30 * MM
        paper.qr(mid - side / 2, y + 2, side, qr.payload(case, variant(rng, case)))
        y += side + 12
    y = paper.block(
        mid,
        y + 2,
        f"Representación impresa del comprobante. Consulte en {case.issuer.mail.split('@')[1]}",
        right - left,
        mono,
        7,
        "c",
    )
    paper.text(mid, y + 4, "GRACIAS POR SU COMPRA", mono, size, "c")
    return Drawn(paper, case, qr=has_qr)
