"""What an answer states of a file, held against what the file is. A failure of ours that is told as the
paper's is a false statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bench.chaos.traffic import Message
from functions.extractor.invoice import Invoice
from functions.whatsapp.format import UNREAD, day, heading, money
from functions.whatsapp.helpers import MEDIA_EXPIRED, error_sentence

_SAID: Mapping[str, str] = {
    "no comprobante": "no una boleta ni una factura",
    "damaged": error_sentence("corrupt"),
    "too many pages": error_sentence("too_complex"),
    "could not be read": error_sentence("unreadable"),
    "empty": error_sentence("empty"),
    "not supported": error_sentence("not_supported"),
    "has a password": error_sentence("encrypted"),
    "too large": error_sentence("too_large"),
    "gone from WhatsApp": MEDIA_EXPIRED,
}
"""What is said of a file that is not read, by what it comes to."""
_SHOWN = re.compile(
    r"^(?:📄 \*(?P<kind>.+)\*|(?P<name>RUC|Serie|Número|Fecha de emisión|Total): (?P<value>.+))$",
    re.MULTILINE,
)
_RESULT, _AGAIN, _WARNING = "💼 *Proveedor*", "♻️", "⚠️"


def false_statement(answer: str, message: Message, *, first: bool) -> str | None:
    """The kind of what is not true in an answer, None when all of it is. `first`: no other message of the
    sender's brought it.

    A value may be wrong under a warning, and missing; what a text is answered states nothing of a file.
    """
    if message.invoice is None:
        return "of what is no comprobante" if message.sentence not in answer else None
    if said := next((kind for kind, words in _SAID.items() if words in answer), None):
        return said
    if _RESULT not in answer:
        return "something else"
    if _AGAIN in answer and first:
        return "sent before"
    return next(
        (f"wrong {name} unwarned" for name in _wrong(answer, message.invoice) if _WARNING not in answer), None
    )


def _wrong(answer: str, invoice: Invoice) -> Iterator[str]:
    """The key values that are shown and are not the document's."""
    right = {
        "kind": heading(invoice.kind),
        "RUC": invoice.supplier.ruc,
        "Serie": invoice.series,
        "Número": invoice.number,
        "Fecha de emisión": day(invoice.issue_date),
        "Total": money(invoice.total, invoice.currency),
    }
    for shown in _SHOWN.finditer(answer):
        name, value = ("kind", shown["kind"]) if shown["kind"] else (shown["name"], shown["value"])
        if value not in (UNREAD, right[name]):
            yield name
