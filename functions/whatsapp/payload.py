"""Reads Meta's webhook bodies leniently: an unknown part never breaks a known one (Meta,
webhooks/reference/messages).

A body is parsed once; each update is then judged alone, so that a bad one never blocks its neighbours. Only
what is used is modelled. These earn a reply: text, image, document, audio, video, sticker, location,
contacts, a tap on what we offered, unsupported, a text without text, and what a person sends that cannot be
read: an order, a template's button, a type that Meta has not told of yet. These do not: reactions, edits,
revocations, system notes, taps on what we never offered, group messages, and `unsupported` updates that act
on an older message or announce the pictures of an album (`_SILENT`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import from_json

from functions.errors import BadInput
from functions.whatsapp.model import Address, Inbound, Kind, Media, NumberChange

_MEDIA = frozenset({"image", "document", "audio", "video", "sticker"})
_PLAIN = frozenset({"location", "contacts"})
_ACTS = frozenset({"edit", "revoke", "reaction", "pin", "keep_in_chat", "poll_update", "request_welcome"})
"""Types that act upon an earlier message or upon the chat, and are no messages of a person's own."""
_SILENT = _ACTS | {"media_placeholder"}
"""Values of `unsupported.type` that bring nothing; an album's placeholder comes before its pictures."""
_CHOICE = re.compile(r"\d{1,9}\.[A-Za-z0-9_-]{16}")
"""The ids of what we offer (`infra.offers`); only Postgres knows whether a choice was offered to the
sender.
"""

_PHONE = re.compile(r"\d{5,20}")
_BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_SURROGATES = re.compile("[\ud800-\udfff]")
_BRACKETS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[{]+|[\]}]+', re.DOTALL)
"""Runs of opening and of closing brackets, and strings, whose brackets do not count; each byte is looked at
once.
"""
_DEEPEST = 100
"""The deepest level of a body that is kept; Meta's bodies have ten."""

OLDEST = timedelta(days=8)
"""Age of an update that can only be a replay: Meta redelivers for seven days (webhooks/overview), and
admissions are kept for nine.
"""
_LONGEST_TEXT = 4096
"""Characters of a message's text, or of a file's name, that are kept: as many as WhatsApp lets a person write
(Meta, messages/text-messages).
"""

StatusName = Literal["sent", "delivered", "read", "failed"]


class NotAWebhook(BadInput):
    """The body is no JSON, or JSON that is not `{"entry": [{"changes": [{…}]}]}`. Meta would only repeat
    it.
    """


@dataclass(frozen=True, slots=True)
class Status:
    """A status that Meta tells of one of our sends. The three ids come from `biz_opaque_callback_data`;
    `code` is set when the send failed.
    """

    tenant_id: UUID
    user_id: UUID
    send_id: UUID
    status: StatusName
    wamid: str
    at: datetime
    code: int | None = None
    detail: str = ""


@dataclass(slots=True)
class Updates:
    """Everything one body holds. `messages` are by timestamp, then position, without repetitions.

    `ignored` counts what was left aside, by reason (`too_old`: see `OLDEST`); `errors` counts Meta's
    account-level codes with their titles.
    """

    messages: list[Inbound] = field(default_factory=list)
    moves: list[NumberChange] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    errors: Counter[tuple[int, str]] = field(default_factory=Counter)


def _wamid(value: Any) -> str | None:
    return value if isinstance(value, str) and value.isprintable() and 0 < len(value) <= 512 else None


def _text(value: Any) -> str | None:
    return value.replace("\x00", "") or None if isinstance(value, str) else None  # Postgres takes no NUL


def _words(value: Any) -> str | None:
    text = _text(value)
    return text[:_LONGEST_TEXT] if text else None


def _error_code(value: Any) -> int | None:
    code = _number(value)
    return code if code is not None and abs(code) < 2**31 else None  # Postgres' integer


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _record(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _records(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


_Text = Annotated[str | None, BeforeValidator(_text)]
_Words = Annotated[str | None, BeforeValidator(_words)]
_Int = Annotated[int | None, BeforeValidator(_number)]
_Record = Annotated[dict[str, Any], BeforeValidator(_record)]
_Records = Annotated[list[dict[str, Any]], BeforeValidator(_records)]


class _Message(BaseModel):
    """The fields that every message has; the part named after its type is read from the raw record."""

    id: str
    type: str
    timestamp: _Int = None
    from_user_id: _Text = None
    group_id: _Text = None
    errors: _Records = []


class _Media(BaseModel):
    id: str
    mime_type: _Text = None
    filename: _Words = None
    sha256: _Text = None
    url: _Text = None


class _System(BaseModel):
    type: str
    wa_id: _Text = None
    new_wa_id: _Text = None
    user_id: _Text = None
    previous_user_id: _Text = None


class _Status(BaseModel):
    id: str
    status: str
    timestamp: _Int = None
    biz_opaque_callback_data: _Text = None
    errors: _Records = []


def parse(raw: bytes, phone_number_id: str, *, now: datetime | None = None) -> Updates:
    """Return the updates of one body for our number. `now` replaces a timestamp that cannot be read or is
    later.

    Raises:
        NotAWebhook: when nothing in it can be read.
    """
    now = now or datetime.now(UTC)
    updates = Updates()
    seen: set[str] = set()
    for change in _changes(_load(raw), updates):
        if change.get("field", "messages") != "messages":
            updates.ignored["field"] += 1
            continue
        value = _record(change.get("value"))
        if _record(value.get("metadata")).get("phone_number_id") != phone_number_id:
            updates.ignored["other_number"] += 1
            continue
        contacts = _records(value.get("contacts"))
        for record in _entries(value, "messages", updates):
            _one_message(record, contacts, now, seen, updates)
        for record in _entries(value, "statuses", updates):
            _one_status(record, now, updates)
        for record in _records(value.get("errors")):
            updates.errors[_number(record.get("code")) or 0, str(record.get("title", ""))[:200]] += 1
    updates.moves.sort(key=lambda move: move.at)
    updates.messages.sort(key=lambda message: message.sent_at)  # stable: position decides among equals
    return updates


def by_sender(messages: Sequence[Inbound]) -> list[list[Inbound]]:
    """Return the messages of each sender, in the given order. Two addresses are one sender when a BSUID or,
    failing that, a phone joins them.

    A phone that comes with two different BSUIDs belongs to two people (numbers are recycled).
    """
    groups: list[list[Inbound]] = []
    for message in messages:
        mine = [group for group in groups if _same_sender(group, message)]
        if not mine:
            groups.append([message])
            continue
        home = mine[0]
        for other in mine[1:]:  # this message is the link that shows they are one
            home.extend(other)
            groups.remove(other)
        home.append(message)
        if len(mine) > 1:
            home.sort(key=lambda each: each.sent_at)
    return groups


def _same_sender(group: list[Inbound], message: Inbound) -> bool:
    phone, bsuid = message.address.phone, message.address.bsuid
    theirs = {each.address.bsuid for each in group} - {None}
    if bsuid is not None and theirs:
        return bsuid in theirs
    return phone is not None and any(each.address.phone == phone for each in group)


def _load(raw: bytes) -> dict[str, Any]:
    try:
        body = from_json(raw)
    except ValueError:
        # Half an emoji (a lone surrogate) and endless nesting are legal in JSON's grammar; only such a
        # value is lost.
        try:
            body = from_json(
                _SURROGATES.sub("", json.dumps(json.loads(_shallow(raw)), ensure_ascii=False)).encode()
            )
        except (ValueError, RecursionError) as error:
            raise NotAWebhook("not JSON") from error
    if not isinstance(body, dict) or not isinstance(body.get("entry"), list):
        raise NotAWebhook("no entry list")
    return body


def _shallow(raw: bytes) -> bytes:
    """Return `raw` with null for every value that lies deeper than `_DEEPEST` levels: parsers refuse a body
    that has one.
    """
    kept, depth, rest = [], 0, 0
    for found in _BRACKETS.finditer(raw):
        start, run = found.start(), found.end() - found.start()
        if raw[start] in b"[{":
            if depth <= _DEEPEST < depth + run:
                kept.append(raw[rest : start + _DEEPEST - depth])
                rest = len(raw)
            depth += run
        elif raw[start] in b"]}":
            if depth - run <= _DEEPEST < depth:
                kept.append(b"null")
                rest = start + depth - _DEEPEST
            depth -= run
    return b"".join([*kept, raw[rest:]])


def _changes(body: dict[str, Any], updates: Updates) -> list[dict[str, Any]]:
    """Return the changes of all entries. A body that brings entries and no change has another shape: nobody
    may take it for an empty one.
    """
    found = [
        change for entry in _entries(body, "entry", updates) for change in _entries(entry, "changes", updates)
    ]
    if body["entry"] and not found:
        raise NotAWebhook("no changes")
    return found


def _entries(value: dict[str, Any], name: str, updates: Updates) -> list[dict[str, Any]]:
    found = value.get(name)
    records = _records(found)
    bad = len(found) - len(records) if isinstance(found, list) else int(found is not None)
    if bad:
        updates.ignored["malformed"] += bad
    return records


def _one_message(
    record: dict[str, Any], contacts: list[dict[str, Any]], now: datetime, seen: set[str], updates: Updates
) -> None:
    try:
        message = _Message.model_validate(record)
    except ValidationError:
        updates.ignored["malformed"] += 1
        return
    if message.id in seen or _wamid(message.id) is None:
        updates.ignored["repeated" if message.id in seen else "malformed"] += 1
        return
    seen.add(message.id)
    sent_at = _when(message.timestamp, now)
    if now - sent_at > OLDEST:
        updates.ignored["too_old"] += 1
        return
    if message.type == "system":
        _move(record, message, sent_at, updates)
        return
    if message.group_id:
        updates.ignored["group"] += 1
        return
    address = _address(record, message, contacts)
    if address is None:
        updates.ignored["no_address"] += 1
        return
    inbound = _inbound(record, message, address, sent_at)
    if inbound is None:
        updates.ignored[message.type] += 1
    else:
        updates.messages.append(inbound)


def _inbound(
    record: dict[str, Any], message: _Message, address: Address, sent_at: datetime
) -> Inbound | None:
    kind = message.type
    if kind == "text":
        body = _words(_record(record.get("text")).get("body"))
        empty = body is None or not body.strip()
        quoted = _wamid(_record(record.get("context")).get("id"))
        return Inbound(
            message.id,
            address,
            sent_at,
            "empty" if empty else "text",
            text=None if empty else body,
            quoted=quoted,
        )
    if kind in _MEDIA:
        return _file(record, message, address, sent_at)
    if kind in _PLAIN:
        return Inbound(message.id, address, sent_at, cast("Kind", kind))
    if kind == "interactive":
        return _tap(record, message, address, sent_at)
    if kind in _ACTS or (
        kind == "unsupported" and _text(_record(record.get("unsupported")).get("type")) in _SILENT
    ):
        return None
    return Inbound(message.id, address, sent_at, "unsupported", error_code=_code(message.errors))


def _tap(record: dict[str, Any], message: _Message, address: Address, sent_at: datetime) -> Inbound | None:
    """Return a tap on a button or a row whose id has the shape of ours; None for any other tap."""
    part = _record(record.get("interactive"))
    choice = _text(_record(part.get(_text(part.get("type")) or "")).get("id"))
    if choice is None or not _CHOICE.fullmatch(choice) or not choice.isascii():
        return None
    return Inbound(
        message.id,
        address,
        sent_at,
        "choice",
        quoted=_wamid(_record(record.get("context")).get("id")),
        choice=choice,
    )


def _file(record: dict[str, Any], message: _Message, address: Address, sent_at: datetime) -> Inbound:
    try:
        part = _Media.model_validate(record.get(message.type))
    except ValidationError:  # Meta puts `errors` where the media should be when it could not take the file
        return Inbound(message.id, address, sent_at, "unsupported", error_code=_code(message.errors))
    media = Media(id=part.id, mime=part.mime_type, filename=part.filename, sha256=part.sha256, url=part.url)
    caption = _words(_record(record.get(message.type)).get("caption"))
    return Inbound(message.id, address, sent_at, cast("Kind", message.type), text=caption, media=media)


def _move(record: dict[str, Any], message: _Message, at: datetime, updates: Updates) -> None:
    try:
        system = _System.model_validate(record.get("system"))
    except ValidationError:
        updates.ignored["malformed"] += 1
        return
    if system.type not in {"user_changed_number", "user_changed_user_id"}:
        updates.ignored["system"] += 1
        return
    new = Address(phone=_phone(system.wa_id or system.new_wa_id), bsuid=_bsuid(system.user_id))
    known = message.from_user_id if message.from_user_id != system.user_id else None
    before = _phone(record.get("from"))
    old = Address(
        phone=before if before != new.phone else None, bsuid=_bsuid(system.previous_user_id or known)
    )
    if old == Address() or new == Address():
        updates.ignored["malformed"] += 1
        return
    updates.moves.append(NumberChange(message.id, at, old, new))


def _one_status(record: dict[str, Any], now: datetime, updates: Updates) -> None:
    try:
        status = _Status.model_validate(record)
    except ValidationError:
        updates.ignored["malformed"] += 1
        return
    if _wamid(status.id) is None:
        updates.ignored["malformed"] += 1
        return
    if status.status not in {"sent", "delivered", "read", "failed"}:
        updates.ignored["status"] += 1
        return
    try:
        tenant_id, user_id, send_id = (
            UUID(part) for part in (status.biz_opaque_callback_data or "").split(":")
        )
    except ValueError:  # not one of our numbered sends
        updates.ignored["foreign_status"] += 1
        return
    at = _when(status.timestamp, now)
    if now - at > OLDEST:
        updates.ignored["too_old"] += 1
        return
    failed = status.status == "failed"
    first = status.errors[0] if failed and status.errors else {}
    detail = (
        _record(first.get("error_data")).get("details") or first.get("message") or first.get("title") or ""
    )
    updates.statuses.append(
        Status(
            tenant_id=tenant_id,
            user_id=user_id,
            send_id=send_id,
            status=cast("StatusName", status.status),
            wamid=status.id,
            at=at,
            code=_error_code(first.get("code")) if failed else None,
            detail=(_text(str(detail)) or "")[:300],
        )
    )


def _address(record: dict[str, Any], message: _Message, contacts: list[dict[str, Any]]) -> Address | None:
    phone, bsuid = _phone(record.get("from")), _bsuid(message.from_user_id)
    for contact in contacts:  # either may be told only here
        theirs, user = _phone(contact.get("wa_id")), _bsuid(contact.get("user_id"))
        alone = len(contacts) == 1 and phone is None and bsuid is None
        if alone or (phone is not None and phone == theirs) or (bsuid is not None and bsuid == user):
            phone, bsuid = phone or theirs, bsuid or user
            break
    return Address(phone=phone, bsuid=bsuid) if phone or bsuid else None


def _phone(value: Any) -> str | None:
    digits = value.lstrip("+") if isinstance(value, str) else ""
    return digits if _PHONE.fullmatch(digits) and digits.isascii() else None


def _bsuid(value: Any) -> str | None:
    return value if isinstance(value, str) and _BSUID.fullmatch(value) else None


def _code(errors: list[dict[str, Any]]) -> int | None:
    return _error_code(errors[0].get("code")) if errors else None


def _when(seconds: int | None, now: datetime) -> datetime:
    try:
        return min(datetime.fromtimestamp(seconds, UTC), now) if seconds is not None else now
    except (ValueError, OverflowError, OSError):
        return now
