"""Follows the functions' canonical lines as they are written."""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

_KEPT = 500
"""Lines kept for each user and function: enough for a demo's conversation; it is no archive."""
_KEPT_TRACES = 5000


@dataclass(frozen=True, slots=True)
class LogLine:
    """A canonical line. `at` is when the request ended, epoch seconds; `fields` is the whole JSON object."""

    at: float
    fields: dict[str, Any]


class Log:
    """One function's `message: "request"` lines, by user and by trace. Each reading goes on where the last
    one ended.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._offset, self._lock = path, 0, threading.Lock()
        self._lines: defaultdict[str, deque[LogLine]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._traces: dict[str, LogLine] = {}

    def of(self, user: str) -> list[LogLine]:
        """Returns the user's lines so far, and those of batches of several users, the oldest first."""
        with self._lock:
            self._read()
            return sorted([*self._lines[user], *self._lines["several"]], key=lambda line: line.at)

    def traced(self, traces: Iterable[str]) -> list[LogLine]:
        """Returns the lines of requests that came with these trace ids, in that order; a request that has no
        line yet is left out.
        """
        with self._lock:
            self._read()
            return [line for trace in traces if (line := self._traces.get(trace))]

    def _read(self) -> None:
        size = self._path.stat().st_size if self._path.exists() else 0
        if size < self._offset:  # the file was begun anew
            self._offset = 0
            self._lines.clear()
            self._traces.clear()
        if size == self._offset:
            return
        with self._path.open("rb") as file:
            file.seek(self._offset)
            fresh = file.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._offset += len(whole)
        for raw in whole.splitlines():
            if line := _line(raw):
                self._lines[str(line.fields.get("user"))].append(line)
                if trace := str(line.fields.get("logging.googleapis.com/trace", "")).rpartition("/")[2]:
                    self._traces[trace] = line
        while len(self._traces) > _KEPT_TRACES:
            del self._traces[next(iter(self._traces))]


def _line(raw: bytes) -> LogLine | None:
    if b'"request"' not in raw:
        return None
    try:
        fields = json.loads(raw)
        return (
            LogLine(datetime.fromisoformat(fields["time"]).timestamp(), fields)
            if fields["message"] == "request"
            else None
        )
    except (ValueError, KeyError, TypeError):
        return None
