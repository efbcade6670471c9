"""What phones make of papers: cut, shaded, folded, pale, off a screen, two at once, turned, in the dark. All
are photos of the other rooms' papers.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.corpus import camera, side_by_side
from tests.corpus.wild.pen import MAKERS, Wild, wild

_SEEN = ("proven", "consistent", "needs_review")


def _shot(
    name: str,
    of: str,
    change: Callable[[Image.Image, Random], Image.Image] | None = None,
    *,
    before: Callable[[Image.Image, Random], Image.Image] | None = None,
    side: int = 1600,
    blur: float | None = None,
    verdicts: tuple[str, ...] = _SEEN,
) -> Wild:
    one = MAKERS[of]()
    rng = Random(f"wild/{name}")
    paper = camera.raster(one.data, min(300.0, 1.8 * side * 72 / camera.longest_side(one.data)))
    if before:
        paper = before(paper, rng)
    photo = camera.photograph(paper, side, rng, blur=blur, straight=True)
    if change:
        photo = change(photo, rng)
    return Wild(name, camera.jpeg(photo, rng), one.truth, verdicts, picture=True)


def _finger(image: Image.Image, rng: Random) -> Image.Image:
    shade = Image.new("L", image.size, 255)
    draw = ImageDraw.Draw(shade)
    w, h = image.size
    draw.ellipse((w * 0.45, h * 0.5, w * 1.3, h * 1.4), fill=110)
    draw.ellipse((-w * 0.05, h * 0.82, w * 0.12, h * 1.05), fill=40)
    shade = shade.filter(ImageFilter.GaussianBlur(w / 18))
    return Image.fromarray(
        (np.asarray(image, np.float32) * (np.asarray(shade, np.float32)[..., None] / 255)).astype(np.uint8)
    )


def _fold(image: Image.Image, rng: Random) -> Image.Image:
    pixels = np.asarray(image, np.float32).copy()
    middle = int(pixels.shape[0] * 0.46)
    rows = np.arange(pixels.shape[0])
    light = 1 - 0.35 * np.exp(-(((rows - middle) / 9.0) ** 2)) - 0.12 * (rows > middle)
    pixels *= light[:, None, None]
    lower = np.roll(pixels[middle:], 6, axis=1)
    pixels[middle:] = lower
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _pale(image: Image.Image, rng: Random) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    return Image.fromarray((pixels * 0.28 + 165).clip(0, 255).astype(np.uint8))


def _moire(image: Image.Image, rng: Random) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(np.float32)
    waves = (
        1
        + 0.07 * np.sin(x * 0.9 + y * 0.05)
        + 0.07 * np.sin(y * 0.83 - x * 0.07)
        + 0.05 * np.sin((x + y) * 0.21)
    )
    tint = np.stack([waves, np.roll(waves, 2, 1), np.roll(waves, 4, 1)], axis=-1)
    return Image.fromarray((pixels * 0.92 * tint).clip(0, 255).astype(np.uint8))


def _dark(image: Image.Image, rng: Random) -> Image.Image:
    noise = np.random.default_rng(7).normal(0, 6, (*image.size[::-1], 3))
    return Image.fromarray((np.asarray(image, np.float32) * 0.3 + noise).clip(0, 255).astype(np.uint8))


@wild
def dedo() -> Wild:
    """A hand's shadow and a finger at the edge."""
    return _shot("dedo", "contasis", _finger)


@wild
def doblado() -> Wild:
    """A roll that was folded in a pocket."""
    return _shot("doblado", "grifo", before=_fold)


@wild
def palido() -> Wild:
    """Thermal paper after a summer in the car."""
    return _shot("palido", "farmacia", before=_pale)


@wild
def pantalla() -> Wild:
    """A photo of a screen, with its moiré."""
    return _shot("pantalla", "nubefact", _moire)


@wild
def oscuro() -> Wild:
    """At night, without a flash."""
    return _shot("oscuro", "restaurante", _dark)


@wild
def cabeza_abajo() -> Wild:
    """Held upside down."""
    return _shot(
        "cabeza_abajo", "portal_detraccion", lambda image, rng: image.transpose(Image.Transpose.ROTATE_180)
    )


@wild
def de_lado() -> Wild:
    """Held sideways."""
    return _shot("de_lado", "bodega", lambda image, rng: image.transpose(Image.Transpose.ROTATE_90))


@wild
def cortada() -> Wild:
    """The top is outside the picture: no title, no issuer's head; the symbol alone knows."""
    one = _shot("cortada", "bodega", lambda image, rng: image.crop((0, int(image.height * 0.3), *image.size)))
    return Wild(one.name, one.data, one.truth, ("consistent", "needs_review"), picture=True)


@wild
def captura() -> Wild:
    """A PDF as a phone's viewer shows it: bars above and below, the width of the screen."""
    one = MAKERS["alegra"]()
    page = camera.raster(one.data, 132)
    screen = Image.new("RGB", (1080, 2240), "#303134")
    page = page.crop((0, 0, page.width, page.height // 2))
    page = page.resize((1080, page.height * 1080 // page.width), Image.Resampling.LANCZOS)
    screen.paste(page, (0, 300))
    draw = ImageDraw.Draw(screen)
    draw.text(
        (40, 40), "10:42                                                    87 %", fill="white", font_size=34
    )
    draw.text((120, 170), "Factura F001-77.pdf", fill="white", font_size=48)
    out = BytesIO()
    screen.save(out, "JPEG", quality=70)
    return Wild("captura", out.getvalue(), one.truth, _SEEN, picture=True)


def _two(name: str, left: str, right: str) -> Wild:
    ones = [MAKERS[left](), MAKERS[right]()]
    rng = Random(f"wild/{name}")
    photo = camera.photograph(side_by_side([one.data for one in ones]), 1600, rng, straight=True)
    return Wild(
        name, camera.jpeg(photo, rng), tuple(t for one in ones for t in one.truth), _SEEN, picture=True
    )


@wild
def dos_tickets() -> Wild:
    """Two rolls beside each other."""
    return _two("dos_tickets", "grifo", "restaurante")


@wild
def dos_boletas() -> Wild:
    """Two short rolls of different widths, one without a symbol."""
    return _two("dos_boletas", "bodega", "peaje")


def _laid(name: str, places: Sequence[tuple[str, float, float, float]], *, side: int = 1600) -> Wild:
    """Papers on a table: (name, middle across and down in shares of the widest and the tallest, degrees)."""
    ones = [MAKERS[of]() for of, *_ in places]
    rng = Random(f"wild/{name}")
    papers = [camera.raster(one.data, 170).convert("RGBA") for one in ones]
    turned = [p.rotate(places[i][3], Image.Resampling.BICUBIC, expand=True) for i, p in enumerate(papers)]
    wide, tall = max(p.width for p in turned), max(p.height for p in turned)
    across, down = max(place[1] for place in places), max(place[2] for place in places)
    table = Image.new("RGB", (int(wide * (across + 0.5)) + 60, int(tall * (down + 0.5)) + 60), (96, 88, 80))
    for paper, (_, x, y, _) in zip(turned, places, strict=True):
        table.paste(
            paper, (int(30 + x * wide - paper.width / 2), int(30 + y * tall - paper.height / 2)), paper
        )
    photo = camera.photograph(table, side, rng, straight=True)
    return Wild(
        name, camera.jpeg(photo, rng), tuple(t for one in ones for t in one.truth), _SEEN, picture=True
    )


@wild
def tres_tickets() -> Wild:
    """Three rolls thrown on a table, each at its own angle."""
    return _laid(
        "tres_tickets", [("grifo", 0.5, 0.55, 5), ("bodega", 1.5, 0.5, -4), ("peaje", 2.35, 0.45, 7)]
    )


@wild
def uno_sobre_otro() -> Wild:
    """One roll above the other."""
    return _laid("uno_sobre_otro", [("taxi", 0.5, 0.45, -3), ("pasaje", 0.6, 1.45, 4)])


@wild
def dos_torcidos() -> Wild:
    """Two rolls of one width, both with symbols, leaning towards each other."""
    return _laid("dos_torcidos", [("bodega", 0.5, 0.5, 6), ("grifo", 1.55, 0.55, -6)])


@wild
def cuatro_tickets() -> Wild:
    """Four in two rows, as one does at the end of the month."""
    return _laid(
        "cuatro_tickets",
        [("bodega", 0.5, 0.5, 3), ("grifo", 1.5, 0.5, -3), ("peaje", 0.5, 1.5, 2), ("taxi", 1.55, 1.45, -5)],
        side=2400,
    )


@wild
def dos_hojas() -> Wild:
    """Two A4 side by side."""
    return _laid("dos_hojas", [("contasis", 0.5, 0.5, 2), ("nubefact", 1.55, 0.5, -2)], side=2400)


@wild
def ilegible() -> Wild:
    """Far out of focus: a person sees an invoice and cannot read it."""
    return _shot("ilegible", "greenter", blur=7.0, side=1280, verdicts=("unreadable",))
