"""SUNAT's register, CONTASIS's import and the originals of a month by chat, and the traps of who asks for a
file.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest

from functions.books.months import Month
from functions.errors import Unwell
from functions.extractor.invoice import Customer, Supplier
from functions.whatsapp import accounts, month_file, register_file
from functions.whatsapp.format import day, size
from functions.whatsapp.model import TXT, XLSX, Tenant
from functions.whatsapp.tasks import dump
from tests.builders import a_task, a_tenant, an_extraction, an_invoice
from tests.fakes.stage import Stage

pytestmark = pytest.mark.contract

RUC, OTHER = "20512345671", "20609173425"
MINE = Customer(id_type="6", id=RUC)
OCTOBER = Month(2026, 10)


def _told(stage: Stage, back: int = 1) -> list[str]:
    """The lines of an answer, its figures parted by plain blanks."""
    return stage.graph.sent[-back].replace("\xa0", " ").splitlines()


def _month(stage: Stage) -> Tenant:
    """A business that told its RUC: two facturas of October go, one of another, a boleta and a Yape do
    not.
    """
    tenant, issued = a_tenant(), date(2026, 10, 5)
    stage.reader.answers = [
        an_extraction(an_invoice("0000077", customer=MINE, issue_date=issued)),
        an_extraction(
            an_invoice(
                "78",
                customer=MINE,
                issue_date=issued,
                supplier=Supplier(ruc="20100070970", name="Peña | Hijos S.A.C."),
            )
        ),
        an_extraction(an_invoice("79", customer=Customer(id_type="6", id=OTHER), issue_date=issued)),
        an_extraction(an_invoice("80", kind="03", series="B001", customer=MINE, issue_date=issued)),
    ]
    stage.do(a_task(tenant, 1, "text", text=f"mi ruc {RUC}"))
    for seq in range(2, 6):
        stage.do(a_task(tenant, seq))
    return tenant


def test_the_register_is_sent_only_to_who_confirms_it(stage: Stage) -> None:
    """`rce` warns that the file is the whole month, with how many go and how many stay out and why; only `rce
    octubre confirmo` sends it.
    """
    tenant = _month(stage)
    for seq, said in enumerate(("rce octubre", "rce confirmo", "confirmo"), 6):
        stage.do(a_task(tenant, seq, "text", text=said))
    assert stage.graph.documents == []
    assert _told(stage, 3) == [
        "⚠️ *RCE de octubre 2026*",
        (
            "Este archivo reemplaza la propuesta de SUNAT: *es* todo tu registro de compras del mes. Lo que "
            "no me enviaste por aquí se queda fuera."
        ),
        "• Van 2 comprobantes, por S/ 900.00",
        "• No van 2:",
        "   – 1: a nombre de otro: no está sumado",
        "   – 1: por su tipo no da crédito fiscal",
        "Cada uno con su razón está en *excel octubre 2026*.",
        (
            "Antes, envíame la propuesta que descargas de SUNAT (TXT, ZIP, CSV o Excel) y te digo qué le "
            "falta a cada lado."
        ),
        "Si tu contador igual lo quiere, escribe: *rce octubre 2026 confirmo*",
    ]
    stage.do(a_task(tenant, 9, "text", text="rce octubre 2026 confirmo"))
    sent = stage.graph.documents[-1]
    assert (sent.name, sent.mime) == (f"LE{RUC}20261000080400021112.TXT", TXT)
    assert _told(stage) == [
        "📑 *RCE de octubre 2026*",
        "Van 2 comprobantes, por S/ 900.00",
        "No van 2:",
        "• F001-79 de Ejemplo SAC: a nombre de otro: no está sumado",
        "• B001-80 de Ejemplo SAC: por su tipo no da crédito fiscal",
        "Se sube a SUNAT en un ZIP con el mismo nombre. Qué se declara lo decide tu contador.",
    ]
    lines = stage.store.objects[sent.uri].decode("ascii").split("\r\n")
    amounts = "381.36|68.64|0.00|0.00|0.00|0.00|0.00|0.00|0.00|0.00|450.00|PEN|||||||||||" + "|||||"
    assert lines == [
        f"{RUC}||202610||05/10/2026||01|F001||77||6|20123456786|Ejemplo SAC|{amounts}",
        f"{RUC}||202610||05/10/2026||01|F001||78||6|20100070970|Pena Hijos S.A.C.|{amounts}",
        "",
    ]


def test_without_a_ruc_or_a_row_there_is_no_register(stage: Stage) -> None:
    """Whoever has not told his RUC is asked for it; a month of which nothing may go gets the reasons and no
    file.
    """
    tenant, issued = a_tenant(), date(2026, 10, 5)
    stage.reader.answers = [an_extraction(an_invoice("80", kind="03", series="B001", issue_date=issued))]
    stage.do(a_task(tenant))
    stage.do(a_task(tenant, 2, "text", text="rce octubre confirmo"))
    assert stage.graph.sent[-1] == register_file.NO_RUC
    stage.do(a_task(tenant, 3, "text", text=f"mi ruc {RUC}"))
    stage.do(a_task(tenant, 4, "text", text="rce octubre confirmo"))
    assert stage.graph.sent[-1].startswith(
        "📑 De octubre 2026 no hay ningún comprobante que pueda ir en el RCE.\n• No van 1:"
    )
    assert stage.graph.documents == []


def test_a_caption_holds_what_it_can_and_points_to_the_rest(stage: Stage) -> None:
    """Of forty papers that cannot go the first are named, the whole fits WhatsApp's caption, and the rest is
    to be seen in the workbook.
    """
    tenant, issued = _month(stage), date(2026, 10, 6)
    stage.reader.answers = [
        an_extraction(
            *[an_invoice(str(at), customer=MINE, issue_date=issued, total=None) for at in range(200, 240)]
        )
    ]
    stage.do(a_task(tenant, 6))
    stage.do(a_task(tenant, 7, "text", text="rce octubre confirmo"))
    said = _told(stage)
    assert said[2:4] == ["No van 42:", "• F001-79 de Ejemplo SAC: a nombre de otro: no está sumado"]
    assert {line.partition(": ")[2] for line in said[4:-2]} == {"no se lee el total"}
    assert said[-2] == "… y lo demás: ver *Por revisar* en *excel octubre 2026*."
    assert size(stage.graph.sent[-1]) <= 1000


def test_contasis_comes_as_its_import(stage: Stage) -> None:
    """`contasis octubre` sends a sheet without headings, a row for each paper that it takes, and counts what
    is to be looked at.
    """
    tenant = _month(stage)
    stage.do(a_task(tenant, 6, "text", text="contasis octubre"))
    sent = stage.graph.documents[-1]
    assert (sent.name, sent.mime) == (f"CONTASIS_2026-10_{RUC}.xlsx", XLSX)
    rows = list(
        openpyxl.load_workbook(io.BytesIO(stage.store.objects[sent.uri]))["FORMATO_COMPRAS"].iter_rows(
            values_only=True
        )
    )
    assert [str(row[5]).strip() for row in rows] == ["77", "78", "80"]
    assert _told(stage)[:3] == [
        "📊 *CONTASIS, compras de octubre 2026*",
        "• Van: 3",
        "• Por revisar, no van: 1",
    ]


def test_originals_come_as_links_or_as_the_workbook_that_has_them(stage: Stage) -> None:
    """Up to ten files are a link each, in one message; of more, the month's workbook has them in its last
    column; where nobody opens links that is said.
    """
    tenant = _month(stage)
    stage.do(a_task(tenant, 6, "text", text="originales octubre"))
    assert stage.graph.sent[-1] == month_file.NO_LINKS
    clerk = replace(
        stage.worker.processor.clerk,
        opens=lambda uri, until: f"https://x.example/{uri}?{(until - datetime.now(UTC)).days}",
    )
    stage.worker = replace(stage.worker, processor=replace(stage.worker.processor, clerk=clerk))
    stage.do(a_task(tenant, 7, "text", text="originales octubre"))
    said = _told(stage)
    assert said[:2] == ["📎 *Originales de octubre 2026*", "• Factura F001-0000077 · Ejemplo SAC · S/ 450.00"]
    assert [line[:22] for line in said if line.startswith("https")] == ["https://x.example/gs:/"] * 4
    for seq in range(8, 16):
        stage.reader.answers = [
            an_extraction(an_invoice(f"9{seq}", customer=MINE, issue_date=date(2026, 10, 9)))
        ]
        stage.do(a_task(tenant, seq))
    stage.do(a_task(tenant, 16, "text", text="originales octubre"))
    assert stage.graph.documents[-1].name == f"Compras_2026-10_{RUC}.xlsx"


@pytest.mark.parametrize("said", ["excel octubre", "rce octubre confirmo", "contasis octubre"])
def test_trap_12_a_request_that_comes_twice_is_one_document(stage: Stage, said: str) -> None:
    """A message that Meta or the queue brings again is answered by the document that it has, and by no second
    one.
    """
    tenant = _month(stage)
    task = a_task(tenant, 6, "text", text=said)
    outcomes = [stage.do(each).fields["outcome"] for each in (task, task, replace(task, generation=1))]
    assert (outcomes, len(stage.graph.documents)) == (["answered", "already_answered", "already_answered"], 1)


@pytest.mark.parametrize("said", ["excel", "originales", "rce", "rce enero 2020 confirmo", "contasis"])
def test_trap_11_a_month_without_a_paper_is_a_clear_sentence(stage: Stage, said: str) -> None:
    """Whatever file of a month is asked for in which nothing came, the answer says so, and no empty file is
    sent.
    """
    tenant = a_tenant()
    stage.do(a_task(tenant, 1, "text", text=f"mi ruc {RUC}"))
    stage.do(a_task(tenant, 2, "text", text=said if "2020" in said else f"{said} enero 2020"))
    assert stage.graph.sent[-1] == accounts.no_file(Month(2020, 1))
    assert stage.graph.documents == []


def test_a_month_that_is_too_large_for_one_file_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workbooks say how many papers they leave out, which ones they hold and who has the rest; SUNAT's
    register, which must be whole, is not made.
    """
    monkeypatch.setattr("infra.books._MOST_PAPERS", 2)
    clerk = replace(stage.worker.processor.clerk, contact="ayuda@cuadra.example")
    stage.worker = replace(stage.worker, processor=replace(stage.worker.processor, clerk=clerk))
    tenant = _month(stage)
    told = (
        "⚠️ 2 no entraron: son demasiados para un solo archivo. Van los primeros por fecha de emisión. Para "
        "los demás, escribe a ayuda@cuadra.example."
    )
    for seq, said in enumerate(("excel octubre", "contasis octubre"), 6):
        stage.do(a_task(tenant, seq, "text", text=said))
        assert told in _told(stage)
    stage.do(a_task(tenant, 8, "text", text="rce octubre confirmo"))
    assert _told(stage) == [
        (
            "⚠️ Octubre 2026 tiene demasiados comprobantes: el archivo del RCE no saldría completo, así que "
            "no lo hice."
        )
    ]
    assert len(stage.graph.documents) == 2


def test_a_dni_inside_a_ruc_10_is_the_owners(stage: Stage) -> None:
    """A factura that was made out to the DNI of a person whose RUC holds it is the person's and goes; another
    DNI's, and one without a customer, do not.
    """
    tenant, issued = a_tenant(), date(2026, 10, 5)
    stage.do(a_task(tenant, 1, "text", text="mi ruc 10457812341"))
    customers = (Customer(id_type="1", id="45781234"), Customer(id_type="1", id="45781235"), Customer())
    stage.reader.answers = [
        an_extraction(an_invoice(str(at), customer=one, issue_date=issued))
        for at, one in enumerate(customers, 77)
    ]
    for seq in range(2, 5):
        stage.do(a_task(tenant, seq))
    stage.do(a_task(tenant, 5, "text", text="rce octubre confirmo"))
    assert _told(stage)[1:5] == [
        "Van 1 comprobante, por S/ 450.00",
        "No van 2:",
        "• F001-78 de Ejemplo SAC: a nombre de otro: no está sumado",
        "• F001-79 de Ejemplo SAC: no se lee el RUC del cliente",
    ]


@pytest.mark.parametrize(
    ("said", "named", "again"),
    [
        ("excel octubre", "Excel", "*excel octubre 2026*."),
        ("contasis octubre", "Excel de CONTASIS", "*contasis octubre 2026*."),
        (
            "rce octubre confirmo",
            "archivo del RCE",
            "*rce octubre 2026*. Si ya se subió a SUNAT, avísale a tu contador.",
        ),
    ],
)
def test_trap_14_who_corrects_a_month_after_its_file_is_told(
    stage: Stage, said: str, named: str, again: str
) -> None:
    """A correction says that the month's file is old, which one and of which day; SUNAT's own warning is no
    file that was given.
    """
    tenant = _month(stage)
    stage.do(a_task(tenant, 6, "text", text="rce octubre"))
    stage.do(a_task(tenant, 7, "text", text="total 451"))
    assert "cambió después" not in stage.graph.sent[-1]
    stage.do(a_task(tenant, 8, "text", text=said))
    stage.do(a_task(tenant, 9, "text", text="total 452"))
    assert (
        _told(stage)[-1]
        == f"ℹ️ Octubre 2026 cambió después de tu {named} del {day(datetime.now(UTC))}. Pídelo otra vez: "
        f"{again}"
    )


def test_a_file_that_was_never_written_was_never_given(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the worker dies between storing a month's file and writing its answer, no correction speaks of
    that file; once its answer is there, it does.
    """
    tenant, records = _month(stage), stage.worker.processor.records
    asked, books = a_task(tenant, 6, "text", text="excel octubre"), stage.worker.processor.clerk.books
    with monkeypatch.context() as patched:
        patched.setattr(type(records), "answer", _dies)
        assert stage.worker.handle(dump(asked)).status == 500
    assert (len(stage.store.objects) > 0, books.given(tenant.id, OCTOBER)) == (True, None)
    stage.do(asked)
    given = books.given(tenant.id, OCTOBER)
    assert (given and given.file, len(stage.graph.documents)) == ("excel", 1)


def _dies(*_: object, **__: object) -> None:
    raise Unwell("the database is gone")


def test_a_months_file_has_what_was_sent_before_it(stage: Stage) -> None:
    """`excel` waits for the papers that its sender sent before, whose answers leave before its own anyway;
    after ten minutes it goes without.
    """
    tenant = _month(stage)
    asked = a_task(tenant, 7, "text", text="excel octubre")
    assert stage.worker.handle(dump(asked)).fields["outcome"] == "earlier_unanswered"
    late = replace(asked, received_at=datetime.now(UTC) - timedelta(minutes=11))
    assert stage.worker.handle(dump(late)).fields["outcome"] == "answered"
