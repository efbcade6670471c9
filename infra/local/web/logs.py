"""The functions' canonical lines, followed as they are written."""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

_KEPT = 500
"""Lines kept a user and function: a demo's conversation, not an archive."""


@dataclass(frozen=True, slots=True)
class Line:
    """A canonical line. `at` is when the request ended, epoch seconds; `fields` is the whole JSON object."""

    at: float
    fields: dict[str, Any]


class Log:
    """One function's `message: "request"` lines, by user. Each reading goes on where the last one ended."""

    def __init__(self, path: Path) -> None:
        self._path, self._offset, self._lock = path, 0, threading.Lock()
        self._lines: defaultdict[str, deque[Line]] = defaultdict(lambda: deque(maxlen=_KEPT))

    def of(self, user: str) -> list[Line]:
        """The user's lines so far, and those of batches of several users; the oldest first."""
        with self._lock:
            self._read()
            return sorted([*self._lines[user], *self._lines["several"]], key=lambda line: line.at)

    def _read(self) -> None:
        size = self._path.stat().st_size if self._path.exists() else 0
        if size < self._offset:  # begun anew
            self._offset = 0
            self._lines.clear()
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


def _line(raw: bytes) -> Line | None:
    if b'"request"' not in raw:
        return None
    try:
        fields = json.loads(raw)
        return Line(datetime.fromisoformat(fields["time"]).timestamp(), fields) if fields["message"] == "request" else None
    except (ValueError, KeyError, TypeError):
        return None
