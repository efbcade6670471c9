from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from infra.local.web.picture import slopes

pytestmark = pytest.mark.unit

STATIC = Path(__file__).parents[2] / "infra/local/web/static"


def lines(slope: float) -> Image.Image:
    """A page of words in rows, sheared so that its rows go down to the right by `slope`."""
    page = Image.new("L", (900, 1200), 235)
    draw = ImageDraw.Draw(page)
    for y in range(150, 1050, 40):
        for x in range(120, 760, 70):
            draw.rectangle((x, y, x + 40 + (x * y) % 25, y + 14), fill=30)
    return page.transform(page.size, Image.Transform.AFFINE, (1, 0, 0, -slope, 1, slope * 450), fillcolor=235)


@pytest.mark.parametrize("slope", [-0.12, -0.05, 0.0, 0.03, 0.1])
def test_a_pages_slope_is_seen(slope: float) -> None:
    """How far the lines of a page go down to the right is told from its picture, to a pixel in a hundred."""
    top, bottom = slopes(lines(slope))
    assert (abs(top - slope) < 0.02, abs(bottom - slope) < 0.02) == (True, True), (top, bottom)


def test_a_page_without_lines_is_level() -> None:
    """A picture with nothing on it has no slope."""
    assert slopes(Image.new("RGB", (300, 400), "white")) == (0.0, 0.0)


def test_all_spanish_of_the_page_is_in_one_table() -> None:
    """No script but the table of words has a Spanish letter or a label of its own."""
    label = re.compile(r"""(?:aria-label|title|placeholder|alt)=["'][^"'$]*\w|[áéíóúÁÉÍÓÚñÑ¿¡]""")
    own = {
        path.name: label.findall(path.read_text("utf-8"))
        for path in (STATIC / "js").glob("*.js")
        if path.name != "words.js"
    }
    assert {name: found for name, found in own.items() if found} == {}
