"""Who else is asked: of how many papers a model is, by form, without SUNAT and with its stand-in, and what
that costs at the published prices.

The model answers with the paper's truth, and SUNAT's stand-in honestly. Tokens are counted by their
characters, for nobody here has a tokenizer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import statistics
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal

from bench.accuracy_engines import TODAY
from bench.accuracy_sunat import Played
from bench.table import Row
from functions.extractor.engine import Extractor
from functions.extractor.engines.gemini_prices import price_on
from functions.extractor.engines.gemini_reply import GeminiAnswer
from functions.extractor.engines.gemini_schema import CONTEXT_LIMIT, SYSTEM, AnswerSchema
from functions.extractor.engines.ocr import Ocr, RasterLines, Size, Turn
from functions.extractor.hearing import key_of
from functions.extractor.invoice import Invoice
from functions.extractor.page import Part
from infra.settings import WorkerSettings
from tests.corpus import LAYOUTS, Sample, generate
from tests.corpus.grammar import draw

GOALS = {("digital", False): 35, ("photo1600", False): 60, ("digital", True): 15, ("photo1600", True): 30}
"""Per cent of papers, by form and whether SUNAT is asked."""
_LETTERS_A_TOKEN = 3.5
"""Of Spanish text and JSON full of digits; English prose has four (ai.google.dev/gemini-api/docs/tokens)."""
_FILE_TOKENS = 1_100
"""Of one picture, or one page, at the resolution that we ask for
(ai.google.dev/gemini-api/docs/media-resolution: 1,120 at high).
"""
_MODELS = {
    strong: str(WorkerSettings.model_fields[f"gemini_{'strong_' if strong else ''}model"].default)
    for strong in (False, True)
}


class _KeptOcr(Ocr):
    """Our OCR, asked once for each raster, so that a paper costs its second reading no pixels."""

    def __init__(self) -> None:
        super().__init__(slots=1)
        self._kept: dict[tuple[bytes, Size, Turn, Part | None], RasterLines] = {}

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        """See `Ocr.read`."""
        key = (hashlib.sha256(raster).digest(), size, turn, part)
        if key not in self._kept:
            self._kept[key] = super().read(raster, size=size, turn=turn, part=part, seconds=seconds)
        return self._kept[key]


@dataclass
class _Model:
    """A model that is always right; `usd` of each call since the last paper."""

    truth: tuple[Invoice, ...] = ()
    usd: list[float] = field(default_factory=list)

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
        """The truth."""
        del data, media_type, uri, timeout_s
        price = price_on(TODAY, _MODELS[strong])
        assert price is not None
        asked = len(SYSTEM) + len(json.dumps(AnswerSchema.model_json_schema())) + len(context[:CONTEXT_LIMIT])
        said = sum(len(invoice.model_dump_json()) for invoice in self.truth)
        tokens_in, tokens_out = asked / _LETTERS_A_TOKEN + _FILE_TOKENS, said / _LETTERS_A_TOKEN
        self.usd.append((tokens_in * float(price.input) + tokens_out * float(price.output)) / 1e6)
        return GeminiAnswer(self.truth, None, _MODELS[strong], round(tokens_in + tokens_out), Decimal(0), 1)


def rows(*, quick: bool) -> list[Row]:
    """Four rows: both forms, without SUNAT and with it; each paper is read twice."""
    found = {key: list[list[float]]() for key in GOALS}
    everything: dict[str, float] = dict.fromkeys(("digital", "photo1600"), 0.0)
    model, witness = _Model(), Played(play="is honest")
    with contextlib.closing(_KeptOcr()) as ocr, contextlib.ExitStack() as stack:
        alone, heard = (
            stack.enter_context(
                contextlib.closing(
                    Extractor(slots=1, today=lambda: TODAY, ocr=ocr, gemini=model, witness=one)
                )
            )
            for one in (None, witness)
        )
        for form, count in (("digital", 24 if quick else 72), ("photo1600", 6 if quick else 36)):
            with ProcessPoolExecutor(os.cpu_count()) as pool:  # drawing is slow
                samples = list(pool.map(_drawn, [form] * count, range(count)))
            for sample in samples:
                model.truth, witness.truth = sample.truth, key_of(sample.truth[0], TODAY)
                for by_sunat, extractor in ((False, alone), (True, heard)):
                    model.usd = []
                    extractor.extract(sample.data)
                    found[form, by_sunat].append(model.usd)
            everything[form] = (
                statistics.mean(usd[0] for usd in found[form, False] if usd)
                if any(found[form, False])
                else 0.0
            )
    return [_row(form, by_sunat, found[form, by_sunat], everything[form]) for form, by_sunat in GOALS]


def _drawn(form: str, index: int) -> Sample:
    """The corpus's layouts and the grammar's papers, in turn."""
    if index % 2:
        return draw(2000 + index // 4, ("tune", "look")[index // 2 % 2], form)
    names = list(LAYOUTS)
    return generate(names[index // 2 % len(names)], 80 + index // 2 // len(names), form)


def _row(form: str, by_sunat: bool, papers: list[list[float]], each: float) -> Row:
    share = 100 * sum(bool(usd) for usd in papers) / len(papers)
    usd = 1000 * sum(map(sum, papers)) / len(papers)
    strong = sum(len(usd) > 1 for usd in papers)
    goal = GOALS[form, by_sunat]
    return Row(
        f"models asked, {'digital PDFs' if form == 'digital' else 'photos'}, "
        f"{'SUNAT asked first (stand-in)' if by_sunat else 'without SUNAT'}",
        f"{share:.0f} % of {len(papers)} papers, US$ {usd:.2f} a 1,000",
        f"100 %, US$ {1000 * each:.2f} a 1,000 (all asked)",
        f"{usd / (1000 * each):.2f} ×" if each else "-",
        f"≤ {goal} %",
        share <= goal,
        f"{_MODELS[False]}, the stronger {_MODELS[True]} asked of {strong}; prices of "
        f"functions/extractor/engines/gemini_prices.py; tokens by characters ({_LETTERS_A_TOKEN} a token) "
        f"and {_FILE_TOKENS:,} a file: estimates; half the papers are the "
        f"corpus's layouts, half the grammar's (tune and look)",
    )
