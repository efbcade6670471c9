"""What is shown beside the key fields: names, the buyer's identity, when a bill is due."""

from collections.abc import Iterator

import pytest

from functions.extractor.engine import Extractor
from tests.corpus.wild import MAKERS
from tests.corpus.wild.attack import TODAY
from tests.corpus.wild.judge import judge

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    one = Extractor(slots=1, today=lambda: TODAY)
    one.warm()
    yield one
    one.close()


@pytest.mark.parametrize(
    "name", [n for n, make in MAKERS.items() if make.__module__ == "tests.corpus.wild.names"]
)
def test_names_and_dues_are_the_documents_own(name: str, extractor: Extractor) -> None:
    """Supplier, customer and due date as printed, none of them another's; what is doubtful is not proven."""
    one = MAKERS[name]()
    answer = extractor.extract(one.data)
    found = judge(one, answer)
    assert (found.fields, found.names, found.lied) == ({}, {}, False)
    assert found.verdict in one.verdicts
    for read, true in zip(answer.invoices, one.truth, strict=True):
        assert (read.customer.id, read.due_date) == (true.customer.id, true.due_date)
