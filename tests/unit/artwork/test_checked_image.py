"""Every kind of bad file gets a plain reason, and every good one comes out upright, 8-bit, sRGB and on white."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from integration.artwork.checked_image import CheckedImage, ImageLimits, open_checked
from integration.errors import ArtworkError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow grumbles about damaged tags it can do without

RED_CORNER = np.full((40, 60, 3), 255, np.uint8)
RED_CORNER[:10, :10] = (255, 0, 0)
PICTURE = Image.fromarray(RED_CORNER)


def file_of(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def assert_red_corner(image: CheckedImage, *, tolerance: int = 20) -> None:
    assert image.pixels.shape == (40, 60, 3)
    assert image.pixels.dtype == np.uint8
    assert np.abs(image.pixels[3, 3].astype(int) - (255, 0, 0)).max() <= tolerance
    assert np.abs(image.pixels[-3, -3].astype(int) - 255).max() <= 3


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"])
def test_every_format_opens_by_its_content(kind, tmp_path):
    path = tmp_path / "原図.xyz"
    path.write_bytes(file_of(PICTURE, kind))

    image = open_checked(path)

    assert_red_corner(image)
    assert (image.format, image.width_px, image.height_px, image.notes) == (kind, 60, 40, ())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
@pytest.mark.parametrize(("turn", "corner"), [(3, (-3, -3)), (6, (3, -3)), (8, (-3, 3))])
def test_a_picture_rotated_by_exif_comes_out_upright(kind, turn, corner):
    exif = Image.Exif()
    exif[0x0112] = turn

    image = open_checked(file_of(PICTURE, kind, exif=exif))

    assert image.pixels.shape == ((40, 60, 3) if turn == 3 else (60, 40, 3))
    assert image.pixels[corner][1] < 60
    assert image.notes == ("rotated by EXIF",)


def test_sixteen_bit_grey_keeps_its_tones():
    samples = np.full((40, 60), 65535, np.uint16)
    samples[:10, :10] = 0x8000

    for file in (file_of(Image.fromarray(samples), "PNG"), file_of(Image.fromarray(samples), "TIFF")):
        image = open_checked(file)

        assert tuple(image.pixels[3, 3]) == (128, 128, 128)
        assert tuple(image.pixels[-3, -3]) == (255, 255, 255)
        assert image.notes == ("16-bit reduced to 8",)


def test_sixteen_bit_grey_whose_zero_is_white_is_turned():
    samples = np.zeros((40, 60), np.uint16)
    samples[:10, :10] = 65535

    image = open_checked(file_of(Image.fromarray(samples), "TIFF", tiffinfo={262: 0}))

    assert (image.pixels[3, 3, 0], image.pixels[-3, -3, 0]) == (0, 255)


@pytest.mark.parametrize("kind", [".png", ".tif"])
def test_sixteen_bit_colour_is_reduced(kind):
    image = open_checked(cv2.imencode(kind, RED_CORNER[..., ::-1].astype(np.uint16) * 257)[1].tobytes())

    assert_red_corner(image, tolerance=0)
    assert image.notes == ("16-bit reduced to 8",)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile_is_converted_and_noted(kind):
    image = open_checked(file_of(PICTURE.convert("CMYK"), kind))

    assert_red_corner(image)
    assert "CMYK" in image.notes[0]


def test_a_colour_profile_is_applied():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    grey_with_colour_profile = file_of(PICTURE.convert("L"), "PNG", icc_profile=lab)

    assert open_checked(file_of(PICTURE, "PNG", icc_profile=lab)).notes == ()
    assert "profile" in open_checked(grey_with_colour_profile).notes[0]
    assert "profile" in open_checked(file_of(PICTURE, "PNG", icc_profile=b"no profile" * 20)).notes[0]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_is_laid_on_white(mode):
    clear = PICTURE.convert("RGBA")
    clear.paste((0, 0, 0, 0), (50, 30, 60, 40))

    image = open_checked(file_of(clear.convert("LA") if mode == "LA" else clear, "PNG"))

    assert tuple(image.pixels[-3, -3]) == (255, 255, 255)
    assert image.notes == ("transparency laid on white",)


def test_an_alpha_channel_that_hides_nothing_is_no_news():
    image = open_checked(file_of(PICTURE.convert("RGBA"), "PNG"))

    assert_red_corner(image, tolerance=0)
    assert image.notes == ()


def test_palettes_and_one_bit_scans_open():
    palette = PICTURE.quantize(4)
    transparent = file_of(palette, "PNG", transparency=int(np.asarray(palette)[0, 0]))

    assert_red_corner(open_checked(file_of(palette, "PNG")))
    assert tuple(open_checked(transparent).pixels[3, 3]) == (255, 255, 255)
    assert tuple(open_checked(file_of(PICTURE.convert("1"), "TIFF", compression="group4")).pixels[-3, -3]) == (255, 255, 255)


def test_of_many_pages_the_first_is_used():
    image = open_checked(file_of(PICTURE, "TIFF", save_all=True, append_images=[Image.new("RGB", (60, 40))] * 2))

    assert_red_corner(image, tolerance=0)
    assert image.notes == ("the first of 3 pages used",)


def test_dots_per_inch_are_kept_when_they_make_sense():
    assert open_checked(file_of(PICTURE, "PNG", dpi=(300, 300))).dpi == pytest.approx(300, abs=0.1)
    assert open_checked(file_of(PICTURE, "PNG")).dpi is None
    assert open_checked(file_of(PICTURE, "TIFF", dpi=(1, 1))).dpi is None


def test_a_scan_of_20_000_pixels_width_is_accepted():
    image = open_checked(file_of(Image.new("L", (20_000, 1_200), 255), "PNG"))

    assert (image.width_px, image.height_px) == (20_000, 1_200)


def test_what_is_large_but_allowed_is_reduced_and_noted():
    limits = ImageLimits(kept_pixels=400)

    image = open_checked(file_of(PICTURE, "PNG", dpi=(300, 300)), limits=limits)

    assert (image.width_px, image.height_px) == (20, 14)
    assert "reduced from 60 × 40" in image.notes[0]
    assert image.dpi == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize("size", [(60_000, 60_000), (10_000, 10_000), (30_000, 10), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_refused_by_its_header(size):
    with pytest.raises(ArtworkError, match="pixels") as told:
        open_checked(png_header(*size))

    assert told.value.hint


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.tif"
    with path.open("wb") as stream:
        stream.truncate(301 * 1024 * 1024)

    with pytest.raises(ArtworkError, match="MB"):
        open_checked(path)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"not a picture at all", "unknown kind"),
        (b'<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\xef\xbb\xbf  <SVG/>", "SVG"),
        (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "web page"),
        (b"8BPS\0\1" + b"\0" * 40, "Photoshop"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"CSFCHUNK" + b"\0" * 40, "Clip Studio"),
        (b"PK\x03\x04" + b"\0" * 40, "archive"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "phone"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "damaged"),
        (b"\xff\xd8\xff", "damaged"),
        (b"II*\0" + b"\xff" * 100, "damaged"),
        (file_of(Image.fromarray(np.zeros((40, 60), np.float32)), "TIFF"), "rare kind"),
    ],
)
def test_what_is_no_picture_is_refused_by_its_kind(data, reason):
    with pytest.raises(ArtworkError, match=reason) as told:
        open_checked(data)

    assert told.value.hint


def test_a_file_that_is_gone_is_told(tmp_path):
    with pytest.raises(ArtworkError, match="not there"):
        open_checked(tmp_path / "gone.png")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"])
def test_a_truncated_file_is_refused(kind):
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 256, (90, 90, 3), dtype=np.uint8))
    file = file_of(noise, kind)

    for share in (0.1, 0.5, 0.9):
        with pytest.raises(ArtworkError, match=r"damaged|cut off"):
            open_checked(file[: int(len(file) * share)])


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"]),
    places=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_a_damaged_file_opens_or_is_refused_and_nothing_else(kind, places):
    data = bytearray(file_of(PICTURE, kind))
    for place, value in places:
        data[place % len(data)] = value

    image: CheckedImage | None = None
    hint = ""
    try:
        image = open_checked(bytes(data))
    except ArtworkError as error:
        hint = error.hint

    assert hint or (image is not None and image.pixels.shape == (image.height_px, image.width_px, 3))
