"""The queue and workflow names of the integration, and a client that starts them before any process runs them."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog
from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowSerializationFormat, run_dbos_database_migrations

from integration.errors import DatabaseError
from render_service.client import ensure_queue
from render_service.contract import APPLICATION, APPLICATION_VERSION

log = structlog.get_logger(__name__)

STORY_QUEUE = "story"
"""The queue rounds of drafts wait on; each holds its place until it is painted."""
ERRAND_QUEUE = "errand"
"""The queue of Notes and call-backs, which must not wait behind rounds."""
DRAFT, NOTICE, SUPERSEDE = "draft", "notice", "supersede"
"""Workflow names: paint and deliver one round; tell the coordinator of a refusal; mark delivered drafts as superseded."""
LOOK_THROUGH, TELL_FLAG = "look through", "tell flag"
"""Workflow names: look through a Version's file; tell those who answer flags that one waits."""
REVISION, MEASURE, SUMMARY = "revision", "measure", "summary"
"""Workflow names: take a revision in and measure it; measure one anew; write what became of a background into the tracker."""
NO_DRAFT = "no draft"
"""Workflow name: open the artist's task where no draft is wanted."""
ERRANDS = (NOTICE, SUPERSEDE, LOOK_THROUGH, TELL_FLAG, REVISION, MEASURE, SUMMARY, NO_DRAFT)
"""What is started again when it fails."""
MOST_STARTS = 5
"""How often a Note or a call-back that fails is tried, an hour each."""
_OVER = ("SUCCESS", "CANCELLED")
_FAILED = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
PRIORITY = 10
"""Lower is sooner; always given, for an unset one would overtake everything."""


def open_queues(url: str) -> DBOSClient:
    """A client of the queues in the database at `url`, which must exist.

    Raises:
        DatabaseError: the database does not answer.
    """
    try:
        run_dbos_database_migrations(url)
        client = DBOSClient(system_database_url=url, application_name=APPLICATION, serializer=DBOSPortableJSONSerializer())
        client.register_queue(STORY_QUEUE, worker_concurrency=32, polling_interval_sec=0.1)
        client.register_queue(ERRAND_QUEUE, worker_concurrency=4, polling_interval_sec=0.25)
        ensure_queue(client)
    except (sa.exc.SQLAlchemyError, OSError, RuntimeError) as error:  # the migrations end in a RuntimeError of click's
        raise DatabaseError(
            f"the workflow tables cannot be opened: {error}", hint="Check that the database server runs and may be written to."
        ) from error
    return client


def look_at_queues(engine: sa.Engine) -> DBOSClient | None:
    """A client of the queues in an open database, to read from; None where no service ever ran."""
    schema = None if engine.dialect.name == "sqlite" else "dbos"
    if not sa.inspect(engine).has_table("workflow_status", schema=schema):
        return None
    return DBOSClient(system_database_engine=engine, application_name=APPLICATION, serializer=DBOSPortableJSONSerializer())


def story(name: str, workflow_id: str) -> EnqueueOptions:
    """How a workflow called `name` is enqueued, once for each `workflow_id`."""
    return {
        "workflow_name": name,
        "queue_name": STORY_QUEUE if name == DRAFT else ERRAND_QUEUE,
        "workflow_id": workflow_id,
        "priority": PRIORITY,
        "app_version": APPLICATION_VERSION,
        "serialization_type": WorkflowSerializationFormat.PORTABLE,
    }


def enqueue(client: DBOSClient, connection: sa.Connection, name: str, workflow_id: str, *arguments: Any) -> None:
    """Start a workflow in the caller's transaction; a second time with the same id does nothing."""
    client.enqueue_in_transaction(connection, story(name, workflow_id), *arguments)


def arguments(client: DBOSClient, workflow_id: str) -> tuple[Any, ...]:
    """What a workflow was started with."""
    found = client.list_workflows(workflow_ids=[workflow_id], load_input=True)
    if not found:
        raise DatabaseError(f"the workflow {workflow_id} is not in the database", hint="Reopen the layout and approve it again.")
    given: Any = found[0].input or {}
    return tuple(given["args"] if isinstance(given, dict) else given)


def has_failed(client: DBOSClient, workflow_id: str) -> bool:
    """Whether a workflow ended without finishing."""
    found = client.list_workflows(workflow_ids=[workflow_id], status=_FAILED, load_input=False, load_output=False)
    return bool(found)


def names_in(client: DBOSClient, names: Collection[str]) -> tuple[list[str], list[str]]:
    """Workflows that were started with one of `names` in their words: those that ended well, and the others."""
    found = [
        each
        for each in client.list_workflows(load_input=True, load_output=False)
        if any(name in json.dumps(each.input, ensure_ascii=False, default=str) for name in names)
    ]
    ended = [each.workflow_id for each in found if each.status in _OVER]
    return ended, [each.workflow_id for each in found if each.status not in _OVER]


def delete(client: DBOSClient, workflow_ids: Iterable[str]) -> None:
    """Delete what the engine keeps of workflows; their effects stay, each with its key."""
    for workflow_id in workflow_ids:
        client.delete_workflow(workflow_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A Note or a call-back that failed too often."""

    name: str
    """One of `ERRANDS`."""
    about: str
    """The key of the round or the notice."""
    starts: int
    error: str


def repeat_failed(client: DBOSClient, engine: sa.Engine, names: Sequence[str]) -> None:
    """Start workflows of these names that ended with an error once more, a few times; every effect of theirs has a key."""
    for failed in client.list_workflows(name=list(names), status=_FAILED, load_output=False):
        first, starts = _started(failed.workflow_id)
        if starts >= MOST_STARTS or failed.name is None:
            continue
        if starts == MOST_STARTS - 1:
            log.warning("workflow started for the last time", workflow_id=first, hint="If it fails again, `haikei status` lists it.")
        with engine.begin() as connection:
            enqueue(client, connection, failed.name, f"{first}~{starts + 1}", *arguments(client, failed.workflow_id))
        client.delete_workflow(failed.workflow_id)


def given_up(client: DBOSClient) -> list[GivenUp]:
    """Notes and call-backs that failed too often and are tried no more, oldest first."""
    failed = client.list_workflows(name=list(ERRANDS), status=_FAILED, load_input=False)
    return [
        GivenUp(name=each.name or "", about=first, starts=starts, error=str(each.error or each.status))
        for each in failed
        for first, starts in [_started(each.workflow_id)]
        if starts >= MOST_STARTS
    ]


def _started(workflow_id: str) -> tuple[str, int]:
    """The first id of a workflow that may have been started again, and how often it was started."""
    first, _, again = workflow_id.partition("~")
    return first, int(again or 1)
