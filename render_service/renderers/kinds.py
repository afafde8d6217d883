"""One function for each kind of Look: calls its pipeline once for a batch of pictures of one size.

Each takes the pipeline, the Look, the batch, and arguments that every diffusers pipeline takes: ``num_inference_steps``,
``guidance_scale``, ``generator`` (one for each picture), ``width``, ``height``, ``callback_on_step_end``, and the words, which are
``prompt`` and, where the kind is in `WITH_NEGATIVE_PROMPT`, ``negative_prompt``; or what the pipeline's ``encode_prompt`` made of
them: ``prompt_embeds`` and ``negative_prompt_embeds``. Each gives N×H×W×3 floats, 0–1, or a list of H×W×3 uint8, 0–255; whoever
calls looks for pixels that are no numbers.
"""

import inspect
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image

from render_service.art_board import palette_of, read_board
from render_service.contract import Look
from render_service.control import dark_on_white, painted_size, white_on_black
from render_service.pipelines import Pipeline
from render_service.renderers.protocol import PaintJob
from render_service.weights import pipeline_of

WITH_NEGATIVE_PROMPT = frozenset({"controlnet", "controlnet-img2img", "adapter", "edit"})
"""Kinds whose pipelines take ``negative_prompt``."""


def _paint_cascade(pipeline: Any, _look: Look, jobs: Sequence[PaintJob], arguments: dict[str, Any]) -> Any:
    rough = [_rough(job) for job in jobs]
    images = pipeline(
        control_image=[dark_on_white(job.line, job.request) for job in jobs], rough_image=None if None in rough else rough, **arguments
    ).images
    return [np.asarray(image.convert("RGB")) for image in images]


def _paint_controlnet(pipeline: Any, look: Look, jobs: Sequence[PaintJob], arguments: dict[str, Any]) -> Any:
    return _called(pipeline, {"image": _lines(jobs), "control_image": _control_images(pipeline, jobs)}, _controlled(look, jobs, arguments))


def _paint_controlnet_img2img(pipeline: Any, look: Look, jobs: Sequence[PaintJob], arguments: dict[str, Any]) -> Any:
    """From the rough colour, or from the art board's colours where there is none; without either as plain ControlNet."""
    colours = [_rough(job) for job in jobs]
    if None in colours and look.board and look.board.use == "init":
        colours = [palette_of(look.board, painted_size(job.request)) for job in jobs]
    if None in colours:
        return _paint_controlnet(pipeline, look, jobs, arguments)
    twin = _img2img(pipeline, pipeline_of(look))
    images = {"image": colours, "control_image": _control_images(pipeline, jobs), "strength": look.strength}
    return _called(twin, images, _controlled(look, jobs, arguments))


def _paint_adapter(pipeline: Any, look: Look, jobs: Sequence[PaintJob], arguments: dict[str, Any]) -> Any:
    mode = "L" if pipeline.adapter.config.in_channels == 1 else "RGB"
    scale = {"adapter_conditioning_scale": look.controlnet_conditioning_scale, "adapter_conditioning_factor": look.control_guidance_end}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # diffusers' adapter pipelines warn of a method of their own
        return _called(pipeline, {"image": [image.convert(mode) for image in _lines(jobs)]}, {**arguments, **scale})


def _paint_edit(pipeline: Any, look: Look, jobs: Sequence[PaintJob], arguments: dict[str, Any]) -> Any:
    """One by one: these pipelines take several pictures as several references for one."""
    board = [read_board(look.board)] if look.board and look.board.use == "reference" else []
    painted = []
    for number, job in enumerate(jobs):
        layout = dark_on_white(job.line, job.request).convert("RGB")
        colours = _rough(job)
        shown = [layout if colours is None else _under_lines(colours, layout), *board]
        own = {name: value[number : number + 1] if isinstance(value, list) else value for name, value in arguments.items()}
        if look.guidance_scale <= 1:
            own.pop("negative_prompt", None)
        if "true_cfg_scale" in inspect.signature(type(pipeline).__call__).parameters:
            own["true_cfg_scale"] = own.pop("guidance_scale")
        takes_many = type(pipeline).__name__ != "QwenImageEditPipeline"
        painted.append(_called(pipeline, {"image": shown if takes_many else shown[0]}, own)[0])
    return painted


def _called(pipeline: Any, images: dict[str, Any], arguments: dict[str, Any]) -> Any:
    """The pictures; of `images` and `arguments` the pipeline gets what its class takes."""
    takes = inspect.signature(type(pipeline).__call__).parameters
    given = {name: value for name, value in {**images, **arguments, "output_type": "np"}.items() if name in takes}
    if "callback_on_step_end" not in takes and "callback" in takes:
        tell = arguments["callback_on_step_end"]
        given["callback"] = lambda step, moment, latents: tell(pipeline, step, moment, {"latents": latents})
    return pipeline(**given).images


def _controlled(look: Look, jobs: Sequence[PaintJob], arguments: dict[str, Any]) -> dict[str, Any]:
    board = {"ip_adapter_image": [[read_board(look.board)] * len(jobs)]} if look.board and look.board.use == "ip-adapter" else {}
    return {
        **arguments,
        **board,
        "controlnet_conditioning_scale": look.controlnet_conditioning_scale,
        "control_guidance_start": look.control_guidance_start,
        "control_guidance_end": look.control_guidance_end,
        "control_mode": [look.control_mode],
    }


def _img2img(pipeline: Any, classes: Pipeline) -> Any:
    """The pipeline that begins from colours, of the same parts."""
    import diffusers

    twin = getattr(diffusers, classes.img2img)
    takes = inspect.signature(twin.__init__).parameters
    given = {name: part for name, part in pipeline.components.items() if name in takes}
    made = twin(**given, **({"requires_safety_checker": False} if "requires_safety_checker" in takes else {}))
    made.set_progress_bar_config(disable=True)
    return made


def _lines(jobs: Sequence[PaintJob]) -> list[Image.Image]:
    return [white_on_black(job.line, job.request) for job in jobs]


def _control_images(pipeline: Any, jobs: Sequence[PaintJob]) -> list[Any]:
    """A union ControlNet takes a list of pictures for each kind of control."""
    return [_lines(jobs)] if type(pipeline.controlnet).__name__ == "ControlNetUnionModel" else _lines(jobs)


def _rough(job: PaintJob) -> Image.Image | None:
    """The rough colour where the lines are; what is painted beyond the picture goes on in the colours of its edge."""
    if job.rough is None:
        return None
    request = job.request
    colours = np.asarray(Image.fromarray(job.rough).resize((request.width_px, request.height_px)))
    width, height = painted_size(request)
    return Image.fromarray(np.pad(colours, ((0, height - colours.shape[0]), (0, width - colours.shape[1]), (0, 0)), mode="edge"))


def _under_lines(colours: Image.Image, layout: Image.Image) -> Image.Image:
    return Image.fromarray(np.minimum(np.asarray(colours), np.asarray(layout)))


PAINTERS: dict[str, Callable[[Any, Look, Sequence[PaintJob], dict[str, Any]], Any]] = {
    "cascade": _paint_cascade,
    "controlnet": _paint_controlnet,
    "controlnet-img2img": _paint_controlnet_img2img,
    "adapter": _paint_adapter,
    "edit": _paint_edit,
}
"""By `Look.kind`."""
