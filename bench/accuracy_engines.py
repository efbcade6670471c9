"""The engines side by side: our extractor (with its OCR answers kept on disk), and the references on the same
files.

Nothing in `functions/` knows of the cache: it sits here, behind the adapter that the extractor reads pictures
with.
"""

import gzip
import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.metadata import version
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, ImageOps

from functions.extractor.engine import Extractor
from functions.extractor.engines.ocr import Ocr, RasterLines, Size, Turn
from functions.extractor.invoice import Extraction, Invoice, Item, Supplier
from functions.extractor.page import Box, Part
from tests.corpus import Sample

CACHE = Path(__file__).parent.parent / ".cuadra" / "bench-cache"
TODAY = date(2026, 11, 22)
"""The corpus's day: its documents are of before, and no rate or check changes when the bench runs later."""


class Engine(Protocol):
    """Reads one sample; None where it has nothing to say about such a file."""

    def __call__(self, sample: Sample) -> Extraction | None:
        """What was read."""


class Kept:
    """Answers by a key, as JSON on disk."""

    def __init__(self, name: str) -> None:
        self._folder = CACHE / name

    def get(self, key: str, make: Callable[[], Any]) -> Any:
        """The answer kept, or made and kept."""
        path = self._folder / key[:2] / f"{key}.json.gz"
        if path.exists():
            return json.loads(gzip.decompress(path.read_bytes()))
        answer = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(gzip.compress(json.dumps(answer).encode(), 5, mtime=0))
        part.replace(path)
        return answer


class KeptOcr(Ocr):
    """The extractor's own OCR, asked once for each raster."""

    def __init__(self) -> None:
        super().__init__(slots=1)
        self._kept = Kept(f"ocr-faster-paddle-{version('faster-paddle')}")

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        """See `Ocr.read`."""

        def ask() -> Any:
            reading = super(KeptOcr, self).read(raster, size=size, turn=turn, part=part, seconds=seconds)
            lines = [[b.text, b.x0, b.y0, b.x1, b.y1, b.conf] for b in reading.boxes]
            return {"lines": lines, "width": reading.width, "height": reading.height}

        where = "-".join(["", *(f"{edge:.4f}" for edge in part or ())])
        return _reading(
            self._kept.get(f"{hashlib.sha256(raster).hexdigest()}-{size}-{turn}{where}", ask), turn
        )


def _reading(kept: dict[str, Any], turn: Turn) -> RasterLines:
    boxes = [Box(str(b[0]), *(float(v) for v in b[1:])) for b in kept["lines"]]
    return RasterLines(boxes, kept["width"], kept["height"], turn)


class TesseractOcr(Ocr):
    """Tesseract in the place of our OCR: words of one line that stand close are one box, as the readers
    expect.
    """

    def __init__(self) -> None:
        super().__init__(slots=1)
        from tesserocr import PSM, PyTessBaseAPI

        self._api = PyTessBaseAPI(path=str(spanish()), lang="spa", psm=PSM.SINGLE_COLUMN)
        self._kept = Kept(f"ocr-tesserocr-{version('tesserocr')}")

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        """See `Ocr.read`."""
        return _reading(
            self._kept.get(f"{hashlib.sha256(raster).hexdigest()}-{turn}", lambda: self._ask(raster, turn)),
            turn,
        )

    def _ask(self, raster: bytes, turn: Turn) -> Any:
        from tesserocr import RIL, iterate_level

        image = Image.open(BytesIO(raster)).rotate(-turn, expand=True)
        self._api.SetImage(image)
        self._api.Recognize()
        lines: list[list[Any]] = []
        words = self._api.GetIterator()
        for word in iterate_level(words, RIL.WORD) if words else ():
            box = word.BoundingBox(RIL.WORD)
            if box is None or not word.GetUTF8Text(RIL.WORD).strip():
                continue
            x0, y0, x1, y1 = box
            text, sure = word.GetUTF8Text(RIL.WORD), word.Confidence(RIL.WORD) / 100
            last = lines[-1] if lines and not word.IsAtBeginningOf(RIL.TEXTLINE) else None
            if last is not None and 0 <= x0 - last[3] < 0.9 * (y1 - y0):
                total = len(last[0]) + len(text)
                mean = (last[5] * len(last[0]) + sure * len(text)) / total
                lines[-1] = [f"{last[0]} {text}", last[1], min(last[2], y0), x1, max(last[4], y1), mean]
            else:
                lines.append([text, x0, y0, x1, y1, sure])
        return {"lines": lines, "width": image.width, "height": image.height}


def spanish() -> Path:
    """Tesseract's Spanish: where the system has it, else npm's package of it (Apache-2.0), fetched once."""
    for folder in (
        os.environ.get("TESSDATA_PREFIX"),
        "/usr/share/tesseract-ocr/5/tessdata",
        "/usr/share/tessdata",
        "/opt/homebrew/share/tessdata",
    ):
        if folder and (Path(folder) / "spa.traineddata").exists():
            return Path(folder)
    home = CACHE / "tessdata"
    if not (home / "spa.traineddata").exists():
        home.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError(
                "Tesseract's Spanish is missing: install tesseract-ocr-spa, or npm to fetch it"
            )
        subprocess.run(
            [npm, "pack", "--silent", "@tesseract.js-data/spa@1.0.0"],
            cwd=home,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with tarfile.open(next(home.glob("*.tgz"))) as archive:
            member = archive.extractfile("package/4.0.0_best_int/spa.traineddata.gz")
            assert member
            (home / "spa.traineddata").write_bytes(gzip.decompress(member.read()))
    return home


class FirstLook(KeptOcr):
    """The extractor's own OCR whose larger model, asked for `wanted` times, sees what the small one saw."""

    wanted = 0

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        """See `Ocr.read`."""
        self.wanted += size == "small"
        return super().read(raster, size="tiny", turn=turn, part=part, seconds=seconds)


class Own:
    """Our extractor without a model: QR, text layer, own OCR, checks. `first` tells what the first look made
    of a sample.
    """

    def __init__(self, *, kept: bool = True) -> None:
        self._extractor = self._with(KeptOcr() if kept else Ocr(slots=1))
        self._extractor.warm()
        self._first_look = FirstLook()
        self._first = self._with(self._first_look)

    def __call__(self, sample: Sample) -> Extraction:
        """What was read."""
        return self._extractor.extract(sample.data)

    def first(self, sample: Sample) -> tuple[Extraction, bool]:
        """What the first look at its pixels gives, and whether a second was wanted."""
        before = self._first_look.wanted
        return self._first.extract(sample.data), self._first_look.wanted > before

    @staticmethod
    def _with(ocr: Ocr) -> Extractor:
        extractor = Extractor(slots=1, today=lambda: TODAY, ocr=ocr)
        _at_exit(extractor.close)
        _at_exit(ocr.close)
        return extractor


def own(*, kept: bool = True) -> Own:
    """Our extractor, its OCR's answers kept on disk or not."""
    return Own(kept=kept)


def tesseract() -> Engine:
    """The same extractor, Tesseract in the place of the OCR."""
    extractor = Extractor(slots=1, today=lambda: TODAY, ocr=TesseractOcr())
    _at_exit(extractor.close)
    return lambda sample: (
        None
        if sample.form == "digital" and sample.mime == "application/pdf"
        else extractor.extract(sample.data)
    )


def _at_exit(close: Callable[[], None]) -> None:
    from multiprocessing.util import Finalize

    Finalize(None, close, exitpriority=10)


# --- rapidocr and regular expressions: what one writes in an afternoon --------------------------------------

_RUC = re.compile(r"\b((?:10|15|16|17|20)\d{9})\b")
_SERIAL = re.compile(r"\b([FBE][A-Z0-9]\d{2}|S\d{3})\s*-\s*(\d{1,8})\b")
_DATE = re.compile(r"\b(\d{2})[/-](\d{2})[/-](\d{4})\b|\b(\d{4})-(\d{2})-(\d{2})\b")
_TOTAL = re.compile(r"(?:IMPORTE TOTAL|TOTAL A PAGAR|TOTAL)\D{0,14}?([\d,]+\.\d{2})")
_IGV = re.compile(r"I\.?G\.?V\.?[^\n]{0,14}?([\d,]+\.\d{2})")
_NAMES = (
    ("NOTA DE CR", "07"),
    ("NOTA DE D", "08"),
    ("HONORARIOS", "02"),
    ("BOLETA", "03"),
    ("FACTURA", "01"),
    ("SERVICIO", "14"),
)


def rapidocr() -> Engine:
    """RapidOCR's lines in reading order and plain regular expressions; photos only."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.WARNING)
    engine = RapidOCR()
    kept = Kept(f"ocr-rapidocr-{version('rapidocr')}")

    def lines(data: bytes) -> Any:
        import numpy as np

        picture = ImageOps.exif_transpose(Image.open(BytesIO(data))).convert("RGB")
        found = engine(np.asarray(picture)[:, :, ::-1])
        if found.boxes is None:
            return []
        rows = [
            (float(b[:, 1].mean()), float(b[:, 0].min()), float(np.ptp(b[:, 1])), t)
            for b, t in zip(found.boxes, found.txts, strict=True)
        ]
        rows.sort()
        out: list[list[tuple[float, str]]] = []
        last = -1e9
        for y, x, tall, text in rows:
            if y - last > 0.6 * tall:
                out.append([])
                last = y
            out[-1].append((x, text))
        return [" ".join(text for _, text in sorted(row)) for row in out]

    def read(sample: Sample) -> Extraction | None:
        if not sample.mime.startswith("image/"):
            return None
        start = time.monotonic()
        text = "\n".join(
            kept.get(hashlib.sha256(sample.data).hexdigest(), lambda: lines(sample.data))
        ).upper()
        return by_expressions(text, round((time.monotonic() - start) * 1000))

    return read


def by_expressions(text: str, elapsed_ms: int = 0) -> Extraction:
    """An invoice by the first match of each expression."""
    ruc, serial, day = _RUC.search(text), _SERIAL.search(text), _DATE.search(text)
    when = None
    if day:
        parts = (day[3], day[2], day[1]) if day[1] else (day[4], day[5], day[6])
        try:
            when = date(int(parts[0]), int(parts[1]), int(parts[2]))
        except ValueError:
            when = None
    if not ruc and not serial:
        return Extraction("not_an_invoice", "rapidocr", what="other", elapsed_ms=elapsed_ms)
    dollars = "DOLAR" in text or "DÓLAR" in text or "US$" in text
    totals = [_money(m) for m in _TOTAL.findall(text)]
    igv = _IGV.search(text)
    invoice = Invoice(
        kind=next((code for name, code in _NAMES if name in text), None),
        series=serial[1] if serial else None,
        number=serial[2].lstrip("0") if serial else None,
        issue_date=when,
        currency="USD" if dollars else "PEN",
        supplier=Supplier(ruc=ruc[1] if ruc else None),
        total=max((t for t in totals if t is not None), default=None),
        igv=_money(igv[1]) if igv else None,
    )
    return Extraction("consistent", "rapidocr", invoices=(invoice,), elapsed_ms=elapsed_ms)


def _money(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


# --- invoice2data: one template a layout --------------------------------------------------------------------


def invoice2data() -> Engine:
    """Templates for two layouts over the PDF's text; other files it does not know."""
    from invoice2data import extract_data
    from invoice2data.extract.loader import read_templates

    templates = read_templates(str(Path(__file__).parent / "templates"))
    known = {"clasica", "moderna"}

    def read(sample: Sample) -> Extraction | None:
        if sample.form != "digital" or sample.layout not in known:
            return None
        start = time.monotonic()
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(sample.data)
            file.flush()
            found = extract_data(file.name, templates=templates, input_module="pdfium") or {}
        elapsed = round((time.monotonic() - start) * 1000)
        kind = {"FACTURA": "01", "BOLETA": "03"}.get(str(found.get("kind", "")).upper())
        when: Any = found.get("date")
        lines = [
            Item(description=str(line.get("name", "")), amount=_money(str(line.get("price", ""))))
            for line in found.get("lines", [])
            if isinstance(line, dict)
        ]
        currency = str(found.get("money", ""))
        invoice = Invoice(
            kind=kind,
            series=found.get("series"),
            number=str(found.get("invoice_number", "")).lstrip("0") or None,
            issue_date=when.date() if hasattr(when, "date") else when,
            currency="USD"
            if "USD" in currency or "LARES" in currency.upper()
            else "EUR"
            if "EUR" in currency.upper()
            else "PEN",
            supplier=Supplier(ruc=found.get("ruc")),
            total=_exact(found.get("amount")),
            igv=_exact(found.get("igv")),
            items=lines,
        )
        return Extraction(
            "consistent", "invoice2data", invoices=(invoice,) if found else (), elapsed_ms=elapsed
        )

    return read


def _exact(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


ENGINES: dict[str, tuple[str, Callable[[], Engine]]] = {
    "own": ("faster_paddle", own),
    "tesseract": ("tesserocr", tesseract),
    "rapidocr": ("rapidocr", rapidocr),
    "invoice2data": ("invoice2data", invoice2data),
}


def installed(name: str) -> bool:
    """Whether an engine's package is here."""
    return find_spec(ENGINES[name][0]) is not None
