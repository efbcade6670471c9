"""The Extractor: one file in, invoices with evidence out, always within the deadline, whatever breaks.

A disposable child opens the file (`opening/`); `case.py` does the rest.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Protocol, TypeVar

from functions.extractor.asking import Model, When
from functions.extractor.case import Case
from functions.extractor.clock import Clock, Limits
from functions.extractor.engines.ocr import Eyes, Ocr
from functions.extractor.invoice import ErrorCode, Extraction, ExtractionError
from functions.extractor.opening import document
from functions.extractor.opening.child import Opener
from functions.extractor.page import Opened, OpeningFailed, UnreadableFile
from functions.extractor.witness import Known, Witness
from functions.lima import LIMA

log = logging.getLogger("cuadra")
T = TypeVar("T", Opener, Ocr)


class Opens(Protocol):
    """The part of the opener that the extractor needs."""

    def open(self, data: bytes, media_type: str, *, seconds: float) -> Opened:
        """Returns what the file holds. Raises UnreadableFile; OpeningFailed where it is our failure."""

    def table(self, data: bytes, *, seconds: float) -> list[list[str]]:
        """Returns the rows of a file that is a table. Raises as `open` does."""


class Extractor:
    """Reads files, each within `limits.deadline_s` of its call; as many at once as callers ask for.
    Thread-safe.

    A model is asked only while `may_ask` is true, the witness about papers that are complete and not proven.
    `slots` OCR engines are kept. `ocr` and `opener` replace our own; whoever made them must end them.
    """

    def __init__(
        self,
        *,
        gemini: Model | None = None,
        witness: Witness | None = None,
        may_ask: Callable[[], bool] = lambda: True,
        slots: int = 2,
        limits: Limits | None = None,
        ask: When = "unproven",
        ocr: Eyes | None = None,
        opener: Opens | None = None,
        today: Callable[[], date] | None = None,
    ) -> None:
        self._model, self._may_ask, self._limits = gemini, may_ask, limits or Limits()
        self._ask: When = ask
        self._witness = witness
        self._own: list[Opener | Ocr] = []
        self._opener: Opens = opener or self._ours(Opener())
        self._ocr: Eyes = ocr or self._ours(Ocr(slots=slots))
        # A model's answer that nobody waits for any more still holds its thread for a while.
        self._pool = ThreadPoolExecutor(max_workers=4 * slots, thread_name_prefix="gemini")
        self._today = today or (lambda: datetime.now(LIMA).date())

    def warm(self) -> None:
        """Starts the processes, so that the first file does not wait for them."""
        for each in self._own:
            each.warm()

    def close(self) -> None:
        """Ends the processes."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for each in self._own:
            each.close()

    def extract(self, data: bytes, *, uri: str | None = None, known: Known | None = None) -> Extraction:
        """Returns what the file says. Blocks; never raises. The witness is not asked about what is `known`.

        A file that cannot be opened gives an error with its code; a failure of ours gives `internal`, which
        says nothing about the file.
        """
        clock = Clock(self._limits.deadline_s)
        media_type = None
        try:
            media_type = document.admit(data)
            since = time.monotonic()
            opened = self._opener.open(data, media_type, seconds=min(self._limits.opening_s, clock.left()))
            clock.step("open", since)
            clock.steps |= opened.steps
            model = self._model if self._model and self._may_ask() else None
            return Case(
                opened, eyes=self._ocr, model=model, pool=self._pool, clock=clock, today=self._today(),
                data=data, uri=uri,
                limits=self._limits, ask=self._ask, witness=self._witness, known=known,
            ).run()  # fmt: skip
        except UnreadableFile as error:
            return _failed(error.code, error.message, media_type, clock)
        except OpeningFailed as error:
            log.warning("opening_failed", extra={"fields": {"reason": error.reason}})
            return _failed("internal", f"opening: {error.reason}", media_type, clock)
        except Exception as error:  # promise 4: whatever happens, the file gets an answer
            log.exception("extraction_failed", extra={"fields": {"error": type(error).__name__}})
            return _failed("internal", type(error).__name__, media_type, clock)

    def table(self, data: bytes) -> list[list[str]] | None:
        """Returns the rows of a file that is a table, opened as every stranger's file is; None where it is no
        table, or is beyond a table's limits.

        Raises OpeningFailed where it is our failure: the same file may open at the next try.
        """
        if not document.may_be_table(data):
            return None
        try:
            return self._opener.table(data, seconds=self._limits.opening_s)
        except UnreadableFile as error:
            log.info("no_table", extra={"fields": {"reason": error.code}})
            return None

    def _ours(self, made: T) -> T:
        self._own.append(made)
        return made


def _failed(code: ErrorCode, message: str, media_type: str | None, clock: Clock) -> Extraction:
    """Returns the answer to a file that gave no reading: it was not opened, or we crashed over it."""
    return Extraction(
        verdict="unreadable",
        engine="",
        error=ExtractionError(code, message),
        media_type=media_type,
        elapsed_ms=clock.elapsed_ms(),
        steps=clock.steps,
        incomplete=code == "internal",
    )
