"""The pictures the house model learns from: scenes of fixed seeds, each painted in two moods, kept as arrays in a folder."""

import json
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from render_service.house.line_drawing import draw_layout
from render_service.house.plate import paint_plate
from render_service.house.scene import scenery
from render_service.house.words import LightSide, Mood, Season, TimeOfDay, Weather

HEIGHT_PX, WIDTH_PX = 216, 384
"""Size of the training pictures."""
HELD_OUT = range(900_000, 900_060)
"""Seeds of the scenes that are never trained on."""
MOODS_EACH = 2
_TIME_SHARES = (0.22, 0.36, 0.22, 0.20)
_WEATHER_SHARES = (0.50, 0.20, 0.12, 0.18)


@dataclass(frozen=True, slots=True)
class Plates:
    """Layouts with their paintings."""

    lines: npt.NDArray[np.uint8]
    """N×216×384, dark lines on white."""
    pictures: npt.NDArray[np.uint8]
    """N×2×216×384×3 sRGB."""
    moods: list[tuple[Mood, ...]]
    """The moods of each scene's pictures."""
    names: list[tuple[str, ...]]
    """What each scene shows."""


def load_plates(folder: Path, *, scenes: int, processes: int = 2) -> Plates:
    """The plates of seeds 0 to `scenes` - 1, painted now unless `folder` has them."""
    wanted = folder / f"plates-{scenes}.json"
    if not wanted.is_file():
        _paint_all(folder, wanted, scenes, processes)
    facts = json.loads(wanted.read_text(encoding="utf-8"))
    return Plates(
        lines=np.load(folder / f"lines-{scenes}.npy", mmap_mode="r"),
        pictures=np.load(folder / f"pictures-{scenes}.npy", mmap_mode="r"),
        moods=[tuple(_mood(words) for words in each["moods"]) for each in facts],
        names=[tuple(each["names"]) for each in facts],
    )


def moods_of(seed: int) -> tuple[Mood, ...]:
    """The moods the scene of a seed is painted in."""
    rng = np.random.default_rng([seed, 0x300D])
    return tuple(
        Mood(
            season=list(Season)[int(rng.integers(4))],
            time=list(TimeOfDay)[int(rng.choice(4, p=_TIME_SHARES))],
            weather=list(Weather)[int(rng.choice(4, p=_WEATHER_SHARES))],
            light=list(LightSide)[int(rng.integers(2))],
        )
        for _ in range(MOODS_EACH)
    )


def _paint_all(folder: Path, wanted: Path, scenes: int, processes: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = np.lib.format.open_memmap(folder / f"lines-{scenes}.npy", "w+", np.uint8, (scenes, HEIGHT_PX, WIDTH_PX))
    pictures = np.lib.format.open_memmap(folder / f"pictures-{scenes}.npy", "w+", np.uint8, (scenes, MOODS_EACH, HEIGHT_PX, WIDTH_PX, 3))
    facts: list[dict[str, Any]] = []
    with Pool(processes) as pool:
        for seed, (drawn, painted, names) in enumerate(pool.imap(_paint_one, range(scenes), chunksize=25)):
            lines[seed], pictures[seed] = drawn, painted
            moods = [[mood.season, mood.time, mood.weather, mood.light] for mood in moods_of(seed)]
            facts.append({"moods": moods, "names": list(names)})
    lines.flush()
    pictures.flush()
    wanted.write_text(json.dumps(facts), encoding="utf-8")


def _paint_one(seed: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], tuple[str, ...]]:
    cv2.setNumThreads(1)
    scene = scenery(seed)
    painted = np.stack([paint_plate(scene, mood, HEIGHT_PX, WIDTH_PX) for mood in moods_of(seed)])
    return draw_layout(scene, HEIGHT_PX, WIDTH_PX), painted, scene.names


def _mood(words: list[str]) -> Mood:
    season, time, weather, light = words
    return Mood(season=Season(season), time=TimeOfDay(time), weather=Weather(weather), light=LightSide(light))
