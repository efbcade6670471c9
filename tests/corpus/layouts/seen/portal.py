"""SUNAT's own portal (SEE-SOL), facturas E001 and boletas EB01: no QR, label and value in pairs, both money
styles in one document.
"""

from random import Random

from tests.corpus import people
from tests.corpus.cases import CENT, ZERO, Case, build
from tests.corpus.layouts.parts import CURRENCY_WORDS, HEADINGS, Drawn, money_of, trap
from tests.corpus.paper import Paper, wrap

TRAPS: dict[str, float] = {
    "plain": 45, "detraction": 10, "advance": 8, "discount": 8, "exempt": 8, "nrus": 8, "free": 5,
    "export": 4, "retention": 4
}  # fmt: skip
ROWS = (
    ("subtotal", "Sub Total Ventas"), ("advances", "Anticipos"), ("discounts", "Descuentos"),
    ("taxable", "Valor Venta"), ("isc", "ISC"), ("igv", "IGV"), ("icbper", "ICBPER"),
    ("other", "Otros Cargos"), ("taxes", "Otros Tributos"), ("rounding", "Monto de redondeo"),
    ("total", "Importe Total"),
)  # fmt: skip


def fill(rng: Random) -> Case:
    """What a small business types into the portal."""
    what = trap(rng, TRAPS)
    kind = "03" if what == "nrus" else rng.choices(["01", "03"], [70, 30])[0]
    case = build(
        rng, kind=kind, trap=what, portal=True, catalogue=people.SERVICES + people.GOODS + people.LONG_GOODS,
        count=rng.randrange(1, 5),
        currency=money_of(rng, what), upper_items=rng.random() < 0.7, zeros=True,
    )  # fmt: skip
    case.money_style = 0
    # The portal's "Valor Venta" is base, exempt and unaffected together, printed apart nowhere: the base is
    # told where it is all of it.
    inv = case.invoice
    if inv.exempt or inv.unaffected or not inv.taxable:
        inv.taxable = None
    inv.exempt = inv.unaffected = None
    inv.discounts = ZERO if inv.discounts is None else inv.discounts
    inv.isc, inv.icbper, inv.other_charges = ZERO, ZERO, ZERO
    inv.rounding = ZERO
    for item in inv.items:
        item.quantity = item.quantity and item.quantity.quantize(CENT)  # as it is printed
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    inv, rng = case.invoice, case.rng
    paper = Paper()
    font, bold = "Helvetica", "Helvetica-Bold"
    y = paper.block(45, 50, case.issuer.name.upper(), 300, bold, 11)
    if case.issuer.trade_name.upper() != case.issuer.name.upper():
        y = paper.block(45, y, case.issuer.trade_name.upper(), 300, font, 9)
    y = paper.block(45, y, f"{case.issuer.address} {case.issuer.place}".upper(), 300, font, 8)
    paper.box(380, 36, 170, 66, line=1)
    paper.text(
        465,
        56,
        HEADINGS[inv.kind or ""] if inv.kind == "01" else "BOLETA DE VENTA ELECTRONICA",
        bold,
        10,
        "c",
    )
    paper.text(465, 74, f"RUC: {inv.supplier.ruc}", bold, 10, "c")
    paper.text(440, 92, f"{inv.series}-", bold, 10, "l")
    paper.text(468, 92, str(inv.number), bold, 10, "l")
    who = case.customer
    y = max(y, 112) + 10
    rows = [("Fecha de Emisión", case.day())]
    if inv.due_date:
        rows.insert(0, ("Fecha de Vencimiento", case.day(inv.due_date)))
    rows.append(("Señor(es)", who.name))
    rows.append(("RUC" if who.id_type == "6" else "DNI", who.id))
    if inv.kind == "01":
        rows.append(("Dirección del Cliente", who.address.upper()))
    rows += [
        ("Tipo de Moneda", {"PEN": "SOLES", "USD": "DOLAR AMERICANO", "EUR": "EURO"}[inv.currency or ""]),
        ("Observación", ""),
    ]
    if inv.kind == "01":
        paper.text(380, y, f"Forma de pago: {'Crédito' if inv.due_date else 'Contado'}", bold, 9)
    for label, value in rows:
        paper.text(45, y, label, font, 8.5)
        paper.text(150, y, ":", font, 8.5)
        for part in wrap(value, 260, bold, 8.5):
            paper.text(160, y, part, bold, 8.5)
            y += 13
    y += 6
    paper.box(45, y, 505, 16, (0.93, 0.93, 0.93), line=0.5)
    for x, head, align in (
        (75, "Cantidad", "c"),
        (135, "Unidad Medida", "c"),
        (180, "Descripción", "l"),
        (480, "Valor Unitario", "r"),
        (546, "ICBPER", "r"),
    ):
        paper.text(x, y + 11, head, bold, 8, align)
    y += 28
    for line in case.lines:
        item = line.item
        paper.text(75, y, f"{item.quantity:.2f}", font, 8, "c")
        paper.text(135, y, "UNIDAD" if item.unit != "KG" else "KILOGRAMO", font, 8, "c")
        item.unit = "UNIDAD" if item.unit != "KG" else "KILOGRAMO"
        paper.text(480, y, f"{line.unit_value:.2f}", font, 8, "r")
        paper.text(546, y, "0.00", font, 8, "r")
        for part in wrap(item.description or "", 215, font, 8):
            paper.text(180, y, part, font, 8)
            y += 11
        y += 3
        # the amount of a line is not printed here
        item.unit_price, item.amount = line.unit_value, None
    paper.line(45, y - 4, 550, y - 4)
    y += 8
    if inv.free:
        paper.text(
            45, y, f"Valor de Venta de Operaciones Gratuitas : {case.symbol} {case.money(inv.free)}", font, 8
        )
    else:
        paper.text(45, y, f"Valor de Venta de Operaciones Gratuitas : {case.symbol} 0.00", font, 8)
        inv.free = ZERO
    paper.block(45, y + 22, f"SON: {inv.amount_in_words}", 270, bold, 8)
    amounts = dict(case.rows)
    base = sum((amounts.get(key, ZERO) for key in ("taxable", "exempt", "unaffected")), ZERO)
    if case.trap == "nrus":
        base = inv.total or ZERO
    shown = {**amounts, "taxable": base, "subtotal": amounts.get("subtotal", base)}
    for key, label in ROWS:
        paper.text(440, y, label, font, 8.5, "r")
        paper.text(446, y, ":", font, 8.5)
        paper.text(546, y, f"{case.symbol} {case.money(shown.get(key, ZERO))}", font, 8.5, "r")
        y += 14
    for key, label in (
        ("detraction", "Monto de Detracción"),
        ("net_payable", "Monto neto pendiente de pago"),
    ):
        if key in amounts:
            paper.text(45, y, label, font, 8.5)
            paper.text(200, y, f": {case.symbol} {case.money(amounts[key])}", bold, 8.5)
            y += 14
    for text in case.notes:
        y = paper.block(45, y + 4, text, 400, font, 7.5)
    kind = "factura electrónica" if inv.kind == "01" else "boleta de venta electrónica"
    paper.block(
        297, y + 24, f"Esta es una representación impresa de la {kind}, generada en el Sistema de SUNAT. El "
            f"Emisor Electrónico puede verificarla "
        "utilizando su clave SOL, el Adquirente o Usuario puede consultar su validez en SUNAT Virtual: "
        "www.sunat.gob.pe, en Opciones sin Clave SOL/ "
        "Consulta de Validez del CPE.", 430, font, 7.5, "c",
    )  # fmt: skip
    _ = (CURRENCY_WORDS, rng)
    return Drawn(paper, case, qr=False)
