"""Parts what an engine glued together, numbers and units that touch, and leaves out what stamps say, with their
day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from functions.extractor.page import Box
from functions.extractor.peru.tokens import days, lettered
from functions.extractor.peru.units import a_unit

STAMPED = frozenset(
    ["CANCELADO", "PAGADO", "RECIBIDO", "ENTREGADO", "DESPACHADO", "ANULADO", "CONFORME", "V°B°"]
)
"""What stamps say, in a cell of its own."""
_SMALLER = 0.9
"""The height of a stamp's day at most, beside its word, where both may be answers to labels."""
_BELOW = 2.5
"""Heights of a stamp's letters down to its day."""


def without_stamps(boxes: Sequence[Box]) -> list[Box]:
    """Returns the boxes without stamps that have their day below their word: it is no day of the paper's, and
    no word of what it was stamped on.
    """
    words = [b for b in boxes if lettered(b.text) in STAMPED]
    if not words:
        return list(boxes)
    dated: list[Box] = []
    for word in words:
        below = [day for day in boxes if _is_day_of(day, word, boxes)]
        own = min(below, key=lambda day: abs(day.x0 + day.x1 - word.x0 - word.x1), default=None)
        dated += [word, own] if own is not None else []
    return [b for b in boxes if not any(b is each for each in dated)]


def _is_day_of(day: Box, word: Box, boxes: Sequence[Box]) -> bool:
    """True where a day stands centred below a stamp's word, in smaller letters if labels may ask for both."""
    wide, high = max(day.x1 - day.x0, word.x1 - word.x0), word.y1 - word.y0
    answers = all(
        any(own.x0 - b.x1 > 0 and abs(b.y1 - own.y1) < high / 4 for b in boxes) for own in (word, day)
    )
    between = any(
        word.y1 <= (b.y0 + b.y1) / 2 <= day.y0 and b.x0 < word.x1 and word.x0 < b.x1 for b in boxes
    )  # a label, whose answer the day is
    return (
        not between
        and not (answers and day.y1 - day.y0 > _SMALLER * high)
        and 0 < (day.y0 + day.y1 - word.y0 - word.y1) / 2 < _BELOW * high
        and abs(day.x0 + day.x1 - word.x0 - word.x1) / 2 < wide / 2
        and any(d.end - d.start == len(day.text) for d in days(day.text))
    )


_COUNTED = re.compile(r"(?<![A-Za-z\d.,])(\d+(?:\.\d+)?)([A-Za-z]{2,4}?)(\s?[xX*]|\b)")  # 2UND, 2UNDx5.00
_SIZES = frozenset(["GR", "GRS", "GRM", "MGM", "MLT", "CMT", "MMT"])
"""Units of what is sold rather than of how much: 500GRS."""
_PRICED = re.compile(r"(?<![A-Za-z])([A-Za-z]{2,4})\s?([xX*])\s?(?=\d)")  # UNDx5.00
_GLUED = (
    (re.compile(r"(?<=\d)\s?([xX*])\s?(?=\d+[.,]\d\d\b)"), r" \1 "),  # 2x5.00
    (re.compile(r"(?<!\S)([xX*])(?=\d+[.,]\d\d)"), r"\1 "),  # x5.00
    (re.compile(r"(?<=\d[.,]\d\d)(?=[A-Za-z]{3})"), " "),  # 1,242.00SOLES
)


def _counts(found: re.Match[str]) -> bool:
    """True where a number and the unit that touches it begin the text, or are multiplied."""
    own = a_unit(found[2]) is not None and found[2].upper() not in _SIZES
    return own and (found.start() == 0 or bool(found[3]))


def unglued(text: str) -> str:
    """Returns the text with what the engine glued together parted, where only one reading makes sense."""
    text = _COUNTED.sub(lambda m: f"{m[1]} {m[2]}{m[3]}" if _counts(m) else m[0], text)
    text = _PRICED.sub(lambda m: f"{m[1]} {m[2]} " if a_unit(m[1]) else m[0], text)
    for pattern, into in _GLUED:
        text = pattern.sub(into, text)
    return " ".join(text.split())
