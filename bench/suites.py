"""What a developer waits for: the demo from nothing, the tests without I/O, and the whole suite, in a clone
of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from bench.processes import ROOT
from bench.table import Row

_GOALS = {"demo": ("make demo ONCE=1", 60), "unit": ("make unit", 25), "test": ("make test", 360)}
_KEPT = {
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "PIP_INDEX_URL",
    "PIP_CONFIG_FILE",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "HTTPS_PROXY",
    "https_proxy",
}


def rows(*, quick: bool) -> list[Row]:
    """All three, in the order in which a newcomer calls them: the demo prepares what the tests use. A quick
    run leaves the whole suite out.
    """
    with tempfile.TemporaryDirectory(prefix="cuadra-clone-") as folder:
        clone = Path(folder) / "cuadra"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        head = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=clone, check=True, capture_output=True, text=True
        ).stdout.strip()
        return [
            _row(command, goal, clone, head)
            for name, (command, goal) in _GOALS.items()
            if not (quick and name == "test")
        ]


def _row(command: str, goal: int, clone: Path, head: str) -> Row:
    began = time.monotonic()
    env = {name: value for name, value in os.environ.items() if name in _KEPT}
    done = subprocess.run(
        command.split(),
        cwd=clone,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    took = time.monotonic() - began
    counted = re.findall(r"\d+ (?:passed|failed|errors?|skipped)", done.stdout[-3000:])
    return Row(
        f"`{command}`" + (" from nothing" if "demo" in command else ""),
        f"{took:.0f} s",
        "-",
        "-",
        f"≤ {goal} s, exit 0",
        done.returncode == 0 and took <= goal,
        f"in a clone of {head} without caches of its own"
        + (", installation included" if "demo" in command else "")
        + f"; exit {done.returncode}"
        + (f"; {', '.join(counted)}" if counted else "")
        + ("" if done.returncode == 0 else f"; {done.stdout[-300:]!r}"),
    )
