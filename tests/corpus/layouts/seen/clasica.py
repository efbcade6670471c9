"""A4 with the boxed RUC at the right, ruled table, totals right, QR below: what most billing systems
print.
"""

from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import ZERO, Case, build, by_hand
from tests.corpus.layouts.parts import (
    A4_TRAPS,
    CURRENCY_WORDS,
    HEADINGS,
    Drawn,
    labelled,
    money_of,
    trap,
    variant,
)
from tests.corpus.paper import Paper, wrap

TOTALS = {
    "subtotal": "Sub Total", "advances": "Anticipos", "discounts": "Descuentos", "taxable": "Op. Gravada",
    "exempt": "Op. Exonerada", "unaffected": "Op. Inafecta", "free": "Op. Gratuitas", "isc": "I.S.C.",
    "igv": "I.G.V. ({rate}%)", "icbper": "ICBPER", "other_charges": "Recargo al consumo",
    "rounding": "Redondeo", "total": "Importe Total", "perception": "Percepción (2%)",
    "net_with_perception": "Total a Pagar", "detraction": "Monto Detracción",
    "net_payable": "Monto neto pendiente de pago",
    "retention": "Retención IGV (3%)",
}  # fmt: skip


def fill(rng: Random) -> Case:
    """Facturas and boletas, goods and services."""
    what = trap(rng, A4_TRAPS)
    kind = "03" if what == "nrus" else rng.choices(["01", "03"], [75, 25])[0]
    services = what == "detraction" or rng.random() < 0.15
    case = build(
        rng, kind=kind, trap=what,
        catalogue=people.SERVICES if services else people.GOODS + people.LONG_GOODS,
        count=rng.randrange(1, 3) if services else rng.randrange(1, 9), currency=money_of(rng, what),
        zeros=rng.random() < 0.4,
        upper_items=rng.random() < 0.6,
    )  # fmt: skip
    case.money_style = rng.choices([0, 1, 2], [80, 17, 3])[0]
    case.date_style = rng.choices([0, 1, 2], [70, 20, 10])[0]
    case.by_hand = by_hand(case)
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    paper = Paper()
    put = paper.text
    put(40, 60, case.issuer.trade_name, "Helvetica-Bold", 15)
    y = paper.block(40, 78, case.issuer.name, 300, "Helvetica-Bold", 9.5)
    y = paper.block(40, y, f"{case.issuer.address} - {case.issuer.place}", 290, size=8)
    put(40, y, f"Telf.: {case.issuer.phone}   {case.issuer.mail}", size=8)

    paper.box(365, 40, 190, 82, line=1.2, radius=6)
    put(460, 62, f"R.U.C. {inv.supplier.ruc}", "Helvetica-Bold", 12, "c")
    paper.box(365, 71, 190, 22, fill=(0.9, 0.9, 0.9), line=0.4)
    put(460, 86, case.title(HEADINGS[inv.kind or ""]), "Helvetica-Bold", 11, "c")
    put(
        460,
        110,
        rng.choice([case.serial, f"N° {case.serial}", f"{inv.series} - {case.printed_number}"]),
        "Helvetica-Bold",
        12,
        "c",
    )

    paper.box(40, 140, 515, 66, line=0.6, radius=4)
    rows = [
        ("Señor(es)", case.customer.name[:62]),
        ("RUC" if case.customer.id_type == "6" else "DNI", case.customer.id),
        ("Dirección", case.customer.address),
        ("Forma de pago", case.payment.capitalize()),
    ]
    for index, (label, value) in enumerate(rows):
        put(48, 156 + index * 14, label, "Helvetica-Bold", 8.5)
        put(118, 156 + index * 14, f": {value}", size=8.5)
    right = [("Fecha de Emisión", case.day()), ("Moneda", CURRENCY_WORDS[inv.currency or ""])]
    if inv.due_date:
        right.insert(1, ("Fecha de Vencimiento", case.day(inv.due_date)))
    for index, (label, value) in enumerate(right):
        put(350, 170 + index * 14, label, "Helvetica-Bold", 8.5)
        put(445, 170 + index * 14, f": {value}", size=8.5)

    columns = (40, 75, 120, 345, 395, 475, 555)
    top = 218
    heads = ("Cant.", "Unidad", "Descripción", "Código", "V. Unitario", "Importe")
    paper.box(40, top, 515, 17, fill=(0.85, 0.85, 0.85))
    for left, end, head in zip(columns, columns[1:], heads, strict=False):
        put((left + end) / 2, top + 12, head, "Helvetica-Bold", 8, "c")
    y = top + 29
    for line in case.lines:
        item = line.item
        text = wrap(item.description or "", 218, "Helvetica", 8.2)
        put(71, y, f"{item.quantity:f}", size=8.2, align="r")
        put(97, y, item.unit or "", size=8.2, align="c")
        put(370, y, line.code, size=8.2, align="c")
        put(471, y, case.money(item.unit_price or ZERO), size=8.2, align="r")
        put(551, y, case.money(item.amount or ZERO), size=8.2, align="r")
        for part in text:
            put(124, y, part, size=8.2)
            y += 10
        y += 3
    bottom = max(y, top + 120)
    paper.box(40, top, 515, bottom - top)
    for x in columns[1:-1]:
        paper.line(x, top, x, bottom, 0.4)

    y = bottom + 14
    put(44, y, f"SON: {inv.amount_in_words}", "Helvetica-Bold", 8)
    y += 12
    start = y
    for key, label, amount in labelled(case, TOTALS):
        bold = "Helvetica-Bold" if key == "total" else "Helvetica"
        paper.box(365, y, 190, 14, line=0.4)
        put(370, y + 10.5, label, bold, 8.3)
        put(487, y + 10.5, case.symbol, bold, 8.3)
        put(551, y + 10.5, amount, bold, 8.3, "r")
        y += 14
    note = start + 10.0
    for remark in case.notes:
        note = paper.block(44, note, remark, 300, size=7.5)
    if case.by_hand:
        put(44, note + 30, "Emitido en contingencia", size=7)
        return Drawn(paper, case, qr=False)
    paper.qr(44, note + 4, 86, qr.payload(case, variant(rng, case)))
    put(140, note + 30, "Representación impresa de la " + HEADINGS[inv.kind or ""].lower(), size=7)
    put(140, note + 40, f"Resumen: {case.digest}", size=7)
    put(140, note + 50, "Autorizado mediante Resolución 0340050004781/SUNAT", size=7)
    return Drawn(paper, case, qr=True)
