"""Small pictures: made once, kept within bounds, and never larger than they are."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from integration.storage.filesystem import FilesystemStorage
from integration.web.pictures import PictureShelf, Size


@pytest.fixture
def storage(tmp_path: Path) -> FilesystemStorage:
    return FilesystemStorage(tmp_path / "media")


def painted(width: int, height: int, shade: int = 90, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), shade).convert("RGB").save(out, kind)
    return out.getvalue()


def size_of(data: bytes | None) -> tuple[int, int]:
    assert data is not None
    return Image.open(io.BytesIO(data)).size


def test_a_picture_is_made_small_and_never_large(tmp_path: Path, storage: FilesystemStorage) -> None:
    shelf = PictureShelf(storage, tmp_path / "kept")
    wide, tiny = (storage.put(painted(*size), media_type="image/png").sha256 for size in ((2400, 1200), (64, 48)))

    assert size_of(shelf.picture(wide, Size.SMALL)) == (480, 240)
    assert size_of(shelf.picture(wide, Size.LARGE)) == (1600, 800)
    assert size_of(shelf.picture(tiny, Size.LARGE)) == (64, 48)


def test_what_was_made_once_needs_no_store(tmp_path: Path, storage: FilesystemStorage) -> None:
    shelf = PictureShelf(storage, tmp_path / "kept")
    sha256 = storage.put(painted(600, 400), media_type="image/png").sha256
    first = shelf.picture(sha256, Size.SMALL)

    again = PictureShelf(FilesystemStorage(tmp_path / "empty"), tmp_path / "kept").picture(sha256, Size.SMALL)

    assert again == first is not None


def test_what_a_file_says_of_its_maker_is_not_served(tmp_path: Path, storage: FilesystemStorage) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[315] = "somebody's name"
    Image.new("RGB", (40, 40)).save(out, "JPEG", exif=exif, comment=b"a secret")
    sha256 = storage.put(out.getvalue(), media_type="image/jpeg").sha256

    served = PictureShelf(storage, tmp_path / "kept").picture(sha256, Size.LARGE)

    assert served is not None and b"somebody" not in served and b"secret" not in served


def test_the_oldest_go_when_there_is_no_room(tmp_path: Path, storage: FilesystemStorage) -> None:
    digests = [storage.put(painted(320, 200, shade), media_type="image/png").sha256 for shade in range(20, 30)]
    for place, sha256 in enumerate(digests):
        PictureShelf(storage, tmp_path / "kept").picture(sha256, Size.SMALL)
        (kept,) = (tmp_path / "kept").glob(f"*/{sha256}*")
        os.utime(kept, (place, place))
    taken = sum(file.stat().st_size for file in (tmp_path / "kept").glob("*/*"))

    small = PictureShelf(storage, tmp_path / "kept", most_bytes=taken // 2)
    small.picture(storage.put(painted(320, 200, 40), media_type="image/png").sha256, Size.SMALL)

    left = {file.name[:64] for file in (tmp_path / "kept").glob("*/*")}
    assert digests[0] not in left and digests[-1] in left
    assert sum(file.stat().st_size for file in (tmp_path / "kept").glob("*/*")) <= taken // 2


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64])
def test_a_name_that_is_none_gives_nothing(tmp_path: Path, storage: FilesystemStorage, name: str) -> None:
    assert PictureShelf(storage, tmp_path / "kept").picture(name, Size.SMALL) is None
