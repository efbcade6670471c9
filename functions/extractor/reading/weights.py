"""How much each reason weighs that speaks for a candidate or against it. `python -m bench.weights` learns the
table beside this file from drawn papers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Reasons = dict[str, float]
"""By reason, how far it holds: 1 for yes, or a count or a measure."""
RECORD = Path(__file__).with_name("weights.json")
_LEARNED: dict[str, Any] = json.loads(RECORD.read_text("utf-8"))
WEIGHTS: dict[str, dict[str, float]] = _LEARNED["weights"]
"""By what is chosen and by reason."""

SHOWN = 6
"""Candidates of a choice that are kept for who wants to see why."""


def score(choice: str, reasons: Mapping[str, float]) -> float:
    """Returns how much the reasons speak for a candidate: among others, the log of its odds."""
    own = WEIGHTS[choice]
    return sum(own[name] * value for name, value in reasons.items())
