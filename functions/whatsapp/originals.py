"""Links that open originals for a while: we sign them and the webhook opens them, so that nobody needs a
login and nothing needs to be stored.

A link says which object and until when, under a signature that only the holder of the app's secret can make.
Whoever has it may open that one file until then. It stands only in what its owner asked for: a workbook, or
the answer to `originales`, where it lives a day. A link to a file that was erased opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

PATH = "/original/"
"""The path after the webhook's own; the token comes behind it."""
_PURPOSE = b"cuadra: an original until\0"
"""The beginning of what is signed, so that a signature made for anything else is not valid for a link."""
_BODY = struct.Struct(">16s32sI")
"""The business's id, the hash that is the file's name in its folder, the end in seconds since 1970."""
_SIGNATURE = 16
_KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_OTHER = "application/octet-stream"


def link(root: str, secret: str, uri: str | None, until: datetime) -> str | None:
    """Return the address of the original at `uri` (`gs://bucket/tenant/hash`) below `root`, the webhook's
    address; None where `uri` is no original.
    """
    tenant, _, name = (uri or "").removeprefix("gs://").partition("/")[2].partition("/")
    try:
        body = _BODY.pack(UUID(tenant).bytes, bytes.fromhex(name), int(until.timestamp()))
    except (ValueError, struct.error):
        return None
    return f"{root}{PATH}{base64.urlsafe_b64encode(body + _signed(secret, body)).decode()}"


def named(token: str, secrets: Sequence[str], now: datetime) -> str | None:
    """Return the name in the store of what a link's token opens now; None where the token is not ours or has
    ended.
    """
    try:
        raw = base64.b64decode(token, b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    body, signature = raw[: _BODY.size], raw[_BODY.size :]
    if len(raw) != _BODY.size + _SIGNATURE or not any(
        hmac.compare_digest(_signed(secret, body), signature) for secret in secrets
    ):
        return None
    tenant, name, until = _BODY.unpack(body)
    return f"{UUID(bytes=tenant)}/{name.hex()}" if now.timestamp() < until else None


def kind(data: bytes) -> str:
    """Return the type as which a browser may show a stranger's bytes, a PDF or a picture by their beginning;
    all else may only be saved.
    """
    return next((mime for start, mime in _KINDS if data.startswith(start)), _OTHER)


def headers(mime: str) -> dict[str, str]:
    """Return the headers that keep a stranger's file from being more than a file in the browser, and its link
    from being passed on.
    """
    place = "attachment" if mime == _OTHER else "inline"
    return {
        "Content-Type": mime, "Content-Disposition": place, "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip


def _signed(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), _PURPOSE + body, hashlib.sha256).digest()[:_SIGNATURE]
