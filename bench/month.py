"""An accountant's month in figures: seconds and memory of its workbook, of SUNAT's file and of the comparison with SUNAT's proposal.

python -m bench.month [PAPERS …]     a process for each size; memory is what it took above its rest
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def main() -> None:
    sizes = sys.argv[1:] or ["3000", "30000"]
    if "BENCH_MONTH" in os.environ:
        measured(int(sizes[0]))
        return
    for size in sizes:
        subprocess.run([sys.executable, "-m", "bench.month", size], check=True, env=os.environ | {"BENCH_MONTH": "1"})


def measured(size: int) -> None:
    from functions.books import purchases, rce, workbook  # noqa: PLC0415 - what is loaded is no part of the month's cost
    from functions.books.filed import Register  # noqa: PLC0415 - as above
    from tests.papers import NOVEMBER, OWN, RATES, a_month  # noqa: PLC0415 - as above

    register = Register(a_month(1, size))
    placed, placing = timed(lambda: purchases.month_of(register, OWN, NOVEMBER, RATES))
    workbook.written([workbook.Sheet("Vacía", [workbook.Column("A")], [["a"]])])
    rest = peak()
    (data, left_out), writing = timed(
        lambda: workbook.written(
            purchases.sheets(placed, [], lambda _: ["no es seguro: la fecha"], lambda file: f"https://x.pe/{file.document}")
        )
    )
    grown = peak() - rest
    file, filing = timed(lambda: rce.file([one.row for one in placed if one.place == "purchases"]))
    print(f"{size} papers: placed in {placing:.1f} s; XLSX in {writing:.1f} s, {grown:.0f} MB above rest, {len(data) / 1e6:.1f} MB, {left_out} rows left out; "
          f"RCE in {filing:.2f} s, {len(file) / 1e6:.1f} MB")  # fmt: skip


def timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.process_time()
    return work(), time.process_time() - began


def peak() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
