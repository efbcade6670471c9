"""What it means that Meta refused a send: what follows for its lane, whether the send is given up, and
whether another call of it arrived after all. Which code is what kind of refusal says `client`. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions.whatsapp.client import Action, GraphError
from functions.whatsapp.ledger import Frozen, LaneView, Refusal

TRIES = 5
"""Sends of one reply that may fail after being accepted (status `failed`) before it is undeliverable."""
_UNKNOWN_TRIES = 12
"""Refusals of a reply for a reason that nobody knows before it is undeliverable: about an hour, in which the
fault may be the account's, not the reply's.
"""
_KEPT = frozenset({Action.THROTTLE, Action.PAIR_LIMIT, Action.HOLD, Action.WINDOW})
"""The actions that are never the reply's own fault: they keep the reply however often they come."""
_HOLD_S = 300.0
"""Seconds after which a lane that an operator must unblock (expired token, blocked number) is tried again by
itself.
"""


def consequences(action: Action, code: int | None, detail: str, *, failures: int, accepted: bool) -> Refusal:
    """Return what follows for the lane from a refusal of `action`, where `failures` counts the lane's
    failures in a row, this one included.

    `accepted`: the refusal came by a status, after the send was taken; only then may a RETRY be the reply's
    own fault.
    """
    window, final = action is Action.WINDOW, action is Action.UNDELIVERABLE
    wait_s = None if window or final else _HOLD_S if action is Action.HOLD else _backoff(action, failures)
    counts = action not in _KEPT and (accepted or action is not Action.RETRY)
    return Refusal(action, code, detail, wait_s, hold=window, counts=counts, pace=action is Action.PAIR_LIMIT)


def _backoff(action: Action, failures: int) -> float:
    """Return the wait in seconds. For the pair limit it is Meta's own rule, 4^X."""
    if action is Action.PAIR_LIMIT:
        return float(min(4 ** min(failures, 6), 3600))
    return float(min(5 * 2 ** min(failures - 1, 7), 600))


def ends(view: LaneView, send: Frozen, action: Action, *, again: bool) -> bool:
    """True where a refused send is given up: nobody is at the address, or nothing is left to try. `again`: an
    earlier call of it had no certain answer.

    A send that was refused for a reason that nobody knows, or for what is in it, may yet work another time:
    with fewer replies, without its quote, its choices or its file, or because it was not the reply's fault.
    """
    if action not in (Action.UNKNOWN, Action.PAYLOAD):
        return action is Action.UNDELIVERABLE
    if again:
        return send.calls >= _UNKNOWN_TRIES
    if len(send.members) > 1 or (action is Action.PAYLOAD and (send.quote or send.offer or send.file)):
        return False
    tries = max((one.tries for one in view.replies if one.seq in send.members), default=0)
    return action is Action.PAYLOAD or tries + 1 >= _UNKNOWN_TRIES


def arrived(receipts: dict[str, Any], names: Sequence[str], *, failed: str | None) -> str | None:
    """Return the wamid of a call that one of these statuses names and that did not fail, whatever another
    call of the same send did.
    """
    told = (receipts[name]["wamid"] for name in names if receipts.get(name))
    return next((wamid for wamid in told if wamid != failed), None)


def logged(send: Frozen, error: GraphError) -> dict[str, Any]:
    """Return the fields of a log line about a call that was refused, or whose answer is not certain."""
    return {"send": str(send.id), "code": error.code, "http": error.http, "action": error.action.name.lower()}
