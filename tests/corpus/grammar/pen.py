"""The hand that sets a paper: one type, one way with labels, and what was drawn with it."""

import unicodedata
from dataclasses import dataclass, field
from random import Random
from typing import Literal, get_args

from reportlab.pdfbase.pdfmetrics import stringWidth

from functions.extractor.invoice import Item
from tests.corpus.cases import Case
from tests.corpus.grammar.forms import Place
from tests.corpus.grammar.owned import Owned, Split
from tests.corpus.paper import BLACK, Colour, Paper, wrap

FONTS = (
    ("Helvetica", "Helvetica-Bold"), ("Times-Roman", "Times-Bold"), ("OpenSans", "OpenSans-Bold"),
    ("RobotoCondensed", "RobotoCondensed-Bold"),
    ("Vera", "Vera-Bold"),
)  # fmt: skip
Signed = Literal["each", "total", "none"]
SIGNED: tuple[Signed, ...] = get_args(Signed)
TYPEWRITERS = (("Courier", "Courier-Bold"), ("RobotoMono", "RobotoMono-Bold"))


def accentless(text: str) -> str:
    """Without its accents; Ñ stays."""
    flat = unicodedata.normalize("NFD", text.replace("Ñ", "\0").replace("ñ", "\1"))
    kept = "".join(ch for ch in flat if not unicodedata.combining(ch))
    return kept.replace("\0", "Ñ").replace("\1", "ñ")


@dataclass
class Pen:
    """Draws one case.

    `features` are the grammar's that this paper shows; `colon` is what ends a label; `signed`: which amounts
    the currency's sign stands beside; `ruc_in_box`: the issuer's number stands with the title, else with the
    name.
    """

    paper: Paper
    case: Case
    split: Split
    rng: Random
    font: str
    bold: str
    size: float
    leading: float
    place: Place
    colon: str
    upper: bool
    accents: bool
    signed: Signed
    ruc_in_box: bool
    portal: bool = False
    ink: Colour = BLACK
    features: set[str] = field(default_factory=set)
    charges: list[Item] = field(default_factory=list)

    @property
    def row(self) -> float:
        """From baseline to baseline."""
        return self.size * self.leading

    def say(self, vocabulary: Owned[str]) -> str:
        """One label of the split's, in this paper's spelling; on the portal's paper only of those that every
        split knows.
        """
        return self.spell(
            self.rng.choice(vocabulary.core) if self.portal else vocabulary.pick(self.rng, self.split)
        )

    def spell(self, text: str) -> str:
        """In this paper's capitals and accents."""
        text = text.upper() if self.upper else text
        return text if self.accents else accentless(text)

    def width(self, text: str, size: float | None = None, *, bold: bool = False) -> float:
        """In points."""
        return float(stringWidth(text, self.bold if bold else self.font, size or self.size))

    def write(
        self,
        x: float,
        y: float,
        text: str,
        width: float,
        *,
        bold: bool = False,
        align: str = "l",
        size: float | None = None,
    ) -> float:
        """Wrapped text; the next baseline."""
        size = size or self.size
        at = x if align == "l" else x + width / 2 if align == "c" else x + width
        return self.paper.block(
            at, y, text, width, self.bold if bold else self.font, size, align, self.ink, self.leading
        )

    def pair(self, x: float, y: float, width: float, label: str, value: str, *, indent: float = 0) -> float:
        """A label and its value where this paper sets labels; the next baseline."""
        colon = self.colon if label else ""
        head = f"{label.rstrip(':')}{colon}"
        if self.place == "above" and label:
            return self.write(x, self.write(x, y, head, width, bold=True), value, width) + 2
        if self.place == "hanging" and label:
            return self.write(x + 12, self.write(x, y, head, width), value, width - 12) + 1
        if self.place == "strip" and label:
            self.paper.box(x, y - self.size, width, self.row + 1, (0.9, 0.9, 0.9), None)
            return self.write(x + 3, self.write(x + 3, y, head, width) + 2, value, width - 6) + 3
        if self.place == "two_rows" and " " in label and label.index(" ") > 3:
            first, _, rest = label.partition(" ")
            y = self.write(x, y, first, width)
            head = f"{rest}{colon}"
        if self.place == "piped" and label:
            return self.write(x, y, f"{label.rstrip(':')} | {value}", width)
        if self.place == "spread" and self.width(f"{head}   {value}", bold=True) < width:
            self.paper.text(x, y, head, self.font, self.size, colour=self.ink)
            self.paper.text(x + width, y, value, self.font, self.size, "r", self.ink)
            return y + self.row
        start = self.width(f"{head} ", bold=True) + 2
        if self.place == "left" and indent and start > max(indent, 30):
            # The label wraps in its own column, around its value's height.
            return max(
                self.write(x, y, head, indent - 4, bold=True),
                self.write(x + indent, y, value, width - indent),
            )
        if self.place == "left":
            start = max(start, indent)
        if start > width * 0.6:
            return self.write(x + 8, self.write(x, y, head, width, bold=True), value, width - 8)
        self.paper.text(x, y, head, self.bold, self.size, colour=self.ink)
        return self.write(x + start, y, value, width - start)

    def pairs(self, x: float, y: float, width: float, rows: list[tuple[str, str]]) -> float:
        """Labels and values below each other, values in a column where labels stand to the left."""
        widest = max((self.width(f"{label}{self.colon} ", bold=True) + 6 for label, _ in rows), default=0.0)
        for label, value in rows:
            y = self.pair(x, y, width, label, value, indent=min(widest, width * 0.4))
        return y

    def money(self, text: str, *, total: bool = False) -> str:
        """An amount, under its sign where this paper writes one."""
        if self.signed == "none" or (self.signed == "total" and not total):
            return text
        self.features.add("sign")
        return f"{self.case.symbol} {text}"

    def lines(self, text: str, width: float) -> list[str]:
        """How a text would wrap."""
        return wrap(text, width, self.font, self.size)
