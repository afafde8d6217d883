"""The durable story of one request: accepted, painted run by run, answered; stopped when nobody wants it any more."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from dbos import DBOS, DBOSClient
from dbos import error as dbos_error

from integration.errors import RenderError, TransientRenderError, TransientStorageError
from render_service.contract import Picture, RenderRequest, RenderResult
from render_service.recipe import recipe_of
from render_service.render_job import RenderJob, in_words

log = structlog.get_logger(__name__)

_CANCEL_CHECK_S = 0.5


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
