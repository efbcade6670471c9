"""Deletes everything of a tenant, everywhere, and says what outlives it and until when."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from functions.whatsapp.identity import KEPT
from infra.erasing import LATE_S, Erasing
from infra.ops.desk import Desk, now
from infra.ops.story import NotFound

_COUNTS = text("""
select (select count(*) from auth.users where tenant_id = :tenant) as users,
       (select count(*) from documents.documents where tenant_id = :tenant) as documents,
       (select count(*) from extractor.extractions where tenant_id = :tenant) as extractions,
       (select count(*) from books.entries where tenant_id = :tenant) as entries,
       (select count(*) from messaging.replies where tenant_id = :tenant) as replies,
       (select count(*) from messaging.sends where tenant_id = :tenant) as sends
""")
_KNOWN = text("""
select exists (select from auth.tenants where id = :tenant)
    or exists (select from auth.tombstones where tenant_id = :tenant) as known
""")
_WAIT_S = 90.0
_FIRESTORE_PITR_DAYS = 7


def purge(desk: Desk, tenant: UUID, *, wait_s: float = _WAIT_S, late_s: float = LATE_S) -> Iterator[str]:
    """Purge `tenant` and yield the receipt's lines. Safe to repeat from any point: what is gone is gone, what
    is left is deleted.

    Work in progress is waited for, and the originals are deleted once more when no webhook can be storing
    one. Raises NotFound where no store knows the tenant: a receipt for a mistyped id would certify what never
    happened.
    """
    if not _known(desk, tenant):
        raise NotFound(f"there is no tenant {tenant}: nothing was deleted")
    started = now()
    erasing = Erasing(desk.engine, desk.admissions, desk.media)
    forgotten = erasing.bury(tenant)
    quiet = time.monotonic() + late_s
    busy = _wait(erasing, tenant, wait_s)
    with desk.sql() as sql:
        rows = sql.execute(_COUNTS, {"tenant": tenant}).one()
    files = desk.media.delete(f"{tenant}/")
    erasing.rows(tenant, math.inf)
    erasing.last(tenant)
    time.sleep(max(0.0, quiet - time.monotonic()))
    files += desk.media.delete(f"{tenant}/")

    def until(days: int) -> str:
        return (started + timedelta(days=days)).strftime("%Y-%m-%d")

    yield f"tenant {tenant} purged at {started:%Y-%m-%d %H:%M:%SZ}"
    yield (
        f"deleted: {forgotten['senders']} senders, {forgotten['aliases']} addresses, "
        f"{forgotten['messages']} messages, {rows.sends} receipts (inbox)"
    )
    yield (
        f"deleted: {rows.users} users, {rows.documents} documents, {rows.extractions} extractions, "
        f"{rows.entries} entries, {rows.replies} answers, {rows.sends} sends (database)"
    )
    yield f"deleted: {files} files (storage)"
    if busy:
        yield (
            f"WARNING: {busy} documents were still being worked on after {wait_s:.0f} s; run this once more "
            "in two minutes"
        )
    yield "what outlives it, and until when:"
    yield f"  files, as soft-deleted objects, until {until(desk.target.cuadra_soft_delete_days)}"
    yield (
        f"  database backups, until {until(desk.target.cuadra_backup_days)}; after a restore from one of "
        "them, run this again"
    )
    yield (
        "  database backups that someone made by hand, or that stayed when the instance was deleted, until "
        "someone deletes them"
    )
    yield (
        f"  the inbox's point-in-time recovery, until {until(_FIRESTORE_PITR_DAYS)}, and its backups, until "
        f"{until(desk.target.cuadra_inbox_backup_days)}"
    )
    yield f"  tombstones: this tenant's id, for ever; hashes of its messages' ids, until {until(KEPT.days)}"
    yield f"  log lines, with ids and masked phones only, until {until(desk.target.cuadra_log_days)}"
    yield (
        "  with Google, what Gemini keeps: on Vertex its cache of a day, with an API key what that key's "
        "terms say of logs against abuse"
    )
    yield "  the chat itself, on the person's phone and with WhatsApp, beyond our reach"


def _known(desk: Desk, tenant: UUID) -> bool:
    """True where a store holds the tenant, or its tombstone."""
    with desk.sql() as sql:
        if sql.execute(_KNOWN, {"tenant": tenant}).one().known:
            return True
    return bool(
        desk.inbox.where("senders", "tenant_id", str(tenant), 1) or desk.inbox.get(f"tombstones/{tenant}")
    )


def _wait(erasing: Erasing, tenant: UUID, wait_s: float) -> int:
    """Wait for the leases of work that began before the tombstone; returns how many are left."""
    until = time.monotonic() + wait_s
    while (busy := erasing.busy(tenant)) and time.monotonic() < until:
        time.sleep(min(2.0, wait_s))
    return busy
