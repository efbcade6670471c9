"""The ports of Postgres, which the worker needs: documents with their leases, and the lanes in which replies
leave. `infra` implements both.

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
    """The state of a message in Postgres once its tenant, user and lane are there.

    `purged`: the tenant was deleted, nothing may be written. `answered`: the number under which the message
    has its reply, which may still wait for its release. None while there is no reply.
    """

    purged: bool
    answered: int | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A document that is ours until the lease ends. Results are written only while `token` is still the
    row's. `new`: nobody had the document before.

    `tenant_id` is the business in which it is filed, `home` the business of its sender.
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
    """Another worker's lease on the document has not ended: the document is to be asked for again."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The document is finished, and its reply was written with it: there is nothing left to claim."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to read a document. `number` counts from 1, this one included. `twin` is a document of the
    same tenant with the same bytes, read whole already.

    A document that is to be read again has no twin.
    """

    number: int
    twin: UUID | None


@dataclass(frozen=True, slots=True)
class Answered:
    """The result of writing an answer. `written` is False when the number had its reply already.

    `silenced`: the same answer was given once too often, so the number is void; `begins`: the answer before
    it was still given.
    """

    written: bool
    silenced: bool = False
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """The text for which the sender's tap stands, and `about`, the message whose answer offered it. `past`:
    the tap came too late.
    """

    text: str
    about: str | None
    past: bool


ERASE = "erase"
"""The kind of the question whether everything is to be erased."""


class Eraser(Protocol):
    """Deletes a business from every store."""

    def erase(self, tenant: UUID, *, budget_s: float) -> bool:
        """Go on for about `budget_s` seconds; True when nothing is left. May be called again at any point.
        Raises Unwell.
        """


class Records(Protocol):
    """Tenants, documents and extractions in Postgres. Each method is one transaction of the task's tenant."""

    def open(self, task: MessageTask, welcome: str, notice: str | None = None) -> Registered:
        """Make sure that tenant, user and lane exist; return what is there for the message.

        A new lane gets `welcome` as its ready number 0; with a `notice` after it, the two are -1 and 0.
        """

    def move(self, tenant: Tenant) -> bool:
        """Write a newer address of the user; False when an even newer one is there, or the tenant was
        purged.
        """

    def stands(self, business: UUID) -> bool:
        """True where a business of somebody else was not erased."""

    def claim(self, task: MessageTask, lease_s: float) -> Claim | Busy | Finished:
        """Lease the message's document for `lease_s` seconds, creating it where it is new."""

    def refile(self, claim: Claim, task: MessageTask, *, storage_uri: str) -> Claim | None:
        """Have a document that is still being read stand with the business of `task`, its original being at
        `storage_uri`; None when the lease is lost.
        """

    def standing(self, task: MessageTask) -> Sequence[Standing]:
        """Return the files, read to their end, that the sender's message quotes, by the file's own message or
        by its answer; where it quotes none, the last file that the sender sent before it.
        """

    def relocate(self, task: MessageTask, file: Standing, *, storage_uri: str | None) -> None:
        """Have a file, with all that was read, corrected and asked of it, stand with the business of `task`
        instead. Raises Unwell where it no longer stands as `file` says, or is being read again.
        """

    def quoted_in(self, task: MessageTask) -> frozenset[UUID]:
        """Return the businesses in which the answers or papers stand that the sender's message quotes; empty
        where that is not known.
        """

    def attempt(self, claim: Claim, *, storage_uri: str, sha256: str, size: int) -> Attempt | None:
        """Count an attempt, before the file is opened; None when the lease is lost."""

    def unclaim(self, claim: Claim, *, back_s: float | None = None, problem: str | None = None) -> None:
        """Give the document back at once, for a retry that need not wait for the lease to end. `problem`: why
        it failed, for operators.

        With `back_s` a task is on its way to the document. Any task may claim it; for `back_s` seconds the
        lane counts it as being worked on, and after that it is overdue.
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

        `noted` takes the place of what the twin's own words added to its reply.

        False too when `twin` is being read again.
        """

    def settled(self, task: MessageTask) -> bool:
        """True where every earlier number of the sender has its reply, so that what the sender wrote and sent
        before is in the books.
        """

    def choose(self, task: MessageTask) -> Chosen | None:
        """Return what the tap that the task brings stands for; None where this sender was never offered it.

        A choice can be tapped for a day, a question until its first tap; the same message always chooses the
        same.
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
        """Write the reply of a message that is no document; None makes its number void. So does a reply that
        the message has under another number.

        With a `file`, which is stored, the body is its caption. `title` heads the body where it leaves among
        others. `gives`, the month of the books that the file gives, is noted with the reply: a month whose
        file never came was never given.

        `notice` follows the body, as in `finish`: where the answer has no body, nothing of it counts as told.

        `about` are the entries that the answer names, in their order: whoever quotes it means them.

        `kind` names a fixed sentence. After three of a kind within ten minutes the number is void instead,
        until the user sends a file, or for ten minutes nothing that earns this sentence: two programs that
        answer each other would never end. The instructions ("text") are given once within ten minutes, or
        since the last file.
        """

    def asked_to_erase(self, task: MessageTask, since: datetime) -> bool:
        """True where the person was asked whether everything is to be erased (an answer of the kind `ERASE`):
        in the message that the task's message quotes, or where it quotes none, after `since`.
        """

    def left(self, tenant_id: UUID, user_id: UUID, seq: int) -> bool:
        """True where nothing of the answer to a number is to be sent any more: it was sent, it never can be,
        or its deletion has begun.
        """

    def overdue(self, limit: int) -> list[tuple[UUID, str]]:
        """Return (tenant id, wamid) of documents whose lease ended before they were finished, over all
        tenants.
        """

    def waiting(self, limit: int) -> list[tuple[UUID, UUID]]:
        """Return (tenant id, user id) of lanes with something to send and nobody sending, over all
        tenants.
        """


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
        """True where the reply is a message of its own: a welcome, or one that brings a file."""
        return self.seq <= 0 or self.file is not None


@dataclass(frozen=True, slots=True)
class StatusFailed:
    """The result of a `failed` status; `not_before` is when the lane may be tried again, None at once.

    `unknown`: the send failed before, or another call of it, with another wamid, is the one that counts.
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
    """The consequences of Meta's refusal of a send, by `client`'s one table of codes. `code` is None where
    none was told.

    The lane is not tried again for `wait_s` seconds (None: no wait of its own). `hold` keeps the lane until
    the user writes; `counts` counts the refusal as a try of each member; `pace` paces the lane from now on.
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
    `next`.

    `working` is the highest number that is being worked on right now, or None. `unresolved` is a send whose
    fate is unknown. `left_at` is when the messages of the last five minutes left, the oldest first, as far as
    they answer the 96 numbers before `next`.
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
    left_at: tuple[datetime, ...]


class Outbox(Protocol):
    """Lanes, replies and sends in Postgres. Each method is one transaction."""

    def lease(self, tenant_id: UUID, user_id: UUID, lease_s: float) -> Lease | None:
        """Lease the lane for `lease_s` seconds; None while another holder has it, before its `not_before`, or
        while it is held.
        """

    def view(self, lease: Lease) -> LaneView | None:
        """Return the lane as it is now; None when the lease is lost."""

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
        `version` is that of the address to which the send goes.

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
        """Note that the send was accepted: its members are sent and `next` moves past them. Never overwrites
        `failed`.

        Returns when a lane that is paced may send again, else None.
        """

    def failed(self, lease: Lease, send: Frozen, refusal: Refusal, *, keep: bool) -> datetime | None:
        """Note that the send was refused for now: its members are ready again, in a new send, after the wait.

        `keep`: an earlier call of the send may have arrived, so it stays the same send, unresolved. Returns
        when the lane may be tried again, None where the refusal has no wait.
        """

    def bury(self, lease: Lease, send: Frozen, refusal: Refusal) -> None:
        """Note that the send can never be delivered: it and its members are `undeliverable` and `next` moves
        past them.

        A send that found nobody at its address, where the user has left that address since, leaves again: its
        members are ready.
        """

    def skip(self, lease: Lease, to: int) -> bool:
        """Move `next` forward to `to`: past void numbers, or past a gap that waited too long.

        False when the lease is lost, or when a reply before `to` became ready meanwhile: then nothing moved.
        """

    def pause(self, lease: Lease, until: datetime) -> None:
        """Let nobody lease the lane before `until`."""

    def hold(self, lease: Lease, seen: datetime | None, uncertain: Frozen | None = None) -> None:
        """Keep everything until the user writes again or an operator lets the lane go on. `uncertain` is the
        send that is the reason; it is then called again.

        Nothing is held when the user wrote after `seen`, the time of the user's last message in the view:
        nobody would let that lane go on. `uncertain` is then called again by the next release.
        """

    def release(self, lease: Lease) -> bool:
        """Give the lane back; True when something could be sent again right now (look again, or a wake-up is
        lost).
        """

    def status_failed(
        self, tenant_id: UUID, send_id: UUID, wamid: str, refusal: Refusal, tries: int
    ) -> StatusFailed:
        """Note a `failed` status of a send: its members become ready again.

        They become `undeliverable` where the refusal says so and the user has not moved since, or where it
        counts and was their try number `tries`.
        """
