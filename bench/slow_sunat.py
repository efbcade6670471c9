"""What a SUNAT that is slow or down costs an answer, over the whole local stack: `python -m bench.slow_sunat
[--papers 60]`. Exit 1 when a goal is missed.

As many portal papers, none of which proves itself, are sent one after another without SUNAT, with one that
answers after 20 s, with one that cuts every call, and without it again. The first of the slow ones waits
`SUNAT_S`; nobody after it may, and one question a minute finds out how it is.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time

import requests

from bench.stage import SAMPLES, Stage, stage
from bench.table import Row, machine, plain
from tests.corpus import generate

_RATIO = 1.1
_PROBE_S = 60.0
_BLOCKS = (("without SUNAT", None), ("slow", "slow"), ("down", "down"), ("without SUNAT, again", None))


def rows(at: Stage, papers: int) -> list[Row]:
    """A row for a slow one and one for one that is down, each beside the mean of both blocks without."""
    sender = at.sim.add_sender()["id"]
    at.sim.wait_answers(sender, at.sim.send(sender, text="hola"))
    took: dict[str, list[float]] = {}
    asked: dict[str, tuple[int, float]] = {}
    for block, (name, plays) in enumerate(_BLOCKS):
        _switch(at, plays)
        # It proves itself: a worker that is warm, nobody asked.
        _answered(at, sender, "factura.pdf", (SAMPLES / "factura.pdf").read_bytes() + b"\n%" + b"x" * block)
        before, began = _questions(at), time.monotonic()
        took[name] = [_portal(at, sender, block * papers + number) for number in range(papers)]
        asked[name] = (_questions(at) - before, time.monotonic() - began)
    without = statistics.mean(took["without SUNAT"] + took["without SUNAT, again"])
    return [_row(name, took[name], without, *asked[name]) for name, plays in _BLOCKS if plays]


def _row(name: str, took: list[float], without: float, questions: int, seconds: float) -> Row:
    ratio, most = statistics.mean(took) / without, 2 + int(seconds / _PROBE_S)
    return Row(
        f"answer with a SUNAT that is {name}",
        f"{1000 * statistics.mean(took):.0f} ms",
        f"{1000 * without:.0f} ms (nobody asked)",
        f"{ratio:.2f}",
        f"≤ {_RATIO}, one question a minute",
        ratio <= _RATIO and questions <= most,
        f"means of {len(took)} portal papers; median {1000 * statistics.median(took):.0f} ms, longest "
        f"{1000 * max(took):.0f} ms; {questions} questions in "
        f"{seconds:.0f} s, at most {most}",
    )


def _portal(at: Stage, sender: str, number: int) -> float:
    sample = generate(("portal", "portal_b")[number % 2], number // 2, "digital")
    return _answered(at, sender, f"{sample.name}.pdf", sample.data)


def _answered(at: Stage, sender: str, name: str, data: bytes) -> float:
    """Seconds from a file's way out of the phone to its answer there."""
    began = time.monotonic()
    at.sim.wait_answers(sender, at.sim.send(sender, files=[(name, data)]), timeout=120)
    return time.monotonic() - began


def _switch(at: Stage, plays: str | None) -> None:
    requests.post(f"{at.where.simulator}/web/api/sunat", json={"plays": plays}, timeout=60).raise_for_status()
    at.stack.wait_ready("worker")


def _questions(at: Stage) -> int:
    """Questions that the workers asked so far, by their log."""
    lines = at.stack.log_path("worker").read_text("utf-8")
    return lines.count('"sunat_failed"') + lines.count('"sunat_answered"')


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.slow_sunat", description=__doc__)
    parser.add_argument("--papers", type=int, default=60, help="of each of the four blocks")
    arguments = parser.parse_args()
    with stage() as at:
        threading.Thread(target=at.stack.watch, daemon=True).start()
        found = rows(at, arguments.papers)
    print(plain(found))
    print(machine())
    return int(not all(row.reached for row in found))


if __name__ == "__main__":
    sys.exit(main())
