"""SUNAT's portal, the other forms it prints: boletas EB01 with line amounts, and notas E001 on what they
modify; no QR, number after `N°`.
"""

from random import Random

from tests.corpus import people
from tests.corpus.cases import CENT, ZERO, Case, build
from tests.corpus.layouts.parts import HEADINGS, Drawn, money_of, trap
from tests.corpus.paper import Paper, wrap

TRAPS: dict[str, float] = {
    "plain": 50,
    "exempt": 12,
    "nrus": 14,
    "discount": 8,
    "free": 6,
    "unaffected": 6,
    "rounding": 4,
}
ROWS = (
    ("taxable", "Op. Gravada"), ("exempt", "Op. Exonerada"), ("unaffected", "Op. Inafecta"), ("isc", "ISC"),
    ("igv", "IGV"), ("icbper", "ICBPER"), ("other_charges", "Otros Cargos"), ("taxes", "Otros Tributos"),
    ("rounding", "Monto de Redondeo"), ("total", "Importe Total"),
)  # fmt: skip


def fill(rng: Random) -> Case:
    """Boletas, facturas and credit notes typed into the portal."""
    what = trap(rng, TRAPS)
    kind = "03" if what == "nrus" else rng.choices(["03", "01", "07"], [45, 30, 25])[0]
    case = build(
        rng, kind=kind, trap=what, portal=True, catalogue=people.GOODS + people.SERVICES,
        count=rng.randrange(1, 6), currency=money_of(rng, what),
        upper_items=True, zeros=True,
    )  # fmt: skip
    inv = case.invoice
    amounts = dict(case.rows)
    for key in ("taxable", "exempt", "unaffected", "isc", "icbper", "other_charges", "rounding"):
        setattr(inv, key, amounts.get(key, ZERO))
    if what != "discount":
        inv.discounts = ZERO
    inv.free = amounts.get("free", ZERO)
    for item in inv.items:
        item.quantity = item.quantity and item.quantity.quantize(CENT)  # as it is printed
    case.money_style = 0
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    inv = case.invoice
    paper = Paper()
    font, bold = "Helvetica", "Helvetica-Bold"
    paper.box(30, 30, 535, 90, line=0.8)
    paper.line(375, 30, 375, 120, 0.8)
    y = paper.block(38, 50, case.issuer.name.upper(), 325, bold, 10.5)
    y = paper.block(38, y + 2, case.issuer.address.upper(), 325, font, 8)
    paper.text(38, y, case.issuer.place, font, 8)
    paper.text(470, 56, f"R.U.C. {inv.supplier.ruc}", bold, 11, "c")
    paper.block(470, 76, HEADINGS[inv.kind or ""], 180, bold, 10, "c")
    paper.text(470, 106, f"N° {inv.series} - {inv.number}", bold, 11, "c")
    who = case.customer
    rows = [
        ("Fecha de Emisión", case.day()),
        ("Señor (es)", who.name),
        ("RUC" if who.id_type == "6" else "DNI", who.id),
    ]
    rows.append(
        ("Tipo de Moneda", {"PEN": "SOLES", "USD": "DOLAR AMERICANO", "EUR": "EURO"}[inv.currency or ""])
    )
    if inv.due_date:
        rows.insert(1, ("Fecha de Vencimiento", case.day(inv.due_date)))
    if inv.modifies:
        name = "Factura" if inv.modifies.kind == "01" else "Boleta de Venta"
        rows.insert(
            0, ("Documento que modifica", f"{name} Electrónica {inv.modifies.series} - {inv.modifies.number}")
        )
        rows.append(("Motivo o Sustento", case.reason.upper()))
    height = 14 + 14 * len(rows)
    paper.box(30, 128, 535, height, line=0.8)
    for index, (label, value) in enumerate(rows):
        paper.text(38, 145 + 14 * index, label, bold, 8.5)
        paper.text(160, 145 + 14 * index, f": {value}", font, 8.5)
    top = 136 + height
    paper.box(30, top, 535, 18, line=0.8)
    marks = (30, 85, 150, 385, 470, 565)
    for x, head in zip(
        (57, 117, 267, 427, 517),
        ("Cantidad", "Unid. Medida", "Descripción", "Precio Unitario", "Importe"),
        strict=True,
    ):
        paper.text(x, top + 12, head, bold, 8, "c")
    y = top + 31
    for line in case.lines:
        item = line.item
        item.unit = {"KG": "KILOGRAMO", "ZZ": "SERVICIO"}.get(item.unit or "", "UNIDAD")
        paper.text(80, y, f"{item.quantity:.2f}", font, 8, "r")
        paper.text(117, y, item.unit, font, 8, "c")
        paper.text(464, y, f"{item.unit_price:.2f}", font, 8, "r")
        paper.text(558, y, case.money(item.amount or ZERO), font, 8, "r")
        for part in wrap(item.description or "", 228, font, 8):
            paper.text(154, y, part, font, 8)
            y += 10.5
        y += 3
    paper.box(30, top, 535, y - top, line=0.8)
    for mark in marks[1:-1]:
        paper.line(mark, top, mark, y, 0.6)
    y += 16
    paper.text(38, y, f"SON: {inv.amount_in_words}", bold, 8.5)
    y += 18
    amounts = dict(case.rows)
    paper.text(38, y, f"Op. Gratuitas : {case.symbol} {case.money(inv.free or ZERO)}", font, 8.5)
    paper.text(
        38,
        y + 14,
        f"Descuentos Globales : {case.symbol} {case.money(amounts.get('discounts', ZERO))}",
        font,
        8.5,
    )
    for key, label in ROWS:
        face = bold if key == "total" else font
        amount = amounts.get(key, ZERO)
        paper.text(385, y, label, face, 8.5)
        paper.text(480, y, ":", face, 8.5)
        paper.text(
            558, y, f"{case.symbol} {'-' if amount < 0 else ''}{case.money(abs(amount))}", face, 8.5, "r"
        )
        y += 13.5
    paper.line(30, y + 6, 565, y + 6, 0.5)
    paper.block(
        38, y + 22, "Esta es una representación impresa del comprobante de pago electrónico generado en "
            "SUNAT Operaciones en Línea. "
        "Puede verificarla utilizando su clave SOL.", 510, font, 7.5,
    )  # fmt: skip
    return Drawn(paper, case, qr=False)
