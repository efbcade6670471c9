"""The Inbox in one sqlite file, for one machine: several processes share it, and a SIGKILL loses nothing that
was committed.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from functions.errors import Unwell
from functions.whatsapp.ports import CONTENTION_S, Document, Transaction, check_order

T = TypeVar("T")

_SCHEMA = "create table if not exists documents (path text primary key, body text not null) without rowid"
_MARK = "$at"
"""A datetime is stored as {"$at": "2026-11-22T22:30:00.000000+00:00"}: always UTC and of one length, so that
text sorts as time.
"""


class SqliteInbox:
    """`ports.Inbox` over the file at `path`. It has one connection, which one thread uses at a time: a
    transaction takes a few microseconds.
    """

    def __init__(self, path: str | Path, *, contention_s: float = CONTENTION_S) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._contention_s = contention_s
        self._db = sqlite3.connect(path, timeout=contention_s, isolation_level=None, check_same_thread=False)
        with _unwell():
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = normal")
            self._db.execute(_SCHEMA)

    def run(self, key: str, work: Callable[[Transaction], T]) -> T:  # noqa: ARG002 - the one lock serialises every key
        """See `ports.Inbox`."""
        with self._exclusive():
            return work(_Open(self._db))

    def get(self, path: str) -> Document | None:
        """See `ports.Inbox`."""
        with self._alone():
            return _read(self._db, path)

    def get_all(self, paths: Sequence[str]) -> dict[str, Document]:
        """See `ports.Inbox`."""
        with self._alone():
            return {path: doc for path in paths if (doc := _read(self._db, path)) is not None}

    def merge(self, path: str, data: Document) -> None:
        """See `ports.Inbox`."""
        with self._exclusive():
            _write(self._db, path, _merged(_read(self._db, path) or {}, data))

    def older(self, collection: str, field: str, before: datetime, limit: int) -> list[tuple[str, Document]]:
        """See `ports.Inbox`."""
        value = f'$.{field}."{_MARK}"'
        query = (
            "select path, body from documents where path between ? and ? and json_extract(body, ?) < ? "
            "order by json_extract(body, ?) limit ?"
        )
        return self._found(query, *_range(collection), value, _encode(before)[_MARK], value, limit)

    def newer(
        self, collection: str, field: str, since: datetime, limit: int, after: str = ""
    ) -> list[tuple[str, Document]]:
        """See `FirestoreInbox.newer`."""
        value = f'$.{field}."{_MARK}"'
        query = (
            "select path, body from documents where path between ? and ? and (json_extract(body, ?), path) "
            "> (?, ?) order by json_extract(body, ?), path limit ?"
        )
        return self._found(query, *_range(collection), value, _encode(since)[_MARK], after, value, limit)

    def where(self, collection: str, field: str, value: str, limit: int) -> list[tuple[str, Document]]:
        """See `ports.Inbox`."""
        query = (
            "select path, body from documents where path between ? and ? and json_extract(body, ?) = ? "
            "limit ?"
        )
        return self._found(query, *_range(collection), f"$.{field}", value, limit)

    def delete(self, paths: Iterable[str]) -> None:
        """See `ports.Inbox`."""
        with self._exclusive():
            self._db.executemany("delete from documents where path = ?", [(path,) for path in paths])

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _found(self, query: str, *values: object) -> list[tuple[str, Document]]:
        with self._alone():
            return [
                (path, json.loads(body, object_hook=_decode))
                for path, body in self._db.execute(query, values)
            ]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds this process's lock, for which its other threads wait. Another process's lock is waited for
        up to the contention limit.
        """
        if not self._lock.acquire(timeout=self._contention_s):
            raise Unwell("inbox: sqlite is busy")
        try:
            with _unwell():
                yield
        finally:
            self._lock.release()

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Opens a transaction that holds the file's write lock from its beginning, so that what it reads
        cannot change.
        """
        with self._alone():
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                self._db.execute("rollback")
                raise


class _Open:
    """The transaction that is open on the connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._wrote = False

    def get(self, path: str) -> Document | None:
        """See `ports.Transaction`."""
        check_order(wrote=self._wrote)
        return _read(self._db, path)

    def set(self, path: str, data: Document) -> None:
        """See `ports.Transaction`."""
        self._wrote = True
        _write(self._db, path, data)

    def delete(self, path: str) -> None:
        """See `ports.Transaction`."""
        self._wrote = True
        self._db.execute("delete from documents where path = ?", (path,))


@contextmanager
def _unwell() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unwell(f"inbox: sqlite: {error}") from error


def _read(db: sqlite3.Connection, path: str) -> Document | None:
    row = db.execute("select body from documents where path = ?", (path,)).fetchone()
    return json.loads(row[0], object_hook=_decode) if row else None


def _write(db: sqlite3.Connection, path: str, data: Document) -> None:
    body = json.dumps(data, default=_encode, ensure_ascii=False)
    db.execute(
        "insert into documents values (?, ?) on conflict (path) do update set body = excluded.body",
        (path, body),
    )


def _range(collection: str) -> tuple[str, str]:
    return f"{collection}/", f"{collection}0"  # "0" is the character after "/"


def _merged(old: Document, new: Document) -> Document:
    nested = {
        key: _merged(old[key], value)
        for key, value in new.items()
        if isinstance(value, dict) and isinstance(old.get(key), dict)
    }
    return old | new | nested


def _encode(value: Any) -> dict[str, str]:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"the Inbox keeps no {type(value).__name__}")
    return {_MARK: value.astimezone(UTC).isoformat(timespec="microseconds")}


def _decode(value: dict[str, Any]) -> Any:
    return datetime.fromisoformat(value[_MARK]) if value.keys() == {_MARK} else value
