"""``python -m render_service.worker``: one process for each GPU or machine; takes requests from the queue and paints them."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, run_dbos_database_migrations

from integration.errors import HaikeiError, RenderError, SettingsError
from integration.log import set_up_log
from integration.stopping import stop_at_signals
from integration.storage.opening import open_storage
from integration.storage.protocol import Storage
from render_service.batcher import Batcher
from render_service.client import ensure_queue
from render_service.contract import APPLICATION, APPLICATION_VERSION, RENDER_QUEUE, RENDER_WORKFLOW
from render_service.queue_share import take_at_once
from render_service.render_story import RenderStory
from render_service.slot import SlotLock, take_slot
from render_service.warm_looks import WarmLooks
from render_service.worker_settings import WorkerSettings, read_worker_settings

log = structlog.get_logger(__name__)

SLOT_TAKEN = 3
"""Exit code when another living process has the slot."""
FAILED = 1
"""Exit code when the worker could not begin, or lost its slot."""
DEVICE_LOST = 70
"""Exit code when the device failed or hangs; a fresh process finishes what was begun."""
_LOOK_ROUND_S = 0.5
_CLOSE_S = 5.0
_SLOT_CHECK_S = 10.0


def main() -> int:
    """Read the settings from standard input, work until told to stop, and return the exit code."""
    answers, sys.stdout = sys.stdout, sys.stderr  # a library that prints must not be taken for an answer
    set_up_log()
    try:
        settings = read_worker_settings(sys.stdin.read())
        set_up_log(level=settings.log_level)
        structlog.contextvars.bind_contextvars(slot=settings.slot)
        with stop_at_signals() as stop:
            return work(settings, lambda: print(json.dumps({"ready": settings.slot}), file=answers, flush=True), stop)
    except HaikeiError as error:
        log.error("worker failed", reason=str(error), hint=error.hint)  # noqa: TRY400 - a traceback may show the settings' secrets
        return FAILED


def work(settings: WorkerSettings, ready: Callable[[], None], stop: threading.Event) -> int:
    """Take the slot, load, call `ready` when listening, and serve until `stop`, an empty queue or the parent's end.

    Raises:
        HaikeiError: the worker could not begin.
    """
    lock = take_slot(settings.database_url, settings.slot)
    if lock is None:
        log.error("slot taken", hint="Another worker of this name lives; give this one another slot.")
        return SLOT_TAKEN
    storage = _open_storage(settings.storage)
    client = _open_client(settings.database_url)
    looks = WarmLooks(
        settings.looks,
        threads=settings.threads,
        capacity=settings.models_kept,
        batch_size=settings.batch_size,
        compiled=settings.compile,
    )
    largest = looks.warm_up(settings.warm)
    if stop.is_set():
        return 0
    batcher = Batcher(looks.renderer)
    story = RenderStory(looks=looks, storage=storage, batcher=batcher, client=client, slot=settings.slot)
    at_once = settings.requests_at_once or (1 if largest == 1 else 2 * largest)
    take_at_once(_launch(settings, story), at_once)
    log.info("worker listening", queue=RENDER_QUEUE, requests_at_once=at_once)
    ready()
    code = _serve(settings, client, lock, batcher, stop)
    if code == DEVICE_LOST:
        _leave_at_once(code)
    DBOS.destroy(workflow_completion_timeout_sec=settings.finish_s)
    batcher.close(timeout_s=_CLOSE_S)
    log.info("worker stopped")
    return code


def _open_client(url: str) -> DBOSClient:
    try:
        run_dbos_database_migrations(url)
        client = DBOSClient(system_database_url=url, application_name=APPLICATION, serializer=DBOSPortableJSONSerializer())
        ensure_queue(client)
    except (sa.exc.SQLAlchemyError, OSError, RuntimeError) as error:  # the migrations end in a RuntimeError of click's
        raise RenderError("the queue's database does not answer", hint="Check that its server runs, and the address.") from error
    return client


def _open_storage(values: dict[str, Any]) -> Storage:
    try:
        return open_storage(**values)
    except TypeError as error:
        keys = ", ".join(sorted(values))
        raise SettingsError(f"the storage cannot be opened with the keys {keys}", hint="`haikei worker` writes them.") from error


def _launch(settings: WorkerSettings, story: RenderStory) -> DBOS:
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": settings.database_url,
        "executor_id": settings.slot,
        "application_version": APPLICATION_VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "run_migrations": False,
        "log_level": "ERROR",
    }
    dbos = DBOS(config=config)

    @DBOS.workflow(name=RENDER_WORKFLOW, max_recovery_attempts=20)
    def render(data: dict[str, Any]) -> dict[str, Any]:
        return story.run(data)

    DBOS.listen_queues([RENDER_QUEUE])
    DBOS.launch()
    return dbos


def _serve(settings: WorkerSettings, client: DBOSClient, lock: SlotLock, batcher: Batcher, stop: threading.Event) -> int:
    """Wait until there is a reason to leave, and return the exit code."""
    idle_since = slot_checked = time.monotonic()
    while not stop.wait(_LOOK_ROUND_S):
        now = time.monotonic()
        if trouble := batcher.trouble(hung_s=settings.hung_s):
            log.error("device lost", reason=trouble, hint="The worker leaves; started again, it finishes what was begun.")
            return DEVICE_LOST
        if settings.parent_pid and os.getppid() != settings.parent_pid:
            log.warning("parent gone", parent_pid=settings.parent_pid)
            return 0
        if now - slot_checked > _SLOT_CHECK_S:
            slot_checked = now
            if not lock.is_held():
                log.error("slot lost", hint="The database was restarted; start the worker again under the same slot.")
                return FAILED
        if settings.drain:
            idle_since = now if _is_busy(client, settings.slot) else idle_since
            if now - idle_since >= settings.idle_exit_s:
                log.info("queue empty", seconds=settings.idle_exit_s)
                return 0
    return 0


def _leave_at_once(code: int) -> NoReturn:
    """End the process without its good-byes: a thread that hangs in a driver would never let it go."""
    sys.stderr.flush()
    os._exit(code)


def _is_busy(client: DBOSClient, slot: str) -> bool:
    """Whether a request waits, or is being painted here."""
    waiting = client.list_workflows(queue_name=RENDER_QUEUE, status="ENQUEUED", limit=1, load_input=False, load_output=False)
    here = client.list_workflows(queue_name=RENDER_QUEUE, status="PENDING", executor_id=slot, limit=1, load_input=False, load_output=False)
    return bool(waiting or here)


if __name__ == "__main__":
    sys.exit(main())
