"""A page of a document as a WebP picture. The file is a stranger's: it is opened by a child that may use little, for a short time.

python -m infra.local.web.picture FILE PAGE WIDTH > picture.webp
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[3]
WIDTHS = (480, 1200)
"""Widths in pixels that are made: a thumbnail, and a page to read."""
_MEMORY = 1 << 30
_SECONDS = 10
_PIXELS = 80_000_000
_at_once = asyncio.Semaphore(2)


class NotAPicture(Exception):
    """The file has no such page, or cannot be opened."""


async def picture(file: Path, page: int, width: int) -> bytes:
    """The page (from 0) as WebP, at most `width` wide. Raises NotAPicture."""
    command = [sys.executable, "-m", "infra.local.web.picture", str(file), str(page), str(width)]
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
    file, page, width = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    sys.stdout.buffer.write(draw(file.read_bytes(), page, width))


def draw(data: bytes, page: int, width: int) -> bytes:
    """The picture itself; raises whatever the libraries raise."""
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
    out = BytesIO()
    image.convert("RGB").save(out, "WEBP", quality=80)
    return out.getvalue()


if __name__ == "__main__":
    main()
