"""A long A4 factura over pages: numbered lines with code and discount columns, totals on the last page, page
counts in the heading.
"""

from random import Random

from tests.corpus import people, qr
from tests.corpus.cases import Case, build
from tests.corpus.layouts.parts import HEADINGS, Column, Drawn, Style, heads, items, labelled, trap, variant
from tests.corpus.layouts.seen.banda import TOTALS
from tests.corpus.paper import Paper

TRAPS: dict[str, float] = {
    "plain": 60,
    "mixed": 10,
    "perception": 10,
    "rounding": 5,
    "discount": 8,
    "retention": 7,
}


def fill(rng: Random) -> Case:
    """A wholesaler's delivery of 25 to 70 lines."""
    case = build(
        rng,
        kind="01",
        trap=trap(rng, TRAPS),
        catalogue=people.GOODS,
        count=rng.randrange(25, 71),
        upper_items=True,
    )
    case.date_style = 0
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    rng, inv = case.rng, case.invoice
    paper = Paper()
    font, bold = "RobotoCondensed", "RobotoCondensed-Bold"
    style = Style(font, bold, 8.6, 1.2, 2, places=3, width=215)
    columns = (
        Column("n", "It.", 44, "r"),
        Column("code", "Código", 52),
        Column("description", "Descripción", 105),
        Column("unit", "Und", 338, "c"),
        Column("quantity", "Cantidad", 393, "r"),
        Column("price", "Valor Unit.", 446, "r"),
        Column("discount", "Dcto.", 484, "r"),
        Column("amount", "Valor Venta", 553, "r"),
    )

    def top() -> float:
        paper.block(40, 46, case.issuer.name, 300, bold, 12)
        paper.text(40, 74, f"{case.issuer.address} {case.issuer.place}"[:70], font, 8.5)
        paper.box(385, 30, 170, 58, line=1)
        paper.text(470, 46, f"RUC: {inv.supplier.ruc}", bold, 11, "c")
        paper.text(470, 62, HEADINGS["01"], bold, 11, "c")
        paper.text(470, 79, case.serial, bold, 11, "c")
        who = case.customer
        paper.text(40, 104, f"Señores: {who.name}"[:80], font, 9)
        paper.text(40, 117, f"RUC: {who.id}", font, 9)
        paper.text(200, 117, f"Fecha de Emisión: {case.day()}", font, 9)
        if inv.due_date:
            paper.text(330, 117, f"Fecha Venc.: {case.day(inv.due_date)}", font, 9)
        paper.text(450, 117, "Moneda: SOLES", font, 9)
        paper.text(450, 104, f"Página {paper.page_count}", font, 9)
        paper.line(40, 124, 555, 124, 1)
        heads(paper, columns, 136, style)
        paper.line(40, 141, 555, 141, 1)
        return 154

    def turn() -> float:
        paper.text(553, 800, "VAN...", bold, 9, "r")
        paper.page()
        return top()

    y = items(paper, case, columns, top(), style, limit=780, turn=turn)
    if y > 610:
        y = turn()
    paper.line(40, y - 6, 555, y - 6)
    start = y + 8
    y = start
    for key, label, amount in labelled(case, TOTALS):
        face = bold if key == "total" else font
        paper.text(345, y, label, face, 9)
        paper.text(496, y, case.symbol, face, 9, "r")
        paper.text(553, y, amount, face, 9, "r")
        y += 13
    end = paper.block(40, start, f"SON {inv.amount_in_words}", 290, bold, 8.5)
    for text in case.notes:
        end = paper.block(40, end + 4, text, 290, font, 8)
    paper.qr(40, end + 6, 88, qr.payload(case, variant(rng, case)))
    paper.text(140, end + 40, f"Hash: {case.digest}", font, 8)
    return Drawn(paper, case, qr=True)
