"""Asks a render worker for drafts, by name and through the queue; works when no worker has ever run, and without torch."""

import time

from dbos import DBOSClient, WorkflowSerializationFormat, WorkflowStatus

from integration.errors import RenderError, TransientRenderError
from render_service.contract import (
    APPLICATION_VERSION,
    PROGRESS_EVENT,
    RENDER_QUEUE,
    RENDER_WORKFLOW,
    Look,
    RenderProgress,
    RenderRequest,
    RenderResult,
)
from render_service.looks import list_looks, load_look
from render_service.reclaim import reclaim_renders
from render_service.slot import SlotLock, take_slot
from render_service.weights import check_weights, files_digest

__all__ = [
    "SlotLock",
    "cancel_render",
    "enqueue_render",
    "ensure_queue",
    "examine_look",
    "files_digest",
    "list_looks",
    "load_look",
    "reclaim_renders",
    "render_id",
    "render_progress",
    "render_result",
    "take_slot",
]

PRIORITY = 10
"""What a draft waits at when nobody says more; 1 is the most urgent."""
_POLL_S = 0.25


def render_id(key: str) -> str:
    """The id of the workflow that renders the request `key`; the same key is rendered once, for ever."""
    return f"render:{key}"


def ensure_queue(client: DBOSClient) -> None:
    """Make the render queue if it is missing: workers look four times a second, and take what `render_service.queue_share` says."""
    client.register_queue(RENDER_QUEUE, worker_concurrency=1, polling_interval_sec=_POLL_S)


def enqueue_render(client: DBOSClient, request: RenderRequest, *, priority: int = PRIORITY) -> str:
    """Ask for `request` and return its workflow's id; asking again with the same key changes nothing.

    Args:
        client: of the database that the workers listen to.
        request: what to render.
        priority: 1 is the most urgent.
    """
    client.enqueue(
        {
            "workflow_name": RENDER_WORKFLOW,
            "queue_name": RENDER_QUEUE,
            "workflow_id": render_id(request.key),
            "priority": priority,
            "app_version": APPLICATION_VERSION,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        },
        request.as_json(),
    )
    return render_id(request.key)


def cancel_render(client: DBOSClient, key: str) -> None:
    """Stop the rendering of the request `key`, within a step of the model when it has begun; nothing when it is done."""
    client.cancel_workflow(render_id(key))


def examine_look(look: Look) -> str:
    """Check every file of the Look's model and say in one sentence what it is.

    Raises:
        RenderError: a file is missing, was changed or may run code.
    """
    return f"{look.title}: {check_weights(look)}, {len(look.files)} files unchanged, licence {look.licence}"


def render_progress(client: DBOSClient, key: str) -> RenderProgress | None:
    """How far the request `key` is, a second or so ago; None when it still waits, was quick, or was never asked for.

    What was told last stays after its end, so ask `render_result` whether it has ended.
    """
    told = client.get_event(render_id(key), PROGRESS_EVENT, timeout_seconds=0)
    return None if told is None else RenderProgress.from_json(told)


def render_result(client: DBOSClient, key: str, *, timeout_s: float) -> RenderResult:
    """What came of the request `key`, once it has come to an end.

    Raises:
        RenderError: it was never asked for, was cancelled, or could not be finished.
        TransientRenderError: it has not ended within `timeout_s` seconds.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        status = _status(client, key)
        if status.status == "SUCCESS" and status.output is not None:
            return RenderResult.from_json(status.output)
        if status.status not in ("PENDING", "ENQUEUED", "DELAYED"):
            raise RenderError(f"render {key} ended as {status.status}: {status.error or 'no picture'}", hint="Ask again under another key.")
        if time.monotonic() > deadline:
            raise TransientRenderError(f"render {key} has not ended in {timeout_s} s", hint="Check that a render worker runs.")
        time.sleep(min(_POLL_S, max(0.01, deadline - time.monotonic())))


def _status(client: DBOSClient, key: str) -> WorkflowStatus:
    found = client.list_workflows(workflow_ids=[render_id(key)], load_input=False)
    if not found:
        raise RenderError(f"render {key} was never asked for", hint="Enqueue it first.")
    return found[0]
