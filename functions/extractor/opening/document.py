"""Tells from its bytes alone what a file is, and sets how large it may be."""

from __future__ import annotations

import re

from functions.extractor.page import UnreadableFile

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 60_000_000
"""Phone originals reach 50 Mpx; beyond this a picture is a bomb."""
MAX_PAGES = 100
"""A PDF with more pages is a book or a bomb, not an invoice."""
TEXT_PAGES = 20
OCR_PAGES = 5
TABLE = "table"
"""Stands in place of a media type where a file is opened as rows and not as pages."""

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

_UBL = re.compile(rb"urn:(?:oasis:names:specification:ubl|sunat:names:specification:ubl:peru):schema:xsd:")
_ENTRY = re.compile(rb"PK\x01\x02.{42}[^\x00]{1,120}\.xml", re.DOTALL | re.IGNORECASE)
"""An XML file's name in a ZIP's directory, 46 bytes into its entry."""


def sniff(data: bytes) -> str | None:  # noqa: PLR0911 - one line a type
    """Returns the media type that the bytes show, or None when it is none of those we read."""
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "image/heic"
    if data[:4] in (b"II*\x00", b"MM\x00*"):
        return "image/tiff"
    return None


def admit(data: bytes) -> str:
    """Returns the media type of a file that is worth opening.

    Raises:
        UnreadableFile: empty, too large, the XML of a comprobante, or none of the types that we read.
    """
    if not data:
        raise UnreadableFile("empty", "zero bytes")
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too_large", f"{len(data)} bytes")
    kind = sniff(data)
    if kind is None and _is_cpe(data):
        raise UnreadableFile("xml", "a UBL document, or a ZIP with an XML file")
    if kind is None:
        raise UnreadableFile("not_supported", "neither PDF, JPEG, PNG, WebP, HEIC nor TIFF")
    return kind


def _is_cpe(data: bytes) -> bool:
    """True where it is what suppliers mail beside the PDF: a UBL document, or a ZIP that holds an XML file
    and is no office document.
    """
    if data.startswith(b"PK\x03\x04"):
        tail = data[-65536:]
        return b"[Content_Types].xml" not in tail and _ENTRY.search(tail) is not None
    return _UBL.search(data[:8192].replace(b"\x00", b"")) is not None


def may_be_table(data: bytes) -> bool:
    """True where a file that is none of our types is worth opening as a table: neither empty nor too large,
    and a ZIP, or text in which signs part fields.
    """
    if not 0 < len(data) <= MAX_BYTES or sniff(data):
        return False
    return (
        data.startswith(b"PK\x03\x04")
        or max(data[:20_000].count(sign) for sign in (b"|", b";", b",", b"\t")) >= 20
    )
