"""The one table: a row a promise about speed, and how it is kept with its date and machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[1] / "docs/performance.md"
_BEGINS, _ENDS = "<!-- what `make bench` measured last -->", "<!-- its end -->"


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured. `note` is context: absolute times, spread, what else was seen."""

    what: str
    ours: str
    reference: str
    ratio: str
    goal: str
    reached: bool
    note: str = ""
    cells: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self,
            "cells",
            (
                self.what,
                self.ours,
                self.reference,
                self.ratio,
                self.goal,
                "yes" if self.reached else "**NO**",
            ),
        )


HEAD = ("what", "ours", "reference, same run", "ratio", "goal", "reached")


def plain(rows: Sequence[Row]) -> str:
    """For a terminal: aligned columns, the notes below."""
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[column].replace("**", "")) for line in lines) for column in range(len(HEAD))]
    out = [
        "  ".join(
            cell.replace("**", "").ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    ]
    out.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*out, "", *(f"· {row.what}: {row.note}" for row in rows if row.note)])


def keep(rows: Sequence[Row], took: str) -> None:
    """Writes the table into `docs/performance.md`, and with its notes into `bench/results/latest.md`."""
    grid = [machine(), "", *_grid(rows), "", took]
    notes = [f"- {row.what}: {row.note}" for row in rows if row.note]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.md").write_text(
        "\n".join(["# Speed, measured beside its references", "", *grid, "", *notes, ""]), "utf-8"
    )
    head, _, rest = PAGE.read_text("utf-8").partition(_BEGINS)
    _, _, tail = rest.partition(_ENDS)
    PAGE.write_text("\n".join([head + _BEGINS, "", *grid, "", _ENDS + tail]), "utf-8")


def _grid(rows: Sequence[Row]) -> list[str]:
    return [_line(HEAD), _line(["---"] * len(HEAD)), *(_line(row.cells) for row in rows)]


def machine() -> str:
    """Date, machine and load, since only ratios travel."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next(
        (int(line.split()[1]) >> 20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {os.cpu_count()} × {model} · {memory} GiB · "
        f"{platform.system()} · Python {platform.python_version()} · load average at this moment {load}"
    )


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []
