"""Text encoders read so many tokens and no more: what of a prompt comes after is found, so that people are told."""

from collections.abc import Mapping
from typing import Any

_ENDLESS = 100_000
"""Tokenizers without a limit of their own name a number far above this."""


def unread_words(parts: Mapping[str, Any], prompt: str) -> str:
    """The end of `prompt` that a text encoder is not given, as its tokenizer reads it; the longest where there are several.

    Args:
        parts: a pipeline's components by name.
        prompt: what the model is told.
    """
    tokenizers = (part for name, part in parts.items() if name.startswith("tokenizer") and part is not None)
    return max((_beyond(tokenizer, prompt) for tokenizer in tokenizers), key=len, default="")


def _beyond(tokenizer: Any, prompt: str) -> str:
    limit = int(getattr(tokenizer, "model_max_length", _ENDLESS))
    if limit >= _ENDLESS:
        return ""
    (ids,) = tokenizer([prompt], padding=False, truncation=False).input_ids
    if len(ids) <= limit:
        return ""
    return str(tokenizer.batch_decode([ids[limit - 1 : -1]])[0]).strip()
