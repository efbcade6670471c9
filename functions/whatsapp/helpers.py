"""The Spanish that users read: every sentence is here. The result's lines, its figures and its dates are `format.py`'s, offered here too.

The two welcomes and the result's lines are the product's specification, byte for byte. No sentence ever says that a document is valid:
it may say that it was read, and against what.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from functions.extractor.invoice import ErrorCode, Extraction, Invoice, NotInvoice, Source
from functions.whatsapp.format import (
    WHATSAPP_LIMIT,
    Part,
    clean,
    combine,
    cut,
    day,
    document_number,
    fits,
    invoice_blocks,
    lay_out,
    money,
    size,
)
from functions.whatsapp.model import Inbound

__all__ = [
    "LIMIT",
    "MEDIA_EXPIRED",
    "WELCOME_FILE",
    "WELCOME_TEXT",
    "Part",
    "clean",
    "combine",
    "cut",
    "day",
    "duplicate_notice",
    "empty_message",
    "error_sentence",
    "fits",
    "format_extraction",
    "format_invoice",
    "instructions",
    "mask",
    "money",
    "over_cap",
    "reply_to",
    "text_length",
    "title",
]

LIMIT = WHATSAPP_LIMIT
text_length = size

WELCOME_TEXT = "👋 ¡Hola! Te acabo de registrar automáticamente.\nEnvíame una foto o PDF de tu boleta/factura y la analizaré por ti."
"""First contact by text."""

WELCOME_FILE = "👋 ¡Hola! Te acabo de registrar automáticamente.\nPuedes enviarme fotos o PDFs de boletas/facturas y las procesaré por ti."
"""First contact by anything else."""

MEDIA_EXPIRED = "⌛ Ya no pude descargar tu archivo: WhatsApp lo borró de sus servidores. Por favor, envíamelo otra vez."

_ERRORS: dict[ErrorCode, str] = {
    "empty": "⚠️ El archivo llegó vacío. Por favor, envíamelo otra vez.",
    "not_supported": "⚠️ Solo puedo leer fotos y PDFs. Envíame tu boleta o factura en uno de esos formatos.",
    "corrupt": "❌ El archivo está dañado y no pude abrirlo. Ábrelo en tu celular para comprobarlo y envíamelo otra vez.",
    "encrypted": "🔒 El PDF tiene contraseña y no puedo abrirlo. Envíamelo sin contraseña o mándame una foto del documento.",
    "too_large": "⚠️ El archivo es demasiado grande: puedo recibir hasta 20 MB. Envíamelo más liviano o mándame una foto.",
    "too_complex": "⚠️ El archivo tiene demasiadas páginas o imágenes muy pesadas. Envíame solo las páginas de la boleta o factura.",
    "unreadable": (
        "🔎 No pude leer el documento. Toma la foto otra vez: la página completa, con buena luz, sin sombras y sin moverte. "
        "Si puedes, envíala como documento para que no pierda calidad."
    ),
    "deadline": (
        "⏱️ Leer este documento tomó más de 30 segundos y tuve que detenerme. "
        "Envíame una foto más clara o, si tiene varias páginas, una por una."
    ),
    "internal": "😔 Tuvimos un problema de nuestro lado y no pude procesar tu archivo. Lo guardé. Por favor, envíamelo otra vez en unos minutos.",
}

_WHAT: dict[NotInvoice, str] = {
    "yape": "una captura de Yape",
    "plin": "una captura de Plin",
    "bank_transfer": "una constancia de transferencia bancaria",
    "card_slip": "un voucher de tarjeta",
    "delivery_guide": "una guía de remisión",
    "quote": "una cotización o proforma",
    "foreign": "un comprobante de otro país",
    "photo": "una foto sin ningún comprobante",
    "other": "un documento que no es boleta ni factura",
}

_SOURCES: dict[Source, str] = {
    "qr": "el código QR",
    "text": "el texto del PDF",
    "gemini": "la lectura con IA",
    "ocr": "la lectura de la imagen",
}

_FIELDS = {
    "kind": "el tipo de comprobante",
    "series": "la serie",
    "number": "el número",
    "issue_date": "la fecha de emisión",
    "due_date": "la fecha de vencimiento",
    "currency": "la moneda",
    "supplier.ruc": "el RUC del proveedor",
    "supplier.name": "la razón social del proveedor",
    "customer.id": "el documento del cliente",
    "customer.name": "el nombre del cliente",
    "taxable": "la op. gravada",
    "exempt": "la op. exonerada",
    "unaffected": "la op. inafecta",
    "free": "la op. gratuita",
    "discounts": "los descuentos",
    "igv": "el IGV",
    "isc": "el ISC",
    "icbper": "el ICBPER",
    "other_charges": "los otros cargos",
    "rounding": "el redondeo",
    "total": "el total",
    "detraction": "la detracción",
    "perception": "la percepción",
    "net_payable": "el neto a pagar",
    "amount_in_words": "el monto en letras",
    "items": "los ítems",
    "modifies": "el documento que modifica",
}

_CHECKS = {
    "supplier_ruc": "el RUC del proveedor no pasa su dígito verificador",
    "customer_ruc": "el RUC del cliente no pasa su dígito verificador",
    "series": "la serie o el número no tienen la forma usual",
    "date": "la fecha de emisión está en el futuro o es demasiado antigua",
    "igv_rate": "el IGV no corresponde a las tasas de esa fecha",
    "sum": "la base y los impuestos no suman el total",
    "items": "los ítems no suman el total",
    "lines": "en algún ítem la cantidad por el precio no da su importe",
    "words": "el monto en letras no coincide con el total",
    "payable": "el neto a pagar no cuadra con el total",
    "levies": "la detracción o la percepción no corresponde a ninguna tasa del total",
}
"""The checks of `functions/extractor/judging/checks.py` when they fail; one that is not here is told by its fields."""
_MOST_ISSUES = 4
_KEY = ("supplier.ruc", "series", "number", "total")


# answers that need no reading


def instructions(contact: str = "", privacy_url: str = "") -> str:
    """How to use the service; names a human and the privacy page where they are known."""
    lines = [
        "📸 Envíame una foto o PDF de tu boleta o factura y te devuelvo sus datos: proveedor, RUC, número, total e ítems.",
        "Puedes mandar varias seguidas: te respondo en el mismo orden.",
        "Para que la lea mejor: la página completa, con buena luz y sin sombras.",
    ]
    if contact:
        lines.append(f"👤 ¿Necesitas hablar con una persona? Escribe a {contact}")
    if privacy_url:
        lines.append(f"🔐 Cómo cuidamos tus datos: {privacy_url}")
    return "\n".join(lines)


def empty_message() -> str:
    """The answer to a text without text."""
    return "🤔 Tu mensaje llegó vacío. Envíame una foto o PDF de tu boleta o factura y la analizaré por ti."


def error_sentence(code: ErrorCode) -> str:
    """What went wrong with a file and what to do about it."""
    return _ERRORS[code]


def over_cap(cap: int, filename: str | None = None) -> str:
    """The one answer to a day's files over the cap, `filename` the first of them."""
    name = f" ({label})" if (label := clean(filename, 60)) else ""
    return (
        f"📅 Llegaste al máximo de {cap} archivos por día. Este archivo{name} y los que envíes después, hoy, no los voy a procesar. "
        "Envíamelos de nuevo mañana, a partir de este."
    )


def reply_to(message: Inbound, *, contact: str = "", privacy_url: str = "") -> str:  # noqa: PLR0911 - one sentence a kind
    """The answer to a message that brings no file to read."""
    match message.kind:
        case "text":
            return instructions(contact, privacy_url)
        case "empty":
            return empty_message()
        case "image" | "document":
            return MEDIA_EXPIRED
        case "audio":
            return f"🎧 No puedo escuchar audios. {_ASK}"
        case "video":
            return f"🎬 No puedo leer videos. {_ASK}"
        case "sticker":
            return f"😄 ¡Buen sticker! Solo puedo leer boletas y facturas. {_ASK}"
        case "location":
            return f"📍 Recibí tu ubicación, pero no la necesito. {_ASK}"
        case "contacts":
            return f"👥 Recibí un contacto, pero no lo guardo. {_ASK}"
        case "unsupported":
            return _unsupported(message.error_code)
        case _:
            assert_never(message.kind)


_ASK = "Envíame una foto o PDF de tu boleta o factura."


def _unsupported(code: int | None) -> str:
    if code == 131052:
        return (
            "⚠️ WhatsApp no pudo entregarme tu archivo porque es muy pesado o no se pudo descargar. Envíamelo otra vez, con menos de 20 MB."
        )
    if code == 131060:
        return "⚠️ WhatsApp no me mostró tu mensaje. Por favor, envíamelo otra vez."
    return f"⚠️ Ese tipo de mensaje no lo puedo leer. {_ASK}"


def duplicate_notice(name: str, first: datetime | None) -> str:
    """The line that says a document was sent before; `first` is when, shown as Lima's day."""
    when = f" el {day(first)}" if first else ""
    return f"♻️ Ya me habías enviado {clean(name, 60) or 'este documento'}{when}. No lo registres dos veces."


def mask(address: str | None) -> str:
    """A phone or BSUID as logs may show it: "51*****294"."""
    if not address:
        return ""
    digits = address.lstrip("+")
    return f"{digits[:2]}*****{digits[-3:]}" if len(digits) > 7 else "*****"


# results


def title(extraction: Extraction | None, filename: str | None) -> str:
    """The name of a reply among others: "F001-123", or the file's name."""
    invoices = extraction.invoices if extraction else ()
    numbers = [number for one in invoices if (number := document_number(one.series, one.number))]
    if numbers and len(invoices) == 1:
        return numbers[0]
    if numbers:
        return f"{numbers[0]} y {len(invoices) - 1} más"
    return clean(filename, 60) or "Archivo"


def format_invoice(invoice: Invoice, *, limit: int = LIMIT) -> str:
    """The result of one invoice; a value that was not read says so. Items that do not fit in `limit` are counted."""
    head, items = invoice_blocks(invoice)
    return lay_out(head, items, "", limit)


def format_extraction(extraction: Extraction, *, filename: str | None = None, limit: int = 3900) -> str:
    """The answer to one file, at most `limit` UTF-16 units: its invoices with their trust, or a sentence that says what it is.

    `limit` leaves room for the number and name that a combined message adds, and for the notice of a duplicate.
    """
    if extraction.error is not None:
        return _named(error_sentence(extraction.error.code), filename)
    if not extraction.invoices:
        if extraction.verdict == "not_an_invoice":
            what = _WHAT[extraction.what or "other"]
            return f"ℹ️ Esto parece ser {what}, no una boleta ni una factura. Lo guardé, pero no registré ningún comprobante."
        return _named(error_sentence("unreadable"), filename)
    count = len(extraction.invoices)
    note = _pages_note(extraction)
    each = (limit - size(note) - 60) // count if count > 1 else limit - size(note)
    least = 500  # a shorter cut of an invoice says nothing
    shown = count if each >= least else max(1, (limit - size(note) - 60) // least)
    each = max(each, least) if count > 1 else each
    blocks = []
    for index, invoice in enumerate(extraction.invoices[:shown]):
        head, items = invoice_blocks(invoice)
        number = f"*Comprobante {index + 1} de {count}*\n" if count > 1 else ""
        trust = _trust(extraction, index)
        body = lay_out(number + head, items, trust, each - 2)
        blocks.append(body if size(body) <= each - 2 else f"{cut(number + head, each - size(trust) - 4)}\n\n{trust}")
    if shown < count:
        left = count - shown
        blocks.append(
            f"… y {left} comprobantes más que no entran en este mensaje." if left > 1 else "… y 1 comprobante más que no entra aquí."
        )
    return cut("\n\n".join(blocks) + note, limit)


def _named(sentence: str, filename: str | None) -> str:
    name = clean(filename, 60)
    return f"{sentence}\n📎 {name}" if name else sentence


def _pages_note(extraction: Extraction) -> str:
    if not 0 < extraction.pages_read < extraction.pages:
        return ""
    return f"\n\n📑 Leí {extraction.pages_read} de {extraction.pages} páginas. Si falta algo, envíame las otras por separado."


def _trust(extraction: Extraction, index: int) -> str:
    """One line: what was verified and against what, or what to look at."""
    issues = _issues(extraction, index)
    if issues:
        more = len(issues) - _MOST_ISSUES
        text = "; ".join(issues[:_MOST_ISSUES]) + (f"; y {more} más" if more > 0 else "")
        return f"⚠️ Revisa: {text}."
    sources = {source for each in extraction.evidence if each.invoice == index for source in (each.source, *each.agree)}
    passed = {check.name for check in extraction.checks if check.invoice == index and check.ok}
    sums = " y los montos cuadran" if "sum" in passed or "items" in passed else ""
    if extraction.verdict == "proven":
        against = "el código QR y el texto del PDF" if "text" in sources else "el código QR"
        return f"✅ Leído y verificado: coincide con {against}{sums}."
    if "qr" in sources and len(sources) > 1 and any(each.agree for each in extraction.evidence if each.invoice == index):
        return f"✅ Coincide con el código QR{sums}. Dale una mirada antes de registrarlo."
    told = [name for name, word in (("los montos", sums), ("el RUC", "supplier_ruc" in passed)) if word]
    if told and extraction.verdict == "consistent":
        verb = "cuadran" if len(told) > 1 or told == ["los montos"] else "pasa su dígito verificador"
        return f"✅ Comprobado: {_list(told)} {verb}. Dale una mirada antes de registrarlo."
    return "⚠️ Revisa: no pude comprobar los datos contra otra fuente."


def _issues(extraction: Extraction, index: int) -> list[str]:
    found = []
    invoice = extraction.invoices[index]
    unread = [name for name in _KEY if _value(invoice, name) is None]
    if unread:
        found.append(f"no se lee {_list([_FIELDS[name] for name in unread])}")
    for evidence in extraction.evidence:
        if evidence.invoice == index and evidence.disagree:
            source, other = evidence.disagree[0]
            value, theirs = clean(evidence.value, 40), clean(other, 40)
            found.append(f"{_field(evidence.field)} dice {value} según {_SOURCES[evidence.source]} y {theirs} según {_SOURCES[source]}")
    found += [_failure(check.name, check.fields) for check in extraction.checks if check.invoice == index and check.ok is False]
    return list(dict.fromkeys(found))


def _failure(name: str, fields: tuple[str, ...]) -> str:
    if name in _CHECKS:
        return _CHECKS[name]
    return f"{_list([_field(each) for each in fields])} no cuadra" if fields else "un dato no cuadra"


def _field(path: str) -> str:
    if path in _FIELDS:
        return _FIELDS[path]
    head, _, rest = path.partition(".")
    number = rest.partition(".")[0]
    if head == "items" and number.isdecimal():
        return f"el ítem {int(number) + 1}"
    return _FIELDS.get(head, "un dato")


def _value(invoice: Invoice, path: str) -> object:
    value: object = invoice
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _list(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} y {names[-1]}"
