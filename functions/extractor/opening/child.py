"""Opens files in disposable children of the opening server (server.py), and tells the file's fault from ours
by how a child ended.

A child answers with one frame; a child that ended without an answer is a result too: PDFium aborts when it is
out of memory.
"""

from __future__ import annotations

import contextlib
import json
import logging
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any, Literal, TypeVar, get_args

from functions.extractor.invoice import ErrorCode
from functions.extractor.opening.document import TABLE
from functions.extractor.page import Opened, OpeningFailed, UnreadableFile
from functions.extractor.process import Broken, Late, receive, send, start_process

log = logging.getLogger("cuadra")

T = TypeVar("T", Opened, list[list[str]])
Read = Callable[[dict[str, Any], list[bytes]], T]
"""A function from a child's answer to the value that it holds. Raises ValueError, KeyError, TypeError or
IndexError where it holds no such value.
"""
Death = Literal["no_server", "killed", "crashed", "nonsense"]

_GRACE_S = 0.25
"""The child's alarm rings this many seconds before its opener stops listening, so that the opener hears of
its end.
"""
_SLOW_CPU_S = 3.0
"""More processor seconds than any honest page takes. A file that came to its wall-clock limit with fewer was
given too little of the processor.
"""
_MOST_SILENT = 2
_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP, signal.SIGFPE}


class Opener:
    """Opens files in disposable children. Thread-safe; a server that died is started again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._silent = 0

    def warm(self) -> None:
        """Starts the server, and does not wait until it is ready."""
        with self._lock:
            self._ensure()

    def open(self, data: bytes, media_type: str, *, seconds: float) -> Opened:
        """Returns what the file holds, within `seconds`. Where a child dies, one more is tried.

        Raises:
            UnreadableFile: the file's fault, with its code; `too_complex` when it took a child to its limits
            or crashed two.
            OpeningFailed: ours: no server, a child killed from outside, or too little time.
        """
        return self._opened(
            data, media_type, seconds, lambda answer, blobs: Opened.from_wire(answer, blobs, media_type)
        )

    def table(self, data: bytes, *, seconds: float) -> list[list[str]]:
        """Returns the rows of a table (opening/tables.py). Raises as `open` does."""
        return self._opened(data, TABLE, seconds, _rows)

    def _opened(self, data: bytes, media_type: str, seconds: float, read: Read[T]) -> T:
        end = time.monotonic() + seconds
        deaths: list[Death] = []
        while len(deaths) < 2:
            found = self._try(data, media_type, end, read)
            if not isinstance(found, str):
                return found
            deaths.append(found)
        if deaths == ["crashed", "crashed"]:
            raise UnreadableFile("too_complex", "two children crashed")
        raise OpeningFailed(deaths[-1])

    def close(self) -> None:
        """Ends the server and its children."""
        with self._lock:
            self._end()

    def _try(self, data: bytes, media_type: str, end: float, read: Read[T]) -> T | Death:
        (sock, its_sock), (fate, its_fate) = socket.socketpair(), socket.socketpair()
        with sock, fate:
            with its_sock, its_fate:
                if not self._hand_over(its_sock, its_fate, end):
                    return "no_server"
            begun = time.monotonic()
            left = max(0.05, end - begun)
            try:
                sock.settimeout(left)
                send(sock, {"media_type": media_type, "seconds": left - _GRACE_S}, data)
                answer, blobs = receive(sock, seconds=left)
                self._silent = 0
                _refused(answer)
                return read(answer, blobs)
            except Late:
                self._was_silent()
                raise OpeningFailed("late") from None
            except Broken:
                with contextlib.suppress(Broken, Late):  # the server died with its child
                    ended, _ = receive(fate, seconds=max(0.05, end - time.monotonic()))
                    return judged(int(ended["signal"]), float(ended["cpu_s"]), time.monotonic() - begun)
                return "killed"
            except (ValueError, KeyError, TypeError, IndexError):
                return "nonsense"

    def _was_silent(self) -> None:
        """Counts a child that did not even end by its own alarm: it is stopped, or its server is. The second
        time in a row the server is ended, so that a new one takes its place.
        """
        with self._lock:
            self._silent += 1
            if self._silent >= _MOST_SILENT:
                self._silent = 0
                self._end()

    def _hand_over(self, sock: socket.socket, fate: socket.socket, end: float) -> bool:
        """Gives a child's two sockets to a server that is ready; returns False when the server died instead.

        Raises:
            OpeningFailed: the server was not ready in time.
        """
        if not self._lock.acquire(timeout=max(0.0, end - time.monotonic())):
            raise OpeningFailed("late")
        try:
            control = self._ensure()
            if not self._ready:
                said, _ = receive(control, seconds=end - time.monotonic())
                self._ready = True
                if said["refusal"]:
                    log.warning("not_confined", extra={"fields": {"reason": said["refusal"]}})
                else:
                    log.info("confined")
            socket.send_fds(control, [b"f"], [sock.fileno(), fate.fileno()])
        except Late:
            self._end()
            raise OpeningFailed("late") from None
        except (Broken, OSError):
            self._end()
            return False
        finally:
            self._lock.release()
        return True

    def _ensure(self) -> socket.socket:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._control is None:
            self._process, self._control = start_process("functions.extractor.opening.server")
        return self._control

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None
        self._ready = False


def judged(number: int, cpu_s: float, clock_s: float) -> Death:
    """Returns what a child's end means, by its signal (0: none), its processor seconds, and the wall-clock
    seconds that it had.

    Raises:
        UnreadableFile: the file took it to its limits.
        OpeningFailed: it had less than half a processor.
    """
    if number == signal.SIGXCPU or (number == signal.SIGALRM and cpu_s >= max(_SLOW_CPU_S, clock_s / 2)):
        raise UnreadableFile("too_complex", f"not open after {cpu_s:.1f} s of processor")
    if number == signal.SIGALRM:
        raise OpeningFailed("starved")
    return "crashed" if number in _CRASHES else "killed"


def _refused(answer: dict[str, Any]) -> None:
    """Raises the error that the child's answer names; ValueError where that is no error of ours."""
    error = answer.get("error")
    if error is None:
        return
    if error == "internal":
        raise OpeningFailed(f"broke: {answer['message']}"[:200])
    if error not in get_args(ErrorCode):
        raise ValueError("no code of ours")
    raise UnreadableFile(error, str(answer["message"])[:200])


def _rows(_: dict[str, Any], blobs: list[bytes]) -> list[list[str]]:
    """Returns the rows that a child sent; every value is converted to its type."""
    return [[str(cell) for cell in row] for row in json.loads(blobs[0])]
