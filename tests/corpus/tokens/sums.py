"""The printed totals: under each other, in a strip, before their labels' edge or after it; what is said in
words and paid.
"""

from collections.abc import Sequence

from tests.corpus.tokens import labels
from tests.corpus.tokens.canvas import Canvas, Piece, said
from tests.corpus.tokens.facts import SIGNS, Facts
from tests.corpus.tokens.style import Style, in_words

_ORDER = (
    "subtotal",
    "advances",
    "discounts",
    "taxable",
    "unaffected",
    "exempt",
    "free",
    "isc",
    "igv",
    "icbper",
    "other_charges",
    "rounding",
    "total",
    "debt",
    "detraction",
    "perception",
    "net_payable",
)
_AFTER = {"total", "debt", "detraction", "perception", "net_payable"}
_ZEROS = {
    "exempt": 0.55,
    "unaffected": 0.55,
    "free": 0.5,
    "discounts": 0.5,
    "isc": 0.5,
    "icbper": 0.4,
    "other_charges": 0.5,
    "igv": 0.6,
    "taxable": 0.5,
    "advances": 0.15,
    "rounding": 0.12,
}
_PRINTED_AS = {"debt": "other"}
Row = tuple[str, list[Piece], list[Piece]]


def _rows(facts: Facts, style: Style) -> list[Row]:
    """What is printed, in order: name, label, amount. Some houses print all zeros, some no tax at all."""
    rng, sums = style.rng, facts.sums
    shown: list[tuple[str, float]] = []
    zeros = rng.random() < 0.42 and facts.kind not in {"02", "14"}
    for name in _ORDER:
        if name in sums:
            shown.append((name, sums[name]))
        elif name == "subtotal" and facts.kind != "02" and rng.random() < 0.13:
            shown.append((name, sums.get("taxable", sums["total"])))
        elif zeros and rng.random() < _ZEROS.get(name, 0.0):
            shown.append((name, 0.0))
    if facts.kind != "02" and rng.random() < 0.06:
        shown = [(name, value) for name, value in shown if name not in {"igv", "taxable"}]
    if rng.random() < 0.14:
        head = [row for row in shown if row[0] not in _AFTER]
        rng.shuffle(head)
        shown = head + [row for row in shown if row[0] in _AFTER]
    if rng.random() < 0.05:
        shown.sort(key=lambda row: row[0] != "total")
    colon = rng.choice([":", "", "", " :", style.colon])
    minus = rng.random() < 0.5
    rows: list[Row] = []
    for name, value in shown:
        taken_off = name in {"discounts", "advances"} and minus and value
        money = style.money(-value if taken_off else value, _PRINTED_AS.get(name, name))
        rows.append((name, _label(facts, style, name, colon), money))
    return rows


def _label(facts: Facts, style: Style, name: str, colon: str) -> list[Piece]:
    rng, choices = style.rng, labels.SUMS[name if name != "subtotal" or facts.kind != "02" else "retention"]
    if name == "total" and facts.kind == "02":
        choices = labels.FEES_TOTAL
    elif name == "total" and facts.kind == "14" and rng.random() < 0.7:
        choices = (
            labels.BILL_TOTAL
            if "net_payable" not in facts.sums
            else labels.BILL_TOTAL.replace("Total a pagar|", "")
        )
    percent = f"{facts.rate * 100:.1f}".removesuffix(".0")
    text = style.text(choices).replace("{r}", percent).replace("{R}", percent)
    sign = SIGNS[facts.currency].split("|")[0]
    pieces = said(text.replace("{c}", sign).replace("{C}", sign).rstrip(":") + colon)
    if name == "total" and rng.random() < 0.03:
        return [Piece(letter) for letter in "TOTAL"]
    return pieces


def printed(canvas: Canvas, facts: Facts, style: Style) -> None:
    """All sums of a paper."""
    rng, rows, narrow = canvas.rng, _rows(facts, style), canvas.width < 40
    if not narrow and len(rows) >= 3 and rng.random() < 0.1:
        _strip(canvas, rows)
        return
    amounts = max(canvas.wide(money) for _, _, money in rows)
    right = canvas.width if rng.random() < 0.8 else canvas.width * rng.uniform(0.6, 1)
    words = max(canvas.wide(label) for _, label, _ in rows)
    way = rng.choices(["left", "right", "inline"], [55, 33, 12] if narrow else [42, 50, 8])[0]
    gap = rng.uniform(0.6, 2) if narrow else rng.uniform(0.8, 4)
    edge = max(0.0, right - amounts - gap - words) if not narrow or rng.random() < 0.5 else 0.0
    apart = rng.random() < 0.5
    align = rng.choices("rl", [90, 10])[0]
    stars = "*" * rng.randrange(2, 8) if rng.random() < (0.25 if facts.kind == "14" else 0.02) else ""
    leader = rng.random() < 0.03
    for name, label, amount in rows:
        size = 1.25 if name == "total" and rng.random() < 0.3 else 1.0
        money = _starred(amount, stars) if stars and name in {"total", "net_payable"} else amount
        if rng.random() < 0.08 and name != "total":
            money = [piece for piece in money if piece.role != "other"] or money
        if way == "inline":
            canvas.put(0 if narrow else right, [*label, *money], "l" if narrow else "r", size)
        else:
            room = right - amounts - gap - (edge if way == "left" else 0)
            deep = _aside(canvas, label, way, (edge, right - amounts - gap), room, size)
            if leader:
                canvas.put(right - amounts - gap, said("." * rng.randrange(4, 12)), "r")
            if apart and len(money) == 2 and align == "r":
                canvas.put(right - amounts - 0.3, money[:1], "l", size, deep)
                money = money[1:]
            canvas.put(right if align == "r" else right - amounts, money, align, size, deep)
            canvas.y += deep
        canvas.next(size)


def _aside(
    canvas: Canvas, label: Sequence[Piece], way: str, edges: tuple[float, float], room: float, size: float
) -> float:
    """Sets a label, over two lines where it is too long; how far down its last line stands."""
    if canvas.wide(label, size) <= max(room, 4) + 0.5 or len(label) == 1:
        canvas.put(edges[0] if way == "left" else edges[1], label, "l" if way == "left" else "r", size)
        return 0.0
    return (
        canvas.wrapped(
            edges[0] if way == "left" else edges[1], label, max(room, 4), "l" if way == "left" else "r", size
        )
        - canvas.step * size
    )


def _starred(money: list[Piece], stars: str) -> list[Piece]:
    return [
        piece
        if piece.role == "other"
        else Piece(
            piece.text.replace("S/", "S/" + stars) if "S/" in piece.text else stars + piece.text, piece.role
        )
        for piece in money
    ]


def _strip(canvas: Canvas, rows: Sequence[Row]) -> None:
    """Labels beside each other, each with its amount below it or above it."""
    rng, room = canvas.rng, canvas.width / len(rows)
    align, shift = rng.choice("cclr"), {"c": room / 2, "l": 0.0, "r": room - 1}
    above = rng.random() < 0.06
    deepest = canvas.step
    for at, (_, label, money) in enumerate(rows):
        if above:
            canvas.put(room * at + shift[align], money, align)
        deepest = max(
            deepest,
            canvas.wrapped(
                room * at + shift[align], label, room - 1, align, down=canvas.step if above else 0.0
            ),
        )
    canvas.y += deepest
    if not above:
        for at, (_, _, money) in enumerate(rows):
            canvas.put(room * at + shift[align], money, align)
        canvas.next(1.5)


def spelled(canvas: Canvas, facts: Facts, style: Style) -> None:
    """The total in words, over as many lines as it needs."""
    rng = canvas.rng
    label = style.label(labels.WORDS, rng.choice([":", ":", "", " :", ".-"]))
    value = facts.sums["net_payable"] if "net_payable" in facts.sums and rng.random() < 0.2 else facts.total
    if len(label) == 1 and label[0].text in {":", ".-"}:
        label = []
    canvas.lines(0, [*label, *said(in_words(rng, value, facts.currency), "words")], canvas.width)


def paid(canvas: Canvas, facts: Facts, style: Style) -> None:
    """Cash, cards and change."""
    rng, total = canvas.rng, facts.total
    right = canvas.width * rng.uniform(0.7, 1) if canvas.width < 40 else canvas.width * rng.uniform(0.3, 1)
    for _ in range(rng.randrange(1, 4)):
        value = rng.choice(
            [
                total,
                total,
                round(total / 10 + 0.5) * 10.0,
                0.0,
                round(rng.uniform(1, 500), 2),
                round(total / 50 + 1) * 50.0 - total,
            ]
        )
        canvas.put(0, style.label(labels.PAYING, rng.choice([":", "", style.colon])))
        canvas.put(right, style.money(value, "paid"), "r")
        canvas.next()
