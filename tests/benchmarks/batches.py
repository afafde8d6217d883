"""``python -m tests.benchmarks.batches [LOOK …]``: what a batch saves on this machine, for Looks of yours or the built-in one.

Prints for each Look and batch size the seconds a picture takes, by the wall clock and of CPU time, and how many times faster that is
than one by one; the rounds of all sizes take turns, so that a busy machine slows all of them. The tiny pipeline of the tests is
measured, too, at eight times its size.
"""

import argparse
import gc
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from render_service.contract import Look, RenderRequest, Scene
from render_service.looks import load_look, read_look
from render_service.renderers.diffusion import open_renderer
from render_service.renderers.protocol import PaintJob, Renderer
from tests.tiny_pipeline import build_tiny_look
from tests.worker_process import line_picture

SIZES = (1, 2, 4)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("looks", nargs="*", default=["house"], help="names of built-in Looks, or Look files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 lets PyTorch choose")
    parser.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))), default=(512, 288), help="WIDTHxHEIGHT")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        tiny = read_look(build_tiny_look(Path(folder), num_inference_steps=8))
        named = [read_look(Path(name)) if name.endswith(".toml") else load_look(name) for name in given.looks]
        for look in (*named, tiny):
            _measure(look, given.size, given.rounds, given.threads)


def _measure(look: Look, size_px: tuple[int, int], rounds: int, threads: int) -> None:
    renderer = open_renderer(look, threads=threads, batch_size=max(SIZES))
    jobs = _jobs(look, size_px)
    renderer.render(jobs[:1], lambda step: None)
    taken: dict[int, list[tuple[float, float]]] = {size: [] for size in SIZES}
    for _ in range(rounds):
        for size in SIZES:
            taken[size].append(_seconds(renderer, jobs[:size]))
    wall, cpu = ({size: median(each[kind] for each in taken[size]) / size for size in SIZES} for kind in (0, 1))
    width, height = size_px
    for size in SIZES:
        print(
            f"{look.name} {width}x{height} batch {size}: {wall[size]:.2f} s a picture ({wall[1] / wall[size]:.2f} times),"
            f" {cpu[size]:.2f} CPU-s ({cpu[1] / cpu[size]:.2f} times)"
        )


def _seconds(renderer: Renderer, jobs: list[PaintJob]) -> tuple[float, float]:
    """Wall and CPU seconds that `jobs` take in one batch."""
    gc.collect()
    wall, cpu = time.monotonic(), time.process_time()
    pictures = renderer.render(jobs, lambda step: None)
    assert all(isinstance(picture, np.ndarray) for picture in pictures)
    return time.monotonic() - wall, time.process_time() - cpu


def _jobs(look: Look, size_px: tuple[int, int]) -> list[PaintJob]:
    width, height = size_px
    scene = Scene(season="秋", time_of_day="夕方", place="神社")
    seeds = tuple(range(max(SIZES)))
    request = RenderRequest(key="k", look=look, scene=scene, line_sha256="0" * 64, width_px=width, height_px=height, seeds=seeds)
    return [PaintJob(request=request, seed=seed, line=line_picture(width, height)) for seed in seeds]


if __name__ == "__main__":
    main()
