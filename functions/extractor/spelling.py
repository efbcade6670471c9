"""Words that comprobantes print as labels, put right where an engine misread a letter or two of them.

Only labels: they name values and are none themselves. A word with a digit is never touched.
"""

from __future__ import annotations

import functools
import re

from functions.extractor.tokens import fold_same

_LABELS = frozenset(
    [
        "FACTURA",
        "BOLETA",
        "BOLETO",
        "FACTURAS",
        "BOLETAS",
        "ELECTRONICA",
        "ELECTRONICO",
        "CREDITO",
        "DEBITO",
        "RECIBO",
        "HONORARIOS",
        "REMISION",
        "PROFORMA",
        "COTIZACION",
        "EMISION",
        "EMITIDO",
        "VENCIMIENTO",
        "CLIENTE",
        "CLIENTES",
        "ADQUIRENTE",
        "ADQUIRIENTE",
        "USUARIO",
        "USUARIOS",
        "DIRECCION",
        "DESCRIPCION",
        "CANTIDAD",
        "CODIGO",
        "UNIDAD",
        "UNIDADES",
        "MEDIDA",
        "UNITARIO",
        "UNITARIA",
        "PRECIO",
        "PRECIOS",
        "IMPORTE",
        "IMPORTES",
        "VALOR",
        "VALORES",
        "GRAVADA",
        "GRAVADAS",
        "GRAVADO",
        "EXONERADA",
        "EXONERADAS",
        "EXONERADO",
        "INAFECTA",
        "INAFECTAS",
        "INAFECTO",
        "GRATUITA",
        "GRATUITAS",
        "GRATUITO",
        "OPERACION",
        "OPERACIONES",
        "SUBTOTAL",
        "TOTALES",
        "DESCUENTO",
        "DESCUENTOS",
        "ANTICIPO",
        "ANTICIPOS",
        "REDONDEO",
        "DETRACCION",
        "PERCEPCION",
        "RETENCION",
        "RECARGO",
        "CONSUMO",
        "CARGOS",
        "TRIBUTOS",
        "DOLARES",
        "AMERICANOS",
        "MONEDA",
        "SOLES",
        "MODIFICA",
        "IMPONIBLE",
        "PAGAR",
        "CONCEPTO",
        "RECIBI",
        "SUMINISTRO",
        "EFECTIVO",
        "VUELTO",
        "TARJETA",
        "TRANSFERENCIA",
        "IMPORTACION",
        "EXPORTACION",
        "SERVICIO",
        "SERVICIOS",
        "CARGO",
        "CREDITOS",
        "MEDIDAS",
        "EDICION",
        "COPIA",
        "COTIZACIONES",
        "REDONDO",
        "REDONDA",
        "REDONDOS",
        "GRADUADA",
        "GRABADA",
        "CARGA",
        "CARGAS",
        "MEDIDOR",
        "CLIENTA",
        "CONSUMOS",
        "SERVICIAL",
        "RECIBOS",
        "RECIBIDO",
        "FACTURACION",
        "PERFECCION",
        "DIRECCIONES",
        "SELECCION",
        "SECCION",
        "TRACCION",
        "RECEPCION",
        "DECEPCION",
        "ATENCION",
        "MENCION",
        "TENSION",
        "RETENCIONES",
    ]
)
_BY_LENGTH = {n: [w for w in _LABELS if len(w) == n] for n in range(6, 16)}


def mended(text: str) -> str:
    """The phrase with its misread labels put right."""
    return re.sub(r"[^\W\d_]{6,15}", lambda m: _mended(m[0]), text)


@functools.lru_cache(maxsize=4096)
def _mended(word: str) -> str:
    folded = fold_same(word)
    if folded in _LABELS:
        return word
    reach = 1 if len(folded) < 9 else 2
    near = [label for n in range(len(folded) - 1, len(folded) + 2) for label in _BY_LENGTH.get(n, ()) if _within(folded, label, reach)]
    if not near or len({label[:6] for label in near}) > 1:
        return word
    label = min(near, key=lambda n: (abs(len(n) - len(folded)), n))
    return label if word.isupper() else label.capitalize() if word[0].isupper() else label.lower()


def _within(one: str, other: str, reach: int) -> bool:
    """Whether `reach` changed, missing or added letters make one word the other."""
    if abs(len(one) - len(other)) > reach:
        return False
    before = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
        if min(row) > reach:
            return False
        before = row
    return before[-1] <= reach
