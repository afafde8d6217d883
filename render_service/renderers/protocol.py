"""What a renderer must do: one warm model that paints one Look."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from integration.errors import RenderError, TransientRenderError
from render_service.contract import RenderRequest
from render_service.control import Colour, Grey


class BatchTooLargeError(TransientRenderError):
    """The pictures did not fit into memory together; fewer may, and `Renderer.batch_size` now says how many."""


class DeviceLostError(TransientRenderError):
    """The device answers no more in this process: a fresh worker is needed."""


class AbandonedError(RenderError):
    """Nobody wants the pictures in hand any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaintJob:
    """One picture to paint."""

    request: RenderRequest
    """What is painted; its own seeds are not looked at."""
    seed: int
    """What its noise is drawn from, 0 to 2**63 - 1."""
    line: Grey
    """The registered lines, H×W uint8, dark on white, without what stands in the cel areas."""
    rough: Colour | None = None
    """Rough colour, H×W×3 uint8 sRGB, of any size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaintStep:
    """A step of the model that has just ended."""

    number: int
    """Steps done, 1 or more."""
    count: int
    """Steps in all, or as many as are done where the model does not say."""
    sketch: Callable[[Sequence[int]], list[Colour]]
    """What the pictures at these positions of the batch look like so far, each about 256 pixels wide; none where that costs too much.
    Only good until the step returns."""


OnStep = Callable[[PaintStep], None]
"""Called after every step of the model; what it raises stops the painting."""


class Renderer(Protocol):
    """A loaded model, used by one thread at a time."""

    @property
    def facts(self) -> Mapping[str, str | int]:
        """Versions, device, dtype, threads and scheduler: what else than the request decides the pixels."""
        ...

    @property
    def batch_size(self) -> int:
        """Pictures worth painting at once here, 1 or more; smaller after a `BatchTooLargeError`."""
        ...

    def unread(self, job: PaintJob) -> str:
        """The end of the prompt that the model's text encoder is not given, because it reads no more; empty when it is given all."""
        ...

    def render(self, jobs: Sequence[PaintJob], on_step: OnStep) -> list[Colour | RenderError]:
        """Paint `jobs` in one batch: for each H×W×3 uint8 sRGB, 0–255, of the size asked for, or why what came out is no picture.

        Args:
            jobs: at least one, all of one Look and size, all with rough colour or all without.
            on_step: see `OnStep`.

        Raises:
            BatchTooLargeError: there are too many of them.
            DeviceLostError: nothing can be painted in this process any more.
            TransientRenderError: not even one fits into memory.
            RenderError: the model fails with these; which of them it is does not show.
        """
        ...
