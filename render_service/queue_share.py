"""How many requests this worker takes from the queue at a time."""

from typing import Any

from dbos import DBOS, Queue

from render_service.contract import RENDER_QUEUE


def take_at_once(dbos: DBOS, most: int) -> None:
    """Let this process take up to `most` requests at a time, whatever the queue's row says for others.

    A worker on a CPU should take one, so that several share what waits; one on a GPU as many as fill the next batch while this one
    is painted. DBOS keeps one number for all workers, ``worker_concurrency`` in the queue's row, and reads that row before every
    look at the queue; two queues would make whoever asks choose the machine. So what is read here is answered with our own number.
    A release of DBOS that reads the row elsewhere leaves the row's number in force, which is one: slower, never wrong.

    Args:
        dbos: launched.
        most: 1 or more.
    """
    system = dbos._sys_db
    read = system.get_queue

    def get_queue(name: str, **options: Any) -> Queue | None:
        queue = read(name, **options)
        if queue is not None and name == RENDER_QUEUE:
            queue._worker_concurrency = most
        return queue

    system.get_queue = get_queue  # type: ignore[method-assign]  # see above
