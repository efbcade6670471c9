"""Lanes, replies and sends in Postgres: the `Outbox` port, which answers every sender in order and once.

Times are the database's (`clock_timestamp()`), so that instances with different clocks agree on who holds a
lane. Taking a lease does not wait for the disk. Freezing a send under it does, and that keeps the lease too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import Engine, Row, text

from functions.whatsapp.client import NOBODY_THERE, Action
from functions.whatsapp.ledger import Earlier, Frozen, LaneView, Lease, Refusal, StatusFailed, Waiting
from functions.whatsapp.model import Address, Enclosed, Offer
from infra import offers
from infra.database import storable, tenant_transaction
from infra.records import enclosed

_LEASE = text("""
update messaging.lanes
    set lease_token = :token, lease_until = clock_timestamp() + make_interval(secs => :lease_s)
where user_id = :user and not held
  and (lease_until is null or lease_until < clock_timestamp())
  and (not_before is null or not_before <= clock_timestamp())
returning next
""")

_VIEW = text("""
select clock_timestamp() as now, l.next, l.failures, u.phone, u.bsuid, u.address_version, u.last_inbound_at,
    w.working,
    array(select max(b.sent_at) from messaging.replies b
        where b.user_id = l.user_id and b.seq between l.next - 96 and l.next - 1
            and b.sent_at > clock_timestamp() - interval '5 minutes'
        group by b.send_id order by 1) as left_at,
       r.seq, r.state, r.wamid, r.document_id, r.title, r.body, r.ready_at, r.tries, r.file, r.offer,
           d.received_at,
       s.id as send_id, s.members, s.text, s.quote, s.called_at, s.calls, s.error, s.file as sent_file,
           s.offer as sent_offer,
       invoices.keys, invoices.earlier
from messaging.lanes l
join auth.users u on u.id = l.user_id
cross join lateral (
    select max(d.seq) as working from documents.documents d
    where d.user_id = l.user_id and d.status = 'working' and d.lease_until > clock_timestamp()
) w
left join lateral (
    (select * from messaging.replies where user_id = l.user_id and seq >= l.next order by seq limit 60)
    union
    (select * from messaging.replies where user_id = l.user_id and state = 'ready' order by seq limit 60)
) r on true
left join documents.documents d on d.id = r.document_id
left join messaging.sends s on s.id = r.send_id and s.state = 'frozen'
left join lateral (
    select jsonb_agg(jsonb_build_array(concat_ws('|', e.supplier_ruc, e.kind, e.series, e.number),
        e.series || '-' || e.number)) as keys,
           jsonb_agg(jsonb_build_array(e.series || '-' || e.number, o.id, o.received_at)) filter (where o.id
               is not null) as earlier
    from extractor.extractions e
    left join lateral (
        select od.id, od.received_at from extractor.extractions oe
        join documents.documents od on od.id = oe.document_id
        join messaging.replies orp on orp.document_id = od.id and orp.state = 'sent'
        where oe.tenant_id = e.tenant_id and oe.supplier_ruc = e.supplier_ruc and oe.kind = e.kind
          and oe.series = e.series and oe.number = e.number and oe.document_id <> e.document_id
        order by orp.sent_at limit 1
    ) o on true
    where e.document_id = r.document_id and e.supplier_ruc is not null and e.kind is not null
        and e.series is not null and e.number is not null
) invoices on r.state = 'ready'
where l.user_id = :user and l.lease_token = :token
order by r.seq
""")

_FREEZE = text("""
with lane as (
    update messaging.lanes set lease_until = clock_timestamp() + make_interval(secs => :lease_s)
    where user_id = :user and lease_token = :token returning user_id
),
send as (
    insert into messaging.sends (id, tenant_id, user_id, members, text, quote, state, address_version, file,
        offer)
    select :id, :tenant, lane.user_id, cast(:members as integer[]), :text, :quote, 'frozen',
        cast(:version as integer), cast(:file as jsonb),
           cast(:offer as jsonb) from lane returning called_at
),
mark as (
    update documents.documents d set duplicate_of = cast(x.original as uuid)
    from jsonb_to_recordset(cast(:duplicates as jsonb)) as x (seq integer, original text), lane
    where d.user_id = lane.user_id and d.seq = any(cast(:members as integer[])) and d.seq = x.seq
),
members as (
    update messaging.replies r set send_id = :id from send
    where r.user_id = :user and r.seq = any(cast(:members as integer[])) and r.state = 'ready' returning r.seq
)
select send.called_at, (select count(*) from members) as members from send
""")

_RECALL = text("""
with lane as (
    update messaging.lanes set lease_until = clock_timestamp() + make_interval(secs => :lease_s)
    where user_id = :user and lease_token = :token returning user_id
)
update messaging.sends s
    set calls = calls + 1, called_at = clock_timestamp(), error_code = null, error = null,
    address_version = cast(:version as integer), file = cast(:file as jsonb) from lane
where s.id = :id and s.state = 'frozen' returning s.id
""")

_SENT = text("""
with done as (
    update messaging.sends set state = 'sent', sent_wamid = :wamid, error_code = null, error = null
    where id = :id and state = 'frozen' returning members
),
members as (
    update messaging.replies r set state = 'sent', sent_at = clock_timestamp() from done
    where r.user_id = :user and r.seq = any(done.members) and r.send_id = :id
)
update messaging.lanes set next = greatest(next, :next), failures = 0,
    not_before = case when not exists (select from done) then not_before
        when paced_until > clock_timestamp() then clock_timestamp() + make_interval(secs => :pace_s) end
where user_id = :user returning not_before
""")

_FAILED = text("""
with done as (
    update messaging.sends set state = case
        when :keep then state else 'failed' end, error_code = :code, error = :detail
    where id = :id and state = 'frozen' returning state, members
),
members as (
    update messaging.replies r set send_id = null, tries = tries + :counted from done
    where done.state = 'failed' and r.user_id = :user and r.seq = any(done.members) and r.send_id = :id
)
update messaging.lanes set failures = failures + 1, held = held or :hold,
    paced_until = case when :pace then clock_timestamp() + make_interval(secs => :paced_s) else paced_until
        end,
    not_before = case when cast(:wait_s as float) is null then not_before
        else clock_timestamp() + make_interval(secs => cast(:wait_s as float)) end
where user_id = :user returning not_before
""")

_BURY = text("""
with done as (
    update messaging.sends s set state = case when (cast(:code as integer) = :gone and u.address_version >
        s.address_version) then 'failed' else 'undeliverable' end, error_code = :code, error = :detail
    from auth.users u where s.id = :id and s.state = 'frozen' and u.id = s.user_id
        returning s.members, s.state
),
members as (
    update messaging.replies r set state = case done.state
        when 'failed' then 'ready' else 'undeliverable' end,
        send_id = case done.state when 'failed' then null else r.send_id end from done
    where r.user_id = :user and r.seq = any(done.members) and r.send_id = :id
)
update messaging.lanes set failures = 0,
    next = case when exists (select from done where state = 'failed') then next else greatest(next, :next) end
where user_id = :user
""")

_SKIP = text("""
update messaging.lanes l set next = greatest(next, :to) where user_id = :user and lease_token = :token
  and not exists (select from messaging.replies r where r.user_id = l.user_id and r.state = 'ready'
      and r.seq >= l.next and r.seq < :to)
returning next
""")
_PAUSE = text("update messaging.lanes set not_before = :until where user_id = :user and lease_token = :token")
_HOLD = text("""
with lane as (select l.user_id from messaging.lanes l where l.user_id = :user and l.lease_token = :token),
kept as (
    update messaging.lanes l set held = true from lane where l.user_id = lane.user_id
        and l.lease_token = :token
      and not exists (select from auth.users u where u.id = l.user_id
          and u.last_inbound_at > coalesce(cast(:seen as timestamptz), '-infinity'))
)
update messaging.sends s set error = 'no certain answer' from lane where s.id = cast(:uncertain as uuid)
""")

_RELEASE = text(
    "update messaging.lanes set lease_token = null, lease_until = null where user_id = :user and "
    "lease_token = :token"
)
_AGAIN = text("""
select exists (
    select from messaging.lanes l
    cross join lateral (select min(r.seq) as first from messaging.replies r where r.user_id = l.user_id
        and r.state = 'ready') ready
    where l.user_id = :user and not l.held and (l.not_before is null or l.not_before <= clock_timestamp())
      and (ready.first <= l.next or ready.first - l.next = (
          select count(*) from messaging.replies r where r.user_id = l.user_id and r.seq >= l.next
              and r.seq < ready.first
      ))
)
""")
"""Gives true where only settled numbers (void ones, above all) stand before the first ready reply."""

_STATUS_FAILED = text("""
with done as (
    update messaging.sends s set state = case when :again or (cast(:code as integer) = :gone
        and u.address_version > s.address_version) then 'failed' else 'undeliverable' end, error_code = :code,
            error = :detail
    from auth.users u
    where s.id = :id and u.id = s.user_id and (s.state = 'frozen' and s.calls = 1 or s.state = 'sent'
        and s.sent_wamid = :wamid)
    returning s.user_id, s.members, s.state
),
members as (
    update messaging.replies r set send_id = null, tries = r.tries + :counted, sent_at = null,
        state = case when done.state = 'failed'
            and (:counted = 0 or r.tries + 1 < :tries) then 'ready' else 'undeliverable' end
    from done where r.user_id = done.user_id and r.seq = any(done.members) and r.send_id = :id
    returning r.state
),
lane as (
    update messaging.lanes l set held = l.held or :hold,
        paced_until = case when :pace then clock_timestamp() + make_interval(secs => :paced_s) else
            l.paced_until end,
        not_before = case when cast(:wait_s as float) is null then l.not_before
            else clock_timestamp() + make_interval(secs => cast(:wait_s as float)) end
    from done where l.user_id = done.user_id returning l.not_before
)
select members.state, lane.not_before from members cross join lane order by members.state limit 1
""")

_PACE_S, _PACED_S = 6, 300
"""Seconds between messages, and for how long, once Meta said "too often to this user" (131056): one message
in 6 s, until what a burst of 45 borrowed is paid back (about-the-platform).
"""


class PostgresOutbox:
    """The `Outbox` port over an engine of `infra.database`. Thread-safe, as the engine is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lease(self, tenant_id: UUID, user_id: UUID, lease_s: float) -> Lease | None:
        lease = Lease(tenant_id, user_id, uuid4())
        return lease if self._first(lease, _LEASE, durable=False, lease_s=lease_s) else None

    def view(self, lease: Lease) -> LaneView | None:
        with tenant_transaction(self._engine, lease.tenant_id, chat=True) as connection:
            rows = connection.execute(_VIEW, {"user": lease.user_id, "token": lease.token}).all()
        if not rows:
            return None
        first = rows[0]
        return LaneView(
            now=first.now,
            next=first.next,
            address=Address(first.phone, first.bsuid),
            address_version=first.address_version,
            last_inbound_at=first.last_inbound_at,
            working=first.working,
            replies=tuple(_waiting(row) for row in rows if row.seq is not None),
            unresolved=next(
                (_frozen(row) for row in rows if row.send_id is not None and row.state == "ready"), None
            ),
            failures=first.failures,
            left_at=tuple(first.left_at),
        )

    def freeze(
        self,
        lease: Lease,
        members: Sequence[int],
        text: str,
        quote: str | None,
        duplicates: dict[int, UUID],
        lease_s: float,
        *,
        version: int,
        file: Enclosed | None = None,
        offer: Offer | None = None,
    ) -> Frozen | Literal["lost", "changed"]:
        send = uuid4()
        marks = storable([{"seq": seq, "original": str(original)} for seq, original in duplicates.items()])
        values = {
            "id": send,
            "tenant": lease.tenant_id,
            "members": list(members),
            "text": text,
            "quote": quote,
            "duplicates": marks,
            "lease_s": lease_s,
            "version": version,
            "file": enclosed(file),
            "offer": offers.dump(offer),
        }
        with tenant_transaction(self._engine, lease.tenant_id, chat=True) as connection:
            row = connection.execute(_FREEZE, values | {"user": lease.user_id, "token": lease.token}).first()
            if row is None:
                return "lost"
            if row.members != len(members):  # nothing of this send may stay
                connection.rollback()
                return "changed"
        return Frozen(send, tuple(members), text, quote, row.called_at, 1, file=file, offer=offer)

    def recall(
        self, lease: Lease, send: Frozen, lease_s: float, *, version: int, file: Enclosed | None = None
    ) -> bool:
        return (
            self._first(lease, _RECALL, id=send.id, lease_s=lease_s, version=version, file=enclosed(file))
            is not None
        )

    def sent(self, lease: Lease, send: Frozen, wamid: str) -> datetime | None:
        row = self._first(lease, _SENT, id=send.id, wamid=wamid, next=max(send.members) + 1, pace_s=_PACE_S)
        return row.not_before if row else None

    def failed(self, lease: Lease, send: Frozen, refusal: Refusal, *, keep: bool) -> datetime | None:
        row = self._first(lease, _FAILED, id=send.id, keep=keep, **_why(refusal), **_lane_after(refusal))
        return row.not_before if row and refusal.wait_s is not None else None

    def bury(self, lease: Lease, send: Frozen, refusal: Refusal) -> None:
        self._do(lease, _BURY, id=send.id, next=max(send.members) + 1, **_why(refusal))

    def skip(self, lease: Lease, to: int) -> bool:
        return self._first(lease, _SKIP, to=to) is not None

    def pause(self, lease: Lease, until: datetime) -> None:
        self._do(lease, _PAUSE, until=until)

    def hold(self, lease: Lease, seen: datetime | None, uncertain: Frozen | None = None) -> None:
        self._do(lease, _HOLD, seen=seen, uncertain=uncertain.id if uncertain else None)

    def release(self, lease: Lease) -> bool:
        # Two transactions on purpose: a reply that became ready while the lane was leased is seen only after
        # the release is visible.
        self._do(lease, _RELEASE, durable=False)
        row = self._first(lease, _AGAIN)
        return bool(row and row[0])

    def status_failed(
        self, tenant_id: UUID, send_id: UUID, wamid: str, refusal: Refusal, tries: int
    ) -> StatusFailed:
        values = {
            "id": send_id,
            "wamid": wamid,
            "again": refusal.action is not Action.UNDELIVERABLE,
            "tries": tries,
        }
        with tenant_transaction(self._engine, tenant_id) as connection:
            row = connection.execute(_STATUS_FAILED, values | _why(refusal) | _lane_after(refusal)).first()
        if row is None:
            return StatusFailed("unknown")
        return StatusFailed(
            "again" if row.state == "ready" else "undeliverable",
            row.not_before if refusal.wait_s is not None else None,
        )

    def _do(self, lease: Lease, statement: Any, *, durable: bool = True, **values: Any) -> None:
        with tenant_transaction(self._engine, lease.tenant_id, durable=durable) as connection:
            connection.execute(statement, {"user": lease.user_id, "token": lease.token} | values)

    def _first(self, lease: Lease, statement: Any, *, durable: bool = True, **values: Any) -> Row[Any] | None:
        with tenant_transaction(self._engine, lease.tenant_id, durable=durable) as connection:
            return connection.execute(
                statement, {"user": lease.user_id, "token": lease.token} | values
            ).first()


def _why(refusal: Refusal) -> dict[str, Any]:
    """Returns what a refusal says, as the statements take it. `gone` is the code of a send that found nobody;
    where its user has left that address since, it is sent again.
    """
    return {"code": refusal.code, "detail": refusal.detail[:500], "gone": NOBODY_THERE}


def _lane_after(refusal: Refusal) -> dict[str, Any]:
    """Returns what a refusal does to the lane and to its members' tries, as both statements take it."""
    return {
        "wait_s": refusal.wait_s,
        "hold": refusal.hold,
        "counted": int(refusal.counts),
        "pace": refusal.pace,
        "paced_s": _PACED_S,
    }


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        seq=row.seq,
        state=row.state,
        wamid=row.wamid,
        document_id=row.document_id,
        title=row.title,
        body=row.body,
        ready_at=row.ready_at,
        received_at=row.received_at,
        tries=row.tries,
        keys=tuple((key, name) for key, name in row.keys or ()),
        earlier=tuple(
            Earlier(name, datetime.fromisoformat(at), UUID(document))
            for name, document, at in row.earlier or ()
        ),
        file=Enclosed(**row.file) if row.file else None,
        offer=offers.load(row.offer),
    )


def _frozen(row: Row[Any]) -> Frozen:
    return Frozen(
        row.send_id,
        tuple(row.members),
        row.text,
        row.quote,
        row.called_at,
        row.calls,
        row.error,
        Enclosed(**row.sent_file) if row.sent_file else None,
        offers.load(row.sent_offer),
    )
