"""Writes what publishers write beside their weights: the index of parts, tokenizers, and the Look file that pins it all."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HEAD = 'licence = "Apache-2.0"\ncommercial = true\ntraining_data = "none: the weights are random"\ndata = "own"'
CHAT = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"


def write_index(folder: Path, pipeline: Any, parts: Mapping[str, tuple[str, str]], **options: Any) -> None:
    index = {"_class_name": pipeline, "_diffusers_version": "0.36.0", **{name: list(part) for name, part in parts.items()}, **options}
    (folder / "model_index.json").write_text(json.dumps(index, indent=2), encoding="utf-8")


def write_clip_tokenizer(folder: Path) -> None:
    """Byte level, without merges: every text can be written in it."""
    from tokenizers import pre_tokenizers

    folder.mkdir(parents=True)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words)}), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "pad_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")


CLIP_WORDS = 2 + 2 * 256


def write_qwen_tokenizer(folder: Path, *, model_max_length: int = 1024) -> int:
    """Byte level as Qwen's, with its control tokens and chat template; returns how many numbers it has."""
    from tokenizers import pre_tokenizers

    folder.mkdir(parents=True, exist_ok=True)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(letters)}), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    control = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]
    added = {
        str(len(letters) + number): {
            "content": word,
            "special": True,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "single_word": False,
        }
        for number, word in enumerate(control)
    }
    config = {
        "tokenizer_class": "Qwen2Tokenizer",
        "added_tokens_decoder": added,
        "pad_token": "<|endoftext|>",
        "eos_token": "<|im_end|>",
        "unk_token": None,
        "bos_token": None,
        "model_max_length": model_max_length,
        "chat_template": CHAT,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return len(letters) + len(control)


def write_look(
    folder: Path,
    kind: str,
    *,
    name: str = "tiny",
    control: Path | None = None,
    sampler: str = "",
    size: str = "",
    more: str = "",
    reads: tuple[str, ...] = ("en",),
    steps: int = 2,
    guidance: float = 1.5,
    template: str = "{season}, {place}",
) -> Path:
    """The Look file beside `folder` that pins it, and `control`."""
    look = folder.parent / f"{name}.toml"
    parts = [
        f'name = "{name}"\ntitle = "Tiny"\nkind = "{kind}"',
        f'[model]\nfolder = "{folder.name}"\nrevision = "random-1"\n{HEAD}\nvendor_training = "local"',
        _files("model", folder),
        *([f'[control]\nfolder = "{control.name}"\nrevision = "random-1"\n{HEAD}', _files("control", control)] if control else []),
        f"[sampler]\nnum_inference_steps = {steps}\nguidance_scale = {guidance}\n{sampler}",
        f"[size]\nwidth_px = 64\nheight_px = 64\n{size}",
        f'[prompt]\ntemplate = "{template}"\nnegative = "people"\nreads = {json.dumps(reads)}',
        more,
    ]
    look.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return look


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _files(name: str, folder: Path) -> str:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return f"[{name}.files]\n" + "\n".join(f'"{file.relative_to(folder).as_posix()}" = "{sha256(file)}"' for file in files)
