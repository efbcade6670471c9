"""The Inbox in Firestore.

The client's own transaction loop waits up to a minute for each call and never pauses between attempts; a
webhook cannot wait so long. So the loop here is ours: every call has a timeout, contention is retried with
jitter for two seconds, and an error that is left is raised as `Unwell`. Transactions are begun, committed and
rolled back through three private methods of the pinned client, which the contract tests hold.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from functions.errors import Unwell
from functions.whatsapp.ports import CONTENTION_S, Document, Transaction, check_order

T = TypeVar("T")

_CONNECT_S = 5.0
"""Seconds for a transaction's first call, which also opens the connection and fetches a token in a new
instance.
"""
_CALL_S = 3.0
_PAUSE_S = (0.02, 0.15)


class FirestoreInbox:
    """`ports.Inbox` over one Firestore database; FIRESTORE_EMULATOR_HOST is honoured by the client.
    `credentials`: None means the process's own.
    """

    def __init__(
        self,
        project: str,
        database: str = "(default)",
        *,
        contention_s: float = CONTENTION_S,
        credentials: Any = None,
    ) -> None:
        from google.cloud import firestore  # 0.3 s that the verification handshake need not pay

        self._client = firestore.Client(project=project, database=database, credentials=credentials)
        self._filter = firestore.FieldFilter
        self._locks = _KeyedLocks()
        self._contention_s = contention_s

    def run(self, key: str, work: Callable[[Transaction], T]) -> T:
        """See `ports.Inbox`."""
        with self._locks.hold(key, self._contention_s):
            return self._attempts(work)

    def get(self, path: str) -> Document | None:
        """See `ports.Inbox`."""
        with _unwell():
            return _document(self._client.document(path).get(**_patient()))

    def get_all(self, paths: Sequence[str]) -> dict[str, Document]:
        """See `ports.Inbox`."""
        with _unwell():
            asked = [self._client.document(path) for path in paths]
            found = self._client.get_all(asked, **_patient()) if asked else ()
            return {each.reference.path: doc for each in found if (doc := _document(each)) is not None}

    def merge(self, path: str, data: Document) -> None:
        """See `ports.Inbox`."""
        with _unwell():
            self._client.document(path).set(data, merge=True, **_patient())

    def older(self, collection: str, field: str, before: datetime, limit: int) -> list[tuple[str, Document]]:
        """See `ports.Inbox`."""
        query = (
            self._client.collection(collection)
            .where(filter=self._filter(field, "<", before))
            .order_by(field)
            .limit(limit)
        )
        return _found(query)

    def newer(
        self, collection: str, field: str, since: datetime, limit: int, after: str = ""
    ) -> list[tuple[str, Document]]:
        """Returns (path, document) of the documents whose datetime `field` is `since` or later, oldest first,
        then by path; for operators.

        Of the documents at `since` itself, only those whose path comes after `after` are returned: the last
        document of a page is where the next page begins.
        """
        query = (
            self._client.collection(collection)
            .where(filter=self._filter(field, ">=", since))
            .order_by(field)
            .order_by("__name__")
        )
        if after:
            query = query.start_after({field: since, "__name__": self._client.document(after)})
        return _found(query.limit(limit))

    def where(self, collection: str, field: str, value: str, limit: int) -> list[tuple[str, Document]]:
        """See `ports.Inbox`."""
        return _found(
            self._client.collection(collection).where(filter=self._filter(field, "==", value)).limit(limit)
        )

    def delete(self, paths: Iterable[str]) -> None:
        """See `ports.Inbox`."""
        for path in paths:
            with _unwell():
                self._client.document(path).delete(**_patient())

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _attempts(self, work: Callable[[Transaction], T]) -> T:
        from google.api_core import exceptions  # loaded with the client

        again = (exceptions.Aborted, exceptions.ServiceUnavailable, exceptions.InternalServerError)
        first: bytes | None = None
        until = time.monotonic() + _CONNECT_S
        with _unwell():
            while True:
                attempt = _Attempt(self._client, until)
                try:
                    began = attempt.begin(first)
                    if first is None:  # the clock of contention starts once the connection stands
                        first, until = began, time.monotonic() + self._contention_s
                        attempt.until = until
                    result = work(attempt)
                    attempt.commit()
                except again:
                    attempt.rollback()
                    if time.monotonic() >= until:
                        raise
                    time.sleep(random.uniform(*_PAUSE_S))
                except BaseException:
                    attempt.rollback()
                    raise
                else:
                    return result


class _Attempt:
    """One attempt of one transaction; every call ends by `until` (monotonic)."""

    def __init__(self, client: Any, until: float) -> None:
        self._client = client
        self._tx = client.transaction()
        self._wrote = False
        self.until = until

    def get(self, path: str) -> Document | None:
        """See `ports.Transaction`."""
        check_order(wrote=self._wrote)
        reference = self._client.document(path)
        return _document(next(iter(self._tx.get(reference, retry=None, timeout=self._left()))))

    def set(self, path: str, data: Document) -> None:
        """See `ports.Transaction`."""
        self._wrote = True
        self._tx.set(self._client.document(path), data)

    def delete(self, path: str) -> None:
        """See `ports.Transaction`."""
        self._wrote = True
        self._tx.delete(self._client.document(path))

    def begin(self, first: bytes | None) -> bytes:
        """Begin and return the id; `first` is the id of the first attempt, whose place in the server's line
        is kept.
        """
        request = {"database": self._client._database_string, "options": self._tx._options_protobuf(first)}
        answer = self._api("begin_transaction", request)
        self._tx._id = answer.transaction
        return bytes(answer.transaction)

    def commit(self) -> None:
        """Commit what was staged."""
        self._api(
            "commit",
            {
                "database": self._client._database_string,
                "writes": self._tx._write_pbs,
                "transaction": self._tx.id,
            },
        )
        self._tx._clean_up()

    def rollback(self) -> None:
        """Give the locks back, best effort: the server does it too, but only after a minute."""
        if self._tx.id is None:
            return
        self.until = time.monotonic() + 0.5
        with suppress(Exception):  # the earlier error matters more, and is being raised
            self._api("rollback", {"database": self._client._database_string, "transaction": self._tx.id})
        self._tx._clean_up()

    def _api(self, call: str, request: dict[str, Any]) -> Any:
        client = self._client
        return getattr(client._firestore_api, call)(
            request=request, metadata=client._rpc_metadata, retry=None, timeout=self._left()
        )

    def _left(self) -> float:
        return max(self.until - time.monotonic(), 0.2)


class _KeyedLocks:
    """One lock for each key, forgotten when nobody holds or awaits it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def hold(self, key: str, timeout: float) -> Iterator[None]:
        """Hold the key's lock. Raises Unwell when it is not free within `timeout` seconds."""
        with self._guard:
            lock, users = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = lock, users + 1
        try:
            if not lock.acquire(timeout=timeout):
                raise Unwell("inbox: too many messages of one sender at once")
            try:
                yield
            finally:
                lock.release()
        finally:
            with self._guard:
                lock, users = self._locks.pop(key)
                if users > 1:
                    self._locks[key] = lock, users - 1


@contextmanager
def _unwell() -> Iterator[None]:
    """Raises errors of Firestore and of its transport as Unwell."""
    import grpc  # loaded with the client
    from google.api_core.exceptions import GoogleAPIError  # loaded with the client
    from google.auth.exceptions import GoogleAuthError  # loaded with the client

    try:
        yield
    except (GoogleAPIError, GoogleAuthError, grpc.RpcError) as error:
        raise Unwell(f"inbox: Firestore: {type(error).__name__}: {error}") from error


def _patient() -> dict[str, Any]:
    """Returns timeout and retry for a call outside a transaction; all such calls may be repeated."""
    from google.api_core.retry import Retry  # loaded with the client

    return {"timeout": _CALL_S, "retry": Retry(initial=0.05, maximum=0.5, timeout=_CALL_S)}


def _found(query: Any) -> list[tuple[str, Document]]:
    with _unwell():
        return [
            (snapshot.reference.path, _plain(snapshot.to_dict())) for snapshot in query.stream(**_patient())
        ]


def _document(snapshot: Any) -> Document | None:
    return _plain(snapshot.to_dict()) if snapshot.exists else None


def _plain(value: Any) -> Any:
    """Returns `value` with the client's nanosecond datetimes as plain ones."""
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.time(), UTC)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
