from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from functions.errors import Unwell
from functions.whatsapp import client
from functions.whatsapp.client import Action, Graph, GraphError, MediaGone, action_of
from functions.whatsapp.download import MediaTooLarge
from functions.whatsapp.model import TXT, XLSX, Address, Choice, Enclosed, Media, Offer

pytestmark = pytest.mark.contract

DATA = b"%PDF-1.7 factura"
HEX = hashlib.sha256(DATA).hexdigest()
B64 = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
SENT = {"messages": [{"id": "wamid.OUT"}]}


class Meta:
    """A small HTTP server: answers by path, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.seen: list[tuple[str, dict[str, str], Any]] = []
        meta = self

        class Handler(BaseHTTPRequestHandler):
            def _handle(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                is_json = body and "json" in self.headers["Content-Type"]
                meta.seen.append(
                    (self.path, dict(self.headers), json.loads(body) if is_json else body or None)
                )
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    meta.answers[self.path](self)

            do_GET = do_POST = _handle

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def says(self, path: str, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in (headers or {}).items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(raw)))
            handler.end_headers()
            handler.wfile.write(raw)

        self.answers[path] = answer

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def meta() -> Iterator[Meta]:
    server = Meta()
    yield server
    server.close()


@pytest.fixture
def graph(meta: Meta) -> Iterator[Graph]:
    made = Graph("secret", "1", base_url=meta.url, version="v26.0", timeout_s=0.5)
    yield made
    made.close()


def fetch(graph: Graph, media: Media, *, budget_s: float = 2.0, limit: int = 1000) -> bytes:
    return graph.fetch_media(media, budget_s=budget_s, limit_bytes=limit)


def test_a_text_goes_to_the_phone_with_its_plus(meta: Meta, graph: Graph) -> None:
    """A text to a phone carries the plus, the quoted message, our opaque ids, and no link preview."""
    meta.says("/v26.0/1/messages", SENT)
    assert (
        graph.send_text(Address(phone="51900000001"), "hola", quote="wamid.IN", opaque="a:b:c") == "wamid.OUT"
    )
    path, headers, body = meta.seen[0]
    assert (path, headers["Authorization"], headers["User-Agent"]) == (
        "/v26.0/1/messages",
        "Bearer secret",
        "Cuadra/1.0",
    )
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+51900000001",
        "type": "text",
        "text": {"preview_url": False, "body": "hola"},
        "context": {"message_id": "wamid.IN"},
        "biz_opaque_callback_data": "a:b:c",
    }


def test_a_bsuid_goes_in_recipient_and_first(meta: Meta, graph: Graph) -> None:
    """A BSUID is written to `recipient`, never to `to`, also when the phone is known."""
    meta.says("/v26.0/1/messages", SENT)
    graph.send_text(Address(phone="51900000001", bsuid="PE.1"), "hola")
    body = meta.seen[0][2]
    assert (body["recipient"], body["recipient_type"], "to" in body) == ("PE.1", "individual", False)


def test_the_two_argument_send(meta: Meta, graph: Graph) -> None:
    """`send_whatsapp_message(to, text)` sends through the bound client, to a phone in any writing or a
    BSUID.
    """
    meta.says("/v26.0/1/messages", SENT)
    client.bind(graph)
    assert client.send_whatsapp_message("+51 900-000-001", "hola") == "wamid.OUT"
    assert client.send_whatsapp_message("PE.1", "hola") == "wamid.OUT"
    assert [seen[2].get("to") or seen[2]["recipient"] for seen in meta.seen] == ["+51900000001", "PE.1"]


def test_our_own_number_is_digits_alone(meta: Meta, graph: Graph) -> None:
    """Meta shows it in any writing; an answer without one is an error and no invitation."""
    meta.says("/v26.0/1?fields=display_phone_number", {"display_phone_number": "+51 900-000-009"})
    assert graph.number() == "51900000009"
    meta.says("/v26.0/1?fields=display_phone_number", {"id": "1"})
    with pytest.raises(GraphError, match="Graph error None"):
        graph.number()


def test_read_and_typing_are_one_call(meta: Meta, graph: Graph) -> None:
    """Marking a message read shows typing in the same call."""
    meta.says("/v26.0/1/messages", {"success": True})
    graph.mark_read("wamid.IN")
    assert meta.seen[0][2] == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.IN",
        "typing_indicator": {"type": "text"},
    }


@pytest.mark.parametrize(
    ("code", "http", "action"),
    [
        (130429, 429, Action.THROTTLE),
        (131056, 400, Action.PAIR_LIMIT),
        (131016, 503, Action.RETRY),
        (131000, 500, Action.UNCERTAIN),
        (190, 401, Action.HOLD),
        (0, 401, Action.HOLD),
        (200, 403, Action.HOLD),
        (299, 403, Action.HOLD),
        (131026, 400, Action.UNDELIVERABLE),
        (132015, 400, Action.PAYLOAD),
        (100, 400, Action.PAYLOAD),
        (131047, 400, Action.WINDOW),
        (999999, 400, Action.UNKNOWN),
    ],
)
def test_errors_are_typed_by_their_code(
    meta: Meta, graph: Graph, code: int, http: int, action: Action
) -> None:
    """Graph's code alone decides what follows; one it has not told of yet has an action of its own."""
    meta.says(
        "/v26.0/1/messages", {"error": {"code": code, "message": "m", "error_data": {"details": "why"}}}, http
    )
    with pytest.raises(GraphError) as caught:
        graph.send_text(Address(phone="51900000001"), "hola")
    assert (caught.value.code, caught.value.http, caught.value.detail, caught.value.action) == (
        code,
        http,
        "why",
        action,
    )


@pytest.mark.parametrize(
    ("http", "action"),
    [
        (500, Action.UNCERTAIN),
        (502, Action.UNCERTAIN),
        (200, Action.UNCERTAIN),
        (429, Action.THROTTLE),
        (401, Action.HOLD),
        (413, Action.UNKNOWN),
    ],
)
def test_an_answer_without_a_code_is_judged_by_its_status(
    meta: Meta, graph: Graph, http: int, action: Action
) -> None:
    """A page of HTML or an empty success leaves only the status: what may have been sent is uncertain."""
    meta.says("/v26.0/1/messages", b"<html>", http)
    with pytest.raises(GraphError) as caught:
        graph.send_text(Address(phone="51900000001"), "hola")
    assert caught.value.action is action


def test_a_hanging_answer_is_uncertain_and_ends_in_time(meta: Meta, graph: Graph) -> None:
    """An answer that drips byte by byte ends at the timeout, not a timeout after each byte, and may have been
    sent.
    """

    def drip(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(40):
            handler.wfile.write(b"H")
            time.sleep(0.1)

    meta.answers["/v26.0/1/messages"] = drip
    started = time.monotonic()
    with pytest.raises(GraphError) as caught:
        graph.send_text(Address(phone="51900000001"), "hola")
    assert (caught.value.action, time.monotonic() - started < 1.5) == (Action.UNCERTAIN, True)


def test_no_connection_means_surely_not_sent() -> None:
    """A refused connection is retried without waiting for a receipt; a code's absence elsewhere is
    uncertain.
    """
    with pytest.raises(GraphError) as caught:
        Graph("secret", "1", base_url="http://127.0.0.1:9", timeout_s=1).send_text(
            Address(phone="51900000001"), "hola"
        )
    assert (caught.value.action, action_of(None)) == (Action.RETRY, Action.UNCERTAIN)


@pytest.mark.parametrize("digest", [HEX, B64, "not a hash", None])
def test_media_by_the_webhooks_own_url(meta: Meta, graph: Graph, digest: str | None) -> None:
    """The webhook's URL gives the file without a look-up; its hash is compared in hex and in base64."""
    meta.says("/file", DATA)
    assert fetch(graph, Media("9", url=f"{meta.url}/file", sha256=digest)) == DATA
    assert [seen[0] for seen in meta.seen] == ["/file"]


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_an_expired_url_is_looked_up_anew(meta: Meta, graph: Graph, status: int) -> None:
    """A download that fails by the webhook's URL asks the look-up for a fresh one."""
    meta.says("/old", b"", status)
    meta.says("/v26.0/9", {"url": f"{meta.url}/new", "sha256": HEX, "file_size": len(DATA)})
    meta.says("/new", DATA)
    assert fetch(graph, Media("9", url=f"{meta.url}/old", sha256=B64)) == DATA


@pytest.mark.parametrize("status", [400, 404])
def test_gone_is_told_by_the_look_up(meta: Meta, graph: Graph, status: int) -> None:
    """A look-up that answers 400 or 404 means that the file is gone for ever."""
    meta.says("/v26.0/9", {"error": {"code": 100, "message": "does not exist"}}, status)
    with pytest.raises(MediaGone):
        fetch(graph, Media("9"))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, 190), (400, 190), (403, 10), (429, 4), (500, 1), (503, 131000), (400, 2), (400, 131016),
        (400, 131057), (404, 133004),
        (400, 135000), (400, 131056), (400, 131042),
    ],
)  # fmt: skip
def test_unwell_is_not_gone(meta: Meta, graph: Graph, status: int, code: int) -> None:
    """A token, a limit, an outage or maintenance leaves the file where it is, to be asked for again, whatever
    the HTTP status.
    """
    meta.says("/v26.0/9", {"error": {"code": code, "message": "m"}}, status)
    with pytest.raises(GraphError) as caught:
        fetch(graph, Media("9"))
    assert (caught.value.code, caught.value.http) == (code, status)


def test_the_token_never_leaves_for_another_host(meta: Meta, graph: Graph) -> None:
    """Neither a hostile URL nor a redirect to one takes the token to a host that is not Meta's."""
    thief = Meta()
    try:
        thief.says("/file", DATA)
        meta.says("/hop", b"", 302, {"Location": f"{thief.url}/file"})
        meta.says("/v26.0/9", {"url": f"{thief.url}/file"})
        for url in (
            f"{thief.url}/file",
            f"{meta.url}/hop",
            f"{meta.url}@evil.example/",
            "http://lookaside.fbsbx.com/x",
            "https://evilfbsbx.com/",
        ):
            with pytest.raises(Unwell):
                fetch(graph, Media("9", url=url))
        assert thief.seen == []
    finally:
        thief.close()


def test_redirects_within_trusted_hosts_are_followed(meta: Meta, graph: Graph) -> None:
    """A redirect to a host that may see the token is followed, a loop of them is not for ever."""
    meta.says("/hop", b"", 302, {"Location": "/file"})
    meta.says("/file", DATA)
    meta.says("/loop", b"", 302, {"Location": "/loop"})
    meta.says("/v26.0/9", {"error": {"code": 100}}, 404)
    assert fetch(graph, Media("9", url=f"{meta.url}/hop")) == DATA
    with pytest.raises(MediaGone):
        fetch(graph, Media("9", url=f"{meta.url}/loop"))


def test_a_file_over_the_limit_is_not_read_whole(meta: Meta, graph: Graph) -> None:
    """A file over the limit is refused by its announced size, by the look-up's, and while it streams without
    one.
    """
    meta.says("/big", b"x" * 2000)

    def stream(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x" * 2000)

    meta.answers["/stream"] = stream
    meta.says("/v26.0/9", {"url": f"{meta.url}/big", "file_size": 2000})
    for media in (Media("9", url=f"{meta.url}/big"), Media("9", url=f"{meta.url}/stream"), Media("9")):
        with pytest.raises(MediaTooLarge):
            fetch(graph, media)


def test_bytes_that_are_not_the_files_are_refused(meta: Meta, graph: Graph) -> None:
    """Bytes whose hash is neither the webhook's nor the look-up's are not the file."""
    meta.says("/file", b"something else")
    meta.says("/v26.0/9", {"url": f"{meta.url}/file", "sha256": HEX})
    with pytest.raises(Unwell):
        fetch(graph, Media("9", url=f"{meta.url}/file", sha256=B64))


@pytest.mark.parametrize("at", ["headers", "body"])
def test_a_slow_drip_ends_at_the_budget(meta: Meta, graph: Graph, at: str) -> None:
    """The budget is wall-clock time: a byte now and then does not stretch it, in headers or body."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        if at == "body":
            handler.send_response(200)
            handler.send_header("Content-Length", "100")
            handler.end_headers()
        for _ in range(30):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    meta.answers["/slow"] = drip
    started = time.monotonic()
    with pytest.raises(Unwell):
        fetch(graph, Media("9", url=f"{meta.url}/slow"), budget_s=0.4)
    assert time.monotonic() - started < 1.0


def test_a_file_is_uploaded_and_then_sent_by_its_id(meta: Meta, graph: Graph) -> None:
    """An upload is multipart with its type and name; the document goes out by the media id, with name,
    caption, quote and opaque ids.
    """
    meta.says("/v26.0/1/media", {"id": "77"})
    meta.says("/v26.0/1/messages", SENT)
    media = graph.upload(b"xlsx", "compras.xlsx", XLSX)
    file = Enclosed("gs://b/1", "compras.xlsx", XLSX, media)
    assert (
        graph.send_document(
            Address(phone="51900000001"), file, caption="27 papeles", quote="wamid.IN", opaque="a:b:c"
        )
        == "wamid.OUT"
    )
    (_, headers, form), (_, _, body) = meta.seen
    assert headers["Content-Type"].startswith("multipart/form-data; boundary=")
    for part in (
        b'name="messaging_product"\r\n\r\nwhatsapp',
        f'name="type"\r\n\r\n{XLSX}'.encode(),
        b'filename="compras.xlsx"',
        b"\r\n\r\nxlsx\r\n",
    ):
        assert part in form
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+51900000001",
        "type": "document",
        "document": {"id": "77", "filename": "compras.xlsx", "caption": "27 papeles"},
        "context": {"message_id": "wamid.IN"},
        "biz_opaque_callback_data": "a:b:c",
    }


@pytest.mark.parametrize(
    ("answer", "status", "action"),
    [
        ({"error": {"code": 190}}, 401, Action.HOLD),
        ({"error": {"code": 130429}}, 429, Action.THROTTLE),
        ({"error": {"code": 131053}}, 400, Action.PAYLOAD),
        ({"error": {"code": 131000}}, 500, Action.RETRY),
        (b"<html>", 502, Action.RETRY),
        ({}, 200, Action.RETRY),
    ],
)
def test_an_upload_that_may_have_arrived_is_simply_made_again(
    meta: Meta, graph: Graph, answer: Any, status: int, action: Action
) -> None:
    """A refusal of an upload says what follows as any other; only that nobody knows whether it arrived is no
    reason to wait for a receipt.
    """
    meta.says("/v26.0/1/media", answer, status)
    with pytest.raises(GraphError) as caught:
        graph.upload(b"x", "a.txt", TXT)
    assert caught.value.action is action


def test_only_listed_types_leave(graph: Graph) -> None:
    """A type that WhatsApp does not take, or that we do not send, is refused before any call."""
    with pytest.raises(GraphError) as caught:
        graph.upload(b"PK", "todo.zip", "application/zip")
    assert (caught.value.code, caught.value.action) == (131053, Action.PAYLOAD)


YES_NO = Offer((Choice("Sí, borrar", "sí, borrar", id="1.a"), Choice("No", "", id="1.b")))


def test_choices_go_as_buttons(meta: Meta, graph: Graph) -> None:
    """Up to three choices under a short text are reply buttons; what they stand for does not leave."""
    meta.says("/v26.0/1/messages", SENT)
    assert (
        graph.send_text(Address(phone="51900000001"), "¿Lo borro?", quote="wamid.IN", offer=YES_NO)
        == "wamid.OUT"
    )
    body = meta.seen[0][2]
    assert (body["type"], body["context"], "text" in body) == (
        "interactive",
        {"message_id": "wamid.IN"},
        False,
    )
    assert body["interactive"] == {
        "type": "button",
        "body": {"text": "¿Lo borro?"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "1.a", "title": "Sí, borrar"}},
                {"type": "reply", "reply": {"id": "1.b", "title": "No"}},
            ]
        },
    }


@pytest.mark.parametrize(("text", "choices"), [("x" * 1025, 2), ("😀" * 513, 2), ("¿Cuál?", 4)])
def test_choices_without_room_as_buttons_go_as_a_list(
    meta: Meta, graph: Graph, text: str, choices: int
) -> None:
    """A text over 1,024 characters, or a fourth choice, makes them rows of a list."""
    meta.says("/v26.0/1/messages", SENT)
    rows = tuple(
        Choice(f"{n}. F001-{n}", f"{n} borrar", "Factura" if n == 1 else "", id=f"1.{n}")
        for n in range(1, choices + 1)
    )
    graph.send_text(Address(phone="51900000001"), text, offer=Offer(rows, label="Elegir"))
    shown = [
        {"id": f"1.{n}", "title": f"{n}. F001-{n}"} | ({"description": "Factura"} if n == 1 else {})
        for n in range(1, choices + 1)
    ]
    assert meta.seen[0][2]["interactive"] == {
        "type": "list",
        "body": {"text": text},
        "action": {"button": "Elegir", "sections": [{"rows": shown}]},
    }


@pytest.mark.parametrize(
    ("title", "kind"), [("1. Bodega de la Luz", "button"), ("1. tu propio negocio.", "list")]
)
def test_a_title_that_no_button_holds_goes_as_a_row(meta: Meta, graph: Graph, title: str, kind: str) -> None:
    """Meta refuses a button of more than 20 characters; a row takes 24."""
    meta.says("/v26.0/1/messages", SENT)
    rows = (Choice(title, "negocio 1", id="1.1"), Choice("2. Café", "negocio 2", id="1.2"))
    graph.send_text(Address(phone="51900000001"), "¿Cuál?", offer=Offer(rows, label="Elegir"))
    assert meta.seen[0][2]["interactive"]["type"] == kind
