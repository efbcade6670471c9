"""Slips of readers, by the thousand: letters changed, words lost or moved after a page was read rightly.
Whatever stays proven must stay right.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from functions.extractor.invoice import Invoice, Source, Verdict
from functions.extractor.judging import checks, merge, proof, verdict
from functions.extractor.judging.arithmetic import worth
from functions.extractor.opening import files as opening
from functions.extractor.page import Box
from functions.extractor.peru import qr
from functions.extractor.reading import reader
from functions.extractor.sheets.rows import lay

TODAY = date(2026, 11, 22)
_LOOKS = str.maketrans("0123456789", "8741536139")


@dataclass(frozen=True)
class Opened:
    """One page of one invoice: its words, and its symbol."""

    name: str
    boxes: tuple[Box, ...]
    width: float
    height: float
    code: qr.Qr


def opened(name: str, pdf: bytes) -> Opened | None:
    """The page of a digital file with a symbol; None for others."""
    file = opening.open_file(pdf, "application/pdf")
    page = file.seen[0]
    codes = [c for code in page.codes if (c := qr.parse(code.text)) is not None]
    if file.pages != 1 or len(codes) != 1 or not page.boxes:
        return None
    return Opened(name, tuple(page.boxes), page.width, page.height, codes[0])


def read(
    page: Opened, boxes: Sequence[Box], code: qr.Qr, source: Source = "ocr"
) -> tuple[Invoice, frozenset[str], Verdict]:
    """What the readers make of these words beside this symbol, which fields of it are proven where it is
    proven, and the verdict.
    """
    sheet = lay(boxes, width=page.width, height=page.height)
    readings = [merge.from_qr(code), reader.read([sheet], source, qr=code)]
    invoice, evidence = merge.merge(readings, 0)
    tested = checks.run(invoice, 0, today=TODAY, side=readings[1].side)
    return (
        invoice,
        proof.promised(invoice, evidence),
        verdict.verdict(invoice, evidence, tested, readings=readings),
    )


def claimed(invoice: Invoice, sure: frozenset[str] | None = None) -> dict[str, Any]:
    """The values at the paths `sure`, or all; of the lines what each is worth, and quantity and price where
    these are promised too.
    """

    def told(path: str, value: Any) -> Any:
        return value if sure is None or path in sure else None

    names = ("kind", "series", "number", "issue_date", "currency", *proof.SUMMED)
    lines = [
        (
            worth(item),
            told(f"items.{at}.quantity", item.quantity),
            told(f"items.{at}.unit_price", item.unit_price),
        )
        for at, item in enumerate(invoice.items)
    ]
    return {
        **{name: told(name, getattr(invoice, name)) for name in names},
        "ruc": told("supplier.ruc", invoice.supplier.ruc),
        "items": sorted((line for line in lines if line[0] != 0), key=str),
    }


def differs(right: Any, now: Any) -> bool:
    """Whether something else is claimed; what is left out is not claimed, but no line with an amount may be
    left out.
    """
    if not isinstance(right, list):
        return bool(now is not None and now != right)
    left = list(right)
    for amount, quantity, price in now:
        same = next(
            (
                r
                for r in left
                if amount in (r[0], None) and quantity in (r[1], None) and price in (r[2], None)
            ),
            None,
        )
        if same is None:
            return True
        left.remove(same)
    return bool(left)


def slips(boxes: Sequence[Box], rng: Random) -> list[Box]:
    """One to three things that go wrong in a reader."""
    found = list(boxes)
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randrange(len(found))
        box = found[at]
        digits = [i for i, c in enumerate(box.text) if c.isdigit()]
        kind = rng.randrange(7)
        if kind == 0 and len(found) > 5:
            del found[at]
        elif kind == 1:  # a line lower or higher
            away = rng.choice([-1, 1]) * (box.y1 - box.y0) * rng.uniform(0.6, 1.6)
            found[at] = replace(box, y0=box.y0 + away, y1=box.y1 + away)
        elif kind == 2 and len(found) > 5:  # two places changed
            other = rng.randrange(len(found))
            found[at], found[other] = (
                replace(box, text=found[other].text),
                replace(found[other], text=box.text),
            )
        elif digits:
            i = rng.choice(digits)
            text = box.text
            if kind == 3:
                text = text[:i] + rng.choice("0123456789") + text[i + 1 :]
            elif kind == 4:
                text = text[:i] + text[i].translate(_LOOKS) + text[i + 1 :]
            elif kind == 5:
                text = text[:i] + text[i + 1 :]
            else:
                text = text[:i] + rng.choice("0123456789.,- ") + text[i:]
            found[at] = replace(box, text=text.strip() or box.text)
    return found


def forged(code: qr.Qr, rng: Random) -> qr.Qr:
    """A symbol with one field of another document."""
    which = rng.randrange(5)
    if which == 0:
        return replace(code, total=(code.total or 0) * 10)
    if which == 1:
        return replace(code, number=str(int(code.number or 0) + rng.randrange(1, 90)))
    if which == 2:
        return replace(code, series=(code.series or "F001")[:3] + rng.choice("23456789Z"))
    if which == 3:
        return replace(code, issue_date=date(2026, rng.randrange(1, 7), 1))
    return replace(code, igv=(code.igv or 0) + 1)


def attack(
    pages: Sequence[Opened], times: int, seed: str = "attack"
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Of each page `times` slips and some forged symbols: (page, outcome, what was promised wrongly).
    Outcomes: kept, doubted, LIE.
    """
    rng = Random(seed)
    for page in pages:
        invoice, _, first = read(page, page.boxes, page.code)
        right = claimed(invoice)
        if first != "proven":
            continue
        for turn in range(times):
            code = forged(page.code, rng) if turn % 8 == 0 else page.code
            answer, sure, said = read(page, page.boxes if turn % 8 == 0 else slips(page.boxes, rng), code)
            now = claimed(answer, sure)
            wrong = {k: (right[k], now[k]) for k in right if differs(right[k], now[k])}
            if said != "proven":
                yield page.name, "doubted", {}
            elif wrong or code != page.code:
                yield page.name, "LIE", wrong
            else:
                yield page.name, "kept", {}


def main() -> None:
    """`python -m tests.corpus.wild.attack`: sixty slips a document, counted."""
    from tests.corpus.wild import MAKERS

    pages = [
        p
        for name, make in MAKERS.items()
        if not name.startswith(("q", "c"))
        and (w := make()).data.startswith(b"%PDF")
        and (p := opened(name, w.data))
    ]
    count: Counter[str] = Counter()
    for name, outcome, wrong in attack(pages, 60):
        count[outcome] += 1
        if outcome == "LIE":
            print(name, wrong)
    print(len(pages), "pages", dict(count))


if __name__ == "__main__":
    main()
