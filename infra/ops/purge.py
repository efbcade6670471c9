"""Deletes everything of a tenant, everywhere, and says what outlives it and until when."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from functions.whatsapp.identity import KEPT
from infra.ops.desk import Desk, now

_TOMB = text("insert into auth.tombstones (tenant_id) values (:tenant) on conflict do nothing")
_BUSY = text(
    "select count(*) from documents.documents where tenant_id = :tenant and lease_token is not null and lease_until > clock_timestamp()"
)
_SENDS = text("select id from messaging.sends where tenant_id = :tenant")
_COUNTS = text("""
select (select count(*) from auth.users where tenant_id = :tenant) as users,
       (select count(*) from documents.documents where tenant_id = :tenant) as documents,
       (select count(*) from extractor.extractions where tenant_id = :tenant) as extractions,
       (select count(*) from books.entries where tenant_id = :tenant) as entries,
       (select count(*) from messaging.replies where tenant_id = :tenant) as replies,
       (select count(*) from messaging.sends where tenant_id = :tenant) as sends
""")
_SPANS = text("""
select u.id, greatest((select max(d.seq) from documents.documents d where d.user_id = u.id),
                      (select max(r.seq) from messaging.replies r where r.user_id = u.id)) as last
from auth.users u where u.tenant_id = :tenant
""")
_DELETE_DOCUMENTS = text("delete from documents.documents where user_id = :user and seq >= :seq and seq < :to")
_DELETE_REPLIES = text("delete from messaging.replies where user_id = :user and seq >= :seq and seq < :to")
_DELETE_SENDS = text("delete from messaging.sends where id = any(:ids)")
_DELETE = text("delete from auth.tenants where id = :tenant")
_PIECE = 1000
"""Rows a transaction, with what hangs on them: well within the ten seconds that a statement may take."""
_AT_ONCE = 32
_WAIT_S = 90.0
_LATE_S = 5.0
"""Seconds after the tombstone in which a webhook that had admitted before it may still store an original: MEDIA_BUDGET_MS, and what storage takes longer."""
_FIRESTORE_PITR_DAYS = 7


def purge(desk: Desk, tenant: UUID, *, wait_s: float = _WAIT_S, late_s: float = _LATE_S) -> Iterator[str]:
    """Purge `tenant` and yield the receipt's lines. Safe to repeat from any point: what is gone is gone, what is left is deleted.

    The tombstones come first, in both stores, so that no late task brings anything back; then work in progress is waited for, and the originals
    are deleted once more when no webhook can be storing one.
    """
    started = now()
    values = {"tenant": tenant}
    with desk.sql() as sql:
        sql.execute(_TOMB, values)
    forgotten = desk.admissions.purge(tenant)
    quiet = time.monotonic() + late_s
    busy = _wait(desk, tenant, wait_s)
    with desk.sql() as sql:
        rows = sql.execute(_COUNTS, values).one()
        sends = [row.id for row in sql.execute(_SENDS, values)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda piece: desk.inbox.delete([f"receipts/{send}" for send in piece]), _pieces(sends, _AT_ONCE)))
    files = desk.media.delete(f"{tenant}/")
    _delete_rows(desk, tenant, sends)
    time.sleep(max(0.0, quiet - time.monotonic()))
    files += desk.media.delete(f"{tenant}/")

    def until(days: int) -> str:
        return (started + timedelta(days=days)).strftime("%Y-%m-%d")

    yield f"tenant {tenant} purged at {started:%Y-%m-%d %H:%M:%SZ}"
    yield f"deleted: {forgotten['senders']} senders, {forgotten['aliases']} addresses, {forgotten['messages']} messages, {len(sends)} receipts (inbox)"
    yield f"deleted: {rows.users} users, {rows.documents} documents, {rows.extractions} extractions, {rows.entries} entries, {rows.replies} answers, {rows.sends} sends (database)"
    yield f"deleted: {files} files (storage)"
    if busy:
        yield f"WARNING: {busy} documents were still being worked on after {wait_s:.0f} s; run this once more in two minutes"
    yield "what outlives it, and until when:"
    yield f"  files, as soft-deleted objects, until {until(desk.target.cuadra_soft_delete_days)}"
    yield f"  database backups, until {until(desk.target.cuadra_backup_days)}; after a restore from one of them, run this again"
    yield "  database backups that someone made by hand, or that stayed when the instance was deleted, until someone deletes them"
    yield f"  the inbox's point-in-time recovery, until {until(_FIRESTORE_PITR_DAYS)}, and its backups, until {until(desk.target.cuadra_inbox_backup_days)}"
    yield f"  tombstones: this tenant's id, for ever; hashes of its messages' ids, until {until(KEPT.days)}"
    yield f"  log lines, with ids and masked phones only, until {until(desk.target.cuadra_log_days)}"
    yield "  with Google, what Gemini keeps: on Vertex its cache of a day, with an API key what that key's terms say of logs against abuse"
    yield "  the chat itself, on the person's phone and with WhatsApp, beyond our reach"


def _delete_rows(desk: Desk, tenant: UUID, sends: list[UUID]) -> None:
    """In pieces, each its own transaction: a purge that ends in between is finished by the next."""
    with desk.sql() as sql:
        spans = [(row.id, row.last) for row in sql.execute(_SPANS, {"tenant": tenant}) if row.last is not None]
    for user, last in spans:
        for seq in range(0, last + 1, _PIECE):
            piece = {"user": user, "seq": seq, "to": seq + _PIECE}
            with desk.sql() as sql:
                sql.execute(_DELETE_DOCUMENTS, piece)
                sql.execute(_DELETE_REPLIES, piece)
    for ids in _pieces(sends, _PIECE):
        with desk.sql() as sql:
            sql.execute(_DELETE_SENDS, {"ids": ids})
    with desk.sql() as sql:
        sql.execute(_DELETE, {"tenant": tenant})


def _pieces(items: list[UUID], most: int) -> list[list[UUID]]:
    return [items[first : first + most] for first in range(0, len(items), most)]


def _wait(desk: Desk, tenant: UUID, wait_s: float) -> int:
    """Wait for the leases of work that began before the tombstone; returns how many are left."""
    until = time.monotonic() + wait_s
    while True:
        with desk.sql() as sql:
            busy = int(sql.execute(_BUSY, {"tenant": tenant}).scalar_one())
        if not busy or time.monotonic() >= until:
            return busy
        time.sleep(min(2.0, wait_s))
