"""The webhook as main.py composes it, over adapters that do nothing: what is left is our own work.

DESK=none admits everything without a store; DESK=rules keeps the admission rules, over a store in memory.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import main
from functions.whatsapp.model import Address, Admission, Tenant
from functions.whatsapp.onboarding import Admissions
from functions.whatsapp.router import Services

webhook = main.webhook


class _Memory:
    """`ports.Inbox` and its own transaction; the writes of one run come after its reads, so nothing need be
    undone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._documents: dict[str, dict[str, Any]] = {}

    def run(self, _key: str, work: Callable[[Any], Any]) -> Any:
        with self._lock:
            return work(self)

    def get(self, path: str) -> dict[str, Any] | None:
        found = self._documents.get(path)
        return dict(found) if found else None

    def set(self, path: str, data: dict[str, Any]) -> None:
        self._documents[path] = data

    def merge(self, path: str, data: dict[str, Any]) -> None:
        self.set(path, (self.get(path) or {}) | data)


class _Nothing:
    """A queue that takes everything and keeps nothing."""

    def push(self, *_: Any, **__: Any) -> None:
        pass


_TENANT = Tenant(UUID(int=1), UUID(int=2), Address("51900000000"), 1, "text", datetime.now(UTC))
_none = SimpleNamespace(
    admit=lambda messages: [
        Admission(message, _TENANT, "admitted", 1, datetime.now(UTC)) for message in messages
    ],
    mark_enqueued=lambda _: None,
)


def _services() -> Services:
    desk: Any = _none
    if os.environ["DESK"] == "rules":
        store: Any = _Memory()
        desk = Admissions(store, lambda: datetime.now(UTC), 300)
    nothing: Any = _Nothing()
    return Services(desk=desk, graph=nothing, media=nothing, queue=nothing)


main._services = _services
