"""SUNAT's proposal, sent as a file, beside the books: in the worker, with the real opener of tables."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from functions.books import wording
from functions.extractor.engine import Extractor
from functions.extractor.invoice import Customer, Extraction, Invoice
from functions.extractor.opening import document
from functions.extractor.page import OpeningFailed
from functions.extractor.witness import Known
from functions.whatsapp import compared, helpers
from functions.whatsapp.model import XLSX, Tenant
from functions.whatsapp.tasks import MessageTask
from tests.builders import a_task, a_tenant, an_extraction, an_invoice
from tests.fakes.stage import Reader, Stage

pytestmark = pytest.mark.contract

RUC, OTHER = "20512345671", "20609173425"
MINE = Customer(id_type="6", id=RUC)
HEAD = [title for title, _ in wording.RCE]


@dataclass
class Desk(Reader):
    """Reads papers as they are scripted, and everything else as the extractor does; `fails` in opening a
    table.
    """

    extractor: Extractor | None = None
    fails: bool = False

    def extract(self, data: bytes, *, uri: str | None = None, known: Known | None = None) -> Extraction:
        assert self.extractor
        return (
            super().extract(data, uri=uri, known=known)
            if document.sniff(data)
            else self.extractor.extract(data, uri=uri)
        )

    def table(self, data: bytes) -> list[list[str]] | None:
        assert self.extractor
        if self.fails:
            raise OpeningFailed("killed")
        return self.extractor.table(data)


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with closing(Extractor()) as made:
        yield made


@pytest.fixture
def desk(stage: Stage, extractor: Extractor) -> Stage:
    """A stage whose reader opens tables."""
    reader = Desk(extractor=extractor)
    stage.reader = reader
    stage.worker = replace(stage.worker, processor=replace(stage.worker.processor, reader=reader))
    return stage


def proposal(*papers: Invoice, ruc: str = RUC) -> bytes:
    """SUNAT's download of November with these papers."""
    rows = [HEAD]
    for one in papers:
        assert one.issue_date
        found = dict.fromkeys(HEAD, "") | {
            "RUC": ruc,
            "Periodo": "202611",
            "CAR SUNAT": f"{one.supplier.ruc}{one.kind}{one.series}{one.number:0>10}",
            "Fecha de emisión": f"{one.issue_date:%d/%m/%Y}",
            "Tipo CP/Doc.": one.kind or "",
            "Serie del CDP": one.series or "",
            "Nro CP o Doc. Nro Inicial (Rango)": one.number or "",
            "Nro Doc Identidad": one.supplier.ruc or "",
            "Apellidos Nombres/ Razón Social": one.supplier.name or "",
            "Total CP": str(one.total),
            "Moneda": "PEN",
            "Tipo de Cambio": "1.000",
        }
        rows.append(list(found.values()))
    return "".join("|".join(row) + "\r\n" for row in rows).encode("utf-8-sig")


def packed(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:  # a bomb is large
        made.writestr(name, data)
    return out.getvalue()


def send(stage: Stage, tenant: Tenant, seq: int, data: bytes) -> MessageTask:
    """A file of these bytes, whatever it is called."""
    task = a_task(tenant, seq)
    assert task.message.media
    stage.graph.files[task.message.media.id] = data
    stage.do(task)
    return task


def a_month(stage: Stage) -> Tenant:
    """A business with three facturas of November."""
    tenant = a_tenant()
    stage.do(a_task(tenant, 1, "text", text=f"mi ruc {RUC}"))
    for seq, number in enumerate(("77", "78", "79"), 2):
        stage.reader.answers = [an_extraction(an_invoice(number, customer=MINE))]
        stage.do(a_task(tenant, seq))
    return tenant


THEIRS = proposal(an_invoice("77"), an_invoice("78", total=Decimal(451)), an_invoice("99"), an_invoice("98"))


@pytest.mark.parametrize("data", [THEIRS, packed("cualquiera.txt", THEIRS)])
def test_a_proposal_is_told_beside_the_books(desk: Stage, data: bytes) -> None:
    """By its header and whatever its name: how many are in both, in one alone, how many cannot be added, and
    the three lists with each one's code.
    """
    tenant = a_month(desk)
    task = send(desk, tenant, 5, data)
    assert desk.graph.sent[-1].splitlines() == [
        "🏛️ *Propuesta de SUNAT de noviembre 2026*",
        "• Iguales en ambos: 1",
        "• En ambos, con otro importe o fecha: 1",
        "• Solo en SUNAT: 2 (pide esos comprobantes)",
        (
            "• Solo aquí: 1, de los que 1 no se puede complementar: pregunta a su proveedor si lo informó a "
            "SUNAT y con tu RUC"
        ),
        "Uno por uno, con su CAR, en el Excel.",
    ]
    sent = desk.graph.documents[-1]
    assert (sent.name, sent.mime) == (f"SUNAT_2026-11_{RUC}.xlsx", XLSX)
    book = openpyxl.load_workbook(io.BytesIO(desk.store.objects[sent.uri]))
    assert {page.title: [row[0] for row in page.iter_rows(min_row=2, values_only=True)] for page in book} == {
        "Solo en SUNAT": ["2012345678601F0010000000099", "2012345678601F0010000000098"],
        "Solo aquí": ["2012345678601F0010000000079"],
        "Diferentes": ["2012345678601F0010000000078"],
    }
    assert desk.document(task)[:2] == ("done", None)


def test_a_proposal_is_answered_once_and_is_no_paper(desk: Stage) -> None:
    """A task that comes again brings no second document; the file is neither a paper of the books nor one
    that was not registered.
    """
    tenant = a_month(desk)
    task = send(desk, tenant, 5, THEIRS)
    assert [desk.do(each).fields["outcome"] for each in (task, replace(task, generation=1))] == [
        "already_answered"
    ] * 2
    assert len(desk.graph.documents) == 1
    found = desk.worker.processor.clerk.books.register(tenant.id, date(2026, 11, 1))
    assert (len(found.papers), found.unfiled) == (3, [])


def test_the_same_proposal_is_compared_anew(desk: Stage) -> None:
    """After a paper came the same bytes say something else: their earlier answer is not given again."""
    tenant, theirs = a_month(desk), proposal(an_invoice("77"), an_invoice("78"), an_invoice("80"))
    send(desk, tenant, 5, theirs)
    desk.reader.answers = [an_extraction(an_invoice("80", customer=MINE))]
    desk.do(a_task(tenant, 6))
    send(desk, tenant, 7, theirs)
    told = [said.splitlines()[1:4:2] for said in desk.graph.sent if said.startswith("🏛️")]
    assert told == [
        ["• Iguales en ambos: 2", "• Solo en SUNAT: 1 (pide esos comprobantes)"],
        ["• Iguales en ambos: 3", "• Solo en SUNAT: 0"],
    ]


def test_a_proposal_of_another_or_of_no_month_is_not_compared(desk: Stage) -> None:
    """Another business's download, and one without a row, get a sentence and no figures."""
    tenant = a_month(desk)
    send(desk, tenant, 5, proposal(an_invoice("77"), ruc=OTHER))
    send(desk, tenant, 6, proposal())
    assert desk.graph.sent[-2:] == [compared.anothers(OTHER, RUC), compared.NO_MONTH]


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"hola",
        lambda: b"a,b,c,d\n" * 30,
        lambda: packed("a.txt", b"|" * (200 << 20)),
        lambda: packed("foto.jpg", b"x"),
        lambda: b"PK\x03\x04" + bytes(300),
        lambda: ("|".join(HEAD) + "\n").encode() + b"1|2|3|4\n" * 70_000,
    ],
    ids=["text", "table", "bomb", "zip", "broken", "long"],
)
def test_every_other_file_keeps_its_warning(desk: Stage, make: Callable[[], bytes]) -> None:
    """What is neither PDF nor picture nor SUNAT's proposal, a hostile or enormous table too, gets the
    sentence that such files always had.
    """
    send(desk, a_tenant(), 1, make())
    assert desk.graph.sent[-1] == f"{helpers.error_sentence('not_supported')}\n📎 doc1.pdf"
    assert desk.graph.documents == []


def test_our_failure_to_open_a_table_is_tried_again_and_told_as_ours(desk: Stage) -> None:
    """A reader that fails is no fault of the file: the task comes again, and its last attempt is answered by
    our own sentence.
    """
    assert isinstance(desk.reader, Desk)
    desk.reader.fails = True
    task = send(desk, a_tenant(), 1, THEIRS)
    for _ in range(4):
        desk.do(task)
    assert desk.document(task)[:3] == ("failed", "internal", 5)
    assert desk.graph.sent[-1] == helpers.error_sentence("internal")
