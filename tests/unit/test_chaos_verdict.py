"""What the chaos run says of a call of Graph that was made again, and of who was to be answered first."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.chaos.again import Judged, Outage, Trouble, deaths, judge, troubles
from bench.chaos.order import owed
from bench.chaos.totals import Sent, Totals
from bench.chaos.traffic import Message
from bench.chaos.verdict import Verdict

pytestmark = pytest.mark.unit

CALLED = {"a": [100.0, 103.0], "b": [100.0]}
NEEDLESS = "a was called again 2.8 s after its receipt"
CAUSELESS = "a was called again 3.0 s later, and nothing had gone wrong"


def test_a_call_that_was_not_repeated_needs_no_cause() -> None:
    """One call a send is what is wanted."""
    assert judge({"a": [1.0], "b": [2.0]}, {"a": 1.1}, [], []) == Judged(0, (), ())


@pytest.mark.parametrize("cause", [Trouble(100.2), Trouble(100.2, "a")])
def test_a_call_made_again_after_something_went_wrong_is_the_documented_window(cause: Trouble) -> None:
    """The worker died, or this call got no answer, and no receipt had come: it is counted, no more."""
    assert judge(CALLED, {}, [cause], []) == Judged(1, (), ())


@pytest.mark.parametrize("cause", [[], [Trouble(99.9)], [Trouble(103.1)], [Trouble(100.2, "b")]])
def test_a_call_made_again_without_a_cause_is_told(cause: list[Trouble]) -> None:
    """Nothing went wrong between the two calls of this send: not before, not after, not to another."""
    assert judge(CALLED, {}, cause, []) == Judged(1, (), (CAUSELESS,))


def test_each_repetition_needs_a_cause_of_its_own() -> None:
    """A death explains the next call, not the one after it."""
    assert judge({"a": [100.0, 103.0, 109.0]}, {}, [Trouble(100.1)], []) == Judged(
        2, (), ("a was called again 6.0 s later, and nothing had gone wrong",)
    )


def test_a_call_made_again_although_its_receipt_was_kept_is_told() -> None:
    """Whatever went wrong, a receipt that was there says that the call arrived; one that came at the last
    moment may be missed.
    """
    died = [Trouble(100.1)]
    assert judge(CALLED, {"a": 100.2}, died, []) == Judged(1, (NEEDLESS,), ())
    assert judge(CALLED, {"a": 102.0}, died, []) == Judged(1, (), ())
    assert judge(CALLED, {"a": 103.2}, died, []) == Judged(1, (), ())


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        (("graph",), Judged(1, (), ())),
        (("storage", "postgres"), Judged(1, (), ())),
        (("inbox", "tasks", "gemini", "storage"), Judged(1, (), (CAUSELESS,))),
    ],
)
def test_an_outage_explains_a_call_made_again_only_where_answers_are_lost(
    services: tuple[str, ...], expected: Judged
) -> None:
    """Graph or Postgres being broken leaves calls unknown; no other service does."""
    assert judge(CALLED, {}, [], [Outage(services, 101.0, 102.0)]) == expected


def test_a_database_that_hung_after_the_look_for_a_receipt_excuses_the_call() -> None:
    """The lane looked, then waited for Postgres while the receipt came; Graph being broken is no such
    excuse.
    """
    assert judge(CALLED, {"a": 100.2}, [], [Outage(("postgres",), 100.1, 103.0)]) == Judged(1, (), ())
    assert judge(CALLED, {"a": 100.2}, [], [Outage(("graph",), 100.1, 103.0)]) == Judged(1, (NEEDLESS,), ())


def test_only_the_workers_deaths_leave_a_call_unknown(tmp_path: Path) -> None:
    """A webhook that dies was sending nothing; a run without a death has no log of them."""
    log = tmp_path / "kills.log"
    assert deaths(log) == []
    log.write_text("100.100 worker.graph.send_text.after\n100.200 webhook.queue.push.after\n", "utf-8")
    assert deaths(log) == [Trouble(100.1)]


def test_the_workers_lines_tell_what_went_wrong() -> None:
    """Calls without an answer or refused are their send's trouble, a database that failed is everybody's;
    other lines are none.
    """
    time = "1970-01-01T00:01:40.000+00:00"
    lines = [
        {"message": "send_uncertain", "send": "a", "time": time},
        {"message": "send_put_off", "send": "b", "time": time},
        {"message": "request", "outcome": "outside_unwell", "reason": "postgres: 57014", "time": time},
        {"message": "request", "outcome": "outside_unwell", "reason": "inbox: down", "time": time},
        {"message": "send_called_again", "send": "a", "time": time},
    ]
    assert troubles(lines) == [Trouble(100.0, "a"), Trouble(100.0, "b"), Trouble(100.0)]


def test_order_is_owed_to_what_was_acknowledged_before_the_other_was_posted() -> None:
    """Two that were under way together may be answered either way, also when only a duplicate of the second
    one was.
    """
    one, other = (
        {"wamid": name, "webhook": {"posted": posted, "acked": posted + 0.1}}
        for name, posted in (("a", 10.0), ("b", 10.2))
    )
    assert [owed(one, other, {}), owed(other, one, {})] == [True, False]
    assert owed(one, other, {"b": 10.25}) is True
    assert owed(one, other, {"b": 10.05}) is False


class Rows(Verdict):
    """The verdict over scripted rows, with a phone that got nothing."""

    def __init__(self, refusals: list[dict[str, Any]]) -> None:
        simulator: Any = SimpleNamespace(conversation=lambda _: [ASKED])
        super().__init__(simulator, None, None, 24)
        self._refused = {(row["user_id"], seq) for row in refusals for seq in row["members"]}

    def _members(self, _: set[str]) -> set[tuple[Any, int]]:
        return set()

    def rows(self, statement: str) -> list[dict[str, Any]]:
        return []


ASKED = {
    "direction": "in",
    "kind": "text",
    "wamid": "w1",
    "text": "hola",
    "failed": None,
    "webhook": {"posted": 1.0, "acked": 2.0},
}


@pytest.mark.parametrize(
    ("refusals", "lost"),
    [([{"user_id": "u", "members": [1]}], 0), ([], 1), ([{"user_id": "v", "members": [1]}], 1)],
)
def test_an_answer_that_was_given_up_is_lost_unless_meta_refused_it(
    refusals: list[dict[str, Any]], lost: int
) -> None:
    """A reply that ended undeliverable counts as refused only when its own send got the code of a recipient
    who cannot be reached.
    """
    totals = Totals()
    sent = Sent("s", Message(text="hola"), "w1")
    reply = {"wamid": "w1", "seq": 1, "state": "undeliverable", "user_id": "u", "tenant_id": "t"}
    Rows(refusals)._phone("s", [sent], [sent], {"w1": reply}, totals)
    assert (totals.lost, totals.refused, len(totals.wrong)) == (lost, 1 - lost, lost)
