"""Serves `/_sim`: what phones do, what the simulator is told, and everything that happened. The page, `send`,
tests and benches use only this.

    GET    /_sim                              business number, webhook, counts
    GET    /_sim/senders                      [Sender]
    POST   /_sim/senders                      {phone?, username?, name?, bsuid?} → Sender; without anything, a
                                              new phone of its own
    POST   /_sim/senders/ID/move              {phone?, bsuid?} → Sender and the wamid of the `system` message
                                              by which WhatsApp tells it
    POST   /_sim/files?name=N                 raw bytes → {id, name, mime, sha256, size}; `Content-Type` is
                                              what the phone calls it
    GET    /_sim/files/ID                     the bytes
    POST   /_sim/senders/ID/messages          {text?, files?: [file id], as?: "auto|image|document|…",
                                              caption?, quoted?, tap?, raw?} → [Message], sent
    GET    /_sim/senders/ID/messages          [Message], both ways, in the order they happened
    GET    /_sim/trigger                      [name]; POST /_sim/trigger/NAME makes it happen: see events.py
    GET    /_sim/states                       [name] of states that were saved; POST /_sim/states/NAME saves,
                                              POST /_sim/states/NAME/load goes back
    POST   /_sim/redeliver                    {wamid?} → {updates}: deliver again what had arrived
    GET    /_sim/messages                     every Message
    GET    /_sim/settled                      {undelivered, updates waiting for a 200}
    GET    /_sim/switches · POST              Switches; POST changes the named ones
    GET    /_sim/faults · PUT                 [Fault]; PUT replaces, POST adds one
    GET    /_sim/events?after=ID              [Event]; with `Accept: text/event-stream` a stream that never
                                              ends (Last-Event-ID honoured)

ID is a sender's id, phone or business-scoped user id. A Message of direction "in" (from the phone) tells how
its webhook went: `webhook {attempts, posted, acked, http, traces}`, with a trace id for each delivery. A
Message of direction "out" has its `quoted` wamid, `opaque`, `statuses` and `offered`, which is what can be
tapped: null or {label, options: [{id, title, description?}]}, buttons where the label is empty, else a list.
`tap` is an option's id, and `quoted` is then the message that offers it. Times are epoch seconds. `raw`
replaces the type's part of Meta's JSON: {"type": "reaction", "reaction": {…}} - any message that Meta might
send. Events: sender, message, status, read, webhook, refused, fault, switches, loaded.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import random
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from infra.local.whatsapp.book import Book, File, Sender
from infra.local.whatsapp.delivery import BusinessNumber, Delivery
from infra.local.whatsapp.graph import GraphEndpoints, new_wamid
from infra.local.whatsapp.switches import Fault

_faults: TypeAdapter[list[Fault]] = TypeAdapter(list[Fault])
_BIGGEST = 110 << 20
_STREAM_BEAT_S = 15.0


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class NewSender(_Given):
    """A new person; one with only a username shows no phone."""

    phone: str | None = Field(default=None, pattern=r"^\d{8,15}$")
    bsuid: str | None = Field(default=None, pattern=r"^[A-Z]{2}\.[A-Za-z0-9]{1,128}$")
    username: str | None = None
    name: str | None = None


class Moved(_Given):
    """The sender's new phone and/or user id."""

    phone: str | None = Field(default=None, pattern=r"^\d{8,15}$")
    bsuid: str | None = Field(default=None, pattern=r"^[A-Z]{2}\.[A-Za-z0-9]{1,128}$")


class Sent(_Given):
    """What a phone sends: a text, or files (each its own message, one after another), or a tap on what
    `quoted` offers, or anything in `raw`.
    """

    text: str | None = None
    files: list[str] = []
    kind: Literal["auto", "image", "document", "audio", "video", "sticker"] = Field(
        default="auto", validation_alias="as"
    )
    caption: str | None = None
    quoted: str | None = None
    tap: str | None = None
    raw: dict[str, Any] | None = None
    timestamp: int | None = None


class Control:
    """The endpoints over one book."""

    def __init__(
        self, book: Book, business: BusinessNumber, delivery: Delivery, graph: GraphEndpoints
    ) -> None:
        self._book, self._business, self._delivery, self._graph = book, business, delivery, graph

    def routes(self) -> list[Route]:
        """Returns all routes of `/_sim`."""
        return [
            Route("/_sim", self.about),
            Route("/_sim/senders", self.senders),
            Route("/_sim/senders", self.add_sender, methods=["POST"]),
            Route("/_sim/senders/{id}/move", self.move, methods=["POST"]),
            Route("/_sim/senders/{id}/messages", self.conversation),
            Route("/_sim/senders/{id}/messages", self.send, methods=["POST"]),
            Route("/_sim/messages", self.all_messages),
            Route("/_sim/files", self.add_file, methods=["POST"]),
            Route("/_sim/files/{id}", self.file),
            Route("/_sim/states", self.states),
            Route("/_sim/states/{name}", self.save, methods=["POST"]),
            Route("/_sim/states/{name}/load", self.load, methods=["POST"]),
            Route("/_sim/redeliver", self.redeliver, methods=["POST"]),
            Route("/_sim/settled", self.settled),
            Route("/_sim/switches", self.switches, methods=["GET", "POST"]),
            Route("/_sim/faults", self.faults, methods=["GET", "POST", "PUT"]),
            Route("/_sim/events", self.events),
        ]

    async def about(self, _: Request) -> Response:
        """Tells who the business is and how much is kept."""
        return JSONResponse(
            {
                "business": self._business.display_phone_number,
                "phone_number_id": self._business.phone_number_id,
                "webhook": self._business.webhook,
                "senders": len(self._book.senders()),
                "undelivered": self._book.undelivered(),
                "last_event": self._book.last_event(),
            }
        )

    async def senders(self, _: Request) -> Response:
        """Returns all senders."""
        return JSONResponse([asdict(sender) for sender in self._book.senders()])

    async def add_sender(self, request: Request) -> Response:
        """Adds a new person. All have a business-scoped user id, as in Meta's webhooks since April 2026."""
        new = NewSender.model_validate(await request.json())
        username = (new.username or "").lstrip("@") or None
        if username and username.lower() in {
            (sender.username or "").lower() for sender in self._book.senders()
        }:
            raise HTTPException(409, "that username belongs to another sender")
        return JSONResponse(asdict(self.person(new.phone, username, new.name, new.bsuid)), 201)

    def person(
        self, phone: str | None, username: str | None, name: str | None, bsuid: str | None = None
    ) -> Sender:
        """Adds somebody new, with a phone of their own unless a username or user id is all that they show."""
        phone = phone or (None if username or bsuid else f"519{random.randrange(10**8):08}")
        return self._book.add_sender(phone, bsuid or _user_id(), username, name)

    async def move(self, request: Request) -> Response:
        """Changes the person's number."""
        after, wamid = self.moved(self._sender(request), Moved.model_validate(await request.json()))
        return JSONResponse(asdict(after) | {"wamid": wamid})

    def moved(self, sender: Sender, moved: Moved) -> tuple[Sender, str]:
        """Returns the person as they are now, and the id of the system message, which is delivered like any
        other; the user id changes with the number, as Meta's does.
        """
        after = self._book.move_sender(sender, moved.phone or sender.phone, moved.bsuid or _user_id())
        kind = "user_changed_number" if moved.phone else "user_changed_user_id"
        system = {
            "body": f"User changed from {sender.phone} to {after.phone}",
            "type": kind,
            "user_id": after.bsuid,
            "previous_user_id": sender.bsuid,
        }
        system |= {"wa_id": after.phone} if moved.phone else {}
        message: dict[str, Any] = {"from": sender.phone} if sender.phone and moved.phone else {}
        wamid = new_wamid(sender.id)
        message |= {"id": wamid, "timestamp": str(int(time.time())), "type": "system", "system": system}
        self._book.add_message(wamid, sender.id, "in", "system", text=system["body"])
        self._delivery.queue(
            f"in:{sender.id}", self._delivery.value(sender, name=False, messages=[message]), wamid=wamid
        )
        self._book.event(
            "sender",
            sender.id,
            {"phone": after.phone, "bsuid": after.bsuid, "username": after.username, "name": after.name},
        )
        return after, wamid

    async def conversation(self, request: Request) -> Response:
        """Returns the messages of both ways, in order."""
        return JSONResponse(self._book.conversation(self._sender(request).id))

    async def all_messages(self, _: Request) -> Response:
        """Returns everyone's messages, sender by sender; those to nobody known come last."""
        return JSONResponse(
            [m for id_ in [*(s.id for s in self._book.senders()), ""] for m in self._book.conversation(id_)]
        )

    async def send(self, request: Request) -> Response:
        """Sends from a phone."""
        sender, sent = self._sender(request), Sent.model_validate(await request.json())
        if sent.raw is None and sent.text is None and sent.tap is None and not sent.files:
            raise HTTPException(400, "text, files, tap or raw is required")
        files = [self._file(id_) for id_ in sent.files]
        parts: list[tuple[dict[str, Any], dict[str, Any]]] = []
        if sent.raw is not None:
            parts.append(
                (
                    sent.raw,
                    {"kind": str(sent.raw.get("type")), "text": json.dumps(sent.raw, ensure_ascii=False)},
                )
            )
        if sent.tap is not None:
            parts.append(self._tap(sender, sent.quoted or "", sent.tap))
        if sent.text is not None:
            parts.append(({"type": "text", "text": {"body": sent.text}}, {"kind": "text", "text": sent.text}))
        parts += [self.media(file, sent) for file in files]
        return JSONResponse([self.sent(sender, sent, meta, columns) for meta, columns in parts], 201)

    def _tap(self, sender: Sender, quoted: str, tap: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Returns (Meta's part, our columns) of a tap on a message that this sender was sent, however long
        ago.
        """
        message = self._book.message(quoted)
        offered = message["offered"] if message and message["sender"] == sender.id else None
        option = next((each for each in offered["options"] if each["id"] == tap), None) if offered else None
        if offered is None or option is None:
            raise HTTPException(404, "no such choice")
        kind = "list_reply" if offered["label"] else "button_reply"
        part = {"type": kind, kind: {key: value for key, value in option.items() if value}}
        return {"type": "interactive", "interactive": part}, {"kind": "interactive", "text": option["title"]}

    def media(self, file: File, sent: Sent) -> tuple[dict[str, Any], dict[str, Any]]:
        """Returns (Meta's part, our columns) of one file; a phone sends JPEG and PNG as photos, the rest as
        documents.
        """
        kind = (
            sent.kind
            if sent.kind != "auto"
            else "image"
            if file.mime in {"image/jpeg", "image/png"}
            else "document"
        )
        part: dict[str, Any] = {"mime_type": file.mime, "sha256": file.sha256_base64, "id": file.id}
        part |= {} if self._book.switches.omit_url else {"url": self._graph.media_url(file)}
        part |= {"filename": file.name} if kind == "document" else {}
        part |= {"caption": sent.caption} if sent.caption else {}
        return {"type": kind, kind: part}, {
            "kind": kind,
            "text": sent.caption,
            "file": file.id,
            "filename": file.name,
            "mime": file.mime,
        }

    def sent(
        self, sender: Sender, sent: Sent, meta: dict[str, Any], columns: dict[str, Any]
    ) -> dict[str, Any]:
        """Returns the Message that a phone sends, and queues its webhook: `meta` is its part of Meta's JSON,
        `columns` what is kept of it.
        """
        wamid = new_wamid(sender.phone or sender.bsuid or sender.id)
        stamp = {"id": wamid, "timestamp": str(sent.timestamp or int(time.time()))}
        context = (
            {"context": {"from": self._business.display_phone_number, "id": sent.quoted}}
            if sent.quoted
            else {}
        )
        message = self._delivery.who(sender, "from", "from_user_id") | stamp | context | meta
        kept = self._book.add_message(wamid, sender.id, "in", quoted=sent.quoted, **columns)
        self._delivery.queue(f"in:{sender.id}", self._delivery.value(sender, messages=[message]), wamid=wamid)
        return kept

    async def add_file(self, request: Request) -> Response:
        """Keeps a file that a phone can send."""
        name = request.query_params.get("name", "archivo")
        data = await request.body()
        if len(data) > _BIGGEST:
            raise HTTPException(413, "larger than WhatsApp takes")
        said = request.headers.get("content-type", "").split(";")[0]
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = self._book.add_file(
            name,
            guessed
            if said in {"", "application/octet-stream", "application/x-www-form-urlencoded"}
            else said,
            data,
        )
        return JSONResponse(
            {"id": file.id, "name": file.name, "mime": file.mime, "sha256": file.sha256, "size": file.size},
            201,
        )

    async def file(self, request: Request) -> Response:
        """Returns a file's bytes; a browser never runs them as a page of ours."""
        file = self._file(request.path_params["id"])
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return FileResponse(
            self._book.path(file),
            media_type=file.mime,
            filename=file.name,
            content_disposition_type="inline",
            headers=headers,
        )

    async def states(self, _: Request) -> Response:
        """Returns the names of the states that were saved."""
        return JSONResponse(self._book.states())

    async def save(self, request: Request) -> Response:
        """Saves the state under a name."""
        self._book.save(request.path_params["name"])
        return JSONResponse({"saved": request.path_params["name"]}, 201)

    async def load(self, request: Request) -> Response:
        """Goes back to what was saved under a name."""
        self._book.load(request.path_params["name"])
        return JSONResponse({"loaded": request.path_params["name"]})

    async def redeliver(self, request: Request) -> Response:
        """Delivers again, as other apps' retries make Meta do."""
        return JSONResponse({"updates": self._book.redeliver((await request.json()).get("wamid"))})

    async def settled(self, _: Request) -> Response:
        """Tells how many updates the webhook does not have yet."""
        return JSONResponse({"undelivered": self._book.undelivered()})

    async def switches(self, request: Request) -> Response:
        """Reads or changes the switches."""
        if request.method == "POST":
            self._book.set_switches(await request.json())
        return JSONResponse(self._book.switches.model_dump())

    async def faults(self, request: Request) -> Response:
        """Reads the faults, adds one or replaces all."""
        if request.method == "PUT":
            self._book.set_faults(_faults.validate_python(await request.json()))
        elif request.method == "POST":
            self._book.set_faults([*self._book.faults, Fault.model_validate(await request.json())])
        return JSONResponse([fault.model_dump() for fault in self._book.faults])

    async def events(self, request: Request) -> Response:
        """Returns a page of events, or the stream of them."""
        after = int(request.headers.get("last-event-id") or request.query_params.get("after") or 0)
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(
                self._stream(after), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
            )
        return JSONResponse(self._book.events(after))

    async def _stream(self, after: int) -> AsyncIterator[str]:
        while True:
            changed = self._book.changed
            for event in self._book.events(after):
                after = event["id"]
                yield (
                    f"id: {after}\nevent: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
                )
            try:
                await asyncio.wait_for(changed.wait(), _STREAM_BEAT_S)
            except TimeoutError:
                yield ": \n\n"

    def _sender(self, request: Request) -> Sender:
        if sender := self._book.sender(request.path_params["id"]):
            return sender
        raise HTTPException(404, "no such sender")

    def _file(self, id_: str) -> File:
        if file := self._book.file(id_):
            return file
        raise HTTPException(404, "no such file")


def _user_id() -> str:
    """Returns a new business-scoped user id, as everybody has one in Meta's webhooks since April 2026."""
    return f"PE.{secrets.randbelow(9 * 10**15) + 10**15}"


def refusal(_: Request, error: Exception) -> Response:
    """Returns as JSON what was wrong with a call."""
    if isinstance(error, HTTPException):
        return JSONResponse({"error": error.detail}, error.status_code)
    if isinstance(error, ValidationError):
        return JSONResponse({"error": error.errors(include_url=False, include_context=False)}, 400)
    return JSONResponse({"error": str(error)}, 400)
