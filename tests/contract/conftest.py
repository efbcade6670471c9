"""The real services' emulators, started once a session. What a newcomer lacks is skipped, unless
CUADRA_REQUIRE_ALL=1.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from functions.errors import Unwell
from infra.inbox import FirestoreInbox
from infra.local.inbox import SqliteInbox
from tests.fakes.chat import owner
from tests.fakes.stage import stage, stage_inbox

__all__ = ["owner", "stage", "stage_inbox"]

JAR = "/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"


@pytest.fixture(scope="session")
def firestore_host() -> Iterator[str]:
    """`host:port` of Google's Firestore emulator."""
    jar = os.environ.get("FIRESTORE_EMULATOR_JAR", JAR)
    if not shutil.which("java") or not Path(jar).exists():
        lacking = "Java and Google's Firestore emulator (FIRESTORE_EMULATOR_JAR) are not here"
        if os.environ.get("CUADRA_REQUIRE_ALL") == "1":
            pytest.fail(lacking)
        pytest.skip(lacking)
    port = free_port()
    main = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
    quick = (
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
    )  # it lives for a minute: what it compiles well is lost
    command = ["java", "-Xmx512m", *quick, "-cp", jar, main, "start", "--host=127.0.0.1", f"--port={port}"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for(port, process)
        _warm(f"127.0.0.1:{port}")
        yield f"127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass(slots=True)
class Store:
    """One empty store of the Inbox. `where` names it in any process; each call opens another instance on it,
    as another machine would.
    """

    where: str
    opened: list[Any] = field(default_factory=list)

    def __call__(self, **options: Any) -> Any:
        self.opened.append(open_store(self.where, **options))
        return self.opened[-1]

    def close(self) -> None:
        for inbox in self.opened:
            inbox.close()


def open_store(where: str, **options: Any) -> Any:
    """`firestore:project` (of the emulator) or `sqlite:path`."""
    sort, _, name = where.partition(":")
    return FirestoreInbox(name, **options) if sort == "firestore" else SqliteInbox(name, **options)


@pytest.fixture(params=["sqlite", "firestore"])
def reopen(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """A store that both adapters are held by, empty: the emulator keeps projects apart."""
    if request.param == "firestore":
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", request.getfixturevalue("firestore_host"))
    store = Store(
        f"firestore:p-{uuid4().hex[:12]}"
        if request.param == "firestore"
        else f"sqlite:{tmp_path / 'inbox.sqlite'}"
    )
    yield store
    store.close()


@pytest.fixture
def inbox(reopen: Store) -> Any:
    """The store's first instance."""
    return reopen()


@pytest.fixture
def rendezvous(caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """The address of a server that answers nobody before 32 requests are there at once, with `{}`. No client
    may have thrown a connection away.
    """
    together = threading.Barrier(32)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            together.wait(20)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 64

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    assert [
        record.getMessage() for record in caplog.get_records("call") if record.name.startswith("urllib3")
    ] == []


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _warm(host: str, seconds: float = 60) -> None:
    """The emulator's first calls load its classes: on a busy machine for longer than the Inbox waits."""
    until = time.monotonic() + seconds
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", host)
        store = FirestoreInbox("warm")
        while True:
            try:
                store.merge("warm/up", {})
                store.get("warm/up")
                break
            except Unwell:
                assert time.monotonic() < until, f"the emulator does not answer after {seconds} s"
        store.close()


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Until something listens on `port`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, f"the emulator ended with {process.returncode}"
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"the emulator does not listen after {seconds} s")
