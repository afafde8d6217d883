"""The Looks this machine has, and the few whose models are loaded and warm."""

import gc
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import structlog

from integration.errors import RenderError
from render_service.contract import Look
from render_service.looks import BUILT_IN_FOLDER, load_look, read_look
from render_service.renderers.protocol import Renderer

log = structlog.get_logger(__name__)


class WarmLooks:
    """Opens a Look's model when it is first asked for and keeps the last used ones."""

    def __init__(self, folders: Sequence[Path], *, threads: int, capacity: int = 2, batch_size: int = 0, compiled: bool = False) -> None:
        """Nothing is loaded yet.

        Args:
            folders: where Look files are, beside the built-in ones.
            threads: CPU threads of a model; 0 lets PyTorch choose.
            capacity: models kept in memory, 1 or more.
            batch_size: pictures painted at once; 0 is what suits the device.
            compiled: compile models for a GPU.
        """
        self._folders = tuple(folders)
        self._capacity = capacity
        self._options: dict[str, Any] = {"threads": threads, "batch_size": batch_size, "compiled": compiled}
        self._warm: OrderedDict[str, Renderer] = OrderedDict()

    def find(self, name: str, digest: str) -> Look:
        """This machine's Look of that digest; a request's own word for where a model lies is never taken.

        Raises:
            RenderError: there is none here; the message says whether one of that name was changed.
        """
        for look in self._known(name):
            if look.digest == digest:
                return look
        look = load_look(name, self._folders)
        raise RenderError(
            f"the Look '{look.name}' was changed since this draft was asked for ({digest[:12]} then, {look.digest[:12]} now)",
            hint="Put the old Look back, or approve the layout again to paint with the new one.",
        )

    def renderer(self, look: Look) -> Renderer:
        """The Look's renderer, warm; asked for and used by one thread at a time.

        Raises:
            RenderError: its weights are not what the Look says, or cannot be loaded.
        """
        renderer = self._warm.pop(look.digest, None) or self._open(look)
        self._warm[look.digest] = renderer
        return renderer

    def warm_up(self, names: Sequence[str]) -> int:
        """Load the Looks of these names; one that cannot be loaded is logged, and refused when it is asked for.

        Returns:
            The largest batch that those which were loaded paint; 1 when none was.
        """
        largest = 1
        for name in names:
            try:
                largest = max(largest, self.renderer(load_look(name, self._folders)).batch_size)
            except RenderError as error:
                log.error("look not loaded", look=name, reason=str(error), hint=error.hint)  # noqa: TRY400 - the reason is whole
        return largest

    def _open(self, look: Look) -> Renderer:
        from render_service.renderers.diffusion import open_renderer  # torch takes seconds to import

        self._keep_at_most(self._capacity - 1)
        began = time.monotonic()
        try:
            renderer = open_renderer(look, **self._options)
        except RenderError as error:
            if not self._warm or type(error.__cause__).__name__ != "OutOfMemoryError":
                raise
            log.info("look needs the room of others", look=look.name, unloaded=len(self._warm))
            self._keep_at_most(0)
            renderer = open_renderer(look, **self._options)
        log.info(
            "look loaded", look=look.name, digest=look.digest, seconds=round(time.monotonic() - began, 2), device=renderer.facts["device"]
        )
        return renderer

    def _keep_at_most(self, most: int) -> None:
        if len(self._warm) <= most:
            return
        while len(self._warm) > most:
            self._warm.popitem(last=False)
        gc.collect()  # a pipeline refers to itself

    def _known(self, name: str) -> Iterator[Look]:
        """Every Look here that may be used, those of this name first."""
        files = [file for folder in (*self._folders, BUILT_IN_FOLDER) for file in sorted(folder.glob("*.toml"))]
        for file in sorted(files, key=lambda file: file.stem != name):
            try:
                yield read_look(file)
            except RenderError as error:
                log.debug("look skipped", file=str(file), reason=str(error))
