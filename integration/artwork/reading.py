"""What the readers of returned files hand on: a picture, its layers, and why something cannot be told."""

from dataclasses import dataclass
from enum import StrEnum

from integration.artwork.checked_image import CheckedImage
from integration.artwork.layer_stack import SeenGroup, SeenLayer


class Doubt(StrEnum):
    """Why an area of paint, or all of them, cannot be told from the layers."""

    ADJUSTED = "adjustment_layer"
    """A visible layer changes colours of others."""
    BLENDED = "blend_mode"
    """A visible layer or group is blended in a way that covers nothing by itself."""
    COLOUR_MODE = "colour_mode"
    """Not RGB or grey: layers are not compared."""
    EFFECTS = "layer_effects"
    """A visible layer draws shadows, strokes or the like."""
    FILL = "fill_layer"
    """A visible layer is described, not painted: a fill, a shape, a text."""
    SMART_OBJECT = "smart_object"
    """A visible layer holds another document."""
    VECTOR_MASK = "vector_mask"
    """A visible layer is cut by a path."""
    NO_PICTURE = "no_merged_picture"
    """The program saved no merged picture: save with the highest compatibility."""
    FLAT = "flat"
    """The file has no layers."""
    DRAFT_CHANGED = "draft_layer_changed"
    """A draft's layer was painted on, cropped or filtered."""
    DRAFT_MISSING = "draft_layer_missing"
    """A draft's layer is not in the file, and no other draft of its part shows: it was deleted, or merged into others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadFile:
    """A returned file, opened."""

    picture: CheckedImage | None
    """As the artist sees it; None where the file holds no merged picture."""
    format: str
    layers: tuple[SeenLayer | SeenGroup, ...]
    """From the lowest."""
    doubts: frozenset[Doubt]
