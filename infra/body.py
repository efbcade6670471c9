"""What the public function reads of a request's body: what it asks for, for so long and no longer; what nobody asked for is never kept.

The framework reads the rest of every body after the answer (functions_framework, `read_request`), whole and into memory: of requests that were
refused, of anybody who sends. Here that read throws the rest away, piece by piece.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

SECONDS = 5.0
"""Of one body, from its request's head to its last byte: a thread belongs to a client that drips for no longer."""
_PIECE = 1 << 18


class BrokenBody(Exception):
    """The body did not come as its head announced: cut off, badly chunked, or too slow. The client's fault, whoever it is."""


class Bounded:
    """A WSGI application whose bodies are bounded."""

    def __init__(self, app: Callable[..., Iterable[bytes]], seconds: float = SECONDS) -> None:
        self._app, self._seconds = app, seconds

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Calls the application, with the `wsgi.input` of a request that has a body replaced, and sends no answer before that is at its end."""
        if environ.get("CONTENT_LENGTH") in (None, "", "0") and "HTTP_TRANSFER_ENCODING" not in environ:
            return self._app(environ, start_response)
        body = _Body(environ["wsgi.input"], environ.get("gunicorn.socket"), time.monotonic() + self._seconds)
        try:
            return self._app(environ | {"wsgi.input": body, "wsgi.input_terminated": True}, start_response)
        finally:
            body.read()  # a client that is still sending would see its connection reset, and no answer


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Body:
    def __init__(self, source: _Readable, sock: socket.socket | None, end: float) -> None:
        self._source, self._sock, self._end = source, sock, end
        self._over = False

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; without a size what is left is thrown away, and nothing is returned.

        Raises:
            BrokenBody: whatever reading it raised.
        """
        if size >= 0:
            return self._piece(size)
        with contextlib.suppress(BrokenBody):  # the answer is ready; who broke off does not want it
            while not self._over and time.monotonic() < self._end:
                self._piece(_PIECE)
        return b""

    def _piece(self, size: int) -> bytes:
        with self._cut_off():
            try:
                data = self._source.read(size)
            except Exception as error:
                self._over = True
                raise BrokenBody(type(error).__name__) from error
        self._over = len(data) < size
        return data

    @contextlib.contextmanager
    def _cut_off(self) -> Iterator[None]:
        """Ends what comes from the client when its time is over: a read waits for each byte anew, so a socket's timeout ends none that drips."""
        timer = threading.Timer(max(0.0, self._end - time.monotonic()), self._stop)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _stop(self) -> None:
        if self._sock is not None:
            with contextlib.suppress(OSError):  # it is closed already
                self._sock.shutdown(socket.SHUT_RD)
