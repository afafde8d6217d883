"""The pretend artist's brush: a program that paints over a draft, or paints without one."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from integration.artwork.checked_image import open_checked
from integration.artwork.genzu import register_genzu
from integration.storage.protocol import Storage

_SKY, _HAZE, _GROUND = (np.array(colour, np.float32) for colour in ((158, 170, 196), (236, 206, 170), (150, 132, 92)))
_SHARE = {"used": 0.35, "partly_used": 0.7}
"""How much of the picture the pretend artist paints, from the bottom up; for the demo alone, it means nothing in the record."""


def paint_without_draft(storage: Storage, genzu_sha256: str, path: Path) -> None:
    """Write a picture painted from the stored genzu alone to `path`: a wash from sky to ground, and the layout's lines."""
    genzu = register_genzu(open_checked(storage.get(genzu_sha256)), width_px=384, height_px=216)
    height, width = genzu.line.shape
    down = np.linspace(0, 1, height)[:, None, None]
    wash = np.where(down < 0.5, _SKY + (_HAZE - _SKY) * down * 2, _HAZE + (_GROUND - _HAZE) * (down * 2 - 1))
    lines = 0.35 + 0.65 * (genzu.line.astype(np.float32) / 255)[..., None]
    picture = Image.fromarray((np.broadcast_to(wash, (height, width, 3)) * lines).astype(np.uint8))
    _in_strokes(picture, rng=np.random.default_rng(int(genzu_sha256[:8], 16))).save(path)


def paint_revision(storage: Storage, sha256: str, path: Path, *, outcome: str) -> None:
    """Write a revision of the stored draft `sha256` to `path`: short strokes of its own colours over some of it."""
    with Image.open(io.BytesIO(storage.get(sha256))) as opened:
        draft = opened.convert("RGB")
    share = _SHARE.get(outcome, 0.5)
    painted = _in_strokes(draft, rng=np.random.default_rng(int(sha256[:8], 16)))
    edge = int(draft.height * (1 - share))
    mask = Image.new("L", draft.size, 0)
    ImageDraw.Draw(mask).rectangle((0, edge, draft.width, draft.height), fill=255)
    Image.composite(painted, draft, mask.filter(ImageFilter.GaussianBlur(8))).save(path)


def _in_strokes(picture: Image.Image, *, rng: np.random.Generator) -> Image.Image:
    """The picture in broad flat strokes, lighter where light falls."""
    ground = picture.filter(ImageFilter.MedianFilter(7))
    canvas = ground.copy()
    brush = ImageDraw.Draw(canvas)
    colours = np.asarray(ground).astype(np.int16)
    for _ in range(picture.width * picture.height // 60):
        x, y = int(rng.integers(picture.width)), int(rng.integers(picture.height))
        colour = np.clip(colours[y, x] + rng.integers(-9, 12), 0, 255)
        length, rise = int(rng.integers(4, 13)), int(rng.integers(-2, 3))
        brush.line((x, y, x + length, y + rise), fill=(int(colour[0]), int(colour[1]), int(colour[2])), width=int(rng.integers(2, 4)))
    return canvas.filter(ImageFilter.SMOOTH)
