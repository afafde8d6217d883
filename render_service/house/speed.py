"""``python -m render_service.house.speed``: how long a draft of the house model takes, cold and warm, and how much memory."""

import time

STARTED = time.monotonic()

import argparse  # noqa: E402  # the clock starts before anything slow is imported
import json  # noqa: E402
import resource  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402

from render_service.house.evaluate import open_weights  # noqa: E402
from render_service.house.line_drawing import draw_layout  # noqa: E402
from render_service.house.scene import scenery  # noqa: E402

COLD_S, WARM_S, MEMORY_MB = 12.0, 4.0, 2000.0
"""The bars: start of the process to its first draft, a later draft, and what the process held at most."""


def main() -> None:
    """Paint a few drafts in this fresh process and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path(__file__).with_name("weights"))
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--height", type=int, default=288)
    parser.add_argument("--drafts", type=int, default=5, help="warm ones; the median is printed")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    pipeline = open_weights(asked.weights)
    layout = Image.fromarray(draw_layout(scenery(900_000), asked.height, asked.width))
    ended = [STARTED]
    for seed in range(asked.drafts + 1):
        dice = [torch.Generator().manual_seed(seed)]
        pipeline("summer, day, clear", [layout], height=asked.height, width=asked.width, generator=dice)
        ended.append(time.monotonic())
    cold, *warm = np.diff(ended)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    figures = {
        "size": f"{asked.width}x{asked.height}", "threads": asked.threads,
        "cold_s": round(float(cold), 2), "warm_s": round(float(np.median(warm)), 2), "memory_mb": round(memory_mb),
    }  # fmt: skip
    print(json.dumps(figures))
    for what, figure, bar in (("cold_s", cold, COLD_S), ("warm_s", np.median(warm), WARM_S), ("memory_mb", memory_mb, MEMORY_MB)):
        print("reached" if figure <= bar else "MISSED ", what, f"{figure:.1f} ≤ {bar:g}")


if __name__ == "__main__":
    main()
