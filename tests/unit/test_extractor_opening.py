"""Whose fault it is that a file is not open, and how a page crosses between processes."""

import io
import json
import signal
import zipfile

import pytest
from PIL import Image

from functions.extractor.opening import child, document, server, symbols, text
from functions.extractor.opening.child import judged
from functions.extractor.page import Box, Code, Edge, Opened, OpeningFailed, Page, Rules, UnreadableFile

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("number", "cpu_s", "clock_s", "wanted"),
    [
        (signal.SIGXCPU, 5.0, 5.1, "too_complex"),
        (signal.SIGALRM, 6.1, 12.0, "too_complex"),
        (signal.SIGALRM, 5.9, 12.0, "starved"),
        (signal.SIGALRM, 0.3, 0.3, "starved"),
        (signal.SIGKILL, 0.1, 0.1, "killed"),
        (signal.SIGKILL, 9.0, 9.0, "killed"),
        (signal.SIGTERM, 0.1, 0.1, "killed"),
        (signal.SIGSEGV, 0.1, 0.1, "crashed"),
        (signal.SIGABRT, 0.1, 0.1, "crashed"),
        (signal.SIGBUS, 0.1, 0.1, "crashed"),
        (0, 0.1, 0.1, "killed"),
    ],
)
def test_a_childs_end_tells_the_files_fault_from_ours(
    number: int, cpu_s: float, clock_s: float, wanted: str
) -> None:
    """Processor time that was really used is the file's; a clock that ran out without it, or a signal from
    outside, is ours.
    """
    try:
        said: str = judged(number, cpu_s, clock_s)
    except UnreadableFile as error:
        said = error.code
    except OpeningFailed as error:
        said = error.reason
    assert said == wanted


def test_a_file_crosses_whole() -> None:
    """What was opened is the same on the other side: text, symbols, rasters in their pages' order, what a
    picture lacks, and which pages are blank.
    """
    file = Opened(
        "application/pdf",
        9,
        [
            Page(
                0,
                595.0,
                842.0,
                boxes=[Box("FACTURA", 1.5, 2.0, 3.0, 4.0, size=1.75)],
                codes=[Code("20512345671|01", 90.0, (0.1, 0.2, 0.3, 0.4))],
                rules=Rules((Edge(10.0, 1.0, 30.0), Edge(20.0, 1.0, 30.0)), (Edge(1.0, 10.0, 20.0),)),
            ),
            Page(1, 100.0, 200.0, raster=b"first", scanned=True, soft=True, dark=True),
            Page(2, 100.0, 200.0, raster=b"second", scanned=True),
        ],
        {"qr": 3},
        [4, 7],
    )
    header, blobs = file.to_wire()
    assert Opened.from_wire(json.loads(json.dumps(header)), blobs, "application/pdf") == file


@pytest.mark.parametrize(
    "page",
    [{}, {"index": "x", "raster": False}, {"index": 0, "width": None, "raster": False}, {"raster": True}, []],
)
def test_what_is_no_page_is_refused(page: object) -> None:
    """A child that was taken over may send anything: what is no page ends in one of four errors."""
    with pytest.raises((ValueError, KeyError, TypeError, IndexError)):
        Opened.from_wire({"pages": 1, "steps": {}, "seen": [page]}, [], "application/pdf")


def test_our_own_code_that_breaks_on_a_picture_is_our_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole picture on which our search for symbols breaks is never called damaged: the opener failed, and
    the file comes again.
    """

    def breaks(grey: Image.Image, *, hard: bool) -> list[Code]:
        raise TypeError("ours")

    monkeypatch.setattr(symbols, "codes", breaks)
    written = io.BytesIO()
    Image.new("L", (64, 64), "white").save(written, "PNG")
    answer, _ = server._opened(written.getvalue(), "image/png", lambda pages: None)
    with pytest.raises(OpeningFailed) as failed:
        child._refused(answer)
    assert failed.value.reason == "broke: TypeError"


def zipped(*names: str) -> bytes:
    """A ZIP with an entry of each name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


UBL = (
    '<?xml version="1.0"?><Invoice '
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><x/></Invoice>'
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (UBL.encode(), "xml"),
        (UBL.encode("utf-16"), "xml"),
        (b"\xef\xbb\xbf" + UBL.replace("Invoice", "CreditNote").encode(), "xml"),
        (zipped("20512345671-01-F001-123.xml"), "xml"),
        (zipped("cpe/FACTURA F001-123.XML", "cpe/F001-123.pdf"), "xml"),
        (zipped("[Content_Types].xml", "word/document.xml"), "not_supported"),
        (zipped("fotos/1.jpg"), "not_supported"),
        (b"<html><body>FACTURA</body></html>", "not_supported"),
        (b"PK\x03\x04", "not_supported"),
        (b"hola", "not_supported"),
    ],
)
def test_the_xml_of_a_comprobante_has_its_own_answer(data: bytes, code: str) -> None:
    """What suppliers mail beside the PDF, bare or zipped, is told from a file of any other kind."""
    with pytest.raises(UnreadableFile) as told:
        document.admit(data)
    assert told.value.code == code


def test_a_ligature_keeps_both_its_letters() -> None:
    """The letters of one glyph have one box in one text object and are two; a letter that another text object
    draws in its place makes it bold.
    """

    def letters(*drawn: tuple[str, float, float, int]) -> list[str]:
        line = tuple((x0, 0.0, x1, 10.0, 8.0, letter, thing, 10.0) for letter, x0, x1, thing in drawn)
        return [box.text for box in text.Text((line,), 0.0, whole=True, even=False).boxes()]

    ligature = (("c", 0.0, 5.0, 1), ("o", 5.0, 10.0, 1), ("f", 10.0, 17.0, 1), ("f", 10.0, 17.0, 1))
    assert letters(*ligature, ("e", 17.0, 22.0, 1)) == ["coffe"]
    assert letters(("c", 0.0, 5.0, 1), ("c", 0.0, 5.0, 2), ("o", 5.0, 10.0, 1), ("o", 5.3, 10.3, 2)) == ["co"]
