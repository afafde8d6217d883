"""Uploads, thumbnails and downloads, through the vendor's client."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shotgun_api3
from PIL import Image
from shotgun_api3 import ShotgunError
from shotgun_api3.shotgun import ShotgunFileDownloadError, ShotgunThumbnailNotReady

from integration.sandbox.server import RunningSandbox
from tests.contract.sandbox.conftest import PROJECT

MOVIE = "sg_uploaded_movie"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "原図 c012.png"
    Image.effect_noise((900, 500), 60).convert("RGB").save(path)
    return path


@pytest.fixture
def version(sg: Any) -> int:
    return int(sg.create("Version", {"code": "v", "project": PROJECT})["id"])


def image_of(sg: Any, version: int, field: str = "image") -> str:
    return str(sg.find_one("Version", [["id", "is", version]], [field])[field])


def wait_for_thumbnail(sg: Any, version: int, field: str = "image") -> str:
    end = time.monotonic() + 10
    while "/thumbnail/" not in (address := image_of(sg, version, field)):
        assert time.monotonic() < end
        time.sleep(0.05)
    return address


def fetched(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return bytes(answer.read())


def test_an_upload_makes_an_attachment_and_a_thumbnail_that_is_transient_first(sg: Any, version: int, picture: Path, events: Any) -> None:
    number = sg.upload("Version", version, str(picture), field_name=MOVIE, display_name="c012 <BG>", tag_list="a,b")

    pending = image_of(sg, version)
    assert pending.endswith("/images/status/transient/thumbnail_pending.png")
    assert fetched(pending).startswith(b"\x89PNG")
    there = sg.find_one("Version", [["id", "is", version]], [MOVIE])[MOVIE]
    assert (there["type"], there["id"], there["name"], there["link_type"]) == ("Attachment", number, "c012 <BG>", "upload")
    attachment = sg.find_one("Attachment", [["id", "is", number]], ["file_size", "filename", "content_type", "this_file", "tag_list"])
    assert (attachment["file_size"], attachment["filename"]) == (picture.stat().st_size, picture.name)
    assert (attachment["content_type"], attachment["tag_list"]) == ("image/png", ["a", "b"])
    assert fetched(wait_for_thumbnail(sg, version)).startswith(b"\xff\xd8")
    changes = [event for event in events() if event["attribute_name"] in ("image", MOVIE)]
    assert [event["meta"].get("is_transient") for event in changes] == [None, True, False]


def test_what_is_downloaded_is_what_was_uploaded(sg: Any, version: int, picture: Path, tmp_path: Path) -> None:
    number = sg.upload("Version", version, str(picture), field_name=MOVIE)
    link = sg.find_one("Version", [["id", "is", version]], [MOVIE])[MOVIE]

    assert sg.download_attachment(link) == picture.read_bytes()
    assert sg.download_attachment({"type": "Attachment", "id": number}) == picture.read_bytes()
    assert sg.download_attachment(link, file_path=str(tmp_path / "again.png"))
    assert (tmp_path / "again.png").read_bytes() == picture.read_bytes()
    with pytest.raises(ShotgunFileDownloadError):
        sg.download_attachment({"type": "Attachment", "id": 99999})


def test_a_large_file_goes_up_in_parts(sg: Any, version: int, tmp_path: Path) -> None:
    sg._MULTIPART_UPLOAD_CHUNK_SIZE = 100_000
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(range(256)) * 1000)

    number = sg.upload("Version", version, str(large), field_name=MOVIE)

    assert sg.download_attachment({"type": "Attachment", "id": number}) == large.read_bytes()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client leaves the file open
def test_the_old_way_of_uploading_works_too(sg: Any, version: int, picture: Path) -> None:
    sg.server_info["s3_direct_uploads_enabled"] = False

    number = sg.upload("Version", version, str(picture), field_name=MOVIE, display_name="古い")
    sg.upload_filmstrip_thumbnail("Version", version, str(picture))

    assert sg.download_attachment({"type": "Attachment", "id": number}) == picture.read_bytes()
    wait_for_thumbnail(sg, version, "filmstrip_image")


def test_thumbnails_can_be_set_shared_and_taken_away(sg: Any, version: int, picture: Path) -> None:
    sg.upload_thumbnail("Version", version, str(picture))
    with pytest.raises(ShotgunThumbnailNotReady):
        sg.share_thumbnail([{"type": "Shot", "id": 101}], source_entity={"type": "Version", "id": version})
    address = wait_for_thumbnail(sg, version)

    number = sg.share_thumbnail(
        [{"type": "Shot", "id": 101}, {"type": "Task", "id": 201}], source_entity={"type": "Version", "id": version}
    )

    shared = sg.find_one("Shot", [["id", "is", 101]], ["image"])["image"]
    assert shared.split("?")[0] == address.split("?")[0] == f"{address.split('/thumbnail')[0]}/thumbnail/{number}"
    sg.update("Version", version, {"image": None})
    assert sg.find_one("Version", [["id", "is", version]], ["image"])["image"] is None


def test_a_picture_can_be_given_when_creating(sg: Any, picture: Path) -> None:
    made = sg.create("Version", {"code": "with", "project": PROJECT, "image": str(picture)})

    assert "transient" in made["image"]


def test_a_file_that_is_no_picture_gets_no_thumbnail(sg: Any, version: int, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnot really")
    sg.upload("Version", version, str(broken), field_name=MOVIE)

    end = time.monotonic() + 10
    while image_of(sg, version) != "None":
        assert time.monotonic() < end
        time.sleep(0.05)


def test_files_can_stand_on_notes_and_on_nothing_in_particular(sg: Any, picture: Path) -> None:
    note = sg.create("Note", {"subject": "s", "project": PROJECT})
    number = sg.upload("Note", note["id"], str(picture), field_name="attachments")
    alone = sg.upload("Shot", 101, str(picture))

    assert [one["id"] for one in sg.find_one("Note", [["id", "is", note["id"]]], ["attachments"])["attachments"]] == [number]
    assert sg.find_one("Attachment", [["id", "is", alone]], ["attachment_links"])["attachment_links"][0]["id"] == 101


@pytest.mark.parametrize(
    ("kind", "number", "field"), [("Version", 9999, MOVIE), ("Nothing", 1, MOVIE), ("Version", 300, "code"), ("Version", 300, "no")]
)
def test_an_upload_to_nowhere_is_refused(sg: Any, picture: Path, kind: str, number: int, field: str) -> None:
    before = len(sg.find("Attachment", []))

    with pytest.raises(ShotgunError):
        sg.upload(kind, number, str(picture), field_name=field)

    assert len(sg.find("Attachment", [])) == before


def test_an_upload_with_a_wrong_key_is_refused(sandbox: RunningSandbox, picture: Path) -> None:
    stranger = shotgun_api3.Shotgun(sandbox.url, script_name="haikei", api_key="wrong", connect=False)

    with pytest.raises(ShotgunError):
        stranger.upload("Version", 300, str(picture), field_name=MOVIE)
    stranger.close()


@pytest.mark.parametrize(
    "spoil", [lambda url: url[:-1] + "x", lambda url: url.replace("until=", "until=9"), lambda url: url.replace("until=1", "until=0")]
)
def test_an_address_that_was_tampered_with_opens_nothing(sg: Any, spoil: Callable[[str], str]) -> None:
    link = sg.find_one("Version", [["id", "is", 300]], [MOVIE, "image"])
    for address in (link[MOVIE]["url"], link["image"]):
        assert fetched(address)
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetched(spoil(address))
        assert refused.value.code == 403
        refused.value.close()
