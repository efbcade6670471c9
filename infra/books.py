"""The books in Postgres: the `Books` port. Row-level security holds every statement to the business that its
transaction names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Row, TextClause, text

from functions.books.correcting import Correction, stands
from functions.books.entry import Entry
from functions.books.everything import Answer, Change, Everything, KeptPaper, Person, SentFile
from functions.books.figures import Alike
from functions.books.filed import Filed, Register, Unfiled, Why
from functions.books.months import Month
from functions.books.ports import MOST, Author, Business, Correctable, Done, FoundEntries, Given
from functions.books.rates import Rate
from functions.errors import Unwell
from functions.extractor.invoice import Invoice, Verdict
from functions.extractor.opening.document import TABLE
from functions.lima import LIMA
from functions.whatsapp import sunat
from infra.database import storable, storable_text, tenant_transaction, without_limits
from infra.records import columns

_BUSINESS = text("select ruc, name from auth.tenants where id = :tenant")
_NAME_BUSINESS = text("""
update auth.tenants set ruc = coalesce(cast(:ruc as text), ruc), name = coalesce(cast(:name as text), name)
    where id = :tenant
""")
_ASK_RUC = text("""
select t.id from auth.tenants t
where t.id = :tenant and t.ruc is null and t.ruc_asked is null
    and not exists (select from auth.users u where u.id = :user and u.quiet) and 2 <= (
    select count(*) from (
        select distinct e.supplier_ruc, e.series, e.number from books.entries e
        where e.tenant_id = :tenant and e.kind = '01' and e.deleted_at is null and e.customer_ruc = :ruc
          and (e.supplier_ruc, e.series, e.number) is distinct
              from (cast(:supplier as text), cast(:series as text), cast(:number as text))
        limit 2
    ) other)
""")
_HUSH = text("update auth.users set quiet = :quiet where id = :user and quiet <> :quiet")
_SHOWN = """
select e.id, e.received_at, e.verdict, e.data, e.note, count(*) over () as found,
       e.supplier_ruc is not null and e.kind is not null and e.series is not null and e.number is not null
           and exists (
           select from books.entries o
           where o.tenant_id = e.tenant_id and o.supplier_ruc = e.supplier_ruc and o.kind = e.kind
               and o.series = e.series and o.number = e.number
             and o.deleted_at is null and (o.received_at, o.id) < (e.received_at, e.id)) as repeated
from books.entries e where e.tenant_id = :tenant and e.deleted_at is null
"""
_MONTH = text(f"""
select coalesce(json_agg(to_json(a)), '[]')\\:\\:text from (
    select count(*) as papers, m.repeated, m.verdict, x.kind, x.currency,
        date_trunc('month', x.issue_date)\\:\\:date as issued,
           x.supplier ->> 'ruc' as ruc, x.supplier ->> 'name' as name,
           json_build_object('id_type', x.customer ->> 'id_type', 'id', x.customer ->> 'id') as customer,
               max(m.received_at) as latest,
           sum(abs(x.total))\\:\\:text as total, sum(abs(nullif(x.igv, 0)))\\:\\:text as igv,
           count(nullif(x.detraction, 0)) as detractions, sum(nullif(x.detraction, 0))\\:\\:text as detracted
    from ({_SHOWN.replace("count(*) over ()", "null")} and e.month = :month) m,
         jsonb_to_record(m.data) as x (kind text, currency text, issue_date date, supplier jsonb, customer
             jsonb, total numeric, igv numeric, detraction numeric)
    group by m.repeated, m.verdict, x.kind, x.currency, issued, ruc, name, x.customer ->> 'id_type',
        x.customer ->> 'id',
             x.total is null, coalesce(x.igv, 0) = 0
) a
""")
"""The statement gives groups of papers and their sums, as one value: taking each paper apart took most of the
time of a large month.
"""
_LATEST = text(
    f"{_SHOWN.replace('count(*) over ()', 'null')} order by e.received_at desc, e.ordinal limit :limit"
)
_SEARCH = text(f"""
with found as materialized (select entry, at from books.found(to_tsquery('simple', :query), {MOST}))
{_SHOWN.replace("count(*) over ()", "(select count(*) from found)")}
and e.id in (select entry from found order by at desc limit :limit) order by e.received_at desc
""")
_BY_RUC = text(f"{_SHOWN} and e.supplier_ruc = :ruc order by e.received_at desc limit :limit")
_BY_NUMBER = text(
    f"{_SHOWN} and e.series = :series and e.number = :number order by e.received_at desc limit :limit"
)
_GIVEN = text("select file, at from books.given where tenant_id = :tenant and month = :month")
_PERSON = text("""
select u.phone, u.bsuid, u.created_at, u.last_inbound_at, t.ruc, t.name,
       (select count(*) from books.entries e where e.tenant_id = t.id) as papers,
       (select count(*) from documents.documents d where d.tenant_id = t.id) as files,
       (select count(*) from messaging.replies r where r.user_id = u.id and r.body is not null) as answers
from auth.users u join auth.tenants t on t.id = u.tenant_id where u.id = :user
""")
_ALL_PAPERS = text("""
select e.id, e.received_at, e.verdict, e.data, e.note, false as repeated, e.deleted_at, d.filename,
    d.storage_uri
from books.entries e join documents.documents d on d.id = e.document_id
where e.tenant_id = :tenant order by e.received_at desc, e.ordinal limit :limit
""")
_ALL_FILES = text("""
select d.received_at, d.filename, d.media_type, d.bytes, d.storage_uri, (select count(*) from books.entries e
    where e.document_id = d.id) as papers
from documents.documents d where d.tenant_id = :tenant order by d.received_at desc limit :limit
""")
_ALL_CHANGES = text("""
select c.at, concat_ws('-', e.series, e.number) as serial, c.field, c.old, c.new
from books.corrections c join books.entries e on e.id = c.entry_id where c.user_id = :user
    order by c.at desc limit :limit
""")
_ALL_ANSWERS = text("""
select r.ready_at, r.body from messaging.replies r where r.user_id = :user and r.body is not null
    order by r.seq desc limit :limit
""")
_OF_THE_MONTH = (
    "e.tenant_id = :tenant and (e.month = :first or e.received_at >= :from and e.received_at < :until)"
)
_COUNTED = text(f"select count(*) from books.entries e where {_OF_THE_MONTH}")
_REGISTER = text(f"""
select e.id, e.received_at, e.verdict, e.data, e.note, e.document_id, e.month, d.filename, d.storage_uri,
    coalesce(u.phone, u.bsuid, m.address) as sender,
       e.deleted_at is not null as deleted,
       e.supplier_ruc is not null and e.kind is not null and e.series is not null and e.number is not null
           and exists (
           select from books.entries o
           where o.tenant_id = e.tenant_id and o.supplier_ruc = e.supplier_ruc and o.kind = e.kind
               and o.series = e.series and o.number = e.number
             and o.deleted_at is null and (o.received_at, o.id) < (e.received_at, e.id)) as repeated,
       (select o.issue_date from books.entries o
        where o.tenant_id = e.tenant_id and o.supplier_ruc = e.supplier_ruc
            and o.kind = e.data #>> '{{modifies,kind}}'
          and o.series = e.data #>> '{{modifies,series}}' and o.number = e.data #>> '{{modifies,number}}'
              and o.deleted_at is null
        order by o.received_at limit 1) as modified_on,
       case when e.data = x.data then (select array_agg(c ->> 'name') from jsonb_array_elements(x.checks) c
           where c ->> 'ok' = 'false') end as failed,
       case when e.data = x.data then (select array_agg(v ->> 'field') from jsonb_array_elements(x.evidence) v
           where v ->> 'trust' = 'doubted'
               or jsonb_array_length(coalesce(v -> 'disagree', '[]')) > 0) end as doubted,
       i.state as sunat_state, i.at as sunat_at,
       coalesce(i.not_to = (select t.ruc from auth.tenants t where t.id = e.tenant_id), false) as not_yours
from books.entries e join documents.documents d on d.id = e.document_id left join auth.users u
    on u.id = e.user_id
left join auth.members m on m.tenant_id = e.tenant_id and m.user_id = e.user_id
left join books.inquiries i on i.entry_id = e.id
left join extractor.extractions x on x.document_id = e.document_id and x.ordinal = e.ordinal
where {_OF_THE_MONTH}
order by e.issue_date nulls last, e.received_at, e.id limit cast(:limit as bigint)
""")
_UNFILED = text("""
select d.id, d.received_at, d.filename, d.storage_uri, d.status, d.verdict, d.what, d.failure,
    coalesce(u.phone, u.bsuid, m.address) as sender
from documents.documents d left join auth.users u on u.id = d.user_id left join auth.members m
    on m.tenant_id = d.tenant_id and m.user_id = d.user_id
where d.tenant_id = :tenant and d.received_at >= :from and d.received_at < :until
  and not exists (select from books.entries e where e.document_id = d.id) and d.media_type is distinct
      from :table
order by d.received_at, d.id limit cast(:limit as bigint)
""")
"""A table is left out: it is SUNAT's proposal, which is no paper that somebody failed to register."""
_RATES = text("select day, sell from books.rates where currency = 'USD' and day = any(:days)")
_KEEP_RATES = text("""
insert into books.rates (day, currency, sell)
select r.day, 'USD', r.sell from jsonb_to_recordset(cast(:rates as jsonb)) as r (day date, sell numeric)
    on conflict do nothing
""")
_MOST_PAPERS = 10_000
"""The most papers of one month that one request reads and lays out in its time: on a busy machine 30,000 took
20 s to read, and 25 s to write.
"""
_PAPER = """
select e.id, e.received_at, e.verdict, e.data, e.note, false as repeated, e.deleted_at is not null as deleted,
    coalesce(x.data, e.data) as read,
       (select count(*) from books.corrections c where c.entry_id = e.id) as changes,
       (select array_agg(v ->> 'field') from jsonb_array_elements(x.evidence) v
        where v ->> 'trust' = 'doubted'
            or jsonb_array_length(coalesce(v -> 'disagree', '[]')) > 0) as doubted,
       e.supplier_ruc is not null and e.kind is not null and e.series is not null and e.number is not null
           and exists (
           select from books.entries o
           where o.tenant_id = e.tenant_id and o.supplier_ruc = e.supplier_ruc and o.kind = e.kind
               and o.series = e.series and o.number = e.number
             and o.deleted_at is null and o.id <> e.id) as twin
from books.entries e left join extractor.extractions x on x.document_id = e.document_id
    and x.ordinal = e.ordinal
"""
_ONE = text(f"{_PAPER} where e.id = :entry and e.tenant_id = :tenant")
_QUOTED = text(f"""
with said as (
    select r.seq, r.document_id, r.about from messaging.sends s join messaging.replies r
        on r.user_id = s.user_id and r.seq = any(s.members)
    where s.sent_wamid = :quoted and s.user_id = :user
    union
    select r.seq, r.document_id, r.about from messaging.replies r where r.wamid = :quoted
        and r.user_id = :user
),
named as (
    select said.seq, of_it.id, of_it.place from said cross join lateral (
        select n.id, n.ordinal as place from books.entries n where n.document_id = said.document_id
        union all select a.id, a.place from unnest(said.about) with ordinality as a (id, place)
    ) of_it
)
{_PAPER} join named on named.id = e.id where e.tenant_id = :tenant order by named.seq, named.place
""")
_LAST = text(f"""
{_PAPER} where e.tenant_id = :tenant and e.document_id = (
    select r.document_id from messaging.replies r where r.user_id = :user and r.seq < :seq
        and r.document_id is not null order by r.seq desc limit 1
) order by e.ordinal
""")
_TAKEN_OUT = text(
    f"{_PAPER} where e.tenant_id = :tenant and e.user_id = :user and e.deleted_at > :since order by "
    "e.deleted_at desc limit 1"
)
_DONE = text(
    "select wamid, entry_id, field, old, new, undoes from books.corrections where tenant_id = :tenant and "
    "wamid = :wamid order by field"
)
_LAST_DONE = text("""
select c.wamid from books.corrections c
where c.user_id = :user and c.at > :since and c.undoes is null
  and not exists (select from books.corrections u where u.tenant_id = c.tenant_id and u.undoes = c.wamid)
order by c.at desc limit 1
""")
_ALONE = text(
    "select pg_advisory_xact_lock(hashtextextended(:wamid, 0)), "
    "pg_advisory_xact_lock(hashtextextended(cast(:entry as text), 0))"
)
"""The attempts of one message, and the changes of one paper, follow each other: the second sees what the first
did.
"""
_AS_SEEN = text("""
select not exists (select from books.corrections c where c.tenant_id = :tenant and c.wamid = :wamid)
    and :known = (select count(*) from books.corrections c where c.entry_id = :entry)
""")
_CHANGE = text("""
with entry as (
    update books.entries e set month = date_trunc('month',
        coalesce(x.issue_date, (e.received_at at time zone '-05')::date))::date,
        verdict = :verdict, supplier_ruc = x.supplier_ruc, supplier_name = x.supplier_name, customer_ruc =
            x.customer_ruc, kind = x.kind,
        series = x.series, number = x.number, issue_date = x.issue_date, currency = x.currency, igv = x.igv,
            total = x.total, data = x.data,
        deleted_at = case when cast(:deleted as text) is null then e.deleted_at
            when cast(:deleted as text) = 'yes' then now() end
    from jsonb_to_record(cast(:values as jsonb)) as x (supplier_ruc text, supplier_name text,
        customer_ruc text, kind text, series text, number text,
        issue_date date, currency text, igv numeric, total numeric, data jsonb)
    where e.id = :entry and e.tenant_id = :tenant returning e.id, e.tenant_id
)
insert into books.corrections (tenant_id, entry_id, field, old, new, user_id, wamid, undoes)
select entry.tenant_id, entry.id, c.field, c.old, c.new, :user, :wamid, cast(:undoes as text)
from entry, jsonb_to_recordset(cast(:corrections as jsonb)) as c (field text, old text, new text)
""")
"""`deleted` is "yes", "no", or null where the change leaves it as it is."""

_ALIKE = TypeAdapter(list[Alike])


class PostgresBooks:
    """The `Books` port over an engine of `infra.database`. Thread-safe, as the engine is.

    With `whole` it reads all of a month, however many papers and however long it takes: for an operator's
    command, since no request waits for it.
    """

    def __init__(self, engine: Engine, *, whole: bool = False, sender: UUID | None = None) -> None:
        self._engine, self._whole, self._sender = engine, whole, sender

    def sent_by(self, user: UUID) -> PostgresBooks:
        return PostgresBooks(self._engine, whole=self._whole, sender=user)

    def business(self, tenant: UUID) -> Business:
        with self._seen(tenant) as connection:
            row = connection.execute(_BUSINESS, {"tenant": tenant}).first()
        return Business(row.ruc, row.name) if row else Business()

    def may_ask_ruc(self, author: Author, factura: Invoice) -> bool:
        values = {
            "tenant": author.tenant, "user": author.user, "ruc": factura.customer.id,
            "supplier": factura.supplier.ruc, "series": factura.series, "number": factura.number,
        }  # fmt: skip
        with self._seen(author.tenant, author.home) as connection:
            return connection.execute(_ASK_RUC, values).first() is not None

    def hush(self, author: Author, *, quiet: bool) -> None:
        with self._seen(author.tenant, author.home) as connection:
            connection.execute(_HUSH, {"user": author.user, "quiet": quiet})

    def name_business(self, tenant: UUID, *, ruc: str | None = None, name: str | None = None) -> None:
        with self._seen(tenant) as connection:
            connection.execute(_NAME_BUSINESS, {"tenant": tenant, "ruc": ruc, "name": storable_text(name)})

    def month(self, tenant: UUID, first: date) -> Sequence[Alike]:
        with self._seen(tenant) as connection:
            return _ALIKE.validate_json(
                connection.execute(_MONTH, {"tenant": tenant, "month": first}).scalar_one()
            )

    def given(self, tenant: UUID, month: Month) -> Given | None:
        with self._seen(tenant) as connection:
            row = connection.execute(_GIVEN, {"tenant": tenant, "month": month.first}).first()
        return Given(month, row.file, row.at) if row else None

    def everything(self, author: Author, most: int) -> Everything:
        values = {"tenant": author.tenant, "user": author.user, "limit": most}
        with self._seen(author.tenant, author.home) as connection:
            who = connection.execute(_PERSON, values).one()
            papers, files, changes, answers = (
                connection.execute(each, values).all()
                for each in (_ALL_PAPERS, _ALL_FILES, _ALL_CHANGES, _ALL_ANSWERS)
            )
        return Everything(
            Person(who.phone, who.bsuid, who.created_at, who.last_inbound_at, who.ruc, who.name),
            [KeptPaper(_entry(row), row.deleted_at, row.filename, row.storage_uri) for row in papers],
            [
                SentFile(
                    row.received_at, row.filename, row.media_type, row.bytes, row.papers, row.storage_uri
                )
                for row in files
            ],
            [Change(row.at, row.serial, row.field, row.old, row.new) for row in changes],
            [Answer(row.ready_at, row.body) for row in answers],
            (who.papers, who.files, who.answers),
        )

    def register(self, tenant: UUID, first: date) -> Register:
        after = Month.of(first).after.first
        values = {
            "tenant": tenant,
            "first": first,
            "from": _midnight(first),
            "until": _midnight(after),
            "limit": None if self._whole else _MOST_PAPERS,
            "table": TABLE,
        }
        with self._seen(tenant) as connection:
            if self._whole:
                without_limits(connection)
            rows = connection.execute(_REGISTER, values).all()
            lost = connection.execute(_UNFILED, values).all()
            found = (
                connection.execute(_COUNTED, values).scalar_one() if len(rows) == _MOST_PAPERS else len(rows)
            )
        filed = [_filed(row) for row in rows if not row.deleted]
        out = [_taken_out(row) for row in rows if row.deleted]
        return Register(filed, [*out, *(_unfiled(row) for row in lost)], found - len(rows))

    def rates(self, days: Collection[date]) -> Mapping[date, Decimal]:
        with tenant_transaction(self._engine, None) as connection:
            return {row.day: row.sell for row in connection.execute(_RATES, {"days": list(days)})}

    def keep_rates(self, rates: Collection[Rate]) -> None:
        """Add SUNAT's rates for the days that have none."""
        told = [{"day": rate.day.isoformat(), "sell": str(rate.sell)} for rate in rates]
        with tenant_transaction(self._engine, None) as connection:
            connection.execute(_KEEP_RATES, {"rates": storable(told)})

    def latest(self, tenant: UUID, limit: int) -> FoundEntries:
        return self._page(tenant, _LATEST, {"limit": limit})

    def search(self, tenant: UUID, words: Sequence[str], limit: int) -> FoundEntries:
        # Only letters and digits are kept: what tsquery takes for operators never reaches it.
        terms = [term for word in words for term in re.findall(r"[A-Z0-9]+", word)]
        if not terms:
            return FoundEntries((), 0)
        return self._page(
            tenant, _SEARCH, {"query": " & ".join(f"{term}:*" for term in terms), "limit": limit}
        )

    def by_ruc(self, tenant: UUID, ruc: str, limit: int) -> FoundEntries:
        return self._page(tenant, _BY_RUC, {"ruc": ruc, "limit": limit})

    def by_number(self, tenant: UUID, series: str, number: str, limit: int) -> FoundEntries:
        return self._page(tenant, _BY_NUMBER, {"series": series, "number": number, "limit": limit})

    def paper(self, tenant: UUID, entry: UUID) -> Correctable | None:
        return next(iter(self._papers(tenant, _ONE, {"entry": entry})), None)

    def quoted(self, author: Author, wamid: str) -> Sequence[Correctable]:
        found = self._papers(author.tenant, _QUOTED, {"user": author.user, "quoted": wamid}, author.home)
        return tuple({paper.entry.id: paper for paper in found}.values())

    def last(self, author: Author, before: int) -> Sequence[Correctable]:
        return self._papers(author.tenant, _LAST, {"user": author.user, "seq": before}, author.home)

    def taken_out(self, author: Author, since: datetime) -> Sequence[Correctable]:
        return self._papers(author.tenant, _TAKEN_OUT, {"user": author.user, "since": since})

    def done(self, author: Author) -> Done | None:
        with self._seen(author.tenant, author.home) as connection:
            rows = connection.execute(_DONE, {"tenant": author.tenant, "wamid": author.wamid}).all()
        if not rows:
            return None
        return Done(
            rows[0].wamid,
            rows[0].entry_id,
            tuple(Correction(row.field, row.old, row.new) for row in rows),
            rows[0].undoes,
        )

    def last_done(self, author: Author, since: datetime) -> Done | None:
        with self._seen(author.tenant, author.home) as connection:
            row = connection.execute(_LAST_DONE, {"user": author.user, "since": since}).first()
        return self.done(replace(author, wamid=row.wamid)) if row else None

    def change(
        self,
        author: Author,
        entry: UUID,
        invoice: Invoice,
        verdict: Verdict,
        done: Sequence[Correction],
        *,
        seen: int,
        undoes: str | None = None,
    ) -> None:
        assert stands(done, invoice, verdict), "an entry's value is not what its last correction says"
        deleted = next((one.new or "no" for one in done if one.field == "deleted"), None)
        values = {
            "tenant": author.tenant,
            "user": author.user,
            "wamid": author.wamid,
            "entry": entry,
            "known": seen,
            "verdict": verdict,
            "values": storable(columns(invoice)),
            "deleted": deleted,
            "corrections": storable([asdict(one) for one in done]),
            "undoes": undoes,
        }
        with self._seen(author.tenant, author.home) as connection:
            connection.execute(_ALONE, values)
            if not connection.execute(_AS_SEEN, values).scalar_one():
                raise Unwell("books: the paper, or what the message did, changed meanwhile")
            connection.execute(_CHANGE, values)

    def _seen(self, tenant: UUID, person: UUID | None = None) -> AbstractContextManager[Connection]:
        return tenant_transaction(self._engine, tenant, person=person, sender=self._sender)

    def _papers(
        self, tenant: UUID, statement: TextClause, values: dict[str, Any], person: UUID | None = None
    ) -> Sequence[Correctable]:
        with self._seen(tenant, person) as connection:
            rows = connection.execute(statement, {"tenant": tenant} | values).all()
        return tuple(
            Correctable(
                _entry(r),
                r.deleted,
                Invoice.model_validate(r.read),
                tuple(r.doubted or ()),
                r.twin,
                r.changes,
            )
            for r in rows
        )

    def _page(self, tenant: UUID, statement: TextClause, values: dict[str, Any]) -> FoundEntries:
        with self._seen(tenant) as connection:
            rows = connection.execute(statement, {"tenant": tenant} | values).all()
        return FoundEntries(tuple(_entry(row) for row in rows), rows[0].found or len(rows) if rows else 0)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        row.id, row.received_at, row.verdict, Invoice.model_validate(row.data), row.note, row.repeated
    )


def _filed(row: Row[Any]) -> Filed:
    return Filed(
        _entry(row),
        row.document_id,
        row.month,
        row.filename,
        row.storage_uri,
        _sender(row),
        tuple(row.failed or ()),
        tuple(row.doubted or ()),
        row.modified_on,
        _heard(row),
        row.sunat_state in sunat.WARNED,
    )


def _heard(row: Row[Any]) -> str | None:
    return sunat.heard(row.sunat_state, row.sunat_at, not_yours=row.not_yours) if row.sunat_state else None


def _taken_out(row: Row[Any]) -> Unfiled:
    invoice = Invoice.model_validate(row.data)
    said = f"{invoice.series or ''}-{invoice.number or ''}".strip("-")
    return Unfiled(
        row.document_id, row.received_at, "taken_out", row.filename, row.storage_uri, _sender(row), said
    )


def _unfiled(row: Row[Any]) -> Unfiled:
    why: Why = row.what or "nothing"
    if row.status != "done":
        why = "reading" if row.status == "working" else "failed"
    elif row.verdict == "unreadable":
        why = "unreadable"
    return Unfiled(row.id, row.received_at, why, row.filename, row.storage_uri, _sender(row))


def _sender(row: Row[Any]) -> str | None:
    """Returns the sender as "…" and the last four characters of the address, by which the owner knows it."""
    return f"…{row.sender[-4:]}" if row.sender else None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LIMA)
