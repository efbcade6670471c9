"""How many draws a test makes: few in every run, all of them where `CUADRA_LONG=1` asks (`make long`, a step
of `.ci/run`).
"""

from __future__ import annotations

import os

LONG = os.environ.get("CUADRA_LONG") == "1"


def draws(few: int, every: int) -> int:
    """How many to draw now. Who asks bears the mark `long`, so that the long run finds it."""
    return every if LONG else few
