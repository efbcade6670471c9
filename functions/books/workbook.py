"""Writes tables as an XLSX workbook whose cells have the types of their values: text stays text, dates are
dates, amounts are numbers.

Only totals are formulas, and those are ours. Whatever comes from strangers is written as text that no
spreadsheet runs or follows, even when a person opens the cell to edit it. XlsxWriter is loaded with the first
workbook: the webhook never makes one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["text", "date", "money", "rate", "quantity", "link", "padded"]
"""The content of a column. `link`: an address that we made ourselves. `padded`: a text filled with blanks to
the column's width, an empty one too.
"""
Value = str | date | Decimal | int | None
_FORMATS = {
    "text": {"num_format": "@"},
    "date": {"num_format": "dd/mm/yyyy", "align": "left"},
    "money": {"num_format": "#,##0.00"},
    "rate": {"num_format": "0.000"},
    "quantity": {"num_format": "General"},
    "padded": {"num_format": "@"},
    "link": {"font_color": "#0563C1", "underline": 1},
}
_LONGEST = 32_000
"""The most characters of a cell; Excel takes 32,767."""
MOST_ROWS, ALL_ROWS = 150_000, 1_048_000
"""The most rows of a sheet: as many as one request writes in time, and as many as Excel takes beside heading
and total.
"""
_MOST_LINKS = 60_000
"""The most addresses of a sheet; Excel takes 65,530, and any further one is written as text."""
_FIRST_YEAR = 1900
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]+"
)
"""Characters that XML refuses, that break a row, or that have no width: these say nothing in a name, and hide
the sign with which a formula begins.
"""
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 - as the format has it, and as old as its ZIP entries say
"""The time that a workbook gives as that of its making. It is fixed, so that the same tables are the same
bytes and a request that is tried again stores nothing new.
"""
_BEGINS_FORMULA = re.compile(r"\s*[=+\-@＝＋－−﹣﹢﹦﹫＠]")


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, what stands below it, how wide it is in characters, and whether it is added up."""

    title: str
    kind: Kind = "text"
    width: float = 12
    total: bool = False


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A table under its name (31 characters at most). `caption`: the words of the total's row; without them
    there is no such row.

    A `bare` table has neither heading nor filter: it begins with its first row, as programs that import it
    ask.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    caption: str = ""
    bare: bool = False


def clean(said: str) -> str:
    """Returns a text as a cell shows it: on one line, without characters that cannot be seen."""
    return " ".join(_UNSEEN.sub(" ", said).split())[:_LONGEST]


def written(sheets: Sequence[Worksheet], most: int = MOST_ROWS) -> tuple[bytes, int]:
    """Returns (the workbook's bytes, the number of rows that were left out because a sheet holds `most`)."""
    import xlsxwriter  # only a request that makes a workbook waits for it

    out = io.BytesIO()
    # Constant memory: a row is written out as soon as the next one begins, so that a large month takes as
    # much memory as a small one.
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": _CREATED})
    styles = {kind: book.add_format(style) for kind, style in _FORMATS.items()}
    styles["quoted"] = book.add_format({"num_format": "@", "quote_prefix": True})
    styles["head"] = book.add_format(
        {"bold": True, "bg_color": "#DDEBF7", "bottom": 1, "text_wrap": True, "valign": "top"}
    )
    styles["total"] = book.add_format({"bold": True, "num_format": "#,##0.00", "top": 1})
    left_out = sum([_write(book.add_worksheet(sheet.name), sheet, styles, most) for sheet in sheets])
    book.close()
    return out.getvalue(), left_out


def _write(page: Any, sheet: Worksheet, styles: dict[str, Any], most: int) -> int:
    """Writes one sheet, from top to bottom as constant memory asks; returns the number of rows that it had no
    place for.
    """
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        if not sheet.bare:
            page.write_string(0, at, column.title, styles["head"])
    sums: dict[int, Decimal] = {at: Decimal(0) for at, column in enumerate(sheet.columns) if column.total}
    first = 0 if sheet.bare else 1
    rows = left_out = 0
    for values in sheet.rows:
        if rows == most:
            left_out += 1
            continue
        for at, (column, value) in enumerate(zip(sheet.columns, values, strict=True)):
            _cell(page, (first + rows, at), column, value, styles)
            if at in sums and isinstance(value, Decimal | int):
                sums[at] += value
        rows += 1
    last = rows
    if not sheet.bare:
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, last, len(sheet.columns) - 1)
    if sheet.caption and last:
        _total(page, last, sheet.caption, sums, styles["total"])
    return left_out


def _total(page: Any, last: int, caption: str, sums: dict[int, Decimal], style: Any) -> None:
    """Writes the sums under the filtered rows, a blank row between, so that a filter neither hides nor sorts
    them.
    """
    page.write_string(last + 2, 0, caption, style)
    for at, amount in sums.items():
        column = _letters(at)
        page.write_formula(last + 2, at, f"=SUM({column}2:{column}{last + 1})", style, float(amount))


def _cell(page: Any, at: tuple[int, int], column: Column, value: Value, styles: dict[str, Any]) -> None:
    if column.kind == "padded":
        page.write_string(*at, clean(str(value or "")).ljust(int(column.width)), styles["padded"])
    elif value is None:
        return
    elif isinstance(value, date) and value.year >= _FIRST_YEAR:
        page.write_datetime(*at, value, styles["date"])
    elif isinstance(value, Decimal | int):
        page.write_number(*at, float(value), styles[column.kind])
    elif column.kind == "link" and at[0] <= _MOST_LINKS:
        page.write_url(*at, str(value), styles["link"], "abrir")
    elif said := clean(str(value)):
        page.write_string(*at, said, styles["quoted" if _BEGINS_FORMULA.match(said) else "text"])


def _letters(at: int) -> str:
    """A column's name, from 0: A, B, … Z, AA."""
    return ("" if at < 26 else _letters(at // 26 - 1)) + chr(ord("A") + at % 26)
