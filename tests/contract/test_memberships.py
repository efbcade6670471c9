"""Who belongs to which business, held on Firestore (Google's emulator) and on the embedded adapter alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from functions.whatsapp import people
from functions.whatsapp.identity import sender_path
from functions.whatsapp.memberships import (
    MOST_MEMBERS,
    OPEN_FOR,
    TRIES,
    Memberships,
    business_path,
    invite_path,
    new_code,
)
from functions.whatsapp.model import Address, Admission, Inbound, Kind, NumberChange, Seat
from functions.whatsapp.onboarding import Admissions, tasks_of
from functions.whatsapp.tasks import MessageTask
from tests.contract.conftest import Store

pytestmark = pytest.mark.contract

OWNER, ANA, LUIS = "51900000001", "51900000002", "51900000003"
NOON = datetime(2026, 11, 27, 17, tzinfo=UTC)  # noon in Lima


class World:
    """An empty store and a clock that tests turn."""

    def __init__(self, inbox: Any) -> None:
        self.now, self.inbox, self.count = NOON, inbox, 0
        self.admissions = Admissions(inbox, lambda: self.now, 300)
        self.memberships = Memberships(inbox, lambda: self.now)

    def says(self, phone: str, text: str = "hola", kind: Kind = "text") -> Admission:
        self.count += 1
        (admission,) = self.admissions.admit(
            [Inbound(f"wamid.{self.count}", Address(phone), self.now, kind, text=text)]
        )
        return admission

    def code(
        self,
        owner: Admission,
        role: Any = "accountant",
        ruc: str | None = "20512345671",
        name: str | None = "Bodega Luz",
    ) -> str:
        return self.memberships.invite(owner.tenant.id, owner.tenant.user_id, role, ruc=ruc, name=name)

    def joined(self, owner: Admission, phone: str, role: Any = "accountant") -> Admission:
        admission = self.says(phone, f"unirme {self.code(owner, role)}")
        assert admission.did == "joined"
        return admission

    def sender(self, admission: Admission) -> dict[str, Any]:
        return self.inbox.get(sender_path(str(admission.tenant.user_id))) or {}


@pytest.fixture
def world(reopen: Store) -> World:
    return World(reopen(contention_s=20.0))  # an emulator that has just begun takes its time


def test_an_invitation_lets_one_person_in_and_decides_where_later_messages_go(world: World) -> None:
    """Who writes the code is of the business from that message on: it and what follows carry the seat, on
    their tasks too; a second person is told it was used.
    """
    owner, code = world.says(OWNER), world.code(world.says(OWNER))
    before = world.says(ANA)
    joined = world.says(ANA, f"Unirme {code.lower().replace('-', ' ')}")
    seat = Seat(owner.tenant.id, "accountant")
    assert (before.seat, joined.did, joined.seat, world.says(ANA, kind="image").seat) == (
        None,
        "joined",
        seat,
        seat,
    )
    task = tasks_of(joined)[-1]
    assert isinstance(task, MessageTask)
    assert (task.business, task.role, task.tenant.id) == (owner.tenant.id, "accountant", before.tenant.id)
    assert (world.says(LUIS, f"unirme {code}").did, world.says(ANA, f"unirme {code}").did) == ("used", "used")
    (member,) = world.memberships.members(owner.tenant.id)
    assert (member.number, member.user, member.role, member.address) == (
        2,
        before.tenant.user_id,
        "accountant",
        ANA,
    )
    assert world.memberships.owner(owner.tenant.id) == owner.tenant.user_id
    assert world.says(OWNER).seat is None


def test_who_has_no_invitation_is_admitted_as_before(world: World) -> None:
    """Texts about codes and businesses mean nothing from who has none: no seat, no outcome, nothing in the
    store.
    """
    for text in ("negocio luz", "negocio 2", "negocio", "unirme", "unirme a un grupo", "salir"):
        admission = world.says(ANA, text)
        assert (admission.seat, admission.did) == (None, None)
    assert not {"seats", "active", "tries"} & world.sender(admission).keys()


def test_a_code_is_kept_nowhere(world: World) -> None:
    """The store knows an invitation by a hash alone, under which its code is found however it is written."""
    owner = world.says(OWNER)
    code = world.code(owner)
    assert code not in str(
        [world.inbox.get(invite_path(code)), world.inbox.get(business_path(owner.tenant.id))]
    )
    assert (
        invite_path("k7q9m 2xd4t")
        == invite_path("K7Q9M-2XD4T")
        == f"invites/{sha256(b'K7Q9M2XD4T').hexdigest()}"
    )
    assert invite_path("O0I1L-22222") == invite_path("00111-22222")
    assert all(len(one) == 11 and any(map(str.isdigit, one)) for one in (new_code() for _ in range(200)))


def test_a_redelivered_code_joins_once(world: World) -> None:
    """The same message is the same admission: it joined, and is not told that its code was used."""
    owner = world.says(OWNER)
    joined = world.joined(owner, ANA)
    (again,) = world.admissions.admit([joined.message])
    assert again == joined
    assert world.admissions.next_generation(joined.message.wamid) == replace(joined, generation=1)
    assert joined.seat in [one.seat for one in world.admissions.pending(world.now + timedelta(seconds=1), 9)]


def test_wrong_codes_are_bounded_a_day(world: World) -> None:
    """Five codes that open nothing are a day's: then a good one waits for tomorrow, and nobody else is kept
    out.
    """
    owner = world.says(OWNER)
    code = world.code(owner)
    assert [world.says(ANA, f"unirme K7Q9M-2XD4{n}").did for n in range(TRIES)] == ["wrong"] * TRIES
    assert world.says(ANA, f"unirme {code}").did == "too_many"
    assert world.says(LUIS, "unirme K7Q9M-2XD4T").did == "wrong"
    world.now += timedelta(hours=12, minutes=1)
    assert world.says(ANA, f"unirme {code}").did == "joined"


def test_what_lets_nobody_in_says_why_and_stays_good(world: World) -> None:
    """One's own code, one of a business where one is already, one past its end, one of a full business: the
    first two still open for whom they are for.
    """
    owner = world.says(OWNER)
    code = world.code(owner)
    assert (world.says(OWNER, f"unirme {code}").did, world.says(ANA, f"unirme {code}").did) == (
        "own",
        "joined",
    )
    code = world.code(owner)
    assert (world.says(ANA, f"unirme {code}").did, world.says(LUIS, f"unirme {code}").did) == (
        "already",
        "joined",
    )
    late = world.code(owner)
    world.now += OPEN_FOR + timedelta(seconds=1)
    assert world.says("51900000009", f"unirme {late}").did == "expired"
    for n in range(MOST_MEMBERS - 2):
        world.joined(owner, f"5190000010{n:02}", "helper")
    assert world.says("51900000009", f"unirme {world.code(owner)}").did == "full"


def test_a_code_of_another_role_changes_it(world: World) -> None:
    """Who is in as a helper and writes an accountant's code is an accountant, under the same numbers."""
    owner = world.says(OWNER)
    world.joined(owner, ANA, "helper")
    again = world.joined(owner, ANA, "accountant")
    assert again.seat == Seat(owner.tenant.id, "accountant")
    assert [(one.number, one.role) for one in world.memberships.members(owner.tenant.id)] == [
        (2, "accountant")
    ]
    assert [place.number for place in world.memberships.places(again.tenant.user_id)] == [1, 2]


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("negocio 2", "Bodega Luz"), ("Negocio: luz", "Bodega Luz"), ("negocio BODEGA LUZ", "Bodega Luz"),
        ("negocio 20512345671", "Bodega Luz"),
        ("negocio café ñusta", "Café Ñusta"), ("negocio mío", None), ("negocio 1", None),
    ],
)  # fmt: skip
def test_somebody_of_several_says_for_whom_he_writes(world: World, said: str, where: str | None) -> None:
    """By number, name, a part of it or RUC, from that message on, and until he says otherwise."""
    luz, cafe = world.says(OWNER), world.says(LUIS)
    world.joined(luz, ANA)
    world.says(ANA, f"unirme {world.code(cafe, 'helper', '20100070970', 'Café Ñusta')}")
    switched = world.says(ANA, said)
    tenants = {
        "Bodega Luz": Seat(luz.tenant.id, "accountant"),
        "Café Ñusta": Seat(cafe.tenant.id, "helper"),
        None: Seat(switched.tenant.id, "owner"),
    }
    assert (switched.did, switched.seat, world.says(ANA).seat) == ("switched", tenants[where], tenants[where])


def test_what_names_no_business_or_several_changes_nothing(world: World) -> None:
    """Two of the same name, one that he is not in, an unknown number: asked again, and messages go where they
    went.
    """
    luz, other, strange = world.says(OWNER), world.says(LUIS), world.says("51900000008")
    world.joined(luz, ANA)
    world.joined(other, ANA)
    world.code(strange, name="Ajena", ruc="20609173425")
    for said in ("negocio bodega luz", "negocio ajena", "negocio 20609173425", "negocio 7"):
        admission = world.says(ANA, said)
        assert (admission.did, admission.seat) == ("which", Seat(other.tenant.id, "accountant"))


def test_a_tap_never_undoes_a_later_choice(world: World) -> None:
    """The worker learns a tap's words late: a text that chose after it stays right, and the tap itself counts
    where nothing came after it.
    """
    luz = world.says(OWNER)
    user = world.joined(luz, ANA).tenant.user_id
    tap = world.says(ANA, kind="choice")
    world.says(ANA, "negocio mío")
    assert tap.seq
    assert world.memberships.choose(user, "2", tap.seq) == "switched"
    assert [place.active for place in world.memberships.places(user)] == [True, False]
    assert world.memberships.choose(user, "2", tap.seq + 2) == "switched"
    assert [place.active for place in world.memberships.places(user)] == [False, True]
    assert world.memberships.choose(user, "9", tap.seq + 3) == "which"


def test_who_was_taken_out_writes_for_his_own_business(world: World) -> None:
    """A removed person's next message is for his own; the same request removes once and tells the same again;
    a number is never given to another.
    """
    owner = world.says(OWNER)
    ana = world.joined(owner, ANA)
    first = world.memberships.remove(owner.tenant.id, 2, "wamid.q")
    assert first
    assert (first.user, first.address) == (ana.tenant.user_id, ANA)
    assert world.memberships.members(owner.tenant.id) == []
    again = world.memberships.remove(owner.tenant.id, 2, "wamid.q")
    assert again
    assert (again.user, again.address) == (ana.tenant.user_id, ANA[-4:])
    assert world.memberships.remove(owner.tenant.id, 2, "wamid.r") is None
    assert (world.says(ANA).seat, world.says(ANA, "negocio luz").did) == (None, None)
    world.joined(owner, LUIS)
    assert [one.number for one in world.memberships.members(owner.tenant.id)] == [3]


def test_news_has_a_number_once(world: World) -> None:
    """News of ours takes the next number of who is told, the same cause once, and the sweep finds it where
    nobody enqueued it.
    """
    owner = world.says(OWNER)
    told = world.admissions.tell(owner.tenant.user_id, "joined:w", "Ana entró")
    assert told
    assert (told.seq, told.message.kind, told.message.text, told.state) == (
        2,
        "news",
        "Ana entró",
        "admitted",
    )
    assert world.admissions.tell(owner.tenant.user_id, "joined:w", "Ana entró") == told
    assert told in world.admissions.pending(world.now + timedelta(seconds=1), 9)
    assert world.says(OWNER).seq == 3
    assert world.admissions.tell(UUID(int=7), "joined:w", "x") is None


def test_a_new_number_keeps_what_somebody_is(world: World) -> None:
    """WhatsApp's news of a changed number moves the person with all his seats, and the list shows the new
    one.
    """
    owner = world.says(OWNER)
    ana = world.joined(owner, ANA)
    world.admissions.move(NumberChange("wamid.move", world.now, Address(ANA), Address("51900000077")))
    moved = world.says("51900000077")
    assert (moved.tenant.user_id, moved.seat) == (ana.tenant.user_id, Seat(owner.tenant.id, "accountant"))
    assert [one.address for one in world.memberships.members(owner.tenant.id)] == ["51900000077"]


def test_an_erased_business_ends_its_seats_and_tells_its_people(world: World) -> None:
    """Nobody is in a business that is gone, its open codes open nothing, each of its people has one notice,
    and repeating it changes nothing.
    """
    owner = world.says(OWNER)
    ana, code = world.joined(owner, ANA), world.code(owner)
    for _ in range(2):
        world.admissions.purge(owner.tenant.id)
    assert (world.says(ANA).seat, world.says(LUIS, f"unirme {code}").did) == (None, "wrong")
    told = [
        one
        for one in world.admissions.pending(world.now + timedelta(seconds=1), 20)
        if one.message.kind == "news"
    ]
    assert [(one.tenant.user_id, one.message.text) for one in told] == [
        (ana.tenant.user_id, people.closed("Bodega Luz", "20512345671"))
    ]
    assert (world.inbox.get(business_path(owner.tenant.id)), world.inbox.get(invite_path(code))) == (
        None,
        None,
    )


def test_who_erases_himself_leaves_the_businesses_that_he_was_invited_to(world: World) -> None:
    """His seats end on both sides, and each owner is told once."""
    owner = world.says(OWNER)
    ana = world.joined(owner, ANA, "helper")
    for _ in range(2):
        world.admissions.purge(ana.tenant.id)
    assert world.memberships.members(owner.tenant.id) == []
    told = [
        one
        for one in world.admissions.pending(world.now + timedelta(seconds=1), 20)
        if one.message.kind == "news"
    ]
    assert [(one.tenant.user_id, one.message.text) for one in told] == [
        (owner.tenant.user_id, people.left(ANA, "helper"))
    ]
    assert world.says(ANA).seat is None


def test_a_business_is_found_by_what_it_is_called_now(world: World) -> None:
    """A new name or RUC is what its people choose it by; of a business that invited nobody nothing is
    kept.
    """
    owner, other = world.says(OWNER), world.says(LUIS)
    ana = world.joined(owner, ANA)
    world.memberships.name(owner.tenant.id, ruc="20100070970", name="Mercado Sol")
    world.memberships.name(other.tenant.id, ruc=None, name="Otra")
    places = world.memberships.places(ana.tenant.user_id)
    assert [(place.number, place.name, place.ruc, place.active) for place in places] == [
        (1, None, None, False),
        (2, "Mercado Sol", "20100070970", True),
    ]
    assert world.inbox.get(business_path(other.tenant.id)) is None
