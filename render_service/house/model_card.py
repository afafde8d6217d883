"""``python -m render_service.house.model_card``: writes the house model's card from its checkpoints and its measured figures."""

import argparse
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from render_service.house.bars import BARS
from render_service.house.dataset import HELD_OUT, MOODS_EACH

PAINTER_MODULES = ("scene", "shapes", "palette", "canvas", "plate", "painted_things", "line_drawing", "words", "dataset")
"""The modules that paint every picture the model has seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How far one stage is trained."""

    name: str
    """``base`` or ``painter``."""
    steps: int
    """Steps taken."""
    minutes: float
    """Minutes they took."""


def card_of(stages: tuple[Stage, ...], figures: dict[str, float], *, scenes: int, commit: str) -> str:
    """The card's text.

    Args:
        stages: how far the model is trained.
        figures: what `render_service.house.evaluate` measured.
        scenes: how many scenes were painted for training.
        commit: what the painter was when it painted, or "" when not known.
    """
    trained = "; ".join(f"{stage.name} {stage.steps:,} steps in {stage.minutes:.0f} minutes" for stage in stages)
    modules = ", ".join(f"`{name}.py`" for name in PAINTER_MODULES)
    return f"""# House model

A small two-stage diffusion model that paints background drafts from a layout and a few words, in Japanese or English.
The first stage paints coarse colours from lines and words, the second paints the picture from lines, coarse colours and words.
Licence of the weights: Apache-2.0, as the code.

## What it was trained on
Only pictures that the code of this repository painted: scenes of seeds 0 to {scenes - 1}, each in {MOODS_EACH} moods, {scenes * MOODS_EACH:,} pictures.
0 third-party pictures, 0 third-party weights, 0 third-party captions.
The painter is {modules}{f", as of commit `{commit}`" if commit else ""}; the same seed paints the same picture, byte for byte.
Trained: {trained}, on processor cores that other work shared.

## Figures
Measured by `python -m render_service.house.evaluate` on {figures["held_out_layouts"]:.0f} layouts of seeds from {HELD_OUT.start}, which it was never trained on.
"The painter's" is what the pictures it learned from would score: more is not better than that.

{_table(figures)}

One draft of 384 × 216 px took {figures["seconds_per_draft"]:.1f} s on the machine that measured.

## What it cannot do
- It knows the things its painter paints: mountains, hills, fields, rivers, roads, gabled houses, trees, poles and clouds. It has never seen a room, a street, the sea or a person.
- It knows the words in `words.py` and no others; every other word of a prompt is heard as noise or not at all.
- It was trained for a few hours on single processor cores. Far and small things are smeared, a road may be painted as water, and wires fade.
- Its edges follow the layout because it sees the layout's lines at every step; it does not understand the perspective they show.
  A bare copy of the lines would score about 0.95: the edge figure says that a layout is followed, not that a picture is good.
- It learned from 384 × 216 px; larger pictures get no more detail.
- It shows the way from layout to draft. A studio brings a Look of its own for pictures to work on.
"""


def _table(figures: dict[str, float]) -> str:
    rows = ["| what | measured | bar | | the painter's |", "|---|---|---|---|---|"]
    for bar in BARS:
        figure = figures[bar.figure]
        verdict = "reached" if bar.reaches(figure, bar.bar) else "**missed**"
        own = figures.get(f"{bar.figure.removesuffix('_en').removesuffix('_ja')}_own_plate")
        rows.append(f"| {bar.what} | {figure:.3g} | {bar.sign} | {verdict} | {'' if own is None else f'{own:.3g}'} |")
    return "\n".join(rows)


def stages_of(folder: Path) -> tuple[Stage, ...]:
    """How far the checkpoints in a training folder are."""
    stages = []
    for name in ("base", "painter"):
        state: dict[str, Any] = torch.load(folder / f"{name}.checkpoint.pt", weights_only=True, mmap=True)
        stages.append(Stage(name=name, steps=int(state["step"]), minutes=float(state["spent_s"]) / 60))
    return tuple(stages)


def _commit() -> str:
    """The commit that last changed the painter, or "" where git cannot tell."""
    if not shutil.which("git"):
        return ""
    here = Path(__file__).parent
    files = [f"{name}.py" for name in PAINTER_MODULES]
    told = subprocess.run(["git", "log", "-1", "--format=%H", "--", *files], cwd=here, capture_output=True, text=True, check=False)
    return told.stdout.strip()


def main() -> None:
    """Write the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=Path, required=True, help="what evaluate --json wrote")
    parser.add_argument("--folder", type=Path, default=Path("house-training"), help="checkpoints")
    parser.add_argument("--scenes", type=int, default=3000, help="how many scenes were painted for training")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("weights") / "MODEL_CARD.md")
    asked = parser.parse_args()
    figures = json.loads(asked.figures.read_text(encoding="utf-8"))
    text = card_of(stages_of(asked.folder), figures, scenes=asked.scenes, commit=_commit())
    asked.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
