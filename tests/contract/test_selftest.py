"""The two papers that ship with the code, read by the real extractor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions.extractor import selftest, specimens
from functions.extractor.engine import Extractor

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    made = Extractor(slots=1)
    yield made
    made.close()


def test_both_papers_are_read_as_they_are(extractor: Extractor) -> None:
    """What a release waits for is what this code reads, from the PDF's text and from the photo's pixels."""
    assert selftest.read(extractor.extract) == selftest.EXPECTED


@pytest.mark.parametrize("name", specimens.NAMES)
def test_no_model_is_asked_about_them(extractor: Extractor, name: str) -> None:
    """Both prove themselves: a release is tried alike with and without Gemini, and costs nothing."""
    read = extractor.extract(specimens.data(name))
    assert (read.verdict, read.wants_model) == ("proven", False)


def test_the_papers_are_small() -> None:
    """What every instance carries stays below 64 KiB a paper."""
    assert [name for name in specimens.NAMES if len(specimens.data(name)) >= 1 << 16] == []
