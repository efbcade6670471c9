"""Makes of values the words and figures that a person reads on a phone. Pure: no I/O, no clock."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from functions.extractor.invoice import Customer, Invoice, Item, Modifies
from functions.extractor.peru.kinds import NAMES
from functions.lima import LIMA
from functions.whatsapp.links import unlinked

WHATSAPP_LIMIT = 4096
"""Characters of one text message (Meta, messages/text-messages). Counted here as UTF-16 units, the strictest
reading of it.
"""

UNREAD = "no se lee"

_SYMBOLS = {"PEN": "S/ ", "USD": "US$ ", "EUR": "€ "}
_TIMES = re.compile(r"(?<=\d)\s*\*\s*(?=\d)")
_MARKERS = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])")
"""The signs that WhatsApp takes for markers: a `_` between two letters or digits is none, it belongs to a
file's name.
"""
_LEADING = re.compile(r"^(?:[\s>•]|[#-](?!\d))+")
_ID_TYPES = {"1": "DNI", "4": "CE", "6": "RUC", "7": "pasaporte"}
_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs without ink, of which a name could consist that nobody sees."""
_MOST_MARKS = 2
_CENT = Decimal("0.01")


_ITEMS = re.compile(
    r"^📦 \*Items\*\n((?:\d+\. .*(?:\n|$))+)(?:… y (\d+) ítems? más.*(?:\n|$))?", re.MULTILINE
)
_MOST_ITEMS = 8
"""The most items of an invoice among other replies: one screen holds them with what the last line says of
them.
"""
_VERDICT, _SHORT = "✅ ", 120
"""The beginning of what was verified, and how long it may be and still be said twice (UTF-16 units)."""
_AMOUNT = re.compile(r"(S/|US\$|€) (?=\d)")


@dataclass(frozen=True, slots=True)
class Part:
    """One reply among several in one WhatsApp message: its name and its text."""

    title: str
    body: str


def size(text: str) -> int:
    """Length as WhatsApp may count it: UTF-16 units, so an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str | None, limit: int = 120) -> str:
    """Return `text` from a document or a sender as one harmless line of at most `limit` UTF-16 units.

    WhatsApp documents no escape character, so its markers become spaces ("2*3" becomes "2x3"). Control,
    bidirectional, zero-width and unassigned characters are removed, and a quote or bullet at the start. What
    would become a link is broken by a blank; a letter keeps two marks.
    """
    if not text:
        return ""
    text = _TIMES.sub("x", text[: 20 * limit])
    text = "".join(_visible(char) for char in text)
    text = _few_marks(_MARKERS.sub(" ", unicodedata.normalize("NFC", text)))
    text = _LEADING.sub("", " ".join(text.split()))
    while (
        safe := _shorten(unlinked(text), limit)
    ) != text:  # what is cut may become a link, and a broken link is longer
        text = safe
    return text


def _visible(char: str) -> str:
    if char.isspace() or char in _BLANK:
        return " "
    return "" if unicodedata.category(char) in _FORBIDDEN else char


def _few_marks(text: str) -> str:
    """Return `text` without the marks (accents and the like) that no letter carries, or that are more than
    two on one.
    """
    kept: list[str] = []
    marks = _MOST_MARKS
    for char in text:
        is_mark = unicodedata.category(char).startswith("M")
        marks = marks + 1 if is_mark else _MOST_MARKS if char == " " else 0
        if not is_mark or marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _shorten(text: str, limit: int) -> str:
    if size(text) <= limit:
        return text
    kept = text[: limit - 1]
    while size(kept) > limit - 1:
        kept = kept[:-1]
    return kept.rstrip(" ._") + "…"  # "www.…" would begin a link


def money(amount: Decimal | None, currency: str | None = "PEN", *, short: bool = False) -> str:
    """Return `S/ 1,450.00`; `short` drops `.00`. Without a currency, return the figure alone. An amount
    beyond any invoice counts as unread.
    """
    if amount is None or not amount.is_finite() or abs(amount) >= Decimal(10) ** 15:
        return UNREAD
    figure = f"{abs(amount).quantize(_CENT):,.2f}"
    symbol = _SYMBOLS.get(currency, clean(currency, 8) + " ") if currency else ""
    return f"{'-' if amount < 0 else ''}{symbol}{figure.removesuffix('.00') if short else figure}"


def figure(quantity: Decimal) -> str:
    """Return a quantity without the zeros at its end: `6`, `0.5`."""
    return f"{quantity:f}".rstrip("0").rstrip(".") if "." in f"{quantity:f}" else f"{quantity:f}"


def day(value: date | datetime | None) -> str:
    """Return dd/mm/yyyy; a moment is shown as Lima's day."""
    if isinstance(value, datetime):
        value = value.astimezone(LIMA).date()
    return f"{value.day:02}/{value.month:02}/{value.year:04}" if value else UNREAD


def moment(value: datetime, now: datetime) -> str:
    """Return when something was, in Lima's time: "hoy a las 08:19", or "el" and its day."""
    value, now = value.astimezone(LIMA), now.astimezone(LIMA)
    return f"hoy a las {value:%H:%M}" if value.date() == now.date() else f"el {day(value)}"


def heading(kind: str | None) -> str:
    """Return the name of a comprobante of `kind` (SUNAT catalogue 01)."""
    return NAMES.get(kind or "", "Comprobante")


def document_number(series: str | None, number: str | None) -> str:
    """Return series and number as in "F001-123"; the part that was not read is left out."""
    return "-".join(part for part in (clean(series, 20), clean(number, 20)) if part)


def invoice_blocks(invoice: Invoice) -> tuple[str, list[str]]:
    """Return the message's head (supplier and document) and one line for each item."""
    currency = invoice.currency
    lines = [
        "💼 *Proveedor*",
        f"RUC: {_seen(invoice.supplier.ruc, 20)}",
        f"Razón Social: {_seen(invoice.supplier.name)}",
        "",
        f"📄 *{heading(invoice.kind)}*",
        f"Serie: {_seen(invoice.series, 20)}",
        f"Número: {_seen(invoice.number, 20)}",
    ]
    if invoice.issue_date:
        lines.append(f"Fecha de emisión: {day(invoice.issue_date)}")
    if invoice.due_date:
        lines.append(f"Fecha de vencimiento: {day(invoice.due_date)}")
    if customer := _customer(invoice.customer):
        lines.append(f"Cliente: {customer}")
    if modified := _modified(invoice.modifies):
        lines.append(f"Modifica: {modified}")
    amounts = [
        ("Op. gravada", invoice.taxable),
        ("Op. exonerada", invoice.exempt),
        ("Op. inafecta", invoice.unaffected),
        ("Op. gratuita", invoice.free),
        ("Descuentos", invoice.discounts),
        ("ISC", invoice.isc),
        ("IGV", invoice.igv),
        ("ICBPER", invoice.icbper),
        ("Otros cargos", invoice.other_charges),
        ("Redondeo", invoice.rounded),
    ]
    always = {"IGV", "Op. gravada"}  # a printed zero says something only here
    lines += [
        f"{name}: {money(amount, currency)}"
        for name, amount in amounts
        if amount is not None and (amount or name in always)
    ]
    lines.append(f"Total: {money(invoice.total, currency)}")
    after = [
        ("Detracción", invoice.detraction),
        ("Percepción", invoice.perception),
        ("Redondeo", invoice.rounding if invoice.rounded is None else None),
        ("Neto a pagar", invoice.net_payable),
    ]
    lines += [f"{name}: {money(amount, currency)}" for name, amount in after if amount]
    if currency is None and invoice.total is not None:
        lines.append(f"Moneda: {UNREAD}")
    return "\n".join(lines), [_item(number, item, currency) for number, item in enumerate(invoice.items, 1)]


def lay_out(head: str, items: Sequence[str], tail: str, limit: int) -> str:
    """Return head, items and tail within `limit`; where not all items fit, whole ones stay and a count says
    how many are left out.
    """
    end = f"\n\n{tail}" if tail else ""
    start = f"{head}\n\n📦 *Items*"
    if not items:
        return f"{start}\n{UNREAD}{end}"
    whole = "\n".join((start, *items)) + end
    if size(whole) <= limit:
        return whole
    room = limit - size(start) - size(end) - size(f"\n… y {len(items)} ítems más que no entran aquí.")
    kept: list[str] = []
    for item in items:
        room -= size(item) + 1
        if room < 0:
            break
        kept.append(item)
    left = len(items) - len(kept)
    more = f"… y {left} ítems más que no entran aquí." if left > 1 else "… y 1 ítem más que no entra aquí."
    return "\n".join((start, *kept, more)) + end


def combine(parts: Sequence[Part]) -> str:
    """Combine several replies into one message, each under its place among them and its name. A text that
    several of them have is told once, at the first.

    What was verified is also told once, where an earlier reply says it word for word. An invoice has at most
    eight items here. The caller sees to the size.
    """
    told: dict[str, list[int]] = {}
    verdicts: dict[str, int] = {}
    for place, part in enumerate(parts):
        body = _ITEMS.sub(_first_items, part.body)
        lines = body.split("\n\n")
        firsts = [verdicts.setdefault(line, place) for line in lines if _is_long_verdict(line)]
        if any(first < place for first in firsts) and body not in told:
            body = "\n\n".join(_as_before(line, verdicts, place, parts) for line in lines)
        told.setdefault(body, []).append(place)
    return "\n\n".join(
        f"*{listed([str(place + 1) for place in places])} de {len(parts)} · "
        f"{_names([parts[place].title for place in places])}*\n{body}"
        for body, places in told.items()
    )


def _names(titles: Sequence[str]) -> str:
    names = [name for title in titles if (name := clean(title, 80))]
    return unbroken(clean(listed(names), 120)) if names else "Mensaje"


def _is_long_verdict(line: str) -> bool:
    return line.startswith(_VERDICT) and size(line) > _SHORT


def _as_before(line: str, verdicts: dict[str, int], place: int, parts: Sequence[Part]) -> str:
    first = verdicts.get(line, place)
    if first == place:
        return line
    name = clean(parts[first].title.partition(" · ")[0], 60)
    return f"{_VERDICT}Lo mismo que en {name or 'el mensaje'} ({first + 1} de {len(parts)})."


def _first_items(found: re.Match[str]) -> str:
    items = found[1].splitlines()
    left = len(items) - _MOST_ITEMS + int(found[2] or 0)
    if len(items) <= _MOST_ITEMS:
        return found[0]
    more = f"… y {left} ítem{'s' * (left > 1)} más."
    return "\n".join(("📦 *Items*", *items[:_MOST_ITEMS], more)) + "\n" * found[0].endswith("\n")


def listed(names: Sequence[str]) -> str:
    """Return different names in a sentence: "a", "a y b", "a, b y c"."""
    names = list(dict.fromkeys(names))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} y {names[-1]}"


def unbroken(text: str) -> str:
    """Return `text` with no line's end between a currency's symbol and its figure."""
    return _AMOUNT.sub("\\1\u00a0", text)


def cut(text: str, limit: int = WHATSAPP_LIMIT) -> str:
    """Return `text`, cut at the end of a line where it is too long: one oversized reply must go out cut or
    not at all.
    """
    if size(text) <= limit:
        return text
    kept: list[str] = []
    room = limit - 2
    for line in text.split("\n"):
        room -= size(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join((*kept, "…")) if kept else _shorten(text, limit)


def _seen(value: str | None, limit: int = 120) -> str:
    return clean(value, limit) or UNREAD


def _item(number: int, item: Item, currency: str | None) -> str:
    each = ""
    if item.quantity is not None and item.unit_price is not None:
        each = unbroken(f"{figure(item.quantity)} x {money(item.unit_price, currency)}")
    if item.amount is None and each:  # a portal prints it so, which has no column of amounts
        worth = each
    else:
        worth = money(item.amount, currency, short=True)
        worth += f" ({each})" if each and item.quantity != 1 else ""
    return f"{number}. {_seen(item.description)} - {worth}"


def _customer(customer: Customer) -> str:
    kind = _ID_TYPES.get(customer.id_type or "", "")
    code = " ".join(part for part in (kind, clean(customer.id, 20)) if part) if customer.id else ""
    return " - ".join(part for part in (clean(customer.name), code) if part)


def _modified(modifies: Modifies | None) -> str:
    if modifies is None:
        return ""
    return " ".join(
        part
        for part in (heading(modifies.kind), document_number(modifies.series, modifies.number) or UNREAD)
        if part
    )
