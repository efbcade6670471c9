"""Recibo por honorarios in the other arrangement: issuer centred, boxed fields, amounts before their labels'
colon aligned at the left.
"""

from random import Random

from tests.corpus.cases import Case, fees
from tests.corpus.layouts.parts import Drawn
from tests.corpus.paper import Paper


def fill(rng: Random) -> Case:
    """Services of a natural person."""
    case = fees(rng)
    case.date_style = rng.choice([0, 4])
    return case


def draw(case: Case) -> Drawn:
    """The paper."""
    inv = case.invoice
    paper = Paper()
    font, bold = "OpenSans", "OpenSans-Bold"
    paper.box(50, 40, 495, 88, (0.95, 0.95, 0.95), (0.5, 0.5, 0.5))
    paper.text(297, 60, "RECIBO POR HONORARIOS ELECTRONICO", bold, 12, "c")
    paper.text(297, 78, f"N° {inv.series} - {inv.number}", bold, 12, "c")
    paper.text(297, 98, case.issuer.name, bold, 10.5, "c")
    paper.text(297, 114, f"RUC {inv.supplier.ruc}", font, 10, "c")
    paper.text(60, 148, "Fecha de Emisión", bold, 8.6)
    paper.text(60, 161, case.day(), font, 9)
    paper.text(220, 148, "Medio de pago", bold, 8.6)
    paper.text(220, 161, "Transferencia de fondos", font, 9)
    paper.text(400, 148, "Moneda", bold, 8.6)
    paper.text(400, 161, {"PEN": "SOLES", "USD": "DÓLAR AMERICANO"}[inv.currency or ""], font, 9)
    paper.line(50, 172, 545, 172, 0.5)
    who = case.customer
    paper.text(60, 190, "Datos del usuario del servicio", bold, 9.5)
    paper.text(60, 206, f"Nombre o razón social: {who.name}", font, 9)
    paper.text(60, 220, f"Tipo y número de documento: RUC {who.id}", font, 9)
    paper.line(50, 232, 545, 232, 0.5)
    paper.text(60, 250, "Descripción del servicio", bold, 9.5)
    y = paper.block(60, 266, inv.items[0].description or "", 470, font, 9)
    y += 14
    gross, held, net = (amount for _, amount in case.rows)
    rate = "8%" if case.trap == "retention" else "0%"
    for label, amount in (
        ("Renta bruta", None),
        ("Total por Honorarios", gross),
        (f"Retención {rate} Impuesto a la Renta", held),
        ("Total Neto Recibido", net),
    ):
        if amount is None:
            continue
        paper.text(60, y, label, font, 9.5)
        paper.text(330, y, f"{case.symbol} {case.money(amount)}", bold, 9.5, "r")
        y += 16
    paper.block(60, y + 8, f"Son: {inv.amount_in_words}", 470, font, 9)
    paper.text(
        297,
        y + 60,
        "Representación impresa del recibo por honorarios electrónico generado en SUNAT",
        font,
        7.5,
        "c",
    )
    return Drawn(paper, case, qr=False)
