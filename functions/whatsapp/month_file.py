"""A month as the workbook that an accountant works with: `excel [mes]`, with its caption."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

from functions.books import purchases, wording
from functions.books.filed import Register
from functions.books.months import Month
from functions.books.ports import Business
from functions.books.purchases import Placed
from functions.books.workbook import written
from functions.whatsapp.format import clean
from functions.whatsapp.model import XLSX, Made, Said
from functions.whatsapp.remarks import told

LINKS_FOR = timedelta(days=7)
"""How long the links to originals open."""
_LONGEST_NAME = 40
"""Characters of a file's name that a phone shows."""


def said(register: Register, placed: Sequence[Placed], business: Business, month: Month, opens: Callable[[str | None], str | None]) -> Said:
    """The workbook of a month that has papers or files, and what is in it."""
    data, cut = written(purchases.sheets(placed, register.unfiled, told, lambda paper: opens(paper.uri)))
    name = _name(business, month)
    return Said(_caption(register, placed, business, month, cut), made=Made(name, XLSX, data))


def _caption(register: Register, placed: Sequence[Placed], business: Business, month: Month, cut: int) -> str:
    whose = f" · {clean(business.name, 60)}" if business.name else ""
    places = Counter(one.place for one in placed)
    places["unregistered"] += len(register.unfiled)
    lines = [f"📊 *Compras de {month.name}*{whose}"]
    lines += [f"• {title}: {places[place]}" for place, title in wording.PLACES.items() if places[place]]
    if business.ruc is None:
        lines.append("ℹ️ Sin tu RUC no sé cuáles son tuyos: escríbeme *mi ruc* y los 11 dígitos, y pídelo otra vez.")
    if left := register.left_out + cut:
        lines.append(f"⚠️ {left:,} no entraron: son demasiados para un solo archivo.")
    lines.append("Los enlaces a los originales funcionan una semana, para quien tenga el archivo. Qué se declara lo decide tu contador.")
    return "\n".join(lines)


def _name(business: Business, month: Month) -> str:
    """`Compras_2026-11_BODEGA-LUZ.xlsx`."""
    whose = re.sub(r"[^A-Za-z0-9]+", "-", clean(business.name, 60).upper()).strip("-") or business.ruc or ""
    stem = f"Compras_{month}"
    room = _LONGEST_NAME - len(f"{stem}_.xlsx")
    return f"{stem}_{whose[:room].strip('-')}.xlsx" if whose else f"{stem}.xlsx"
