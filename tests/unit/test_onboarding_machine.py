"""Any order of deliveries, failures, moves, invitations, purges and days, against a model a reader can check
by eye.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from functions.whatsapp import identity
from functions.whatsapp.memberships import OPEN_FOR, TRIES, Memberships
from functions.whatsapp.model import FILE_KINDS, Address, Admission, Inbound, Kind, NumberChange, Role, Seat
from functions.whatsapp.onboarding import Admissions
from infra.local.inbox import SqliteInbox
from tests.scale import draws

pytestmark = pytest.mark.unit

CAP = 3
PHONES = st.sampled_from([None, "51900000001", "51900000002", "51900000003"])
BSUIDS = st.sampled_from([None, "PE.1", "PE.2", "PE.3"])
ADDRESSES = st.builds(Address, PHONES, BSUIDS).filter(lambda a: a != Address())
KINDS = st.sampled_from(["text", "image", "document"])


@dataclass(eq=False)
class Sender:
    """A person, as the model knows one."""

    phone: str | None = None
    bsuid: str | None = None
    created: datetime | None = None
    reach: dict[str, str] = field(default_factory=dict)
    last: int = 0
    files: dict[object, int] = field(default_factory=dict)
    tenant: UUID | None = None
    user: UUID | None = None
    seats: dict[Sender, Role] = field(default_factory=dict)
    active: Sender | None = None
    tried: dict[object, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    @property
    def seat(self) -> Seat | None:
        """Where his next message goes."""
        at = self.active if self.active in self.seats else self
        return Seat(at.tenant, self.seats.get(at, "owner")) if at and at.tenant and self.seats else None


@dataclass(eq=False)
class Invite:
    """A code, as the model knows it."""

    owner: Sender
    role: Role
    until: datetime
    used: bool = False


@dataclass(eq=False)
class Taken:
    """A message, as it was admitted."""

    sender: Sender
    admission: Admission
    queued: bool = False
    generation: int = 0


class Onboarding(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 22, 17, tzinfo=UTC)
        self.inbox = SqliteInbox(":memory:")
        self.admissions = Admissions(self.inbox, lambda: self.now, CAP)
        self.memberships = Memberships(self.inbox, lambda: self.now)
        self.invites: dict[str, Invite] = {}
        self.senders: list[Sender] = []
        self.buried: list[Sender] = []
        self.taken: dict[str, Taken] = {}
        self.former: dict[tuple[str, str], tuple[Sender, datetime]] = {}
        self.count = 0

    def teardown(self) -> None:
        self.inbox.close()

    # the model

    def by(self, phone: str | None = None, bsuid: str | None = None) -> Sender | None:
        return next(
            (s for s in self.senders if (phone and s.phone == phone) or (bsuid and s.bsuid == bsuid)), None
        )

    def who_had(self, address: Address, sent_at: datetime) -> Sender | None:
        """Who wrote from an address that nobody has, before changing it."""
        for sort, value in (("bsuid", address.bsuid), ("phone", address.phone)):
            sender, at = self.former.get((sort, value or ""), (None, sent_at))
            if sender in self.senders and at >= sent_at:
                return sender
        return None

    def expected_sender(self, address: Address, sent_at: datetime) -> Sender:
        owner, holder = self.by(bsuid=address.bsuid), self.by(phone=address.phone)
        if not owner and not holder and (moved := self.who_had(address, sent_at)):
            return moved
        sender = owner or holder
        takes_phone = True
        if owner and holder and owner is not holder:
            takes_phone = holder.bsuid is not None
        elif holder and not owner and address.bsuid and holder.bsuid:
            sender = None
        if sender is None:
            sender = Sender(created=self.now)
            self.senders.append(sender)
        self.give(
            sender,
            address.phone if takes_phone and address.phone else sender.phone,
            address.bsuid or sender.bsuid,
        )
        return sender

    def give(
        self, sender: Sender, phone: str | None, bsuid: str | None, changed_at: datetime | None = None
    ) -> None:
        for sort, value in (("phone", phone), ("bsuid", bsuid)):
            had = getattr(sender, sort)
            if changed_at and had and had != value:
                self.former[sort, had] = sender, changed_at
            for other in self.senders:
                if other is not sender and value and getattr(other, sort) == value:
                    setattr(other, sort, None)
                    if changed_at and other.created and other.created >= changed_at:
                        other.reach[sort] = value
            setattr(sender, sort, value)

    def expect(self, message: Inbound) -> tuple[Sender, int | None, bool]:
        sender, kind = self.expected_sender(message.address, message.sent_at), message.kind
        first_over = False
        if kind in FILE_KINDS:
            today = (self.now - timedelta(hours=5)).date()
            sender.files[today] = sender.files.get(today, 0) + 1
            if sender.files[today] > CAP + 1:
                return sender, None, False
            first_over = sender.files[today] == CAP + 1
        sender.last += 1
        return sender, sender.last, first_over

    # what can happen

    @rule(
        batch=st.lists(st.tuples(ADDRESSES, KINDS), min_size=1, max_size=4), late_h=st.sampled_from([0, 0, 9])
    )
    def post(self, batch: list[tuple[Address, Kind]], late_h: int) -> None:
        messages = []
        for address, kind in batch:
            self.count += 1
            messages.append(Inbound(f"wamid.{self.count}", address, self.now - timedelta(hours=late_h), kind))
        for message, got in zip(messages, self.admissions.admit(messages), strict=True):
            sender, seq, first_over = self.expect(message)
            assert (got.seq, got.first_over_cap, got.state) == (
                seq,
                first_over,
                "admitted" if seq else "over_cap",
            )
            assert sender.tenant in (None, got.tenant.id), "one person, one tenant"
            assert got.tenant.id not in {s.tenant for s in self.senders + self.buried if s is not sender}, (
                "nothing is merged"
            )
            sender.tenant, sender.user = got.tenant.id, got.tenant.user_id
            assert got.seat == sender.seat
            self.taken[message.wamid] = Taken(sender, got)

    @precondition(lambda self: any(sender.tenant for sender in self.senders))
    @rule(data=st.data(), role=st.sampled_from(["accountant", "helper"]))
    def invite(self, data: st.DataObject, role: Role) -> None:
        owner = data.draw(st.sampled_from([sender for sender in self.senders if sender.tenant]))
        assert owner.tenant
        assert owner.user
        code = self.memberships.invite(owner.tenant, owner.user, role, ruc=None, name=None)
        self.invites[code] = Invite(owner, role, self.now + OPEN_FOR)

    @precondition(lambda self: self.invites)
    @rule(data=st.data(), address=ADDRESSES)
    def join(self, data: st.DataObject, address: Address) -> None:
        code = data.draw(st.sampled_from([*self.invites, "K7Q9M-2XD4T"]))
        sender, got = self.write(address, f"unirme {code}")
        invite, today = self.invites.get(code), (self.now - timedelta(hours=5)).date()
        expected = "joined"
        if sender.tried.get(today, 0) >= TRIES:
            expected = "too_many"
        elif invite is None or invite.owner in self.buried or invite.used:
            sender.tried[today] = sender.tried.get(today, 0) + 1
            expected = "used" if invite and invite.owner not in self.buried else "wrong"
        elif invite.until < self.now:
            expected = "expired"
        elif invite.owner is sender:
            expected = "own"
        elif sender.seats.get(invite.owner) == invite.role:
            expected = "already"
        else:
            sender.seats[invite.owner], sender.active, invite.used = invite.role, invite.owner, True
        assert (got.did, got.seat) == (expected, sender.seat)

    @precondition(lambda self: any(sender.seats for sender in self.senders))
    @rule(data=st.data())
    def home_again(self, data: st.DataObject) -> None:
        sender = data.draw(st.sampled_from([sender for sender in self.senders if sender.seats]))
        address = Address(sender.phone, sender.bsuid)
        if address != Address():
            found, got = self.write(address, "negocio mío")
            assert found is sender
            sender.active = None
            assert (got.did, got.seat) == ("switched", sender.seat)

    @precondition(lambda self: any(sender.seats for sender in self.senders))
    @rule(data=st.data())
    def put_out(self, data: st.DataObject) -> None:
        sender = data.draw(st.sampled_from([sender for sender in self.senders if sender.seats]))
        owner = data.draw(st.sampled_from([*sender.seats]))
        assert owner.tenant
        member = next(one for one in self.memberships.members(owner.tenant) if one.user == sender.user)
        self.count += 1
        assert self.memberships.remove(owner.tenant, member.number, f"wamid.{self.count}") == member
        del sender.seats[owner]

    def write(self, address: Address, said: str) -> tuple[Sender, Admission]:
        self.count += 1
        message = Inbound(f"wamid.{self.count}", address, self.now, "text", text=said)
        (got,) = self.admissions.admit([message])
        sender, seq, _ = self.expect(message)
        sender.tenant, sender.user = got.tenant.id, got.tenant.user_id
        assert got.seq == seq
        self.taken[message.wamid] = Taken(sender, got)
        return sender, got

    def tell(self, sender: Sender, cause: str) -> None:
        sender.last += 1
        sender.told.append(cause)

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def redeliver(self, data: st.DataObject) -> None:
        taken = self.pick(data)
        (again,) = self.admissions.admit([taken.admission.message])
        if taken.sender in self.buried:
            assert (again.state, again.seq) == ("purged", None)
        else:
            first = taken.admission
            state = "over_cap" if first.seq is None else "enqueued" if taken.queued else "admitted"
            assert (again.seq, again.state, again.generation) == (first.seq, state, taken.generation)
            assert (again.tenant.id, again.message, again.first_over_cap) == (
                first.tenant.id,
                first.message,
                first.first_over_cap,
            )
            assert (again.seat, again.did) == (first.seat, first.did)

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def enqueue(self, data: st.DataObject) -> None:
        taken = self.pick(data)
        self.admissions.mark_enqueued(taken.admission)
        taken.queued = True

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), finishes=st.booleans())
    def retry(self, data: st.DataObject, *, finishes: bool) -> None:
        taken = self.pick(data)
        got = self.admissions.next_generation(taken.admission.message.wamid)
        if taken.sender in self.buried or taken.admission.seq is None:
            assert got is None
            return
        assert got is not None
        taken.generation += 1
        assert (got.generation, got.seq) == (taken.generation, taken.admission.seq)
        taken.queued = finishes
        if finishes:
            self.admissions.mark_enqueued(got)

    @rule(old=ADDRESSES, new=ADDRESSES, late_h=st.sampled_from([0, 9]))
    def move(self, old: Address, new: Address, late_h: int) -> None:
        self.count += 1
        change = NumberChange(f"wamid.{self.count}", self.now - timedelta(hours=late_h), old, new)
        sender = self.by(bsuid=old.bsuid) or self.by(phone=old.phone)
        before = {s.user: (s.phone, s.bsuid) for s in self.senders}
        if sender:
            self.give(sender, new.phone, new.bsuid, change.at)
        tasks = self.admissions.move(change)
        changed = {s.user for s in self.senders if before[s.user] != (s.phone, s.bsuid)}
        told = {t.tenant.user_id for t in tasks}
        assert changed <= told <= changed | {sender.user if sender else None}
        assert self.admissions.move(change) == tasks

    @precondition(lambda self: self.senders)
    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        sender = data.draw(st.sampled_from(self.senders))
        if sender.tenant is None:
            return
        messages = sum(taken.sender is sender for taken in self.taken.values()) + sum(
            who is sender for who, _ in self.former.values()
        )
        messages += len(sender.told)
        for owner in sender.seats:
            self.tell(owner, f"left:{owner.tenant}:{sender.user}")
        for other in self.senders:
            if sender in other.seats:
                del other.seats[sender]
                self.tell(other, f"closed:{sender.tenant}:{other.user}")
        addresses = (sender.phone is not None) + (sender.bsuid is not None)
        assert self.admissions.purge(sender.tenant) == {
            "senders": 1,
            "aliases": addresses,
            "messages": messages,
        }
        self.senders.remove(sender)
        self.buried.append(sender)
        self.former = {key: kept for key, kept in self.former.items() if kept[0] is not sender}

    @rule(hours=st.sampled_from([1, 8]))
    def wait(self, hours: int) -> None:
        if self.now < datetime(2026, 11, 30, tzinfo=UTC):
            self.now += timedelta(hours=hours)

    def pick(self, data: st.DataObject) -> Taken:
        return self.taken[data.draw(st.sampled_from(sorted(self.taken)))]

    # what always holds

    @invariant()
    def numbers_are_gapless_and_single(self) -> None:
        for sender in self.senders:
            numbers = [t.admission.seq for t in self.taken.values() if t.sender is sender and t.admission.seq]
            told = [self.inbox.get(identity.message_path(f"news:{cause}")) for cause in sender.told]
            assert sorted([*numbers, *(doc["seq"] for doc in told if doc)]) == list(range(1, sender.last + 1))

    @invariant()
    def both_sides_of_a_seat_agree(self) -> None:
        for sender in self.senders:
            if sender.tenant and sender.user:
                joined = {other.user: other.seats[sender] for other in self.senders if sender in other.seats}
                assert {one.user: one.role for one in self.memberships.members(sender.tenant)} == joined
                places = {place.tenant: place.role for place in self.memberships.places(sender.user)}
                assert places == {sender.tenant: "owner"} | {
                    owner.tenant: role for owner, role in sender.seats.items()
                }

    @invariant()
    def addresses_are_the_models(self) -> None:
        for sender in self.senders:
            assert sender.user
            known = self.inbox.get(identity.sender_path(str(sender.user)))
            assert known
            reached = Address(
                sender.phone or sender.reach.get("phone"), sender.bsuid or sender.reach.get("bsuid")
            )
            assert identity.tenant_of(known).address == reached
        held = {
            ("aliases/" + identity._hash(f"{sort}:{value}"))
            for s in self.senders
            for sort, value in (("phone", s.phone), ("bsuid", s.bsuid))
            if value
        }
        assert held == {
            path
            for (path,) in self.inbox._db.execute("select path from documents where path like 'aliases/%'")
        }

    @invariant()
    def sweep_sees_exactly_what_waits(self) -> None:
        waiting = {
            w
            for w, t in self.taken.items()
            if t.admission.seq and not t.queued and t.sender not in self.buried
        }
        waiting |= {f"news:{cause}" for sender in self.senders for cause in sender.told}
        assert {
            a.message.wamid for a in self.admissions.pending(self.now + timedelta(seconds=1), 1000)
        } == waiting

    @invariant()
    def purged_tenants_are_known_as_such(self) -> None:
        assert [
            s.tenant for s in self.buried if s.tenant and not self.inbox.get(f"tombstones/{s.tenant}")
        ] == []


@pytest.mark.long
def test_whoever_writes_in_whatever_order_is_numbered_once_and_never_mixed_up() -> None:
    """Numbers stay gapless, one a message; addresses consistent; nobody merged; the sweep sees all that
    waits; the purged stay so.
    """
    run_state_machine_as_test(
        Onboarding,
        settings=settings(
            max_examples=draws(20, 60),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
