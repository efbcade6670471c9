"""Which replies share a message, what it says of copies and files, and how long it waits for more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from functions.whatsapp import drafts
from functions.whatsapp.format import WHATSAPP_LIMIT, size
from functions.whatsapp.helpers import FILE_LEFT_OUT, duplicate_notice, duplicates_notice
from functions.whatsapp.ledger import Earlier, Waiting
from functions.whatsapp.model import Choice, Enclosed, Offer
from tests.builders import NOW, a_reply, a_view

pytestmark = pytest.mark.unit

OFFER = Offer((Choice("a", "Sí", "sí"),))
FILE = Enclosed("gs://b/mes.xlsx", "mes.xlsx", "application/pdf")
PAPER, COPY = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("seq", "file", "apart"), [(-1, None, True), (0, None, True), (1, None, False), (1, FILE, True)]
)
def test_welcomes_and_files_are_messages_of_their_own(
    seq: int, file: Enclosed | None, *, apart: bool
) -> None:
    """The welcome, its notice, and whatever brings a file; no other reply."""
    assert a_reply(seq, file=file).apart is apart


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
    found = drafts.alone(a_reply(tries=tries, offer=OFFER, file=FILE), NOW)
    assert (found.text, found.quote, found.offer, found.file) == (text, quote, offer, file)


def test_a_reply_that_brings_no_file_has_none_to_leave_behind() -> None:
    """After three refusals its text is what it was."""
    assert drafts.alone(a_reply(tries=3), NOW).text == "uno"


@pytest.mark.parametrize(
    ("bodies", "members"), [(("a" * 1000, "b" * 1000), 2), (("a" * 1000, "b" * 2000), 1)]
)
def test_replies_share_a_message_that_is_not_folded(bodies: tuple[str, ...], members: int) -> None:
    """Of more than 3000 units the first replies leave, and nothing is waited for."""
    run = [a_reply(seq, body) for seq, body in enumerate(bodies, 1)]
    found = drafts.fitting(run, NOW, may_grow=True)
    assert (len(found.members), found.may_grow) == (members, members == len(bodies))


def test_a_message_of_exactly_as_much_as_is_shown_is_one() -> None:
    """3000 units are not too many, and one more is."""
    room = 3000 - size(drafts.of_all([a_reply(1, "a"), a_reply(2, "")], NOW, may_grow=True).text)
    for more, members in ((0, 2), (1, 1)):
        found = drafts.fitting([a_reply(1, "a"), a_reply(2, "b" * (room + more))], NOW, may_grow=True)
        assert len(found.members) == members


@pytest.mark.parametrize(("offers", "members"), [((None, None), 2), ((None, OFFER), 2), ((OFFER, OFFER), 1)])
def test_one_reply_of_a_message_may_offer_choices(offers: tuple[Offer | None, ...], members: int) -> None:
    """A second one that does begins a message of its own."""
    run = [a_reply(seq, offer=offer) for seq, offer in enumerate(offers, 1)]
    assert len(drafts.fitting(run, NOW, may_grow=False).members) == members


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
    found = drafts.of_all([first, second], NOW, may_grow=False)
    assert (TOLD in found.text, found.duplicates) == (noticed, duplicates)


def test_a_third_copy_is_told_against_the_first() -> None:
    """The original stays the one that came first, whatever came between."""
    found = drafts.of_all([FIRST, SECOND, replace(SECOND, seq=3)], NOW, may_grow=False)
    assert found.duplicates == {2: PAPER, 3: PAPER}


@pytest.mark.parametrize(("more", "short"), [(0, False), (1, True)])
def test_notices_that_do_not_fit_are_counted_instead(more: int, *, short: bool) -> None:
    """The longest message that WhatsApp takes still names its copies."""
    room = WHATSAPP_LIMIT - 2 * size(f"\n\n{TOLD}") + more
    earlier = tuple(Earlier(name, NOW, PAPER) for name in ("F001-1", "F001-2"))
    one = a_reply(1, "a" * room, keys=(*KEYS, ("k2", "F001-2")), earlier=earlier)
    found = drafts.of_all([one], NOW, may_grow=False).text
    assert (duplicates_notice(2) in found, TOLD in found) == (short, not short)


def test_a_long_body_without_copies_speaks_of_none() -> None:
    """It is cut, and nothing is said of copies."""
    assert "♻️" not in drafts.of_all([a_reply(1, "a" * 5000)], NOW, may_grow=False).text


@pytest.mark.parametrize(
    ("replies", "working", "changes", "waits"),
    [
        ((), None, {}, False),
        ((), 2, {}, False),
        ((), 3, {}, True),
        ((a_reply(3),), None, {}, False),
        ((a_reply(4),), None, {}, True),
        ((a_reply(3, state="void"), a_reply(4)), None, {}, False),
        ((a_reply(4, state="void"),), None, {}, False),
        ((), 3, {"may_grow": False}, False),
        ((), 3, {"may_grow": False, "full": True}, True),
    ],
)
def test_a_message_may_wait_for_what_is_on_its_way_behind_it(
    replies: tuple[Waiting, ...], working: int | None, changes: dict[str, bool], *, waits: bool
) -> None:
    """What is read, or whose task was passed by one behind it, is waited for by what may grow or found no
    room for all.
    """
    members = (a_reply(1), a_reply(2))
    draft = replace(drafts.of_all(members, NOW, may_grow=True), **changes)
    view = a_view(*members, *replies, working=working, left_at=(NOW,))
    until = NOW + timedelta(seconds=6)
    assert drafts.waits_until(view, draft, 4.0) == (until if waits else None)


def ago(*seconds: float) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(seconds=one) for one in seconds)


LONG = tuple(
    a_reply(seq, f"{seq:02}" * 1000, document_id=PAPER, ready_at=NOW - timedelta(seconds=9))
    for seq in range(1, 61)
)


@pytest.mark.parametrize(
    ("left_at", "may_grow", "waits_s"),
    [
        (ago(), True, 4.0),
        (ago(), False, None),
        (ago(0), True, 6.0),
        (ago(5), True, 1.0),
        (ago(5), False, 1.0),
        (ago(6), True, 4.0),
        (ago(6), False, None),
        (ago(60), True, 4.0),
        (ago(8, 5), False, 4.0),
        (ago(11, 6), False, 1.0),
        (ago(11, 5), False, 1.0),
        (ago(60, 50, 5), False, 1.0),
        (ago(*[8.0] * 46), False, None),
        (ago(*[8.0] * 45), False, 262.0),
    ],
)
def test_a_message_with_more_behind_it_waits_for_the_limit(
    left_at: tuple[datetime, ...], waits_s: float | None, *, may_grow: bool
) -> None:
    """Six seconds for each message of the span that the last one belongs to, 45 at most, then a gathering of
    four where it may grow.
    """
    view = a_view(a_reply(), left_at=left_at, working=2)
    draft = replace(drafts.of_all(view.replies, NOW, may_grow=may_grow), full=not may_grow)
    until = None if waits_s is None else NOW + timedelta(seconds=waits_s)
    assert drafts.waits_until(view, draft, 4.0) == until


@pytest.mark.parametrize(
    ("left_at", "messages", "waits_s"),
    [
        (ago(), 60, None),
        (ago(7), 60, None),
        (ago(1), 2, None),
        (ago(1), 16, None),
        (ago(1), 17, 5.0),
        (ago(5), 3, None),
        (ago(5), 4, 1.0),
        (ago(8, 6), 2, 4.0),
        (ago(*[0.0] * 43), 2, None),
        (ago(*[0.0] * 43), 3, 258.0),
    ],
)
def test_the_end_of_a_burst_leaves_within_one_span_of_the_limit(
    left_at: tuple[datetime, ...], messages: int, waits_s: float | None
) -> None:
    """In the span that runs, where there is time for each of its messages; else in the next."""
    view = a_view(*LONG[:messages], left_at=left_at)
    draft = replace(drafts.of_all(LONG[:1], NOW, may_grow=False), full=True)
    until = None if waits_s is None else NOW + timedelta(seconds=waits_s)
    assert drafts.waits_until(view, draft, 4.0) == until


@pytest.mark.parametrize(
    ("ready_s", "paper", "waits"), [(0.9, True, True), (1, True, False), (0.9, False, False)]
)
def test_between_two_files_of_a_burst_more_is_on_its_way(ready_s: float, *, paper: bool, waits: bool) -> None:
    """For a second after a file was read the next is waited for; a text's answer promises none."""
    after = a_reply(2, document_id=PAPER if paper else None, ready_at=NOW - timedelta(seconds=ready_s))
    view = a_view(a_reply(), after, left_at=ago(5))
    draft = replace(drafts.of_all([a_reply()], NOW, may_grow=False), full=True)
    assert (drafts.waits_until(view, draft, 4.0) is not None) is waits
