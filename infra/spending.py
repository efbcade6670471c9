"""Stops asking a model once it has cost a day's limit, over all workers; the own OCR reads documents until
the next day.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import Engine, text

from functions.errors import Unwell
from functions.lima import LIMA
from infra.database import tenant_transaction

log = logging.getLogger("cuadra")

_SPENT = text("select sweep.spent(:since)")
_LOOK_S = 60.0
"""Seconds for which a sum is believed. What all workers read in this minute is not in it and comes on top."""


class Purse:
    """Says whether a model may be asked: what all documents of this day (Lima) cost must be below `usd_day`.
    Thread-safe.

    Where the database does not answer, its last answer holds.
    """

    def __init__(
        self, engine: Engine, usd_day: Decimal, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._usd_day, self._clock = engine, usd_day, clock
        self._lock = threading.Lock()
        self._open, self._until = True, 0.0

    def is_open(self) -> bool:
        """True where a model may be asked. Asks the database once a minute; every other call takes that
        answer.
        """
        with self._lock:
            if time.monotonic() >= self._until:
                self._until = time.monotonic() + _LOOK_S
                self._look()
            return self._open

    def _look(self) -> None:
        since = self._clock().astimezone(LIMA).replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            with tenant_transaction(self._engine, None) as connection:
                spent = Decimal(connection.execute(_SPENT, {"since": since}).scalar_one())
        except Unwell as why:
            log.warning("unwell", extra={"fields": {"service": str(why)}})
            return
        was, self._open = self._open, spent < self._usd_day
        if was and not self._open:
            log.error(
                "model_stopped",
                extra={"fields": {"spent_usd": float(spent), "usd_day": float(self._usd_day)}},
            )
