"""``python -m render_service.house.picture_sheet``: a sheet of drafts of layouts the house model was never trained on, with its title on it."""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from render_service.house.cascade import HousePipeline
from render_service.house.dataset import HEIGHT_PX, HELD_OUT, WIDTH_PX
from render_service.house.evaluate import FOG, MOODS, open_weights, paint
from render_service.house.line_drawing import Picture, draw_layout
from render_service.house.plate import paint_plate
from render_service.house.scene import scenery
from render_service.house.words import Mood, Season, TimeOfDay, Weather, plain_prompt

TITLE = "AI drafts by haikei's house model, a small diffusion model trained only on pictures that haikei's own code painted"
_SUBTITLE = "Layouts never trained on. First the layout, then a plate of the painting code, for comparison; the rest are drafts from layout and words."
_COLUMNS: tuple[tuple[Mood, str], ...] = (
    (MOODS["summer day"], "en"),
    (MOODS["autumn day"], "ja"),
    (MOODS["winter day"], "en"),
    (MOODS["summer night"], "ja"),
    (Mood(season=Season.SPRING, time=TimeOfDay.MORNING, weather=Weather.CLEAR), "en"),
    (Mood(season=Season.AUTUMN, time=TimeOfDay.DUSK, weather=Weather.CLEAR), "ja"),
    (Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.RAIN), "en"),
    (FOG, "ja"),
)
_GAP, _HEAD, _LABEL, _BETWEEN = 8, 84, 28, 16
_ACROSS = 5
"""Pictures side by side; the rest of a scene's stand in the next row."""
_PAPER, _INK = (247, 246, 242), (34, 34, 34)


def picture_sheet(pipeline: HousePipeline, seeds: list[int], font: Path | None = None) -> Image.Image:
    """The layout, a plate of the painting code and a draft for each mood, scene by scene.

    Args:
        pipeline: what paints.
        seeds: of the scenes.
        font: a font file with Japanese letters; without one, Japanese words are left out of the labels.
    """
    scenes = [scenery(seed) for seed in seeds]
    layouts = [draw_layout(scene, HEIGHT_PX, WIDTH_PX) for scene in scenes]
    columns: list[tuple[str, list[Picture]]] = [
        ("layout", [np.repeat(layout[..., None], 3, 2) for layout in layouts]),
        ("painting code: summer, day, clear", [paint_plate(scene, MOODS["summer day"], HEIGHT_PX, WIDTH_PX) for scene in scenes]),
    ]
    for mood, language in _COLUMNS:
        words = plain_prompt(mood, language)
        label = words if font or language == "en" else f"{plain_prompt(mood, 'en')} (Japanese)"
        columns.append((f"AI draft: {label}", paint(pipeline, layouts, words)))
    return _laid_out(columns, font)


def _laid_out(columns: list[tuple[str, list[Picture]]], font: Path | None) -> Image.Image:
    scenes, bands = len(columns[0][1]), -(-len(columns) // _ACROSS)
    high = _LABEL + HEIGHT_PX + _GAP
    sheet = Image.new("RGB", (_ACROSS * (WIDTH_PX + _GAP) + _GAP, _HEAD + scenes * (bands * high + _BETWEEN)), _PAPER)
    pen = ImageDraw.Draw(sheet)

    def letters(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        return ImageFont.truetype(font, size_px) if font else ImageFont.load_default(size_px)

    pen.text((_GAP, 8), TITLE, _INK, letters(32))
    pen.text((_GAP, 50), _SUBTITLE, _INK, letters(20))
    for number, (label, pictures) in enumerate(columns):
        band, column = divmod(number, _ACROSS)
        left = _GAP + column * (WIDTH_PX + _GAP)
        for scene, picture in enumerate(pictures):
            top = _HEAD + scene * (bands * high + _BETWEEN) + band * high
            pen.text((left, top), label, _INK, letters(18))
            sheet.paste(Image.fromarray(picture), (left, top + _LABEL))
    return sheet


def main() -> None:
    """Paint the sheet and save it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path(__file__).with_name("weights"))
    parser.add_argument("--out", type=Path, required=True, help="PNG or JPEG to write")
    parser.add_argument("--scenes", type=int, nargs="+", default=[0, 1, 4, 6], help="which of the 60 held-out layouts")
    parser.add_argument("--font", type=Path, help="a font with Japanese letters, for the labels")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    sheet = picture_sheet(open_weights(asked.weights), [HELD_OUT[scene] for scene in asked.scenes], asked.font)
    sheet.save(asked.out, optimize=True, quality=88)


if __name__ == "__main__":
    main()
