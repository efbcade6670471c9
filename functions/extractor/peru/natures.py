"""The titles of papers that are no comprobante, and the words that stand on such papers, as folded lines have
them.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from functions.extractor.invoice import NotInvoice
from functions.extractor.peru.wording import Wording


class _Sign(NamedTuple):
    """The meaning of a phrase: the paper's nature (None: it is a comprobante's own), how many points it
    gives, and whether it gives them only before `de`: «ACTA DE …».
    """

    nature: NotInvoice | None
    points: int
    of: bool = False


# A title begins with one of the first words and goes on with one of the others, if there are any. Like words
# it gives points where a page only has it somewhere; a label that facturas have too gives none.
_TITLES: tuple[tuple[_Sign, str, str], ...] = (
    (_Sign("bank_transfer", 4), "CONSTANCIA, COMPROBANTE, VOUCHER", "TRANSFERENCIA, OPERACION, DEPOSITO"),
    (_Sign("bank_transfer", 4), "CONSTANCIA, VOUCHER", "PAGO"),
    (_Sign("bank_transfer", 0), "COMPROBANTE", "PAGO"),
    (
        _Sign("bank_transfer", 4),
        "TRANSFERENCIA",
        "INTERBANCARIA, INMEDIATA, EXITOSA, REALIZADA, OTROS, TERCEROS, CUENTA",
    ),
    (_Sign(None, 0), "COMPROBANTE", "PAGO ELECTRONICO"),
    (_Sign("delivery_guide", 0), "GUIA", "REMISION"),
    (_Sign("quote", 4), "COTIZACION, PROFORMA, PRESUPUESTO", ""),
    (_Sign("quote", 2), "PRE", "FACTURA, BOLETA, CUENTA"),
    (_Sign("quote", 2), "NOTA", "PEDIDO, VENTA"),
    (_Sign("quote", 0), "ORDEN", "COMPRA, SERVICIO, PEDIDO, TRABAJO"),
    (_Sign("quote", 0), "FACTURA, BOLETA", "PROFORMA"),
    (_Sign("foreign", 2), "INVOICE, RECEIPT, FATTURA, FACTURE, RECHNUNG", ""),
    (_Sign("foreign", 2), "TAX, COMMERCIAL", "INVOICE"),
    (_Sign("foreign", 0), "NOTA FISCAL, FACTURA COMERCIAL", ""),
    (_Sign("other", 2), "BOLETA", "PAGO, REMUNERACIONES, HABERES"),
    (
        _Sign("other", 2),
        "RECIBO, COMPROBANTE, TICKET",
        (
            "EGRESO, INGRESO, CAJA, DINERO, ALQUILER, PROVISIONAL, INTERNO, RETENCION, PERCEPCION, "
            "INFORMACION, CAMBIO, ATENCION, ESTACIONAMIENTO"
        ),
    ),
    (
        _Sign("other", 2),
        (
            "CONSTANCIA, CERTIFICADO, CRONOGRAMA, PAGARE, PLANILLA, REEMBOLSO, KARDEX, VALE, COMANDA, "
            "DECLARACION JURADA, DECLARACION MENSUAL, ESTADO CUENTA, CUENTAS COBRAR, CUENTAS PAGAR, "
            "CARTA COBRANZA, LETRA CAMBIO, CARGO ENTREGA, LISTA PRECIOS, PACKING LIST"
        ),
        "",
    ),
    (_Sign("other", 2), "CONSULTA, FICHA", "VALIDEZ, INTEGRADA, RUC, TECNICA"),
    (_Sign("other", 2), "LIQUIDACION, REGISTRO", "GASTOS, BENEFICIOS, COMPRAS, VENTAS"),
    (_Sign(None, 0), "LIQUIDACION", "COMPRA"),
    (_Sign("other", 2), "CUADRE, CIERRE, ARQUEO", "CAJA"),
    (
        _Sign("other", 2, of=True),
        "CONTRATO, POLIZA, RENDICION, REPORTE, ACTA, HOJA, LISTADO, RELACION",
        "",
    ),
)
_BY_TITLE = Wording(
    [
        (sign, f"{first} {rest}")
        for sign, firsts, rests in _TITLES
        for first, rest in itertools.product(firsts.split(","), rests.split(","))
    ],
    between="ELECTRONICA",
    titles=True,
)
_OF = re.compile(r"\s*DEL?\b")
_REST = Wording((("title", "REMITENTE, TRANSPORTISTA, ELECTRONICA, NUMERO"),))
_ISSUER = re.compile(r"\W*RUC\D{0,4}\d{11}")
"""An issuer's RUC, which may stand before a title in its line."""

# A phrase of four points stands only on such papers, of three rarely on others, of two mostly on such papers,
# of one point often on them.
_WORDS: tuple[tuple[_Sign, str], ...] = (
    (
        _Sign("yape", 4),
        "YAPEASTE, YAPEAR, YAPEO RECIBIDO, YAPEO ENVIADO, YAPEO EXITOSO, TE YAPEO, CODIGO SEGURIDAD",
    ),
    (_Sign("yape", 2), "YAPE"),
    (_Sign("plin", 4), "PLINEASTE, PLINEO, PLINEAR"),
    (_Sign("plin", 2), "PLIN"),
    (_Sign("bank_transfer", 4), "OPERACION EXITOSA, PAGO EXITOSO, DEPOSITO CUENTA, DEPOSITO EFECTIVO"),
    (
        _Sign("bank_transfer", 2),
        (
            "TRANSFERISTE, ENVIASTE, PAGASTE, CUENTA ORIGEN, CUENTA DESTINO, CUENTA CARGO, CUENTA "
            "ABONO, NUMERO OPERACION"
        ),
    ),
    (
        _Sign("card_slip", 3),
        "NIUBIZ, IZIPAY, VISANET, VENDEMAS, CULQI, PROCESOS MC, MC PROCESOS",
    ),
    (
        _Sign("card_slip", 1),
        "AUTORIZACION, AP, LOTE, TERMINAL, COPIA CLIENTE, COPIA COMERCIO, AID, VENTA APROBADA, FIRMA CLIENTE",
    ),
    (
        _Sign("delivery_guide", 4),
        "GUIA REMISION REMITENTE, GUIA REMISION TRANSPORTISTA, GUIA REMISION ELECTRONICA",
    ),
    (_Sign("delivery_guide", 2), "PUNTO PARTIDA, PUNTO LLEGADA, MOTIVO TRASLADO, TRANSPORTISTA"),
    (_Sign("quote", 2), "VALIDEZ OFERTA, VALIDEZ COTIZACION"),
    (
        _Sign("foreign", 3),
        (
            "VAT, SALES TAX, CUIT, RFC, CFDI, CNPJ, NIT, NIF, CIF, DIAN, AFIP, SRI, RUT, SII, CLAVE "
            "ACCESO, CUFE, FOLIO FISCAL, CAE, OBLIGADO LLEVAR CONTABILIDAD, DTE, TVA"
        ),
    ),
    (
        _Sign("foreign", 2),
        "IVA, AMOUNT DUE, BILL TO, TAX, GST, MWST, NRC, TIN, IBAN",
    ),
)
_BY_WORD = Wording(_WORDS, titles=True)
_CARD = re.compile(r"[*X]{4,}\s?\d{4}")
"""A card's number, of which all but the end is hidden."""

_EXCLAIMED = re.compile(r"(?<![A-Z0-9])[I1](?=PLINE|YAPEA)")
"""The sign that opens an exclamation, as engines read it."""


def titled(line: str) -> NotInvoice | None:
    """Returns the paper, no comprobante, with whose title a line begins or goes on after a dash."""
    issuer = _ISSUER.match(line)
    rest = line[issuer.end() :] if issuer else line
    for part in (rest, rest.rpartition(" - ")[2]):
        found = _BY_TITLE.first(part)
        if found is not None and (not found.name.of or _OF.match(part, found.end)):
            return found.name.nature
    return None


def is_annex(line: str) -> bool:
    """True where a line is only the title of a paper that goes with a comprobante as an annex, with its
    number.
    """
    found = _BY_TITLE.first(line)
    if found is None or found.name.nature not in ("delivery_guide", "quote", "other"):
        return False
    rest = line[found.end :]
    of = re.match(r"\s*DEL? \w+", rest) if found.name.of else None
    return (of is not None or not found.name.of) and _REST.covers(rest[of.end() if of else 0 :])


def points(text: str) -> dict[NotInvoice, int]:
    """Returns the points that the words of a page give each kind of paper that is no invoice. Different
    phrases count: up to two of a kind, or three weak ones.
    """
    text = _EXCLAIMED.sub("", text)
    said: dict[_Sign, set[str]] = {}
    for found in (*_BY_TITLE.find(text), *_BY_WORD.find(text)):
        if not found.name.of or _OF.match(text, found.end):
            said.setdefault(found.name, set()).add(text[found.start : found.end])
    if hidden := {m[0] for m in _CARD.finditer(text)}:
        said.setdefault(_Sign("card_slip", 1), set()).update(hidden)
    counted: dict[NotInvoice, int] = {}
    for sign, phrases in said.items():
        if sign.nature is not None and sign.points:
            most = 3 if sign.points == 1 else 2
            counted[sign.nature] = counted.get(sign.nature, 0) + sign.points * min(len(phrases), most)
    return counted
