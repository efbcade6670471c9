"""The worker's Postgres in memory: documents with their leases, and the lanes in which replies leave.

`tests/contract/test_ledger.py` holds both classes to the real ones, step by step. Of `Records` there is what
a message's way needs; who moves, taps, or is asked something of the books is Postgres's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from functions.errors import Unwell
from functions.extractor.invoice import Extraction
from functions.whatsapp.accounts import NOTED
from functions.whatsapp.client import NOBODY_THERE, Action
from functions.whatsapp.ledger import (
    Answered,
    Attempt,
    Busy,
    Claim,
    Earlier,
    Finished,
    Frozen,
    LaneView,
    Lease,
    Refusal,
    Registered,
    StatusFailed,
    Waiting,
)
from functions.whatsapp.model import Address, Enclosed, Offer, is_ours
from functions.whatsapp.sunat import MISSING
from functions.whatsapp.taps import ASKED
from functions.whatsapp.tasks import MessageTask
from infra.outbox import _PACE_S, _PACED_S
from infra.records import _OF_A_KIND, _TEXT, document_id

_LOOP, _SHOWN = timedelta(minutes=10), timedelta(minutes=5)


@dataclass
class Reply:
    """A row of messaging.replies."""

    seq: int
    body: str | None
    ready_at: datetime
    wamid: str | None = None
    title: str = ""
    kind: str | None = None
    document: UUID | None = None
    file: Enclosed | None = None
    offer: Offer | None = None
    state: Literal["ready", "void", "sent", "undeliverable"] = "ready"
    tries: int = 0
    send: UUID | None = None
    sent_at: datetime | None = None


@dataclass
class Paper:
    """A row of documents.documents, with what was read of it."""

    tenant: UUID
    user: UUID
    seq: int
    received_at: datetime
    storage_uri: str | None
    token: UUID | None
    until: datetime | None
    status: Literal["working", "done", "failed"] = "working"
    failure: str | None = None
    attempts: int = 0
    sha256: str = ""
    problem: str | None = None
    extraction: Extraction | None = None
    duplicate_of: UUID | None = None

    def invoices(self) -> dict[str, str]:
        """The names of its invoices, by what identifies each."""
        found = self.extraction.invoices if self.extraction else ()
        return {
            f"{one.supplier.ruc}|{one.kind}|{one.series}|{one.number}": f"{one.series}-{one.number}"
            for one in found
            if one.supplier.ruc and one.kind and one.series and one.number
        }


@dataclass
class Send:
    """A row of messaging.sends."""

    frozen: Frozen
    version: int
    state: Literal["frozen", "sent", "failed", "undeliverable"] = "frozen"
    sent_wamid: str | None = None


@dataclass
class Lane:
    """A row of messaging.lanes, with its user's address, replies and sends."""

    tenant: UUID
    address: Address
    version: int
    last_inbound_at: datetime | None
    next: int
    token: UUID | None = None
    until: datetime | None = None
    not_before: datetime | None = None
    paced_until: datetime | None = None
    held: bool = False
    failures: int = 0
    replies: dict[int, Reply] = field(default_factory=dict)
    sends: dict[UUID, Send] = field(default_factory=dict)

    def of(self, send: UUID) -> list[Reply]:
        """The replies that a send has."""
        return [one for one in self.replies.values() if one.send == send]

    def after(self, refusal: Refusal, now: datetime) -> None:
        """What a refusal does to the lane."""
        self.held = self.held or refusal.hold
        if refusal.pace:
            self.paced_until = now + timedelta(seconds=_PACED_S)
        if refusal.wait_s is not None:
            self.not_before = now + timedelta(seconds=refusal.wait_s)


@dataclass
class Memory:
    """Everything that both ports keep. `down`: every call raises Unwell."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    down: bool = False
    purged: set[UUID] = field(default_factory=set)
    papers: dict[UUID, Paper] = field(default_factory=dict)
    lanes: dict[UUID, Lane] = field(default_factory=dict)

    def now(self) -> datetime:
        """The database's clock, for as long as it answers."""
        if self.down:
            raise Unwell("postgres")
        return self.clock()

    def reply_to(self, wamid: str | None) -> Reply | None:
        """The reply of a message, under whatever number."""
        return next(
            (
                one
                for lane in self.lanes.values()
                for one in lane.replies.values()
                if wamid and one.wamid == wamid
            ),
            None,
        )

    def answer_with(self, document: UUID) -> Reply | None:
        """The reply that a document ended in."""
        return next(
            (
                one
                for lane in self.lanes.values()
                for one in lane.replies.values()
                if one.document == document
            ),
            None,
        )


@dataclass
class MemoryRecords:
    """Documents and answers of a `Memory`."""

    memory: Memory

    def open(self, task: MessageTask, welcome: str, notice: str | None = None) -> Registered:
        now, tenant = self.memory.now(), task.tenant
        inbound = None if is_ours(task.message.wamid) else task.message.sent_at
        answered = self.memory.reply_to(task.message.wamid)
        if tenant.id in self.memory.purged:
            return Registered(purged=True, answered=answered and answered.seq)
        lane = self.memory.lanes.get(tenant.user_id)
        if lane is None:
            said = [welcome, notice] if notice else [welcome]
            lane = Lane(tenant.id, tenant.address, tenant.version, inbound, 1 - len(said))
            lane.replies = {at: Reply(at, body, now) for at, body in enumerate(said, start=lane.next)}
            self.memory.lanes[tenant.user_id] = lane
        elif inbound:
            asked = [one for one in lane.sends.values() if one.state == "frozen"]
            if all(one.frozen.called_at <= task.received_at for one in asked):
                lane.held = False
            lane.last_inbound_at = max(lane.last_inbound_at or inbound, inbound)
        if tenant.version > lane.version:
            lane.address, lane.version = tenant.address, tenant.version
        return Registered(purged=False, answered=answered and answered.seq)

    def stands(self, business: UUID) -> bool:
        return business not in self.memory.purged

    def claim(self, task: MessageTask, lease_s: float) -> Claim | Busy | Finished:
        now, document, token = self.memory.now(), document_id(task.message.wamid), uuid4()
        until, user, home = now + timedelta(seconds=lease_s), task.tenant.user_id, task.tenant.id
        paper = self.memory.papers.get(document)
        if new := paper is None:
            paper = Paper(task.business, user, task.seq, task.received_at, task.media_uri, token, until)
            self.memory.papers[document] = paper
        elif paper.status != "working":
            return Finished()
        elif paper.token and paper.until and paper.until >= now:
            return Busy()
        paper.token, paper.until = token, until
        return Claim(paper.tenant, document, token, paper.storage_uri, new, home)

    def attempt(self, claim: Claim, *, storage_uri: str, sha256: str, size: int) -> Attempt | None:
        self.memory.now()
        paper = self._held(claim)
        if paper is None:
            return None
        paper.attempts, paper.storage_uri, paper.sha256 = paper.attempts + 1, storage_uri, sha256
        twins = [
            (one.received_at, document)
            for document, one in self.memory.papers.items()
            if one is not paper
            and (one.tenant, one.sha256, one.status) == (paper.tenant, sha256, "done")
            and not (one.extraction and one.extraction.incomplete)
            and self.memory.answer_with(document)
        ]
        return Attempt(paper.attempts, min(twins)[1] if twins else None)

    def unclaim(self, claim: Claim, *, back_s: float | None = None, problem: str | None = None) -> None:
        now = self.memory.now()
        if paper := self._held(claim):
            paper.token = None
            paper.until = None if back_s is None else now + timedelta(seconds=back_s)
            paper.problem = problem or paper.problem

    def finish(
        self, claim: Claim, task: MessageTask, *, title: str, body: str, extraction: Extraction | None,
        failure: str | None, question: object = None, file: Enclosed | None = None, notice: object = None,
        offer: Offer | None = None,
    ) -> bool:  # fmt: skip
        assert question is None
        assert notice is None
        reply = Reply(task.seq, body, self.memory.now(), title=title, file=file, offer=offer)
        return self._end(claim, task, reply, extraction, failure)

    def finish_as(self, claim: Claim, task: MessageTask, twin: UUID, *, noted: str = "") -> bool:
        found, now = self.memory.answer_with(twin), self.memory.now()
        if found is None or found.body is None:
            return False
        body = found.body
        for own in (NOTED, ASKED, MISSING):
            body = body.partition(own)[0]
        reply = Reply(task.seq, body + noted, now, title=found.title)
        return self._end(claim, task, reply, self.memory.papers[twin].extraction, None)

    def settled(self, task: MessageTask) -> bool:
        lane = self.memory.lanes[task.tenant.user_id]
        first = min(lane.next, max(task.seq - 100, 1))
        return all(seq in lane.replies for seq in range(first, task.seq))

    def answer(
        self, task: MessageTask, body: str | None, *, title: str = "", kind: str | None = None,
        file: Enclosed | None = None, offer: Offer | None = None, **_of_the_books: object,
    ) -> Answered:  # fmt: skip
        now, lane = self.memory.now(), self.memory.lanes[task.tenant.user_id]
        if task.seq in lane.replies or self.memory.reply_to(task.message.wamid):
            lane.replies.setdefault(task.seq, Reply(task.seq, None, now, state="void"))
            return Answered(written=False)
        silenced, begins = self._loop(lane, task, kind, now)
        body = None if silenced else body
        lane.replies[task.seq] = Reply(
            task.seq, body, now, task.message.wamid, "" if body is None else title, kind, file=file,
            offer=offer,
            state="void" if body is None else "ready",
        )  # fmt: skip
        return Answered(written=True, silenced=silenced, begins=begins)

    def left(self, tenant_id: UUID, user_id: UUID, seq: int) -> bool:
        reply = self.memory.lanes[user_id].replies.get(seq)
        return tenant_id in self.memory.purged or (reply is not None and reply.state != "ready")

    def _loop(self, lane: Lane, task: MessageTask, kind: str | None, now: datetime) -> tuple[bool, bool]:
        """Whether an answer of this kind came once too often, and whether the one before was still given."""
        mine = [one.seq for one in self.memory.papers.values() if one.user == task.tenant.user_id]
        since = max((seq for seq in mine if seq < task.seq), default=-1)
        same = [
            one.body is None
            for seq, one in sorted(lane.replies.items(), reverse=True)
            if since < seq < task.seq and kind and one.kind == kind and one.ready_at > now - _LOOP
        ]
        went_on = bool(same) and same[0]
        silent = (went_on and kind != _TEXT) or same.count(False) >= (1 if kind == _TEXT else _OF_A_KIND)
        return silent, silent and not went_on

    def _held(self, claim: Claim) -> Paper | None:
        paper = self.memory.papers[claim.document_id]
        return paper if paper.token == claim.token else None

    def _end(
        self, claim: Claim, task: MessageTask, reply: Reply, read: Extraction | None, failure: str | None
    ) -> bool:
        paper, lane = self._held(claim), self.memory.lanes[task.tenant.user_id]
        if paper is None or task.seq in lane.replies or self.memory.reply_to(task.message.wamid):
            return False
        paper.status, paper.failure = "failed" if failure else "done", failure
        paper.token, paper.until, paper.extraction = None, None, read
        lane.replies[task.seq] = replace(reply, wamid=task.message.wamid, document=claim.document_id)
        return True


@dataclass
class MemoryOutbox:
    """The lanes of a `Memory`."""

    memory: Memory

    def lease(self, tenant_id: UUID, user_id: UUID, lease_s: float) -> Lease | None:
        now, lane = self.memory.now(), self.memory.lanes.get(user_id)
        if lane is None or lane.held or (lane.until and lane.until >= now):
            return None
        if lane.not_before and lane.not_before > now:
            return None
        lane.token, lane.until = uuid4(), now + timedelta(seconds=lease_s)
        return Lease(tenant_id, user_id, lane.token)

    def view(self, lease: Lease) -> LaneView | None:
        now, lane = self.memory.now(), self._held(lease)
        if lane is None:
            return None
        working = [
            one.seq
            for one in self.memory.papers.values()
            if one.user == lease.user_id and one.status == "working" and one.until and one.until > now
        ]
        shown = [one for seq, one in sorted(lane.replies.items()) if seq >= lane.next or one.state == "ready"]
        frozen = [lane.sends[one.send] for one in shown if one.state == "ready" and one.send]
        left = {
            one.send: one.sent_at
            for one in lane.replies.values()
            if lane.next - 96 <= one.seq < lane.next and one.sent_at and one.sent_at > now - _SHOWN
        }
        return LaneView(
            now=now, next=lane.next, address=lane.address, address_version=lane.version,
            last_inbound_at=lane.last_inbound_at, working=max(working, default=None),
            replies=tuple(self._waiting(one) for one in shown),
            unresolved=next((one.frozen for one in frozen if one.state == "frozen"), None),
            failures=lane.failures,
            left_at=tuple(sorted(left.values())),
        )  # fmt: skip

    def freeze(
        self, lease: Lease, members: Sequence[int], text: str, quote: str | None,
        duplicates: dict[int, UUID], lease_s: float, *, version: int, file: Enclosed | None = None,
        offer: Offer | None = None,
    ) -> Frozen | Literal["lost", "changed"]:  # fmt: skip
        now, lane = self.memory.now(), self._held(lease)
        if lane is None:
            return "lost"
        replies = [one for seq in members if (one := lane.replies.get(seq)) and one.state == "ready"]
        if len(replies) != len(members):
            return "changed"
        send = Frozen(uuid4(), tuple(members), text, quote, now, 1, file=file, offer=offer)
        lane.until, lane.sends[send.id] = now + timedelta(seconds=lease_s), Send(send, version)
        for one in replies:
            one.send = send.id
        for seq, original in duplicates.items():
            self.memory.papers[lane.replies[seq].document].duplicate_of = original
        return send

    def recall(
        self, lease: Lease, send: Frozen, lease_s: float, *, version: int, file: Enclosed | None = None
    ) -> bool:
        now, lane = self.memory.now(), self._held(lease)
        if lane is None or (kept := lane.sends[send.id]).state != "frozen":
            return False
        lane.until, kept.version = now + timedelta(seconds=lease_s), version
        kept.frozen = replace(kept.frozen, calls=kept.frozen.calls + 1, called_at=now, error=None, file=file)
        return True

    def sent(self, lease: Lease, send: Frozen, wamid: str) -> datetime | None:
        now, lane = self.memory.now(), self.memory.lanes[lease.user_id]
        if (kept := lane.sends[send.id]).state == "frozen":
            kept.state, kept.sent_wamid = "sent", wamid
            for one in lane.of(send.id):
                one.state, one.sent_at = "sent", now
            paced = lane.paced_until and lane.paced_until > now
            lane.not_before = now + timedelta(seconds=_PACE_S) if paced else None
        lane.next, lane.failures = max(lane.next, max(send.members) + 1), 0
        return lane.not_before

    def failed(self, lease: Lease, send: Frozen, refusal: Refusal, *, keep: bool) -> datetime | None:
        now, lane = self.memory.now(), self.memory.lanes[lease.user_id]
        if (kept := lane.sends[send.id]).state == "frozen":
            kept.frozen = replace(kept.frozen, error=refusal.detail)
            if not keep:
                kept.state = "failed"
                for one in lane.of(send.id):
                    one.send, one.tries = None, one.tries + refusal.counts
        lane.failures += 1
        lane.after(refusal, now)
        return lane.not_before if refusal.wait_s is not None else None

    def bury(self, lease: Lease, send: Frozen, refusal: Refusal) -> None:
        self.memory.now()
        lane = self.memory.lanes[lease.user_id]
        again = False
        if (kept := lane.sends[send.id]).state == "frozen":
            again = refusal.code == NOBODY_THERE and lane.version > kept.version
            kept.state = "failed" if again else "undeliverable"
            for one in lane.of(send.id):
                one.state, one.send = ("ready", None) if again else ("undeliverable", one.send)
        lane.failures = 0
        lane.next = lane.next if again else max(lane.next, max(send.members) + 1)

    def skip(self, lease: Lease, to: int) -> bool:
        self.memory.now()
        lane = self._held(lease)
        if lane is None or any(
            one.state == "ready" and lane.next <= seq < to for seq, one in lane.replies.items()
        ):
            return False
        lane.next = max(lane.next, to)
        return True

    def pause(self, lease: Lease, until: datetime) -> None:
        self.memory.now()
        if lane := self._held(lease):
            lane.not_before = until

    def hold(self, lease: Lease, seen: datetime | None, uncertain: Frozen | None = None) -> None:
        self.memory.now()
        lane = self._held(lease)
        if lane is None:
            return
        wrote = lane.last_inbound_at and (seen is None or lane.last_inbound_at > seen)
        lane.held = lane.held or not wrote
        if uncertain:
            kept = lane.sends[uncertain.id]
            kept.frozen = replace(kept.frozen, error="no certain answer")

    def release(self, lease: Lease) -> bool:
        now, lane = self.memory.now(), self.memory.lanes[lease.user_id]
        if self._held(lease):
            lane.token, lane.until = None, None
        if lane.held or (lane.not_before and lane.not_before > now):
            return False
        first = min((seq for seq, one in lane.replies.items() if one.state == "ready"), default=None)
        return first is not None and all(seq in lane.replies for seq in range(lane.next, first))

    def status_failed(
        self, tenant_id: UUID, send_id: UUID, wamid: str, refusal: Refusal, tries: int
    ) -> StatusFailed:
        now = self.memory.now()
        lane = next((one for one in self.memory.lanes.values() if send_id in one.sends), None)
        kept = lane and lane.sends[send_id]
        if (
            lane is None
            or kept is None
            or not (
                (kept.state == "frozen" and kept.frozen.calls == 1)
                or (kept.state == "sent" and kept.sent_wamid == wamid)
            )
        ):
            return StatusFailed("unknown")
        moved = refusal.code == NOBODY_THERE and lane.version > kept.version
        kept.state = "failed" if moved or refusal.action is not Action.UNDELIVERABLE else "undeliverable"
        members = lane.of(send_id)
        for one in members:
            ready = kept.state == "failed" and (not refusal.counts or one.tries + 1 < tries)
            one.state, one.send, one.sent_at = "ready" if ready else "undeliverable", None, None
            one.tries += refusal.counts
        lane.after(refusal, now)
        if not members:
            return StatusFailed("unknown")
        again = any(one.state == "ready" for one in members)
        return StatusFailed(
            "again" if again else "undeliverable", lane.not_before if refusal.wait_s is not None else None
        )

    def _held(self, lease: Lease) -> Lane | None:
        lane = self.memory.lanes[lease.user_id]
        return lane if lane.token == lease.token else None

    def _waiting(self, one: Reply) -> Waiting:
        paper: Paper | None = self.memory.papers[one.document] if one.document else None
        keys = paper.invoices() if paper and one.state == "ready" else {}
        fields: dict[str, Any] = {
            name: getattr(one, name)
            for name in ("seq", "state", "wamid", "title", "body", "ready_at", "tries", "offer", "file")
        }
        return Waiting(
            **fields, document_id=one.document, received_at=paper and paper.received_at,
            keys=tuple(keys.items()),
            earlier=tuple(found for key in keys if paper and (found := self._earlier(paper, key))),
        )  # fmt: skip

    def _earlier(self, paper: Paper, key: str) -> Earlier | None:
        """The document with the same invoice that was answered first."""
        answered = [
            (reply.sent_at, document)
            for document, one in self.memory.papers.items()
            if one is not paper and one.tenant == paper.tenant and key in one.invoices()
            if (reply := self.memory.answer_with(document)) and reply.state == "sent" and reply.sent_at
        ]
        if not answered:
            return None
        _, document = min(answered)
        found = self.memory.papers[document]
        return Earlier(found.invoices()[key], found.received_at, document)
