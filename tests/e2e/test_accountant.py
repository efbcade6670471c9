"""What an accountant takes home of a month, over HTTP through the local stack: each file as the phone
receives it, and the originals by their links.
"""

from __future__ import annotations

import re
import zipfile
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
import requests
from openpyxl import load_workbook

from functions.books import wording
from functions.whatsapp import people
from infra.local.simulator import Message
from tests.corpus import generate
from tests.e2e.conftest import SAMPLES, Running, eventually

pytestmark = pytest.mark.e2e

MONTH = "octubre 2026"
LETTER = SAMPLES / "carta.docx"
"""A first message whose answer quotes it, and that no OCR reads."""


class Accountant:
    """One sender: what he says and sends, and the message of ours that quotes it."""

    def __init__(self, stack: Running, sender: str) -> None:
        self._stack, self._sender = stack, sender

    def answered(self, **sent: Any) -> Message:
        (asked,), _ = self._stack.ask(self._sender, **sent)
        found = [
            one
            for one in self._stack.sim.conversation(self._sender)
            if one["direction"] == "out" and one["quoted"] == asked["wamid"]
        ]
        assert len(found) == 1
        return found[0]

    def hears(self, text: str) -> Message:
        """What was told to him that he did not ask for, once it has come."""
        out = [one for one in self._stack.sim.conversation(self._sender) if one["direction"] == "out"]
        return next((one for one in out if text in one["text"]), {})

    def receives(self, said: str) -> tuple[str, bytes]:
        """The name and the bytes of the file that answers."""
        told = self.answered(text=said)
        return told["filename"], self._stack.sim.file(told["file"])


@pytest.mark.slow("the first file that the stack's worker reads loads all that reads")
def test_a_month_leaves_in_every_form_that_is_asked_for(stack: Running, ana: str) -> None:
    """Workbook, CONTASIS's import, SUNAT's register, the originals, and SUNAT's proposal beside the books:
    each comes once, opens, and holds the paper.
    """
    who = Accountant(stack, ana)
    (paper, _), _ = stack.ask(ana, files=[SAMPLES / "factura.pdf", SAMPLES / "no_factura.jpg"])
    (row,) = stack.sql(
        "select e.*, e.data #>> '{customer,id}' as buyer from books.entries e join documents.documents d on "
        "d.id = e.document_id where d.wamid = :w",
        w=paper["wamid"],
    )
    ruc, key = row["buyer"], (row["kind"], row["series"], row["number"].lstrip("0"))
    month = f"{row['issue_date']:%m/%Y}"
    who.answered(text=f"mi ruc {ruc}")

    name, data = who.receives(f"excel {month}")
    book = load_workbook(BytesIO(data))
    assert (name, book.sheetnames) == (
        f"Compras_{row['issue_date']:%Y-%m}_{ruc}.xlsx",
        [*wording.PLACES.values(), "Ítems"],
    )
    [line] = [one for one in book["Compras"].iter_rows(min_row=2, values_only=True) if one[6]]
    assert ((line[6], line[7], line[9]), line[12], float(line[24])) == (
        key,
        row["supplier_ruc"],
        float(row["total"]),
    )
    link = next(
        cell.hyperlink.target for cells in book["Compras"].iter_rows() for cell in cells if cell.hyperlink
    )
    assert requests.get(link, timeout=5).content == (SAMPLES / "factura.pdf").read_bytes()

    name, data = who.receives(f"contasis {month}")
    first: Any = next(load_workbook(BytesIO(data))["FORMATO_COMPRAS"].iter_rows(values_only=True))
    assert (name[:9], first[2], first[3].strip(), first[5].strip(), first[7]) == (
        "CONTASIS_",
        *key,
        row["supplier_ruc"],
    )

    assert "escribe: *rce" in who.answered(text=f"rce {month}")["text"]
    name, data = who.receives(f"rce {month} confirmo")
    fields = data.decode("ascii").split("\r\n")[0].split("|")
    assert (name, fields[0], fields[6:8], fields[9], fields[24]) == (
        f"LE{ruc}{row['issue_date']:%Y%m}00080400021112.TXT", ruc, list(key[:2]), key[2],
        f"{row['total']:.2f}",
    )  # fmt: skip

    links = re.findall(r"http://\S+", who.answered(text=f"originales {month}")["text"])
    assert [requests.get(one, timeout=5).content for one in links] == [(SAMPLES / "factura.pdf").read_bytes()]
    assert requests.get(links[0][:-2], timeout=5).status_code == 404

    heads = [title for title, _ in wording.RCE]
    lost = dict.fromkeys(heads, "") | {
        "RUC": ruc, "Periodo": f"{row['issue_date']:%Y%m}", "CAR SUNAT": "2010007097001F0010000000009",
        "Fecha de emisión": f"{row['issue_date']:%d/%m/%Y}", "Tipo CP/Doc.": "01", "Serie del CDP": "F001",
        "Nro CP o Doc. Nro Inicial (Rango)": "9", "Nro Doc Identidad": "20100070970", "Total CP": "59.00",
        "Moneda": "PEN",
    }  # fmt: skip
    table = "\n".join("|".join(line) for line in (heads, lost.values())).encode()
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("propuesta.txt", table)
    for sent in (("propuesta.txt", table), ("propuesta.zip", packed.getvalue())):
        told = who.answered(files=[sent])
        assert [
            "Iguales en ambos: 0" in told["text"],
            "Solo en SUNAT: 1" in told["text"],
            "Solo aquí: 1" in told["text"],
        ] == [True] * 3
        lists = load_workbook(BytesIO(stack.sim.file(told["file"])))
        assert [lists[name]["A2"].value for name in lists.sheetnames] == [
            lost["CAR SUNAT"], f"{row['supplier_ruc']}{key[0]}{key[1]}{key[2]:0>10}", None,
        ]  # fmt: skip


def test_an_accountant_of_two_businesses_is_let_in_asked_and_let_out(stack: Running, ana: str) -> None:
    """Two owners invite her by their links; a paper goes to the business of its buyer, one of a stranger's is
    asked about and filed by a tap, a quote corrects in the other one, each month comes as a file of its own
    with its own papers, and who is taken out has neither.
    """
    papers = [generate("clasica", 4101 + place, "digital") for place in (1, 2, 3)]
    (luz_buys, cafe_buys, nobody_buys) = [paper.truth[0] for paper in papers]
    files = [(f"{paper.name}.pdf", paper.data) for paper in papers]
    contador = Accountant(stack, ana)
    luz, cafe = (Accountant(stack, stack.sim.add_sender(name=name)["id"]) for name in ("Luz", "Café"))
    contador.answered(files=[LETTER])
    for owner, name, invoice in ((luz, "Bodega Luz", luz_buys), (cafe, "Café Ñusta", cafe_buys)):
        owner.answered(files=[LETTER])
        owner.answered(text=f"mi negocio es {name}")
        owner.answered(text=f"mi ruc {invoice.customer.id}")
        link = re.search(r"https://wa\.me/\d+\?text=(\S+)", owner.answered(text="invitar contador")["text"])
        assert link
        assert f"entraste a *{name}*" in contador.answered(text=unquote(link[1]))["text"]
        assert eventually(partial(owner.hears, "entró a tu negocio como contador"))

    routed = contador.answered(files=[files[0]])
    assert routed["text"].startswith("🏢 *Bodega Luz*\n")
    stays = contador.answered(files=[files[1]])
    assert ("❓" in stays["text"], stays["text"].startswith("🏢 *Café Ñusta*\n")) == (False, True)
    asked = contador.answered(files=[files[2]])
    assert f"({nobody_buys.customer.id}) no es de ninguno de tus negocios" in asked["text"]
    rows = {one["title"]: one["id"] for one in asked["offered"]["options"]}
    assert list(rows) == ["1. tu propio negocio", "2. Bodega Luz", "3. Café Ñusta"]
    filed = contador.answered(tap=rows["2. Bodega Luz"], quoted=asked["wamid"])
    assert filed["text"] == (
        f"🏢 *Bodega Luz*\n📁 Listo: {nobody_buys.series}-{nobody_buys.number} está en *Bodega Luz*."
    )
    corrected = contador.answered(text="total 118.00", quoted=routed["wamid"])
    assert (corrected["text"].startswith("🏢 *Bodega Luz*\n"), "118.00" in corrected["text"]) == (True, True)

    for number, business, mine in ((2, "BODEGA-LUZ", luz_buys), (3, "CAFE-NUSTA", cafe_buys)):
        contador.answered(text=f"negocio {number}")
        name, data = contador.receives(f"excel {mine.issue_date:%m/%Y}")
        assert name == f"Compras_{mine.issue_date:%Y-%m}_{business}.xlsx"
        book = load_workbook(BytesIO(data))
        rows_of = [book[name].iter_rows(min_row=2, values_only=True) for name in ("Compras", "Por revisar")]
        numbers = {row[9] for sheet in rows_of for row in sheet}
        other = {luz_buys.number, cafe_buys.number} - {mine.number}
        assert (mine.number in numbers, numbers & other) == (True, set())

    assert "Quité a" in luz.answered(text="quitar 2")["text"]
    assert eventually(lambda: contador.hears(f"Ya no estás en *Bodega Luz (RUC {luz_buys.customer.id})*"))
    assert contador.answered(text="total 119.00", quoted=routed["wamid"])["text"] == people.NOT_THERE
    assert (
        contador.answered(tap=rows["1. tu propio negocio"], quoted=asked["wamid"])["text"] == people.NOT_THERE
    )
    assert "Bodega Luz" not in contador.answered(text="negocio")["text"]
    (row,) = stack.sql(
        "select count(*) as n, count(distinct d.tenant_id) as businesses"
        " from documents.documents d join books.entries e on e.document_id = d.id"
        " and e.tenant_id = d.tenant_id where e.number = any(:n)",
        n=[luz_buys.number, cafe_buys.number, nobody_buys.number],
    )
    assert row == {"n": 3, "businesses": 2}
