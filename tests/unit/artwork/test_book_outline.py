"""A BOOK is cut out where its lines end it, and left whole where they do not."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from integration.artwork.book_outline import book_outline

WIDTH, HEIGHT = 320, 180
Points = list[tuple[int, int]]


def drawn(points: Points, *, closed: bool = False) -> npt.NDArray[np.uint8]:
    line = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cv2.polylines(line, [np.array(points, np.int32)], closed, 0, 2)
    return line


@pytest.mark.parametrize(
    ("points", "closed"),
    [
        ([(0, 120), (100, 110), (160, 179)], False),
        ([(120, 179), (120, 60), (200, 60), (200, 179)], False),
        ([(90, 90), (200, 80), (150, 150)], True),
    ],
    ids=["hill in a corner", "stands on the lower edge", "hangs free"],
)
def test_what_the_lines_enclose_is_the_book(points: Points, closed: bool) -> None:
    area = np.zeros((HEIGHT, WIDTH), np.uint8)
    whole = points if closed or points[0][0] else [*points, (0, 179)]
    cv2.fillPoly(area, [np.array(whole, np.int32)], 255)

    outline = book_outline(drawn(points, closed=closed))

    assert outline is not None
    assert float(((outline > 0) != (area > 0)).mean()) < 0.03


def test_a_small_gap_is_closed_and_an_open_outline_tells_nothing() -> None:
    gap = drawn([(0, 120), (100, 110), (160, 179)])
    gap[:, 50:51] = 255

    outline = book_outline(gap)

    assert outline is not None and outline[170, 20] == 255 and outline[20, 20] == 0
    assert book_outline(drawn([(60, 120), (120, 110)])) is None
    assert book_outline(np.full((HEIGHT, WIDTH), 255, np.uint8)) is None
