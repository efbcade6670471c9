"""SUNAT's word over the whole path: a paper without a symbol ends proven, and while SUNAT is down it is
answered as if nobody asked.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.corpus import Sample, generate
from tests.corpus.register import register
from tests.e2e.conftest import Running

pytestmark = pytest.mark.e2e

ENOUGH_S = 8.0
"""An answer without SUNAT takes some two seconds here, of which one is the lane's."""


@pytest.fixture
def asking(stack: Running) -> Iterator[Running]:
    """The session's stack, which asks nobody again at the end."""
    yield stack
    plays(stack, None)


def plays(running: Running, behaviour: str | None) -> None:
    """Turn the page's switch, which waits for the worker where it starts anew."""
    said = requests.post(f"{running.where.simulator}/web/api/sunat", json={"plays": behaviour}, timeout=60)
    assert said.json() == {"plays": behaviour}
    running.stack.wait_ready("worker")


@pytest.mark.slow("the worker starts anew each time that it is to ask somebody else")
def test_a_paper_of_sunats_portal_is_proven_by_its_word_and_read_the_same_without(asking: Running) -> None:
    """The PDF has no symbol: with SUNAT it is proven and says so with the hour; with SUNAT down it is
    answered as without it, and no later.
    """
    first, second, third = (generate("portal", number, "digital") for number in (1, 2, 3))
    register(Path(asking.where.home), (first, second, third))
    ana = asking.sim.add_sender(name="Ana Torres")["id"]

    def answered(paper: Sample) -> tuple[str, str, float]:
        began = time.monotonic()
        (sent,), reading = asking.ask(ana, files=[(f"{paper.name}.pdf", paper.data)])
        took = time.monotonic() - began
        (answer,) = reading.answers[sent["wamid"]]
        (row,) = asking.sql(
            "select verdict from documents.documents where wamid = :wamid", wamid=sent["wamid"]
        )
        return row["verdict"], answer, took

    asking.ask(ana, text="Hola")
    plays(asking, "good")
    verdict, answer, _ = answered(first)
    assert (verdict, "🏛️ SUNAT (" in answer, "figura ACEPTADO; emisor ACTIVO y HABIDO" in answer) == (
        "proven",
        True,
        True,
    )
    plays(asking, "down")
    verdict, answer, took = answered(second)
    assert (verdict, "SUNAT (" in answer, took < ENOUGH_S) == ("consistent", False, True), (
        f"{took:.1f} s: {answer}"
    )
    assert '"unavailable"' in asking.logs("worker")
    plays(asking, None)
    verdict, answer, _ = answered(third)
    assert (verdict, "SUNAT (" in answer) == ("consistent", False)
