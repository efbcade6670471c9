"""python -m infra.local demo [--once] | up | send [--from N] [--text T] FILE…"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import sys
import threading
import time
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from infra.local import chat, demo, sunat
from infra.local.gemini import slow_switch
from infra.local.here import bypass_proxies
from infra.local.simulator import Message, Simulator
from infra.local.stack import FUNCTIONS, NotStarted, Stack, Where, default_home

OWN_NUMBER = (
    "WHATSAPP_PHONE_NUMBER_ID",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_VERIFY_TOKEN",
)
META_GRAPH = "https://graph.facebook.com"
_ANSWER_S = 60.0
_SENDER = "51987654321"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Cuadra en una sola máquina.")
    commands = parser.add_subparsers(dest="command", required=True)
    playing = commands.add_parser("demo", help="enciende todo y reproduce la primera conversación")
    playing.add_argument(
        "--once",
        action="store_true",
        help="termina después de la conversación; código 0 solo si todo fue respondido",
    )
    running = commands.add_parser("up", help="enciende todo, sin conversación")
    running.add_argument(
        "--own",
        action="store_true",
        help=f"con tu propio número de WhatsApp, según las variables {', '.join(OWN_NUMBER)}",
    )
    sending = commands.add_parser("send", help="envía mensajes a una demo encendida y muestra las respuestas")
    sending.add_argument(
        "--from",
        dest="sender",
        default=_SENDER,
        metavar="N",
        help=f"número de quien envía (por defecto {_SENDER})",
    )
    sending.add_argument("--text", help="un texto, antes de los archivos")
    sending.add_argument("files", nargs="*", type=Path, metavar="FILE")
    args = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if args.command == "send":
            return _send(args.sender.lstrip("+"), args.text, args.files)
        own = _own_number() if args.command == "up" and args.own else {}
        return _run(talk=args.command == "demo", once=args.command == "demo" and args.once, settings=own)
    except NotStarted as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _own_number() -> dict[str, str]:
    """Returns the settings of a real number on Meta's own Graph. Raises NotStarted naming what is missing."""
    if missing := [name for name in OWN_NUMBER if not os.environ.get(name)]:
        raise NotStarted(f"Para usar tu propio número falta: {', '.join(missing)}")
    return {name: os.environ[name] for name in OWN_NUMBER} | {
        "GRAPH_URL": os.environ.get("GRAPH_URL") or META_GRAPH,
        "CUADRA_TUNNEL": "1",
    }


def _run(*, talk: bool, once: bool, settings: dict[str, str]) -> int:
    began = time.monotonic()
    stack = Stack(
        default_home(),
        settings=settings,
        say=lambda line: _say(f"[{time.monotonic() - began:5.1f} s] {line}"),
    )
    follower = chat.Follower({name: stack.log_path(name) for name in FUNCTIONS})
    code = 0
    try:
        if talk and (slow := slow_switch(stack.home)).exists():
            _say("El «Gemini lento» quedaba encendido de la vez anterior: se apaga para la conversación.")
            slow.unlink()
        if talk and (asked := sunat.switch(stack.home)).exists():
            _say("«SUNAT» quedaba encendida de la vez anterior: se apaga para la conversación.")
            asked.unlink()
        where = stack.start()
        _say(f"[{time.monotonic() - began:5.1f} s] Todo encendido.")
        threading.Thread(target=stack.watch, daemon=True).start()
        if not once:
            follower.start()
        if talk:
            _say(f"Página: {where.page}{'' if once else ' (la conversación sigue abajo)'}")
            if not once:
                _open(where.page)
            code = _talk(where)
        if not once:
            _tell(where, own=bool(settings))
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        _say("\nApagando…")
    finally:
        stack.stop()
    return code


def _talk(where: Where) -> int:
    simulator = Simulator(where.simulator)
    wrong = demo.play(simulator, _say, _show)
    simulator.close()
    for problem in wrong:
        _say(f"✗ {problem}")
    _say(
        "\n✓ Todo fue respondido, en orden."
        if not wrong
        else f"\n✗ {len(wrong)} problema{'s' if len(wrong) > 1 else ''}."
    )
    return 1 if wrong else 0


def _show(conversation: Sequence[Message], since: int) -> None:
    print(f"\n{chat.render(conversation, since)}\n", flush=True)


def _open(page: str) -> None:
    """Opens the page in the browser, where somebody sits before a screen."""
    if sys.stdout.isatty() and (
        sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        webbrowser.open(page)


def _tell(where: Where, *, own: bool) -> None:
    if own:
        print(
            f"""
Cuadra está encendida con tu propio número (solo 127.0.0.1). Ctrl-C la apaga; los datos quedan en {where.home}

  Webhook           {where.webhook}   (ábrele un túnel y ponlo en WhatsApp › Configuration, con tu propio verify token)
  Postgres          {where.dsn}
  Registros         {where.home}/logs/
""",
            flush=True,
        )
        return
    home = os.environ.get("CUADRA_HOME")
    send = (
        f"{f'CUADRA_HOME={shlex.quote(home)} ' if home else ''}{os.path.relpath(sys.executable)} -m "
        "infra.local send"
    )
    print(
        f"""
Cuadra está encendida en esta máquina (solo 127.0.0.1). Ctrl-C la apaga; los datos quedan en {where.home}

  Página            {where.page}
  Webhook           {where.webhook}
  Postgres          {where.dsn}
  App secret        {where.app_secret}
  Verify token      {where.verify_token}
  Access token      {where.access_token}
  Registros         {where.home}/logs/

  Para enviarle algo:  {send} infra/local/samples/factura.pdf
""",
        flush=True,
    )


def _send(phone: str, text: str | None, files: Sequence[Path]) -> int:
    if not re.fullmatch(r"[1-9][0-9]{7,14}", phone):
        raise NotStarted(
            f"--from {phone}: el número lleva de 8 a 15 dígitos con el código del país, por ejemplo {_SENDER}"
        )
    if text is None and not files:
        raise NotStarted("No hay nada que enviar: da un archivo o --text.")
    for file in files:
        if not file.is_file():
            raise NotStarted(f"No existe el archivo {file}")
    bypass_proxies()
    where = Where.running(default_home())
    if not where.page:
        raise NotStarted("La que está encendida usa tu propio número: escríbele desde WhatsApp.")
    simulator = Simulator(where.simulator)
    try:
        sender = simulator.find_sender(phone)["id"]
        before = len(simulator.conversation(sender))
        sent = simulator.send(sender, text=text, files=files)
        reading = simulator.wait_answers(sender, sent, timeout=_ANSWER_S)
        _show(simulator.conversation(sender), before)
    except ValueError as refusal:
        raise NotStarted(f"El WhatsApp simulado no lo aceptó: {refusal}") from refusal
    finally:
        simulator.close()
    unanswered = [message for message in sent if message["wamid"] not in reading.answers]
    for message in unanswered:
        print(f"Sin respuesta después de {_ANSWER_S:.0f} s: {chat.label(message)}", file=sys.stderr)
    return 1 if unanswered else 0


def _say(line: str) -> None:
    print(line, flush=True)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
