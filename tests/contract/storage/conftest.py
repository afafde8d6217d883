"""Both stores, empty, under names that are not all ASCII; moto's server stands in for S3."""

from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from moto.server import ThreadedMotoServer

from integration.storage.filesystem import FilesystemStorage
from tests.contract.storage.places import BucketPlace, FolderPlace, Place, plain_client, s3_storage


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(moto_url: str) -> str:
    name = f"haikei-{uuid4().hex}"
    plain_client(moto_url).create_bucket(Bucket=name)
    return name


@pytest.fixture
def s3_place(moto_url: str, bucket: str) -> BucketPlace:
    return BucketPlace(bucket, moto_url, s3_storage(moto_url, bucket))


@pytest.fixture(params=["filesystem", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "s3":
        found: BucketPlace = request.getfixturevalue("s3_place")
        return found
    folder = tmp_path / "背景 メディア"
    return FolderPlace(folder, FilesystemStorage(folder))


@pytest.fixture
def keys_are_checked(moto_url: str, bucket: str) -> Iterator[None]:
    """Let moto refuse keys it does not know, for one test."""
    _moto(moto_url, "reset-auth", b"0")
    yield
    _moto(moto_url, "reset-auth", b"inf")


def _moto(url: str, action: str, body: bytes) -> None:
    with urlopen(Request(f"{url}/moto-api/{action}", data=body, headers={"Content-Type": "text/plain"}, method="POST"), timeout=10):
        pass
