"""What amounts are called on a comprobante, in a folded line."""

from __future__ import annotations

import re

_OP = r"(?:OPERACION(?:ES)?|OPER\.?|OPS?\.?|TOTAL|T(?:OT)?\.|MTO\.?|MONTO|VALOR|VENTAS?|\s|\.|DE)*"
_SUM = r"(?:TOTAL|[I1L|]MPORTE|MONTO|SALDO|VALOR|IMP\.|MTO\.)"
_IGV = r"(?:[I1L|!][\s.]{0,2}[G6C][\s.]{0,2}V\b|IMPUESTO\s*GENERAL|[I1L|]GV|16V\b|\bIPM\b)"
_WITH = r"(?:CON|INC\w*\.?|MAS|\+)\s*(?:LAS?\s*|EL\s*)?"
_OWED = r"(?:DEUDAS?|SALDO\s*(?:DEUDOR|ANTERIOR)|(?:MES(?:ES)?|RECIBOS?|FACTURAS?|PERIODOS?)\s*(?:ANTERIOR|VENCID|PENDIENTE|ADEUDAD)\w*)"

# Name, pattern, strength. Order decides: the first pattern that matches at a place names it.
LABELS: tuple[tuple[str, re.Pattern[str], int], ...] = tuple(
    (name, re.compile(pattern), strength)
    for name, pattern, strength in (
        (
            "count",
            r"TOTAL\s*(?:DE\s*)?(?:ITEMS?|ARTICUL|PRODUCT|UNIDADES|BULTOS|PESO|CANT|PIEZAS|PAGINAS|PUNTOS|KILOS|HORAS)|CANTIDAD\s*TOTAL|N[°ºR]\S*\s*(?:DE\s*)?ITEMS",
            0,
        ),
        ("words", r"\bSON\s*:|(?:IMPORTE|MONTO)\s*EN\s*LETRAS", 0),
        ("net_payable", rf"{_SUM}[^\d:]{{0,24}}{_WITH}PERCEP\w*|{_SUM}[^\d:]{{0,24}}{_WITH}{_OWED}\w*", 4),
        (
            "net_payable",
            rf"{_SUM}?\s*NETO\b(?:\s*(?:A|POR|DE)?\s*(?:PAGAR|PENDIENTE|RECIB|COBRAR|DEPOSIT)\w*(?:\s*DE\s*PAGO)?)?|(?:MONTO|SALDO)\s*PENDIENTE|SALDO\s*(?:A|POR)\s*PAGAR|\bLIQUIDO\b",
            4,
        ),
        ("debt", rf"(?:TOTAL\s*)?{_OWED}(?:\s*ANTERIOR\w*)?", 3),
        ("detraction", r"DETRACC?ION|DETRAID\w+|\bSPOT\b", 3),
        ("perception", r"PERCEP(?:CION|\b)\.?", 3),
        ("retention", r"RETENCION|RETENID\w+|\bRET\.?\s*(?:\(?\d|IR\b|RENTA)|IMP\w*\.?\s*A\s*LA\s*RENTA|\bI\.?R\.?\s*\(?8", 3),
        ("free", rf"(?:TOTAL\s*)?(?:VALOR\s*(?:DE\s*)?VENTA\s*(?:DE\s*)?)?{_OP}GRAT(?:UIT[AO]S?|\.)|TRANSFERENCIAS?\s*GRATUITAS?", 4),
        ("exempt", rf"{_OP}EXON(?:ERAD[AO]?S?|\.)", 4),
        ("unaffected", rf"{_OP}INAF(?:ECT[AO]?S?|\.)|N[O0]\s*GRAVAD[AO]S?|(?:{_OP}|VALOR)\s*EXPORTACION", 4),
        ("advances", r"(?:TOTAL\s*|\(?-\)?\s*)?ANTICIPOS?", 4),
        ("rounding", r"REDONDEO", 4),
        (
            "icbper",
            r"[I1L|]\.?\s?C\.?\s?B\.?\s?P\.?\s?E\.?\s?R|IMP\w*\.?\s*(?:A\s*|AL\s*)?(?:LAS?\s*)?(?:CONSUMO\s*(?:DE\s*)?(?:LAS\s*)?)?BOLSAS?(?:\s*(?:DE\s*)?PLASTIC\w*)?",
            4,
        ),
        ("isc", r"\b[I1L|]\.?\s?S\.?\s?C\b\.?|SELECTIVO(?:\s*AL\s*CONSUMO)?", 4),
        (
            "payment",
            r"EFECTIVO|VUELTO|\bVISA\b|MASTERCARD|TARJETA|\bYAPE\b|\bPLIN\b|CAMBIO\s*:|PAGO\s*CON|SU\s*PAGO|RECIBIDO|ENTREGADO|AMORTIZ|CUOTA|CREDITO\s*:|ADELANTO|TOTAL\s*PAGADO|LIMITE",
            0,
        ),
        ("with_discount", r"TOTAL\s*CON\s*(?:DSCTO|DESCUENTO|DCTO)", 5),
        (
            "discounts",
            r"(?:TOTAL\s*|TOT\.?\s*)?(?:DE\s*)?(?:DESCUENTOS?|DSCTOS?\.?|DCTOS?\.?|DESC\.|REBAJA)(?:\s*(?:GLOBAL(?:ES)?|TOTAL(?:ES)?|POR\s*ITEM))?",
            3,
        ),
        ("taxable", rf"{_OP}(?:AFECTAS?\s*)?GRAV(?:AD[AO]S?|\.)|BASE\s*IMPONIBLE|VENTAS?\s*AFECTAS?", 5),
        ("igv", rf"(?:TOTAL\s*|MONTO\s*|MTO\.?\s*)?(?:DE\s*)?{_IGV}", 4),
        ("igv", r"(?:TOTAL\s*)?\bIMPUESTOS?\b(?!\s*(?:A|AL|SELECTIVO)\b)", 2),
        (
            "other_charges",
            r"OTROS\s*(?:CARGOS|TRIBUTOS|CONCEPTOS)|RECARGO(?:\s*AL)?(?:\s*CONSUMO)?|\bR\.?\s?C\.?\s*\(?\d+\s?%|SERVICIO\s*\(?\d+\s?%|CARGO\s*POR\s*SERVICI|PROPINA(?!\s*(?:SUG|OPC|VOL))|APORTE\s*LEY|LEY\s*(?:N\S*\s*)?28749|TUUA|\bFISE\b|TOTAL\s*CARGOS",
            3,
        ),
        (
            "sale_value",
            rf"(?:TOTAL\s*)?VALOR\s*(?:DE\s*)?(?:LA\s*)?VENTA(?:\s*BRUTO)?|{_SUM}\s*(?:SIN|LIBRE\s*DE|ANTES\s*DE)\s*(?:IMPUESTOS?|[I1L|]\.?G\.?V\.?)|V(?:ALOR|\.)\s*AFECTO|VENTA\s*NETA|TOTAL\s*VALOR",
            2,
        ),
        ("subtotal", r"SUB[\s.-]*TOTAL(?:\s*(?:DE\s*)?VENTAS?)?|SUBTOT|(?:VALOR|TOTAL)\s*BRUTO", 1),
        (
            "total",
            r"[I1L|]MPORTE\s*TOTA[A-Z1|]|TOTAL\s*(?:DE\s*LA\s*)?(?:COMPROBANTE|FACTURA|BOLETA|DOCUMENTO|VENTA|GENERAL)|TOTAL\s*(?:POR\s*)?HONORARIOS?|MONTO\s*TOTAL|PRECIO\s*(?:DE\s*)?VENTA|TOTAL\s*[I1L|]MPORTE|[I1L|]MPORTE\s*DE\s*LA\s*VENTA|TOTAL\s*(?:NUEVOS\s*)?SOLES|TOTAL\s*(?:EN\s*)?(?:DOLARES|US)",
            5,
        ),
        (
            "total",
            rf"{_SUM}\s*(?:A|POR)\s*(?:PAGAR|COBRAR)|\bT(?:OT)?\.\s*(?:A\s*)?PAGAR|(?<!POR )(?<!DE )\bHONORARIOS\b|{_SUM}\s*(?:FACTURADO|(?:DEL?\s*)?MES\b)",
            4,
        ),
        ("total", r"\bTOTAL(?:ES)?\b|\bT\sO\s?T\s?A\s?L\b|\bTOTA[1I|]\b", 3),
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
