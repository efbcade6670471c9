"""How well documents are read: `make bench-accuracy`, or `python -m bench.accuracy --slice 9 --half seen
--fail`.

`--splits tune,look,judge` reads papers of the grammar, alone or beside `--half`; of `judge` counts are
printed, no field and no name. `--folder DIR` reads anybody's own papers with labels, `--label FILE…` writes
labels to correct: docs/accuracy-folder.md. `--model`: what a scripted model's mistakes come to beside our own
eyes, and what papers that give orders change. `--sunat`: what SUNAT's word does.

Our extractor without any model, and the references on the same files in the same run. OCR answers and drawn
documents are kept under `.cuadra/bench-cache`, so that a second run takes minutes.
"""

import argparse
import hashlib
import json
import multiprocessing
import pickle
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from bench import accuracy_curve, accuracy_folder, accuracy_model, accuracy_sunat
from bench.accuracy_engines import CACHE, ENGINES, Engine, Own, installed
from bench.accuracy_report import Timing, table, write_docs
from bench.accuracy_score import Miss, Tally, all_seven, item_misses, score, score_blurred, score_negative
from bench.accuracy_shown import Mark, mark, shown
from functions.extractor.invoice import Extraction
from tests.corpus import (
    BLURRED,
    FORMS,
    HALVES,
    LAYOUTS,
    NEGATIVES,
    PHOTOS,
    SEVERAL,
    Sample,
    camera,
    generate,
    grammar,
)

ROOT = Path(__file__).parent.parent
FULL = 126
"""Documents a half and form in the full run: fourteen of each layout."""
SECRET = accuracy_curve.SECRET
FAILED = ROOT / ".cuadra" / "bench-fail"


@dataclass(frozen=True)
class Task:
    """One document to read. `half` may be a split of the grammar; its papers have no layout of their own,
    `layout` is `grammar`.
    """

    half: str
    form: str
    layout: str
    seed: int

    @property
    def name(self) -> str:
        """As `Sample.name`."""
        return f"{self.half if self.of_grammar else self.layout}-{self.seed}-{self.form}"

    @property
    def of_grammar(self) -> bool:
        """Whether the grammar draws it."""
        return self.half in grammar.SPLITS


def plan(documents: int, halves: Iterable[str], only: Sequence[str]) -> Iterator[Task]:
    """Every layout in turn; negatives a third as many, files of several invoices a tenth."""
    for half in halves:
        systems = [name for name, layout in LAYOUTS.items() if layout.half == half]
        others = [name for name, negative in NEGATIVES.items() if negative.half == half]
        several = [name for name, (its, _) in SEVERAL.items() if its == half]
        blurred = [name for name, (its, _) in BLURRED.items() if its == half]
        for form in FORMS:
            few = -(-documents // 10)
            groups = [
                (systems, documents),
                (others, -(-documents // 3)),
                (several, few),
                (blurred, few if form in PHOTOS else 0),
            ]
            for names, count in groups:
                for index in range(count):
                    task = Task(half, form, names[index % len(names)], index // len(names))
                    if not only or any(_wanted(task, what) for what in only):
                        yield task


def plan_splits(documents: int, splits: Iterable[grammar.Split], only: Sequence[str]) -> Iterator[Task]:
    """Papers of the grammar, as many a split and form."""
    for split in splits:
        for form in FORMS:
            tasks = (Task(split, form, "grammar", seed) for seed in range(documents))
            yield from (task for task in tasks if not only or any(_wanted(task, what) for what in only))


def _wanted(task: Task, what: str) -> bool:
    layout, _, form = what.partition("/")
    return layout in {"", "*", task.layout, task.form} and form in {"", task.form}


def _corpus() -> str:
    """What a drawn document depends on, in one digest."""
    digest = hashlib.sha256()
    folder = ROOT / "tests" / "corpus"
    mine = [
        *folder.glob("*.py"),
        *folder.glob("fonts/*.ttf"),
        *folder.glob("layouts/**/*.py"),
        *folder.glob("grammar/*.py"),
    ]
    for path in sorted(mine):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    for package in ("pillow", "reportlab", "pypdfium2", "numpy", "zxing-cpp"):
        digest.update(version(package).encode())
    return digest.hexdigest()[:16]


def drawn(task: Task, corpus: str) -> Sample:
    """The document, from the cache where this corpus drew it before. Nothing of the split that nobody looks
    at is kept.
    """
    split: grammar.Split | None = next((split for split in grammar.SPLITS if split == task.half), None)
    if split and split == SECRET:
        return grammar.draw(task.seed, split, task.form)
    path = CACHE / "samples" / corpus / f"{task.name}.pickle"
    if path.exists():
        sample: Sample = pickle.loads(path.read_bytes())
        return sample
    sample = (
        grammar.draw(task.seed, split, task.form) if split else generate(task.layout, task.seed, task.form)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{multiprocessing.current_process().pid}")
    part.write_bytes(pickle.dumps(sample))
    part.replace(path)
    return sample


_state: dict[str, Any] = {}


def _begin(engine: str, corpus: str) -> None:
    _state["engine"] = ENGINES[engine][1]()
    _state["corpus"] = corpus


def _read(task: Task) -> tuple[Task, Extraction | None, Sample, bool | None]:
    """What was read, the sample without its bytes, and whether a second look was wanted (`Mark.again`)."""
    engine: Engine = _state["engine"]
    sample = drawn(task, str(_state["corpus"]))
    again = (
        _again(engine, sample)
        if isinstance(engine, Own) and sample.form != "digital" and len(sample.truth) == 1
        else None
    )
    return task, engine(sample), replace(sample, data=b""), again


def _again(engine: Own, sample: Sample) -> bool | None:
    first, wanted = engine.first(sample)
    return wanted if all_seven(sample.truth[0], first) else None


@dataclass
class Outcome:
    """All that a run found: tallies by (engine, half, form), and the documents that are not right."""

    tallies: dict[tuple[str, str, str], Tally]
    failed: list[tuple[str, Task, Extraction, list[Miss]]]
    marks: list[Mark] = field(default_factory=list)
    """Of our extractor: all that is shown on the papers that hold one comprobante each."""


def count(
    outcome: Outcome,
    engine: str,
    task: Task,
    sample: Sample,
    extraction: Extraction,
    *,
    items: bool,
    again: bool | None = None,
) -> None:
    """One answer into the outcome."""
    if engine == "own" and len(sample.truth) == 1 and not sample.blurred:
        found = mark(task.half, task.form, sample.layout, sample.truth[0], extraction, qr=sample.qr)
        outcome.marks.append(replace(found, again=again))
    if task.of_grammar:
        misses = list(outcome.marks[-1].missed) if task.half != SECRET else []
    else:
        tally = outcome.tallies.setdefault((engine, task.half, task.form), Tally())
        tally.files += 1
        tally.asked += extraction.wants_model
        tally.proven_asked += extraction.wants_model and extraction.verdict == "proven"
        if sample.blurred:
            misses = score_blurred(tally, sample.truth[0], extraction)
        elif sample.what is not None:
            misses = score_negative(tally, sample.what, extraction)
        else:
            misses = score(tally, sample.truth, extraction, qr=sample.qr)
            if items and len(sample.truth) == 1:
                misses += item_misses(sample.truth[0], extraction)
    if misses:
        outcome.failed.append((engine, task, extraction, misses))


def run(
    engine: str, tasks: Sequence[Task], corpus: str, jobs: int, outcome: Outcome, *, items: bool = False
) -> None:
    """One engine over all documents, in as many processes as `jobs`."""
    context = multiprocessing.get_context("spawn")
    start = time.monotonic()
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(engine, corpus)) as pool:
        for index, (task, extraction, sample, again) in enumerate(pool.map(_read, tasks, chunksize=1)):
            if sys.stderr.isatty() or (index + 1) % 100 == 0:
                print(
                    f"\r{engine}: {index + 1}/{len(tasks)} in {time.monotonic() - start:.0f} s",
                    end="",
                    file=sys.stderr,
                )
            if extraction is None:
                continue
            count(outcome, engine, task, sample, extraction, items=items, again=again)
    print(file=sys.stderr)


def timed(tasks: Sequence[Task], corpus: str) -> dict[str, Timing]:
    """Seconds a page of our extractor, one document after the other, nothing kept, in a warm process; by
    form.
    """
    from bench.accuracy_engines import own

    engine = own(kept=False)
    out: dict[str, Timing] = {}
    first = True
    for task in tasks:
        sample = drawn(task, corpus)
        if first:  # the engine's model is loaded with the first picture
            engine(sample)
            engine(drawn(Task(task.half, "photo1280", task.layout, task.seed), corpus))
            first = False
        start = time.monotonic()
        extraction = engine(sample)
        seconds = time.monotonic() - start
        pages = max(1, extraction.pages_read) if extraction else 1
        timing = out.setdefault(task.form, Timing())
        timing.pages.append(seconds / pages)
        if pages == 1:
            timing.single.append(seconds)
    return out


def show_failed(outcome: Outcome, corpus: str, limit: int) -> None:
    """Lists what is not right, and writes each document's picture where a person can look at it."""
    FAILED.mkdir(parents=True, exist_ok=True)
    for engine, task, extraction, misses in outcome.failed[:limit]:
        sample = drawn(task, corpus)
        path = FAILED / f"{task.name}.png"
        if not path.exists():
            pdf = sample.mime == "application/pdf"
            (camera.raster(sample.data, 120) if pdf else Image.open(BytesIO(sample.data))).save(path)
        told = ", ".join(f"{m.field}: wanted {shown(m.want)}, got {shown(m.got)}" for m in misses)
        print(f"{engine} {task.name} [{extraction.verdict}, {extraction.engine}] {told}")
    print(f"{len(outcome.failed)} not right; pictures in {FAILED}")


def _tidy(corpus: str) -> None:
    """Forgets what a corpus of before drew."""
    for folder in (CACHE / "samples").glob("*"):
        if folder.name != corpus and time.time() - folder.stat().st_mtime > 86400:
            shutil.rmtree(folder)


def _tasks_for(engine: str, tasks: Sequence[Task]) -> list[Task]:
    """Which documents an engine is asked: the slow one every third photo, templates what they know, Tesseract
    what needs reading.
    """
    papers = [task for task in tasks if task.layout in LAYOUTS]
    if engine == "rapidocr":
        return [task for task in papers if task.form.startswith("photo")][::3]
    if engine == "invoice2data":
        return [task for task in papers if task.form == "digital" and task.layout in {"clasica", "moderna"}]
    if engine == "tesseract":
        return [task for task in tasks if task.form != "digital" and task.layout in {*LAYOUTS, *NEGATIVES}]
    return list(tasks)


def main() -> None:
    """Runs and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument(
        "--slice", type=int, default=FULL, metavar="N", help=f"documents a half and form (default {FULL})"
    )
    parser.add_argument(
        "--references",
        type=int,
        metavar="N",
        help="documents a half and form for the references (default: as many as for ours)",
    )
    parser.add_argument("--half", choices=HALVES, action="append")
    parser.add_argument(
        "--splits",
        type=lambda text: text.split(","),
        default=[],
        metavar="tune,look,judge",
        help="papers of the grammar",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="papers of your own, a label beside each (docs/accuracy-folder.md)",
    )
    parser.add_argument(
        "--label",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="write a label from what is read, for a person to correct",
    )
    parser.add_argument("--only", action="append", default=[], metavar="LAYOUT|FORM|LAYOUT/FORM")
    parser.add_argument("--engines", default=",".join(ENGINES), help="default: all that are installed")
    parser.add_argument(
        "--fail",
        type=int,
        nargs="?",
        const=200,
        default=0,
        metavar="MAX",
        help="list what is not right, save pictures (of --folder none)",
    )
    parser.add_argument(
        "--items", action="store_true", help="with --fail: items too, and other amounts of what is proven"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--speed",
        type=int,
        default=None,
        metavar="N",
        help="documents a form to time (default a fifth of the slice)",
    )
    parser.add_argument(
        "--model", action="store_true", help="scripted models and papers that give orders too"
    )
    parser.add_argument("--sunat", action="store_true", help="what SUNAT's word does, honest and lying, too")
    parser.add_argument("--write", action="store_true", help="write docs/accuracy.md and docs/accuracy.svg")
    arguments = parser.parse_args()
    if arguments.folder or arguments.label:
        sys.exit(accuracy_folder.main(arguments.folder, arguments.label or [], arguments.fail))
    if unknown := set(arguments.splits) - set(grammar.SPLITS):
        parser.error(f"no such split: {', '.join(sorted(unknown))}")
    halves = arguments.half or ([] if arguments.splits else HALVES)

    corpus = _corpus()
    _tidy(corpus)
    tasks = [
        *plan(arguments.slice, halves, arguments.only),
        *plan_splits(arguments.slice, arguments.splits, arguments.only),
    ]
    outcome = Outcome({}, [])
    for engine in arguments.engines.split(","):
        if not installed(engine):
            print(f"{engine}: not installed (pip install -r bench/requirements.txt)")
            continue
        fewer = engine != "own" and arguments.references
        mine = _tasks_for(engine, list(plan(fewer, halves, arguments.only)) if fewer else tasks)
        if mine:
            run(engine, mine, corpus, arguments.jobs, outcome, items=arguments.items)
    speed = arguments.speed if arguments.speed is not None else max(1, arguments.slice // 5)
    clocks: dict[str, Timing] = {}
    if speed and halves and "own" in arguments.engines:
        by_form = [[t for t in tasks if t.form == form and t.layout in LAYOUTS] for form in FORMS]
        clocks = timed(
            [t for group in by_form for t in group[:: max(1, len(group) // speed)][:speed]], corpus
        )
    if outcome.tallies:
        print(table(outcome.tallies, clocks))
    sections = [
        *accuracy_curve.sections(outcome.marks),
        *(accuracy_sunat.sections() if arguments.sunat else []),
        *(accuracy_model.sections() if arguments.model or arguments.write else []),
    ]
    print("\n\n".join(f"{title}\n{text}" for title, text in sections))
    if arguments.fail:
        show_failed(outcome, corpus, arguments.fail)
    if arguments.write and outcome.tallies:
        write_docs(ROOT / "docs", outcome.tallies, clocks, arguments.slice, sections)
    (CACHE / "last.json").write_text(
        json.dumps({"/".join(key): vars(tally) for key, tally in outcome.tallies.items()})
    )


if __name__ == "__main__":
    main()
