"""Serve the simulated WhatsApp until SIGTERM. The business's secrets come by environment, under the functions' own names."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from infra.local import sunat_rates
from infra.local.here import HOST
from infra.local.serve import LocalOnly, cut, serve
from infra.local.web.routes import Page
from infra.local.whatsapp.book import Book
from infra.local.whatsapp.control import Control, refusal
from infra.local.whatsapp.delivery import Business, Delivery
from infra.local.whatsapp.graph import Cut, Graph, GraphError, error_response


async def _cut(request: Request, _: Exception) -> Response:
    await cut(request)
    return Response()


def build(home: Path, business: Business, port: int, stack: Path | None = None) -> Starlette:
    """The application over the record in `home`, with the page where there is a `stack` whose inside it can show."""
    book = Book(home)
    delivery = Delivery(book, business)
    graph = Graph(book, business, delivery, f"http://{HOST}:{port}")
    control = Control(book, business, delivery, graph)
    page: list[BaseRoute] = Page(book, stack).routes() if stack else []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        loop = asyncio.create_task(delivery.run())
        yield
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        book.close()

    return Starlette(
        routes=[*sunat_rates.ROUTES, *control.routes(), *page, *graph.routes()],
        exception_handlers={GraphError: error_response, Cut: _cut, HTTPException: refusal, ValueError: refusal},
        middleware=[LocalOnly.middleware()],
        lifespan=lifespan,
    )


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.whatsapp")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True, help="folder of the record")
    parser.add_argument("--stack", type=Path, help="state folder of the stack whose inside the page shows; without it there is no page")
    parser.add_argument("--webhook", required=True, help="URL of /webhook/whatsapp")
    parser.add_argument("--number", default="51900000001", help="the business's phone, digits")
    args = parser.parse_args()
    args.home.mkdir(parents=True, exist_ok=True)
    business = Business(
        phone_number_id=os.environ["WHATSAPP_PHONE_NUMBER_ID"],
        display_phone_number=args.number,
        app_secret=os.environ["WHATSAPP_APP_SECRET"],
        access_token=os.environ["WHATSAPP_ACCESS_TOKEN"],
        webhook=args.webhook,
    )
    serve(build(args.home, business, args.port, args.stack), args.port)


if __name__ == "__main__":
    main()
