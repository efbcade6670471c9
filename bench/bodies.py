"""Webhook bodies as Meta posts them, signed, ready to be written to a socket."""

from __future__ import annotations

import time
from typing import Any

from infra.local.whatsapp.delivery import encode, sign

NUMBER_ID = "106540352242922"
SECRET = "0123456789abcdef0123456789abcdef"
PATH = "/webhook/whatsapp"


def who(index: int) -> tuple[str, str]:
    """(phone, business-scoped user id) of the sender of a number."""
    return f"519{index % 10**8:08}", f"PE.{10**15 + index}"


def message(index: int, part: dict[str, Any], wamid: str, *, number_id: str = NUMBER_ID) -> bytes:
    """The body of one message of sender `index`; `part` is {"type": …, …}."""
    phone, bsuid = who(index)
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "51900000000", "phone_number_id": number_id},
        "contacts": [{"profile": {"name": "Ana Torres"}, "wa_id": phone, "user_id": bsuid}],
        "messages": [
            {"from": phone, "from_user_id": bsuid, "id": wamid, "timestamp": str(int(time.time())), **part}
        ],
    }
    return encode([value])


def text(body: str = "Hola, ¿cómo te mando una factura?") -> dict[str, Any]:
    """A text's part."""
    return {"type": "text", "text": {"body": body}}


def post(
    body: bytes,
    *,
    secret: str = SECRET,
    host: str = "127.0.0.1",
    path: str = PATH,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A whole HTTP request, kept alive."""
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: facebookexternalua\r\nAccept: "
        "*/*\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: {sign(body, secret)}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def signed_texts(count: int, run: str, senders: int = 500) -> list[bytes]:
    """`count` different requests, since a repeated one is a redelivery and takes a shorter way."""
    return [post(message(index % senders, text(), f"wamid.{run}{index:08}=")) for index in range(count)]
