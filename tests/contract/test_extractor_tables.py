"""A stranger's table, as text, as a workbook and packed, and those that attack who opens it."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.books import proposal, wording, workbook
from functions.books.workbook import Column, Worksheet
from functions.extractor.engine import Extractor
from functions.extractor.opening import document, server, tables
from functions.extractor.opening.child import Opener
from functions.extractor.page import UnreadableFile
from tests.scale import draws

pytestmark = pytest.mark.contract

HEAD = [title for title, _ in wording.RCE]
ROW = [
    "20512345671", "Bodega Luz", "202611", "2012345678601F0010000000123", "20/11/2026", "", "01", "F001", "",
    "123", "", "6", "20123456786", 'FERRETERÍA "EL ÑANDÚ"; HIJOS, S.A.C.', "381.36", "68.64", *["0.00"] * 8,
    "450.00", "PEN", "1.000", *[""] * 14,
]  # fmt: skip


@pytest.fixture(scope="module")
def opener() -> Iterator[Opener]:
    one = Opener()
    one.warm()
    yield one
    one.close()


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:  # a bomb is large
        for name, data in parts.items():
            made.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


def piped(rows: list[list[str]]) -> str:
    return "".join("|".join(row) + "\r\n" for row in rows)


def of_openpyxl() -> bytes:
    """A workbook as another program writes it: shared strings, numbers that were codes, a date that is a
    number.
    """
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(HEAD)
    values: list[object] = list(ROW)
    values[4], values[12], values[24] = date(2026, 11, 20), 20123456786, 450
    page.append(values)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def of_ours() -> bytes:
    columns = [
        Column(title, "date" if at == 4 else "money" if at == 24 else "text") for at, title in enumerate(HEAD)
    ]
    values: list[workbook.Value] = [*ROW]
    values[4], values[24] = date(2026, 11, 20), Decimal("450.00")
    return workbook.written([Worksheet("Hoja", columns, [values])])[0]


COMMAS = (
    ",".join(f'"{cell}"' for cell in HEAD)
    + "\n"
    + ",".join('"' + cell.replace('"', '""') + '"' for cell in ROW)
)


@pytest.mark.parametrize(
    "data",
    [
        piped([HEAD, ROW]).encode(),
        piped([HEAD, ROW]).encode("utf-8-sig"),
        piped([HEAD, ROW]).encode("latin-1"),
        piped([HEAD, ROW]).encode("utf-16"),
        COMMAS.encode(),
        COMMAS.replace('","', '";"').encode("latin-1"),
        of_openpyxl(),
        of_ours(),
        packed(propuesta_txt=piped([HEAD, ROW]).encode()),
        packed(carpeta__propuesta_TXT=piped([HEAD, ROW]).encode()),
        packed(propuesta_csv=COMMAS.encode()),
        packed(propuesta_xlsx=of_openpyxl()),
    ],
    ids=[
        "txt",
        "bom",
        "latin-1",
        "utf-16",
        "csv",
        "semicolons",
        "openpyxl",
        "ours",
        "zip",
        "folder",
        "zip-csv",
        "zip-xlsx",
    ],
)
def test_a_proposal_is_the_same_in_every_dress(opener: Opener, data: bytes) -> None:
    """Pipes, commas, semicolons, UTF-8, UTF-16, Latin-1, XLSX and a ZIP of these give one row, opened in the
    child.
    """
    assert document.may_be_table(data)
    found = proposal.read(opener.table(data, seconds=10))
    assert found is not None
    [row] = found.rows
    assert (row.kind, row.series, row.number, row.supplier) == ("01", "F001", "123", "20123456786")
    assert (row.car, row.day, row.total, row.name, found.ruc) == (
        ROW[3], date(2026, 11, 20), Decimal(450), ROW[13], OWN,
    )  # fmt: skip


OWN = "20512345671"
SHEET = (
    b"<worksheet "
    b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%b</sheetData></worksheet>'
)


def a_workbook(sheet: bytes, **parts: bytes) -> bytes:
    return packed(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=sheet, **parts)


# What is large is made where it is asked for: every process that runs tests imports every module.


@cache
def bomb() -> bytes:
    return packed(propuesta_txt=b"|" * (200 << 20))


def echoes() -> bytes:
    return a_workbook(
        SHEET % ((b"<row>" + b'<c t="s"><v>0</v></c>' * 100 + b"</row>") * 3_000),
        xl__sharedStrings_xml=b"<sst><si><t>" + b"\xc3\xb1" * 1600 + b"</t></si></sst>",
    )


def lzma_packed() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as packing:
        packing.writestr("propuesta.txt", piped([HEAD, ROW]))
    torn = bytearray(made.getvalue())
    torn[60:80] = b"\xff" * 20
    return bytes(torn)


ENTITY = (
    b'<!DOCTYPE a [<!ENTITY b "'
    + b"x" * 1000
    + b'">]><worksheet><sheetData><row><c><v>&b;&b;</v></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (bomb, "too_complex"),
        (lambda: a_workbook(SHEET % (b"<row/>" * 70_000)), "too_complex"),
        (lambda: piped([HEAD, *[ROW] * 60_001]).encode()[: document.MAX_BYTES], "too_complex"),
        (echoes, "too_complex"),
        (lambda: a_workbook(ENTITY), "corrupt"),
        (lambda: a_workbook(b"<worksheet><sheetData>"), "corrupt"),
        (lambda: of_openpyxl()[:2000], "corrupt"),
        (lzma_packed, "not_supported"),
        (lambda: packed(foto_jpg=b"x"), "not_supported"),
        (lambda: packed(dentro_xlsx=packed(mas_txt=b"a|b|c|d")), "not_supported"),
        (lambda: b"\0\1\2|" * 100, "not_supported"),
        (lambda: b"hola, que tal\n" * 30, "not_supported"),
    ],
    ids=["bomb", "rows", "lines", "echoes", "entities", "half-xml", "half-zip", "lzma", "photo", "nested",
        "bytes", "letter"],
)  # fmt: skip
def test_what_attacks_or_is_no_table_costs_its_own_answer(
    opener: Opener, make: Callable[[], bytes], code: str
) -> None:
    """A bomb, too many rows, entities, a torn file and what is no table are refused, each with its code and
    in time.
    """
    data = make()
    began = time.monotonic()
    with pytest.raises(UnreadableFile) as refused:
        opener.table(data, seconds=10)
    assert refused.value.code == code
    assert time.monotonic() - began < 10


def test_a_cell_is_bounded_wherever_it_says_it_stands() -> None:
    """A cell of column XFD, one without a place and one of a text that is not there neither make room nor
    break.
    """
    sheet = SHEET % (
        b'<row><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="XFD1"><v>9</v></c><c t="s"><v>77</v></c><c '
        b'r="C1"><v>' + b"7" * 9000 + b"</v></c></row>"
    )
    assert tables.open_table(a_workbook(sheet)) == [["a", "", "7" * tables.MOST_SIGNS]]


@pytest.mark.parametrize(
    "place", ["77", "²", "-1", "9" * 9000], ids=["beyond", "superscript", "negative", "endless"]
)
def test_a_text_that_is_not_there_is_none(place: str) -> None:
    """A cell that names no shared text of its workbook is empty, whatever it writes in the text's place."""
    row = f'<row><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="s"><v>{place}</v></c></row>'
    assert tables.open_table(a_workbook(SHEET % row.encode())) == [["a", ""]]


@pytest.mark.long
@given(st.binary(max_size=400))
@settings(max_examples=draws(60, 200), deadline=None)
def test_any_bytes_are_rows_or_an_answer(data: bytes) -> None:
    """Whatever bytes come, inside a workbook too, there are rows or a typed refusal."""
    for file in (
        data,
        b"|" * 30 + data,
        a_workbook(data),
        a_workbook(SHEET % data, xl__sharedStrings_xml=data),
        packed(a_txt=data),
    ):
        with contextlib.suppress(UnreadableFile):
            rows = tables.open_table(file)
            assert all(isinstance(cell, str) for row in rows for cell in row)
            assert proposal.read(rows) is None


def test_a_picture_and_a_letter_are_not_opened_as_a_table() -> None:
    """What is a PDF, a photo, a text of a few words or larger than a file may be is no table, without a
    child.
    """
    files = (
        b"%PDF-1.7 |||||||||||||||||||||||||",
        b"\xff\xd8\xff" + b"|" * 90,
        b"hola|",
        b"",
        b"|" * (document.MAX_BYTES + 1),
    )
    assert [document.may_be_table(data) for data in files] == [False] * 5


def test_the_extractor_gives_a_tables_rows_or_nothing() -> None:
    """Whoever asks for a table gets its rows, or nothing where the file is none."""
    extractor = Extractor()
    try:
        assert extractor.table(piped([HEAD, ROW]).encode()) == [HEAD, ROW]
        assert [extractor.table(data) for data in (b"hola", bomb(), packed(foto_jpg=b"x"))] == [
            None,
            None,
            None,
        ]
    finally:
        extractor.close()


@pytest.mark.long
def test_thousands_of_lines_cost_less_than_a_child_has(opener: Opener) -> None:
    """A proposal of 2,000 lines, in the long run of 20,000, is opened in fewer processor seconds than a file
    may take, as text and as a workbook.
    """
    lines = draws(2_000, 20_000)
    many = [HEAD, *[[*ROW[:9], str(at), *ROW[10:]] for at in range(lines)]]
    for data in (
        piped(many).encode(),
        workbook.written([Worksheet("Hoja", [Column(title) for title in HEAD], many[1:])])[0],
    ):
        began = time.process_time()
        assert len(tables.open_table(data)) == lines + 1
        assert time.process_time() - began < server.CPU_S
    assert len(opener.table(piped(many).encode(), seconds=20)) == lines + 1
