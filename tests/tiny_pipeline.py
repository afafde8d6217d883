"""A real diffusers ControlNet pipeline, so small that a render takes a tenth of a second, for every test that needs a worker."""

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LOOK_NAME = "tiny"
"""Name of the Look `build_tiny_look` makes."""
WIDTH_PX = 64
"""Width of a tiny frame."""
HEIGHT_PX = 40
"""Height of a tiny frame."""


def build_tiny_look(folder: Path, *, name: str = LOOK_NAME, num_inference_steps: int = 2) -> Path:
    """Make a pipeline of random weights under `folder` and the Look file that pins it; `folder` is then a folder of Looks.

    Args:
        folder: made when missing; nothing else should be kept there.
        name: the Look's name and its file's.
        num_inference_steps: two is fast; some hundred last long enough to be killed or cancelled.

    Returns:
        The Look file, ``folder/<name>.toml``.
    """
    model = folder / f"{name}-model"
    if not model.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _build_model(model)
    pinned = "\n".join(f'"{file.relative_to(model).as_posix()}" = "{_sha256(file)}"' for file in sorted(model.rglob("*")) if file.is_file())
    look = folder / f"{name}.toml"
    look.write_text(
        f"""name = "{name}"
title = "Tiny, for tests"
kind = "controlnet"

[model]
folder = "{model.name}"
revision = "random-1"
licence = "Apache-2.0"
commercial = true
training_data = "none: the weights are random"

[model.files]
{pinned}

[sampler]
num_inference_steps = {num_inference_steps}
guidance_scale = 1.5

[size]
width_px = {WIDTH_PX}
height_px = {HEIGHT_PX}

[prompt]
template = "{{season}}, {{time_of_day}}, {{weather}}, {{place}}, {{art_note}}"
negative = "people"
""",
        encoding="utf-8",
    )
    return look


def _text_config(tokenizer: Any) -> Any:
    from transformers import CLIPTextConfig

    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=32,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        projection_dim=32,
    )


def _build_model(folder: Path) -> None:
    """Save a StableDiffusionControlNetPipeline of about 100,000 random weights in diffusers' layout."""
    import torch
    from diffusers import AutoencoderKL, ControlNetModel, DDIMScheduler, StableDiffusionControlNetPipeline, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizer

    torch.manual_seed(7)
    with TemporaryDirectory() as vocabulary:
        _write_vocabulary(Path(vocabulary))
        tokenizer = CLIPTokenizer.from_pretrained(vocabulary, model_max_length=32)
    unet = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=32,
        attention_head_dim=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
    )
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        norm_num_groups=4,
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
    )
    pipeline = StableDiffusionControlNetPipeline(
        vae=vae,
        text_encoder=CLIPTextModel(_text_config(tokenizer)),
        tokenizer=tokenizer,
        unet=unet,
        controlnet=ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(4, 4, 8, 8)),
        scheduler=DDIMScheduler(beta_schedule="scaled_linear", clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder, safe_serialization=True)


def _write_vocabulary(folder: Path) -> None:
    """Write a byte-level vocabulary without merges, in which every text, Japanese or not, can be written."""
    from tokenizers import pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words)}), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
