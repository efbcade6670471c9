"""What amounts are called on a comprobante, in a folded line."""

from __future__ import annotations

import re

_OP = r"(?:[O0]PERACI[O0]N(?:ES)?|[O0]PER\.?|[O0]P\.?|[O0]PS\.?|T[O0]TAL|T(?:[O0]T)?\.|MTO\.?|M[O0]NT[O0]|VALOR|VENTAS?|\s|\.|DE)*"
_IGV = r"(?:[I1L|!][\s.]{0,2}[G6C][\s.]{0,2}V\b|IMPUEST[O0]\s*GENERAL|[I1L|]GV|16V\b|\bIPM\b)"

# Name, pattern, strength. Order decides: the first pattern that matches at a place names it.
LABELS: tuple[tuple[str, re.Pattern[str], int], ...] = tuple(
    (name, re.compile(pattern), strength)
    for name, pattern, strength in (
        (
            "count",
            r"T[O0]TAL\s*(?:DE\s*)?(?:ITEMS?|ARTICUL|PR[O0]DUCT|UNIDADES|BULT[O0]S|PES[O0]|CANT|PIEZAS|PAGINAS|PUNT[O0]S|KILOS|HORAS)|CANTIDAD\s*T[O0]TAL|N[°ºR]\S*\s*(?:DE\s*)?ITEMS",
            0,
        ),
        ("words", r"\bS[O0]N\s*:|IMPORTE\s*EN\s*LETRAS", 0),
        ("detraction", r"DETRACCI[O0]N|\bSP[O0]T\b", 3),
        ("net_payable", r"T[O0]TAL\s*(?:A\s*PAGAR\s*)?(?:C[O0]N|INCLU\w*|\+)\s*(?:LA\s*)?PERCEP\w*", 4),
        ("perception", r"PERCEPCI[O0]N", 3),
        ("retention", r"RETENCI[O0]N|\bRET\.?\s*(?:\(?\d|IR\b|RENTA)|IMPUEST[O0]\s*A\s*LA\s*RENTA|\bI\.?R\.?\s*\(?8", 3),
        (
            "free",
            r"(?:T[O0]TAL\s*)?(?:VAL[O0]R\s*(?:DE\s*)?VENTA\s*(?:DE\s*)?)?" + _OP + r"GRAT(?:UIT[AO0]S?|\.)|TRANSFERENCIA\s*GRATUITA",
            4,
        ),
        ("exempt", _OP + r"EX[O0]N(?:ERAD[AO0]S?|\.)", 4),
        (
            "unaffected",
            r"(?:[O0]PERACI[O0]N(?:ES)?|[O0]PS?\.?|T[O0]TAL|VAL[O0]R|VENTAS?)\s*(?:DE\s*)?(?:VENTAS?\s*)?(?:DE\s*)?EXP[O0]RTACI[O0]N",
            4,
        ),
        ("unaffected", _OP + r"INAF(?:ECT[AO0]S?|\.)|N[O0]\s*GRAVAD[AO0]S?", 4),
        ("advances", r"(?:T[O0]TAL\s*|\(?-\)?\s*)?ANTICIP[O0]S?", 4),
        ("rounding", r"RED[O0]NDE[O0]", 4),
        ("icbper", r"[I1L|]\.?C\.?B\.?P\.?E\.?R|B[O0]LSAS?\s*PLASTICAS?", 4),
        ("isc", r"\b[I1L|]\.?\s?S\.?\s?C\b\.?|SELECTIV[O0]\s*AL\s*C[O0]NSUM[O0]", 4),
        (
            "net_payable",
            r"(?:M[O0]NT[O0]|[I1L|]MP[O0]RTE|T[O0]TAL|VAL[O0]R)?\s*NET[O0]\s*(?:A\s*PAGAR|PENDIENTE(?:\s*DE\s*PAG[O0])?|RECIBID[O0]|A\s*C[O0]BRAR|A\s*RECIBIR|A\s*DEP[O0]SITAR)|(?:M[O0]NT[O0]|SALD[O0])\s*PENDIENTE|T[O0]TAL\s*C[O0]N\s*PERCEPCI",
            4,
        ),
        (
            "payment",
            r"EFECTIV[O0]|VUELT[O0]|\bVISA\b|MASTERCARD|TARJETA|\bYAPE\b|\bPLIN\b|CAMBI[O0]\s*:|PAG[O0]\s*C[O0]N|SU\s*PAG[O0]|RECIBID[O0]|ENTREGAD[O0]|AM[O0]RTIZ|CUOTA|CREDIT[O0]\s*:|ADELANT[O0]|T[O0]TAL\s*PAGAD[O0]|DEUDA\s*ANTERI[O0]R|SALD[O0]\s*ANTERI[O0]R|LIMITE",
            0,
        ),
        ("with_discount", r"T[O0]TAL\s*C[O0]N\s*(?:DSCT[O0]|DESCUENT[O0]|DCT[O0])", 5),
        (
            "discounts",
            r"(?:T[O0]TAL\s*|T[O0]T\.?\s*)?(?:DE\s*)?(?:DESCUENT[O0]S?|DSCT[O0]S?\.?|DCT[O0]S?\.?|DESC\.|REBAJA)(?:\s*(?:GL[O0]BAL(?:ES)?|T[O0]TAL(?:ES)?|P[O0]R\s*ITEM))?",
            3,
        ),
        ("taxable", _OP + r"(?:AFECTAS?\s*)?GRAV(?:AD[AO0]S?|\.)|BASE\s*IMP[O0]NIBLE|VENTAS?\s*AFECTAS?", 5),
        ("igv", r"(?:T[O0]TAL\s*|M[O0]NT[O0]\s*|MT[O0]\.?\s*)?(?:DE\s*)?" + _IGV, 4),
        (
            "other_charges",
            r"[O0]TR[O0]S\s*(?:CARG[O0]S|TRIBUT[O0]S|C[O0]NCEPT[O0]S)|RECARG[O0](?:\s*AL)?(?:\s*C[O0]NSUM[O0])?|\bR\.?\s?C\.?\s*\(?\d+\s?%|SERVICI[O0]\s*\(?\d+\s?%|CARG[O0]\s*P[O0]R\s*SERVICI|PR[O0]PINA(?!\s*(?:SUG|[O0]PC|V[O0]L))|AP[O0]RTE\s*LEY|LEY\s*(?:N\S*\s*)?28749|TUUA|\bFISE\b|T[O0]TAL\s*CARG[O0]S",
            3,
        ),
        (
            "sale_value",
            r"(?:T[O0]TAL\s*)?VAL[O0]R\s*(?:DE\s*)?(?:LA\s*)?VENTA(?:\s*BRUT[O0])?|(?:[I1L|]MP[O0]RTE|M[O0]NT[O0]|T[O0]TAL)\s*(?:SIN|LIBRE\s*DE|ANTES\s*DE)\s*(?:IMPUEST[O0]S?|[I1L|]\.?G\.?V\.?)|VAL[O0]R\s*AFECT[O0]|VENTA\s*NETA|T[O0]TAL\s*VAL[O0]R",
            2,
        ),
        ("subtotal", r"SUB[\s.-]*T[O0]TAL(?:\s*(?:DE\s*)?VENTAS?)?|SUBT[O0]T", 1),
        (
            "total",
            r"[I1L|]MP[O0]RTE\s*T[O0]TA[A-Z1|]|T[O0]TAL\s*(?:DE\s*LA\s*)?(?:C[O0]MPR[O0]BANTE|FACTURA|B[O0]LETA|D[O0]CUMENT[O0]|VENTA|GENERAL)|T[O0]TAL\s*(?:P[O0]R\s*)?H[O0]N[O0]RARI[O0]S?|M[O0]NT[O0]\s*T[O0]TAL|PRECI[O0]\s*(?:DE\s*)?VENTA|T[O0]TAL\s*[I1L|]MP[O0]RTE|[I1L|]MP[O0]RTE\s*DE\s*LA\s*VENTA|T[O0]TAL\s*(?:NUEV[O0]S\s*)?S[O0]LES|T[O0]TAL\s*(?:EN\s*)?(?:D[O0]LARES|US)",
            5,
        ),
        ("total", r"(?:[I1L|]MP[O0]RTE|T[O0]TAL|M[O0]NT[O0])\s*(?:A|POR)\s*(?:PAGAR|C[O0]BRAR)|\bT(?:[O0]T)?\.\s*(?:A\s*)?PAGAR", 4),
        ("total", r"\bT[O0]TAL(?:ES)?\b|\bT\s[O0]\s?T\s?A\s?L\b|\bT[O0]TA[1I|]\b", 3),
    )
)


def labels_in(line: str) -> list[tuple[str, int, int, int]]:
    """The labels in a folded line: name, start, end, strength; no two overlap."""
    found: list[tuple[str, int, int, int]] = []
    for name, pattern, strength in LABELS:
        for match in pattern.finditer(line):
            start, end = match.span()
            while start < end and not line[start].isalnum():
                start += 1
            if start < end and not any(a < end and start < b for _, a, b, _ in found):
                found.append((name, start, end, strength))
    return sorted(found, key=lambda f: f[1])
