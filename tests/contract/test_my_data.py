"""A person's data as the workbook that the person receives."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from functions.books.ports import Author
from functions.whatsapp import my_data
from functions.whatsapp.clerk import Clerk
from infra.books import PostgresBooks
from tests.builders import a_task, a_tenant, an_extraction, an_invoice
from tests.conftest import Database
from tests.contract.test_purge import a_tenant_with
from tests.fakes.stage import Stage

pytestmark = pytest.mark.contract


def _sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {page.title: list(page.iter_rows(min_row=2, values_only=True)) for page in book}


def _sent(stage: Stage) -> dict[str, list[tuple[Any, ...]]]:
    return _sheets(stage.store.objects[stage.graph.documents[-1].uri])


def test_all_of_it_comes_to_who_asks_and_nothing_of_anybody_else(stage: Stage) -> None:
    """Papers with their items, files, corrections, answers and what is known of the person; what was taken
    out too; a neighbour's not.
    """
    clerk = replace(
        stage.worker.processor.clerk, opens=lambda uri, until: f"https://x.pe/{uri}" if uri else None
    )
    stage.worker = replace(stage.worker, processor=replace(stage.worker.processor, clerk=clerk))
    mine, other = a_tenant(), a_tenant()
    stage.reader.answers = [
        an_extraction(an_invoice("77")),
        an_extraction(an_invoice("78")),
        an_extraction(an_invoice("99")),
    ]
    stage.do(a_task(mine, 1, text="obra Surco"))
    stage.do(a_task(mine, 2))
    stage.do(a_task(other, 1))
    stage.do(a_task(mine, 3, "text", text="total 118"))
    stage.do(a_task(mine, 4, "text", text="mi ruc 20512345671"))
    stage.do(a_task(mine, 5, "text", text="mis datos"))
    caption = stage.graph.sent[-1]
    assert "2 comprobantes, 2 archivos" in caption
    assert stage.graph.documents[-1].name.startswith("Mis_datos_20")
    sheets = _sent(stage)
    assert [(row[4], row[11], row[13]) for row in sheets["Comprobantes"]] == [
        ("78", 118, None),
        ("77", 450, "obra Surco"),
    ]
    assert {row[2] for row in sheets["Ítems"]} == {"Producto 1", "Producto 2"}
    assert ("total", "450.00", "118") in [row[2:5] for row in sheets["Correcciones"]]
    assert len(sheets["Archivos"]) == 2
    assert any("20512345671" in row for row in sheets["Tus datos"])
    assert (mine.address.phone or "") in str(sheets["Tus datos"])
    assert "99" not in {row[4] for row in sheets["Comprobantes"]}
    assert all(row[-1] == "abrir" for row in sheets["Archivos"])


def test_who_has_sent_nothing_gets_what_is_known(stage: Stage) -> None:
    """Without a paper the workbook still says who the person is to us."""
    tenant = a_tenant()
    stage.do(a_task(tenant, 1, "text", text="mis datos"))
    assert "0 comprobantes" in stage.graph.sent[-1]
    assert _sent(stage)["Comprobantes"] == []


def test_a_task_that_comes_again_sends_no_second_file(stage: Stage) -> None:
    """The same message earns one document, however often its task comes."""
    task = a_task(a_tenant(), 1, "text", text="mis datos")
    for _ in range(3):
        stage.do(task)
    assert len(stage.graph.documents) == 1


def test_what_one_workbook_cannot_hold_is_said(postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many papers the newest come, and the caption says so and whom to ask."""
    monkeypatch.setattr(my_data, "MOST", 3)
    tenant = a_tenant_with(postgres, 5)
    with postgres.admin.connect() as sql:
        user = sql.exec_driver_sql(f"select id from auth.users where tenant_id = '{tenant}'").scalar_one()
    said = Clerk(PostgresBooks(postgres.app), contact="ayuda@ejemplo.pe").everything(
        Author(tenant, user, "w"), datetime.now(UTC)
    )
    assert (
        "⚠️ Es demasiado para un solo archivo: van los 3 más recientes de cada hoja. Para lo demás, escribe "
        "a ayuda@ejemplo.pe." in said.text
    )
    assert said.made is not None
    assert len(_sheets(said.made.data)["Comprobantes"]) == 3
