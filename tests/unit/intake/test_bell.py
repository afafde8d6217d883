"""What is heard ends a pause at once, what rings twice is looked at once, and an end is an end."""

import threading
import time
from collections.abc import Callable

from integration.intake.bell import Bell

LONG_S = 60.0


def seconds(call: Callable[[], None]) -> float:
    began_s = time.monotonic()
    call()
    return time.monotonic() - began_s


def test_a_pause_that_nothing_ends_lasts() -> None:
    bell = Bell(threading.Event())

    assert seconds(lambda: bell.wait(0.3)) >= 0.3


def test_a_ring_ends_the_pause_of_another_thread() -> None:
    bell = Bell(threading.Event())
    threading.Timer(0.2, bell.ring).start()

    assert seconds(lambda: bell.wait(LONG_S)) < LONG_S / 2


def test_a_ring_while_nobody_waits_ends_the_next_pause_and_no_other() -> None:
    bell = Bell(threading.Event())
    bell.ring()

    assert seconds(lambda: bell.wait(LONG_S)) < LONG_S / 2
    assert seconds(lambda: bell.wait(0.3)) >= 0.3


def test_what_rings_all_the_time_is_looked_at_ten_times_a_second_at_most() -> None:
    bell, end_s, looks = Bell(threading.Event()), time.monotonic() + 1, 0

    def ring() -> None:
        while time.monotonic() < end_s:
            bell.ring()
            time.sleep(0.002)

    ringing = threading.Thread(target=ring)
    ringing.start()
    while time.monotonic() < end_s:
        bell.wait(0.5)
        looks += 1
    ringing.join()

    assert 2 <= looks <= 12


def test_the_end_ends_the_pause() -> None:
    stop = threading.Event()
    bell = Bell(stop)
    threading.Timer(0.2, stop.set).start()

    assert seconds(lambda: bell.wait(LONG_S)) < LONG_S / 2
    assert stop.is_set()
