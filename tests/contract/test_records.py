"""Tenants, documents and extractions in the real Postgres, as the worker's own role."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pg8000.dbapi
import pytest
from aiohttp import ClientConnectionError
from google.auth.exceptions import RefreshError
from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError

from functions.errors import Unwell
from functions.extractor.invoice import Check, Evidence, Extraction
from functions.whatsapp.ledger import Answered, Attempt, Busy, Claim, Finished, Registered
from functions.whatsapp.model import Address, Seat, Tenant
from infra import database
from infra.records import PostgresRecords, columns, document_id
from tests.builders import a_task, a_tenant, an_extraction, an_invoice
from tests.conftest import LOGINS, Database, free_port

pytestmark = pytest.mark.contract


@pytest.fixture
def records(postgres: Database) -> PostgresRecords:
    return PostgresRecords(postgres.app)


def _rows(postgres: Database, query: str, **values: object) -> list[tuple[object, ...]]:
    with postgres.admin.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def test_opening_registers_tenant_user_and_lane_once(records: PostgresRecords, postgres: Database) -> None:
    """The first task of a tenant writes tenant, owner user and a lane that begins with the welcome; a
    repetition writes nothing more.
    """
    tenant = a_tenant()
    task = a_task(tenant)
    assert [records.open(task, "¡Hola!") for _ in range(2)] == [Registered(purged=False, answered=None)] * 2
    assert _rows(
        postgres, "select id, whatsapp_number, created_at from auth.tenants where id = :t", t=tenant.id
    ) == [(tenant.id, tenant.address.phone, tenant.created_at)]
    assert _rows(
        postgres,
        "select id, tenant_id, source, phone, bsuid, role, onboarding_step from auth.users where tenant_id "
        "= :t",
        t=tenant.id,
    ) == [(tenant.user_id, tenant.id, "whatsapp", tenant.address.phone, None, "owner", "complete")]
    assert _rows(
        postgres, "select seq, body, state, wamid from messaging.replies where user_id = :u", u=tenant.user_id
    ) == [(0, "¡Hola!", "ready", None)]


def test_simultaneous_first_tasks_register_once(records: PostgresRecords, postgres: Database) -> None:
    """Twenty first tasks of one new tenant at the same instant leave one user, one lane and one welcome."""
    tenant = a_tenant()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda seq: records.open(a_task(tenant, seq), "hola"), range(1, 21)))
    assert _rows(postgres, "select count(*) from messaging.replies where user_id = :u", u=tenant.user_id) == [
        (1,)
    ]


def test_an_old_task_never_overwrites_a_newer_address(records: PostgresRecords, postgres: Database) -> None:
    """Addresses follow their version, whatever the order in which tasks arrive."""
    old = a_tenant(version=1)
    new = replace(old, address=Address(None, "PE.123"), version=2)
    records.open(a_task(new), "")
    records.open(a_task(old, 2), "")
    assert records.move(old) is False
    assert _rows(postgres, "select phone, bsuid from auth.users where id = :u", u=old.user_id) == [
        (None, "PE.123")
    ]
    assert records.move(replace(old, address=Address(None, None), version=3)) is True
    assert _rows(
        postgres,
        "select u.phone, u.bsuid, t.whatsapp_number from auth.users u join auth.tenants t on t.id = "
        "tenant_id where u.id = :u",
        u=old.user_id,
    ) == [(None, None, None)]


def test_a_move_that_overtakes_the_first_task_is_kept(records: PostgresRecords, postgres: Database) -> None:
    """Who lost an address before the database knew them is written without it, and the older task does not
    bring it back; the lane begins with it.
    """
    first = a_tenant(version=1)
    lost = replace(first, address=Address(None, "PE.9"), version=2)
    assert records.move(lost) is True
    records.open(a_task(first), "¡Hola!")
    seen = (
        "select u.phone, u.bsuid, t.whatsapp_number, u.last_inbound_at is not null from auth.users u join "
        "auth.tenants t on t.id = tenant_id where u.id = :u"
    )
    assert _rows(postgres, seen, u=first.user_id) == [(None, "PE.9", None, True)]
    assert _rows(
        postgres, "select seq, state from messaging.replies where user_id = :u", u=first.user_id
    ) == [(0, "ready")]


def test_a_purged_tenants_move_writes_nothing(records: PostgresRecords, postgres: Database) -> None:
    """A late move of a purged tenant finds the tombstone."""
    tenant = a_tenant()
    with postgres.admin.begin() as connection:
        connection.execute(text("insert into auth.tombstones values (:t)"), {"t": tenant.id})
    assert records.move(tenant) is False
    assert _rows(postgres, "select count(*) from auth.tenants where id = :t", t=tenant.id) == [(0,)]


def test_a_purged_tenant_is_not_written_again(records: PostgresRecords, postgres: Database) -> None:
    """A late task of a purged tenant finds the tombstone and leaves no row."""
    tenant = a_tenant()
    with postgres.admin.begin() as connection:
        connection.execute(text("insert into auth.tombstones values (:t)"), {"t": tenant.id})
    assert records.open(a_task(tenant), "hola") == Registered(purged=True, answered=None)
    assert _rows(postgres, "select count(*) from auth.tenants where id = :t", t=tenant.id) == [(0,)]


def test_a_claimed_document_is_nobody_elses_until_its_lease_ends(records: PostgresRecords) -> None:
    """One claim at a time; given back or overdue, the document can be claimed again, and the old token writes
    nothing.
    """
    task = a_task(a_tenant())
    records.open(task, "")
    first = records.claim(task, lease_s=60)
    assert first
    assert records.claim(task, lease_s=60) == Busy()
    records.unclaim(first)
    second = records.claim(task, lease_s=-1)
    third = records.claim(task, lease_s=60)
    assert second
    assert third
    assert records.attempt(second, storage_uri="gs://b/x", sha256="00", size=1) is None
    assert records.finish(second, task, title="t", body="b", extraction=None, failure="corrupt") is False
    assert records.attempt(third, storage_uri="gs://b/x", sha256="00", size=1) == Attempt(1, None)


def test_attempts_are_counted_before_anything_is_read(records: PostgresRecords) -> None:
    """Each attempt is committed at once, so that a file that kills the worker is counted too."""
    task = a_task(a_tenant())
    records.open(task, "")
    numbers = []
    for _ in range(3):
        claim = records.claim(task, lease_s=-1)
        assert isinstance(claim, Claim)
        attempt = records.attempt(claim, storage_uri="gs://b/x", sha256="00", size=1)
        assert attempt
        numbers.append(attempt.number)
    assert numbers == [1, 2, 3]


def test_finishing_writes_extractions_reply_and_document_together(
    records: PostgresRecords, postgres: Database
) -> None:
    """A finished document has its rows, its reply, and cannot be claimed or finished again."""
    task = a_task(a_tenant(), media_uri="gs://bucket/original")
    records.open(task, "")
    claim = records.claim(task, lease_s=60)
    assert isinstance(claim, Claim)
    records.attempt(claim, storage_uri="gs://bucket/original", sha256="abc", size=10)
    read = an_extraction(an_invoice("7"), an_invoice("8"), tokens=30)
    assert records.finish(claim, task, title="F001-7", body="leído", extraction=read, failure=None) is True
    assert records.finish(claim, task, title="F001-7", body="leído", extraction=read, failure=None) is False
    assert records.claim(task, lease_s=60) == Finished()
    assert records.open(task, "").answered == 1
    document = document_id(task.message.wamid)
    assert _rows(
        postgres,
        "select status, verdict, storage_uri, sha256, bytes, attempts, seq from documents.documents where id "
        "= :d",
        d=document,
    ) == [("done", "consistent", "gs://bucket/original", "abc", 10, 1, 1)]
    found = _rows(
        postgres,
        "select ordinal, supplier_ruc, kind, series, number, igv::text, total::text, data->>'total', "
        "tokens, jsonb_array_length(evidence) "
        "from extractor.extractions where document_id = :d order by ordinal",
        d=document,
    )
    assert found == [
        (0, "20123456786", "01", "F001", "7", "68.64", "450.00", "450.00", 30, 1),
        (1, "20123456786", "01", "F001", "8", "68.64", "450.00", "450.00", 0, 0),
    ]
    assert _rows(
        postgres,
        "select title, body, state, document_id from messaging.replies where wamid = :w",
        w=task.message.wamid,
    ) == [("F001-7", "leído", "ready", document)]


def test_each_invoice_has_its_own_evidence_and_checks(records: PostgresRecords, postgres: Database) -> None:
    """Of a file of two invoices each row holds what was said of that invoice, and nothing of the other."""
    task = a_task(a_tenant())
    records.open(task, "")
    claim = records.claim(task, lease_s=60)
    assert isinstance(claim, Claim)
    read = an_extraction(
        an_invoice("7"),
        an_invoice("8"),
        evidence=(Evidence(0, "total", "450.00", "text"), Evidence(1, "igv", "68.64", "text")),
        checks=(Check(0, "sum", True), Check(1, "date", False)),
    )
    assert records.finish(claim, task, title="t", body="b", extraction=read, failure=None)
    assert _rows(
        postgres,
        "select jsonb_path_query_array(evidence, '$[*].field')::text, jsonb_path_query_array(checks, "
        "'$[*].name')::text from extractor.extractions where document_id = :d order by ordinal",
        d=claim.document_id,
    ) == [('["total"]', '["sum"]'), ('["igv"]', '["date"]')]


@pytest.mark.parametrize(
    ("read", "pages"),
    [
        (an_extraction(pages=3, pages_seen=(0, 2)), (3, 2)),
        (an_extraction(pages=0, pages_seen=()), (None, None)),
    ],
    ids=["counted", "not counted"],
)
def test_pages_are_kept_where_they_were_counted(
    records: PostgresRecords, postgres: Database, read: Extraction, pages: tuple[int | None, int | None]
) -> None:
    """How many pages a file has and how many were read; of a file that was not opened nobody knows either."""
    task = a_task(a_tenant())
    records.open(task, "")
    claim = records.claim(task, lease_s=60)
    assert isinstance(claim, Claim)
    assert records.finish(claim, task, title="t", body="b", extraction=read, failure=None)
    assert _rows(
        postgres, "select pages, pages_read from documents.documents where id = :d", d=claim.document_id
    ) == [pages]


def test_an_answer_keeps_which_entries_it_names(records: PostgresRecords, postgres: Database) -> None:
    """In their order, for whoever quotes it; an answer that names none has none."""
    tenant, named = a_tenant(), [uuid4(), uuid4()]
    records.open(a_task(tenant, 1, "text"), "")
    records.answer(a_task(tenant, 1, "text"), "b", about=named)
    records.answer(a_task(tenant, 2, "text"), "b")
    assert _rows(
        postgres,
        "select about from messaging.replies where user_id = :u and seq > 0 order by seq",
        u=tenant.user_id,
    ) == [(named,), (None,)]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        (Address("51900001234", "PE.98765"), "1234"),
        (Address(None, "PE.98765"), "8765"),
        (Address(None, None), None),
    ],
    ids=["phone", "id", "nothing"],
)
def test_a_guest_is_a_member_known_by_the_end_of_an_address(
    records: PostgresRecords, postgres: Database, address: Address, kept: str | None
) -> None:
    """Whoever sends to another's business is its member, told apart by the last four of the phone, or of the
    id of WhatsApp's.
    """
    owner, guest = a_tenant(), a_tenant(address=address)
    records.open(a_task(owner), "")
    task = a_task(guest, seat=Seat(owner.id, "accountant"))
    records.open(task, "")
    assert isinstance(records.claim(task, 60), Claim)
    assert _rows(
        postgres, "select user_id, home, role, address from auth.members where tenant_id = :t", t=owner.id
    ) == [(guest.user_id, guest.id, "accountant", kept)]


def test_a_file_that_is_read_again_is_not_filed_elsewhere(
    records: PostgresRecords, postgres: Database
) -> None:
    """A file whose reading ended stands in the other business from then on; one that is being read again
    stays where it is, and whoever asked tries again.
    """
    owner, guest = a_tenant(), a_tenant()
    records.open(a_task(owner), "")
    task = a_task(guest)
    records.open(task, "")
    claim = records.claim(task, 60)
    assert isinstance(claim, Claim)
    assert records.finish(claim, task, title="t", body="b", extraction=an_extraction(), failure=None)
    (file,) = records.standing(a_task(guest, 2, "text"))
    records.relocate(
        a_task(guest, 2, "text", seat=Seat(owner.id, "accountant")), file, storage_uri="gs://b/1"
    )
    where = "select tenant_id, storage_uri from documents.documents where id = :d"
    assert _rows(postgres, where, d=claim.document_id) == [(owner.id, "gs://b/1")]
    with postgres.admin.begin() as connection:
        connection.execute(
            text("update documents.documents set status = 'working' where id = :d"), {"d": claim.document_id}
        )
    with pytest.raises(Unwell, match="read again"):
        records.relocate(a_task(guest, 3, "text"), replace(file, business=owner.id), storage_uri="gs://b/2")
    assert _rows(postgres, where, d=claim.document_id) == [(owner.id, "gs://b/1")]


@pytest.mark.parametrize(
    ("total", "kept"),
    [
        (Decimal("999999999999.99"), "999999999999.99"),
        (Decimal("-999999999999.99"), "-999999999999.99"),
        (Decimal(1_000_000_000_000), None),
        (None, None),
    ],
)
def test_an_amount_that_fits_its_column_is_kept(total: Decimal | None, kept: str | None) -> None:
    """Up to twelve figures before the cents; an absurd reading has no column of its own, nor has what is
    missing.
    """
    assert columns(an_invoice(total=total))["total"] == kept


def test_text_that_postgres_refuses_is_stored_without_it(
    records: PostgresRecords, postgres: Database
) -> None:
    """A NUL or a lone surrogate in a hostile document or file name costs that character only."""
    task = a_task(a_tenant())
    assert task.message.media
    named = replace(task.message.media, filename="a\0b\ud800.pdf")
    task = replace(task, message=replace(task.message, media=named))
    records.open(task, "")
    claim = records.claim(task, lease_s=60)
    assert isinstance(claim, Claim)
    read = an_extraction(an_invoice(supplier={"ruc": None, "name": "S\0A\ud800C"}))
    assert records.finish(claim, task, title="x\0", body="y\0", extraction=read, failure=None)
    assert _rows(
        postgres,
        "select supplier_name, data->'supplier'->>'name' from extractor.extractions where document_id = :d",
        d=claim.document_id,
    ) == [("SA?C", "SA?C")]


def test_same_bytes_of_the_same_tenant_are_read_once(records: PostgresRecords, postgres: Database) -> None:
    """The second copy of a file finds its twin and finishes with the twin's rows and answer; another tenant's
    copy finds nothing.
    """
    tenant = a_tenant()
    first, second, other = a_task(tenant, 1), a_task(tenant, 2), a_task(a_tenant())
    for task in (first, second, other):
        records.open(task, "")
    claim = records.claim(first, 60)
    assert isinstance(claim, Claim)
    records.attempt(claim, storage_uri="gs://b/1", sha256="same", size=1)
    records.finish(claim, first, title="F001-123", body="cuerpo", extraction=an_extraction(), failure=None)
    again, stranger = records.claim(second, 60), records.claim(other, 60)
    assert isinstance(again, Claim)
    assert again
    assert stranger
    attempt = records.attempt(again, storage_uri="gs://b/2", sha256="same", size=1)
    assert attempt == Attempt(1, claim.document_id)
    assert records.attempt(stranger, storage_uri="gs://b/3", sha256="same", size=1) == Attempt(1, None)
    assert records.finish_as(again, second, claim.document_id) is True
    assert _rows(
        postgres, "select title, body, state from messaging.replies where wamid = :w", w=second.message.wamid
    ) == [("F001-123", "cuerpo", "ready")]
    assert _rows(
        postgres, "select total::text from extractor.extractions where document_id = :d", d=again.document_id
    ) == [("450.00",)]


def test_a_reading_of_the_code_before_is_no_twin(records: PostgresRecords, postgres: Database) -> None:
    """What was finished without a word on whether it was whole is not copied; a copy of a whole reading is
    itself a twin.
    """
    tenant = a_tenant()
    tasks = [a_task(tenant, seq) for seq in range(1, 5)]
    records.open(tasks[0], "")
    claims = [claim for task in tasks if isinstance(claim := records.claim(task, 60), Claim)]
    first, second, third, _ = (claim.document_id for claim in claims)
    assert records.attempt(claims[0], storage_uri="gs://b/1", sha256="same", size=1)
    with postgres.admin.begin() as connection:
        connection.execute(
            text("update documents.documents set status = 'done', lease_token = null where id = :d"),
            {"d": first},
        )
        connection.execute(
            text(
                "insert into messaging.replies (user_id, seq, tenant_id, document_id, body, state) values "
                "(:u, 1, :t, :d, 'b', 'ready')"
            ),
            {"u": tenant.user_id, "t": tenant.id, "d": first},
        )
    assert records.attempt(claims[1], storage_uri="gs://b/2", sha256="same", size=1) == Attempt(1, None)
    assert records.finish(claims[1], tasks[1], title="t", body="b", extraction=an_extraction(), failure=None)
    assert records.attempt(claims[2], storage_uri="gs://b/3", sha256="same", size=1) == Attempt(1, second)
    assert records.finish_as(claims[2], tasks[2], second)
    with postgres.admin.begin() as connection:
        connection.execute(text("delete from messaging.replies where document_id = :d"), {"d": second})
    assert records.attempt(claims[3], storage_uri="gs://b/4", sha256="same", size=1) == Attempt(1, third)


def test_a_document_that_is_being_worked_on_is_told_from_one_that_ended(
    records: PostgresRecords, postgres: Database
) -> None:
    """A claim says whether somebody has the document, whether it ended, and whether it is the first one
    ever.
    """
    task = a_task(a_tenant())
    records.open(task, "")
    first = records.claim(task, 60)
    assert isinstance(first, Claim)
    assert (first.new, records.claim(task, 60)) == (True, Busy())
    records.unclaim(first)
    second = records.claim(task, 60)
    assert isinstance(second, Claim)
    assert second.new is False
    assert records.finish(second, task, title="", body="b", extraction=None, failure="corrupt")
    assert records.claim(task, 60) == Finished()


def test_no_document_ends_without_its_reply(records: PostgresRecords, postgres: Database) -> None:
    """Where the reply cannot be written, or the twin has none to give, the document stays as it was; at the
    next attempt such a twin is none.
    """
    tenant = a_tenant()
    first, second = a_task(tenant, 1), a_task(tenant, 2)
    records.open(first, "")
    twin, copy = records.claim(first, 60), records.claim(second, 60)
    assert isinstance(twin, Claim)
    assert isinstance(copy, Claim)
    records.attempt(twin, storage_uri="gs://b/1", sha256="same", size=1)
    assert records.finish(twin, first, title="t", body="b", extraction=an_extraction(), failure=None)
    with postgres.admin.begin() as connection:
        connection.execute(
            text("delete from messaging.replies where document_id = :d"), {"d": twin.document_id}
        )
    assert records.finish_as(copy, second, twin.document_id) is False
    assert records.attempt(copy, storage_uri="gs://b/2", sha256="same", size=1) == Attempt(1, None)
    records.answer(second, "already there")
    assert (
        records.finish(copy, second, title="t", body="b", extraction=an_extraction(), failure=None) is False
    )
    state = (
        "select status, lease_token, (select count(*) from extractor.extractions x where x.document_id = "
        "d.id) from documents.documents d where id = :d"
    )
    assert _rows(postgres, state, d=copy.document_id) == [("working", copy.token, 0)]


def test_what_waits_for_its_task_may_be_claimed_and_is_not_overdue(records: PostgresRecords) -> None:
    """A document that was given back until a task comes is claimed by it at once, and is the sweep's only
    when it did not come.
    """
    task = a_task(a_tenant())
    records.open(task, "")
    for back_s, overdue in ((60, False), (-1, True)):
        claim = records.claim(task, 60)
        assert isinstance(claim, Claim)
        records.unclaim(claim, back_s=back_s)
        assert ((task.tenant.id, task.message.wamid) in records.overdue(1000)) is overdue


def _same(records: PostgresRecords, tenant: Tenant, numbers: range, kind: str = "audio") -> list[Answered]:
    return [records.answer(a_task(tenant, seq, "text"), "lo mismo", kind=kind) for seq in numbers]


def _minutes_pass(postgres: Database, tenant: Tenant, minutes: int) -> None:
    with postgres.admin.begin() as connection:
        connection.execute(
            text(
                "update messaging.replies set ready_at = ready_at - make_interval(mins => :m) where user_id "
                "= :u"
            ),
            {"m": minutes, "u": tenant.user_id},
        )


GIVEN, BEGINS, SILENT = (
    Answered(written=True),
    Answered(written=True, silenced=True, begins=True),
    Answered(written=True, silenced=True),
)


def test_the_same_answer_is_given_three_times(records: PostgresRecords, postgres: Database) -> None:
    """The fourth of a kind within ten minutes is void, and told as the beginning; another kind has its own
    three; a number is answered once.
    """
    tenant = a_tenant()
    records.open(a_task(tenant), "hola")
    assert _same(records, tenant, range(1, 7)) == [GIVEN, GIVEN, GIVEN, BEGINS, SILENT, SILENT]
    assert _same(records, tenant, range(7, 9), "sticker") == [GIVEN, GIVEN]
    assert _same(records, tenant, range(6, 7)) == [Answered(written=False)]
    assert _rows(postgres,
        "select state from messaging.replies where user_id = :u and seq between 3 and 7 order by seq",
        u=tenant.user_id) == [
        ("ready",), ("void",), ("void",), ("void",), ("ready",),
    ]  # fmt: skip


def test_the_instructions_are_given_once_in_ten_minutes(records: PostgresRecords, postgres: Database) -> None:
    """A second text that is not understood is silent, and told as the beginning once; what is silent renews
    nothing; a file ends it.
    """
    tenant = a_tenant()
    records.open(a_task(tenant), "hola")
    assert _same(records, tenant, range(1, 4), "text") == [GIVEN, BEGINS, SILENT]
    for seq in (4, 5):
        _minutes_pass(postgres, tenant, 4)
        assert _same(records, tenant, range(seq, seq + 1), "text") == [SILENT]
    _minutes_pass(postgres, tenant, 4)
    assert _same(records, tenant, range(6, 8), "text") == [GIVEN, BEGINS]
    assert records.claim(a_task(tenant, 8), 60)
    assert _same(records, tenant, range(9, 11), "text") == [GIVEN, BEGINS]


def test_silence_lasts_until_ten_minutes_without_such_a_message(
    records: PostgresRecords, postgres: Database
) -> None:
    """Each one that comes renews it, however long ago the last answer was: whoever goes on by itself is not
    answered every ten minutes.
    """
    tenant = a_tenant()
    records.open(a_task(tenant), "hola")
    _same(records, tenant, range(1, 5))
    for seq in range(5, 9):
        _minutes_pass(postgres, tenant, 9)
        assert _same(records, tenant, range(seq, seq + 1)) == [SILENT]
    _minutes_pass(postgres, tenant, 11)
    assert _same(records, tenant, range(9, 13)) == [GIVEN, GIVEN, GIVEN, BEGINS]


def test_three_answers_in_longer_than_ten_minutes_silence_nobody(
    records: PostgresRecords, postgres: Database
) -> None:
    """A person who writes now and then is answered each time."""
    tenant = a_tenant()
    records.open(a_task(tenant), "hola")
    for seq in range(1, 8):
        assert _same(records, tenant, range(seq, seq + 1)) == [GIVEN]
        _minutes_pass(postgres, tenant, 4)


def test_a_file_ends_the_silence(records: PostgresRecords) -> None:
    """A document of the sender, though it is still being read, and the next messages are answered."""
    tenant = a_tenant()
    records.open(a_task(tenant), "hola")
    _same(records, tenant, range(1, 6))
    assert records.claim(a_task(tenant, 6), 60)
    assert _same(records, tenant, range(7, 11)) == [GIVEN, GIVEN, GIVEN, BEGINS]


def test_a_message_is_answered_under_one_number(records: PostgresRecords, postgres: Database) -> None:
    """Under another number the same message is told to be answered; that number becomes void, once."""
    task = a_task(a_tenant(), kind="text")
    records.open(task, "")
    records.answer(task, "b")
    again = replace(task, seq=7)
    assert records.open(again, "").answered == 1
    assert [records.answer(again, body) for body in (None, "b")] == [Answered(written=False)] * 2
    assert _rows(postgres,
        "select seq, state, wamid from messaging.replies where user_id = :u and seq > 0 order by 1",
        u=task.tenant.user_id) == [
        (1, "ready", task.message.wamid), (7, "void", None),
    ]  # fmt: skip


def test_an_answer_without_body_is_void(records: PostgresRecords, postgres: Database) -> None:
    """Every number ends in a reply; one that has nothing to say is void."""
    task = a_task(a_tenant(), kind="text")
    records.open(task, "")
    for _ in range(2):
        records.answer(task, None)
    assert _rows(
        postgres, "select state, body from messaging.replies where wamid = :w", w=task.message.wamid
    ) == [("void", None)]


def test_the_sweep_sees_every_tenant_but_ids_only(records: PostgresRecords, postgres: Database) -> None:
    """Overdue documents and waiting lanes are found over all tenants, by functions that return ids."""
    task = a_task(a_tenant())
    records.open(task, "hola")
    records.claim(task, lease_s=-1)
    assert (task.tenant.id, task.message.wamid) in records.overdue(1000)
    assert (task.tenant.id, task.tenant.user_id) in records.waiting(1000)


TENANT_TABLES = {
    "auth.tenants": "id", "auth.users": "tenant_id", "auth.tombstones": "tenant_id",
    "documents.documents": "tenant_id", "extractor.extractions": "tenant_id", "messaging.lanes": "tenant_id",
    "messaging.sends": "tenant_id", "messaging.replies": "tenant_id",
    "auth.members": "tenant_id",
}  # fmt: skip
"""Every table with a tenant, and the column that says which."""
ROW = r"new row violates row-level security policy"
NEVER = r"permission denied for table"


@pytest.fixture
def two_tenants(records: PostgresRecords, postgres: Database) -> tuple[UUID, UUID]:
    """Two tenants with a row in every table."""
    tenants = []
    for _ in range(2):
        task = a_task(a_tenant())
        records.open(task, "hola")
        claim = records.claim(task, 60)
        assert isinstance(claim, Claim)
        records.finish(claim, task, title="", body="b", extraction=an_extraction(), failure=None)
        with postgres.admin.begin() as connection:
            values = {"t": task.tenant.id, "u": task.tenant.user_id, "s": uuid4()}
            connection.execute(text("insert into auth.tombstones values (:t)"), values)
            connection.execute(
                text(
                    "insert into messaging.sends (id, tenant_id, user_id, members, text, state) values (:s, "
                    ":t, :u, '{0}', 'hola', 'sent')"
                ),
                values,
            )
            connection.execute(
                text(
                    "insert into auth.members (tenant_id, user_id, home, role) values (:t, :u, :t, 'owner')"
                ),
                values,
            )
        tenants.append(task.tenant.id)
    return tenants[0], tenants[1]


def _as_tenant(
    postgres: Database, tenant: UUID | None, query: str, **values: object
) -> list[tuple[object, ...]]:
    with postgres.app.begin() as connection:
        connection.execute(
            text("select set_config('app.tenant', :t, true)"), {"t": str(tenant) if tenant else ""}
        )
        result = connection.execute(text(query), values)
        return [tuple(row) for row in result] if result.returns_rows else []


def test_every_table_with_a_tenant_is_tried_below(postgres: Database) -> None:
    """The tables that these tests name are all those of the four schemas."""
    tables = _rows(
        postgres,
        "select schemaname || '.' || tablename from pg_tables where schemaname in ('auth', 'documents', "
        "'extractor', 'messaging')",
    )
    assert {table for (table,) in tables} == set(TENANT_TABLES)


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_the_runtime_role_reads_one_tenant_only(
    table: str, two_tenants: tuple[UUID, UUID], postgres: Database
) -> None:
    """As the worker's role, a table that holds both tenants' rows shows the named tenant's; without a tenant,
    none; security is forced on its owner too.
    """
    mine, other = two_tenants
    column = TENANT_TABLES[table]
    there = _rows(
        postgres, f"select distinct {column} from {table} where {column} in (:m, :o)", m=mine, o=other
    )
    assert set(there) == {(mine,), (other,)}
    assert _as_tenant(postgres, mine, f"select distinct {column} from {table}") == [(mine,)]
    assert _as_tenant(postgres, other, f"select distinct {column} from {table}") == [(other,)]
    assert _as_tenant(postgres, mine, f"select {column} from {table} where {column} = :o", o=other) == []
    assert _as_tenant(postgres, None, f"select {column} from {table}") == []
    forced = _rows(
        postgres,
        "select relrowsecurity, relforcerowsecurity from pg_class where oid = cast(:t as regclass)",
        t=table,
    )
    assert forced == [(True, True)]


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_the_runtime_role_joins_one_tenant_only(
    table: str, two_tenants: tuple[UUID, UUID], postgres: Database
) -> None:
    """A join of any table with any other, on nothing at all, pairs the named tenant's rows only."""
    mine, _ = two_tenants
    for with_, column in TENANT_TABLES.items():
        pairs = f"select distinct a.{TENANT_TABLES[table]}, b.{column} from {table} a cross join {with_} b"
        assert _as_tenant(postgres, mine, pairs) == [(mine, mine)]


DELETED = {"auth.tenants", "documents.documents", "messaging.replies", "messaging.sends"}
"""What the worker may delete, of a tenant that is buried; all else goes with these."""


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_the_runtime_role_writes_for_one_tenant_only(
    table: str, two_tenants: tuple[UUID, UUID], postgres: Database
) -> None:
    """A row of another tenant cannot be inserted, nor one's own be given away, nor theirs be changed, taken
    or deleted; nobody's neither.
    """
    mine, other = two_tenants
    column = TENANT_TABLES[table]
    of = f"select to_jsonb(x)::text from {table} x where {column} = :t order by 1"
    before = _rows(postgres, of, t=mine), _rows(postgres, of, t=other)
    copy = f"insert into {table} select (jsonb_populate_record(null::{table}, cast(:row as jsonb))).*"
    for tenant in (mine, None):
        with pytest.raises(DBAPIError, match=ROW):
            _as_tenant(postgres, tenant, copy, row=before[1][0][0])
    if table == "auth.tombstones":
        with pytest.raises(DBAPIError, match=NEVER):
            _as_tenant(postgres, mine, f"update {table} set {column} = {column}")
    else:
        with pytest.raises(DBAPIError, match=ROW):
            _as_tenant(postgres, mine, f"update {table} set {column} = :o", o=other)
        everything = f"update {table} set {column} = {column} returning {column}"
        assert set(_as_tenant(postgres, mine, everything)) == {(mine,)}
        assert _as_tenant(postgres, None, everything) == []
        taken = f"update {table} set {column} = :m where {column} = :o returning {column}"
        assert _as_tenant(postgres, mine, taken, m=mine, o=other) == []
    if table in DELETED:
        assert (
            _as_tenant(postgres, mine, f"delete from {table} where {column} = :o returning {column}", o=other)
            == []
        )
        assert _as_tenant(postgres, None, f"delete from {table} returning {column}") == []
    else:
        for where, values in ((f" where {column} = :o", {"o": other}), ("", {})):
            with pytest.raises(DBAPIError, match=NEVER):
                _as_tenant(postgres, mine, f"delete from {table}{where}", **values)
    assert (_rows(postgres, of, t=mine), _rows(postgres, of, t=other)) == before


OF_TWO = {
    "documents.documents": (
        "(id, tenant_id, user_id, wamid, seq, received_at, status) values (gen_random_uuid(), :mine, :user, "
        "'w', 99, now(), 'working')"
    ),
    "extractor.extractions": (
        "(id, tenant_id, document_id, ordinal, engine, verdict, data, evidence, checks)"
        " values (gen_random_uuid(), :mine, :document, 9, 'text', 'proven', '{}', '[]', '[]')"
    ),
    "messaging.lanes": "(user_id, tenant_id) values (:user, :mine) on conflict do nothing",
    "messaging.sends": (
        "(id, tenant_id, user_id, members, text, state) values (gen_random_uuid(), :mine, :user, '{0}', "
        "'hola', 'sent')"
    ),
    "messaging.replies": "(user_id, seq, tenant_id, body, state) values (:user, 99, :mine, 'hola', 'ready')",
    "messaging.replies of a document": (
        "(user_id, seq, tenant_id, document_id, body, state) values (:me, 99, :mine, :document, 'hola', "
        "'ready')"
    ),
}
"""A row of each table that is one tenant's by its column and another's by what it refers to."""


@pytest.mark.parametrize("row", OF_TWO)
def test_no_row_is_of_two_tenants(row: str, two_tenants: tuple[UUID, UUID], postgres: Database) -> None:
    """As the worker's role, a row for another tenant's user or document is refused by the database, whatever
    tenant it names.
    """
    mine, other = two_tenants
    ((me,),), ((user,),) = (
        _rows(postgres, "select id from auth.users where tenant_id = :t", t=tenant)
        for tenant in (mine, other)
    )
    ((document,),) = _rows(postgres, "select id from documents.documents where tenant_id = :t", t=other)
    if row == "messaging.lanes":
        with postgres.admin.begin() as connection:
            connection.execute(text("delete from messaging.lanes where user_id = :u"), {"u": user})
    with pytest.raises(DBAPIError, match=f"violates foreign key constraint|{ROW}"):
        _as_tenant(
            postgres,
            mine,
            f"insert into {row.split(maxsplit=1)[0]} {OF_TWO[row]}",
            mine=mine,
            user=user,
            me=me,
            document=document,
        )


def test_a_purge_still_takes_everything_of_its_tenant(
    two_tenants: tuple[UUID, UUID], postgres: Database
) -> None:
    """Deleting a tenant, as an operator does, deletes its rows in every table but the tombstone, and nobody
    else's.
    """
    mine, other = two_tenants
    engine = postgres.engine("cuadra_ops")
    with engine.begin() as connection:
        connection.execute(text("delete from auth.tenants where id = :t"), {"t": mine})
    engine.dispose()
    left = {
        tenant: {
            table
            for table, column in TENANT_TABLES.items()
            if _rows(postgres, f"select 1 from {table} where {column} = :t", t=tenant)
        }
        for tenant in two_tenants
    }
    assert left == {mine: {"auth.tombstones"}, other: set(TENANT_TABLES)}


@pytest.mark.parametrize(
    "forbidden",
    ["set role cuadra_owner", "alter table auth.users disable row level security", "truncate auth.users"],
)
def test_the_runtime_role_cannot_lift_what_binds_it(
    forbidden: str, two_tenants: tuple[UUID, UUID], postgres: Database
) -> None:
    """The worker's role is nobody else, and owns no table."""
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        _as_tenant(postgres, two_tenants[0], forbidden)


def test_a_tenant_does_not_outlive_its_transaction(
    two_tenants: tuple[UUID, UUID], postgres: Database
) -> None:
    """A pooled connection forgets the tenant at the end of each transaction."""
    with postgres.app.connect() as connection:
        connection.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(two_tenants[0])})
        connection.commit()
        assert connection.execute(text("select count(*) from auth.users")).scalar_one() == 0


def test_a_database_that_is_down_is_unwell_and_comes_back() -> None:
    """Nobody listening is Unwell, which means "try again"."""
    engine = database.connect(f"postgresql+pg8000://a:b@127.0.0.1:{free_port()}/x", pool=1)
    with pytest.raises(Unwell, match="postgres"), database.tenant_transaction(engine, uuid4()):
        pass


def test_a_connection_that_died_while_idle_is_replaced(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a pause the pool checks a connection before handing it out, so that a restart of the database
    costs no task.
    """
    monkeypatch.setattr(database, "_IDLE_S", -1.0)
    engine = database.connect(postgres.server.url("cuadra_app", LOGINS["cuadra_app"]), pool=1)
    with database.tenant_transaction(engine, uuid4()) as connection:
        backend = connection.execute(text("select pg_backend_pid()")).scalar_one()
    with postgres.admin.begin() as admin:
        admin.execute(text("select pg_terminate_backend(:b)"), {"b": backend})
    with database.tenant_transaction(engine, uuid4()) as connection:
        assert connection.execute(text("select pg_backend_pid()")).scalar_one() != backend
    engine.dispose()


class _Connector:
    """Stands in for `google.cloud.sql.connector.Connector`: opens the embedded server and keeps what it was
    asked.
    """

    def __init__(self, database: Database) -> None:
        self.server = database.server
        self.asked: list[tuple[tuple[object, ...], dict[str, object]]] = []

    def connect(self, *args: object, **options: object) -> object:
        import pg8000.dbapi

        self.asked.append((args, options))
        return pg8000.dbapi.connect(
            user="cuadra_app",
            password=LOGINS["cuadra_app"],
            host="127.0.0.1",
            port=self.server.port,
            database="postgres",
        )


def test_the_cloud_sql_branch_opens_real_connections(postgres: Database) -> None:
    """Through a connector the pool asks for IAM authentication on the instance, and the records work over
    what it opens.
    """
    connector = _Connector(postgres)
    engine = database.connect_cloud_sql("p:r:i", "worker@p.iam", "cuadra", pool=2, connector=connector)
    task = a_task(a_tenant())
    assert PostgresRecords(engine).open(task, "hola") == Registered(purged=False, answered=None)
    assert connector.asked == [
        (
            ("p:r:i", "pg8000"),
            {
                "user": "worker@p.iam",
                "db": "cuadra",
                "enable_iam_auth": True,
                "ip_type": "public",
                "timeout": 15,
            },
        )
    ]
    engine.dispose()


def test_migrations_from_nothing_twice_change_nothing_more(postgres: Database) -> None:
    """Upgrading an upgraded database is a no-op, and the runtime role owns nothing."""
    from infra import migrations

    migrator = create_engine(postgres.server.url("cuadra_migrator", LOGINS["cuadra_migrator"]))
    with migrator.connect() as connection:
        migrations.upgrade(connection)
    migrator.dispose()
    owned = _rows(
        postgres,
        "select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in "
        "('cuadra_app', 'cuadra_runtime')",
    )
    assert owned == [(0,)]


def test_the_window_of_a_user_is_the_latest_message(records: PostgresRecords, postgres: Database) -> None:
    """Tasks out of order leave the latest message's time as the start of the 24 hours."""
    tenant = a_tenant()
    now = datetime.now(UTC).replace(microsecond=0)
    for seq, ago in ((1, 5), (2, 1), (3, 9)):
        task = a_task(tenant, seq)
        records.open(replace(task, message=replace(task.message, sent_at=now - timedelta(minutes=ago))), "")
    assert _rows(postgres, "select last_inbound_at from auth.users where id = :u", u=tenant.user_id) == [
        (now - timedelta(minutes=1),)
    ]


def test_what_the_model_cost_is_kept_without_an_invoice_too(
    postgres: Database, records: PostgresRecords
) -> None:
    """A file that is no invoice, and one that could not be read, cost what they cost; a file read again costs
    again.
    """
    for seq, (read, failure) in enumerate(
        [
            (Extraction("not_an_invoice", "gemini", what="yape"), None),
            (Extraction("unreadable", ""), "corrupt"),
        ],
        1,
    ):
        task = a_task(a_tenant(), seq)
        records.open(task, "hola")
        for _ in range(2):
            claim = records.claim(task, 60)
            assert isinstance(claim, Claim)
            bill = replace(read, tokens=100, cost_usd=Decimal("0.001"))
            assert records.finish(claim, task, title="t", body="b", extraction=bill, failure=failure)
            with postgres.admin.begin() as connection:
                connection.execute(
                    text("update documents.documents set status = 'working' where id = :i"),
                    {"i": claim.document_id},
                )
                connection.execute(
                    text("delete from messaging.replies where document_id = :i"), {"i": claim.document_id}
                )
        assert _rows(
            postgres,
            "select tokens, cost_usd from documents.documents where id = :i",
            i=document_id(task.message.wamid),
        ) == [(200, Decimal("0.002"))]


def test_a_long_statement_waits_for_no_acknowledgement(postgres: Database) -> None:
    """What is longer than the driver's buffer leaves at once: Nagle's algorithm would hold its end back for
    40 ms.
    """
    took = []
    for _ in range(5):
        with database.tenant_transaction(postgres.app, uuid4()) as connection:
            began = time.perf_counter()
            connection.execute(text("select length(:a)"), {"a": "x" * 20_000})
            took.append(time.perf_counter() - began)
    assert min(took) < 0.03


class Connector:
    """The Cloud SQL connector as it treats the driver: it opens the socket itself, without a limit, and hands
    it over. `error` is raised instead.
    """

    def __init__(self, url: URL, error: Exception | None = None) -> None:
        self.url, self.error = url, error

    def connect(
        self, _instance: str, _driver: str, *, user: str, db: str, timeout: float, **_: object
    ) -> object:
        if self.error:
            raise self.error
        self.opened = socket.create_connection((self.url.host, self.url.port))
        return pg8000.dbapi.connect(
            user, database=db, password=self.url.password, sock=self.opened, timeout=timeout
        )


def test_a_database_that_hangs_holds_no_thread_for_ever(postgres: Database) -> None:
    """A connection that the Cloud SQL connector opened has its limit of time too; a migration's is lifted, on
    both sides.
    """
    url = postgres.app.url
    connector = Connector(url)
    engine = database.connect_cloud_sql(
        "p:r:i", str(url.username), str(url.database), pool=1, connector=connector
    )
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        assert raw._usock.gettimeout() == 15
        database.without_limits(connection)
        assert raw._usock.gettimeout() is None
        assert connection.execute(text("show statement_timeout")).scalar() == "0"
    engine.dispose()
    connector.opened.close()  # the driver closes only what it opened


@pytest.mark.parametrize("error", [ClientConnectionError("no route"), RefreshError("no grant")])
def test_a_connector_that_cannot_ask_google_is_a_database_that_is_unwell(
    postgres: Database, error: Exception
) -> None:
    """The connector asks for addresses and certificates first: when it cannot, the call may be made again."""
    url = postgres.app.url
    engine = database.connect_cloud_sql(
        "p:r:i", str(url.username), str(url.database), pool=1, connector=Connector(url, error)
    )
    with pytest.raises(Unwell, match=type(error).__name__), database.tenant_transaction(engine, uuid4()):
        pass
