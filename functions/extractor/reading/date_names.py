"""Tells what a caption calls a date."""

from __future__ import annotations

import re
from enum import IntEnum

from functions.extractor.peru.referring import MODIFIED
from functions.extractor.peru.wording import LINKS, Wording


class Named(IntEnum):
    """The name that a page gives a date; the likeliest date of issue comes first."""

    ISSUED = 0
    PLAIN = 1
    BARE = 2
    """No words name it."""
    DUE = 3
    INSTALMENT = 4
    UNKNOWN = 5
    """By a name that says nothing here."""
    OTHER = 6
    """Of the order, of the reading of a meter, of the document that a note modifies."""


_DATES = Wording(
    (
        (
            Named.ISSUED,
            (
                "FECHA EMISION, EMISION, EMITIDO, FECHA EXPEDICION, EXPEDICION, EXPEDIDO, FE, ISSUE DATE, "
                "INVOICE DATE"
            ),
        ),
        (
            Named.DUE,
            (
                "VENCIMIENTO, FECHA VENCIMIENTO, VENCE, ULTIMO DIA, ULTIMO DIA PAGO, PAGAR HASTA, PAGAR "
                "ANTES, PAGUE HASTA, FECHA LIMITE, LIMITE PAGO, DUE DATE"
            ),
        ),
        (
            Named.PLAIN,
            (
                "FECHA, DATE, FECHA DOCUMENTO, FECHA COMPROBANTE, FECHA FACTURA, FECHA BOLETA, FECHA VENTA, "
                "FECHA HORA, DIA MES, DIA MES ANO"
            ),
        ),
        (Named.INSTALMENT, "CUOTA, MONTO"),
        (Named.OTHER, "CANCELADO, RECIBIDO, PAGADO, IMPRESO, FECHA IMPRESION, IMPRESION"),
    )
)
"""The names of dates."""
ASKED = {Named.ISSUED, Named.DUE, Named.PLAIN}
"""The names that show that a caption speaks of a date."""
_ABROAD = re.compile(r"(?<=[A-Z])\s?/\s?(?!HORA)[A-Z]{3,}(?:[ -][A-Z]+)*\s*(?=[:.]|$)")
"""The same label in another language, behind it."""
_CUOTA = re.compile(r"\bCUOTAS?\W*(?:N\W{0,2})?\d*\W*$")
"""An instalment right before its day: `Cuota 1: 22/11/2025`."""


def name_of(caption: str) -> Named:
    """Returns the name that a caption gives its date."""
    if MODIFIED.found_in(caption):
        return Named.OTHER
    caption = _ABROAD.sub("", caption)
    said = _DATES.names(caption)
    last = re.split(r"\s{2,}|[:|]", caption.rstrip(" :.|"))[-1]
    nearest = _DATES.find(last)
    issued = any(f.name is Named.ISSUED for f in nearest)
    if (Named.DUE in said or _CUOTA.search(caption)) and not issued:
        return Named.INSTALMENT if Named.INSTALMENT in said else Named.DUE
    if issued or Named.ISSUED in said:
        return Named.ISSUED
    if (
        nearest
        and nearest[-1].name is Named.PLAIN
        and set(re.findall(r"[A-Z]+", last[nearest[-1].end :])) <= {*LINKS, "HORA"}
    ):
        return Named.PLAIN
    if said & {Named.PLAIN, Named.OTHER}:
        return Named.OTHER
    return Named.UNKNOWN if re.search(r"[A-Z]{4}.*:\s*$", caption) else Named.BARE


def asks(caption: str) -> bool:
    """True where a caption speaks of a date."""
    return not ASKED.isdisjoint(_DATES.names(caption))
