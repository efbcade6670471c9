"""One page to learn from: the features that the reader itself takes of it, and the truth of each word."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from functions.extractor.learned import features
from functions.extractor.learned.features import CURRENCIES, KINDS, ROLE, Features, WordToken
from functions.extractor.learned.words import tokens
from functions.extractor.page import Box
from functions.extractor.sheets.rows import lay
from tests.corpus.tokens import layout, noise
from tests.corpus.tokens.canvas import Phrase, Piece
from tests.corpus.tokens.facts import made

MOST = 448
"""Words of a page that is trained on: the pairs grow with the square."""


@dataclass(frozen=True)
class Taught:
    """A page and its truth, word by word. `starts` marks the first word of each item."""

    seen: Sequence[WordToken]
    features: Features
    roles: NDArray[np.uint8]
    starts: NDArray[np.uint8]
    kind: int
    currency: int


def taught(seed: int) -> Taught:
    """The page of a seed; the same seed gives the same page."""
    for attempt in range(60):
        found = _taught(Random(f"tokens/{seed}/{attempt}"))
        if found is not None:
            return found
    raise LookupError(f"no page of {seed} keeps its words")


def _taught(rng: Random) -> Taught | None:
    """A page; None where laying it out parted or joined words, so that nobody can say which is which."""
    facts = made(rng)
    canvas = layout.drawn(rng, facts)
    drawn = rng.random() < 0.55
    boxes, pieces = _boxes(noise.seen(rng, canvas) if drawn else noise.opened(rng, canvas))
    # Nine in ten as if a symbol told the slant: the search takes most of a page's time.
    hint = 0.0 if drawn and rng.random() < 0.9 else None
    sheet = lay(boxes, width=canvas.width * _UNIT, height=canvas.y * _UNIT, slanted=drawn, hint=hint)
    seen: list[WordToken] = []
    truth: list[Piece] = []
    for row, own in tokens(sheet):
        for cell in row.cells:
            known = pieces[cell.box.x0, cell.box.y0]
            truth += known if len(known) == len(cell.text.split()) else [Piece("", "lost")]
        seen += own
    if not 6 <= len(seen) <= MOST or any(piece.role == "lost" for piece in truth):
        return None
    first: dict[int, int] = {}
    for at, piece in enumerate(truth):
        if piece.item and piece.role in _ITEM:
            first.setdefault(piece.item, at)
    starts = np.zeros(len(truth), np.uint8)
    starts[list(first.values())] = 1
    return Taught(
        seen,
        features.of(seen, sheet.em),
        np.array([ROLE[piece.role] for piece in truth], np.uint8),
        starts,
        KINDS.index(facts.kind),
        CURRENCIES.index(facts.currency),
    )


_UNIT = 10.0
"""Points of a line's height."""
_ITEM = {
    "description",
    "quantity",
    "unit",
    "unit_price",
    "amount",
    "code",
    "line_discount",
    "other_amount",
    "line_number",
}


def _boxes(phrases: Sequence[Phrase]) -> tuple[list[Box], dict[tuple[float, float], list[Piece]]]:
    """A box for each phrase, and by its corner the words in it."""
    boxes: list[Box] = []
    pieces: dict[tuple[float, float], list[Piece]] = {}
    for phrase in phrases:
        text = " ".join(piece.text for piece in phrase.pieces)
        box = Box(
            text,
            phrase.x * _UNIT,
            (phrase.y - phrase.height / 2) * _UNIT,
            (phrase.x + phrase.width) * _UNIT,
            (phrase.y + phrase.height / 2) * _UNIT,
            0.95,
        )
        boxes.append(box)
        pieces[box.x0, box.y0] = phrase.pieces
    return boxes, pieces
