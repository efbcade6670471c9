from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.books import workbook
from functions.books.workbook import Column, Worksheet
from tests.scale import draws

pytestmark = pytest.mark.unit

RUN = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u200b=1",
    "\u00a0=1",
    "\ufeff+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A",
    "−1",
)


def read(data: bytes) -> dict[str, list[list[Any]]]:
    return {
        page.title: [[cell.value for cell in row] for row in page.iter_rows()]
        for page in openpyxl.load_workbook(io.BytesIO(data))
    }


def of_texts(*texts: str) -> bytes:
    return workbook.written([Worksheet("Textos", [Column("Texto")], [[text] for text in texts])])[0]


def test_a_cell_is_what_it_holds() -> None:
    """Codes keep their zeros, dates are dates, amounts are numbers, what is not known is empty, and the sum
    stands apart below the filter.
    """
    columns = [
        Column("RUC", width=13),
        Column("Fecha", "date"),
        Column("Total", "money", total=True),
        Column("TC", "rate"),
        Column("Original", "link"),
    ]
    rows: list[list[workbook.Value]] = [
        ["01", date(2026, 11, 2), Decimal("118.00"), Decimal("3.383"), "https://x.pe/a"],
        ["20100070970", None, Decimal("-18.10"), None, None],
    ]
    data, left_out = workbook.written([Worksheet("Compras", columns, rows, "Total")])
    page = openpyxl.load_workbook(io.BytesIO(data))["Compras"]
    assert read(data) == {
        "Compras": [
            ["RUC", "Fecha", "Total", "TC", "Original"],
            ["01", datetime(2026, 11, 2), 118, 3.383, "abrir"],
            ["20100070970", None, -18.1, None, None],
            [None] * 5,
            ["Total", None, "=SUM(C2:C3)", None, None],
        ]
    }
    assert (
        page.freeze_panes,
        page.auto_filter.ref,
        page["A2"].number_format,
        page["B2"].number_format,
        left_out,
    ) == (
        "A2",
        "A1:E3",
        "@",
        "dd/mm/yyyy",
        0,
    )
    assert openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Compras"]["C5"].value == 99.9


@pytest.mark.parametrize("said", RUN)
def test_what_would_run_is_text_that_stays_text(said: str) -> None:
    """A stranger's text is no formula, however its beginning is hidden, and stays text when somebody edits
    the cell.
    """
    page = openpyxl.load_workbook(io.BytesIO(of_texts(said))).active
    assert page is not None
    cell = page["A2"]
    assert (cell.data_type, cell.quotePrefix, cell.value) == ("s", True, workbook.clean(said))


def test_a_strangers_address_is_no_link() -> None:
    """What looks like an address or a path to a program is plain text."""
    data = of_texts(
        "https://malo.example/x", "mailto:a@b.pe", "internal:Hoja1!A1", "file:///etc/passwd", "ftp://a"
    )
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert b"hyperlink" not in packed.read("xl/worksheets/sheet1.xml")


@given(st.lists(st.text(st.characters(codec=None, categories=None), max_size=60), max_size=5))
@pytest.mark.long
@settings(max_examples=draws(30, 150), deadline=None)
def test_any_text_comes_back_as_one_line_of_it(texts: list[str]) -> None:
    """Whatever a paper's text holds, the workbook opens, and each cell is the text on one line."""
    shown = [row[0] for row in read(of_texts(*texts))["Textos"][1:]]
    shown += [None] * (len(texts) - len(shown))
    assert shown == [workbook.clean(text) or None for text in texts]


def test_a_text_that_spells_an_escape_stays_it() -> None:
    """`_x0041_` is these seven signs and no letter A: its first sign is escaped, as ECMA-376 has it."""
    with zipfile.ZipFile(io.BytesIO(of_texts("_x0041_"))) as packed:
        assert b">_x005F_x0041_<" in packed.read("xl/worksheets/sheet1.xml")


def test_a_text_is_cut_where_a_cell_ends() -> None:
    """A name of forty thousand letters has the first 32,000 of them."""
    assert read(of_texts("A" * 40_000))["Textos"][1:] == [["A" * 32_000]]


def test_what_no_sheet_holds_is_counted() -> None:
    """Rows beyond the most of a sheet are left out, and how many is told."""
    data, left_out = workbook.written([Worksheet("Textos", [Column("Texto")], [["a"]] * 5)], most=3)
    assert (len(read(data)["Textos"]), left_out) == (4, 2)


def test_the_webhook_does_not_load_the_writer() -> None:
    """Who only imports the module has not loaded XlsxWriter."""
    code = "import sys; import functions.books.workbook; print('xlsxwriter' in sys.modules)"
    root = Path(__file__).parents[2]
    assert (
        subprocess.run(
            [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
        ).stdout.strip()
        == "False"
    )


def test_no_workbook_says_when_it_was_made() -> None:
    """The same tables are the same bytes on any day, so that a request that is tried again makes no second
    file.
    """
    data, _ = workbook.written(
        [Worksheet("Compras", [Column("Total", "money", total=True)], [[Decimal("1.10")]], "Total")]
    )
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        dates = set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", packed.read("docProps/core.xml").decode()))
        assert (dates, {one.date_time[0] for one in packed.infolist()}) == ({"1980-01-01T00:00:00Z"}, {1980})
