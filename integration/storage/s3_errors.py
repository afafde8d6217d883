"""What boto3's errors mean to a person; never with a key or a secret in the words."""

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from integration.errors import StorageError, TransientStorageError

_WRONG_KEY = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "401", "Unauthorized", "AuthFailure"}
_REFUSED = {"AccessDenied", "403", "Forbidden", "AllAccessDisabled"}
_MISSING = {"NoSuchKey", "404", "NotFound"}
_PASSING = {"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling", "ThrottlingException", "BadDigest", "429"}
_CLOCK = {"RequestTimeTooSkewed", "RequestExpired"}
_LONGEST_RETRY_AFTER_S = 30.0


def is_missing(error: ClientError) -> bool:
    """Whether `error` says that there is no such object."""
    return _code(error) in _MISSING


def retry_after_s(error: BaseException | None) -> float:
    """Seconds the server asked for in the answer that caused `error`; 0 when it named none, at most 30."""
    cause = error.__cause__ if error else None
    if not isinstance(cause, ClientError):
        return 0.0
    asked = cause.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", "")
    return min(float(asked), _LONGEST_RETRY_AFTER_S) if asked.isdecimal() else 0.0


def meaning(error: Exception, *, where: str, sha256: str = "") -> StorageError:
    """Our error for `error`, met at `where` while working on the media `sha256`."""
    if isinstance(error, ClientError):
        return _refusal(error, where, sha256)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return StorageError(
            f"no credentials for {where}", hint="Set storage.access_key_id and storage.secret_access_key_file, or give this machine a role."
        )
    if isinstance(error, ValueError) and not isinstance(error, BotoCoreError):
        return StorageError(f"{where} cannot be used", hint="Check storage.endpoint_url, storage.bucket and storage.region.")
    # EndpointConnectionError, timeouts, connections cut in the middle, uploads that broke off
    return TransientStorageError(
        f"{where} does not answer ({type(error).__name__})", hint="Check storage.endpoint_url and that the storage server is running."
    )


def _refusal(error: ClientError, where: str, sha256: str) -> StorageError:
    code = _code(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    message = f"{where} answered {code}" + (f" for media {sha256}" if sha256 else "")
    if code in _MISSING:
        return StorageError(f"no media {sha256} in {where}", hint="Check storage.bucket and storage.prefix.")
    if code == "NoSuchBucket":
        return StorageError(message, hint="Make the bucket, or correct storage.bucket.")
    if code in _WRONG_KEY:
        return StorageError(message, hint="Check storage.access_key_id and its secret; they may have been replaced.")
    if code in _REFUSED:
        return StorageError(
            message, hint="The key needs GetObject and PutObject under the prefix, and ListBucket on the bucket; or it is wrong."
        )
    if code in _CLOCK:
        return StorageError(message, hint="This machine's clock is wrong: set it from a time server.")
    if code in _PASSING or status >= 500 or status == 429:
        return TransientStorageError(message, hint="The storage server is busy or in trouble; haikei tries again by itself.")
    return StorageError(message, hint="Show this to whoever runs the storage server.")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
