"""A sheet to set words on: each with the role that it plays and the item that it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True)
class Piece:
    """One word. `item` counts from 1; 0 is no item's."""

    text: str
    role: str = "other"
    item: int = 0


def said(text: str, role: str = "other", item: int = 0) -> list[Piece]:
    """The words of a text, all of one role."""
    return [Piece(word, role, item) for word in text.split()]


@dataclass
class Phrase:
    """Words that stand together: left edge, baseline, width and height, in heights of a line."""

    pieces: list[Piece]
    x: float
    y: float
    width: float
    height: float


@dataclass
class Canvas:
    """A page `width` lines wide, its letters `letter` wide, its lines `step` apart; `y` is where the next
    block begins.
    """

    rng: Random
    width: float
    letter: float
    step: float
    y: float = 1.0
    phrases: list[Phrase] = field(default_factory=list)

    def wide(self, pieces: Sequence[Piece], size: float = 1.0) -> float:
        """How wide words are, with a space between them."""
        return (sum(len(piece.text) for piece in pieces) + len(pieces) - 1) * self.letter * size

    def put(self, x: float, y: float, pieces: Sequence[Piece], align: str = "l", size: float = 1.0) -> None:
        """Words at `x`, which is their left, right or middle."""
        if pieces:
            wide = self.wide(pieces, size)
            left = x - {"l": 0.0, "r": wide, "c": wide / 2}[align]
            self.phrases.append(Phrase(list(pieces), left, y, wide, size))

    def wrap(
        self, x: float, y: float, pieces: Sequence[Piece], width: float, align: str = "l", size: float = 1.0
    ) -> float:
        """Words over as many lines as they need; the baseline after them."""
        line: list[Piece] = []
        for piece in pieces:
            if line and self.wide([*line, piece], size) > width:
                self.put(x, y, line, align, size)
                y, line = y + self.step * size, []
            line.append(piece)
        self.put(x, y, line, align, size)
        return y + self.step * size

    def rule(self) -> None:
        """A line of dashes, as tills print it."""
        self.put(0, self.y, [Piece(self.rng.choice("-=_.") * max(3, int(self.width / self.letter)))])
        self.y += self.step
