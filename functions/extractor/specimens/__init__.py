"""Two small papers that ship with the code, fictitious in every name and number (tests/corpus/samples.py
draws them).

A release reads both before it is called good (`selftest`), and the synthetic sender sends the first.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = ("factura.pdf", "factura.jpg")
"""A PDF with a text layer and a symbol, and a photo, which takes the OCR."""


def data(name: str) -> bytes:
    """The bytes of one of `NAMES`."""
    return (FOLDER / name).read_bytes()
