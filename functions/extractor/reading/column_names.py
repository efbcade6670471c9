"""The headings of item tables as papers print them, and the column that each names."""

from __future__ import annotations

import re

from functions.extractor.peru.tokens import lettered

_SOLD = [
    "ENSAYO",
    "EXAMEN",
    "EXAMENES",
    "ANALISIS",
    "TRATAMIENTO",
    "ACTIVIDAD",
    "CURSO",
    "TRABAJO",
    "REPUESTO",
    "REPUESTOS Y MATERIALES",
    "PRESTACION",
]
"""What one trade or another sells, where it heads the column of descriptions."""
_COUNTED = ["NOCHES", "PAX", "GALONES"]
"""What is counted, where its name heads the column of quantities."""
_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "description",
            (
                r"DESCRIPC|DESCRIP\b|DESCRIPTION|DETALLE(?:\s*DE\s*(?:IMPORTES|CARGOS|CONCEPTOS|CONSUMOS?|"
                r"FACTURACION|LA\s*CUENTA))?|CONCEPTO|PRODUCTO|ARTICULO|GLOSA|DENOMINAC|SERVICIO\b"
                r"|\b(?:" + "|".join(_SOLD) + r")\b"
            ),
        ),
        ("discount", r"\bAHORR[OA]S?\b|DSCTO|DESCUENT|\bDC?TOS?\b|\bDESC\b"),
        (
            "unit_price",
            (
                r"P(?:REC(?:[I1]O)?|\b)[\s.]*/?\s*(?:DE\s*)?U(?:N[I1]T?|N?\b)|P\.?\s?U\b|"
                r"V(?:AL(?:OR)?|\.)\s?\.?\s*(?:VENTA\s*)?/?\s*U(?:N[I1]T|\b)|PREC[I1]O(?!\s*TOTAL)|"
                r"\b[PV]\.?UN[I1]T|UN[I1]TARIO|\w{4,}\sUN[I1]T\b|\bV\s?/?\s?U\b|TARIFA|UN[I1]T\s*PRICE|"
                r"S/\.?\s?(?:POR|X)\s\w+"
            ),
        ),
        (
            "amount",
            (
                r"IMPORTE\b|(?<!\S)S[/I]\.?(?!\S)|TOTAL(?!\s*(?:A\s*PAGAR|DE\s*[A-Z]))|"
                r"VALOR\s*(?:DE\s*)?(?:LA\s*)?VENTA|[PV]\.?\s?VENTA|SUB\s*-?TOTAL?|MONTO\b|VALOR(?:IZADO)?\b|"
                r"IMP\.|PARCIAL\b|\bAMOUNT\b|(?<!PESO )\bNETO\b|"
                r"(?<!OP )(?<!OP\. )(?<!TOTAL )\b(?:AFECTO|[I1]NAFECTO|EXONERADO|GRAVADO)\b"
            ),
        ),
        ("quantity", r"\bCANT|\bCT[DA]*\b|\bQ(?:UANTI)?TY|\bMETRADO|\b(?:" + "|".join(_COUNTED) + r")\b"),
        ("quantity", r"\bN[°º]\s*(?:DE\s*)?[A-Z]{4,}S\b"),
        ("unit", r"\bU\.?\s?M\b|\bU/M|\bU[OD]M\b|\bPRESENTACION\b|UNID|\bUND|\bUN\b|MEDIDA\b|\bMED\b"),
        ("code", r"COD(?:IGO|\.|\b)|\bSKU|\bREF\b"),
        (
            "order",
            (
                r"^\s*(?:N[°ºR][O°º.]*|[I1]TEM|POS\.?|#)(?=\s|$)|^\s*NO(?=\s+(?:DESC|CANT|COD))|\b[I1]T(?:EM\b|\.)|"
                r"\bN[°º]|\bNRO\b"
            ),
        ),
        ("tax", r"\bI\.?G\.?V\b|\bISC\b|\bICBPER|IMPUESTOS?\b"),
    )
)
TAIL = re.compile(
    r"(?:\s*(?:\bDEL?\b|\bLA\b|\bVENTA\b|\bUNIT\w*\.?|\bSIN\b|\bCON\b|\bINC\w*\.?|\bPROD\b\.?|\bI\.?G\.?V\b\.?|"
    r"\(.{1,8}?\)))*"
)
"""Words that go on with a heading and name no column of their own, as in Importe *de Venta (\\*\\*)*."""


def name_of(text: str) -> str:
    """Returns the column that a heading names: the one whose pattern covers most of the text, the first of
    equals, `other` where none matches.
    """
    line = lettered(text)
    best, widest = "other", 0
    for name, pattern in _NAMES:
        covered = max((m.end() - m.start() for m in pattern.finditer(line)), default=0)
        if covered > widest:
            best, widest = name, covered
    return best


def label_of(text: str) -> str:
    """Returns the column that a label names if all its words belong to one heading, else `other`."""
    line = lettered(text)
    found = matches(line)
    if len(found) != 1 or found[0][0]:
        return "other"
    word = re.compile(r"\w*\.?").match(line, found[0][1])
    tail = None if word is None else TAIL.match(line, word.end())
    return "other" if tail is None or re.search(r"\w", line[tail.end() :]) else found[0][2]


def matches(line: str, *, headings: bool = False) -> list[tuple[int, int, str]]:
    """Returns the columns that a folded line names as (start, end, name), left to right; none where most of
    the line says something else. `headings`: it is known to be a row of them.
    """
    found: list[tuple[int, int, str]] = []
    for name, pattern in _NAMES:
        for match in pattern.finditer(line):
            sign = re.fullmatch(r"S[/I]\.?", match[0]) and re.match(r"\s*\d", line[match.end() :])
            if not sign and not any(a < match.end() and match.start() < b for a, b, _ in found):
                found.append((match.start(), match.end(), name))
    if not headings and sum(b - a for a, b, _ in found) < 0.35 * sum(c.isalpha() for c in line):
        return []
    sums = sum(name == "amount" for _, _, name in found)
    return sorted(
        f for f in found if f[2] != "amount" or sums == 1 or not re.fullmatch(r"S/\.?", line[f[0] : f[1]])
    )
