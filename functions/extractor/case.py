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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial

from functions.extractor import closer, second_look
from functions.extractor.asking import Asking, Model, When
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
from functions.extractor.engines.ocr import Eyes, OcrFailed, RasterLines, Size, turn_of, upright
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

log = logging.getLogger("cuadra")

_LEAST_S = 1.0
"""With fewer seconds left no page is begun."""


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
        self.opened, self.eyes = opened, eyes
        self.clock, self.limits, self.today = clock, limits or Limits(), today
        self.hearing = Hearing(witness, clock, self.limits.witness_s, known) if witness else None
        self.scanned = [p for p in opened.seen if p.scanned and p.raster is not None][:OCR_PAGES]
        self.looks: Looks = {}
        self.rasters: dict[int, RasterLines] = {}
        self.asking = Asking(
            opened=opened, scanned=self.scanned, looks=self.looks, today=today, data=data, uri=uri,
            model=model, pool=pool, clock=clock, limits=self.limits, when=ask,
        )  # fmt: skip
        self.notes: list[str] = []

    def run(self) -> Extraction:
        """Reads, judges, asks others where that may help, and returns the answer."""
        self._look_at_text()
        self._look_at_pixels("tiny", self.scanned)
        papers = self._heard(self._closer(self._papers("tiny")))
        found = self._nature(papers)
        again = second_look.pages(self.scanned, papers, found, self.looks)
        # With a symbol the larger look may prove the paper, and then no model is asked; without one the look
        # and the model's answer go on side by side.
        asked = None if again and any(p.has_symbol for p in papers) else self.asking.if_wanted(papers, found)
        if again:
            self._look_at_pixels("small", again, papers)
            second = self._papers("small")
            papers = self._heard(
                second
                if second_look.saw_more(self.scanned, self.looks)
                else paper.better(papers, second, self.today)
            )
            found = self._nature(papers)
            asked = asked or self.asking.if_wanted(papers, found)
        if asked is not None:
            try:
                papers, found = self.asking.joined(asked, papers, found)
            except Exception as error:  # noqa: BLE001 - whatever breaks about a model's answer, what our own eyes saw stands
                self.asking.note(_crashed(error))
        found = self._heard_second(papers, found)
        return self._extraction(conclude(papers, found, self.looks, flaw=self._flaw(papers)))

    # --- what we read ourselves -----------------------------------------------------------------------------

    def _look_at_text(self) -> None:
        for page in self.opened.seen:
            self.looks[page.index, "text"] = (
                Nothing() if page.scanned else _laid(partial(papers_of.printed, page))
            )

    def _look_at_pixels(self, size: Size, pages: Sequence[Page], papers: Sequence[Paper] = ()) -> None:
        since = time.monotonic()
        for number, page in enumerate(pages):
            if size == "small" and self.clock.left() < self.limits.second_look_s:
                if number and isinstance(self.looks[page.index, "tiny"], Read):
                    # the pages before it took the time: what the small model saw of this one stands
                    continue
                self.looks[page.index, size] = Failed("late")
            else:
                self.looks[page.index, size] = self._look(page, size, papers)
        self.clock.step("ocr", since)

    def _look(self, page: Page, size: Size, papers: Sequence[Paper]) -> Outcome:
        """Reads a page with our OCR, as one sheet for each paper, and returns the outcome. The larger model
        looks at what the small one's `papers` leave open.
        """
        assert page.raster is not None
        seconds, angles = self.clock.left() - _LEAST_S / 2, [code.angle for code in page.codes]
        if seconds < _LEAST_S / 2:
            return Failed("late")
        try:
            if size == "tiny":
                raster = upright(self.eyes, page.raster, angles=angles, seconds=seconds)
            else:
                first = self.rasters.get(page.index)
                turn = first.turn if first else turn_of(angles)
                aim = second_look.aim(page.index, papers, first) if first else None
                part = aim.part if aim else None
                raster = self.eyes.read(page.raster, size=size, turn=turn, part=part, seconds=seconds)
                raster = second_look.joined(first, raster, aim) if first and aim else raster
        except OcrFailed as error:
            log.warning(
                "ocr_failed", extra={"fields": {"reason": str(error), "size": size, "page": page.index + 1}}
            )
            return Failed(error.reason)
        self.rasters[page.index] = raster
        return self._drawn(page, raster)

    def _drawn(self, page: Page, raster: RasterLines) -> Outcome:
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

    def _closer(self, papers: list[Paper]) -> list[Paper]:
        """Returns the papers, read again where a closer look at a column of their tables saw figures that the
        look at the whole page had passed over. Where that fails the answer stands without it.
        """
        since = time.monotonic()
        try:
            more = [self._look_closer(each) for each in papers if each.verdict != "unreadable"]
        except Exception as error:
            log.warning(
                "closer_look_failed", exc_info=True, extra={"fields": {"error": type(error).__name__}}
            )
            self.notes.append(f"closer look failed: {type(error).__name__}")
            return papers
        finally:
            self.clock.step("ocr", since)
        return self._papers("tiny") if any(more) else papers

    def _look_closer(self, each: Paper) -> bool:
        """Looks at the holes in a paper's columns, and returns whether that told more."""
        reading = next((r for r in each.readings if r.source == "ocr"), None)
        told = False
        for page, sheet in ((p, s) for p in self.scanned for s in each.sheets if s.index == p.index):
            lines, seconds = self.rasters.get(page.index), self.clock.left() - self.limits.second_look_s
            if reading is None or lines is None or page.raster is None or seconds < 0:
                continue
            try:
                more = closer.look(self.eyes, page.raster, lines, reading, sheet, seconds=seconds)
            except OcrFailed as error:
                fields = {"reason": str(error), "size": "tiny", "page": page.index + 1}
                log.warning("ocr_failed", extra={"fields": fields})
                continue
            if more is not None:
                self.rasters[page.index], told = more, True
                self.looks[page.index, "tiny"] = self._drawn(page, more)
        return told

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
            rivals=tuple(r for i, p in enumerate(answer.papers) for r in p.rivals(i)),
            checks=tuple(c for p in answer.papers for c in p.checks),
            error=answer.error,
            media_type=self.opened.media_type,
            pages=self.opened.pages,
            pages_seen=tuple(sorted(pages.union(self.opened.blank))),
            model=self.asking.answered_by,
            tokens=self.asking.tokens,
            cost_usd=self.asking.cost_usd,
            elapsed_ms=self.clock.elapsed_ms(),
            steps=self.clock.steps,
            notes=tuple(
                dict.fromkeys([*failures, *self.notes, *(self.hearing.notes if self.hearing else ())])
            ),
            incomplete=answer.incomplete,
            wants_model=self.asking.wanted,
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
