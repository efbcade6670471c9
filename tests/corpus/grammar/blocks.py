"""The blocks of a paper: who sells, what it is, who buys, when, what it modifies. Each draws into a width and
gives the next baseline.
"""

from collections.abc import Callable
from datetime import timedelta

from tests.corpus.grammar import labels, marks
from tests.corpus.grammar.goods import LOGOS, person
from tests.corpus.grammar.pen import Pen
from tests.corpus.grammar.sale import Sale
from tests.corpus.paper import BLACK, WHITE

Block = Callable[[Pen, Sale, float, float, float], float]
COLOURS = ((0.1, 0.25, 0.5), (0.55, 0.1, 0.12), (0.0, 0.4, 0.3), (0.15, 0.15, 0.15))


def _ruc(pen: Pen, sale: Sale) -> str | None:
    if sale.printed_ruc is None:
        return None
    return f"{pen.say(labels.RUC)}{pen.rng.choice([' ', ': ', ':', ' : '])}{sale.printed_ruc}"


def issuer(pen: Pen, sale: Sale, x: float, y: float, width: float) -> float:
    """A logo or a trade name, the legal name, perhaps the RUC, the address."""
    rng, who = pen.rng, sale.case.issuer
    align = rng.choice(["l", "l", "c"])
    logo = rng.random()
    if logo < 0.3:
        wide = min(width * 0.6, 150)
        pen.paper.image(x, y - pen.size, wide, wide / 4, marks.logo(rng, LOGOS.pick(rng, pen.split)))
        pen.features.add("logo")
        y += wide / 4 + pen.size
    elif logo < 0.5 or "person" in sale.features:
        y = pen.write(
            x, y + 4, pen.spell(who.trade_name), width, bold=True, align=align, size=min(pen.size * 1.9, 18)
        )
        pen.features.add("trade_name")
    y = pen.write(
        x, y, who.name, width, bold=rng.random() < 0.7, align=align, size=pen.size * rng.choice([1, 1.2, 1.4])
    )
    ruc = None if pen.ruc_in_box else _ruc(pen, sale)
    if ruc:
        y = pen.write(x, y, ruc, width, bold=True, align=align)
    y = pen.write(x, y, pen.spell(who.address), width, align=align)
    y = pen.write(x, y, who.place, width, align=align)
    if rng.random() < 0.5:
        y = pen.write(
            x,
            y,
            rng.choice([f"Telf. {who.phone}", f"Cel: {who.phone}  {who.mail}", who.mail]),
            width,
            align=align,
        )
    return y


def serial(pen: Pen) -> list[str]:
    """Series and number as this paper writes them."""
    inv, rng, number = pen.case.invoice, pen.rng, pen.case.printed_number
    form = rng.random()
    if form < 0.15:
        pen.features.add("serial_two_rows")
        return [f"{pen.say(labels.SERIES)}: {inv.series}", f"{pen.say(labels.NUMBER)}: {number}"]
    if form < 0.25:
        return [f"{pen.say(labels.SERIES)}: {inv.series}   {pen.say(labels.NUMBER)}: {number}"]
    return [f"{pen.say(labels.SERIAL)} {inv.series}{rng.choice(['-', '-', ' - ', ' N° '])}{number}".strip()]


def identity(pen: Pen, sale: Sale, x: float, y: float, width: float) -> float:
    """Title, serial, and mostly the RUC, in some order; in a box, plain, or white on colour."""
    rng = pen.rng
    look = rng.choice(["box", "box", "plain", "colour"])
    top, inner = y - pen.size, width - 12
    ruc = _ruc(pen, sale) if pen.ruc_in_box else None
    parts = [[ruc] if ruc else [], [pen.say(labels.TITLES[sale.case.invoice.kind or ""])], serial(pen)]
    order = rng.choice([(0, 1, 2), (0, 1, 2), (1, 0, 2), (1, 2, 0)])
    big = min(pen.size * 1.25, 12)
    if look == "colour":
        pen.ink = WHITE
        pen.features.add("white_on_colour")
    y += 5
    for text in [line for place in order for line in parts[place]]:
        y = pen.write(x + 6, y, text, inner, bold=True, align=rng.choice(["c", "c", "l"]), size=big) + 3
    pen.ink = BLACK
    if look != "plain":
        fill = rng.choice(COLOURS) if look == "colour" else None
        pen.paper.box(
            x, top, width, y - top - big * 0.5, fill, None if fill else BLACK, radius=rng.choice([0, 0, 5])
        )
    return y + 4


def customer(pen: Pen, sale: Sale, x: float, y: float, width: float) -> float:
    """Name, number and address of who buys; nobody on some boletas."""
    who, inv, rng = sale.case.customer, sale.case.invoice, pen.rng
    if inv.customer.name is None:
        label, nobody = pen.say(labels.CUSTOMER), rng.choice(["CLIENTES VARIOS", "-", "VARIOS"])
        inv.customer.name = None if nobody == "-" else nobody
        return pen.pair(x, y, width, label, nobody)
    number = pen.say(labels.CUSTOMER_RUC if who.id_type == "6" else labels.CUSTOMER_DNI)
    rows = [(pen.say(labels.CUSTOMER), who.name), (number, who.id)]
    if rng.random() < 0.3:
        rows.reverse()
    if rng.random() < 0.6:
        rows.append((pen.say(labels.ADDRESS), pen.spell(who.address)))
    if inv.kind == "14":
        rows.append((pen.say(labels.SUPPLY), f"{rng.randrange(10**6, 10**7)}"))
    return pen.pairs(x, y, width, rows)


def _aside(pen: Pen) -> tuple[str, str]:
    label = labels.ASIDES.pick(pen.rng, pen.split)
    number = f"{pen.rng.randrange(100, 99999)}"
    values = {
        "Vendedor": person(pen.rng, pen.split), "Contacto": person(pen.rng, pen.split),
        "Guía de remisión": pen.rng.choice(["", f"T001-{number}"]), "Hora": pen.case.time,
        "Observaciones": pen.rng.choice(["", "ENTREGADO"]), "Placa": "ABC-123", "Zona": "NORTE",
        "Almacén": "PRINCIPAL",
    }  # fmt: skip
    return pen.spell(label), values.get(label, number)


def details(pen: Pen, sale: Sale, x: float, y: float, width: float) -> float:
    """Dates, currency, payment, and what nobody asks for."""
    inv, rng, case = sale.case.invoice, pen.rng, sale.case
    day = case.day() + (f" {case.time}" if rng.random() < 0.15 else "")
    rows = [(pen.say(labels.DATE), day)]
    if inv.due_date and (inv.kind == "14" or rng.random() < 0.8):
        rows.append((pen.say(labels.DUE), case.day(inv.due_date)))
    else:
        inv.due_date = None
    if rng.random() < 0.45:
        pen.features.add("money_named")
        rows.append(
            (
                pen.say(labels.CURRENCY),
                {"PEN": "SOLES", "USD": "DÓLARES AMERICANOS", "EUR": "EUROS"}[inv.currency or ""],
            )
        )
    if rng.random() < 0.4:
        rows.append((pen.say(labels.PAYMENT), case.payment))
    rows += [_aside(pen) for _ in range(rng.randrange(3))]
    if rng.random() < 0.3:
        rng.shuffle(rows)
    return pen.pairs(x, y, width, rows)


def modifies(pen: Pen, sale: Sale, x: float, y: float, width: float) -> float:
    """The document that a note modifies, with its own date."""
    inv, case, rng = sale.case.invoice, sale.case, pen.rng
    assert inv.modifies
    title = "Factura" if inv.modifies.kind == "01" else "Boleta de venta"
    if rng.random() < 0.5:
        title += " Electrónica"
    y = pen.pair(
        x,
        y,
        width,
        pen.say(labels.MODIFIES),
        f"{pen.spell(title)} {inv.modifies.series}-{inv.modifies.number}",
    )
    if rng.random() < 0.7:
        pen.features.add("modified_date")
        y = pen.pair(x, y, width, pen.say(labels.MODIFIED_DATE), case.day(case.modified_date))
    return pen.pair(x, y, width, pen.say(labels.REASON), pen.spell(case.reason))


def words(pen: Pen, sale: Sale, x: float, y: float, width: float) -> float:
    """The total in words, on most papers."""
    inv = sale.case.invoice
    if inv.amount_in_words is None or pen.rng.random() < 0.2:
        inv.amount_in_words = None
        return y
    pen.features.add("words")
    return pen.write(
        x, y, f"{pen.say(labels.WORDS)} {inv.amount_in_words}", width, bold=pen.rng.random() < 0.4
    )


def readings(pen: Pen, sale: Sale, x: float, y: float, width: float) -> float:
    """A meter's figures, which are nobody's amounts."""
    rng = pen.rng
    before, used = rng.randrange(2000, 60000), rng.randrange(20, 400)
    rows = [
        ("Lectura anterior", f"{before}"),
        ("Lectura actual", f"{before + used}"),
        ("Consumo", f"{used} {rng.choice(['kWh', 'm3'])}"),
    ]
    assert sale.case.invoice.issue_date
    rows.append(("Fecha de lectura", sale.case.day(sale.case.invoice.issue_date - timedelta(days=3))))
    pen.features.add("readings")
    return pen.pairs(x, y, width, [(pen.spell(label), value) for label, value in rows])
