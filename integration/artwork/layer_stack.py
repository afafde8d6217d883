"""How much of a canvas each layer of a returned file visibly covers, whichever format the file has."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

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
    is_clipped: bool = False
    """Whether it is a layer with what is clipped to it, and no group of the file's."""


def canvas_size(width_px: int, height_px: int) -> tuple[int, int]:
    """Width and height at which areas of a canvas are counted."""
    share = min(1.0, WORK_SIDE_PX / max(width_px, height_px))
    return max(1, round(width_px * share)), max(1, round(height_px * share))


def cover_of(alpha: npt.NDArray[np.uint8], *, left: int, top: int, canvas: tuple[int, int], outside: int = 0) -> Cover:
    """How a layer or mask (H×W uint8) that begins at `left`, `top` covers a canvas of width and height `canvas`.

    `outside` is what counts where it does not reach.
    """
    width, height = canvas
    if (left, top) == (0, 0) and alpha.shape == (height, width) and alpha.min() == 255:
        return whole(canvas)
    x, y = max(left, 0), max(top, 0)
    shown = alpha[y - top : max(height - top, 0), x - left : max(width - left, 0)]
    laid = np.full((height, width), outside, np.uint8)
    if shown.size and x < width and y < height:
        laid[y : y + shown.shape[0], x : x + shown.shape[1]] = shown
    small: Cover = cv2.resize(laid, canvas_size(width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return small


def times(one: Cover, other: Cover) -> Cover:
    """The product of two covers."""
    if _is_even(one, 255) or _is_even(other, 0):
        return other
    if _is_even(other, 255) or _is_even(one, 0):
        return one
    return np.asarray(cv2.multiply(np.ascontiguousarray(one), np.ascontiguousarray(other), scale=1 / 255), np.uint8)


def whole(canvas: tuple[int, int], share: int = 255) -> Cover:
    """The cover of something of opacity `share`, 0 to 255, that reaches everywhere; takes no memory."""
    width, height = canvas_size(*canvas)
    return np.broadcast_to(np.uint8(share), (height, width))


def clipped(base: Sequence[SeenLayer | SeenGroup], above: SeenLayer | SeenGroup) -> list[SeenLayer | SeenGroup]:
    """`base`, and what was clipped to it before, with one more layer clipped to it, which shows only where its base does."""
    first = base[0]
    if isinstance(first, SeenLayer):
        full = np.broadcast_to(np.uint8(255), first.cover.shape)
        return [SeenGroup(cover=first.cover, layers=(replace(first, cover=full), above), is_clipped=True)]
    if first.is_clipped:
        return [replace(first, layers=(*first.layers, above))]
    return [*base, SeenGroup(cover=covered(first), layers=(above,))]


def covered(layer: SeenLayer | SeenGroup) -> Cover:
    """How much of each place a layer, or what is in a group, covers."""
    if isinstance(layer, SeenLayer):
        return layer.cover
    left = np.ones(layer.cover.shape, np.float32)
    for each in layer.layers:
        left *= 1 - covered(each) / np.float32(255)
    return times(layer.cover, np.rint(255 * (1 - left)).astype(np.uint8))


def visible_shares(layers: Sequence[SeenLayer | SeenGroup]) -> Iterator[tuple[SeenLayer, Plane]]:
    """Every layer, out of its groups, from the highest, and what of each place it shows, 0 to 1.

    Those that lie over one another share a place. One plane is made at a time, for files may have a thousand layers.
    """
    yield from _shares(layers, np.ones((1, 1), np.float32))


def _shares(layers: Sequence[SeenLayer | SeenGroup], through: Plane) -> Generator[tuple[SeenLayer, Plane], None, Plane]:
    """The shares of what comes through from above, and what all together leave uncovered."""
    left: Plane = np.ones((1, 1), np.float32)
    for layer in reversed(layers):
        cover: Plane = layer.cover.astype(np.float32) / np.float32(255)
        if isinstance(layer, SeenGroup):
            uncovered = yield from _shares(layer.layers, cover * left * through)
            left = left * (1 - cover * (1 - uncovered))
        else:
            yield layer, cover * left * through
            left = left * (1 - cover) if layer.hides else left
    return left


def _is_even(cover: Cover, share: int) -> bool:
    """Whether it was made by `whole` of that share."""
    return cover.strides == (0, 0) and bool(cover[0, 0] == share)
