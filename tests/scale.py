"""How much of a test runs: little in every run, all of it where `CUADRA_LONG=1` asks (`make long`, a step of
`.ci/run`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

LONG = os.environ.get("CUADRA_LONG") == "1"

Test = TypeVar("Test", bound=Callable[..., Any])


def draws(few: int, every: int) -> int:
    """How many to draw now. Who asks bears the mark `long`, so that the long run finds it."""
    return every if LONG else few


def only_long(why: str) -> Callable[[Test], Test]:
    """Leaves a test to the long run: what it costs, and why few changes could break it."""

    def mark(test: Test) -> Test:
        for one in (*LEFT, pytest.mark.slow(why)):
            test = one(test)
        return test

    return mark


LEFT = (pytest.mark.long, pytest.mark.only_long)
"""The marks of what is left to the long run, for one case of many."""
