"""Files go up and down, pictures are encoded, and faults hit only what they were meant for."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import ftrack_api.exception
import pytest
import requests
from PIL import Image

from integration.sandbox.ftrack.running import start_ftrack_sandbox
from tests.contract.sandbox_ftrack.studio import KEYS, Site, running_site
from tests.contract.sandbox_ftrack.test_writing import version_on

SERVER = "3a372bde-05bc-11e4-8908-20c9d081909b"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "背景案.png"
    Image.effect_noise((3000, 400), 60).convert("RGB").save(path)
    return path


def upload(session: Any, version: Any, path: Path, name: str = "main") -> Any:
    component = version.create_component(str(path), {"name": name}, location=session.get("Location", SERVER))
    session.commit()
    return component


def encoded(session: Any, job: Any) -> Any:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = session.query(f"select status, data from Job where id is {job['id']}").one()
        if found["status"] in ("done", "failed"):
            return found
        time.sleep(0.02)
    raise AssertionError("the media were not encoded in time")


def test_a_file_comes_back_as_it_went_up(site: Site, picture: Path) -> None:
    session = site.session()
    component = upload(session, version_on(session), picture)

    read = requests.get(session.get("Location", SERVER).get_url(component), timeout=10)

    assert read.content == picture.read_bytes() and 'filename="main.png"' in read.headers["content-disposition"]
    assert [place["location"]["name"] for place in component["component_locations"]] == ["ftrack.server"]


def test_an_encoded_picture_becomes_the_versions_thumbnail(site: Site, picture: Path) -> None:
    session = site.session()
    version = version_on(session)

    job = encoded(session, version.encode_media(upload(session, version, picture)))

    output = json.loads(job["data"])["output"]
    read = site.session().query(f"select thumbnail_id, components.name, thumbnail_url from AssetVersion where id is {version['id']}").one()
    assert (job["status"], read["thumbnail_id"]) == ("done", output[0]["component_id"])
    assert sorted(each["name"] for each in read["components"]) == ["ftrackreview-image", "main"]
    meta = site.session().get("FileComponent", read["thumbnail_id"])["metadata"]["ftr_meta"]
    assert json.loads(meta) == {"format": "image", "width": 1920, "height": 256}
    shown = requests.get(
        session.get("Location", SERVER).get_thumbnail_url(session.get("FileComponent", read["thumbnail_id"]), size=100), timeout=10
    )
    assert shown.headers["content-type"] == "image/jpeg"


def test_media_that_are_no_picture_say_that_they_failed(site: Site, tmp_path: Path) -> None:
    session, film = site.session(), tmp_path / "film.mov"
    film.write_bytes(b"no film" * 100)
    version = version_on(session)

    assert encoded(session, version.encode_media(upload(session, version, film)))["status"] == "failed"
    assert site.session().get("AssetVersion", version["id"])["thumbnail_id"] is None


def test_a_thumbnail_is_put_on_by_hand(site: Site, picture: Path) -> None:
    session = site.session()
    version = version_on(session)
    made = version.create_thumbnail(str(picture))

    assert site.session().get("AssetVersion", version["id"])["thumbnail_id"] == made["id"]


def test_a_file_is_given_to_nobody_without_a_key(site: Site, picture: Path) -> None:
    session = site.session()
    component = upload(session, version_on(session), picture)
    address, number = f"{site.sandbox.url}/component/get", component["id"]

    assert requests.get(address, params={"id": number}, timeout=10).status_code == 401
    assert requests.get(address, params={"id": number, "username": "sakura", "apiKey": "wrong"}, timeout=10).status_code == 401
    for path in ("../ftrack.sqlite", "/etc/passwd", "..%2f..%2fapi_key", ""):
        assert requests.get(address, params={"id": path, "username": "sakura", "apiKey": KEYS["sakura"]}, timeout=10).status_code == 404


def test_an_upload_wants_its_signed_address_and_its_checksum(site: Site) -> None:
    session, component = site.session(), "component-1"
    told = session.get_upload_metadata(component_id=component, file_name="a.png", file_size=3, checksum="AAAA")

    assert requests.put(f"{site.sandbox.url}/upload/{component}", data=b"abc", timeout=10).status_code == 403
    assert requests.put(told["url"].replace(component, "component-2"), data=b"abc", timeout=10).status_code == 403
    assert requests.put(told["url"], data=b"abc", headers=told["headers"], timeout=10).status_code == 400


def test_a_file_in_parts_is_joined(site: Site) -> None:
    session, component = site.session(), "component-1"
    (told,) = session.call([{"action": "get_upload_metadata", "component_id": component, "file_name": "a.bin", "file_size": 6, "parts": 2}])
    tags = [
        requests.put(part["signed_url"], data=data, timeout=10).headers["etag"]
        for part, data in zip(told["urls"], (b"abc", b"def"), strict=True)
    ]
    session.call([{"action": "complete_multipart_upload", "component_id": component, "upload_id": told["upload_id"], "parts": []}])

    params = {"id": component, "username": "sakura", "apiKey": KEYS["sakura"]}
    assert requests.get(f"{site.sandbox.url}/component/get", params=params, timeout=10).content == b"abcdef"
    assert tags[0] == f'"{hashlib.md5(b"abc", usedforsecurity=False).hexdigest()}"'


@pytest.mark.parametrize(("status", "after", "made"), [(503, False, 0), (502, True, 1), ("reset", False, 0), ("reset", True, 1)])
def test_a_call_fails_as_told_before_or_after_it_was_done(site: Site, status: Any, after: bool, made: int) -> None:
    session = site.session()
    version_on(session)
    session.create("Task", {"name": "x", "parent": session.get("Shot", "shot-1")})
    site.sandbox.faults.fail("create", status=status, after=after)

    with pytest.raises((ftrack_api.exception.ServerError, requests.exceptions.RequestException, ValueError)):
        session.commit()

    assert len(site.session().query('Task where name is "x"').all()) == made


def test_a_download_breaks_off_as_told(site: Site, picture: Path) -> None:
    session = site.session()
    component = upload(session, version_on(session), picture)
    site.sandbox.faults.truncate_downloads = 1
    address = session.get("Location", SERVER).get_url(component)

    with pytest.raises(requests.exceptions.RequestException):
        requests.get(address, timeout=10)
    assert requests.get(address, timeout=10).content == picture.read_bytes()


def test_a_site_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        version_on(site.session())
        key = site.sandbox.api_key
    with start_ftrack_sandbox(None, folder=tmp_path / "studio") as again:
        assert again.api_key == key
        headers = {"ftrack-user": again.api_user, "ftrack-api-key": key}
        batch = [{"action": "query", "expression": "select version from AssetVersion"}]
        (answer,) = requests.post(f"{again.url}/api", json=batch, headers=headers, timeout=10).json()
    assert [one["version"] for one in answer["data"]] == [1]
