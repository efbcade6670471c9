"""Links to originals for a while: signed by us, opened by the webhook, so that nobody needs a login and
nothing needs to be stored.

A link says which object and until when, under a signature that only the holder of the app's secret can make.
Whoever has it may open that one file until then. It stands only in what its owner asked for: a workbook, or
the answer to `originales`, where it lives a day. A file that was erased opens no more.
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
"""What follows the webhook's own path; the token comes behind it."""
_PURPOSE = b"cuadra: an original until\0"
"""Before what is signed, so that no signature of anything else is one of a link."""
_BODY = struct.Struct(">16s32sI")
"""The business's id, the hash that is the file's name in its folder, the end in seconds since 1970."""
_SIGNATURE = 16
_KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_OTHER = "application/octet-stream"


def link(root: str, secret: str, uri: str | None, until: datetime) -> str | None:
    """The address of the original at `uri` (`gs://bucket/tenant/hash`) below `root`, the webhook's; None for
    what is no original.
    """
    tenant, _, name = (uri or "").removeprefix("gs://").partition("/")[2].partition("/")
    try:
        body = _BODY.pack(UUID(tenant).bytes, bytes.fromhex(name), int(until.timestamp()))
    except (ValueError, struct.error):
        return None
    return f"{root}{PATH}{base64.urlsafe_b64encode(body + _signed(secret, body)).decode()}"


def named(token: str, secrets: Sequence[str], now: datetime) -> str | None:
    """The name in the store of what a link's token opens now; None for one that is not ours, or is past."""
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
    """What a browser may show of a stranger's bytes: a PDF or a picture, as they begin; all else is for
    saving.
    """
    return next((mime for start, mime in _KINDS if data.startswith(start)), _OTHER)


def headers(mime: str) -> dict[str, str]:
    """What keeps a stranger's file from being more than a file in the browser, and a link from travelling
    on.
    """
    place = "attachment" if mime == _OTHER else "inline"
    return {
        "Content-Type": mime, "Content-Disposition": place, "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip


def _signed(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), _PURPOSE + body, hashlib.sha256).digest()[:_SIGNATURE]
