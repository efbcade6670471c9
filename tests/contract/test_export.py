"""What an operator sees of businesses, against the real Postgres as the operator's own role: a month as its
workbook, tenants, and whose a phone is.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import openpyxl
import pytest
from sqlalchemy import event, text

from functions.whatsapp.helpers import mask
from functions.whatsapp.ledger import Claim
from functions.whatsapp.model import Tenant
from infra import books
from infra.books import PostgresBooks
from infra.ops import people, story
from infra.ops.__main__ import main
from infra.ops.desk import Desk
from infra.ops.export import export
from infra.ops.target import Target
from infra.records import PostgresRecords, document_id
from tests.builders import a_task, a_tenant, an_extraction, an_invoice
from tests.conftest import LOGINS, Database

pytestmark = pytest.mark.contract


@pytest.fixture
def desk(postgres: Database) -> Iterator[Desk]:
    target = Target(
        google_cloud_project="p", database_url=postgres.server.url("cuadra_ops", LOGINS["cuadra_ops"])
    )
    with closing(Desk(target)) as made:
        yield made


def keep(postgres: Database, tenant: Tenant, number: str, seq: int = 1) -> UUID:
    """One factura of the tenant, read and answered: its document."""
    records, task = PostgresRecords(postgres.app), a_task(tenant, seq)
    records.open(task, "hola")
    claim = records.claim(task, 75)
    assert isinstance(claim, Claim)
    assert records.attempt(claim, storage_uri=f"gs://b/{number}", sha256=f"{number}{tenant.id}", size=1)
    assert records.finish(
        claim, task, title="t", body="b", extraction=an_extraction(an_invoice(number)), failure=None
    )
    return document_id(task.message.wamid)


def test_a_month_is_the_workbook_of_its_owner(
    postgres: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator gets the sheets that the chat sends, all of them however many papers there are, and for
    however long they take; `ruc` and `name` are the register's holder.
    """
    tenant = a_tenant()
    for seq, number in enumerate(("1", "2", "3"), 1):
        keep(postgres, tenant, number, seq)
    monkeypatch.setattr(books, "_MOST_PAPERS", 2)
    limits = []

    @event.listens_for(desk.engine, "before_cursor_execute")
    def _limit(_connection: object, cursor: object, statement: str, *_: object) -> None:
        if "books.entries" in statement:
            for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"show {name}")  # type: ignore[attr-defined]  # a DB-API cursor
                limits.append(cursor.fetchone()[0])  # type: ignore[attr-defined]  # as above

    with desk.sql() as sql:
        sql.execute(text("select count(*) from books.entries"))
    name, data, lines = export(desk, tenant.id, "2026-11", ruc="20512345671", name="Bodega Luz")
    assert (limits[:2], set(limits[2:]), name) == (["10s", "15s"], {"0"}, "Compras_2026-11_BODEGA-LUZ.xlsx")
    assert lines == ["Compras: 0", "Por revisar: 3", "Sin crédito: 0", "Otros meses: 0", "No registrados: 0"]
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == [
        "Compras",
        "Por revisar",
        "Sin crédito",
        "Otros meses",
        "No registrados",
        "Ítems",
    ]
    rows = [row[:10] for row in book["Por revisar"].iter_rows(min_row=2, max_row=4, values_only=True)]
    assert {(row[0], row[1], row[9]) for row in rows} == {
        ("20512345671", "Bodega Luz", number) for number in "123"
    }
    assert len(PostgresBooks(postgres.app).register(tenant.id, date(2026, 11, 1)).papers) == 2
    monkeypatch.setattr("infra.ops.export.ALL_ROWS", 2)  # Excel's, and not those of a request
    assert export(desk, tenant.id, "2026-11")[2][-1].startswith("left out, beyond a sheet's rows: ")


def test_a_tenant_or_month_that_is_none_is_said(desk: Desk) -> None:
    """A mistyped tenant is no empty file, and a month that is none is told with how one is written."""
    unknown = uuid4()
    with pytest.raises(story.NotFound, match=f"there is no tenant {unknown}"):
        export(desk, unknown, "2026-11")
    for month in ("2026-13", "noviembre"):
        with pytest.raises(ValueError, match=f"{month} is no month; write it as 2026-11"):
            export(desk, unknown, month)


def test_a_phone_leads_to_its_documents(postgres: Database, desk: Desk) -> None:
    """By a phone as people write it, with or without 51, an operator finds tenant, user and the last files
    with their answer; nothing shows the phone.
    """
    tenant = a_tenant()
    phone = tenant.address.phone or ""
    document = keep(postgres, tenant, "1")
    PostgresBooks(postgres.app).name_business(tenant.id, ruc="20512345671", name="Bodega Luz")
    told = [
        list(people.find(desk, written))
        for written in (phone, f"+51 {phone[2:5]} {phone[5:8]} {phone[8:]}", phone[2:])
    ]
    assert told[0] == told[1] == told[2]
    assert told[0][0] == f"tenant    {tenant.id}, RUC 20512345671 Bodega Luz"
    assert told[0][1].startswith(f"user      {tenant.user_id} ({mask(phone)}), since ")
    assert told[0][2].startswith(f"document  {document}, received ")
    assert told[0][2].endswith(": done, consistent, attempts 1; answer number 1 ready, sent -")
    with postgres.admin.begin() as connection:
        # Of the hundred that wrote last, among all that this database's tests made.
        connection.execute(
            text(
                "update auth.users set last_inbound_at = (select max(last_inbound_at) from auth.users) + "
                "interval '1 second' where id = :id"
            ),
            {"id": tenant.user_id},
        )
    listed = next(line for line in people.tenants(desk) if str(tenant.id) in line)
    assert "RUC 20512345671" in listed
    assert phone not in "\n".join([*told[0], listed])
    with pytest.raises(story.NotFound, match=r"nobody writes from 51\*{5}000"):
        list(people.find(desk, "51900000000"))


def test_the_beginning_of_a_document_is_enough(
    postgres: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`show` finds a document by the first signs of its id; where none or several begin so, that is said."""
    document = keep(postgres, a_tenant(), "1")
    monkeypatch.setitem(desk.__dict__, "inbox", {})
    shown = [
        [line for line in story.show(desk, name) if not line.startswith("now ")]
        for name in (str(document), str(document)[:13], document.hex[:12].upper())
    ]
    assert shown[0] == shown[1] == shown[2] != []
    with pytest.raises(story.NotFound, match="no document begins with ffffff"):
        list(story.show(desk, "ffffff"))
    with postgres.admin.begin() as connection:
        twins = [UUID(int=(0xABCDEF << 104) + n) for n in (1, 2)]
        for twin in twins:
            connection.execute(
                text(
                    "insert into documents.documents (id, tenant_id, user_id, wamid, seq, received_at, "
                    "status) select :id, tenant_id, user_id, :wamid, :seq, :at, 'working' from "
                    "documents.documents where id = :of"
                ),
                {
                    "id": twin,
                    "wamid": f"wamid.{twin}",
                    "seq": 100 + twin.int % 10,
                    "at": datetime.now(UTC),
                    "of": document,
                },
            )
    with pytest.raises(story.Refused, match="several documents begin with abcdef"):
        list(story.show(desk, "abcdef"))
    with postgres.admin.begin() as connection:  # a sweep of another test would meet them
        connection.execute(text("delete from documents.documents where id = any(:ids)"), {"ids": twins})


def test_a_moment_that_is_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """`replay --since ayer` says how a moment is written."""
    with pytest.raises(SystemExit):
        main(["replay", "--since", "ayer"])
    assert "ayer is no moment; write it as 2026-11-22T15:00" in capsys.readouterr().err


def test_an_export_is_written_where_it_is_asked(
    postgres: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes the workbook to `--out`, names it, and tells its sheets' counts."""
    tenant, path = a_tenant(), tmp_path / "mes.xlsx"
    keep(postgres, tenant, "1")
    target = Target(
        google_cloud_project="p", database_url=postgres.server.url("cuadra_ops", LOGINS["cuadra_ops"])
    )
    monkeypatch.setattr("infra.ops.__main__.load", lambda: target)
    monkeypatch.setattr(Target, "as_operator", lambda self: self)
    assert main(["export", str(tenant.id), "--month", "2026-11", "--out", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [str(path), "Compras: 1", "Por revisar: 0"]
    assert openpyxl.load_workbook(path).sheetnames[0] == "Compras"
