"""SUNAT's exchange rate of the dollar, a day at a time: as it is published, and as an operator brings the
days before.
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
"""Soles for a dollar since 1991."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Soles for a dollar when SUNAT's bank sells it (*venta*), on one day."""

    day: date
    sell: Decimal


def read(line: str) -> Rate | None:
    """The rate of one line; None for what is none, or of no possible day or amount."""
    hit = _LINE.fullmatch(line.lstrip("\ufeff"))
    if hit is None:
        return None
    day, sell = a_date(int(hit[3]), int(hit[2]), int(hit[1])), Decimal(hit[5])
    return Rate(day, sell) if day and _PLAUSIBLE[0] <= sell <= _PLAUSIBLE[1] else None


def history(text: str) -> Iterator[Rate]:
    """The rates of a file of such lines; blank ones and a heading before them are passed over. Raises
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
