"""Who may read, and who comes again when."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import uuid4

import pytest

from functions.whatsapp.places import Places

pytestmark = pytest.mark.unit

ANA, BETO, CARLA = uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(("readings", "ana", "beto"), [(1, 1, 0), (2, 1, 1), (4, 3, 1)])
def test_a_sender_leaves_a_place_to_the_next(readings: int, ana: int, beto: int) -> None:
    """Of all places one sender has all but one, where there is more than one; the next sender has what is
    left.
    """
    places = Places(readings, 20)
    with ExitStack() as held:
        had = [
            held.enter_context(places.place(who, number, wait_s=0))
            for who in (ANA, BETO)
            for number in range(readings + 1)
        ]
    assert (sum(had[: readings + 1]), sum(had[readings + 1 :])) == (ana, beto)


@pytest.mark.parametrize(("threads", "ana", "beto"), [(2, 1, 0), (4, 2, 1), (8, 6, 1)])
def test_a_thread_is_left_for_what_needs_no_reading(threads: int, ana: int, beto: int) -> None:
    """One sender's files hold all threads but two, all senders' all but one; none waits for one."""
    places = Places(1, threads)
    with ExitStack() as held:
        had = [held.enter_context(places.thread(who)) for who in (ANA, BETO) for _ in range(threads)]
    assert (sum(had[:threads]), sum(had[threads:])) == (ana, beto)


def test_what_was_held_can_be_had_again() -> None:
    """Threads and places are free again after their holders, also after one that broke."""
    places, had = Places(1, 2), list[bool]()

    def breaks() -> None:
        with places.thread(ANA) as thread, places.place(ANA, 1, wait_s=0) as place:
            had.extend((thread, place))
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            breaks()
    assert had == [True] * 4


def test_of_a_senders_files_that_wait_the_lowest_number_goes_first() -> None:
    """A place that becomes free is the lowest number's, whoever began to wait first."""
    places, order, lock = Places(1, 20), list[int](), threading.Lock()

    def read(number: int) -> None:
        with places.place(ANA, number, wait_s=5) as had, lock:
            order.append(number if had else -number)

    with ThreadPoolExecutor(5) as pool, places.place(BETO, 1, wait_s=0):
        for number in (5, 3, 4, 1, 2):
            pool.submit(read, number)
        while len(places._waiting.get(ANA, ())) < 5:
            time.sleep(0.001)
    assert order == [1, 2, 3, 4, 5]


def test_who_waits_in_vain_goes_in_time() -> None:
    """A place that does not become free is waited for no longer than told."""
    places = Places(1, 4)
    with places.place(ANA, 1, wait_s=0), places.place(BETO, 1, wait_s=0.05) as had:
        assert not had


def test_lower_numbers_come_again_sooner() -> None:
    """The lowest of a sender's waiting numbers comes again in half a second, each further one half a second
    later, whoever else waits.
    """
    places = Places(1, 4, clock=lambda: 0.0)
    assert [places.back_in(ANA, number, 0) for number in (1, 2, 3)] == [0.5, 1.0, 1.5]
    assert [places.back_in(who, number, 0) for who, number in ((BETO, 9), (ANA, 1), (ANA, 4))] == [
        0.5,
        0.5,
        2.0,
    ]


@pytest.mark.parametrize(("reading_s", "each"), [(0.0, 0.1), (0.3, 0.3), (12.0, 0.5)])
def test_what_readings_take_is_how_far_apart_numbers_come_again(reading_s: float, each: float) -> None:
    """Each lower number puts a task off by what the last readings took, a tenth to half of a second; who had
    no place tells nothing of that.
    """
    now = [0.0]
    places = Places(1, 4, clock=lambda: now[0])
    for number in range(40):
        with places.place(ANA, number, wait_s=0), places.place(BETO, number, wait_s=0) as had:
            assert not had
            now[0] += reading_s
    assert [places.back_in(ANA, number, 0) for number in (1, 2, 3)] == pytest.approx(
        [0.5, 0.5 + each, 0.5 + 2 * each], abs=0.001
    )


def test_who_has_a_place_waits_no_more() -> None:
    """A number that is being read, and one that did not come back here, is nobody's to wait for."""
    now = [0.0]
    places = Places(1, 4, clock=lambda: now[0])
    for number in (1, 2, 3):
        places.back_in(ANA, number, 0)
    with places.place(ANA, 1, wait_s=0):
        assert places.back_in(ANA, 3, 0) == 1.0
    now[0] = 60.0
    assert places.back_in(ANA, 4, 0) == 0.5


def test_hundreds_of_waiting_files_do_not_fill_the_queue() -> None:
    """Three hundred files of one sender that wait for a minute ask for less than twenty dispatches a
    second.
    """
    places, now = Places(1, 8, clock=lambda: now[0]), [0.0]
    due = [(0.0, number, 0) for number in range(300)]
    dispatches = 0
    while (first := min(due))[0] < 60:
        due.remove(first)
        now[0], number, turn = first
        due.append((now[0] + places.back_in(CARLA, number, turn), number, turn + 1))
        dispatches += 1
    assert dispatches < 60 * 20
