"""People who change number and people who are forgotten, amid their own messages."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, text

from infra.local.simulator import Simulator
from infra.local.stack import BUCKET

_FORGOTTEN = {"state", "tenant_id", "moved", "expires_at"}
"""All that may be left of a message or a change of number until it expires: ids of ours, under the hash of
its own.
"""
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Change:
    """A sender's number or user id changed at `at` (epoch); `wamid` is of the system message that tells
    it.
    """

    sender: str
    wamid: str
    at: float


@dataclass(frozen=True, slots=True)
class Purge:
    """A sender's tenant and user, deleted by the operators' command from `began` to `ended` (epoch)."""

    sender: str
    tenant: str
    user: str
    began: float
    ended: float


def change(simulator: Simulator, sender: str, rng: Random, *, phone: bool, wait: bool) -> Change:
    """Change the sender's number, or without `phone` the user id alone; `wait` until the webhook has taken
    it.
    """
    at = time.time()
    moved = simulator.post(
        f"/senders/{sender}/move", {"phone": f"519{rng.randrange(10**8):08}"} if phone else {}
    )
    while wait and time.time() < at + _PATIENCE_S and not _acked(simulator, sender, moved["wamid"]):
        time.sleep(0.05)
    return Change(sender, moved["wamid"], at)


def wait_admitted(simulator: Simulator, sender: str) -> None:
    """Wait until the webhook has taken all that a sender sent: what comes next is admitted after it. Raises
    TimeoutError.
    """
    until = time.monotonic() + 4 * _PATIENCE_S
    while not all(
        one["webhook"]["acked"] for one in simulator.conversation(sender) if one["direction"] == "in"
    ):
        if time.monotonic() > until:
            raise TimeoutError(f"{sender}'s messages were not taken")
        time.sleep(0.05)


def _acked(simulator: Simulator, sender: str, wamid: str) -> bool:
    return next(
        (bool(one["webhook"]["acked"]) for one in simulator.conversation(sender) if one["wamid"] == wamid),
        False,
    )


def wait_answered(admin: Engine, wamid: str) -> None:
    """Wait until the answer to a message has left, or is not coming."""
    until = time.monotonic() + _PATIENCE_S
    query = text("select count(*) from messaging.replies where wamid = :wamid and state <> 'ready'")
    while time.monotonic() < until:
        with admin.connect() as connection:
            if connection.execute(query, {"wamid": wamid}).scalar_one():
                return
        time.sleep(0.1)


def tenant_of(admin: Engine, simulator: Simulator, sender: str) -> tuple[str, str]:
    """The sender's tenant and user, once Postgres knows them. Raises LookupError."""
    found = next(one for one in simulator.get("/senders") if one["id"] == sender)
    until = time.monotonic() + _PATIENCE_S
    query = text("select tenant_id, id from auth.users where phone = :phone or bsuid = :bsuid")
    while time.monotonic() < until:
        with admin.connect() as connection:
            row = connection.execute(query, {"phone": found["phone"], "bsuid": found["bsuid"]}).first()
        if row:
            return str(row[0]), str(row[1])
        time.sleep(0.1)
    raise LookupError(f"{sender} is not in Postgres after {_PATIENCE_S:.0f} s")


def purge(home: Path, sender: str, tenant: str, user: str) -> tuple[Purge, str]:
    """Delete the tenant as an operator does, by the command; returns what it printed too. Raises
    CalledProcessError.
    """
    began = time.time()
    ours = {
        name: value
        for name, value in os.environ.items()
        if name not in {"CUADRA_ENVIRONMENT", "GOOGLE_CLOUD_PROJECT"}
    }
    command = [sys.executable, "-m", "infra.ops", "purge", tenant, "--yes"]
    done = subprocess.run(
        command,
        env=ours | {"CUADRA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=150,
    )
    return Purge(sender, tenant, user, began, time.time()), done.stdout


def remains(admin: Engine, home: Path, sends: set[str], gone: Purge) -> Iterator[str]:
    """What is left of a tenant that was purged, whose `sends` the phone received: in Postgres, the Inbox and
    the storage.
    """
    with admin.connect() as connection:
        tables = connection.execute(
            text(
                "select table_schema || '.' || table_name from information_schema.columns join "
                "information_schema.tables using (table_schema, table_name) where column_name = 'tenant_id' "
                "and table_type = 'BASE TABLE' and table_name <> 'tombstones'"
            )
        ).scalars()
        for table, column in [("auth.tenants", "id"), *((name, "tenant_id") for name in tables)]:
            count = connection.execute(
                text(f"select count(*) from {table} where {column} = :tenant"), {"tenant": gone.tenant}
            ).scalar_one()
            if count:
                yield f"{count} rows of {table}"
    with closing(sqlite3.connect(home / "inbox.sqlite", timeout=10)) as database:
        documents: list[tuple[str, str]] = database.execute("select path, body from documents").fetchall()
    for path, body in documents:
        known = gone.tenant in body or gone.user in body
        if (known and not _may_stay(path, body, gone)) or (
            path.startswith("receipts/") and path.partition("/")[2] in sends
        ):
            yield f"{path.partition('/')[0]} of the Inbox"
    files = [path for path in (home / "storage" / BUCKET / gone.tenant).rglob("*") if path.is_file()]
    if files:
        yield f"{len(files)} files of the storage"


def _may_stay(path: str, body: str, gone: Purge) -> bool:
    kept: dict[str, Any] = json.loads(body)
    return path == f"tombstones/{gone.tenant}" or (path.startswith("messages/") and kept.keys() <= _FORGOTTEN)
