"""The simulated WhatsApp as a tool of its own: in front of a webhook that is not ours, by its commands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from functions.whatsapp.payload import parse
from infra.local.here import free_port, listens
from infra.local.simulator import Simulator
from infra.local.whatsapp.errors import ERRORS
from infra.local.whatsapp.events import FIELDS, MESSAGES

pytestmark = pytest.mark.contract

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/simulator.md"
NUMBER = "106540352242922"
TYPES = {
    "text", "image", "document", "audio", "video", "sticker", "location", "contacts", "reaction",
    "interactive", "button", "order", "edit", "revoke",
    "unsupported", "request_welcome",
}  # fmt: skip
"""Those that Meta's pages of the messages webhook describe; `system` is an event of its own."""


def eventually(look: Callable[[], Any], timeout: float = 20.0) -> Any:
    until = time.monotonic() + timeout
    while not (found := look()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
    return found


@contextmanager
def running(*command: str, port: int, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that listens on a port, ended afterwards."""
    with subprocess.Popen([sys.executable, *command], cwd=cwd) as process:
        try:
            eventually(lambda: listens(port))
            yield process
        finally:
            process.terminate()


def told(at: str, *command: str) -> list[Any]:
    """What a command of the simulator prints, line by line."""
    whole = [sys.executable, "-m", "infra.local.whatsapp", command[0], "--at", at, *command[1:]]
    done = subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) if line.startswith(("{", "[")) else line for line in done.stdout.splitlines()]


class Hearing:
    """A webhook that keeps every body and answers 200, and the simulator in front of it."""

    def __init__(self, home: Path) -> None:
        self.bodies: list[bytes] = []
        heard = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(
            target=self._httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sim = Simulator(self.url)
        self.command = (
            "-m",
            "infra.local.whatsapp",
            "--webhook",
            f"http://127.0.0.1:{self._httpd.server_port}/",
            "--port",
            str(self.port),
            "--home",
            str(home),
        )

    def settled(self) -> None:
        """Wait until the webhook has everything."""
        eventually(lambda: self.sim.get("/settled")["undelivered"] == 0)

    def changes(self) -> list[dict[str, Any]]:
        """Every change that came."""
        return [
            change
            for body in self.bodies
            for entry in json.loads(body)["entry"]
            for change in entry["changes"]
        ]

    def messages(self) -> list[dict[str, Any]]:
        """Every message that came."""
        return [message for change in self.changes() for message in change["value"].get("messages", [])]

    def send(self, to: str) -> requests.Response:
        """What a business sends."""
        body = {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": "hi"}}
        return requests.post(
            f"{self.url}/v26.0/{NUMBER}/messages",
            json=body,
            headers={"Authorization": "Bearer access-token"},
            timeout=10,
        )

    def close(self) -> None:
        """End the webhook."""
        self.sim.close()
        self._httpd.shutdown()
        self._httpd.server_close()


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hearing]:
    """One simulator with the secrets that it has by itself."""
    it = Hearing(tmp_path_factory.mktemp("simulator"))
    with running(*it.command, port=it.port, cwd=ROOT):
        yield it
    it.close()


@pytest.fixture
def heard(hearing: Hearing) -> Hearing:
    """The same, with nothing left of the test before."""
    hearing.settled()
    hearing.bodies.clear()
    hearing.sim.put("/faults", [])
    return hearing


@pytest.mark.long
@pytest.mark.only_long
def test_somebody_elses_bot_is_spoken_to(tmp_path: Path) -> None:
    """The bot of the documentation, which knows nothing of us, is greeted, hears a text, is heard, and hears
    it again when it is sent again.
    """
    (found,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "bot.py").write_text(found, "utf-8")
    bot, port = free_port(), free_port()
    at = f"http://127.0.0.1:{port}"
    arguments = (str(bot), f"{at}/v26.0/{NUMBER}/messages", "a token", "a secret", "verify me")
    with running("bot.py", *arguments, port=bot, cwd=tmp_path):
        secrets = ("--secret", "a secret", "--token", "a token", "--verify-token", "verify me")
        serve = (
            "-m",
            "infra.local.whatsapp",
            "--webhook",
            f"http://127.0.0.1:{bot}/",
            *secrets,
            "--port",
            str(port),
            "--home",
            str(tmp_path / "home"),
        )
        with running(*serve, port=port, cwd=ROOT):
            (sent,) = told(at, "send", "--from", "51987654321", "Hola ñandú/@ 👍")

            def echoes() -> list[str]:
                return [
                    each["text"]
                    for each in told(at, "talk")
                    if each["direction"] == "out" and each["status"] == "read"
                ]

            assert eventually(echoes) == ["You said: Hola ñandú/@ 👍"]
            assert told(at, "resend", sent["wamid"]) == [{"updates": 1}]
            assert eventually(lambda: len(echoes()) > 1)
            assert set(echoes()) == {"You said: Hola ñandú/@ 👍"}
        wrong = [sys.executable, *serve[:-1], str(tmp_path / "other"), "--verify-token", "another"]
        refused = subprocess.run(wrong, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
        assert (refused.returncode, "403" in refused.stderr) == (1, True)


def test_every_type_of_message_and_every_field_is_told(heard: Hearing) -> None:
    """Each fixture arrives under its type or field with nothing left to fill in, and Cuadra's own webhook
    understands every body.
    """
    ana = heard.sim.add_sender(name="Ana")
    heard.sim.send(ana["id"], text="Hola")
    for name in MESSAGES:
        heard.sim.post(f"/trigger/message-{name}", {"sender": ana["id"]})
    for name in FIELDS:
        heard.sim.post(f"/trigger/field-{name}", {"sender": ana["id"]})
    heard.settled()
    came = heard.messages()[1:]
    assert [message["type"] for message in came] == [fixture["part"]["type"] for fixture in MESSAGES.values()]
    assert {message["type"] for message in came} - {"hologram"} == TYPES
    assert sorted({change["field"] for change in heard.changes()}) == sorted(["messages", *FIELDS])
    assert [body for body in heard.bodies if b'"$' in body] == []
    assert all(
        {"id", "mime_type", "sha256", "url"} <= set(each[each["type"]])
        for each in came
        if each["type"] in {"image", "document", "audio", "video", "sticker"}
    )
    understood = [parse(body, NUMBER) for body in heard.bodies]
    assert len(understood) == len(heard.bodies)


def test_people_change_and_hurry(heard: Hearing) -> None:
    """A number and a user id change, somebody shows no phone, many texts come at once, and a photo is gone
    before it is asked for.
    """
    ana = heard.sim.add_sender(phone=f"519{time.time_ns() % 10**8:08}")
    for event in ("number-change", "user-id-change", "username", "burst", "expired-media", "account-error"):
        heard.sim.post(
            f"/trigger/{event}", {"count": 3} | ({"sender": ana["id"]} if event != "username" else {})
        )
        heard.settled()  # those of one sender alone follow one another
    number, user_id, hello, *texts, photo = heard.messages()
    kinds = [number["system"]["type"], user_id["system"]["type"], [text["text"]["body"] for text in texts]]
    assert kinds == ["user_changed_number", "user_changed_user_id", ["1 of 3", "2 of 3", "3 of 3"]]
    assert (
        number["from"],
        number["system"]["wa_id"] != ana["phone"],
        "from" in hello,
        "from_user_id" in hello,
    ) == (
        ana["phone"],
        True,
        False,
        True,
    )
    gone = requests.get(
        f"{heard.url}/v26.0/{photo['image']['id']}",
        headers={"Authorization": "Bearer access-token"},
        timeout=5,
    )
    assert (gone.status_code, gone.json()["error"]["code"], gone.json()["error"]["error_subcode"]) == (
        400,
        100,
        33,
    )
    assert (
        requests.get(
            photo["image"]["url"], headers={"Authorization": "Bearer access-token"}, timeout=5
        ).status_code
        == 404
    )
    assert [
        change["value"]["errors"][0]["code"] for change in heard.changes() if "errors" in change["value"]
    ] == [130429]


def test_every_error_code_can_be_had(heard: Hearing) -> None:
    """Each code comes as the answer to the next send with Meta's status, and as a later status; the send
    after it goes well.
    """
    ana = heard.sim.add_sender()
    heard.sim.send(ana["id"], text="Hola")
    for code in ERRORS:
        heard.sim.post(f"/trigger/error-{code}", {})
    answers = [heard.send(ana["phone"]) for _ in ERRORS]
    assert [(answer.json()["error"]["code"], answer.status_code) for answer in answers] == [
        (code, http) for code, (_, http) in ERRORS.items()
    ]
    codes = [code for code in ERRORS if code]
    for code in codes:
        heard.sim.post(f"/trigger/failed-{code}", {})
    assert {heard.send(ana["phone"]).status_code for _ in codes} == {200}
    assert heard.send(ana["phone"]).status_code == 200

    def failed() -> list[int]:
        statuses = [status for change in heard.changes() for status in change["value"].get("statuses", [])]
        return [status["errors"][0]["code"] for status in statuses if status["status"] == "failed"]

    eventually(lambda: len(failed()) == len(codes))
    assert sorted(failed()) == codes


def test_a_state_is_kept_under_a_name(heard: Hearing) -> None:
    """What was saved comes back whole, with its files and switches; whoever follows the events is told; a
    name that is none is refused.
    """
    ana = heard.sim.add_sender()["id"]
    heard.sim.send(ana, text="antes", files=[("a.txt", b"antes")])
    heard.settled()
    heard.sim.post("/switches", {"graph_ms": 7})
    eventually(
        lambda: all(
            each["status"] == "read"
            for each in heard.sim.get("/messages")
            if each["direction"] == "out" and not each["failed"]
        )
    )
    before = heard.sim.get("/messages")
    assert told(heard.url, "save", "one-sender") == [{"saved": "one-sender"}]
    heard.sim.send(ana, text="después")
    heard.sim.add_sender()
    heard.settled()
    heard.sim.post("/switches", {"graph_ms": 0})
    last = heard.sim.get()["last_event"]
    assert told(heard.url, "load", "one-sender") == [{"loaded": "one-sender"}]
    assert (
        heard.sim.get("/messages"),
        heard.sim.get("/switches")["graph_ms"],
        told(heard.url, "states"),
    ) == (before, 7, ["one-sender"])
    assert (
        heard.sim.file(next(each["file"] for each in before if each["sender"] == ana and each["file"]))
        == b"antes"
    )
    assert [(event["id"] > last, event["type"]) for event in heard.sim.get(f"/events?after={last}")] == [
        (True, "loaded")
    ]
    for path in ("/states/nothing/load", "/states/.."):
        assert requests.post(f"{heard.url}/_sim{path}", json={}, timeout=5).status_code in {400, 404, 405}
    heard.sim.post("/switches", {"graph_ms": 0})


def test_a_command_without_a_simulator_says_so() -> None:
    """Nobody at the address, and an event of no name, are told in one line and end with 1."""
    nobody = [
        sys.executable,
        "-m",
        "infra.local.whatsapp",
        "events",
        "--at",
        f"http://127.0.0.1:{free_port()}",
    ]
    done = subprocess.run(nobody, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr.startswith("no simulator answers at "), done.stderr.count("\n")) == (
        1,
        True,
        1,
    )
