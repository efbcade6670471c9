"""Finds what answers a label of a form: the words behind it, below it, beside it, or over it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from functions.extractor.reading.form import Form, Piece

_BESIDE = 6.0
"""Line heights behind a label's colon within which its value stands beside it rather than below."""
_MIDDLE = 1.3
"""Line heights from a label to each of the two lines between which it is centred, at most."""
_HALF = 0.9
"""Line heights from a label to a value beside it that stands a little higher or lower, at most."""
_EDGE, _FLUSH = 0.6, 0.2
"""Line heights within which phrases begin at the same edge, and end at it."""
_COLUMN = 3.0
"""Line heights within which words behind a label stand in one column."""
_NEAR = 12
"""Rows within which labels are of one form."""
_FURTHER = 1.3
"""How much further than its value over it a label's next phrase below stands, at least."""
_ROW = 3
"""The least number of labels in a row of labels."""


def value(form: Form, label: Piece, em: float) -> Iterator[Piece]:
    """Yields the phrases that may be a label's value, the likeliest first: behind it, then below it or beside
    it.
    """
    if label.text:
        tops = (p for p in form[label.first] if label.first < label.row and p.role is None)
        # NOMBRE / | ALFA & BETA | RAZON SOCIAL: S.A.C.
        yield from itertools.islice((p for p in tops if abs(p.left - label.x0) < _COLUMN * em), 1)
        yield label
        return
    over = _written_over(form, label, em)
    if over is not None:
        yield over
        return
    row = [
        p
        for number in range(label.first, label.row + 1)
        for p in form[number]
        if p.left > label.left + em and p is not label
    ]
    beside = list(itertools.takewhile(lambda p: p.role is None, sorted(row, key=lambda p: (p.row, p.left))))
    begun = _begun_above(form, label, em) or (None if beside else _half_a_line(form, label, em))
    under_it = below(form, label, em)
    if under_it is not None and not beside and (label.role, under_it.role) == ("name", "id"):
        under_it = below(form, under_it, em)  # the heading of a block, in which the number comes first
    under = [under_it] if under_it is not None and under_it.role is None else []
    beside = [begun, *beside] if begun is not None else beside
    yield from (
        [*beside, *under]
        if beside and (beside[0].colon or _is_near(form, label, beside[0], em))
        else [*under, *beside]
    )


def _is_near(form: Form, label: Piece, value: Piece, em: float) -> bool:
    """True where a value stands close behind a label, or ends where another label's does, at the right edge of a
    form whose labels have no answers below them.
    """
    if label.colon and value.left - label.x1 < _BESIDE * em:
        return True
    rows = form[max(0, label.row - _NEAR) : label.row + _NEAR]
    asked = [
        (one, other)
        for row in rows
        for one, other in itertools.pairwise(row)
        if one.role is not None and one is not label and one.colon == label.colon
        if not one.text and other.role is None
    ]
    return any(
        abs(other.x1 - value.x1) < _FLUSH * em
        and abs(other.x0 - value.x0) > em
        and not any(
            p.role is None and abs(p.left - one.left) < _EDGE * em
            for p in form[min(one.row + 1, len(form) - 1)]
        )
        for one, other in asked
    )


def below(form: Form, label: Piece, em: float) -> Piece | None:
    """Returns the piece right below a label in its column."""
    return next(
        (
            p
            for row in form[label.row + 1 : label.row + 4]
            for p in row
            if (
                -1.2 * em < p.left - label.left < 2.2 * em
                or abs(p.x0 + p.x1 - label.left - label.x1) < 2 * em
            )
            and 0 < p.y - label.y < 2.6 * max(em, label.cell.height)
        ),
        None,
    )


def _written_over(form: Form, label: Piece, em: float) -> Piece | None:
    """Returns the phrase over a label whose row of labels stands below its values, as under the lines of a
    form: labels have phrases over them, and the row below has other columns or is further away.
    """
    row = form[label.row]
    over, under = ([*form[n : n + 1]] if n >= 0 else [] for n in (label.row - 1, label.row + 1))

    def at(p: Piece, rows: list[list[Piece]]) -> Piece | None:
        return next((q for r in rows for q in r if abs(q.left - p.left) < _EDGE * em), None)

    above = [at(p, over) for p in row]
    far = [q.y - p.y for p in row if (q := at(p, under)) is not None]
    near = max((p.y - q.y for p, q in zip(row, above, strict=True) if q is not None), default=0.0)
    if (
        len(row) < _ROW
        or any(p.text for p in row if p.role is not None)
        or any(q is not None and q.role is not None for q in above)
        or 2 * sum(q is not None for q in above) < len(row)
        or (len(far) > 1 and min(far) < _FURTHER * near)
    ):
        return None
    return at(label, over)


def _half_a_line(form: Form, label: Piece, em: float) -> Piece | None:
    """Returns the value that stands to the right of a label, half a line above or below it, as spreadsheets
    set them: the first phrase of a row without labels, before whatever else stands in the label's row.
    """
    after = min((p.left for p in form[label.row] if p.left > label.left), default=1e9)
    return next(
        (
            row[0]
            for row in (*form[max(0, label.row - 1) : label.row], *form[label.row + 1 : label.row + 2])
            if row
            and all(p.role is None for p in row)
            and abs(row[0].y - label.y) < _HALF * em
            and label.x1 < row[0].left
            and row[0].x1 < after
        ),
        None,
    )


def _begun_above(form: Form, label: Piece, em: float) -> Piece | None:
    """Returns the first line of a value whose label is centred beside the value's two lines: it stands above
    the label, in a row without labels.
    """
    first = form[label.row - 1][0] if label.row and form[label.row - 1] else None
    if (
        first is None
        or first.role is not None
        or first.left < label.left + em
        or not 0 < label.y - first.y < _MIDDLE * em
    ):
        return None
    lines = (p for row in form[label.row : label.row + 2] for p in row if abs(p.left - first.left) < 0.5 * em)
    second = next(lines, None)
    return (
        first
        if second is not None
        and second.role is None
        and not second.colon
        and second.y - label.y < _MIDDLE * em
        else None
    )
