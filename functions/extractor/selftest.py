"""Tests whether this very process, with its libraries, models and limits, reads the two papers that ship with
it.
"""

from __future__ import annotations

from collections.abc import Callable

from functions.extractor import specimens
from functions.extractor.invoice import Extraction

EXPECTED = {
    "factura.pdf": "qr+text 20359503696 01 F001-2164 2002.13",
    "factura.jpg": "qr+ocr 20301348216 01 F9K9-98 197.74",
}
"""For each specimen: the sources of its values, supplier, kind, number and total. Without the OCR the photo
does not give its line.
"""


def read(extract: Callable[[bytes], Extraction]) -> dict[str, str]:
    """Returns what `extract` reads of each specimen, as in `EXPECTED`; of one that it cannot read, the
    verdict and why.
    """
    return {name: _told(extract(specimens.data(name))) for name in specimens.NAMES}


def _told(read: Extraction) -> str:
    if read.error or len(read.invoices) != 1:
        return f"{read.verdict} {read.error.code if read.error else len(read.invoices)}"
    (one,) = read.invoices
    return f"{read.engine} {one.supplier.ruc} {one.kind} {one.series}-{one.number} {one.total}"
