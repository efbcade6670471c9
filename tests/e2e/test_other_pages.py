"""The local stack against pages of other sites, in a real browser and by hand."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.stack import BUCKET, SERVICES
from tests.e2e.conftest import SAMPLES, Running, boot, shut
from tests.e2e.test_page import CHROMIUM, FLAGS, sync_api
from tests.scale import only_long

pytestmark = pytest.mark.e2e

HTTP = [name for name in SERVICES if name != "postgres"]
EVIL = "http://evil.example"


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>prizes</title>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def evil() -> Iterator[tuple[Any, str]]:
    """A browser for which evil.example is this machine, as after DNS rebinding, and the address of a page
    there.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server, sync_api.sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        flags = [*FLAGS, "--host-resolver-rules=MAP evil.example 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser, f"{EVIL}:{server.server_address[1]}/"
        browser.close()
        server.shutdown()


ASK = """async ([url, init]) => {
    try {
        const answer = await fetch(url, init);
        return answer.type === "opaque" ? "opaque" : [answer.status, await answer.text()];
    } catch (error) {
        return "closed";
    }
}"""


def test_a_page_of_another_site_reads_and_writes_nothing(
    stack: Running, evil: tuple[Any, str], ana: str
) -> None:
    """A page that the developer has open beside the stack lists nothing, reads no original, writes no object,
    sends no message and runs no sweep.
    """
    browser, address = evil
    (message,), _ = stack.ask(ana, files=[SAMPLES / "factura.pdf"])
    (row,) = stack.sql("select storage_uri from documents.documents where wamid = :w", w=message["wamid"])
    name = row["storage_uri"].removeprefix(f"gs://{BUCKET}/").replace("/", "%2F")
    objects = f"{stack.where.storage}/storage/v1/b/{BUCKET}/o"
    upload = f"{stack.where.storage}/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name=evil"
    asked = [
        *((f"{stack.stack.url(each)}/", {}) for each in HTTP),
        (objects, {}),
        (f"{objects}/{name}?alt=media", {}),
        (upload, {"method": "POST", "body": "x"}),
    ]
    before = [message["wamid"] for message in stack.sim.conversation(ana)]
    page = browser.new_page()
    page.goto(address)
    assert [page.evaluate(ASK, list(each)) for each in asked] == ["closed"] * len(asked)
    blind = [
        (stack.where.worker, '{"kind": "sweep"}'),
        (upload, "x"),
        (f"{stack.where.simulator}/_sim/switches", "{}"),
        (f"{stack.where.tasks}/_tasks/sweep", ""),
    ]
    for url, body in blind:
        assert page.evaluate(ASK, [url, {"method": "POST", "mode": "no-cors", "body": body}]) == "opaque"
    page.close()
    assert "evil" not in [each["name"] for each in requests.get(objects, timeout=5).json()["items"]]
    assert requests.get(f"{objects}/{name}?alt=media", timeout=5).content.startswith(b"%PDF")
    assert [message["wamid"] for message in stack.sim.conversation(ana)] == before


@pytest.mark.parametrize("name", HTTP)
def test_a_name_that_was_pointed_here_opens_nothing(stack: Running, evil: tuple[Any, str], name: str) -> None:
    """A site whose name was pointed at this machine after its page was loaded gets 403 of every stand-in and
    of both functions.
    """
    page = evil[0].new_page()
    answer = page.goto(f"{EVIL}:{stack.stack.ports[name]}/")
    assert (answer.status, answer.text()) == (403, "Only for this machine.")
    page.close()


@pytest.mark.parametrize("name", HTTP)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_another_sites_origin_is_refused_whatever_the_method(stack: Running, name: str, method: str) -> None:
    """An Origin that is not the server's own is 403 without a word that would allow it: another port, another
    scheme, no site at all.
    """
    url = stack.stack.url(name)
    for origin in (EVIL, "http://127.0.0.1:1", url.replace("http:", "https:"), "null"):
        answer = requests.request(method, f"{url}/", headers={"Origin": origin}, data="x", timeout=5)
        assert answer.status_code == 403
        assert not [header for header in answer.headers if header.lower().startswith("access-control")]


def test_the_state_is_its_owners_alone(stack: Running) -> None:
    """Nobody else on the machine reads what the stack keeps: no folder can be listed, no file in the state
    folder read (but an empty lock).
    """
    home = Path(stack.where.home)
    shown = {
        path.name
        for path in (home, *home.iterdir())
        if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH | stat.S_IWOTH)
    }
    assert shown <= {"lock", "postgres"}
    assert not [path.name for path in (home / "postgres").iterdir() if path.stat().st_mode & stat.S_IROTH]
    assert os.geteuid() == 0 or stat.S_IMODE(home.stat().st_mode) == 0o700


@only_long("a whole stack starts; only what is told to its processes could break it")
def test_with_a_number_of_ones_own(tmp_path: Path) -> None:
    """With a person's own secrets the stack starts, says those, and its webhook can be called by a tunnel's
    name, though by no page.
    """
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o711)  # as root Postgres runs as nobody, who must get in
    own = {
        "WHATSAPP_APP_SECRET": "a",
        "WHATSAPP_VERIFY_TOKEN": "v",
        "WHATSAPP_ACCESS_TOKEN": "t",
        "WHATSAPP_PHONE_NUMBER_ID": "1",
    }
    running = boot(tmp_path / "state", own | {"CUADRA_TUNNEL": "1"})
    try:
        asked = f"{running.where.webhook}?hub.mode=subscribe&hub.challenge=7&hub.verify_token=v"
        found = [
            requests.get(asked, headers={"Host": "some.tunnel.example"} | more, timeout=5).status_code
            for more in ({}, {"Origin": EVIL})
        ]
        worker = requests.post(
            running.where.worker, headers={"Host": "some.tunnel.example"}, timeout=5
        ).status_code
        where = running.where
        assert (found, worker, where.app_secret, where.verify_token, where.access_token) == (
            [200, 403],
            403,
            "a",
            "v",
            "t",
        )
    finally:
        shut(running)
