"""A written hand-off holds what an artist expects of it, as other programs than ours read it."""

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms
from psd_tools import PSDImage
from psd_tools.api.layers import Layer
from psd_tools.constants import BlendMode, ProtectedFlags, Resource, Tag

from integration.artwork.handoff import HandOff, LayerKind, PartSheet, ShippedLayer
from integration.artwork.ora_writing import write_ora
from integration.artwork.psd_writing import write_psd
from tests.needed import missing

WIDTH, HEIGHT = 96, 64
NAMES = [
    "背景 BG",
    "AIドラフト B",
    "AIドラフト A",
    "加筆",
    "加筆 1",
    "BOOK1",
    "AIドラフト BOOK1 A",
    "加筆 BOOK1",
    "加筆 BOOK1 1",
    "原図 BOOK1",
]
LOWEST_FIRST = [*NAMES, "セル", "原図"]
"""A group's name before the names in it."""
Pixels = npt.NDArray[np.uint8]


def handoff(width: int = WIDTH, height: int = HEIGHT, *, dpi: float = 144.0) -> HandOff:
    rng = np.random.default_rng(3)
    line = rng.integers(0, 256, (height, width), dtype=np.uint8)
    mask = np.zeros_like(line)
    mask[height // 2 :, : width // 4] = 255
    drafts = tuple(rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(3))
    book = np.dstack((drafts[2], np.full_like(line, 255)))
    book[: height // 2, :, 3] = 0
    ground = PartSheet(part="BG", line=line, cel_mask=mask, drafts=drafts[:2])
    return HandOff(parts=(ground, PartSheet(part="BOOK1", line=line, cel_mask=None, drafts=(book,))), dpi=dpi)


@pytest.fixture(scope="module")
def psd_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("written") / "layers.psd"
    write_psd(handoff(), file)
    return file


@pytest.fixture(scope="module")
def psd(psd_file: Path) -> PSDImage:
    return PSDImage.open(psd_file)


@pytest.fixture(scope="module")
def ora(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    file = tmp_path_factory.mktemp("written") / "layers.ora"
    write_ora(handoff(), file)
    return zipfile.ZipFile(file)


def layers_by_name(psd: PSDImage) -> dict[str, Layer]:
    return {layer.name: layer for layer in psd.descendants()}


def stack_of(ora: zipfile.ZipFile) -> ET.Element:
    return ET.fromstring(ora.read("stack.xml"))


def exif_of(file: Path) -> dict[str, object]:
    program = shutil.which("exiftool") or missing("exiftool")
    said = subprocess.run([program, "-json", "-struct", "-G0", file], check=True, capture_output=True, text=True).stdout
    (facts,) = json.loads(said)
    return dict(facts)


def test_a_psd_has_its_layers_in_the_order_and_groups_they_were_planned_in(psd: PSDImage) -> None:
    assert [layer.name for layer in psd.descendants(include_clip=True)] == LOWEST_FIRST
    assert [layer.name for layer in psd] == ["背景 BG", "BOOK1", "セル", "原図"]
    assert [layer.name for layer in psd if layer.is_group()] == ["背景 BG", "BOOK1"]


def test_a_psd_opens_with_lines_and_first_drafts_shown(psd: PSDImage) -> None:
    assert {name for name, layer in layers_by_name(psd).items() if not layer.visible} == {"セル", "AIドラフト B"}


def test_lines_in_a_psd_are_multiplied_and_all_else_is_laid_over(psd: PSDImage) -> None:
    plain = {name: layer.blend_mode for name, layer in layers_by_name(psd).items() if not layer.is_group()}

    assert {name for name, mode in plain.items() if mode is BlendMode.MULTIPLY} == {"原図", "原図 BOOK1"}
    assert set(plain.values()) == {BlendMode.MULTIPLY, BlendMode.NORMAL}


def test_only_the_layers_to_paint_on_are_unlocked_in_a_psd(psd: PSDImage) -> None:
    locked = {
        name
        for name, layer in layers_by_name(psd).items()
        if Tag.PROTECTED_SETTING in layer.tagged_blocks
        and int(layer.tagged_blocks.get_data(Tag.PROTECTED_SETTING)) & ProtectedFlags.COMPLETE == ProtectedFlags.COMPLETE
    }

    assert locked == {"原図", "原図 BOOK1", "セル", "AIドラフト A", "AIドラフト B", "AIドラフト BOOK1 A"}


def test_a_draft_in_a_psd_is_the_very_picture(psd: PSDImage) -> None:
    drawn = layers_by_name(psd)["AIドラフト A"].topil(apply_icc=False)

    assert drawn is not None
    assert (np.asarray(drawn.convert("RGB")) == handoff().parts[0].drafts[0]).all()


def test_a_psd_names_its_resolution_and_colours(tmp_path: Path) -> None:
    write_psd(handoff(dpi=200.0), tmp_path / "file.psd")

    resources = PSDImage.open(tmp_path / "file.psd").image_resources

    assert resources.get_data(Resource.RESOLUTION_INFO).horizontal == 200 << 16
    profile = ImageCms.ImageCmsProfile(io.BytesIO(resources.get_data(Resource.ICC_PROFILE)))
    assert "srgb" in ImageCms.getProfileDescription(profile).lower()


def test_another_reader_finds_names_size_resolution_and_profile_of_a_psd(psd_file: Path) -> None:
    facts = exif_of(psd_file)

    named = facts["Photoshop:LayerUnicodeNames"]
    assert isinstance(named, list)
    assert {str(name) for name in named} >= set(LOWEST_FIRST)
    assert (facts["Photoshop:ImageWidth"], facts["Photoshop:ImageHeight"]) == (WIDTH, HEIGHT)
    assert facts["Photoshop:XResolution"] == facts["Photoshop:YResolution"] == 144
    assert str(facts["ICC_Profile:ColorSpaceData"]).strip() == "RGB"
    assert "Warning" not in " ".join(facts) and "Error" not in " ".join(facts)


def seen(ora: zipfile.ZipFile) -> Pixels:
    """The visible layers of an ORA over one another, on white, by the formulas of its specification and none of our code."""
    canvas = np.ones((HEIGHT, WIDTH, 3))

    def lay(stack: ET.Element) -> None:
        nonlocal canvas
        for element in reversed(stack):
            if element.tag == "stack":
                lay(element)
            elif element.get("visibility") == "visible":
                pixels = np.asarray(Image.open(io.BytesIO(ora.read(str(element.get("src"))))).convert("RGBA")) / 255
                top, left = int(str(element.get("y"))), int(str(element.get("x")))
                under = canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]]
                colour = pixels[..., :3] * under if element.get("composite-op") == "svg:multiply" else pixels[..., :3]
                under[:] = under + pixels[..., 3:] * (colour - under)

    lay(stack_of(ora)[0])
    return np.rint(canvas * 255).astype(np.uint8)


def test_the_preview_is_what_the_visible_layers_give(psd: PSDImage, ora: zipfile.ZipFile) -> None:
    expected = seen(ora).astype(int)
    merged = np.asarray(Image.open(io.BytesIO(ora.read("mergedimage.png"))).convert("RGB")).astype(int)
    of_psd = np.asarray(psd.topil(apply_icc=False).convert("RGB")).astype(int)  # type: ignore[union-attr]  # it has one

    assert expected.std() > 20
    assert np.abs(merged - expected).max() <= 2
    assert np.abs(of_psd - expected).max() <= 2


def test_an_ora_is_as_its_specification_asks(ora: zipfile.ZipFile) -> None:
    first = ora.infolist()[0]
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert ora.read("mimetype") == b"image/openraster"
    assert Image.open(io.BytesIO(ora.read("mergedimage.png"))).size == (WIDTH, HEIGHT)
    root = stack_of(ora)
    assert (root.tag, root.get("w"), root.get("h"), root.get("xres")) == ("image", str(WIDTH), str(HEIGHT), "144")
    sources = [str(layer.get("src")) for layer in root.iter("layer")]
    assert len(set(sources)) == len(sources) and set(sources) <= set(ora.namelist())


def test_an_ora_has_the_same_layers_as_a_psd(ora: zipfile.ZipFile) -> None:
    root = stack_of(ora)

    named = [str(each.get("name")) for each in root.iter() if each.tag in ("stack", "layer") and each.get("name")]
    assert sorted(named) == sorted(LOWEST_FIRST)
    assert [each.get("name") for each in root[0]] == ["原図", "セル", "BOOK1", "背景 BG"]
    assert {each.get("name") for each in root.iter("layer") if each.get("edit-locked") != "true"} == {"加筆 1", "加筆 BOOK1 1"}
    assert {each.get("name") for each in root.iter("layer") if each.get("visibility") == "hidden"} == {"セル", "AIドラフト B"}


@pytest.mark.parametrize("size", [(4000, 600), (40, 1200), (20, 20)])
def test_a_thumbnail_is_within_256_px_and_a_pan_keeps_its_size(size: tuple[int, int], tmp_path: Path) -> None:
    write_ora(handoff(*size), tmp_path / "pan.ora")
    write_psd(handoff(*size), tmp_path / "pan.psd")

    with zipfile.ZipFile(tmp_path / "pan.ora") as archive:
        small = Image.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png"))).size
        assert Image.open(io.BytesIO(archive.read("mergedimage.png"))).size == size
    assert max(small) == min(256, max(size))
    pan = PSDImage.open(tmp_path / "pan.psd")
    assert pan.size == size
    assert layers_by_name(pan)["AIドラフト A"].size == size


def test_both_formats_know_their_layers_by_the_same_marks(tmp_path: Path) -> None:
    of_psd, of_ora = write_psd(handoff(), tmp_path / "a"), write_ora(handoff(), tmp_path / "b")

    def plain(layers: tuple[ShippedLayer, ...]) -> list[tuple[str, str, str, int | None]]:
        return [(each.name, each.part, each.pixel_sha256, each.draft) for each in layers]

    assert plain(of_psd) == plain(of_ora)
    assert [each.name for each in of_psd if each.kind is LayerKind.DRAFT] == ["AIドラフト B", "AIドラフト A", "AIドラフト BOOK1 A"]
    assert {each.pixel_sha256 for each in of_psd if each.kind is LayerKind.PAINT} == {""}
