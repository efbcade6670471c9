"""What a refusal means for its lane and its send."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from functions.whatsapp import refusals
from functions.whatsapp.client import Action
from functions.whatsapp.ledger import Frozen, Refusal
from functions.whatsapp.model import Choice, Enclosed, Offer
from tests.builders import NOW, a_reply, a_view

pytestmark = pytest.mark.unit

OFFER = Offer((Choice("a", "Sí", "sí"),))
FILE = Enclosed("gs://b/mes.xlsx", "mes.xlsx", "application/pdf")


def a_send(*members: int, **changes: Any) -> Frozen:
    """A send of these numbers that quotes nothing."""
    values: dict[str, Any] = {"id": uuid4(), "text": "x", "quote": None, "called_at": NOW, "calls": 1}
    return Frozen(members=members, **values | changes)


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
    found = refusals.consequences(action, 1, "why", failures=1, accepted=accepted)
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
    assert refusals.ends(view, send, action, again=again) is ends
