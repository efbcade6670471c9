"""The page in a real browser, over a real stack. Pictures of its states are left in `.cuadra/screenshots` for
a person to look at.
"""

from __future__ import annotations

import base64
import importlib
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, get_args

import pytest
import requests
import zxingcpp
from openpyxl import load_workbook
from PIL import Image, ImageDraw

from bench.chaos.people import Purge, remains
from functions.extractor.invoice import ErrorCode, NotInvoice, Verdict
from functions.whatsapp import privacy
from infra.local.web import names
from tests.corpus import generate
from tests.corpus.layouts import LAYOUTS
from tests.corpus.register import register
from tests.e2e import states
from tests.e2e.conftest import SAMPLES, UNHURRIED, Running, boot, eventually, shut
from tests.scale import LONG, only_long

pytestmark = pytest.mark.e2e

CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
PICTURES = Path(__file__).parents[2] / ".cuadra/screenshots"
REQUIRED = os.environ.get("CUADRA_REQUIRE_ALL") == "1"
if not CHROMIUM and not REQUIRED:
    pytest.skip(
        "chromium is not installed: the page's tests need it (apt install chromium)", allow_module_level=True
    )

sync_api, axe = (
    importlib.import_module(name) if REQUIRED else pytest.importorskip(name)
    for name in ("playwright.sync_api", "axe_playwright_python.sync_playwright")
)
expect = sync_api.expect

WELCOME = (
    "👋 ¡Hola! Te acabo de registrar automáticamente.\nEnvíame una foto o PDF de tu boleta/factura y la "
    "analizaré por ti."
)
DROP = """([files, type]) => {
    const data = new DataTransfer();
    for (const [name, mime, bytes] of files) {
        data.items.add(new File([Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0))], name, { type: mime }));
    }
    const target = document.querySelector(type === "paste" ? ".write textarea" : ".chat");
    const init = { bubbles: true, cancelable: true };
    target.dispatchEvent(
        type === "paste" ? new ClipboardEvent("paste", { ...init, clipboardData: data }) : new DragEvent("drop", { ...init, dataTransfer: data }));
}"""

PAINTED = """painted = new Promise((resolve) => {{
    const look = () => {{
        if (document.querySelectorAll("{wanted}").length < {count}) return;
        watching.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    }};
    const watching = new MutationObserver(look);
    watching.observe(document, {{ childList: true, subtree: true }});
}});"""
"""The page's own clock when so many elements have been painted: neither Playwright's polling nor its way
there is counted.
"""


@dataclass
class Chat:
    """One open page. `problems` are console errors, uncaught errors and dialogs; there are to be none."""

    page: Any
    url: str
    problems: list[str]

    def open(self, sender: str = "") -> Chat:
        self.page.goto(f"{self.url}#{sender}")
        self.page.wait_for_selector(".shell")
        return self

    def interrupted(self, dialog: Any) -> None:
        """A dialog of the browser stops everything: it is a problem, and goes."""
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def say(self, text: str) -> None:
        self.page.get_by_label("Mensaje", exact=True).fill(text)
        self.page.keyboard.press("Enter")

    def give(self, *files: tuple[str, bytes], by: str = "drop") -> None:
        mimes = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}
        named = [
            [name, mimes.get(Path(name).suffix, ""), base64.b64encode(data).decode()] for name, data in files
        ]
        self.page.evaluate(DROP, [named, by])

    def answers(self, count: int, timeout: float = 30.0) -> list[str]:
        """The business's bubbles once there are `count` of them."""
        found = self.page.locator("article.out .text")
        expect(found).to_have_count(count, timeout=timeout * 1000)
        return [str(text) for text in found.all_inner_texts()]

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(120)
        self.page.screenshot(path=PICTURES / f"{name}.png")


Opener = Callable[..., Chat]


def sample(name: str) -> tuple[str, bytes]:
    return name, (SAMPLES / name).read_bytes()


def without_symbol(name: str) -> tuple[str, bytes]:
    """A photo whose QR is covered, so that nothing on it proves what it says."""
    photo, out = Image.open(SAMPLES / name).convert("RGB"), BytesIO()
    for code in zxingcpp.read_barcodes(photo):
        at = code.position
        corners = [(each.x, each.y) for each in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]
        ImageDraw.Draw(photo).polygon(corners, fill="white")
    photo.save(out, "JPEG", quality=92)
    return name, out.getvalue()


def line_of(running: Running, function: str, message: dict[str, Any]) -> dict[str, Any]:
    """The one log line of a function that the page shows of a message."""

    def shown() -> list[dict[str, Any]]:
        answer = requests.get(
            f"{running.where.simulator}/web/api/inside", params={"wamid": message["wamid"]}, timeout=10
        )
        return [line for line in answer.json()["lines"] if line["function"] == function]

    (line,) = eventually(shown)
    return line


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, closed again with the module: Playwright keeps an event loop on this thread meanwhile."""
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def open_chat(browser: Any) -> Iterator[Opener]:
    """Opens pages of a stack, each in a profile of its own; at the end none of them may have had a
    problem.
    """
    opened: list[tuple[Any, Chat]] = []

    def opener(stack: Running, sender: str = "", **profile: Any) -> Chat:
        context = browser.new_context(
            locale="es-PE",
            reduced_motion="reduce",
            **({"viewport": {"width": 1360, "height": 860}} | profile),
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        chat = Chat(page, stack.where.page, [])
        page.on("pageerror", lambda error: chat.problems.append(f"error: {error}"))
        page.on("dialog", chat.interrupted)
        page.on(
            "console",
            lambda line: (
                chat.problems.append(line.text)
                if line.type == "error" and "Failed to load" not in line.text
                else None
            ),
        )
        opened.append((context, chat))
        return chat.open(sender)

    yield opener
    problems = [problem for _, chat in opened for problem in chat.problems]
    for context, _ in opened:
        context.close()
    assert problems == []


def test_first_contact(stack: Running, open_chat: Opener) -> None:
    """A new sender says Hola and reads the welcome, with only the keyboard; ticks go from sent to read, and
    what one receives has none.
    """
    chat = open_chat(stack)
    page = chat.page
    page.get_by_role("button", name="Nuevo remitente").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Rosa Huamán")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Mensaje", exact=True)).to_be_focused()
    page.keyboard.type("Hola")
    page.keyboard.press("Enter")
    assert chat.answers(1) == [WELCOME]
    expect(page.locator("article.in .ticks")).to_have_attribute("data-status", "read")
    expect(page.locator("article.out .ticks")).to_have_count(0)
    expect(page.locator(".typing")).to_have_count(0)
    row = page.get_by_role("navigation", name="Remitentes").get_by_role("button", name="Rosa Huamán")
    expect(row).to_have_attribute("aria-current", "true")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Por dentro")).to_be_visible()


@only_long(
    "every stop of a conversation is walked, a photo read; the clip's way by keys is walked in every run"
)
def test_every_part_of_a_message_is_reached_by_the_keyboard(
    stack: Running, ana: str, open_chat: Opener
) -> None:
    """Arrows walk the messages, each named with what it says; Tab goes through the walked one's controls
    alone, and they do what they say.
    """
    stack.ask(ana, text="Hola")
    for name in ("boleta.jpg", "carta.docx"):
        stack.ask(ana, files=[SAMPLES / name])
    chat = open_chat(stack, ana)
    page = chat.page
    press, focused = page.keyboard.press, page.locator(":focus")
    in_the_way = (
        "() => [...document.querySelectorAll('.log [tabindex=\"0\"]')].map((each) => "
        "each.closest('article').id)"
    )
    expect(page.locator("article")).to_have_count(6)
    page.get_by_label("Mensaje", exact=True).focus()
    for name in ("Adjuntar", "Ver por dentro", "Responder", "Ver el mensaje citado"):
        press("Shift+Tab")
        expect(focused).to_have_accessible_name(name)
    press("Enter")
    expect(focused).to_have_accessible_name(re.compile(r"^Ana Torres, \d\d:\d\d: documento carta\.docx$"))
    press("Tab")
    expect(focused).to_have_accessible_name("Abrir carta.docx")
    press("ArrowUp")
    expect(focused).to_have_accessible_name(re.compile(r"^Cuadra, \d\d:\d\d: .*Boleta.*Total: S/ "))
    assert len(set(page.evaluate(in_the_way))) == 1
    press("ArrowUp")
    expect(focused).to_have_accessible_name(re.compile(r"^Ana Torres, \d\d:\d\d: foto boleta\.jpg$"))
    page.wait_for_timeout(100)
    expect(focused).to_be_in_viewport()
    chat.picture("teclado")
    press("Tab")
    expect(focused).to_have_accessible_name("Abrir la foto boleta.jpg")
    press("Enter")
    expect(page.get_by_role("dialog", name="Foto boleta.jpg").locator("img")).to_be_visible()
    press("Escape")
    expect(focused).to_have_accessible_name("Abrir la foto boleta.jpg")
    press("Tab")
    press("Enter")
    expect(page.locator(".quoting")).to_contain_text("boleta.jpg")
    page.locator(".log").focus()
    expect(focused).to_have_accessible_description(re.compile("de mensaje en mensaje.*Tab.*Enter.*responder"))
    expect(page.locator(".keys")).to_have_css("clip-path", "none")
    press("End")
    press("r")
    expect(page.locator(".quoting")).to_contain_text("Cuadra")
    expect(page.get_by_label("Mensaje", exact=True)).to_be_focused()


def test_attaching_by_the_keyboard(stack: Running, ana: str, open_chat: Opener) -> None:
    """The clip leads into its menu, Tab on to the samples, and Escape, wherever in the footer, back to the
    clip.
    """
    chat = open_chat(stack, ana)
    page = chat.page
    press, focused, menu = page.keyboard.press, page.locator(":focus"), page.locator(".menu")
    for wander in (["Tab"], ["Tab", "Tab"], ["Shift+Tab"]):
        page.get_by_role("button", name="Adjuntar").focus()
        press("Enter")
        expect(page.get_by_label("Fotos y PDFs de este equipo")).to_be_focused()
        for key in wander:
            press(key)
        press("Escape")
        expect(menu).to_have_count(int(wander == ["Shift+Tab"]))  # out of the footer, in the conversation
        if wander == ["Tab"]:
            expect(focused).to_have_accessible_name("Adjuntar")
    page.get_by_label("Mensaje", exact=True).focus()
    press("Escape")
    expect(menu).to_have_count(0)
    expect(focused).to_have_accessible_name("Adjuntar")
    press("Enter")
    press("Tab")
    expect(focused).to_have_accessible_name(re.compile("^Factura"))
    press("Enter")
    expect(page.locator("article.in .document")).to_contain_text("factura.pdf")
    expect(page.get_by_label("Mensaje", exact=True)).to_be_focused()


def test_the_invitation_to_drop_goes_with_the_drag(stack: Running, ana: str, open_chat: Opener) -> None:
    """It shows while files are held over the chat, over any part of it, and neither after they leave nor
    after the drag is given up.
    """
    chat = open_chat(stack, ana)
    page = chat.page
    devtools = page.context.new_cdp_session(page)
    held = {"items": [], "files": [str(SAMPLES / "factura.pdf")], "dragOperationsMask": 1}

    invitation = page.locator(".drop")

    def drag(kind: str, x: int, y: int, *, shown: bool) -> None:
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": held})
        expect(invitation).to_be_visible(visible=shown)

    drag("dragEnter", 800, 400, shown=True)
    drag("dragOver", 800, 30, shown=True)
    drag("dragOver", 800, 400, shown=True)
    drag("dragOver", 100, 400, shown=False)
    drag("dragOver", 800, 400, shown=True)
    chat.picture("soltar")
    page.locator(".log").dispatch_event("dragleave")  # as out of the window, and as Escape makes it
    expect(invitation).to_be_hidden()
    drag("dragOver", 800, 400, shown=True)
    devtools.send("Input.dispatchDragEvent", {"type": "dragCancel", "x": 800, "y": 400, "data": held})
    page.mouse.move(810, 410)
    expect(invitation).to_be_hidden()


@only_long("times are measured, the median of three; that a dropped file is answered is held in every run")
def test_a_factura_dropped_is_answered_within_two_seconds(
    stack: Running, ana: str, open_chat: Opener
) -> None:
    """The conversation is painted within a second, and a digital PDF's answer within two of its drop: the
    median of three, worker warm.
    """
    # As `make demo` does before anyone can drop anything.
    stack.ask(ana, text="Hola", files=[sample("boleta.jpg")])
    chat = open_chat(stack)
    chat.page.add_init_script(PAINTED.format(wanted="article", count=1))
    opened = []
    for _ in range(3):
        chat.open(ana).page.reload()
        opened.append(chat.page.evaluate("painted"))
    name, data = sample("factura.pdf")
    took = []
    for turn in range(3):
        chat.page.evaluate(
            "began = performance.now();" + PAINTED.format(wanted="article.out .text", count=3 + turn) + "0"
        )
        # Another file each time: the same one would not be read again.
        chat.give((name, data + b"\n%" + b"x" * turn))
        took.append(chat.page.evaluate("painted.then((at) => at - began)"))
    answers = chat.answers(5)
    assert re.search(
        r"💼 Proveedor\nRUC: \d{11}\nRazón Social: .+\n\n📄 Factura\nSerie: F\d{3}\nNúmero: \d+\n", answers[2]
    )
    assert re.search(r"📦 Items\n", answers[2])
    expect(chat.page.locator("article.in .document img").first).to_be_visible()
    expect(chat.page.locator("article.out .quote").last).to_contain_text("factura.pdf")
    chat.picture("factura")

    assert (median(opened) < 1000, median(took) < 2000) == (True, True), (
        f"painted after {opened} ms, answers after {took} ms"
    )


@only_long("the page is loaded seven times, for its best time; only a change of the page moves it")
def test_the_page_is_painted_at_once(
    stack: Running, ana: str, open_chat: Opener, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first paint is within 200 ms of opening the page: the best of seven, which is what the page costs
    when nothing else runs.
    """
    stack.ask(ana, text="Hola")
    chat = open_chat(stack, ana)
    paint = (
        "performance.getEntriesByType('paint').find((each) => each.name === "
        "'first-contentful-paint')?.startTime"
    )
    took = []
    for _ in range(7):
        chat.page.reload()
        chat.page.wait_for_function(f"() => {paint}")
        took.append(round(chat.page.evaluate(paint)))
    with capsys.disabled():
        print(f"\nfirst paint of the page after {min(took)} ms, of {sorted(took)}; goal 200")
    assert min(took) <= 200, took


@only_long("three photos are read; the owner's story holds the order of five papers in every run")
def test_three_photos_are_answered_in_order(stack: Running, ana: str, open_chat: Opener) -> None:
    """Three photos picked at once are sent in that order, and answered in that order."""
    chat = open_chat(stack, ana)
    photos = [SAMPLES / f"foto{number}.jpg" for number in (1, 2, 3)]
    chat.page.get_by_role("button", name="Adjuntar").click()
    chat.picture("adjuntar")
    chat.page.locator("input[type=file]").set_input_files(photos)
    expect(chat.page.locator("article.in .photo")).to_have_count(3)
    expect(chat.page.get_by_role("status", name="Cuadra está escribiendo")).to_be_visible()
    chat.page.wait_for_function(
        "() => [...document.querySelectorAll('article.out .text')].map((each) => "
        "each.innerText.split('Proveedor').length - 1)"
        ".reduce((sum, each) => sum + each, 0) === 3",
        timeout=60_000,
    )
    sent = [message["filename"] for message in stack.sim.conversation(ana) if message["direction"] == "in"]
    reading = stack.sim.wait_answers(
        ana, [message for message in stack.sim.conversation(ana) if message["direction"] == "in"]
    )
    assert (sent, reading.order, reading.repeated) == (["foto1.jpg", "foto2.jpg", "foto3.jpg"], (0, 1, 2), ())
    chat.picture("fotos")


def test_a_broken_file_gets_its_sentence(stack: Running, ana: str, open_chat: Opener) -> None:
    """A damaged PDF, sent from the samples, is answered with what to do, and the panel says what failed."""
    chat = open_chat(stack, ana)
    chat.page.get_by_role("button", name="Adjuntar").click()
    chat.page.get_by_role("button", name="PDF dañado").click()
    assert "El archivo está dañado y no pude abrirlo" in chat.answers(2)[1]
    chat.page.get_by_role("button", name="Por dentro", exact=True).click()
    chat.page.get_by_role("tab", name="Lectura").click()
    expect(chat.page.locator(".verdict")).to_contain_text("archivo dañado")


def test_two_senders_are_isolated(stack: Running, open_chat: Opener) -> None:
    """One with a phone and one with a username alone are both answered; neither sees the other's messages, in
    the chat or behind it.
    """
    chat = open_chat(stack)
    page = chat.page
    for name, fields in (
        ("Beto Ríos", {"Teléfono, con código de país": "+51 9" + str(time.time_ns())[-8:]}),
        ("Carla Paz", {"Usuario": "@carla.paz"}),
    ):
        page.get_by_role("button", name="Nuevo remitente").first.click()
        page.get_by_label("Nombre").fill(name)
        if "Usuario" in fields:
            page.get_by_label("Con usuario, sin teléfono").check()
            chat.picture("nuevo-remitente")
        for label, value in fields.items():
            page.get_by_label(label, exact=True).fill(value)
        page.get_by_role("button", name="Crear").click()
        expect(page.locator(".bar .title p").first).to_contain_text(name)
        chat.say(f"Hola, soy {name}")
        chat.answers(1)
    expect(page.locator(".bar .title p").first).to_have_attribute("title", "@carla.paz · sin teléfono")
    assert "Beto" not in page.locator(".log").inner_text()
    carla = next(each for each in stack.sim.get("/senders") if each["username"] == "carla.paz")
    assert (carla["phone"], len(stack.sim.conversation(carla["id"]))) == (None, 2)
    page.get_by_role("button", name="Por dentro", exact=True).click()
    page.get_by_role("tab", name="Postgres").click()
    tenant = page.locator(".rows", has=page.get_by_role("heading", name="auth.tenants")).locator("dd").first
    mine = tenant.inner_text()
    page.get_by_role("button", name=re.compile("Beto Ríos")).click()
    expect(tenant).not_to_have_text(mine)
    assert "Carla" not in page.locator(".log").inner_text()
    stack.sim.send(carla["id"], text="¿Sigues ahí?")
    expect(page.get_by_role("button", name=re.compile("Carla Paz")).locator(".unread")).to_have_text("1")
    assert "Sigues" not in page.locator(".log").inner_text()


def test_a_hostile_document_is_shown_as_text(stack: Running, open_chat: Opener) -> None:
    """Markup and formatting in names, in a document and in a sender, never become elements, styles or
    script.
    """
    sender = stack.sim.add_sender(name="<img src=x onerror=alert(1)>")["id"]
    chat = open_chat(stack, sender)
    page = chat.page
    chat.give(sample("hostil.pdf"))
    assert "<script>" in chat.answers(2)[1]
    chat.give(("<b onmouseover=alert(2)>.pdf", b"%PDF-1.4 roto"))
    chat.answers(3)
    chat.say("*negrita* <u>nada</u> <script>alert(3)</script>")
    expect(page.locator("article.in .text b")).to_have_text("negrita")
    expect(page.locator("article.in .text").last).to_have_text(
        "negrita <u>nada</u> <script>alert(3)</script>"
    )
    page.get_by_role("button", name="Por dentro", exact=True).click()
    page.locator("article.in").first.hover()
    page.locator("article.in").first.get_by_role("button", name="Ver por dentro").click()
    for tab in ("Lectura", "Postgres", "Recorrido"):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_timeout(150)
        if tab == "Lectura":
            expect(page.locator(".fields")).to_contain_text("<script>")
            chat.picture("hostil")
    bold = page.locator("article.out").nth(1).locator(".text b").all_inner_texts()
    assert [text for text in bold if not re.fullmatch(r"Proveedor|Factura|Items", text)] == []
    assert (
        page.locator(
            "#app script, #app img[onerror], #app u, #app .text i, #app .text s, #app .text code, #app "
            ".text pre"
        ).count()
        == 0
    )


@pytest.mark.long
@pytest.mark.only_long
def test_a_restart_in_the_middle(open_chat: Opener) -> None:
    """The whole stack stops and starts again while a photo is read: the page finds it again by itself, and
    the answer comes once.
    """
    home = Path(tempfile.mkdtemp(prefix="cuadra-page-"))
    running = boot(home)
    try:
        sender = running.sim.add_sender(name="Nora")["id"]
        chat = open_chat(running, sender)
        chat.say("Hola")
        chat.answers(1)
        chat.page.get_by_role("button", name="Por dentro", exact=True).click()
        chat.give(sample("boleta.jpg"))
        expect(chat.page.locator("article.in")).to_have_count(2)
        expect(chat.page.get_by_text("En camino")).to_be_visible()
        shut(running)
        expect(chat.page.get_by_text("Reconectando…")).to_be_visible()
        expect(chat.page.get_by_text("En camino")).to_have_count(0)
        chat.picture("reconectando")
        running = boot(home)
        assert running.where.page == chat.url
        assert "Boleta" in chat.answers(2, timeout=45)[1]
        expect(chat.page.get_by_text("Reconectando…")).to_have_count(0)
        chat.say("¿Sigues?")
        chat.answers(3)
        assert (len(running.sim.conversation(sender)), chat.page.locator("article").count()) == (6, 6)
    finally:
        shut(running)
        shutil.rmtree(home, ignore_errors=True)


@only_long("every screen is walked at a phone's width; a tap on a phone is tried in every run")
def test_on_a_phone(stack: Running, ana: str, open_chat: Opener) -> None:
    """At a phone's width one screen shows at a time, nothing is wider than it, and all of it is reachable."""
    stack.ask(ana, text="Hola", files=[SAMPLES / "factura.pdf"])
    chat = open_chat(stack, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = chat.page
    fits = (
        "() => document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll('.bar, "
        ".bubble, .write, .sheet > *')]"
    )
    fits += (
        ".filter((each) => each.offsetParent).every((each) => { const box = each.getBoundingClientRect(); "
        "return box.left >= 0 && box.right <= innerWidth; })"
    )
    expect(page.get_by_role("heading", name="Remitentes")).to_be_visible()
    chat.picture("telefono-remitentes")
    page.locator(f'.row[data-sender="{ana}"]').tap()
    expect(page.locator("article.out").last).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Remitentes")).to_be_hidden()
    assert page.evaluate(fits)
    chat.picture("telefono-chat")
    page.get_by_role("button", name="Adjuntar").tap()
    expect(page.get_by_role("button", name="Foto borrosa")).to_be_visible()
    assert page.evaluate(fits)
    page.get_by_role("button", name="Adjuntar").tap()
    page.get_by_role("button", name="Por dentro", exact=True).tap()
    for tab in ("Recorrido", "Lectura", "Postgres", "Fallas"):
        page.get_by_role("tab", name=tab).tap()
        page.wait_for_timeout(100)
        assert (tab, page.evaluate(fits)) == (tab, True)
        chat.picture(f"telefono-{tab.lower()}")
    page.get_by_role("button", name="Cerrar el panel").tap()
    page.get_by_role("button", name="Volver a los remitentes").tap()
    expect(page.get_by_role("heading", name="Remitentes")).to_be_visible()


def test_a_new_senders_dialog(stack: Running, open_chat: Opener) -> None:
    """It stays for a selection that ends outside, fits the narrowest phone, refuses a username that is taken,
    and knows a Peruvian mobile.
    """
    taken = f"nadia.{time.time_ns()}"
    stack.sim.add_sender(username=taken)
    for number in range(8):
        stack.sim.add_sender(name=f"Vecino {number}")
    chat = open_chat(stack, viewport={"width": 320, "height": 560})
    page = chat.page
    dialog, mouse = page.get_by_role("dialog"), page.mouse
    page.get_by_role("button", name="Nuevo remitente").first.click()
    name = page.get_by_label("Nombre")
    box, whole = name.bounding_box(), dialog.bounding_box()
    assert box["x"] + box["width"] <= whole["x"] + whole["width"] - 20
    chat.picture("nuevo-remitente-320")
    page.set_viewport_size({"width": 1000, "height": 600})
    name.fill("Nadia")
    box = name.bounding_box()
    mouse.move(box["x"] + 40, box["y"] + 10)
    mouse.down()
    mouse.move(20, box["y"])
    mouse.up()
    expect(dialog).to_be_visible()
    page.get_by_label("Con usuario, sin teléfono").check()
    page.get_by_label("Usuario", exact=True).fill(f"@{taken.upper()}")
    page.get_by_role("button", name="Crear").click()
    expect(dialog.get_by_role("alert")).to_have_text("Ese usuario ya es de otro remitente.")
    mouse.click(20, 300)
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Nuevo remitente").first.click()
    number = f"9{time.time_ns() % 10**8:08}"
    page.get_by_label("Teléfono, con código de país").fill(number)
    page.get_by_role("button", name="Crear").click()
    called = f"+51 {number[:3]} {number[3:6]} {number[6:]}"
    expect(page.locator(".chat .title p")).to_have_text(f"Escribes como {called}")
    row = page.locator(".row[aria-current=true]")
    expect(row).to_be_in_viewport(ratio=0.9)
    assert row.inner_text().count(called) == 1


@pytest.fixture(scope="module")
def story(_running: Running) -> states.Story:
    """Conversations that have one of everything, for whoever looks at every state."""
    return states.play(_running)


@pytest.mark.long
@pytest.mark.only_long
@pytest.mark.slow("every state of the page is reached and examined, in each width and light")
@pytest.mark.parametrize("look", states.LOOKS if LONG else states.LOOKS[-2:-1], ids=lambda look: look.name)
def test_accessibility(stack: Running, story: states.Story, open_chat: Opener, look: states.Look) -> None:
    """Axe finds nothing at all in any state of the page, whatever its width, in light and in dark."""
    chat = open_chat(stack, story.new, **look.profile)
    found: list[str] = []
    for state in states.walk(chat.page, chat.url, story, look):
        for violation in axe.Axe().run(chat.page).response["violations"]:
            nodes = [
                (node["html"][:160], node["any"][0]["message"] if node["any"] else "")
                for node in violation["nodes"][:3]
            ]
            found.append(f"{state}: {violation['id']} {nodes}")
        fits = chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found += [] if fits else [f"{state}: wider than the window"]
    assert found == []


def test_behind_the_scenes(stack: Running, ana: str, open_chat: Opener) -> None:
    """A message's journey, its evidence marked on the picture, and its rows are shown; the panel follows the
    newest message and can be closed.
    """
    stack.ask(ana, text="Hola")
    chat = open_chat(stack, ana)
    page = chat.page
    page.get_by_role("button", name="Por dentro", exact=True).click()
    chat.give(sample("boleta.jpg"))
    chat.answers(2)
    steps = page.locator(".journey .what")
    for step in (
        "Webhook",
        "Bandeja",
        "Original guardado",
        "Tarea puesta en la cola",
        "Cola",
        "Lectura",
        "OCR propio",
        "Comprobaciones",
        "Respuesta enviada",
        "Leída",
    ):
        expect(steps.filter(has_text=step).first).to_be_visible()
    total = (
        next(m for m in stack.sim.conversation(ana)[::-1])["at"]
        - next(m for m in stack.sim.conversation(ana) if m["file"])["at"]
    )
    shown = page.locator(".total b").inner_text()
    assert abs(float(shown.split()[0]) * (0.001 if shown.endswith("ms") else 1) - total) < 0.1
    expect(steps.filter(has_text="Lectura").first).to_contain_text("QR + OCR")
    page.get_by_role("tab", name="Lectura").click()
    expect(page.locator(".page img")).to_be_visible()
    expect(page.locator('.page polygon[data-field="qr"]')).to_have_count(1)
    page.locator('.fields [data-field="total"]').click()
    marked = page.locator(".page polygon.chosen")
    expect(marked).to_have_attribute("data-field", "total")
    box = next(
        each["box"]
        for each in stack.sql(
            "select evidence from extractor.extractions x join "
            "documents.documents d on d.id = x.document_id "
            "join auth.users u on u.id = d.user_id where d.filename = 'boleta.jpg' or d.wamid = :wamid "
            "order by x.created_at desc limit 1",
            wamid=next(m["wamid"] for m in stack.sim.conversation(ana) if m["file"]),
        )[0]["evidence"]
        if each["field"] == "total"
    )
    assert abs(float(marked.get_attribute("points").split()[0].split(",")[1]) - (box[2] * 1000 - 5)) < 1
    chat.picture("por-dentro")
    page.get_by_role("tab", name="Postgres").click()
    tables = page.locator(".rows h3").all_inner_texts()
    assert set(tables) >= {
        "auth.tenants",
        "auth.users",
        "documents.documents",
        "extractor.extractions",
        "messaging.replies",
        "messaging.sends",
    }
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Por dentro")).to_have_count(0)


def test_nothing_is_said_to_be_on_its_way_while_nobody_knows(
    stack: Running, ana: str, open_chat: Opener
) -> None:
    """While the database does not answer, the journey of an answered message says so, and not that the answer
    is still to come.
    """
    stack.ask(ana, text="Hola")
    chat = open_chat(stack, ana)
    page = chat.page

    def asleep(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"total_ms": None, "rows": {}, "asleep": True})

    page.route("**/web/api/inside?*", asleep)
    page.get_by_role("button", name="Por dentro", exact=True).click()
    expect(page.get_by_text("La base de datos no responde")).to_be_visible()
    expect(page.get_by_text("En camino")).to_have_count(0)
    page.unroute_all(behavior="wait")  # the panel looks once more by itself


@only_long("seven tabs are opened side by side; only the page's stream of events could break it")
def test_seven_tabs_of_one_browser(stack: Running, ana: str, browser: Any) -> None:
    """Tabs that nobody sees leave the browser's six connections to the one that is seen; each is current
    again once it is looked at.
    """
    context = browser.new_context()
    context.add_init_script("seen = true; Object.defineProperty(document, 'hidden', { get: () => !seen })")
    look = "(now) => { seen = now; document.dispatchEvent(new Event('visibilitychange')); }"
    tabs = [Chat(context.new_page(), stack.where.page, []) for _ in range(7)]
    for chat in tabs:
        chat.open(ana)
        chat.page.evaluate(look, arg=False)
    stack.ask(ana, text="Hola")
    tabs[-1].page.evaluate(look, arg=True)
    tabs[-1].answers(1)
    assert tabs[0].page.locator("article").count() == 0
    tabs[0].page.evaluate(look, arg=True)
    tabs[0].answers(1)
    stack.ask(ana, text="¿Sigues?")
    tabs[0].answers(2)
    context.close()


def test_messages_that_arrive_together_have_each_its_own_line(stack: Running, ana: str) -> None:
    """Of three posts about a millisecond apart, each message's journey shows the line of the post that
    brought it, told by its length.
    """
    stack.ask(ana, text="Hola")
    stack.sim.post("/switches", {"concurrent": True})
    letter = (SAMPLES / "carta.docx").read_bytes()
    sent = stack.sim.send(ana, files=[("x" * length + ".docx", letter) for length in (10, 90, 50)])
    until = time.monotonic() + 10
    while stack.sim.get("/settled")["undelivered"] and time.monotonic() < until:
        time.sleep(0.05)
    hooks = [message["webhook"] for message in stack.sim.conversation(ana) if message["file"]]
    assert max(hook["posted"] for hook in hooks) < min(hook["acked"] for hook in hooks)
    short, long, middle = found = [line_of(stack, "webhook", message)["bytes"] for message in sent]
    # Ids differ in length by what is escaped in them.
    assert (short + 20 < middle, middle + 20 < long) == (True, True), found


def test_what_does_not_tally_is_shown(stack: Running, ana: str, open_chat: Opener) -> None:
    """A factura whose print contradicts its QR: each field tells who said what and which check it does not
    pass.
    """
    layout = LAYOUTS["clasica"]
    cases = (layout.fill(Random(f"does not tally {number}")) for number in range(500))
    case = next(
        each
        for each in cases
        if each.trap == "plain" and each.invoice.kind == "01" and each.invoice.currency == "PEN"
    )
    layout.draw(case)  # fills in what the QR says
    assert case.invoice.total is not None
    case.invoice.total += 10
    chat = open_chat(stack, ana)
    chat.give(("no-cuadra.pdf", layout.draw(case).paper.save()))
    assert "⚠️" in chat.answers(2)[1]
    page = chat.page
    page.get_by_role("button", name="Por dentro", exact=True).click()
    page.get_by_role("tab", name="Lectura").click()
    expect(page.locator(".verdict")).to_contain_text("Conviene revisarla")
    expect(page.locator(".verdict small")).to_have_text(re.compile(r"^QR \+ Texto del PDF · \d"))
    expect(page.locator(".checks")).to_contain_text("Base, impuestos y cargos suman el total")
    assert {row.split(maxsplit=1)[1] for row in page.locator(".checks li").all_inner_texts()} <= set(
        names.CHECKS.values()
    )
    words = page.evaluate(
        "import('/web/js/words.js').then((of) => [of.VERDICTS, of.WHAT, of.FAILURES].map(Object.keys))"
    )
    for of, named in zip((Verdict, NotInvoice, ErrorCode), words, strict=True):
        assert set(get_args(of)) <= set(named)
    total = page.locator('.fields [data-field="total"]')
    expect(total.locator(".differs").first).to_contain_text("dice «")
    expect(total.locator(".differs").last).to_contain_text("no pasa:")
    total.click()
    chat.picture("no-cuadra")
    page.get_by_role("tab", name="Recorrido").click()
    expect(page.locator(".journey .what").filter(has_text="no pasa: ")).to_contain_text(
        "Base, impuestos y cargos suman el total"
    )


def test_a_fault_left_on_is_seen_with_the_panel_closed(stack: Running, ana: str, open_chat: Opener) -> None:
    """The button that opens the panel bears a dot, in words too, while any fault is on."""
    stack.sim.post("/switches", {"duplicate": 1})
    chat = open_chat(stack, ana)
    page = chat.page
    expect(page.locator(".pill .dot")).to_be_visible()
    expect(page.locator(".pill")).to_have_accessible_name("Por dentro, hay fallas encendidas")
    chat.picture("falla-encendida")
    stack.sim.post("/switches", {"duplicate": 0})
    expect(page.locator(".pill .dot")).to_have_count(0)
    expect(page.locator(".pill")).to_have_accessible_name("Por dentro")


@only_long("a killed worker's lease is waited for; the switches of faults are turned in every run")
def test_trouble_and_the_chat_still_ends_right(stack: Running, ana: str, open_chat: Opener) -> None:
    """With doubled and reordered webhooks, Graph down and the worker killed, every file still gets one answer
    once Graph is back.
    """
    chat = open_chat(stack, ana)
    page = chat.page
    chat.say("Hola")
    chat.answers(1)
    page.get_by_role("button", name="Por dentro", exact=True).click()
    page.get_by_role("tab", name="Fallas").click()
    for label in ("Duplicar", "Desordenar", "Graph caído"):
        page.get_by_role("switch", name=re.compile(label)).click()
        expect(page.get_by_role("switch", name=re.compile(label))).to_have_attribute("aria-checked", "true")
    worker = stack.stack.processes["worker"].pid
    chat.give(sample("factura.pdf"), sample("no_factura.jpg"), sample("roto.pdf"))
    expect(page.locator("article.in")).to_have_count(4)
    page.get_by_role("button", name="Matar al trabajador").click()
    expect(page.get_by_text("El trabajador murió")).to_contain_text("hasta unos dos minutos")
    expect(page.locator(".danger + .note")).to_contain_text("hasta unos dos minutos")
    chat.picture("fallas")
    page.get_by_role("button", name="Apagar todas las fallas").click()
    expect(page.get_by_role("switch", name=re.compile("Graph caído"))).to_have_attribute(
        "aria-checked", "false"
    )
    sent = [message["wamid"] for message in stack.sim.conversation(ana) if message["direction"] == "in"]
    # webhooks overtook one another
    numbers = (
        "select wamid, seq from messaging.replies where wamid = any(:sent) and state in ('sent', 'void')"
    )
    until = time.monotonic() + 90
    while len(rows := stack.sql(numbers, sent=sent)) < len(sent) and time.monotonic() < until:
        page.wait_for_timeout(200)
    reading = stack.read(ana, {row["wamid"]: row["seq"] for row in rows})
    assert ([question["filename"] for question in reading.missing], reading.repeated, reading.strays) == (
        [],
        (),
        (),
    )
    assert stack.stack.processes["worker"].pid != worker
    # Shown once a message, best effort: what was opened while Graph was down, or by the worker that died, has
    # none.
    expect(page.locator("article.in .ticks[data-status=read]").first).to_be_visible()


@pytest.fixture
def unhurried() -> Iterator[Running]:
    """A stack of its own with the deadlines and leases of the cloud: a document stays its worker's while a
    slow Gemini is waited for.
    """
    home = Path(tempfile.mkdtemp(prefix="cuadra-page-"))
    running = boot(home, UNHURRIED)
    watcher = threading.Thread(target=running.stack.watch, daemon=True)
    watcher.start()
    yield running
    shut(running)
    watcher.join()
    shutil.rmtree(home, ignore_errors=True)


@pytest.mark.long
@pytest.mark.only_long
def test_a_slow_gemini_costs_time_and_nothing_else(unhurried: Running, open_chat: Opener) -> None:
    """With Gemini slow, switched on where none is configured, a photo that does not prove itself is asked
    about and answered right by our own OCR within 30 s; one that proves itself is answered at once.
    """
    ana, beto = (unhurried.sim.add_sender(name=name)["id"] for name in ("Ana Torres", "Beto Ríos"))
    unproven = without_symbol("foto2.jpg")
    (*_, own), without = unhurried.ask(beto, text="Hola", files=[unproven])
    chat = open_chat(unhurried, ana)
    page = chat.page
    chat.say("Hola")
    chat.answers(1)
    page.get_by_role("button", name="Por dentro", exact=True).click()
    page.get_by_role("tab", name="Fallas").click()
    slow = page.get_by_role("switch", name=re.compile("Gemini lento"))
    slow.click()
    expect(slow).to_have_attribute("aria-checked", "true", timeout=30_000)
    expect(page.get_by_text("ahora le pregunta a un Gemini lento")).to_be_visible()
    chat.picture("gemini-lento")
    began = time.monotonic()
    chat.give(unproven)
    chat.answers(2, timeout=60)
    took = time.monotonic() - began
    (photo,) = (message for message in unhurried.sim.conversation(ana) if message["file"])
    line = line_of(unhurried, "worker", photo)
    answer = unhurried.sim.wait_answers(ana, [photo]).answers[photo["wamid"]]
    assert answer == without.answers[own["wamid"]]
    assert line["gemini_ms"] > 0, "nobody waited for Gemini"
    assert (13_000 <= line["extract_ms"] < 30_000, took < 30) == (True, True), f"{line} after {took:.1f} s"
    chat.give(sample("boleta.jpg"))
    chat.answers(3)
    *_, photo = (message for message in unhurried.sim.conversation(ana) if message["file"])
    assert "gemini_ms" not in line_of(unhurried, "worker", photo), "a proven document waited for a model"
    page.get_by_role("button", name="Apagar todas las fallas").click()
    expect(slow).to_have_attribute("aria-checked", "false", timeout=30_000)
    chat.give(sample("foto3.jpg"))
    chat.answers(4)
    *_, photo = (message for message in unhurried.sim.conversation(ana) if message["file"])
    assert "gemini_ms" not in line_of(unhurried, "worker", photo)
    asked = requests.get(f"http://127.0.0.1:{unhurried.stack.ports['gemini']}/control", timeout=5).json()[
        "requests"
    ]
    assert [each["media_type"] for each in asked] == ["image/jpeg"]


def test_quoting_pasting_and_progress(stack: Running, ana: str, open_chat: Opener) -> None:
    """A pasted picture shows its upload while it lasts; a quoted reply carries the quoted message; a PDF
    opens as a PDF.
    """
    chat = open_chat(stack, ana)
    page = chat.page
    held: list[Any] = []
    page.route("**/_sim/files?*", lambda route: held.append(route))
    chat.give(sample("no_factura.jpg"), by="paste")
    expect(page.get_by_role("progressbar", name="Subiendo no_factura.jpg")).to_be_visible()
    chat.picture("subiendo")
    leaving = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert page.evaluate(leaving), "what goes up would be lost without a question"
    held[0].abort()
    expect(page.get_by_role("alert").filter(has_text="No se pudo enviar")).to_be_visible()
    assert not page.evaluate(leaving)
    page.unroute("**/_sim/files?*")
    page.get_by_role("button", name="Reintentar").click()
    expect(page.locator("article.in .photo img")).to_be_visible()
    chat.answers(2)
    chat.give(sample("factura.pdf"))
    chat.answers(3)
    pdf = page.get_by_role("link", name="Abrir factura.pdf")
    answer = page.request.get(chat.url.replace("/web/", "") + pdf.get_attribute("href"))
    assert (answer.headers["content-type"], answer.body()) == (
        "application/pdf",
        (SAMPLES / "factura.pdf").read_bytes(),
    )
    page.locator("article.out").last.hover()
    page.locator("article.out").last.get_by_role("button", name="Responder").click()
    chat.say("Gracias")
    expect(page.locator("article.in").last.locator(".quote")).to_contain_text("Cuadra")
    conversation = stack.sim.conversation(ana)
    thanks = next(at for at, message in enumerate(conversation) if message["text"] == "Gracias")
    assert conversation[thanks]["quoted"] == conversation[thanks - 1]["wamid"]


def test_choices_are_tapped(stack: Running, ana: str, open_chat: Opener) -> None:
    """Buttons under a question and the rows of a list are tapped, by the keyboard too, and what they say is
    sent as the person's own reply.
    """
    chat = open_chat(stack, ana)
    page = chat.page
    chat.give(sample("factura.pdf"))
    chat.answers(2)
    chat.say("borrar")
    buttons = page.get_by_role("group", name="Respuestas")
    expect(buttons.get_by_role("button")).to_have_text(["Sí, borrar", "No"])
    chat.picture("botones")
    buttons.get_by_role("button", name="No").focus()
    page.keyboard.press("Enter")
    expect(page.locator("article.out").last).to_contain_text("no cambié nada")
    tapped = page.locator("article.in").last
    expect(tapped.locator(".quote")).to_contain_text("¿Saco de tus cuentas")
    expect(tapped.locator(".text")).to_have_text("No")
    rows = [{"id": "x", "title": "1. F001-4", "description": "Factura · S/ 5.00"}]
    part = {
        "type": "list",
        "body": {"text": "¿Cuál?"},
        "action": {"button": "Elegir", "sections": [{"rows": rows}]},
    }
    to = next(one["phone"] for one in stack.sim.get("/senders") if one["id"] == ana)
    requests.post(
        f"{stack.where.simulator}/v26.0/{stack.sim.get('')['phone_number_id']}/messages",
        headers={"Authorization": f"Bearer {stack.where.access_token}"},
        json={"messaging_product": "whatsapp", "to": to, "type": "interactive", "interactive": part},
        timeout=5,
    ).raise_for_status()
    page.get_by_text("Elegir", exact=True).click()
    chat.picture("lista")
    page.get_by_role("group", name="Elegir").get_by_role("button", name="1. F001-4").click()
    expect(page.locator("article.in").last.locator(".text")).to_have_text("1. F001-4")
    expect(page.get_by_role("group", name="Elegir")).to_be_hidden()


def test_a_workbook_arrives_as_a_bubble_and_downloads(stack: Running, ana: str, open_chat: Opener) -> None:
    """A document of ours is a bubble with its name and caption, and what it opens is the file that was
    sent.
    """
    chat = open_chat(stack, ana)
    page = chat.page
    chat.give(sample("factura.pdf"))
    chat.answers(2)
    chat.say("mis datos")
    bubble = page.locator("article.out").last
    link = bubble.get_by_role("link", name=re.compile(r"^Abrir .*\.xlsx$"))
    expect(link).to_be_visible()
    expect(bubble.locator(".paper")).to_contain_text("XLSX")
    expect(bubble.locator(".text")).not_to_be_empty()
    chat.picture("documento")
    with page.expect_download() as coming:
        link.click()
    told = next(one for one in reversed(stack.sim.conversation(ana)) if one["file"])
    book = load_workbook(BytesIO(coming.value.path().read_bytes()))
    assert coming.value.suggested_filename == told["filename"]
    assert "factura.pdf" in {
        cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    }


@pytest.mark.long
@pytest.mark.only_long
def test_an_owner_from_hola_to_the_last_message(unhurried: Running, open_chat: Opener) -> None:
    """In the page alone: Hola, five papers, the month, a total corrected by quoting, the month again, a
    supplier, a paper out and back, all that is kept, and its end.
    """
    chat = open_chat(unhurried)
    page = chat.page
    page.get_by_role("button", name="Nuevo remitente").first.click()
    page.keyboard.type("Rosa Huamán")
    page.keyboard.press("Enter")
    outs = page.locator("article.out")

    def answer(text: str | None = None, *, quoting: str = "") -> str:
        count = outs.count()
        if quoting:
            paper = page.locator(f'article.in[aria-label*="{quoting}"]').first
            paper.hover()
            paper.get_by_role("button", name="Responder").click()
        if text:
            chat.say(text)
        else:
            page.get_by_role("group", name="Respuestas").last.get_by_role("button", name="Sí, borrar").click()
        expect(outs).to_have_count(count + 1, timeout=30_000)
        return str(outs.last.locator(".text").inner_text()).replace("\u00a0", " ")

    def month() -> Decimal:
        said = answer("¿Cuánto llevo gastado en octubre?")
        assert said.startswith("📒 Resumen de octubre 2026\nTotal: S/ ")
        return Decimal(said.partition("S/ ")[2].partition(" en ")[0].replace(",", ""))

    assert answer("Hola") == WELCOME
    papers = ("factura.pdf", "boleta.jpg", "foto1.jpg", "foto2.jpg", "foto3.jpg")
    page.get_by_role("button", name="Adjuntar").click()
    page.locator("input[type=file]").set_input_files([SAMPLES / name for name in papers])
    page.wait_for_function(
        "() => [...document.querySelectorAll('article.out .text')].map((each) => "
        "each.innerText.split('Proveedor').length - 1).reduce((sum, each) => sum + each, 0) === 5",
        timeout=90_000,
    )
    (rosa,) = [
        one["id"]
        for one in unhurried.sim.get("/senders")
        if one["name"] == "Rosa Huamán" and unhurried.sim.conversation(one["id"])
    ][-1:]
    sent = {one["filename"]: one["wamid"] for one in unhurried.sim.conversation(rosa) if one["file"]}
    entry = (
        "select e.total, e.supplier_name, e.tenant_id, e.user_id from books.entries e join "
        "documents.documents d on d.id = e.document_id where d.wamid = :w"
    )
    (boleta,) = unhurried.sql(entry, w=sent["boleta.jpg"])
    before, right = month(), boleta["total"] + 100
    assert f"• Total: S/ {boleta['total']:,.2f} → S/ {right:,.2f}" in answer(
        f"total {right}", quoting="boleta.jpg"
    )
    assert month() == before + 100
    assert boleta["supplier_name"][:20] in answer(f"buscar {boleta['supplier_name'].split()[0]}")
    chat.picture("duena")
    answer("borrar", quoting="boleta.jpg")
    assert answer().startswith("🗑️ Saqué de tus cuentas: Boleta ")
    assert month() == before - boleta["total"]
    assert answer("recuperar").startswith("👍 Está de vuelta en tus cuentas: Boleta ")
    assert month() == before + 100
    assert answer("mis datos").startswith("📦 Todo lo que guardo de ti y de tu negocio")
    expect(outs.last.get_by_role("link", name=re.compile(r"^Abrir .*\.xlsx$"))).to_be_visible()
    assert answer("borrar mis datos") == privacy.ASK.replace("*", "")
    began = time.time()
    assert answer("BORRAR").endswith("Este es mi último mensaje. Si me escribes otra vez, empezamos de cero.")
    chat.picture("despedida")
    gone = Purge(rosa, str(boleta["tenant_id"]), str(boleta["user_id"]), began, time.time())
    sends = {
        str(one["opaque"]).rpartition(":")[2]
        for one in unhurried.sim.conversation(rosa)
        if one["direction"] == "out"
    }
    eventually(
        lambda: not list(remains(unhurried.admin, Path(unhurried.where.home), sends, gone)), timeout=60
    )


@pytest.mark.long
@pytest.mark.only_long
def test_sunats_switches_are_turned_in_the_page(unhurried: Running, open_chat: Opener) -> None:
    """With SUNAT on, a portal's paper is told as accepted with its hour; not there, slow and down, what is
    told says so or is as without it; off, nobody asks.
    """
    portal = [generate("portal", number, "digital") for number in range(1, 6)]
    register(Path(unhurried.where.home), portal)
    chat = open_chat(unhurried, unhurried.sim.add_sender(name="Ana Torres")["id"])
    page = chat.page
    chat.say("Hola")
    chat.answers(1)
    page.get_by_role("button", name="Por dentro", exact=True).click()
    page.get_by_role("tab", name="Fallas").click()

    def told(number: int, label: str, *, on: bool = True) -> str:
        switch = page.get_by_role("switch", name=re.compile(f"^{label}"))
        switch.click()
        expect(switch).to_have_attribute("aria-checked", str(on).lower(), timeout=30_000)
        chat.give((f"{portal[number].name}.pdf", portal[number].data))
        return chat.answers(number + 2)[-1]

    assert re.search(
        r"🏛️ SUNAT \(\d\d/\d\d \d\d:\d\d\): figura ACEPTADO; emisor ACTIVO y HABIDO",
        told(0, "SUNAT encendida"),
    )
    chat.picture("sunat")
    assert "todavía no figura. Pregunté por: " in told(1, "SUNAT: no figura")
    assert ["SUNAT (" in told(2, "SUNAT lenta"), "SUNAT (" in told(3, "SUNAT caída")] == [False, False]
    assert '"timeout"' in unhurried.logs("worker")
    worker = unhurried.stack.processes["worker"].pid
    assert "SUNAT (" not in told(4, "SUNAT caída", on=False)
    assert unhurried.stack.processes["worker"].pid != worker


def test_what_cannot_be_shown_or_sent_says_so(stack: Running, ana: str, open_chat: Opener) -> None:
    """A photo that is no picture is shown as the file it is; one that WhatsApp does not take is told so, and
    not to be tried again.
    """
    stack.sim.send(ana, files=[("vacia.jpg", b""), ("rota.jpg", b"\xff\xd8\xff rota")])
    chat = open_chat(stack, ana)
    page = chat.page
    expect(page.get_by_role("link", name="Abrir vacia.jpg")).to_contain_text("vacia.jpg")
    expect(page.get_by_role("link", name="Abrir rota.jpg")).to_contain_text("rota.jpg")
    expect(page.locator("article.in img")).to_have_count(0)
    page.route(
        "**/_sim/files?*",
        lambda route: route.fulfill(status=413, json={"error": "larger than WhatsApp takes"}),
    )
    chat.give(sample("factura.pdf"))
    expect(
        page.get_by_role("alert").filter(has_text="Es más grande de lo que WhatsApp admite: factura.pdf")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Reintentar")).to_have_count(0)
    chat.picture("no-se-puede")
    page.get_by_role("button", name="Descartar").click()
    expect(page.locator(".rising")).to_have_count(0)


def test_bubbles_are_as_on_a_phone(stack: Running, ana: str, open_chat: Opener) -> None:
    """A photo keeps its shape and its caption its width, a document tells pages and size in two lines, a link
    leads nowhere, an emoji is large.
    """
    portrait, wide = BytesIO(), BytesIO()
    Image.new("RGB", (600, 800), "grey").save(portrait, "JPEG")
    Image.new("RGB", (900, 300), "grey").save(wide, "JPEG")
    long = "una factura de nombre muy largo " * 6 + ".pdf"
    stack.ask(ana, text="Hola")
    for name, data in (("alta.jpg", portrait.getvalue()), ("ancha.jpg", wide.getvalue())):
        stack.sim.send(ana, files=[(name, data)], caption="compra para la obra de Surco, proyecto 14")
    stack.sim.send(
        ana, files=[("sola.jpg", portrait.getvalue()), (long, (SAMPLES / "factura.pdf").read_bytes())]
    )
    for text in ("mira https://x.pe/a", "👍", "👍 sí"):
        stack.sim.send(ana, text=text)
    chat = open_chat(stack, ana)
    page = chat.page
    shape = (
        "(photos) => photos.map((each) => (each.closest('article').scrollIntoView(), each.offsetWidth / "
        "each.offsetHeight)).map((each) => each.toFixed(2))"
    )
    photos = page.locator("article.in .photo img")
    expect(photos).to_have_count(3)
    for photo in photos.all():
        photo.scroll_into_view_if_needed()
        expect(photo).to_have_js_property("complete", value=True)
    page.wait_for_timeout(200)
    assert photos.evaluate_all(shape) == ["0.75", "1.33", "0.75"]
    bubble = page.locator("article.in .bubble", has=page.locator(".photo")).first.bounding_box()
    assert bubble["width"] - photos.first.bounding_box()["width"] < 20
    document = page.get_by_role("link", name=f"Abrir {long}")
    expect(document.locator("small")).to_have_text("1 página · 5 kB · PDF")
    assert document.locator("b").bounding_box()["height"] < 40
    expect(page.locator(".url")).to_have_text("https://x.pe/a")
    assert page.locator(".text a").count() == 0
    sizes = page.locator("article.in .text p").evaluate_all(
        "(all) => all.slice(-3).map((each) => parseInt(getComputedStyle(each).fontSize))"
    )
    assert sizes == [15, 44, 15]
    photos.first.click()
    light = page.get_by_role("dialog")
    for key, name in (
        (None, "alta.jpg"),
        ("ArrowRight", "ancha.jpg"),
        ("ArrowRight", "sola.jpg"),
        ("ArrowRight", "sola.jpg"),
        ("ArrowLeft", "ancha.jpg"),
    ):
        page.keyboard.press(key) if key else None
        expect(light).to_have_accessible_name(f"Foto {name}")
    page.mouse.click(30, 400)
    expect(light).to_have_count(0)


def test_a_tap_opens_a_bubbles_buttons(stack: Running, ana: str, open_chat: Opener) -> None:
    """On a phone nothing floats beside the bubbles, short messages follow one another closely, and a tap on
    one opens what can be done with it.
    """
    for text in ("hola", "gracias", "ok"):
        stack.sim.send(ana, text=text)
    chat = open_chat(stack, ana, viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True)
    page = chat.page
    page.wait_for_selector("article.in >> nth=2")
    tops = page.locator("article.in").evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().top)"
    )
    assert max(after - before for before, after in pairwise(tops)) < 42
    replying = page.get_by_role("button", name="Responder")
    expect(replying).to_have_count(0)
    thanks = page.locator("article.in", has_text="gracias")
    thanks.locator(".text").tap()
    expect(replying).to_have_count(1)
    assert replying.bounding_box()["height"] >= 44
    thanks.locator(".text").tap()
    expect(replying).to_have_count(0)
    thanks.locator(".text").tap()
    replying.tap()
    expect(page.locator(".quoting")).to_contain_text("gracias")


def test_an_empty_chat_can_be_begun_with_one_click(stack: Running, open_chat: Opener) -> None:
    """Where nobody wrote yet, a greeting and a sample are one click away; where there is no sender, a phone
    too says how to make one.
    """
    new = stack.sim.add_sender()["id"]
    chat = open_chat(stack, new)
    chat.page.get_by_role("button", name="Enviar «Hola»").click()
    assert chat.answers(1) == [WELCOME]
    expect(chat.page.locator(".beginning")).to_have_count(0)
    chat.open(stack.sim.add_sender()["id"]).page.reload()
    chat.page.get_by_role("button", name="Enviar una factura de ejemplo").click()
    expect(chat.page.locator("article.in .document")).to_contain_text("factura.pdf")
    phone = open_chat(stack, viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True)
    phone.page.route("**/_sim/senders", lambda route: route.fulfill(json=[]))
    phone.page.route("**/_sim/messages", lambda route: route.fulfill(json=[]))
    phone.page.reload()
    expect(
        phone.page.get_by_text("Chatea con Cuadra antes de tener un número").locator("visible=true")
    ).to_have_count(1)


def test_the_senders_are_told_apart_and_found(stack: Running, open_chat: Opener) -> None:
    """Initials skip little words, a number has a silhouette and is shown whole, tones are even, and a search
    finds by name, number and words.
    """
    unique = f"{time.time_ns() % 10**7:07}"
    firm = stack.sim.add_sender(name=f"Distribuidora y Ferretería de Ñaña {unique}")["id"]
    bare = stack.sim.add_sender(phone=f"5193{unique}")["id"]
    stack.sim.send(bare, text=f"¿Y mi boleta del ómnibus {unique}?")
    chat = open_chat(stack, firm)
    page = chat.page
    row = {each: page.locator(f'.row[data-sender="{each}"]') for each in (firm, bare)}
    expect(row[firm].locator(".avatar")).to_have_text("DF")
    expect(row[bare].locator(".avatar svg")).to_be_visible()
    tones = page.evaluate(
        "import('/web/js/parts.js').then((of) => [...Array(6000)].map((_, at) => of.toneOf((at * "
        "2654435761).toString(16))))"
    )
    assert all(800 < tones.count(tone) < 1200 for tone in range(6))
    search = page.get_by_role("searchbox")
    for wanted, found in (
        (f"ferreteria de nana {unique}", firm),
        (f"OMNIBUS {unique}", bare),
        (f"3{unique}", bare),
    ):
        search.fill(wanted)
        expect(page.locator(".row")).to_have_count(1)
        expect(row[found]).to_be_visible()
    search.press("ArrowDown")
    expect(row[bare]).to_be_focused()
    search.press("Escape")
    expect(search).to_have_value("")
    page.get_by_role("button", name="Por dentro", exact=True).click()
    whole = "(name) => name.scrollWidth <= name.clientWidth"
    assert row[bare].locator("b").evaluate(whole)
    stack.ask(bare, text="Hola")
    green = page.locator(".pill .icon").evaluate("(each) => getComputedStyle(each).color")
    expect(row[bare].locator("time")).to_have_css("color", green)


def test_another_state_is_shown_as_soon_as_it_is_loaded(stack: Running, ana: str, open_chat: Opener) -> None:
    """When the simulator goes back to a state that was saved, the page shows that one: who came since is gone
    from the list.
    """
    stack.sim.post("/states/before", {})
    later = stack.sim.add_sender(name="Beto Ríos")["id"]
    page = open_chat(stack, ana).page
    expect(page.locator(f'.row[data-sender="{later}"]')).to_be_visible()
    stack.sim.post("/states/before/load", {})
    expect(page.locator(f'.row[data-sender="{later}"]')).to_have_count(0)
    expect(page.locator(".row[aria-current=true]")).to_have_attribute("data-sender", ana)


@only_long("three windows are opened one after another; only the page's widths could break it")
def test_the_list_stays_on_a_projector(stack: Running, ana: str, open_chat: Opener) -> None:
    """Between 761 and 1100 px the open panel leaves the senders in sight, each with a name, and another one
    can be gone to.
    """
    beto = stack.sim.add_sender(name="Beto Ríos")["id"]
    for width in (761, 1024, 1100):
        chat = open_chat(stack, ana, viewport={"width": width, "height": 768})
        page = chat.page
        page.get_by_role("button", name="Por dentro", exact=True).click()
        page.locator(f'.row[data-sender="{beto}"]').click()
        expect(page.locator(".row[aria-current=true]")).to_have_accessible_name(re.compile("Beto Ríos"))
        expect(page.locator(".bar .title p").first).to_have_text("Escribes como Beto Ríos")


def test_the_way_to_the_message_is_short(stack: Running, ana: str, open_chat: Opener) -> None:
    """However many senders there are they are one stop of Tab, walked by arrows; and the first stop of all
    leads straight to writing.
    """
    for number in range(12):
        stack.sim.add_sender(name=f"Vecina {number}")
    chat = open_chat(stack, ana)
    page = chat.page
    press, focused = page.keyboard.press, page.locator(":focus")
    press("Tab")
    expect(focused).to_have_accessible_name("Ir a escribir")
    press("Enter")
    expect(page.get_by_label("Mensaje", exact=True)).to_be_focused()
    page.locator(".skip").focus()
    stops = 0
    while not page.get_by_label("Mensaje", exact=True).evaluate("(each) => each === document.activeElement"):
        press("Tab")
        stops += 1
        assert stops < 12
    page.locator('.row[tabindex="0"]').focus()
    press("Home")
    first = focused.get_attribute("data-sender")
    press("ArrowDown")
    assert focused.get_attribute("data-sender") != first
    press("Enter")
    expect(page.get_by_label("Mensaje", exact=True)).to_be_focused()


def test_the_panel_says_who_does_not_answer(stack: Running, ana: str, open_chat: Opener) -> None:
    """While the whole stack is away, the panel says so instead of that there is nothing; an unanswered
    document counts down to its next worker.
    """
    stack.ask(ana, text="Hola", files=[SAMPLES / "factura.pdf"])
    chat = open_chat(stack, ana)
    page = chat.page
    page.route("**/web/api/inside?*", lambda route: route.abort())
    page.wait_for_function("import('/web/js/store.js').then((of) => of.state.connected)")
    page.evaluate("import('/web/js/store.js').then((of) => { of.state.connected = false; })")
    page.get_by_role("button", name="Por dentro", exact=True).click()
    expect(page.locator(".inside")).to_contain_text(
        "Nadie responde: Cuadra está apagada o se está encendiendo."
    )
    page.unroute_all(behavior="ignoreErrors")
    # One end for all answers, as a lease has: the page asks again after each event, and would begin anew.
    until = datetime.fromtimestamp(time.time() + 90, UTC).isoformat(" ")

    def held(route: Any) -> None:
        answer = route.fetch()
        told = answer.json() | {"total_ms": None}
        told["rows"]["documents.documents"][0] |= {"status": "working", "lease_until": until}
        route.fulfill(response=answer, json=told)

    page.route("**/web/api/inside?*", held)
    page.reload()
    page.get_by_role("button", name="Por dentro", exact=True).click()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"se retoma en \d\d s\."))
    before = page.get_by_role("timer").inner_text()
    expect(page.get_by_role("timer")).not_to_have_text(before, timeout=3000)
    page.unroute_all(behavior="ignoreErrors")


@only_long("a tilted photo is read; that evidence is marked on its picture is held in every run")
def test_marks_lie_as_the_lines_do(stack: Running, open_chat: Opener) -> None:
    """On a tilted photo each mark slants with its line inside the upright box that was read, and an item's
    lines are all marked together.
    """
    sender = stack.sim.add_sender(name="Nora")["id"]
    chat = open_chat(stack, sender)
    page = chat.page
    chat.give(sample("foto2.jpg"))
    chat.answers(2)
    page.get_by_role("button", name="Por dentro", exact=True).click()
    page.get_by_role("tab", name="Lectura").click()
    expect(page.locator('.page polygon[data-field="qr"]')).to_have_count(1)
    page.locator('.fields [data-field^="items.0"]').click()
    marked = page.locator(".page polygon.chosen")
    assert len({each.get_attribute("points") for each in marked.all()}) > 1
    corners = [
        [float(part) for part in point.split(",")] for point in marked.first.get_attribute("points").split()
    ]
    assert abs(corners[1][1] - corners[0][1]) > 3, "the line is level, the paper is not"
    shapes = page.evaluate(
        "import('/web/js/reading.js').then((of) => [of.slanted([.1, .2, .5, .25], [.05, .05], 1, 0), "
        "of.slanted([.1, .2, .5, .25], [-.1, -.1], 1, 0)])"
    )
    rounded = [[round(each, 4) for each in shape] for shape in shapes]
    assert rounded == [
        [0.1, 0.2, 0.5, 0.22, 0.5, 0.25, 0.1, 0.23],
        [0.1, 0.2375, 0.5, 0.2, 0.5, 0.2125, 0.1, 0.25],
    ]


PLAIN = {
    "5*3=15 y juan_perez@gmail.com": "5*3=15 y juan_perez@gmail.com",
    "*Total:* _S/ 10_ ~no~ `x`": "Total: S/ 10 no x",
    "*_b_* ** ~": "b ** ~",
    "- a\n- *b*\n1. c\n> d\n```e *f*```": "- a - b 1. c d e *f*",
    "": "",
}
FORMATS = {
    "*b* _i_ ~s~ `c`": "<p><b>b</b> <i>i</i> <s>s</s> <code>c</code></p>",
    "*_b_*": "<p><b><i>b</i></b></p>",
    "2*3*4 a_b_c": "<p>2*3*4 a_b_c</p>",
    "x * no * _": "<p>x * no * _</p>",
    "(*b*).": "<p>(<b>b</b>).</p>",
    "*a\nb*": "<p>*a\nb*</p>",
    "- a\n- b": "<ul><li>a</li><li>b</li></ul>",
    "* a\n* *b*": "<ul><li>a</li><li><b>b</b></li></ul>",
    "3. a\n4. b": '<ol start="3"><li>a</li><li>b</li></ol>',
    "1. a\n1. b": '<ol start="1"><li>a</li></ol><ol start="1"><li>b</li></ol>',
    "> a\n> *b*": "<blockquote>a\n<b>b</b></blockquote>",
    "```<b>\n *x*```": "<pre>&lt;b&gt;\n *x*</pre>",
    "<b>x</b> &amp; <img src=x>": "<p>&lt;b&gt;x&lt;/b&gt; &amp;amp; &lt;img src=x&gt;</p>",
    "`*x*`": "<p><code>*x*</code></p>",
    "a\n\nb": "<p>a\n\nb</p>",
    "http://x.pe [a](b) # c": '<p><span class="url">http://x.pe</span> [a](b) # c</p>',
    "(www.x.pe/a_b_c?d=*e*), *https://x.pe/f.*": (
        '<p>(<span class="url">www.x.pe/a_b_c?d=*e</span>*), '
        '<b><span class="url">https://x.pe/f</span>.</b></p>'
    ),
    "xhttp://x.pe https:// www.": "<p>xhttp://x.pe https:// www.</p>",
}


def test_whatsapps_formatting_and_nothing_else(stack: Running, ana: str, open_chat: Opener) -> None:
    """Bold, italics, strike, mono, lists and quotes are rendered as WhatsApp does; everything else stays
    text.
    """
    for text in FORMATS:
        stack.sim.send(ana, text=text)
    chat = open_chat(stack, ana)
    expect(chat.page.locator("article.in .text")).to_have_count(len(FORMATS))
    found = chat.page.locator("article.in .text").evaluate_all(
        "(all) => all.map((each) => each.innerHTML.replace(/<!--.*?-->/gs, ''))"
    )
    assert dict(zip(FORMATS, found, strict=True)) == FORMATS
    text, *_ = PLAIN
    stack.sim.send(ana, text=text)
    sent = chat.page.locator("article.in").last
    expect(sent).to_have_accessible_name(re.compile(re.escape(f": {text}") + "$"))
    sent.get_by_role("button", name="Responder").click()
    expect(chat.page.locator(".quoting")).to_contain_text(text)
    texts = chat.page.evaluate(
        "(all) => import('/web/js/format.js').then(({ plain }) => all.map(plain))", list(PLAIN)
    )
    assert dict(zip(PLAIN, texts, strict=True)) == PLAIN


def test_only_this_machines_own_page(stack: Running) -> None:
    """Another name or another site's page is refused; our own runs only its own script; a file that could run
    is saved, not shown.
    """
    page, base = stack.where.page, stack.where.simulator
    assert requests.get(page, headers={"Host": "evil.example"}, timeout=5).status_code == 403
    for path in ("/web/api/kill/worker", "/_sim/senders"):
        assert (
            requests.post(
                base + path, json={}, headers={"Origin": "https://evil.example"}, timeout=5
            ).status_code
            == 403
        )
    assert requests.post(f"{base}/web/api/kill/postgres", timeout=5).status_code == 404
    policy = requests.get(page, timeout=5).headers["Content-Security-Policy"].split("; ")
    assert {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "require-trusted-types-for 'script'",
    } <= set(policy)
    assert not any("unsafe" in part or "http" in part for part in policy)
    html = stack.sim.add_file(b"<script>alert(1)</script>", "factura.html")
    answer = requests.get(f"{base}/web/api/files/{html}", timeout=5)
    assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"].split(";")[0]) == (
        "application/octet-stream",
        "attachment",
    )
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_nothing_remote_is_asked_for(stack: Running, ana: str, browser: Any) -> None:
    """The page works with no network but this machine: every request goes to its own address."""
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    Chat(page, stack.where.page, []).open(ana)
    page.get_by_role("button", name="Por dentro", exact=True).click()
    page.wait_for_timeout(300)
    context.close()
    assert [url for url in asked if not url.startswith((stack.where.simulator, "data:", "blob:"))] == []
    assert len(asked) > 8


@only_long(
    "the README's whole story is played, two photos read; whoever changes an answer takes new pictures"
)
def test_the_readmes_pictures_show_what_is_answered_today(stack: Running) -> None:
    """The conversation that the README's pictures show, played again, has the same answers; else the pictures
    are to be taken anew.
    """
    pictures = importlib.import_module("tests.e2e.pictures")  # it imports this module
    sender = pictures.begin(stack)
    pictures.end(stack, sender)
    pictures.ask(stack, sender)
    assert pictures.SHOWN.read_text("utf-8") == pictures.shown(stack), (
        f"the README's pictures are old: {pictures.COMMAND}"
    )
