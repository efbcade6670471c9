"""The statements of records.py, one for each step of a message.

They are few and wide, since a user waits for the round trip of each: opening, claiming, counting and
finishing are one statement each.
"""

from __future__ import annotations

from sqlalchemy import text

OPEN = text("""
with tomb as (select 1 from auth.tombstones where tenant_id = :tenant),
tenant as (
    insert into auth.tenants as t (id, whatsapp_number, created_at)
    select :tenant, :phone, :created_at where not exists (select from tomb)
    on conflict (id) do update set whatsapp_number = excluded.whatsapp_number
    where t.whatsapp_number is distinct from excluded.whatsapp_number
      and :version > (select u.address_version from auth.users u where u.id = :user)
),
person as (
    insert into auth.users as u (id, tenant_id, phone, bsuid, address_version, last_inbound_at, created_at)
    select :user, :tenant, :phone, :bsuid, :version, :inbound_at, :created_at
        where not exists (select from tomb)
    on conflict (id) do update set
        phone = case when excluded.address_version > u.address_version then excluded.phone else u.phone end,
        bsuid = case when excluded.address_version > u.address_version then excluded.bsuid else u.bsuid end,
        address_version = greatest(u.address_version, excluded.address_version),
        last_inbound_at = greatest(u.last_inbound_at, excluded.last_inbound_at)
),
lane as (
    insert into messaging.lanes as l (user_id, tenant_id, next)
        select :user, :tenant, 1 - cardinality(cast(:welcomes as text[])) where not exists (select from tomb)
    on conflict (user_id) do update set held = false
        where l.held and cast(:inbound_at as timestamptz) is not null and not exists (select from
            messaging.sends s where s.user_id = :user and s.state = 'frozen' and s.called_at > :received_at)
    returning (xmax = 0) as opened
),
welcome as (
    insert into messaging.replies (user_id, seq, tenant_id, body, state)
    select :user, said.at - cardinality(cast(:welcomes as text[])), :tenant, said.body, 'ready'
    from lane, unnest(cast(:welcomes as text[])) with ordinality as said (body, at) where lane.opened
    on conflict do nothing
)
select exists (select from tomb) as purged, (select seq from messaging.replies
    where wamid = :wamid) as answered
""")
"""A held lane goes on when the user writes (our own news has no `inbound_at`), but not by the task of a
message that came before the last call of an uncertain send.
"""

MOVE = text("""
with tomb as (select 1 from auth.tombstones where tenant_id = :tenant),
tenant as (
    insert into auth.tenants as t (id, whatsapp_number, created_at)
    select :tenant, :phone, :created_at where not exists (select from tomb)
    on conflict (id) do update set whatsapp_number = excluded.whatsapp_number
    where :version > (select u.address_version from auth.users u where u.id = :user)
),
moved as (
    insert into auth.users as u (id, tenant_id, phone, bsuid, address_version, created_at)
    select :user, :tenant, :phone, :bsuid, :version, :created_at where not exists (select from tomb)
    on conflict (id) do update
        set phone = excluded.phone, bsuid = excluded.bsuid, address_version = excluded.address_version
    where u.address_version < excluded.address_version returning id
),
again as (
    update messaging.replies r set state = 'ready', send_id = null from moved, messaging.sends s
    where (cast(:phone as text) is not null or cast(:bsuid as text) is not null)
      and r.user_id = moved.id and r.state = 'undeliverable' and s.user_id = moved.id
          and r.seq = any(s.members)
      and s.state = 'undeliverable' and s.error_code = :gone
          and s.called_at > clock_timestamp() - make_interval(secs => :window_s)
)
select id from moved
""")
"""A move may come before the task of the first message. So this writes the user too, or that older task would
bring back the lost address.

Answers that found nobody at the old address (Meta, 131026) while the news of the change was on its way become
ready again.
"""

STANDS = text("select not exists (select from auth.tombstones where tenant_id = :tenant) as stands")
_GUEST = """
with business as (
    insert into auth.tenants (id, created_at) select :tenant, now()
    where cast(:guest as boolean) and not exists (select from auth.tombstones where tenant_id = :tenant)
        on conflict do nothing
),
member as (
    insert into auth.members as m (tenant_id, user_id, home, role, address)
    select :tenant, :user, cast(:home as uuid), cast(:role as text), cast(:address as text)
        where cast(:guest as boolean)
    on conflict (tenant_id, user_id) do update set role = excluded.role, address = excluded.address
    where (m.role, m.address) is distinct from (excluded.role, excluded.address)
)
"""
WELCOME_GUEST = text(f"{_GUEST} select 1")
CLAIM = text(f"""
{_GUEST},
ours as (
    insert into documents.documents as d
        (id, tenant_id, user_id, wamid, seq, received_at, filename, storage_uri, status, lease_token,
            lease_until, home, guest)
    values (:id, :tenant, :user, :wamid, :seq, :received_at, :filename, :storage_uri, 'working', :token,
            clock_timestamp() + make_interval(secs => :lease_s), case
                when cast(:guest as boolean) then cast(:home as uuid) end, cast(:guest as boolean))
    on conflict (id) do update set lease_token = excluded.lease_token, lease_until = excluded.lease_until
        where d.status = 'working' and (d.lease_token is null or d.lease_until < clock_timestamp())
    returning d.tenant_id, d.storage_uri, (xmax = 0) as new
)
select true as claimed, tenant_id, storage_uri, new, false as finished from ours
union all
select false, null, null, false, d.status <> 'working' from documents.documents d where d.id = :id
    and not exists (select from ours)
""")  # noqa: S608 - of constants alone
"""No row at all means that another worker made the document after this statement began. A person who sends to
somebody else's business is its member from here on, and the business's row is made, as it is for its owner
when the owner writes: Postgres learns of it from tasks alone.
"""

REFILE = text("""
update documents.documents set tenant_id = :business, home = :home,
    guest = cast(:business as uuid) <> cast(:home as uuid), storage_uri = :storage_uri
where id = :id and lease_token = :token and status = 'working' returning id
""")
"""Moves the document from the business that the transaction names to another one, since its sender's chat may
see it in either.
"""

_QUOTED = """
with quoted as (
    select r.document_id, r.about, r.business
    from messaging.sends s join messaging.replies r on r.user_id = s.user_id and r.seq = any(s.members)
    where s.sent_wamid = :quoted and s.user_id = :user
    union all
    select r.document_id, r.about, r.business from messaging.replies r
    where r.wamid = :quoted and r.user_id = :user
)
"""
STANDING = text(f"""
{_QUOTED},
named as (
    select document_id as id from quoted
    union select e.document_id from quoted join books.entries e on e.id = any(quoted.about)
    union (
        select r.document_id from messaging.replies r
        where cast(:quoted as text) is null and r.user_id = :user and r.seq < :seq
          and r.document_id is not null order by r.seq desc limit 1
    )
)
select d.id, d.tenant_id, d.wamid, d.storage_uri, d.media_type
from named join documents.documents d on d.id = named.id
where d.user_id = :user and d.status <> 'working' order by d.seq
""")  # noqa: S608 - of constants alone
RELOCATE = text("""
update documents.documents
set tenant_id = :business, home = :home, guest = cast(:business as uuid) <> cast(:home as uuid),
    storage_uri = :storage_uri, duplicate_of = null
where id = :id and tenant_id = :tenant and user_id = :user and status <> 'working' returning id
""")
"""The rows that depend on the document go with it by their foreign keys."""
QUOTED_IN = text(f"""
{_QUOTED}
select distinct coalesce(d.tenant_id, quoted.business) as business
from quoted left join documents.documents d on d.id = quoted.document_id
where coalesce(d.tenant_id, quoted.business) is not null
""")  # noqa: S608 - of constants alone

ATTEMPT = text("""
update documents.documents as d
set attempts = attempts + 1, storage_uri = :storage_uri, sha256 = :sha256, bytes = :size
where d.id = :id and d.lease_token = :token
returning d.attempts, (
    select o.id from documents.documents o
    where o.tenant_id = d.tenant_id and o.sha256 = :sha256 and o.status = 'done' and not o.incomplete
        and o.id <> d.id and not d.anew
      and exists (select from messaging.replies r where r.document_id = o.id and r.body is not null)
    order by o.received_at limit 1
)
""")

UNCLAIM = text("""
update documents.documents
    set lease_token = null, lease_until = clock_timestamp() + make_interval(secs => cast(:back_s as float)),
    problem = coalesce(cast(:problem as text), problem), problem_at = case
        when cast(:problem as text) is null then problem_at else clock_timestamp() end
where id = :id and lease_token = :token
""")

FINISH = text("""
with finished as (
    update documents.documents
    set status = :status, verdict = :verdict, what = :what, failure = :failure, media_type = :media_type,
        pages = :pages, pages_read = :pages_read,
        incomplete = :incomplete, problem = coalesce(cast(:problem as text), problem),
        problem_at = case when cast(:problem as text) is null then problem_at else clock_timestamp() end,
        tokens = tokens + :tokens, cost_usd = cost_usd + :cost_usd, lease_token = null, lease_until = null,
            finished_at = clock_timestamp()
    where id = :id and lease_token = :token returning id, user_id, received_at
),
paper as (
    select * from jsonb_to_recordset(cast(:rows as jsonb)) as x (id uuid, ordinal integer, supplier_ruc text,
        supplier_name text, customer_ruc text,
        kind text, series text, number text, issue_date date, currency text, igv numeric, total numeric,
        data jsonb, evidence jsonb, checks jsonb, tokens integer, cost_usd numeric)
),
read as (
    insert into extractor.extractions
        (id, tenant_id, document_id, ordinal, engine, model, verdict, supplier_ruc, supplier_name,
            customer_ruc, kind, series, number,
         issue_date, currency, igv, total, data, evidence, checks, tokens, cost_usd, elapsed_ms)
    select x.id, :tenant, finished.id, x.ordinal, :engine, :model, :verdict, x.supplier_ruc, x.supplier_name,
        x.customer_ruc, x.kind, x.series, x.number,
           x.issue_date, x.currency, x.igv, x.total, x.data, x.evidence, x.checks, x.tokens, x.cost_usd,
               :elapsed_ms
    from finished, paper x
    on conflict (document_id, ordinal) do nothing
),
kept as (
    insert into books.entries
        (id, tenant_id, document_id, ordinal, user_id, received_at, month, verdict, supplier_ruc,
            supplier_name, customer_ruc, kind, series, number,
         issue_date, currency, igv, total, data, note)
    select x.id, :tenant, finished.id, x.ordinal, finished.user_id, finished.received_at,
           date_trunc('month', coalesce(x.issue_date, (finished.received_at at time zone '-05')::date))::date,
               :verdict, x.supplier_ruc,
           x.supplier_name, x.customer_ruc, x.kind, x.series, x.number, x.issue_date, x.currency, x.igv,
               x.total, x.data, cast(:note as text)
    from finished, paper x
    on conflict (document_id, ordinal) do nothing
),
asked as (
    update auth.tenants t set ruc_asked = :wamid from finished
    where t.id = :tenant and cast(:question as text) is not null and t.ruc is null and t.ruc_asked is null
        returning t.id
)
insert into messaging.replies (user_id, seq, tenant_id, wamid, document_id, title, body, state, file, offer)
select :user, :seq, :home, :wamid, finished.id, :title, cast(:body as text) || coalesce(asked.question, ''),
    'ready', cast(:file as jsonb), coalesce(asked.offer, cast(:own_offer as jsonb))
from finished left join (select cast(:question as text) as question, cast(:offer as jsonb) as offer
    from asked) asked on true
on conflict do nothing returning seq
""")

FINISH_AS = text("""
with twin as (
    select d.*, r.title, r.body from documents.documents d join messaging.replies r on r.document_id = d.id
    where d.id = :twin and d.status = 'done' and not d.incomplete and r.body is not null
),
finished as (
    update documents.documents d
    set status = 'done', verdict = twin.verdict, what = twin.what, media_type = twin.media_type,
        pages = twin.pages, pages_read = twin.pages_read,
        incomplete = false, lease_token = null, lease_until = null, finished_at = clock_timestamp()
    from twin where d.id = :id and d.lease_token = :token
        returning d.id, d.user_id, d.received_at, twin.title, twin.body
),
read as (
    insert into extractor.extractions
        (id, tenant_id, document_id, ordinal, engine, model, verdict, supplier_ruc, supplier_name,
            customer_ruc, kind, series, number,
         issue_date, currency, igv, total, data, evidence, checks)
    select gen_random_uuid(), x.tenant_id, finished.id, x.ordinal, x.engine, x.model, x.verdict,
        x.supplier_ruc, x.supplier_name, x.customer_ruc, x.kind,
           x.series, x.number, x.issue_date, x.currency, x.igv, x.total, x.data, x.evidence, x.checks
    from finished, extractor.extractions x where x.document_id = :twin
    on conflict (document_id, ordinal) do nothing
),
kept as (
    insert into books.entries
        (id, tenant_id, document_id, ordinal, user_id, received_at, month, verdict, supplier_ruc,
            supplier_name, customer_ruc, kind, series, number,
         issue_date, currency, igv, total, data, note)
    select gen_random_uuid(), :tenant, finished.id, x.ordinal, finished.user_id, finished.received_at,
           date_trunc('month', coalesce(x.issue_date, (finished.received_at at time zone '-05')::date))::date,
               x.verdict, x.supplier_ruc,
           x.supplier_name, x.customer_ruc, x.kind, x.series, x.number, x.issue_date, x.currency, x.igv,
               x.total, x.data, cast(:note as text)
    from finished, extractor.extractions x where x.document_id = :twin
    on conflict (document_id, ordinal) do nothing
)
insert into messaging.replies (user_id, seq, tenant_id, wamid, document_id, title, body, state)
select :user, :seq, :home, :wamid, finished.id, finished.title,
       split_part(split_part(split_part(finished.body, cast(:mark as text), 1), cast(:asked as text), 1),
           cast(:missing as text), 1) || cast(:noted as text), 'ready' from finished
on conflict do nothing returning seq
""")

ANSWER = text("""
with lately as (
    select r.seq, r.kind, r.body is null as silent, r.ready_at from messaging.replies r
    where r.user_id = :user and r.seq < :seq order by r.seq desc limit 30
),
same as (
    select silent from lately
    where kind = cast(:kind as text) and ready_at > clock_timestamp() - interval '10 minutes'
      and seq > coalesce((select max(d.seq) from documents.documents d where d.user_id = :user
          and d.seq < :seq), -1)
    order by seq desc
),
loop as (
    select went_on, went_on and :renews or given >= :most as silent
    from (select coalesce((select silent from same limit 1), false) as went_on, (select count(*) from same
        where not silent) as given) last
),
written as (
    insert into messaging.replies (user_id, seq, tenant_id, wamid, kind, title, body, state, about, file,
        offer, business)
    select :user, :seq, :home, :wamid, cast(:kind as text), case when said.body is null then ''
        else cast(:title as text) end, said.body, case when said.body is null then 'void' else 'ready' end,
            cast(:about as uuid[]),
           cast(:file as jsonb), cast(:offer as jsonb), :tenant
    from loop cross join lateral (select case when not loop.silent then cast(:body as text) end as body) said
    on conflict do nothing returning user_id
),
noted as (
    insert into books.given as g (tenant_id, month, file, at)
    select :tenant, cast(:month as date), cast(:given as text), cast(:given_at as timestamptz) from written
        where cast(:month as date) is not null
    on conflict (tenant_id, month) do update set file = excluded.file, at = excluded.at
        where g.at <= excluded.at
)
select loop.silent, loop.silent and not loop.went_on as begins from loop, written
""")
"""A void number with a kind is one that was silenced. Where silence `renews`, the time since the last message
of its kind decides whether the next one is silenced too.
"""

TELL = text("""
with told as (
    update books.inquiries i set told = :wamid from messaging.replies r
    where r.user_id = :user and r.seq = :seq and r.body is not null
      and i.tenant_id = :tenant and i.entry_id = any(cast(:papers as uuid[])) and i.told is null
          returning i.entry_id
)
update messaging.replies set body = body || cast(:notice as text) where user_id = :user and seq = :seq
    and body is not null and exists (select from told)
""")

CHOOSE = text("""
with offered as (
    select r.seq, r.wamid, choice ->> 'text' as said, cast(r.offer ->> 'once' as boolean) as once,
           coalesce(r.sent_at, r.ready_at) > cast(:received_at as timestamptz) - interval '24 hours' as stands
    from messaging.replies r cross join lateral jsonb_array_elements(r.offer -> 'choices') choice
    where r.user_id = :user and r.seq = :of and choice ->> 'id' = :choice
),
taken as (
    update messaging.replies r set chosen = :wamid from offered
    where offered.stands and offered.once and r.user_id = :user and r.seq = offered.seq
        and (r.chosen is null or r.chosen = :wamid)
    returning r.seq
)
select said, wamid, not (stands and (not once or exists (select from taken))) as past from offered
""")

SETTLED = text("""
select (select count(*) from messaging.replies r where r.user_id = l.user_id and r.seq >= f.first and r.seq <
    :seq) >= :seq - f.first as settled
from messaging.lanes l cross join lateral (select least(l.next, greatest(:seq - 100, 1)) as first) f
where l.user_id = :user
""")
"""Every number from the lane's next one on is looked at, and the numbers that the lane left behind, up to a
hundred back.

A lane leaves a number behind when it is answered or was passed unanswered (`patience_s`), so that among those
only a passed one can lack its reply. A change that asks this can mean a passed number where it is the last
paper, or the paper quoted. A hundred messages later it is neither: a later paper is the last one, and an
answer that was not sent cannot be quoted. A look at all of a chat's history would cost more with each
message.
"""

ASKED_TO_ERASE = text("""
select case when cast(:quoted as text) is not null then exists (
    select from messaging.sends s join messaging.replies r on r.user_id = s.user_id and r.seq = any(s.members)
    where s.sent_wamid = :quoted and s.user_id = :user and r.kind = :kind
) else exists (
    select from (
        select r.kind, r.body, r.ready_at from messaging.replies r where r.user_id = :user and r.seq < :seq
            order by r.seq desc limit 30
    ) lately where lately.kind = :kind and lately.body is not null and lately.ready_at > :since
) end as asked
""")
LEFT = text("""
select exists (select from auth.tombstones where tenant_id = :tenant)
    or exists (select from messaging.replies r where r.user_id = :user and r.seq = :seq
        and r.state <> 'ready') as left
""")

OVERDUE = text("select tenant_id, wamid from sweep.overdue_documents(:limit)")
WAITING = text("select tenant_id, user_id from sweep.waiting_lanes(:limit)")
