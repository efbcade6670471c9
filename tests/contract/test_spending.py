"""The day's limit of a model's cost, on the real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text

from infra.database import connect, tenant_transaction
from infra.spending import Purse
from tests.builders import a_task, a_tenant
from tests.conftest import Database, free_port

pytestmark = pytest.mark.contract

NOON = datetime(2031, 5, 20, 17, 0, tzinfo=UTC)
"""Noon in Lima of a day on which nothing else was read."""
MIDNIGHT = datetime(2031, 5, 20, 5, 0, tzinfo=UTC)


def spend(postgres: Database, usd: str, at: datetime) -> None:
    task = a_task(a_tenant())
    values = {
        "id": uuid4(), "tenant": task.tenant.id, "user": task.tenant.user_id, "wamid": task.message.wamid,
        "at": at, "usd": Decimal(usd),
        "phone": task.tenant.address.phone,
    }  # fmt: skip
    with postgres.admin.begin() as sql:
        sql.execute(
            text("insert into auth.tenants (id, whatsapp_number, created_at) values (:tenant, :phone, :at)"),
            values,
        )
        sql.execute(
            text(
                "insert into auth.users (id, tenant_id, phone, address_version, created_at) values (:user, "
                ":tenant, :phone, 1, :at)"
            ),
            values,
        )
        sql.execute(
            text(
                "insert into documents.documents (id, tenant_id, user_id, wamid, seq, received_at, status, "
                "finished_at, cost_usd) values (:id, :tenant, :user, :wamid, 1, :at, 'done', :at, :usd)"
            ),
            values,
        )


def test_a_day_is_over_when_its_limit_is_spent(postgres: Database, caplog: pytest.LogCaptureFixture) -> None:
    """What every tenant's documents of this day in Lima cost counts, and no other day's; at the limit the
    purse is shut, which is told once.
    """
    spend(postgres, "0.60", MIDNIGHT - timedelta(seconds=1))
    spend(postgres, "0.30", MIDNIGHT)
    spend(postgres, "0.19", NOON)
    assert Purse(postgres.app, Decimal("0.50"), lambda: NOON).is_open()
    spend(postgres, "0.01", NOON)
    shut = Purse(postgres.app, Decimal("0.50"), lambda: NOON)
    assert [shut.is_open(), shut.is_open()] == [False, False]
    assert [record.message for record in caplog.records] == ["model_stopped"]
    assert Purse(postgres.app, Decimal("0.50"), lambda: NOON + timedelta(days=1)).is_open()


def test_a_limit_of_nothing_asks_no_model(postgres: Database) -> None:
    """With 0 a day no model is ever asked."""
    assert not Purse(postgres.app, Decimal(0), lambda: NOON).is_open()


def test_a_database_that_does_not_answer_changes_nothing() -> None:
    """What was known last holds: an unknown sum stops nobody, and the line says which service was unwell."""
    engine = connect(f"postgresql+pg8000://u:p@127.0.0.1:{free_port()}/d", pool=1)
    assert Purse(engine, Decimal(1), lambda: NOON).is_open()
    engine.dispose()


def test_nobody_sees_a_row_by_it(postgres: Database) -> None:
    """The worker's own login, which sees one tenant at a time, gets the sum of all and nothing else."""
    with tenant_transaction(postgres.app, None) as sql:
        assert sql.execute(text("select count(*) from documents.documents")).scalar_one() == 0
        assert sql.execute(text("select sweep.spent(:since)"), {"since": MIDNIGHT}).scalar_one() is not None
