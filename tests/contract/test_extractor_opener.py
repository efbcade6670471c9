"""The disposable child against files that attack it."""

import contextlib
import io
import os
import random
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from pypdfium2.version import PYPDFIUM_INFO
from reportlab.lib import pdfencrypt
from reportlab.pdfgen import canvas

from functions.extractor.opening import child, document, server
from functions.extractor.opening import pdf as pdf_pages
from functions.extractor.opening.child import Opener
from functions.extractor.page import Opened, OpeningFailed, UnreadableFile
from functions.extractor.process import start_process
from tests.scale import only_long

pytestmark = [
    pytest.mark.contract,
    pytest.mark.slow("children are started, filled and killed, and limits of seconds are waited for"),
]

TEXT = "COMERCIAL FICTICIA S.A.C. FACTURA ELECTRONICA F001-00000123 RUC 20512345671"


@pytest.fixture(scope="module")
def opener() -> Iterator[Opener]:
    """A warm opener."""
    one = Opener()
    one.warm()
    yield one
    one.close()


def pdf(
    pages: int = 1, *, text: str = TEXT, encrypt: object = None, rotation: int = 0, height: int = 842
) -> bytes:
    out = io.BytesIO()
    drawn = canvas.Canvas(out, encrypt=encrypt, pagesize=(595, height))
    for _ in range(pages):
        drawn.setPageRotation(rotation)
        drawn.drawString(60, height - 142, text)
        drawn.showPage()
    drawn.save()
    return out.getvalue()


def test_cells_of_narrow_columns_stay_apart(opener: Opener) -> None:
    """Two phrases that were drawn apart, with less than a space between them or much more, are two; the parts of
    one word stay one, and a colon with its value.
    """
    out = io.BytesIO()
    drawn = canvas.Canvas(out)
    for x, y, text in (
        (60, 700, "UNIDAD"),
        (60 + drawn.stringWidth("UNIDAD", "Helvetica", 12) + 1.8, 700, "CANTIDAD"),
        (60, 675, ":"),
        (60 + drawn.stringWidth(":", "Helvetica", 12) + 11, 675, "07/12/2026"),
        (60, 650, "VALDIVIA"),
        (60 + drawn.stringWidth("VALDIVIA", "Helvetica", 12) + 11, 650, "EMISION"),
    ):
        drawn.drawString(x, y, text)
    for x, text in (
        (60, "IMPOR"),
        (60 + drawn.stringWidth("IMPOR", "Helvetica", 12) + 0.4, "TE DE LA VENTA"),
    ):
        drawn.drawString(x, 600, text)
    drawn.drawString(60, 500, TEXT)
    drawn.save()
    found = [box.text for box in opener.open(out.getvalue(), "application/pdf", seconds=12).seen[0].boxes]
    assert found == [
        *("UNIDAD", "CANTIDAD", ": 07/12/2026", "VALDIVIA", "EMISION"),
        *("IMPORTE DE LA VENTA", TEXT),
    ]


def test_words_stand_apart_where_no_space_is_drawn_between_them(opener: Opener) -> None:
    """A gap that is narrow for a space parts words where the font's widths tell of one too, and no letters that
    are spaced out; a soft hyphen that is drawn is a hyphen.
    """
    drawn = (
        b"BT /F 12 Tf 60 700 Td [(QUISPE) -150 (ROSA) -150 (F001) (\\255) (12)] TJ "
        b"0 -50 Td (%s) Tj 3 Tc 0 -50 Td [(ESPA) -150 (CIADO)] TJ ET" % TEXT.encode()
    )
    page = raw_pdf(
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n" % len(drawn) + drawn + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    assert [b.text for b in opened(opener, page).seen[0].boxes] == [
        "QUISPE ROSA F001-12",
        TEXT,
        "ESPACIADO",
    ]


def test_a_space_that_kerning_narrows_parts_words(opener: Opener) -> None:
    """Where a page draws letter by letter no space is drawn, and beside an A it is half as wide; the page tells
    the size of its letters.
    """
    out = io.BytesIO()
    drawn = canvas.Canvas(out)
    said = ("SERVICIO DE ASESORIA LEGAL", "CORRESPONDIENTE AL MES DE ABRIL", "ORDEN DE SERVICIO 00412")
    for number, words in enumerate(said):
        x = 60.0
        for letter in words:
            if letter == " ":
                x += 0.16 * 12
                continue
            drawn.drawString(x, 700 - 30 * number, letter)
            x += drawn.stringWidth(letter, "Helvetica", 12)
    drawn.save()
    boxes = opener.open(out.getvalue(), "application/pdf", seconds=12).seen[0].boxes
    assert [(box.text, box.size) for box in boxes] == [(words, 12.0) for words in said]


def test_a_browsers_whole_pixels_are_no_spaces(opener: Opener) -> None:
    """A browser steps from letter to letter by whole pixels of three quarters of a point: an N that is drawn too
    wide parts no word, an A that is drawn too narrow joins none, kerning and signs change neither.
    """
    out = io.BytesIO()
    drawn = canvas.Canvas(out)
    said = (
        (6.2, "INTERNA NACIONAL DE CORTINA"),
        (6.2, "CASA CENTRAL ANTONIA"),
        (6.2, "NACE EN ANCON"),
        (6.6, "PAPA PARA PAPEL"),
        (9, "TALLER LOCAL ALTO / DELTA"),
    )
    odd = {(6.2, "N"): 7, (6.2, "A"): 5, (9, "/"): 2}
    for number, (size, words) in enumerate(said):
        drawn.setFont("Helvetica", size)
        x = 60.0
        for at, letter in enumerate(words):
            if letter != " ":
                drawn.drawString(x, 700 - 30 * number, letter)
            step = odd.get((size, letter), round(drawn.stringWidth(letter, "Helvetica", size) / 0.75))
            x += 0.75 * (step - {"LT": 2, "PA": 1}.get(words[at : at + 2], 0))
    drawn.save()
    boxes = opener.open(out.getvalue(), "application/pdf", seconds=12).seen[0].boxes
    assert [box.text for box in boxes] == [words for _, words in said]


def test_a_line_between_two_cells_parts_them(opener: Opener) -> None:
    """Cells that almost touch are parted by the line drawn between them; a stamp whose edge crosses a word, or a
    word that overflows its cell, stays whole, and the page tells its lines.
    """
    out = io.BytesIO()
    drawn = canvas.Canvas(out)
    drawn.line(98, 660, 98, 720)
    drawn.drawRightString(97, 700, "1.00")
    drawn.drawString(99.5, 700, "1,350.00")
    drawn.drawString(60, 670, "ANILLO DE RETENCION")
    drawn.rect(200, 590, 60, 40)
    drawn.drawString(200 - drawn.stringWidth("A", "Helvetica", 12), 605, "AGRICOLA")
    drawn.drawString(60, 500, TEXT)
    drawn.save()
    page = opener.open(out.getvalue(), "application/pdf", seconds=12).seen[0]
    texts = [box.text for box in page.boxes]
    assert (texts, [round(e.at) for e in page.rules.upright]) == (
        ["1.00", "1,350.00", "ANILLO DE RETENCION", "AGRICOLA", TEXT],
        [98, 200, 260],
    )


def flate_bomb(size: int) -> bytes:
    """A small PDF whose content stream inflates to `size` bytes."""
    engine, block = zlib.compressobj(9, wbits=-15), b"0 0 m " * 100_000
    # One block is packed, so that it stands for itself, and repeated: a gigabyte would take seconds.
    packed, times = engine.compress(block) + engine.flush(zlib.Z_FULL_FLUSH), size // len(block)
    check = 1
    for _ in range(times):
        check = zlib.adler32(block, check)
    body = b"\x78\xda" + packed * times + engine.flush() + struct.pack(">I", check)
    return raw_pdf(
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(body) + body + b"\nendstream",
    )


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of one page, which is object 3, and what stands behind it."""
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", *objects]
    out, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(out))
        out += b"%d 0 obj" % number + part + b"endobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + b"".join(
        b"%010d 00000 n \n" % o for o in offsets
    )
    return (
        out + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, len(out))
    )


def tiled(step: str = "0.0001") -> bytes:
    """A page of one rectangle, painted with a tile that is set again at each `step`."""
    return raw_pdf(
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Pattern<</P 5 0 R>>>>>>",
        b"<</Length 43>>stream\n/Pattern cs /P scn 0 0 612 792 re f         \nendstream",
        b"<</Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep %s/YStep "
        b"%s/Resources<<>>/Length 12>>stream\n"
        b"0 0 1 1 re f\nendstream" % (step.encode(), step.encode()),
    )


def png(width: int, height: int, *, rows: int | None = None) -> bytes:
    """A black PNG that says how large it is; `rows` of it are there."""

    def chunk(name: bytes, inner: bytes) -> bytes:
        return struct.pack(">I", len(inner)) + name + inner + struct.pack(">I", zlib.crc32(name + inner))

    engine = zlib.compressobj(9)
    row = b"\0" * (width + 1)
    body = b"".join(engine.compress(row) for _ in range(height if rows is None else rows)) + engine.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def jpeg(width: int = 800, height: int = 600, **save: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).save(out, "JPEG", **save)
    return out.getvalue()


def opened(opener: Opener, data: bytes, *, seconds: float = 12) -> Opened:
    return opener.open(data, document.admit(data), seconds=seconds)


def refused(opener: Opener, data: bytes, *, seconds: float = 12) -> str:
    with pytest.raises(UnreadableFile) as caught:
        opened(opener, data, seconds=seconds)
    return caught.value.code


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "empty"),
        (lambda: b"x" * (20 * 1024 * 1024 + 1), "too_large"),
        (lambda: random.Random(1).randbytes(5000), "not_supported"),
        (lambda: b"PK\x03\x04" + b"\0" * 100, "not_supported"),
        (lambda: b"<html>%PDF</html>", "not_supported"),
        (lambda: b"%PDF-1.7\n", "corrupt"),
        (lambda: pdf()[:300], "corrupt"),
        (lambda: b"%PDF-1.4\n" + random.Random(2).randbytes(3000), "corrupt"),
        (lambda: pdf(encrypt=pdfencrypt.StandardEncryption("secreto")), "encrypted"),
        (lambda: pdf(500), "too_complex"),
        (lambda: jpeg()[:4000], "corrupt"),
        (lambda: b"\xff\xd8\xff\xe0" + random.Random(3).randbytes(2000), "corrupt"),
        (lambda: png(10_000, 10_000), "too_complex"),
        (lambda: png(30_000, 30_000, rows=1), "too_complex"),
        (lambda: png(200, 200)[:60], "corrupt"),
        (lambda: b"\0\0\0\x18ftypheic" + b"\0" * 200, "corrupt"),
        (lambda: b"II*\0" + b"\xff" * 64, "corrupt"),
    ],
    ids=[
        "empty",
        "huge",
        "random",
        "zip",
        "html",
        "header",
        "cut-pdf",
        "noise-pdf",
        "locked",
        "500-pages",
        "cut-jpeg",
        "noise-jpeg",
        "100-mpx",
        "900-mpx",
        "cut-png",
        "noise-heic",
        "noise-tiff",
    ],
)
def test_bad_files_end_in_their_code(opener: Opener, make: Callable[[], bytes], code: str) -> None:
    """Each kind of broken, locked or enormous file costs its own answer, with the right reason."""
    assert refused(opener, make()) == code


def test_a_bomb_ends_in_time_and_the_next_file_opens(opener: Opener) -> None:
    """A stream that inflates to a gigabyte ends as too complex within its limits, and hurts nobody."""
    bomb = flate_bomb(1_000_000_000)
    start = time.monotonic()
    assert refused(opener, bomb) in ("too_complex", "corrupt")
    assert time.monotonic() - start < 13
    assert TEXT in opened(opener, pdf()).seen[0].boxes[0].text


@only_long("five seconds of processor are burnt; only the child's limits could break it")
def test_a_page_of_endless_tiles_is_held_short() -> None:
    """A PDF of one page is held by its own limit of processor, far under that of any file; the server's own
    start is among the seconds.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with contextlib.closing(Opener()) as one:
        assert opened(one, tiled("1")).pages == 1
        with pytest.raises((UnreadableFile, OpeningFailed), match=r"[45]\.\d s of processor|starved"):
            # Starved: on a busy machine.
            opened(one, tiled())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 7.5


def test_the_wall_clock_ends_a_child(opener: Opener) -> None:
    """A file that is not open in the little time it is given says nothing of itself: the failure is ours."""
    bomb = flate_bomb(400_000_000)
    start = time.monotonic()
    with pytest.raises(OpeningFailed, match="starved"):
        opened(opener, bomb, seconds=0.5)
    assert time.monotonic() - start < 3


def test_text_comes_with_its_place(opener: Opener) -> None:
    """A text layer's phrases stand where the page shows them."""
    page = opened(opener, pdf()).seen[0]
    box = page.boxes[0]
    assert (box.text, page.scanned, page.raster) == (TEXT, False, None)
    assert 55 < box.x0 < 65
    assert 842 - 720 < box.y0 < box.y1 < 842 - 690


def test_leaders_do_not_mix_with_the_amount_that_reaches_into_them(opener: Opener) -> None:
    """Dots that lead from a label to its amount are no text, also where a long amount is drawn over their
    end; three dots are.
    """
    out = io.BytesIO()
    drawn = canvas.Canvas(out, pagesize=(595, 842))
    drawn.drawString(60, 700, "Importe Total" + 60 * "." + ":")
    drawn.drawRightString(305, 700, "S/ 12,735.24")
    drawn.drawString(60, 650, "Etc...")
    drawn.drawString(60, 600, TEXT)
    drawn.save()
    assert [b.text for b in opened(opener, out.getvalue()).seen[0].boxes] == [
        "Importe Total",
        "S/ 12,735.24",
        "Etc...",
        TEXT,
    ]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_pages_are_read_as_they_are_shown(opener: Opener, rotation: int) -> None:
    """A page whose /Rotate makes it upright gives its text upright; one that is shown askew is looked at as a
    picture.
    """
    shown, askew = io.BytesIO(), pdf(rotation=rotation, height=595)
    drawn = canvas.Canvas(shown, pagesize=(600, 600))
    drawn.setPageRotation(rotation)
    drawn.translate(300, 300)
    drawn.rotate(rotation)
    drawn.drawString(-280, 0, TEXT)
    drawn.save()
    assert [b.text for b in opened(opener, shown.getvalue()).seen[0].boxes] == [TEXT]
    assert opened(opener, askew).seen[0].scanned is (rotation != 0)


def test_an_owner_password_locks_nothing(opener: Opener) -> None:
    """A PDF that only forbids printing opens."""
    data = pdf(encrypt=pdfencrypt.StandardEncryption("", ownerPassword="dueño"))
    assert opened(opener, data).pages == 1


def test_twenty_pages_are_looked_at(opener: Opener) -> None:
    """Of a longer PDF the first twenty text layers are read, and the count of all is kept."""
    found = opened(opener, pdf(30))
    assert (found.pages, len(found.seen)) == (30, 20)


def test_five_scans_are_looked_at(opener: Opener) -> None:
    """Of pages without text the first five are rastered."""
    found = opened(opener, pdf(8, text="7"))
    assert (found.pages, [p.index for p in found.seen], all(p.raster for p in found.seen)) == (
        8,
        [0, 1, 2, 3, 4],
        True,
    )


def of_pages(*texts: str | Image.Image) -> bytes:
    """A PDF of pages that are a text, nothing ("") or a picture."""
    out = io.BytesIO()
    drawn = canvas.Canvas(out, pagesize=(595, 842))
    for each in texts:
        if isinstance(each, Image.Image):
            drawn.drawInlineImage(each, 0, 0, 595, 842)
        elif each:
            drawn.drawString(60, 700, each)
        drawn.showPage()
    drawn.save()
    return out.getvalue()


def test_blank_pages_do_not_count(opener: Opener) -> None:
    """Pages with nothing on them, drawn or scanned with grain, take none of the places of those that are
    read.
    """
    blank_scan = Image.effect_noise((600, 850), 12).point(lambda value: min(255, value + 110))
    scan = Image.new("L", (600, 850), 255)
    scan.paste(0, (60, 60, 400, 75))
    found = opened(opener, of_pages(*[TEXT, ""] * 21, blank_scan, scan))
    assert ([p.index for p in found.seen], found.blank) == (list(range(0, 40, 2)), list(range(1, 39, 2)))
    found = opened(opener, of_pages(blank_scan, scan, "", *[blank_scan, scan] * 4))
    assert ([p.index for p in found.seen], found.blank) == ([1, 4, 6, 8, 10], [0, 2, 3, 5, 7, 9])


def test_a_page_that_pdfium_refuses_is_left_out_alone(opener: Opener) -> None:
    """Where the file has lost a page's object the other pages are read, and the place of that one is in no
    list.
    """
    data = of_pages(TEXT, TEXT, TEXT)
    second = re.findall(rb"(\d+) 0 R", data[data.index(b"/Kids") :])[1]
    broken = data.replace(b"\n%s 0 obj" % second, b"\n%s 0 abc" % second)
    found = opened(opener, broken)
    assert (found.pages, [p.index for p in found.seen], found.blank) == (3, [0, 2], [])


def test_what_breaks_in_our_own_reading_of_a_page_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ValueError of our own code on one page of several is no silent loss of that page."""

    def breaks(*_: object) -> None:
        raise ValueError("ours")

    monkeypatch.setattr(pdf_pages, "_legible", breaks)
    with pytest.raises(ValueError, match="ours"):
        pdf_pages.open_pdf(of_pages(TEXT, TEXT), lambda _: None)


@pytest.mark.parametrize(("grey", "dark"), [(0, True), (40, True), (140, False), (255, False)])
def test_a_picture_without_light_is_dark(opener: Opener, grey: int, dark: bool) -> None:
    """A black picture with its grain is dark; a dim one that shows its paper is not."""
    picture = Image.effect_noise((800, 1000), 10).point(lambda value: max(0, min(255, value - 128 + grey)))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    assert opened(opener, out.getvalue()).seen[0].dark is dark


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "RGBA", "P", "1", "I;16"])
def test_pictures_of_every_kind_open(opener: Opener, form: str, mode: str) -> None:
    """Each picture type in each of its colour modes gives a raster."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    try:
        Image.linear_gradient("L").convert(mode).save(out, form)
    except (OSError, ValueError, KeyError):
        return  # the format has no such mode
    page = opened(opener, out.getvalue()).seen[0]
    assert (page.width, page.height, page.scanned) == (256, 256, True)


def test_exif_turns_the_picture(opener: Opener) -> None:
    """A photo held sideways is turned as its EXIF says."""
    exif = Image.Exif()
    exif[0x0112] = 6
    page = opened(opener, jpeg(800, 600, exif=exif)).seen[0]
    assert (page.width, page.height) == (600, 800)


def test_a_phones_original_is_scaled(opener: Opener) -> None:
    """A picture of 12 megapixels comes no larger than the OCR can use."""
    page = opened(opener, jpeg(4000, 3000)).seen[0]
    assert (page.width, page.height) == (2500, 1875)


def test_children_know_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that forks them starts with an environment of its own, in which only Python's own libraries
    are the caller's.
    """
    monkeypatch.setenv("WHATSAPP_APP_SECRET", "muy-secreto")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/layers/python/lib")
    process, sock = start_process("functions.extractor.opening.server")
    try:
        with sock:
            environment = b""
            until = time.monotonic() + 10
            while not environment and time.monotonic() < until:
                # Empty while the process is still becoming another.
                environment = Path(f"/proc/{process.pid}/environ").read_bytes()
            assert b"LD_LIBRARY_PATH=/layers/python/lib" in environment
            assert b"muy-secreto" not in environment
    finally:
        process.kill()
        process.wait()


# --- whose fault it is --------------------------------------------------------------------------------------


def children(one: Opener) -> list[int]:
    """The server's children, by their ids."""
    pid = one._process.pid if one._process else 0
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def alive(pid: int) -> bool:
    """Whether a process still runs; an orphan that init has not taken yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextlib.contextmanager
def struck(one: Opener, *signals: int) -> Iterator[list[int]]:
    """Each signal goes to the next new child; the ids of those that it ended."""
    met, hit = set(children(one)), list[int]()
    over = threading.Event()

    def strike() -> None:
        while not over.wait(0.002) and len(hit) < len(signals):
            for pid in set(children(one)) - met:
                met.add(pid)
                os.kill(pid, signals[len(hit)])
                hit.append(pid)

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield hit
    finally:
        over.set()
        thread.join()


@cache
def slow() -> bytes:
    """Takes a child some tenths of a second, then opens."""
    return flate_bomb(100_000_000)


def test_a_dead_server_is_started_again() -> None:
    """When the server is killed between two files the next file starts a new one."""
    one = Opener()
    try:
        one.warm()
        assert one._process is not None
        one._process.kill()
        one._process.wait()
        assert opened(one, pdf()).pages == 1
    finally:
        one.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGABRT])
def test_a_child_that_dies_is_followed_by_one_more(opener: Opener, number: int) -> None:
    """A file whose child is killed or crashes once opens in the next child."""
    opened(opener, pdf())
    with struck(opener, number) as hit:
        assert opened(opener, slow()).pages == 1
    assert len(hit) == 1


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ((signal.SIGSEGV, signal.SIGBUS), "too_complex"),
        ((signal.SIGABRT, signal.SIGILL), "too_complex"),
        ((signal.SIGKILL, signal.SIGKILL), "killed"),
        ((signal.SIGTERM, signal.SIGSEGV), "crashed"),
        ((signal.SIGSEGV, signal.SIGKILL), "killed"),
    ],
)
def test_only_two_crashes_are_the_files_own(opener: Opener, numbers: Sequence[int], wanted: str) -> None:
    """Two native crashes blame the file; a child killed from outside blames us, whatever became of the
    other.
    """
    opened(opener, pdf())
    with struck(opener, *numbers) as hit, pytest.raises((UnreadableFile, OpeningFailed)) as caught:
        opened(opener, slow())
    error = caught.value
    assert isinstance(error, UnreadableFile | OpeningFailed)
    said = error.code if isinstance(error, UnreadableFile) else error.reason
    assert (len(hit), said) == (2, wanted)


def test_a_server_that_never_gets_ready_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that dies before it is ready is started once more, and then the failure is ours; no file is
    given to it.
    """
    started: list[str] = []

    def dies(module: str) -> tuple[subprocess.Popen[bytes], socket.socket]:
        started.append(module)
        return start_process("functions.extractor.invoice")  # a module that does nothing, and ends

    monkeypatch.setattr(child, "start_process", dies)
    with contextlib.closing(Opener()) as one, pytest.raises(OpeningFailed, match="no_server"):
        opened(one, pdf())
    assert started == ["functions.extractor.opening.server"] * 2


def test_a_server_that_is_slow_to_get_ready_is_ours() -> None:
    """A cold server that is not ready within the file's time says nothing of the file."""
    with contextlib.closing(Opener()) as one, pytest.raises(OpeningFailed, match="late"):
        opened(one, pdf(), seconds=0.02)


def test_a_server_that_was_stopped_is_replaced() -> None:
    """A server that answers nothing twice in a row, stopped by somebody, has a new one in its place; no file
    is blamed.
    """
    with contextlib.closing(Opener()) as one:
        assert opened(one, pdf(), seconds=20).pages == 1
        assert one._process
        os.kill(one._process.pid, signal.SIGSTOP)
        for _ in range(2):
            with pytest.raises(OpeningFailed, match="late"):
                opened(one, pdf(), seconds=0.5)
        assert opened(one, pdf(), seconds=20).pages == 1


@only_long("a hundred files are opened under kills; single kills are tried in every run")
def test_nobody_elses_kill_blames_a_file() -> None:
    """A hundred files whose server and children are killed at random: each opens well or the failure is ours,
    and most open.
    """
    rng = random.Random(7)
    one = Opener()
    opened(one, pdf())
    over = threading.Event()
    killed = {"server": 0, "child": 0}

    def kill() -> None:
        met: set[int] = set()
        while not over.wait(0.001):
            for pid in set(children(one)) - met:
                met.add(pid)
                whom = "child" if (chance := rng.random()) < 0.3 else "server" if chance < 0.35 else None
                process = one._process
                if whom is not None and process is not None:
                    time.sleep(rng.uniform(0, 0.01))
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid if whom == "child" else process.pid, signal.SIGKILL)
                        killed[whom] += 1

    def answer(number: int) -> str:
        try:
            return (
                "opened"
                if opened(one, pdf(text=f"{TEXT} {number:03d}", height=200)).seen[0].boxes[0].text
                == f"{TEXT} {number:03d}"
                else "wrong"
            )
        except OpeningFailed:
            return "ours"
        except UnreadableFile as error:
            return error.code

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        with ThreadPoolExecutor(2) as pool:
            answers = Counter(pool.map(answer, range(100)))
    finally:
        over.set()
        thread.join()
        one.close()
    assert answers.keys() <= {"opened", "ours"}, answers
    assert answers["opened"] > answers["ours"], answers
    assert min(killed.values()) >= 3, killed


def test_files_leave_neither_processes_nor_descriptors() -> None:
    """After many files, bad ones and killed children among them, server and caller hold as many descriptors
    as before, and no zombie.
    """
    one = Opener()

    def held() -> list[int]:
        until = time.monotonic() + 5
        while children(one) and time.monotonic() < until:
            time.sleep(0.01)  # a child that has answered is yet to be taken
        assert (one._process is not None, children(one)) == (True, [])
        time.sleep(0.05)  # its socket is closed after that
        return [len(list(Path(f"/proc/{who}/fd").iterdir())) for who in ("self", one._process.pid)]

    try:
        opened(one, pdf())
        before = held()
        for _ in range(5):
            opened(one, pdf())
            refused(one, b"%PDF-1.7\n")
        with struck(one, signal.SIGKILL, signal.SIGKILL), pytest.raises(OpeningFailed):
            opened(one, slow())
        assert held() == before
    finally:
        one.close()


def test_a_child_dies_with_its_server(opener: Opener) -> None:
    """Whoever kills the server leaves no child at work behind it."""
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(opened, opener, tiled(), seconds=3)
        until = time.monotonic() + 3
        while not (running := children(opener)) and time.monotonic() < until:
            time.sleep(0.005)
        assert opener._process is not None
        opener._process.kill()
        until = time.monotonic() + 1
        while alive(running[0]) and time.monotonic() < until:
            time.sleep(0.005)
        assert not alive(running[0])
        with pytest.raises(OpeningFailed):
            work.result()


def test_many_threads_share_one_server(opener: Opener) -> None:
    """Files opened at once from many threads each come back whole."""
    with ThreadPoolExecutor(8) as pool:
        texts = list(
            pool.map(lambda i: opened(opener, pdf(text=f"{TEXT} {i:03d}")).seen[0].boxes[0].text, range(24))
        )
    assert texts == [f"{TEXT} {i:03d}" for i in range(24)]


PREPARED = """
import io, sys
import pillow_heif
from PIL import Image
from functions.extractor.opening import files
pictures = []
pillow_heif.register_heif_opener()
exif = Image.Exif()
exif[0x0112] = 6
files.prepare()
loaded = set(sys.modules)
for form in ("JPEG", "PNG", "WEBP", "TIFF", "HEIF"):
    drawn = io.BytesIO()
    Image.effect_noise((300, 300), 60).save(drawn, form, exif=exif)
    saved = set(sys.modules)
    files.open_file(drawn.getvalue(), "image/*")
    print(*sorted(set(sys.modules) - saved))
files.open_file(sys.stdin.buffer.read(), "application/pdf")
print(*sorted(set(sys.modules) - loaded - saved))
"""


def test_a_child_imports_nothing() -> None:
    """Whatever opening a file of any type needs is loaded before the first child is forked."""
    done = subprocess.run([sys.executable, "-c", PREPARED], input=pdf(), capture_output=True, check=True)
    assert done.stdout.decode().split() == []


def test_the_server_ends_with_its_owner() -> None:
    """Closing leaves no process behind."""
    one = Opener()
    one.warm()
    assert one._process is not None
    pid = one._process.pid
    one.close()
    assert not os.path.exists(f"/proc/{pid}")  # noqa: PTH110 - a process, not a file


def test_the_child_is_held_by_limits() -> None:
    """A child has 1,200 MiB and 10 s of processor, and threads of the caller do not matter."""
    assert (server.MEMORY, server.CPU_S) == (1200 * 1024 * 1024, 10)
    found: list[int] = []
    one = Opener()
    try:
        thread = threading.Thread(target=lambda: found.append(opened(one, pdf()).pages))
        thread.start()
        thread.join()
    finally:
        one.close()
    assert found == [1]


def test_an_untrusted_answer_is_no_code() -> None:
    """What a child sends is JSON and bytes: a frame that is none ends as an error, not in our memory."""
    from functions.extractor import process as wire

    for frame in (
        b"\xff\xff\xff\xff",
        struct.pack(">I", 4) + b"nope",
        struct.pack(">I", 15) + b'{"blobs": [-1]}',
        struct.pack(">I", 22) + b'{"blobs": [9999999999]}',
    ):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(frame)
            theirs.close()
            with pytest.raises(wire.Broken):
                wire.receive(ours, seconds=1)


def test_a_dripping_answer_is_cut_off() -> None:
    """A frame that comes a byte at a time has the same deadline as any other."""
    from functions.extractor import process as wire

    ours, theirs = socket.socketpair()
    with ours, theirs:

        def drip() -> None:
            for _ in range(20):
                try:
                    theirs.send(b"\0")
                except OSError:
                    return
                time.sleep(0.05)

        thread = threading.Thread(target=drip)
        thread.start()
        start = time.monotonic()
        theirs_frame = struct.pack(">I", 4096)
        theirs.sendall(theirs_frame)
        with pytest.raises((wire.Late, wire.Broken)):
            wire.receive(ours, seconds=0.3)
        assert time.monotonic() - start < 1
        ours.close()
        thread.join()


def test_pdfium_is_the_pinned_one() -> None:
    """The library that opens strangers' files is the version that was measured."""
    assert PYPDFIUM_INFO.version == "5.15.2"


def test_letters_of_a_font_that_does_not_say_its_height_are_one_phrase(opener: Opener) -> None:
    """Of a font without ascent, as browsers write some, PDFium gives the ink's boxes: low letters and tall
    ones make one line all the same, parted where columns are.
    """

    def stream(drawn: bytes) -> bytes:
        return b"<< /Length %d >> stream\n%s\nendstream" % (len(drawn), drawn)

    words = b"".join(
        b"1 0 0 1 20 %d Tm (aaa) Tj 24 0 Td (aaa) Tj 24 0 Td (bba) Tj " % y for y in range(60, 180, 20)
    )
    said = (
        b"1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfchar <61> <0061> <62> <0062> endbfchar"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 5 0 R /Resources 9 0 R >>",
        (
            b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [.001 0 0 .001 0 0]"
            b" /FirstChar 97"
            b" /LastChar 98 /Widths [600 600] /Encoding << /Type /Encoding /Differences [97 /a /b] >>"
            b" /CharProcs << /a 7 0 R /b 8 0 R >> /ToUnicode 6 0 R >>"
        ),
        stream(b"BT /F 10 Tf %s ET" % words),
        stream(said),
        *(stream(b"550 0 0 0 550 %d d1 0 0 550 %d re f" % (high, high)) for high in (430, 720)),
        b"<< /Font << /F 4 0 R >> >>",
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, each) for n, each in enumerate(objects, 1))
    found = opened(opener, b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R >>\n%%EOF")
    assert {box.text for page in found.seen for box in page.boxes} == {"aaa aaa bba"}
