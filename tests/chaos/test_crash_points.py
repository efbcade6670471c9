"""Every label once, with the crash raised in-process; redelivery, the queue's retries and the sweep are all
that heals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from functions.whatsapp import privacy
from functions.whatsapp.ledger import Outbox, Records
from infra.local import faults
from tests.chaos.world import World
from tests.conftest import Database
from tests.scale import draws

pytestmark = pytest.mark.contract


def pdf(number: int) -> bytes:
    return f"%PDF {number}".encode()


@dataclass(frozen=True)
class People:
    """Whom a life is about: Ana writes most, each of the others meets one misfortune."""

    ana: str
    beto: str
    carla: str
    dora: str
    eva: str
    fay: str
    gil: str


def live(world: World) -> People:
    """A life that passes every label."""
    people = People(*(f"519{uuid4().int % 10**8:08}" for _ in range(7)))
    ana = people.ana
    world.meta.faults = [
        ("103", "throttle"),
        ("104", "lost"),
        ("105", "echo"),
        ("301", "failed"),
        ("401", "gone"),
        ("501", "window"),
    ]
    world.says(ana, {"text": "Hola"})
    world.turn()
    world.says(ana, {"file": pdf(101)}, {"file": pdf(102)})
    world.says(people.beto, {"file": pdf(201)}, bsuid="PE.1")
    world.turn()
    world.says(ana, {"file": pdf(103)})
    world.says(people.carla, {"file": pdf(301)})
    world.says(people.dora, {"file": pdf(401)})
    world.says(people.eva, {"file": pdf(501)})
    world.turn()
    for number in (104, 105):
        world.says(ana, {"file": pdf(number)})
        world.turn()
    world.says(people.eva, {"text": "¿y mi factura?"})
    world.says(ana, {"file": pdf(101)}, {"file": pdf(106), "unwell": 2})
    # A recycled number: its old holder loses it.
    world.says(people.beto, {"text": "otro dueño"}, bsuid="PE.2")
    world.settle()
    world.queue.down = True
    world.says(ana, {"file": pdf(107)})
    world.deliver()
    world.queue.down, late = False, world.posts
    world.posts = []
    world.later(31)
    world.turn()  # Meta takes its time, the sweep does not
    world.posts += late
    world.settle()
    world.meta.faults += [("108", "throttle")]
    world.says(ana, {"file": pdf(108)})
    world.deliver()
    world.work()
    world.later(25 * 3600)
    world.turn()  # the window closed while the answer waited
    world.says(ana, {"text": "total 118"})
    world.says(people.eva, {"text": "resumen"})
    world.settle()
    world.meta.faults += [("F001-502", "lost")]
    world.says(people.eva, {"file": pdf(502)})
    world.settle()
    for asked in ("excel", "mis datos"):
        world.says(people.eva, {"text": asked})
        world.settle()
    world.says(people.eva, {"text": "borrar"})
    world.settle()
    asked = next(one for one in world.meta.out if one["offered"])
    world.says(people.eva, {"tap": asked["offered"][0], "quoted": asked["wamid"]})
    world.settle()
    for said in ("Hola", "mi ruc 20512345671"):
        world.says(people.fay, {"text": said})
        world.settle()
    world.says(people.fay, {"text": "invitar ayudante"})
    world.settle()
    (code,) = {
        hit[1]
        for one in world.meta.out
        if (hit := re.search(r"text=unirme%20(\S+)", one["text"])) and one["to"] == people.fay
    }
    world.says(people.gil, {"text": f"unirme {code}"})
    world.settle()
    world.says(people.gil, {"text": "resumen"})
    world.settle()
    world.says(people.gil, {"text": "negocio mío"})
    world.settle()
    world.says(people.gil, {"file": pdf(601) + b" 20512345671"})  # it goes to the business whose RUC that is
    world.settle()
    world.says(people.gil, {"text": "negocio 2"})
    world.settle()
    world.says(people.gil, {"file": pdf(602) + b" 20609173425"})  # of nobody's RUC: asked, and his own
    world.settle()
    asked = next(one for one in reversed(world.meta.out) if one["offered"] and one["to"] == people.gil)
    world.says(people.gil, {"text": "es de 1", "quoted": asked["wamid"]})
    world.settle()
    world.says(people.carla, {"text": "borrar mis datos"})
    world.settle()
    world.says(
        people.carla,
        {
            "text": "BORRAR",
            "quoted": next(one["wamid"] for one in world.meta.out if one["text"] == privacy.ASK),
        },
    )
    world.settle()
    return people


def test_every_step_of_the_stores_of_record_has_its_labels() -> None:
    """A new method of Records or Outbox cannot be left out of the kill points."""
    steps = {
        name: {step for step in vars(port) if not step.startswith("_")}
        for name, port in (("records", Records), ("outbox", Outbox))
    }
    assert {name: set(faults.METHODS["worker"][name]) for name in steps} == steps


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with closing(World(database, tmp_path)) as made:
        yield made


def test_one_life_passes_every_label(world: World) -> None:
    """The story below reaches every step that the functions have, so that each can be the one that kills."""
    live(world)
    assert set(world.passed) == {*faults.labels("webhook"), *faults.labels("worker")}


ONCE = {
    "worker.inbox.run",
    "worker.inbox.merge",
    "worker.records.unclaim",
    "worker.outbox.bury",
    "worker.outbox.hold",
}
"""Steps that a life passes once only: the two sides of each need a life of their own."""
STEPS = [
    label.removesuffix(".before")
    for function in faults.METHODS
    for label in faults.labels(function)
    if label.endswith(".before")
]
LIVES = [[f"{step}.{moment}"] for step in STEPS if step in ONCE for moment in ("before", "after")]
OFTEN = [step for step in STEPS if step not in ONCE]
FATES = draws(len(OFTEN) // 8, len(OFTEN))
"""In every run eight distant steps share a life, and it is killed on both sides of each; in the long run each
step has a life of its own.
"""
LIVES += [
    [f"{step}.{side}" for step in OFTEN[at::FATES] for side in ("before", "after")] for at in range(FATES)
]


@pytest.mark.long
@pytest.mark.only_long
@pytest.mark.slow("it lives a whole life for each group of steps")
@pytest.mark.parametrize("labels", LIVES, ids=" ".join)
def test_a_crash_anywhere_loses_nothing_and_repeats_nothing(world: World, labels: list[str]) -> None:
    """Whichever step kills the process, every message is answered once, in order, every file is kept and no
    lane is stuck.
    """
    world.crashes_at = list(labels)
    people = live(world)
    assert world.crashes_at == []
    assert world.quiet()
    readings = [world.reading(phone) for phone in (people.ana, people.carla, people.dora, people.eva)]
    refused = readings[2].missing  # Meta's refusal ends Dora's answer, unless a crash made us ask again
    assert [reading.missing for reading in readings] == [(), (), refused, ()]
    assert refused == (() if labels == ["worker.outbox.bury.before"] else readings[2].questions)
    assert [(reading.repeated, reading.strays) for reading in readings] == [((), ())] * 4
    assert (world.repeated(), world.meta.needless) == (0, [])
    assert readings[0].in_order
    assert readings[3].in_order
    assert world.sql(
        "select status, failure, count(*) from documents.documents where tenant_id = any(:mine) group by 1, 2"
    ) == [("done", None, 15)]
    assert world.sql("select count(*) from auth.users where phone = :carla", carla=people.carla) == [(0,)]
    assert len(world.store.objects) == 17
    made = [
        (one["filename"].partition("_")[0], one["to"], one["file"])
        for one in world.meta.out
        if one["kind"] == "document"
    ]
    assert [(name, to) for name, to, _ in made] == [("Compras", people.eva), ("Mis", people.eva)]
    assert {data for *_, data in made} <= set(world.store.objects.values())
    assert world.sql(
        "select field, new, count(*) from books.corrections where tenant_id = any(:mine) and field = "
        "'total' group by 1, 2"
    ) == [("total", "118", 1)]
    assert {number: world.told(number) for number in (102, 201, 301, 401, 501)} == {
        102: {people.ana},
        201: {"PE.1"},
        301: {people.carla},
        401: set() if refused else {people.dora},
        501: {people.eva},
    }
