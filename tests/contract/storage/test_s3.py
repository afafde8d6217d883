"""What is the bucket's own: refusals, silence, retries."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from integration.errors import StorageError, TransientStorageError
from integration.storage.opening import open_storage
from integration.storage.s3 import S3Storage
from tests.contract.storage.places import plain_client, s3_storage


def test_plain_values_open_a_bucket(moto_url, bucket):
    storage = open_storage(
        kind="s3", bucket=bucket, prefix="haikei/", endpoint_url=moto_url, access_key_id="AK", secret_access_key="very-secret"
    )

    ref = storage.put(b"abc", media_type="text/plain")

    found = plain_client(moto_url).head_object(Bucket=bucket, Key=f"haikei/{ref.sha256}")
    assert found["ContentType"] == "text/plain"
    assert bucket in storage.check()


def test_a_large_file_goes_up_in_parts(s3_place, tmp_path):
    (tmp_path / "large").write_bytes(b"x" * (40 << 20))

    ref = s3_place.storage.put_file(tmp_path / "large", media_type="image/tiff")

    found = plain_client(s3_place.endpoint_url).head_object(Bucket=s3_place.bucket, Key=f"背景/{ref.sha256}")
    assert found["ETag"].strip('"').endswith("-3")


@pytest.mark.parametrize("act", ["put", "get", "exists", "check"])
def test_a_server_that_is_not_there_is_transient(act, bucket):
    storage = s3_storage("http://127.0.0.1:9", bucket)
    acts = {
        "put": lambda: storage.put(b"abc", media_type="text/plain"),
        "get": lambda: storage.get("0" * 64),
        "exists": lambda: storage.exists("0" * 64),
        "check": storage.check,
    }

    with pytest.raises(TransientStorageError, match="does not answer") as told:
        acts[act]()

    assert "storage.endpoint_url" in told.value.hint


def test_a_missing_bucket_is_told(moto_url):
    with pytest.raises(StorageError, match="NoSuchBucket") as told:
        s3_storage(moto_url, "no-such-bucket").put(b"abc", media_type="text/plain")

    assert not isinstance(told.value, TransientStorageError)
    assert "storage.bucket" in told.value.hint


def test_an_unknown_key_is_told_and_never_its_secret(moto_url, bucket, keys_are_checked):
    storage = s3_storage(moto_url, bucket, access_key_id="AKIAUNKNOWN")

    with pytest.raises(StorageError) as told:
        storage.check()
    with pytest.raises(StorageError):
        storage.put(b"abc", media_type="text/plain")

    assert not isinstance(told.value, TransientStorageError)
    assert "access_key_id" in told.value.hint
    assert "very-secret" not in f"{told.value!r} {told.value.hint} {told.value.__cause__!r} {storage!r} {vars(storage)}"


def test_no_bucket_and_no_url_are_told():
    with pytest.raises(StorageError, match="no bucket"):
        S3Storage(bucket="")
    with pytest.raises(StorageError) as told:
        S3Storage(bucket="b", endpoint_url="not a url")

    assert "endpoint_url" in told.value.hint


def test_an_unknown_kind_is_told():
    with pytest.raises(StorageError, match="tape"):
        open_storage(kind="tape")
    with pytest.raises(StorageError, match="folder"):
        open_storage(kind="filesystem")


def test_a_busy_server_is_asked_again():
    with _server([503, 429, 200]) as (url, asked):
        assert s3_storage(url, "b").exists("0" * 64)

    assert len(asked) == 3


def test_a_server_that_stays_busy_is_transient():
    with _server([503] * 9) as (url, asked), pytest.raises(TransientStorageError) as told:
        s3_storage(url, "b").exists("0" * 64)

    assert len(asked) == 3
    assert told.value.hint


def test_a_refusal_is_not_asked_again():
    with _server([403] * 9) as (url, asked), pytest.raises(StorageError) as told:
        s3_storage(url, "b").exists("0" * 64)

    assert len(asked) == 1
    assert not isinstance(told.value, TransientStorageError)


def test_an_answer_cut_short_is_transient_and_leaves_no_file(tmp_path):
    with _server([200] * 9, body=b"half", promised_bytes=1000) as (url, asked), pytest.raises(TransientStorageError):
        s3_storage(url, "b").fetch("0" * 64, tmp_path / "out")

    assert len(asked) == 3
    assert list(tmp_path.iterdir()) == []


@contextmanager
def _server(statuses: list[int], *, body: bytes = b"", promised_bytes: int | None = None) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers in turn, and the paths it was asked for."""
    asked: list[str] = []
    left = list(statuses)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(left.pop(0))
            self.send_header("Content-Length", str(len(body) if promised_bytes is None else promised_bytes))
            self.send_header("Connection", "close")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
