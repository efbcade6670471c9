from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from functions.whatsapp import tasks
from functions.whatsapp.worker import Worker
from infra import migrations
from infra.local import postgres as embedded
from infra.ops import migrate
from infra.records import PostgresRecords
from tests.builders import a_task, a_tenant
from tests.conftest import free_port
from tests.scale import draws

pytestmark = pytest.mark.contract

LOGINS = {
    name: f"{name}-password" for name in ("cuadra-migrate@p.iam", "cuadra-worker@p.iam", "cuadra-ops@p.iam")
}
MIGRATE, WORKER, OPS = LOGINS


@dataclass(frozen=True)
class CloudSql:
    """A server whose administrator is, as in Cloud SQL, no superuser: a role that may make roles and owns the
    database.
    """

    server: embedded.Postgres
    engines: list[Engine] = field(default_factory=list)

    def engine(self, login: str | None = None, database: str = "cuadra") -> Engine:
        """An engine of `login`, or of the one real superuser, which Cloud SQL keeps to itself."""
        url = (
            self.server.url(login.replace("@", "%40"), LOGINS[login], database)
            if login
            else self.server.url(database=database)
        )
        self.engines.append(create_engine(url))
        return self.engines[-1]


@pytest.fixture
def cloud_sql() -> Iterator[CloudSql]:
    """A server with logins and nothing else."""
    with serving() as cloud:
        yield cloud


@contextmanager
def serving() -> Iterator[CloudSql]:
    folder = Path(tempfile.mkdtemp(prefix="cuadra-migrate-"))
    folder.chmod(0o711)  # as root the server runs as nobody, who must get in
    server = embedded.start(folder, free_port(), lasting=False)
    admin = create_engine(server.url(), isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text("create role cloudsqlsuperuser nosuperuser createrole createdb"))
            connection.execute(text("create database cuadra owner cloudsqlsuperuser"))
            for login, password in LOGINS.items():
                connection.execute(text(f"create role \"{login}\" login nosuperuser password '{password}'"))
            connection.execute(text(f'grant cloudsqlsuperuser to "{MIGRATE}"'))
        cloud = CloudSql(server)
        yield cloud
        for engine in cloud.engines:
            engine.dispose()
    finally:
        admin.dispose()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def migrated() -> Iterator[CloudSql]:
    """A server at the newest revision, for tests that change nothing."""
    with serving() as cloud:
        with cloud.engine(MIGRATE).connect() as connection:
            migrate.run(connection, migrator=MIGRATE, runtime=WORKER, operator=OPS)
        yield cloud


def test_from_nothing_and_again_without_a_superuser(
    cloud_sql: CloudSql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The release's step makes roles and schema as Cloud SQL's administrator, reports the revisions, and
    changes nothing when repeated.
    """
    engine = cloud_sql.engine(MIGRATE)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DB_USER", WORKER)
    monkeypatch.setenv("CUADRA_OPS_ACCOUNT", f"{OPS}.gserviceaccount.com")
    assert migrate.main(str(tmp_path)) == 0
    first = json.loads((tmp_path / "migrate.json").read_text())
    assert first["ok"]
    assert first["before"] is None
    assert migrate.main(str(tmp_path)) == 0
    assert json.loads((tmp_path / "migrate.json").read_text()) == {
        "ok": True,
        "before": first["after"],
        "after": first["after"],
    }

    with cloud_sql.engine(WORKER).connect() as connection:
        assert connection.execute(text("select count(*) from documents.documents")).scalar() == 0
        with pytest.raises(DBAPIError, match="42501"):
            connection.execute(text("delete from extractor.extractions"))
    with cloud_sql.engine(OPS).connect() as connection:
        assert connection.execute(text("delete from documents.documents")).rowcount == 0
        with pytest.raises(DBAPIError, match="42501"):
            connection.execute(text("drop table documents.documents"))


def test_the_worker_sees_one_tenant_the_operator_all(cloud_sql: CloudSql) -> None:
    """Row-level security binds the logins that the step grants: the worker to its tenant, the migration's
    owner to its policy, the operator to none.
    """
    engine = cloud_sql.engine(MIGRATE)
    with engine.connect() as connection:
        migrate.run(connection, migrator=MIGRATE, runtime=WORKER, operator=OPS)
    with cloud_sql.engine(OPS).begin() as connection:
        connection.execute(
            text(
                "insert into auth.tenants (id, created_at) select gen_random_uuid(), now() from "
                "generate_series(1, 3)"
            )
        )
        one = connection.execute(text("select id from auth.tenants limit 1")).scalar()
    with cloud_sql.engine(WORKER).connect() as connection:
        assert connection.execute(text("select count(*) from auth.tenants")).scalar() == 0
        connection.execute(text("select set_config('app.tenant', :tenant, true)"), {"tenant": str(one)})
        assert connection.execute(text("select count(*) from auth.tenants")).scalar() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "create table documents.mine (id int)", "create table public.mine (id int)", "create schema mine",
        "truncate messaging.replies", "alter table documents.documents disable row level security",
        "drop policy tenant on auth.users", "select * from migrations.revision",
        "insert into auth.tombstones (tenant_id) values (gen_random_uuid())", "delete from auth.users",
        "delete from books.corrections", "set role cuadra_owner", "set role cuadra_sweeper",
        "set role cuadra_operator", "create role mine",
        "alter function sweep.overdue_documents(integer) security invoker",
    ],
)  # fmt: skip
def test_what_the_worker_may_not(migrated: CloudSql, statement: str) -> None:
    """The worker's login changes rows of its tenant and nothing else: no structure, no policy, no other role,
    no tombstone of another.
    """
    with migrated.engine(WORKER).connect() as connection, pytest.raises(DBAPIError, match="42501"):
        connection.execute(text(statement))


REVISIONS = [
    script.revision for script in ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions()
]


CLIMBED = [
    one for at, one in enumerate(REVISIONS) if at < 3 or at % draws(12, 1) == 0 or at == len(REVISIONS) - 1
]
"""From where the climb is tried: in every run the newest, the oldest and a few between; a database is copied
for each.
"""


@pytest.fixture(scope="module")
def standing() -> Iterator[CloudSql]:
    """A server with one database for each of those revisions, named for it: each is a copy of the one that
    climbs.
    """
    with serving() as cloud:
        administrator, climbing = cloud.engine(database="postgres"), cloud.engine(MIGRATE)
        with climbing.connect() as connection:
            connection.execute(text("set role cloudsqlsuperuser"))
            migrations.bootstrap(connection, migrator=MIGRATE, runtime=WORKER, operator=OPS)
            connection.execute(text("reset role"))
            connection.commit()
        for revision in reversed(REVISIONS):
            with climbing.connect() as connection:
                migrations.upgrade(connection, revision)
            climbing.dispose()  # nobody may be connected to what is copied
            if revision not in CLIMBED:
                continue
            with administrator.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(
                    text(f'create database "{revision}" template cuadra owner cloudsqlsuperuser')
                )
        yield cloud


@pytest.mark.long
@pytest.mark.parametrize("revision", CLIMBED)
def test_from_each_earlier_revision(standing: CloudSql, revision: str) -> None:
    """A database that stands at any revision there ever was comes up to the newest."""
    with standing.engine(MIGRATE, revision).connect() as connection:
        assert migrate.run(connection, migrator=MIGRATE, runtime=WORKER, operator=OPS) == (
            revision,
            REVISIONS[0],
        )


def test_new_code_on_an_old_schema_loses_nothing(cloud_sql: CloudSql) -> None:
    """A worker that finds a table missing, because it was shipped before the migration, answers 500: the
    queue brings the task again.
    """
    with cloud_sql.engine(MIGRATE).connect() as connection:
        connection.execute(text("set role cloudsqlsuperuser"))
        migrations.bootstrap(connection, migrator=MIGRATE, runtime=WORKER)
        connection.commit()
    records = PostgresRecords(cloud_sql.engine(WORKER))
    processor = SimpleNamespace(
        thread=lambda _: nullcontext(), process=lambda task, _: records.open(task, "")
    )
    worker = Worker(processor, None, records, None, None, lambda: datetime.now(UTC), None)
    outcome = worker.handle(tasks.dump(a_task(a_tenant())))
    assert (outcome.status, outcome.fields["outcome"]) == (500, "outside_unwell")


def test_a_failed_migration_says_so_and_leaves_nothing_behind(
    cloud_sql: CloudSql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the schema cannot be brought up, the report says why, the step fails, and no half of it stands."""
    engine = cloud_sql.engine(MIGRATE)
    with cloud_sql.engine().begin() as connection:
        connection.execute(text("create schema messaging"))  # somebody else's
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DB_USER", WORKER)
    monkeypatch.setenv("CUADRA_PATIENCE_S", "0")
    assert migrate.main(str(tmp_path)) == 1
    report = json.loads((tmp_path / "migrate.json").read_text())
    assert report["ok"] is False
    assert "messaging" in report["error"]
    with cloud_sql.engine().connect() as connection:
        assert (
            connection.execute(
                text("select count(*) from pg_tables where schemaname in ('auth', 'documents')")
            ).scalar()
            == 0
        )


def test_a_waiting_migration_gives_way(cloud_sql: CloudSql, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that cannot have its lock gives up by itself, rather than hold up every worker behind
    it.
    """
    monkeypatch.setattr(migrate, "_LOCK", "200ms")
    with cloud_sql.engine(MIGRATE).connect() as connection:
        migrate.run(connection, migrator=MIGRATE, runtime=WORKER, operator=None)
    with cloud_sql.engine().begin() as holder:
        holder.execute(text("lock table migrations.revision in access exclusive mode"))
        with cloud_sql.engine(MIGRATE).connect() as connection, pytest.raises(DBAPIError, match="55P03"):
            migrate.run(connection, migrator=MIGRATE, runtime=WORKER, operator=None)
