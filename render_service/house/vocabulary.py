"""A tokenizer for the words the house model knows, Japanese and English, made from nothing but those words."""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from render_service.house.words import all_words

MAX_TOKENS = 32
"""Longest prompt, start and end included."""
_SPLIT = r"""'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""
"""How CLIP's own tokenizer cuts text into words (transformers, CLIPTokenizer)."""


def build_tokenizer(folder: Path) -> CLIPTokenizer:
    """Train a byte-level BPE on the house words and save it to `folder`; bytes it never saw still have tokens of their own."""
    words = all_words()
    corpus = [form for word in words for form in (word, f"{word}の")] * 20
    corpus += [part for word in words for part in word.split()] * 20 + ["、", ","] * 20
    tokenizer = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix="</w>", unk_token="<|endoftext|>"))  # noqa: S106  # a token of text
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(_SPLIT), behavior="removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=1200,
        special_tokens=["<|startoftext|>", "<|endoftext|>"],
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus, trainer)
    return _saved(json.loads(tokenizer.to_str())["model"], alphabet, folder)


def _saved(model: dict[str, object], alphabet: list[str], folder: Path) -> CLIPTokenizer:
    vocabulary, merges = model["vocab"], model["merges"]
    assert isinstance(vocabulary, dict) and isinstance(merges, list)
    for character in alphabet:
        vocabulary.setdefault(f"{character}</w>", len(vocabulary))
    pairs = [" ".join(pair) if isinstance(pair, list) else pair for pair in merges]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(pairs) + "\n", encoding="utf-8")
    tokenizer = CLIPTokenizer.from_pretrained(folder, model_max_length=MAX_TOKENS)
    tokenizer.save_pretrained(folder)
    return tokenizer
