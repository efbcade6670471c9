"""Makes the owner's changes in the books: corrections, taking papers out and back, and undoing, each once for
each message that asks for it.

A task may come again after its change and before its answer, or while an earlier attempt still runs: what the
message changed already is then told again, and nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from functions.books import correcting
from functions.books.ask import Ask, Intent, understand
from functions.books.correcting import Correction
from functions.books.entry import Entry
from functions.books.months import Month
from functions.books.ports import Author, Books, Correctable, Done
from functions.extractor.invoice import Invoice, Verdict
from functions.lima import LIMA
from functions.whatsapp import accounts, edited, taps
from functions.whatsapp.model import Said
from functions.whatsapp.tasks import MessageTask

EDITS: frozenset[Intent] = frozenset({"correct", "delete", "confirm", "restore", "undo", "stop", "resume"})
"""The intents about papers that came before, or about a wish that a later message may change: they are right
only when every earlier message has its answer.
"""
_UNDONE_FOR = timedelta(days=1)
_RESTORED_FOR = timedelta(days=7)
_TAKEN, _BACK = Correction("deleted", None, "yes"), Correction("deleted", "yes", None)


def author_of(task: MessageTask) -> Author:
    """Return who writes, and for which business."""
    return Author(task.business, task.tenant.user_id, task.message.wamid, task.tenant.id)


def answer(books: Books, ask: Ask, task: MessageTask, now: datetime) -> Said:
    """Do what the message asks for and tell it. Raises Unwell as the books do."""
    author = author_of(task)
    if ask.intent in {"stop", "resume"}:
        books.hush(author, quiet=ask.intent == "stop")
        return Said(accounts.STOPPED if ask.intent == "stop" else accounts.RESUMED)
    if (done := books.done(author)) is not None:
        return _told(books, author, done, now)
    said = _asked(books, ask, task, author, now)
    # Not only this attempt may have changed the books, but another one of the same message, since it began.
    if (done := books.done(author)) is not None:
        return _told(books, author, done, now)
    return said or Said(edited.NOTHING_LAST)


def _asked(books: Books, ask: Ask, task: MessageTask, author: Author, now: datetime) -> Said | None:
    """Do what the message asks for; return why nothing was changed, None where something was."""
    if ask.intent == "undo":
        return _undo(books, author, now)
    found = _found(books, ask, task, author, now)
    return found if isinstance(found, Said) else _done_to(books, ask, author, found, now)


def _done_to(books: Books, ask: Ask, author: Author, paper: Correctable, now: datetime) -> Said | None:
    about = (paper.entry.id,)
    match ask.intent, paper.deleted:
        case "correct", False:
            return _correct(books, ask, author, paper, now)
        case "delete", False:
            return Said(edited.take_out(paper.entry), about, offer=taps.TAKE_OUT)
        case "confirm", False:
            _change(books, author, paper, [_TAKEN])
            return None
        case "restore", True:
            _change(books, author, paper, [_BACK])
            return None
        case "restore", False:
            return Said(edited.not_out(paper.entry), about)
    return Said(edited.is_out(paper.entry), about)


def _found(books: Books, ask: Ask, task: MessageTask, author: Author, now: datetime) -> Correctable | Said:
    """Return the one paper that is meant: of the quoted message, else of the last file, for `restore` the
    paper taken out last. A `confirm` must quote.
    """
    quoted = task.message.quoted
    if quoted is not None:
        papers = books.quoted(author, quoted)
        if not papers:
            return Said(edited.NOTHING_QUOTED)
    elif ask.intent == "confirm":
        return Said(edited.QUOTE_TO_TAKE_OUT)
    elif ask.intent == "restore":
        papers = books.taken_out(author, now - _RESTORED_FOR)
    else:
        papers = books.last(author, task.seq)
    if not papers:
        return Said(edited.NOTHING_OUT if ask.intent == "restore" else edited.NOTHING_LAST)
    if len(papers) == 1 and ask.place in {None, 1}:
        return papers[0]
    if ask.place is not None and ask.place <= len(papers):
        return papers[ask.place - 1]
    entries = [paper.entry for paper in papers]
    example = _EXAMPLES.get(ask.intent)
    said = example or (
        task.message.text or "" if ask.place is None else re.sub(r"^\W*\d+\W*", "", task.message.text or "")
    )
    first = understand(f"1 {said}", now.astimezone(LIMA).date())
    # A tap sends the text with a number before it, and is offered where that text asks for the same.
    tapped = first is not None and (first.place, first.changes) == (
        1,
        ask.changes,
    )
    offer = taps.papers(entries, said) if tapped else None
    return Said(
        edited.which(entries, example or "total 118"), tuple(entry.id for entry in entries), offer=offer
    )


_EXAMPLES: dict[Intent, str] = {"delete": "borrar", "confirm": "borrar", "restore": "recuperar"}


def _correct(books: Books, ask: Ask, author: Author, paper: Correctable, now: datetime) -> Said | None:
    today, before = now.astimezone(LIMA).date(), paper.entry
    after = correcting.corrected(before.invoice, ask.changes, today)
    if isinstance(after, list):
        return Said(edited.refused(after), (before.id,))
    changes = correcting.differences(before.invoice, after)
    if not changes:
        return Said(edited.says_so_already(before), (before.id,))
    verdict = correcting.judged(paper.read, paper.doubted, after, today)
    if verdict != before.verdict:
        changes.append(Correction("verdict", before.verdict, verdict))
    changed = replace(before, invoice=after, verdict=verdict)
    _change(books, author, replace(paper, entry=changed), changes)
    return None


def _change(books: Books, author: Author, after: Correctable, changes: Sequence[Correction]) -> None:
    entry = after.entry
    books.change(author, entry.id, entry.invoice, entry.verdict, changes, seen=after.changes)


def _undo(books: Books, author: Author, now: datetime) -> Said | None:
    """Take back the author's last change, with all its fields."""
    done = books.last_done(author, now - _UNDONE_FOR)
    paper = books.paper(author.tenant, done.entry) if done else None
    if done is None or paper is None:
        return Said(edited.NOTHING_TO_UNDO)
    back = [Correction(one.field, one.new, one.old) for one in done.corrections]
    invoice = correcting.with_values(
        paper.entry.invoice, {one.field: one.new for one in back if one.field in correcting.FIELDS}
    )
    verdict = next((one.new for one in back if one.field == "verdict"), paper.entry.verdict)
    was = cast(Verdict, verdict)  # one that was the entry's before
    books.change(author, done.entry, invoice, was, back, seen=paper.changes, undoes=done.wamid)
    return None


def _told(books: Books, author: Author, done: Done, now: datetime) -> Said:
    """Say what was changed, over the paper as it is now."""
    paper = books.paper(author.tenant, done.entry)
    if paper is None:
        return Said(edited.NOTHING_LAST)
    entry, told = paper.entry, [one for one in done.corrections if one.field in correcting.FIELDS]
    if not told:
        text = edited.taken_out(entry) if paper.deleted else edited.taken_back(entry)
        return Said(text + _since_given(books, author, entry), (entry.id,))
    before = correcting.with_values(entry.invoice, {one.field: one.old for one in told})
    failing = correcting.failing(before, entry.invoice, now.astimezone(LIMA).date())
    moved = {"supplier.ruc", "kind", "series", "number"} & {one.field for one in told}
    text = edited.corrected(
        entry, before, told, failing, undone=done.undoes is not None, twin=paper.twin and bool(moved)
    )
    return Said(text + _since_given(books, author, entry, before), (entry.id,))


def _since_given(books: Books, author: Author, entry: Entry, before: Invoice | None = None) -> str:
    """Return the lines that follow where the paper's month, or the month that it left, was given as a
    file.
    """
    received = entry.received_at.astimezone(LIMA).date()
    days = [entry.day or received, *([before.issue_date or received] if before else [])]
    months = dict.fromkeys(Month.of(day) for day in days)
    told = [edited.changed_since(given) for month in months if (given := books.given(author.tenant, month))]
    return "".join(f"\n\n{line}" for line in told)
