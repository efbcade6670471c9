"""The labels of parties, identities and addresses, and where they stand in a phrase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from functions.extractor.peru.firms import LINKS
from functions.extractor.peru.wording import Stems, Wording
from functions.extractor.reading.names import ends_legal

Role = Literal["name", "id", "address", "other"]
_BUYERS = ["CLIENTE", "ADQUIRENTE", "ADQUIRIENTE", "USUARIO", "RECEPTOR", "COMPRADOR", "PAGADOR"]
BUYER = (
    r"(?:SE(?!CT)\w{1,2}OR(?:ES|A)?\b(?:\s?\(\s?\w{1,3}\s?\))*|"
    r"SR(?:T?A|ES)?\b\.?(?:\s?\(\s?\w{1,3}\s?\))*\.?|" + "|".join(_BUYERS) + "|"
    r"TITULAR(?!\sDE\sLA\s(?:PASARELA|CUENTA|TARJETA))|RESPONSABLE\sDEL?\sPAGO)"
)
"""The words with which labels name the buyer."""
GUESTS = (
    "PASAJERO", "HUESPED", "PACIENTE", "ASEGURADO", "PROPIETARIO", "INQUILINO", "ALUMNO", "ALUMNA",
    "ESTUDIANTE",
)  # fmt: skip
"""Whom labels name who is served: he may not be the one who pays."""
_PARTY = rf"(?:{BUYER}|{'|'.join(GUESTS)})"
_BY_NAME = (
    r"(?:APELLIDOS\sY\s)?NOMBRES?(?:\sCOMPLETO|\sY\sAPELLIDOS|\sCOMERCIAL)?|RAZON\s?SOCIAL|"
    r"(?<=NOMBRE\s/\s)RAZON\b|"
    r"DENOMINACION(?:\sSOCIAL)?|RAZON(?=\s*:)|R\.\s?S\.?(?=\s*:)"
)
_OR = r"\s*(?:[/,-]|\b[OY]\b)\s*"
_BILLED = (
    r"FACTURA(?:R|DO|S(?=\sA\s*:))\sA|VENDIDO\sA|"
    r"(?:SOLD|BILL(?:ED)?)\sTO|(?:HE\s)?RECIB(?:[I1]|IDO|IMOS)\sDE|"
    r"(?<![\w.]\s)(?:A\sNOMBRE\sDE|COBRADO\sA|(?:EMPRESA|PARA|A)(?=\s*:))|(?:EMPRESA|AGENCIA)(?=\s?/\s?[A-Z])"
)
_OF = (
    rf"(?:\s*\(?\s*(?:DEL?\s(?:LA\s)?)?\s*(?:{_PARTY}|FACTURA)\s*\)?|"
    rf"\sDEL?\s(?:LA\s)?[A-Z]{{4,12}}\b)"
)
_ENGLISH = ["COMPANY", "AGENCY", "CUSTOMER", "CLIENT", "GUEST", "BUYER", "CONSIGNEE", "NAME", "ADDRESS"]
_ABROAD = rf"(?:\s?/\s?(?:[A-Z ]{{2,20}}(?=\s*(?::|$))|(?:{'|'.join(_ENGLISH)})\b))?"
"""The same label in another language; English needs no colon."""
_CARD = (
    r"(?:R\W?U\W?C\b\.?|D\.?\s?N\.?\s?[I1L]\b\.?|DOC(?:UMENTO)?\b\.?(?:\s?(?:DE\s)?IDENT(?:IDAD)?\b\.?)?"
    r"(?:\s?\([A-Z]{2,3}\))?|"
    r"C\.?[EI]\b\.?|C(?:ARNET?|\.)\s?(?:DE\s)?EXT\w*\.?|PASAPORTE|(?:TAX|VAT)(?=\sID|\W?\s?:)"
    r"|REGISTRO\sUNICO\sDE\sCONTRIBUYENTES?|IDENTIDAD|ID(?=\s*:))(?:\W?\s?ID\b\.?)?"
)
_NUMBERED = r"(?:\bN(?:UMERO|RO|UM|O)?\b[.°º]{0,2}\s?(?:DE\s)?)"
_KNOWN: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (
        "address",
        re.compile(
            rf"(?:DIR(?:ECCION|EC)?\b\.?|DOMICILIO|ADDRESS)(?:\s(?:FISCAL|"
            rf"LEGAL))?{_OF}*(?:\sDE\sLA\sFACTURA)?{_ABROAD}(?=\W|$)"
        ),
    ),
    (
        "id",
        re.compile(
            rf"(?:IDENTIFICAD[OA]\sCON\s)?"
            rf"{_NUMBERED}?{_CARD}(?:\s?[/-]\s?{_CARD}|\sO\s{_CARD})*{_OF}?(?!\s?(?:QUE|AFECT|RELAC|REF|"
            rf"MODIF|DE\b)){_ABROAD}\s?{_NUMBERED}?(?=\W|\d|$)"
        ),
    ),
    (
        "name",
        re.compile(
            rf"(?:{_BILLED}|(?:(?:DATOS|INFORMACION)\s(?:DEL?\s)?)?(?:{_PARTY}|"
            rf"{_BY_NAME})(?:{_OR}(?:{_PARTY}|{_BY_NAME}))*{_OF}?){_ABROAD}(?=\W|$)"
        ),
    ),
)
"""The patterns of parties' labels by role, in the order in which they are tried."""
_ASKED = Stems(
    "FECHA F. EMISION VENC VCTO MONEDA COND. CONDICION MODALIDAD VENDEDOR CAJERO CAJERA O/C GUIA PLACA "
    "OBSERVACI CONTACTO LECTURA CONSUMO MEDIDOR TELEFONO EMAIL E-MAIL CORREO PEDIDO ALMACEN ZONA CODIGO "
    "SERIE NUMERO MOTIVO SUSTENTO REFERENCIA ATENCION UBIGEO MESA TURNO PERIODO INCOTERM",
    "FEC HORA CAJA TEL TELF CEL SUMINISTRO COD MON",
)
"""What labels ask for besides the parties."""
_ASKED_OF = re.compile(
    r"(?:TIPO|FORMA|MEDIO|ORDEN|CENTRO)\sDE|N\W{0,2}\s?(?:PEDIDO|DE\s)|"
    r"DOC\w*\W{0,2}\s(?:QUE|AFECT|RELAC|DE\sREF)"
)
_BOX = re.compile(r"CAJA\s(?:DE|CON|X)\s")
"""A box of what is sold, and no till."""
_UP_TO = re.compile(r"[^:|\d]{0,36}?(?=\s*[:|]|$|\s{2}|\s\W?\d)")
"""Up to what answers a label: behind a colon, a gap, or with a number."""
_PHRASE = re.compile(r"[A-Z][\w°./() -]{1,30}?(?=\s?:(?!\d\d|(?<=\d:)\d))")
"""Any phrase before a colon, which is not a time's."""
_WORDED: Wording[Role] = Wording(
    (
        (
            "name",
            (
                "USUARIO SERVICIO, NOMBRE, NOMBRES APELLIDOS, RAZON SOCIAL, CLIENTE, SENOR, ADQUIRENTE, "
                "COMPRADOR, RECEPTOR, CONTRATANTE, IMPORTADOR, APODERADO, PADRE, MADRE, ABONADO, ASOCIADO, "
                "SOCIO, ALUMNO, ESTUDIANTE, PACIENTE, ASEGURADO, PASAJERO, HUESPED, CONSIGNEE, CUSTOMER, "
                "BUYER"
            ),
        ),
        ("id", "RUC, DNI, DOCUMENTO IDENTIDAD, IDENTIFICACION"),
        ("address", "DIRECCION, DOMICILIO"),
    )
)
"""The same labels, shortened or misread, where nothing else stands before the colon."""


_TO = re.compile(r"\bAL\s$")
"""Before a word for the buyer: what is told or offered to him, `Mensaje al cliente:`."""


def known(line: str, at: int = 0) -> Iterator[tuple[Role, int]]:
    """Yields the labels of known forms that begin at an offset of a phrase, as (role, end)."""
    for role, pattern in _KNOWN:
        if (match := pattern.match(line, at)) is not None:
            yield role, match.end()
    asked = _ASKED_OF.match(line, at)
    if _BOX.match(line, at):
        return
    if asked or _ASKED.begin(line, at):
        answer = _UP_TO.match(line, asked.end() if asked else at)
        if answer is not None:
            yield "other", answer.end()


def labels_of(line: str) -> Iterator[tuple[Role | None, int, int]]:
    """Yields the labels of a phrase as (role, start, end): at its beginning, or before a colon behind other
    words.
    """
    at = len(line) - len(line.lstrip(" -*.:•>"))
    first = True
    while at < len(line):
        best: tuple[Role | None, int, int] | None = None
        for role, end in (*known(line, at), *_before_colon(line, at)):
            if best is not None and end <= best[2]:
                continue
            behind = line[end:]
            if role in ("address", "other") and ends_legal(line[at:]) and not re.match(r"\s?[:|]", behind):
                continue  # a firm whose name begins so
            if (
                first
                or re.match(r"\s?[.)]?\s?[:|]", behind)
                or (role == "id" and re.match(r"\W{0,4}\d{8}", behind))
            ):
                told = worded(line[at:end]) if role == "other" else role
                best = ("other" if told == "name" and _TO.search(line[:at]) else told, at, end)
        inner = (
            None
            if best is None or any(end >= best[2] for _, end in known(line, at))
            else _inner(line, at, best[2])
        )
        if inner is not None:
            best, at = None, inner - 1
        if best is not None:
            yield best
        ahead = re.compile(r"(?<=[\s,;|])(?=[A-Z])").search(line, best[2] if best else at + 1)
        first = False
        at = ahead.start() if ahead else len(line)


def _before_colon(line: str, at: int) -> Iterator[tuple[Role, int]]:
    phrase = _PHRASE.match(line, at)
    if phrase is not None:
        yield "other", phrase.end()


def is_known(label: str) -> bool:
    """True where a label asks for something known: a payment, a date, a vehicle."""
    return any(known(label))


def worded(label: str) -> Role:
    """Returns the role of a label of no known form: the one that all its words name, else `other`."""
    found = _WORDED.find(label)
    rest = label
    for each in reversed(found):
        rest = rest[: each.start] + rest[each.end :]
    return found[0].name if found and all(word in LINKS for word in re.findall(r"\w+", rest)) else "other"


def whole_label(line: str) -> list[tuple[Role | None, int, int]]:
    """Returns a phrase without a colon as a label where it has two words or more and each names one party:
    `Contratante / Asegurado`.
    """
    role = worded(line)
    named = len(_WORDED.find(line)) > 1
    return [(role, 0, len(line))] if named and role != "other" else []


def _inner(line: str, start: int, end: int) -> int | None:
    """Returns the offset at which a known label begins behind other words before a colon: an engine ran two
    columns together.
    """
    for word in re.finditer(r"(?<=\s)[A-Z]", line[:end]):
        if word.start() > start and any(stop >= end for _, stop in known(line, word.start())):
            return word.start()
    return None
