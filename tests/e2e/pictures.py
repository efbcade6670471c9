"""Takes the README's pictures anew: `python -m tests.e2e.pictures` writes docs/images/chat.png and docs/images/behind.png."""

from __future__ import annotations

import shutil
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import SAMPLES, boot, shut
from tests.e2e.test_page import CHROMIUM, FLAGS

IMAGES = Path(__file__).parents[2] / "docs/images"


def main() -> None:
    """Play a short story with three senders, and picture it."""
    home = Path(tempfile.mkdtemp(prefix="cuadra-pictures-"))
    running = boot(home)
    try:
        for name, about, files in (
            ("Ferretería Quispe", {}, ["foto2.jpg"]),
            ("Luz Paredes", {"username": "luz.paredes"}, ["no_factura.jpg"]),
        ):
            other = running.sim.add_sender(name=name, **about)["id"]
            running.ask(other, text="Hola")
            running.ask(other, files=[SAMPLES / file for file in files])
        maria = running.sim.add_sender(name="María Quispe", phone="51987654321")["id"]
        for sent in ({"text": "Hola"}, {"files": [SAMPLES / "factura.pdf"]}):
            running.ask(maria, **sent)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1120, "height": 1080}, locale="es-PE")
            page.goto(f"{running.where.page}#{maria}")
            page.locator("article.out .quote img").wait_for()
            page.locator(".log").evaluate("(log) => { log.scrollTop = 0; }")
            page.wait_for_timeout(600)
            _keep(page, "chat.png")
            running.ask(maria, files=[SAMPLES / "boleta.jpg"])
            page.set_viewport_size({"width": 1440, "height": 1060})
            page.get_by_role("button", name="Por dentro", exact=True).click()
            page.get_by_role("tab", name="Lectura").click()
            page.locator('.page rect[data-field="qr"]').wait_for()
            page.locator('.fields [data-field="total"]').click()
            page.mouse.move(5, 500)
            page.evaluate("document.querySelector('.sheet').scrollTop = 0")
            _top(page, "article.in >> nth=-1")
            _keep(page, "behind.png")
            browser.close()
    finally:
        shut(running)
        shutil.rmtree(home, ignore_errors=True)


def _top(page: Page, bubble: str) -> None:
    page.locator(bubble).evaluate("(each) => each.scrollIntoView({ block: 'start' })")
    page.locator(".log").evaluate("(log) => { log.scrollTop -= 24; }")
    page.wait_for_timeout(600)


def _keep(page: Page, name: str) -> None:
    """As a PNG of few colours: a README's picture is to be light."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    image: Any = Image.open(BytesIO(page.screenshot())).convert("RGB")
    image.thumbnail((1200, 1200))
    image.quantize(128, method=Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE).save(IMAGES / name, optimize=True)
    print(IMAGES / name, (IMAGES / name).stat().st_size)  # noqa: T201 - a command


if __name__ == "__main__":
    main()
