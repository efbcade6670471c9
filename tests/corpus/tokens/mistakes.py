"""Counts what our OCR takes letters for: drawn papers of the `tune` split, photographed, against their
own text layer.

`python -m tests.corpus.tokens.mistakes --papers 60` writes mistakes.json beside this, which `noise` draws
from. Papers that the bench has read before cost seconds, others an OCR each.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher

from bench.accuracy_engines import KeptOcr
from functions.extractor.opening import document
from functions.extractor.opening.child import Opener
from functions.extractor.sheets import papers
from tests.corpus.grammar.draw import draw
from tests.corpus.tokens.noise import LEARNED

_ALIKE = 0.75
"""How alike a box of the OCR and a phrase of the page must be to be taken for the same."""
_LEAST = 2
"""Mistakes that were seen less often are chance."""


def _phrases(opener: Opener, seed: int) -> tuple[list[str], bytes | None]:
    """The phrases that the page shows, and its picture as the OCR gets it."""
    digital, photo = (draw(seed, "tune", form) for form in ("digital", "photo1600"))
    page = opener.open(digital.data, document.admit(digital.data), seconds=20).seen[0]
    text = [cell.text for sheet in papers.printed(page) for row in sheet.rows for cell in row.cells]
    seen = opener.open(photo.data, document.admit(photo.data), seconds=20).seen
    return text, seen[0].raster if seen else None


def _pairs(truth: list[str], read: list[str]) -> Iterator[tuple[str, str]]:
    """Each box with the phrase, or the part of one, that it is most like."""
    for text in read:
        best, found = _ALIKE, None
        for phrase in truth:
            if abs(len(phrase) - len(text)) <= max(2, len(text) // 5):
                ratio = SequenceMatcher(None, phrase, text, autojunk=False).ratio()
                if ratio > best:
                    best, found = ratio, phrase
        if found is not None:
            yield found, text


def counted(pairs: Iterator[tuple[str, str]]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """How often each letter was drawn, and what else was read for it: another letter, nothing, or one
    more.
    """
    drawn: Counter[str] = Counter()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for truth, text in pairs:
        drawn.update(truth)
        for what, a, b, c, d in SequenceMatcher(None, truth, text, autojunk=False).get_opcodes():
            if what == "replace" and b - a == d - c:
                for one, other in zip(truth[a:b], text[c:d], strict=True):
                    found[one][other] += 1
            elif what == "replace" and b - a == 1 and d - c == 2:
                found[truth[a]][text[c:d]] += 1
            elif what == "delete" and b - a == 1:
                found[truth[a]][""] += 1
            elif what == "insert" and d - c == 1 and a:
                found[truth[a - 1]][truth[a - 1] + text[c]] += 1
    return drawn, found


def main() -> None:
    """Reads so many papers and writes the table, in thousandths of the times that a letter was drawn."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.tokens.mistakes", description=__doc__)
    parser.add_argument("--papers", type=int, default=60)
    count, opener, ocr = parser.parse_args().papers, Opener(), KeptOcr()
    drawn: Counter[str] = Counter()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for seed in range(count):
        truth, raster = _phrases(opener, seed)
        if raster is None:
            continue
        read = [box.text for box in ocr.read(raster, seconds=60).boxes]
        once, wrong = counted(_pairs(truth, read))
        drawn += once
        for letter, others in wrong.items():
            found[letter] += others
    opener.close()
    ocr.close()
    letters = {
        letter: {
            other: round(1000 * often / drawn[letter], 2)
            for other, often in others.most_common(8)
            if often >= _LEAST
        }
        for letter, others in sorted(found.items())
        if drawn[letter] >= 20
    }
    letters = {letter: others for letter, others in letters.items() if others}
    LEARNED.write_text(
        json.dumps({"papers": count, "letters": letters}, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
