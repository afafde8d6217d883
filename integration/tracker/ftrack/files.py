"""Files on their way to a site: first what is in them, then the component that names them."""

import hashlib
import mimetypes
from base64 import b64encode
from pathlib import Path, PurePath
from typing import Any
from uuid import uuid4

import requests

from integration.errors import TrackerError, TransientTrackerError
from integration.tracker.ftrack.connection import Client
from integration.tracker.ftrack.records import SERVER_LOCATION

_CHUNK_BYTES = 1024 * 1024


def sent(client: Client, path: Path, *, name: str, version: str = "") -> tuple[str, list[dict[str, Any]]]:
    """Send a file's bytes. Returns the id of its component and the operations that make it, to be written with what it belongs to.

    Until they are, nobody sees it; what is sent and never named so, the site forgets. `version` is the id of the Version it belongs to.

    Raises:
        TrackerError: the file cannot be read, or the site does not take it.
        TransientTrackerError: it did not get through.
    """
    component, size_bytes = str(uuid4()), path.stat().st_size
    told = {"component_id": component, "file_name": PurePath(name).name, "file_size": size_bytes, "checksum": _checksum(path)}
    where = client.call([{"action": "get_upload_metadata", **told}])[0]
    _put(path, str(where.get("url")), where.get("headers") or {}, name, client.request_timeout)
    stem, ending = _parts(name)
    return component, [
        client.created(
            "FileComponent", id=component, name=stem, file_type=ending, size=size_bytes, **({"version_id": version} if version else {})
        ),
        client.created(
            "ComponentLocation", id=str(uuid4()), component_id=component, location_id=SERVER_LOCATION, resource_identifier=component
        ),
    ]


def at_hand(path: Path, name: str) -> None:
    """Raise `TrackerError` unless there is a file with something in it."""
    if not path.is_file() or not path.stat().st_size:
        raise TrackerError(f"{name} is not at hand or is empty", hint="Render the draft again.")


def _parts(name: str) -> tuple[str, str]:
    """A file's name as ftrack keeps it: before and with the last dot."""
    plain = PurePath(name.replace("/", "_"))
    return plain.stem, plain.suffix


def _put(path: Path, url: str, headers: dict[str, Any], name: str, timeout_s: float) -> None:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    given = {str(each): str(value) for each, value in headers.items()}
    typed = given if any(each.lower() == "content-type" for each in given) else {**given, "Content-Type": kind}
    try:
        with path.open("rb") as file, requests.put(url, data=file, headers=typed, timeout=timeout_s) as answer:
            status = answer.status_code
    except requests.RequestException as error:  # its words hold a signed address
        raise TransientTrackerError(
            f"{name} did not get through ({type(error).__name__})", hint="haikei sends it again by itself."
        ) from None
    if status >= 300:
        # 403 among them: the signed address ran out while the file was on its way.
        raise TransientTrackerError(f"{name} did not get through (HTTP {status})", hint="haikei sends it again by itself.")


def _checksum(path: Path) -> str:
    """The file's MD5 in base64, as RFC 1864 has it in a head."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return b64encode(digest.digest()).decode()
