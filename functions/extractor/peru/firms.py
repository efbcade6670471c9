"""The names of firms and persons: legal forms, words with which firms' names begin, and text that is in no
name.
"""

from __future__ import annotations

import re

from functions.extractor.peru.wording import Wording

_LIMITED = r"\s*DE\s*RESPONSABILIDAD\s*LIMITADA"
FORM = re.compile(
    r"\bS\.?\s?A\.?\s?C\b\.?|\bS\.?\s?A\b\.?(?:\s?A\.?)?|\bE\.?\s?[I1]\.?\s?R\.?\s?L\b|\bELRL\b|"
    r"\bS\.?\s?R\.?\s?L\b|SOCIEDAD\s*ANONIMA(?:\s*(?:CERRADA|ABIERTA)\b)?|\bS\.?C\.?R\.?L"
    rf"|SOCIEDAD\s*COMERCIAL(?:{_LIMITED})?|EMPRESA\s*INDIVIDUAL{_LIMITED}|"
    rf"\bS(?:OCIEDAD|\.)\s*CIV(?:IL\b|\.)(?:\s*(?:DE\s*)?R\.?\s?L\b)?|\bASOCIACION\b|COOPERATIVA|\bLTDA"
)
"""A firm's legal form. It stands behind the name, but names of associations and cooperatives begin with it.
E.1.R.L. and ELRL are E.I.R.L. misread.
"""

INSTITUTION = re.compile(
    r"(?:MUNICIPALIDAD|UNIVERSIDAD|GOBIERNO|MINISTERIO|COLEGIO|INSTITUTO|HOSPITAL|CAJA\s(?:MUNICIPAL|RURAL)|"
    r"BANCO|COOPERATIVA|ASOCIACION|FUNDACION|PARROQUIA)\b"
)
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

_SHOP = re.compile(
    r"\w{3,}(?:ERIA|ADORA|IDORA)|\w*INDUSTRIAS?|(?:MULTI|MINI)\w*|(?:CAFE|HO\w?TEL|RESTAURAN)\w*"
)
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
    return word in HEADWORDS or word in _SHOPS or _SHOP.fullmatch(word) is not None


STREET = re.compile(
    r"\W*(?:AV|AVENIDA|JR|JIRON|CAL|CALLE|PSJE?|PASAJE|URB|MZA?|CAR|CARRETERA|PROL|ALAMEDA|MALECON|VIA|SECTOR|"
    r"ASOC)\b[.\s]"
)
"""The beginning of an address."""
DISTRICT = re.compile(
    r"\W*[A-Z .]{3,24}\s?[-–/]\s?[A-Z .]{3,24}\s?[-–/]\s?[A-Z .]{3,32}\W*|"
    r"\W*(?P<region>AREQUIPA|CAJAMARCA|CALLAO|CUSCO|HUANCAVELICA|HUANUCO|ICA|JUNIN|LIMA|LORETO|PASCO|PIURA|"
    r"PUNO|SAN MARTIN|TACNA|TUMBES)\s(?P=region)\s[A-Z .]{3,32}"
)
"""Region, province and district, with which addresses end; without dashes where the first two have one
name.
"""

CONTACT = re.compile(
    r":|@|WWW\.|HTTP|E-?MAIL|TELF|\bTEL[.\s]|\bCEL[.\s]|\bR\.?U\.?C\b|"
    r"\b(?:FACTURA|BOLETA(?:\s+DE\s+VENTA)?)\s+ELEC"
    r"|\bREPRESENTA(?:NTES?|CION)\b.*\s(?:DE|IMPRESA)\b|"
    r"\bDISTRIBUIDOR(?:ES)?\s(?:OFICIAL|AUTORIZAD|EXCLUSIV)|\b(?:UNA\s)?EMPRESA\s(?:DEL\sGRUPO|DE\s*:)|"
    r"\bCONCESIONARIO\b|\bEMITIDO\b|\bAUTORIZADOS?\s(?:POR|DE|MEDIANTE)\b"
)
"""Text that is in no firm's name: signs of an address or a telephone, a title, a sentence about another firm.
"""
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


NOBODY = re.compile(
    r"\W*CLIENTES?\W*|\W*(?:CLIENTES?\W+)?VARIOS\W*|\W*(?:PUBLICO|CLIENTES?)\s+(?:EN\s+)?GENERAL\W*|"
    r"\W*(?:SIN\s+NOMBRE|CONSUMIDOR\s+FINAL|S/N|ANONIMO)\W*|[-–.\s*0]+"
)
"""Text in the place of a customer's name where nobody is named."""
