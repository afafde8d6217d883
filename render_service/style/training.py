"""The training loop: the same from one start or many, stopped between two steps without loss."""

import hashlib
import json
import math
import pickle
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from integration.errors import RenderError
from render_service.contract import Look
from render_service.renderers.opening import open_pipeline
from render_service.style.adapters import adapter_state, add_adapters, networks_of, set_adapter_state
from render_service.style.boards import Board
from render_service.style.lessons import Lesson, lesson_of
from render_service.style.order import StyleOrder

CHECKPOINT = "checkpoint.pt"
"""Name of the checkpoint in the style's folder."""
CHECKPOINT_S = 60.0
"""Longest time of training that a killed process loses."""
LESSONS_A_STEP = 2
"""Windows whose losses make one step."""
RATES = {"cascade": 1e-3}
"""Learning rate by kind of Look; `RATE` for all others."""
RATE = 1e-4
"""What LoRAs of large UNets are usually trained with."""
_WARM_UP = 10
_TOLD_EVERY_S = 0.5
_NUMBERS = "the adapter's numbers ran away at step {step}"

Tell = Callable[[dict[str, Any]], None]
"""Hears of progress: ``step``, ``steps``, ``loss`` and ``seconds``."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Where a training stands."""

    weights: dict[str, torch.Tensor]
    """The adapter in diffusers' LoRA format, float32 on the CPU."""
    step: int
    """Steps made in all; fewer than were asked when it was stopped."""
    seconds: float
    """Spent in all."""
    device: str
    """torch's name of the device."""


def train(look: Look, boards: Sequence[Board], order: StyleOrder, *, tell: Tell, stop: threading.Event) -> Trained:
    """Train an adapter of the Look on `boards`, from the folder's checkpoint if there is one, until done or `stop` is set.

    Raises:
        RenderError: the Look cannot be trained, the checkpoint is of another training, or the numbers ran away.
    """
    opened = open_pipeline(look, threads=order.threads)
    networks = networks_of(opened.pipeline, look)
    lesson = lesson_of(look, opened.pipeline, boards, device=opened.device)
    parameters = add_adapters(networks, rank=order.rank, seed=order.seed)
    optimiser = torch.optim.AdamW(parameters, lr=RATES.get(look.kind, RATE), weight_decay=0.01)
    course = _Course(networks, parameters, optimiser, order.out / CHECKPOINT, _facts(look, boards, order))
    course.resume()
    course.run(lesson, order, tell, stop)
    return Trained(weights=adapter_state(networks), step=course.step, seconds=course.seconds, device=opened.device)


@dataclass(slots=True)
class _Course:
    networks: Mapping[str, nn.Module]
    parameters: list[nn.Parameter]
    optimiser: torch.optim.Optimizer
    file: Path
    facts: str
    step: int = 0
    seconds: float = 0.0

    def run(self, lesson: Lesson, order: StyleOrder, tell: Tell, stop: threading.Event) -> None:
        saved_s = told_s = self.seconds
        rate = self.optimiser.param_groups[0]["lr"]
        while self.step < order.steps and not stop.is_set():
            began = time.monotonic()
            self.optimiser.param_groups[0]["lr"] = rate * min(1.0, (self.step + 1) / _WARM_UP)
            loss = self._learn(lesson, order.seed)
            self.step += 1
            self.seconds += time.monotonic() - began
            if self.seconds - told_s >= _TOLD_EVERY_S or self.step == order.steps:
                told_s = self.seconds
                tell({"step": self.step, "steps": order.steps, "loss": round(loss, 5), "seconds": round(self.seconds, 1)})
            if self.seconds - saved_s >= CHECKPOINT_S:
                saved_s = self.seconds
                self.save()
        self.optimiser.param_groups[0]["lr"] = rate
        self.save()

    def save(self) -> None:
        """Write the checkpoint, complete or not at all."""
        part = self.file.with_suffix(".part")
        state = {"adapter": adapter_state(self.networks), "optimiser": self.optimiser.state_dict(), "facts": self.facts}
        torch.save({**state, "step": self.step, "seconds": self.seconds}, part)
        part.replace(self.file)

    def resume(self) -> None:
        if not self.file.is_file():
            return
        try:
            state = torch.load(self.file, weights_only=True)
            facts = state["facts"]
        except (OSError, RuntimeError, EOFError, ValueError, KeyError, TypeError, AttributeError, pickle.UnpicklingError) as error:
            raise RenderError(f"the checkpoint {self.file} cannot be read", hint="Remove it to begin anew.") from error
        if facts != self.facts:
            raise RenderError(
                f"the checkpoint {self.file} is of a training with other boards, consents, Look, rank or seed",
                hint="Train into another folder, or remove the checkpoint to begin anew.",
            )
        set_adapter_state(self.networks, state["adapter"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]

    def _learn(self, lesson: Lesson, seed: int) -> float:
        """One step; everything random in it comes from `seed` and the step's number, so that a resumption changes nothing."""
        rng = np.random.default_rng([seed, self.step])
        torch.manual_seed(int(rng.integers(2**62)))
        self.optimiser.zero_grad(set_to_none=True)
        total = 0.0
        for _ in range(LESSONS_A_STEP):
            loss = lesson(rng) / LESSONS_A_STEP
            loss.backward()
            total += float(loss.detach())
        size = float(nn.utils.clip_grad_norm_(self.parameters, 1.0))
        if not (math.isfinite(total) and math.isfinite(size)):
            raise RenderError(_NUMBERS.format(step=self.step), hint="Another seed may help; the last checkpoint is kept.")
        self.optimiser.step()
        return total


def _facts(look: Look, boards: Sequence[Board], order: StyleOrder) -> str:
    """One hash of everything that decides the weights but the number of steps."""
    shown = [[board.sha256, board.consent.words if board.consent else ""] for board in boards]
    facts = [look.digest, shown, order.rank, order.seed]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()
