"""The lines that were sold, as tables, as tills print them, and as bills list their charges."""

from collections.abc import Sequence
from decimal import Decimal

from tests.corpus.cases import Case, Line
from tests.corpus.grammar.amounts import HEADS
from tests.corpus.tokens.canvas import Canvas, Piece, said

_ROLES = {
    "n": "line_number", "code": "code", "quantity": "quantity", "unit": "unit", "description": "description",
    "price": "unit_price", "discount": "line_discount", "tax": "other_amount", "amount": "amount",
    "size": "other", "colour": "other",
}  # fmt: skip
_LEFT = {"description", "code", "unit", "size", "colour"}


def cells(case: Case, line: Line, number: int, places: int) -> dict[str, list[Piece]]:
    """What each column shows of a line. A charge of a bill has words and an amount alone."""
    item, rng = line.item, case.rng
    amount = item.amount if item.amount is not None else line.unit_value
    shown = {
        "n": str(number), "code": line.code or "",
        "quantity": "" if item.quantity is None else f"{item.quantity:.{places}f}", "unit": item.unit or "",
        "description": item.description or "",
        "price": "" if item.unit_price is None else case.money(item.unit_price),
        "discount": rng.choice(["0.00", "0%", "0"]), "tax": case.money(amount * Decimal("0.18")),
        "amount": case.money(amount), "size": rng.choice(["S", "M", "L", "42", "1/2"]),
        "colour": rng.choice(["ROJO", "AZUL", "NEGRO", "-"]),
    }  # fmt: skip
    if item.quantity is not None and item.quantity % 1:
        shown["quantity"] = str(item.quantity)
    return {name: said(text, _ROLES[name], number) for name, text in shown.items()}


def head(canvas: Canvas, name: str) -> list[Piece]:
    """A column's heading."""
    text = canvas.rng.choice(HEADS[name].all_of("tune"))
    return said(text.upper() if canvas.rng.random() < 0.6 else text)


def wide(canvas: Canvas, case: Case) -> None:
    """Columns in an order of their own, with or without headings; the description in its column, above the
    numbers or below them.
    """
    rng = canvas.rng
    extra = [
        name for name in ("n", "code", "unit", "discount", "tax", "size", "colour") if rng.random() < 0.35
    ]
    names = ["quantity", "description", *extra]
    rng.shuffle(names)
    names += ["price", "amount"] if rng.random() < 0.92 else ["amount", "price"]
    places = rng.choice([0, 0, 2, 3])
    lines = [cells(case, line, number, places) for number, line in enumerate(case.lines, 1)]
    heads = {name: head(canvas, name) for name in names}
    need = {
        name: max(canvas.wide(row[name]) for row in [heads, *lines] if row[name])
        for name in names
        if any(row[name] for row in lines)
    }
    names = [name for name in names if name in need]
    apart = rng.random() < 0.2
    gap = rng.uniform(0.8, 3.0)
    room = canvas.width - sum(w for name, w in need.items() if name != "description") - gap * (len(names) - 1)
    need["description"] = max(8.0, 0.0 if apart else room)
    right = {name: rng.random() < (0.1 if name in _LEFT else 0.8) for name in names}
    if apart:
        names.remove("description")
    at: dict[str, float] = {}
    x = 0.0
    for name in names:
        at[name] = x + need[name] if right[name] else x
        x += need[name] + gap
    if rng.random() < 0.9:
        for name in names:
            canvas.put(at[name], canvas.y, heads[name], "r" if right[name] else "l")
        canvas.y += canvas.step * rng.uniform(1, 1.5)
    loose, above = rng.uniform(1.0, 1.4), rng.random() < 0.5
    for row in lines:
        if apart and above:
            canvas.y = canvas.wrap(0, canvas.y, row["description"], canvas.width)
        below = canvas.y + canvas.step
        for name in names:
            if name == "description":
                below = max(
                    below, canvas.wrap(at[name], canvas.y, row[name], need[name], "r" if right[name] else "l")
                )
            else:
                canvas.put(at[name], canvas.y, row[name], "r" if right[name] else "l")
        canvas.y = below
        if apart and not above:
            canvas.y = canvas.wrap(rng.choice([0, 2]), canvas.y, row["description"], canvas.width)
        canvas.y += canvas.step * (loose - 1)


def roll(canvas: Canvas, case: Case) -> None:
    """Words above, quantity by price and amount below; or quantity, words and amount in one row."""
    rng = canvas.rng
    one_row, coded, times = rng.random() < 0.4, rng.random() < 0.35, rng.choice(["x", "X", "*", "×"])
    united, glued, places = rng.random() < 0.4, rng.random() < 0.1, rng.choice([0, 0, 2, 3])
    if rng.random() < 0.6:
        canvas.put(0, canvas.y, head(canvas, "description"))
        canvas.put(canvas.width, canvas.y, head(canvas, "amount"), "r")
        canvas.y += canvas.step
        if rng.random() < 0.5:
            canvas.rule()
    for number, line in enumerate(case.lines, 1):
        row = cells(case, line, number, places)
        code = row["code"] if coded else []
        if one_row:
            start = canvas.wide(row["quantity"]) + 0.8
            canvas.put(0, canvas.y, row["quantity"])
            canvas.put(canvas.width, canvas.y, row["amount"], "r")
            canvas.y = canvas.wrap(
                start,
                canvas.y,
                [*code, *row["description"]],
                canvas.width - start - canvas.wide(row["amount"]) - 1,
            )
            continue
        canvas.y = canvas.wrap(0, canvas.y, [*code, *row["description"]], canvas.width)
        numbers = [*row["quantity"], *(row["unit"] if united else []), Piece(times), *row["price"]]
        if glued:
            numbers = [Piece("".join(piece.text for piece in numbers), "unit_price", number)]
        canvas.put(rng.choice([0, 1, 3]), canvas.y, numbers)
        canvas.put(canvas.width, canvas.y, row["amount"], "r")
        canvas.y += canvas.step


def charges(canvas: Canvas, case: Case, beside: Sequence[list[Piece]]) -> None:
    """What a bill charges, each with its amount; readings and tariffs may stand beside, in a column of their
    own.
    """
    rng = canvas.rng
    left = rng.uniform(0.4, 0.55) * canvas.width if beside and rng.random() < 0.6 else 0.0
    asides = list(beside)
    if not left:
        for aside in asides:
            canvas.y = canvas.wrap(0, canvas.y, aside, canvas.width)
    for number, line in enumerate(case.lines, 1):
        row = cells(case, line, number, 0)
        if left and asides:
            canvas.put(0, canvas.y, asides.pop())
        canvas.put(left, canvas.y, row["description"])
        canvas.put(canvas.width, canvas.y, row["amount"], "r")
        canvas.y += canvas.step
