"""Asks a model about a file: whether it may tell more, how long it is waited for, and what its answer makes
of the papers that we read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

from functions.extractor.clock import Clock, Limits
from functions.extractor.conclusion import WORST, Eye, Failed, Looks, Nothing, Outcome, Read
from functions.extractor.judging import paper
from functions.extractor.judging.paper import Paper
from functions.extractor.page import Opened, Page
from functions.extractor.reading.what import Nature

if TYPE_CHECKING:
    from functions.extractor.engines.gemini_reply import GeminiAnswer

log = logging.getLogger("cuadra")

When = Literal["unproven", "doubtful"]
"""The papers about which a model is asked: all that are not proven, or only those that are not even
consistent.
"""

_LEAST_MODEL_S = 2.0
"""With fewer seconds no question is begun."""


class Model(Protocol):
    """The part of Gemini that reads files."""

    def read(
        self,
        data: bytes,
        media_type: str,
        *,
        uri: str | None = None,
        context: str = "",
        timeout_s: float,
        strong: bool = False,
    ) -> GeminiAnswer:
        """Returns the model's answer within `timeout_s` seconds. Raises GeminiFailed."""


@dataclass(slots=True, kw_only=True)
class Asking:
    """The questions about one file: what they cost, and by which model they were answered. What the model's
    looks came to is kept in the case's own `looks`.
    """

    opened: Opened
    scanned: Sequence[Page]
    looks: Looks
    model: Model | None
    pool: ThreadPoolExecutor
    clock: Clock
    limits: Limits
    when: When
    today: date
    data: bytes
    uri: str | None
    wanted: bool = False
    answered_by: str | None = None
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)

    def if_wanted(self, papers: Sequence[Paper], found: Nature) -> Future[GeminiAnswer] | None:
        """Asks the model where it may tell more, and returns its answer to come."""
        self.wanted = self.wanted or self._wants_model(papers, found)
        return self._ask(papers, strong=False) if self.wanted else None

    def joined(
        self, asked: Future[GeminiAnswer], papers: list[Paper], found: Nature
    ) -> tuple[list[Paper], Nature]:
        """Returns our papers joined with the model's answer, and what the file is. The stronger model is
        asked where the two do not fit together.
        """
        answer = self._answer(asked)
        if answer is None or (not answer.invoices and answer.what is None):
            return papers, found
        if not answer.invoices:
            if any(p.has_symbol for p in papers):  # a decoded symbol is a comprobante whatever the model says
                return papers, found
            if found.what is None and any(p.is_told for p in papers):
                # Two readers disagree: a person decides.
                for each in papers:
                    each.verdict = min((each.verdict, "needs_review"), key=WORST.index)
                return papers, found
            return [], Nature(answer.what)
        if found.what == "continuation" and not any(
            one.supplier.ruc or one.series for one in answer.invoices
        ):
            return papers, found  # a page of sums alone is no comprobante to the model either
        joined = paper.with_model(answer.invoices, papers, self.today)
        if any(p.verdict not in ("proven", "consistent") for p in joined):
            again = self._ask(papers, strong=True)
            stronger = None if again is None else self._answer(again, strong=True)
            if stronger is not None and stronger.invoices:
                joined = paper.sounder(joined, paper.with_model(stronger.invoices, papers, self.today))
        return joined, Nature(None)

    def note(self, outcome: Outcome, *, strong: bool = False) -> None:
        """Keeps what the model's look at the file came to."""
        eye: Eye = "strong" if strong else "model"
        self.looks |= {(page.index, eye): outcome for page in self.opened.seen}

    def _wants_model(self, papers: Sequence[Paper], found: Nature) -> bool:
        """True where a model may tell more: not about what is proven, nor about what adds up and SUNAT
        confirmed. That a file is no comprobante is decided by us alone only where the file shows what it is.
        """
        if found.what is not None:
            return not found.shown or any(
                isinstance(self.looks[page.index, "tiny"], Failed) for page in self.scanned
            )
        enough = ("proven",) if self.when == "unproven" else ("proven", "consistent")
        return not papers or any(p.verdict not in enough and not p.is_confirmed for p in papers)

    def _ask(self, papers: Sequence[Paper], *, strong: bool) -> Future[GeminiAnswer] | None:
        """Asks the model and returns its answer to come; None where no model is configured or too little time
        is left.
        """
        if self.model is None:
            return None
        seconds = min(self.limits.model_s, self.clock.left() - self.limits.model_reserve_s)
        if seconds < _LEAST_MODEL_S:
            self.note(Failed("late"), strong=strong)
            return None
        symbols = [code.text for page in self.opened.seen for code in page.codes]
        context = "\n".join([*symbols, *(sheet.text for p in papers for sheet in p.sheets)])
        return self.pool.submit(
            self.model.read,
            self.data,
            self.opened.media_type,
            uri=self.uri,
            context=context,
            timeout_s=seconds,
            strong=strong,
        )

    def _answer(self, asked: Future[GeminiAnswer], *, strong: bool = False) -> GeminiAnswer | None:
        from functions.extractor.engines.gemini_reply import GeminiFailed  # only where a model is configured

        since = time.monotonic()
        try:
            answer = asked.result(timeout=max(0.1, min(self.limits.model_s + 1.0, self.clock.left() - 1.0)))
        except GeminiFailed as error:
            self.tokens += error.tokens
            self.cost_usd += error.cost_usd
            log.log(
                logging.ERROR if error.reason == "auth" else logging.WARNING,
                "gemini_failed",
                extra={"fields": {"code": error.reason, "reason": error.detail, "model": error.model}},
            )
            # The model read nothing, or refuses such a picture.
            looked = error.reason in (
                "unreadable",
                "refused",
            )
            self.note(Nothing() if looked else Failed(error.reason), strong=strong)
            return None
        except FutureTimeout:
            log.warning(
                "gemini_failed",
                extra={"fields": {"code": "timeout", "reason": "no answer within the document's time"}},
            )
            asked.cancel()
            self.note(Failed("timeout"), strong=strong)
            return None
        finally:
            self.clock.step("gemini", since)
        self.answered_by = answer.model
        self.tokens += answer.tokens
        self.cost_usd += answer.cost_usd
        self.note(Read(), strong=strong)
        return answer
