"""A file's time: how long its reading may take, what is left of it, and what each step took."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that reading one file may take in all, and its parts: opening, the model and what it leaves, a
    pass of the larger OCR, and SUNAT in all.
    """

    deadline_s: float = 30.0
    opening_s: float = 12.0
    model_s: float = 13.0
    model_reserve_s: float = 3.0
    second_look_s: float = 3.5
    witness_s: float = 3.0


class Clock:
    """A file's time: what is left of it, and what each step took, ms."""

    def __init__(self, seconds: float) -> None:
        self.start = time.monotonic()
        self.end = self.start + seconds
        self.steps: dict[str, int] = {}

    def left(self) -> float:
        """Seconds."""
        return self.end - time.monotonic()

    def step(self, name: str, since: float) -> None:
        """Count what passed since `since` (monotonic) as the step's."""
        self.steps[name] = self.steps.get(name, 0) + round((time.monotonic() - since) * 1000)

    def elapsed_ms(self) -> int:
        """Since the beginning."""
        return round((time.monotonic() - self.start) * 1000)
