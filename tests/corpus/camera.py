"""From a page to what people send: a flatbed scan at 150 dpi, and an ordinary hand-held phone photo after
WhatsApp.

Physical limits, so that the photos stay ordinary: the paper fills 80-96 % of the frame and all of it is
inside; tilt up to 6° (half of the photos under 2.5°); each corner off by up to 3.5 % of a side, 6 % on a
fifth of the photos; paper waves of 0.05 to 0.45 % of the page with the creases' light; shadows of 12-40 %,
never below half of the light; defocus 0.2-1.1 pixels (sigma, of a 1600 pixel picture), a quarter with a shake
of a pixel; grain; JPEG quality 60-75. Of twenty-five photos one or two are upside down and three on their
side; EXIF tells half of these. Thermal tickets are dots of 203 dpi, often faded.
"""

import time
from io import BytesIO
from random import Random

import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image, ImageFilter

Array = npt.NDArray[np.float32]


def raster(pdf: bytes, dpi: float, page: int = 0) -> Image.Image:
    """One page in colour."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].render(scale=dpi / 72, may_draw_forms=False).to_pil().convert("RGB")
    finally:
        document.close()


def pages_of(pdf: bytes) -> int:
    """How many pages."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def longest_side(pdf: bytes, page: int = 0) -> float:
    """In points."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return float(max(document[page].get_size()))
    finally:
        document.close()


def _noise(rng: Random) -> np.random.Generator:
    return np.random.default_rng(rng.getrandbits(64))


def _smooth(noise: np.random.Generator, height: int, width: int, cells: int) -> Array:
    """A smooth random field in -1..1 with about `cells` bumps a side."""
    small = noise.uniform(-1, 1, (cells + 1, max(2, round(cells * width / height) + 1))).astype(np.float32)
    image = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.float32)


def scan_page(page: Image.Image, rng: Random) -> Image.Image:
    """A flatbed's page at the raster's resolution: grey or colour, a little skew, dust, uneven light."""
    noise = _noise(rng)
    grey = rng.random() < 0.6
    image = page.convert("L") if grey else page
    fill = 255 if grey else (255, 255, 255)
    image = image.rotate(rng.uniform(-1.2, 1.2), Image.Resampling.BICUBIC, expand=False, fillcolor=fill)
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.25, 0.55)))
    pixels = np.asarray(image, dtype=np.float32)
    light = 1 + 0.02 * _smooth(noise, pixels.shape[0], pixels.shape[1], 3)
    light = light if grey else light[..., None]
    pixels = pixels * rng.uniform(0.93, 1.0) * light + noise.normal(
        0, rng.uniform(1.5, 5), pixels.shape
    ).astype(np.float32)
    for _ in range(rng.randrange(25)):
        y, x = int(noise.integers(pixels.shape[0] - 3)), int(noise.integers(pixels.shape[1] - 3))
        pixels[y : y + rng.randrange(1, 3), x : x + rng.randrange(1, 3)] *= 0.6
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def scan(pdf: bytes, rng: Random, *, ticket: bool = False) -> tuple[bytes, str]:
    """A scanner's file: mostly a PDF of images, else one JPEG or PNG."""
    pages = (
        [thermal(pdf, 150, rng)] if ticket else [raster(pdf, 150, index) for index in range(pages_of(pdf))]
    )
    images = [scan_page(page, rng) for page in pages]
    out = BytesIO()
    if len(images) > 1 or rng.random() < 0.65:
        still = time.gmtime(0)  # the clock would make two drawings of one seed differ
        quality = rng.randrange(70, 90)
        images[0].save(
            out,
            "PDF",
            resolution=150,
            save_all=True,
            append_images=images[1:],
            quality=quality,
            creationDate=still,
            modDate=still,
        )
        return out.getvalue(), "application/pdf"
    if images[0].mode == "L" and rng.random() < 0.3:
        images[0].save(out, "PNG")
        return out.getvalue(), "image/png"
    images[0].save(out, "JPEG", quality=rng.randrange(70, 90))
    return out.getvalue(), "image/jpeg"


def _table(noise: np.random.Generator, rng: Random, width: int, height: int) -> Array:
    """What the paper lies on: wood, cloth, or a plain desk."""
    colour = np.array(
        rng.choice(
            [(120, 85, 55), (70, 62, 58), (160, 150, 140), (60, 75, 95), (185, 170, 150), (95, 60, 45)]
        ),
        np.float32,
    )
    grain = np.tile(_smooth(noise, height, 8, rng.choice([6, 40, 120])), (1, width // 8 + 1))[:, :width]
    blotch = _smooth(noise, height, width, 5)
    if rng.random() < 0.5:
        grain = np.tile(_smooth(noise, 8, width, 60), (height // 8 + 1, 1))[:height]
    return np.clip(colour * (1 + 0.12 * grain + 0.1 * blotch)[..., None], 0, 255)


def _homography(
    source: list[tuple[float, float]], target: list[tuple[float, float]]
) -> npt.NDArray[np.float64]:
    """The 3x3 that takes source corners to target corners."""
    rows, right = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(right)), 1).reshape(3, 3)


_STRIP = 48
"""Rows of a photo that are drawn at a time."""


def _seen(back: npt.NDArray[np.float64], width: int, rows: Array) -> tuple[Array, Array]:
    """Where on the paper the pixels of these rows lie."""
    gx, gy = np.meshgrid(np.arange(width, dtype=np.float32), rows)
    div = (back[2, 0] * gx + back[2, 1] * gy + back[2, 2]).astype(np.float32)
    u = ((back[0, 0] * gx + back[0, 1] * gy + back[0, 2]) / div).astype(np.float32)
    v = ((back[1, 0] * gx + back[1, 1] * gy + back[1, 2]) / div).astype(np.float32)
    return u, v


def _between(paper: Array, u: Array, v: Array) -> Array:
    """The paper's colours at places between its pixels."""
    ph, pw = paper.shape[:2]
    flat = paper.reshape(ph * pw, -1)
    uc, vc = np.clip(u, 0, pw - 1.001), np.clip(v, 0, ph - 1.001)
    iu, iv = uc.astype(np.int32), vc.astype(np.int32)
    fu, fv = (uc - iu)[..., None], (vc - iv)[..., None]
    iu1, iv1 = np.minimum(iu + 1, pw - 1), np.minimum(iv + 1, ph - 1) * pw
    iv = iv * pw
    top = flat.take(iv + iu, axis=0) * (1 - fu) + flat.take(iv + iu1, axis=0) * fu
    low = flat.take(iv1 + iu, axis=0) * (1 - fu) + flat.take(iv1 + iu1, axis=0) * fu
    found: Array = top * (1 - fv) + low * fv
    return found


def photograph(
    page: Image.Image, long_side: int, rng: Random, *, blur: float | None = None, straight: bool = False
) -> Image.Image:
    """The page on a table as a phone sees it, `long_side` pixels long, upright.

    Args:
        page: The paper, at twice the resolution wanted or so.
        long_side: 1600 and 1280 are what WhatsApp leaves of a photo.
        rng: Where everything comes from.
        blur: Defocus in pixels of the result; None for an ordinary one.
        straight: From right above, in good light.
    """
    noise = _noise(rng)
    portrait = page.height >= page.width
    over = 1.5  # shot larger, then reduced, as phones and WhatsApp do
    tall = round(long_side * over)
    short = round(tall * 0.75)
    width, height = (short, tall) if portrait else (tall, short)
    ratio = page.height / page.width
    if ratio > 2.1:  # a long ticket is shot from further away, in a narrower crop
        width = max(round(height / ratio * 1.25), round(height * 0.38))
    fit = min(width / page.width, height / page.height) * rng.uniform(0.8, 0.96)
    w, h = page.width * fit, page.height * fit
    cx, cy = width / 2 + rng.uniform(-0.01, 0.01) * width, height / 2 + rng.uniform(-0.01, 0.01) * height
    angle = np.deg2rad(
        rng.uniform(-1, 1) if straight else rng.choice([rng.uniform(-2.5, 2.5), rng.uniform(-6, 6)])
    )
    key = 0.005 if straight else rng.choice([0.035, 0.035, 0.035, 0.035, 0.06])
    corners = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = sx * w / 2 * (1 + rng.uniform(-key, key)), sy * h / 2 * (1 + rng.uniform(-key, key))
        corners.append(
            (cx + x * np.cos(angle) - y * np.sin(angle), cy + x * np.sin(angle) + y * np.cos(angle))
        )
    # all of the paper stays in the frame
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    shrink = min(1.0, 0.985 * width / (max(xs) - min(xs)), 0.985 * height / (max(ys) - min(ys)))
    mx, my = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    corners = [(width / 2 + (x - mx) * shrink, height / 2 + (y - my) * shrink) for x, y in corners]

    fold = page.resize((max(1, round(w * shrink)), max(1, round(h * shrink))), Image.Resampling.LANCZOS)
    paper = np.asarray(fold, dtype=np.float32)
    ph, pw = paper.shape[:2]
    back = _homography(corners, [(0, 0), (pw - 1, 0), (pw - 1, ph - 1), (0, ph - 1)])
    crumple = 0.0 if straight else rng.choice([0.0005, 0.0015, 0.003, 0.0045])
    wave, sway = _smooth(noise, height, width, 7), _smooth(noise, height, width, 6)
    table = _table(noise, rng, width, height)
    white = rng.uniform(0.86, 0.97)
    light = _light(noise, rng, width, height, straight=straight)
    warm = np.array([1.0, rng.uniform(0.95, 1.0), rng.uniform(0.86, 1.0)], np.float32)
    pixels = np.empty((height, width, 3), np.uint8)
    for first in range(0, height, _STRIP):  # what is computed of a strip stays in the processor's cache
        rows = slice(first, first + _STRIP)
        u, v = _seen(back, width, np.arange(height, dtype=np.float32)[rows])
        u += crumple * pw * wave[rows]
        v += crumple * ph * 0.7 * sway[rows]
        # creases show as light and dark where the paper bends
        slope = np.gradient(wave[rows], axis=1) * width / 12
        lit = _between(paper, u, v) * white
        lit *= np.clip(1 + (0 if straight else 14 * crumple) * slope, 0.8, 1.15)[..., None]
        inside = (u >= 0) & (u <= pw - 1) & (v >= 0) & (v <= ph - 1)
        out = np.where(inside[..., None], lit, table[rows])
        out *= light[rows][..., None]
        pixels[rows] = np.clip(out * warm, 0, 255).astype(np.uint8)
    image = Image.fromarray(pixels)
    soft = rng.uniform(0.2, 1.1) if blur is None else blur
    image = image.filter(
        ImageFilter.GaussianBlur((0.3 if straight and blur is None else soft) * over * long_side / 1600)
    )
    if not straight and rng.random() < 0.25:  # a shake of the hand
        image = image.filter(ImageFilter.BoxBlur((rng.choice([0.0, 0.6]), rng.choice([0.0, 0.6]))))
    image = image.resize((round(width / over), round(height / over)), Image.Resampling.LANCZOS)
    grain = noise.normal(0, rng.uniform(1.0, 6.0), (image.height, image.width, 1)).astype(np.float32)
    return Image.fromarray(np.clip(np.asarray(image, dtype=np.float32) + grain, 0, 255).astype(np.uint8))


def _light(noise: np.random.Generator, rng: Random, width: int, height: int, *, straight: bool) -> Array:
    """Uneven light, and often the shadow of the hand or the phone."""
    light = 1 + (0.03 if straight else 0.08) * _smooth(noise, height, width, 2)
    if not straight and rng.random() < 0.6:
        turn = rng.uniform(0, 2 * np.pi)
        gx, gy = np.meshgrid(
            np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
        )
        along = gx * np.cos(turn) + gy * np.sin(turn) + 0.15 * _smooth(noise, height, width, 3)
        edge = 1 / (1 + np.exp(-(along - rng.uniform(-0.3, 0.7)) * rng.uniform(4, 18)))
        light = light * (1 - rng.uniform(0.12, 0.4) * edge)
    return np.clip(light, 0.5, 1.15).astype(np.float32)


def jpeg(image: Image.Image, rng: Random, turn: int = 0) -> bytes:
    """As WhatsApp recompresses. `turn` 90, 180 or 270: the pixels lie that way, and EXIF may or may not
    tell.
    """
    out = BytesIO()
    exif = Image.Exif()
    if turn:
        image = image.rotate(turn, expand=True)
        if rng.random() < 0.5:
            exif[0x0112] = {90: 6, 180: 3, 270: 8}[turn]
    image.save(out, "JPEG", quality=rng.randrange(60, 76), exif=exif)
    return out.getvalue()


def photo(pdf: bytes, long_side: int, rng: Random, *, ticket: bool = False) -> bytes:
    """An ordinary photo of the first page."""
    dpi = min(300.0, 1.8 * long_side * 72 / longest_side(pdf))
    return photo_of(thermal(pdf, dpi, rng) if ticket else raster(pdf, dpi), long_side, rng)


def thermal(pdf: bytes, dpi: float, rng: Random) -> Image.Image:
    """What a ticket printer makes of the page: dots of 203 dpi, no grey, the ink as dark as the roll is
    fresh.
    """
    dots = raster(pdf, 203).convert("L").point([0 if v < 150 else 255 for v in range(256)])
    ink = rng.choice([rng.randrange(20, 50), rng.randrange(40, 110)])
    noise = _noise(rng)
    head = _smooth(noise, dots.height, dots.width, 9)
    black = np.asarray(dots, dtype=np.float32) < 128
    tone = np.where(black, ink + 14 * head, 250)
    image = Image.fromarray(np.clip(tone, 0, 255).astype(np.uint8))
    size = (round(dots.width * dpi / 203), round(dots.height * dpi / 203))
    return image.resize(size, Image.Resampling.BICUBIC).convert("RGB")


def photo_of(paper: Image.Image, long_side: int, rng: Random) -> bytes:
    """An ordinary photo of what lies there."""
    image = photograph(paper, long_side, rng)
    roll = rng.random()
    return jpeg(image, rng, 0 if roll > 0.16 else 90 if roll > 0.1 else 270 if roll > 0.035 else 180)
