"""Pictures and words as Qwen's edit models are given them: its processor without the part for films, which alone would want torchvision."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import BatchFeature, Qwen2Tokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

_PICTURE = "<|image_pad|>"


class PictureWords:
    """What diffusers' Qwen pipelines ask of a Qwen2VLProcessor."""

    def __init__(self, folder: Path) -> None:
        """Read tokenizer and picture settings in `folder`.

        Args:
            folder: of the processor.

        Raises:
            OSError, ValueError: they cannot be read.
        """
        self.tokenizer = Qwen2Tokenizer.from_pretrained(folder, local_files_only=True)
        self.image_processor = Qwen2VLImageProcessorPil.from_pretrained(folder, local_files_only=True)

    def __call__(self, text: Sequence[str], images: Any = None, *, padding: bool = True, return_tensors: str = "pt") -> BatchFeature:
        """The texts as numbers, each picture's place repeated as often as it has patches, and the patches."""
        texts, seen = list(text), {}
        if images is not None:
            seen = self.image_processor(images=images, return_tensors=return_tensors)
            counts = (seen["image_grid_thw"].prod(-1) // self.image_processor.merge_size**2).tolist()
            texts = [self._with_places(each, counts) for each in texts]
        words = self.tokenizer(texts, padding=padding, return_tensors=return_tensors)
        return BatchFeature(data={**words, **seen})

    def _with_places(self, text: str, counts: list[int]) -> str:
        """`text` with its next places made as long as the next pictures; `counts` loses what was used."""
        first, *rest = text.split(_PICTURE)
        return first + "".join(_PICTURE * counts.pop(0) + each for each in rest)
