"""Reads the packages that a lock names: exact versions, each with the hashes of every file that may be
installed for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(
    r"^([\w.-]+)==([^\s;\\]+)([^\n]*(?:\n +--hash=sha256:[0-9a-f]{64}(?: \\)?)*)", re.MULTILINE
)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package. `hashes` are SHA-256, hexadecimal, in the lock's order."""

    name: str
    version: str
    hashes: tuple[str, ...]


def read(path: Path) -> list[Locked]:
    """Returns every package of a lock that `make lock` wrote, in its order."""
    return [
        Locked(name, version, tuple(_HASH.findall(rest)))
        for name, version, rest in _LINE.findall(path.read_text("utf-8"))
    ]
