"""Puts labels around every call of every adapter, at which a suite can have a function die or find a service
down. None of it is in the functions.

CUADRA_FAULTS names a folder; a function started by `function.py` obeys the files in it:

    kill/LABEL       the next call that passes LABEL takes the file away, adds a line to `kills.log` and
                     SIGKILLs its whole process group
    down/ADAPTER     while it is there, every call of the adapter raises Unwell

LABEL is `function.adapter.method.before` or `….after`. CUADRA_FASTER (a number) divides the limits that no
setting holds, so that a run whose leases are shorter keeps the proportions of the real ones.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from functions.errors import Unwell

Strike = Callable[[str], None]
"""Called with each label that is passed; it may raise, or never return."""

_INBOX = ("run", "get", "get_all", "merge", "older")
METHODS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "webhook": {
        "inbox": ("run", "merge"),
        "graph": ("fetch_media",),
        "media": ("save",),
        "queue": ("push",),
    },
    "worker": {
        "inbox": _INBOX,
        "graph": ("send_text", "send_document", "upload", "mark_read", "fetch_media"),
        "media": ("save", "load", "find"),
        "queue": ("push",),
        "records": (
            "open",
            "move",
            "stands",
            "claim",
            "attempt",
            "refile",
            "standing",
            "relocate",
            "quoted_in",
            "unclaim",
            "finish",
            "finish_as",
            "settled",
            "answer",
            "choose",
            "asked_to_erase",
            "left",
            "overdue",
            "waiting",
        ),
        "books": ("change",),
        "outbox": (
            *(
                "lease",
                "view",
                "freeze",
                "recall",
                "sent",
                "failed",
                "bury",
                "skip",
                "pause",
                "hold",
                "release",
                "status_failed",
            ),
        ),
        "erasing": ("erase",),
        "reader": ("extract",),
    },
}
"""The methods that each function calls, by adapter."""

_CLASSES = {
    "inbox": ("infra.local.inbox", "SqliteInbox"),
    "graph": ("functions.whatsapp.client", "Graph"),
    "media": ("infra.media", "CloudMedia"),
    "queue": ("infra.queue", "CloudQueue"),
    "records": ("infra.records", "PostgresRecords"),
    "books": ("infra.books", "PostgresBooks"),
    "outbox": ("infra.outbox", "PostgresOutbox"),
    "erasing": ("infra.erasing", "Erasing"),
    "reader": ("functions.extractor.engine", "Extractor"),
}

_LIMITS = {
    "webhook": (),
    "worker": (
        ("functions.whatsapp.refusals", "_HOLD_S"), ("functions.whatsapp.files", "_ON_ITS_WAY_S"),
        ("functions.whatsapp.places", "_FIRST_S"), ("functions.whatsapp.places", "_EACH_S"),
        ("functions.whatsapp.places", "_MOST_S"),
        ("infra.database", "_SOCKET_S"), ("infra.database", "_STATEMENT_MS"),
    ),
}  # fmt: skip

_FIGURES = ("fetch_s", "store_s", "webhook_s", "gemini_reserve_s")
"""Figures of the budget that no setting holds; a look at pixels takes as long as ever."""


def labels(function: str) -> list[str]:
    """Returns every label of a function, in the order of the table."""
    return [
        f"{function}.{adapter}.{method}.{moment}"
        for adapter, methods in METHODS[function].items()
        for method in methods
        for moment in ("before", "after")
    ]


def labelled(call: Callable[..., Any], name: str, strike: Strike) -> Callable[..., Any]:
    """Returns `call` with its two labels; `after` is passed only when the call returned."""

    @functools.wraps(call)
    def passing(*args: Any, **more: Any) -> Any:
        strike(f"{name}.before")
        result = call(*args, **more)
        strike(f"{name}.after")
        return result

    return passing


class Labelled:
    """Wraps `adapter`: its named methods have labels, everything else is as it is. For compositions inside
    one process.
    """

    def __init__(self, adapter: Any, name: str, methods: tuple[str, ...], strike: Strike) -> None:
        self._adapter = adapter
        for method in methods:
            setattr(self, method, labelled(getattr(adapter, method), f"{name}.{method}", strike))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)


def apply() -> None:
    """Wrap the adapters of this process's function when the environment asks for it; nothing is imported or
    changed otherwise.
    """
    function = os.environ.get("FUNCTION_TARGET", "")
    if faster := float(os.environ.get("CUADRA_FASTER") or 0):
        _hurry(function, faster)
    if not (folder := os.environ.get("CUADRA_FAULTS")):
        return
    orders = _Orders(Path(folder))
    for adapter, methods in METHODS[function].items():
        module, name = _CLASSES[adapter]
        cls = getattr(importlib.import_module(module), name)
        for method in methods:
            called = orders.obeyed(vars(cls)[method], adapter)
            setattr(cls, method, labelled(called, f"{function}.{adapter}.{method}", orders.strike))


class _Orders:
    """Obeys the folder's files, which it looks at on every call."""

    def __init__(self, folder: Path) -> None:
        self._kill, self._down, self._log = folder / "kill", folder / "down", folder / "kills.log"

    def strike(self, label: str) -> None:
        try:
            (self._kill / label).unlink()  # the process that takes it away obeys it: one death an order
        except FileNotFoundError:
            return
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{time.time():.3f} {label}\n")
        os.killpg(0, signal.SIGKILL)

    def obeyed(self, call: Callable[..., Any], adapter: str) -> Callable[..., Any]:
        order = self._down / adapter

        @functools.wraps(call)
        def asked(*args: Any, **more: Any) -> Any:
            if order.exists():
                raise Unwell(f"{adapter}: down, as ordered")
            return call(*args, **more)

        return asked


def _hurry(function: str, faster: float) -> None:
    from infra import settings  # only when asked for

    settings.BUDGET = replace(
        settings.BUDGET, **{name: getattr(settings.BUDGET, name) / faster for name in _FIGURES}
    )
    for module, name in _LIMITS[function]:
        holder = importlib.import_module(module)
        value = getattr(holder, name)
        setattr(holder, name, type(value)(value / faster))
