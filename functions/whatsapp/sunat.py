"""SUNAT's word as users read it: with its hour, and never as a word of ours about the paper."""

from __future__ import annotations

from functions.extractor.witness import Heard, State, Word
from functions.lima import LIMA
from functions.whatsapp.format import day, document_number, heading, money

STATES: dict[State, str] = {
    "accepted": "figura ACEPTADO",
    "annulled": "figura ANULADO (dado de baja)",
    "authorised": "figura AUTORIZADO para imprimirse",
    "not_authorised": "figura NO AUTORIZADO",
    "not_found": "todavía no figura",
}
WARNED: frozenset[State] = frozenset({"annulled", "not_authorised"})
"""What is told before anything else."""
_TAXPAYERS = {
    "00": "ACTIVO", "01": "con BAJA PROVISIONAL", "02": "con BAJA PROVISIONAL DE OFICIO", "03": "con SUSPENSIÓN TEMPORAL", "10": "con BAJA DEFINITIVA",
    "11": "con BAJA DE OFICIO", "22": "INHABILITADO",
}  # fmt: skip
_DOMICILES = {"00": "HABIDO", "09": "PENDIENTE de ubicar", "11": "POR VERIFICAR", "12": "NO HABIDO", "20": "NO HALLADO"}


def told(heard: Heard, currency: str | None) -> str:
    """One line: what SUNAT said and when; of what it does not have, what was asked, since a digit misread is the commonest reason."""
    head = f"🏛️ SUNAT ({heard.word.at.astimezone(LIMA):%d/%m %H:%M}): {STATES[heard.word.state]}"
    if heard.word.state != "not_found":
        return head + issuer(heard.word)
    key = heard.key
    asked = (
        f"{heading(key.kind)} {document_number(key.series, key.number)} del {day(key.day)} por {money(key.total, currency)}, RUC {key.ruc}"
    )
    late = " Una boleta puede tardar unos días en figurar." if key.kind == "03" else ""
    return f"{head}. Pregunté por: {asked}.{late}"


def issuer(word: Word) -> str:
    """What SUNAT says of the issuer; empty where it says nothing that we know."""
    known = [names[code] for names, code in ((_TAXPAYERS, word.taxpayer), (_DOMICILES, word.domicile)) if code in names]
    return f"; emisor {' y '.join(known)}" if known else ""
