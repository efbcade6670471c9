"""Renders what the terminal shows: the conversation as the user sees it, and the functions' log lines,
shortened.
"""

from __future__ import annotations

import json
import sys
import textwrap
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.local.simulator import Message

_WIDTH = 76
_ICONS = {"image": "📷", "document": "📄", "audio": "🎤", "video": "🎬", "sticker": "🌟"}
_COLOURS = {"WARNING": "\033[33m", "ERROR": "\033[31m", "CRITICAL": "\033[31m"}
_SHOWN = (
    "status", "outcome", "reason", "failure", "code", "task", "kind", "seq", "attempt", "retries", "messages",
    "statuses", "admitted", "verdict",
    "engine", "extract_ms", "sent", "released", "total_ms", "age_ms", "document",
)  # fmt: skip
"""The fields of a canonical line that a person at the terminal reads, the cause first; the log file has all
of them.
"""
_IDS = ("document", "tenant", "user")
"""Fields shown last, by as many signs as `infra.ops show` needs to find one."""
_SIGNS = 8
_QUIET, _RESET = "\033[2m", "\033[0m"


def render(conversation: Sequence[Message], since: int = 0, name: str = "Tú") -> str:
    """Returns bubbles, from the `since`-th message on: the user's on the right, Cuadra's on the left, with
    time, quote and ticks.
    """
    by_wamid = {message["wamid"]: message for message in conversation}
    return "\n\n".join(_bubble(message, by_wamid, name) for message in conversation[since:])


def _bubble(message: Message, by_wamid: dict[str, Message], name: str) -> str:
    mine = message["direction"] == "in"
    at = datetime.fromtimestamp(message["at"], UTC).astimezone().strftime("%H:%M:%S")
    ticks = (
        ""
        if mine
        else {"sent": " ✓", "delivered": " ✓✓", "read": " ✓✓ leído", "failed": " ✗ no entregado"}.get(
            message["status"] or "", ""
        )
    )
    quoted = by_wamid.get(message["quoted"] or "")
    lines = [f"{name if mine else 'Cuadra'} · {at}{ticks}"]
    lines += [f"│ {textwrap.shorten(label(quoted), 60, placeholder='…')}"] if quoted else []
    for line in label(message).split("\n"):
        lines += textwrap.wrap(line, _WIDTH - 14, break_long_words=False, break_on_hyphens=False) or [""]
    lines += (
        ["  ".join(f"[{option['title']}]" for option in message["offered"]["options"])]
        if message.get("offered")
        else []
    )
    margin = " " * 14 if mine else ""
    return "\n".join(f"{margin}{line}".rstrip() for line in lines)


def label(message: Message) -> str:
    """Returns a message's text or, for a file, its name."""
    text = message["text"] or ""
    if message["file"]:
        return f"{_ICONS.get(message['kind'], '📎')} {message['filename']}" + (f"\n{text}" if text else "")
    return text if text.strip() else "(mensaje vacío)"


class Follower:
    """Shows the canonical lines and warnings of the functions' logs on stderr as they come, one short line
    each.
    """

    def __init__(self, logs: dict[str, Path]) -> None:
        self._logs = logs
        self._colour = sys.stderr.isatty()

    def start(self) -> None:
        """Shows lines from the files' present ends on, until the process ends."""
        self._offsets = {
            name: path.stat().st_size if path.exists() else 0 for name, path in self._logs.items()
        }
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        while True:
            self._look()
            time.sleep(0.1)

    def _look(self) -> None:
        for name, path in self._logs.items():
            if not path.exists() or path.stat().st_size <= self._offsets[name]:
                continue
            with path.open("rb") as file:
                file.seek(self._offsets[name])
                fresh = file.read()
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._offsets[name] += len(whole)
            for line in whole.decode(errors="replace").splitlines():
                if short := short_line(name, line, colour=self._colour):
                    print(short, file=sys.stderr, flush=True)


def short_line(name: str, line: str, *, colour: bool) -> str | None:
    """Returns one log line for the terminal, or None where no person needs to see it."""
    try:
        entry: dict[str, Any] = json.loads(line)
        severity, message = entry.pop("severity", "INFO"), entry.pop("message")
        at = datetime.fromisoformat(entry.pop("time")).astimezone().strftime("%H:%M:%S")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if severity not in _COLOURS and (message != "request" or _routine(entry)):
        return None
    if "exception" in entry:
        entry["exception"] = entry["exception"].rsplit("\n", 1)[-1]
    if entry.get("task") == "message":
        entry.setdefault("sent", 0)  # an answer may be written and wait for WhatsApp
    known = [key for key in _SHOWN if key in entry and key not in _IDS]
    others = (
        []
        if message == "request" and severity not in _COLOURS
        else [key for key in entry if key not in (*_SHOWN, *_IDS)]
    )
    entry = {key: entry[key] for key in (*known, *others, *(key for key in _IDS if key in entry))}
    entry |= {key: str(entry[key])[:_SIGNS] for key in _IDS if entry.get(key)}
    detail = " ".join(
        f"{key}={_short(value)}"
        for key, value in entry.items()
        if not key.startswith("logging.") and _tells(key, value)
    )
    text = textwrap.shorten(
        f"{at} {name:<7} {severity if severity in _COLOURS else ''} "
        f"{'' if message == 'request' else message} {detail}",
        200,
    )
    return f"{_COLOURS.get(severity, _QUIET)}{text}{_RESET}" if colour else text


def _routine(entry: Mapping[str, Any]) -> bool:
    """True where a request is one that comes all the time and changed nothing: a sweep, or receipts of what
    we sent.
    """
    return entry.get("outcome") == "swept" or bool(entry.get("statuses") and not entry.get("messages"))


def _tells(key: str, value: object) -> bool:
    """True where a field is worth its place: an empty one is not, except a `sent` of 0, which says that an
    answer waits.
    """
    return value not in (None, "", {}, [], 0) or (key == "sent" and value == 0)


def _short(value: object) -> str:
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if isinstance(value, dict | list)
        else str(value)
    )
