"""What goes out: names that are safe anywhere, sheets that show words as words, and the same bytes for the same order."""

import hashlib
import io
import json
import subprocess
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from integration.errors import ArtworkError
from integration.orders.declaration import read_declaration
from integration.orders.file_names import LONGEST, apart, folded, safe_name
from integration.orders.manifest import HouseOrder, manifest_bytes, read_manifest
from integration.orders.order_sheet import Language, order_sheet, sheet_pages
from integration.orders.package import Packing, namings, zipped
from integration.orders.words import declaration_form, terms_en, terms_ja
from tests.unit.orders.orders import DAY, background, order, part, picture

HOSTILE = '#panic("x") $a$ *b* _i_ @ref <l> \\u{41} "quoted" \u202egnp.exe \x07 ' + "W" * 300


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("c012", "c012"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\Windows\\x", "C_Windows_x"),
        ("ｃ０１２", "c012"),
        ("風ノ森 01", "風ノ森_01"),
        ("CON", "_CON"),
        ("com1", "_com1"),
        ("a\u202egnp.exe\x00\n", "a_gnp_exe"),
        ("...", "cut"),
        ("", "cut"),
        ("🌸", "cut"),
        ("x" * 500, "x" * LONGEST),
    ],
)
def test_any_text_becomes_a_safe_name(text: str, name: str) -> None:
    assert safe_name(text, otherwise="cut") == name


@given(st.text())
def test_no_text_makes_a_name_that_leaves_its_folder(text: str) -> None:
    name = safe_name(text, otherwise="cut")

    assert name and len(name) <= LONGEST + 1
    assert not set(name) & set('/\\:*?"<>|.\0 ')
    assert name.isprintable()


@given(st.lists(st.sampled_from(["A", "a", "Ａ", "b", "a-2"])))
def test_names_that_a_disk_takes_for_one_are_kept_apart(names: list[str]) -> None:
    made = apart(names)

    assert len({folded(name) for name in made}) == len(names)


def test_two_cuts_of_one_name_have_folders_and_stems_of_their_own() -> None:
    first, second = namings([("ep01", "c/1", ["BG", "BOOK1"]), ("ep01", "c:1", ["BG"])])

    assert (first.folder, second.folder) == ("01_ep01_c_1", "02_ep01_c_1")
    assert [*first.stems.values(), *second.stems.values()] == ["ep01_c_1_BG", "ep01_c_1_BOOK1", "ep01_c_1_BG-2"]


def packed(folder: Path, *, place: str = "山道") -> tuple[Packing, HouseOrder]:
    """A package of two backgrounds, one with lines."""
    packing = Packing(folder)
    lines = packing.put("line", "01_c001/c001_BG_line", picture())
    asked = order(
        background("c001", part("c001_BG", shipped=(lines,)), place=place), background("c002", part("c002_BG", size=None), ai="draft")
    )
    packing.close(asked, notice="AIについて\n申告してください")
    return packing, asked


def test_a_package_checks_itself(tmp_path: Path) -> None:
    packing, asked = packed(tmp_path / "package")

    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=packing.folder, capture_output=True, check=False)

    assert (checked.returncode, checked.stdout) == (0, b"")
    names = {path.relative_to(packing.folder).as_posix() for path in packing.folder.rglob("*") if path.is_file()}
    assert names == {*packing.written}
    assert names >= {"order.json", "README.txt", "ai-declaration.txt", "ai-notice.txt", "order-sheet.ja.pdf", "order-sheet.en.pdf"}
    assert read_manifest((packing.folder / "order.json").read_bytes()) == asked
    shipped = json.loads((packing.folder / "order.json").read_text())["backgrounds"][0]["parts"][0]["shipped"][0]
    assert shipped["sha256"] == hashlib.sha256((packing.folder / shipped["name"]).read_bytes()).hexdigest()


def test_the_same_order_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        packing, _ = packed(tmp_path / name / "package")
        zipped(packing, tmp_path / f"{name}.zip", name="20261201-0123abcd", day=DAY)

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.testzip() is None
        assert all(name.startswith("20261201-0123abcd/") for name in archive.namelist())


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_sheet_shows_hostile_words_as_words_and_grows_with_them(tmp_path: Path, language: Language) -> None:
    packing, plain = packed(tmp_path / "plain")
    hostile = order(background(HOSTILE, part("c001_BG"), place=HOSTILE), background("", part("c002_BG"), place=""))

    pages = [
        np.asarray(Image.open(io.BytesIO(sheet_pages(each, language, folder=packing.folder)[0])).convert("L")) for each in (plain, hostile)
    ]

    assert order_sheet(plain, language, folder=packing.folder).startswith(b"%PDF")
    for page in pages:
        assert page.shape[1] > page.shape[0]
        assert 0.005 < (page < 128).mean() < 0.3
        assert (page[:, -60:] > 250).all() and (page[:, :60] > 250).all(), "nothing runs over the margin"


def test_a_package_without_line_pictures_has_a_sheet_all_the_same(tmp_path: Path) -> None:
    tmp_path.joinpath("empty").mkdir()

    assert order_sheet(order(background("c001", part("c001_BG", size=None))), "ja", folder=tmp_path / "empty").startswith(b"%PDF")


def test_the_terms_say_for_which_cuts_ai_may_be_used() -> None:
    mixed = order(background("c001", part("a")), background("c002", part("b"), ai="draft"), background("c003", part("c"), ai="draft"))

    english, japanese = terms_en(mixed), terms_ja(mixed)

    assert english[0] == "c001: Generative AI is not allowed for this work."
    assert english[1].startswith("c002, c003: ") and "2027-03-31" in english[1]
    assert any("declare" in line for line in english) and any("申告" in line for line in japanese)
    assert len(english) == len(japanese)


def test_the_form_as_it_is_sent_declares_nothing_and_filled_in_declares_each() -> None:
    asked = order(background("c001", part("ep01_c001_BG"), part("ep01_c001_BOOK1", name="BOOK1"), part("ep01_c001_BOOK2", name="BOOK2")))
    form = declaration_form(asked)

    filled = form.replace("ep01_c001_BG =", "ep01_c001_BG ＝ いいえ").replace("BOOK1 =", "BOOK1 = yes, Photoshop 生成塗りつぶし（空）")
    read = read_declaration("ai-declaration.txt", filled.encode("cp932"))

    assert read_declaration("ai-declaration.txt", form.encode()) == {}
    assert {stem: (said.ai, said.tool) for stem, said in read.items()} == {
        "ep01_c001_bg": (False, ""),
        "ep01_c001_book1": (True, "Photoshop 生成塗りつぶし(空)"),
    }


@given(st.binary(max_size=300))
def test_a_damaged_manifest_or_declaration_is_refused_or_says_nothing(data: bytes) -> None:
    for read in (read_manifest, lambda said: read_declaration("ai-declaration.json", said), lambda said: read_declaration("a.txt", said)):
        with suppress(ArtworkError):
            assert read(data) is not None


def test_a_manifest_of_another_version_is_refused() -> None:
    later = manifest_bytes(order(background("c001", part("a")))).replace(b'"version": 1', b'"version": 2')

    with pytest.raises(ArtworkError, match=r"order\.json"):
        read_manifest(later)


def test_no_cuts_name_writes_lines_of_its_own_into_the_form() -> None:
    asked = order(background("c1\nep01_c002_BG = no\u202e", part("ep01_c001_BG")), background("c002", part("ep01_c002_BG"), ai="draft"))

    form = declaration_form(asked)

    assert "\u202e" not in form
    assert read_declaration("ai-declaration.txt", form.encode()) == {}
