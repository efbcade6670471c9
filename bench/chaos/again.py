"""Calls of Graph that were made again: whether each had a cause, and whether nobody could have known better.

When each call was made and when each receipt was kept is written down by the stores themselves, by triggers
that only this suite puts there: what is judged does not rest on what the functions say of themselves.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from infra.local.inbox import SqliteInbox

NOTICED_S = 1.5
"""A receipt younger than this may have come between the look for it and the call; a lane waits 2.7 s for one
here.
"""
_AFTER_S = 5.0
"""How long an outage is felt after its end: a database recovers, a call that hung comes back."""
_CLOCK_S = 0.01
"""Logs round to milliseconds."""
_ACCEPTED = ("sent", "delivered", "read")

_CALLS = """
create schema chaos;
create table chaos.calls (send uuid, at double precision);
create function chaos.called() returns trigger language plpgsql security definer set search_path = '' as $$
    begin insert into chaos.calls values (new.id, extract(epoch from clock_timestamp())); return null; end $$;
create trigger called after insert on messaging.sends for each row execute function chaos.called();
create trigger called_again after update of calls on messaging.sends for each row execute function chaos.called();
"""
_NOW = "(julianday('now') - 2440587.5) * 86400.0"
_RECEIPTS = f"""
create table receipts_kept (path text, at real, body text);
create trigger kept after insert on documents when new.path like 'receipts/%'
    begin insert into receipts_kept values (new.path, {_NOW}, new.body); end;
create trigger kept_more after update on documents when new.path like 'receipts/%'
    begin insert into receipts_kept values (new.path, {_NOW}, new.body); end;
"""


def watch(admin: Engine, inbox: Path) -> None:
    """Have both stores write down when."""
    with admin.begin() as connection:
        connection.execute(text(_CALLS))
    SqliteInbox(inbox).close()  # it may not be there before the first message
    with closing(sqlite3.connect(inbox, timeout=10)) as database:
        database.executescript(_RECEIPTS)


def calls(admin: Engine) -> dict[str, list[float]]:
    """When each send was called, in order."""
    found: dict[str, list[float]] = {}
    with admin.connect() as connection:
        for send, at in connection.execute(text("select send, at from chaos.calls order by at")):
            found.setdefault(str(send), []).append(at)
    return found


def receipts(inbox: Path) -> dict[str, float]:
    """When the first receipt of each send that says that it was accepted was kept."""
    found: dict[str, float] = {}
    with closing(sqlite3.connect(inbox, timeout=10)) as database:
        for path, at, body in database.execute("select path, at, body from receipts_kept order by at"):
            if set(json.loads(body)) & set(_ACCEPTED):
                found.setdefault(path.partition("/")[2], at)
    return found


def admissions(inbox: Path) -> dict[str, float]:
    """When each message was admitted, by wamid."""
    query = """select json_extract(body, '$.message.wamid'), json_extract(body, '$.received_at."$at"') from documents
               where path like 'messages/%' and json_extract(body, '$.message.wamid') is not null"""
    with closing(sqlite3.connect(inbox, timeout=10)) as database:
        return {wamid: datetime.fromisoformat(at).timestamp() for wamid, at in database.execute(query)}


@dataclass(frozen=True, slots=True)
class Outage:
    """Services that were broken together, from `start` to `end` (epoch)."""

    services: tuple[str, ...]
    start: float
    end: float

    @property
    def leaves_calls_unknown(self) -> bool:
        """Whether a call's answer, or our record of it, can be lost in it."""
        return bool({"graph", "postgres"} & set(self.services))


@dataclass(frozen=True, slots=True)
class Trouble:
    """A moment after which a call may be unknown: of one send, or of every send when `send` is None."""

    at: float
    send: str | None = None


def deaths(kills: Path) -> list[Trouble]:
    """Of the worker, by the log of the labels."""
    lines = kills.read_text("utf-8").splitlines() if kills.exists() else []
    return [Trouble(float(at)) for at, label in map(str.split, lines) if label.startswith("worker.")]


def troubles(told: Iterable[Mapping[str, Any]]) -> list[Trouble]:
    """What the worker says went wrong: calls without an answer or refused, and a database that did not do its
    part.
    """
    found = []
    for line in told:
        if line.get("message") in {"send_uncertain", "send_put_off", "sending_blocked"}:
            found.append(Trouble(_epoch(line), str(line["send"])))
        elif line.get("outcome") == "outside_unwell" and str(line.get("reason")).startswith("postgres"):
            found.append(Trouble(_epoch(line)))
    return found


def _epoch(line: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(line["time"]).timestamp()


@dataclass(frozen=True, slots=True)
class Judged:
    """`count` calls were made again: those in `needless` although a receipt was there, those in `causeless`
    after nothing had gone wrong.
    """

    count: int
    needless: tuple[str, ...]
    causeless: tuple[str, ...]


def judge(
    called: Mapping[str, Sequence[float]],
    kept: Mapping[str, float],
    went_wrong: Iterable[Trouble],
    outages: Sequence[Outage],
) -> Judged:
    """Each repeated call against the receipts that were there and against what happened since the call before
    it.
    """
    general: list[float] = []
    own: dict[str, list[float]] = {}
    for trouble in went_wrong:
        (general if trouble.send is None else own.setdefault(trouble.send, [])).append(trouble.at)
    broken = [one for one in outages if one.leaves_calls_unknown]
    needless, causeless = [], []
    count = 0
    for send, moments in called.items():
        for before, at in pairwise(moments):
            count += 1
            since = kept.get(send)
            if (
                since is not None
                and at - since - sum(_shared(one, since, at) for one in broken if "postgres" in one.services)
                > NOTICED_S
            ):
                needless.append(f"{send} was called again {at - since:.1f} s after its receipt")
            if not any(before - _CLOCK_S <= one <= at for one in [*general, *own.get(send, [])]) and not any(
                _shared(one, before, at) for one in broken
            ):
                causeless.append(
                    f"{send} was called again {at - before:.1f} s later, and nothing had gone wrong"
                )
    return Judged(count, tuple(needless), tuple(causeless))


def _shared(outage: Outage, start: float, end: float) -> float:
    """Seconds of `start` to `end` in which the outage was felt."""
    return max(0.0, min(end, outage.end + _AFTER_S) - max(start, outage.start))
