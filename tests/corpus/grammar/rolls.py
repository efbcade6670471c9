"""The lines of a roll: numbers under the text, beside it, before it, in every order that tills know."""

from decimal import Decimal

from tests.corpus.grammar.amounts import HEADS
from tests.corpus.grammar.forms import RollTable
from tests.corpus.grammar.pen import Pen
from tests.corpus.grammar.tables import forget_unprinted, rename_units

_PARTS: dict[RollTable, set[str]] = {
    "under": {"quantity", "unit", "price", "amount"},
    "beside": {"quantity", "amount"},
    "price_first": {"quantity", "price", "amount"},
    "numbers_first": {"quantity", "unit", "price", "amount"},
    "columns": {"quantity", "price", "amount"},
    "code_under": {"quantity", "price", "amount"},
    "three": {"quantity", "unit", "price", "amount"},
    "glued": {"quantity", "price", "amount"},
}


def items(pen: Pen, form: RollTable, x: float, y: float, width: float) -> float:
    """All items; the next baseline."""
    rename_units(pen)
    pen.features.add(f"roll_{form}")
    right, case, rng = x + width, pen.case, pen.rng
    times, rule = rng.choice(["x", "X", "×", "*"]), rng.random() < 0.6
    if rule:
        pen.paper.line(x, y - pen.size, right, y - pen.size, dash=True)
    if form == "columns" or rng.random() < 0.4:
        y = _heads(pen, x, y, width)
    for line in case.lines:
        item = line.item
        quantity, unit = f"{item.quantity or Decimal(0):f}", item.unit or ""
        price, amount = case.money(item.unit_price or Decimal(0)), case.money(item.amount or Decimal(0))
        text = item.description or ""
        if form in {"beside", "columns", "numbers_first"}:
            y = _numbers_first(pen, form, (quantity, unit, price, amount), text, x, y, width)
            continue
        y = pen.write(x, y, text, width)
        if form == "code_under":
            _put(pen, y, x, line.code)
            y += pen.row
        if form == "three":
            _put(pen, y, x + width * 0.62, price, "r")
        numbers = {
            "under": f"{quantity} {unit} {times} {price}", "three": f"{quantity} {unit}",
            "price_first": f"{price} {times} {quantity}",
            "glued": f"{quantity}{times}{price}", "code_under": f"{quantity} {times} {price}",
        }  # fmt: skip
        _put(pen, y, x + 4, numbers[form])
        _put(pen, y, right, amount, "r")
        y += pen.row
    if rule:
        pen.paper.line(x, y - pen.size + 2, right, y - pen.size + 2, dash=True)
    forget_unprinted(pen, tuple(_PARTS[form]))
    return y + 4


def _numbers_first(
    pen: Pen, form: RollTable, numbers: tuple[str, str, str, str], text: str, x: float, y: float, width: float
) -> float:
    """A line that begins with its quantity; the text beside it or, under `numbers_first`, below."""
    quantity, unit, price, amount = numbers
    _put(pen, y, x + width, amount, "r")
    if form == "numbers_first":
        _put(pen, y, x, f"{quantity} {unit}")
        _put(pen, y, x + width * 0.62, price, "r")
        return pen.write(x, y + pen.row, text, width)
    _put(pen, y, x, quantity)
    gap, room = max(pen.width(quantity), pen.width("00")) + 5, width - pen.width(amount) - 8
    if form == "columns":
        _put(pen, y, x + room, price, "r")
        room -= pen.width(price) + 8
    return pen.write(x + gap, y, text, room - gap)


def _put(pen: Pen, y: float, x: float, text: str, align: str = "l") -> None:
    pen.paper.text(x, y, text, pen.font, pen.size, align)


def _heads(pen: Pen, x: float, y: float, width: float) -> float:
    pen.paper.text(x, y, pen.say(HEADS["quantity"])[:5], pen.bold, pen.size)
    pen.paper.text(x + 28, y, pen.say(HEADS["description"])[:12], pen.bold, pen.size)
    pen.paper.text(x + width, y, pen.say(HEADS["amount"])[:8], pen.bold, pen.size, "r")
    return y + pen.row
