"""The queue and workflow names of the integration, and a client that starts them before any process runs them."""

from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowSerializationFormat, run_dbos_database_migrations

from integration.errors import DatabaseError
from render_service.client import ensure_queue
from render_service.contract import APPLICATION, APPLICATION_VERSION

STORY_QUEUE = "story"
"""The queue the integration's own workflows wait on."""
DRAFT, NOTICE, SUPERSEDE = "draft", "notice", "supersede"
"""Workflow names: paint and deliver one round; tell the coordinator of a refusal; mark delivered drafts as superseded."""
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
        ensure_queue(client)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise DatabaseError(
            f"the workflow tables cannot be opened: {error}", hint="Check that the database server runs and may be written to."
        ) from error
    return client


def story(name: str, workflow_id: str) -> EnqueueOptions:
    """How a workflow called `name` is enqueued, once for each `workflow_id`."""
    return {
        "workflow_name": name,
        "queue_name": STORY_QUEUE,
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
    (status,) = client.list_workflows(workflow_ids=[workflow_id], load_input=True)
    given: Any = status.input or {}
    return tuple(given["args"] if isinstance(given, dict) else given)
