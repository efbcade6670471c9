"""Recibo por honorarios as SUNAT's portal prints it: gross, withheld income tax, net; amount in words of the
net.
"""

from random import Random

from tests.corpus.cases import Case, fees
from tests.corpus.layouts.parts import CURRENCY_WORDS, Drawn
from tests.corpus.paper import Paper


def fill(rng: Random) -> Case:
    """Services of a natural person."""
    case = fees(rng)
    case.date_style = 4
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    inv = case.invoice
    paper = Paper()
    font, bold = "Helvetica", "Helvetica-Bold"
    y = paper.block(60, 70, case.issuer.name, 260, bold, 12)
    y = paper.block(60, y + 2, f"{case.issuer.address} {case.issuer.place}".upper(), 250, font, 8)
    paper.text(60, y, f"TELÉFONO: {case.issuer.phone}", font, 8)
    paper.box(345, 52, 195, 66, line=0.8)
    paper.text(442, 70, f"R.U.C. {inv.supplier.ruc}", bold, 10.5, "c")
    paper.text(442, 87, "RECIBO POR HONORARIOS ELECTRÓNICO", bold, 8.6, "c")
    paper.text(442, 106, f"Nro: {inv.series}-{inv.number}", bold, 10.5, "c")
    who = case.customer
    y = 150
    for label, value in (
        ("Recibí de", who.name),
        ("Identificado con", f"RUC número {who.id}"),
        ("Domiciliado en", f"{who.address} {who.place}".upper()),
        ("Forma de Pago", "AL CONTADO"),
        ("La suma de", inv.amount_in_words or ""),
        ("Por concepto de", inv.items[0].description or ""),
        ("Observación", "-"),
        ("Inciso", "A  DEL ARTÍCULO 33 DE LA LEY DEL IMPUESTO A LA RENTA"),
        ("Fecha de emisión", case.day()),
    ):
        paper.text(60, y, label, font, 9)
        paper.text(150, y, ":", font, 9)
        y = (
            paper.block(
                160, y, value, 370, bold if label in {"Recibí de", "La suma de"} else font, 9, leading=1.3
            )
            + 5
        )
    y += 18
    rate = "8" if case.trap == "retention" else "0"
    gross, held, net = (amount for _, amount in case.rows)
    for label, amount in (
        ("Total por honorarios", gross),
        (f"Retención ({rate} %) IR", held),
        ("Total Neto Recibido", net),
    ):
        paper.text(330, y, f"{label} :", bold, 9.5)
        paper.text(490, y, case.money(amount), bold, 9.5, "r")
        paper.text(
            498, y, CURRENCY_WORDS[inv.currency or ""] if inv.currency != "USD" else "DOLARES", font, 9
        )
        y += 17
    return Drawn(paper, case, qr=False)
