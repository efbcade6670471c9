"""What stands on a paper and is none of its fields: logos, edges of printers and faxes, stamps, pen, bar
codes, banks, cash, annexes.
"""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from tests.corpus import people
from tests.corpus.grammar import labels
from tests.corpus.grammar.goods import GOODS
from tests.corpus.grammar.pen import Pen
from tests.corpus.paper import BLACK, GREY

_FONTS = Path(__file__).parents[1] / "fonts"
_BLUE = (0.1, 0.1, 0.6)


def logo(rng: Random, words: str) -> Image.Image:
    """Words as a picture, four times as wide as tall: no text layer holds them."""
    image = Image.new("RGB", (640, 160), rng.choice(["white", "#f4efe2", "#19335c"]))
    ink = "white" if image.getpixel((0, 0)) == (25, 51, 92) else rng.choice(["#a01818", "#1c3f7a", "#0b5d3b"])
    font = ImageFont.truetype(str(_FONTS / rng.choice(["OpenSans-Bold.ttf", "RobotoCondensed-Bold.ttf"])), 84)
    ImageDraw.Draw(image).text((320, 80), words, ink, font, anchor="mm")
    return image


def edge(pen: Pen) -> None:
    """A browser's or a fax's line at the page's edge, with another day."""
    rng, paper = pen.rng, pen.paper
    other = date(2026, 11, 26) - timedelta(days=rng.randrange(200))
    if rng.random() < 0.6:
        paper.text(14, 12, f"{other:%d/%m/%y}, {pen.case.time[:5]}", "Helvetica", 7)
        paper.text(paper.width - 14, 12, "Comprobante electrónico", "Helvetica", 7, "r")
        if paper.height:
            paper.text(14, paper.height - 8, "https://ventas.example/ver/1", "Helvetica", 7)
        pen.features.add("print_header")
        return
    paper.text(14, 12, f"FAX {other:%d/%m/%Y} {pen.case.time[:5]}  DE: 01 4456677  PAG 01/01", "Courier", 7)
    pen.features.add("fax_header")


def stamp(pen: Pen, y: float) -> None:
    """A clerk's stamp with its own day, somewhere about `y`."""
    rng, paper = pen.rng, pen.paper
    x = rng.uniform(paper.width * 0.3, paper.width * 0.6)
    paper.box(x, y - 26, 92, 34, None, _BLUE, 1.2)
    paper.text(
        x + 46,
        y - 12,
        rng.choice(["CANCELADO", "PAGADO", "RECIBIDO", "V°B°"]),
        "Helvetica-Bold",
        11,
        "c",
        _BLUE,
    )
    paper.text(
        x + 46,
        y + 2,
        f"{date(2026, 11, 20) - timedelta(days=rng.randrange(90)):%d/%m/%Y}",
        "Helvetica",
        8,
        "c",
        _BLUE,
    )
    pen.features.add("stamp")


def scribble(pen: Pen, y: float) -> None:
    """A stroke of a pen across the paper."""
    rng, paper = pen.rng, pen.paper
    x, high = rng.uniform(20, paper.width * 0.5), y
    for _ in range(rng.randrange(4, 12)):
        to, down = x + rng.uniform(4, 22), high + rng.uniform(-16, 16)
        paper.line(x, high, min(to, paper.width - 4), down, 1.1, _BLUE)
        x, high = min(to, paper.width - 4), down
    pen.features.add("pen")


def bar_code(pen: Pen, x: float, y: float, width: float) -> float:
    """Bars over thirteen digits."""
    rng = pen.rng
    at = x
    while at < x + min(width, 120) - 4:
        thick = rng.choice([0.8, 1.6, 2.2])
        pen.paper.box(at, y - 4, thick, 22, BLACK, None)
        at += thick + rng.choice([0.9, 1.7])
    pen.paper.text(x, y + 28, f"{rng.randrange(10**12, 10**13)}", pen.font, 7)
    pen.features.add("bar_code")
    return y + 40


def banks(pen: Pen, x: float, y: float, width: float) -> float:
    """Accounts to pay into."""
    rng = pen.rng
    pen.features.add("banks")
    for _ in range(rng.randrange(1, 4)):
        text = (
            f"{labels.BANKS.pick(rng, pen.split)}: "
            f"{rng.randrange(100, 999)}-{rng.randrange(10**6, 10**7)}-0-{rng.randrange(10, 99)}"
        )
        y = pen.write(x, y, text, width)
    return y


def cash(pen: Pen, x: float, y: float, width: float) -> float:
    """What was handed over and what came back."""
    total = pen.case.invoice.net_payable or pen.case.invoice.total or Decimal(0)
    given = (total / 10 + 1).quantize(Decimal(1)) * 10
    pen.features.add("cash")
    y = pen.pair(x, y, width, pen.spell("Efectivo"), pen.money(pen.case.money(given)))
    return pen.pair(x, y, width, pen.spell("Vuelto"), pen.money(pen.case.money(given - total)))


def instalments(pen: Pen, x: float, y: float, width: float) -> float:
    """When the rest is to be paid."""
    inv = pen.case.invoice
    owed = pen.case.money(inv.net_payable or inv.total or Decimal(0))
    pen.features.add("instalments")
    y = pen.write(x, y, pen.spell("Información del crédito"), width, bold=True)
    y = pen.write(x, y, pen.spell("N° Cuota   Fec. Venc.   Monto"), width)
    return pen.write(x, y, f"1   {pen.case.day(inv.due_date)}   {owed}", width)


def annex(pen: Pen) -> None:
    """Another document behind the comprobante: a purchase order or a guía, with lines and a total of its
    own.
    """
    rng, paper = pen.rng, pen.paper
    paper.page()
    title = rng.choice(["ORDEN DE COMPRA", "GUÍA DE REMISIÓN REMITENTE ELECTRÓNICA"])
    paper.text(40, 60, title, pen.bold, 13)
    paper.text(
        40, 76, f"{'OC' if title.startswith('ORDEN') else 'T001'}-{rng.randrange(100, 9999)}", pen.bold, 11
    )
    paper.text(40, 96, f"RUC {people.ruc(rng, '20')}   Fecha: {rng.randrange(10, 28)}/10/2026", pen.font, 9)
    y = 130.0
    paper.text(40, y, "Cant.", pen.bold, 9)
    paper.text(100, y, "Descripción", pen.bold, 9)
    paper.text(540, y, "Importe", pen.bold, 9, "r")
    total = Decimal(0)
    for _ in range(rng.randrange(3, 15)):
        y += 14
        amount = Decimal(rng.randrange(500, 90000)).scaleb(-2)
        total += amount
        paper.text(40, y, f"{rng.randrange(1, 30)}", pen.font, 9)
        paper.text(100, y, GOODS.pick(rng, pen.split)[0], pen.font, 9)
        paper.text(540, y, f"{amount:,.2f}", pen.font, 9, "r")
    paper.text(540, y + 22, f"Total {total:,.2f}", pen.bold, 9, "r")
    paper.text(40, y + 60, "Página 2", pen.font, 7, colour=GREY)
    pen.features.add("annex")
