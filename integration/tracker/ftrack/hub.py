"""The event hub of a site: a line that tells at once what happened, and over which ftrack's menu asks for our items.

The vendor's client is used without its own reconnecting, which silences every log of the process while it tries, gives up after five
minutes without a word, and does not notice when its receiving thread died of a packet it could not read.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from ftrack_api.event.hub import EventHub
from ftrack_api.exception import Error, EventHubConnectionError

from integration.errors import HaikeiError
from integration.tracker.ftrack.actions import PREFIX, call_of, chosen, items
from integration.tracker.ftrack.connection import Connection
from integration.tracker.ftrack.heard import Heard
from integration.tracker.ftrack.hub_facts import facts_of
from integration.tracker.ftrack.query_text import among
from integration.tracker.menu import MenuDesk

log = structlog.get_logger(__name__)

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_TURN_S = 0.5
_GOODBYE_S = 8.0
UPDATES = "topic=ftrack.update"
"""What is subscribed to."""


class Line(EventHub):
    """The vendor's hub client, which leaves reconnecting to us."""

    def reconnect(self, attempts: int = 0, delay: float = 0) -> None:
        """Never: a new line is opened instead."""
        with suppress(EventHubConnectionError):
            self.disconnect(unsubscribe=False)
        raise EventHubConnectionError("the line broke")

    def stands(self) -> bool:
        """Whether anything can still come."""
        thread = getattr(self, "_processor_thread", None)
        return bool(self.connected) and thread is not None and thread.is_alive()

    def hang_up(self) -> None:
        """End the line, and close its socket, which the client leaves open where the other end closed it."""
        socket = self._connection
        with suppress(Error, OSError):
            self.disconnect(unsubscribe=False)
        if socket is not None:
            with suppress(Exception):
                socket.shutdown()


@contextmanager
def listening(connection: Connection, heard: Heard, tell: Callable[[], None], desk: MenuDesk | None) -> Iterator[None]:
    """See `Tracker.listen`; what only the hub tells goes into `heard`."""
    ears = _Ears(connection, heard, tell, desk)
    thread = threading.Thread(target=ears.listen, name="ftrack-hub", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ears.stop.set()
        thread.join(_GOODBYE_S)


class _Ears:
    """Listens in a thread of its own until told to stop."""

    def __init__(self, connection: Connection, heard: Heard, tell: Callable[[], None], desk: MenuDesk | None) -> None:
        self.stop = threading.Event()
        self._connection = connection
        self._heard = heard
        self._tell = tell
        self._desk = desk

    def listen(self) -> None:
        """One line after another, with pauses that grow while none can be had."""
        pause_s = _FIRST_PAUSE_S
        while not self.stop.is_set():
            line = Line(self._connection.url, self._connection.user, self._connection.key)
            try:
                line.connect()
                log.info("hub joined", site=self._connection.site)
                pause_s = _FIRST_PAUSE_S
                self._attend(line)
            except Exception as error:  # noqa: BLE001  # whatever a server sent, listening goes on
                log.warning("hub left", site=self._connection.site, error=type(error).__name__)
            finally:
                line.hang_up()
            self.stop.wait(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _attend(self, line: Line) -> None:
        line.subscribe(UPDATES, self._on_update)
        if self._desk is not None:
            line.subscribe("topic=ftrack.action.discover", self._on_discover)
            line.subscribe(f"topic=ftrack.action.launch and data.actionIdentifier={PREFIX}*", self._on_launch)
        self._tell()  # what happened while there was no line
        while not self.stop.is_set():
            line.wait(duration=_TURN_S)
            if not line.stands():
                raise EventHubConnectionError("the line broke")

    def _on_update(self, event: Mapping[str, Any]) -> None:
        with _kept_up("update"):
            if self._heard.hear(facts_of(event, now=self._connection.now())):
                self._tell()

    def _on_discover(self, event: Mapping[str, Any]) -> dict[str, Any] | None:
        with _kept_up("discover"):
            assert self._desk is not None
            return items(self._desk, call_of(event, self._kinds, now=self._connection.now()))
        return None

    def _on_launch(self, event: Mapping[str, Any]) -> dict[str, Any] | None:
        with _kept_up("launch"):
            assert self._desk is not None
            try:
                return chosen(self._desk, call_of(event, self._kinds, now=self._connection.now()), event)
            except HaikeiError as error:
                log.warning("menu refused", error=str(error))
                return {"success": False, "message": error.in_words()}
        return {"success": False, "message": "haikei could not do this; its log says why."}

    def _kinds(self, contexts: list[str]) -> Mapping[str, str]:
        query = f"select id from TypedContext where id in {among(contexts)}"
        found = self._connection.tried(lambda client: client.ask(query)[0])
        return {str(record["id"]): str(record["__entity_type__"]) for record in found}


@contextmanager
def _kept_up(what: str) -> Iterator[None]:
    """What goes wrong with one event stops no other."""
    try:
        yield
    except Exception:
        log.exception("event of the hub skipped", what=what)
