"""What a text encoder made of the last prompts, kept: the cuts of one place and hour share their words."""

import inspect
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import torch

_KEPT = 256
_RESULTS = {
    2: ("prompt_embeds", "negative_prompt_embeds"),
    4: ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds"),
}
"""What diffusers' ``encode_prompt`` gives, by how many things it gives."""


class PromptEmbeddings:
    """The embeddings of one pipeline's prompts, the last used ones; each prompt is encoded by itself, whatever batch it stands in."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._kept: OrderedDict[tuple[str, str], tuple[Any, ...]] = OrderedDict()
        self._fits = _takes_embeddings(pipeline)

    def arguments(self, prompts: Sequence[str], negative_prompt: str) -> dict[str, Any]:
        """The pipeline's arguments for these words, one prompt for each picture: embeddings, or none when it must be given the words.

        Args:
            prompts: at least one.
            negative_prompt: of every picture.
        """
        if not self._fits:
            return {}
        encoded = [self._encoded(prompt, negative_prompt) for prompt in prompts]
        names = _RESULTS.get(len(encoded[0]))
        if names is None:
            self._fits = False
            return {}
        return {name: _joined(parts) for name, parts in zip(names, zip(*encoded, strict=True), strict=True)}

    def _encoded(self, prompt: str, negative_prompt: str) -> tuple[Any, ...]:
        key = (prompt, negative_prompt)
        if key not in self._kept:
            self._kept[key] = tuple(
                self._pipeline.encode_prompt(
                    prompt=prompt,
                    negative_prompt=negative_prompt,
                    device=self._pipeline.device,
                    num_images_per_prompt=1,
                    do_classifier_free_guidance=True,
                )
            )
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]


def _joined(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], list):
        return [each for part in parts for each in part]
    return torch.cat(list(parts))


def _takes_embeddings(pipeline: Any) -> bool:
    encode = getattr(pipeline, "encode_prompt", None)
    if encode is None:
        return False
    encoded_from = inspect.signature(encode).parameters
    called_with = inspect.signature(type(pipeline).__call__).parameters
    needed = {"prompt", "negative_prompt", "device", "num_images_per_prompt", "do_classifier_free_guidance"}
    return needed <= set(encoded_from) and {"prompt_embeds", "negative_prompt_embeds"} <= set(called_with)
