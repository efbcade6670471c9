"""Drawing on pages measured in points from the top left corner, over reportlab; a ticket's page ends where
its text ends.
"""

from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

import numpy as np
import zxingcpp
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

A4 = (595.0, 842.0)
MM = 72 / 25.4
Colour = tuple[float, float, float]
BLACK: Colour = (0, 0, 0)
GREY: Colour = (0.45, 0.45, 0.45)
WHITE: Colour = (1, 1, 1)

_FONTS = Path(__file__).parent / "fonts"


@cache
def _register() -> None:
    for name, file_name in (("Vera", "Vera.ttf"), ("Vera-Bold", "VeraBd.ttf")):
        registerFont(TTFont(name, file_name))
    for file in sorted(_FONTS.glob("*.ttf")):
        registerFont(TTFont(file.stem, str(file)))


@cache
def qr_image(text: str) -> Image.Image:
    """The symbol, one pixel a module, error level Q as the rule asks, with its quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    image = np.array(zxingcpp.write_barcode_to_image(code, scale=1))
    return Image.fromarray(np.pad(image, 2, constant_values=255)).convert("L")


class Paper:
    """Pages of one file. Operations are kept and played at the end, so that heights and the drawing order are
    free.
    """

    def __init__(
        self, width: float = A4[0], height: float | None = A4[1], *, shuffle: Random | None = None
    ) -> None:
        _register()
        self.width, self.height = width, height
        self.bottom = 0.0
        self._shuffle = shuffle
        self._pages: list[list[tuple[int, Callable[[Canvas, float], None]]]] = [[]]
        self._bottoms: list[float] = [0.0]

    def _do(self, layer: int, y: float, op: Callable[[Canvas, float], None]) -> None:
        self._pages[-1].append((layer, op))
        self._bottoms[-1] = max(self._bottoms[-1], y)

    def page(self) -> None:
        """Begin another page."""
        self._pages.append([])
        self._bottoms.append(0.0)

    @property
    def page_count(self) -> int:
        """How many pages there are so far."""
        return len(self._pages)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        font: str = "Helvetica",
        size: float = 9,
        align: str = "l",
        colour: Colour = BLACK,
    ) -> None:
        """One line whose baseline is at `y`; `align` l, r or c says what `x` is."""

        def op(canvas: Canvas, height: float) -> None:
            canvas.setFont(font, size)
            canvas.setFillColorRGB(*colour)
            {"l": canvas.drawString, "r": canvas.drawRightString, "c": canvas.drawCentredString}[align](
                x, height - y, text
            )

        self._do(2, y + size * 0.3, op)

    def block(
        self, x: float, y: float, text: str, width: float, font: str = "Helvetica", size: float = 9,
        align: str = "l",
        colour: Colour = BLACK, leading: float = 1.2,
    ) -> float:  # fmt: skip
        """Wrapped text whose first baseline is at `y`; the next baseline."""
        for line in wrap(text, width, font, size):
            self.text(x, y, line, font, size, align, colour)
            y += size * leading
        return y

    def box(
        self, x: float, y: float, width: float, height: float, fill: Colour | None = None,
        stroke: Colour | None = BLACK,
        line: float = 0.7, radius: float = 0,
    ) -> None:  # fmt: skip
        """A rectangle, behind all text."""

        def op(canvas: Canvas, page: float) -> None:
            canvas.setLineWidth(line)
            if fill:
                canvas.setFillColorRGB(*fill)
            if stroke:
                canvas.setStrokeColorRGB(*stroke)
            canvas.roundRect(
                x,
                page - y - height,
                width,
                height,
                radius,
                stroke=int(stroke is not None),
                fill=int(fill is not None),
            )

        self._do(0, y + height, op)

    def line(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        width: float = 0.6,
        colour: Colour = BLACK,
        *,
        dash: bool = False,
    ) -> None:
        """A rule."""

        def op(canvas: Canvas, height: float) -> None:
            canvas.saveState()
            canvas.setLineWidth(width)
            canvas.setStrokeColorRGB(*colour)
            if dash:
                canvas.setDash(2, 2)
            canvas.line(x0, height - y0, x1, height - y1)
            canvas.restoreState()

        self._do(1, max(y0, y1), op)

    def image(self, x: float, y: float, width: float, height: float, image: Image.Image) -> None:
        """A picture, its top left corner at (x, y)."""

        def op(canvas: Canvas, page: float) -> None:
            canvas.drawImage(ImageReader(image), x, page - y - height, width, height)

        self._do(1, y + height, op)

    def qr(self, x: float, y: float, side: float, text: str) -> None:
        """A QR of this text."""
        symbol = qr_image(text)
        scale = 4
        self.image(
            x,
            y,
            side,
            side,
            symbol.resize((symbol.width * scale, symbol.height * scale), Image.Resampling.NEAREST),
        )

    def save(self, title: str = "") -> bytes:
        """The PDF. Same operations, same bytes."""
        out = BytesIO()
        canvas = Canvas(out, pageCompression=1, invariant=1)
        canvas.setTitle(title)
        for ops, bottom in zip(self._pages, self._bottoms, strict=True):
            height = self.height or bottom + 14
            canvas.setPageSize((self.width, height))
            if self._shuffle:
                texts = [op for layer, op in ops if layer == 2]
                self._shuffle.shuffle(texts)
                ordered = [op for layer, op in sorted(ops, key=lambda o: o[0]) if layer < 2] + texts
            else:
                ordered = [op for _, op in sorted(ops, key=lambda o: o[0])]
            for op in ordered:
                op(canvas, height)
            canvas.showPage()
        canvas.save()
        return out.getvalue()


def wrap(text: str, width: float, font: str, size: float) -> list[str]:
    """Greedy lines no wider than `width`; a word longer than that is cut."""
    _register()
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        while stringWidth(word, font, size) > width and len(word) > 1:
            cut = len(word) - 1
            while cut > 1 and stringWidth(word[:cut], font, size) > width:
                cut -= 1
            if line:
                lines.append(line)
                line = ""
            lines.append(word[:cut])
            word = word[cut:]  # noqa: PLW2901 - what is left of it
        joined = f"{line} {word}" if line else word
        if stringWidth(joined, font, size) > width and line:
            lines.append(line)
            line = word
        else:
            line = joined
    return [*lines, line] if line else lines or [""]


def rows_height(lines: Sequence[str], size: float, leading: float = 1.2) -> float:
    """Height of these lines."""
    return len(lines) * size * leading
