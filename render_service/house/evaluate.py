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
_SEED, _OTHER_SEED = 50, 5050
_STEADY_LAYOUTS = 6

MOODS: dict[str, Mood] = {
    "summer day": Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.CLEAR),
    "autumn day": Mood(season=Season.AUTUMN, time=TimeOfDay.DAY, weather=Weather.CLEAR),
    "winter day": Mood(season=Season.WINTER, time=TimeOfDay.DAY, weather=Weather.CLEAR),
    "summer night": Mood(season=Season.SUMMER, time=TimeOfDay.NIGHT, weather=Weather.CLEAR),
}
"""What every held-out layout is painted in, in both languages."""
FOG = Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.FOG)
"""The mood that must soften a draft."""


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


def edge_energy(picture: Picture) -> float:
    """Mean length of the gradient of CIE L*, per pixel."""
    light = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0]
    return float(np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)).mean() / 8)


def paint(pipeline: HousePipeline, layouts: list[Picture], prompt: str, seed: int = _SEED, batch: int = _BATCH) -> list[Picture]:
    """Drafts of the layouts, H×W×3 sRGB each, `batch` at a time; the noise of a layout depends on `seed` and its place in the list."""
    drafts: list[Picture] = []
    for first in range(0, len(layouts), batch):
        part = [Image.fromarray(layout) for layout in layouts[first : first + batch]]
        dice = [torch.Generator().manual_seed(seed + first + index) for index in range(len(part))]
        painted = pipeline(prompt, part, height=HEIGHT_PX, width=WIDTH_PX, generator=dice).images
        drafts += [np.asarray(image) for image in painted]
    return drafts


def measure(pipeline: HousePipeline, scenes: list[Scenery]) -> tuple[dict[str, Any], Image.Image]:
    """The figures of the model card and a contact sheet: layout, plate, then a draft for every mood."""
    layouts = [draw_layout(scene, HEIGHT_PX, WIDTH_PX) for scene in scenes]
    truth = {name: [paint_plate(scene, mood, HEIGHT_PX, WIDTH_PX) for scene in scenes] for name, mood in MOODS.items()}
    plates = truth["summer day"]
    began = time.monotonic()
    drafts = {
        (name, language): paint(pipeline, layouts, plain_prompt(mood, language))
        for name, mood in MOODS.items()
        for language in ("en", "ja")
    }
    seconds = (time.monotonic() - began) / (len(drafts) * len(scenes))
    figures: dict[str, Any] = {"held_out_layouts": len(scenes), "seconds_per_draft": round(seconds, 2)}
    blank = paint(pipeline, [np.full_like(layout, 255) for layout in layouts], plain_prompt(MOODS["summer day"], "en"))
    figures |= _edges(layouts, plates, drafts["summer day", "en"], blank)
    for language in ("en", "ja"):
        figures |= _moods({name: drafts[name, language] for name in MOODS}, language)
    figures |= _moods(truth, "own_plate")
    apart = [
        np.abs(english.astype(float) - japanese).mean()
        for name in MOODS
        for english, japanese in zip(drafts[name, "en"], drafts[name, "ja"], strict=True)
    ]
    figures["english_japanese_mean_difference_levels"] = round(float(np.mean(apart)), 1)
    figures |= _fog(drafts["summer day", "en"], paint(pipeline, layouts, plain_prompt(FOG, "en")))
    figures |= _steadiness(pipeline, layouts[:_STEADY_LAYOUTS], drafts["summer day", "en"][:_STEADY_LAYOUTS])
    return figures, _sheet(layouts, plates, drafts)


def _sheet(layouts: list[Picture], plates: list[Picture], drafts: dict[tuple[str, str], list[Picture]]) -> Image.Image:
    rows = [
        np.concatenate(
            [np.repeat(layouts[i][..., None], 3, 2), plates[i], *(drafts[name, "ja" if i % 2 else "en"][i] for name in MOODS)], 1
        )
        for i in range(min(8, len(layouts)))
    ]
    return Image.fromarray(np.concatenate(rows, 0))


def _edges(layouts: list[Picture], plates: list[Picture], shown: list[Picture], blank: list[Picture]) -> dict[str, float]:
    """Agreement with the own layout, and what it is worth: another's layout, none, and the painter's own plate as the ceiling."""
    compared = {
        "edge_f": (shown, layouts),
        "edge_f_other_layout": (shown, [*layouts[1:], layouts[0]]),
        "edge_f_no_layout": (blank, layouts),
        "edge_f_own_plate": (plates, layouts),
    }
    return {
        name: round(float(np.mean([edge_agreement(picture, layout) for picture, layout in zip(pictures, lines, strict=True)])), 3)
        for name, (pictures, lines) in compared.items()
    }


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


def _distance(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3), np.float32)


def main() -> None:
    """Measure the weights of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path(__file__).with_name("weights"))
    parser.add_argument("--scenes", type=int, default=len(HELD_OUT), help="how many held-out layouts, of 60")
    parser.add_argument("--sheet", type=Path, default=Path("house-training/sheet.png"))
    parser.add_argument("--json", type=Path, help="where to write the figures too, for the model card")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    pipeline = HousePipeline.from_pretrained(asked.weights, dtype=torch.float32, local_files_only=True, use_safetensors=True)
    pipeline.set_progress_bar_config(disable=True)
    figures, sheet = measure(pipeline, [scenery(seed) for seed in list(HELD_OUT)[: asked.scenes]])
    sheet.save(asked.sheet)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
