"""A month as the workbooks that an accountant works with, with their captions: `excel [mes]`, `contasis
[mes]`, and the links of `originales [mes]`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from functions.books import contasis as contasis_
from functions.books import purchases, wording
from functions.books.filed import Filed
from functions.books.months import Month
from functions.books.ports import Business
from functions.books.purchases import Kept
from functions.books.workbook import written
from functions.extractor.peru.tokens import fold
from functions.whatsapp import sunat
from functions.whatsapp.format import clean, document_number, heading, money
from functions.whatsapp.model import XLSX, Made, Said
from functions.whatsapp.remarks import told

Link = Callable[[str | None], str | None]
"""The address that opens the file stored at a place; None where there is none."""
LINKS_FOR = timedelta(days=7)
"""How long the links to originals in a workbook open."""
ORIGINALS_FOR = timedelta(days=1)
"""How long the links to originals in a message open: a message is passed on more easily than a workbook."""
MOST_LINKS = 10
"""The most files whose links one message holds; where there are more, the workbook's last column has them."""
_LONGEST_NAME = 40
"""Characters of a file's name that a phone shows."""
NO_LINKS = (
    "📎 Tus archivos están guardados, pero ahora no puedo darte los enlaces que los abren. Por favor, "
    "pídemelos más tarde."
)
_NO_RUC = "ℹ️ Sin tu RUC no sé cuáles son tuyos: escríbeme *mi ruc* y los 11 dígitos, y pídelo otra vez."


def said(kept: Kept, link: Link, unasked: int = 0, contact: str = "") -> Said:
    """Return the workbook of a month that has papers or files, and say what is in it. `unasked`: papers about
    which SUNAT could not be asked yet; `contact`: who has the rest of a month that is too large.
    """
    data, cut = written(purchases.sheets(kept.papers, kept.unfiled, told, lambda paper: link(paper.uri)))
    places = Counter(one.place for one in kept.papers)
    places["unregistered"] += len(kept.unfiled)
    lines = [f"📊 *Compras de {kept.month.name}*{whose(kept.business)}"]
    lines += [f"• {title}: {places[place]}" for place, title in wording.PLACES.items() if places[place]]
    lines += [*_warned(kept, cut, contact), *sunat.unasked(unasked)]
    lines.append(
        "Los enlaces a los originales funcionan una semana, para quien tenga el archivo. Qué se declara lo "
        "decide tu contador."
    )
    return Said("\n".join(lines), made=Made(named("Compras", kept.business, kept.month), XLSX, data))


def contasis(kept: Kept, contact: str = "") -> Said:
    """Return the month as CONTASIS imports it, and say how many of its papers have no row in it."""
    sheet, left = contasis_.sheet(kept.papers)
    rows = list(sheet.rows)
    data, cut = written([sheet])
    lines = [
        f"📊 *CONTASIS, compras de {kept.month.name}*{whose(kept.business)}",
        f"• Van: {len(rows)}",
        *([f"• No caben en su formato: {len(left)}"] if left else []),
        *([f"• Por revisar, no van: {looked}"] if (looked := len(kept.at("review"))) else []),
        *_warned(kept, cut, contact),
        "Las cuentas van en blanco, para que las ponga tu contador. Lo que no va está en *excel*.",
    ]
    return Said("\n".join(lines), made=Made(named("CONTASIS", kept.business, kept.month), XLSX, data))


def links(kept: Kept, link: Link) -> Said | None:
    """Return a link to each original of a month's papers; None where they are too many for one message."""
    files: dict[str, list[Filed]] = {}
    for one in kept.papers:
        if one.paper.uri:
            files.setdefault(one.paper.uri, []).append(one.paper)
    addresses = [address for uri in files if (address := link(uri))]
    if len(addresses) < len(files):
        return Said(NO_LINKS)
    if not files or len(files) > MOST_LINKS:
        return None
    lines = [
        f"• {_held(papers)}\n{address}" for papers, address in zip(files.values(), addresses, strict=True)
    ]
    tail = "Los enlaces funcionan un día, para quien los tenga: no compartas este mensaje."
    return Said("\n".join([f"📎 *Originales de {kept.month.name}*{whose(kept.business)}", *lines, tail]))


def _held(papers: list[Filed]) -> str:
    """Say what a file holds, in one line."""
    one = papers[0].entry.invoice
    name = clean(one.supplier.name, 40) or one.supplier.ruc or "sin nombre"
    more = f" y {len(papers) - 1} más" if len(papers) > 1 else ""
    return (
        f"{heading(one.kind)} {document_number(one.series, one.number)} · {name} · "
        f"{money(one.total, one.currency)}{more}"
    )


def _warned(kept: Kept, cut: int, contact: str) -> list[str]:
    lines = [] if kept.business.ruc else [_NO_RUC]
    if left := kept.left_out + cut:
        rest = f" Para los demás, escribe a {contact}." if contact else ""
        lines.append(
            f"⚠️ {left:,} no entraron: son demasiados para un solo archivo. Van los primeros por fecha de "
            f"emisión.{rest}"
        )
    return lines


def whose(business: Business) -> str:
    """Return what follows a title: the business's name, where it is known."""
    return f" · {clean(business.name, 60)}" if business.name else ""


def named(what: str, business: Business, month: Month) -> str:
    """Return a workbook's name: `Compras_2026-11_BODEGA-LUZ.xlsx`. A longer name is cut to its beginning and
    the end of the RUC, since many begin alike; a name that two businesses have gets what tells them apart.
    """
    who = re.sub(r"[^A-Za-z0-9]+", "-", fold(clean(business.name, 60))).strip("-") or business.ruc or ""
    stem = f"{what}_{month}"
    room = _LONGEST_NAME - len(f"{stem}_.xlsx")
    end = f"-{re.findall('[A-Za-z0-9]+', business.apart)[-1]}" if business.apart else ""
    if len(who) > room - len(end):
        end = end or (f"-{business.ruc[-4:]}" if business.ruc else "")
    who = f"{who[: room - len(end)].strip('-')}{end}"
    return f"{stem}_{who}.xlsx" if who else f"{stem}.xlsx"
