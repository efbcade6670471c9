"""The operators' commands, as they are typed, on the local stack."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pypdfium2 as pdfium
import pytest
import requests
from pydantic import SecretStr

from functions.whatsapp.model import Address, Inbound
from functions.whatsapp.onboarding import Admissions, tasks_of
from functions.whatsapp.tasks import MessageTask
from infra.local.inbox import SqliteInbox
from infra.local.whatsapp.switches import Switches
from infra.ops import doctor, smoke
from infra.ops.__main__ import main
from infra.ops.desk import Desk
from infra.ops.target import Target
from infra.records import PostgresRecords
from tests.e2e.conftest import SAMPLES, Running, eventually

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def _this_stack(stack: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUADRA_HOME", stack.where.home)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", stack.where.storage)
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    monkeypatch.delenv("CUADRA_ENVIRONMENT", raising=False)


def sent(stack: Running, sender: str, *names: str) -> list[dict[str, str]]:
    """Send samples, wait for their answers, and return the documents' rows in order."""
    messages, reading = stack.ask(sender, files=[SAMPLES / name for name in names])
    assert all(message["wamid"] in reading.answers for message in messages)
    rows = [
        stack.sql("select * from documents.documents where wamid = :w", w=message["wamid"])
        for message in messages
    ]
    return [dict(row[0]) for row in rows]


def phone_of(stack: Running, sender: str) -> str:
    return next(s["phone"] for s in stack.sim.get("/senders") if s["id"] == sender)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(list(arguments))
    out = capsys.readouterr()
    return code, out.out, out.err


def test_status_tells_the_day(stack: Running, ana: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`status` says what waits and what the last day's documents came to, without a phone."""
    sent(stack, ana, "factura.pdf")
    code, out, _ = run(capsys, "status")
    assert code == 0
    assert re.match(r"now +\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ, \d\d:\d\d in Lima", out)
    assert re.search(r"^WhatsApp refused \d+ of the last \d+ answers to files$", out, re.MULTILINE)
    assert re.search(r"^tasks waiting: \d+$", out, re.MULTILINE)
    assert "admitted, not enqueued: 0" in out
    assert re.search(r"^last 24 hours: .*\d+ (proven|consistent|needs_review)", out, re.MULTILINE)
    assert phone_of(stack, ana) not in out


def test_show_tells_the_whole_story(stack: Running, ana: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By wamid or by document the same story: admission, file, reading, answer, send and receipts; the phone
    is masked.
    """
    (document,) = sent(stack, ana, "factura.pdf")
    # A receipt between two looks would make two stories.
    eventually(lambda: '"delivered"' in run(capsys, "show", document["wamid"])[1])
    by_wamid = run(capsys, "show", document["wamid"])
    by_id = run(capsys, "show", str(document["id"]))
    assert [one[1].partition("\n")[2] for one in (by_wamid, by_id)] == [
        by_id[1].partition("\n")[2]
    ] * 2  # the first line tells the hour
    assert document["wamid"] not in by_id[1]  # the phone can be read from it
    assert f"wamid     {document['wamid']}\n" in run(capsys, "show", str(document["id"]), "--wamid")[1]
    code, out, _ = by_id
    assert code == 0
    for part in (
        "inbox     enqueued, document",
        f"document  {document['id']}",
        "application/pdf",
        "engine ",
        "sent,",
        "receipts  {",
    ):
        assert part in out
    phone = phone_of(stack, ana)
    assert phone not in out
    assert f"{phone[:2]}*****{phone[-3:]}" in out


def test_an_operator_learns_why_a_document_waits(
    stack: Running, ana: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """While Graph is down `show` and `find` lead from the phone to the document and say what is in its way,
    and `doctor` says that Graph does not answer.
    """
    stack.sim.post("/switches", Switches(down=True).model_dump())
    (asked,) = stack.sim.send(ana, files=[SAMPLES / "factura.pdf"])
    _until(
        stack, "select 1 from documents.documents where wamid = :w and problem is not null", w=asked["wamid"]
    )
    begun = re.search(r"^document +([0-9a-f]{8})", run(capsys, "find", phone_of(stack, ana))[1], re.MULTILINE)
    assert begun is not None
    assert re.search(r"^problem +waits: media_unwell: .*503", run(capsys, "show", begun[1])[1], re.MULTILINE)
    assert re.search(r"^FAIL +Graph: it answers HTTP 503$", run(capsys, "doctor")[1], re.MULTILINE)
    stack.sim.post("/switches", Switches().model_dump())
    assert stack.sim.wait_answers(ana, [asked]).missing == ()
    assert re.search(
        r"^problem +before its end: media_unwell", run(capsys, "show", begun[1])[1], re.MULTILINE
    )


@pytest.mark.parametrize("command", ["show", "retry"])
@pytest.mark.parametrize("name", ["wamid.nothing", "00000000-0000-0000-0000-000000000000"])
def test_what_is_not_there_is_said(
    stack: Running, capsys: pytest.CaptureFixture[str], command: str, name: str
) -> None:
    """An unknown wamid or document is one sentence and exit code 1, never a traceback."""
    code, out, err = run(capsys, command, name)
    assert (code, out) == (1, "")
    assert name in err


def test_retry_reads_a_failed_document_again(
    stack: Running, ana: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failed document is read again and answered again; one that was read is refused unless told
    otherwise.
    """
    broken, good = sent(stack, ana, "roto.pdf", "factura.pdf")
    assert broken["status"] == "failed"
    before = stack.sql("select finished_at from documents.documents where id = :i", i=broken["id"])[0][
        "finished_at"
    ]
    code, out, _ = run(capsys, "retry", str(broken["id"]))
    assert code == 0
    assert "generation 1" in out
    _until(
        stack,
        "select 1 from documents.documents where id = :i and status = 'failed' and finished_at > :b",
        i=broken["id"],
        b=before,
    )
    _until(stack, "select 1 from messaging.replies where document_id = :i and state = 'sent'", i=broken["id"])
    code, _, err = run(capsys, "retry", str(good["id"]))
    assert code == 1
    assert "--again" in err
    assert stack.sql("select status from documents.documents where id = :i", i=good["id"]) == [
        {"status": "done"}
    ]
    before = stack.sql("select finished_at from documents.documents where id = :i", i=good["id"])[0][
        "finished_at"
    ]
    assert run(capsys, "retry", "--again", good["wamid"])[0] == 0
    _until(
        stack,
        "select 1 from documents.documents where id = :i and status = 'done' and finished_at > :b",
        i=good["id"],
        b=before,
    )
    assert len(stack.sql("select 1 from extractor.extractions where document_id = :i", i=good["id"])) == 1


def test_retry_tells_who_lost_an_address(stack: Running, capsys: pytest.CaptureFixture[str]) -> None:
    """A recycled number whose first task was lost: with its new task goes the news for the sender who had the
    number before.
    """
    phone = f"519{uuid4().int % 10**8:08}"
    with closing(SqliteInbox(Path(stack.where.home) / "inbox.sqlite")) as inbox:
        admissions = Admissions(inbox, lambda: datetime.now(UTC), 300)
        for bsuid in ("PE.old", "PE.new"):
            message = Inbound(
                f"wamid.{phone}{bsuid}", Address(phone, bsuid), datetime.now(UTC), "text", text="hola"
            )
            (admission,) = admissions.admit([message])
            if bsuid == "PE.old":  # its task was done, and the other's was lost
                (task,) = tasks_of(admission)
                assert isinstance(task, MessageTask)
                PostgresRecords(stack.admin).open(task, "hola")
                admissions.mark_enqueued(admission)
    assert run(capsys, "retry", f"wamid.{phone}PE.new")[0] == 0
    _until(stack, "select 1 from auth.users where bsuid = 'PE.old' and phone is null")
    _until(stack, "select 1 from auth.users where bsuid = 'PE.new' and phone = :p", p=phone)


def test_retry_after_the_inbox_has_forgotten(
    stack: Running, ana: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nine days on the stored original is enough to read a failed document again."""
    (broken,) = sent(stack, ana, "roto.pdf")
    with closing(sqlite3.connect(Path(stack.where.home) / "inbox.sqlite")) as db, db:
        db.execute(
            "delete from documents where path like 'messages/%' and body like ?", (f"%{broken['wamid']}%",)
        )
    before = stack.sql("select finished_at from documents.documents where id = :i", i=broken["id"])[0][
        "finished_at"
    ]
    code, out, _ = run(capsys, "retry", str(broken["id"]))
    assert code == 0
    assert "from the records" in out
    _until(
        stack,
        "select 1 from documents.documents where id = :i and status = 'failed' and finished_at > :b",
        i=broken["id"],
        b=before,
    )


def test_replay_brings_back_what_the_database_lost(
    stack: Running, ana: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a database was restored to an earlier moment, everything received since is read and filed again;
    what is there is left alone.
    """
    start = stack.sql("select now() as now")[0]["now"].isoformat()
    lost, kept = sent(stack, ana, "factura.pdf")[0], sent(stack, ana, "boleta.jpg")[0]
    with stack.admin.begin() as connection:
        from sqlalchemy import text

        connection.execute(text("delete from messaging.replies where document_id = :i"), {"i": lost["id"]})
        connection.execute(text("delete from documents.documents where id = :i"), {"i": lost["id"]})
    code, out, _ = run(capsys, "replay", "--since", start)
    assert code == 0
    assert f"{lost['wamid']} enqueued again, generation 1" in out
    assert kept["wamid"] not in out
    assert re.search(r"^1 enqueued again of \d+ received", out, re.MULTILINE)
    _until(stack, "select 1 from extractor.extractions where document_id = :i", i=lost["id"])
    assert run(capsys, "replay", "--since", start)[1].startswith("0 enqueued again")


def test_replay_goes_on_past_what_is_lost(
    stack: Running, ana: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message that has expired and left no original is told and passed over; what came after it is brought
    back, and so is an expired one whose original is stored.
    """
    from sqlalchemy import text

    start = stack.sql("select now() as now")[0]["now"].isoformat()
    lost, stored, kept = (sent(stack, ana, "factura.pdf")[0] for _ in range(3))
    with stack.admin.begin() as connection:
        for document in (lost, stored, kept):
            connection.execute(
                text("delete from messaging.replies where document_id = :i"), {"i": document["id"]}
            )
        for document in (lost, kept):
            connection.execute(text("delete from documents.documents where id = :i"), {"i": document["id"]})
        connection.execute(
            text("delete from extractor.extractions where document_id = :i"), {"i": stored["id"]}
        )
        connection.execute(
            text(
                "update documents.documents set status = 'working', attempts = 0, lease_until = "
                "clock_timestamp() where id = :i"
            ),
            {"i": stored["id"]},
        )
    with closing(sqlite3.connect(Path(stack.where.home) / "inbox.sqlite")) as db, db:
        for document in (lost, stored):
            past = '{"$at": "2026-01-01T00:00:00.000000+00:00"}'
            changed = db.execute(
                "update documents set body = json_set(body, '$.expires_at', json(?)) where path like "
                "'messages/%' and body like ?",
                (past, f"%{document['wamid']}%"),
            ).rowcount
            assert changed == 1
    code, out, err = run(capsys, "replay", "--since", start)
    assert code == 1
    assert f"{lost['wamid']}: the inbox has forgotten the message" in out
    assert f"{stored['wamid']} enqueued again from the records" in out
    assert f"{kept['wamid']} enqueued again, generation 1" in out
    assert re.search(r"^2 enqueued again of 3 received since .+, 1 could not be$", out, re.MULTILINE)
    assert "1 documents could not be" in err
    for document in (stored, kept):
        _until(stack, "select 1 from extractor.extractions where document_id = :i", i=document["id"])


def test_purge_leaves_nothing_but_what_its_receipt_names(
    stack: Running, ana: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No row, file, address or message of the tenant is left; a redelivery does not bring it back, a new
    message is a new tenant.
    """
    document = sent(stack, ana, "factura.pdf")[0]
    tenant, phone = str(document["tenant_id"]), phone_of(stack, ana)
    code, out, _ = run(capsys, "purge", tenant, "--yes")
    assert code == 0
    assert "1 senders" in out
    assert "1 documents" in out
    assert "1 files" in out
    assert "what outlives it, and until when" in out
    for table in (
        "auth.users",
        "documents.documents",
        "extractor.extractions",
        "messaging.replies",
        "messaging.sends",
        "messaging.lanes",
    ):
        assert stack.sql(f"select 1 from {table} where tenant_id = :t", t=tenant) == [], table
    listed = requests.get(
        f"{stack.where.storage}/storage/v1/b/cuadra-media/o", params={"prefix": tenant}, timeout=5
    ).json()
    assert not listed.get("items")
    with closing(sqlite3.connect(Path(stack.where.home) / "inbox.sqlite")) as db, db:
        left = db.execute(
            "select path, body from documents where body like ? or body like ?", (f"%{phone}%", f"%{tenant}%")
        ).fetchall()
    assert {path.split("/")[0] for path, _ in left} <= {"messages", "tombstones"}
    assert not [body for _, body in left if phone in body or "factura.pdf" in body]
    stack.sim.post("/redeliver", {"wamid": document["wamid"]})
    stack.sim.send(ana, text="Hola")
    _until(
        stack,
        "select 1 from auth.users u join messaging.replies r on r.user_id = u.id where u.phone = :p and "
        "r.state = 'sent'",
        p=phone,
    )
    again = stack.sql("select tenant_id from auth.users where phone = :p", p=phone)
    assert len(again) == 1
    assert str(again[0]["tenant_id"]) != tenant
    assert stack.sql("select 1 from documents.documents where wamid = :w", w=document["wamid"]) == []
    assert run(capsys, "purge", tenant, "--yes")[0] == 0, "repeating it is no error"


def test_purge_asks_first(
    stack: Running, ana: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the tenant's id typed in, nothing is deleted."""
    document = sent(stack, ana, "factura.pdf")[0]
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    assert run(capsys, "purge", str(document["tenant_id"])) == (1, "nothing was deleted\n", "")
    assert stack.sql(
        "select count(*) as n from documents.documents where tenant_id = :t", t=document["tenant_id"]
    ) == [{"n": 1}]


def test_export_is_what_was_read(
    stack: Running, ana: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A month's workbook has one row a document with the values that were read; a copy is listed as one, and
    a month that is none is said.
    """
    factura, _ = sent(stack, ana, "factura.pdf", "factura.pdf")
    (row,) = stack.sql("select * from extractor.extractions where document_id = :i", i=factura["id"])
    month = row["issue_date"].strftime("%Y-%m")
    target = tmp_path / "month.xlsx"
    code, out, err = run(capsys, "export", str(factura["tenant_id"]), "--month", month, "--out", str(target))
    assert (code, err, out.splitlines()[0], out.splitlines()[-1]) == (0, "", str(target), "No registrados: 1")
    (line,) = _papers(target)
    assert line[:3] == (None, None, month.replace("-", ""))
    assert (line[4].date(), line[6], line[7], line[9]) == (
        row["issue_date"],
        row["kind"],
        row["series"],
        row["number"],
    )
    assert (line[12], line[13]) == (row["supplier_ruc"], row["supplier_name"])
    assert (Decimal(str(line[15])), Decimal(str(line[24]))) == (row["igv"], row["total"])
    assert run(capsys, "export", str(factura["tenant_id"]), "--month", "noviembre")[0] == 1


def _papers(path: Path) -> list[tuple[Any, ...]]:
    """The rows of a month's workbook that are papers of that month."""
    book = openpyxl.load_workbook(path)
    sheets = [book[name] for name in ("Compras", "Por revisar", "Sin crédito")]
    return [row for page in sheets for row in page.iter_rows(min_row=2, values_only=True) if row[2]]


def test_export_leaves_no_invoice_out(
    stack: Running, ana: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An invoice that came but once is in its month's workbook, though its file brought one that had come
    before.
    """
    both = pdfium.PdfDocument.new()
    for name in ("factura.pdf", "hostil.pdf"):
        both.import_pages(pdfium.PdfDocument(SAMPLES / name))
    both.save(tmp_path / "dos.pdf")
    stack.ask(ana, files=[SAMPLES / "factura.pdf"])
    (message,), _ = stack.ask(ana, files=[tmp_path / "dos.pdf"])
    rows = stack.sql(
        "select e.* from extractor.extractions e join documents.documents d on d.id = e.document_id where "
        "d.wamid = :w",
        w=message["wamid"],
    )
    assert len(rows) == 2
    listed = []
    for month in {row["issue_date"].strftime("%Y-%m") for row in rows}:
        assert (
            run(
                capsys,
                "export",
                str(rows[0]["tenant_id"]),
                "--month",
                month,
                "--out",
                str(tmp_path / f"{month}.xlsx"),
            )[0]
            == 0
        )
        listed += [line[9] for line in _papers(tmp_path / f"{month}.xlsx")]
    assert sorted(listed) == sorted(str(row["number"]) for row in rows)


def test_doctor_finds_nothing_wrong(stack: Running, capsys: pytest.CaptureFixture[str]) -> None:
    """A stack that is well passes every check that there is something to look at for, and says of the others
    that nothing was checked.
    """
    code, out, _ = run(capsys, "doctor")
    assert code == 0, out
    assert out.count("ok    ") == 12
    unchecked = re.findall(r"^--    (.+?): not checked: (.+)$", out, re.MULTILINE)
    assert [why for _, why in unchecked] == ["the simulated WhatsApp has no account to look at"] * 4 + [
        "Gemini is off",
        "SUNAT is not asked",
    ]


def test_doctor_says_what_to_fix(
    stack: Running, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each broken part is named with its remedy, and the others are still examined."""
    monkeypatch.setenv("WHATSAPP_VERIFY_TOKEN", "another")
    monkeypatch.setenv("TASKS_QUEUE", "projects/p/locations/l/queues/gone")
    monkeypatch.setenv("DATABASE_URL", "postgresql+pg8000://nobody:x@127.0.0.1:9/x")
    code, out, _ = run(capsys, "doctor")
    assert code == 1
    reads = "the worker reads the papers that came with it"
    assert set(re.findall(r"^FAIL  ([^:]+):", out, re.MULTILINE)) == {
        "database",
        "queue",
        "the handshake returns the challenge",
        reads,
    }
    assert out.count("      fix: ") == 4
    assert out.count("ok    ") == 8


def test_doctor_tells_no_secret() -> None:
    """Where hosts cannot be reached, the errors' own texts would have the address and the token in it: their
    names are enough.
    """
    desk = Desk(
        Target(
            google_cloud_project="p", media_bucket="b",
            graph_url="http://127.0.0.1:9", whatsapp_phone_number_id="1",
            whatsapp_app_secret=SecretStr("geheim-a"),
            whatsapp_access_token=SecretStr("EAAG" + "geheim" * 10),
            whatsapp_verify_token=SecretStr("geheim-v"),
            cuadra_webhook_url="http://127.0.0.1:9/webhook/whatsapp", cuadra_patience_s=0,
        )
    )  # fmt: skip
    checks = [
        partial(doctor.token, desk),
        partial(doctor.webhook, desk),
        *(check for _, check in smoke.checks(desk.target)),
    ]
    assert {doctor._tried(check) for check in checks} == {"ConnectionError"}


def test_without_a_deployment_it_says_how_to_name_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where no demo runs and no deployment is named, the command says what to do and exits 2."""
    monkeypatch.setenv("CUADRA_HOME", str(tmp_path))
    code, out, err = run(capsys, "status")
    assert (code, out) == (2, "")
    assert "CUADRA_ENVIRONMENT" in err


def _until(stack: Running, query: str, **values: object) -> None:
    eventually(lambda: stack.sql(query, **values), timeout=45)
