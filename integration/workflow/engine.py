"""DBOS as haikei uses it: how a step is run, which workflows there are, and one executor for each name."""

import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, ParamSpec, TypeVar

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from integration.errors import HaikeiError, TransientRenderError, TransientStorageError, TransientTrackerError
from render_service.contract import APPLICATION, APPLICATION_VERSION

P = ParamSpec("P")
R = TypeVar("R")

EXECUTOR = "integration"
"""The integration's executor id; a restarted process takes its predecessor's work up at once."""
_TRANSIENT = (TransientTrackerError, TransientStorageError, TransientRenderError, sa.exc.OperationalError)


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


def stop(*, timeout_s: int = 30) -> None:
    """Let the steps in hand finish, then stop the engine."""
    DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=timeout_s)


class OnlyOne:
    """Holds a name for this process, so that no second integration works on the same database."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._held: IO[str] | sa.Connection = self._lock_file(engine, name) if engine.dialect.name == "sqlite" else self._lock(engine, name)

    def _lock_file(self, engine: sa.Engine, name: str) -> IO[str]:
        file = Path(f"{engine.url.database}.{name}.lock").open("w")  # noqa: SIM115  # held until `release`
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise _taken(name) from error
        return file

    def _lock(self, engine: sa.Engine, name: str) -> sa.Connection:
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        taken = connection.execute(sa.text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))"), {"name": f"haikei:{name}"}).scalar()
        if not taken:
            connection.close()
            raise _taken(name)
        return connection

    def release(self) -> None:
        """Give the name back."""
        self._held.close()


def _taken(name: str) -> HaikeiError:
    return HaikeiError(f"another haikei {name} already works on this database", hint="Stop it first; `haikei status` needs no second one.")
