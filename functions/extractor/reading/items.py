"""The lines of what was sold: the rows of a table or a till roll, told by their numbers and then by their
words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import days, lettered
from functions.extractor.peru.units import a_unit
from functions.extractor.reading import phrases, region, table
from functions.extractor.reading.cutting import Token, closed, parts_thousands, tokens
from functions.extractor.reading.heading import Head
from functions.extractor.reading.lines import Line, Loose, share
from functions.extractor.reading.numbers import (
    RATES,
    ROLES,
    Columns,
    Roles,
    assign,
    opening,
    times_between,
)
from functions.extractor.reading.phrases import Words, has_words
from functions.extractor.reading.reading import Goods, Seen, around
from functions.extractor.reading.table import Table, TableColumn
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row, Sheet


def read(sheets: Sequence[Sheet], head: Head | None) -> Goods:
    """The items, and where they stand. What follows a page whose lines make its sums is another paper: an
    order, a guía.
    """
    goods = Goods([], [], [])
    heads: Table | None = None
    whole = False
    for order, sheet in enumerate(sheets):
        own = table.find(sheet)
        heads = own or heads
        known = heads if own or order else None
        unheaded = region.begin(sheet, head) if order == 0 or heads is None else 0
        begin = unheaded if own is None else own.last + 1
        end, lines = _lines(sheet, begin, known) if known is not None else _whole(sheet, begin)
        goods.starts.append(own.first if own is not None else 0)
        goods.tables.append(range(own.first, end) if own is not None and not whole else range(0))
        lines = lines[_carried(goods.items, lines) :]
        if not whole:
            goods.items.extend(_item(sheet, line) for line in lines)
            whole = whole or _adds_up(goods.items, sheet.rows[end:])
    return goods


def _whole(sheet: Sheet, begin: int) -> tuple[int, list[Line]]:
    """The end of what was sold and its lines, without headings; where a page says its total before them, those
    below it that add up to what is printed further down.
    """
    first = end, lines = _lines(sheet, begin, None)
    while not lines and end < len(sheet.rows) * 0.6:
        end, lines = _lines(sheet, end + 1, None)
    return (end, lines) if _adds_up([_item(sheet, line) for line in lines], sheet.rows[end:]) else first


def _carried(items: Sequence[dict[str, Seen]], lines: Sequence[Line]) -> bool:
    """Whether a page's first line only carries over what the lines of the pages before came to: VIENEN
    814.30.
    """
    if not items or not lines or not {"quantity", "unit_price"}.isdisjoint(lines[0].roles.tokens):
        return False
    return abs(_line_worth(lines[0]) - sum(map(_amount, items))) <= CENTS


def _adds_up(items: Sequence[dict[str, Seen]], rows: Sequence[Row]) -> bool:
    """Whether what the lines make is printed below them beside IGV or a total; a page's own sum is
    neither.
    """
    rows = [row for row in rows if not re.search(r"PAGINA|\bHOJA\b", lettered(row.text))]
    named = {label[0] for row in rows for label in labels_in(lettered(row.text))}
    made = map(_amount, items)
    return bool(named & {"igv", "total"}) and any(
        abs(a.value - sum(made)) < Decimal("0.01") for row in rows for a in money(row.text)
    )


def _amount(item: dict[str, Seen]) -> Decimal:
    """What an item costs; where no amount was read what its price makes, nothing without one."""
    if "amount" in item:
        return Decimal(item["amount"].value)
    price = item["unit_price"].value if "unit_price" in item else Decimal(0)
    return Decimal(price * (item["quantity"].value if "quantity" in item else 1))


def _lines(sheet: Sheet, begin: int, heads: Table | None) -> tuple[int, list[Line]]:
    """The end of what was sold, and its lines, each with its numbers and words."""
    em = sheet.em
    columns = Columns([] if heads is None else _one_amount(heads.columns, sheet.rows[begin:], em), em)
    left, right = _edges(
        columns, () if heads is None else sheet.rows[begin:], apart=heads is not None and heads.apart
    )
    cut = {id(row): tokens(row, left, right) for row in sheet.rows[begin:]}
    if any(
        parts_thousands(row.text, labelled=bool(labels_in(lettered(row.text)))) for row in sheet.rows[begin:]
    ):
        cut = {key: closed(found) or found for key, found in cut.items()}
    cut |= {
        key: whole
        for key, found in cut.items()
        if (whole := closed(found)) and assign(whole, columns).multiplies
    }

    def told() -> tuple[dict[int, Roles], int]:
        roles = {key: assign(found, columns) for key, found in cut.items()}
        return roles, region.end(
            sheet, begin, region.edge(columns), lambda r: _is_line(roles[id(r)], columns)
        )

    roles, end = told()
    for _ in range(2):
        # Rows that multiply teach the columns and the others follow; those below teach nothing.
        columns.learn(roles[id(row)] for row in sheet.rows[begin:end])
        roles, end = told()
    anchor = (
        "amount" if heads is None or heads.named("amount") or not heads.named("unit_price") else "unit_price"
    )
    lines: list[Line] = []
    others: list[tuple[Row, list[Token]]] = []
    for row in region.rows(sheet, begin, end):
        if anchor in roles[id(row)].tokens and (heads or roles[id(row)].multiplies or not days(row.text)):
            lines.append(Line(row, roles[id(row)], Words()))
        else:
            others.append((row, cut[id(row)]))
    lines = lines[: _sum_at(lines)]
    if heads is None:
        bare = [
            line
            for line in lines
            if not has_words(cut[id(line.row)]) or phrases.is_measured(cut[id(line.row)])
        ]
        full = [line for line in lines if line not in bare]
        kept = _complete(full, [(line.row, cut[id(line.row)]) for line in bare], cut, em)
        lines = [line for line in lines if line in full or any(line.row is row for row, _ in kept)]
    others = _complete(lines, others, cut, em)
    if heads is not None:
        short = [row for row, _ in others if _is_line(roles[id(row)], columns)]
        lines = sorted(
            [*lines, *(Line(row, roles[id(row)], Words()) for row in short)], key=lambda line: line.row.y
        )
        others = [(row, text) for row, text in others if row not in short]
    _count_first(lines, cut, columns)
    _words(lines, cut, columns, heads, others)
    share(lines, _loose(lines, others, columns), em, headed=heads is not None)
    _leads(lines, coded=heads is not None and bool(heads.named("code")))
    return end, _without_rebates([line for line in lines if _is_sold(line)], sheet.rows[end:])


def _leads(lines: Sequence[Line], *, coded: bool) -> None:
    """Which first words of the lines are no part of their descriptions: codes, where most lines begin with
    one, and what only counts them.
    """
    led = [(i, line, line.text[0]) for i, line in enumerate(lines, 1) if has_words(line.text[1:])]
    codes = [line for _, line, first in led if phrases.is_code(first)]
    counts = [line for i, line, first in led if first.number is not None and first.number.value == i]
    for found, least in ((codes, 1 if coded else 2), (counts, 2)):
        if len(found) >= max(least, 0.6 * len(lines)):
            for line in found:
                line.lead = 1


def _without_rebates(lines: list[Line], rows: Sequence[Row]) -> list[Line]:
    """The lines without what made others cheaper, unless the sums below count it: with one charge, a bag's
    tax, or without any.
    """
    sold = [line for line in lines if not _is_rebate(line, lines)]
    if len(sold) == len(lines):
        return lines
    printed = {a.value for row in rows for a in money(row.text)}
    whole, counted = (sum((_line_worth(line) for line in each), Decimal(0)) for each in (sold, lines))
    charges = (printed - {whole - counted}) | {Decimal(0)}
    return (
        lines
        if not any(whole + c in printed for c in charges) and any(counted + c in printed for c in charges)
        else sold
    )


def _is_rebate(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a line is what another was made cheaper by: it takes away and shows no quantity, the others
    show theirs.
    """
    amount = line.roles.tokens.get("amount")
    counted = [x for x in lines if x is not line and "quantity" in x.roles.tokens]
    return (
        amount is not None
        and amount.number is not None
        and amount.number.value < 0
        and not {"quantity", "unit_price"} & line.roles.tokens.keys()
        and len(counted) * 2 >= len(lines)
    )


def _one_amount(heads: list[TableColumn], rows: Sequence[Row], em: float) -> list[TableColumn]:
    """The headings with one amount: the last under which amounts stand. One before it is a value without IGV,
    one after it another box.
    """
    sums = [row.word_at(a.start) for row in rows for a in money(row.text)]
    named = [c for c in heads if c.name == "amount"]
    if len(named) < 2 or _alternate(named, rows, em):
        return heads
    filled = [c for c in named if any(w.x1 > c.x0 - em and w.x0 < c.x1 + em for w in sums)] or named
    beyond = min((c.x0 for c in named if c.x0 > filled[-1].x1), default=1e9)
    return [
        c if c.name != "amount" or c is filled[-1] else replace(c, name="other")
        for c in heads
        if c.x0 < beyond
    ]


def _alternate(named: Sequence[TableColumn], rows: Sequence[Row], em: float) -> bool:
    """Whether amounts stand under several headings and no row shows two: what bears IGV in one column, what
    does not in another.
    """
    places = [[row.word_at(a.start) for a in money(row.text)] for row in rows]
    under = [
        [c for c in named if any(w.x1 > c.x0 - em and w.x0 < c.x1 + em for w in words)] for words in places
    ]
    filled = [found for found in under if found]
    return len({c.x0 for found in filled for c in found}) > 1 and all(len(found) == 1 for found in filled)


def _is_line(roles: Roles, columns: Columns) -> bool:
    """Whether a row's numbers are those of an item, whatever its words are called elsewhere."""
    if roles.multiplies:
        return True
    told = [
        role
        for role, token in roles.tokens.items()
        if columns.supports(role) and columns.distance(token, role) < 1
    ]
    return "quantity" in told and len(told) > 1


CENTS = Decimal("0.02")


def _line_worth(line: Line) -> Decimal:
    """A line's amount, or what its quantity and price make."""
    told = line.roles.values()
    return told.get("amount", told.get("unit_price", Decimal(0)) * told.get("quantity", 1))


def _sum_at(lines: Sequence[Line]) -> int:
    """The first line of totals: none of its numbers is a quantity where the one before shows one, and it is
    what those before make, or nothing.
    """
    total = Decimal(0)
    for at, line in enumerate(lines):
        told = line.roles.values()
        value = _line_worth(line)
        alone = "quantity" not in told and len(told) == 1 and at and "quantity" in lines[at - 1].roles.tokens
        if alone and (not value or any(abs(value * rate - total) <= CENTS for rate in (1, *RATES))):
            return at
        if at > 1 and line is lines[-1] and {*told} <= {"amount"} and value == total:
            return at
        total += value
    return len(lines)


def _edges(columns: Columns, rows: Sequence[Row], *, apart: bool) -> tuple[float, float]:
    """From where to where the table reaches. Text under a wide centred heading begins far to its left, up to
    another box.
    """
    if not columns.heads:
        return -1e9, 1e9
    first, last, em = (
        min(columns.heads, key=lambda c: c.x0),
        max(columns.heads, key=lambda c: c.x1),
        columns.em,
    )
    left, right = first.x0 - 3 * em, last.x1 + (2 if last.name == "amount" else 6) * em
    priced = [c for c in columns.heads if c.name in ("amount", "unit_price", "tax")]
    found = [(row, [row.word_at(a.start) for a in money(row.text)]) for row in rows]
    for row, sums in found if first.name in ("description", "code") and not apart else ():
        cells = [c for c in row.cells if c.x0 < first.x1]
        while len(cells) > 1 and cells[-1].x0 - cells[-2].x1 < 0.6 * em:  # words of one phrase
            cells.pop()
        if cells and any(w.x1 > c.x0 - em and w.x0 < c.x1 + em for w in sums for c in priced):
            left = min(left, cells[-1].x0 - em)
    if last.name == "description":
        right = max([right, *(c.x1 for row, sums in found if sums for c in row.cells if c.x0 < last.x1)])
    ends = [sums[-1] for _, sums in found if len(sums) > 1]
    if last.name == "amount" and sum(w.x0 > right for w in ends) * 2 > len(ends):
        # Set right, far from a heading that is not.
        right = max(w.x1 for w in ends) + em
    return left, right


def _complete(
    lines: Sequence[Line], others: Sequence[tuple[Row, list[Token]]], cut: dict[int, list[Token]], em: float
) -> list[tuple[Row, list[Token]]]:
    """What is left of other rows when lines without a price or a quantity took theirs from the rows beside
    them: `2 UND x 6.50` below the amount, what each costs above.
    """
    left = list(others)
    for line in lines:
        if {"quantity", "unit_price"} <= line.roles.tokens.keys():
            continue
        above = [o for o in left if 0 < line.row.y - o[0].y < 4 * em][::-1]
        below = [o for o in left if 0 < o[0].y - line.row.y < 3 * em]
        for rows in (below[:1], above[:1], above[1::-1], below[:2], above[2::-1]):
            taken = _completed(line, rows, cut[id(line.row)], em)
            if taken:
                rest = [(row, [t for t in text if t not in taken]) for row, text in rows]
                kept = [(row, text) for row, text in rest if has_words(text)]
                left = [o for o in left if o not in rows] + kept
                break
    return sorted(left, key=lambda o: o[0].y)


def _completed(
    line: Line, rows: Sequence[tuple[Row, list[Token]]], own: Sequence[Token], em: float
) -> list[Token]:
    """The words of rows above a line, or below it, that are its quantity, its unit and its price: with its
    amount they multiply, or would but for a discount on what a sign multiplies.
    """
    amount = line.roles.tokens.get("amount")
    found = [t for _, text in rows for t in text]
    numbers = [t for t in found if t.number is not None]
    if amount is None or amount.number is None or not numbers:
        return []
    roles = assign([*found, *own], Columns((), em))
    if not roles.multiplies or roles.tokens["amount"] is not amount:
        roles = _cheapened(found, amount)
    taken = [t for t in roles.tokens.values() if t in found]
    if not taken:
        return []
    line.roles.tokens |= roles.tokens
    unit = phrases.beside_quantity(found, roles, lone=True)
    line.words.unit = unit
    return [*taken, *(t for t in found if t is unit or t.is_sign)]


def _cheapened(row: Sequence[Token], amount: Token) -> Roles:
    """The quantity and the price of a row that makes somewhat more than an amount beside it."""
    numbers = [t for t in row if t.number is not None]
    for quantity, price in itertools.permutations(numbers, 2) if len(numbers) == 2 else ():
        q, p, a = (t.number.value for t in (quantity, price, amount) if t.number is not None)
        if (
            times_between(row, quantity, price)
            and q * p / 2 < a < q * p
            and price.number
            and price.number.money
        ):
            return Roles({"quantity": quantity, "unit_price": price})
    return Roles()


def _count_first(lines: Sequence[Line], rest: dict[int, list[Token]], columns: Columns) -> None:
    """Without headings and without prices the number that begins each line is its quantity, unless it only
    counts the lines.
    """
    if columns.supports("quantity") or any("unit_price" in line.roles.tokens for line in lines):
        return
    words = [[t for t in rest[id(line.row)] if t is not line.roles.tokens.get("amount")] for line in lines]
    first = [row[0] for row in words if len(row) > 1]
    if (
        len(first) < len(lines)
        or (columns.heads and len(lines) < 2)
        or any(t.number is None or t.number.sign or len(t.folded) > 8 for t in first)
    ):
        return
    counted = [t.number.value for t in first if t.number]
    if len(lines) > 1 and counted == [Decimal(i) for i in range(1, len(lines) + 1)]:
        return
    for line, token in zip(lines, first, strict=True):
        if token is not line.roles.tokens["amount"]:
            line.roles.tokens["quantity"] = token


def _words(
    lines: Sequence[Line],
    rest: dict[int, list[Token]],
    columns: Columns,
    heads: Table | None,
    others: Sequence[tuple[Row, list[Token]]],
) -> None:
    """Each line's unit and description in its own row."""
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
    beside = (
        none
        if headed
        else [_unit(rest[id(line.row)], line.roles, columns.em, lone=lone, behind=behind) for line in lines]
    )
    found = told(in_rows, none)
    if heads is not None and not heads.named("description"):
        # The words stand under other headings, or in rows of their own.
        free = told([], beside)
        if sum(has_words(w.text) and not _only_unit(w.text) for w in free) * 2 >= len(lines) > len(texts):
            found = free
    own = sum(_says(w, u) for w, u in zip(found, beside, strict=True))
    if own * 2 < len(lines) and others:  # words stand above or below
        found = told([c for c in in_rows if c.name != "description"], beside)
        for words in found:
            words.text = [] if not _says(words) else words.text
    else:
        every = len(lines) > 1 and all(
            unit is not None
            and (at := line.roles.tokens.get("quantity")) is not None
            and at.cell is unit.cell
            for line, unit in zip(lines, beside, strict=True)
        )
        apart = [
            unit if every or phrases.is_apart(rest[id(line.row)], unit, columns.em) else None
            for line, unit in zip(lines, beside, strict=True)
        ]
        without = told(in_rows, apart)
        if all(has_words(w.text) for w in without):
            found = without
    for line, words, unit in zip(lines, found, beside, strict=True):
        line.words = words
        words.unit = words.unit or (unit if unit not in words.text else None)


def _unit(row: Sequence[Token], roles: Roles, em: float, *, lone: bool, behind: bool) -> Token | None:
    """A line's unit where no heading tells: behind its quantity or before it."""
    return phrases.beside_quantity(row, roles, lone=lone, behind=behind) or phrases.before_quantity(
        row, roles, em
    )


def _says(words: Words, unit: Token | None = None) -> bool:
    """Whether a row's words are a description, and no unit or code alone."""
    text = [t for t in words.text if t is not unit]
    return has_words(text) and not _only_unit(text) and not phrases.names_a_code(text)


def _only_unit(text: Sequence[Token]) -> bool:
    return len(text) == 1 and a_unit(text[0].text) is not None


def _loose(lines: Sequence[Line], others: Sequence[tuple[Row, list[Token]]], columns: Columns) -> list[Loose]:
    """The rows of text alone, without what stands outside of the descriptions' column."""
    em = columns.em
    own = [line.words.text for line in lines if line.words.text]
    own = own if len(own) * 2 >= len(lines) else []
    left = min((t[0].x0 for t in own), default=-1e9)
    leads = list(itertools.takewhile(lambda c: c.name in ("order", "code", "other"), columns.heads))
    found = []
    for row, words in others:
        stray = (days(row.text) and money(row.text)) or phrases.LAW.search(lettered(row.text))
        if min(c.height for c in row.cells) > 1.8 * em or phrases.names_a_code(words) or stray:
            continue
        below = next((line for line in lines if line.row.y > row.y), None)
        opens = None if below is None or "quantity" in below.roles.tokens else opening(words, columns)
        text = words if opens is None else words[1:]
        kept = phrases.in_one_place([t for t in text if t.x0 > left - 1.5 * em], em)
        led = len(kept) > 1 and _is_under(kept[0], leads, em)
        kept = kept[1:] if led else kept
        if not kept or phrases.is_mark(kept):
            continue
        begins = min((abs(kept[0].x0 - t[0].x0) for t in own), default=0.0)
        centred = min((abs(kept[0].x0 + kept[-1].x1 - t[0].x0 - t[-1].x1) / 2 for t in own), default=0.0)
        if begins > 2.5 * em and centred > 1.5 * em:
            continue
        if has_words(kept) or (begins < em if own else len(phrases.joined(kept)) > 1):
            found.append(Loose(row, kept, opens, coded=led or phrases.is_bar_code(kept[0])))
    return found if sum(x.coded for x in found) > 1 else [replace(x, coded=False) for x in found]


def _is_under(token: Token, leads: Sequence[TableColumn], em: float) -> bool:
    """Whether a row of text begins with what counts its item or is its code, in a column of its own."""
    counts = token.number is not None or phrases.is_code(token)
    return counts and any(token.x0 < c.x1 + em / 2 and token.x1 > c.x0 - em / 2 for c in leads)


def _is_sold(line: Line) -> bool:
    return bool(line.text) or line.roles.multiplies


def _item(sheet: Sheet, line: Line) -> dict[str, Seen]:
    item: dict[str, Seen] = {}
    words = phrases.without_lead(line.text)
    if text := phrases.joined(words):
        item["description"] = Seen(text, text, around(sheet, [word.cell for word in words]))
    for name in ROLES:
        token = line.roles.tokens.get(name)
        if token is not None and token.number is not None:
            item[name] = Seen(token.number.value, str(token.number.value), around(sheet, [token.cell]))
    if (at := line.words.unit) is not None:
        unit = a_unit(at.text) or at.text
        item["unit"] = Seen(unit, unit, around(sheet, [at.cell]))
    return item
