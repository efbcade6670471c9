"""Servers under test as processes of their own, and what they cost: processor seconds, wall-clock seconds,
memory.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from infra.local.here import HOST, free_port

ROOT = Path(__file__).parents[1]
TARGETS = Path(__file__).parent / "targets"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A function under the functions framework. `started` is when its process was made (monotonic)."""

    process: subprocess.Popen[bytes]
    port: int
    started: float

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    def cpu_s(self) -> float:
        """Processor seconds of everything in its session, what has ended included."""
        return sum(_cpu(pid) for pid in members(self.process.pid))

    def memory_mb(self) -> float:
        """Resident memory of everything in its session, shared pages counted once."""
        return sum(pss_kb(pid) for pid in members(self.process.pid)) / 1024


@contextlib.contextmanager
def function(
    source: Path,
    target: str,
    env: Mapping[str, str] | None = None,
    *,
    threads: int = 8,
    cpu: int | None = None,
    log: IO[bytes] | None = None,
) -> Iterator[Server]:
    """`target` of `source` under the functions framework's gunicorn, as the cloud starts it; `cpu` pins it to
    one core.
    """
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("functions-framework")),
        f"--source={source}",
        f"--target={target}",
        f"--host={HOST}",
        f"--port={port}",
    ]
    with serving(command, port, env, threads=threads, cpu=cpu, log=log) as server:
        yield server


@contextlib.contextmanager
def serving(
    command: list[str],
    port: int,
    env: Mapping[str, str] | None = None,
    *,
    threads: int = 8,
    cpu: int | None = None,
    log: IO[bytes] | None = None,
) -> Iterator[Server]:
    """A server process, killed with its whole group at the end."""
    given = (
        os.environ
        | {"PYTHONUNBUFFERED": "1", "WORKERS": "1", "THREADS": str(threads), "PYTHONPATH": str(ROOT)}
        | dict(env or {})
    )
    out = log or subprocess.DEVNULL
    started = time.monotonic()
    process = subprocess.Popen(
        command, env=given, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
    )
    if cpu is not None:
        pin(process.pid, cpu)
    try:
        yield Server(process, port, started)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def pin(pid: int, cpu: int) -> None:
    """Keep a process (and its children) on one core, where the system can."""
    if hasattr(os, "sched_setaffinity") and cpu < (os.cpu_count() or 1):
        os.sched_setaffinity(pid, {cpu})


def wait_listening(server: Server, seconds: float = 60) -> None:
    """Until it takes connections. Raises RuntimeError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended with {server.process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, server.port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError("the server does not listen")


def exchange(port: int, request: bytes, seconds: float = 60) -> bytes:
    """One raw request on a connection of its own; returns the whole answer."""
    with socket.create_connection((HOST, port), timeout=seconds) as sock:
        head, _, body = request.partition(b"\r\n\r\n")
        sock.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)
        out = b""
        while chunk := sock.recv(65536):
            out += chunk
        return out


def members(session: int) -> list[int]:
    """The processes of a session."""
    found = []
    for entry in [path.name for path in Path("/proc").iterdir()]:
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session:
                    found.append(int(entry))
    return found


def descendants(root: int) -> list[int]:
    """A process and all that it started."""
    parents: dict[int, int] = {}
    for entry in [path.name for path in Path("/proc").iterdir()]:
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                parents[int(entry)] = int(
                    Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1]
                )
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def pss_kb(pid: int) -> int:
    """Proportional resident memory of a process, 0 when it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _cpu(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(value) for value in fields[11:15]) / _TICKS
    return 0.0


def busy_s() -> tuple[float, float]:
    """(busy, total) processor seconds of the whole machine since it started."""
    fields = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / _TICKS, sum(fields) / _TICKS
