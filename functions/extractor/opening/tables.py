"""Reads a stranger's table as rows of texts: pipes, commas or semicolons, an XLSX sheet, or a ZIP with one of
these. Runs only inside the disposable child.

A file's claims are not believed. There are limits of our own for how much is unpacked, how many rows and
columns are read and how long a cell is.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from xml.parsers import expat  # what it reads is bounded, and declares no entity

from functions.extractor.page import UnreadableFile

MOST_ROWS, MOST_COLUMNS, MOST_SIGNS = 60_000, 120, 1_600
MOST_UNPACKED = 96 << 20
"""Bytes that all parts of a file may have, unpacked."""
MOST_TEXT = 24 << 20
"""Characters of all cells together: a text that a workbook stores once may stand in each of its cells."""
_SEPARATORS = "|\t;,"
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""The ways in which parts may be packed: nobody's export uses another, and each further one would be one more
decoder for strangers' bytes.
"""
_INSIDE = re.compile(r"\.(?:txt|csv|xlsx)", re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,3})\d+")
_PLACE = re.compile(r"[0-9]{1,9}")
"""The place of a shared text. No workbook has texts enough for more digits, and Python reads no number of
thousands of digits.
"""

Rows = list[list[str]]


def prepare() -> None:
    """Loads what opening needs, once, before children are forked: a child can load no codec."""
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp437"):
        codecs.lookup(encoding)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("ñ.txt", "a;b;c;d")
    open_table(made.getvalue())
    expat.ParserCreate().Parse(b"<a/>", True)


def open_table(data: bytes) -> Rows:
    """Returns the file's rows without the blank ones.

    Raises:
        UnreadableFile: `not_supported`, `corrupt`, `encrypted`, or `too_complex` beyond a limit.
    """
    try:
        return _opened(data, [MOST_UNPACKED], nested=False)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, csv.Error, EOFError) as error:
        raise UnreadableFile("corrupt", type(error).__name__) from error


def _opened(data: bytes, left: list[int], *, nested: bool) -> Rows:
    if not data.startswith(b"PK\x03\x04"):
        return _of_text(data)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
        if "xl/workbook.xml" in names:
            return _of_workbook(packed, left)
        inside = [name for name in names if _INSIDE.search(name[-5:])]
        if nested or not inside:
            raise UnreadableFile("not_supported", "a ZIP without a table")
        return _opened(_unpacked(packed, inside[0], left), left, nested=True)


def _unpacked(packed: zipfile.ZipFile, name: str, left: list[int]) -> bytes:
    """Returns one part. `left` is how many bytes all parts may still have; bytes are counted as they come and
    not as the ZIP says.
    """
    part_of = packed.getinfo(name)
    if part_of.flag_bits & 1:
        raise UnreadableFile("encrypted", "a ZIP with a password")
    if part_of.compress_type not in _PACKED:
        raise UnreadableFile("not_supported", "a ZIP packed in another way")
    with packed.open(name) as part:
        found = part.read(left[0] + 1)
    left[0] -= len(found)
    if left[0] < 0:
        raise UnreadableFile("too_complex", f"more than {MOST_UNPACKED} bytes unpacked")
    return found


def _of_text(data: bytes) -> Rows:
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("not_supported", "neither text nor a ZIP")
    text = _decoded(data)
    head = next((line for line in text[:20_000].splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=head.count)
    if head.count(separator) < 3:
        raise UnreadableFile("not_supported", "no table")
    lines = text.splitlines()
    # Names hold quotes; where pipes part the fields, quotes part nothing.
    found = (
        (line.split(separator) for line in lines)
        if separator == "|"
        else csv.reader(lines, delimiter=separator)
    )
    return _bounded(found)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _bounded(rows: Iterator[list[str]]) -> Rows:
    found: Rows = []
    left = MOST_TEXT
    for row in rows:
        cells = [cell.strip()[:MOST_SIGNS] for cell in row[:MOST_COLUMNS]]
        if any(cells):
            found.append(cells)
        left -= sum(map(len, cells))
        if len(found) > MOST_ROWS or left < 0:
            raise UnreadableFile("too_complex", f"more than {MOST_ROWS} rows or {MOST_TEXT} signs")
    return found


def _of_workbook(packed: zipfile.ZipFile, left: list[int]) -> Rows:
    """Returns the rows of the first sheet, with values as they are stored: a date is a number of days."""
    sheets = sorted(
        (name for name in packed.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)),
        key=lambda name: (len(name), name),
    )
    if not sheets:
        raise UnreadableFile("not_supported", "a workbook without a sheet")
    shared: list[str] = []
    if "xl/sharedStrings.xml" in packed.namelist():
        _Strings(shared).parse(_unpacked(packed, "xl/sharedStrings.xml", left))
    cells = _Cells(shared)
    cells.parse(_unpacked(packed, sheets[0], left))
    return _bounded(iter(cells.rows))


class _Parser(ABC):
    """Expat with handlers; a document type, and so every entity, is refused."""

    def __init__(self) -> None:
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = lambda name, said: self.start(name.rpartition(" ")[2], said)
        self._expat.EndElementHandler = lambda name: self.end(name.rpartition(" ")[2])
        self._expat.CharacterDataHandler = self.text
        self._expat.StartDoctypeDeclHandler = self._refuse
        self._said: list[str] | None = None

    def parse(self, data: bytes) -> None:
        self._expat.Parse(data, True)

    @abstractmethod
    def start(self, name: str, said: dict[str, str]) -> None:
        """Takes the beginning of an element, with its attributes."""

    @abstractmethod
    def end(self, name: str) -> None:
        """Takes the end of an element."""

    def text(self, data: str) -> None:
        if self._said is not None:
            self._said.append(data)

    @staticmethod
    def _refuse(*_: object) -> None:
        raise UnreadableFile("corrupt", "a document type")


class _Strings(_Parser):
    """The texts that cells share, the phonetic ones left out."""

    def __init__(self, found: list[str]) -> None:
        super().__init__()
        self._found, self._one, self._aside = found, list[str](), False

    def start(self, name: str, said: dict[str, str]) -> None:  # noqa: ARG002 - the parser's signature
        if name == "si":
            self._one = []
        elif name == "rPh":
            self._aside = True
        elif name == "t" and not self._aside:
            self._said = []

    def end(self, name: str) -> None:
        if name == "t" and self._said is not None:
            self._one.append("".join(self._said))
            self._said = None
        elif name == "rPh":
            self._aside = False
        elif name == "si":
            self._found.append("".join(self._one)[:MOST_SIGNS])


class _Cells(_Parser):
    """The rows of one sheet."""

    def __init__(self, shared: list[str]) -> None:
        super().__init__()
        self.rows: Rows = []
        self._shared, self._row, self._at, self._kind = shared, list[str](), 0, ""

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "c":
            self._kind = said.get("t", "n")
            place = _CELL.fullmatch(said.get("r", ""))
            self._at = _column(place[1]) if place else len(self._row)
        elif name in {"v", "t"}:
            self._said = []
        elif name == "row":
            self._row = []

    def end(self, name: str) -> None:
        if name in {"v", "t"} and self._said is not None:
            self._put("".join(self._said))
            self._said = None
        elif name == "row":
            self.rows.append(self._row)
            if len(self.rows) > MOST_ROWS:
                raise UnreadableFile("too_complex", f"more than {MOST_ROWS} rows")

    def _put(self, value: str) -> None:
        if self._at >= MOST_COLUMNS:
            return
        if self._kind == "s":
            value = (
                self._shared[int(value)] if _PLACE.fullmatch(value) and int(value) < len(self._shared) else ""
            )
        self._row.extend([""] * (self._at + 1 - len(self._row)))
        self._row[self._at] += value[:MOST_SIGNS]


def _column(letters: str) -> int:
    """Returns a column's place, from 0, by its name."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
