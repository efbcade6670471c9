"""What SUNAT's word does to papers: an honest one, one that says yes to everything, one that is blind to one field, one that never answers.

They answer in this process from the papers' own truth; nothing is asked of SUNAT.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

from bench.accuracy_engines import TODAY, KeptOcr
from bench.accuracy_report import grid
from bench.accuracy_shown import mark
from functions.extractor.engine import Extractor
from functions.extractor.hearing import key_of
from functions.extractor.invoice import Extraction
from functions.extractor.witness import Key, NotAsked, Word
from tests.corpus import LAYOUTS, Sample, generate
from tests.corpus.grammar import draw

PAPERS = 40
"""Papers a group."""
_NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
_FIELDS = ("ruc", "kind", "series", "number", "day", "total")
PLAYS = ("is not asked", "is honest", "accepts everything", "is blind to one field", "never answers")


@dataclass
class Played:
    """A SUNAT that knows one paper. `blind`: the field that it does not look at."""

    play: str = ""
    truth: Key | None = None
    blind: str = ""
    asked: int = 0

    def ask(self, key: Key, *, seconds: float) -> Word:
        """Its word, at once."""
        del seconds
        self.asked += 1
        if self.play == "never answers":
            raise NotAsked("timeout")
        truth = self.truth
        if truth is not None and self.play == "is blind to one field":
            truth = replace(truth, **{self.blind: getattr(key, self.blind)})
        return Word("accepted" if self.play == "accepts everything" or key == truth else "not_found", _NOW, "00", "00")


@dataclass
class Count:
    """Papers of a group under a play. `lower`: those whose verdict is lower than without SUNAT."""

    papers: int = 0
    proven: int = 0
    consistent: int = 0
    asked: int = 0
    settled: int = 0
    wrong_key_yet_consistent: int = 0
    wrong_yet_proven: int = 0
    lower: int = 0


def _papers(count: int) -> Iterator[tuple[str, Sample]]:
    """Portal papers without a QR and others with one, of the corpus and of the split of the grammar that may be looked at."""
    with_qr = [name for name in LAYOUTS if not name.startswith(("portal", "honorarios"))]
    for form in ("digital", "photo1600"):
        for number in range(count):
            yield f"portal, no QR, {form}", generate(("portal", "portal_b")[number % 2], number // 2, form)
        for number in range(count if form != "digital" else 0):
            yield f"with a QR, {form}", generate(with_qr[number % len(with_qr)], number // len(with_qr), form)
    for seed in range(3 * count):
        sample = draw(seed, "look", "digital")
        yield f"grammar, {'QR' if sample.qr else 'no QR'}, digital", sample


def sections(papers: int = PAPERS) -> list[tuple[str, str]]:
    """The table under its title."""
    witness, ocr = Played(), KeptOcr()
    alone = Extractor(slots=1, today=lambda: TODAY, ocr=ocr)
    asking = Extractor(slots=1, today=lambda: TODAY, ocr=ocr, witness=witness)
    counts: dict[tuple[str, str], Count] = {}
    try:
        for group, sample in _papers(papers):
            before = alone.extract(sample.data)
            for play in PLAYS:
                witness.play, witness.truth, witness.asked = play, key_of(sample.truth[0], TODAY), 0
                witness.blind = Random(sample.name).choice(_FIELDS)
                read = (
                    before if play == PLAYS[0] or before.verdict == "proven" else asking.extract(sample.data)
                )  # nobody asks about what is proven
                _add(counts.setdefault((group, play), Count()), sample, read, before, witness.asked)
    finally:
        for each in (alone, asking, ocr):
            each.close()
    head = ["papers", "SUNAT", *(name.replace("_", " ") for name in Count.__dataclass_fields__)]
    return [("Beside SUNAT", grid(head, [[*names, *(str(n) for n in vars(count).values())] for names, count in sorted(counts.items())]))]


_WORST = ("unreadable", "not_an_invoice", "needs_review", "consistent", "proven")


def _add(count: Count, sample: Sample, read: Extraction, before: Extraction, asked: int) -> None:
    found = mark("", sample.form, sample.layout, sample.truth[0], read, qr=sample.qr)
    count.papers += 1
    count.proven += read.verdict == "proven"
    count.consistent += read.verdict == "consistent"
    count.asked += asked
    count.settled += any(heard.settled is not None for heard in read.heard)
    count.wrong_key_yet_consistent += read.verdict == "consistent" and found.key_wrong
    count.wrong_yet_proven += read.verdict == "proven" and bool(found.broken or found.key_wrong)
    count.lower += _WORST.index(read.verdict) < _WORST.index(before.verdict)
