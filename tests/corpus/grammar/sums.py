"""The amounts of a paper, in the set of its maker."""

from collections.abc import Sequence
from decimal import Decimal

from functions.extractor.invoice import Item
from tests.corpus.grammar.amounts import AMOUNTS, BILL_TOTAL
from tests.corpus.grammar.forms import Sums
from tests.corpus.grammar.pen import Pen
from tests.corpus.paper import WHITE

Row = tuple[str, str, bool]
"""Label, amount as printed, whether it is the total."""


def rows(pen: Pen) -> list[Row]:
    """Label and amount of each printed total; a paper may leave its subtotal out."""
    case = pen.case
    percent = f"{case.rate * 100:.1f}".removesuffix(".0") if case.rate else "18"
    out = []
    for key, amount in case.rows:
        vocabulary = BILL_TOTAL if key == "total" and case.invoice.kind == "14" else AMOUNTS[key]
        label = pen.say(vocabulary).replace("{rate}", percent).replace("{RATE}", percent)
        shown = ("-" if amount < 0 else "") + case.money(abs(amount))
        total = key in {"total", "to_pay", "net_with_perception", "net_received"}
        out.append((label, pen.money(shown, total=total), total))
    return out


def omit_unprinted(pen: Pen, *, signed: bool) -> None:
    """Some papers print no breakdown: then it is not in the truth either. On `signed` ones the symbol says
    it.
    """
    case, inv, rng = pen.case, pen.case.invoice, pen.rng
    if not signed and case.trap == "plain" and inv.kind == "03" and rng.random() < 0.12:
        case.rows = [(key, amount) for key, amount in case.rows if key == "total"]
        inv.taxable = inv.igv = inv.discounts = None
        pen.features.add("total_alone")
    inv.isc = inv.isc or None
    for name in ("exempt", "unaffected", "free", "discounts", "icbper"):
        if getattr(inv, name) == Decimal(0) and name not in dict(case.rows):
            setattr(inv, name, None)


def totals(pen: Pen, form: Sums, x: float, y: float, width: float) -> float:
    """All rows under `form`; the next baseline."""
    found = rows(pen)
    pen.features.add(f"sums_{form}")
    if form == "strip" and width > 240:
        return _strip(pen, found, x, y, width)
    _charge(pen, found)
    for label, amount, total in found:
        size = pen.size * (1.15 if total else 1)
        name, tall = label.rstrip(":"), pen.row + (2 if total else 0)
        if form == "colon":
            y = pen.write(x, y, f"{name} : {amount}", width, bold=total)
            continue
        if form == "right":
            pen.paper.text(x + width * 0.4, y, amount, pen.bold if total else pen.font, pen.size, "r")
            y = pen.write(x + width * 0.4 + 8, y, name, width * 0.6 - 8, bold=total)
            continue
        filled = form == "boxed" and total
        if form == "boxed":
            pen.paper.box(x, y - size, width, tall, (0.12, 0.3, 0.35) if filled else None)
        ink = WHITE if filled else pen.ink
        face = pen.bold if total else pen.font
        room = width - pen.width(amount, size, bold=True) - 8
        parts = pen.lines(name, room) if pen.width(name, bold=True) > room else [name]
        for part in parts[:-1]:
            pen.paper.text(x + 2, y, part, face, pen.size, colour=ink)
            y += pen.row
        if form == "dotted":
            dots = int(max(0.0, room - pen.width(parts[-1], bold=True)) / max(1.0, pen.width(".")))
            parts[-1] += "." * dots + ":"
        pen.paper.text(x + 2, y, parts[-1], face, pen.size, colour=ink)
        pen.paper.text(x + width - 2, y, amount, face, size, "r", ink)
        y += tall
    return y + 2


def _charge(pen: Pen, found: Sequence[Row]) -> None:
    """Keeps what a bill charges behind its tax, under the name that it has here: it is one of its lines. In a
    strip it is a sum among sums.
    """
    for (key, amount), (label, _, _) in zip(pen.case.rows, found, strict=True):
        if key == "fise":
            pen.charges.append(Item(description=label, amount=amount))


def _strip(pen: Pen, found: list[Row], x: float, y: float, width: float) -> float:
    for start in range(0, len(found), 4):
        part = found[start : start + 4]
        cell = width / len(part)
        below = max(
            pen.write(x + i * cell, y, label, cell - 6, bold=True, align="c")
            for i, (label, _, _) in enumerate(part)
        )
        for i, (_, amount, _) in enumerate(part):
            pen.paper.text(x + i * cell + cell / 2 - 3, below, amount, pen.font, pen.size, "c")
        y = below + pen.row + 3
    return y
