"""Makes the sheet of a month that CONTASIS imports, by its template «FORMATO REGISTRO DE COMPRAS»: one row a
paper in 50 columns, the accounts left to the accountant.

The template's thirteen rows, headings included, are taken out before an import, so that this sheet has none
of them and begins with the first paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from functions.books import rce, workbook
from functions.books.purchases import Placed
from functions.books.workbook import Column, Kind, Value, Worksheet

SHEET = "FORMATO_COMPRAS"
CURRENCIES = {"PEN": "S", "USD": "D"}
ON_CREDIT, IN_CASH = "CRE", "CON"
_TEXT: Kind = "padded"
"""Texts are padded with blanks to their length, empty texts too (contaperu, from a register that CONTASIS
took). Names and the columns AT, AV and AX are not padded.
"""

_FIELDS: tuple[tuple[str, Kind, int], ...] = (
    ("Fecha de emisión", "date", 0), ("Fecha de vencimiento o pago", "date", 0), ("Tipo", _TEXT, 2),
    ("Serie", _TEXT, 6), ("Año DUA", _TEXT, 4), ("Número", _TEXT, 13), ("Tipo doc. identidad", _TEXT, 1),
    ("Número doc. identidad", _TEXT, 11), ("Nombre o razón social", "text", 60), ("Base DG", "money", 0),
    ("IGV DG", "money", 0), ("Base DGNG", "money", 0), ("IGV DGNG", "money", 0), ("Base DNG", "money", 0),
    ("IGV DNG", "money", 0), ("No gravadas", "money", 0), ("ISC", "money", 0), ("Otros tributos", "money", 0),
    ("Total", "money", 0), ("Comprobante no domiciliado", _TEXT, 20), ("Constancia detracción", _TEXT, 20),
    ("Fecha constancia", "date", 0), ("Tipo de cambio", "rate", 0), ("Fecha doc. modificado", "date", 0),
    ("Tipo doc. modificado", _TEXT, 2), ("Serie doc. modificado", _TEXT, 6),
    ("Número doc. modificado", _TEXT, 13), ("Moneda", _TEXT, 1), ("Equivalente US$", "money", 0),
    ("Fecha de vencimiento", "date", 0), ("Condición", _TEXT, 3), ("Cuenta base imponible", _TEXT, 10),
    ("Cuenta otros tributos", _TEXT, 10), ("Cuenta total", _TEXT, 10), ("Centro de costos", _TEXT, 9),
    ("Centro de costos 2", _TEXT, 9), ("Régimen especial", "money", 0), ("Porcentaje régimen", "money", 0),
    ("Importe régimen", "money", 0), ("Serie régimen", _TEXT, 6), ("Número régimen", _TEXT, 13),
    ("Fecha régimen", "date", 0), ("Código presupuesto", _TEXT, 10), ("Porcentaje IGV", "quantity", 0),
    ("Glosa", _TEXT, 60), ("Condición percepción", "text", 1), ("Importe para régimen", "money", 0),
    ("Clasificación", "text", 1), ("ICBPER", "money", 0),
    ("Cuenta ICBPER", "text", 10),
)  # fmt: skip
"""Columns A to AX: heading, kind, and the most characters of a text. A longer name or gloss is cut; any other
text that is longer leaves its paper out.
"""
_CUT = frozenset({8, 44})
_RATES = tuple(Decimal(rate) for rate in ("18", "10.5", "10", "4"))


def sheet(papers: Sequence[Placed]) -> tuple[Worksheet, list[Placed]]:
    """Returns (the sheet for `workbook.written`, the papers that have no place in it). Boletas and tickets
    are in it, their whole amount as not taxed; receipts for fees are not.
    """
    rows, left = list[Sequence[Value]](), list[Placed]()
    for one in papers:
        if (
            one.place not in {"purchases", "no_credit"}
            or one.own == "no"
            or one.paper.entry.invoice.kind == "02"
        ):
            continue
        values = tuple(_values(one))
        fits = all(
            kind != _TEXT or at in _CUT or len(str(value or "")) <= most
            for at, (value, (_, kind, most)) in enumerate(zip(values, _FIELDS, strict=True))
        )
        if not fits or one.row[24] is None or one.paper.entry.invoice.currency not in CURRENCIES:
            left.append(one)
        else:
            rows.append(
                [
                    workbook.clean(str(value))[:60] if at in _CUT and value else value
                    for at, value in enumerate(values)
                ]
            )
    return Worksheet(
        SHEET,
        [Column(title, kind, most if kind == _TEXT else 12) for title, kind, most in _FIELDS],
        rows,
        bare=True,
    ), left


def _values(one: Placed) -> Iterator[Value]:
    entry, invoice, row = one.paper.entry, one.paper.entry.invoice, one.row
    foreign = invoice.currency == rce.RATED
    on_credit = invoice.due_date is not None and entry.day is not None and invoice.due_date > entry.day
    yield from (entry.day, invoice.due_date, row[6], row[7], None, row[9], row[11], row[12], row[13])
    yield from (*row[14:22], row[23], row[24])  # ICBPER (bags) has a column of its own, further on
    yield from (None, None, None)
    yield row[26] if foreign else Decimal(1)
    yield from (row[27], row[28], row[29], row[31])
    yield CURRENCIES.get(invoice.currency or "")
    yield entry.total if foreign else None
    yield invoice.due_date
    yield ON_CREDIT if on_credit else IN_CASH
    yield from [None] * 12
    yield _percent(one)
    yield entry.note or next((item.description for item in invoice.items if item.description), None)
    yield from (None, None, None, row[22], None)


def _percent(one: Placed) -> Decimal | None:
    """Returns the IGV's rate in percent: the legal rate that the amounts show, or None where they show
    none.
    """
    base, igv = one.row[14], one.row[15]
    if not isinstance(base, Decimal) or not isinstance(igv, Decimal) or not base:
        return None
    shown = igv / base * 100
    nearest = min(_RATES, key=lambda rate: abs(rate - shown))
    return nearest if abs(nearest - shown) < Decimal("0.5") else None
