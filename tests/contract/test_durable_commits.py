"""Which commits wait for the disk: all that a task's end, an answer or a call to Graph relies on."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import event, text

from functions.whatsapp.ledger import Claim, Frozen
from infra.database import tenant_transaction
from infra.outbox import PostgresOutbox
from infra.records import PostgresRecords
from tests.builders import a_task, a_tenant, an_extraction
from tests.conftest import Database

pytestmark = pytest.mark.contract


def test_only_what_a_retry_does_again_does_not_wait(postgres: Database) -> None:
    """Opening, claiming, counting an attempt and leases need no disk; ends, answers, frozen and recorded
    sends do.
    """
    records, outbox = PostgresRecords(postgres.app), PostgresOutbox(postgres.app)
    tenant = a_tenant()
    first, second = a_task(tenant, 1), a_task(tenant, 2)
    waits: list[bool] = []
    steps: dict[str, bool] = {}

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "set_config" in statement:
            waits.append("synchronous_commit" not in statement)

    def step(name: str) -> None:
        steps[name] = all(waits)
        waits.clear()

    event.listen(postgres.app, "before_cursor_execute", look)
    try:
        records.open(first, "hola")
        step("open")
        claim = records.claim(first, 60)
        step("claim")
        assert isinstance(claim, Claim)
        assert records.attempt(claim, storage_uri="gs://b/x", sha256="0", size=1)
        step("attempt")
        assert records.finish(claim, first, title="t", body="b", extraction=an_extraction(), failure=None)
        step("finish")
        records.answer(second, "b")
        step("answer")
        lease = outbox.lease(tenant.id, tenant.user_id, 30)
        step("lease")
        assert lease
        assert outbox.view(lease)
        waits.clear()
        send = outbox.freeze(lease, [0], "hola", None, {}, 30, version=1)
        step("freeze")
        assert isinstance(send, Frozen)
        assert outbox.recall(lease, send, 30, version=1)
        step("recall")
        outbox.sent(lease, send, "wamid.x")
        step("sent")
    finally:
        event.remove(postgres.app, "before_cursor_execute", look)
    light = {"open", "claim", "attempt", "lease"}
    assert steps == {name: name not in light for name in steps}
    assert len(steps) == 9


def test_the_light_commit_ends_with_its_transaction(postgres: Database) -> None:
    """A connection that committed lightly waits for the disk again in its next transaction, and what was
    committed lightly is visible at once.
    """
    seen = []
    for durable in (False, True):
        with tenant_transaction(postgres.app, uuid4(), durable=durable) as connection:
            seen.append(connection.execute(text("select current_setting('synchronous_commit')")).scalar())
    assert seen == ["off", "on"]
