"""The answer to SUNAT's proposal of a month, compared with the books: the counts as a text, and the lists as
a workbook.
"""

from __future__ import annotations

from functions.books import proposal
from functions.books.proposal import Comparison
from functions.books.purchases import Kept
from functions.books.workbook import written
from functions.whatsapp.format import clean
from functions.whatsapp.model import XLSX, Made, Said
from functions.whatsapp.month_file import named, whose

NO_MONTH = (
    "🤔 Es una propuesta de compras de SUNAT, pero no tiene ninguna fila que diga de qué mes es. Descárgala "
    "otra vez y envíamela."
)


def anothers(ruc: str, own: str) -> str:
    """Say that another business's proposal is compared with nobody's books."""
    return (
        f"🤔 Esta propuesta es del RUC {clean(ruc, 20)} y el tuyo es {own}, así que no la comparé. Si "
        "cambió, escríbeme *mi ruc* y los 11 dígitos."
    )


def said(found: Comparison, kept: Kept, broken: int) -> Said:
    """Say how many papers stand in both, how many in one alone and how many differ, with a workbook where
    there is a list. `broken`: rows left out.
    """
    lost, alone, only = len(found.different), len(found.only_sunat), len(found.only_here)
    lines = [
        f"🏛️ *Propuesta de SUNAT de {kept.month.name}*{whose(kept.business)}",
        f"• Iguales en ambos: {len(found.same)}",
        f"• En ambos, con otro importe o fecha: {lost}",
        f"• Solo en SUNAT: {alone}{' (pide esos comprobantes)' if alone else ''}",
        f"• Solo aquí: {only}{_never(found.not_to_be_added)}",
    ]
    if kept.business.ruc is None:
        lines.append(
            "ℹ️ Sin tu RUC no sé cuáles son tuyos: escríbeme *mi ruc* y los 11 dígitos, y envíamela otra vez."
        )
    if broken:
        rows = (
            "filas del archivo están incompletas y no las"
            if broken > 1
            else "fila del archivo está incompleta y no la"
        )
        lines.append(f"⚠️ {broken} {rows} comparé.")
    if kept.left_out:
        lines.append(
            f"⚠️ {kept.left_out:,} comprobantes tuyos no entraron: son demasiados para comparar de una vez."
        )
    text = "\n".join(lines)
    if not lost + alone + only:
        return Said(text)
    data, _ = written(proposal.sheets(found))
    return Said(
        f"{text}\nUno por uno, con su CAR, en el Excel.",
        made=Made(named("SUNAT", kept.business, kept.month), XLSX, data),
    )


def _never(n: int) -> str:
    """Return the part about papers that only their issuer can bring into the proposal, which cost the month
    its credit, and what the owner can do about it.
    """
    if not n:
        return ""
    what = (
        "no se pueden complementar: pregunta a sus proveedores si los informaron"
        if n > 1
        else "no se puede complementar: pregunta a su proveedor si lo informó"
    )
    return f", de los que {n} {what} a SUNAT y con tu RUC"
