"""Tells rows that say more of an item than its name: codes and lots, labels, parts, wishes, days."""

from __future__ import annotations

import re
from collections.abc import Sequence

from functions.extractor.peru.firms import LINKS
from functions.extractor.peru.tokens import days, lettered
from functions.extractor.peru.wording import Stems
from functions.extractor.reading.cutting import Token
from functions.extractor.reading.phrases import joined
from functions.extractor.sheets.rows import Cell

_LONG_CODE = re.compile(r"(?!20[0-3]\d$)[A-Z]{0,4}-?\d{4,}")
"""A code of an item, which is no year."""
_NOTE = re.compile(r"(?:[A-Z]{1,6}:|[A-Z]{2,6}\.)(?=\S*\d)\S+")
"""A label with its value in one word, printed beside an item's description."""
_CODE_LINE = re.compile(
    r"\W*(?:COD(?:IGO)?|SKU|REF(?:ERENCIA)?|EAN|P/?N|"
    r"PART\s*N[O°º.]*)(?:\s*(?:DE\s*)?(?:PROD(?:UCTO)?|ART(?:ICULO)?|INTERNO|"
    r"BARRAS?))?\W+[A-Z0-9]+(?:[-./][A-Z0-9]+)*\W*"
    r"|\W*LOTE?\W+[A-Z0-9-]+\W+(?:V(?:ENCE?|TO)?|F\.?V|EXP)\W{1,2}\d\d/\d{2,4}\W*"
)
"""A row of its own that names an item's code, or its lot and the lot's last month; its words are no part of
the description.
"""
_NOTED = re.compile(r"([-*+>•])\s?(?:\d\s)?[^\W\d_]")
"""A sign before what an item consists of, or how it is wanted: `> sin ají`."""
_SMALL = re.compile(r"[-–]\s?\w[a-zñ]")
_WANTED = Stems("", "SIN POCO POCA APARTE EXTRA TERMINO PICANTE LLEVAR")
"""How a dish was wanted, below its name, in small letters: `- sin cebolla`, `- tamarindo aparte`."""
_LABELLED = re.compile(r"\W*[A-Z][A-Z°º/. ]{0,18}:\s?[^\W_]|\W*(?:LOTE|SERIE)\W+\S*\d")
"""A label that says more of an item than its name: `N° serie: 0017`, `Periodo: mayo`."""
_OPEN = (
    ",",
    ";",
    " LOTE",
    " SERIE",
    " MODELO",
    " MOD.",
    " REF.",
    " N°",
    " PLACA",
    *(f" {word}" for word in sorted(LINKS)),
)
_SMALLER = 0.95
"""The size of a note's letters at most, beside those of the name above it."""
_NARROWER, _LOWER = 0.88, 0.95
"""The breadth and the height of a note's letters at most where no font tells their size: of rows of pictures
that go on with a name the narrowest had 0.96 of its breadth, of notes set smaller the widest 0.87.
"""
_NARROW = 0.8
"""The breadth of its letters at most below a name that left no room: a word alone is measured less well."""
_SLIM, _WIDE = frozenset("ijltfrI1.,:;'!|()[]/- "), frozenset("mwMW@%")
LAW = re.compile(r"\bINCISO\b|\bLEY\s*DEL\s*IMPUESTO")
"""Text that quotes the income tax law below a fee (art. 33 of the Ley del Impuesto a la Renta): it does not
say what the fee was for.
"""
EACH = re.compile(r"\W*(?:S/\.?\s*)?\d+[.,]\d+\s*C/U\b")
"""A row of its own that says what one of an item costs: `2.80 c/u  Lote 4B771`."""


def names_a_code(tokens: Sequence[Token]) -> bool:
    """True where a row shows a code, or a lot and its last day (`L:A23019 V:08/27`), and nothing else."""
    return (
        bool(tokens)
        and not tokens[0].glued
        and (
            _CODE_LINE.fullmatch(lettered(joined(tokens))) is not None
            or all(_LONG_CODE.fullmatch(t.folded) for t in tokens)
            or all(_NOTE.fullmatch(t.folded) for t in tokens)
        )
    )


def note_sign(tokens: Sequence[Token]) -> str:
    """Returns the sign with which a row begins that says what belongs to an item, and not what it is called;
    an empty text where it is no such row.
    """
    sign = _NOTED.match(" ".join(token.text for token in tokens[:3]))
    return sign[1] if sign else ""


def is_note(
    tokens: Sequence[Token], name: Sequence[Token], *, full: bool = False, goes_on: bool = False
) -> bool:
    """True where a row below an item's name is labelled, or set in smaller letters: it says more of it. `full`:
    its first word had no room behind the name. `goes_on`: the row above it is open, so that a label is a word
    of the name.
    """
    lone = full and len(tokens) == 1
    smaller = _is_smaller(tokens[0].cell, name[0].cell, _NARROW if lone else _NARROWER)
    text = " ".join(t.text for t in tokens)
    wanted = _SMALL.match(text) is not None and _WANTED.found_in(lettered(text))
    return smaller or wanted or (not goes_on and is_labelled(tokens))


def is_open(tokens: Sequence[Token]) -> bool:
    """True where a row of words goes on below: it ends in a comma, in a link, or in what asks for a code."""
    return f" {lettered(joined(tokens))}".endswith(_OPEN)


def _is_smaller(note: Cell, name: Cell, breadth: float) -> bool:
    """True where a phrase is set in smaller letters than a name: by their fonts, or in a picture by how broad
    and high their letters stand.
    """
    if note.box.size or name.box.size:
        return 0 < note.box.size < _SMALLER * name.box.size
    return _breadth(note) < breadth * _breadth(name) and note.height < _LOWER * name.height


def _breadth(cell: Cell) -> float:
    """Returns the width of a phrase over the width that its letters have in a font of size 1."""
    ems = sum(0.3 if c in _SLIM else 0.85 if c in _WIDE else 0.68 if c.isupper() else 0.54 for c in cell.text)
    return (cell.x1 - cell.x0) / ems


def is_labelled(tokens: Sequence[Token]) -> bool:
    """True where a row is a label and its answer, as a section's may be: `Paciente: MICHI (felino)`."""
    return _LABELLED.match(lettered(joined(tokens))) is not None


def is_mark(tokens: Sequence[Token]) -> bool:
    """True where the text is only a day or a number, as stamps and bar codes leave them."""
    text = joined(tokens)
    return (
        any(d.end - d.start >= len(text) - 2 for d in days(text))
        or re.fullmatch(r"\W*\d{5,}\W*|\W*", text) is not None
    )
