"""Amounts in words as Peruvian billing systems print them, written apart from the reader's own words so that
neither proves itself.
"""

from decimal import Decimal

_UNITS = [
    "CERO",
    "UN",
    "DOS",
    "TRES",
    "CUATRO",
    "CINCO",
    "SEIS",
    "SIETE",
    "OCHO",
    "NUEVE",
    "DIEZ",
    "ONCE",
    "DOCE",
    "TRECE",
    "CATORCE",
    "QUINCE",
    "DIECISÉIS",
    "DIECISIETE",
    "DIECIOCHO",
    "DIECINUEVE",
    "VEINTE",
    "VEINTIÚN",
    "VEINTIDÓS",
    "VEINTITRÉS",
    "VEINTICUATRO",
    "VEINTICINCO",
    "VEINTISÉIS",
    "VEINTISIETE",
    "VEINTIOCHO",
    "VEINTINUEVE",
]
_TENS = ["TREINTA", "CUARENTA", "CINCUENTA", "SESENTA", "SETENTA", "OCHENTA", "NOVENTA"]
_HUNDREDS = [
    "CIENTO",
    "DOSCIENTOS",
    "TRESCIENTOS",
    "CUATROCIENTOS",
    "QUINIENTOS",
    "SEISCIENTOS",
    "SETECIENTOS",
    "OCHOCIENTOS",
    "NOVECIENTOS",
]
_PLAIN = str.maketrans("ÉÚÓ", "EUO")

CURRENCIES = {"PEN": "SOLES", "USD": "DÓLARES AMERICANOS", "EUR": "EUROS"}


def cardinal(n: int) -> str:
    """The number in words, short of its noun ("VEINTIÚN", "UN")."""
    if n < 30:
        return _UNITS[n]
    if n < 100:
        tens, unit = divmod(n, 10)
        return _TENS[tens - 3] + (f" Y {_UNITS[unit]}" if unit else "")
    if n == 100:
        return "CIEN"
    if n < 1000:
        hundreds, rest = divmod(n, 100)
        return _HUNDREDS[hundreds - 1] + (f" {cardinal(rest)}" if rest else "")
    if n < 1_000_000:
        thousands, rest = divmod(n, 1000)
        return ("MIL" if thousands == 1 else f"{cardinal(thousands)} MIL") + (
            f" {cardinal(rest)}" if rest else ""
        )
    millions, rest = divmod(n, 1_000_000)
    return ("UN MILLÓN" if millions == 1 else f"{cardinal(millions)} MILLONES") + (
        f" {cardinal(rest)}" if rest else ""
    )


def in_words(amount: Decimal, currency: str, style: int = 0) -> str:
    """The amount as printed after "SON:". `style` 0-3 are the spellings met on real documents."""
    whole, cents = divmod(int(amount * 100), 100)
    text = cardinal(whole)
    # as a noun of its own: "TREINTA Y UNO CON 00/100"
    if text.endswith(("UN", "ÚN")) and style != 3:
        text = text[:-2] + "UNO"
    noun = CURRENCIES[currency]
    if style == 1:
        return f"{text} Y {cents:02d}/100 {noun}".translate(_PLAIN)
    if style == 2:
        return f"{text.capitalize()} con {cents:02d}/100 {noun.lower()}"
    return f"{text} CON {cents:02d}/100 {noun}"
