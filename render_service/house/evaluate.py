"""``python -m render_service.house.evaluate``: measures the house model on scenes it was never trained on."""

import argparse
import json
import time
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.utils import logging as diffusers_logging
from PIL import Image
from transformers.utils import logging as transformers_logging

from render_service.house.bars import BARS
from render_service.house.cascade import HousePipeline
from render_service.house.dataset import HEIGHT_PX, HELD_OUT, WIDTH_PX
from render_service.house.line_drawing import Picture, draw_layout
from render_service.house.measures import colour_difference, edge_agreement, edge_energy, lightness, red_over_green, structure_error
from render_service.house.plate import paint_plate
from render_service.house.rough_scan import rough_scan
from render_service.house.rule_painting import paint_by_rule
from render_service.house.scene import Scenery, scenery
from render_service.house.scene_regions import regions_of
from render_service.house.words import Mood, Season, TimeOfDay, Weather, plain_prompt

_BATCH = 3
_SEED, _OTHER_SEED = 50, 5050
_STEADY_LAYOUTS = 6
_SEASONS = ("summer day", "autumn day", "winter day")

MOODS: dict[str, Mood] = {
    "summer day": Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.CLEAR),
    "autumn day": Mood(season=Season.AUTUMN, time=TimeOfDay.DAY, weather=Weather.CLEAR),
    "winter day": Mood(season=Season.WINTER, time=TimeOfDay.DAY, weather=Weather.CLEAR),
    "summer night": Mood(season=Season.SUMMER, time=TimeOfDay.NIGHT, weather=Weather.CLEAR),
}
"""What every held-out layout is painted in, in both languages."""
FOG = Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.FOG)
"""The mood that must soften a draft."""


def open_weights(folder: Path) -> HousePipeline:
    """The pipeline in a folder of weights, in float32, quiet."""
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    pipeline = HousePipeline.from_pretrained(folder, dtype=torch.float32, local_files_only=True, use_safetensors=True)
    assert isinstance(pipeline, HousePipeline)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def paint(pipeline: HousePipeline, layouts: list[Picture], prompt: str, seed: int = _SEED, batch: int = _BATCH) -> list[Picture]:
    """Drafts of the layouts, H×W×3 sRGB each, `batch` at a time; the noise of a layout depends on `seed` and its place in the list."""
    drafts: list[Picture] = []
    for first in range(0, len(layouts), batch):
        part = [Image.fromarray(layout) for layout in layouts[first : first + batch]]
        dice = [torch.Generator().manual_seed(seed + first + index) for index in range(len(part))]
        painted = pipeline(prompt, part, height=HEIGHT_PX, width=WIDTH_PX, generator=dice).images
        drafts += [np.asarray(image) for image in painted]
    return drafts


def measure(pipeline: HousePipeline, scenes: list[Scenery]) -> dict[str, Any]:
    """The figures of the model card."""
    layouts = [draw_layout(scene, HEIGHT_PX, WIDTH_PX) for scene in scenes]
    truth = {name: [paint_plate(scene, mood, HEIGHT_PX, WIDTH_PX) for scene in scenes] for name, mood in MOODS.items()}
    began = time.monotonic()
    drafts = {
        (name, language): paint(pipeline, layouts, plain_prompt(mood, language))
        for name, mood in MOODS.items()
        for language in ("en", "ja")
    }
    seconds = (time.monotonic() - began) / (len(drafts) * len(scenes))
    figures: dict[str, Any] = {"held_out_layouts": len(scenes), "seconds_per_draft": round(seconds, 2)}
    shown = drafts["summer day", "en"]
    figures |= _edges(pipeline, layouts, truth["summer day"], shown)
    for language in ("en", "ja"):
        figures |= _moods({name: drafts[name, language] for name in MOODS}, language)
    figures |= _moods(truth, "own_plate")
    apart = [
        np.abs(english.astype(float) - japanese).mean()
        for name in MOODS
        for english, japanese in zip(drafts[name, "en"], drafts[name, "ja"], strict=True)
    ]
    figures["english_japanese_mean_difference_levels"] = round(float(np.mean(apart)), 1)
    figures |= _fog(shown, paint(pipeline, layouts, plain_prompt(FOG, "en")))
    figures |= _steadiness(pipeline, layouts[:_STEADY_LAYOUTS], shown[:_STEADY_LAYOUTS])
    figures |= _against_rule(layouts, truth, {name: drafts[name, "en"] for name in MOODS})
    figures |= _season_changes(scenes, {name: drafts[name, "en"] for name in MOODS}, "")
    return figures | _season_changes(scenes, truth, "_own_plate")


def _edges(pipeline: HousePipeline, layouts: list[Picture], plates: list[Picture], shown: list[Picture]) -> dict[str, float]:
    """Agreement with the own layout, and what it is worth: another's layout, none, a rough scan, and the painter's own plate as the ceiling."""
    prompt = plain_prompt(MOODS["summer day"], "en")
    blank = paint(pipeline, [np.full_like(layout, 255) for layout in layouts], prompt)
    scans = [rough_scan(layout, seed) for seed, layout in enumerate(layouts)]
    from_scans, askew = paint(pipeline, [scan for scan, _ in scans], prompt), [lines for _, lines in scans]
    agreement = {
        "edge_f": (shown, layouts),
        "edge_f_other_layout": (shown, [*layouts[1:], layouts[0]]),
        "edge_f_no_layout": (blank, layouts),
        "edge_f_own_plate": (plates, layouts),
        "edge_f_rough_scan": (from_scans, askew),
        "edge_f_rough_scan_no_layout": (blank, askew),
    }
    mean = {
        name: float(np.mean([edge_agreement(picture, layout) for picture, layout in zip(pictures, lines, strict=True)]))
        for name, (pictures, lines) in agreement.items()
    }
    mean["edge_f_gain"] = mean["edge_f"] / max(1e-9, mean["edge_f_no_layout"])
    mean["edge_f_rough_scan_gain"] = mean["edge_f_rough_scan"] / max(1e-9, mean["edge_f_rough_scan_no_layout"])
    return {name: round(figure, 3) for name, figure in mean.items()}


def _against_rule(layouts: list[Picture], truth: dict[str, list[Picture]], drafts: dict[str, list[Picture]]) -> dict[str, float]:
    """Colour and structure errors against the painter's own plates for the same words: the drafts', a rule's, and how they compare."""
    ruled = {name: [paint_by_rule(layout, mood) for layout in layouts] for name, mood in MOODS.items()}
    errors: dict[str, float] = {}
    for whose, painted in (("", drafts), ("_by_rule", ruled)):
        pairs = [pair for name in MOODS for pair in zip(painted[name], truth[name], strict=True)]
        errors[f"colour_error{whose}"] = float(np.mean([colour_difference(one, plate).mean() for one, plate in pairs]))
        errors[f"structure_error{whose}"] = float(np.mean([structure_error(one, plate) for one, plate in pairs]))
    for kind in ("colour_error", "structure_error"):
        errors[f"{kind}_over_rule"] = errors[kind] / errors[f"{kind}_by_rule"]
    return {name: round(error, 3) for name, error in errors.items()}


def _season_changes(scenes: list[Scenery], painted: dict[str, list[Picture]], whose: str) -> dict[str, float]:
    """Mean colour difference between seasons by what is shown, and how far the steadiest of ground and foliage outdoes sky and road."""
    changes: dict[str, list[float]] = {"sky": [], "road": [], "foliage": [], "ground": []}
    for index, scene in enumerate(scenes):
        masks = regions_of(scene, HEIGHT_PX, WIDTH_PX)
        for one, other in combinations(_SEASONS, 2):
            difference = colour_difference(painted[one][index], painted[other][index])
            for kind, found in changes.items():
                if masks[kind].any():
                    found.append(float(difference[masks[kind]].mean()))
    mean = {kind: float(np.mean(found)) for kind, found in changes.items() if found}
    figures = {f"season_change_{kind}{whose}": round(change, 1) for kind, change in mean.items()}
    still, moving = max(mean.get("sky", 0.0), mean.get("road", 0.0)), min(mean.get("foliage", 0.0), mean.get("ground", 0.0))
    return {**figures, f"season_change_still_over_moving{whose}": round(still / max(1e-9, moving), 2)}


def _moods(pictures: dict[str, list[Picture]], whose: str) -> dict[str, float]:
    mean = {name: _means(each) for name, each in pictures.items()}
    return {
        f"autumn_minus_summer_red_green_{whose}": round(mean["autumn day"][0] - mean["summer day"][0], 1),
        f"night_over_day_lightness_{whose}": round(mean["summer night"][1] / mean["summer day"][1], 2),
        f"winter_minus_summer_lightness_{whose}": round(mean["winter day"][1] - mean["summer day"][1], 1),
    }


def _fog(clear: list[Picture], foggy: list[Picture]) -> dict[str, float]:
    kept = sum(edge_energy(draft) for draft in foggy) / max(1e-9, sum(edge_energy(draft) for draft in clear))
    return {
        "fog_edge_energy_change_percent": round(100 * (kept - 1), 1),
        "fog_minus_clear_lightness": round(_means(foggy)[1] - _means(clear)[1], 1),
    }


def _steadiness(pipeline: HousePipeline, layouts: list[Picture], drafts: list[Picture]) -> dict[str, float]:
    """How far drafts move with another seed, and with the batch they were painted in."""
    prompt = plain_prompt(MOODS["summer day"], "en")
    others, alone = paint(pipeline, layouts, prompt, _OTHER_SEED), paint(pipeline, layouts, prompt, batch=1)
    moved = [np.abs(draft.astype(float) - other) for draft, other in zip(drafts, others, strict=True)]
    batched = [np.abs(draft.astype(int) - other).max() for draft, other in zip(drafts, alone, strict=True)]
    return {"other_seed_mean_difference_levels": round(float(np.mean(moved)), 1), "batch_of_3_max_difference_levels": int(max(batched))}


def _means(drafts: list[Picture]) -> tuple[float, float]:
    return float(np.mean([red_over_green(draft) for draft in drafts])), float(np.mean([lightness(draft) for draft in drafts]))


def main() -> None:
    """Measure the weights of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path(__file__).with_name("weights"))
    parser.add_argument("--scenes", type=int, default=len(HELD_OUT), help="how many held-out layouts, of 60")
    parser.add_argument("--json", type=Path, help="where to write the figures too, for the model card")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    figures = measure(open_weights(asked.weights), [scenery(seed) for seed in list(HELD_OUT)[: asked.scenes]])
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    for bar in BARS:
        print(bar.verdict(figures))


if __name__ == "__main__":
    main()
