from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from functions.errors import Gone, Unwell
from infra.local import storage
from infra.local.here import free_port
from infra.media import CloudMedia

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("gcs")
    running = storage.start(folder, free_port(), ("media",))
    yield running.url, folder
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait()


@pytest.fixture
def media(emulator: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudMedia]:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", emulator[0])
    made = CloudMedia("p", "media")
    yield made
    made.close()


@pytest.mark.parametrize("size", [0, 1000, 9 << 20], ids=["empty", "small", "over 8 MiB"])
def test_first_bytes_stay(media: CloudMedia, emulator: tuple[str, Path], size: int) -> None:
    """A file is written once: a second save of the name is success and changes nothing, whatever the size."""
    first, name = os.urandom(size), f"t/{size}"
    uri = media.save(name, first, "image/jpeg", timeout=10)
    assert uri == f"gs://media/{name}"
    assert media.save(name, b"other" + first, "image/jpeg", timeout=10) == uri
    assert media.load(uri, timeout=10) == first
    assert media.find(name, timeout=10) == uri
    assert (emulator[1] / "media" / name).read_bytes() == first


def test_what_is_not_there_is_gone(media: CloudMedia) -> None:
    """A file that was never stored or was deleted is Gone, and is not found."""
    with pytest.raises(Gone):
        media.load("gs://media/none", timeout=5)
    assert media.find("none", timeout=5) is None


def test_delete_takes_a_prefix_and_nothing_else(media: CloudMedia) -> None:
    """A tenant's files are deleted and counted; its neighbours' stay; an empty prefix is refused."""
    kept = media.save("b/1", b"x", "image/png", timeout=5)
    for name in ("a/1", "a/2"):
        media.save(name, b"x", "image/png", timeout=5)
    assert media.delete("a/") == 2
    assert media.delete("a/") == 0
    assert media.load(kept, timeout=5) == b"x"
    with pytest.raises(ValueError, match="prefix"):
        media.delete("")


def test_a_large_tenants_files_go_many_at_a_time(media: CloudMedia, monkeypatch: pytest.MonkeyPatch) -> None:
    """No deletion waits for the one before it."""
    for number in range(8):
        media.save(f"many/{number}", b"x", "image/png", timeout=5)
    together, really = threading.Barrier(8, timeout=5), media._bucket.delete_blobs

    def delete_blobs(*arguments: Any, **options: Any) -> None:
        together.wait()
        really(*arguments, **options)

    monkeypatch.setattr(media._bucket, "delete_blobs", delete_blobs)
    assert media.delete("many/") == 8
    assert media.find("many/7", timeout=5) is None


def test_nothing_is_asked_of_storage_but_what_we_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call is one request, and leaves no thread that asks on by itself."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path.partition("?")[0])
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    before = set(threading.enumerate())
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.server_port}")
    media = CloudMedia("p", "media")
    try:
        assert media.find("a", timeout=5) is None
        left = [each.name for each in set(threading.enumerate()) - before if "_fetch" in each.name]
        assert (asked, left) == (["/storage/v1/b/media/o/a"], [])
    finally:
        media.close()
        server.shutdown()
        serving.join()
        server.server_close()


@pytest.fixture(params=["refuses", "hangs", "drops"])
def sick(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that does not do its part."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        if request.param == "refuses":
            server.close()
        elif request.param == "drops":

            def drop() -> None:
                while True:
                    try:
                        server.accept()[0].close()
                    except OSError:
                        return

            threading.Thread(target=drop, daemon=True).start()
        yield url
        if request.param == "drops":
            server.shutdown(socket.SHUT_RDWR)


def test_storage_that_is_unwell_says_so_within_the_timeout(
    sick: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down, hanging or dropping connections: each call is Unwell and ends within its timeout, retries
    included.
    """
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", sick)
    media = CloudMedia("p", "media")
    for call in (
        lambda: media.save("a", b"x", "image/png", timeout=0.8),
        lambda: media.load("gs://media/a", timeout=0.8),
        lambda: media.find("a", timeout=0.8),
    ):
        began = time.monotonic()
        with pytest.raises(Unwell):
            call()
        assert time.monotonic() - began < 1.0
    media.close()


def test_as_many_calls_at_once_as_the_webhook_has_threads_keep_their_connections(
    rendezvous: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty-two look-ups at the same time: none of their connections is thrown away for want of a place to
    keep it.
    """
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", rendezvous)
    media = CloudMedia("p", "media")
    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(lambda number: media.find(f"{number}", timeout=60), range(32))) == {
            f"gs://media/{number}" for number in range(32)
        }
    media.close()
