"""The durable story of one request: accepted, painted run by run, answered; stopped when nobody wants it any more."""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from typing import Any

import structlog
from dbos import DBOS, DBOSClient
from dbos import error as dbos_error

from integration.errors import RenderError, TransientRenderError, TransientStorageError
from integration.storage.protocol import Storage
from render_service.batcher import Batcher
from render_service.contract import Picture, RenderRequest, RenderResult
from render_service.painting import Painting
from render_service.recipe import keep_recipe, recipe_of
from render_service.reclaim import reclaims_of
from render_service.render_job import accept, in_words
from render_service.warm_looks import WarmLooks
from render_service.watch import Watch

log = structlog.get_logger(__name__)

MOST_STARTS = 12
"""A request that was started more often is refused, so that a worker it ends is free for others."""
_TRUSTED_STARTS = 2
"""A request that was started more often may be what ends workers, and is painted alone."""


class RenderStory:
    """The durable workflow: one step for each run of the model, so that a killed worker paints only its last runs again."""

    def __init__(self, *, looks: WarmLooks, storage: Storage, batcher: Batcher, client: DBOSClient, slot: str) -> None:
        self._looks = looks
        self._storage = storage
        self._batcher = batcher
        self._client = client
        self._slot = slot

    def run(self, data: dict[str, Any]) -> dict[str, Any]:
        """The workflow: `RenderRequest.as_json` in, `RenderResult.as_json` out."""
        key = str(data.get("key", ""))[:500]
        accepted: dict[str, Any] = _step("accept", self._accept, data)
        if "refusal" in accepted:
            return self._refusal(key, accepted["refusal"])
        request, workflow_id = RenderRequest.from_json(accepted), str(DBOS.workflow_id)
        starts = self._starts(workflow_id)
        if starts > MOST_STARTS:
            return self._refusal(key, f"painting was begun {starts} times and never ended; this request may be what ends the worker")
        alone = starts > _TRUSTED_STARTS
        painting = Painting(request, batcher=self._batcher, storage=self._storage, slot=self._slot, alone=alone)
        watch = Watch(self._client, workflow_id=workflow_id, slot=self._slot, pictures=len(request.seeds))
        try:
            return self._paint(request, painting, watch)
        finally:
            painting.give_up()

    def _paint(self, request: RenderRequest, painting: Painting, watch: Watch) -> dict[str, Any]:
        pictures: list[dict[str, Any]] = []
        runs: list[dict[str, Any]] = []
        while len(pictures) < len(request.seeds):
            watch.done = len(pictures)
            done: dict[str, Any] = _step("paint", _run, painting, request.seeds[len(pictures) :], watch)
            if "refusal" in done:
                return self._refusal(request.key, done["refusal"])
            pictures += done["pictures"]
            runs.append(done["run"])
        recipe = recipe_of(request, runs)
        result = RenderResult(
            key=request.key,
            pictures=tuple(Picture(**picture) for picture in pictures),
            recipe=recipe,
            recipe_sha256=_step("keep recipe", keep_recipe, self._storage, recipe),
            started_ms=runs[0]["started_ms"],
            render_ms=sum(run["milliseconds"] * len(run["seeds"]) // run["batch_size"] for run in runs),
        )
        return result.as_json()

    def _accept(self, data: dict[str, Any]) -> dict[str, Any]:
        try:
            return accept(data, self._looks).as_json()
        except RenderError as error:
            return {"refusal": in_words(error)}

    def _refusal(self, key: str, refusal: str) -> dict[str, Any]:
        log.warning("render refused", key=key, reason=refusal)
        return RenderResult(key=key, refusal=refusal).as_json()

    def _starts(self, workflow_id: str) -> int:
        """How often this request was started, here or elsewhere."""
        found = self._client.list_workflows(workflow_ids=[workflow_id], load_input=False, load_output=False)
        return sum((each.recovery_attempts or 0) + reclaims_of(each) for each in found)


def _run(painting: Painting, seeds: Sequence[int], watch: Watch) -> dict[str, Any]:
    """One run's pictures, or a ``refusal``."""
    try:
        return painting.run(seeds, watch)
    except TransientRenderError:
        raise
    except RenderError as error:
        return {"refusal": in_words(error)}
    except CancelledError as error:  # the worker leaves: not the step's outcome, so that it begins again at the next start
        raise dbos_error.DBOSWorkflowCancelledError("the worker is leaving") from error


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
