"""Fetches a Version's file, or a Note's, complete or not at all."""

from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request
from uuid import uuid4

from integration.errors import ArtworkError, NotFoundInTrackerError, TrackerError, TransientTrackerError
from integration.production import Media, Version
from integration.tracker.shotgrid.connection import Client, Connection
from integration.tracker.shotgrid.records import UPLOAD

_CHUNK_BYTES = 256 * 1024


def download(connection: Connection, version: Version, path: Path, *, limit_bytes: int) -> None:
    """See `Tracker.download`. The vendor's own download takes half a file for a whole one, so lengths are compared here."""
    media = version.media
    if media is None:
        raise NotFoundInTrackerError(f"Version {version.name} ({version.id}) has no file", hint="Upload the picture to the Version.")
    _whole(connection, media, version, path, limit_bytes)


def download_attachment(connection: Connection, media: Media, path: Path, *, limit_bytes: int) -> None:
    """See `Tracker.download_attachment`."""
    _whole(connection, media, None, path, limit_bytes)


def _whole(connection: Connection, media: Media, version: Version | None, path: Path, limit_bytes: int) -> None:
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        connection.tried(lambda sg: _fetch(sg, media, version, part, limit_bytes))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _fetch(sg: Client, media: Media, version: Version | None, part: Path, limit_bytes: int) -> None:
    url, size_bytes = _address(sg, media, version)
    if urlsplit(url).scheme not in ("http", "https"):
        raise NotFoundInTrackerError(f"{media.name} lies outside the site and cannot be fetched", hint="Upload the picture to the Version.")
    if size_bytes is not None and size_bytes > limit_bytes:
        raise _too_large(media, limit_bytes)
    try:
        with closing(sg.opener(url).open(Request(url))) as answer:  # noqa: S310
            announced = answer.headers.get("content-length", "")
            expected = [number for number in (size_bytes, int(announced) if announced.isdecimal() else None) if number is not None]
            if any(number > limit_bytes for number in expected):
                raise _too_large(media, limit_bytes)
            got = _copy(answer, part, limit_bytes, media)
    except HTTPError as error:
        raise _refused(error, media) from error
    except HTTPException as error:
        raise TransientTrackerError(f"{media.name} broke off while it was fetched", hint="haikei fetches it again by itself.") from error
    if any(number != got for number in expected):
        raise TransientTrackerError(
            f"{media.name} came with {got} of {expected[0]} bytes",
            hint="haikei fetches it again by itself; if it lasts, upload the file again.",
        )


def _copy(answer: Any, part: Path, limit_bytes: int, media: Media) -> int:
    got = 0
    try:
        file = part.open("wb")
    except OSError as error:
        raise TrackerError(
            f"{part.parent} cannot be written: {error.strerror}", hint="Check the folder and the space on its disk."
        ) from error
    with file:
        while chunk := answer.read(_CHUNK_BYTES):
            got += len(chunk)
            if got > limit_bytes:
                raise _too_large(media, limit_bytes)
            try:
                file.write(chunk)
            except OSError as error:
                raise TrackerError(f"{part.parent} cannot be written: {error.strerror}", hint="Check the space on its disk.") from error
    return got


def _address(sg: Client, media: Media, version: Version | None) -> tuple[str, int | None]:
    """A fresh address of the file, for signed ones die within the hour, and its size where the site knows it."""
    attachment = sg.find_one("Attachment", [["id", "is", int(media.id)]], ["this_file", "file_size"]) or {}
    size_bytes = attachment.get("file_size")
    field = attachment.get("this_file")
    if version is not None and not (isinstance(field, dict) and field.get("url")):
        field = (sg.find_one("Version", [["id", "is", int(version.id)]], [UPLOAD]) or {}).get(UPLOAD)
        if not isinstance(field, dict) or str(field.get("id")) != media.id:
            raise NotFoundInTrackerError(
                f"{media.name} is no longer on Version {version.name} ({version.id})", hint="Another file took its place."
            )
    if not isinstance(field, dict):
        raise NotFoundInTrackerError(f"the file {media.name} is gone", hint="Attach it to the Note again.")
    url = field.get("url") or sg.get_attachment_download_url({"type": "Attachment", "id": int(media.id)})
    return str(url), size_bytes if isinstance(size_bytes, int) and size_bytes > 0 else None


def _refused(error: HTTPError, media: Media) -> TrackerError:
    if error.code in (400, 404):
        return NotFoundInTrackerError(f"{media.name} is not there any more", hint="Upload the file again.")
    if error.code == 409:
        return TransientTrackerError(
            f"{media.name} is still being scanned for malware by the site", hint="haikei fetches it later by itself."
        )
    if error.code == 410:
        return TrackerError(f"{media.name} was quarantined by the site's malware scan", hint="Upload a clean file.")
    if error.code == 403 or error.code >= 500 or error.code == 429:  # 403: the signed address ran out between two calls
        return TransientTrackerError(f"{media.name} could not be fetched (HTTP {error.code})", hint="haikei fetches it again by itself.")
    return TrackerError(f"{media.name} could not be fetched (HTTP {error.code})", hint="Show this to whoever looks after haikei.")


def _too_large(media: Media, limit_bytes: int) -> ArtworkError:
    return ArtworkError(f"{media.name} is larger than {limit_bytes / 1e6:.0f} MB", hint="Upload a smaller or flattened file.")
