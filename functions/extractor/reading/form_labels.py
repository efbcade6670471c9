"""The labels of parties, identities and addresses, and where they stand in a phrase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from functions.extractor.peru.firms import LINKS
from functions.extractor.peru.wording import Wording
from functions.extractor.reading.names import ends_legal

Role = Literal["name", "id", "address", "other"]
BUYER = (
    r"(?:SE(?!CT)\w{1,2}OR(?:(?:\s?\(\s?\w{1,3}\s?\))+|ES\b|A\b|\b)|"
    r"SR(?:A|ES|TA)?\b\.?(?:\s?\(\s?\w{1,3}\s?\))*\.?|CLIENTE|ADQUIRI?ENTE|USUARIO|RECEPTOR|COMPRADOR|"
    r"TITULAR(?!\sDE\sLA\s(?:PASARELA|CUENTA|TARJETA))|PAGADOR|RESPONSABLE\sDEL?\sPAGO)"
)
"""The words with which labels name the buyer."""
_GUEST = r"(?:PASAJERO|HUESPED|PACIENTE|ASEGURADO|PROPIETARIO|INQUILINO|ALUMNO|ESTUDIANTE)"
_BY_NAME = (
    r"(?:APELLIDOS\sY\s)?NOMBRES?(?:\sCOMPLETO|\sY\sAPELLIDOS|\sCOMERCIAL)?|RAZON\s?SOCIAL|"
    r"DENOMINACION(?:\sSOCIAL)?|R\.\s?S\.?(?=\s*:)"
)
_OR = r"\s*(?:[/,-]|\b[OY]\b)\s*"
_BILLED = (
    r"FACTURA[RS]\sA(?=\s*:)|FACTURAR\sA|FACTURADO\sA|VENDIDO\sA|"
    r"(?:SOLD|BILL(?:ED)?)\sTO|(?:HE\s)?RECIB(?:[I1]|IDO|IMOS)\sDE|"
    r"(?<![\w.]\s)(?:A\sNOMBRE\sDE|COBRADO\sA|(?:EMPRESA|PARA|A)(?=\s*:))|(?:EMPRESA|AGENCIA)(?=\s?/\s?[A-Z])"
)
_OF = (
    rf"(?:\s*\(?\s*(?:DEL?\s|DE\sLA\s)?\s*(?:{BUYER}|{_GUEST}|FACTURA)\s*\)?|"
    rf"\sDEL?\s(?:LA\s)?[A-Z]{{4,12}}\b)"
)
_ABROAD = (
    r"(?:\s?/\s?(?:[A-Z ]{2,20}(?=\s*(?::|$))|"
    r"(?:COMPANY|AGENCY|CUSTOMER|CLIENT|GUEST|BUYER|CONSIGNEE|NAME|ADDRESS)\b))?"
)
"""The same label in another language; English needs no colon."""
_CARD = (
    r"(?:R\W?U\W?C\b\.?|D\.?\s?N\.?\s?[I1L]\b\.?|DOC(?:UMENTO)?\b\.?(?:\s?(?:DE\s)?IDENT(?:IDAD)?\b\.?)?"
    r"(?:\s?\((?:DNI|RUC|CE)\))?|"
    r"C\.?E\b\.?|C\.?I\b\.?|CARNE[T]?\s?(?:DE\s)?EXT\w*\.?|PASAPORTE|(?:TAX|VAT)(?=\sID|\W?\s?:)"
    r"|C\.\s?EXT\b\.?|REGISTRO\sUNICO\sDE\sCONTRIBUYENTES?|IDENTIDAD|ID(?=\s*:))(?:\W?\s?ID\b\.?)?"
)
_NUMBERED = r"(?:\bN(?:UMERO\b|RO\b|UM\b|O\b|\b)?[.°º]{0,2}\s?(?:DE\s)?)"
LABELS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (
        "address",
        re.compile(
            rf"(?:DIR(?:ECCION|EC)?\b\.?|DOMICILIO)(?:\s(?:FISCAL|"
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
            rf"(?:{_BILLED}|(?:(?:DATOS|INFORMACION)\s(?:DEL?\s)?)?(?:{BUYER}|{_GUEST}|"
            rf"{_BY_NAME})(?:{_OR}(?:{BUYER}|{_GUEST}|{_BY_NAME}))*{_OF}?){_ABROAD}(?=\W|$)"
        ),
    ),
    (
        "other",
        re.compile(
            r"(?:FECHA|FEC\b|F\.|HORA\b|EMISION|VENC\w*|VCTO|MONEDA|TIPO\sDE|FORMA\sDE|COND(?:ICION|\.)|"
            r"MODALIDAD|MEDIO\sDE|VENDEDOR|CAJER[OA]|CAJA\b|ORDEN\sDE|O/C|GUIA|PLACA|OBSERVACI"
            r"|CONTACTO|LECTURA|CONSUMO|MEDIDOR|TELEFONO|TELF?\b|CEL\b|E-?MAIL|CORREO|PEDIDO|"
            r"N\W{0,2}\s?PEDIDO|CENTRO\sDE|ALMACEN|ZONA|SUMINISTRO\b|N\W{0,2}\sDE\s|CODIGO|COD\b|SERIE|"
            r"NUMERO|MOTIVO|SUSTENTO|DOC\w*\W{0,2}\s(?:QUE|AFECT|RELAC|DE\sREF)"
            r"|REFERENCIA|ATENCION|UBIGEO|MESA|TURNO|PERIODO|INCOTERM)[^:|\d]{0,32}?(?=\s*[:|]|$|\s{2}|\s\W?\d)"
        ),
    ),
    ("other", re.compile(r"[A-Z][\w°./() -]{1,30}?(?=\s?:(?!\d\d|(?<=\d:)\d))")),
)
"""The patterns of labels by role, in the order in which they are tried; the last is any phrase before a
colon.
"""
_WORDED: Wording[Role] = Wording(
    (
        (
            "name",
            (
                "USUARIO SERVICIO, NOMBRE, NOMBRES APELLIDOS, RAZON SOCIAL, CLIENTE, SENOR, ADQUIRENTE, "
                "COMPRADOR, RECEPTOR, CONTRATANTE, IMPORTADOR, APODERADO, PADRE, MADRE, ABONADO, ASOCIADO, "
                "SOCIO, ALUMNO, ESTUDIANTE, PACIENTE, ASEGURADO, PASAJERO, HUESPED"
            ),
        ),
        ("id", "RUC, DNI, DOCUMENTO IDENTIDAD, IDENTIFICACION"),
        ("address", "DIRECCION, DOMICILIO"),
    )
)
"""The same labels, shortened or misread, where nothing else stands before the colon."""


_TO = re.compile(r"\bAL\s$")
"""Before a word for the buyer: what is told or offered to him, `Mensaje al cliente:`."""


def labels_of(line: str) -> Iterator[tuple[Role | None, int, int]]:
    """Yields the labels of a phrase as (role, start, end): at its beginning, or before a colon behind other
    words.
    """
    at = len(line) - len(line.lstrip(" -*.:•>"))
    first = True
    while at < len(line):
        best: tuple[Role | None, int, int] | None = None
        for role, pattern in LABELS:
            match = pattern.match(line, at)
            if match is None or (best is not None and match.end() <= best[2]):
                continue
            behind = line[match.end() :]
            if role in ("address", "other") and ends_legal(line[at:]) and not re.match(r"\s?[:|]", behind):
                continue  # a firm whose name begins so
            if (
                first
                or re.match(r"\s?[.)]?\s?[:|]", behind)
                or (role == "id" and re.match(r"\W{0,4}\d{8}", behind))
            ):
                told = worded(match[0]) if role == "other" else role
                best = ("other" if told == "name" and _TO.search(line[:at]) else told, at, match.end())
        inner = (
            None
            if best is None
            or any((m := known.match(line, at)) and m.end() >= best[2] for _, known in LABELS[:-1])
            else _inner(line, at, best[2])
        )
        if inner is not None:
            best, at = None, inner - 1
        if best is not None:
            yield best
        ahead = re.compile(r"(?<=[\s,;|])(?=[A-Z])").search(line, best[2] if best else at + 1)
        first = False
        at = ahead.start() if ahead else len(line)


def is_known(label: str) -> bool:
    """True where a label asks for something known: a payment, a date, a vehicle."""
    return any(pattern.match(label) for _, pattern in LABELS[:-1])


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
        if word.start() > start and any(
            (m := pattern.match(line, word.start())) is not None and m.end() >= end
            for _, pattern in LABELS[:-1]
        ):
            return word.start()
    return None
