"""Every state of the page, one after another: for pictures that a person looks at, and for the test that runs
axe on each.

python -m tests.e2e.states [FOLDER]    one picture a state and look, into `.cuadra/screenshots/states` or
                                       FOLDER
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.e2e.conftest import SAMPLES, UNHURRIED, Running, boot, eventually, shut

PICTURES = Path(__file__).parents[2] / ".cuadra/screenshots/states"
LONG = (
    "FACTURA ELECTRONICA F001-00012345 DISTRIBUIDORA Y SERVICIOS GENERALES DEL SUR S.A.C. - CERRADA "
    "noviembre 2026 (copia).pdf"
)
_SEEN = (
    "() => [...document.images].every((each) => each.complete || each.getBoundingClientRect().top > "
    "innerHeight || each.getBoundingClientRect().bottom < 0)"
)
_OVER = "(over) => { const data = new DataTransfer(); data.items.add(new File(['x'], 'x.pdf'));"
_OVER += (
    " document.querySelector('.chat').dispatchEvent(new DragEvent(over ? 'dragenter' : 'dragleave', { "
    "bubbles: true, cancelable: true, dataTransfer: data })); }"
)


@dataclass(frozen=True)
class Look:
    """How a page is looked at. `phone` has one screen at a time, and is touched."""

    name: str
    profile: dict[str, Any]

    @property
    def phone(self) -> bool:
        return bool(self.profile.get("has_touch"))


def _look(scheme: str, width: int, height: int) -> Look:
    touch = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2} if width < 700 else {}
    return Look(
        f"{width}-{scheme}", {"viewport": {"width": width, "height": height}, "color_scheme": scheme, **touch}
    )


LOOKS = [
    _look(scheme, width, height)
    for width, height in ((375, 812), (900, 700), (1280, 860))
    for scheme in ("light", "dark")
]


@dataclass(frozen=True)
class Story:
    """Who is in the pictures: `new` has not written yet, `full` has sent and got one of everything."""

    new: str
    full: str


def play(running: Running) -> Story:
    """Fill a stack with conversations that have one of everything."""
    sim = running.sim
    for number, name in (
        (51987654301, None),
        (51987654302, None),
        (51987654303, "Bodega Santa Rosa de Lima"),
    ):
        running.ask(sim.add_sender(phone=str(number), **({"name": name} if name else {}))["id"], text="Hola")
    running.ask(sim.add_sender(username="nora.salas", name="Nora Salas")["id"], text="Hola")
    new = sim.add_sender(name="Distribuidora y Servicios del Sur")["id"]
    full = sim.add_sender(name="María Quispe")["id"]
    running.ask(full, text="Hola")
    running.ask(full, files=[SAMPLES / "factura.pdf"])
    running.ask(full, files=[SAMPLES / "boleta.jpg"], caption="compra para la obra de Surco, proyecto 14")
    running.ask(full, files=[SAMPLES / "no_factura.jpg"])
    running.ask(
        full,
        files=[
            (LONG, (SAMPLES / "roto.pdf").read_bytes()),
            ("carta.docx", (SAMPLES / "carta.docx").read_bytes()),
        ],
    )
    running.ask(
        full, text="Mira https://www.sunat.gob.pe/ol-ti-itconsultaunificada y www.cuadra.pe, *gracias*"
    )
    sim.send(full, text="👍")  # earns no answer
    running.ask(full, files=[SAMPLES / "foto2.jpg"])
    running.ask(full, text="borrar")
    sim.post("/faults", {"on": "send", "how": "failed", "code": 131026})
    sim.send(full, text="resumen 10/2026")
    eventually(lambda: [message for message in sim.conversation(full) if message["failed"]])
    return Story(new, full)


def walk(page: Any, url: str, story: Story, look: Look) -> Iterator[str]:
    """Bring `page` into one state after another; each is as it should be looked at when its name is
    yielded.
    """
    yield from _nobody(page, url)
    page.goto(f"{url}#{story.new}")
    page.reload()
    page.wait_for_selector(".beginning")
    yield "beginning"
    yield from _list(page, look)
    _enter(page, story.full)
    page.locator("article img").first.wait_for()
    yield "chat"
    yield from _conversation(page, look)
    yield from _writing(page)
    yield from _trouble(page)
    yield from _inside(page)


def _nobody(page: Any, url: str) -> Iterator[str]:
    for what in ("senders", "messages"):
        page.route(f"**/_sim/{what}", lambda route: route.fulfill(json=[]))
    page.goto(url)
    page.locator(".welcome >> visible=true").wait_for()
    yield "nobody"
    page.unroute_all(behavior="wait")


def _list(page: Any, look: Look) -> Iterator[str]:
    if look.phone:
        page.get_by_role("button", name="Volver a los remitentes").tap()
        yield "list"
    search = page.get_by_role("searchbox")
    search.fill("mari")
    yield "search"
    search.fill("nadie así")
    yield "search-nobody"
    search.fill("")


def _enter(page: Any, sender: str) -> None:
    page.locator(f'.row[data-sender="{sender}"]').click()


def _conversation(page: Any, look: Look) -> Iterator[str]:
    for number, text in enumerate(("factura.pdf", "boleta.jpg", "carta.docx"), 1):
        page.locator("article.in", has=page.get_by_label(text)).first.evaluate(
            "(each) => each.scrollIntoView({ block: 'start' })"
        )
        yield f"chat-{number}"
    thumb = page.locator("article.in", has_text="👍").last
    thumb.scroll_into_view_if_needed()
    if look.phone:
        thumb.locator(".text").tap()
        thumb.get_by_role("button", name="Responder").wait_for()
    else:
        thumb.hover()
    yield "acts"
    if look.phone:
        thumb.locator(".text").tap()
    page.get_by_role("button", name="Abrir la foto boleta.jpg").click()
    page.locator("dialog.light img").wait_for()
    yield "light"
    page.keyboard.press("Escape")


def _writing(page: Any) -> Iterator[str]:
    page.get_by_role("button", name="Adjuntar").click()
    yield "menu"
    page.keyboard.press("Escape")
    page.locator("article.out").nth(1).focus()
    page.keyboard.press("r")
    page.get_by_label("Mensaje", exact=True).fill("¿Está bien el total?\nDice S/ 1,776.17")
    yield "quoting"
    page.get_by_label("Mensaje", exact=True).fill("")
    page.get_by_role("button", name="No citar").click()
    page.evaluate(_OVER, arg=True)
    yield "drop"
    page.evaluate(_OVER, arg=False)
    page.evaluate("import('/web/js/dialog.js').then((of) => of.openDialog())")
    page.locator("dialog.new").wait_for()
    yield "dialog"
    page.keyboard.press("Escape")


def _trouble(page: Any) -> Iterator[str]:
    held: list[Any] = []
    page.route("**/_sim/files?*", lambda route: held.append(route))
    if not page.locator("input[type=file]").count():
        page.get_by_role("button", name="Adjuntar").click()
    page.locator("input[type=file]").set_input_files([SAMPLES / "foto1.jpg"])
    page.evaluate(
        "import('/web/js/store.js').then((of) => { of.state.typing.set(of.state.current, Date.now() + "
        "60000); of.changed(); })"
    )
    page.get_by_role("progressbar").wait_for()
    yield "sending"
    page.evaluate(
        "import('/web/js/store.js').then((of) => { of.state.sending.values().next().value[0].error = 'No se "
        "pudo enviar'; of.state.typing.clear(); of.changed(); })"
    )
    yield "not-sent"
    page.get_by_role("button", name="Descartar").click()
    held[0].abort()
    page.evaluate(
        "import('/web/js/store.js').then((of) => { of.state.connected = false; of.tell('No se pudo enviar: "
        "el WhatsApp simulado no responde.'); })"
    )
    yield "offline"
    page.evaluate("import('/web/js/store.js').then((of) => { of.state.connected = true; of.tell('', 1); })")


def _inside(page: Any) -> Iterator[str]:
    page.evaluate("(wamid) => import('/web/js/inside.js').then((of) => of.choosePoint(wamid))", _photo(page))
    for tab in ("Recorrido", "Lectura", "Postgres", "Fallas"):
        page.get_by_role("tab", name=tab).click()
        if tab == "Recorrido":
            page.locator(".journey").wait_for()
        if tab == "Lectura":
            page.locator('.page polygon[data-field="qr"]').wait_for()
            page.locator(
                '.fields [data-field^="items.0"], .verdict'
            ).last.click()  # a busy machine may not have read it in time
        yield tab.lower()
    page.route("**/web/api/inside?*", _unanswered)
    page.evaluate("(wamid) => import('/web/js/inside.js').then((of) => of.choosePoint(wamid))", _photo(page))
    page.locator(".journey .bad").wait_for()
    yield "recorrido-mal"
    page.unroute_all(behavior="ignoreErrors")


def _photo(page: Any) -> str:
    found: str = page.locator("article.in", has=page.get_by_label("foto2.jpg")).last.get_attribute("id")
    return found


def _unanswered(route: Any) -> None:
    """The inside of a message whose document is somebody's still, and of which a model was asked in vain."""
    answer = route.fetch()
    told = answer.json() | {"total_ms": None}
    slow = {
        "what": "Gemini",
        "at": told["message"]["at"] + 1,
        "ms": 13000,
        "depth": 2,
        "note": "no respondió a tiempo: se leyó sin él",
        "trouble": True,
    }
    told["steps"].append(slow)
    told["rows"]["documents.documents"][0] |= {
        "status": "working",
        "lease_until": str(datetime.now(UTC) + timedelta(seconds=48)),
    }
    route.fulfill(response=answer, json=told)


def main() -> None:
    """Take them all."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.test_page import CHROMIUM, FLAGS

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="cuadra-states-"))
    running = boot(home, UNHURRIED)
    try:
        story = play(running)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for look in LOOKS:
                page = browser.new_page(locale="es-PE", reduced_motion="reduce", **look.profile)
                page.set_default_timeout(10_000)
                for name in walk(page, running.where.page, story, look):
                    page.wait_for_function(_SEEN)
                    page.wait_for_timeout(200)
                    page.screenshot(path=folder / f"{name}-{look.name}.png")
                page.close()
            browser.close()
    finally:
        shut(running)
        shutil.rmtree(home, ignore_errors=True)
    print(folder)


if __name__ == "__main__":
    main()
