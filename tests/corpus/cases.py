"""What a document says before it is drawn: an `Invoice` as truth, and what only the paper needs.

Every tax trap of Peruvian paper is a `Trap`; amounts are computed as the law does and rounded as billing
systems do.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Literal

from functions.extractor.invoice import Customer, Invoice, Item, Modifies, Supplier
from tests.corpus import people, words
from tests.corpus.people import Party

Trap = Literal[
    "plain", "perception", "detraction", "free", "rounding", "icbper", "isc", "service_charge", "mype",
    "exempt", "unaffected",
    "mixed", "nrus", "advance", "discount", "line_discount", "retention", "export",
]  # fmt: skip

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
TODAY = date(2026, 11, 20)


def cents(amount: Decimal) -> Decimal:
    """Rounded half up, as billing systems do."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Line:
    """One printed line: the truth's item, and the columns that only some layouts show."""

    item: Item
    code: str
    unit_value: Decimal
    """Price without tax."""


@dataclass
class Case:
    """One document to draw. `rows` are the printed totals, in order: (key, amount)."""

    invoice: Invoice
    rng: Random
    trap: Trap
    issuer: Party
    customer: Party
    lines: list[Line]
    rate: Decimal
    net_items: bool
    rows: list[tuple[str, Decimal]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    printed_number: str = ""
    """The number with the zeros that this system pads."""
    digest: str = ""
    symbol: str = "S/"
    time: str = ""
    payment: str = "CONTADO"
    reason: str = ""
    modified_date: date | None = None
    words_style: int = 0
    money_style: int = 0
    """0 `1,234.56`, 1 `1234.56`, 2 `1.234,56`, 3 `1 234.56`."""
    date_style: int = 0
    by_hand: bool = False
    """A contingency series: not electronic."""

    def money(self, amount: Decimal) -> str:
        """An amount as this document prints it."""
        text = f"{amount:,.2f}"
        if self.money_style == 1:
            return text.replace(",", "")
        if self.money_style == 2:
            return text.replace(",", "_").replace(".", ",").replace("_", ".")
        if self.money_style == 3:
            return text.replace(",", " ")
        return text

    def day(self, day: date | None = None) -> str:
        """A date as this document prints it."""
        day = day or self.invoice.issue_date
        assert day
        month = [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ][day.month - 1]
        return (
            f"{day:%d/%m/%Y}",
            f"{day:%Y-%m-%d}",
            f"{day:%d-%m-%Y}",
            f"{day:%d}-{month[:3]}-{day:%Y}",
            f"{day:%d} de {month.capitalize()} del {day:%Y}",
            f"{day:%d.%m.%Y}",
        )[self.date_style]

    @property
    def serial(self) -> str:
        """`F001-00000123`."""
        return f"{self.invoice.series}-{self.printed_number}"

    def title(self, text: str) -> str:
        """The heading, without its last word on contingency series."""
        return text.rsplit(" ", 1)[0] if self.by_hand else text

    def omit(self, *names: str) -> None:
        """This layout does not print these of the truth's fields."""
        for name in names:
            if name == "customer":
                self.invoice.customer = Customer()
            elif name.startswith("items."):
                for item in self.invoice.items:
                    setattr(item, name.removeprefix("items."), None)
            else:
                setattr(self.invoice, name, None)


SERIES: dict[str, Sequence[str]] = {
    "01": ("F001", "F001", "F001", "F002", "F010", "FA01", "FF01", "F0A3", "FE12", "F9K9", "F033"),
    "03": ("B001", "B001", "B001", "B002", "B012", "BB01", "BA07", "B0C1"),
    "07F": ("FC01", "F001", "FN01"),
    "07B": ("BC01", "B001", "BN02"),
    "08F": ("FD01", "F001"),
    "08B": ("BD01",),
    "14": ("S001", "S002", "SB01"),
}


def serial(rng: Random, kind: str, *, portal: bool, family: str = "F") -> tuple[str, str]:
    """Series and number in the kind's family."""
    number = str(
        rng.choice([rng.randrange(1, 100), rng.randrange(100, 10_000), rng.randrange(10_000, 4_000_000)])
    )
    if portal or kind == "02":
        return ("EB01" if kind == "03" or (kind in {"07", "08"} and family == "B") else "E001"), str(
            rng.randrange(1, 3000)
        )
    return rng.choice(SERIES[kind + family if kind in {"07", "08"} else kind]), number


def issue_day(rng: Random) -> date:
    """Mostly the last months, some older."""
    return TODAY - timedelta(
        days=rng.choice([rng.randrange(60), rng.randrange(300), rng.randrange(300), rng.randrange(1100)])
    )


def rate_of(trap: Trap, day: date) -> Decimal:
    """IGV's rate: the general one, or the small restaurants' (laws 31556 and 32219) by date."""
    if trap != "mype":
        return Decimal("0.18")
    return Decimal("0.105") if day.year >= 2026 else Decimal("0.10")


def symbol_of(rng: Random, currency: str) -> str:
    """How this system writes the currency."""
    return {
        "PEN": rng.choice(["S/", "S/", "S/", "S/."]),
        "USD": rng.choice(["US$", "$", "USD"]),
        "EUR": rng.choice(["EUR", "€"]),
    }[currency]


def shopping(
    rng: Random, catalogue: Sequence[tuple[str, str, str]], count: int
) -> list[tuple[str, str, Decimal, Decimal]]:
    """(description, unit, quantity, price without tax) for `count` lines."""
    picked = rng.sample(catalogue, min(count, len(catalogue)))
    while len(picked) < count:
        picked.append(rng.choice(catalogue))
    out = []
    for index, (name, unit, price) in enumerate(picked):
        value = cents(Decimal(price) * Decimal(rng.randrange(85, 120)) / 100)
        if unit == "KG":
            quantity = Decimal(rng.randrange(200, 30_000)).scaleb(-3)
        elif unit == "ZZ":
            quantity = Decimal(1)
        else:
            few = value >= 300 or catalogue is people.FOOD
            quantity = Decimal(
                rng.choice([1, 1, 2, 3] if few else [1, 1, 1, 2, 2, 3, 4, 5, 6, 10, 12, 24, 50])
            )
        named = unit in {"ZZ", ""} or catalogue is people.FOOD
        variant = not named and (index >= len(catalogue) or rng.random() < 0.25)
        suffix = f" - mod. {rng.choice('ABCDEGHK')}{rng.randrange(10, 99)}" if variant else ""
        out.append((name + suffix, unit, quantity, value))
    return out


def build(
    rng: Random,
    *,
    kind: str,
    trap: Trap = "plain",
    catalogue: Sequence[tuple[str, str, str]] = people.GOODS,
    count: int = 4,
    net_items: bool = True,
    portal: bool = False,
    currency: str = "PEN",
    zeros: bool = False,
    upper_items: bool = False,
) -> Case:
    """One document's contents.

    Args:
        rng: Where everything comes from.
        kind: Catalogue 01: 01, 03, 07, 08.
        trap: The tax case.
        catalogue: What is sold.
        count: How many lines.
        net_items: Line amounts without tax (A4) or with it (tickets).
        portal: SUNAT's own series.
        currency: ISO 4217.
        zeros: Whether totals of 0.00 are printed too.
        upper_items: Descriptions in capitals.
    """
    day = issue_day(rng)
    if trap == "mype" and rng.random() < 0.4:
        day = date(rng.choice([2023, 2024, 2025]), rng.randrange(1, 13), rng.randrange(1, 28))
    issuer = people.company(rng)
    if trap == "mixed" and count < 2:
        trap = "plain"
    if trap == "mype":  # restaurants, hotels and lodgings
        catalogue = people.FOOD
    family = rng.choice("FFB")
    business = kind == "01" or (kind in {"07", "08"} and family == "F")
    customer = people.buyer(rng, business=business)
    series, number = serial(rng, kind, portal=portal, family=family)
    rate = ZERO if trap in {"exempt", "unaffected", "nrus", "export"} else rate_of(trap, day)
    one = 1 + rate

    lines: list[Line] = []
    exempt_base = ZERO
    for index, (name, unit, quantity, value) in enumerate(shopping(rng, catalogue, count)):
        text = name.upper() if upper_items else name
        price = value if net_items else cents(value * one)
        exempt_line = trap == "mixed" and index == 0
        if exempt_line:
            price = value
            exempt_base = cents(value * quantity)
        amount = cents(price * quantity)
        if trap == "line_discount" and index == 0 and amount > 5:
            amount = cents(amount * Decimal("0.9"))
        code = f"{rng.choice(['P', 'A', 'SKU', ''])}{rng.randrange(100, 99999):05d}"
        lines.append(
            Line(
                Item(description=text, quantity=quantity, unit=unit, unit_price=price, amount=amount),
                code,
                value,
            )
        )
    total_lines = sum((line.item.amount or ZERO for line in lines), ZERO)

    invoice = Invoice(
        kind=kind,
        series=series,
        number=number,
        issue_date=day,
        currency=currency,
        supplier=Supplier(ruc=issuer.id, name=issuer.name),
        customer=Customer(id_type=customer.id_type, id=customer.id, name=customer.name),
        items=[line.item for line in lines],
    )
    notes: list[str] = []
    rows: list[tuple[str, Decimal]] = []

    free = ZERO
    if trap == "free":
        cap = "Gorra publicitaria (bonificación)"
        gift = Item(
            description=cap.upper() if upper_items else cap,
            quantity=Decimal(2),
            unit="UND",
            unit_price=ZERO,
            amount=ZERO,
        )
        lines.append(Line(gift, "B00010", ZERO))
        invoice.items = [line.item for line in lines]
        free = cents(Decimal(rng.randrange(1000, 4000)).scaleb(-2))
    discount = cents(total_lines * Decimal("0.05")) if trap == "discount" else ZERO
    advance = cents(total_lines * Decimal("0.4")) if trap == "advance" else ZERO
    after = total_lines - discount - advance - exempt_base
    isc = cents(after * Decimal("0.10")) if trap == "isc" and net_items else ZERO
    icbper = Decimal("0.50") * rng.randrange(1, 5) if trap == "icbper" else ZERO
    if net_items:
        base = after
        igv = cents((base + isc) * rate)
    else:
        base = cents(after / one)
        igv = after - base
    charge = cents(base * Decimal("0.10")) if trap == "service_charge" else ZERO
    total = base + exempt_base + isc + igv + icbper + charge
    rounding = ZERO
    if trap == "rounding":
        rounding = total.quantize(Decimal("0.1"), "ROUND_DOWN") - total
        if rounding == 0:
            rounding = Decimal("-0.04")
        total += rounding

    taxable: Decimal | None = base
    exempt: Decimal | None = exempt_base or None
    unaffected: Decimal | None = None
    if trap == "exempt":
        taxable, exempt = None, base
    elif trap in {"unaffected", "export"}:
        taxable, unaffected = None, base
    elif trap == "nrus":
        taxable = exempt = None
    if trap == "discount":
        rows += [("subtotal", total_lines), ("discounts", discount)]
    elif trap == "advance":
        rows += [("subtotal", total_lines), ("advances", advance)]
    plain = trap == "nrus" and not zeros
    for key, given in (
        ("taxable", taxable),
        ("exempt", exempt),
        ("unaffected", unaffected),
        ("free", free or None),
        ("isc", isc or None),
    ):
        if given is not None:
            rows.append((key, given))
        elif zeros and key != "isc":
            rows.append((key, ZERO))
    if trap == "nrus" and zeros:
        rows.append(("discounts", ZERO))
    if not plain:
        rows.append(("igv", igv))
    for key, amount in (("icbper", icbper), ("other_charges", charge), ("rounding", rounding)):
        if amount or (zeros and key == "icbper"):
            rows.append((key, amount))
    rows.append(("total", total))

    invoice.total = total
    for key, amount in rows:
        if key in Invoice.model_fields:
            setattr(invoice, key, amount)

    words_of = total
    if trap == "perception":
        invoice.perception = cents(total * Decimal("0.02"))
        invoice.net_payable = total + invoice.perception
        rows += [("perception", invoice.perception), ("net_with_perception", invoice.net_payable)]
    elif trap == "detraction":
        percent = rng.choice(["12", "10", "4"])
        held = cents(total * Decimal(percent) / 100)
        invoice.detraction = (
            held if currency != "PEN" else held.quantize(Decimal(1), ROUND_HALF_UP).quantize(CENT)
        )
        invoice.net_payable = total - invoice.detraction
        rows += [("detraction", invoice.detraction), ("net_payable", invoice.net_payable)]
        notes.append(
            "Operación sujeta al Sistema de Pago de Obligaciones Tributarias con el Gobierno Central "
            f"({percent}%). Cta. Banco de la Nación "
            f"00-{rng.randrange(100, 999)}-{rng.randrange(100000, 999999)}"
        )
    elif trap == "retention":
        held = cents(total * Decimal("0.03"))
        invoice.net_payable = total - held
        rows += [("retention", held), ("net_payable", invoice.net_payable)]
        notes.append("El cliente es agente de retención del IGV (3%).")
    elif trap == "export":
        notes.append("OPERACIÓN DE EXPORTACIÓN - No gravada con el IGV.")
    elif trap == "exempt":
        notes.append("BIENES TRANSFERIDOS EN LA AMAZONÍA REGIÓN SELVA PARA SER CONSUMIDOS EN LA MISMA")

    payment = rng.choice(["CONTADO", "CONTADO", "CRÉDITO 30 DÍAS", "CRÉDITO"])
    if payment.startswith("CR") and kind == "01":
        invoice.due_date = day + timedelta(days=rng.choice([7, 15, 30, 45]))
    elif payment.startswith("CR"):
        payment = "CONTADO"
    case = Case(
        invoice=invoice,
        rng=rng,
        trap=trap,
        issuer=issuer,
        customer=customer,
        lines=lines,
        rate=rate,
        net_items=net_items,
        rows=rows,
        notes=notes,
        printed_number=number
        if portal
        else rng.choice([number, number.zfill(8), number.zfill(8), number.zfill(6)])[-8:],
        digest=base64.b64encode(rng.randbytes(rng.choice([20, 20, 32]))).decode(),
        symbol=symbol_of(rng, currency),
        time=f"{rng.randrange(8, 21):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}",
        payment=payment,
        words_style=rng.randrange(4),
    )
    if kind in {"07", "08"}:
        _modify(case, family, portal=portal)
    invoice.amount_in_words = words.in_words(words_of, currency, case.words_style)
    return case


def by_hand(case: Case) -> bool:
    """Some systems print contingency series, of digits alone: no QR, and the heading says nothing of
    electronic.
    """
    rng = Random(case.digest)
    if case.invoice.kind not in {"01", "03"} or rng.random() > 0.05:
        return False
    case.invoice.series = rng.choice(["0001", "001", "0002"])
    case.printed_number = str(case.invoice.number)[-6:].zfill(6)
    case.invoice.number = case.printed_number.lstrip("0")
    return True


def _modify(case: Case, family: str, *, portal: bool) -> None:
    rng, invoice = case.rng, case.invoice
    kind = "01" if family == "F" else "03"
    series, number = serial(rng, kind, portal=portal)
    assert invoice.issue_date
    invoice.modifies = Modifies(kind=kind, series=series, number=number)
    case.modified_date = invoice.issue_date - timedelta(days=rng.randrange(1, 40))
    credit = ("Anulación de la operación", "Devolución por ítem", "Descuento global", "Devolución total")
    case.reason = rng.choice(
        credit if invoice.kind == "07" else ("Intereses por mora", "Aumento en el valor")
    )


def fees(rng: Random) -> Case:
    """A recibo por honorarios: gross, withholding, net. It has no IGV."""
    issuer = people.professional(rng)
    customer = people.buyer(rng, business=True)
    day = issue_day(rng)
    gross = cents(Decimal(rng.choice([rng.randrange(300, 6000), rng.randrange(300, 6000) + 0.5, 1500])))
    held = cents(gross * Decimal("0.08")) if gross > 1500 and rng.random() < 0.75 else ZERO
    currency = rng.choices(["PEN", "USD"], [93, 7])[0]
    item = Item(description=rng.choice(people.FEES))  # the paper prints no amount beside it
    invoice = Invoice(
        kind="02",
        series="E001",
        number=str(rng.randrange(1, 900)),
        issue_date=day,
        currency=currency,
        supplier=Supplier(ruc=issuer.id, name=issuer.name),
        customer=Customer(id_type="6", id=customer.id, name=customer.name),
        total=gross,
        net_payable=gross - held,
        items=[item],
    )
    style = rng.randrange(4)
    invoice.amount_in_words = words.in_words(gross - held, currency, style)
    return Case(
        invoice=invoice,
        rng=rng,
        trap="retention" if held else "plain",
        issuer=issuer,
        customer=customer,
        lines=[Line(item, "", gross)],
        rate=ZERO,
        net_items=True,
        rows=[("fees", gross), ("income_tax", held), ("net_received", gross - held)],
        printed_number=str(invoice.number),
        symbol=symbol_of(rng, currency),
        words_style=style,
    )
