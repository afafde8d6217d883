"""`haikei up`: the integration and this machine's render workers in one process group."""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import structlog

from integration.cli.processes import default_slot, end, start_sandbox, start_worker, wait_ready, with_sandbox
from integration.cli.sandbox import DEMO_SEED
from integration.errors import HaikeiError
from integration.log import set_up_log
from integration.service import serve
from integration.settings import Settings, read_settings
from integration.stopping import stop_at_signals
from integration.studio import Studio, open_studio

log = structlog.get_logger(__name__)

_RESTART_S = (1.0, 60.0)


def run_up(file: Path | None) -> None:
    """Work until Ctrl-C or SIGTERM; the steps in hand are finished and nothing is left half-done."""
    set_up_log()
    settings = read_settings(file)
    try:
        with stop_at_signals() as stop:
            _run(settings, stop)
    finally:
        log.info("stopped")
        sys.stdout.flush()
        sys.stderr.flush()
    if threading.active_count() > 1:
        os._exit(0)  # a step that waits for its next try is taken up by the next process; nobody should wait for it here


def _run(settings: Settings, stop: threading.Event) -> None:
    studio_child: list[subprocess.Popen[str]] = []
    try:
        if settings.tracker == "sandbox" and not settings.shotgrid.url:
            studio_child.append(start_sandbox(settings.state_folder.absolute() / "sandbox", seed=DEMO_SEED))
            ready = wait_ready(studio_child[0], what="the pretend studio")
            settings = with_sandbox(settings, ready)
            log.info("pretend studio running", url=ready["url"])
        studio = open_studio(settings)
        listening = threading.Event()
        keeper = threading.Thread(target=_keep_workers, args=(settings, stop, listening), name="workers")
        keeper.start()
        try:
            with _pages(studio) as address:
                _tell_link(studio, address)
                serve(studio, stop, listening)
        finally:
            stop.set()
            keeper.join()
    finally:
        end(studio_child)


def _pages(studio: Studio) -> AbstractContextManager[str | None]:
    if not studio.settings.web.port:
        return nullcontext()
    from integration.web.server import served_pages  # a web server takes 0.2 s to import

    return served_pages(studio)


def _tell_link(studio: Studio, address: str | None) -> None:
    """In a trial, tell on the terminal how to open the pages; not in the log, for it is a key."""
    if address is None or studio.settings.tracker != "sandbox" or not studio.settings.web.is_trial:
        return
    from integration.cli.sign_in import trial_link
    from integration.web.rights import WebRole

    roles = set(WebRole) - {WebRole.AUDITOR}
    link = trial_link(studio.engine, studio.settings.web, address, roles=roles, name="trial")
    print(f"Pages, once and within ten minutes: {link}", file=sys.stderr, flush=True)


def _keep_workers(settings: Settings, stop: threading.Event, listening: threading.Event) -> None:
    """Keep as many workers running as settings ask for; one that ends is started again, later each time."""
    slots = [default_slot(number) for number in range(settings.render.workers)]
    running: dict[str, subprocess.Popen[str]] = {}
    failures, due = dict.fromkeys(slots, 0), dict.fromkeys(slots, 0.0)
    said = False
    try:
        while not stop.is_set():
            for slot in slots:
                child = running.get(slot)
                if child is not None and child.poll() is not None:
                    del running[slot]
                    failures[slot] += 1
                    due[slot] = time.monotonic() + min(_RESTART_S[1], _RESTART_S[0] * 2 ** min(failures[slot], 6))
                    log.warning("render worker ended", slot=slot, exit_code=child.returncode, failures=failures[slot])
                elif child is None and time.monotonic() >= due[slot]:
                    _start_worker(settings, slot, running, stop)
                    failures[slot] += slot not in running
                    due[slot] = time.monotonic() + min(_RESTART_S[1], _RESTART_S[0] * 2 ** min(failures[slot], 6))
            if not said and len(running) == len(slots) and listening.is_set():
                print(json.dumps({"ready": slots}), flush=True)
                said = True
            stop.wait(0.2)
    finally:
        end(list(running.values()))


def _start_worker(settings: Settings, slot: str, running: dict[str, subprocess.Popen[str]], stop: threading.Event) -> None:
    """Start one worker and keep it when it says that it is ready."""
    try:
        child = start_worker(settings, slot=slot)
    except (OSError, HaikeiError) as error:
        log.warning("render worker not started", slot=slot, error=str(error))
        return
    running[slot] = child
    try:
        wait_ready(child, what=f"render worker {slot}", stop=stop)
    except HaikeiError as error:
        log.warning("render worker not ready", slot=slot, error=str(error))
        end([child])
        del running[slot]
