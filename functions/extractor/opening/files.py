"""Opens one file from a stranger: text with places, grey rasters, symbols. Runs only inside the disposable
child (child.py).
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable

import pillow_heif
from PIL import Image

from functions.extractor.opening import pdf, pictures
from functions.extractor.opening.document import MAX_PIXELS
from functions.extractor.page import Opened

Counted = Callable[[int], object]


def prepare() -> None:
    """Loads what opening needs, once, before children are forked: Pillow and numpy import much at the first
    picture only.
    """
    pillow_heif.register_heif_opener()
    Image.init()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow raises at twice this; our limit is checked at opening
    blank = Image.new("RGB", (128, 128), "white")
    for form in ("JPEG", "PNG", "WEBP", "TIFF"):
        drawn = io.BytesIO()
        blank.save(drawn, form)
        open_file(drawn.getvalue(), "image/*")
    written = io.BytesIO()
    Image.linear_gradient("L").save(written, "PDF")
    open_file(written.getvalue(), "application/pdf")


def open_file(data: bytes, media_type: str, counted: Counted = lambda pages: None) -> Opened:  # noqa: ARG005 - told to nobody
    """Returns what one file shows. `counted` is told how many pages a PDF has before they are looked at.

    Raises:
        UnreadableFile: with the reason.
    """
    warnings.simplefilter("ignore")
    if media_type == "application/pdf":
        return pdf.open_pdf(data, counted)
    return pictures.open_image(data, media_type)
