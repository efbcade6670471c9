"""The disposable child: one process a file, limited in memory, processor time, wall clock and rights.

A small server, started with an environment of its own (no secrets) and everything preloaded, forks a child for each file; that costs
milliseconds. The standard library's forkserver would import the caller's `__main__` into every child and inherit its environment,
which a functions-framework worker cannot offer safely from its threads. A child answers with one frame; a child that dies without
one (PDFium aborts on out of memory) is a result too.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from functions.extractor.page import Box, Code, Opened, Page, UnreadableFile
from functions.extractor.process import Broken, Late, receive, send, start_process

MEMORY = 1200 * 1024 * 1024
CPU_S = 10
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


class Opener:
    """Opens files in disposable children. Thread-safe; a server that died is started again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def warm(self) -> None:
        """Starts the server."""
        with self._lock:
            self._ensure()

    def open(self, data: bytes, media_type: str, *, seconds: float) -> Opened:
        """What the file holds.

        Raises:
            UnreadableFile: with the reason; `too_complex` when the child hit a limit or died.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                self._hand_over(theirs)
            try:
                ours.settimeout(seconds)
                send(ours, {"media_type": media_type, "seconds": seconds}, data)
                header, blobs = receive(ours, seconds=seconds)
                return _opened(header, blobs, media_type)
            except Late as error:
                raise UnreadableFile("too_complex", f"not open after {seconds:.0f} s") from error
            except (Broken, ValueError, KeyError, TypeError, IndexError) as error:
                raise UnreadableFile("too_complex", "the child hit a limit or died") from error

    def close(self) -> None:
        """Ends the server and its children."""
        with self._lock:
            self._end()

    def _ensure(self) -> socket.socket:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._control is None:
            self._process, self._control = start_process("functions.extractor.opening.child")
        return self._control

    def _hand_over(self, theirs: socket.socket) -> None:
        for attempt in (1, 2):
            try:
                socket.send_fds(self._ensure(), [b"f"], [theirs.fileno()])
            except OSError:
                self._end()
                if attempt == 2:  # a fresh server refused too
                    raise UnreadableFile("internal", "the opening server does not start") from None
            else:
                return

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None


def _opened(header: dict[str, Any], blobs: list[bytes], media_type: str) -> Opened:
    if header.get("error"):
        raise UnreadableFile(header["error"], str(header["message"])[:200])
    pages = [
        Page(
            index=int(p["index"]),
            width=float(p["width"]),
            height=float(p["height"]),
            boxes=[Box(str(b[0]), *(float(v) for v in b[1:5])) for b in p["boxes"]],
            codes=[Code(str(c["text"]), float(c["angle"]), tuple(float(v) for v in c["box"])) for c in p["codes"]],  # type: ignore[arg-type]  # four numbers
            raster=None if p["raster"] is None else blobs[p["raster"]],
            scanned=bool(p["scanned"]),
            soft=bool(p.get("soft")),
        )
        for p in header["seen"]
    ]
    return Opened(media_type, int(header["pages"]), pages, {str(k): int(v) for k, v in header["steps"].items()})


# --- the other side of the socket ---------------------------------------------------------------------------------------


def _confine(seconds: float) -> None:
    """What a child may use: set before a byte of the file is read."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, max(0.1, seconds))  # its default action ends the process, whatever it is doing


def _serve_one(sock: socket.socket) -> None:
    from functions.extractor.opening import files as opening  # noqa: PLC0415 - loaded before the fork, only in this process

    _confine(15)
    header, (data,) = receive(sock, seconds=15)
    signal.setitimer(signal.ITIMER_REAL, max(0.1, float(header["seconds"])))
    try:
        answer, blobs = opening.open_file(data, header["media_type"])
    except UnreadableFile as error:
        answer, blobs = {"error": error.code, "message": error.message}, []
    except MemoryError:
        answer, blobs = {"error": "too_complex", "message": "out of memory"}, []
    except Exception as error:  # noqa: BLE001 - whatever a hostile file provokes is the file's own fault
        answer, blobs = {"error": "corrupt", "message": type(error).__name__}, []
    sock.settimeout(None)
    send(sock, answer, *blobs)


def _serve(control: socket.socket) -> None:
    from functions.extractor.opening import files as opening  # noqa: PLC0415 - heavy, and only this process needs it

    opening.prepare()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            status = 1
            with contextlib.suppress(BaseException):
                control.close()
                with socket.socket(fileno=fds[0]) as sock:
                    _serve_one(sock)
                status = 0
            os._exit(status)
        for fd in fds:
            os.close(fd)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
