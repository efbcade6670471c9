"""What a person is told of the data that we keep and of their deletion, in the Spanish that users read (Ley
29733; DS 016-2024-JUS).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from functions.whatsapp.format import day

CONFIRMS = "BORRAR"
"""The word that confirms the deletion, as it is typed: in capitals, so that the word that only takes a paper
out never confirms it.
"""
ASKED_FOR = timedelta(minutes=10)
"""How long the question stands for a user who does not quote it."""


def notice(company: str, url: str) -> str:
    """Return what is told once, in the first conversation: who keeps the data, for what, where, and the
    rights with their words.
    """
    return (
        f"🔐 Soy Cuadra, un servicio de {company}. Guardo tu número y los comprobantes y mensajes que me "
        "envíes, para leerlos y ordenarlos para tu negocio. Los lee un sistema automático; usamos WhatsApp "
        "(Meta) y Google Cloud, fuera del Perú. No los vendo ni los comparto: los ves tú y quien tú "
        "invites.\n"
        "Escribe *mis datos* para recibirlos o *borrar mis datos* para eliminarlos.\n"
        f"Más: {url}"
    )


ASK = (
    "🔐 ¿Borro *todo* lo tuyo? Tus comprobantes, sus archivos, tus correcciones y esta conversación, para "
    "siempre.\n"
    "Antes puedes pedirme una copia: escribe *mis datos*. Guardar tus comprobantes para SUNAT sigue siendo "
    "tarea tuya.\n"
    f"Si estás seguro, escribe *{CONFIRMS}*, en mayúsculas, en los próximos 10 minutos o citando este "
    "mensaje."
)


def farewell(asked_at: datetime, kept_days: int, contact: str) -> str:
    """Return the receipt of the deletion, which is the last message: what goes, what outlives it and until
    when. `kept_days` is how long the oldest backup lives.
    """
    until = day(asked_at + timedelta(days=kept_days))
    person = f"\n¿Algo quedó sin resolver? Escribe a {contact}." if contact else ""
    return (
        f"🗑️ Recibido el {day(asked_at)}. Desde ahora no uso más tus datos y los estoy borrando: tus "
        "comprobantes, sus archivos, tus correcciones y esta conversación. Termina en unos minutos.\n"
        "Lo que queda, y hasta cuándo:\n"
        "• copias de seguridad y registros técnicos (sin contenido y con tu número tapado): hasta el "
        f"{until}\n"
        "• un código que dice que este negocio se borró, sin nombre ni número: para siempre\n"
        "• este chat en tu teléfono y lo que guarda WhatsApp: eso lo borras tú"
        f"{person}\n"
        "Este es mi último mensaje. Si me escribes otra vez, empezamos de cero."
    )
