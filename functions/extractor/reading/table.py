"""Finds the headings of an item table: over one row or stacked over three, set, centred, or beside the words
of another box.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from functions.extractor.peru.labels import labels_in
from functions.extractor.peru.tokens import lettered
from functions.extractor.peru.units import a_unit
from functions.extractor.peru.wording import Stems
from functions.extractor.reading.column_names import name_of
from functions.extractor.reading.stacking import stacked
from functions.extractor.reading.table_columns import SIZES, Table, TableColumn, columns_of, unit_of
from functions.extractor.reading.totals import money
from functions.extractor.sheets.rows import Row, Sheet, Word

_ANSWERED = re.compile(r":\s?\S|^[^\W\d][^\d%]{2,12}[\s.](?:US\$|S/)?\s?-?\d[\d,.]*(?:\s\w{1,4})?$")
"""A label with its value, as in `Cantidad: 2` and `Cant. 1 MES`."""

_PAPERS = Stems("CUOTA VENCIMIENT GUIA")
"""Headings of a table of payments or guides, rather than of what was sold."""
_AMOUNT = r"\W*(?:S/|US\$)?\s?-?\d[\d,]*\.\d\d"


def find(sheet: Sheet) -> Table | None:
    """Returns the item table's headings, or None. They name at least two columns, among them a description,
    an amount, or quantity and price; of several such rows the richest wins.
    """
    best: tuple[float, Table] | None = None
    last = max((at for at, row in enumerate(sheet.rows) if money(row.text)), default=len(sheet.rows))
    for at, row in enumerate(sheet.rows[:last]):
        columns = _of_the_table(row, _without_sentence(row, columns_of(row, headings=_over_cells(sheet, at))))
        names = {c.name for c in columns} - {"other"}
        if "description" in names and not names & {"amount", "unit_price"} and not re.search(r"\d", row.text):
            columns += _unheaded_amount(sheet, at)
            names = {c.name for c in columns}
        if (
            len(names) < 2
            or not (names & {"description", "amount"} or {"quantity", "unit_price"} <= names)
            or _answers(row) > 1
            or _sums(row, names)
            or any(
                row.word_at(a.start).x < max(c.x1 for c in columns if c.name != "other")
                for a in money(row.text)
            )
        ):
            continue  # another box may stand to the right of the table
        table = stacked(sheet, at, columns)
        names = {c.name for c in table.columns}
        score = (
            len(names - {"other"})
            + 2.0 * ("description" in names)
            + 1.0 * ("quantity" in names)
            + 1.0 * ("unit_price" in names)
        )
        if _PAPERS.found_in(lettered(row.text)):
            score -= 3
        if score < 4:
            continue
        if not any(name_of(c.text) == "description" for c in table.columns):
            score -= 0.5  # what is sold is not called so, as where another row's headings do
        if not {c.name for c in columns_of(row)} & {"amount", "unit_price"}:
            score -= 0.5  # a title over a table with headings of its own
        if best is None or score > best[0]:
            best = (score, table)
    return None if best is None else _measured(_sized(sheet, _without_next(sheet, best[1])))


def _without_sentence(row: Row, columns: list[TableColumn]) -> list[TableColumn]:
    """Returns the headings without those of a first phrase of which most words head nothing: a box's sentence
    stands beside the table.
    """
    cell = row.cells[0]
    own = [c for c in columns if c.x1 <= cell.x1 + 0.1]
    known = sum(len(c.text.split()) for c in own if c.name != "other")
    words = len(cell.text.split())
    sentence = len(own) < len(columns) and words >= _LONG and 2 * known < words
    return columns[len(own) :] if sentence else columns


def _of_the_table(row: Row, columns: list[TableColumn]) -> list[TableColumn]:
    """Returns the headings behind a label with its answer, and before an amount with its label: `VALOR VENTA :
    159.48`. A form stands beside the table, or the box of the sums.
    """
    for answer in row.cells[1:2]:
        if row.cells[0].text.endswith(":") and name_of(answer.text) == "other":
            columns = [c for c in columns if c.x0 > answer.x1]
    sums = [c.x0 for c in row.cells if money(c.text)]
    sums += [
        c.x0
        for c, value in itertools.pairwise(row.cells)
        if labels_in(lettered(c.text))
        and re.fullmatch(_AMOUNT, value.text)
        and (c.text.endswith(":") or value is row.cells[-1])
    ]
    return [c for c in columns if c.x0 < min(sums, default=c.x1)]


_LONG = 5
"""Words from which a phrase may be a sentence."""


def _without_next(sheet: Sheet, table: Table) -> Table:
    """Returns the table up to its last amounts' column, where hardly a row with an amount there shows a number
    further right: the headings beyond are those of a table beside it.
    """
    last = next((c for c in reversed(table.columns) if c.name == "amount"), None)
    own = [] if last is None else table.columns[: table.columns.index(last) + 1]
    if last is None or all(c.name != "description" for c in own) or last is table.columns[-1]:
        return table
    reach = sheet.em
    priced = [
        row
        for row in sheet.rows[table.last + 1 :]
        if any(
            w.x1 > last.x0 - reach and w.x0 < last.x1 + reach
            for w in (row.word_at(a.start) for a in money(row.text))
        )
    ]
    beyond = [
        row for row in priced if any(c.x0 > last.x1 + reach and re.search(r"\d", c.text) for c in row.cells)
    ]
    return table if len(beyond) * 2 >= len(priced) else replace(table, columns=own)


def _sized(sheet: Sheet, table: Table) -> Table:
    """Returns the table with a column `Medida` as one of sizes where numbers and no unit stand in it:
    `265/65 R17`.
    """

    def has_sizes(column: TableColumn) -> bool:
        rows = sheet.rows[table.last + 1 : table.last + 8]
        words = [w.text for row in rows for w in row.words if w.x0 < column.x1 and column.x0 < w.x1]
        return any(map(str.isdigit, "".join(words))) and not any(map(a_unit, words))

    sizes = [c for c in table.named("unit") if lettered(c.text) in SIZES and has_sizes(c)]
    columns = [replace(c, name="other") if c in sizes else c for c in table.columns]
    return replace(table, columns=columns)


def _measured(table: Table) -> Table:
    """Returns the table with the column that is headed by a unit, or by what was consumed, as that of the
    quantities where none is called so: `Concepto | m³ | Tarifa | Importe`.
    """
    if not table.named("description") or table.named("quantity"):
        return table
    priced = table.named("unit_price") != []
    found = [
        c
        for c in table.columns
        if c.name == "other" and ((priced and unit_of(c)) or lettered(c.text) in _CONSUMED)
    ]
    if len(found) != 1:
        return table
    columns = [replace(c, name="quantity") if c is found[0] else c for c in table.columns]
    return replace(table, columns=columns)


_CONSUMED = ("CONSUMO", "M3", "SM3", "KWH", "KVARH")
"""Headings of what a public service's bill charges for, whether or not it shows prices."""


def _answers(row: Row) -> int:
    """Returns how many labels of a row stand with their values: behind them in one phrase, or as a sum's amount
    in the next.
    """
    said = sum(_ANSWERED.search(c.text) is not None for c in row.cells)
    pairs = itertools.pairwise(lettered(c.text) for c in row.cells)
    return said + sum(
        bool(labels_in(label)) and re.fullmatch(_AMOUNT, value) is not None for label, value in pairs
    )


def _sums(row: Row, names: set[str]) -> bool:
    """True where a row heads the paper's sums, set beside one another: `GRAVADAS | IGV | PRECIO DE VENTA`."""
    labels = {name for name, *_ in labels_in(lettered(row.text))}
    return not names & {"description", "quantity"} and "igv" in labels and len(labels) > 1


def _over_cells(sheet: Sheet, at: int) -> bool:
    """True where a row of three phrases or more without numbers heads columns by its place: a cell of the
    next row stands under each, an amount under the last.
    """
    row = sheet.rows[at]
    if len(row.cells) < 3 or re.search(r"\d|:", row.text):
        return False
    below = next((r for r in sheet.rows[at + 1 : at + 3] if money(r.text)), None)
    if below is None or labels_in(lettered(below.text)):
        return False
    last = below.word_at(money(below.text)[-1].start).cell
    under = [[c for c in below.cells if c.x1 > head.x0 and c.x0 < head.x1] for head in row.cells]
    return all(under) and last in under[-1]


def _unheaded_amount(sheet: Sheet, at: int) -> list[TableColumn]:
    """Returns an amount column without a heading, at the place of the next row's amount. If an amount stands
    in it above these headings too, they are the title of a section, and there is no such column.
    """
    for row in sheet.rows[at + 1 : at + 3]:
        word = _priced(row)
        if word is not None:
            above = (_priced(r) for r in sheet.rows[max(0, at - 4) : at])
            begun = any(w is not None and abs(w.x1 - word.x1) < sheet.em for w in above)
            return [] if begun else [TableColumn("amount", word.x0, word.x1)]
    return []


def _priced(row: Row) -> Word | None:
    """Returns the first amount of a row, if words stand before it."""
    sums = money(row.text)
    said = bool(sums) and re.search(r"[^\W\d_]{3}", row.text[: sums[0].start]) is not None
    return row.word_at(sums[0].start) if said else None


def stop(sheet: Sheet, own: Table) -> int:
    """Returns the row below a table's headings that heads columns again, else the number of rows."""
    for number, row in enumerate(sheet.rows[own.last + 2 :], own.last + 2):
        found = {c.name for c in columns_of(row)}
        heads = len(row.cells) > 2 and len(found - {"other"}) > 1 and found & {"amount", "unit_price"}
        if heads and not re.search(r"\d", row.text):
            return number
    return len(sheet.rows)


def one_amount(heads: list[TableColumn], rows: Sequence[Row], em: float) -> list[TableColumn]:
    """Returns the headings with one amount: the last under which amounts stand. An amount heading before it
    is a value without IGV, one after it belongs to another box.
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
    """True where amounts stand under several headings and no row shows two: amounts with IGV in one column,
    those without in another.
    """
    places = [[row.word_at(a.start) for a in money(row.text)] for row in rows]
    under = [
        [c for c in named if any(w.x1 > c.x0 - em and w.x0 < c.x1 + em for w in words)] for words in places
    ]
    filled = [found for found in under if found]
    return len({c.x0 for found in filled for c in found}) > 1 and all(len(found) == 1 for found in filled)
