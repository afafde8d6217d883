"""A picture trains a style only with its artist's consent; any other is refused by name and nothing is trained."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from integration.errors import RenderError
from render_service.looks import load_look
from render_service.style.boards import Board, require_consents, review_boards, trained_size
from render_service.style.consent import read_consents
from tests.style_boards import sha256_of, write_boards

TODAY = date(2026, 11, 23)


def review(folder: Path, consents: Path, *, style: str = "violet", size: tuple[int, int] = (64, 48)) -> list[Board]:
    return review_boards(folder, read_consents(consents), style=style, today=TODAY, size=size, without=consents)


def change(consents: Path, old: str, new: str) -> None:
    text = consents.read_text(encoding="utf-8")
    assert old in text
    consents.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def boards(tmp_path: Path) -> Path:
    write_boards(tmp_path / "boards")
    return tmp_path / "boards"


@pytest.fixture
def consents(boards: Path) -> Path:
    return boards.with_name("consents.toml")


def test_boards_with_consent_may_train(boards: Path, consents: Path) -> None:
    reviewed = review(boards, consents)

    assert [(board.file, board.objection) for board in reviewed] == [("hill.png", ""), ("river.jpg", "")]
    assert all(board.pixels is not None and board.pixels.shape == (48, 86, 3) for board in reviewed)
    require_consents(reviewed)


def test_a_picture_without_an_entry_is_refused_by_name(boards: Path, consents: Path) -> None:
    Image.new("RGB", (64, 64)).save(boards / "found_on_the_net.png")

    with pytest.raises(RenderError, match=r"nothing was trained: found_on_the_net\.png has no consent entry"):
        require_consents(review(boards, consents))


def test_another_picture_under_a_consented_name_is_refused(boards: Path, consents: Path) -> None:
    Image.new("RGB", (64, 64)).save(boards / "hill.png")

    with pytest.raises(RenderError, match=r"hill\.png is not the picture consent C-0 was given for"):
        require_consents(review(boards, consents))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("expires = 2026-11-22", "ended on 2026-11-22"),
        ("withdrawn = 2026-11-20", "was withdrawn on 2026-11-20"),
        ("withdrawn = 2027-01-01", "was withdrawn on 2027-01-01"),
    ],
)
def test_a_consent_that_no_longer_holds_trains_nothing(boards: Path, consents: Path, line: str, reason: str) -> None:
    change(consents, 'artist = "Hana Sato"', f'artist = "Hana Sato"\n{line}')

    with pytest.raises(RenderError, match=rf"hill\.png consent C-0 {reason}"):
        require_consents(review(boards, consents))


def test_a_consent_holds_through_its_last_day(boards: Path, consents: Path) -> None:
    change(consents, 'artist = "Hana Sato"', f'artist = "Hana Sato"\nexpires = {TODAY}')

    assert not any(board.objection for board in review(boards, consents))


def test_a_consent_of_tomorrow_does_not_hold_today(boards: Path, consents: Path) -> None:
    change(consents, "date = 2026-11-01", "date = 2026-11-24")

    assert "holds only from 2026-11-24" in review(boards, consents)[0].objection


def test_a_consent_for_one_style_trains_no_other(boards: Path, consents: Path) -> None:
    shutil.rmtree(boards)
    write_boards(boards, scope="violet dusk")

    assert [board.objection for board in review(boards, consents, style="dusk")] == ["", ""]
    assert "is for 'violet dusk', not for the style 'noon'" in review(boards, consents, style="noon")[0].objection


def test_a_file_that_is_no_picture_is_refused_though_it_has_consent(boards: Path, consents: Path) -> None:
    before = sha256_of(boards / "hill.png")
    (boards / "hill.png").write_bytes((boards / "hill.png").read_bytes()[:60])
    change(consents, before, sha256_of(boards / "hill.png"))

    with pytest.raises(RenderError, match=r"hill\.png is no whole picture"):
        require_consents(review(boards, consents))


def test_a_small_file_that_claims_a_vast_picture_is_refused(boards: Path, consents: Path) -> None:
    before = sha256_of(boards / "hill.png")
    Image.new("1", (12_000, 12_000)).save(boards / "hill.png")
    change(consents, before, sha256_of(boards / "hill.png"))

    assert "pixels" in review(boards, consents)[0].objection


def test_what_the_system_left_in_the_folder_is_no_board(boards: Path, consents: Path) -> None:
    (boards / ".DS_Store").write_bytes(b"x")
    (boards / "Thumbs.db").write_bytes(b"x")

    assert len(review(boards, consents)) == 2


def test_a_spreadsheet_s_list_is_read_in_the_encodings_spreadsheets_write(tmp_path: Path) -> None:
    text = (
        "file,sha256,artist,consent,date,scope,expires,withdrawn,words\r\n夕.png,"
        + "0" * 64
        + ",佐藤花,同意書12,2026-11-01,studio,,,秋、夕方\r\n"
    )
    for encoding in ("utf-8-sig", "utf-8", "cp932"):
        (tmp_path / "list.csv").write_bytes(text.encode(encoding))

        consent = read_consents(tmp_path / "list.csv")["夕.png"]

        assert (consent.artist, consent.words, consent.expires) == ("佐藤花", "秋、夕方", None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('artist = "Hana Sato"\n', "", "artist"),
        ('consent = "C-0"', 'consent = ""', "consent"),
        ("date = 2026-11-01", 'date = "soon"', "date"),
        ('scope = "studio"', 'scope = "studio"\nowner = "x"', "owner"),
        ('file = "river.jpg"', 'file = "hill.png"', "two entries for hill.png"),
        ("[[board]]", "[[board]", "not valid TOML"),
        ("[[board]]", 'licence = "any"\n[[board]]', "nothing else"),
    ],
)
def test_a_list_that_says_too_little_or_too_much_is_refused(boards: Path, consents: Path, old: str, new: str, said: str) -> None:
    change(consents, old, new)

    with pytest.raises(RenderError, match=said):
        read_consents(consents)


@pytest.mark.parametrize(("kind", "size"), [("cascade", (384, 216)), ("controlnet", (384, 192))])
def test_a_look_is_trained_in_whole_squares_of_its_networks(kind: str, size: tuple[int, int]) -> None:
    look = replace(load_look("house"), kind=kind, width_px=400, height_px=220)

    assert trained_size(look) == size
