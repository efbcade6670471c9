"""Amounts in words: found, understood, and compared with what num2words writes."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from functions.extractor.peru.currency import CURRENCIES
from functions.extractor.peru.tokens import fold, fold_same
from functions.extractor.reading.reading import Place, place
from functions.extractor.sheets.rows import Row, Sheet

_SMALL = {
    "CERO": 0, "UN": 1, "UNO": 1, "UNA": 1, "DOS": 2, "TRES": 3, "CUATRO": 4, "CINCO": 5, "SEIS": 6, "SIETE": 7, "OCHO": 8, "NUEVE": 9,
    "DIEZ": 10, "ONCE": 11, "DOCE": 12, "TRECE": 13, "CATORCE": 14, "QUINCE": 15, "DIECISEIS": 16, "DIECISIETE": 17, "DIECIOCHO": 18,
    "DIECINUEVE": 19, "VEINTE": 20, "VEINTI": 20, "TREINTA": 30, "CUARENTA": 40, "CINCUENTA": 50, "SESENTA": 60, "SETENTA": 70,
    "OCHENTA": 80, "NOVENTA": 90, "CIEN": 100, "CIENTO": 100, "DOSCIENTOS": 200, "TRESCIENTOS": 300, "CUATROCIENTOS": 400,
    "QUINIENTOS": 500, "SEISCIENTOS": 600, "SETECIENTOS": 700, "OCHOCIENTOS": 800, "NOVECIENTOS": 900,
}  # fmt: skip
_LARGE = {"MIL": 1_000, "MILLON": 1_000_000, "MILLONES": 1_000_000}
_WORDS = sorted([*_SMALL, *_LARGE, "Y"], key=len, reverse=True)
_NAMES = "|".join(each.words.pattern for each in CURRENCIES)
_PHRASE = re.compile(
    r"(?P<words>[A-Z][A-Z0\s,.]{2,140}?)\s*(?:\bC[O0]N|[,Y]|CON)?\s*(?P<cents>\d{2})\s?/\s?1?[O0]?[O0]{1,2}\b"
    rf"(?:\s*(?:DE\s+)?(?:{_NAMES}))?"
)
_LEAD = re.compile(r".*?(?:\bS[O0]N\b\s*[:.]?|LETRAS\s*[:.]?|LA\s*SUMA\s*DE\s*[:.]?|CANTIDAD\s*DE\s*[:.]?|T[O0]TAL\s*:)")


@dataclass(frozen=True, slots=True)
class Spelled:
    """An amount written out: the phrase as printed and the value that it says (None: not understood)."""

    text: str
    value: Decimal | None
    box: Place


def find(sheets: Sequence[Sheet]) -> list[Spelled]:
    """The amounts in words of the pages, each in one row or wrapped over two."""
    found: list[Spelled] = []
    for sheet in sheets:
        for number, row in enumerate(sheet.rows):
            line = fold_same(row.text)
            hit = _PHRASE.search(line)
            if hit is None and re.search(r"\bS[O0]N\b\s*:", line) and number + 1 < len(sheet.rows):
                line += " " + fold_same(sheet.rows[number + 1].text)
                hit = _PHRASE.search(line)
            if hit is not None:
                found.append(_spelled(sheet, row, line, hit))
    return [f for f in found if f.value is not None or re.search(r"\bS[O0]N\b", fold(f.text))]


def _spelled(sheet: Sheet, row: Row, line: str, hit: re.Match[str]) -> Spelled:
    lead = _LEAD.match(hit["words"])
    start = hit.start("words") + (lead.end() if lead else 0)
    shown = row.text if len(line) == len(row.text) else line
    phrase = shown[start : hit.end()].strip(" :.")
    value = understood(line[start : hit.end("words")])
    cents = Decimal(int(hit["cents"])) / 100
    where = place(sheet, row, min(start, len(row.text) - 1), min(hit.end(), len(row.text)))
    return Spelled(phrase, None if value is None else value + cents, where)


@functools.lru_cache(maxsize=512)
def understood(words: str) -> int | None:
    """The number that Spanish words say, also where OCR lost the spaces between them; None when a letter is left over."""
    rest = re.sub(r"[^A-Z]", "", fold(words).replace("0", "O"))
    rest = re.sub(r"(?:CON|Y)$", "", rest)
    parts = _segments(rest)
    if not parts:
        return None
    whole = thousands = group = 0
    for part in parts:
        if part == "MIL":
            thousands += max(group, 1) * 1_000
            group = 0
        elif part in _LARGE:
            whole += max(thousands + group, 1) * _LARGE[part]
            thousands = group = 0
        elif part != "Y":
            group += _SMALL[part]
    return whole + thousands + group


def _segments(text: str) -> tuple[str, ...] | None:
    """The text as a chain of number words; None when it is none."""
    ends: dict[int, tuple[str, ...]] = {0: ()}
    for at in range(len(text)):
        if at in ends:
            for word in _WORDS:
                if text.startswith(word, at) and at + len(word) not in ends:
                    ends[at + len(word)] = (*ends[at], word)
    return ends.get(len(text))


@functools.lru_cache(maxsize=512)
def written(amount: Decimal) -> str:
    """The amount as num2words writes it, folded, without spaces: what a right phrase must be."""
    from num2words import num2words  # noqa: PLC0415 - only where a document spells its total

    whole = int(amount)
    return _compact(f"{num2words(whole, lang='es')} con {int((amount - whole) * 100):02d}/100")


def agrees(phrase: str, amount: Decimal) -> bool:
    """Whether the phrase is what num2words writes for the amount, letter for letter but for spaces, `y`, `con` and one for `uno`."""
    hit = re.match(r"(.*?)(\d{2})\s?/\s?1[O0]{2}", fold(phrase))
    if hit is None or amount < 0:
        return False
    ours = re.match(r"(.*?)(\d{2})/100", written(amount))
    assert ours is not None
    return _loose(hit[1]) == _loose(ours[1]) and hit[2] == ours[2]


def _compact(text: str) -> str:
    return re.sub(r"[\s.,:-]", "", fold(text))


def _loose(text: str) -> str:
    bare = re.sub(r"^SON", "", re.sub(r"(?:CON|Y)$", "", _compact(text)))
    bare = re.sub(r"UN[OA](?=MIL|$)", "UN", bare)
    return re.sub(r"^UNMIL(?!LON)", "MIL", bare)
