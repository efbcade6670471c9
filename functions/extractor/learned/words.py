"""The words of one paper as the network sees them, line by line, with the roles that it gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from functions.extractor.learned import features
from functions.extractor.learned.features import ROLE, Floats, WordToken
from functions.extractor.learned.network import MOST, Network, Sight
from functions.extractor.reading.reading import Place, place
from functions.extractor.sheets.rows import Row, Sheet

_PROSE = 8
"""With so many words and no amount a line is taken for a sentence: terms, addresses, thanks."""


@dataclass(frozen=True, slots=True)
class WordRow:
    """A row of a sheet: the places of its words among all of the paper's, and where each begins and ends in
    the row's text.
    """

    sheet: Sheet
    row: Row
    words: range
    spans: tuple[tuple[int, int], ...]

    def within(self, start: int, end: int) -> list[int]:
        """Returns the words that share characters `start` to `end` of the row's text."""
        return [word for word, (a, b) in zip(self.words, self.spans, strict=True) if a < end and b > start]


@dataclass(frozen=True)
class WordPage:
    """All words of a paper, which may be of several sheets; what the network says of each, and of the first
    sheet as a whole.
    """

    tokens: Sequence[WordToken]
    lines: Sequence[WordRow]
    roles: Floats
    starts: Floats
    kind: Floats
    currency: Floats

    @cached_property
    def chances(self) -> dict[str, list[float]]:
        """For each role how likely each word plays it."""
        return {name: self.roles[:, at].tolist() for name, at in ROLE.items()}

    @cached_property
    def line_of(self) -> list[WordRow]:
        """The line of each word."""
        return [line for line in self.lines for _ in line.words]

    def box(self, word: int, last: int | None = None) -> Place:
        """Returns the place on their sheet of a word, or of the words up to another of its line."""
        line = self.line_of[word]
        ends = line.spans[(word if last is None else last) - line.words.start]
        return place(line.sheet, line.row, line.spans[word - line.words.start][0], ends[1])


def look(sheets: Sequence[Sheet], network: Network) -> WordPage | None:
    """Returns what the network says of the sheets of one paper, each looked at alone; None where there is no
    word.
    """
    seen: list[WordToken] = []
    lines: list[WordRow] = []
    sights: list[Sight] = []
    for sheet in sheets:
        own: list[WordToken] = []
        for row, found in tokens(sheet):
            start = len(seen) + len(own)
            lines.append(WordRow(sheet, row, range(start, start + len(found)), tuple(_spans(row))))
            own += found
        if own:
            seen += own
            sights.append(network(features.of(own, sheet.em)))
    if not sights:
        return None
    roles, starts = np.concatenate([s.roles for s in sights]), np.concatenate([s.starts for s in sights])
    return WordPage(seen, lines, roles, starts, sights[0].kind, sights[0].currency)


def tokens(sheet: Sheet) -> Iterator[tuple[Row, list[WordToken]]]:
    """Yields the rows of a sheet that are looked at, each with its words as the network takes them."""
    for number, row in _cropped(sheet):
        yield row, _tokens(number, row)


def _tokens(number: int, row: Row) -> list[WordToken]:
    """Returns a row's words as the network takes them; cells are numbered so that no two of a page are the
    same.
    """
    fellows = Counter(id(word.cell) for word in row.words)
    places: Counter[int] = Counter()
    cells = {id(cell): 1000 * number + at for at, cell in enumerate(row.cells)}
    found = []
    for word in row.words:
        cell = word.cell
        key = id(cell)
        found.append(
            WordToken(
                word.text,
                word.x0,
                cell.y0,
                word.x1,
                cell.y1,
                number,
                cells[key],
                places[key],
                fellows[key],
                cell.x0,
                cell.x1,
            )
        )
        places[key] += 1
    return found


def _spans(row: Row) -> Iterator[tuple[int, int]]:
    """Yields where each word begins and ends in the row's text."""
    at = 0
    for word in row.words:
        start = row.text.index(word.text, at)
        at = start + len(word.text)
        yield start, at


def _cropped(sheet: Sheet) -> list[tuple[int, Row]]:
    """Returns the rows that are looked at. Of a page with more than `MOST` words, prose is left out first,
    then its middle, so that head and sums stay.
    """
    left, middle = sum(len(row.words) for row in sheet.rows), len(sheet.rows) / 2
    prose = {
        n
        for n, row in enumerate(sheet.rows)
        if len(row.words) >= _PROSE and not any(features.amount(w.text) for w in row.words)
    }
    gone: set[int] = set()
    for number in sorted(range(len(sheet.rows)), key=lambda n: (n not in prose, abs(n - middle))):
        if left <= MOST:
            break
        gone.add(number)
        left -= len(sheet.rows[number].words)
    return [(number, row) for number, row in enumerate(sheet.rows) if number not in gone]
