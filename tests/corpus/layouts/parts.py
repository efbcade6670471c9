"""What every layout needs and none owns: traps drawn by weight, headings by kind, the label that a total goes
under.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import cast

from tests.corpus import qr
from tests.corpus.cases import Case, Trap
from tests.corpus.paper import BLACK, Colour, Paper, wrap


@dataclass
class Drawn:
    """A document on paper, and whether it carries a QR."""

    paper: Paper
    case: Case
    qr: bool


def pick(rng: Random, weights: Mapping[str, float]) -> str:
    """One key by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


A4_TRAPS: dict[str, float] = {
    "plain": 34, "perception": 6, "detraction": 8, "free": 5, "rounding": 5, "icbper": 4, "isc": 4, "mype": 4,
    "exempt": 6, "unaffected": 3, "mixed": 4, "nrus": 3, "advance": 4, "discount": 6, "line_discount": 3,
    "retention": 4, "export": 3,
}  # fmt: skip
TICKET_TRAPS: dict[str, float] = {
    "plain": 45, "icbper": 12, "rounding": 10, "exempt": 6, "mixed": 6, "nrus": 6, "free": 4, "perception": 4,
    "line_discount": 4,
}  # fmt: skip


def trap(rng: Random, weights: Mapping[str, float]) -> Trap:
    """One trap by its weight."""
    return cast(Trap, pick(rng, weights))


def money_of(rng: Random, what: str) -> str:
    """The currency: exports and some others are not in soles."""
    if what == "export":
        return rng.choice(["USD", "USD", "EUR"])
    if what in {"icbper", "rounding", "perception", "detraction", "nrus", "mype"}:
        return "PEN"
    return rng.choices(["PEN", "USD", "EUR"], [86, 12, 2])[0]


def variant(rng: Random, case: Case) -> str:
    """A QR variant that this document may carry."""
    weights = dict(qr.VARIANTS)
    if case.invoice.igv is None:
        return "no_igv"
    if case.invoice.issue_date and case.invoice.issue_date.day > 28:
        weights.pop("fused", None)
    return pick(rng, weights)


HEADINGS = {
    "01": "FACTURA ELECTRÓNICA",
    "03": "BOLETA DE VENTA ELECTRÓNICA",
    "07": "NOTA DE CRÉDITO ELECTRÓNICA",
    "08": "NOTA DE DÉBITO ELECTRÓNICA",
}
CURRENCY_WORDS = {"PEN": "SOLES", "USD": "DÓLARES AMERICANOS", "EUR": "EUROS"}


def labelled(case: Case, words: Mapping[str, str], skip: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """(key, label, amount as printed) for every total row; `{rate}` in a label is IGV's."""
    rate = f"{case.rate * 100:.1f}".removesuffix(".0") if case.rate else "18"
    out = []
    for key, amount in case.rows:
        if key in skip:
            continue
        sign = "-" if amount < 0 else ""
        shown = sign + case.money(abs(amount))
        out.append((key, words[key].replace("{rate}", rate), shown))
    return out


@dataclass(frozen=True)
class Column:
    """One column of an items table. `key` is what `cell` knows; `x` is the text's anchor under `align`."""

    key: str
    head: str
    x: float
    align: str = "l"


@dataclass(frozen=True)
class Style:
    """How a table is set. `places`: decimals of quantities, None as they are."""

    font: str = "Helvetica"
    bold: str = "Helvetica-Bold"
    size: float = 8
    leading: float = 1.25
    gap: float = 3
    places: int | None = None
    width: float = 200
    """Of descriptions."""


def cell(case: Case, index: int, key: str, places: int | None) -> str:
    """One cell's text."""
    line = case.lines[index]
    item = line.item
    quantity = item.quantity or Decimal(0)
    texts = {
        "n": str(index + 1),
        "code": line.code,
        "quantity": f"{quantity:f}"
        if places is None
        else f"{quantity:,.{max(places, -int(quantity.as_tuple().exponent))}f}",
        "unit": item.unit or "",
        "value": case.money(line.unit_value),
        "price": case.money(item.unit_price or Decimal(0)),
        "taxed": case.money((line.unit_value * (1 + case.rate)).quantize(Decimal("0.01"))),
        "discount": "0.00",
        "amount": case.money(item.amount or Decimal(0)),
    }
    return texts[key]


def heads(paper: Paper, columns: Sequence[Column], y: float, style: Style, colour: Colour = BLACK) -> None:
    """The table's heading."""
    for column in columns:
        paper.text(column.x, y, column.head, style.bold, style.size, column.align, colour)


def items(
    paper: Paper, case: Case, columns: Sequence[Column], y: float, style: Style, *,
    limit: float = 0, turn: Callable[[], float] | None = None,
    shade: tuple[float, float, Colour] | None = None,
) -> float:  # fmt: skip
    """The lines under the heading; where the next baseline would be.

    Args:
        paper: To draw on.
        case: What to draw.
        columns: Its columns.
        y: First baseline.
        style: Its type.
        limit: Where a page is full; then `turn` makes a new one and gives its first baseline.
        turn: See `limit`.
        shade: (x0, x1, colour) behind every second line.
    """
    for index, line in enumerate(case.lines):
        parts = wrap(line.item.description or "", style.width, style.font, style.size)
        height = len(parts) * style.size * style.leading + style.gap
        if limit and turn and y + height > limit:
            y = turn()
        if shade and index % 2:
            paper.box(shade[0], y - style.size, shade[1] - shade[0], height, shade[2], None)
        for column in columns:
            if column.key == "description":
                for row, part in enumerate(parts):
                    paper.text(column.x, y + row * style.size * style.leading, part, style.font, style.size)
            else:
                paper.text(
                    column.x,
                    y,
                    cell(case, index, column.key, style.places),
                    style.font,
                    style.size,
                    column.align,
                )
        y += height
    return y


def pairs(
    paper: Paper,
    rows: Sequence[tuple[str, str]],
    x: float,
    value_x: float,
    y: float,
    style: Style,
    width: float = 200,
    colon: str = ": ",
) -> float:
    """`Label : value` rows; the next baseline."""
    for label, value in rows:
        paper.text(x, y, label, style.bold, style.size)
        y = paper.block(value_x, y, colon + value, width, style.font, style.size, leading=style.leading + 0.2)
    return y
