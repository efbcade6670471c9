"""Exports a month of a business as the workbook that its owner receives by chat, made by the same code: all
of the month, however many papers it has and however long it takes.
"""

from __future__ import annotations

import re
from collections import Counter
from uuid import UUID

from sqlalchemy import text

from functions.books import purchases, wording
from functions.books.months import Month
from functions.books.ports import Business
from functions.books.workbook import ALL_ROWS, written
from functions.whatsapp.month_file import named
from functions.whatsapp.remarks import told
from infra.books import PostgresBooks
from infra.ops.desk import Desk
from infra.ops.story import NotFound

_TENANT = text("select 1 from auth.tenants where id = :tenant")


def export(
    desk: Desk, tenant: UUID, month: str, *, ruc: str = "", name: str = ""
) -> tuple[str, bytes, list[str]]:
    """Returns (the workbook's name, the workbook, how many papers stand on each sheet and how many on none).
    `month` is YYYY-MM.

    `ruc` and `name` replace what the business told. The originals have no links: an operator has no secret to
    sign them with.

    Raises:
        NotFound: there is no such tenant.
        ValueError: `month` is no month.
    """
    hit = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", month)
    if hit is None:
        raise ValueError(f"{month} is no month; write it as 2026-11")
    with desk.sql() as sql:
        if sql.execute(_TENANT, {"tenant": tenant}).first() is None:
            raise NotFound(f"there is no tenant {tenant}")
    books = PostgresBooks(desk.engine, whole=True)
    kept = purchases.kept(books, tenant, Month(int(hit[1]), int(hit[2])), Business(ruc or None, name or None))
    data, cut = written(purchases.sheets(kept.papers, kept.unfiled, told, lambda _: None), ALL_ROWS)
    places = Counter(one.place for one in kept.papers)
    places["unregistered"] += len(kept.unfiled)
    lines = [f"{title}: {places[place]}" for place, title in wording.PLACES.items()]
    return (
        named("Compras", kept.business, kept.month),
        data,
        [*lines, *([f"left out, beyond a sheet's rows: {cut}"] if cut else [])],
    )
