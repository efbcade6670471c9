"""Short hands for drawing papers, and the truth beside them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from PIL import Image, ImageDraw, ImageFont

from functions.extractor.invoice import Customer, Invoice, Item, NotInvoice, Supplier, Verdict
from tests.corpus import people
from tests.corpus.paper import BLACK, MM, Colour, Paper
from tests.corpus.words import CURRENCIES, cardinal

Make = Callable[[], "Wild"]
MAKERS: dict[str, Make] = {}
"""Every wild document by name, in the order in which the rooms define them."""


@dataclass(frozen=True)
class Wild:
    """One file and what it says. `verdicts`: those that may be given; `what`: for what is no comprobante.

    `forged`: symbol and print disagree, so that no single truth can be asked for.
    """

    name: str
    data: bytes
    truth: tuple[Invoice, ...]
    verdicts: tuple[Verdict, ...] = ("proven", "consistent", "needs_review")
    what: NotInvoice | None = None
    picture: bool = False
    forged: bool = False


def wild(make: Make) -> Make:
    """Keeps a maker under its own name."""
    MAKERS[make.__name__] = make
    return make


def ruc(seed: str, prefix: str = "20") -> str:
    """A RUC of one's own for each seed."""
    return people.ruc(Random(f"wild/{seed}"), prefix)


def dni(seed: str) -> str:
    """Eight digits for each seed."""
    return people.dni(Random(f"wild/{seed}"))


def m(value: str | Decimal) -> str:
    """Thousands by comma, two decimals."""
    return f"{Decimal(value):,.2f}"


def invoice(
    kind: str, serial: str, day: date, total: str, igv: str | None, items: Sequence[tuple[str, str]], *,
    supplier: str, name: str | None = None, customer: str | None = None, buyer: str | None = None,
    currency: str = "PEN",
) -> Invoice:  # fmt: skip
    """The truth: seven key fields, both parties, and the lines as (description, amount)."""
    series, number = serial.split("-")
    return Invoice(
        kind=kind, series=series, number=str(int(number)), issue_date=day, currency=currency,
        total=Decimal(total),
        igv=None if igv is None else Decimal(igv), supplier=Supplier(ruc=supplier, name=name),
        customer=Customer(id=customer, name=buyer),
        items=[Item(description=d, amount=Decimal(a)) for d, a in items],
    )  # fmt: skip


def symbol(one: Invoice, **other: str) -> str:
    """The QR of an invoice, in the official order; `other` forges fields by name."""
    parts = {
        "ruc": one.supplier.ruc or "", "kind": one.kind or "", "series": one.series or "",
        "number": f"{int(one.number or 0):08d}", "igv": f"{one.igv or 0:.2f}", "total": f"{one.total:.2f}",
        "day": (one.issue_date or date.min).isoformat(),
        "type": "6" if len(one.customer.id or "") == 11 else "1", "customer": one.customer.id or "-",
        "hash": "kD8v0Qm3b1Zr7yLw5xTn2cPs9ug=",
    } | other  # fmt: skip
    return "|".join(parts.values())


def spelled(total: str, currency: str = "PEN") -> str:
    """The amount in words."""
    whole, cents = f"{Decimal(total):.2f}".split(".")
    return f"{cardinal(int(whole))} CON {cents}/100 {CURRENCIES[currency]}"


@dataclass
class Pen:
    """A paper and its usual letters."""

    width: float = 595.0
    height: float | None = 842.0
    shuffle: Random | None = None
    font: str = "Helvetica"
    bold: str = "Helvetica-Bold"
    paper: Paper = field(init=False)

    def __post_init__(self) -> None:
        self.paper = Paper(self.width, self.height, shuffle=self.shuffle)

    def t(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9,
        align: str = "l",
        *,
        b: bool = False,
        colour: Colour = BLACK,
    ) -> None:
        """One line."""
        self.paper.text(x, y, text, self.bold if b else self.font, size, align, colour)

    def lines(
        self,
        x: float,
        y: float,
        texts: Sequence[str],
        size: float = 9,
        align: str = "l",
        *,
        b: bool = False,
        step: float = 1.3,
    ) -> float:
        """Lines below each other; where the next would stand."""
        for text in texts:
            self.t(x, y, text, size, align, b=b)
            y += size * step
        return y

    def pairs(
        self,
        x: float,
        y: float,
        pairs: Sequence[tuple[str, str]],
        gap: float,
        size: float = 9,
        *,
        right: bool = False,
        step: float = 1.45,
    ) -> float:
        """Labels with their values beside them, `gap` further right."""
        for label, value in pairs:
            self.t(x, y, label, size, b=True)
            self.t(x + gap, y, value, size, "r" if right else "l")
            y += size * step
        return y

    def table(
        self,
        y: float,
        columns: Sequence[tuple[float, str]],
        rows: Sequence[Sequence[str]],
        size: float = 8,
        *,
        head: bool = True,
        step: float = 1.35,
    ) -> float:
        """Rows under headings: (x, alignment) a column, the first row in bold. A cell of several lines grows
        its row downwards.
        """
        for number, row in enumerate(rows):
            deep = 1
            for (x, align), cell in zip(columns, row, strict=True):
                for line, text in enumerate(cell.split("\n")):
                    self.t(x, y + line * size * 1.15, text, size, align, b=head and number == 0)
                    deep = max(deep, line + 1)
            y += size * (step + 1.15 * (deep - 1))
        return y

    def save(self) -> bytes:
        """The file."""
        return self.paper.save()


def roll(
    text: str, *, width: int = 40, size: float = 7.5, qr: str | None = None, font: str = "Courier"
) -> bytes:
    """A till roll as its printer gets it: lines of fixed letters, the symbol at the end. `>` centres a
    line.
    """
    unit = 0.6 * size
    pen = Pen(
        width=width * unit + 8 * MM,
        height=None,
        font=font,
        bold=f"{font}-Bold" if font == "Courier" else font,
    )
    y = 12.0
    for line in text.strip("\n").split("\n"):
        if line.startswith(">"):
            pen.t(pen.width / 2, y, line[1:].strip(), size, "c")
        else:
            pen.t(4 * MM, y, line, size)
        y += size * 1.22
    if qr:
        pen.paper.qr(pen.width / 2 - 45, y, 90, qr)
        y += 96
        pen.t(pen.width / 2, y, "GRACIAS POR SU COMPRA", size, "c")
    return pen.save()


def typed(
    art: str,
    *,
    size: float = 9,
    unit: float = 5.4,
    qr: tuple[float, float, str] | None = None,
    font: str = "Helvetica",
) -> bytes:
    """A drawing of letters as a page: what stands two spaces apart is apart, amounts end where they end
    there.

    A first `#` makes a line large and bold; `qr` is a symbol with its place in columns and lines.
    """
    lines = art.strip("\n").split("\n")
    pen = Pen(width=max(len(line) for line in lines) * unit + 90, height=None, font=font, bold=f"{font}-Bold")
    step = size * 1.6
    for number, line in enumerate(lines):
        large = "#" in line[:1]
        for phrase in re.finditer(r"\S+(?: \S+)*", line.lstrip("#")):
            amount = re.fullmatch(r"[-S/$.€ ]*[\d.,]+", phrase[0]) is not None
            x = 45 + (phrase.end() if amount else phrase.start()) * unit
            pen.t(
                x,
                50 + number * step,
                phrase[0],
                size * (1.4 if large else 1),
                "r" if amount else "l",
                b=large,
            )
    end = 50 + len(lines) * step
    if qr is not None:
        pen.paper.qr(45 + qr[0] * unit, 40 + qr[1] * step, 80, qr[2])
        end = max(end, 40 + qr[1] * step + 90)
    pen.t(45, end + 20, " ", size)
    return pen.save()


def row(left: str, right: str, width: int = 40) -> str:
    """Text at the left and an amount at the right of a till roll."""
    return f"{left:<{width - len(right)}}{right}"


def logo(text: str, size: tuple[int, int] = (420, 120), colour: str = "#b0132b") -> Image.Image:
    """A name painted, not written."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((2, 2, size[0] - 3, size[1] - 3), 18, outline=colour, width=6)
    draw.text(
        (size[0] / 2, size[1] / 2), text, fill=colour, font=ImageFont.load_default(size[1] // 3), anchor="mm"
    )
    return image
