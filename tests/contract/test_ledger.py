"""The Postgres of the worker and the one in memory, step by step side by side: what unit tests rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.whatsapp.client import NOBODY_THERE, Action
from functions.whatsapp.ledger import Claim, Frozen, Lease, Outbox, Records, Refusal
from functions.whatsapp.model import Address, Tenant
from functions.whatsapp.tasks import MessageTask
from infra.outbox import PostgresOutbox
from infra.records import PostgresRecords
from tests.builders import a_task, a_tenant, an_extraction, an_invoice
from tests.conftest import Database
from tests.fakes.ledger import Memory, MemoryOutbox, MemoryRecords
from tests.scale import draws

pytestmark = pytest.mark.contract

MESSAGES = 4
REFUSALS = (
    Refusal(Action.THROTTLE, 130429, "throttled", 60.0),
    Refusal(Action.RETRY, 131000, "again", -1.0, counts=True),
    Refusal(Action.PAIR_LIMIT, 131056, "pair", -1.0, pace=True),
    Refusal(Action.WINDOW, 131047, "window", hold=True),
    Refusal(Action.UNDELIVERABLE, NOBODY_THERE, "nobody"),
)


@dataclass
class Side:
    """One of the two stores, and what its steps gave, oldest first."""

    records: Records
    outbox: Outbox
    tasks: list[MessageTask]
    claims: list[tuple[MessageTask, Claim]] = field(default_factory=list)
    leases: list[Lease] = field(default_factory=list)
    sends: list[Frozen] = field(default_factory=list)
    names: dict[UUID, int] = field(default_factory=dict)

    def told(self, value: Any) -> Any:
        """A value without what no two stores share: moments, and ids but for which of them is which."""
        if isinstance(value, UUID):
            return self.names.setdefault(value, len(self.names))
        if isinstance(value, datetime):
            return "at"
        if is_dataclass(value):
            return type(value).__name__, [self.told(getattr(value, one.name)) for one in fields(value)]
        return [self.told(one) for one in value] if isinstance(value, list | tuple) else value


def opens(side: Side, at: int) -> Any:
    return side.records.open(side.tasks[at], "¡Hola!")


def opens_elsewhere(side: Side, at: int) -> Any:
    task = side.tasks[at]
    moved = replace(task.tenant, version=2, address=Address("51900000001", None))
    return side.records.open(replace(task, tenant=moved), "¡Hola!")


def claims(side: Side, at: int) -> Any:
    opens(side, at)
    found = side.records.claim(side.tasks[at], -1 if at == 0 else 60)
    side.claims += [(side.tasks[at], found)] if isinstance(found, Claim) else []
    return found


def attempts(side: Side, at: int) -> Any:
    if not side.claims:
        return None
    _, claim = side.claims[-1 - at % len(side.claims)]
    return side.records.attempt(claim, storage_uri="gs://b/x", sha256="same", size=1)


def unclaims(side: Side, at: int) -> Any:
    if not side.claims:
        return None
    side.records.unclaim(side.claims[-1 - at % len(side.claims)][1], back_s=60 if at else None, problem="p")
    return None


def finishes(side: Side, at: int) -> Any:
    if not side.claims:
        return None
    task, claim = side.claims[-1 - at % len(side.claims)]
    return side.records.finish(
        claim, task, title="F001-1", body="leída",
        extraction=an_extraction(an_invoice("1"), incomplete=at == 3),
        failure="corrupt" if at == 2 else None,
    )  # fmt: skip


def finishes_as(side: Side, at: int) -> Any:
    if not side.claims:
        return None
    task, claim = side.claims[-1]
    found = side.records.attempt(claim, storage_uri="gs://b/x", sha256="same", size=1)
    return found and found.twin and side.records.finish_as(claim, task, found.twin, noted="\n\n📝 Anotado: x")


def answers(side: Side, at: int) -> Any:
    opens(side, at)
    return side.records.answer(side.tasks[at], None if at == 3 else "respuesta", title="t", kind="text")


def looks(side: Side, at: int) -> Any:
    opens(side, 0)
    tenant = side.tasks[0].tenant
    return side.records.settled(side.tasks[at]), side.records.left(tenant.id, tenant.user_id, at)


def leases(side: Side, at: int) -> Any:
    found = side.outbox.lease(side.tasks[0].tenant.id, side.tasks[0].tenant.user_id, -1 if at == 0 else 60)
    side.leases += [found] if found else []
    return found is not None


def views(side: Side, at: int) -> Any:
    return side.outbox.view(side.leases[-1 - at % len(side.leases)])


def freezes(side: Side, at: int) -> Any:
    lease = side.leases[-1]
    view = side.outbox.view(lease)
    ready = [one.seq for one in view.replies if one.state == "ready"] if view else []
    members = [*ready[: 1 + at % 2], *([99] if at == 3 else [])] or [98]
    found = side.outbox.freeze(lease, members, "texto", None, {}, 60, version=1)
    side.sends += [found] if isinstance(found, Frozen) else []
    return found


def sending(step: Callable[[Side, Lease, Frozen, int], Any]) -> Callable[[Side, int], Any]:
    """A step with the last send and lease, where there is one."""

    def run(side: Side, at: int) -> Any:
        return step(side, side.leases[-1], side.sends[-1 - at % len(side.sends)], at) if side.sends else None

    return run


STEPS: dict[str, Callable[[Side, int], Any]] = {
    "open": opens, "open elsewhere": opens_elsewhere, "claim": claims, "attempt": attempts,
    "unclaim": unclaims, "finish": finishes, "finish as": finishes_as,
    "answer": answers, "look": looks, "lease": leases,
}  # fmt: skip
LEASED: dict[str, Callable[[Side, int], Any]] = {
    "view": views,
    "freeze": freezes,
    "recall": sending(lambda side, lease, send, _: side.outbox.recall(lease, send, 60, version=2)),
    "sent": sending(lambda side, lease, send, at: side.outbox.sent(lease, send, f"wamid.{at}")),
    "failed": sending(
        lambda side, lease, send, at: side.outbox.failed(lease, send, REFUSALS[at], keep=at % 2 == 1)
    ),
    "bury": sending(lambda side, lease, send, _: side.outbox.bury(lease, send, REFUSALS[4])),
    "status": sending(
        lambda side, lease, send, at: side.outbox.status_failed(
            lease.tenant_id, send.id, "wamid.0", REFUSALS[at + 1], 2
        )
    ),
    "hold": sending(lambda side, lease, send, _: side.outbox.hold(lease, None, send)),
    "held since": lambda side, at: side.outbox.hold(
        side.leases[-1], datetime.now(UTC) - timedelta(days=at - 1)
    ),
    "skip": lambda side, at: side.outbox.skip(side.leases[-1], at),
    "pause": lambda side, at: side.outbox.pause(
        side.leases[-1], datetime.now(UTC) + timedelta(minutes=at - 2)
    ),
    "release": lambda side, _: side.outbox.release(side.leases[-1]),
}
PLANS = st.lists(
    st.tuples(
        st.sampled_from([*STEPS, *LEASED, "answer", "lease", "freeze", "sent"]),
        st.integers(0, MESSAGES - 1),
    ),
    min_size=10, max_size=30,
)  # fmt: skip


def trace(side: Side, plan: list[tuple[str, int]]) -> list[Any]:
    """What each step gave, and the whole lane after it."""
    told = [side.told(opens(side, 0))]
    for name, at in plan:
        if name in STEPS:
            told.append((name, at, side.told(STEPS[name](side, at))))
        elif side.leases:
            told.append((name, at, side.told(LEASED[name](side, at))))
        if side.leases:
            told.append(side.told(side.outbox.view(side.leases[-1])))
    return told


def sides(postgres: Database, tenant: Tenant) -> tuple[Side, Side]:
    """Both stores, before the same messages."""
    messages = [a_task(tenant, seq) for seq in range(1, MESSAGES + 1)]
    memory = Memory()
    return (
        Side(PostgresRecords(postgres.app), PostgresOutbox(postgres.app), messages),
        Side(MemoryRecords(memory), MemoryOutbox(memory), messages),
    )


@pytest.mark.long
@pytest.mark.slow("each step is taken in Postgres too")
def test_memory_does_what_postgres_does(postgres: Database) -> None:
    """Whatever steps come, in whatever order, both stores give the same and hold the same lane."""

    @settings(max_examples=draws(15, 400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(PLANS)
    def run(plan: list[tuple[str, int]]) -> None:
        real, memory = sides(postgres, a_tenant())
        assert trace(memory, plan) == trace(real, plan)

    run()


def test_a_repeated_invoice_knows_its_first_message(postgres: Database) -> None:
    """A reply whose invoice an earlier answer brought has that document beside it, in both stores."""
    plan = [
        ("claim", 1), ("finish", 0), ("answer", 0), ("lease", 1), ("freeze", 1), ("sent", 0),
        ("freeze", 0), ("sent", 0), ("claim", 2), ("finish", 0), ("view", 0),
    ]  # fmt: skip
    real, memory = sides(postgres, a_tenant())
    found = trace(real, plan)
    assert trace(memory, plan) == found
    assert "Earlier" in str(found[-1])
