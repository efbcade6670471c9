"""The load generator: as many requests as the server takes, from a process of its own.

`wrk` is used where it is installed; else this one, a single thread over epoll that sends prepared bytes and
counts answers. It takes a few per cent of what a Python server takes for a request; its own processor share
is reported, so that a bottleneck would show.

    python -m bench.load HOST PORT FILE --seconds 4 --connections 8 --cpu 1
"""

from __future__ import annotations

import argparse
import json
import os
import re
import selectors
import shutil
import socket
import struct
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

_LUA = """
local requests, at = {}, 0
function init(args)
  local file = io.open(args[1], "rb")
  while true do
    local head = file:read(4)
    if not head then break end
    local a, b, c, d = head:byte(1, 4)
    requests[#requests + 1] = file:read(a + b * 256 + c * 65536 + d * 16777216)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
"""


@dataclass(frozen=True, slots=True)
class Result:
    """`errors` are answers other than 200 and broken connections; `cpu` is the generator's own share of one
    core.
    """

    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int
    cpu: float
    tool: str


def keep(requests: list[bytes], path: Path) -> Path:
    """Write requests where a generator finds them: each after its length, 4 bytes little-endian."""
    with path.open("wb") as file:
        for request in requests:
            file.write(struct.pack("<I", len(request)) + request)
    return path


def run(
    host: str,
    port: int,
    file: Path,
    *,
    seconds: float,
    connections: int = 8,
    cpu: int | None = None,
    own: bool = False,
) -> Result:
    """Load the server from another process and wait for the figures."""
    if not own and (wrk := shutil.which("wrk")):
        return _wrk(wrk, host, port, file, seconds, connections, cpu)
    command = [
        sys.executable,
        "-m",
        "bench.load",
        host,
        str(port),
        str(file),
        "--seconds",
        str(seconds),
        "--connections",
        str(connections),
    ]
    command += ["--cpu", str(cpu)] if cpu is not None else []
    return Result(
        **json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    )


def _wrk(
    wrk: str, host: str, port: int, file: Path, seconds: float, connections: int, cpu: int | None
) -> Result:
    script = file.with_suffix(".lua")
    script.write_text(_LUA)
    command = [
        wrk,
        "-t1",
        f"-c{connections}",
        f"-d{seconds:.0f}s",
        "--latency",
        "-s",
        str(script),
        f"http://{host}:{port}/",
        "--",
        str(file),
    ]
    command = (
        ["taskset", "-c", str(cpu), *command] if cpu is not None and shutil.which("taskset") else command
    )
    before = os.times()
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    bad = sum(int(found) for found in re.findall(r"Non-2xx or 3xx responses: (\d+)", out))
    bad += sum(
        int(number) for line in re.findall(r"Socket errors: (.+)", out) for number in re.findall(r"\d+", line)
    )
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert rate, out
    return Result(float(rate[1]), _latency(out, "50"), _latency(out, "99"), bad, spent / seconds, "wrk")


def _latency(out: str, share: str) -> float:
    found = re.search(rf"\s{share}%\s+([\d.]+)(us|ms|s)", out)
    assert found, out
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]


class _Connection:
    """One keep-alive connection with one request under way."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self.sock = self._connect()
        self._left = b""
        self._buffer = b""
        self.began = 0.0

    def _connect(self) -> socket.socket:
        sock = socket.create_connection(self._address)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def again(self) -> None:
        self.sock.close()
        self.sock = self._connect()

    def send(self, request: bytes) -> None:
        self._buffer = b""
        self.began = time.perf_counter()
        self.sock.sendall(request)

    def receive(self) -> bytes | None:
        """The whole answer once it is here, b"" when the connection ended."""
        data = self.sock.recv(65536)
        if not data:
            return b""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        found = re.search(rb"(?i)\r\ncontent-length: (\d+)", self._buffer[: end + 2])
        whole = end + 4 + (int(found[1]) if found else 0)
        return self._buffer if len(self._buffer) >= whole else None


def generate(host: str, port: int, requests: list[bytes], seconds: float, connections: int) -> Result:
    """Closed loop: each connection sends its next request when the last one is answered."""
    selector = selectors.DefaultSelector()
    times: list[float] = []
    errors = at = 0
    began, spent = time.perf_counter(), time.process_time()
    for _ in range(connections):
        connection = _Connection((host, port))
        selector.register(connection.sock, selectors.EVENT_READ, connection)
        connection.send(requests[at % len(requests)])
        at += 1
    until = began + seconds
    while time.perf_counter() < until:
        for key, _ in selector.select(0.5):
            connection = key.data
            answer = connection.receive()
            if answer is None:
                continue
            if answer.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
                times.append(time.perf_counter() - connection.began)
            else:
                errors += 1
            if not answer or b"onnection: close" in answer[:300]:
                selector.unregister(connection.sock)
                connection.again()
                selector.register(connection.sock, selectors.EVENT_READ, connection)
            connection.send(requests[at % len(requests)])
            at += 1
    elapsed = time.perf_counter() - began
    times.sort()
    share = (time.process_time() - spent) / elapsed
    return Result(
        len(times) / elapsed,
        1000 * times[len(times) // 2],
        1000 * times[len(times) * 99 // 100],
        errors,
        share,
        "own",
    )


def main() -> None:
    """Generate and print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--cpu", type=int)
    args = parser.parse_args()
    if args.cpu is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {args.cpu})
    data, requests, at = args.file.read_bytes(), [], 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        requests.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    print(json.dumps(asdict(generate(args.host, args.port, requests, args.seconds, args.connections))))


if __name__ == "__main__":
    main()
