"""Starts and stops the pretend studio as ftrack."""

import json
import socket
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from integration.errors import SettingsError
from integration.sandbox.ftrack.api import Api
from integration.sandbox.ftrack.encoding import Encoder
from integration.sandbox.ftrack.faults import Faults
from integration.sandbox.ftrack.front import Front
from integration.sandbox.ftrack.hub import Hub
from integration.sandbox.ftrack.refusal import RefusedError
from integration.sandbox.ftrack.seed import API_USER, ensure_key, load_seed
from integration.sandbox.ftrack.studio import Studio, open_studio
from integration.stopping import stop_at_signals

log = structlog.get_logger(__name__)

_HOST = "127.0.0.1"
_LAST_ANSWERS_S = 5


class RunningFtrackSandbox:
    """A pretend studio that runs in threads of this process. A context manager: leaving it stops the studio."""

    def __init__(self, studio: Studio, encoder: Encoder, hub: Hub, routes: list[BaseRoute], listening: socket.socket, api_key: str) -> None:
        """Take over what `start_ftrack_sandbox` made."""
        self.url = studio.url
        """Address of the site."""
        self.api_user = API_USER
        """Username of haikei's user."""
        self.api_key = api_key
        """That user's key."""
        self.faults = studio.faults
        """What shall go wrong."""
        self._studio, self._encoder, self._hub, self._socket = studio, encoder, hub, listening
        config = uvicorn.Config(
            Starlette(routes=routes),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            timeout_graceful_shutdown=_LAST_ANSWERS_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, name="ftrack-sandbox", daemon=True)
        self._stopped = False
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop answering and close everything; once is enough, twice does no harm."""
        if self._stopped:
            return
        self._stopped = True
        self._hub.close()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
        self._encoder.stop()
        self._studio.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def start_ftrack_sandbox(
    seed: Path | None, *, port: int = 0, folder: Path, faults: Faults | None = None, encode_s: float = 0.3
) -> RunningFtrackSandbox:
    """Start a pretend studio on 127.0.0.1, in daemon threads of this process.

    Args:
        seed: production to begin with; not read when `folder` holds a studio already.
        port: 0 for any that is free.
        folder: where the studio lives; a second start goes on with the same one.
        faults: what shall go wrong.
        encode_s: seconds until media are encoded.

    Raises:
        SettingsError: the seed is none, or the port is taken.
    """
    listening = _listen(port)
    try:
        studio = open_studio(folder, faults=faults or Faults(), encode_s=encode_s)
    except BaseException:
        listening.close()
        raise
    studio.url = f"http://{_HOST}:{listening.getsockname()[1]}"
    try:
        if next(studio.rows.of("Location"), None) is None:
            load_seed(studio, seed)
        api_key = ensure_key(studio, folder / "api_key")
    except BaseException:
        listening.close()
        studio.store.close()
        raise
    hub = Hub(authenticate=lambda username, key: _known(studio, username, key), faults=studio.faults.hub)
    studio.publish = hub.publish
    encoder = Encoder(studio)
    front = Front(studio, Api(studio, encoder))
    log.debug("pretend studio opened", url=studio.url)
    return RunningFtrackSandbox(studio, encoder, hub, [*front.routes(), *hub.routes()], listening, api_key)


def serve(seed: Path | None, *, port: int, folder: Path, encode_s: float = 0.3) -> None:
    """Run a pretend studio until SIGTERM or Ctrl-C; says on standard output where it is, in one line of JSON.

    Raises:
        SettingsError: as `start_ftrack_sandbox`.
    """
    with stop_at_signals() as stop, start_ftrack_sandbox(seed, port=port, folder=folder, encode_s=encode_s) as sandbox:
        ready = {"url": sandbox.url, "api_user": sandbox.api_user, "api_key": sandbox.api_key}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        stop.wait()


def _known(studio: Studio, username: str, key: str) -> Mapping[str, str] | None:
    """Whom the hub lets in."""
    try:
        with studio.store.lock:
            actor = studio.identity.actor(username, key)
    except RefusedError:
        return None
    return {"id": actor.id, "username": actor.username}


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sends small answers at once only on these
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_HOST, port))
        listening.listen(256)
    except OSError as error:
        listening.close()
        raise SettingsError(f"port {port} of {_HOST} cannot be had: {error.strerror}", hint="Choose another with --port.") from error
    return listening
