"""An accountant's month and SUNAT's rates in the real Postgres, as the roles that write and read them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from functions.books import purchases, workbook
from functions.books.correcting import Correction
from functions.books.filed import Filed
from functions.books.months import Month
from functions.books.ports import Author
from functions.books.rates import Rate
from functions.errors import Unwell
from functions.extractor.invoice import Check, Evidence, Extraction, Modifies
from functions.whatsapp.ledger import Claim
from functions.whatsapp.model import Tenant
from infra.books import PostgresBooks
from infra.database import tenant_transaction
from infra.ops import rates
from infra.ops.desk import Desk
from infra.ops.target import Target
from infra.records import PostgresRecords
from infra.sunat_rates import fetch
from tests.builders import a_task, a_tenant, an_extraction, an_invoice, month_of
from tests.conftest import LOGINS, Database

pytestmark = pytest.mark.contract

NOVEMBER = date(2026, 11, 1)
AT = datetime(2026, 11, 21, 15, tzinfo=UTC)


@pytest.fixture
def books(postgres: Database) -> PostgresBooks:
    return PostgresBooks(postgres.app)


def keep(
    postgres: Database,
    tenant: Tenant,
    extraction: Extraction | None,
    seq: int = 1,
    *,
    at: datetime = AT,
    failure: str | None = None,
) -> None:
    """One file of the tenant, received then, read or not."""
    records, task = PostgresRecords(postgres.app), replace(a_task(tenant, seq, text="obra"), received_at=at)
    records.open(task, "hola")
    claim = records.claim(task, 75)
    assert isinstance(claim, Claim)
    assert records.attempt(claim, storage_uri=f"gs://b/{seq}", sha256=f"{seq}{tenant.id}", size=1)
    assert records.finish(claim, task, title="t", body="b", extraction=extraction, failure=failure)


def test_a_month_is_what_was_issued_and_what_arrived_in_it(postgres: Database, books: PostgresBooks) -> None:
    """Papers of the month, whenever they came, and those of other months that came in it, each with its file,
    sender, doubts and failed checks.
    """
    tenant = a_tenant()
    doubts = an_extraction(
        an_invoice("1"),
        checks=(Check(0, "sum", False), Check(0, "words", True)),
        evidence=(Evidence(0, "total", "1", "ocr", trust="doubted"),),
    )
    keep(postgres, tenant, doubts)
    keep(postgres, tenant, an_extraction(an_invoice("2", issue_date=date(2026, 10, 2))), 2)
    keep(postgres, tenant, an_extraction(an_invoice("3")), 3, at=datetime(2026, 12, 5, tzinfo=UTC))
    keep(
        postgres,
        tenant,
        an_extraction(an_invoice("4", issue_date=date(2026, 10, 2))),
        4,
        at=datetime(2026, 12, 5, tzinfo=UTC),
    )
    keep(postgres, a_tenant(), an_extraction(an_invoice("5")))
    found = books.register(tenant.id, NOVEMBER)
    sender = f"…{(tenant.address.phone or '')[-4:]}"
    assert [
        (f.entry.invoice.number, f.month, f.filename, f.uri, f.sender, f.entry.note) for f in found.papers
    ] == [
        ("2", date(2026, 10, 1), "doc2.pdf", "gs://b/2", sender, "obra"),
        ("1", NOVEMBER, "doc1.pdf", "gs://b/1", sender, "obra"),
        ("3", NOVEMBER, "doc3.pdf", "gs://b/3", sender, "obra"),
    ]
    assert (found.papers[1].failed, found.papers[1].doubted, found.unfiled, found.left_out) == (
        ("sum",),
        ("total",),
        [],
        0,
    )


def test_the_last_evening_of_the_year_belongs_to_it(postgres: Database, books: PostgresBooks) -> None:
    """What came on 31 December at 23:30 of Lima, next year by the server's clock, came in December."""
    tenant = a_tenant()
    keep(
        postgres,
        tenant,
        an_extraction(an_invoice(issue_date=date(2026, 11, 30))),
        at=datetime(2027, 1, 1, 4, 30, tzinfo=UTC),
    )
    assert [
        len(books.register(tenant.id, first).papers) for first in (date(2026, 12, 1), date(2027, 1, 1))
    ] == [1, 0]


def test_a_files_fate_is_told_where_it_has_no_paper(postgres: Database, books: PostgresBooks) -> None:
    """A Yape, one that could not be read, one that we failed at, one that is being read and one that was
    taken out, each with its reason.
    """
    tenant = a_tenant()
    keep(postgres, tenant, Extraction("not_an_invoice", "ocr", what="yape"))
    keep(postgres, tenant, Extraction("unreadable", "ocr"), 2)
    keep(postgres, tenant, None, 3, failure="attempts")
    records, task = PostgresRecords(postgres.app), replace(a_task(tenant, 4), received_at=AT)
    records.open(task, "hola")
    records.claim(task, 75)
    keep(postgres, tenant, an_extraction(), 5)
    [entry] = month_of(books, tenant.id, NOVEMBER)
    author = Author(tenant.id, tenant.user_id, "wamid.x")
    books.change(author, entry.id, entry.invoice, entry.verdict, [Correction("deleted", None, "yes")], seen=0)
    found = books.register(tenant.id, NOVEMBER)
    assert found.papers == []
    assert {(one.filename, one.why, one.said) for one in found.unfiled} == {
        ("doc5.pdf", "taken_out", "F001-123"),
        ("doc1.pdf", "yape", ""),
        ("doc2.pdf", "unreadable", ""),
        ("doc3.pdf", "failed", ""),
        ("doc4.pdf", "reading", ""),
    }


def test_a_note_learns_the_day_of_what_it_modifies(postgres: Database, books: PostgresBooks) -> None:
    """Where the paper that a note modifies is in the books, its day of issue is the note's; another issuer's
    paper of that number is not.
    """
    tenant = a_tenant()
    note = an_invoice(
        "9", kind="07", series="FC01", modifies=Modifies(kind="01", series="F001", number="123")
    )
    keep(postgres, tenant, an_extraction(note))
    assert [f.modified_on for f in books.register(tenant.id, NOVEMBER).papers] == [None]
    other = an_invoice(
        issue_date=date(2026, 9, 2), supplier=an_invoice().supplier.model_copy(update={"ruc": "20100070970"})
    )
    keep(
        postgres,
        tenant,
        an_extraction(an_invoice(issue_date=date(2026, 10, 2)), other),
        2,
        at=AT - timedelta(days=40),
    )
    assert [f.modified_on for f in books.register(tenant.id, NOVEMBER).papers] == [date(2026, 10, 2)]


def test_a_month_becomes_a_workbook(postgres: Database, books: PostgresBooks) -> None:
    """From the store to the bytes, through the places."""
    tenant = a_tenant()
    keep(postgres, tenant, an_extraction())
    register = books.register(tenant.id, NOVEMBER)
    month = Month(2026, 11)
    placed = purchases.month_of(
        register, books.business(tenant.id), month, books.rates(purchases.rate_days(register))
    )
    data, left_out = workbook.written(
        purchases.sheets(placed, register.unfiled, lambda _: [], lambda _: None)
    )
    assert (data[:2], left_out) == (b"PK", 0)


# --- rates --------------------------------------------------------------------------------------------------


def test_a_rate_is_kept_once_and_read_by_day(postgres: Database, books: PostgresBooks) -> None:
    """The first word on a day stands; a day without a rate has none; the worker can neither change nor take
    out.
    """
    day = date(2020, 1, 1) + timedelta(days=uuid4().int % 2000)
    books.keep_rates([Rate(day, Decimal("3.383"))])
    books.keep_rates([Rate(day, Decimal("9.999"))])
    assert books.rates([day, date(2001, 1, 1)]) == {day: Decimal("3.383")}
    for statement in ("update books.rates set sell = 1", "delete from books.rates"):
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            tenant_transaction(postgres.app, None) as connection,
        ):
            connection.execute(text(statement))


def test_an_operator_brings_the_days_before(postgres: Database, books: PostgresBooks, tmp_path: Path) -> None:
    """A file's rates are kept, also over those that are there, and how many changed is said; a file that
    holds none is refused.
    """
    file = tmp_path / "tc.txt"
    file.write_text("Fecha|Compra|Venta\n02/01/2003|2.700|2.710|\n03/01/2003|2.701|2.711|\n")
    target = Target(
        google_cloud_project="p", database_url=postgres.server.url("cuadra_ops", LOGINS["cuadra_ops"])
    )
    with closing(Desk(target)) as desk:
        rates.load(desk, file)
        file.write_text("03/01/2003|2.701|2.712|\n02/01/2003|2.700|2.710|\n")
        assert rates.load(desk, file) == ["2 days from 2003-01-02 to 2003-01-03, 1 of them new or mended"]
        file.write_text("nada")
        with pytest.raises(ValueError, match="no rate"):
            rates.load(desk, file)
    assert books.rates([date(2003, 1, 3)]) == {date(2003, 1, 3): Decimal("2.712")}


@contextmanager
def page(status: int, body: bytes) -> Iterator[str]:
    """A page of one answer on this machine."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/a/txt/tipoCambio.txt"
        server.shutdown()
        thread.join()


def test_sunats_page_gives_the_rate_of_its_day() -> None:
    """The page's line is a rate; whatever else it answers is a service that is unwell, to be asked again."""
    with page(200, b"26/11/2026|3.376|3.383|\n") as url:
        assert fetch(url) == Rate(date(2026, 11, 26), Decimal("3.383"))
    for status, body in (
        (503, b""),
        (200, b"<html>Request Rejected</html>"),
        (200, b""),
        (200, b"x" * 100_000),
        (302, b""),
    ):
        with page(status, body) as url, pytest.raises(Unwell, match="sunat"):
            fetch(url)
    with pytest.raises(Unwell, match="ConnectionError"):
        fetch("http://127.0.0.1:9/a")


def test_the_first_paper_of_a_number_is_the_one_that_counts(postgres: Database, books: PostgresBooks) -> None:
    """Of two files with one paper the later is repeated."""
    tenant = a_tenant()
    keep(postgres, tenant, an_extraction())
    keep(postgres, tenant, an_extraction(), 2, at=AT + timedelta(hours=1))
    papers: list[Filed] = list(books.register(tenant.id, NOVEMBER).papers)
    assert [(f.filename, f.entry.repeated) for f in papers] == [("doc1.pdf", False), ("doc2.pdf", True)]


def test_what_one_request_does_not_read_is_counted(
    postgres: Database, books: PostgresBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a month with more papers than one request lays out the first are read, and how many are not is
    told.
    """
    monkeypatch.setattr("infra.books._MOST_PAPERS", 3)
    tenant = a_tenant()
    for seq in range(1, 6):
        keep(postgres, tenant, an_extraction(an_invoice(str(seq))), seq, at=AT + timedelta(minutes=seq))
        found = books.register(tenant.id, NOVEMBER)
        assert (len(found.papers), found.left_out) == (min(seq, 3), max(0, seq - 3))
