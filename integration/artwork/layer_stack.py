"""How much of a canvas each layer of a returned file visibly covers, whichever format the file has."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.layer_hash import LayerMark

WORK_SIDE_PX = 1024
"""Areas are counted on a canvas with its longer side at most this long, each place the mean of what it stands for."""
Plane = npt.NDArray[np.float32]
"""H×W float32, 0 to 1."""
Cover = npt.NDArray[np.uint8]
"""H×W uint8 at work size: how much of each place a layer covers by itself, 0–255."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenLayer:
    """One layer with pixels, as a reader found it."""

    name: str
    """Untrusted text."""
    mark: LayerMark
    cover: Cover
    """After its own opacity, mask and clipping; 0 everywhere when it is hidden."""
    hides: bool
    """Whether it lies over what is under it; layers that are blended only change that."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenGroup:
    """Layers that are laid over one another before they are laid over what is under them."""

    cover: Cover
    """What its opacity and mask let through; 0 everywhere when it is hidden."""
    layers: tuple["SeenLayer | SeenGroup", ...]
    """From the lowest."""


def flat(layers: Sequence[SeenLayer | SeenGroup]) -> list[SeenLayer]:
    """Every layer, out of its groups, from the lowest."""
    return [each for layer in layers for each in (flat(layer.layers) if isinstance(layer, SeenGroup) else [layer])]


def canvas_size(width_px: int, height_px: int) -> tuple[int, int]:
    """Width and height at which areas of a canvas are counted."""
    share = min(1.0, WORK_SIDE_PX / max(width_px, height_px))
    return max(1, round(width_px * share)), max(1, round(height_px * share))


def cover_of(alpha: npt.NDArray[np.uint8], *, left: int, top: int, canvas: tuple[int, int], outside: int = 0) -> Cover:
    """How a layer or mask (H×W uint8) that begins at `left`, `top` covers a canvas of width and height `canvas`.

    `outside` is what counts where it does not reach.
    """
    width, height = canvas
    x, y = max(left, 0), max(top, 0)
    shown = alpha[y - top : max(height - top, 0), x - left : max(width - left, 0)]
    whole = np.full((height, width), outside, np.uint8)
    if shown.size and x < width and y < height:
        whole[y : y + shown.shape[0], x : x + shown.shape[1]] = shown
    small: Cover = cv2.resize(whole, canvas_size(width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return small


def times(one: Cover, other: Cover | int) -> Cover:
    """The product of two covers, or of one with an opacity of 0 to 255."""
    made: Cover = ((one.astype(np.uint16) * other + 127) // 255).astype(np.uint8)
    return made


def whole(canvas: tuple[int, int], share: int = 255) -> Cover:
    """The cover of something of opacity `share`, 0 to 255, that reaches everywhere."""
    width, height = canvas_size(*canvas)
    return np.full((height, width), share, np.uint8)


def visible_shares(layers: Sequence[SeenLayer | SeenGroup]) -> list[Plane]:
    """What of each place each layer of `flat` shows, 0 to 1: those that lie over one another share it."""
    return _shares(layers)[0]


def _shares(layers: Sequence[SeenLayer | SeenGroup]) -> tuple[list[Plane], Plane]:
    """The shares, from the lowest, and what all together leave uncovered."""
    shown: list[Plane] = []
    left: Plane = np.ones((1, 1), np.float32)
    for layer in reversed(layers):
        cover = layer.cover.astype(np.float32) / np.float32(255)
        if isinstance(layer, SeenGroup):
            inside, uncovered = _shares(layer.layers)
            shown += [share * cover * left for share in reversed(inside)]
            left = left * (1 - cover * (1 - uncovered))
        else:
            shown.append(cover * left)
            left = left * (1 - cover) if layer.hides else left
    return shown[::-1], left
