"""The README's pictures: `python -m tests.e2e.pictures` takes them anew and keeps the conversation that they
show beside them.

It writes docs/images/chat.png, docs/images/behind.png, docs/images/books.png and docs/images/shown.txt;
`test_page.py` compares the text with what is answered today.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from infra.local import chat
from tests.e2e.conftest import SAMPLES, UNHURRIED, Running, boot, shut
from tests.e2e.test_page import CHROMIUM, FLAGS

IMAGES = Path(__file__).parents[2] / "docs/images"
SHOWN = IMAGES / "shown.txt"
COMMAND = "python -m tests.e2e.pictures"
OTHERS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("Ferretería Quispe", {}, "foto2.jpg"),
    ("Luz Paredes", {"username": "luz.paredes"}, "no_factura.jpg"),
)
_LOADED = "() => [...document.images].every((each) => each.complete && each.naturalWidth > 0)"


def main() -> None:
    """Play a short story with three senders, and picture it."""
    fonts = subprocess.run(["fc-list", ":lang=und-zsye", "family"], capture_output=True, check=False).stdout
    if not fonts.strip():
        sys.exit(
            "There is no font with emoji here (apt install fonts-noto-color-emoji fonts-inter): the "
            "pictures would have boxes in them."
        )
    home = Path(tempfile.mkdtemp(prefix="cuadra-pictures-"))
    running = boot(home, UNHURRIED)
    try:
        maria = begin(running, phone="51987654321")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1120, "height": 1080}, locale="es-PE")
            page.goto(f"{running.where.page}#{maria}")
            page.locator("article.out .quote img").wait_for()
            page.locator(".log").evaluate("(log) => { log.scrollTop = 0; }")
            _keep(page, "chat.png")
            end(running, maria)
            page.set_viewport_size({"width": 1440, "height": 1060})
            page.get_by_role("button", name="Por dentro", exact=True).click()
            page.get_by_role("tab", name="Lectura").click()
            page.locator('.page polygon[data-field="qr"]').wait_for()
            page.locator('.fields [data-field="total"]').click()
            page.mouse.move(5, 500)
            page.evaluate("document.querySelector('.sheet').scrollTop = 0")
            page.locator("article.in >> nth=-1").evaluate("(each) => each.scrollIntoView({ block: 'start' })")
            page.locator(".log").evaluate("(log) => { log.scrollTop -= 24; }")
            _keep(page, "behind.png")
            page.get_by_role("button", name="Por dentro", exact=True).click()
            ask(running, maria)
            page.set_viewport_size({"width": 1120, "height": 1080})
            page.get_by_role("link", name="Abrir Compras").wait_for()
            page.locator(".log").evaluate("(log) => { log.scrollTop = log.scrollHeight; }")
            _keep(page, "books.png")
            browser.close()
        SHOWN.write_text(shown(running), "utf-8")
    finally:
        shut(running)
        shutil.rmtree(home, ignore_errors=True)


def begin(running: Running, **maria: str) -> str:
    """The story up to the first picture; returns María's id."""
    for name, about, file in OTHERS:
        other = running.sim.add_sender(name=name, **about)["id"]
        running.ask(other, text="Hola")
        running.ask(other, files=[SAMPLES / file])
    sender: str = running.sim.add_sender(name="María Quispe", **maria)["id"]
    running.ask(sender, text="Hola")
    running.ask(sender, files=[SAMPLES / "factura.pdf"])
    return sender


def end(running: Running, sender: str) -> None:
    """The rest of it."""
    running.ask(sender, files=[SAMPLES / "boleta.jpg"])


def ask(running: Running, sender: str) -> None:
    """What she writes to the books."""
    for said in ("resumen 10/2026", "total 1780.00", "deshacer", "buscar minimarket", "excel 10/2026"):
        running.ask(sender, text=said)


def shown(running: Running) -> str:
    """What the pictures show of the story, without times: of the others the beginning of the last answer, of
    María all.
    """
    *others, maria = running.sim.get("/senders")[-1 - len(OTHERS) :]
    told = [
        f"== {sender['name']}\n< {running.sim.conversation(sender['id'])[-1]['text'][:30]}"
        for sender in others
    ]
    lines = [
        f"{'<' if each['direction'] == 'out' else '>'} {chat.label(each)}"
        for each in running.sim.conversation(maria["id"])
    ]
    return "\n\n".join([*told, "\n".join([f"== {maria['name']}", *lines])]) + "\n"


def _keep(page: Page, name: str) -> None:
    """As a PNG of few colours, once every picture on the page has come: a README's picture is to be light,
    and whole.
    """
    page.evaluate("for (const each of document.images) each.loading = 'eager'")
    page.wait_for_function(_LOADED)
    page.wait_for_timeout(600)
    page.wait_for_function(_LOADED)
    IMAGES.mkdir(parents=True, exist_ok=True)
    image: Any = Image.open(BytesIO(page.screenshot())).convert("RGB")
    image.thumbnail((1200, 1200))
    image.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE).save(
        IMAGES / name, optimize=True
    )
    print(IMAGES / name, (IMAGES / name).stat().st_size)


if __name__ == "__main__":
    main()
