"""The values that travel inside the extractor: what was opened, and what is seen on each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.errors import BadInput, NoAnswer
from functions.extractor.invoice import ErrorCode

Part = tuple[float, float, float, float]
"""A part of a page by its edges (left, top, right, bottom), in fractions of the page."""


def turned(part: Part, degrees: int) -> Part:
    """Returns where a part stands once its page is turned clockwise by a quarter turn or more."""
    x0, y0, x1, y1 = part
    match degrees % 360:
        case 90:
            return 1 - y1, x0, 1 - y0, x1
        case 180:
            return 1 - x1, 1 - y1, 1 - x0, 1 - y0
        case 270:
            return y0, 1 - x1, y1, 1 - x0
    return part


class UnreadableFile(BadInput):  # a typed outcome, told to the user in a sentence
    """A file that cannot be opened; `code` says why, `message` is for operators."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message


class OpeningFailed(NoAnswer):  # an outcome: the same file may open at the next try
    """The opener failed, not the file: `reason` is `no_server`, `killed`, `crashed`, `nonsense`, `starved`,
    `late`, or `broke: ` and an exception's name.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Box:
    """A piece of text and its place, in points or pixels of its page, origin top left. `conf` is 1 for a text
    layer; `size` is its letters' in points, 0 where no font tells it.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    conf: float = 1.0
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Code:
    """A QR or PDF417 symbol. `angle` in degrees, clockwise, is how far the symbol is turned; `box` in
    fractions of the page.
    """

    text: str
    angle: float = 0.0
    box: Part = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Edge:
    """A straight edge in points: an upright one at `at` from the left, a level one at `at` from the top."""

    at: float
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Rules:
    """The edges of lines, boxes and coloured areas on a page, each kind in order of `at`."""

    upright: tuple[Edge, ...] = ()
    level: tuple[Edge, ...] = ()


NO_RULES = Rules()


@dataclass(slots=True)
class Page:
    """One page as opened. `boxes` come from its text layer; `raster` is a grey BMP for the OCR, absent where
    the text suffices.
    """

    index: int
    width: float
    height: float
    boxes: list[Box] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    rules: Rules = NO_RULES
    raster: bytes | None = None
    scanned: bool = False
    soft: bool = False
    """True where the picture is out of focus: its strongest edges are as wide as letters."""
    dark: bool = False
    """True where the picture has hardly any light in it."""

    def to_wire(self) -> dict[str, Any]:
        """Returns the page as JSON; of its raster only whether there is one, since the bytes travel beside
        it.
        """
        return {
            "index": self.index,
            "width": self.width,
            "height": self.height,
            "boxes": [[b.text, b.x0, b.y0, b.x1, b.y1, b.size] for b in self.boxes],
            "codes": [[c.text, c.angle, *c.box] for c in self.codes],
            "rules": [
                [[e.at, e.start, e.stop] for e in edges] for edges in (self.rules.upright, self.rules.level)
            ],
            "raster": self.raster is not None,
            "scanned": self.scanned,
            "soft": self.soft,
            "dark": self.dark,
        }

    @classmethod
    def from_wire(cls, said: dict[str, Any], raster: bytes | None) -> Page:
        """Returns the page that `to_wire` wrote. Every value is converted to its type, since a hostile file
        may have written it.

        Raises:
            ValueError, KeyError, TypeError, IndexError: it is no page.
        """
        return cls(
            index=int(said["index"]),
            width=float(said["width"]),
            height=float(said["height"]),
            boxes=[
                Box(str(text), float(x0), float(y0), float(x1), float(y1), size=float(size))
                for text, x0, y0, x1, y1, size in said["boxes"]
            ],
            codes=[
                Code(str(text), float(angle), (float(x0), float(y0), float(x1), float(y1)))
                for text, angle, x0, y0, x1, y1 in said["codes"]
            ],
            rules=Rules(
                *(
                    tuple(Edge(float(at), float(start), float(stop)) for at, start, stop in edges)
                    for edges in said["rules"][:2]
                )
            ),
            raster=raster,
            scanned=bool(said["scanned"]),
            soft=bool(said["soft"]),
            dark=bool(said["dark"]),
        )


@dataclass(slots=True)
class Opened:
    """A file as opened: its type by its bytes, the number of all its pages, the pages that were looked at,
    and the places of those that are blank.
    """

    media_type: str
    pages: int
    seen: list[Page] = field(default_factory=list)
    steps: dict[str, int] = field(default_factory=dict)
    blank: list[int] = field(default_factory=list)

    def to_wire(self) -> tuple[dict[str, Any], list[bytes]]:
        """Returns the file as JSON, and its pages' rasters in order."""
        header = {
            "pages": self.pages,
            "seen": [p.to_wire() for p in self.seen],
            "steps": self.steps,
            "blank": self.blank,
        }
        return header, [p.raster for p in self.seen if p.raster is not None]

    @classmethod
    def from_wire(cls, said: dict[str, Any], blobs: Sequence[bytes], media_type: str) -> Opened:
        """Returns the file that `to_wire` wrote.

        Raises:
            ValueError, KeyError, TypeError, IndexError: it is no such file.
        """
        left = list(reversed(blobs))
        seen = [Page.from_wire(page, left.pop() if page["raster"] else None) for page in said["seen"]]
        steps = {str(k): int(v) for k, v in said["steps"].items()}
        return cls(media_type, int(said["pages"]), seen, steps, [int(index) for index in said["blank"]])
