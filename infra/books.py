"""The books in Postgres: the `Books` port. Row-level security holds every statement to the business that its transaction names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, TextClause, text

from functions.books.entry import Entry
from functions.books.ports import Business, Page
from functions.extractor.invoice import Invoice
from infra.database import storable_text, tenant_transaction

_BUSINESS = text("select ruc, name from auth.tenants where id = :tenant")
_NAME_BUSINESS = text("""
update auth.tenants set ruc = coalesce(cast(:ruc as text), ruc), name = coalesce(cast(:name as text), name) where id = :tenant
""")
_SHOWN = """
select e.id, e.received_at, e.verdict, e.data, e.note, count(*) over () as found,
       e.supplier_ruc is not null and e.kind is not null and e.series is not null and e.number is not null and exists (
           select from books.entries o
           where o.tenant_id = e.tenant_id and o.supplier_ruc = e.supplier_ruc and o.kind = e.kind and o.series = e.series and o.number = e.number
             and o.deleted_at is null and (o.received_at, o.id) < (e.received_at, e.id)) as repeated
from books.entries e where e.tenant_id = :tenant and e.deleted_at is null
"""
_MONTH = text(f"{_SHOWN} and e.month = :month order by e.issue_date nulls last, e.received_at, e.id")
_LATEST = text(f"{_SHOWN.replace('count(*) over ()', 'null')} order by e.received_at desc, e.ordinal limit :limit")
_SEARCH = text(f"{_SHOWN} and e.words @@ to_tsquery('simple', :query) order by e.received_at desc limit :limit")
_BY_RUC = text(f"{_SHOWN} and e.supplier_ruc = :ruc order by e.received_at desc limit :limit")
_BY_NUMBER = text(f"{_SHOWN} and e.series = :series and e.number = :number order by e.received_at desc limit :limit")


class PostgresBooks:
    """The `Books` port over an engine of `infra.database`. Thread-safe, as the engine is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def business(self, tenant: UUID) -> Business:
        with tenant_transaction(self._engine, tenant) as connection:
            row = connection.execute(_BUSINESS, {"tenant": tenant}).first()
        return Business(row.ruc, row.name) if row else Business()

    def name_business(self, tenant: UUID, *, ruc: str | None = None, name: str | None = None) -> None:
        with tenant_transaction(self._engine, tenant) as connection:
            connection.execute(_NAME_BUSINESS, {"tenant": tenant, "ruc": ruc, "name": storable_text(name)})

    def month(self, tenant: UUID, first: date) -> Sequence[Entry]:
        return self._page(tenant, _MONTH, {"month": first}).entries

    def latest(self, tenant: UUID, limit: int) -> Page:
        return self._page(tenant, _LATEST, {"limit": limit})

    def search(self, tenant: UUID, words: Sequence[str], limit: int) -> Page:
        # Only letters and digits: what tsquery takes for operators never reaches it.
        terms = [term for word in words for term in re.findall(r"[A-Z0-9]+", word)]
        if not terms:
            return Page((), 0)
        return self._page(tenant, _SEARCH, {"query": " & ".join(f"{term}:*" for term in terms), "limit": limit})

    def by_ruc(self, tenant: UUID, ruc: str, limit: int) -> Page:
        return self._page(tenant, _BY_RUC, {"ruc": ruc, "limit": limit})

    def by_number(self, tenant: UUID, series: str, number: str, limit: int) -> Page:
        return self._page(tenant, _BY_NUMBER, {"series": series, "number": number, "limit": limit})

    def _page(self, tenant: UUID, statement: TextClause, values: dict[str, Any]) -> Page:
        with tenant_transaction(self._engine, tenant) as connection:
            rows = connection.execute(statement, {"tenant": tenant} | values).all()
        entries = tuple(Entry(r.id, r.received_at, r.verdict, Invoice.model_validate(r.data), r.note, r.repeated) for r in rows)
        return Page(entries, rows[0].found or len(rows) if rows else 0)
