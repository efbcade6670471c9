"""Finds who writes to us, for an operator who is told a phone: businesses, and what a person's last files
came to. Phones are masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import text

from functions.whatsapp.helpers import mask
from functions.whatsapp.synthetic import ADDRESS
from infra.ops.desk import Desk
from infra.ops.story import NotFound, moment

_TENANTS = text("""
select t.id, t.name, t.ruc, u.id as user_id, u.phone, u.bsuid, u.created_at, u.last_inbound_at
from auth.tenants t join auth.users u on u.tenant_id = t.id where u.bsuid is distinct from :synthetic
order by u.last_inbound_at desc nulls last limit 100
""")
_FOUND = text("""
select u.id, u.tenant_id, u.phone, u.bsuid, u.created_at, u.last_inbound_at, t.name, t.ruc
from auth.users u join auth.tenants t on t.id = u.tenant_id where u.phone = any(:phones) or u.bsuid = :bsuid
""")
_LATEST = text("""
select d.id, d.received_at, d.status, coalesce(d.failure, d.verdict) as outcome, d.attempts, r.seq, r.state,
    r.sent_at
from documents.documents d left join messaging.replies r on r.wamid = d.wamid
where d.tenant_id = :tenant and d.user_id = :user order by d.received_at desc limit 10
""")
_COUNTRY = "51"


def tenants(desk: Desk) -> Iterator[str]:
    """Yields the businesses that wrote last, one a line."""
    with desk.sql() as sql:
        rows = sql.execute(_TENANTS, {"synthetic": ADDRESS.bsuid}).all()
    for row in rows:
        yield (
            f"{row.id}  {mask(row.phone or row.bsuid)}  RUC {row.ruc or '-'}  last wrote "
            f"{moment(row.last_inbound_at)}  {row.name or ''}"
        ).rstrip()
    yield f"{len(rows)} tenants" if len(rows) < 100 else "the 100 that wrote last"


def find(desk: Desk, phone: str) -> Iterator[str]:
    """Yields whose a phone (with or without Peru's 51) or a BSUID is, and the last ten files with their state
    and answer. Raises NotFound.
    """
    digits = re.sub(r"\D", "", phone)
    values = {"phones": [digits, _COUNTRY + digits], "bsuid": phone.strip()}
    with desk.sql() as sql:
        people = sql.execute(_FOUND, values).all()
        files = [sql.execute(_LATEST, {"tenant": one.tenant_id, "user": one.id}).all() for one in people]
    if not people:
        raise NotFound(f"nobody writes from {mask(digits or phone)}")
    for one, latest in zip(people, files, strict=True):
        yield f"tenant    {one.tenant_id}, RUC {one.ruc or '-'} {one.name or ''}".rstrip()
        yield (
            f"user      {one.id} ({mask(one.phone or one.bsuid)}), since {moment(one.created_at)}, last "
            f"wrote {moment(one.last_inbound_at)}"
        )
        for file in latest:
            answer = (
                f"answer number {file.seq} {file.state}, sent {moment(file.sent_at)}"
                if file.state
                else "no answer yet"
            )
            yield (
                f"document  {file.id}, received {moment(file.received_at)}: {file.status}, "
                f"{file.outcome or '-'}, attempts {file.attempts}; {answer}"
            )
        if not latest:
            yield "no file yet"
