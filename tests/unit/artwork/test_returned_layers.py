"""What an artist hands back is told layer by layer: what was shipped, what is new, and how much of it shows."""

import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import Group, Layer
from psd_tools.constants import BlendMode, Tag

from integration.artwork.handoff import HandOff, PartSheet, ShippedLayer
from integration.artwork.ora_writing import write_ora
from integration.artwork.psd_writing import write_psd
from integration.artwork.returned_layers import LayerFate, Returned, read_returned
from integration.errors import ArtworkError

WIDTH, HEIGHT = 160, 90
Pixels = npt.NDArray[np.uint8]


def picture(seed: int, width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def handoff(width: int = WIDTH, height: int = HEIGHT, *, book: bool = True) -> HandOff:
    line = np.full((height, width), 255, np.uint8)
    line[height // 2, width // 8 : -width // 8] = 0
    mask = np.zeros_like(line)
    mask[height // 2 :, : width // 4] = 255
    ground = PartSheet(part="BG", line=line, cel_mask=mask, drafts=(picture(1, width, height), picture(2, width, height)))
    above = PartSheet(part="BOOK1", line=line, cel_mask=None, drafts=(np.dstack((picture(3, width, height), mask)),))
    return HandOff(parts=(ground, above) if book else (ground,))


@pytest.fixture
def shipped(tmp_path: Path) -> tuple[Path, tuple[ShippedLayer, ...]]:
    file = tmp_path / "shipped.psd"
    return file, write_psd(handoff(book=False), file)


def block(alpha: int = 255, *, left: float = 0.0, right: float = 0.5) -> Pixels:
    """Paint over a share of the canvas's width, H×W×4."""
    paint = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    paint[:, round(WIDTH * left) : round(WIDTH * right)] = (200, 30, 40, alpha)
    return paint


def paint_group(psd: PSDImage) -> Group:
    (group,) = (each for each in psd.descendants() if isinstance(each, Group) and each.name == "加筆")
    return group


def named(psd: PSDImage, name: str) -> Layer:
    return next(each for each in psd.descendants() if each.name == name)


def returned(shipped: tuple[Path, tuple[ShippedLayer, ...]], change: Callable[[PSDImage], object]) -> Returned:
    file, layers = shipped
    psd = PSDImage.open(file)
    change(psd)
    psd.save(file)
    return read_returned(file, layers)


def fates(read: Returned) -> dict[str, LayerFate]:
    return {layer.name: layer.fate for layer in read.layers if layer.pixel_sha256}


@pytest.mark.parametrize("write", [write_psd, write_ora])
def test_an_untouched_file_is_all_shipped(write: Callable[[HandOff, Path], tuple[ShippedLayer, ...]], tmp_path: Path) -> None:
    layers = write(handoff(), tmp_path / "file")

    read = read_returned(tmp_path / "file", layers)

    assert set(fates(read).values()) == {LayerFate.SHIPPED}
    assert (read.painted_ppm, read.reasons) == (0, ())
    assert [each.name for each in read.drafts] == ["AIドラフト A", "AIドラフト BOOK1 A"]
    assert not any(layer.moved for layer in read.layers)


@pytest.mark.parametrize("write", [write_psd, write_ora])
def test_the_same_hand_off_gives_the_same_bytes(write: Callable[[HandOff, Path], tuple[ShippedLayer, ...]], tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    assert write(handoff(), first) == write(handoff(), second)
    assert first.read_bytes() == second.read_bytes()


def test_a_pan_keeps_its_size(tmp_path: Path) -> None:
    write_psd(handoff(1200, 90), tmp_path / "pan.psd")

    assert PSDImage.open(tmp_path / "pan.psd").size == (1200, 90)


def test_an_ora_is_laid_out_as_its_specification_asks(tmp_path: Path) -> None:
    write_ora(handoff(), tmp_path / "file.ora")

    with zipfile.ZipFile(tmp_path / "file.ora") as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, archive.read(first)) == ("mimetype", zipfile.ZIP_STORED, b"image/openraster")
        assert {"stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png"} <= set(archive.namelist())
        assert 'name="原図"'.encode() in archive.read("stack.xml")
        assert b'edit-locked="true"' in archive.read("stack.xml")


@pytest.mark.parametrize(("alpha", "area"), [(255, 0.5), (128, 0.25), (3, 0.006)])
def test_new_paint_counts_by_what_of_it_shows(shipped: tuple[Path, tuple[ShippedLayer, ...]], alpha: int, area: float) -> None:
    read = returned(shipped, lambda psd: paint_group(psd).create_pixel_layer_from_array(block(alpha), name="paint"))

    assert read.painted_ppm == pytest.approx(1e6 * area, abs=5_000)
    assert fates(read)["paint"] is LayerFate.NEW


def test_layers_over_one_another_count_once(shipped: tuple[Path, tuple[ShippedLayer, ...]]) -> None:
    def paint(psd: PSDImage) -> None:
        for number in range(3):
            paint_group(psd).create_pixel_layer_from_array(block(), name=f"paint {number}")

    assert returned(shipped, paint).painted_ppm == pytest.approx(500_000, abs=5_000)


def hidden(psd: PSDImage) -> None:
    paint_group(psd).create_pixel_layer_from_array(block(right=1.0), name="paint").visible = False


def in_a_hidden_group(psd: PSDImage) -> None:
    paint_group(psd).create_pixel_layer_from_array(block(right=1.0), name="paint")
    paint_group(psd).visible = False


def under_the_draft(psd: PSDImage) -> None:
    layer = paint_group(psd).create_pixel_layer_from_array(block(right=1.0), name="paint")
    ground = next(each for each in psd if isinstance(each, Group) and each.name == "背景 BG")
    layer.move_to_group(ground)
    ground.remove(layer)
    ground.insert(0, layer)
    named(psd, "AIドラフト A").visible = True


def masked_away(psd: PSDImage) -> None:
    layer = paint_group(psd).create_pixel_layer_from_array(block(right=1.0), name="paint")
    layer.create_mask(Image.new("L", (WIDTH, HEIGHT), 0))


@pytest.mark.parametrize("change", [hidden, in_a_hidden_group, under_the_draft, masked_away])
def test_paint_that_does_not_show_counts_nothing(
    shipped: tuple[Path, tuple[ShippedLayer, ...]], change: Callable[[PSDImage], None]
) -> None:
    assert returned(shipped, change).painted_ppm == pytest.approx(0, abs=1_000)


def test_a_mask_a_group_and_clipping_are_honoured(shipped: tuple[Path, tuple[ShippedLayer, ...]]) -> None:
    def paint(psd: PSDImage) -> None:
        group = paint_group(psd)
        group.opacity = 128
        base = group.create_pixel_layer_from_array(block(right=0.5), name="base")
        above = group.create_pixel_layer_from_array(block(right=1.0), name="clipped")
        above.clipping = True
        base.opacity = 255

    assert returned(shipped, paint).painted_ppm == pytest.approx(250_000, abs=8_000)


def test_a_moved_draft_is_known_again(shipped: tuple[Path, tuple[ShippedLayer, ...]]) -> None:
    read = returned(shipped, lambda psd: setattr(named(psd, "AIドラフト A"), "left", 12))

    (draft,) = (layer for layer in read.layers if layer.name == "AIドラフト A")
    assert (draft.fate, draft.moved) == (LayerFate.SHIPPED, True)


def merged(psd: PSDImage) -> None:
    for layer in list(psd):
        psd.remove(layer)
    psd.create_pixel_layer_from_array(np.dstack((picture(9), np.full((HEIGHT, WIDTH), 255, np.uint8))), name="merged")


def test_a_merged_file_tells_no_area_and_says_why(shipped: tuple[Path, tuple[ShippedLayer, ...]]) -> None:
    read = returned(shipped, merged)

    assert read.painted_ppm is None
    assert "draft_layer_missing" in read.reasons
    assert read.drafts == ()


def painted_on_draft(psd: PSDImage) -> None:
    draft = named(psd, "AIドラフト A")
    parent = draft.parent
    assert isinstance(parent, Group)
    parent.remove(draft)
    parent.create_pixel_layer_from_array(np.dstack((picture(11), np.full((HEIGHT, WIDTH), 255, np.uint8))), name="x").name = "AIドラフト A"


def test_a_draft_that_was_painted_on_is_changed_and_no_area_is_told(shipped: tuple[Path, tuple[ShippedLayer, ...]]) -> None:
    read = returned(shipped, painted_on_draft)

    assert fates(read)["AIドラフト A"] is LayerFate.CHANGED
    assert read.painted_ppm is None
    assert "draft_layer_changed" in read.reasons


def test_a_blended_layer_is_named_as_a_reason(shipped: tuple[Path, tuple[ShippedLayer, ...]]) -> None:
    def paint(psd: PSDImage) -> None:
        paint_group(psd).create_pixel_layer_from_array(block(), name="paint").blend_mode = BlendMode.SCREEN

    assert "blend_mode" in returned(shipped, paint).reasons


def test_names_in_shift_jis_alone_are_read(shipped: tuple[Path, tuple[ShippedLayer, ...]]) -> None:
    file, layers = shipped
    psd = PSDImage.open(file)
    for layer in psd.descendants():
        del layer.tagged_blocks[Tag.UNICODE_LAYER_NAME]
        layer._record.name = "背景".encode("cp932").decode("latin-1")
    with file.open("wb") as stream:
        psd._record.write(stream, encoding="latin-1")

    assert {layer.name for layer in read_returned(file, layers).layers} == {"背景"}


def test_two_hundred_layers_are_read(tmp_path: Path) -> None:
    psd = PSDImage.new("RGB", (WIDTH, HEIGHT))
    for number in range(200):
        psd.create_pixel_layer_from_array(block(right=0.001 * number), name=f"layer {number}")
    psd.save(tmp_path / "many.psd")

    assert len(read_returned(tmp_path / "many.psd").layers) == 200


@pytest.mark.parametrize(("mode", "depth"), [("CMYK", 8), ("RGB", 16), ("L", 8)])
def test_other_colour_modes_and_depths_are_read_or_named(tmp_path: Path, mode: str, depth: int) -> None:
    psd = PSDImage.new(mode, (WIDTH, HEIGHT), depth=depth)  # type: ignore[arg-type]  # one of its literals
    psd.save(tmp_path / "file.psd")

    read = read_returned(tmp_path / "file.psd")

    assert read.picture is not None and read.picture.pixels.shape == (HEIGHT, WIDTH, 3)
    assert ("colour_mode" in read.reasons) is (mode == "CMYK")


def test_a_flat_picture_has_no_layers_and_its_name_does_not_matter(tmp_path: Path) -> None:
    Image.fromarray(picture(4)).save(tmp_path / "flat.psd", "PNG")

    read = read_returned(tmp_path / "flat.psd")

    assert (read.format, read.layers, read.painted_ppm, read.reasons) == ("PNG", (), None, ("flat",))


@pytest.mark.parametrize("write", [write_psd, write_ora])
def test_a_damaged_file_is_refused_and_nothing_else(write: Callable[[HandOff, Path], tuple[ShippedLayer, ...]], tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    layers = write(handoff(), whole)
    data, rng, file = whole.read_bytes(), random.Random(7), tmp_path / "damaged"
    refused = 0
    for _ in range(60):
        damaged = bytearray(data[: rng.randrange(1, len(data))] if rng.random() < 0.5 else data)
        for _ in range(rng.randrange(4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        file.write_bytes(damaged)
        try:
            read_returned(file, layers)
        except ArtworkError as error:
            refused += bool(str(error))

    assert refused > 20


def test_a_layer_far_outside_or_absurdly_large_is_no_trouble(shipped: tuple[Path, tuple[ShippedLayer, ...]]) -> None:
    file, layers = shipped
    psd = PSDImage.open(file)
    paint_group(psd).create_pixel_layer_from_array(block(), name="far", left=20_000, top=-9_000)
    psd.save(file)

    read = read_returned(file, layers)

    assert read.painted_ppm == 0
    data = bytearray(file.read_bytes())
    struct.pack_into(">II", data, 14, 4_000_000_000, 4_000_000_000)
    file.write_bytes(data)
    with pytest.raises(ArtworkError, match="pixels"):
        read_returned(file, layers)


def archive(file: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "image/openraster")
        for name, content in files.items():
            made.writestr(name, content)
    return file


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><image w="4" h="4"><stack name="&b;"/></image>'


@pytest.mark.parametrize(
    "files",
    [
        {"stack.xml": BOMB},
        {"stack.xml": b"<image w='99999999' h='9'><stack/></image>"},
        {"stack.xml": b"<image w='8' h='8'><stack><layer src='../../etc/passwd'/></stack></image>"},
        {"stack.xml": b"<image w='8' h='8'>" + b"<stack>" * 500 + b"</stack>" * 500 + b"</image>"},
        {"stack.xml": b"<image w='8' h='8'><stack><layer src='a.png' x='1e9'/></stack></image>", "a.png": b"no picture"},
        {"../outside.png": b"x", "stack.xml": b"<image w='8' h='8'><stack/></image>"},
        {"note.txt": b"no OpenRaster"},
        {"stack.xml": b"<image w='8' h='8'><stack/></image>", "big": bytes(301_000_000)},
    ],
    ids=["entities", "huge canvas", "outside", "deep", "no number", "traversal", "no stack", "bomb"],
)
def test_a_hostile_archive_is_refused_in_words(files: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(ArtworkError):
        read_returned(archive(tmp_path / "file.ora", **files))


@pytest.mark.parametrize("opacity", ["NaN", "-3", "1e400", "much", "7"])
def test_odd_numbers_in_an_archive_are_bounded(opacity: str, tmp_path: Path) -> None:
    layers = write_ora(handoff(), tmp_path / "file.ora")
    with zipfile.ZipFile(tmp_path / "file.ora") as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    files["stack.xml"] = files["stack.xml"].replace(b'opacity="1.0"', f'opacity="{opacity}"'.encode())

    read = read_returned(archive(tmp_path / "odd.ora", **{k: v for k, v in files.items() if k != "mimetype"}), layers)

    assert all(0 <= layer.visible_ppm <= 1_000_000 for layer in read.layers)


def test_a_visible_adjustment_layer_is_named_and_a_hidden_one_is_not(shipped: tuple[Path, tuple[ShippedLayer, ...]]) -> None:
    file, layers = shipped

    def adjusted(*, visible: bool) -> Returned:
        psd = PSDImage.open(file)
        layer = paint_group(psd).create_pixel_layer_from_array(block(), name="invert")
        layer.tagged_blocks.set_data(Tag.INVERT)
        layer.visible = visible
        psd.save(file)
        return read_returned(file, layers)

    assert "adjustment_layer" not in adjusted(visible=False).reasons
    assert "adjustment_layer" in adjusted(visible=True).reasons


def test_a_large_document_is_read_as_a_small_one(tmp_path: Path) -> None:
    psd = PSDImage.new("RGB", (WIDTH, HEIGHT))
    psd._record.header.version = 2
    psd.create_pixel_layer_from_array(block(), name="paint")
    psd.save(tmp_path / "large.psb")

    (layer,) = read_returned(tmp_path / "large.psb").layers

    assert layer.visible_ppm == pytest.approx(500_000, abs=5_000)
