"""Anybody's own papers: a label beside each file, the same tables, no copy kept. The format is in
docs/accuracy-folder.md.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bench import accuracy_curve
from bench.accuracy_shown import Mark, mark, shown
from functions.extractor.engine import Extractor
from functions.extractor.invoice import Extraction, Invoice, NotInvoice

Read = Callable[[bytes], Extraction]
"""Reads one file's bytes."""


class Label(BaseModel):
    """What a file shows, as a person says. `checked` false: nobody has looked yet, and the file is not
    scored.

    `maker` is whoever's system drew it, by any name: papers of one maker err together, and intervals are
    drawn over makers. `what`: the file is no comprobante, and `invoices` is empty.
    """

    model_config = ConfigDict(extra="forbid")

    checked: bool = False
    maker: str | None = None
    qr: bool = False
    what: NotInvoice | None = None
    invoices: list[Invoice] = []


@dataclass
class Found:
    """All that a folder gave. `missed` has a line for each paper that was not read as printed; `left_out` says
    of a file why it was not scored; `extra` counts invoices read beyond those labelled.
    """

    marks: list[Mark] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    extra: int = 0
    negatives: int = 0
    accepted: int = 0
    named: int = 0


def label_of(file: Path) -> Path:
    """Where a file's label stands: its whole name and `.json`."""
    return file.with_name(f"{file.name}.json")


def write_labels(files: Sequence[Path], read: Read) -> Iterator[str]:
    """Writes what was read of each file as its label, unchecked; never over a label that is there. A line for
    each.
    """
    for file in files:
        path = label_of(file)
        if path.exists():
            yield f"{path}: is there already, left as it is"
            continue
        answer = read(file.read_bytes())
        label = Label(qr="qr" in answer.engine, what=answer.what, invoices=list(answer.invoices))
        path.write_text(
            json.dumps(label.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n", "utf-8"
        )
        yield f"{path}: {answer.verdict}; correct it, then set checked to true"


def score(folder: Path, read: Read) -> Found:
    """Reads every labelled file under a folder and compares."""
    found = Found()
    for path in sorted(folder.rglob("*.json")):
        file = path.with_name(path.name.removesuffix(".json"))
        if not file.is_file():
            continue
        try:
            label = Label.model_validate_json(path.read_text("utf-8"))
        except ValidationError as error:
            found.left_out.append(
                f"{path}: {error.error_count()} faults, first {error.errors()[0]['loc']}: "
                f"{error.errors()[0]['msg']}"
            )
            continue
        if label.checked:
            _score(found, file, label, read(file.read_bytes()))
        else:
            found.left_out.append(f"{path}: not checked")
    return found


def _score(found: Found, file: Path, label: Label, answer: Extraction) -> None:
    if not label.invoices:
        found.negatives += 1
        found.accepted += bool(answer.invoices) and answer.verdict not in {"not_an_invoice", "unreadable"}
        found.named += answer.verdict == "not_an_invoice" and answer.what == label.what
        return
    form = "PDF" if file.suffix.lower() == ".pdf" else "picture"
    left = list(answer.invoices)
    found.extra += max(0, len(left) - len(label.invoices))
    for want in label.invoices:
        got = next(
            (each for each in left if (each.series, each.number) == (want.series, want.number)),
            left[0] if left else Invoice(),
        )
        if got in left:
            left.remove(got)
        maker = label.maker or want.supplier.ruc or want.supplier.name or file.name
        scored = mark("folder", form, maker, want, answer, qr=label.qr, got=got)
        found.marks.append(scored)
        if scored.missed:
            told = (f"{m.field}: wanted {shown(m.want)}, got {shown(m.got)}" for m in scored.missed)
            found.missed.append(f"{file.name} [{answer.verdict}, {answer.engine}] {', '.join(told)}")


def main(folder: Path | None, files: Sequence[Path], fail: int | None = None) -> int:
    """Writes labels, or scores a folder and prints, with up to `fail` papers that were not read as printed; 0
    when something was done.
    """
    extractor = Extractor(slots=1)
    try:
        if files:
            for line in write_labels(files, extractor.extract):
                print(line)
            return 0
        assert folder
        found = score(folder, extractor.extract)
    finally:
        extractor.close()
    print("\n".join(found.left_out), file=sys.stderr)
    print(accuracy_curve.table(found.marks))
    print("\n".join(["", *found.missed[:fail]]) if fail else "")
    print(f"Invoices read beyond those labelled: {found.extra}")
    print(f"No comprobante: {found.negatives}; accepted {found.accepted}, named rightly {found.named}")
    return 0 if found.marks or found.negatives else 1
