"""A tokenizer for folders with a ``spiece.model`` of their own numbering, such as rinna's: SentencePiece itself and nothing beside it.

transformers' T5Tokenizer reads such a folder without a word of complaint and gives wrong numbers: four tokens in all, or the number of
the end for what it does not know, and it leaves upper case as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from sentencepiece import SentencePieceProcessor

MODEL_FILE = "spiece.model"
"""What such folders call the SentencePiece model."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Prompts as numbers."""

    input_ids: torch.Tensor
    """N×L int64, of one length by padding."""
    attention_mask: torch.Tensor
    """N×L int64, 0 where padded."""


class SentencePieces:
    """What diffusers' SD pipelines ask of a tokenizer, with the numbers of the SentencePiece model; words are lower-cased."""

    def __init__(self, folder: Path, *, model_max_length: int = 77) -> None:
        """Read ``spiece.model`` in `folder`.

        Args:
            folder: of the tokenizer.
            model_max_length: tokens the text encoder reads, 2 or more.

        Raises:
            OSError, RuntimeError: it cannot be read, or is none.
        """
        self.model_max_length = model_max_length
        self.added_tokens_encoder: dict[str, int] = {}
        self._pieces = SentencePieceProcessor(model_file=str(folder / MODEL_FILE))
        self.unk_token_id: int = self._pieces.unk_id()
        self._end: int = self._pieces.eos_id()
        self._pad: int = self._pieces.pad_id() if self._pieces.pad_id() >= 0 else self._end

    def __len__(self) -> int:
        return int(self._pieces.get_piece_size())

    def __call__(
        self,
        text: str | Sequence[str],
        *,
        padding: str | bool = False,
        max_length: int | None = None,
        truncation: bool = False,
        **_kwargs: Any,
    ) -> Tokens:
        """Each text as its pieces and the end; padded to `max_length` or to the longest."""
        texts = [text] if isinstance(text, str) else list(text)
        limit = max_length or self.model_max_length
        rows = [[*self.encode(each)[: limit - 1 if truncation else None], self._end] for each in texts]
        length = limit if padding == "max_length" else max(map(len, rows))
        ids = torch.tensor([row + [self._pad] * (length - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
        return Tokens(ids, mask)

    def encode(self, text: str) -> list[int]:
        """The numbers of the text's pieces, without the end."""
        return [int(each) for each in self._pieces.encode(text.lower())]

    def tokenize(self, text: str) -> list[str]:
        """The text's pieces."""
        return [str(each) for each in self._pieces.encode(text.lower(), out_type=str)]

    def batch_decode(self, ids: torch.Tensor, **_kwargs: Any) -> list[str]:
        """The texts that rows of numbers stand for."""
        return [self._pieces.decode([int(number) for number in row]) for row in ids]
