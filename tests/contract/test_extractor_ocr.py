"""The OCR engine's process, killed and hurried."""

import contextlib
import io
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw, ImageFont

from functions.extractor.engines.ocr import Ocr, OcrFailed, Turn

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def ocr() -> Iterator[Ocr]:
    """One warm engine, its model loaded."""
    one = Ocr(slots=1)
    one.read(page(), seconds=60)
    yield one
    one.close()


def page() -> bytes:
    """A page of words, as a BMP."""
    image = Image.new("L", (1000, 1400), 255)
    draw = ImageDraw.Draw(image)
    for row in range(30):
        draw.text(
            (60, 40 + 44 * row),
            f"FACTURA ELECTRONICA F001-{row:08d} CEMENTO PORTLAND",
            0,
            ImageFont.load_default(28),
        )
    out = io.BytesIO()
    image.save(out, "BMP")
    return out.getvalue()


def engine(ocr: Ocr) -> int:
    """The id of the one engine's process, while it is free."""
    worker = ocr._free.get()
    ocr._free.put(worker)
    assert worker is not None
    return worker.process.pid


@contextlib.contextmanager
def killed(*pids: int, after_s: float) -> Iterator[None]:
    """The processes are killed after a moment."""

    def kill() -> None:
        time.sleep(after_s)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_an_engine_that_dies_at_work_is_followed_by_one_more(ocr: Ocr) -> None:
    """A raster whose engine is killed from outside is read by a fresh one, within its time."""
    raster, before = page(), engine(ocr)
    with killed(before, after_s=0.05):
        assert len(ocr.read(raster, seconds=60).boxes) >= 30
    assert engine(ocr) != before


def test_two_dead_engines_are_a_failure(ocr: Ocr, monkeypatch: pytest.MonkeyPatch) -> None:
    """A raster is given to no third engine: it may be what kills them."""
    raster, start, started = page(), ocr._start, []

    def dead() -> object:
        worker = start()
        worker.process.kill()
        started.append(worker.process.pid)
        return worker

    monkeypatch.setattr(ocr, "_start", dead)
    with killed(engine(ocr), after_s=0.05), pytest.raises(OcrFailed) as caught:
        ocr.read(raster, seconds=60)
    assert (caught.value.reason, len(started)) == ("died", 1)


def test_each_failure_has_its_reason(ocr: Ocr) -> None:
    """Too late, and no picture, are told apart by a word and not by their message."""
    ocr.read(page(), seconds=60)
    reasons = []
    for raster, seconds in ((page(), 0.21), (b"no picture", 30)):
        with pytest.raises(OcrFailed) as caught:
            ocr.read(raster, size="small", seconds=seconds)
        reasons.append(caught.value.reason)
    assert reasons == ["late", "error"]


@pytest.mark.parametrize("seconds", [-3.0, 0.0, 0.1])
def test_an_engine_is_not_killed_for_time_that_was_never_there(ocr: Ocr, seconds: float) -> None:
    """Asked when the time is over, the engine stays; the failure is that it is late."""
    ocr.read(page(), seconds=60)
    before = engine(ocr)
    with pytest.raises(OcrFailed) as caught:
        ocr.read(page(), seconds=seconds)
    assert (caught.value.reason, engine(ocr)) == ("late", before)


def test_every_free_engine_ends() -> None:
    """Closing ends all engines that are free, not the last one only."""
    both = Ocr(slots=2)
    engines = [both._alive(both._free.get()) for _ in range(2)]
    for engine in engines:
        both._free.put(engine)
    both.close()
    assert [each.process.poll() for each in engines] == [-signal.SIGKILL, -signal.SIGKILL]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_part_of_a_page_is_placed_by_the_whole(ocr: Ocr, turn: Turn) -> None:
    """The lines of a part, as the page stands once turned, have the places that they have on the whole page,
    and no other line is read.
    """
    image = Image.open(io.BytesIO(page()))
    sent = io.BytesIO()
    image.rotate(turn, expand=True).save(
        sent, "BMP"
    )  # Pillow counts anticlockwise: so it lies before it is turned
    whole = ocr.read(sent.getvalue(), turn=turn, seconds=60)
    close = ocr.read(sent.getvalue(), turn=turn, part=(0.0, 0.3, 1.0, 0.5), seconds=60)
    assert (close.width, close.height, close.turn) == (whole.width, whole.height, turn)
    within = [b for b in whole.boxes if 0.3 * whole.height < b.y0 and b.y1 < 0.5 * whole.height]
    assert len(within) > 3
    assert len(close.boxes) < len(whole.boxes) / 2
    for line in within[1:-1]:
        one = min(close.boxes, key=lambda b: abs(b.y0 - line.y0))
        assert (one.x0, one.y0, one.x1, one.y1) == pytest.approx((line.x0, line.y0, line.x1, line.y1), abs=8)
