"""The members of each business, in the Inbox: invitations, seats, and the business that a person writes for.

    invites/{sha256 of the code}   tenant_id, role, until, used; gone 9 days after its end
    businesses/{tenant_id}         owner, ruc, name, last, removed, members {user_id: {number, role, at}}; of
                                   those that invited somebody
    senders/{user_id}              seats {tenant_id: {number, role}}, last_seat, active, recent, chosen,
                                   tries: of those who joined another business

A person's own business is no seat: a sender who joined no other has no such fields. A number is given once,
so that *quitar 2* never means somebody else.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from functions.lima import LIMA
from functions.whatsapp.identity import KEPT, Unit, sender_path, transact
from functions.whatsapp.model import Did, Role, Seat
from functions.whatsapp.ports import Clock, Document, Inbox

OPEN_FOR = timedelta(hours=48)
"""The time for which an invitation can be taken up."""
TRIES = 5
"""Codes that open nothing that one person may write in a day of Lima: nobody finds a code of 49 bits by
trying.
"""
MOST_MEMBERS = 20
MOST_SEATS = 60
"""The most people of one business, and the most businesses of one person: each is read in one transaction."""
_RECENT = 10
"""The most businesses remembered as last written for: the rows of WhatsApp's list."""
_OWN = 1
"""The number of a person's own business, and of its owner in it."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""32 signs that nobody mistakes for one another (Crockford), five bits each."""
_LENGTH = 10
_MISREAD = str.maketrans("OIL", "011")
_CODE = re.compile(r"\W*UNIRME[\s:]+(?P<code>(?=.*\d)[A-Z0-9]{2,10}(?:[ -]?[A-Z0-9]{1,10})?)\W*")
"""A code has a digit, so that *unirme a algo* is none."""
_CHOSEN = re.compile(r"\W*NEGOCIO\b[\s:]*(?P<which>[A-Z0-9].*)")
_MINE = frozenset({"MIO", "EL MIO", "PROPIO", "MI NEGOCIO"})


@dataclass(frozen=True, slots=True)
class Place:
    """One of a person's businesses, by the person's own number for it. `active`: the person writes for it
    now. `since`: when the person joined it, None for the own one. `owner`: the address of the business's
    owner, None where its RUC tells it from others. `ago`: how many other businesses the person wrote for
    since.
    """

    number: int
    tenant: UUID
    role: Role
    ruc: str | None
    name: str | None
    active: bool
    since: datetime | None = None
    owner: str | None = None
    ago: int = _RECENT


@dataclass(frozen=True, slots=True)
class Member:
    """A person who joined a business. `address`: a phone, digits without "+", or a BSUID."""

    number: int
    user: UUID
    role: Role
    address: str
    since: datetime


def new_code() -> str:
    """Return a code as people write it, `K7Q9M-2XD4T`: 50 random bits, less those of the codes without a
    digit.
    """
    signs = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    if not re.search(r"\d", signs):
        return new_code()
    return f"{signs[: _LENGTH // 2]}-{signs[_LENGTH // 2 :]}"


def invite_path(code: str) -> str:
    """Return the path of an invitation, however its code is written; the code itself is stored nowhere."""
    signs = re.sub(r"[^0-9A-Z]", "", code.upper()).translate(_MISREAD)
    return f"invites/{sha256(signs.encode()).hexdigest()}"


def business_path(tenant: UUID | str) -> str:
    """Return the path of a business that invited somebody."""
    return f"businesses/{tenant}"


def seat_of(sender: Document) -> Seat | None:
    """Return the seat for which a person writes now; None where the person joined no business, and so can
    only mean the own one.
    """
    seats = sender.get("seats") or {}
    if not seats:
        return None
    active = sender.get("active")
    return (
        Seat(UUID(active), seats[active]["role"])
        if active in seats
        else Seat(UUID(sender["tenant_id"]), "owner")
    )


def understood(unit: Unit, user: str, text: str | None, now: datetime) -> Did | None:
    """Do what a text asks about the business for which its sender writes; None for every other text, and for
    every text of a sender who joined no business and has no code.
    """
    from functions.extractor.peru.tokens import fold

    said = fold((text or "")[:200])
    if hit := _CODE.fullmatch(said):
        return _join(unit, user, hit["code"], now)
    hit = _CHOSEN.fullmatch(said)
    sender = unit.sender(user)
    return _choose(unit, sender, hit["which"], sender["last_seq"]) if hit and sender.get("seats") else None


def _join(unit: Unit, user: str, code: str, now: datetime) -> Did:
    sender, today = unit.sender(user), now.astimezone(LIMA).date()
    if _tried(sender, today) >= TRIES:
        return "too_many"
    path = invite_path(code)
    invite = unit.get(path)
    if invite is None or invite["used"]:
        unit.update(
            sender_path(user), {"tries": {"day": today.isoformat(), "count": _tried(sender, today) + 1}}
        )
        return "used" if invite else "wrong"
    tenant, role = invite["tenant_id"], invite["role"]
    business, seats = unit.get(business_path(tenant)), sender.get("seats") or {}
    if business is None or invite["until"] < now:
        return "expired"
    if barred := _barred(sender, seats, business, tenant, role):
        return barred
    last = sender.get("last_seat", _OWN)
    member = business["members"].get(user) or {"number": business["last"] + 1}
    seat = seats.get(tenant) or {"number": last + 1}
    members = business["members"] | {user: member | {"role": role, "at": now}}
    unit.update(business_path(tenant), {"members": members, "last": max(member["number"], business["last"])})
    unit.update(path, {"used": True})
    taken = {"seats": seats | {tenant: seat | {"role": role}}, "last_seat": max(seat["number"], last)}
    unit.update(sender_path(user), taken | _written_for(sender, tenant) | {"chosen": sender["last_seq"]})
    return "joined"


def _barred(sender: Document, seats: Document, business: Document, tenant: str, role: Role) -> Did | None:
    """Return why a good code does not let this person in, None where it does; a code that does not stays
    good.
    """
    if tenant == sender["tenant_id"]:
        return "own"
    if tenant in seats:
        return "already" if seats[tenant]["role"] == role else None
    return "full" if len(business["members"]) >= MOST_MEMBERS or len(seats) >= MOST_SEATS else None


def _tried(sender: Document, today: date) -> int:
    tries = sender.get("tries") or {}
    return int(tries["count"]) if tries.get("day") == today.isoformat() else 0


def _choose(unit: Unit, sender: Document, which: str, seq: int) -> Did:
    """Write for another business from now on, unless a later message (by its number) chose one meanwhile."""
    places = _places(unit.get, sender)
    named = re.sub(r"\W+", " ", which).strip()
    if named in _MINE:
        found = [place for place in places if place.number == _OWN]
    elif named.isdecimal() and len(named) < 4:
        found = [place for place in places if place.number == int(named)]
    else:
        found = [place for place in places if named and named in (place.ruc, _folded(place.name))]
        found = found or [
            place for place in places if named and set(named.split()) <= set(_folded(place.name).split())
        ]
    if len(found) != 1:
        return "which"
    if seq >= sender.get("chosen", 0):
        active = _written_for(sender, str(found[0].tenant))
        unit.update(sender_path(sender["user_id"]), active | {"chosen": seq})
    return "switched"


def _written_for(sender: Document, tenant: str) -> Document:
    """Return what a sender's document says once the sender writes for a business: that business, then the
    earlier ones.
    """
    before = sender.get("recent") or [sender.get("active") or sender["tenant_id"]]
    return {"active": tenant, "recent": [tenant, *(one for one in before if one != tenant)][:_RECENT]}


def _numbered(sender: Document) -> dict[str, Document]:
    """Return a sender's number and role in each of the sender's businesses, keyed by business id; the
    sender's own business comes first.
    """
    return {sender["tenant_id"]: {"number": _OWN, "role": "owner"}} | (sender.get("seats") or {})


def _address(sender: Document) -> str | None:
    return sender.get("phone") or sender.get("bsuid")


def _places(get: Callable[[str], Document | None], sender: Document) -> list[Place]:
    """Return a sender's businesses as their documents tell of them; these do not hold the addresses of other
    owners.
    """
    seat, own = seat_of(sender), sender["tenant_id"]
    recent = sender.get("recent") or []
    found = []
    for tenant, each in _numbered(sender).items():
        known = get(business_path(tenant)) or {}
        active = seat is None or seat.business == UUID(tenant)
        found.append(
            Place(
                each["number"],
                UUID(tenant),
                each["role"],
                known.get("ruc"),
                known.get("name"),
                active,
                known.get("members", {}).get(sender["user_id"], {}).get("at"),
                _address(sender) if tenant == own else None,
                0 if active else recent.index(tenant) if tenant in recent else _RECENT,
            )
        )
    return sorted(found, key=lambda place: place.number)


def _folded(name: str | None) -> str:
    from functions.extractor.peru.tokens import fold

    return re.sub(r"\W+", " ", fold(name or "")).strip()


@dataclass(frozen=True, slots=True)
class Memberships:
    """Changes and reads the seats in one Inbox, for the worker. All methods raise Unwell when the store
    is.
    """

    inbox: Inbox
    clock: Clock

    def invite(self, tenant: UUID, owner: UUID, role: Role, *, ruc: str | None, name: str | None) -> str:
        """Return a new code that gives one person the `role` in the business, for 48 hours. `ruc` and `name`:
        how the business's people find it in their lists.
        """
        code, until = new_code(), self.clock() + OPEN_FOR

        def work(unit: Unit) -> None:
            empty = {"owner": str(owner), "last": _OWN, "members": {}}
            unit.set(
                business_path(tenant),
                empty | (unit.get(business_path(tenant)) or {}) | {"ruc": ruc, "name": name},
            )
            unit.set(
                invite_path(code),
                {
                    "tenant_id": str(tenant),
                    "role": role,
                    "until": until,
                    "used": False,
                    "expires_at": until + KEPT,
                },
            )

        transact(self.inbox, str(tenant), work)
        return code

    def name(self, tenant: UUID, *, ruc: str | None, name: str | None) -> None:
        """Have a business's people find it by its RUC and name from now on; nothing is kept of a business
        that invited nobody.
        """

        def work(unit: Unit) -> None:
            if unit.get(business_path(tenant)) is not None:
                unit.update(business_path(tenant), {"ruc": ruc, "name": name})

        transact(self.inbox, str(tenant), work)

    def owner(self, tenant: UUID) -> UUID | None:
        """Return the user who is told of what happens in a business that invited somebody."""
        known = self.inbox.get(business_path(tenant))
        return UUID(known["owner"]) if known else None

    def owners_address(self, tenant: UUID) -> str | None:
        """Return the phone of a business's owner, digits without "+", or the owner's BSUID."""
        owner = self.owner(tenant)
        sender = (self.inbox.get(sender_path(str(owner))) or {}) if owner else {}
        return sender.get("phone") or sender.get("bsuid")

    def members(self, tenant: UUID) -> list[Member]:
        """Return those who joined a business and are in it, in the order in which they came."""
        known = self.inbox.get(business_path(tenant)) or {"members": {}}
        found = []
        for user, each in known["members"].items():
            sender = self.inbox.get(sender_path(user)) or {}
            address = sender.get("phone") or sender.get("bsuid") or ""
            found.append(Member(each["number"], UUID(user), each["role"], address, each["at"]))
        return sorted(found, key=lambda member: member.number)

    def places(self, user: UUID) -> list[Place]:
        """Return the businesses of a person, the person's own first; that one alone where the person joined
        none. This takes three reads, however many businesses there are, and no transaction: each answer to a
        sender of several businesses asks for them.
        """
        sender = self.inbox.get(sender_path(str(user)))
        if sender is None:
            return []
        known = self.inbox.get_all([business_path(tenant) for tenant in _numbered(sender)])
        found = _places(known.get, sender)
        asked = {
            one.tenant: sender_path(known[path]["owner"])
            for one in found
            if one.owner is None and one.ruc is None and (path := business_path(one.tenant)) in known
        }
        owners = self.inbox.get_all([*asked.values()])
        return [
            replace(one, owner=_address(owners.get(asked[one.tenant], {}))) if one.tenant in asked else one
            for one in found
        ]

    def choose(self, user: UUID, which: str, seq: int) -> Did:
        """Do what `negocio …` does at admission, for a tap, whose words only the worker knows; a message
        after `seq` that chose stays right.
        """

        def work(unit: Unit) -> Did:
            sender = unit.find(str(user))
            return _choose(unit, sender, which, seq) if sender else "which"

        return transact(self.inbox, str(user), work)

    def remove(self, tenant: UUID, number: int, wamid: str) -> Member | None:
        """End the seat of the member with this number and return the member; None where nobody has the
        number. The same message gets the same member again.
        """
        found = {member.number: member for member in self.members(tenant)}.get(number)
        user = str(found.user) if found else ""

        def work(unit: Unit) -> Member | None:
            known = unit.get(business_path(tenant))
            done = (known or {}).get("removed") or {}
            if known and done.get("by") == sha256(wamid.encode()).hexdigest():
                return Member(done["number"], UUID(done["user"]), done["role"], done["address"], done["at"])
            if known is None or found is None or user not in known["members"]:
                return None
            done = {
                "by": sha256(wamid.encode()).hexdigest(), "number": number, "user": user, "role": found.role,
                "address": found.address[-4:],
                "at": found.since,
            }  # fmt: skip
            unit.update(business_path(tenant), {"removed": done})
            end(unit, str(tenant), user)
            return found

        return transact(self.inbox, str(tenant), work)


def end(unit: Unit, tenant: str, user: str) -> None:
    """Take a seat away, on both sides. What that person sends from now on is for the person's own business,
    unless another was chosen.
    """
    known = unit.get(business_path(tenant))
    if known and user in known["members"]:
        unit.update(
            business_path(tenant),
            {"members": {one: each for one, each in known["members"].items() if one != user}},
        )
    sender = unit.find(user)
    if sender and tenant in (sender.get("seats") or {}):
        left = {one: each for one, each in sender["seats"].items() if one != tenant}
        active = sender.get("active")
        unit.update(sender_path(user), {"seats": left, "active": None if active == tenant else active})
