"""The two functions, `webhook` (public) and `worker` (private). This module composes them from settings and
does nothing else.

Imports are lazy: the webhook never loads SQL, OCR or Gemini, and a handshake or a rejected signature loads no
Google client.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import current_app, has_app_context

from functions.whatsapp.outcome import Outcome
from infra import logging as logs
from infra.body import Bounded, BrokenBody
from infra.settings import BUDGET, Settings, WebhookSettings, WorkerSettings, load

if TYPE_CHECKING:
    from flask import Request
    from sqlalchemy import Engine

    from functions.books.ask import Ask
    from functions.books.ports import Author
    from functions.extractor.engine import Extractor
    from functions.extractor.engines.gemini import Gemini
    from functions.extractor.invoice import Extraction
    from functions.extractor.witness import Known
    from functions.whatsapp.clerk import Opens
    from functions.whatsapp.onboarding import Admissions
    from functions.whatsapp.router import Router, Services
    from functions.whatsapp.synthetic import Spared, SyntheticSender
    from functions.whatsapp.worker import Worker
    from infra.interpreter import GeminiInterpreter
    from infra.queue import CloudQueue
    from infra.sunat import Sunat

T = TypeVar("T", bound=Settings)
F = TypeVar("F", bound=Callable[..., Any])
log = logging.getLogger("cuadra")


def webhook(request: Request) -> tuple[str | bytes, int, dict[str, str]]:
    """Answers GET and POST /webhook/whatsapp, which Meta calls; the paths below it are the originals that our
    links open.
    """
    settings, headers = _settings(WebhookSettings), _headers(request)

    def routed(trace: str | None) -> Outcome:
        try:
            return _router().handle(
                request.method,
                request.path,
                args=request.args if request.method == "GET" else {},
                headers=headers,
                read=lambda most: _read(request, most),
                trace=trace,
            )
        except BrokenBody as error:
            return Outcome(400, "bad request", {"outcome": "broken_body", "reason": str(error)})

    with logs.request_context(headers, settings.google_cloud_project) as trace:
        return _answer("webhook_failed", lambda: routed(trace))


def worker(request: Request) -> tuple[str | bytes, int, dict[str, str]]:
    """Works on one task, which Cloud Tasks or Cloud Scheduler brings; in the cloud, IAM lets in nobody
    else.
    """
    settings = _settings(WorkerSettings)
    with (
        logs.request_context(_headers(request), settings.google_cloud_project),
        logs.about(_document(request)),
    ):
        return _answer("task_crashed", lambda: _work(request))


def _document(request: Request) -> dict[str, str]:
    """Returns the document of a task that brings a file, as a field of its log lines; nothing for any other
    task.
    """
    from infra.records import document_id

    try:
        message = json.loads(request.get_data())["message"]
        return {"document": str(document_id(message["wamid"]))} if message["media"] else {}
    except (ValueError, KeyError, TypeError):
        return {}


def _work(request: Request) -> Outcome:
    if request.method != "POST":
        return Outcome(405, "method not allowed", {"outcome": "method_not_allowed"})
    retries = request.headers.get("X-CloudTasks-TaskRetryCount", "")
    return _worker().handle(request.get_data(), retries=int(retries) if retries.isdecimal() else 0)


def _answer(failure: str, handle: Callable[[], Outcome]) -> tuple[str | bytes, int, dict[str, str]]:
    """Returns the response to one request and logs the request's canonical line. An exception that nobody
    foresaw (no credentials, for example) is logged as `failure` and answered 500.

    Meta and the queue then bring the same request again.
    """
    try:
        outcome = handle()
    except Exception:
        log.exception(failure)
        outcome = Outcome(500, "try again", {"outcome": "crashed"})
    level = (
        logging.WARNING
        if outcome.status >= 500 and outcome.fields.get("outcome") not in _WAITING
        else logging.INFO
    )
    log.log(level, "request", extra={"fields": {"status": outcome.status, **outcome.fields}})
    return (
        outcome.body,
        outcome.status,
        {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"} | outcome.headers,
    )


_WAITING = frozenset({"document_busy", "earlier_unanswered"})
"""Outcomes of tasks that the queue brings again because another task's turn comes first: they are no
failures.
"""


def _headers(request: Request) -> Mapping[str, str]:
    return cast("Mapping[str, str]", request.headers)  # a mapping in all but its declaration


def _read(request: Request, most: int) -> bytes:
    """Returns up to `most` bytes of the body. Raises BrokenBody."""
    data = request.stream.read(most)
    if len(data) < min(most, request.content_length or 0):
        raise BrokenBody("cut off")
    return data


_composing = threading.RLock()


def _once(make: F) -> F:
    """Returns `make` as a function that runs once an instance for the same arguments, even when its first
    requests arrive together; a failure is not kept.
    """
    made: dict[tuple[Any, ...], Any] = {}

    def get(*args: Any) -> Any:
        if args not in made:  # the lock is for making; afterwards nobody waits
            with _composing:
                if args not in made:
                    made[args] = make(*args)
        return made[args]

    return cast("F", get)


@_once
def _settings(cls: type[T]) -> T:
    settings = load(cls)
    logs.setup(settings.log_level)
    return settings


@_once
def _router() -> Router:
    from functions.whatsapp.router import Router

    settings = _settings(WebhookSettings)
    secrets = [settings.whatsapp_app_secret, settings.whatsapp_app_secret_previous]
    return Router(
        secrets=tuple(secret.get_secret_value() for secret in secrets if secret),
        verify_token=settings.whatsapp_verify_token.get_secret_value(),
        phone_number_id=settings.whatsapp_phone_number_id,
        connect=_services,
        media_budget_s=settings.media_budget_ms / 1000,
        total_s=BUDGET.webhook_s,
        clock=_now,
    )


@_once
def _services() -> Services:
    from functions.whatsapp.router import Services
    from infra.media import CloudMedia

    settings = _settings(WebhookSettings)
    media = CloudMedia(settings.google_cloud_project, settings.media_bucket)
    return Services(desk=_admissions(settings), graph=_graph(settings), media=media, queue=_queue(settings))


def _admissions(settings: Settings) -> Admissions:
    from functions.whatsapp import onboarding
    from infra.inboxes import connect

    inbox = connect(settings.inbox, settings.google_cloud_project, settings.firestore_database)
    admissions = onboarding.Admissions(inbox, _now, settings.daily_cap)
    onboarding.bind(admissions)
    return admissions


def _graph(settings: Settings) -> Spared:
    from functions.whatsapp import client, synthetic

    graph = client.Graph(
        settings.whatsapp_access_token.get_secret_value(),
        settings.whatsapp_phone_number_id,
        base_url=settings.graph_url,
        version=settings.graph_version,
        timeout_s=settings.graph_s,
    )
    client.bind(graph)
    return synthetic.Spared(graph)


def _queue(settings: Settings) -> CloudQueue:
    from infra.queue import CloudQueue

    return CloudQueue(
        settings.tasks_queue,
        settings.worker_url,
        service_account=settings.tasks_service_account,
        audience=settings.audience,
        endpoint=settings.tasks_endpoint,
    )


@_once
def _worker() -> Worker:
    from concurrent.futures import ThreadPoolExecutor

    from functions.whatsapp.clerk import Clerk
    from functions.whatsapp.doorkeeper import Doorkeeper
    from functions.whatsapp.inquiry import Inquirer
    from functions.whatsapp.lane import Lanes
    from functions.whatsapp.memberships import Memberships
    from functions.whatsapp.places import Places
    from functions.whatsapp.processor import Processor
    from functions.whatsapp.ticks import Ticks
    from functions.whatsapp.worker import Worker
    from infra.books import PostgresBooks
    from infra.erasing import Erasing
    from infra.inquiries import PostgresInquiries
    from infra.media import CloudMedia
    from infra.outbox import PostgresOutbox
    from infra.records import PostgresRecords

    settings = _settings(WorkerSettings)
    admissions, engine = _admissions(settings), _database(settings)
    graph, queue, records = _graph(settings), _queue(settings), PostgresRecords(engine)
    budget, witness = settings.budget, _sunat()
    inquirer = Inquirer(PostgresInquiries(engine), witness, _now) if witness else None
    media = CloudMedia(settings.google_cloud_project, settings.media_bucket)
    processor = Processor(
        records,
        media,
        graph,
        _Reader(),
        Ticks(graph, ThreadPoolExecutor(4, thread_name_prefix="read-receipts")),
        Places(settings.ocr_slots, settings.threads),
        Clerk(PostgresBooks(engine), inquirer, _opens(settings), settings.help_contact),
        queue,
        Doorkeeper(admissions, Memberships(admissions.inbox, _now), PostgresBooks(engine), queue, _number),
        lease_s=settings.lease_s,
        fetch_s=budget.fetch_s,
        store_s=budget.store_s,
        begin_by_s=budget.begin_by_s,
        daily_cap=settings.daily_cap,
        help_contact=settings.help_contact,
        privacy_url=settings.privacy_url,
        company=settings.company,
        kept_days=settings.kept_days,
        clock=_now,
        interpreter=_Interpreter() if settings.gemini != "off" and settings.gemini_texts_day else None,
    )
    lanes = Lanes(
        PostgresOutbox(engine),
        graph,
        admissions.receipt,
        queue,
        media,
        lease_s=settings.lane_lease_s,
        gather_s=settings.lane_gather_s,
        patience_s=settings.lane_patience_s,
        receipt_wait_s=settings.receipt_wait_s,
        load_s=budget.store_s,
    )
    sender = _sender(settings)
    eraser = Erasing(engine, admissions, media)
    return Worker(
        processor,
        lanes,
        records,
        queue,
        admissions,
        _now,
        eraser,
        sweep_admitted_s=settings.sweep_admitted_s,
        sender=sender,
        keep_rate=_keep_rate,
        inquirer=inquirer,
    )


@_once
def _number() -> str:
    """Returns our own number, to which an invitation leads. Raises Unwell."""
    from functions.errors import Unwell
    from functions.whatsapp.client import GraphError

    try:
        return _graph(_settings(WorkerSettings)).number()
    except GraphError as error:
        raise Unwell(f"graph: our number: {error}") from error


def _opens(settings: WorkerSettings) -> Opens:
    """Returns the maker of links to originals, which the webhook opens; it makes none where the webhook's
    address or the app's secret is not known.
    """
    from functions.whatsapp import originals

    secret, root = settings.whatsapp_app_secret, settings.webhook_url
    if not secret or not root:
        return lambda _uri, _until: None
    return lambda uri, until: originals.link(root, secret.get_secret_value(), uri, until)


def _keep_rate() -> str:
    """Fetches SUNAT's exchange rate of today, keeps it, and returns its day and selling rate."""
    from infra.books import PostgresBooks
    from infra.sunat_rates import fetch

    settings = _settings(WorkerSettings)
    rate = fetch(settings.sunat_rates_url)
    PostgresBooks(_database(settings)).keep_rates([rate])
    return f"{rate.day} {rate.sell}"


def _sender(settings: WorkerSettings) -> SyntheticSender | None:
    from functions.whatsapp.synthetic import SyntheticSender

    if not settings.webhook_url or not settings.whatsapp_app_secret:
        return None
    return SyntheticSender(
        settings.webhook_url,
        settings.whatsapp_app_secret.get_secret_value(),
        settings.whatsapp_phone_number_id,
    )


class _Reader:
    """The extractor, loaded with the first file: a text, a status or a sweep is answered without it."""

    def extract(self, data: bytes, *, uri: str | None = None, known: Known | None = None) -> Extraction:
        """See `means.Reader`."""
        return _extractor().extract(data, uri=uri, known=known)

    def table(self, data: bytes) -> list[list[str]] | None:
        """See `means.Reader`."""
        return _extractor().table(data)


class _Interpreter:
    """The interpreter of texts, which is loaded at the first text that its words do not explain."""

    def ask(self, author: Author, text: str, today: date) -> Ask | None:
        """See `books.ports.Interpreter`."""
        return _interpreter().ask(author, text, today)


@_once
def _interpreter() -> GeminiInterpreter:
    from infra.interpreter import GeminiInterpreter
    from infra.spending import Purse

    settings = _settings(WorkerSettings)
    engine = _database(settings)
    purse = Purse(engine, settings.gemini_usd_day, _now)
    return GeminiInterpreter(
        engine, lambda: cast("Gemini", _gemini(settings)), purse.is_open, settings.gemini_texts_day
    )


@_once
def _extractor() -> Extractor:
    from functions.extractor.clock import Limits
    from functions.extractor.engine import Extractor
    from infra.spending import Purse

    settings = _settings(WorkerSettings)
    budget = settings.budget
    limits = Limits(
        budget.ocr_deadline_s,
        budget.opening_s,
        budget.gemini_s,
        budget.gemini_reserve_s,
        budget.second_look_s,
        budget.sunat_s,
    )
    gemini = _gemini(settings)
    may_ask = Purse(_database(settings), settings.gemini_usd_day, _now).is_open if gemini else lambda: True
    return Extractor(
        gemini=gemini,
        may_ask=may_ask,
        slots=settings.ocr_slots,
        limits=limits,
        ask=settings.gemini_when,
        witness=_sunat(),
    )


@_once
def _database(settings: WorkerSettings) -> Engine:
    from infra import database

    if settings.database_url:
        return database.connect(settings.database_url.get_secret_value(), pool=settings.db_pool_size)
    private = settings.cloud_sql_ip == "private"
    return database.connect_cloud_sql(
        settings.cloud_sql_instance,
        settings.db_user,
        settings.db_name,
        pool=settings.db_pool_size,
        private=private,
    )


@_once
def _gemini(settings: WorkerSettings) -> Gemini | None:
    if settings.gemini == "off":
        return None
    from functions.extractor.engines.gemini import Gemini

    key = (
        settings.gemini_api_key.get_secret_value()
        if settings.gemini == "key" and settings.gemini_api_key
        else None
    )
    return Gemini(
        api_key=key,
        project=None if key else settings.google_cloud_project,
        location=None if key else settings.gemini_location,
        model=settings.gemini_model,
        strong_model=settings.gemini_strong_model,
        thinking=None if settings.gemini_thinking == "AUTO" else settings.gemini_thinking,
        strong_thinking=None
        if settings.gemini_strong_thinking == "AUTO"
        else settings.gemini_strong_thinking,
        base_url=settings.gemini_url or None,
    )


@_once
def _sunat() -> Sunat | None:
    """Returns the one client of this instance, whose pace and memory are the instance's; None without
    credentials.
    """
    settings = _settings(WorkerSettings)
    if not settings.sunat_ruc or settings.sunat_client_secret is None:
        return None
    from infra.sunat import Sunat

    return Sunat(
        ruc=settings.sunat_ruc,
        client_id=settings.sunat_client_id,
        client_secret=settings.sunat_client_secret.get_secret_value(),
        url=settings.sunat_url,
        login_url=settings.sunat_login_url,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _start() -> None:
    """Refuses to start where a setting is missing that this process's function needs. The framework names the
    function in FUNCTION_TARGET.
    """
    match os.environ.get("FUNCTION_TARGET"):
        case "webhook":
            _settings(WebhookSettings)
            # the framework's application, which loads this module; it answers some paths without asking us
            if has_app_context():
                current_app.wsgi_app = Bounded(current_app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way to wrap it
        case "worker":
            from functions.extractor import sandbox

            # tokens are in this process's environment, and it starts the processes that decode
            sandbox.hide()
            _settings(WorkerSettings)


_start()
