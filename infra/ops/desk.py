"""Connects the operators' commands to the stores of one deployment, to each on first use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine

from functions.whatsapp.onboarding import Admissions
from infra import database
from infra.inboxes import connect
from infra.media import CloudMedia
from infra.ops.migrate import connector, login
from infra.ops.target import Target, google_credentials
from infra.queue import CloudQueue

if TYPE_CHECKING:
    from infra.inbox import FirestoreInbox
    from infra.local.inbox import SqliteInbox


class Desk:
    """Connections to `target`, as the operator."""

    def __init__(self, target: Target) -> None:
        self.target = target

    @cached_property
    def inbox(self) -> FirestoreInbox | SqliteInbox:
        """The Inbox."""
        return connect(
            self.target.inbox,
            self.target.google_cloud_project,
            self.target.firestore_database,
            self._credentials,
        )

    @cached_property
    def admissions(self) -> Admissions:
        """The rules of admission over this deployment's Inbox."""
        return Admissions(self.inbox, now, self.target.daily_cap)

    @cached_property
    def media(self) -> CloudMedia:
        """The originals."""
        return CloudMedia(
            self.target.google_cloud_project, self.target.media_bucket, credentials=self._credentials
        )

    @cached_property
    def queue(self) -> CloudQueue:
        """The tasks."""
        t = self.target
        return CloudQueue(
            t.tasks_queue,
            t.worker_url,
            service_account=t.tasks_service_account,
            audience=t.worker_audience,
            endpoint=t.tasks_endpoint,
            credentials=self._credentials,
        )

    @cached_property
    def engine(self) -> Engine:
        """Postgres, by the operator's own login: row-level security lets it see every tenant; it owns
        nothing.
        """
        t = self.target
        if t.database_url:
            return database.connect(t.database_url.get_secret_value(), pool=1)
        return database.connect_cloud_sql(
            t.cloud_sql_instance,
            login(t.cuadra_ops_account),
            t.db_name,
            pool=1,
            connector=connector(t.cuadra_acting_as),
            private=t.cloud_sql_ip == "private",
        )

    @cached_property
    def _credentials(self) -> Any:
        """The operator account's credentials, by leave of the person who types; None on one machine, where
        the clients talk to stand-ins.
        """
        return google_credentials(self.target.cuadra_acting_as) if self.target.cuadra_acting_as else None

    @contextmanager
    def sql(self) -> Iterator[Connection]:
        """Opens one transaction. Raises ports.Unwell when the database is unwell."""
        with database.tenant_transaction(self.engine, None) as connection:
            yield connection

    def close(self) -> None:
        """Close what was opened."""
        for name in ("inbox", "media", "queue"):
            if name in self.__dict__:
                self.__dict__[name].close()
        if "engine" in self.__dict__:
            self.engine.dispose()


def now() -> datetime:
    """Returns the present moment, UTC."""
    return datetime.now(UTC)
