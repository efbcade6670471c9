"""What an opener and an OCR engine do to a page: boxes joined and parted, letters mistaken, words glued
and lost, lines that slope.
"""

import json
from functools import cache
from pathlib import Path
from random import Random

from tests.corpus.tokens.canvas import Canvas, Phrase, Piece
from tests.corpus.tokens.tail import stray

LEARNED = Path(__file__).with_name("mistakes.json")
"""What our OCR takes letters for, counted by `mistakes.py`."""
_RARE = {
    "0": "OoDQ",
    "1": "lI7",
    "5": "S6",
    "8": "B3",
    "6": "G8",
    "B": "8",
    "S": "5",
    "G": "6",
    "Z": "2",
    "2": "Z",
    "9": "g",
    "/": "1",
    "-": "_",
    ":": ".",
    "n": "r",
    "M": "N",
    "4": "A",
}
"""What it takes letters for on worse pictures than those that were counted, two in a thousand."""
_ACCENTS = str.maketrans("áéíóúÁÉÍÓÚñÑ", "aeiouAEIOUnN")


@cache
def mistaken() -> tuple[dict[str, list[str]], dict[str, list[int]]]:
    """For each letter what it is taken for, and how often each."""
    table = json.loads(LEARNED.read_text("utf-8"))["letters"]
    return {a: list(found) for a, found in table.items()}, {
        a: list(found.values()) for a, found in table.items()
    }


def opened(rng: Random, canvas: Canvas) -> list[Phrase]:
    """The page as its text layer gives it: phrases that nearly touch are one, or each word is alone."""
    if rng.random() < 0.07:
        return [one for phrase in canvas.phrases for one in _alone(phrase)]
    return _joined(canvas.phrases, rng.choice([0.15, 0.3, 0.5, 0.8, 1.1]))


def _alone(phrase: Phrase) -> list[Phrase]:
    """Each word in a box of its own."""
    unit = phrase.width / max(1, sum(len(piece.text) for piece in phrase.pieces) + len(phrase.pieces) - 1)
    found, x = [], phrase.x
    for piece in phrase.pieces:
        found.append(Phrase([piece], x, phrase.y, unit * len(piece.text), phrase.height))
        x += unit * (len(piece.text) + 1)
    return found


def _joined(phrases: list[Phrase], gap: float) -> list[Phrase]:
    """Neighbours of one line with less than `gap` between them become one box."""
    found: list[Phrase] = []
    for phrase in sorted(phrases, key=lambda each: (each.y, each.x)):
        last = found[-1] if found else None
        near = (
            last is not None and abs(last.y - phrase.y) < 0.1 and -0.5 < phrase.x - last.x - last.width < gap
        )
        if last is not None and near and abs(last.height - phrase.height) < 0.35 * phrase.height:
            found[-1] = Phrase(
                [*last.pieces, *phrase.pieces],
                last.x,
                last.y,
                phrase.x + phrase.width - last.x,
                max(last.height, phrase.height),
            )
        else:
            found.append(phrase)
    return found


def seen(rng: Random, canvas: Canvas) -> list[Phrase]:
    """The page as an engine reads it off pixels."""
    errs, drops, parts = (
        rng.choice([0.0, 0.5, 1.0, 4.0]),
        rng.choice([0.0, 0.0, 0.005, 0.02]),
        rng.choice([0.0, 0.005, 0.03]),
    )
    glues, plain = rng.choice([0.0, 0.03, 0.09, 0.15]), rng.random() < 0.3
    slope, bend, jitter, near = (
        rng.gauss(0, 0.006),
        rng.gauss(0, 0.0012) if rng.random() < 0.4 else 0.0,
        rng.choice([0.02, 0.06, 0.12]),
        rng.gauss(0, 0.04),
    )
    phrases = _joined(canvas.phrases, rng.choice([0.4, 0.7, 1.0, 1.5]))
    if rng.random() < 0.05 and len(phrases) > 20:
        phrases = _covered(rng, phrases)
    middle, found = canvas.width / 2, []
    for phrase in phrases:
        if rng.random() < drops:
            continue
        for part in _parted(rng, phrase) if rng.random() < parts else [phrase]:
            pieces = _glued(rng, _misread(rng, part.pieces, errs, plain=plain), glues)
            if not pieces:
                continue
            off = part.x - middle
            y = part.y + slope * off + bend * off * off / 10 + rng.gauss(0, jitter)
            x = off * (1 + near * part.y / 100) + middle + rng.gauss(0, 0.15)
            found.append(Phrase(pieces, x, y, part.width, part.height * rng.uniform(0.88, 1.15)))
    if rng.random() < 0.25:
        found += [
            Phrase(stray(canvas), rng.uniform(0, canvas.width), rng.uniform(0, canvas.y), 1.5, 1.0)
            for _ in range(rng.randrange(1, 4))
        ]
    return found


def _covered(rng: Random, phrases: list[Phrase]) -> list[Phrase]:
    """What is left where the upper or the lower edge is off the picture."""
    heights = sorted(phrase.y for phrase in phrases)
    if rng.random() < 0.7:
        cut = heights[int(len(heights) * rng.uniform(0.7, 0.98))]
        return [phrase for phrase in phrases if phrase.y < cut]
    cut = heights[int(len(heights) * rng.uniform(0.02, 0.2))]
    return [phrase for phrase in phrases if phrase.y > cut]


def _parted(rng: Random, phrase: Phrase) -> list[Phrase]:
    """A box cut in two between words."""
    words = _alone(phrase)
    if len(words) < 2:
        return [phrase]
    at = rng.randrange(1, len(words))
    return [
        Phrase(
            [piece for word in part for piece in word.pieces],
            part[0].x,
            phrase.y,
            part[-1].x + part[-1].width - part[0].x,
            phrase.height,
        )
        for part in (words[:at], words[at:])
    ]


def _misread(rng: Random, pieces: list[Piece], errs: float, *, plain: bool) -> list[Piece]:
    found = []
    for piece in pieces:
        text = piece.text.translate(_ACCENTS) if plain and rng.random() < 0.7 else piece.text
        text = "".join(_letter(rng, letter, errs) for letter in text) if errs else text
        if errs and rng.random() < 0.006 * errs and text[-3:-2] == ".":
            text = text[:-3] + rng.choice([" ", ",", ". ", ""]) + text[-2:]
        found += [Piece(part, piece.role, piece.item) for part in text.split()]
    return found


def _letter(rng: Random, letter: str, errs: float) -> str:
    """A letter as it is read. Learned shares are counted in thousandths, times how bad this page is."""
    table, counts = mistaken()
    if letter in _RARE and rng.random() < errs * 0.002:
        return rng.choice(_RARE[letter])
    if letter not in table:
        return letter
    if rng.random() < errs * sum(counts[letter]) / 1000:
        return rng.choices(table[letter], counts[letter])[0]
    return letter


_OWN = {"quantity", "unit_price", "amount", "other_amount", "line_discount"}


def _glued(rng: Random, pieces: list[Piece], often: float) -> list[Piece]:
    """Words without the space between them; two numbers of a line are kept apart, since nobody could say
    which is meant.
    """
    found: list[Piece] = []
    for piece in pieces:
        before = found[-1] if found else None
        if before is not None and rng.random() < often and not (before.role in _OWN and piece.role in _OWN):
            lead = (
                piece
                if before.role == "other" or (piece.role != "other" and len(piece.text) >= len(before.text))
                else before
            )
            found[-1] = Piece(before.text + piece.text, lead.role, lead.item)
        else:
            found.append(piece)
    return found
