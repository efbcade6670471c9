"""Starts our own processes and exchanges frames with them.

A frame is a JSON header, then blobs. It is no pickle: a process that reads hostile files is not trusted with
our memory.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from functions.errors import NoAnswer

MAX_FRAME = 256 * 1024 * 1024


def clean_environment() -> dict[str, str]:
    """Returns the environment of our own processes: where Python, its libraries and packages are, and nothing
    else.
    """
    # A buildpack's Python may need them to start.
    python = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PYTHONHOME") if name in os.environ}
    return python | {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *[p for p in sys.path if p]]),
        "OPENBLAS_NUM_THREADS": "1",
        "ORT_DISABLE_TELEMETRY": "1",
    }


def start_process(module: str, *arguments: str) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Starts one of our own modules as a process with a clean environment, and returns it with the socket to
    talk to it. It ends when the socket closes.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(theirs.fileno()), *arguments],
            pass_fds=[theirs.fileno()],
            env=clean_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
        )
    return process, ours


class Broken(NoAnswer):  # the other side is gone or speaks nonsense
    """The other side closed, was killed, or sent something that is no frame."""


class Late(NoAnswer):  # an outcome, not a bug
    """The deadline passed before the whole frame came."""


def send(sock: socket.socket, header: dict[str, Any], *blobs: bytes) -> None:
    """Writes one frame.

    Raises:
        Broken: nobody reads at the other end.
        Late: the socket's timeout passed.
    """
    head = json.dumps({**header, "blobs": [len(b) for b in blobs]}).encode()
    try:
        sock.sendall(struct.pack(">I", len(head)) + head)
        for blob in blobs:
            sock.sendall(blob)
    except TimeoutError as error:
        raise Late from error
    except OSError as error:
        raise Broken(str(error)) from error


def receive(sock: socket.socket, *, seconds: float | None = None) -> tuple[dict[str, Any], list[bytes]]:
    """Reads one whole frame within `seconds` in all, however slowly its bytes come.

    Raises:
        Broken: end of file or a frame beyond reason.
        Late: it did not come whole in time.
    """
    end = None if seconds is None else time.monotonic() + seconds
    (size,) = struct.unpack(">I", _exactly(sock, 4, end))
    if size > MAX_FRAME:
        raise Broken("header too large")
    try:
        header = json.loads(_exactly(sock, size, end))
        sizes = [int(n) for n in header.pop("blobs")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Broken("not a frame") from error
    if min(sizes, default=0) < 0 or sum(sizes) > MAX_FRAME:
        raise Broken("blobs too large")
    return header, [_exactly(sock, n, end) for n in sizes]


def _exactly(sock: socket.socket, size: int, end: float | None) -> bytes:
    data = bytearray(size)
    view, got = memoryview(data), 0
    while got < size:
        if end is not None:
            left = end - time.monotonic()
            if left <= 0:
                raise Late
            sock.settimeout(left)
        try:
            n = sock.recv_into(view[got:])
        except TimeoutError as error:
            raise Late from error
        except OSError as error:
            raise Broken(str(error)) from error
        if n == 0:
            raise Broken("end of file")
        got += n
    return bytes(data)
