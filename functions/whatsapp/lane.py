"""Step 10: a sender's replies leave in order, each once.

Work is parallel, release is ordered, like a processor's commit stage. A reply is committed as `ready`; *then*
the worker that did it tries the lane's lease. The holder sends every consecutive ready reply and looks again
after letting go, so that no wake-up is lost. A send is frozen before its call. After a crash or an uncertain
answer the same send is looked up among the receipts that Meta's statuses left, and called again only when
none came in time: only then can a duplicate pass, at most one a crash. A send that eight calls left uncertain
holds its lane, and an operator is told. A file is uploaded before its send is frozen, and again before each
further call of it: no user sees an upload that is not sent, and a file that Meta has forgotten is no case of
its own.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from functions.errors import Gone
from functions.whatsapp import drafts, refusals, synthetic, tasks
from functions.whatsapp.client import BAD_FILE, Action, GraphError, action_of
from functions.whatsapp.drafts import Draft
from functions.whatsapp.ledger import Frozen, LaneView, Lease, Outbox, Refusal, Waiting
from functions.whatsapp.model import Address, Enclosed, Mime, Offer
from functions.whatsapp.ports import MediaStore, Queue

log = logging.getLogger("cuadra")

WINDOW = timedelta(hours=24)
"""The time after the user's last message in which free-form replies may leave (Meta, error 131047)."""
_CALLS = 8
"""Calls of one send, the last of them without a certain answer, after which it is called again only for the
user or an operator.
"""
_LOOK_S = 0.2
"""Seconds after which a gathering release looks for more again."""
_DOUBLINGS = 2
"""How often the wait for a receipt doubles, so that little is repeated where Graph hangs for minutes and then
does everything it was asked.
"""


class GraphSender(Protocol):
    """The part of the Graph client that the lane needs."""

    def send_text(
        self,
        address: Address,
        text: str,
        *,
        quote: str | None = None,
        opaque: str | None = None,
        offer: Offer | None = None,
    ) -> str:
        """Send, and return the wamid. Raises GraphError."""

    def send_document(
        self,
        address: Address,
        file: Enclosed,
        *,
        caption: str,
        quote: str | None = None,
        opaque: str | None = None,
    ) -> str:
        """Send an uploaded file, and return the wamid. Raises GraphError."""

    def upload(self, data: bytes, name: str, mime: Mime) -> str:
        """Give Meta a file, and return its media id. Raises GraphError."""


Receipts = Callable[[UUID], dict[str, Any] | None]
"""A send's receipts by status name ("sent", "delivered", "failed"), or None."""


@dataclass(slots=True)
class Report:
    """The record of one release, for the canonical log line. `answer_ms` is the longest time that one of its
    documents had waited, counted from its arrival.
    """

    messages: int = 0
    replies: int = 0
    passed: int = 0
    graph_ms: int = 0
    answer_ms: int = 0
    stopped: str | None = None
    synthetic: bool = False

    def fields(self) -> dict[str, Any]:
        """Return the fields, without those that are empty."""
        found = {
            "sent": self.messages, "released": self.replies, "passed": self.passed, "graph_ms": self.graph_ms,
            "answer_ms": self.answer_ms,
            "lane": self.stopped, "synthetic": self.synthetic,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Lanes:
    """Releases lanes. All times in seconds."""

    outbox: Outbox
    graph: GraphSender
    receipts: Receipts
    queue: Queue
    media: MediaStore
    lease_s: float = 30.0
    gather_s: float = 4.0
    patience_s: float = 180.0
    receipt_wait_s: float = 20.0
    load_s: float = 10.0
    sleep: Callable[[float], None] = field(default=time.sleep)

    def release(self, tenant_id: UUID, user_id: UUID) -> Report:
        """Send what can be sent now. Raises Unwell when the database, the queue or the storage of files is;
        whoever called tries again.
        """
        report = Report()
        while True:
            lease = self.outbox.lease(tenant_id, user_id, self.lease_s)
            if lease is None:
                # Its holder looks again after letting go; a paused lane has its wake-up.
                report.stopped = report.stopped or "busy"
                return report
            try:
                report.stopped = self._drain(lease, report)
            finally:
                again = self.outbox.release(lease)
            if report.stopped or not again:
                return report

    def failed(self, task: tasks.StatusTask) -> str:
        """Handle a `failed` status of a send; return what was done. The caller releases the lane.

        Nothing is done where another call of the same send is known to have arrived: the user has the answer.
        """
        receipts = self.receipts(task.send_id) or {}
        if refusals.arrived(receipts, ("delivered", "read"), failed=task.sent_wamid):
            log.warning("send_confirmed_by_receipt", extra={"fields": {"send": str(task.send_id)}})
            return "arrived"
        action = action_of(task.code)
        refusal = refusals.consequences(action, task.code, task.detail, failures=1, accepted=True)
        found = self.outbox.status_failed(
            task.tenant_id, task.send_id, task.sent_wamid, refusal, refusals.TRIES
        )
        fields = {
            "send": str(task.send_id),
            "code": task.code,
            "action": action.name.lower(),
            "result": found.result,
        }
        log.log(
            logging.ERROR if found.result == "undeliverable" else logging.WARNING,
            "send_failed",
            extra={"fields": fields},
        )
        if action is Action.HOLD:
            log.error("sending_blocked", extra={"fields": fields})
        if found.not_before is not None:
            self._wake(task.tenant_id, task.user_id, found.not_before)
        return found.result

    def _drain(self, lease: Lease, report: Report) -> str | None:
        """Send until nothing is ready. Returns why it stopped early, or None."""
        gather_until: datetime | None = None
        let_go: datetime | None = None
        while True:
            view = self.outbox.view(lease)
            if view is None:
                return "lost"
            let_go = let_go or view.now + timedelta(seconds=self.lease_s)
            report.synthetic = view.address == synthetic.ADDRESS
            if view.unresolved:
                stopped = self._resolve(lease, view, view.unresolved, report)
            else:
                draft = self._next(lease, view, report)
                if draft is None:
                    return None
                if waits_until := drafts.waits_until(view, draft, self.gather_s):
                    gather_until = gather_until or waits_until
                    if view.now < gather_until < let_go:
                        self.sleep(_LOOK_S)
                        continue
                    if view.now < gather_until:
                        # No task is held for as long as a burst lasts: who reads the next of it goes on, and
                        # a wake-up where nobody does.
                        self._wake(lease.tenant_id, lease.user_id, gather_until)
                        return "gathering"
                gather_until = None
                stopped = self._send(lease, view, draft, report)
            if stopped:
                return stopped

    def _send(self, lease: Lease, view: LaneView, draft: Draft, report: Report) -> str | None:
        if _closed(view):
            return self._window_closed(lease, view)
        file, refused = self._uploaded(draft.file)
        members = [one.seq for one in draft.members]
        between = [r.seq for r in view.replies if r.state == "ready" and members[0] <= r.seq <= members[-1]]
        assert members == between, "a send leaves out or turns round replies that stand between its members"
        send = self.outbox.freeze(
            lease,
            members,
            draft.text,
            draft.quote,
            draft.duplicates,
            self.lease_s,
            version=view.address_version,
            file=file,
            offer=draft.offer,
        )
        if isinstance(send, Frozen):
            return (
                self._refused(lease, view, send, refused)
                if refused
                else self._call(lease, view, send, report)
            )
        return "lost" if send == "lost" else None  # a member changed since the view: the next view shows how

    def _uploaded(self, file: Enclosed | None) -> tuple[Enclosed | None, GraphError | None]:
        """Upload the file; return it with a media id of its own, or with why it has none, which counts as a
        refusal of its send.
        """
        if file is None:
            return None, None
        try:
            return replace(
                file,
                media=self.graph.upload(self.media.load(file.uri, timeout=self.load_s), file.name, file.mime),
            ), None
        except Gone:
            log.error("file_missing", extra={"fields": {"uri": file.uri}})
            return file, GraphError(BAD_FILE, None, "the stored file is gone")
        except GraphError as error:
            return file, error

    def _window_closed(self, lease: Lease, view: LaneView) -> str:
        self.outbox.hold(lease, view.last_inbound_at)
        log.warning(
            "window_closed", extra={"fields": {"user": str(lease.user_id), "waiting": len(view.replies)}}
        )
        return "window_closed"

    def _next(self, lease: Lease, view: LaneView, report: Report) -> Draft | None:
        """Return what leaves next: a late reply alone, the welcome alone, or the run of ready replies from
        `next` that fits one message.
        """
        late = next((one for one in view.replies if one.state == "ready" and one.seq < view.next), None)
        if late:
            return drafts.alone(late, view.now)
        expected, run = view.next, list[Waiting]()
        for one in view.replies:
            if one.seq != expected:
                break
            expected += 1
            if one.state == "ready":
                run.append(one)
        if not run:
            if expected > view.next:
                self.outbox.skip(lease, expected)
            beyond = [one for one in view.replies if one.state == "ready"]
            if not beyond or view.now - min(one.ready_at for one in beyond) < timedelta(
                seconds=self.patience_s
            ):
                return None
            # The one exception to order: what was numbered before is not coming, and the others waited long
            # enough. It is logged before it is done, so that a crash between the two cannot hide it.
            log.error(
                "lane_passed",
                extra={"fields": {"user": str(lease.user_id), "from": expected, "to": beyond[0].seq}},
            )
            if not self.outbox.skip(lease, beyond[0].seq):  # it came at the last moment: look again
                newer = self.outbox.view(lease)
                return self._next(lease, newer, report) if newer else None
            report.passed += beyond[0].seq - expected
            run = beyond[:1]
        return drafts.first(run, view.now)

    def _resolve(self, lease: Lease, view: LaneView, send: Frozen, report: Report) -> str | None:
        """Resolve a frozen send whose fate is unknown: believe a receipt, wait for one, and only then call
        again.
        """
        receipts = self.receipts(send.id) or {}
        failed = receipts.get("failed") or {}
        if arrived := refusals.arrived(receipts, ("sent", "delivered", "read"), failed=failed.get("wamid")):
            log.warning("send_confirmed_by_receipt", extra={"fields": {"send": str(send.id)}})
            return self._sent(lease, view, send, arrived, report)
        wait_until = send.called_at + timedelta(
            seconds=self.receipt_wait_s * 2 ** min(send.calls - 1, _DOUBLINGS)
        )
        if failed and (send.calls == 1 or view.now >= wait_until):
            # After several calls this waits, since the others may still have arrived.
            return self._refused(
                lease, view, send, GraphError(failed.get("code"), None, str(failed.get("detail") or ""))
            )
        if view.now < wait_until:
            return self._pause(lease, wait_until, "awaiting_receipt")
        return self._call_again(lease, view, send, report)

    def _call_again(self, lease: Lease, view: LaneView, send: Frozen, report: Report) -> str | None:
        if _closed(view):
            return self._window_closed(lease, view)
        if send.calls >= _CALLS and send.error is None:
            # It is logged before it is done, as a gap is.
            log.error(
                "send_never_certain",
                extra={"fields": {"send": str(send.id), "user": str(lease.user_id), "calls": send.calls}},
            )
            self.outbox.hold(lease, view.last_inbound_at, send)
            return "never_certain"
        file, refused = self._uploaded(send.file)
        if not self.outbox.recall(lease, send, self.lease_s, version=view.address_version, file=file):
            return "lost"
        if refused:
            return self._refused(lease, view, send, refused, again=True)
        log.warning("send_called_again", extra={"fields": {"send": str(send.id), "calls": send.calls + 1}})
        return self._call(lease, view, replace(send, file=file), report, again=True)

    def _call(
        self, lease: Lease, view: LaneView, send: Frozen, report: Report, *, again: bool = False
    ) -> str | None:
        if view.address.phone is None and view.address.bsuid is None:
            self.outbox.bury(lease, send, Refusal(Action.UNDELIVERABLE, None, "no address left"))
            log.error("undeliverable", extra={"fields": {"send": str(send.id), "reason": "no_address"}})
            return None
        started = time.monotonic()
        try:
            wamid = self._called(view.address, send, f"{lease.tenant_id}:{lease.user_id}:{send.id}")
        except GraphError as error:
            if error.action is Action.UNCERTAIN:
                log.warning("send_uncertain", extra={"fields": refusals.logged(send, error)})
                return self._pause(
                    lease,
                    max(view.now, send.called_at) + timedelta(seconds=self.receipt_wait_s),
                    "awaiting_receipt",
                )
            return self._refused(lease, view, send, error, again=again)
        finally:
            took_ms = round((time.monotonic() - started) * 1000)
            report.graph_ms += took_ms
        return self._sent(lease, view, send, wamid, report, took_ms)

    def _called(self, address: Address, send: Frozen, opaque: str) -> str:
        if send.file:
            return self.graph.send_document(
                address, send.file, caption=send.text, quote=send.quote, opaque=opaque
            )
        return self.graph.send_text(address, send.text, quote=send.quote, opaque=opaque, offer=send.offer)

    def _sent(
        self, lease: Lease, view: LaneView, send: Frozen, wamid: str, report: Report, took_ms: int = 0
    ) -> str | None:
        paced = self.outbox.sent(lease, send, wamid)
        report.messages += 1
        report.replies += len(send.members)
        waited = [
            view.now - one.received_at for one in view.replies if one.seq in send.members and one.received_at
        ]
        if waited:
            report.answer_ms = max(report.answer_ms, round(max(waited) / timedelta(milliseconds=1)) + took_ms)
        if paced is None:
            return None
        self._wake(lease.tenant_id, lease.user_id, paced)
        return "paced"

    def _refused(
        self, lease: Lease, view: LaneView, send: Frozen, error: GraphError, *, again: bool = False
    ) -> str | None:
        """Apply what a refusal, or a receipt that the send failed, means for the send and the lane, from the
        client's one table of codes.
        """
        action, fields = error.action, refusals.logged(send, error)
        refusal = refusals.consequences(
            action, error.code, error.detail, failures=view.failures + 1, accepted=False
        )
        if refusals.ends(view, send, action, again=again):
            self.outbox.bury(lease, send, refusal)
            log.error("undeliverable", extra={"fields": fields})
            return None
        # This call was refused; what the one before it came to is not known, so that it stays the same send
        # and its receipt may still come.
        until = self.outbox.failed(lease, send, refusal, keep=again)
        match action:
            case Action.WINDOW:
                log.warning("window_closed", extra={"fields": fields})
                return "window_closed"
            case Action.HOLD:
                log.error("sending_blocked", extra={"fields": fields})
            case _:
                log.warning("send_put_off", extra={"fields": fields})
        if until is not None:
            self._wake(lease.tenant_id, lease.user_id, until)
        return action.name.lower()

    def _pause(self, lease: Lease, until: datetime, why: str) -> str:
        self.outbox.pause(lease, until)
        self._wake(lease.tenant_id, lease.user_id, until)
        return why

    def _wake(self, tenant_id: UUID, user_id: UUID, until: datetime) -> None:
        # A moment later than the lane's own time, so that clocks that differ a little do not waste the
        # wake-up.
        task = tasks.LaneTask(tenant_id, user_id, until + timedelta(seconds=0.5))
        self.queue.push(task.name, tasks.dump(task), at=task.not_before)


def _closed(view: LaneView) -> bool:
    return view.last_inbound_at is None or view.now - view.last_inbound_at >= WINDOW
