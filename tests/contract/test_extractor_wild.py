"""Papers that the readers were not built on, and slips of readers: what is read, and that proof is never
given wrongly.
"""

from collections.abc import Iterator

import pytest

from functions.extractor.engine import Extractor
from functions.extractor.opening import files as opening
from tests.corpus.wild import MAKERS
from tests.corpus.wild.attack import TODAY, attack, opened
from tests.corpus.wild.judge import judge
from tests.scale import draws

pytestmark = pytest.mark.contract

PHOTOS = [name for name in MAKERS if name.endswith("_foto")]
DIGITAL = [
    name
    for name, make in MAKERS.items()
    if make.__module__ != "tests.corpus.wild.pictures"
    and name not in ("capa_invisible", "capa_debajo", "capa_correcta", *PHOTOS)
]
SCANNED = ["capa_correcta", "ilegible", *PHOTOS[: draws(1, len(PHOTOS))]]
"""Those that need the OCR and take seconds each; `python -m tests.corpus.wild` reads all."""
ATTACKED = ["greenter", "nubefact", "contasis", "anticipo", "hotel", "grifo", "farmacia"]


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    one = Extractor(slots=1, today=lambda: TODAY)
    one.warm()
    yield one
    one.close()


@pytest.mark.long
@pytest.mark.slow("forty papers are drawn and read whole, four times as many by make long")
@pytest.mark.parametrize("name", [*DIGITAL[:: draws(4, 1)], *SCANNED])
def test_wild_document_is_read(name: str, extractor: Extractor) -> None:
    """Every key field, every line and a verdict that may be given, on papers drawn apart from the first
    corpus.
    """
    one = MAKERS[name]()
    found = judge(one, extractor.extract(one.data))
    assert (found.fields, found.lied, found.verdict_ok) == ({}, False, True)
    assert found.f1 == 1.0


@pytest.mark.long
@pytest.mark.slow("each slip is a paper judged anew; four times as many by make long")
def test_no_slip_is_proven() -> None:
    """Digits changed, words lost, rows moved, symbols of other documents: whatever is still called proven is
    still right.
    """
    opening.prepare()
    pages = [page for name in ATTACKED if (page := opened(name, MAKERS[name]().data)) is not None]
    each = draws(10, 40)
    outcomes = list(attack(pages, each))
    assert [o for o in outcomes if o[1] == "LIE"] == []
    assert len([o for o in outcomes if o[1] == "kept"]) > each
