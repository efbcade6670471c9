"""Shows read receipts: two blue ticks and "typing…", by threads of their own, since nobody waits for them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Protocol

from functions.errors import Unwell
from functions.whatsapp.client import GraphError

log = logging.getLogger("cuadra")

_LATE_S = 5.0
"""Seconds after which a receipt is not shown any more: the answer may have left, and "typing…" would stay
under it.
"""
_MOST = 64
"""Receipts that wait at once; a Graph that hangs must not fill the memory."""


class Marker(Protocol):
    """The part of the Graph client that is needed here."""

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Show two blue ticks, and "typing…" for 25 s or until something is sent. Raises GraphError,
        Unwell.
        """


@dataclass(frozen=True, slots=True)
class Ticks:
    """Shows receipts, best effort: those that are late, too many or refused are left out. Times in
    seconds.
    """

    graph: Marker
    background: Executor
    late_s: float = _LATE_S
    clock: Callable[[], float] = time.monotonic
    room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_MOST))

    def show(self, wamid: str, *, typing: bool) -> None:
        """Mark the message read, soon or never; `typing` where an answer takes a while."""
        if self.room.acquire(blocking=False):
            self.background.submit(self._show, wamid, typing, self.clock())

    def _show(self, wamid: str, typing: bool, asked: float) -> None:
        try:
            if self.clock() - asked <= self.late_s:
                self.graph.mark_read(wamid, typing)
        except (GraphError, Unwell) as error:
            log.info("read_receipt_failed", extra={"fields": {"error": type(error).__name__}})
        except Exception:  # it would vanish in the executor's future
            log.warning("read_receipt_failed", exc_info=True)
        finally:
            self.room.release()
