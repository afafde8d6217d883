"""A layered file gives one sheet for each part, and no file, however made, does harm."""

import io
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psd_tools import PSDImage
from psd_tools.constants import BlendMode

from integration.artwork.genzu import register_genzu
from integration.artwork.png import png_bytes
from integration.artwork.sheets import open_sheets
from integration.errors import ArtworkError
from tests.unit.artwork.sheets import Picture, Sheet, drawn, true_lines
from tests.unit.artwork.test_genzu import SIZE, found_and_true

pytestmark = pytest.mark.filterwarnings("ignore")  # psd-tools and Pillow grumble about damaged blocks

SMALL = np.full((60, 80, 4), 255, np.uint8)


def on_air(pixels: Picture) -> Picture:
    """H×W×4 uint8: `pixels` with the paper see-through."""
    return np.dstack([pixels, (pixels.min(axis=2) < 250).astype(np.uint8) * 255])


def psd_of(*layers: tuple[str, Picture], hidden: str = "", group: str = "") -> bytes:
    height, width = layers[0][1].shape[:2]
    psd = PSDImage.new("RGB", (width, height), color=255)
    for number, (name, pixels) in enumerate(layers):
        layer = psd.create_pixel_layer_from_array(pixels, name=f"layer {number}")
        layer.name = name
        layer.visible = name != hidden
        if name == group:
            folder = psd.create_group([layer], name="folder")
            folder.name = "BOOK 手前"
    out = io.BytesIO()
    psd.save(out)
    return out.getvalue()


def book() -> Picture:
    pixels = np.full((1240, 1754, 3), 255, np.uint8)
    cv2.rectangle(pixels, (400, 500), (800, 950), (40, 40, 40), 3)
    return pixels


def test_a_flat_picture_is_the_sheet_of_the_bg() -> None:
    sheets = open_sheets(png_bytes(np.full((30, 40), 255, np.uint8)))

    assert sheets.parts == ("BG",)
    assert sheets.image("BG").width_px == 40


def test_each_book_is_cut_at_the_frame_of_its_bg() -> None:
    sheets = open_sheets(psd_of(("用紙", on_air(drawn(Sheet(turned_deg=2)))), ("BOOK1", on_air(book()))))

    bg = register_genzu(sheets.image("BG"), **SIZE)
    own = register_genzu(sheets.image("BOOK1"), **SIZE, frame=bg.frame)

    assert sheets.parts == ("BG", "BOOK1")
    assert min(found_and_true(bg.line, true_lines(Sheet()))) > 0.97
    assert own.line.shape == bg.line.shape
    assert np.array(own.frame.corners) == pytest.approx(np.array(bg.frame.corners))
    corners = np.array([[(400, 500), (800, 950)]], np.float32)
    to_frame = cv2.getPerspectiveTransform(
        np.array(bg.frame.corners, np.float32), np.array([(0, 0), (960, 0), (960, 540), (0, 540)], np.float32)
    )
    (left, top), (right, bottom) = cv2.perspectiveTransform(corners, to_frame)[0]
    assert (own.line[int(top) : int(bottom), int(left) : int(right)] < 128).any()
    assert not (own.line[:, int(right) + 30 :] < 128).any()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("BOOK1", "BOOK1"),
        ("ＢＯＯＫ２", "BOOK2"),
        ("book_3", "BOOK3"),
        ("ブック", "BOOK1"),
        ("BOOK B 木", "BOOK2"),
        ("c012_BOOK-12", "BOOK12"),
    ],
)
def test_a_layer_named_as_a_book_is_one(name: str, part: str) -> None:
    assert open_sheets(psd_of(("paper", SMALL), (name, SMALL))).parts == ("BG", part)


@pytest.mark.parametrize("name", ["bookshelf", "notebook", "本棚", "BG", "BOOKS"])
def test_a_layer_named_otherwise_belongs_to_the_bg(name: str) -> None:
    assert open_sheets(psd_of(("paper", SMALL), (name, SMALL))).parts == ("BG",)


def test_two_books_of_one_name_are_two_parts() -> None:
    assert open_sheets(psd_of(("paper", SMALL), ("BOOK", SMALL), ("ブック", SMALL))).parts == ("BG", "BOOK1", "BOOK2")


def test_what_is_in_a_books_group_is_the_books() -> None:
    red = SMALL.copy()
    red[..., 1:3] = 0

    sheets = open_sheets(psd_of(("paper", SMALL), ("線", red), group="線"))

    assert sheets.parts == ("BG", "BOOK1")
    assert (sheets.image("BOOK1").pixels == (255, 0, 0)).all()
    assert (sheets.image("BG").pixels == 255).all()


def test_a_hidden_layer_is_not_there() -> None:
    black = SMALL * np.array((0, 0, 0, 1), np.uint8)

    sheets = open_sheets(psd_of(("paper", SMALL), ("memo", black), hidden="memo"))

    assert (sheets.image("BG").pixels == 255).all()


def test_a_multiplied_layer_of_half_strength_darkens_what_is_under_it() -> None:
    psd = PSDImage.new("RGB", (80, 60), color=255)
    psd.create_pixel_layer_from_array(np.full((60, 80, 4), (200, 200, 200, 255), np.uint8), name="paper")
    over = psd.create_pixel_layer_from_array(np.full((60, 80, 4), (128, 255, 255, 255), np.uint8), name="line")
    over.blend_mode, over.opacity = BlendMode.MULTIPLY, 128
    out = io.BytesIO()
    psd.save(out)

    pixel = open_sheets(out.getvalue()).image("BG").pixels[30, 40]

    assert np.abs(pixel.astype(int) - (150, 200, 200)).max() <= 2


def header(*, width: int = 80, height: int = 60, depth: int = 8, mode: int = 3) -> bytes:
    return struct.pack(">4sH6sHIIHH", b"8BPS", 1, b"", 3, height, width, depth, mode) + b"\0" * 200


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"8BPS", "cut off"),
        (header(width=300_000, height=300_000), "at most"),
        (header(width=24_000, height=24_000), "million"),
        (header(width=0), "0"),
        (header(mode=4), "RGB or grey"),
        (header(depth=32), "RGB or grey"),
        (header(), "no visible layer|damaged"),
        (psd_of(("paper", SMALL))[:300], "damaged"),
    ],
    ids=["head-only", "gigapixels", "many-pixels", "no-width", "cmyk", "32-bit", "zeros", "cut"],
)
def test_a_bad_photoshop_file_is_refused_in_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(ArtworkError, match=reason) as told:
        open_sheets(data)

    assert told.value.hint


def test_an_unknown_part_is_refused() -> None:
    sheets = open_sheets(psd_of(("paper", SMALL)))

    with pytest.raises(ArtworkError, match="BOOK9"):
        sheets.image("BOOK9")


WHOLE = psd_of(("paper", SMALL), ("BOOK1", SMALL))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(4, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_damaged_photoshop_file_opens_or_is_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, value in changes:
        data[place] = value

    try:
        sheets = open_sheets(bytes(data))
        pictures = [sheets.image(part).pixels for part in sheets.parts]
    except ArtworkError:
        return  # refused, which is as good

    assert all(pixels.ndim == 3 and pixels.dtype == np.uint8 for pixels in pictures)
