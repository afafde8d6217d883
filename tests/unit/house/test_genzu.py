"""Genzu sheets drawn by the house painter are registered as those of people are."""

import cv2
import numpy as np
import pytest

from integration.artwork.checked_image import open_checked
from integration.artwork.genzu import register_genzu
from integration.errors import ArtworkError
from render_service.house.genzu import Sheet, SheetOptions, draw_sheet
from render_service.house.line_drawing import draw_layout
from render_service.house.scene import scenery


def registered(sheet: Sheet) -> tuple[np.ndarray, np.ndarray]:
    """Lines and cel mask of a sheet at 384×216."""
    found = register_genzu(open_checked(cv2.imencode(".png", sheet)[1].tobytes()), width_px=384, height_px=216)
    return found.line, found.cel_mask


@pytest.mark.parametrize("options", [SheetOptions(), SheetOptions(skew_deg=1.5, paper=(214, 233, 244))], ids=["clean", "old and askew"])
def test_a_sheets_lines_are_those_of_its_scene(options: SheetOptions) -> None:
    lines, _ = registered(draw_sheet(21, options))

    drawn = draw_layout(scenery(21), 225, round(1500 * 1.04 * 216 / 844))
    top, left = (drawn.shape[0] - 216) // 2, (drawn.shape[1] - lines.shape[1]) // 2
    near = cv2.dilate((drawn[top : top + 216, left : left + lines.shape[1]] < 200).astype(np.uint8), np.ones((7, 7)))
    ink = lines < 128
    assert ink.mean() > 0.01
    assert near[ink].mean() > 0.8


def test_figures_in_warm_pencil_become_the_cel_mask() -> None:
    _, without = registered(draw_sheet(22, SheetOptions(cels=0)))
    _, with_figures = registered(draw_sheet(22, SheetOptions(cels=2)))

    assert not without.any()
    assert 0.005 < (with_figures > 0).mean() < 0.3


def test_a_sheet_of_writing_is_refused() -> None:
    with pytest.raises(ArtworkError):
        registered(draw_sheet(23, SheetOptions(text_only=True)))


def test_the_same_seed_draws_the_same_sheet() -> None:
    assert np.array_equal(draw_sheet(24, SheetOptions(cels=1)), draw_sheet(24, SheetOptions(cels=1)))
