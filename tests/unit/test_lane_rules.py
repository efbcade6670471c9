"""What a lane decides of values alone: which replies share a message, what a refusal means, when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.whatsapp import lane
from functions.whatsapp.client import Action
from functions.whatsapp.format import WHATSAPP_LIMIT, size
from functions.whatsapp.helpers import FILE_LEFT_OUT, duplicate_notice, duplicates_notice
from functions.whatsapp.ledger import Earlier, Frozen, LaneView, Refusal, Waiting
from functions.whatsapp.model import Address, Choice, Enclosed, Offer

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 26, 17, tzinfo=UTC)
OFFER = Offer((Choice("a", "Sí", "sí"),))
FILE = Enclosed("gs://b/mes.xlsx", "mes.xlsx", "application/pdf")
PAPER, COPY = UUID(int=1), UUID(int=2)


def a_reply(seq: int = 1, body: str = "uno", **changes: Any) -> Waiting:
    """A text's ready reply."""
    values: dict[str, Any] = {
        "state": "ready", "wamid": f"wamid.{seq}", "document_id": None, "title": "", "ready_at": NOW,
        "received_at": NOW, "tries": 0,
    }  # fmt: skip
    return Waiting(seq=seq, body=body, **values | changes)


def a_view(*replies: Waiting, **changes: Any) -> LaneView:
    """A lane of these replies."""
    values: dict[str, Any] = {
        "now": NOW, "next": 1, "address": Address("51900000001", None), "address_version": 1,
        "last_inbound_at": NOW, "working": None, "unresolved": None, "failures": 0, "sent_at": None,
    }  # fmt: skip
    return LaneView(replies=replies, **values | changes)


def a_send(*members: int, **changes: Any) -> Frozen:
    """A send of these numbers that quotes nothing."""
    values: dict[str, Any] = {"id": uuid4(), "text": "x", "quote": None, "called_at": NOW, "calls": 1}
    return Frozen(members=members, **values | changes)


@pytest.mark.parametrize(
    ("seq", "file", "apart"), [(-1, None, True), (0, None, True), (1, None, False), (1, FILE, True)]
)
def test_welcomes_and_files_are_messages_of_their_own(
    seq: int, file: Enclosed | None, *, apart: bool
) -> None:
    """The welcome, its notice, and whatever brings a file; no other reply."""
    assert a_reply(seq, file=file).apart is apart


@pytest.mark.parametrize(
    ("action", "accepted", "wait_s", "hold", "counts", "pace"),
    [
        (Action.WINDOW, True, None, True, False, False),
        (Action.UNDELIVERABLE, False, None, False, True, False),
        (Action.HOLD, True, 300.0, False, False, False),
        (Action.THROTTLE, True, 5.0, False, False, False),
        (Action.PAIR_LIMIT, True, 4.0, False, False, True),
        (Action.RETRY, False, 5.0, False, False, False),
        (Action.RETRY, True, 5.0, False, True, False),
        (Action.PAYLOAD, False, 5.0, False, True, False),
        (Action.UNKNOWN, False, 5.0, False, True, False),
    ],
)
def test_what_a_refusal_does_to_the_lane(
    action: Action, wait_s: float | None, *, accepted: bool, hold: bool, counts: bool, pace: bool
) -> None:
    """The account's troubles count against no reply; what is asked to be repeated counts once it was
    accepted.
    """
    found = lane._refusal(action, 1, "why", failures=1, accepted=accepted)
    assert found == Refusal(action, 1, "why", wait_s, hold=hold, counts=counts, pace=pace)


@pytest.mark.parametrize(
    ("action", "send", "tries", "again", "ends"),
    [
        (Action.UNDELIVERABLE, a_send(1, 2), 0, False, True),
        (Action.RETRY, a_send(1), 99, False, False),
        (Action.PAYLOAD, a_send(1), 0, False, True),
        (Action.PAYLOAD, a_send(1, 2), 0, False, False),
        (Action.PAYLOAD, a_send(1, quote="wamid.1"), 0, False, False),
        (Action.PAYLOAD, a_send(1, offer=OFFER), 0, False, False),
        (Action.PAYLOAD, a_send(1, file=FILE), 0, False, False),
        (Action.UNKNOWN, a_send(1, quote="wamid.1"), 10, False, False),
        (Action.UNKNOWN, a_send(1, quote="wamid.1"), 11, False, True),
        (Action.UNKNOWN, a_send(1, 2), 11, False, False),
        (Action.UNKNOWN, a_send(2), 11, False, False),
        (Action.UNKNOWN, a_send(1, calls=11), 99, True, False),
        (Action.UNKNOWN, a_send(1, calls=12), 0, True, True),
        (Action.PAYLOAD, a_send(1, calls=11), 0, True, False),
    ],
)
def test_when_a_refused_send_is_given_up(
    action: Action, send: Frozen, tries: int, *, again: bool, ends: bool
) -> None:
    """Where nobody is there, a bare single reply's payload is refused, or an unknown reason came twelve
    times.
    """
    view = a_view(a_reply(1, tries=tries), a_reply(2))
    assert lane._ends(view, send, action, again=again) is ends


@pytest.mark.parametrize(
    ("tries", "text", "quote", "offer", "file"),
    [
        (0, "uno", "wamid.1", OFFER, FILE),
        (1, "uno", "wamid.1", OFFER, FILE),
        (2, "uno", None, None, FILE),
        (3, f"uno\n\n{FILE_LEFT_OUT}", None, None, None),
    ],
)
def test_what_a_reply_leaves_behind_after_refusals(
    tries: int, text: str, quote: str | None, offer: Offer | None, file: Enclosed | None
) -> None:
    """Its quote and its choices after two, its file after three, which is said."""
    found = lane._alone(a_reply(tries=tries, offer=OFFER, file=FILE), NOW)
    assert (found.text, found.quote, found.offer, found.file) == (text, quote, offer, file)


def test_a_reply_that_brings_no_file_has_none_to_leave_behind() -> None:
    """After three refusals its text is what it was."""
    assert lane._alone(a_reply(tries=3), NOW).text == "uno"


@pytest.mark.parametrize(
    ("bodies", "members"), [(("a" * 1000, "b" * 1000), 2), (("a" * 1000, "b" * 2000), 1)]
)
def test_replies_share_a_message_that_is_not_folded(bodies: tuple[str, ...], members: int) -> None:
    """Of more than 3000 units the first replies leave, and nothing is waited for."""
    run = [a_reply(seq, body) for seq, body in enumerate(bodies, 1)]
    found = lane._fitting(run, NOW, may_grow=True)
    assert (len(found.members), found.may_grow) == (members, members == len(bodies))


def test_a_message_of_exactly_as_much_as_is_shown_is_one() -> None:
    """3000 units are not too many, and one more is."""
    room = 3000 - size(lane._batch([a_reply(1, "a"), a_reply(2, "")], NOW, may_grow=True).text)
    for more, members in ((0, 2), (1, 1)):
        found = lane._fitting([a_reply(1, "a"), a_reply(2, "b" * (room + more))], NOW, may_grow=True)
        assert len(found.members) == members


@pytest.mark.parametrize(("offers", "members"), [((None, None), 2), ((None, OFFER), 2), ((OFFER, OFFER), 1)])
def test_one_reply_of_a_message_may_offer_choices(offers: tuple[Offer | None, ...], members: int) -> None:
    """A second one that does begins a message of its own."""
    run = [a_reply(seq, offer=offer) for seq, offer in enumerate(offers, 1)]
    assert len(lane._fitting(run, NOW, may_grow=False).members) == members


KEYS = (("k1", "F001-1"),)
FIRST = a_reply(1, "uno", document_id=PAPER, keys=KEYS)
SECOND = a_reply(2, "dos", document_id=COPY, keys=KEYS)
TOLD = duplicate_notice("F001-1", NOW, NOW)


@pytest.mark.parametrize(
    ("first", "second", "noticed", "duplicates"),
    [
        (FIRST, SECOND, True, {2: PAPER}),
        (replace(FIRST, received_at=None), SECOND, False, {}),
        (replace(FIRST, document_id=None), SECOND, False, {}),
        (FIRST, replace(SECOND, keys=(("k2", "F001-2"),)), False, {}),
        (FIRST, replace(SECOND, keys=(*KEYS, ("k2", "F001-2"))), True, {}),
        (FIRST, replace(SECOND, earlier=(Earlier("F001-1", NOW, UUID(int=9)),)), True, {2: UUID(int=9)}),
    ],
)
def test_a_copy_is_told_against_its_own_message(
    first: Waiting, second: Waiting, duplicates: dict[int, UUID], *, noticed: bool
) -> None:
    """What the message before it in the same send brought, or an earlier send, is told once; a file that
    brings a new invoice is no copy.
    """
    found = lane._batch([first, second], NOW, may_grow=False)
    assert (TOLD in found.text, found.duplicates) == (noticed, duplicates)


def test_a_third_copy_is_told_against_the_first() -> None:
    """The original stays the one that came first, whatever came between."""
    found = lane._batch([FIRST, SECOND, replace(SECOND, seq=3)], NOW, may_grow=False)
    assert found.duplicates == {2: PAPER, 3: PAPER}


@pytest.mark.parametrize(("more", "short"), [(0, False), (1, True)])
def test_notices_that_do_not_fit_are_counted_instead(more: int, *, short: bool) -> None:
    """The longest message that WhatsApp takes still names its copies."""
    room = WHATSAPP_LIMIT - 2 * size(f"\n\n{TOLD}") + more
    earlier = tuple(Earlier(name, NOW, PAPER) for name in ("F001-1", "F001-2"))
    one = a_reply(1, "a" * room, keys=(*KEYS, ("k2", "F001-2")), earlier=earlier)
    found = lane._batch([one], NOW, may_grow=False).text
    assert (duplicates_notice(2) in found, TOLD in found) == (short, not short)


def test_a_long_body_without_copies_speaks_of_none() -> None:
    """It is cut, and nothing is said of copies."""
    assert "♻️" not in lane._batch([a_reply(1, "a" * 5000)], NOW, may_grow=False).text


@pytest.mark.parametrize(
    ("last", "closed"),
    [(None, True), (NOW - timedelta(hours=24), True), (NOW - timedelta(hours=23, minutes=59), False)],
)
def test_the_window_is_a_day_from_the_users_last_message(last: datetime | None, *, closed: bool) -> None:
    """At 24 hours it is closed; who never wrote has none."""
    assert lane._closed(a_view(last_inbound_at=last)) is closed
