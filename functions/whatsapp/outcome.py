"""The outcome of a request, before any web framework sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one request and the fields of its canonical log line.

    `fields` is JSON-able and holds no phone, token or document content; `outcome` in it is one snake_case
    word. `headers` are those that only some answers have.
    """

    status: int
    body: str | bytes = ""
    fields: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
