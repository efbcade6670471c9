"""What a document is when it is no comprobante, so that it is named and not forced into one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.extractor.invoice import NotInvoice
from functions.extractor.peru.kinds import GUIDES
from functions.extractor.peru.qr import Qr
from functions.extractor.peru.tokens import fold, valid_ruc
from functions.extractor.reading import heading
from functions.extractor.reading.heading import Head
from functions.extractor.reading.reading import Reading
from functions.extractor.sheets.rows import Sheet

_PAPERS = (
    r"B[O0]LETA\s*DE\s*(?:PAG[O0]|REMUNERACI|HABERES)|RECIB[O0]\s*(?:DE\s*(?:EGRES[O0]|INGRES[O0]|CAJA|DINER[O0]|ALQUILER)|PR[O0]VISI[O0]NAL|INTERN[O0])"
    r"|C[O0]MPR[O0]BANTE\s*(?:DE\s*(?:RETENCI|PERCEPCI|EGRES[O0]|INGRES[O0]|CAJA|INF[O0]RMACI)|INTERN[O0])|(?:C[O0]NSTANCIA|CERTIFICAD[O0]|DECLARACI[O0]N\s*(?:JURADA|MENSUAL))\b"
    r"|ESTAD[O0]\s*DE\s*CUENTA|(?:SUNAT\W*)?C[O0]NSULTA\s*(?:DE\s*VALIDEZ|INTEGRADA|RUC)|CR[O0]N[O0]GRAMA|LIQUIDACI[O0]N\s*DE\s*(?:GAST[O0]S|BENEFICI[O0]S)|C[O0]NTRAT[O0]\s*DE\b|LETRA\s*DE\s*CAMBI[O0]|PAGARE\b|P[O0]LIZA\s*DE"
    r"|FICHA\s*(?:DE\s*)?(?:RUC|TECNICA)|PLANILLA\b|RENDICI[O0]N\s*DE|REEMB[O0]LS[O0]|REGISTR[O0]\s*DE\s*(?:C[O0]MPRAS|VENTAS)|KARDEX|(?:CUADRE|CIERRE|ARQUE[O0])\s*(?:DE\s*)?CAJA"
    r"|REP[O0]RTE\s*(?:DE\b|Z\b|X\b)|VALE\s*DE\b|CARG[O0]\s*DE\s*ENTREGA|ACTA\s*DE\b|LISTA\s*DE\s*PRECI[O0]S|H[O0]JA\s*DE\b|TICKET\s*(?:DE\s*)?(?:CAMBI[O0]|ATENCI[O0]N|INTERN[O0]|ESTACI[O0]NAMIENT[O0])"
)
"""Titles of papers that business life is full of and that are no comprobante de pago; a payslip is a «boleta» too."""

_WRITTEN: tuple[tuple[NotInvoice, str, int], ...] = (
    ("yape", r"YAPEASTE|YAPEAR|\bYAPE[O0]\s*(?:RECIB|ENVI|EXIT)|TE\s*YAPE|C[O0]DIG[O0]\s*DE\s*SEGURIDAD", 4),
    ("yape", r"\bYAPE\b", 2),
    ("plin", r"PLINEASTE|\bPLINE[O0]\b|PLINEAR", 4),
    ("plin", r"\bPLIN\b", 2),
    (
        "bank_transfer",
        r"TRANSFERENCIA\s*(?:EXIT[O0]SA|REALIZADA|INMEDIATA|INTERBANCARIA|A\s*(?:TERCER|OTR|CUENTA))|C[O0]NSTANCIA\s*DE\s*(?:TRANSFER|[O0]PERACI|PAG[O0]|DEP[O0]SIT)|[O0]PERACI[O0]N\s*EXIT[O0]SA|PAG[O0]\s*EXIT[O0]S|DEP[O0]SIT[O0]\s*EN\s*(?:CUENTA|EFECTIV[O0])|(?:V[O0]UCHER|C[O0]MPR[O0]BANTE)\s*DE\s*(?:DEP[O0]SIT|TRANSFER|[O0]PERACI)",
        4,
    ),
    (
        "bank_transfer",
        r"TRANSFERISTE|ENVIASTE|PAGASTE\b|CUENTA\s*(?:DE\s*)?(?:[O0]RIGEN|DESTIN[O0]|CARG[O0]|AB[O0]N[O0])|N[RU][O0]?\w*\.?\s*(?:DE\s*)?[O0]PERACI[O0]N",
        2,
    ),
    ("card_slip", r"NIUBIZ|IZIPAY|VISANET|VENDEMAS|CULQI|PR[O0]CES[O0]S\s*MC|MC\s*PR[O0]CES[O0]S|\bP[O0]S\b.*\bL[O0]TE\b", 3),
    (
        "card_slip",
        r"AUT[O0]RIZACI[O0]N|\bAP\.?\s*:|\bL[O0]TE\b|\bTERMINAL\b|C[O0]PIA\s*(?:CLIENTE|C[O0]MERCI[O0])|[*X]{4,}\s?\d{4}|\bAID\b|VENTA\s*APR[O0]BADA|FIRMA\s*DEL\s*CLIENTE",
        1,
    ),
    ("delivery_guide", r"GUIA\s*DE\s*REMISI[O0]N", 4),
    ("delivery_guide", r"PUNT[O0]\s*DE\s*(?:PARTIDA|LLEGADA)|M[O0]TIV[O0]\s*(?:DE\s*|DEL\s*)?TRASLAD[O0]|TRANSP[O0]RTISTA", 2),
    ("quote", r"C[O0]TIZACI[O0]N|PR[O0]F[O0]RMA|PRESUPUEST[O0]", 4),
    (
        "quote",
        r"VALIDEZ\s*DE\s*(?:LA\s*)?(?:OFERTA|C[O0]TIZ)|[O0]RDEN\s*DE\s*(?:C[O0]MPRA|SERVICI[O0])|N[O0]TA\s*DE\s*(?:PEDID[O0]|VENTA)|PRE\s*-?\s*(?:CUENTA|FACTURA|B[O0]LETA)",
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
        r"\bI\.?V\.?A\b|\bINV[O0]ICE\b|AM[O0]UNT\s*DUE|\bBILL\s*T[O0]\b|\bSUBT[O0]TAL\b.*\bTAX\b|\bTAX\b|\bRECEIPT\b|\bGST\b|\bMWST\b|\bNRC\b",
        2,
    ),
)
_MARKS = tuple((what, re.compile(pattern), points) for what, pattern, points in _WRITTEN)
_DISOWNED = re.compile(
    r"N[O0]\s*(?:ES|TIENE|VALID[O0]\s*C[O0]M[O0])\s*(?:VAL[O0]R\s*(?:DE\s*|C[O0]M[O0]\s*)?)?(?:UN\s*)?(?:C[O0]MPR[O0]BANTE|TRIBUTARI[O0])|SIN\s*VAL[O0]R\s*(?:TRIBUTARI[O0]|FISCAL)"
)
"""What a paper says of itself when it wants not to be taken for a comprobante."""
_TOLD = re.compile(
    r"\bHA\s+EMITID[O0]\b|HA\s+RECIBID[O0]\s+(?:UN|LA|SU|FACTURA|B[O0]LETA)|SE\s+ENCUENTRAN?\s+VENCID|CANJE(?:E|AR|ABLE)\b.{0,40}(?:B[O0]LETA|FACTURA|C[O0]MPR[O0]BANTE)"
)
"""Somebody writes about a comprobante, or promises one."""
_MERE = re.compile(r"RECIB[O0]\s*N")
_SERVED = re.compile(r"SUMINISTR|LECTURA|C[O0]NSUM[O0]|MEDID[O0]R|TELEF|AB[O0]NAD[O0]|INTERNET|\bPLAN\b|SERVICI[O0]|KWH|\bM3\b")
"""A receipt with nothing but a number is a service bill only where it speaks of a service."""
_INVOICE = re.compile(
    r"\bI\.?G\.?V\b|[O0]P\w*\.?\s*GRAVAD|C[O0]MPR[O0]BANTE\s*(?:DE\s*PAG[O0]\s*)?ELECTR|REPRESENTACI[O0]N\s*IMPRESA|SUNAT|\bR\.?U\.?C\b"
)


def marks(sheets: Sequence[Sheet]) -> dict[NotInvoice, int]:
    """How much speaks for each kind of thing that is no invoice."""
    found: dict[NotInvoice, int] = {}
    text = fold(" ".join(s.text for s in sheets))
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
    text = fold(" ".join(s.text for s in sheets))
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
    return "ELECTR" in fold(heads[0].row.text) and valid_ruc(reading.get("supplier.ruc") or "") and reading.get("number") is not None


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
    "bank_transfer": r"^\W*(?:(?:C[O0]NSTANCIA|C[O0]MPR[O0]BANTE|V[O0]UCHER)\s*DE\s*(?:TRANSFER|[O0]PERACI|PAG[O0]\b(?!\s*ELEC)|DEP[O0]SIT)|TRANSFERENCIA\s*(?:INTERBANCARIA|INMEDIATA|EXIT[O0]SA|REALIZADA|A\s*[O0]TR[O0]S))",
    "delivery_guide": r"^\W*(?:RUC.{0,20})?GUIA\s*DE\s*REMISI",
    "quote": r"^\W*(?:(?:FACTURA|B[O0]LETA)\s*PR[O0]F[O0]RMA|PRE\s*-?\s*(?:FACTURA|B[O0]LETA)|N[O0]TA\s*DE\s*(?:PEDID[O0]|VENTA)|C[O0]TIZACI[O0]N|PR[O0]F[O0]RMA|PRESUPUEST[O0]|[O0]RDEN\s*DE\s*(?:C[O0]MPRA|SERVICI[O0])|PRE\s*-?\s*CUENTA)",
    "other": rf"^\W*(?:{_PAPERS})|^[^\d:]{{0,40}}\bC[O0]NSTANCIA\b[^:]*$",
}


def _first(sheets: Sequence[Sheet], what: NotInvoice) -> int:
    pattern = _TITLE.get(what)
    if pattern is None or not sheets:
        return 10_000
    for number, row in enumerate(sheets[0].rows):
        if any(re.search(pattern, fold(c.text)) and len(c.text) < 72 for c in row.cells):
            return number
    return 10_000


def _title_is(sheets: Sequence[Sheet], what: NotInvoice) -> bool:
    at = _first(sheets, what)
    return at < 0.4 * max(1, len(sheets[0].rows)) + 4 if sheets else False
