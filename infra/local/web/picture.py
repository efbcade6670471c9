"""Makes a WebP picture of a page of a document, and tells how the page lies in it. The file is a stranger's:
a child process that may use little opens it.

python -m infra.local.web.picture FILE PAGE WIDTH > picture.webp
python -m infra.local.web.picture FILE PAGE shape > shape.json
python -m infra.local.web.picture FILE 0 pages > count.json
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from functions.errors import BadInput

ROOT = Path(__file__).parents[3]
WIDTHS = (480, 1200)
"""Widths of pictures in pixels: a thumbnail, and a page to read."""
_CODES_WIDTH = 1600
_SLOPES_WIDTH = 400
_STEEPEST, _STEP = 0.2, 0.004
_MEMORY = 1 << 30
_SECONDS = 10
_PIXELS = 80_000_000
_at_once = asyncio.Semaphore(2)


class NotAPicture(BadInput):
    """The file has no such page, or cannot be opened."""


async def picture(file: Path, page: int, width: int) -> bytes:
    """Returns the page (from 0) as WebP, at most `width` wide. Raises NotAPicture."""
    return await _child(file, page, str(width))


@dataclass(frozen=True, slots=True)
class Shape:
    """How a page lies in its picture.

    `codes` are the corners of its QR codes, clockwise from the code's own top left, as x, y, x, y… in
    fractions of the page. `slopes` tell how far its lines go down to the right at its top and at its bottom,
    in pixels per pixel.
    """

    codes: list[list[float]]
    slopes: tuple[float, float]


async def shape(file: Path, page: int) -> Shape:
    """Returns the shape of a page. Raises NotAPicture."""
    return Shape(**json.loads(await _child(file, page, "shape")))


async def pages(file: Path) -> int:
    """Returns how many pages a PDF has. Raises NotAPicture."""
    count: int = json.loads(await _child(file, 0, "pages"))
    return count


async def _child(file: Path, page: int, what: str) -> bytes:
    command = [sys.executable, "-m", "infra.local.web.picture", str(file), str(page), what]
    async with _at_once:
        child = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            made, _ = await asyncio.wait_for(child.communicate(), 2 * _SECONDS)
        except TimeoutError:
            child.kill()
            await child.wait()
            raise NotAPicture from None
    if child.returncode != 0 or not made:
        raise NotAPicture
    return made


def main() -> None:
    """Draw or measure the page, within limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    os.nice(5)
    data, page = Path(sys.argv[1]).read_bytes(), int(sys.argv[2])
    if sys.argv[3] == "pages":
        import pypdfium2  # the page's server opens nothing itself

        sys.stdout.write(json.dumps(len(pypdfium2.PdfDocument(data))))
    elif sys.argv[3] == "shape":
        image = draw(data, page, _CODES_WIDTH)
        sys.stdout.write(json.dumps(asdict(Shape(seen(image), slopes(image)))))
    else:
        out = BytesIO()
        draw(data, page, int(sys.argv[3])).save(out, "WEBP", quality=80)
        sys.stdout.buffer.write(out.getvalue())


def draw(data: bytes, page: int, width: int) -> Any:
    """Returns the page as an RGB image of Pillow's; raises whatever the libraries raise."""
    from PIL import Image, ImageOps  # the page's server draws nothing itself

    if data[:1024].lstrip().startswith(b"%PDF-"):
        import pypdfium2  # as above

        sheet = pypdfium2.PdfDocument(data)[page]
        image = sheet.render(scale=width / sheet.get_width()).to_pil()
    else:
        import pillow_heif  # as above

        pillow_heif.register_heif_opener()
        image = Image.open(BytesIO(data))
        if image.width * image.height > _PIXELS:
            raise ValueError("too large to be shown")
        image.seek(page)
        image.draft("RGB", (width, width))  # a JPEG is decoded no larger than needed
        image = ImageOps.exif_transpose(image)
        image.thumbnail((width, 8 * width))
    return image.convert("RGB")


def seen(image: Any) -> list[list[float]]:
    """Returns the corners of an image's QR codes, in fractions of the image."""
    import zxingcpp  # as above

    found = zxingcpp.read_barcodes(
        image.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    places = [
        (
            code.position.top_left,
            code.position.top_right,
            code.position.bottom_right,
            code.position.bottom_left,
        )
        for code in found
    ]
    return [
        [part for corner in place for part in (corner.x / image.width, corner.y / image.height)]
        for place in places
    ]


def slopes(image: Any) -> tuple[float, float]:
    """Returns how far lines go down to the right in an image's upper and lower half, continued to its top and
    bottom edge, in pixels per pixel.

    The result is the slope, of all that are tried, along which the strongest edges between light and dark
    fall into the fewest rows.
    """
    import numpy as np  # as above

    small = image.convert("L").resize(
        (_SLOPES_WIDTH, max(8, round(image.height * _SLOPES_WIDTH / image.width)))
    )
    edges = np.abs(np.diff(np.asarray(small, dtype=np.float64), axis=0))
    ys, xs = np.nonzero(edges > max(16.0, float(np.quantile(edges, 0.9))))
    middle = small.height / 2
    halves = [_slope(np, xs[half], ys[half]) for half in (ys < middle, ys >= middle)]
    if None in halves:
        known = next((each for each in halves if each is not None), 0.0)
        return known, known
    upper, lower = halves
    return upper - (lower - upper) / 2, lower + (lower - upper) / 2


def _slope(np: Any, xs: Any, ys: Any) -> Any:
    """Returns the slope of a half, None where it has too few edges to tell."""
    if len(xs) < _SLOPES_WIDTH:
        return None
    tried = np.arange(-_STEEPEST, _STEEPEST + _STEP / 2, _STEP)
    scores = [
        float(
            (
                np.bincount(np.rint(ys - slope * (xs - _SLOPES_WIDTH / 2) + _SLOPES_WIDTH).astype(int)) ** 2
            ).sum()
        )
        for slope in tried
    ]
    best = int(np.argmax(scores))
    level = int(np.argmin(np.abs(tried)))
    return 0.0 if scores[level] >= 0.98 * scores[best] else float(tried[best])


if __name__ == "__main__":
    main()
