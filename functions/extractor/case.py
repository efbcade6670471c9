"""One file's way through the readers: which eye looks when, and who else is asked (conclusion.py has what
follows).

Our own eyes come first: text layers and symbols, then the small OCR model on the pages without text. Where
the papers are proven by then, that is the answer, and nobody else is asked. SUNAT, where credentials are
given, is asked about papers that are complete. The larger OCR model looks once more at what does not add up.
Gemini, where it is configured, is asked about what is not proven: at the same time as that look, or after it
where a symbol may still prove the paper.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol

from functions.extractor.clock import Clock, Limits
from functions.extractor.conclusion import (
    WORST,
    Conclusion,
    Eye,
    Failed,
    Flaw,
    Looks,
    Nothing,
    Outcome,
    Read,
    conclude,
)
from functions.extractor.engines.ocr import Eyes, OcrFailed, Size, Turn, turn_of, upright
from functions.extractor.hearing import Hearing, key_of
from functions.extractor.invoice import Extraction
from functions.extractor.judging import merge, paper
from functions.extractor.judging.paper import Paper
from functions.extractor.learned import reader as learned
from functions.extractor.opening.document import OCR_PAGES
from functions.extractor.page import Opened, Page
from functions.extractor.peru import qr
from functions.extractor.reading.what import Nature, nature
from functions.extractor.sheets import papers as papers_of
from functions.extractor.sheets.rows import Sheet
from functions.extractor.witness import Heard, Known, Witness

if TYPE_CHECKING:
    from functions.extractor.engines.gemini_reply import GeminiAnswer

log = logging.getLogger("cuadra")

When = Literal["unproven", "doubtful"]
"""The papers about which a model is asked: all that are not proven, or only those that are not even
consistent.
"""

_LEAST_S = 1.0
"""With fewer seconds left no page is begun."""
_LEAST_MODEL_S = 2.0
_SOME_TEXT = 40
"""With fewer characters a second look at the pixels finds nothing either: the picture shows a wall, a face, a
table.
"""


class Model(Protocol):
    """The part of Gemini that a case needs."""

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


class Case:
    """One opened file and all that is known of it so far."""

    def __init__(
        self,
        opened: Opened,
        *,
        eyes: Eyes,
        model: Model | None,
        pool: ThreadPoolExecutor,
        clock: Clock,
        today: date,
        data: bytes = b"",
        uri: str | None = None,
        limits: Limits | None = None,
        ask: When = "unproven",
        witness: Witness | None = None,
        known: Known | None = None,
    ) -> None:
        self.opened, self.data, self.uri = opened, data, uri
        self.eyes, self.model, self.pool = eyes, model, pool
        self.clock, self.limits, self.ask, self.today = clock, limits or Limits(), ask, today
        self.hearing = Hearing(witness, clock, self.limits.witness_s, known) if witness else None
        self.scanned = [p for p in opened.seen if p.scanned and p.raster is not None][:OCR_PAGES]
        self.looks: Looks = {}
        self.turns: dict[int, Turn] = {}
        self.wanted = False
        self.model_name: str | None = None
        self.tokens, self.cost = 0, Decimal(0)
        self.notes: list[str] = []

    def run(self) -> Extraction:
        """Reads, judges, asks others where that may help, and returns the answer."""
        self._look_at_text()
        self._look_at_pixels("tiny", self.scanned)
        papers = self._heard(self._papers("tiny"))
        found = self._nature(papers)
        again = self._worth_a_second_look(papers, found)
        # With a symbol the larger look may prove the paper, and then no model is asked; without one the look
        # and the model's answer go on side by side.
        asked = None if again and any(p.has_symbol for p in papers) else self._ask_if_wanted(papers, found)
        if again:
            self._look_at_pixels("small", again)
            second = self._papers("small")
            papers = self._heard(second if self._saw_more() else paper.better(papers, second, self.today))
            found = self._nature(papers)
            asked = asked or self._ask_if_wanted(papers, found)
        if asked is not None:
            try:
                papers, found = self._with_answer(asked, papers, found)
            except Exception as error:  # noqa: BLE001 - whatever breaks about a model's answer, what our own eyes saw stands
                self._note_model(_crashed(error))
        found = self._heard_second(papers, found)
        return self._extraction(conclude(papers, found, self.looks, flaw=self._flaw(papers)))

    # --- what we read ourselves -----------------------------------------------------------------------------

    def _look_at_text(self) -> None:
        for page in self.opened.seen:
            self.looks[page.index, "text"] = (
                Nothing() if page.scanned else _laid(partial(papers_of.printed, page))
            )

    def _look_at_pixels(self, size: Size, pages: Sequence[Page]) -> None:
        since = time.monotonic()
        for number, page in enumerate(pages):
            if size == "small" and self.clock.left() < self.limits.second_look_s:
                if number and isinstance(self.looks[page.index, "tiny"], Read):
                    # the pages before it took the time: what the small model saw of this one stands
                    continue
                self.looks[page.index, size] = Failed("late")
            else:
                self.looks[page.index, size] = self._look(page, size)
        self.clock.step("ocr", since)

    def _look(self, page: Page, size: Size) -> Outcome:
        """Reads a page with our OCR, as one sheet for each paper, and returns the outcome."""
        assert page.raster is not None
        seconds, angles = self.clock.left() - _LEAST_S / 2, [code.angle for code in page.codes]
        if seconds < _LEAST_S / 2:
            return Failed("late")
        try:
            if size == "tiny":
                raster = upright(self.eyes, page.raster, angles=angles, seconds=seconds)
            else:
                raster = self.eyes.read(
                    page.raster, size=size, turn=self.turns.get(page.index, turn_of(angles)), seconds=seconds
                )
        except OcrFailed as error:
            log.warning(
                "ocr_failed", extra={"fields": {"reason": str(error), "size": size, "page": page.index + 1}}
            )
            return Failed(error.reason)
        self.turns[page.index] = raster.turn
        return _laid(
            partial(
                papers_of.drawn,
                page,
                raster.boxes,
                width=raster.width,
                height=raster.height,
                turn=raster.turn,
            )
        )

    def _seen(self, size: Size) -> Iterator[tuple[Page, Eye, tuple[Sheet, ...]]]:
        """Yields each page whose words were read, the eye that read them, and the page's sheets. A page that
        the larger model did not read keeps what the small one saw.
        """
        eyes: tuple[Eye, ...] = ("text", size, "tiny")
        for page in self.opened.seen:
            for eye in eyes:
                outcome = self.looks.get((page.index, eye))
                if isinstance(outcome, Read):
                    yield page, eye, outcome.sheets
                    break

    def _papers(self, size: Size) -> list[Paper]:
        """Returns the comprobantes on all pages, by words and symbols. A page whose words make our reading
        crash counts as not read.
        """
        since = time.monotonic()
        seen = list(self._seen(size))
        with_words = {page.index for page, _, _ in seen}
        drawn = frozenset(page.index for page, eye, _ in seen if eye != "text")
        bare = [(p.index, p.codes) for p in self.opened.seen if p.index not in with_words]
        try:
            return self._second_opinion(
                paper.read([sheet for _, _, sheets in seen for sheet in sheets], bare, drawn, self.today)
            )
        except Exception as error:
            if not seen:
                raise
            # A crash on a stranger's words is a failure of ours; the other pages and all symbols still count.
            broken: list[tuple[int, Eye]] = [
                (page.index, eye) for page, eye, sheets in seen if self._breaks(sheets)
            ]
            every: list[tuple[int, Eye]] = [(page.index, eye) for page, eye, _ in seen]
            self.looks |= dict.fromkeys(broken or every, _crashed(error))
            return self._papers(size)
        finally:
            self.clock.step("checks", since)

    def _second_opinion(self, papers: list[Paper]) -> list[Paper]:
        """Returns the papers, with the learned reader's reading of those that a symbol did not prove. Where
        that reader fails the answer stands without it.
        """
        for index, each in enumerate(papers):
            if not each.wants_second:
                continue
            try:
                each.second = learned.read(each.sheets)
            except Exception as error:
                log.warning(
                    "second_reader_failed", exc_info=True, extra={"fields": {"error": type(error).__name__}}
                )
                self.notes.append(f"net failed: {type(error).__name__}")
            else:
                each.judge(index, self.today)
        return papers

    def _heard(self, papers: list[Paper]) -> list[Paper]:
        """Returns the papers, with SUNAT's word on those that are complete and not proven. Where SUNAT cannot
        be asked nothing changes.
        """
        if self.hearing is not None:
            try:
                self.hearing.hear(papers, self.today)
            except Exception as error:
                log.exception("sunat_crashed", extra={"fields": {"error": type(error).__name__}})
        return papers

    def _heard_second(self, papers: Sequence[Paper], found: Nature) -> Nature:
        """Returns what the file is, after the learned reader's word. Where we merely found too little, a
        paper that this reader read whole is one for a person to look at.
        """
        if found.what is None or found.shown or not any(each.second_is_whole for each in papers):
            return found
        for each in papers:
            each.verdict = min((each.verdict, "needs_review"), key=WORST.index)
        return Nature(None)

    def _breaks(self, sheets: Sequence[Sheet]) -> bool:
        try:
            paper.read(sheets, [], frozenset(), self.today)
        except Exception:  # noqa: BLE001 - as for readings; it is logged where all pages broke
            return True
        return False

    def _nature(self, papers: Sequence[Paper]) -> Nature:
        """Returns what the file is when none of it is a comprobante, judged on the sheets that the papers'
        readings came from.
        """
        if len(papers) > 1:
            natures = [nature(p.sheets, p.readings[-1], p.codes) for p in papers]
            return natures[0] if all(n.what is not None for n in natures) else Nature(None)
        codes = [
            parsed
            for page in self.opened.seen
            for code in page.codes
            if (parsed := qr.parse(code.text)) is not None
        ]
        return nature(papers[0].sheets, papers[0].readings[-1], codes) if papers else nature([], None, codes)

    def _flaw(self, papers: Sequence[Paper]) -> Flaw | None:
        """Returns the flaw that keeps any reader from reading: no light, or a picture that is out of focus or
        of which the engine was hardly sure.
        """
        if self.opened.seen and all(page.dark for page in self.opened.seen):
            return "dark"
        drawn = [s for p in papers for s in p.sheets if s.conf < 1.0]
        letters = sum(len(s.text) for s in drawn)
        unsure = letters >= 60 and sum(s.conf * len(s.text) for s in drawn) / letters < 0.72
        return "unreadable" if unsure or any(page.soft for page in self.opened.seen) else None

    # --- who else can see -----------------------------------------------------------------------------------

    def _wants_model(self, papers: Sequence[Paper], found: Nature) -> bool:
        """True where a model may tell more: not about what is proven, nor about what adds up and SUNAT
        confirmed. That a file is no comprobante is decided by us alone only where the file shows what it is.
        """
        if found.what is not None:
            return not found.shown or any(
                isinstance(self.looks[page.index, "tiny"], Failed) for page in self.scanned
            )
        enough = ("proven",) if self.ask == "unproven" else ("proven", "consistent")
        return not papers or any(p.verdict not in enough and not p.is_confirmed for p in papers)

    def _worth_a_second_look(self, papers: Sequence[Paper], found: Nature) -> list[Page]:
        """Returns the pages that are worth the larger OCR model's time: those that were not seen, or all
        where something is missing or does not add up.
        """
        unseen = [page for page in self.scanned if isinstance(self.looks[page.index, "tiny"], Failed)]
        if papers and all(p.verdict == "proven" for p in papers):
            return unseen
        if unseen:
            return self.scanned
        if sum(len(sheet.text) for _, _, sheets in self._seen("tiny") for sheet in sheets) < _SOME_TEXT:
            return []
        if found.what is not None:
            return [] if found.shown else self.scanned
        return (
            self.scanned
            if not papers or any(p.verdict in ("needs_review", "unreadable") or p.unsettled for p in papers)
            else []
        )

    def _saw_more(self) -> bool:
        """True where the larger model read a page that the small one did not see: the first look's papers
        have nothing of that page.
        """
        return any(
            isinstance(self.looks[p.index, "tiny"], Failed)
            and isinstance(self.looks.get((p.index, "small")), Read)
            for p in self.scanned
        )

    def _ask_if_wanted(self, papers: Sequence[Paper], found: Nature) -> Future[GeminiAnswer] | None:
        self.wanted = self.wanted or self._wants_model(papers, found)
        return self._ask(papers, strong=False) if self.wanted else None

    def _ask(self, papers: Sequence[Paper], *, strong: bool) -> Future[GeminiAnswer] | None:
        """Asks the model and returns its answer to come; None where no model is configured or too little time
        is left.
        """
        if self.model is None:
            return None
        seconds = min(self.limits.model_s, self.clock.left() - self.limits.model_reserve_s)
        if seconds < _LEAST_MODEL_S:
            self._note_model(Failed("late"), strong=strong)
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
            self.cost += error.cost_usd
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
            self._note_model(Nothing() if looked else Failed(error.reason), strong=strong)
            return None
        except FutureTimeout:
            log.warning(
                "gemini_failed",
                extra={"fields": {"code": "timeout", "reason": "no answer within the document's time"}},
            )
            asked.cancel()
            self._note_model(Failed("timeout"), strong=strong)
            return None
        finally:
            self.clock.step("gemini", since)
        self.model_name = answer.model
        self.tokens += answer.tokens
        self.cost += answer.cost_usd
        self._note_model(Read(), strong=strong)
        return answer

    def _note_model(self, outcome: Outcome, *, strong: bool = False) -> None:
        eye: Eye = "strong" if strong else "model"
        self.looks |= {(page.index, eye): outcome for page in self.opened.seen}

    def _with_answer(
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

    # --- the answer -----------------------------------------------------------------------------------------

    def _extraction(self, answer: Conclusion) -> Extraction:
        used = dict.fromkeys(r.source for p in answer.papers for r in p.readings if r.fields)
        used |= dict.fromkeys(e.source for p in answer.papers for e in p.evidence)
        pages = {
            page
            for (page, eye), look in self.looks.items()
            if isinstance(look, Read) or (eye != "text" and isinstance(look, Nothing))
        }
        failures = dict.fromkeys(
            f"{eye} failed: {look.reason}"
            for (_, eye), look in self.looks.items()
            if isinstance(look, Failed)
        )
        return Extraction(
            verdict=answer.verdict,
            engine="+".join(s for s in merge.STRENGTH if s in used),
            invoices=tuple(p.invoice for p in answer.papers),
            what=answer.what,
            evidence=tuple(e for p in answer.papers for e in p.evidence),
            checks=tuple(c for p in answer.papers for c in p.checks),
            error=answer.error,
            media_type=self.opened.media_type,
            pages=self.opened.pages,
            pages_seen=tuple(sorted(pages.union(self.opened.blank))),
            model=self.model_name,
            tokens=self.tokens,
            cost_usd=self.cost,
            elapsed_ms=self.clock.elapsed_ms(),
            steps=self.clock.steps,
            notes=tuple(
                dict.fromkeys([*failures, *self.notes, *(self.hearing.notes if self.hearing else ())])
            ),
            incomplete=answer.incomplete,
            wants_model=self.wanted,
            heard=tuple(self._words_of(answer.papers)),
        )

    def _words_of(self, papers: Sequence[Paper]) -> Iterator[Heard]:
        """Yields what SUNAT said of the values that are told; for other values its word would be about
        another paper.
        """
        for index, each in enumerate(papers):
            if each.heard is not None and each.heard.key == key_of(each.invoice, self.today):
                yield replace(each.heard, invoice=index)


def _laid(sheets_of: Callable[[], list[Sheet]]) -> Outcome:
    """Lays boxes out as rows and returns the outcome."""
    try:
        sheets = sheets_of()
    except Exception as error:  # noqa: BLE001 - as for readings
        return _crashed(error)
    return Read(tuple(sheets)) if any(sheet.rows for sheet in sheets) else Nothing()


def _crashed(error: Exception) -> Failed:
    log.error("reading_crashed", exc_info=error, extra={"fields": {"error": type(error).__name__}})
    return Failed(f"crashed: {type(error).__name__}")
