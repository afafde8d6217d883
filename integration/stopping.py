"""Turns SIGTERM and Ctrl-C into an event that every thread may wait for."""

import contextlib
import signal
import socket
import threading
from collections.abc import Iterator

_ASKING = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def stop_at_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set; what they did before is restored at the end. For the main thread alone.

    A thread sets the event, because a handler runs in the middle of whatever the main thread does: one that sets an event while
    the main thread, or an earlier handler, holds that event's lock waits for ever.
    """
    stop = threading.Event()
    heard, told = socket.socketpair()
    told.setblocking(False)
    before_fd = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, lambda *_: None) for number in _ASKING}
    thread = threading.Thread(target=_listen, args=(heard, stop), name="signals", daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before_fd)
        told.close()
        thread.join()
        heard.close()


def _listen(heard: socket.socket, stop: threading.Event) -> None:
    while numbers := heard.recv(16):
        if any(number in _ASKING for number in numbers):
            stop.set()
