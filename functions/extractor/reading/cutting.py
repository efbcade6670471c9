"""Cuts a row into its words and their numbers, and finds what the row itself calls a number, as in
`P.U. 3.50` and `2 x CAFE`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from functions.extractor.peru.currency import SIGN
from functions.extractor.peru.tokens import Amount, amounts, fold_same, lettered
from functions.extractor.peru.units import a_unit
from functions.extractor.reading import column_names
from functions.extractor.sheets.parting import STAMPED
from functions.extractor.sheets.rows import Cell, Row, Word

TIMES_SIGNS = ("x", "X", "×", "*", "@")
_TIMES = re.compile(
    r"(?<=\d)\s?[xX×*@]\s?(?=(?:S/\.?\s?)?\d+[.,]\d\d(?!\d))|(?<=[.,]\d\d)\s?[xX×*@]\s?(?=\d)"
    r"|(?<=\d)[A-Za-z]{1,8}?[xX×*@](?=(?:S/\.?)?\d+[.,]\d\d(?!\d))"
)
"""A sign of multiplication, alone or with the unit before it: 2 x 4.00, 2UNDx4.00."""
_NOTHING = re.compile(r"(?<=\d) [-–](?=\s|$)")
"""A dash that stands for an empty column; it does not make the number before it negative."""
_SIGN = re.compile(rf"{SIGN}|S\.?|[xX×*@=]")
"""Signs that stand beside numbers and are no words: currencies and signs of multiplication."""
_PARTED = re.compile(r"(?:S/\.?|\$)\s?\d{1,3}(?:\s\d{3})+[.,]\d\d(?!\d)")
_CENTS = r"(?:\d{1,3}(?:,\d{3})+|\d+)\.\d\d"
_TOUCHING = re.compile(rf"{_CENTS}(?={_CENTS})")
"""A number that touches the number of the next column: 2.0035.00."""
_MEASURED = re.compile(r"(\d+(?:\.\d+)?)([A-Za-z]{2,})\.?")
"""A quantity that touches its unit: 5UNIDAD."""
_PRICED = re.compile(r"((?:S/\.?)?\d+[.,]\d+)/([A-Za-z]{1,4}\d?)\.?")
"""A price that touches the unit that it is for: 2.59/KG."""
_FRACTION = re.compile(r"([1-9])\s?/\s?([2-9]|10|16)")
_NAMED = 3
"""The most words that a label has."""
_PLAIN = ("quantity", "unit_price")
"""The columns that a label may name without a colon: a price anywhere, a quantity only at the head of a row.
"""


@dataclass(slots=True, eq=False)
class Token:
    """A word of a row, or a part of a word.

    A `factor` is a part of a word that a sign of multiplication holds together; `glued`: it touches the part
    before it; `says`: what the row calls it.
    """

    text: str
    x0: float
    x1: float
    cell: Cell
    number: Amount | None = None
    glued: bool = False
    factor: bool = False
    says: str = ""

    @property
    def x(self) -> float:
        """Its middle, across."""
        return (self.x0 + self.x1) / 2

    @property
    def folded(self) -> str:
        """The text in upper case, without accents and without signs around it."""
        return fold_same(self.text).strip(".,:()|")

    @property
    def is_sign(self) -> bool:
        """True for a currency, a sign of multiplication, or the unit that a price is for: `/kg`, `c/und`."""
        each = re.fullmatch(r"/(.+)|[Cc]/(\w{2,})", self.text)
        return (
            not self.folded
            or _SIGN.fullmatch(self.text) is not None
            or (each is not None and a_unit(each[1] or each[2]) is not None)
        )


def tokens(row: Row, left: float, right: float) -> list[Token]:
    """Returns the row's words between two edges, with their numbers, without a stamp's."""
    line = _NOTHING.sub("  ", _TIMES.sub(lambda m: " " * len(m[0]), row.text))
    found: list[Token] = []
    at = 0
    numbers = list(amounts(line))
    for word in row.words:
        start = row.text.index(word.text, at)
        at = start + len(word.text)
        if left < word.x1 and word.x0 < right and lettered(word.cell.text) not in STAMPED:
            found += _parts(row, word, start, numbers)
    return _labelled(_fractions(found))


def _parts(row: Row, word: Word, start: int, numbers: Sequence[Amount]) -> Iterator[Token]:
    """Yields the parts of a word. It is cut at a sign of multiplication, at a number that touches the one
    before it, and at a unit that touches its quantity.
    """
    end = start + len(word.text)
    each = (word.x1 - word.x0) / len(word.text)
    signs = [m for m in _TIMES.finditer(row.text, max(0, start - 1)) if start < m.start() < end]
    at_signs = {
        at - start
        for m in signs
        for at in (m.start(), m.end() - 1 if m[0][:-1].isalpha() else m.start())
        if at < end
    }
    touching = re.fullmatch(rf"(?:{_CENTS}){{2,}}", word.text) is not None
    measured = _MEASURED.fullmatch(word.text) if word.x0 == word.cell.x0 else None
    apart = {m.end() for m in _TOUCHING.finditer(word.text)} if touching else set[int]()
    if measured is not None and len(measured[2]) > 1 and a_unit(measured[2]):
        apart.add(measured.end(1))
    priced = _PRICED.fullmatch(word.text)
    if priced is not None and a_unit(priced[2]):
        apart.add(priced.end(1))
    if re.match(r"\d{13}[A-Z]{2}", word.text) or (
        re.fullmatch(r"\d{14,17}(?:[.,]\d+)?", word.text) and _is_ean(word.text[:13])
    ):
        apart.add(13)
    for begin, stop in itertools.pairwise([0, *sorted(at_signs | apart), len(word.text)]):
        text = word.text[begin:stop]
        known = (a for a in (amounts(text) if apart else numbers))
        number = next(
            (a for a in known if apart or (start + begin <= a.start and a.end <= start + stop)), None
        )
        if number is not None and (
            re.search(r"[\"%°/]|'(?!\d{3})|[^\W\d_]", text.lstrip("xX×*@").replace("S/", ""))
            and not number.sign
        ):
            number = None
        if number is not None and re.fullmatch(r"\(\d{1,4}\)", text):
            number = replace(number, value=abs(number.value))  # `(2) CAFE` is a count, not negative
        yield Token(
            text,
            word.x0 + each * begin,
            word.x0 + each * stop,
            word.cell,
            number,
            glued=begin > 0 and not touching,
            factor=bool(at_signs),
        )


def _is_ean(digits: str) -> bool:
    """True where the last of thirteen digits checks the others, as bar codes' does (GS1, section 7.9)."""
    return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0


def _fractions(row: Sequence[Token]) -> list[Token]:
    """Returns the row with halves, quarters and the like as numbers (`1/2`, `1 1/2`) where they begin a cell.
    With a word behind them in the cell that is no unit they are sizes, and stay words.
    """
    found: list[Token] = []
    for token, after in itertools.zip_longest(row, row[1:]):
        part = _FRACTION.fullmatch(token.text)
        last = found[-1] if found and found[-1].cell is token.cell else None
        whole = last.number if last is not None and re.fullmatch(r"\d{1,3}", last.text) else None
        first = token if last is None or whole is None else last
        worded = (
            after is not None and after.cell is token.cell and not after.number and not a_unit(after.text)
        )
        if part is None or int(part[1]) >= int(part[2]) or first.x0 > token.cell.x0 or worded:
            found.append(token)
            continue
        value, text = Decimal(part[1]) / Decimal(part[2]), token.text
        if last is not None and whole is not None:
            value, text = value + whole.value, f"{last.text} {text}"
            found.pop()
        found.append(replace(token, text=text, x0=first.x0, number=Amount(value, 0, len(text), 0)))
    return found


def _labelled(row: Sequence[Token]) -> list[Token]:
    """Returns the row without the labels of its values; each value keeps in `says` what its label names."""
    kept: list[Token] = []
    at = 0
    while at < len(row):
        counted = None if kept else _counted(row)
        label = _label(row, at)
        if counted is not None:
            kept, at = [counted[0]], counted[1]
        elif label is not None:
            name, value = label
            kept.append(replace(row[value], says=name))
            at = value + 1
        else:
            kept.append(row[at])
            at += 1
    return kept


def _counted(row: Sequence[Token]) -> tuple[Token, int] | None:
    """Returns the quantity with which a row begins by a sign of multiplication alone (`2 x CAFE`), and the
    index at which its words begin.
    """
    head = re.fullmatch(r"(\d{1,4})[xX]?", row[0].text)
    begin = 2 if len(row) > 1 and row[1].text in TIMES_SIGNS else 1
    if head is None or (begin == 1) == row[0].text.isdigit() or len(row) <= begin:
        return None
    named = row[begin].number is None and row[begin].text[:1].isalpha() and not row[begin].is_sign
    number = next(iter(amounts(head[1])), None)
    return (replace(row[0], number=number, says="quantity"), begin) if named and number else None


def _label(row: Sequence[Token], at: int) -> tuple[str, int] | None:
    """Returns what the words from `at` on call the value behind them, and the value's index; a price needs no
    colon.
    """
    for end in range(min(at + _NAMED, len(row)), at, -1):
        words = [t.text for t in row[at:end]]
        value = next((i for i in range(end, len(row)) if row[i].folded and not row[i].is_sign), None)
        if value is None or not all(re.match(r"[^\W\d_]", w) for w in words):
            continue
        name = column_names.label_of(" ".join(words))
        colon = words[-1].endswith(":") or row[end].text.startswith(":")
        if name in ("unit", "description"):
            if colon and row[value].number is None:
                return name, value
        elif row[value].number is not None and name != "other" and (colon or name in _PLAIN[at > 0 :]):
            return name, value
        elif name == "discount" and row[value].number is not None and at and row[at - 1].number is not None:
            return name, value  # behind a price: `2 PQT x 46.50 Dscto 9.30`
    return None


def parts_thousands(text: str, *, labelled: bool) -> bool:
    """True where a row writes an amount as `1 456.00`, after a sign or in a row that is `labelled` a total:
    its digits are then one number and not two.
    """
    return _PARTED.search(text) is not None or (
        labelled and re.search(r"[A-Z%:]\s\d{1,3}(?:\s\d{3})+[.,]\d\d$", fold_same(text)) is not None
    )


def closed(row: Sequence[Token]) -> list[Token] | None:
    """Returns the row with each amount whose thousands a space parts (`1 456.00`) as one number; None where
    there is none.
    """
    found: list[Token] = []
    for token in row:
        last = found[-1] if found else None
        parted = (
            last is not None and last.cell is token.cell and re.fullmatch(r"\d{1,3}(?:,\d{3})*", last.text)
        )
        if last is not None and parted and re.fullmatch(r"\d{3}[.,]\d\d", token.text):
            text = f"{last.text},{token.text}"
            found[-1] = Token(text, last.x0, token.x1, token.cell, next(iter(amounts(text)), None))
        else:
            found.append(token)
    return found if len(found) < len(row) else None
