"""Erases everything of a business from every store, in pieces: for operators, who order it by `purge`, and
for an owner, who asks for it by chat.

The tombstones come first, in both stores, so that no late task brings anything back. What is still to be done
is seen from what is left, so that a stop at any point does no harm: the next call goes on.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import Engine, text

from functions.whatsapp.onboarding import Admissions
from infra.database import tenant_transaction

_TOMB = text("insert into auth.tombstones (tenant_id) values (:tenant) on conflict do nothing")
_AGE = text(
    "select cast(extract(epoch from now() - purged_at) as float) as age_s from auth.tombstones where "
    "tenant_id = :tenant"
)
_BUSY = text(
    "select count(*) from documents.documents where tenant_id = :tenant and lease_token is not null and "
    "lease_until > clock_timestamp()"
)
_SPANS = text("""
select u.id, least((select min(d.seq) from documents.documents d where d.user_id = u.id
    and d.tenant_id = :tenant),
                   (select min(r.seq) from messaging.replies r where r.user_id = u.id)) as first,
       greatest((select max(d.seq) from documents.documents d where d.user_id = u.id
           and d.tenant_id = :tenant),
                (select max(r.seq) from messaging.replies r where r.user_id = u.id)) as last
from auth.users u where u.tenant_id = :tenant
union all
select d.user_id, min(d.seq), max(d.seq) from documents.documents d where d.tenant_id = :tenant
    and d.guest group by d.user_id
""")
"""Of guests only what they sent to this business is taken: their chats, and what they sent elsewhere, do not
belong to it.
"""
_DELETE_DOCUMENTS = text(
    "delete from documents.documents where user_id = :user and tenant_id = :tenant and seq >= :seq and seq "
    "< :to"
)
_DELETE_REPLIES = text(
    "delete from messaging.replies where user_id = :user and tenant_id = :tenant and seq >= :seq and seq < "
    ":to"
)
_SENDS = text("select id from messaging.sends where tenant_id = :tenant order by id limit :limit")
_DELETE_SENDS = text("delete from messaging.sends where id = any(:ids)")
_DELETE = text("delete from auth.tenants where id = :tenant")
_PIECE = 1000
"""Rows in one transaction, with what depends on them: well within the ten seconds that a statement may take.
"""
_FILES = 500
"""Files deleted in one call of the store; each is a call of its own to Cloud Storage, 32 at once."""
_AT_ONCE = 32
LATE_S = 5.0
"""Seconds after the tombstone in which a webhook that admitted a message before it may still store an
original: MEDIA_BUDGET_MS, and the time by which storage takes longer.
"""


class Files(Protocol):
    """The part of the store of originals that erasing needs."""

    def delete(self, prefix: str, *, most: int | None = None) -> int:
        """See `ports.MediaStore`."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """The stores that a business is erased from. `engine` is that of a role that may delete what has a
    tombstone.
    """

    engine: Engine
    admissions: Admissions
    files: Files

    def erase(self, tenant: UUID, *, budget_s: float, late_s: float = LATE_S) -> bool:
        """Go on for `budget_s` seconds, doing at least one piece; True when nothing is left. Raises Unwell
        when a store is unwell.

        Work that began before the tombstone is waited for: this returns False, and the caller comes again.
        """
        until = time.monotonic() + budget_s
        self.bury(tenant)
        if (
            self.busy(tenant)
            or not self.rows(tenant, until)
            or not self.originals(tenant, until)
            or self._age_s(tenant) < late_s
        ):
            return False
        while self.files.delete(f"{tenant}/"):
            pass
        self.last(tenant)
        return True

    def bury(self, tenant: UUID) -> dict[str, int]:
        """Put up the tombstones and forget the senders, their addresses and messages; returns how many of
        each.
        """
        with tenant_transaction(self.engine, tenant) as sql:
            sql.execute(_TOMB, {"tenant": tenant})
        return self.admissions.purge(tenant)

    def busy(self, tenant: UUID) -> int:
        """Returns how many documents are being worked on."""
        with tenant_transaction(self.engine, tenant) as sql:
            return int(sql.execute(_BUSY, {"tenant": tenant}).scalar_one())

    def rows(self, tenant: UUID, until: float) -> bool:
        """Delete documents, answers and sends, each piece in a transaction; False when the time `until`
        (monotonic clock) came first.
        """
        with tenant_transaction(self.engine, tenant) as sql:
            spans = [
                (row.id, row.first, row.last)
                for row in sql.execute(_SPANS, {"tenant": tenant})
                if row.last is not None
            ]
        for user, first, last in spans:
            for seq in range(first, last + 1, _PIECE):
                piece = {"user": user, "tenant": tenant, "seq": seq, "to": seq + _PIECE}
                with tenant_transaction(self.engine, tenant) as sql:
                    sql.execute(_DELETE_REPLIES, piece)
                    sql.execute(_DELETE_DOCUMENTS, piece)
                if time.monotonic() > until:
                    return False
        while ids := self._sends(tenant):
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                list(pool.map(lambda one: self.admissions.inbox.delete([f"receipts/{one}"]), ids))
            with tenant_transaction(self.engine, tenant) as sql:
                sql.execute(_DELETE_SENDS, {"ids": ids})
            if time.monotonic() > until:
                return False
        return True

    def originals(self, tenant: UUID, until: float) -> bool:
        """Delete the files; False when `until` came first."""
        while self.files.delete(f"{tenant}/", most=_FILES):
            if time.monotonic() > until:
                return False
        return True

    def last(self, tenant: UUID) -> None:
        """Delete the business itself, and whatever still depends on it."""
        with tenant_transaction(self.engine, tenant) as sql:
            sql.execute(_DELETE, {"tenant": tenant})

    def _sends(self, tenant: UUID) -> Sequence[UUID]:
        with tenant_transaction(self.engine, tenant) as sql:
            return [row.id for row in sql.execute(_SENDS, {"tenant": tenant, "limit": _PIECE})]

    def _age_s(self, tenant: UUID) -> float:
        with tenant_transaction(self.engine, tenant) as sql:
            return float(sql.execute(_AGE, {"tenant": tenant}).scalar_one())
