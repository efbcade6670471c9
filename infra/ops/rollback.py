"""Decides whether a release stays, by what the apply and the smoke test reported.

python -m infra.ops.rollback decide FOLDER    writes FOLDER/rollback, the source to go back to, or nothing
python -m infra.ops.rollback verdict FOLDER   exits 1 unless the release stays
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

STEPS = ("apply", "smoke")
"""Each step writes FOLDER/<step>.json with `{"ok": bool, …}`; a step that died wrote nothing, which is a
failure too.
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a release: `stays` says whether it is good; `back_to` is the source object to deploy
    again, when there is one.
    """

    stays: bool
    back_to: str | None
    why: str


def decide(released: str, previous: str, failed: list[str]) -> Decision:
    """Returns what to do after `released` replaced `previous` ("none": nothing was live before)."""
    if not failed:
        return Decision(stays=True, back_to=None, why="the release stays")
    why = f"{' and '.join(failed)} failed"
    if previous == "none":
        return Decision(stays=False, back_to=None, why=f"{why}; there is no earlier source to go back to")
    if previous == released:
        return Decision(
            stays=False,
            back_to=None,
            why=f"{why}; the source is the same as before, so going back would change nothing",
        )
    return Decision(stays=False, back_to=previous, why=f"{why}; going back to {previous}")


def read(folder: Path) -> Decision:
    """Returns the decision about a release by its files in `folder`: object, previous, and the steps'
    reports.
    """
    return decide(
        (folder / "object").read_text().strip(),
        _before(folder / "before.json"),
        [step for step in STEPS if not _ok(folder / f"{step}.json")],
    )


def _before(outputs: Path) -> str:
    """Returns the source that was live, from Terraform's outputs before the release; "none" at a first
    release. Raises where the outputs cannot be read.
    """
    found: str = json.loads(outputs.read_text("utf-8")).get("source_object", {}).get("value", "none")
    return found


def _ok(report: Path) -> bool:
    try:
        return json.loads(report.read_text("utf-8"))["ok"] is True
    except (OSError, ValueError, KeyError, TypeError):
        return False


def main(command: str, folder: str) -> int:
    """See the module."""
    decision = read(Path(folder))
    sys.stdout.write(f"{decision.why}\n")
    if command == "decide":
        (Path(folder) / "rollback").write_text(decision.back_to or "")
        return 0
    return 0 if decision.stays else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
