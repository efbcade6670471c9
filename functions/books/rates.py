"""Reads SUNAT's exchange rates of the dollar, a line a day: today's as SUNAT publishes it, those of earlier
days as an operator brings them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from functions.extractor.peru.tokens import a_date

_LINE = re.compile(
    r"\s*(\d{2})/(\d{2})/(\d{4})\s*[|;,]\s*(\d{1,2}\.\d{1,3})\s*[|;,]\s*(\d{1,2}\.\d{1,3})\s*[|;,]?\s*"
)
"""`DD/MM/AAAA|compra|venta|`, as https://www.sunat.gob.pe/a/txt/tipoCambio.txt has it."""
_PLAUSIBLE = (Decimal(1), Decimal(10))
"""The range of the rate since 1991, in soles for a dollar."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Soles for a dollar when SUNAT's bank sells it (*venta*), on one day."""

    day: date
    sell: Decimal


def read(line: str) -> Rate | None:
    """Returns the rate of one line; None where it is no rate, or its day or amount is impossible."""
    hit = _LINE.fullmatch(line.lstrip("\ufeff"))
    if hit is None:
        return None
    day, sell = a_date(int(hit[3]), int(hit[2]), int(hit[1])), Decimal(hit[5])
    return Rate(day, sell) if day and _PLAUSIBLE[0] <= sell <= _PLAUSIBLE[1] else None


def history(text: str) -> Iterator[Rate]:
    """Yields the rates of a file of such lines; blank lines and a heading before them are passed over. Raises
    ValueError naming the first line that is no rate.
    """
    found = False
    for at, line in enumerate(text.splitlines(), 1):
        rate = read(line)
        if rate is None and (found or re.search(r"\d{4}", line)) and line.strip():
            raise ValueError(f"line {at} is no rate: DD/MM/AAAA|compra|venta|")
        if rate is not None:
            found = True
            yield rate
