"""Reads the corrections that a text asks for (*total 118, fecha 10/11*): which fields, and their values."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from functions.books.straight import written
from functions.extractor.peru import currency, kinds
from functions.extractor.peru.tokens import an_amount, days

Change = str | date | Decimal
"""A new value; one that cannot be read is kept as it was written."""
_LEAD = re.compile(
    r"^(?:(?:CORRIGE|CORREGIR|CORRIJO|CAMBIA|CAMBIAR|PON|PONLE|QUIERO CORREGIR|NO ES \w+,?|(?:NO,? "
    r")?MIRA,?)(?: QUE)?\s+)?(?:ES |SON |ESTA )?(?:EL |LA |LOS |UNA |UN |EN )?"
)
_SLOT = (
    r"(?:\s+(?:CORRECT[OA]|ESTA MAL,?|REAL))?(?:\s*(?:ES|A|:|=|SON|DEBE SER)(?=\s|$))?[:\s]\s*(?:LA |EL )?"
)
_FIELDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("total", re.compile(rf"(?:TOTAL|MONTO|IMPORTE){_SLOT}(?P<value>(?:S/\.?|US\$|\$)?\s?[\d][\d.,]*)")),
    ("igv", re.compile(rf"I\.?G\.?V\.?{_SLOT}(?P<value>(?:S/\.?|US\$|\$)?\s?[\d][\d.,]*)")),
    ("issue_date", re.compile(rf"FECHA(?: DE "
        rf"EMISION)?{_SLOT}(?P<value>\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?|\d{{1,2}} DE [A-Z]+(?: DEL? "
        rf"\d{{4}})?)")),
    ("supplier.ruc", re.compile(rf"RUC{_SLOT}(?P<value>\d[\d\s-]*\d)")),
    ("serial", re.compile(rf"(?:(?:SERIE|NUMERO|NRO\.?|N°){_SLOT})?(?P<value>[A-Z0-9]{{4}}\s?-\s?\d{{1,8}}|"
        rf"[A-Z]\w{{3}} (?:NUMERO|NRO\.?|N°) \d{{1,8}})")),
    ("currency", re.compile(r"(?:MONEDA[:\s]\s*(?:ES )?(?:EN "
        r")?)?(?P<value>SOLES|DOLARES|EUROS|USD|PEN|EUR)(?: NO (?:EN )?\w+)?")),
    ("kind", re.compile(r"(?P<value>(?:FACTURA|BOLETA|NOTA DE (?:CREDITO|DEBITO)|RECIBO POR "
        r"HONORARIOS|TICKET))")),
)  # fmt: skip
_SUPPLIER = re.compile(
    r"(?:(?:CORRIGE|CORREGIR|CAMBIA|CAMBIAR) (?:EL )?PROVEEDOR|PROVEEDOR|EL PROVEEDOR(?=(?: "
    r"CORRECTO)?(?:\s*[:=]| ES\b)))\b(?! \d)(?: CORRECTO)?"
    r"(?:\s*(?:ES|A|:|=))?\s+(?P<value>(?!PRINCIPAL|DE\b|DEL\b|ME\b|YA\b|NO\b|SE\b|LE\b|VEND|VINO|VIENE|"
    r"TRAJO).+)"
)
_MONEY = ("total", "igv")


def asked(plain: str, text: str, today: date) -> dict[str, Change] | None:
    """Returns the fields to be corrected, by the invoice's dotted path, and their new values, where the text
    holds nothing else. `plain` is the `text` put straight, `today` the date in Lima.
    """
    if hit := _SUPPLIER.fullmatch(plain):
        if not re.match(r"(?:ME|DICE|MANDO|DIJO)\b", hit["value"]):
            return {"supplier.name": written(text, hit["value"])}
        return None
    rest, found = _LEAD.sub("", plain, count=1), dict[str, Change]()
    if not re.search(r"[A-Z]", rest) or (rest == plain and re.match(r"[A-Z]\w{3}\s?-\s?\d", rest)):
        # A number that only names a paper corrects nothing.
        return None
    while rest:
        for name, pattern in _FIELDS:
            hit = pattern.match(rest)
            if hit and (hit.end() == len(rest) or not rest[hit.end()].isalnum()):
                found |= _valued(name, hit["value"].strip(" .,"), today)
                rest = re.sub(r"^[\s,.;]*(?:Y |EN )?(?:EL |LA )?", "", rest[hit.end() :])
                break
        else:
            return None
    bare = {"currency", "kind"} >= found.keys() and not re.match(
        r"(?:MONEDA|ES |SON |ESTA |NO ES|CORR|CAMB)", plain
    )
    return None if bare or not found else found


def _valued(name: str, value: str, today: date) -> dict[str, Change]:
    if name in _MONEY:
        amount = an_amount(re.sub(r"^(?:S/\.?|US\$|\$)\s?", "", value))
        return {name: value if amount is None else amount}
    if name == "issue_date":
        return {name: _day(value, today) or value}
    if name == "supplier.ruc":
        return {name: re.sub(r"[\s-]", "", value)}
    if name == "serial":
        series, number = re.split(r"\s?-\s?|\s(?:NUMERO|NRO\.?|N°)\s", value, maxsplit=1)
        return {"series": series, "number": number.lstrip("0") or "0"}
    if name == "currency":
        return {name: currency.named(value) or value}
    return {name: kinds.coded(value) or value}


def _day(value: str, today: date) -> date | None:
    """Returns the day; where the text names no year, the last such day up to today."""
    if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}", value):
        value = f"{value}/{today.year}"
    elif not re.search(r"\d{2}$", value):
        value = f"{value} DE {today.year}"
    day = next((each.value for each in days(value)), None)
    return (
        day.replace(year=day.year - 1)
        if day and day > today and (day.month, day.day) != (2, 29) and str(day.year) not in value
        else day
    )
