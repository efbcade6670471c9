"""JSON lines on stdout in Cloud Logging's shape.

The functions framework's LOG_EXECUTION_ID merges its label into a line that is already a JSON object, so
nothing else is needed for that. A line about a request carries its trace (`request_context`).
"""

from __future__ import annotations

import contextvars
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

_TRACE = re.compile(r"([0-9a-fA-F]{32})(?:/(\d+))?(?:;o=\d)?")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")

_PHONE = re.compile(r"(?<![0-9A-Za-z])(\+?51)[\s.-]?\d{3}[\s.-]?\d{3}[\s.-]?(\d{3})(?![0-9A-Za-z])")
"""A Peruvian mobile number: 51 and nine digits, alone, however it is grouped."""
_TOKEN = re.compile(r"(?i)(bearer\s+|access_token=)[\w.~+/=|-]+|\bEAA[0-9A-Za-z]{20,}|\bya29\.[\w-]{20,}")
"""A bearer token, or a token of Meta's or Google's form without the word before it."""

_SUSPECT = re.compile(r"51(?:\\u00..|\\.|[\s.-])?\d{3}")
_SUSPECTS = ("bearer", "access_token=", "eaa", "ya29")
"""The JSON of a line with a token has one of these in it, in lower case. Most lines have none, and need not
be looked at string by string.
"""

_request: contextvars.ContextVar[dict[str, str]] = contextvars.ContextVar("request", default={})  # noqa: B039 - never mutated


@contextmanager
def request_context(headers: Mapping[str, str], project: str) -> Iterator[str | None]:
    """Makes lines logged inside carry the trace of `headers` (X-Cloud-Trace-Context, else traceparent), when
    they have one; yields the trace's id.
    """
    found = trace_of(headers)
    token = _request.set(_trace(found, project))
    try:
        yield found[0] if found else None
    finally:
        _request.reset(token)


@contextmanager
def about(fields: Mapping[str, str]) -> Iterator[None]:
    """Adds these fields to the lines logged inside."""
    token = _request.set(_request.get() | dict(fields))
    try:
        yield
    finally:
        _request.reset(token)


def trace_of(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Returns (trace id, span id as 16 hex digits or "") from a request's headers; None when they have no
    trace.
    """
    if match := _TRACE.fullmatch(headers.get("X-Cloud-Trace-Context") or ""):
        return match[1].lower(), f"{int(match[2]) % 2**64:016x}" if match[2] else ""
    if match := _TRACEPARENT.fullmatch(headers.get("traceparent") or ""):
        return match[1], match[2]
    return None


def mask(text: str) -> str:
    """Returns `text` with phones and tokens masked: the last defence, for lines that a library wrote."""
    return _TOKEN.sub(lambda m: f"{m[1] or ''}***", _PHONE.sub(r"\1*****\2", text))


class JsonLines(logging.Formatter):
    """Writes one JSON object a line; `extra={"fields": {…}}` is merged into it, and an exception is one field
    without locals.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line, without its end."""
        line: dict[str, Any] = {**getattr(record, "fields", {})}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        if record.name != "cuadra":
            line["logger"] = record.name
        line |= {
            "severity": record.levelname,
            "message": record.getMessage(),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            **_request.get(),
        }
        try:
            written = _encode(line)
        except TypeError:  # a key that is no text
            return _encode(_clean(line))
        lower = written.lower()
        return (
            _encode(_clean(line))
            if _SUSPECT.search(written) or any(one in lower for one in _SUSPECTS)
            else written
        )


def _plain(value: Any) -> Any:
    """Converts a value of a type that JSON does not know."""
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, (set, frozenset)) else str(value)


def _encode(line: Mapping[Any, Any]) -> str:
    """Returns a line as JSON. pydantic's encoder is loaded by the settings anyway and takes a quarter of
    json's time; json writes what it refuses (half an emoji).
    """
    try:
        return to_json(line, fallback=_plain).decode()
    except PydanticSerializationError:
        return json.dumps(line, ensure_ascii=False, default=_plain)


class _Stdout(logging.Handler):
    """Writes to the current sys.stdout, which the functions framework and test runners replace."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one line before the request's answer: after the answer there may be no processor."""
        try:
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()
        except Exception:  # noqa: BLE001 - a line that cannot be written costs only itself
            self.handleError(record)


def setup(level: str = "INFO") -> None:
    """Take over logging: our lines from `level` up, everyone else's from WARNING, nothing twice. May be
    called again.
    """
    handler = _Stdout()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("cuadra").setLevel(level)
    # No line shows these, and each record would collect them (Python's logging HOWTO, "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = ""  # noqa: SLF001 - as the HOWTO has it


def _trace(found: tuple[str, str] | None, project: str) -> dict[str, str]:
    if not found:
        return {}
    trace, span = found
    fields = {"logging.googleapis.com/trace": f"projects/{project}/traces/{trace}"}
    return fields | {"logging.googleapis.com/spanId": span} if span else fields


def _clean(value: Any) -> Any:
    """Returns `value` with every string masked, keys too."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {mask(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_clean(item) for item in value]
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return mask(str(value)) if _PHONE.fullmatch(str(value)) else value
    return mask(str(value))
