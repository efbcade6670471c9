"""Bounds what the public function reads of a request's body: it reads what it asks for, for a limited time,
and never keeps what nobody asked for.

The framework reads the rest of every body after the answer (functions_framework, `read_request`), whole and
into memory, even where the request was refused and whoever sent it. Here that read throws the rest away,
piece by piece.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from functions.errors import BadInput

SECONDS = 5.0
"""Seconds for one body, from its request's head to its last byte: a client that drips holds a thread no
longer.
"""
_PIECE = 1 << 18
_LOOK_S = 0.25


class BrokenBody(BadInput):
    """Raised where the body did not come as its head announced: cut off, badly chunked, or too slow. It is
    the client's fault, whoever the client is.
    """


class Bounded:
    """A WSGI application whose bodies are bounded."""

    def __init__(self, app: Callable[..., Iterable[bytes]], seconds: float = SECONDS) -> None:
        self._app, self._seconds = app, seconds

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Calls the application. Where the request has a body, replaces its `wsgi.input` and sends no answer
        before the body is at its end.
        """
        if environ.get("CONTENT_LENGTH") in (None, "", "0") and "HTTP_TRANSFER_ENCODING" not in environ:
            return self._app(environ, start_response)
        body = _Body(environ["wsgi.input"], environ.get("gunicorn.socket"), time.monotonic() + self._seconds)
        _WATCH.begin(body)
        try:
            return self._app(environ | {"wsgi.input": body, "wsgi.input_terminated": True}, start_response)
        finally:
            body.read()  # a client that is still sending would see its connection reset, and no answer
            _WATCH.end(body)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Body:
    def __init__(self, source: _Readable, sock: socket.socket | None, end: float) -> None:
        self._source, self._sock, self.ends = source, sock, end
        self._over = False

    def read(self, size: int = -1) -> bytes:
        """Returns up to `size` bytes. Without a size, throws away what is left and returns nothing.

        Raises:
            BrokenBody: reading it failed, for whatever reason.
        """
        if size >= 0:
            return self._piece(size)
        with contextlib.suppress(BrokenBody):  # the answer is ready; a client that broke off does not want it
            while not self._over and time.monotonic() < self.ends:
                self._piece(_PIECE)
        return b""

    def _piece(self, size: int) -> bytes:
        try:
            data = self._source.read(size)
        except Exception as error:
            self._over = True
            raise BrokenBody(type(error).__name__) from error
        self._over = len(data) < size
        return data

    def cut_off(self) -> None:
        """Ends what comes from the client. A socket's timeout would not end a client that drips: a read waits
        for each byte anew.
        """
        if self._sock is not None:
            with contextlib.suppress(OSError):  # it is closed already
                self._sock.shutdown(socket.SHUT_RD)


class _Watch:
    """Cuts off the bodies whose time is over, within `_LOOK_S` before their end. One thread looks after all
    of them, as long as there is one: a timer for each would cost a request a tenth of its time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: set[_Body] = set()
        self._looking = False

    def begin(self, body: _Body) -> None:
        """Watch a body."""
        with self._lock:
            self._bodies.add(body)
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look, daemon=True).start()

    def end(self, body: _Body) -> None:
        """Stop watching a body that is at its end."""
        with self._lock:
            self._bodies.discard(body)

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK_S)
            with self._lock:
                if not self._bodies:
                    self._looking = False
                    return
                late = [body for body in self._bodies if time.monotonic() + _LOOK_S >= body.ends]
            for body in late:
                body.cut_off()


_WATCH = _Watch()
