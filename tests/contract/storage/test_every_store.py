"""What must hold of every store."""

import hashlib
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.errors import StorageError

MISSING = "0" * 64


def test_what_is_put_is_got(place):
    ref = place.storage.put("背景".encode(), media_type="text/plain")

    assert ref.sha256 == hashlib.sha256("背景".encode()).hexdigest()
    assert (ref.size_bytes, ref.media_type) == (6, "text/plain")
    assert place.storage.get(ref.sha256) == "背景".encode()
    assert place.storage.exists(ref.sha256)


def test_put_twice_is_stored_once(place, tmp_path):
    file = tmp_path / "原図.png"
    file.write_bytes(b"pixels")

    refs = {
        place.storage.put(b"pixels", media_type="image/png"),
        place.storage.put(b"pixels", media_type="image/png"),
        place.storage.put_file(file, media_type="image/png"),
    }

    assert len(refs) == 1
    assert place.names() == [refs.pop().sha256]


def test_nothing_is_media_too(place):
    ref = place.storage.put(b"", media_type="application/octet-stream")

    assert place.storage.get(ref.sha256) == b""


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=2000))
def test_any_bytes_come_back_unchanged(place, data):
    assert place.storage.get(place.storage.put(data, media_type="application/octet-stream").sha256) == data


def test_what_was_changed_behind_our_back_is_not_given_out(place, tmp_path):
    ref = place.storage.put(b"the genzu", media_type="image/png")
    place.overwrite(ref.sha256, b"the ganzu")

    with pytest.raises(StorageError, match=ref.sha256) as told:
        place.storage.get(ref.sha256)
    with pytest.raises(StorageError, match=ref.sha256):
        place.storage.fetch(ref.sha256, tmp_path / "out.png")

    assert "backup" in told.value.hint
    assert list(tmp_path.glob("*.png")) == []


def test_media_cut_short_are_healed_by_putting_them_again(place):
    ref = place.storage.put(b"the genzu", media_type="image/png")
    place.overwrite(ref.sha256, b"the ge")

    place.storage.put(b"the genzu", media_type="image/png")

    assert place.storage.get(ref.sha256) == b"the genzu"


def test_what_is_missing_is_said_so(place, tmp_path):
    with pytest.raises(StorageError, match=MISSING) as told:
        place.storage.get(MISSING)
    with pytest.raises(StorageError, match=MISSING):
        place.storage.fetch(MISSING, tmp_path / "out.png")

    assert told.value.hint
    assert not place.storage.exists(MISSING)
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    "name", ["", "abc", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n", "０" * 64, f"../{'0' * 61}"]
)
def test_only_hashes_are_names(place, name, tmp_path):
    for act in (place.storage.get, place.storage.exists, lambda n: place.storage.fetch(n, tmp_path / "out")):
        with pytest.raises(StorageError, match="64"):
            act(name)


def test_fetch_leaves_one_complete_file(place, tmp_path):
    ref = place.storage.put(b"x" * 3_000_000, media_type="image/png")
    target = tmp_path / "作業 フォルダ" / f"{'長い名前' * 15}.png"

    place.storage.fetch(ref.sha256, target)

    assert target.read_bytes() == b"x" * 3_000_000
    assert list(target.parent.iterdir()) == [target]


def test_fetch_replaces_what_was_there(place, tmp_path):
    ref = place.storage.put(b"new", media_type="text/plain")
    (tmp_path / "out").write_bytes(b"an older and longer one")

    place.storage.fetch(ref.sha256, tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == b"new"


def test_forty_megabytes_go_in_and_out(place, tmp_path):
    file = tmp_path / "大判.tif"
    block = os.urandom(1 << 20)
    with file.open("wb") as stream:
        for _ in range(40):
            stream.write(block)

    ref = place.storage.put_file(file, media_type="image/tiff")
    place.storage.fetch(ref.sha256, tmp_path / "back.tif")

    assert ref.size_bytes == 40 << 20
    assert hashlib.sha256((tmp_path / "back.tif").read_bytes()).hexdigest() == ref.sha256


def test_a_file_that_is_not_there_cannot_be_put(place, tmp_path):
    with pytest.raises(StorageError, match=r"gone\.png"):
        place.storage.put_file(tmp_path / "gone.png", media_type="image/png")


def test_the_check_names_the_place_and_leaves_nothing(place):
    sentence = place.storage.check()

    assert sentence.startswith("media are kept in")
    assert place.names() == []


def test_a_full_disk_is_told_and_leaves_no_half_file(place, tmp_path):
    ref = place.storage.put(b"x" * 3_000_000, media_type="image/png")

    with _files_of_at_most(1_000_000), pytest.raises(StorageError) as told:
        place.storage.fetch(ref.sha256, tmp_path / "full" / "out.png")

    assert "full" in told.value.hint
    assert list((tmp_path / "full").iterdir()) == []


@contextmanager
def _files_of_at_most(size_bytes: int) -> Iterator[None]:
    """What a write meets when a quota is used up, without needing a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
