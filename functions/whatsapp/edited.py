"""The answers to changes in the books: what was corrected, taken out or taken back, and why nothing was. They
are the Spanish that users read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from functions.books.correcting import Correction, RefusedValue, Why
from functions.books.entry import Entry
from functions.books.ports import Given
from functions.extractor.invoice import Invoice
from functions.whatsapp.accounts import wrong_ruc
from functions.whatsapp.format import UNREAD, clean, day, document_number, heading, money
from functions.whatsapp.result import CHECKS

_EXAMPLES = (
    "*total 118.00*, *fecha 10/11/2026*, *ruc* y los 11 dígitos, *serie F001-123*, *proveedor* y el nombre, "
    "*igv 18.00*, *moneda dólares* o *es boleta*"
)
HOW_TO_CORRECT = (
    f"✏️ Dime cómo es y lo corrijo: {_EXAMPLES}. Puedes poner varios juntos. Si no es del último archivo "
    "que enviaste, responde citando mi respuesta."
)
BUSY = (
    "⏳ Todavía estoy leyendo lo que enviaste antes, así que no cambié nada. Escríbemelo otra vez cuando te "
    "haya respondido, o cita el comprobante."
)
NOTHING_QUOTED = (
    "🤔 No encuentro ningún comprobante en el mensaje que citas. Cita mi respuesta con sus datos, o tu "
    "archivo."
)
NOTHING_LAST = (
    "🤔 De lo último que enviaste no registré ningún comprobante. Responde citando mi respuesta sobre el que "
    "quieres cambiar."
)
NOTHING_OUT = "🤔 No sacaste ningún comprobante en los últimos 7 días."
NOTHING_TO_UNDO = "🤔 No hay ningún cambio tuyo de las últimas 24 horas que deshacer."
QUOTE_TO_TAKE_OUT = (
    "🤔 Para no sacar otro por error: escribe *borrar* y responde *sí, borrar* citando mi pregunta."
)
_MOST_LISTED = 20


def which(entries: Sequence[Entry], example: str) -> str:
    """Return the list from whose numbers the user chooses, where several papers could be meant. Whoever
    quotes it means these papers.
    """
    lines = [f"{number}. {_paper(entry)}" for number, entry in enumerate(entries[:_MOST_LISTED], 1)]
    more = (
        [f"… y {len(entries) - _MOST_LISTED} más; cita su respuesta."] if len(entries) > _MOST_LISTED else []
    )
    head = (
        "🤔 Son varios. ¿Cuál? Elígelo de la lista, o responde citando este mensaje con su número delante, "
        f"por ejemplo *2 {example}*:"
    )
    return "\n".join([head, *lines, *more])


def _paper(entry: Entry) -> str:
    """A paper in half a line."""
    one = entry.invoice
    what = f"{heading(one.kind)} {document_number(one.series, one.number)}".strip()
    return (
        f"{what} · {clean(one.supplier.name, 40) or one.supplier.ruc or 'sin nombre'} · "
        f"{money(one.total, one.currency)}"
    )


_NAMES = {
    "supplier.ruc": "RUC", "supplier.name": "Proveedor", "kind": "Tipo", "series": "Serie",
    "number": "Número", "issue_date": "Fecha",
    "currency": "Moneda", "igv": "IGV", "total": "Total",
}  # fmt: skip
_CURRENCIES = {"PEN": "soles", "USD": "dólares", "EUR": "euros"}


def corrected(
    entry: Entry,
    before: Invoice,
    told: Sequence[Correction],
    failing: Sequence[str],
    *,
    undone: bool,
    twin: bool,
) -> str:
    """Say what changed in a paper, old → new, and what does not fit now. `twin`: it is another paper's
    duplicate from now on.
    """
    after = entry.invoice
    named = f"{heading(after.kind)} {document_number(after.series, after.number)}".strip()
    name = clean(after.supplier.name, 40) or after.supplier.ruc
    of = f" de {name}" if name else ""
    lines = [f"↩️ Deshice el cambio en *{named}*{of}:" if undone else f"✏️ Corregí *{named}*{of}:"]
    lines += [
        f"• {_NAMES[one.field]}: {_shown(one.field, before)} → {_shown(one.field, after)}" for one in told
    ]
    if twin:
        lines.append(
            "♻️ Ahora tiene el mismo RUC, tipo, serie y número que otro que ya tengo: en tus cuentas suma "
            "solo una vez."
        )
    if failing and not undone:
        lines.append(f"⚠️ Ojo: {'; '.join(CHECKS[name].fails for name in failing)}.")
    return "\n".join([*lines, *([] if undone else ["Si no era así, escribe *deshacer*."])])


def _shown(field: str, invoice: Invoice) -> str:
    match field:
        case "igv" | "total":
            return money(getattr(invoice, field), invoice.currency)
        case "issue_date":
            return day(invoice.issue_date)
        case "kind":
            return heading(invoice.kind).lower() if invoice.kind else UNREAD
        case "currency":
            return _CURRENCIES.get(invoice.currency or "", invoice.currency or UNREAD)
        case _:
            head, _, tail = field.partition(".")
            value = getattr(invoice, head)
            return clean(getattr(value, tail) if tail else value, 80) or UNREAD


def says_so_already(entry: Entry) -> str:
    """Say that a correction changes nothing."""
    return f"👍 Ya lo tengo así: {_paper(entry)}."


def refused(why: Sequence[RefusedValue]) -> str:
    """Say why nothing was changed."""
    return "\n".join([*dict.fromkeys(_refusal(one) for one in why), "No cambié nada."])


_REFUSALS: dict[Why, str] = {
    "amount": "🤔 «{said}» no es un monto. Escríbelo así: *{field} 118.00*.",
    "date": "🤔 «{said}» no es una fecha. Escríbela así: *fecha 10/11/2026*.",
    "future": "🤔 El {said} todavía no llega. Revisa la fecha de emisión.",
    "old": "🤔 El {said} es anterior a los comprobantes electrónicos. Revisa la fecha de emisión.",
    "customers_ruc": "🤔 {said} es el RUC del cliente de ese comprobante, no el del proveedor.",
    "series": (
        "🤔 La serie {said} no es la de ese tipo de comprobante. Si también es otra, escríbelos juntos: *es "
        "boleta serie B001-123*."
    ),
    "unknown": "🤔 No entiendo «{said}». Escríbelo así: " + _EXAMPLES + ".",
}


def _refusal(one: RefusedValue) -> str:
    if one.why == "ruc":
        return wrong_ruc(one.value)
    said = day(date.fromisoformat(one.value)) if one.why in {"future", "old"} else clean(one.value, 40)
    return _REFUSALS[one.why].format(said=said, field=one.field)


def take_out(entry: Entry) -> str:
    """Ask before a paper is taken out."""
    return (
        f"🗑️ ¿Saco de tus cuentas este comprobante?\n{_paper(entry)} · {day(entry.day)}\n"
        "Si es así, toca el botón o responde citando este mensaje: *sí, borrar*. Tu archivo no se borra."
    )


def taken_out(entry: Entry) -> str:
    """Say that a paper is out of the books."""
    return (
        f"🗑️ Saqué de tus cuentas: {_paper(entry)}. Tu archivo sigue guardado; si lo quieres de vuelta, "
        "escribe *recuperar* en los próximos 7 días."
    )


def taken_back(entry: Entry) -> str:
    """Say that a paper is in the books again."""
    return f"👍 Está de vuelta en tus cuentas: {_paper(entry)}."


def is_out(entry: Entry) -> str:
    """Say that the paper that is meant was taken out."""
    return (
        f"🗑️ Ese comprobante no está en tus cuentas porque lo sacaste: {_paper(entry)}. Para tenerlo de "
        "vuelta, responde citando este mensaje: *recuperar*."
    )


def not_out(entry: Entry) -> str:
    """Say that the paper that is to come back was never taken out."""
    return f"👍 Sigue en tus cuentas: {_paper(entry)}."


def changed_since(given: Given) -> str:
    """Return the sentence that follows a change in a month that was given as a file."""
    month, file = (
        given.month.name,
        {"excel": "Excel", "contasis": "Excel de CONTASIS", "rce": "archivo del RCE"}[given.file],
    )
    filed = " Si ya se subió a SUNAT, avísale a tu contador." if given.file == "rce" else ""
    return (
        f"ℹ️ {month.capitalize()} cambió después de tu {file} del {day(given.at)}. Pídelo otra vez: "
        f"*{given.file} {month}*.{filed}"
    )
