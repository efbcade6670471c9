"""Makes what the network is told of each word: its hashed letters, its shape, its sums with its neighbours,
its place.

Training (tests/corpus/tokens) and reading share this module. Any change to the values that it gives requires
new weights.
"""

from __future__ import annotations

import functools
import math
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from functions.extractor.peru.tokens import fold, valid_ruc

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

ROLES = (
    "other", "title", "supplier_ruc", "supplier_name", "series", "number", "serial", "date", "due_date",
    "customer_id", "customer_name", "taxable", "exempt", "unaffected", "free", "discounts", "igv", "isc",
    "icbper", "other_charges", "rounding", "total", "detraction", "perception", "net_payable", "paid",
    "advances", "words", "modified_serial", "modified_date", "description", "quantity", "unit",
    "unit_price", "amount", "code", "line_discount", "other_amount", "line_number", "subtotal",
)  # fmt: skip
"""The parts that a word may play, in the order of the network's answers."""
ROLE = {name: index for index, name in enumerate(ROLES)}
KINDS = (None, "01", "03", "07", "08", "02", "12", "14")
"""SUNAT's codes that the network tells apart; None stands for no comprobante."""
CURRENCIES = ("PEN", "USD", "EUR")

BUCKETS = 6144
GRAMS = 12
"""Hashed pieces of a word: the whole, beginning, end and every three letters in a row, as many as fit."""


@dataclass(frozen=True, slots=True)
class WordToken:
    """A word on a page: its box, its row and cell, its place among the cell's words, and the cell's edges."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    row: int
    cell: int
    place: int = 0
    fellows: int = 1
    left: float = 0.0
    right: float = 0.0


@dataclass(frozen=True, slots=True)
class Features:
    """A page as the network takes it: pieces of each word, numbers of each word, and what pairs of words are
    compared by.
    """

    pieces: NDArray[np.int16]
    numbers: Floats
    geometry: Floats


def of(tokens: Sequence[WordToken], em: float) -> Features:
    """Returns the features of a page's words, which are sorted by row, then from left to right. `em` is the
    usual height of a line.
    """
    pieces = np.array([_pieces(t.text) for t in tokens], np.int16)
    shapes = np.array([_shape(t.text) for t in tokens], np.float32)
    numbers = (
        np.concatenate([shapes, _sums(tokens), _places(tokens, em)], axis=1)
        .astype(np.float16)
        .astype(np.float32)
    )
    geometry = np.array(
        [(t.x0 / em, t.x1 / em, t.left / em, t.right / em, t.row, t.cell) for t in tokens], np.float32
    )
    return Features(pieces, numbers, geometry)


# --- letters and shape --------------------------------------------------------------------------------------


def _bucket(piece: str) -> int:
    return zlib.crc32(piece.encode()) % (BUCKETS - 1) + 1


@functools.lru_cache(maxsize=8192)
def _pieces(text: str) -> tuple[int, ...]:
    """Returns the buckets of a word's pieces, digits as zeros; 0 stands for no piece."""
    word = re.sub(r"\d", "0", fold(text))[:24].strip(".,:;()*-_|")
    framed = f"^{word}$"
    found = [
        "W" + word,
        "P" + framed[:5],
        "S" + framed[-5:],
        *("3" + framed[i : i + 3] for i in range(len(framed) - 2)),
    ]
    ids = [_bucket(piece) for piece in found[:GRAMS]]
    return (*ids, *[0] * (GRAMS - len(ids)))


_AMOUNT = re.compile(
    r"[-(–]?(?:S/\.?|(?:US)?\$|USD|PEN|€|S\.|Q\.?)?\**[-(–]?\s?"
    r"(\d{1,3}(?:[,' "
    r"]\d{3})+[.,]\d{2}|\d{1,3}(?:\.\d{3})+,\d{2}|\d{1,9}[.,]\d{1,10}|\d{1,3}(?:,\d{3})+|\d+)\)?-?[*]?",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=8192)
def amount(text: str) -> tuple[float, int] | None:
    """Returns the number that a word is, and how many decimals it shows; None where it is none. It takes more
    forms for an amount than those that are told to anybody.
    """
    found = _AMOUNT.fullmatch(text.strip().strip(":;=*|"))
    if found is None:
        return None
    raw = re.sub(r"[ ']", "", found[1])
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d{2}", raw):
        raw = raw.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,\d{1,2}", raw):
        raw = raw.replace(",", ".")
    else:
        raw = raw.replace(",", "")
    cents = raw.partition(".")[2]
    if len(raw) > 14 and not cents:
        return None
    below = "-" in text[:4] or text.startswith(("(", "–")) or text.endswith("-")
    return float(raw) * (-1 if below else 1), len(cents)


_UNITS = frozenset([
    "NIU", "UND", "UNID", "UNIDAD", "UN", "KG", "KGM", "LT", "LTR", "GLN", "GAL", "CJA", "CAJA", "PQT", "BOL",
    "BLS", "MTR", "ZZ", "DOC", "PAR", "SERV", "UNI", "UNIDADES", "ROL", "SACO", "MT", "M", "TNE", "GLL",
    "C62",
])  # fmt: skip
_MONTHS = (
    "ENERO", "FEBRERO", "MARZO", "ABRIL", "MAYO", "JUNIO", "JULIO", "AGOSTO", "SETIEMBRE", "SEPTIEMBRE",
    "OCTUBRE", "NOVIEMBRE", "DICIEMBRE",
)  # fmt: skip
_MONTH = frozenset([*_MONTHS, *(month[:3] for month in _MONTHS)])


def _elevens(word: str) -> list[str]:
    return [digits for digits in re.findall(r"\d{11,}", word) if len(digits) == 11]


_TESTS: tuple[Callable[[str, str, str], bool], ...] = (
    lambda _, word, __: bool(
        re.search(r"(\d{1,2})[-/.](\d{1,2}|[A-Za-z]{3,10})[-/.](\d{4}|\d{2})(?!\d)", word)
    ),
    lambda _, word, __: bool(re.search(r"(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})", word)),
    lambda _, word, __: bool(re.search(r"\d{1,2}:\d\d", word)),
    lambda _, word, __: bool(_elevens(word)),
    lambda _, word, __: any(valid_ruc(digits) for digits in _elevens(word)),
    lambda _, word, __: any(digits.startswith("20") for digits in _elevens(word)[:1]),
    lambda _, word, __: any(digits.startswith(("10", "15", "16", "17")) for digits in _elevens(word)[:1]),
    lambda _, __, bare: bool(re.fullmatch(r"\d{8}", bare)),
    lambda _, __, bare: bool(re.fullmatch(r"[FBES][A-Z0-9]\d{2}", bare)),
    lambda _, __, bare: bool(re.fullmatch(r"\d{3,4}", bare)),
    lambda _, word, __: bool(
        re.search(r"(?<![A-Z0-9])([FBESTNRV][A-Z0-9]{2,3}|\d{3,4})\s?[-–N°º]{1,3}\s?0*(\d{1,10})(?!\d)", word)
    ),
    lambda _, __, bare: bool(re.fullmatch(r"0\d{4,9}", bare)),
    lambda _, word, __: "%" in word,
    lambda _, word, __: bool(re.search(r"S/|\$|USD|PEN|SOLES", word)),
    lambda text, _, __: text.endswith(":"),
    lambda _, word, __: bool(re.search(r"@|WWW|\.COM|HTTP|\.PE", word)),
    lambda _, word, __: len(word) == 1,
    lambda _, word, bare: bare.isdigit() and len(word) >= 9,
    lambda _, word, __: bool(re.search(r"\d", word)) and any(c.isalpha() for c in word),
    lambda _, __, bare: bare in _UNITS,
    lambda _, __, bare: bare in ("X", "×"),
    lambda _, __, bare: bare in _MONTH,
    lambda text, _, __: bool(re.fullmatch(r"[-=_*.]{3,}", text)),
    lambda _, __, bare: bool(re.fullmatch(r"\d{1,2}", bare)),
    lambda _, __, bare: bool(re.fullmatch(r"20\d\d", bare)),
    lambda _, word, __: "/" in word and any(c.isalpha() for c in word),
)
"""Tests of how a word looks, made on the word itself, folded, and without punctuation: dates, times, RUCs,
series, money, marks.
"""


@functools.lru_cache(maxsize=8192)
def _shape(text: str) -> tuple[float, ...]:
    """Returns how a word looks, in numbers from about 0 to 1."""
    word = fold(text)
    bare, size = word.strip(".,:;()*-"), len(word)
    digits, letters = "".join(re.findall(r"\d", word)), sum(c.isalpha() for c in word)
    value, decimals = amount(text) or (0.0, -1)
    return (
        size / 10, len(digits) / 10, len(digits) / max(1, size), letters / max(1, size),
        text.isupper(), text.islower(), text[:1].isupper() and text[1:].islower(),
        decimals == 2, decimals == 0, decimals > 2, decimals == 1, "," in text and decimals >= 0, value < 0,
        math.copysign(math.log10(abs(value) + 1) / 5, value) if value else 0.0,
        *(test(text, word, bare) for test in _TESTS),
    )  # fmt: skip


# --- sums with the neighbours -------------------------------------------------------------------------------

SUMS = 9


def _sums(tokens: Sequence[WordToken]) -> Floats:
    """Returns numbers that say which amounts are the page's largest, how often each stands there, which are
    base, IGV and total of one another, and which multiply.
    """
    found = np.zeros((len(tokens), SUMS), np.float32)
    numbers = [
        (index, *known) for index, token in enumerate(tokens) if (known := amount(token.text)) is not None
    ]
    money = [(index, abs(value)) for index, value, decimals in numbers if decimals == 2]
    if money:
        at, values = np.array([index for index, _ in money]), np.array([value for _, value in money])
        most = values.max()
        found[at, 0] = values == most
        found[at, 1] = np.minimum((np.abs(values[None] - values[:, None]) < 0.005).sum(0), 6) / 6
        found[at, 2] = values / max(most, 1e-6)
        rounded = np.round(values, 2).tolist()
        for column, members in zip((3, 4, 5), _taxed(set(rounded)), strict=True):
            found[at, column] = [value in members for value in rounded]
    rows: dict[int, list[tuple[int, float]]] = {}
    for index, value, _ in numbers:
        rows.setdefault(tokens[index].row, []).append((index, abs(value)))
    for row, own in rows.items():
        _multiply(found, (own + rows.get(row + 1, []) if len(own) < 3 else own)[:9])
    return found


def _taxed(values: set[float]) -> tuple[set[float], set[float], set[float]]:
    """Returns the amounts that are base, IGV and total of one another at a usual rate, to the cent."""
    bases, taxes, totals = set(), set(), set()
    for total in values:
        for base in (
            round(total / (1 + rate) + cent, 2) for rate in (0.18, 0.10, 0.105) for cent in (0, 0.01, -0.01)
        ):
            tax = round(total - base, 2)
            if total > 0.05 and tax > 0 and base in values and tax in values:
                bases.add(base)
                taxes.add(tax)
                totals.add(total)
    return bases, taxes, totals


def _multiply(found: Floats, line: Sequence[tuple[int, float]]) -> None:
    """Marks factors and product among the numbers of a line and the one below it."""
    for first, (one, x) in enumerate(line):
        for second in range(first + 1, len(line)):
            other, y = line[second]
            product = x * y
            if not product:
                continue
            for third, (result, z) in enumerate(line):
                if third in (first, second) or z <= 0 or abs(z - product) > 0.006 + 0.0005 * product:
                    continue
                sure = 1.0 if third > second else 0.5
                found[one, 6] = found[other, 7] = sure
                found[result, 8] = 1


# --- place --------------------------------------------------------------------------------------------------


PLACES = 20


def _places(tokens: Sequence[WordToken], em: float) -> Floats:
    """Returns where each word stands: on the page, in its row and cell, and how far its neighbours are."""
    count = len(tokens)
    x0, y0, x1, y1, row, place, fellows, left, right = np.array(
        [(t.x0, t.y0, t.x1, t.y1, t.row, t.place, t.fellows, t.left, t.right) for t in tokens], np.float32
    ).T
    edge, width = x0.min(), max(x1.max() - x0.min(), em)
    top, height = y0.min(), max(y1.max() - y0.min(), em)
    after = np.zeros(count, bool)
    after[1:] = row[1:] == row[:-1]
    before = np.roll(after, -1) & (np.arange(count) < count - 1)
    gap_left, gap_right = (
        np.where(after, x0 - np.roll(x1, 1), 30 * em),
        np.where(before, np.roll(x0, -1) - x1, 30 * em),
    )
    rows = row.max() + 1
    cells = np.zeros(int(rows))
    for number, _ in {(t.row, t.cell) for t in tokens}:
        cells[number] += 1
    return np.stack(
        [
            (x0 - edge) / width, (x1 - edge) / width, ((x0 + x1) / 2 - edge) / width, (y0 - top) / height,
            row / rows, np.minimum(row, 20) / 20, np.minimum(rows - 1 - row, 20) / 20,
            np.log(np.maximum((y1 - y0) / em, 0.2)), (right - left) / em / 20, np.minimum(place, 8) / 8,
            np.minimum(fellows, 12) / 12, place == 0, place == fellows - 1,
            np.clip(gap_left / em, -1, 12) / 6, np.clip(gap_right / em, -1, 12) / 6,
            cells[row.astype(int)] / 6,
            np.full(count, width / em / 80), np.full(count, min(rows, 80) / 60), np.full(count, count / 300),
            (width / height) * np.ones(count),
        ],
        axis=1,
    ).astype(np.float32)  # fmt: skip


DOWN = 9
ACROSS = 9
ALIGNED = 26
PAIRS = DOWN * ACROSS * ALIGNED


def pairs(geometry: Floats) -> Ints:
    """Returns for each pair of words one number below `PAIRS`: it holds the rows between them, the gap
    between them, and which edges they share.
    """
    x0, x1, left, right, row, cell = geometry.T
    rows, gap = row[None] - row[:, None], x0[None] - x1[:, None]
    found = _step(rows, (-7.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 7.5))
    ahead = _step(gap, (0.0, 1.5, 6.0, 20.0))
    found *= ACROSS
    found += np.where(ahead > 0, ahead, np.where(gap.T > 0, ahead.T + 4, 0))
    aligned = _step(rows, (-0.5, 0.5))
    for weight, edge, near in ((3, left, 0.7), (6, right, 0.7), (12, left + right, 1.6)):
        aligned[np.abs(edge[None] - edge[:, None]) < near] += weight
    aligned[cell[None] == cell[:, None]] = 24
    found *= ALIGNED
    found += aligned
    return found.astype(np.intp)


def _step(values: Floats, edges: Sequence[float]) -> NDArray[np.int16]:
    """Returns how many of the edges lie below each value."""
    found = np.zeros(values.shape, np.int16)
    for edge in edges:
        found += values > edge
    return found
