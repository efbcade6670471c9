"""A paper's facts set on a canvas, block by block, each word with its role."""

from collections.abc import Callable
from random import Random

from tests.corpus.cases import Case
from tests.corpus.grammar import labels
from tests.corpus.grammar.amounts import AMOUNTS, BILL_TOTAL
from tests.corpus.grammar.forms import PageType
from tests.corpus.grammar.owned import Owned
from tests.corpus.grammar.sale import Sale
from tests.corpus.tokens import table
from tests.corpus.tokens.canvas import Canvas, Piece, said

Field = tuple[str, list[Piece]]
"""A label and what stands under it."""

SUM_ROLES = {
    "subtotal": "subtotal", "fise": "other_charges", "net_with_perception": "net_payable",
    "retention": "other", "debt": "other",
    "to_pay": "net_payable", "fees": "total", "income_tax": "other", "net_received": "net_payable",
}  # fmt: skip
"""What the rows of a case that are no field of their own are to the reader."""


OTHERS = (
    "COTIZACIÓN", "PROFORMA", "NOTA DE VENTA", "NOTA DE PEDIDO", "ORDEN DE COMPRA", "ORDEN DE SERVICIO",
    "GUÍA DE REMISIÓN REMITENTE",
    "PRE CUENTA", "ESTADO DE CUENTA", "RECIBO DE CAJA", "TICKET DE ATENCIÓN", "CONSTANCIA DE PAGO",
)  # fmt: skip
"""Titles of what looks like a comprobante and is none."""


def drawn(rng: Random, page: PageType, sale: Sale, title: str | None = None) -> Canvas:
    """The whole paper, as a page of its type; `title` in the place of its kind's own."""
    roll = page.startswith("roll")
    canvas = Canvas(
        rng,
        rng.uniform(17, 34) if roll else rng.uniform(55, 115),
        rng.uniform(0.44, 0.6),
        rng.uniform(1.15, 1.8),
    )
    case = sale.case
    _top(canvas, sale, title, roll=roll)
    _fields(canvas, _details(rng, case), roll=roll)
    canvas.y += canvas.step * rng.uniform(0, 1.2)
    if page in {"bill", "fees"}:
        readings = [
            said(f"{rng.choice(labels.SUPPLY.all_of('tune'))}: {rng.randrange(10_000, 999_999)}")
            for _ in range(rng.randrange(5))
        ]
        table.charges(canvas, case, readings)
    else:
        (table.roll if roll and rng.random() < 0.8 else table.wide)(canvas, case)
    canvas.y += canvas.step * rng.uniform(0.2, 1.5)
    blocks: list[Callable[[], None]] = [lambda: _sums(canvas, case, roll=roll), lambda: _words(canvas, case)]
    rng.shuffle(blocks)
    for block in blocks:
        block()
    _tail(canvas, case)
    return canvas


def _say(rng: Random, vocabulary: Owned[str]) -> str:
    text = rng.choice(vocabulary.all_of("tune"))
    return text.upper() if rng.random() < 0.5 else text


def _top(canvas: Canvas, sale: Sale, other: str | None, *, roll: bool) -> None:
    """Who issues, and the box of RUC, title and number: beside each other or one above the other, in either
    order.
    """
    case, rng = sale.case, canvas.rng
    inv = case.invoice
    name = [said(case.issuer.name, "supplier_name")]
    around = [
        said(case.issuer.address),
        said(f"{case.issuer.place}"),
        said(f"Telf. {case.issuer.phone}"),
        said(case.issuer.mail),
    ]
    issuer = [
        *([said(case.issuer.trade_name)] if rng.random() < 0.4 else []),
        *name,
        *rng.sample(around, rng.randrange(4)),
    ]
    ruc = [
        *said(_say(rng, labels.RUC) + rng.choice(["", ":", " :"])),
        *said(sale.printed_ruc or "", "supplier_ruc"),
    ]
    if sale.printed_ruc and rng.random() < 0.1:
        ruc = [Piece(f"RUC:{sale.printed_ruc}", "supplier_ruc")]
    title = said(other or _say(rng, labels.TITLES[inv.kind or "01"]), "title")
    identity = [ruc, title, _serial(rng, case)]
    if rng.random() < 0.25:
        rng.shuffle(identity)
    if roll or rng.random() < 0.15:
        align, x = ("c", canvas.width / 2) if rng.random() < 0.8 else ("l", 0.0)
        if rng.random() < 0.5:
            issuer, identity = [*issuer, ruc], [line for line in identity if line is not ruc]
        for line in [*issuer, *identity]:
            canvas.y = canvas.wrap(x, canvas.y, line, canvas.width, align, rng.choice([1.0, 1.0, 1.2]))
    else:
        box = canvas.width * rng.uniform(0.28, 0.42)
        left = rng.random() < 0.1
        size, middle = rng.choice([1.0, 1.2, 1.5]), box / 2 if left else canvas.width - box / 2
        below = canvas.y + rng.uniform(0, 1.5)
        for line in identity:
            below = canvas.wrap(middle, below, line, box, "c", size)
        y = canvas.y + rng.uniform(0, 1.5)
        for line in issuer:
            y = canvas.wrap(box + 2 if left else 0, y, line, canvas.width - box - 3)
        canvas.y = max(y, below)
    canvas.y += canvas.step * rng.uniform(0.2, 1.5)


def _serial(rng: Random, case: Case) -> list[Piece]:
    how = rng.random()
    series, number = str(case.invoice.series), case.printed_number
    if how < 0.65:
        return [*said(_say(rng, labels.SERIAL)), Piece(f"{series}-{number}", "serial")]
    if how < 0.8:
        return [Piece(series, "series"), Piece(rng.choice(["-", "N°", "Nº"])), Piece(number, "number")]
    first, second = (
        [*said(_say(rng, labels.SERIES) + ":"), Piece(series, "series")],
        [*said(_say(rng, labels.NUMBER) + ":"), Piece(number, "number")],
    )
    return [*first, *second]


def _details(rng: Random, case: Case) -> list[Field]:
    """Customer, dates, money and whatever else stands between heading and table, in any order."""
    inv, who = case.invoice, case.invoice.customer
    found: list[Field] = [
        (
            _say(rng, labels.DATE),
            [*said(case.day(), "date"), *(said(case.time) if rng.random() < 0.2 else [])],
        )
    ]
    if inv.due_date is not None:
        found.append((_say(rng, labels.DUE), said(case.day(inv.due_date), "due_date")))
    if who.name is not None:
        found.append((_say(rng, labels.CUSTOMER), said(who.name, "customer_name")))
        found.append(
            (
                _say(rng, labels.CUSTOMER_RUC if who.id_type == "6" else labels.CUSTOMER_DNI),
                said(who.id or "", "customer_id"),
            )
        )
    if rng.random() < 0.6:
        found.append((_say(rng, labels.ADDRESS), said(case.customer.address)))
    if rng.random() < 0.5:
        money = {"PEN": ["SOLES", "PEN", "Sol"], "USD": ["DÓLARES", "USD"], "EUR": ["EUROS", "EUR"]}[
            inv.currency or "PEN"
        ]
        found.append((_say(rng, labels.CURRENCY), said(rng.choice(money))))
    if rng.random() < 0.5:
        found.append((_say(rng, labels.PAYMENT), said(case.payment)))
    asides = [str(rng.randrange(1, 99_999)), f"T001-{rng.randrange(1, 9999)}", "-", "LIMA"]
    found += [(_say(rng, labels.ASIDES), said(aside)) for aside in rng.sample(asides, rng.randrange(4))]
    if inv.modifies is not None:
        serial = f"{inv.modifies.series}-{inv.modifies.number}"
        note: list[Field] = [(_say(rng, labels.MODIFIES), [Piece(serial, "modified_serial")])]
        if rng.random() < 0.8:
            note.append(
                (_say(rng, labels.MODIFIED_DATE), said(case.day(case.modified_date), "modified_date"))
            )
        note.append((_say(rng, labels.REASON), said(case.reason)))
        return [*note, *found] if rng.random() < 0.5 else [*found, *note]
    if rng.random() < 0.5:
        rng.shuffle(found)
    return found


def _fields(canvas: Canvas, fields: list[Field], *, roll: bool) -> None:
    """Labels before their values, above them, or in columns."""
    rng = canvas.rng
    colon, style = (
        rng.choice([":", " :", ""]),
        rng.choices(["inline", "apart", "two", "above"], [60, 30, 5, 5] if roll else [30, 30, 30, 10])[0],
    )
    if style in {"two", "above"}:
        half = canvas.width / 2
        for start in range(0, len(fields), 2):
            below = canvas.y
            for at, (label, value) in enumerate(fields[start : start + 2]):
                if style == "above":
                    canvas.put(at * half, canvas.y, said(label))
                    below = max(below, canvas.wrap(at * half, canvas.y + canvas.step, value, half - 1))
                else:
                    below = max(
                        below, canvas.wrap(at * half, canvas.y, [*said(label + colon), *value], half - 1)
                    )
            canvas.y = below
        return
    edge = max(canvas.wide(said(label + colon)) for label, _ in fields) + rng.uniform(0.8, 3)
    for label, value in fields:
        if style == "inline" or edge > canvas.width / 2:
            canvas.y = canvas.wrap(0, canvas.y, [*said(label + colon), *value], canvas.width)
        else:
            canvas.put(0, canvas.y, said(label + colon))
            canvas.y = canvas.wrap(edge, canvas.y, value, canvas.width - edge)


def _sums(canvas: Canvas, case: Case, *, roll: bool) -> None:
    """The printed totals under each other at the right, or as a strip of labels over amounts."""
    rng = canvas.rng
    percent = f"{case.rate * 100:.1f}".removesuffix(".0") if case.rate else "18"
    sign = rng.choice([case.symbol, case.symbol, ""])
    rows: list[tuple[list[Piece], list[Piece]]] = []
    for key, amount in case.rows:
        vocabulary = BILL_TOTAL if key == "total" and case.invoice.kind == "14" else AMOUNTS[key]
        shown = ("-" if amount < 0 else "") + case.money(abs(amount)).replace(" ", ",")
        role = SUM_ROLES.get(key, key)
        money = (
            [Piece(sign + shown, role)] if sign and rng.random() < 0.3 else [*said(sign), Piece(shown, role)]
        )
        rows.append(
            (said(_say(rng, vocabulary).replace("{rate}", percent).replace("{RATE}", percent)), money)
        )
    if not roll and len(rows) < 6 and rng.random() < 0.15:
        for at, (label, money) in enumerate(rows):
            canvas.put(canvas.width * at / len(rows), canvas.y, label)
            canvas.put(canvas.width * at / len(rows), canvas.y + canvas.step, money)
        canvas.y += canvas.step * 2.5
        return
    left = 0.0 if roll else canvas.width * rng.uniform(0.4, 0.65)
    for label, money in rows:
        if canvas.wide(label) + canvas.wide(money) + 1 > canvas.width - left:
            canvas.y = canvas.wrap(left, canvas.y, label, canvas.width - left)
        else:
            canvas.put(left, canvas.y, label)
        canvas.put(canvas.width, canvas.y, money, "r")
        canvas.y += canvas.step


def _words(canvas: Canvas, case: Case) -> None:
    if case.invoice.amount_in_words:
        text = said(case.invoice.amount_in_words, "words")
        canvas.y = canvas.wrap(0, canvas.y, [*said(_say(canvas.rng, labels.WORDS)), *text], canvas.width)


def _tail(canvas: Canvas, case: Case) -> None:
    """Notes, banks, cash: what looks like something and feeds nothing."""
    rng, total = canvas.rng, case.invoice.total
    lines = [said(note) for note in case.notes]
    lines += [said(_say(rng, labels.TAXPAYER_NOTES)) for _ in range(rng.randrange(3))]
    if rng.random() < 0.3:
        lines.append(
            said(f"{_say(rng, labels.BANKS)} 191-{rng.randrange(10**6, 10**7)}-0-{rng.randrange(10, 99)}")
        )
    if total is not None and rng.random() < 0.3:
        lines.append(
            [
                *said(rng.choice(["EFECTIVO", "Recibido", "VISA"])),
                Piece(case.money(total + rng.randrange(50)).replace(" ", ","), "paid"),
            ]
        )
    rng.shuffle(lines)
    for line in lines:
        canvas.y = canvas.wrap(0, canvas.y, line, canvas.width)
