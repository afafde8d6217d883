"""``python -m render_service.house.train``: teaches the house model's two stages on a CPU or one GPU, and goes on where it stopped."""

import argparse
import copy
import hashlib
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import CLIPTokenizer

from render_service.house import networks
from render_service.house.cascade import HousePipeline
from render_service.house.dataset import Plates, load_plates
from render_service.house.vocabulary import build_tokenizer
from render_service.house.words import prompt_for

CHECKPOINT_S = 120.0
"""Seconds of training between two checkpoints."""
_PAINTER_CROP = (96, 112)
_CROPS_EACH = 4
_OWN_COARSE, _NEAR_TRUTH, _LARGER = 0.7, 0.7, 0.15
_DROP_WORDS, _DROP_LINES = 0.08, 0.04

Batch = Callable[[np.random.Generator], torch.Tensor]
"""Draws a batch and returns its loss."""


class Training:
    """One stage's networks with their running mean, optimiser and clock; a checkpoint holds them all."""

    def __init__(self, folder: Path, name: str, trained: nn.Module, *, rate: float, minutes: float) -> None:
        self.name, self.trained, self.rate, self.budget_s = name, trained, rate, minutes * 60
        self.mean = copy.deepcopy(trained).requires_grad_(requires_grad=False)
        self.optimiser = torch.optim.AdamW(trained.parameters(), rate, betas=(0.9, 0.98), weight_decay=1e-3)
        self.step, self.spent_s, self.keep = 0, 0.0, 0.998
        self._file = folder / f"{name}.checkpoint.pt"
        if self._file.is_file():
            self._resume()

    def run(self, batch: Batch, *, seed: int) -> None:
        """Train until the budget is spent, logging a line of JSON every hundred steps."""
        losses: list[float] = []
        rng = np.random.default_rng([seed, self.step])
        torch.manual_seed(seed + self.step)
        saved_s = self.spent_s
        while self.spent_s < self.budget_s:
            began = time.monotonic()
            losses.append(self._learn(batch(rng)))
            self.spent_s += time.monotonic() - began
            if self.step % 100 == 0:
                line = {"stage": self.name, "step": self.step, "seconds": round(self.spent_s), "loss": round(float(np.mean(losses)), 5)}
                print(json.dumps(line), flush=True)
                losses.clear()
            if self.spent_s - saved_s > CHECKPOINT_S:
                self.save()
                saved_s = self.spent_s
        self.save()

    def save(self) -> None:
        """Write the checkpoint, complete or not at all."""
        state = {"trained": self.trained.state_dict(), "mean": self.mean.state_dict(), "optimiser": self.optimiser.state_dict()}
        part = self._file.with_suffix(".part")
        torch.save({**state, "step": self.step, "spent_s": self.spent_s}, part)
        part.replace(self._file)

    def _learn(self, loss: torch.Tensor) -> float:
        share = self.spent_s / self.budget_s
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * min(1, (self.step + 1) / 100) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * min(1, share))))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.trained.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        keep = min(self.keep, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for slow, fast in zip(self.mean.parameters(), self.trained.parameters(), strict=True):
                slow.lerp_(fast, 1 - keep)
        return float(loss.detach())

    def _resume(self) -> None:
        state = torch.load(self._file, weights_only=True)
        self.trained.load_state_dict(state["trained"])
        self.mean.load_state_dict(state["mean"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.spent_s = state["step"], state["spent_s"]


def main() -> None:
    """Train what was asked and export what there is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("house-training"), help="plates and checkpoints")
    parser.add_argument("--stage", choices=("base", "painter", "export"), required=True)
    parser.add_argument("--minutes", type=float, default=50, help="training time of the stage in all, over every resumption")
    parser.add_argument("--scenes", type=int, default=3000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rate", type=float, help="learning rate to fall from, instead of the stage's own")
    parser.add_argument(
        "--keep", type=float, default=0.998, help="share of the running mean each step keeps; lower after a short resumption"
    )
    parser.add_argument("--bf16", action="store_true", help="multiply in bfloat16: faster where the processor can")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("weights"))
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    if asked.stage == "export":
        export(asked.folder, asked.out)
        return
    plates = load_plates(asked.folder, scenes=asked.scenes)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    stage = base_stage if asked.stage == "base" else painter_stage
    training, batch = stage(asked.folder, plates, minutes=asked.minutes, device=device)
    training.rate, training.keep = asked.rate or training.rate, asked.keep

    def drawn(rng: np.random.Generator) -> torch.Tensor:
        with torch.autocast(device, torch.bfloat16, enabled=asked.bf16):
            return batch(rng)

    training.run(drawn, seed=7)


def base_stage(folder: Path, plates: Plates, *, minutes: float, device: str) -> tuple[Training, Batch]:
    """The stage that learns coarse colours from layout and words."""
    tokenizer = build_tokenizer(folder / "tokenizer")
    both = nn.ModuleDict({"base": networks.base_network(), "text_encoder": networks.text_encoder(tokenizer)}).to(device)
    training = Training(folder, "base", both, rate=1.2e-3, minutes=minutes)
    noise = networks.training_noise()
    size = 48 if device == "cpu" else 512

    def batch(rng: np.random.Generator) -> torch.Tensor:
        chosen, moods = rng.integers(0, len(plates.lines), size), rng.integers(0, 2, size)
        lines = _lines(plates.lines[chosen], rng).to(device)
        pictures = _pictures(np.stack([plates.pictures[i, j] for i, j in zip(chosen, moods, strict=True)])).to(device)
        prompts = [
            "" if rng.random() < _DROP_WORDS else prompt_for(plates.moods[i][j], plates.names[i], rng)
            for i, j in zip(chosen, moods, strict=True)
        ]
        truth, seen = networks.coarse_colours(pictures), networks.line_features(lines)
        moment = torch.from_numpy(np.minimum(999, 1000 * rng.random(size) ** 0.6).astype(np.int64)).to(device)
        noisy = noise.add_noise(truth, torch.randn_like(truth), moment)
        words = _words(tokenizer, both["text_encoder"], prompts)
        wrong = both["base"](torch.cat([noisy, seen], 1), moment, words).sample.float() - truth
        return (0.5 * wrong.abs() + wrong.pow(2)).mean()

    return training, batch


def painter_stage(folder: Path, plates: Plates, *, minutes: float, device: str) -> tuple[Training, Batch]:
    """The stage that learns paint from lines, coarse colours and words, on crops; in most pictures the colours are the base's own."""
    tokenizer = build_tokenizer(folder / "tokenizer")
    both = nn.ModuleDict({"base": networks.base_network(), "text_encoder": networks.text_encoder(tokenizer)})
    taught = Training(folder, "base", both, rate=0, minutes=1).mean.to(device).eval()
    training = Training(folder, "painter", networks.painter_network().to(device), rate=1.5e-3, minutes=minutes)
    noise = networks.training_noise()
    size = 2 if device == "cpu" else 64

    @torch.no_grad()
    def pictures(rng: np.random.Generator) -> tuple[torch.Tensor, ...]:
        chosen, moods = rng.integers(0, len(plates.lines), size), rng.integers(0, 2, size)
        shown = list(zip(chosen, moods, strict=True))
        lines = _lines(plates.lines[chosen], rng).to(device)
        truth = _pictures(np.stack([plates.pictures[i, j] for i, j in shown])).to(device)
        prompts = ["" if rng.random() < _DROP_WORDS else prompt_for(plates.moods[i][j], plates.names[i], rng) for i, j in shown]
        words = _words(tokenizer, taught["text_encoder"], ["", *prompts])
        coarse = networks.coarse_colours(truth)
        coarse = coarse + torch.randn_like(coarse) * float(rng.random()) * 0.12
        if rng.random() < _OWN_COARSE:
            plain = words[:1].expand(size, -1, -1)
            seen = networks.line_features(lines)
            skipped = int(rng.random() < _NEAR_TRUTH)
            coarse = _coarse_by(taught["base"], coarse, seen, plain, words[1:], float(rng.uniform(1.0, 1.8)), skipped=skipped)
        coarse = networks.spread(coarse, *truth.shape[-2:])
        return truth, lines, coarse, words[1:]

    def batch(rng: np.random.Generator) -> torch.Tensor:
        *layers, words = pictures(rng)
        cuts = torch.cat([_crop(torch.cat(layers, 1), rng) for _ in range(_CROPS_EACH)])
        truth, place = cuts.split((3, 4), 1)
        moment = torch.from_numpy(np.minimum(999, 1000 * rng.random(len(cuts)) ** 0.6).astype(np.int64)).to(device)
        noisy = noise.add_noise(truth, torch.randn_like(truth), moment)
        guess = networks.paint_step(training.trained, noisy, place, moment, words.repeat(_CROPS_EACH, 1, 1)).float()
        wrong = guess - truth
        edges = wrong.diff(dim=-1).abs().mean() + wrong.diff(dim=-2).abs().mean()
        return (wrong.abs() + wrong.pow(2)).mean() + 0.5 * edges

    return training, batch


@torch.no_grad()
def _coarse_by(
    base: nn.Module, truth: torch.Tensor, lines: torch.Tensor, plain: torch.Tensor, asked: torch.Tensor, guidance: float, *, skipped: int
) -> torch.Tensor:
    """Coarse colours as the base itself makes them, in three steps; with the first `skipped`, from what noise leaves of `truth`."""
    sampler = networks.sampler()
    sampler.set_timesteps(3)
    colours = sampler.add_noise(truth, torch.randn_like(truth), sampler.timesteps[skipped : skipped + 1])
    for moment in sampler.timesteps[skipped:]:
        seen, words = torch.cat([colours, lines], 1).repeat(2, 1, 1, 1), torch.cat([plain, asked])
        unasked, told = base(seen, moment, words).sample.float().chunk(2)
        colours = sampler.step(unasked + guidance * (told - unasked), moment, colours).prev_sample
    return colours


def _words(tokenizer: CLIPTokenizer, encoder: nn.Module, prompts: list[str]) -> torch.Tensor:
    tokens = tokenizer(prompts, padding="max_length", truncation=True, return_tensors="pt").input_ids
    embedded: torch.Tensor = encoder(tokens.to(next(encoder.parameters()).device))[0]
    return embedded


def _crop(layers: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """The fuller of two windows on N pictures' layers, now and then from a larger picture; lines are the fourth layer."""
    if rng.random() < _LARGER:
        layers = functional.interpolate(layers, scale_factor=4 / 3, mode="bilinear", align_corners=False)
    high, wide = _PAINTER_CROP
    down, across = rng.integers(layers.shape[-2] - high + 1, size=2), rng.integers(layers.shape[-1] - wide + 1, size=2)
    windows = [layers[..., top : top + high, left : left + wide] for top, left in zip(down, across, strict=True)]
    return max(windows, key=lambda window: float(window[:, 3].sum()))


def _pictures(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float().div(127.5).sub(1)


def _lines(drawn: np.ndarray[Any, np.dtype[np.uint8]], rng: np.random.Generator) -> torch.Tensor:
    """Lines as many hands and scanners would give them: paler or darker, thicker, broken, dusty, or not there at all."""
    ink = torch.from_numpy(np.ascontiguousarray(drawn)).float().div(255).mul(-1).add(1)[:, None]
    if rng.random() < 0.3:
        ink = functional.max_pool2d(ink, 3, 1, 1)
    if rng.random() < 0.4:
        ink = functional.avg_pool2d(ink, 3, 1, 1)
    ink = ink * float(rng.uniform(0.45, 1.6))
    if rng.random() < 0.3:
        holes = torch.from_numpy(rng.random((len(ink), 1, 27, 48)) > 0.06).float()
        ink = ink * functional.interpolate(holes, size=ink.shape[-2:])
    if rng.random() < 0.3:
        ink = ink + torch.rand_like(ink) * 0.08
    kept = torch.from_numpy(rng.random((len(ink), 1, 1, 1)) > _DROP_LINES).float()
    return (ink * kept).clamp(0, 1)


def export(folder: Path, out: Path) -> None:
    """Write the running means as a diffusers folder of fp16 safetensors, with the hash of every file."""
    tokenizer = build_tokenizer(folder / "tokenizer")
    both = nn.ModuleDict({"base": networks.base_network(), "text_encoder": networks.text_encoder(tokenizer)})
    base = Training(folder, "base", both, rate=0, minutes=1)
    painter = Training(folder, "painter", networks.painter_network(), rate=0, minutes=1)
    pipeline = HousePipeline(
        base=base.mean["base"],
        painter=painter.mean,
        text_encoder=base.mean["text_encoder"],
        tokenizer=tokenizer,
        base_scheduler=networks.sampler(),
        painter_scheduler=networks.sampler(),
    )
    pipeline.to(dtype=torch.float16).save_pretrained(out, safe_serialization=True)
    files = sorted(file for file in out.rglob("*") if file.is_file() and file.name not in ("SHA256SUMS", "MODEL_CARD.md"))
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(out).as_posix()}" for file in files]
    (out / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")
    print(json.dumps({"base": [base.step, round(base.spent_s)], "painter": [painter.step, round(painter.spent_s)], "files": len(files)}))


if __name__ == "__main__":
    main()
