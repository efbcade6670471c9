"""The grammar of papers: what it calls true is printed and adds up, and its splits share little. Nothing here
draws from `judge`.
"""

import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from types import ModuleType

import pytest

from functions.extractor.invoice import Invoice
from tests.corpus import grammar
from tests.corpus.grammar import SPLITS, Composed, Split, amounts, compose, draw, forms, goods, labels, tables
from tests.corpus.grammar.owned import Owned
from tests.corpus.words import in_words
from tests.printed import text_of, unprinted
from tests.scale import draws

pytestmark = pytest.mark.unit

DRAWN: tuple[Split, ...] = ("tune", "look")
ZERO = Decimal(0)
FEATURES = {
    "annex",
    "banks",
    "bar_code",
    "bar_coded",
    "cash",
    "column_code",
    "column_colour",
    "column_discount",
    "column_size",
    "column_tax",
    "description_above",
    "description_below",
    "description_in",
    "fax_header",
    "foreign_money",
    "heads_centred",
    "heads_missing",
    "heads_set",
    "heads_two_rows",
    "instalments",
    "legal",
    "logo",
    "modified_after",
    "modified_before",
    "modified_date",
    "money_named",
    "no_colon",
    "no_currency",
    "nobody",
    "pen",
    "person",
    "place_above",
    "place_left",
    "place_piped",
    "place_spread",
    "place_tight",
    "place_two_rows",
    "print_header",
    "qr",
    "readings",
    "roll_beside",
    "roll_columns",
    "roll_numbers_first",
    "roll_price_first",
    "roll_under",
    "ruc_damaged",
    "ruc_impossible",
    "ruc_missing",
    "ruc_short",
    "serial_two_rows",
    "sign",
    "stamp",
    "sums_colon",
    "sums_dotted",
    "sums_right",
    "sums_rows",
    "sums_strip",
    "total_alone",
    "trade_name",
    "white_on_colour",
    "words",
} | {f"page_{name}" for name in forms.PAGES}
TRAPS = {
    "plain", "perception", "detraction", "free", "rounding", "icbper", "isc", "service_charge", "mype",
    "exempt", "unaffected", "mixed", "nrus",
    "advance", "discount", "line_discount", "retention", "export",
}  # fmt: skip


@pytest.fixture(scope="module")
def papers() -> list[Composed]:
    return [compose(seed, split) for split in DRAWN for seed in range(150)]


def vocabularies() -> Iterator[tuple[str, Owned[object]]]:
    modules: list[ModuleType] = [labels, amounts, goods, forms, tables]
    for module in modules:
        for name, value in vars(module).items():
            named = value.items() if isinstance(value, dict) else [("", value)]
            yield from ((f"{name} {key}".strip(), each) for key, each in named if isinstance(each, Owned))


def alike(value: object) -> object:
    """Words without their case, accents and last sign: so much and no less makes another word."""
    if not isinstance(value, str):
        return value
    flat = unicodedata.normalize("NFD", value.lower())
    return "".join(ch for ch in flat if not unicodedata.combining(ch)).rstrip(" .:")


def test_splits_own_disjoint_parts() -> None:
    """No word, order of blocks or form of a table that a split owns is another's or the core's, and the core
    is at most half.
    """
    found = dict(vocabularies())
    assert len(found) >= 60
    for name, vocabulary in found.items():
        parts = [
            {alike(value) for value in part}
            for part in (vocabulary.core, *(vocabulary.own(split) for split in SPLITS))
        ]
        assert sum(map(len, parts)) == len(set().union(*parts)), name
        assert all(len(parts[0]) <= len(part) for part in parts[1:]), name


@pytest.mark.parametrize("seed", [301, 589, 651])
def test_a_heading_that_names_a_currency_prints_the_papers(seed: int) -> None:
    """Where nothing but the heading of amounts has a currency's sign, the paper's truth has that currency."""
    paper = draw(seed, "look", "digital")
    assert ("importe s/" in text_of(paper.data).lower(), paper.truth[0].currency) == (True, "PEN")


def test_every_feature_occurs(papers: list[Composed]) -> None:
    """Three hundred papers show everything that the grammar can do."""
    seen = set().union(*(paper.features for paper in papers))
    assert seen >= FEATURES | {f"trap_{name}" for name in TRAPS}


def test_structures_are_many(papers: list[Composed]) -> None:
    """Papers fall into more than a hundred classes of structure, and no class of its own split's parts is
    drawn by the other.
    """
    by_split = [{paper.structure for paper in papers[at : at + 150]} for at in (0, 150)]
    assert min(map(len, by_split)) > 50
    assert all("look" not in name for name in by_split[0])
    assert all("tune" not in name for name in by_split[1])


def test_amounts_add_up(papers: list[Composed]) -> None:
    """Base, taxes and charges make the total; lines make the base or the total; words spell what is paid."""
    for paper in papers:
        case, inv = paper.sale.case, paper.truth
        rows = dict(case.rows)
        if "fees" in rows:
            assert rows["fees"] - rows["income_tax"] == rows["net_received"] == inv.net_payable
            continue
        assert rows["total"] == inv.total
        if "debt" in rows:
            assert inv.net_payable == rows["total"] + rows["debt"] == rows["to_pay"]
        base = sum((rows.get(name, ZERO) for name in ("taxable", "exempt", "unaffected")), ZERO)
        added = sum(
            (rows.get(name, ZERO) for name in ("isc", "igv", "icbper", "other_charges", "fise", "rounding")),
            ZERO,
        )
        if "taxable" in rows or "exempt" in rows or "unaffected" in rows:
            assert base + added in {inv.total, ZERO}, case.trap
        lines = [line.item.amount for line in case.lines if line.item.amount is not None]
        if lines and base and case.net_items:
            assert sum(lines, ZERO) - rows.get("discounts", ZERO) - rows.get("advances", ZERO) == base
        if inv.amount_in_words:
            assert inv.currency
            assert inv.amount_in_words == in_words(rows["total"], inv.currency, case.words_style)


def test_lines_multiply(papers: list[Composed]) -> None:
    """Quantity and price make a line's amount, less a discount that the table shows."""
    for paper in papers:
        for item in paper.truth.items:
            if item.quantity is None or item.unit_price is None or item.amount is None:
                continue
            made = (item.quantity * item.unit_price).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            assert item.amount == made or "column_discount" in paper.features


@pytest.mark.long
@pytest.mark.parametrize("split", DRAWN)
def test_truth_is_printed(split: Split) -> None:
    """Every value of the truth stands on the paper."""
    for seed in range(draws(15, 40)):
        sample = draw(seed, split)
        text = text_of(sample.data)
        assert unprinted(sample.truth[0], text) == [], sample.name
        for item in sample.truth[0].items:
            assert (item.unit or "") in text
            assert item.quantity is None or f"{item.quantity:f}" in text


def test_a_damaged_number_is_what_is_printed(papers: list[Composed]) -> None:
    """An impossible RUC is true as printed; one a digit short, or none, is none."""
    kinds = {"ruc_short", "ruc_missing"}
    assert {bool(paper.truth.supplier.ruc) for paper in papers if paper.features & kinds} == {False}
    impossible = [paper.truth.supplier.ruc for paper in papers if "ruc_impossible" in paper.features]
    assert all(ruc and ruc[:2] in {"44", "30", "99"} for ruc in impossible)


@pytest.mark.parametrize("form", ["digital", "scan"])
def test_same_seed_same_bytes(form: str) -> None:
    """The same arguments give the same file, of the type that the drawn layouts give."""
    first = draw(4, "tune", form)
    assert first == draw(4, "tune", form)
    assert (first.half, first.form, len(first.truth), first.what) == ("tune", form, 1, None)
    assert isinstance(first.truth[0], Invoice)
    assert grammar.draw(4, "look", form).data != first.data
