"""The Graph API: texts, documents, read and typing, media; every error typed by its code.

A call that fails raises GraphError, whose `action` says what follows. A call for a file may also raise
MediaGone, MediaTooLarge, or Unwell where the file cannot be had now (functions/errors.py draws them all).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from enum import Enum, auto
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar, get_args
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from functions.errors import CuadraError, Gone, Unwell
from functions.whatsapp.download import Downloads, MediaTooLarge, NotDownloaded, left
from functions.whatsapp.model import Address, Enclosed, Media, Mime, Offer

T = TypeVar("T")

_USER_AGENT = "Cuadra/1.0"
"""Meta's media hosts fail some clients that send no user agent, or a library's default one."""
_MOST_BUTTONS, _BUTTONS_TEXT, _BUTTON = 3, 1024, 20
"""The most buttons of a message, characters of the text of a message that has buttons, and characters of a
button's title. A list takes ten rows, with titles of 24, under as much text as any message.
"""


class Action(Enum):
    """The action that follows from an error.

    THROTTLE: our number is too fast; wait. PAIR_LIMIT: this recipient is written to too often; wait. RETRY:
    not sent, try again. UNCERTAIN: it may have been sent; look for a receipt first. HOLD: our account or
    token; keep everything and alert. UNDELIVERABLE: this recipient will never get it. PAYLOAD: something in
    the message will never work. WINDOW: over 24 hours since the user wrote. UNKNOWN: refused for a reason
    that Meta has not told of yet; try again, but not for ever.
    """

    THROTTLE = auto()
    PAIR_LIMIT = auto()
    RETRY = auto()
    UNCERTAIN = auto()
    HOLD = auto()
    UNDELIVERABLE = auto()
    PAYLOAD = auto()
    WINDOW = auto()
    UNKNOWN = auto()


NOBODY_THERE = 131026
"""Meta's code for an address that nobody has on WhatsApp, or nobody any more."""
BAD_FILE = 131053
"""Meta's code for a file that it does not take."""
_TABLE: tuple[tuple[Action, tuple[int | range, ...]], ...] = (
    (Action.THROTTLE, (4, 80007, 130429, 133016, 131064, 131048)),
    (Action.PAIR_LIMIT, (131056,)),
    (Action.RETRY, (1, 2, 131016, 131057, 133004, 135000)),
    (Action.UNCERTAIN, (131000,)),
    (Action.HOLD, (0, 3, 10, 190, range(200, 300), 368, 130497, 131005, 131031, 131042, 131045)),
    (Action.HOLD, (133000, 133005, 133006, 133008, 133009, 133010, 133015)),
    (Action.UNDELIVERABLE, (130403, 130472, 131021, NOBODY_THERE, 131030, 131049, 131050, 131062, 137000)),
    (Action.PAYLOAD, (33, 100, 131008, 131009, 131051, 131052, 131053, range(132000, 133000))),
    (Action.WINDOW, (131047,)),
)
"""Meta, support/error-codes. 131048 is the spam limit: waiting is all that helps, as for the throttles."""

_CODES = {
    code: action
    for action, codes in _TABLE
    for entry in codes
    for code in (entry if isinstance(entry, range) else (entry,))
}


def action_of(code: int | None, http: int | None = None) -> Action:
    """Return what follows from Meta's `code`, or from the HTTP status alone when there is none.

    No code and no clear refusal (a 5xx, a timeout, a reset) is uncertain: a retry at once could send twice.
    """
    if code is not None and code in _CODES:
        return _CODES[code]
    if http == 429:
        return Action.THROTTLE
    if code is None and http in {401, 403}:
        return Action.HOLD
    if code is None and (http is None or http >= 500 or http < 400):
        return Action.UNCERTAIN
    return Action.UNKNOWN


class GraphError(CuadraError):
    """Graph's answer was an error, or there was none: `code` and `http` are None where they were not told.

    `unsent` means that the call surely did not reach Graph.
    """

    def __init__(self, code: int | None, http: int | None, detail: str, *, unsent: bool = False) -> None:
        super().__init__(f"Graph error {code} (HTTP {http})")
        self.code = code
        self.http = http
        self.detail = detail[:300]
        self.action = Action.RETRY if unsent else action_of(code, http)


class MediaGone(Gone):
    """The look-up says that the file does not exist any more."""


class Graph:
    """One business number on the Graph API. Safe to share between threads.

    `media_hosts` are hosts that get the token besides Meta's own and the base URL's: those of a stand-in.
    `pool` is how many connections are kept.
    """

    def __init__(
        self,
        token: str,
        phone_number_id: str,
        *,
        base_url: str = "https://graph.facebook.com",
        version: str = "v26.0",
        timeout_s: float = 10.0,
        media_hosts: tuple[str, ...] = (),
        pool: int = 32,
    ) -> None:
        self._root = f"{base_url.rstrip('/')}/{version}"
        self._messages = f"{self._root}/{phone_number_id}/messages"
        self._uploads = f"{self._root}/{phone_number_id}/media"
        self._number = f"{self._root}/{phone_number_id}"
        self._token = token
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False  # a .netrc would replace our Authorization
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_connections=8, pool_maxsize=pool)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.headers.update({"User-Agent": _USER_AGENT})
        hosts = frozenset(host.lower() for host in media_hosts)
        self._downloads = Downloads(self._session, token, urlsplit(base_url), hosts)

    def close(self) -> None:
        """Let the connections go."""
        self._session.close()

    def send_text(
        self,
        address: Address,
        text: str,
        *,
        quote: str | None = None,
        opaque: str | None = None,
        offer: Offer | None = None,
    ) -> str:
        """Send `text` (at most 4096 characters) and return its wamid. `quote` is the wamid it answers;
        `opaque` comes back in the statuses.

        An offer goes out as buttons, or as a list where buttons have no room. Where the address has a BSUID,
        the message goes to it, in `recipient`: in `to` a BSUID is accepted and never delivered. Raises
        GraphError.
        """
        content = (
            _interactive(text, offer)
            if offer
            else {"type": "text", "text": {"preview_url": False, "body": text}}
        )
        return self._send(address, content, quote, opaque)

    def send_document(
        self,
        address: Address,
        file: Enclosed,
        *,
        caption: str,
        quote: str | None = None,
        opaque: str | None = None,
    ) -> str:
        """Send an uploaded `file` with its `caption` (at most 1024 characters) and return the wamid. All else
        is as in `send_text`.
        """
        document = {"id": file.media, "filename": file.name, "caption": caption}
        return self._send(address, {"type": "document", "document": document}, quote, opaque)

    def upload(self, data: bytes, name: str, mime: Mime) -> str:
        """Give Meta a file for later sends and return its media id, which lives 30 days.

        Raises GraphError. Its action is RETRY where nobody knows whether the file arrived: no user sees an
        upload, so that a second one does no harm.
        """
        if mime not in get_args(Mime):
            raise GraphError(BAD_FILE, None, f"{mime} is no type that we send")
        form = {"messaging_product": "whatsapp", "type": mime}
        try:
            answer = self._post(self._uploads, data=form, files={"file": (name, data, mime)})
        except GraphError as error:
            raise GraphError(
                error.code, error.http, error.detail, unsent=error.action is Action.UNCERTAIN
            ) from error
        try:
            return str(answer["id"])
        except (KeyError, TypeError) as error:
            raise GraphError(None, 200, "no media id in the answer", unsent=True) from error

    def number(self) -> str:
        """Return our own number, digits without "+" (Meta, business-phone-numbers: `display_phone_number`).
        Raises GraphError.
        """
        try:
            response = self._session.get(
                self._number,
                params={"fields": "display_phone_number"},
                headers=self._auth(),
                timeout=self._timeout_s,
                allow_redirects=False,
            )
        except requests.exceptions.RequestException as error:
            raise GraphError(None, None, type(error).__name__, unsent=True) from error
        found = "".join(filter(str.isdigit, str(_answer(response).get("display_phone_number") or "")))
        if not found:
            raise GraphError(None, response.status_code, "no number")
        return found

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Show two blue ticks, and "typing…" for up to 25 s. Raises GraphError."""
        body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
        if typing:
            body["typing_indicator"] = {"type": "text"}
        self._post(self._messages, json=body)

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        """Return the file's bytes, within `budget_s` of wall-clock time for everything and `limit_bytes`.

        The file comes from the webhook's own URL; without one, or when that fails, the id is looked up.

        Raises:
            MediaGone: the look-up does not know the file (HTTP 400 or 404, by no code that passes): it never
            will again. MediaTooLarge: it has more than `limit_bytes`. GraphError: the look-up was refused for
            another reason (the token, a limit). Unwell: no time left, a connection failed, a host that must
            not see the token, bytes that are not the file's.
        """
        deadline = time.monotonic() + budget_s
        return _bounded(
            lambda: self._fetch(media, deadline, limit_bytes), budget_s, Unwell("Graph media: out of time")
        )

    def _send(self, address: Address, part: Mapping[str, Any], quote: str | None, opaque: str | None) -> str:
        """Send one message, `part` being what its type says, and return its wamid."""
        body: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **_recipient(address),
            **part,
        }
        if quote:
            body["context"] = {"message_id": quote}
        if opaque:
            body["biz_opaque_callback_data"] = opaque
        answer = self._post(self._messages, json=body)
        try:
            return str(answer["messages"][0]["id"])
        except (KeyError, IndexError, TypeError) as error:  # accepted, yet without its id
            raise GraphError(None, 200, "no message id in the answer") from error

    def _post(self, url: str, **body: Any) -> Any:
        def call() -> Any:
            try:
                response = self._session.post(
                    url, headers=self._auth(), timeout=self._timeout_s, allow_redirects=False, **body
                )
            except requests.exceptions.ConnectTimeout as error:
                raise GraphError(None, None, "connect timeout", unsent=True) from error
            except requests.exceptions.RequestException as error:
                raise GraphError(None, None, type(error).__name__, unsent=_never_connected(error)) from error
            return _answer(response)

        return _bounded(call, self._timeout_s, GraphError(None, None, "timeout"))

    def _fetch(self, media: Media, deadline: float, limit: int) -> bytes:
        if media.url:
            try:
                return self._downloads.fetch(media.url, [media.sha256], deadline, limit)
            except NotDownloaded:
                pass  # it lived five minutes; a look-up gives another
        try:
            response = self._session.get(
                f"{self._root}/{media.id}",
                headers=self._auth(),
                timeout=left(deadline),
                allow_redirects=False,
            )
        except requests.exceptions.RequestException as error:
            raise Unwell(f"Graph media: {type(error).__name__}") from error
        try:
            found = _answer(response)
        except GraphError as error:
            if error.http in {400, 404} and error.action in {
                Action.UNDELIVERABLE,
                Action.PAYLOAD,
                Action.UNKNOWN,
            }:
                raise MediaGone("Graph media: gone") from error
            raise
        if not isinstance(found, dict) or not isinstance(found.get("url"), str):
            raise Unwell("Graph media: no URL in the look-up")
        if isinstance(found.get("file_size"), int) and found["file_size"] > limit:
            raise MediaTooLarge
        try:
            return self._downloads.fetch(found["url"], [media.sha256, found.get("sha256")], deadline, limit)
        except NotDownloaded as error:
            raise Unwell(f"Graph media: {error}") from error

    def _auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


def _bounded(work: Callable[[], T], seconds: float, late: Exception) -> T:
    """Return or raise what `work` does, or raise `late` when it takes longer than `seconds` of wall-clock
    time.

    A library's timeout starts again with each byte; this one does not. The thread left behind ends by its own
    deadline.
    """
    done: list[tuple[T | None, BaseException | None]] = []

    def run() -> None:
        try:
            done.append((work(), None))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            done.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not done:
        raise late
    value, error = done[0]
    if error is not None:
        raise error
    return value  # type: ignore[return-value] # without an error it is work's T


def _recipient(address: Address) -> dict[str, str]:
    if address.bsuid:
        return {"recipient": address.bsuid}
    if address.phone:
        return {"to": f"+{address.phone.lstrip('+')}"}
    raise GraphError(NOBODY_THERE, None, "no address")


def _interactive(text: str, offer: Offer) -> dict[str, Any]:
    """Return an interactive message (Meta, messages/interactive-reply-buttons-messages and
    interactive-list-messages).
    """
    short = all(len(one.title) <= _BUTTON for one in offer.choices)
    if short and len(offer.choices) <= _MOST_BUTTONS and len(text.encode("utf-16-le")) // 2 <= _BUTTONS_TEXT:
        buttons = [{"type": "reply", "reply": {"id": one.id, "title": one.title}} for one in offer.choices]
        return {
            "type": "interactive",
            "interactive": {"type": "button", "body": {"text": text}, "action": {"buttons": buttons}},
        }
    rows = [
        {"id": one.id, "title": one.title} | ({"description": one.detail} if one.detail else {})
        for one in offer.choices
    ]
    action = {"button": offer.label, "sections": [{"rows": rows}]}
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": text}, "action": action}}


def _answer(response: requests.Response) -> Any:
    """Return the JSON of a success, else raise GraphError."""
    try:
        body = response.json()
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    if response.status_code == 200 and body is not None and not error:
        return body
    error = error if isinstance(error, dict) else {}
    data = error.get("error_data")
    detail = (
        (data.get("details") if isinstance(data, dict) else None)
        or error.get("message")
        or f"HTTP {response.status_code}"
    )
    code = error.get("code")
    raise GraphError(code if isinstance(code, int) else None, response.status_code, str(detail))


def _never_connected(error: requests.exceptions.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"}


_bound: Graph | None = None


def bind(graph: Graph) -> None:
    """Set the client of `send_whatsapp_message`; once, at composition."""
    global _bound  # noqa: PLW0603 - the function's two arguments are given, so its client is the module's
    _bound = graph


def send_whatsapp_message(to: str, text: str) -> str:
    """Send `text`, at most 4096 characters, to a phone number (any writing) or a BSUID and return the wamid.
    Raises GraphError.
    """
    if _bound is None:
        raise RuntimeError("client.bind was not called")
    digits = "".join(filter(str.isdigit, to))
    return _bound.send_text(Address(bsuid=to) if to[:2].isalpha() else Address(phone=digits), text)
