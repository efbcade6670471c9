"""Answers in the order in which their messages were acknowledged, and what may change it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

from bench.chaos.totals import Totals


@dataclass(frozen=True, slots=True)
class Pass:
    """A lane that was passed, as its log line tells: numbers from `start` up to `end` were not waited for any
    longer.
    """

    user: str
    start: int
    end: int
    at: datetime


def passes(told: Iterable[Mapping[str, Any]]) -> list[Pass]:
    """The lanes that were passed, of the lines of the worker's log."""
    return [
        Pass(line["user"], line["from"], line["to"], datetime.fromisoformat(line["time"]))
        for line in told
        if line.get("message") == "lane_passed"
    ]


@dataclass(frozen=True, slots=True)
class Order:
    """What decides of the order: the lanes that were passed, when each message was admitted (epoch, by
    wamid), and how long a lane waits for a number.
    """

    passes: Sequence[Pass]
    admitted: Mapping[str, float]
    patience: timedelta

    def judge(
        self,
        sender: str,
        questions: Sequence[Mapping[str, Any]],
        order: Sequence[int],
        replies: Mapping[str, dict[str, Any]],
        again: Collection[tuple[Any, int]],
        totals: Totals,
    ) -> None:
        """Acknowledged before the other was posted: answered first, but for a pass that was due and for sends
        that Meta failed later.

        What a pass left behind leaves as it comes: two of one gap have no order between them either. `again`:
        whose numbers, and which, a send told that Meta failed later.
        """
        passes = (
            [one for one in self.passes if one.user == str(replies[questions[order[0]]["wamid"]]["user_id"])]
            if order
            else []
        )
        first = {place: rank for rank, place in reversed(list(enumerate(order)))}
        for a, b in permutations(first, 2):
            one, other = questions[a], questions[b]
            if one["wamid"] not in replies or other["wamid"] not in replies:
                continue
            if first[a] < first[b] or not owed(one, other, self.admitted):
                continue
            before, after = replies[one["wamid"]], replies[other["wamid"]]
            if (before["user_id"], before["seq"]) in again or (after["user_id"], after["seq"]) in again:
                totals.retried_failed += 1
            elif any(self._due(one_pass, before, replies) for one_pass in passes):
                totals.late_after_pass += 1
            else:
                totals.out_of_order += 1
                totals.wrong.append(f"order: {sender} #{before['seq']} after #{after['seq']}")

    def _due(self, one_pass: Pass, late: Mapping[str, Any], replies: Mapping[str, dict[str, Any]]) -> bool:
        """Whether this pass left `late` behind rightly: it was not ready (but for its commit), and a later
        one had waited long enough.
        """
        return (
            one_pass.start <= late["seq"] < one_pass.end
            and late["ready_at"] > one_pass.at - timedelta(seconds=1)
            and any(
                row["user_id"] == late["user_id"]
                and row["seq"] > late["seq"]
                and row["ready_at"] + self.patience <= one_pass.at
                for row in replies.values()
            )
        )


def owed(one: Mapping[str, Any], other: Mapping[str, Any], admitted: Mapping[str, float]) -> bool:
    """Whether `one` is to be answered first: its webhook was acknowledged before the other's was first
    posted.

    What was admitted was posted, though the simulator tells only of an update's own deliveries, not of its
    duplicate's, which may overtake it.
    """
    posted: float = other["webhook"]["posted"]
    acked: float = one["webhook"]["acked"]
    return acked < min(posted, admitted.get(other["wamid"], posted))
