"""The rules of identity and admission, held on Firestore (Google's emulator) and on the embedded adapter
alike.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest

from functions.errors import Unwell
from functions.whatsapp import onboarding
from functions.whatsapp.identity import sender_path, tenant_of
from functions.whatsapp.model import Address, Admission, Inbound, Kind, Media, NumberChange, Tenant
from functions.whatsapp.onboarding import Admissions, tasks_of
from functions.whatsapp.ports import Document, Inbox, Transaction
from functions.whatsapp.tasks import MessageTask, MovedTask, dump, load
from infra.inbox import FirestoreInbox

pytestmark = pytest.mark.contract

T = TypeVar("T")
P1, P2, P3 = "51983446294", "51911111111", "51922222222"
B1, B2, B3 = "PE.1", "PE.2", "PE.3"
NOON = datetime(2026, 11, 22, 17, tzinfo=UTC)  # noon in Lima


class World:
    """An empty store and a clock that tests turn."""

    def __init__(self, inbox: Any) -> None:
        self.now = NOON
        self.inbox = inbox
        self.count = 0
        self.cap(300)

    def cap(self, files: int) -> None:
        self.admissions = Admissions(self.inbox, lambda: self.now, files)

    def message(
        self, phone: str | None = P1, bsuid: str | None = None, kind: Kind = "text", wamid: str | None = None
    ) -> Inbound:
        self.count += 1
        media = Media("m", sha256="x") if kind == "image" else None
        return Inbound(
            wamid or f"wamid.{self.count}", Address(phone, bsuid), self.now, kind, text="hola", media=media
        )

    def admit(
        self, phone: str | None = P1, bsuid: str | None = None, kind: Kind = "text", wamid: str | None = None
    ) -> Admission:
        (admission,) = self.admissions.admit([self.message(phone, bsuid, kind, wamid)])
        return admission

    def documents(self) -> dict[str, Document]:
        """Everything in the store, past its port."""
        if isinstance(self.inbox, FirestoreInbox):
            return {
                found.reference.path: found.to_dict()
                for each in self.inbox._client.collections()
                for found in each.stream()
            }
        return dict(self.inbox._found("select path, body from documents"))


@pytest.fixture
def world(inbox: Any) -> World:
    return World(inbox)


def addresses(world: World, *tenants: Tenant) -> list[Address]:
    found = [world.inbox.get(sender_path(str(t.user_id))) for t in tenants]
    return [tenant_of(doc).address for doc in found if doc]


def test_seed_call_registers_once_whatever_the_writing(world: World) -> None:
    """A call with nothing but a number creates the tenant in the store that was bound, and finds it again
    however the number is written.
    """
    onboarding.bind(world.admissions)
    first = onboarding.get_or_create_tenant_by_whatsapp("+51 983-446-294")
    assert first == Tenant(first.id, first.user_id, Address(P1), 1, "text", NOON)
    assert first.whatsapp_number == P1
    assert onboarding.get_or_create_tenant_by_whatsapp(P1) == first


def test_nobody_is_no_sender(world: World) -> None:
    """A number without a digit is refused."""
    onboarding.bind(world.admissions)
    with pytest.raises(ValueError, match="digits"):
        onboarding.get_or_create_tenant_by_whatsapp("+")


@pytest.mark.parametrize(
    ("kind", "welcome"), [("text", "text"), ("image", "file"), ("empty", "file"), ("audio", "file")]
)
def test_first_contact_decides_the_welcome(world: World, kind: Kind, welcome: str) -> None:
    """Text earns the text welcome, anything else the other; later messages change nothing."""
    assert world.admit(kind=kind).tenant.welcome == welcome
    assert world.admit(kind="text" if kind == "image" else "image").tenant.welcome == welcome


def test_a_tap_of_a_stranger_registers_nobody(world: World) -> None:
    """Who was never sent anything was offered nothing: a tap has no number and leaves nothing behind. A known
    sender's has one.
    """
    tap = world.message(P1, B1, "choice")
    assert [(a.state, a.seq) for a in world.admissions.admit([tap])] == [("not_offered", None)]
    assert world.documents() == {}
    world.admit(P2)
    assert (world.admit(P2, kind="choice").seq, world.admit(P2).seq) == (2, 3)


def test_numbers_follow_the_senders_clock_then_position(world: World) -> None:
    """Within one POST numbers are given by timestamp, then position; answers come back in the order of the
    POST.
    """
    late, early, also_late = (
        replace(world.message(), sent_at=NOON + timedelta(seconds=s)) for s in (5, 1, 5)
    )
    assert [a.seq for a in world.admissions.admit([late, early, also_late])] == [2, 1, 3]
    assert world.admit().seq == 4
    assert world.admit(P2).seq == 1
    assert world.admissions.admit([]) == []


def test_redelivery_gets_the_same_admission(world: World) -> None:
    """The same wamid is the same admission, in its new POST's company and in the state it has by now."""
    first = world.admit(kind="image")
    assert (first.state, first.seq, first.generation) == ("admitted", 1, 0)
    again = world.admissions.admit([world.message(), first.message, first.message])
    assert [a.seq for a in again] == [2, 1, 1]
    assert again[1] == first
    world.admissions.mark_enqueued(first)
    assert world.admissions.admit([first.message]) == [replace(first, state="enqueued")]
    assert world.admit().seq == 3


def test_commit_whose_answer_was_lost_is_finished_by_the_redelivery(world: World) -> None:
    """When the store commits and then fails, the repetition finds its own admission and takes no second
    number.
    """

    class Lossy:
        def __init__(self, inbox: Inbox) -> None:
            self.inbox, self.lost = inbox, False

        def run(self, key: str, work: Callable[[Transaction], T]) -> T:
            result = self.inbox.run(key, work)
            if not self.lost:
                self.lost = True
                raise Unwell("inbox: answer lost")
            return result

    lossy: Any = Lossy(world.inbox)
    admissions, message = replace(world.admissions, inbox=lossy), world.message()
    with pytest.raises(Unwell):
        admissions.admit([message])
    (admission,) = admissions.admit([message])
    assert (admission.seq, admission.state) == (1, "admitted")
    assert world.admit().seq == 2


def test_task_is_rebuilt_from_the_store_alone(world: World) -> None:
    """What the webhook did not enqueue is found by the sweep, whole."""
    first = world.admit(bsuid=B1, kind="image")
    other = world.admit(P2)
    world.admissions.mark_enqueued(other)
    assert world.admissions.pending(world.now, 10) == []
    world.now += timedelta(seconds=31)
    assert world.admissions.pending(world.now - timedelta(seconds=30), 10) == [first]
    (task,) = tasks_of(first, media_uri="gs://b/o", trace="t")
    assert task == MessageTask(first.tenant, 1, first.message, NOON, 0, False, "gs://b/o", "t")
    assert load(dump(task)) == task


def test_sweep_takes_the_oldest_first_and_no_more_than_it_asked_for(world: World) -> None:
    """What waits longest is found first, whoever sent it; a limit leaves the newest for the next sweep."""
    waiting = []
    for phone in (P2, P1, P3):
        waiting.append(world.admit(phone))
        world.now += timedelta(seconds=1)
    assert world.admissions.pending(world.now, 10) == waiting
    assert world.admissions.pending(world.now, 2) == waiting[:2]
    assert world.admissions.pending(waiting[1].received_at, 10) == waiting[:1]


def test_replay_finds_what_came_in_since(world: World) -> None:
    """Admissions since a moment are found by when they were received, enqueued or not, and can be enqueued
    once more.
    """
    world.admit()
    world.now += timedelta(hours=1)
    lost, done = world.admit(), world.admit(P2)
    world.admissions.mark_enqueued(done)
    found = [
        doc["message"]["wamid"] for _, doc in world.inbox.newer("messages", "received_at", world.now, 10)
    ]
    assert sorted(found) == sorted([lost.message.wamid, done.message.wamid])
    assert [world.admissions.next_generation(wamid) for wamid in found] == [
        replace({one.message.wamid: one for one in (lost, done)}[wamid], generation=1) for wamid in found
    ]


def test_next_generation_names_a_new_task_until_it_is_marked(world: World) -> None:
    """Each retry gets the next generation and waits for the sweep again until it is marked."""
    first = world.admit()
    world.admissions.mark_enqueued(first)
    world.now += timedelta(minutes=1)
    second = world.admissions.next_generation(first.message.wamid)
    assert second == replace(first, generation=1)
    assert world.admissions.pending(world.now + timedelta(seconds=1), 10) == [second]
    assert tasks_of(second)[0].name != tasks_of(first)[0].name
    world.admissions.mark_enqueued(second)
    assert world.admissions.pending(world.now + timedelta(seconds=1), 10) == []
    assert world.admissions.next_generation("wamid.unknown") is None


def test_missing_addresses_are_linked(world: World) -> None:
    """A phone that shows its BSUID, and a BSUID that shows its phone, stay one sender, each change a
    version.
    """
    by_phone = world.admit(P1).tenant
    both = world.admit(P1, B1).tenant
    assert both == replace(by_phone, address=Address(P1, B1), version=2)
    assert world.admit(None, B1).tenant == both
    by_bsuid = world.admit(None, B2).tenant
    assert by_bsuid.address == Address(None, B2)
    assert world.admit(P2, B2).tenant == replace(by_bsuid, address=Address(P2, B2), version=2)
    assert world.admit(P2).seq == 3


def test_recycled_phone_is_a_new_sender_and_the_old_one_loses_it(world: World) -> None:
    """A phone shown with another BSUID belongs to a new tenant; the loser's task is made, by a redelivery
    too.
    """
    old = world.admit(P1, B1).tenant
    message = world.message(P1, B2)
    (admission,) = world.admissions.admit([message])
    lost = replace(old, address=Address(None, B1), version=2)
    assert admission.tenant.id != old.id
    assert (admission.seq, admission.tenant.address) == (1, Address(P1, B2))
    assert tasks_of(admission) == [MovedTask(lost), MessageTask(admission.tenant, 1, message, NOON)]
    assert world.admissions.admit([message]) == [admission]
    assert admission in world.admissions.pending(world.now + timedelta(seconds=1), 5)
    assert world.admit(P1).tenant == admission.tenant
    assert world.admit(None, B1).tenant == lost


def test_bsuid_wins_over_a_bare_phone_and_nothing_is_merged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """When BSUID and phone point at two senders the BSUID's gets the message, both stay what they were, and
    it is logged once.
    """
    by_phone, by_bsuid = world.admit(P1).tenant, world.admit(None, B1).tenant
    with caplog.at_level(logging.WARNING, "cuadra"):
        a, b = world.admissions.admit([world.message(P1, B1), world.message(P1, B1)])
    assert (a.tenant, a.seq, b.seq, a.moved) == (by_bsuid, 2, 3, ())
    assert addresses(world, by_phone, by_bsuid) == [Address(P1), Address(None, B1)]
    assert [(r.message, r.__dict__["fields"]) for r in caplog.records] == [
        ("identity_conflict", {"user": str(by_bsuid.user_id), "other_user": str(by_phone.user_id)})
    ]


def test_phone_follows_the_bsuid_that_shows_it(world: World) -> None:
    """A known BSUID on the phone of a sender with another BSUID takes the phone, and only the phone."""
    one, two = world.admit(P1, B1).tenant, world.admit(P2, B2).tenant
    admission = world.admit(P1, B2)
    assert admission.tenant.id == two.id
    assert addresses(world, one, two) == [Address(None, B1), Address(P1, B2)]
    assert [t.user_id for t in admission.moved] == [one.user_id]
    assert world.admit(P2).tenant.id not in (one.id, two.id), "the phone it left is nobody's"


def test_change_of_number_moves_the_sender(world: World) -> None:
    """A new number and BSUID lead to the same tenant; the old ones to nobody."""
    old = world.admit(P1, B1).tenant
    change = NumberChange("wamid.move", NOON - timedelta(seconds=1), Address(P1, B1), Address(P2, B2))
    moved = replace(old, address=Address(P2, B2), version=2)
    assert world.admissions.move(change) == [MovedTask(moved)]
    assert world.admit(P2, B2).tenant == moved
    assert world.admit(P1).tenant.id != old.id


def test_a_message_that_passed_its_change_is_its_writers(world: World) -> None:
    """What was written from the old address before the change, and comes after its news, is the same
    person's; what is written from it later is another's.
    """
    old = world.admit(P1, B1).tenant
    world.admissions.move(
        NumberChange("wamid.move", NOON + timedelta(minutes=5), Address(P1, B1), Address(P2, B2))
    )
    late = world.admissions.admit([Inbound("wamid.late", Address(P1, B1), NOON, "text")])[0]
    other = world.admissions.admit(
        [Inbound("wamid.other", Address(P1), NOON + timedelta(minutes=6), "text")]
    )[0]
    assert (late.tenant.id, late.tenant.address, late.seq) == (old.id, Address(P2, B2), 2)
    assert other.tenant.id != old.id


def test_a_message_that_overtook_its_change_is_still_answered(world: World) -> None:
    """Who was registered at the new address since the change is the same person: the address moves, and their
    first answers still go there.
    """
    old, early = world.admit(P1, B1).tenant, world.admit(P2, B2).tenant
    tasks = world.admissions.move(
        NumberChange("wamid.move", early.created_at - timedelta(seconds=1), Address(P1, B1), Address(P2, B2))
    )
    assert {(t.tenant.user_id, t.tenant.address) for t in tasks} == {
        (old.user_id, Address(P2, B2)),
        (early.user_id, Address(P2, B2)),
    }
    assert world.admit(P2, B2).tenant.id == old.id


def test_nothing_is_kept_of_a_purged_tenants_sends(world: World) -> None:
    """A status that comes after the purge leaves no receipt."""
    tenant, send = world.admit(P1).tenant, uuid4()
    world.admissions.purge(tenant.id)
    world.admissions.note_status(tenant.id, send, "delivered", "wamid.s", NOON)
    assert world.admissions.receipt(send) is None


def test_redelivered_change_is_not_done_twice(world: World) -> None:
    """A change that comes again after newer ones gives its tasks again and moves nothing."""
    world.admit(P1, B1)
    first = NumberChange("wamid.a", NOON, Address(P1, B1), Address(P2, B2))
    (task,) = world.admissions.move(first)
    (newer,) = world.admissions.move(NumberChange("wamid.b", NOON, Address(P2, B2), Address(P1, B1)))
    assert world.admissions.move(first) == [newer]
    assert (task.tenant.address, newer.tenant.address) == (Address(P2, B2), Address(P1, B1))


def test_change_to_an_address_in_use_takes_it(world: World) -> None:
    """Who moves to a number that another sender had takes it, and both tenants' tasks are made."""
    mover, holder = world.admit(P1, B1).tenant, world.admit(P2).tenant
    tasks = world.admissions.move(
        NumberChange("wamid.m", NOON + timedelta(seconds=1), Address(P1, B1), Address(P2, B2))
    )
    assert {(t.tenant.user_id, t.tenant.address, t.tenant.version) for t in tasks} == {
        (mover.user_id, Address(P2, B2), 2),
        (holder.user_id, Address(), 2),
    }


def test_change_without_phone_leaves_the_old_phone_to_nobody(world: World) -> None:
    """`user_changed_user_id` without a phone keeps the sender on the new BSUID alone."""
    old = world.admit(P1, B1).tenant
    world.admissions.move(NumberChange("wamid.m", NOON, Address(None, B1), Address(None, B2)))
    assert addresses(world, old) == [Address(None, B2)]


@pytest.mark.parametrize(
    "change",
    [
        NumberChange("wamid.m", NOON, Address(P3, B3), Address(P2, B2)),
        NumberChange("wamid.m", NOON, Address(P1, B1), Address()),
    ],
)
def test_change_of_a_stranger_or_to_nowhere_does_nothing(world: World, change: NumberChange) -> None:
    """A change that names nobody we know, or no new address, moves nothing."""
    old = world.admit(P1, B1).tenant
    assert world.admissions.move(change) == []
    assert addresses(world, old) == [Address(P1, B1)]


def test_daily_cap_numbers_one_file_over_it(world: World) -> None:
    """The first file over the cap is answered for all; the others are final without a number; text is never
    capped; Lima's midnight resets it.
    """
    world.cap(2)
    got = [
        world.admit(kind=kind) for kind in ("image", "document", "image", "text", "audio", "sticker", "text")
    ]
    assert [(a.state, a.seq, a.first_over_cap) for a in got] == [
        ("admitted", 1, False),
        ("admitted", 2, False),
        ("admitted", 3, True),
        ("admitted", 4, False),
        ("over_cap", None, False),
        ("over_cap", None, False),
        ("admitted", 5, False),
    ]
    world.now = datetime(2026, 11, 23, 4, 59, 59, tzinfo=UTC)
    assert world.admit(kind="image").state == "over_cap"
    world.now += timedelta(seconds=1)
    fresh = world.admit(kind="image")
    assert (fresh.state, fresh.seq, fresh.first_over_cap) == ("admitted", 6, False)
    assert world.admissions.admit([got[4].message])[0].state == "over_cap", (
        "a redelivery on the next day is still over yesterday's cap"
    )


def test_over_cap_is_final(world: World) -> None:
    """A file over the cap has no task, is never pending, and no mark or retry wakes it."""
    world.cap(1)
    for _ in range(2):
        world.admissions.mark_enqueued(world.admit(kind="image"))
    over = world.admit(kind="image")
    world.admissions.mark_enqueued(over)
    assert world.admissions.next_generation(over.message.wamid) is None
    assert world.admissions.pending(world.now + timedelta(days=1), 10) == []
    assert world.admissions.admit([over.message]) == [over]
    with pytest.raises(ValueError, match="over_cap"):
        tasks_of(over)


def test_messages_and_receipts_expire_by_the_clock(world: World) -> None:
    """After nine days a message and a receipt count as gone, though the store still has them; the sender
    stays.
    """
    first = world.admit()
    send = uuid4()
    world.admissions.note_status(UUID(int=7), send, "sent", "wamid.s", NOON)
    world.now += timedelta(days=9)
    assert world.admissions.receipt(send) is None
    assert world.admissions.next_generation(first.message.wamid) is None
    assert world.admissions.pending(world.now, 10) == []
    again = world.admit(wamid=first.message.wamid)
    assert (again.tenant, again.seq) == (first.tenant, 2)


def test_receipts_keep_each_status_under_its_name(world: World) -> None:
    """Statuses in any order, repeated, never overwrite one another."""
    send = uuid4()
    assert world.admissions.receipt(send) is None
    world.admissions.note_status(UUID(int=7), send, "failed", "wamid.s", NOON, 131047, "window")
    for status in ("sent", "delivered", "sent"):
        world.admissions.note_status(UUID(int=7), send, status, "wamid.s", NOON)
    plain = {"at": NOON, "wamid": "wamid.s"}
    assert world.admissions.receipt(send) == {
        "failed": plain | {"code": 131047, "detail": "window"},
        "sent": plain,
        "delivered": plain,
    }


def test_purged_person_is_not_registered_by_an_echo(world: World) -> None:
    """After a purge a redelivery, a late mark and a retry stay purged; a new message is a new tenant; nothing
    personal is left.
    """
    kept = world.admit(P2).tenant
    first, second = world.admit(P1, B1, "image"), world.admit(P1, B1)
    assert world.admissions.purge(first.tenant.id) == {"senders": 1, "aliases": 2, "messages": 2}
    world.admissions.mark_enqueued(first)
    assert [a.state for a in world.admissions.admit([first.message, second.message])] == ["purged", "purged"]
    assert world.admissions.next_generation(first.message.wamid) is None
    assert world.admissions.pending(world.now + timedelta(days=1), 10)[0].tenant == kept
    assert len(world.admissions.pending(world.now + timedelta(days=1), 10)) == 1
    assert addresses(world, first.tenant) == []
    assert [path for path in world.documents() if path.startswith("tombstones/")] == [
        f"tombstones/{first.tenant.id}"
    ]
    rows = [f"{path} {body}" for path, body in world.documents().items()]
    assert not [row for row in rows if any(word in row for word in (P1, B1, first.message.wamid, "'m'"))]
    fresh = world.admit(P1, B1)
    assert (fresh.seq, fresh.state, fresh.tenant.id == first.tenant.id) == (1, "admitted", False)


def test_interrupted_purge_is_finished_by_the_next(world: World) -> None:
    """A purge that stopped after any of its steps is finished by repeating it; in between its messages count
    as purged.
    """
    first = world.admit(P1)

    class Stop(Exception):
        pass

    def stops(*_: object) -> None:
        raise Stop

    forget = onboarding._forget_messages
    onboarding._forget_messages = stops
    try:
        with pytest.raises(Stop):
            world.admissions.purge(first.tenant.id)
    finally:
        onboarding._forget_messages = forget
    assert world.admissions.admit([first.message])[0].state == "purged"
    assert world.admissions.pending(world.now + timedelta(days=1), 10) == []
    assert world.admissions.purge(first.tenant.id) == {"senders": 0, "aliases": 0, "messages": 1}
    assert world.admissions.purge(first.tenant.id) == {"senders": 0, "aliases": 0, "messages": 0}


def test_purge_forgets_more_messages_than_fit_one_transaction(world: World) -> None:
    """A long conversation is forgotten to its last message."""
    messages = [world.message() for _ in range(onboarding._PURGE_BATCH + 1)]
    first, *_ = world.admissions.admit(messages)
    assert world.admissions.purge(first.tenant.id) == {"senders": 1, "aliases": 1, "messages": len(messages)}
    assert {a.state for a in world.admissions.admit(messages)} == {"purged"}


def test_purge_of_nobody_leaves_a_tombstone(world: World) -> None:
    """A tenant that the Inbox does not know can be purged all the same."""
    nobody = UUID(int=7)
    assert world.admissions.purge(nobody) == {"senders": 0, "aliases": 0, "messages": 0}
    assert list(world.documents()) == [f"tombstones/{nobody}"]


def test_unbound_store_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgetting to bind the store says so."""
    monkeypatch.setattr(onboarding, "_bound", None)
    with pytest.raises(RuntimeError, match="bind"):
        onboarding.get_or_create_tenant_by_whatsapp(P1)
