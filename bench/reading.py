"""Reading alone: photos without a QR beside the OCR engine, PDFs of twenty pages, and proven photos beside a
model that is slow.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from typing import Any

from bench.accuracy_engines import TODAY
from bench.table import Row
from functions.extractor.engine import Extractor
from functions.extractor.engines.ocr import Ocr, turn_of
from functions.extractor.invoice import Extraction
from functions.extractor.opening import document
from functions.extractor.opening.child import Opener
from tests.corpus import Sample, camera, generate, joined
from tests.corpus.grammar import compose, draw

PAGES = 20
_PORTALS = ("portal", "portal_b", "honorarios", "honorarios_b")
"""The layouts on which SUNAT's portal prints no QR."""
_OPENED_S = 12.0


# photos without a QR


def photos(*, quick: bool) -> list[Row]:
    """What reading a photo costs beyond the engine that looks at it: each paper by both, in turn."""
    count = 8 if quick else 40
    with ProcessPoolExecutor(os.cpu_count()) as pool:  # drawing is slow, and over before anything is measured
        samples = list(pool.map(_drawn, range(count)))
    ours, alone, sizes, again, verdicts = list[float](), list[float](), list[int](), 0, list[str]()
    with contextlib.closing(Extractor(slots=1, today=lambda: TODAY)) as extractor, _engine() as (opener, ocr):
        extractor.extract(samples[0].data)
        _read(opener, ocr, samples[0])
        for sample in samples:
            began = time.perf_counter()
            read = extractor.extract(sample.data)
            ours.append(time.perf_counter() - began)
            seconds, letters = _read(opener, ocr, sample)
            alone.append(seconds)
            sizes.append(letters)
            verdicts.append(read.verdict)
            again += ours[-1] > 2.5 * seconds  # the larger model alone takes thrice the small one's time
    ratio, worst = sum(ours) / sum(alone), _share(ours, 0.95)
    half = statistics.median(one / other for one, other in zip(ours, alone, strict=True))
    return [
        Row(
            f"photo without a QR, {count} papers",
            f"mean {statistics.mean(ours):.2f} s, p95 {worst:.1f} s",
            f"{statistics.mean(alone):.2f} s (the engine alone, same pixels)",
            f"{ratio:.2f} ×",
            "≤ 1.60 × its time; p95 ≤ 6 s",
            ratio <= 1.6 and worst <= 6 and all(sizes),
            f"one at a time, all cores; {min(sizes)}, {statistics.median(sizes):.0f} and {max(sizes)} "
            "characters on the sparsest, the median and the densest; the median of the ratios is "
            f"{half:.2f}; {again} took so long that the larger model looked too; "
            + ", ".join(f"{verdicts.count(one)} {one}" for one in sorted(set(verdicts))),
        )
    ]


def _drawn(index: int) -> Sample:
    """One photo without a QR: three of the grammar to one of the portal's."""
    if index % 4 == 3:
        return generate(_PORTALS[index // 4 % len(_PORTALS)], 70 + index, "photo1600")
    seeds = (seed for seed in itertools.count(1000) if not compose(seed, "tune").qr)
    return draw(next(itertools.islice(seeds, index, None)), "tune", "photo1600")


@contextlib.contextmanager
def _engine() -> Iterator[tuple[Opener, Ocr]]:
    with contextlib.closing(Opener()) as opener, contextlib.closing(Ocr(slots=1)) as ocr:
        yield opener, ocr


def _read(opener: Opener, ocr: Ocr, sample: Sample) -> tuple[float, int]:
    """Seconds that the engine takes for the pixels that the extractor gives it, and the characters that it
    sees.
    """
    opened = opener.open(sample.data, document.admit(sample.data), seconds=_OPENED_S)
    seconds, letters = 0.0, 0
    for page in opened.seen:
        assert page.raster is not None
        began = time.perf_counter()
        reading = ocr.read(page.raster, turn=turn_of([code.angle for code in page.codes]), seconds=30)
        seconds += time.perf_counter() - began
        letters += sum(len(box.text) for box in reading.boxes)
    return seconds, letters


def _share(taken: Sequence[float], share: float) -> float:
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * share))]


# PDFs of twenty pages


def pages(*, quick: bool) -> list[Row]:
    """Twenty comprobantes in one file: with their text, and as a scanner makes it."""
    files = 1 if quick else 3
    texts, scans = list[float](), list[float]()
    seen, found = list[Extraction](), list[Extraction]()
    with contextlib.closing(Extractor(slots=1, today=lambda: TODAY)) as extractor:
        for number in range(-1, files):  # the first is for warming up
            printed = _twenty(1000 * (number + 1))
            for data, taken, read in ((printed, texts, seen), (_scanned(printed), scans, found)):
                began = time.perf_counter()
                extraction = extractor.extract(data)
                if number >= 0:
                    taken.append(time.perf_counter() - began)
                    read.append(extraction)
    whole = all(one.error is None and len(one.invoices) == PAGES for one in seen)
    some = all(one.error is None and one.invoices for one in found)
    return [
        Row(
            f"PDF of {PAGES} pages with text, {PAGES} comprobantes",
            f"{statistics.median(texts):.1f} s",
            "-",
            "-",
            "≤ 3 s, each page's comprobante told",
            statistics.median(texts) <= 3 and whole,
            f"{', '.join(f'{one:.1f}' for one in texts)} s; comprobantes told: "
            f"{', '.join(str(len(one.invoices)) for one in seen)}; steps of the last (ms): {seen[-1].steps}",
        ),
        Row(
            f"PDF of {PAGES} scanned pages",
            f"at most {max(scans):.1f} s",
            "-",
            "-",
            "≤ 30 s, with what was read by then",
            max(scans) <= 30 and some,
            f"{', '.join(f'{one:.1f}' for one in scans)} s; comprobantes told: "
            f"{', '.join(str(len(one.invoices)) for one in found)}; our OCR looks at the first "
            f"{document.OCR_PAGES} pages without text, and the answer names those that it did not; steps of "
            f"the last (ms): {found[-1].steps}",
        ),
    ]


def _twenty(first: int) -> bytes:
    """A PDF of twenty papers of one page each."""
    papers = (draw(seed, "tune", "digital").data for seed in itertools.count(first))
    return joined(list(itertools.islice((paper for paper in papers if camera.pages_of(paper) == 1), PAGES)))


def _scanned(pdf: bytes) -> bytes:
    images = [camera.raster(pdf, 150, page) for page in range(PAGES)]
    out = BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=150)
    return out.getvalue()


# a proven photo beside a model that is slow or down


class _Slow:
    """A Gemini that takes ten seconds, or all the time it is given, and then cannot answer."""

    asked = 0

    def read(self, data: bytes, media_type: str, **asked: Any) -> Any:
        """Raises GeminiFailed."""
        from functions.extractor.engines.gemini_reply import GeminiFailed

        self.asked += 1
        time.sleep(min(10.0, asked["timeout_s"]))
        raise GeminiFailed("timeout", "slow")


def proven(extractor: Extractor) -> Iterator[bytes]:
    """Photos that prove themselves."""
    for seed in itertools.count():
        photo = generate("clasica", seed, "photo1600").data
        if extractor.extract(photo).verdict == "proven":
            yield photo


def beside_a_model(*, quick: bool) -> list[Row]:
    """The same proven photos read in turn by an extractor without a model and by one whose model is slow."""
    count = 5 if quick else 15
    slow = _Slow()
    taken: dict[bool, list[float]] = {False: [], True: []}
    with (
        contextlib.closing(Extractor(slots=1)) as bare,
        contextlib.closing(Extractor(slots=1, gemini=slow)) as beside,
    ):
        photos = list(itertools.islice(proven(bare), count))
        slow.asked = 0
        beside.extract(photos[0])
        for photo in photos:
            for with_model, extractor in ((False, bare), (True, beside)):
                began = time.perf_counter()
                extractor.extract(photo)
                taken[with_model].append(1000 * (time.perf_counter() - began))
    ratio = statistics.median(one / other for one, other in zip(taken[True], taken[False], strict=True))
    return [
        Row(
            "proven photo, a model configured that takes 10 s and fails",
            f"{statistics.median(taken[True]):.0f} ms",
            f"{statistics.median(taken[False]):.0f} ms (no model)",
            f"{ratio:.2f} ×",
            "≤ 1.15 ×, model not asked",
            ratio <= 1.15 and not slow.asked,
            f"medians of {len(photos)} photos, each read by both in turn; the model was asked {slow.asked} "
            f"times",
        )
    ]
