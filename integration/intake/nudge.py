"""Lets a studio's own event server tell that something happened, by a datagram of which nothing is read and to which nothing is answered.

Whoever can reach the address can make haikei look at the tracker once a second, and nothing else.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import structlog

from integration.errors import SettingsError

log = structlog.get_logger(__name__)

_TURN_S = 0.5
_PAUSE_S = 1.0
_MOST_WAITING = 65_536


@contextmanager
def nudged(host: str, port: int, ring: Callable[[], None]) -> Iterator[int]:
    """While it is open, `ring` is called when a datagram comes to `host` and `port` (0: none does), at most once a second; gives the port.

    Raises:
        SettingsError: the address cannot be used.
    """
    if not port:
        yield 0
        return
    stop = threading.Event()
    with _bound(host, port) as ear:
        thread = threading.Thread(target=_listen, args=(ear, ring, stop), name="nudges", daemon=True)
        thread.start()
        try:
            yield port
        finally:
            stop.set()
            thread.join()


def _bound(host: str, port: int) -> socket.socket:
    ear = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        ear.bind((host, port))
    except OSError as error:
        ear.close()
        raise SettingsError(
            f"nudges cannot be heard on {host} port {port}: {error.strerror or error}",
            hint="Set intake.nudge_host and intake.nudge_port to an address of this machine and a port that is free.",
        ) from error
    return ear


def _listen(ear: socket.socket, ring: Callable[[], None], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            came = _came(ear)
        except OSError as error:
            log.warning("nudge not heard", error=str(error))
            came = False
            stop.wait(_PAUSE_S)
        if came:
            ring()
            stop.wait(_PAUSE_S)  # what comes meanwhile waits, and is one more ring


def _came(ear: socket.socket) -> bool:
    """Whether something came within a turn; everything that waits is taken as one."""
    ear.settimeout(_TURN_S)
    try:
        ear.recv(1)
    except TimeoutError:
        return False
    ear.settimeout(0)
    with suppress(BlockingIOError):
        for _ in range(_MOST_WAITING):
            ear.recv(1)
    return True
