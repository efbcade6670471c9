"""Serves the Graph endpoints that the functions call, with Meta's answers and Meta's errors (Cloud API,
messages, media, error codes).
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import random
import secrets
import time
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from infra.local.whatsapp.book import MEDIA_LIFE_S, UPLOAD_LIFE_S, Book, File, Sender
from infra.local.whatsapp.delivery import BusinessNumber, Delivery
from infra.local.whatsapp.errors import ERRORS, UNKNOWN
from infra.local.whatsapp.switches import On

TEXT_LIMIT, CAPTION_LIMIT, BUTTONS_TEXT_LIMIT = 4096, 1024, 1024
_OFFICE = "application/vnd.openxmlformats-officedocument."
UPLOADED = frozenset(
    {
        *(f"audio/{kind}" for kind in ("aac", "amr", "mpeg", "mp4", "ogg")),
        *(
            "image/jpeg",
            "image/png",
            "image/webp",
            "video/mp4",
            "video/3gpp",
            "text/plain",
            "application/pdf",
            "application/msword",
        ),
        *(
            f"{_OFFICE}{kind}"
            for kind in ("spreadsheetml.sheet", "wordprocessingml.document", "presentationml.presentation")
        ),
        *("application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
    }
)
"""The types that Meta takes; no zip and no csv is among them."""
_MEDIA = frozenset({"image", "video", "audio", "sticker", "document"})
_SENT = _MEDIA | {"text", "interactive", "location", "reaction", "template"}
_ASKING = frozenset(
    {
        "cta_url",
        "flow",
        "location_request_message",
        "request_contact_info",
        "product",
        "product_list",
        "catalog_message",
        "address_message",
    }
)
"""Interactive messages in which nothing can be tapped here; their text is shown."""
WINDOW_S = 24 * 3600
PAIR_SPAN_S, PAIR_BURST = 6.0, 45


class MetaError(Exception):
    """An answer in Meta's error shape."""

    def __init__(self, code: int, http: int, detail: str, *, subcode: int | None = None) -> None:
        super().__init__(detail)
        self.code, self.http, self.subcode = code, http, subcode


class Cut(Exception):
    """The connection ends without an answer."""


def title(code: int) -> str:
    """Returns Meta's title of a code."""
    return ERRORS.get(code, UNKNOWN)[0]


def error_response(_: Request, error: Exception) -> Response:
    """Returns Meta's JSON for a MetaError."""
    assert isinstance(error, MetaError)
    body: dict[str, Any] = {
        "message": f"(#{error.code}) {ERRORS[error.code][0] if error.code in ERRORS else error}",
        "type": "OAuthException",
        "code": error.code,
        "error_data": {"messaging_product": "whatsapp", "details": str(error)},
        "fbtrace_id": "A" + secrets.token_hex(8),
    }
    return JSONResponse(
        {"error": body | ({"error_subcode": error.subcode} if error.subcode else {})}, error.http
    )


def new_wamid(address: str) -> str:
    """Returns an id in WhatsApp's shape: base64 that needs "=" and is no legal task id."""
    return (
        "wamid."
        + base64.b64encode(
            b"\x1d\x18" + address.encode()[:15] + b"\x15\x02\x00\x12\x18\x14" + secrets.token_bytes(11)
        ).decode()
    )


class GraphEndpoints:
    """The endpoints over one book."""

    def __init__(self, book: Book, business: BusinessNumber, delivery: Delivery, base_url: str) -> None:
        self._book, self._business, self._delivery, self._base_url = book, business, delivery, base_url
        self._pairs: dict[str, tuple[float, int]] = {}
        self._jobs: set[asyncio.Task[None]] = set()

    def routes(self) -> list[Route]:
        """Returns the routes, which are to be mounted last: `/{version}/{id}` takes anything."""
        return [
            Route("/_media/{token}", self.download),
            Route("/{version}/{number}/messages", self.messages, methods=["POST"]),
            Route("/{version}/{number}/media", self.upload, methods=["POST"]),
            Route("/{version}/{media}", self.lookup),
        ]

    def media_url(self, file: File) -> str:
        """Returns a new address of the file, for five minutes."""
        return f"{self._base_url}/_media/{self._book.url_token(file)}"

    # endpoints

    async def messages(self, request: Request) -> Response:
        """Takes a message to a user, or the mark of read (and typing) for one of the user's."""
        body = await _object(request)
        await self._enter(request, self._book.switches.graph_ms)
        self._own_number(request)
        if body.get("messaging_product") != "whatsapp":
            raise MetaError(100, 400, "The parameter messaging_product is required.")
        if body.get("status") == "read":
            return await self._read(body)
        return await self._send(body)

    async def upload(self, request: Request) -> Response:
        """Takes a file for later messages: multipart with messaging_product, type and file."""
        body = await request.body()
        await self._enter(request, self._book.switches.media_ms)
        self._own_number(request)
        await self._fault("upload")
        file, kind = await run_in_threadpool(_form_file, request.headers.get("content-type", ""), body)
        if file is None:
            raise MetaError(100, 400, "The parameter file is required.")
        if kind not in UPLOADED:
            raise MetaError(
                100, 400, f"Param file must be a file with one of the types that are supported, not {kind!r}."
            )
        return JSONResponse({"id": self._book.add_file(file[0], kind, file[1]).id})

    async def lookup(self, request: Request) -> Response:
        """Tells what a media id is and where its bytes are for the next five minutes."""
        await self._enter(request, self._book.switches.media_ms)
        if request.path_params["media"] == self._business.phone_number_id:
            return JSONResponse(
                {
                    "id": self._business.phone_number_id,
                    "display_phone_number": self._business.display_phone_number,
                }
            )
        await self._fault("lookup")
        file = self._book.file(request.path_params["media"])
        if file is None or self._book.switches.expire_media or time.time() - file.created > MEDIA_LIFE_S:
            detail = (
                f"Unsupported get request. Object with ID '{request.path_params['media']}' does not exist, "
                "cannot be loaded due to missing permissions"
            )
            raise MetaError(100, 400, detail, subcode=33)
        about = {"mime_type": file.mime, "sha256": file.sha256, "file_size": file.size, "id": file.id}
        return JSONResponse({"messaging_product": "whatsapp", "url": self.media_url(file)} | about)

    async def download(self, request: Request) -> Response:
        """Gives the bytes to a caller who has the token, while the address lives."""
        await self._enter(request, self._book.switches.media_ms)
        corrupt = await self._fault("download") == "corrupt"
        file = self._book.file_at(request.path_params["token"])
        if file is None:
            return Response("Not found", 404)
        data = self._book.path(file).read_bytes()
        speed = self._book.switches.media_bytes_per_s
        if not corrupt and not speed:
            return Response(data, media_type=file.mime)
        body = _drip(data[: len(data) // 2] if corrupt else data, speed)
        return StreamingResponse(
            body, media_type=file.mime, headers={} if corrupt else {"Content-Length": str(len(data))}
        )

    # sends

    async def _send(self, body: dict[str, Any]) -> Response:
        sender, given = self._addressed(body)
        kind, content = self._content(body)
        fault = self._book.take_fault("send")
        if fault and fault.how == "hang":
            await asyncio.sleep(fault.seconds)
        if fault and fault.how in {"error", "reset"} and not fault.sent:
            self._refused(sender, fault.code)
            if fault.how == "reset":
                raise Cut
            raise MetaError(fault.code, fault.http, title(fault.code))
        self._pair_limit(sender, given)
        wamid = new_wamid(given)
        # Meta accepts a user id in `to`, but delivers nothing.
        to_nobody = sender is None or ("to" in body and "." in given)
        failed = (
            131026
            if to_nobody
            else fault.code
            if fault and fault.how == "failed"
            else self._outside_window(sender)
        )
        quoted = body.get("context", {}).get("message_id")
        columns = content | {
            "quoted": quoted,
            "opaque": body.get("biz_opaque_callback_data"),
            "failed": failed,
        }
        self._book.add_message(wamid, sender.id if sender else "", "out", kind, **columns)
        job = asyncio.create_task(
            self._statuses(wamid, sender, given, body.get("biz_opaque_callback_data"), failed)
        )
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        if fault and fault.how == "reset":
            raise Cut
        if fault and fault.how == "error":
            raise MetaError(fault.code, fault.http, title(fault.code))
        contact = {"input": given} | (
            {"wa_id": given.lstrip("+")} if "." not in given else {"user_id": given}
        )
        return JSONResponse(
            {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]}
        )

    def _addressed(self, body: dict[str, Any]) -> tuple[Sender | None, str]:
        """Returns (sender, address as given) of a payload that Meta would take."""
        given = str(body.get("to") or body.get("recipient") or "")
        if not given:
            raise MetaError(100, 400, "The parameter to is required.")
        if body.get("recipient_type", "individual") != "individual":
            raise MetaError(100, 400, "Param recipient_type must be one of {INDIVIDUAL, GROUP}.")
        if "." in given and "to" not in body and given.count(".") != 1:
            raise MetaError(100, 400, "Param recipient is not a valid business-scoped user id.")
        sort = body.get("type", "text")
        if sort not in _SENT | {"contacts"} or not isinstance(
            body.get(sort), list if sort == "contacts" else dict
        ):
            raise MetaError(
                131009,
                400,
                f"Parameter value is not valid: type {sort!r}, or there is no object of that name.",
            )
        if len(str(body.get("biz_opaque_callback_data", ""))) > 512:
            raise MetaError(100, 400, "Param biz_opaque_callback_data must be at most 512 characters long.")
        return self._book.sender(given.lstrip("+")), given

    def _content(self, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Returns the message's kind and its columns."""
        match body.get("type", "text"):
            case str(sort) if sort in _MEDIA:
                return self._file(sort, body[sort])
            case "interactive":
                return _interactive(body["interactive"])
            case "text":
                return "text", _text(body)
            case str(sort):
                return sort, {"text": json.dumps(body[sort], ensure_ascii=False)}
            case other:
                raise MetaError(131009, 400, f"Parameter value is not valid: type {other!r}.")

    def _file(self, sort: str, part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Returns the kind and columns of a file that was uploaded in the last 30 days, or of an address,
        which is not fetched.
        """
        caption = str(part.get("caption") or "")
        if len(caption) > CAPTION_LIMIT:
            raise MetaError(
                100, 400, f"Param {sort}['caption'] must be at most {CAPTION_LIMIT} characters long."
            )
        if "link" in part and "id" not in part:
            return sort, {"text": "\n".join(filter(None, [caption, str(part["link"])]))}
        file = self._book.file(str(part.get("id")))
        if file is None or self._book.switches.expire_media or time.time() - file.created > UPLOAD_LIFE_S:
            raise MetaError(131009, 400, f"Param {sort}['id'] {part.get('id')!r} is not a valid media id.")
        return sort, {
            "text": caption,
            "file": file.id,
            "filename": str(part.get("filename") or file.name),
            "mime": file.mime,
        }

    def _refused(self, sender: Sender | None, code: int) -> None:
        self._book.event("refused", sender.id if sender else None, {"code": code})

    def _pair_limit(self, sender: Sender | None, given: str) -> None:
        """Allows one message per 6 s to one user; a burst of up to 45 within 6 s is borrowed from the time
        after it.
        """
        if not self._book.switches.pair_limit:
            return
        key, now = sender.id if sender else given, time.monotonic()
        began, count = self._pairs.get(key, (0.0, 0))
        if count and now < began + PAIR_SPAN_S and count < PAIR_BURST:
            self._pairs[key] = (began, count + 1)
        elif not count or now >= began + PAIR_SPAN_S * count:
            self._pairs[key] = (now, 1)
        else:
            self._refused(sender, 131056)
            raise MetaError(
                131056,
                400,
                "Message failed to send because there were too many messages sent from this phone number to "
                "the same user.",
            )

    def _outside_window(self, sender: Sender | None) -> int | None:
        last = self._book.last_inbound(sender.id) if sender else None
        return 131047 if last is None or time.time() - last > WINDOW_S else None

    async def _statuses(
        self, wamid: str, sender: Sender | None, given: str, opaque: str | None, failed: int | None
    ) -> None:
        """Tells by webhooks what happens to an accepted message."""
        switches = self._book.switches
        for status in ["failed"] if failed else switches.statuses:
            await asyncio.sleep(switches.status_every)
            self._book.add_status(wamid, sender.id if sender else "", status, failed)
            who = (
                self._delivery.who(sender, "recipient_id", "recipient_user_id")
                if sender
                else {"recipient_id": given.lstrip("+")}
            )
            told: dict[str, Any] = {"id": wamid, "status": status, "timestamp": str(int(time.time()))} | who
            told |= {"biz_opaque_callback_data": opaque} if opaque else {}
            if failed:
                told_as = title(failed)
                href = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"
                told["errors"] = [
                    {
                        "code": failed,
                        "title": told_as,
                        "message": told_as,
                        "error_data": {"details": f"{told_as}."},
                        "href": href,
                    }
                ]
            elif status != "read":
                told["pricing"] = {
                    "billable": True,
                    "pricing_model": "PMP",
                    "type": "regular",
                    "category": "service",
                }
            phantom = sender or Sender("", given, None, None, None)
            self._delivery.queue(
                f"status:{wamid}",
                self._delivery.value(phantom, name=bool(sender) and not failed, statuses=[told]),
            )

    async def _read(self, body: dict[str, Any]) -> Response:
        await self._fault("read")
        typing = body.get("typing_indicator", {}).get("type") == "text"
        if not self._book.mark_read(str(body.get("message_id")), typing=typing):
            raise MetaError(131009, 400, "Message id does not exist.")
        return JSONResponse({"success": True})

    # what every call goes through

    async def _enter(self, request: Request, latency_ms: float) -> None:
        switches = self._book.switches
        if latency_ms:
            await asyncio.sleep(latency_ms / 1000 * random.uniform(0.8, 1.2))
        if switches.down:
            raise MetaError(2, 503, "Service temporarily unavailable.")
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if switches.token_expired or not hmac.compare_digest(
            token.encode(), self._business.access_token.encode()
        ):
            raise MetaError(190, 401, "Error validating access token: the session has expired or is invalid.")

    def _own_number(self, request: Request) -> None:
        number = request.path_params["number"]
        if number != self._business.phone_number_id:
            raise MetaError(
                100, 400, f"Unsupported post request. Object with ID '{number}' does not exist.", subcode=33
            )

    async def _fault(self, on: On) -> str | None:
        fault = self._book.take_fault(on)
        if fault is None:
            return None
        if fault.how == "hang":
            await asyncio.sleep(fault.seconds)
        elif fault.how == "reset":
            raise Cut
        elif fault.how == "error":
            raise MetaError(fault.code, fault.http, title(fault.code))
        return fault.how


def _text(body: dict[str, Any]) -> dict[str, Any]:
    said = body["text"].get("body")
    if not isinstance(said, str) or not said.strip():
        raise MetaError(100, 400, "The parameter text['body'] is required.")
    if len(said) > TEXT_LIMIT:
        raise MetaError(100, 400, f"Param text['body'] must be at most {TEXT_LIMIT} characters long.")
    return {"text": said}


class _Button(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=256)
    title: str = Field(min_length=1, max_length=20)


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    title: str = Field(min_length=1, max_length=24)
    description: str = Field(default="", max_length=72)


def _interactive(part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Returns the kind and columns of an interactive message, as Meta would take it: three buttons of
    different titles, or a list of ten rows.
    """
    text, action = str(part.get("body", {}).get("text") or ""), part.get("action", {})
    try:
        match part.get("type"):
            case "button":
                label, most, limit = "", 3, BUTTONS_TEXT_LIMIT
                options = [_Button.model_validate(each["reply"]).model_dump() for each in action["buttons"]]
            case "list":
                label, most, limit = str(action["button"]), 10, TEXT_LIMIT
                options = [
                    _Row.model_validate(row).model_dump()
                    for section in action["sections"]
                    for row in section["rows"]
                ]
            case str(sort) if sort in _ASKING:
                return "interactive", {"text": text or sort}
            case other:
                raise MetaError(131009, 400, f"Parameter value is not valid: interactive['type'] {other!r}.")
    except (ValidationError, KeyError, TypeError) as error:
        raise MetaError(131009, 400, f"Parameter value is not valid: {str(error)[:200]}") from error
    if (
        not 0 < len(options) <= most
        or len({each["id"] for each in options}) < len(options)
        or len(label) > 20
    ):
        raise MetaError(
            131009,
            400,
            "Parameter value is not valid: the number of choices, an id that comes twice, or the label.",
        )
    if not label and len({each["title"] for each in options}) < len(options):
        raise MetaError(131009, 400, "Duplicate button title.")
    if not text.strip() or len(text) > limit:
        raise MetaError(131009, 400, f"Param interactive['body']['text'] must have 1 to {limit} characters.")
    return "interactive", {"text": text, "offered": json.dumps({"label": label, "options": options})}


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise MetaError(100, 400, "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise MetaError(100, 400, "The body is not a JSON object.")
    return body


async def _drip(data: bytes, speed: float) -> AsyncIterator[bytes]:
    step = max(1, int(speed / 10)) if speed else 1 << 16
    for start in range(0, len(data), step):
        yield data[start : start + step]
        if speed:
            await asyncio.sleep(0.1)


def _form_file(content_type: str, body: bytes) -> tuple[tuple[str, bytes] | None, str | None]:
    """Returns ((name, bytes) or None, type) of a multipart upload."""
    mimetype, options = parse_options_header(content_type)
    _, form, files = FormDataParser().parse(BytesIO(body), mimetype, len(body), options)
    uploaded = files.get("file")
    return ((uploaded.filename or "file", uploaded.read()) if uploaded else None), form.get("type")
