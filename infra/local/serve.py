"""Serves the stand-ins on 127.0.0.1 only, to local callers only."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from infra.local.here import HOST, REFUSED, foreign


class LocalOnly:
    """Refuses foreign requests."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    @classmethod
    def middleware(cls) -> Middleware:
        """Returns what `Starlette(middleware=[...])` takes."""
        return Middleware(cls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403, or pass the request on."""
        if scope["type"] == "http":
            headers = {key: value.decode("latin-1") for key, value in scope["headers"]}
            host, origin = headers.get(b"host", ""), headers.get(b"origin")
            if foreign(host, origin):
                await PlainTextResponse(REFUSED, 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Connections(H11Protocol):
    """Remembers open connections by the client's address, so that one can be cut."""

    open: ClassVar[dict[tuple[str, int] | None, asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self.open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.pop(self.client, None)
        super().connection_lost(exc)


async def cut(request: Request) -> None:
    """End the connection of `request` now, without an answer; a later answer goes nowhere."""
    client: Any = request.scope["client"]
    _Connections.open[tuple(client)].abort()
    await asyncio.sleep(0.01)


def serve(app: Starlette, port: int) -> None:
    """Serve `app` until SIGTERM or SIGINT; open streams get one second."""
    uvicorn.run(
        app,
        host=HOST,
        port=port,
        http=_Connections,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
