"""The synthetic sender, which is no person: every ten minutes it sends a document through the signed webhook,
and its answer must be released.

Its messages go the way of everybody's: signature, admission, bucket, queue, reading, rows, lane. Only where
WhatsApp itself would be called, a stub answers (`Spared`): Meta has no file of this sender, and there is no
phone to send to. It has a tenant of its own, its log lines carry `synthetic`, and no metric counts them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from functions.errors import Unwell
from functions.extractor import specimens
from functions.whatsapp.model import Address, Enclosed, Media, Mime, Offer

ADDRESS = Address(None, "ZZ.synthetic")
"""ZZ is no country (ISO 3166, user-assigned), so that Meta gives nobody this id."""
USER_AGENT = "cuadra-synthetic"
"""The user agent by which the platform's own log line of such a request is told from those of Meta's."""
_MARK = "wamid.synthetic."
_MEDIA = "synthetic."
_CALL_S = 30.0


class GraphClient(Protocol):
    """The part of the Graph client that both functions need."""

    def send_text(
        self,
        address: Address,
        text: str,
        *,
        quote: str | None = None,
        opaque: str | None = None,
        offer: Offer | None = None,
    ) -> str:
        """See `client.Graph`."""

    def send_document(
        self,
        address: Address,
        file: Enclosed,
        *,
        caption: str,
        quote: str | None = None,
        opaque: str | None = None,
    ) -> str:
        """See `client.Graph`."""

    def upload(self, data: bytes, name: str, mime: Mime) -> str:
        """See `client.Graph`."""

    def number(self) -> str:
        """See `client.Graph`."""

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        """See `client.Graph`."""

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        """See `client.Graph`."""


@dataclass(frozen=True, slots=True)
class Spared:
    """Passes calls on to `graph`, except those about the synthetic sender, which are answered here."""

    graph: GraphClient

    def send_text(
        self,
        address: Address,
        text: str,
        *,
        quote: str | None = None,
        opaque: str | None = None,
        offer: Offer | None = None,
    ) -> str:
        """Send as the client does; for the synthetic sender return a wamid and send nothing."""
        if address == ADDRESS:
            return f"{_MARK}{hashlib.sha256((opaque or text).encode()).hexdigest()}"
        return self.graph.send_text(address, text, quote=quote, opaque=opaque, offer=offer)

    def send_document(
        self,
        address: Address,
        file: Enclosed,
        *,
        caption: str,
        quote: str | None = None,
        opaque: str | None = None,
    ) -> str:
        """Send as the client does: the synthetic sender asks for no file."""
        return self.graph.send_document(address, file, caption=caption, quote=quote, opaque=opaque)

    def upload(self, data: bytes, name: str, mime: Mime) -> str:
        """Upload as the client does."""
        return self.graph.upload(data, name, mime)

    def number(self) -> str:
        """Return our number as the client does."""
        return self.graph.number()

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Mark as the client does; for the synthetic sender do nothing, since nobody looks."""
        if not wamid.startswith(_MARK):
            self.graph.mark_read(wamid, typing)

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        """Fetch as the client does; for the synthetic sender return the paper that ships with the code. A
        comment after its end makes it a file that was not read before.
        """
        if media.id.startswith(_MEDIA):
            return specimens.data("factura.pdf") + f"\n%{media.id}\n".encode()
        return self.graph.fetch_media(media, budget_s=budget_s, limit_bytes=limit_bytes)


@dataclass(frozen=True, slots=True)
class SyntheticSender:
    """Sends to `webhook_url` what Meta would send to it, signed with the app's `secret`."""

    webhook_url: str
    secret: str = field(repr=False)
    phone_number_id: str

    def send(self, at: datetime) -> None:
        """Send one document, as sent at `at`. Raises Unwell unless it was acknowledged."""
        import requests

        body = update(self.phone_number_id, at)
        signature = "sha256=" + hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "X-Hub-Signature-256": signature,
        }
        try:
            answer = requests.post(
                self.webhook_url, data=body, headers=headers, timeout=_CALL_S, allow_redirects=False
            )
        except requests.RequestException as error:
            raise Unwell(f"webhook: {type(error).__name__}") from error
        if answer.status_code != 200:
            raise Unwell(f"webhook: HTTP {answer.status_code}")


def update(phone_number_id: str, at: datetime) -> bytes:
    """Return the webhook body of the document sent at `at`; the same moment is the same message."""
    name = hashlib.sha256(at.isoformat().encode()).hexdigest()
    user = ADDRESS.bsuid
    file = {"id": f"{_MEDIA}{name}", "mime_type": "application/pdf", "filename": "factura.pdf"}
    message = {
        "from_user_id": user,
        "id": f"{_MARK}{name}",
        "timestamp": str(int(at.timestamp())),
        "type": "document",
        "document": file,
    }
    metadata = {"display_phone_number": "0", "phone_number_id": phone_number_id}
    value = {
        "messaging_product": "whatsapp",
        "metadata": metadata,
        "contacts": [{"user_id": user}],
        "messages": [message],
    }
    change = {"field": "messages", "value": value}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [change]}]}
    ).encode()
