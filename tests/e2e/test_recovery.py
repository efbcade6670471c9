"""The drill of docs/recovery.md on one machine: everything but the originals is lost, and comes back from a
backup.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.local import backup
from infra.ops import story
from infra.ops.desk import Desk
from infra.ops.target import load
from tests.e2e.conftest import SAMPLES, Running, boot, eventually, shut
from tests.scale import only_long

pytestmark = pytest.mark.e2e

ROWS = (
    "select d.id, d.wamid, d.status, d.verdict, r.state, r.body from documents.documents d join "
    "messaging.replies r on r.document_id = d.id order by d.id"
)


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cuadra-drill-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def settled(running: Running) -> list[dict[str, object]]:
    """Every document with its answer, once all of them have left."""

    def look() -> list[dict[str, object]]:
        rows = [*running.sql(ROWS)]
        return rows if rows and all(row["state"] == "sent" for row in rows) else []

    return eventually(look)


@only_long("a whole stack starts twice; only backup and restore could break it")
def test_a_lost_database_and_inbox_come_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new server with an empty inbox takes the backup: rows and answers are those of before, a known sender
    keeps its number, and what was answered is not enqueued anew.
    """
    first = boot(home)
    try:
        sender = first.sim.add_sender(name="Ana Torres")["id"]
        first.ask(sender, files=[SAMPLES / "factura.pdf"])
        before = settled(first)
        backup.take(first.where, home / "backup")
    finally:
        shut(first)
    shutil.rmtree(home / "postgres")
    for lost in home.glob("inbox.sqlite*"):
        lost.unlink()
    second = boot(home)
    try:
        assert second.sql(ROWS) == []
        backup.restore(second.where, home / "backup")
        assert [*second.sql(ROWS)] == before
        second.ask(sender, files=[SAMPLES / "boleta.jpg"])
        assert len(settled(second)) == 2
        assert len(second.sql("select id from auth.tenants")) == 1
        monkeypatch.setenv("CUADRA_HOME", str(home))
        desk = Desk(load())
        (said,) = story.replay(desk, datetime(2026, 1, 1, tzinfo=UTC))
        desk.close()
        assert said.startswith("0 enqueued again of 2 received")
    finally:
        shut(second)
