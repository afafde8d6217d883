"""The mark by which a layer is known again, wherever it lies and whichever program saved it."""

import hashlib
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerMark:
    """What a layer's pixels are known by, and where they begin."""

    sha256: str
    """Empty where nothing is to be seen."""
    left_px: int
    """Of the trimmed pixels."""
    top_px: int

    def at(self, left_px: int, top_px: int) -> "LayerMark":
        """The same pixels, of a layer that begins there on its canvas."""
        return replace(self, left_px=self.left_px + left_px, top_px=self.top_px + top_px) if self.sha256 else self


def layer_mark(rgba: npt.NDArray[np.uint8]) -> LayerMark:
    """The mark of H×W×4 uint8 pixels with straight alpha, trimmed to what is not fully transparent.

    Colour under full transparency does not count, nor do empty margins: programs keep or drop both as they like. The hash is
    SHA-256 over width and height as 32-bit big-endian numbers, then the pixels row by row.
    """
    if not rgba.size:
        return LayerMark(sha256="", left_px=0, top_px=0)
    alpha = cv2.extractChannel(rgba, 3)
    if alpha.min() == 255:
        return LayerMark(sha256=_sha256(rgba), left_px=0, top_px=0)
    left, top, width, height = cv2.boundingRect(alpha)
    if not width:
        return LayerMark(sha256="", left_px=0, top_px=0)
    trimmed = np.ascontiguousarray(rgba[top : top + height, left : left + width])
    words = trimmed.view("<u4")
    kept = np.where(words >= 1 << 24, words, np.uint32(0))
    return LayerMark(sha256=_sha256(kept.astype("<u4", copy=False).view(np.uint8)), left_px=left, top_px=top)


def _sha256(pixels: npt.NDArray[np.uint8]) -> str:
    height, width = pixels.shape[:2]
    digest = hashlib.sha256(np.array([width, height], dtype=">u4").tobytes())
    digest.update(np.ascontiguousarray(pixels, dtype=np.uint8).data)
    return digest.hexdigest()
