"""Credit and debit notes whose reference is a table row, RUC at the left of the heading, totals left, items
with tax.
"""

from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import Case, build
from tests.corpus.layouts.parts import Column, Drawn, Style, heads, items, labelled, money_of, trap, variant
from tests.corpus.paper import Paper

TRAPS: dict[str, float] = {"plain": 62, "exempt": 12, "mixed": 8, "rounding": 6, "unaffected": 6, "icbper": 6}
TOTALS = {
    "taxable": "OP. GRAVADA", "exempt": "OP. EXONERADA", "unaffected": "OP. INAFECTA", "free": "OP. GRATUITA",
    "isc": "I.S.C.",
    "igv": "I.G.V. {rate}%", "icbper": "ICBPER", "rounding": "REDONDEO", "total": "IMPORTE TOTAL",
}  # fmt: skip
NAMES = {"07": "NOTA DE CREDITO ELECTRONICA", "08": "NOTA DE DEBITO ELECTRONICA"}


def fill(rng: Random) -> Case:
    """07 mostly, 08 some."""
    what = trap(rng, TRAPS)
    case = build(
        rng, kind=rng.choices(["07", "08"], [78, 22])[0], trap=what,
        catalogue=people.GOODS + people.LONG_GOODS, count=rng.randrange(1, 5), currency=money_of(rng, what),
        zeros=rng.random() < 0.3, net_items=False, upper_items=rng.random() < 0.5,
    )  # fmt: skip
    case.date_style = rng.choice([1, 0])
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    ref, who = inv.modifies, case.customer
    assert ref
    paper = Paper()
    font, bold = "Vera", "Vera-Bold"
    paper.text(297, 50, NAMES[inv.kind or ""], bold, 14, "c")
    paper.text(297, 70, f"{inv.series}-{case.printed_number}", bold, 13, "c")
    paper.line(36, 80, 559, 80, 1.5)
    paper.text(36, 98, "Emisor:", bold, 8.5)
    paper.text(100, 98, case.issuer.name, font, 8.5)
    paper.text(36, 112, "RUC:", bold, 8.5)
    paper.text(100, 112, inv.supplier.ruc or "", font, 8.5)
    paper.text(36, 126, "Domicilio:", bold, 8.5)
    paper.text(100, 126, f"{case.issuer.address} - {case.issuer.place}"[:80], font, 8.5)
    paper.line(36, 134, 559, 134, 0.5)
    paper.text(36, 150, "Cliente:", bold, 8.5)
    paper.text(100, 150, who.name, font, 8.5)
    paper.text(36, 164, "RUC:" if who.id_type == "6" else "DNI:", bold, 8.5)
    paper.text(100, 164, who.id, font, 8.5)
    paper.text(390, 164, "Emitido el:", bold, 8.5)
    paper.text(559, 164, case.day(), font, 8.5, "r")
    top = 178
    paper.box(36, top, 523, 34, line=0.6)
    paper.line(36, top + 16, 559, top + 16, 0.6)
    name = "FACTURA" if ref.kind == "01" else "BOLETA"
    for x, head, value in (
        (42, "Documento afectado", f"{name} {ref.series}-{ref.number}"),
        (215, "Fecha doc. afectado", case.day(case.modified_date)),
        (350, "Motivo", case.reason),
        (500, "Moneda", inv.currency or ""),
    ):
        paper.text(x, top + 11, head, bold, 7.8)
        paper.text(x, top + 28, value, font, 8.2)
    style = Style(font, bold, 8, 1.25, 5, places=2, width=240)
    columns = (
        Column("n", "#", 46, "r"),
        Column("description", "DESCRIPCION", 58),
        Column("quantity", "CANTIDAD", 370, "r"),
        Column("unit", "UND", 398, "c"),
        Column("price", "P. UNITARIO", 478, "r"),
        Column("amount", "IMPORTE", 555, "r"),
    )
    paper.box(36, 222, 523, 16, (0.2, 0.2, 0.2), None)
    heads(paper, columns, 233, style, (1, 1, 1))
    y = items(paper, case, columns, 252, style, shade=(36, 559, (0.94, 0.94, 0.94))) + 6
    top = y
    for key, label, amount in labelled(case, TOTALS):
        face = bold if key == "total" else font
        paper.box(36, y - 10, 260, 14, None, (0.6, 0.6, 0.6), 0.4)
        paper.text(42, y, label, face, 8.2)
        paper.text(290, y, f"{case.symbol} {amount}", face, 8.2, "r")
        y += 14
    has_qr = rng.random() < 0.9
    if has_qr:
        paper.qr(450, top - 8, 90, qr.payload(case, variant(rng, case)))
        y = max(y, top + 90)
    y = paper.block(36, y + 10, f"SON: {inv.amount_in_words}", 520, font, 8.2)
    paper.text(36, y + 8, f"Hash: {case.digest}", font, 7)
    return Drawn(paper, case, qr=has_qr)
