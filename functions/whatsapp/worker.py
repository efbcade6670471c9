"""The private function: one task in, one outcome out.

Permanent outcomes answer 2xx; "try again" answers 500, since 429 and 503 slow the whole queue (Cloud Tasks).
The queue never gives up.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from pydantic import ValidationError

from functions.errors import Unwell
from functions.extractor import selftest
from functions.whatsapp import synthetic, tasks
from functions.whatsapp.inquiry import Inquirer
from functions.whatsapp.lane import WINDOW, Lanes
from functions.whatsapp.ledger import Eraser, Records
from functions.whatsapp.means import NoPlace, Retry, Story
from functions.whatsapp.model import Admission
from functions.whatsapp.onboarding import tasks_of
from functions.whatsapp.outcome import Outcome
from functions.whatsapp.ports import Clock, Queue
from functions.whatsapp.processor import Processor

log = logging.getLogger("cuadra")

_SWEEP_LIMIT = 200
_INQUIRIES = 10
"""Questions to SUNAT in one sweep: at a second each, or 3 s where SUNAT does not answer, they stay well
within a task's time.
"""
_SELFTEST_FOR = timedelta(minutes=5)
"""The time for which a self-test that fails is tried again; by then whoever asked for it has gone."""

_ERASE_S = 20.0
"""Seconds of a task in which a business is deleted; a call that has begun may take as long again."""
_ERASE_AGAIN = timedelta(seconds=2)
"""The wait before the next piece is deleted, so that a large business does not fill the queue."""

T = TypeVar("T")


class SweepInbox(Protocol):
    """The part of the Inbox that the sweep needs."""

    def pending(self, before: datetime, limit: int) -> list[Admission]:
        """Return admissions that have waited to be enqueued since before `before`."""

    def next_generation(self, wamid: str) -> Admission | None:
        """Return the message's admission, to be enqueued under a new task name; None when that is not
        possible any more.
        """

    def mark_enqueued(self, admission: Admission) -> None:
        """Note that the task is in the queue."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Does steps 6 to 10, and handles the statuses that say a send failed, the wake-ups, the sweep, a
    release's self-test, the synthetic sender's turn and the day's exchange rate, which `keep_rate` fetches,
    keeps and returns.
    """

    processor: Processor
    lanes: Lanes
    records: Records
    queue: Queue
    desk: SweepInbox
    clock: Clock
    eraser: Eraser
    sweep_admitted_s: float = 30.0
    sender: synthetic.SyntheticSender | None = None
    keep_rate: Callable[[], object] | None = None
    inquirer: Inquirer | None = None

    def handle(self, body: bytes, *, retries: int = 0) -> Outcome:
        """Do one task. `retries` is the queue's count of earlier attempts, for the log."""
        started = time.monotonic()
        story = Story()
        status = 200
        try:
            task = tasks.load(body)
        except ValidationError as error:
            # Perhaps it is a newer webhook's task, while its worker is being rolled out or back: it waits in
            # the queue for a worker that can read it.
            log.error("task_unreadable", extra={"fields": {"errors": error.error_count()}})
            return Outcome(500, "unreadable", {"outcome": "task_unreadable"})
        story.fields |= {"task": task.kind, "retries": retries}
        try:
            self._do(task, story)
        except Retry as why:
            status = 500
            story.fields["outcome"] = str(why)
        except Unwell as why:
            status = 500
            story.fields |= {"outcome": "outside_unwell", "reason": str(why)}
        except Exception:
            # Whatever it is, the message is not lost: the queue brings it again, and the attempts are
            # counted.
            status = 500
            story.fields["outcome"] = "crashed"
            log.exception("task_crashed", extra={"fields": {"task": task.kind}})
        story.fields["total_ms"] = round((time.monotonic() - started) * 1000)
        told = (
            json.dumps(story.fields["read"])
            if "read" in story.fields
            else str(story.fields.get("outcome", ""))
        )
        return Outcome(status, told, story.fields)

    def _do(self, task: tasks.Task, story: Story) -> None:
        match task:
            case tasks.MessageTask():
                self._message(task, story)
            case tasks.LaneTask():
                story.fields |= {"outcome": "woken", "tenant": str(task.tenant_id), "user": str(task.user_id)}
                self._release(task.tenant_id, task.user_id, story)
            case tasks.StatusTask():
                story.fields |= {"tenant": str(task.tenant_id), "user": str(task.user_id), "code": task.code}
                story.fields["outcome"] = f"send_{self.lanes.failed(task)}"
                self._release(task.tenant_id, task.user_id, story)
            case tasks.MovedTask():
                moved = self.records.move(task.tenant)
                story.fields |= {"outcome": "moved" if moved else "stale_move", "tenant": str(task.tenant.id)}
                self._release(task.tenant.id, task.tenant.user_id, story)
            case tasks.PurgeTask():
                self._purge(task, story)
            case tasks.SweepTask():
                self._sweep(story)
            case tasks.SelftestTask():
                self._selftest(task, story)
            case tasks.SyntheticTask():
                self._send_synthetic(story)
            case tasks.RatesTask():
                self._keep_rate(story)

    def _message(self, task: tasks.MessageTask, story: Story) -> None:
        tenant, user = task.tenant.id, task.tenant.user_id
        story.fields |= {"tenant": str(tenant), "user": str(user), "seq": task.seq, "kind": task.message.kind}
        story.fields |= {"generation": task.generation, "turn": task.turn}
        if task.tenant.address == synthetic.ADDRESS:
            story.fields["synthetic"] = True
        try:
            with self.processor.thread(task):
                self.processor.process(task, story)
                if story.fields["outcome"] == "purged":
                    return
                self._release(tenant, user, story)
        except NoPlace as why:
            # The task is pushed under a new name and soon, since a refusal would back off to a minute. It is
            # pushed before this one is acknowledged; should that fail, the new name is taken already, so that
            # one task never becomes two.
            again = replace(task, turn=task.turn + 1)
            self.queue.push(again.name, tasks.dump(again), at=self.clock() + timedelta(seconds=why.back_s))
            story.fields["outcome"] = "no_place"
        else:
            story.fields["age_ms"] = round((self.clock() - task.received_at) / timedelta(milliseconds=1))

    def _purge(self, task: tasks.PurgeTask, story: Story) -> None:
        """Delete a piece of a business, and come again for what is left. The deletion begins when the
        farewell has left, or can leave no more.
        """
        story.fields |= {"tenant": str(task.tenant_id), "turn": task.turn}
        gone = (
            self.records.left(task.tenant_id, task.user_id, task.seq) or self.clock() - task.asked_at > WINDOW
        )
        with story.step("erase"):
            done = gone and self.eraser.erase(task.tenant_id, budget_s=_ERASE_S)
        if not done:
            again = replace(task, turn=task.turn + 1)
            self.queue.push(again.name, tasks.dump(again), at=self.clock() + _ERASE_AGAIN)
        story.fields["outcome"] = "erased" if done else "erasing" if gone else "farewell_waits"

    def _release(self, tenant_id: UUID, user_id: UUID, story: Story) -> None:
        with story.step("release"):
            report = self.lanes.release(tenant_id, user_id)
        story.fields |= report.fields()

    def _sweep(self, story: Story) -> None:
        """Find what nobody is coming back for: admissions never enqueued, documents past their lease, lanes
        with something to send.

        A failure is logged and does not keep the others waiting.
        """
        now = self.clock()

        def wake(lane: tuple[UUID, UUID]) -> bool:
            task = tasks.LaneTask(*lane, now)
            self.queue.push(task.name, tasks.dump(task))
            return True

        since = now - timedelta(seconds=self.sweep_admitted_s)
        found = {
            "enqueued": _each(
                lambda: [one.message.wamid for one in self.desk.pending(since, _SWEEP_LIMIT)],
                self._enqueue_again,
            ),
            "revived": _each(
                lambda: [wamid for _, wamid in self.records.overdue(_SWEEP_LIMIT)], self._enqueue_again
            ),
            "woken": _each(lambda: self.records.waiting(_SWEEP_LIMIT), wake),
        }
        if self.inquirer is not None:
            again = self.inquirer
            found["inquired"] = _each(
                lambda: again.inquiries.due(_INQUIRIES), lambda one: again.ask_again(*one)
            )
        story.fields |= {name: done for name, (done, _) in found.items()}
        if not all(whole for _, whole in found.values()):
            raise Retry("sweep_incomplete")
        story.fields["outcome"] = "swept"

    def _selftest(self, task: tasks.SelftestTask, story: Story) -> None:
        if self.clock() - task.asked_at > _SELFTEST_FOR:
            story.fields["outcome"] = "selftest_over"
            return
        with story.step("extract"):
            story.fields["read"] = selftest.read(self.processor.reader.extract)
        if story.fields["read"] != selftest.EXPECTED:
            raise Retry("selftest_failed")
        story.fields["outcome"] = "selftest_passed"

    def _send_synthetic(self, story: Story) -> None:
        if self.sender is None:
            story.fields["outcome"] = "no_sender"
            return
        with story.step("webhook"):
            self.sender.send(self.clock())
        story.fields["outcome"] = "synthetic_sent"

    def _keep_rate(self, story: Story) -> None:
        if self.keep_rate is None:
            story.fields["outcome"] = "no_rates"
            return
        with story.step("sunat"):
            story.fields["rate"] = str(self.keep_rate())
        story.fields["outcome"] = "rate_kept"

    def _enqueue_again(self, wamid: str) -> bool:
        admission = self.desk.next_generation(wamid)
        if admission is None:
            return False
        for task in tasks_of(admission):
            self.queue.push(task.name, tasks.dump(task))
        self.desk.mark_enqueued(admission)
        return True


def _each(find: Callable[[], Sequence[T]], do: Callable[[T], bool]) -> tuple[int, bool]:
    """Return for how many of the things found `do` did something, and whether nothing failed. A service that
    is unwell ends the loop: the next call would fail too.
    """
    done, whole = 0, True
    try:
        for one in find():
            try:
                done += do(one)
            except Unwell:
                raise
            except Exception:
                log.exception("task_crashed", extra={"fields": {"task": "sweep"}})
                whole = False
    except Unwell as why:
        log.warning("unwell", extra={"fields": {"service": str(why)}})
        whole = False
    return done, whole
