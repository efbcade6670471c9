"""Measures what the project promises about speed and prints one table: `make bench`, about ten minutes on two cores.

    python -m bench [--quick] [--only NAME…]     names: own, real, cold, documents

--quick takes fewer samples and 100 documents for 1,000; it keeps no result. The table is kept in `bench/results/latest.md`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable

from bench import cold, documents, own_work, real, table
from bench.stage import stage

TITLE = "Speed, measured beside its references"


def main() -> int:
    """Measure, print, keep; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=("own", "real", "cold", "documents"), default=[])
    args = parser.parse_args()
    if sys.platform != "linux":
        print("make bench reads /proc: it needs Linux.")
        return 2
    quick: bool = args.quick

    def on_a_stack(measure: Callable[..., list[table.Row]]) -> list[table.Row]:
        with stage() as at:
            return measure(at, quick=quick)

    parts: dict[str, Callable[[], list[table.Row]]] = {
        "own": lambda: own_work.rows(quick=quick),
        "real": lambda: real.rows(quick=quick),
        "cold": lambda: on_a_stack(cold.rows),
        "documents": lambda: on_a_stack(documents.rows),
    }
    by_part: dict[str, list[table.Row]] = {}
    began, load = time.monotonic(), os.getloadavg()[0]
    for name in reversed(parts):  # the longest first, so that the shortest figures meet a machine that has settled
        if args.only and name not in args.only:
            continue
        print(f"… {name}, {(time.monotonic() - began) / 60:.1f} minutes", file=sys.stderr, flush=True)
        by_part[name] = parts[name]()
    found = [row for name in parts for row in by_part.get(name, [])]
    took = f"{(time.monotonic() - began) / 60:.1f} minutes; load average before it began {load:.2f}."
    print(table.plain(found))
    print(f"\n{table.machine()}\n{took}")
    if not quick and not args.only:
        table.RESULTS.mkdir(exist_ok=True)
        (table.RESULTS / "latest.md").write_text(table.markdown(found, TITLE) + f"\n{took}\n", "utf-8")
    return int(not all(row.reached for row in found))


if __name__ == "__main__":
    sys.exit(main())
