"""The answers to messages that bring no file: a sentence, what the books say, or a change of the books."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import get_args

from functions.books.ask import Ask, Intent, understand
from functions.books.mapping import Asking
from functions.lima import LIMA
from functions.whatsapp import edited, editing, filing, guide, helpers, people, privacy
from functions.whatsapp.clerk import FILES
from functions.whatsapp.doorkeeper import PEOPLE, TELLS_WHERE
from functions.whatsapp.editing import author_of
from functions.whatsapp.format import unbroken
from functions.whatsapp.ledger import ERASE
from functions.whatsapp.means import Means, Retry, Story
from functions.whatsapp.model import FILE_KINDS, Said, is_ours
from functions.whatsapp.roles import may
from functions.whatsapp.tasks import MessageTask, PurgeTask, dump

log = logging.getLogger("cuadra")

_EARLIER_FOR = timedelta(minutes=10)
"""The time for which a change of the books, or a month's file, waits for the sender's earlier messages; after
it nothing is changed, and the sender is told so.
"""
_FILE_NOT_DELIVERED = 131052
"""Meta's code of an `unsupported` message that is a file too large to hand over. Each file has its answer, so
that no such message is silenced.
"""
_FIXED: dict[Intent, Said] = {
    "thanks": Said(""),
    "wrong": Said(edited.HOW_TO_CORRECT),
    "erase": Said(privacy.ASK, kind=ERASE),
}
"""The answers that do not depend on what the books hold."""


def tapped(means: Means, task: MessageTask, story: Story) -> None:
    """Answer a tap as the text for which it stands; a tap on what was never offered to this sender gets
    nothing.
    """
    chosen = means.records.choose(task)
    if chosen is None:
        means.records.answer(task, None)
        story.fields["outcome"] = "not_offered"
    elif chosen.past:
        answer(means, task, story)
    elif not chosen.text:
        answer(means, task, story, Said(helpers.UNCHANGED))
    else:
        answer(
            means,
            replace(task, message=replace(task.message, kind="text", text=chosen.text, quoted=chosen.about)),
            story,
        )


def answer(means: Means, task: MessageTask, story: Story, wanted: Said | None = None) -> None:
    """Write the answer to a message without a file: `wanted`, what the books say, or the sentence of its
    kind. Raises Retry and Unwell.
    """
    wanted = wanted or means.doorkeeper.admitted(task)
    first = wanted is None and task.seq == 1 and task.tenant.welcome == "text" and task.message.kind == "text"
    brings_file = task.message.kind in FILE_KINDS or task.message.error_code == _FILE_NOT_DELIVERED
    if wanted is None and not first and not task.first_over_cap and task.message.kind == "text":
        task, wanted = _there(means, task, means.clock())
        wanted = wanted or _asked(means, task, story)
        if wanted and wanted.seat:
            task = replace(task, seat=wanted.seat)
    kind = (
        None if first or task.first_over_cap or brings_file else wanted.kind if wanted else task.message.kind
    )
    said = wanted or Said(_sentence(means, task))
    ours = is_ours(task.message.wamid)
    file = means.kept(task, said.made, story) if said.made else None
    with story.step("finish"):
        answered = means.records.answer(
            task,
            None if first else unbroken(said.text) or None,
            title=helpers.headed(task.message),
            kind=None if ours else kind,
            about=said.about,
            file=file,
            offer=said.offer,
            notice=said.notice,
            gives=said.gives,
        )
    if (
        answered.begins and kind != "text"
    ):  # the second instructions within ten minutes are silenced already, which is no loop yet
        log.warning(
            "loop_silenced",
            extra={"fields": {"user": str(task.tenant.user_id), "kind": task.message.kind}},
        )
    if answered.written and not answered.silenced and not ours:
        means.ticks.show(
            task.message.wamid, typing=False
        )  # the answer is quicker than "typing…", which would stay under it
    story.fields["silenced"] = int(answered.silenced)
    story.fields["outcome"] = (
        "over_cap" if task.first_over_cap else "silenced" if answered.silenced else "answered"
    )


def _there(means: Means, task: MessageTask, now: datetime) -> tuple[MessageTask, Said | None]:
    """Move a text that quotes what stands in another of its sender's businesses to that business, with the
    role that the sender has there now; where the sender has none any more, return a sentence that says so.
    What is quoted may still be being read.
    """
    if task.message.quoted and task.seat:
        _settled(means, task, now)
    found = means.records.quoted_in(task) if task.message.quoted else frozenset()
    if len(found) != 1 or found == {task.business}:
        return task, None
    seat = means.doorkeeper.seat(task, tenant=min(found))
    return (replace(task, seat=seat), None) if seat else (task, Said(people.NOT_THERE))


def _asked(means: Means, task: MessageTask, story: Story) -> Said | None:
    """Return the answer to a text that asks something of the books: empty where it wants none, None where
    nobody knows what it asks.
    """
    now = means.clock()
    today = now.astimezone(LIMA).date()
    said = task.message.text or ""
    if (
        task.role == "owner"
        and said.strip() == privacy.CONFIRMS
        and means.records.asked_to_erase(task, task.received_at - privacy.ASKED_FOR)
    ):
        story.fields["ask"] = "erased"
        return _erased(means, task)
    ask = _meant(means, task, said, today, story)
    story.fields["ask"] = ask.intent if ask else None
    if ask is None:
        return None
    if not may(task.role, ask.intent):
        story.fields["refused"] = task.role
        return means.named(task, Said(people.not_yours(task.role)))
    if ask.intent in PEOPLE:
        told = means.doorkeeper.answer(ask, task)
        return told if ask.intent in TELLS_WHERE else means.named(task, told)
    return means.named(task, _done(means, ask, task, now, story))


def _done(means: Means, ask: Ask, task: MessageTask, now: datetime, story: Story) -> Said | None:
    """Do what is asked for; the sender was found to be allowed to ask it."""
    if ask.intent in _FIXED:
        return _FIXED[ask.intent]
    if ask.intent == "help":
        return Said(f"{_sentence(means, task)}\n\n{guide.helped(task.role, several=task.seat is not None)}")
    if ask.intent == "belongs":
        return _filed(means, ask, task, now)
    with story.step("books"):
        answer = _by_books(means, ask, task, now)
        if (
            answer is None or not answer.text or answer.made or answer.offer
        ):  # a caption and a text with buttons have little room
            return answer
        return replace(answer, notice=means.missing(task))


def _meant(means: Means, task: MessageTask, said: str, today: date, story: Story) -> Ask | None:
    """Return what a text asks for, by its words; where the words are not known, by the model, which may only
    ask and never change.
    """
    ask = understand(said, today)
    if ask is None and means.interpreter is not None:
        with story.step("mapping"):
            ask = means.interpreter.ask(
                replace(author_of(task), tenant=task.tenant.id), said, today
            )  # counted as the person's own
        if ask is not None and ask.intent not in get_args(Asking):
            log.error("mapped_to_a_change", extra={"fields": {"ask": ask.intent}})
            ask = None
    return ask


def _by_books(means: Means, ask: Ask, task: MessageTask, now: datetime) -> Said | None:
    if ask.intent in editing.EDITS:
        return _edited(means, ask, task, now)
    if ask.intent == "my_data":
        return means.clerk.everything(author_of(task), now, means.doorkeeper.places(task))
    if ask.intent in FILES:
        _settled(
            means, task, now
        )  # the file holds what was sent before; where waiting for that takes too long, it goes without
        called = means.doorkeeper.named(task) if task.seat else None
        return means.clerk.file(ask, task.business, now, called, means.apart(task))
    if task.role != "helper":
        answer = means.clerk.answer(ask, task.business, now.astimezone(LIMA).date())
        if answer and ask.intent in {"my_ruc", "my_name"} and ask.text:
            means.doorkeeper.renamed(task.business)
        return answer
    answer = means.clerk.sent_by(task.tenant.user_id).answer(ask, task.business, now.astimezone(LIMA).date())
    return answer and replace(answer, text=people.only_yours(answer.text))


def _erased(means: Means, task: MessageTask) -> Said:
    """Return the farewell. The task that deletes is enqueued before the farewell is written, and waits until
    it has left: a crash between the two forgets neither.
    """
    purge = PurgeTask(task.tenant.id, task.tenant.user_id, task.seq, task.received_at)
    means.queue.push(purge.name, dump(purge))
    return Said(privacy.farewell(task.received_at, means.kept_days, means.help_contact))


def _edited(means: Means, ask: Ask, task: MessageTask, now: datetime) -> Said:
    """Change the books once every earlier message has its reply: the change may be of a paper that is still
    being read, or of a value that is still being corrected.
    """
    if not _settled(means, task, now):
        return Said(edited.BUSY)
    if task.message.quoted and len(means.records.quoted_in(task)) > 1:
        return Said(people.QUOTES_SEVERAL)
    return editing.answer(means.clerk.books, ask, task, now)


def _filed(means: Means, ask: Ask, task: MessageTask, now: datetime) -> Said | None:
    """Have a file stand where its sender says, once it was read."""
    if not _settled(means, task, now):
        return Said(edited.BUSY)
    return filing.filed(means.doorkeeper, means.records, means.media, task, ask, store_s=means.store_s)


def _settled(means: Means, task: MessageTask, now: datetime) -> bool:
    """True where every earlier message of the sender has its reply; False when that took too long. Raises
    Retry until then.
    """
    if means.records.settled(task):
        return True
    if now - task.received_at < _EARLIER_FOR:
        raise Retry("earlier_unanswered")
    return False


def _sentence(means: Means, task: MessageTask) -> str:
    if task.first_over_cap:
        return helpers.over_cap(means.daily_cap, task.message.media.filename if task.message.media else None)
    return helpers.reply_to(task.message, contact=means.help_contact, privacy_url=means.privacy_url)
