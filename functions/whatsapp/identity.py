"""The identity rules and the paths of their documents, over one transaction; `onboarding` runs it in a
store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from functions.whatsapp.model import Address, Kind, Tenant
from functions.whatsapp.ports import Document, Inbox, Transaction

T = TypeVar("T")

KEPT = timedelta(days=9)
"""The time for which messages, receipts and former addresses are kept: Meta redelivers for 7 days."""


@dataclass(slots=True)
class Unit:
    """One transaction's work: each path is read once, and writes wait for `flush`, so that every read comes
    before the first write.

    `moved` are the users who lost an address to another, `conflicts` the (winner, other) pairs that BSUID and
    phone pointed at.
    """

    tx: Transaction
    docs: dict[str, Document | None] = field(default_factory=dict)
    changed: dict[str, None] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    conflicts: list[tuple[str, str]] = field(default_factory=list)

    def get(self, path: str) -> Document | None:
        """See `ports.Transaction`."""
        if path not in self.docs:
            self.docs[path] = self.tx.get(path)
        return self.docs[path]

    def set(self, path: str, data: Document) -> None:
        """See `ports.Transaction`."""
        self.docs[path] = data
        self.changed[path] = None

    def update(self, path: str, data: Document) -> None:
        """See `ports.Transaction`."""
        self.set(path, (self.get(path) or {}) | data)

    def delete(self, path: str) -> None:
        """See `ports.Transaction`."""
        self.docs[path] = None
        self.changed[path] = None

    def flush(self) -> None:
        """Write what was kept back."""
        for path in self.changed:
            doc = self.docs[path]
            if doc is None:
                self.tx.delete(path)
            else:
                self.tx.set(path, doc)

    def find(self, user: str) -> Document | None:
        """Return the sender's document, None once purged."""
        return self.get(sender_path(user))

    def sender(self, user: str) -> Document:
        """Return the document of a sender that exists."""
        found = self.find(user)
        assert found is not None, "an alias outlived its sender"
        return found

    def tenants(self, users: Sequence[str]) -> list[Tenant]:
        """Return the tenants of those `users` who still exist, as they are now."""
        return [tenant_of(sender) for user in users if (sender := self.find(user))]

    def owner(self, sort: str, value: str | None) -> str | None:
        """Return the user who has this address now."""
        alias = self.get(alias_path(sort, value)) if value else None
        return str(alias["user_id"]) if alias else None

    def knows(self, address: Address) -> bool:
        """True where somebody has a part of this address now."""
        return (
            self.owner("bsuid", address.bsuid) is not None or self.owner("phone", address.phone) is not None
        )

    def settle(self, user: str, address: Address, *, changed_at: datetime | None = None) -> None:
        """Make `address` the user's, taking its parts from whoever has them; an address that changed has a
        new version.

        `changed_at` is when a person changed to it: what this person wrote before from the old address is
        still theirs (`former`).
        """
        sender = self.sender(user)
        new = {"phone": address.phone, "bsuid": address.bsuid}
        for sort, value in new.items():
            if sender[sort] == value:
                continue
            if sender[sort]:
                self.delete(alias_path(sort, sender[sort]))
                if changed_at:
                    former = {
                        "state": "former",
                        "user_id": user,
                        "tenant_id": sender["tenant_id"],
                        "at": changed_at,
                        "expires_at": changed_at + KEPT,
                    }
                    self.set(former_path(sort, sender[sort]), former)
            if value:
                if loser := self.owner(sort, value):
                    self._take(loser, sort, value, changed_at)
                self.set(alias_path(sort, value), {"user_id": user})
        if new != {sort: sender[sort] for sort in new}:
            self.update(sender_path(user), new | {"version": sender["version"] + 1})

    def _take(self, loser: str, sort: str, value: str, changed_at: datetime | None) -> None:
        """Take an address from `loser`. Where a person changed to this address, whoever was registered at it
        since is that same person, whose message came before the news of the change: the answers to `loser`,
        and nothing else, still go there.
        """
        known = self.sender(loser)
        lost: Document = {sort: None, "version": known["version"] + 1}
        if changed_at and known["created_at"] >= changed_at:
            lost["reach"] = known.get("reach", {}) | {sort: value}
        self.update(sender_path(loser), lost)
        self.moved.append(loser)

    def former(self, address: Address, sent_at: datetime) -> str | None:
        """Return the user who had this address when the message was sent, and has changed it since."""
        for sort, value in (("bsuid", address.bsuid), ("phone", address.phone)):
            doc = self.get(former_path(sort, value)) if value else None
            if doc and doc["state"] == "former" and doc["at"] >= sent_at and self.find(doc["user_id"]):
                return str(doc["user_id"])
        return None


def transact(inbox: Inbox, key: str, work: Callable[[Unit], T]) -> T:
    """Do `work` in one transaction of the Inbox, with its writes after all of its reads."""

    def run(tx: Transaction) -> T:
        unit = Unit(tx)
        result = work(unit)
        unit.flush()
        return result

    return inbox.run(key, run)


def identify(unit: Unit, address: Address, first_kind: Kind, now: datetime, *, sent_at: datetime) -> Tenant:
    """Return the tenant of the sender who wrote from `address` at `sent_at`, registered now if it was not;
    `first_kind` decides a new sender's welcome.

    The sender is found by BSUID, then by phone; an address that was missing is linked. Numbers are recycled:
    a phone whose sender has another BSUID belongs to whoever shows it now, and the other sender loses it.
    Where the BSUID points at one sender and the phone at another who has no BSUID, the BSUID wins, nothing
    moves and nothing is merged. What was written from an address before its owner changed it is that owner's.
    """
    by_bsuid, by_phone = unit.owner("bsuid", address.bsuid), unit.owner("phone", address.phone)
    holder = unit.sender(by_phone) if by_phone else {}
    user = by_bsuid or by_phone
    phone = address.phone
    if by_bsuid and by_phone and by_bsuid != by_phone:
        unit.conflicts.append((by_bsuid, by_phone))
        if not holder["bsuid"]:
            phone = None
    elif by_phone and address.bsuid and holder["bsuid"] not in (None, address.bsuid):
        user = None
    if not by_bsuid and not by_phone and (moved := unit.former(address, sent_at)):
        return tenant_of(unit.sender(moved))
    if user is None:
        user = str(uuid4())
        unit.set(
            sender_path(user),
            {
                "tenant_id": str(uuid4()),
                "user_id": user,
                "phone": None,
                "bsuid": None,
                "version": 0,
                "welcome": "text" if first_kind == "text" else "file",
                "created_at": now,
                "last_seq": 0,
                "day": "",
                "files": 0,
            },
        )
    known = unit.sender(user)
    unit.settle(user, Address(phone or known["phone"], address.bsuid or known["bsuid"]))
    return tenant_of(unit.sender(user))


def tenant_of(sender: Document) -> Tenant:
    """Return the tenant that a sender's document describes."""
    reach = sender.get("reach", {})
    return Tenant(
        id=UUID(sender["tenant_id"]),
        user_id=UUID(sender["user_id"]),
        address=Address(sender["phone"] or reach.get("phone"), sender["bsuid"] or reach.get("bsuid")),
        version=sender["version"],
        welcome=sender["welcome"],
        created_at=sender["created_at"],
    )


def sender_path(user: str) -> str:
    """Return the path of a sender."""
    return f"senders/{user}"


def alias_path(sort: str, value: Any) -> str:
    """Return the path of the document that says whose an address is; `sort` is phone or bsuid."""
    return f"aliases/{_hash(f'{sort}:{value}')}"


def former_path(sort: str, value: Any) -> str:
    """Return the path where the user who had an address before a change is kept for a while: among the
    messages, which expire.
    """
    return message_path(f"former:{sort}:{value}")


def message_path(wamid: str) -> str:
    """Return the path of a message."""
    return f"messages/{_hash(wamid)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
