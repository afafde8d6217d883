"""Paints with a diffusers pipeline: whole batches, on one device, each picture from its own seed."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

import numpy as np
import torch

from integration.errors import RenderError, TransientRenderError
from render_service.contract import Look
from render_service.control import Colour, painted_size
from render_service.prompt import negative_prompt_of, prompt_of
from render_service.renderers.kinds import PAINTERS, WITH_NEGATIVE_PROMPT
from render_service.renderers.opening import OpenPipeline, open_pipeline
from render_service.renderers.prompt_embeddings import PromptEmbeddings
from render_service.renderers.protocol import BatchTooLargeError, DeviceLostError, OnStep, PaintJob, PaintStep, Renderer
from render_service.renderers.sketch import sketch
from render_service.renderers.word_limit import unread_words

_GPU_BATCH = 8
_FLATTEST = 0.5
_MODEL_FAILURES = (RuntimeError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, OSError)
"""What torch, diffusers and transformers raise for something they cannot do."""
_LOST = ("CUDA error", "CUDA driver error", "cuDNN error", "CUDNN_STATUS", "CUBLAS_STATUS", "HIP error", "MPS backend error")
"""What the messages of errors contain after which a device paints nothing more in the same process."""


def open_renderer(look: Look, *, threads: int = 0, batch_size: int = 0, compiled: bool = False) -> Renderer:
    """Check the Look's weights and load them, on a GPU when there is one.

    Args:
        look: what paints.
        threads: CPU threads; 0 lets PyTorch choose.
        batch_size: pictures painted at once; 0 takes 8 on a GPU. On a CPU it takes 1: there a batch of four saved nothing when it
            was measured, and one by one the same seed gives the same pixels whatever else is asked for.
        compiled: compile the model's repeated blocks, on a GPU: minutes at the first picture of each size, faster ever after.

    Raises:
        RenderError: the weights are not what the Look says, or cannot be loaded.
    """
    opened = open_pipeline(look, threads=threads)
    on_gpu = opened.device != "cpu"
    compiled_parts = compile_blocks(opened.pipeline) if compiled and on_gpu else ""
    return DiffusionRenderer(look, opened, batch_size=batch_size or (_GPU_BATCH if on_gpu else 1), compiled_parts=compiled_parts)


class DiffusionRenderer:
    """A diffusers pipeline on one device; used by one thread at a time."""

    def __init__(self, look: Look, opened: OpenPipeline, *, batch_size: int, compiled_parts: str = "") -> None:
        self._look = look
        self._pipeline = opened.pipeline
        self._paint = PAINTERS[look.kind]
        self._embeddings = PromptEmbeddings(opened.pipeline)
        self._batch_size = batch_size
        self._facts = _facts(opened, compiled_parts)

    @property
    def facts(self) -> Mapping[str, str | int]:
        """See `Renderer.facts`."""
        return MappingProxyType(self._facts)

    @property
    def batch_size(self) -> int:
        """See `Renderer.batch_size`; halved for good whenever the memory did not suffice."""
        return self._batch_size

    def unread(self, job: PaintJob) -> str:
        """See `Renderer.unread`."""
        return unread_words(self._pipeline.components, prompt_of(self._look, job.request.scene))

    def render(self, jobs: Sequence[PaintJob], on_step: OnStep) -> list[Colour | RenderError]:
        """See `Renderer.render`."""
        try:
            with torch.inference_mode():
                images = self._paint(self._pipeline, self._look, jobs, self._arguments(jobs, on_step))
        except _MODEL_FAILURES + (MemoryError,) as error:
            raise self._in_our_words(error, len(jobs)) from error
        if len(images) != len(jobs):
            raise RenderError(
                f"'{self._look.name}' painted {len(images)} pictures for {len(jobs)}", hint="The Look does not fit its model."
            )
        return [self._checked(np.asarray(image), job) for image, job in zip(images, jobs, strict=True)]

    def _arguments(self, jobs: Sequence[PaintJob], on_step: OnStep) -> dict[str, Any]:
        """What every pipeline is called with; each picture's noise is its own, drawn on the CPU, so that its batch does not matter."""
        width, height = painted_size(jobs[0].request)
        return {
            **self._words(jobs),
            "width": width,
            "height": height,
            "num_inference_steps": self._look.num_inference_steps,
            "guidance_scale": self._look.guidance_scale,
            "generator": [torch.Generator().manual_seed(job.seed) for job in jobs],
            "callback_on_step_end": self._telling(on_step),
        }

    def _words(self, jobs: Sequence[PaintJob]) -> dict[str, Any]:
        prompts = [prompt_of(self._look, job.request.scene) for job in jobs]
        if self._look.kind not in WITH_NEGATIVE_PROMPT:
            return {"prompt": prompts}
        negative = negative_prompt_of(self._look)
        words = {"prompt": prompts, "negative_prompt": [negative] * len(jobs)}
        return self._embeddings.arguments(prompts, negative) or words

    def _telling(self, on_step: OnStep) -> Any:
        """What diffusers calls as ``callback_on_step_end``, for `on_step`."""

        def after_step(pipeline: Any, step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            count = getattr(pipeline, "num_timesteps", None) or self._look.num_inference_steps
            latents = tensors.get("latents")
            on_step(
                PaintStep(number=step + 1, count=max(step + 1, count), sketch=lambda positions: sketch(self._pipeline, latents, positions))
            )
            return tensors

        return after_step

    def _in_our_words(self, error: BaseException, tried: int) -> RenderError:
        name, said = self._look.name, f"{type(error).__name__}: {error}".splitlines()[0][:300]
        if isinstance(error, torch.OutOfMemoryError | MemoryError) or "out of memory" in said.lower():
            return self._without_room(tried)
        if isinstance(error, torch.AcceleratorError) or any(sign in said for sign in _LOST):
            return DeviceLostError(f"the device failed while '{name}' painted: {said}", hint="The worker starts again by itself.")
        return RenderError(f"the model of '{name}' failed: {said}", hint="Try another Look, and show this to a TD.")

    def _without_room(self, tried: int) -> TransientRenderError:
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if tried == 1:
            return TransientRenderError(
                f"one picture of '{self._look.name}' does not fit into memory", hint="Use a smaller size or a larger machine."
            )
        self._batch_size = tried // 2
        return BatchTooLargeError(f"{tried} pictures of '{self._look.name}' do not fit into memory", hint="Fewer are tried.")

    def _checked(self, picture: Any, job: PaintJob) -> Colour | RenderError:
        """`picture` cut to the size asked for, or why it is none."""
        name, request = self._look.name, job.request
        if not np.isfinite(picture).all():
            return RenderError(f"'{name}' painted pixels that are no numbers", hint="Its weights or its dtype do not fit this machine.")
        if picture.dtype != np.uint8:
            picture = (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)
        cut = np.ascontiguousarray(picture[: request.height_px, : request.width_px])
        if cut.shape != (request.height_px, request.width_px, 3):
            return RenderError(f"'{name}' painted a picture of shape {picture.shape}", hint="The Look does not fit this size.")
        if float(cut.std()) < _FLATTEST:
            return RenderError(f"'{name}' painted nothing with seed {job.seed}", hint="Try another Look, and show this to a TD.")
        return cut


def compile_blocks(pipeline: Any) -> str:
    """Compile the blocks that repeat (PyTorch's regional compilation) and name the parts they are in."""
    parts = []
    for name in ("unet", "transformer", "controlnet"):
        part = getattr(pipeline, name, None)
        if part is not None and type(part).__name__ == "ControlNetModel":
            part._repeated_blocks = ["BasicTransformerBlock"]  # as in the UNet it copies; diffusers 0.42 does not say so
        if getattr(part, "_repeated_blocks", None):
            part.compile_repeated_blocks(fullgraph=True)  # type: ignore[union-attr]  # it has them
            parts.append(name)
    return ", ".join(parts)


def _facts(opened: OpenPipeline, compiled_parts: str) -> dict[str, str | int]:
    schedulers = [type(part).__name__ for name, part in opened.pipeline.components.items() if name.endswith("scheduler")]
    return {
        "renderer": "diffusers",
        "pipeline": type(opened.pipeline).__name__,
        "scheduler": ", ".join(schedulers),
        "device": torch.cuda.get_device_name() if opened.device.startswith("cuda") else opened.device,
        "dtype": opened.dtype,
        "threads": torch.get_num_threads(),
        "compiled": compiled_parts,
        "attention": _attention(opened.pipeline),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        **{f"{name}_version": version(name) for name in ("torch", "diffusers", "transformers", "numpy")},
    }


def _attention(pipeline: Any) -> str:
    """Names of the ways in which the model's parts attend."""
    parts = [part for part in pipeline.components.values() if hasattr(part, "attn_processors")]
    return ", ".join(sorted({type(processor).__name__ for part in parts for processor in part.attn_processors.values()}))
