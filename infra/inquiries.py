"""Keeps in Postgres what SUNAT was asked about filed papers: the `Inquiries` port."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from functions.books.ports import Author
from functions.extractor.witness import FEES_BY, FINAL, Heard, Key, SunatWord
from functions.whatsapp.inquiry import Inquiry, Missing
from infra.database import tenant_transaction

_DUE = text("select tenant_id, entry_id from sweep.due_inquiries(:limit)")
_ONE = text("""
select e.tenant_id, e.id, e.supplier_ruc, e.kind, e.series, e.number, e.issue_date,
       case when e.kind = '02' then cast(e.data ->> :fees as numeric) else e.total end as amount,
       e.currency,
       e.verdict, i.state, i.at, i.taxpayer, i.domicile, i.not_to, i.missed, i.due, x.engine,
       c.state as copied_state, c.at as copied_at, c.taxpayer as copied_taxpayer,
       c.domicile as copied_domicile, c.not_to as copied_not_to, c.due as copied_due
from books.inquiries i join books.entries e on e.id = i.entry_id
left join extractor.extractions x on x.document_id = e.document_id and x.ordinal = e.ordinal
left join lateral (
    select o.* from books.entries t join books.inquiries o on o.entry_id = t.id and o.tenant_id = t.tenant_id
    where t.tenant_id = e.tenant_id and t.supplier_ruc = e.supplier_ruc and t.kind = e.kind
      and t.series = e.series and t.number = e.number and t.issue_date = e.issue_date and t.total = e.total
      and t.id <> e.id and t.deleted_at is null and (o.state <> 'not_found' or o.missed > 0)
    order by o.at desc limit 1
) c on i.missed = 0 and coalesce(i.state, 'not_found') = 'not_found'
where i.entry_id = :entry and i.tenant_id = :tenant and e.deleted_at is null and books.is_askable(e)
    and case when e.kind = '02' then cast(e.data ->> :fees as numeric) else e.total end > 0
""")
_KEEP = text("""
update books.inquiries i set state = coalesce(cast(:state as text), state),
    at = coalesce(cast(:at as timestamptz), at),
    taxpayer = case when cast(:state as text) is null then taxpayer else cast(:taxpayer as text) end,
    domicile = case when cast(:state as text) is null then domicile else cast(:domicile as text) end,
    not_to = case when cast(:state as text) is null then not_to else cast(:not_to as text) end,
    missed = missed + :missed, due = cast(:due as timestamptz)
from books.entries e
where i.entry_id = :entry and i.tenant_id = :tenant and e.id = i.entry_id and e.tenant_id = i.tenant_id
  and (cast(:ruc as text) is null or (e.supplier_ruc, e.kind, e.series, e.number, e.issue_date,
          case when e.kind = '02' then cast(e.data ->> :fees as numeric) else e.total end)
       = (cast(:ruc as text), cast(:kind as text), cast(:series as text), cast(:number as text),
          cast(:day as date), cast(:total as numeric)))
""")
"""With a key (`:ruc` …) the word is kept only where the paper still has that key: it says nothing about a
paper that was corrected meanwhile.
"""
_ENTRY = text(
    "select id from books.entries where document_id = :document and ordinal = :ordinal and tenant_id = "
    ":tenant"
)


_TAKEN = text("""
update books.inquiries set due = :until where entry_id = :entry and tenant_id = :tenant and due <= :now
returning entry_id
""")
_KNOWN = text("""
select i.state, i.at, i.taxpayer, i.domicile, i.not_to
from books.entries e join books.inquiries i on i.entry_id = e.id and i.tenant_id = e.tenant_id
where e.tenant_id = :tenant
  and (e.supplier_ruc, e.kind, e.series, e.number, e.issue_date,
          case when e.kind = '02' then cast(e.data ->> :fees as numeric) else e.total end)
      = (:ruc, :kind, :series, :number, cast(:day as date), cast(:total as numeric))
  and (i.at > :since or i.state = any(:final))
order by i.at desc limit 1
""")

_UNASKED = text("""
update books.inquiries i set due = least(i.due, :now) from books.entries e
where e.tenant_id = :tenant and e.month = :month and e.deleted_at is null and i.entry_id = e.id
    and i.tenant_id = :tenant and i.state is null
  and i.due is not null returning i.entry_id
""")
_MISSING = text("""
select e.id, e.series, e.number, e.supplier_name
from books.inquiries i join books.entries e on e.id = i.entry_id and e.tenant_id = i.tenant_id
    join auth.tenants t on t.id = i.tenant_id
where i.tenant_id = :tenant and i.state = 'not_found' and i.missed > 2 and i.told is null
  and e.deleted_at is null and e.kind = '01' and e.igv > 0 and e.customer_ruc = t.ruc
  and not exists (select from auth.users u where u.id = :user and u.quiet)
order by e.series, e.number, e.id
""")


class PostgresInquiries:
    """The `Inquiries` port over an engine of `infra.database`. Thread-safe, as the engine is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self, limit: int) -> Sequence[tuple[UUID, UUID]]:
        with tenant_transaction(self._engine, None) as connection:
            return [(row.tenant_id, row.entry_id) for row in connection.execute(_DUE, {"limit": limit})]

    def inquiry(self, tenant: UUID, entry: UUID) -> Inquiry | None:
        with tenant_transaction(self._engine, tenant) as connection:
            row = connection.execute(_ONE, {"tenant": tenant, "entry": entry, "fees": FEES_BY}).first()
        if row is None:
            return None
        key = Key(row.supplier_ruc, row.kind, row.series, row.number, row.issue_date, row.amount)
        word = SunatWord(row.state, row.at, row.taxpayer, row.domicile, row.not_to) if row.state else None
        copied = (
            SunatWord(
                row.copied_state,
                row.copied_at,
                row.copied_taxpayer,
                row.copied_domicile,
                row.copied_not_to,
            )
            if row.copied_state
            else None
        )
        return Inquiry(
            row.tenant_id,
            row.id,
            key,
            word,
            row.missed,
            row.due,
            row.engine or "",
            row.verdict,
            row.currency,
            copied,
            row.copied_due,
        )

    def taken(self, tenant: UUID, entry: UUID, now: datetime, until: datetime) -> bool:
        values = {"tenant": tenant, "entry": entry, "now": now, "until": until}
        with tenant_transaction(self._engine, tenant) as connection:
            return connection.execute(_TAKEN, values).first() is not None

    def known(self, tenant: UUID, key: Key, since: datetime) -> SunatWord | None:
        values = _of(key) | {"tenant": tenant, "since": since, "final": list(FINAL)}
        with tenant_transaction(self._engine, tenant) as connection:
            row = connection.execute(_KNOWN, values).first()
        return SunatWord(row.state, row.at, row.taxpayer, row.domicile, row.not_to) if row else None

    def keep(
        self,
        tenant: UUID,
        entry: UUID,
        word: SunatWord | None,
        due: datetime | None,
        *,
        missed: bool = False,
        of: Key | None = None,
    ) -> None:
        with tenant_transaction(self._engine, tenant) as connection:
            connection.execute(_KEEP, _values(tenant, entry, word, due, missed=missed, of=of))

    def heard(self, tenant: UUID, document: UUID, heard: Heard, due: datetime | None) -> None:
        with tenant_transaction(self._engine, tenant) as connection:
            row = connection.execute(
                _ENTRY, {"tenant": tenant, "document": document, "ordinal": heard.invoice}
            ).first()
            if row is not None:
                connection.execute(
                    _KEEP,
                    _values(
                        tenant, row.id, heard.word, due, missed=heard.word.state == "not_found", of=heard.key
                    ),
                )

    def unasked(self, tenant: UUID, month: date, now: datetime) -> Sequence[UUID]:
        values = {"tenant": tenant, "month": month, "now": now}
        with tenant_transaction(self._engine, tenant) as connection:
            return [row.entry_id for row in connection.execute(_UNASKED, values)]

    def missing(self, author: Author) -> Sequence[Missing]:
        with tenant_transaction(self._engine, author.tenant) as connection:
            rows = connection.execute(_MISSING, {"tenant": author.tenant, "user": author.user}).all()
        return [Missing(row.id, row.series, row.number, row.supplier_name) for row in rows]


def _values(
    tenant: UUID, entry: UUID, word: SunatWord | None, due: datetime | None, *, missed: bool, of: Key | None
) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "entry": entry,
        "state": word and word.state,
        "at": word and word.at,
        "taxpayer": word and word.taxpayer,
        "domicile": word and word.domicile,
        "not_to": word and word.not_to,
        "due": due,
        "missed": int(missed),
        **_of(of),
    }


def _of(key: Key | None) -> dict[str, Any]:
    return {
        "ruc": key and key.ruc,
        "kind": key and key.kind,
        "series": key and key.series,
        "number": key and key.number,
        "day": key and key.day,
        "total": key and key.total,
        "fees": FEES_BY,
    }
