"""Learns how much each reason weighs that speaks for who sells and who buys: `python -m bench.weights`
prints what was learned and how well it chooses, `--write` keeps it. Two cores need two minutes.

Papers of the split to tune on, and the drawn layouts of the seen half, are read as PDFs, with the QR and
without. Of each the candidates are kept that the readers weighed (`Rival`), and which is right. The weights
are those under which the right ones are likeliest (a conditional logit), drawn towards `PRIOR`, so that a
reason of which no drawn paper speaks stays what a person made of it. They are judged by leaving one layout
out at a time, and by papers of the split to look at.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from functions.extractor.invoice import Invoice, Rival
from functions.extractor.opening import files
from functions.extractor.peru import qr
from functions.extractor.reading import reader, weights
from functions.extractor.reading.names import bare
from functions.extractor.sheets import papers
from tests.corpus import LAYOUTS, Sample, generate, grammar

PRIOR: dict[str, dict[str, float]] = {
    "supplier.name": {
        "legal form": 4.0,
        "label of its own": 5.0,
        "large letters": 1.0,
        "capitals": 0.5,
        "institution": 2.0,
        "short": -1.0,
        "one word": -2.0,
        "tens of rows above": -0.6,
        "the customer's name": -3.0,
        "a person's RUC and whole name": 5.0,
        "a person's RUC and name": 3.0,
        "a person's RUC and a name elsewhere": 1.0,
        "a person's RUC and a firm": -3.0,
        "says what is done": -2.0,
        "address right below": 2.5,
        "RUC right at it": 3.0,
        "RUC near it": 2.0,
        "RUC in its column": 1.0,
        "RUC beside its column": 1.0,
        "tens of lines from the RUC": -0.4,
    },
    "seller": {
        "its check digit holds": 1.5,
        "numbers above": -0.2,
        "how far down": -1.5,
        "firm beside": 1.5,
        "signs at the foot": 2.5,
        "seller's label": 3.0,
        "buyer's label": -6.0,
        "another party's": -4.0,
        "as the symbol": 8.0,
        "a person for a fee": 3.0,
        "a firm for a fee": -3.0,
        "in the title's rows": 1.5,
        "in the title's column": 1.5,
        "in the title's box": 1.5,
    },
    "buyer": {
        "at the buyer's label": 1.0,
        "buyer's label": 3.0,
        "no RUC": 2.0,
        "another party's": -4.0,
        "as the symbol": 8.0,
        "DNI on a factura": -3.0,
        "beside the buyer's block": 0.5,
        "its check digit holds": 0.3,
    },
}
"""What a person who knows papers says of each reason, by what is chosen."""
CHOICES = {"supplier.name": ("supplier.name",), "parties": ("seller", "buyer")}
"""The fields of rivals, and whose reasons they weigh."""
PULL = 300.0
"""How strongly a weight is drawn towards its prior: the more, the more papers must speak against it."""
_STEPS, _STRIDE, _STILL = 30, 2.0, 1e-3
"""Newton's steps at most, how far one moves a weight, and what counts as no move."""

Numbers = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class Choice:
    """The candidates for one field of one paper: a row of reasons each, and which of them are right."""

    field: str
    layout: str
    reasons: tuple[dict[str, float], ...]
    right: tuple[bool, ...]


def choices(sample: Sample) -> Iterator[Choice]:
    """Yields what was weighed in a paper, its symbol seen and unseen, where not all candidates are right."""
    if len(sample.truth) != 1:
        return
    pages = files.open_file(sample.data, sample.mime).seen
    sheets = [sheet for page in pages for sheet in papers.printed(page)]
    codes = [code for page in pages for each in page.codes if (code := qr.parse(each.text)) is not None]
    for symbol in {None, *codes[:1]}:
        rivals = reader.read(sheets, "text", qr=symbol).rivals if sheets else []
        for field in CHOICES:
            own = [rival for rival in rivals if rival.field == field]
            right = tuple(is_right(rival, sample.truth[0]) for rival in own)
            if any(right) and not all(right):
                yield Choice(field, sample.layout, tuple(dict(r.reasons) for r in own), right)


def is_right(rival: Rival, truth: Invoice) -> bool:
    """True where a candidate is what the paper says."""
    if rival.field == "parties":
        return rival.value == f"{truth.supplier.ruc or '-'} > {truth.customer.id or '-'}"
    return bare(rival.value) == bare(truth.supplier.name or "")


def _drawn(task: tuple[str, int]) -> list[Choice]:
    split, seed = task
    sample = (
        grammar.draw(seed, split, "digital") if split in grammar.SPLITS else generate(split, seed, "digital")
    )
    return list(choices(sample))


def drawn(tasks: Sequence[tuple[str, int]]) -> list[Choice]:
    """All choices of these papers, by split or layout and seed, in two processes."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        return [choice for each in pool.map(_drawn, tasks, chunksize=8) for choice in each]


def flat(field: str, table: dict[str, dict[str, float]]) -> dict[str, float]:
    """The weights of a field by the names that its rivals' reasons have."""
    parts = CHOICES[field]
    return {
        name if len(parts) == 1 else f"{part}: {name}": weight
        for part in parts
        for name, weight in table[part].items()
    }


def fit(field: str, data: Sequence[Choice], *, pull: float) -> dict[str, float]:
    """The weights under which the right candidates are likeliest, drawn towards the prior."""
    prior = flat(field, PRIOR)
    names = list(prior)
    start: Numbers = np.array([prior[name] for name in names])
    own = [
        (np.array([[r.get(name, 0.0) for name in names] for r in c.reasons]), np.array(c.right)) for c in data
    ]
    weight = start.copy()
    for _ in range(_STEPS):
        slope = -pull * (weight - start)
        bend = pull * np.eye(len(names))
        for reasons, right in own:
            odds = np.exp(reasons @ weight - (reasons @ weight).max())
            odds /= odds.sum()
            mean = reasons.T @ odds
            slope += reasons.T @ (odds * right / max(1e-300, (odds * right).sum()) - odds)
            bend += (reasons.T * odds) @ reasons - np.outer(mean, mean)
        move = np.linalg.solve(bend, slope)
        far = float(np.abs(move).max())
        before, weight = weight, weight + move * min(1.0, _STRIDE / far)
        weight = np.where(weight * start < 0, 0.0, weight)  # what a reason speaks for is known, not how much
        if np.abs(weight - before).max() < _STILL:
            break
    return {name: round(float(value), 2) for name, value in zip(names, weight, strict=True)}


def missed(weight: dict[str, float], data: Sequence[Choice]) -> int:
    """In how many papers a wrong candidate weighs most."""
    return sum(
        not c.right[
            max(range(len(c.right)), key=lambda i: sum(weight[n] * v for n, v in c.reasons[i].items()))
        ]
        for c in data
    )


def left_out(field: str, data: Sequence[Choice], *, pull: float) -> int:
    """In how many papers a wrong candidate weighs most, each layout judged by what the others taught."""
    return sum(
        missed(
            fit(field, [c for c in data if c.layout != layout], pull=pull),
            [c for c in data if c.layout == layout],
        )
        for layout in sorted({c.layout for c in data})
    )


def main() -> None:
    """Learns, prints, and writes where that is asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.weights", description=__doc__)
    parser.add_argument(
        "--slice", type=int, default=1200, metavar="N", help="papers to tune on (default 1200)"
    )
    parser.add_argument(
        "--pull", type=float, default=PULL, metavar="X", help=f"towards the prior (default {PULL})"
    )
    parser.add_argument("--write", action="store_true", help="keep the weights")
    args = parser.parse_args()
    seen = [(name, seed) for name, layout in LAYOUTS.items() if layout.half == "seen" for seed in range(12)]
    taught = drawn([*seen, *(("tune", seed) for seed in range(args.slice))])
    looked = drawn([("look", seed) for seed in range(args.slice // 4)])
    learned: dict[str, float] = {}
    figures: dict[str, dict[str, int]] = {}
    for field, parts in CHOICES.items():
        own, others = ([c for c in part if c.field == field] for part in (taught, looked))
        weight = fit(field, own, pull=args.pull)
        prior = flat(field, PRIOR)
        figures[field] = {
            "choices": len(own),
            "wrong by the prior": missed(prior, own),
            "wrong as learned": missed(weight, own),
            "wrong, layout left out": left_out(field, own, pull=args.pull),
            "choices of look": len(others),
            "wrong of look": missed(weight, others),
        }
        learned |= weight if len(parts) > 1 else {f"{field}: {name}": w for name, w in weight.items()}
        print(field, figures[field])
        for name, value in weight.items():
            print(f"  {name:45} {prior[name]:6.2f} -> {value:6.2f}")
    if args.write:
        tables = {part: {name: learned[f"{part}: {name}"] for name in table} for part, table in PRIOR.items()}
        record = {
            "by": "python -m bench.weights",
            "papers": len(seen) + args.slice,
            "figures": figures,
            "weights": tables,
        }
        weights.RECORD.write_text(json.dumps(record, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
