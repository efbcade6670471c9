"""The kinds of comprobante: how each one's title reads, and which series it can carry."""

from __future__ import annotations

import re

TITLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("07", re.compile(r"N[O0]TA\s*(?:DE\s*)?(?:VENTA\s*)?CR[E3]DIT[O0]")),
    ("08", re.compile(r"N[O0]TA\s*(?:DE\s*)?D[E3]BIT[O0]")),
    ("02", re.compile(r"RECIB[O0]\s*(?:DE\s*|POR\s*|P[O0]R\s*)*H[O0]N[O0]RARI[O0]")),
    ("04", re.compile(r"LIQUIDACI[O0]N\s*DE\s*C[O0]MPRA")),
    ("05", re.compile(r"B[O0]LET[O0]\s*(?:DE\s*)?(?:TRANSP[O0]RTE\s*)?AERE[O0]")),
    ("16", re.compile(r"B[O0]LET[O0]\s*(?:ELECTR[O0]NIC[O0]\s*)?DE\s*(?:VIAJE|TRANSP[O0]RTE)")),
    ("01", re.compile(r"F\s?A\s?[CG]\s?[TI]\s?U\s?R\s?A(?!CI|D)")),
    ("03", re.compile(r"B\s?[O0]\s?L\s?E\s?[TI]\s?A(?!S\b)")),
    ("12", re.compile(r"(?:TICKET|TIQUE)\s*(?:FACTURA|B[O0]LETA|DE\s*MAQUINA|N|#)|MAQ(?:UINA)?\.?\s*REG")),
    (
        "14",
        re.compile(
            r"RECIB[O0]\s*(?:ELECTR[O0]NIC[O0]|DE\s*SERVICI|P[O0]R\s*SERVICI|DE\s*LUZ|DE\s*AGUA|SERVICI[O0]S?\s*PUBLIC|N[°ºO.]|P[O0]R\s*C[O0]NSUM|P[O0]R\s*TELE|TELEF)"
        ),
    ),
)
FAMILIES = {
    "01": r"F[A-Z0-9]{3}|E001|\d{3,4}",
    "03": r"B[A-Z0-9]{3}|EB\d\d|\d{3,4}",
    "07": r"[FB][A-Z0-9]{3}|E001|EB\d\d|\d{3,4}",
    "08": r"[FB][A-Z0-9]{3}|E001|EB\d\d|\d{3,4}",
    "02": r"E001|\d{3,4}",
}
"""Which series a kind can carry (RS 123-2022, RS 114-2019): F and B families, SUNAT's portal, printed digits."""
FAMILY = {"F": ("01", "07", "08"), "B": ("03", "07", "08"), "S": ("14",)}
"""Which kinds a series' first letter can belong to."""
