import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.contract

SCRIPT = """
import sys, threading, time
from infra.local import latency
latency.apply()
from infra.local.inbox import SqliteInbox
inbox = SqliteInbox(sys.argv[1])
def seconds(*keys):
    threads = [threading.Thread(target=inbox.run, args=(key, lambda tx: None)) for key in keys]
    began = time.monotonic()
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return time.monotonic() - began
print(seconds("a"), seconds("a", "b"), seconds("a", "a"))
"""


def taken(folder: Path, wait: str) -> list[float]:
    environment = {"CUADRA_LATENCY_INBOX_MS": wait, "PATH": "/usr/bin:/bin"}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, folder / "i.sqlite"],
        env=environment,
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(each) for each in done.stdout.split()]


def test_a_transaction_waits_and_holds_its_sender_only(tmp_path: Path) -> None:
    """With a latency, transactions of two senders wait side by side, of one sender one after another; without
    it nothing waits.
    """
    alone, two_senders, one_sender = taken(tmp_path, "200")
    assert alone >= 0.16
    assert 0.16 <= two_senders < 0.32 <= one_sender
    assert max(taken(tmp_path, "")) < 0.16
