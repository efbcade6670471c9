"""Every query reads by index: the plans that Postgres makes for 100,000 documents of 1,000 tenants, one of
which has a tenth of them.
"""

from __future__ import annotations

import importlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, TextClause, create_engine, text

from infra import database
from infra.local import postgres as embedded
from infra.outbox import PostgresOutbox
from tests.conftest import LOGINS, free_port
from tests.scale import LEFT

pytestmark = [
    pytest.mark.contract,
    *LEFT,
    pytest.mark.slow(
        "a server is filled with a hundred thousand papers; only a new statement or index could break it"
    ),
]

# Tenant n has the id of n in its last digits, its user 1,000,000 more, a document 2,000,000 more. Documents
# beyond 90,000 are tenant 1's.
_BULK = """
create function pg_temp.id(n bigint) returns uuid language sql immutable as $$
    select lpad(to_hex(n), 32, '0')::uuid $$;
create function pg_temp.owner(n bigint) returns bigint language sql immutable as $$ select case
    when n > 90000 then 1 else n % 1000 + 1 end $$;
set session_replication_role = replica;
insert into auth.tenants (id, whatsapp_number, created_at) select pg_temp.id(n), '519' || n, now()
    from generate_series(1, 1000) n;
insert into auth.users (id, tenant_id, phone, bsuid, last_inbound_at, created_at)
    select pg_temp.id(1000000 + n), pg_temp.id(n), '519' || n, 'PE.' || n, now(), now()
        from generate_series(1, 1000) n;
insert into auth.tombstones (tenant_id) select pg_temp.id(900000 + n) from generate_series(1, 2000) n;
insert into messaging.lanes (user_id, tenant_id, next) select pg_temp.id(1000000 + n), pg_temp.id(n), 101
    from generate_series(1, 1000) n;
insert into documents.documents (id, tenant_id, user_id, wamid, seq, received_at, sha256, storage_uri, status,
    lease_until, created_at)
    select pg_temp.id(2000000 + n), pg_temp.id(pg_temp.owner(n)), pg_temp.id(1000000 + pg_temp.owner(n)),
        'w' || n, n,
           now() - n * interval '4 minutes', md5(n::text), 'gs://b/' || n,
           case when n % 5000 = 0 then 'working' else 'done' end, case when n % 5000 = 0 then now() - interval
               '1 minute' end,
           now() - n * interval '4 minutes'
    from generate_series(1, 100000) n;
insert into extractor.extractions (id, tenant_id, document_id, ordinal, engine, verdict, supplier_ruc, kind,
    series, number, issue_date, total,
                                   data, evidence, checks, created_at)
    select pg_temp.id(3000000 + n), pg_temp.id(pg_temp.owner(n)), pg_temp.id(2000000 + n), 0, 'text',
        'proven', (20100000000 + n % 300)::text, '01',
           'F001', n::text, current_date, 100, '{}', '[]', '[]', now() - n * interval '4 minutes'
    from generate_series(1, 100000) n;
insert into books.entries (id, tenant_id, document_id, ordinal, user_id, received_at, month, verdict,
    supplier_ruc, supplier_name, kind, series, number,
                           issue_date, currency, total, data)
    select pg_temp.id(3000000 + n), pg_temp.id(pg_temp.owner(n)), pg_temp.id(2000000 + n), 0,
        pg_temp.id(1000000 + pg_temp.owner(n)),
           now() - n * interval '4 minutes', date_trunc('month', now() - n * interval '4 minutes')::date,
               'proven', (20100000000 + n % 300)::text,
           'EMPRESA ' || n % 300, '01', 'F001', n::text, (now() - n * interval '4 minutes')::date, 'PEN', 100,
           jsonb_build_object('supplier', jsonb_build_object('name', 'EMPRESA ' || n % 300), 'items',
               jsonb_build_array(jsonb_build_object('description', 'PRODUCTO ' || n % 900)))
    from generate_series(1, 100000) n;
insert into books.corrections (tenant_id, entry_id, field, old, new, user_id, wamid, undoes, at)
    select pg_temp.id(pg_temp.owner(n)), pg_temp.id(3000000 + n), 'total', '90', '100',
        pg_temp.id(1000000 + pg_temp.owner(n)), 'w' || n,
           case when n % 10 = 0 then 'w' || n + 1 end, now() - n * interval '4 minutes'
    from generate_series(1, 100000) n;
insert into books.mappings (tenant_id, user_id, day, asked, cost_usd)
    select pg_temp.id(n % 1000 + 1), pg_temp.id(1000001 + n % 1000), current_date - n / 1000, 1, 0.001
        from generate_series(0, 99999) n;
insert into books.inquiries (entry_id, tenant_id, state, at, due)
    select pg_temp.id(3000000 + n), pg_temp.id(pg_temp.owner(n)), case
        when n % 5000 > 0 then 'accepted' end, now() - n * interval '4 minutes',
           case when n % 5000 = 0 then now() - interval '1 minute' end
    from generate_series(1, 100000) n;
insert into books.given (tenant_id, month, at)
    select pg_temp.id(n % 1000 + 1), (date_trunc('month', now()) - n / 1000 * interval '1 month')::date, now()
        from generate_series(0, 29999) n;
insert into books.rates (day, currency, sell) select current_date - n, 'USD', 3.5
    from generate_series(1, 5000) n;
insert into messaging.sends (id, tenant_id, user_id, members, text, state, sent_wamid)
    select pg_temp.id(4000000 + n), pg_temp.id(pg_temp.owner(n)), pg_temp.id(1000000 + pg_temp.owner(n)),
        array[n]::integer[], 'x',
           case when n % 5000 = 1 then 'frozen' else 'sent' end, 'sent' || n
    from generate_series(1, 100000) n;
insert into messaging.replies (user_id, seq, tenant_id, wamid, document_id, body, state, send_id)
    select pg_temp.id(1000000 + pg_temp.owner(n)), n, pg_temp.id(pg_temp.owner(n)), 'w' || n,
        pg_temp.id(2000000 + n), 'x',
           case when n % 5000 = 1 then 'ready' else 'sent' end, pg_temp.id(4000000 + n)
    from generate_series(1, 100000) n;
insert into auth.members (tenant_id, user_id, home, role)
    select pg_temp.id(n % 1000 + 1), pg_temp.id(1000001 + n / 20), pg_temp.id(n / 20 + 1), 'helper'
    from generate_series(0, 19999) n;
update messaging.lanes l set next = (select max(seq) + 1 from messaging.replies r
    where r.user_id = l.user_id);
set session_replication_role = origin;
analyze;
"""

_NOW = datetime.now(UTC)
_TENANT, _USER, _ID = UUID(int=1), UUID(int=1_000_001), UUID(int=2_000_077)
_VALUES: dict[str, Any] = {
    "tenant": _TENANT, "user": _USER, "id": _ID, "twin": UUID(int=2_000_078), "token": UUID(int=9),
    "wamid": "w77", "wamids": ["w77", "w78"], "phone": "51999000111", "bsuid": "PE.1", "version": 3,
    "created_at": _NOW, "inbound_at": _NOW, "received_at": _NOW, "welcomes": ["hola"], "at": _NOW, "seq": 77,
    "filename": "f.pdf", "storage_uri": "gs://b/77", "lease_s": 75.0, "sha256": "0" * 64, "size": 9,
    "status": "done", "verdict": "proven", "what": None, "failure": None, "media_type": "application/pdf",
    "pages": 1, "pages_read": 1, "engine": "text", "model": None, "elapsed_ms": 5, "tokens": 0, "cost_usd": 0,
    "title": "t", "body": "b", "state": "ready", "limit": 200, "members": [77, 78], "text": "x",
    "quote": None, "duplicates": "[]", "next": 78, "code": 131000, "detail": "x", "hold": False, "pace": True,
    "pace_s": 6, "paced_s": 300, "counted": 1, "wait_s": 5.0, "to": 78, "until": _NOW, "again": True,
    "tries": 5, "back_s": 1.0, "kind": "text", "most": 3, "renews": True, "incomplete": False, "keep": False,
    "ids": [UUID(int=4_000_077)], "gone": 131026, "window_s": 86400.0, "uncertain": UUID(int=4_000_077),
    "seen": _NOW, "known": 0, "note": "obra", "noted": "", "mark": "x", "month": _NOW.date().replace(day=1),
    "query": "PRODUCTO:* & 77:*", "ruc": "20100000077", "name": "x", "series": "F001", "number": "77",
    "entry": UUID(int=3_000_077), "quoted": "sent77", "since": _NOW - timedelta(days=1), "undoes": None,
    "about": [UUID(int=3_000_077)], "file": None, "problem": "x", "given": "excel", "given_at": _NOW,
    "table": "table",
    "document": _ID, "ordinal": 0, "missed": 0, "taxpayer": "00", "domicile": "00", "not_to": None,
    "due": _NOW, "now": _NOW, "fees": "total", "final": ["annulled"], "total": Decimal(100),
    "missing": "x", "papers": [UUID(int=3_000_077)], "notice": "x", "quiet": True,
    "question": "x", "offer": None, "own_offer": None, "of": 77, "choice": "77.x", "asked": "x",
    "supplier": "20100000077",
    "values": '{"data": {}}', "deleted": None, "corrections": '[{"field": "total"}]',
    "day": _NOW.date(), "usd": 0.001,
    "home": _TENANT, "business": _TENANT, "guest": True, "role": "helper", "address": "0111",
    "first": _NOW.date().replace(day=1), "from": _NOW - timedelta(days=30), "days": [_NOW.date()],
    "rates": "[]",
    "rows": json.dumps([{"id": str(_ID), "ordinal": 0, "data": {}, "evidence": [], "checks": [], "tokens": 0,
                "cost_usd": "0"}]),
}  # fmt: skip
"""A value for each name that a statement may ask for; a statement that asks for another one fails here, and
so does not pass unseen.
"""

_OPERATORS_VALUES = _VALUES | {
    "synthetic": "51999000111",
    "phones": ["51999000111"],
    "low": _ID,
    "high": UUID(int=_ID.int + 9),
}

_SMALL = ("tenants:", "users:", "lanes:")
_RUNTIME = (
    "infra.records_sql",
    "infra.outbox",
    "infra.books",
    "infra.inquiries",
    "infra.interpreter",
    "infra.erasing",
)
_OPERATORS = ("infra.ops.purge", "infra.ops.story", "infra.ops.export", "infra.ops.people")


def _statements(module: str) -> list[tuple[str, TextClause]]:
    found = [
        (name, value)
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, TextClause)
    ]
    return [(f"{module}.{name}", value) for name, value in found]


@pytest.fixture(scope="module")
def full() -> Iterator[embedded.Postgres]:
    """A server of its own, since sweeps of other tests would meet what is loaded here."""
    folder = Path(tempfile.mkdtemp(prefix="cuadra-plans-"))
    folder.chmod(0o711)  # as root the server runs as nobody, who must get in
    server = embedded.start(folder, free_port(), lasting=False)
    try:
        embedded.prepare(server, LOGINS)
        admin = create_engine(server.url())
        with admin.begin() as connection:
            for statement in _BULK.split(";\n"):
                if statement.strip():
                    connection.execute(text(statement.replace(":", "\\:")))
        admin.dispose()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _engine(server: embedded.Postgres, login: str) -> Engine:
    return create_engine(server.url(login, LOGINS[login]))


def _whole_reads(connection: Connection, statement: str, values: dict[str, Any]) -> list[str]:
    """Our tables that the plan of a statement reads from end to end.

    A table with a row a tenant is small enough that a few look-ups may be done faster so: there it must only
    be possible to do without.
    """
    found = _scanned(connection, statement, values)
    if found and all(scan.startswith(_SMALL) for scan in found):
        connection.execute(text("set local enable_seqscan = off"))
        found = _scanned(connection, statement, values)
        connection.execute(text("set local enable_seqscan = on"))
    return found


def _scanned(connection: Connection, statement: str, values: dict[str, Any]) -> list[str]:
    plan = connection.execute(text(f"explain (format json) {statement}"), values).scalar()
    found: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        if node["Node Type"] in {"Seq Scan", "Parallel Seq Scan"}:
            found.append(f"{node['Relation Name']}: {node.get('Filter', '')}")
        for part in node.get("Plans", []):
            walk(part)

    for whole in json.loads(plan) if isinstance(plan, str) else plan:
        walk(whole["Plan"])
    return found


@pytest.mark.parametrize("tenant", [_TENANT, UUID(int=78)], ids=["the largest tenant", "a usual tenant"])
def test_the_workers_queries_read_by_index(full: embedded.Postgres, tenant: UUID) -> None:
    """No statement of the worker reads a table from end to end, as the role that it runs as and with
    row-level security on.
    """
    engine = _engine(full, "cuadra_app")
    values = _VALUES | {"tenant": tenant, "user": UUID(int=1_000_000 + tenant.int)}
    reads = {}
    with engine.begin() as connection:
        connection.execute(text("select set_config('app.tenant', :tenant, true)"), {"tenant": str(tenant)})
        for module in _RUNTIME:
            for name, statement in _statements(module):
                reads[name] = _whole_reads(
                    connection, statement.text, {key: values[key] for key in statement._bindparams}
                )
    engine.dispose()
    assert len(reads) > 20
    assert {name: found for name, found in reads.items() if found} == {}


def test_a_send_costs_the_largest_tenant_no_more(full: embedded.Postgres) -> None:
    """No statement of the lane touches more than a few of a sender's ten thousand papers and replies."""
    engine = _engine(full, "cuadra_app")
    touched = {}
    with engine.connect() as connection:
        for name, statement in _statements("infra.outbox"):
            with connection.begin() as once:
                connection.execute(
                    text("select set_config('app.tenant', :tenant, true)"), {"tenant": str(_TENANT)}
                )
                connection.execute(
                    text("update messaging.lanes set lease_token = :token where user_id = :user"),
                    {"token": _VALUES["token"], "user": _USER},
                )
                values = {key: _VALUES[key] for key in statement._bindparams}
                plan = connection.execute(
                    text(f"explain (analyze, format json) {statement.text}"), values
                ).scalar()
                once.rollback()
            touched[name] = max(
                _touched(whole["Plan"]) for whole in (json.loads(plan) if isinstance(plan, str) else plan)
            )
    engine.dispose()
    assert len(touched) > 10
    assert {name: rows for name, rows in touched.items() if rows > 200} == {}


def _touched(node: dict[str, Any]) -> float:
    """Return how many rows the busiest part of a plan read, those that it then left out among them."""
    read = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
    here = (read + node.get("Rows Removed by Join Filter", 0)) * node.get("Actual Loops", 1)
    return max([here, *map(_touched, node.get("Plans", []))])


def test_the_sweeps_functions_read_by_index(full: embedded.Postgres) -> None:
    """What looks across tenants once a minute reads what waits, not what is done."""
    admin = create_engine(full.url())
    reads = {}
    with admin.begin() as connection:
        bodies = connection.execute(
            text(
                "select proname, prosrc from pg_proc where pronamespace = 'sweep'::regnamespace".replace(
                    "::", "\\:\\:"
                )
            )
        ).all()
        connection.execute(text("set role cuadra_sweeper"))
        for name, body in bodies:
            reads[name] = _whole_reads(
                connection,
                re.sub(
                    r"(?<!as )(?<!\.)\bsince\b", "(now() - interval '1 day')", body.replace("limit_", "200")
                ).replace(":", "\\:"),
                {},
            )
        connection.rollback()
    admin.dispose()
    assert set(reads) >= {"overdue_documents", "waiting_lanes"}
    assert {name: found for name, found in reads.items() if found} == {}


def test_a_search_reads_the_index_of_words(full: embedded.Postgres) -> None:
    """A rare word is looked up among all words and not in each paper of a business, as only the function of
    its own role can.
    """
    admin = create_engine(full.url())
    values = {"tenant": str(_TENANT), "query": "PRODUCTO:* & 777:*", "most": 200}
    with admin.begin() as connection:
        body = connection.execute(text("select prosrc from pg_proc where proname = 'found'")).scalar_one()
        inner = (
            body.split("'")[1]
            .replace("$1", ":tenant")
            .replace("$2", "to_tsquery('simple', :query)")
            .replace("$3", ":most")
            .replace("$4", "null\\:\\:uuid")
        )
        connection.execute(text("set role cuadra_sweeper"))
        plan = json.dumps(connection.execute(text(f"explain (format json) {inner}"), values).scalar())
        connection.rollback()
    admin.dispose()
    assert "entries_words_idx" in plan


def test_the_operators_queries_read_by_index(full: embedded.Postgres) -> None:
    """The operators' tools do not read whole tables either, so that a look does no harm on a busy day."""
    engine = _engine(full, "cuadra_ops")
    reads = {}
    with engine.begin() as connection:
        for module in _OPERATORS:
            for name, statement in _statements(module):
                reads[name] = _whole_reads(
                    connection, statement.text, {key: _OPERATORS_VALUES[key] for key in statement._bindparams}
                )
    engine.dispose()
    assert len(reads) > 8
    assert {name: found for name, found in reads.items() if found} == {}


def test_the_largest_tenants_lane_is_seen_quickly(full: embedded.Postgres) -> None:
    """The look at a lane before each send costs the same for a sender of 10,000 documents as for one of a
    hundred: milliseconds.
    """
    engine = database.connect(full.url("cuadra_app", LOGINS["cuadra_app"]), pool=1)
    outbox = PostgresOutbox(engine)
    lease = outbox.lease(_TENANT, _USER, 30)
    assert lease
    took = []
    for _ in range(5):
        began = datetime.now(UTC)
        assert outbox.view(lease)
        took.append(datetime.now(UTC) - began)
    engine.dispose()
    assert min(took) < timedelta(milliseconds=60)
