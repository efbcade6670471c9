"""Cuts a row into the headings of a table: known columns, and words that head others."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass, field, replace

from functions.extractor.peru.tokens import lettered
from functions.extractor.peru.units import a_unit
from functions.extractor.reading.column_names import TAIL, label_of, matches
from functions.extractor.sheets.rows import Row

_JOINS = re.compile(r"\W*(?:DEL?|LAS?|LOS|EL|[YOEU])\W*")
"""Words that head no column if they stand alone."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One heading: the column that it names, its place, and its words.

    `left` and `right` are the edges that the page draws beside its column; `own`: no other heading stands
    between them.
    """

    name: str
    x0: float
    x1: float
    text: str = ""
    left: float = -math.inf
    right: float = math.inf
    own: bool = False

    @property
    def x(self) -> float:
        """Its middle, across."""
        return (self.x0 + self.x1) / 2


@dataclass(slots=True)
class Table:
    """The headings from left to right and the rows that hold them. `apart`: the description's heading stands
    in a row of its own.
    """

    columns: list[TableColumn] = field(default_factory=list)
    first: int = 0
    last: int = 0
    apart: bool = False

    def named(self, name: str) -> list[TableColumn]:
        """Returns the columns called `name`."""
        return [c for c in self.columns if c.name == name]


_MEASURES = frozenset(["M3", "SM3", "M2", "KWH", "KVARH", "KW", "KG", "KGS", "GAL", "GLN", "LT", "TM"])


def unit_of(column: TableColumn) -> str | None:
    """Returns the unit of measure that a heading ends in, or any in brackets: `m³`, `Consumo (kWh)`,
    `CANT. (UND)`.
    """
    last = column.text.rpartition(" ")[2]
    unit = last.strip("().:")
    bracketed = last.startswith("(") and a_unit(unit) is not None
    return unit if bracketed or lettered(unit).replace(".", "") in _MEASURES else None


def in_row(row: Row) -> bool:
    """True where a row names columns of an item table, so that its words are no labels of totals."""
    names = {c.name for c in columns_of(row)}
    return len(names) >= 2 and bool(names & {"description", "quantity"})


_VARIANTS = frozenset(["COLOR", "COLORES", "COL", "TONO", "TALLA", "TLL", "T", "MARCA", "ACABADO"])


def is_variant(heading: str) -> bool:
    """True for a heading of what is said of an item beside its name."""
    return lettered(heading).strip().rstrip(".") in _VARIANTS


_ASIDE = re.compile(r"\([^()]{12,}\)")
"""What a heading says in brackets at length, as in Detalle de cargos *(importes sin IGV, en soles)*."""
SIZES = ("MEDIDA", "MEDIDAS")
"""Headings of units that name sizes where another column has the units."""


def columns_of(row: Row, *, headings: bool = False) -> list[TableColumn]:
    """Returns the headings of a row; words that are not understood head columns too. `headings`: its place
    tells that it is a row of them.
    """
    line = _ASIDE.sub(lambda m: " " * len(m[0]), lettered(row.text))
    order = {id(word): i for i, word in enumerate(row.words)}
    spans: list[tuple[int, int, str]] = []
    known = sum(label_of(c.text) != "other" for c in row.cells)
    for start, end, name in matches(line, headings=headings or (known > 1 and 2 * known >= len(row.cells))):
        first, last = order[id(row.word_at(start))], order[id(row.word_at(end - 1))]
        more = TAIL.match(line, end)
        if more and more.end() > end and row.word_at(more.end() - 1).cell is row.words[first].cell:
            last = max(last, order[id(row.word_at(more.end() - 1))])
        if spans and spans[-1][2] == name and _is_one(row, spans[-1], first):
            # Unidad Medida, Descripción del Producto / Servicio.
            first = spans.pop()[0]
        spans.append((first, last, name))
    if not spans:
        return []
    columns: list[TableColumn] = []
    for i, word in enumerate(row.words):
        span = next((s for s in spans if s[0] <= i <= s[1]), None)
        last_name = columns[-1].name if columns and i and row.words[i - 1].cell is word.cell else ""
        near = bool(columns) and word.x0 - columns[-1].x1 < word.x1 - word.x0
        near_word = bool(columns) and word.x0 - columns[-1].x1 < 1.3 * (word.x1 - word.x0) / len(word.text)
        joins = near and _JOINS.fullmatch(lettered(word.text)) is not None
        phrase = near_word and last_name == columns[-1].name == "other" and not is_variant(word.text)
        if span is None and (joins or phrase or (last_name == "description" and not is_variant(word.text))):
            columns[-1] = replace(columns[-1], x1=word.x1, text=f"{columns[-1].text} {word.text}")
        elif span is None and re.search(r"\w", word.text):
            columns.append(TableColumn("other", word.x0, word.x1, word.text))
        elif span is not None and i == span[0]:
            words = row.words[i : span[1] + 1]
            text, x0 = " ".join(w.text for w in words), word.x0
            if span[2] == "description" and last_name == "other" and near_word:
                before = columns.pop()  # Acto notarial / servicio
                text, x0 = f"{before.text} {text}", before.x0
            columns.append(TableColumn(span[2], x0, words[-1].x1, text))
    return _with_units(columns)


def _with_units(columns: list[TableColumn]) -> list[TableColumn]:
    """Returns headings with a unit in brackets as a part of the quantity's before it, `CANT. (UND)`, and with
    sizes as no units where another column has the units.
    """
    for one, after in itertools.pairwise(columns):
        if (one.name, after.name) == ("quantity", "unit") and after.text.startswith("("):
            joined = replace(one, x1=after.x1, text=f"{one.text} {after.text}")
            columns = [joined if c is one else c for c in columns if c is not after]
    units = [c for c in columns if c.name == "unit"]
    sizes = [c for c in units if lettered(c.text) in SIZES] if len(units) > 1 else []
    return [replace(c, name="other") if c in sizes else c for c in columns]


def _is_one(row: Row, span: tuple[int, int, str], first: int) -> bool:
    """True where a heading goes on with a word that names the same column."""
    if span[2] != "description":
        return span[2] == "unit"
    return row.words[first].cell is row.words[span[1]].cell or all(
        _JOINS.fullmatch(lettered(w.text)) for w in row.words[span[1] + 1 : first]
    )
