"""From a seed to a paper: the type of page, its blocks in their order, and what lies over them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import cast

from functions.extractor.invoice import Invoice
from tests.corpus import Sample, qr, shoot
from tests.corpus.grammar import blocks, labels, marks, rolls, sums, tables
from tests.corpus.grammar.forms import (
    ORDERS,
    PAGES,
    PLACES,
    PORTAL_TABLES,
    ROLL_TABLES,
    SUMS,
    TABLES,
    PageType,
    Rows,
)
from tests.corpus.grammar.owned import Owned, Split
from tests.corpus.grammar.pen import FONTS, SIGNED, TYPEWRITERS, Pen
from tests.corpus.grammar.sale import Sale, sell
from tests.corpus.layouts.parts import variant
from tests.corpus.paper import Paper

Drawer = Callable[[float, float, float], float]
"""Draws a block at x, y into a width; the next baseline."""


@dataclass(frozen=True)
class Composed:
    """A paper before it is a file. `structure` names its class: page type, order of the blocks, form of the
    table.
    """

    paper: Paper
    sale: Sale
    structure: str
    features: frozenset[str]
    qr: bool

    @property
    def truth(self) -> Invoice:
        """All that it shows."""
        return self.sale.case.invoice


def draw(seed: int, split: Split, form: str = "digital") -> Sample:
    """One paper of the grammar with its truth; the same arguments give the same bytes.

    `form` is one of the corpus's: a PDF, a scan or a photo of the first page. The paper depends on seed and
    split alone.
    """
    made = compose(seed, split)
    rng = Random(f"grammar/{split}/{seed}/{form}")
    data, mime = shoot(made.paper.save(), form, rng, ticket=made.paper.height is None)
    return Sample(
        f"{split}-{seed}-{form}", data, mime, (made.truth,), None, made.structure, split, form, made.qr
    )


def compose(seed: int, split: Split) -> Composed:
    """The first try that fits its page."""
    for attempt in range(60):
        made = _compose(Random(f"grammar/{split}/{seed}/{attempt}"), split)
        if made is not None:
            return made
    raise LookupError(f"{split} {seed} never fits its page")


def _named(vocabulary: Owned[object], choice: object, split: Split) -> str:
    core = choice in vocabulary.core
    place = (vocabulary.core if core else vocabulary.own(split)).index(choice)
    return f"{'core' if core else split}{place}"


def _compose(rng: Random, split: Split) -> Composed | None:
    kind = rng.choices(list(PAGES), [page.weight for page in PAGES.values()])[0]
    roll = kind.startswith("roll")
    family = "roll" if roll else kind if kind in ORDERS else "wide"
    order, table, roll_table = (
        ORDERS[family].pick(rng, split),
        TABLES.pick(rng, split),
        ROLL_TABLES.pick(rng, split),
    )
    if kind == "portal":
        order, table = rng.choice(ORDERS[family].core), rng.choice(PORTAL_TABLES)
    sale = sell(rng, split, kind, discounts=not roll and "discount" in table.columns)
    pen = _pen(rng, split, kind, sale)
    signed = None
    if (
        sale.printed_ruc
        and kind not in {"bill", "fees", "portal"}
        and rng.random() < 0.5
        and (inv := sale.case.invoice).supplier.ruc
    ):
        signed = qr.payload(sale.case, variant(rng, sale.case))
        sale.features.add(
            "qr" if sale.features.isdisjoint({"ruc_damaged", "ruc_impossible"}) else "qr_of_damaged_ruc"
        )
        assert inv.total is not None
    sums.omit_unprinted(pen, signed=signed is not None)
    form = SUMS.pick(rng, split)
    drawers: dict[str, Drawer] = {
        name: cast(Drawer, partial(block, pen, sale))
        for name, block in {
            "issuer": blocks.issuer, "identity": blocks.identity, "customer": blocks.customer,
            "details": blocks.details,
            "modifies": blocks.modifies, "words": blocks.words, "readings": blocks.readings,
        }.items()
    }  # fmt: skip
    if kind in {"bill", "fees"}:
        drawers["items"] = partial(tables.concepts, pen)
    elif roll:
        drawers["items"] = partial(rolls.items, pen, roll_table)
    else:
        drawers["items"] = partial(tables.items, pen, table)
    drawers["totals"] = partial(sums.totals, pen, form)
    drawers["tail"] = partial(_tail, pen, sale, signed)
    margin = rng.uniform(7, 11) if roll else rng.uniform(28, 42)
    rows = _with_modified(order, pen, two_columns=family == "columns")
    bottom = (_columns if family == "columns" else _stacked)(
        rows, drawers, pen.paper.width, margin, pen.size * rng.uniform(0.6, 1.6)
    )
    if pen.paper.height and bottom > pen.paper.height - 24:
        return None
    _over(pen, kind, bottom)
    inv = sale.case.invoice
    inv.items += pen.charges
    if not {"sign", "money_named", "words"} & pen.features:
        inv.currency = None
        pen.features.add("no_currency")
    if kind in {"bill", "fees", "portal"}:
        setting = f"{kind}{len(table.columns)}" if kind == "portal" else "concepts"
    else:
        setting = roll_table if roll else _named(cast(Owned[object], TABLES), table, split)
    structure = f"{kind}.{_named(cast(Owned[object], ORDERS[family]), order, split)}.{setting}"
    features = frozenset(pen.features | sale.features | {f"page_{kind}", f"place_{pen.place}"})
    return Composed(pen.paper, sale, structure, features, qr=signed is not None)


def _pen(rng: Random, split: Split, kind: PageType, sale: Sale) -> Pen:
    page = PAGES[kind]
    roll = page.height is None
    font, bold = rng.choice(TYPEWRITERS if roll and rng.random() < 0.7 else FONTS)
    size = rng.uniform(6.2, 7.4) if roll else rng.uniform(7.2, 9.6)
    place = "tight" if roll and split == "tune" else PLACES.pick(rng, split)
    pen = Pen(
        Paper(page.width, page.height, shuffle=rng if rng.random() < 0.15 else None), sale.case, split, rng,
        font, bold, size, rng.uniform(1.15, 1.5), place, rng.choice([":", ":", ":", " :", ""]),
        rng.random() < 0.4, rng.random() < 0.75, rng.choices(SIGNED, [50, 30, 20])[0],
        rng.random() < 0.75,
    )  # fmt: skip
    if kind == "portal":
        pen.portal, pen.place, pen.colon, pen.upper = True, "left", " :", False
    if not pen.colon:
        pen.features.add("no_colon")
    return pen


def _with_modified(order: Rows, pen: Pen, *, two_columns: bool) -> Rows:
    """A note names what it modifies before its own date or after it."""
    if pen.case.invoice.modifies is None:
        return order
    before = pen.rng.random() < 0.5
    pen.features.add("modified_before" if before else "modified_after")
    index = next(i for i, row in enumerate(order) if "details" in row)
    if two_columns:
        row = order[index]
        cut = row.index("details") + (0 if before else 1)
        return (*order[:index], (*row[:cut], "modifies", *row[cut:]), *order[index + 1 :])
    cut = index + (0 if before else 1)
    return (*order[:cut], ("modifies",), *order[cut:])


def _stacked(rows: Rows, drawers: dict[str, Drawer], width: float, margin: float, gap: float) -> float:
    """Rows from top to bottom; blocks of a row beside each other. The last baseline."""
    y, inner = margin + 8, width - 2 * margin
    for row in rows:
        shares = [1.5 if name in {"issuer", "items"} else 1.0 for name in row]
        x, below = margin, y
        for name, share in zip(row, shares, strict=True):
            wide = inner * share / sum(shares) - (10 if len(row) > 1 else 0)
            below = max(below, drawers[name](x, y, wide))
            x += wide + 10
        y = below + gap
    return y


def _columns(rows: Rows, drawers: dict[str, Drawer], width: float, margin: float, gap: float) -> float:
    """Two columns, the one with the table twice as wide. The lower of the last baselines."""
    inner, x, last = width - 2 * margin - 14, margin, 0.0
    for column in rows:
        wide = inner * (0.66 if "items" in column else 0.34)
        y = margin + 8
        for name in column:
            y = drawers[name](x, y, wide) + gap
        x, last = x + wide + 14, max(last, y)
    return last


def _tail(pen: Pen, sale: Sale, signed: str | None, x: float, y: float, width: float) -> float:
    """The symbol and what else stands about the end of a paper, in any order."""
    inv, rng = sale.case.invoice, pen.rng
    parts: list[Callable[[float], float]] = []
    if signed:
        side = min(rng.uniform(62, 80), width)

        def symbol(at: float) -> float:
            pen.paper.qr(x, at - pen.size, side, signed)
            return at + side + 4

        parts.append(symbol)
    if inv.kind != "14" and rng.random() < 0.3:
        parts.append(lambda at: marks.banks(pen, x, at, width))
    if inv.kind == "03" and inv.currency == "PEN" and rng.random() < 0.5:
        parts.append(lambda at: marks.cash(pen, x, at, width))
    if inv.due_date and inv.kind == "01" and rng.random() < 0.6:
        parts.append(lambda at: marks.instalments(pen, x, at, width))
    if rng.random() < 0.2:
        parts.append(lambda at: marks.bar_code(pen, x, at, width))
    parts += [partial(_note, pen, x, width, note) for note in sale.case.notes]
    if rng.random() < 0.75:
        pen.features.add("legal")
        parts.append(partial(_note, pen, x, width, labels.TAXPAYER_NOTES.pick(rng, pen.split)))
    rng.shuffle(parts)
    for part in parts:
        y = part(y) + 2
    return y


def _note(pen: Pen, x: float, width: float, text: str, y: float) -> float:
    return pen.write(x, y, text, width, size=pen.size * 0.85)


def _over(pen: Pen, kind: PageType, bottom: float) -> None:
    """What lies over the paper, stands at its edge or behind it."""
    rng = pen.rng
    if rng.random() < 0.12:
        marks.edge(pen)
    if rng.random() < 0.1:
        marks.stamp(pen, rng.uniform(bottom * 0.4, bottom))
    if rng.random() < 0.1:
        marks.scribble(pen, rng.uniform(bottom * 0.4, bottom))
    if kind in {"a4", "letter", "portal"} and rng.random() < 0.15:
        marks.annex(pen)
