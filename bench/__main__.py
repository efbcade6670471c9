"""Measures what the project promises about speed and cost, each beside its reference, and prints one table:
`make bench`, 35 minutes on two quiet cores.

    python -m bench [--quick] [--only NAME…] [--write]

--quick takes fewer samples, --only some of the rows; both keep nothing. --write keeps a whole run's table in
`docs/performance.md` and `bench/results/latest.md`. Exit 1 when a goal is missed or a row could not be
measured.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

from bench import answers, asked, cold, documents, many, own_work, reading, real, suites, table
from bench.stage import Stage, stage

ON_A_STACK: dict[str, Callable[..., list[table.Row]]] = {
    "thousand": many.thousand,
    "burst": many.burst,
    "digital": documents.digital,
    "statements": documents.statements,
    "ordered": documents.ordered,
    "cold": cold.rows,
}
"""Rows that share one stack, in the order in which they are taken."""
ALONE: dict[str, Callable[..., list[table.Row]]] = {
    "suites": suites.rows,
    "asked": asked.rows,
    "photos": reading.photos,
    "pages": reading.pages,
    "slow-model": reading.beside_a_model,
    "question": answers.question,
    "excel": answers.excel,
    "comparison": answers.comparison,
    "cloud": real.cloud,
    "clients": real.clients,
    "own": own_work.rows,
}
"""Rows that need no stack, or one of their own: the longest first, so that the shortest figures meet a
machine that has settled.
"""
TOLD = (
    "own", "clients", "cloud", "cold", "digital", "photos", "pages", "slow-model", "statements", "thousand",
    "burst", "ordered",
    "question", "excel", "comparison", "asked", "suites",
)  # fmt: skip
"""Their order in the table."""


def main() -> int:
    """Measure, print, keep; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=TOLD, default=[], metavar="NAME", help=", ".join(TOLD))
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    if sys.platform != "linux":
        print("make bench reads /proc: it needs Linux.")
        return 2
    began, load = time.monotonic(), os.getloadavg()[0]
    by_name: dict[str, list[table.Row]] = {}
    for name, rows in measured(args.only or TOLD, quick=args.quick):
        by_name[name] = rows
        print(f"… {(time.monotonic() - began) / 60:.1f} minutes: {name}", file=sys.stderr, flush=True)
    found = [row for name in TOLD for row in by_name.get(name, [])]
    took = f"{(time.monotonic() - began) / 60:.1f} minutes; load average before it began {load:.2f}."
    print(table.plain(found))
    print(f"\n{table.machine()}\n{took}")
    if args.write and not args.quick and not args.only:
        table.keep(found, took)
    return int(not all(row.reached for row in found))


def measured(names: tuple[str, ...] | list[str], *, quick: bool) -> Iterator[tuple[str, list[table.Row]]]:
    """The rows of each name. What cannot be measured is a row that says so, and costs the others nothing."""
    with ExitStack() as stack:
        at: Stage | None = None
        for name, measure in ON_A_STACK.items():
            if name in names:
                at = at or stack.enter_context(stage())
                yield name, _rows(name, partial(measure, at, quick=quick))
    for name, measure in ALONE.items():
        if name in names:
            yield name, _rows(name, partial(measure, quick=quick))


def _rows(name: str, measure: Callable[[], list[table.Row]]) -> list[table.Row]:
    try:
        return measure()
    except Exception as error:  # noqa: BLE001 - half an hour of other figures must not go with it
        traceback.print_exc()
        return [
            table.Row(
                name,
                "not measured",
                "-",
                "-",
                "-",
                reached=False,
                note=f"{type(error).__name__}: {error}"[:300],
            )
        ]


if __name__ == "__main__":
    sys.exit(main())
