"""Decides in which of a sender's businesses a paper stands: its buyer's, or where nobody can tell, the one
that the sender names when asked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from functions.books.ask import Ask
from functions.books.entry import Entry
from functions.books.months import Month
from functions.books.ports import Author
from functions.errors import Gone
from functions.extractor.invoice import Invoice
from functions.lima import LIMA
from functions.whatsapp import edited, people
from functions.whatsapp.doorkeeper import Doorkeeper
from functions.whatsapp.ledger import Records, Standing
from functions.whatsapp.memberships import Place
from functions.whatsapp.model import Said, Seat, media_name
from functions.whatsapp.ports import MediaStore
from functions.whatsapp.roles import may
from functions.whatsapp.tasks import MessageTask

log = logging.getLogger("cuadra")


def buyers(invoices: Sequence[Invoice]) -> set[str]:
    """Return the RUCs to which papers are made out."""
    return {one.customer.id for one in invoices if one.customer.id_type == "6" and one.customer.id}


def question(keeper: Doorkeeper, task: MessageTask, invoices: Sequence[Invoice]) -> Said | None:
    """Ask a sender of several businesses whose the papers of a file are, where the business in which they
    stand has a RUC and is not their buyer; None where nothing is to be asked.
    """
    named = buyers(invoices)
    if task.seat is None or not named:
        return None
    places = keeper.places(task)
    here = next((one for one in places if one.tenant == task.business), None)
    if here is None or here.ruc is None or here.ruc in named:
        return None
    text, offer = people.whose_paper(named, places, here)
    return Said(text, offer=offer)


def filed(
    keeper: Doorkeeper, records: Records, media: MediaStore, task: MessageTask, ask: Ask, *, store_s: float
) -> Said | None:
    """Have the file that the message is about stand with the sender's business number `ask.place`, as often
    as it is asked for; None where the sender has one business and quotes nothing. Raises Unwell as the stores
    do, and may then be repeated.
    """
    if task.seat is None and task.message.quoted is None:
        return None
    places = keeper.places(task)
    to = next((one for one in places if one.number == ask.place), None)
    if to is None:
        return Said(people.refused("which"))
    files = records.standing(task)
    if len(files) != 1:
        return Said(people.WHICH_FILE)
    (file,) = files
    stands = next((one for one in places if one.tenant == file.business), None)
    if stands is None:
        return Said(people.NOT_THERE)
    if to is not stands and not _may_leave(keeper, task, file, stands):
        return Said(people.stays(keeper.called(task, stands.tenant)))
    there = Seat(to.tenant, to.role)
    _moved(records, media, file, task, there, places, store_s)
    author = Author(to.tenant, task.tenant.user_id, task.message.wamid, task.tenant.id)
    papers = [one.entry for one in keeper.books.quoted(author, file.wamid)]
    named = keeper.called(task, to.tenant)
    since = _since_given(keeper, task, papers, dict.fromkeys((to.tenant, file.business)))
    return Said(people.filed(named, papers) + since, tuple(one.id for one in papers), seat=there)


def _may_leave(keeper: Doorkeeper, task: MessageTask, file: Standing, stands: Place) -> bool:
    """True where the sender of a file may take it out of the books in which it stands: by a role that may
    take any paper out of them, or where its papers are made out to others than the business, which is when
    `question` asks.
    """
    if may(stands.role, "delete"):
        return True
    author = Author(stands.tenant, task.tenant.user_id, task.message.wamid, task.tenant.id)
    named = buyers([one.entry.invoice for one in keeper.books.quoted(author, file.wamid)])
    return bool(named) and stands.ruc is not None and stands.ruc not in named


def _since_given(
    keeper: Doorkeeper, task: MessageTask, papers: Sequence[Entry], businesses: Iterable[UUID]
) -> str:
    """Return the lines that follow where the papers' months were given as a file, for the business that has
    the papers now and for the one that had them.
    """
    months = dict.fromkeys(Month.of(one.day or one.received_at.astimezone(LIMA).date()) for one in papers)
    lines = [
        f"*{keeper.called(task, tenant)}*: {edited.changed_since(given)}"
        for tenant in businesses
        for month in months
        if (given := keeper.books.given(tenant, month))
    ]
    return "".join(f"\n\n{line}" for line in lines)


def _moved(
    records: Records, media: MediaStore, file: Standing, task: MessageTask, to: Seat,
    places: Sequence[Place], store_s: float,
) -> None:  # fmt: skip
    """Save the original with the new business before its row says so, and delete the old one after that.
    Nobody else's file is touched, nor another file of the sender's: a name holds business and message. After
    a crash between the two the row no longer says where the file was, so that the next attempt looks in all
    the sender's businesses.
    """
    left = {one.tenant for one in places} - {to.business}
    if file.business != to.business:
        uri = file.storage_uri
        try:
            if uri:
                uri = media.save(
                    media_name(to.business, file.wamid),
                    media.load(uri, timeout=store_s),
                    file.media_type or "application/octet-stream",
                    timeout=store_s,
                )
        except Gone:
            log.error("original_missing", extra={"fields": {"document": str(file.document_id)}})
        records.relocate(replace(task, seat=to), file, storage_uri=uri)
        left = {file.business}
    for tenant in left:
        media.delete(media_name(tenant, file.wamid))
