"""What amounts are called on a comprobante, in a folded line: a core word or its abbreviation, under any of
the words that go before it.
"""

from __future__ import annotations

import functools
import re

_OF = r"(?:\s|DEL?\b|LAS?\b|LOS\b|EL\b|POR\b|A\b|AL\b|EN\b|\(?-\)|\.)*"
_HEAD = (
    rf"(?:(?:TOTAL(?:ES)?|T(?:OT)?\.|[I1L|]MPORTES?|IMP\.|MONTOS?|MTO\.?|VALOR(?:ES)?|V\.|VENTAS?|"
    rf"VTAS?\.?|OPERACION(?:ES)?|OPER?\.?|OPS?\.?|SUMA(?:TORIA)?|MENOS|SUB[\s.-]*TOTAL|BASE){_OF})*"
)
"""Words that say nothing of which amount it is."""
_SUM = r"(?:TOTAL|[I1L|]MPORTE|MONTO|SALDO|VALOR|PRECIO|SUMA|IMP\.|MTO\.|T(?:OT)?\.)"
_IGV = (
    r"(?:[I1L|!][\s.]{0,2}[G6C][\s.]{0,2}V\b|[I1L|]GV|16V\b|\bIPM\b|IMP\w*\.?\s*GRAL?\w*\.?|"
    r"IMP\w*\.?\s*GENERAL(?:\s*A)?)"
)
_TAXES = r"(?:IMPUESTOS?|IMPTOS?\.?|TRIBUTOS?)"
_WITH = r"(?:CON|INC\w*\.?|MAS|\+)\s*(?:LAS?\s*|EL\s*|LOS\s*|DE\s*)*"
_TO_TAX = rf"(?:\s*(?:AL?|DEL?)\s*{_IGV})?"
_OWED = (
    r"(?:DEUDAS?|ADEUDAD\w*|ATRASAD\w*|(?:SALDOS?|MES(?:ES)?|RECIBOS?|FACTURAS?|PERIODOS?|CONSUMOS?|"
    r"FACTURACION(?:ES)?)\s*(?:DE\s*)?(?:(?:MES(?:ES)?|PERIODOS?)\s*)?(?:DEUDOR|ANTERIOR|VENCID|PENDIENTE|"
    r"ADEUDAD|ATRASAD)\w*)"
)
_PAID = r"(?:PAGAR|COBRAR|CANCELAR|RECIBIR|DEPOSITAR|ABONAR)"

# Name, pattern, strength. Order decides: the first pattern that matches at a place names it.
LABELS: tuple[tuple[str, re.Pattern[str], int], ...] = tuple(
    (name, re.compile(pattern), strength)
    for name, pattern, strength in (
        (
            "count",
            (
                r"TOTAL\s*(?:DE\s*)?(?:ITEMS?|ARTICUL|PRODUCT|UNIDADES|BULTOS|PESO|CANT|PIEZAS|PAGINAS|"
                r"PUNTOS|"
                r"KILOS|HORAS)|CANTIDAD\s*TOTAL|N[°ºR]\S*\s*(?:DE\s*)?ITEMS"
            ),
            0,
        ),
        ("words", r"\bSON\s*:|(?:IMPORTE|MONTO)\s*EN\s*LETRAS", 0),
        ("net_payable", rf"{_SUM}[^\d:]{{0,24}}{_WITH}PERC\w*|{_SUM}[^\d:]{{0,24}}{_WITH}{_OWED}\w*", 4),
        (
            "net_payable",
            (
                rf"(?:TOTAL|[I1L|]MPORTE|MONTO|SALDO)?\s*(?<!VENTA )(?<!VALOR "
                rf")(?:NETO|LIQUIDO)\b(?:\s*(?:A|POR|DE)?\s*(?:PENDIENTE|RECIBIDO|"
                rf"{_PAID})(?:\s*DE\s*PAGO)?)?(?!\s*(?:AFECT|GRAV))|(?:{_SUM}\s*)?PENDIENTE\s*DE\s*PAGO|"
                rf"(?:MONTO|IMPORTE)\s*PENDIENTE|SALDO\s*(?:A|POR)\s*{_PAID}|"
                rf"\bA\s*(?:DEPOSITAR|RECIBIR|ABONAR)"
            ),
            4,
        ),
        ("debt", rf"(?:TOTAL\s*)?{_OWED}(?:\s*(?:DE\s*)?(?:MES(?:ES)?\s*)?ANTERIOR\w*)?", 3),
        ("detraction", rf"{_HEAD}(?:DETRACC?ION(?:ES)?|DETRAC\.|DETRAID\w+|DETRAER\b|\bSPOT\b)", 3),
        ("perception", rf"{_HEAD}(?:PERCEP(?:CION|\b)\.?|\bPERC\.|PERCIBID\w+)", 3),
        (
            "retention",
            (
                rf"{_HEAD}(?:RETENCION(?:ES)?|RETENID\w+|\bRETENC?\.|"
                rf"\bRET\.?\s*(?:\(?\d|IR\b|RENTA|I\.?G\.?V|I\.?R)|IMP\w*\.?\s*A\s*LA\s*RENTA|"
                rf"\bI\.?R\.?\s*\(?8|RENTA\s*(?:DE\s*)?(?:4|CUARTA))"
            ),
            3,
        ),
        ("free", rf"{_HEAD}(?:GRATUIT[AO]S?|GRAT\.|TRANSFERENCIAS?\s*GRATUITAS?)", 4),
        ("exempt", rf"{_HEAD}EXON(?:ERAD[AO]?S?|\.|\b){_TO_TAX}", 4),
        (
            "unaffected",
            rf"{_HEAD}(?:INAF(?:ECT[AO]?S?|\.|\b)|\bN[O0]\s*(?:GRAVAD|AFECT)[AO]S?|EXPORTACION){_TO_TAX}",
            4,
        ),
        ("advances", rf"{_HEAD}(?:ANTICIPOS?|ADELANTOS?|PAGOS?\s*ANTICIPADOS?)", 4),
        (
            "rounding",
            (
                rf"{_HEAD}(?:DIF\w*\.?\s*{_OF})?(?:REDOND(?:EO|EAD\w|\.)|"
                rf"AJUSTE\s*(?:POR|DE)?\s*(?:REDON\w*|CENT\w*))"
            ),
            4,
        ),
        (
            "icbper",
            (
                r"[I1L|]\.?\s?C\.?\s?B\.?\s?P\.?(?:\s?E\.?\s?R)?\b|"
                r"IMP\w*\.?\s*(?:(?:A|AL|CONS\w*|DE|LAS?)\b\.?\s*)*BOLSAS?(?:\s*(?:DE\s*)?PLAST\w*\.?)?"
            ),
            4,
        ),
        (
            "isc",
            (
                rf"{_HEAD}(?:\b[I1L|]\.?\s?S\.?\s?C\b\.?|(?:IMP\w*\.?\s*)?SEL(?:ECTIVO|"
                rf"\.)(?:\s*AL)?(?:\s*CONSUMO)?)"
            ),
            4,
        ),
        (
            "payment",
            (
                r"EFECTIVO|VUELTO|\bVISA\b|MASTERCARD|TARJETA|\bYAPE\b|\bPLIN\b|CAMBIO\s*:|PAGO\s*CON|"
                r"SU\s*PAGO|"
                r"RECIBIDO|ENTREGADO|AMORTIZ|CUOTA|CREDITO\s*:|TOTAL\s*PAGADO|LIMITE"
            ),
            0,
        ),
        ("with_discount", r"TOTAL\s*CON\s*(?:DSCTO|DESCUENTO|DCTO)", 5),
        (
            "discounts",
            (
                rf"{_HEAD}(?:DE?SC(?:UEN|)?TOS?\b|DCTOS?\b|DTOS?\.|DESC\.|"
                rf"REBAJAS?)\.?(?:\s*(?:GLOBAL(?:ES)?|TOTAL(?:ES)?|POR\s*ITEM))?"
            ),
            3,
        ),
        ("total", rf"{_SUM}\s*{_WITH}(?:{_TAXES}|{_IGV})", 5),
        ("igv", rf"{_HEAD}{_IGV}(?:\s*(?:A\s*LAS\s*)?(?:VENTAS?|VTAS?\.?))?", 4),
        (
            "taxable",
            (
                rf"{_HEAD}(?:NET[AO]S?\s*)?(?:AFECTAS?\s*)?GRAV(?:AD[AO]S?|\.|\b){_TO_TAX}|"
                rf"B(?:ASE|\.)\s*IMP(?:ONIBLE|\.)|{_HEAD}(?<!IN)AFECT[AO]S?\b{_TO_TAX}"
            ),
            5,
        ),
        (
            "igv",
            rf"{_HEAD}(?<![A-Z] ){_TAXES}(?!\s*(?:A|AL|SELECTIVO)\b)|(?:TOTAL\s*){_TAXES}|\bIMP\.\s*\(?\d\d",
            2,
        ),
        (
            "other_charges",
            (
                r"OTROS\s*(?:CARGOS|TRIBUTOS|CONCEPTOS|IMPORTES)|"
                r"REC(?:ARGO|\.)(?:\s*(?:AL|POR))?(?:\s*(?:CONSUMO|SERVICIO))?|\bR\.?\s?C\.?\s*\(?\d+\s?%|"
                r"SERV(?:ICIO|\.)\s*\(?\d+\s?%|CARGOS?\s*(?:POR\s*SERVICI|ADICIONAL)\w*|"
                r"PROPINA(?!\s*(?:SUG|OPC|VOL))|APORTE\s*LEY|LEY\s*(?:N\S*\s*)?28749|TUUA|\bFISE\b|"
                r"TOTAL\s*CARGOS"
            ),
            3,
        ),
        (
            "sale_value",
            (
                rf"(?:TOTAL\s*)?VALOR\s*(?:DE\s*)?(?:LA\s*)?(?:VENTA|NETO)(?:\s*(?:BRUTO|NETO))?|"
                rf"{_SUM}\s*(?:SIN|LIBRE\s*DE|ANTES\s*DE)\s*(?:IMPUESTOS?|[I1L|]\.?G\.?V\.?)|VENTA\s*NETA|"
                rf"TOTAL\s*VALOR|^\W*BASE\b"
            ),
            2,
        ),
        (
            "subtotal",
            rf"SUB[\s.-]*TOTAL(?:\s*(?:DE\s*)?VENTAS?)?|SUBTOT|{_SUM}\s*(?:BRUTO|PARCIAL)|\bBRUTO\b",
            1,
        ),
        (
            "total",
            (
                r"[I1L|]MPORTE\s*TOTA[A-Z1|]|TOTAL\s*(?:DE\s*LA\s*)?(?:COMPROBANTE|FACTURA|BOLETA|DOCUMENTO|"
                r"VENTA|GENERAL|OPERACION|FINAL)|TOTAL\s*(?:POR\s*|DE\s*)?HONORARIOS?|(?:MONTO|VALOR|SUMA|"
                r"GRAN|IMP\.|PRECIO)\s*TOTAL|PRECIO\s*(?:DE\s*)?VENTA|TOTAL\s*[I1L|]MPORTE|"
                r"[I1L|]MPORTE\s*(?:DE\s*LA\s*VENTA|FINAL)|TOTAL\s*(?:NUEVOS\s*)?SOLES|"
                r"TOTAL\s*(?:EN\s*)?(?:DOLARES|US)"
            ),
            5,
        ),
        (
            "total",
            (
                rf"{_SUM}\s*(?:A|POR)\s*{_PAID}|\bT(?:OT)?\.\s*(?:A\s*)?PAGAR|(?<!POR )(?<!DE "
                rf")\bHONORARIOS\b|HONORARIOS?\s*BRUTOS?|(?:RENTA|INGRESO)\s*BRUT[OA]|{_SUM}\s*FACTURAD[OA]|"
                rf"(?:{_SUM}|FACTURADO|CONSUMO)\s*(?:DEL?\s*)?MES\b|\bA\s*(?:PAGAR|CANCELAR)\b"
            ),
            4,
        ),
        ("total", r"\bTOTAL(?:ES)?\b|\bT\sO\s?T\s?A\s?L\b|\bTOTA[1I|]\b", 3),
    )
)


@functools.lru_cache(maxsize=4096)
def labels_in(line: str) -> tuple[tuple[str, int, int, int], ...]:
    """The labels in a folded line: name, start, end, strength; no two overlap."""
    found: list[tuple[str, int, int, int]] = []
    for name, pattern, strength in LABELS:
        for match in pattern.finditer(line):
            start, end = match.span()
            while start < end and not line[start].isalnum():
                start += 1
            if start < end and not any(a < end and start < b for _, a, b, _ in found):
                found.append((name, start, end, strength))
    return tuple(sorted(found, key=lambda f: f[1]))
