"""Tells which words are a line's unit and description: in its own row, and in rows of text alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from functions.extractor.peru.tokens import days, lettered
from functions.extractor.peru.units import a_unit
from functions.extractor.reading import notes, phrases
from functions.extractor.reading.cutting import Token
from functions.extractor.reading.lines import Line, Loose
from functions.extractor.reading.numbers import Columns, Roles, opening
from functions.extractor.reading.phrases import Words, has_words
from functions.extractor.reading.table_columns import Table, TableColumn
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row

_WRAPPED = 1.5
"""Line heights down to the row in which a code goes on, at most."""
_SUM_OF = re.compile(r"\W*(?:SUB\s?-?)?TOTAL\s+(?:DE\s+)?([A-Z][A-Z ]{2,}[A-Z])(?:[^A-Z]|S/)*")


def give_words(
    lines: Sequence[Line],
    rest: dict[int, list[Token]],
    columns: Columns,
    heads: Table | None,
    others: Sequence[tuple[Row, list[Token]]],
) -> None:
    """Gives each line the unit and the description in its own row."""
    in_rows = [c for c in columns.heads if heads is None or not heads.apart or c.name != "description"]
    headed = any(c.name == "unit" for c in in_rows)

    def told(named: Sequence[TableColumn], units: Sequence[Token | None]) -> list[Words]:
        found = []
        for line, unit in zip(lines, units, strict=True):
            row = [t for t in rest[id(line.row)] if t is not unit]
            found.append(
                phrases.split(row, line.roles, named, columns.em)
                if named
                else phrases.bare(row, line.roles, columns.em)
            )
            found[-1].unit = found[-1].unit or unit or line.words.unit
        return found

    none = [None] * len(lines)
    texts = [row.y for row, text in others if has_words(text)]
    first = min((t.x0 for line in lines if (t := line.roles.tokens.get("quantity"))), default=-1e9)
    behind = any(c.name == "description" and c.x1 < first for c in in_rows)
    lone = all(any(abs(y - line.row.y) < 1.8 * columns.em for y in texts) for line in lines)
    beside = none if headed else _units(lines, rest, columns, lone=lone, behind=behind)
    found = told(in_rows, none)
    if heads is not None and not heads.named("description"):
        # The words stand under other headings, or in rows of their own.
        free = told([], beside)
        if sum(has_words(w.text) and not _only_unit(w.text) for w in free) * 2 >= len(lines) > len(texts):
            found = free
    own = sum(_says(w, u) for w, u in zip(found, beside, strict=True))
    if own * 2 < len(lines) and others:  # words stand above or below
        bare = told([c for c in in_rows if c.name != "description"], beside)
        spoken = [_says(w, u) for w, u in zip(found, beside, strict=True)]
        alone = [a and s for a, s in zip(_apart(lines, texts), spoken, strict=True)]
        found = [one if a else other for a, one, other in zip(alone, found, bare, strict=True)]
        for number, line in enumerate(lines):
            if line.roles.tokens.keys() == {"amount"}:  # a charge or a rebate among them
                found[number] = phrases.bare(rest[id(line.row)], line.roles, columns.em)
            found[number].text = found[number].text if _says(found[number]) else []
    else:
        every = len(lines) > 1 and all(
            unit is not None
            and (at := line.roles.tokens.get("quantity")) is not None
            and at.cell is unit.cell
            for line, unit in zip(lines, beside, strict=True)
        )
        apart = [
            unit
            if every
            or _fills(unit, line.roles)
            or phrases.is_apart(rest[id(line.row)], unit, columns.em)
            or phrases.is_factor(rest[id(line.row)], unit, line.roles)
            else None
            for line, unit in zip(lines, beside, strict=True)
        ]
        without = told(in_rows, apart)
        if all(has_words(w.text) for w in without):
            found = without
    below = [_below(line, others, columns.em) for line in lines]
    stacked = any(token is not None and a_unit(token.text) for token in below)
    only = [unit is not None and words.text == [unit] for words, unit in zip(found, beside, strict=True)]
    for line, words, unit, under in zip(lines, found, beside, below, strict=True):
        # A till that weighed what it sold prints the words above or below.
        weighed = words.text == [unit] and unit is not None and (all(only) or a_unit(unit.text))
        line.words = replace(words, text=[]) if weighed else words
        known = unit if unit not in line.words.text else None
        line.words.unit = words.unit or known or (under if stacked else None)


def _apart(lines: Sequence[Line], texts: Sequence[float]) -> list[bool]:
    """Returns for each line whether it stands twice as far from any row of text as another line does, so that
    its words are those beside its numbers.
    """
    away = [min((abs(y - line.row.y) for y in texts), default=0.0) for line in lines]
    return [each > 2 * min(away) for each in away]


def _below(line: Line, others: Sequence[tuple[Row, list[Token]]], em: float) -> Token | None:
    """Returns the word right below a line's quantity, at its edge: where a cell is too narrow for both, the
    unit.
    """
    quantity = line.roles.tokens.get("quantity")
    if quantity is None:
        return None
    return next(
        (
            token
            for row, words in others
            if 0 < row.y - line.row.y < 1.5 * em
            for token in words
            if token.text.isalpha() and abs(token.cell.x1 - quantity.cell.x1) < 0.2 * em
        ),
        None,
    )


def _units(
    lines: Sequence[Line], rest: dict[int, list[Token]], columns: Columns, *, lone: bool, behind: bool
) -> list[Token | None]:
    """Returns each line's unit beside its quantity; where most have one, a short word there is one too. A
    letter below a heading of its own is none, `Af.` over I and G, and neither is a word below the descriptions'.
    """
    letters = [c for c in columns.heads if c.name == "other"]
    units = [_unit(rest[id(line.row)], line.roles, columns.em, lone=lone, behind=behind) for line in lines]
    units = [
        None if t and len(t.text) == 1 and any(c.x0 < t.x1 and t.x0 < c.x1 for c in letters) else t
        for t in units
    ]
    named = [c for c in columns.heads if c.name == "description"]
    units = [
        unit
        if unit is None
        or a_unit(unit.text)
        or phrases.is_factor(rest[id(line.row)], unit, line.roles)
        or not any(c.x0 < unit.x1 and unit.x0 < c.x1 for c in named)
        else None
        for line, unit in zip(lines, units, strict=True)
    ]
    known = [unit for unit in units if unit is not None and a_unit(unit.text)]
    if not 1 < len(lines) <= 2 * len(known):
        return units
    return [unit or _short(rest[id(line.row)], line.roles) for line, unit in zip(lines, units, strict=True)]


def _unit(row: Sequence[Token], roles: Roles, em: float, *, lone: bool, behind: bool) -> Token | None:
    """Returns a line's unit where no heading tells it: the word behind its quantity or before it."""
    return phrases.beside_quantity(row, roles, lone=lone, behind=behind) or phrases.before_quantity(
        row, roles, em
    )


def _fills(unit: Token | None, roles: Roles) -> bool:
    """True where a quantity and its unit are all that a cell holds."""
    quantity = roles.tokens.get("quantity")
    return unit is not None and quantity is not None and unit.cell.text == f"{quantity.text} {unit.text}"


def _short(row: Sequence[Token], roles: Roles) -> Token | None:
    """Returns the word of two or three capitals right behind a quantity."""
    at = next((i for i, t in enumerate(row) if t is roles.tokens.get("quantity")), len(row))
    after = next(iter(row[at + 1 : at + 2]), None)
    short = after is not None and re.fullmatch(r"[A-Z]{2,3}", after.text) is not None
    return after if after is not None and short and not phrases.is_garments_size(after) else None


def _says(words: Words, unit: Token | None = None) -> bool:
    """True where a row's words are a description, and not only a unit or a code."""
    text = [t for t in words.text if t is not unit]
    return has_words(text) and not _only_unit(text) and not notes.names_a_code(text)


def _only_unit(text: Sequence[Token]) -> bool:
    return len(text) == 1 and a_unit(text[0].text) is not None


def summed(rows: Sequence[Row]) -> frozenset[str]:
    """Returns what the sums of parts are called, as the titles above these are: `Total cargos fijos`."""
    found = (_SUM_OF.fullmatch(lettered(row.text)) for row in rows)
    return frozenset(match[1] for match in found if match)


def _is_below(token: Token, code: Token, em: float) -> bool:
    """True where a word stands right below another."""
    return token.x0 < code.x1 and code.x0 < token.x1 and 0 < token.cell.y - code.cell.y < _WRAPPED * em


def without_codes(
    lines: Sequence[Line], others: Sequence[tuple[Row, list[Token]]], em: float
) -> list[tuple[Row, list[Token]]]:
    """Returns the other rows without those in which a line's code goes on right below it, in the codes' column;
    the line keeps the height of that row.
    """
    left = list(others)
    for line in lines:
        for row, words in others:
            if (
                len(words) == 1
                and re.fullmatch(r"[A-Z]{0,2}[\d-]+", words[0].folded)
                and any(_is_below(words[0], code, em) for code in line.words.code)
            ):
                line.foot = row.y
                left = [o for o in left if o[0] is not row]
    return left


def loose_rows(
    lines: Sequence[Line],
    others: Sequence[tuple[Row, list[Token]]],
    columns: Columns,
    titles: frozenset[str],
) -> list[Loose]:
    """Returns the rows of text alone, without words outside the descriptions' column and the titles of sections: the
    `titles`, and what begins further left than any line does.
    """
    em = columns.em
    own = [line.words.text for line in lines if line.words.text]
    own = own if len(own) * 2 >= len(lines) else []
    counted = [t for t in own if _counts(t[0]) and len(t) > 1 and t[1].cell is not t[0].cell]
    counts = [c.x0 for c in columns.heads if c.name == "order"]
    if len(counted) * 2 > len(own):  # numbers or codes of the lines, in a column without a heading
        counts += [t[0].x0 for t in counted]
        own = [t[1:] if t in counted else t for t in own]
    left = min((t[0].x0 for t in own), default=-1e9)
    outside = _outside(lines, others, em) if len(own) == len(lines) > 1 else []
    named = next((c for c in columns.heads if c.name == "description"), None)
    right = min((c.x0 for c in columns.heads if named is not None and c.x0 >= named.x1), default=1e9)
    leads = list(itertools.takewhile(lambda c: c.name in ("order", "code", "other"), columns.heads))
    ordered = [c for c in leads if c.name == "order"]
    found: list[Loose] = []
    for row, words in others:
        line = lettered(row.text)
        stray = (days(row.text) and money(row.text)) or notes.LAW.search(line) or notes.EACH.match(line)
        dashed = re.fullmatch(r"[-–—=*~]+\s?[^\W\d_].*[^\W\d_]\s?[-–—=*~]+", row.text) is not None
        titled = line.strip() in titles or any(row is each for each in outside)
        if min(c.height for c in row.cells) > 1.8 * em or stray or dashed or titled:
            continue
        below = next((line for line in lines if line.row.y > row.y), None)
        opens = None if below is None or "quantity" in below.roles.tokens else opening(words, columns)
        text = words if opens is None else words[1:]
        kept = phrases.in_one_place([t for t in text if t.x0 > left - 1.5 * em], em)
        begun = kept != [] and own != [] and kept[0].x0 < left - 0.6 * em
        if kept and (
            any(t.cell is kept[0].cell and t.x0 < kept[0].x0 for t in text)
            or (begun and kept[0].number is None and any(abs(kept[0].x0 - x) < 0.6 * em for x in counts))
        ):
            continue  # a title of a section begins before the descriptions do, where their numbers begin
        if kept and kept[0].x0 > right - em:
            continue  # another column's
        led = len(kept) > 1 and _is_under(kept[0], leads, em)
        led = led and (kept[1].cell is not kept[0].cell or phrases.is_code(kept[0]))
        kept = kept[1:] if led else kept
        led = led or (len(text) > 1 and _is_under(text[0], ordered, em))
        above = [(x.y, x.text) for x in found[-1:]] + [(x.row.y, x.words.text) for x in lines]
        before = next((text for y, text in above if _follows(row.y - y, kept, text, em)), None)
        if before is not None and before[-1].text.endswith("-") and kept[0].text[:1].isdigit():
            kept = [replace(kept[0], glued=True), *kept[1:]]  # a number that is hyphenated: OS-2026- / 00318
        if not kept or (notes.is_mark(kept) and not kept[0].glued):
            continue
        begins = min((abs(kept[0].x0 - t[0].x0) for t in own), default=0.0)
        centred = min((abs(kept[0].x0 + kept[-1].x1 - t[0].x0 - t[-1].x1) / 2 for t in own), default=0.0)
        if begins > 2.5 * em and centred > 1.5 * em:
            continue
        goes_on = begins < em if own else before is not None or len(phrases.joined(kept)) > 1
        if has_words(kept) or goes_on:
            found.append(Loose(row, kept, opens, coded=led or phrases.is_bar_code(kept[0])))
    enough = 1 if ordered else 2
    return found if sum(x.coded for x in found) >= enough else [replace(x, coded=False) for x in found]


def _outside(lines: Sequence[Line], others: Sequence[tuple[Row, list[Token]]], em: float) -> list[Row]:
    """Returns the rows that begin further left than any line: titles of sections, unless there are so many that
    they are the lines' own names above them.
    """
    begin = min(line.row.cells[0].x0 for line in lines) - 0.5 * em
    found = [row for row, text in others if (text[0].cell if text else row.cells[0]).x0 < begin]
    between = [row for row in found if lines[0].row.y < row.y < lines[-1].row.y]
    return found if len(between) < len(lines) - 1 else []


def _counts(token: Token) -> bool:
    return token.number is not None or phrases.is_code(token)


def _follows(below: float, text: Sequence[Token], last: Sequence[Token], em: float) -> bool:
    """True where a row of text stands right below another and begins at its edge."""
    return 0 < below < 1.5 * em and text != [] and last != [] and abs(text[0].x0 - last[0].x0) < 0.3 * em


def _is_under(token: Token, leads: Sequence[TableColumn], em: float) -> bool:
    """True where a row of text begins with a count or a code of its item, in a column of its own."""
    return _counts(token) and any(token.x0 < c.x1 + em / 2 and token.x1 > c.x0 - em / 2 for c in leads)
