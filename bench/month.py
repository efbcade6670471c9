"""An accountant's month in figures: seconds and memory of its workbook, of SUNAT's file and of the comparison
with SUNAT's proposal.

python -m bench.month [PAPERS …]         a process for each size; memory is what it took above its rest
python -m bench.month --months [MONTHS]  random months against an independent recomputation, 10,000 of them;
                                         exit 1 when one is wrong
python -m bench.month --stored [PAPERS]  a month of so many papers (50,000) in a real Postgres: what the chat
                                         sends of it, and what `ops export` writes
python -m bench.month --erased [PAPERS]  the rows of a business of so many papers (150,000) in a real Postgres
                                         deleted as `ops purge` and `borrar mis datos` delete them
"""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from pydantic import SecretStr

T = TypeVar("T")


def main() -> None:
    if sys.argv[1:2] == ["--months"]:
        sys.exit(recomputed(int((sys.argv[2:] or ["10000"])[0])))
    if sys.argv[1:2] == ["--stored"]:
        stored(int((sys.argv[2:] or ["50000"])[0]))
        return
    if sys.argv[1:2] == ["--erased"]:
        erased(int((sys.argv[2:] or ["150000"])[0]))
        return
    sizes = sys.argv[1:] or ["3000", "30000"]
    if "BENCH_MONTH" in os.environ:
        measured(int(sizes[0]))
        return
    for size in sizes:
        subprocess.run(
            [sys.executable, "-m", "bench.month", size], check=True, env=os.environ | {"BENCH_MONTH": "1"}
        )


def measured(size: int) -> None:
    from functions.books import purchases, rce, workbook
    from functions.books.filed import Register
    from tests.papers import NOVEMBER, OWN, RATES, a_month

    register = Register(a_month(1, size))
    placed, placing = timed(lambda: purchases.month_of(register, OWN, NOVEMBER, RATES))
    workbook.written([workbook.Worksheet("Vacía", [workbook.Column("A")], [["a"]])])
    rest = peak()
    (data, left_out), writing = timed(
        lambda: workbook.written(
            purchases.sheets(
                placed, [], lambda _: ["no es seguro: la fecha"], lambda file: f"https://x.pe/{file.document}"
            )
        )
    )
    grown = peak() - rest
    file, filing = timed(lambda: rce.file([one.row for one in placed if one.place == "purchases"]))
    print(f"{size} papers: placed in {placing:.1f} s; XLSX in {writing:.1f} s, {grown:.0f} MB above rest, "
        f"{len(data) / 1e6:.1f} MB, {left_out} rows left out; "
          f"RCE in {filing:.2f} s, {len(file) / 1e6:.1f} MB")  # fmt: skip


def recomputed(months: int) -> int:
    """Every month laid out, every fiftieth also written and read back. How many are wrong, at most 1."""
    from tests.recomputed import wrong

    began = time.process_time()
    found = [said for seed in range(months) for said in wrong(seed, through_a_file=seed % 50 == 0)]
    print(
        "\n".join(
            [
                *found[:20],
                (
                    f"{months} months, {8 * months} papers: {len(found)} wrong; "
                    f"{time.process_time() - began:.0f} s"
                ),
            ]
        )
    )
    return int(bool(found))


def stored(papers: int) -> None:
    """The chat's workbook, cut with a sentence, and the operators', whole. Seconds are of the clock: most of
    them are Postgres's.
    """
    from bench.questions import LOGINS, loaded
    from functions.books.ask import Ask
    from functions.books.months import Month
    from functions.lima import LIMA
    from functions.whatsapp.clerk import Clerk
    from infra.books import PostgresBooks
    from infra.ops.desk import Desk
    from infra.ops.export import export
    from infra.ops.target import Target

    tenant, now = UUID(int=1), datetime.now(UTC)
    month = Month.of(now.astimezone(LIMA).date())
    with loaded(papers, hours=1) as engine:
        began, rest = time.monotonic(), peak()
        said = Clerk(PostgresBooks(engine)).file(Ask("excel", month=month), tenant, now)
        took = time.monotonic() - began
        print(
            f"chat: {took:.1f} s, {peak() - rest:.0f} MB above rest, "
            f"{len(said.made.data) / 1e6 if said.made else 0:.1f} MB"
        )
        print("  " + said.text.replace("\n", "\n  "), flush=True)
        url = engine.url.set(username="cuadra_ops", password=LOGINS["cuadra_ops"]).render_as_string(
            hide_password=False
        )
        desk = Desk(Target(google_cloud_project="p", database_url=SecretStr(url)))
        began, processor = time.monotonic(), time.process_time()
        _, data, lines = export(desk, tenant, str(month))
        print(f"ops export: {time.monotonic() - began:.1f} s, of which {time.process_time() - processor:.1f} "
            f"s here, {peak() - rest:.0f} MB above rest, "
              f"{len(data) / 1e6:.1f} MB; {', '.join(lines)}")  # fmt: skip
        desk.close()


def erased(papers: int) -> None:
    """The whole way of a purge but for files and receipts, under the limits of its login."""
    from sqlalchemy import text

    from bench.questions import LOGINS, loaded
    from functions.whatsapp.onboarding import Admissions
    from infra.database import connect
    from infra.erasing import Erasing
    from infra.local.inbox import SqliteInbox

    tenant = UUID(int=1)
    count = text("select count(*) from documents.documents where tenant_id = :tenant")
    with loaded(papers) as app, tempfile.TemporaryDirectory() as folder:
        url = app.url.set(username="cuadra_ops", password=LOGINS["cuadra_ops"])
        engine = connect(url.render_as_string(hide_password=False), pool=1)
        inbox = SqliteInbox(Path(folder) / "inbox.sqlite")
        erasing = Erasing(engine, Admissions(inbox, lambda: datetime.now(UTC), 300), _NoFiles())
        with engine.connect() as sql:
            before = sql.execute(count, {"tenant": tenant}).scalar_one()
        began = time.monotonic()
        erasing.bury(tenant)
        erasing.rows(tenant, math.inf)
        erasing.last(tenant)
        took = time.monotonic() - began
        with engine.connect() as sql:
            left = sql.execute(count, {"tenant": tenant}).scalar_one()
        print(f"purge: {before} papers, {left} left, {took:.1f} s, {1000 * took / before:.2f} ms a paper")
        engine.dispose()
        inbox.close()


class _NoFiles:
    def delete(self, prefix: str, *, most: int | None = None) -> int:
        return 0


def timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.process_time()
    return work(), time.process_time() - began


def peak() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
