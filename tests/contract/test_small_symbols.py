"""Symbols on printed pages that are too small for the first resolution."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from functions.extractor.opening import files
from functions.extractor.opening import pdf as pdf_pages
from tests.corpus.paper import qr_image

pytestmark = pytest.mark.contract

SAID = "20100070970|01|F001|123|18.00|118.00|2026-11-20|6|20512345671|x8sdfj3kdkfj3kdlsfj3kdkls="
SIDE = 34.0
"""Points: a pixel and a half a module at the first resolution."""


def a_page(symbol: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for line in range(8):
        canvas.drawString(60, 700 - 20 * line, "Comercial Ficticia S.A.C., factura electrónica")
    image = qr_image(SAID)
    if symbol == "picture":
        canvas.drawImage(
            ImageReader(image.resize((4 * image.width, 4 * image.height), Image.Resampling.NEAREST)),
            60,
            300,
            SIDE,
            SIDE,
        )
    elif symbol == "lines":
        unit = SIDE / image.width
        for y, x in np.argwhere(np.asarray(image) < 128):
            canvas.rect(60 + x * unit, 300 + (image.width - y) * unit, unit, unit, stroke=0, fill=1)
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("symbol", ["picture", "lines"])
def test_a_small_symbol_is_read_whatever_it_is_drawn_of(symbol: str) -> None:
    """A symbol of a finger's width is read, as a picture and as hundreds of squares."""
    files.prepare()
    opened = files.open_file(a_page(symbol), "application/pdf")
    assert [code.text for code in opened.seen[0].codes] == [SAID]


def test_a_page_of_words_is_not_drawn_again() -> None:
    """Where neither a picture nor lines stand, no symbol is looked for with four times the pixels."""
    words, drawn = (pypdfium2.PdfDocument(a_page(symbol))[0] for symbol in ("", "lines"))
    assert not pdf_pages._may_hide_symbol(words)
    assert pdf_pages._may_hide_symbol(drawn)


@pytest.mark.parametrize(("told", "threads"), [(None, 1), ("2", 2)])
def test_reading_uses_one_thread_of_numpy(told: str | None, threads: int) -> None:
    """The process that reads computes in one thread, so that readings beside each other do not wait for one
    another's; an operator may say otherwise.
    """
    if (os.cpu_count() or 1) < 2:
        threads = 1
    env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"} | (
        {"OPENBLAS_NUM_THREADS": told} if told else {}
    )
    code = (
        "import os, functions.extractor.learned.network, numpy\n"
        "page = numpy.ones((700, 700), 'f4')\npage @ page\nprint(len(os.listdir('/proc/self/task')))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert int(done.stdout) == threads
