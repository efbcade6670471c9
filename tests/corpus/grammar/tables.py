"""The lines of a wide paper: columns of every kind, headings set, centred, over two rows or missing,
descriptions in their column, above or below.
"""

from collections.abc import Sequence
from decimal import Decimal

from tests.corpus.cases import cents
from tests.corpus.grammar.amounts import HEADS
from tests.corpus.grammar.forms import Table
from tests.corpus.grammar.owned import words
from tests.corpus.grammar.pen import Pen

UNITS = words("UND", "NIU|UNID.", "UNIDAD|C/U", "UNI|PZ")
"""What a maker calls a piece."""

_SIZES, _TONES = ("S", "M", "L", "XL", "38", "42"), ("ROJO", "NEGRO", "AZUL", "BLANCO")
_NUMBERS = {"n", "quantity", "price", "discount", "tax", "amount"}
_LEAST = 90.0
"""Points that a description needs beside its numbers."""


def rename_units(pen: Pen) -> None:
    """Pieces and services under this maker's words, in the truth as on the paper."""
    piece, service = UNITS.pick(pen.rng, pen.split), pen.rng.choice(["ZZ", "SERV", "SERVICIO"])
    if pen.portal:
        piece, service = "UNIDAD", "SERVICIO"
    for item in pen.case.invoice.items:
        item.unit = {"UND": piece, "ZZ": service}.get(item.unit or "", item.unit)


def _bar_coded(pen: Pen) -> None:
    """Codes are bar codes of thirteen digits, over two rows of a narrow column."""
    pen.features.add("bar_coded")
    for line in pen.case.lines:
        line.code = f"77{pen.rng.randrange(10**10, 10**11)}"


def _cells(pen: Pen, index: int, places: int | None) -> dict[str, str]:
    case, rng, line = pen.case, pen.rng, pen.case.lines[index]
    item = line.item
    amount, quantity = item.amount or Decimal(0), item.quantity or Decimal(0)
    tax = cents(amount * case.rate if case.net_items else amount - amount / (1 + case.rate))
    cut = (
        case.trap == "line_discount"
        and item.unit_price is not None
        and amount != cents(item.unit_price * quantity)
    )
    exact = max(places or 0, -int(quantity.as_tuple().exponent))
    return {
        "n": str(index + 1), "code": line.code,
        "quantity": f"{quantity:f}" if places is None else f"{quantity:.{exact}f}", "unit": item.unit or "",
        "description": item.description or "", "size": rng.choice(_SIZES), "colour": rng.choice(_TONES),
        "price": case.money(item.unit_price or Decimal(0)), "discount": "10%" if cut else "0%",
        "tax": case.money(tax), "amount": case.money(amount),
    }  # fmt: skip


def forget_unprinted(pen: Pen, columns: Sequence[str]) -> None:
    """A part without a column is not in the truth."""
    for part, column in (
        ("quantity", "quantity"),
        ("unit", "unit"),
        ("unit_price", "price"),
        ("amount", "amount"),
    ):
        if column not in columns:
            pen.case.omit(f"items.{part}")


def items(pen: Pen, table: Table, x: float, y: float, width: float) -> float:
    """The table; the next baseline."""
    rename_units(pen)
    places = pen.rng.choice([None, 2, 2, 3])
    if "code" in table.columns and pen.rng.random() < 0.25:
        _bar_coded(pen)
    cells = [_cells(pen, index, places) for index in range(len(pen.case.lines))]
    names = {key: pen.say(HEADS[key]) for key in (*table.columns, "description")}
    if table.heads != "missing" and "amount" in table.columns:
        names["amount"] = _with_its_sign(pen, names["amount"], twice=table.heads == "two_rows")
    if table.heads == "two_rows":
        names = {
            key: f"{name} {pen.case.symbol}" if key in {"price", "amount"} else name
            for key, name in names.items()
        }
        if {"price", "amount"} & set(table.columns):
            pen.features.add("sign")
    beside = table.description == "in"
    narrow = [key for key in table.columns if key != "description"]
    wide = {key: max(pen.width(row[key]) for row in cells) + 8 for key in narrow}
    if "bar_coded" in pen.features:
        wide["code"] = pen.width("00000000") + 6
    if table.heads != "missing":
        for key in narrow:
            longest = max(names[key].split(), key=len) if table.heads == "two_rows" else names[key]
            wide[key] = max(wide[key], pen.width(longest, bold=True) + 8)
    left = width - sum(wide.values())
    if beside and left < _LEAST:
        beside = False
    elif not beside and left < 0:
        wide = {key: width_ * width / sum(wide.values()) for key, width_ in wide.items()}
        left = 0
    columns = [key for key in table.columns if key != "description" or beside]
    if beside:
        wide["description"] = left
    else:
        wide = {key: width_ + left / len(wide) for key, width_ in wide.items()}
    edges, at = {}, x
    for key in columns:
        edges[key] = at
        at += wide[key]
    top = y - pen.size - 2
    if table.heads != "missing":
        if not beside and table.description == "above":
            y = pen.write(x, y, names["description"], width, bold=True)
        y = _heads(pen, table, columns, edges, wide, names, y)
        if not beside and table.description != "above":
            y = pen.write(x, y, names["description"], width, bold=True)
    y += 3
    start = y - pen.size - 2
    for index, row in enumerate(cells):
        began = y
        if not beside and table.description != "below":
            y = pen.write(x + 2, y, row["description"], width - 4)
        below = y + pen.row
        for key in columns:
            if key == "description":
                below = max(below, pen.write(edges[key] + 3, y, row[key], wide[key] - 6))
            elif key in _NUMBERS:
                pen.paper.text(edges[key] + wide[key] - 4, y, row[key], pen.font, pen.size, "r")
            elif key == "code":
                below = max(
                    below, pen.write(edges[key] + 3, y, row[key], max(wide[key] - 6, pen.width("0000000")))
                )
            else:
                pen.paper.text(edges[key] + 3, y, row[key], pen.font, pen.size)
        y = below
        if not beside and table.description == "below":
            y = pen.write(x + 14, y, row["description"], width - 18)
        if table.rules == "shade" and index % 2:
            pen.paper.box(x, began - pen.size, width, y - began, (0.92, 0.94, 0.97), None)
        y += 2
    if table.rules == "grid":
        pen.paper.box(x, top, width, y - top - pen.size + 2)
        pen.paper.line(x, start, x + width, start)
        for key in columns[1:]:
            pen.paper.line(edges[key], top, edges[key], y - pen.size + 2, 0.4)
    forget_unprinted(pen, table.columns)
    pen.features |= {
        f"heads_{table.heads}",
        "description_" + ("in" if beside else table.description if table.description != "in" else "above"),
    }
    pen.features |= {f"column_{key}" for key in columns} & {
        "column_size",
        "column_colour",
        "column_discount",
        "column_tax",
        "column_code",
    }
    return y + 4


def _heads(
    pen: Pen,
    table: Table,
    columns: Sequence[str],
    edges: dict[str, float],
    wide: dict[str, float],
    names: dict[str, str],
    y: float,
) -> float:
    rows = {key: names[key].split() if table.heads == "two_rows" else [names[key]] for key in columns}
    for key in columns:
        for index, text in enumerate(rows[key]):
            at, centre = y + index * pen.row, edges[key] + wide[key] / 2
            if table.heads == "centred":
                pen.paper.text(centre, at, text, pen.bold, pen.size, "c")
            elif key in _NUMBERS:
                pen.paper.text(edges[key] + wide[key] - 4, at, text, pen.bold, pen.size, "r")
            else:
                pen.paper.text(edges[key] + 3, at, text, pen.bold, pen.size)
    return y + max(len(parts) for parts in rows.values()) * pen.row


def _with_its_sign(pen: Pen, head: str, *, twice: bool = False) -> str:
    """The heading of amounts. One that names a currency names the paper's, which is printed thereby."""
    if not head.endswith(" S/"):
        return head
    pen.features.add("sign")
    return head[:-3] if twice else f"{head[:-3]} {pen.case.symbol}"


def concepts(pen: Pen, x: float, y: float, width: float) -> float:
    """A bill's charges: text and amount. Of a recibo por honorarios the concept alone."""
    if pen.case.invoice.kind == "02":
        concept = pen.case.invoice.items[0].description or ""
        return pen.pair(
            x,
            y,
            width,
            pen.spell(pen.rng.choice(["Por concepto de", "Concepto", "Por la prestación de"])),
            concept,
        )
    pen.paper.text(x, y, pen.say(HEADS["description"]), pen.bold, pen.size)
    head = _with_its_sign(pen, pen.say(HEADS["amount"]))
    pen.paper.text(x + width, y, head, pen.bold, pen.size, "r")
    y += pen.row
    for item in pen.case.invoice.items:
        pen.paper.text(x + width, y, pen.case.money(item.amount or Decimal(0)), pen.font, pen.size, "r")
        y = pen.write(x, y, item.description or "", width - 60)
    return y + 4
