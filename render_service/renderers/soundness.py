"""Loaded models are looked over before they paint: their numbers are numbers, and their tokenizers read what the Look says."""

from typing import Any

import torch

from integration.errors import RenderError
from render_service.contract import Look

LARGEST_WEIGHT = 65_504.0
"""Largest weight, the largest number of float16; sound models stay far below."""
MOST_UNKNOWN = 0.2
"""Largest share of a known sentence that a tokenizer may not know."""
SENTENCES = {"ja": "秋の夕暮れ、山あいの村に続く道と電柱", "en": "autumn evening, a road to a village between mountains"}
"""A sentence of the words that layouts come with, by the language."""


def check_numbers(look: Look, parts: dict[str, Any]) -> None:
    """Raise when a network of the pipeline holds what is no number, or is larger than any sound weight.

    Args:
        look: for the message.
        parts: the pipeline's parts by name.

    Raises:
        RenderError: one does.
    """
    for part, network in parts.items():
        if not isinstance(network, torch.nn.Module):
            continue
        for name, tensor in network.state_dict().items():
            if tensor.is_meta:
                raise _refused(look, f"its {part} has no weights for {name[:120]}", "Fetch the model again.")
            if not tensor.is_floating_point() or not tensor.numel():
                continue
            least, most = (float(each) for each in torch.aminmax(tensor))
            if not -LARGEST_WEIGHT <= least <= most <= LARGEST_WEIGHT:
                raise _refused(
                    look,
                    f"its {part} has weights that no sound model has, {least:.3g} to {most:.3g} in {name[:120]}",
                    "Ask for a sound copy.",
                )


def check_tokenizers(look: Look, parts: dict[str, Any]) -> None:
    """Raise when a tokenizer does not know the words of a language the Look says it reads, or numbers more than its encoder has.

    Raises:
        RenderError: one does not.
    """
    for name, tokenizer in parts.items():
        if not name.startswith("tokenizer") or tokenizer is None:
            continue
        for language in look.reads:
            if language in SENTENCES:
                _check_sentence(look, tokenizer, SENTENCES[language], parts.get(name.replace("tokenizer", "text_encoder")))


def _check_sentence(look: Look, tokenizer: Any, sentence: str, encoder: Any) -> None:
    ids = tokenizer(sentence, padding=False, truncation=False).input_ids
    numbers = [int(each) for each in (ids[0] if isinstance(ids, torch.Tensor) else ids)][:-1]
    unknown = sum(number == tokenizer.unk_token_id for number in numbers) / max(1, len(numbers))
    if len(numbers) < 2 or unknown > MOST_UNKNOWN:
        raise _refused(
            look,
            f"its tokenizer does not know {unknown:.0%} of “{sentence}”, which the Look says it reads",
            "Correct [prompt] reads, or fetch the tokenizer again.",
        )
    rows = encoder.get_input_embeddings().num_embeddings if encoder is not None else max(numbers) + 1
    if max(numbers) >= rows:
        raise _refused(look, f"its tokenizer numbers words up to {max(numbers)}, its text encoder has {rows}", "They are of two models.")


def _refused(look: Look, reason: str, hint: str) -> RenderError:
    return RenderError(f"the Look '{look.name}' is not used: {reason}", hint=hint)
