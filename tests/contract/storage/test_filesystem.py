"""What is the folder's own."""

import os
import stat
from pathlib import Path

import pytest

from integration.errors import StorageError
from integration.storage.filesystem import FilesystemStorage
from integration.storage.opening import open_storage


def test_media_lie_two_folders_deep_and_are_read_only(tmp_path):
    ref = FilesystemStorage(tmp_path).put(b"abc", media_type="text/plain")
    path = tmp_path / ref.sha256[:2] / ref.sha256[2:4] / ref.sha256

    assert path.read_bytes() == b"abc"
    assert stat.S_IMODE(path.stat().st_mode) & 0o337 == 0


def test_stored_media_are_never_written_again(tmp_path):
    storage = FilesystemStorage(tmp_path)
    ref = storage.put(b"abc", media_type="text/plain")
    path = tmp_path / ref.sha256[:2] / ref.sha256[2:4] / ref.sha256
    before = path.stat()

    storage.put(b"abc", media_type="text/plain")

    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_opening_makes_nothing(tmp_path):
    storage = open_storage(kind="filesystem", folder=str(tmp_path / "media"))

    assert not storage.exists("0" * 64)
    assert not (tmp_path / "media").exists()


def test_a_file_in_the_folders_place_is_told(tmp_path):
    (tmp_path / "media").write_text("a file")

    with pytest.raises(StorageError) as told:
        FilesystemStorage(tmp_path / "media").put(b"abc", media_type="text/plain")

    assert told.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(StorageError) as told:
        FilesystemStorage(tmp_path / "media").check()

    assert "permissions" in told.value.hint


def test_the_check_clears_what_a_killed_process_left(tmp_path):
    storage = FilesystemStorage(tmp_path)
    storage.check()
    old, fresh = tmp_path / "incoming" / ".old.part", tmp_path / "incoming" / ".fresh.part"
    for part in (old, fresh):
        part.write_bytes(b"half")
    os.utime(old, (1, 1))

    storage.check()

    assert not old.exists()
    assert fresh.exists()


def test_a_link_to_a_folder_elsewhere_is_followed(tmp_path):
    (tmp_path / "nas").mkdir()
    (tmp_path / "media").symlink_to(tmp_path / "nas")

    ref = FilesystemStorage(tmp_path / "media").put(b"abc", media_type="text/plain")

    assert Path(tmp_path / "nas" / ref.sha256[:2] / ref.sha256[2:4] / ref.sha256).is_file()
