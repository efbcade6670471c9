"""Keeps the record: senders, messages both ways, statuses, files, updates to deliver, and every event in
order. It is in sqlite, for one thread.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import shutil
import sqlite3
import time
from asyncio import Event
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.whatsapp.switches import Fault, On, Switches

MEDIA_LIFE_S = 7 * 24 * 3600
"""Seconds for which a media id of a webhook lives."""
UPLOAD_LIFE_S = 30 * 24 * 3600
"""Seconds for which a media id of an upload lives."""

_SCHEMA = """
pragma journal_mode = wal;
pragma synchronous = normal;
create table if not exists senders (id text primary key, phone text unique, bsuid text unique, username text,
    name text, created real not null);
create table if not exists files (id text primary key, name text not null, mime text not null, sha256 text not
    null, size integer not null, created real not null);
create table if not exists urls (token text primary key, file text not null, expires real not null);
create table if not exists messages (
    position integer primary key autoincrement, wamid text unique not null, sender text not null, direction
        text not null, kind text not null,
    text text, file text, filename text, mime text, quoted text, opaque text, offered text, at real not null,
    read real, typing real, status text, failed integer
);
create index if not exists messages_sender on messages (sender, position);
create table if not exists statuses (wamid text not null, status text not null, at real not null, code
    integer);
create index if not exists statuses_wamid on statuses (wamid);
create table if not exists updates (
    id integer primary key autoincrement, lane text not null, value text not null, wamid text, due real not
        null, created real not null,
    attempts integer not null default 0, posted real, acked real, http integer, dead integer not null default
        0,
    traces text not null default '[]', field text not null default 'messages'
);
create index if not exists updates_waiting on updates (due) where acked is null and dead = 0;
create table if not exists events (id integer primary key autoincrement, at real not null, type text not null,
    sender text, data text not null);
create table if not exists kept (key text primary key, value text not null);
"""
_MESSAGES = "select m.*, f.size from messages m left join files f on f.id = m.file"


@dataclass(frozen=True, slots=True)
class Sender:
    """A person with a phone (digits) and/or a business-scoped user id."""

    id: str
    phone: str | None
    bsuid: str | None
    username: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class File:
    """A file that Meta keeps; `sha256` is hex."""

    id: str
    name: str
    mime: str
    sha256: str
    size: int
    created: float

    @property
    def sha256_base64(self) -> str:
        """The hash as webhooks give it."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


@dataclass(frozen=True, slots=True)
class Update:
    """One `value` of a webhook's `field` that waits for its delivery. Updates of one `lane` follow one
    another.
    """

    id: int
    lane: str
    value: dict[str, Any]
    attempts: int
    created: float
    field: str = "messages"


class Book:
    """Everything that happened, and what is still to be delivered. `changed` is set, and replaced, whenever
    an event is added.
    """

    def __init__(self, home: Path) -> None:
        self._home, self._files = home, home / "files"
        self._files.mkdir(parents=True, exist_ok=True)
        self.changed = Event()
        self.due = Event()
        self._open()

    def _open(self) -> None:
        self._db = sqlite3.connect(self._home / "whatsapp.sqlite", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_SCHEMA)
        self._add_column("updates", "traces", "text not null default '[]'")
        self._add_column("updates", "field", "text not null default 'messages'")
        self._add_column("messages", "offered", "text")
        self.switches = Switches.model_validate_json(self._kept("switches") or "{}")
        self.faults = [Fault.model_validate(each) for each in json.loads(self._kept("faults") or "[]")]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _add_column(self, table: str, name: str, sort: str) -> None:
        """Adds a column to a record that was begun before the table had it."""
        if name not in {row["name"] for row in self._db.execute(f"pragma table_info({table})")}:
            self._db.execute(f"alter table {table} add column {name} {sort}")

    # states that were saved

    def states(self) -> list[str]:
        """Returns the names of the states that were saved."""
        return sorted(
            folder.name
            for folder in (self._home / "states").glob("*")
            if (folder / "whatsapp.sqlite").exists()
        )

    def save(self, name: str) -> None:
        """Keep everything under a name, in the place of what was under it. Raises ValueError for a name with
        other signs than letters, digits, - and _.
        """
        folder = self._state(name)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copytree(self._files, folder / "files")
        self._db.execute("vacuum into ?", (str(folder / "whatsapp.sqlite"),))

    def load(self, name: str) -> None:
        """Go back to what was saved. Events go on counting, so that whoever follows them is told. Raises
        ValueError.
        """
        folder = self._state(name)
        if not (folder / "whatsapp.sqlite").exists():
            raise ValueError(f"no state was saved as {name!r}")
        last = self.last_event()
        self._db.close()
        for old in self._home.glob("whatsapp.sqlite*"):
            old.unlink()
        shutil.copy(folder / "whatsapp.sqlite", self._home)
        shutil.copytree(folder / "files", self._files, dirs_exist_ok=True)
        self._open()
        self._db.execute("update sqlite_sequence set seq = max(seq, ?) where name = 'events'", (last,))
        self.event("loaded", None, {"name": name})
        self.due.set()

    def _state(self, name: str) -> Path:
        if not re.fullmatch(r"[\w-]{1,60}", name):
            raise ValueError("a state's name has letters, digits, - and _")
        return self._home / "states" / name

    # switches

    def _kept(self, key: str) -> str | None:
        row = self._db.execute("select value from kept where key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _keep(self, key: str, value: str) -> None:
        self._db.execute("insert or replace into kept values (?, ?)", (key, value))

    def set_switches(self, changes: dict[str, Any]) -> Switches:
        """Change the named switches. Raises pydantic.ValidationError."""
        self.switches = Switches.model_validate(self.switches.model_dump() | changes)
        self._keep("switches", self.switches.model_dump_json())
        self.event("switches", None, changes)
        self.due.set()
        return self.switches

    def set_faults(self, faults: list[Fault]) -> None:
        """Replace the faults that are to come."""
        self.faults = faults
        self._keep("faults", json.dumps([fault.model_dump() for fault in faults]))

    def take_fault(self, on: On) -> Fault | None:
        """Returns the next fault of calls of kind `on`, counted down; None without one."""
        for index, fault in enumerate(self.faults):
            if fault.on == on:
                left = fault.model_copy(update={"count": fault.count - 1})
                self.set_faults(
                    [*self.faults[:index], *([left] if left.count else []), *self.faults[index + 1 :]]
                )
                self.event("fault", None, fault.model_dump())
                return fault
        return None

    # senders

    def add_sender(
        self, phone: str | None, bsuid: str | None, username: str | None, name: str | None
    ) -> Sender:
        """Keep a new sender. Raises ValueError when one of the addresses is taken."""
        sender = Sender(secrets.token_hex(4), phone, bsuid, username, name)
        try:
            self._db.execute(
                "insert into senders values (?, ?, ?, ?, ?, ?)",
                (sender.id, phone, bsuid, username, name, time.time()),
            )
        except sqlite3.IntegrityError as error:
            raise ValueError("that phone or user id belongs to another sender") from error
        self.event("sender", sender.id, {"phone": phone, "bsuid": bsuid, "username": username, "name": name})
        return sender

    def move_sender(self, sender: Sender, phone: str | None, bsuid: str | None) -> Sender:
        """Changes the sender's addresses and returns the sender. Raises ValueError when one is taken."""
        try:
            self._db.execute(
                "update senders set phone = ?, bsuid = ? where id = ?", (phone, bsuid, sender.id)
            )
        except sqlite3.IntegrityError as error:
            raise ValueError("that phone or user id belongs to another sender") from error
        return Sender(sender.id, phone, bsuid, sender.username, sender.name)

    def senders(self) -> list[Sender]:
        """Returns all senders, the oldest first."""
        return [_sender(row) for row in self._db.execute("select * from senders order by created, rowid")]

    def sender(self, address: str) -> Sender | None:
        """Returns a sender by our id, phone or business-scoped user id; None where nobody has it."""
        row = self._db.execute("select * from senders where ? in (id, phone, bsuid)", (address,)).fetchone()
        return _sender(row) if row else None

    # files

    def add_file(self, name: str, mime: str, data: bytes) -> File:
        """Keep a file under a new media id."""
        file = File(
            str(secrets.randbelow(9 * 10**14) + 10**14),
            name,
            mime,
            hashlib.sha256(data).hexdigest(),
            len(data),
            time.time(),
        )
        (self._files / file.id).write_bytes(data)
        self._db.execute(
            "insert into files values (?, ?, ?, ?, ?, ?)",
            (file.id, name, mime, file.sha256, file.size, file.created),
        )
        return file

    def file(self, id: str) -> File | None:
        """Returns the file of a media id, however old."""
        row = self._db.execute("select * from files where id = ?", (id,)).fetchone()
        return File(**row) if row else None

    def expire(self, id_: str) -> None:
        """Makes a file expire, as if it had been kept for as long as Meta keeps one: its id and its addresses
        are gone.
        """
        self._db.execute("update files set created = 0 where id = ?", (id_,))
        self._db.execute("delete from urls where file = ?", (id_,))

    def path(self, file: File) -> Path:
        """Returns where a file's bytes are."""
        return self._files / file.id

    def url_token(self, file: File) -> str:
        """Returns the secret part of a new address of the file."""
        token = secrets.token_urlsafe(16)
        self._db.execute(
            "insert into urls values (?, ?, ?)", (token, file.id, time.time() + self.switches.url_life)
        )
        return token

    def file_at(self, token: str) -> File | None:
        """Returns the file of an address that still lives, None of any other."""
        row = self._db.execute(
            "select file from urls where token = ? and expires > ?", (token, time.time())
        ).fetchone()
        return self.file(row[0]) if row and not self.switches.expire_media else None

    # messages

    def add_message(self, wamid: str, sender: str, direction: str, kind: str, **more: Any) -> dict[str, Any]:
        """Keep a message; `more` are columns (text, file, filename, mime, quoted, opaque, offered)."""
        columns = {
            "wamid": wamid,
            "sender": sender,
            "direction": direction,
            "kind": kind,
            "at": time.time(),
        } | more
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self._db.execute(f"insert into messages ({names}) values ({marks})", tuple(columns.values()))
        message = self.message(wamid)
        assert message is not None
        self.event("message", sender, message)
        return message

    def message(self, wamid: str) -> dict[str, Any] | None:
        """Returns a message as the control API gives it."""
        row = self._db.execute(f"{_MESSAGES} where m.wamid = ?", (wamid,)).fetchone()
        return self._message(row) if row else None

    def conversation(self, sender: str) -> list[dict[str, Any]]:
        """Returns a sender's messages both ways, in the order they happened."""
        return [
            self._message(row)
            for row in self._db.execute(f"{_MESSAGES} where m.sender = ? order by m.position", (sender,))
        ]

    def _message(self, row: sqlite3.Row) -> dict[str, Any]:
        message = dict(row) | {"offered": json.loads(row["offered"]) if row["offered"] else None}
        rows = self._db.execute(
            "select status, at, code from statuses where wamid = ? order by rowid", (row["wamid"],)
        )
        message["statuses"] = [dict(each) for each in rows]
        if row["direction"] == "in":
            update = self._db.execute(
                "select attempts, posted, acked, http, traces from updates where wamid = ? order by id",
                (row["wamid"],),
            ).fetchone()
            message["webhook"] = dict(update) | {"traces": json.loads(update["traces"])} if update else None
        return message

    def last_inbound(self, sender: str) -> float | None:
        """Returns when the sender last wrote, in epoch seconds; a change of number does not count, since
        WhatsApp tells it.
        """
        mine = "select max(at) from messages where sender = ? and direction = 'in' and kind <> 'system'"
        at: float | None = self._db.execute(mine, (sender,)).fetchone()[0]
        return at

    def mark_read(self, wamid: str, *, typing: bool) -> bool:
        """Records that the business read this message (and the earlier ones of its sender); False when the
        message does not exist.
        """
        row = self._db.execute(
            "select position, sender from messages where wamid = ? and direction = 'in'", (wamid,)
        ).fetchone()
        if not row:
            return False
        now = time.time()
        self._db.execute(
            "update messages set read = coalesce(read, ?) where sender = ? and direction = 'in' and position "
            "<= ?",
            (now, row[1], row[0]),
        )
        if typing:
            self._db.execute("update messages set typing = ? where wamid = ?", (now, wamid))
        self.event("read", row[1], {"wamid": wamid, "typing": typing})
        return True

    def add_status(self, wamid: str, sender: str, status: str, code: int | None) -> None:
        """Adds a status of one of the business's messages."""
        self._db.execute("insert into statuses values (?, ?, ?, ?)", (wamid, status, time.time(), code))
        self._db.execute(
            "update messages set status = ?, failed = coalesce(?, failed) where wamid = ?",
            (status, code, wamid),
        )
        self.event("status", sender, {"wamid": wamid, "status": status, "code": code})

    # updates

    def add_update(
        self,
        lane: str,
        value: dict[str, Any],
        *,
        wamid: str | None = None,
        wait: float = 0.0,
        field: str = "messages",
    ) -> int:
        """Queue one `value` for delivery after `wait` seconds."""
        now = time.time()
        id_ = self._db.execute(
            "insert into updates (lane, value, wamid, due, created, field) values (?, ?, ?, ?, ?, ?)",
            (lane, json.dumps(value), wamid, now + wait, now, field),
        ).lastrowid
        self.due.set()
        assert id_ is not None
        return id_

    def waiting(self, now: float, limit: int = 1000) -> list[Update]:
        """Returns updates whose time has come, the oldest first."""
        rows = self._db.execute(
            "select id, lane, value, attempts, created, field from updates where acked is null and dead = 0 "
            "and due <= ? order by id limit ?",
            (now, limit),
        )
        return [Update(row[0], row[1], json.loads(row[2]), row[3], row[4], row[5]) for row in rows]

    def next_update(self, after: float) -> float | None:
        """Returns when the next update after `after` is due, in epoch seconds; None without one."""
        at: float | None = self._db.execute(
            "select min(due) from updates where acked is null and dead = 0 and due > ?", (after,)
        ).fetchone()[0]
        return at

    def earlier(self, lane: str, id_: int) -> bool:
        """True where an earlier update of the lane has not been delivered even once."""
        row = self._db.execute(
            "select 1 from updates where lane = ? and id < ? and acked is null and dead = 0 and attempts = 0 "
            "limit 1",
            (lane, id_),
        ).fetchone()
        return row is not None

    def posted(self, id_: int, at: float, trace: str) -> None:
        """Records that a delivery begins; the first one's time is kept, and every one's trace."""
        self._db.execute(
            "update updates set posted = coalesce(posted, ?), attempts = attempts + 1, traces = "
            "json_insert(traces, '$[#]', ?) where id = ?",
            (at, trace, id_),
        )

    def acked(self, id_: int, at: float) -> None:
        """Records that the webhook answered 200."""
        self._db.execute("update updates set acked = coalesce(acked, ?), http = 200 where id = ?", (at, id_))

    def retry_update(self, id_: int, http: int | None, due: float, *, dead: bool) -> None:
        """Records that the delivery failed; the next one is at `due`, or with `dead` there is none."""
        self._db.execute(
            "update updates set http = ?, due = ?, dead = ? where id = ?", (http, due, dead, id_)
        )

    def undelivered(self) -> int:
        """Returns how many updates wait for a 200."""
        count: int = self._db.execute(
            "select count(*) from updates where acked is null and dead = 0"
        ).fetchone()[0]
        return count

    def redeliver(self, wamid: str | None) -> int:
        """Deliver again what was delivered (one message's updates, or everything); returns how many."""
        where, values = ("where wamid = ?", (wamid,)) if wamid else ("where wamid is not null", ())
        rows = self._db.execute(
            f"select value, field from updates {where} and acked is not null order by id", values
        ).fetchall()
        now = time.time()
        self._db.executemany(
            "insert into updates (lane, value, due, created, field) values (?, ?, ?, ?, ?)",
            [(f"again:{i}", row[0], now, now, row[1]) for i, row in enumerate(rows)],
        )
        self.due.set()
        return len(rows)

    # events

    def event(self, type_: str, sender: str | None, data: dict[str, Any]) -> None:
        """Add what happened to the stream."""
        self._db.execute(
            "insert into events (at, type, sender, data) values (?, ?, ?, ?)",
            (time.time(), type_, sender, json.dumps(data)),
        )
        self.changed.set()
        self.changed = Event()

    def events(self, after: int, limit: int = 500) -> list[dict[str, Any]]:
        """Returns the events after the id `after`, in order."""
        rows = self._db.execute("select * from events where id > ? order by id limit ?", (after, limit))
        return [dict(row) | {"data": json.loads(row["data"])} for row in rows]

    def last_event(self) -> int:
        """Returns the newest event's id, 0 when there is none."""
        last: int = self._db.execute("select coalesce(max(id), 0) from events").fetchone()[0]
        return last


def _sender(row: sqlite3.Row) -> Sender:
    return Sender(row["id"], row["phone"], row["bsuid"], row["username"], row["name"])
