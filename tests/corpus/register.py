"""A register of the corpus's papers for the SUNAT of one machine: `python -m tests.corpus.register FOLDER
[--count N] [--home .cuadra]`.

FOLDER gets papers of every kind that SUNAT answers for, of layouts without a symbol above all; the stack's
own register gets their keys, so that its SUNAT knows what is sent of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from functions.extractor.witness import KINDS
from infra.local.sunat import own_register
from tests.corpus import LAYOUTS, Sample, generate


def rows(samples: Iterable[Sample]) -> list[dict[str, str]]:
    """The samples' keys as a register has them; what SUNAT does not answer for is left out."""
    told = [one.model_dump(mode="json") for sample in samples for one in sample.truth if one.kind in KINDS]
    return [
        {"ruc": one["supplier"]["ruc"], "day": one["issue_date"]}
        | {name: one[name] for name in ("kind", "series", "number", "total")}
        for one in told
        if None not in (one["supplier"]["ruc"], one["issue_date"], one["series"], one["number"], one["total"])
    ]


def register(home: Path, samples: Iterable[Sample]) -> None:
    """Have the SUNAT of the stack on `home` know the samples, and nothing else beside the demo's papers."""
    own_register(home).write_text(json.dumps(rows(samples)), "utf-8")


def main() -> None:
    """Write papers and register."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.register", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=2, help="papers of each layout")
    parser.add_argument("--home", type=Path, default=Path(".cuadra"))
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    samples = [generate(layout, number, "digital") for layout in LAYOUTS for number in range(arguments.count)]
    for sample in samples:
        (arguments.folder / f"{sample.name}.pdf").write_bytes(sample.data)
    register(arguments.home, samples)
    sys.stdout.write(
        f"{len(samples)} papers in {arguments.folder}, {len(rows(samples))} of them in "
        f"{own_register(arguments.home)}\n"
    )


if __name__ == "__main__":
    main()
