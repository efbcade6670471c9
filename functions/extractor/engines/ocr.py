"""Our own OCR: a narrow adapter over one engine, in warm processes of its own that are killed at the
deadline.

The engine knows nothing of EXIF (the opener turns pictures) nor of upside-down pages (`upright` finds out).
faster-paddle carries PaddleOCR's PP-OCRv6 weights (Apache-2.0) in its wheel; rapidocr, where installed,
stands behind the same adapter.
"""

from __future__ import annotations

import contextlib
import io
import math
import queue
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from functions.errors import NoAnswer
from functions.extractor import sandbox
from functions.extractor.page import Box, Part
from functions.extractor.process import Broken, Late, receive, send, start_process

Size = Literal["tiny", "small"]
Turn = Literal[0, 90, 180, 270]
Why = Literal["late", "died", "error", "busy"]

_LEAST_S = 0.2
"""With fewer seconds left an engine is not asked, so that it is not killed for work that no engine could do:
any page takes longer (a second on a busy machine).
"""


class OcrFailed(NoAnswer):  # an outcome: the document is answered without OCR
    """There is no reading: no answer in time, two engines died, the engine refused the raster, or no engine
    was free.
    """

    def __init__(self, reason: Why, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Why = reason


@dataclass(slots=True)
class RasterLines:
    """The lines of one raster, after it was turned clockwise by `turn` degrees to stand upright; sizes as
    turned.
    """

    boxes: list[Box]
    width: float
    height: float
    turn: Turn = 0

    def confidence(self) -> float:
        """Mean confidence over characters."""
        letters = sum(len(b.text) for b in self.boxes)
        return sum(b.conf * len(b.text) for b in self.boxes) / letters if letters else 0.0


class Eyes(Protocol):
    """A reader of rasters: `Ocr`, or its stand-in in tests and benches."""

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        """Returns the lines of a raster, or of a part of it as turned, within `seconds`. Raises OcrFailed."""


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    sock: socket.socket

    def ask(self, raster: bytes, asked: dict[str, Any], end: float) -> dict[str, Any]:
        self.sock.settimeout(max(_LEAST_S, end - time.monotonic()))
        send(self.sock, asked, raster)
        header, _ = receive(self.sock, seconds=max(_LEAST_S, end - time.monotonic()))
        return header

    def kill(self) -> None:
        self.sock.close()
        self.process.kill()
        self.process.wait()


class Ocr:
    """`slots` warm engines. A call takes a free one, and kills it when it does not answer in time; the next
    call starts another.
    """

    def __init__(self, *, slots: int = 2, engine: str = "faster-paddle") -> None:
        self._engine = engine
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(slots):
            self._free.put(None)

    def warm(self) -> None:
        """Starts one engine with the small model; the larger one is loaded when it is first asked for."""
        worker = self._free.get()
        try:
            worker = worker or self._start()
        finally:
            self._free.put(worker)

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        """Returns the lines of a raster (an encoded picture), or of a part of it as turned, placed and measured
        by the whole. Where an engine dies, one more is asked.

        Raises:
            OcrFailed: no free engine, no answer in `seconds`, two engines died, or the engine refused the
            raster.
        """
        end = time.monotonic() + seconds
        try:
            worker = self._free.get(timeout=max(0.0, seconds))
        except queue.Empty:
            raise OcrFailed("busy", "no free engine") from None
        try:
            died = False
            while True:
                if end - time.monotonic() < _LEAST_S:
                    raise OcrFailed("late")
                try:
                    worker = self._alive(worker)
                    header = worker.ask(raster, {"size": size, "turn": turn, "part": part}, end)
                    break
                except (Broken, Late, OSError) as error:
                    if worker is not None:
                        worker.kill()
                        worker = None
                    if isinstance(error, Late):
                        raise OcrFailed("late") from error
                    if died:
                        raise OcrFailed("died") from error
                    died = True
        finally:
            self._free.put(worker)
        if "error" in header:
            raise OcrFailed("error", str(header["error"]))
        boxes = [Box(str(b[0]), *(float(v) for v in b[1:])) for b in header["lines"]]
        return RasterLines(boxes, float(header["width"]), float(header["height"]), turn)

    def close(self) -> None:
        """Ends the engines that are free; one at work ends at its own deadline."""
        free: list[_Worker | None] = []
        with contextlib.suppress(queue.Empty):
            while True:
                free.append(self._free.get_nowait())
        for worker in free:
            if worker is not None:
                worker.kill()
            self._free.put(None)

    def _alive(self, worker: _Worker | None) -> _Worker:
        if worker is not None and worker.process.poll() is None:
            return worker
        if worker is not None:
            worker.kill()
        return self._start()

    def _start(self) -> _Worker:
        return _Worker(*start_process("functions.extractor.engines.ocr", self._engine))


_UPRIGHT = 0.76
"""Between the least confidence of an upright page (0.81) and the most of one upside down (0.72)."""


def upright(eyes: Eyes, raster: bytes, *, angles: Sequence[float], seconds: float) -> RasterLines:
    """Reads a raster the right way up: by its QR symbols' angle, else by how the text stands and how sure the
    engine is.

    Measured: an upright page reads at a confidence of at least 0.81, one upside down at 0.63 or less; on a
    page that lies on its side most characters are in tall boxes. The first reading stands where a try at
    another angle fails, or would take longer than is left.

    Raises:
        OcrFailed: the first reading failed.
    """
    start = time.monotonic()
    end = start + seconds
    first = eyes.read(raster, turn=turn_of(angles), seconds=seconds)
    if angles:
        return first
    took = time.monotonic() - start

    def tried(turn: Turn) -> list[RasterLines]:
        if end - time.monotonic() < took:
            return []
        try:
            return [eyes.read(raster, turn=turn, seconds=end - time.monotonic())]
        except OcrFailed:
            return []

    if _tall_share(first) > 0.5:
        # An engine turns each standing line by itself, to the left. Where it is sure of them, the page lies
        # on its right side; but the rows of such a reading are columns.
        likely: tuple[Turn, Turn] = (270, 90) if first.confidence() >= _UPRIGHT else (90, 270)
        tries = tried(likely[0])
        if not any(each.confidence() >= _UPRIGHT for each in tries):
            tries += tried(likely[1])
        best = max(tries, key=RasterLines.confidence, default=first)
        return best if best.confidence() >= _UPRIGHT else max(best, first, key=RasterLines.confidence)
    if first.boxes and first.confidence() < _UPRIGHT:
        return max((*tried(180), first), key=RasterLines.confidence)
    return first


def turn_of(angles: Sequence[float]) -> Turn:
    """Returns how far to turn a page clockwise so that its symbols stand upright, in degrees, to the nearest
    quarter turn.
    """
    if not angles:
        return 0
    quarters = round(-angles[0] / 90) % 4
    turns: tuple[Turn, ...] = (0, 90, 180, 270)
    return turns[quarters]


def _tall_share(reading: RasterLines) -> float:
    letters = sum(len(b.text) for b in reading.boxes if len(b.text) > 1)
    tall = sum(len(b.text) for b in reading.boxes if len(b.text) > 1 and b.y1 - b.y0 > 1.3 * (b.x1 - b.x0))
    return tall / letters if letters else 0.0


# --- the process that holds the engine ----------------------------------------------------------------------

_Lines = list[list[Any]]


class _Engine(Protocol):
    def read(self, raster: bytes, size: Size) -> _Lines: ...


class _FasterPaddle:
    def __init__(self) -> None:
        self._engines: dict[str, Any] = {}
        self._load("tiny")

    def _load(self, size: Size) -> Any:
        if size not in self._engines:
            # 42 MB, only in this process
            from faster_paddle import OcrEngine  # pyright: ignore[reportAttributeAccessIssue] - compiled whole

            self._engines[size] = OcrEngine(model_size=size)
        return self._engines[size]

    def read(self, raster: bytes, size: Size) -> _Lines:
        bounds = self._load(size).ocr(raster)["bounds"]
        return [
            [b["text"], *b["topLeftCoord"], *b["bottomRightCoord"], b["confidence"]]
            for b in bounds.values()
            if b["text"].strip()
        ]


class _RapidOcr:
    def __init__(self) -> None:
        # an option that is imported only when chosen
        from rapidocr import RapidOCR  # pyright: ignore[reportMissingImports] - only the benchmark has it

        self._engine = RapidOCR()

    def read(self, raster: bytes, size: Size) -> _Lines:  # noqa: ARG002 - one size
        found = self._engine(raster)
        if found.boxes is None:
            return []
        return [
            [
                text,
                float(b[:, 0].min()),
                float(b[:, 1].min()),
                float(b[:, 0].max()),
                float(b[:, 1].max()),
                float(score),
            ]
            for b, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        ]


_QUARTERS = {90: 4, 180: 3, 270: 2}
"""Pillow's names of quarter turns, which it counts anticlockwise (ROTATE_270, ROTATE_180, ROTATE_90)."""


@dataclass(frozen=True, slots=True)
class _Picture:
    """An encoded picture, and where its origin stands on the page of this size, as turned."""

    data: bytes
    left: int
    top: int
    width: int
    height: int


def _cut(raster: bytes, turn: int, part: Part | None) -> _Picture:
    from PIL import Image  # only in this process

    image: Image.Image = Image.open(io.BytesIO(raster))
    if turn:
        image = image.transpose(Image.Transpose(_QUARTERS[turn]))
    width, height = image.size
    left, top = (int(part[0] * width), int(part[1] * height)) if part else (0, 0)
    if part:
        image = image.crop((left, top, math.ceil(part[2] * width), math.ceil(part[3] * height)))
    if turn or part:
        out = io.BytesIO()
        image.save(out, "BMP")
        raster = out.getvalue()
    return _Picture(raster, left, top, width, height)


def _answer(engine: _Engine, raster: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    picture = _cut(raster, int(asked["turn"]), asked["part"])
    left, top = picture.left, picture.top
    lines = [
        [text, x0 + left, y0 + top, x1 + left, y1 + top, conf]
        for text, x0, y0, x1, y1, conf in engine.read(picture.data, asked["size"])
    ]
    return {"lines": lines, "width": picture.width, "height": picture.height}


def _load_pictures() -> None:
    """Imports now what Pillow would import at its first picture, when no file can be opened any more."""
    from PIL import Image  # only in this process

    Image.init()
    blank = io.BytesIO()
    Image.new("L", (8, 8)).save(blank, "BMP")
    _cut(blank.getvalue(), 90, (0.0, 0.0, 0.5, 0.5))


def _serve(sock: socket.socket, name: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
    engine: _Engine = _RapidOcr() if name == "rapidocr" else _FasterPaddle()
    _load_pictures()
    sandbox.keep_only(sock.fileno())
    with contextlib.suppress(OSError):  # a kernel without the filter: the opening server says so
        sandbox.confine()
    while True:
        try:
            header, (raster,) = receive(sock)
        except Broken:
            return
        try:
            answer = _answer(engine, raster, header)
        except Exception as error:  # noqa: BLE001 - the engine's failures are the document's, not the process's
            answer = {"error": type(error).__name__}
        try:
            send(sock, answer)
        except Broken:
            return


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
