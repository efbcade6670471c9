"""The kinds of comprobante: SUNAT's codes, what users call them, how titles and symbols write them, which
series each can carry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from functions.extractor.peru.tokens import fold, lettered

_SERIES = r"[A-Z0-9]{3,4}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One code of SUNAT's catalogue 01 (02, recibo por honorarios, is from the registers' table) and the name
    that users read.

    `title`: how its own title reads, in a folded line. `words`: what stands for the code in a symbol or a
    model's answer, folded. `series` (RS 123-2022, RS 114-2019): F and B families, SUNAT's portal, printed
    digits; `letters`: with which an electronic one begins. `invoice` is False for what is a comprobante but
    nobody's invoice: delivery guides, certificates of retention and perception.
    """

    code: str
    name: str
    title: str = ""
    words: str = ""
    series: str = _SERIES
    letters: str = ""
    invoice: bool = True


# Order decides: the first whose title or words match names the document.
_TABLE = (
    Kind(
        "07",
        "Nota de crédito",
        r"NOTA\s*(?:DE\s*)?(?:VENTA\s*)?CR[E3]DITO",
        r"NOTA.*CREDITO",
        r"[FB][A-Z0-9]{3}|E001|EB\d\d|\d{3,4}",
        "FB",
    ),
    Kind(
        "08",
        "Nota de débito",
        r"NOTA\s*(?:DE\s*)?D[E3]BITO",
        r"NOTA.*DEBITO",
        r"[FB][A-Z0-9]{3}|E001|EB\d\d|\d{3,4}",
        "FB",
    ),
    Kind("31", "Guía de remisión transportista", words=r"GUIA.*TRANSPORTISTA", invoice=False),
    Kind("09", "Guía de remisión remitente", words=r"GUIA", invoice=False),
    Kind(
        "02",
        "Recibo por honorarios",
        r"RECIBO\s*(?:DE\s*|POR\s*)*HONORARIO",
        r"RECIBO.*HONORARIO|^R[1H]$",
        r"E001|\d{3,4}",
    ),
    Kind("04", "Liquidación de compra", r"LIQUIDACION\s*DE\s*COMPRA", r"LIQUIDACION"),
    Kind("20", "Comprobante de retención", words=r"RETENCION", invoice=False),
    Kind("40", "Comprobante de percepción", words=r"PERCEPCION", invoice=False),
    Kind("05", "Boleto aéreo", r"BOLETO\s*(?:DE\s*)?(?:TRANSPORTE\s*)?AEREO", r"BOLETO.*AEREO"),
    Kind(
        "16",
        "Boleto de viaje",
        r"BOLETO\s*(?:ELECTRONICO\s*)?DE\s*(?:VIAJE|TRANSPORTE)",
        r"BOLETO.*(?:VIAJE|TRANSPORTE)",
    ),
    Kind(
        "01",
        "Factura",
        r"F\s?A\s?[CG]\s?[TI]\s?U\s?R\s?A(?!CI|D|R|S\b)",
        r"FACTURA",
        r"F[A-Z0-9]{3}|E001|\d{3,4}",
        "F",
    ),
    Kind("03", "Boleta", r"B\s?O\s?L\s?E\s?[TI]\s?A(?!S\b)", r"BOLETA", r"B[A-Z0-9]{3}|EB\d\d|\d{3,4}", "B"),
    Kind(
        "12",
        "Ticket",
        r"(?:TICKET|TIQUE)\s*(?:FACTURA|BOLETA|DE\s*MAQUINA(?:\s*REGISTRADORA)?|N|#|$)|MAQ(?:UINA)?\.?\s*REG",
        r"TICKET",
        r"(?![FB][A-Z0-9]{3})[A-Z0-9]{3,4}",
    ),
    Kind(
        "14",
        "Recibo de servicios",
        r"RECIBO\s*(?:ELECTRONICO|DE\s*SERVICI|POR\s*SERVICI|DE\s*LUZ|DE\s*AGUA|SERVICIOS?\s*PUBLIC|"
        r"POR\s*CONSUM|POR\s*TELE|TELEF)"
        r"|COMPROBANTE\s*DE\s*SERVICIOS?\s*PUBLIC|(?:N[°ºO.]{1,2}|NRO\.?|NUMERO)\s*(?:DE\s*)?RECIBO|"
        r"RECIBO(?=\W*(?:$|N[°ºO.R]|NUMERO|[A-Z]?\d|S[A-Z]))",
        r"RECIBO.*SERVICIO",
        r"[^FBE][A-Z0-9]{2,3}",
        "S",
    ),
    Kind("13", "Documento bancario", words=r"DOCUMENTO.*BANCARIO"),
)
KINDS = {kind.code: kind for kind in _TABLE}
NAMES = {kind.code: kind.name for kind in _TABLE if kind.invoice}
"""The comprobantes de pago: code to the heading users read."""
TITLES = tuple((kind.code, re.compile(kind.title)) for kind in _TABLE if kind.title)
GUIDES = ("09", "31")
_WORDS = tuple((kind.code, re.compile(kind.words)) for kind in _TABLE if kind.words)


def coded(text: str) -> str | None:
    """The code that a symbol or a model writes as one or two digits, or in words; None for what names no
    kind.
    """
    if re.fullmatch(r"[0-9]{1,2}", text):
        return text.zfill(2)
    word = lettered(fold(text))
    return next((code for code, pattern in _WORDS if pattern.search(word)), None)


def begun_by(letter: str) -> tuple[str, ...]:
    """The codes whose electronic series begin with the letter; none where any may."""
    return tuple(kind.code for kind in _TABLE if letter in kind.letters)


def fits(kind: str, series: str) -> bool:
    """Whether a document of the kind can carry the series."""
    return re.fullmatch(KINDS[kind].series if kind in KINDS else _SERIES, series) is not None
