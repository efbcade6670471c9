"""The values that travel inside the extractor: what was opened, and what is seen on each page."""

from __future__ import annotations

from dataclasses import dataclass, field

from functions.extractor.invoice import ErrorCode


class UnreadableFile(Exception):  # a typed outcome, told to the user in a sentence
    """A file that cannot be opened; `code` says why, `message` is for operators."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message


@dataclass(slots=True)
class Box:
    """A piece of text and where it stands, in points or pixels of its page, origin top left. `conf` is 1 for a text layer."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    conf: float = 1.0


@dataclass(frozen=True, slots=True)
class Code:
    """A QR or PDF417 symbol. `angle` in degrees, clockwise, is how far the symbol is turned; `box` in fractions of the page."""

    text: str
    angle: float = 0.0
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(slots=True)
class Page:
    """One page as opened. `boxes` come from its text layer; `raster` is a grey BMP for the OCR, absent where the text suffices."""

    index: int
    width: float
    height: float
    boxes: list[Box] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    raster: bytes | None = None
    scanned: bool = False
    soft: bool = False
    """Whether the picture is out of focus: its strongest edges are as wide as letters."""


@dataclass(slots=True)
class Opened:
    """A file as opened: its type by its bytes, its pages in all, and those that were looked at."""

    media_type: str
    pages: int
    seen: list[Page] = field(default_factory=list)
    steps: dict[str, int] = field(default_factory=dict)
