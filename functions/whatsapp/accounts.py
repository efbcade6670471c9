"""The answers about the books. The functions return the Spanish that users read: each answer fits one screen,
names what was understood, and counts what it leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from functions.books.entry import Entry, own
from functions.books.figures import Bucket, Igv, Left, Sum, Summary, SupplierTotals
from functions.books.months import Month
from functions.books.ports import MOST, FoundEntries
from functions.extractor.invoice import Invoice
from functions.whatsapp.format import clean, day, document_number, heading, money

STOPPED = (
    "🔕 Listo. Desde ahora solo respondo a lo que me envías, sin avisos ni preguntas mías. Para tenerlos "
    "otra vez escribe *seguir*. Si quieres que borre lo que guardo, escribe *borrar mis datos*."
)
RESUMED = (
    "🔔 Listo. Otra vez te aviso y te pregunto cuando haga falta. Envíame una foto o PDF de tu boleta o "
    "factura cuando quieras."
)
NO_MONTH = "🤔 Ese mes no existe. Escríbelo así: *resumen octubre* o *resumen 10/2026*."
NO_RUC_YET = (
    "🤔 Para separar lo tuyo necesito tu RUC. Escríbeme *mi ruc* y los 11 dígitos, por ejemplo: mi ruc "
    "20123456789"
)
NO_NAME_YET = "🤔 Todavía no sé cómo se llama tu negocio. Escríbeme *mi negocio* y su nombre."
LATEST = "Lo último que enviaste"
NOTED = "\n\n📝 Anotado: "
_MOST = 8
"""Lines of a list that one screen holds."""


def noted(caption: str | None) -> str:
    """Return the line that follows an answer whose paper came with words: they are kept as its note."""
    note = clean(caption, 200)
    return f"{NOTED}{note}" if note else ""


def whose(invoices: Sequence[Invoice], ruc: str | None) -> str:
    """Return the lines that follow an answer whose facturas are not made out to the business, or are made out
    to a RUC that is nearly its own; empty where that is not known.
    """
    told = [
        (own(one.customer, ruc), one.customer) for one in invoices if one.kind == "01" and one.customer.id
    ]
    others = [customer for owner, customer in told if owner == "no"]
    unread = sum(owner == "unread" for owner, _ in told)
    lines = []
    if others and len(invoices) == 1:
        kind = "RUC" if others[0].id_type == "6" else "documento"
        lines.append(f"ℹ️ Esta factura está a nombre de otro {kind}: {clean(others[0].id, 20)}.")
    elif others:
        lines.append(
            f"ℹ️ {len(others)} de estos comprobantes {'están' if len(others) > 1 else 'está'} a nombre de "
            "otro RUC."
        )
    if unread:
        where = "" if len(invoices) == 1 else f" en {unread} de estos comprobantes"
        lines.append(f"ℹ️ El RUC del cliente no se lee bien{where}: se parece al tuyo. Míralo en el papel.")
    return "".join(f"\n\n{line}" for line in lines)


def no_file(month: Month) -> str:
    """Say that a month has no papers, so that there is no file."""
    return f"📊 De {month.name} no tengo ningún comprobante, así que no hay nada que enviarte."


def wrong_ruc(said: str) -> str:
    """Say why a number is no RUC."""
    digits = clean(said, 20)
    if len(digits) == 11 and digits.isdigit():
        return (
            f"🤔 {digits} no es un RUC válido: su último dígito no corresponde a los demás. Revísalo y "
            "escríbelo otra vez."
        )
    return (
        f"🤔 Un RUC tiene 11 dígitos y empieza con 10, 15, 16, 17 o 20; {digits or 'eso'} no lo es. Revísalo "
        "y escríbelo otra vez."
    )


def ruc_kept(ruc: str) -> str:
    """Say that the business's RUC is known from now on."""
    return f"👍 Anotado: tu RUC es {ruc}. Desde ahora te digo qué comprobantes están a tu RUC y cuáles no."


def ruc_told(ruc: str) -> str:
    """Say which RUC is known."""
    return f"Tu RUC registrado es {ruc}. Para cambiarlo, escríbeme *mi ruc* y los 11 dígitos."


def name_kept(name: str) -> str:
    """Say that the business's name is known from now on."""
    return f"👍 Anotado: tu negocio es {clean(name, 80)}."


def name_told(name: str) -> str:
    """Say which name is known."""
    return (
        f"Tu negocio está registrado como {clean(name, 80)}. Para cambiarlo, escríbeme *mi negocio* y el "
        "nombre."
    )


def summary(month: Month, found: Summary, today: date) -> str:
    """A month's spending by currency, what it is made of and what it leaves out."""
    if not found.papers:
        return f"📒 *{month.name.capitalize()}*\nNo tengo comprobantes de ese mes.{_declaring(month, today)}"
    lines = [
        f"📒 *Resumen de {month.name}*",
        *(_sum(currency, each) for currency, each in sorted(found.sums.items(), key=_soles_first)),
    ]
    if found.kinds:
        lines.append(
            ", ".join(
                _count(n, heading(kind or None).lower())
                for kind, n in sorted(found.kinds.items(), key=_most_first)
            )
        )
    if found.left:
        lines.append(
            "No sumé: " + ", ".join(_LEFT[why].format(n=n) for why, n in sorted(found.left.items())) + "."
        )
    looked = [
        text
        for n, text in (
            (found.review, f"{found.review} por revisar"),
            (found.others, f"{found.others} a otro RUC"),
        )
        if n
    ]
    if looked:
        lines.append("Sí sumé: " + ", ".join(looked) + ".")
    return "\n".join(lines) + _declaring(month, today)


_LEFT: dict[Left, str] = {
    "repeated": "{n} que ya habías enviado",
    "no_total": "{n} sin total legible",
    "no_currency": "{n} sin moneda legible",
}


def _sum(currency: str, each: Sum) -> str:
    less = (
        f", con {_count(each.credits, 'nota de crédito')} restada{'s' * (each.credits > 1)}"
        if each.credits
        else ""
    )
    return (
        f"Total: *{money(each.total, currency)}* en {_count(each.papers, 'comprobante')}{less}. IGV: "
        f"{money(each.igv, currency)}"
    )


def _soles_first(pair: tuple[str, Sum]) -> tuple[bool, str]:
    return pair[0] != "PEN", pair[0]


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


_PLURALS = {
    "nota de crédito": "notas de crédito",
    "nota de débito": "notas de débito",
    "recibo por honorarios": "recibos por honorarios",
}


def _count(n: int, noun: str) -> str:
    return f"{n} {noun if n == 1 else _PLURALS.get(noun, noun + 's')}"


def _declaring(month: Month, today: date) -> str:
    """Ask whether the user is declaring the month before, which people do until about the 20th."""
    now = Month.of(today)
    return (
        f"\n¿Estás declarando {now.before.name}? Escribe *resumen {now.before.name.split()[0]}*."
        if month == now and today.day <= 20
        else ""
    )


def suppliers(month: Month, found: Sequence[SupplierTotals]) -> str:
    """List the suppliers of a month, the largest first."""
    if not found:
        return f"📒 No tengo compras de {month.name}."
    lines = [f"📒 *Proveedores de {month.name}*"]
    for number, each in enumerate(found[:_MOST], 1):
        sums = " + ".join(
            money(one.total, currency) for currency, one in sorted(each.sums.items(), key=_soles_first)
        )
        papers = sum(one.papers for one in each.sums.values())
        lines.append(
            f"{number}. {clean(each.name, 60) or each.ruc or 'Sin nombre legible'} – {sums} "
            f"({_count(papers, 'comprobante')})"
        )
    if len(found) > _MOST:
        rest: dict[str, Decimal] = {}
        for currency, one in (pair for each in found[_MOST:] for pair in each.sums.items()):
            rest[currency] = rest.get(currency, Decimal(0)) + one.total
        lines.append(
            f"Y {len(found) - _MOST} más: "
            + " + ".join(money(total, currency) for currency, total in sorted(rest.items()))
        )
    return "\n".join(lines)


def found(text: str) -> str:
    """Return the title of what a search found."""
    return f"Comprobantes con «{clean(text, 40)}»"


def papers(title: str, page: FoundEntries) -> str:
    """Return a list of papers, one line each."""
    if not page.entries:
        return f"🔎 {title}: no encontré ninguno."
    rest = page.found - len(page.entries)
    more = f"\nHay {'muchos' if page.found == MOST else rest} más; escribe algo más preciso." if rest else ""
    return f"🔎 *{title}*\n" + "\n".join(_line(entry) for entry in page.entries) + more


def _line(entry: Entry) -> str:
    one = entry.invoice
    what = f"{heading(one.kind)} {document_number(one.series, one.number)}".strip()
    marks = (
        " (repetido)"
        if entry.repeated
        else " (por revisar)"
        if entry.verdict not in {"proven", "consistent"}
        else ""
    )
    note = f" 📝 {clean(entry.note, 40)}" if entry.note else ""
    return (
        f"• {day(one.issue_date)} · {clean(one.supplier.name, 40) or one.supplier.ruc or 'sin nombre'} · "
        f"{what} · {money(one.total, one.currency)}{marks}{note}"
    )


def prices(product: str, bought: Sequence[tuple[Entry, int]]) -> str:
    """Return what a product cost, paper by paper, the newest first: each pair is an entry and the index of
    its item.
    """
    if not bought:
        return f"🔎 No encontré «{clean(product, 40)}» entre lo que compraste."
    lines = [f"🏷️ *Precios de {clean(product, 40)}*"]
    for entry, at in bought[:_MOST]:
        item, one = entry.invoice.items[at], entry.invoice
        price = (
            money(item.unit_price, one.currency)
            if item.unit_price is not None
            else f"{money(item.amount, one.currency)} en total"
        )
        each = f" x {clean(item.unit, 8)}" if item.unit and item.unit_price is not None else ""
        lines.append(
            f"• {day(one.issue_date)} · {price}{each} · {clean(item.description, 40)} · "
            f"{clean(one.supplier.name, 30) or one.supplier.ruc or ''}"
        )
    if len(bought) > _MOST:
        lines.append(f"Y {len(bought) - _MOST} compras más.")
    return "\n".join(lines)


_IGV_LEFT: tuple[tuple[Bucket, str, str], ...] = (
    ("no_credit", "boleta, recibo o ticket", "boletas, recibos o tickets"),
    ("not_own", "a otro RUC", "a otro RUC"),
    ("unread_buyer", "donde no se lee bien el RUC del cliente", "donde no se lee bien el RUC del cliente"),
    ("no_igv", "sin IGV separado", "sin IGV separado"),
    ("foreign", "en otra moneda", "en otra moneda"),
    ("old", "de hace más de 12 meses", "de hace más de 12 meses"),
    ("review", "por revisar", "por revisar"),
    ("repeated", "repetido", "repetidos"),
)


def igv(month: Month, found: Igv, ruc: str) -> str:
    """Return the IGV that a month's papers show, what it is made of and what it leaves out. It is never
    advice: the accountant says what counts.
    """
    counted, taken = found.buckets["counted"], found.buckets["credit_note"]
    less = f", {_count(taken, 'nota de crédito')} restada{'s' * (taken > 1)}" if taken else ""
    lines = [
        (
            f"🧾 IGV que figura en tus facturas de {month.name} con tu RUC {ruc}: *{money(found.total)}* "
            f"({_count(counted, 'comprobante')}{less})."
        )
    ]
    left = [
        f"{found.buckets[name]} {one if found.buckets[name] == 1 else many}"
        for name, one, many in _IGV_LEFT
        if found.buckets[name]
    ]
    if left:
        lines.append("No suma: " + ", ".join(left) + ".")
    if found.detractions:
        lines.append(
            f"Con detracción: {found.detractions} ({money(found.detracted)}); revisa que esté depositada."
        )
    lines.append("Es una suma de lo leído; lo que puedes usar lo determina tu contador.")
    return "\n".join(lines)
