"""Joins the headings that stand over several rows, and tells which of them is the description."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import amounts, lettered
from functions.extractor.peru.units import a_unit
from functions.extractor.reading.column_names import label_of, name_of
from functions.extractor.reading.table_columns import Table, TableColumn, columns_of, in_row, is_variant
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row, Sheet, Word

_STACKED = re.compile(r"\W*(?:DEL?|LA|BIEN|VENTA|PRICE|UNIT\.|PROD\.|US|USD|EUR)?\W*")
"""Words that may stand in the second and third row of a heading beside words that name a column."""


def stacked(sheet: Sheet, at: int, columns: Sequence[TableColumn]) -> Table:
    """Returns the table with the words under the first row of its headings."""
    found, last = _under(sheet, at, columns), at
    known = [c for c in found if c.name != "other"]
    left, right = known[0].x0 - sheet.em, known[-1].x1 + sheet.em
    for row in sheet.rows[at + 1 : at + 3]:
        if row.y - sheet.rows[last].y > 1.9 * sheet.em:
            break
        level = row.y - sheet.rows[last].y < 0.7 * sheet.em
        more, stack = _more(row, found, level=level), _stack(row, found, left, right)
        if not more and not stack:
            names = {c.name for c in columns_of(row)} - {"other"}
            again = len(names) > 1 and in_row(row) and not re.search(r"\d|:", row.text)  # in another language
            last += again
            break
        found = sorted([*_joined(found, stack), *more], key=lambda c: c.x0)
        last += 1
    alone = None if any(c.name == "description" for c in found) else _alone(sheet, at, last, left)
    named = alone is not None or any(c.name == "description" for c in found)
    while (
        found[0].name == "other"
        and found[0].x1 < left + sheet.em
        and not _heads_cells(sheet, last, found, named=named)
        and (named or not _heads_words(sheet, last, found))
    ):
        found = found[1:]  # another box stands beside the table
    found = _ended(sheet, last, found)
    if alone is not None:
        number, head = alone
        beside = [TableColumn(name_of(c.text), c.x0, c.x1, c.text) for c in sheet.rows[number].cells]
        more = [
            c
            for c in beside
            if c.name in _MONEY
            and c.name not in {h.name for h in found}
            and not any(c.x1 > h.x0 and c.x0 < h.x1 for h in found)
        ]
        return Table(
            sorted([*found, head, *more], key=lambda c: c.x0), min(at, number), max(last, number), apart=True
        )
    return Table(_with_description(found, sheet.rows[last + 1 : last + 7]), at, last)


def _joined(found: Sequence[TableColumn], words: Sequence[Word]) -> list[TableColumn]:
    """Returns the headings with the words of another row, each added to the nearest heading."""
    columns = list(found)
    for word in words:
        i = min(range(len(columns)), key=lambda k: abs(columns[k].x - word.x))
        column = columns[i]
        columns[i] = replace(
            column, x0=min(column.x0, word.x0), x1=max(column.x1, word.x1), text=f"{column.text} {word.text}"
        )
    return [
        replace(c, name=name_of(c.text)) if " " in c.text and c.name != "description" else c for c in columns
    ]


def _under(sheet: Sheet, at: int, columns: Sequence[TableColumn]) -> list[TableColumn]:
    """Returns the headings with their first words, where these stand in the row above and nothing else does:
    IMPORTE over DE VENTA. A heading that alone names a column keeps that name.
    """
    above = sheet.rows[at - 1] if at else None
    if above is None or sheet.rows[at].y - above.y > 1.9 * sheet.em or re.search(r"\d|:", above.text):
        return list(columns)
    over = [(c, [h for h in columns if h.x0 < c.x1 and c.x0 < h.x1]) for c in above.cells]
    if any(len(heads) > 1 or name_of(c.text) == "other" for c, heads in over):
        return list(columns)
    first = {id(heads[0]): c for c, heads in over if heads}
    # Words over no heading are a heading of their own.
    alone = [TableColumn(name_of(c.text), c.x0, c.x1, c.text) for c, heads in over if not heads]
    if any(c.name in {h.name for h in columns} or c.name == "description" for c in alone):
        return list(columns)
    texts = [(h, f"{first[id(h)].text} {h.text}" if id(h) in first else h.text) for h in columns]
    found = [
        replace(h, name=name_of(t), text=t)
        if t != h.text and (h.name == "other" or re.search(r"[()]", h.text))
        else h
        for h, t in texts
    ]
    return sorted([*found, *alone], key=lambda c: c.x0)


def _heads_cells(sheet: Sheet, last: int, found: Sequence[TableColumn], *, named: bool) -> bool:
    """True where the rows below begin with a cell under the first heading: a code or the like where another
    heading is the description (`named`), else words.
    """
    if re.search(r"\d|:", found[0].text):
        return False
    after = found[1].x0
    below = [r for r in sheet.rows[last + 1 : last + 7] if money(r.text) and not labels_in(lettered(r.text))]
    most = max((len(r.cells) for r in below), default=0)
    begins = [r.cells[0] for r in below if 2 * len(r.cells) > most]  # not the sum of the page before
    own = [c for c in begins if c.x < after and (c.x1 < after or abs(c.x0 - found[0].x0) < 2 * sheet.em)]
    if not own or len(own) < len(begins):
        return False
    if named:
        return all(len(c.text) <= 10 and " " not in c.text for c in own)
    return len(found) > 1 and (
        found[1].name == "other" or all(re.search(r"[^\W\d_]{3}", c.text) for c in own)
    )


def _heads_words(sheet: Sheet, last: int, found: Sequence[TableColumn]) -> bool:
    """True where what was sold is named in rows of its own under unknown headings, above or below the rows of
    its numbers, which show no words there.
    """
    unknown = list(itertools.takewhile(lambda c: c.name == "other", found))
    rows = sheet.rows[last + 1 : last + 7]
    priced = [r for r in rows if money(r.text) and not labels_in(lettered(r.text))]
    if any(_is_said(w.text) for r in priced for w in r.words if w.x > unknown[-1].x0 - sheet.em):
        return False
    return any(
        _is_said(c.text) and any(abs(c.x0 - head.x0) < 1.5 * sheet.em for head in unknown)
        for r in rows
        if any(abs(r.y - p.y) < 2 * sheet.em for p in priced) and not money(r.text)
        for c in r.cells
    )


def _is_said(text: str) -> bool:
    """True where the text is more than a number, a code or a unit."""
    return re.search(r"[^\W\d_]{3}", text) is not None and a_unit(text) is None


def _ended(sheet: Sheet, last: int, found: Sequence[TableColumn]) -> list[TableColumn]:
    """Returns the headings up to the last known one. If none is an amount's, an unknown heading beyond them
    is, where quantity times price stands under it.
    """
    known = max(i for i, c in enumerate(found) if c.name != "other")
    kept = list(found[: known + 1])
    row = next((r for r in sheet.rows[last + 1 : last + 4] if len(money(r.text)) > 1), None)
    if row is None or len(kept) == len(found) or any(c.name == "amount" for c in found):
        return kept
    values = [a.value for a in amounts(row.text)]
    word = row.word_at(money(row.text)[-1].start)
    made = any(
        abs(a * b - values[-1]) < Decimal("0.011")
        for a, b in itertools.combinations(values[:-1], 2)
        if values[-1] and 1 not in (a, b)
    )
    over = [c for c in found[known + 1 :] if c.x1 > word.x0 and c.x0 < word.x1]
    return [*kept, replace(over[0], name="amount")] if made and over else kept


_MONEY = ("unit_price", "amount", "tax", "discount")


def _more(row: Row, found: Sequence[TableColumn], *, level: bool) -> list[TableColumn]:
    """Returns the headings of a second row that add to no heading above: those under one that spans them
    (VALOR over UNITARIO and TOTAL), or those of a row of their own. All of them count where the row is
    `level` with the first, which is then set at the middle of two.
    """
    if re.search(r"\d|:", row.text):
        return []
    if level and not any(c.x1 > h.x0 and c.x0 < h.x1 for c in row.cells for h in found):
        return [TableColumn(name_of(c.text), c.x0, c.x1, c.text) for c in row.cells]
    priced = [h for h in found if h.name in _MONEY]
    apart = row.cells if not any(c.x1 > h.x0 and c.x0 < h.x1 for c in row.cells for h in priced) else ()
    cells = apart or [c for c in row.cells if c.x0 > max(h.x1 for h in found)]
    more = [TableColumn(name_of(c.text), c.x0, c.x1, c.text) for c in cells]
    return more if all(c.name in _MONEY for c in more) else []


def _stack(row: Row, found: Sequence[TableColumn], left: float, right: float) -> list[Word]:
    """Returns the words of a row that go on with the headings above them; none where the row says something
    else or names the description.
    """
    own = [h for h in found if h.x1 > left]  # another box may stand to the left
    cells = [c for c in row.cells if any(c.x1 > h.x0 and c.x0 < h.x1 for h in own)]
    if money(row.text) or (len(cells) == 1 and name_of(cells[0].text) == "description"):
        return []
    words = [w for w in row.words if any(w.cell is c for c in cells)]
    named = [
        w
        for w in words
        if _STACKED.fullmatch(lettered(w.text)) or {label_of(w.text), label_of(w.cell.text)} != {"other"}
    ]
    stack = [w for w in named if re.search(r"[^\W_]|[/$€]", w.text)]
    if any(w not in stack and left < w.x < right for w in words):
        return []
    say_more = [w.cell for w in words if w not in named]
    return [w for w in stack if not any(w.cell is cell for cell in say_more)]


def _alone(sheet: Sheet, first: int, last: int, left: float) -> tuple[int, TableColumn] | None:
    """Returns the description's heading from a row of its own, right above the others or right below, where a
    row of a box to the left of the table may stand between.
    """
    below = last + 1
    while below + 1 < len(sheet.rows) and all(
        c.x1 < left and name_of(c.text) != "description" for c in sheet.rows[below].cells
    ):
        below += 1
    for number, beside in ((first - 1, first), (below, last)):
        if (
            not 0 <= number < len(sheet.rows)
            or abs(sheet.rows[number].y - sheet.rows[beside].y) > _BELOW * sheet.em
        ):
            continue
        for cell in sheet.rows[number].cells:
            if (
                len(cell.text) < 40
                and name_of(cell.text) == "description"
                and not re.search(r"\d|:", cell.text)
            ):
                return number, TableColumn("description", cell.x0, cell.x1, cell.text)
    return None


_BELOW = 2.8
"""Line heights between the headings and the description's own row, which may be the third of theirs."""


def _head_over(word: Word, columns: Sequence[TableColumn]) -> TableColumn:
    """Returns the heading over a word's cell, else the one whose edge is nearest to the cell's."""
    cell = word.cell
    return min(columns, key=lambda c: (c.x1 < cell.x0 or cell.x1 < c.x0, abs(c.x0 - cell.x0)))


def _with_description(columns: list[TableColumn], rows: Sequence[Row]) -> list[TableColumn]:
    """Returns the columns with a description among them. Where no column is called so, Ítem is the
    description, else the unknown column with the most letters in the rows below, the widest of equals.
    """
    names = {c.name for c in columns}
    if "description" in names or not (names & {"quantity", "unit_price"} or names >= {"code", "amount"}):
        return columns
    items = [c for c in columns if c.name == "order" and lettered(c.text).startswith(("ITEM", "1TEM"))]
    sold = [row for row in rows if money(row.text) and not labels_in(lettered(row.text))]
    words = [w for row in sold for w in row.words]

    def worth(column: TableColumn) -> tuple[int, float]:
        own = (w.text for w in words if _head_over(w, columns) is column)
        return sum(c.isalpha() for text in own for c in text), column.x1 - column.x0

    unknown = (c for c in columns if c.name == "other" and not is_variant(c.text))
    others = sorted(unknown, key=worth, reverse=True)
    chosen = next(iter([*(c for c in items if worth(c)[0]), *others, *items]), None)
    return [replace(c, name="description") if c is chosen else c for c in columns]
