"""A photo of one page as the extractor sees it through scripted eyes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from functions.extractor.case import Case
from functions.extractor.clock import Clock
from functions.extractor.engines.ocr import Eyes
from functions.extractor.invoice import Extraction
from functions.extractor.page import Opened, Page
from tests.sheets import TODAY


def seen(pool: ThreadPoolExecutor, eyes: Eyes, width: float, height: float) -> Extraction:
    """What is read of a page of this size in pixels."""
    page = Page(0, width, height, raster=b"0", scanned=True)
    return Case(
        Opened("image/jpeg", 1, [page]), eyes=eyes, model=None, pool=pool, clock=Clock(30), today=TODAY
    ).run()
