"""The worker as main.py composes it, but for a reading that takes a random time and says when it began and
ended.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

import main
from functions.extractor.invoice import Extraction
from functions.extractor.witness import Known

worker = main.worker
_rng = random.Random(11)


class _Sleepy:
    """`means.Reader`."""

    def extract(self, _: bytes, *, uri: str | None = None, known: Known | None = None) -> Extraction:
        began = time.time()
        time.sleep(_rng.uniform(0, float(os.environ["SLEEP_S"])))
        print(f"READ {time.time()} {began} {uri}", flush=True)
        return Extraction(verdict="needs_review", engine="none")


_sleepy: Any = _Sleepy()
main._extractor = lambda: _sleepy
