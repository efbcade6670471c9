"""Finds who is writing and numbers the message: identities, admissions and receipts, in the Inbox.

    senders/{user_id}                      tenant_id, user_id, phone, bsuid, version, welcome, created_at,
                                           last_seq, day, files
    aliases/{sha256 of "phone:…"|"bsuid:…"}  user_id; exactly the addresses that the senders have
    messages/{sha256 of wamid}             state, pending_since (while admitted), generation, seq, the parsed
                                           message; gone after 9 days
    messages/{sha256 of "former:phone:…"}  user_id, at: the user who had an address until `at`; gone after 9
                                           days
    receipts/{send_id}                     what Meta told of one of our sends, each status under its own name;
                                           gone after 9 days
    tombstones/{tenant_id}                 at, users: a purged tenant

The members of each business are kept beside them (`memberships`). Every rule is written over the two
protocols of `ports`, so that it holds on each adapter.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from functions.lima import LIMA
from functions.whatsapp.identity import KEPT, Unit, identify, message_path, sender_path, tenant_of, transact
from functions.whatsapp.memberships import business_path, end, seat_of, understood
from functions.whatsapp.model import (
    FILE_KINDS,
    NEWS,
    Address,
    Admission,
    Inbound,
    Kind,
    NumberChange,
    Seat,
    State,
    Tenant,
)
from functions.whatsapp.ports import Clock, Document, Inbox
from functions.whatsapp.tasks import MessageTask, MovedTask

log = logging.getLogger("cuadra")

_PURGE_BATCH = 100

_inbound: TypeAdapter[Inbound] = TypeAdapter(Inbound)


@dataclass(frozen=True, slots=True)
class Admissions:
    """Admissions to one Inbox. `daily_cap` is how many files a sender may send in one day of Lima."""

    inbox: Inbox
    clock: Clock
    daily_cap: int

    # identity

    def get_or_create_tenant(self, from_number: str) -> Tenant:
        """See `get_or_create_tenant_by_whatsapp`."""
        address = Address(re.sub(r"\D", "", from_number) or None)
        if address == Address():
            raise ValueError("a phone number has digits")
        now = self.clock()
        return transact(
            self.inbox, _key(address), lambda unit: identify(unit, address, "text", now, sent_at=now)
        )

    def move(self, change: NumberChange) -> list[MovedTask]:
        """Give the sender known as `change.old` the address `change.new`, exactly: Meta renews the BSUID with
        the number.

        Messages and the news of a change may arrive in another order than they were sent. What was written
        from the old address before the change is still this sender's; a sender who was registered at the new
        address since is the same person, and its answers still go there.

        Returns a task for every sender whose address changed, the loser of the new address included; a
        redelivery returns the same ones.
        """
        now = self.clock()
        path = message_path(change.wamid)

        def work(unit: Unit) -> list[Tenant]:
            doc = _live(unit.get(path), now)
            if doc is None:
                user = unit.owner("bsuid", change.old.bsuid) or unit.owner("phone", change.old.phone)
                if user and change.new != Address():
                    unit.settle(user, change.new, changed_at=change.at)
                    unit.moved.append(user)
                doc = {"state": "moved", "moved": list(dict.fromkeys(unit.moved)), "expires_at": now + KEPT}
                unit.set(path, doc)
            return unit.tenants(doc.get("moved", []))

        return [MovedTask(tenant) for tenant in transact(self.inbox, _key(change.old), work)]

    # admission

    def admit(self, messages: Sequence[Inbound]) -> list[Admission]:
        """Admit the messages of one sender in one POST, in one transaction; return the admissions in the
        order given.

        Numbers follow the senders' clock, then position. A message that was admitted before gets the same
        admission, whatever its state is by now. An admission in state `admitted` is to be enqueued
        (`tasks_of`) and then marked.

        Raises:
            Unwell: when the store is; nothing was admitted, or a repetition finds what was admitted.
        """
        now = self.clock()
        if not messages:
            return []

        def work(unit: Unit) -> tuple[dict[str, Admission], list[tuple[str, str]]]:
            found = {m.wamid: self._admit(unit, m, now) for m in sorted(messages, key=lambda m: m.sent_at)}
            return found, unit.conflicts

        admitted, conflicts = transact(self.inbox, _key(messages[0].address), work)
        for winner, other in dict.fromkeys(conflicts):
            log.warning("identity_conflict", extra={"fields": {"user": winner, "other_user": other}})
        return [admitted[m.wamid] for m in messages]

    def mark_enqueued(self, admission: Admission) -> None:
        """Note that the admission's task is in the queue: one write, outside any transaction, harmless when
        late or repeated.
        """
        if admission.seq is not None:
            # a purged message has no "message" field, so that this state cannot bring it back
            done = {"state": "enqueued", "pending_since": None, "expires_at": admission.received_at + KEPT}
            self.inbox.merge(message_path(admission.message.wamid), done)

    def next_generation(self, wamid: str) -> Admission | None:
        """Make the message ready to be enqueued once more, under a new task name; None when it has no number,
        was purged or has expired.
        """
        now = self.clock()
        path = message_path(wamid)

        def work(unit: Unit) -> Admission | None:
            doc = _live(unit.get(path), now)
            if doc is None or doc.get("seq") is None or unit.find(doc["user_id"]) is None:
                return None
            doc = doc | {"generation": doc["generation"] + 1, "state": "admitted", "pending_since": now}
            unit.set(path, doc)
            return _admission(unit, doc)

        return transact(self.inbox, path, work)

    def pending(self, before: datetime, limit: int) -> list[Admission]:
        """Return admissions that have waited to be enqueued since before `before`, oldest first: for the
        sweep.
        """
        now = self.clock()
        found = []
        for _, doc in self.inbox.older("messages", "pending_since", before, limit):
            live = _live(doc, now)
            if live and live.get("seq") is not None:
                users = [live["user_id"], *live["moved"]]
                senders = {user: sender for user in users if (sender := self.inbox.get(sender_path(user)))}
                if live["user_id"] in senders:
                    try:
                        found.append(_build(live, senders))
                    except (
                        ValidationError,
                        KeyError,
                    ):
                        # Another version wrote it; it does not keep the others waiting.
                        log.exception("admission_unreadable")
        return found

    def tell(self, user: UUID, cause: str, text: str) -> Admission | None:
        """Give news, `text`, the next number of a user who may have written nothing; None where the user was
        purged. The same cause is the same news.

        The admission is to be enqueued and marked as any other; the sweep finds one that is not.
        """
        now, wamid = self.clock(), f"{NEWS}{cause}"

        def work(unit: Unit) -> Admission | None:
            doc = _live(unit.get(message_path(wamid)), now)
            sender = unit.find(str(user))
            if sender is None:
                return None
            if doc is None:
                message = Inbound(wamid, tenant_of(sender).address, now, "news", text=text)
                doc = {
                    "tenant_id": sender["tenant_id"], "user_id": str(user),
                    "message": _inbound.dump_python(message), "received_at": now, "generation": 0,
                    "moved": [], "expires_at": now + KEPT, **self._number(unit, str(user), "news", now),
                }  # fmt: skip
                unit.set(message_path(wamid), doc)
            return _admission(unit, doc) if "message" in doc else None

        return transact(self.inbox, str(user), work)

    # receipts

    def note_status(
        self,
        tenant_id: UUID,
        send_id: UUID,
        status: str,
        wamid: str,
        at: datetime,
        code: int | None = None,
        detail: str = "",
    ) -> None:
        """Keep what Meta told of a send, under the status's own name: no later `sent` overwrites a `failed`.
        Nothing is kept for a purged tenant.
        """
        if self.inbox.get(f"tombstones/{tenant_id}"):
            return
        told: Document = {"at": at, "wamid": wamid} | (
            {"code": code, "detail": detail} if status == "failed" else {}
        )
        self.inbox.merge(f"receipts/{send_id}", {status: told, "expires_at": self.clock() + KEPT})

    def receipt(self, send_id: UUID) -> Document | None:
        """The statuses of a send by name (`{"sent": {"at", "wamid"}, …}`), or None when Meta told nothing in
        the last nine days.
        """
        doc = _live(self.inbox.get(f"receipts/{send_id}"), self.clock())
        return {name: told for name, told in doc.items() if name != "expires_at"} if doc else None

    # forgetting

    def purge(self, tenant_id: UUID) -> dict[str, int]:
        """Forget a tenant: the tombstone first, then its senders, their addresses and messages; returns how
        many of each.

        Of a message only the hash of its id and the tenant's id stay, until they expire, so that a late
        redelivery does not register the person again; a new message registers the person as a new tenant.
        Safe to repeat from any point.
        """
        grave = f"tombstones/{tenant_id}"
        users = {
            doc["user_id"]
            for _, doc in self.inbox.where("senders", "tenant_id", str(tenant_id), _PURGE_BATCH)
        }
        users |= set((self.inbox.get(grave) or {}).get("users", []))
        self.inbox.merge(grave, {"at": self.clock(), "users": sorted(users)})
        counts = {"senders": 0, "aliases": 0, "messages": 0}
        for user in sorted(users):
            self._leave(user)
            senders, aliases = transact(self.inbox, user, lambda unit, user=user: _forget_sender(unit, user))  # type: ignore[misc]  # mypy infers no type for a default
            counts["senders"] += senders
            counts["aliases"] += aliases
            while found := self.inbox.where("messages", "user_id", user, _PURGE_BATCH):
                paths = [path for path, _ in found]
                transact(self.inbox, user, lambda unit, paths=paths: _forget_messages(unit, paths))  # type: ignore[misc]  # as above
                counts["messages"] += len(paths)
        self._close(tenant_id)
        return counts

    def _leave(self, user: str) -> None:
        """End a person's seats in the businesses of others, and tell their owners."""
        from functions.whatsapp import people

        sender = self.inbox.get(sender_path(user)) or {}
        for tenant, seat in (sender.get("seats") or {}).items():
            business = self.inbox.get(business_path(tenant))
            if business:
                address = sender["phone"] or sender["bsuid"]
                self.tell(
                    UUID(business["owner"]), f"left:{tenant}:{user}", people.left(address, seat["role"])
                )
            transact(self.inbox, user, lambda unit, tenant=tenant: end(unit, tenant, user))  # type: ignore[misc]  # mypy infers no type for a default

    def _close(self, tenant_id: UUID) -> None:
        """End the seats of a business's people and tell these people; then delete the business's invitations
        and document.
        """
        from functions.whatsapp import people

        business = self.inbox.get(business_path(tenant_id))
        if business is None:
            return
        for user in sorted(business["members"]):
            self.tell(
                UUID(user), f"closed:{tenant_id}:{user}", people.closed(business["name"], business["ruc"])
            )
            transact(self.inbox, user, lambda unit, user=user: end(unit, str(tenant_id), user))  # type: ignore[misc]  # as above
        self.inbox.delete(
            [
                *(path for path, _ in self.inbox.where("invites", "tenant_id", str(tenant_id), _PURGE_BATCH)),
                business_path(tenant_id),
            ]
        )

    def _admit(self, unit: Unit, message: Inbound, now: datetime) -> Admission:
        path = message_path(message.wamid)
        doc = _live(unit.get(path), now)
        if doc is None:
            if message.kind == "choice" and not unit.knows(message.address):
                return _nobody(message, "not_offered", now)
            before = len(unit.moved)
            tenant = identify(unit, message.address, message.kind, now, sent_at=message.sent_at)
            user = str(tenant.user_id)
            number = self._number(unit, user, message.kind, now)
            did = understood(unit, user, message.text, now) if message.kind == "text" else None
            seat = seat_of(unit.sender(user))
            about = (
                {"seat": {"business": str(seat.business), "role": seat.role}, "did": did}
                if seat
                else {"did": did}
                if did
                else {}
            )
            doc = {
                "tenant_id": str(tenant.id),
                "user_id": user,
                "message": _inbound.dump_python(message),
                "received_at": now,
                "generation": 0,
                "moved": unit.moved[before:],
                "expires_at": now + KEPT,
                **number,
                **about,
            }
            unit.set(path, doc)
        if "message" not in doc or unit.find(doc["user_id"]) is None:
            return _nobody(message, "purged", now, tenant_id=doc.get("tenant_id"))
        return _admission(unit, doc)

    def _number(self, unit: Unit, user: str, kind: Kind, now: datetime) -> Document:
        """Return the next number, or none for a file over the day's cap; the first such file gets a number,
        so that it is answered for the rest.
        """
        sender = unit.sender(user)
        today = now.astimezone(LIMA).date().isoformat()
        files = sender["files"] if sender["day"] == today else 0
        is_file = kind in FILE_KINDS
        if is_file and files > self.daily_cap:
            return {"state": "over_cap", "seq": None, "first_over_cap": False, "pending_since": None}
        seq = sender["last_seq"] + 1
        unit.update(sender_path(user), {"last_seq": seq, "day": today, "files": files + is_file})
        return {
            "state": "admitted",
            "seq": seq,
            "first_over_cap": is_file and files == self.daily_cap,
            "pending_since": now,
        }


def tasks_of(
    admission: Admission, *, media_uri: str | None = None, trace: str | None = None
) -> list[MovedTask | MessageTask]:
    """Return the tasks of an admission that has a number: its message's, after one for each sender who lost
    an address to this sender.
    """
    a = admission
    if a.seq is None:
        raise ValueError(f"a message that is {a.state} has no task")
    message = MessageTask(
        a.tenant,
        a.seq,
        a.message,
        a.received_at,
        a.generation,
        a.first_over_cap,
        media_uri,
        trace,
        seat=a.seat,
        did=a.did,
    )
    return [*(MovedTask(tenant) for tenant in a.moved), message]


def _admission(unit: Unit, doc: Document) -> Admission:
    return _build(
        doc, {user: sender for user in [doc["user_id"], *doc["moved"]] if (sender := unit.find(user))}
    )


def _build(doc: Document, senders: dict[str, Document]) -> Admission:
    state: State = doc["state"]
    seat = doc.get("seat")
    return Admission(
        message=_inbound.validate_python(doc["message"]),
        tenant=tenant_of(senders[doc["user_id"]]),
        state=state,
        seq=doc["seq"],
        received_at=doc["received_at"],
        generation=doc["generation"],
        first_over_cap=doc["first_over_cap"],
        moved=tuple(tenant_of(senders[user]) for user in doc["moved"] if user in senders),
        seat=Seat(UUID(seat["business"]), seat["role"]) if seat else None,
        did=doc.get("did"),
    )


def _nobody(message: Inbound, state: State, now: datetime, *, tenant_id: str | None = None) -> Admission:
    """Return an admission without a number, of a sender who does not exist (any more)."""
    nobody = UUID(int=0)
    return Admission(
        message, Tenant(UUID(tenant_id or str(nobody)), nobody, Address(), 0, "file", now), state, None, now
    )


def _forget_sender(unit: Unit, user: str) -> tuple[int, int]:
    """Delete a sender; returns how many senders and addresses are gone."""
    sender = unit.find(user)
    if sender is None:
        return 0, 0
    unit.settle(user, Address())
    unit.delete(sender_path(user))
    return 1, sum(1 for sort in ("phone", "bsuid") if sender[sort])


def _forget_messages(unit: Unit, paths: list[str]) -> None:
    for path in paths:
        doc = unit.get(path)
        if doc:
            unit.set(
                path, {"state": "purged", "tenant_id": doc.get("tenant_id"), "expires_at": doc["expires_at"]}
            )


def _live(doc: Document | None, now: datetime) -> Document | None:
    """Return `doc` unless it has expired: the store deletes late."""
    return doc if doc and doc["expires_at"] > now else None


def _key(address: Address) -> str:
    return f"bsuid:{address.bsuid}" if address.bsuid else f"phone:{address.phone}"


_bound: Admissions | None = None


def bind(admissions: Admissions) -> None:
    """Give `get_or_create_tenant_by_whatsapp` its store; once, at composition."""
    global _bound  # noqa: PLW0603 - a function that takes only a number has its store from the module
    _bound = admissions


def get_or_create_tenant_by_whatsapp(from_number: str) -> Tenant:
    """Return the tenant of a phone number in any writing ("+51 983-446-294"), registered now if it was not,
    as a sender whose first message is a text.

    Raises:
        ValueError: when there is no digit in it.
        RuntimeError: before `bind`.
        Unwell: when the store is.
    """
    if _bound is None:
        raise RuntimeError("onboarding.bind was not called")
    return _bound.get_or_create_tenant(from_number)
