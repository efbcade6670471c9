"""Each process killed once, a change of number and a purge, over HTTP through the supervised stack."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from bench.chaos.readers import OCR, OPENER
from bench.chaos.run import Run, Size

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.long,
    pytest.mark.only_long,
    pytest.mark.slow("the whole stack is started, and killed twice"),
]


def test_killed_readers_a_new_number_and_a_purge_cost_no_answer_and_no_truth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever dies, whoever moves or goes: one true answer a message, in one business; of who was purged
    nothing is left.
    """
    home = Path(tempfile.mkdtemp(prefix="cuadra-troubles-"))
    labels = ("webhook.queue.push.after", "worker.records.open.after")
    size = Size(
        kills=len(labels), senders=2, messages=2, spare=2, outages=False, hard=2, faults=((OPENER,), (OCR,)),
        failing_s=(1.5, 1.5),
        changes=1, purges=1, releases=False, rounds=0, redelivered=20, labels=labels,
    )  # fmt: skip
    try:
        totals = Run(20261128, size, home).play()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    with capsys.disabled():
        print(f"\nseed 20261128: {totals}")
    assert totals.wrong == []
    assert (totals.labels, totals.changes, totals.purges) == (len(labels), 1, 1)
    assert totals.readers_killed.keys() == {OPENER, OCR}
