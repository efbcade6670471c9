from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from functions.errors import Unwell
from infra.queue import CloudQueue
from tests.contract.conftest import free_port, wait_for

pytestmark = pytest.mark.contract

QUEUE = "projects/p/locations/l/queues/q"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tasks") / "tasks.sqlite"


@pytest.fixture(scope="module")
def url(shelf: Path) -> Iterator[str]:
    port = free_port()
    options = [
        "--port",
        str(port),
        "--db",
        str(shelf),
        "--queue",
        QUEUE,
        "--set",
        json.dumps({"paused": True, "sweep_every": 0}),
    ]
    process = subprocess.Popen([sys.executable, "-m", "infra.local.tasks", *options])
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def queue(url: str) -> Iterator[CloudQueue]:
    made = CloudQueue(
        QUEUE,
        "http://127.0.0.1:9/worker",
        service_account="tasks@p.test",
        audience="https://worker.test",
        endpoint=url,
    )
    yield made
    made.close()


def waiting(url: str) -> list[dict[str, Any]]:
    found = requests.get(f"{url}/_tasks", timeout=5).json()["waiting"]
    assert isinstance(found, list)
    return found


def test_pushed_task_carries_all_that_the_worker_needs(queue: CloudQueue, shelf: Path) -> None:
    """Name, body, address, deadline, moment and the identity that the queue calls as reach the queue as
    given.
    """
    name, at = uuid4().hex, datetime.now(UTC) + timedelta(minutes=3)
    queue.push(name, b"\xff{}", at=at)
    with closing(sqlite3.connect(shelf)) as db:
        ((told, due),) = db.execute("select body, due from tasks where name like ?", (f"%{name}",)).fetchall()
    task = json.loads(told)
    assert abs(due - at.timestamp()) < 0.01
    assert task["httpRequest"] == {
        "url": "http://127.0.0.1:9/worker",
        "httpMethod": 1,
        "headers": {"Content-Type": "application/json"},
        "body": "/3t9",
        "oidcToken": {"serviceAccountEmail": "tasks@p.test", "audience": "https://worker.test"},
    }
    assert task["dispatchDeadline"] == "90s"


def test_name_that_is_taken_is_success(queue: CloudQueue, url: str) -> None:
    """Pushing a name again adds nothing and raises nothing."""
    name = uuid4().hex
    queue.push(name, b"{}")
    queue.push(name, b"{}")
    assert len([task for task in waiting(url) if name in json.dumps(task)]) == 1


def test_short_outage_is_retried_and_a_long_one_is_unwell(queue: CloudQueue, url: str) -> None:
    """A queue that answers 503 is retried for a moment, then the caller is told."""
    requests.post(f"{url}/_tasks", json={"down": True}, timeout=5).raise_for_status()
    began = time.monotonic()
    try:
        with pytest.raises(Unwell):
            queue.push(uuid4().hex, b"{}")
    finally:
        requests.post(f"{url}/_tasks", json={"down": False}, timeout=5).raise_for_status()
    assert 1 < time.monotonic() - began < 5
    queue.push(uuid4().hex, b"{}")


def test_unknown_queue_is_unwell(url: str) -> None:
    """A queue that does not exist (a wrong setting, or one waking up) is no silent loss."""
    other = CloudQueue(QUEUE + "x", "http://127.0.0.1:9/", endpoint=url)
    with pytest.raises(Unwell):
        other.push("a", b"{}")
    other.close()


@pytest.mark.parametrize("hangs", [False, True], ids=["refuses", "hangs"])
def test_queue_that_is_not_there_is_unwell_in_time(*, hangs: bool) -> None:
    """Nothing listening, or something that never answers: Unwell within about four seconds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not hangs:
            server.close()
        queue = CloudQueue(QUEUE, "http://127.0.0.1:9/", endpoint=f"http://127.0.0.1:{port}")
        began = time.monotonic()
        with pytest.raises(Unwell):
            queue.push("a", b"{}")
        assert time.monotonic() - began < 5
        queue.close()


def test_as_many_pushes_at_once_as_the_webhook_has_threads_keep_their_connections(rendezvous: str) -> None:
    """Thirty-two pushes at the same time: none of their connections is thrown away for want of a place to
    keep it.
    """
    queue = CloudQueue(QUEUE, "http://127.0.0.1:9/", endpoint=rendezvous)
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda number: queue.push(f"{number}", b"{}"), range(32)))
    queue.close()
