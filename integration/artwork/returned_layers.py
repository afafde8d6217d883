"""What comes back from an artist: the picture, which layers of the hand-off are in it, and how much new paint shows.

Areas are told from layers alone and say nothing of who painted; where layers cannot tell, the answer is None and why.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from integration.artwork.checked_image import CheckedImage, ImageLimits, open_checked
from integration.artwork.handoff import LayerKind, ShippedLayer
from integration.artwork.layer_stack import SeenLayer, visible_shares
from integration.artwork.ora_reading import read_ora
from integration.artwork.psd_reading import read_psd
from integration.artwork.reading import Doubt, ReadFile
from integration.errors import ArtworkError

LIMITS = ImageLimits(max_bytes=2_000_000_000)
"""Layered files are large; their canvas is bounded as every picture's."""
_HEADS: dict[bytes, Callable[[Path, ImageLimits], ReadFile]] = {b"8BPS": read_psd, b"PK\x03\x04": read_ora}
_LEAST_PPM = 1_000
"""A draft's layer counts as in the picture when so much of the canvas shows it."""
_BLIND = frozenset({Doubt.COLOUR_MODE, Doubt.FLAT, Doubt.DRAFT_MISSING, Doubt.DRAFT_CHANGED, Doubt.FILL, Doubt.VECTOR_MASK})
"""With one of these no area of new paint is told."""


class LayerFate(StrEnum):
    """What became of a layer between hand-out and return."""

    SHIPPED = "shipped"
    CHANGED = "changed"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedLayer:
    """One layer of a returned file."""

    name: str
    """Untrusted text."""
    fate: LayerFate
    pixel_sha256: str
    """See `layer_hash`; empty for an empty layer."""
    visible_ppm: int
    """How much of the canvas shows it, in millionths: its opacity, masks, clipping, groups and what lies over it counted."""
    moved: bool
    """Whether a layer of the hand-off lies elsewhere."""
    of: ShippedLayer | None
    """The layer of the hand-off it is, or was."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Returned:
    """A returned file, understood."""

    picture: CheckedImage | None
    """As the artist sees it; None where the file holds no merged picture."""
    format: str
    layers: tuple[ReturnedLayer, ...]
    """From the lowest; empty for a flat picture."""
    painted_ppm: int | None
    """How much of the canvas shows new layers, in millionths, each place counted once and thin paint by its opacity; None when it cannot be told."""
    reasons: tuple[str, ...]
    """Codes (`Doubt`): why something cannot be told, or only roughly."""

    @property
    def drafts(self) -> tuple[ShippedLayer, ...]:
        """The drafts whose layers lie untouched in the file and show."""
        shipped = (each for each in self.layers if each.fate is LayerFate.SHIPPED and each.visible_ppm >= _LEAST_PPM)
        return tuple(each.of for each in shipped if each.of and each.of.kind is LayerKind.DRAFT)


def read_returned(path: Path, shipped: Sequence[ShippedLayer] = (), *, limits: ImageLimits = LIMITS) -> Returned:
    """Read what was handed in, layered or flat, told by content and never by the file's name.

    Args:
        path: the file.
        shipped: every layer that was handed out for this background.
        limits: how large it may be.

    Raises:
        ArtworkError: it is damaged, too large or no picture; the message says which.
    """
    size_bytes = path.stat().st_size
    if size_bytes > limits.max_bytes:
        raise ArtworkError(f"the file has {size_bytes / 1e6:.0f} MB; at most {limits.max_bytes / 1e6:.0f} MB are read")
    with path.open("rb") as stream:
        read = _HEADS.get(stream.read(4), _read_flat)
    return _understood(read(path, limits), shipped)


def _read_flat(path: Path, limits: ImageLimits) -> ReadFile:
    picture = open_checked(path, limits=limits)
    return ReadFile(picture=picture, format=picture.format, layers=(), doubts=frozenset({Doubt.FLAT}))


def _understood(file: ReadFile, shipped: Sequence[ShippedLayer]) -> Returned:
    layers: list[ReturnedLayer] = []
    painted: npt.NDArray[np.float32] = np.zeros((1, 1), np.float32)
    doubts = set(file.doubts)
    for seen, share in visible_shares(file.layers):
        layer = _told(seen, round(1e6 * float(share.mean())), shipped)
        layers.insert(0, layer)
        if layer.fate is LayerFate.NEW:
            painted = painted + share
        if not seen.hides and layer.fate is not LayerFate.SHIPPED and layer.visible_ppm:
            doubts.add(Doubt.BLENDED)
    doubts |= _doubts_of(layers, shipped)
    return Returned(
        picture=file.picture,
        format=file.format,
        layers=tuple(layers),
        painted_ppm=None if doubts & _BLIND else round(1e6 * float(np.minimum(painted, 1).mean())),
        reasons=tuple(sorted(doubts)),
    )


def _doubts_of(layers: Sequence[ReturnedLayer], shipped: Sequence[ShippedLayer]) -> set[Doubt]:
    drafts = [(each.of, each) for each in layers if each.of and each.of.kind is LayerKind.DRAFT]
    doubts: set[Doubt] = set()
    if any(layer.fate is LayerFate.CHANGED and layer.visible_ppm for _, layer in drafts):
        doubts.add(Doubt.DRAFT_CHANGED)
    for part in {each.part for each in shipped if each.kind is LayerKind.DRAFT}:
        handed_out = {each.draft for each in shipped if each.kind is LayerKind.DRAFT and each.part == part}
        there = {of.draft for of, _ in drafts if of.part == part}
        shows = any(layer.visible_ppm >= _LEAST_PPM for of, layer in drafts if of.part == part)
        if layers and handed_out - there and not shows:  # one that does not show may lie in a layer it was merged into
            doubts.add(Doubt.DRAFT_MISSING)
    return doubts


def _told(seen: SeenLayer, visible_ppm: int, shipped: Sequence[ShippedLayer]) -> ReturnedLayer:
    same = [each for each in shipped if each.pixel_sha256 and each.pixel_sha256 == seen.mark.sha256]
    named = [each for each in shipped if each.name == seen.name and each.kind is not LayerKind.PAINT]
    fate = LayerFate.SHIPPED if same else LayerFate.CHANGED if named else LayerFate.NEW
    of = next(iter(reversed(same or named)), None)
    moved = bool(same) and all((each.left_px, each.top_px) != (seen.mark.left_px, seen.mark.top_px) for each in same)
    return ReturnedLayer(
        name=seen.name, fate=fate, pixel_sha256=seen.mark.sha256, visible_ppm=visible_ppm, moved=moved, of=of
    )  # fmt: skip
