"""``python -m render_service.house.evaluate``: measures the house model on scenes it was never trained on and paints a contact sheet."""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image

from render_service.house.cascade import HousePipeline
from render_service.house.dataset import HEIGHT_PX, HELD_OUT, WIDTH_PX
from render_service.house.line_drawing import Picture, draw_layout
from render_service.house.plate import paint_plate
from render_service.house.scene import Scenery, scenery
from render_service.house.words import Mood, Season, TimeOfDay, Weather, plain_prompt

EDGE_TOLERANCE_PX = 2
"""How far an edge may lie from the line it follows."""
_PAPER_GREY = 160
_BATCH = 3

MOODS: dict[str, Mood] = {
    "summer day": Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.CLEAR),
    "autumn day": Mood(season=Season.AUTUMN, time=TimeOfDay.DAY, weather=Weather.CLEAR),
    "winter day": Mood(season=Season.WINTER, time=TimeOfDay.DAY, weather=Weather.CLEAR),
    "summer night": Mood(season=Season.SUMMER, time=TimeOfDay.NIGHT, weather=Weather.CLEAR),
}
"""What every held-out layout is painted in, in both languages."""


def edges_of(picture: Picture) -> Picture:
    """H×W uint8, 255 on the edges of an H×W×3 sRGB picture: the strongest seventh of its gradients, thinned."""
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.0), cv2.COLOR_RGB2LAB).astype(np.float32)
    across, down = cv2.Sobel(lab, cv2.CV_32F, 1, 0), cv2.Sobel(lab, cv2.CV_32F, 0, 1)
    strongest = np.abs(across) + np.abs(down)
    channel = strongest.argmax(2)[..., None]
    sides = [np.clip(np.take_along_axis(part, channel, 2)[..., 0] * 16, -32_000, 32_000).astype(np.int16) for part in (across, down)]
    low, high = np.quantile(np.hypot(sides[0].astype(np.float32), sides[1]), [0.86, 0.93])
    return np.asarray(cv2.Canny(sides[0], sides[1], float(low), float(high), L2gradient=True), np.uint8)


def edge_agreement(picture: Picture, layout: Picture) -> float:
    """F measure, 0–1, of a picture's edges against the lines of an H×W grey layout, within `EDGE_TOLERANCE_PX`."""
    drawn, seen = (layout < _PAPER_GREY), edges_of(picture) > 0
    if not drawn.any() or not seen.any():
        return 0.0
    precision = float((_distance(drawn)[seen] <= EDGE_TOLERANCE_PX).mean())
    recall = float((_distance(seen)[drawn] <= EDGE_TOLERANCE_PX).mean())
    return 2 * precision * recall / max(1e-9, precision + recall)


def red_over_green(picture: Picture) -> float:
    """Mean of red minus green, levels, over the lower 45 % of a picture."""
    low = picture[round(len(picture) * 0.55) :].astype(np.float32)
    return float((low[..., 0] - low[..., 1]).mean())


def lightness(picture: Picture) -> float:
    """Mean CIE L*, 0–100."""
    return float(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0].mean())


def paint(pipeline: HousePipeline, layouts: list[Picture], prompt: str, seed: int) -> list[Picture]:
    """Drafts of the layouts, H×W×3 sRGB each, in batches; the noise of a layout depends on `seed` and its place in the list."""
    drafts: list[Picture] = []
    for first in range(0, len(layouts), _BATCH):
        part = [Image.fromarray(layout) for layout in layouts[first : first + _BATCH]]
        dice = [torch.Generator().manual_seed(seed + first + index) for index in range(len(part))]
        painted = pipeline(prompt, part, height=HEIGHT_PX, width=WIDTH_PX, generator=dice).images
        drafts += [np.asarray(image) for image in painted]
    return drafts


def measure(pipeline: HousePipeline, scenes: list[Scenery]) -> tuple[dict[str, Any], Image.Image]:
    """The figures of the model card and a contact sheet: layout, plate, then a draft for every mood."""
    layouts = [draw_layout(scene, HEIGHT_PX, WIDTH_PX) for scene in scenes]
    plates = [paint_plate(scene, MOODS["summer day"], HEIGHT_PX, WIDTH_PX) for scene in scenes]
    began = time.monotonic()
    drafts = {
        (name, language): paint(pipeline, layouts, plain_prompt(mood, language), seed=50)
        for name, mood in MOODS.items()
        for language in ("en", "ja")
    }
    seconds = (time.monotonic() - began) / (len(drafts) * len(scenes))
    figures: dict[str, Any] = {"held_out_layouts": len(scenes), "seconds_per_draft": round(seconds, 2), **_edges(layouts, plates, drafts)}
    for language in ("en", "ja"):
        mean = {name: _means(drafts[name, language]) for name in MOODS}
        figures[f"autumn_minus_summer_red_green_{language}"] = round(mean["autumn day"][0] - mean["summer day"][0], 1)
        figures[f"night_over_day_lightness_{language}"] = round(mean["summer night"][1] / mean["summer day"][1], 2)
        figures[f"winter_minus_summer_lightness_{language}"] = round(mean["winter day"][1] - mean["summer day"][1], 1)
    apart = [
        np.abs(english.astype(float) - japanese).mean()
        for name in MOODS
        for english, japanese in zip(drafts[name, "en"], drafts[name, "ja"], strict=True)
    ]
    figures["english_japanese_mean_difference_levels"] = round(float(np.mean(apart)), 1)
    rows = [
        np.concatenate(
            [np.repeat(layouts[i][..., None], 3, 2), plates[i], *(drafts[name, "ja" if i % 2 else "en"][i] for name in MOODS)], 1
        )
        for i in range(min(8, len(scenes)))
    ]
    return figures, Image.fromarray(np.concatenate(rows, 0))


def _edges(layouts: list[Picture], plates: list[Picture], drafts: dict[tuple[str, str], list[Picture]]) -> dict[str, float]:
    shown = drafts["summer day", "en"]
    others = [*layouts[1:], layouts[0]]
    compared = {"edge_f": (shown, layouts), "edge_f_other_layout": (shown, others), "edge_f_own_plate": (plates, layouts)}
    return {
        name: round(float(np.mean([edge_agreement(picture, layout) for picture, layout in zip(pictures, lines, strict=True)])), 3)
        for name, (pictures, lines) in compared.items()
    }


def _means(drafts: list[Picture]) -> tuple[float, float]:
    return float(np.mean([red_over_green(draft) for draft in drafts])), float(np.mean([lightness(draft) for draft in drafts]))


def _distance(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3), np.float32)


def main() -> None:
    """Measure the weights of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path(__file__).with_name("weights"))
    parser.add_argument("--scenes", type=int, default=len(HELD_OUT), help="how many held-out layouts, of 60")
    parser.add_argument("--sheet", type=Path, default=Path("house-training/sheet.png"))
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    pipeline = HousePipeline.from_pretrained(asked.weights, dtype=torch.float32, local_files_only=True, use_safetensors=True)
    pipeline.set_progress_bar_config(disable=True)
    figures, sheet = measure(pipeline, [scenery(seed) for seed in list(HELD_OUT)[: asked.scenes]])
    sheet.save(asked.sheet)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
