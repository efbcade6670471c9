"""SUNAT's word as users read it: with its hour, and never as a word of ours about the paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from functions.books.entry import Entry
from functions.extractor.witness import Key, State, SunatWord
from functions.lima import LIMA
from functions.whatsapp.format import clean, day, document_number, heading, money
from functions.whatsapp.inquiry import Inquiry, Missing
from functions.whatsapp.model import Notice

STATES: dict[State, str] = {
    "accepted": "figura ACEPTADO",
    "annulled": "figura ANULADO (dado de baja)",
    "authorised": "figura AUTORIZADO para imprimirse",
    "not_authorised": "figura NO AUTORIZADO",
    "not_found": "todavía no figura",
}
WARNED: frozenset[State] = frozenset({"annulled", "not_authorised"})
"""The states that are told before anything else."""
_TAXPAYERS = {
    "00": "ACTIVO", "01": "con BAJA PROVISIONAL", "02": "con BAJA PROVISIONAL DE OFICIO",
    "03": "con SUSPENSIÓN TEMPORAL", "10": "con BAJA DEFINITIVA",
    "11": "con BAJA DE OFICIO", "22": "INHABILITADO",
}  # fmt: skip
_DOMICILES = {
    "00": "HABIDO",
    "09": "PENDIENTE de ubicar",
    "11": "POR VERIFICAR",
    "12": "NO HABIDO",
    "20": "NO HALLADO",
}


NOT_CONNECTED = "🏛️ Todavía no le pregunto a SUNAT por este chat."
WHICH = "🏛️ ¿De cuál comprobante? Escríbeme, por ejemplo: *sunat F001-123*"
_INCOMPLETE = "me falta alguno de los datos que SUNAT pide (RUC, tipo, serie, número, fecha y total)."
_NAMED = 3
"""The most papers that a line names."""
_NO_WORD = "no responde ahora. Vuelve a preguntarme en unos minutos."


def told(key: Key, word: SunatWord, currency: str | None) -> str:
    """Return one line: what SUNAT said and when. For a paper that SUNAT does not have it adds what was asked,
    since a misread digit is the commonest reason.
    """
    head = f"🏛️ SUNAT ({word.at.astimezone(LIMA):%d/%m %H:%M}): {STATES[word.state]}"
    if word.state != "not_found":
        return head + issuer(word)
    asked = (
        f"{heading(key.kind)} {document_number(key.series, key.number)} del {day(key.day)} por "
        f"{money(key.total, currency)}, RUC {key.ruc}"
    )
    late = " Una boleta puede tardar unos días en figurar." if key.kind == "03" else ""
    return f"{head}. Pregunté por: {asked}.{late}"


def heard(state: State, at: datetime, *, not_yours: bool) -> str:
    """Return SUNAT's word with its hour, as a cell of a workbook shows it: with the year, which matters by
    then. `not_yours`: the business's own RUC was told that the paper was issued to somebody else.
    """
    whose = ", a otro contribuyente" if not_yours and state == "accepted" else ""
    return f"{STATES[state]}{whose} ({at.astimezone(LIMA):%d/%m/%Y %H:%M})"


def not_yours(words: Iterable[SunatWord], ruc: str | None) -> str:
    """Return what follows where SUNAT says that an accepted comprobante was not issued to the business: SUNAT
    tells it only to a business that asks with its own credentials.
    """
    told = any(word.state == "accepted" and word.not_to is not None and word.not_to == ruc for word in words)
    return f"\n\n🏛️ Para SUNAT fue emitido a otro contribuyente, no a tu RUC {ruc}." if told else ""


def of_paper(entry: Entry, found: tuple[Inquiry, SunatWord | None] | None, ruc: str | None) -> str:
    """Answer what a business asked about one of its papers: its name, and SUNAT's word or why there is
    none.
    """
    one = entry.invoice
    name = (
        f"{heading(one.kind)} {document_number(one.series, one.number)} de "
        f"{clean(one.supplier.name, 40) or one.supplier.ruc or 'sin nombre'}"
    )
    if found is None:
        return f"{name}: {_INCOMPLETE}"
    inquiry, word = found
    return (
        f"{name}\n{told(inquiry.key, word, inquiry.currency)}{not_yours([word], ruc)}"
        if word
        else f"{name}: SUNAT {_NO_WORD}"
    )


MISSING = "\n\n🏛️ Después de una semana, SUNAT todavía no tiene "
"""The beginning of the notice of papers that SUNAT does not have; a copy of the answer that brought it leaves
it out.
"""


def missing(papers: Sequence[Missing]) -> Notice | None:
    """Return the notice that follows an answer, once, of facturas that SUNAT still does not have after a
    week; None where there are none.
    """
    if not papers:
        return None
    names = [
        f"{document_number(one.series, one.number)} de {clean(one.supplier, 40) or 'sin nombre'}"
        for one in papers[:_NAMED]
    ]
    more = f" y {len(papers) - _NAMED} más" if len(papers) > _NAMED else ""
    said = f"{MISSING}{', '.join(names)}{more}. Revisa sus datos y pregunta a tu proveedor si la informó."
    return Notice(said, tuple(one.entry for one in papers))


def unasked(papers: int) -> list[str]:
    """Return the line of a month's file that tells of papers about which SUNAT could not be asked before;
    empty where there are none.
    """
    if not papers:
        return []
    which = f"{papers} comprobantes" if papers > 1 else "1 comprobante"
    return [f"🏛️ De {which} todavía no sé qué dice SUNAT: le pregunto en los próximos minutos."]


def issuer(word: SunatWord) -> str:
    """Return what SUNAT says of the issuer; empty where it says nothing that we know."""
    known = [
        names[code]
        for names, code in ((_TAXPAYERS, word.taxpayer), (_DOMICILES, word.domicile))
        if code in names
    ]
    return f"; emisor {' y '.join(known)}" if known else ""
