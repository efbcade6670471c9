"""A month's sums by the rules as they are told to accountants, written a second time: what every sheet of the
workbook has to come to.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from functions.books import purchases, workbook
from functions.books.filed import Filed, Register
from functions.extractor.invoice import Invoice
from tests.papers import NOVEMBER, OTHER, OWN, RATES, a_month

CENT, TEN_CENTS, NONE = Decimal("0.01"), Decimal("0.10"), Decimal(0)
SUMMED = ("Compras", "Por revisar", "Sin crédito", "Otros meses")
PARTS = ("taxable", "igv", "exempt", "unaffected", "isc", "icbper", "other_charges", "rounding")
BASES = ("BI Gravado DG", "Valor Adq. NG")
"""Columns that share what rounding takes from a row; one of them has it."""
_BASE, _IGV, _UNTAXED, _TOTAL = BASES[0], "IGV / IPM DG", BASES[1], "Total CP"


def expected_place(paper: Filed) -> str:
    """The sheet on which a paper stands."""
    invoice, entry = paper.entry.invoice, paper.entry
    if entry.repeated:
        return "No registrados"
    if paper.month != date(2026, 11, 1):
        return "Otros meses"
    if not credits_igv(invoice):
        return "Sin crédito"
    modifies = invoice.modifies
    sound = (
        entry.verdict in {"proven", "consistent"}
        and invoice.kind is not None
        and invoice.customer.id == OWN.ruc
        and invoice.issue_date is not None
        and invoice.total is not None
        and rate_of(paper) is not None
        and reaches(invoice)
        and (invoice.kind != "07" or others(invoice) >= 0)
        and (invoice.kind not in {"07", "08"} or (modifies is not None and paper.modified_on is not None))
        and (invoice.kind != "14" or (invoice.due_date is not None and invoice.due_date < date(2027, 1, 1)))
    )
    return "Compras" if sound else "Por revisar"


def credits_igv(invoice: Invoice) -> bool:
    """Whether its kind gives a credit: no boleta, no fees, no ticket without the buyer's RUC, no note of a
    boleta.
    """
    if invoice.kind in {"02", "03"} or (invoice.kind == "12" and invoice.customer.id != OWN.ruc):
        return False
    return not (
        invoice.kind in {"07", "08"} and invoice.modifies is not None and invoice.modifies.kind == "03"
    )


def rate_of(paper: Filed) -> Decimal | None:
    """Soles for one of its currency, on the day of issue or, of a note, of what it modifies."""
    invoice = paper.entry.invoice
    day = paper.modified_on if invoice.kind in {"07", "08"} else invoice.issue_date
    return {"PEN": Decimal(1), "USD": RATES.get(day) if day else None}.get(invoice.currency or "")


def others(invoice: Invoice) -> Decimal:
    """Charges, rounding and a discount that the total was reached with: in a note none of it may turn
    positive (425).
    """
    net = (invoice.other_charges or NONE) + (invoice.rounding or NONE)
    return (
        net - (invoice.discounts or NONE)
        if not adds_up(invoice, NONE) and adds_up(invoice, invoice.discounts or NONE)
        else net
    )


def adds_up(invoice: Invoice, less: Decimal) -> bool:
    """Whether its parts, less so much, are its total within ten cents."""
    assert invoice.total is not None
    return (
        abs(sum((getattr(invoice, name) or NONE for name in PARTS), NONE) - less - invoice.total) <= TEN_CENTS
    )


def reaches(invoice: Invoice) -> bool:
    """Whether its parts, with or without its discount, reach its total."""
    return adds_up(invoice, NONE) or adds_up(invoice, invoice.discounts or NONE)


def expected_row(paper: Filed) -> dict[str, Decimal]:
    """What a paper adds to the columns of its sheet, the two bases as one."""
    invoice, rate = paper.entry.invoice, rate_of(paper)
    if invoice.customer.id == OTHER:
        return {}
    sign = -1 if invoice.kind == "07" else 1
    found = dict.fromkeys(("Base US$", "IGV US$", "Total US$"), NONE)
    if invoice.currency == "USD":
        printed = zip(found, (invoice.taxable, invoice.igv, invoice.total), strict=True)
        found = {name: sign * (value or NONE) for name, value in printed}
    if invoice.total is None or rate is None:
        return found
    soles = {
        name: (sign * value * rate).quantize(CENT, ROUND_HALF_UP)
        for name, value in (
            (_IGV, (invoice.igv or NONE) if credits_igv(invoice) else NONE),
            ("ISC", invoice.isc or NONE),
            ("ICBPER", invoice.icbper or NONE),
            ("Otros Trib/ Cargos", others(invoice)),
            (_TOTAL, invoice.total),
        )
    }
    whole = sum((getattr(invoice, name) or NONE for name in PARTS), NONE) - (
        (invoice.other_charges or NONE) + (invoice.rounding or NONE) - others(invoice)
    )
    bases = [invoice.taxable or NONE, (invoice.exempt or NONE) + (invoice.unaffected or NONE)]
    rounded = sum(((sign * value * rate).quantize(CENT, ROUND_HALF_UP) for value in bases), NONE)
    rest = soles[_TOTAL] - sum((value for name, value in soles.items() if name != _TOTAL), NONE)
    return found | soles | {_BASE: rest if whole == invoice.total or not credits_igv(invoice) else rounded}


def wrong(seed: int, papers: int = 8, *, through_a_file: bool = False) -> Iterator[str]:
    """What of a random month is not as it should be: a paper that is nowhere, twice or elsewhere, a sum that
    is another. `through_a_file`: as it is read back.
    """
    month = a_month(seed, papers)
    tables = _read(month) if through_a_file else _laid(month)
    places = Counter(
        (row["Archivo"], name) for name, rows in tables.items() if name != "Ítems" for row in rows
    )
    if places != Counter((paper.filename, expected_place(paper)) for paper in month):
        yield f"month {seed}: papers stand {places}"
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for paper in month:
        for name, value in expected_row(paper).items():
            wanted[expected_place(paper)][name] += value
    for sheet in SUMMED:
        names = [column.title for column in purchases._SHEETS_COLUMNS if column.total]
        sums = {name: sum((Decimal(str(row[name] or 0)) for row in tables[sheet]), NONE) for name in names}
        sums[_BASE] += sums.pop(_UNTAXED)
        expected = {name: Decimal(wanted[sheet][name]) for name in sums}
        if sums != expected:
            yield f"month {seed}, {sheet}: {sums} instead of {expected}"


def _laid(month: Any) -> dict[str, list[Mapping[str, Any]]]:
    """The rows of the sheets, by their headings."""
    placed = purchases.month_of(Register(month), OWN, NOVEMBER, RATES)
    return {
        sheet.name: [
            dict(zip([column.title for column in sheet.columns], row, strict=True)) for row in sheet.rows
        ]
        for sheet in purchases.sheets(placed, [], lambda _: [], lambda _: None)
    }


def _read(month: Any) -> dict[str, list[Mapping[str, Any]]]:
    """The same, from the file that is sent; the rows of totals are left out."""
    import openpyxl

    placed = purchases.month_of(Register(month), OWN, NOVEMBER, RATES)
    data, _ = workbook.written(purchases.sheets(placed, [], lambda _: [], lambda _: None))
    found: dict[str, list[Mapping[str, Any]]] = {}
    for page in openpyxl.load_workbook(io.BytesIO(data)):
        head, *rows = page.iter_rows(values_only=True)
        found[page.title] = [
            row for values in rows if (row := dict(zip(map(str, head), values, strict=True))).get("Archivo")
        ]
    return found
