"""Paints one layout with one Look on this machine: no queue, no tracker. The order is JSON on standard input, answers are JSON lines."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from integration.errors import HaikeiError, RenderError
from render_service.contract import RenderRequest, Scene
from render_service.control import check_size, read_colour, read_grey, without_cel
from render_service.looks import load_look
from render_service.recipe import recipe_of
from render_service.renderers.protocol import PaintJob, PaintStep
from render_service.weights import sha256_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOrder:
    """What is tried."""

    look: str
    """Name of the Look."""
    looks: list[str]
    """Folders of Looks beside the built-in ones."""
    scene: dict[str, Any]
    """The words, as fields of `Scene`."""
    line: str
    """PNG of the registered lines."""
    mask: str
    """PNG of the cel areas, "" without."""
    rough: str
    """PNG of the rough colour, "" without."""
    width_px: int
    """Width of the picture."""
    height_px: int
    """Height of the picture."""
    seed: int
    """What the noise is drawn from."""
    threads: int
    """CPU threads; 0 lets PyTorch choose."""
    picture: str
    """PNG to write; the recipe is written beside it as JSON."""


def main() -> int:
    """Read the order, paint, and return the exit code."""
    answers, sys.stdout = sys.stdout, sys.stderr  # a library that prints must not be taken for an answer

    def tell(**answer: Any) -> None:
        print(json.dumps(answer, ensure_ascii=False), file=answers, flush=True)

    try:
        order = TryOrder(**json.loads(sys.stdin.read()))
        recipe = try_look(order, lambda step: tell(step=step.number, count=step.count))
    except HaikeiError as error:
        tell(error=str(error), hint=error.hint)
        return 1
    tell(done=recipe)
    return 0


def try_look(order: TryOrder, on_step: Callable[[PaintStep], None]) -> dict[str, Any]:
    """Paint, write picture and recipe, and return the recipe.

    Raises:
        RenderError: the Look cannot be used, or paints nothing.
    """
    from render_service.renderers.diffusion import open_renderer  # torch takes seconds to import

    look = load_look(order.look, [Path(folder) for folder in order.looks])
    sums = {name: sha256_of(Path(file)) if file else None for name, file in (("mask", order.mask), ("rough", order.rough))}
    request = RenderRequest(
        key=f"try:{look.name}",
        look=look,
        scene=Scene(**order.scene),
        line_sha256=sha256_of(Path(order.line)),
        mask_sha256=sums["mask"],
        rough_sha256=sums["rough"],
        width_px=order.width_px,
        height_px=order.height_px,
        seeds=(order.seed,),
    )
    check_size(request)
    line = read_grey(Path(order.line).read_bytes(), "line picture", request)
    mask = read_grey(Path(order.mask).read_bytes(), "cel mask", request) if order.mask else None
    rough = read_colour(Path(order.rough).read_bytes(), "rough colour", request) if order.rough else None
    renderer = open_renderer(look, threads=order.threads)
    picture = renderer.render([PaintJob(request=request, seed=order.seed, line=without_cel(line, mask), rough=rough)], on_step)[0]
    if isinstance(picture, RenderError):
        raise picture
    recipe = recipe_of(request, [{"seeds": [order.seed], "slot": "try", **renderer.facts}])
    file = Path(order.picture)
    Image.fromarray(np.asarray(picture)).save(file, format="PNG")
    file.with_suffix(".recipe.json").write_text(json.dumps(recipe, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return recipe


if __name__ == "__main__":
    sys.exit(main())
