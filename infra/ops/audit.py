"""Finds the known vulnerabilities of a lock's packages by pip-audit, which asks the package index.

python -m infra.ops.audit LOCK    exits 1 when there is one; where an index keeps no such record, it says so,
                                  which is no failure
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_TOOL = ("tool", "run", "--quiet", "pip-audit==2.10.1")
_HOW = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json", "--requirement")


def verdict(said: str) -> tuple[int, list[str]]:
    """Returns (exit status, sentences) for pip-audit's JSON; a text that is no JSON means that nothing was
    looked up.
    """
    try:
        packages: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 0, ["Nothing was looked up: the index did not answer."]
    known = [sentence for package in packages for sentence in _known(package)]
    skipped = sum("skip_reason" in package for package in packages)
    looked = len(packages) - skipped
    told = f"{looked} of {len(packages)} packages looked up, {len(known)} known vulnerabilities."
    why = [f"Of {skipped} the index here keeps no record: audit them where it does."] if skipped else []
    return int(bool(known)), [*known, told, *why]


def _known(package: dict[str, Any]) -> Iterator[str]:
    for found in package.get("vulns", []):
        mended = ", ".join(found.get("fix_versions", [])) or "no version yet"
        yield f"{package['name']} {package['version']}: {found['id']}, mended in {mended}"


def main(lock: str) -> int:
    """See the module."""
    command = [str(Path(sys.executable).with_name("uv")), *_TOOL, *_HOW, lock]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    status, sentences = verdict(done.stdout)
    sys.stdout.write("".join(f"{sentence}\n" for sentence in sentences))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
