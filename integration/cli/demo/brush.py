"""The pretend artist's brush: a program that paints over a draft, or paints without one."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from integration.storage.protocol import Storage

_SHARE = {"used": 0.35, "partly_used": 0.7, "not_used": 1.0}
"""How much of the picture the pretend artist paints, from the bottom up; for the demo alone, it means nothing in the record."""


def paint_revision(storage: Storage, sha256: str, path: Path, *, outcome: str) -> None:
    """Write a revision of the stored draft `sha256` to `path`: short strokes of its own colours over some or all of it."""
    with Image.open(io.BytesIO(storage.get(sha256))) as opened:
        draft = opened.convert("RGB")
    share = _SHARE.get(outcome, 0.5)
    painted = _in_strokes(draft, rng=np.random.default_rng(int(sha256[:8], 16)), lift=outcome == "not_used")
    edge = int(draft.height * (1 - share))
    mask = Image.new("L", draft.size, 0)
    ImageDraw.Draw(mask).rectangle((0, edge, draft.width, draft.height), fill=255)
    Image.composite(painted, draft, mask.filter(ImageFilter.GaussianBlur(8)) if share < 1 else mask).save(path)


def _in_strokes(picture: Image.Image, *, rng: np.random.Generator, lift: bool) -> Image.Image:
    """The picture in broad flat strokes, lighter where light falls."""
    ground = picture.filter(ImageFilter.MedianFilter(7))
    canvas = ground.copy()
    brush = ImageDraw.Draw(canvas)
    colours = np.asarray(ground).astype(np.int16)
    for _ in range(picture.width * picture.height // 60):
        x, y = int(rng.integers(picture.width)), int(rng.integers(picture.height))
        colour = np.clip(colours[y, x] + rng.integers(-9, 12) + (14 if lift else 0), 0, 255)
        length, rise = int(rng.integers(4, 13)), int(rng.integers(-2, 3))
        brush.line((x, y, x + length, y + rise), fill=(int(colour[0]), int(colour[1]), int(colour[2])), width=int(rng.integers(2, 4)))
    return canvas.filter(ImageFilter.SMOOTH)
