"""What is told about the people of a business, in the Spanish that users read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from functions.whatsapp.format import clean, day
from functions.whatsapp.memberships import MOST_MEMBERS, TRIES, Member, Place
from functions.whatsapp.model import Choice, Did, Offer, Role

_AS: dict[Role, str] = {"owner": "dueño", "accountant": "contador", "helper": "ayudante"}
_DOES = {
    "accountant": "puede preguntar, corregir y pedir tus archivos, y enviar comprobantes",
    "helper": "puede enviar comprobantes y ver los que él envió",
}
_MOST_ROWS = 10
"""Rows of a list (Meta, messages/interactive-list-messages)."""
_TITLE, _DETAIL = 24, 72
"""Characters of a row's title and of its second line."""

WHICH_ROLE = (
    "👥 ¿A quién quieres invitar?\n"
    "• *invitar contador*: puede preguntar, corregir, pedir los archivos del mes y enviar comprobantes\n"
    "• *invitar ayudante*: puede enviar comprobantes y ver los que él envió"
)
ROLES = Offer((Choice("Contador", "invitar contador"), Choice("Ayudante", "invitar ayudante")))
"""The same, to tap."""
GONE = (
    "🤔 Ese negocio ya no existe aquí, así que no hice nada. Si era para tu propio negocio, escríbemelo o "
    "envíamelo otra vez."
)
"""What somebody wrote for a business that was erased meanwhile."""
NOT_COMPARED = (
    "🤔 Comparar con SUNAT lo hacen el dueño o el contador del negocio. De ti recibo fotos y PDFs de "
    "comprobantes."
)
LAST_OWNER = (
    "🤔 El número 1 eres tú, y eres el único dueño: el negocio no puede quedarse sin ti. Para irte con todo, "
    "escribe *borrar mis datos*."
)


OWN = "tu propio negocio"
"""A person's own business that has told neither name nor RUC."""


def shown(address: str | None) -> str:
    """Somebody by the end of his number, by which who knows him tells him from others."""
    return f"…{address[-4:]}" if address else "alguien"


def named(name: str | None, ruc: str | None, address: str | None = None) -> str:
    """A business by what is known of it: its name, its RUC, or the number of its owner."""
    return clean(name, 60) or (
        f"RUC {ruc}" if ruc else f"el negocio de {shown(address)}" if address else "el negocio"
    )


def heading(business: str) -> str:
    """The first line of every answer to somebody of several businesses."""
    return f"🏢 *{business}*\n"


def invited(role: Role, code: str, number: str, until: datetime) -> str:
    """The invitation, to be passed on as it is."""
    link = f"https://wa.me/{number}?text={quote(f'unirme {code}')}"
    return (
        f"👥 Para que tu {_AS[role]} entre a tu negocio, envíale este enlace. Al abrirlo solo tiene que "
        f"enviar el mensaje que aparece:\n{link}\n"
        f"Es para una sola persona y sirve hasta el {day(until)}. Ella {_DOES[role]}. "
        "Quien tenga el enlace puede usarlo: envíaselo solo a esa persona. Te aviso cuando entre."
    )


def joined(business: str, role: Role) -> str:
    """Somebody is in."""
    does = "preguntes, corrijas o envíes" if role == "accountant" else "envíes o preguntes"
    return (
        f"👥 Listo: entraste a *{business}* como {_AS[role]}. Desde ahora, lo que {does} es de ese negocio.\n"
        "Para cambiar de negocio, escribe *negocio*; para irte de este, *salir*."
    )


def came(member: Member) -> str:
    """What the owner is told of it."""
    return (
        f"👥 {shown(member.address)} entró a tu negocio como {_AS[member.role]}. Si no sabes quién es, "
        f"escribe *quitar {member.number}*; para ver a todos, *personas*."
    )


def left(address: str | None, role: Role) -> str:
    """What the owner is told of somebody who went."""
    return (
        f"👥 {shown(address)} ({_AS[role]}) ya no está en tu negocio: se fue por su cuenta. Sus comprobantes "
        "siguen en tus cuentas."
    )


def closed(name: str | None, ruc: str | None) -> str:
    """What the people of a business are told when it is erased."""
    return (
        f"👥 *{named(name, ruc)}* borró todos sus datos, así que ya no estás en ese negocio. Lo que me "
        "envíes desde ahora es de tu propio negocio."
    )


def removed(member: Member) -> str:
    """What the owner is told of whom he took out."""
    return (
        f"👥 Quité a {shown(member.address)} ({_AS[member.role]}): ya no ve tu negocio ni envía nada a él. "
        "Lo que envió sigue en tus cuentas."
    )


def put_out(business: str) -> str:
    """What is told to whom the owner took out."""
    return (
        f"👥 Ya no estás en *{business}*: su dueño te quitó. Lo que me envíes desde ahora es de tu propio "
        "negocio."
    )


def gone_out(business: str) -> str:
    """What is told to who went himself."""
    return f"👥 Ya no estás en *{business}*. Lo que me envíes desde ahora es de tu propio negocio."


def nobody(number: int) -> str:
    """A number that no member has."""
    return f"🤔 No hay nadie con el número {number}. Escribe *personas* para ver quién está en tu negocio."


def members(found: Sequence[Member]) -> str:
    """Who is in a business, each under the number by which he is taken out."""
    if not found:
        return (
            "👥 En tu negocio estás solo tú. Para que entre otra persona: *invitar contador* o *invitar "
            "ayudante*."
        )
    lines = [
        f"{one.number}. {shown(one.address)} – {_AS[one.role]}, desde el {day(one.since)}" for one in found
    ]
    return "\n".join(
        [
            "👥 *Personas de tu negocio*",
            "1. Tú – dueño",
            *lines,
            f"Para quitar a alguien, escribe por ejemplo *quitar {found[0].number}*.",
        ]
    )


def places(found: Sequence[Place]) -> tuple[str, Offer]:
    """The businesses of somebody, to write or to tap; those beyond ten are told by the numbers in the text
    alone.
    """
    lines = [f"{one.number}. {_place(one)} – {_AS[one.role]}{' ✅' if one.active else ''}" for one in found]
    rows = [
        Choice(
            clean(f"{one.number}. {_place(one)}", _TITLE),
            f"negocio {one.number}",
            clean(f"{_AS[one.role]} · RUC {one.ruc}" if one.ruc else _AS[one.role], _DETAIL),
        )
        for one in found[:_MOST_ROWS]
    ]
    text = "\n".join(
        [
            "🏢 *Tus negocios*",
            *lines,
            "Elige de la lista, o escribe por ejemplo *negocio 2* o *negocio* y su nombre.",
        ]
    )
    return text, Offer(tuple(rows), label="Elegir negocio", once=False)


def _place(one: Place) -> str:
    return named(one.name, one.ruc) if one.name or one.ruc or one.number != 1 else OWN


def switched(business: str, role: Role) -> str:
    """For whom somebody writes from now on."""
    return f"👍 Desde ahora escribes para *{business}* ({_AS[role]})."


def refused(did: Did) -> str:
    """Why a code or a business's name changed nothing."""
    return _REFUSED[did]


_REFUSED: dict[Did, str] = {
    "wrong": "🤔 Ese código no abre nada. Mira que esté completo, o pide otro enlace a quien te invitó.",
    "used": "🤔 Ese código ya se usó, y sirve una sola vez. Pide otro enlace a quien te invitó.",
    "expired": "⌛ Ese código ya venció. Pide otro enlace a quien te invitó.",
    "own": (
        "👍 Ese código es de tu propio negocio, donde ya estás. Es para otra persona: reenvíale el mensaje "
        "con el enlace."
    ),
    "already": "👍 Ya estás en ese negocio, así que no cambié nada y el código sigue sirviendo.",
    "full": f"🤔 No pude: ese negocio ya tiene {MOST_MEMBERS} personas, o tú estás en demasiados.",
    "too_many": (
        f"🤔 Hoy ya probaste {TRIES} códigos que no abren nada. Prueba mañana, o pide otro enlace a quien te "
        "invitó."
    ),
    "which": "🤔 No sé cuál de tus negocios es. Escribe *negocio* para ver la lista.",
}


def not_yours(role: Role) -> str:
    """What is refused to who is not the owner."""
    who = "el dueño" if role == "accountant" else "el dueño o el contador"
    return (
        f"🤔 Eso solo puede pedirlo {who} de este negocio. Si era para el tuyo, escribe antes *negocio mío*."
    )


def only_yours(text: str) -> str:
    """What a helper is told, who sees nothing else."""
    return f"De lo que tú enviaste:\n{text}"
