"""Cloud Tasks (and Cloud Scheduler) on one machine: a REST server that the real `google-cloud-tasks` client
talks to.

It is one process with one queue, and its state is in one sqlite file, so that tasks outlive a SIGKILL as they
do in the cloud. What it imitates is written beside each rule; what it adds is `GET /_tasks` (what is waiting)
and `POST /_tasks` (switches, see `QueueSwitches`).

    python -m infra.local.tasks --port 8123 --db tasks.sqlite --queue projects/p/locations/l/queues/q
    [--sweep-url URL]
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import re
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.serve import LocalOnly, serve

NAME_TAKEN_S = 24 * 3600
"""Seconds for which a name stays taken after its task is gone (CreateTaskRequest: up to 24 hours)."""

_TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")
_MAX_TASK_BYTES = 1 << 20
_DEADLINE = "600s"  # of HTTP targets, when the task names none
_AHEAD = timedelta(days=30)
_RATES_EVERY_S = 8 * 3600.0
_DURATION = re.compile(r"(\d+(?:\.\d+)?)s")
_instant: TypeAdapter[datetime] = TypeAdapter(datetime)

_SCHEMA = """
pragma journal_mode = wal;
pragma synchronous = normal;
create table if not exists tasks (
    name text primary key, body text not null, due real not null, created real not null,
    attempts integer not null default 0, responses integer not null default 0, previous integer, gone real
);
create index if not exists tasks_due on tasks (due) where gone is null;
create table if not exists switches (one integer primary key check (one = 1), body text not null);
"""


class QueueSwitches(BaseModel):
    """The queue's settings and its misbehaviour; times in seconds unless named otherwise. Kept over
    restarts.
    """

    model_config = ConfigDict(extra="forbid")

    paused: bool = False
    duplicate: float = 0.0
    """Chance that a task is delivered twice at once."""
    latency_ms: float = 0.0
    """Milliseconds added to each answer to a client, with 20 % jitter."""
    down: bool = False
    """Every call of a client is answered 503."""
    min_backoff: float = 0.1
    max_backoff: float = 60.0
    max_doublings: int = 16
    max_concurrent: int = 10
    per_second: float = 500.0
    deadline_factor: float = 1.0
    """Factor of every dispatch deadline; the cloud's shortest is 15 s, too long for a test of it."""
    sweep_every: float = 60.0
    """Seconds between two sweeps; 0 stops them."""


def backoff(attempts: int, switches: QueueSwitches) -> float:
    """Returns the seconds before the next try after `attempts` tries: doubling, then linear, then flat
    (Queue.retry_config).
    """
    doublings = min(max(attempts - 1, 0), switches.max_doublings)
    step = switches.min_backoff * 2.0**doublings
    return min(switches.max_backoff, step * (1 + max(attempts - 1 - switches.max_doublings, 0)))


class GoogleError(Exception):
    """An answer to the client in Google's error shape."""

    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(message)
        self.code, self.status = code, status


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A task as stored; `due` and `created` are epoch seconds."""

    name: str
    body: dict[str, Any]
    due: float
    attempts: int
    responses: int
    previous: int | None

    @property
    def deadline(self) -> float:
        """Seconds that one try may take."""
        return _seconds(self.body.get("dispatchDeadline", _DEADLINE))


class Shelf:
    """The tasks on disk."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_SCHEMA)
        kept = self._db.execute("select body from switches").fetchone()
        self.switches = QueueSwitches.model_validate_json(kept[0]) if kept else QueueSwitches()

    def change(self, changes: dict[str, Any]) -> QueueSwitches:
        """Change the named switches and keep them."""
        self.switches = QueueSwitches.model_validate(self.switches.model_dump() | changes)
        self._db.execute("insert or replace into switches values (1, ?)", (self.switches.model_dump_json(),))
        return self.switches

    def create(self, queue: str, task: dict[str, Any], now: float) -> dict[str, Any]:
        """Keep a new task and return it as the client reads it. Raises GoogleError."""
        name = task.setdefault("name", f"{queue}/tasks/{uuid4().hex}")
        if not name.startswith(f"{queue}/tasks/") or not _TASK_ID.fullmatch(
            name.removeprefix(f"{queue}/tasks/")
        ):
            raise GoogleError(
                400,
                "INVALID_ARGUMENT",
                f"Task name {name!r} does not fit the queue or the pattern [A-Za-z0-9_-]{{1,500}}.",
            )
        if not task.get("httpRequest", {}).get("url"):
            raise GoogleError(400, "INVALID_ARGUMENT", "HttpRequest.url is required.")
        try:
            due = (
                _instant.validate_python(task["scheduleTime"]).timestamp() if "scheduleTime" in task else now
            )
            limit = _seconds(task.get("dispatchDeadline", _DEADLINE))
            base64.b64decode(task["httpRequest"].get("body", ""), validate=True)
        except (ValidationError, ValueError) as error:
            raise GoogleError(400, "INVALID_ARGUMENT", str(error)) from error
        if due > now + _AHEAD.total_seconds():
            raise GoogleError(400, "INVALID_ARGUMENT", "The schedule time is more than 30 days ahead.")
        if not 15 <= limit <= 1800:
            raise GoogleError(400, "INVALID_ARGUMENT", "The dispatch deadline must be between 15s and 1800s.")
        body = json.dumps(task)
        if len(body) > _MAX_TASK_BYTES:
            raise GoogleError(400, "INVALID_ARGUMENT", "Task size too large.")
        self._db.execute("delete from tasks where gone < ?", (now - NAME_TAKEN_S,))
        try:
            self._db.execute(
                "insert into tasks (name, body, due, created) values (?, ?, ?, ?)", (name, body, due, now)
            )
        except sqlite3.IntegrityError as error:
            raise GoogleError(
                409,
                "ALREADY_EXISTS",
                "The task cannot be created because a task with this name existed too recently.",
            ) from error
        at = {"scheduleTime": _rfc3339(due), "createTime": _rfc3339(now), "dispatchDeadline": f"{limit:g}s"}
        return (
            {key: value for key, value in task.items() if key != "httpRequest"}
            | at
            | {"httpRequest": {"url": task["httpRequest"]["url"], "httpMethod": 1}}
        )

    def due(self, now: float, limit: int, running: set[str]) -> list[StoredTask]:
        """Returns up to `limit` tasks whose time has come and that are not being tried, the oldest first."""
        rows = self._db.execute(
            "select name, body, due, attempts, responses, previous from tasks where gone is null and due <= "
            "? order by due limit ?",
            (now, limit + len(running)),
        )
        return [
            StoredTask(name, json.loads(body), *rest) for name, body, *rest in rows if name not in running
        ][:limit]

    def next_due(self, after: float) -> float | None:
        """Returns when the first task after `after` is due, in epoch seconds; None without one."""
        found: float | None = self._db.execute(
            "select min(due) from tasks where gone is null and due > ?", (after,)
        ).fetchone()[0]
        return found

    def done(self, name: str, now: float) -> None:
        """Marks the task as over; its name stays taken."""
        self._db.execute("update tasks set gone = ?, attempts = attempts + 1 where name = ?", (now, name))

    def again(self, task: StoredTask, status: int | None, due: float) -> None:
        """Records that the try failed with `status` (None: no answer) and that the next one is at `due`."""
        answered = int(status is not None and status < 500)  # TaskExecutionCount leaves 5xx out
        self._db.execute(
            "update tasks set attempts = attempts + 1, responses = responses + ?, previous = ?, due = ? "
            "where name = ? and gone is null",
            (answered, status, due, task.name),
        )

    def rows(self) -> list[dict[str, Any]]:
        """Returns every task that waits, without its request."""
        rows = self._db.execute(
            "select name, due, attempts, previous from tasks where gone is null order by due"
        ).fetchall()
        return [dict(zip(("name", "due", "attempts", "previous"), row, strict=True)) for row in rows]

    def look(self, name: str) -> dict[str, Any] | None:
        """Returns a task that waits, as Cloud Tasks' BASIC view tells it; None when it is over or was never
        there.
        """
        row = self._db.execute(
            "select attempts, previous from tasks where name = ? and gone is null", (name,)
        ).fetchone()
        if row is None:
            return None
        tried = {"responseStatus": {"code": 13, "message": f"HTTP status code {row[1]}"}} if row[1] else {}
        return {"name": name, "dispatchCount": row[0]} | ({"lastAttempt": tried} if row[0] else {})

    def finished(self) -> int:
        """Returns how many tasks are over (of those whose names are still taken)."""
        count: int = self._db.execute("select count(*) from tasks where gone is not null").fetchone()[0]
        return count

    def retarget(self, old: str, new: str) -> None:
        """Point waiting tasks at the worker's new address; a restarted stack may listen on another port."""
        self._db.execute(
            "update tasks set body = replace(body, ?, ?) where gone is null",
            (json.dumps(old)[1:-1], json.dumps(new)[1:-1]),
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class Dispatcher:
    """Delivers due tasks over HTTP until told to stop."""

    def __init__(self, shelf: Shelf, queue: str, sweep_url: str | None) -> None:
        self.shelf, self.queue, self.sweep_url = shelf, queue, sweep_url
        self.running: set[str] = set()
        self.delivered = 0
        self._wake = asyncio.Event()
        self._jobs: set[asyncio.Task[None]] = set()
        self._slow_until = 0.0
        self._slow_step = 0.0
        self._tokens, self._filled = 1.0, time.monotonic()
        self._http: aiohttp.ClientSession

    def wake(self) -> None:
        """Makes the loop look at the shelf now."""
        self._wake.set()

    async def run(self) -> None:
        """Runs the two loops, until cancelled."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(
            connector=connector, headers={"User-Agent": "Google-Cloud-Tasks"}
        ) as self._http:
            try:
                await asyncio.gather(self._dispatch_forever(), self._sweep_forever())
            finally:
                for job in self._jobs:
                    job.cancel()
                await asyncio.gather(*self._jobs, return_exceptions=True)

    async def _dispatch_forever(self) -> None:
        while True:
            self._wake.clear()
            pause = self._dispatch_due()
            try:
                await asyncio.wait_for(self._wake.wait(), pause)
            except TimeoutError:
                continue

    def _dispatch_due(self) -> float:
        """Start what may start; returns the seconds until there may be more."""
        now, switches = time.time(), self.shelf.switches
        room = switches.max_concurrent - len(self.running)
        if switches.paused or room <= 0:
            return 1.0
        if now < self._slow_until:
            return self._slow_until - now
        for task in self.shelf.due(now, room, self.running):
            if not self._token(switches.per_second):
                return 1 / switches.per_second
            self.running.add(task.name)
            self._start(self._try(task))
            if random.random() < switches.duplicate:
                self._start(self._deliver_quietly(task))
        due = self.shelf.next_due(now)
        return 1.0 if due is None else min(1.0, max(0.001, due - time.time()))

    def _token(self, per_second: float) -> bool:
        now = time.monotonic()
        burst = max(1.0, per_second / 5)
        self._tokens = min(burst, self._tokens + (now - self._filled) * per_second)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _start(self, work: Any) -> None:
        job = asyncio.create_task(work)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _try(self, task: StoredTask) -> None:
        try:
            status, retry_after = await self._deliver(task)
            now = time.time()
            if status is not None and 200 <= status < 300:
                self.shelf.done(task.name, now)
                self._slow_step = 0.0
                return
            wait = backoff(task.attempts + 1, self.shelf.switches)
            if status in {429, 503}:  # these slow the whole queue
                self._slow_step = min(max(self._slow_step * 2, 0.5), 30.0)
                self._slow_until = now + max(self._slow_step, retry_after)
            self.shelf.again(task, status, now + max(wait, retry_after))
        finally:
            self.running.discard(task.name)
            self.wake()

    async def _deliver_quietly(self, task: StoredTask) -> None:
        await self._deliver(task)

    async def _deliver(self, task: StoredTask) -> tuple[int | None, float]:
        """Makes one try; returns (status or None without an answer, seconds of Retry-After)."""
        request = task.body["httpRequest"]
        headers = {"Content-Type": "application/octet-stream"} | request.get("headers", {})
        headers |= {
            "X-CloudTasks-QueueName": self.queue.rsplit("/", 1)[1],
            "X-CloudTasks-TaskName": task.name.rsplit("/", 1)[1],
            "X-CloudTasks-TaskRetryCount": str(task.attempts),
            "X-CloudTasks-TaskExecutionCount": str(task.responses),
            "X-CloudTasks-TaskETA": f"{task.due:.6f}",
        }
        if task.previous is not None:
            headers |= {
                "X-CloudTasks-TaskPreviousResponse": str(task.previous),
                "X-CloudTasks-TaskRetryReason": f"HTTP_{task.previous}",
            }
        if "oidcToken" in request:
            headers["Authorization"] = f"Bearer {_marker(request)}"
        self.delivered += 1
        try:
            async with (
                asyncio.timeout(task.deadline * self.shelf.switches.deadline_factor),
                self._http.post(
                    request["url"], data=base64.b64decode(request.get("body", "")), headers=headers
                ) as answer,
            ):
                await answer.read()
                retry_after = answer.headers.get("Retry-After", "0")
                return answer.status, float(retry_after) if retry_after.isdigit() else 0.0
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None, 0.0

    async def _sweep_forever(self) -> None:
        last, rated = time.monotonic(), -_RATES_EVERY_S
        while True:
            await asyncio.sleep(0.2)
            every = self.shelf.switches.sweep_every
            if (
                self.sweep_url
                and every
                and not self.shelf.switches.paused
                and time.monotonic() - last >= every
            ):
                last = time.monotonic()
                await self.sweep()
                if last >= rated + _RATES_EVERY_S:
                    rated = last
                    await self._schedule(b'{"kind":"rates"}')

    async def sweep(self) -> int | None:
        """Posts what Cloud Scheduler posts; returns the answer's status, None without an answer."""
        return await self._schedule(b'{"kind":"sweep"}')

    async def _schedule(self, body: bytes) -> int | None:
        if not self.sweep_url:
            return None
        headers = {
            "User-Agent": "Google-Cloud-Scheduler",
            "X-CloudScheduler": "true",
            "Content-Type": "application/json",
        }
        try:
            async with (
                asyncio.timeout(180),
                self._http.post(self.sweep_url, data=body, headers=headers) as answer,
            ):
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None


def _seconds(duration: str) -> float:
    """Returns the seconds of a protobuf Duration in JSON ("90s"). Raises ValueError."""
    if not (found := _DURATION.fullmatch(duration)):
        raise ValueError(f"{duration!r} is no duration.")
    return float(found[1])


def _marker(request: dict[str, Any]) -> str:
    """Returns a token in OIDC's shape that proves nothing: algorithm none, no signature."""
    claims = {
        "email": request["oidcToken"].get("serviceAccountEmail"),
        "aud": request["oidcToken"].get("audience", request["url"]),
    }
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def _rfc3339(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def build(shelf: Shelf, queue: str, sweep_url: str | None = None) -> Starlette:  # noqa: C901 - a list of small endpoints
    """Returns the application: Cloud Tasks' REST for one queue, and `/_tasks`."""
    state: dict[str, Dispatcher] = {}

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        state["it"] = Dispatcher(shelf, queue, sweep_url)
        loop = asyncio.create_task(state["it"].run())
        yield
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        shelf.close()

    async def guard(path: str) -> None:
        switches = shelf.switches
        if switches.latency_ms:
            await asyncio.sleep(switches.latency_ms / 1000 * random.uniform(0.8, 1.2))
        if switches.down:
            raise GoogleError(503, "UNAVAILABLE", "The service is currently unavailable.")
        if path != queue:
            raise GoogleError(404, "NOT_FOUND", "Requested entity was not found.")

    def refuse(_: Request, error: Exception) -> Response:
        assert isinstance(error, GoogleError)
        return JSONResponse(
            {"error": {"code": error.code, "status": error.status, "message": str(error)}}, error.code
        )

    async def create(request: Request) -> Response:
        await guard(request.path_params["queue"])
        answer = shelf.create(queue, (await request.json())["task"], time.time())
        state["it"].wake()
        return JSONResponse(answer)

    async def task(request: Request) -> Response:
        await guard(request.path_params["queue"])
        found = shelf.look(request.url.path.removeprefix("/v2/"))
        if found is None:
            raise GoogleError(404, "NOT_FOUND", "The task no longer exists, or was never there.")
        return JSONResponse(found)

    async def describe(request: Request) -> Response:
        await guard(request.path_params["queue"])
        return JSONResponse({"name": queue, "state": 2 if shelf.switches.paused else 1})

    async def pause(request: Request) -> Response:
        await guard(request.path_params["queue"])
        shelf.change({"paused": request.url.path.endswith(":pause")})
        state["it"].wake()
        return JSONResponse({"name": queue, "state": 2 if shelf.switches.paused else 1})

    async def look(_: Request) -> Response:
        return JSONResponse(
            {
                "switches": shelf.switches.model_dump(),
                "waiting": shelf.rows(),
                "running": sorted(state["it"].running),
                "done": shelf.finished(),
                "delivered": state["it"].delivered,
            }
        )

    async def switch(request: Request) -> Response:
        try:
            changed = shelf.change(await request.json())
        except ValidationError as error:
            return JSONResponse({"error": str(error)}, 400)
        state["it"].wake()
        return JSONResponse(changed.model_dump())

    async def sweep(_: Request) -> Response:
        return JSONResponse({"status": await state["it"].sweep()})

    return Starlette(
        routes=[
            Route("/v2/{queue:path}/tasks", create, methods=["POST"]),
            Route("/v2/{queue:path}/tasks/{name}", task),
            Route("/v2/{queue:path}:pause", pause, methods=["POST"]),
            Route("/v2/{queue:path}:resume", pause, methods=["POST"]),
            Route("/v2/{queue:path}", describe),
            Route("/_tasks", look),
            Route("/_tasks", switch, methods=["POST"]),
            Route("/_tasks/sweep", sweep, methods=["POST"]),
        ],
        exception_handlers={GoogleError: refuse},
        middleware=[LocalOnly.middleware()],
        lifespan=lifespan,
    )


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.tasks")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--queue", required=True)
    parser.add_argument("--sweep-url")
    parser.add_argument("--set", default="{}", help="switches to begin with, JSON")
    parser.add_argument("--retarget", nargs=2, metavar=("OLD", "NEW"))
    args = parser.parse_args()
    shelf = Shelf(args.db)
    shelf.change(json.loads(args.set))
    if args.retarget:
        shelf.retarget(*args.retarget)
    serve(build(shelf, args.queue, args.sweep_url), args.port)


if __name__ == "__main__":
    main()
