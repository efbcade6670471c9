"""Reads SUNAT's page of today's exchange rate: one line, without credentials, and never another day's."""

from __future__ import annotations

import requests

from functions.books.rates import Rate, read
from functions.errors import Unwell

_SECONDS = 10
_MOST = 4096
"""The most bytes that are read of a page that has thirty."""


def fetch(url: str) -> Rate:
    """Returns the rate that the page shows, with the day that it shows. Raises Unwell when it shows none."""
    try:
        with requests.get(url, timeout=_SECONDS, stream=True, allow_redirects=False) as answer:
            if answer.status_code != requests.codes.ok:
                raise Unwell(f"sunat: rates answered {answer.status_code}")
            page = next(answer.iter_content(_MOST), b"")
    except requests.RequestException as error:
        raise Unwell(f"sunat: rates: {type(error).__name__}") from error
    rate = read(page.decode("utf-8", "replace").strip())
    if rate is None:
        raise Unwell("sunat: the page holds no rate")
    return rate
