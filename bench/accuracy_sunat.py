"""What SUNAT's word does to papers: an honest one, one that says yes to everything, one that is blind to one
field, one that never answers.

They answer in this process from the papers' own truth; who never answers is asked by the client that asks
SUNAT, with its patience. Readers that see a digit in two ways are made: one look is shown another digit of
the number or of the date, and a sum that does not come out, so that there are two looks.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random

from bench.accuracy_engines import TODAY, KeptOcr
from bench.accuracy_report import grid
from bench.accuracy_shown import mark
from functions.extractor.clock import Limits
from functions.extractor.engine import Extractor
from functions.extractor.engines.ocr import RasterLines, Size, Turn
from functions.extractor.hearing import key_of
from functions.extractor.invoice import Extraction
from functions.extractor.page import Part
from functions.extractor.witness import Key, State, SunatWord
from infra.local.sunat import CREDENTIALS, FakeSunat
from infra.sunat import Sunat
from tests.corpus import LAYOUTS, Sample, generate
from tests.corpus.grammar import draw

PAPERS = 60
"""Papers a group."""
_NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
_FIELDS = ("ruc", "kind", "series", "number", "day", "total")
_PATIENT = Limits(deadline_s=300.0, opening_s=120.0)
"""What is read is measured, not this machine's hurry."""
PLAYS = ("is not asked", "is honest", "accepts everything", "is blind to one field", "never answers")


@dataclass
class Played:
    """A SUNAT that knows one paper. `blind`: the field that it does not look at. `said`: what it said in this
    play, by what it was asked.
    """

    play: str = ""
    truth: Key | None = None
    blind: str = ""
    said: dict[Key, State] = field(default_factory=dict)

    def ask(self, key: Key, *, seconds: float) -> SunatWord:
        """Its word, at once."""
        del seconds
        self.said[key] = self.state(key)
        return SunatWord(self.said[key], _NOW, "00", "00")

    def state(self, key: Key) -> State:
        """What it says of a key in this play."""
        truth = self.truth
        if truth is not None and self.play == "is blind to one field":
            truth = replace(truth, **{self.blind: getattr(key, self.blind)})
        return "accepted" if self.play == "accepts everything" or key == truth else "not_found"


class Slipping(KeptOcr):
    """The extractor's own OCR, which reads some words otherwise. `slips`: by the size of its model, a word
    and what is read for it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.slips: dict[Size, list[tuple[str, str]]] = {}

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        """See `Ocr.read`."""
        reading = super().read(raster, size=size, turn=turn, part=part, seconds=max(seconds, 60.0))
        for word, other in self.slips.get(size, ()):
            reading.boxes = [replace(box, text=box.text.replace(word, other)) for box in reading.boxes]
        return reading


_ALIKE = str.maketrans("0123456789", "8775635138")
"""Digits and what a reader takes them for."""


@dataclass(frozen=True)
class Drawn:
    """A paper of a group, and what its readers see otherwise. `blind`: the field in which a SUNAT that is
    blind to one is blind.
    """

    group: str
    sample: Sample
    slips: dict[Size, list[tuple[str, str]]] = field(default_factory=dict)
    blind: str = ""


@dataclass
class Count:
    """Papers of a group under a play. `lower`: those whose verdict is lower than without SUNAT. `s_a_paper`:
    seconds of reading, on the average.
    """

    papers: int = 0
    proven: int = 0
    consistent: int = 0
    asked: int = 0
    settled: int = 0
    wrong_key_yet_consistent: int = 0
    wrong_yet_proven: int = 0
    wrong_key_yet_proven: int = 0
    lower: int = 0
    seconds: float = 0.0


def _papers(count: int) -> Iterator[Drawn]:
    """Portal papers without a QR and others with one, of the corpus and of the splits of the grammar that may
    be looked at.
    """
    with_qr = [name for name in LAYOUTS if generate(name, 0, "digital").qr]
    for number in range(count):
        for form in ("digital", "photo1600"):
            sample = generate(("portal", "portal_b")[number % 2], number // 2, form)
            yield Drawn(f"portal, no QR, {form}", sample)
        yield _two_ways(sample, number)
        yield Drawn(
            "with a QR, photo1600",
            generate(with_qr[number % len(with_qr)], number // len(with_qr), "photo1600"),
        )
        sample = draw(number // 2, ("tune", "look")[number % 2], "digital")
        yield Drawn(f"grammar, {'QR' if sample.qr else 'no QR'}, digital", sample)


def _two_ways(sample: Sample, number: int) -> Drawn:
    """A photo whose number or day one of two looks reads otherwise; the first look's tax does not fit, so
    that there is a second.
    """
    one = sample.truth[0]
    day, igv = f"{one.issue_date:%d/%m/%Y}", f"{one.igv:,.2f}"
    which, word = (("number", one.number or ""), ("day", day))[number % 2]
    at = 1 if which == "day" else len(word) - 1
    other = word[:at] + word[at].translate(_ALIKE) + word[at + 1 :]
    slips: dict[Size, list[tuple[str, str]]] = {"tiny": [(igv, f"{igv[:-1]}{igv[-1].translate(_ALIKE)}")]}
    slips.setdefault("tiny" if number // 2 % 2 else "small", []).append((word, other))
    return Drawn("portal, two looks see two digits", sample, slips, which)


def sections(papers: int = PAPERS) -> list[tuple[str, str]]:
    """The table under its title."""
    witness, ocr = Played(), Slipping()
    counts: dict[tuple[str, str], Count] = {}
    with FakeSunat(behaviour="slow") as slow:
        ruc, client_id, secret = CREDENTIALS
        mute = Sunat(ruc=ruc, client_id=client_id, client_secret=secret, url=slow.url, login_url=slow.url)
        alone, asking, vain = (
            Extractor(slots=1, today=lambda: TODAY, ocr=ocr, witness=one, limits=_PATIENT)
            for one in (None, witness, mute)
        )
        try:
            for drawn in _papers(papers):
                group, sample, ocr.slips = drawn.group, drawn.sample, drawn.slips
                before, alone_s = _timed(alone, sample)
                _add(counts.setdefault((group, PLAYS[0]), Count()), sample, before, before, 0, alone_s)
                reads = _played(witness, asking, drawn, before)
                for play, (read, asked) in reads.items():
                    _add(counts.setdefault((group, play), Count()), sample, read, before, asked, 0.0)
                asked = len(slow.asked)
                read, seconds = (before, alone_s) if before.verdict == "proven" else _timed(vain, sample)
                _add(
                    counts.setdefault((group, PLAYS[-1]), Count()),
                    sample,
                    read,
                    before,
                    len(slow.asked) - asked,
                    seconds,
                )
        finally:
            for each in (alone, asking, vain, ocr):
                each.close()
    head = ["papers", "SUNAT", *(name.replace("_", " ") for name in Count.__dataclass_fields__)]
    return [
        ("Beside SUNAT", grid(head, [[*names, *_told(count)] for names, count in sorted(counts.items())]))
    ]


def _played(
    witness: Played, asking: Extractor, drawn: Drawn, before: Extraction
) -> dict[str, tuple[Extraction, int]]:
    """What is read under each play and how many questions were asked; who would be answered as under the
    honest one is not read again.
    """
    sample = drawn.sample
    witness.truth, witness.blind = (
        key_of(sample.truth[0], TODAY),
        drawn.blind or Random(sample.name).choice(_FIELDS),
    )
    found: dict[str, tuple[Extraction, int]] = {}
    honest: dict[Key, State] = {}
    for play in PLAYS[1:-1]:
        witness.play = play
        if play == PLAYS[1] or any(witness.state(key) != state for key, state in honest.items()):
            witness.said = {}
            # Nobody asks about what is proven.
            read = before if before.verdict == "proven" else asking.extract(sample.data)
            honest = witness.said if play == PLAYS[1] else honest
            found[play] = (read, len(witness.said))
        else:
            found[play] = found[PLAYS[1]]
    return found


def _timed(extractor: Extractor, sample: Sample) -> tuple[Extraction, float]:
    since = time.monotonic()
    return extractor.extract(sample.data), time.monotonic() - since


_WORST = ("unreadable", "not_an_invoice", "needs_review", "consistent", "proven")


def _add(
    count: Count, sample: Sample, read: Extraction, before: Extraction, asked: int, seconds: float
) -> None:
    found = mark("", sample.form, sample.layout, sample.truth[0], read, qr=sample.qr)
    count.papers += 1
    count.proven += read.verdict == "proven"
    count.consistent += read.verdict == "consistent"
    count.asked += asked
    count.settled += any(heard.settled is not None for heard in read.heard)
    count.wrong_key_yet_consistent += read.verdict == "consistent" and found.key_wrong
    count.wrong_yet_proven += read.verdict == "proven" and bool(found.broken or found.key_wrong)
    count.wrong_key_yet_proven += read.verdict == "proven" and found.key_wrong
    count.lower += _WORST.index(read.verdict) < _WORST.index(before.verdict)
    count.seconds += seconds


def _told(count: Count) -> list[str]:
    return [f"{value:.1f}" if isinstance(value, float) else str(value) for value in vars(count).values()]
