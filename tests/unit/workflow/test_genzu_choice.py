"""Which Versions on a layout task are the BG's genzu and which a BOOK's, and how a BOOK's sheet finds its frame."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from integration.artwork.genzu import Genzu
from integration.errors import ArtworkError, SettingsError
from integration.production import Media, Project, ProjectId, TaskId, Version, VersionId
from integration.settings import ProjectSettings, read_settings
from integration.storage.filesystem import FilesystemStorage
from integration.workflow.genzu import choose_board, choose_books, choose_genzu, part_named, parts_in, registered
from tests.layered_genzu import draw_book, layered_genzu
from tests.pretend_episode import draw_genzu

PATTERN = ProjectSettings().book_pattern


def version(name: str, number: int = 1, *, kind: str = "", status: str = "rev") -> Version:
    return Version(
        id=VersionId(str(number)),
        project=Project(id=ProjectId("70"), name="p"),
        name=name,
        status=status,
        version_type=kind,
        created_at=datetime(2026, 11, 1, tzinfo=UTC),
        by=None,
        task=TaskId("1"),
        background=None,
        media=Media(id=str(number), name="x.png"),
    )


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("c012 BOOK1", "BOOK1"),
        ("c012_book_2_v003", "BOOK2"),
        ("c012_BOOK_genzu", "BOOK1"),
        ("c012 BOOK v003", "BOOK1"),
        ("BOOK003", "BOOK3"),
        ("ブック２", "BOOK2"),
        ("原図 ﾌﾞｯｸA", "BOOKA"),
        ("c012 BOOK1 AI draft r1 A", "BOOK1"),
        ("c012_genzu", ""),
        ("c012 BG+BOOK genzu", ""),
        ("c012 BG・BOOK 原図", ""),
        ("storybook 3", ""),
        ("BOOKING", ""),
        ("", ""),
    ],
)
def test_a_book_is_told_by_its_name(name: str, part: str) -> None:
    assert part_named(name, PATTERN) == part


def test_a_studios_own_pattern_may_have_no_group() -> None:
    assert part_named("c012_OL_over", "_OL_") == "BOOK1"


@pytest.mark.parametrize("pattern", ["BOOK(", "(BOOK)(1)"])
def test_a_pattern_that_is_none_is_refused_with_the_settings(pattern: str) -> None:
    with pytest.raises(SettingsError, match="book_pattern"):
        read_settings(flags={"projects": {"p": {"book_pattern": pattern}}})


def test_the_newest_bg_is_the_genzu_and_each_newest_book_its_part() -> None:
    versions = [
        version("c1 BOOK1 v2", 5),
        version("c1 BOOK2", 4),
        version("c1 genzu v2", 3),
        version("c1 BOOK1 v1", 2),
        version("c1 genzu", 1),
    ]

    chosen, books = choose_genzu(versions, ProjectSettings()), choose_books(versions, ProjectSettings())

    assert chosen is not None and chosen.id == "3"
    assert {part: book.id for part, book in books.items()} == {"BOOK1": "5", "BOOK2": "4"}


def test_a_book_alone_is_no_genzu_of_the_bg() -> None:
    assert choose_genzu([version("c1 BOOK1")], ProjectSettings()) is None


def test_a_rule_about_types_lets_a_version_typed_as_book_through_and_asks_the_rest() -> None:
    rules = ProjectSettings.model_validate({"genzu": {"types": ["BG genzu"], "statuses": ["apr"]}})
    versions = [
        version("c1 a", 1, kind="ブック", status="apr"),
        version("c1 BOOK2", 2, status="apr"),
        version("c1 BOOK3", 3, kind="BOOK", status="rev"),
    ]

    assert list(choose_books(versions, rules)) == ["BOOK1"]


@pytest.fixture
def storage(tmp_path: Path) -> FilesystemStorage:
    return FilesystemStorage(tmp_path)


def stored(storage: FilesystemStorage, sheet: np.ndarray) -> str:
    return storage.put(cv2.imencode(".png", sheet)[1].tobytes(), media_type="image/png").sha256


@pytest.mark.parametrize("frame", [True, False])
def test_a_book_of_its_own_file_lies_where_it_lies_in_the_bgs_frame(storage: FilesystemStorage, frame: bool) -> None:
    ground, book = stored(storage, draw_genzu(1)), stored(storage, draw_book(frame=frame))

    genzu = registered(storage, "BOOK1", book, beside=ground, width_px=384, height_px=216)

    assert lies_where_the_fence_is(genzu)


def test_a_book_in_the_bgs_file_is_cut_at_the_bgs_frame(storage: FilesystemStorage) -> None:
    file = storage.put(layered_genzu(1), media_type="application/octet-stream").sha256

    ground, book = (registered(storage, part, file, beside=file, width_px=384, height_px=216) for part in parts_in(storage, file))

    assert lies_where_the_fence_is(book)
    assert ground.line.shape == book.line.shape
    assert not np.array_equal(ground.line, book.line)


def lies_where_the_fence_is(genzu: Genzu) -> bool:
    """Whether the lines span the rows of `draw_book`'s fence in the frame."""
    rows = np.nonzero((genzu.line < 128).any(axis=1))[0]
    top, bottom = ((row - 99) / (521 - 99) * 216 for row in (400, 500))
    return abs(int(rows.min()) - top) < 4 and abs(int(rows.max()) - bottom) < 4


def test_a_book_without_a_frame_and_of_another_size_than_the_bg_is_refused(storage: FilesystemStorage) -> None:
    ground, book = stored(storage, draw_genzu(1)), stored(storage, draw_book(frame=False)[:600, 20:860])

    with pytest.raises(ArtworkError):
        registered(storage, "BOOK1", book, beside=ground, width_px=384, height_px=216)


def test_a_file_that_is_no_picture_has_the_bg_alone_which_is_then_refused(storage: FilesystemStorage) -> None:
    letter = storage.put(b"a letter to the editor" * 9, media_type="text/plain").sha256

    assert tuple(parts_in(storage, letter)) == ("BG",)
    with pytest.raises(ArtworkError):
        registered(storage, "BG", letter, beside=letter, width_px=384, height_px=216)


def test_an_art_board_is_no_genzu_and_the_newest_is_the_board() -> None:
    versions = [version("board new", 4, kind="美術ボード"), version("board old", 3, kind="art board"), version("c012_genzu", 2)]

    chosen, board = choose_genzu(versions, ProjectSettings()), choose_board(versions, ProjectSettings())

    assert (chosen and chosen.name, board and board.name) == ("c012_genzu", "board new")
    assert choose_board(versions[2:], ProjectSettings()) is None
