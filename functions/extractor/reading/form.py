"""Reads a page as a form: labels, and the words behind, beside or below them. Only labels about parties are
told apart.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from functions.extractor.peru.firms import LINKS
from functions.extractor.peru.tokens import lettered
from functions.extractor.reading import grid
from functions.extractor.reading.form_labels import Role, known, labels_of, whole_label, worded
from functions.extractor.sheets.rows import Cell, Sheet

_EMPTY = re.compile(r"[ :|]*(?:-{2,}|\*{2,}|_{3,}|\.{3,})[ |]*")
"""Marks that are printed where a label has no answer."""
_LEAD = " :.-|#/°º"
"""Characters that stand between a label and its value."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one row that belong together: a label with its value, or a phrase without a label.

    `label` is the label's text, empty where there is none; `at` is the offset of `text` in the row's own;
    `x0` and `x1` are those of the text, or of the label where nothing stands behind it; `left` is where the
    label begins. `first` is the row in which the label begins. `colon`: a colon or stroke stands before the
    text; `answered`: what stands to its right answers it.
    """

    row: int
    cell: Cell
    text: str
    at: int
    x0: float
    x1: float
    role: Role | None = None
    label: str = ""
    left: float = 0.0
    first: int = 0
    colon: bool = False
    answered: bool = False

    @property
    def y(self) -> float:
        """Its middle, down."""
        return self.cell.y

    @property
    def end(self) -> int:
        """The offset at which it ends in its row's text."""
        return self.at + len(self.text)

    @property
    def folded(self) -> str:
        """The text, folded for patterns."""
        return lettered(self.text)


Form = list[list[Piece]]
"""The pieces of a page, row by row, left to right."""


@functools.lru_cache(maxsize=16)
def of(sheet: Sheet) -> Form:
    """Returns the page as labels and the phrases that belong to them."""
    form: Form = []
    captions = grid.captions(sheet, _is_known)
    for number, row in enumerate(sheet.rows):
        pieces: list[Piece] = []
        start = 0
        for cell in row.cells:
            over = [p for back in form[-2:] for p in back if _is_over(p, cell, sheet.em)]
            over = [p for p in over if p.row == over[-1].row]
            pieces += _of_cell(
                number,
                cell,
                start,
                over,
                captioned=id(cell) in captions,
                asked=bool(pieces) and not pieces[-1].text and pieces[-1].cell.text.endswith(":"),
            )
            start += len(cell.text) + 1
        pieces = [_asking(p, after) for p, after in zip(pieces, [*pieces[1:], None], strict=True)]
        form.append(
            [
                replace(p, answered=_is_answered(p, after))
                for p, after in zip(pieces, [*pieces[1:], None], strict=True)
            ]
        )
    return [[p for p in row if not _begins_label(p, form, sheet.em)] for row in form]


def _is_known(cell: Cell) -> bool:
    """True where a cell is a label of a known form, and nothing else."""
    line = lettered(cell.text).strip()
    return any(end == len(line) for _, end in known(line)) or worded(line) != "other"


def _asking(piece: Piece, after: Piece | None) -> Piece:
    """Returns a phrase as a label where the next phrase answers it with a colon, else as it is."""
    label = piece.folded.strip()
    if (
        piece.role is not None
        or after is None
        or after.role is not None
        or not after.colon
        or not after.text.strip(" :|")
        or not re.fullmatch(r"[A-Z][A-Z./() °º-]{1,30}", label)
    ):
        return piece
    return replace(piece, role=worded(label), label=label, text="", at=piece.end)


def _is_answered(piece: Piece, after: Piece | None) -> bool:
    """True where a piece has its answer: in its own text, or in the next phrase, which begins with a colon or
    is the number that the label asks for.
    """
    if piece.answered or (piece.role is not None and any(word not in LINKS for word in piece.folded.split())):
        return True
    return (
        after is not None
        and after.role is None
        and (after.colon or (piece.role == "id" and after.text[:8].isdigit()))
    )


def _is_over(piece: Piece, cell: Cell, em: float) -> bool:
    return abs(piece.left - cell.x0) < em and 0 < cell.y0 - piece.cell.y0 < 2.2 * max(em, cell.height)


def _of_cell(
    number: int, cell: Cell, start: int, over: Sequence[Piece], *, captioned: bool, asked: bool
) -> Iterator[Piece]:
    """Yields the pieces of a cell, cut at its labels.

    `over` are the pieces right above, in which the first label may begin; `captioned`: the cell is a label by
    its place; `asked`: a label waits for its value.
    """
    line = lettered(cell.text)
    if captioned:
        whole: Role | None = next((role for role, end in known(line) if end == len(line)), None)
        yield Piece(
            number, cell, "", start + len(cell.text), cell.x0, cell.x1, whole or worded(line), line, cell.x0,
            number, answered=True
        )  # fmt: skip
        return
    unit = (cell.x1 - cell.x0) / max(1, len(cell.text))
    cuts = list(labels_of(line)) or whole_label(line)
    if (
        (asked or line.lstrip().startswith(":"))
        and cuts
        and cuts[0][0] == "name"
        and ":" not in line[cuts[0][2] :]
    ):
        cuts = []  # Observación: Cliente frecuente
    begun = _two_rows(line, over)
    if begun is not None:
        cuts = [begun[0], *(c for c in cuts if c[1] >= begun[0][2])]
    if not cuts or cuts[0][1] > 0:
        cuts.insert(0, (None, 0, 0))
    for (role, begin, end), following in itertools.pairwise([*cuts, (None, len(line), 0)]):
        rest = cell.text[end : following[1]]
        text = rest.lstrip(_LEAD)
        at = end + len(rest) - len(text)
        text = _answer(role, text)
        if role is not None and not text and _EMPTY.fullmatch(rest):
            text, at = rest.strip(" :|"), end + len(rest) - len(rest.lstrip(" :|"))
        if role is None and not re.search(r"\w", text):
            text, at = rest.strip(), end + len(rest) - len(rest.lstrip())
        if not text and role is None:
            continue
        x0 = cell.x0 + unit * (at if text else begin)
        piece = Piece(
            number,
            cell,
            text,
            start + at,
            x0,
            cell.x0 + unit * (at + len(text) if text else end),
            role,
            line[begin:end],
            cell.x0 + unit * begin,
            number,
            any(c in rest[: len(rest) - len(rest.lstrip(_LEAD))] for c in ":|"),
        )
        if begun is not None and begin == 0:
            over_it = begun[1].first < begun[1].row
            top = begun[1].label if over_it else lettered(begun[1].cell.text)
            own = begun[1].role if over_it else role
            piece = replace(piece, label=f"{top} {piece.label}", role=own, first=begun[1].first)
        yield piece


def _answer(role: Role | None, text: str) -> str:
    """Returns what stands behind a label, unless in brackets it belongs to the label: `CLIENTE (ALIADO)`."""
    if role == "name" and re.fullmatch(r"\([^()]*\)\s*", text):
        return ""
    return text.rstrip(" |-") if role else text.rstrip()


def _two_rows(line: str, over: Sequence[Piece]) -> tuple[tuple[Role | None, int, int], Piece] | None:
    """Returns a label that begins in the row above, with the offset at which it ends in this row, and the
    piece above.
    """
    own = next(labels_of(line), None)
    named = own is not None and own[1] == 0 and own[0] != "other"
    for above in over:
        words = lettered(above.cell.text).strip()
        goes_on = re.search(r"[/,-]$|\b(?:[OY]|DEL?|LA|RAZON)$", words) is not None
        if named and not goes_on:
            continue
        if (
            not 2 < len(words) < 30
            or any(c.isdigit() for c in words)
            or above.colon
            or (above.answered and not goes_on)
        ):
            continue
        joined = f"{words} {line}"
        for role, end in known(joined):
            if role != "other" and _is_label(joined[len(words) : end], joined[end:]):
                return (role, 0, end - len(words) - 1), above
    return None


def _is_label(more: str, rest: str) -> bool:
    """True where a label goes on in the row below with `more`, before the `rest` of that row. `DE LA CRUZ`
    with further words behind it is a surname.
    """
    return bool(more.split()) and (more.split(maxsplit=1)[0] not in LINKS or not re.match(r"\s*\w", rest))


def _begins_label(piece: Piece, form: Form, em: float) -> bool:
    """True where a piece is the first row of a label that goes on below; the label is kept there."""
    below = (p for row in form[piece.row + 1 : piece.row + 4] for p in row)
    return any(
        p.first <= piece.row < p.row
        and abs(p.left - piece.left) < em
        and lettered(piece.cell.text) in p.label
        for p in below
    )
