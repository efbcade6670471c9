"""A long delivery invoice over pages: the code under the description, no rules, a running sum at each foot,
totals at the left of the last page.
"""

from decimal import Decimal
from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import Case, build, cents
from tests.corpus.layouts.parts import Drawn, labelled, trap, variant
from tests.corpus.paper import Paper, wrap

TRAPS: dict[str, float] = {
    "plain": 60,
    "mixed": 10,
    "perception": 10,
    "rounding": 6,
    "icbper": 6,
    "detraction": 8,
}
TOTALS = {
    "subtotal": "Sub Total", "taxable": "Op. Gravada", "exempt": "Op. Exonerada",
    "unaffected": "Op. Inafecta", "free": "Op. Gratuita", "isc": "ISC", "igv": "IGV ({rate}%)",
    "icbper": "ICBPER", "rounding": "Redondeo", "total": "Total Comprobante", "perception": "Percepción 2%",
    "net_with_perception": "Total con Percepción", "detraction": "Detracción", "net_payable": "Saldo neto",
}  # fmt: skip


def fill(rng: Random) -> Case:
    """20 to 60 lines."""
    case = build(
        rng,
        kind=rng.choices(["01", "03"], [85, 15])[0],
        trap=trap(rng, TRAPS),
        catalogue=people.GOODS + people.LONG_GOODS,
        count=rng.randrange(20, 61),
    )
    case.date_style = rng.choice([0, 2])
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    paper = Paper()
    font, bold = "Helvetica", "Helvetica-Bold"
    who = case.customer

    def top() -> float:
        paper.text(
            555, 46, f"{'FACTURA' if inv.kind == '01' else 'BOLETA'} ELECTRÓNICA {case.serial}", bold, 11, "r"
        )
        paper.text(555, 61, f"RUC {inv.supplier.ruc}", bold, 10, "r")
        paper.text(555, 75, f"F. Emisión: {case.day()}", font, 9, "r")
        paper.text(555, 88, f"Hoja {paper.page_count}", font, 8, "r")
        paper.block(40, 46, case.issuer.name, 270, bold, 10.5)
        paper.text(40, 72, f"{case.issuer.address} {case.issuer.place}"[:64], font, 8)
        paper.text(40, 90, f"Cliente: {who.name}"[:70], font, 8.5)
        paper.text(40, 102, f"{'RUC' if who.id_type == '6' else 'DNI'}: {who.id}", font, 8.5)
        paper.text(200, 102, f"Pago: {case.payment.lower()}", font, 8.5)
        if inv.due_date:
            paper.text(555, 102, f"F. Vencimiento: {case.day(inv.due_date)}", font, 8.5, "r")
        for x, head, align in (
            (62, "Cant", "r"),
            (70, "Und", "l"),
            (100, "Artículo", "l"),
            (475, "Precio", "r"),
            (555, "Importe", "r"),
        ):
            paper.text(x, 122, head, bold, 8.2, align)
        return 136

    running = Decimal(0)
    y = top()
    for line in case.lines:
        item = line.item
        parts = wrap(item.description or "", 320, font, 8.2)
        if y + 10 * len(parts) + 9 > 770:
            paper.text(555, 792, f"Sub total de página {case.money(running)}", font, 8, "r")
            paper.page()
            y = top()
        running += item.amount or cents(Decimal(0))
        paper.text(62, y, f"{item.quantity:f}", font, 8.2, "r")
        paper.text(70, y, item.unit or "", font, 8.2)
        paper.text(475, y, case.money(item.unit_price or Decimal(0)), font, 8.2, "r")
        paper.text(555, y, case.money(item.amount or Decimal(0)), font, 8.2, "r")
        for part in parts:
            paper.text(100, y, part, font, 8.2)
            y += 9.6
        paper.text(100, y - 0.5, f"Cód. {line.code}", font, 6.4, colour=(0.4, 0.4, 0.4))
        y += 10
    if y > 640:
        paper.page()
        y = top()
    y += 10
    start = y
    for key, label, amount in labelled(case, TOTALS):
        face = bold if key == "total" else font
        paper.text(40, y, label, face, 9)
        paper.text(220, y, f"{case.symbol} {amount}", face, 9, "r")
        y += 13.5
    paper.qr(460, start - 6, 88, qr.payload(case, variant(rng, case)))
    y = paper.block(40, max(y, start + 92) + 4, f"SON: {inv.amount_in_words} ", 500, bold, 8.4)
    for text in case.notes:
        y = paper.block(40, y + 2, text, 500, font, 7.8)
    return Drawn(paper, case, qr=True)
