"""Encodes uploaded pictures for the browser a while after they are asked for, as a real site does, on a thread of its own."""

import heapq
import json
import threading
import time
from pathlib import Path

import structlog
from PIL import Image

from integration.sandbox.ftrack.changes import Changes, update_event
from integration.sandbox.ftrack.identity import Actor
from integration.sandbox.ftrack.refusal import RefusedError
from integration.sandbox.ftrack.studio import SERVER_LOCATION, Studio
from integration.sandbox.ftrack.values import now_text
from integration.sandbox.ftrack.writing import Writing
from integration.sandbox.store import Row

log = structlog.get_logger(__name__)

_REVIEW_PX = 1920
_LARGEST_PX = 200_000_000


class Encoder:
    """Media to be encoded, soonest first."""

    def __init__(self, studio: Studio) -> None:
        """Start, with whatever an earlier run left unfinished."""
        self._studio = studio
        self._due: list[tuple[float, str]] = []
        self._wake = threading.Condition()
        self._stopped = False
        with studio.store.lock:
            unfinished = [str(job["id"]) for job in studio.rows.of("Job") if job["values"].get("status") in ("queued", "running")]
        for job in unfinished:
            self.schedule(job)
        self._thread = threading.Thread(target=self._run, name="ftrack-encoder", daemon=True)
        self._thread.start()

    def begin(self, writing: Writing, component_id: str, version_id: str, keep_original: bool) -> str:
        """Make a Job inside a batch and give its id; `schedule` it once the batch is done."""
        data = {"output": [], "source_component_id": component_id, "version_id": version_id, "keep_original": keep_original}
        job = writing.create("Job", {"type": "encode_media", "status": "queued", "data": json.dumps(data)})
        return str(job["id"])

    def schedule(self, job_id: str) -> None:
        """Encode a Job's media in a while."""
        with self._wake:
            heapq.heappush(self._due, (time.monotonic() + self._studio.encode_s, job_id))
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
                self._encode(job)
            except (OSError, RefusedError, ValueError):
                log.exception("media not encoded", job=job)

    def _next(self) -> str | None:
        with self._wake:
            while not self._stopped:
                wait_s = self._due[0][0] - time.monotonic() if self._due else None
                if wait_s is not None and wait_s <= 0:
                    return heapq.heappop(self._due)[1]
                self._wake.wait(wait_s)
            return None

    def _encode(self, job_id: str) -> None:
        with self._studio.store.lock:
            job = self._studio.rows.get("Job", job_id)
        if job is None:
            return
        told = json.loads(job["values"]["data"])
        source = self._studio.file_of(told["source_component_id"])
        made = source.with_name(f"{source.name}.encoding")
        size = _review_picture(source, made)
        with self._studio.store.lock:
            self._finish(job, told, made, size)

    def _finish(self, job: Row, told: dict[str, object], made: Path, size: tuple[int, int] | None) -> None:
        """Store the picture as a component of the version and as its thumbnail, or say that there is none."""
        studio = self._studio
        user = studio.rows.get("User", job["values"].get("user_id"))
        name = user["values"]["username"] if user else "ftrack"
        actor = Actor(id=str(job["values"].get("user_id")), username=name, may_write=True, may_set_custom=True, may_manage=True)
        changes = Changes(studio.relations)
        writing = Writing(relations=studio.relations, actor=actor, changes=changes)
        version = studio.rows.get("AssetVersion", told.get("version_id"))
        with studio.store.transaction():
            if size is not None:
                data = {"name": "ftrackreview-image", "file_type": ".jpg", "version_id": version["id"] if version else None}
                component = str(writing.create("FileComponent", data)["id"])
                made.replace(studio.file_of(component))
                place = {"component_id": component, "location_id": SERVER_LOCATION, "resource_identifier": component}
                writing.create("ComponentLocation", place)
                meta = json.dumps({"format": "image", "width": size[0], "height": size[1]})
                writing.create("Metadata", {"parent_id": component, "parent_type": "FileComponent", "key": "ftr_meta", "value": meta})
                told["output"] = [{"format": "image/jpeg", "component_id": component}]
                if version:
                    writing.update("AssetVersion", [version["id"]], {"thumbnail_id": component})
            status = {"status": "done" if size else "failed", "data": json.dumps(told), "finished_at": now_text()}
            studio.rows.put("Job", {**job["values"], **status})
            writing.finish()
            changes.into_log(actor)
        if entities := changes.entities():
            studio.publish(update_event(entities, actor, ""))


def _review_picture(source: Path, made: Path) -> tuple[int, int] | None:
    """Write a JPEG small enough for a browser; its size in pixels, None where `source` is no picture (a video, say)."""
    try:
        with Image.open(source) as picture:
            if picture.width * picture.height > _LARGEST_PX:
                return None
            small = picture.convert("RGB")
            small.thumbnail((_REVIEW_PX, _REVIEW_PX))
            small.save(made, "JPEG", quality=85)
            return small.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
