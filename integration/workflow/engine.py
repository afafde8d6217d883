"""DBOS as haikei uses it: how a step is run, and how the engine starts and stops."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from integration.errors import TransientRenderError, TransientStorageError, TransientTrackerError
from render_service.contract import APPLICATION, APPLICATION_VERSION

P = ParamSpec("P")
R = TypeVar("R")

EXECUTOR = "integration"
"""The integration's executor id; a restarted process takes its predecessor's work up at once."""
_TRANSIENT = (TransientTrackerError, TransientStorageError, TransientRenderError, sa.exc.OperationalError)


class Stopping(BaseException):
    """Leaves a workflow where it stands, because this process ends; the next takes it up there."""


def step(name: str, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run one checkpointed step of a workflow; what may heal is tried again for about an hour, with growing waits."""
    return DBOS.run_step(
        {
            "name": name,
            "retries_allowed": True,
            "max_attempts": 13,
            "interval_seconds": 0.5,
            "backoff_rate": 2.0,
            "should_retry": lambda error: isinstance(error, _TRANSIENT),
        },
        call,
        *args,
        **kwargs,
    )


def launch(url: str, register: Callable[[], None], *, queues: list[str]) -> None:
    """Start the engine in this process: `register` names its workflows, `queues` are listened to."""
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": url,
        "executor_id": EXECUTOR,
        "application_version": APPLICATION_VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "ERROR",
        "notification_listener_polling_interval_sec": 1.0,
    }
    DBOS(config=config)
    register()
    DBOS.listen_queues(queues)
    DBOS.launch()


def workflow(name: str, call: Callable[..., Any]) -> None:
    """Register `call` as the workflow `name`."""

    def run(*arguments: Any) -> Any:
        return call(*arguments)

    run.__name__ = run.__qualname__ = name
    DBOS.workflow(name=name, max_recovery_attempts=1000)(run)


def stop(*, timeout_s: int = 20) -> None:
    """Let the steps in hand finish, then stop the engine."""
    DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=timeout_s)
