"""A file's time: how long its reading may take, what is left of it, and what each step took."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The most seconds that reading one file may take in all, and its parts: opening, the model and what it
    must leave, a pass of the larger OCR, and SUNAT in all.
    """

    deadline_s: float = 30.0
    opening_s: float = 12.0
    model_s: float = 13.0
    model_reserve_s: float = 3.0
    second_look_s: float = 3.5
    witness_s: float = 3.0


class Clock:
    """A file's time: what is left of it, and what each step took, in ms."""

    def __init__(self, seconds: float) -> None:
        self.start = time.monotonic()
        self.end = self.start + seconds
        self.steps: dict[str, int] = {}

    def left(self) -> float:
        """Returns the seconds that are left."""
        return self.end - time.monotonic()

    def step(self, name: str, since: float) -> None:
        """Adds the time since `since` (monotonic) to that of the step."""
        self.steps[name] = self.steps.get(name, 0) + round((time.monotonic() - since) * 1000)

    def elapsed_ms(self) -> int:
        """Returns the milliseconds since the beginning."""
        return round((time.monotonic() - self.start) * 1000)
