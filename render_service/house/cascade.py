"""The house model: coarse colours from layout and words, then paint from lines, coarse colours and words."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, DiffusionPipeline, ImagePipelineOutput, UNet2DConditionModel, UNet2DModel
from PIL import Image
from transformers import CLIPTextModel, CLIPTokenizer

from render_service.house.networks import BASE_HEIGHT_PX, COARSE, PAINTER_MULTIPLE, line_features, paint_step, spread

StepEnd = Callable[[Any, int, int, dict[str, torch.Tensor]], dict[str, torch.Tensor]]
"""diffusers' ``callback_on_step_end``: pipeline, step, timestep and tensors in, tensors out; raising stops the painting."""


class HousePipeline(DiffusionPipeline):
    """Two small diffusion models in diffusers' own format, trained only on pictures that our code painted."""

    model_cpu_offload_seq = "text_encoder->base->painter"

    def __init__(
        self,
        base: UNet2DConditionModel,
        painter: UNet2DModel,
        text_encoder: CLIPTextModel,
        tokenizer: CLIPTokenizer,
        base_scheduler: DDIMScheduler,
        painter_scheduler: DDIMScheduler,
    ) -> None:
        super().__init__()
        self.register_modules(
            base=base,
            painter=painter,
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            base_scheduler=base_scheduler,
            painter_scheduler=painter_scheduler,
        )

    @torch.no_grad()
    def __call__(
        self,
        prompt: str | Sequence[str],
        control_image: Sequence[Image.Image],
        rough_image: Sequence[Image.Image] | None = None,
        *,
        height: int,
        width: int,
        num_inference_steps: int = 6,
        guidance_scale: float = 1.2,
        painter_steps: int = 4,
        generator: Sequence[torch.Generator],
        callback_on_step_end: StepEnd | None = None,
    ) -> ImagePipelineOutput:
        """Paint one picture for each control image.

        Args:
            prompt: one for each picture, or one for all; Japanese or English.
            control_image: dark lines on white paper, any mode; fitted to `width`×`height`.
            rough_image: rough colours to keep to instead of making them up, or None.
            height: of the pictures, 32 px or more.
            width: of the pictures, 32 px or more.
            num_inference_steps: steps of the base, 1 or more.
            guidance_scale: how closely words are followed; 1 is as trained.
            painter_steps: steps of the painter, 1 or more.
            generator: one CPU generator for each picture, so that a picture does not depend on its batch.
            callback_on_step_end: called after each step of either stage.

        Raises:
            ValueError: sizes are too small, or prompts, pictures and generators are not equally many.
        """
        prompts = [prompt] * len(control_image) if isinstance(prompt, str) else list(prompt)
        if not control_image or not len(prompts) == len(control_image) == len(generator):
            raise ValueError(
                f"{len(prompts)} prompts, {len(control_image)} control images and {len(generator)} generators: one each is needed"
            )
        if min(height, width) < 32 or min(num_inference_steps, painter_steps) < 1:
            raise ValueError(f"{width}x{height} px in {num_inference_steps} and {painter_steps} steps cannot be painted")
        tell = callback_on_step_end or (lambda pipe, step, timestep, tensors: tensors)
        words = self._words(prompts)
        if rough_image is None:
            coarse = self._coarse(words, control_image, height, width, num_inference_steps, guidance_scale, generator, tell)
        else:
            coarse = F.avg_pool2d(self._pictures(rough_image, height, width), COARSE, ceil_mode=True)
        asked = words.chunk(2)[1]
        picture = self._paint(control_image, coarse, asked, height, width, painter_steps, generator, tell, num_inference_steps)
        pixels = ((picture.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
        return ImagePipelineOutput(images=[Image.fromarray(each) for each in pixels])

    def _coarse(
        self,
        words: torch.Tensor,
        control: Sequence[Image.Image],
        height: int,
        width: int,
        steps: int,
        guidance: float,
        generators: Sequence[torch.Generator],
        tell: StepEnd,
    ) -> torch.Tensor:
        seen_width = max(COARSE * 4, round(width * BASE_HEIGHT_PX / height / COARSE) * COARSE)
        lines = line_features(self._lines(control, BASE_HEIGHT_PX, seen_width))
        colours = self._noise((3, BASE_HEIGHT_PX // COARSE, seen_width // COARSE), generators)
        self.base_scheduler.set_timesteps(steps)
        for step, moment in enumerate(self.base_scheduler.timesteps):
            seen = torch.cat([colours, lines], 1).repeat(2, 1, 1, 1)
            plain, asked = self.base(seen, moment, words).sample.chunk(2)
            colours = self.base_scheduler.step(plain + guidance * (asked - plain), moment, colours).prev_sample
            colours = tell(self, step, int(moment), {"latents": colours}).get("latents", colours)
        return colours

    def _paint(
        self,
        control: Sequence[Image.Image],
        coarse: torch.Tensor,
        words: torch.Tensor,
        height: int,
        width: int,
        steps: int,
        generators: Sequence[torch.Generator],
        tell: StepEnd,
        steps_before: int,
    ) -> torch.Tensor:
        padded = (0, -width % PAINTER_MULTIPLE, 0, -height % PAINTER_MULTIPLE)
        place = torch.cat([self._lines(control, height, width), spread(coarse, height, width)], 1)
        place = F.pad(place, padded, mode="replicate")
        picture = F.pad(self._noise((3, height, width), generators), padded, mode="replicate")
        self.painter_scheduler.set_timesteps(steps)
        for step, moment in enumerate(self.painter_scheduler.timesteps):
            guess = paint_step(self.painter, picture, place, moment, words)
            picture = self.painter_scheduler.step(guess, moment, picture).prev_sample
            picture = tell(self, steps_before + step, int(moment), {"latents": picture}).get("latents", picture)
        return picture[..., :height, :width]

    def _words(self, prompts: list[str]) -> torch.Tensor:
        """Embeddings without words, then with them: 2N×32×128."""
        texts = [""] * len(prompts) + prompts
        tokens = self.tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt").input_ids
        embeddings: torch.Tensor = self.text_encoder(tokens.to(self.text_encoder.device))[0]
        return embeddings

    def _lines(self, control: Sequence[Image.Image], height: int, width: int) -> torch.Tensor:
        """N×1×height×width float: 1 on a line, 0 on paper."""
        grey = [each.convert("L").resize((width, height), Image.Resampling.BOX) for each in control]
        ink = np.stack([255 - np.asarray(each) for each in grey])[:, None].astype(np.float32) / 255
        return torch.from_numpy(ink).to(self.base.device, self.base.dtype)

    def _pictures(self, pictures: Sequence[Image.Image], height: int, width: int) -> torch.Tensor:
        """N×3×height×width float, -1 to 1."""
        fitted = [each.convert("RGB").resize((width, height), Image.Resampling.BOX) for each in pictures]
        pixels = np.stack([np.asarray(each) for each in fitted]).transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1
        return torch.from_numpy(pixels).to(self.base.device, self.base.dtype)

    def _noise(self, shape: tuple[int, int, int], generators: Sequence[torch.Generator]) -> torch.Tensor:
        drawn = [torch.randn((1, *shape), generator=generator) for generator in generators]
        return torch.cat(drawn).to(self.base.device, self.base.dtype)
