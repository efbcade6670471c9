"""58 mm ticket of a restaurant: narrow, quantity before the description, recargo al consumo and the reduced
IGV.
"""

from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import ZERO, Case, build
from tests.corpus.layouts.parts import Drawn, labelled, trap, variant
from tests.corpus.paper import MM, Paper, wrap

TRAPS: dict[str, float] = {"plain": 30, "mype": 30, "service_charge": 25, "rounding": 6, "nrus": 5, "free": 4}
TOTALS = {
    "taxable": "Op. Gravada", "exempt": "Op. Exonerada", "unaffected": "Op. Inafecta", "free": "Op. Gratuita",
    "igv": "IGV ({rate}%)",
    "icbper": "ICBPER", "other_charges": "Recargo consumo 10%", "rounding": "Redondeo", "total": "TOTAL",
}  # fmt: skip


def fill(rng: Random) -> Case:
    """Mostly boletas of a meal."""
    what = trap(rng, TRAPS)
    kind = "03" if what == "nrus" else rng.choices(["01", "03"], [25, 75])[0]
    case = build(
        rng,
        kind=kind,
        trap=what,
        catalogue=people.FOOD,
        count=rng.randrange(1, 8),
        net_items=False,
        upper_items=rng.random() < 0.4,
    )
    case.date_style = rng.choice([0, 0, 1])
    case.money_style = 1
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    case.omit("due_date")
    paper = Paper(58 * MM, None)
    font, bold, size, left, mid, right = "RobotoMono", "RobotoMono-Bold", 6.6, 3 * MM, 29 * MM, 55 * MM
    wide = right - left
    y = paper.block(mid, 22, case.issuer.trade_name, wide, bold, 9, "c")
    y = paper.block(mid, y, case.issuer.name.upper(), wide, font, size, "c")
    paper.text(mid, y, f"R.U.C. {inv.supplier.ruc}", bold, 7.2, "c")
    y = paper.block(mid, y + 9, case.issuer.address, wide, font, 6.2, "c")
    y = paper.block(mid, y, case.issuer.place, wide, font, 6.2, "c")
    y += 5
    paper.text(mid, y, "FACTURA ELECTRÓNICA" if inv.kind == "01" else "BOLETA ELECTRÓNICA", bold, 8, "c")
    paper.text(mid, y + 11, f"{inv.series} - {case.printed_number}", bold, 8.5, "c")
    y += 24
    lines = [
        f"Fecha: {case.day()} {case.time[:5]}",
        f"Mesa: {rng.randrange(1, 30)}  Mozo: {people.full_name(rng).split()[-1]}",
    ]
    who = case.customer
    if inv.kind == "03" and rng.random() < 0.6:
        case.omit("customer")
        lines.append("Cliente: -")
    else:
        lines += [f"{'RUC' if who.id_type == '6' else 'DNI'}: {who.id}", f"Cliente: {who.name}"]
    for text in lines:
        y = paper.block(left, y, text, wide, font, size)
    paper.text(left, y, "-" * 38, font, size)
    y += 8
    for line in case.lines:
        item = line.item
        parts = wrap(item.description or "", wide - 64, font, size)
        paper.text(left, y, f"{item.quantity:f}", font, size)
        paper.text(right, y, case.money(item.amount or ZERO), font, size, "r")
        for part in parts:
            paper.text(left + 20, y, part, font, size)
            y += 8.2
    case.omit("items.unit_price", "items.unit")
    paper.text(left, y, "-" * 38, font, size)
    y += 10
    for key, label, amount in labelled(case, TOTALS):
        big = 8.4 if key == "total" else size
        y += 2 if key == "total" else 0
        paper.text(left, y, f"{label}:", bold if key == "total" else font, big)
        paper.text(right, y, f"{case.symbol} {amount}", bold if key == "total" else font, big, "r")
        y += big + 2.4
    y = paper.block(left, y + 3, f"Son: {inv.amount_in_words}", wide, font, 6.2) + 4
    has_qr = rng.random() < 0.85
    if has_qr:
        side = 27 * MM
        paper.qr(mid - side / 2, y - 4, side, qr.payload(case, variant(rng, case)))
        y += side + 6
    y = paper.block(mid, y, "Representación impresa del comprobante electrónico", wide, font, 5.8, "c")
    paper.text(mid, y + 4, "¡Gracias por su visita!", font, 6.5, "c")
    return Drawn(paper, case, qr=has_qr)
