from dataclasses import dataclass
from decimal import Decimal
from random import Random

import pytest

from functions.extractor.reading.labelled import UNNAMED, LabelledAmount
from functions.extractor.reading.sums import Support, solve
from tests.scale import draws

pytestmark = pytest.mark.unit

CENT = Decimal("0.01")
LABELS = {
    "taxable": 5,
    "igv": 4,
    "exempt": 4,
    "unaffected": 4,
    "isc": 4,
    "icbper": 4,
    "other_charges": 3,
    "rounding": 4,
    "discounts": 3,
    "total": 5,
}


def cents(rng: Random, low: int, high: int) -> Decimal:
    """A sum of money between two, in cents."""
    return Decimal(rng.randrange(low, high)).scaleb(-2)


@dataclass
class Drawn:
    """The sums of a paper: what is true, and what is claimed of it."""

    true: dict[str, Decimal]
    claims: list[LabelledAmount]
    evidence: Support


def claim(name: str, value: Decimal, strength: float, row: int) -> LabelledAmount:
    """A claim in its own row."""
    return LabelledAmount(name, value, strength, str(value), (0, 0.6, row / 60, 0.8, row / 60 + 0.01), 0, row)


def drawn(seed: int, *, lost: tuple[str, ...] = ()) -> Drawn:
    """A paper's sums with distractors: lines, cash, a second total, a code with cents. The labels of `lost`
    are not known.
    """
    rng = Random(seed)
    rate = rng.choice([Decimal("0.18"), Decimal("0.18"), Decimal("0.10"), Decimal("0.105")])
    base = cents(rng, 500, 900_000)
    true = {"taxable": base, "igv": (base * rate).quantize(CENT)}
    for name in rng.sample(
        ["exempt", "unaffected", "isc", "icbper", "other_charges"], rng.choice([0, 0, 1, 1, 2])
    ):
        true[name] = cents(rng, 50, 50_000)
    whole = sum(true.values(), Decimal(0))
    if rng.random() < 0.2:
        true["rounding"] = whole.quantize(Decimal("0.1"), "ROUND_DOWN") - whole
    if rng.random() < 0.15:
        true["discounts"] = cents(rng, 100, 400)
    true["total"] = sum(true.values(), Decimal(0)) - 2 * true.get("discounts", Decimal(0))
    claims = [
        claim(UNNAMED if n in lost else n, v, 0 if n in lost else LABELS[n], row)
        for row, (n, v) in enumerate(true.items(), 30)
    ]
    claims += [claim(UNNAMED, cents(rng, 50, 900_000), 0, 10 + row) for row in range(rng.randrange(8))]
    if rng.random() < 0.4:
        claims.append(claim("total", cents(rng, 50, 900_000), rng.choice([-1, 0, 2.5]), 22))
    if rng.random() < 0.4:
        claims.append(claim("subtotal", base, 1, 29))
    rng.shuffle(claims)
    words = (true["total"],) if rng.random() < 0.6 or "total" in lost else ()
    return Drawn(true, claims, Support(words))


@pytest.mark.long
def test_the_sums_of_thousands_of_papers_come_out_of_their_distractors() -> None:
    """With their labels, total, IGV and base are right on every paper, and hardly any is doubted."""
    doubted = 0
    for seed in range(papers := draws(300, 2000)):
        paper = drawn(seed)
        chosen, doubt = solve(paper.claims, paper.evidence)
        doubted += doubt
        found = {name: chosen[name].value for name in paper.true if name in chosen}
        assert found == paper.true, seed
    assert doubted <= papers / 100


@pytest.mark.long
@pytest.mark.parametrize("lost", [("total",), ("taxable",), ("igv",), ("taxable", "total")])
def test_what_no_label_names_is_found_by_what_it_makes_or_doubted(lost: tuple[str, ...]) -> None:
    """Where labels are lost, a wrong total or IGV is never given without a doubt, and most are right."""
    right = 0
    for seed in range(papers := draws(200, 1000)):
        paper = drawn(seed, lost=lost)
        chosen, doubt = solve(paper.claims, paper.evidence)
        found = {name: chosen[name].value for name in ("total", "igv") if name in chosen}
        wrong = any(value != paper.true[name] for name, value in found.items())
        assert doubt or not wrong, seed
        right += found == {name: paper.true[name] for name in ("total", "igv")}
    assert right >= 0.7 * papers


def test_no_value_is_made_up() -> None:
    """Whatever is chosen is one of the amounts that are printed."""
    for seed in range(300):
        paper = drawn(seed)
        rng = Random(seed)
        claims = rng.sample(paper.claims, rng.randrange(len(paper.claims)))
        chosen, _ = solve(claims, paper.evidence)
        assert {c.value for c in chosen.values()} <= {c.value for c in claims}


def test_two_totals_that_weigh_the_same_are_a_doubt() -> None:
    """Two labels alike and nothing to tell them apart: somebody must look."""
    chosen, doubt = solve(
        [claim("total", Decimal("118.00"), 5, 30), claim("total", Decimal("181.00"), 5, 31)], Support()
    )
    assert "total" in chosen
    assert doubt
