"""The Extractor: one file in, invoices with evidence out, always within the deadline.

Opening has at most 12 s, Gemini min(13 s, what remains less 14 s), the rest is the own OCR's, which also reads photos while Gemini is asked, so
that a model's value can be checked against pixels it did not see.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from functions.extractor.engines.ocr import Ocr, OcrFailed, Size, upright
from functions.extractor.engines.ocr import Reading as Raster
from functions.extractor.invoice import Check, ErrorCode, Evidence, Extraction, ExtractionError, Invoice, NotInvoice, Verdict
from functions.extractor.judging import checks, merge
from functions.extractor.opening import document
from functions.extractor.opening.child import Opener
from functions.extractor.page import Box, Code, Opened, Page, UnreadableFile
from functions.extractor.peru import qr
from functions.extractor.peru.qr import Qr
from functions.extractor.reading import reader, what
from functions.extractor.reading.reading import Reading
from functions.extractor.sheets import papers as parts
from functions.extractor.sheets.rows import Sheet, lay

if TYPE_CHECKING:
    from functions.extractor.engines.gemini import Gemini, GeminiAnswer

log = logging.getLogger("cuadra")

OPENING_S, GEMINI_S, OCR_RESERVE_S = 12.0, 13.0, 14.0
SECOND_PASS_S = 3.5
"""What a pass of the larger model takes on a dense page, on one slow core; it is not begun with less."""
_WORST: tuple[Verdict, ...] = ("unreadable", "needs_review", "consistent", "proven")


@dataclass(slots=True)
class _One:
    """One invoice on its way: what each source said of it, and what came of that."""

    readings: list[Reading]
    sheets: list[Sheet] = field(default_factory=list)
    codes: list[Qr] = field(default_factory=list)
    invoice: Invoice = field(default_factory=Invoice)
    evidence: list[Evidence] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    verdict: Verdict = "unreadable"

    def judge(self, index: int, today: date) -> None:
        self.invoice, self.evidence = merge.merge(self.readings, index)
        extras = {k: s for r in reversed(self.readings) for k, s in r.extras.items()}
        money = {k: s.value for k, s in extras.items() if k in ("advances", "retention")}
        self.checks = checks.run(self.invoice, index, today=today, **money)
        self.verdict = merge.verdict(self.invoice, self.evidence, self.checks, readings=self.readings)
        if self.verdict == "proven" and len({(c.ruc, c.series, c.number) for c in self.codes if c.is_invoice}) > 1:
            self.verdict = "consistent"  # words of two papers in one reading: some may be the other's


class _Clock:
    def __init__(self, seconds: float) -> None:
        self.start = time.monotonic()
        self.end = self.start + seconds
        self.steps: dict[str, int] = {}

    def left(self) -> float:
        return self.end - time.monotonic()

    def step(self, name: str, since: float) -> None:
        self.steps[name] = self.steps.get(name, 0) + round((time.monotonic() - since) * 1000)

    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self.start) * 1000)


class Extractor:
    """Reads files. `slots` extractions run at once, each with `deadline_s` from the moment it has its slot. Thread-safe."""

    def __init__(
        self,
        *,
        gemini: Gemini | None = None,
        slots: int = 2,
        deadline_s: float = 30.0,
        ocr_engine: str = "faster-paddle",
        today: Callable[[], date] | None = None,
    ) -> None:
        self._gemini = gemini
        self._deadline_s = deadline_s
        self._slots = threading.BoundedSemaphore(slots)
        self._opener = Opener()
        self._ocr = Ocr(slots=slots, engine=ocr_engine)
        self._pool = ThreadPoolExecutor(max_workers=slots, thread_name_prefix="gemini")
        self._today = today or _lima_day

    def warm(self) -> None:
        """Starts the processes, so that the first file does not wait for them."""
        self._opener.warm()
        self._ocr.warm()

    def close(self) -> None:
        """Ends the processes."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._opener.close()
        self._ocr.close()

    def extract(self, data: bytes, *, uri: str | None = None) -> Extraction:
        """What the file says. Blocks; never raises; a file that cannot be read gives an error with its code."""
        with self._slots:
            clock = _Clock(self._deadline_s)
            media_type = None
            try:
                media_type = document.admit(data)
                since = time.monotonic()
                opened = self._opener.open(data, media_type, seconds=min(OPENING_S, clock.left()))
                clock.step("open", since)
                clock.steps |= opened.steps
                return _Case(self._gemini, self._ocr, self._pool, opened, data, uri, clock, self._today()).run()
            except UnreadableFile as error:
                return _failed(error.code, error.message, media_type, clock)
            except Exception as error:  # promise 4: whatever happens, the file gets an answer
                log.exception("extraction_failed", extra={"fields": {"error": type(error).__name__}})
                return _failed("internal", type(error).__name__, media_type, clock)


def _lima_day() -> date:
    """Today in Lima, which has no summer time."""
    return (datetime.now(UTC) - timedelta(hours=5)).date()


def _failed(code: ErrorCode, message: str, media_type: str | None, clock: _Clock) -> Extraction:
    return Extraction(
        verdict="unreadable",
        engine="",
        error=ExtractionError(code, message),
        media_type=media_type,
        elapsed_ms=clock.elapsed_ms(),
        steps=clock.steps,
    )


class _Case:
    """One file's way through the readers."""

    def __init__(
        self,
        gemini: Gemini | None,
        ocr: Ocr,
        pool: ThreadPoolExecutor,
        opened: Opened,
        data: bytes,
        uri: str | None,
        clock: _Clock,
        today: date,
    ) -> None:
        self.gemini, self.ocr, self.pool, self.opened = gemini, ocr, pool, opened
        self.data, self.uri, self.clock, self.today = data, uri, clock, today
        self.model: str | None = None
        self.tokens, self.cost = 0, Decimal(0)
        self.notes: list[str] = []
        self.read: set[int] = set()
        self.turns: dict[int, int] = {}

    def run(self) -> Extraction:
        digital = [p for p in self.opened.seen if not p.scanned]
        scanned = [p for p in self.opened.seen if p.scanned and p.raster is not None]
        sheets = [s for p in digital for s in _digital(p)]
        self.read |= {p.index for p in digital}
        ones = self._ones(sheets)
        kind = self._kind(sheets, ones) if sheets and not scanned else None
        if kind is None and (scanned or not ones or any(o.verdict != "proven" for o in ones)):
            return self._deeper(sheets, scanned, ones)
        return self._result(ones, kind)

    # --- what we read ourselves --------------------------------------------------------------------------------------------

    def _codes(self, sheets: Sequence[Sheet]) -> list[tuple[Qr, tuple[int, float, float, float, float]]]:
        found: list[tuple[Qr, tuple[int, float, float, float, float]]] = []
        for sheet in sheets:
            for code in sheet.codes:
                parsed = qr.parse(code.text)
                if parsed is not None and all(parsed != f for f, _ in found):
                    found.append((parsed, (sheet.index, *code.box)))
        return found

    def _ones(self, sheets: Sequence[Sheet], *, ocr: Sequence[int] = ()) -> list[_One]:
        """The invoices on the sheets, each with its symbol; those that are none are left out where others are."""
        since = time.monotonic()
        ones: list[_One] = []
        for group in reader.group(sheets):
            codes = self._codes(group)
            one = _One([], sheets=group, codes=[c for c, _ in codes])
            invoices = [(c, box) for c, box in codes if c.is_invoice]
            hint = invoices[0][0] if invoices else None
            drawn, printed = [s for s in group if s.index in ocr], [s for s in group if s.index not in ocr]
            if printed:
                one.readings.append(reader.read(printed, "text", qr=hint))
            if drawn:
                one.readings.append(reader.read(drawn, "ocr", qr=hint))
            number = (one.readings[0].get("series"), one.readings[0].get("number"))
            match = next(((c, b) for c, b in invoices if (c.series, c.number) == number), invoices[0] if invoices else None)
            if match is not None:
                one.readings.insert(0, merge.from_qr(match[0], match[1]))
            one.judge(len(ones), self.today)
            ones.append(one)
        ones += self._untold(ones, ocr)
        good = [o for o in ones if what.judge(o.sheets, o.readings[-1], o.codes) is None]
        if good and len(good) < len(ones):
            ones = good
            for index, one in enumerate(ones):
                one.judge(index, self.today)
        self.clock.step("checks", since)
        return ones

    def _untold(self, ones: Sequence[_One], ocr: Sequence[int]) -> list[_One]:
        """A second symbol in a picture is a second paper, also where its words could not be told from its neighbour's.

        A text layer has lost no words: there a symbol without its own title belongs to nothing that is on the page.
        """
        told = {(o.invoice.supplier.ruc, o.invoice.series, o.invoice.number) for o in ones}
        found: list[_One] = []
        for one in ones:
            for code, box in self._codes([s for s in one.sheets if s.index in ocr]):
                if code.is_invoice and code.series and code.number and (code.ruc, code.series, code.number) not in told:
                    told.add((code.ruc, code.series, code.number))
                    found.append(_One([merge.from_qr(code, box)], sheets=one.sheets, codes=[code]))
                    found[-1].judge(len(ones) + len(found) - 1, self.today)
        return found

    def _kind(self, sheets: Sequence[Sheet], ones: Sequence[_One]) -> NotInvoice | None:
        """What the file is when none of it is a comprobante."""
        codes = [parsed for p in self.opened.seen for c in p.codes if (parsed := qr.parse(c.text)) is not None]
        reading = ones[0].readings[-1] if ones else None
        if len(ones) > 1:
            kinds = [what.judge(o.sheets, o.readings[-1], o.codes) for o in ones]
            return kinds[0] if all(k is not None for k in kinds) else None
        return what.judge(sheets, reading, codes)

    def _look(self, page: Page, size: Size, seconds: float) -> list[Sheet]:
        """One raster read by our own engine, as sheets, one a paper; none when it failed."""
        assert page.raster is not None
        angles = [c.angle for c in page.codes]
        try:
            if size == "tiny":
                raster = upright(self.ocr, page.raster, angles=angles, seconds=seconds)
            else:
                raster = self.ocr.read(page.raster, size=size, turn=self.turns[page.index], seconds=seconds)  # type: ignore[arg-type]  # a turn it gave
        except OcrFailed as error:
            self.notes.append(f"ocr failed: {error}")
            log.warning("ocr_failed", extra={"fields": {"reason": str(error), "size": size}})
            return []
        self.turns[page.index] = raster.turn
        return _drawn(raster, page)

    def _own(self, sheets: Sequence[Sheet], scanned: Sequence[Page], size: Size) -> tuple[list[Sheet], list[int]]:
        since = time.monotonic()
        found, seen = list(sheets), []
        for page in scanned[: document.OCR_PAGES]:
            if self.clock.left() < 1.0:
                break
            looked = self._look(page, size, self.clock.left() - 0.5)
            if looked:
                found += looked
                seen.append(page.index)
        self.read |= set(seen)
        self.clock.step("ocr", since)
        return sorted(found, key=lambda s: s.index), seen

    # --- beyond the text layer -----------------------------------------------------------------------------------------------

    def _deeper(self, sheets: list[Sheet], scanned: list[Page], ones: list[_One]) -> Extraction:
        asked = self._ask(ones, strong=False)
        seen: list[int] = []
        if scanned:
            all_sheets, seen = self._own(sheets, scanned, "tiny")
            ones = self._ones(all_sheets, ocr=seen)
            if asked is None and self._wants_more(all_sheets, ones):
                ones = self._second_look(sheets, scanned, ones)
            sheets = all_sheets
        kind = self._kind(sheets, ones)
        if asked is not None:
            before = ones
            answer = self._answer(asked)
            if answer is None and scanned and self._wants_more(sheets, ones):
                ones = self._second_look([s for s in sheets if s.index not in seen], scanned, ones)
            elif answer is not None:
                if not answer.invoices:
                    if answer.what is not None and not any(c.is_invoice for o in ones for c in o.codes):
                        return self._result([], answer.what)
                else:
                    ones, kind = self._with(answer, before), None
                    ones = self._stronger(ones, before)
        if not scanned and not seen and self.opened.seen and not ones and kind is None:
            kind = "photo"
        if scanned and not seen and asked is None and not sheets:
            return self._unread("deadline" if self.clock.left() < 1.5 else "unreadable", "the OCR gave nothing")
        return self._result(ones, kind)

    def _wants_more(self, sheets: Sequence[Sheet], ones: Sequence[_One]) -> bool:
        """Whether a second, slower look is worth its time: something is missing or does not add up, and there is text to read."""
        if self.clock.left() < SECOND_PASS_S or sum(len(s.text) for s in sheets) < 40:
            return False
        kind = self._kind(sheets, ones)
        if kind is not None:
            return kind == "other"
        return any(o.verdict in ("needs_review", "unreadable") or _unsettled(o) for o in ones) or not ones

    def _second_look(self, sheets: Sequence[Sheet], scanned: Sequence[Page], ones: list[_One]) -> list[_One]:
        """The larger model, and per invoice the better of both readings, completed by the other."""
        more, seen = self._own(sheets, scanned, "small")
        if not seen:
            return ones
        others = self._ones(more, ocr=seen)
        if len(others) != len(ones):
            return max(
                (others, ones), key=lambda group: sum((merge.quality(o.invoice, o.checks)[0] for o in group), 0) / max(1, len(group))
            )
        return [self._better(a, b, index) for index, (a, b) in enumerate(zip(ones, others, strict=True))]

    def _better(self, first: _One, second: _One, index: int) -> _One:
        best, other = (
            (second, first)
            if merge.quality(second.invoice, second.checks) >= merge.quality(first.invoice, first.checks)
            else (first, second)
        )
        mine = next((r for r in best.readings if r.source == "ocr"), None)
        theirs = next((r for r in other.readings if r.source == "ocr"), None)
        if mine is not None and theirs is not None:
            for path, seen in theirs.fields.items():
                if path not in mine.fields or (mine.fields[path].alt is not None and mine.fields[path].alt == seen.value):
                    mine.fields[path] = seen
            if not mine.items:
                mine.items = theirs.items
        best.judge(index, self.today)
        return best

    # --- Gemini ----------------------------------------------------------------------------------------------------------------

    def _ask(self, ones: Sequence[_One], *, strong: bool) -> Future[GeminiAnswer] | None:
        """Asks in the background; None when no model is configured or the time is the OCR's."""
        seconds = min(GEMINI_S, self.clock.left() - OCR_RESERVE_S)
        if self.gemini is None or seconds < 2.0:
            return None
        context = "\n".join(c.text for p in self.opened.seen for c in p.codes)
        text = "\n".join(s.text for o in ones for s in o.sheets)
        if text:
            context = f"{context}\n{text}"
        return self.pool.submit(
            self.gemini.read, self.data, self.opened.media_type, uri=self.uri, context=context, timeout_s=seconds, strong=strong
        )

    def _answer(self, asked: Future[GeminiAnswer]) -> GeminiAnswer | None:
        from functions.extractor.engines.gemini import GeminiFailed  # noqa: PLC0415 - only where a model is configured

        since = time.monotonic()
        try:
            answer = asked.result(timeout=max(0.1, min(GEMINI_S + 1.0, self.clock.left() - 1.0)))
        except GeminiFailed as error:
            self.notes.append(f"gemini failed: {error.reason}")
            log.log(
                logging.ERROR if error.reason == "auth" else logging.WARNING,
                "gemini_failed", extra={"fields": {"code": error.reason, "reason": error.detail, "model": error.model}},
            )  # fmt: skip
            self.tokens += error.tokens
            self.cost += error.cost_usd
            return None
        except TimeoutError:
            self.notes.append("gemini failed: timeout")
            log.warning("gemini_failed", extra={"fields": {"code": "timeout", "reason": "no answer within the document's time"}})
            return None
        finally:
            self.clock.step("gemini", since)
        self.model = answer.model
        self.tokens += answer.tokens
        self.cost += answer.cost_usd
        return answer

    def _with(self, answer: GeminiAnswer, ones: Sequence[_One]) -> list[_One]:
        """The model's invoices joined with ours: by series and number, else in order."""
        self.read |= {p.index for p in self.opened.seen}
        left = list(ones)
        found: list[_One] = []
        for index, invoice in enumerate(answer.invoices):
            mine = next((o for o in left if (o.invoice.series, o.invoice.number) == (invoice.series, invoice.number)), None)
            if mine is None and len(answer.invoices) == len(ones):
                mine = ones[index] if ones[index] in left else None
            if mine is None and len(answer.invoices) == 1 and len(left) == 1:
                mine = left[0]
            if mine is not None:
                left.remove(mine)
            base = [r for r in mine.readings if r.source != "gemini"] if mine else []
            one = _One([*base, merge.from_invoice(invoice, "gemini")], sheets=mine.sheets if mine else [], codes=mine.codes if mine else [])
            one.judge(index, self.today)
            found.append(one)
        for one in left:
            if any(c.is_invoice for c in one.codes):  # a symbol is on the page: the model overlooked it
                one.judge(len(found), self.today)
                found.append(one)
        return found

    def _stronger(self, ones: list[_One], before: Sequence[_One]) -> list[_One]:
        """Once more with the stronger model where the first one's answer fails its checks."""
        if all(o.verdict in ("proven", "consistent") for o in ones):
            return ones
        asked = self._ask(before, strong=True)
        answer = None if asked is None else self._answer(asked)
        if answer is None or not answer.invoices:
            return ones
        others = self._with(answer, before)
        score = [
            sum(merge.quality(o.invoice, o.checks)[0] - 2 * sum(bool(e.disagree) for e in o.evidence) for o in group)
            for group in (others, ones)
        ]
        return others if score[0] >= score[1] else ones

    # --- the answer ------------------------------------------------------------------------------------------------------------

    def _unread(self, code: ErrorCode, message: str) -> Extraction:
        return self._extraction("unreadable", (), error=ExtractionError(code, message))

    def _result(self, ones: Sequence[_One], kind: NotInvoice | None) -> Extraction:
        if kind is not None:
            if kind in ("other", "photo") and (any(p.soft for p in self.opened.seen) or self._blurred(ones)):
                return self._unread("unreadable", "text too faint to read")
            return self._extraction("not_an_invoice", (), what=kind)
        if not ones or all(o.verdict == "unreadable" for o in ones):
            return self._unread("unreadable", "no key field could be read")
        return self._extraction(min((o.verdict for o in ones), key=_WORST.index), ones)

    def _blurred(self, ones: Sequence[_One]) -> bool:
        drawn = [s for o in ones for s in o.sheets if s.conf < 1.0]
        letters = sum(len(s.text) for s in drawn)
        return letters >= 60 and sum(s.conf * len(s.text) for s in drawn) / letters < 0.72

    def _extraction(
        self, verdict: Verdict, ones: Sequence[_One], *, what: NotInvoice | None = None, error: ExtractionError | None = None
    ) -> Extraction:
        used = dict.fromkeys(r.source for o in ones for r in o.readings if r.fields)
        return Extraction(
            verdict=verdict,
            engine="+".join(s for s in merge.STRENGTH if s in used),
            invoices=tuple(o.invoice for o in ones),
            what=what,
            evidence=tuple(e for o in ones for e in o.evidence),
            checks=tuple(c for o in ones for c in o.checks),
            error=error,
            media_type=self.opened.media_type,
            pages=self.opened.pages,
            pages_read=len(self.read),
            model=self.model,
            tokens=self.tokens,
            cost_usd=self.cost,
            elapsed_ms=self.clock.elapsed_ms(),
            steps=self.clock.steps,
            notes=tuple(self.notes),
        )


def _unsettled(one: _One) -> bool:
    """A guess between look-alikes, or items that do not add up: worth a second look."""
    guesses: list[Any] = [s for r in one.readings for s in r.fields.values() if s.alt is not None]
    items = next((c.ok for c in one.checks if c.name == "items"), None)
    return bool(guesses) or items is not True


def _digital(page: Page) -> list[Sheet]:
    def again(boxes: Sequence[Box], codes: Sequence[Code]) -> Sheet:
        sheet = lay(boxes, width=page.width, height=page.height, index=page.index)
        sheet.codes = list(codes)
        return sheet

    return parts.split(again(page.boxes, page.codes), again)


def _drawn(raster: Raster, page: Page) -> list[Sheet]:
    """The sheets of a picture. A symbol's own angle is the hint for the slant of its paper."""

    def again(boxes: Sequence[Box], codes: Sequence[Code]) -> Sheet:
        hint = None
        if codes:
            hint = (codes[0].angle + raster.turn + 180) % 360 - 180
            hint = hint if abs(hint) <= 45 else None
        sheet = lay(boxes, width=raster.width, height=raster.height, index=page.index, slanted=True, hint=hint, turn=raster.turn)
        sheet.codes = list(codes)
        return sheet

    return parts.split(again(raster.boxes, page.codes), again)
