"""What a style is handed over with: its weights, a statement of what they were trained on, and its lines for a Look."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import safetensors.torch

from render_service.contract import Look
from render_service.style.boards import Board, trained_size
from render_service.style.order import StyleOrder
from render_service.style.training import LESSONS_A_STEP, RATE, RATES, Trained
from render_service.weights import files_digest

LICENCE = "internal"
"""Licence of a style: the consents are the studio's, and reach no further."""
_LIBRARIES = ("torch", "diffusers", "transformers", "peft", "safetensors", "numpy", "opencv-python-headless", "pillow")
_LINES = {"cascade": "edges found in the boards; none in 15 of 100 lessons"}


def write_style(look: Look, boards: Sequence[Board], order: StyleOrder, trained: Trained) -> dict[str, str]:
    """Write the weights and the statement into the order's folder.

    Returns:
        ``weights`` and ``statement``, their paths; ``sha256`` of the weights; ``lora``, the lines that a Look takes.
    """
    weights = order.out / f"{order.style}.safetensors"
    content = {name: tensor.half() for name, tensor in trained.weights.items()}
    facts = {"style": order.style, "look": look.name, "look_digest": look.digest}
    _write(weights, safetensors.torch.save(content, {"haikei": json.dumps(facts)}))  # one key: the order of several is chance
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    statement = weights.with_suffix(".statement.toml")
    _write(statement, _statement(look, boards, order, trained, sha256).encode())
    return {
        "weights": str(weights),
        "statement": str(statement),
        "sha256": sha256,
        "lora": lora_lines(weights, sha256, order, boards),
    }


def lora_lines(weights: Path, sha256: str, order: StyleOrder, boards: Sequence[Board]) -> str:
    """The ``[[lora]]`` of a Look that uses the style."""
    references = sorted({board.consent.consent for board in boards if board.consent})
    shown = ", ".join(references[:5]) + (f" and {len(references) - 5} more" if len(references) > 5 else "")
    facts = {
        "path": f"{order.style}/{weights.name}",
        "sha256": sha256,
        "weight": 0.8,
        "licence": LICENCE,
        "commercial": True,
        "data": "own",
        "source": f"{len(boards)} of the studio's own boards, consent {shown}; see {order.style}.statement.toml",
    }
    return "\n".join(["[[lora]]", *_lines(facts)]) + "\n"


def _statement(look: Look, boards: Sequence[Board], order: StyleOrder, trained: Trained, sha256: str) -> str:
    ends = [board.consent.expires for board in boards if board.consent and board.consent.expires]
    head = {
        "statement_version": 1,
        "style": order.style,
        "weights": f"{order.style}.safetensors",
        "sha256": sha256,
        "licence": LICENCE,
        "made_on": order.today,
        **({"consent_ends_on": min(ends)} if ends else {}),
    }
    tables: dict[str, Mapping[str, Any]] = {
        "look": {
            "name": look.name,
            "digest": look.digest,
            "model_revision": look.revision,
            "model_files_digest": files_digest(look),
            "licence": look.licence,
            "training_data": look.training_data,
        },
        "training": _training(look, order, trained),
        "versions": {name: version(name) for name in _LIBRARIES},
    }
    parts = [
        "\n".join(["# What this style was trained on. Whose consent it was is in the studio's own list, by reference.", *_lines(head)])
    ]
    parts += ["\n".join([f"[{name}]", *_lines(table)]) for name, table in tables.items()]
    parts += ["\n".join(["[[board]]", *_lines(_of_board(board))]) for board in boards]
    return "\n\n".join(parts) + "\n"


def _training(look: Look, order: StyleOrder, trained: Trained) -> dict[str, Any]:
    width, height = trained_size(look)
    return {
        "steps": trained.step,
        "windows_a_step": LESSONS_A_STEP,
        "rank": order.rank,
        "seed": order.seed,
        "learning_rate": RATES.get(look.kind, RATE),
        "width_px": width,
        "height_px": height,
        "lines": _LINES.get(look.kind, "none: the UNet learns alone"),
        "device": trained.device,
        "seconds": round(trained.seconds),
    }


def _of_board(board: Board) -> dict[str, Any]:
    assert board.consent is not None
    consent = board.consent
    facts = {"sha256": board.sha256, "consent": consent.consent, "given_on": consent.given_on, "scope": consent.scope}
    return {**facts, **({"expires": consent.expires} if consent.expires else {})}


def _lines(facts: Mapping[str, Any]) -> list[str]:
    """TOML's ``key = value``; its basic strings are JSON's, once DEL is escaped too."""
    return [f"{key} = {_value(value)}" for key, value in facts.items()]


def _value(value: str | float | bool | date) -> str:
    return str(value) if isinstance(value, date) else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(file: Path, content: bytes) -> None:
    """Write the file complete or not at all."""
    part = file.with_suffix(f"{file.suffix}.part")
    part.write_bytes(content)
    part.replace(file)
