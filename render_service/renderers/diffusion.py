"""Paints with diffusers: the house model's cascade, or a stock ControlNet pipeline from a folder."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch

from integration.errors import RenderError, TransientRenderError
from render_service.contract import Look, RenderRequest
from render_service.control import Colour, Grey, dark_on_white, painted_size, white_on_black, without_cel
from render_service.prompt import negative_prompt_of, prompt_of
from render_service.renderers.protocol import Renderer
from render_service.weights import check_weights

SCHEDULERS = frozenset(
    {
        "DDIMScheduler",
        "DPMSolverMultistepScheduler",
        "EulerDiscreteScheduler",
        "HeunDiscreteScheduler",
        "PNDMScheduler",
        "UniPCMultistepScheduler",
    }
)
"""Schedulers a Look may name: those that draw no noise between steps, so that a seed decides the picture."""
_QUIET_AND_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "DIFFUSERS_VERBOSITY": "error",
}
_GPU_BATCH = 8
_FLATTEST = 0.5


@dataclass(frozen=True, slots=True)
class _Job:
    """One call of a pipeline, but for its seeds."""

    request: RenderRequest
    line: Grey
    rough: Colour | None
    on_step: Callable[[], None]


def open_renderer(look: Look, *, threads: int = 0) -> Renderer:
    """Check the Look's weights and load them, on a GPU when there is one.

    Args:
        look: what paints.
        threads: CPU threads; 0 lets PyTorch choose.

    Raises:
        RenderError: the weights are not what the Look says, or cannot be loaded.
    """
    check_weights(look)
    if look.scheduler and look.kind == "cascade":
        raise RenderError(f"the Look '{look.name}' names a scheduler, and a cascade has its own", hint="Remove it from [sampler].")
    if look.scheduler and look.scheduler not in SCHEDULERS:
        raise RenderError(
            f"the Look '{look.name}' names the scheduler '{look.scheduler}'", hint=f"Use one of: {', '.join(sorted(SCHEDULERS))}."
        )
    os.environ.update(_QUIET_AND_OFFLINE)  # the libraries read it when they are imported, below
    if threads:
        torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.float16 if device == "cuda" and look.kind == "controlnet" else torch.float32
    try:
        pipeline = _OPENERS[look.kind](Path(look.folder), dtype)
        if look.scheduler:
            _replace_scheduler(pipeline, look.scheduler)
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RuntimeError, ImportError) as error:
        raise RenderError(
            f"the model of the Look '{look.name}' cannot be loaded: {error}", hint="Its folder must hold a whole diffusers pipeline."
        ) from error
    pipeline.to(device)
    pipeline.set_progress_bar_config(disable=True)
    # On a CPU a batch saves no time, and one by one the same seed gives the same pixels whatever else is asked for.
    batch_size = _GPU_BATCH if device == "cuda" else 1
    return DiffusionRenderer(look, pipeline, device=device, dtype=str(dtype).removeprefix("torch."), batch_size=batch_size)


class DiffusionRenderer:
    """A diffusers pipeline on one device; used by one thread at a time."""

    def __init__(self, look: Look, pipeline: Any, *, device: str, dtype: str, batch_size: int) -> None:
        self._look = look
        self._pipeline = pipeline
        self._call = _CALLS[look.kind]
        self._batch_size = batch_size
        self._facts: dict[str, str | int] = {
            "renderer": "diffusers",
            "pipeline": type(pipeline).__name__,
            "scheduler": ", ".join(type(part).__name__ for name, part in pipeline.components.items() if name.endswith("scheduler")),
            "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
            "dtype": dtype,
            "threads": torch.get_num_threads(),
            **{f"{name}_version": version(name) for name in ("torch", "diffusers", "transformers", "numpy")},
        }

    @property
    def facts(self) -> Mapping[str, str | int]:
        """See `Renderer.facts`."""
        return MappingProxyType(self._facts)

    @property
    def batch_size(self) -> int:
        """See `Renderer.batch_size`; halved for good whenever the memory did not suffice."""
        return self._batch_size

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
        """See `Renderer.render`."""
        job = _Job(request, without_cel(line, mask), rough, on_step)
        pictures: list[Colour] = []
        while len(pictures) < len(seeds):
            batch = seeds[len(pictures) : len(pictures) + self._batch_size]
            try:
                painted = self._paint(job, batch)
            except (torch.OutOfMemoryError, MemoryError) as error:
                self._shrink(len(batch), error)
                continue
            pictures += [self._checked(picture, seed, request) for picture, seed in zip(painted, batch, strict=True)]
        return pictures

    def _paint(self, job: _Job, seeds: Sequence[int]) -> list[Colour]:
        def after_step(_pipeline: Any, _step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            job.on_step()
            return tensors

        try:
            with torch.inference_mode():
                return self._call(
                    self._pipeline,
                    self._look,
                    job,
                    {
                        "prompt": [prompt_of(self._look, job.request.scene)] * len(seeds),
                        "num_inference_steps": self._look.num_inference_steps,
                        "guidance_scale": self._look.guidance_scale,
                        "generator": [torch.Generator().manual_seed(seed) for seed in seeds],
                        "callback_on_step_end": after_step,
                        **dict(zip(("width", "height"), painted_size(job.request), strict=True)),
                    },
                )
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:  # what torch raises for anything a device or a kernel cannot do
            raise TransientRenderError(f"the model of '{self._look.name}' failed: {error}", hint="See the worker's log.") from error

    def _shrink(self, tried: int, error: BaseException) -> None:
        if tried == 1:
            raise TransientRenderError(
                f"one picture of '{self._look.name}' does not fit into memory", hint="Use a smaller size or a larger machine."
            ) from error
        self._batch_size = tried // 2
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _checked(self, picture: Colour, seed: int, request: RenderRequest) -> Colour:
        """`picture` cut to the size asked for."""
        cut = np.ascontiguousarray(picture[: request.height_px, : request.width_px])
        if cut.shape != (request.height_px, request.width_px, 3):
            raise RenderError(f"'{self._look.name}' painted a picture of shape {picture.shape}", hint="The Look does not fit this size.")
        if float(cut.std()) < _FLATTEST:
            raise RenderError(f"'{self._look.name}' painted nothing with seed {seed}", hint="Try another Look, and show this to a TD.")
        return cut


def _open_cascade(folder: Path, dtype: torch.dtype) -> Any:
    from render_service.house.cascade import HousePipeline  # seconds to import

    _silence()
    return HousePipeline.from_pretrained(folder, dtype=dtype, local_files_only=True, use_safetensors=True)


def _open_controlnet(folder: Path, dtype: torch.dtype) -> Any:
    from diffusers import StableDiffusionControlNetPipeline  # seconds to import

    _silence()
    return StableDiffusionControlNetPipeline.from_pretrained(
        folder, dtype=dtype, safety_checker=None, requires_safety_checker=False, local_files_only=True, use_safetensors=True
    )


def _silence() -> None:
    """No progress bars between our log lines."""
    import diffusers
    import transformers

    for library in (diffusers, transformers):
        library.utils.logging.disable_progress_bar()


def _replace_scheduler(pipeline: Any, name: str) -> None:
    import diffusers

    pipeline.scheduler = getattr(diffusers, name).from_config(pipeline.scheduler.config)


def _paint_cascade(pipeline: Any, _look: Look, job: _Job, arguments: dict[str, Any]) -> list[Colour]:
    from PIL import Image

    count = len(arguments["prompt"])
    rough = None if job.rough is None else [Image.fromarray(job.rough).resize(painted_size(job.request))] * count
    images = pipeline(control_image=[dark_on_white(job.line, job.request)] * count, rough_image=rough, **arguments).images
    return [np.asarray(image.convert("RGB")) for image in images]


def _paint_controlnet(pipeline: Any, look: Look, job: _Job, arguments: dict[str, Any]) -> list[Colour]:
    count = len(arguments["prompt"])
    images = pipeline(
        image=[white_on_black(job.line, job.request)] * count,
        negative_prompt=[negative_prompt_of(look)] * count,
        controlnet_conditioning_scale=look.controlnet_conditioning_scale,
        output_type="np",
        **arguments,
    ).images
    if not np.isfinite(images).all():
        raise RenderError(
            f"'{look.name}' painted pixels that are no numbers", hint="Its weights or its number format do not fit this machine."
        )
    return list((np.clip(images, 0, 1) * 255).round().astype(np.uint8))


_OPENERS: dict[str, Callable[[Path, torch.dtype], Any]] = {"cascade": _open_cascade, "controlnet": _open_controlnet}
_CALLS: dict[str, Callable[[Any, Look, _Job, dict[str, Any]], list[Colour]]] = {"cascade": _paint_cascade, "controlnet": _paint_controlnet}
