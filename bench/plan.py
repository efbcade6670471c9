"""What so many documents a minute would ask for, simulated with what was measured: `python -m bench.plan`
prints the tables of docs/scale.md.

Documents come at random moments (Poisson) and take the first slot that is free, as tasks do; each takes what
its kind took in `make bench`.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass

WARM_S, MEASURED_S = 120.0, 600.0


@dataclass(frozen=True)
class Kind:
    """A kind of document: its share of all, and the seconds of a worker's slot that it takes."""

    name: str
    share: float
    seconds: float


KINDS = (
    Kind("PDF that nobody else is asked about", 0.20, 0.22),
    Kind("PDF that a model is asked about", 0.20, 4.2),
    Kind("photo that nobody else is asked about", 0.40, 0.65),
    Kind("photo that the larger OCR looks at again and a model is asked about", 0.20, 5.3),
)
"""Half of the PDFs and two of three photos ask nobody (`asked`); 0.22 and 0.65 s are `digital` and
`slow-model`, 1.3 s the photo's first look, 3 s its second. A model's 4 s are an estimate.
"""


@dataclass(frozen=True)
class Plan:
    """A deployment under load: documents a minute, and its instances of two slots."""

    name: str
    minute: float
    instances: int


PLANS = (
    Plan("10, as set", 10, 7),
    Plan("300, as set", 300, 7),
    Plan("1,000, as set", 1_000, 7),
    Plan("1,000, `worker.max_instances` 30", 1_000, 30),
    Plan("100,000, each of seven: `worker.max_instances` 340", 15_000, 340),
)


@dataclass(frozen=True)
class Found:
    """What came of a plan: how busy its slots were, and the seconds that a document waited for one."""

    busy: float
    median_s: float
    p95_s: float
    most_s: float


def mean_s() -> float:
    """Seconds of a slot that the average document takes."""
    return sum(kind.share * kind.seconds for kind in KINDS)


def simulated(plan: Plan, seed: int = 1) -> Found:
    """Ten minutes of a plan, after two that are not counted."""
    rng = random.Random(seed)
    slots = [0.0] * (2 * plan.instances)
    waits, worked = list[float](), 0.0
    for at in _arrivals(rng, plan.minute / 60):
        free = heapq.heappop(slots)
        seconds = rng.choices(KINDS, [kind.share for kind in KINDS])[0].seconds * rng.uniform(0.7, 1.3)
        heapq.heappush(slots, max(free, at) + seconds)
        if at >= WARM_S:
            waits.append(max(0.0, free - at))
            worked += seconds
    waits.sort()
    busy = min(1.0, worked / (MEASURED_S * len(slots)))
    return Found(busy, waits[len(waits) // 2], waits[len(waits) * 95 // 100], waits[-1])


def _arrivals(rng: random.Random, a_second: float) -> Iterator[float]:
    at = rng.expovariate(a_second)
    while at < WARM_S + MEASURED_S:
        yield at
        at += rng.expovariate(a_second)


def told(plan: Plan) -> str:
    """A plan's row of the table."""
    found = simulated(plan)
    return (
        f"| {plan.name} | {found.busy:.0%} | {found.median_s:.1f} | {found.p95_s:.1f} | {found.most_s:.1f} |"
    )


def main() -> None:
    """Print the table."""
    print(f"{mean_s():.2f} s of a slot a document\n")
    print(
        "| Documents a minute | Slots busy | Median wait, s | p95 | longest |\n| --- | ---: | ---: | ---: | "
        "---: |"
    )
    for plan in PLANS:
        print(told(plan))


if __name__ == "__main__":
    main()
