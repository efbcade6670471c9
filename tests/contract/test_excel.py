"""A month as a workbook by chat, and what is told of a month that changes after it was given."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from functions.books.months import Month
from functions.extractor.invoice import Customer
from functions.lima import LIMA
from functions.whatsapp import accounts
from functions.whatsapp.format import day
from functions.whatsapp.model import XLSX
from tests.builders import a_task, a_tenant, an_extraction, an_invoice
from tests.fakes.stage import Stage

pytestmark = pytest.mark.contract

RUC = "20512345671"


def _book(stage: Stage) -> dict[str, list[tuple[Any, ...]]]:
    data = stage.store.objects[stage.graph.documents[-1].uri]
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        page.title: [row for row in page.iter_rows(min_row=2, values_only=True) if any(row)] for page in book
    }


def test_a_month_comes_as_a_workbook(stage: Stage) -> None:
    """`excel` sends the month of its business, named after both, with what is in it as the caption; another's
    papers are not in it.
    """
    mine, other, month = a_tenant(), a_tenant(), Month.of(datetime.now(UTC).astimezone(LIMA).date())
    customer, issued = Customer(id_type="6", id=RUC), month.first
    stage.reader.answers = [
        an_extraction(an_invoice("77", customer=customer, issue_date=issued)),
        an_extraction(an_invoice("78", kind="03", series="B001", issue_date=issued)),
        an_extraction(an_invoice("7654321", issue_date=issued)),
    ]
    stage.do(a_task(mine, 1, "text", text=f"mi ruc {RUC}"))
    stage.do(a_task(mine, 2, "text", text="mi negocio Bodega Luz"))
    stage.do(a_task(mine, 3))
    stage.do(a_task(mine, 4))
    stage.do(a_task(other, 1))
    stage.do(a_task(mine, 5, "text", text="mándame el excel"))
    assert (stage.graph.documents[-1].name, stage.graph.documents[-1].mime) == (
        f"Compras_{month}_BODEGA-LUZ.xlsx",
        XLSX,
    )
    caption = stage.graph.sent[-1]
    assert caption.splitlines()[:3] == [
        f"📊 *Compras de {month.name}* · Bodega Luz",
        "• Compras: 1",
        "• Sin crédito: 1",
    ]
    book = _book(stage)
    assert [len(book[name]) for name in ("Compras", "Sin crédito")] == [2, 2]  # each with its total
    assert "7654321" not in str(book)


def test_a_month_of_which_nothing_is_there_is_a_sentence(stage: Stage) -> None:
    """No empty file is sent, and a month that does not exist is no month."""
    tenant = a_tenant()
    stage.do(a_task(tenant, 1, "text", text="excel enero 2020"))
    assert stage.graph.sent[-1] == accounts.no_file(Month(2020, 1))
    assert stage.graph.documents == []


def test_who_changes_a_month_after_its_file_is_told(stage: Stage) -> None:
    """A correction or taking out says that the month's workbook is old, and of which day it is; before it was
    given nothing is said.
    """
    tenant, today = a_tenant(), datetime.now(UTC)
    issued = date(2026, 11, 20)
    stage.reader.answers = [an_extraction(an_invoice("77", issue_date=issued, total=Decimal(450)))]
    stage.do(a_task(tenant))
    stage.do(a_task(tenant, 2, "text", text="total 118"))
    assert "después de tu Excel" not in stage.graph.sent[-1]
    stage.do(a_task(tenant, 3, "text", text="excel noviembre 2026"))
    stage.do(a_task(tenant, 4, "text", text="total 119"))
    assert stage.graph.sent[-1].endswith(
        f"ℹ️ Noviembre 2026 cambió después de tu Excel del {day(today)}. Pídelo otra vez: *excel noviembre "
        "2026*."
    )
    stage.do(a_task(tenant, 5, "text", text="deshacer"))
    assert "después de tu Excel" in stage.graph.sent[-1]
