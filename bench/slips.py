"""What a misread digit comes to: one digit of one printed value is read as one that looks like it, and how it
then reaches the user is counted.

    python -m bench.slips [--split tune] [--slice N] [--each N]

The words of a drawn page are taken as if our OCR had read them, with one slip in an amount, a RUC or a date.
What is then shown wrong is told where the answer is to be reviewed, silent where it is consistent, and must
never be proven. The second reader and the second look, which would see some of these, are left out: a slip is
counted as the first look alone would pass it on.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from bench.accuracy_engines import TODAY
from bench.accuracy_score import key_values
from functions.extractor.invoice import Invoice
from functions.extractor.judging import paper
from functions.extractor.opening import files
from functions.extractor.page import Page
from functions.extractor.peru.tokens import days
from functions.extractor.sheets import papers
from tests.corpus.grammar.draw import draw

LIKE = {
    "0": "86",
    "1": "74",
    "2": "7",
    "3": "85",
    "4": "91",
    "5": "63",
    "6": "85",
    "7": "12",
    "8": "360",
    "9": "40",
}
"""Digits and those that engines take them for."""
SHOWN = ("ruc", "date", "total", "igv", "taxable", "customer")
_PATHS = {"ruc": "supplier.ruc", "date": "issue_date", "customer": "customer.id"}
"""The fields whose name is not their value's."""
ENDS = ("right or null", "needs_review", "consistent", "proven")


def shown(invoice: Invoice) -> dict[str, str | date | Decimal | None]:
    """The values in which slips are seeded, by name."""
    keys = key_values(invoice)
    return {
        "ruc": invoice.supplier.ruc,
        "date": invoice.issue_date,
        "total": invoice.total,
        "igv": keys["igv"] if isinstance(keys["igv"], Decimal) else None,
        "taxable": invoice.taxable or None,
        "customer": invoice.customer.id,
    }


def _spans(text: str, value: str | date | Decimal) -> Iterator[tuple[int, int]]:
    """Where a text prints a value."""
    if isinstance(value, date):
        yield from ((d.start, d.end) for d in days(text) if d.value == value)
        return
    forms = {f"{value:,.2f}", f"{value:.2f}"} if isinstance(value, Decimal) else {value}
    for form in forms:
        yield from (m.span() for m in re.finditer(rf"(?<![\d.,]){re.escape(form)}(?![\d])", text))


def slipped(pages: list[Page], value: str | date | Decimal, rng: Random) -> list[Page] | None:
    """The pages with one look-alike digit in one of the places that print a value; None where none does."""
    places = [
        (i, j, at)
        for i, page in enumerate(pages)
        for j, box in enumerate(page.boxes)
        for start, end in _spans(box.text, value)
        for at in range(start, end)
        if box.text[at] in LIKE
    ]
    if not places:
        return None
    i, j, at = rng.choice(places)
    text = pages[i].boxes[j].text
    wrong = text[:at] + rng.choice(LIKE[text[at]]) + text[at + 1 :]
    boxes = [replace(box, text=wrong) if k == j else box for k, box in enumerate(pages[i].boxes)]
    return [replace(page, boxes=boxes) if k == i else page for k, page in enumerate(pages)]


def ended(pages: list[Page], name: str, value: str | date | Decimal) -> str:
    """How the first paper of the pages shows a value: rightly or not at all, or wrongly under which verdict,
    where that speaks of it.
    """
    sheets = [sheet for page in pages for sheet in papers.printed(page)]
    read = paper.read(sheets, [], frozenset(page.index for page in pages), TODAY)
    got = shown(read[0].invoice)[name] if read else None
    if got is None or got == value:
        return ENDS[0]
    promised = any(e.field == _PATHS.get(name, name) and e.trust == "proven" for e in read[0].evidence)
    return "consistent" if read[0].verdict == "proven" and not promised else read[0].verdict


def main() -> int:
    """Counts and prints; exit 1 where a wrong value is proven."""
    parser = argparse.ArgumentParser(prog="python -m bench.slips")
    parser.add_argument("--split", choices=("tune", "look", "judge"), default="tune")
    parser.add_argument("--slice", type=int, default=100, metavar="N", help="documents")
    parser.add_argument("--each", type=int, default=1, metavar="N", help="slips a value")
    args = parser.parse_args()
    rng, counts = Random(7), {name: Counter[str]() for name in SHOWN}
    for seed in range(args.slice):
        sample = draw(seed, args.split, "digital")
        pages = files.open_file(sample.data, sample.mime).seen
        for name, value in shown(sample.truth[0]).items() if sample.truth else ():
            for _ in range(args.each if value is not None else 0):
                wrong = slipped(pages, value, rng) if value is not None else None
                if wrong is not None and value is not None:
                    counts[name][ended(wrong, name, value)] += 1
    print("| value | slips | " + " | ".join(ENDS) + " |\n|" + "---|" * (len(ENDS) + 2))
    for name, found in counts.items():
        print(f"| {name} | {found.total()} | " + " | ".join(str(found[end]) for end in ENDS) + " |")
    return 1 if any(found["proven"] for found in counts.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
