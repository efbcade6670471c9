"""The kinds of comprobante: SUNAT's codes, the names that users read, their spelling in titles and symbols,
and the series that each can carry.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass

from functions.extractor.peru.tokens import fold, lettered
from functions.extractor.peru.wording import Wording

_SHAPE = r"[A-Z0-9]{3,4}"
_PRINTED, _PORTAL, _PORTAL_BOLETA = r"\d{3,4}", "E001", r"EB\d\d"
_FACTURA, _BOLETA = "F[A-Z0-9]{3}", "B[A-Z0-9]{3}"
_NOTE = (_FACTURA, _BOLETA, _PORTAL, _PORTAL_BOLETA, _PRINTED)


@dataclass(frozen=True, slots=True)
class Kind:
    """One code of SUNAT's catalogue 01 (02, recibo por honorarios, is from the registers' table) and the name
    that users read.

    `title`: the wording of its own title, folded, phrases parted by commas; `alone`: words that are its title
    only where nothing but a number follows. `words`: what stands for the code in a symbol or a model's
    answer, beside its title. `series` (RS 123-2022, RS 114-2019): F and B families, SUNAT's portal, printed
    digits; `letters`: those with which an electronic series begins. `invoice` is False for a comprobante that
    is nobody's invoice: delivery guides, certificates of retention and perception.
    """

    code: str
    name: str
    title: str = ""
    words: str = ""
    series: tuple[str, ...] = (_SHAPE,)
    letters: str = ""
    invoice: bool = True
    alone: str = ""


# Order decides: the first kind whose title or words are there names the document.
_TABLE = (
    Kind("07", "Nota de crédito", "NOTA CREDITO", series=_NOTE, letters="FB"),
    Kind("08", "Nota de débito", "NOTA DEBITO", series=_NOTE, letters="FB"),
    Kind("31", "Guía de remisión transportista", words="GUIA TRANSPORTISTA", invoice=False),
    Kind("09", "Guía de remisión remitente", words="GUIA", invoice=False),
    Kind("02", "Recibo por honorarios", "RECIBO HONORARIOS", "RH", (_PORTAL, _PRINTED)),
    Kind("04", "Liquidación de compra", "LIQUIDACION COMPRA", "LIQUIDACION"),
    Kind("20", "Comprobante de retención", words="RETENCION", invoice=False),
    Kind("40", "Comprobante de percepción", words="PERCEPCION", invoice=False),
    Kind("05", "Boleto aéreo", "BOLETO AEREO, BOLETO TRANSPORTE AEREO"),
    Kind("16", "Boleto de viaje", "BOLETO VIAJE, BOLETO TRANSPORTE"),
    Kind("01", "Factura", "FACTURA", series=(_FACTURA, _PORTAL, _PRINTED), letters="F"),
    Kind("03", "Boleta", "BOLETA", series=(_BOLETA, _PORTAL_BOLETA, _PRINTED), letters="B"),
    Kind(
        "12",
        "Ticket",
        "MAQUINA REGISTRADORA",
        "TICKET",
        ("(?![FB][A-Z0-9]{3})" + _SHAPE,),
        alone="TICKET, TIQUE",
    ),
    Kind(
        "14",
        "Recibo de servicios",
        "RECIBO SERVICIOS, RECIBO LUZ, RECIBO ELECTRICIDAD, RECIBO ENERGIA, RECIBO SUMINISTRO, RECIBO AGUA, "
        "RECIBO SANEAMIENTO, RECIBO GAS, RECIBO CONSUMOS, RECIBO TELEFONO, RECIBO TELEFONICO, "
        "RECIBO TELEFONIA, RECIBO INTERNET, RECIBO CABLE, COMPROBANTE SERVICIOS PUBLICOS, NUMERO RECIBO",
        series=("[^FBE][A-Z0-9]{2,3}",),
        letters="S",
        alone="RECIBO",
    ),
    Kind("13", "Documento bancario", words="DOCUMENTO BANCARIO"),
)
_ORDER = [kind.code for kind in _TABLE]
KINDS = {kind.code: kind for kind in _TABLE}
NAMES = {kind.code: kind.name for kind in _TABLE if kind.invoice}
"""The comprobantes de pago: from the code to the heading that users read."""
GUIDES = ("09", "31")
TITLE = 72
"""Letters from which a phrase is too long for a title."""
_FILLERS = "ELECTRONICA VENTA REMISION"
_TITLES = Wording(
    [
        (title, phrases)
        for kind in _TABLE
        for title, phrases in (((kind.code, False), kind.title), ((kind.code, True), kind.alone))
        if phrases
    ],
    between=_FILLERS,
    titles=True,
)
_ALONE = re.compile(r"(?:\W*ELEC[A-Z]*)?\W*(?:N[A-Z]{0,5}\W*)?(?:[A-Z]{0,3}\d|$)")
"""Text that may follow a word that is a title only where it stands alone."""
_WORDS = Wording(
    [(kind.code, phrases) for kind in _TABLE for phrases in (kind.title, kind.words) if phrases],
    between=_FILLERS,
    titles=True,
)
_REGISTERS = {"R1": "02"}
"""The registers' own spelling of a code."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A kind that a folded line names as a title does, and its place."""

    code: str
    start: int
    end: int


@functools.lru_cache(maxsize=4096)
def mentions(line: str) -> tuple[Mention, ...]:
    """Returns the kinds that a folded line names, in the table's order. A till's ticket says which
    comprobante it is like; both kinds are returned.
    """
    found = _TITLES.find(line)
    kept: list[Mention] = []
    for one, after in itertools.zip_longest(found, found[1:]):
        (code, alone), end = one.name, one.end
        if (
            alone
            and code == "12"
            and after is not None
            and not re.search(r"[A-Z]{3}", line[end : after.start])
        ):
            end = after.end
        elif alone and not _ALONE.match(line, end):
            continue
        kept.append(Mention(code, one.start, end))
    return tuple(sorted(kept, key=lambda m: _ORDER.index(m.code)))


@functools.lru_cache(maxsize=4096)
def begins(line: str) -> bool:
    """True where a folded line has a word of a title, so that a title may begin in it."""
    return _TITLES.touches(line)


def coded(text: str) -> str | None:
    """Returns the code that a symbol or a model writes as one or two digits, or in words; None for what names
    no kind.
    """
    if re.fullmatch(r"[0-9]{1,2}", text):
        return text.zfill(2)
    word = fold(text)
    said = _WORDS.names(lettered(word))
    return _REGISTERS.get(word) or next((code for code in _ORDER if code in said), None)


def begun_by(letter: str) -> tuple[str, ...]:
    """Returns the codes whose electronic series begin with the letter; none for a letter of no kind."""
    return tuple(kind.code for kind in _TABLE if letter in kind.letters)


def fits(kind: str, series: str) -> bool:
    """True where a document of the kind can carry the series."""
    shapes = KINDS[kind].series if kind in KINDS else (_SHAPE,)
    return any(re.fullmatch(shape, series) for shape in shapes)
