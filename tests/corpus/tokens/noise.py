"""What an OCR engine does to a page: letters mistaken, words glued, parted and lost, lines that slope. A text
layer stays as it is.
"""

from random import Random

from tests.corpus.tokens.canvas import Phrase, Piece

MISTAKEN = {
    "0": "OoDQ", "1": "lI7", "5": "S6", "8": "B3", "6": "G8", "O": "0QD", "I": "1l|", "S": "5$", "B": "8",
    "G": "6C", "l": "1I", "ñ": "n", "Ñ": "N", "á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u", "Á": "A",
    "É": "E", "Í": "I", "Ó": "O", "Ú": "U", "°": "o", "º": "o", "Z": "2", "2": "Z", ".": ",", ",": ".",
    ":": ".", "/": "1", "-": "_", "e": "c", "n": "r", "M": "N", "E": "F", "9": "g",
}  # fmt: skip
"""What letters are taken for."""


def seen(rng: Random, phrases: list[Phrase], width: float) -> list[Phrase]:
    """The page as an engine reads it off pixels."""
    errs, glues, loses = (
        rng.choice([0.0, 0.003, 0.01, 0.03]),
        rng.choice([0.0, 0.01, 0.05]),
        rng.choice([0.0, 0.0, 0.01]),
    )
    slope, jitter = rng.gauss(0, 0.006), rng.choice([0.03, 0.08, 0.15])
    found = []
    for phrase in phrases:
        if rng.random() < loses:
            continue
        pieces: list[Piece] = []
        for piece in phrase.pieces:
            text = "".join(_letter(rng, letter, errs) for letter in piece.text) or piece.text
            role, item = piece.role, piece.item
            if pieces and rng.random() < glues and "other" in (role, pieces[-1].role):
                before = pieces.pop()
                text = before.text + text
                role, item = (role, item) if role != "other" else (before.role, before.item)
            pieces.append(Piece(text, role, item))
        y = phrase.y + slope * (phrase.x - width / 2) + rng.gauss(0, jitter)
        found.append(
            Phrase(
                pieces, phrase.x + rng.gauss(0, 0.15), y, phrase.width, phrase.height * rng.uniform(0.9, 1.15)
            )
        )
    return found


def _letter(rng: Random, letter: str, errs: float) -> str:
    return rng.choice(MISTAKEN[letter]) if letter in MISTAKEN and rng.random() < errs else letter
