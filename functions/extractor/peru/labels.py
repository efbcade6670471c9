"""What amounts are called on a comprobante, in a folded line: a word that says which amount it is, under any of
the words that go before it.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from functions.extractor.peru.wording import LINKS, Found, Wording

_SUMS = "TOTAL IMPORTE MONTO SALDO VALOR PRECIO SUMA IMP MTO TOT T"
_PAY = "PAGAR COBRAR CANCELAR RECIBIR DEPOSITAR ABONAR"
_WITH = "CON INC INCLUIDO INCLUIDA INCLUYE MAS +"
_TAXES = "IMPUESTO IMPTO TRIBUTO"
_TAX = "IMPUESTO IMP"
_IGV = "IGV LGV ICV LCV I6V L6V"
_SALE = "- VENTA VTA"
_LESS = "DESCUENTO DSCTO DESCTO DCTO DTO"
_MONTHS = "RECIBO FACTURA PERIODO CONSUMO FACTURACION MES SALDO"
_LATE = "ADEUDADO ADEUDADA ATRASADO ATRASADA"
_OVERDUE = f"DEUDOR DEUDORA ANTERIOR VENCIDO VENCIDA PENDIENTE {_LATE}"
_TAXED_AS = "GRAVADA GRAVADO"
_AFFECTED = "AFECTA AFECTO"
_NET = "NETO NETA"
_GROSS = "BRUTO BRUTA"
_COUNTED = "ITEMS ARTICULOS PRODUCTOS UNIDADES BULTOS PESO CANTIDAD CANT PIEZAS PAGINAS PUNTOS KILOS HORAS"
_WHOSE = "COMPROBANTE FACTURA BOLETA DOCUMENTO VENTA GENERAL OPERACION FINAL HONORARIOS IMPORTE DOLARES US"


def _each(*parts: str) -> str:
    """Phrases of one word of each part, `-` for none."""
    words = (part.split() for part in parts)
    return ", ".join(" ".join(w for w in each if w != "-") for each in itertools.product(*words))


_TABLE: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("", 0, ("REDONDO", _each("RECIBO", "HONORARIOS"), _each("PROPINA", "SUGERIDA OPCIONAL VOLUNTARIA"))),
    (
        "count",
        0,
        (
            "CANTIDAD TOTAL",
            "PESO NETO",
            "PESO BRUTO",
            _each("TOTAL", _COUNTED),
            _each("NUMERO NRO N", "ITEMS"),
        ),
    ),
    ("words", 0, ("SON :", _each("IMPORTE MONTO", "LETRAS"))),
    (
        "net_payable",
        4,
        (
            _each(_SUMS, f"- {_PAY}", _WITH, f"PERCEPCION DEUDA {_LATE}"),
            _each(_SUMS, f"- {_PAY}", _WITH, _MONTHS, _OVERDUE),
            _each("- TOTAL IMPORTE MONTO SALDO", "NETO LIQUIDO", f"- PENDIENTE RECIBIDO {_PAY}", "- PAGO"),
            _each(f"- {_SUMS}", "PENDIENTE", "PAGO"),
            _each("MONTO IMPORTE", "PENDIENTE"),
            _each("SALDO", _PAY),
        ),
    ),
    (
        "debt",
        3,
        (
            _each("- TOTAL", "DEUDA", "- ANTERIOR"),
            _each("DEUDA", "MES", "ANTERIOR"),
            _each(_LATE),
            _each(_MONTHS, "- MES PERIODO", _OVERDUE),
        ),
    ),
    ("detraction", 3, (_each("DETRACCION DETRAIDO DETRAIDA DETRAER SPOT"),)),
    ("perception", 3, (_each("PERCEPCION PERCEP PERCIBIDO PERCIBIDA"),)),
    (
        "retention",
        3,
        (
            _each("RETENCION RETENIDO RETENIDA"),
            "RENTA CUARTA",
            _each("RET", f"IR RENTA {_IGV}"),
            _each(_TAX, "RENTA"),
        ),
    ),
    ("free", 4, (_each("- TRANSFERENCIA", "GRATUITA GRATUITO"),)),
    ("exempt", 4, (_each("EXONERADA EXONERADO EXON"),)),
    ("unaffected", 4, (_each("INAFECTA INAFECTO INAF EXPORTACION"), _each("NO", f"{_TAXED_AS} {_AFFECTED}"))),
    ("advances", 4, ("ANTICIPO", "ADELANTO", "PAGO ANTICIPADO")),
    (
        "rounding",
        4,
        (
            _each("- DIFERENCIA DIF AJUSTE", "REDONDEO REDONDEADO"),
            _each("AJUSTE", "CENTIMOS CENTAVOS"),
        ),
    ),
    (
        "icbper",
        4,
        (_each("ICBPER ICBP LCBPER"), _each(_TAX, "- CONSUMO CONS", "BOLSA", "- PLASTICA PLASTICO")),
    ),
    ("isc", 4, (_each("ISC LSC"), _each(f"- {_TAX}", "SELECTIVO SEL", "- CONSUMO"))),
    (
        "payment",
        0,
        (
            _each("EFECTIVO VUELTO VISA MASTERCARD TARJETA YAPE PLIN"),
            _each("RECIBIDO ENTREGADO AMORTIZACION CUOTA LIMITE"),
            *("CAMBIO :", "CREDITO :", "PAGO CON", "TOTAL PAGADO"),
        ),
    ),
    ("with_discount", 5, (_each("TOTAL", "CON", _LESS),)),
    ("discounts", 3, (_each("- AHORRO", f"{_LESS} REBAJA", "- GLOBAL TOTAL ITEM"),)),
    ("total", 5, (_each(_SUMS, _WITH, f"{_TAXES} {_IGV}"),)),
    ("igv", 4, ("IPM", _each(_IGV, _SALE), _each(_TAX, "GENERAL GRAL", _SALE))),
    (
        "taxable",
        5,
        (
            _each(f"- {_NET} {_AFFECTED}", _TAXED_AS),
            _each("OP OPER OPERACION VENTA VTA TOTAL", "GRAV"),
            _each("BASE B", "IMPONIBLE IMP"),
            _each(_AFFECTED),
        ),
    ),
    ("igv", 2, (_each("- TOTAL", _TAXES),)),
    (
        "other_charges",
        3,
        (
            _each("OTROS", "CARGOS TRIBUTOS CONCEPTOS IMPORTES"),
            _each("RECARGO REC", "CONSUMO SERVICIO"),
            _each("CARGO", "SERVICIO ADICIONAL"),
            _each("RECARGO PROPINA TUUA FISE"),
            *("APORTE LEY", "TOTAL CARGOS"),
        ),
    ),
    (
        "sale_value",
        2,
        (
            _each("- TOTAL", "VALOR", f"VENTA {_NET}", f"- {_GROSS} {_NET}"),
            _each(_SUMS, "SIN LIBRE ANTES", f"IMPUESTO {_IGV}"),
            _each("VENTA", _NET),
            "TOTAL VALOR",
        ),
    ),
    (
        "subtotal",
        1,
        (
            _each("SUB", "TOTAL", f"{_SALE} HONORARIOS"),
            _each("SUBTOTAL SUBTOT", _SALE),
            _each(f"- {_SUMS}", _GROSS),
            _each(_SUMS, "PARCIAL"),
        ),
    ),
    (
        "total",
        5,
        (
            _each("TOTAL", _WHOSE),
            _each("IMPORTE MONTO VALOR SUMA GRAN IMP PRECIO", "TOTAL"),
            _each("TOTAL", "- NUEVOS", "SOLES"),
            *("IMPORTE VENTA", "IMPORTE FINAL", "PRECIO VENTA"),
        ),
    ),
    (
        "total",
        4,
        (
            _each(_SUMS, f"{_PAY} FACTURADO FACTURADA MES"),
            _each("HONORARIOS RENTA INGRESO", _GROSS),
            _each("FACTURADO CONSUMO", "MES"),
            "HONORARIOS",
        ),
    ),
    ("total", 3, (_each("TOTAL TOTAI"),)),
)
"""Name, strength, and what is called so."""
_LABELS = Wording((((name, strength), ", ".join(phrases)) for name, strength, phrases in _TABLE), whole=True)
_HEADS = Wording(
    (
        (
            "head",
            (
                "TOTAL, TOT, T, IMPORTE, IMP, MONTO, MTO, VALOR, V, VENTA, VTA, OPERACION, OPER, OP, OPS, "
                "OPE, SUMA, SUMATORIA, MENOS, SUB TOTAL, SUBTOTAL, BASE, CARGOS, TOTAL CARGOS"
            ),
        ),
    ),
    whole=True,
)
"""What goes before many of them and says nothing of which amount it is."""
_HEADED = frozenset(
    [
        "detraction",
        "perception",
        "retention",
        "free",
        "exempt",
        "unaffected",
        "advances",
        "rounding",
        "isc",
        "discounts",
        "igv",
        "taxable",
    ]
)
_DETERGENT = re.compile(r"DET(?:ER)?\b\.?\W*[A-Z]{2,}(?!\$)")
"""DET. before another word, as tills shorten a detergent."""
_BEFORE = re.compile(r"([A-Z]+)\s?$")
"""The word right before a label."""
_TAXED = frozenset(["taxable", "exempt", "unaffected"])
_QUALIFIES = {"unaffected": "other_charges", "debt": "rounding"}
"""Names that right behind another only say of which kind it is."""
_OF_IT = re.compile(r"\s*(?:AL?|DEL?|CON EL)\s*")
"""Between an amount and the tax that it is or is not subject to."""
_SIGNED = re.compile(
    r"(?P<igv>\bIMP\.\s*\(?\d\d)|(?P<retention>\b(?:RET|I\.?\s?R)\.?\s*\(?\d+\s?%|\bRENTA\s*(?:DE\s*)?4)|"
    r"(?P<other_charges>\b(?:R\.?\s?C|SERV(?:ICIO)?)\.?\s*\(?\d+\s?%|\bLEY\s*(?:N\S*\s*)?28749)|"
    r"(?P<net_payable>\bA\s*(?:DEPOSITAR|RECIBIR|ABONAR))|(?P<total>\bA\s*(?:PAGAR|CANCELAR)\b)|(?P<payment>\bSU\s*PAGO)|"
    r"(?P<sale_value>^\W*BASE\b)"
)
"""What letters before a rate or a link before a verb call, which are words of something else without it."""
_LINKED = re.compile(rf"(?:[\s.()-]|\b(?:{'|'.join(sorted(LINKS))})\b)*")
"""Links and signs between two words of a label."""
_STRENGTHS = {"igv": 2, "sale_value": 2, "net_payable": 4, "total": 4, "payment": 0}


@functools.lru_cache(maxsize=4096)
def labels_in(line: str) -> tuple[tuple[str, int, int, int], ...]:
    """The labels in a folded line: name, start, end, strength; no two overlap."""
    named = [*_worded(line)]
    named += [
        (name, hit.start(), hit.end(), _STRENGTHS.get(name, 3))
        for hit in _SIGNED.finditer(line)
        if (name := hit.lastgroup) and not any(a < hit.end() and hit.start() < b for _, a, b, _ in named)
    ]
    return tuple(sorted((each for each in named if each[0]), key=lambda each: each[1]))


def _worded(line: str) -> Iterator[tuple[str, int, int, int]]:
    """The labels that words alone make, each with the words that go before it."""
    found, end = _LABELS.find(line), 0
    heads: list[Found[Any]] = [*_HEADS.find(line), *(f for f in found if f.name == ("total", 3))]
    heads.sort(key=lambda head: head.start)
    starts = [_begin(each, heads, line) for each in found]
    for at, (each, start) in enumerate(zip(found, starts, strict=True)):
        name, strength = each.name
        if any(later <= each.start for later in starts[at + 1 :]):
            continue  # it goes before another
        if (
            name == "igv"
            and at
            and found[at - 1].name[0] in _TAXED
            and _OF_IT.fullmatch(line[found[at - 1].end : start])
        ):
            continue
        before = found[at - 1] if at else None
        between = "" if before is None else line[before.end : start].strip()
        if before is not None and (
            (before.name[0] == "other_charges" and between.endswith("("))
            or (_QUALIFIES.get(name) == before.name[0] and not between)
        ):
            continue  # Aporte Ley N° 28749 (no afecto), otros conceptos no afectos, redondeo mes anterior
        if not _is_said(line[each.start : each.end], line[:start]) and not (
            name == "detraction" and _DETERGENT.match(line, each.start)
        ):
            yield name, max(start, end), len(line[: each.end].rstrip(".")), strength
        end = each.end


def _is_said(label: str, before: str) -> bool:
    """True where a label is part of a phrase: a tax behind any word (`CODIGO TRIBUTO`), fees behind a link
    (`PAGO DE HONORARIOS`).
    """
    word = _BEFORE.search(before)
    label = label.rstrip("S.")
    return word is not None and (label in _TAXES.split() or (label == "HONORARIO" and word[1] in LINKS))


def _begin(label: Found[tuple[str, int]], heads: Sequence[Found[Any]], line: str) -> int:
    """Where the words begin that go before a label."""
    start = label.start
    for head in reversed(heads if label.name[0] in _HEADED else ()):
        if head.end <= start and _LINKED.fullmatch(line[head.end : start]):
            start = head.start
    return start
