"""How texts are understood by their words: `python -m bench.ask [--seed N] [--missed]`. Exit 1 when a goal is
missed.

Rightly, wrongly and not at all, by intent, for the half of the phrases that the words were tuned on, for the
half that they were not, and for phrases that are drawn from frames with the ways in and out of a chat and
slips of the thumb.
"""

from __future__ import annotations

import argparse
import sys

from tests.books.phrases import Score, drawn, score, written

_GOALS = {"tuned": 0.97, "held": 0.92, "drawn": 0.97}
_WRONG = 0.005


def main() -> int:
    """Score and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.ask", description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drawn", type=int, default=2000)
    parser.add_argument(
        "--missed", action="store_true", help="print every phrase that was not understood rightly"
    )
    args = parser.parse_args()
    halves = {
        "tuned": score(written("tuned")),
        "held": score(written("held")),
        "drawn": score(drawn(args.seed, args.drawn)),
    }
    good = True
    print(f"{'':<8}{'intent':<12}{'phrases':>8}{'rightly':>9}{'wrongly':>9}{'not at all':>12}")
    for name, found in halves.items():
        for intent, counts in [*sorted(found.counts.items()), ("all", found.total)]:
            n = counts.total()
            print(
                f"{name:<8}{intent:<12}{n:>8}{counts['right'] / n:>9.1%}{counts['wrong'] / n:>9.1%}"
                f"{counts['nothing'] / n:>12.1%}"
            )
        print(f"{name:<8}changes that were not meant: {len(found.harmful)}\n")
        good &= not found.harmful and (name not in _GOALS or _reached(found, _GOALS[name]))
        if args.missed:
            print("\n".join(found.missed))
    return int(not good)


def _reached(found: Score, goal: float) -> bool:
    total = found.total
    return total["right"] / total.total() >= goal and total["wrong"] / total.total() <= _WRONG


if __name__ == "__main__":
    sys.exit(main())
