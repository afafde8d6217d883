"""Starts and stops the pretend studio."""

import json
import socket
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog

from integration.errors import SettingsError
from integration.sandbox.shotgrid.faults import Faults
from integration.sandbox.shotgrid.http_front import Front, Handler
from integration.sandbox.shotgrid.page import Page
from integration.sandbox.shotgrid.seed import SCRIPT_NAME, ensure_script, load_seed
from integration.sandbox.shotgrid.studio import Studio, open_studio
from integration.sandbox.shotgrid.transcoding import Transcoder
from integration.sandbox.shotgrid.uploads import Uploads
from integration.stopping import stop_at_signals

log = structlog.get_logger(__name__)

_HOST = "127.0.0.1"
_LAST_ANSWERS_S = 5.0


class RunningSandbox:
    """A pretend studio that runs in threads of this process. A context manager: leaving it stops the studio."""

    def __init__(self, studio: Studio, transcoder: Transcoder, server: "_Server", api_key: str) -> None:
        """Take over what `start_sandbox` made."""
        self.url = studio.url
        """Address of the site."""
        self.script_name = SCRIPT_NAME
        """Name of its script."""
        self.api_key = api_key
        """The script's key."""
        self.faults = studio.faults
        """What shall go wrong."""
        self._studio, self._transcoder, self._server = studio, transcoder, server
        self._thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="sandbox", daemon=True)
        self._stopped = False
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and close everything; once is enough, twice does no harm."""
        if self._stopped:
            return
        self._stopped = True
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.end_connections()
        self._transcoder.stop()
        self._studio.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def start_sandbox(
    seed: Path | None, *, port: int = 0, folder: Path, faults: Faults | None = None, transcode_s: float = 0.3
) -> RunningSandbox:
    """Start a pretend studio on 127.0.0.1, in daemon threads of this process.

    Args:
        seed: production to begin with; not read when `folder` holds a studio already.
        port: 0 for any that is free.
        folder: where the studio lives; a second start goes on with the same one.
        faults: what shall go wrong.
        transcode_s: seconds until a thumbnail is made.

    Raises:
        SettingsError: the seed is none, or the port is taken.
    """
    server = _open_server(port)
    try:
        studio = open_studio(folder, faults=faults or Faults(), transcode_s=transcode_s)
    except BaseException:
        server.server_close()
        raise
    studio.url = f"http://{_HOST}:{server.server_address[1]}"
    try:
        if not studio.store.all("EventLogEntry"):
            load_seed(studio, seed)
        api_key = ensure_script(studio, folder / "api_key")
    except BaseException:
        server.server_close()
        studio.store.close()
        raise
    transcoder = Transcoder(studio)
    server.take_front(Front(studio=studio, uploads=Uploads(studio, transcoder), page=Page(studio)))
    log.debug("pretend studio opened", url=studio.url)
    return RunningSandbox(studio, transcoder, server, api_key)


def serve(seed: Path | None, *, port: int, folder: Path, transcode_s: float = 0.3) -> None:
    """Run a pretend studio until SIGTERM or Ctrl-C; says on standard output where it is, in one line of JSON.

    Raises:
        SettingsError: as `start_sandbox`.
    """
    with stop_at_signals() as stop, start_sandbox(seed, port=port, folder=folder, transcode_s=transcode_s) as sandbox:
        ready = {"url": sandbox.url, "script_name": sandbox.script_name, "api_key": sandbox.api_key}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        stop.wait()


def _open_server(port: int) -> "_Server":
    try:
        return _Server((_HOST, port), Handler)
    except OSError as error:
        raise SettingsError(f"port {port} of {_HOST} cannot be had: {error.strerror}", hint="Choose another with --port.") from error


class _Server(ThreadingHTTPServer):
    """A thread for each connection, and an end for all of them."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], handler: type[Handler]) -> None:
        self._handler = handler
        self._open: dict[threading.Thread, socket.socket] = {}
        self._guard = threading.Lock()
        super().__init__(address, handler)

    def take_front(self, front: Front) -> None:
        """Let connections be handled with `front`; before the first one."""
        self.RequestHandlerClass = type("Handler", (self._handler,), {"front": front})

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        me = threading.current_thread()
        with self._guard:
            self._open[me] = request
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._open.pop(me, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("connection lost", client=str(client_address))

    def end_connections(self) -> None:
        """Cut what is still open, and wait for its threads."""
        with self._guard:
            still = list(self._open.items())
        for _, connection in still:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("connection was closed already")
        for thread, _ in still:
            thread.join(_LAST_ANSWERS_S)
