"""Tells what is happening and what happened to one document, and has things done again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text

from functions.errors import CuadraError, Unwell
from functions.lima import LIMA
from functions.whatsapp.helpers import mask
from functions.whatsapp.identity import message_path
from functions.whatsapp.model import Address, Inbound, Media, Seat, Tenant
from functions.whatsapp.onboarding import tasks_of
from functions.whatsapp.synthetic import ADDRESS
from functions.whatsapp.tasks import MessageTask, dump
from infra.ops.desk import Desk, now
from infra.records import document_id

_PAGE = 200

_STUCK = text("""
select id, status, attempts, received_at, lease_until, problem, problem_at from documents.documents
where status = 'working' and received_at < now() - interval '2 minutes' order by received_at limit 20
""")
_LANES = text("""
select l.user_id, l.next, l.held, l.not_before, l.failures, count(*) as ready, min(r.ready_at) as since
from messaging.lanes l join messaging.replies r on r.user_id = l.user_id and r.state = 'ready'
    join auth.users u on u.id = l.user_id
group by l.user_id, u.last_inbound_at
order by (l.held and u.last_inbound_at > now() - interval '24 hours') desc, min(r.ready_at) limit 10
""")
_CALLS = text("""
select count(*) as made, count(*) filter (where s.error is not null or s.error_code is not null) as refused
from (select wamid from documents.documents where received_at > now() - interval '24 hours'
    order by received_at desc limit 20) latest
join messaging.replies r on r.wamid = latest.wamid join messaging.sends s on s.id = r.send_id
""")
_DAY = text("""
select coalesce(failure, verdict, status) as outcome, count(*) as documents from documents.documents
where received_at > now() - interval '24 hours' and user_id not in (select id from auth.users
    where bsuid = :synthetic) group by 1 order by 2 desc
""")
_SPENT = text("""
select coalesce(sum(cost_usd), 0) as usd, coalesce(sum(tokens), 0) as tokens from documents.documents
    where received_at > now() - interval '24 hours'
""")
_CONFIRMED = text("""
select read.verdict, read.engine, count(*) as asked, count(*) filter (where i.state = 'accepted') as accepted
from books.inquiries i cross join lateral (
    select e.verdict, x.engine from books.entries e join extractor.extractions x
        on x.document_id = e.document_id and x.ordinal = e.ordinal
    where e.id = i.entry_id and x.engine not like 'sunat%' limit 1
) read
where i.at > now() - interval '7 days' group by 1, 2 order by 1, 2
""")
"""The live meter of docs/sunat.md: how many of the papers that were read without SUNAT it has as they were
read.
"""
_DOCUMENT = text("""
select d.*, u.tenant_id as own, u.phone, u.bsuid, u.address_version, u.created_at as user_created_at,
    u.last_inbound_at
from documents.documents d left join auth.users u on u.id = d.user_id where d.id = :id
""")
_BEGINS = text("select id from documents.documents where id between :low and :high limit 2")
_EXTRACTIONS = text("select * from extractor.extractions where document_id = :id order by ordinal")
_REPLY = text("""
select r.*, l.next, l.held, l.not_before from messaging.replies r join messaging.lanes l
    on l.user_id = r.user_id where r.wamid = :wamid
""")
_SEND = text("select * from messaging.sends where id = :id")
_RESET = text("""
with old as (delete from extractor.extractions where document_id = :id),
     entered as (delete from books.entries e where e.document_id = :id
         and not exists (select from books.corrections c where c.entry_id = e.id)),
     answer as (delete from messaging.replies where document_id = :id)
update documents.documents
    set status = 'working', attempts = 0, failure = null, verdict = null, what = null, duplicate_of = null,
    incomplete = true, anew = true, lease_token = null, lease_until = clock_timestamp(), finished_at = null
where id = :id
""")
"""An entry that its owner corrected or took out is not made anew: it stays as the owner left it."""
_RESUME = text("update messaging.lanes set held = false where user_id = :user and held returning user_id")
_RESUME_ALL = text("""
update messaging.lanes l set held = false from auth.users u
where l.held and u.id = l.user_id and u.last_inbound_at > now() - interval '24 hours' returning l.user_id
""")
_ANSWERED = text("select wamid from messaging.replies where wamid = any(:wamids)")


class NotFound(CuadraError):
    """There is no such document."""


class Refused(CuadraError):
    """The command would do what it should not; the message says what to do instead."""


def status(desk: Desk) -> Iterator[str]:
    """Yields the lines of `status`: the queue, what is stuck, who waits, the last day."""
    yield clocks()
    with desk.sql() as sql:
        calls = sql.execute(_CALLS).one()
    if calls.made:
        yield f"WhatsApp refused {calls.refused} of the last {calls.made} answers to files"
    yield queue_line(desk)
    waiting = desk.admissions.pending(now(), _PAGE)
    yield f"admitted, not enqueued: {len(waiting)}{'+' if len(waiting) == _PAGE else ''}"
    with desk.sql() as sql:
        stuck, lanes = sql.execute(_STUCK).all(), sql.execute(_LANES).all()
        confirmed = sql.execute(_CONFIRMED).all()
        day, spent = sql.execute(_DAY, {"synthetic": ADDRESS.bsuid}).all(), sql.execute(_SPENT).one()
    yield f"documents in work for over two minutes: {len(stuck)}"
    for d in stuck:
        yield (
            f"  {d.id}  received {moment(d.received_at)}  attempts {d.attempts}  lease until "
            f"{moment(d.lease_until)}  {_waits(d)}"
        )
    yield (
        "senders with an answer ready: "
        f"{len(lanes)}{', the oldest since ' + moment(lanes[0].since) if lanes else ''}"
    )
    for lane in lanes:
        why = (
            "held"
            if lane.held
            else f"not before {moment(lane.not_before)}"
            if lane.not_before and lane.not_before > now()
            else "free"
        )
        yield (
            f"  user {lane.user_id}  {lane.ready} ready since {moment(lane.since)}  next {lane.next}  {why} "
            f" failures {lane.failures}"
        )
    yield "last 24 hours: " + (", ".join(f"{row.documents} {row.outcome}" for row in day) or "no document")
    if confirmed:
        yield "SUNAT has, of 7 days: " + ", ".join(
            f"{row.accepted} of {row.asked} {row.verdict} {row.engine}" for row in confirmed
        )
    yield f"model use in 24 hours: US$ {spent.usd:.4f}, {spent.tokens} tokens"


def queue_line(desk: Desk) -> str:
    """Returns how many tasks wait, as far as can be seen."""
    if desk.target.tasks_endpoint:
        import requests  # the stand-in's own page

        waiting = requests.get(f"{desk.target.tasks_endpoint}/_tasks", timeout=5).json()["waiting"]
        return f"tasks waiting: {waiting if isinstance(waiting, int) else len(waiting)}"
    from infra.ops.target import google_session  # only in the cloud

    base = f"https://cloudtasks.googleapis.com/v2/{desk.target.tasks_queue}"
    session = google_session(desk.target.cuadra_acting_as)
    state = session.get(base, timeout=20).json().get("state", "unknown")
    listed = session.get(f"{base}/tasks", params={"pageSize": 1000}, timeout=20).json()
    return (
        f"tasks waiting: {len(listed.get('tasks', []))}{' or more' if listed.get('nextPageToken') else ''}, "
        f"queue {state}"
    )


def show(desk: Desk, name: str, *, wamid_too: bool = False) -> Iterator[str]:
    """Yields the lines of one document's story, by wamid or document id. Phones are masked, and what the
    document says is left out. The wamid is left out too, since it has the phone in it, except with
    `wamid_too`.
    """
    wamid, row = _find(desk, name)
    message = desk.inbox.get(message_path(wamid))
    if message is None and row is None:
        raise NotFound(f"nothing is known of {name}")
    yield clocks()
    yield f"wamid     {wamid if wamid_too else 'left out, for the phone can be read from it: --wamid'}"
    if message and "message" in message:
        yield (
            f"inbox     {message['state']}, {message['message']['kind']}, number {message['seq']}, "
            f"generation {message['generation']}, received {moment(message['received_at'])}"
        )
    else:
        yield f"inbox     {'purged' if message else 'forgotten (nine days are over) or never there'}"
    if row is None:
        yield "document  none (not a file, or its task has not begun)"
    else:
        yield from _document_lines(desk, row)
    yield from _reply_lines(desk, wamid)


def _document_lines(desk: Desk, d: Any) -> Iterator[str]:
    yield f"document  {d.id}, tenant {d.tenant_id}, user {d.user_id} ({mask(d.phone or d.bsuid)})"
    yield (
        f"          {d.status}, attempts {d.attempts}, received {moment(d.received_at)}, finished "
        f"{moment(d.finished_at)}, lease until {moment(d.lease_until)}"
    )
    yield (
        f"file      {d.media_type or 'type unknown'}, {d.bytes or 0} bytes, {d.pages or 0} pages, "
        f"{d.storage_uri or 'not stored'}"
    )
    if d.problem:
        yield f"problem   {_waits(d)}"
    yield f"reading   verdict {d.verdict}, failure {d.failure}, what {d.what}, duplicate of {d.duplicate_of}"
    with desk.sql() as sql:
        for e in sql.execute(_EXTRACTIONS, {"id": d.id}):
            failed = sorted({check["name"] for check in e.checks if check.get("ok") is False})
            yield (
                f"          invoice {e.ordinal}: engine {e.engine}, model {e.model}, kind {e.kind}, failed "
                f"checks {failed or 'none'}, {e.tokens} tokens, US$ {e.cost_usd}, {e.elapsed_ms} ms"
            )


def _reply_lines(desk: Desk, wamid: str) -> Iterator[str]:
    with desk.sql() as sql:
        reply = sql.execute(_REPLY, {"wamid": wamid}).first()
        send = sql.execute(_SEND, {"id": reply.send_id}).first() if reply and reply.send_id else None
    if reply is None:
        yield "answer    none yet"
        return
    yield (
        f"answer    number {reply.seq}, {reply.state}, {len(reply.body or '')} characters, ready "
        f"{moment(reply.ready_at)}, sent {moment(reply.sent_at)}, tries {reply.tries}"
    )
    yield (
        f"lane      next {reply.next}, {'held' if reply.held else 'not held'}, not before "
        f"{moment(reply.not_before)}"
    )
    if send:
        yield (
            f"send      {send.id}, {send.state}, members {send.members}, calls {send.calls}, error "
            f"{send.error_code} {send.error or ''}"
        ).rstrip()
        told = desk.inbox.get(f"receipts/{send.id}") or {}
        receipts = {name: moment(value.get("at")) for name, value in told.items() if isinstance(value, dict)}
        yield f"receipts  {json.dumps(receipts)}"


def resume(desk: Desk, user: UUID | None) -> str:
    """Let one held lane go on, or without a user all that the 24-hour window lets go on: the next sweep sends
    what is ready, an uncertain send first.
    """
    with desk.sql() as sql:
        if user is None:
            return f"{len(sql.execute(_RESUME_ALL).all())} senders go on with the next sweep, within a minute"
        if sql.execute(_RESUME, {"user": user}).first() is None:
            raise NotFound(f"no lane of a user {user} is held")
    return (
        f"{user} goes on with the next sweep, within a minute; past the 24-hour window only when the user "
        "writes"
    )


def retry(desk: Desk, name: str, *, again: bool = False) -> str:
    """Read a document again. One that has its answer is read and answered anew only with `again`: the user
    gets a second message.
    """
    wamid, row = _find(desk, name)
    if row is None:
        if desk.inbox.get(message_path(wamid)) is None:
            raise NotFound(f"nothing is known of {name}")
        return _enqueue(desk, wamid, None)
    if row.status == "done" and not again:
        raise Refused(
            "it has been read and answered; --again reads it anew and sends the user a second answer"
        )
    if row.status != "working":
        with desk.sql() as sql:
            sql.execute(_RESET, {"id": row.id})
    return _enqueue(desk, wamid, row)


def replay(desk: Desk, since: datetime) -> Iterator[str]:
    """Enqueue again what came in since then and has no answer in Postgres: after a queue was purged, or a
    database brought back.

    A message that cannot be enqueued is told, counted and passed over; Refused is raised at the end when
    there was any.
    """
    at, path, found = since, "", 0
    put = lost = failed = 0
    while page := desk.inbox.newer("messages", "received_at", at, _PAGE, path):
        path, at = page[-1][0], page[-1][1]["received_at"]  # many share a moment: all that came in one POST
        wamids = [
            doc["message"]["wamid"] for _, doc in page if doc.get("seq") is not None and "message" in doc
        ]
        with desk.sql() as sql:
            answered = {row.wamid for row in sql.execute(_ANSWERED, {"wamids": wamids})}
        found += len(wamids)
        for wamid in wamids:
            if wamid in answered:
                continue
            try:
                yield _enqueue(desk, *_find(desk, wamid))
                put += 1
            except Refused as why:  # the others are still to be brought back
                yield f"{why}"
                lost += 1
            except (Unwell, ValidationError, KeyError) as why:  # the last two: written by another version
                yield f"{wamid} was not enqueued: {why if isinstance(why, Unwell) else type(why).__name__}"
                failed += 1
    kinds = (
        (lost, "could not be", "their senders must send them once more"),
        (failed, "were not", "run this once more"),
    )
    missed = [kind for kind in kinds if kind[0]]
    yield ", ".join(
        [
            f"{put} enqueued again of {found} received since {moment(since)}",
            *(f"{count} {what}" for count, what, _ in missed),
        ]
    )
    if missed:
        raise Refused(
            "; ".join(f"{count} documents {what} enqueued again: {advice}" for count, what, advice in missed)
        )


def _enqueue(desk: Desk, wamid: str, row: Any | None) -> str:
    admission = desk.admissions.next_generation(wamid)
    if admission is not None:
        for task in tasks_of(admission, media_uri=row.storage_uri if row else None):
            desk.queue.push(task.name, dump(task))
        desk.admissions.mark_enqueued(admission)
        return f"{wamid} enqueued again, generation {admission.generation}"
    if row is None or row.storage_uri is None:
        raise Refused(
            f"{wamid}: the inbox has forgotten the message, and no original is stored that could be read "
            "instead"
        )
    stored = _from_records(row)
    desk.queue.push(stored.name, dump(stored))
    return (
        f"{wamid} enqueued again from the records: the inbox has forgotten it; an answer is held until the "
        "user writes (24-hour window)"
    )


def _from_records(row: Any) -> MessageTask:
    """Returns the task of a document whose message has expired in the inbox: it needs the stored original
    alone. Raises Refused where its sender was erased.
    """
    if row.own is None:
        raise Refused(f"{row.wamid}: its sender was erased, so that nobody could be answered")
    address = Address(row.phone, row.bsuid)
    tenant = Tenant(row.own, row.user_id, address, row.address_version, "file", row.user_created_at)
    message = Inbound(
        row.wamid,
        address,
        row.last_inbound_at or row.received_at,
        "document",
        media=Media("", filename=row.filename),
    )
    seat = Seat(row.tenant_id, "helper") if row.tenant_id != row.own else None  # to send, which each role may
    # The generation is one that no earlier task of this message had: seconds outgrow any count of retries.
    return MessageTask(
        tenant,
        row.seq,
        message,
        row.received_at,
        int(now().timestamp()),
        media_uri=row.storage_uri,
        seat=seat,
    )


def _find(desk: Desk, name: str) -> tuple[str, Any | None]:
    """Returns (wamid, the document's row or None) for a wamid, a document id, or the beginning of an id that
    no other document has.
    """
    document = _begun(desk, name) or document_id(name)
    with desk.sql() as sql:
        row = sql.execute(_DOCUMENT, {"id": document}).first()
    if row is None and str(document) == name.lower():
        raise NotFound(f"there is no document {name}")
    return (row.wamid if row else name), row


def _begun(desk: Desk, name: str) -> UUID | None:
    """Returns the document whose id is or begins with `name`; None where `name` cannot begin an id. Raises
    NotFound, and Refused where several ids begin so.
    """
    digits = name.lower().replace("-", "")
    if not re.fullmatch(r"[0-9a-f]{6,32}", digits):
        return None
    low, high = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    if low == high:
        return low
    with desk.sql() as sql:
        found = sql.execute(_BEGINS, {"low": low, "high": high}).all()
    if not found:
        raise NotFound(f"no document begins with {name}")
    if len(found) > 1:
        raise Refused(f"several documents begin with {name}: give more of it")
    return UUID(str(found[0].id))


def _waits(d: Any) -> str:
    """Returns what went wrong last, and whether it is still in the way."""
    if not d.problem:
        return "no problem told"
    return f"{'waits' if d.status == 'working' else 'before its end'}: {d.problem}, at {moment(d.problem_at)}"


def clocks() -> str:
    """Returns the present moment by the two clocks that an operator uses in turn."""
    at = now()
    return f"now       {moment(at)}, {at.astimezone(LIMA):%H:%M} in Lima; what follows is UTC"


def moment(when: datetime | None) -> str:
    """Returns a moment as the commands print it, UTC."""
    return when.strftime("%Y-%m-%d %H:%M:%SZ") if when else "-"
