"""A nudge from outside ends the pause; a flood of them, or none who hears, harms nobody."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from integration.errors import SettingsError
from integration.intake.nudge import nudged
from tests.menu_item import free_port

PATIENCE_S = 10.0


@pytest.fixture
def mouth() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        yield mouth


def test_a_datagram_rings(mouth: socket.socket) -> None:
    rung = threading.Event()

    with nudged("127.0.0.1", free_port(), rung.set) as port:
        mouth.sendto(b"!", ("127.0.0.1", port))

        assert rung.wait(PATIENCE_S)


def test_what_is_sent_is_not_read(mouth: socket.socket) -> None:
    rung = threading.Event()

    with nudged("127.0.0.1", free_port(), rung.set) as port:
        mouth.sendto(b"\xff" * 60_000, ("127.0.0.1", port))
        assert rung.wait(PATIENCE_S)
        mouth.settimeout(0.2)

        with pytest.raises(TimeoutError):
            mouth.recv(1)


def test_a_flood_rings_once_a_second_and_the_last_of_it_is_heard(mouth: socket.socket) -> None:
    rings: list[float] = []

    with nudged("127.0.0.1", free_port(), lambda: rings.append(time.monotonic())) as port:
        until_s = time.monotonic() + 2.5
        while (last_s := time.monotonic()) < until_s:
            mouth.sendto(b"!", ("127.0.0.1", port))
            time.sleep(0.001)
        while rings[-1] < last_s:
            assert time.monotonic() < last_s + PATIENCE_S
            time.sleep(0.01)

        assert 2 <= len(rings) <= 5


def test_an_address_that_is_taken_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))

        with pytest.raises(SettingsError, match="nudges cannot be heard"), nudged("127.0.0.1", taken.getsockname()[1], lambda: None):
            raise AssertionError("it was let in")


def test_without_a_port_nobody_is_heard() -> None:
    before = threading.active_count()

    with nudged("127.0.0.1", 0, lambda: None) as port:
        assert port == 0
        assert threading.active_count() == before
