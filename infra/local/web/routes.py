"""Serves the page: its own files, originals and pictures, the inside of a message, and the switches that are
not WhatsApp's.

    GET  /web/                              the page
    GET  /web/api/about                     {samples: [{name, label, hint}], services: [name], gemini: {slow},
                                            sunat: {plays}, names: {sources, checks}}
    GET  /web/api/samples/NAME              a sample document
    GET  /web/api/samples/NAME/picture      its first page as WebP
    GET  /web/api/files/ID                  the original of a media id
    GET  /web/api/files/ID/pages            how many pages a PDF has
    GET  /web/api/files/ID/pages/N?width=W  page N (from 0) as WebP, W one of picture.WIDTHS
    GET  /web/api/files/ID/pages/N/shape    picture.Shape of that page
    GET  /web/api/inside?wamid=W            inside.Inside of a message of either direction
    POST /web/api/gemini                    {slow: bool} → {slow}: whether the worker is to ask a slow Gemini;
                                            it finishes what it has and starts anew
    POST /web/api/sunat                     {plays: good, down, slow, not_found or null} → {plays}: how SUNAT
                                            answers, null for not asked; likewise
    POST /web/api/kill/NAME                 SIGKILL to a service; the supervisor starts it again

Everything else the page does through `/_sim`, as any phone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import time
from dataclasses import asdict
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from infra.local import sunat
from infra.local.gemini import slow_switch
from infra.local.web import names
from infra.local.web.inside import Insider
from infra.local.web.picture import WIDTHS, NotAPicture, pages, picture, shape
from infra.local.whatsapp.book import Book, File

STATIC = Path(__file__).with_name("static")
SAMPLES = Path(__file__).parents[1] / "samples"
_KILLABLE = ("worker", "webhook")
_PLAYS: tuple[sunat.Behaviour, ...] = ("good", "down", "slow", "not_found")
_RESTART_S = 45.0
"""Seconds to wait for another worker: one that is told to end first answers the file that it has."""
_PICTURES = {"image/jpeg", "image/png", "image/webp", "image/gif"}
_LABELS = {
    "factura.pdf": ("Factura", "PDF digital"),
    "boleta.jpg": ("Boleta", "foto"),
    "foto1.jpg": ("Comprobante 1", "foto"),
    "foto2.jpg": ("Comprobante 2", "foto"),
    "foto3.jpg": ("Comprobante 3", "foto"),
    "borrosa.jpg": ("Foto borrosa", "no se lee bien"),
    "roto.pdf": ("PDF dañado", "no se abre"),
    "no_factura.jpg": ("Captura de Yape", "no es una factura"),
    "hostil.pdf": ("Factura hostil", "trae código y formato"),
    "carta.docx": ("Carta de Word", "no se admite"),
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types lit-html"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class _Static(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response


class WebPage:
    """The page over the simulated WhatsApp's `book` and the stack whose state is in `home`."""

    def __init__(self, book: Book, home: Path) -> None:
        self._book, self._home, self._insider = book, home, Insider(home)
        self._pictures = home / "pictures"
        self._counts: dict[str, int] = {}  # pages, by sha256
        # Files and pages that cannot be drawn: thumbnails ask for them again and again.
        self._undrawn: set[str] = set()

    def routes(self) -> list[BaseRoute]:
        """Returns everything under `/web`, and the redirect to it."""
        return [
            Route("/", self.home),
            Route("/web/api/about", self.about),
            Route("/web/api/samples/{name}", self.sample),
            Route("/web/api/samples/{name}/picture", self.sample_picture),
            Route("/web/api/files/{id}", self.original),
            Route("/web/api/files/{id}/pages", self.pages),
            Route("/web/api/files/{id}/pages/{page:int}", self.page),
            Route("/web/api/files/{id}/pages/{page:int}/shape", self.shape),
            Route("/web/api/inside", self.inside),
            Route("/web/api/gemini", self.gemini, methods=["POST"]),
            Route("/web/api/sunat", self.sunat, methods=["POST"]),
            Route("/web/api/kill/{name}", self.kill, methods=["POST"]),
            Mount("/web", _Static(directory=STATIC, html=True)),
        ]

    async def home(self, _: Request) -> Response:
        """Redirects to the page's address."""
        return RedirectResponse("/web/")

    async def about(self, _: Request) -> Response:
        """Returns what can be tried here."""
        samples = [
            {"name": name, "label": label, "hint": hint}
            for name, (label, hint) in _LABELS.items()
            if (SAMPLES / name).exists()
        ]
        running = self._read("processes.json")
        services = [name for name in _KILLABLE if name in running]
        gemini = {"slow": slow_switch(self._home).exists()}
        asked = {"plays": self._plays()}
        words = {"sources": names.SOURCES, "checks": names.CHECKS}
        return JSONResponse(
            {"samples": samples, "services": services, "gemini": gemini, "sunat": asked, "names": words}
        )

    async def sample(self, request: Request) -> Response:
        """Returns a sample's bytes."""
        name = _sample(request)
        return FileResponse(
            SAMPLES / name,
            headers=_HEADERS | {"Cache-Control": "max-age=60"},
            content_disposition_type="attachment",
            filename=name,
        )

    async def sample_picture(self, request: Request) -> Response:
        """Returns the picture of a sample; 404 where it cannot be drawn."""
        path = SAMPLES / _sample(request)
        return await self._picture(path, hashlib.sha256(path.read_bytes()).hexdigest(), 0, min(WIDTHS))

    async def original(self, request: Request) -> Response:
        """Returns a file as it was sent. A browser shows it only where nothing can run in it; any other file
        is for saving.
        """
        file = self._file(request)
        path = self._book.path(file)
        with path.open("rb") as opened:
            pdf = opened.read(1024).lstrip().startswith(b"%PDF-")
        media_type = "application/pdf" if pdf else file.mime if file.mime in _PICTURES else None
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, max-age=3600",
        }
        # The browser's PDF viewer refuses a sandbox.
        headers |= {} if pdf else {"Content-Security-Policy": "sandbox; default-src 'none'"}
        return FileResponse(
            path,
            media_type=media_type or "application/octet-stream",
            filename=file.name,
            content_disposition_type="inline" if media_type else "attachment",
            headers=headers,
        )

    async def page(self, request: Request) -> Response:
        """Returns a picture of a page, which is made once."""
        file, page = self._file(request), request.path_params["page"]
        width = request.query_params.get("width", "")
        if not width.isdecimal() or int(width) not in WIDTHS:
            raise HTTPException(400, f"width is one of {WIDTHS}")
        return await self._picture(self._book.path(file), file.sha256, page, int(width))

    async def _picture(self, path: Path, sha256: str, page: int, width: int) -> Response:
        kept = self._pictures / f"{sha256}-{page}-{width}.webp"
        if not kept.exists():
            try:
                if kept.name in self._undrawn:
                    raise NotAPicture
                made = await picture(path, page, width)
            except NotAPicture as error:
                self._undrawn.add(kept.name)
                raise HTTPException(404, "this cannot be drawn") from error
            self._pictures.mkdir(exist_ok=True)
            fresh = kept.with_suffix(f".{id(made)}")
            fresh.write_bytes(made)
            fresh.replace(kept)
        return FileResponse(
            kept, media_type="image/webp", headers=_HEADERS | {"Cache-Control": "private, max-age=3600"}
        )

    async def pages(self, request: Request) -> Response:
        """Returns how many pages a PDF has, which WhatsApp shows without opening the file; looked up once for
        each file.
        """
        file = self._file(request)
        if file.sha256 not in self._counts:
            try:
                self._counts[file.sha256] = await pages(self._book.path(file))
            except NotAPicture as error:
                raise HTTPException(404, "this is no PDF that opens") from error
        return JSONResponse(self._counts[file.sha256])

    async def shape(self, request: Request) -> Response:
        """Returns where the page's QR codes are and how its lines slant: evidence has only upright boxes of
        printed values.
        """
        file = self._file(request)
        try:
            found = await shape(self._book.path(file), request.path_params["page"])
        except NotAPicture as error:
            raise HTTPException(404, "this cannot be drawn") from error
        return JSONResponse(asdict(found))

    async def inside(self, request: Request) -> Response:
        """Returns the inside of a message; for an answer, that of the first message it answers."""
        wamid = request.query_params.get("wamid", "")
        message = self._book.message(wamid)
        about = [wamid]
        if message and message["direction"] == "out":
            about = await run_in_threadpool(self._insider.answered, wamid) or (
                [message["quoted"]] if message["quoted"] else []
            )
            message = self._book.message(about[0]) if about else None
        if message is None:
            raise HTTPException(404, "no such message")
        conversation = self._book.conversation(message["sender"])
        inside = await run_in_threadpool(self._insider.look, message, about, conversation)
        return Response(
            inside.to_json(), media_type="application/json", headers={"Cache-Control": "no-store"}
        )

    async def kill(self, request: Request) -> Response:
        """Ends a process as an instance ends in the cloud: without any warning."""
        name = request.path_params["name"]
        pid = self._read("processes.json").get(name) if name in _KILLABLE else None
        if pid is None:
            raise HTTPException(404, "no such service")
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(pid) == pid:  # the supervisor starts each service in a group of its own
                os.killpg(pid, signal.SIGKILL)
        return Response(status_code=204)

    async def gemini(self, request: Request) -> Response:
        """Leave word for the supervisor, and wait until there is another worker: which Gemini the worker asks
        is a setting, as in the cloud.
        """
        slow = (await request.json())["slow"] is True
        await self._switch(slow_switch(self._home), "" if slow else None)
        return JSONResponse({"slow": slow})

    async def sunat(self, request: Request) -> Response:
        """Sets how SUNAT answers from now on. Whether it is asked at all is a setting of the worker, as in
        `gemini`.
        """
        plays = (await request.json())["plays"]
        if plays not in (None, *_PLAYS):
            raise HTTPException(400, f"plays is null or one of {_PLAYS}")
        await self._switch(sunat.switch(self._home), plays)
        return JSONResponse({"plays": plays})

    async def _switch(self, switch: Path, text: str | None) -> None:
        """Write a switch, or delete it, and wait for the worker that starts because it came or went."""
        worker, until = self._read("processes.json").get("worker"), time.monotonic() + _RESTART_S
        starts = _set(switch, text)
        while starts and self._read("processes.json").get("worker") == worker:
            if time.monotonic() > until:
                raise HTTPException(504, "the worker did not start anew")
            await asyncio.sleep(0.1)

    def _plays(self) -> str | None:
        try:
            return sunat.switch(self._home).read_text("utf-8")
        except FileNotFoundError:
            return None

    def _read(self, name: str) -> dict[str, int]:
        """Returns one of the supervisor's notes, empty while there is none."""
        try:
            found: dict[str, int] = json.loads((self._home / name).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def _file(self, request: Request) -> File:
        if file := self._book.file(request.path_params["id"]):
            return file
        raise HTTPException(404, "no such file")


def _sample(request: Request) -> str:
    name: str = request.path_params["name"]
    if name not in _LABELS:
        raise HTTPException(404, "no such sample")
    return name


def _set(switch: Path, text: str | None) -> bool:
    """Write a switch's file, or delete it; True where it came or went."""
    was = switch.exists()
    if text is None:
        switch.unlink(missing_ok=True)
    else:
        switch.write_text(text, "utf-8")
    return was != (text is not None)
