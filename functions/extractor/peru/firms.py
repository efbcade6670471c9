"""The names of firms and persons: legal forms, words with which firms' names begin, and text that is in no
name.
"""

from __future__ import annotations

import re

from functions.extractor.peru.wording import Stems, Wording


def _initials(letters: str) -> str:
    return r"\b" + r"\.?\s?".join(letters) + r"\b\.?"


_LIMITED = r"(?:\s*DE\s*RESPONSABILIDAD\s*LIMITADA)?"
FORM = re.compile(
    "|".join(
        [
            *map(_initials, ("SAC", "5AC", "SAA", "SA", "EIRL", "E1RL", "ELRL", "SRL", "5RL", "SCRL")),
            r"SOCIEDAD\s*ANONIMA(?:\s*(?:CERRADA|ABIERTA)\b)?",
            r"(?:SOCIEDAD\s*COMERCIAL|EMPRESA\s*INDIVIDUAL)" + _LIMITED,
            r"\bS(?:OCIEDAD|\.)\s*CIV(?:IL\b|\.)(?:\s*(?:DE\s*)?R\.?\s?L\b)?",
            r"\bASOCIACION\b",
            "COOPERATIVA",
            r"\bLTDA",
        ]
    )
)
"""A firm's legal form. It stands behind the name, but names of associations and cooperatives begin with it.
E.1.R.L. and ELRL are E.I.R.L. misread, 5.A.C. is S.A.C.
"""

INSTITUTIONS = (
    "MUNICIPALIDAD", "UNIVERSIDAD", "GOBIERNO", "MINISTERIO", "COLEGIO", "INSTITUTO", "HOSPITAL",
    "CAJA MUNICIPAL", "CAJA RURAL", "BANCO", "COOPERATIVA", "ASOCIACION", "FUNDACION", "PARROQUIA",
)  # fmt: skip
"""The beginnings of names that need no legal form."""

LINKS = frozenset(["DE", "DEL", "LA", "LAS", "LOS", "EL", "Y", "E", "&", "PARA", "CON", "EN"])
"""Words that join others; no name ends in one."""

HEADWORDS = frozenset(
    [
        "EMPRESA",
        "COMPANIA",
        "CORPORACION",
        "GRUPO",
        "INVERSIONES",
        "NEGOCIACIONES",
        "NEGOCIOS",
        "DISTRIBUIDORA",
        "IMPORTADORA",
        "IMPORTACIONES",
        "EXPORTADORA",
        "EXPORTACIONES",
        "COMERCIALIZADORA",
        "COMERCIAL",
        "CONSTRUCTORA",
        "INMOBILIARIA",
        "INDUSTRIA",
        "INDUSTRIAS",
        "REPRESENTACIONES",
        "TRANSPORTE",
        "TRANSPORTES",
        "SERVICIO",
        "SERVICIOS",
        "ESTACION",
        "LABORATORIO",
        "LABORATORIOS",
        "AGENCIA",
        "CENTRO",
        "INSTITUTO",
        "CONSORCIO",
        "MULTISERVICIOS",
    ]
)
"""Words with which firms' names begin, and which alone are no name."""

TAILWORDS = frozenset(["CONTRATISTAS", "ASOCIADOS", "HERMANOS", "HIJOS", "GENERALES", "ANEXOS"])
"""Words with which no firm's name begins: they go on from the line above."""

_SHOP = ("ERIA", "ADORA", "IDORA", "INDUSTRIA", "INDUSTRIAS")
"""What the words end in that tell a trade: FERRETERIA, COMERCIALIZADORA, AGROINDUSTRIAS."""
_TRADE = ("MULTI", "MINI", "CAFE", "HOTEL", "HOSTEL", "RESTAURAN")
_SHOPS = frozenset(
    [
        "TEXTILES",
        "CONSULTORES",
        "TIENDA",
        "TIENDAS",
        "BODEGA",
        "BOTICA",
        "BOTICAS",
        "TALLER",
        "TALLERES",
        "MERCADO",
        "CHIFA",
        "GRIFO",
        "ESTUDIO",
        "NOTARIA",
        "IMPRENTA",
        "GRAFICA",
        "CONSTRUCCIONES",
        "SALON",
        "CLINICA",
        "BAZAR",
        "MUEBLES",
        "VIVERO",
        "VETERINARIA",
        "SERVICENTRO",
        "HOSTAL",
        "HOSPEDAJE",
        "GIMNASIO",
        "BOUTIQUE",
        "VENTA",
        "VENTAS",
        "EL",
    ]
)


def begins_firm(word: str) -> bool:
    """True where firms' names begin with the folded word and persons' do not."""
    shop = (len(word) > 6 and word.endswith(_SHOP)) or word.startswith(_TRADE)
    return shop or word in HEADWORDS or word in _SHOPS


_STREETS = frozenset([
    "AV", "AVENIDA", "JR", "JIRON", "CAL", "CALLE", "PSJ", "PSJE", "PASAJE", "URB", "MZ", "MZA", "CAR",
    "CARRETERA", "PROL", "ALAMEDA", "MALECON", "VIA", "SECTOR", "ASOC",
])  # fmt: skip
_REGIONS = frozenset([
    "AREQUIPA", "CAJAMARCA", "CALLAO", "CUSCO", "HUANCAVELICA", "HUANUCO", "ICA", "JUNIN", "LIMA", "LORETO",
    "PASCO", "PIURA", "PUNO", "SAN MARTIN", "TACNA", "TUMBES",
])  # fmt: skip
"""The regions whose capital has their name."""
_DISTRICT = re.compile(
    r"\W*[A-Z .]{3,24}\s?[-–/]\s?[A-Z .]{3,24}\s?[-–/]\s?[A-Z .]{3,32}\W*|"
    r"\W*(?P<region>[A-Z]{3,}|SAN MARTIN)\s(?P=region)\s[A-Z .]{3,32}"
)


def street_in(line: str) -> int | None:
    """Returns where the first address begins in a folded line: with the word for a street or a quarter,
    before a dot or a space.
    """
    return next((m.start() for m in re.finditer(r"\b([A-Z]+)[.\s]", line) if m[1] in _STREETS), None)


def is_street(line: str, *, sure: bool = False) -> bool:
    """True where a folded line begins as an address. `sure`: as nothing that is sold, like CAL HIDRATADA."""
    first = re.match(r"\W*(\w+)([.\s])", line)
    return first is not None and first[1] in _STREETS and (not sure or first[2] == "." or len(first[1]) > 4)


def is_district(line: str) -> bool:
    """True where a folded line is region, province and district, with which addresses end; without dashes
    where the first two have one name.
    """
    found = _DISTRICT.fullmatch(line)
    return found is not None and (found["region"] is None or found["region"] in _REGIONS)


_OTHERWISE = Stems(
    ": @ WWW. HTTP TELF EMAIL E-MAIL R.U.C",
    "TEL CEL RUC FACTURA BOLETA REPRESENTANTE REPRESENTANTES IMPRESA OFICIAL EXCLUSIVO AUTORIZADO "
    "AUTORIZADOS CONCESIONARIO EMITIDO",
)


def says_more(line: str) -> bool:
    """True where a folded line with a legal form is no name alone: it has signs of an address or a telephone,
    a title, or a sentence about another firm.
    """
    return _OTHERWISE.found_in(line) or "EMPRESA DEL GRUPO" in line


_PLACE = re.compile(
    r"\bNRO\.|\bLT[E]?\b\.?\s\d|WWW\.|HTTP|@|\bSON\s*:|CENTRAL\b.*\d|(?:^|[,-]\s*)PER[UÚ]$|"
    r"\bLIMA\s*[-–]\s*LIMA"
)
_SAID = Wording(
    (
        (
            "street",
            (
                "AV, AVENIDA, JR, JIRON, CALLE, CAL, PSJ, PSJE, URB, MZ, MZA, DIRECCION, SUCURSAL, "
                "DOMICILIO, PRINCIPAL"
            ),
        ),
        ("contact", "TELEFONO, TELF, TELEF, TEL, CEL, EMAIL, E MAIL, MAIL, CORREO, WHATSAPP"),
        (
            "title",
            (
                "ELECTRONICA, RUC, FACTURA, BOLETA, NOTA DE, NOTA, RECIBO, TICKET, COMPROBANTE, DOCUMENTO, "
                "GUIA, SERIE, NUMERO, CODIGO"
            ),
        ),
        (
            "terms",
            (
                "FECHA, HORA, MONEDA, PAGINA, CONDICION, FORMA PAGO, CAJERO, VENDEDOR, ORDEN, OBSERVACION, "
                "IMPORTE TOTAL, SUBTOTAL, SUB TOTAL"
            ),
        ),
        (
            "law",
            (
                "REPRESENTACION, REPRESENTACION IMPRESA, AUTORIZADO, AUTORIZACION, RESOLUCION, LISTADO, "
                "CONSULTE, AGENTE RETENCION, AGENTE PERCEPCION, FINES LUCRO"
            ),
        ),
    )
)
_LABEL = Wording(
    (
        (
            "table",
            (
                "UNIDAD, MEDIDA, CANTIDAD, DESCRIPCION, DETALLE, PRODUCTO, PRECIO, VALOR, UNITARIO, TOTAL, "
                "IMPORTE, MONTO, ITEM"
            ),
        ),
        ("date", "ULTIMO, DIA, PAGO, EMISION, VENCIMIENTO, PERIODO, VENCE"),
        (
            "other",
            "PLACA, CUOTA, TURNO, MESA, CAJA, OPERACION, TIPO, REFERENCIA, MOTIVO, SUSTENTO, LOGO, LOGOTIPO",
        ),
    )
)
_SURE = 0.9
"""The likeness above which a word is a label's, and not a name's that only begins like one."""


def is_said(line: str) -> bool:
    """True where a folded phrase without a legal form is an address, a title or a term: text of a comprobante
    that is no name.
    """
    words = [w for w in re.findall(r"[A-Z]+", line) if w not in LINKS]
    labelled = sum(f.likeness > _SURE for f in _LABEL.find(line))
    return (
        bool(_PLACE.search(line))
        or any(f.likeness > _SURE for f in _SAID.find(line))
        or 0 < len(words) == labelled
    )


_NOBODY = frozenset([
    "CLIENTE", "CLIENTES", "VARIOS", "CLIENTE VARIOS", "CLIENTES VARIOS", "PUBLICO GENERAL",
    "PUBLICO EN GENERAL", "CLIENTE GENERAL", "CLIENTES EN GENERAL", "SIN NOMBRE", "CONSUMIDOR FINAL", "S N",
    "ANONIMO",
])  # fmt: skip


def is_nobody(line: str) -> bool:
    """True where folded text in the place of a customer's name says that nobody is named."""
    return " ".join(re.findall(r"\w+", line)) in _NOBODY or re.fullmatch(r"[-–.\s*0]+", line) is not None
