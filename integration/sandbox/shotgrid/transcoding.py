"""Makes thumbnails a while after their upload, as a real site does, on a thread of its own."""

import heapq
import sqlite3
import threading
import time
from dataclasses import dataclass, field

import structlog

from integration.sandbox.shotgrid.media import finish_picture, is_picture
from integration.sandbox.shotgrid.studio import Studio

log = structlog.get_logger(__name__)


@dataclass(order=True, slots=True)
class _Job:
    due_s: float
    kind: str = field(compare=False)
    number: int = field(compare=False)
    name: str = field(compare=False)
    attachment: int = field(compare=False)


class Transcoder:
    """Thumbnails to be made, soonest first."""

    def __init__(self, studio: Studio) -> None:
        """Start, with whatever an earlier run left unfinished."""
        self._studio = studio
        self._jobs: list[_Job] = []
        self._wake = threading.Condition()
        self._stopped = False
        with studio.store.lock:
            for kind in studio.schema.kinds():
                pictures = [name for name, one in studio.schema.fields(kind).items() if one.data_type == "image"]
                for row in studio.store.all(kind).values():
                    for name in pictures:
                        if (held := row.get(name)) and not held["ready"]:
                            self.schedule(kind, row["id"], name, held["attachment"])
        self._thread = threading.Thread(target=self._run, name="sandbox-transcoder", daemon=True)
        self._thread.start()

    def schedule(self, kind: str, number: int, name: str, attachment: int) -> None:
        """Make the thumbnail of that field in a while."""
        with self._wake:
            heapq.heappush(self._jobs, _Job(time.monotonic() + self._studio.transcode_s, kind, number, name, attachment))
            self._wake.notify()

    def stop(self) -> None:
        """Stop; what is unfinished is finished by the next run."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._make(job)
            except (OSError, sqlite3.Error):
                log.exception("thumbnail failed", kind=job.kind, id=job.number)

    def _make(self, job: _Job) -> None:
        described = self._studio.schema.field(job.kind, job.name)
        usable = is_picture(self._studio, job.attachment)
        with self._studio.store.lock:
            row = self._studio.store.get_any(job.kind, job.number)
            if described and row and (held := row.get(job.name)) and held["attachment"] == job.attachment:
                finish_picture(self._studio, job.kind, job.number, described, usable=usable)

    def _next(self) -> _Job | None:
        with self._wake:
            while not self._stopped:
                wait_s = self._jobs[0].due_s - time.monotonic() if self._jobs else None
                if wait_s is not None and wait_s <= 0:
                    return heapq.heappop(self._jobs)
                self._wake.wait(wait_s)
            return None
