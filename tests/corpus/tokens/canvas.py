"""A sheet to set words on: each with the role that it plays and the item that it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True)
class Piece:
    """One word. `item` counts from 1; 0 is no item's."""

    text: str
    role: str = "other"
    item: int = 0


def said(text: str, role: str = "other", item: int = 0) -> list[Piece]:
    """The words of a text, all of one role."""
    return [Piece(word, role, item) for word in text.split()]


@dataclass(slots=True)
class Phrase:
    """Words that stand together: left edge, middle, width and height, in heights of a line."""

    pieces: list[Piece]
    x: float
    y: float
    width: float
    height: float


@dataclass
class Canvas:
    """A page or a part of one, from `left` on `width` lines wide, its letters `letter` wide, its lines `step`
    apart; `y` is where the next block begins.
    """

    rng: Random
    width: float
    letter: float
    step: float
    left: float = 0.0
    y: float = 1.0
    phrases: list[Phrase] = field(default_factory=list)

    def part(self, left: float, width: float) -> "Canvas":
        """A part of this one, beside others: what is set on it stands on the whole."""
        return Canvas(self.rng, width, self.letter, self.step, self.left + left, self.y, self.phrases)

    def wide(self, pieces: Sequence[Piece], size: float = 1.0) -> float:
        """How wide words are, with a space between them."""
        return (sum(len(piece.text) for piece in pieces) + len(pieces) - 1) * self.letter * size

    def put(
        self, x: float, pieces: Sequence[Piece], align: str = "l", size: float = 1.0, down: float = 0.0
    ) -> None:
        """Words at `x`, which is their left, right or middle; `down` below where the next block begins."""
        if pieces:
            wide = self.wide(pieces, size)
            left = self.left + x - {"l": 0.0, "r": wide, "c": wide / 2}[align]
            self.phrases.append(Phrase(list(pieces), left, self.y + down, wide, size))

    def wrapped(
        self,
        x: float,
        pieces: Sequence[Piece],
        width: float,
        align: str = "l",
        size: float = 1.0,
        down: float = 0.0,
    ) -> float:
        """Words over as many lines as they need; how far down the next line stands."""
        line: list[Piece] = []
        for piece in pieces:
            if line and self.wide([*line, piece], size) > width:
                self.put(x, line, align, size, down)
                down, line = down + self.step * size, []
            line.append(piece)
        self.put(x, line, align, size, down)
        return down + self.step * size

    def lines(
        self, x: float, pieces: Sequence[Piece], width: float, align: str = "l", size: float = 1.0
    ) -> None:
        """Words over as many lines as they need, and on to the next line."""
        if pieces:
            self.y += self.wrapped(x, pieces, width, align, size)

    def next(self, lines: float = 1.0) -> None:
        """On by so many lines."""
        self.y += self.step * lines

    def rule(self) -> None:
        """A line of dashes, as tills print it."""
        self.put(0, [Piece(self.rng.choice("-=_.*") * max(3, int(self.width / self.letter)))])
        self.next()
