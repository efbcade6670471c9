"""Finds what happened to one message: its journey, what was read with its evidence, and its rows.

There are three sources, none of them the functions themselves: the simulated WhatsApp's record, the
functions' log lines, and the database, read only.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError

from infra.local.web.journey import Step, steps
from infra.local.web.logs import Log

Row = dict[str, Any]

_ASLEEP = (DBAPIError, InterfaceError, OSError, ValueError)
"""Errors while the stack starts or stops: there is no stack.json yet, or nobody at its address."""

_TABLES = {
    "documents.documents": "select * from documents.documents where wamid = :wamid",
    "extractor.extractions": (
        "select x.* from extractor.extractions x join documents.documents d on d.id = x.document_id where "
        "d.wamid = :wamid order by x.ordinal"
    ),
    "messaging.replies": (
        "select * from messaging.replies where user_id = :user and (seq = :seq or (seq = 0 and :seq = 1)) "
        "order by seq"
    ),
    "messaging.sends": (
        "select * from messaging.sends where user_id = :user and (:seq = any(members) or (0 = any(members) "
        "and :seq = 1)) order by created_at"
    ),
    "messaging.lanes": "select * from messaging.lanes where user_id = :user",
    "auth.users": "select * from auth.users where id = :user",
    "auth.tenants": "select * from auth.tenants where id = :tenant",
}
_OWNER = text(
    'select tenant_id as tenant, user_id as "user", seq from documents.documents where wamid = :wamid '
    "union all select tenant_id, user_id, seq from messaging.replies where wamid = :wamid limit 1"
)
_ANSWERED = text(
    "select coalesce(r.wamid, f.wamid) from messaging.sends s join messaging.replies r on r.user_id = "
    "s.user_id and r.seq = any(s.members) left join messaging.replies f on f.user_id = s.user_id and f.seq "
    "= 1 where s.sent_wamid = :wamid order by r.seq"
)


@dataclass(frozen=True, slots=True)
class Inside:
    """Everything about one message. `about` are the messages that a combined answer answers; `asleep` says
    that the database does not answer.
    """

    message: Row
    about: list[str]
    steps: list[Step] = field(default_factory=list)
    total_ms: int | None = None
    rows: dict[str, list[Row]] = field(default_factory=dict)
    lines: list[Row] = field(default_factory=list)
    asleep: bool = False

    def to_json(self) -> str:
        """Returns it as JSON for the page; what JSON lacks (uuid, date, Decimal) becomes text."""
        return json.dumps(asdict(self), ensure_ascii=False, default=str)


class Insider:
    """Looks at the stack whose state is in `home`. `look` and `answered` block their thread: they wait for
    the database.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._webhook, self._worker = Log(home / "logs/webhook.log"), Log(home / "logs/worker.log")
        self._known: tuple[str, Engine] | None = None

    def answered(self, wamid: str) -> list[str]:
        """Returns the messages that one of the business's messages answers; none while the database does not
        answer.
        """
        try:
            with self._engine().connect() as connection:
                return [row[0] for row in connection.execute(_ANSWERED, {"wamid": wamid}) if row[0]]
        except _ASLEEP:
            return []

    def look(self, message: Row, about: list[str], conversation: list[Row]) -> Inside:
        """Returns what is known about a message from a phone; `conversation` is that of its sender."""
        # Lines do not name the message; the traces of its deliveries find them.
        webhook = self._webhook.traced((message["webhook"] or {}).get("traces", []))
        lines = [{"function": "webhook", **line.fields} for line in webhook]
        try:
            with self._engine().connect() as connection:
                owner = connection.execute(_OWNER, {"wamid": message["wamid"]}).mappings().first()
                rows = _rows(connection, {"wamid": message["wamid"], **owner}) if owner else {}
        except _ASLEEP:
            return Inside(message, about, steps(message, webhook, [], []), lines=lines, asleep=True)
        if owner is None:  # the worker has not seen it yet
            return Inside(message, about, steps(message, webhook, [], []), lines=lines)
        user, seq = str(owner["user"]), owner["seq"]
        worker = [line for line in self._worker.of(user) if line.fields.get("seq") == seq]
        sends = rows.get("messaging.sends", [])
        own = [
            row for row in sends if seq in row["members"]
        ] or sends  # a greeting is answered by the welcome, number 0
        sent = {row["sent_wamid"] for row in own}
        replies = [each for each in conversation if each["wamid"] in sent]
        total = round((replies[0]["at"] - message["at"]) * 1000) if replies else None
        lines += [{"function": "worker", **line.fields} for line in worker]
        return Inside(message, about, steps(message, webhook, worker, replies), total, rows, lines)

    def _engine(self) -> Engine:
        dsn = json.loads((self._home / "stack.json").read_text("utf-8"))["dsn"]
        if self._known is None or self._known[0] != dsn:
            url = dsn.replace("postgresql://", "postgresql+pg8000://")
            read_only = {"startup_params": {"default_transaction_read_only": "on"}}
            self._known = dsn, create_engine(url, poolclass=NullPool, connect_args=read_only)
        return self._known[1]


def _rows(connection: Connection, values: Row) -> dict[str, list[Row]]:
    found = {
        table: [dict(row) for row in connection.execute(text(query), values).mappings()]
        for table, query in _TABLES.items()
    }
    return {table: rows for table, rows in found.items() if rows}
