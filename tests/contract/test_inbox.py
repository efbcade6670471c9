"""What `ports.Inbox` promises, held by Firestore (Google's emulator) and by the embedded adapter alike."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.errors import Unwell
from functions.whatsapp.model import Address, Admission, Inbound
from functions.whatsapp.onboarding import Admissions
from functions.whatsapp.ports import Inbox, Transaction
from infra.inbox import FirestoreInbox
from tests.contract.conftest import Store, open_store
from tests.scale import only_long

pytestmark = pytest.mark.contract

AT = datetime(2026, 11, 22, 17, 0, 0, 123456, UTC)
APART = random.Random()


def add_one(tx: Transaction) -> int:
    count = int((tx.get("counters/a") or {"n": 0})["n"]) + 1
    tx.set("counters/a", {"n": count})
    return count


def test_documents_come_back_as_they_were_stored(inbox: Inbox) -> None:
    """Every kind of value survives; datetimes come back aware, in UTC, to the microsecond."""
    data = {
        "s": "ñ 🧾",
        "n": 7,
        "f": 1.5,
        "t": True,
        "z": None,
        "at": AT,
        "l": [1, {"at": AT}],
        "d": {"e": {}, "at": AT},
    }
    inbox.run("k", lambda tx: tx.set("things/a", data))
    found = inbox.get("things/a")
    assert found == data
    assert found is not None
    assert [type(found["at"]), found["at"].tzinfo] == [datetime, UTC]
    local = AT.astimezone(timezone(timedelta(hours=-5)))
    inbox.merge("things/b", {"at": local})
    assert inbox.get("things/b") == {"at": AT}
    assert inbox.get("things/none") is None


def test_many_documents_are_read_by_their_paths(inbox: Inbox) -> None:
    """Those that are there come back by their paths, in whatever order and of whatever collections; of none
    nothing.
    """
    for path in ("things/a", "things/c", "others/a"):
        inbox.merge(path, {"at": AT, "path": path})
    assert inbox.get_all(["others/a", "things/none", "things/c"]) == {
        path: {"at": AT, "path": path} for path in ("others/a", "things/c")
    }
    assert inbox.get_all([]) == {}


def test_transaction_reads_replaces_and_deletes(inbox: Inbox) -> None:
    """A transaction's writes are all there after it."""
    for name in "abc":
        inbox.merge(f"things/{name}", {"x": 1, "y": {"z": 1}})

    def work(tx: Transaction) -> object:
        seen = tx.get("things/a"), tx.get("things/none")
        tx.set("things/a", {"y": {"w": 2}, "x": None})
        tx.set("things/b", {"q": 1})
        tx.delete("things/c")
        tx.delete("things/none")
        return seen

    assert inbox.run("k", work) == ({"x": 1, "y": {"z": 1}}, None)
    assert [inbox.get(f"things/{name}") for name in "abc"] == [{"x": None, "y": {"w": 2}}, {"q": 1}, None]


def test_failed_work_leaves_nothing_and_blocks_nobody(inbox: Inbox) -> None:
    """An error inside the work undoes it, reaches the caller, and the next transaction does not wait."""

    def fails(tx: Transaction) -> None:
        tx.get("counters/a")
        tx.set("counters/a", {"n": 5})
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        inbox.run("k", fails)
    assert inbox.run("k", add_one) == 1


def test_reading_after_writing_is_refused(inbox: Inbox) -> None:
    """Reads come before writes, on either store."""

    def wrong(tx: Transaction) -> None:
        tx.set("things/a", {})
        tx.get("things/a")

    with pytest.raises(RuntimeError, match="read before"):
        inbox.run("k", wrong)
    assert inbox.get("things/a") is None


def test_merge_creates_and_changes_deeply(inbox: Inbox) -> None:
    """A merge keeps what it does not name, inside nested dicts too."""
    inbox.merge("things/a", {"sent": {"at": AT}, "x": 1})
    inbox.merge("things/a", {"failed": {"code": 1}, "sent": {"w": 2}, "x": None})
    assert inbox.get("things/a") == {"sent": {"at": AT, "w": 2}, "x": None, "failed": {"code": 1}}


def test_older_finds_only_earlier_times_oldest_first(inbox: Inbox) -> None:
    """Null, absent and later fields never match; the limit keeps the oldest; other collections stay out."""
    for name, value in {
        "late": AT,
        "old": AT - timedelta(seconds=2),
        "older": AT - timedelta(days=1),
        "null": None,
    }.items():
        inbox.merge(f"things/{name}", {"since": value})
    inbox.merge("things/absent", {"x": 1})
    inbox.merge("thingsother/a", {"since": AT - timedelta(days=3)})
    assert [path for path, _ in inbox.older("things", "since", AT, 10)] == ["things/older", "things/old"]
    assert inbox.older("things", "since", AT, 1) == [("things/older", {"since": AT - timedelta(days=1)})]


def test_newer_finds_only_later_times_oldest_first(inbox: Any) -> None:
    """That moment itself and what came after it, oldest first, up to the limit; null and absent fields never
    match.
    """
    for name, value in {
        "later": AT + timedelta(days=1),
        "at": AT,
        "late": AT + timedelta(seconds=2),
        "old": AT - timedelta(microseconds=1),
    }.items():
        inbox.merge(f"things/{name}", {"since": value})
    inbox.merge("things/null", {"since": None})
    inbox.merge("things/absent", {"x": 1})
    assert [path for path, _ in inbox.newer("things", "since", AT, 10)] == [
        "things/at",
        "things/late",
        "things/later",
    ]
    assert inbox.newer("things", "since", AT, 1) == [("things/at", {"since": AT})]


def test_pages_of_newer_leave_nothing_out(inbox: Any) -> None:
    """However many share a moment, each page begins after the last document of the one before it, by moment
    and path.
    """
    for name, seconds in {"c": 0, "a": 0, "b": 0, "e": 0, "d": 0, "B": 1, "A": 1}.items():
        inbox.merge(f"things/{name}", {"since": AT + timedelta(seconds=seconds)})
    found, at, path = [], AT, ""
    while page := inbox.newer("things", "since", at, 2, path):
        path, at = page[-1][0], page[-1][1]["since"]
        found += [path for path, _ in page]
    assert found == [f"things/{name}" for name in "abcdeAB"]


def test_where_finds_equal_values(inbox: Inbox) -> None:
    """Equality of one field, up to the limit."""
    for name, value in {"a": "x", "b": "y", "c": "x"}.items():
        inbox.merge(f"things/{name}", {"user": value})
    assert sorted(inbox.where("things", "user", "x", 10)) == [
        ("things/a", {"user": "x"}),
        ("things/c", {"user": "x"}),
    ]
    assert len(inbox.where("things", "user", "x", 1)) == 1


def test_delete_ignores_what_is_missing(inbox: Inbox) -> None:
    """Deleting removes the named documents only."""
    inbox.merge("things/a", {"x": 1})
    inbox.merge("things/b", {"x": 1})
    inbox.delete(["things/a", "things/none"])
    assert [inbox.get("things/a"), inbox.get("things/b")] == [None, {"x": 1}]


def test_store_outlives_its_instance(reopen: Store) -> None:
    """What one instance wrote another one reads."""
    reopen().merge("things/a", {"x": 1})
    assert reopen().get("things/a") == {"x": 1}


def desk(inbox: Inbox) -> Admissions:
    return Admissions(inbox, lambda: AT, 300)


def admit(admissions: Admissions, wamid: str, tries: int = 200) -> Admission:
    """What Meta does: deliver again until it is taken."""
    message = Inbound(wamid, Address("51983446294", "PE.1"), AT, "image")
    for _ in range(tries):
        try:
            return admissions.admit([message])[0]
        except Unwell:
            time.sleep(APART.uniform(0.02, 0.5))  # two that were refused together do not come back together
    raise AssertionError("never admitted")


def test_twenty_deliveries_of_one_message_are_one_admission(inbox: Inbox) -> None:
    """Twenty at once of the same wamid: one sender, one number."""
    admissions = desk(inbox)
    with ThreadPoolExecutor(20) as pool:
        admitted = list(pool.map(lambda _: admit(admissions, "wamid.one"), range(20)))
    assert {(a.seq, a.tenant.id, a.state) for a in admitted} == {(1, admitted[0].tenant.id, "admitted")}
    assert admit(admissions, "wamid.two").seq == 2


def test_one_senders_burst_is_numbered_without_gaps(inbox: Inbox) -> None:
    """A new sender's messages at once through one instance: one tenant, numbers 1 to n."""
    count = 8 if isinstance(inbox, FirestoreInbox) else 50
    admissions = desk(inbox)
    with ThreadPoolExecutor(count) as pool:
        admitted = list(pool.map(lambda n: admit(admissions, f"wamid.{n}"), range(count)))
    assert sorted(a.seq or 0 for a in admitted) == list(range(1, count + 1))
    assert len({a.tenant.id for a in admitted}) == 1


_machine: Any = None
"""The (admissions, barrier) of a process that plays another machine."""


def another_machine(where: str, barrier: Any) -> None:
    """What one function instance does as it starts: its own client, its own locks."""
    global _machine
    _machine = desk(open_store(where)), barrier


def deliveries(wamids: Sequence[str]) -> list[tuple[str, int | None, UUID]]:
    """Deliver each until it is taken; what it got."""
    admissions, together = _machine
    together.wait(30)
    return [(wamid, got.seq, got.tenant.id) for wamid in wamids for got in [admit(admissions, wamid)]]


@only_long("two processes load all that admits a message; threads contend for one in every run")
def test_two_instances_contending_number_a_sender_without_gaps(reopen: Store) -> None:
    """Two processes with no lock in common admit one new sender's messages, some delivered to both: one
    tenant, numbers 1 to n, one a message.
    """
    spawn = multiprocessing.get_context("spawn")
    reopen()  # the file exists before two open it
    with ProcessPoolExecutor(2, spawn, another_machine, (reopen.where, spawn.Barrier(2))) as pool:
        one, other = pool.map(
            deliveries,
            [["wamid.both", "wamid.one", "wamid.shared"], ["wamid.both", "wamid.other", "wamid.shared"]],
        )
    numbers = {wamid: seq or 0 for wamid, seq, _ in one + other}
    assert sorted(numbers.values()) == [1, 2, 3, 4]
    assert {(wamid, seq) for wamid, seq, _ in one + other} == set(numbers.items())
    assert len({tenant for *_, tenant in one + other}) == 1


def test_contention_that_does_not_end_is_unwell_in_time(reopen: Store) -> None:
    """While another instance holds on to a document, the caller is told within about two seconds."""
    holder, caller = reopen(contention_s=30), reopen()
    caller.run("warm", lambda tx: tx.get("counters/b"))
    held, release = threading.Event(), threading.Event()

    def hold(tx: Transaction) -> None:
        tx.get("counters/a")
        tx.set("counters/a", {"n": 100})
        held.set()
        assert release.wait(20)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(holder.run, "k", hold)
        assert held.wait(10)
        began = time.monotonic()
        try:
            with pytest.raises(Unwell):
                caller.run("k", add_one)
            took = time.monotonic() - began
        finally:
            release.set()
        holding.result(20)
    assert 1.5 < took < 3.5
    assert holder.get("counters/a") == {"n": 100}


def test_busy_key_is_unwell_in_time(reopen: Store) -> None:
    """A sender whose earlier message hangs in this process makes the next one answer "try again", not
    wait.
    """
    inbox = reopen(contention_s=0.3)
    inside, release = threading.Event(), threading.Event()

    def hang(_: Transaction) -> None:
        inside.set()
        assert release.wait(10)

    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(inbox.run, "k", hang)
        assert inside.wait(5)
        with pytest.raises(Unwell):
            inbox.run("k", add_one)
        release.set()
        hanging.result(10)
    assert inbox.run("k", add_one) == 1


def test_commit_that_landed_but_was_reported_aborted_counts_once(
    monkeypatch: pytest.MonkeyPatch, firestore_host: str
) -> None:
    """Firestore's own retried write: the work runs again, finds its admission by its state, and takes no
    second number.
    """
    from google.api_core.exceptions import Aborted

    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_host)
    inbox = FirestoreInbox(f"p-{uuid4().hex[:12]}")
    admissions = desk(inbox)
    api = inbox._client._firestore_api
    commit = api.commit
    lost: list[Any] = []

    def landed_but_aborted(**request: Any) -> Any:
        answer = commit(**request)
        if not lost:
            lost.append(answer)
            raise Aborted("lost")
        return answer

    monkeypatch.setattr(api, "commit", landed_but_aborted)
    assert admit(admissions, "wamid.1", tries=1).seq == 1
    assert len(lost) == 1
    assert admit(admissions, "wamid.2", tries=1).seq == 2
    inbox.close()


def test_firestore_that_is_down_is_unwell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listening: every call is Unwell within its limit, none hangs."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:9")
    inbox = FirestoreInbox("p", contention_s=0.5)
    began = time.monotonic()
    with pytest.raises(Unwell):
        inbox.run("k", add_one)
    with pytest.raises(Unwell):
        inbox.get("things/a")
    assert time.monotonic() - began < 10
    inbox.close()
