"""The choices that may be tapped instead of written, in the Spanish that users read. Each choice stands for a
text that its reader could also have written.

An offer only goes with an answer that leaves anyway. The words of that answer say the same, for phones and
moments that show no buttons.
"""

from __future__ import annotations

from collections.abc import Sequence

from functions.books.entry import Entry
from functions.whatsapp.format import clean, document_number, heading, money
from functions.whatsapp.model import Choice, Offer

_MOST_ROWS = 10
"""Rows of a list (Meta, messages/interactive-list-messages)."""
_ROW, _DETAIL = 24, 72
"""Characters of a row's title and of its second line."""

TAKE_OUT = Offer((Choice("Sí, borrar", "sí, borrar"), Choice("No", "")))
"""The choices whether a paper is taken out of the books."""


def papers(entries: Sequence[Entry], said: str) -> Offer:
    """Offer the papers of which one is meant by `said`; those beyond ten are told by the numbers in the text
    alone.
    """
    rows = []
    for number, entry in enumerate(entries[:_MOST_ROWS], 1):
        one = entry.invoice
        name = clean(one.supplier.name, 30) or one.supplier.ruc or "sin nombre"
        title = clean(f"{number}. {document_number(one.series, one.number) or heading(one.kind)}", _ROW)
        rows.append(
            Choice(
                title,
                f"{number} {said}",
                clean(f"{heading(one.kind)} · {name} · {money(one.total, one.currency)}", _DETAIL),
            )
        )
    return Offer(tuple(rows), label="Elegir comprobante", once=False)


ASKED = "\n\n❓ "
"""The beginning of a question that follows an answer about a paper; a copy of that answer leaves it out."""


def is_it_yours(name: str | None, ruc: str) -> str:
    """Ask whether a buyer's RUC is the business's own."""
    who = f"{known} (RUC {ruc})" if (known := clean(name, 60)) else f"el del RUC {ruc}"
    return (
        f"{ASKED}¿Tu negocio es {who}? Si lo es, elige *Sí, es mi RUC* o escríbeme *mi ruc {ruc}*: así te "
        "digo qué facturas son tuyas."
    )


def own_ruc(ruc: str) -> Offer:
    """Offer the choices whether a RUC is the business's own."""
    return Offer((Choice("Sí, es mi RUC", f"mi ruc {ruc}"), Choice("No", "")))
