"""What comes back: opened without harm, matched by name, and taken only when it is what was asked for."""

import os
import struct
import time
import zipfile
from pathlib import Path

import pytest

from integration.artwork.photoshop_extent import photoshop_extent
from integration.errors import ArtworkError
from integration.orders.check import Looked, Matched, look_at, matched
from integration.orders.manifest import HouseOrder, Shipped
from integration.orders.parcel import MOST_FILES, opened_parcel
from integration.storage.digest import sha256_of
from tests.layered_genzu import write_layered_genzu
from tests.unit.orders.orders import background, order, part, photoshop, picture, written, zipped

DRAFT = picture(9)
ASKED = order(
    background(
        "c001",
        part(
            "ep01_c001_BG",
            shipped=(Shipped(what="draft", name="01/ep01_c001_BG_AI_draft_1.png", sha256=sha256_of(DRAFT), size_bytes=len(DRAFT)),),
        ),
        part("ep01_c001_BOOK1", name="BOOK1"),
    )
)


def looked(folder: Path, name: str, data: bytes, *, asked: HouseOrder = ASKED) -> Looked:
    """What a returned file called `name` is found to be."""
    with opened_parcel(written(folder / "back", {name: data})) as files:
        (match,) = matched(asked, files)
        assert match.what is Matched.PICTURE and match.part
        match.file.fetch(folder / "fetched")
        return look_at(folder / "fetched", match.file, match.part, asked)


@pytest.mark.parametrize("name", ["../evil.png", "/etc/evil.png", "a/../../evil.png", "C:/evil.png", "..\\evil.png"])
def test_a_zip_that_names_a_file_outside_itself_is_refused_whole(tmp_path: Path, name: str) -> None:
    file = zipped(tmp_path / "back.zip", {"ep01_c001_BG.png": picture(), name: b"x"})

    with pytest.raises(ArtworkError, match="outside itself"), opened_parcel(file):
        pass

    assert not list(tmp_path.parent.glob("evil*"))


def test_links_are_named_and_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture())
    folder = written(tmp_path / "back", {"ep01_c001_BOOK1.png": picture()})
    (folder / "ep01_c001_BG.png").symlink_to(secret)
    (folder / "more").symlink_to(tmp_path)
    with zipfile.ZipFile(tmp_path / "back.zip", "w") as archive:
        link = zipfile.ZipInfo("ep01_c001_BG.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(secret))

    with opened_parcel(folder) as on_disk, opened_parcel(tmp_path / "back.zip") as packed:
        seen = {match.file.path: (match.what, match.remark) for match in matched(ASKED, [*on_disk])}
        (in_zip,) = matched(ASKED, packed)

    assert seen["ep01_c001_BG.png"] == (Matched.PICTURE, "a link, which is not followed")
    assert seen["more"][1] == "a link, which is not followed"
    assert len(seen) == 3
    assert in_zip.remark == "a link, which is not followed"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("ep01_c001_BG.png", "w") as out:
        for _ in range(120):
            out.write(bytes(1_000_000))
    began = time.monotonic()

    with opened_parcel(tmp_path / "bomb.zip") as (bomb,):
        assert bomb.refused == "packed so tightly that it is no picture"
    assert time.monotonic() - began < 2


def test_a_file_larger_than_it_says_is_cut_short_and_refused(tmp_path: Path) -> None:
    file = zipped(tmp_path / "back.zip", {"ep01_c001_BG.png": bytes(5_000_000)})
    data = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = data.find(signature) + offset
        data[place : place + 4] = struct.pack("<I", 1000)
    file.write_bytes(data)

    with opened_parcel(file) as (liar,), pytest.raises(ArtworkError):
        liar.fetch(tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_zip_of_countless_files_is_refused(tmp_path: Path) -> None:
    file = zipped(tmp_path / "back.zip", {f"{number}.png": b"" for number in range(MOST_FILES + 1)})

    with pytest.raises(ArtworkError, match="at most"), opened_parcel(file):
        pass


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04" + bytes(200)])
def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "back.zip").write_bytes(data)

    with pytest.raises(ArtworkError, match="zip"), opened_parcel(tmp_path / "back.zip"):
        pass


def test_a_damaged_or_locked_file_in_a_zip_is_not_taken(tmp_path: Path) -> None:
    damaged = zipped(tmp_path / "damaged.zip", {"ep01_c001_BG.png": picture()})
    data = bytearray(damaged.read_bytes())
    data[200] ^= 0xFF
    damaged.write_bytes(data)
    locked = bytearray(zipped(tmp_path / "locked.zip", {"ep01_c001_BG.png": picture()}).read_bytes())
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)

    with opened_parcel(damaged) as (file,), pytest.raises(ArtworkError, match="damaged"):
        file.fetch(tmp_path / "out")
    with opened_parcel(tmp_path / "locked.zip") as (file,):
        assert file.refused == "locked with a password"


def test_names_as_japanese_windows_packs_them_are_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "back.zip", "w") as archive:
        archive.writestr("XXXXXXX/ep01_c001_BG.png", picture())
    data = (tmp_path / "back.zip").read_bytes().replace(b"XXXXXXX", "納品1".encode("cp932") + b"__")
    (tmp_path / "back.zip").write_bytes(data)

    with opened_parcel(tmp_path / "back.zip") as (file,):
        assert file.path == "納品1__/ep01_c001_BG.png"


def test_clutter_is_left_out_and_each_file_is_told_apart(tmp_path: Path) -> None:
    names = ["up/EP01_C001_bg_v02.PNG", "order.json", "ai-declaration.txt", "ep01_c001_BG_AI_draft_1.png", "ep1_c001_BG.png", "x/.DS_Store"]
    names += ["__MACOSX/ep01_c001_BG.png", "Thumbs.db", "a/ep01_c001_BOOK1.png", "b/ep01_c001_BOOK1.png"]

    with opened_parcel(written(tmp_path, dict.fromkeys(names, b"x"))) as files:
        found = {
            match.file.path: (match.what.value, match.part.stem if match.part else "", match.remark) for match in matched(ASKED, files)
        }

    assert found == {
        "up/EP01_C001_bg_v02.PNG": ("picture", "ep01_c001_BG", ""),
        "order.json": ("form", "", ""),
        "ai-declaration.txt": ("form", "", ""),
        "ep01_c001_BG_AI_draft_1.png": ("form", "", ""),
        "ep1_c001_BG.png": ("extra", "", "is it ep01_c001_BG?"),
        "a/ep01_c001_BOOK1.png": ("picture", "ep01_c001_BOOK1", "another file is called the same"),
        "b/ep01_c001_BOOK1.png": ("picture", "ep01_c001_BOOK1", "another file is called the same"),
    }


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("ep01_c001_BG.png", picture(), ""),
        ("ep01_c001_BG.psd", photoshop(), ""),
        ("ep01_c001_BG.psb", photoshop(version=2, depth=16), ""),
        ("ep01_c001_BG.png", b"", "it is empty (0 bytes)"),
        ("ep01_c001_BG.png", picture()[:-2000], "damaged or cut off"),
        ("ep01_c001_BG.psd", photoshop()[:-1], "cut off"),
        ("ep01_c001_BG.psd", photoshop()[:30], "cut off"),
        ("ep01_c001_BG.psd", photoshop(mode=4), "not in RGB or grey"),
        ("ep01_c001_BG.psd", photoshop(size=(40_000, 90))[:5000], "40000 × 90 pixels"),
        ("ep01_c001_BG.png", picture(kind="JPEG"), "its name says .png, and its content is a .jpg"),
        ("ep01_c001_BG.psd", b"MZ" + bytes(500), "none of our formats"),
        ("ep01_c001_BG.jpg", picture(kind="JPEG"), "its format .jpg was not asked for, but .psd or .png"),
        ("ep01_c001_BG.png", DRAFT, "as it was sent"),
    ],
)
def test_only_a_whole_picture_of_an_asked_for_format_has_no_problem(tmp_path: Path, name: str, data: bytes, problem: str) -> None:
    found = looked(tmp_path, name, data)

    assert problem in "".join(found.problems)
    assert bool(found.problems) == bool(problem)


def test_another_size_is_told_and_none_is_asked_for_where_the_frame_is_unknown(tmp_path: Path) -> None:
    free = order(background("c001", part("ep01_c001_BG", size=None)))

    assert looked(tmp_path, "ep01_c001_BG.png", picture(size=(80, 45))).other_size == "80 × 45 px, asked for: 160 × 90"
    assert looked(tmp_path, "ep01_c001_BG.png", picture(size=(80, 45)), asked=free).other_size == ""


def test_a_real_photoshop_file_is_measured_without_unpacking_it(tmp_path: Path) -> None:
    file = write_layered_genzu(tmp_path / "real.psd", 3)
    whole = photoshop_extent(file)
    file.write_bytes(file.read_bytes()[:-50])

    assert whole == (877, 620)
    with pytest.raises(ArtworkError, match="cut off"):
        photoshop_extent(file)


def test_a_pipe_in_the_folder_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ep01_c001_BG.png")

    with opened_parcel(tmp_path) as (file,):
        assert file.refused == "no file"
