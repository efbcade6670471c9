"""What the books say, in the Spanish that users read. Answers fit one screen, name what was understood, and count what they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from functions.books.entry import Entry
from functions.books.figures import Bucket, Igv, Left, Sum, Summary, Supplier
from functions.books.months import Month
from functions.books.ports import Page
from functions.whatsapp.format import clean, day, document_number, heading, money

HELP = """\
📒 De lo que ya me enviaste puedo decirte:
• *resumen* – lo que llevas este mes (o *resumen octubre*)
• *proveedores* – cuánto le compraste a cada uno
• *buscar* ferretería, un RUC o F001-123
• *precios* cemento – a cuánto lo compraste
• *igv* – el IGV de tus facturas (o *igv octubre*)
• *últimos* – lo último que enviaste
• *mi ruc* 20… – para saber qué facturas son tuyas"""
"""What may be asked, after the instructions."""

NO_MONTH = "🤔 Ese mes no existe. Escríbelo así: *resumen octubre* o *resumen 10/2026*."
NO_RUC_YET = "🤔 Para separar lo tuyo necesito tu RUC. Escríbeme *mi ruc* y los 11 dígitos, por ejemplo: mi ruc 20123456789"
NO_NAME_YET = "🤔 Todavía no sé cómo se llama tu negocio. Escríbeme *mi negocio* y su nombre."
LATEST = "Lo último que enviaste"
NOTED = "\n\n📝 Anotado: "
_MOST = 8
"""Lines of a list that one screen holds."""


def noted(caption: str | None) -> str:
    """What follows an answer whose paper came with words: they are kept as its note."""
    note = clean(caption, 200)
    return f"{NOTED}{note}" if note else ""


def wrong_ruc(said: str) -> str:
    """Why a number is no RUC."""
    digits = clean(said, 20)
    if len(digits) == 11 and digits.isdigit():
        return f"🤔 {digits} no es un RUC válido: su último dígito no corresponde a los demás. Revísalo y escríbelo otra vez."
    return f"🤔 Un RUC tiene 11 dígitos y empieza con 10, 15, 16, 17 o 20; {digits or 'eso'} no lo es. Revísalo y escríbelo otra vez."


def ruc_kept(ruc: str) -> str:
    """The business's RUC is known from now on."""
    return f"👍 Anotado: tu RUC es {ruc}. Desde ahora te digo qué comprobantes están a tu RUC y cuáles no."


def ruc_told(ruc: str) -> str:
    """Which RUC is known."""
    return f"Tu RUC registrado es {ruc}. Para cambiarlo, escríbeme *mi ruc* y los 11 dígitos."


def name_kept(name: str) -> str:
    """The business's name is known from now on."""
    return f"👍 Anotado: tu negocio es {clean(name, 80)}."


def name_told(name: str) -> str:
    """Which name is known."""
    return f"Tu negocio está registrado como {clean(name, 80)}. Para cambiarlo, escríbeme *mi negocio* y el nombre."


def summary(month: Month, found: Summary, today: date) -> str:
    """A month's spending by currency, what it is made of and what it leaves out."""
    if not found.papers:
        return f"📒 *{month.name.capitalize()}*\nNo tengo comprobantes de ese mes.{_declaring(month, today)}"
    lines = [f"📒 *Resumen de {month.name}*", *(_sum(currency, each) for currency, each in sorted(found.sums.items(), key=_soles_first))]
    if found.kinds:
        lines.append(", ".join(_count(n, heading(kind or None).lower()) for kind, n in found.kinds.most_common()))
    if found.left:
        lines.append("No sumé: " + ", ".join(_LEFT[why].format(n=n) for why, n in sorted(found.left.items())) + ".")
    looked = [text for n, text in ((found.review, f"{found.review} por revisar"), (found.others, f"{found.others} a otro RUC")) if n]
    if looked:
        lines.append("Sí sumé: " + ", ".join(looked) + ".")
    return "\n".join(lines) + _declaring(month, today)


_LEFT: dict[Left, str] = {
    "repeated": "{n} que ya habías enviado",
    "no_total": "{n} sin total legible",
    "no_currency": "{n} sin moneda legible",
}


def _sum(currency: str, each: Sum) -> str:
    less = f", con {_count(each.credits, 'nota de crédito')} restada{'s' * (each.credits > 1)}" if each.credits else ""
    return f"Total: *{money(each.total, currency)}* en {_count(each.papers, 'comprobante')}{less}. IGV: {money(each.igv, currency)}"


def _soles_first(pair: tuple[str, Sum]) -> tuple[bool, str]:
    return pair[0] != "PEN", pair[0]


_PLURALS = {"nota de crédito": "notas de crédito", "nota de débito": "notas de débito", "recibo por honorarios": "recibos por honorarios"}


def _count(n: int, noun: str) -> str:
    return f"{n} {noun if n == 1 else _PLURALS.get(noun, noun + 's')}"


def _declaring(month: Month, today: date) -> str:
    """Until about the 20th people declare the month before."""
    now = Month.of(today)
    return (
        f"\n¿Estás declarando {now.before.name}? Escribe *resumen {now.before.name.split()[0]}*."
        if month == now and today.day <= 20
        else ""
    )


def suppliers(month: Month, found: Sequence[Supplier]) -> str:
    """Who was bought from in a month, the largest first."""
    if not found:
        return f"📒 No tengo compras de {month.name}."
    lines = [f"📒 *Proveedores de {month.name}*"]
    for number, each in enumerate(found[:_MOST], 1):
        sums = " + ".join(money(one.total, currency) for currency, one in sorted(each.sums.items(), key=_soles_first))
        papers = sum(one.papers for one in each.sums.values())
        lines.append(f"{number}. {clean(each.name, 60) or each.ruc or 'Sin nombre legible'} – {sums} ({_count(papers, 'comprobante')})")
    if len(found) > _MOST:
        rest: dict[str, Decimal] = {}
        for currency, one in (pair for each in found[_MOST:] for pair in each.sums.items()):
            rest[currency] = rest.get(currency, Decimal(0)) + one.total
        lines.append(f"Y {len(found) - _MOST} más: " + " + ".join(money(total, currency) for currency, total in sorted(rest.items())))
    return "\n".join(lines)


def found(text: str) -> str:
    """The title of what a search found."""
    return f"Comprobantes con «{clean(text, 40)}»"


def papers(title: str, page: Page) -> str:
    """A list of papers, one line each."""
    if not page.entries:
        return f"🔎 {title}: no encontré ninguno."
    more = f"\nHay {page.found - len(page.entries)} más; escribe algo más preciso." if page.found > len(page.entries) else ""
    return f"🔎 *{title}*\n" + "\n".join(_line(entry) for entry in page.entries) + more


def _line(entry: Entry) -> str:
    one = entry.invoice
    what = f"{heading(one.kind)} {document_number(one.series, one.number)}".strip()
    marks = " (repetido)" if entry.repeated else " (por revisar)" if entry.verdict not in {"proven", "consistent"} else ""
    note = f" 📝 {clean(entry.note, 40)}" if entry.note else ""
    return f"• {day(one.issue_date)} · {clean(one.supplier.name, 40) or one.supplier.ruc or 'sin nombre'} · {what} · {money(one.total, one.currency)}{marks}{note}"


def prices(product: str, bought: Sequence[tuple[Entry, int]]) -> str:
    """What a product cost, paper by paper: the entry and which of its items, the newest first."""
    if not bought:
        return f"🔎 No encontré «{clean(product, 40)}» entre lo que compraste."
    lines = [f"🏷️ *Precios de {clean(product, 40)}*"]
    for entry, at in bought[:_MOST]:
        item, one = entry.invoice.items[at], entry.invoice
        price = money(item.unit_price, one.currency) if item.unit_price is not None else f"{money(item.amount, one.currency)} en total"
        each = f" x {clean(item.unit, 8)}" if item.unit and item.unit_price is not None else ""
        lines.append(
            f"• {day(one.issue_date)} · {price}{each} · {clean(item.description, 40)} · {clean(one.supplier.name, 30) or one.supplier.ruc or ''}"
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
    """The IGV that a month's papers show, what it is made of and what it leaves out. Never advice: what counts is the accountant's to say."""
    counted, taken = found.buckets["counted"], found.buckets["credit_note"]
    less = f", {_count(taken, 'nota de crédito')} restada{'s' * (taken > 1)}" if taken else ""
    lines = [
        f"🧾 IGV que figura en tus facturas de {month.name} con tu RUC {ruc}: *{money(found.total)}* ({_count(counted, 'comprobante')}{less})."
    ]
    left = [f"{found.buckets[name]} {one if found.buckets[name] == 1 else many}" for name, one, many in _IGV_LEFT if found.buckets[name]]
    if left:
        lines.append("No suma: " + ", ".join(left) + ".")
    if found.detractions:
        lines.append(f"Con detracción: {found.detractions} ({money(found.detracted)}); revisa que esté depositada.")
    lines.append("Es una suma de lo leído; lo que puedes usar lo determina tu contador.")
    return "\n".join(lines)
