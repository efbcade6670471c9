"""Adds cloud-like waits to the embedded adapters, for benches: in the process of a function, by its
environment.

    CUADRA_LATENCY_INBOX_MS      each Inbox call; a transaction holds its sender meanwhile, as the real one
                                 does
    CUADRA_LATENCY_STORAGE_MS    each Cloud Storage call

The queue's and WhatsApp's waits are switches of their stand-ins (`latency_ms`; `graph_ms`, `media_ms`).
"""

from __future__ import annotations

import functools
import os
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any


def apply() -> None:
    """Wrap what the environment names; where it names nothing, nothing is imported or changed."""
    if wait := float(os.environ.get("CUADRA_LATENCY_INBOX_MS") or 0):
        from infra.local.inbox import SqliteInbox  # only when asked for

        senders: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        SqliteInbox.run = _slow(SqliteInbox.run, wait, senders)  # type: ignore[method-assign]  # that is the point
        for name in ("get", "merge", "older", "where", "delete"):
            setattr(SqliteInbox, name, _slow(getattr(SqliteInbox, name), wait))
    if wait := float(os.environ.get("CUADRA_LATENCY_STORAGE_MS") or 0):
        from infra.media import CloudMedia  # only when asked for

        for name in ("save", "load", "find"):
            setattr(CloudMedia, name, _slow(getattr(CloudMedia, name), wait))


def _slow(
    method: Callable[..., Any], wait_ms: float, senders: defaultdict[str, threading.Lock] | None = None
) -> Callable[..., Any]:
    """Returns `method` after a wait with 20 % jitter; with `senders`, calls of one key (the first argument)
    wait for one another.
    """

    @functools.wraps(method)
    def slow(self: Any, *args: Any, **more: Any) -> Any:
        pause = wait_ms / 1000 * random.uniform(0.8, 1.2)
        if senders is None:
            time.sleep(pause)
            return method(self, *args, **more)
        with senders[args[0]]:
            time.sleep(pause)
            return method(self, *args, **more)

    return slow
