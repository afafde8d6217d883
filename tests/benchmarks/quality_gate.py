"""``python tests/benchmarks/quality_gate.py [--drafts]``: what the limits in `integration.measure.quality` were measured on, as JSON.

Plates of the house painter in drawn moods, and with ``--drafts`` the house model's drafts from registered sheets; each against its
own layout, against another's, mirrored, moved, and blurred; and noise.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from integration.artwork.checked_image import open_checked
from integration.artwork.genzu import register_genzu
from integration.measure.layout_kept import layout_kept
from integration.measure.likeness import difference, thumbnail
from integration.measure.picture import Colour, Grey
from integration.measure.tone import tone_of
from render_service.house.dataset import HEIGHT_PX, HELD_OUT, WIDTH_PX
from render_service.house.genzu import SheetOptions, draw_sheet
from render_service.house.line_drawing import draw_layout
from render_service.house.plate import paint_plate
from render_service.house.scene import scenery
from render_service.house.words import Mood, Season, TimeOfDay, Weather, plain_prompt

SCENES = list(HELD_OUT)[:24]
DRAFT_SCENES = SCENES[:12]
MOODS = [Mood(season=season, time=time, weather=weather) for season in Season for time in TimeOfDay for weather in Weather]
MOODS_OF_A_SCENE = 6
DRAFT_MOODS = {
    "clear day": Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.CLEAR),
    "night": Mood(season=Season.AUTUMN, time=TimeOfDay.NIGHT, weather=Weather.CLEAR),
    "fog": Mood(season=Season.WINTER, time=TimeOfDay.DAY, weather=Weather.FOG),
    "night fog": Mood(season=Season.WINTER, time=TimeOfDay.NIGHT, weather=Weather.FOG),
}
Rows = dict[str, list[dict[str, float]]]


def main() -> None:
    """Print least, median and greatest of every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drafts", action="store_true", help="also the house model's drafts; some minutes")
    rows = plates()
    if parser.parse_args().drafts:
        rows |= drafts()
    print(json.dumps({name: _spread(figures) for name, figures in rows.items()}, indent=1))


def plates() -> Rows:
    """Figures of plates and of what plates are made into."""
    rng, rows = np.random.default_rng(1), defaultdict[str, list[dict[str, float]]](list)
    layouts = [draw_layout(scenery(scene), HEIGHT_PX, WIDTH_PX) for scene in SCENES]
    for place, scene in enumerate(SCENES):
        line = layouts[place]
        for number in rng.choice(len(MOODS), MOODS_OF_A_SCENE, replace=False):
            mood = MOODS[int(number)]
            plate = paint_plate(scenery(scene), mood, HEIGHT_PX, WIDTH_PX)
            kind = ("night" if mood.time is TimeOfDay.NIGHT else "day") + (" fog" if mood.weather is Weather.FOG else "")
            for name, picture in (("own plate, " + kind, plate), *_broken(plate)):
                rows[name].append(_figures(picture, line))
            rows["another layout's plate"].append(_figures(plate, layouts[place - 1]))
        rows["noise"].append(_figures(rng.integers(0, 256, (HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8), line))
    return rows


def drafts() -> Rows:
    """Figures of the house model's drafts, also of two seeds and of drafts made without a layout."""
    import torch

    from render_service.house.cascade import HousePipeline
    from render_service.house.evaluate import paint

    weights = Path(__file__).parents[2] / "render_service" / "house" / "weights"
    pipeline = HousePipeline.from_pretrained(weights, dtype=torch.float32, local_files_only=True, use_safetensors=True)
    pipeline.set_progress_bar_config(disable=True)
    lines, rows = [_registered(scene) for scene in DRAFT_SCENES], defaultdict[str, list[dict[str, float]]](list)
    for name, mood in DRAFT_MOODS.items():
        painted = paint(pipeline, lines, plain_prompt(mood, "ja"))
        others = paint(pipeline, lines[:3], plain_prompt(mood, "ja"), seed=777)
        rows[f"own draft, {name}"] = [_figures(draft, line) for draft, line in zip(painted, lines, strict=True)]
        rows["another layout's draft"] += [_figures(draft, lines[place - 1]) for place, draft in enumerate(painted)]
        apart = [difference(thumbnail(one), thumbnail(other)) for one, other in zip(painted, others, strict=False)]
        rows[f"two seeds, {name}"] = [{"difference": each} for each in apart]
    blank = paint(pipeline, [np.full_like(line, 255) for line in lines], plain_prompt(DRAFT_MOODS["clear day"], "ja"))
    rows["draft without a layout"] = [_figures(draft, line) for draft, line in zip(blank, lines, strict=True)]
    return rows


def _broken(plate: Colour) -> Iterator[tuple[str, Colour]]:
    yield "mirrored plate", np.ascontiguousarray(plate[:, ::-1])
    yield "plate moved by 2 %", np.roll(plate, (HEIGHT_PX // 50, WIDTH_PX // 50), (0, 1))
    yield "plate blurred by 3 px", np.asarray(cv2.GaussianBlur(plate, (0, 0), 3), np.uint8)


def _registered(scene: int) -> Grey:
    """The lines of a scanned sheet, askew for every third scene."""
    sheet = draw_sheet(scene, SheetOptions(skew_deg=1.2 if scene % 3 == 0 else 0.0))
    return register_genzu(open_checked(cv2.imencode(".png", sheet)[1].tobytes()), width_px=WIDTH_PX, height_px=HEIGHT_PX).line


def _figures(picture: Colour, line: Grey) -> dict[str, float]:
    kept, tone = layout_kept(picture, line), tone_of(picture)
    return {
        "layout_kept": kept.share if kept else 0.0,
        "lightness": tone.lightness,
        "black": tone.black,
        "white": tone.white,
        "flat": tone.flat,
    }


def _spread(rows: list[dict[str, float]]) -> dict[str, Any]:
    spread = {name: [round(float(value), 3) for value in np.quantile([row[name] for row in rows], (0, 0.5, 1))] for name in rows[0]}
    return {"pictures": len(rows), **spread}


if __name__ == "__main__":
    main()
