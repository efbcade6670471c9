"""What the learned reader is trained on, and how its weights come into the package. No PyTorch here."""

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from random import Random

import numpy as np
import pytest

from functions.extractor.learned import features, network
from functions.extractor.learned.features import KINDS, ROLES
from functions.extractor.learned.network import Network
from tests.corpus.tokens import labels, mistakes, noise, rolls, table, weights
from tests.corpus.tokens.canvas import Canvas
from tests.corpus.tokens.facts import made
from tests.corpus.tokens.page import MOST, Taught, taught
from tests.corpus.tokens.style import chosen

pytestmark = pytest.mark.unit

SEEDS = range(24)


@pytest.fixture(scope="module")
def pages() -> list[Taught]:
    return [taught(seed) for seed in SEEDS]


def of(page: Taught, role: str) -> list[str]:
    """The words that play a role."""
    return [token.text for token, number in zip(page.seen, page.roles, strict=True) if ROLES[number] == role]


def test_a_seed_gives_the_same_page(pages: list[Taught]) -> None:
    """Word for word, feature for feature, and another seed gives another."""
    again = [taught(seed) for seed in SEEDS[:6]]
    for one, other in zip(pages, again, strict=False):
        assert one.seen == other.seen
        for name in ("pieces", "numbers", "geometry"):
            assert np.array_equal(getattr(one.features, name), getattr(other.features, name))
        assert np.array_equal(one.roles, other.roles)
        assert np.array_equal(one.starts, other.starts)
    assert len({tuple(token.text for token in page.seen) for page in pages}) == len(SEEDS)


def test_truth_and_words_are_as_many(pages: list[Taught]) -> None:
    """Each word that the reader takes of a page has its role, in the reader's order."""
    assert all(
        len(page.seen) == len(page.roles) == len(page.starts) == len(page.features.pieces) <= MOST
        for page in pages
    )
    assert all(
        [(t.row, t.left, t.place) for t in page.seen] == sorted((t.row, t.left, t.place) for t in page.seen)
        for page in pages
    )


def test_words_without_noise_are_what_their_roles_say(pages: list[Taught]) -> None:
    """A supplier's RUC is eleven digits, a total an amount, a title one of the kind's; each on nearly every
    page.
    """
    rucs = [text for page in pages for text in of(page, "supplier_ruc")]
    totals = [text for page in pages for text in of(page, "total")]
    assert sum(sum(c.isdigit() for c in text) >= 10 for text in rucs) >= 0.85 * len(rucs) >= 0.5 * len(pages)
    assert sum(features.amount(text) is not None for text in totals) >= 0.85 * len(totals) >= 0.6 * len(pages)
    firsts = {word[:2] for titles in labels.TITLES.values() for word in titles.upper().split()}
    own = [text for page in pages if KINDS[page.kind] is not None for text in of(page, "title")]
    assert sum(text.upper()[:2] in firsts for text in own) >= 0.7 * len(own) > 0


def test_each_item_begins_once(pages: list[Taught]) -> None:
    """As many starts as lines, each at a word of a line."""
    parts = {
        ROLES.index(name)
        for name in (
            "description",
            "quantity",
            "unit",
            "unit_price",
            "amount",
            "code",
            "line_number",
            "line_discount",
            "other_amount",
        )
    }
    assert sum(page.starts.sum() > 0 for page in pages) > 0.7 * len(pages)
    for page in pages:
        assert page.starts.sum() <= 20
        assert all(role in parts for role in page.roles[page.starts == 1])


def test_some_pages_are_no_comprobantes(pages: list[Taught]) -> None:
    """Of every hundred about seventeen are something else, or carry its title."""
    assert 0 < sum(KINDS[page.kind] is None for page in pages) < len(pages) / 2


def test_the_network_in_the_package_agrees_with_the_truth_of_bare_pages(pages: list[Taught]) -> None:
    """Ninety-nine words of a hundred play the role that the generator gave them."""
    net = network.shipped()
    right = [(net(page.features).roles.argmax(1) == page.roles).mean() for page in pages]
    assert np.mean(right) > 0.97


@pytest.mark.parametrize("seed", range(24))
def test_every_line_stands_on_its_paper(seed: int) -> None:
    """In whatever table, till's way or bill: each line that was sold has its words and, of what is priced,
    its amount or its price.
    """
    rng = Random(f"lines/{seed}")
    facts = made(rng)
    canvas = Canvas(rng, 30 if facts.form == "roll" else 100, 0.5, 1.3)
    setter = {"roll": rolls.roll, "bill": rolls.charges, "wide": table.wide}[facts.form]
    setter(canvas, facts, chosen(rng, "S/"))
    played = {(piece.item, piece.role) for phrase in canvas.phrases for piece in phrase.pieces if piece.item}
    for number in range(1, len(facts.lines) + 1):
        assert (number, "description") in played
        assert {(number, "amount"), (number, "unit_price"), (number, "quantity")} & played


def test_a_letter_is_taken_for_what_our_ocr_took_it_for() -> None:
    """A bad picture's letters are only those that were counted, or that look alike."""
    table, counts = noise.mistaken()
    assert table["í"][0] == "i"
    assert counts["í"][0] > 100
    rng = Random(1)
    seen = {noise._letter(rng, "í", 1.0) for _ in range(200)}
    assert seen == {"í", "i"}
    assert {noise._letter(rng, "í", 0.0) for _ in range(50)} == {"í"}


def test_mistakes_are_counted_letter_by_letter() -> None:
    """What was read for a drawn letter: another one, nothing, or one more; what was right is drawn and no
    mistake.
    """
    drawn, found = mistakes.counted(iter([("RUC 105", "RUC 1O5"), ("N° 7", "N°7"), ("ORO", "ORRO")]))
    assert drawn["0"] == 1
    assert drawn["R"] == 2
    assert {letter: dict(others) for letter, others in found.items()} == {
        "0": {"O": 1},
        " ": {"": 1},
        "R": {"RR": 1},
    }


# --- weights ------------------------------------------------------------------------------------------------


def state(*, width: int = 32, layers: int = 2, heads: int = 2) -> dict[str, np.ndarray]:
    """Weights as a training leaves them, by its names; of random numbers."""
    rng = np.random.default_rng(7)
    shapes: dict[str, tuple[int, ...]] = {
        "emb.weight": (features.BUCKETS, 64), "e0.weight": (width, 64), "e0.bias": (width,),
        "e1.weight": (width, 64), "e2.weight": (width, 64),
        "dn.weight": (width, taught(0).features.numbers.shape[1]), "dn.bias": (width,),
        "pj.weight": (layers * heads, 107), "role.weight": (len(ROLES), width), "role.bias": (len(ROLES),),
        "st.weight": (1, width), "st.bias": (1,), "pw.weight": (4, width), "pw.bias": (4,),
        "k1.weight": (width, 5 * width), "k1.bias": (width,), "kind.weight": (8, width), "kind.bias": (8,),
        "cur.weight": (3, width), "cur.bias": (3,),
    }  # fmt: skip
    for name in ("h", "nf", *(f"ly.{at}.{part}" for at in range(layers) for part in ("n1", "n2"))):
        shapes |= {f"{name}.weight": (width,), f"{name}.bias": (width,)}
    for at in range(layers):
        for part, (out, into) in {"qkv": (3, 1), "o": (1, 1), "a": (3, 1), "b": (1, 3)}.items():
            shapes |= {
                f"ly.{at}.{part}.weight": (out * width, into * width),
                f"ly.{at}.{part}.bias": (out * width,),
            }
    return {name: rng.normal(0, 0.1, shape).astype(np.float32) for name, shape in shapes.items()}


def test_weights_go_out_and_come_back(tmp_path: Path) -> None:
    """What a training exports is what the package reads, with a record that describes it."""
    data = weights.export(state(), width=32, layers=2, heads=2)
    described = weights.record(data, origin="a test", seed=7, figures={"tokens.words": 0.5})
    weights.install(data, described, tmp_path)
    net = Network((tmp_path / "weights.npz").read_bytes())
    assert (net.width, net.layers, net.heads) == (32, 2, 2)
    seen = net(taught(0).features)
    assert seen.roles.shape == (len(taught(0).seen), len(ROLES))
    assert seen.roles.sum(1) == pytest.approx(np.ones(len(seen.roles)), abs=1e-4)
    kept = json.loads((tmp_path / "weights.json").read_text("utf-8"))
    assert kept["sha256"] == hashlib.sha256(data).hexdigest()
    assert (kept["seed"], kept["generator"], kept["figures"]) == (
        7,
        weights.generator(),
        {"tokens.words": 0.5},
    )


def test_weights_that_are_too_large_are_not_exported() -> None:
    """Three megabytes is what the package may grow by."""
    with pytest.raises(ValueError, match="bytes"):
        weights.export({"emb.weight": np.zeros((2_000_000,))}, width=1, layers=1, heads=1)


@pytest.mark.parametrize(
    ("after", "fell"),
    [
        ({"a": 0.9, "b": 0.8}, []),
        ({"a": 0.898, "b": 0.9}, []),
        ({"a": 0.89, "b": 0.9}, ["a: 0.900 -> 0.890"]),
        ({"a": 0.95}, ["b: 0.800 -> 0.000"]),
    ],
)
def test_weights_under_which_a_figure_falls_are_not_taken_in(
    after: dict[str, float], fell: list[str]
) -> None:
    """Every split must hold, within half a point, whatever the others gain."""
    assert weights.fallen({"a": 0.9, "b": 0.8}, after) == fell


def test_the_record_has_figures_to_hold_the_next_ones_to() -> None:
    """The weights in the package were measured on every split that the gate looks at."""
    figures = json.loads(network.RECORD.read_text("utf-8"))["figures"]
    assert set(figures) == {"tokens.words", "tune.keys", "tune.items", "look.keys", "look.items"}
    assert all(Decimal("0.5") < Decimal(str(value)) <= 1 for value in figures.values())
