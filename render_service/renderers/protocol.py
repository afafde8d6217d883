"""What a renderer must do: one warm model that paints one Look."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from render_service.contract import RenderRequest
from render_service.control import Colour, Grey


class Renderer(Protocol):
    """A loaded model."""

    @property
    def facts(self) -> Mapping[str, str | int]:
        """Versions, device, dtype, threads and scheduler: what else than the request decides the pixels."""
        ...

    @property
    def batch_size(self) -> int:
        """Pictures worth painting at once here, 1 or more."""
        ...

    def render(
        self,
        request: RenderRequest,
        seeds: Sequence[int],
        *,
        line: Grey,
        mask: Grey | None,
        rough: Colour | None,
        on_step: Callable[[], None],
    ) -> list[Colour]:
        """Paint one picture for each of `seeds`, each H×W×3 uint8 sRGB, 0–255, of the size asked for.

        Args:
            request: what is painted; its own seeds are not looked at.
            seeds: one picture for each.
            line: the registered lines, H×W uint8, dark on white.
            mask: cel areas, H×W uint8, 255 where characters will stand.
            rough: rough colour, H×W×3 uint8 sRGB.
            on_step: called after every denoising step; what it raises stops the painting.

        Raises:
            RenderError: the model gives no picture for this request.
            TransientRenderError: the machine failed; a fresh worker may not.
        """
        ...
