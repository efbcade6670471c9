"""Everything of a business goes by the worker's own role, in pieces; its files are a list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from functions.whatsapp import privacy
from functions.whatsapp.model import Tenant
from functions.whatsapp.onboarding import Admissions
from functions.whatsapp.tasks import PurgeTask
from infra import erasing
from infra.database import tenant_transaction
from infra.erasing import Erasing
from infra.local.inbox import SqliteInbox
from tests.builders import a_task, a_tenant
from tests.conftest import Database
from tests.contract.test_purge import Files, a_tenant_with
from tests.fakes.stage import Stage

pytestmark = pytest.mark.contract

TABLES = (
    "auth.users",
    "documents.documents",
    "extractor.extractions",
    "books.entries",
    "messaging.lanes",
    "messaging.replies",
    "messaging.sends",
)


@pytest.fixture
def admissions(tmp_path: Path) -> Iterator[Admissions]:
    with closing(SqliteInbox(tmp_path / "erased.sqlite")) as made:
        yield Admissions(made, lambda: datetime.now(UTC), 300)


def _left(postgres: Database, tenants: list[UUID]) -> set[UUID]:
    with postgres.admin.connect() as sql:
        found = [
            sql.execute(
                text(f"select distinct tenant_id from {table} where tenant_id = any(:t)"), {"t": tenants}
            ).scalars()
            for table in TABLES
        ]
        return {tenant for one in found for tenant in one}


def test_a_business_goes_piece_by_piece_whoever_comes(
    postgres: Database, admissions: Admissions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call does a piece and ends, as if it were killed there; the calls that follow go on until nothing
    is left, of this business only.
    """
    monkeypatch.setattr(erasing, "_PIECE", 4)
    monkeypatch.setattr(erasing, "_FILES", 2)
    mine, neighbour = a_tenant_with(postgres, 10), a_tenant_with(postgres, 1)
    files = Files(*(f"{mine}/{n}" for n in range(5)), f"{neighbour}/c")
    turns = 1
    while not Erasing(postgres.app, admissions, files).erase(mine, budget_s=0, late_s=0):
        turns += 1
        assert turns < 30
    assert turns > 8
    assert _left(postgres, [mine, neighbour]) == {neighbour}
    assert files.names == [f"{neighbour}/c"]
    assert Erasing(postgres.app, admissions, files).erase(mine, budget_s=0, late_s=0)


def test_work_in_progress_and_late_originals_are_waited_for(
    postgres: Database, admissions: Admissions
) -> None:
    """While a document is being worked on nothing of it is deleted; what a webhook may still be storing is
    deleted at the end.
    """
    mine, files = a_tenant_with(postgres, 1), Files()
    lease = text(
        "update documents.documents set lease_token = gen_random_uuid(), lease_until = now() + "
        "make_interval(secs => :s) where tenant_id = :t"
    )
    with postgres.admin.begin() as sql:
        sql.execute(lease, {"t": mine, "s": 60})
    erase = Erasing(postgres.app, admissions, files).erase
    assert not erase(mine, budget_s=9, late_s=0)
    assert _left(postgres, [mine]) == {mine}
    with postgres.admin.begin() as sql:
        sql.execute(lease, {"t": mine, "s": -1})
    assert not erase(mine, budget_s=9, late_s=60)
    files.names.append(f"{mine}/late")
    assert erase(mine, budget_s=9, late_s=0)
    assert (files.names, _left(postgres, [mine])) == ([], set())


@pytest.mark.parametrize(
    "table", ["auth.tenants", "documents.documents", "messaging.replies", "messaging.sends"]
)
def test_nothing_is_deleted_of_a_business_that_is_not_buried(postgres: Database, table: str) -> None:
    """The worker's role deletes no row of a business without a tombstone, its transaction's own included, and
    can bury no other business.
    """
    mine, other = a_tenant_with(postgres, 1), a_tenant_with(postgres, 1)
    with tenant_transaction(postgres.app, mine) as sql:
        assert sql.execute(text(f"delete from {table}")).rowcount == 0
    with pytest.raises(DBAPIError, match="row-level security"), tenant_transaction(postgres.app, mine) as sql:
        sql.execute(text("insert into auth.tombstones (tenant_id) values (:t)"), {"t": other})
    assert _left(postgres, [mine, other]) == {mine, other}


def _says(stage: Stage, tenant: Tenant, seq: int, said: str, **changes: Any) -> list[str]:
    """What is sent after a text."""
    before = len(stage.graph.sent)
    task = a_task(tenant, seq, "text", text=said)
    if quoted := changes.get("quoted"):
        task = _quoting(task, quoted)
    stage.do(task)
    return stage.graph.sent[before:]


def _quoting(task: Any, wamid: str) -> Any:
    return replace(task, message=replace(task.message, quoted=wamid))


@pytest.fixture
def owner(stage: Stage) -> Tenant:
    """Someone with a paper in the books."""
    tenant = a_tenant()
    stage.do(a_task(tenant))
    return tenant


def test_an_owner_has_everything_erased(stage: Stage, owner: Tenant, postgres: Database) -> None:
    """The question, the word, the farewell as the last message; then the purge, which leaves nothing and
    never comes before the farewell.
    """
    assert _says(stage, owner, 2, "borrar mis datos") == [privacy.ASK]
    (farewell,) = _says(stage, owner, 3, "BORRAR")
    assert farewell.startswith("🗑️")
    (purge,) = [one for one in stage.queue.pushed if isinstance(one, PurgeTask)]
    assert stage.do(purge).fields["outcome"] == "erasing"  # what a webhook may be storing is waited for
    with postgres.admin.begin() as sql:
        sql.execute(
            text(
                "update auth.tombstones set purged_at = purged_at - interval '1 minute' where tenant_id = :t"
            ),
            {"t": owner.id},
        )
    again = stage.queue.pushed[-1]
    assert (again, stage.do(again).fields["outcome"]) == (
        PurgeTask(owner.id, owner.user_id, 3, purge.asked_at, turn=1),
        "erased",
    )
    assert _left(postgres, [owner.id]) == set()
    assert stage.store.objects == {}
    assert stage.do(purge).fields["outcome"] == "erased"
    assert stage.graph.sent[-1] == farewell


def test_nothing_goes_before_the_farewell_has_left(stage: Stage, owner: Tenant, postgres: Database) -> None:
    """While the farewell is ready and not sent, the purge comes again later and deletes nothing."""
    purge = PurgeTask(owner.id, owner.user_id, 3, datetime.now(UTC))
    assert stage.do(purge).fields["outcome"] == "farewell_waits"
    assert _left(postgres, [owner.id]) == {owner.id}
    assert [one for one in stage.queue.pushed if isinstance(one, PurgeTask)] == [
        PurgeTask(owner.id, owner.user_id, 3, purge.asked_at, turn=1)
    ]


@pytest.mark.parametrize("word", ["borrar", "Borrar", "BORRAR TODO", "sí", "si, borrar", "BORRA"])
def test_no_other_word_erases(stage: Stage, owner: Tenant, word: str) -> None:
    """What is not the word as it was asked for, in capitals, erases nothing."""
    _says(stage, owner, 2, "borrar mis datos")
    _says(stage, owner, 3, word)
    assert [one for one in stage.queue.pushed if isinstance(one, PurgeTask)] == []


@pytest.mark.parametrize("how", ["unasked", "late", "quoting another"])
def test_the_word_alone_erases_nothing(stage: Stage, owner: Tenant, postgres: Database, how: str) -> None:
    """Without the question, ten minutes after it, or quoting something else, the word is about a paper."""
    quoted = None
    if how != "unasked":
        _says(stage, owner, 2, "borrar mis datos")
    if how == "late":
        with postgres.admin.begin() as sql:
            sql.execute(
                text(
                    "update messaging.replies set ready_at = ready_at - interval '11 minutes' where "
                    "tenant_id = :t"
                ),
                {"t": owner.id},
            )
    elif how == "quoting another":
        quoted = "wamid.2"
    _says(stage, owner, 3, "BORRAR", quoted=quoted)
    assert [one for one in stage.queue.pushed if isinstance(one, PurgeTask)] == []


def test_the_question_may_be_quoted_at_any_time(stage: Stage, owner: Tenant, postgres: Database) -> None:
    """Who quotes the question confirms it, however long ago it was asked, and whatever was said in
    between.
    """
    _says(stage, owner, 2, "borrar mis datos")
    question = f"wamid.{len(stage.graph.sent)}"
    with postgres.admin.begin() as sql:
        sql.execute(
            text("update messaging.replies set ready_at = ready_at - interval '1 hour' where tenant_id = :t"),
            {"t": owner.id},
        )
    _says(stage, owner, 3, "resumen")
    _says(stage, owner, 4, "BORRAR", quoted=question)
    assert [one.seq for one in stage.queue.pushed if isinstance(one, PurgeTask)] == [4]


def test_nobody_confirms_anothers_question(stage: Stage, owner: Tenant) -> None:
    """The word of another person of the same business, quoting the owner's question, erases nothing."""
    _says(stage, owner, 2, "borrar mis datos")
    _says(stage, replace(owner, user_id=uuid4()), 1, "BORRAR", quoted=f"wamid.{len(stage.graph.sent)}")
    assert [one for one in stage.queue.pushed if isinstance(one, PurgeTask)] == []


def test_who_keeps_what_is_told_once_behind_the_welcome(stage: Stage, postgres: Database) -> None:
    """A new sender reads the welcome, then the notice as a message of its own, then the answer; nobody reads
    it twice.
    """
    tenant = a_tenant()
    told = _with_notice(stage)
    stage.do(a_task(tenant))
    stage.do(a_task(tenant, 2, "text", text="resumen"))
    assert [("Te acabo de registrar" in one, one == told) for one in stage.graph.sent] == [
        (True, False), (False, True), (False, False), (False, False),
    ]  # fmt: skip


def _with_notice(stage: Stage) -> str:
    from dataclasses import replace

    processor = replace(
        stage.worker.processor,
        company="Ejemplo SAC (RUC 20123456786)",
        privacy_url="https://example.com/privacidad",
    )
    stage.worker = replace(stage.worker, processor=processor)
    return privacy.notice(processor.company, processor.privacy_url)
