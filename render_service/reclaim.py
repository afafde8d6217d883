"""Gives the work of render workers that died for good back to the queue, so that another takes it."""

from itertools import groupby

import structlog
from dbos import DBOSClient, WorkflowStatus

from render_service.contract import RENDER_QUEUE
from render_service.slot import take_slot

log = structlog.get_logger(__name__)

MOST_RECLAIMS = 5
"""A request that outlived so many workers is stopped: it may be what kills them."""
_COUNT = "reclaimed"


def reclaim_renders(client: DBOSClient, database_url: str) -> int:
    """Put the requests of every slot that nobody holds back on the queue. Returns how many there were.

    A slot is dead when its lock can be taken; a wrong guess does no harm, for the engine lets one owner finish.

    Raises:
        RenderError: the database does not answer.
    """
    under_way = client.list_workflows(queue_name=RENDER_QUEUE, status="PENDING", load_input=False, load_output=False)
    reclaimed = 0
    for slot, renders in groupby(sorted(under_way, key=lambda render: render.executor_id or ""), key=lambda render: render.executor_id):
        lock = take_slot(database_url, slot) if slot else None
        if lock is None:
            continue
        try:
            for render in renders:
                _give_back(client, render.workflow_id, reclaims_of(render) + 1)
                reclaimed += 1
        finally:
            lock.release()
    return reclaimed


def reclaims_of(render: WorkflowStatus) -> int:
    """How often this request outlived its worker's slot."""
    return int((render.attributes or {}).get(_COUNT, 0))


def _give_back(client: DBOSClient, workflow_id: str, count: int) -> None:
    if count > MOST_RECLAIMS:
        log.error("render given up", workflow_id=workflow_id, reclaims=count - 1, hint="Its genzu or Look may kill the worker.")
        client.cancel_workflow(workflow_id)
        return
    client.update_workflow_attributes(workflow_id, {_COUNT: count})
    client.resume_workflow(workflow_id, queue_name=RENDER_QUEUE)
    log.warning("render reclaimed", workflow_id=workflow_id, reclaims=count)
