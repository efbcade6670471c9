"""The webhook's own server, as the cloud runs it, against clients without a signature who send too much, too
slowly or nonsense.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from infra.body import SECONDS
from infra.local.here import free_port, listens

pytestmark = pytest.mark.contract

ROOT = Path(__file__).parents[2]
MIB = 1 << 20
MEMORY = 512 * MIB
"""What an instance had when eight bodies at once ended it."""
THREADS = 16
PATH = "/webhook/whatsapp"
ENVIRONMENT = {
    "FUNCTION_TARGET": "webhook", "THREADS": str(THREADS), "WORKERS": "1", "PYTHONUNBUFFERED": "1",
    "GOOGLE_CLOUD_PROJECT": "p", "WHATSAPP_ACCESS_TOKEN": "t", "WHATSAPP_PHONE_NUMBER_ID": "1",
    "WHATSAPP_APP_SECRET": "s", "WHATSAPP_VERIFY_TOKEN": "v", "MEDIA_BUCKET": "b",
    "TASKS_QUEUE": "projects/p/locations/l/queues/q", "TASKS_ENDPOINT": "http://127.0.0.1:9",
    "WORKER_URL": "http://127.0.0.1:9",
}  # fmt: skip


@dataclass(frozen=True)
class Served:
    """A webhook that runs: its port, its log with the bytes it held before, and the process that answers."""

    port: int
    log: Path
    pid: int
    before: int = 0

    def lines(self) -> list[dict[str, object]]:
        """What it logged since."""
        return [json.loads(line) for line in self.log.read_bytes()[self.before :].splitlines()]

    def peak(self) -> int:
        """The most bytes that its process ever held."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


@contextlib.contextmanager
def memory_group() -> Iterator[Path | None]:
    """A memory cgroup of 512 MiB below our own, where this machine lets us make one."""
    names = dict(line.split(":", 2)[1:] for line in Path("/proc/self/cgroup").read_text("utf-8").splitlines())
    own, limit = ("memory", "memory.limit_in_bytes") if "memory" in names else ("", "memory.max")
    group = Path("/sys/fs/cgroup") / own / names[own].lstrip("/") / f"cuadra-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        yield None
        return
    try:
        (group / limit).write_text(str(MEMORY))
    except OSError:  # the parent does not hand memory down
        group.rmdir()
        yield None
        return
    yield group
    with contextlib.suppress(OSError):
        group.rmdir()


@pytest.fixture
def served(webhook: Served) -> Iterator[Served]:
    """The webhook with an empty log; the process that answered before answers after it."""
    yield replace(webhook, before=webhook.log.stat().st_size)
    assert Path(f"/proc/{webhook.pid}").exists()


@pytest.fixture(scope="module")
def webhook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A webhook under its framework and gunicorn, in 512 MiB where a cgroup can be made."""
    folder = tmp_path_factory.mktemp("webhook")
    port, log = free_port(), folder / "log"
    command = [
        sys.executable,
        "-m",
        "functions_framework",
        "--source",
        str(ROOT / "main.py"),
        "--host",
        "127.0.0.1",
    ]
    with memory_group() as group, log.open("wb") as out:
        joined = ["sh", "-c", f'echo $$ > "{group}/cgroup.procs"; exec "$@"', "sh"] if group else []
        environment = ENVIRONMENT | {
            "PORT": str(port),
            "PATH": os.environ["PATH"],
            "INBOX": f"sqlite:{folder}/inbox",
        }
        process = subprocess.Popen([*joined, *command], env=environment, cwd=ROOT, stdout=out, stderr=out)
        try:
            until = time.monotonic() + 30
            while not listens(port):
                assert time.monotonic() < until, log.read_text("utf-8")
                time.sleep(0.05)
            assert handshake(port) == 200
            (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("utf-8").split()
            yield Served(port, log, int(worker))
        finally:
            process.terminate()
            process.wait()


def handshake(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", f"{PATH}?hub.mode=subscribe&hub.verify_token=v&hub.challenge=1")
        return connection.getresponse().status


def posted(port: int, method: str, path: str, *, chunked: bool = False) -> int:
    """The status of 31 MiB without a signature."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    with contextlib.closing(connection):
        body: object = (bytes(MIB) for _ in range(31)) if chunked else bytes(31 * MIB)
        connection.request(method, path, body=body, encode_chunked=chunked)
        return connection.getresponse().status


LARGE = [
    [("POST", PATH, False, 413)] * THREADS,
    [
        *[
            ("POST", PATH, True, 413),
            ("POST", "/", False, 404),
            ("PUT", PATH, False, 405),
            ("GET", PATH, False, 403),
        ]
        * 3,
        *[
            ("POST", "/robots.txt", False, 404),
            ("POST", "/favicon.ico", True, 404),
            ("POST", "//x", False, 404),
            ("POST", "/", True, 404),
        ],
    ],
]


def test_bodies_that_nobody_asked_for_are_never_kept(served: Served) -> None:
    """Sixteen unsigned bodies of 31 MiB at once, refused for whatever reason, leave the process standing, in
    half of its memory.
    """
    for round_ in LARGE:
        with ThreadPoolExecutor(THREADS) as pool:
            statuses = list(pool.map(lambda one: posted(served.port, one[0], one[1], chunked=one[2]), round_))
        assert statuses == [status for *_, status in round_]
    assert (handshake(served.port), served.peak() < MEMORY / 2) == (200, True)


def told(port: int, *parts: bytes, pause: float = 0.0, ends: bool = False) -> tuple[int, float]:
    """The status of what a client wrote by hand, part by part, and the seconds until it came."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        with contextlib.suppress(ConnectionError):
            for part in parts:
                sock.sendall(part)
                time.sleep(pause)
            if ends:
                sock.shutdown(socket.SHUT_WR)
        head = sock.makefile("rb").readline()
        return int(head.split()[1]), time.monotonic() - begun


def head(*lines: str) -> bytes:
    return "\r\n".join([f"POST {PATH} HTTP/1.1", "Host: x", *lines, "", ""]).encode()


CHUNKED = head("Transfer-Encoding: chunked")


@pytest.mark.parametrize(
    ("parts", "ends", "status"),
    [
        ((CHUNKED, b"zz\r\n"), False, 400),
        ((CHUNKED, b"5\r\nhello\r\n"), True, 400),
        ((CHUNKED, b"5\r\nhello"), True, 400),
        ((CHUNKED, b"5\r\nhello\r\n0\r\nbad trailer\r\n\r\n"), False, 400),
        ((CHUNKED, b"5;\r\r\nhello\r\n"), False, 400),
        ((head("Content-Length: 100"), b"half"), True, 400),
    ],
)
def test_a_broken_body_is_the_clients_fault(
    served: Served, parts: tuple[bytes, ...], *, ends: bool, status: int
) -> None:
    """A chunk that is none, a body that breaks off: 400 at once, one line at INFO without a word of what was
    sent.
    """
    found, seconds = told(served.port, *parts, ends=ends)
    assert (found, seconds < SECONDS) == (status, True)
    assert [(line["severity"], line["outcome"]) for line in served.lines()] == [("INFO", "broken_body")]


def test_a_client_that_drips_holds_no_thread_beyond_the_bound(served: Served) -> None:
    """With every thread held by a body that never comes whole, each gets its 4xx and the next handshake its
    answer when the time is over.
    """
    drip = [b"x"] * 60
    slow = [
        *[
            (head("Content-Length: 99999999999999999999999"), (), 413),
            (head("Content-Length: 100"), (), 400),
            (CHUNKED, (), 400),
        ],
        *[
            (head("Content-Length: 1000"), drip, 400),
            (CHUNKED, [b"1\r\nx\r\n"] * 60, 400),
            (head("Content-Length: 9999999"), drip, 413),
        ],
    ]
    with ThreadPoolExecutor(THREADS + 1) as pool:
        begun = time.monotonic()
        clients = [
            pool.submit(told, served.port, *parts[:1], *parts[1], pause=0.1) for parts in (slow * 3)[:THREADS]
        ]
        time.sleep(1)
        assert handshake(served.port) == 200
        assert time.monotonic() - begun < SECONDS + 5
        assert [client.result()[0] for client in clients] == [status for *_, status in (slow * 3)[:THREADS]]
    assert {line["severity"] for line in served.lines()} == {"INFO"}
