"""Which pipelines may be loaded: by the kind of a Look, what the model's folder calls itself, and what is added to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("cascade", "controlnet", "controlnet-img2img", "adapter", "edit")
"""Every kind of Look a render worker can paint."""

PARTS = frozenset(
    {
        "AutoencoderKL",
        "AutoencoderKLFlux2",
        "AutoencoderKLQwenImage",
        "AutoencoderTiny",
        "CLIPTextModel",
        "CLIPTextModelWithProjection",
        "CLIPTokenizer",
        "CLIPTokenizerFast",
        "CLIPVisionModelWithProjection",
        "ControlNetModel",
        "ControlNetUnionModel",
        "DDIMScheduler",
        "DPMSolverMultistepScheduler",
        "EulerAncestralDiscreteScheduler",
        "EulerDiscreteScheduler",
        "FlowMatchEulerDiscreteScheduler",
        "Flux2Transformer2DModel",
        "HeunDiscreteScheduler",
        "LMSDiscreteScheduler",
        "PNDMScheduler",
        "Qwen2Tokenizer",
        "Qwen2TokenizerFast",
        "Qwen2VLProcessor",
        "Qwen2_5_VLForConditionalGeneration",
        "Qwen3ForCausalLM",
        "Qwen3Model",
        "QwenImageTransformer2DModel",
        "T2IAdapter",
        "T5Tokenizer",
        "UNet2DConditionModel",
        "UNet2DModel",
        "UniPCMultistepScheduler",
        "ZImageControlNetModel",
        "ZImageTransformer2DModel",
    }
)
"""Classes of diffusers and transformers that a part of a model may be of."""
UNUSED_PARTS = frozenset({"safety_checker", "feature_extractor", "image_encoder"})
"""Parts that old models list and that are never loaded: they judge photographs, or read pictures for other tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The classes that paint one kind of Look with one kind of model."""

    name: str
    """diffusers' class, or `HousePipeline`."""
    img2img: str = ""
    """diffusers' class that begins from colours with the same weights; empty: there is none."""


_SD = ("StableDiffusionPipeline", "JapaneseStableDiffusionPipeline")
"""What folders of SD-class models call themselves; the second is rinna's, whose own class did nothing but lower-case the words."""
_XL = ("StableDiffusionXLPipeline",)

_SD_CONTROLNET = Pipeline(name="StableDiffusionControlNetPipeline", img2img="StableDiffusionControlNetImg2ImgPipeline")
_XL_CONTROLNET = Pipeline(name="StableDiffusionXLControlNetPipeline", img2img="StableDiffusionXLControlNetImg2ImgPipeline")
_XL_UNION = Pipeline(name="StableDiffusionXLControlNetUnionPipeline", img2img="StableDiffusionXLControlNetUnionImg2ImgPipeline")

_CONTROLNETS = {
    **{(name, "ControlNetModel"): _SD_CONTROLNET for name in (*_SD, "StableDiffusionControlNetPipeline")},
    **{(name, "ControlNetModel"): _XL_CONTROLNET for name in (*_XL, "StableDiffusionXLControlNetPipeline")},
    **{(name, "ControlNetUnionModel"): _XL_UNION for name in (*_XL, "StableDiffusionXLControlNetUnionPipeline")},
}
_ALLOWED: dict[str, dict[tuple[str, str], Pipeline]] = {
    "cascade": {("HousePipeline", ""): Pipeline(name="HousePipeline")},
    "controlnet": {
        **_CONTROLNETS,
        **{
            (name, "ZImageControlNetModel"): Pipeline(name="ZImageControlNetPipeline")
            for name in ("ZImagePipeline", "ZImageControlNetPipeline")
        },
    },
    "controlnet-img2img": _CONTROLNETS,
    "adapter": {
        **{(name, "T2IAdapter"): Pipeline(name="StableDiffusionAdapterPipeline") for name in (*_SD, "StableDiffusionAdapterPipeline")},
        **{(name, "T2IAdapter"): Pipeline(name="StableDiffusionXLAdapterPipeline") for name in (*_XL, "StableDiffusionXLAdapterPipeline")},
    },
    "edit": {(name, ""): Pipeline(name=name) for name in ("QwenImageEditPipeline", "QwenImageEditPlusPipeline", "Flux2KleinPipeline")},
}


def find_pipeline(kind: str, model: str, control: str) -> Pipeline | None:
    """The classes for a Look of `kind`, or None when it is not to be loaded.

    Args:
        kind: one of `KINDS`.
        model: the class its model's folder names.
        control: the class of its ControlNet or adapter, "" without one.
    """
    return _ALLOWED.get(kind, {}).get((model, control))


def model_names(kind: str) -> list[str]:
    """Every class that the folder of a model for a Look of `kind` may name."""
    return sorted({model for model, _ in _ALLOWED.get(kind, {})})


def control_class(config: Mapping[str, Any]) -> str:
    """The class of the ControlNet or adapter with this ``config.json``.

    Union ControlNets are told by what they have: their publishers call them by the name of plain ones.
    """
    return "ControlNetUnionModel" if "num_control_type" in config else str(config.get("_class_name", ""))
