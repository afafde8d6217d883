"""A genzu as a layered Photoshop file, for tests: the BG's sheet and a fence as a BOOK over it."""

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image
from psd_tools import PSDImage

from tests.pretend_episode import draw_genzu

Sheet = np.ndarray[Any, np.dtype[np.uint8]]
"""H×W×3 uint8 BGR."""


def draw_book(*, frame: bool = False) -> Sheet:
    """A fence across the frame of `draw_genzu`'s sheet, 400 to 500 px from its top, and nothing else but perhaps the `frame`."""
    sheet = np.full((620, 877, 3), 255, np.uint8)
    if frame:
        cv2.rectangle(sheet, (63, 99), (813, 521), (60, 60, 60), 2)
    for x in range(100, 780, 40):
        cv2.rectangle(sheet, (x, 400), (x + 20, 500), (30, 30, 30), 2)
    cv2.line(sheet, (70, 430), (806, 430), (30, 30, 30), 2)
    return sheet


def layered_genzu(number: int) -> bytes:
    """A PSD with the layers ``genzu`` and ``BOOK1``, the second transparent where it has no line."""
    ground, book = draw_genzu(number), draw_book()
    document = PSDImage.new("RGB", (ground.shape[1], ground.shape[0]))
    document.create_pixel_layer(Image.fromarray(cv2.cvtColor(ground, cv2.COLOR_BGR2RGB)), name="genzu")
    drawn = np.dstack([cv2.cvtColor(book, cv2.COLOR_BGR2RGB), np.where(book.min(axis=2) < 255, 255, 0).astype(np.uint8)])
    document.create_pixel_layer(Image.fromarray(drawn, "RGBA"), name="BOOK1")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def write_layered_genzu(path: Path, number: int) -> Path:
    """Write `layered_genzu` to `path`."""
    path.write_bytes(layered_genzu(number))
    return path
