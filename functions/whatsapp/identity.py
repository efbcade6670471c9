"""The identity rules and the paths they live at, over one transaction; `onboarding` runs it in a store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from functions.whatsapp.model import Address, Kind, Tenant
from functions.whatsapp.ports import Document, Transaction


@dataclass(slots=True)
class Unit:
    """One transaction's work: reads go through once, writes wait for `flush`, so that every read comes before the first write.

    `moved` are the users who lost an address to another, `conflicts` the (winner, other) pairs that BSUID and phone pointed at.
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
        """The sender's document, None once purged."""
        return self.get(sender_path(user))

    def sender(self, user: str) -> Document:
        """The document of a sender that exists."""
        found = self.find(user)
        assert found is not None, "an alias outlived its sender"
        return found

    def tenants(self, users: Sequence[str]) -> list[Tenant]:
        """Those of `users` who still exist, as they are now."""
        return [tenant_of(sender) for user in users if (sender := self.find(user))]

    def owner(self, sort: str, value: str | None) -> str | None:
        """The user who has this address now."""
        alias = self.get(alias_path(sort, value)) if value else None
        return str(alias["user_id"]) if alias else None

    def settle(self, user: str, address: Address) -> None:
        """Make `address` the user's, taking its parts from whoever has them; an address that changed has a new version."""
        sender = self.sender(user)
        new = {"phone": address.phone, "bsuid": address.bsuid}
        for sort, value in new.items():
            if sender[sort] == value:
                continue
            if sender[sort]:
                self.delete(alias_path(sort, sender[sort]))
            if value:
                if loser := self.owner(sort, value):
                    self.update(sender_path(loser), {sort: None, "version": self.sender(loser)["version"] + 1})
                    self.moved.append(loser)
                self.set(alias_path(sort, value), {"user_id": user})
        if new != {sort: sender[sort] for sort in new}:
            self.update(sender_path(user), new | {"version": sender["version"] + 1})


def identify(unit: Unit, address: Address, first_kind: Kind, now: datetime) -> Tenant:
    """The tenant of the sender at `address`, registered now if it was not; `first_kind` decides a new sender's welcome.

    Found by BSUID, then by phone; an address that was missing is linked. Numbers are recycled: a phone whose sender has another BSUID
    belongs to whoever shows it now, and the other sender loses it. A BSUID and a BSUID-less sender's phone that point at two senders: the
    BSUID wins, nothing moves and nothing is merged.
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
    """The tenant that a sender's document tells of."""
    return Tenant(
        id=UUID(sender["tenant_id"]),
        user_id=UUID(sender["user_id"]),
        address=Address(sender["phone"], sender["bsuid"]),
        version=sender["version"],
        welcome=sender["welcome"],
        created_at=sender["created_at"],
    )


def sender_path(user: str) -> str:
    """Where a sender is."""
    return f"senders/{user}"


def alias_path(sort: str, value: Any) -> str:
    """Where an address points from; `sort` is phone or bsuid."""
    return f"aliases/{_hash(f'{sort}:{value}')}"


def message_path(wamid: str) -> str:
    """Where a message is."""
    return f"messages/{_hash(wamid)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
