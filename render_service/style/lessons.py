"""One lesson: a few windows of the boards, noise, and how wrong the networks are about what was there."""

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import torch
from diffusers import DDPMScheduler
from numpy.typing import NDArray
from torch.nn import functional

from integration.errors import RenderError
from render_service.contract import Look
from render_service.house import networks
from render_service.style.boards import Board, trained_size

Lesson = Callable[[np.random.Generator], torch.Tensor]
"""A generator that decides everything random in -> the loss, a scalar with a gradient, out. torch's own state is seeded before."""

_DROP_WORDS = 0.1
_DROP_LINES = 0.15
_PAINTER_CROP, _CROP_MULTIPLE = 96, 16


def lesson_of(look: Look, pipeline: Any, boards: Sequence[Board], *, device: str) -> Lesson:
    """What the Look's networks are taught with.

    Raises:
        RenderError: the pipeline's noise is of a kind that is not trained here.
    """
    return _house_lesson(look, pipeline, boards) if look.kind == "cascade" else _unet_lesson(look, pipeline, boards, device)


def lines_in(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The lines a layout of `picture` might have had: its edges (Canny 1986), thin and dark on white.

    Args:
        picture: H×W×3 uint8 sRGB.

    Returns:
        H×W uint8, 0–255.
    """
    smooth = cv2.bilateralFilter(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 7, 40, 5)
    middle = float(np.median(smooth))
    edges = cv2.Canny(smooth, max(20.0, 0.4 * middle), max(60.0, 0.9 * middle))
    return np.asarray(255 - cv2.GaussianBlur(edges, (3, 3), 0.6), dtype=np.uint8)


def _house_lesson(look: Look, pipeline: Any, boards: Sequence[Board]) -> Lesson:
    """Both stages learn from lines found in the boards; some lessons have no lines, some no words."""
    noise, device = networks.training_noise(), pipeline.base.device
    width, height = trained_size(look)
    small = (networks.BASE_HEIGHT_PX, max(4, round(width * networks.BASE_HEIGHT_PX / height / networks.COARSE)) * networks.COARSE)
    words = _Words(look, boards, lambda text: pipeline.text_encoder(_tokens(pipeline, text).to(device))[0])

    def noisy(truth: torch.Tensor, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        moment = _moment(rng, 0.6, device)
        return noise.add_noise(truth, torch.randn_like(truth), moment), moment

    def lesson(rng: np.random.Generator) -> torch.Tensor:
        board, picture = _window(boards, (width, height), rng)
        ink = (255 - lines_in(picture)) * (rng.random() >= _DROP_LINES)
        truth, lines, told = _colours(picture).to(device), torch.from_numpy(ink)[None, None].float().div(255).to(device), words(board, rng)
        coarse = networks.coarse_colours(functional.interpolate(truth, size=small, mode="area"))
        seen = networks.line_features(functional.interpolate(lines, size=small, mode="area"))
        colours, moment = noisy(coarse, rng)
        guess = pipeline.base(torch.cat([colours, seen], 1), moment, told).sample
        spread = networks.spread(coarse + torch.randn_like(coarse) * float(rng.random()) * 0.12, height, width)
        crop = _crop(height, width, rng)
        detail, moment = noisy(truth[crop], rng)
        painted = networks.paint_step(pipeline.painter, detail, torch.cat([lines, spread], 1)[crop], moment, told)
        return _distance(guess, coarse) + _distance(painted, truth[crop])

    return lesson


def _unet_lesson(look: Look, pipeline: Any, boards: Sequence[Board], device: str) -> Lesson:
    """A stock UNet learns alone, without lines: its ControlNet adds to whatever it paints, and is not touched."""
    noise = DDPMScheduler.from_config(pipeline.scheduler.config)
    if noise.config.prediction_type not in ("epsilon", "v_prediction", "sample"):
        raise RenderError(f"the Look '{look.name}' is trained to predict '{noise.config.prediction_type}'", hint="Choose another Look.")
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    if device == "cuda":
        pipeline.unet.to(dtype)
        pipeline.unet.enable_gradient_checkpointing()
        pipeline.vae.to(torch.float32)
    size = trained_size(look)
    words = _Words(look, boards, lambda text: _encoded(pipeline, text, device))

    def lesson(rng: np.random.Generator) -> torch.Tensor:
        board, picture = _window(boards, size, rng)
        with torch.no_grad():
            hidden = pipeline.vae.encode(_colours(picture).to(device)).latent_dist.mode()
        truth = (hidden - (pipeline.vae.config.shift_factor or 0)) * pipeline.vae.config.scaling_factor
        drawn, moment = torch.randn_like(truth), _moment(rng, 1.0, device)
        noisy = noise.add_noise(truth, drawn, moment)
        target = {"epsilon": drawn, "sample": truth}.get(noise.config.prediction_type)
        if target is None:
            target = noise.get_velocity(truth, drawn, moment)
        embeds, pooled = words(board, rng)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            guess = pipeline.unet(noisy.to(dtype), moment, embeds.to(dtype), added_cond_kwargs=_added(pooled, size, dtype)).sample
        return functional.mse_loss(guess.float(), target.float())

    return lesson


class _Words:
    """The words of each board in the text encoder's numbers, made once."""

    def __init__(self, look: Look, boards: Sequence[Board], encode: Callable[[str], Any]) -> None:
        texts = {"", *(board.consent.words for board in boards if board.consent)}
        with torch.no_grad():
            self._made = {text: encode(text) for text in sorted(texts)}

    def __call__(self, board: Board, rng: np.random.Generator) -> Any:
        assert board.consent is not None
        return self._made["" if rng.random() < _DROP_WORDS else board.consent.words]


def _encoded(pipeline: Any, text: str, device: str) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Embeddings of `text` and, for SDXL kinds, the pooled ones."""
    made = pipeline.encode_prompt(prompt=text, device=device, num_images_per_prompt=1, do_classifier_free_guidance=False)
    return made[0], made[2] if len(made) == 4 else None


def _added(pooled: torch.Tensor | None, size: tuple[int, int], dtype: torch.dtype) -> dict[str, torch.Tensor] | None:
    """What SDXL's UNet is told beside the words: original size, crop, target size (Podell et al. 2023, arXiv:2307.01952)."""
    if pooled is None:
        return None
    sizes = [size[1], size[0], 0, 0, size[1], size[0]]
    return {"text_embeds": pooled.to(dtype), "time_ids": torch.tensor([sizes], dtype=dtype, device=pooled.device)}


def _tokens(pipeline: Any, text: str) -> torch.Tensor:
    tokens: torch.Tensor = pipeline.tokenizer([text], padding="max_length", truncation=True, return_tensors="pt").input_ids
    return tokens


def _window(boards: Sequence[Board], size: tuple[int, int], rng: np.random.Generator) -> tuple[Board, NDArray[np.uint8]]:
    """A board, and a window of `size` (width, height) out of it; half of them mirrored."""
    board = boards[int(rng.integers(len(boards)))]
    assert board.pixels is not None
    width, height = size
    top = int(rng.integers(board.pixels.shape[0] - height + 1))
    left = int(rng.integers(board.pixels.shape[1] - width + 1))
    window = board.pixels[top : top + height, left : left + width]
    return board, np.ascontiguousarray(window[:, ::-1] if rng.random() < 0.5 else window)


def _crop(height: int, width: int, rng: np.random.Generator) -> tuple[Any, ...]:
    side = min(_PAINTER_CROP, height, width) // _CROP_MULTIPLE * _CROP_MULTIPLE
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    return (..., slice(top, top + side), slice(left, left + side))


def _colours(picture: NDArray[np.uint8]) -> torch.Tensor:
    """H×W×3 uint8 -> 1×3×H×W float, -1 to 1."""
    return torch.from_numpy(picture).permute(2, 0, 1)[None].float().div(127.5).sub(1)


def _moment(rng: np.random.Generator, power: float, device: Any) -> torch.Tensor:
    """A step of the noise, 0 to 999; below 1, `power` leans to much noise, where composition and colour are decided."""
    return torch.tensor([min(999, int(1000 * rng.random() ** power))], device=device)


def _distance(guess: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    wrong = guess - truth
    return (0.5 * wrong.abs() + wrong.pow(2)).mean()
