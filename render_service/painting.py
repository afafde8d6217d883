"""One request being painted here: its pictures are asked for at once, and come back run by run, encoded and stored."""

import hashlib
import io
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from dataclasses import asdict
from typing import Any

import structlog
from PIL import Image

from integration.errors import RenderError, StorageError, TransientRenderError, TransientStorageError
from integration.storage.protocol import Storage
from render_service.batcher import Batcher, Painted, Ticket
from render_service.contract import Picture, RenderRequest
from render_service.control import Colour, Grey, read_colour, read_grey, without_cel
from render_service.recipe import run_of
from render_service.renderers.protocol import PaintJob

log = structlog.get_logger(__name__)

WATCH_EVERY_S = 0.25
"""How often whoever waits for a picture looks up."""
_PNG_LEVEL = 3


class Painting:
    """What one worker has done of one request. All of it may be lost with the process; what was returned by `run` is not asked again."""

    def __init__(self, request: RenderRequest, *, batcher: Batcher, storage: Storage, slot: str, alone: bool) -> None:
        """Nothing is asked for yet.

        Args:
            request: as `RenderJob.accept` gave it.
            batcher: paints.
            storage: keeps the pictures.
            slot: this worker's name.
            alone: see `Batcher.submit`.
        """
        self._request = request
        self._batcher = batcher
        self._storage = storage
        self._slot = slot
        self._alone = alone
        self._tickets: dict[int, Ticket] = {}

    def run(self, seeds: Sequence[int], watch: Callable[[Ticket], None]) -> dict[str, Any]:
        """What comes out of the model together with the picture of ``seeds[0]``, stored: ``pictures`` and their ``run``, plain data.

        The other seeds' pictures are asked for, too, and go on being painted. `pictures` are in the order of the seeds.

        Args:
            seeds: those still to be returned, at least one.
            watch: told several times a second how far the first picture is; what it raises ends the waiting.

        Raises:
            RenderError: one of these pictures can never be painted.
            concurrent.futures.CancelledError: the worker is leaving.
            TransientRenderError, TransientStorageError: this may go away by itself; what was painted is kept for the next call.
            StorageError: the store does not take the pictures.
        """
        self._ask(seeds)
        first = self._tickets[seeds[0]]
        while not (wait([first.future], timeout=WATCH_EVERY_S).done or first.future.cancelled()):
            watch(first)
        together = [first]
        for seed in seeds[1:]:
            if self._tickets[seed].run != first.run:
                break
            together.append(self._tickets[seed])
        return self._stored(together)

    def give_up(self) -> None:
        """Nothing of it is wanted any more."""
        for ticket in self._tickets.values():
            ticket.future.cancel()

    def _ask(self, seeds: Sequence[int]) -> None:
        missing = [seed for seed in seeds if seed not in self._tickets or _has_failed(self._tickets[seed])]
        if not missing:
            return
        line, mask, rough = self._fetch()
        clear = without_cel(line, mask)
        jobs = [PaintJob(request=self._request, seed=seed, line=clear, rough=rough) for seed in missing]
        self._tickets.update(zip(missing, self._batcher.submit(jobs, alone=self._alone), strict=True))

    def _fetch(self) -> tuple[Grey, Grey | None, Colour | None]:
        request = self._request
        line = read_grey(self._get("line picture", request.line_sha256), "line picture", request)
        mask = read_grey(self._get("cel mask", request.mask_sha256), "cel mask", request) if request.mask_sha256 else None
        rough = read_colour(self._get("rough colour", request.rough_sha256), "rough colour", request) if request.rough_sha256 else None
        return line, mask, rough

    def _get(self, name: str, sha256: str) -> bytes:
        try:
            return self._storage.get(sha256)
        except TransientStorageError:
            raise
        except StorageError as error:
            raise RenderError(f"the {name} cannot be had: {error}", hint=error.hint) from error

    def _stored(self, together: Sequence[Ticket]) -> dict[str, Any]:
        painted = [ticket.future.result() for ticket in together]
        seeds = [ticket.job.seed for ticket in together]
        pictures = [asdict(self._store(seed, each)) for seed, each in zip(seeds, painted, strict=True)]
        for seed in seeds:
            self._tickets.pop(seed)  # its pixels are not needed any more
        run = painted[0]
        log.info(
            "drafts painted",
            key=self._request.key,
            look=self._request.look.name,
            pictures=len(pictures),
            batch=run.batch_size,
            seconds=run.milliseconds / 1000,
        )
        return {"pictures": pictures, "run": run_of(seeds, run, slot=self._slot)}

    def _store(self, seed: int, painted: Painted) -> Picture:
        png = io.BytesIO()
        Image.fromarray(painted.pixels).save(png, format="PNG", compress_level=_PNG_LEVEL)
        kept = self._storage.put(png.getvalue(), media_type="image/png")
        pixels_sha256 = hashlib.sha256(painted.pixels.tobytes()).hexdigest()
        return Picture(seed=seed, sha256=kept.sha256, size_bytes=kept.size_bytes, pixel_sha256=pixels_sha256)


def _has_failed(ticket: Ticket) -> bool:
    """Whether it failed in a way that another try may mend."""
    return ticket.future.done() and isinstance(ticket.future.exception(), TransientRenderError)
