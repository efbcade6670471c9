"""Serves SUNAT's page of today's exchange rate on one machine: the real page's shape with a fixed rate."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from functions.lima import LIMA

PATH = "/sunat/tipoCambio.txt"


async def _rate(_: Request) -> Response:
    return PlainTextResponse(f"{datetime.now(LIMA):%d/%m/%Y}|3.376|3.383|\n")


ROUTES = [Route(PATH, _rate)]
