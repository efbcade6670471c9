"""CONTASIS's import against contaperu's, whose authors compared theirs with a register that CONTASIS took."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from contaperu.drivers.contasis import datos, proyeccion
from contaperu.modelo import Comprobante, Libro

from functions.books import contasis, rce, workbook
from functions.books.filed import Filed, Register
from functions.books.purchases import Placed, month_of
from tests.papers import NOVEMBER, OWN, RATES, a_month
from tests.scale import draws

pytestmark = pytest.mark.unit

BOOK = Libro(ruc=OWN.ruc, razon_social=OWN.name, periodo="202611", tipo="compra")
LETTERS = [letter for letter, *_ in datos.COMPRAS]
THE_ACCOUNTANTS = {"AF", "AG", "AH", "AI", "AJ", "AX"}
"""Accounts and centres of cost."""
NOT_TOLD = {"U", "V", "AK", "AS"}
"""The deposit of a detracción, of which the paper says nothing, and the gloss, which each writes in its own
words.
"""


def theirs(paper: Filed, rate: Decimal | None) -> Comprobante:
    """The paper as contaperu is told of it, in its own currency."""
    invoice = paper.entry.invoice
    parts = rce.parts(invoice)
    modified = invoice.modifies if invoice.kind in {"07", "08"} else None
    later = (
        invoice.due_date is not None
        and invoice.issue_date is not None
        and invoice.due_date > invoice.issue_date
    )
    return Comprobante(
        tipo_cp=invoice.kind,
        serie=(invoice.series or "").upper(),
        numero=invoice.number,
        fecha_emision=invoice.issue_date,
        fecha_vencimiento=invoice.due_date,
        condicion_pago="credito" if later else "",
        contraparte_doc=invoice.supplier.ruc,
        contraparte_nombre=workbook.clean(invoice.supplier.name or ""),
        moneda=invoice.currency,
        tipo_cambio=rate,
        base_gravada=parts[0],
        igv=parts[1],
        valor_no_gravado=parts[2],
        isc=parts[3],
        icbper=parts[4],
        otros=max(parts[5], Decimal(0)),
        dscto_otros=max(-parts[5], Decimal(0)),
        total=invoice.total,
        ref_fecha=paper.modified_on if modified else None,
        ref_tipo_cp=modified.kind if modified else "",
        ref_serie=modified.series if modified else "",
        ref_numero=modified.number if modified else "",
    )


def comparable(one: Placed) -> bool:
    """A charge that is the largest part of a paper in dollars takes the cent of rounding there, and a base
    here.
    """
    parts = rce.parts(one.paper.entry.invoice)
    return one.paper.entry.invoice.currency != "USD" or max(parts) in {parts[0], parts[2]}


def told(cell: Any) -> Any:
    """A cell as the other writes it: amounts as floats, days without their hour."""
    value = cell.value
    return value.date() if hasattr(value, "date") else value


@pytest.mark.long
def test_rows_are_those_of_an_independent_writer() -> None:
    """A thousand papers and more, boletas too, have contaperu's cells in all columns but the accountant's
    own; texts are filled to their length.
    """
    compared = 0
    for seed in range(months := draws(6, 30)):
        papers = [
            one for one in month_of(Register(a_month(seed, 60)), OWN, NOVEMBER, RATES) if comparable(one)
        ]
        sheet, left = contasis.sheet(papers)
        page = openpyxl.load_workbook(io.BytesIO(workbook.written([sheet])[0]))["FORMATO_COMPRAS"]
        wanted = [
            one
            for one in papers
            if one.place in {"purchases", "no_credit"}
            and one.own != "no"
            and one.paper.entry.invoice.kind != "02"
        ]
        wanted = [one for one in wanted if one not in left]
        assert page.max_row == len(wanted) or not wanted
        for one, cells in zip(wanted, page.iter_rows(max_col=50), strict=False):
            if one.place == "no_credit" and one.paper.entry.invoice.kind != "03":
                continue  # contaperu gives a ticket the credit that it has here only with the buyer's RUC
            row = proyeccion.fila(
                theirs(
                    one.paper,
                    rce.in_soles(one.paper, RATES) if one.paper.entry.invoice.currency == "USD" else None,
                ),
                BOOK,
                {},
            )
            expected = {
                letter: value.date() if hasattr(value, "date") else value for letter, value in row.items()
            }
            if expected["AR"] is not None and expected["AR"] not in (18.0, 10.5, 10.0, 4.0):
                expected["AR"] = (
                    None  # no rate of the law: theirs is the quotient, ours is left to the accountant
                )
            ours = dict(zip(LETTERS, map(told, cells), strict=True))
            skipped = THE_ACCOUNTANTS | NOT_TOLD
            assert {k: v for k, v in ours.items() if k not in skipped} == {
                k: v for k, v in expected.items() if k not in skipped
            }
            compared += 1
    assert compared > 23 * months


def test_a_sheet_begins_with_its_first_paper() -> None:
    """There is neither heading nor filter: the template's own rows are to be taken out before an import."""
    papers = month_of(Register(a_month(3, 40)), OWN, NOVEMBER, RATES)
    page = openpyxl.load_workbook(io.BytesIO(workbook.written([contasis.sheet(papers)[0]])[0]))[
        "FORMATO_COMPRAS"
    ]
    assert (
        page.auto_filter.ref,
        page.freeze_panes,
        page["A1"].is_date,
        page["A1"].value.date() >= date(2026, 11, 1),
    ) == (
        None,
        None,
        True,
        True,
    )
    assert (page["AF1"].value, page["AH1"].value) == (" " * 10, " " * 10)


def test_what_has_no_place_is_told() -> None:
    """A series of seven signs would be another series if it were cut: its paper is left out and named."""
    papers = month_of(Register(a_month(3, 40)), OWN, NOVEMBER, RATES)
    one = next(one for one in papers if one.place == "purchases")
    long = Placed(one.paper, one.place, (), one.own, (*one.row[:7], "F001234", *one.row[8:]))
    sheet, left = contasis.sheet([long])
    assert (list(sheet.rows), left) == ([], [long])
