"""The file of SUNAT's register of a month: `rce [mes]` brings a warning, and only `rce <mes> confirmo` the
file itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from functions.books import rce, wording
from functions.books.months import Month
from functions.books.purchases import Kept, Placed
from functions.lima import LIMA
from functions.whatsapp import sunat
from functions.whatsapp.format import clean, money, size
from functions.whatsapp.model import TXT, Made, Said
from functions.whatsapp.month_file import whose

NO_RUC = (
    "🤔 El archivo del RCE lleva tu RUC y solo lo que está a tu RUC. Escríbeme *mi ruc* y los 11 dígitos, y "
    "pídelo otra vez."
)
_LONGEST = 1000
"""UTF-16 units of a caption, of the 1,024 that WhatsApp shows."""
_REASONS = 8
"""Lines of reasons that one screen holds."""


def said(kept: Kept, now: datetime, *, confirmed: bool, unasked: int = 0) -> Said:
    """Return the file with what could not go in its caption; what the file would be, where it is not
    `confirmed`; or why there can be none. `unasked` as in a workbook.
    """
    ruc, month = kept.business.ruc, kept.month
    if ruc is None:
        return Said(NO_RUC)
    if kept.left_out:
        return Said(
            f"⚠️ {month.name.capitalize()} tiene demasiados comprobantes: el archivo del RCE no saldría "
            "completo, así que no lo hice."
        )
    going = kept.at("purchases")
    if not going:
        return Said(
            "\n".join(
                [f"📑 De {month.name} no hay ningún comprobante que pueda ir en el RCE.", *_reasons(kept)]
            )
        )
    if not confirmed:
        return Said(_warning(kept, going, Month.of(now.astimezone(LIMA).date()), unasked))
    name, data = rce.file_name(ruc, month), rce.file([one.row for one in going])
    return Said(_caption(kept, going, unasked), made=Made(name, TXT, data))


def _warning(kept: Kept, going: list[Placed], this: Month, unasked: int) -> str:
    month = kept.month
    lines = [
        f"⚠️ *RCE de {month.name}*{whose(kept.business)}",
        (
            "Este archivo reemplaza la propuesta de SUNAT: *es* todo tu registro de compras del mes. Lo que "
            "no me enviaste por aquí se queda fuera."
        ),
        f"• {_sum(going)}",
        *_reasons(kept),
        *(
            [f"ℹ️ {month.name.capitalize()} todavía no termina: lo que llegue después no estaría."]
            if month >= this
            else []
        ),
        *sunat.unasked(unasked),
        (
            "Antes, envíame la propuesta que descargas de SUNAT (TXT, ZIP, CSV o Excel) y te digo qué le "
            "falta a cada lado."
        ),
        f"Si tu contador igual lo quiere, escribe: *rce {month.name} confirmo*",
    ]
    return "\n".join(lines)


def _caption(kept: Kept, going: list[Placed], unasked: int) -> str:
    """List the papers that could not go, one by one as far as a caption holds them."""
    head = [f"📑 *RCE de {kept.month.name}*{whose(kept.business)}", _sum(going)]
    tail = [
        *sunat.unasked(unasked),
        "Se sube a SUNAT en un ZIP con el mismo nombre. Qué se declara lo decide tu contador.",
    ]
    lines = [f"• {_named(one)}: {_why(one)}" for one in _left(kept)]
    left = len(lines) + len(kept.unfiled)
    if kept.unfiled:
        lines.append(f"• {_files(len(kept.unfiled))}")
    if not lines:
        return "\n".join([*head, *tail])
    head.append(f"No van {left}:")
    whole, shown = "\n".join([*head, *lines, *tail]), lines
    while size(whole) > _LONGEST:
        shown = shown[:-1]
        more = f"… y lo demás: ver *Por revisar* en *excel {kept.month.name}*."
        whole = "\n".join([*head, *shown, more, *tail])
    return whole


def _reasons(kept: Kept) -> Iterator[str]:
    """Say how many papers stay out, and why, the commonest reason first."""
    counts = Counter(_why(one) for one in _left(kept))
    if not counts and not kept.unfiled:
        return
    yield f"• No van {counts.total() + len(kept.unfiled)}:"
    yield from (f"   – {n}: {why}" for why, n in counts.most_common(_REASONS))
    if rest := counts.total() - sum(n for _, n in counts.most_common(_REASONS)):
        yield f"   – {rest}: por otras razones"
    if kept.unfiled:
        yield f"   – {_files(len(kept.unfiled))}"
    yield f"Cada uno con su razón está en *excel {kept.month.name}*."


def _left(kept: Kept) -> list[Placed]:
    """Return the papers that do not go, first those that would go if somebody looked at them."""
    return [one for place in wording.PLACES if place != "purchases" for one in kept.at(place)]


def _why(one: Placed) -> str:
    return wording.reason(one.reasons[0])


def _named(one: Placed) -> str:
    """Return a paper's number and issuer, in the form in which a stranger's words may stand in a message."""
    invoice = one.paper.entry.invoice
    return (
        f"{clean(wording.named(invoice), 40)} de "
        f"{clean(invoice.supplier.name, 40) or invoice.supplier.ruc or 'sin nombre'}"
    )


def _files(n: int) -> str:
    return (
        f"{n} archivo{'s' * (n > 1)} que no {'son' if n > 1 else 'es'} comprobante o no se "
        f"registr{'aron' if n > 1 else 'ó'}"
    )


def _sum(going: list[Placed]) -> str:
    total = sum((value for one in going if isinstance(value := one.row[24], Decimal)), Decimal(0))
    return f"Van {len(going)} comprobante{'s' * (len(going) > 1)}, por {money(total)}"
