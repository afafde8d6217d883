"""Fetches a Version's file, or a Note's, complete or not at all."""

from contextlib import closing
from pathlib import Path
from uuid import uuid4

import requests

from integration.errors import ArtworkError, NotFoundInTrackerError, TrackerError, TransientTrackerError
from integration.production import Media, Version
from integration.tracker.ftrack.connection import Client, Connection
from integration.tracker.ftrack.faults import meaning
from integration.tracker.ftrack.query_text import id_of, quoted
from integration.tracker.ftrack.records import SERVED

_CHUNK_BYTES = 256 * 1024


def download(connection: Connection, version: Version, path: Path, *, limit_bytes: int) -> None:
    """See `Tracker.download`."""
    if version.media is None:
        raise NotFoundInTrackerError(f"Version {version.name} ({version.id}) has no file", hint="Upload the picture to the Version.")
    download_attachment(connection, version.media, path, limit_bytes=limit_bytes)


def download_attachment(connection: Connection, media: Media, path: Path, *, limit_bytes: int) -> None:
    """See `Tracker.download_attachment`. The client's own file reader takes half a file for a whole one, so lengths are compared here."""
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        connection.tried(lambda client: _fetch(connection, client, media, part, limit_bytes))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _fetch(connection: Connection, client: Client, media: Media, part: Path, limit_bytes: int) -> None:
    stored, size_bytes = _where(client, media)
    if size_bytes is not None and size_bytes > limit_bytes:
        raise _too_large(media, limit_bytes)
    credentials = {"id": stored, "username": connection.user, "apiKey": connection.key}
    try:
        answer = requests.get(f"{connection.url}/component/get", params=credentials, stream=True, timeout=connection.timeout_s)
    except requests.RequestException as error:  # its words and its cause hold the address, and so the key
        raise meaning(error, user=connection.user, where=connection.site) from None
    with closing(answer):
        if answer.status_code != 200:
            raise _refused(answer.status_code, media)
        announced = answer.headers.get("content-length", "")
        whole = announced.isdecimal() and not answer.headers.get("content-encoding")
        expected = [number for number in (size_bytes, int(announced) if whole else None) if number is not None]
        if any(number > limit_bytes for number in expected):
            raise _too_large(media, limit_bytes)
        try:
            got = _copy(answer, part, limit_bytes, media)
        except requests.RequestException:
            raise TransientTrackerError(f"{media.name} broke off while it was fetched", hint="haikei fetches it again by itself.") from None
    if any(number != got for number in expected):
        raise TransientTrackerError(
            f"{media.name} came with {got} of {expected[0]} bytes",
            hint="haikei fetches it again by itself; if it lasts, upload the file again.",
        )


def _where(client: Client, media: Media) -> tuple[str, int | None]:
    """What the site's own store calls the file, and its size where the site knows it."""
    fields = "name, size, component_locations.location_id, component_locations.resource_identifier"
    component = client.one(f"select {fields} from FileComponent where id is {quoted(id_of(media.id))}")
    if component is None:
        raise NotFoundInTrackerError(f"the file {media.name} is gone", hint="Upload the file again.")
    places = {each.get("location_id"): each for each in component.get("component_locations") or ()}
    stored = next((places[served] for served in SERVED if served in places), None)
    if stored is None:
        raise NotFoundInTrackerError(
            f"{media.name} lies in a place that ftrack does not serve and cannot be fetched",
            hint="Upload the picture to the Version in the browser, or publish it to the location ftrack.server.",
        )
    size = component.get("size")
    return str(stored.get("resource_identifier") or component["id"]), int(size) if size else None


def _copy(answer: requests.Response, part: Path, limit_bytes: int, media: Media) -> int:
    got = 0
    try:
        with part.open("wb") as file:
            for chunk in answer.iter_content(_CHUNK_BYTES):
                got += len(chunk)
                if got > limit_bytes:
                    raise _too_large(media, limit_bytes)
                file.write(chunk)
    except requests.RequestException:
        raise
    except OSError as error:
        raise TrackerError(
            f"{part.parent} cannot be written: {error.strerror}", hint="Check the folder and the space on its disk."
        ) from error
    return got


def _refused(status: int, media: Media) -> TrackerError:
    if status in (400, 404, 410):
        return NotFoundInTrackerError(f"{media.name} is not there any more", hint="Upload the file again.")
    if status == 401:
        return TrackerError(
            f"{media.name} may not be fetched with our key", hint="Ask the ftrack admin for a key that may act as haikei's user."
        )
    if status in (403, 408, 425, 429) or status >= 500:  # 403: the signed address it leads to ran out
        return TransientTrackerError(f"{media.name} could not be fetched (HTTP {status})", hint="haikei fetches it again by itself.")
    return TrackerError(f"{media.name} could not be fetched (HTTP {status})", hint="Show this to whoever looks after haikei.")


def _too_large(media: Media, limit_bytes: int) -> ArtworkError:
    return ArtworkError(f"{media.name} is larger than {limit_bytes / 1e6:.0f} MB", hint="Upload a smaller or flattened file.")
