"""The corpus itself: what it calls true is what it prints."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
import zxingcpp

from functions.extractor.hearing import key_of
from infra.local.sunat import own_register, read_register
from tests.corpus import FORMS, HALVES, LAYOUTS, NEGATIVES, SEVERAL, camera, generate, people, words
from tests.corpus.register import register
from tests.printed import text_of, unprinted
from tests.scale import draws

pytestmark = pytest.mark.unit


@pytest.mark.long
@pytest.mark.parametrize("layout", LAYOUTS)
def test_truth_is_printed(layout: str) -> None:
    """Every value of the truth stands on the paper, and nothing is true that a reader cannot see."""
    for seed in range(draws(2, 6)):
        sample = generate(layout, seed, "digital")
        assert unprinted(sample.truth[0], text_of(sample.data)) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_amounts_add_up(layout: str) -> None:
    """Base, taxes and charges make the total, as the law computes them."""
    for seed in range(12):
        case = LAYOUTS[layout].fill(Random(f"{layout}/{seed}"))
        rows = dict(case.rows)
        if "fees" in rows:
            assert rows["fees"] - rows["income_tax"] == rows["net_received"]
            continue
        parts = (
            "taxable",
            "exempt",
            "unaffected",
            "isc",
            "igv",
            "icbper",
            "other_charges",
            "fise",
            "rounding",
        )
        made = sum((rows.get(name, Decimal(0)) for name in parts), Decimal(0))
        if case.trap == "nrus":
            made = (
                sum(
                    (item.amount for line in case.lines if (item := line.item).amount is not None), Decimal(0)
                )
                or rows["total"]
            )
        assert made == rows["total"] == case.invoice.total


@pytest.mark.parametrize("form", [form for form in FORMS if not form.startswith("photo")])
def test_same_seed_same_bytes(form: str) -> None:
    """The same arguments give the same file."""
    assert generate("ticket58", 3, form) == generate("ticket58", 3, form)


def test_qr_says_what_is_printed() -> None:
    """A QR-carrying document's symbol holds its RUC, series and total."""
    for layout in LAYOUTS:
        sample = generate(layout, 1, "digital")
        page = camera.raster(sample.data, 200, camera.pages_of(sample.data) - 1)
        texts = [code.text for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)]
        assert bool(texts) == sample.qr, layout
        if texts:
            assert str(sample.truth[0].supplier.ruc) in texts[0]
            assert str(sample.truth[0].series).lower() in texts[0].lower()


def test_halves_cover_the_same() -> None:
    """Both halves have as many layouts, the same kinds of document, negatives and files of several."""
    for half in HALVES:
        kinds = {
            LAYOUTS[name].fill(Random(f"{name}/{seed}")).invoice.kind
            for name in LAYOUTS
            if LAYOUTS[name].half == half
            for seed in range(30)
        }
        assert kinds == {"01", "02", "03", "07", "08", "14"}
    for group in (
        [layout.half for layout in LAYOUTS.values()],
        [negative.half for negative in NEGATIVES.values()],
        [half for half, _ in SEVERAL.values()],
    ):
        assert group.count("seen") == group.count("held")


def test_check_digits() -> None:
    """Check digits agree with numbers known to be right, the two special remainders too."""
    assert [people.check_digit(ten) for ten in ("2010007097", "2013131295", "2000000000")] == ["0", "5", "1"]


@pytest.mark.parametrize(
    ("amount", "style", "text"),
    [
        ("100.00", 0, "CIEN CON 00/100 SOLES"),
        ("21.50", 0, "VEINTIUNO CON 50/100 SOLES"),
        ("21000.00", 0, "VEINTIÚN MIL CON 00/100 SOLES"),
        ("1001.05", 1, "MIL UNO Y 05/100 SOLES"),
        (
            "1234567.89",
            0,
            "UN MILLÓN DOSCIENTOS TREINTA Y CUATRO MIL QUINIENTOS SESENTA Y SIETE CON 89/100 SOLES",
        ),
    ],
)
def test_amounts_in_words(amount: str, style: int, text: str) -> None:
    """Words are written as Peruvian documents write them."""
    assert words.in_words(Decimal(amount), "PEN", style) == text


def test_the_register_of_the_corpus_is_what_sunat_would_be_asked(tmp_path: Path) -> None:
    """Each paper of a kind that SUNAT answers for is known by the key that a reading of it asks about; a
    service bill is not.
    """
    samples = [generate(layout, 0, "digital") for layout in ("portal", "servicio", "clasica")]
    register(tmp_path, samples)
    keys = [key_of(sample.truth[0], date(2026, 11, 26)) for sample in samples]
    assert keys[1] is None
    assert read_register(own_register(tmp_path)) == [keys[0], keys[2]]
