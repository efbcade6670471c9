"""What a document is when it is no comprobante, so that it is named and not forced into one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from functions.extractor import heading
from functions.extractor.invoice import NotInvoice
from functions.extractor.qr import GUIDES, NOT_INVOICES, Qr
from functions.extractor.reading import Reading
from functions.extractor.rows import Sheet
from functions.extractor.tokens import fold

_PAPERS = r"B[O0]LETA\s*DE\s*(?:PAG[O0]|REMUNERACI|HABERES)|RECIB[O0]\s*DE\s*(?:EGRES[O0]|INGRES[O0]|CAJA|DINER[O0])|C[O0]MPR[O0]BANTE\s*DE\s*(?:RETENCI|PERCEPCI|EGRES[O0]|CAJA)|CERTIFICAD[O0]\s*DE\b|ESTAD[O0]\s*DE\s*CUENTA|LIQUIDACI[O0]N\s*DE\s*(?:GAST[O0]S|BENEFICI[O0]S)|C[O0]NTRAT[O0]\s*DE\b"
"""Titles of papers that business life is full of and that are no comprobante de pago; a payslip is a «boleta» too."""

_WRITTEN: tuple[tuple[NotInvoice, str, int], ...] = (
    ("yape", r"YAPEASTE|YAPEAR|\bYAPE[O0]\b|TE\s*YAPE|C[O0]DIG[O0]\s*DE\s*SEGURIDAD", 4),
    ("yape", r"\bYAPE\b", 2),
    ("plin", r"PLINEASTE|\bPLINE[O0]\b|PLINEAR", 4),
    ("plin", r"\bPLIN\b", 2),
    (
        "bank_transfer",
        r"TRANSFERENCIA\s*(?:EXIT[O0]SA|REALIZADA|INMEDIATA|INTERBANCARIA|A\s*(?:TERCER|OTR|CUENTA))|C[O0]NSTANCIA\s*DE\s*(?:TRANSFER|[O0]PERACI|PAG[O0]|DEP[O0]SIT)|[O0]PERACI[O0]N\s*EXIT[O0]SA|PAG[O0]\s*EXIT[O0]S|DEP[O0]SIT[O0]\s*EN\s*CUENTA|V[O0]UCHER\s*DE\s*DEP[O0]SIT",
        4,
    ),
    (
        "bank_transfer",
        r"CUENTA\s*(?:DE\s*)?(?:[O0]RIGEN|DESTIN[O0]|CARG[O0]|AB[O0]N[O0])|N[RU][O0]?\w*\.?\s*(?:DE\s*)?[O0]PERACI[O0]N",
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


def judge(sheets: Sequence[Sheet], reading: Reading | None, codes: Sequence[Qr]) -> NotInvoice | None:  # noqa: C901, PLR0911, PLR0912 - real paper's cases, one after the other
    """What the pages are, or None when they are a comprobante (or may be one).

    A valid symbol decides. Otherwise a comprobante names itself: a title of its kind, with an issuer's RUC or a series and number.
    """
    if any(c.is_invoice for c in codes):
        return None
    if any(c.kind in GUIDES for c in codes):
        return "delivery_guide"
    if any(c.kind in NOT_INVOICES for c in codes):
        return "other"
    letters = sum(c.isalnum() for s in sheets for c in s.text)
    if letters < 20:  # a face, a wall, a table
        return "photo"
    text = fold(" ".join(s.text for s in sheets))
    against = marks(sheets)
    what: NotInvoice | None = max(against.items(), key=lambda pair: pair[1])[0] if against else None
    heads = [h for h in heading.titles(sheets) if h.score > 0]
    serial = reading is not None and reading.get("series") is not None
    ruc = reading is not None and reading.get("supplier.ruc") is not None
    worth = reading is not None and (serial or reading.get("total") is not None)  # a menu that offers a factura has neither
    evidence = 3.0 * bool(heads) + 2.0 * ruc + 2.0 * serial + 1.0 * min(2, len(set(_INVOICE.findall(text))))
    if heads and heads[0].score >= 4:
        evidence += 2.0
    if what is not None and _title_is(sheets, what):
        head = heads[0] if heads else None
        if head is None or head.score < 5 or (head.sheet is sheets[0] and _first(sheets, what) <= head.sheet.rows.index(head.row)):
            return what
    if _DISOWNED.search(text):
        return what or "other"
    if what == "foreign" and not ruc and "IGV" not in text.replace(".", "") and against["foreign"] >= 2:
        return "foreign"
    ours = serial and reading is not None and str(reading.get("series"))[:1] in {"F", "B", "E"}
    if what == "foreign" and not heads and not ours and against["foreign"] >= 4:
        return "foreign"  # the RUC on it is its customer's
    if evidence >= 5 and worth and (heads or serial):
        return None
    if what is not None and against[what] >= 2 and (against[what] >= evidence or evidence < 4):
        return what
    if evidence >= 4 and worth and (heads or serial or (reading is not None and reading.source == "ocr")):
        return None  # a picture may have lost its title; a text layer has not
    return what or "other"


_TITLE: dict[NotInvoice, str] = {
    "delivery_guide": r"^\W*(?:RUC.{0,20})?GUIA\s*DE\s*REMISI",
    "quote": r"^\W*(?:(?:FACTURA|B[O0]LETA)\s*PR[O0]F[O0]RMA|PRE\s*-?\s*(?:FACTURA|B[O0]LETA)|N[O0]TA\s*DE\s*(?:PEDID[O0]|VENTA)|C[O0]TIZACI[O0]N|PR[O0]F[O0]RMA|PRESUPUEST[O0]|[O0]RDEN\s*DE\s*(?:C[O0]MPRA|SERVICI[O0])|PRE\s*-?\s*CUENTA)",
    "other": rf"^\W*(?:{_PAPERS})",
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
