"""What the worker needs of Postgres: documents with their leases, and the lanes in which replies leave.
`infra` implements both ports.

As all of `ports`, an implementation raises `Unwell` (and nothing else) when the database is down, slow or
refusing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from functions.books.ports import Given
from functions.extractor.invoice import Extraction
from functions.whatsapp.client import Action
from functions.whatsapp.model import Address, Enclosed, Notice, Offer, Said, Tenant
from functions.whatsapp.tasks import MessageTask


@dataclass(frozen=True, slots=True)
class Registered:
    """What Postgres knows of a message once its tenant, user and lane are there.

    `purged`: the tenant was deleted, nothing may be written. `answered`: the number under which the message
    has its reply; only its release may be missing. None while there is no reply.
    """

    purged: bool
    answered: int | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A document that is ours until the lease ends. Results are written only while `token` is still the
    row's. `new`: nobody had it before.

    `tenant_id` is the business in which it is filed, `home` its sender's own.
    """

    tenant_id: UUID
    document_id: UUID
    token: UUID
    storage_uri: str | None
    new: bool
    home: UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """A file that a sender sent by the message `wamid`, and the business in which it stands."""

    document_id: UUID
    business: UUID
    wamid: str
    storage_uri: str | None
    media_type: str | None


@dataclass(frozen=True, slots=True)
class Busy:
    """Another worker's lease on the document lives: it is to be asked for again."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The document has its end, and its reply was written with it: there is nothing left to claim."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """`number` counts from 1, this one included. `twin` is a document of the same tenant with the same bytes,
    read whole already.

    A document that is to be read again has no twin.
    """

    number: int
    twin: UUID | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an answer. `written` is False when the number had its reply already.

    `silenced`: it was the same answer once too often, so the number is void; `begins`: the one before it was
    still given.
    """

    written: bool
    silenced: bool = False
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a tap of the sender's stands for: `text`, and `about`, the message whose answer offered it.
    `past`: it is too late for it.
    """

    text: str
    about: str | None
    past: bool


ERASE = "erase"
"""The kind of the question whether everything is to go."""


class Eraser(Protocol):
    """Deletes a business from every store."""

    def erase(self, tenant: UUID, *, budget_s: float) -> bool:
        """Go on for about `budget_s` seconds; True when nothing is left. May be called again at any point.
        Raises Unwell.
        """


class Records(Protocol):
    """Tenants, documents and extractions in Postgres. Each method is one transaction of the task's tenant."""

    def open(self, task: MessageTask, welcome: str, notice: str | None = None) -> Registered:
        """Make sure of tenant, user and lane; says what is there for the message.

        A new lane gets `welcome` as its ready number 0; with a `notice` behind it, the two are -1 and 0.
        """

    def move(self, tenant: Tenant) -> bool:
        """Write a newer address of the user; False when an even newer one is there, or the tenant was
        purged.
        """

    def stands(self, business: UUID) -> bool:
        """Whether a business of somebody else's was not erased."""

    def claim(self, task: MessageTask, lease_s: float) -> Claim | Busy | Finished:
        """Own the message's document, creating it."""

    def refile(self, claim: Claim, task: MessageTask, *, storage_uri: str) -> Claim | None:
        """Have a document that is still being read stand with the business of `task`, its original being at
        `storage_uri`; None when the lease is lost.
        """

    def standing(self, task: MessageTask) -> Sequence[Standing]:
        """The files, read to their end, that the sender's message quotes, itself or by their answer; where it
        quotes none, the last that he sent before it.
        """

    def relocate(self, task: MessageTask, file: Standing, *, storage_uri: str | None) -> None:
        """Have a file and all that was read, corrected and asked of it stand with the business of `task`
        instead. Raises Unwell where it does not stand as `file` says any more, or is being read again.
        """

    def quoted_in(self, task: MessageTask) -> frozenset[UUID]:
        """The businesses in which the answers or papers stand that the sender's message quotes; empty where
        that is not known.
        """

    def attempt(self, claim: Claim, *, storage_uri: str, sha256: str, size: int) -> Attempt | None:
        """Count an attempt, before the file is opened; None when the lease is lost."""

    def unclaim(self, claim: Claim, *, back_s: float | None = None, problem: str | None = None) -> None:
        """Give the document back at once, for a retry that need not wait for the lease to end. `problem`: why
        it failed, for operators.

        With `back_s` a task is on its way to it: whoever comes may claim it, for so long the lane counts it
        as being worked on, and after that it is overdue.
        """

    def finish(
        self, claim: Claim, task: MessageTask, *, title: str, body: str, extraction: Extraction | None,
        failure: str | None,
        question: Said | None = None, file: Enclosed | None = None, notice: Notice | None = None,
        offer: Offer | None = None,
    ) -> bool:  # fmt: skip
        """Write the extractions, the reply and the document's end together, or nothing; False when the lease
        is lost, or the number or message has a reply.

        `question`, whether a RUC is the business's own, follows the body and offers its choices, unless an
        answer asked it before: it is asked once. `notice` follows both, unless another answer told of all its
        papers meanwhile.

        `failure` is a code and makes the document `failed`; without it, it is `done`. With a `file`, which is
        stored, the body is its caption. `offer` are the choices of the body itself.
        """

    def finish_as(self, claim: Claim, task: MessageTask, twin: UUID, *, noted: str = "") -> bool:
        """Finish with the extractions and the reply of `twin`, the same bytes of the same tenant; False, and
        nothing is written, as in `finish`.

        `noted` stands in the place of what the twin's own words added to its reply.

        False too when `twin` is being read again.
        """

    def settled(self, task: MessageTask) -> bool:
        """Whether every earlier number of the sender has its reply: what he wrote and sent before is in the
        books.
        """

    def choose(self, task: MessageTask) -> Chosen | None:
        """What the tap that the task brings stands for; None where this sender was never offered it.

        A choice stands for a day, a question until its first tap; the same message chooses the same again.
        """

    def answer(
        self,
        task: MessageTask,
        body: str | None,
        *,
        title: str = "",
        kind: str | None = None,
        about: Sequence[UUID] = (),
        file: Enclosed | None = None,
        offer: Offer | None = None,
        notice: Notice | None = None,
        gives: Given | None = None,
    ) -> Answered:
        """Write the reply of a message that is no document; None makes its number void, as a reply under
        another number does.

        With a `file`, which is stored, the body is its caption. `title` heads the body where it leaves among
        others. What it `gives` of the books is noted with it: a month whose file never came was never given.

        `notice` follows the body, as in `finish`: what is not said by an answer is not told.

        `about` are the entries that it names, in their order: who quotes it means them.

        `kind` names a fixed sentence. After three of a kind within ten minutes the number is void instead,
        until the user sends a file, or nothing that earns this sentence for ten minutes: two programs that
        answer each other would never end. The instructions ("text") are given once within ten minutes, or
        since the last file.
        """

    def asked_to_erase(self, task: MessageTask, since: datetime) -> bool:
        """Whether the person was asked if everything is to go (an answer of the kind `ERASE`): in the message
        that he quotes, or where he quotes none, since then.
        """

    def left(self, tenant_id: UUID, user_id: UUID, seq: int) -> bool:
        """Whether nothing of the answer to a number is to be sent any more: it was sent, never can be, or has
        begun to be deleted.
        """

    def overdue(self, limit: int) -> list[tuple[UUID, str]]:
        """(tenant id, wamid) of documents whose lease ended before they were finished, over all tenants."""

    def waiting(self, limit: int) -> list[tuple[UUID, UUID]]:
        """(tenant id, user id) of lanes with something to send and nobody sending, over all tenants."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A lane that is ours to send from, until `token` is no longer the row's."""

    tenant_id: UUID
    user_id: UUID
    token: UUID


@dataclass(frozen=True, slots=True)
class Earlier:
    """An invoice that an earlier message of the tenant brought and that was answered already."""

    name: str
    received_at: datetime
    document_id: UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    """One reply as the lane sees it. `body` is None when it is void.

    `tries` counts what may end it: failures of its own after being accepted, and refusals for unknown
    reasons; no throttle, no hold. `keys` are its invoices' identities, (document key, name); `earlier` those
    of them that earlier replies brought.
    """

    seq: int
    state: Literal["ready", "void", "sent", "undeliverable"]
    wamid: str | None
    document_id: UUID | None
    title: str
    body: str | None
    ready_at: datetime
    received_at: datetime | None
    tries: int
    keys: tuple[tuple[str, str], ...] = ()
    earlier: tuple[Earlier, ...] = ()
    offer: Offer | None = None
    file: Enclosed | None = None

    @property
    def apart(self) -> bool:
        """Whether it is a message of its own: a welcome, or one that brings a file."""
        return self.seq <= 0 or self.file is not None


@dataclass(frozen=True, slots=True)
class StatusFailed:
    """What a `failed` status came to; `not_before` is when the lane may be tried again, None at once.

    `unknown` is a send that failed before, or one of which another call, with another wamid, is the one that
    counts.
    """

    result: Literal["again", "undeliverable", "unknown"]
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Frozen:
    """A send as it was decided: every retry sends exactly this text and offer, quoting `quote`, or this file
    with the text as its caption.

    `members` are numbers of the lane.

    `error` is why its last call is known to have failed, or why the lane was held for it since; None while
    nobody knows what that call came to.
    """

    id: UUID
    members: tuple[int, ...]
    text: str
    quote: str | None
    called_at: datetime
    calls: int
    error: str | None = None
    file: Enclosed | None = None
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Meta's refusal of a send comes to, by `client`'s one table of codes. `code` is None where none was
    told.

    The lane is not tried again for `wait_s` seconds (None: no wait of its own). `hold` keeps the lane until
    the user writes; `counts` counts it as a try of each member; `pace` paces the lane from now on.
    """

    action: Action
    code: int | None
    detail: str
    wait_s: float | None = None
    hold: bool = False
    counts: bool = False
    pace: bool = False


@dataclass(frozen=True, slots=True)
class LaneView:
    """The lane at one instant (`now` is the database's): what waits from `next` on, and late replies below
    it.

    `working` is the highest number that is being worked on right now, or None. `unresolved` is a send whose
    fate is unknown.
    """

    now: datetime
    next: int
    address: Address
    address_version: int
    last_inbound_at: datetime | None
    working: int | None
    replies: tuple[Waiting, ...]
    unresolved: Frozen | None
    failures: int


class Outbox(Protocol):
    """Lanes, replies and sends in Postgres. Each method is one transaction."""

    def lease(self, tenant_id: UUID, user_id: UUID, lease_s: float) -> Lease | None:
        """Own the lane; None while another does, before its `not_before`, or while it is held."""

    def view(self, lease: Lease) -> LaneView | None:
        """The lane now; None when the lease is lost."""

    def freeze(
        self,
        lease: Lease,
        members: Sequence[int],
        text: str,
        quote: str | None,
        duplicates: dict[int, UUID],
        lease_s: float,
        *,
        version: int,
        file: Enclosed | None = None,
        offer: Offer | None = None,
    ) -> Frozen | Literal["lost", "changed"]:
        """Decide a send just before its call and renew the lease; `duplicates` marks members' documents,
        `version` is that of the address it goes to.

        Nothing is decided when the lease is lost, or when a member is not ready any more: it changed since
        the view.
        """

    def recall(
        self, lease: Lease, send: Frozen, lease_s: float, *, version: int, file: Enclosed | None = None
    ) -> bool:
        """Note that the same send is about to be called again, at the address of `version`, and renew the
        lease; False when either is no longer ours.

        `file` is the send's own, uploaded anew.
        """

    def sent(self, lease: Lease, send: Frozen, wamid: str) -> datetime | None:
        """The send was accepted: its members are sent and `next` moves past them. Never overwrites `failed`.

        Returns when a lane that is paced may send again, else None.
        """

    def failed(self, lease: Lease, send: Frozen, refusal: Refusal, *, keep: bool) -> datetime | None:
        """The send was refused for now: its members are ready again, in a new send, after the wait.

        `keep`: an earlier call of it may have arrived, so it stays the same send, unresolved. Returns when
        the lane may be tried again, None where the refusal has no wait.
        """

    def bury(self, lease: Lease, send: Frozen, refusal: Refusal) -> None:
        """The send can never be delivered: it and its members are `undeliverable` and `next` moves past them.

        One that found nobody at an address which its user has left since leaves again: its members are ready.
        """

    def skip(self, lease: Lease, to: int) -> bool:
        """Move `next` forward to `to`: past void numbers, or past a gap that waited too long.

        False when the lease is lost, or when a reply before `to` became ready meanwhile: then nothing moved.
        """

    def pause(self, lease: Lease, until: datetime) -> None:
        """Nobody may lease the lane before `until`."""

    def hold(self, lease: Lease, seen: datetime | None, uncertain: Frozen | None = None) -> None:
        """Keep everything until the user writes again or an operator lets the lane go on: `uncertain`, the
        reason, is then called again.

        Nothing is held when the user wrote after `seen`, the view's last message of the user's: nobody would
        let that lane go on. `uncertain` is then called again by the next release.
        """

    def release(self, lease: Lease) -> bool:
        """Give the lane back; True when something could be sent again right now (look again, or a wake-up is
        lost).
        """

    def status_failed(
        self, tenant_id: UUID, send_id: UUID, wamid: str, refusal: Refusal, tries: int
    ) -> StatusFailed:
        """A `failed` status came for a send: its members become ready again.

        They become `undeliverable` where the refusal says so and the user has not moved since, or where it
        counts and was their try number `tries`.
        """
