"""Makes happen at once what seldom happens on a real number: `POST /_sim/trigger/EVENT`.

    number-change      the sender's phone is another: `system`, user_changed_number
    user-id-change     only the business-scoped user id is another: `system`, user_changed_user_id
    username           somebody new with a username and no phone says hello
    burst              `count` texts at once (10)
    expired-media      a photo whose media id is gone before anybody asks for it
    error-CODE         the next call of Graph's messages is answered with that code of errors.py
    failed-CODE        the next send is accepted, and a status `failed` with that code follows
    account-error      a webhook with `errors` and no message: 130429
    message-NAME       a message of that name in fixtures/messages.json
    field-NAME         a webhook of that field in fixtures/fields.json

`{"sender"?, "count"?}` → [Message], those that went out from a phone. The sender is the given one (id, phone
or user id), else the newest, else a new one. Both files hold shapes: `$phone`, `$bsuid`, `$name`, `$wamid`
(the sender's last message), `$number`, `$number_id`, `$now` and `$now_text` are filled in. A `media` of
messages.json is kept as a file, and its part gets that file's id, hash and address. Media bytes begin as
their type does and hold nothing.
"""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.whatsapp.book import Book, Sender
from infra.local.whatsapp.control import Control, Moved, Sent
from infra.local.whatsapp.delivery import BusinessNumber, Delivery
from infra.local.whatsapp.errors import ERRORS
from infra.local.whatsapp.switches import Fault, How

Row = dict[str, Any]

_FIXTURES = Path(__file__).with_name("fixtures")
MESSAGES: dict[str, Row] = json.loads((_FIXTURES / "messages.json").read_text("utf-8"))
"""Parts of Meta's JSON by name: {part, media?: {mime, name, base64}}."""
FIELDS: dict[str, Row] = json.loads((_FIXTURES / "fields.json").read_text("utf-8"))
"""Values of webhooks that are about no message, by field."""
_BURST = 10


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sender: str | None = None
    count: int = Field(default=_BURST, ge=1, le=1000)


class Events:
    """The endpoint over one book."""

    def __init__(self, book: Book, business: BusinessNumber, delivery: Delivery, control: Control) -> None:
        self._book, self._business, self._delivery, self._control = book, business, delivery, control
        plain: dict[str, Callable[[_Asked], list[Row]]] = {
            "number-change": lambda asked: self._moved(asked, phone=f"519{random.randrange(10**8):08}"),
            "user-id-change": lambda asked: self._moved(asked, phone=None),
            "username": self._username,
            "burst": self._burst,
            "expired-media": self._expired,
            "account-error": self._account_error,
        }
        errors = {f"error-{code}": self._fails("error", code) for code in ERRORS}
        # No status has code 0: that call did not pass.
        failed = {f"failed-{code}": self._fails("failed", code) for code in ERRORS if code}
        messages = {f"message-{name}": self._message(name) for name in MESSAGES}
        fields = {f"field-{name}": self._field(name) for name in FIELDS}
        self._events = plain | errors | failed | messages | fields

    def routes(self) -> list[Route]:
        """Returns all routes of `/_sim/trigger`."""
        return [
            Route("/_sim/trigger", self.all),
            Route("/_sim/trigger/{event}", self.trigger, methods=["POST"]),
        ]

    async def all(self, _: Request) -> Response:
        """Returns the names of all events."""
        return JSONResponse(list(self._events))

    async def trigger(self, request: Request) -> Response:
        """Makes an event happen."""
        event = self._events.get(request.path_params["event"])
        if event is None:
            raise HTTPException(404, "no such event")
        return JSONResponse(event(_Asked.model_validate_json(await request.body() or b"{}")), 201)

    def _sender(self, asked: _Asked) -> Sender:
        known = self._book.senders()
        if asked.sender is None:
            return known[-1] if known else self._control.person(None, None, None)
        if found := self._book.sender(asked.sender):
            return found
        raise HTTPException(404, "no such sender")

    def _moved(self, asked: _Asked, phone: str | None) -> list[Row]:
        _, wamid = self._control.moved(self._sender(asked), Moved(phone=phone, bsuid=None))
        return self._kept(wamid)

    def _username(self, asked: _Asked) -> list[Row]:
        name = f"user.{random.randrange(10**6):06}"
        sender = self._control.person(None, name, asked.sender)
        return [self._text(sender, "Hola")]

    def _burst(self, asked: _Asked) -> list[Row]:
        sender = self._sender(asked)
        return [self._text(sender, f"{number} of {asked.count}") for number in range(1, asked.count + 1)]

    def _expired(self, asked: _Asked) -> list[Row]:
        message = self._message("image")(asked)
        self._book.expire(str(message[0]["file"]))
        return message

    def _account_error(self, asked: _Asked) -> list[Row]:
        title, _ = ERRORS[130429]
        error = {
            "code": 130429,
            "title": title,
            "message": title,
            "error_data": {"details": "Cloud API message throughput has been reached."},
        }
        self._delivery.queue("account", self._delivery.value(self._sender(asked), name=False, errors=[error]))
        return []

    def _fails(self, how: How, code: int) -> Callable[[_Asked], list[Row]]:
        def fail(asked: _Asked) -> list[Row]:  # noqa: ARG001 - an event as any
            self._book.set_faults(
                [*self._book.faults, Fault(on="send", how=how, code=code, http=ERRORS[code][1])]
            )
            return []

        return fail

    def _message(self, name: str) -> Callable[[_Asked], list[Row]]:
        def send(asked: _Asked) -> list[Row]:
            sender, fixture = self._sender(asked), MESSAGES[name]
            part = self._filled(fixture["part"], sender)
            columns = {"kind": str(part["type"]), "text": json.dumps(part, ensure_ascii=False)}
            if media := fixture.get("media"):
                file = self._book.add_file(media["name"], media["mime"], base64.b64decode(media["base64"]))
                given, kept = self._control.media(
                    file, Sent(kind=part["type"], caption=part[part["type"]].get("caption"))
                )
                part[part["type"]] = given[part["type"]] | part[part["type"]]
                columns |= kept
            return [self._control.sent(sender, Sent(), part, columns)]

        return send

    def _field(self, name: str) -> Callable[[_Asked], list[Row]]:
        def tell(asked: _Asked) -> list[Row]:
            self._delivery.queue(f"field:{name}", self._filled(FIELDS[name], self._sender(asked)), field=name)
            return []

        return tell

    def _text(self, sender: Sender, text: str) -> Row:
        return self._control.sent(
            sender, Sent(), {"type": "text", "text": {"body": text}}, {"kind": "text", "text": text}
        )

    def _kept(self, wamid: str) -> list[Row]:
        message = self._book.message(wamid)
        return [message] if message else []

    def _filled(self, value: Any, sender: Sender) -> Any:
        """Returns `value` with the names in it filled in; a key whose value the sender does not have is left
        out, as Meta does.
        """
        if isinstance(value, dict):
            filled = {key: self._filled(each, sender) for key, each in value.items()}
            return {key: each for key, each in filled.items() if each is not None}
        if isinstance(value, list):
            return [self._filled(each, sender) for each in value]
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        earlier = self._book.conversation(sender.id)
        now = int(time.time())
        known = {
            "$phone": sender.phone,
            "$bsuid": sender.bsuid,
            "$name": sender.name or ".",
            "$wamid": earlier[-1]["wamid"] if earlier else "wamid.none",
            "$number": self._business.display_phone_number,
            "$number_id": self._business.phone_number_id,
            "$now": now,
            "$now_text": str(now),
        }
        return known[value]
