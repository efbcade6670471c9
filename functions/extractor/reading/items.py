"""Reads the lines of what was sold: the rows of a table or a till roll, told by their numbers and then by
their words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import days, lettered
from functions.extractor.peru.units import a_unit
from functions.extractor.reading import gutters, parts, phrases, reach, region, ruling, table
from functions.extractor.reading.completing import complete, count_first, worded
from functions.extractor.reading.cutting import Token, closed, parts_thousands, tokens
from functions.extractor.reading.heading import Head
from functions.extractor.reading.labelled import LabelledAmount
from functions.extractor.reading.lines import Line, share
from functions.extractor.reading.numbers import ROLES, Columns, Roles, assign
from functions.extractor.reading.phrases import Words, has_words
from functions.extractor.reading.reading import Goods, Seen, around
from functions.extractor.reading.saying import give_words, loose_rows, summed, without_codes
from functions.extractor.reading.sold import (
    CENTS,
    adds_up,
    amount_of,
    amounts_for_prices,
    is_inside,
    is_size,
    is_sold,
    sum_at,
    without_rebates,
    without_sections,
)
from functions.extractor.reading.table_columns import Table, columns_of, unit_of
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row, Sheet

_BESIDE = 30
"""The most lines that stand beside a letterhead or another box."""


def read(sheets: Sequence[Sheet], head: Head | None) -> Goods:
    """Returns the items and where they stand. Once the lines make the sums printed below them, later pages
    are another paper (an order, a guía) and give no items.
    """
    sheets = [parts.without_periods(sheet) for sheet in sheets]
    goods = Goods([], [], [])
    heads: Table | None = None
    whole = False
    for order, sheet in enumerate(sheets):
        own = table.find(sheet)
        heads = own or heads
        known = heads if own or order else None
        unheaded = region.begin(sheet, head) if order == 0 or heads is None else 0
        begin = _behind_carried(sheet, unheaded if own is None else own.last + 1, goods.items)
        end, lines = _lines(sheet, begin, known) if known is not None else _whole(sheet, begin)
        goods.starts.append(own.first if own is not None else 0)
        goods.tables.append(range(own.first, end) if own is not None and not whole else range(0))
        if not whole:
            found = amounts_for_prices([_item(sheet, line) for line in lines], sheet.rows[end:])
            if own is not None:
                found = _with_others(sheet, own, range(unheaded, begin), end, found, goods.items)
            if not goods.items:
                makes = adds_up(found, sheet.rows[end:])
                found = _in_parts(sheet, head, found, own, whole=makes)
            goods.items.extend(found)
            whole = whole or adds_up(goods.items, sheet.rows[end:])
    return goods


def _with_others(
    sheet: Sheet,
    own: Table,
    above: range,
    end: int,
    found: list[dict[str, Seen]],
    before: Sequence[dict[str, Seen]],
) -> list[dict[str, Seen]]:
    """Returns a table's items with those of the tables above and below it (labour and parts of a workshop),
    where all of them together make the sums printed below; else `found`, its items down to the row `end`.
    `above`: the rows down to the table's first.
    """
    stop = table.stop(sheet, own)
    if stop > end and adds_up([*before, *found], sheet.rows[end:]):
        return found
    end, lines = _lines(replace(sheet, rows=sheet.rows[:stop]), above.stop, own)
    first, last = (_other(sheet, r) for r in (range(above.start, own.first), range(end, len(sheet.rows))))
    middle = [_item(sheet, line) for line in lines]
    for one, other in ((first, []), ([], last), (first, last)):
        every = [*one, *middle, *other]
        if (one or other) and adds_up([*before, *every], sheet.rows[end:]):
            return every
    return found


def among(sheets: Sequence[Sheet], charges: Sequence[LabelledAmount]) -> list[dict[str, Seen]]:
    """Returns the items that amounts of the sums are; under the headings of their page, where they stand in the
    table's column.
    """
    found: list[dict[str, Seen]] = []
    for order, sheet in enumerate(sheets):
        own = [parts.called(sheet.rows[c.row], c.end * sheet.em) for c in charges if c.sheet == order]
        if own:
            heads = table.find(sheet)
            known = (
                heads
                if heads is not None and all(_is_priced_in(row, heads, sheet.em) for row in own)
                else None
            )
            _, lines = _lines(replace(sheet, rows=own), 0, known, all_sold=True)
            found += [_item(sheet, line) for line in lines]
    return found


def _is_priced_in(row: Row, heads: Table, em: float) -> bool:
    """True where a row's last amount stands in the table's column of amounts."""
    sums = [row.word_at(a.start) for a in money(row.text)]
    return bool(sums) and any(
        c.x0 - em < sums[-1].x1 and sums[-1].x0 < c.x1 + em for c in heads.named("amount")
    )


def _other(sheet: Sheet, rows: range) -> list[dict[str, Seen]]:
    """Returns the items that stand in some of a page's rows."""
    part = replace(sheet, rows=sheet.rows[rows.start : rows.stop])
    heads = table.find(part)
    _, lines = _lines(part, 0 if heads is None else heads.last + 1, heads)
    return [_item(sheet, line) for line in lines]


def _in_parts(
    sheet: Sheet, head: Head | None, found: list[dict[str, Seen]], heads: Table | None, *, whole: bool
) -> list[dict[str, Seen]]:
    """Returns the items of a page whose boxes stand beside each other: those of the part beside a gutter, or
    of both, that are all called by a name and make a sum which is printed with its label; else `found`. Where
    these do so too (`whole`), a part must count as many; a long list has no letterhead beside it. Below
    headings, and of one line, a part counts only where a line of `found` has its words from beyond the gutter, and the
    one line's own stand beside its amount.
    """
    if whole and len(found) > _BESIDE:
        return found
    told = [{name for name, *_ in labels_in(lettered(row.text))} for row in sheet.rows]
    sums = [
        row
        for row, own, above in zip(sheet.rows, told, [set[str](), *told], strict=False)
        if own or {"igv", "total"} <= above  # under labels that stand beside each other
    ]
    counted = sum("quantity" in item for item in found)
    for x, sides in gutters.parted(sheet):
        strays = any(gutters.strays(item, sheet, heads, x) for item in found)
        if heads is not None and not strays:
            continue
        left, right = (_other(part, range(region.begin(part, head), len(part.rows))) for part in sides)
        for own in (left, right, [*left, *right]):
            named = all("description" in item for item in own) and (
                len(own) > 1 or (strays and len(own) == 1 and gutters.is_in_a_row(own[0], sheet))
            )
            same = len(own) == len(found) and sum("quantity" in item for item in own) >= counted
            if named and (same or not whole) and adds_up(own, sums):
                return own
    return found


def _whole(sheet: Sheet, begin: int) -> tuple[int, list[Line]]:
    """Returns the end of what was sold and its lines, where there are no headings. Where the page says its
    total before the lines, they are the lines below it that add up to what is printed further down.
    """
    first = end, lines = _lines(sheet, begin, None)
    while not lines and end < len(sheet.rows) * 0.6:
        end, lines = _lines(sheet, end + 1, None)
    return (end, lines) if adds_up([_item(sheet, line) for line in lines], sheet.rows[end:]) else first


def _behind_carried(sheet: Sheet, begin: int, items: Sequence[dict[str, Seen]]) -> int:
    """Returns the row behind the one that only carries over the sum of the lines on the pages before (VIENEN
    814.30), where it stands above the page's first line; else `begin`.
    """
    first = next((i for i, row in enumerate(sheet.rows[begin:], begin) if money(row.text)), None)
    sums = [] if first is None or not items else money(sheet.rows[first].text)
    carries = len(sums) == 1 and abs(sums[0].value - sum(map(amount_of, items))) <= CENTS
    return first + 1 if carries and first is not None else begin


def _lines(
    sheet: Sheet, begin: int, heads: Table | None, *, all_sold: bool = False
) -> tuple[int, list[Line]]:
    """Returns the end of what was sold, and its lines, each with its numbers and words."""
    em = sheet.em
    columns = Columns(
        []
        if heads is None
        else table.one_amount(ruling.bounded(sheet, heads, begin - 1), sheet.rows[begin:], em),
        em,
    )
    left, right = reach.edges(
        columns, () if heads is None else sheet.rows[begin:], apart=heads is not None and heads.apart
    )
    flush = heads is not None and reach.is_flush(columns, sheet.rows[begin:])
    cut = {
        id(row): tokens(row, reach.left_of(row, left, columns, flush=flush), right)
        for row in sheet.rows[begin:]
    }
    if heads is not None:
        cut = {key: reach.before_the_edge(found, columns) for key, found in cut.items()}
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
        end = region.end(sheet, begin, region.reach(columns), lambda r: _is_line(roles[id(r)], columns))
        return roles, len(sheet.rows) if all_sold else end

    roles, end = told()
    for _ in range(2):
        # Rows that multiply teach the columns, which the others follow; rows below the end teach nothing.
        columns.learn(roles[id(row)] for row in sheet.rows[begin:end])
        roles, end = told()
    anchor = (
        "amount" if heads is None or heads.named("amount") or not heads.named("unit_price") else "unit_price"
    )
    lines: list[Line] = []
    others: list[tuple[Row, list[Token]]] = []
    for row in parts.rows(sheet, begin, end):
        if anchor in roles[id(row)].tokens and (heads or roles[id(row)].multiplies or not days(row.text)):
            lines.append(Line(row, roles[id(row)], Words()))
        else:
            others.append((row, cut[id(row)]))
    lines = without_sections(lines[: sum_at(lines, sheet.rows[end:])], sheet.rows[end:])
    if heads is None:
        inside = [line for line in lines if is_inside(line, lines, em)]
        others += [(line.row, cut[id(line.row)]) for line in inside]
        lines = [line for line in lines if line not in inside]
        bare = [
            line
            for line in lines
            if not has_words(worded(cut[id(line.row)])) or phrases.is_measured(cut[id(line.row)])
        ]
        full = [line for line in lines if line not in bare]
        kept = complete(full, [(line.row, cut[id(line.row)]) for line in bare], cut, em)
        lines = [line for line in lines if line in full or any(line.row is row for row, _ in kept)]
    others = complete(lines, others, cut, em)
    if heads is not None:
        short = [
            row
            for row, _ in others
            if _is_line(roles[id(row)], columns) and not is_size(roles[id(row)], lines)
        ]
        lines = sorted(
            [*lines, *(Line(row, roles[id(row)], Words()) for row in short)], key=lambda line: line.row.y
        )
        others = [(row, text) for row, text in others if row not in short]
    count_first(lines, cut, columns)
    give_words(lines, cut, columns, heads, others)
    _measure(lines, columns)
    others = without_codes(lines, others, em)
    share(lines, loose_rows(lines, others, columns, summed(sheet.rows)), sheet, headed=heads is not None)
    apart = any(phrases.leads_apart(line.words.text, em) for line in lines)
    _leads(lines, em, coded=heads is not None and (apart or _codes(sheet, heads)))
    sold = without_rebates([line for line in lines if is_sold(line)], sheet.rows[end:])
    return _before_rebate(sheet, begin, end), sold


def _before_rebate(sheet: Sheet, begin: int, end: int) -> int:
    """Returns the end of what was sold, before the only rebate: behind all lines it is the paper's own."""
    rebates = [n for n in range(begin, end) if parts.is_rebate(sheet.rows[n])]
    return end - 1 if rebates == [end - 1] and not parts.is_last_line(sheet, end - 1) else end


def _measure(lines: Sequence[Line], columns: Columns) -> None:
    """Gives each quantity without a unit the one that its heading ends in, or the prices': `S/ x KG`."""
    named = ("quantity", "unit_price")
    unit = next((u for name in named for c in columns.heads if c.name == name and (u := unit_of(c))), None)
    if unit is None:
        return
    for line in lines:
        quantity = line.roles.tokens.get("quantity")
        if quantity is not None and line.words.unit is None:
            line.words.unit = replace(quantity, text=unit, number=None)


def _leads(lines: Sequence[Line], em: float, *, coded: bool) -> None:
    """Marks the first words of lines that are no part of their descriptions: codes, where most lines begin
    with one, and numbers that only count the lines.
    """
    led = [(i, line, line.text[0]) for i, line in enumerate(lines, 1) if has_words(line.text[1:])]
    codes = [line for _, line, first in led if phrases.is_code(first) or phrases.leads_apart(line.text, em)]
    counts = [line for i, line, first in led if first.text.isdigit() and int(first.text) == i]
    for found, least in ((codes, 1 if coded else 2), (counts, 2)):
        if len(found) >= max(least, 0.6 * len(lines)):
            for line in found:
                line.lead = 1


def _codes(sheet: Sheet, heads: Table) -> bool:
    """True where a heading names codes, in a column of its own or in one cell with the descriptions'."""
    rows = sheet.rows[heads.first : heads.last + 1]
    return bool(heads.named("code")) or any(c.name == "code" for row in rows for c in columns_of(row))


def _is_line(roles: Roles, columns: Columns) -> bool:
    """True where a row's numbers are those of an item, whatever its words mean elsewhere."""
    if roles.multiplies or (roles.cut and all(map(columns.supports, roles.tokens))):
        return True
    told = [
        role
        for role, token in roles.tokens.items()
        if columns.supports(role) and columns.distance(token, role) < 1
    ]
    return "quantity" in told and len(told) > 1


def _item(sheet: Sheet, line: Line) -> dict[str, Seen]:
    item: dict[str, Seen] = {}
    words = phrases.name_of(line.text)
    text = phrases.joined(words)
    if re.search(r"[^\W\d_]", text):
        item["description"] = Seen(text, text, around(sheet, [word.cell for word in words]))
    for name in ROLES:
        token = line.roles.tokens.get(name)
        if token is not None and token.number is not None:
            item[name] = Seen(token.number.value, str(token.number.value), around(sheet, [token.cell]))
    if (at := line.words.unit) is not None:
        unit = a_unit(at.text) or at.text
        item["unit"] = Seen(unit, unit, around(sheet, [at.cell]))
    return item
