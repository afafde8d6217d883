"""Media in a bucket of Amazon S3 or any server that speaks it."""

import base64
import io
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar
from uuid import uuid4

import boto3
import structlog
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_random_exponential
from urllib3.exceptions import HTTPError

from integration.errors import StorageError, TransientStorageError
from integration.storage.digest import copy_hashed, require_sha256, require_unchanged, sha256_of, sha256_of_file
from integration.storage.protocol import MediaRef
from integration.storage.s3_errors import is_missing, meaning, retry_after_s
from integration.storage.whole_file import disk_error, whole_file

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

log = structlog.get_logger(__name__)

PART_BYTES = 16 * 1024 * 1024
"""Larger files go up in parts of this size."""

_PROBE = b"haikei storage probe"
_T = TypeVar("_T")


class S3Storage:
    """Media as objects ``{prefix}{sha256}`` of one bucket."""

    def __init__(
        self,
        *,
        bucket: str,
        prefix: str = "",
        endpoint_url: str | None = None,
        region: str = "us-east-1",
        access_key_id: str = "",
        secret_access_key: str = "",
        timeout_s: float = 60.0,
        attempts: int = 5,
        first_wait_s: float = 0.5,
    ) -> None:
        """Prepare a client; nothing is contacted yet.

        Args:
            bucket: its name; it must exist.
            prefix: begins every key.
            endpoint_url: for servers other than Amazon's.
            region: where the bucket is.
            access_key_id: empty leaves finding credentials to boto3 (role, profile).
            secret_access_key: belongs to `access_key_id`.
            timeout_s: longest wait for an answer.
            attempts: how often something is tried in all while the server does not answer, within two minutes.
            first_wait_s: the scale of the waits between; 0 for tests.

        Raises:
            StorageError: no bucket is named, or the endpoint is no URL.
        """
        if not bucket:
            raise StorageError("s3 storage has no bucket", hint="Set storage.bucket in haikei.toml.")
        self._bucket = bucket
        self._prefix = prefix
        self._where = f"bucket {bucket} at {endpoint_url or 'Amazon S3'}"
        self._attempts = attempts
        self._first_wait_s = first_wait_s
        with self._translated():
            self._client: S3Client = open_client(endpoint_url, region, access_key_id, secret_access_key, timeout_s)

    def put(self, data: bytes, *, media_type: str) -> MediaRef:
        """See `Storage.put`."""
        ref = MediaRef(sha256=sha256_of(data), size_bytes=len(data), media_type=media_type)
        return self._keep(ref, lambda: io.BytesIO(data))

    def put_file(self, path: Path, *, media_type: str) -> MediaRef:
        """See `Storage.put_file`."""
        sha256, size_bytes = sha256_of_file(path)
        ref = MediaRef(sha256=sha256, size_bytes=size_bytes, media_type=media_type)
        try:
            return self._keep(ref, lambda: path.open("rb"))
        except OSError as error:
            raise disk_error(error, path) from error

    def get(self, sha256: str) -> bytes:
        """See `Storage.get`."""
        require_sha256(sha256)
        return self._tried(lambda: self._read(sha256))

    def fetch(self, sha256: str, path: Path) -> None:
        """See `Storage.fetch`."""
        require_sha256(sha256)
        self._tried(lambda: self._download(sha256, path))

    def exists(self, sha256: str) -> bool:
        """See `Storage.exists`."""
        require_sha256(sha256)
        return self._tried(lambda: self._size_bytes(sha256)) is not None

    def check(self) -> str:
        """See `Storage.check`; a key that may not delete is enough, then the probe stays."""
        key = f"{self._prefix}probe-{uuid4().hex}"
        with self._translated():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=_PROBE)
            with closing(self._client.get_object(Bucket=self._bucket, Key=key)["Body"]) as body:
                if body.read() != _PROBE:
                    raise StorageError(f"{self._where} does not give back what was written", hint="Check the server.")
        left = ""
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        except (ClientError, BotoCoreError):
            left = f" (the key may not delete, so {key} stays)"
        return f"media are kept in {self._where} under '{self._prefix}'{left}"

    def _keep(self, ref: MediaRef, open_body: Callable[[], BinaryIO]) -> MediaRef:
        def upload_unless_there() -> None:
            there = self._size_bytes(ref.sha256)
            if there == ref.size_bytes:
                return
            if there is not None:
                log.warning("damaged media replaced", sha256=ref.sha256)
            with self._translated(), open_body() as body:
                self._upload(ref, body)

        self._tried(upload_unless_there)
        return ref

    def _upload(self, ref: MediaRef, body: BinaryIO) -> None:
        key = self._prefix + ref.sha256
        if ref.size_bytes > PART_BYTES:
            parts = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, max_concurrency=4)
            self._client.upload_fileobj(body, self._bucket, key, ExtraArgs={"ContentType": ref.media_type}, Config=parts)
            return
        checksum = base64.b64encode(bytes.fromhex(ref.sha256)).decode()
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=ref.media_type, ChecksumSHA256=checksum)

    def _read(self, sha256: str) -> bytes:
        with self._opened(sha256) as body:
            data = body.read()
        require_unchanged(sha256, sha256_of(data), place=self._where)
        return data

    def _download(self, sha256: str, path: Path) -> None:
        with self._opened(sha256) as body, whole_file(path) as out:
            require_unchanged(sha256, copy_hashed(body, out)[0], place=self._where)

    @contextmanager
    def _opened(self, sha256: str) -> Iterator[BinaryIO]:
        with self._translated(sha256):
            answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + sha256)
            with closing(answer["Body"]) as body:
                yield body  # type: ignore[misc]  # botocore's StreamingBody reads as a BinaryIO does

    def _size_bytes(self, sha256: str) -> int | None:
        """Length of the stored media, None when there are none."""
        with self._translated(sha256):
            try:
                return self._client.head_object(Bucket=self._bucket, Key=self._prefix + sha256)["ContentLength"]
            except ClientError as error:
                if is_missing(error):
                    return None
                raise

    @contextmanager
    def _translated(self, sha256: str = "") -> Iterator[None]:
        try:
            yield
        except (ClientError, BotoCoreError, Boto3Error, HTTPError, ValueError) as error:
            raise meaning(error, where=self._where, sha256=sha256) from error

    def _tried(self, act: Callable[[], _T]) -> _T:
        backoff = wait_random_exponential(multiplier=self._first_wait_s, max=20)

        def wait_s(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return max(backoff(state), retry_after_s(error) if self._first_wait_s else 0.0)

        policy = Retrying(
            retry=retry_if_exception_type(TransientStorageError),
            stop=stop_after_attempt(self._attempts) | stop_after_delay(120),
            wait=wait_s,
            reraise=True,
        )
        return policy(act)


def open_client(endpoint_url: str | None, region: str, access_key_id: str, secret_access_key: str, timeout_s: float) -> "S3Client":
    """A client that tries once and waits at most `timeout_s`; without a key it finds credentials itself."""
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=access_key_id or None,
        aws_secret_access_key=secret_access_key or None,
        config=Config(
            signature_version="s3v4",
            connect_timeout=min(timeout_s, 10.0),
            read_timeout=timeout_s,
            retries={"total_max_attempts": 1, "mode": "standard"},
            # Other servers refuse the checksums newer clients add by themselves; what is read is checked by its name.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
