"""The whole way of one message, over HTTP through the local stack: the rows, the objects, the logs and the
answers.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
import requests
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from functions.whatsapp import helpers
from infra.local import demo
from infra.local.simulator import Message
from tests.e2e.conftest import SAMPLES, Running, eventually

pytestmark = pytest.mark.e2e


def _phone(stack: Running, sender: str) -> str:
    found = next(one for one in stack.sim.get("/senders") if one["id"] == sender)
    return str(found["phone"])


def test_hola_registers_and_welcomes(stack: Running, ana: str) -> None:
    """A first "Hola" makes tenant, number → tenant and owner, and its answer is the welcome, byte for
    byte.
    """
    (hola,), reading = stack.ask(ana, text="Hola")
    assert reading.answers[hola["wamid"]] == [helpers.WELCOME_TEXT]
    phone = _phone(stack, ana)
    (row,) = stack.sql(
        "select t.whatsapp_number, t.created_at, u.source, u.phone, u.role, u.onboarding_step from "
        "auth.tenants t join auth.users u on u.tenant_id = t.id where u.phone = :p",
        p=phone,
    )
    assert {key: value for key, value in row.items() if key != "created_at"} == {
        "whatsapp_number": phone,
        "source": "whatsapp",
        "phone": phone,
        "role": "owner",
        "onboarding_step": "complete",
    }
    assert row["created_at"].tzinfo


def test_a_factura_ends_in_rows_an_object_and_an_answer(stack: Running, ana: str) -> None:
    """A PDF is stored, read, recorded in every schema, and answered in the promised format; a first contact
    by file is welcomed first.
    """
    (sent,), reading = stack.ask(ana, files=[SAMPLES / "factura.pdf"])
    (answer,) = reading.answers[sent["wamid"]]
    (document,) = stack.sql("select * from documents.documents where wamid = :w", w=sent["wamid"])
    (extraction,) = stack.sql("select * from extractor.extractions where document_id = :d", d=document["id"])
    replies = stack.sql(
        "select seq, body, document_id from messaging.replies where user_id = :u order by seq",
        u=document["user_id"],
    )
    all_sent = (
        "select 1 from messaging.replies where user_id = :u having count(*) = count(*) filter (where state "
        "= 'sent')"
    )
    eventually(lambda: stack.sql(all_sent, u=document["user_id"]))
    original = (SAMPLES / "factura.pdf").read_bytes()
    assert (document["status"], document["seq"], document["bytes"], document["sha256"],
        document["media_type"]) == (
        "done", 1, len(original), hashlib.sha256(original).hexdigest(), "application/pdf",
    )  # fmt: skip
    assert [(one["seq"], one["document_id"]) for one in replies] == [(0, None), (1, document["id"])]
    assert replies[0]["body"] == helpers.WELCOME_FILE
    assert answer.startswith("💼 *Proveedor*\nRUC: ")
    assert f"RUC: {extraction['supplier_ruc']}\nRazón Social: {extraction['supplier_name']}" in answer
    assert f"Serie: {extraction['series']}\nNúmero: {extraction['number']}" in answer
    assert extraction["data"]["total"] == str(extraction["total"])
    assert {"supplier.ruc", "series", "number", "total"} <= {one["field"] for one in extraction["evidence"]}
    name = document["storage_uri"].removeprefix("gs://").split("/", 1)
    stored = requests.get(
        f"{stack.where.storage}/storage/v1/b/{name[0]}/o/{name[1].replace('/', '%2F')}?alt=media", timeout=10
    )
    assert stored.content == original


@pytest.mark.slow("four photos are read by our own OCR")
def test_the_demos_conversation(stack: Running) -> None:
    """Papers, the month's sum, a correction and its undoing, a search, a workbook, what cannot be read: every
    answer comes, in order, whatever faults were left on.
    """
    stack.sim.post("/switches", {"down": True})
    said: list[str] = []
    shown: list[Message] = []
    assert (
        demo.play(stack.sim, said.append, lambda conversation, since: shown.extend(conversation[since:]))
        == []
    )
    assert said[0] == "Quedaban fallas encendidas de la vez anterior: se apagan para la conversación."
    assert len([one for one in shown if one["direction"] == "in"]) == 14
    assert [one["filename"] for one in shown if one["direction"] == "out" and one["file"]] == [
        "Compras_2026-10.xlsx"
    ]


def test_a_sender_without_phone_is_onboarded_and_answered(stack: Running) -> None:
    """Someone with a username and no phone is registered and answered on the business-scoped id."""
    sender = stack.sim.add_sender(username="anibal317")["id"]
    (hola,), reading = stack.ask(sender, text="Hola")
    assert reading.answers[hola["wamid"]] == [helpers.WELCOME_TEXT]
    (row,) = stack.sql(
        "select u.phone, u.bsuid, t.whatsapp_number from auth.users u join auth.tenants t on t.id = "
        "u.tenant_id where u.bsuid is not null and u.phone is null order by u.created_at desc limit 1"
    )
    assert row["bsuid"].startswith("PE.")


def _drawn(draw: Callable[[BytesIO], None]) -> bytes:
    out = BytesIO()
    draw(out)
    return out.getvalue()


def _locked(out: BytesIO) -> None:
    page = canvas.Canvas(out, encrypt=StandardEncryption("secreto"))
    page.drawString(100, 700, "hola")
    page.save()


def _long(out: BytesIO) -> None:
    page = canvas.Canvas(out)
    for number in range(500):
        page.drawString(100, 700, f"Página {number}")
        page.showPage()
    page.save()


def _picture(mode: str, size: tuple[int, int], form: str) -> bytes:
    return _drawn(lambda out: Image.new(mode, size).save(out, form))


BAD_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "clave.pdf": (lambda: _drawn(_locked), "encrypted"),
    "libro.pdf": (lambda: _drawn(_long), "too_complex"),
    "cien_megapixeles.png": (lambda: _picture("1", (10_000, 10_000), "PNG"), "too_complex"),
    "vacio.pdf": (lambda: b"", "empty"),
    "falso.pdf": (lambda: b"PK\x03\x04" + b"0" * 200, "not_supported"),
    "roto.jpg": (lambda: (SAMPLES / "boleta.jpg").read_bytes()[:4000], "corrupt"),
    "cpe.xml": (
        lambda: (
            b'<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
        ),
        "xml",
    ),
    "negra.jpg": (lambda: _picture("L", (900, 1200), "JPEG"), "dark"),
    "texto.png": (lambda: "¡hola!".encode() * 50, "not_supported"),
}
"""Each is made where it is sent: every process that runs tests imports every module."""


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_judged_by_its_bytes_and_answered(
    stack: Running, ana: str, tmp_path: Path, name: str
) -> None:
    """Zero bytes, a ZIP named .pdf, a truncated JPEG, a CPE's XML, a black photo, text named .png, a locked
    PDF, 500 pages, 100 megapixels: the right sentence, the failure on the row, the worker alive.
    """
    make, code = BAD_FILES[name]
    (tmp_path / name).write_bytes(make())
    (sent,), reading = stack.ask(ana, files=[tmp_path / name])
    (document,) = stack.sql(
        "select status, failure from documents.documents where wamid = :w", w=sent["wamid"]
    )
    assert document == {"status": "failed", "failure": code}
    assert helpers.error_sentence(code) in reading.answers[sent["wamid"]][0]


def test_the_canonical_lines_say_everything_an_operator_asks(stack: Running, ana: str) -> None:
    """One line a request, with outcome, tenant, document, engine, each step's milliseconds, tokens, cost,
    attempt and the trace's fields.
    """
    (sent,), _ = stack.ask(ana, files=[SAMPLES / "factura.pdf"])
    (document,) = stack.sql("select id, tenant_id from documents.documents where wamid = :w", w=sent["wamid"])
    line = stack.line("worker", document=document["id"])
    assert line["severity"] == "INFO"
    assert line["tenant"] == str(document["tenant_id"])
    wanted = {"time", "status", "outcome", "engine", "verdict", "attempt", "tokens", "cost_usd", "task",
        "retries", "open_ms", "media_ms", "extract_ms", "finish_ms", "release_ms", "total_ms"}  # fmt: skip
    assert wanted <= set(line)
    received = stack.line("webhook", tenant=document["tenant_id"])
    assert {"outcome", "messages", "admitted", "verify_ms", "parse_ms", "admit_ms", "enqueue_ms"} <= set(
        received
    )


def test_no_log_line_carries_a_phone_a_token_or_a_documents_text(stack: Running, ana: str) -> None:
    """Whatever happened before, neither function wrote a phone, a secret or what a document says."""
    stack.ask(ana, text="hola", files=[SAMPLES / "factura.pdf"])
    written = stack.logs("webhook") + stack.logs("worker")
    phones = [str(one["phone"]) for one in stack.sim.get("/senders") if one["phone"]]
    secret = [stack.where.access_token, stack.where.app_secret, stack.where.verify_token]
    names = [
        str(row["supplier_name"])
        for row in stack.sql(
            "select distinct supplier_name from extractor.extractions where supplier_name is not null"
        )
    ]
    assert [word for word in phones + secret + names if word in written] == []


def _post(stack: Running, body: bytes, signature: str | None = None) -> requests.Response:
    given = (
        signature or "sha256=" + hmac.new(stack.where.app_secret.encode(), body, hashlib.sha256).hexdigest()
    )
    return requests.post(stack.where.webhook, data=body, headers={"X-Hub-Signature-256": given}, timeout=10)


def test_what_bad_requests_get(stack: Running) -> None:
    """Unsigned 401, too large 413, signed nonsense 200, wrong verify token 403, right one its challenge,
    other paths 404.
    """
    url = stack.where.webhook
    got = {
        "unsigned": requests.post(url, data=b"{}", timeout=10).status_code,
        "forged": _post(stack, b"{}", "sha256=" + "0" * 64).status_code,
        "large": _post(stack, b" " * (3 * 1024 * 1024 + 1)).status_code,
        "nonsense": _post(stack, b"not json").status_code,
        "other shape": _post(stack, b'[{"object": 7}]').status_code,
        "bad token": requests.get(
            url, params={"hub.mode": "subscribe", "hub.verify_token": "x", "hub.challenge": "1"}, timeout=10
        ).status_code,
        "other path": requests.get(url.replace("/webhook/whatsapp", "/x"), timeout=10).status_code,
    }
    assert got == {
        "unsigned": 401,
        "forged": 401,
        "large": 413,
        "nonsense": 200,
        "other shape": 200,
        "bad token": 403,
        "other path": 404,
    }
    shaken = requests.get(
        url,
        params={
            "hub.mode": "subscribe",
            "hub.verify_token": stack.where.verify_token,
            "hub.challenge": "1158201444",
        },
        timeout=10,
    )
    assert (shaken.status_code, shaken.text) == (200, "1158201444")


def test_a_redelivered_webhook_is_answered_once(stack: Running, ana: str) -> None:
    """Meta may deliver the same message again and again: one row, one answer."""
    (hola,), _ = stack.ask(ana, text="Hola")
    for _ in range(5):
        stack.sim.post("/redeliver", {"wamid": hola["wamid"]})
    (again,), reading = stack.ask(ana, text="¿y ahora?")
    assert reading.answers[hola["wamid"]] == [helpers.WELCOME_TEXT]
    assert not reading.repeated
    assert len(reading.answers[again["wamid"]]) == 1


def test_two_senders_are_two_tenants(stack: Running, ana: str) -> None:
    """The same file from two senders is two tenants' document, each read and answered on its own, and neither
    is a duplicate.
    """
    berta = stack.sim.add_sender(name="Berta")["id"]
    tenants = set()
    for sender in (ana, berta):
        (sent,), reading = stack.ask(sender, files=[SAMPLES / "factura.pdf"])
        (row,) = stack.sql(
            "select tenant_id, duplicate_of from documents.documents where wamid = :w", w=sent["wamid"]
        )
        assert row["duplicate_of"] is None
        assert "Ya me habías enviado" not in reading.answers[sent["wamid"]][0]
        tenants.add(UUID(str(row["tenant_id"])))
    assert len(tenants) == 2


def test_hostile_text_stays_text(stack: Running, ana: str) -> None:
    """A document whose supplier and items carry markup, WhatsApp markers and instructions is answered with
    plain words.
    """
    (sent,), reading = stack.ask(ana, files=[SAMPLES / "hostil.pdf"])
    (answer,) = reading.answers[sent["wamid"]]
    headings = re.findall(r"\*([^*\n]+)\*", answer)
    assert [heading for heading in headings if re.search(r"[<>`_~]|script", heading)] == []
    assert not re.search(r"```|~[^~\n]+~", answer)


def test_the_month_is_asked_for_after_a_paper(stack: Running, ana: str) -> None:
    """A paper with words of its own is noted, the month's summary counts it, and thanks cost no answer."""
    (sent,), reading = stack.ask(ana, files=[SAMPLES / "factura.pdf"], caption="para la obra")
    assert reading.answers[sent["wamid"]][-1].endswith("\n\n📝 Anotado: para la obra")
    (entry,) = stack.sql(
        "select e.month, e.note, e.supplier_name from books.entries e join documents.documents d on d.id = "
        "e.document_id where d.wamid = :w",
        w=sent["wamid"],
    )
    (asked,), reading = stack.ask(ana, text=f"resumen {entry['month']:%m/%Y}")
    (answer,) = reading.answers[asked["wamid"]]
    assert answer.startswith("📒 *Resumen de ")
    assert "en 1 comprobante. IGV: S/\u00a0" in answer
    (asked,), reading = stack.ask(ana, text="proveedores " + f"{entry['month']:%m/%Y}")
    assert entry["supplier_name"] in reading.answers[asked["wamid"]][0]


def test_a_total_is_corrected_by_quoting_and_the_paper_taken_out_and_back(stack: Running, ana: str) -> None:
    """The owner quotes an answer and gives the total, takes it back, takes the paper out with a quoted yes,
    and has it again.
    """
    (sent,), _ = stack.ask(ana, files=[SAMPLES / "factura.pdf"])

    def latest(answer: str) -> str:
        return next(
            one["wamid"]
            for one in reversed(stack.sim.conversation(ana))
            if one["direction"] == "out" and answer in one["text"]
        )

    def say(text: str, quoted: str | None = None) -> str:
        (asked,), reading = stack.ask(ana, text=text, quoted=quoted)
        return reading.answers[asked["wamid"]][0]

    def entry() -> dict[str, object]:
        (row,) = stack.sql(
            "select e.total, e.data ->> 'total' as said, e.deleted_at is null as counted from books.entries "
            "e join documents.documents d on d.id = e.document_id where d.wamid = :w",
            w=sent["wamid"],
        )
        return row

    before = entry()
    assert "→ S/\u00a0118.00" in say("total 118.00", quoted=latest("*Proveedor*"))
    assert entry() == {"total": Decimal("118.00"), "said": "118.00", "counted": True}
    assert say("deshacer").startswith("↩️ Deshice el cambio en *Factura ")
    assert entry() == before
    assert say("borrar").startswith("🗑️ ¿Saco de tus cuentas este comprobante?")
    assert say("sí, borrar", quoted=latest("¿Saco de tus cuentas")).startswith(
        "🗑️ Saqué de tus cuentas: Factura "
    )
    assert entry() == before | {"counted": False}
    assert say("recuperar").startswith("👍 Está de vuelta en tus cuentas: Factura ")
    assert entry() == before


def test_a_paper_is_taken_out_by_a_button(stack: Running, ana: str) -> None:
    """The question has two buttons: the first tap answers it and is answered as its words are, the next ones
    change nothing, and nobody else has them.
    """
    (sent,), _ = stack.ask(ana, files=[SAMPLES / "factura.pdf"])
    stack.ask(ana, text="borrar")
    question = stack.sim.conversation(ana)[-1]
    yes, no = question["offered"]["options"]
    assert (question["offered"]["label"], yes["title"], no["title"]) == ("", "Sí, borrar", "No")

    def tap(option: dict[str, str]) -> str:
        (tapped,), reading = stack.ask(ana, tap=option["id"], quoted=question["wamid"])
        return reading.answers[tapped["wamid"]][0]

    assert tap(yes).startswith("🗑️ Saqué de tus cuentas: Factura ")
    assert [tap(yes), tap(no)] == [helpers.PAST] * 2
    (row,) = stack.sql(
        "select e.deleted_at is not null as out, (select count(*) from books.corrections c where c.entry_id "
        "= e.id) as changes "
        "from books.entries e join documents.documents d on d.id = e.document_id where d.wamid = :w",
        w=sent["wamid"],
    )
    assert row == {"out": True, "changes": 1}
    stranger = str(stack.sim.add_sender(name="Otra Persona")["id"])
    stack.ask(stranger, text="Hola")
    forged = {
        "type": "interactive",
        "interactive": {"type": "button_reply", "button_reply": {"id": yes["id"], "title": "Sí, borrar"}},
    }
    (tapped,) = stack.sim.send(stranger, raw=forged)
    line = stack.line("worker", outcome="not_offered")
    assert (
        line["seq"],
        [one for one in stack.sim.conversation(stranger) if one["quoted"] == tapped["wamid"]],
    ) == (2, [])
