"""Z-Image-Turbo with its ControlNet, Qwen-Image-Edit and FLUX.2-klein as their folders are laid out."""

import json
from pathlib import Path
from typing import Any

from tests.tiny_models.folders import write_index, write_qwen_tokenizer

_QWEN_IMAGE_EDIT = {
    "processor": ("transformers", "Qwen2VLProcessor"),
    "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler"),
    "text_encoder": ("transformers", "Qwen2_5_VLForConditionalGeneration"),
    "tokenizer": ("transformers", "Qwen2Tokenizer"),
    "transformer": ("diffusers", "QwenImageTransformer2DModel"),
    "vae": ("diffusers", "AutoencoderKLQwenImage"),
}


def build_z_image(folder: Path) -> Path:
    """As `Tongyi-MAI/Z-Image-Turbo`."""
    import torch
    from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, ZImageTransformer2DModel
    from transformers import Qwen3Model

    torch.manual_seed(1)
    words = write_qwen_tokenizer(folder / "tokenizer")
    Qwen3Model(_qwen3(words, layers=2)).save_pretrained(folder / "text_encoder")
    _loud(
        ZImageTransformer2DModel(
            in_channels=16, dim=32, n_layers=2, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=16, axes_dims=[8, 4, 4]
        )
    ).save_pretrained(folder / "transformer")
    AutoencoderKL(
        latent_channels=16,
        block_out_channels=(8, 8),
        norm_num_groups=4,
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        scaling_factor=0.3611,
        shift_factor=0.1159,
        use_quant_conv=False,
        use_post_quant_conv=False,
    ).save_pretrained(folder / "vae")
    FlowMatchEulerDiscreteScheduler(shift=3.0).save_pretrained(folder / "scheduler")
    parts = {
        "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler"),
        "text_encoder": ("transformers", "Qwen3Model"),
        "tokenizer": ("transformers", "Qwen2Tokenizer"),
        "transformer": ("diffusers", "ZImageTransformer2DModel"),
        "vae": ("diffusers", "AutoencoderKL"),
    }
    write_index(folder, "ZImagePipeline", parts)
    return folder


def build_z_image_controlnet(folder: Path) -> Path:
    """As the diffusers copy of Z-Image-Turbo-Fun-Controlnet-Union: ``config.json`` and one safetensors file."""
    import torch
    from diffusers import ZImageControlNetModel

    torch.manual_seed(2)
    network = ZImageControlNetModel(
        control_layers_places=[0], control_refiner_layers_places=[0], control_in_dim=16, dim=32, n_refiner_layers=1, n_heads=2, n_kv_heads=2
    )
    _loud(network).save_pretrained(folder)
    return folder


def build_qwen_image_edit(folder: Path, *, pipeline: str = "QwenImageEditPipeline") -> Path:
    """As `Qwen/Qwen-Image-Edit`; with `QwenImageEditPlusPipeline` as `Qwen/Qwen-Image-Edit-2509`."""
    import torch
    from diffusers import AutoencoderKLQwenImage, FlowMatchEulerDiscreteScheduler, QwenImageTransformer2DModel
    from transformers import Qwen2_5_VLForConditionalGeneration

    torch.manual_seed(1)
    words = write_qwen_tokenizer(folder / "tokenizer")
    _write_picture_processor(folder / "processor")
    Qwen2_5_VLForConditionalGeneration(_qwen_vl(words)).save_pretrained(folder / "text_encoder")
    _loud(
        QwenImageTransformer2DModel(
            in_channels=64,
            out_channels=16,
            num_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            axes_dims_rope=(8, 4, 4),
        )
    ).save_pretrained(folder / "transformer")
    _loud(
        AutoencoderKLQwenImage(
            base_dim=4,
            num_res_blocks=0,
            dim_mult=[1, 1, 1, 1, 1],
            temperal_downsample=[False, True, True, True],
        )
    ).save_pretrained(folder / "vae")
    FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True).save_pretrained(folder / "scheduler")
    write_index(folder, pipeline, _QWEN_IMAGE_EDIT)
    return folder


def build_flux2_klein(folder: Path) -> Path:
    """As `black-forest-labs/FLUX.2-klein-4B`, whose text encoder is read at its layers 9, 18 and 27."""
    import torch
    from diffusers import AutoencoderKLFlux2, FlowMatchEulerDiscreteScheduler, Flux2Transformer2DModel
    from transformers import Qwen3ForCausalLM

    torch.manual_seed(1)
    words = write_qwen_tokenizer(folder / "tokenizer")
    Qwen3ForCausalLM(_qwen3(words, layers=28)).save_pretrained(folder / "text_encoder")
    _loud(
        Flux2Transformer2DModel(
            in_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=48,
            timestep_guidance_channels=16,
            axes_dims_rope=(4, 4, 4, 4),
            guidance_embeds=False,
        )
    ).save_pretrained(folder / "transformer")
    AutoencoderKLFlux2(
        block_out_channels=(8, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
    ).save_pretrained(folder / "vae")
    FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True).save_pretrained(folder / "scheduler")
    parts = {
        "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler"),
        "text_encoder": ("transformers", "Qwen3ForCausalLM"),
        "tokenizer": ("transformers", "Qwen2TokenizerFast"),
        "transformer": ("diffusers", "Flux2Transformer2DModel"),
        "vae": ("diffusers", "AutoencoderKLFlux2"),
    }
    write_index(folder, "Flux2KleinPipeline", parts, is_distilled=True)
    return folder


def _loud(network: Any) -> Any:
    """With weights so large that what it is shown can be seen in what it paints."""
    import torch

    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.25)
    return network


def _write_picture_processor(folder: Path) -> None:
    """It is shown at most 56 × 56 pixels."""
    write_qwen_tokenizer(folder)
    picture = {"image_processor_type": "Qwen2VLImageProcessor", "patch_size": 14, "merge_size": 2, "temporal_patch_size": 2}
    sizes = {"size": {"shortest_edge": 784, "longest_edge": 3136}, "min_pixels": 784, "max_pixels": 3136}
    (folder / "preprocessor_config.json").write_text(json.dumps({**picture, **sizes}), encoding="utf-8")


def _qwen3(words: int, *, layers: int) -> Any:
    from transformers import Qwen3Config

    return Qwen3Config(
        vocab_size=words,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
        tie_word_embeddings=True,
    )


def _qwen_vl(words: int) -> Any:
    from transformers import Qwen2_5_VLConfig

    text = {
        "vocab_size": words,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "rope_scaling": {"type": "mrope", "mrope_section": [1, 1, 2]},
    }
    vision = {"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16, "fullatt_block_indexes": [0]}
    control = {
        "vision_start_token_id": words - 4,
        "vision_end_token_id": words - 3,
        "image_token_id": words - 2,
        "video_token_id": words - 1,
    }
    return Qwen2_5_VLConfig(text_config=text, vision_config=vision, **control)
