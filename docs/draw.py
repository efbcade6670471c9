"""Draws the way of one message: `python -m docs.draw` makes way.svg of way.txt, readable on light and on dark
pages.

Actors stand side by side, steps follow one another downwards. Each coordinate is a sum of the constants here,
so that the same text always makes the same bytes.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
TEXT, PICTURE = HERE / "way.txt", HERE / "way.svg"
COLUMN, HEAD, STEP, MARGIN = 150, 64, 30, 12
"""Width of an actor, height of the heads, of a step, and the space around, in pixels."""

STYLE = """
text{font:13px system-ui,sans-serif;fill:#1f2328;text-anchor:middle}
.head{font-weight:600;font-size:15px}.small,.bar{fill:#59636e;font-size:12px}.bar{text-anchor:start;font-style:italic}
.paper{fill:#fff}.box{fill:#eef4fb;stroke:#8ba8c7}.life{stroke:#c6d0da}.step{stroke:#1f6feb}.tip{fill:#1f6feb}.under{fill:#fff}.rule{stroke:#c6d0da;stroke-dasharray:4 4}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.small,.bar{fill:#9ba7b4}.paper,.under{fill:#0d1117}
.box{fill:#15233a;stroke:#3d5a80}.life,.rule{stroke:#30363d}.step{stroke:#58a6ff}.tip{fill:#58a6ff}}
""".replace("\n", "")


def picture(text: str) -> str:
    """The SVG of a description. Raises ValueError for a line that is none of its forms, KeyError for an actor
    that was not named.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    actors = [re.split(r"\s*\|\s*", line) for line in lines if "|" in line]
    steps = [line for line in lines if "|" not in line]
    at = {name: MARGIN + COLUMN * index + COLUMN // 2 for index, (name, _) in enumerate(actors)}
    width, height = MARGIN * 2 + COLUMN * len(actors), MARGIN * 2 + HEAD + STEP * (len(steps) + 1)
    drawn = [f'<rect class="paper" width="{width}" height="{height}"/>']
    for name, what in actors:
        x = at[name]
        drawn += [
            f'<path class="life" d="M{x} {MARGIN + HEAD - 12}V{height - MARGIN}"/>',
            (
                f'<rect class="box" x="{x - COLUMN // 2 + 6}" y="{MARGIN}" width="{COLUMN - 12}" '
                f'height="{HEAD - 12}" rx="6"/>'
            ),
            f'<text class="head" x="{x}" y="{MARGIN + 22}">{escape(name)}</text>',
            f'<text class="small" x="{x}" y="{MARGIN + 41}">{escape(what)}</text>',
        ]
    for index, line in enumerate(steps, 1):
        drawn += _step(line, at, MARGIN + HEAD + STEP * index, width)
    title = "The way of one message"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{title}">'
        f"<title>{title}</title><style>{STYLE}</style>\n" + "\n".join(drawn) + "\n</svg>\n"
    )


def _step(line: str, at: dict[str, int], y: int, width: int) -> list[str]:
    """One line of the text, at its height."""
    if line.startswith("== "):
        return [
            f'<path class="rule" d="M{MARGIN} {y - 16}H{width - MARGIN}"/>',
            _words(line[3:], MARGIN + 4, y, "bar", start=True),
        ]
    if arrow := re.fullmatch(r"(\w+) -> (\w+): (.+)", line):
        start, end = at[arrow[1]], at[arrow[2]]
        tip = end - 8 if end > start else end + 8
        return [
            (
                f'<path class="step" d="M{start} {y}H{tip}"/><path class="tip" d="M{end} {y}L{tip} '
                f'{y - 4}V{y + 4}Z"/>'
            ),
            _words(arrow[3], (start + end) // 2, y - 5),
        ]
    if work := re.fullmatch(r"(\w+): (.+)", line):
        return [_words(work[2], at[work[1]], y - 5)]
    raise ValueError(f"neither an arrow nor work nor a bar: {line}")


def _words(said: str, x: int, y: int, kind: str = "", *, start: bool = False) -> str:
    """Words on a ground of the paper's colour, so that no line of life runs through them."""
    wide = len(said) * 6.4 + 8
    left = x - 4 if start else x - wide / 2
    return (
        f'<rect class="under" x="{left:.0f}" y="{y - 13}" width="{wide:.0f}" height="15"/><text '
        f'class="{kind}" x="{x}" y="{y}">{escape(said)}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(TEXT.read_text("utf-8")), "utf-8")
