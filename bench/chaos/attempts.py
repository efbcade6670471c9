"""The attempts at a file that was answered with our failure: whether anybody could have read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.chaos.readers import Window, blind
from bench.chaos.totals import Sent, Totals
from functions.whatsapp.files import ATTEMPTS


@dataclass(frozen=True, slots=True)
class Attempt:
    """When a worker's attempt at a file ended (epoch), and whether it is to be made again."""

    at: float
    failed: bool


Made = dict[tuple[str, int], dict[int, Attempt]]
"""Attempts by their number, of each message by its sender and its place."""


def attempts(told: Iterable[Mapping[str, Any]]) -> Made:
    """The attempts of which the lines of the worker's log tell."""
    made: Made = {}
    for line in told:
        if "attempt" in line:
            at = datetime.fromisoformat(line["time"]).timestamp()
            made.setdefault((line["user"], line["seq"]), {})[line["attempt"]] = Attempt(
                at, failed=line["status"] == 500
            )
    return made


@dataclass(frozen=True, slots=True)
class Attempts:
    """What was tried, and the windows in which readers were broken."""

    made: Made
    windows: Sequence[Window]

    def ours(self, one: Sent, reply: Mapping[str, Any] | None, totals: Totals) -> None:
        """Our failure may be told when nobody could read through all attempts, or when the worker died in one
        of them.
        """
        tried = [self._tries(reply).get(n) for n in range(1, ATTEMPTS)]
        if not all(tried):
            totals.crashes_of_files += 1
        elif all(each and each.failed and blind(self._felt(each.at)) for each in tried):
            totals.blind += 1
        else:
            totals.crashes_of_files += 1
            totals.wrong.append(
                f"our failure, though it could be read: {one.sender} {one.wamid} "
                f"({', '.join(self.failing(reply))})"
            )

    def failing(self, reply: Mapping[str, Any] | None) -> list[str]:
        """The faults of readers that were felt while this message's file was tried."""
        return sorted({fault for tried in self._tries(reply).values() for fault in self._felt(tried.at)})

    def _tries(self, reply: Mapping[str, Any] | None) -> dict[int, Attempt]:
        return self.made.get((str(reply["user_id"]), reply["seq"]), {}) if reply else {}

    def _felt(self, at: float) -> set[str]:
        return {fault for window in self.windows if window.felt(at) for fault in window.faults}
