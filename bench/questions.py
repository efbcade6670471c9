"""How long a question takes, from its task to its frozen send, where one business among 1,000 has 100,000
papers in its books.

    python -m bench.questions [--times 40] [--papers 100000]

The worker's own code over an embedded Postgres whose rows SQL made; Graph, queue and reader do nothing.
Milliseconds; exit 1 when a p95 is over the goal.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Engine, create_engine, text

from functions.whatsapp import tasks
from functions.whatsapp.clerk import Clerk
from functions.whatsapp.doorkeeper import Doorkeeper
from functions.whatsapp.lane import Lanes
from functions.whatsapp.model import Address, Inbound, Tenant
from functions.whatsapp.places import Places
from functions.whatsapp.processor import Processor
from functions.whatsapp.ticks import Ticks
from functions.whatsapp.worker import Worker
from infra import database
from infra.books import PostgresBooks
from infra.local import postgres as embedded
from infra.local.here import free_port
from infra.outbox import PostgresOutbox
from infra.records import PostgresRecords

GOAL_MS = 300.0
LOGINS = {"cuadra_migrator": "migrator-bench", "cuadra_app": "app-bench", "cuadra_ops": "ops-bench"}
_MONTHS = 24
_SMALL = 20
"""Papers of each of the other 999 businesses."""
QUESTIONS = (
    "resumen", "resumen mes pasado", "proveedores", "igv", "últimos", "buscar empresa 77", "buscar cemento",
    "buscar 20100000077", "buscar F001-777", "buscar nadie", "precios cemento", "precios clavo", "mi ruc",
    "total 118.00", "deshacer", "borrar", "algo que nadie entiende",
)  # fmt: skip
"""One of each kind, with words that all papers hold, that some do and that none does."""

# Business n has the id of n in its last digits, its user 1,000,000 more, a document 2,000,000 more; the
# papers after the others' are business 1's.
_ROWS = """
create function pg_temp.id(n bigint) returns uuid language sql immutable as $$ select lpad(to_hex(n), 32, '0')::uuid $$;
create function pg_temp.owner(n bigint) returns bigint language sql immutable as $$ select case when n > 999 * {small} then 1 else 2 + n % 999 end $$;
create function pg_temp.at(n bigint) returns timestamptz language sql stable as
    $$ select now() - (n % {hours}) * interval '1 hour' - n % 3600 * interval '1 second' $$;
create function pg_temp.data(n bigint) returns jsonb language sql stable as $$ select jsonb_build_object(
    'kind', (array['01', '01', '01', '03', '07'])[1 + n % 5], 'series', 'F00' || n % 7, 'number', n::text, 'issue_date', pg_temp.at(n)::date,
    'currency', case when n % 20 = 0 then 'USD' else 'PEN' end, 'taxable', '100.00', 'igv', '18.00', 'total', '118.00', 'amount_in_words', 'CIENTO DIECIOCHO CON 00/100',
    'supplier', jsonb_build_object('ruc', (20100000000 + n % 300)::text, 'name', 'EMPRESA ' || n % 300 || ' SAC'),
    'customer', jsonb_build_object('id_type', '6', 'id', '20512345671', 'name', 'BODEGA GRANDE SAC'),
    'items', (select jsonb_agg(jsonb_build_object('description', w || ' MARCA ' || n % 900, 'quantity', '2', 'unit', 'NIU', 'unit_price', '10.00', 'amount', '20.00'))
              from unnest(array['CEMENTO', 'FIERRO', 'ARENA', case when n % 50 = 0 then 'CLAVO' else 'LADRILLO' end]) w)) $$;
set session_replication_role = replica;
insert into auth.tenants (id, whatsapp_number, ruc, created_at) select pg_temp.id(n), '519' || n, '20512345671', now() from generate_series(1, 1000) n;
insert into auth.users (id, tenant_id, phone, last_inbound_at, created_at)
    select pg_temp.id(1000000 + n), pg_temp.id(n), '519' || n, now(), now() from generate_series(1, 1000) n;
insert into messaging.lanes (user_id, tenant_id, next) select pg_temp.id(1000000 + n), pg_temp.id(n), 1 from generate_series(1, 1000) n;
create temp table papers as select n, pg_temp.owner(n) as owner, pg_temp.at(n) as at, pg_temp.data(n) as data from generate_series(1, {papers} + 999 * {small}) n;
insert into documents.documents (id, tenant_id, user_id, wamid, seq, received_at, sha256, storage_uri, status, created_at)
    select pg_temp.id(2000000 + n), pg_temp.id(owner), pg_temp.id(1000000 + owner), 'w' || n, n, at, md5(n::text), 'gs://b/' || n, 'done', at from papers;
insert into extractor.extractions (id, tenant_id, document_id, ordinal, engine, verdict, supplier_ruc, kind, series, number, issue_date, total, data, evidence, checks, created_at)
    select pg_temp.id(3000000 + n), pg_temp.id(owner), pg_temp.id(2000000 + n), 0, 'text', 'proven', data #>> '{{supplier,ruc}}', data ->> 'kind', data ->> 'series',
           n::text, at::date, 118, data, '[]', '[]', at from papers;
insert into books.entries (id, tenant_id, document_id, ordinal, user_id, received_at, month, verdict, supplier_ruc, supplier_name, customer_ruc, kind, series, number,
                           issue_date, currency, igv, total, data)
    select pg_temp.id(3000000 + n), pg_temp.id(owner), pg_temp.id(2000000 + n), 0, pg_temp.id(1000000 + owner), at, date_trunc('month', at)::date, 'consistent',
           data #>> '{{supplier,ruc}}', data #>> '{{supplier,name}}', '20512345671', data ->> 'kind', data ->> 'series', n::text, at::date, data ->> 'currency', 18, 118, data
    from papers;
insert into messaging.replies (user_id, seq, tenant_id, wamid, document_id, body, state)
    select pg_temp.id(1000000 + owner), row_number() over (partition by owner order by at) - 1, pg_temp.id(owner), 'w' || n, pg_temp.id(2000000 + n), 'x', 'sent' from papers;
update messaging.lanes l set next = (select max(seq) + 1 from messaging.replies r where r.user_id = l.user_id);
set session_replication_role = origin;
analyze
"""


@dataclass
class Quiet:
    """Graph, queue and media store at once: notes when a send was called, and does nothing."""

    sent: list[tuple[float, str]] = field(default_factory=list)

    def send_text(self, address: Address, said: str, **how: object) -> str:
        """The send is frozen by now."""
        self.sent.append((time.monotonic(), said))
        return f"sent.{len(self.sent)}"

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Nothing."""

    def push(self, name: str, body: bytes, *, at: datetime | None = None) -> None:
        """Nothing."""


@contextmanager
def loaded(papers: int, hours: int = _MONTHS * 30 * 24) -> Iterator[Engine]:
    """The worker's engine on a server that holds the rows, which came in the last `hours`."""
    folder = Path(tempfile.mkdtemp(prefix="cuadra-questions-"))
    folder.chmod(0o711)  # as root the server runs as nobody, who must get in
    server = embedded.start(folder, free_port())
    try:
        embedded.prepare(server, LOGINS)
        admin = create_engine(server.url())
        with admin.begin() as connection:
            for statement in _ROWS.format(papers=papers, small=_SMALL, hours=hours).split(";\n"):
                connection.execute(text(statement.replace(":", "\\:")))
        with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze"))
        admin.dispose()
        engine = database.connect(server.url("cuadra_app", LOGINS["cuadra_app"]), pool=4)
        yield engine
        engine.dispose()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Asker:
    """The owner of the large business, whose next number is `seq`."""

    worker: Worker
    quiet: Quiet
    seq: int
    tenant: Tenant

    def ask(self, said: str) -> tuple[float, str | None]:
        """Milliseconds from the task to the send, and what it says; to the task's end where nothing is
        sent.
        """
        inbound = Inbound(f"q{self.seq}", self.tenant.address, datetime.now(UTC), "text", text=said)
        body = tasks.dump(
            tasks.MessageTask(
                tenant=self.tenant, seq=self.seq, message=inbound, received_at=datetime.now(UTC)
            )
        )
        self.seq += 1
        self.quiet.sent.clear()
        began = time.monotonic()
        outcome = self.worker.handle(body)
        assert outcome.status == 200, outcome
        at, answer = self.quiet.sent[0] if self.quiet.sent else (time.monotonic(), None)
        return 1000 * (at - began), answer


def asker(engine: Engine) -> Asker:
    """Composes the worker, as main.py does."""
    quiet, records = Quiet(), PostgresRecords(engine)
    anything = cast("Any", quiet)
    clerk = Clerk(PostgresBooks(engine))
    # Nobody here is asked about people.
    doorkeeper = Doorkeeper(anything, anything, clerk.books, quiet, lambda: "")
    processor = Processor(
        records,
        anything,
        anything,
        anything,
        Ticks(quiet, ThreadPoolExecutor(1)),
        Places(1, 2),
        clerk,
        quiet,
        doorkeeper,
    )
    lanes = Lanes(PostgresOutbox(engine), anything, lambda _: None, quiet, anything)
    worker = Worker(processor, lanes, records, quiet, anything, lambda: datetime.now(UTC), anything)
    tenant = Tenant(
        UUID(int=1),
        UUID(int=1_000_001),
        Address("5191", None),
        version=1,
        welcome="file",
        created_at=datetime.now(UTC),
    )
    with database.tenant_transaction(engine, tenant.id) as connection:
        seq = connection.execute(
            text("select next from messaging.lanes where user_id = :user"), {"user": tenant.user_id}
        ).scalar_one()
    return Asker(worker, quiet, int(seq), tenant)


def main() -> int:
    """Load, ask, print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.questions", description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None
    )
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--papers", type=int, default=100_000)
    args = parser.parse_args()
    worst = 0.0
    with loaded(args.papers) as engine:
        who = asker(engine)
        print(
            f"{args.papers:,} papers of one business in {_MONTHS} months, {999 * _SMALL:,} of 999 others; "
            f"{args.times} times each\n"
        )
        print(f"{'question':<28}{'p50 ms':>8}{'p95 ms':>8}")
        for question in QUESTIONS:
            who.ask(question)  # once for what is loaded with the first of its kind
            took = sorted(who.ask(question)[0] for _ in range(args.times))
            p95 = took[min(len(took) - 1, round(0.95 * len(took)))]
            worst = max(worst, p95)
            over = "" if p95 <= GOAL_MS else "  over the goal"
            print(f"{question:<28}{statistics.median(took):>8.0f}{p95:>8.0f}{over}", flush=True)
    print(f"\nworst p95 {worst:.0f} ms, goal {GOAL_MS:.0f} ms")
    return int(worst > GOAL_MS)


if __name__ == "__main__":
    sys.exit(main())
