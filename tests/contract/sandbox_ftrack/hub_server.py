"""The event hub alone on a port of its own, and the vendor's client at it."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from ftrack_api.event.hub import EventHub
from starlette.applications import Starlette

from integration.sandbox.ftrack.hub import Hub
from integration.sandbox.ftrack.hub_faults import HubFaults

USERS = {"haikei": {"username": "haikei", "id": "u-1"}, "sakura": {"username": "sakura", "id": "u-2"}}
KEY = "a-key-of-the-tests"
PATIENCE_S = 10.0


@dataclass
class HubServer:
    """A hub that answers at `url`."""

    hub: Hub
    faults: HubFaults
    url: str
    clients: list[Any] = field(default_factory=list)

    def client(self, user: str = "haikei") -> "Client":
        """The vendor's client, connected, with a thread that waits for events."""
        client = Client(EventHub(self.url, user, KEY))
        self.clients.append(client)
        return client

    def subscribe(self, client: "Client", subscription: str, told: Callable[[Any], Any], **event: Any) -> str:
        """Subscribe, and wait until the hub knows; `event` is one that the subscription wants."""
        sample = {"topic": subscription.removeprefix("topic="), **event}
        before = self.hub.audience(sample)
        name: str = client.hub.subscribe(subscription, told)
        until(lambda: self.hub.audience(sample) > before)
        return name


class Client:
    """``ftrack_api``'s event hub with somebody waiting at it."""

    def __init__(self, hub: Any) -> None:
        self.hub = hub
        hub._auto_reconnect_delay = 0.05
        hub.connect()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def leave(self) -> None:
        self._done.set()
        self._thread.join()
        if self.hub.connected:
            self.hub.disconnect(unsubscribe=False)
        elif self.hub._connection is not None:
            self.hub._connection.shutdown()

    def _wait(self) -> None:
        while not self._done.is_set():
            self.hub.wait(0.05)


@contextlib.contextmanager
def running_hub(*, heartbeat_s: float = 60.0) -> Iterator[HubServer]:
    """A hub on 127.0.0.1."""
    faults = HubFaults()
    hub = Hub(authenticate=lambda user, key: USERS.get(user) if key == KEY else None, faults=faults, heartbeat_s=heartbeat_s)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Starlette(routes=hub.routes()), log_config=None, access_log=False, timeout_graceful_shutdown=1, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    running = HubServer(hub=hub, faults=faults, url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    until(lambda: server.started)
    try:
        yield running
    finally:
        for client in running.clients:
            client.leave()
        hub.close()
        server.should_exit = True
        thread.join()


def until(holds: Callable[[], Any], *, patience_s: float = PATIENCE_S) -> None:
    """Wait until something holds."""
    end = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end, "it does not come true"
        time.sleep(0.005)
