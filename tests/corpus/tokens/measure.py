"""What weights are worth: on bare pages that they were not trained on, and on drawn papers of the grammar.

`python -m tests.corpus.tokens.measure` prints the figures of the weights in the package.
"""

import json
import time
from collections.abc import Sequence
from decimal import Decimal

from functions.extractor.invoice import Invoice, Item
from functions.extractor.learned import network, reader, words
from functions.extractor.learned.network import Network
from functions.extractor.opening import document
from functions.extractor.opening.child import Opener
from functions.extractor.reading.reading import Reading
from functions.extractor.reading.words import find
from functions.extractor.sheets import papers
from functions.extractor.sheets.rows import Sheet
from tests.corpus.grammar.draw import draw
from tests.corpus.grammar.owned import Split
from tests.corpus.tokens.page import taught

HELD = 10**9
"""Seeds from here on are never trained on."""
KEYS = ("supplier.ruc", "kind", "series", "number", "issue_date", "total", "igv", "currency")
SPLITS: tuple[Split, ...] = ("tune", "look")


def figures(net: Network, *, pages: int = 200, drawn: int = 60) -> dict[str, float]:
    """Shares from 0 to 1: words with their right role, key fields, and items whose numbers are all right."""
    found = {"tokens.words": _words(net, pages)}
    opener = Opener()
    try:
        for split in SPLITS:
            keys, items = _split(net, opener, split, drawn)
            found |= {f"{split}.keys": keys, f"{split}.items": items}
    finally:
        opener.close()
    return {name: round(value, 4) for name, value in found.items()}


def _words(net: Network, pages: int) -> float:
    right = total = 0
    for seed in range(HELD, HELD + pages):
        page = taught(seed)
        right += int((net(page.features).roles.argmax(1) == page.roles).sum())
        total += len(page.roles)
    return right / max(1, total)


def _split(net: Network, opener: Opener, split: Split, drawn: int) -> tuple[float, float]:
    right = asked = lines = sold = 0
    for seed in range(drawn):
        sample = draw(seed, split)
        opened = opener.open(sample.data, document.admit(sample.data), seconds=20)
        truth, reading = (
            sample.truth[0],
            _read(net, [sheet for page in opened.seen for sheet in papers.printed(page)]),
        )
        for path in KEYS:
            want = _value(truth, path)
            asked += want is not None
            right += want is not None and reading.get(path) == want
        sold += len(truth.items)
        lines += sum(
            _numbers(item)
            in [{n: s.value for n, s in line.items() if n in _NUMBERS} for line in reading.items]
            for item in truth.items
        )
    return right / max(1, asked), lines / max(1, sold)


def _read(net: Network, sheets: list[Sheet]) -> Reading:
    reading, page = Reading("net"), words.look(sheets, net)
    if page is not None:
        reader.decoded(page, reading, frozenset(s.value for s in find(sheets) if s.value is not None))
    return reading


_NUMBERS = ("quantity", "unit_price", "amount")


def _numbers(item: Item) -> dict[str, Decimal]:
    return {name: getattr(item, name) for name in _NUMBERS if getattr(item, name) is not None}


def _value(invoice: Invoice, path: str) -> object:
    found: object = invoice
    for name in path.split("."):
        found = getattr(found, name)
    return found


def cost(net: Network, sheets: Sequence[Sheet]) -> tuple[float, float]:
    """CPU milliseconds that a sheet takes to be looked at, features included: the half stays below the first,
    95 of 100 below the second.
    """
    taken = []
    for sheet in sheets:
        began = time.process_time()
        words.look([sheet], net)
        taken.append(1000 * (time.process_time() - began))
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.95)]


def main() -> None:
    """Prints what the weights in the package are worth, and what a page of the `tune` split costs."""
    net, opener = network.shipped(), Opener()
    sheets: list[Sheet] = []
    for seed in range(60):
        sample = draw(seed, "tune")
        opened = opener.open(sample.data, document.admit(sample.data), seconds=20)
        sheets += [sheet for page in opened.seen for sheet in papers.printed(page)]
    opener.close()
    print(json.dumps(figures(net), indent=1))
    print("a page: half below {:.0f} ms, 95 of 100 below {:.0f} ms of CPU".format(*cost(net, sheets)))


if __name__ == "__main__":
    main()
