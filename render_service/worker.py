"""``python -m render_service.worker``: one process for each GPU or machine; takes requests from the queue and paints them."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, run_dbos_database_migrations
from dbos import error as dbos_error

from integration.errors import HaikeiError, RenderError, TransientRenderError, TransientStorageError
from integration.log import set_up_log
from integration.storage.opening import open_storage
from render_service.client import ensure_queue
from render_service.contract import APPLICATION, APPLICATION_VERSION, RENDER_QUEUE, RENDER_WORKFLOW, Picture, RenderRequest, RenderResult
from render_service.recipe import recipe_of
from render_service.render_job import RenderJob, in_words
from render_service.slot import SlotLock, take_slot
from render_service.warm_looks import WarmLooks
from render_service.worker_settings import WorkerSettings, read_worker_settings

log = structlog.get_logger(__name__)

SLOT_TAKEN = 3
"""Exit code when another living process has the slot."""
FAILED = 1
"""Exit code when the worker could not begin, or lost its slot."""
_LOOK_ROUND_S = 0.5
_CANCEL_CHECK_S = 0.5
_SLOT_CHECK_S = 10.0


def main() -> int:
    """Read the settings from standard input, work until told to stop, and return the exit code."""
    answers, sys.stdout = sys.stdout, sys.stderr  # a library that prints must not be taken for an answer
    set_up_log()
    try:
        settings = read_worker_settings(sys.stdin.read())
        set_up_log(level=settings.log_level)
        structlog.contextvars.bind_contextvars(slot=settings.slot)
        return work(settings, lambda: print(json.dumps({"ready": settings.slot}), file=answers, flush=True))
    except HaikeiError as error:
        log.error("worker failed", reason=str(error), hint=error.hint)  # noqa: TRY400 - a traceback may show the settings' secrets
        return FAILED


def work(settings: WorkerSettings, ready: Callable[[], None]) -> int:
    """Take the slot, load, call `ready` when listening, and serve until a signal, an empty queue or the parent's end.

    Raises:
        HaikeiError: the worker could not begin.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lock = take_slot(settings.database_url, settings.slot)
    if lock is None:
        log.error("slot taken", hint="Another worker of this name lives; give this one another slot.")
        return SLOT_TAKEN
    client = _open_client(settings.database_url)
    looks = WarmLooks(settings.looks, threads=settings.threads, capacity=settings.models_kept)
    looks.warm_up(settings.warm)
    if stop.is_set():
        return 0
    job = RenderJob(slot=settings.slot, looks=looks, storage=open_storage(**settings.storage))
    _launch(settings, RenderStory(job, client, settings.slot))
    log.info("worker listening", queue=RENDER_QUEUE)
    ready()
    code = _serve(settings, client, lock, stop)
    DBOS.destroy(workflow_completion_timeout_sec=settings.finish_s)
    log.info("worker stopped")
    return code


class RenderStory:
    """The durable workflow: one step for each run of the model, so that a killed worker paints only its last run again."""

    def __init__(self, job: RenderJob, client: DBOSClient, slot: str) -> None:
        self._job = job
        self._client = client
        self._slot = slot

    def run(self, data: dict[str, Any]) -> dict[str, Any]:
        """The workflow: `RenderRequest.as_json` in, `RenderResult.as_json` out."""
        key = str(data.get("key", ""))[:500]
        accepted: dict[str, Any] = _step("accept", self._accept, data)
        if "refusal" in accepted:
            return self._refusal(key, accepted["refusal"])
        request = RenderRequest.from_json(accepted)
        watch = _CancelWatch(self._client, str(DBOS.workflow_id), self._slot)
        pictures: list[dict[str, Any]] = []
        runs: list[dict[str, Any]] = []
        while len(pictures) < len(request.seeds):
            done: dict[str, Any] = _step("paint", self._job.paint, request, request.seeds[len(pictures) :], watch)
            if "refusal" in done:
                return self._refusal(key, done["refusal"])
            pictures += done["pictures"]
            runs.append(done["run"])
        result = RenderResult(
            key=key,
            pictures=tuple(Picture(**picture) for picture in pictures),
            recipe=recipe_of(request, runs),
            started_ms=runs[0]["started_ms"],
            render_ms=sum(run["milliseconds"] for run in runs),
        )
        return result.as_json()

    def _accept(self, data: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._job.accept(data).as_json()
        except RenderError as error:
            return {"refusal": in_words(error)}

    def _refusal(self, key: str, refusal: str) -> dict[str, Any]:
        log.warning("render refused", key=key, reason=refusal)
        return RenderResult(key=key, refusal=refusal).as_json()


class _CancelWatch:
    """Stops a painting that nobody wants any more, or that another worker has taken over."""

    def __init__(self, client: DBOSClient, workflow_id: str, slot: str) -> None:
        self._client = client
        self._workflow_id = workflow_id
        self._slot = slot
        self._checked = time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self._checked < _CANCEL_CHECK_S:
            return
        self._checked = time.monotonic()
        found = self._client.list_workflows(workflow_ids=[self._workflow_id], load_input=False, load_output=False)
        if not found or found[0].status != "PENDING" or found[0].executor_id != self._slot:
            log.info("painting stopped", workflow_id=self._workflow_id, status=found[0].status if found else "gone")
            # This error alone is not written down as the step's outcome: if the render is resumed, it begins again.
            raise dbos_error.DBOSWorkflowCancelledError(f"{self._workflow_id} is not this worker's any more")


def _step(name: str, call: Callable[..., Any], *arguments: Any) -> Any:
    """One checkpointed step; what may heal is tried again for a quarter of a minute."""
    return DBOS.run_step(
        {
            "name": name,
            "retries_allowed": True,
            "max_attempts": 5,
            "interval_seconds": 1.0,
            "backoff_rate": 2.0,
            "should_retry": lambda error: isinstance(error, TransientRenderError | TransientStorageError),
        },
        call,
        *arguments,
    )


def _open_client(url: str) -> DBOSClient:
    try:
        run_dbos_database_migrations(url)
        client = DBOSClient(system_database_url=url, application_name=APPLICATION, serializer=DBOSPortableJSONSerializer())
        ensure_queue(client)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise RenderError("the queue's database does not answer", hint="Check that its server runs, and the address.") from error
    return client


def _launch(settings: WorkerSettings, story: RenderStory) -> None:
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": settings.database_url,
        "executor_id": settings.slot,
        "application_version": APPLICATION_VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "run_migrations": False,
        "log_level": "ERROR",
    }
    DBOS(config=config)

    @DBOS.workflow(name=RENDER_WORKFLOW, max_recovery_attempts=5)
    def render(data: dict[str, Any]) -> dict[str, Any]:
        return story.run(data)

    DBOS.listen_queues([RENDER_QUEUE])
    DBOS.launch()


def _serve(settings: WorkerSettings, client: DBOSClient, lock: SlotLock, stop: threading.Event) -> int:
    """Wait until there is a reason to leave, and return the exit code."""
    idle_since = slot_checked = time.monotonic()
    while not stop.wait(_LOOK_ROUND_S):
        now = time.monotonic()
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


def _is_busy(client: DBOSClient, slot: str) -> bool:
    """Whether a request waits, or is being painted here."""
    waiting = client.list_workflows(queue_name=RENDER_QUEUE, status="ENQUEUED", limit=1, load_input=False, load_output=False)
    here = client.list_workflows(queue_name=RENDER_QUEUE, status="PENDING", executor_id=slot, limit=1, load_input=False, load_output=False)
    return bool(waiting or here)


if __name__ == "__main__":
    sys.exit(main())
