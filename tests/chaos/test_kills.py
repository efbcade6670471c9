"""Six real deaths of a whole process group, over HTTP through the supervised stack."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from bench.chaos.run import Run, Size

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.long,
    pytest.mark.only_long,
    pytest.mark.slow("the whole stack is started, and killed six times"),
]

STEPS = (
    "webhook.inbox.run.after", "webhook.queue.push.after", "worker.records.attempt.after",
    "worker.records.finish.after", "worker.outbox.freeze.after", "worker.graph.send_text.after",
)  # fmt: skip


def test_six_killed_groups_lose_nothing_and_repeat_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """SIGKILL between each promise's two halves: every message is answered once, in order, and a hundred
    redelivered webhooks change nothing.
    """
    home = Path(tempfile.mkdtemp(prefix="cuadra-kills-"))
    size = Size(
        kills=len(STEPS), senders=3, messages=4, spare=6, outages=False, hard=0, faults=(), changes=0,
        purges=0, releases=False,
        rounds=0, redelivered=100, labels=STEPS,
    )  # fmt: skip
    try:
        totals = Run(20261122, size, home).play()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    with capsys.disabled():
        print(f"\nseed 20261122: {totals}")
    assert totals.wrong == []
    assert totals.kills == len(STEPS)
