"""A tenant's purge against the real Postgres and an Inbox; its files are a list."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text

from infra import erasing
from infra.local.inbox import SqliteInbox
from infra.ops import purge
from infra.ops.desk import Desk
from infra.ops.story import NotFound
from infra.ops.target import Target
from tests.conftest import LOGINS, Database

pytestmark = pytest.mark.contract


BULK = """
insert into auth.tenants (id, created_at) values (:t, now());
insert into auth.users (id, tenant_id, phone, created_at) values (:u, :t, :phone, now());
insert into messaging.lanes (user_id, tenant_id, next) values (:u, :t, 2 * :n);
insert into documents.documents (id, tenant_id, user_id, wamid, seq, received_at, status)
    select gen_random_uuid(), :t, :u, 'w' || gen_random_uuid(), 2 * n, now(), 'done'
        from generate_series(0, :n - 1) n;
insert into extractor.extractions (id, tenant_id, document_id, ordinal, engine, verdict, data, evidence,
    checks)
    select gen_random_uuid(), tenant_id, id, 0, 'text', 'proven', '{}', '[]', '[]' from documents.documents
        where tenant_id = :t;
insert into messaging.replies (user_id, seq, tenant_id, document_id, body, state)
    select user_id, seq, tenant_id, id, 'x', 'sent' from documents.documents where tenant_id = :t;
insert into messaging.replies (user_id, seq, tenant_id, body, state)
    select user_id, seq + 1, tenant_id, 'x', 'sent' from documents.documents where tenant_id = :t;
insert into messaging.sends (id, tenant_id, user_id, members, text, state)
    select gen_random_uuid(), tenant_id, user_id, array[seq], 'x', 'sent' from documents.documents
        where tenant_id = :t
"""


class Files:
    """The originals by name; `deleted` are the prefixes that were asked for."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.deleted: list[str] = []

    def delete(self, prefix: str, *, most: int | None = None) -> int:
        self.deleted.append(prefix)
        gone = [name for name in self.names if name.startswith(prefix)][:most]
        self.names = [name for name in self.names if name not in gone]
        return len(gone)

    def close(self) -> None:
        pass


@pytest.fixture
def desk(postgres: Database, tmp_path: Path) -> Iterator[Desk]:
    url = postgres.server.url("cuadra_ops", LOGINS["cuadra_ops"])
    target = Target(
        google_cloud_project="p",
        inbox=f"sqlite:{tmp_path}/inbox.sqlite",
        database_url=url,
        cuadra_log_days=400,
    )
    with closing(Desk(target)) as made:
        yield made


def a_tenant_with(postgres: Database, documents: int) -> UUID:
    """A tenant of one sender with so many documents, each read and answered, and as many answers without a
    document.
    """
    tenant, user = uuid4(), uuid4()
    with postgres.admin.begin() as sql:
        for statement in BULK.split(";"):
            sql.execute(
                text(statement), {"t": tenant, "u": user, "phone": str(user.int % 10**12), "n": documents}
            )
    return tenant


def test_a_large_tenant_goes_in_pieces(
    desk: Desk, postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No statement takes more rows than a piece, and nothing is left for the tenant's own row to take along:
    so no size is too large.
    """
    monkeypatch.setattr(erasing, "_PIECE", 4)
    tenant, neighbour = a_tenant_with(postgres, 10), a_tenant_with(postgres, 1)
    files = Files(f"{tenant}/a", f"{tenant}/b", f"{neighbour}/c")
    desk.__dict__["media"] = files
    taken: dict[str, list[int]] = defaultdict(list)

    @event.listens_for(desk.engine, "after_cursor_execute")
    def _count(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("delete"):
            taken[statement.split()[2]].append(cursor.rowcount)

    receipt = list(purge.purge(desk, tenant, late_s=0))
    assert taken == {
        "documents.documents": [2, 2, 2, 2, 2],
        "messaging.replies": [4, 4, 4, 4, 4],
        "messaging.sends": [4, 4, 2],
        "auth.tenants": [1],
    }
    assert receipt[2:4] == [
        "deleted: 1 users, 10 documents, 10 extractions, 10 entries, 20 answers, 10 sends (database)",
        "deleted: 2 files (storage)",
    ]
    assert files.names == [f"{neighbour}/c"]
    with postgres.admin.connect() as sql:
        for table in (
            "auth.users",
            "documents.documents",
            "extractor.extractions",
            "messaging.replies",
            "messaging.sends",
        ):
            left = sql.execute(
                text(f"select tenant_id from {table} where tenant_id = any(:t)"), {"t": [tenant, neighbour]}
            ).scalars()
            assert set(left) == {neighbour}, table


def test_every_receipt_of_a_send_is_forgotten(desk: Desk, postgres: Database) -> None:
    """What Meta told of the tenant's sends goes with them, however many there are."""
    tenant = a_tenant_with(postgres, 100)
    desk.__dict__["media"] = Files()
    with postgres.admin.connect() as sql:
        sends = list(
            sql.execute(text("select id from messaging.sends where tenant_id = :t"), {"t": tenant}).scalars()
        )
    assert isinstance(desk.inbox, SqliteInbox)
    for send in [*sends, UUID(int=1)]:
        desk.inbox.merge(f"receipts/{send}", {"sent": {"wamid": "w"}})
    list(purge.purge(desk, tenant, late_s=0))
    assert [send for send in sends if desk.inbox.get(f"receipts/{send}")] == []
    assert desk.inbox.get(f"receipts/{UUID(int=1)}")


def test_a_mistyped_tenant_has_no_receipt(desk: Desk, postgres: Database) -> None:
    """What no store knows is said and leaves no tombstone; what was purged before may be purged again."""
    desk.__dict__["media"] = Files()
    unknown, tenant = uuid4(), a_tenant_with(postgres, 1)
    with pytest.raises(NotFound, match=f"there is no tenant {unknown}: nothing was deleted"):
        list(purge.purge(desk, unknown, late_s=0))
    assert desk.inbox.get(f"tombstones/{unknown}") is None
    receipts = [list(purge.purge(desk, tenant, late_s=0)) for _ in range(2)]
    assert [
        receipt[2].startswith(f"deleted: {n} users, {n} documents")
        for receipt, n in zip(receipts, (1, 0), strict=True)
    ] == [
        True,
        True,
    ]


def test_the_receipt_names_what_outlives_it(desk: Desk, postgres: Database) -> None:
    """Backups, logs as long as this deployment keeps them, and what lies with Google and with WhatsApp."""
    desk.__dict__["media"] = Files()
    receipt = list(purge.purge(desk, a_tenant_with(postgres, 1), late_s=0))
    outlives = "\n".join(receipt[receipt.index("what outlives it, and until when:") + 1 :])
    for kept in (
        "soft-deleted",
        "database backups",
        "made by hand",
        "inbox's point-in-time recovery",
        "its backups",
        "tombstones",
        "Gemini",
        "WhatsApp",
    ):
        assert kept in outlives
    (logs,) = [line for line in receipt if "log lines" in line]
    assert int(logs[-10:-6]) > int(receipt[0].split(" purged at ")[1][:4])


class Storing(Files):
    """Files of which one more is stored after the first deletion, as by a webhook that had admitted before
    the tombstone.
    """

    def delete(self, prefix: str, *, most: int | None = None) -> int:
        gone = super().delete(prefix, most=most)
        if len(self.deleted) == 1:
            self.names.append(f"{prefix}late")
        return gone


def test_an_original_that_a_webhook_stores_during_a_purge_goes_too(desk: Desk, postgres: Database) -> None:
    """The originals are deleted once more when every webhook that admitted before the tombstone is done;
    nobody else's are.
    """
    tenant, kept = a_tenant_with(postgres, 1), f"{UUID(int=2)}/a"
    files = Storing(f"{tenant}/a", kept)
    desk.__dict__["media"] = files
    began = time.monotonic()
    lines = list(purge.purge(desk, tenant, late_s=0.3))
    assert (files.names, time.monotonic() - began >= 0.3) == ([kept], True)
    assert "deleted: 2 files (storage)" in lines
