"""Which replies share a message, what it says, and how long it waits for more: as many whole replies as a
screen shows, in their order, each copy told against what left before it. Pure: no I/O, no clock.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from functions.whatsapp.format import WHATSAPP_LIMIT, Part, combine, cut, size
from functions.whatsapp.helpers import FILE_LEFT_OUT, duplicate_notice, duplicates_notice
from functions.whatsapp.ledger import LaneView, Waiting
from functions.whatsapp.model import Enclosed, Offer, is_ours

_MOST_COMBINED = 3000
"""UTF-16 units of a message of several replies: the phone folds a longer one, and hides the last verdict with
it.
"""
_ALONE_AFTER = 2
"""Refusals after which a reply goes alone, quotes nothing and offers nothing: it makes no other reply fail,
and only the reply itself can be what is wrong.
"""
_WITHOUT_FILE_AFTER = 3
"""Refusals after which a reply goes without its file, and says so."""
_CAPTION_LIMIT = 1024
"""UTF-16 units of a document's caption (Meta, messages/document-messages)."""
_APART = 1.5
"""Gatherings between two messages of a burst: six seconds where four are gathered, in which Meta lets one
user have one (about-the-platform, pair rate limit).
"""
_LENT = 45
"""Messages that Meta lends a user within these six seconds; each of them is paid back with six seconds."""
_CALL = timedelta(seconds=0.3)
"""The time that a message of several that leave together is taken to need."""
_PAUSE = timedelta(seconds=1)
"""The time between two files of a burst in which nobody works on the next."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as it would leave now; frozen, it is a send.

    `duplicates`: the number of each member that is a copy, with the document that it repeats. `may_grow`: all
    that is ready is in it, and what becomes ready next may join. `full`: the next ready reply found no room.
    """

    members: tuple[Waiting, ...]
    text: str
    quote: str | None
    duplicates: dict[int, UUID]
    may_grow: bool
    offer: Offer | None
    file: Enclosed | None = None
    full: bool = False


def first(run: Sequence[Waiting], now: datetime) -> Draft:
    """Make the message that leaves first of consecutive ready replies, of which there is at least one: the
    one at their head alone where it stands apart or was refused, else all that fit with it.
    """
    if run[0].apart or run[0].tries >= _ALONE_AFTER:
        return alone(run[0], now)
    together = list(itertools.takewhile(lambda one: not one.apart, run))
    return fitting(together, now, may_grow=len(together) == len(run))


def alone(one: Waiting, now: datetime) -> Draft:
    """Make a message of one reply, which nothing joins, without what earlier refusals may have been for: its
    quote, its choices, at last its file.
    """
    draft = of_all([one], now, may_grow=False)
    if one.file and one.tries >= _WITHOUT_FILE_AFTER:
        draft = replace(draft, text=cut(f"{draft.text}\n\n{FILE_LEFT_OUT}"))
    elif one.file:
        draft = replace(draft, text=cut(draft.text, _CAPTION_LIMIT), file=one.file)
    return replace(draft, quote=None, offer=None) if one.tries >= _ALONE_AFTER else draft


def fitting(run: Sequence[Waiting], now: datetime, *, may_grow: bool) -> Draft:
    """Combine as many whole replies from the front of `run` as fit one message, at most one of which offers
    choices.

    It may grow where all of them fit and no reply that stands apart follows them.
    """
    draft = of_all(run[:1], now, may_grow=may_grow)
    for end in range(2, len(run) + 1):
        longer = of_all(run[:end], now, may_grow=may_grow)
        if size(longer.text) > _MOST_COMBINED or sum(one.offer is not None for one in run[:end]) > 1:
            return replace(draft, may_grow=False, full=True)
        draft = longer
    return draft


def of_all(members: Sequence[Waiting], now: datetime, *, may_grow: bool) -> Draft:
    """Make one message of these replies, however long, which quotes the message that it answers, of several
    replies the first file. A duplicate is told here, against what was released before, this message included.
    """
    released: dict[str, Waiting] = {}
    duplicates: dict[int, UUID] = {}
    bodies = list[str]()
    for one in members:
        told = {earlier.name: (earlier.received_at, earlier.document_id) for earlier in one.earlier}
        for key, name in one.keys:
            twin = released.get(key)
            if twin and twin.received_at and twin.document_id and name not in told:
                told[name] = twin.received_at, twin.document_id
        released |= {key: one for key, _ in one.keys if key not in released}
        if told and all(name in told for _, name in one.keys):
            # A file that brings one new invoice is no copy.
            duplicates[one.seq] = next(iter(told.values()))[1]
        notices = [duplicate_notice(name, received_at, now) for name, (received_at, _) in told.items()]
        body = "\n\n".join([one.body or "", *notices])
        bodies.append(
            body
            if size(body) <= WHATSAPP_LIMIT or not notices
            else f"{one.body}\n\n{duplicates_notice(len(notices))}"
        )
    if len(members) == 1:
        quote = None if is_ours(members[0].wamid) else members[0].wamid
        return Draft(tuple(members), cut(bodies[0]), quote, duplicates, may_grow, members[0].offer)
    parts = [Part(one.title, body) for one, body in zip(members, bodies, strict=True)]
    offer = next((one.offer for one in members if one.offer), None)
    first_paper = next((one.wamid for one in members if one.document_id), None)
    return Draft(tuple(members), combine(parts), first_paper, duplicates, may_grow, offer)


def waits_until(view: LaneView, draft: Draft, gather_s: float) -> datetime | None:
    """Return until when a message waits; None where it leaves now.

    While more is on its way, one message leaves in six seconds, which is Meta's limit, and what may grow by
    it is gathered for `gather_s`. At the end of a burst all that is left leaves within one span of the limit:
    the one that runs, where there is time, else the next.
    """
    apart = timedelta(seconds=_APART * gather_s)
    began, lent = _span(view.left_at, apart)
    due = began + lent * apart
    if _more(view, draft.members[-1].seq) and (draft.may_grow or draft.full):
        gathered = view.now + timedelta(seconds=gather_s)
        return due if due > view.now else gathered if draft.may_grow and gather_s else None
    if not draft.full or due <= view.now:
        return None
    messages = _messages([one for one in view.replies if one.state == "ready"], view.now)
    fits = view.now + messages * _CALL < began + apart and lent + messages <= _LENT
    return None if fits else due


def _span(left: Sequence[datetime], apart: timedelta) -> tuple[datetime, int]:
    """Return when the span of the limit began to which the last of these messages belongs, and how many left
    in it.
    """
    began, lent = datetime.min.replace(tzinfo=UTC), 0
    for at in left:
        began, lent = (began, lent + 1) if at < began + apart and lent < _LENT else (at, 1)
    return began, lent


def _messages(run: Sequence[Waiting], now: datetime) -> int:
    """Return how many messages these replies make."""
    count = 0
    while run:
        run, count = run[len(first(run, now).members) :], count + 1
    return count


def _more(view: LaneView, last: int) -> bool:
    """True where more is on its way behind the reply `last`: a file is being read, one was read a moment ago,
    since the next may not have begun, or a number was passed by one behind it.
    """
    read = any(
        one.seq > last and one.document_id and one.ready_at + _PAUSE > view.now for one in view.replies
    )
    return read or (view.working is not None and view.working > last) or _skips(view, last)


def _skips(view: LaneView, last: int) -> bool:
    """True where a reply is ready behind a number that nobody works on yet: its task is on its way."""
    known = {one.seq for one in view.replies}
    behind = [one.seq for one in view.replies if one.state == "ready" and one.seq > last]
    return any(seq not in known for seq in range(last + 1, max(behind, default=last)))
