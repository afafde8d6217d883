"""What a model is shown of the registered lines."""

import io
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from integration.errors import RenderError
from render_service.contract import Look, RenderRequest, Scene
from render_service.control import check_size, dark_on_white, painted_size, read_colour, read_grey, white_on_black, without_cel

LOOK = Look(
    name="small",
    title="Small",
    kind="controlnet",
    folder="",
    revision="1",
    files={},
    licence="Apache-2.0",
    commercial=True,
    training_data="none",
    num_inference_steps=1,
    guidance_scale=1.0,
)


def request(width_px: int = 64, height_px: int = 40) -> RenderRequest:
    return RenderRequest(key="k", look=LOOK, scene=Scene(), line_sha256="0" * 64, width_px=width_px, height_px=height_px, seeds=(1,))


def white(height: int, width: int) -> NDArray[np.uint8]:
    return np.full((height, width), 255, np.uint8)


def png(pixels: NDArray[Any]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="PNG")
    return out.getvalue()


def test_the_house_model_sees_the_lines_as_they_are() -> None:
    line = white(40, 64)
    line[20] = 0

    image = dark_on_white(line, request())

    assert image.mode == "L"
    assert np.array_equal(np.asarray(image), line)


def test_a_controlnet_sees_white_lines_on_black() -> None:
    line = white(40, 64)
    line[20] = 0

    pixels = np.asarray(white_on_black(line, request()))

    assert pixels.shape == (40, 64, 3)
    assert (pixels[20] == 255).all()
    assert (pixels[:20] == 0).all()


@pytest.mark.parametrize(("width_px", "height_px"), [(61, 37), (64, 40), (385, 217)])
def test_a_control_image_is_a_multiple_of_eight_and_keeps_the_lines_in_place(width_px: int, height_px: int) -> None:
    line = white(height_px, width_px)
    line[:, width_px - 1] = 0

    image = dark_on_white(line, request(width_px, height_px))

    assert image.size == painted_size(request(width_px, height_px))
    assert not image.width % 8
    assert not image.height % 8
    assert np.array_equal(np.asarray(image)[:height_px, :width_px], line)


def test_thin_lines_stay_dark_when_a_scan_is_made_small() -> None:
    line = white(400, 640)
    line[:, 320:322] = 0

    assert np.asarray(dark_on_white(line, request())).min() < 128


def figure() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A line picture with a figure's dark outline, and the mask of the figure."""
    line, mask = white(216, 384), np.zeros((216, 384), np.uint8)
    cv2.ellipse(mask, (190, 120), (35, 70), 0, 0, 360, 255, cv2.FILLED)
    cv2.ellipse(line, (190, 120), (35, 70), 0, 0, 360, 30, 2)
    cv2.line(line, (175, 90), (200, 90), 30, 2)
    return line, mask


def test_nothing_of_a_figure_is_left() -> None:
    line, mask = figure()

    left = without_cel(line, mask)

    assert (left == 255).all()
    assert (line < 128).any()


def test_a_horizon_runs_on_behind_a_figure() -> None:
    line, mask = figure()
    cv2.line(line, (0, 120), (383, 130), 0, 2)
    true = white(216, 384)
    cv2.line(true, (0, 120), (383, 130), 0, 2)

    left = without_cel(line, mask)

    assert (left[:, 150:230].min(axis=0) < 140).all()
    assert cv2.erode(true, np.ones((7, 7), np.uint8))[left < 128].max() == 0


def test_a_line_that_ends_at_a_figure_is_not_invented_on_its_other_side() -> None:
    line, mask = figure()
    cv2.line(line, (0, 120), (150, 120), 0, 2)

    left = without_cel(line, mask)

    assert (left[:, 158:] == 255).all()
    assert (left[115:126, 40:140].min(axis=0) < 128).all()


def test_a_mask_of_another_size_is_fitted() -> None:
    line, mask = np.zeros((40, 64), np.uint8), np.zeros((80, 128), np.uint8)
    mask[:, :64] = 255

    left = without_cel(line, mask)

    assert (left[:, :32] == 255).all()
    assert (left[:, 36:] == 0).all()


def test_no_mask_leaves_the_lines() -> None:
    line = np.zeros((40, 64), np.uint8)

    assert without_cel(line, None) is line


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no whole PNG"),
        (b"GIF89a" + b"\0" * 40, "no whole PNG"),
        (png(np.zeros((40, 64), np.uint8))[:60], "no whole PNG"),
        (png(np.zeros((1, 1), np.uint8)), "only 1×1"),
        (png(np.zeros((64, 64), np.uint8)), "cannot be painted as 64×40"),
        (png(np.zeros((6500, 6500), np.uint8)), "too many"),
    ],
)
def test_a_picture_that_does_not_fit_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(RenderError, match=words):
        read_grey(data, "line picture", request())


def test_a_larger_scan_of_the_same_shape_is_taken() -> None:
    assert read_grey(png(np.zeros((400, 640), np.uint8)), "line picture", request()).shape == (400, 640)
    assert read_colour(png(np.zeros((400, 640, 3), np.uint8)), "rough colour", request()).shape == (400, 640, 3)


@pytest.mark.parametrize(("width_px", "height_px"), [(0, 40), (-64, 40), (15, 40), (9000, 40), (8000, 8000)])
def test_a_size_that_cannot_be_painted_is_refused(width_px: int, height_px: int) -> None:
    with pytest.raises(RenderError, match="cannot be painted"):
        check_size(request(width_px, height_px))
