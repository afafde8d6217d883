"""``python tests/benchmarks/gpu.py``: how fast one GPU paints, against a plain diffusers loop and the chip's own rate; JSON on stdout.

Random weights of SDXL's size with a ControlNet; prompt embeddings are given. ``--small`` runs the same code at toy size on a CPU.
The bars: 30 steps with guidance at 45 percent of the measured matrix rate and twice the plain loop; 8 steps without guidance at 14,000
an hour; encoding and storing hidden behind denoising.
"""

import argparse
import io
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.update({"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error", "DIFFUSERS_VERBOSITY": "error"})
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from PIL import Image

from integration.log import set_up_log
from integration.storage.filesystem import FilesystemStorage
from integration.storage.protocol import Storage
from render_service.batcher import Batcher
from render_service.contract import Look, RenderRequest, Scene
from render_service.control import white_on_black
from render_service.painting import Painting
from render_service.renderers import diffusion
from render_service.renderers.opening import OpenPipeline
from tests.benchmarks.sdxl_sized import SDXL, TOY, PromptlessPipeline, Size, build, flops_of

Row = dict[str, Any]
_REQUESTS_AT_ONCE = 3
"""Requests a GPU worker has in hand: one being painted, one waiting, one being stored."""
_PNG_LEVEL = 3


def main(arguments: Sequence[str] | None = None) -> Row:
    """Measure, print the figures as JSON, and return them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="toy networks on the CPU: shows that this still runs, measures nothing")
    parser.add_argument("--images", type=int, default=0, help="pictures of each row; 0: enough for four batches")
    parser.add_argument("--batches", type=int, nargs="+", default=[], help="batch sizes tried")
    parser.add_argument("--eager", action="store_true", help="do not compile")
    asked = parser.parse_args(arguments)
    if not (asked.small or torch.cuda.is_available()):
        parser.exit(2, "not measured: no GPU is here; --small runs the same code on the CPU\n")
    size, device, dtype = (TOY, "cpu", torch.float32) if asked.small else (SDXL, "cuda", torch.bfloat16)
    batches = asked.batches or ([2] if asked.small else [4, 8])
    figures = {
        "size": size.name,
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
        "versions": {name: version(name) for name in ("torch", "diffusers")},
        "matrix_tflops": round(matrix_rate(size.matrix, device, dtype) / 1e12, 3),
        "tflop_a_forward": {name: flops / 1e12 for name, flops in flops_of(size).items()},
    }
    pipeline = build(size, device=device, dtype=dtype)
    plain = [plain_loop(size, pipeline, steps, guidance) for steps, guidance in size.plans]
    parts = tune(pipeline, compiled=not (asked.eager or asked.small))
    with tempfile.TemporaryDirectory(prefix="haikei-gpu-") as folder:
        ours = [
            our_way(size, pipeline, steps, guidance, batch, images=asked.images or 4 * batch, compiled=parts, folder=Path(folder))
            for steps, guidance in size.plans
            for batch in batches
        ]
    figures |= {"rows": compared(figures, plain, ours)}
    print(json.dumps(figures, indent=2))
    return figures


def matrix_rate(side: int, device: str, dtype: torch.dtype) -> float:
    """Floating-point operations a second of a product of two `side`×`side` matrices: what the chip can do when nothing is in its way."""
    first, second = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    for _ in range(5):
        torch.mm(first, second)
    best, repeats = 0.0, 20
    for _ in range(5):
        began = _now(device)
        for _ in range(repeats):
            torch.mm(first, second)
        best = max(best, repeats * 2 * side**3 / (_now(device) - began))
    return best


def plain_loop(size: Size, pipeline: PromptlessPipeline, steps: int, guidance: float) -> Row:
    """diffusers as its pages show it: one picture after another, not compiled, each saved before the next begins."""
    device, count = pipeline.device.type, 3
    names = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
    words = dict(zip(names, pipeline.encode_prompt("plain"), strict=True))
    control = white_on_black(_lines(size), _request(_look(size, steps, guidance), 0, (0,)))

    def paint(seed: int) -> None:
        image = pipeline(
            image=control, height=size.side_px, width=size.side_px, num_inference_steps=steps, guidance_scale=guidance,
            generator=torch.Generator().manual_seed(seed), **words,
        ).images[0]  # fmt: skip
        image.save(io.BytesIO(), format="PNG")

    paint(0)
    _forget_peak(device)
    began = _now(device)
    for seed in range(count):
        paint(seed)
    return _row("plain diffusers loop", steps, guidance, 1, (_now(device) - began) / count) | {"peak_gb": _peak_gb(device)}


def tune(pipeline: PromptlessPipeline, *, compiled: bool) -> str:
    """Make the pipeline what a long-lived GPU worker has; names the parts that are compiled."""
    for part in (pipeline.unet, pipeline.controlnet, pipeline.vae):
        part.to(memory_format=torch.channels_last)
    return diffusion.compile_blocks(pipeline) if compiled else ""


def our_way(
    size: Size, pipeline: PromptlessPipeline, steps: int, guidance: float, batch: int, *, images: int, compiled: str, folder: Path
) -> Row:
    """haikei's worker without its queue: requests share batches, and are encoded and stored while the next batch is painted."""
    device, look = pipeline.device.type, _look(size, steps, guidance)
    opened = OpenPipeline(pipeline=pipeline, device=device, dtype=str(pipeline.dtype).removeprefix("torch."))
    renderer = diffusion.DiffusionRenderer(look, opened, batch_size=batch, compiled_parts=compiled)
    batcher, storage = Batcher(lambda _: renderer, linger_s=0.5), FilesystemStorage(folder)
    seeds = [tuple(range(first, min(first + batch, images))) for first in range(0, images, batch)]
    try:
        began = _now(device)
        _paint_all(batcher, storage, look, size, [tuple(range(batch))])
        warm_up_s = _now(device) - began
        _forget_peak(device)
        began = _now(device)
        runs = _paint_all(batcher, storage, look, size, seeds)
        seconds = _now(device) - began
    finally:
        batcher.close(timeout_s=60)
    painting_s = sum(run["milliseconds"] for run in runs) / 1000
    storing_s, last = _storing_s(size, storage), len(seeds[-1])  # the last batch has nothing left to hide behind
    shown_s = seconds - painting_s - last * storing_s
    return _row("haikei", steps, guidance, batch, seconds / images) | {
        "compiled": compiled,
        "warm_up_s": round(warm_up_s, 2),
        "peak_gb": _peak_gb(device),
        "painting_s": round(painting_s, 3),
        "storing_an_image_s": round(storing_s, 4),
        "storing_hidden_percent": round(100 * min(1.0, max(0.0, 1 - shown_s / ((images - last) * storing_s)))) if images > last else None,
        "runs": len(runs),
    }


def compared(figures: Row, plain: Sequence[Row], ours: Sequence[Row]) -> list[Row]:
    """All rows, with their share of the chip's rate and how many times as fast as the plain loop each is."""
    a_forward = figures["tflop_a_forward"]
    rows = []
    for row in (*plain, *ours):
        forwards = row["steps"] * (2 if row["guidance"] > 1 else 1)
        tflop = forwards * (a_forward["unet"] + a_forward["controlnet"]) + a_forward["vae"]
        beside = next(each for each in plain if each["steps"] == row["steps"])
        rate = tflop / row["seconds_an_image"]
        rows.append(
            row
            | {
                "tflop_an_image": round(tflop, 6),
                "matrix_rate_percent": round(100 * rate / figures["matrix_tflops"], 1),
                "times_plain": round(beside["seconds_an_image"] / row["seconds_an_image"], 2),
            }
        )
    return rows


def _paint_all(batcher: Batcher, storage: Storage, look: Look, size: Size, seeds: Sequence[tuple[int, ...]]) -> list[Row]:
    """Paint and store one request for each of `seeds`; the runs of the model."""
    line = storage.put(_png(_lines(size)), media_type="image/png").sha256

    def one(number: int) -> list[Row]:
        request = replace(_request(look, number, seeds[number]), line_sha256=line)
        painting = Painting(request, batcher=batcher, storage=storage, slot="benchmark", alone=False)
        runs, left = [], list(request.seeds)
        while left:
            made = painting.run(left, lambda ticket: None)
            left = left[len(made["pictures"]) :]
            runs.append(made["run"])
        return runs

    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
        runs = [run for runs in pool.map(one, range(len(seeds))) for run in runs]
    return list({run["started_ms"]: run for run in runs}.values())


def _storing_s(size: Size, storage: Storage) -> float:
    """Seconds to encode and store one picture when nothing else is done."""
    random, count = np.random.default_rng(7), 3
    pictures = [random.normal(128, 24, (size.side_px, size.side_px, 3)).clip(0, 255).astype(np.uint8) for _ in range(count)]
    began = time.perf_counter()
    for picture in pictures:
        storage.put(_png(picture), media_type="image/png")
    return (time.perf_counter() - began) / count


def _look(size: Size, steps: int, guidance: float) -> Look:
    return Look(
        name="benchmark", title="Random weights", kind="controlnet", folder="", revision="random", files={}, licence="Apache-2.0",
        commercial=True, training_data="none", num_inference_steps=steps, guidance_scale=guidance, width_px=size.side_px,
        height_px=size.side_px, digest="0" * 64,
    )  # fmt: skip


def _request(look: Look, number: int, seeds: tuple[int, ...]) -> RenderRequest:
    return RenderRequest(
        key=f"request-{number}", look=look, scene=Scene(place=f"place {number % 2}"), line_sha256="0" * 64, width_px=look.width_px,
        height_px=look.height_px, seeds=seeds,
    )  # fmt: skip


def _lines(size: Size) -> Any:
    page = np.full((size.side_px, size.side_px), 255, dtype=np.uint8)
    page[:: max(2, size.side_px // 16)] = 0
    return page


def _png(pixels: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG", compress_level=_PNG_LEVEL)
    return file.getvalue()


def _row(way: str, steps: int, guidance: float, batch: int, seconds: float) -> Row:
    figures = {"seconds_an_image": round(seconds, 5), "images_an_hour": round(3600 / seconds)}
    return {"way": way, "steps": steps, "guidance": guidance, "batch": batch, **figures}


def _now(device: str) -> float:
    """Seconds, once the device has done what it was asked."""
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def _forget_peak(device: str) -> None:
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()


def _peak_gb(device: str) -> float:
    """The most memory since `_forget_peak` on a GPU, of this process on a CPU."""
    used = torch.cuda.max_memory_allocated() if device == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return round(used / 1e9, 2)


if __name__ == "__main__":
    set_up_log(level="warning")
    main()
