"""The answers about the people of a business, in the Spanish that users read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from urllib.parse import quote

from functions.books.entry import Entry
from functions.extractor.peru.tokens import fold
from functions.whatsapp.format import clean, day, document_number
from functions.whatsapp.memberships import MOST_MEMBERS, TRIES, Member, Place
from functions.whatsapp.model import Choice, Did, Offer, Role
from functions.whatsapp.taps import ASKED

AS: dict[Role, str] = {"owner": "dueño", "accountant": "contador", "helper": "ayudante"}
"""The name of a person's role in a business."""
_DOES = {
    "accountant": "puede preguntar, corregir y pedir tus archivos, y enviar comprobantes",
    "helper": "puede enviar comprobantes y ver los que él envió",
}
_MOST_ROWS = 10
"""Rows of a list (Meta, messages/interactive-list-messages)."""
_TITLE, _DETAIL = 24, 72
"""Characters of a row's title and of its second line."""
_LINE = 28
"""Characters of a business's name where a message lists more of them than a list has rows."""

WHICH_ROLE = (
    "👥 ¿A quién quieres invitar?\n"
    "• *invitar contador*: puede preguntar, corregir, pedir los archivos del mes y enviar comprobantes\n"
    "• *invitar ayudante*: puede enviar comprobantes y ver los que él envió"
)
ROLES = Offer((Choice("Contador", "invitar contador"), Choice("Ayudante", "invitar ayudante")))
"""The same two invitations as choices to tap."""
GONE = (
    "🤔 Ese negocio ya no existe aquí, así que no hice nada. Si era para tu propio negocio, escríbemelo o "
    "envíamelo otra vez."
)
"""The answer to what a user wrote for a business that was erased meanwhile."""
NOT_COMPARED = (
    "🤔 Comparar con SUNAT lo hacen el dueño o el contador del negocio. De ti recibo fotos y PDFs de "
    "comprobantes."
)
NOT_THERE = (
    "🤔 Eso es de un negocio en el que ya no estás, así que no hice nada. Lo que ya enviaste sigue en sus "
    "cuentas."
)
"""The answer to a user who asks something of an answer or a paper of a business that the user has left."""
QUOTES_SEVERAL = (
    "🤔 El mensaje que citas habla de varios de tus negocios, y no sé de cuál es lo que pides. Responde "
    "citando la foto o el PDF del comprobante."
)
WHICH_FILE = "🤔 No sé de qué archivo hablas. Respóndeme citando la foto o el PDF, por ejemplo con *es de 2*."
LAST_OWNER = (
    "🤔 El número 1 eres tú, y eres el único dueño: el negocio no puede quedarse sin ti. Para irte con todo, "
    "escribe *borrar mis datos*."
)


OWN = "tu propio negocio"
"""The name of a person's own business that has told neither name nor RUC."""


def shown(address: str | None) -> str:
    """Return a person as the last four characters of the address, by which people who know the person tell it
    from others.
    """
    return f"…{address[-4:]}" if address else "alguien"


def named(name: str | None, ruc: str | None, address: str | None = None) -> str:
    """Return a business by what is known of it: its name, its RUC, or the number of its owner."""
    return clean(name, 60) or (
        f"RUC {ruc}" if ruc else f"el negocio de {shown(address)}" if address else "el negocio"
    )


def heading(business: str) -> str:
    """Return the first line of every answer to a sender of several businesses."""
    return f"🏢 *{business}*\n"


def invited(role: Role, code: str, number: str, until: datetime) -> str:
    """Return the invitation, to be passed on as it is."""
    link = f"https://wa.me/{number}?text={quote(f'unirme {code}')}"
    return (
        f"👥 Para que tu {AS[role]} entre a tu negocio, envíale este enlace. Al abrirlo solo tiene que "
        f"enviar el mensaje que aparece:\n{link}\n"
        f"Es para una sola persona y sirve hasta el {day(until)}. Ella {_DOES[role]}. "
        "Quien tenga el enlace puede usarlo: envíaselo solo a esa persona. Te aviso cuando entre."
    )


def joined(business: str, role: Role) -> str:
    """Confirm to a person that the person joined a business."""
    does = "preguntes, corrijas o envíes" if role == "accountant" else "envíes o preguntes"
    return (
        f"👥 Listo: entraste a *{business}* como {AS[role]}. Desde ahora, lo que {does} es de ese negocio.\n"
        "Para cambiar de negocio, escribe *negocio*; para irte de este, *salir*."
    )


def came(member: Member) -> str:
    """Tell the owner that somebody joined."""
    return (
        f"👥 {shown(member.address)} entró a tu negocio como {AS[member.role]}. Si no sabes quién es, "
        f"escribe *quitar {member.number}*; para ver a todos, *personas*."
    )


def left(address: str | None, role: Role) -> str:
    """Tell the owner that somebody left."""
    return (
        f"👥 {shown(address)} ({AS[role]}) ya no está en tu negocio: se fue por su cuenta. Sus comprobantes "
        "siguen en tus cuentas."
    )


def closed(name: str | None, ruc: str | None) -> str:
    """Tell the people of a business that it was erased."""
    return (
        f"👥 *{exactly(name, ruc, None)}* borró todos sus datos, así que ya no estás en ese negocio. Lo que "
        "me envíes desde ahora es de tu propio negocio."
    )


def removed(member: Member) -> str:
    """Tell the owner whom the owner took out."""
    return (
        f"👥 Quité a {shown(member.address)} ({AS[member.role]}): ya no ve tu negocio ni envía nada a él. "
        "Lo que envió sigue en tus cuentas."
    )


def put_out(business: str) -> str:
    """Tell a person that the owner took the person out of a business."""
    return (
        f"👥 Ya no estás en *{business}*: su dueño te quitó. Lo que me envíes desde ahora es de tu propio "
        "negocio."
    )


def gone_out(business: str) -> str:
    """Confirm to a person that the person left a business."""
    return f"👥 Ya no estás en *{business}*. Lo que me envíes desde ahora es de tu propio negocio."


def nobody(number: int) -> str:
    """Say that no member has this number."""
    return f"🤔 No hay nadie con el número {number}. Escribe *personas* para ver quién está en tu negocio."


def members(found: Sequence[Member]) -> str:
    """List who is in a business, each under the number by which the owner takes that person out."""
    if not found:
        return (
            "👥 En tu negocio estás solo tú. Para que entre otra persona: *invitar contador* o *invitar "
            "ayudante*."
        )
    lines = [
        f"{one.number}. {shown(one.address)} – {AS[one.role]}, desde el {day(one.since)}" for one in found
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
    """List a person's businesses, to write or to tap. Of more than ten those come first that the person wrote
    for last, and the others are told by their numbers in the text alone.
    """
    shown, longest = list(found), 60
    if len(found) > _MOST_ROWS:
        shown, longest = sorted(found, key=lambda one: (one.ago, one.number)), _LINE
    lines = [
        f"{one.number}. {called(one, found, longest)} – {AS[one.role]}{' ✅' if one.active else ''}"
        for one in shown
    ]
    rows = [Choice(_row(one), f"negocio {one.number}", _about(one)) for one in shown[:_MOST_ROWS]]
    text = "\n".join(
        [
            "🏢 *Tus negocios*",
            *lines,
            "Elige de la lista, o escribe por ejemplo *negocio 2* o *negocio* y su nombre.",
        ]
    )
    return text, Offer(tuple(rows), label="Elegir negocio", once=False)


def whose_paper(buyers: Collection[str], found: Sequence[Place], here: Place) -> tuple[str, Offer]:
    """Ask whose the papers are that stand `here`, made out to the RUCs `buyers`; the businesses are there to
    tap or to name by their number. Of more than ten those come first whose RUC nobody told.
    """
    alike, one = sum(each.ruc in buyers for each in found), f"El RUC del cliente ({clean(min(buyers), 20)})"
    if len(buyers) > 1:
        why = "Estos comprobantes son de clientes con distinto RUC, así que por ahora están todos"
    elif alike:
        why = f"{one} es el de {alike} de tus negocios, así que por ahora está"
    else:
        why = f"{one} no es de ninguno de tus negocios, así que por ahora está"
    shown = found
    if len(found) > _MOST_ROWS:
        first = sorted(
            found, key=lambda one: (not one.active, one.ruc not in buyers, one.ruc is not None, one.number)
        )
        shown = first[:_MOST_ROWS]
    lines = [f"{one.number}. {called(one, found)}{' ✅' if one == here else ''}" for one in shown]
    if len(found) > len(shown):
        lines.append(f"… y {len(found) - len(shown)} más: *negocio* dice sus números.")
    rows = [Choice(_row(one), f"es de {one.number}", _about(one)) for one in shown]
    text = "\n".join(
        [
            (
                f"{ASKED}{why} en *{called(here, found)}*. ¿De cuál es? Elige de la lista, o responde "
                f"citando esto, por ejemplo, *es de {shown[0].number}*."
            ),
            *lines,
        ]
    )
    return text, Offer(tuple(rows), label="Elegir negocio", once=False)


def filed(business: str, papers: Sequence[Entry]) -> str:
    """Say where a file stands now."""
    one = papers[0].invoice if len(papers) == 1 else None
    name = one and document_number(one.series, one.number)
    what = name or (f"los {len(papers)} comprobantes de ese archivo" if len(papers) > 1 else "ese archivo")
    return f"📁 Listo: {what} está{'n' if len(papers) > 1 else ''} en *{business}*."


def stays(business: str) -> str:
    """Tell a helper that only the owner or the accountant may take a paper out of a business's books."""
    return (
        f"🤔 Ese comprobante está en las cuentas de *{business}*, y sacarlo de ahí solo puede pedirlo su "
        "dueño o su contador. No cambié nada."
    )


def _row(one: Place) -> str:
    return clean(f"{one.number}. {place(one)}", _TITLE)


def _about(one: Place) -> str:
    whose = f" · {_mark(one.ruc, one.owner)}" if one.ruc or (one.name and one.number != 1) else ""
    return clean(f"{AS[one.role]}{whose}", _DETAIL)


def place(one: Place, longest: int = 60) -> str:
    """Return what one of a person's businesses is called, the same for two of one name; its name in at most
    `longest` characters.
    """
    known = one.name or one.ruc or one.number != 1
    return named(clean(one.name, longest), one.ruc, one.owner) if known else OWN


def called(one: Place, among: Sequence[Place], longest: int = 60) -> str:
    """Return the name by which a person tells a business from the person's others; `among` holds all of
    them.
    """
    mark = apart(one, among, longest)
    return f"{place(one, longest)} ({mark})" if mark else place(one, longest)


def apart(one: Place, among: Sequence[Place], longest: int = 60) -> str | None:
    """Return what tells a business from another that is called alike: its RUC, or its owner where it has no
    RUC, or its number where these are alike too; None where no other is called so.
    """
    name = fold(place(one, longest))
    alike = [other for other in among if other.tenant != one.tenant and fold(place(other, longest)) == name]
    if not alike:
        return None
    mark = _mark(one.ruc, one.owner)
    shared = mark in place(one, longest) or mark in [_mark(other.ruc, other.owner) for other in alike]
    return f"n.º {one.number}" if shared else mark


def exactly(name: str | None, ruc: str | None, address: str | None) -> str:
    """Return a business so that nobody takes it for another of its name, for a reader who may not be in it
    any more.
    """
    said = named(name, ruc, address)
    mark = _mark(ruc, address) if ruc or address else ""
    return said if mark in said else f"{said} ({mark})"


def _mark(ruc: str | None, owner: str | None) -> str:
    return f"RUC {ruc}" if ruc else f"de {shown(owner)}"


def switched(business: str, role: Role) -> str:
    """Say for which business the sender writes from now on."""
    return f"👍 Desde ahora escribes para *{business}* ({AS[role]})."


def refused(did: Did) -> str:
    """Say why a code or a business's name changed nothing."""
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
    """Refuse what only the owner, or only the owner and the accountant, may ask."""
    who = "el dueño" if role == "accountant" else "el dueño o el contador"
    return (
        f"🤔 Eso solo puede pedirlo {who} de este negocio. Si era para el tuyo, escribe antes *negocio mío*."
    )


def only_yours(text: str) -> str:
    """Tell a helper that an answer holds only what the helper sent."""
    return f"De lo que tú enviaste:\n{text}"
