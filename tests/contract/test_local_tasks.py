import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
from google.api_core.exceptions import BadRequest, Conflict, NotFound, ServiceUnavailable
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2
from google.protobuf import duration_pb2, timestamp_pb2

from infra.local.here import free_port, listens
from infra.local.tasks import QueueSwitches, backoff

pytestmark = pytest.mark.contract

QUEUE = "projects/cuadra/locations/local/queues/documents"


def eventually(check: Callable[[], Any], timeout: float = 5.0) -> Any:
    until = time.monotonic() + timeout
    while not (found := check()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)
    return found


@dataclass
class Worker:
    """Answers from a script (then 200) and keeps what came."""

    url: str
    script: list[tuple[int, float]] = field(default_factory=list)
    seen: list[tuple[float, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def worker() -> Iterator[Worker]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            it.seen.append((time.time(), dict(self.headers), body))
            status, pause = it.script.pop(0) if it.script else (200, 0.0)
            time.sleep(pause)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it = Worker(f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield it
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def standing(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "infra.local.tasks",
        "--port",
        str(port),
        "--db",
        str(folder / "tasks.sqlite"),
        "--queue",
        QUEUE,
        *more,
    ]
    process = subprocess.Popen(command)
    try:
        eventually(lambda: listens(port) if process.poll() is None else pytest.fail("it ended"), 10)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with standing(tmp_path_factory.mktemp("tasks")) as (_, url):
        yield url


@pytest.fixture(autouse=True)
def _calm(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "url" in request.fixturenames:
        requests.post(
            request.getfixturevalue("url") + "/_tasks", json=QueueSwitches().model_dump(), timeout=5
        ).raise_for_status()


def client(url: str) -> tasks_v2.CloudTasksClient:
    return tasks_v2.CloudTasksClient(
        transport="rest", client_options={"api_endpoint": url}, credentials=AnonymousCredentials()
    )


def push(
    url: str,
    worker: str,
    name: str | None = None,
    *,
    at: datetime | None = None,
    body: bytes = b"\xff\xfe",
    queue: str = QUEUE,
    deadline: int = 90,
) -> tasks_v2.Task:
    task = tasks_v2.Task(
        name=f"{queue}/tasks/{name}" if name else None,
        http_request=tasks_v2.HttpRequest(
            url=worker,
            http_method=tasks_v2.HttpMethod.POST,
            headers={"Content-Type": "application/json"},
            body=body,
            oidc_token=tasks_v2.OidcToken(service_account_email="tasks@cuadra.test", audience=worker),
        ),
        dispatch_deadline=duration_pb2.Duration(seconds=deadline),
    )
    if at:
        stamp = timestamp_pb2.Timestamp()
        stamp.FromDatetime(at)
        task.schedule_time = stamp
    return client(url).create_task(parent=queue, task=task)


def switch(url: str, **changes: Any) -> None:
    requests.post(url + "/_tasks", json=changes, timeout=5).raise_for_status()


def test_a_task_arrives_as_the_cloud_sends_it(url: str, worker: Worker) -> None:
    """The body is the same bytes, under Cloud Tasks' headers and a bearer token in OIDC's shape."""
    created = push(url, worker.url, "as-sent")
    eventually(lambda: worker.seen)
    _, headers, body = worker.seen[0]
    assert created.name == f"{QUEUE}/tasks/as-sent"
    assert body == b"\xff\xfe"
    assert {key: headers.get(key) for key in ("User-Agent", "Content-Type")} == {
        "User-Agent": "Google-Cloud-Tasks",
        "Content-Type": "application/json",
    }
    assert (headers["X-CloudTasks-QueueName"], headers["X-CloudTasks-TaskName"]) == ("documents", "as-sent")
    assert (headers["X-CloudTasks-TaskRetryCount"], headers["X-CloudTasks-TaskExecutionCount"]) == ("0", "0")
    assert headers["Authorization"].startswith("Bearer ey")


def test_a_name_is_taken_while_its_task_waits_and_after_it_is_gone(url: str, worker: Worker) -> None:
    """A second task of one name is a Conflict, before and after the first has run, and never runs."""
    switch(url, paused=True)
    push(url, worker.url, "taken")
    with pytest.raises(Conflict):
        push(url, worker.url, "taken")
    switch(url, paused=False)
    eventually(lambda: worker.seen)
    with pytest.raises(Conflict):
        push(url, worker.url, "taken")
    assert len(worker.seen) == 1


def test_a_scheduled_task_waits_for_its_time(url: str, worker: Worker) -> None:
    """A scheduleTime is the earliest moment of delivery."""
    at = datetime.now(UTC) + timedelta(seconds=0.6)
    push(url, worker.url, at=at)
    eventually(lambda: worker.seen)
    assert 0 <= worker.seen[0][0] - at.timestamp() < 0.5


def test_a_failed_try_comes_again_later_and_later(url: str, worker: Worker) -> None:
    """Tries repeat with doubling pauses until a 2xx, each counted in the headers; 5xx do not count as
    executions.
    """
    worker.script = [(500, 0), (404, 0), (500, 0)]
    push(url, worker.url)
    eventually(lambda: len(worker.seen) == 4)
    times = [at for at, _, _ in worker.seen]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert [headers["X-CloudTasks-TaskRetryCount"] for _, headers, _ in worker.seen] == ["0", "1", "2", "3"]
    assert [headers["X-CloudTasks-TaskExecutionCount"] for _, headers, _ in worker.seen] == [
        "0",
        "0",
        "1",
        "1",
    ]
    assert [headers.get("X-CloudTasks-TaskPreviousResponse") for _, headers, _ in worker.seen] == [
        None,
        "500",
        "404",
        "500",
    ]
    assert pauses[0] >= 0.1
    assert pauses[1] >= 0.2
    assert pauses[2] >= 0.4


def test_backoff_doubles_then_grows_by_steps_then_stays() -> None:
    """The pauses follow Queue.retry_config: 10 s doubled three times, then by 80 s, up to the maximum."""
    switches = QueueSwitches(min_backoff=10, max_backoff=300, max_doublings=3)
    assert [backoff(n, switches) for n in range(1, 9)] == [10, 20, 40, 80, 160, 240, 300, 300]


def test_a_try_over_its_deadline_is_a_failed_try(url: str, worker: Worker) -> None:
    """A worker that does not answer within dispatchDeadline is asked again (15 s, the shortest, scaled to 0.3
    s here).
    """
    switch(url, deadline_factor=0.02)
    worker.script = [(200, 1)]
    began = time.time()
    push(url, worker.url, deadline=15)
    eventually(lambda: len(worker.seen) == 2)
    assert 0.3 <= worker.seen[1][0] - began < 0.9


def test_too_many_requests_slows_the_whole_queue(url: str, worker: Worker) -> None:
    """After a 429 no task is delivered for a while, whoever's it is."""
    worker.script = [(429, 0)]
    push(url, worker.url)
    eventually(lambda: worker.seen)
    push(url, worker.url)
    eventually(lambda: len(worker.seen) == 3)
    assert worker.seen[1][0] - worker.seen[0][0] >= 0.45


def test_no_more_tries_at_once_than_allowed(url: str, worker: Worker) -> None:
    """max_concurrent bounds the tries that run at one moment."""
    switch(url, max_concurrent=2)
    worker.script = [(200, 0.3)] * 6
    for _ in range(6):
        push(url, worker.url)
    eventually(lambda: len(worker.seen) == 6)
    times = sorted(at for at, _, _ in worker.seen)
    assert times[2] - times[0] >= 0.28
    assert times[4] - times[2] >= 0.28


def test_a_task_can_come_twice(url: str, worker: Worker) -> None:
    """Duplicate delivery, when asked for, brings one task two times."""
    switch(url, duplicate=1.0)
    push(url, worker.url, "double")
    eventually(lambda: len(worker.seen) == 2)
    assert {headers["X-CloudTasks-TaskName"] for _, headers, _ in worker.seen} == {"double"}


def test_a_paused_queue_takes_tasks_and_delivers_none(url: str, worker: Worker) -> None:
    """The real client's pause_queue and resume_queue do what they say."""
    paused = client(url).pause_queue(name=QUEUE)
    push(url, worker.url)
    time.sleep(0.3)
    assert (paused.state, worker.seen) == (tasks_v2.Queue.State.PAUSED, [])
    client(url).resume_queue(name=QUEUE)
    eventually(lambda: worker.seen)


def test_tasks_outlive_a_kill(tmp_path: Path, worker: Worker) -> None:
    """After SIGKILL the waiting tasks are delivered, one whose try was running included, and taken names stay
    taken.
    """
    worker.script = [(200, 0), (200, 5)]
    with standing(tmp_path) as (process, url):
        push(url, worker.url, "done")
        eventually(lambda: not requests.get(url + "/_tasks", timeout=5).json()["waiting"])
        push(url, worker.url, "running")
        eventually(lambda: len(worker.seen) == 2)
        push(url, worker.url, "waiting", at=datetime.now(UTC) + timedelta(seconds=1))
        process.kill()
        process.wait()
    with standing(tmp_path) as (_, url):
        eventually(lambda: len(worker.seen) == 4, 10)
        with pytest.raises(Conflict):
            push(url, worker.url, "done")
    names = [headers["X-CloudTasks-TaskName"] for _, headers, _ in worker.seen]
    assert [*names[:2], *sorted(names[2:])] == ["done", "running", "running", "waiting"]


def test_what_the_cloud_refuses_is_refused(url: str, worker: Worker) -> None:
    """An unknown queue, a name outside the pattern and a time over 30 days ahead are errors; a queue that is
    down is ServiceUnavailable.
    """
    with pytest.raises(NotFound):
        push(url, worker.url, queue="projects/cuadra/locations/local/queues/none")
    with pytest.raises(BadRequest):
        push(url, worker.url, "wamid.HBg=")
    with pytest.raises(BadRequest):
        push(url, worker.url, at=datetime.now(UTC) + timedelta(days=31))
    switch(url, down=True)
    with pytest.raises(ServiceUnavailable):
        push(url, worker.url)


def test_the_sweep_is_posted_on_time(tmp_path: Path, worker: Worker) -> None:
    """The scheduler posts the sweep's JSON to the worker, again and again, and whenever it is asked to; with
    the first one, once, the day's rate's.
    """
    with standing(tmp_path, "--sweep-url", worker.url, "--set", json.dumps({"sweep_every": 0.3})) as (_, url):
        eventually(lambda: len(worker.seen) >= 4)
        assert requests.post(url + "/_tasks/sweep", timeout=5).json() == {"status": 200}
    assert [json.loads(body)["kind"] for _, _, body in worker.seen[:4]] == [
        "sweep",
        "rates",
        "sweep",
        "sweep",
    ]


def test_waiting_tasks_follow_the_worker_to_another_port(tmp_path: Path, worker: Worker) -> None:
    """A stack that comes back on other ports delivers what it had kept to the worker's new address."""
    with standing(tmp_path) as (_, url):
        push(url, "http://127.0.0.1:9/worker", "moved")
    with standing(tmp_path, "--retarget", "http://127.0.0.1:9", worker.url.rstrip("/")):
        eventually(lambda: worker.seen)


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_pages_of_other_sites_are_refused(url: str, headers: dict[str, str]) -> None:
    """A foreign Host (DNS rebinding) or Origin (CSRF) gets 403."""
    assert (
        requests.post(url + "/_tasks", json={"paused": True}, headers=headers, timeout=5).status_code == 403
    )
