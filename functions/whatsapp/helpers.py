"""The Spanish that users read where nothing was read: welcomes, instructions, errors. `result` has the
answers to what was read.

The two welcomes are the product's specification, byte for byte.
"""

from __future__ import annotations

from datetime import datetime

from functions.extractor.invoice import ErrorCode
from functions.whatsapp.format import clean, moment
from functions.whatsapp.model import Inbound, Kind

WELCOME_TEXT = (
    "👋 ¡Hola! Te acabo de registrar automáticamente.\nEnvíame una foto o PDF de tu boleta/factura y la "
    "analizaré por ti."
)
"""The welcome where the first contact is a text."""

WELCOME_FILE = (
    "👋 ¡Hola! Te acabo de registrar automáticamente.\nPuedes enviarme fotos o PDFs de boletas/facturas y "
    "las procesaré por ti."
)
"""The welcome where the first contact is anything else."""

NO_ORIGINAL = "Este enlace ya venció o el archivo ya no existe. Pídelo otra vez por WhatsApp."
ORIGINAL_LATER = "Tuvimos un problema de nuestro lado. Abre el enlace otra vez en unos minutos."
FILE_LEFT_OUT = (
    "😔 Tuvimos un problema de nuestro lado y el archivo no se pudo adjuntar. Por favor, pídemelo otra vez."
)

PAST = "⌛ Esa pregunta ya pasó, así que no cambié nada. Si todavía lo quieres, escríbemelo."
"""The answer to a tap on a question that was answered already, or was asked too long ago."""

UNCHANGED = "👍 Entendido: no cambié nada."
"""The answer to a tap that says no."""

MEDIA_EXPIRED = (
    "⌛ Ya no pude descargar tu archivo: WhatsApp lo borró de sus servidores. Por favor, envíamelo otra vez."
)

_ERRORS: dict[ErrorCode, str] = {
    "empty": "⚠️ El archivo llegó vacío. Por favor, envíamelo otra vez.",
    "not_supported": "⚠️ Solo puedo leer fotos y PDFs. Envíame tu boleta o factura en uno de esos formatos.",
    "xml": (
        "🧾 Ese archivo trae el XML del comprobante, y solo puedo leer fotos y PDFs: de ese comprobante "
        "envíame el PDF."
    ),
    "corrupt": (
        "❌ El archivo está dañado y no pude abrirlo. Ábrelo en tu celular para comprobarlo y envíamelo otra "
        "vez."
    ),
    "encrypted": (
        "🔒 El PDF tiene contraseña y no puedo abrirlo. Envíamelo sin contraseña o mándame una foto del "
        "documento."
    ),
    "too_large": (
        "⚠️ El archivo es demasiado grande: puedo recibir hasta 20 MB. Envíamelo más liviano o mándame una "
        "foto."
    ),
    "too_complex": (
        "⚠️ El archivo tiene demasiadas páginas o imágenes muy pesadas. Envíame solo las páginas de la "
        "boleta o factura."
    ),
    "dark": (
        "🌑 La foto salió tan oscura que no se ve nada. Tómala otra vez con buena luz, la página completa y "
        "sin sombras."
    ),
    "unreadable": (
        "🔎 No pude leer el documento. Toma la foto otra vez: la página completa, con buena luz, sin sombras "
        "y sin moverte. Si puedes, envíala como documento para que no pierda calidad."
    ),
    "internal": (
        "😔 Tuvimos un problema de nuestro lado y no pude procesar tu archivo. Lo guardé. Por favor, "
        "envíamelo otra vez en unos minutos."
    ),
}


def instructions(contact: str = "", privacy_url: str = "") -> str:
    """Say how to use the service; names a human and the privacy page where they are known."""
    lines = [
        (
            "📸 Envíame una foto o PDF de tu boleta o factura y te devuelvo sus datos: proveedor, RUC, "
            "número, total e ítems."
        ),
        "Puedes mandar varias seguidas: te respondo en el mismo orden.",
        "Para que la lea mejor: la página completa, con buena luz y sin sombras.",
    ]
    if contact:
        lines.append(f"👤 ¿Necesitas hablar con una persona? Escribe a {contact}")
    if privacy_url:
        lines.append(f"🔐 Cómo cuidamos tus datos: {privacy_url}")
    return "\n".join(lines)


def error_sentence(code: ErrorCode) -> str:
    """Say what went wrong with a file and what to do about it."""
    return _ERRORS[code]


def over_cap(cap: int, filename: str | None = None) -> str:
    """Return the one answer to a day's files over the cap; `filename` is the name of the first of them."""
    name = f" ({label})" if (label := clean(filename, 60)) else ""
    return (
        f"📅 Llegaste al máximo de {cap} archivos por día. Hoy ya no voy a procesar este archivo{name} ni "
        "los que sigan. Envíamelos de nuevo mañana, a partir de este."
    )


def reply_to(message: Inbound, *, contact: str = "", privacy_url: str = "") -> str:
    """Return the answer to a message that brings no file to read."""
    match message.kind:
        case "text":
            return instructions(contact, privacy_url)
        case "news":
            return message.text or ""
        case "unsupported":
            return _unsupported(message.error_code)
        case _:
            return _KINDS[message.kind]


_ASK = "Envíame una foto o PDF de tu boleta o factura."
_KINDS: dict[Kind, str] = {
    "empty": f"🤔 Tu mensaje llegó vacío. {_ASK}",
    "image": MEDIA_EXPIRED,
    "document": MEDIA_EXPIRED,
    "audio": f"🎧 No puedo escuchar audios. {_ASK}",
    "video": f"🎬 No puedo leer videos. {_ASK}",
    "sticker": f"😄 ¡Buen sticker! Solo puedo leer boletas y facturas. {_ASK}",
    "location": f"📍 Recibí tu ubicación, pero no la necesito. {_ASK}",
    "contacts": f"👥 Recibí un contacto, pero no lo guardo. {_ASK}",
    "choice": PAST,
}
"""The sentences for every other kind; a test holds that none is missing."""


def _unsupported(code: int | None) -> str:
    if code == 131052:
        return (
            "⚠️ WhatsApp no pudo entregarme tu archivo porque es muy pesado o no se pudo descargar. "
            "Envíamelo otra vez, con menos de 20 MB."
        )
    if code == 131060:
        return "⚠️ WhatsApp no me mostró tu mensaje. Por favor, envíamelo otra vez."
    return f"🙏 Recibí tu mensaje, pero ese tipo no lo puedo leer. {_ASK}"


def duplicate_notice(name: str, first: datetime, now: datetime) -> str:
    """Return the line that says a document was sent before; `first` is when, told as of `now`."""
    return (
        f"♻️ Ya me habías enviado {clean(name, 60) or 'este documento'} {moment(first, now)}. No lo "
        "registres dos veces."
    )


def duplicates_notice(count: int) -> str:
    """Return the line for more documents sent before than a message has room for."""
    return f"♻️ Ya me habías enviado {count} comprobantes de este archivo. No los registres dos veces."


_HEADED: dict[Kind, str] = {
    "news": "Aviso", "audio": "Audio", "video": "Video", "sticker": "Sticker", "location": "Ubicación",
    "contacts": "Contacto", "image": "Foto", "document": "Archivo",
}  # fmt: skip


def headed(message: Inbound) -> str:
    """Return the title of the answer to a message that was not read, among other answers: a text's own words,
    a file's name, or what the message is.
    """
    if message.kind == "text":
        words = clean(message.text, 40)
        return f"«{words}»" if words else ""
    return clean(message.media.filename if message.media else None, 60) or _HEADED.get(message.kind, "")


def mask(address: str | None) -> str:
    """Return a phone or BSUID as logs may show it: "51*****294"."""
    if not address:
        return ""
    digits = address.lstrip("+")
    return f"{digits[:2]}*****{digits[-3:]}" if len(digits) > 7 else "*****"
