import base64
import hashlib
import hmac
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests

from functions.whatsapp.client import Graph
from infra.local.here import free_port, listens
from infra.local.whatsapp.switches import Switches

pytestmark = pytest.mark.contract

TOKEN, SECRET, NUMBER = "token", "secret", "106540352242922"
ENV = {"WHATSAPP_PHONE_NUMBER_ID": NUMBER, "WHATSAPP_APP_SECRET": SECRET, "WHATSAPP_ACCESS_TOKEN": TOKEN}


def eventually(check: Callable[[], Any], timeout: float = 5.0) -> Any:
    until = time.monotonic() + timeout
    while not (found := check()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)
    return found


@dataclass
class Webhook:
    """Answers from a script (then 200) and keeps what came."""

    url: str
    script: list[int] = field(default_factory=list)
    bodies: list[tuple[bytes, str]] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)

    def values(self) -> list[dict[str, Any]]:
        return [
            change["value"]
            for body, _ in self.bodies
            for entry in json.loads(body)["entry"]
            for change in entry["changes"]
        ]

    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values() for status in value.get("statuses", [])]


@pytest.fixture(scope="module")
def server() -> Iterator[Webhook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            it.traces.append(self.headers["traceparent"])
            it.bodies.append((body, self.headers["X-Hub-Signature-256"]))
            self.send_response(it.script.pop(0) if it.script else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it = Webhook(f"http://127.0.0.1:{httpd.server_port}/webhook/whatsapp")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield it
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@dataclass(frozen=True)
class Sim:
    """The simulator, as a page or a suite sees it (`get`, `post`), and as the functions see it (`graph`)."""

    url: str
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> Any:
        answer = requests.get(f"{self.url}/_sim{path}", timeout=5)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Any) -> Any:
        answer = requests.post(f"{self.url}/_sim{path}", json=body, timeout=5)
        answer.raise_for_status()
        return answer.json()

    def graph(self, method: str, path: str, *, token: str = TOKEN, **more: Any) -> requests.Response:
        return requests.request(
            method,
            f"{self.url}/v26.0/{path}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=5,
            **more,
        )

    def reply(self, sender: dict[str, Any], text: str = "ok", **more: Any) -> requests.Response:
        body = {
            "messaging_product": "whatsapp",
            "to": sender["phone"],
            "type": "text",
            "text": {"body": text},
        }
        return self.graph("POST", f"{NUMBER}/messages", json=body | more)

    def document(self, sender: dict[str, Any], **document: str) -> requests.Response:
        body = {
            "messaging_product": "whatsapp",
            "to": sender["phone"],
            "type": "document",
            "document": document,
        }
        return self.graph("POST", f"{NUMBER}/messages", json=body)

    def file(self, data: bytes, name: str, mime: str = "") -> str:
        answer = requests.post(
            f"{self.url}/_sim/files",
            params={"name": name},
            data=data,
            headers={"Content-Type": mime} if mime else {},
            timeout=5,
        )
        found: str = answer.json()["id"]
        return found


@contextmanager
def standing(home: Path, webhook: str) -> Iterator[Sim]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "infra.local.whatsapp",
        "--port",
        str(port),
        "--home",
        str(home),
        "--webhook",
        webhook,
    ]
    process = subprocess.Popen(command, env=os.environ | ENV)
    try:
        eventually(lambda: listens(port) if process.poll() is None else pytest.fail("it ended"), 10)
        yield Sim(f"http://127.0.0.1:{port}", process)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def running(server: Webhook, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sim]:
    with standing(tmp_path_factory.mktemp("whatsapp"), server.url) as sim:
        yield sim


@pytest.fixture
def webhook(server: Webhook) -> Webhook:
    return server


@pytest.fixture
def sim(running: Sim, server: Webhook) -> Iterator[Sim]:
    running.post("/switches", Switches().model_dump())
    requests.put(f"{running.url}/_sim/faults", json=[], timeout=5).raise_for_status()
    eventually(lambda: running.get("/settled")["undelivered"] == 0)
    server.bodies.clear()
    server.traces.clear()
    yield running
    server.script.clear()


@pytest.fixture
def ana(sim: Sim) -> Any:
    return sim.post("/senders", {"name": "Ana Ñúñez"})


def write(sim: Sim, sender: dict[str, Any], **sent: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sim.post(f"/senders/{sender['id']}/messages", sent)
    return found


def test_webhooks_are_signed_over_their_raw_bytes(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """The signature is the HMAC of exactly the bytes sent, in which non-ASCII and slashes are escaped."""
    write(sim, ana, text="ñ / @ 👋")
    body, signature = eventually(lambda: webhook.bodies)[0]
    assert signature == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert body.isascii()
    assert b"\\u00f1 \\/ @" in body


def test_a_text_is_metas_json(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """A text arrives whole: metadata, contact with both addresses, message."""
    sent = write(sim, ana, text="Hola")[0]
    eventually(lambda: webhook.bodies)
    (value,) = webhook.values()
    stamp = value["messages"][0].pop("timestamp")
    assert value == {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "51900000001", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Ana Ñúñez"}, "wa_id": ana["phone"], "user_id": ana["bsuid"]}],
        "messages": [
            {
                "from": ana["phone"],
                "from_user_id": ana["bsuid"],
                "id": sent["wamid"],
                "type": "text",
                "text": {"body": "Hola"},
            }
        ],
    }
    assert abs(int(stamp) - time.time()) < 5


def test_a_file_can_be_fetched_with_the_token_only(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """The webhook's media has base64 sha256 and url, the look-up hex sha256, size and a fresh url; bytes need
    the bearer token.
    """
    data = b"%PDF-1.7 \xff"
    write(sim, ana, files=[sim.file(data, "factura.pdf")], caption="aquí")
    eventually(lambda: webhook.bodies)
    part = webhook.messages()[0]["document"]
    about = sim.graph("GET", part["id"]).json()
    assert (part["mime_type"], part["filename"], part["caption"]) == (
        "application/pdf",
        "factura.pdf",
        "aquí",
    )
    assert base64.b64decode(part["sha256"]).hex() == about["sha256"] == hashlib.sha256(data).hexdigest()
    assert (about["file_size"], about["mime_type"], about["id"]) == (len(data), "application/pdf", part["id"])
    for url in (part["url"], about["url"]):
        assert requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5).content == data
        assert requests.get(url, timeout=5).status_code == 401


def test_photos_are_images_and_the_rest_documents(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """A phone sends a JPEG as a photo, unless it is sent as a document; three files arrive in their order."""
    photo = sim.file(b"\xff\xd8", "foto.jpg")
    write(sim, ana, files=[photo, sim.file(b"PK", "carta.docx"), photo])
    write(sim, ana, files=[photo], **{"as": "document"})
    eventually(lambda: len(webhook.bodies) == 4)
    assert [message["type"] for message in webhook.messages()] == ["image", "document", "image", "document"]


def test_a_media_address_ends(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """After its life (five minutes) an address is 404, and a look-up gives a new one."""
    sim.post("/switches", {"url_life": 0.1})
    file = sim.file(b"x", "a.pdf")
    url = sim.graph("GET", file).json()["url"]
    time.sleep(0.15)
    assert requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5).status_code == 404
    assert sim.graph("GET", file).json()["url"] != url


def test_expired_media_is_gone_at_look_up(sim: Sim) -> None:
    """`expire_media` makes the look-up 400 with code 100, subcode 33."""
    file = sim.file(b"x", "a.pdf")
    sim.post("/switches", {"expire_media": True})
    answer = sim.graph("GET", file)
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["error_subcode"]) == (
        400,
        100,
        33,
    )


def test_our_own_number_is_told_to_who_has_the_token(sim: Sim) -> None:
    """The number that an invitation leads to is the one that webhooks name, as the client asks for it."""
    with closing(Graph(TOKEN, NUMBER, base_url=sim.url)) as graph:
        number = graph.number()
    assert sim.graph("GET", NUMBER).json()["display_phone_number"].lstrip("+").replace(" ", "") == number
    assert sim.graph("GET", NUMBER, token="wrong").json()["error"]["code"] == 190


def test_an_upload_gives_a_media_id(sim: Sim) -> None:
    """Multipart upload keeps the bytes under an id that can be looked up."""
    form = {"messaging_product": "whatsapp", "type": "application/pdf"}
    uploaded = sim.graph(
        "POST", f"{NUMBER}/media", data=form, files={"file": ("a.pdf", b"%PDF", "application/pdf")}
    ).json()
    assert sim.graph("GET", uploaded["id"]).json()["sha256"] == hashlib.sha256(b"%PDF").hexdigest()


def test_a_document_reaches_the_phone_as_the_file_that_was_uploaded(sim: Sim, ana: dict[str, Any]) -> None:
    """A document sent by a media id is in the conversation with its name and caption, and its bytes can be
    had.
    """
    write(sim, ana, text="Hola")
    form = {"messaging_product": "whatsapp", "type": "text/plain"}
    media = sim.graph(
        "POST", f"{NUMBER}/media", data=form, files={"file": ("a.txt", b"uno", "text/plain")}
    ).json()["id"]
    sent = sim.document(ana, id=media, filename="compras.txt", caption="27 papeles")
    assert sent.status_code == 200
    last = sim.get(f"/senders/{ana['id']}/messages")[-1]
    assert (last["kind"], last["file"], last["filename"], last["mime"], last["text"]) == (
        "document",
        media,
        "compras.txt",
        "text/plain",
        "27 papeles",
    )
    assert requests.get(f"{sim.url}/_sim/files/{media}", timeout=5).content == b"uno"


def test_what_meta_takes_for_no_document_is_refused(sim: Sim, ana: dict[str, Any]) -> None:
    """An unknown media id, a caption over 1,024 characters and an upload of a type that Meta does not take
    get Meta's errors.
    """
    form = {"messaging_product": "whatsapp", "type": "application/zip"}
    zipped = sim.graph(
        "POST", f"{NUMBER}/media", data=form, files={"file": ("a.zip", b"PK", "application/zip")}
    )
    media = sim.graph(
        "POST",
        f"{NUMBER}/media",
        data=form | {"type": "text/plain"},
        files={"file": ("a.txt", b"x", "text/plain")},
    ).json()["id"]
    refused = [zipped, sim.document(ana, id="1"), sim.document(ana, id=media, caption="x" * 1025)]
    assert [(answer.status_code, answer.json()["error"]["code"]) for answer in refused] == [
        (400, 100),
        (400, 131009),
        (400, 100),
    ]


def test_a_reply_reaches_the_phone_with_its_statuses(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """A send is accepted with a wamid, is in the conversation with its quote, and sent, delivered and read
    follow by webhook.
    """
    asked = write(sim, ana, text="Hola")[0]
    answer = sim.reply(
        ana, "👋", context={"message_id": asked["wamid"]}, biz_opaque_callback_data="t:u:s"
    ).json()
    wamid = answer["messages"][0]["id"]

    def told() -> list[dict[str, Any]]:
        return [status for status in webhook.statuses() if status["id"] == wamid]

    eventually(lambda: len(told()) == 3)
    assert answer["contacts"] == [{"input": ana["phone"], "wa_id": ana["phone"]}]
    assert [(s["id"], s["status"], s["biz_opaque_callback_data"], s["recipient_id"]) for s in told()] == [
        (wamid, status, "t:u:s", ana["phone"]) for status in ("sent", "delivered", "read")
    ]
    last = sim.get(f"/senders/{ana['id']}/messages")[-1]
    assert (last["direction"], last["text"], last["quoted"], last["opaque"], last["status"]) == (
        "out",
        "👋",
        asked["wamid"],
        "t:u:s",
        "read",
    )


def test_read_and_typing_are_kept(sim: Sim, ana: dict[str, Any]) -> None:
    """Marking a message read marks the earlier ones too; an unknown id is an error."""
    first, second = write(sim, ana, text="1")[0], write(sim, ana, text="2")[0]
    body = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": second["wamid"],
        "typing_indicator": {"type": "text"},
    }
    assert sim.graph("POST", f"{NUMBER}/messages", json=body).json() == {"success": True}
    seen = {
        message["wamid"]: (bool(message["read"]), bool(message["typing"]))
        for message in sim.get(f"/senders/{ana['id']}/messages")
    }
    assert seen == {first["wamid"]: (True, False), second["wamid"]: (True, True)}
    assert (
        sim.graph("POST", f"{NUMBER}/messages", json=body | {"message_id": "wamid.none"}).json()["error"][
            "code"
        ]
        == 131009
    )


def test_a_sender_without_a_phone_is_reached_by_recipient(sim: Sim, webhook: Webhook) -> None:
    """With a username and no phone, the webhook has no `from` and no `wa_id`; `recipient` reaches, `to` fails
    with 131026.
    """
    eva = sim.post("/senders", {"username": "@eva"})
    write(sim, eva, text="Hola")
    eventually(lambda: webhook.bodies)
    (value,) = webhook.values()
    assert value["contacts"] == [{"profile": {"name": ".", "username": "eva"}, "user_id": eva["bsuid"]}]
    assert ("from" in value["messages"][0], value["messages"][0]["from_user_id"]) == (False, eva["bsuid"])
    body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": "text",
        "text": {"body": "ok"},
    }
    right = sim.graph("POST", f"{NUMBER}/messages", json=body | {"recipient": eva["bsuid"]}).json()
    assert right["contacts"] == [{"input": eva["bsuid"], "user_id": eva["bsuid"]}]
    eventually(lambda: len(webhook.statuses()) == 3)
    wrong = sim.graph("POST", f"{NUMBER}/messages", json=body | {"to": eva["bsuid"]}).json()["messages"][0][
        "id"
    ]
    failed = eventually(lambda: [status for status in webhook.statuses() if status["status"] == "failed"])[0]
    assert (failed["id"], failed["errors"][0]["code"]) == (wrong, 131026)


def test_phones_can_be_withheld_and_urls_left_out(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """`omit_phone` and `omit_url` take the keys away, they do not empty them."""
    sim.post("/switches", {"omit_phone": True, "omit_url": True})
    write(sim, ana, files=[sim.file(b"\xff\xd8", "foto.jpg")])
    eventually(lambda: webhook.bodies)
    (value,) = webhook.values()
    assert "from" not in value["messages"][0]
    assert "wa_id" not in value["contacts"][0]
    assert "url" not in value["messages"][0]["image"]


def test_a_changed_number_is_told_by_a_system_message(
    sim: Sim, webhook: Webhook, ana: dict[str, Any]
) -> None:
    """The system message has old and new ids, and no contacts; the conversation tells how its webhook
    went.
    """
    moved = sim.post(f"/senders/{ana['id']}/move", {"phone": "51911111111"})
    (told,) = eventually(
        lambda: [m for m in sim.get(f"/senders/{ana['id']}/messages") if m["webhook"]["acked"]]
    )
    assert (told["kind"], told["wamid"]) == ("system", moved["wamid"])
    (value,) = webhook.values()
    system = value["messages"][0]["system"]
    assert "contacts" not in value
    assert (system["type"], system["wa_id"], system["user_id"], system["previous_user_id"]) == (
        "user_changed_number",
        "51911111111",
        moved["bsuid"],
        ana["bsuid"],
    )


def test_any_message_of_meta_can_be_sent_raw(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """`raw` replaces the type's part of the message."""
    write(sim, ana, raw={"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}})
    eventually(lambda: webhook.bodies)
    assert webhook.messages()[0]["reaction"] == {"message_id": "wamid.x", "emoji": "👍"}


def test_a_webhook_that_fails_is_delivered_again_until_200(
    sim: Sim, webhook: Webhook, ana: dict[str, Any]
) -> None:
    """Deliveries repeat with growing pauses; the message says how often it was tried and when it arrived."""
    sim.post("/switches", {"retry": [0.05, 0.1]})
    webhook.script = [500, 503, 401]
    sent = write(sim, ana, text="Hola")[0]
    eventually(lambda: len(webhook.bodies) == 4)
    assert {message["id"] for message in webhook.messages()} == {sent["wamid"]}
    told = eventually(
        lambda: [m["webhook"] for m in sim.get(f"/senders/{ana['id']}/messages") if m["webhook"]["acked"]]
    )[0]
    assert (told["attempts"], told["http"]) == (4, 200)
    assert told["acked"] - told["posted"] >= 0.25


def test_each_delivery_has_a_trace_of_its_own(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """Every POST carries a fresh `traceparent`, and the message tells the trace ids of its deliveries in
    order.
    """
    sim.post("/switches", {"retry": [0.05]})
    webhook.script = [500]
    first = write(sim, ana, text="Hola")[0]
    second = write(sim, ana, text="¿Sigues?")[0]
    eventually(lambda: sim.get("/settled")["undelivered"] == 0)
    ids = [re.fullmatch(r"00-([0-9a-f]{32})-[0-9a-f]{16}-01", header) for header in webhook.traces]
    came: dict[str, list[str]] = {}
    for message, found in zip(webhook.messages(), ids, strict=True):
        assert found
        came.setdefault(message["id"], []).append(found[1])
    told = {m["wamid"]: m["webhook"]["traces"] for m in sim.get(f"/senders/{ana['id']}/messages")}
    assert (told, len({found for each in came.values() for found in each})) == (came, 3)
    assert (len(told[first["wamid"]]), len(told[second["wamid"]])) == (2, 1)


def test_a_record_from_before_there_were_traces_goes_on(server: Webhook, tmp_path: Path) -> None:
    """The record of an older simulator is opened as it is; its messages have no traces, new ones have."""
    with standing(tmp_path, server.url) as sim:
        ana = sim.post("/senders", {"name": "Ana"})
        write(sim, ana, text="antes")
        eventually(lambda: sim.get("/settled")["undelivered"] == 0)
    with closing(sqlite3.connect(tmp_path / "whatsapp.sqlite")) as record:
        record.execute("alter table updates drop column traces")
    with standing(tmp_path, server.url) as sim:
        write(sim, ana, text="después")
        eventually(lambda: sim.get("/settled")["undelivered"] == 0)
        assert [len(m["webhook"]["traces"]) for m in sim.get(f"/senders/{ana['id']}/messages")] == [0, 1]


def test_a_sender_updates_follow_one_another(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """By default each of a sender's messages is posted after the one before was answered."""
    for number in range(5):
        write(sim, ana, text=str(number))
    eventually(lambda: len(webhook.bodies) == 5)
    eventually(lambda: sim.get("/settled")["undelivered"] == 0)
    hooks = [message["webhook"] for message in sim.get(f"/senders/{ana['id']}/messages")]
    assert [message["text"]["body"] for message in webhook.messages()] == ["0", "1", "2", "3", "4"]
    assert all(later["posted"] >= earlier["acked"] for earlier, later in pairwise(hooks))


def test_updates_can_be_batched(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """`batch` gathers waiting updates into one POST of several changes."""
    sim.post("/switches", {"batch": 10})
    for number in range(4):
        write(sim, ana, text=str(number))
    eventually(lambda: len(webhook.messages()) == 4)
    assert len(webhook.bodies) == 1


def test_updates_can_come_in_another_order(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """`reorder` gives each update a random wait of its own."""
    sim.post("/switches", {"reorder": 0.3})
    for number in range(12):
        write(sim, ana, text=str(number))
    eventually(lambda: len(webhook.bodies) == 12)
    came = [int(message["text"]["body"]) for message in webhook.messages()]
    assert sorted(came) == list(range(12))
    assert came != list(range(12))


def test_updates_can_come_late_twice_lost_or_unheard(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """`delay` waits, `duplicate` posts twice, `drop` loses the first try, `forget` loses the answer: the
    message still arrives.
    """
    sim.post("/switches", {"delay": 0.3})
    began = time.time()
    write(sim, ana, text="late")
    eventually(lambda: webhook.bodies)
    assert time.time() - began >= 0.3
    sim.post("/switches", {"delay": 0, "duplicate": 1})
    write(sim, ana, text="twice")
    eventually(lambda: len(webhook.bodies) == 3)
    sim.post("/switches", {"duplicate": 0, "drop": 1, "retry": [0.05]})
    write(sim, ana, text="lost")
    eventually(lambda: len(webhook.bodies) == 4)
    sim.post("/switches", {"drop": 0, "forget": 1})
    write(sim, ana, text="unheard")
    eventually(lambda: len(webhook.bodies) == 6)
    sim.post("/switches", {"forget": 0})
    assert [message["text"]["body"] for message in webhook.messages()[:6]] == [
        "late",
        "twice",
        "twice",
        "lost",
        "unheard",
        "unheard",
    ]


def test_what_had_arrived_can_be_delivered_again(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """Redelivery brings the same message, with the same id."""
    sent = write(sim, ana, text="Hola")[0]
    eventually(lambda: sim.get("/settled")["undelivered"] == 0)
    assert sim.post("/redeliver", {"wamid": sent["wamid"]}) == {"updates": 1}
    eventually(lambda: len(webhook.bodies) == 2)
    assert webhook.messages()[0] == webhook.messages()[1]


def test_sends_fail_as_told_and_the_record_knows_which_went_out(sim: Sim, ana: dict[str, Any]) -> None:
    """An error or a cut connection comes before or after the message went out; afterwards sends work
    again.
    """
    write(sim, ana, text="Hola")
    sim.post("/faults", {"on": "send", "code": 130429, "http": 429, "count": 2})
    sim.post("/faults", {"on": "send", "code": 131000, "http": 500, "sent": True})
    sim.post("/faults", {"on": "send", "how": "reset"})
    sim.post("/faults", {"on": "send", "how": "reset", "sent": True})
    answers = [sim.reply(ana, text) for text in ("1", "2", "3")]
    assert [(answer.status_code, answer.json()["error"]["code"]) for answer in answers] == [
        (429, 130429),
        (429, 130429),
        (500, 131000),
    ]
    for text in ("4", "5"):
        with pytest.raises(requests.ConnectionError):
            sim.reply(ana, text)
    assert sim.reply(ana, "6").status_code == 200
    assert [m["text"] for m in sim.get(f"/senders/{ana['id']}/messages") if m["direction"] == "out"] == [
        "3",
        "5",
        "6",
    ]


def test_an_accepted_send_can_fail_later(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """`failed` accepts the send; its only status is failed, with the code."""
    write(sim, ana, text="Hola")
    sim.post("/faults", {"on": "send", "how": "failed", "code": 131056})
    wamid = sim.reply(ana).json()["messages"][0]["id"]
    failed = eventually(lambda: [status for status in webhook.statuses() if status["id"] == wamid])
    assert [(each["status"], each["errors"][0]["code"]) for each in failed] == [("failed", 131056)]


def test_media_calls_fail_as_told(sim: Sim) -> None:
    """Look-ups and downloads can answer any status, hang, or end in the middle."""
    file = sim.file(b"x" * 1000, "a.pdf")
    url = sim.graph("GET", file).json()["url"]
    sim.post("/faults", {"on": "lookup", "code": 100, "http": 404})
    sim.post("/faults", {"on": "download", "code": 1, "http": 500})
    sim.post("/faults", {"on": "download", "how": "hang", "seconds": 0.3})
    sim.post("/faults", {"on": "download", "how": "corrupt"})
    assert sim.graph("GET", file).status_code == 404
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert requests.get(url, headers=bearer, timeout=5).status_code == 500
    began = time.monotonic()
    assert len(requests.get(url, headers=bearer, timeout=5).content) == 1000
    assert time.monotonic() - began >= 0.3
    assert len(requests.get(url, headers=bearer, timeout=5).content) == 500


def test_a_bad_token_is_190(sim: Sim, ana: dict[str, Any]) -> None:
    """A wrong token, and every token while `token_expired` is on, gets 401 with code 190; `down` gets 503
    with code 2.
    """
    answers = [sim.graph("GET", "1", token="other")]
    sim.post("/switches", {"token_expired": True})
    answers.append(sim.reply(ana))
    sim.post("/switches", {"token_expired": False, "down": True})
    answers.append(sim.reply(ana))
    assert [(answer.status_code, answer.json()["error"]["code"]) for answer in answers] == [
        (401, 190),
        (401, 190),
        (503, 2),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": {"body": "x" * 4097}}, 100),
        ({"text": {"body": " "}}, 100),
        ({"messaging_product": None}, 100),
        ({"to": None}, 100),
        ({"recipient_type": "business_scoped_user_id"}, 100),
        ({"type": "template"}, 131009),
    ],
)
def test_a_wrong_payload_is_refused(sim: Sim, ana: dict[str, Any], change: dict[str, Any], code: int) -> None:
    """What Meta would not take is 400 with its code; 4,096 characters are taken."""
    write(sim, ana, text="Hola")
    answer = sim.reply(ana, **change)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert sim.reply(ana, "x" * 4096).status_code == 200


def test_one_user_takes_45_at_once_and_then_silence(sim: Sim, ana: dict[str, Any]) -> None:
    """With `pair_limit` the 46th message within 6 s is 131056, for that user only."""
    luz = sim.post("/senders", {})
    for each in (ana, luz):
        write(sim, each, text="Hola")
    sim.post("/switches", {"pair_limit": True, "statuses": []})
    codes = [sim.reply(ana).status_code for _ in range(46)]
    assert codes == [200] * 45 + [400]
    assert sim.reply(luz).status_code == 200


def test_outside_the_window_a_send_fails(sim: Sim, webhook: Webhook, ana: dict[str, Any]) -> None:
    """A message to someone who never wrote is accepted and then fails with 131047."""
    wamid = sim.reply(ana).json()["messages"][0]["id"]
    failed = eventually(lambda: [status for status in webhook.statuses() if status["id"] == wamid])
    assert failed[0]["errors"][0]["code"] == 131047


def test_everything_that_happens_is_a_stream_of_events(sim: Sim, ana: dict[str, Any]) -> None:
    """Server-sent events bring what came after Last-Event-ID and what happens from now on, numbered."""
    after = sim.get("")["last_event"]
    write(sim, ana, text="Hola")
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
    with requests.get(f"{sim.url}/_sim/events", headers=headers, stream=True, timeout=5) as stream:
        threading.Timer(0.1, lambda: sim.reply(ana)).start()
        kinds: list[str] = []
        for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
            if line.startswith("event: "):
                kinds.append(line.removeprefix("event: "))
            if kinds.count("webhook") == 4:
                break
    assert kinds[:2] == ["message", "webhook"]
    assert kinds.count("status") == 3
    assert [event["type"] for event in sim.get(f"/events?after={after}")][:2] == ["message", "webhook"]


def test_the_record_outlives_a_kill(webhook: Webhook, tmp_path: Path) -> None:
    """After SIGKILL the conversation, the switches and the updates not yet delivered are there, and are
    delivered.
    """
    with standing(tmp_path, webhook.url) as sim:
        ana = sim.post("/senders", {})
        sim.post("/switches", {"webhooks_paused": True})
        sent = write(sim, ana, text="Hola")[0]
    webhook.bodies.clear()
    with standing(tmp_path, webhook.url) as sim:
        assert [m["wamid"] for m in sim.get(f"/senders/{ana['phone']}/messages")] == [sent["wamid"]]
        assert webhook.bodies == []
        sim.post("/switches", {"webhooks_paused": False})
        eventually(webhook.messages)
    assert webhook.messages()[0]["id"] == sent["wamid"]


def test_wrong_calls_of_the_control_api_are_told(sim: Sim, ana: dict[str, Any]) -> None:
    """Unknown senders and files are 404, wrong shapes and taken phones 400, other sites' pages 403."""
    post = [
        ("/senders/none/messages", {"text": "x"}),
        (f"/senders/{ana['id']}/messages", {"files": ["1"]}),
        (f"/senders/{ana['id']}/messages", {}),
    ]
    post += [
        ("/switches", {"nope": 1}),
        ("/senders", {"phone": ana["phone"]}),
        ("/senders", {"phone": "+51 9"}),
        ("/faults", {"on": "all"}),
    ]
    codes = [requests.post(f"{sim.url}/_sim{path}", json=body, timeout=5).status_code for path, body in post]
    assert codes == [404, 404, 400, 400, 400, 400, 400]
    assert requests.get(f"{sim.url}/_sim", headers={"Host": "evil.example"}, timeout=5).status_code == 403
    assert (
        requests.post(
            f"{sim.url}/_sim/switches", json={}, headers={"Origin": "http://evil.example"}, timeout=5
        ).status_code
        == 403
    )


BUTTONS = {
    "type": "button",
    "body": {"text": "¿Lo borro?"},
    "action": {
        "buttons": [
            {"type": "reply", "reply": {"id": one, "title": title}}
            for one, title in (("1.a", "Sí, borrar"), ("1.b", "No"))
        ]
    },
}
LIST = {
    "type": "list",
    "body": {"text": "¿Cuál?"},
    "action": {
        "button": "Elegir",
        "sections": [
            {
                "rows": [
                    {"id": "2.a", "title": "1. F001-1", "description": "Factura"},
                    {"id": "2.b", "title": "2. F001-2"},
                ]
            }
        ],
    },
}


def _offer(sim: Sim, sender: dict[str, Any], part: dict[str, Any]) -> requests.Response:
    body = {
        "messaging_product": "whatsapp",
        "to": sender["phone"],
        "type": "interactive",
        "interactive": part,
    }
    return sim.graph("POST", f"{NUMBER}/messages", json=body)


@pytest.mark.parametrize(
    ("part", "tapped", "reply"),
    [
        (BUTTONS, "1.b", {"type": "button_reply", "button_reply": {"id": "1.b", "title": "No"}}),
        (
            LIST,
            "2.a",
            {
                "type": "list_reply",
                "list_reply": {"id": "2.a", "title": "1. F001-1", "description": "Factura"},
            },
        ),
    ],
)
def test_a_tap_comes_back_as_metas_own_reply(
    sim: Sim, webhook: Webhook, part: dict[str, Any], tapped: str, reply: dict[str, Any]
) -> None:
    """What an interactive message offers can be tapped by who got it, twice too, and comes with the message
    that it answers; nobody else can.
    """
    sender, stranger = sim.post("/senders", {}), sim.post("/senders", {})
    sim.post(f"/senders/{sender['id']}/messages", {"text": "borrar"})
    wamid = _offer(sim, sender, part).json()["messages"][0]["id"]
    for _ in range(2):
        (sent,) = sim.post(f"/senders/{sender['id']}/messages", {"tap": tapped, "quoted": wamid})
        assert (sent["kind"], sent["quoted"]) == ("interactive", wamid)
    taps = eventually(lambda: [one for one in webhook.messages() if one["type"] == "interactive"][1:])
    assert (taps[0]["interactive"], taps[0]["context"]["id"]) == (reply, wamid)
    for who, what in ((stranger, tapped), (sender, "9.z")):
        answer = requests.post(
            f"{sim.url}/_sim/senders/{who['id']}/messages", json={"tap": what, "quoted": wamid}, timeout=5
        )
        assert answer.status_code == 404


def _without(part: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**part, **changes}


@pytest.mark.parametrize(
    "part",
    [
        _without(BUTTONS, action={"buttons": BUTTONS["action"]["buttons"] * 2}),
        _without(
            BUTTONS, action={"buttons": [{"type": "reply", "reply": {"id": i, "title": "No"}} for i in "ab"]}
        ),
        _without(BUTTONS, action={"buttons": [{"type": "reply", "reply": {"id": "a", "title": "x" * 21}}]}),
        _without(BUTTONS, body={"text": "x" * 1025}),
        _without(LIST, action={"button": "x" * 21, "sections": LIST["action"]["sections"]}),
        _without(
            LIST,
            action={
                "button": "Elegir",
                "sections": [{"rows": [{"id": str(n), "title": str(n)} for n in range(11)]}],
            },
        ),
        _without(LIST, action={"button": "Elegir", "sections": [{"rows": [{"id": "a", "title": "x" * 25}]}]}),
        _without(LIST, body={"text": " "}),
        _without(LIST, type="poll"),
        {"type": "button"},
    ],
)
def test_interactive_messages_that_meta_refuses(sim: Sim, part: dict[str, Any]) -> None:
    """Too many choices or characters, a title or an id twice, another type: 131009, as Meta answers."""
    sender = sim.post("/senders", {})
    sim.post(f"/senders/{sender['id']}/messages", {"text": "hola"})
    answer = _offer(sim, sender, part)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 131009)
