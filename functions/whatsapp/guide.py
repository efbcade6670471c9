"""The guide of what may be asked for, in the Spanish that users read: each user is shown what that user may
ask.
"""

from __future__ import annotations

from functions.books.ask import Intent
from functions.whatsapp.model import Role
from functions.whatsapp.roles import may

HELP: tuple[tuple[Intent, str], ...] = (
    ("summary", "*resumen* – lo que llevas este mes (o *resumen octubre*)"),
    ("suppliers", "*proveedores* – cuánto le compraste a cada uno"),
    ("search", "*buscar* ferretería, un RUC o F001-123"),
    ("prices", "*precios* cemento – a cuánto lo compraste"),
    ("igv", "*igv* – el IGV de tus facturas (o *igv octubre*)"),
    ("latest", "*últimos* – lo último que enviaste"),
    (
        "excel",
        (
            "*excel* – tus compras del mes para tu contador (o *excel octubre*); también *originales*, "
            "*contasis* y *rce*"
        ),
    ),
    ("my_ruc", "*mi ruc* 20… – para saber qué facturas son tuyas"),
    ("correct", "*total 118.00*, *fecha 10/11/2026*… – para corregir lo último (o responde citando otro)"),
    ("delete", "*borrar*, *recuperar*, *deshacer*"),
    (
        "invite",
        (
            "*invitar contador* o *invitar ayudante* – para que otra persona entre; *personas* – para ver "
            "quién está"
        ),
    ),
    ("my_data", "*mis datos* – todo lo que guardo, en un Excel; *borrar mis datos* – para borrarlo todo"),
    ("stop", "*parar* – sin avisos ni preguntas mías; *seguir* – para tenerlos otra vez"),
)
"""The lines of what may be asked, each with the intent of the first thing that it names."""
_OF_SEVERAL = (
    "• *negocio* – para elegir para cuál de tus negocios escribes; *es de 2* – si un comprobante es de otro; "
    "*salir* – para irte"
)


def helped(role: Role, *, several: bool) -> str:
    """Return, to follow the instructions, what a user of this role may ask; `several`: the user is in several
    businesses.
    """
    lines = [f"• {line}" for intent, line in HELP if may(role, intent)]
    return "\n".join(
        ["📒 De lo que ya me enviaste puedo decirte:", *lines, *([_OF_SEVERAL] if several else [])]
    )
