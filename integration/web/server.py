"""The pages at work: a server in a thread of its own, beside the integration."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import structlog
import uvicorn

from integration.database import make_tables
from integration.errors import HaikeiError, SettingsError
from integration.studio import Studio
from integration.tracker.opening import open_menu
from integration.web.app import build_app
from integration.web.board.live import LiveBoard
from integration.web.outcome_pages import OutcomePages
from integration.web.report.asked import metadata as asked_tables
from integration.web.sign_in_tables import metadata as sign_in_tables
from integration.web.streams import MOST
from integration.web.visit import Gate
from integration.web_settings import WebSettings

log = structlog.get_logger(__name__)

_THREADS = 8
_MOST_CONNECTIONS = 2 * MOST
"""Each open board holds one."""
_START_S = 20.0
_STOP_S = 10


@contextmanager
def served_pages(studio: Studio, *, gate: Gate | None = None) -> Iterator[str]:
    """Serve the pages while the block runs; gives the address on this machine. `gate` lets people in in place of the session's.

    Raises:
        SettingsError: there is no menu secret, others could listen to people signing in, or the address cannot be used.
    """
    settings = studio.settings.web
    settings.require_safe_sign_in()
    settings.secret()  # links to the record are made with it, whoever's menu it is
    make_tables(studio.engine, sign_in_tables, asked_tables)
    pages = OutcomePages(studio, open_menu(studio.settings, site=studio.tracker.site))
    listening = _listening(settings)
    address = f"http://{settings.host}:{listening.getsockname()[1]}"
    live = LiveBoard(studio)
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="pages")
    server = uvicorn.Server(
        uvicorn.Config(
            build_app(pages, settings, pool, live=live, address=settings.public_url or address, gate=gate),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            http="h11",
            ws="none",
            loop="asyncio",
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=_STOP_S,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="pages")
    try:
        live.start()
        thread.start()
        _wait(server, thread)
        menu = f"{settings.public_url or address}/menu/{pages.menu.name}/outcome" if pages.menu else ""
        log.info("pages served", address=address, menu=menu)
        yield address
    finally:
        live.stop()
        server.should_exit = True
        thread.join(_STOP_S + 5)
        pool.shutdown(wait=False, cancel_futures=True)
        listening.close()


def _listening(settings: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise SettingsError(
            f"the pages cannot be served on {settings.host} port {settings.port}: {error.strerror or error}",
            hint="Set web.host and web.port to an address of this machine and a port that is free.",
        ) from error


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    until_s = time.monotonic() + _START_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until_s:
            raise HaikeiError("the pages could not be served", hint="The log says why; without pages, set web.port to 0.")
        time.sleep(0.02)
