"""Finds amounts in words, understands them, and compares them with what num2words writes."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from functions.extractor.peru.currency import CURRENCIES
from functions.extractor.peru.tokens import fold, lettered
from functions.extractor.reading.reading import Place, place
from functions.extractor.sheets.rows import Cell, Row, Sheet

_SMALL = {
    "CERO": 0, "UN": 1, "UNO": 1, "UNA": 1, "DOS": 2, "TRES": 3, "CUATRO": 4, "CINCO": 5, "SEIS": 6,
    "SIETE": 7, "OCHO": 8, "NUEVE": 9, "DIEZ": 10, "ONCE": 11, "DOCE": 12, "TRECE": 13, "CATORCE": 14,
    "QUINCE": 15, "DIECISEIS": 16, "DIECISIETE": 17, "DIECIOCHO": 18, "DIECINUEVE": 19, "VEINTE": 20,
    "VEINTI": 20, "TREINTA": 30, "CUARENTA": 40, "CINCUENTA": 50, "SESENTA": 60, "SETENTA": 70, "OCHENTA": 80,
    "NOVENTA": 90, "CIEN": 100, "CIENTO": 100, "DOSCIENTOS": 200, "TRESCIENTOS": 300, "CUATROCIENTOS": 400,
    "QUINIENTOS": 500, "SEISCIENTOS": 600, "SETECIENTOS": 700, "OCHOCIENTOS": 800, "NOVECIENTOS": 900,
}  # fmt: skip
_LARGE = {"MIL": 1_000, "MILLON": 1_000_000, "MILLONES": 1_000_000}
_VALUES = _SMALL | _LARGE
_WORDS = sorted([*_VALUES, "Y"], key=len, reverse=True)
_NAMES = "|".join(each.words.pattern for each in CURRENCIES)
_CENTS = re.compile(r"(?<![\d/])(?P<cents>\d{2})\s?/\s?1?[O0]{2,3}(?![\d/])")
_UNITS = re.compile(rf"\W*(?:DE\s+)?(?:{_NAMES})")
"""The currency behind the cents."""
_JOINT = re.compile(rf"(?:{_NAMES})?[\s,]*(?:CON|Y|&)?\W*$")
"""The joint between words and cents: `con`, `y`, a comma, the currency before them."""
_LEAD = re.compile(r"(?:\bSON\b|LETRAS|LA\s*SUMA\s*DE|CANTIDAD\s*DE)\s*[:.]?")
_ROWS = 2
"""The rows above its last one over which a phrase may wrap."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """An amount written out: the phrase as printed, and the value that it says (None: not understood)."""

    text: str
    value: Decimal | None
    box: Place


def find(sheets: Sequence[Sheet]) -> list[Spelled]:
    """Returns the amounts in words of the pages, each in one row or wrapped over some; the cents at their end
    show them.
    """
    return [
        spelled
        for sheet in sheets
        for number, row in enumerate(sheet.rows)
        for hit in _CENTS.finditer(lettered(row.text))
        if (spelled := _spelled(sheet, number, hit)) is not None
    ]


def _spelled(sheet: Sheet, number: int, hit: re.Match[str]) -> Spelled | None:
    """Returns the phrase that ends with these cents: back over number words in this row and those above, and
    on over the currency.
    """
    row = sheet.rows[number]
    head = row.text[: hit.start()]
    start = _begin(head)
    parts, said = list[str](), head[start:]
    cell = row.word_at(min(start, hit.start())).cell
    box = place(sheet, row, start, hit.end())
    for above in reversed(sheet.rows[max(0, number - _ROWS) : number]):
        tail = _tail(above, cell, sheet.em)
        if tail is None or understood(f"{tail[0]} {said}") is None:
            break
        said, cell = f"{tail[0]} {said}", tail[1]
        parts = [tail[0], *parts]
        box = _around(box, place(sheet, above, above.text.index(cell.text)))
    if parts and (joint := re.search(r"\b(?:CON|Y)\s+$", lettered(head[:start]))):
        start = joint.start()
    parts.append(row.text[start : hit.end()])
    value = understood(_JOINT.sub("", lettered(said)))
    if value is None:  # after a label the words are taken although they were misread
        lead = _LEAD.search(lettered(row.text[: hit.start()]))
        if lead is None:
            return None
        parts = [row.text[lead.end() : hit.end()]]
    text = " ".join([*parts, *_units(sheet, number, hit.end())]).strip(" :.*-")
    return Spelled(text, None if value is None else value + Decimal(int(hit["cents"])) / 100, box)


def _begin(head: str) -> int:
    """Returns the offset from which a text is only number words up to its end; its length where it does not
    end in any.
    """
    line = _JOINT.sub("", lettered(head))
    starts = (m.start() for m in re.finditer(r"(?<![A-Z])(?!Y\b|O\b)[A-Z]", line))
    start = next(
        (s for s in starts if not re.search(r"[1-9]", line[s:]) and understood(line[s:]) is not None),
        len(head),
    )
    before = re.search(r"[A-Z]+(?=\W*$)", line[:start])
    # `veinte ochenta` is no number, and its end alone is none either.
    return len(head) if before and before[0] in _VALUES else start


def _tail(row: Row, below: Cell, em: float) -> tuple[str, Cell] | None:
    """Returns the number words with which the row ends above a cell, and the cell in which they begin."""
    over = [c for c in row.cells if c.x0 < below.x1 and below.x0 < c.x1]
    text = " ".join(c.text for c in over)
    start = _begin(text)
    if start == len(text) or below.y - row.y > 2.2 * em:
        return None
    ends = itertools.accumulate(len(c.text) + 1 for c in over)
    return text[start:], next(c for c, end in zip(over, ends, strict=True) if start < end)


def _units(sheet: Sheet, number: int, end: int) -> list[str]:
    """Returns the currency behind the cents, with the part of it that wraps into the next row."""
    row = sheet.rows[number]
    rest = row.text[end:]
    unit = _UNITS.match(lettered(rest))
    found = [rest[: unit.end()].strip()] if unit else []
    if rest[unit.end() if unit else 0 :].strip():
        return found
    cell = row.word_at(end - 1).cell
    below = [
        c for r in sheet.rows[number + 1 : number + 3] for c in r.cells if c.x0 < cell.x1 and cell.x0 < c.x1
    ]
    if below and below[0].y - cell.y < 2.2 * sheet.em:
        more = _UNITS.match(f"{lettered(rest)} {lettered(below[0].text)}")
        if more is not None and more.end() > len(rest) + 1:
            found.append(below[0].text[: more.end() - len(rest) - 1])
    return found


def _around(one: Place, other: Place) -> Place:
    return (
        one[0],
        min(one[1], other[1]),
        min(one[2], other[2]),
        max(one[3], other[3]),
        max(one[4], other[4]),
    )


@functools.lru_cache(maxsize=512)
def understood(words: str) -> int | None:
    """Returns the number that Spanish words say, even if OCR lost the spaces between them; None where a
    letter is left over or the order of the words is wrong.
    """
    rest = re.sub(r"[^A-Z]", "", fold(words).replace("0", "O"))
    rest = re.sub(r"(?:CON|Y)$", "", rest)
    parts = _segments(rest)
    if not parts:
        return None
    whole = thousands = group = 0
    room = 1_000
    for part in parts:
        if part in _LARGE:
            if part == "MIL":
                thousands += max(group, 1) * 1_000
            else:
                whole += max(thousands + group, 1) * _LARGE[part]
                thousands = 0
            group, room = 0, 1_000
        elif part != "Y":
            number = _SMALL[part]
            if number >= room:
                return None  # `ochenta veinte` is no number
            group, room = group + number, 100 if number >= 100 else 10 if number % 10 == 0 and number else 1
    return whole + thousands + group


def said(phrase: str) -> Decimal | None:
    """Returns the amount that a phrase spells, with its cents; None where it is not understood."""
    line = lettered(phrase)
    hit = _CENTS.search(line)
    if hit is None:
        return None
    lead = _LEAD.match(line)
    value = understood(_JOINT.sub("", line[lead.end() if lead else 0 : hit.start()]))
    return None if value is None else value + Decimal(int(hit["cents"])) / 100


def _segments(text: str) -> tuple[str, ...] | None:
    """Returns the text as a chain of number words; None where it is none."""
    ends: dict[int, tuple[str, ...]] = {0: ()}
    for at in range(len(text)):
        if at in ends:
            for word in _WORDS:
                if text.startswith(word, at) and at + len(word) not in ends:
                    ends[at + len(word)] = (*ends[at], word)
    return ends.get(len(text))


@functools.lru_cache(maxsize=512)
def written(amount: Decimal) -> str:
    """Returns the amount as num2words writes it, folded and without spaces: a right phrase reads so."""
    from num2words import num2words  # only where a document spells its total

    whole = int(amount)
    return _compact(f"{num2words(whole, lang='es')} con {int((amount - whole) * 100):02d}/100")


def agrees(phrase: str, amount: Decimal) -> bool:
    """True where the phrase is what num2words writes for the amount, letter for letter but for spaces, `y`,
    `con` and `un` for `uno`.
    """
    hit = re.match(r"(.*?)(\d{2})\s?/\s?1[O0]{2}", fold(phrase))
    if hit is None or amount < 0:
        return False
    ours = re.match(r"(.*?)(\d{2})/100", written(amount))
    assert ours is not None
    return _loose(_JOINT.sub("", hit[1])) == _loose(ours[1]) and hit[2] == ours[2]


def _compact(text: str) -> str:
    return re.sub(r"[\s.,:-]", "", fold(text))


def _loose(text: str) -> str:
    bare = re.sub(r"^SON", "", re.sub(r"(?:CON|Y)$", "", _compact(text)))
    bare = re.sub(r"CIENTO(?=MIL|$)", "CIEN", re.sub(r"UN[OA](?=MIL|$)", "UN", bare))
    return re.sub(r"^UNMIL(?!LON)", "MIL", bare)
