"""What the worker's cold start is compared with: as `hello_webhook`, a Postgres pool, and what a photo needs:
the libraries and the engine's own start.

Answers with the lines that the engine reads in the photo of `PHOTO`, opened and turned to grey as simply as
can be.
"""

import io
import os
from pathlib import Path

import numpy  # noqa: F401, ICN001 - imported as the reader of a photo must
import zxingcpp
from faster_paddle import OcrEngine  # pyright: ignore[reportAttributeAccessIssue] - compiled whole
from flask import Request
from PIL import Image
from sqlalchemy import create_engine, text

from bench.targets import hello_webhook

engine = create_engine(os.environ["DATABASE_URL"])
hello_webhook.session.headers["Authorization"] = "Bearer t"


def hello(request: Request) -> tuple[str, int]:
    request.get_data()
    ocr = OcrEngine(model_size="tiny")  # its threads would not outlive the server's fork
    image, raster = Image.open(Path(os.environ["PHOTO"])).convert("L"), io.BytesIO()
    zxingcpp.read_barcodes(image)
    image.save(raster, "BMP")
    lines = ocr.ocr(raster.getvalue())["bounds"]
    with engine.begin() as connection:
        connection.execute(text("select 1"))
    return f"hello {len(lines)}", 200
