"""A page of a document as a WebP picture, and where the QR codes are on it. The file is a stranger's: a child that may use little opens it.

python -m infra.local.web.picture FILE PAGE WIDTH > picture.webp
python -m infra.local.web.picture FILE PAGE codes > boxes.json
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
WIDTHS = (480, 1200)
"""Widths in pixels that are made: a thumbnail, and a page to read."""
_CODES_WIDTH = 1600
_MEMORY = 1 << 30
_SECONDS = 10
_PIXELS = 80_000_000
_at_once = asyncio.Semaphore(2)


class NotAPicture(Exception):
    """The file has no such page, or cannot be opened."""


async def picture(file: Path, page: int, width: int) -> bytes:
    """The page (from 0) as WebP, at most `width` wide. Raises NotAPicture."""
    return await _child(file, page, str(width))


async def codes(file: Path, page: int) -> list[list[float]]:
    """The boxes (x0, y0, x1, y1, fractions of the page) of the QR codes that are seen on a page. Raises NotAPicture."""
    found: list[list[float]] = json.loads(await _child(file, page, "codes"))
    return found


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
    """Draw, within limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    os.nice(5)
    data, page = Path(sys.argv[1]).read_bytes(), int(sys.argv[2])
    if sys.argv[3] == "codes":
        sys.stdout.write(json.dumps(seen(draw(data, page, _CODES_WIDTH))))
    else:
        out = BytesIO()
        draw(data, page, int(sys.argv[3])).save(out, "WEBP", quality=80)
        sys.stdout.buffer.write(out.getvalue())


def draw(data: bytes, page: int, width: int) -> Any:
    """The page as an RGB image of Pillow's; raises whatever the libraries raise."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - the page's server draws nothing itself

    if data[:1024].lstrip().startswith(b"%PDF-"):
        import pypdfium2  # noqa: PLC0415 - as above

        sheet = pypdfium2.PdfDocument(data)[page]
        image = sheet.render(scale=width / sheet.get_width()).to_pil()
    else:
        import pillow_heif  # noqa: PLC0415 - as above

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
    """The boxes of an image's QR codes."""
    import zxingcpp  # noqa: PLC0415 - as above

    boxes = []
    for code in zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        at = code.position
        corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        xs, ys = [corner.x / image.width for corner in corners], [corner.y / image.height for corner in corners]
        boxes.append([min(xs), min(ys), max(xs), max(ys)])
    return boxes


if __name__ == "__main__":
    main()
