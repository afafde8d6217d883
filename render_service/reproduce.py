"""``python -m render_service.reproduce``: paints one picture again from its recipe, alone and exactly, and says how like it came out.

One JSON object on standard input (`Order`), one on standard output: what `Answer` holds, or ``error`` and ``hint``.
"""

import hashlib
import io
import json
import math
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict

from integration.errors import HaikeiError, RenderError, StorageError
from integration.log import set_up_log
from integration.storage.opening import open_storage
from integration.storage.protocol import Storage
from render_service.contract import Look, RenderRequest
from render_service.control import Colour, read_colour, read_grey, without_cel
from render_service.looks import load_look
from render_service.prompt import words_of
from render_service.recipe import RECIPE_VERSION, look_facts, run_with, scene_in
from render_service.renderers.protocol import PaintJob, Renderer
from render_service.warm_looks import WarmLooks

ROUNDING_LEVELS = 2
"""Pictures whose values are nowhere further apart are equal within rounding."""
ROUNDING_PSNR_DB = 45.0
"""So are pictures as like as this."""
_OF_THE_MOMENT = {"unread", "seeds", "slot", "started_ms", "milliseconds", "batch_size", "batch_position"}
"""What a run says that need not be the same again."""
_MOST_PX2 = 40_000_000


class Order(BaseModel):
    """What to paint again, and from where."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    storage: dict[str, Any]
    """What `integration.storage.opening.open_storage` takes."""
    looks: tuple[Path, ...] = ()
    """Folders of Look files beside the built-in one."""
    recipe_sha256: str
    """The stored recipe."""
    seed: int
    """The picture's seed."""
    picture_sha256: str
    """The stored picture."""
    pixel_sha256: str
    """SHA-256 of its H×W×3 uint8 sRGB pixels."""
    out: Path | None = None
    """PNG file to write the new picture to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How like two pictures are."""

    verdict: str
    """``equal`` bit for bit, ``rounding`` (equal within rounding) or ``differs``."""
    most_levels: int | None = None
    """Greatest difference of two values, 0 to 255; None where the old picture is gone or of another size."""
    mean_levels: float | None = None
    """Mean difference of all values."""
    psnr_db: float | None = None
    """Peak signal-to-noise ratio; None for equal pictures and where `most_levels` is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A part of the recipe that is another here."""

    part: str
    then: str
    here: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of painting again."""

    likeness: Likeness
    differences: tuple[Difference, ...]
    device: str
    milliseconds: int
    """How long the model worked."""


def main() -> int:
    """Read the order from standard input, write the answer, and return the exit code: 0 when there is one."""
    answers, sys.stdout = sys.stdout, sys.stderr  # a library that prints must not be taken for an answer
    set_up_log(level="warning")
    try:
        order = Order.model_validate_json(sys.stdin.read())
        answer = asdict(reproduce(order, open_storage(**order.storage)))
    except HaikeiError as error:
        print(json.dumps({"error": str(error), "hint": error.hint}), file=answers, flush=True)
        return 1
    print(json.dumps(answer, ensure_ascii=False), file=answers, flush=True)
    return 0


def reproduce(order: Order, storage: Storage) -> Answer:
    """Paint the ordered picture again, in a batch of its own, eagerly and in PyTorch's deterministic mode, and compare.

    Raises:
        RenderError: it cannot be painted here: the Look, its model, PyTorch or the layout is gone.
        StorageError: the recipe is gone, or the new picture cannot be written.
    """
    recipe = _recipe(storage.get(order.recipe_sha256))
    run = run_with(recipe, order.seed)
    if not run:
        raise RenderError(f"the recipe names no picture of seed {order.seed}", hint="The record does not fit its recipe.")
    look = _look(recipe["look"], order.looks)
    renderer = _open(look, run)
    began = time.monotonic()
    pixels = _paint(renderer, _request(recipe, look, order.seed), storage)
    milliseconds = round((time.monotonic() - began) * 1000)
    if order.out:
        _write(pixels, order.out)
    return Answer(
        likeness=compare(pixels, order.pixel_sha256, _old(storage, order.picture_sha256)),
        differences=(*differing_look(recipe, look), *differing_run(run, renderer.facts)),
        device=str(renderer.facts.get("device", "")),
        milliseconds=milliseconds,
    )


def compare(pixels: Colour, pixel_sha256: str, old: Colour | None) -> Likeness:
    """How like `pixels` (H×W×3 uint8 sRGB) are to the old ones; where those are gone, only their hash is compared."""
    if hashlib.sha256(pixels.tobytes()).hexdigest() == pixel_sha256:
        return Likeness(verdict="equal", most_levels=0, mean_levels=0.0)
    if old is None or old.shape != pixels.shape:
        return Likeness(verdict="differs")
    apart = np.abs(pixels.astype(np.int16) - old)
    most, mean = int(apart.max()), float(apart.mean())
    if not most:
        return Likeness(verdict="equal", most_levels=0, mean_levels=0.0)
    psnr = 20 * math.log10(255) - 10 * math.log10(float(np.square(apart, dtype=np.float64).mean()))
    near = most <= ROUNDING_LEVELS or psnr >= ROUNDING_PSNR_DB
    return Likeness(verdict="rounding" if near else "differs", most_levels=most, mean_levels=mean, psnr_db=psnr)


def differing_look(recipe: Mapping[str, Any], look: Look) -> list[Difference]:
    """What `look` and the words it is told now are other than in the recipe."""
    then, here = _flat(recipe["look"]), _flat(look_facts(look))
    changed = look.digest != recipe["look"]["digest"]  # equal for a Look that has but a later release's new keys, at their defaults
    names = [name for name in sorted(then.keys() | here.keys()) if changed and then.get(name) != here.get(name)]
    found = [Difference(part=f"Look {name}", then=then.get(name, "–"), here=here.get(name, "–")) for name in names]
    words = words_of(look, scene_in(recipe))
    if words.prompt != recipe["prompt"]:
        found.append(Difference(part="prompt", then=recipe["prompt"], here=words.prompt))
    return found


def differing_run(run: Mapping[str, Any], facts: Mapping[str, str | int]) -> list[Difference]:
    """What this machine is other than the one that painted."""
    names = [name for name in sorted((run.keys() | facts.keys()) - _OF_THE_MOMENT) if str(run.get(name, "")) != str(facts.get(name, ""))]
    found = [Difference(part=name, then=str(run.get(name, "–")) or "–", here=str(facts.get(name, "–")) or "–") for name in names]
    if run["batch_size"] > 1:
        place = f"picture {run['batch_position'] + 1} of {run['batch_size']}"
        found.append(Difference(part="batch", then=place, here="alone"))
    return found


def _recipe(data: bytes) -> dict[str, Any]:
    try:
        recipe: dict[str, Any] = json.loads(data)
        known = recipe["recipe_version"] == RECIPE_VERSION
    except (ValueError, KeyError, TypeError) as error:
        raise RenderError("the stored recipe is none", hint="The record does not fit the store.") from error
    if not known:
        raise RenderError(f"the recipe is of version {recipe['recipe_version']}", hint="Use a newer release of haikei.")
    return recipe


def _look(facts: Mapping[str, Any], folders: tuple[Path, ...]) -> Look:
    """The recipe's Look, or what goes by its name now.

    Raises:
        RenderError: there is none any more.
    """
    try:
        return WarmLooks(folders, threads=0).find(facts["name"], facts["digest"])
    except RenderError:
        return load_look(facts["name"], folders)


def _open(look: Look, run: Mapping[str, Any]) -> Renderer:
    """The Look's renderer in exact mode: on the CPU, with as many threads, when the picture was painted there."""
    if run.get("device") == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    try:
        from render_service.renderers.diffusion import open_renderer  # torch takes seconds to import, and reads the line above
        from render_service.renderers.exact import be_exact
    except ImportError as error:
        raise RenderError(
            f"pictures cannot be painted on this machine: {error}",
            hint="Install haikei with its extra 'render', or run this where a render worker runs.",
        ) from error
    be_exact()
    return open_renderer(look, threads=min(int(run.get("threads", 0)), os.cpu_count() or 1), batch_size=1)


def _request(recipe: Mapping[str, Any], look: Look, seed: int) -> RenderRequest:
    return RenderRequest(
        key="reproduce",
        look=look,
        scene=scene_in(recipe),
        line_sha256=recipe["line_sha256"],
        mask_sha256=recipe["mask_sha256"] or None,
        rough_sha256=recipe["rough_sha256"] or None,
        width_px=recipe["width_px"],
        height_px=recipe["height_px"],
        seeds=(seed,),
    )


def _paint(renderer: Renderer, request: RenderRequest, storage: Storage) -> Colour:
    line = read_grey(storage.get(request.line_sha256), "line picture", request)
    mask = read_grey(storage.get(request.mask_sha256), "cel mask", request) if request.mask_sha256 else None
    rough = read_colour(storage.get(request.rough_sha256), "rough colour", request) if request.rough_sha256 else None
    job = PaintJob(request=request, seed=request.seeds[0], line=without_cel(line, mask), rough=rough)
    (painted,) = renderer.render([job], lambda _step: None)
    if isinstance(painted, RenderError):
        raise painted
    return painted


def _old(storage: Storage, sha256: str) -> Colour | None:
    """The delivered picture, H×W×3 uint8 sRGB; None when it is gone."""
    try:
        image = Image.open(io.BytesIO(storage.get(sha256)), formats=["PNG"])
    except (StorageError, OSError):
        return None
    return np.asarray(image.convert("RGB")) if image.width * image.height <= _MOST_PX2 else None


def _write(pixels: Colour, path: Path) -> None:
    try:
        Image.fromarray(pixels).save(path, format="PNG")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}", hint="Choose another file for --out.") from error


def _flat(facts: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Nested facts as texts by dotted name."""
    flat: dict[str, str] = {}
    for name, value in facts.items():
        flat |= (
            _flat(value, f"{before}{name}.") if isinstance(value, Mapping) else {f"{before}{name}": json.dumps(value, ensure_ascii=False)}
        )
    return flat


if __name__ == "__main__":
    sys.exit(main())
