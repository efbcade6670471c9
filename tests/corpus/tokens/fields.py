"""Labels and what they name: before it, above it, in columns, in strips, glued to it."""

from collections.abc import Sequence

from tests.corpus.tokens.canvas import Canvas, Piece, said
from tests.corpus.tokens.style import Style

Field = tuple[list[Piece], list[Piece]]
"""A label and what it names."""


def put(canvas: Canvas, style: Style, fields: Sequence[Field]) -> None:
    """All fields of a block, in one of many ways."""
    if not fields:
        return
    rng = canvas.rng
    narrow = canvas.width < 36
    ways = {"inline": 30, "apart": 30, "table": 8, "above": 6, "columns": 24, "line": 3, "ends": 1}
    if narrow:
        ways = {"inline": 62, "apart": 24, "table": 0, "above": 4, "columns": 2, "line": 4, "ends": 4}
    way = rng.choices(list(ways), list(ways.values()))[0]
    if way == "table" and len(fields) >= 3:
        _table(canvas, fields)
    elif way in {"columns", "above"} and len(fields) >= 2:
        _columns(canvas, style, fields, above=way == "above")
    elif way == "above":
        for label, value in fields:
            canvas.lines(0, label, canvas.width)
            canvas.lines(0, value, canvas.width)
    elif way == "line":
        mark = rng.choice([[], [Piece("|")], [Piece("-")], [Piece("/")]])
        pieces = [piece for label, value in fields for piece in [*_ended(label, style.colon), *value, *mark]]
        canvas.lines(0, pieces, canvas.width)
    elif way == "ends":
        for label, value in fields:
            canvas.put(0, _ended(label, style.colon))
            canvas.y += canvas.wrapped(canvas.width, value, canvas.width * 0.6, "r") if value else canvas.step
    else:
        _rows(canvas, style, fields, apart=way == "apart")


def _ended(label: Sequence[Piece], colon: str) -> list[Piece]:
    """The label with what ends it: a colon of its own or on its last word."""
    if not label or not colon.strip():
        return list(label)
    if colon[0] == " ":
        return [*label, Piece(":")]
    last = label[-1]
    return [*label[:-1], Piece(last.text.rstrip(":") + colon.strip(), last.role, last.item)]


def _rows(canvas: Canvas, style: Style, fields: Sequence[Field], *, apart: bool) -> None:
    """One under the other; with `apart` all values at one edge, the colon with the label or with the
    value.
    """
    rng = canvas.rng
    edge = max(canvas.wide(label) for label, _ in fields) + rng.uniform(0.8, 4)
    apart = apart and edge < canvas.width * 0.5
    own_colon, right, glue = rng.random() < 0.4, apart and rng.random() < 0.12, rng.random() < 0.1
    hanging = rng.random() < 0.5
    for label, value in fields:
        if not label:
            canvas.lines(edge if apart else 0, value, canvas.width - (edge if apart else 0))
        elif apart:
            shown = list(label) if own_colon else _ended(label, style.colon)
            if right:
                canvas.put(edge - 0.6, shown, "r")
            else:
                canvas.put(0, shown)
            beside = [Piece(":"), *value] if own_colon and style.colon else value
            canvas.y += canvas.wrapped(edge, beside, canvas.width - edge) if beside else canvas.step
        elif glue and value:
            first = value[0]
            canvas.lines(
                0,
                [*label[:-1], Piece(f"{label[-1].text}:{first.text}", first.role), *value[1:]],
                canvas.width,
            )
        else:
            lead = _ended(label, style.colon)
            wide = canvas.wide(lead) + canvas.letter
            if hanging and wide < canvas.width * 0.6 and canvas.wide([*lead, *value]) > canvas.width:
                canvas.put(0, lead)
                canvas.lines(wide, value, canvas.width - wide)
            else:
                canvas.lines(0, [*lead, *value], canvas.width)


def _columns(canvas: Canvas, style: Style, fields: Sequence[Field], *, above: bool) -> None:
    """Two or three beside each other, row by row or column by column."""
    rng = canvas.rng
    count = 2 if rng.random() < 0.75 or canvas.width < 60 else 3
    rows, down_first = (len(fields) + count - 1) // count, rng.random() < 0.5
    first = rng.uniform(0.38, 0.66) if count == 2 else 1 / 3
    starts = [0.0, first * canvas.width] if count == 2 else [canvas.width * at / 3 for at in range(3)]
    ends = [*starts[1:], canvas.width]
    edge = max(canvas.wide(label) for label, _ in fields) * rng.uniform(0.9, 1.1) + 1
    own_colon = rng.random() < 0.3
    for row in range(rows):
        deepest = canvas.step
        for column in range(count):
            at = row + column * rows if down_first else row * count + column
            if at >= len(fields):
                continue
            label, value = fields[at]
            x, room = starts[column], ends[column] - starts[column] - 1
            if above:
                canvas.put(x, _ended(label, style.colon if own_colon else ""))
                deepest = max(
                    deepest, canvas.wrapped(x, value, room, down=canvas.step) if value else 2 * canvas.step
                )
            elif room - edge < 7:
                deepest = max(deepest, canvas.wrapped(x, [*_ended(label, style.colon), *value], room))
            else:
                canvas.put(x, list(label) if own_colon else _ended(label, style.colon))
                value = [Piece(":"), *value] if own_colon and style.colon else value
                deepest = max(deepest, canvas.wrapped(x + edge, value, room - edge) if value else canvas.step)
        canvas.y += deepest


def _table(canvas: Canvas, fields: Sequence[Field]) -> None:
    """A strip of labels with their values below, as printed forms have it; it may wrap into a second
    strip.
    """
    rng = canvas.rng
    count = min(len(fields), rng.choice([3, 4, 5, 6]))
    align, room = rng.choice("lc"), canvas.width / count
    for start in range(0, len(fields), count):
        deepest = canvas.step * 2
        for column, (label, value) in enumerate(fields[start : start + count]):
            x = room * column + (room / 2 if align == "c" else 0)
            canvas.put(x, label, align)
            if value:
                deepest = max(deepest, canvas.wrapped(x, value, room - 1, align, down=canvas.step))
        canvas.y += deepest


def boxed_day(canvas: Canvas, parts: Sequence[str], heads: Sequence[str], role: str) -> None:
    """A day in three boxes: day, month and year, with or without a heading each."""
    rng = canvas.rng
    room = rng.uniform(3.5, 7)
    x = rng.choice([0.0, max(0.0, canvas.width - 3 * room)])
    if heads:
        for at, head in enumerate(heads):
            canvas.put(x + room * at, said(head))
        canvas.next()
    for at, part in enumerate(parts):
        canvas.put(x + room * at + rng.uniform(0, 0.5), [Piece(part, role)])
    canvas.next()
