"""One request at a render worker: what it asks is checked, pictures are fetched, painted, and stored by their content."""

import hashlib
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import structlog
from PIL import Image

from integration.errors import RenderError, StorageError, TransientRenderError, TransientStorageError
from integration.storage.protocol import Storage
from render_service.contract import Picture, RenderRequest
from render_service.control import Colour, Grey, check_size, read_colour, read_grey
from render_service.recipe import run_of
from render_service.warm_looks import WarmLooks

log = structlog.get_logger(__name__)

MOST_PICTURES = 32
"""Most pictures of one request."""
_PNG_LEVEL = 3
_OTHER_RELEASE = "Check that integration and worker are of one release."


class RenderJob:
    """Paints requests at one slot, with what this machine has."""

    def __init__(self, *, slot: str, looks: WarmLooks, storage: Storage) -> None:
        self._slot = slot
        self._looks = looks
        self._storage = storage

    def accept(self, data: dict[str, Any]) -> RenderRequest:
        """The request in `data`, with this machine's own Look in it.

        Raises:
            RenderError: it can never be rendered here.
        """
        request = read_request(data)
        check_size(request)
        return replace(request, look=self._looks.find(request.look.name, request.look.digest))

    def paint(self, request: RenderRequest, seeds: Sequence[int], on_step: Callable[[], None]) -> dict[str, Any]:
        """Paint as many of `seeds` as fit this machine at once; plain data: ``pictures`` in their order and the ``run``, or a ``refusal``.

        Args:
            request: as `accept` gave it.
            seeds: those still to paint, at least one.
            on_step: called after every step of the model; what it raises stops the painting.

        Raises:
            TransientRenderError, TransientStorageError: this may go away by itself.
            StorageError: the store does not take the pictures.
        """
        try:
            line, mask, rough = self._fetch(request)
            with self._looks.painting(request.look) as renderer:
                started_ms = time.time_ns() // 1_000_000
                batch = seeds[: renderer.batch_size]
                pixels = renderer.render(request, batch, line=line, mask=mask, rough=rough, on_step=on_step)
                milliseconds = time.time_ns() // 1_000_000 - started_ms
        except TransientRenderError:
            raise
        except RenderError as error:
            return {"refusal": in_words(error)}
        pictures = [asdict(self._store(seed, picture)) for seed, picture in zip(batch, pixels, strict=True)]
        log.info("drafts painted", key=request.key, look=request.look.name, pictures=len(batch), seconds=milliseconds / 1000)
        return {
            "pictures": pictures,
            "run": run_of(batch, renderer.facts, slot=self._slot, started_ms=started_ms, milliseconds=milliseconds),
        }

    def _fetch(self, request: RenderRequest) -> tuple[Grey, Grey | None, Colour | None]:
        line = read_grey(self._get("line picture", request.line_sha256), "line picture", request)
        mask = rough = None
        if request.mask_sha256:
            mask = read_grey(self._get("cel mask", request.mask_sha256), "cel mask", request)
        if request.rough_sha256:
            rough = read_colour(self._get("rough colour", request.rough_sha256), "rough colour", request)
        return line, mask, rough

    def _get(self, name: str, sha256: str) -> bytes:
        try:
            return self._storage.get(sha256)
        except TransientStorageError:
            raise
        except StorageError as error:
            raise RenderError(f"the {name} cannot be had: {error}", hint=error.hint) from error

    def _store(self, seed: int, picture: Colour) -> Picture:
        png = io.BytesIO()
        Image.fromarray(picture).save(png, format="PNG", compress_level=_PNG_LEVEL)
        kept = self._storage.put(png.getvalue(), media_type="image/png")
        return Picture(
            seed=seed, sha256=kept.sha256, size_bytes=kept.size_bytes, pixel_sha256=hashlib.sha256(picture.tobytes()).hexdigest()
        )


def read_request(data: Any) -> RenderRequest:
    """The request that `RenderRequest.as_json` wrote as `data`, its values being of the kinds they should be.

    Raises:
        RenderError: it is none.
    """
    try:
        request = RenderRequest.from_json(data)
        _require_kinds(request)
    except (KeyError, TypeError, ValueError) as error:
        raise RenderError(f"this is no render request: {error}", hint=_OTHER_RELEASE) from error
    if not 1 <= len(request.seeds) <= MOST_PICTURES or len(set(request.seeds)) != len(request.seeds):
        raise RenderError(f"a request has 1 to {MOST_PICTURES} different seeds, not {len(request.seeds)}", hint="Ask for fewer drafts.")
    if not all(0 <= seed < 2**63 for seed in request.seeds):
        raise RenderError("a seed lies outside 0 to 2**63 - 1", hint=_OTHER_RELEASE)
    return request


def in_words(error: RenderError) -> str:
    """What the coordinator reads."""
    return f"{error}. {error.hint}".removesuffix(". ") if not str(error).endswith(".") else f"{error} {error.hint}".strip()


def _require_kinds(request: RenderRequest) -> None:
    """Raise TypeError when a value that came as JSON is not of its field's kind."""
    pictures = (request.line_sha256, request.mask_sha256 or "", request.rough_sha256 or "")
    texts = (request.key, request.look.name, request.look.digest, *pictures, *asdict(request.scene).values())
    numbers = (request.width_px, request.height_px, *request.seeds)
    if not all(isinstance(text, str) for text in texts) or not all(type(number) is int for number in numbers):
        raise TypeError("a value is of the wrong kind")
