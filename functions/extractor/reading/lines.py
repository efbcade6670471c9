"""Assigns rows of text to the lines that they belong to: above the numbers, beside them, below, or around."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from functions.extractor.reading.cutting import Token
from functions.extractor.reading.notes import is_labelled, is_note, is_open, names_a_code, note_sign
from functions.extractor.reading.numbers import Roles
from functions.extractor.reading.phrases import Words, has_words
from functions.extractor.sheets.rows import Row, Sheet

_EMPTY = 6.0
"""The cost of a line without words, in line heights of gap."""
_LEFT_OVER = 0.6
"""The cost of a row of text that belongs to no line, where a table begins above or goes on below."""
_BREAK = 2.0
"""Line heights beyond which a row does not belong to anything above it."""
_APART = 1.15
"""How much further than the rows of a text a title in capitals stands from the line below it, at least."""
_SET_IN = 1.5
"""Letter heights by which a note is set in at least."""
_PADDED, _PADDED_DRAWN = 1.35, 1.25
"""Line heights between two rows of a table from which its rows are set wider than the lines of a text; less in
a picture, where an engine's boxes are taller than the letters.
"""


@dataclass(slots=True)
class Line:
    """One line of what was sold: its row, the roles of its numbers and its words there, and the rows of text
    above and below. `foot`: the height of the last row over which its code is written.
    """

    row: Row
    roles: Roles
    words: Words
    above: list[Loose] = field(default_factory=list)
    below: list[Loose] = field(default_factory=list)
    lead: int = 0
    foot: float = -math.inf

    @property
    def y(self) -> float:
        """The height of its own words, else of its row: numbers may be centred beside two rows of words."""
        return self.words.text[-1].cell.y if self.words.text else self.row.y

    @property
    def text(self) -> list[Token]:
        """All its words in reading order, without the first `lead` words, which count the line or are its
        code.
        """
        return [
            t
            for part in (*(x.text for x in self.above), self.words.text, *(x.text for x in self.below))
            for t in part
        ][self.lead :]


@dataclass(slots=True)
class Loose:
    """A row of text alone. `opens`: the quantity that it shows in its column; `coded`: it begins with a bar
    code, or with a count or code in a column of its own. Each of the two begins an item.
    """

    row: Row
    text: list[Token]
    opens: Token | None = None
    coded: bool = False

    @property
    def y(self) -> float:
        """The height of its words: another box may stand beside them."""
        return self.text[0].cell.y


def share(lines: Sequence[Line], loose: Sequence[Loose], sheet: Sheet, *, headed: bool) -> None:
    """Gives each row of text to a line: the one with which it stands between two edges that the page draws,
    else so that every line gets words, rows that stand close stay together, and all lines are built alike.
    What is noted below a line's words is none of them.
    """
    if not lines:
        return
    shares = _in_bands(lines, loose, sheet) or _at_least_cost(lines, loose, sheet.em, headed=headed)
    edge = max((t.x1 for line in lines for t in line.words.text), default=0.0)
    first = [
        (line.words.text, below[0].text)
        for line, (_, below) in zip(lines, shares, strict=True)
        if below and has_words(line.words.text)
    ]
    noted = 2 * sum(is_note(text, own) for own, text in first) >= len(first) > 1
    for line, (above, below) in zip(lines, shares, strict=True):
        own = line.words.text if has_words(line.words.text) else None
        rows = [*(x.text for x in above), *([own] if own else []), *(x.text for x in below)]
        name = _name(rows, own, edge, noted=noted)
        line.above = [x for x in above if any(x.text is text for text in name)]
        line.below = [x for x in below if any(x.text is text for text in name)]
        opener = next((x.opens for x in above if x.opens is not None), None)
        if opener is not None:
            line.roles.tokens.setdefault("quantity", opener)


_Shares = list[tuple[list[Loose], list[Loose]]]
"""The rows of text above each line's own row, and those below."""


def _name(rows: list[list[Token]], own: list[Token] | None, edge: float, *, noted: bool) -> list[list[Token]]:
    """Returns the rows of an item's words that are its name: those before the first note, without its codes.
    Notes stand below the words beside its numbers, `own`, else below the first words. A single row after a
    plus or a dash goes on with the name: `MOUSE / + TECLADO`. `edge`: how far right the lines' words reach;
    `noted`: most lines have a note below their words.
    """
    rows = [
        text
        for before, text in pairwise([[], *rows])
        if text is own or not names_a_code(text) or is_open(before)
    ]
    while len(rows) > 1 and rows[0] is not own and is_labelled(rows[0]):
        rows = rows[1:]
    named = next((i for i, text in enumerate(rows) if (text is own if own else has_words(text))), len(rows))
    signs = [sign for text in rows[named + 1 :] if (sign := note_sign(text))]
    for i, text in enumerate(rows[named + 1 :], named + 1):
        full = own is not None and i == named + 1 and not _had_room(text, own, edge)
        if is_note(text, rows[named], full=full, goes_on=is_open(rows[i - 1])) or (
            note_sign(text) and signs not in (["+"], ["-"])
        ):
            return rows[:i]
        if own and i == named + 1 and (noted or _is_set_in(text, own)) and _had_room(text, own, edge):
            return rows[:i]
    return rows


def _is_set_in(text: list[Token], own: list[Token]) -> bool:
    """True where a row begins further right than the phrase above which it stands."""
    size = own[0].cell.height
    begun = max((t.cell.x0 for t in own if t.cell.x0 < text[0].x0 + size / 2), default=text[0].x0)
    return text[0].x0 > begun + _SET_IN * size


def _had_room(text: list[Token], own: list[Token], edge: float) -> bool:
    """True where the first word of a row had room behind an item's words above it: the row is no part of them
    that wraps, but a note, if it is set in or others are notes: `CORTESIA DE LA CASA`.
    """
    return own[-1].x1 + text[0].x1 - text[0].x0 + own[0].cell.height < edge


def _at_least_cost(lines: Sequence[Line], loose: Sequence[Loose], em: float, *, headed: bool) -> _Shares:
    """Returns the rows of text of each line by the gaps between them."""
    blocks: list[list[Loose]] = [[] for _ in range(len(lines) + 1)]
    for each in _without_titles(lines, loose, em, headed=headed):
        blocks[sum(line.row.y < each.y for line in lines)].append(each)
    own = [has_words(line.words.text) for line in lines]
    modes = (
        (_Mode(0.0, 1.5), _Mode(1.5, 0.0))
        if sum(own) * 2 < len(own)
        else (_Mode(1.5, 0.1), _Mode(0.6, 0.4, 1.0))
    )
    _, path = min(_way(lines, blocks, own, mode, em, headed=headed) for mode in modes)
    starts = [len(blocks[0]) - path[0], *path[1:]]
    return [
        (above[start:], below[:stop])
        for (above, below), (start, stop) in zip(pairwise(blocks), pairwise(starts), strict=True)
    ]


def _in_bands(lines: Sequence[Line], loose: Sequence[Loose], sheet: Sheet) -> _Shares:
    """Returns the rows of text of each line by the edges between them: a row that stands between two edges
    without a line is a title or a note. Returns nothing where edges do not part all lines, or leave a line
    without words, as where words and numbers of an item are parted too.
    """

    def parted(x: float, one: float, other: float) -> bool:
        return any(
            min(one, other) < e.at < max(one, other) and e.start < x < e.stop for e in sheet.rules.level
        )

    if len(lines) < 2 or not all(
        parted((a.words.text or [*a.roles.tokens.values()])[0].cell.x, a.row.y, b.row.y)
        for a, b in pairwise(lines)
    ):
        return []
    shares: _Shares = [([], []) for _ in lines]
    for each in loose:
        x = each.text[0].cell.x
        own = next((k for k, line in enumerate(lines) if not parted(x, each.y, line.row.y)), None)
        if own is not None:
            shares[own][each.y > lines[own].row.y].append(each)
    told = (
        has_words(line.words.text) or any(has_words(x.text) for x in (*above, *below))
        for line, (above, below) in zip(lines, shares, strict=True)
    )
    return shares if all(told) else []


def _without_titles(lines: Sequence[Line], loose: Sequence[Loose], em: float, *, headed: bool) -> list[Loose]:
    """Returns the rows of text without the titles of sections.

    There are titles only in a table whose rows are padded, where a line has no words beside its numbers only
    titles in capitals under headings; and above a table's only line, in capitals where the line is not,
    further from it than its rows are from each other. A title is a row of words alone that stands further
    from its neighbours than the lines do, or from the one above, and as far as they do from the one below.
    Under headings it may stand nearly as far as they do if it begins anew although its first word had room
    in the line above. Lines of one text stand closer, or go on because the row before was full.
    """
    rows = sorted([*(line.row.y for line in lines), *(x.y for x in loose)])
    told = {line.row.y for line in lines}
    pitch = min((b - a for a, b in pairwise(rows) if a in told and b in told), default=0.0)
    close = [b - a for a, b in pairwise(rows) if a >= lines[0].row.y]
    single = headed and len(lines) == 1 and close != []
    own = [has_words(line.words.text) for line in lines]
    padded = _PADDED if lines[0].row.cells[0].box.conf == 1.0 else _PADDED_DRAWN
    apart_all = not pitch and len(lines) > 1 and min(close, default=0.0) > 0
    if not (single or apart_all or pitch >= padded * em) or not (headed or all(own)) or not any(own):
        return list(loose)
    edge = min(
        (
            t.x0
            for line in lines
            for t in line.roles.tokens.values()
            if line.words.text and t.x0 > line.words.text[-1].cell.x1
        ),
        default=0.0,
    )

    small = all(
        any(c.islower() for t in line.words.text for c in t.text) for line in lines if line.words.text
    )
    written = sorted(
        [*((line.row.y, line.words.text) for line in lines), *((x.y, x.text) for x in loose)],
        key=lambda each: each[0],
    )

    def is_title(row: Loose) -> bool:
        above = [text for y, text in written if text and y < row.y]
        first = row.text[0].cell
        word = (first.x1 - first.x0) * len(first.text.split()[0]) / len(first.text)
        before = above[-1] if above else None
        had_place = before is None or (
            not is_open(before)
            and before[-1].cell.x1 + word < edge - em
            and row.text[0].text[0].isupper()
            and not all(t.text.isupper() for t in before if t.text.isalpha())
        )
        apart = min(abs(row.y - y) for y in rows if y != row.y)
        gaps = [row.y - max([y for y in rows if y < row.y], default=row.y)]
        gaps.append(min([y for y in rows if y > row.y], default=row.y) - row.y)
        alone = row.opens is None and not row.coded and row.row.cells[-1].x1 < edge and has_words(row.text)
        capital = small and not any(c.islower() for t in row.text for c in t.text)
        if single:
            return alone and capital and not above and apart > 1.2 * min(close)
        if apart_all:
            return alone and capital and all(own) and gaps[1] > _APART * min(close)
        if not all(own):
            return alone and capital and apart > 0.8 * pitch and had_place
        return alone and (
            apart > 1.2 * pitch
            or (gaps[0] > 1.4 * pitch and gaps[1] > 0.95 * pitch)
            or (headed and apart > (0.8 if capital else 0.9) * pitch and had_place)
        )

    return [x for x in loose if not is_title(x)]


@dataclass(frozen=True, slots=True, order=True)
class _Mode:
    """The costs of one way in which a table sets its words: of each row of text above the numbers, and of
    each below.
    """

    above: float
    below: float
    least: float = 0.0

    def cost(self, above: int, below: int, *, own: bool) -> float:
        empty = not own and not above and not below
        return _EMPTY * empty + self.above * above + self.below * below


def _way(
    lines: Sequence[Line],
    blocks: Sequence[Sequence[Loose]],
    own: Sequence[bool],
    mode: _Mode,
    em: float,
    *,
    headed: bool,
) -> tuple[float, list[int]]:
    """Returns the cheapest way to share the blocks of text, with its cost: how many rows of the first block
    are the first line's, then how many rows of each other block belong to the line above it.
    """
    paths: dict[int, tuple[float, list[int]]] = {
        s: (mode.least + cost, [s]) for s, cost in _first(blocks[0], lines[0], em, headed=headed)
    }
    for k in range(len(lines)):
        last, block = k == len(lines) - 1, blocks[k + 1]
        after: dict[int, tuple[float, list[int]]] = {}
        untold = not last and "quantity" not in lines[k + 1].roles.tokens
        opens = (
            next((i for i, x in enumerate(block) if x.coded or (untold and x.opens)), None)
            if not last
            else None
        )
        for above, (cost, path) in paths.items():
            for s in range(len(block) + 1) if opens is None else (opens,):
                around = _is_around(lines[k], blocks[k][len(blocks[k]) - above :], block[:s], em)
                step = (0.0 if around else mode.cost(above, s, own=own[k])) + _gaps(
                    lines, block, k, s, em, last=last
                )
                if last and s < len(block):
                    step += 0.0 if _is_cut(lines[k], block, s, em) else _LEFT_OVER * (len(block) - s)
                key = 0 if last else len(block) - s
                option = (cost + step, [*path, s])
                if key not in after or option < after[key]:
                    after[key] = option
        paths = after
    return min(paths.values())


def _is_around(line: Line, above: Sequence[Loose], below: Sequence[Loose], em: float) -> bool:
    """True where a line's numbers are set at the middle of its words, as tables of web pages set them: two
    rows of words or more around the height of the numbers.
    """
    numbers = [token.cell.y for token in line.roles.tokens.values()]
    middle = sum(numbers) / len(numbers) if numbers else line.row.y
    own = [line.y] if has_words(line.words.text) else []
    rows = [*(x.y for x in above), *own, *(x.y for x in below)]
    apart = not own or abs(own[0] - middle) > 0.3 * em
    return (
        apart
        and len(rows) > 1
        and abs((rows[0] + rows[-1]) / 2 - middle) < 0.3 * em
        and all(b - a < 1.6 * em for a, b in pairwise(rows))
    )


def _first(block: Sequence[Loose], line: Line, em: float, *, headed: bool) -> list[tuple[int, float]]:
    """Returns how many rows above the first line may be its own, each number with its cost."""
    below, rows = line.row, 0
    for each in reversed(block):
        labelled = re.search(r"[^\W\d_]\W?:|:\s", each.row.text) is not None and not headed
        if (below.y - each.y) / em > _BREAK or labelled:
            break
        rows, below = rows + 1, each.row
    coded = next((len(block) - i for i, each in enumerate(block) if each.coded), None)
    if coded is not None and coded <= rows:
        return [(coded, 0.0)]
    return [(s, (3 if headed else 1) * _LEFT_OVER * (rows - s)) for s in range(rows + 1)]


def _gaps(lines: Sequence[Line], block: Sequence[Loose], k: int, s: int, em: float, *, last: bool) -> float:
    """Returns the cost of the gaps within lines, where the first `s` rows of a block are this line's and the
    others the next line's.
    """
    begin = min([max(lines[k].y, lines[k].foot), *(x.y for x in block)])
    rows = [begin, *(x.y for x in block), *([] if last else [lines[k + 1].y])]
    gaps = [(b - a) / em for a, b in pairwise(rows)]
    if last:
        gaps = gaps[:s]
        return 0.3 * sum(gaps) + sum(10.0 for g in gaps if g > _BREAK)
    return 0.3 * (sum(gaps) - gaps[s]) + 2.0 * (max(gaps) - gaps[s]) if gaps else 0.0


def _is_cut(line: Line, block: Sequence[Loose], s: int, em: float) -> bool:
    """True where the row after the first `s` stands too far below to belong to the line."""
    return (block[s].y - (block[s - 1].y if s else max(line.y, line.foot))) / em > _BREAK
