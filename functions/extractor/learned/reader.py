"""The learned reader: it makes a Reading of the sheets of one paper, a second opinion beside the rules' own.

It reads the same words, so that it shares what the OCR misread: it can warn and choose, and prove nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from functions.extractor.learned import amounts, decode, lines, network
from functions.extractor.learned.words import WordPage, look
from functions.extractor.reading import words
from functions.extractor.reading.reading import Reading
from functions.extractor.sheets.rows import Sheet


def read(sheets: Sequence[Sheet]) -> Reading:
    """Returns what the network reads on the sheets; empty where they have no words. Raises WrongWeights."""
    page = look(sheets, network.shipped())
    reading = Reading("net", pages=tuple(s.index for s in sheets))
    if page is not None:
        spelled = frozenset(s.value for s in words.find(sheets) if s.value is not None)
        decoded(page, reading, spelled)
    return reading


def decoded(page: WordPage, reading: Reading, spelled: frozenset[Decimal]) -> None:
    """Puts into the reading all that follows from the roles of the words. `spelled`: the amounts that stand
    there in words.
    """
    decode.identify(page, reading)
    reading.items = lines.items(page)
    worth = [item["amount"].value for item in reading.items if "amount" in item]
    amounts.settle(page, reading, lines=sum(worth, Decimal(0)) if worth else None, spelled=spelled)
