"""Serve the simulated WhatsApp until SIGTERM, or tell one that runs what is to happen. See docs/simulator.md.

A business's secrets are arguments, or come by environment under the functions' own names; each has a default.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import requests
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from infra.local import sunat_rates
from infra.local.here import HOST
from infra.local.serve import LocalOnly, cut, serve
from infra.local.web.routes import WebPage
from infra.local.whatsapp import client
from infra.local.whatsapp.book import Book
from infra.local.whatsapp.control import Control, refusal
from infra.local.whatsapp.delivery import BusinessNumber, Delivery
from infra.local.whatsapp.events import Events
from infra.local.whatsapp.graph import Cut, GraphEndpoints, MetaError, error_response


async def _cut(request: Request, _: Exception) -> Response:
    await cut(request)
    return Response()


def build(home: Path, business: BusinessNumber, port: int, stack: Path | None = None) -> Starlette:
    """Returns the application over the record in `home`, with the page where there is a `stack` whose inside
    it can show.
    """
    book = Book(home)
    delivery = Delivery(book, business)
    graph = GraphEndpoints(book, business, delivery, f"http://{HOST}:{port}")
    control = Control(book, business, delivery, graph)
    events = Events(book, business, delivery, control)
    page: list[BaseRoute] = WebPage(book, stack).routes() if stack else []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        loop = asyncio.create_task(delivery.run())
        yield
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        book.close()

    return Starlette(
        routes=[*sunat_rates.ROUTES, *control.routes(), *events.routes(), *page, *graph.routes()],
        exception_handlers={
            MetaError: error_response,
            Cut: _cut,
            HTTPException: refusal,
            ValueError: refusal,
        },
        middleware=[LocalOnly.middleware()],
        lifespan=lifespan,
    )


def main() -> int:
    """Serve, or do one command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.whatsapp", description="A simulated WhatsApp for anybody's webhook."
    )
    env = os.environ.get
    parser.add_argument("--webhook", metavar="URL", help="where Meta's webhooks go")
    parser.add_argument(
        "--secret",
        default=env("WHATSAPP_APP_SECRET", "app-secret"),
        help="app secret that signs them (default %(default)s)",
    )
    parser.add_argument(
        "--token",
        default=env("WHATSAPP_ACCESS_TOKEN", "access-token"),
        help="that Graph asks for (default %(default)s)",
    )
    parser.add_argument(
        "--number-id",
        default=env("WHATSAPP_PHONE_NUMBER_ID", "106540352242922"),
        help="phone number id (default %(default)s)",
    )
    parser.add_argument(
        "--number", default="51900000001", help="the business's phone, digits (default %(default)s)"
    )
    parser.add_argument(
        "--verify-token", metavar="TOKEN", help="greet the webhook first, as Meta's dashboard does"
    )
    parser.add_argument("--port", type=int, default=8200, help="default %(default)s")
    parser.add_argument(
        "--home",
        type=Path,
        default=Path(".cuadra/simulator"),
        help="folder of the record (default %(default)s)",
    )
    parser.add_argument(
        "--stack",
        type=Path,
        help="serve the page too, with the inside of the stack in this folder, if one is there",
    )
    client.add_commands(parser.add_subparsers(dest="command", metavar="COMMAND"))
    args = parser.parse_args()
    if args.command:
        return client.run(args)
    if not args.webhook:
        parser.error("--webhook is needed to serve")
    args.home.mkdir(parents=True, exist_ok=True)
    business = BusinessNumber(
        phone_number_id=args.number_id,
        display_phone_number=args.number,
        app_secret=args.secret,
        access_token=args.token,
        webhook=args.webhook,
    )
    if not args.stack:
        _tell(business, args.port)
    if args.verify_token and not _greeted(business.webhook, args.verify_token):
        return 1
    serve(build(args.home, business, args.port, args.stack), args.port)
    return 0


def _tell(business: BusinessNumber, port: int) -> None:
    """Prints what a business is to be configured with."""
    graph = f"http://{HOST}:{port}"
    print(f"Graph     {graph}/v26.0/{business.phone_number_id}/messages, token {business.access_token!r}")
    print(f"Webhooks  {business.webhook}, signed with {business.app_secret!r}")
    print(f"Phones    python -m infra.local.whatsapp send --at {graph} Hello", flush=True)


def _greeted(webhook: str, token: str) -> bool:
    """True where the webhook answers Meta's handshake with its challenge; otherwise it prints what went
    wrong.
    """
    challenge = str(secrets.randbelow(10**10))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
    try:
        answer = requests.get(webhook, params=query, timeout=10)
    except requests.RequestException as error:
        print(f"the webhook did not answer the handshake: {error}", file=sys.stderr)
        return False
    if answer.status_code == 200 and answer.text == challenge:
        return True
    print(
        f"the webhook answered the handshake with {answer.status_code} and {answer.text[:80]!r}, not with "
        f"its challenge",
        file=sys.stderr,
    )
    return False


if __name__ == "__main__":
    sys.exit(main())
