"""Orders and returned files for tests of packages."""

import io
import struct
import zipfile
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from integration.artwork.png import png_bytes
from integration.orders.manifest import HouseOrder, OrderedBackground, OrderedPart, Shipped

DAY, DUE = date(2026, 12, 1), date(2026, 12, 18)
SIZE = (160, 90)


def part(stem: str, *, name: str = "BG", shipped: tuple[Shipped, ...] = (), size: tuple[int, int] | None = SIZE) -> OrderedPart:
    """A picture that is asked for."""
    width, height = size or (None, None)
    return OrderedPart(part=name, stem=stem, formats=("psd", "png"), width_px=width, height_px=height, shipped=shipped)


def background(code: str, *parts: OrderedPart, place: str = "山道", ai: Literal["none", "draft", "final"] = "none") -> OrderedBackground:
    """A background of two cuts."""
    return OrderedBackground(
        id="Shot:1",
        code=code,
        cuts=(code, "c099"),
        episode="ep01",
        place=place,
        season="秋",
        time_of_day="夕方",
        weather="",
        light="左から",
        ai=ai,
        ai_until=None if ai == "none" else date(2027, 3, 31),
        parts=parts,
    )


def order(*backgrounds: OrderedBackground) -> HouseOrder:
    """An order of them."""
    return HouseOrder(
        order="20261201-0123abcd",
        show="風ノ森の夏",
        house="スタジオ雲",
        ordered_on=DAY,
        due_on=DUE,
        no_vendor_training=True,
        data="licensed",
        backgrounds=backgrounds,
    )


def picture(seed: int = 1, *, size: tuple[int, int] = SIZE, kind: str = "PNG") -> bytes:
    """A picture file."""
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    if kind == "PNG":
        return png_bytes(pixels)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


def photoshop(*, size: tuple[int, int] = SIZE, mode: int = 3, depth: int = 8, version: int = 1) -> bytes:
    """A Photoshop file without layers, its picture unpacked."""
    width, height = size
    header = struct.pack(">4sH6sHIIHH", b"8BPS", version, b"\0" * 6, 3, height, width, depth, mode)
    return header + struct.pack(">IIQ" if version == 2 else ">III", 0, 0, 0) + b"\0\0" + bytes(3 * width * height * depth // 8)


def written(folder: Path, files: dict[str, bytes]) -> Path:
    """A folder with these files."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def zipped(file: Path, files: dict[str, bytes]) -> Path:
    """A zip with these files."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file
