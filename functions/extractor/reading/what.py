"""What a document is when it is no comprobante, so that it is named and not forced into one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.extractor.invoice import NotInvoice
from functions.extractor.peru.kinds import GUIDES
from functions.extractor.peru.qr import Qr
from functions.extractor.peru.tokens import fold, lettered, valid_ruc
from functions.extractor.reading import heading
from functions.extractor.reading.heading import Head
from functions.extractor.reading.reading import Reading
from functions.extractor.sheets.rows import Sheet

_PAPERS = (
    r"BOLETA\s*DE\s*(?:PAGO|REMUNERACI|HABERES)|RECIBO\s*(?:DE\s*(?:EGRESO|INGRESO|CAJA|DINERO|ALQUILER)|PROVISIONAL|INTERNO)"
    r"|COMPROBANTE\s*(?:DE\s*(?:RETENCI|PERCEPCI|EGRESO|INGRESO|CAJA|INFORMACI)|INTERNO)|(?:CONSTANCIA|CERTIFICADO|DECLARACION\s*(?:JURADA|MENSUAL))\b"
    r"|ESTADO\s*DE\s*CUENTA|(?:SUNAT\W*)?CONSULTA\s*(?:DE\s*VALIDEZ|INTEGRADA|RUC)|CRONOGRAMA|LIQUIDACION\s*DE\s*(?:GASTOS|BENEFICIOS)|CONTRATO\s*DE\b|LETRA\s*DE\s*CAMBIO|PAGARE\b|POLIZA\s*DE"
    r"|FICHA\s*(?:DE\s*)?(?:RUC|TECNICA)|PLANILLA\b|RENDICION\s*DE|REEMBOLSO|REGISTRO\s*DE\s*(?:COMPRAS|VENTAS)|KARDEX|(?:CUADRE|CIERRE|ARQUEO)\s*(?:DE\s*)?CAJA"
    r"|REPORTE\s*(?:DE\b|Z\b|X\b)|VALE\s*DE\b|CARGO\s*DE\s*ENTREGA|ACTA\s*DE\b|LISTA\s*DE\s*PRECIOS|HOJA\s*DE\b|TICKET\s*(?:DE\s*)?(?:CAMBIO|ATENCION|INTERNO|ESTACIONAMIENTO)"
)
"""Titles of papers that business life is full of and that are no comprobante de pago; a payslip is a «boleta» too."""

_WRITTEN: tuple[tuple[NotInvoice, str, int], ...] = (
    ("yape", r"YAPEASTE|YAPEAR|\bYAPEO\s*(?:RECIB|ENVI|EXIT)|TE\s*YAPE|CODIGO\s*DE\s*SEGURIDAD", 4),
    ("yape", r"\bYAPE\b", 2),
    ("plin", r"PLINEASTE|\bPLINEO\b|PLINEAR", 4),
    ("plin", r"\bPLIN\b", 2),
    (
        "bank_transfer",
        r"TRANSFERENCIA\s*(?:EXITOSA|REALIZADA|INMEDIATA|INTERBANCARIA|A\s*(?:TERCER|OTR|CUENTA))|CONSTANCIA\s*DE\s*(?:TRANSFER|OPERACI|PAGO|DEPOSIT)|OPERACION\s*EXITOSA|PAGO\s*EXITOS|DEPOSITO\s*EN\s*(?:CUENTA|EFECTIVO)|(?:VOUCHER|COMPROBANTE)\s*DE\s*(?:DEPOSIT|TRANSFER|OPERACI)",
        4,
    ),
    (
        "bank_transfer",
        r"TRANSFERISTE|ENVIASTE|PAGASTE\b|CUENTA\s*(?:DE\s*)?(?:ORIGEN|DESTINO|CARGO|ABONO)|N[RU]O?\w*\.?\s*(?:DE\s*)?OPERACION",
        2,
    ),
    ("card_slip", r"NIUBIZ|IZIPAY|VISANET|VENDEMAS|CULQI|PROCESOS\s*MC|MC\s*PROCESOS|\bPOS\b.*\bLOTE\b", 3),
    (
        "card_slip",
        r"AUTORIZACION|\bAP\.?\s*:|\bLOTE\b|\bTERMINAL\b|COPIA\s*(?:CLIENTE|COMERCIO)|[*X]{4,}\s?\d{4}|\bAID\b|VENTA\s*APROBADA|FIRMA\s*DEL\s*CLIENTE",
        1,
    ),
    ("delivery_guide", r"GUIA\s*DE\s*REMISION", 4),
    ("delivery_guide", r"PUNTO\s*DE\s*(?:PARTIDA|LLEGADA)|MOTIVO\s*(?:DE\s*|DEL\s*)?TRASLADO|TRANSPORTISTA", 2),
    ("quote", r"COTIZACION|PROFORMA|PRESUPUESTO", 4),
    (
        "quote",
        r"VALIDEZ\s*DE\s*(?:LA\s*)?(?:OFERTA|COTIZ)|ORDEN\s*DE\s*(?:COMPRA|SERVICIO)|NOTA\s*DE\s*(?:PEDIDO|VENTA)|PRE\s*-?\s*(?:CUENTA|FACTURA|BOLETA)",
        2,
    ),
    (
        "other",
        _PAPERS,
        2,
    ),
    (
        "foreign",
        r"\bVAT\b|SALES\s*TAX|\bCUIT\b|\bR\.?F\.?C\b|\bCFDI\b|\bCNPJ\b|\bNIT\b|\bN\.?I\.?F\b|\bC\.?I\.?F\b|\bDIAN\b|\bAFIP\b|\bSRI\b|\bR\.?U\.?T\b\.?\s*:?\s*\d|\bS\.?I\.?I\b",
        3,
    ),
    (
        "foreign",
        r"\bI\.?V\.?A\b|\bINVOICE\b|AMOUNT\s*DUE|\bBILL\s*TO\b|\bSUBTOTAL\b.*\bTAX\b|\bTAX\b|\bRECEIPT\b|\bGST\b|\bMWST\b|\bNRC\b",
        2,
    ),
)
_MARKS = tuple((what, re.compile(pattern), points) for what, pattern, points in _WRITTEN)
_DISOWNED = re.compile(
    r"NO\s*(?:ES|TIENE|VALIDO\s*COMO)\s*(?:VALOR\s*(?:DE\s*|COMO\s*)?)?(?:UN\s*)?(?:COMPROBANTE|TRIBUTARIO)|SIN\s*VALOR\s*(?:TRIBUTARIO|FISCAL)"
)
"""What a paper says of itself when it wants not to be taken for a comprobante."""
_TOLD = re.compile(
    r"\bHA\s+EMITIDO\b|HA\s+RECIBIDO\s+(?:UN|LA|SU|FACTURA|BOLETA)|SE\s+ENCUENTRAN?\s+VENCID|CANJE(?:E|AR|ABLE)\b.{0,40}(?:BOLETA|FACTURA|COMPROBANTE)"
)
"""Somebody writes about a comprobante, or promises one."""
_MERE = re.compile(r"RECIBO\s*N")
_SERVED = re.compile(r"SUMINISTR|LECTURA|CONSUMO|MEDIDOR|TELEF|ABONADO|INTERNET|\bPLAN\b|SERVICIO|KWH|\bM3\b")
"""A receipt with nothing but a number is a service bill only where it speaks of a service."""
_INVOICE = re.compile(r"\bI\.?G\.?V\b|OP\w*\.?\s*GRAVAD|COMPROBANTE\s*(?:DE\s*PAGO\s*)?ELECTR|REPRESENTACION\s*IMPRESA|SUNAT|\bR\.?U\.?C\b")


def marks(sheets: Sequence[Sheet]) -> dict[NotInvoice, int]:
    """How much speaks for each kind of thing that is no invoice."""
    found: dict[NotInvoice, int] = {}
    text = lettered(fold(" ".join(s.text for s in sheets)))
    for what, pattern, points in _MARKS:
        hits = len(set(pattern.findall(text)))
        if hits:
            found[what] = found.get(what, 0) + points * min(hits, 3 if points == 1 else 2)
    return found


@dataclass(frozen=True, slots=True)
class Nature:
    """What pages are: `what` is None for a comprobante, or what may be one. `shown`: they say so themselves; else too little was found."""

    what: NotInvoice | None
    shown: bool = True


def judge(sheets: Sequence[Sheet], reading: Reading | None, codes: Sequence[Qr]) -> NotInvoice | None:
    """What the pages are, or None when they are a comprobante (or may be one)."""
    return nature(sheets, reading, codes).what


def nature(sheets: Sequence[Sheet], reading: Reading | None, codes: Sequence[Qr]) -> Nature:
    """What the pages are, and whether they show it: a title, a symbol, words that only such a paper has."""
    kinds = {c.kind for c in codes if c.kind is not None}
    if kinds:
        return Nature(None if any(c.is_invoice for c in codes) else "delivery_guide" if kinds & {*GUIDES} else "other")
    if reading is None or sum(c.isalnum() for s in sheets for c in s.text) < 20:  # a face, a wall, a table
        return Nature("photo", shown=False)
    text = lettered(fold(" ".join(s.text for s in sheets)))
    against = marks(sheets)
    what = _likeliest(against)
    heads = [h for h in heading.titles(sheets) if h.score > 0 and not (h.kind == "14" and _MERE.search(text) and not _SERVED.search(text))]
    titled = what is not None and _title_is(sheets, what) and not _stands_before(heads, sheets, what)
    told = _TOLD.search(text) and not (reading.items and heads and heads[0].score >= 5)
    if titled or told or _DISOWNED.search(text):
        return Nature(what or "other")
    if what == "foreign" and _is_foreign(against["foreign"], reading, heads, text):
        return Nature("foreign")
    points = 0 if what is None else against[what]
    if _is_comprobante(reading, heads, text, points):
        return Nature(None)
    return Nature(what or "other", shown=what not in (None, "other") and points >= _SHOWN)


_SHOWN = 4
"""Marks from which a thing shows what it is: one phrase that nothing else has, or two that few have."""


def _likeliest(against: Mapping[NotInvoice, int]) -> NotInvoice | None:
    """What has most marks; a wallet's payment looks like a bank's and names the wallet."""
    if not against:
        return None
    what = max(against, key=lambda name: against[name])
    wallets: tuple[NotInvoice, ...] = ("yape", "plin")
    return next((w for w in wallets if w in against), what) if what == "bank_transfer" else what


def _stands_before(heads: Sequence[Head], sheets: Sequence[Sheet], what: NotInvoice) -> bool:
    """Whether a comprobante's own title comes before the title of something else."""
    return (
        bool(heads)
        and heads[0].score >= 5
        and not (heads[0].sheet is sheets[0] and _first(sheets, what) <= sheets[0].rows.index(heads[0].row))
    )


def _is_foreign(points: int, reading: Reading, heads: Sequence[Head], text: str) -> bool:
    """Marks of another country's paper, and no sign of an issuer here: no RUC and no IGV, or a RUC that is its customer's."""
    ours = str(reading.get("series") or " ")[0] in "FBE"
    nobody = reading.get("supplier.ruc") is None and "IGV" not in text.replace(".", "")
    return (nobody and points >= 2) or (not heads and not ours and points >= 4)


def _is_titled(reading: Reading, heads: Sequence[Head]) -> bool:
    """Whether a page calls itself an electronic comprobante, and names its issuer and its number: then it is one, read or not."""
    if not heads or heads[0].score < 5 or not reading.items:
        return False
    return "ELECTR" in lettered(heads[0].row.text) and valid_ruc(reading.get("supplier.ruc") or "") and reading.get("number") is not None


def _is_comprobante(reading: Reading, heads: Sequence[Head], text: str, against: int) -> bool:
    """Whether enough speaks for a comprobante: title, issuer, series and number, a total, words of the tax law.

    A text layer has lost nothing: there series, number and total must be. A picture may have been cut or misread, and needs less.
    """
    drawn = reading.source == "ocr"
    if against < 4 and _is_titled(reading, heads):
        return True
    serial, ruc, total = (reading.get(path) is not None for path in ("series", "supplier.ruc", "total"))
    evidence = 3 * bool(heads) + 2 * (bool(heads) and heads[0].score >= 4) + 2 * ruc + 2 * serial + min(2, len(set(_INVOICE.findall(text))))
    if not ((serial and total) or (drawn and serial + ruc + total >= 2 and (heads or serial))):
        return False
    if against >= max(2, evidence) and not (serial and heads and heads[0].score >= 5):
        return False
    if heads:
        return evidence >= 5
    return drawn and evidence >= 4


_TITLE: dict[NotInvoice, str] = {
    "bank_transfer": r"^\W*(?:(?:CONSTANCIA|COMPROBANTE|VOUCHER)\s*DE\s*(?:TRANSFER|OPERACI|PAGO\b(?!\s*ELEC)|DEPOSIT)|TRANSFERENCIA\s*(?:INTERBANCARIA|INMEDIATA|EXITOSA|REALIZADA|A\s*OTROS))",
    "delivery_guide": r"^\W*(?:RUC.{0,20})?GUIA\s*DE\s*REMISI",
    "quote": r"^\W*(?:(?:FACTURA|BOLETA)\s*PROFORMA|PRE\s*-?\s*(?:FACTURA|BOLETA)|NOTA\s*DE\s*(?:PEDIDO|VENTA)|COTIZACION|PROFORMA|PRESUPUESTO|ORDEN\s*DE\s*(?:COMPRA|SERVICIO)|PRE\s*-?\s*CUENTA)",
    "other": rf"^\W*(?:{_PAPERS})|^[^\d:]{{0,40}}\bCONSTANCIA\b[^:]*$",
}


def _first(sheets: Sequence[Sheet], what: NotInvoice) -> int:
    pattern = _TITLE.get(what)
    if pattern is None or not sheets:
        return 10_000
    for number, row in enumerate(sheets[0].rows):
        if any(re.search(pattern, lettered(c.text)) and len(c.text) < 72 for c in row.cells):
            return number
    return 10_000


def _title_is(sheets: Sequence[Sheet], what: NotInvoice) -> bool:
    at = _first(sheets, what)
    return at < 0.4 * max(1, len(sheets[0].rows)) + 4 if sheets else False
