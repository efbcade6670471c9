"""What an owner does with the books from the first word to the last, over HTTP through the local stack."""

from __future__ import annotations

import time
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
import requests
from openpyxl import Workbook, load_workbook

from bench.chaos.people import Purge, remains
from functions.whatsapp import helpers, privacy
from infra.local.simulator import Message
from tests.e2e.conftest import SAMPLES, Running, eventually

pytestmark = pytest.mark.e2e

PAPERS = [SAMPLES / name for name in ("factura.pdf", "boleta.jpg", "foto1.jpg", "foto2.jpg", "foto3.jpg")]
MONTH = "10/2026"
"""The month of three of them."""


class Owner:
    """One sender and what he says, hears and taps."""

    def __init__(self, stack: Running, sender: str) -> None:
        self._stack, self._sender = stack, sender

    def answered(self, said: str | None = None, quoted: str | None = None, tap: str | None = None) -> Message:
        """Our message that quotes what he says."""
        (asked,), _ = self._stack.ask(self._sender, text=said, quoted=quoted, tap=tap)
        return next(
            one
            for one in self._stack.sim.conversation(self._sender)
            if one["direction"] == "out" and one["quoted"] == asked["wamid"]
        )

    def says(self, said: str, quoted: str | None = None) -> str:
        """The answer's text, in plain blanks."""
        return str(self.answered(said, quoted)["text"]).replace("\u00a0", " ")

    def receives(self, said: str) -> tuple[str, Workbook]:
        """The name of the workbook that he asks for, and what a person opens."""
        told = self.answered(said)
        data = requests.get(f"{self._stack.where.simulator}/_sim/files/{told['file']}", timeout=5)
        data.raise_for_status()
        return told["filename"], load_workbook(BytesIO(data.content))


@pytest.mark.slow("four photos are read by our own OCR")
def test_an_owner_from_hola_to_the_last_message(stack: Running, ana: str) -> None:
    """Five papers are read, summed, corrected by quoting, found, taken out and back, given as a workbook and
    as all that is kept, and erased to the last row.
    """
    owner = Owner(stack, ana)
    (hola,), reading = stack.ask(ana, text="Hola")
    assert reading.answers[hola["wamid"]] == [helpers.WELCOME_TEXT]
    papers, reading = stack.ask(ana, files=PAPERS)
    assert (reading.missing, reading.repeated, reading.in_order) == ((), (), True)
    assert all("📦 *Items*" in reading.answers[paper["wamid"]][0] for paper in papers)
    (who,) = stack.sql(
        "select tenant_id, user_id from documents.documents where wamid = :w", w=papers[0]["wamid"]
    )
    entries = stack.sql(
        "select total, supplier_name from books.entries where tenant_id = :t and month = '2026-10-01'",
        t=who["tenant_id"],
    )
    total = sum(entry["total"] for entry in entries)
    assert len(entries) == 3
    assert f"Total: *S/ {total:,.2f}* en 3 comprobantes." in owner.says(f"resumen {MONTH}")

    boleta = papers[1]["wamid"]
    (before,) = stack.sql(
        "select total from books.entries e join documents.documents d on d.id = e.document_id where d.wamid "
        "= :w",
        w=boleta,
    )
    right = before["total"] + Decimal("100.00")
    assert f"• Total: S/ {before['total']:,.2f} → S/ {right:,.2f}" in owner.says(
        f"total {right}", quoted=boleta
    )
    assert f"Total: *S/ {total + 100:,.2f}* en 3 comprobantes." in owner.says(f"resumen {MONTH}")
    suppliers = owner.says(f"proveedores {MONTH}")
    assert all(entry["supplier_name"][:20] in suppliers for entry in entries)

    question = owner.answered("borrar", quoted=boleta)
    yes = next(option for option in question["offered"]["options"] if option["title"] == "Sí, borrar")
    assert owner.answered(tap=yes["id"], quoted=question["wamid"])["text"].startswith(
        "🗑️ Saqué de tus cuentas: Boleta "
    )
    assert f"Total: *S/ {total - before['total']:,.2f}* en 2 comprobantes." in owner.says(f"resumen {MONTH}")
    assert owner.says("recuperar").startswith("👍 Está de vuelta en tus cuentas: Boleta ")

    name, month = owner.receives(f"excel {MONTH}")
    cells = {cell for sheet in month for row in sheet.iter_rows(values_only=True) for cell in row}
    assert name.endswith(".xlsx")
    assert {entry["supplier_name"] for entry in entries} <= cells
    assert right in {Decimal(str(cell)) for cell in cells if isinstance(cell, int | float)}
    name, everything = owner.receives("mis datos")
    assert name.endswith(".xlsx")
    assert "factura.pdf" in {
        cell for sheet in everything for row in sheet.iter_rows(values_only=True) for cell in row
    }

    assert owner.says("borrar mis datos") == privacy.ASK
    began = time.time()
    farewell = owner.says(privacy.CONFIRMS)
    assert farewell.endswith("Este es mi último mensaje. Si me escribes otra vez, empezamos de cero.")
    gone = Purge(ana, str(who["tenant_id"]), str(who["user_id"]), began, time.time())
    home = Path(stack.where.home)
    sends = {
        str(one["opaque"]).rpartition(":")[2]
        for one in stack.sim.conversation(ana)
        if one["direction"] == "out"
    }
    eventually(lambda: not list(remains(stack.admin, home, sends, gone)), timeout=40)
