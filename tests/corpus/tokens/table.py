"""The lines that were sold as a table: columns in any order, set close or wide, descriptions in them,
above or below.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.corpus.tokens import details, labels, names
from tests.corpus.tokens.canvas import Canvas, Piece, said
from tests.corpus.tokens.facts import Facts, Line
from tests.corpus.tokens.style import Style

_NUMBERS = {"quantity", "price", "net_price", "amount", "net", "discount", "tax", "isc"}
_ROLES = {
    "n": "line_number",
    "code": "code",
    "quantity": "quantity",
    "unit": "unit",
    "words": "description",
    "discount": "line_discount",
    "tax": "other_amount",
    "isc": "other_amount",
    "kind": "other_amount",
    "lot": "other_amount",
}


_LOOKS = (
    "ROJO AZUL NEGRO BLANCO VERDE GRIS PLATA CELESTE AMARILLO BEIGE PLOMO Rojo Azul Negro NEG BCO S "
    "M L XL XXL 28 30 36 38 40 42 1/2 3/4 STD UNICA Única 10-12"
).split()


@dataclass(frozen=True)
class Plan:
    """The columns of a table from left to right, and which of them say price and amount; `places`: decimals
    of quantities and of prices.
    """

    columns: Sequence[str]
    price: str
    amount: str
    places: tuple[int, int]

    def role(self, column: str) -> str:
        """What a column is to the reader: of two prices and two amounts only one of each is the line's."""
        if column in {"price", "net_price"}:
            return "unit_price" if column == self.price else "other_amount"
        if column in {"amount", "net"}:
            return "amount" if column == self.amount else "other_amount"
        return _ROLES[column]


def planned(rng: Random, *, narrow: bool) -> Plan:
    """The columns of one table."""
    front = ["words"]
    if rng.random() < 0.93:
        front.insert(rng.choice([0, 0, 0, 1]), "quantity")
    if rng.random() < 0.55:
        front.insert(rng.randrange(len(front) + 1), "unit")
    if rng.random() < 0.4:
        front.insert(rng.choice([0, 0, 1, len(front)]), "code")
    if rng.random() < 0.2:
        front.insert(0, "n")
    for _ in range(rng.choice([0, 0, 0, 0, 0, 1, 2])):
        front.insert(rng.randrange(1, len(front) + 1), "lot")
    with_tax, both = rng.random() < 0.55, rng.random() < 0.15
    price, amount = ("price", "amount") if with_tax else ("net_price", "net")
    tail = [price] if rng.random() < 0.9 else []
    if both and tail:
        tail.insert(0, "net_price" if with_tax else "price")
    if rng.random() < 0.16:
        tail.append("discount")
    if with_tax and rng.random() < (0.4 if both else 0.05):
        tail.append("net")
    for name, often in (("tax", 0.08), ("isc", 0.05), ("kind", 0.04)):
        if rng.random() < often:
            tail.append(name)
    if rng.random() < 0.9 or not tail:
        tail.append(amount)
    if rng.random() < 0.06:
        rng.shuffle(tail)
        amount = next((name for name in reversed(tail) if name in {"amount", "net"}), amount)
    if rng.random() < 0.06:
        front = ["words", *(name for name in front if name != "words")]
    if narrow:
        front = [name for name in front if name in {"words", "quantity"} or rng.random() < 0.25]
        tail = [name for name in tail if name in {price, amount}]
    columns = [*front, *tail]
    if rng.random() < 0.05:
        columns.remove("words")
        columns.append("words")
    return Plan(
        list(dict.fromkeys(columns)),
        price,
        amount,
        (rng.choice([0, 0, 0, 1, 2, 2, 3]), rng.choice([2, 2, 2, 3, 4, 5, 6, 10])),
    )


def quantity(value: float, places: int) -> str:
    """A count as the house shows it."""
    if value == int(value):
        return f"{value:.{places}f}"
    return f"{value:.{max(places, 2)}f}" if round(value, 2) == value else f"{value:.3f}"


def cells(plan: Plan, line: Line, number: int, style: Style) -> dict[str, list[Piece]]:
    """What each column shows of a line."""
    rng, sign = style.rng, style.item_sign
    values = {
        "price": line.price,
        "net_price": line.net_price,
        "amount": line.amount,
        "net": line.net,
        "tax": round(line.amount - line.net, 2),
        "isc": 0.0,
    }
    found: dict[str, list[Piece]] = {}
    for column in plan.columns:
        role = plan.role(column)
        if column in values:
            places = plan.places[1] if column == "net_price" else 2
            found[column] = style.money(values[column], role, number, places, sign)
        elif column == "discount":
            text = (
                rng.choice(["0", "0.00", "0%", "-"])
                if not line.off
                else rng.choice([f"{line.off:.0f}%", f"{line.off:.2f}"])
            )
            found[column] = said(text, role, number)
        elif column == "words":
            found[column] = said(line.words, role, number)
        else:
            text = {
                "n": str(number),
                "code": line.code,
                "quantity": quantity(line.quantity, plan.places[0]),
                "unit": line.unit,
                "kind": rng.choice(["10", "20", "GRA", "Gravado", "30"]),
                "lot": rng.choice(
                    [
                        rng.choice(_LOOKS),
                        rng.choice(_LOOKS),
                        names.invented(rng),
                        "-",
                        str(rng.randrange(1, 60)),
                        f"L{rng.randrange(100, 9999)}",
                        "M",
                        "NEGRO",
                        "S/M",
                        f"{rng.randrange(1, 12):02d}/{rng.randrange(2025, 2030)}",
                        f"{rng.uniform(0.1, 90):.2f}",
                    ]
                ),
            }[column]
            found[column] = said(text, role, number)
    return found


@dataclass(frozen=True)
class _Looks:
    """Where a table's columns stand and how it sets them."""

    x: dict[str, float]
    wide: dict[str, float]
    numbers: str
    words: str
    others: dict[str, str]
    apart: bool
    first: bool

    def align(self, column: str) -> str:
        """Left, right or centred."""
        if column == "words":
            return self.words
        return self.others.get(column, self.numbers)

    def at(self, column: str, align: str) -> float:
        """The edge or the middle that words of the column stand at."""
        return self.x[column] + self.wide[column] * {"l": 0.0, "c": 0.5, "r": 1.0}[align]


def _looks(
    canvas: Canvas, plan: Plan, heads: dict[str, list[Piece]], rows: Sequence[dict[str, list[Piece]]]
) -> _Looks:
    rng, narrow = canvas.rng, canvas.width < 40
    gap = rng.uniform(0.35, 1) if narrow else rng.choice([rng.uniform(0.25, 0.9), rng.uniform(0.7, 3)])
    whole_heads = not narrow and rng.random() < 0.65
    wide = {}
    for column in plan.columns:
        if column != "words":
            own = max([canvas.wide(row[column]) for row in rows] + [3 * canvas.letter])
            longest = max(canvas.wide([piece]) for piece in heads[column]) if heads[column] else 0.0
            wide[column] = max(own, canvas.wide(heads[column]) if whole_heads else 0.0 if narrow else longest)
    room = canvas.width - sum(wide.values()) - gap * len(wide)
    apart = room < (7 if narrow else 9) or rng.random() < 0.08
    others = [column for column in plan.columns if column != "words"]
    if apart:
        spare = (
            max(0.0, canvas.width - sum(wide.values()) - gap * len(others))
            / max(1, len(others))
            * rng.uniform(0.2, 1)
        )
        wide = {column: own + spare for column, own in wide.items()}
    else:
        wide["words"] = room * (1 if rng.random() < 0.7 else rng.uniform(0.55, 1))
    x, at = {}, 0.0
    for column in others if apart else plan.columns:
        x[column] = at
        at += wide[column] + gap
    aligned = {column: rng.choice("lcl") for column in ("unit", "code", "n", "lot", "kind")}
    if rng.random() < 0.3:
        aligned["quantity"] = rng.choice("lc")
    return _Looks(
        x,
        wide,
        rng.choices("rcl", [65, 20, 15])[0],
        rng.choices("lcr", [90, 9, 1])[0],
        aligned,
        apart,
        rng.random() < 0.5,
    )


def wide(canvas: Canvas, facts: Facts, style: Style) -> None:
    """The whole table, headings first where it has any."""
    rng = canvas.rng
    plan = planned(rng, narrow=canvas.width < 40)
    rows = [cells(plan, line, number, style) for number, line in enumerate(facts.lines, 1)]
    capital = rng.random() < 0.6
    heads = {column: said(_head(style, column, capital=capital)) for column in plan.columns}
    looks = _looks(canvas, plan, heads, rows)
    if rng.random() < 0.92:
        _heads(canvas, plan, heads, looks)
    if canvas.width < 40 and rng.random() < 0.2:
        canvas.rule()
    loose = rng.uniform(1, 1.3) if rng.random() < 0.7 else rng.uniform(1.3, 2.2)
    middle = rng.choices([0.0, 0.5, 1.0], [76, 17, 7])[0]
    longer = rng.random() < 0.1
    for number, (line, row) in enumerate(zip(facts.lines, rows, strict=True), 1):
        more = details.detail(rng, number) if longer and rng.random() < 0.7 else None
        if more and more[1]:
            row["words"] = [*row.get("words", []), *more[0]]
        _row(canvas, looks, row, middle)
        if more and not more[1]:
            canvas.lines(
                looks.x.get("words", rng.uniform(0, 3)), more[0], looks.wide.get("words", canvas.width) + 4
            )
        canvas.next(loose - 1)
        if line.off and "discount" not in plan.columns and rng.random() < 0.4:
            canvas.put(
                looks.x.get("words", 0.0),
                said(rng.choice(["DESCUENTO", "Dscto.", "DSCTO ITEM", "Descuento"])),
            )
            canvas.put(canvas.width, said(style.number(-line.price * line.quantity * line.off / 100)), "r")
            canvas.next()


def _head(style: Style, column: str, *, capital: bool) -> str:
    text = style.text(labels.HEADS[column])
    return text.upper() if capital else text


def _heads(canvas: Canvas, plan: Plan, heads: dict[str, list[Piece]], looks: _Looks) -> None:
    """Headings over their columns, aligned as these are, or centred, or all to the left; over two rows
    where narrow.
    """
    rng = canvas.rng
    way, shift, deepest = (
        rng.choices(["same", "c", "l"], [40, 45, 15])[0],
        rng.uniform(-2, 2) if rng.random() < 0.2 else 0.0,
        canvas.step,
    )
    low = rng.random() < 0.5
    depth = {column: canvas.wide(heads[column]) > looks.wide.get(column, 99.0) + 1 for column in plan.columns}
    for column in looks.x:
        align = looks.align(column) if way == "same" else way
        down = canvas.step * 0.45 if low and any(depth.values()) and not depth[column] else 0.0
        deepest = max(
            deepest,
            canvas.wrapped(
                looks.at(column, align) + shift,
                heads[column],
                max(looks.wide[column], 3) + 1,
                align,
                down=down,
            ),
        )
    canvas.y += deepest
    if looks.apart and "words" in plan.columns and rng.random() < 0.6:
        canvas.put(rng.choice([0.0, canvas.width / 2]), heads["words"])
        canvas.next()
    canvas.y += rng.uniform(0, 0.6)


def _row(canvas: Canvas, looks: _Looks, row: dict[str, list[Piece]], middle: float) -> None:
    """A line: its words over as many lines as they need, the rest beside the first, the middle or the last
    of them.
    """
    rng, words = canvas.rng, row.get("words", [])
    down = 0.0
    if looks.apart:
        if looks.first:
            canvas.lines(0, words, canvas.width)
    else:
        align = looks.align("words")
        room = max(looks.wide.get("words", 4.0), 4.0)
        if words and canvas.wide(words) > room and rng.random() < 0.04:
            words = _cut(canvas, words, room)
        deep = (
            canvas.wrapped(looks.at("words", align), words, room, align)
            if words and "words" in looks.x
            else canvas.step
        )
        down = deep - canvas.step
    for column in looks.x:
        if column != "words" and rng.random() > 0.006:
            align = looks.align(column)
            canvas.put(looks.at(column, align), row[column], align, down=down * middle)
    canvas.y += down
    canvas.next()
    if looks.apart and not looks.first:
        canvas.lines(rng.choice([0.0, 2.0]) if canvas.width > 30 else 0.0, words, canvas.width)


def _cut(canvas: Canvas, words: list[Piece], room: float) -> list[Piece]:
    """What fits of the words, the last one cut."""
    kept: list[Piece] = []
    for piece in words:
        left = int((room - canvas.wide(kept)) / canvas.letter) - 1
        if left < len(piece.text):
            return (
                [*kept, Piece(piece.text[:left], piece.role, piece.item)]
                if left > 1 or (not kept and left > 0)
                else kept or words
            )
        kept.append(piece)
    return kept
