"""SD 1.5, SDXL, rinna's Japanese Stable Diffusion and Mitsua Likes as their folders are laid out, with ControlNets and T2I-Adapters."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.tiny_models.folders import CLIP_WORDS, write_clip_tokenizer, write_index

SENTENCES = (
    "春の朝、川沿いの道",
    "夏の昼、入道雲と田んぼ",
    "秋の夕暮れ、山あいの村に続く道と電柱",
    "冬の夜、雪の積もる駅前",
    "学校の教室、窓から光が差す",
    "神社の石段、木漏れ日",
    "ab cdefgh ijklmno pqrstuvw xyz 0123456789",
)


def build_sd15(folder: Path) -> Path:
    """As `stable-diffusion-v1-5/stable-diffusion-v1-5`, whose index lists a safety checker that we never load."""
    _tokenizer_parts(folder, "tokenizer", "text_encoder")
    _shared(folder, cross=32)
    parts = {
        "feature_extractor": ("transformers", "CLIPImageProcessor"),
        "safety_checker": ("stable_diffusion", "StableDiffusionSafetyChecker"),
        **_SD_PARTS,
    }
    write_index(folder, "StableDiffusionPipeline", parts)
    return folder


def build_rinna(folder: Path, *, sentences: Sequence[str] = SENTENCES, pipeline: Any = "JapaneseStableDiffusionPipeline") -> Path:
    """As `rinna/japanese-stable-diffusion`: a SentencePiece model under T5Tokenizer's name, and a class that diffusers does not have."""
    words = write_sentence_pieces(folder / "tokenizer", sentences)
    _text_encoder(folder / "text_encoder", words, 32)
    _shared(folder, cross=32)
    parts = {
        "feature_extractor": ("transformers", "CLIPFeatureExtractor"),
        "safety_checker": ("stable_diffusion", "StableDiffusionSafetyChecker"),
        **_SD_PARTS,
        "tokenizer": ("transformers", "T5Tokenizer"),
    }
    write_index(folder, pipeline, parts)
    return folder


def build_mitsua(folder: Path) -> Path:
    """Mitsua Likes' kind of model, all parts in classes of diffusers and transformers: what a studio has after converting it."""
    return build_rinna(folder, pipeline="StableDiffusionPipeline")


def build_sdxl(folder: Path) -> Path:
    """As `stabilityai/stable-diffusion-xl-base-1.0`."""
    from transformers import CLIPTextModelWithProjection

    _tokenizer_parts(folder, "tokenizer", "text_encoder")
    write_clip_tokenizer(folder / "tokenizer_2")
    _text_encoder(folder / "text_encoder_2", CLIP_WORDS, 32, CLIPTextModelWithProjection)
    _shared(
        folder,
        cross=64,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=6 * 8 + 32,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
    )
    parts = {
        **_SD_PARTS,
        "text_encoder_2": ("transformers", "CLIPTextModelWithProjection"),
        "tokenizer_2": ("transformers", "CLIPTokenizer"),
    }
    write_index(folder, "StableDiffusionXLPipeline", parts, force_zeros_for_empty_prompt=True)
    return folder


def build_controlnet(folder: Path, model: Path) -> Path:
    """As `lllyasviel/control_v11p_sd15_lineart`: one network in one folder, for the UNet of `model`."""
    from diffusers import ControlNetModel, UNet2DConditionModel

    unet = UNet2DConditionModel.from_pretrained(model / "unet")
    _awake(ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(4, 8))).save_pretrained(folder)
    return folder


def build_union(folder: Path, model: Path) -> Path:
    """As `xinsir/controlnet-union-sdxl-1.0`: a union ControlNet whose publisher calls its class a ControlNetModel."""
    import json

    from diffusers import ControlNetUnionModel, UNet2DConditionModel

    unet = UNet2DConditionModel.from_pretrained(model / "unet")
    kept = ("cross_attention_dim", "block_out_channels", "norm_num_groups", "attention_head_dim", "layers_per_block")
    added = ("addition_embed_type", "addition_time_embed_dim", "projection_class_embeddings_input_dim", "down_block_types")
    union = ControlNetUnionModel(
        **{key: unet.config[key] for key in (*kept, *added)},
        conditioning_embedding_out_channels=(4, 8),
        num_control_type=6,
        num_trans_channel=8,
        num_trans_head=2,
        num_proj_channel=8,
    )
    _awake(union).save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "_class_name": "ControlNetModel"}))
    return folder


def build_adapter(folder: Path) -> Path:
    """As `TencentARC/t2iadapter_sketch_sd15v2`, which is shown one grey channel."""
    import torch
    from diffusers import T2IAdapter

    torch.manual_seed(3)
    T2IAdapter(in_channels=1, channels=[8, 16], num_res_blocks=1, downscale_factor=2, adapter_type="full_adapter").save_pretrained(folder)
    return folder


def build_ip_adapter(folder: Path) -> Path:
    """As `h94/IP-Adapter` puts one model for SD 1.5: the layers' weights in one file, the picture encoder beside it."""
    import torch
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(4)
    config = CLIPVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=32, patch_size=16, projection_dim=16
    )
    CLIPVisionModelWithProjection(config).save_pretrained(folder / "image_encoder")
    state = {
        "image_proj.proj.weight": torch.randn(4 * 32, 16) * 0.3,
        "image_proj.proj.bias": torch.zeros(4 * 32),
        "image_proj.norm.weight": torch.ones(32),
        "image_proj.norm.bias": torch.zeros(32),
    }
    for number, width in ((1, 8), (3, 8), (5, 8), (7, 16)):
        for way in ("k", "v"):
            state[f"ip_adapter.{number}.to_{way}_ip.weight"] = torch.randn(width, 32)
    save_file(state, folder / "ip-adapter.safetensors")
    return folder


def write_sentence_pieces(folder: Path, sentences: Sequence[str]) -> int:
    """``spiece.model`` as rinna numbers it: unknown 0, begin 1, end 2, padding 3; returns how many pieces it has."""
    import sentencepiece

    folder.mkdir(parents=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*sentences] * 4),
        model_prefix=str(folder / "spiece"),
        vocab_size=300,
        hard_vocab_limit=False,
        character_coverage=1.0,
        unk_id=0,
        bos_id=1,
        eos_id=2,
        pad_id=3,
        minloglevel=2,
    )
    (folder / "spiece.vocab").unlink()
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "T5Tokenizer", "do_lower_case": true, "model_max_length": 77}')
    return int(sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model")).get_piece_size())


_SD_PARTS = {
    "scheduler": ("diffusers", "PNDMScheduler"),
    "text_encoder": ("transformers", "CLIPTextModel"),
    "tokenizer": ("transformers", "CLIPTokenizer"),
    "unet": ("diffusers", "UNet2DConditionModel"),
    "vae": ("diffusers", "AutoencoderKL"),
}


def _tokenizer_parts(folder: Path, tokenizer: str, encoder: str) -> None:
    write_clip_tokenizer(folder / tokenizer)
    _text_encoder(folder / encoder, CLIP_WORDS, 32)


def _text_encoder(folder: Path, words: int, width: int, kind: Any = None) -> None:
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(1)
    config = CLIPTextConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=77,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        projection_dim=width,
    )
    (kind or CLIPTextModel)(config).save_pretrained(folder)


def _shared(folder: Path, *, cross: int, **unet: Any) -> None:
    """UNet, decoder and scheduler."""
    import torch
    from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel

    torch.manual_seed(2)
    UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=cross,
        attention_head_dim=4,
        **{"down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"), "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"), **unet},
    ).save_pretrained(folder / "unet")
    AutoencoderKL(
        block_out_channels=(8, 8),
        norm_num_groups=4,
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
    ).save_pretrained(folder / "vae")
    PNDMScheduler(beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1).save_pretrained(folder / "scheduler")


def _awake(network: Any) -> Any:
    """A ControlNet begins at zero effect; this one has some."""
    import torch

    torch.manual_seed(5)
    for name, parameter in network.named_parameters():
        if "controlnet" in name:
            torch.nn.init.normal_(parameter, std=0.3)
    return network
