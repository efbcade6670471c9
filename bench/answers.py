"""What owners and accountants ask for, beside the least that the same answer could cost: a question, a
month's workbook, a comparison.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import xlsxwriter
from sqlalchemy import Engine, event

from bench import questions
from bench.table import Row
from functions.books import proposal, purchases, rce
from functions.books.filed import Register
from functions.books.proposal import Proposal, Proposed
from functions.books.purchases import Kept, Placed
from functions.whatsapp import month_file
from tests.papers import NOVEMBER, OWN, RATES, a_month

T = TypeVar("T")
_QUESTIONS = ("resumen", "proveedores", "buscar cemento", "últimos")


# a question


@dataclass
class _Heard:
    """The statements that the worker reads the books by, with their values."""

    told: list[tuple[str, Any]] = field(default_factory=list)

    @contextmanager
    def on(self, engine: Engine) -> Iterator[None]:
        def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
            reads = "insert into" not in statement and "update " not in statement
            if reads and ("books." in statement or "auth.tenants where id" in statement):
                self.told.append((statement, values))

        event.listen(engine, "before_cursor_execute", hear)
        yield
        event.remove(engine, "before_cursor_execute", hear)


def question(*, quick: bool) -> list[Row]:
    """From a question's task to its frozen send, beside the statements that it asks the books, alone on a
    connection.
    """
    papers, times = (10_000, 8) if quick else (100_000, 25)
    ours, bare = dict[str, float](), dict[str, float]()
    with questions.loaded(papers) as engine:
        who = questions.asker(engine)
        for said in _QUESTIONS:
            who.ask(said)
            heard = _Heard()
            with heard.on(engine):
                who.ask(said)
            assert any("books." in statement for statement, _ in heard.told), said
            taken, least = list[float](), list[float]()
            for _ in range(times):  # in turn
                taken.append(who.ask(said)[0])
                least.append(_bare(engine, str(who.tenant.id), heard.told))
            ours[said], bare[said] = statistics.median(taken), statistics.median(least)
    ratio = sum(ours.values()) / sum(bare.values())
    return [
        Row(
            f"a question, among {papers:,} papers of one business",
            f"{statistics.mean(ours.values()):.0f} ms",
            f"{statistics.mean(bare.values()):.0f} ms (its SQL alone)",
            f"{ratio:.2f} ×",
            "≤ 3 ×",
            ratio <= 3,
            "from the task to the frozen send, means of medians: "
            + "; ".join(f"{said} {ours[said]:.0f} to {bare[said]:.0f} ms" for said in _QUESTIONS)
            + f"; {times} times each, in turn; what is not the SQL is the message's own record, its lane and "
            f"its send",
        )
    ]


def _bare(engine: Engine, tenant: str, statements: Sequence[tuple[str, Any]]) -> float:
    """Milliseconds of the statements in one transaction, their rows fetched."""
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        began = time.perf_counter()
        # The connection begins no transaction by itself, and the names that row-level security asks for
        # live as long as one.
        cursor.execute(
            f"begin; select set_config('app.tenant', '{tenant}', true), "
            f"set_config('app.person', '{tenant}', true)"
        )
        for statement, values in statements:
            cursor.execute(statement, values)
            cursor.fetchall()
        raw.rollback()
        return 1000 * (time.perf_counter() - began)
    finally:
        raw.close()


# a month's workbook


def excel(*, quick: bool) -> list[Row]:
    """A month of 3,000 papers, from what the books hold to the workbook's bytes, beside the library that
    writes the same cells.
    """
    count, times = (600, 3) if quick else (3_000, 5)
    register = Register(a_month(1, count))

    def ours() -> bytes:
        papers = purchases.month_of(register, OWN, NOVEMBER, RATES)
        made = month_file.said(Kept(OWN, NOVEMBER, papers), lambda uri: f"https://x.pe/{uri}").made
        assert made is not None
        return made.data

    cells = _cells(ours())
    taken, least = _in_turn(times, ours, lambda: _written(cells))
    ratio = statistics.median(one / other for one, other in zip(taken, least, strict=True))
    filled = sum(len(row) for sheet in cells for row in sheet)
    same = _cells(_written(cells)) == cells
    return [
        Row(
            f"Excel of a month of {count:,} papers",
            f"{statistics.median(taken):.2f} s",
            f"{statistics.median(least):.2f} s (XlsxWriter, the same cells)",
            f"{ratio:.2f} ×",
            "≤ 1.50 ×",
            ratio <= 1.5 and same,
            f"processor seconds, medians of {times} in turn; {filled:,} cells on {len(cells)} sheets; ours "
            f"places every paper, masks what a spreadsheet would run, and adds up",
        )
    ]


Cells = list[list[list[tuple[int, Any, str]]]]
"""By sheet and row: a cell's column, its value, and its number format."""


def _cells(data: bytes) -> Cells:
    """What stands in a workbook's cells."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    found: Cells = []
    for sheet in book.worksheets:
        rows = [
            [(at, cell.value, cell.number_format) for at, cell in enumerate(row) if cell.value is not None]
            for row in sheet.iter_rows()
        ]
        found.append(rows)
    return found


def _written(cells: Cells) -> bytes:
    """The same cells by the library alone, in its leanest mode."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    formats = {
        name: book.add_format({"num_format": name})
        for name in {cell[2] for sheet in cells for row in sheet for cell in row}
    }
    for rows in cells:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            for at, value, style in row:
                if isinstance(value, date):
                    day: Any = value  # the package says datetime and takes dates
                    page.write_datetime(number, at, day, formats[style])
                elif isinstance(value, int | float):
                    page.write_number(number, at, value, formats[style])
                elif isinstance(value, str) and value.startswith("=SUM("):
                    page.write_formula(number, at, value, formats[style])
                else:
                    page.write_string(number, at, str(value), formats[style])
    book.close()
    return out.getvalue()


# SUNAT's proposal beside the books


def comparison(*, quick: bool) -> list[Row]:
    """SUNAT's proposal of 20,000 rows beside as many papers, and a join of two dictionaries."""
    count, times = (2_000, 5) if quick else (20_000, 9)
    papers = purchases.month_of(Register(a_month(2, count)), OWN, NOVEMBER, RATES)
    told = Proposal(
        [row for row in map(_proposed, papers[: count * 9 // 10]) if row]
        + [_other(n) for n in range(count // 10)],
        OWN.ruc,
        NOVEMBER,
    )
    taken, least = _in_turn(
        times, lambda: proposal.compare(told, papers, NOVEMBER), lambda: _joined(told.rows, papers)
    )
    ratio = statistics.median(one / other for one, other in zip(taken, least, strict=True))
    found, (both, theirs, here) = proposal.compare(told, papers, NOVEMBER), _joined(told.rows, papers)
    same = (
        len(found.same) + len(found.different) <= len(both)
        and len(found.only_sunat) >= len(theirs)
        and len(found.only_here) <= len(here)
    )
    return [
        Row(
            f"SUNAT's proposal of {len(told.rows):,} rows beside {count:,} papers",
            f"{1000 * statistics.median(taken):.0f} ms",
            f"{1000 * statistics.median(least):.0f} ms (a join of dictionaries)",
            f"{ratio:.2f} ×",
            "≤ 2.00 ×",
            ratio <= 2 and same and len(found.only_sunat) >= count // 10,
            f"processor time, medians of {times} in turn; {len(found.same):,} the same, "
            f"{len(found.different):,} different, {len(found.only_sunat):,} at SUNAT alone, "
            f"{len(found.only_here):,} here alone; the join pairs keys, ours also compares totals and days "
            f"and says what may be added",
        )
    ]


def _proposed(one: Placed) -> Proposed | None:
    """SUNAT's row of a paper, where it can have one."""
    invoice = one.paper.entry.invoice
    number = rce.bare(invoice.number)
    if not (invoice.kind and invoice.series and number and invoice.supplier.ruc):
        return None
    return Proposed(
        "",
        invoice.kind,
        invoice.series.upper(),
        number,
        invoice.supplier.ruc,
        "",
        invoice.issue_date,
        invoice.total,
        "PEN",
        None,
    )


def _other(number: int) -> Proposed:
    return Proposed(
        "",
        "01",
        "F999",
        str(number + 1),
        "20100070970",
        "OTRA SAC",
        NOVEMBER.first,
        Decimal(118),
        "PEN",
        None,
    )


def _joined(
    rows: Sequence[Proposed], papers: Sequence[Placed]
) -> tuple[list[tuple[Proposed, Placed]], list[Proposed], list[Placed]]:
    """(in both, in the proposal alone, here alone), by kind, series, number and supplier."""
    ours = {}
    for paper in papers:
        invoice = paper.paper.entry.invoice
        ours[
            invoice.kind,
            (invoice.series or "").upper(),
            (invoice.number or "").lstrip("0"),
            invoice.supplier.ruc,
        ] = paper
    both, theirs, seen = [], [], set()
    for row in rows:
        key = row.kind, row.series, row.number, row.supplier
        if key in ours and key not in seen:
            both.append((row, ours[key]))
            seen.add(key)
        else:
            theirs.append(row)
    return both, theirs, [paper for key, paper in ours.items() if key not in seen]


def _in_turn(
    times: int, ours: Callable[[], object], reference: Callable[[], object]
) -> tuple[list[float], list[float]]:
    """Processor seconds of both, in turn, after one round that is not counted."""
    taken, least = list[float](), list[float]()
    for turn in range(-1, times):
        for work, found in ((ours, taken), (reference, least)):
            began = time.process_time()
            work()
            if turn >= 0:
                found.append(time.process_time() - began)
    return taken, least
