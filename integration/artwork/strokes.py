"""Parts what is inside the frame by what it means: lines, cel areas, shadow areas, rough colour.

Warm and blue pencil mark areas that are not the background's own; rough colour says how the background is to be painted. Both may be
warm. A sheet has rough colour when flat colour of several hues covers much of it; there, a cel is only what a red outline closes.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.drawing import holds_drawing, measure_strokes
from integration.artwork.pencil import blue_strokes, darkness, full_strength, ink, ink_over_colour, warm_strokes
from integration.artwork.pencil_areas import filled_areas
from integration.artwork.rough_colour import cel_outlines, find_rough_colour, rough_picture

Grey = npt.NDArray[np.uint8]
"""H×W uint8."""

_SOME_INK = 0.001
"""A frame with less dark line than this may be drawn in coloured pencil alone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parted:
    """What is inside a frame; all pictures have one size."""

    lines: Grey
    """H×W uint8, 0 none to 255 a full line, handwriting included."""
    cel_mask: Grey
    """H×W uint8, 255 where cels are marked, else 0."""
    shadow_mask: Grey
    """H×W uint8, 255 where shadow is marked, else 0."""
    rough: Grey | None
    """H×W×3 uint8 sRGB rough colour, white where there is none; None when there is none at all."""
    coloured_share: float
    """Share of the frame that coloured pencil covers, 0 to 1."""


def part_strokes(coloured: Grey, lines: Grey, *, has_margin: bool, notes: list[str]) -> Parted:
    """Part what is drawn.

    Args:
        coloured: H×W×3 uint8 sRGB on white paper: the inside of the frame.
        lines: H×W uint8, 0 none to 255 a full line: its dark lines, as they were told apart on the whole sheet.
        has_margin: whether paper was seen around it; a dark picture without a margin is a painting, never rough colour.
        notes: what was found is added, in a coordinator's words.
    """
    drawn = full_strength(lines)
    is_rough = find_rough_colour(coloured)
    if is_rough is not None and (has_margin or holds_drawing(measure_strokes(drawn))):
        return _over_rough_colour(coloured, is_rough, notes)
    warm, blue = warm_strokes(coloured), blue_strokes(coloured)
    coloured_share = float(np.mean(cv2.bitwise_or(warm, blue) > 0))
    if not (drawn > 60).mean() > _SOME_INK:
        drawn, warm, blue = _in_coloured_pencil(coloured, drawn, warm, blue, notes)
    return Parted(lines=drawn, cel_mask=filled_areas(warm), shadow_mask=filled_areas(blue), rough=None, coloured_share=coloured_share)


def _over_rough_colour(coloured: Grey, is_rough: Grey, notes: list[str]) -> Parted:
    cel_mask = filled_areas(cel_outlines(coloured))
    notes.append(f"rough colour covers {np.mean(is_rough > 0):.0%} of the frame; there, only what a red outline closes counts as a cel")
    return Parted(
        lines=full_strength(ink_over_colour(coloured)),
        cel_mask=cel_mask,
        shadow_mask=np.zeros_like(cel_mask),
        rough=rough_picture(coloured, is_rough, cel_mask),
        coloured_share=float(np.mean(is_rough > 0)),
    )


def _in_coloured_pencil(coloured: Grey, drawn: Grey, warm: Grey, blue: Grey, notes: list[str]) -> tuple[Grey, Grey, Grey]:
    """Lines, warm strokes and blue strokes of a frame that may be drawn in one coloured pencil alone; as they were where it is not."""
    dark = darkness(coloured, coloured=True)
    nothing = np.zeros_like(warm)
    for name, strokes in (("blue", blue), ("red", warm)):
        reached = cv2.dilate(strokes, np.ones((3, 3), np.uint8))
        pencil = full_strength(ink(np.asarray(cv2.bitwise_and(dark, reached), np.uint8)))
        if holds_drawing(measure_strokes(pencil), across=True):
            notes.append(f"there is no dark line: the {name} pencil is taken for the drawing")
            return (pencil, warm, nothing) if name == "blue" else (pencil, nothing, blue)
    return drawn, warm, blue
