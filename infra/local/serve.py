"""What the stand-ins share: serving on 127.0.0.1 only, to local callers only."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Any, ClassVar
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST = "127.0.0.1"
_NAMES = {HOST, "localhost"}


class LocalOnly:
    """Refuses requests that a page of another site could make a browser send here.

    The Host must be this machine's own name (DNS rebinding) and an Origin, where a browser gives one, must be this very server (CSRF).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    @classmethod
    def middleware(cls) -> Middleware:
        """For `Starlette(middleware=[...])`."""
        return Middleware(cls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403, or pass the request on."""
        if scope["type"] == "http":
            headers = {key: value.decode("latin-1") for key, value in scope["headers"]}
            host, origin = headers.get(b"host", ""), headers.get(b"origin")
            if host.rsplit(":", 1)[0] not in _NAMES or (origin is not None and urlsplit(origin).netloc != host):
                await PlainTextResponse("Only for this machine.", 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Connections(H11Protocol):
    """Remembers its connections by the client's address, so that one can be cut."""

    open: ClassVar[dict[tuple[str, int] | None, asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self.open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.pop(self.client, None)
        super().connection_lost(exc)


async def cut(request: Request) -> None:
    """End the connection of `request` now, without an answer; what is answered afterwards goes nowhere."""
    client: Any = request.scope["client"]
    _Connections.open[tuple(client)].abort()
    await asyncio.sleep(0.01)


def serve(app: Starlette, port: int) -> None:
    """Serve `app` until SIGTERM or SIGINT; open streams get one second."""
    uvicorn.run(app, host=HOST, port=port, http=_Connections, log_level="warning", access_log=False, timeout_graceful_shutdown=1)


def bypass_proxies() -> None:
    """Have this process and those that it starts reach 127.0.0.1 directly, whatever proxy the environment names."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if not set(known.split(",")) >= _NAMES:
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join([*filter(None, [known]), *sorted(_NAMES)])


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether `port` can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def listens(port: int) -> bool:
    """Whether somebody answers on `port`."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
