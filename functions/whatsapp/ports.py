"""The ports through which the channel uses the outside world; those of Postgres, which only the worker has,
are in `ledger.py`.

`infra` implements these; `main.py` binds them. An implementation raises `Unwell` (and nothing else) when its
service is down, slow or refusing: the caller answers "try again" and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

Document = dict[str, Any]
"""Values: None, bool, int, float, str, aware datetimes, and lists and dicts of them."""


class Transaction(Protocol):
    """Reads and writes that happen together or not at all. Every read must come before the first write."""

    def get(self, path: str) -> Document | None:
        """The document at `collection/id`, or None."""

    def set(self, path: str, data: Document) -> None:
        """Create or replace the document."""

    def delete(self, path: str) -> None:
        """Remove the document; removing a missing one is no error."""


def check_order(*, wrote: bool) -> None:
    """Refuse a read after the transaction's first write, which Firestore does not take. Raises
    RuntimeError.
    """
    if wrote:
        raise RuntimeError("a transaction must read before it writes")


CONTENTION_S = 2.0
"""Seconds for which an Inbox retries contention and waits for a key."""


class Inbox(Protocol):
    """A small transactional document store: Firestore in the cloud, sqlite on one machine."""

    def run(self, key: str, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction and return what it returns.

        `work` may run several times and must have no side effect. `key` names what callers contend for (a
        sender's address): runs of one key inside one process are serialised. Contention is retried with
        jitter for up to `CONTENTION_S`, then raises Unwell.
        """

    def get(self, path: str) -> Document | None:
        """The document at `collection/id`, or None."""

    def get_all(self, paths: Sequence[str]) -> dict[str, Document]:
        """Return the documents that exist, by their paths, in one call outside any transaction."""

    def merge(self, path: str, data: Document) -> None:
        """Create the document or change its named top-level fields (dicts merge deeply), outside any
        transaction.
        """

    def older(self, collection: str, field: str, before: datetime, limit: int) -> list[tuple[str, Document]]:
        """Return (path, document) of each document whose datetime `field` is before `before`, oldest first; a
        null or absent field never matches.
        """

    def where(self, collection: str, field: str, value: str, limit: int) -> list[tuple[str, Document]]:
        """Return (path, document) of each document whose `field` equals `value`."""

    def delete(self, paths: Iterable[str]) -> None:
        """Remove the documents, missing ones silently."""


class MediaStore(Protocol):
    """Original files, written once and never changed."""

    def save(self, name: str, data: bytes, mime: str, *, timeout: float) -> str:
        """Store `data` under `name` unless it is there already, and return its URI (`gs://bucket/name`).

        `timeout` is seconds for everything, retries included.
        """

    def load(self, uri: str, *, timeout: float) -> bytes:
        """The bytes at `uri`. Raises Gone when there are none."""

    def find(self, name: str, *, timeout: float) -> str | None:
        """The URI of `name` when it is stored, else None."""

    def delete(self, prefix: str, *, most: int | None = None) -> int:
        """Remove every object whose name begins with `prefix`, or `most` of them; returns how many."""


class Queue(Protocol):
    """Cloud Tasks as a caller sees it: a task is delivered at least once, and tasks in no order."""

    def push(self, name: str, body: bytes, *, at: datetime | None = None) -> None:
        """Enqueue `body` for the worker, not before `at`. A name that is taken is success: the task exists or
        has run.
        """


Clock = Callable[[], datetime]
"""Now, aware, UTC."""
