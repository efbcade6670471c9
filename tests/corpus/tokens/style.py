"""How one house writes: money, days, quantities, labels, all alike over a page."""

from dataclasses import dataclass
from datetime import date
from random import Random

from tests.corpus.tokens.canvas import Piece, said
from tests.corpus.tokens.spelling import cased, hand

_MONTHS = "enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre".split()


@dataclass(frozen=True)
class Style:
    """The habits of a page. `colon` ends a label; `sign` stands before a sum, `item_sign` before a line's
    amounts.
    """

    rng: Random
    colon: str
    grouping: str
    sign: str
    item_sign: str
    glued: bool
    days: int
    capitals: bool
    short: float

    def label(self, choices: str, colon: str = "") -> list[Piece]:
        """One of the labels, as this house writes it."""
        return said(self.text(choices) + colon)

    def text(self, choices: str) -> str:
        """The words of one of the labels."""
        found = hand(self.rng, self.rng.choice(choices.split("|")), short=self.short)
        return found.upper() if self.capitals else found

    def number(self, value: float, places: int = 2) -> str:
        """An amount in figures."""
        text = f"{abs(value):,.{places}f}"
        if self.grouping != ",":
            whole, _, cents = text.partition(".")
            mark = "," if self.grouping in {".,", "c"} else "."
            text = whole.replace(",", "." if self.grouping == ".," else "") + (mark + cents if cents else "")
        return ("-" if value < 0 else "") + text

    def money(
        self, value: float, role: str, item: int = 0, places: int = 2, sign: str | None = None
    ) -> list[Piece]:
        """An amount with its sign, if there is one."""
        sign = self.sign if sign is None else sign
        text = self.number(value, places)
        if not sign:
            return [Piece(text, role, item)]
        return (
            [Piece(sign.replace(" ", "") + text, role, item)]
            if self.glued
            else [*said(sign), Piece(text, role, item)]
        )

    def day(self, when: date, role: str = "other") -> list[Piece]:
        """A day, in the one form of this page."""
        return said(day(when, self.days), role)


def day(when: date, way: int) -> str:
    """A day as papers write it, in one of many ways."""
    d, m, y = when.day, when.month, when.year
    name = _MONTHS[m - 1]
    return (
        f"{d:02d}/{m:02d}/{y}",
        f"{d:02d}-{m:02d}-{y}",
        f"{y}-{m:02d}-{d:02d}",
        f"{d} de {name} de {y}",
        f"{d:02d}/{m:02d}/{y % 100:02d}",
        f"{d:02d}-{name[:3].upper()}-{y}",
        f"{d:02d}.{m:02d}.{y}",
        f"{d:02d} de {name.title()} del {y}",
        f"{y}/{m:02d}/{d:02d}",
        f"{d:02d} / {m:02d} / {y}",
        f"{d:02d}/{name[:3].title()}/{y}",
        f"{d:02d} {m:02d} {y}",
        f"{d}/{m}/{y}",
        f"{d:02d} {name[:3].upper()} {y}",
        f"{d:02d}-{name[:3]}-{y % 100:02d}",
        f"{name.title()} {d}, {y}",
    )[way]


def chosen(rng: Random, signs: str) -> Style:
    """The habits of one page."""
    sign = rng.choice(signs.split("|")) if rng.random() < 0.6 else ""
    return Style(
        rng,
        rng.choice([":", ":", " :", "", " : ", ".-", ":-"]) if rng.random() < 0.9 else "",
        rng.choices(["", ",", ".,", "c"], [40, 52, 4, 4])[0],
        sign,
        sign if rng.random() < 0.25 else "",
        rng.random() < 0.5,
        rng.choices(range(16), [38, 14, 12, 4, 4, 3, 4, 3, 2, 2, 1, 1, 2, 2, 1, 1])[0],
        rng.random() < 0.35,
        rng.choice([0.0, 0.1, 0.25, 0.45]),
    )


_UP_TO_TWENTY = (
    "CERO UNO DOS TRES CUATRO CINCO SEIS SIETE OCHO NUEVE DIEZ ONCE DOCE TRECE CATORCE QUINCE "
    "DIECISÉIS DIECISIETE DIECIOCHO DIECINUEVE VEINTE"
).split()
_TENS = "- DIEZ VEINTE TREINTA CUARENTA CINCUENTA SESENTA SETENTA OCHENTA NOVENTA".split()
_HUNDREDS = (
    "- CIENTO DOSCIENTOS TRESCIENTOS CUATROCIENTOS QUINIENTOS SEISCIENTOS SETECIENTOS OCHOCIENTOS NOVECIENTOS"
).split()


def spelled(number: int) -> str:
    """A whole number in words."""
    if number <= 20:
        return _UP_TO_TWENTY[number]
    if number < 30:
        return "VEINTI" + _UP_TO_TWENTY[number - 20]
    if number < 100:
        return _TENS[number // 10] + (f" Y {_UP_TO_TWENTY[number % 10]}" if number % 10 else "")
    if number == 100:
        return "CIEN"
    if number < 1000:
        return _HUNDREDS[number // 100] + (f" {spelled(number % 100)}" if number % 100 else "")
    if number < 1_000_000:
        head = "MIL" if number // 1000 == 1 else f"{spelled(number // 1000)} MIL"
        return head + (f" {spelled(number % 1000)}" if number % 1000 else "")
    head = "UN MILLÓN" if number // 1_000_000 == 1 else f"{spelled(number // 1_000_000)} MILLONES"
    return head + (f" {spelled(number % 1_000_000)}" if number % 1_000_000 else "")


def in_words(rng: Random, value: float, currency: str) -> str:
    """A sum in words, as papers end with it."""
    money = {
        "PEN": "SOLES|SOLES|NUEVOS SOLES|SOL",
        "USD": "DÓLARES AMERICANOS|DÓLARES|DÓLAR AMERICANO|US DÓLARES",
        "EUR": "EUROS",
    }[currency]
    whole, cents = divmod(round(abs(value) * 100), 100)
    found = (
        f"{spelled(whole)}{rng.choice([' CON ', ' Y ', ' CON ', ' '])}{cents:02d}/100 "
        f"{rng.choice(money.split('|'))}"
    )
    return cased(rng, found) if rng.random() < 0.4 else found
