"""A second release: this very tree, copied and changed in few words, that takes the place of a function while
messages come in.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from infra.local.stack import ROOT, Stack

Change = tuple[str, str, str]
"""A file, words in it that stand there once, and what stands there instead."""

_MARKED: Change = (
    "main.py",
    '"fields": {"status": outcome.status,',
    '"fields": {"build": "BUILD", "status": outcome.status,',
)
_KIND = 'kind: Literal["message"] = "message"'
_TASKS = "functions/whatsapp/tasks.py"
BUILDS: dict[str, Change] = {
    "field": (_TASKS, _KIND, f'{_KIND}\n    since: str = "the next release"'),
    "kind": (_TASKS, _KIND, 'kind: Literal["message", "message.2"] = "message.2"'),
}
"""What the other releases put into the queue: a field that ours does not know, and a kind of task that ours
cannot read.
"""
STEPS: tuple[tuple[str, str | None], ...] = (
    ("webhook", "field"),
    ("worker", "field"),
    ("webhook", "kind"),
    ("worker", "kind"),
    ("webhook", None),
    ("worker", None),
)
"""Which function is replaced by which build, None ours: each time one side is newer than the other, and at
last all is rolled back.
"""
_READY_S = 60.0


class Releases:
    """Replaces functions of a stack that `watch` looks after."""

    def __init__(self, stack: Stack, home: Path) -> None:
        self._stack = stack
        self._trees = {
            build: _tree(home / "releases" / build, build, change) for build, change in BUILDS.items()
        }
        self.rolled = 0

    def roll(self, function: str, build: str | None) -> None:
        """Have the function end what it does and start again from another tree. Raises TimeoutError."""
        before = self._stack.processes[function]
        if build:
            self._stack.sources[function] = self._trees[build]
        else:
            self._stack.sources.pop(function)
        before.terminate()
        until = time.monotonic() + _READY_S
        while self._stack.processes.get(function) in (None, before):
            if time.monotonic() > until:
                raise TimeoutError(f"{function} did not end")
            time.sleep(0.05)
        self._stack.wait_ready(function)
        self.rolled += 1


def _tree(folder: Path, build: str, change: Change) -> Path:
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "main.py", folder)
    for package in ("functions", "infra"):
        shutil.copytree(
            ROOT / package,
            folder / package,
            ignore=shutil.ignore_patterns("__pycache__", "samples", "static", "ops"),
        )
    for name, before, after in (_MARKED, change):
        words = (folder / name).read_text("utf-8")
        assert words.count(before) == 1, f"{name} changed: {before!r}"
        (folder / name).write_text(words.replace(before, after.replace("BUILD", build)), "utf-8")
    return folder
